/*
 * What clients attach to a job in memory only
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
 * The callback that judges server certificates and the helper token: neither survives the service [api-2-later:GEN.16].  job_http.c
 * and job_token.c attach them, identity.c uses them, finish.c lets go of them when the job is final, promptly [HABIT.2].
 *
 * The pointers are members of struct queue_job and guarded by queue.cs; no lock is held while a client is called.  Any thread.
 */

#ifndef __QMGR_ATTACHED_H
#define __QMGR_ATTACHED_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

struct IUnknown;
struct caller;
struct queue_job;

/* Takes its own reference; NULL removes. Those of a job that is final meanwhile are let go at once. */
void attached_set_callback(struct queue_job *job, struct IUnknown *callback);
static inline void attached_drop_callback(struct queue_job *job) { attached_set_callback(job, NULL); }
/* With a reference for the caller, or NULL. */
struct IUnknown *attached_get_callback(struct queue_job *job);

/* The same for the helper token: the caller whose token it is. */
void attached_set_helper(struct queue_job *job, struct caller *helper);
struct caller *attached_get_helper(struct queue_job *job);

/* The job is final, or the service ends. */
void attached_forget(struct queue_job *job);

#endif /* __QMGR_ATTACHED_H */
