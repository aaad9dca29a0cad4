/*
 * Who runs next, and when to look again
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
 * Pure room.  The engine gathers the facts of all jobs and the world, sched_plan marks what is to be done with each and says when to
 * ask again.  Times are monotonic milliseconds; SCHED_NEVER is no time.
 */

#ifndef __QMGR_CORE_SCHED_H
#define __QMGR_CORE_SCHED_H

#include "core/state.h"

#define SCHED_NEVER ((UINT64)-1)

/* Named intervals; a hidden registry value may shorten those that no client can set (policy.h). */
#define SCHED_SLICE_MSEC      300000u                   /* time slice of a background job [BEH.SCHED.20] */
#define SCHED_INACTIVITY_DAYS 90u                       /* [BEH.RETRY.3a] */

enum sched_action
{
    SCHED_NOTHING,
    SCHED_START,                /* QUEUED: give it a turn */
    SCHED_PREEMPT,              /* running: back to QUEUED, behind its peers if its slice is over */
    SCHED_RETRY,                /* TRANSIENT_ERROR: back to QUEUED */
    SCHED_GIVE_UP,              /* TRANSIENT_ERROR: no-progress time over */
    SCHED_BLOCK,                /* QUEUED or running: TRANSIENT_ERROR with `block` */
    SCHED_TIMEOUT,              /* running: maximum download time used up */
    SCHED_EXPIRE                /* any live state: inactive for too long */
};

struct sched_job
{
    /* facts */
    enum job_state state;       /* live */
    enum job_priority priority;
    BOOL running;               /* a transfer thread works on it */
    BOOL stopping;              /* told to stop, not yet gone: it still takes the place of a background job */
    BOOL retry_by_time;         /* TRANSIENT_ERROR of class T; else only the end of its cause ends it [BEH.RETRY.4] */
    BOOL cause_ended;           /* not by time: no cause outside this room (a locked volume) is known to last */
    BOOL no_rate;               /* the bandwidth rules give its priority nothing now [BEH.STATE.35] */
    BOOL local;                 /* its next file does not need the network [BEH.SMB.8] */
    BOOL loopback;              /* running: its server is on this machine */
    UINT32 cost_flags;
    UINT64 order;               /* place in its level: smaller first */
    UINT64 slice_end;           /* running background job: when its slice ends */
    UINT64 retry_at;            /* TRANSIENT_ERROR; 0: since before the service began, it is tried before it is given up [BEH.PERSIST.5] */
    UINT64 give_up_at;          /* TRANSIENT_ERROR, or SCHED_NEVER */
    UINT64 timeout_at;          /* running: end of the maximum download time; else SCHED_NEVER */
    UINT64 expire_at;           /* end of the inactivity time */
    /* results */
    enum sched_action action;
    HRESULT block;              /* SCHED_BLOCK: why */
};

struct sched_world
{
    UINT64 now;
    BOOL network;               /* up */
    BOOL network_back;          /* it was down when sched_plan was last asked: every job tries again [BEH.STATE.38] */
    BOOL background_blocked;    /* bandwidth policy of zero in force [BEH.STATE.35] */
    UINT32 cost;                /* bits of the present network; 0 counts as unrestricted [BEH.COST.23] */
    HRESULT power_block;        /* S_OK, or BG_E_BLOCKED_BY_BATTERY_SAVER and the like, for background jobs */
    UINT32 slice_msec;
    BOOL network_lost;          /* since sched_plan was last asked every adapter has gone down but that of the machine itself */
};

/* Marks every job and returns the time of the next thing that will happen by itself. */
UINT64 sched_plan(const struct sched_world *world, struct sched_job *jobs, UINT32 count);

/*
 * The clocks of one job, which live beside the model.  They start anew with the service, but for those whose start the model keeps as a
 * time of day [BEH.PERSIST.6, 7]: the owner sets unproductive_since and active_at from those.
 */
struct sched_clocks
{
    UINT64 order;               /* place in its level */
    UINT64 slice_end;
    UINT64 retry_at;
    UINT64 unproductive_since;  /* start of the no-progress period, 0 if none [BEH.RETRY.10] */
    UINT64 active_at;           /* last progress or property change [BEH.STATE.98] */
    UINT64 run_start;           /* of the present transfer, 0 if none */
    UINT64 moved_msec;          /* time spent moving that is not recorded yet, without the present transfer's */
};

/* What the job's properties and the policy say, for the job in question. */
struct sched_limits
{
    UINT32 retry_delay;         /* s */
    UINT64 retry_floor_msec;    /* under the retry delay [BEH.RETRY.1, 20] */
    UINT32 no_progress_timeout; /* s */
    UINT32 max_download_time;   /* s, the job's own or the policy's [BEH.RETRY.11] */
    UINT64 inactivity_msec;
    UINT64 slice_msec;
};

/* A step of core/state was taken. *next_order: the queue's counter of places. */
void sched_clocks_step(struct sched_clocks *clocks, const struct sched_limits *limits, enum job_event event,
                       const struct state_step *step, UINT64 now, UINT64 *next_order);
/* A transfer begins, bytes came, the transfer is gone. */
void sched_clocks_run(struct sched_clocks *clocks, UINT64 now);
void sched_clocks_moved(struct sched_clocks *clocks, UINT64 now);
void sched_clocks_halt(struct sched_clocks *clocks, UINT64 now);
/* Time spent moving that no record has yet [BEH.RETRY.11]; and: a record has it now. */
UINT64 sched_clocks_unrecorded(const struct sched_clocks *clocks, UINT64 now);
void sched_clocks_recorded(struct sched_clocks *clocks, UINT64 now);
/* Fills the times of the facts from the clocks. download_msec: as recorded. */
void sched_clocks_facts(const struct sched_clocks *clocks, const struct sched_limits *limits, UINT64 download_msec,
                        struct sched_job *job);

#endif /* __QMGR_CORE_SCHED_H */
