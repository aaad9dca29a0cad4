/*
 * The job door: one object, three interfaces
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
 * A client holds one of these for each of his jobs.  Its interfaces share one identity and one count [api-2-later:GEN.2]; that of the job derives
 * in a line from 1.0 to 5.0, so one vtable answers for all of them, with the methods of each version in a file of its own:
 *
 *     job.c        IBackgroundCopyJob, the vtable
 *     job2.c       IBackgroundCopyJob2: command line, reply, credentials
 *     job3.c       IBackgroundCopyJob3: ranges, remote prefix, access control lists
 *     job4.c       IBackgroundCopyJob4: peer caching, owner, download time
 *     job5.c       IBackgroundCopyJob5: properties
 *     job_http.c   IBackgroundCopyJobHttpOptions, 2 and 3
 *     job_token.c  IBitsTokenOptions
 *     job_door.c   identity, and what these do the same way
 */

#ifndef __QMGR_JOB_DOOR_H
#define __QMGR_JOB_DOOR_H

#include "qmgr_private.h"
#include "security.h"

struct job_door
{
    IBackgroundCopyJob5 IBackgroundCopyJob5_iface;
    IBackgroundCopyJobHttpOptions3 IBackgroundCopyJobHttpOptions3_iface;
    IBitsTokenOptions IBitsTokenOptions_iface;
    /* fixed at creation */
    struct client_object base;
    struct queue_job *job;
    struct list entry;              /* in the list of doors, guarded by its lock */
};

extern const IBackgroundCopyJob5Vtbl job_vtbl;
extern const IBackgroundCopyJobHttpOptions3Vtbl job_http_vtbl;
extern const IBitsTokenOptionsVtbl job_token_vtbl;

static inline struct job_door *impl_from_IBackgroundCopyJob5(IBackgroundCopyJob5 *iface)
{
    return CONTAINING_RECORD(iface, struct job_door, IBackgroundCopyJob5_iface);
}

ULONG job_door_addref(struct job_door *door);
ULONG job_door_release(struct job_door *door);
HRESULT job_door_query(struct job_door *door, REFIID riid, void **out);

static inline struct caller *job_door_caller(const struct job_door *door)
{
    return client_caller(door->base.client);
}

/* SEC.A1: before every other check of a method that changes something. E_ACCESSDENIED. */
HRESULT job_check_access(const struct job_door *door);
/* The same where nobody but the owner will do, not even an administrator. */
HRESULT job_check_owner(const struct job_door *door);
/* Whether queue_set would let a change pass, for methods that go on asking others. check may be NULL. */
HRESULT job_check_state(const struct job_door *door, HRESULT (*check)(const struct queue_job *job));
/* MaxFilesPerJob for this client, 0 for none [JOB.AddFileSet.4]. */
UINT32 job_file_limit(const struct job_door *door);

HRESULT job_set_number(struct job_door *door, enum job_prop prop, UINT64 number);
HRESULT job_set_string(struct job_door *door, enum job_prop prop, const WCHAR *string);
HRESULT job_set_blob(struct job_door *door, enum job_prop prop, const BYTE *blob, UINT32 size);
UINT32 job_get_number(struct job_door *door, enum job_prop prop);
HRESULT job_get_string(struct job_door *door, enum job_prop prop, WCHAR **ret);
/* malloc'ed; NULL with S_OK if it is empty */
HRESULT job_get_blob(struct job_door *door, enum job_prop prop, BYTE **blob, UINT32 *size);

/*
 * Around a change to a secret that depends on what was there before, and around a change of owner: so that no credentials of the old owner
 * come back.  Taken before queue.cs.
 */
void job_secrets_enter(void);
void job_secrets_leave(void);

/* A name for AddFileWithRanges, SetRemoteName or ReplaceRemotePrefix: ranges come over HTTP only [JOB3.AddFileWithRanges.13, A4]. */
HRESULT check_remote_name(const WCHAR *name, BOOL ranged);

/* Methods of the vtable. */
HRESULT WINAPI job_SetNotifyCmdLine(IBackgroundCopyJob5 *iface, LPCWSTR program, LPCWSTR parameters);
HRESULT WINAPI job_GetNotifyCmdLine(IBackgroundCopyJob5 *iface, LPWSTR *program, LPWSTR *parameters);
HRESULT WINAPI job_GetReplyProgress(IBackgroundCopyJob5 *iface, BG_JOB_REPLY_PROGRESS *progress);
HRESULT WINAPI job_GetReplyData(IBackgroundCopyJob5 *iface, byte **buffer, UINT64 *length);
HRESULT WINAPI job_SetReplyFileName(IBackgroundCopyJob5 *iface, LPCWSTR name);
HRESULT WINAPI job_GetReplyFileName(IBackgroundCopyJob5 *iface, LPWSTR *ret);
HRESULT WINAPI job_SetCredentials(IBackgroundCopyJob5 *iface, BG_AUTH_CREDENTIALS *credentials);
HRESULT WINAPI job_RemoveCredentials(IBackgroundCopyJob5 *iface, BG_AUTH_TARGET target, BG_AUTH_SCHEME scheme);
HRESULT WINAPI job_ReplaceRemotePrefix(IBackgroundCopyJob5 *iface, LPCWSTR old_prefix, LPCWSTR new_prefix);
HRESULT WINAPI job_AddFileWithRanges(IBackgroundCopyJob5 *iface, LPCWSTR remote, LPCWSTR local, DWORD count, BG_FILE_RANGE *ranges);
HRESULT WINAPI job_SetFileACLFlags(IBackgroundCopyJob5 *iface, DWORD flags);
HRESULT WINAPI job_GetFileACLFlags(IBackgroundCopyJob5 *iface, DWORD *ret);
HRESULT WINAPI job_SetPeerCachingFlags(IBackgroundCopyJob5 *iface, DWORD flags);
HRESULT WINAPI job_GetPeerCachingFlags(IBackgroundCopyJob5 *iface, DWORD *ret);
HRESULT WINAPI job_GetOwnerIntegrityLevel(IBackgroundCopyJob5 *iface, ULONG *ret);
HRESULT WINAPI job_GetOwnerElevationState(IBackgroundCopyJob5 *iface, BOOL *ret);
HRESULT WINAPI job_SetMaximumDownloadTime(IBackgroundCopyJob5 *iface, ULONG seconds);
HRESULT WINAPI job_GetMaximumDownloadTime(IBackgroundCopyJob5 *iface, ULONG *ret);
HRESULT WINAPI job_SetProperty(IBackgroundCopyJob5 *iface, BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE value);
HRESULT WINAPI job_GetProperty(IBackgroundCopyJob5 *iface, BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE *ret);

#endif /* __QMGR_JOB_DOOR_H */
