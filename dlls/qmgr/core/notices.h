/*
 * Which notification a job owes, by which way, and when to repeat it
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
 * Pure room.  notify.c gathers the facts of a job, notices_next says what is to be sent now or when to ask again, notify_round.c sends it and
 * tells notices_done how it went.  Times are monotonic milliseconds.
 *
 * A job owes at most one notice about its state (JobTransferred or JobError), one FileTransferred for each file that is whole, and one
 * merged modification.  The delivery of a state's notice [BEH.NOTIFY.20]: the registered object; without one an object of the registered
 * class; when either fails, or there is neither, the program.  When that fails too, all of it again after the retry delay, for as long as
 * the job stays in the state.
 *
 * Two channels per job: files and state, strictly one after the other; modifications and ranges, of less importance [BEH.NOTIFY.7].
 */

#ifndef __QMGR_CORE_NOTICES_H
#define __QMGR_CORE_NOTICES_H

#include "core/model.h"

#define NOTICES_NEVER         ((UINT64)-1)
#define NOTICES_AT_ONCE       4         /* outstanding calls of one client [BEH.NOTIFY.8] */
#define NOTICES_PATIENCE_MSEC 1000u     /* a state's notice waits that long for a modification under way, then does not wait any more */

#define NOTIFY_FLAG_TRANSFERRED  0x01u  /* BG_NOTIFY_* [BEH.NOTIFY.1] */
#define NOTIFY_FLAG_ERROR        0x02u
#define NOTIFY_FLAG_DISABLE      0x04u
#define NOTIFY_FLAG_MODIFICATION 0x08u
#define NOTIFY_FLAG_FILE         0x10u
#define NOTIFY_FLAG_RANGES       0x20u

enum notice
{
    NOTICE_NONE,
    NOTICE_FILE,                /* FileTransferred */
    NOTICE_STATE,               /* JobTransferred, JobError, or the program */
    NOTICE_RANGES,              /* FileRangesTransferred */
    NOTICE_MODIFICATION         /* JobModification */
};

enum notice_way
{
    WAY_OBJECT,                 /* the registered object, or the one made of the class */
    WAY_CLASS,                  /* make an object of the class, then call it */
    WAY_PROGRAM                 /* the command line */
};

enum notice_result
{
    RESULT_DELIVERED,           /* S_OK; the program ended with 0 */
    RESULT_REFUSED,             /* another answer; the program ended with something else */
    RESULT_FAILED,              /* the class or the program could not be started */
    RESULT_BUSY,                /* the client's message filter turned it away, or it may not be told yet: later, but soon */
    RESULT_GONE,                /* there is no object at the other end any more [BEH.NOTIFY.15] */
    RESULT_STALE                /* not sent: it was no longer owed, or the object does not take such calls */
};

struct notice_facts
{
    enum job_state state;       /* live */
    enum job_type type;
    UINT32 flags;               /* PROP_NOTIFY_FLAGS */
    BOOL notified;              /* the model's mark */
    BOOL object;                /* there is one */
    BOOL no_files, no_ranges;   /* it is known not to answer Callback2, Callback3 [BEH.NOTIFY.9] */
    BOOL class;                 /* a class is set */
    BOOL program;               /* a command line is set */
    BOOL service_owner;         /* the job belongs to a service account: no programs [BEH.CMD.10] */
    BOOL file_owed;             /* a file is FILE_TRANSFERRED and not FILE_NOTIFIED */
    BOOL ranges_owed;           /* an on-demand job has ranges to report */
    UINT32 interval;            /* ms, PROP_MIN_NOTIFY_INTERVAL */
    UINT64 retry_delay;         /* ms, the job's minimum retry delay [BEH.NOTIFY.5] */
    UINT64 busy_delay;          /* ms */
    UINT64 timeout;             /* ms after which a call is taken for hung */
};

/* Of one job; all zero at first. Fields are this room's. */
struct notices
{
    UINT32 episode;             /* counts the states the job has entered */
    UINT32 serial;              /* counts the objects and ways that were set: what an earlier one answers later does not matter */
    BOOL delivered;             /* in this episode, also while the model's mark is not recorded */
    BOOL failed;                /* the object or class has failed in this round: the program is next */
    BOOL serving;               /* FILE or STATE is under way */
    BOOL running;               /* ... by the program, which may take its time */
    UINT64 serving_since;
    BOOL telling;               /* RANGES or MODIFICATION is under way */
    UINT64 telling_since;
    UINT64 retry_at;            /* not before: the state's notice, and making an object of the class */
    UINT64 file_retry_at;       /* not before: FILE, and so everything that has to come after it */
    BOOL modified;              /* a modification is owed */
    BOOL modified_once;
    UINT64 modified_at;         /* start of the last call */
    BOOL ranges_once;
    UINT64 ranges_at;
};

struct notice_step
{
    enum notice notice;
    enum notice_way way;
    UINT32 episode, serial;     /* as they were when it was begun */
};

/* What notify_round.c has to do after notices_done. */
#define NOTICE_MARK_STATE  0x01 /* record that the state's notice was delivered */
#define NOTICE_MARK_FILE   0x02 /* record it of the file */
#define NOTICE_DROP_OBJECT 0x04 /* it is gone: let go of it */
#define NOTICE_KEEP_RANGES 0x08 /* not reported: they belong to the next report [CB3.FileRangesTransferred.A1] */

/* The job has entered another state: what was owed for the former is not owed any more. */
void notices_entered(struct notices *notices);
/* An object, class or command line was set: refusals of before do not count. object: what was delivered is owed anew [BEH.NOTIFY.4];
 * the caller takes the model's mark back. */
void notices_renewed(struct notices *notices, BOOL object);
/* Something a client can see has changed [CB.JobModification.1]. Returns FALSE if nobody wants to know. */
BOOL notices_modified(struct notices *notices, const struct notice_facts *facts);

/* NOTICE_NONE: nothing is due now; *when is the time to ask again, NOTICES_NEVER if only a change can make something due. */
enum notice notices_next(const struct notices *notices, const struct notice_facts *facts, UINT64 now, struct notice_step *step,
                         UINT64 *when);
/* The step of notices_next is sent now. Every notices_begin is followed by one notices_done. */
void notices_begin(struct notices *notices, struct notice_step *step, UINT64 now);
UINT32 notices_done(struct notices *notices, const struct notice_facts *facts, const struct notice_step *step,
                    enum notice_result result, UINT64 now);

/* That a file was told of could not be recorded: it would be told of again at once. */
void notices_hold_files(struct notices *notices, UINT64 until);

/* What the HRESULT of a call means. */
enum notice_result notices_result(enum notice notice, HRESULT hr);

/*
 * May one more call to this client begin, when `count` are outstanding since those times?  One older than `timeout` does not count any
 * more [BEH.NOTIFY.8].  FALSE: *when is the time at which the oldest stops counting.
 */
BOOL notices_may_begin(const UINT64 *since, UINT32 count, UINT64 now, UINT64 timeout, UINT64 *when);

#endif /* __QMGR_CORE_NOTICES_H */
