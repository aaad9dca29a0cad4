/*
 * Owner and access control of one file for another
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


#include <stdarg.h>
#include <stdlib.h>

#include "windef.h"
#include "winbase.h"
#include "accctrl.h"
#include "aclapi.h"

#include "file_security.h"
#include "security.h"

#ifndef UNPROTECTED_DACL_SECURITY_INFORMATION
#define UNPROTECTED_SACL_SECURITY_INFORMATION 0x10000000
#define UNPROTECTED_DACL_SECURITY_INFORMATION 0x20000000
#endif

static HRESULT last_error(void)
{
    return HRESULT_FROM_WIN32(GetLastError());
}

static HRESULT enable(HANDLE token, const WCHAR *name)
{
    TOKEN_PRIVILEGES privileges = { 1 };

    if (!LookupPrivilegeValueW(NULL, name, &privileges.Privileges[0].Luid)) return last_error();
    privileges.Privileges[0].Attributes = SE_PRIVILEGE_ENABLED;
    if (!AdjustTokenPrivileges(token, FALSE, &privileges, 0, NULL, NULL)) return last_error();
    return GetLastError() == ERROR_NOT_ALL_ASSIGNED ? HRESULT_FROM_WIN32(ERROR_PRIVILEGE_NOT_HELD) : S_OK;
}

/* Puts a token with these privileges on the thread, a copy, for others use the one that is there. */
static HRESULT begin_privileged(HANDLE token, UINT32 flags)
{
    HANDLE source = token, copy;
    HRESULT hr = S_OK;

    if (!token && !OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY, &source)) return last_error();
    if (!DuplicateTokenEx(source, TOKEN_ADJUST_PRIVILEGES | TOKEN_IMPERSONATE | TOKEN_QUERY, NULL, SecurityImpersonation, TokenImpersonation, &copy))
        hr = last_error();
    if (!token) CloseHandle(source);
    if (FAILED(hr)) return hr;
    if (flags & (COPY_OWNER | COPY_GROUP)) hr = enable(copy, L"SeRestorePrivilege");
    if (SUCCEEDED(hr) && flags & COPY_SACL) hr = enable(copy, L"SeSecurityPrivilege");
    if (SUCCEEDED(hr) && !SetThreadToken(NULL, copy)) hr = last_error();
    CloseHandle(copy);
    return hr;
}

/* The entries that were not handed down by a folder; NULL for none at all, which is no list, stays so. */
static HRESULT own_entries(const ACL *acl, ACL **ret)
{
    ACE_HEADER *ace;
    DWORD i;

    *ret = NULL;
    if (!acl) return S_OK;
    if (!(*ret = malloc(acl->AclSize))) return E_OUTOFMEMORY;
    if (!InitializeAcl(*ret, acl->AclSize, acl->AclRevision)) return last_error();
    for (i = 0; i < acl->AceCount; i++)
    {
        if (!GetAce((ACL *)acl, i, (void **)&ace)) return last_error();
        if (ace->AceFlags & INHERITED_ACE) continue;
        if (!AddAce(*ret, acl->AclRevision, MAXDWORD, ace, ace->AceSize)) return last_error();
    }
    return S_OK;
}

static HRESULT copy(const WCHAR *from, const WCHAR *to, SECURITY_INFORMATION what)
{
    ACL *dacl = NULL, *sacl = NULL, *own_dacl = NULL, *own_sacl = NULL;
    SID *owner = NULL, *group = NULL;
    SECURITY_DESCRIPTOR *sd;
    DWORD error;
    HRESULT hr;

    if ((error = GetNamedSecurityInfoW((WCHAR *)from, SE_FILE_OBJECT, what, (PSID *)&owner, (PSID *)&group, &dacl, &sacl, (PSECURITY_DESCRIPTOR *)&sd)))
        return HRESULT_FROM_WIN32(error);
    if (what & DACL_SECURITY_INFORMATION) what |= UNPROTECTED_DACL_SECURITY_INFORMATION;
    if (what & SACL_SECURITY_INFORMATION) what |= UNPROTECTED_SACL_SECURITY_INFORMATION;
    if (SUCCEEDED(hr = own_entries(dacl, &own_dacl)) && SUCCEEDED(hr = own_entries(sacl, &own_sacl))
        && (error = SetNamedSecurityInfoW((WCHAR *)to, SE_FILE_OBJECT, what, owner, group, own_dacl, own_sacl)))
        hr = HRESULT_FROM_WIN32(error);
    free(own_sacl);
    free(own_dacl);
    LocalFree(sd);
    return hr;
}

HRESULT file_security_copy(const WCHAR *from, const WCHAR *to, UINT32 flags)
{
    SECURITY_INFORMATION what = 0;
    HANDLE token = NULL;
    HRESULT hr;

    if (flags & COPY_OWNER) what |= OWNER_SECURITY_INFORMATION;
    if (flags & COPY_GROUP) what |= GROUP_SECURITY_INFORMATION;
    if (flags & COPY_DACL) what |= DACL_SECURITY_INFORMATION;
    if (flags & COPY_SACL) what |= SACL_SECURITY_INFORMATION;
    if (!what) return S_OK;
    if (!(flags & (COPY_OWNER | COPY_GROUP | COPY_SACL))) return copy(from, to, what);
    if (FAILED(hr = security_thread_token(&token))) return hr;
    if (SUCCEEDED(hr = begin_privileged(token, flags)))
    {
        hr = copy(from, to, what);
        SetThreadToken(NULL, token);
    }
    if (token) CloseHandle(token);
    return hr;
}
