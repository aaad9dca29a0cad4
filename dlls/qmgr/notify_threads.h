/*
 * Threads that may hang
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
 * A call to a client may never return (WINE.COM.13), so each runs on a thread of its own; the thread pool of the process belongs to RPC, which
 * must not run out of threads because of it.  A thread that has nothing to do waits five seconds for more work and then ends.
 *
 * Who uses it: judge.c, notify.c, notify_lane.c, notify_round.c.  Any thread may start something; threads_lock is a leaf lock.
 */

#ifndef __QMGR_NOTIFY_THREADS_H
#define __QMGR_NOTIFY_THREADS_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

/* run(ctx) on a thread in the MTA that holds no lock; a failure means that it does not run. */
HRESULT notify_thread_run(void (*run)(void *ctx), void *ctx);
/* Threads that wait end, others when what they run is over. Returns when all have ended, or after that time. */
void notify_threads_shutdown(DWORD msec);

#endif /* __QMGR_NOTIFY_THREADS_H */
