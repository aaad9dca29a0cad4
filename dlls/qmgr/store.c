/*
 * The journal on disk: append, flush together, rotate, load
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


#include "store.h"
#include "sync.h"
#include "core/journal.h"

#define LAZY_MSEC 200                           /* a record nobody waits for stays in memory this long at most */
#ifndef COMPACT_SIZE
#define COMPACT_SIZE (4 * 1024 * 1024)          /* below it a generation is never too long */
#endif
#ifndef STEP_SIZE
#define STEP_SIZE JOURNAL_STEP                  /* by which the file grows */
#endif
#define COMPACT_RATIO 4                         /* to what its snapshot was */
#define RETRY_MIN_MSEC 1000                     /* after a failed flush: between attempts nobody asked for */
#define RETRY_MAX_MSEC 64000
#define MAX_PENDING ((size_t)1 << 30)
#define MAX_FENCES 16

struct store
{
    /* fixed by store_open */
    struct disk *disk;
    struct model *model;                        /* the owner's; looked at under the owner's lock, for sequence numbers */
    struct store_callbacks callbacks;
    struct journal_log log;
    struct sync_thread thread;

    /* used by whoever has set busy, without the lock */
    struct journal journal;

    /* guarded by cs */
    struct sync_mutex cs;
    struct sync_cond wake;                      /* the writer thread has something to do */
    struct sync_cond done;                      /* busy, durable, failure or recovering has changed */
    BOOL stop;
    BOOL idle;                                  /* the writer thread waits without an end */
    BOOL busy;                                  /* somebody is at the file */
    BOOL turning;                               /* the next generation wants it, and will make durable all that is pending */
    struct buffer pending;                      /* unsealed frames that nobody has taken to the file yet */
    struct buffer spare;                        /* empty, keeps its memory; swapped with pending */
    UINT64 lazy_since;                          /* when pending ceased to be empty */
    UINT64 appended;                            /* tickets handed out */
    UINT64 durable;                             /* tickets that are on disk */
    UINT64 planned_end;                         /* of the file, with all that is pending or on its way */
    UINT64 reserved_end;
    UINT64 wanted;                              /* what an append did not find room for */
    UINT64 compact_at;                          /* size of the file that makes it due */
    HRESULT failure;                            /* of the last flush or turn; S_OK when all is well */
    BOOL recovering;                            /* an attempt to get over the failure is due or under way */
    BOOL fenced;                                /* for good: another process has taken over */
    UINT32 retry_msec;
    struct store_stats stats;

    /* a snapshot on its way to the next generation; guarded by cs but for `snapshot`, which has one user at a time */
    BOOL want_snapshot;
    BOOL gathering;                             /* between begin and end */
    BOOL ready;                                 /* end was called, the writer thread may take it */
    BOOL following;                             /* since begin: appended frames are copied to `after` */
    HRESULT snapshot_hr;
    struct buffer snapshot;
    UINT64 snapshot_frames;
    struct buffer after;                        /* frames younger than the snapshot, to be part of it */
    UINT64 after_frames;
};

static void write_log(void *ctx, const char *text)
{
    const struct store_callbacks *callbacks = ctx;

    if (callbacks->log) callbacks->log(callbacks->ctx, text);
}

/* The owner of the file until set_idle_locked. */
static void set_busy_locked(struct store *store)
{
    while (store->busy) sync_wait(&store->done, &store->cs);
    store->busy = TRUE;
}

static void set_idle_locked(struct store *store)
{
    store->busy = FALSE;
    sync_wake_all(&store->done);
}

static void wake_writer_locked(struct store *store)
{
    sync_wake(&store->wake);
}

static void take_sizes_locked(struct store *store)
{
    store->planned_end = store->journal.end + store->pending.len;
    store->reserved_end = store->journal.reserved;
    store->stats.bytes = store->journal.end;
}

/* What was not flushed stays in memory, where the model has it; a new generation will tell. */
static void fail_locked(struct store *store, HRESULT hr)
{
    journal_say(&store->log, "jobs.%u cannot be written, result %x; trying a new generation", store->journal.generation, hr);
    store->failure = hr;
    store->recovering = TRUE;
    store->retry_msec = RETRY_MIN_MSEC;
    sync_wake_all(&store->done);
    wake_writer_locked(store);
}

/* Takes all that is pending to the disk; called with busy set by the caller, lets go of the lock meanwhile. */
static void flush_pending_locked(struct store *store)
{
    UINT64 ticket = store->appended;
    struct buffer frames = store->pending;
    HRESULT hr;

    store->pending = store->spare;
    sync_unlock(&store->cs);

    hr = journal_write(&store->journal, frames.data, frames.len);
    if (SUCCEEDED(hr)) hr = journal_flush(&store->journal);

    sync_lock(&store->cs);
    buffer_reset(&frames);
    store->spare = frames;
    if (FAILED(hr))
    {
        fail_locked(store, hr);
        return;
    }
    store->durable = ticket;
    store->stats.flushes++;
    take_sizes_locked(store);
    if (store->journal.end >= store->compact_at && !store->want_snapshot && !store->following)
    {
        store->want_snapshot = TRUE;
        wake_writer_locked(store);
    }
}

/* Generations */

static UINT64 next_compaction(const struct journal *journal)
{
    UINT64 size = journal->snapshot_end * COMPACT_RATIO;

    return size > COMPACT_SIZE ? size : COMPACT_SIZE;
}

static HRESULT write_frames(struct store *store, struct journal_turn *turn, struct buffer *frames, UINT64 count)
{
    return journal_turn_write(&store->journal, turn, frames->data, frames->len, count);
}

static void drop_snapshot_locked(struct store *store)
{
    store->ready = FALSE;
    store->following = FALSE;
    buffer_free(&store->snapshot);
    buffer_free(&store->after);
    store->snapshot_frames = store->after_frames = 0;
}

/*
 * Writes the snapshot and what came after it as the next generation.  Calls go on in the old file until the last moment, since everything
 * they append is also in `after`; from then on the file is busy, so that nothing is acknowledged in the old one that the new
 * one does not have when it becomes the newest whole generation.
 */
static HRESULT turn_locked(struct store *store)
{
    struct journal_turn turn;
    size_t taken = 0;
    UINT64 ticket = 0, room, last = store->journal.last_number;
    HRESULT hr;

    /* journal_turn_begin touches only what no flush does, but for last_number, which no flush looks at. */
    sync_unlock(&store->cs);
    hr = journal_turn_begin(&store->journal, &turn);
    if (FAILED(hr))
    {
        sync_lock(&store->cs);
        if (hr == HRESULT_FROM_WIN32(ERROR_FILE_EXISTS))
        {
            journal_say(&store->log, "jobs.%u was made by another process, which has taken over", last + 1);
            store->fenced = TRUE;
        }
        return hr;
    }
    hr = write_frames(store, &turn, &store->snapshot, store->snapshot_frames);
    if (SUCCEEDED(hr)) hr = journal_turn_flush(&store->journal, &turn);
    sync_lock(&store->cs);

    store->turning = TRUE;
    set_busy_locked(store);
    store->turning = FALSE;
    if (SUCCEEDED(hr)) hr = store->after.hr;
    store->following = FALSE;
    ticket = store->appended;
    taken = store->pending.len;
    room = store->reserved_end > store->planned_end ? store->reserved_end - store->planned_end : 0;
    sync_unlock(&store->cs);

    if (SUCCEEDED(hr)) hr = write_frames(store, &turn, &store->after, store->after_frames);
    if (SUCCEEDED(hr)) hr = journal_turn_end(&store->journal, &turn, room + store->journal.step);
    if (FAILED(hr)) journal_turn_abort(&store->journal, &turn);

    sync_lock(&store->cs);
    if (SUCCEEDED(hr))
    {
        buffer_consume(&store->pending, taken);
        store->durable = ticket;
        store->stats.generations++;
    }
    set_idle_locked(store);
    return hr;
}

static void finish_turn_locked(struct store *store, HRESULT hr)
{
    drop_snapshot_locked(store);
    store->want_snapshot = FALSE;
    if (SUCCEEDED(hr))
    {
        if (FAILED(store->failure)) journal_say(&store->log, "jobs.%u is written, all is well again", store->journal.generation);
        store->failure = S_OK;
        store->recovering = FALSE;
        store->compact_at = next_compaction(&store->journal);
        take_sizes_locked(store);
        sync_wake_all(&store->done);
        return;
    }

    journal_say(&store->log, "no new generation could be written, result %x", hr);
    if (FAILED(store->failure) || store->fenced || store->journal.spoiled)
    {
        store->failure = hr;
        store->recovering = FALSE;
        sync_wake_all(&store->done);
        return;
    }
    /* The old file serves on. Not at every flush again. */
    store->compact_at = store->journal.end + store->journal.end / 2 + COMPACT_SIZE;
}

/* Asks the owner for a snapshot and makes a generation of it. Lets go of the lock meanwhile. */
static void make_generation_locked(struct store *store)
{
    HRESULT hr;

    store->snapshot_hr = E_FAIL;
    sync_unlock(&store->cs);
    store->callbacks.want_snapshot(store->callbacks.ctx);
    sync_lock(&store->cs);
    hr = store->ready ? turn_locked(store) : store->snapshot_hr;
    finish_turn_locked(store, hr);
}

HRESULT store_snapshot_begin(struct store *store)
{
    HRESULT hr = S_OK;

    sync_lock(&store->cs);
    if (store->gathering || store->ready) hr = E_UNEXPECTED;
    else
    {
        store->gathering = TRUE;
        store->following = TRUE;
    }
    sync_unlock(&store->cs);
    return hr;
}

HRESULT store_snapshot_add(void *ctx, const struct record *record)
{
    struct store *store = ctx;
    HRESULT hr;

    if (SUCCEEDED(hr = journal_frame(&store->snapshot, JOURNAL_SNAPSHOT, record))) store->snapshot_frames++;
    return hr;
}

HRESULT store_snapshot_end(struct store *store, HRESULT hr)
{
    sync_lock(&store->cs);
    store->gathering = FALSE;
    store->snapshot_hr = hr;
    if (SUCCEEDED(hr)) store->ready = TRUE;
    else drop_snapshot_locked(store);
    sync_unlock(&store->cs);
    return hr;
}

/* The writer thread */

static void flush_lazy_locked(struct store *store)
{
    UINT64 age = sync_msec() - store->lazy_since;

    if (age < LAZY_MSEC)
    {
        sync_wait_msec(&store->wake, &store->cs, (UINT32)(LAZY_MSEC - age));
        return;
    }
    set_busy_locked(store);
    if (store->pending.len && SUCCEEDED(store->failure)) flush_pending_locked(store);
    set_idle_locked(store);
}

static void run_writer(void *ctx)
{
    struct store *store = ctx;
    UINT64 since;

    sync_lock(&store->cs);
    while (!store->stop)
    {
        if (FAILED(store->failure))
        {
            if (store->recovering) make_generation_locked(store);
            else if (store->fenced) sync_wait(&store->wake, &store->cs);
            else
            {
                since = sync_msec();
                sync_wait_msec(&store->wake, &store->cs, store->retry_msec);
                if (store->stop || store->recovering || sync_msec() - since < store->retry_msec) continue;
                store->recovering = TRUE;
                store->retry_msec = store->retry_msec < RETRY_MAX_MSEC / 2 ? store->retry_msec * 2 : RETRY_MAX_MSEC;
            }
        }
        else if (store->want_snapshot) make_generation_locked(store);
        else if (store->pending.len) flush_lazy_locked(store);
        else
        {
            store->idle = TRUE;
            sync_wait(&store->wake, &store->cs);
            store->idle = FALSE;
        }
    }
    sync_unlock(&store->cs);
}

/* Life */

static HRESULT add_to_snapshot(void *ctx, const struct record *record)
{
    return store_snapshot_add(ctx, record);
}

/* The first generation of this process; nobody else knows the store yet. */
static HRESULT first_generation(struct store *store)
{
    struct journal_turn turn;
    struct job *job;
    HRESULT hr = S_OK;

    for (job = store->model->first; SUCCEEDED(hr) && job; job = job->next) hr = model_snapshot(job, add_to_snapshot, store);
    if (SUCCEEDED(hr) && SUCCEEDED(hr = journal_turn_begin(&store->journal, &turn)))
    {
        hr = write_frames(store, &turn, &store->snapshot, store->snapshot_frames);
        if (SUCCEEDED(hr)) hr = journal_turn_end(&store->journal, &turn, store->journal.step);
        if (FAILED(hr)) journal_turn_abort(&store->journal, &turn);
    }
    drop_snapshot_locked(store);
    return hr;
}

static HRESULT load(struct store *store)
{
    UINT32 tries;
    HRESULT hr;

    for (tries = 0; tries < MAX_FENCES; tries++)
    {
        if (FAILED(hr = journal_load(&store->journal, store->model))) return hr;
        hr = first_generation(store);
        if (hr != HRESULT_FROM_WIN32(ERROR_FILE_EXISTS)) return hr;

        /* A predecessor was still at it and has made a generation since: that one counts. */
        while (store->model->first) model_forget(store->model, store->model->first);
    }
    return hr;
}

static void free_store(struct store *store)
{
    journal_free(&store->journal);
    buffer_free(&store->pending);
    buffer_free(&store->spare);
    buffer_free(&store->snapshot);
    buffer_free(&store->after);
    sync_cond_free(&store->done);
    sync_cond_free(&store->wake);
    sync_mutex_free(&store->cs);
    free(store);
}

HRESULT store_open(struct disk *disk, const WCHAR *dir, struct model *model, const struct store_callbacks *callbacks,
                   struct store **ret)
{
    struct store *store;
    HRESULT hr;

    *ret = NULL;
    if (!(store = calloc(1, sizeof(*store)))) return E_OUTOFMEMORY;
    sync_mutex_init(&store->cs, "store.cs");
    sync_cond_init(&store->wake);
    sync_cond_init(&store->done);
    store->disk = disk;
    store->model = model;
    store->callbacks = *callbacks;
    store->log.write = write_log;
    store->log.ctx = &store->callbacks;
    buffer_init(&store->pending, MAX_PENDING);
    buffer_init(&store->spare, MAX_PENDING);
    buffer_init(&store->snapshot, MAX_PENDING);
    buffer_init(&store->after, MAX_PENDING);

    hr = journal_init(&store->journal, disk, dir, &store->log);
    store->journal.step = STEP_SIZE;
    if (SUCCEEDED(hr)) hr = load(store);
    if (SUCCEEDED(hr))
    {
        store->compact_at = next_compaction(&store->journal);
        store->stats.generations = 1;
        store->stats.jobs_set_aside = store->journal.aside_count;
        take_sizes_locked(store);
        hr = sync_thread_start(&store->thread, run_writer, store);
    }
    if (FAILED(hr)) free_store(store);
    else *ret = store;
    return hr;
}

void store_close(struct store *store)
{
    sync_lock(&store->cs);
    store->stop = TRUE;
    wake_writer_locked(store);
    sync_unlock(&store->cs);
    sync_thread_join(&store->thread);

    sync_lock(&store->cs);
    set_busy_locked(store);
    if (store->pending.len && SUCCEEDED(store->failure)) flush_pending_locked(store);
    set_idle_locked(store);
    sync_unlock(&store->cs);
    free_store(store);
}

/* Changes */

/* Asks for an attempt to get over a failure, or joins one, and waits how it ends. */
static HRESULT recover_locked(struct store *store)
{
    if (store->fenced || store->stop) return store->failure;
    store->recovering = TRUE;
    wake_writer_locked(store);
    while (FAILED(store->failure) && store->recovering && !store->stop) sync_wait(&store->done, &store->cs);
    return store->failure;
}

static BOOL has_room_locked(const struct store *store, UINT64 size)
{
    return store->reserved_end >= store->planned_end && store->reserved_end - store->planned_end >= size;
}

HRESULT store_reserve(struct store *store, UINT32 size)
{
    UINT64 least, plenty;
    HRESULT hr = S_OK;

    sync_lock(&store->cs);
    if (FAILED(store->failure)) hr = recover_locked(store);

    least = (UINT64)size + JOURNAL_FRAME_SIZE;
    if (least < store->wanted) least = store->wanted;
    plenty = 2 * least + store->journal.step / 2;
    if (SUCCEEDED(hr) && !has_room_locked(store, plenty))
    {
        set_busy_locked(store);
        if (FAILED(store->failure)) hr = store->failure;
        else if (!has_room_locked(store, plenty))
        {
            UINT64 ahead = store->planned_end - store->journal.end + plenty;

            sync_unlock(&store->cs);
            hr = journal_reserve(&store->journal, ahead);
            sync_lock(&store->cs);
            store->reserved_end = store->journal.reserved;
            /* Small changes, such as a Cancel that makes space, go on for as long as what is left lasts. */
            if (FAILED(hr) && has_room_locked(store, least)) hr = S_OK;
        }
        set_idle_locked(store);
    }
    if (SUCCEEDED(hr)) store->wanted = 0;
    sync_unlock(&store->cs);
    return hr;
}

HRESULT store_append(struct store *store, struct record *record, UINT64 *ticket)
{
    const struct job *job = model_find(store->model, &record->job);
    size_t start, len;
    HRESULT hr;

    record->seq = job ? job->seq + 1 : 1;

    sync_lock(&store->cs);
    start = store->pending.len;
    hr = FAILED(store->failure) && store->recovering ? HRESULT_FROM_WIN32(ERROR_RETRY) : store->failure;
    if (SUCCEEDED(hr)) hr = journal_frame(&store->pending, JOURNAL_LIVE, record);
    if (SUCCEEDED(hr))
    {
        len = store->pending.len - start;
        if (!has_room_locked(store, len))
        {
            store->pending.len = start;
            store->wanted = len;
            hr = HRESULT_FROM_WIN32(ERROR_RETRY);
        }
    }
    if (SUCCEEDED(hr))
    {
        if (store->following && SUCCEEDED(store->after.hr))
        {
            /* A failure to copy ends the compaction, not the call. */
            hr = journal_copy(&store->after, store->pending.data + start, len, &store->after_frames);
            if (FAILED(hr)) store->after.hr = hr;
            hr = S_OK;
        }
        store->planned_end += len;
        store->stats.appends++;
        *ticket = ++store->appended;
        if (!start) store->lazy_since = sync_msec();
        if (store->idle) wake_writer_locked(store);
    }
    sync_unlock(&store->cs);
    return hr;
}

HRESULT store_wait(struct store *store, UINT64 ticket)
{
    HRESULT hr = S_OK;

    sync_lock(&store->cs);
    while (store->durable < ticket)
    {
        if (FAILED(store->failure))
        {
            /* The attempt that follows every failure decides. */
            if (!store->recovering || store->stop)
            {
                hr = store->failure;
                break;
            }
            sync_wait(&store->done, &store->cs);
        }
        else if (store->busy || store->turning) sync_wait(&store->done, &store->cs);
        else
        {
            store->busy = TRUE;
            flush_pending_locked(store);
            set_idle_locked(store);
        }
    }
    sync_unlock(&store->cs);
    return hr;
}

BOOL store_is_durable(struct store *store, UINT64 ticket)
{
    BOOL durable;

    sync_lock(&store->cs);
    durable = store->durable >= ticket;
    sync_unlock(&store->cs);
    return durable;
}

void store_get_stats(struct store *store, struct store_stats *stats)
{
    sync_lock(&store->cs);
    *stats = store->stats;
    sync_unlock(&store->cs);
}
