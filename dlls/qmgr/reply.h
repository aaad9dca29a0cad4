/*
 * The octets that a server replied to an upload
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
 * What GetReplyData hands out: from the temporary file while the job is TRANSFERRED; after Complete from memory, since the file is the client's
 * then, who may have moved it [JOB2.GetReplyData.7, A1].  job2.c reads as the caller, finish.c keeps, queue.c frees.
 */

#ifndef __QMGR_REPLY_H
#define __QMGR_REPLY_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

#define REPLY_DATA_MAX 1048576u     /* octets [JOB2.GetReplyData.A2] */

struct queue_job;
struct reply;

/*
 * S_OK: *data is malloc'ed, NULL for an empty reply.  BG_E_INVALID_STATE in any other state [JOB2.GetReplyData.5]; BG_E_TOO_LARGE over
 * REPLY_DATA_MAX, *size is the whole size then [JOB2.GetReplyData.4]; what the file system says.
 */
HRESULT reply_read(struct queue_job *job, BYTE **data, UINT64 *size);
/* Before the reply is published, as who may read its temporary file: what can be read is kept as long as the job's object lives. */
void reply_keep(struct queue_job *job);
void reply_free(struct reply *reply);   /* or NULL */

#endif /* __QMGR_REPLY_H */
