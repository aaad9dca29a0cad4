/*
 * Bodies that the shim reads: lengths, chunks, and framing that is broken
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
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "shim_test.h"

static void test_bodies(const char *scheme, const char *host, const char *peer)
{
    static const struct
    {
        const char *path;
        UINT32 status;
        UINT64 length, got;
        HRESULT hr;
        BOOL text;       /* no pattern */
    }
    tests[] =
    {
        { "/len/0", 200, 0, 0, S_FALSE },
        { "/len/1", 200, 1, 1, S_FALSE },
        { "/len/1000", 200, 1000, 1000, S_FALSE },
        { "/len/262144", 200, 262144, 262144, S_FALSE },
        { "/len/10000001", 200, 10000001, 10000001, S_FALSE },
        { "/chunked/100000/1", 200, SIZE_UNKNOWN, 100000, S_FALSE },
        { "/chunked/3000000/777", 200, SIZE_UNKNOWN, 3000000, S_FALSE },
        { "/chunked/10000000/300000", 200, SIZE_UNKNOWN, 10000000, S_FALSE },
        { "/chunked/0/1", 200, SIZE_UNKNOWN, 0, S_FALSE },
        { "/status/404/10", 404, 10, 10, S_FALSE, TRUE },
        { "/status/204", 204, 0, 0, S_FALSE },
        { "/status/302/5", 302, 5, 5, S_FALSE, TRUE },
        { "/raw/interim", 200, 2, 2, S_FALSE },
        { "/raw/no-reason", 200, 1, 1, S_FALSE },
        { "/raw/lower", 200, 1, 1, S_FALSE },
        { "/raw/stray-crlf", 200, 3, 3, S_FALSE },
        { "/short/1000000/999999", 200, 1000000, 999999, HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) },
        { "/short/1000/0", 200, 1000, 0, HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) },
        { "/short/10737418240/1000000", 200, 10737418240ull, 1000000, HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) },
        { "/short/18446744073709551614/1000", 200, 18446744073709551614ull, 1000, HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) },
        { "/short-reset/1000/10", 200, 1000, 10, HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) },
        { "/long/1000/1", 200, 1000, 1000, BG_E_INVALID_SERVER_RESPONSE },
        { "/long/1000000/100", 200, 1000000, 1000000, BG_E_INVALID_SERVER_RESPONSE },
        { "/long/262144/1", 200, 262144, 262144, BG_E_INVALID_SERVER_RESPONSE },
        { "/raw/bad-chunk", 200, SIZE_UNKNOWN, 3, HR_WIN32(ERROR_WINHTTP_INVALID_SERVER_RESPONSE) },
        { "/raw/short-chunk", 200, SIZE_UNKNOWN, 4, HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) },
    };
    static const struct
    {
        const char *path;
        HRESULT hr;
    }
    failures[] =
    {
        { "/raw/garbage", BG_E_INSUFFICIENT_HTTP_SUPPORT },
        { "/raw/version", BG_E_INSUFFICIENT_HTTP_SUPPORT },
        { "/raw/two-lengths", HR_WIN32(ERROR_WINHTTP_INVALID_SERVER_RESPONSE) },
        { "/raw/empty", HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) },
        { "/raw/half-head", HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) },
    };
    struct shim_session *session = create_session(0);
    static struct result result;
    struct shim_request_params params;
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context("%s %s", scheme, tests[i].path);
        get(session, url(scheme, host, peer, tests[i].path), &result);
        ok(result.in_body, "got %#lx\n", result.hr);
        ok(result.hr == tests[i].hr, "got %#lx\n", result.hr);
        ok(result.status == tests[i].status, "got %u\n", result.status);
        ok(result.length == tests[i].length, "got %I64u\n", result.length);
        ok(result.got == tests[i].got, "got %I64u\n", result.got);
        ok(result.exact || tests[i].text, "wrong bytes\n");
        if (FAILED(tests[i].hr)) ok(result.error.context == SHIM_CONTEXT_REMOTE_FILE, "got %lu\n", result.error.context);
        winetest_pop_context();
    }
    for (i = 0; i < ARRAY_SIZE(failures); i++)
    {
        winetest_push_context("%s %s", scheme, failures[i].path);
        get(session, url(scheme, host, peer, failures[i].path), &result);
        ok(!result.in_body, "got a reply\n");
        ok(result.hr == failures[i].hr, "got %#lx\n", result.hr);
        ok(result.error.context == SHIM_CONTEXT_REMOTE_FILE, "got %lu\n", result.error.context);
        winetest_pop_context();
    }

    /* HEAD has a length and no body */
    init_params(&params, url(scheme, host, peer, "/len/5000000000"));
    params.method = L"HEAD";
    run_request(session, &params, 1000, &result);
    ok(result.hr == S_FALSE && result.status == 200 && !result.got, "got %#lx, %u\n", result.hr, result.status);

    /* small buffers */
    for (i = 0; i < 3; i++)
    {
        static const char *const paths[] = { "/len/100001", "/chunked/100001/99", "/long/3000/7" };
        static const UINT32 sizes[] = { 1, 777, 4096 };

        winetest_push_context("%s %s %u", scheme, paths[i], sizes[i]);
        init_params(&params, url(scheme, host, peer, paths[i]));
        run_request(session, &params, sizes[i], &result);
        ok(result.hr == (i == 2 ? BG_E_INVALID_SERVER_RESPONSE : S_FALSE), "got %#lx\n", result.hr);
        ok(result.got == (i == 2 ? 3000 : 100001) && result.exact, "got %I64u\n", result.got);
        winetest_pop_context();
    }
    shim_session_release(session);
}

void test_close_delimited(void)
{
    struct shim_session *session = create_session(0);
    static struct result result;

    get(session, url("http", "127.0.0.1", "PLAIN", "/close/3000000"), &result);
    ok(result.hr == S_FALSE && result.got == 3000000 && result.exact, "got %#lx, %I64u\n", result.hr, result.got);
    ok(result.length == SIZE_UNKNOWN, "got %I64u\n", result.length);
    get(session, url("https", "localhost", "TLS_GOOD", "/close/polite/3000000"), &result);
    ok(result.hr == S_FALSE && result.got == 3000000 && result.exact, "got %#lx, %I64u\n", result.hr, result.got);
    /* without close_notify anybody may have cut it */
    get(session, url("https", "localhost", "TLS_GOOD", "/close/rude/3000000"), &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) && result.got == 3000000, "got %#lx, %I64u\n", result.hr, result.got);
    shim_session_release(session);
}

void test_bodies_plain(void) { test_bodies("http", "127.0.0.1", "PLAIN"); }
void test_bodies_tls(void) { test_bodies("https", "localhost", "TLS_GOOD"); }
