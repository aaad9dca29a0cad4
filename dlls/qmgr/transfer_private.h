/*
 * One worker: its private half
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
 * For transfer.c and its parts only.  Everything runs on the worker's own thread, without a lock, unless it says otherwise.
 */

#ifndef __QMGR_TRANSFER_PRIVATE_H
#define __QMGR_TRANSFER_PRIVATE_H

#include "output.h"
#include "proxy.h"
#include "queue.h"
#include "transfer.h"
#include "writer.h"
#include "core/ahead.h"
#include "core/fetch.h"
#include "shim/shim.h"

#include "wine/list.h"

struct identity;
struct lander;

/* What a transfer needs to know of its job and of one file, copied under queue.cs. */
struct file_plan
{
    UINT32 index;
    WCHAR *remote_name, *local_name;
    WCHAR *temp_name;           /* what is written to, the local name itself if `straight` */
    struct file_range *ranges;
    UINT32 range_count;
    UINT64 size, time;
    UINT32 restarts;
    UINT32 volume_serial;       /* of the destination, 0 unknown */
    struct range_set received;  /* recorded octets of the temporary file */
    UINT64 max_bytes;
    UINT32 priority;
    BOOL foreground, dynamic, on_demand, straight, moved;
    BOOL forgetful;             /* progress is not recorded, and the file begins anew each time */
    BOOL settled;               /* of an upload: size and time are those it began with */
    BOOL later;                 /* small, and one of many: its temporary file is made when all of it is there */
    UINT32 security_flags;
    UINT32 acl_flags;
    WCHAR *method;              /* the client's own, or NULL */
};

struct transfer
{
    struct queue_job *job;
    HANDLE cancel;              /* manual-reset event */
    LONG stop;                  /* as the event, without a call to wineserver */
    struct shim_session *session;
    struct identity *identity;  /* of the session */
    struct output *output;
    struct writer *writer;
    struct lander *lander;
    struct caller *owner;       /* of the job, while it runs */
    BYTE *handed;               /* for each file: it is the lander's, or was; grows as files are added */
    UINT32 handed_count;
    WCHAR *folder;              /* the last one whose volume was asked for, with the answer and its time */
    UINT32 serial;
    UINT64 serial_at;
    BYTE *parts;                /* a stretch of a multipart body, WRITER_BLOCK_SIZE octets; made when first needed */
    struct ahead ahead;         /* files whose turn has not come */
    BOOL bodies_ahead;          /* what was asked about may be asked for, and into a temporary file */
    BOOL connected;
    UINT32 requests;            /* job->requests when they were last looked at */
    /* for the writer's callbacks */
    UINT32 file;
    UINT64 total;               /* of the file, SIZE_UNKNOWN if not known */
    UINT64 run_start;           /* local offset where the present run of octets began */
    UINT64 run_end;             /* where the next octet belongs; not for the callbacks */
    UINT64 run_received;        /* octets of the file that were there before the run */
    BOOL forgetful;             /* progress is not recorded */
};

/* transfer.c */
BOOL transfer_stopped(const struct transfer *transfer);
UINT32 transfer_priority(const struct transfer *transfer);     /* of its job, now */
/* The share of background jobs: octets that may be read now, after a wait; 0 when told to stop. What was not used goes back. */
UINT64 transfer_pace_limit(UINT32 priority);
UINT32 transfer_pace_take(struct transfer *transfer, UINT32 priority, UINT32 wanted);
void transfer_pace_give_back(UINT32 unused);
/* The session of what the job is towards servers now [BEH.STATE.97]. */
HRESULT transfer_open_session(struct transfer *transfer);
BOOL transfer_is_wanted(const struct job_file *file);
/* What is to be known of a file: S_OK, the caller frees it. */
HRESULT transfer_make_plan(struct transfer *transfer, UINT32 file, struct file_plan *plan);
void transfer_free_plan(struct file_plan *plan);
/* The next one that there is something to do for, at `from` or behind; NO_FILE if there is none. queue.cs held. */
UINT32 transfer_next_file(const struct transfer *transfer, const struct job *job, UINT32 from);
BOOL transfer_set_handed(struct transfer *transfer, UINT32 file);

/* transfer_output.c: octets, counters, records; the same for every kind of source */
void transfer_fail_local(struct failure *failure, HRESULT hr);
HRESULT transfer_open_writer(struct transfer *transfer);
void transfer_close_output(struct transfer *transfer);
void transfer_save_output(struct transfer *transfer);
HRESULT transfer_begin_file(struct transfer *transfer, struct file_plan *plan, UINT64 size, UINT64 time, UINT32 restarts,
                            UINT64 total);
HRESULT transfer_continue_file(struct transfer *transfer, struct file_plan *plan, UINT64 total);
HRESULT transfer_put_octets(struct transfer *transfer, UINT64 offset, UINT32 size, UINT64 received);
HRESULT transfer_finish_file(struct transfer *transfer, const struct file_plan *plan, UINT64 total);

/* transfer_http.c: one file by HTTP or HTTPS, to its end or a failure; the code of a transfer that shall stop says nothing */
HRESULT transfer_fetch_file(struct transfer *transfer, struct file_plan *plan, struct proxy_route *route,
                            struct failure *failure);
void transfer_on_connected(void *ctx);

/* The fields of a request that are ours, as the shim takes them, malloc'ed; NULL: out of memory. */
WCHAR *transfer_request_lines(const struct fetch_request *request);
void transfer_tell_headers(struct transfer *transfer, const struct file_plan *plan, const WCHAR *raw);

/* transfer_ahead.c: what goes along with a request */
struct transfer_along
{
    struct shim_ahead requests[2 * AHEAD_FILES];
    ULONG count;
    WCHAR *head_lines, *get_lines[AHEAD_FILES];
    UINT32 get_count;
};

void transfer_plan_ahead(struct transfer *transfer, const struct fetch *fetch, const struct file_plan *plan, struct transfer_along *along);
void transfer_free_along(struct transfer_along *along);
void transfer_take_answers(struct transfer *transfer, const struct shim_request_params *base);
BOOL transfer_answer_head(struct transfer *transfer, struct fetch *fetch, struct file_plan *plan);

/* The job's own lines, NULL without any. Rather none at all is sent than a request without them. */
HRESULT transfer_custom_headers(struct transfer *transfer, WCHAR **lines);

/* transfer_copy.c: the same from a local path or a share; and for an upload to one */
HRESULT transfer_copy_file(struct transfer *transfer, struct file_plan *plan, struct failure *failure);
HRESULT transfer_copy_up(struct transfer *transfer, struct file_plan *plan, struct failure *failure);

/* transfer_upload.c: the same to an HTTP server, its reply included. *index: the file that the failure is about. */
HRESULT transfer_upload_file(struct transfer *transfer, struct file_plan *plan, struct proxy_route *route, struct failure *failure,
                             UINT32 *index);
/* TRUE: the server of a cancelled upload has been told, or it is of no use to try again. */
BOOL transfer_say_farewell(struct transfer *transfer, struct proxy_route *route);
BOOL transfer_is_upload(const struct transfer *transfer);

#endif /* __QMGR_TRANSFER_PRIVATE_H */
