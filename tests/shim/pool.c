/*
 * Connections that the shim keeps
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
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>

#include "shim_test.h"

static void test_pool(const char *scheme, const char *host, const char *peer)
{
    struct shim_session *session = create_session(0), *other = create_session(0);
    struct shim_request_params params;
    struct shim_request *request;
    struct shim_reply reply;
    struct shim_error error;
    static struct result result;
    struct shim_body body = {0};
    UINT64 offset = 0;
    char first[32], expect[32];
    HRESULT hr;
    UINT32 i, got;

    winetest_push_context("%s", scheme);
    get(session, url(scheme, host, peer, "/id"), &result);
    strcpy(first, result.text);
    ok(strstr(first, ".1") != NULL, "got %s\n", first);
    for (i = 2; i < 10; i++)
    {
        get(session, url(scheme, host, peer, "/id"), &result);
        sprintf(expect, "%d.%u", atoi(first), i);
        ok(!strcmp(result.text, expect), "got %s, not %s\n", result.text, expect);
    }
    get(other, url(scheme, host, peer, "/id"), &result);
    ok(atoi(result.text) != atoi(first), "[WINE.HTTP.16] another session got the connection\n");

    /* an unread small body is read away, a long one is not waited for */
    init_params(&params, url(scheme, host, peer, "/status/404/1000"));
    hr = shim_send(session, &params, &request, &reply, &error);
    ok(hr == S_OK && reply.status == 404, "got %#lx\n", hr);
    shim_close(request);
    get(session, url(scheme, host, peer, "/id"), &result);
    ok(atoi(result.text) == atoi(first), "got %s after %s\n", result.text, first);
    init_params(&params, url(scheme, host, peer, "/len/100000000"));
    hr = shim_send(session, &params, &request, &reply, &error);
    ok(hr == S_OK, "got %#lx\n", hr);
    hr = shim_read(request, first, 10, &got, &error);
    ok(hr == S_OK && got, "got %#lx\n", hr);
    shim_close(request);
    get(session, url(scheme, host, peer, "/id"), &result);
    ok(strstr(result.text, ".1") != NULL, "got %s\n", result.text);

    /* closed by the server while it was kept */
    get(session, url(scheme, host, peer, "/bye"), &result);
    ok(result.hr == S_FALSE, "got %#lx\n", result.hr);
    get(session, url(scheme, host, peer, "/id"), &result);
    ok(result.hr == S_FALSE && strstr(result.text, ".1"), "got %#lx, %s\n", result.hr, result.text);

    /* closed when the next request arrives: repeated once */
    for (i = 0; i < 2; i++)
    {
        get(session, url(scheme, host, peer, "/drop-second"), &result);
        ok(result.hr == S_FALSE && strchr(result.text, '.'), "got %#lx, %s\n", result.hr, result.text);
    }
    get(session, url(scheme, host, peer, "/drop-second"), &result);
    init_params(&params, url(scheme, host, peer, "/drop-second"));
    params.method = L"BITS_POST";
    body.length = 1000;
    body.read = read_pattern;
    body.rewind = rewind_pattern;
    body.ctx = &offset;
    params.body = &body;
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == S_FALSE && strstr(result.text, ".1"), "got %#lx, %s\n", result.hr, result.text);

    /* nothing is kept after a long or broken reply */
    get(session, url(scheme, host, peer, "/long/10/1"), &result);
    get(session, url(scheme, host, peer, "/id"), &result);
    ok(strstr(result.text, ".1") != NULL, "got %s\n", result.text);

    shim_session_release(session);
    shim_session_release(other);
    winetest_pop_context();
}

void test_pool_plain(void) { test_pool("http", "127.0.0.1", "PLAIN"); }
void test_pool_tls(void) { test_pool("https", "localhost", "TLS_GOOD"); }
