/*
 * Servers that cannot be reached or do not answer in time, and the addresses of a name
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
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "shim_test.h"

void test_failures(void)
{
    struct shim_session *session = create_session(0);
    struct shim_request_params params;
    static struct result result;
    DWORD start, took;

    get(session, url("http", "127.0.0.1", "REFUSED", "/"), &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_CANNOT_CONNECT), "got %#lx\n", result.hr);
    ok(result.error.context == SHIM_CONTEXT_REMOTE_FILE, "got %lu\n", result.error.context);
    get(session, L"http://no-such-host.invalid/", &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_NAME_NOT_RESOLVED), "got %#lx\n", result.hr);
    get(session, L"ftp://127.0.0.1/", &result);
    ok(FAILED(result.hr), "got %#lx\n", result.hr);

    init_params(&params, url("http", "127.0.0.1", "FULL", "/"));
    params.connect_timeout = 300;
    start = GetTickCount();
    run_request(session, &params, 1000, &result);
    took = GetTickCount() - start;
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_TIMEOUT), "got %#lx\n", result.hr);
    ok(took >= 250 && took < 1500, "took %lu\n", took);

    init_params(&params, url("http", "127.0.0.1", "PLAIN", "/stall"));
    params.io_timeout = 300;
    start = GetTickCount();
    run_request(session, &params, 1000, &result);
    took = GetTickCount() - start;
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_TIMEOUT) && !result.in_body, "got %#lx\n", result.hr);
    ok(took >= 250 && took < 1500, "took %lu\n", took);
    params.url = url("http", "127.0.0.1", "PLAIN", "/stall/1000000");
    run_request(session, &params, 1000, &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_TIMEOUT) && result.got == 1000000 && result.exact, "got %#lx\n", result.hr);
    /* a byte now and then does not make a head */
    params.url = url("http", "127.0.0.1", "PLAIN", "/drip");
    start = GetTickCount();
    run_request(session, &params, 1000, &result);
    took = GetTickCount() - start;
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_TIMEOUT) && took < 5000, "got %#lx after %lu\n", result.hr, took);
    /* nor a handshake or a record of TLS */
    params.url = url("https", "localhost", "DRIP", "/");
    start = GetTickCount();
    run_request(session, &params, 1000, &result);
    took = GetTickCount() - start;
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_TIMEOUT) && took < 5000, "got %#lx after %lu\n", result.hr, took);
    params.url = url("https", "localhost", "TLS_GOOD", "/drip-record");
    start = GetTickCount();
    run_request(session, &params, 1000, &result);
    took = GetTickCount() - start;
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_TIMEOUT) && took < 5000, "got %#lx after %lu\n", result.hr, took);
    params.url = url("https", "localhost", "SILENT", "/");
    run_request(session, &params, 1000, &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_TIMEOUT) && !result.in_body, "got %#lx\n", result.hr);

    /* where localhost is ::1 too, nobody listens there */
    get(session, url("http", "localhost", "PLAIN", "/len/10"), &result);
    ok(result.hr == S_FALSE && result.got == 10, "got %#lx\n", result.hr);
    if (port("PLAIN6"))
    {
        get(session, url("http", "::1", "PLAIN6", "/echo"), &result);
        ok(result.hr == S_FALSE && strstr(result.text, "Host: [::1]:"), "got %#lx, %s\n", result.hr, result.text);
    }
    else skip("no IPv6\n");
    if (port("LOCALHOST6"))
    {
        get(session, url("http", "localhost", "LOCALHOST6", "/len/10"), &result);
        ok(result.hr == S_FALSE && result.got == 10, "got %#lx\n", result.hr);
    }
    else skip("localhost is no IPv6 name here\n");
    shim_session_release(session);
}
