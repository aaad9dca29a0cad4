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

#include <stdlib.h>
#include <string.h>

#define COBJMACROS
#include <stdarg.h>
#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "rpc.h"
#include "rpcdcep.h"
#include "sddl.h"
#include "wincrypt.h"
#include "wtsapi32.h"

#include "security.h"
#include "log.h"

#include "wine/list.h"
#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

struct cached_caller
{
    struct caller caller;
    struct list entry;      /* guarded by security_lock; linked while `cached` */
    BOOL cached;
};

static SRWLOCK security_lock = SRWLOCK_INIT;

static struct list callers = LIST_INIT(callers);    /* guarded by security_lock; each holds a reference */
static struct caller *own;                          /* fixed between security_init and security_shutdown */

BOOL security_on_wine(void)
{
    static LONG known;      /* 1 no, 2 yes */

    if (!known)
        InterlockedExchange(&known, GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") ? 2 : 1);
    return known == 2;
}

static HRESULT last_error(void)
{
    DWORD error = GetLastError();

    return error ? HRESULT_FROM_WIN32(error) : E_FAIL;
}

/* malloc'ed; NULL with the last error set */
static void *get_token_information(HANDLE token, TOKEN_INFORMATION_CLASS class)
{
    DWORD size = 0;
    void *info;

    GetTokenInformation(token, class, NULL, 0, &size);
    if (!size) return NULL;
    if (!(info = malloc(size)))
    {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    if (GetTokenInformation(token, class, info, size, &size)) return info;
    free(info);
    return NULL;
}

static WCHAR *sid_to_string(PSID sid)
{
    WCHAR *string, *ret;

    if (!ConvertSidToStringSidW(sid, &string)) return NULL;
    if ((ret = malloc((lstrlenW(string) + 1) * sizeof(WCHAR)))) lstrcpyW(ret, string);
    LocalFree(string);
    return ret;
}

BOOL security_is_service_account(const WCHAR *sid)
{
    return !wcscmp(sid, L"S-1-5-18") || !wcscmp(sid, L"S-1-5-19") || !wcscmp(sid, L"S-1-5-20");
}

static BOOL is_administrator(HANDLE token)
{
    SID_IDENTIFIER_AUTHORITY nt_authority = {SECURITY_NT_AUTHORITY};
    BOOL ret = FALSE;
    PSID sid;

    if (!AllocateAndInitializeSid(&nt_authority, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS, 0, 0, 0, 0, 0, 0, &sid))
        return FALSE;
    if (!CheckTokenMembership(token, sid, &ret)) ret = FALSE;
    FreeSid(sid);
    return ret;
}

static void destroy_caller(struct caller *caller)
{
    if (caller->process) CloseHandle(caller->process);
    if (caller->token) CloseHandle(caller->token);
    free(caller->sid);
    free(CONTAINING_RECORD(caller, struct cached_caller, caller));
}

/* Takes over process and token (impersonation level), also when it fails. */
static HRESULT create_caller(DWORD pid, HANDLE process, HANDLE token, struct caller **ret)
{
    TOKEN_MANDATORY_LABEL *label;
    TOKEN_ELEVATION elevation;
    struct cached_caller *entry;
    struct caller *caller;
    TOKEN_USER *user;
    DWORD size;
    HRESULT hr;

    *ret = NULL;
    if (!(entry = calloc(1, sizeof(*entry))))
    {
        if (process) CloseHandle(process);
        CloseHandle(token);
        return E_OUTOFMEMORY;
    }
    caller = &entry->caller;
    caller->refs = 1;
    caller->pid = pid;
    caller->process = process;
    caller->token = token;

    if (!(user = get_token_information(token, TokenUser)))
    {
        hr = last_error();
        destroy_caller(caller);
        return hr;
    }
    caller->sid = sid_to_string(user->User.Sid);
    free(user);
    if (!caller->sid)
    {
        destroy_caller(caller);
        return E_OUTOFMEMORY;
    }
    caller->integrity = SECURITY_MANDATORY_HIGH_RID;
    if ((label = get_token_information(token, TokenIntegrityLevel)))
    {
        caller->integrity = *GetSidSubAuthority(label->Label.Sid, *GetSidSubAuthorityCount(label->Label.Sid) - 1);
        free(label);
    }
    caller->admin = is_administrator(token);
    caller->restricted = IsTokenRestricted(token);
    caller->service_account = security_is_service_account(caller->sid);
    /* Wine 8.0 calls every token elevated, also one without administrators in it */
    if ((caller->admin || caller->service_account)
            && GetTokenInformation(token, TokenElevation, &elevation, sizeof(elevation), &size))
        caller->elevated = elevation.TokenIsElevated != 0;
    *ret = caller;
    return S_OK;
}

static HRESULT caller_from_process(DWORD pid, HANDLE process, struct caller **caller)
{
    HANDLE primary, token;
    HRESULT hr;

    if (!OpenProcessToken(process, TOKEN_QUERY | TOKEN_DUPLICATE, &primary))
    {
        hr = last_error();
        CloseHandle(process);
        return hr;
    }
    if (!DuplicateTokenEx(primary, TOKEN_QUERY | TOKEN_IMPERSONATE | TOKEN_DUPLICATE, NULL, SecurityImpersonation,
                          TokenImpersonation, &token))
    {
        hr = last_error();
        CloseHandle(primary);
        CloseHandle(process);
        return hr;
    }
    CloseHandle(primary);
    return create_caller(pid, process, token, caller);
}

HRESULT security_init(void)
{
    HANDLE process;
    HRESULT hr;

    if (!(process = OpenProcess(SYNCHRONIZE | PROCESS_QUERY_INFORMATION, FALSE, GetCurrentProcessId()))) return last_error();
    if (FAILED(hr = caller_from_process(GetCurrentProcessId(), process, &own))) return hr;
    own->own = TRUE;
    return S_OK;
}

void security_shutdown(void)
{
    struct cached_caller *entry, *next;

    AcquireSRWLockExclusive(&security_lock);
    LIST_FOR_EACH_ENTRY_SAFE(entry, next, &callers, struct cached_caller, entry)
    {
        list_remove(&entry->entry);
        entry->cached = FALSE;
        caller_release(&entry->caller);
    }
    ReleaseSRWLockExclusive(&security_lock);
    if (own) caller_release(own);
    own = NULL;
}

void caller_addref(struct caller *caller)
{
    InterlockedIncrement(&caller->refs);
}

void caller_release(struct caller *caller)
{
    if (caller && !InterlockedDecrement(&caller->refs)) destroy_caller(caller);
}

void caller_forget(struct caller *caller)
{
    struct cached_caller *entry = CONTAINING_RECORD(caller, struct cached_caller, caller);
    BOOL cached;

    AcquireSRWLockExclusive(&security_lock);
    if ((cached = entry->cached)) list_remove(&entry->entry);
    entry->cached = FALSE;
    ReleaseSRWLockExclusive(&security_lock);
    if (cached) caller_release(caller);
}

static struct caller *find_cached_locked(DWORD pid)
{
    struct cached_caller *entry;

    LIST_FOR_EACH_ENTRY(entry, &callers, struct cached_caller, entry)
        if (entry->caller.pid == pid) return &entry->caller;
    return NULL;
}

/* Processes that ended without clients.c knowing them: those that got an object from another client. */
static void forget_dead_locked(void)
{
    struct cached_caller *entry, *next;

    LIST_FOR_EACH_ENTRY_SAFE(entry, next, &callers, struct cached_caller, entry)
    {
        if (WaitForSingleObject(entry->caller.process, 0) == WAIT_TIMEOUT) continue;
        list_remove(&entry->entry);
        entry->cached = FALSE;
        caller_release(&entry->caller);
    }
}

static HRESULT get_own(struct caller **caller)
{
    if (!own) return E_UNEXPECTED;
    caller_addref(own);
    *caller = own;
    return S_OK;
}

HRESULT caller_of_process(DWORD pid, struct caller **ret)
{
    struct caller *caller, *other;
    struct cached_caller *entry;
    HANDLE process;
    HRESULT hr;

    if (pid == GetCurrentProcessId()) return get_own(ret);

    AcquireSRWLockExclusive(&security_lock);
    if ((caller = find_cached_locked(pid))) caller_addref(caller);
    ReleaseSRWLockExclusive(&security_lock);
    if (caller)
    {
        *ret = caller;
        return S_OK;
    }

    if (!(process = OpenProcess(SYNCHRONIZE | PROCESS_QUERY_INFORMATION, FALSE, pid)))
    {
        WARN("process %04lx cannot be opened, error %lu\n", pid, GetLastError());
        return E_ACCESSDENIED;
    }
    if (FAILED(hr = caller_from_process(pid, process, &caller)))
    {
        WARN("process %04lx has no usable token, hr %#lx\n", pid, hr);
        return hr == E_OUTOFMEMORY ? hr : E_ACCESSDENIED;
    }

    AcquireSRWLockExclusive(&security_lock);
    forget_dead_locked();
    if ((other = find_cached_locked(pid))) caller_addref(other);    /* another call of the same process was faster */
    else
    {
        entry = CONTAINING_RECORD(caller, struct cached_caller, caller);
        entry->cached = TRUE;
        caller_addref(caller);
        list_add_tail(&callers, &entry->entry);
    }
    ReleaseSRWLockExclusive(&security_lock);
    if (other)
    {
        caller_release(caller);
        caller = other;
    }
    *ret = caller;
    return S_OK;
}

/* Windows: the identity that the client shows for this very call. */
static HRESULT caller_by_impersonation(struct caller **ret)
{
    HANDLE token = NULL, process = NULL;
    ULONG pid = 0;
    BOOL opened;
    HRESULT hr;

    hr = CoImpersonateClient();
    if (hr == RPC_E_CALL_COMPLETE) return get_own(ret);     /* nobody calls from outside */
    if (FAILED(hr)) return E_ACCESSDENIED;
    opened = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY | TOKEN_IMPERSONATE | TOKEN_DUPLICATE, TRUE, &token);
    CoRevertToSelf();
    if (!opened) return E_ACCESSDENIED;
    if (!I_RpcBindingInqLocalClientPID(NULL, &pid)) process = OpenProcess(SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
    if (!process) pid = 0;
    hr = create_caller(pid, process, token, ret);
    return FAILED(hr) && hr != E_OUTOFMEMORY ? E_ACCESSDENIED : hr;
}

HRESULT caller_get(struct caller **caller)
{
    RPC_STATUS status;
    ULONG pid;

    *caller = NULL;
    if (!security_on_wine()) return caller_by_impersonation(caller);
    if ((status = I_RpcBindingInqLocalClientPID(NULL, &pid)) == RPC_S_NO_CALL_ACTIVE) return get_own(caller);
    if (status)
    {
        WARN("caller not known, status %lu\n", status);
        return E_ACCESSDENIED;
    }
    return caller_of_process(pid, caller);
}

BOOL caller_may_access(const struct caller *caller, const WCHAR *owner, DWORD integrity, BOOL elevated)
{
    if (caller->restricted) return FALSE;                                       /* BEH.OWN.5 */
    if (!caller->admin && wcscmp(caller->sid, owner)) return FALSE;             /* BEH.OWN.1 */
    if (caller->integrity < integrity) return FALSE;                            /* BEH.OWN.4 */
    if (elevated && !caller->elevated && !security_on_wine()) return FALSE;     /* BEH.OWN.3 */
    return TRUE;
}

BOOL caller_may_create(const struct caller *caller)
{
    return !caller->restricted;
}

BOOL caller_is_administrator(const struct caller *caller)
{
    return caller->admin && !caller->restricted && (caller->elevated || security_on_wine());
}

/*
 * Windows: the token of a session in which this user is logged on [BEH.USER.1].  Loaded when needed: other services of the host process load
 * this DLL too (WINE.SVC.2).
 */
static HRESULT owner_by_session(const WCHAR *sid, struct caller **owner)
{
    BOOL (WINAPI *enumerate_sessions)(HANDLE server, DWORD reserved, DWORD version, WTS_SESSION_INFOW **sessions, DWORD *count);
    BOOL (WINAPI *query_user_token)(ULONG session, HANDLE *token);
    void (WINAPI *free_memory)(void *memory);
    WTS_SESSION_INFOW *sessions;
    HANDLE primary, token;
    HMODULE wtsapi32;
    DWORD count, i;
    HRESULT hr = S_FALSE;

    if (!(wtsapi32 = LoadLibraryW(L"wtsapi32.dll"))) return S_FALSE;
    enumerate_sessions = (void *)GetProcAddress(wtsapi32, "WTSEnumerateSessionsW");
    query_user_token = (void *)GetProcAddress(wtsapi32, "WTSQueryUserToken");
    free_memory = (void *)GetProcAddress(wtsapi32, "WTSFreeMemory");
    if (!enumerate_sessions || !query_user_token || !free_memory
            || !enumerate_sessions(WTS_CURRENT_SERVER_HANDLE, 0, 1, &sessions, &count))
    {
        FreeLibrary(wtsapi32);
        return S_FALSE;
    }
    for (i = 0; i < count && hr == S_FALSE; i++)
    {
        if (!query_user_token(sessions[i].SessionId, &primary)) continue;
        if (DuplicateTokenEx(primary, TOKEN_QUERY | TOKEN_IMPERSONATE | TOKEN_DUPLICATE, NULL, SecurityImpersonation,
                             TokenImpersonation, &token)
                && SUCCEEDED(create_caller(0, NULL, token, owner)))
        {
            if (!wcscmp((*owner)->sid, sid)) hr = S_OK;
            else
            {
                caller_release(*owner);
                *owner = NULL;
            }
        }
        CloseHandle(primary);
    }
    free_memory(sessions);
    FreeLibrary(wtsapi32);
    return hr;
}

HRESULT security_owner(const WCHAR *sid, struct caller **owner)
{
    struct cached_caller *entry;

    *owner = NULL;
    if (!own) return E_UNEXPECTED;
    if (!wcscmp(own->sid, sid)) return get_own(owner);
    if (!security_on_wine()) return owner_by_session(sid, owner);

    AcquireSRWLockExclusive(&security_lock);
    LIST_FOR_EACH_ENTRY(entry, &callers, struct cached_caller, entry)
    {
        if (wcscmp(entry->caller.sid, sid) || WaitForSingleObject(entry->caller.process, 0) != WAIT_TIMEOUT) continue;
        caller_addref(*owner = &entry->caller);
        break;
    }
    ReleaseSRWLockExclusive(&security_lock);
    /* A prefix that changed hands has another user SID (WINE.COM.19) and is still one user's. */
    return *owner ? S_OK : get_own(owner);
}

HRESULT security_impersonate(const struct caller *caller)
{
    if (caller->own) return S_OK;
    return SetThreadToken(NULL, caller->token) ? S_OK : last_error();
}

void security_revert(void)
{
    SetThreadToken(NULL, NULL);
}

HRESULT security_thread_token(HANDLE *token)
{
    if (OpenThreadToken(GetCurrentThread(), TOKEN_DUPLICATE | TOKEN_IMPERSONATE | TOKEN_QUERY, TRUE, token)) return S_OK;
    *token = NULL;
    return GetLastError() == ERROR_NO_TOKEN ? S_OK : last_error();
}

HRESULT security_seal(const void *data, UINT32 size, BYTE **blob, UINT32 *blob_size)
{
    DATA_BLOB in = {size, (BYTE *)data}, out;
    HRESULT hr = S_OK;

    *blob = NULL;
    *blob_size = 0;
    if (!CryptProtectData(&in, NULL, NULL, NULL, NULL, CRYPTPROTECT_UI_FORBIDDEN | CRYPTPROTECT_LOCAL_MACHINE, &out))
        return last_error();
    if ((*blob = malloc(out.cbData)))
    {
        memcpy(*blob, out.pbData, out.cbData);
        *blob_size = out.cbData;
    }
    else hr = E_OUTOFMEMORY;
    LocalFree(out.pbData);
    return hr;
}

HRESULT security_unseal(const BYTE *blob, UINT32 blob_size, void **data, UINT32 *size)
{
    DATA_BLOB in = {blob_size, (BYTE *)blob}, out;
    HRESULT hr = S_OK;

    *data = NULL;
    *size = 0;
    if (!CryptUnprotectData(&in, NULL, NULL, NULL, NULL, CRYPTPROTECT_UI_FORBIDDEN | CRYPTPROTECT_LOCAL_MACHINE, &out))
        return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
    if ((*data = malloc(out.cbData ? out.cbData : 1)))
    {
        memcpy(*data, out.pbData, out.cbData);
        *size = out.cbData;
    }
    else hr = E_OUTOFMEMORY;
    SecureZeroMemory(out.pbData, out.cbData);
    LocalFree(out.pbData);
    return hr;
}

void security_free_secret(void *data, UINT32 size)
{
    if (data) SecureZeroMemory(data, size);
    free(data);
}
