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

#include "crew.h"
#include "lander.h"
#include "sync.h"

#define LANDER_THREADS  16      /* flushes at once: a file system with a journal lets them share its commits */
#define LANDER_MAKERS   4       /* threads that make files, at once: wineserver does it for one at a time */
#define LANDER_BATCH    32      /* files flushed, and told of, together while more of them come */
#define LANDER_HOLD      8      /* ms for which a file waits for others, to be flushed together */
#define LANDER_PATIENCE 50      /* ms for which it waits for those that are being flushed, to be told of together */
#define LANDER_LINGER   250     /* ms that a thread waits for another file before it goes back to the crew */

enum stage
{
    STAGE_HELD,                 /* in memory */
    STAGE_MAKING,
    STAGE_MADE,
    STAGE_FLUSHING,
    STAGE_FLUSHED               /* or failed */
};

struct landing
{
    struct output *output;
    UINT32 file;
    UINT64 size;
    UINT64 since;
    enum stage stage;
    HRESULT hr;
};

struct lander
{
    /* fixed */
    struct lander_callbacks callbacks;

    /* guarded by mutex */
    struct sync_mutex mutex;
    struct sync_cond to_land, settled;
    struct landing landings[LANDER_MAX];    /* from `first` on, in the order they came, `count` of them */
    UINT32 first, count;
    UINT32 released;        /* of those, from the first one on: may be flushed */
    UINT32 makers;          /* threads that make one */
    UINT64 held;            /* octets of those that are held or being made */
    UINT32 helpers, busy;   /* threads of the crew that have come or will; of those, the ones that do something */
    UINT32 refs;            /* of the owner and of the helpers */
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

static struct landing *landing_locked(struct lander *lander, UINT32 index)
{
    return &lander->landings[(lander->first + index) % LANDER_MAX];
}

/* The first one, of so many, that is at this stage. */
static struct landing *find_locked(struct lander *lander, enum stage stage, UINT32 count)
{
    UINT32 i;

    for (i = 0; i < count; i++)
        if (landing_locked(lander, i)->stage == stage) return landing_locked(lander, i);
    return NULL;
}

/* What a thread can do next. */
static struct landing *next_locked(struct lander *lander)
{
    struct landing *landing;

    if (lander->makers < LANDER_MAKERS && (landing = find_locked(lander, STAGE_HELD, lander->count))) return landing;
    return find_locked(lander, STAGE_MADE, lander->released);
}

static void call_locked(struct lander *lander, UINT32 wanted);

/* Outside the lock. *entered: this thread acts as the owner; NULL: it does anyway. */
static HRESULT become_owner(struct lander *lander, BOOL *entered)
{
    HRESULT hr;

    if (!entered || *entered) return S_OK;
    if (SUCCEEDED(hr = lander->callbacks.enter(lander->callbacks.ctx))) *entered = TRUE;
    return hr;
}

/* One step of it; lets go of the lock meanwhile. */
static void work_locked(struct lander *lander, struct landing *landing, BOOL *entered)
{
    BOOL make = landing->stage == STAGE_HELD;
    HRESULT hr = S_OK;

    landing->stage = make ? STAGE_MAKING : STAGE_FLUSHING;
    if (make) lander->makers++;
    sync_unlock(&lander->mutex);
    if (!make) hr = output_flush_data(landing->output);
    else if (SUCCEEDED(hr = become_owner(lander, entered))) hr = output_make(landing->output);
    sync_lock(&lander->mutex);
    landing->stage = make && SUCCEEDED(hr) ? STAGE_MADE : STAGE_FLUSHED;
    landing->hr = hr;
    if (!make) return;
    lander->makers--;
    lander->held -= landing->size;
    /* while this thread makes others, another one may flush what may be */
    if (find_locked(lander, STAGE_MADE, lander->released) && find_locked(lander, STAGE_HELD, lander->count)) call_locked(lander, 1);
}

/* Outside the lock, of files whose octets are on disk. *done: how many were told of. */
static HRESULT tell(struct lander *lander, const struct landing *landings, UINT32 count, UINT32 *done, BOOL *entered)
{
    struct output *outputs[LANDER_MAX];
    UINT32 i, bad = 0;
    HRESULT hr;

    *done = 0;
    for (i = 0; i < count; i++) outputs[i] = landings[i].output;
    if (FAILED(hr = become_owner(lander, entered)) || FAILED(hr = output_flush_names(outputs, count, &bad))) *done = bad;
    for (i = 0; i < count; i++)
    {
        if (FAILED(hr))
        {
            output_close(outputs[i]);
            continue;
        }
        lander->callbacks.close(lander->callbacks.ctx, outputs[i]);
        *done = i;
        hr = lander->callbacks.landed(lander->callbacks.ctx, landings[i].file, landings[i].size);
    }
    return hr;
}

/* `count` are flushed, from the first one on: is it time to tell of them? */
static BOOL is_time_locked(const struct lander *lander, UINT32 count)
{
    if (!count) return FALSE;
    if (count >= LANDER_BATCH || count == lander->count || !lander->helpers) return TRUE;
    return sync_msec() - lander->landings[lander->first].since >= LANDER_PATIENCE;
}

/* Of those at the front that are flushed, when it is time and no other thread does; lets go of the lock meanwhile. */
static void tell_locked(struct lander *lander, BOOL *entered)
{
    struct landing taken[LANDER_MAX];
    UINT32 i, count, done;
    BOOL stopped;
    HRESULT hr;

    if (lander->telling) return;
    lander->telling = TRUE;
    for (;;)
    {
        for (count = 0; count < lander->count; count++)
        {
            taken[count] = *landing_locked(lander, count);
            if (taken[count].stage != STAGE_FLUSHED) break;
            if (FAILED(taken[count].hr)) fail_locked(lander, taken[count].hr, taken[count].file);
        }
        if (!is_time_locked(lander, count)) break;
        stopped = FAILED(lander->hr);
        sync_unlock(&lander->mutex);
        hr = S_OK;
        done = 0;
        if (!stopped) hr = tell(lander, taken, count, &done, entered);
        else for (i = 0; i < count; i++) output_close(taken[i].output);
        sync_lock(&lander->mutex);
        if (FAILED(hr)) fail_locked(lander, hr, taken[done].file);
        lander->first = (lander->first + count) % LANDER_MAX;
        lander->count -= count;
        lander->released -= min(lander->released, count);
        sync_wake_all(&lander->settled);
    }
    lander->telling = FALSE;
}

static void release_locked(struct lander *lander)
{
    BOOL last = !--lander->refs;

    sync_unlock(&lander->mutex);
    if (!last) return;
    sync_cond_free(&lander->settled);
    sync_cond_free(&lander->to_land);
    sync_mutex_free(&lander->mutex);
    free(lander);
}

static void help(void *ctx);

/* So many threads shall do something. */
static void call_locked(struct lander *lander, UINT32 wanted)
{
    UINT32 idle = lander->helpers - lander->busy;

    for (; wanted && idle; wanted--, idle--) sync_wake(&lander->to_land);   /* not those for whom there is nothing */
    for (; wanted && lander->helpers < LANDER_THREADS && SUCCEEDED(crew_start(help, lander)); wanted--)
    {
        lander->helpers++;
        lander->refs++;
    }
}

/* All that there are may be flushed now, by as many threads. */
static void let_go_locked(struct lander *lander)
{
    UINT32 i, wanted = 0;

    if (lander->released == lander->count) return;
    for (i = lander->released; i < lander->count; i++)
        if (landing_locked(lander, i)->stage == STAGE_MADE) wanted++;
    lander->released = lander->count;
    call_locked(lander, wanted);
}

static void help(void *ctx)
{
    struct lander *lander = ctx;
    UINT64 since = sync_msec(), age;
    struct landing *landing;
    void (*leave)(void) = lander->callbacks.leave;
    BOOL entered = FALSE;

    sync_lock(&lander->mutex);
    while (!lander->stop && (lander->count || sync_msec() - since < LANDER_LINGER))
    {
        if ((landing = next_locked(lander)))
        {
            lander->busy++;
            work_locked(lander, landing, &entered);
            tell_locked(lander, &entered);
            lander->busy--;
            since = sync_msec();
            continue;
        }
        if (lander->released == lander->count)
        {
            /* nothing may come behind those that wait to be told of */
            sync_wait_msec(&lander->to_land, &lander->mutex, lander->count ? LANDER_PATIENCE : LANDER_LINGER);
            tell_locked(lander, &entered);
            continue;
        }
        age = sync_msec() - landing_locked(lander, lander->released)->since;
        if (age >= LANDER_HOLD) let_go_locked(lander);
        else sync_wait_msec(&lander->to_land, &lander->mutex, (UINT32)(LANDER_HOLD - age));
    }
    lander->helpers--;
    release_locked(lander);
    if (entered) leave();
}

HRESULT lander_create(const struct lander_callbacks *callbacks, struct lander **ret)
{
    struct lander *lander;

    *ret = NULL;
    if (!(lander = calloc(1, sizeof(*lander)))) return E_OUTOFMEMORY;
    lander->callbacks = *callbacks;
    lander->refs = 1;
    sync_mutex_init(&lander->mutex, "lander.mutex");
    sync_cond_init(&lander->to_land);
    sync_cond_init(&lander->settled);
    *ret = lander;
    return S_OK;
}

/* The helpers see to themselves. */
void lander_destroy(struct lander *lander)
{
    UINT32 file;

    if (!lander) return;
    lander_wait(lander, &file);
    sync_lock(&lander->mutex);
    lander->stop = TRUE;
    sync_wake_all(&lander->to_land);
    release_locked(lander);
}

HRESULT lander_add(struct lander *lander, struct output *output, UINT32 file, UINT64 size)
{
    struct landing *landing;
    HRESULT hr, made = S_OK;

    sync_lock(&lander->mutex);
    while (lander->count == LANDER_MAX)
    {
        let_go_locked(lander);
        if ((landing = next_locked(lander)))
        {
            work_locked(lander, landing, NULL);
            tell_locked(lander, NULL);
        }
        else sync_wait(&lander->settled, &lander->mutex);
    }
    if (!output_is_made(output) && lander->held && lander->held + size > LANDER_HELD)
    {
        sync_unlock(&lander->mutex);
        made = output_make(output);
        sync_lock(&lander->mutex);
    }
    landing = landing_locked(lander, lander->count++);
    landing->output = output;
    landing->file = file;
    landing->size = size;
    landing->since = sync_msec();
    landing->stage = FAILED(made) ? STAGE_FLUSHED : output_is_made(output) ? STAGE_MADE : STAGE_HELD;
    landing->hr = made;
    if (landing->stage == STAGE_HELD) lander->held += size;

    if (lander->count - lander->released >= LANDER_BATCH) let_go_locked(lander);
    if (!lander->helpers || (landing->stage == STAGE_HELD && lander->makers < LANDER_MAKERS)
        || lander->count - lander->released == 1) call_locked(lander, 1);    /* somebody is to let it go in time, too */
    if (!lander->helpers)
    {
        /* without a thread it is done here and now */
        lander->released = lander->count;
        while ((landing = next_locked(lander))) work_locked(lander, landing, NULL);
        tell_locked(lander, NULL);
    }
    hr = lander->hr;
    sync_unlock(&lander->mutex);
    return hr;
}

HRESULT lander_wait(struct lander *lander, UINT32 *file)
{
    struct landing *landing;
    HRESULT hr;

    sync_lock(&lander->mutex);
    let_go_locked(lander);
    while (lander->count)
    {
        if ((landing = next_locked(lander))) work_locked(lander, landing, NULL);
        tell_locked(lander, NULL);
        if (lander->count && !next_locked(lander)) sync_wait(&lander->settled, &lander->mutex);
    }
    *file = lander->failed;
    hr = lander->hr;
    sync_unlock(&lander->mutex);
    return hr;
}
