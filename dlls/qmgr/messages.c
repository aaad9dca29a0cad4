/*
 * Texts for result codes and error contexts
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

#include "windef.h"
#include "winbase.h"
#include "objbase.h"

#include "qmgr_private.h"

#define FACILITY_BITS      0x20
#define FACILITY_BITS_HTTP 0x19
#define FACILITY_QMGR      0x100

#define WINHTTP_ERROR_FIRST 12000
#define WINHTTP_ERROR_LAST  12999

/* module NULL: the system's table */
static HRESULT format_message(HMODULE module, DWORD id, DWORD language, WCHAR **text)
{
    DWORD source = module ? FORMAT_MESSAGE_FROM_HMODULE : FORMAT_MESSAGE_FROM_SYSTEM;

    *text = NULL;
    if (FormatMessageW(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_IGNORE_INSERTS | source, module, id, language,
                       (WCHAR *)text, 0, NULL))
        return S_OK;
    return HRESULT_FROM_WIN32(GetLastError());                      /* MGR.GetErrorDescription.5, A2 */
}

/*
 * From our own message table, or from the system's.  A text in the language's main form will do for those who ask for a form of it
 * that nobody wrote one in: English of Canada is English.
 */
static HRESULT find_message(DWORD id, DWORD language, BOOL own, WCHAR **ret)
{
    HMODULE module = NULL;
    WCHAR *text;
    HRESULT hr;

    *ret = NULL;
    if (own && !GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                                   (const WCHAR *)find_message, &module))
        return HRESULT_FROM_WIN32(GetLastError());
    hr = format_message(module, id, language, &text);
    if (hr == HRESULT_FROM_WIN32(ERROR_RESOURCE_LANG_NOT_FOUND) && PRIMARYLANGID(language) != LANG_NEUTRAL)
        hr = format_message(module, id, MAKELANGID(PRIMARYLANGID(language), SUBLANG_DEFAULT), &text);
    if (FAILED(hr)) return hr;
    hr = return_string(text, ret);
    LocalFree(text);
    return hr;
}

static BOOL is_winhttp(HRESULT code)
{
    return HRESULT_FACILITY(code) == FACILITY_WIN32 && HRESULT_CODE(code) >= WINHTTP_ERROR_FIRST
           && HRESULT_CODE(code) <= WINHTTP_ERROR_LAST;
}

/* ERR.GEN.7 */
HRESULT message_of_error(HRESULT code, DWORD language, WCHAR **ret)
{
    DWORD facility = HRESULT_FACILITY(code);
    HRESULT hr;

    if (facility == FACILITY_BITS || facility == FACILITY_BITS_HTTP || facility == FACILITY_QMGR || is_winhttp(code))
        return find_message(code, language, TRUE, ret);
    hr = find_message(code, language, FALSE, ret);
    /* some that Wine's table does not know are in ours */
    if (hr == HRESULT_FROM_WIN32(ERROR_MR_MID_NOT_FOUND)) hr = find_message(code, language, TRUE, ret);
    return hr;
}

HRESULT message_of_context(DWORD context, DWORD language, WCHAR **ret)
{
    /* ERR.CTX.20: every context has a message id of its own */
    static const DWORD ids[] =
    {
        BG_S_ERROR_CONTEXT_NONE, BG_E_ERROR_CONTEXT_UNKNOWN, BG_E_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER,
        BG_E_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION, BG_E_ERROR_CONTEXT_LOCAL_FILE, BG_E_ERROR_CONTEXT_REMOTE_FILE,
        BG_E_ERROR_CONTEXT_GENERAL_TRANSPORT, BG_E_ERROR_CONTEXT_REMOTE_APPLICATION,
        BG_E_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK
    };

    if (context >= ARRAY_SIZE(ids)) context = 1;
    return find_message(ids[context], language, TRUE, ret);
}
