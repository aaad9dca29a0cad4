/*
 * Tests of the model
 *
 * Copyright 2026 The wine-bits authors
 *
 * This library is free software; you can redistribute it and/or
 * modify it under the terms of the GNU Lesser General Public
 * License as published by the Free Software Foundation; either
 * version 2.1 of the License, or (at your option) any later version.
 *
 * This library is distributed in the hope that it will be useful,
 * but WITHOUT ANY WARRANTY; without even the implied warranty of
 * MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
 * Lesser General Public License for more details.
 *
 * You should have received a copy of the GNU Lesser General Public
 * License along with this library; if not, write to the Free Software
 * Foundation, Inc., 51 Franklin St, Fifth Floor, Boston, MA 02110-1301, USA
 */


#include "core/model.h"
#include "core/record.h"
#include "histories.h"
#include "wine/test.h"

#define INVALID_DATA HRESULT_FROM_WIN32(ERROR_INVALID_DATA)

static const GUID id_b = { 0xbbbbbbbb, 1, 2, { 3, 4, 5, 6, 7, 8, 9, 10 } };
static const GUID id_a = { 0xaaaaaaaa, 1, 2, { 3, 4, 5, 6, 7, 8, 9, 10 } };

static HRESULT apply_emitted(void *ctx, const struct record *record)
{
    struct record_memory memory = {0};
    struct buffer buffer;
    struct record back;
    HRESULT hr;

    /* Through the encoding, as the journal would. */
    buffer_init(&buffer, RECORD_MAX);
    hr = record_encode(record, &buffer);
    memset(&back, 0, sizeof(back));
    if (SUCCEEDED(hr)) hr = record_decode(buffer.data, buffer.len, &back, &memory);
    back.job = record->job;
    back.seq = record->seq;
    if (SUCCEEDED(hr)) hr = model_apply(ctx, &back);
    record_memory_free(&memory);
    buffer_free(&buffer);
    return hr;
}

static void rebuild(const struct model *model, struct model *copy)
{
    const struct job *job;
    HRESULT hr;

    model_init(copy);
    for (job = model->first; job; job = job->next)
    {
        hr = model_snapshot(job, apply_emitted, copy);
        ok(hr == S_OK, "got %#x\n", hr);
    }
}

/* live == replayed == rebuilt from a snapshot, at many moments of many histories; and it goes on from there. */
static void test_histories(void)
{
    struct model live, replayed, rebuilt;
    struct history history;
    struct record record;
    const char *difference;
    UINT32 seed, i;
    HRESULT hr;

    for (seed = 1; seed <= 60; seed++)
    {
        winetest_push_context("seed %u", seed);
        history_init(&history, seed, 1 + seed % 12);
        model_init(&live);
        model_init(&replayed);
        for (i = 0; i < 400; i++)
        {
            history_next(&history, &live, &record);
            hr = model_prepare(&live, &record);
            ok(hr == S_OK, "%u: %s got %#x\n", i, record_name_of(record.type), hr);
            hr = model_apply(&live, &record);
            ok(hr == S_OK, "%u: %s got %#x\n", i, record_name_of(record.type), hr);
            hr = apply_emitted(&replayed, &record);
            ok(hr == S_OK, "%u: %s got %#x\n", i, record_name_of(record.type), hr);
            if (i % 40 != 39) continue;

            difference = model_difference(&live, &replayed);
            ok(!difference, "%u: replayed differs in %s\n", i, difference);
            rebuild(&live, &rebuilt);
            difference = model_difference(&live, &rebuilt);
            ok(!difference, "%u: rebuilt differs in %s\n", i, difference);
            /* The rebuilt one serves from now on, as after a restart. */
            model_free(&replayed);
            replayed = rebuilt;
        }
        model_free(&live);
        model_free(&replayed);
        winetest_pop_context();
    }
}

static void create(struct model *model, const GUID *id)
{
    struct record record = { RECORD_CREATE };
    HRESULT hr;

    record.job = *id;
    record.seq = 1;
    record.time = 1000;
    record.u.create.owner = L"S-1-5-18";
    record.u.create.display_name = L"name";
    hr = model_apply(model, &record);
    ok(hr == S_OK, "got %#x\n", hr);
}

static void add_files(struct model *model, const GUID *id, UINT32 count)
{
    static const struct record_file file = { L"http://a/b", L"C:\\b", L"C:\\BIT1.tmp", NULL, 0, 0 };
    struct record record = { RECORD_ADD_FILES };
    HRESULT hr = S_OK;

    record.job = *id;
    record.u.add_files.files = &file;
    record.u.add_files.count = 1;
    while (SUCCEEDED(hr) && count--) hr = model_apply(model, &record);
    ok(hr == S_OK, "got %#x\n", hr);
}

static HRESULT apply(struct model *model, struct record *record)
{
    record->job = id_a;
    record->time = 2000;
    return model_apply(model, record);
}

static void test_defaults(void)
{
    struct model model;
    struct job *job;

    model_init(&model);
    create(&model, &id_a);
    job = model_find(&model, &id_a);
    ok(job && job == model.first && job == model.last && model.count == 1, "not found\n");
    ok(job->state == JOB_SUSPENDED, "got %u\n", job->state);
    ok(job->creation_time == 1000 && job->modification_time == 1000, "wrong times\n");
    ok(!job->completion_time, "[TYPE.Times.A1] got %llu\n", (unsigned long long)job->completion_time);
    ok(job_string(job, PROP_DESCRIPTION) && !*job_string(job, PROP_DESCRIPTION), "[DEF.A1] no empty description\n");
    ok(job_u32(job, PROP_PRIORITY) == JOB_NORMAL, "got %u\n", job_u32(job, PROP_PRIORITY));
    ok(job_u32(job, PROP_NOTIFY_FLAGS) == 3, "got %u\n", job_u32(job, PROP_NOTIFY_FLAGS));
    ok(job_u32(job, PROP_MINIMUM_RETRY_DELAY) == 600, "got %u\n", job_u32(job, PROP_MINIMUM_RETRY_DELAY));
    ok(job_u32(job, PROP_NO_PROGRESS_TIMEOUT) == 1209600, "got %u\n", job_u32(job, PROP_NO_PROGRESS_TIMEOUT));
    ok(!job_string(job, PROP_PROXY_LIST), "a proxy list\n");
    ok(job_u64(job, PROP_MAX_DOWNLOAD_SIZE) == SIZE_UNKNOWN, "a size limit\n");
    ok(!job_all_transferred(job) && job_first_unfinished(job) == NO_FILE, "a job without files\n");
    model_free(&model);
}

/* Nothing is changed by what is refused. */
static void test_refused(void)
{
    static const UINT32 beyond[] = { 0, 2 };
    struct model model, before;
    struct record record;
    struct record_name name = { 2, L"x" };
    struct job *job;
    const char *difference;
    UINT32 row;
    HRESULT hr;

    model_init(&model);
    create(&model, &id_a);
    add_files(&model, &id_a, 2);
    job = model_find(&model, &id_a);
    job->files[1].flags |= FILE_PUBLISHED;
    rebuild(&model, &before);

    for (row = 0; row < 13; row++)
    {
        memset(&record, 0, sizeof(record));
        switch (row)
        {
        case 0: record.type = RECORD_CREATE; record.u.create.owner = record.u.create.display_name = L"x"; break;
        case 1: record.type = RECORD_FILE_PROGRESS; record.u.progress.file = 2; record.u.progress.length = 1; break;
        case 2: record.type = RECORD_FILE_DONE; record.u.done.file = 0xffff; break;
        case 3: record.type = RECORD_COMPLETING; record.u.publish.files = beyond; record.u.publish.count = 2; break;
        case 4: record.type = RECORD_FILE_NAMES; record.u.names.names = &name; record.u.names.count = 1; break;
        case 5: record.type = RECORD_STATE; record.u.state.state = JOB_TRANSFERRING; break;
        case 6: record.type = RECORD_FILE_BEGIN; record.u.begin.file = 1; break;
        case 7: record.type = RECORD_FILE_HEADERS; record.u.headers.file = 2; break;
        case 8: record.type = RECORD_FILE_PROGRESS; record.u.progress.offset = (UINT64)-2; record.u.progress.length = 1; break;
        case 9: record.type = RECORD_TYPE_COUNT; break;
        case 11: record.type = RECORD_FILE_DONE; record.u.done.file = NO_FILE; break;
        case 12: record.type = RECORD_FILE_REQUEST; record.u.request.file = NO_FILE; break;
        case 10: record.type = RECORD_PUBLISHED; record.u.publish.files = beyond; record.u.publish.count = 2; break;
        }
        record.job = id_a;
        hr = model_prepare(&model, &record);
        ok(hr == (row == 8 ? S_OK : INVALID_DATA), "row %u: got %#x\n", row, hr);
        if (SUCCEEDED(hr)) continue; /* and thrown away */
        hr = model_apply(&model, &record);
        ok(hr == INVALID_DATA, "row %u: got %#x\n", row, hr);
        difference = model_difference(&model, &before);
        ok(!difference, "row %u: %s changed\n", row, difference);
    }

    memset(&record, 0, sizeof(record));
    record.type = RECORD_CANCELLED;
    hr = model_apply(&model, &record);
    ok(hr == INVALID_DATA, "unknown job: got %#x\n", hr);

    /* Final states are final. */
    hr = apply(&model, &record);
    ok(hr == S_OK && job->state == JOB_CANCELLED && job->cleaning, "got %#x\n", hr);
    record.type = RECORD_SET;
    hr = apply(&model, &record);
    ok(hr == INVALID_DATA, "got %#x\n", hr);
    record.type = RECORD_COMPLETED;
    hr = apply(&model, &record);
    ok(hr == INVALID_DATA, "got %#x\n", hr);
    job_addref(job);
    record.type = RECORD_CLEANED;
    hr = apply(&model, &record);
    ok(hr == S_OK && !model.count && !model.first && !model_find(&model, &id_a), "still listed\n");
    ok(job->state == JOB_CANCELLED && job->refs == 1, "gone too early\n");
    job_release(job);
    model_free(&before);
    model_free(&model);
}

/* The session, its offset and the reply of an upload [BEH.PERSIST.18, BUP.REPLY.5]. */
static void test_upload(void)
{
    struct record_file file = { L"http://h/up", L"C:\\up", NULL, NULL, 0, 0 };
    static const UINT32 types[] = { JOB_DOWNLOAD, JOB_UPLOAD, JOB_UPLOAD_REPLY };
    struct model model, copy;
    struct record record;
    struct job *job;
    UINT32 i, j;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(types); i++)
    {
        model_init(&model);
        memset(&record, 0, sizeof(record));
        record.type = RECORD_CREATE;
        record.job = id_a;
        record.u.create.type = types[i];
        record.u.create.owner = record.u.create.display_name = L"x";
        apply(&model, &record);
        job = model_find(&model, &id_a);

        memset(&record, 0, sizeof(record));
        record.type = RECORD_UPLOAD;
        hr = apply(&model, &record);
        ok(hr == INVALID_DATA, "type %u, no file: got %#x\n", types[i], hr);
        record.type = RECORD_ADD_FILES;
        record.u.add_files.files = &file;
        record.u.add_files.count = 1;
        apply(&model, &record);
        ok(job_visible_files(job) == 1, "got %u\n", job_visible_files(job));

        memset(&record, 0, sizeof(record));
        record.type = RECORD_UPLOAD;
        record.u.upload.id = "{1}";
        record.u.upload.id_size = 3;
        record.u.upload.host = L"other";
        record.u.upload.host_timeout = 5;
        record.u.upload.acknowledged = 700;
        hr = apply(&model, &record);
        ok(hr == (types[i] == JOB_DOWNLOAD ? INVALID_DATA : S_OK), "type %u: got %#x\n", types[i], hr);
        if (FAILED(hr))
        {
            model_free(&model);
            continue;
        }
        ok(!strcmp(job->upload.id, "{1}") && job->upload.host_timeout == 5 && file_received(&job->files[0]) == 700, "[BEH.PERSIST.18]\n");
        record.u.upload.acknowledged = 100;
        apply(&model, &record);
        ok(file_received(&job->files[0]) == 100, "[BUP.RESUME.4] the server has lost octets: got %u\n", (UINT32)file_received(&job->files[0]));
        record.type = RECORD_FILE_FLAGS;
        memset(&record.u, 0, sizeof(record.u));
        record.u.flags.set = FILE_DELIVERED;
        apply(&model, &record);
        rebuild(&model, &copy);
        ok(!model_difference(&model, &copy), "%s\n", model_difference(&model, &copy));
        model_free(&copy);
        for (j = 0; j < 3; j++)
        {
            static const char *const ids[] = { "{1}", "{2}", NULL };

            record.type = RECORD_UPLOAD;
            memset(&record.u, 0, sizeof(record.u));
            record.u.upload.id = ids[j];
            record.u.upload.id_size = ids[j] ? 3 : 0;
            apply(&model, &record);
            ok(job->files[0].flags == (j ? 0 : FILE_DELIVERED), "[BUP.FRAG.22] session %u: got %#x\n", j, job->files[0].flags);
            record.type = RECORD_FILE_FLAGS;
            memset(&record.u, 0, sizeof(record.u));
            record.u.flags.set = FILE_DELIVERED;
            apply(&model, &record);
        }
        record.type = RECORD_UPLOAD;
        memset(&record.u, 0, sizeof(record.u));
        record.u.upload.id = "{3}";
        record.u.upload.id_size = 3;
        record.u.upload.acknowledged = 100;
        apply(&model, &record);
        ok(!job->files[0].flags, "[BUP.FRAG.22] it is about another session: got %#x\n", job->files[0].flags);
        record.type = RECORD_FILE_FLAGS;
        memset(&record.u, 0, sizeof(record.u));
        record.u.flags.set = FILE_DELIVERED;
        apply(&model, &record);

        memset(&record, 0, sizeof(record));
        record.type = RECORD_REPLY_FILE;
        record.u.reply.remote_name = L"http://h/reply";
        record.u.reply.local_name = L"C:\\reply";
        record.u.reply.temp_name = L"C:\\BIT1.tmp";
        hr = apply(&model, &record);
        ok(hr == (types[i] == JOB_UPLOAD ? INVALID_DATA : S_OK), "type %u: got %#x\n", types[i], hr);
        if (SUCCEEDED(hr))
        {
            ok(job->file_count == 2 && job_visible_files(job) == 1 && job->untransferred == 2, "[TYPE.JobProg.3] got %u\n", job->file_count);
            record.u.reply.local_name = L"C:\\elsewhere";
            hr = apply(&model, &record);
            ok(hr == S_OK && !str_cmp(job->files[REPLY_FILE].local_name, L"C:\\elsewhere"), "[JOB2.SetReplyFileName.A2] got %#x\n", hr);
            ok(job->file_count == 2 && job->untransferred == 2, "got %u\n", job->file_count);

            memset(&record, 0, sizeof(record));
            record.type = RECORD_FILE_BEGIN;
            record.u.begin.file = REPLY_FILE;
            record.u.begin.remote_size = 10;
            hr = apply(&model, &record);
            ok(hr == S_OK, "got %#x\n", hr);
            record.type = RECORD_REPLY_FILE;
            memset(&record.u, 0, sizeof(record.u));
            record.u.reply.remote_name = record.u.reply.local_name = record.u.reply.temp_name = L"x";
            hr = apply(&model, &record);
            ok(hr == INVALID_DATA, "[JOB2.SetReplyFileName.7] the reply has begun: got %#x\n", hr);
        }

        memset(&record, 0, sizeof(record));
        record.type = RECORD_FILE_DONE;
        record.u.done.size = 1000;
        hr = apply(&model, &record);
        ok(hr == S_OK && job->files[0].flags == (FILE_TRANSFERRED | FILE_PUBLISHED) && !job->upload.id && !job->upload.host,
           "[TYPE.FileProg.4, BUP.CLOSE.2] got %#x, flags %#x\n", hr, job->files[0].flags);
        memset(&record, 0, sizeof(record));
        record.type = RECORD_UPLOAD;
        hr = apply(&model, &record);
        ok(hr == INVALID_DATA, "a session of an upload that is over: got %#x\n", hr);
        rebuild(&model, &copy);
        ok(!model_difference(&model, &copy), "%s\n", model_difference(&model, &copy));
        model_free(&copy);
        model_free(&model);
    }
}

/* What was prepared and not applied goes when the record it was for has long been something else. */
static void test_thrown_away(void)
{
    struct prop_value value = { PROP_DESCRIPTION };
    struct record other = { RECORD_STATE };
    struct model model, before;
    const char *difference;
    struct record *record;
    UINT32 i;
    HRESULT hr;

    model_init(&model);
    create(&model, &id_a);
    add_files(&model, &id_a, 2);
    rebuild(&model, &before);
    value.string = L"new";
    other.job = id_a;
    other.u.state.state = JOB_SUSPENDED;
    other.u.state.failure.file = NO_FILE;
    for (i = 0; i < 4; i++)
    {
        record = calloc(1, sizeof(*record));
        record->type = i & 1 ? RECORD_CREATE : RECORD_SET;
        record->job = i & 1 ? id_b : id_a;
        if (i & 1) record->u.create.owner = record->u.create.display_name = L"x";
        else
        {
            record->u.set.values = &value;
            record->u.set.count = 1;
        }
        hr = model_prepare(&model, record);
        ok(hr == S_OK, "%u: got %#x\n", i, hr);
        record->type = i & 1 ? RECORD_SET : RECORD_CREATE;
        if (i & 2) free(record);
        hr = model_prepare(&model, &other);
        ok(hr == S_OK, "%u: got %#x\n", i, hr);
        if (!(i & 2)) free(record);
        difference = model_difference(&model, &before);
        ok(!difference, "%u: %s changed\n", i, difference);
    }
    record = calloc(1, sizeof(*record));
    *record = other;
    hr = model_prepare(&model, record);
    ok(hr == S_OK, "got %#x\n", hr);
    record->type = RECORD_CREATE;
    model_free(&model);
    free(record);
    model_free(&before);
}

static void test_files(void)
{
    static const UINT32 first[] = { 0 };
    struct model model;
    struct record record;
    struct job *job;
    HRESULT hr;

    model_init(&model);
    create(&model, &id_a);
    add_files(&model, &id_a, 3);
    job = model_find(&model, &id_a);
    ok(file_total(&job->files[0]) == SIZE_UNKNOWN, "[TYPE.FileProg.1] size known\n");
    ok(job_first_unfinished(job) == 0 && !job_all_transferred(job), "wrong counts\n");

    memset(&record, 0, sizeof(record));
    record.type = RECORD_FILE_DONE;
    record.u.done.file = 1;
    record.u.done.size = 100;
    hr = apply(&model, &record);
    ok(hr == S_OK && file_total(&job->files[1]) == 100 && file_received(&job->files[1]) == 100, "got %#x\n", hr);
    ok(job_first_unfinished(job) == 0, "got %u\n", job_first_unfinished(job));
    record.u.done.file = 0;
    record.u.done.size = 0;
    apply(&model, &record);
    ok(file_total(&job->files[0]) == 0 && !file_received(&job->files[0]), "[TYPE.FileProg.A1] wrong\n");
    ok(job_first_unfinished(job) == 2, "got %u\n", job_first_unfinished(job));
    record.u.done.file = 2;
    apply(&model, &record);
    ok(job_all_transferred(job) && job_first_unfinished(job) == NO_FILE, "wrong counts\n");

    /* SetValidationState(FALSE) [BEH.STATE.45] */
    memset(&record, 0, sizeof(record));
    record.type = RECORD_FILE_FLAGS;
    record.u.flags.file = 1;
    record.u.flags.clear = FILE_TRANSFERRED;
    apply(&model, &record);
    ok(!file_received(&job->files[1]) && job_first_unfinished(job) == 1 && !job_all_transferred(job), "still there\n");

    /* Two pieces in turn are one range. */
    memset(&record, 0, sizeof(record));
    record.type = RECORD_FILE_BEGIN;
    record.u.begin.file = 1;
    record.u.begin.remote_size = 1000;
    apply(&model, &record);
    record.type = RECORD_FILE_PROGRESS;
    record.u.progress.file = 1;
    record.u.progress.offset = 500;
    record.u.progress.length = 500;
    record.u.progress.no_progress_time = 0;
    record.u.progress.download_msec = 77;
    apply(&model, &record);
    record.u.progress.offset = 0;
    apply(&model, &record);
    ok(file_received(&job->files[1]) == 1000 && job->files[1].received.count == 1, "not merged\n");
    ok(job->download_msec == 77, "got %llu\n", (unsigned long long)job->download_msec);
    ok(job->modification_time == 2000, "[TYPE.Times.2] got %llu\n", (unsigned long long)job->modification_time);

    /* Complete: intent, outcome, end. */
    memset(&record, 0, sizeof(record));
    record.type = RECORD_COMPLETING;
    record.u.publish.files = first;
    record.u.publish.count = 1;
    record.u.publish.caller = L"S-1-5-21-9";
    apply(&model, &record);
    ok(job->completing && job->files[0].flags & FILE_PUBLISHING, "no intent\n");
    hr = apply(&model, &record);
    ok(hr == INVALID_DATA, "twice: got %#x\n", hr);
    record.type = RECORD_PUBLISHED;
    record.u.publish.caller = NULL;
    apply(&model, &record);
    ok(job->files[0].flags == (FILE_TRANSFERRED | FILE_PUBLISHED | FILE_VALIDATED), "got %#x\n", job->files[0].flags);
    record.type = RECORD_COMPLETE_FAILED;
    apply(&model, &record);
    ok(!job->completing && job->state == JOB_SUSPENDED, "[JOB.Complete.9] job changed\n");
    record.type = RECORD_COMPLETED;
    apply(&model, &record);
    ok(job->state == JOB_ACKNOWLEDGED && job->cleaning, "not done\n");
    model_free(&model);
}

static void test_totals(void)
{
    static const struct
    {
        struct file_range ranges[2];
        UINT32 count;
        UINT64 size, total;
    }
    rows[] =
    {
        { {{0}}, 0, SIZE_UNKNOWN, SIZE_UNKNOWN },
        { {{0}}, 0, 0, 0 },
        { {{0}}, 0, 5000, 5000 },
        { { { 10, 20 }, { 100, 5 } }, 2, SIZE_UNKNOWN, 25 },
        { { { 10, 20 }, { 100, LENGTH_TO_EOF } }, 2, SIZE_UNKNOWN, SIZE_UNKNOWN },
        { { { 10, 20 }, { 100, LENGTH_TO_EOF } }, 2, 150, 70 },
        { { { 10, 20 }, { 100, LENGTH_TO_EOF } }, 2, 50, 20 },
    };
    struct job_file file;
    UINT64 total;
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        memset(&file, 0, sizeof(file));
        file.ranges = (struct file_range *)rows[i].ranges;
        file.range_count = rows[i].count;
        file.remote_size = rows[i].size;
        total = file_total(&file);
        ok(total == rows[i].total, "[TYPE.FileProg.2] row %u: got %llu\n", i, (unsigned long long)total);
    }
}

/* A thousand jobs, and ten thousand files one at a time in one job: an operation costs the same at the end as at the start. */
static void test_many(void)
{
    struct record record = { RECORD_FILE_PROGRESS };
    struct model model;
    unsigned int start, early, late;
    UINT32 i, round;
    GUID id = id_a;
    HRESULT hr = S_OK;

    model_init(&model);
    for (i = 0; i < 1000; i++)
    {
        id.Data1 = i;
        create(&model, &id);
    }
    ok(model.count == 1000, "got %u\n", model.count);
    for (i = 0; i < 1000; i++)
    {
        id.Data1 = i;
        if (!model_find(&model, &id)) break;
    }
    ok(i == 1000, "job %u not found\n", i);

    id.Data1 = 500;
    early = late = 0;
    for (i = 0; i < 10; i++)
    {
        start = winetest_get_time();
        add_files(&model, &id, 5000);
        if (!i) early = winetest_get_time() - start;
        else late = winetest_get_time() - start;
    }
    ok(late <= 20 * early + 200, "first 5000 files %u ms, last %u ms\n", early, late);
    ok(model_find(&model, &id)->file_count == 50000, "wrong number of files\n");

    record.job = id;
    start = winetest_get_time();
    for (round = 0; round < 10; round++)
    {
        for (i = 0; i < 5000 && SUCCEEDED(hr); i++)
        {
            record.u.progress.file = 45000 + i;
            record.u.progress.offset = round * 1000;
            record.u.progress.length = 1000;
            hr = model_apply(&model, &record);
        }
    }
    ok(hr == S_OK, "got %#x\n", hr);
    trace("50000 progress records in a job of 50000 files: %u ms\n", winetest_get_time() - start);

    start = winetest_get_time();
    record.type = RECORD_FILE_DONE;
    for (i = 0; i < 50000 && SUCCEEDED(hr); i++)
    {
        record.u.done.file = i;
        record.u.done.size = 10000;
        hr = model_apply(&model, &record);
        if (job_first_unfinished(model_find(&model, &id)) != (i < 49999 ? i + 1 : NO_FILE)) break;
    }
    ok(hr == S_OK && i == 50000, "file %u: got %#x\n", i, hr);
    trace("50000 finished files: %u ms\n", winetest_get_time() - start);
    ok(job_all_transferred(model_find(&model, &id)), "not all\n");
    model_free(&model);
}

/* A new owner gets nothing that was the old one's own [JOB.TakeOwnership.7, 8, 11]. */
static void test_owner(void)
{
    static const GUID id = { 1, 2, 3, { 4, 5, 6, 7, 8, 9, 10, 11 } };
    static const enum job_prop dropped[] =
    {
        PROP_NOTIFY_PROGRAM, PROP_NOTIFY_PARAMETERS, PROP_NOTIFY_CLSID, PROP_CUSTOM_HEADERS, PROP_CERT_LOCATION, PROP_CERT_STORE,
        PROP_CERT_HASH, PROP_CERT_SUBJECT, PROP_CERT_CALLBACK_WANTED, PROP_CREDENTIALS
    };
    struct record record = { RECORD_SET };
    struct prop_value values[PROP_COUNT];
    const struct job *job;
    struct model model;
    UINT32 i, j;
    HRESULT hr;

    model_init(&model);
    create(&model, &id);
    memset(values, 0, sizeof(values));
    for (i = 0; i < PROP_COUNT; i++)
    {
        values[i].prop = i;
        values[i].number = 1;
        values[i].string = L"value";
        values[i].guid.Data1 = 1;
        values[i].blob = (const BYTE *)"blob";
        values[i].blob_size = 4;
    }
    record.job = id;
    record.u.set.values = values;
    record.u.set.count = PROP_COUNT;
    hr = model_apply(&model, &record);
    ok(hr == S_OK, "got %#x\n", hr);

    memset(&record, 0, sizeof(record));
    record.type = RECORD_OWNER;
    record.job = id;
    record.u.owner.owner = L"S-1-5-19";
    record.u.owner.integrity = 0x4000;
    record.u.owner.elevated = TRUE;
    hr = model_apply(&model, &record);
    ok(hr == S_OK, "got %#x\n", hr);
    job = model_find(&model, &id);
    ok(!str_cmp(job->owner, L"S-1-5-19") && job->integrity == 0x4000 && job->elevated, "another owner\n");
    for (i = 0; i < PROP_COUNT; i++)
    {
        const struct prop_value *value = &job->props[i];
        BOOL gone = FALSE, empty = !value->number && !value->string && !value->guid.Data1 && !value->blob_size && !value->blob;

        for (j = 0; j < ARRAY_SIZE(dropped); j++) if (dropped[j] == i) gone = TRUE;
        ok(empty == gone, "property %u is %s\n", i, empty ? "gone" : "there");
        ok(value->prop == i, "property %u is number %u\n", i, value->prop);
    }
    model_free(&model);
}

START_TEST(test_model)
{
    test_owner();
    test_defaults();
    test_refused();
    test_upload();
    test_thrown_away();
    test_files();
    test_totals();
    test_histories();
    test_many();
}
