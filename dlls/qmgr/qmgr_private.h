/*
 * The doors: COM objects that clients hold
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
 * Constructors of the doors and what every door does the same way; nothing else.  A door belongs to one client process (clients.h), holds
 * a reference to its job, checks its arguments, makes one call inward and returns.  Doors run on RPC threads, in the MTA, and hold no
 * lock of their own but the one around the table of job doors.
 */

#ifndef __QMGR_PRIVATE_H
#define __QMGR_PRIVATE_H

#include "bits.h"

#include "clients.h"
#include "queue.h"

/* group.c: the queue manager 0.9 */
HRESULT qmgr_create(struct client *client, IUnknown **manager);
/* OnStatus with the group's state and doors for this client; from notify_call.c, no lock held. */
struct IBackgroundCopyCallback1;
HRESULT group_call_status(struct IBackgroundCopyCallback1 *callback, struct client *client, struct queue_job *job);
/* manager.c */
HRESULT manager_create(struct client *client, IUnknown **manager);
/* job_door.c: the one object of this client for this job [MGR.GetJob.A2] */
HRESULT job_door_get(struct client *client, struct queue_job *job, IBackgroundCopyJob **door);
/* job_door.c: E_ACCESSDENIED if this client may not see and change this job [BEH.OWN.1 to 5] */
HRESULT door_check_access(struct client *client, const struct queue_job *job);
/* job_door.c: a copy for the caller, CoTaskMem [GEN.1]; NULL stays NULL */
HRESULT return_string(const WCHAR *string, WCHAR **ret);
/* file.c */
HRESULT file_door_create(struct client *client, struct queue_job *job, UINT32 index, IBackgroundCopyFile **door);
/* error.c */
HRESULT error_door_create(struct client *client, struct queue_job *job, const struct job_failure *failure,
                          IBackgroundCopyError **door);
/* enum_jobs.c: takes over the array and its references */
HRESULT enum_jobs_create(struct client *client, struct queue_job **jobs, UINT32 count, UINT32 pos,
                         IEnumBackgroundCopyJobs **ret);
/* enum_files.c: the files of the job at this moment */
HRESULT enum_files_create(struct client *client, struct queue_job *job, UINT32 count, UINT32 pos,
                          IEnumBackgroundCopyFiles **ret);
/* messages.c: text of a code or of a context in a language, CoTaskMem; 0x80070717 and the like when there is none */
HRESULT message_of_error(HRESULT hr, DWORD language, WCHAR **text);
HRESULT message_of_context(DWORD context, DWORD language, WCHAR **text);

#endif /* __QMGR_PRIVATE_H */
