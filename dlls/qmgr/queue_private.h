/*
 * The one owner of all jobs: its private half
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

/* For queue.c (the jobs, the records), queue_change.c and queue_ranges.c (what clients want) and queue_run.c (what transfers report) only. */

#ifndef __QMGR_QUEUE_PRIVATE_H
#define __QMGR_QUEUE_PRIVATE_H

#include "queue.h"
#include "store.h"
#include "sync.h"

struct queue
{
    struct sync_mutex cs;           /* queue.cs */
    struct sync_cond changed;       /* a transfer has ended, or a Complete or Cancel is over */
    /* guarded by cs */
    struct model model;
    UINT64 next_order;
    UINT32 listed;                  /* jobs that are not final */
    /* fixed after queue_init */
    struct store *store;
};

extern struct queue queue;

#define NO_TICKET ((UINT64)0)

/* The run-time half of a job the model has just got. Its one reference is the queue's own, dropped at RECORD_CLEANED. */
void queue_init_job_locked(struct queue_job *entry, struct job *job);
/* A name for a temporary file beside that one; malloc'ed. */
HRESULT queue_temp_name(const WCHAR *local_name, WCHAR **name);
/* Whether clients can see the job. */
void queue_set_listed_locked(struct queue_job *job, BOOL listed);

/* Outside the lock: room in the journal for this record. */
HRESULT queue_reserve_record(const struct record *record);
/* Appends and applies; the job's visible state follows. A failure means that nothing has changed. ticket: for store_wait, or NULL. */
HRESULT queue_apply_locked(struct queue_job *job, struct record *record, UINT64 *ticket);
/* Such a failure that says: others were quicker and took the room in the journal that was seen to. Reserve again. */
BOOL queue_is_crowded(HRESULT hr);

/* Carries out a step of core/state: record, visible state, timers, duties but DUTY_PUBLISH and DUTY_DISCARD. */
HRESULT queue_step_locked(struct queue_job *job, enum job_event event, const struct state_step *step,
                          const struct failure *failure, UINT32 file, UINT64 *ticket);
/* At the start: what was on its way by a method of the client's own when a predecessor ended fails [BEH.HTTP.19]. */
void queue_check_asked_locked(struct queue_job *job);
void queue_facts_locked(const struct queue_job *job, struct state_facts *facts);

#endif /* __QMGR_QUEUE_PRIVATE_H */
