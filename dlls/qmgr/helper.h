/*
 * The helper token of a job
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
 * A second identity that lives in memory only, as long as the job and the service [TOKEN.3, api-2-later:GEN.16].  job_token.c sets it, identity.c
 * uses it, finish.c lets go of it when the job is final.  The pointer is a member of struct queue_job, guarded by queue.cs.  Any thread.
 */

#ifndef __QMGR_HELPER_H
#define __QMGR_HELPER_H

struct caller;
struct queue_job;

/* The caller whose token helps; NULL for nobody. For a job that is final meanwhile nothing is kept. */
void helper_set(struct queue_job *job, struct caller *caller);
/* With a reference, or NULL. */
struct caller *helper_get(struct queue_job *job);

#endif /* __QMGR_HELPER_H */
