/*
 * One worker: performs the steps core/fetch asks for
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
 * A transfer is a thread that works through the unfinished files of one job, one of the crew's.  It owns its network
 * requests and its output file; it tells the queue what happened and ends.  Started by engine.c, stopped by it and the queue.
 */

#ifndef __QMGR_TRANSFER_H
#define __QMGR_TRANSFER_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

struct queue_job;
struct transfer;

/* The ration between two progress records. A kill costs 16 MiB or 2 s at most: the flush and the journal, which keeps a record that nobody
 * waits for to itself for a while, have their time too. */
#define TRANSFER_RATION_BYTES (16u * 1024 * 1024)
#define TRANSFER_RATION_MSEC  1500u

HRESULT transfer_init(void);
void transfer_shutdown(void);

/* queue.cs is not held. The transfer takes a reference to the job and is its job->transfer already. */
HRESULT transfer_create(struct queue_job *job, struct transfer **transfer);
HRESULT transfer_start(struct transfer *transfer);  /* failure: nothing runs, destroy it */
/* The same for a cancelled upload: its server is told, once; the end is queue_farewell_ended. */
HRESULT transfer_start_farewell(struct transfer *transfer);
void transfer_destroy(struct transfer *transfer);   /* one that was never started */
/* How fast jobs of this priority may read from servers from now on: octets a second, RATE_UNLIMITED. Any thread. */
void transfer_set_rate(UINT32 priority, UINT64 limit);
/* Any thread, queue.cs may be held: sets its cancel event. It ends soon and says so by queue_transfer_ended. */
void transfer_stop(struct transfer *transfer);

#endif /* __QMGR_TRANSFER_H */
