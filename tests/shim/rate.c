/*
 * How fast the shim is: for the reader, nothing is checked but that it works
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
#include <windef.h>
#include <winbase.h>

#include "shim_test.h"

static void measure(const char *name, const WCHAR *url, UINT32 size)
{
    struct shim_session *session = create_session(0);
    struct shim_request_params params;
    struct shim_request *request;
    struct shim_reply reply;
    struct shim_error error;
    BYTE *buffer = malloc(size);
    UINT64 total = 0;
    LONGLONG start;
    UINT32 got, reads = 0;
    HRESULT hr;

    init_params(&params, url);
    start = now_us();
    hr = shim_send(session, &params, &request, &reply, &error);
    ok(hr == S_OK && reply.status == 200, "%s: got %#lx, %u\n", name, hr, reply.status);
    if (SUCCEEDED(hr))
    {
        while ((hr = shim_read(request, buffer, size, &got, &error)) == S_OK) total += got, reads++;
        ok(hr == S_FALSE && total == reply.length, "%s: got %#lx, %I64u\n", name, hr, total);
        shim_close(request);
        start = now_us() - start;
        trace("%s, buffer %u KiB: %I64u MB/s, %I64u octets a read\n", name, size / 1024, total / start, total / reads);
    }
    free(buffer);
    shim_session_release(session);
}

void test_rate(void)
{
    static const UINT32 sizes[] = { 65536, 262144, 1048576 };
    UINT32 i;

    if (!port("NGINX"))
    {
        skip("no nginx\n");
        return;
    }
    for (i = 0; i < ARRAY_SIZE(sizes); i++) measure("http", url("http", "127.0.0.1", "NGINX", "/big"), sizes[i]);
    for (i = 0; i < ARRAY_SIZE(sizes); i++) measure("https", url("https", "localhost", "NGINX_TLS", "/big"), sizes[i]);
}

void test_small(void)
{
    struct shim_session *session = create_session(0);
    static struct result result;
    LONGLONG start;
    UINT32 i;

    start = now_us();
    for (i = 0; i < 200; i++) get(session, url("http", "127.0.0.1", "PLAIN", "/len/100"), &result);
    trace("small request on a kept connection: %I64d us\n", (now_us() - start) / 200);
    shim_session_release(session);
}
