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

static HRESULT read_file(void *ctx, void *buffer, UINT32 size, UINT32 *got)
{
    DWORD count;

    if (!ReadFile(ctx, buffer, size, &count, NULL)) return HRESULT_FROM_WIN32(GetLastError());
    *got = count;
    return S_OK;
}

/* What the process has used of the processor, in microseconds. */
static UINT64 cpu_us(void)
{
    FILETIME created, ended, kernel, user;

    GetProcessTimes(GetCurrentProcess(), &created, &ended, &kernel, &user);
    return (((UINT64)kernel.dwHighDateTime << 32 | kernel.dwLowDateTime) + ((UINT64)user.dwHighDateTime << 32 | user.dwLowDateTime)) / 10;
}

/* As the fragments of an upload go out; the peer looks at no octet. */
static void measure_upload(const char *name, const WCHAR *url, HANDLE file, UINT64 size, UINT32 fragment)
{
    struct shim_session *session = create_session(0);
    struct shim_request_params params;
    static struct result result;
    struct shim_body body = {0};
    LARGE_INTEGER zero = {{0}};
    UINT64 left, used = cpu_us();
    LONGLONG start;

    SetFilePointerEx(file, zero, NULL, FILE_BEGIN);
    init_params(&params, url);
    params.method = L"BITS_POST";
    params.body = &body;
    body.read = read_file;
    body.ctx = file;
    start = now_us();
    for (left = size; left; left -= body.length)
    {
        body.length = fragment ? min(left, fragment) : left;
        run_request(session, &params, 4096, &result);
        ok(result.status == 200, "%s: got %#lx, %u\n", name, result.hr, result.status);
    }
    start = now_us() - start;
    used = (cpu_us() - used) * 1000 / (size >> 20);
    if (fragment) trace("%s up, fragments of %u KiB: %I64u MB/s, %I64u ns/KiB\n", name, fragment / 1024, size / start, used / 1024);
    else trace("%s up, at once: %I64u MB/s, %I64u ns/KiB\n", name, size / start, used / 1024);
    shim_session_release(session);
}

static void measure_uploads(const char *scheme, const char *host, const char *peer)
{
    static const UINT32 fragments[] = { 0, 4194304, 1048576, 65536 };
    char path[MAX_PATH];
    LARGE_INTEGER size;
    HANDLE file;
    UINT32 i;

    if (!GetEnvironmentVariableA("SHIM_BIG_FILE", path, sizeof(path)))
    {
        skip("no large file\n");
        return;
    }
    file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE && GetFileSizeEx(file, &size), "no %s\n", path);
    for (i = 0; i < ARRAY_SIZE(fragments); i++) measure_upload(scheme, url(scheme, host, peer, "/upload/rest"), file, size.QuadPart, fragments[i]);
    CloseHandle(file);
}

void test_rate_up_plain(void) { measure_uploads("http", "127.0.0.1", "PLAIN"); }
void test_rate_up_tls(void) { measure_uploads("https", "localhost", "TLS_GOOD"); }

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
