/*
 * Who is calling, what may he do, and how secrets are kept
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
 * Who uses it: the doors (caller_get, caller_may_*), transfer.c and identity.c (identity of an owner), finish.c (identity of a caller), and
 * whoever seals or opens a secret.  Any thread.  security_lock is a leaf lock around the cache of callers.
 *
 * On Wine a caller is the process on the other end of the connection and its token (WINE.COM.18: CoImpersonateClient does not
 * work there, WINE.COM.16, 17); the answer is cached for as long as that process lives: the cache holds its process handle, so that its id
 * cannot be used again.  On Windows it is the impersonated thread token, asked for on every call, since a service may call for
 * different users (BEH.SVC.2).  One function hides the difference.
 *
 * In a prefix all processes are one user, an administrator, at high integrity (WINE.COM.19, 21): the rules here are kept but seldom bite.
 */

#ifndef __QMGR_SECURITY_H
#define __QMGR_SECURITY_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

struct caller
{
    /* fixed at creation */
    DWORD pid;              /* 0 if not known */
    HANDLE process;         /* SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, or NULL */
    HANDLE token;           /* impersonation token: TOKEN_QUERY | TOKEN_IMPERSONATE | TOKEN_DUPLICATE */
    WCHAR *sid;             /* of the user, as text */
    DWORD integrity;        /* SECURITY_MANDATORY_*_RID; HIGH if the token does not say */
    BOOL admin;             /* member of Administrators, enabled in this token */
    BOOL elevated;          /* TokenElevation; stored and shown, enforced on Windows only: it differs between Wine 8.0 and 10.0 */
    BOOL restricted;        /* has restricting SIDs: may not create or change jobs [BEH.OWN.5] */
    BOOL service_account;   /* LocalSystem, LocalService, NetworkService [BEH.SVC.1]; no job limits [BEH.POLICY.30] */
    BOOL own;               /* a call from inside the process: the service's identity */
    LONG refs;              /* private to security.c */
};

HRESULT security_init(void);
void security_shutdown(void);

/*
 * The caller of the COM method this thread is in.  Costs one server round trip when cached.  A call made inside the process itself (the
 * doors' unit tests) is the service's own identity.  E_ACCESSDENIED if the process cannot be identified, E_OUTOFMEMORY.
 */
HRESULT caller_get(struct caller **caller);
/* That process, which lives; for what we give to an object in it without having been called. */
HRESULT caller_of_process(DWORD pid, struct caller **caller);
void caller_addref(struct caller *caller);
void caller_release(struct caller *caller);

/* The process has ended: the cache lets go of it. From clients.c. */
void caller_forget(struct caller *caller);

/*
 * May he see and change a job of this owner?  The owner or an administrator [BEH.OWN.1]; a job of a higher integrity level is out of
 * reach [BEH.OWN.4]; one made in an elevated token only from an elevated one, on Windows [BEH.OWN.3]; a restricted token never [BEH.OWN.5].
 */
BOOL caller_may_access(const struct caller *caller, const WCHAR *owner, DWORD integrity, BOOL elevated);
/* May he create jobs [BEH.OWN.5], and do the administrator's deeds: all users' jobs, TakeOwnership [BEH.OWN.7], peer cache? */
BOOL caller_may_create(const struct caller *caller);
BOOL caller_is_administrator(const struct caller *caller);

/*
 * The identity of a job's owner, for his transfers [BEH.USER.4]: the service's own if it is the same user, the token of a caller of that
 * user seen before, on Windows the token of his session.  S_FALSE and *owner NULL: he is not logged on [BEH.USER.1]; in a prefix with
 * one user that does not happen [BEH.USER.7].
 */
HRESULT security_owner(const WCHAR *sid, struct caller **owner);

/* The thread acts as `caller` from here to security_revert; both no-ops for the service's own identity. Do not nest. */
HRESULT security_impersonate(const struct caller *caller);
void security_revert(void);
/* The token that the thread acts with, to act so elsewhere or to come back to it: a handle of the caller's own, NULL if it is the process's. */
HRESULT security_thread_token(HANDLE *token);

/*
 * Secrets on disk: CryptProtectData with the machine's key.  In Wine it hides nothing from the same Unix user (WINE.SYS.1).  Blobs are
 * malloc'ed; wipe what was secret with security_free_secret.  ERROR_INVALID_DATA as HRESULT: not a blob of this machine and user.
 */
HRESULT security_seal(const void *data, UINT32 size, BYTE **blob, UINT32 *blob_size);
HRESULT security_unseal(const BYTE *blob, UINT32 blob_size, void **data, UINT32 *size);
void security_free_secret(void *data, UINT32 size);

/* LocalSystem, LocalService or NetworkService [BEH.SVC.1]. */
BOOL security_is_service_account(const WCHAR *sid);

/* TRUE on Wine; decided once. */
BOOL security_on_wine(void);

#endif /* __QMGR_SECURITY_H */
