/*
 * Requests that the shim writes: their heads and bodies
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
#include <string.h>
#include <windef.h>
#include <winbase.h>

#include "shim_test.h"

static HRESULT read_nothing(void *ctx, void *buffer, UINT32 size, UINT32 *got)
{
    return E_ACCESSDENIED;
}

static void test_requests(const char *scheme, const char *host, const char *peer)
{
    struct shim_session *session = create_session(0);
    struct shim_request_params params;
    static struct result result;
    static char expect[1024];
    struct shim_body body = {0};
    UINT64 offset = 0;

    init_params(&params, url(scheme, host, peer, "/echo?a=b%20c"));
    params.headers = L"Range: bytes=0-4\r\n";
    params.custom_headers = L"X-Custom: one\r\nX-Custom: two\r\n";
    run_request(session, &params, BUFFER_SIZE, &result);
    sprintf(expect, "GET /echo?a=b%%20c HTTP/1.1\r\nConnection: Keep-Alive\r\nAccept: */*\r\nAccept-Encoding: identity\r\n"
            "User-Agent: Microsoft BITS/7.8\r\nHost: %s:%d\r\nRange: bytes=0-4\r\nX-Custom: one\r\nX-Custom: two\r\n\r\n",
            host, port(peer));
    ok(!strcmp(result.text, expect), "got %s\n", wine_dbgstr_an(result.text, -1));

    /* the job's own lines win over ours */
    params.headers = NULL;
    params.custom_headers = L"user-agent: mine\r\nAccept: text/plain\r\n";
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(strstr(result.text, "user-agent: mine\r\n") && !strstr(result.text, "Microsoft BITS"), "got %s\n", result.text);
    ok(strstr(result.text, "Accept: text/plain\r\n") && !strstr(result.text, "*/*"), "got %s\n", result.text);

    params.custom_headers = L"Bad\r\n header";
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(FAILED(result.hr) && !result.in_body, "got %#lx\n", result.hr);

    /* a method of the client's own that begins as one which the reader knows */
    init_params(&params, url(scheme, host, peer, "/len/10"));
    params.method = L"CONNECTION";
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == S_FALSE && result.got == 10 && result.exact, "got %#lx, %I64u\n", result.hr, result.got);

    /* bodies */
    init_params(&params, url(scheme, host, peer, "/digest"));
    params.method = L"BITS_POST";
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(!strncmp(result.text, "0 ", 2), "got %s\n", result.text);
    body.length = 3000000;
    body.read = read_pattern;
    body.rewind = rewind_pattern;
    body.ctx = &offset;
    params.body = &body;
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(!strcmp(result.text, "3000000 4d3870d4655ed773027a713ea136507d22e076248e0e9cc920a996039653b76f"), "got %s\n", result.text);
    offset = 0;
    body.length = 10;
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(!strcmp(result.text, "10 1f825aa2f0020ef7cf91dfa30da4668d791c5d4824fc8e41354b89ec05795ab3"), "got %s\n", result.text);

    /* the server has seen enough */
    offset = 0;
    body.length = 1000000000;
    params.url = url(scheme, host, peer, "/early");
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.status == 413 && result.hr == S_FALSE, "got %u, %#lx\n", result.status, result.hr);
    ok(offset < 500000000, "sent %I64u\n", offset);

    /* the source fails */
    body.read = read_nothing;
    params.url = url(scheme, host, peer, "/digest");
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == E_ACCESSDENIED && !result.in_body, "got %#lx\n", result.hr);
    shim_session_release(session);
}

void test_requests_plain(void) { test_requests("http", "127.0.0.1", "PLAIN"); }
void test_requests_tls(void) { test_requests("https", "localhost", "TLS_GOOD"); }
