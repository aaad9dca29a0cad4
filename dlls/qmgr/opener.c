/*
 * Temporary files that are made before their octets come
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
#include "opener.h"
#include "sync.h"
#include "core/str.h"

#define OPENER_THREADS 2
#define OPENER_MAX     48       /* files that are open, or will be */

enum stage
{
    STAGE_WAITING,
    STAGE_OPENING,
    STAGE_OPEN                  /* or failed */
};

struct opening
{
    struct opening *next;
    UINT32 file;
    enum stage stage;
    WCHAR *name;
    struct output *output;
};

struct opener
{
    /* fixed */
    struct disk *disk;
    struct opener_callbacks callbacks;
    /* guarded by mutex */
    struct sync_mutex mutex;
    struct sync_cond changed;
    struct opening *first;      /* in the order they came */
    UINT32 count;
    UINT32 helpers;             /* tasks of the crew */
};

static void free_opening(struct opening *opening)
{
    free(opening->name);
    free(opening);
}

static struct opening *find_waiting_locked(struct opener *opener)
{
    struct opening *opening;

    for (opening = opener->first; opening && opening->stage != STAGE_WAITING; opening = opening->next) {}
    return opening;
}

static void help(void *ctx)
{
    struct opener *opener = ctx;
    BOOL entered = opener->callbacks.enter(opener->callbacks.ctx);
    struct opening *opening;
    struct output *output;

    sync_lock(&opener->mutex);
    while ((opening = find_waiting_locked(opener)))
    {
        opening->stage = STAGE_OPENING;
        sync_unlock(&opener->mutex);
        if (!entered || FAILED(output_open(opener->disk, opening->name, 0, TRUE, &output))) output = NULL;
        sync_lock(&opener->mutex);
        opening->output = output;
        opening->stage = STAGE_OPEN;
        sync_wake_all(&opener->changed);
    }
    sync_unlock(&opener->mutex);
    if (entered) opener->callbacks.leave(opener->callbacks.ctx);

    sync_lock(&opener->mutex);
    opener->helpers--;
    sync_wake_all(&opener->changed);
    sync_unlock(&opener->mutex);
}

HRESULT opener_create(struct disk *disk, const struct opener_callbacks *callbacks, struct opener **ret)
{
    struct opener *opener;

    *ret = NULL;
    if (!(opener = calloc(1, sizeof(*opener)))) return E_OUTOFMEMORY;
    opener->disk = disk;
    opener->callbacks = *callbacks;
    sync_mutex_init(&opener->mutex, "opener.mutex");
    sync_cond_init(&opener->changed);
    *ret = opener;
    return S_OK;
}

void opener_destroy(struct opener *opener)
{
    struct opening **entry, *opening;

    if (!opener) return;
    sync_lock(&opener->mutex);
    for (entry = &opener->first; (opening = *entry);)
    {
        if (opening->stage != STAGE_WAITING) entry = &opening->next;
        else
        {
            *entry = opening->next;
            free_opening(opening);
        }
    }
    while (opener->helpers) sync_wait(&opener->changed, &opener->mutex);
    sync_unlock(&opener->mutex);
    while ((opening = opener->first))
    {
        opener->first = opening->next;
        if (opening->output) output_close(opening->output);
        free_opening(opening);
    }
    sync_cond_free(&opener->changed);
    sync_mutex_free(&opener->mutex);
    free(opener);
}

void opener_add(struct opener *opener, UINT32 file, const WCHAR *temp_name)
{
    struct opening *opening, **entry;

    if (!(opening = calloc(1, sizeof(*opening)))) return;
    opening->file = file;
    opening->name = str_dup(temp_name);
    sync_lock(&opener->mutex);
    for (entry = &opener->first; *entry && (*entry)->file != file; entry = &(*entry)->next) {}
    if (!opening->name || *entry || opener->count == OPENER_MAX) free_opening(opening);
    else
    {
        *entry = opening;
        opener->count++;
        if (opener->helpers < OPENER_THREADS && SUCCEEDED(crew_start(help, opener))) opener->helpers++;
    }
    sync_unlock(&opener->mutex);
}

struct output *opener_take(struct opener *opener, UINT32 file)
{
    struct output *output = NULL;
    struct opening **entry, *opening;

    sync_lock(&opener->mutex);
    for (entry = &opener->first; (opening = *entry) && opening->file != file; entry = &opening->next) {}
    while (opening && opening->stage == STAGE_OPENING) sync_wait(&opener->changed, &opener->mutex);
    if (opening)
    {
        output = opening->output;
        *entry = opening->next;     /* nobody else takes entries away */
        opener->count--;
        free_opening(opening);
    }
    sync_unlock(&opener->mutex);
    return output;
}
