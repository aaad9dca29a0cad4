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

struct landing
{
    struct output *output;
    UINT32 file;
    UINT64 size;
};

struct lander
{
    /* fixed */
    struct lander_callbacks callbacks;

    /* of the caller's thread */
    BOOL has_thread;
    struct sync_thread thread;

    /* guarded by mutex */
    struct sync_mutex mutex;
    struct sync_cond to_land, settled;
    struct landing waiting[LANDER_MAX];
    UINT32 count;           /* of waiting */
    BOOL busy;              /* those taken from there are being flushed */
    BOOL stop;
    HRESULT hr;             /* the first failure, sticky */
    UINT32 failed;          /* the file it was */
};

/* Outside the lock. *failed is the one of the failure. */
static HRESULT land(struct lander *lander, const struct landing *landings, UINT32 count, UINT32 *failed)
{
    struct output *outputs[LANDER_MAX];
    HRESULT hr, ret = S_OK;
    UINT32 i, bad = 0;

    for (i = 0; i < count; i++) outputs[i] = landings[i].output;
    if (FAILED(ret = output_flush_all(outputs, count, &bad))) *failed = landings[bad].file;
    for (i = 0; i < count; i++)
    {
        output_close(outputs[i]);
        if (FAILED(ret)) continue;
        if (FAILED(hr = lander->callbacks.landed(lander->callbacks.ctx, landings[i].file, landings[i].size)))
        {
            ret = hr;
            *failed = landings[i].file;
        }
    }
    return ret;
}

/* All that wait; lets go of the lock meanwhile. */
static void land_locked(struct lander *lander)
{
    struct landing taken[LANDER_MAX];
    UINT32 count = lander->count, failed = 0;
    HRESULT hr;

    memcpy(taken, lander->waiting, count * sizeof(*taken));
    lander->count = 0;
    lander->busy = TRUE;
    sync_wake_all(&lander->settled);
    sync_unlock(&lander->mutex);
    hr = land(lander, taken, count, &failed);
    sync_lock(&lander->mutex);
    lander->busy = FALSE;
    if (FAILED(hr) && SUCCEEDED(lander->hr))
    {
        lander->hr = hr;
        lander->failed = failed;
    }
    sync_wake_all(&lander->settled);
}

static void run_landings(void *ctx)
{
    struct lander *lander = ctx;

    sync_lock(&lander->mutex);
    while (!lander->stop)
    {
        if (lander->count) land_locked(lander);
        else sync_wait(&lander->to_land, &lander->mutex);
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
    UINT32 file;

    if (!lander) return;
    lander_wait(lander, &file);
    if (lander->has_thread)
    {
        sync_lock(&lander->mutex);
        lander->stop = TRUE;
        sync_wake(&lander->to_land);
        sync_unlock(&lander->mutex);
        sync_thread_join(&lander->thread);
    }
    sync_cond_free(&lander->settled);
    sync_cond_free(&lander->to_land);
    sync_mutex_free(&lander->mutex);
    free(lander);
}

HRESULT lander_add(struct lander *lander, struct output *output, UINT32 file, UINT64 size)
{
    struct landing *landing;
    HRESULT hr;

    /* without a thread it is done here and now */
    if (!lander->has_thread) lander->has_thread = SUCCEEDED(sync_thread_start(&lander->thread, run_landings, lander));
    sync_lock(&lander->mutex);
    while (lander->count == LANDER_MAX) sync_wait(&lander->settled, &lander->mutex);
    landing = &lander->waiting[lander->count];
    landing->output = output;
    landing->file = file;
    landing->size = size;
    if (!lander->count++ && lander->has_thread && !lander->busy) sync_wake(&lander->to_land);
    if (!lander->has_thread) land_locked(lander);
    hr = lander->hr;
    sync_unlock(&lander->mutex);
    return hr;
}

HRESULT lander_wait(struct lander *lander, UINT32 *file)
{
    HRESULT hr;

    sync_lock(&lander->mutex);
    while (lander->count || lander->busy) sync_wait(&lander->settled, &lander->mutex);
    *file = lander->failed;
    hr = lander->hr;
    sync_unlock(&lander->mutex);
    return hr;
}
