/*
 * Threads that are kept for a while
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
 * For work that comes in bursts and may wait: what runs a transfer, what flushes its files.  A task runs on a thread of its own; one that has
 * nothing to do any more waits a while for the next task, so that many small jobs do not make many threads.  Builds natively, see sync.h.
 */

#ifndef __QMGR_CREW_H
#define __QMGR_CREW_H

#include "core/system.h"

void crew_init(void);
void crew_shutdown(void);   /* waits for all tasks; no more can be started */

/* Any thread. Failure: there is no thread to be had, and the task will not run. */
HRESULT crew_start(void (*run)(void *ctx), void *ctx);

#endif /* __QMGR_CREW_H */
