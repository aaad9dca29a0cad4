/*
 * What the parts of the shim's contract test have in common
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
#include <winnls.h>

#include "shim_test.h"

const struct shim_hop direct = { NULL, 0 };

int port(const char *name)
{
    char variable[64], value[16];

    sprintf(variable, "SHIM_%s", name);
    if (!GetEnvironmentVariableA(variable, value, sizeof(value))) return 0;
    return atoi(value);
}

const WCHAR *url(const char *scheme, const char *host, const char *peer, const char *path)
{
    static WCHAR buffers[4][4096];
    static int next;
    WCHAR *ret = buffers[next++ % 4];
    char text[4096];

    if (strchr(host, ':')) sprintf(text, "%s://[%s]:%d%s", scheme, host, port(peer), path);
    else sprintf(text, "%s://%s:%d%s", scheme, host, port(peer), path);
    MultiByteToWideChar(CP_ACP, 0, text, -1, ret, 4096);
    return ret;
}

struct shim_session *create_session(UINT32 tls_flags)
{
    struct shim_session_params params;
    struct shim_session *session;
    HRESULT hr;

    memset(&params, 0, sizeof(params));
    params.tls_flags = tls_flags;
    hr = shim_session_create(&params, &session);
    ok(hr == S_OK, "got %#lx\n", hr);
    return session;
}
struct shim_session *create_auth_session(const struct shim_credential *credentials, ULONG count)
{
    struct shim_session_params params = {0};
    struct shim_session *session;
    HRESULT hr;

    params.credentials = credentials;
    params.credential_count = count;
    hr = shim_session_create(&params, &session);
    ok(hr == S_OK, "got %#lx\n", hr);
    return session;
}
struct shim_hop hop(const char *peer)
{
    struct shim_hop hop = { L"127.0.0.1", port(peer) };
    return hop;
}

void init_params(struct shim_request_params *params, const WCHAR *url)
{
    memset(params, 0, sizeof(*params));
    params->method = L"GET";
    params->url = url;
    params->hops = &direct;
    params->hop_count = 1;
    params->connect_timeout = 10000;
    params->io_timeout = 10000;
    params->max_body = SIZE_UNKNOWN;
}

HANDLE body_begins;

void run_request(struct shim_session *session, const struct shim_request_params *params, UINT32 size, struct result *result)
{
    struct shim_request *request;
    struct shim_reply reply;
    BYTE *buffer = malloc(size);
    UINT32 got, i;

    memset(result, 0, sizeof(*result));
    result->exact = TRUE;
    result->hr = shim_send(session, params, &request, &reply, &result->error);
    ok(result->hr == result->error.hr, "got %#lx, %#lx\n", result->hr, result->error.hr);
    ok(!request == FAILED(result->hr), "got %p with %#lx\n", request, result->hr);
    if (FAILED(result->hr)) goto done;
    result->in_body = TRUE;
    if (body_begins) SetEvent(body_begins);
    result->status = reply.status;
    result->length = reply.length;
    result->hop = reply.hop;
    result->ahead = reply.ahead;
    result->auth_detail = reply.auth_detail;
    while ((result->hr = shim_read(request, buffer, size, &got, &result->error)) == S_OK)
    {
        ok(got && got <= size, "got %u\n", got);
        if (result->got < sizeof(result->text) - 1)
            memcpy(result->text + result->got, buffer, min(got, sizeof(result->text) - 1 - result->got));
        for (i = 0; i < got && result->exact; i++)
            if (buffer[i] != (result->got + i) % 251) result->exact = FALSE;
        result->got += got;
    }
    ok(!got, "got %u with %#lx\n", got, result->hr);
    ok(result->hr == (FAILED(result->hr) ? result->error.hr : S_FALSE), "got %#lx, %#lx\n", result->hr, result->error.hr);
    /* once over it stays over */
    {
        HRESULT hr = shim_read(request, buffer, size, &got, &result->error);
        ok(hr == result->hr && !got, "got %#lx, %u\n", hr, got);
    }
    shim_close(request);
done:
    free(buffer);
}

void get(struct shim_session *session, const WCHAR *url, struct result *result)
{
    struct shim_request_params params;

    init_params(&params, url);
    run_request(session, &params, BUFFER_SIZE, result);
}
HRESULT read_pattern(void *ctx, void *buffer, UINT32 size, UINT32 *got)
{
    UINT64 *offset = ctx;
    UINT32 i;

    for (i = 0; i < size; i++) ((BYTE *)buffer)[i] = (*offset + i) % 251;
    *offset += size;
    *got = size;
    return S_OK;
}

HRESULT rewind_pattern(void *ctx)
{
    *(UINT64 *)ctx = 0;
    return S_OK;
}

UINT32 count_in_log(const char *text)
{
    char path[MAX_PATH], *log, *p;
    UINT32 count = 0;
    DWORD size, len;
    HANDLE file;

    if (!GetEnvironmentVariableA("SHIM_LOG", path, sizeof(path))) return 0;
    file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "no %s\n", path);
    size = GetFileSize(file, NULL);
    log = malloc(size + 1);
    ReadFile(file, log, size, &len, NULL);
    log[len] = 0;
    for (p = log; (p = strstr(p, text)); p++) count++;
    free(log);
    CloseHandle(file);
    return count;
}

LONGLONG now_us(void)
{
    LARGE_INTEGER count, frequency;

    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    return count.QuadPart * 1000000 / frequency.QuadPart;
}

/* The one thing that cannot be waited for is that the other thread waits; 100 ms are plenty and a miss only makes the test weaker. */
static DWORD CALLBACK cancel_thread(void *arg)
{
    struct canceller *canceller = arg;

    WaitForSingleObject(canceller->start, 10000);
    Sleep(canceller->delay);
    canceller->set_at = now_us();
    SetEvent(canceller->event);
    return 0;
}

void canceller_init(struct canceller *canceller, UINT32 delay)
{
    canceller->event = CreateEventW(NULL, TRUE, FALSE, NULL);
    canceller->start = CreateEventW(NULL, TRUE, FALSE, NULL);
    canceller->delay = delay;
    canceller->set_at = 0;
    canceller->thread = CreateThread(NULL, 0, cancel_thread, canceller, 0, NULL);
}

void canceller_free(struct canceller *canceller)
{
    WaitForSingleObject(canceller->thread, INFINITE);
    CloseHandle(canceller->thread);
    CloseHandle(canceller->event);
    CloseHandle(canceller->start);
}

SIZE_T heap_use(void)
{
    PROCESS_HEAP_ENTRY entry;
    HANDLE heaps[64];
    SIZE_T use = 0;
    DWORD count, i;

    count = min(GetProcessHeaps(ARRAY_SIZE(heaps), heaps), ARRAY_SIZE(heaps));
    for (i = 0; i < count; i++)
    {
        memset(&entry, 0, sizeof(entry));
        HeapLock(heaps[i]);
        while (HeapWalk(heaps[i], &entry))
            if (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) use += entry.cbData;
        HeapUnlock(heaps[i]);
    }
    return use;
}
