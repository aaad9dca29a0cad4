/*
 * Waits for objects and for times, without a thread pool
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
 * What RegisterWaitForSingleObject and CreateThreadpoolTimer do, by a thread that sleeps until something happens.  A thread pool of Wine that
 * has any object, a wait or a timer, keeps a worker that wakes up every five seconds (ntdll's threadpool_worker_proc), and a service
 * with nothing to do is to do nothing.  The callbacks do run on the thread pool, which ends its threads when they are over.
 *
 * Who uses it: everybody who waits for longer than a call.  Any thread; watch_lock is a leaf lock; callbacks run with no lock held, those
 * of one watch never two at a time.
 */

#ifndef __QMGR_WATCH_H
#define __QMGR_WATCH_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

struct watch;

enum watch_kind
{
    WATCH_ONCE,     /* an object that stays signalled: a process */
    WATCH_EVENT,    /* an auto-reset event: each time it is set */
    WATCH_TIME,     /* no object: after watch_set_timer */
};

/* The object is the caller's and stays open until watch_close has returned. */
HRESULT watch_create(enum watch_kind kind, HANDLE object, void (*callback)(void *ctx), void *ctx, struct watch **watch);

#define WATCH_NEVER (~(UINT64)0)

/* One callback that many ms from now, in place of what was set before; 0: at once. */
void watch_set_timer(struct watch *watch, UINT64 msec);

/*
 * No callback begins after that, and none is under way when it returns: it waits (do not hold a lock that the callback takes).  From inside
 * the watch's own callback it does not wait.  NULL does nothing.
 */
void watch_close(struct watch *watch);

#endif /* __QMGR_WATCH_H */
