/*
 * The life cycle of a job as one table
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
 * Pure room.  Given the present state and an event, says the result of the call, the next state and what has to be done
 * because of it.  It alone decides states; the queue asks it for live events, nothing else writes a state.
 */

#ifndef __QMGR_CORE_STATE_H
#define __QMGR_CORE_STATE_H

#include "core/model.h"
#include "core/verdict.h"

enum job_event
{
    EVENT_RESUME,               /* the four methods */
    EVENT_SUSPEND,
    EVENT_CANCEL,
    EVENT_COMPLETE,
    EVENT_START,                /* the scheduler gave it a turn */
    EVENT_CONNECTED,            /* the server was reached, data may flow */
    EVENT_PREEMPTED,            /* time slice over, a higher level came, or the owner logged off */
    EVENT_FAILED,               /* the transfer failed, or is blocked; the failure says how */
    EVENT_FINISHED,             /* every file is on disk */
    EVENT_RETRY,                /* retry delay over, network back, block lifted */
    EVENT_NO_PROGRESS,          /* too long in TRANSIENT_ERROR */
    EVENT_INACTIVE,             /* given up after the inactivity time */
    EVENT_INVALIDATED,          /* SetValidationState(FALSE) on data from the origin */
    EVENT_RANGES_DONE,          /* on-demand job: all ranges asked for are there, the file is not complete */
    EVENT_NEXT_SERVER,          /* the next file is on another server */
    EVENT_COUNT
};

#define DUTY_STOP           0x0001  /* end a running transfer of the job */
#define DUTY_WAKE           0x0002  /* the scheduler has something new to think about */
#define DUTY_PUBLISH        0x0004  /* Complete: rename what is whole, delete the rest */
#define DUTY_DISCARD        0x0008  /* Cancel: delete the temporary files */
#define DUTY_SET_FAILURE    0x0010  /* store the failure with the job */
#define DUTY_CLEAR_FAILURE  0x0020  /* data moves again: GetError has nothing to hand out any more [JOB.GetError.3] */
#define DUTY_COUNT_ERROR    0x0040  /* one more in GetErrorCount [BEH.RETRY.8] */
#define DUTY_RESTART_CLOCKS 0x0080  /* Resume: download time and no-progress clock start anew [BEH.RETRY.12] */
#define DUTY_START_CLOCK    0x0100  /* the no-progress clock starts if it is not running [BEH.RETRY.10] */
#define DUTY_STAMP          0x0200  /* TransferCompletionTime is now */
#define DUTY_NOTIFY         0x0400  /* JobTransferred or JobError is owed */
#define DUTY_MODIFIED       0x0800  /* JobModification may be sent */

struct state_facts
{
    enum job_state state;       /* live, CONNECTING and TRANSFERRING included */
    enum job_type type;
    UINT32 file_count;
    BOOL all_transferred;       /* there is a file, and every one is whole */
    UINT32 retry_delay;         /* seconds */
    UINT32 no_progress_timeout; /* seconds */
    BOOL once;                  /* its request may not be made again unless the client says so [BEH.HTTP.19] */
};

struct state_step
{
    HRESULT hr;                 /* of the method; a failure means nothing changes */
    enum job_state next;
    UINT32 duties;
};

/* failure counts for EVENT_FAILED and EVENT_INVALIDATED only. An event that means nothing in a state is S_OK without change or duty. */
void state_next(const struct state_facts *facts, enum job_event event, const struct failure *failure,
                struct state_step *step);

/* Whether property setters and AddFile are allowed [STM.1, STM.2]: S_OK or BG_E_INVALID_STATE. */
HRESULT state_may_change(enum job_state state);

const char *state_name(enum job_state state);
const char *state_event_name(enum job_event event);

#endif /* __QMGR_CORE_STATE_H */
