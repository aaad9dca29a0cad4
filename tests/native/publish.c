/*
 * Tests of temporary files, Complete and Cancel
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

#include <stdio.h>

#include "core/publish.h"
#include "core/str.h"
#include "fakedisk.h"
#include "output.h"
#include "wine/test.h"

#define HR_NOT_FOUND ((HRESULT)0x80070002)
#define HR_CORRUPT   ((HRESULT)0x80070570)
#define HR_SHARING   ((HRESULT)0x80070020)

static const WCHAR temp[] = L"C:\\out\\BIT1.tmp", local[] = L"C:\\out\\a.cab";

static BOOL has(struct fakedisk *fake, const WCHAR *path, const char *content)
{
    const BYTE *data;
    size_t size;

    if (!fakedisk_get(fake, path, &data, &size)) return !content;
    return content && size == strlen(content) && (!size || !memcmp(data, content, size));
}

static void put(struct fakedisk *fake, const WCHAR *path, const char *content)
{
    if (content) fakedisk_put(fake, path, content, strlen(content));
}

/* One file, in every situation. */
static void test_one(void)
{
    static const struct
    {
        const char *facts;
        const char *temp, *local;   /* what is there */
        BOOL read_only, again;
        UINT32 size;
        HRESULT hr;
        const char *result;         /* at the destination */
    }
    rows[] =
    {
        {"BEH.FILE.20,JOB.Complete.7", "new", NULL, FALSE, FALSE, 3, S_OK, "new"},
        {"BEH.FILE.20,JOB.Complete.A5", "new", "old data", FALSE, FALSE, 3, S_OK, "new"},
        {"BEH.FILE.20", "new", "old", FALSE, TRUE, 3, S_OK, "new"},
        {"BEH.FILE.20", "", NULL, FALSE, FALSE, 0, S_OK, ""},
        {"BEH.FILE.21", "new", "old", TRUE, FALSE, 3, E_ACCESSDENIED, "old"},
        {"BEH.FILE.21", "new", "old", TRUE, TRUE, 3, E_ACCESSDENIED, "old"},
        /* not what was received */
        {"BEH.FILE.15", "ne", "old", FALSE, FALSE, 3, HR_CORRUPT, "old"},
        {"BEH.FILE.15", "new!", NULL, FALSE, TRUE, 3, HR_CORRUPT, NULL},
        /* gone: renamed before, or somebody else's file of the same size */
        {"BEH.FILE.21", NULL, NULL, FALSE, FALSE, 3, HR_NOT_FOUND, NULL},
        {"BEH.FILE.21", NULL, "old", FALSE, FALSE, 3, HR_NOT_FOUND, "old"},
        {"BEH.STATE.69", NULL, "new", FALSE, TRUE, 3, S_OK, "new"},
        {"BEH.STATE.69", NULL, "ne", FALSE, TRUE, 3, HR_NOT_FOUND, "ne"},
        {"BEH.STATE.69", NULL, NULL, FALSE, TRUE, 3, HR_NOT_FOUND, NULL},
    };
    struct publish_file file = {0};
    struct fakedisk *fake;
    HRESULT hr;
    size_t i, n;

    file.temp_name = (WCHAR *)temp;
    file.local_name = (WCHAR *)local;
    /* also when it came behind the back of whoever had looked for it */
    for (n = 0; n < 2 * ARRAY_SIZE(rows); n++)
    {
        i = n / 2;
        fake = fakedisk_create();
        put(fake, temp, rows[i].temp);
        put(fake, local, rows[i].local);
        if (rows[i].read_only) fakedisk_set_read_only(fake, local, TRUE);
        file.size = rows[i].size;
        file.time = 77;
        file.again = rows[i].again;
        hr = publish_one(fakedisk_disk(fake), NULL, &file, n % 2);
        ok(hr == rows[i].hr, "[%s] row %u: got %#x\n", rows[i].facts, (UINT32)i, hr);
        ok(has(fake, local, rows[i].result), "[%s] row %u: wrong file\n", rows[i].facts, (UINT32)i);
        ok(SUCCEEDED(hr) ? has(fake, temp, NULL) : has(fake, temp, rows[i].temp), "[%s] row %u: temporary file\n", rows[i].facts, (UINT32)i);
        if (SUCCEEDED(hr)) ok(fakedisk_time(fake, local) == 77, "[BEH.HTTP.70] row %u: no time\n", (UINT32)i);
        else if (rows[i].local) ok(fakedisk_time(fake, local) == 0, "row %u: touched\n", (UINT32)i);
        fakedisk_free(fake);
    }

    /* attributes and times that cannot be set are no failure */
    fake = fakedisk_create();
    put(fake, temp, "new");
    fakedisk_fail(fake, FAKE_FINISH, 0, 1, E_ACCESSDENIED);
    hr = publish_one(fakedisk_disk(fake), NULL, &file, FALSE);
    ok(hr == S_OK && has(fake, local, "new"), "got %#x\n", hr);
    fakedisk_fail(fake, FAKE_RENAME, 0, 1, HR_SHARING);
    put(fake, temp, "two");
    hr = publish_one(fakedisk_disk(fake), NULL, &file, FALSE);
    ok(hr == HR_SHARING && has(fake, local, "new") && has(fake, temp, "two"), "[BEH.FILE.21] got %#x\n", hr);
    fakedisk_fail(fake, FAKE_READ, 0, ~0u, E_ACCESSDENIED);
    hr = publish_one(fakedisk_disk(fake), NULL, &file, FALSE);
    ok(hr == E_ACCESSDENIED, "got %#x\n", hr);
    fakedisk_free(fake);
}

/* A job on a fake disk, and the records that are made. */

struct owner
{
    struct publish_owner publisher;
    struct fakedisk *fake;
    struct model model;
    struct job *job;
    char records[300];          /* one after the other; "!" behind those that were waited for */
    UINT32 fail_at;             /* the n-th record is refused, ~0: none */
    UINT32 depth;
};

static void enter(void *ctx)
{
    struct owner *owner = ctx;

    ok(!owner->depth++, "entered twice\n");
}

static void leave(void *ctx)
{
    struct owner *owner = ctx;

    owner->depth--;
}

static HRESULT take(struct owner *owner, struct record *record, const char *mark)
{
    HRESULT hr;

    ok(!owner->depth, "a record under the lock\n");
    if (!owner->fail_at)
    {
        strcat(owner->records, "refused ");
        return E_FAIL;
    }
    if (owner->fail_at != ~0u) owner->fail_at--;
    record->job = owner->job->id;
    hr = model_apply(&owner->model, record);
    ok(hr == S_OK, "%s: got %#x\n", record_name_of(record->type), hr);
    strcat(strcat(strcat(owner->records, record_name_of(record->type)), mark), " ");
    return hr;
}

static HRESULT append(void *ctx, struct record *record) { return take(ctx, record, ""); }
static HRESULT commit(void *ctx, struct record *record) { return take(ctx, record, "!"); }

static const WCHAR *names[][2] =
{
    { L"C:\\out\\BIT1.tmp", L"C:\\out\\one" },
    { L"C:\\OUT\\BIT2.tmp", L"C:\\Out\\two" },
    { L"C:\\else\\BIT3.tmp", L"C:\\else\\three" },
    { L"C:\\BIT4.tmp", L"C:\\four" },
};

/* `whole` files of four are there, the next is there half. */
static void init(struct owner *owner, UINT32 whole)
{
    struct record record = { RECORD_CREATE };
    struct record_file file = { L"http://a/b" };
    UINT32 i;

    memset(owner, 0, sizeof(*owner));
    owner->fake = fakedisk_create();
    owner->fail_at = ~0u;
    model_init(&owner->model);
    record.job.Data1 = 1;
    record.u.create.owner = record.u.create.display_name = L"x";
    model_apply(&owner->model, &record);
    owner->job = owner->model.first;
    job_addref(owner->job);
    for (i = 0; i < ARRAY_SIZE(names); i++)
    {
        memset(&record.u, 0, sizeof(record.u));
        record.type = RECORD_ADD_FILES;
        file.temp_name = names[i][0];
        file.local_name = names[i][1];
        record.u.add_files.files = &file;
        record.u.add_files.count = 1;
        model_apply(&owner->model, &record);
        if (i <= whole) put(owner->fake, names[i][0], i < whole ? "data" : "da");
        if (i >= whole) continue;
        memset(&record.u, 0, sizeof(record.u));
        record.type = RECORD_FILE_DONE;
        record.u.done.file = i;
        record.u.done.size = 4;
        model_apply(&owner->model, &record);
    }
    owner->publisher.disk = fakedisk_disk(owner->fake);
    owner->publisher.job = owner->job;
    owner->publisher.enter = enter;
    owner->publisher.leave = leave;
    owner->publisher.append = append;
    owner->publisher.commit = commit;
    owner->publisher.ctx = owner;
}

static void done(struct owner *owner)
{
    job_release(owner->job);
    model_free(&owner->model);
    fakedisk_free(owner->fake);
}

static HRESULT complete(struct owner *owner)
{
    HRESULT hr;

    owner->records[0] = 0;
    if (FAILED(hr = publish_begin(&owner->publisher, L"S-1-5-21-9"))) return hr;
    return publish_complete(&owner->publisher);
}

#define check_records(owner, expected) \
    ok(!strcmp((owner)->records, expected), "records %s\n", (owner)->records)

static void test_complete(void)
{
    struct owner owner;
    UINT64 flushes;
    HRESULT hr;
    UINT32 i;

    init(&owner, 4);
    hr = complete(&owner);
    ok(hr == S_OK, "[JOB.Complete.1] got %#x\n", hr);
    check_records(&owner, "COMPLETING! PUBLISHED COMPLETED! CLEANED ");
    for (i = 0; i < 4; i++)
        ok(has(owner.fake, names[i][0], NULL) && has(owner.fake, names[i][1], "data"), "[JOB.Complete.7] file %u\n", i);
    ok(owner.job->state == JOB_ACKNOWLEDGED && !owner.model.count, "[BEH.STATE.49] %u\n", owner.job->state);
    ok(!str_cmp(owner.job->completer, L"S-1-5-21-9"), "[JOB.Complete.10] another caller\n");
    /* two in one folder, whatever its case, and one each in two */
    flushes = fakedisk_count(owner.fake, FAKE_FLUSH_DIR);
    ok(flushes == 3, "%u flushes of folders\n", (UINT32)flushes);
    done(&owner);

    init(&owner, 2);
    hr = complete(&owner);
    ok(hr == BG_S_PARTIAL_COMPLETE, "[JOB.Complete.2] got %#x\n", hr);
    check_records(&owner, "COMPLETING! PUBLISHED COMPLETED! CLEANED ");
    for (i = 0; i < 4; i++)
        ok(has(owner.fake, names[i][0], NULL) && has(owner.fake, names[i][1], i < 2 ? "data" : NULL), "[BEH.FILE.22] file %u\n", i);
    done(&owner);

    /* nothing is whole */
    init(&owner, 0);
    hr = complete(&owner);
    ok(hr == BG_S_PARTIAL_COMPLETE, "[JOB.Complete.A2] got %#x\n", hr);
    check_records(&owner, "COMPLETING! COMPLETED! CLEANED ");
    ok(has(owner.fake, names[0][0], NULL) && has(owner.fake, names[0][1], NULL), "[JOB.Complete.A2] a file\n");
    done(&owner);

    /* what is left cannot be deleted */
    init(&owner, 4);
    fakedisk_fail(owner.fake, FAKE_REMOVE, 0, ~0u, E_ACCESSDENIED);
    hr = complete(&owner);
    ok(hr == S_OK, "[JOB.Complete.3] nothing is left: got %#x\n", hr);
    done(&owner);
    init(&owner, 3);
    fakedisk_fail(owner.fake, FAKE_REMOVE, 0, 1, E_ACCESSDENIED);
    hr = complete(&owner);
    ok(hr == BG_S_PARTIAL_COMPLETE, "[BEH.STATE.80,JOB.Complete.A6] got %#x\n", hr);
    check_records(&owner, "COMPLETING! PUBLISHED COMPLETED! ");
    ok(owner.job->cleaning && owner.job->state == JOB_ACKNOWLEDGED, "[JOB.Complete.A1] %u\n", owner.job->state);
    hr = publish_recover(&owner.publisher);
    ok(hr == S_OK && has(owner.fake, names[3][0], NULL) && !owner.model.count, "got %#x\n", hr);
    done(&owner);
}

static void test_rename_failure(void)
{
    struct owner owner;
    HRESULT hr;

    init(&owner, 4);
    put(owner.fake, names[2][1], "old!");
    fakedisk_fail(owner.fake, FAKE_RENAME, 2, 1, HR_SHARING);
    hr = complete(&owner);
    ok(hr == HR_SHARING, "[JOB.Complete.5,BEH.FILE.21] got %#x\n", hr);
    check_records(&owner, "COMPLETING! PUBLISHED COMPLETE_FAILED! ");
    ok(owner.job->state == JOB_SUSPENDED && !owner.job->completing, "[JOB.Complete.9,JOB.Complete.A4] %u\n", owner.job->state);
    ok((owner.job->files[1].flags & FILE_PUBLISHED) && !(owner.job->files[2].flags & FILE_PUBLISHED), "[TYPE.FileProg.5] wrong flags\n");
    ok(!(owner.job->files[3].flags & (FILE_PUBLISHED | FILE_PUBLISHING)), "[TYPE.FileProg.5] it went on\n");
    ok(has(owner.fake, names[1][1], "data") && has(owner.fake, names[2][1], "old!") && has(owner.fake, names[2][0], "data"), "files\n");
    ok(has(owner.fake, names[3][0], "data"), "[TYPE.FileProg.5] it went on\n");
    /* repaired; those that are done are left alone, also if the client has taken them away meanwhile [BEH.STATE.69] */
    fakedisk_disk(owner.fake)->remove(fakedisk_disk(owner.fake), names[0][1]);
    hr = complete(&owner);
    ok(hr == S_OK, "[BEH.STATE.69] got %#x\n", hr);
    check_records(&owner, "COMPLETING! PUBLISHED COMPLETED! CLEANED ");
    ok(has(owner.fake, names[0][1], NULL) && has(owner.fake, names[2][1], "data") && has(owner.fake, names[3][1], "data"), "files\n");
    done(&owner);

    /* Cancel after it leaves what was handed over [JOB.Cancel.A1] */
    init(&owner, 4);
    fakedisk_fail(owner.fake, FAKE_RENAME, 1, 1, HR_SHARING);
    hr = complete(&owner);
    ok(hr == HR_SHARING, "got %#x\n", hr);
    owner.records[0] = 0;
    hr = publish_cancel(&owner.publisher);
    ok(hr == S_OK && has(owner.fake, names[0][1], "data"), "[JOB.Cancel.A1] got %#x\n", hr);
    ok(has(owner.fake, names[1][0], NULL) && has(owner.fake, names[1][1], NULL), "[JOB.Cancel.7] left over\n");
    check_records(&owner, "CANCELLED! CLEANED ");
    done(&owner);

    /* a temporary file that somebody has taken away, before an old file of the same size */
    init(&owner, 1);
    put(owner.fake, names[0][1], "old!");
    fakedisk_disk(owner.fake)->remove(fakedisk_disk(owner.fake), names[0][0]);
    hr = complete(&owner);
    ok(hr == HR_NOT_FOUND && has(owner.fake, names[0][1], "old!"), "[BEH.FILE.21] got %#x\n", hr);
    check_records(&owner, "COMPLETING! COMPLETE_FAILED! ");
    hr = complete(&owner);
    ok(hr == HR_NOT_FOUND, "[BEH.FILE.21] again: got %#x\n", hr);
    done(&owner);
}

/* A group of the queue manager 0.9 keeps its job when its files are handed over. */
static void test_group(void)
{
    struct prop_value value = { PROP_GROUP_ID };
    struct record record = { RECORD_SET };
    struct owner owner;
    UINT32 file, i;
    HRESULT hr;

    value.guid.Data1 = 7;
    record.job.Data1 = 1;
    record.u.set.values = &value;
    record.u.set.count = 1;
    for (i = 0; i < 3; i++)     /* as it should be; a rename fails; cut off behind the intent */
    {
        init(&owner, 4);
        hr = model_apply(&owner.model, &record);
        ok(hr == S_OK && job_is_group(owner.job), "[QM.A3] got %#x\n", hr);
        ok(job_has_unpublished(owner.job), "published already\n");
        hr = publish_begin(&owner.publisher, L"S-1-5-21-9");
        ok(hr == S_OK, "got %#x\n", hr);
        if (i == 1) fakedisk_fail(owner.fake, FAKE_RENAME, 2, 1, HR_SHARING);
        if (i == 2) hr = publish_recover(&owner.publisher);
        else hr = publish_hand_over(&owner.publisher, &file);
        ok(hr == (i == 1 ? HR_SHARING : S_OK), "[GROUP.CancelGroup.A1] %u: got %#x\n", i, hr);
        if (i != 2) ok(file == (i ? 2 : NO_FILE), "%u: file %u\n", i, file);
        check_records(&owner, "COMPLETING! PUBLISHED COMPLETE_FAILED! ");
        ok(!owner.job->completing && !job_is_final(owner.job->state) && owner.model.count == 1, "[GROUP.CancelGroup.A1] %u: gone\n", i);
        ok(has(owner.fake, names[0][1], "data") && has(owner.fake, names[2][1], i == 1 ? NULL : "data"), "%u: files\n", i);
        ok(job_has_unpublished(owner.job) == (i == 1), "%u: wrong flags\n", i);
        /* what is left to do for CancelGroup */
        hr = complete(&owner);
        ok(hr == S_OK && has(owner.fake, names[2][1], "data"), "[GROUP.CancelGroup.1] %u: got %#x\n", i, hr);
        done(&owner);
    }
}

/* The rename cannot be made to last: not published, but it may have happened. */
static void test_flush_failure(void)
{
    struct owner owner;
    HRESULT hr;

    init(&owner, 4);
    fakedisk_fail(owner.fake, FAKE_FLUSH_DIR, 1, 1, E_FAIL);       /* of C:\\out, behind C:\\ */
    hr = complete(&owner);
    ok(hr == E_FAIL, "got %#x\n", hr);
    check_records(&owner, "COMPLETING! PUBLISHED FILE_FLAGS FILE_FLAGS COMPLETE_FAILED! ");
    ok(owner.job->files[0].flags == (FILE_TRANSFERRED | FILE_RENAMED), "got %#x\n", owner.job->files[0].flags);
    ok(owner.job->files[1].flags == (FILE_TRANSFERRED | FILE_RENAMED), "got %#x\n", owner.job->files[1].flags);
    ok(owner.job->files[2].flags & FILE_PUBLISHED && owner.job->files[3].flags & FILE_PUBLISHED, "not published\n");
    hr = complete(&owner);
    ok(hr == S_OK && has(owner.fake, names[0][1], "data") && has(owner.fake, names[1][1], "data"), "got %#x\n", hr);
    ok(owner.job->files[0].flags == (FILE_TRANSFERRED | FILE_PUBLISHED | FILE_VALIDATED), "got %#x\n", owner.job->files[0].flags);
    done(&owner);

    /* a folder that is gone is no failure of a flush */
    init(&owner, 1);
    fakedisk_fail(owner.fake, FAKE_FLUSH_DIR, 0, ~0u, HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND));
    hr = publish_cancel(&owner.publisher);
    ok(hr == S_OK, "got %#x\n", hr);
    done(&owner);
    init(&owner, 1);
    fakedisk_fail(owner.fake, FAKE_FLUSH_DIR, 0, ~0u, HR_NOT_FOUND);
    hr = publish_cancel(&owner.publisher);
    ok(hr == S_OK, "got %#x\n", hr);
    done(&owner);
    init(&owner, 1);
    fakedisk_fail(owner.fake, FAKE_FLUSH_DIR, 1, 1, E_FAIL);
    hr = publish_cancel(&owner.publisher);
    ok(hr == BG_S_UNABLE_TO_DELETE_FILES, "[JOB.Cancel.3] got %#x\n", hr);
    check_records(&owner, "CANCELLED! ");
    done(&owner);

    /* two failures: the first counts; a rename before a flush */
    init(&owner, 4);
    fakedisk_fail(owner.fake, FAKE_FLUSH_DIR, 0, ~0u, E_FAIL);
    fakedisk_fail(owner.fake, FAKE_RENAME, 3, 1, HR_SHARING);
    hr = complete(&owner);
    ok(hr == HR_SHARING, "got %#x\n", hr);
    check_records(&owner, "COMPLETING! FILE_FLAGS FILE_FLAGS FILE_FLAGS COMPLETE_FAILED! ");
    done(&owner);
}

static void test_cancel(void)
{
    struct owner owner;
    HRESULT hr;
    UINT32 i;

    init(&owner, 2);
    hr = publish_cancel(&owner.publisher);
    ok(hr == S_OK, "[JOB.Cancel.2] got %#x\n", hr);
    check_records(&owner, "CANCELLED! CLEANED ");
    for (i = 0; i < 4; i++) ok(has(owner.fake, names[i][0], NULL), "[JOB.Cancel.7,BEH.STATE.64] file %u\n", i);
    ok(owner.job->state == JOB_CANCELLED && !owner.model.count, "%u\n", owner.job->state);
    ok(fakedisk_count(owner.fake, FAKE_FLUSH_DIR) == 3, "%u flushes\n", (UINT32)fakedisk_count(owner.fake, FAKE_FLUSH_DIR));
    done(&owner);

    init(&owner, 2);
    fakedisk_fail(owner.fake, FAKE_REMOVE, 1, 1, HR_SHARING);
    hr = publish_cancel(&owner.publisher);
    ok(hr == BG_S_UNABLE_TO_DELETE_FILES, "[JOB.Cancel.3,BEH.STATE.64] got %#x\n", hr);
    check_records(&owner, "CANCELLED! ");
    ok(owner.job->state == JOB_CANCELLED && owner.job->cleaning, "[BEH.STATE.64] %u\n", owner.job->state);
    ok(has(owner.fake, names[0][0], NULL) && has(owner.fake, names[1][0], "data") && has(owner.fake, names[2][0], NULL), "files\n");
    hr = publish_recover(&owner.publisher);
    ok(hr == S_OK && has(owner.fake, names[1][0], NULL), "got %#x\n", hr);
    done(&owner);

    /* a journal that does not take it: nothing is deleted */
    init(&owner, 2);
    owner.fail_at = 0;
    hr = publish_cancel(&owner.publisher);
    ok(hr == E_FAIL && has(owner.fake, names[0][0], "data"), "got %#x\n", hr);
    done(&owner);
    /* what cannot be forgotten is tried again at the next start */
    init(&owner, 2);
    owner.fail_at = 1;
    hr = publish_cancel(&owner.publisher);
    ok(hr == S_OK && owner.job->cleaning && has(owner.fake, names[0][0], NULL), "got %#x\n", hr);
    owner.fail_at = ~0u;
    hr = publish_recover(&owner.publisher);
    ok(hr == S_OK && !owner.model.count, "got %#x\n", hr);
    done(&owner);
}

/* The journal fails at each record in turn; then it works again, and the client asks again. */
static void test_journal_failure(void)
{
    static const struct
    {
        HRESULT hr, second;
        const char *records, *second_records;
        const char *file;           /* at the destination, after the first */
    }
    rows[] =
    {
        {E_FAIL, S_OK, "refused ", "COMPLETING! PUBLISHED COMPLETED! CLEANED ", NULL},
        /* what was renamed is in no record: the next start rolls it forward, the next call finds it done */
        {E_FAIL, E_FAIL, "COMPLETING! refused refused ", NULL, "data"},
        {E_FAIL, S_OK, "COMPLETING! PUBLISHED refused ", "COMPLETE_FAILED! COMPLETING! COMPLETED! CLEANED ", "data"},
        {S_OK, S_OK, "COMPLETING! PUBLISHED COMPLETED! refused ", NULL, "data"},
    };
    struct owner owner;
    HRESULT hr;
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        winetest_push_context("record %u", i);
        init(&owner, 4);
        owner.fail_at = i;
        hr = complete(&owner);
        ok(hr == rows[i].hr, "got %#x\n", hr);
        check_records(&owner, rows[i].records);
        ok(has(owner.fake, names[0][1], rows[i].file), "wrong file\n");
        owner.fail_at = ~0u;
        if (i == 1)
        {
            ok(owner.job->completing, "not completing\n");
            owner.records[0] = 0;
            hr = publish_recover(&owner.publisher);
            ok(hr == S_OK, "got %#x\n", hr);
            check_records(&owner, "PUBLISHED COMPLETED! CLEANED ");
        }
        else if (rows[i].second_records)
        {
            hr = complete(&owner);
            ok(hr == rows[i].second, "got %#x\n", hr);
            check_records(&owner, rows[i].second_records);
        }
        else
        {
            owner.records[0] = 0;
            hr = publish_recover(&owner.publisher);
            ok(hr == S_OK, "got %#x\n", hr);
            check_records(&owner, "CLEANED ");
        }
        ok(!owner.model.count, "still there\n");
        done(&owner);
        winetest_pop_context();
    }

    /* neither the rename nor its failure is recorded, and the client asks again */
    init(&owner, 4);
    fakedisk_fail(owner.fake, FAKE_RENAME, 1, 1, HR_SHARING);
    owner.fail_at = 2;
    hr = complete(&owner);
    ok(hr == HR_SHARING && owner.job->completing, "got %#x\n", hr);
    owner.fail_at = ~0u;
    hr = complete(&owner);
    ok(hr == S_OK, "got %#x\n", hr);
    check_records(&owner, "COMPLETE_FAILED! COMPLETING! PUBLISHED COMPLETED! CLEANED ");
    done(&owner);
}

static void test_lists(void)
{
    struct publish_list list;
    struct owner owner;
    HRESULT hr;
    UINT32 i;

    init(&owner, 3);
    hr = publish_list_intent(owner.job, &list);
    ok(hr == S_OK && !list.count, "got %u\n", list.count);
    publish_list_free(&list);
    hr = publish_begin(&owner.publisher, NULL);
    ok(hr == S_OK, "got %#x\n", hr);
    owner.job->files[1].remote_time = 5;
    hr = publish_list_intent(owner.job, &list);
    ok(hr == S_OK && list.count == 3, "got %u\n", list.count);
    for (i = 0; i < list.count; i++)
        ok(list.files[i].file == i && list.files[i].size == 4 && !list.files[i].again && list.files[i].time == (i == 1 ? 5 : 0)
           && !str_cmp(list.files[i].temp_name, names[i][0]) && !str_cmp(list.files[i].local_name, names[i][1]), "file %u\n", i);
    publish_list_free(&list);
    ok(!list.files && !list.count, "not empty\n");
    owner.job->files[0].flags |= FILE_PUBLISHED;
    hr = publish_list_intent(owner.job, &list);
    ok(hr == S_OK && list.count == 2 && list.files[0].file == 1, "got %u\n", list.count);
    publish_list_free(&list);
    hr = publish_list_rest(owner.job, &list);
    ok(hr == S_OK && list.count == 3 && list.files[2].file == 3, "got %u\n", list.count);
    publish_list_free(&list);
    done(&owner);
}

static void test_folders(void)
{
    static const struct { const WCHAR *path, *folder; } rows[] =
    {
        { L"C:\\a\\b.c", L"C:\\a" }, { L"C:\\b.c", L"C:\\" }, { L"\\\\server\\share\\dir\\b", L"\\\\server\\share\\dir" },
        { L"C:/a/b.c", L"C:/a" }, { L"C:\\a\\b\\c", L"C:\\a\\b" },
    };
    struct fakedisk *fake;
    HRESULT hr;
    size_t i;

    /* The flush of the right folder makes a name last; of any other it does not. */
    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        const WCHAR *slash = rows[i].path;
        struct disk_file *file;

        if (str_chr(slash, '/') || i == 1) continue; /* the fake disk splits at backslashes, and has no roots */
        fake = fakedisk_create();
        hr = fakedisk_disk(fake)->open(fakedisk_disk(fake), rows[i].path, DISK_WRITE | DISK_CREATE_NEW, &file);
        ok(hr == S_OK, "got %#x\n", hr);
        fakedisk_disk(fake)->close(file);
        ok(fakedisk_unflushed(fake) == 1, "%u unflushed\n", fakedisk_unflushed(fake));
        hr = publish_flush_dir(fakedisk_disk(fake), rows[i].path);
        ok(hr == S_OK && !fakedisk_unflushed(fake), "%s: got %#x\n", wine_dbgstr_w(rows[i].path), hr);
        fakedisk_free(fake);
    }
    fake = fakedisk_create();
    ok(publish_flush_dir(fakedisk_disk(fake), L"name") == S_OK && !fakedisk_count(fake, FAKE_FLUSH_DIR), "a folder for a bare name\n");
    fakedisk_free(fake);
}

#define MANY 200

static void make_many(struct publish_list *list, struct fakedisk *fake)
{
    WCHAR name[40];
    UINT32 i, pos;

    list->count = 2 * MANY + 10;
    list->files = calloc(list->count, sizeof(*list->files));
    for (i = 0; i < list->count; i++)
    {
        /* two folders of many, in turn, one spelled in two ways, and one of few */
        static const WCHAR *const folders[] = { L"C:\\many\\", L"C:\\More\\", L"C:\\many\\", L"C:\\MORE\\" };
        const WCHAR *folder = i < 2 * MANY ? folders[i % 4] : L"C:\\many\\few\\";

        for (pos = 0; folder[pos]; pos++) name[pos] = folder[pos];
        name[pos++] = 'F';
        name[pos++] = '0' + i / 100;
        name[pos++] = '0' + i / 10 % 10;
        name[pos++] = '0' + i % 10;
        name[pos] = 0;
        list->files[i].file = i;
        list->files[i].size = 4;
        list->files[i].local_name = str_dup(name);
        name[pos++] = 't';
        name[pos] = 0;
        list->files[i].temp_name = str_dup(name);
        put(fake, name, "data");
    }
}

static void check_many(struct fakedisk *fake, const struct publish_list *list, const char *what)
{
    UINT32 i, wrong = 0;

    for (i = 0; i < list->count; i++)
        if (!has(fake, list->files[i].local_name, "data") || !has(fake, list->files[i].temp_name, NULL)) wrong++;
    ok(!wrong, "[JOB.Complete.7] %s: %u files are wrong\n", what, wrong);
}

/* A folder with many of them is looked through once, and what is there in another spelling is replaced, never doubled (WINE.FS.6). */
static void test_many(void)
{
    static const struct
    {
        const char *what;
        HRESULT list;           /* of the looks */
        const WCHAR *there, *there2;
        BOOL twice;             /* the same name twice in the list */
        UINT32 exact;
    }
    rows[] =
    {
        {"all new", S_OK, NULL, NULL, FALSE, 2 * MANY},
        {"some are there", S_OK, L"C:\\many\\f100", L"C:\\MORE\\F399", FALSE, 2 * MANY - 2},
        {"the first and the last", S_OK, L"C:\\many\\f000", L"C:\\many\\f398", FALSE, 2 * MANY - 2},
        {"others are there", S_OK, L"C:\\many\\F10", L"C:\\many\\F1000", FALSE, 2 * MANY},
        {"one is twice", S_OK, NULL, NULL, TRUE, 2 * MANY - 1},
        {"cannot look", E_ACCESSDENIED, L"C:\\many\\f100", NULL, FALSE, 0},
    };
    struct publish_outcome outcome;
    struct publish_list list;
    struct fakedisk *fake;
    UINT64 count;
    HRESULT hr;
    size_t i, j;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        fake = fakedisk_create();
        make_many(&list, fake);
        if (rows[i].there) put(fake, rows[i].there, "old");
        if (rows[i].there2) put(fake, rows[i].there2, "old");
        for (j = 0; rows[i].twice && list.files[8].local_name[j]; j++) list.files[304].local_name[j] = str_fold(list.files[8].local_name[j]);
        if (FAILED(rows[i].list)) fakedisk_fail(fake, FAKE_LIST, 0, ~0u, rows[i].list);
        hr = publish_files(fakedisk_disk(fake), &list, &outcome);
        ok(hr == S_OK && outcome.hr == S_OK && outcome.count == list.count, "[JOB.Complete.7] %s: got %#x, %u files\n", rows[i].what, outcome.hr,
           outcome.count);
        check_many(fake, &list, rows[i].what);
        count = fakedisk_count(fake, FAKE_EXACT);
        ok(count == rows[i].exact, "%s: %u exact\n", rows[i].what, (UINT32)count);
        count = fakedisk_count(fake, FAKE_LIST);
        ok(count == 2, "%s: %u looks\n", rows[i].what, (UINT32)count);
        count = fakedisk_count(fake, FAKE_FLUSH_DIR);
        ok(count == 3, "%s: %u flushes of folders\n", rows[i].what, (UINT32)count);
        publish_outcome_free(&outcome);
        publish_list_free(&list);
        fakedisk_free(fake);
    }
}

/* Temporary files that never were made are not looked for one by one either. */
static void test_discard_many(void)
{
    struct publish_list list;
    struct fakedisk *fake;
    UINT32 i, remain;
    UINT64 count;

    for (i = 0; i < 4; i++)     /* as it should be; it cannot look; one cannot be removed; a flush fails */
    {
        fake = fakedisk_create();
        make_many(&list, fake);
        /* what is there: every tenth, in any case */
        for (count = 0; count < list.count; count++)
        {
            fakedisk_disk(fake)->remove(fakedisk_disk(fake), list.files[count].temp_name);
            if (count % 10) continue;
            list.files[count].temp_name[3] ^= 'a' ^ 'A';
            put(fake, list.files[count].temp_name, "da");
            list.files[count].temp_name[3] ^= 'a' ^ 'A';
        }
        count = fakedisk_count(fake, FAKE_REMOVE);
        if (i == 1) fakedisk_fail(fake, FAKE_LIST, 0, ~0u, E_ACCESSDENIED);
        if (i == 2) fakedisk_fail(fake, FAKE_REMOVE, 7, 1, E_ACCESSDENIED);
        if (i == 3) fakedisk_fail(fake, FAKE_FLUSH_DIR, 0, 1, E_FAIL);
        discard_files(fakedisk_disk(fake), &list, &remain);
        ok(remain == (i == 2 ? 1 : i == 3 ? MANY : 0), "[JOB.Cancel.3] %u: %u remain\n", i, remain);
        count = fakedisk_count(fake, FAKE_REMOVE) - count;
        ok(count == (i == 1 ? 2 * MANY + 10 : 2 * MANY / 10 + 10), "%u: %u removed\n", i, (UINT32)count);
        for (count = 0; count < list.count; count += 10)
            ok(has(fake, list.files[count].temp_name, NULL) || i == 2, "[JOB.Cancel.7] %u: %u is left\n", i, (UINT32)count);
        publish_list_free(&list);
        fakedisk_free(fake);
    }
}

/* output.c */

static UINT64 values[40];
static UINT32 next_value;

static UINT64 random_value(void *ctx)
{
    return values[next_value++];
}

static void test_names(void)
{
    struct fakedisk *fake = fakedisk_create();
    struct disk *disk = fakedisk_disk(fake);
    WCHAR *name;
    HRESULT hr;
    UINT32 i;

    values[0] = 0x123456789abcdef0;
    next_value = 0;
    hr = output_temp_name(disk, L"C:\\dir\\file.ext", random_value, NULL, &name);
    ok(hr == S_OK && !str_cmp(name, L"C:\\dir\\BIT0FEDCBA98765.tmp"), "[BEH.FILE.10] got %s\n", wine_dbgstr_w(name));
    put(fake, name, "x");
    free(name);
    /* taken: another */
    values[1] = values[0];
    values[2] = 0;
    hr = output_temp_name(disk, L"C:\\dir\\file.ext", random_value, NULL, &name);
    ok(hr == S_OK && next_value == 3 && !str_cmp(name, L"C:\\dir\\BIT000000000000.tmp"), "[BEH.FILE.10] got %s\n", wine_dbgstr_w(name));
    free(name);
    hr = output_temp_name(disk, L"C:/dir/x", random_value, NULL, &name);
    ok(hr == S_OK && str_starts(name, L"C:/dir/BIT"), "got %s\n", wine_dbgstr_w(name));
    free(name);
    for (i = 0; i < ARRAY_SIZE(values); i++) values[i] = values[0];
    next_value = 0;
    name = (WCHAR *)temp;
    hr = output_temp_name(disk, L"C:\\dir\\file.ext", random_value, NULL, &name);
    ok(hr == HRESULT_FROM_WIN32(ERROR_FILE_EXISTS) && !name && next_value == 16, "got %#x after %u\n", hr, next_value);
    fakedisk_free(fake);
}

static void test_output(void)
{
    struct fakedisk *fake = fakedisk_create();
    struct disk *disk = fakedisk_disk(fake);
    struct output *output;
    UINT64 count;
    HRESULT hr;

    hr = output_open(disk, temp, 0, TRUE, &output);
    ok(hr == S_OK && has(fake, temp, ""), "got %#x\n", hr);
    ok(fakedisk_is_hidden(fake, temp), "[BEH.FILE.11] not hidden\n");
    hr = output_write(output, 0, "abcdef", 6);
    ok(hr == S_OK, "got %#x\n", hr);
    hr = output_flush(output);
    ok(hr == S_OK && !fakedisk_unflushed(fake), "%u unflushed\n", fakedisk_unflushed(fake));
    count = fakedisk_count(fake, FAKE_FLUSH_DIR);
    ok(count == 1, "%u\n", (UINT32)count);
    output_flush(output);
    ok(fakedisk_count(fake, FAKE_FLUSH_DIR) == 1, "the folder again\n");
    count = fakedisk_count(fake, FAKE_SET_SIZE);
    hr = output_set_size(output, 6);
    ok(hr == S_OK && fakedisk_count(fake, FAKE_SET_SIZE) == count, "set although it was right\n");
    hr = output_set_size(output, 4);
    ok(hr == S_FALSE && has(fake, temp, "abcd"), "got %#x\n", hr);
    fakedisk_set_capacity(fake, 4);
    hr = output_reserve(output, 100);
    ok(hr == HRESULT_FROM_WIN32(ERROR_DISK_FULL), "[BEH.FILE.13] got %#x\n", hr);
    fakedisk_set_capacity(fake, (UINT64)-1);
    fakedisk_fail(fake, FAKE_FLUSH, 0, 1, E_FAIL);
    ok(output_flush(output) == E_FAIL, "no failure\n");
    output_close(output);

    /* to go on: it must be there as far as that */
    hr = output_open(disk, temp, 4, TRUE, &output);
    ok(hr == S_OK && has(fake, temp, "abcd"), "[BEH.PERSIST.34] got %#x\n", hr);
    output_close(output);
    hr = output_open(disk, temp, 3, TRUE, &output);
    ok(hr == S_OK && has(fake, temp, "abcd"), "got %#x\n", hr);
    output_close(output);
    hr = output_open(disk, temp, 5, TRUE, &output);
    ok(hr == S_FALSE && has(fake, temp, ""), "[BEH.FILE.16] got %#x\n", hr);
    output_close(output);
    disk->remove(disk, temp);
    hr = output_open(disk, temp, 5, TRUE, &output);
    ok(hr == S_FALSE && has(fake, temp, "") && fakedisk_is_hidden(fake, temp), "[BEH.FILE.16] got %#x\n", hr);
    output_close(output);
    put(fake, temp, "abcd");
    hr = output_open(disk, temp, 0, TRUE, &output);
    ok(hr == S_OK && has(fake, temp, ""), "got %#x\n", hr);
    output_close(output);
    disk->remove(disk, temp);
    hr = output_open(disk, temp, 0, FALSE, &output);
    ok(hr == S_OK && !fakedisk_is_hidden(fake, temp), "[BEH.HTTP.65] hidden\n");
    fakedisk_fail(fake, FAKE_FLUSH_DIR, 0, 1, E_FAIL);
    ok(output_flush(output) == E_FAIL, "the name may be lost\n");
    ok(output_flush(output) == S_OK && !fakedisk_unflushed(fake), "never again\n");
    output_close(output);

    /* what cannot be opened leaves nothing behind */
    fakedisk_set_read_only(fake, temp, TRUE);
    output = (struct output *)temp;
    hr = output_open(disk, temp, 0, TRUE, &output);
    ok(hr == E_ACCESSDENIED && !output, "got %#x\n", hr);
    fakedisk_fail(fake, FAKE_OPEN, 0, 1, HR_SHARING);
    hr = output_open(disk, temp, 4, TRUE, &output);
    ok(hr == HR_SHARING && !output, "[BEH.FILE.14] got %#x\n", hr);
    ok(!fakedisk_open_files(fake), "%u open\n", fakedisk_open_files(fake));
    fakedisk_free(fake);
}

START_TEST(publish)
{
    test_one();
    test_lists();
    test_folders();
    test_many();
    test_discard_many();
    test_complete();
    test_rename_failure();
    test_group();
    test_flush_failure();
    test_cancel();
    test_journal_failure();
    test_names();
    test_output();
}
