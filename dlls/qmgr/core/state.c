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

#include "core/state.h"

/* A cell of the table. STAY keeps the state, REFUSE is BG_E_INVALID_STATE, ASK is decided by the function below. */
enum cell_kind { STAY, GO, REFUSE, ASK };

struct cell
{
    enum cell_kind kind;
    enum job_state next;
    UINT32 duties;
};

#define KEEP                 { STAY, JOB_QUEUED, 0 }
#define NO                   { REFUSE, JOB_QUEUED, 0 }
#define DECIDE               { ASK, JOB_QUEUED, 0 }
#define TO(state, duties)    { GO, JOB_##state, (duties) | DUTY_MODIFIED }

#define AGAIN(state)         { GO, JOB_##state, RESUMED }

#define RESUMED  (DUTY_WAKE | DUTY_RESTART_CLOCKS)
#define HALTED   (DUTY_STOP | DUTY_WAKE)

/* Columns follow enum job_state: Q, C, T, S, E, TE, TD, ACK, CAN [BEH.STATE.20 to 53, STM.M.*]. */
static const struct cell table[EVENT_COUNT][JOB_STATE_COUNT] =
{
    /* EVENT_RESUME: BEH.STATE.21 to 23, 40, 42, 52, 61; what is on its way has all its time again [BEH.RETRY.12] */
    { AGAIN(QUEUED), AGAIN(CONNECTING), AGAIN(TRANSFERRING), DECIDE, DECIDE, DECIDE, DECIDE, NO, NO },
    /* EVENT_SUSPEND: BEH.STATE.46, 82 */
    { TO(SUSPENDED, HALTED), TO(SUSPENDED, HALTED), TO(SUSPENDED, HALTED), KEEP, KEEP, TO(SUSPENDED, HALTED), KEEP, NO, NO },
    /* EVENT_CANCEL: BEH.STATE.47 */
    { TO(CANCELLED, HALTED | DUTY_DISCARD), TO(CANCELLED, HALTED | DUTY_DISCARD), TO(CANCELLED, HALTED | DUTY_DISCARD),
      TO(CANCELLED, HALTED | DUTY_DISCARD), TO(CANCELLED, HALTED | DUTY_DISCARD), TO(CANCELLED, HALTED | DUTY_DISCARD),
      TO(CANCELLED, HALTED | DUTY_DISCARD), NO, NO },
    /* EVENT_COMPLETE: BEH.STATE.49, 50, 67, 81 */
    { DECIDE, DECIDE, DECIDE, DECIDE, DECIDE, DECIDE, DECIDE, NO, NO },
    /* EVENT_START: BEH.STATE.24 */
    { TO(CONNECTING, 0), KEEP, KEEP, KEEP, KEEP, KEEP, KEEP, KEEP, KEEP },
    /* EVENT_CONNECTED: BEH.STATE.25 */
    { KEEP, TO(TRANSFERRING, DUTY_CLEAR_FAILURE), KEEP, KEEP, KEEP, KEEP, KEEP, KEEP, KEEP },
    /* EVENT_PREEMPTED: BEH.STATE.28, 29 */
    { KEEP, TO(QUEUED, HALTED), TO(QUEUED, HALTED), KEEP, KEEP, KEEP, KEEP, KEEP, KEEP },
    /* EVENT_FAILED: BEH.STATE.26, 27, 32 to 36, 43; elsewhere it comes from a transfer that was stopped meanwhile */
    { DECIDE, DECIDE, DECIDE, KEEP, KEEP, KEEP, KEEP, KEEP, KEEP },
    /* EVENT_FINISHED: BEH.STATE.31; from CONNECTING when nothing had to be moved, e.g. empty files */
    { KEEP, TO(TRANSFERRED, DUTY_CLEAR_FAILURE | DUTY_STAMP | DUTY_NOTIFY | DUTY_WAKE),
      TO(TRANSFERRED, DUTY_CLEAR_FAILURE | DUTY_STAMP | DUTY_NOTIFY | DUTY_WAKE), KEEP, KEEP, KEEP, KEEP, KEEP, KEEP },
    /* EVENT_RETRY: BEH.STATE.37 to 39 */
    { KEEP, KEEP, KEEP, KEEP, KEEP, TO(QUEUED, DUTY_WAKE), KEEP, KEEP, KEEP },
    /* EVENT_NO_PROGRESS: BEH.STATE.41; code and context stay those of the last transient error [BEH.RETRY.21] */
    { KEEP, KEEP, KEEP, KEEP, KEEP, TO(ERROR, DUTY_NOTIFY | DUTY_WAKE), KEEP, KEEP, KEEP },
    /* EVENT_INACTIVE: BEH.STATE.48 */
    { TO(CANCELLED, HALTED | DUTY_DISCARD), TO(CANCELLED, HALTED | DUTY_DISCARD), TO(CANCELLED, HALTED | DUTY_DISCARD),
      TO(CANCELLED, HALTED | DUTY_DISCARD), TO(CANCELLED, HALTED | DUTY_DISCARD), TO(CANCELLED, HALTED | DUTY_DISCARD),
      TO(CANCELLED, HALTED | DUTY_DISCARD), KEEP, KEEP },
    /* EVENT_INVALIDATED: BEH.STATE.45 */
    { TO(ERROR, HALTED | DUTY_SET_FAILURE | DUTY_COUNT_ERROR | DUTY_NOTIFY),
      TO(ERROR, HALTED | DUTY_SET_FAILURE | DUTY_COUNT_ERROR | DUTY_NOTIFY),
      TO(ERROR, HALTED | DUTY_SET_FAILURE | DUTY_COUNT_ERROR | DUTY_NOTIFY),
      TO(ERROR, DUTY_SET_FAILURE | DUTY_COUNT_ERROR | DUTY_NOTIFY),
      TO(ERROR, DUTY_SET_FAILURE),
      TO(ERROR, DUTY_SET_FAILURE | DUTY_COUNT_ERROR | DUTY_NOTIFY | DUTY_WAKE),
      TO(ERROR, DUTY_SET_FAILURE | DUTY_COUNT_ERROR | DUTY_NOTIFY), KEEP, KEEP },
    /* EVENT_RANGES_DONE: BEH.STATE.53 */
    { KEEP, TO(SUSPENDED, DUTY_WAKE), TO(SUSPENDED, DUTY_WAKE), KEEP, KEEP, KEEP, KEEP, KEEP, KEEP },
    /* EVENT_NEXT_SERVER: BEH.STATE.30 */
    { KEEP, KEEP, TO(CONNECTING, 0), KEEP, KEEP, KEEP, KEEP, KEEP, KEEP },
};

static void step_to(struct state_step *step, enum job_state next, UINT32 duties)
{
    step->next = next;
    step->duties = duties | DUTY_MODIFIED;
}

static void decide_resume(const struct state_facts *facts, struct state_step *step)
{
    if (!facts->file_count)
        step->hr = BG_E_EMPTY;                       /* BEH.STATE.22 */
    else if (facts->state == JOB_TRANSFERRED)
    {
        /* BEH.STATE.52; nothing new: unchanged, no second notification [BEH.STATE.82] */
        if (!facts->all_transferred) step_to(step, JOB_QUEUED, RESUMED);
    }
    else if (facts->all_transferred && facts->state == JOB_SUSPENDED)
        step_to(step, JOB_TRANSFERRED, DUTY_CLEAR_FAILURE | DUTY_STAMP | DUTY_NOTIFY); /* BEH.STATE.23 */
    else
        step_to(step, JOB_QUEUED, RESUMED);
}

static void decide_complete(const struct state_facts *facts, struct state_step *step)
{
    if (facts->type != JOB_DOWNLOAD && facts->state != JOB_TRANSFERRED)
        step->hr = BG_E_INVALID_STATE;              /* BEH.STATE.67 */
    else if (!facts->file_count)
        step->hr = BG_E_INVALID_STATE;              /* BEH.STATE.81 */
    else
        step_to(step, JOB_ACKNOWLEDGED, HALTED | DUTY_PUBLISH);
}

static void decide_failed(const struct state_facts *facts, const struct failure *failure, struct state_step *step)
{
    BOOL fatal = failure->class == FAILURE_FATAL;
    UINT32 duties = DUTY_SET_FAILURE | DUTY_WAKE;

    /* JOB.SetNoProgressTimeout.3, BEH.RETRY.2: with 0 every error is fatal; ERR.GEN.9: a retry delay that exceeds the
     * time-out makes those fatal that would be retried by time */
    if (!facts->no_progress_timeout) fatal = TRUE;
    else if (failure->class == FAILURE_TRANSIENT && facts->retry_delay > facts->no_progress_timeout) fatal = TRUE;
    /* BEH.HTTP.19; what waits for its turn has not made any */
    else if (facts->once && (failure->class == FAILURE_TRANSIENT || facts->state != JOB_QUEUED)) fatal = TRUE;

    if (verdict_counts(failure)) duties |= DUTY_COUNT_ERROR;
    if (fatal) step_to(step, JOB_ERROR, duties | DUTY_NOTIFY);
    else step_to(step, JOB_TRANSIENT_ERROR, duties | DUTY_START_CLOCK);
}

void state_next(const struct state_facts *facts, enum job_event event, const struct failure *failure,
                struct state_step *step)
{
    const struct cell *cell = &table[event][facts->state];

    step->hr = S_OK;
    step->next = facts->state;
    step->duties = 0;

    switch (cell->kind)
    {
    case STAY:
        break;
    case GO:
        step->next = cell->next;
        step->duties = cell->duties;
        break;
    case REFUSE:
        step->hr = BG_E_INVALID_STATE;              /* BEH.STATE.60 */
        break;
    case ASK:
        if (event == EVENT_RESUME) decide_resume(facts, step);
        else if (event == EVENT_COMPLETE) decide_complete(facts, step);
        else decide_failed(facts, failure, step);
        break;
    }
    /* BEH.NOTIFY.3: of these changes JobTransferred and JobError tell */
    if (step->next == JOB_TRANSFERRED || step->next == JOB_ERROR) step->duties &= ~DUTY_MODIFIED;
}

HRESULT state_may_change(enum job_state state)
{
    return job_is_final(state) ? BG_E_INVALID_STATE : S_OK;
}

const char *state_name(enum job_state state)
{
    static const char * const names[JOB_STATE_COUNT] =
    {
        "QUEUED", "CONNECTING", "TRANSFERRING", "SUSPENDED", "ERROR", "TRANSIENT_ERROR", "TRANSFERRED", "ACKNOWLEDGED",
        "CANCELLED"
    };
    return (unsigned int)state < JOB_STATE_COUNT ? names[state] : "?";
}

const char *state_event_name(enum job_event event)
{
    static const char * const names[EVENT_COUNT] =
    {
        "resume", "suspend", "cancel", "complete", "start", "connected", "preempted", "failed", "finished", "retry",
        "no-progress", "inactive", "invalidated", "ranges-done", "next-server"
    };
    return (unsigned int)event < EVENT_COUNT ? names[event] : "?";
}
