/*
 * Files that are complete, until their last octets are on disk
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

#include "lander.h"
#include "sync.h"

#define LANDER_THREADS 4        /* flushes at once: a file system with a journal lets them share its commits */
#define LANDER_BATCH (LANDER_MAX / 4)   /* files told of together while more of them come, for the sake of their folders */

struct landing
{
    struct output *output;
    UINT32 file;
    UINT64 size;
    BOOL flushed;
    HRESULT hr;
};

struct lander
{
    /* fixed */
    struct lander_callbacks callbacks;

    /* of the caller's thread */
    struct sync_thread threads[LANDER_THREADS];
    UINT32 thread_count;
    BOOL refused;           /* no thread is to be had */

    /* guarded by mutex */
    struct sync_mutex mutex;
    struct sync_cond to_land, settled;
    struct landing landings[LANDER_MAX];    /* from `first` on, in the order they came, `count` of them */
    UINT32 first, count;
    UINT32 begun;           /* of those, from the first one on: some thread flushes them or has */
    UINT32 idle;            /* threads that wait for work */
    BOOL telling;           /* some thread tells of the first ones */
    BOOL stop;
    HRESULT hr;             /* the first failure, sticky */
    UINT32 failed;          /* the file it was */
};

static void fail_locked(struct lander *lander, HRESULT hr, UINT32 file)
{
    if (FAILED(lander->hr)) return;
    lander->hr = hr;
    lander->failed = file;
}

/* The octets of the next one; lets go of the lock meanwhile. */
static void flush_next_locked(struct lander *lander)
{
    struct landing *landing = &lander->landings[(lander->first + lander->begun++) % LANDER_MAX];
    HRESULT hr;

    sync_unlock(&lander->mutex);
    hr = output_flush_data(landing->output);
    sync_lock(&lander->mutex);
    landing->flushed = TRUE;
    landing->hr = hr;
}

/* Outside the lock, of files whose octets are on disk. *done: how many were told of. */
static HRESULT tell(struct lander *lander, const struct landing *landings, UINT32 count, UINT32 *done)
{
    struct output *outputs[LANDER_MAX];
    UINT32 i, bad = 0;
    HRESULT hr;

    *done = 0;
    for (i = 0; i < count; i++) outputs[i] = landings[i].output;
    if (FAILED(hr = output_flush_names(outputs, count, &bad))) *done = bad;
    for (i = 0; i < count; i++)
    {
        output_close(outputs[i]);
        if (FAILED(hr)) continue;
        *done = i;
        hr = lander->callbacks.landed(lander->callbacks.ctx, landings[i].file, landings[i].size);
    }
    return hr;
}

/* Of those at the front that are flushed, as long as there are enough, and no other thread does; lets go of the lock meanwhile. */
static void tell_locked(struct lander *lander)
{
    struct landing taken[LANDER_MAX];
    UINT32 i, count, done;
    BOOL stopped;
    HRESULT hr;

    if (lander->telling) return;
    lander->telling = TRUE;
    for (;;)
    {
        for (count = 0; count < lander->begun; count++)
        {
            taken[count] = lander->landings[(lander->first + count) % LANDER_MAX];
            if (!taken[count].flushed) break;
            if (FAILED(taken[count].hr)) fail_locked(lander, taken[count].hr, taken[count].file);
        }
        if (!count || (count < LANDER_BATCH && lander->begun < lander->count)) break;
        stopped = FAILED(lander->hr);
        sync_unlock(&lander->mutex);
        hr = S_OK;
        done = 0;
        if (!stopped) hr = tell(lander, taken, count, &done);
        else for (i = 0; i < count; i++) output_close(taken[i].output);
        sync_lock(&lander->mutex);
        if (FAILED(hr)) fail_locked(lander, hr, taken[done].file);
        lander->first = (lander->first + count) % LANDER_MAX;
        lander->count -= count;
        lander->begun -= count;
        sync_wake_all(&lander->settled);
    }
    lander->telling = FALSE;
}

static void run_landings(void *ctx)
{
    struct lander *lander = ctx;

    sync_lock(&lander->mutex);
    while (!lander->stop)
    {
        if (lander->begun < lander->count)
        {
            flush_next_locked(lander);
            tell_locked(lander);
            continue;
        }
        lander->idle++;
        sync_wait(&lander->to_land, &lander->mutex);
        lander->idle--;
    }
    sync_unlock(&lander->mutex);
}

HRESULT lander_create(const struct lander_callbacks *callbacks, struct lander **ret)
{
    struct lander *lander;

    *ret = NULL;
    if (!(lander = calloc(1, sizeof(*lander)))) return E_OUTOFMEMORY;
    lander->callbacks = *callbacks;
    sync_mutex_init(&lander->mutex, "lander.mutex");
    sync_cond_init(&lander->to_land);
    sync_cond_init(&lander->settled);
    *ret = lander;
    return S_OK;
}

void lander_destroy(struct lander *lander)
{
    UINT32 file, i;

    if (!lander) return;
    lander_wait(lander, &file);
    sync_lock(&lander->mutex);
    lander->stop = TRUE;
    sync_wake_all(&lander->to_land);
    sync_unlock(&lander->mutex);
    for (i = 0; i < lander->thread_count; i++) sync_thread_join(&lander->threads[i]);
    sync_cond_free(&lander->settled);
    sync_cond_free(&lander->to_land);
    sync_mutex_free(&lander->mutex);
    free(lander);
}

/* One more, if all that there are have something to do. */
static void start_thread(struct lander *lander, BOOL wanted)
{
    if (!wanted || lander->refused || lander->thread_count == LANDER_THREADS) return;
    if (SUCCEEDED(sync_thread_start(&lander->threads[lander->thread_count], run_landings, lander))) lander->thread_count++;
    else lander->refused = TRUE;
}

HRESULT lander_add(struct lander *lander, struct output *output, UINT32 file, UINT64 size)
{
    struct landing *landing;
    BOOL wanted;
    HRESULT hr;

    sync_lock(&lander->mutex);
    while (lander->count == LANDER_MAX) sync_wait(&lander->settled, &lander->mutex);
    landing = &lander->landings[(lander->first + lander->count) % LANDER_MAX];
    landing->output = output;
    landing->file = file;
    landing->size = size;
    landing->flushed = FALSE;
    lander->count++;
    wanted = lander->count - lander->begun > lander->idle;
    if (lander->idle) sync_wake(&lander->to_land);
    sync_unlock(&lander->mutex);

    start_thread(lander, wanted);
    sync_lock(&lander->mutex);
    if (!lander->thread_count)
    {
        /* without a thread it is done here and now */
        flush_next_locked(lander);
        tell_locked(lander);
    }
    hr = lander->hr;
    sync_unlock(&lander->mutex);
    return hr;
}

HRESULT lander_wait(struct lander *lander, UINT32 *file)
{
    HRESULT hr;

    sync_lock(&lander->mutex);
    while (lander->count)
    {
        if (lander->begun < lander->count)
        {
            flush_next_locked(lander);
            tell_locked(lander);
        }
        else sync_wait(&lander->settled, &lander->mutex);
    }
    *file = lander->failed;
    hr = lander->hr;
    sync_unlock(&lander->mutex);
    return hr;
}
