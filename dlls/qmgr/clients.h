/*
 * The client processes: who is there, what objects he holds, and letting go when he dies
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
 * COM in Wine has no pinging (WINE.COM.6): references of a client that died would keep its objects for ever.  So every object handed out
 * belongs to the client process it was made for; when the process ends (watch.h, no polling) the
 * room disconnects them all (WINE.COM.22) and COM releases them.
 *
 * Who uses it: factory.c (client_get), the doors (client_object, embedded in each), notify_lane.c (client_on_gone), service.c (how
 * many there are, for awake.c).  Any thread.  clients_lock is a leaf lock; callbacks run on a thread-pool thread with no lock held.
 *
 * An object as a door has it; AddRef and Release forward:
 *
 *   struct job_door { IBackgroundCopyJob5 IBackgroundCopyJob5_iface; struct client_object base; ... };
 *   AddRef:       return client_object_addref(&door->base);
 *   Release:      if (!(refs = client_object_release(&door->base))) { ...free what it owns...; free(door); }
 *   constructor:  client_object_init(&door->base, client, (IUnknown *)&door->IBackgroundCopyJob5_iface);    the count is 1
 *
 * The last Release happens under clients_lock, so that the room never touches an object on its way out.
 */

#ifndef __QMGR_CLIENTS_H
#define __QMGR_CLIENTS_H

#include "wine/list.h"
#include "security.h"

struct IUnknown;
struct client;

struct client_object
{
    /* fixed at creation */
    struct client *client;
    struct IUnknown *object;
    /* guarded by clients_lock where it goes to 0; interlocked otherwise */
    LONG refs;
    /* guarded by clients_lock */
    struct list entry;
};

/* count_changed(ctx, count) is told whenever the number of living clients changes. */
HRESULT clients_init(void (*count_changed)(void *ctx, UINT32 count), void *ctx);
/* Disconnects everybody; no callback runs after it has returned. */
void clients_shutdown(void);

/*
 * The entry of the caller's process, made at his first call.  It lives as long as the process, and after that as long as somebody holds a
 * reference.  E_OUTOFMEMORY; RPC_E_DISCONNECTED if the process has ended already.
 */
HRESULT client_get(struct caller *caller, struct client **client);
void client_addref(struct client *client);
void client_release(struct client *client);

DWORD client_pid(const struct client *client);
struct caller *client_caller(const struct client *client);  /* borrowed: lives as long as the client's entry */
BOOL client_is_gone(const struct client *client);         /* by its process, even if nobody was told yet */

/* Holds a reference to the client until the object is gone. For a client that is gone already the object is made all the same. */
void client_object_init(struct client_object *base, struct client *client, struct IUnknown *object);
ULONG client_object_addref(struct client_object *base);
ULONG client_object_release(struct client_object *base);    /* 0: it has left the list, the caller frees it */

/*
 * Calls gone(ctx) once, on a thread-pool thread, after the process has ended and its objects were disconnected; at once from here if that
 * was before.  Cancelled by client_on_gone_cancel, which waits for a call under way (do not hold a lock that gone takes).
 */
struct client_watch;
HRESULT client_on_gone(struct client *client, void (*gone)(void *ctx), void *ctx, struct client_watch **watch);
void client_on_gone_cancel(struct client_watch *watch);

#endif /* __QMGR_CLIENTS_H */
