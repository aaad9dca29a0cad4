/*
 * Complete and Cancel: the duties that touch files
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
 * Run on the thread of the call (or of the thread pool for a job that expired), as the caller: intent, act, outcome, each recorded
 * before the next.  queue.cs is not held.
 */

#ifndef __QMGR_FINISH_H
#define __QMGR_FINISH_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

struct caller;
struct queue_job;

/* JOB.Complete.*: S_OK, BG_S_PARTIAL_COMPLETE, BG_S_UNABLE_TO_DELETE_FILES, BG_E_INVALID_STATE, or the first failed rename's code. */
HRESULT finish_complete(struct queue_job *job, const struct caller *caller);
/* JOB.Cancel.*: S_OK, BG_S_UNABLE_TO_DELETE_FILES, BG_E_INVALID_STATE. */
HRESULT finish_cancel(struct queue_job *job, const struct caller *caller);
/* The inactivity time is over [BEH.RETRY.13]: cancelled on a thread of the pool. */
void finish_expire(struct queue_job *job);
/* A group of the queue manager 0.9 is TRANSFERRED: its files appear without a Complete [GROUP.CancelGroup.A1], on a thread of the pool; what
 * cannot be put in place is an error of the group.  With queue.cs held. */
void finish_group_locked(struct queue_job *job);
/* A cancelled upload whose server knows of it: what kept it is gone [BUP.CANCEL.4]. Any thread. */
void finish_clean(struct queue_job *job);
/* At start, before anybody can call: rolls forward what was begun. */
void finish_recover(void);

#endif /* __QMGR_FINISH_H */
