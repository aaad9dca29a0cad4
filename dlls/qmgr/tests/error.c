/*
 * Tests of IBackgroundCopyError and of the texts
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
#include <stddef.h>
#include <stdio.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"
#include "qmgr.h"

#include "wine/test.h"
#include "bits_test.h"

/* IBackgroundCopyError, and the texts of codes and contexts. */

#define POISON 0xdeadbeef
#define NO_LANGUAGE HRESULT_FROM_WIN32(ERROR_RESOURCE_LANG_NOT_FOUND)

static const LANGID english = MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US);
/* one in which neither Windows nor Wine speaks to people */
static const LANGID nobodys = MAKELANGID(LANG_SANSKRIT, SUBLANG_SANSKRIT_INDIA);

/* Every code of bitsmsg.h that a client can meet. */
static const HRESULT codes[] =
{
    BG_E_NOT_FOUND, BG_E_INVALID_STATE, BG_E_EMPTY, BG_E_FILE_NOT_AVAILABLE, BG_E_PROTOCOL_NOT_AVAILABLE,
    BG_S_ERROR_CONTEXT_NONE, BG_E_ERROR_CONTEXT_UNKNOWN, BG_E_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER,
    BG_E_ERROR_CONTEXT_LOCAL_FILE, BG_E_ERROR_CONTEXT_REMOTE_FILE, BG_E_ERROR_CONTEXT_GENERAL_TRANSPORT,
    BG_E_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION, BG_E_DESTINATION_LOCKED, BG_E_VOLUME_CHANGED,
    BG_E_ERROR_INFORMATION_UNAVAILABLE, BG_E_NETWORK_DISCONNECTED, BG_E_MISSING_FILE_SIZE,
    BG_E_INSUFFICIENT_HTTP_SUPPORT, BG_E_INSUFFICIENT_RANGE_SUPPORT, BG_E_REMOTE_NOT_SUPPORTED,
    BG_E_NEW_OWNER_DIFF_MAPPING, BG_E_NEW_OWNER_NO_FILE_ACCESS, BG_S_PARTIAL_COMPLETE, BG_E_PROXY_LIST_TOO_LARGE,
    BG_E_PROXY_BYPASS_LIST_TOO_LARGE, BG_S_UNABLE_TO_DELETE_FILES, BG_E_INVALID_SERVER_RESPONSE, BG_E_TOO_MANY_FILES,
    BG_E_LOCAL_FILE_CHANGED, BG_E_ERROR_CONTEXT_REMOTE_APPLICATION, BG_E_SESSION_NOT_FOUND, BG_E_TOO_LARGE,
    BG_E_STRING_TOO_LONG, BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH, BG_E_SERVER_EXECUTE_ENABLE, BG_E_NO_PROGRESS,
    BG_E_USERNAME_TOO_LARGE, BG_E_PASSWORD_TOO_LARGE, BG_E_INVALID_AUTH_TARGET, BG_E_INVALID_AUTH_SCHEME,
    BG_E_FILE_NOT_FOUND, BG_S_PROXY_CHANGED, BG_E_INVALID_RANGE, BG_E_OVERLAPPING_RANGES, BG_E_CONNECT_FAILURE,
    BG_E_CONNECTION_CLOSED, BG_E_KEEP_ALIVE_FAILURE, BG_E_MESSAGE_LENGTH_LIMIT_EXCEEDED, BG_E_NAME_RESOLUTION_FAILURE,
    BG_E_PENDING, BG_E_PIPELINE_FAILURE, BG_E_PROTOCOL_ERROR, BG_E_PROXY_NAME_RESOLUTION_FAILURE,
    BG_E_RECEIVE_FAILURE, BG_E_REQUEST_CANCELED, BG_E_SECURE_CHANNEL_FAILURE, BG_E_SEND_FAILURE,
    BG_E_SERVER_PROTOCOL_VIOLATION, BG_E_TIMEOUT, BG_E_TRUST_FAILURE, BG_E_UNKNOWN_ERROR, BG_E_BLOCKED_BY_POLICY,
    BG_E_INVALID_PROXY_INFO, BG_E_INVALID_CREDENTIALS, BG_E_INVALID_HASH_ALGORITHM, BG_E_RECORD_DELETED,
    BG_E_COMMIT_IN_PROGRESS, BG_E_DISCOVERY_IN_PROGRESS, BG_E_UPNP_ERROR, BG_E_TEST_OPTION_BLOCKED_DOWNLOAD,
    BG_E_PEERCACHING_DISABLED, BG_E_BUSYCACHERECORD, BG_E_TOO_MANY_JOBS_PER_USER, BG_E_TOO_MANY_JOBS_PER_MACHINE,
    BG_E_TOO_MANY_FILES_IN_JOB, BG_E_TOO_MANY_RANGES_IN_FILE, BG_E_VALIDATION_FAILED, BG_E_MAXDOWNLOAD_TIMEOUT,
    BG_S_OVERRIDDEN_BY_POLICY, BG_E_TOKEN_REQUIRED, BG_E_UNKNOWN_PROPERTY_ID, BG_E_READ_ONLY_PROPERTY,
    BG_E_BLOCKED_BY_COST_TRANSFER_POLICY, BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY,
    BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE, BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE,
    BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED, BG_E_STANDBY_MODE, BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED,
    BG_E_BLOCKED_BY_BATTERY_POLICY, BG_E_BLOCKED_BY_BATTERY_SAVER, BG_E_WATCHDOG_TIMEOUT, BG_E_APP_PACKAGE_NOT_FOUND,
    BG_E_APP_PACKAGE_SCENARIO_NOT_SUPPORTED, BG_E_DATABASE_CORRUPT, BG_E_RANDOM_ACCESS_NOT_SUPPORTED,
    BG_E_BLOCKED_BY_BACKGROUND_ACCESS_POLICY, BG_E_BLOCKED_BY_GAME_MODE, BG_E_BLOCKED_BY_SYSTEM_POLICY,
    BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD, BG_E_UNSUPPORTED_JOB_CONFIGURATION, BG_E_REMOTE_FILE_CHANGED,
    BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED, BG_E_READ_ONLY_WHEN_JOB_ACTIVE,
    BG_E_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK, BG_E_HTTP_ERROR_100, BG_E_HTTP_ERROR_101, BG_E_HTTP_ERROR_200,
    BG_E_HTTP_ERROR_201, BG_E_HTTP_ERROR_202, BG_E_HTTP_ERROR_203, BG_E_HTTP_ERROR_204, BG_E_HTTP_ERROR_205,
    BG_E_HTTP_ERROR_206, BG_E_HTTP_ERROR_300, BG_E_HTTP_ERROR_301, BG_E_HTTP_ERROR_302, BG_E_HTTP_ERROR_303,
    BG_E_HTTP_ERROR_304, BG_E_HTTP_ERROR_305, BG_E_HTTP_ERROR_307, BG_E_HTTP_ERROR_400, BG_E_HTTP_ERROR_401,
    BG_E_HTTP_ERROR_402, BG_E_HTTP_ERROR_403, BG_E_HTTP_ERROR_404, BG_E_HTTP_ERROR_405, BG_E_HTTP_ERROR_406,
    BG_E_HTTP_ERROR_407, BG_E_HTTP_ERROR_408, BG_E_HTTP_ERROR_409, BG_E_HTTP_ERROR_410, BG_E_HTTP_ERROR_411,
    BG_E_HTTP_ERROR_412, BG_E_HTTP_ERROR_413, BG_E_HTTP_ERROR_414, BG_E_HTTP_ERROR_415, BG_E_HTTP_ERROR_416,
    BG_E_HTTP_ERROR_417, BG_E_HTTP_ERROR_449, BG_E_HTTP_ERROR_500, BG_E_HTTP_ERROR_501, BG_E_HTTP_ERROR_502,
    BG_E_HTTP_ERROR_503, BG_E_HTTP_ERROR_504, BG_E_HTTP_ERROR_505,
};

/* Codes of other facilities that jobs end with. */
static const HRESULT other_codes[] =
{
    E_INVALIDARG, E_ACCESSDENIED, E_NOTIMPL, E_NOINTERFACE, E_OUTOFMEMORY, E_PENDING, REGDB_E_CLASSNOTREG, 0x80010123, 0x80092004,
    0x800706f4, 0x800706f5, 0x800706f7, 0x800706c5, 0x800704dd, 0x80070422, 0x8007010b, 0x80070717, 0x80070002, 0x80070003, 0x80070020,
    0x80070035, 0x8007003b, 0x80070040, 0x80070043, 0x80070050, 0x8007007b, 0x800704c7, 0x800706ba, 0x800706be, 0x80070070, 0x80072ee2, 0x80072ee5, 0x80072ee6, 0x80072ee7, 0x80072eef, 0x80072efd, 0x80072efe, 0x80072f05, 0x80072f06, 0x80072f0c,
    0x80072f0d, 0x80072f19, 0x80072f78, 0x80072f7c, 0x80072f86, 0x80072f87, 0x80072f89, 0x80072f8a, 0x80072f8f, 0x80072f93, 0x80072f94,
    0x80072f9a
};

static BOOL is_text(const WCHAR *text)
{
    UINT i;

    if (!text || !*text) return FALSE;
    for (i = 0; text[i]; i++)
        if (text[i] < ' ' && text[i] != '\r' && text[i] != '\n') return FALSE;
    return i > 5;
}

static HRESULT describe(HRESULT code, DWORD language, WCHAR **text)
{
    *text = (WCHAR *)POISON;
    return IBackgroundCopyManager_GetErrorDescription(bits_manager, code, language, text);
}

static void test_codes(void)
{
    WCHAR *text, *other;
    HRESULT hr;
    UINT i, j;

    for (i = 0; i < ARRAY_SIZE(codes) + ARRAY_SIZE(other_codes); i++)
    {
        HRESULT code = i < ARRAY_SIZE(codes) ? codes[i] : other_codes[i - ARRAY_SIZE(codes)];

        winetest_push_context("%#lx", code);
        hr = describe(code, english, &text);
        /* versions of Windows before the code's do not know it */
        ok(hr == S_OK || broken(hr == HRESULT_FROM_WIN32(ERROR_MR_MID_NOT_FOUND) || hr == NO_LANGUAGE),
           "[MGR.GetErrorDescription.4] got %#lx\n", hr);
        if (hr == S_OK)
        {
            ok(is_text(text), "[MGR.GetErrorDescription.3] got %s\n", wine_dbgstr_w(text));
            ok(is_text(text), "[ERR.GEN.7] got %s\n", wine_dbgstr_w(text));
            ok(is_text(text), "[HABIT.F4] got %s\n", wine_dbgstr_w(text));
            /* no two BITS codes of the same words */
            for (j = i % 16; j < i && i < ARRAY_SIZE(codes) && !strcmp(winetest_platform, "wine"); j += 16)
            {
                if (describe(codes[j], english, &other) != S_OK) continue;
                ok(wcscmp(text, other), "the text of %#lx: %s\n", codes[j], wine_dbgstr_w(text));
                CoTaskMemFree(other);
            }
        }
        CoTaskMemFree(hr == S_OK ? text : NULL);
        winetest_pop_context();
    }
}

static void test_languages(void)
{
    static const LANGID forms[] =
    {
        MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_UK), MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_AUS),
        MAKELANGID(LANG_ENGLISH, SUBLANG_NEUTRAL)
    };
    static const HRESULT samples[] = { BG_E_NOT_FOUND, BG_E_HTTP_ERROR_404, E_ACCESSDENIED, 0x80072ee7 };
    static const HRESULT unknown[] = { 0x80200fff, 0x80190fff, 0x8ffffff0 };
    WCHAR *text, *expect;
    HRESULT hr;
    UINT i, j;

    for (i = 0; i < ARRAY_SIZE(samples); i++)
    {
        winetest_push_context("%#lx", samples[i]);
        hr = describe(samples[i], english, &expect);
        ok(hr == S_OK, "[MGR.GetErrorDescription.2] got %#lx\n", hr);
        hr = describe(samples[i], nobodys, &text);
        ok(hr == NO_LANGUAGE, "[MGR.GetErrorDescription.5] got %#lx\n", hr);
        ok(hr == NO_LANGUAGE, "[ERR.0x80070717] got %#lx\n", hr);
        ok(!text, "[MGR.GetErrorDescription.A2] got %p\n", text);
        hr = describe(samples[i], LANGIDFROMLCID(GetThreadLocale()), &text);
        ok(hr == S_OK || hr == NO_LANGUAGE, "[MGR.GetErrorDescription.2] got %#lx\n", hr);
        if (hr == S_OK) CoTaskMemFree(text);
        hr = describe(samples[i], 0, &text);
        ok_inferred("MGR.GetErrorDescription.A1", hr == S_OK || hr == E_INVALIDARG, "got %#lx\n", hr);
        if (hr == S_OK)
        {
            ok(is_text(text), "[MGR.GetErrorDescription.A1] got %s\n", wine_dbgstr_w(text));
            CoTaskMemFree(text);
        }
        for (j = 0; j < ARRAY_SIZE(forms); j++)
        {
            hr = describe(samples[i], forms[j], &text);
            ok(hr == S_OK || broken(hr == NO_LANGUAGE), "[MGR.GetErrorDescription.6] %#x: got %#lx\n", forms[j], hr);
            if (hr != S_OK) continue;
            ok(!wcscmp(text, expect) || broken(1), "[MGR.GetErrorDescription.6] %#x: got %s\n", forms[j], wine_dbgstr_w(text));
            CoTaskMemFree(text);
        }
        CoTaskMemFree(expect);
        winetest_pop_context();
    }
    for (i = 0; i < ARRAY_SIZE(unknown); i++)
    {
        hr = describe(unknown[i], english, &text);
        ok_inferred("MGR.GetErrorDescription.A2", FAILED(hr) && !text, "%#lx: got %#lx, %p\n", unknown[i], hr, text);
        if (SUCCEEDED(hr)) CoTaskMemFree(text);
    }
    hr = IBackgroundCopyManager_GetErrorDescription(bits_manager, BG_E_NOT_FOUND, english, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A1] got %#lx\n", hr);

    /* a code that a failed call returned, without an error object */
    {
        IBackgroundCopyJob *job;
        GUID id = { 0x11111111 };

        hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job);
        ok(hr == BG_E_NOT_FOUND, "[MGR.GetJob.3] got %#lx\n", hr);
        hr = describe(hr, english, &text);
        ok(hr == S_OK && is_text(text), "[MGR.GetErrorDescription.7] got %#lx\n", hr);
        ok(hr == S_OK && is_text(text), "[MGR.GetErrorDescription.1] got %#lx\n", hr);
        if (hr == S_OK) CoTaskMemFree(text);
    }
}

/* One error object: code and context, and what follows from the context. */
static void check_error_(unsigned int line, IBackgroundCopyJob *job, BG_ERROR_CONTEXT context, HRESULT code, const WCHAR *protocol)
{
    BG_ERROR_CONTEXT got_context = (BG_ERROR_CONTEXT)POISON;
    BOOL has_file = context >= BG_ERROR_CONTEXT_LOCAL_FILE, has_protocol = context >= BG_ERROR_CONTEXT_REMOTE_FILE;
    HRESULT got_code = POISON, hr;
    IBackgroundCopyFile *file;
    IBackgroundCopyError *error;
    WCHAR *text, *expect;
    IUnknown *unknown;

    hr = IBackgroundCopyJob_GetError(job, &error);
    ok_(__FILE__, line)(hr == S_OK, "[JOB.GetError.1] got %#lx\n", hr);
    if (hr != S_OK) return;
    hr = IBackgroundCopyError_QueryInterface(error, &IID_IUnknown, (void **)&unknown);
    ok_(__FILE__, line)(hr == S_OK, "[ID.8] got %#lx\n", hr);
    IUnknown_Release(unknown);

    hr = IBackgroundCopyError_GetError(error, &got_context, &got_code);
    ok_(__FILE__, line)(hr == S_OK, "[ERR.GetError.1] got %#lx\n", hr);
    ok_(__FILE__, line)(got_context == context, "[TYPE.Ctx.1,ERR.CTX.%d] got context %d\n", context, got_context);
    ok_(__FILE__, line)(got_code == code, "[api-1-core:ERR.2] got code %#lx, expected %#lx\n", got_code, code);
    ok_inferred_(__FILE__, line)("ERR.GetError.2", got_context != BG_ERROR_CONTEXT_NONE, "no context\n");
    hr = IBackgroundCopyError_GetError(error, NULL, &got_code);
    ok_(__FILE__, line)(hr == E_INVALIDARG || hr == NULL_REF, "[ERR.GetError.A1] got %#lx\n", hr);
    hr = IBackgroundCopyError_GetError(error, &got_context, NULL);
    ok_(__FILE__, line)(hr == E_INVALIDARG || hr == NULL_REF, "[ERR.GetError.A1] got %#lx\n", hr);

    file = (IBackgroundCopyFile *)POISON;
    hr = IBackgroundCopyError_GetFile(error, &file);
    if (has_file)
    {
        ok_(__FILE__, line)(hr == S_OK && file, "[ERR.GetFile.1,ERR.GEN.5] got %#lx\n", hr);
        if (hr == S_OK)
        {
            hr = IBackgroundCopyFile_GetLocalName(file, &text);
            ok_(__FILE__, line)(hr == S_OK && text && wcsstr(text, bits_folder), "[JOB.GetError.6] got %#lx, %s\n", hr, wine_dbgstr_w(text));
            CoTaskMemFree(text);
            IBackgroundCopyFile_Release(file);
        }
    }
    else
    {
        ok_(__FILE__, line)(hr == BG_E_FILE_NOT_AVAILABLE, "[ERR.GetFile.2,ERR.0x80200004,ERR.GEN.5] got %#lx\n", hr);
        ok_(__FILE__, line)(!file, "[ERR.GetFile.2] got %p\n", file);
    }
    ok_inferred_(__FILE__, line)("ERR.GetFile.A1", hr == (has_file ? S_OK : BG_E_FILE_NOT_AVAILABLE), "got %#lx\n", hr);
    hr = IBackgroundCopyError_GetFile(error, NULL);
    ok_(__FILE__, line)(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A1] got %#lx\n", hr);

    text = (WCHAR *)POISON;
    hr = IBackgroundCopyError_GetProtocol(error, &text);
    if (has_protocol)
    {
        ok_(__FILE__, line)(hr == S_OK, "[ERR.GetProtocol.2] got %#lx\n", hr);
        if (hr == S_OK)
        {
            ok_(__FILE__, line)(!wcscmp(text, protocol), "[ERR.GetProtocol.1,ERR.GEN.5] got %s\n", wine_dbgstr_w(text));
            CoTaskMemFree(text);
        }
    }
    else
    {
        ok_(__FILE__, line)(hr == BG_E_PROTOCOL_NOT_AVAILABLE, "[ERR.GetProtocol.3,ERR.0x80200005,ERR.GEN.5] got %#lx\n", hr);
        ok_(__FILE__, line)(!text, "[ERR.GetProtocol.3] got %p\n", text);
    }
    ok_inferred_(__FILE__, line)("ERR.GetProtocol.A2", hr == (has_protocol ? S_OK : BG_E_PROTOCOL_NOT_AVAILABLE), "got %#lx\n", hr);
    hr = IBackgroundCopyError_GetProtocol(error, NULL);
    ok_(__FILE__, line)(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A1] got %#lx\n", hr);

    /* the text of the code is the manager's */
    hr = IBackgroundCopyError_GetErrorDescription(error, english, &text);
    ok_(__FILE__, line)(hr == S_OK && is_text(text), "[ERR.GetErrorDescription.2] got %#lx\n", hr);
    ok_(__FILE__, line)(hr == S_OK, "[ERR.GetErrorDescription.1] got %#lx\n", hr);
    if (hr == S_OK)
    {
        hr = describe(code, english, &expect);
        ok_(__FILE__, line)(hr == S_OK && !wcscmp(text, expect), "[ERR.GetErrorDescription.7] got %s\n", wine_dbgstr_w(text));
        if (hr == S_OK) CoTaskMemFree(expect);
        CoTaskMemFree(text);
    }
    text = (WCHAR *)POISON;
    hr = IBackgroundCopyError_GetErrorDescription(error, 0, &text);
    ok_(__FILE__, line)(hr == E_INVALIDARG, "[ERR.GetErrorDescription.5] got %#lx\n", hr);
    ok_(__FILE__, line)(!text, "[api-1-core:GEN.4] got %p\n", text);
    hr = IBackgroundCopyError_GetErrorDescription(error, nobodys, &text);
    ok_(__FILE__, line)(hr == NO_LANGUAGE, "[ERR.GetErrorDescription.4] got %#lx\n", hr);
    hr = IBackgroundCopyError_GetErrorDescription(error, english, NULL);
    ok_(__FILE__, line)(hr == E_INVALIDARG || hr == NULL_REF, "[ERR.GetErrorDescription.A1] got %#lx\n", hr);

    hr = IBackgroundCopyError_GetErrorContextDescription(error, english, &text);
    ok_(__FILE__, line)(hr == S_OK && is_text(text), "[ERR.GetErrorContextDescription.1] got %#lx\n", hr);
    if (hr == S_OK)
    {
        static WCHAR seen[9][200];
        UINT i;

        ok_inferred_(__FILE__, line)("ERR.GetErrorContextDescription.A1", is_text(text), "got %s\n", wine_dbgstr_w(text));
        for (i = 0; i < ARRAY_SIZE(seen); i++)
            ok_(__FILE__, line)(i == (UINT)context || wcscmp(text, seen[i]), "the text of context %u: %s\n", i, wine_dbgstr_w(text));
        lstrcpynW(seen[context], text, ARRAY_SIZE(seen[context]));
        CoTaskMemFree(text);
    }
    hr = IBackgroundCopyError_GetErrorContextDescription(error, 0, &text);
    ok_(__FILE__, line)(hr == E_INVALIDARG, "[ERR.GetErrorContextDescription.2] got %#lx\n", hr);
    hr = IBackgroundCopyError_GetErrorContextDescription(error, nobodys, &text);
    ok_(__FILE__, line)(hr == NO_LANGUAGE, "[ERR.GetErrorContextDescription.2] got %#lx\n", hr);
    hr = IBackgroundCopyError_GetErrorContextDescription(error, english, NULL);
    ok_(__FILE__, line)(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A1] got %#lx\n", hr);
    IBackgroundCopyError_Release(error);
}
#define check_error(job, context, code, protocol) check_error_(__LINE__, job, context, code, protocol)

static void test_contexts(void)
{
    IBackgroundCopyJob4 *job4;
    IBackgroundCopyJob *job;
    HRESULT hr;

    ok(offsetof(IBackgroundCopyErrorVtbl, GetError) == 3 * sizeof(void *) && sizeof(IBackgroundCopyErrorVtbl) == 8 * sizeof(void *),
       "[api-1-core:ERR.1] wrong table\n");
    ok(BG_ERROR_CONTEXT_NONE == 0 && BG_ERROR_CONTEXT_UNKNOWN == 1 && BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER == 2
       && BG_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION == 3 && BG_ERROR_CONTEXT_LOCAL_FILE == 4 && BG_ERROR_CONTEXT_REMOTE_FILE == 5
       && BG_ERROR_CONTEXT_GENERAL_TRANSPORT == 6 && BG_ERROR_CONTEXT_REMOTE_APPLICATION == 7, "[TYPE.Ctx.1] wrong values\n");
    ok(BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK == 8, "[TYPE.Ctx.3] wrong value\n");

    /* the server's answers: for good, and for now */
    if ((job = bits_job_in_state(BG_JOB_STATE_ERROR)))
    {
        check_error(job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_HTTP_ERROR_404, L"http");
        ok(BG_E_HTTP_ERROR_404 == (HRESULT)(0x80190000 + 404), "[CONST.3] got %#lx\n", (HRESULT)BG_E_HTTP_ERROR_404);
        bits_cancel(job);
    }
    if ((job = bits_job_in_state(BG_JOB_STATE_TRANSIENT_ERROR)))
    {
        check_error(job, BG_ERROR_CONTEXT_REMOTE_FILE, BG_E_HTTP_ERROR_503, L"http");
        bits_cancel(job);
    }

    /* a local source that is not there */
    if ((job = bits_create_job(L"local", BG_JOB_TYPE_DOWNLOAD)))
    {
        bits_add_file(job, bits_path(L"missing"), bits_path(L"file"));
        IBackgroundCopyJob_SetNoProgressTimeout(job, 0);
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_ERROR);
        check_error(job, BG_ERROR_CONTEXT_REMOTE_FILE, HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND), L"file");
        bits_cancel(job);
    }

    /* the folder has gone since AddFile */
    if ((job = bits_create_job(L"folder", BG_JOB_TYPE_DOWNLOAD)))
    {
        CreateDirectoryW(bits_path(L"dir"), NULL);
        bits_add_file(job, bits_url(L"/state/good"), bits_path(L"dir\\file"));
        RemoveDirectoryW(bits_path(L"dir"));
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_ERROR);
        check_error(job, BG_ERROR_CONTEXT_LOCAL_FILE, HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), NULL);
        bits_cancel(job);
    }

    /* the service's own limit, tied to no file */
    if ((job = bits_create_job(L"limit", BG_JOB_TYPE_DOWNLOAD)))
    {
        bits_add_file(job, bits_url(L"/state/stall"), bits_path(L"file"));
        if ((job4 = bits_query(job, IBackgroundCopyJob4)))
        {
            hr = IBackgroundCopyJob4_SetMaximumDownloadTime(job4, 1);
            ok(hr == S_OK, "SetMaximumDownloadTime: got %#lx\n", hr);
            IBackgroundCopyJob4_Release(job4);
            bits_resume(job);
            bits_wait_state(job, BG_JOB_STATE_ERROR);
            check_error(job, BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, BG_E_MAXDOWNLOAD_TIMEOUT, NULL);
        }
        bits_cancel(job);
    }
}

/* How long an error is there, and that it does not change in the client's hand. */
static void test_lifetime(void)
{
    IBackgroundCopyError *error = NULL, *again;
    BG_ERROR_CONTEXT context;
    IBackgroundCopyJob *job;
    HRESULT hr, code;
    ULONG refs;

    if (!(job = bits_create_job(L"lifetime", BG_JOB_TYPE_DOWNLOAD))) return;
    bits_add_file(job, bits_url(L"/flip"), bits_path(L"file"));
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    hr = IBackgroundCopyJob_GetError(job, &error);
    ok(hr == S_OK, "[api-1-core:ERR.4] got %#lx\n", hr);
    /* a failed call makes none, and does not disturb this one */
    hr = IBackgroundCopyJob_AddFile(job, L"ftp://127.0.0.1/file", bits_path(L"file"));
    ok(hr == E_INVALIDARG, "[JOB.AddFile.2] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetError(job, &again);
    ok(hr == S_OK, "[JOB.GetError.2] got %#lx\n", hr);
    if (hr == S_OK)
    {
        hr = IBackgroundCopyError_GetError(again, &context, &code);
        ok(hr == S_OK && code == BG_E_HTTP_ERROR_403, "[ERR.GEN.2] got %#lx, %#lx\n", hr, code);
        IBackgroundCopyError_Release(again);
    }
    /* the second time the server sends the file */
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    hr = IBackgroundCopyJob_GetError(job, &again);
    ok(hr == BG_E_ERROR_INFORMATION_UNAVAILABLE, "[JOB.GetError.3] got %#lx\n", hr);
    ok(hr == BG_E_ERROR_INFORMATION_UNAVAILABLE, "[api-1-core:ERR.3] got %#lx\n", hr);
    if (error)
    {
        hr = IBackgroundCopyError_GetError(error, &context, &code);
        ok_inferred("JOB.GetError.A4", hr == S_OK && context == BG_ERROR_CONTEXT_REMOTE_FILE && code == BG_E_HTTP_ERROR_403,
                    "got %#lx, %d, %#lx\n", hr, context, code);
    }
    bits_cancel(job);
    if (error)
    {
        hr = IBackgroundCopyError_GetError(error, &context, &code);
        ok_inferred("JOB.GetError.A4", hr == S_OK && code == BG_E_HTTP_ERROR_403, "got %#lx, %#lx\n", hr, code);
        refs = IBackgroundCopyError_Release(error);
        ok(!refs, "[api-1-core:GEN.2] got %lu references\n", refs);
    }
}

/* Another process of the user can read it, also after the service was started anew [JOB.GetError.A2, BEH.PERSIST.19]. */
static void check_in_child(const char *argument)
{
    BG_ERROR_CONTEXT context;
    IBackgroundCopyError *error;
    IBackgroundCopyJob *job;
    WCHAR wide[50];
    HRESULT hr, code;
    GUID id;

    MultiByteToWideChar(CP_ACP, 0, argument, -1, wide, ARRAY_SIZE(wide));
    CLSIDFromString(wide, &id);
    hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job);
    ok(hr == S_OK, "[OBS.12] got %#lx\n", hr);
    if (hr != S_OK) return;
    hr = IBackgroundCopyJob_GetError(job, &error);
    ok_inferred("JOB.GetError.A2", hr == S_OK, "got %#lx\n", hr);
    if (hr == S_OK)
    {
        hr = IBackgroundCopyError_GetError(error, &context, &code);
        ok_inferred("BEH.PERSIST.19", hr == S_OK && context == BG_ERROR_CONTEXT_REMOTE_FILE && code == BG_E_HTTP_ERROR_404,
                    "got %#lx, %d, %#lx\n", hr, context, code);
        IBackgroundCopyError_Release(error);
    }
    IBackgroundCopyJob_Release(job);
}

static void test_other_process(void)
{
    IBackgroundCopyJob *job = bits_job_in_state(BG_JOB_STATE_ERROR);
    WCHAR wide[50];
    char text[50];
    HRESULT hr;
    GUID id;

    if (!job) return;
    IBackgroundCopyJob_GetId(job, &id);
    StringFromGUID2(&id, wide, ARRAY_SIZE(wide));
    WideCharToMultiByte(CP_ACP, 0, wide, -1, text, sizeof(text), NULL, NULL);
    bits_run_child("error", text, BITS_CHILD_PLAIN);
    if (bits_restart_service())
    {
        IBackgroundCopyJob_Release(job);
        bits_run_child("error", text, BITS_CHILD_PLAIN);
        hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job);
        ok(hr == S_OK, "[LIFE.1] got %#lx\n", hr);
        if (hr != S_OK) return;
    }
    bits_cancel(job);
}

START_TEST(error)
{
    const char *argument;

    if (!bits_begin()) return;
    if ((argument = bits_child_argument()))
    {
        check_in_child(argument);
        bits_end();
        return;
    }
    test_codes();
    test_languages();
    if (bits_server_start(BITS_STATES_SCRIPT "on * /flip\n reply\n status 403\n reply\n size 1000\n"))
    {
        test_contexts();
        test_lifetime();
        test_other_process();
    }
    bits_end();
}
