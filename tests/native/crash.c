/*
 * The spine under power failures
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

/*
 * The store, the output and the publishing room on a disk that loses what was not flushed.  A script of changes runs until the disk dies
 * at its n-th operation, for every n; then everything that was not flushed is lost in every combination (or in very many), and the
 * real start-up code reads what is left.  Whatever was acknowledged is there, no file is wrong, none is left over.
 */

#include <stdio.h>
#include <time.h>

#include "core/publish.h"
#include "core/str.h"
#include "fakedisk.h"
#include "histories.h"
#include "output.h"
#include "rooms.h"
#include "store.h"
#include "sync.h"
#include "writer.h"
#include "wine/test.h"

#define MAX_RECORDS 600
#define MAX_JOBS 8
#define WAIT_MSEC 30000         /* for what other threads do */
#define BLOCK 700               /* a piece of a download, not a multiple of a sector */

static const WCHAR journal_dir[] = L"C:\\ProgramData\\Downloader";

/* What was done, in order: the records as they were applied, and which of them somebody was told about. */
struct entry
{
    GUID job;
    UINT64 seq;
    enum record_type type;
    struct buffer bytes;
    BOOL acked;
};

struct service
{
    struct fakedisk *fake;
    struct disk *disk;
    struct sync_mutex cs;       /* queue.cs */
    struct model model;
    struct store *store;
    struct entry entries[MAX_RECORDS];
    UINT32 entry_count;
    UINT64 files_ticket;        /* as in queue.c */
    BOOL quiet;                 /* records nothing here: a start-up */
};

/* The service, as queue.c has it */

static void want_snapshot(void *ctx)
{
    struct service *service = ctx;
    struct job *job;
    HRESULT hr;

    sync_lock(&service->cs);
    if (SUCCEEDED(hr = store_snapshot_begin(service->store)))
    {
        for (job = service->model.first; job && SUCCEEDED(hr); job = job->next)
            hr = model_snapshot(job, store_snapshot_add, service->store);
        store_snapshot_end(service->store, hr);
    }
    sync_unlock(&service->cs);
}

static HRESULT service_open(struct service *service, struct fakedisk *fake)
{
    struct store_callbacks callbacks = { want_snapshot, NULL, service };
    HRESULT hr;

    service->fake = fake;
    service->disk = fakedisk_disk(fake);
    service->store = NULL;
    sync_mutex_init(&service->cs, "queue.cs");
    model_init(&service->model);
    /* A compaction that comes early waits for the lock, until store_open has told where the store is. */
    sync_lock(&service->cs);
    hr = store_open(service->disk, journal_dir, &service->model, &callbacks, &service->store);
    sync_unlock(&service->cs);
    return hr;
}

static void service_close(struct service *service)
{
    if (service->store) store_close(service->store);
    model_free(&service->model);
    sync_mutex_free(&service->cs);
}

static void forget_entries(struct service *service)
{
    while (service->entry_count) buffer_free(&service->entries[--service->entry_count].bytes);
}

static struct entry *remember(struct service *service, const struct record *record)
{
    struct entry *entry;

    if (service->quiet) return NULL;
    ok(service->entry_count < MAX_RECORDS, "too much to remember\n");
    if (service->entry_count == MAX_RECORDS) return NULL;
    entry = &service->entries[service->entry_count++];
    entry->job = record->job;
    entry->seq = record->seq;
    entry->type = record->type;
    entry->acked = FALSE;
    buffer_init(&entry->bytes, RECORD_MAX);
    record_encode(record, &entry->bytes);
    return entry;
}

static HRESULT change(struct service *service, struct record *record, BOOL wait)
{
    struct entry *entry = NULL;
    struct buffer bytes;
    UINT64 ticket = 0;
    HRESULT hr;

    buffer_init(&bytes, RECORD_MAX);
    hr = record_encode(record, &bytes);
    if (SUCCEEDED(hr)) hr = store_reserve(service->store, (UINT32)bytes.len);
    buffer_free(&bytes);
    if (FAILED(hr)) return hr;

    sync_lock(&service->cs);
    hr = model_prepare(&service->model, record);
    if (SUCCEEDED(hr) && SUCCEEDED(hr = store_append(service->store, record, &ticket)))
    {
        entry = remember(service, record);
        hr = model_apply(&service->model, record);
        ok(hr == S_OK, "%s does not apply: %#x\n", record_name_of(record->type), hr);
        if (record->type == RECORD_ADD_FILES) service->files_ticket = ticket;
    }
    sync_unlock(&service->cs);
    if (FAILED(hr) || !wait) return hr;
    hr = store_wait(service->store, ticket);
    /* What is on disk is so with everything before it. */
    if (SUCCEEDED(hr) && entry)
    {
        UINT32 i;

        for (i = 0; &service->entries[i] <= entry; i++) service->entries[i].acked = TRUE;
    }
    return hr;
}

struct owner
{
    struct service *service;
    const struct job *job;
};

static void enter(void *ctx)
{
    struct owner *owner = ctx;

    sync_lock(&owner->service->cs);
}

static void leave(void *ctx)
{
    struct owner *owner = ctx;

    sync_unlock(&owner->service->cs);
}

static HRESULT append(void *ctx, struct record *record)
{
    struct owner *owner = ctx;

    record->job = owner->job->id;
    return change(owner->service, record, FALSE);
}

static HRESULT commit(void *ctx, struct record *record)
{
    struct owner *owner = ctx;

    record->job = owner->job->id;
    return change(owner->service, record, TRUE);
}

static void init_owner(struct publish_owner *publisher, struct owner *owner, struct service *service, const struct job *job)
{
    owner->service = service;
    owner->job = job;
    publisher->disk = service->disk;
    publisher->job = job;
    publisher->enter = enter;
    publisher->leave = leave;
    publisher->append = append;
    publisher->commit = commit;
    publisher->ctx = owner;
}

/* Jobs by a number. */
static GUID job_id(UINT32 number)
{
    GUID id = { 0x10b00000 + number, 1, 2, { 3, 4, 5, 6, 7, 8, 9, 10 } };

    return id;
}

static struct job *find(struct service *service, UINT32 number)
{
    GUID id = job_id(number);

    return model_find(&service->model, &id);
}

static const WCHAR *path_of(const char *kind, UINT32 job, UINT32 file)
{
    static WCHAR paths[4][80];
    static UINT32 next;
    WCHAR *path = paths[next++ % 4];
    char text[80];
    UINT32 i;

    sprintf(text, "C:\\out%u\\%s%u-%u", file % 2, kind, job, file);
    for (i = 0; (path[i] = text[i]); i++) {}
    return path;
}

static const WCHAR *local_of(UINT32 job, UINT32 file) { return path_of("file", job, file); }
static const WCHAR *temp_of(UINT32 job, UINT32 file) { return path_of("BIT", job, file); }

/* What the server has; `version` is the time stamp. Version 0 is what stood at the destination before. */
static UINT32 size_of(UINT32 job, UINT32 file)
{
    return file == 2 ? 0 : 3 * BLOCK - 100 + 10 * job + file;
}

static BYTE octet(UINT32 job, UINT32 file, UINT64 version, UINT32 pos)
{
    return (BYTE)(1 + (job * 71 + file * 37 + version * 111 + pos * 13 + pos / 251) % 255);
}

static void content(BYTE *data, UINT32 job, UINT32 file, UINT64 version, UINT32 start, UINT32 size)
{
    UINT32 i;

    for (i = 0; i < size; i++) data[i] = octet(job, file, version, start + i);
}

static void put_old(struct fakedisk *fake, UINT32 job, UINT32 file)
{
    BYTE data[4096];

    content(data, job, file, 0, 0, size_of(job, file));
    fakedisk_put(fake, local_of(job, file), data, size_of(job, file));
}

/* What a client does. Each is awaited. */

static HRESULT create_job(struct service *service, UINT32 number)
{
    struct record record = { RECORD_CREATE };

    record.job = job_id(number);
    record.time = 1000 + number;
    record.u.create.owner = L"S-1-5-21-1";
    record.u.create.display_name = L"a job";
    return change(service, &record, TRUE);
}

static HRESULT set_description(struct service *service, UINT32 number, const WCHAR *text)
{
    struct prop_value value = { PROP_DESCRIPTION };
    struct record record = { RECORD_SET };

    record.job = job_id(number);
    value.string = text;
    record.u.set.values = &value;
    record.u.set.count = 1;
    return change(service, &record, TRUE);
}

static HRESULT add_file(struct service *service, UINT32 number, UINT32 file)
{
    struct record record = { RECORD_ADD_FILES };
    struct record_file add = { L"http://server/file", NULL, NULL };

    record.job = job_id(number);
    add.local_name = local_of(number, file);
    add.temp_name = temp_of(number, file);
    record.u.add_files.files = &add;
    record.u.add_files.count = 1;
    return change(service, &record, TRUE);
}

static HRESULT set_state(struct service *service, UINT32 number, enum job_state state, BOOL wait)
{
    struct record record = { RECORD_STATE };

    record.job = job_id(number);
    record.u.state.state = state;
    record.u.state.failure.file = NO_FILE;
    record.u.state.resumed = TRUE;
    record.u.state.completion_time = state == JOB_TRANSFERRED ? 77 : 0;
    return change(service, &record, wait);
}

/* What a transfer does: transfer.c and the queue's half of it. */

static HRESULT begin_file(struct service *service, UINT32 number, UINT32 file, UINT64 version, struct output **output)
{
    struct record record = { RECORD_FILE_BEGIN };
    struct job *job = find(service, number);
    BOOL again = file_received(&job->files[file]) != 0;
    HRESULT hr;

    record.job = job_id(number);
    record.u.begin.file = file;
    record.u.begin.remote_size = size_of(number, file);
    record.u.begin.remote_time = version;
    if (FAILED(hr = change(service, &record, again))) return hr;
    if (service->files_ticket && FAILED(hr = store_wait(service->store, service->files_ticket))) return hr;
    if (*output) output_close(*output);
    *output = NULL;
    if (FAILED(hr = output_open(service->disk, temp_of(number, file), 0, TRUE, output))) return hr;
    return output_reserve(*output, size_of(number, file));
}

static void written(void *ctx, UINT64 position)
{
    (void)ctx; /* counters that a client sees */
    (void)position;
}

struct progress
{
    struct service *service;
    UINT32 number, file;
};

static HRESULT flushed(void *ctx, UINT64 from, UINT64 to)
{
    struct progress *progress = ctx;
    struct record record = { RECORD_FILE_PROGRESS };

    record.job = job_id(progress->number);
    record.u.progress.file = progress->file;
    record.u.progress.offset = from;
    record.u.progress.length = to - from;
    return change(progress->service, &record, FALSE);
}

/* Writes up to `end` through the writer, which has each piece recorded when it is flushed. */
static HRESULT move_bytes(struct service *service, UINT32 number, UINT32 file, UINT64 version, UINT32 start, UINT32 end,
                          struct output *output)
{
    struct progress progress = { service, number, file };
    struct writer_callbacks callbacks = { written, flushed, &progress, BLOCK, 60000 };
    struct writer *writer;
    UINT32 size, piece = number;
    HRESULT hr;

    if (FAILED(hr = writer_create(&callbacks, &writer))) return hr;
    writer_begin(writer, output, start);
    for (; SUCCEEDED(hr) && start < end; start += size)
    {
        /* pieces of all sizes up to that of a block, as they come from a network */
        piece = (piece * 57 + 91) % 512;
        size = min(piece + 1, end - start);
        content(writer_buffer(writer), number, file, version, start, size);
        hr = writer_put(writer, size);
    }
    if (SUCCEEDED(hr)) hr = writer_flush(writer);
    writer_end(writer);
    writer_destroy(writer);
    return hr;
}

static HRESULT finish_file(struct service *service, UINT32 number, UINT32 file, struct output *output)
{
    struct record record = { RECORD_FILE_DONE };
    HRESULT hr;

    hr = output_set_size(output, size_of(number, file));
    if (SUCCEEDED(hr)) hr = output_flush(output);
    record.job = job_id(number);
    record.u.done.file = file;
    record.u.done.size = size_of(number, file);
    if (SUCCEEDED(hr)) hr = change(service, &record, FALSE);
    return hr;
}

static HRESULT download(struct service *service, UINT32 number, UINT32 file, UINT64 version, UINT32 end)
{
    struct output *output = NULL;
    HRESULT hr;

    hr = begin_file(service, number, file, version, &output);
    if (SUCCEEDED(hr)) hr = move_bytes(service, number, file, version, 0, end, output);
    if (SUCCEEDED(hr) && end == size_of(number, file)) hr = finish_file(service, number, file, output);
    if (output) output_close(output);
    return hr;
}

static HRESULT complete(struct service *service, UINT32 number)
{
    struct publish_owner publisher;
    struct owner owner;
    HRESULT hr;

    init_owner(&publisher, &owner, service, find(service, number));
    if (FAILED(hr = publish_begin(&publisher, L"S-1-5-21-2"))) return hr;
    return publish_complete(&publisher);
}

static HRESULT cancel(struct service *service, UINT32 number)
{
    struct publish_owner publisher;
    struct owner owner;

    init_owner(&publisher, &owner, service, find(service, number));
    return publish_cancel(&publisher);
}

/* As finish_recover. */
static HRESULT recover(struct service *service)
{
    struct publish_owner publisher;
    struct owner owner;
    struct job *job, *next;
    HRESULT hr = S_OK, hr2;

    for (job = service->model.first; job; job = next)
    {
        next = job->next;
        if (!job->completing && !job->cleaning) continue;
        job_addref(job);
        init_owner(&publisher, &owner, service, job);
        hr2 = publish_recover(&publisher);
        if (FAILED(hr2)) hr = hr2;
        job_release(job);
    }
    return hr;
}

/* The script. What was told to the client is kept in `told`. */

enum outcome { NOT_ASKED, ASKED, TOLD };

struct told
{
    enum outcome complete[MAX_JOBS], cancel[MAX_JOBS];
};

#define STEP(call) do { if (FAILED(hr = (call))) return hr; } while (0)

static HRESULT complete_and_tell(struct service *service, UINT32 number, struct told *told, HRESULT expected)
{
    HRESULT hr;

    told->complete[number] = ASKED;
    hr = complete(service, number);
    if (FAILED(hr)) return hr;
    told->complete[number] = TOLD;
    /* the disk may have died behind the record that counts */
    ok(hr == expected || (hr == BG_S_UNABLE_TO_DELETE_FILES && fakedisk_is_dead(service->fake)), "job %u: got %#x\n", number, hr);
    return hr;
}

static HRESULT cancel_and_tell(struct service *service, UINT32 number, struct told *told)
{
    HRESULT hr;

    told->cancel[number] = ASKED;
    hr = cancel(service, number);
    if (SUCCEEDED(hr)) told->cancel[number] = TOLD;
    ok(FAILED(hr) || hr == S_OK || (hr == BG_S_UNABLE_TO_DELETE_FILES && fakedisk_is_dead(service->fake)), "got %#x\n", hr);
    return hr;
}

/* Job 1: two files, one of them changes on the server on the way. One is put in place of an older one. */
static HRESULT script_download(struct service *service, struct told *told)
{
    struct output *output = NULL;
    HRESULT hr;

    STEP(create_job(service, 1));
    STEP(set_description(service, 1, L"the first"));
    STEP(add_file(service, 1, 0));
    STEP(add_file(service, 1, 1));
    STEP(set_state(service, 1, JOB_QUEUED, TRUE));
    STEP(download(service, 1, 0, 5, size_of(1, 0)));
    hr = begin_file(service, 1, 1, 5, &output);
    if (SUCCEEDED(hr)) hr = move_bytes(service, 1, 1, 5, 0, BLOCK + 10, output);
    if (SUCCEEDED(hr)) hr = begin_file(service, 1, 1, 6, &output);
    if (SUCCEEDED(hr)) hr = move_bytes(service, 1, 1, 6, 0, size_of(1, 1), output);
    if (SUCCEEDED(hr)) hr = finish_file(service, 1, 1, output);
    if (output) output_close(output);
    if (FAILED(hr)) return hr;
    STEP(set_state(service, 1, JOB_TRANSFERRED, FALSE));
    return complete_and_tell(service, 1, told, S_OK);
}

/* Job 2 is cancelled half way, job 3 completed half way; job 4 stays. */
static HRESULT script_partial(struct service *service, struct told *told)
{
    HRESULT hr;

    STEP(create_job(service, 2));
    STEP(add_file(service, 2, 0));
    STEP(add_file(service, 2, 1));
    STEP(download(service, 2, 0, 5, size_of(2, 0)));
    STEP(create_job(service, 4));
    STEP(add_file(service, 4, 0));
    STEP(download(service, 2, 1, 5, BLOCK));
    STEP(cancel_and_tell(service, 2, told));

    STEP(create_job(service, 3));
    STEP(add_file(service, 3, 0));
    STEP(add_file(service, 3, 1));
    STEP(add_file(service, 3, 2));
    STEP(download(service, 4, 0, 9, BLOCK * 2));
    STEP(download(service, 3, 0, 5, size_of(3, 0)));
    STEP(download(service, 3, 1, 5, BLOCK));
    STEP(download(service, 3, 2, 5, 0));
    STEP(set_state(service, 3, JOB_SUSPENDED, TRUE));
    STEP(complete_and_tell(service, 3, told, BG_S_PARTIAL_COMPLETE));
    return set_description(service, 4, L"it is still there");
}

/* More and more until the journal is compacted, while calls go on; what has no room in the old one is in the new one. */
static HRESULT script_compaction(struct service *service, struct told *told)
{
    static WCHAR text[300];
    struct store_stats before, stats;
    UINT32 i, round;
    UINT64 msec;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(text) - 1; i++) text[i] = 'a' + i % 26;
    STEP(create_job(service, 5));
    STEP(add_file(service, 5, 0));
    STEP(download(service, 5, 0, 5, BLOCK));
    for (round = 0; round < 2; round++)
    {
        store_get_stats(service->store, &before);
        for (i = 0; i < 60; i++)
        {
            text[0] = 'A' + i;
            STEP(set_description(service, 5, text));
            store_get_stats(service->store, &stats);
            if (stats.generations > before.generations) break;
        }
        /* the thread that makes it may not have had its turn */
        msec = sync_msec();
        while (stats.generations == before.generations && !fakedisk_is_dead(service->fake) && sync_msec() - msec < WAIT_MSEC)
        {
            usleep(1000);
            store_get_stats(service->store, &stats);
        }
        ok(stats.generations > before.generations || fakedisk_is_dead(service->fake), "no new generation\n");
        STEP(set_description(service, 5, L"short"));
    }
    return cancel_and_tell(service, 5, told);
}

typedef HRESULT (*script_t)(struct service *service, struct told *told);

/* What is found after the power came back */

static const struct entry *find_entry(const struct service *service, const GUID *job, UINT64 seq)
{
    UINT32 i;

    for (i = 0; i < service->entry_count; i++)
        if (service->entries[i].seq == seq && !memcmp(&service->entries[i].job, job, sizeof(*job))) return &service->entries[i];
    return NULL;
}

/* The job as it was after the record `seq`. */
static void rebuild(const struct service *service, const GUID *id, UINT64 seq, struct model *model)
{
    struct record_memory memory = { 0 };
    struct record record;
    UINT32 i;
    HRESULT hr;

    model_init(model);
    for (i = 0; i < service->entry_count; i++)
    {
        const struct entry *entry = &service->entries[i];

        if (memcmp(&entry->job, id, sizeof(*id)) || entry->seq > seq) continue;
        hr = record_decode(entry->bytes.data, entry->bytes.len, &record, &memory);
        record.job = entry->job;
        record.seq = entry->seq;
        if (SUCCEEDED(hr)) hr = model_apply(model, &record);
        ok(hr == S_OK, "got %#x\n", hr);
    }
    record_memory_free(&memory);
}

/* Every job as it was at some moment not before the last that was told. */
static void check_model(const struct service *before, const struct service *after)
{
    UINT32 i, number;

    for (number = 1; number < MAX_JOBS; number++)
    {
        GUID id = job_id(number);
        struct job *job = model_find(&after->model, &id);
        UINT64 told = 0, last = 0;
        BOOL cleaned = FALSE;
        struct model model;
        const char *difference;

        for (i = 0; i < before->entry_count; i++)
        {
            const struct entry *entry = &before->entries[i];

            if (memcmp(&entry->job, &id, sizeof(id))) continue;
            last = entry->seq;
            if (entry->acked) told = entry->seq;
            if (entry->type == RECORD_CLEANED) cleaned = TRUE;
        }
        if (!job)
        {
            ok(!told || cleaned, "[BEH.PERSIST.33] job %u is lost, %u records were told\n", number, (UINT32)told);
            continue;
        }
        ok(job->seq >= told && job->seq <= last, "[BEH.PERSIST.33] job %u: %u records of %u, told %u\n", number, (UINT32)job->seq,
           (UINT32)last, (UINT32)told);
        ok(find_entry(before, &id, job->seq) != NULL, "job %u: record %u never was\n", number, (UINT32)job->seq);
        rebuild(before, &id, job->seq, &model);
        difference = model.first ? job_difference(model.first, job) : "everything";
        ok(!difference, "job %u: %s differs\n", number, difference);
        model_free(&model);
    }
}

/* What the records claim is on the disk [BEH.PERSIST.2]. */
static void check_bytes(struct service *after)
{
    const struct job *job;
    const BYTE *data;
    UINT32 i, number;
    size_t size, pos;
    BOOL there;

    for (job = after->model.first; job; job = job->next)
    {
        number = job->id.Data1 & 0xffff;
        for (i = 0; i < job->file_count && !job->cleaning && !job->completing; i++)
        {
            const struct job_file *file = &job->files[i];

            if (file->flags & FILE_PUBLISHED) continue;
            there = fakedisk_get(after->fake, file->temp_name, &data, &size);
            if (!file_received(file) && !(file->flags & FILE_TRANSFERRED)) continue;
            ok(there && size >= file_received(file), "job %u file %u: %u octets are claimed, %u there\n", number, i,
               (UINT32)file_received(file), (UINT32)size);
            if (!there) continue;
            ok(!(file->flags & FILE_TRANSFERRED) || size == size_of(number, i), "job %u file %u: %u octets\n", number, i, (UINT32)size);
            for (pos = 0; pos < file_received(file) && pos < size; pos++)
                if (data[pos] != octet(number, i, file->remote_time, (UINT32)pos)) break;
            ok(pos >= file_received(file), "[BEH.PERSIST.2] job %u file %u: wrong from octet %u on, %u are claimed\n", number, i, (UINT32)pos,
               (UINT32)file_received(file));
        }
    }
}

static BOOL is_content(const BYTE *data, size_t size, UINT32 number, UINT32 file, UINT64 version)
{
    UINT32 i;

    if (size != size_of(number, file)) return FALSE;
    for (i = 0; i < size; i++) if (data[i] != octet(number, file, version, i)) return FALSE;
    return TRUE;
}

/* After the rolling forward: what is at the destinations, and what lies about. */
static void check_files(struct service *after, const struct told *told)
{
    static const UINT64 versions[2][3] = { { 5, 6, 5 }, { 5, 5, 5 } }; /* the last of each file of job 1; of the others */
    const BYTE *data;
    UINT32 number, file, i, j;
    UINT64 msec;
    WCHAR *path;
    size_t size;
    BOOL there, is_old, is_new;

    for (number = 1; number < MAX_JOBS; number++)
    {
        const struct job *job = find(after, number);

        for (file = 0; file < 3; file++)
        {
            UINT64 version = versions[number > 1][file];
            BOOL whole = number == 1 || (number == 3 && file != 1);

            there = fakedisk_get(after->fake, local_of(number, file), &data, &size);
            is_old = file == 0 ? there && is_content(data, size, number, file, 0) : !there;
            is_new = there && is_content(data, size, number, file, version);
            if (number == 1 && file == 2) continue; /* it has two */
            ok(is_old || is_new, "[BEH.FILE.15] job %u file %u: neither old nor new\n", number, file);
            if (told->complete[number] == TOLD && whole)
                ok(is_new, "[JOB.Complete.7] job %u file %u: not put in place\n", number, file);
            if (told->complete[number] == NOT_ASKED || !whole)
                ok(is_old, "[BEH.FILE.15] job %u file %u: put in place\n", number, file);
            if (is_new && (size || !is_old)) ok(!fakedisk_is_hidden(after->fake, local_of(number, file)), "[BEH.FILE.20] hidden\n");
        }
        if (told->complete[number] == TOLD || told->cancel[number] == TOLD)
            ok(!job, "[JOB.Complete.8,JOB.Cancel.1] job %u is still there\n", number);
        if (job) ok(!job->completing && !job->cleaning, "job %u was not rolled forward\n", number);
    }

    for (i = 0; (path = fakedisk_name(after->fake, i)); i++, free(path))
    {
        const struct job *job = NULL;

        if (str_nicmp(path, L"C:\\out0\\BIT", 11) && str_nicmp(path, L"C:\\out1\\BIT", 11)) continue;
        for (j = 0, number = 1; number < MAX_JOBS && !j; number++)
            for (job = find(after, number), file = 0; job && file < job->file_count && !j; file++)
                j = !str_icmp(job->files[file].temp_name, path) && !(job->files[file].flags & FILE_PUBLISHED);
        ok(j, "[BEH.STATE.64] %s is left over\n", wine_dbgstr_w(path));
    }
    /* while a generation is made there are two of them */
    for (msec = sync_msec(); fakedisk_open_files(after->fake) != 1 && sync_msec() - msec < WAIT_MSEC; usleep(1000)) {}
    ok(fakedisk_open_files(after->fake) == 1, "%u files are open\n", fakedisk_open_files(after->fake));
}

static UINT32 cases;

/* One power failure, and perhaps another in the middle of the start-up after it. */
static void fail_power(const struct service *before, const struct told *told, enum fake_loss loss, UINT64 seed, UINT64 second)
{
    struct fakedisk *clone = fakedisk_clone(before->fake);
    struct service *after = calloc(1, sizeof(*after));
    struct job *job;
    HRESULT hr;

    winetest_push_context("loss %u mask %#llx second %llu", loss, (unsigned long long)seed, (unsigned long long)second);
    after->quiet = TRUE;
    fakedisk_reboot(clone, loss, seed);
    if (second != (UINT64)-1)
    {
        fakedisk_die_after(clone, second);
        if (SUCCEEDED(service_open(after, clone))) recover(after);
        service_close(after);
        fakedisk_reboot(clone, second % FAKE_LOSS_COUNT, seed + second);
    }
    hr = service_open(after, clone);
    ok(hr == S_OK, "does not start: %#x\n", hr);
    if (SUCCEEDED(hr))
    {
        struct store_stats stats;

        store_get_stats(after->store, &stats);
        ok(!stats.jobs_set_aside, "[BEH.PERSIST.31] %u jobs are set aside\n", stats.jobs_set_aside);
        if (second == (UINT64)-1) check_model(before, after);
        check_bytes(after);
        hr = recover(after);
        ok(hr == S_OK, "cannot roll forward: %#x\n", hr);
        check_files(after, told);

    }
    service_close(after);
    hr = service_open(after, clone);
    ok(hr == S_OK, "does not start again: %#x\n", hr);
    for (job = after->model.first; job; job = job->next) ok(!job->completing && !job->cleaning, "not rolled forward\n");
    check_bytes(after);
    check_files(after, told);
    service_close(after);
    free(after);
    fakedisk_free(clone);
    cases++;
    winetest_pop_context();
}

static UINT64 next_random(UINT64 *seed)
{
    *seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
    return *seed >> 20;
}

static void fail_in_every_way(const struct service *before, const struct told *told, UINT32 step)
{
    UINT32 count = fakedisk_unflushed(before->fake), i, all;
    UINT64 seed = step, mask = count < 64 ? ((UINT64)1 << count) - 1 : (UINT64)-1;

    all = winetest_debug > 1 ? 9 : 6;
    if (count <= all)
    {
        for (i = 0; i <= mask; i++) fail_power(before, told, FAKE_KEEP_MASK, i, (UINT64)-1);
    }
    else
    {
        fail_power(before, told, FAKE_KEEP_MASK, 0, (UINT64)-1);
        fail_power(before, told, FAKE_KEEP_MASK, mask, (UINT64)-1);
        for (i = 0; i < count && i < 64; i++) fail_power(before, told, FAKE_KEEP_MASK, mask ^ ((UINT64)1 << i), (UINT64)-1);
        for (i = 0; i < count && i < 64; i++) fail_power(before, told, FAKE_KEEP_MASK, (UINT64)1 << i, (UINT64)-1);
        for (i = 0; i < 24; i++) fail_power(before, told, FAKE_KEEP_MASK, (next_random(&seed) << 20 ^ next_random(&seed)) & mask, (UINT64)-1);
    }
    for (i = 0; i < 3; i++) fail_power(before, told, FAKE_TEAR, step * 3 + i, (UINT64)-1);
    fail_power(before, told, FAKE_LOSE_DATA, 0, (UINT64)-1);
    fail_power(before, told, FAKE_LOSE_NAMES, 0, (UINT64)-1);
    for (i = 0; i < 3; i++) fail_power(before, told, i % FAKE_LOSS_COUNT, step + i, (step * 5 + i * 7) % 24);
}

static void run_script(const char *name, script_t script, UINT32 least)
{
    struct fakedisk *fake;
    struct service *service = calloc(1, sizeof(*service));
    struct told told;
    UINT32 step, i, begun = cases;
    UINT64 msec = sync_msec();
    BOOL done = FALSE;
    HRESULT hr;

    for (step = 0; !done; step++)
    {
        winetest_push_context("%s step %u", name, step);
        memset(&told, 0, sizeof(told));
        fake = fakedisk_create();
        for (i = 1; i < MAX_JOBS; i++) put_old(fake, i, 0);
        service->files_ticket = 0;
        fakedisk_die_after(fake, step);
        hr = service_open(service, fake);
        if (SUCCEEDED(hr)) hr = script(service, &told);
        done = !fakedisk_is_dead(fake);
        if (done) ok(SUCCEEDED(hr), "got %#x\n", hr);
        /* Before the store notices, closes and flushes what it can: the machine is off. */
        fakedisk_die_after(fake, 0);
        fail_in_every_way(service, &told, step);
        service_close(service);
        forget_entries(service);
        fakedisk_free(fake);
        winetest_pop_context();
    }
    ok(step >= least, "%s: only %u steps\n", name, step);
    trace("%s: %u steps, %u power failures, %u ms\n", name, step, cases - begun, (UINT32)(sync_msec() - msec));
    free(service);
}

START_TEST(crash)
{
    /* many generations and reservations, and little memory to go through */
    rooms_step_size = 2048;
    rooms_compact_size = 4096;
    run_script("download", script_download, 40);
    run_script("partial", script_partial, 60);
    run_script("compaction", script_compaction, 40);
}
