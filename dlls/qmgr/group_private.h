/*
 * The queue manager 0.9: what its doors share
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
 * For group.c, group_job.c and group_enum.c only.  A group is a download job of the queue that carries PROP_GROUP_ID; the group's one job
 * is the same job once PROP_GROUP_JOB_ID is set [QM.A3].  So ownership, persistence and transfer are those of any other job, and only the
 * words differ.  What a group does of its own when its files are there (hand them over, tell its client) is finish.c's and notify.c's.
 */

#ifndef __QMGR_GROUP_PRIVATE_H
#define __QMGR_GROUP_PRIVATE_H

#include "qmgr_private.h"
#include "qmgr.h"

/* group.c */
/* SEC.A1: before every other check of a method that changes something. */
HRESULT group_check_access(struct client *client, const struct queue_job *job);
/* GROUP.GetProgress.*, JOB1.GetProgress.* */
HRESULT group_progress(const struct queue_job *job, DWORD flags, DWORD *progress);
/* Queue manager 0.9 has a code of its own for the wrong state. */
HRESULT group_result(HRESULT hr);

/* group_job.c */
/* JOB1.GetStatus.2, CB1.OnStatus.2: a failure in the words of this API */
void group_error_results(const struct job_failure *failure, UINT32 errors, DWORD *win32, DWORD *transport, DWORD *retries);
HRESULT group_job_create(struct client *client, struct queue_job *job, IBackgroundCopyJob1 **ret);

/* group_enum.c: take over the array, which is malloc'ed */
HRESULT group_enum_create(struct client *client, GUID *ids, UINT32 count, UINT32 pos, IEnumBackgroundCopyGroups **ret);
HRESULT group_enum_jobs_create(struct client *client, GUID *ids, UINT32 count, UINT32 pos, IEnumBackgroundCopyJobs1 **ret);

#endif /* __QMGR_GROUP_PRIVATE_H */
