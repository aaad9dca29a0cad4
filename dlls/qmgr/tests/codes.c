/*
 * Tests of the rows of the code table
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
#include <stdio.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"

/*
 * The codes that no method of these days returns and no job ends with: their numbers, and that people who meet one in an old log can ask
 * the service what it says.  The others are asserted where they are produced.
 */

#define POISON 0xdeadbeef
#define W32(code) ((HRESULT)(0x80070000 | (code)))
#define WINHTTP_NAME_NOT_RESOLVED 12007
#define WINHTTP_CANNOT_CONNECT 12029
#define WINHTTP_CONNECTION_ERROR 12030
#define WINHTTP_INVALID_SERVER_RESPONSE 12152

static const LANGID english = MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US);

/* facts: the id of the row; word: one that the text cannot do without */
static const struct
{
    const char *facts;
    HRESULT code, number;
    const WCHAR *word;
}
silent_codes[] =
{
    { "ERR.0x80200014", BG_E_REMOTE_NOT_SUPPORTED, 0x80200014, L"computer" },
    { "ERR.0x80200024", BG_E_NO_PROGRESS, 0x80200024, L"progress" },
    { "ERR.0x80200029", BG_E_FILE_NOT_FOUND, 0x80200029, L"file" },
    { "ERR.0x0020002A", BG_S_PROXY_CHANGED, 0x0020002a, L"proxy" },
    { "ERR.0x8020002D", BG_E_CONNECT_FAILURE, 0x8020002d, L"connect" },
    { "ERR.0x8020002E", BG_E_CONNECTION_CLOSED, 0x8020002e, L"closed" },
    { "ERR.0x8020002F", BG_E_KEEP_ALIVE_FAILURE, 0x8020002f, L"connection" },
    { "ERR.0x80200030", BG_E_MESSAGE_LENGTH_LIMIT_EXCEEDED, 0x80200030, L"message" },
    { "ERR.0x80200031", BG_E_NAME_RESOLUTION_FAILURE, 0x80200031, L"name" },
    { "ERR.0x80200032", BG_E_PENDING, 0x80200032, L"progress" },
    { "ERR.0x80200033", BG_E_PIPELINE_FAILURE, 0x80200033, L"pipeline" },
    { "ERR.0x80200034", BG_E_PROTOCOL_ERROR, 0x80200034, L"protocol" },
    { "ERR.0x80200035", BG_E_PROXY_NAME_RESOLUTION_FAILURE, 0x80200035, L"proxy" },
    { "ERR.0x80200036", BG_E_RECEIVE_FAILURE, 0x80200036, L"receiv" },
    { "ERR.0x80200037", BG_E_REQUEST_CANCELED, 0x80200037, L"cancel" },
    { "ERR.0x80200038", BG_E_SECURE_CHANNEL_FAILURE, 0x80200038, L"secure" },
    { "ERR.0x80200039", BG_E_SEND_FAILURE, 0x80200039, L"sen" },
    { "ERR.0x8020003A", BG_E_SERVER_PROTOCOL_VIOLATION, 0x8020003a, L"protocol" },
    { "ERR.0x8020003B", BG_E_TIMEOUT, 0x8020003b, L"time" },
    { "ERR.0x8020003C", BG_E_TRUST_FAILURE, 0x8020003c, L"trust" },
    { "ERR.0x8020003D", BG_E_UNKNOWN_ERROR, 0x8020003d, L"unknown" },
    { "ERR.0x80200041", BG_E_INVALID_HASH_ALGORITHM, 0x80200041, L"hash" },
    { "ERR.0x80200042", BG_E_RECORD_DELETED, 0x80200042, L"deleted" },
    { "ERR.0x80200043", BG_E_COMMIT_IN_PROGRESS, 0x80200043, L"cache" },
    { "ERR.0x80200044", BG_E_DISCOVERY_IN_PROGRESS, 0x80200044, L"peer" },
    { "ERR.0x80200045", BG_E_UPNP_ERROR, 0x80200045, L"gateway" },
    { "ERR.0x80200046", BG_E_TEST_OPTION_BLOCKED_DOWNLOAD, 0x80200046, L"test" },
    { "ERR.0x80200047", BG_E_PEERCACHING_DISABLED, 0x80200047, L"peer" },
    { "ERR.0x80200048", BG_E_BUSYCACHERECORD, 0x80200048, L"use" },
    { "ERR.0x00200055", BG_S_OVERRIDDEN_BY_POLICY, 0x00200055, L"policy" },
    { "ERR.0x8020006A", BG_E_APP_PACKAGE_NOT_FOUND, 0x8020006a, L"package" },
    { "ERR.0x8020006B", BG_E_APP_PACKAGE_SCENARIO_NOT_SUPPORTED, 0x8020006b, L"package" },
    { "ERR.0x8020006C", BG_E_DATABASE_CORRUPT, 0x8020006c, L"jobs" },
};

/* The contexts: number, message id, and what its text tells. */
static const struct
{
    BG_ERROR_CONTEXT context;
    int number;
    HRESULT code, message;
    const char *facts;
    const WCHAR *word;
}
contexts[] =
{
    { BG_ERROR_CONTEXT_NONE, 0, BG_S_ERROR_CONTEXT_NONE, 0x00200006, "ERR.CTX.20,ERR.CTX.0,ERR.0x00200006", L"no error" },
    { BG_ERROR_CONTEXT_UNKNOWN, 1, BG_E_ERROR_CONTEXT_UNKNOWN, 0x80200007, "ERR.CTX.20,ERR.CTX.1,ERR.0x80200007", L"unknown" },
    { BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, 2, BG_E_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER, 0x80200008,
      "ERR.CTX.20,ERR.0x80200008", L"background intelligent transfer service" },
    { BG_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION, 3, BG_E_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION, 0x8020000c,
      "ERR.CTX.20,ERR.CTX.3,ERR.0x8020000C", L"notifi" },
    { BG_ERROR_CONTEXT_LOCAL_FILE, 4, BG_E_ERROR_CONTEXT_LOCAL_FILE, 0x80200009, "ERR.CTX.20,ERR.0x80200009", L"local file" },
    { BG_ERROR_CONTEXT_REMOTE_FILE, 5, BG_E_ERROR_CONTEXT_REMOTE_FILE, 0x8020000a, "ERR.CTX.20,ERR.0x8020000A", L"remote file" },
    { BG_ERROR_CONTEXT_GENERAL_TRANSPORT, 6, BG_E_ERROR_CONTEXT_GENERAL_TRANSPORT, 0x8020000b, "ERR.CTX.20,ERR.0x8020000B", L"transport" },
    { BG_ERROR_CONTEXT_REMOTE_APPLICATION, 7, BG_E_ERROR_CONTEXT_REMOTE_APPLICATION, 0x8020001e,
      "ERR.CTX.20,ERR.0x8020001E", L"application" },
    { BG_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK, 8, BG_E_ERROR_CONTEXT_SERVER_CERTIFICATE_CALLBACK, 0x80200076,
      "ERR.CTX.20,ERR.0x80200076", L"certificate" },
};

/* Is the word in the text, in any case of letters? */
static BOOL has_word(const WCHAR *text, const WCHAR *word)
{
    size_t len = wcslen(word);

    for (; *text; text++) if (!_wcsnicmp(text, word, len)) return TRUE;
    return FALSE;
}

static HRESULT describe(HRESULT code, WCHAR **text)
{
    *text = (WCHAR *)POISON;
    return IBackgroundCopyManager_GetErrorDescription(bits_manager, code, english, text);
}

/* The text of a code; versions of Windows from before the code's have none. */
static void check_text(const char *facts, HRESULT code, const WCHAR *word)
{
    WCHAR *text;
    HRESULT hr = describe(code, &text);

    ok(hr == S_OK || broken(FAILED(hr)), "[%s] %#lx: got %#lx\n", facts, code, hr);
    if (hr != S_OK) return;
    ok(has_word(text, word) || broken(1), "[%s] %#lx: got %s\n", facts, code, wine_dbgstr_w(text));
    CoTaskMemFree(text);
}

static void test_silent_codes(void)
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(silent_codes); i++)
    {
        ok(silent_codes[i].code == silent_codes[i].number, "[%s] got %#lx\n", silent_codes[i].facts, silent_codes[i].code);
        check_text(silent_codes[i].facts, silent_codes[i].code, silent_codes[i].word);
    }
}

/* What a number says of where a code comes from; and the numbers that were never given. */
static void test_numbers(void)
{
    static const HRESULT bits[] = { BG_E_NOT_FOUND, BG_E_TOO_MANY_FILES, BG_E_TOO_MANY_JOBS_PER_USER, BG_E_READ_ONLY_WHEN_JOB_ACTIVE };
    static const HRESULT good[] = { BG_S_PARTIAL_COMPLETE, BG_S_UNABLE_TO_DELETE_FILES, BG_S_PROXY_CHANGED, BG_S_OVERRIDDEN_BY_POLICY };
    static const struct { HRESULT code; int status; } http[] =
    {
        { BG_E_HTTP_ERROR_100, 100 }, { BG_E_HTTP_ERROR_206, 206 }, { BG_E_HTTP_ERROR_307, 307 }, { BG_E_HTTP_ERROR_404, 404 },
        { BG_E_HTTP_ERROR_449, 449 }, { BG_E_HTTP_ERROR_505, 505 },
    };
    unsigned int i;
    WCHAR *text;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(bits); i++) ok((bits[i] & 0xffff0000) == 0x80200000, "[ERR.GEN.1] got %#lx\n", bits[i]);
    for (i = 0; i < ARRAY_SIZE(good); i++) ok((good[i] & 0xffff0000) == 0x00200000, "[ERR.GEN.1] got %#lx\n", good[i]);
    for (i = 0; i < ARRAY_SIZE(http); i++) ok(http[i].code == 0x80190000 + http[i].status, "[ERR.GEN.1] got %#lx\n", http[i].code);

    for (i = 0x4a; i <= 0x5f; i++)
    {
        if (i > 0x4f && i < 0x5a) continue;
        hr = describe(0x80200000 | i, &text);
        ok(FAILED(hr) && !text, "[ERR.GEN.20] %#lx: got %#lx, %s\n", (HRESULT)(0x80200000 | i), hr, hr == S_OK ? wine_dbgstr_w(text) : "");
        if (SUCCEEDED(hr)) CoTaskMemFree(text);
    }
}

static void test_context_messages(void)
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(contexts); i++)
    {
        ok(contexts[i].context == contexts[i].number && contexts[i].code == contexts[i].message, "[%s] got %d, %#lx\n", contexts[i].facts,
           contexts[i].context, contexts[i].code);
        check_text(contexts[i].facts, contexts[i].message, contexts[i].word);
    }
}

/* The failed job's error: its text of the context is that of the context's message id. */
static void check_failed(unsigned int line, IBackgroundCopyJob *job, BG_ERROR_CONTEXT context, HRESULT code, const char *facts)
{
    BG_ERROR_CONTEXT got_context = (BG_ERROR_CONTEXT)POISON;
    IBackgroundCopyError *error;
    WCHAR *text, *expect;
    HRESULT got, hr;

    hr = IBackgroundCopyJob_GetError(job, &error);
    ok_(__FILE__, line)(hr == S_OK, "GetError: got %#lx\n", hr);
    if (hr != S_OK) return;
    hr = IBackgroundCopyError_GetError(error, &got_context, &got);
    ok_(__FILE__, line)(hr == S_OK && got == code, "[%s] got %#lx, %#lx\n", facts, hr, got);
    ok_(__FILE__, line)(got_context == context, "[ERR.CTX.%d] got context %d\n", context, got_context);
    hr = IBackgroundCopyError_GetErrorContextDescription(error, english, &text);
    ok_(__FILE__, line)(hr == S_OK, "[ERR.CTX.%d] got %#lx\n", context, hr);
    if (hr == S_OK)
    {
        hr = describe(contexts[context].message, &expect);
        ok_(__FILE__, line)(hr == S_OK && !wcscmp(text, expect), "[%s] got %#lx, %s\n", contexts[context].facts, hr, wine_dbgstr_w(text));
        if (hr == S_OK) CoTaskMemFree(expect);
        CoTaskMemFree(text);
    }
    IBackgroundCopyError_Release(error);
}

/* Failures of the wire come as the codes of WinHTTP; the old ones of facility 0x20 for the same things are not given. */
static void test_transport_codes(void)
{
    static const struct
    {
        const WCHAR *path, *proxy;
        BG_ERROR_CONTEXT context;
        HRESULT code;
        const char *facts;
    }
    tests[] =
    {
        /* nobody listens at port 1 */
        { L"http://127.0.0.1:1/f", NULL, BG_ERROR_CONTEXT_REMOTE_FILE, W32(WINHTTP_CANNOT_CONNECT), "ERR.0x8020002D" },
        { L"/dropped", NULL, BG_ERROR_CONTEXT_REMOTE_FILE, W32(WINHTTP_CONNECTION_ERROR), "ERR.0x8020002E,ERR.0x8020002F,ERR.0x80200036" },
        { L"/garbled", NULL, BG_ERROR_CONTEXT_REMOTE_FILE, W32(WINHTTP_INVALID_SERVER_RESPONSE), "ERR.0x80200034,ERR.0x8020003A" },
        { L"/good", L"127.0.0.1:1", BG_ERROR_CONTEXT_GENERAL_TRANSPORT, W32(WINHTTP_CANNOT_CONNECT), "ERR.0x8020002D" },
        { L"/good", L"no-such-host.invalid:80", BG_ERROR_CONTEXT_GENERAL_TRANSPORT, W32(WINHTTP_NAME_NOT_RESOLVED),
          "ERR.0x80200031,ERR.0x80200035" },
    };
    IBackgroundCopyJob *job;
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context("%u", i);
        job = bits_create_job(L"transport", BG_JOB_TYPE_DOWNLOAD);
        bits_add_file(job, tests[i].path[0] == '/' ? bits_url(tests[i].path) : tests[i].path, bits_path(L"file"));
        hr = IBackgroundCopyJob_SetProxySettings(job, tests[i].proxy ? BG_JOB_PROXY_USAGE_OVERRIDE : BG_JOB_PROXY_USAGE_NO_PROXY,
                                                 tests[i].proxy, NULL);
        ok(hr == S_OK, "SetProxySettings: got %#lx\n", hr);
        IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
        bits_resume(job);
        if (bits_wait_states(job, 1 << BG_JOB_STATE_TRANSIENT_ERROR | 1 << BG_JOB_STATE_ERROR))
            check_failed(__LINE__, job, tests[i].context, tests[i].code, tests[i].facts);
        bits_cancel(job);
        winetest_pop_context();
    }
}

/* The contexts that a download can meet are error.c's. */
static void test_no_context(void)
{
    IBackgroundCopyError *error;
    IBackgroundCopyJob *job;
    HRESULT hr;

    if ((job = bits_create_job(L"none", BG_JOB_TYPE_DOWNLOAD)))
    {
        hr = IBackgroundCopyJob_GetError(job, &error);
        ok(hr == BG_E_ERROR_INFORMATION_UNAVAILABLE, "[ERR.CTX.0,ERR.0x8020000F] got %#lx\n", hr);
        bits_cancel(job);
    }
}

/* Lists that no version takes. */
static void test_long_lists(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"lists", BG_JOB_TYPE_DOWNLOAD);
    WCHAR *text = bits_long_string(40000);
    HRESULT hr;

    if (job)
    {
        hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, text, NULL);
        ok(hr == BG_E_PROXY_LIST_TOO_LARGE, "[ERR.0x80200018] got %#lx\n", hr);
        hr = IBackgroundCopyJob_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, L"127.0.0.1:1", text);
        ok(hr == BG_E_PROXY_BYPASS_LIST_TOO_LARGE, "[ERR.0x80200019] got %#lx\n", hr);
        bits_cancel(job);
    }
    free(text);
}

START_TEST(codes)
{
    if (!bits_begin()) return;
    test_silent_codes();
    test_numbers();
    test_context_messages();
    test_long_lists();
    if (bits_server_start("on * /good\n size 1000\n"
                          "on * /dropped\n drop\n"
                          "on * /garbled\n size 1000\n header nonsense\n"))
    {
        test_no_context();
        test_transport_codes();
    }
    bits_end();
}
