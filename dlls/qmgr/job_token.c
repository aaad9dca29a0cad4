/*
 * IBitsTokenOptions of the job door
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


#define COBJMACROS

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"

#include "helper.h"
#include "job_door.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define TOKEN_FLAGS_ALL (BG_TOKEN_LOCAL_FILE | BG_TOKEN_NETWORK)

/* CO_E_FAILEDTOIMPERSONATE, which is another number in Wine's winerror.h */
#define FAILED_TO_IMPERSONATE ((HRESULT)0x80010123)

static inline struct job_door *impl_from_IBitsTokenOptions(IBitsTokenOptions *iface)
{
    return CONTAINING_RECORD(iface, struct job_door, IBitsTokenOptions_iface);
}

static HRESULT WINAPI token_QueryInterface(IBitsTokenOptions *iface, REFIID riid, void **out)
{
    struct job_door *door = impl_from_IBitsTokenOptions(iface);

    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    return job_door_query(door, riid, out);
}

static ULONG WINAPI token_AddRef(IBitsTokenOptions *iface)
{
    struct job_door *door = impl_from_IBitsTokenOptions(iface);
    ULONG refs = job_door_addref(door);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static ULONG WINAPI token_Release(IBitsTokenOptions *iface)
{
    struct job_door *door = impl_from_IBitsTokenOptions(iface);
    ULONG refs = job_door_release(door);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

/*
 * TOKEN.5, the rule since version 1607: administrators, and the owner himself.  An owner without the rights of an administrator must not
 * borrow them from a helper [TOKEN.SetHelperTokenFlags.6, TOKEN.SetHelperToken.5].
 */
static HRESULT check_helper(const struct job_door *door, const struct caller *helper)
{
    const struct caller *caller = job_door_caller(door);
    HRESULT hr;

    if (caller->admin) return job_check_access(door);
    if (FAILED(hr = job_check_owner(door))) return hr;
    return helper && helper->admin ? E_ACCESSDENIED : S_OK;
}

static HRESULT WINAPI token_SetHelperTokenFlags(IBitsTokenOptions *iface, DWORD flags)
{
    struct job_door *door = impl_from_IBitsTokenOptions(iface);
    struct caller *helper = helper_get(door->job);
    HRESULT hr;

    TRACE("%p, %#lx.\n", iface, flags);

    hr = check_helper(door, helper);
    if (helper) caller_release(helper);
    if (FAILED(hr)) return hr;
    if (flags & ~TOKEN_FLAGS_ALL) return E_INVALIDARG;              /* TOKEN.SetHelperTokenFlags.A1 */
    return job_set_number(door, PROP_TOKEN_FLAGS, flags);
}

static HRESULT WINAPI token_GetHelperTokenFlags(IBitsTokenOptions *iface, DWORD *ret)
{
    struct job_door *door = impl_from_IBitsTokenOptions(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = job_get_number(door, PROP_TOKEN_FLAGS);
    return S_OK;
}

static HRESULT WINAPI token_SetHelperToken(IBitsTokenOptions *iface)
{
    struct job_door *door = impl_from_IBitsTokenOptions(iface);
    SECURITY_IMPERSONATION_LEVEL level;
    struct caller *helper;
    DWORD size;
    HRESULT hr;

    TRACE("%p.\n", iface);

    /* who calls now, not who got the pointer: that may be somebody else [GEN.12] */
    if (FAILED(hr = caller_get(&helper))) return hr;
    if (SUCCEEDED(hr = check_helper(door, helper)))
    {
        if (!GetTokenInformation(helper->token, TokenImpersonationLevel, &level, sizeof(level), &size)
            || level < SecurityImpersonation)
            hr = FAILED_TO_IMPERSONATE;                             /* TOKEN.SetHelperToken.4 */
        else if (SUCCEEDED(hr = job_check_state(door, NULL))) helper_set(door->job, helper);
    }
    caller_release(helper);
    return hr;
}

static HRESULT WINAPI token_ClearHelperToken(IBitsTokenOptions *iface)
{
    struct job_door *door = impl_from_IBitsTokenOptions(iface);
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (FAILED(hr = check_helper(door, NULL))) return hr;
    if (FAILED(hr = job_check_state(door, NULL))) return hr;
    helper_set(door->job, NULL);
    return S_OK;
}

static HRESULT WINAPI token_GetHelperTokenSid(IBitsTokenOptions *iface, LPWSTR *ret)
{
    struct job_door *door = impl_from_IBitsTokenOptions(iface);
    struct caller *helper;
    HRESULT hr;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    helper = helper_get(door->job);
    hr = return_string(helper ? helper->sid : NULL, ret);           /* TOKEN.GetHelperTokenSid.1, A1 */
    if (helper) caller_release(helper);
    return hr;
}

const IBitsTokenOptionsVtbl job_token_vtbl =
{
    token_QueryInterface,
    token_AddRef,
    token_Release,
    token_SetHelperTokenFlags,
    token_GetHelperTokenFlags,
    token_SetHelperToken,
    token_ClearHelperToken,
    token_GetHelperTokenSid,
};
