/*
 * The one owner of all jobs
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
 * Who uses it: the doors (look up, read, change), engine.c (what may run), transfer.c and its parts (progress and outcome), finish.c (Complete and
 * Cancel), notify.c (what is owed).  Nobody else holds a job.
 *
 * queue.cs guards every job and everything in struct queue_job.  It is held for work in memory only: no client call, network, file or
 * registry call.  A change builds a record, store_append takes it, model_apply applies it, all in one stay under the lock; an
 * awaited change then waits outside the lock until the record is on disk [BEH.PERSIST.33].
 *
 * Lock order: queue.cs, then a transfer's, then store.cs.  Functions ending in _locked expect queue.cs and keep it.
 */

#ifndef __QMGR_QUEUE_H
#define __QMGR_QUEUE_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

#include "core/record.h"
#include "core/sched.h"
#include "core/state.h"

struct caller;
struct judge;
struct reply;
struct transfer;
struct notify_job;

#define QUEUE_LANDING_MAX 136      /* more than a transfer has on their way */

/* The run-time half of a job: everything that does not survive a restart. */
struct queue_job
{
    LONG refs;                      /* interlocked */
    struct job *job;                /* fixed; the model's half, counted */
    /* guarded by queue.cs */
    enum job_state live;            /* job->state, or CONNECTING or TRANSFERRING in place of QUEUED */
    BOOL listed;                    /* FALSE once it is final: GetJob and EnumJobs know it no more [MGR.GetJob.A1] */
    BOOL ordinary;                  /* of one who is bound by the limits; after a restart: whose token was not elevated [BEH.POLICY.31] */
    BOOL finishing;                 /* a Complete or Cancel has it: the engine leaves it alone */
    struct transfer *transfer;      /* working on it, or NULL */
    BOOL stopping;                  /* the transfer was told to end */
    enum failure_class class;       /* of job->failure */
    struct sched_clocks clocks;
    struct { UINT32 file; UINT64 size; } landing[QUEUE_LANDING_MAX]; /* received, not yet done; a client's counters have them */
    UINT32 landing_count;
    BOOL changed;                   /* a file began anew, and none has come to its end since [BEH.CONSIST.22] */
    BOOL moved;                     /* the file begun first has got another remote name since, as FILE_MOVED says of what is recorded of it */
    BOOL afresh;                    /* when the transfer has ended, what it has of a file that is not whole is forgotten [BEH.STATE.92] */
    UINT32 planned_file;            /* what the transfer works on, NO_FILE if none */
    BOOL planned_dynamic;           /* and by the rules for dynamic content, which hold in the foreground only */
    UINT32 live_file;               /* whose octets it has told of last, NO_FILE if none */
    UINT64 live_received;           /* of that file, octets in the temporary file */
    UINT64 live_total;              /* of that file, SIZE_UNKNOWN if not known; for dynamic content */
    UINT32 requests;                /* counts RequestFileRanges, UpdateDownloadPosition and SetPriority, so that a transfer sees them */
    UINT64 files_ticket;            /* of the last files that were added: their temporary names are durable before they are made */
    UINT64 ticket;                  /* of the last record applied, for queue_wait */
    struct notify_job *notify;      /* owned by notify.c, NULL without a registered client interface */
    struct judge *judge;            /* owned by judge.c, NULL without a client's interface */
    struct caller *helper;          /* owned by helper.c: whose token helps, or NULL */
    UINT32 options;                 /* counts changes of what identity.c reads, so that a transfer sees new credentials */
    BOOL names_told;                /* a client may know a temporary name, or a helper use it: none is kept open any longer than it takes [BEH.FILE.14] */
    BOOL headers_hidden;            /* MakeCustomHeadersWriteOnly came when the job was over */
    UINT64 farewell_at;             /* of a cancelled upload: not before that is its server told (again) */
    struct reply *reply;            /* owned by reply.c: what GetReplyData has to give after Complete, or NULL */
};

/* Opens the store in `folder`, carries out what a killed predecessor left undone, and is ready. From service.c. */
HRESULT queue_init(const WCHAR *folder);
void queue_shutdown(void);

void queue_enter(void);
void queue_leave(void);

/* Every job handed out carries a reference that queue_release drops. Any thread, with or without queue.cs. */
void queue_addref(struct queue_job *job);
void queue_release(struct queue_job *job);

/* Doors. All return when the change is durable; a failure means that nothing has changed. */

/* The limits are counted and the job is made in one stay under the lock: BG_E_TOO_MANY_JOBS_PER_MACHINE, _PER_USER [MGR.CreateJob.7, 8]. */
HRESULT queue_create(const struct caller *caller, const WCHAR *display_name, enum job_type type, struct queue_job **job);
/* The job that is a group of the queue manager 0.9, with an empty name; E_INVALIDARG if there is a group of that id [QMGR.CreateGroup.3]. */
HRESULT queue_create_group(const struct caller *caller, const GUID *group, struct queue_job **job);
HRESULT queue_find(const GUID *id, struct queue_job **job);        /* BG_E_NOT_FOUND */
/* A snapshot of the listed jobs for which want() is TRUE (called with queue.cs held), oldest first; *jobs is malloc'ed. */
HRESULT queue_list(BOOL (*want)(void *ctx, const struct job *job), void *ctx, struct queue_job ***jobs, UINT32 *count);

/* Setters: all values or none. Moves ModificationTime [TYPE.Times.2]. BG_E_INVALID_STATE in a final state.
 * `check` may refuse under the lock on the ground of the job's state (e.g. "read only after AddFile"); NULL: nothing more to check. */
HRESULT queue_set(struct queue_job *job, const struct prop_value *values, UINT32 count,
                  HRESULT (*check)(const struct queue_job *job));

/* Names were checked by the caller. file_limit: MaxFilesPerJob for this caller, 0 for none. Temporary names are made here. */
struct new_file
{
    const WCHAR *remote_name, *local_name;
    const struct file_range *ranges;
    UINT32 range_count;
};
HRESULT queue_add_files(struct queue_job *job, const struct new_file *files, UINT32 count, UINT32 file_limit);

HRESULT queue_resume(struct queue_job *job);
HRESULT queue_suspend(struct queue_job *job);                      /* returns when no more bytes move */
HRESULT queue_set_remote_names(struct queue_job *job, const struct record_name *names, UINT32 count);
HRESULT queue_take_ownership(struct queue_job *job, const struct caller *caller);
HRESULT queue_start_afresh(struct queue_job *job);      /* files that are not whole, from their first byte; the job goes back to the queue */
/* A client is about to be told the file's temporary name, or NO_FILE, another one to use all of them: it is not kept open any more when it returns. */
void queue_tell_names(struct queue_job *job, UINT32 file);
/* SetValidationState: TRUE marks, FALSE sends the job to ERROR and forgets the file [BEH.CONSIST.9]. E_PENDING before it is whole. */
HRESULT queue_validate(struct queue_job *job, UINT32 file, BOOL valid);

/*
 * IBackgroundCopyFile6.  BG_E_RANDOM_ACCESS_NOT_SUPPORTED for uploads, dynamic content, an HTTP method of the client's own, files with ranges
 * and files of SMB servers [FILE6.3, 4].  BG_E_INVALID_RANGE outside the file as soon as its size is known, E_INVALIDARG for no range or
 * an empty one.  A transfer that runs takes new requests up at once; one that does not is not started [FILE6.RequestFileRanges.A2].
 */
HRESULT queue_request_ranges(struct queue_job *job, UINT32 file, const struct file_range *ranges, UINT32 count);
HRESULT queue_update_position(struct queue_job *job, UINT32 file, UINT64 offset);
/* What is on disk, merged and in order; *ranges is malloc'ed, NULL without any. */
HRESULT queue_filled_ranges(struct queue_job *job, UINT32 file, struct file_range **ranges, UINT32 *count);

/* What a client sees, live values included; call with queue.cs held (queue_enter). */
struct job_progress
{
    UINT64 bytes_total, bytes_transferred;      /* [TYPE.JobProg.*] */
    UINT32 files_total, files_transferred;
};
void queue_job_progress_locked(const struct queue_job *job, struct job_progress *progress);
void queue_file_progress_locked(const struct queue_job *job, UINT32 file, UINT64 *total, UINT64 *transferred, BOOL *completed);
/* GetReplyProgress of an upload-reply job: SIZE_UNKNOWN until the reply has begun [JOB2.GetReplyProgress.5]. */
void queue_reply_progress_locked(const struct queue_job *job, UINT64 *total, UINT64 *transferred);
/* The name of the reply can still be set [JOB2.SetReplyFileName.7, A2]: S_OK or BG_E_INVALID_STATE. queue.cs held. */
HRESULT queue_check_reply_name(const struct queue_job *job);
/* Gives an upload-reply job that has a file and no name for the reply one, in that file's folder [JOB2.GetReplyFileName.A1]. */
HRESULT queue_name_reply(struct queue_job *job);
/* GetError: S_OK, or BG_E_ERROR_INFORMATION_UNAVAILABLE [JOB.GetError.*]. */
HRESULT queue_failure_locked(const struct queue_job *job, struct job_failure *failure);

/* finish.c. Between begin and end no other Complete or Cancel, and no transfer, touches the job; begin waits for both. */
HRESULT queue_finish_begin(struct queue_job *job, enum job_event event, struct state_step *step);
void queue_finish_end(struct queue_job *job);
/* Appends and applies; commit returns when the record is durable, append does not wait. */
HRESULT queue_append(struct queue_job *job, struct record *record);
HRESULT queue_commit(struct queue_job *job, struct record *record);

/* engine.c */
typedef void (*queue_visit)(void *ctx, struct queue_job *job);
void queue_for_each_locked(queue_visit visit, void *ctx);
UINT32 queue_count_locked(void);
/* Before the lock is entered for queue_event_locked: sees to room in the journal. */
void queue_reserve_lazy(void);
/* One event of the life cycle that the engine or a transfer found; applies core/state's answer, lazily recorded. file: for the failure. */
void queue_event_locked(struct queue_job *job, enum job_event event, const struct failure *failure, UINT32 file);

/* transfer.c; on its worker. Those of a transfer that was told to stop still count for bytes, not for the state. */
void queue_transfer_connected(struct queue_job *job, struct transfer *transfer);
void queue_transfer_leaves(struct queue_job *job, struct transfer *transfer);                      /* for another server */
/* QUEUE_E_RENAMED: the client has chosen another name for the reply meanwhile. */
#define QUEUE_E_RENAMED ((HRESULT)0x8000000c)   /* E_CHANGED_STATE */
HRESULT queue_transfer_begin(struct queue_job *job, UINT32 file, UINT64 size, UINT64 time, UINT32 volume_serial, UINT32 restarts);
HRESULT queue_transfer_names(struct queue_job *job);                                                /* temporary names are durable */
/* Before a request of the client's own method goes out: once it may be out, a successor of this service does not make it again. */
HRESULT queue_transfer_asks(struct queue_job *job, UINT32 file);
void queue_transfer_moved(struct queue_job *job, UINT32 file, UINT64 received, UINT64 total);      /* live counters only */
HRESULT queue_transfer_progress(struct queue_job *job, UINT32 file, UINT64 offset, UINT64 length); /* flushed: record it */
/* Handles of temporary files may be kept for Complete. */
BOOL queue_transfer_keeps(const struct queue_job *job);
BOOL queue_transfer_landing(struct queue_job *job, UINT32 file, UINT64 size);                      /* received, done soon; FALSE: too many */
HRESULT queue_transfer_file_done(struct queue_job *job, UINT32 file, UINT64 size);
HRESULT queue_transfer_headers(struct queue_job *job, UINT32 file, const char *headers);
/* The file comes from a file system and will be like the one there [BEH.SMB.3]. */
HRESULT queue_transfer_attributes(struct queue_job *job, UINT32 file, UINT32 attributes);
HRESULT queue_transfer_renamed(struct queue_job *job, UINT32 file, const WCHAR *from, const WCHAR *to);    /* not if a client was quicker */
/* The worker is done with the job: its last word. failure NULL: finished, or stopped before the end; through: it left nothing undone. */
void queue_transfer_ended(struct queue_job *job, struct transfer *transfer, const struct failure *failure, UINT32 file, BOOL through);

/* transfer_upload.c; all durable when they return. The session, and the octets of the file that its server has acknowledged, from the first on. */
HRESULT queue_transfer_session(struct queue_job *job, const struct upload_session *session, UINT64 acknowledged);
/* What is sent is a file of this size and time, from now on [BEH.CONSIST.4]. */
HRESULT queue_transfer_settles(struct queue_job *job, UINT64 size, UINT64 time);
/* The server has all of an empty file. */
HRESULT queue_transfer_delivered(struct queue_job *job);
/* The reply is there; it gets the name that the client wants it under, until it begins [BUP.REPLY.5]. */
HRESULT queue_transfer_reply(struct queue_job *job, const WCHAR *url);
/* Another name than the one that file `index`, if it is a reply, goes to. */
BOOL queue_reply_is_renamed_locked(const struct queue_job *job, UINT32 index);

/*
 * Cancel-Session, which goes out when the job is long gone for its client [BUP.CANCEL.4].  engine.c asks whether the server is still to be told;
 * a worker tells it, and says at the end whether that is over: told, or not worth another attempt.
 */
struct policy;
#define FAREWELL_SECONDS 86400u     /* or the job's time-out without progress, if that is shorter [JOB.Cancel.5] */
BOOL queue_owes_farewell_locked(const struct queue_job *job);
BOOL queue_farewell_expired(struct queue_job *job);
void queue_farewell_ended(struct queue_job *job, struct transfer *transfer, const struct policy *policy, BOOL over);

/* What the clocks of the job are measured against. */
void queue_limits_locked(const struct queue_job *job, const struct policy *policy, struct sched_limits *limits);

/* notify.c, notify_round.c, notify_call.c */
/* Returns when everything that was recorded of the job so far is on disk; a failure means that nobody may be told of it. */
HRESULT queue_wait(struct queue_job *job);
/* That the state's notification (NO_FILE) or a file's was delivered, or is owed anew; lazily recorded. After queue_reserve_lazy. */
HRESULT queue_mark_notified_locked(struct queue_job *job, UINT32 file, BOOL notified);

UINT64 queue_now(void);         /* FILETIME, UTC */
UINT64 queue_clock(void);       /* monotonic ms, many years when the machine starts [BEH.RETRY.7, BEH.PERSIST.7] */

#endif /* __QMGR_QUEUE_H */
