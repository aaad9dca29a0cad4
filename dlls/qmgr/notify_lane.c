/*
 * Calling clients back: the lanes that share a limit, and the objects that are called
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

#define COBJMACROS

#include <stdarg.h>
#include <stdlib.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"

#include "notify_private.h"
#include "notify_threads.h"
#include "orphans.h"

const GUID notify_no_class;

/* guarded by queue.cs */
static struct list lanes = LIST_INIT(lanes);    /* struct notify_lane */
static struct list dead = LIST_INIT(dead);      /* lanes nobody holds: for notify_lanes_clean */

/* Lanes */

static struct notify_lane *find_lane_locked(struct client *client, const GUID *class, const WCHAR *owner)
{
    struct notify_lane *lane;

    LIST_FOR_EACH_ENTRY(lane, &lanes, struct notify_lane, entry)
    {
        if (lane->client != client || !IsEqualGUID(&lane->class, class) || !lane->owner != !owner) continue;
        if (!owner || !wcscmp(lane->owner, owner)) return lane;
    }
    return NULL;
}

struct notify_lane *notify_lane_get_locked(struct client *client, const GUID *class, const WCHAR *owner, BOOL *is_new)
{
    struct notify_lane *lane;

    *is_new = FALSE;
    if ((lane = find_lane_locked(client, class, owner)))
    {
        lane->refs++;
        return lane;
    }
    if (!(lane = calloc(1, sizeof(*lane)))) return NULL;
    if (owner && !(lane->owner = wcsdup(owner)))
    {
        free(lane);
        return NULL;
    }
    lane->refs = 1;
    lane->class = *class;
    if ((lane->client = client)) client_addref(client);
    list_init(&lane->objects);
    list_init(&lane->doomed);
    list_init(&lane->calls);
    list_add_tail(&lanes, &lane->entry);
    *is_new = TRUE;
    return lane;
}

void notify_lane_release_locked(struct notify_lane *lane)
{
    if (--lane->refs) return;
    list_remove(&lane->entry);
    list_add_tail(&dead, &lane->entry);
    notify_wake();
}

void notify_lane_release(struct notify_lane *lane)
{
    queue_enter();
    notify_lane_release_locked(lane);
    queue_leave();
}

static void free_lane(struct notify_lane *lane)
{
    if (lane->watch) client_on_gone_cancel(lane->watch);
    if (lane->client) client_release(lane->client);
    free(lane->owner);
    free(lane);
}

/* Objects */

void notify_object_release_locked(struct notify_object *object)
{
    if (--object->refs) return;
    list_add_tail(&object->lane->doomed, &object->entry);
    notify_wake();
}

void notify_object_attach_locked(struct notify_job *notify_job, struct notify_object *object)
{
    object->job = notify_job;
    notify_job->object = object;
    list_add_tail(&object->lane->objects, &object->entry);
}

void notify_object_detach_locked(struct notify_object *object)
{
    object->job->object = NULL;
    object->job = NULL;
    list_remove(&object->entry);
    notify_object_release_locked(object);
}

/* The process of the client has ended; on a thread of the pool. */
static void client_gone(void *ctx)
{
    struct notify_lane *lane = ctx;
    struct notify_object *object;
    struct notify_job *notify_job;
    struct list *ptr;

    queue_enter();
    while ((ptr = list_head(&lane->objects)))
    {
        object = LIST_ENTRY(ptr, struct notify_object, entry);
        notify_job = object->job;
        notify_object_detach_locked(object);
        notify_mark_locked(notify_job);                     /* BEH.NOTIFY.15: to the class, or the command line */
    }
    queue_leave();
}

HRESULT notify_lane_of_client(struct client *client, struct notify_lane **ret)
{
    struct notify_lane *lane;
    BOOL is_new;
    HRESULT hr;

    queue_enter();
    lane = notify_lane_get_locked(client, &notify_no_class, NULL, &is_new);
    queue_leave();
    *ret = lane;
    if (!lane) return E_OUTOFMEMORY;
    if (is_new && FAILED(hr = client_on_gone(client, client_gone, lane, &lane->watch)))
    {
        notify_lane_release(lane);
        return hr;
    }
    return S_OK;
}

/* What nobody needs any more */

static void release_doomed(void *ctx)
{
    UINT64 apartment = 0, next;
    struct notify_lane *lane = ctx;
    struct notify_object *object;
    struct list *ptr;

    queue_enter();
    while ((ptr = list_head(&lane->doomed)) || apartment)
    {
        if (ptr) list_remove(ptr);
        queue_leave();
        object = ptr ? LIST_ENTRY(ptr, struct notify_object, entry) : NULL;
        next = object ? notify_object_destroy(object) : 0;
        /* as a rule once for each client that has died */
        if (apartment && apartment != next) orphan_close_connections(apartment);
        apartment = next;
        queue_enter();
        if (object) notify_lane_release_locked(lane);      /* the object's */
    }
    lane->releasing = FALSE;
    notify_lane_release_locked(lane);                      /* this function's */
    queue_leave();
}

/* One thread for each client whose objects are no longer needed: it may take him a while to answer even this. */
void notify_lanes_clean(void)
{
    struct list unused = LIST_INIT(unused);
    struct notify_lane *lane, *next;
    HRESULT hr;

    queue_enter();
    for (;;)
    {
        LIST_FOR_EACH_ENTRY(lane, &lanes, struct notify_lane, entry)
            if (!lane->releasing && !list_empty(&lane->doomed)) break;
        if (&lane->entry == &lanes) break;
        lane->releasing = TRUE;
        lane->refs++;
        queue_leave();
        hr = notify_thread_run(release_doomed, lane);
        queue_enter();
        if (FAILED(hr))
        {
            /* no thread: with the next round */
            lane->releasing = FALSE;
            notify_lane_release_locked(lane);
            break;
        }
    }
    list_move_tail(&unused, &dead);
    queue_leave();

    LIST_FOR_EACH_ENTRY_SAFE(lane, next, &unused, struct notify_lane, entry) free_lane(lane);
}
