/*
 * Contract test of the shim against real peers
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

/*
 * Run by tests/shim/check, which starts the peers (peer.py, nginx, squid ...) and hands their ports over in SHIM_<NAME>.  The program adds the
 * test CA to the user's Root store and takes it out again.
 */

#define STANDALONE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winnls.h>
#include <winreg.h>
#include <wincrypt.h>
#include <winhttp.h>

#include "wine/test.h"
#include "shim/shim.h"

#define BUFFER_SIZE 262144
#define HR_WIN32(code) ((HRESULT)(0x80070000 | (code)))
#define CANCEL_LIMIT 100   /* ms, what the header promises */

static const struct shim_hop direct = { NULL, 0 };

static int port(const char *name)
{
    char variable[64], value[16];

    sprintf(variable, "SHIM_%s", name);
    if (!GetEnvironmentVariableA(variable, value, sizeof(value))) return 0;
    return atoi(value);
}

static const WCHAR *url(const char *scheme, const char *host, const char *peer, const char *path)
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

static struct shim_session *create_session(UINT32 tls_flags)
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

struct result
{
    HRESULT hr;            /* of shim_send, or of the last shim_read */
    BOOL in_body;          /* shim_send was fine */
    struct shim_error error;
    UINT32 status;
    UINT64 length, got;
    BOOL exact;            /* every octet was what it should be */
    ULONG hop;
    DWORD auth_detail;
    char text[65536];      /* beginning of the body */
    char header[256];      /* the one asked for */
};

static void init_params(struct shim_request_params *params, const WCHAR *url)
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

static HANDLE body_begins; /* set by run_request when a reply has come; or NULL */

static void run_request(struct shim_session *session, const struct shim_request_params *params, UINT32 size, struct result *result)
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
    result->auth_detail = reply.auth_detail;
    if (headers_find(reply.headers, "X-Test", NULL)) lstrcpynA(result->header, headers_find(reply.headers, "X-Test", NULL), 256);
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

static void get(struct shim_session *session, const WCHAR *url, struct result *result)
{
    struct shim_request_params params;

    init_params(&params, url);
    run_request(session, &params, BUFFER_SIZE, result);
}

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

static void test_close_delimited(void)
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

static HRESULT read_pattern(void *ctx, void *buffer, UINT32 size, UINT32 *got)
{
    UINT64 *offset = ctx;
    UINT32 i;

    for (i = 0; i < size; i++) ((BYTE *)buffer)[i] = (*offset + i) % 251;
    *offset += size;
    *got = size;
    return S_OK;
}

static HRESULT rewind_pattern(void *ctx)
{
    *(UINT64 *)ctx = 0;
    return S_OK;
}

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

/* GET of one path with the HEAD of another one sent along, that HEAD, and which request of which connection comes then. */
static void get_ahead(struct shim_session *session, const WCHAR *path, const WCHAR *next, struct result *first, struct result *second)
{
    struct shim_request_params params;

    init_params(&params, path);
    params.ahead_url = next;
    run_request(session, &params, BUFFER_SIZE, first);
    if (!second) return;
    init_params(&params, next);
    params.method = L"HEAD";
    run_request(session, &params, BUFFER_SIZE, second);
}

static void test_ahead(const char *scheme, const char *host, const char *peer)
{
    struct shim_session *session = create_session(0);
    struct result first, second, id;
    char expect[32];
    WCHAR next[200];
    ULONGLONG begin;
    int connection;
    UINT32 i;

    winetest_push_context("ahead, %s", scheme);
    get(session, url(scheme, host, peer, "/id"), &id);
    connection = atoi(id.text);
    for (i = 0; i < 4; i++)
    {
        /* also where the end of the body is found by reading */
        wcscpy(next, url(scheme, host, peer, "/len/4321"));
        get_ahead(session, url(scheme, host, peer, i % 2 ? "/chunked/70000/999" : "/len/70000"), next, &first, &second);
        ok(first.hr == S_FALSE && first.got == 70000 && first.exact, "got %#lx, %I64u octets\n", first.hr, first.got);
        ok(second.hr == S_FALSE && second.status == 200 && !second.got, "got %#lx, %u, %I64u octets\n", second.hr, second.status, second.got);
        get(session, url(scheme, host, peer, "/id"), &id);
        sprintf(expect, "%d.%u", connection, 4 + 3 * i);
        ok(!strcmp(id.text, expect), "got %s, not %s\n", id.text, expect);
    }

    /* something else comes next: the reply that was not asked for is nobody's */
    get_ahead(session, url(scheme, host, peer, "/len/10"), next, &first, NULL);
    get(session, url(scheme, host, peer, "/id"), &id);
    ok(id.hr == S_FALSE && atoi(id.text) != connection && strstr(id.text, ".1"), "got %#lx, %s\n", id.hr, id.text);

    /* not to another origin, and not on a connection that has not been kept before */
    wcscpy(next, L"http://127.0.0.1:9/len/4321");
    get_ahead(session, url(scheme, host, peer, "/len/10"), next, &first, NULL);
    connection = atoi(id.text);
    get(session, url(scheme, host, peer, "/id"), &id);
    sprintf(expect, "%d.3", connection);
    ok(!strcmp(id.text, expect), "got %s, not %s\n", id.text, expect);

    /* the connection ends first */
    wcscpy(next, url(scheme, host, peer, "/len/4321"));
    get_ahead(session, url(scheme, host, peer, "/bye"), next, &first, &second);
    ok(first.hr == S_FALSE && second.hr == S_FALSE && second.status == 200, "got %#lx, %#lx\n", first.hr, second.hr);
    get_ahead(session, url(scheme, host, peer, "/len/10"), next, &first, NULL);
    get(session, url(scheme, host, peer, "/id"), &id);
    ok(strstr(id.text, ".3") != NULL, "still sent ahead: got %s\n", id.text);
    shim_session_release(session);

    /* an answer that is no success is asked for again */
    session = create_session(0);
    get(session, url(scheme, host, peer, "/id"), &id);
    wcscpy(next, url(scheme, host, peer, "/status/404"));
    get_ahead(session, url(scheme, host, peer, "/len/10"), next, &first, &second);
    ok(second.hr == S_FALSE && second.status == 404, "got %#lx, %u\n", second.hr, second.status);
    connection = atoi(id.text);
    get(session, url(scheme, host, peer, "/id"), &id);
    ok(atoi(id.text) != connection && strstr(id.text, ".2"), "got %s after %d\n", id.text, connection);
    shim_session_release(session);

    /* one that never comes */
    session = create_session(0);
    get(session, url(scheme, host, peer, "/id"), &id);
    wcscpy(next, url(scheme, host, peer, "/len/4321"));
    begin = GetTickCount64();
    get_ahead(session, url(scheme, host, peer, "/alone"), next, &first, &second);
    ok(first.hr == S_FALSE && second.hr == S_FALSE && second.status == 200, "got %#lx, %#lx\n", first.hr, second.hr);
    ok(GetTickCount64() - begin < 9000, "took %I64u ms\n", GetTickCount64() - begin);
    shim_session_release(session);
    winetest_pop_context();
}

struct canceller
{
    HANDLE event, start;
    UINT32 delay;
    LONGLONG set_at;
};

static LONGLONG now_us(void)
{
    LARGE_INTEGER count, frequency;

    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&frequency);
    return count.QuadPart * 1000000 / frequency.QuadPart;
}

/* The one thing that cannot be waited for is that the other thread waits; 150 ms are plenty and a miss only makes the test weaker. */
static DWORD CALLBACK cancel_thread(void *arg)
{
    struct canceller *canceller = arg;

    WaitForSingleObject(canceller->start, 10000);
    Sleep(canceller->delay);
    canceller->set_at = now_us();
    SetEvent(canceller->event);
    return 0;
}

static void test_cancel(void)
{
    static const struct
    {
        const char *scheme, *peer, *path;
        BOOL in_body;
        const char *host;     /* NULL: this machine */
    }
    tests[] =
    {
        { "http", "PLAIN", "/len/10", FALSE, "never.hang.test" },
        { "https", "TLS_GOOD", "/len/10", FALSE, "never.hang.test" },
        { "http", "FULL", "/" },
        { "http", "SILENT", "/" },
        { "http", "PLAIN", "/stall" },
        { "http", "PLAIN", "/drip" },
        { "http", "PLAIN", "/stall/1000000", TRUE },
        { "http", "PLAIN", "/len/100000000000", TRUE },
        { "https", "SILENT", "/" },
        { "https", "TLS_GOOD", "/stall" },
        { "https", "TLS_GOOD", "/stall/1000000", TRUE },
        { "https", "TLS_GOOD", "/len/100000000000", TRUE },
    };
    struct shim_session *session = create_session(0);
    struct shim_request_params params;
    static struct result result;
    struct canceller canceller;
    struct shim_body body = {0};
    LONGLONG latency, worst = 0;
    UINT64 offset = 0;
    HANDLE thread;
    UINT32 i;

    for (i = 0; i <= ARRAY_SIZE(tests); i++)
    {
        BOOL upload = i == ARRAY_SIZE(tests);

        if (!upload && tests[i].host && !port("RESOLVER"))
        {
            skip("no resolver of our own\n");
            continue;
        }
        winetest_push_context(upload ? "upload" : "%s %s%s", tests[upload ? 0 : i].scheme, tests[upload ? 0 : i].peer,
                              tests[upload ? 0 : i].path);
        memset(&canceller, 0, sizeof(canceller));
        canceller.event = CreateEventW(NULL, TRUE, FALSE, NULL);
        canceller.start = CreateEventW(NULL, TRUE, FALSE, NULL);
        canceller.delay = 150;
        thread = CreateThread(NULL, 0, cancel_thread, &canceller, 0, NULL);
        if (upload)
        {
            /* a server that does not read */
            init_params(&params, url("http", "127.0.0.1", "SILENT", "/"));
            params.method = L"BITS_POST";
            body.length = SIZE_UNKNOWN - 1;
            body.read = read_pattern;
            body.ctx = &offset;
            params.body = &body;
        }
        else init_params(&params, url(tests[i].scheme, tests[i].host ? tests[i].host : tests[i].scheme[4] ? "localhost" : "127.0.0.1",
                                      tests[i].peer, tests[i].path));
        params.connect_timeout = params.io_timeout = 20000;
        params.cancel = canceller.event;
        if (!upload && tests[i].in_body) body_begins = canceller.start;
        else SetEvent(canceller.start);
        run_request(session, &params, BUFFER_SIZE, &result);
        body_begins = NULL;
        latency = now_us() - canceller.set_at;
        WaitForSingleObject(thread, INFINITE);
        ok(result.hr == E_ABORT, "got %#lx\n", result.hr);
        ok(result.in_body == (upload ? FALSE : tests[i].in_body), "got %d\n", result.in_body);
        ok(latency >= 0 && latency < CANCEL_LIMIT * 1000, "took %I64d us\n", latency);
        if (latency > worst) worst = latency;
        /* set before the call */
        latency = now_us();
        run_request(session, &params, BUFFER_SIZE, &result);
        latency = now_us() - latency;
        ok(result.hr == E_ABORT && latency < CANCEL_LIMIT * 1000, "got %#lx after %I64d us\n", result.hr, latency);
        CloseHandle(thread);
        CloseHandle(canceller.event);
        CloseHandle(canceller.start);
        winetest_pop_context();
    }
    trace("longest wait after a cancel: %I64d us\n", worst);
    shim_session_release(session);
}

static void test_failures(void)
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

#define SERVER 1
#define PROXY 2
#define BASIC 1
#define DIGEST 2
#define NTLM 3
#define NEGOTIATE 4

static struct shim_session *create_auth_session(const struct shim_credential *credentials, ULONG count)
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

/* How many times the text stands in the log of the peers. */
static UINT32 count_in_log(const char *text)
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

static void test_auth(void)
{
    static const struct shim_credential all[] =
    {
        { SERVER, BASIC, L"user", L"pass" }, { SERVER, DIGEST, L"user", L"pass" }, { SERVER, NTLM, L"DOM\\user", L"pass" },
        { SERVER, NEGOTIATE, L"DOM\\user", L"pass" },
    };
    static const struct shim_credential wrong[] = { { SERVER, BASIC, L"user", L"wrong" }, { SERVER, DIGEST, L"user", L"wrong" } };
    static const struct shim_credential half[] = { { SERVER, BASIC, L"user", L"pass" }, { SERVER, DIGEST, L"user", L"wrong" } };
    static const struct shim_credential proxy_only[] = { { PROXY, BASIC, L"user", L"pass" }, { PROXY, DIGEST, L"user", L"pass" } };
    static const struct
    {
        const char *kinds;
        const char *answer;  /* scheme expected */
    }
    tests[] =
    {
        { "basic", "Basic" },
        { "digest", "Digest" },
        { "digest-old", "Digest" },
        { "digest-sess", "Digest" },
        { "digest-sha256", "Digest" },
        { "digest-once", "Digest" },
        { "basic+digest+digest-sha256", "Digest" },
        { "ntlm", "NTLM" },
        { "Unknown+basic", "Basic" },
        { "Nego2+Kerberos+basic", "Basic" },
        { "ntlm+basic+digest", "NTLM" },
        { "negotiate", "Negotiate" },
        { "negotiate+ntlm+basic+digest", "Negotiate" },
        { "ntlm+negotiate", "Negotiate" },
    };
    struct shim_session *session, *stranger = create_auth_session(proxy_only, ARRAY_SIZE(proxy_only));
    struct shim_request_params params;
    static struct result result;
    struct shim_body body = {0};
    UINT64 offset = 0;
    char path[256], line[256];
    UINT32 i, j;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context("%s", tests[i].kinds);
        session = create_auth_session(all, ARRAY_SIZE(all));
        sprintf(path, "/auth/%s/len/1000", tests[i].kinds);
        for (j = 0; j < 3; j++)
        {
            get(session, url("http", "127.0.0.1", "PLAIN", path), &result);
            ok(result.hr == S_FALSE && result.status == 200 && result.got == 1000 && result.exact, "%u: got %#lx, %u\n", j, result.hr,
               result.status);
        }
        sprintf(path, "/auth/%s/echo", tests[i].kinds);
        get(session, url("http", "127.0.0.1", "PLAIN", path), &result);
        sprintf(line, "\r\nAuthorization: %s ", tests[i].answer);
        /* NTLM has authenticated the connection */
        ok(!strcmp(tests[i].answer, "NTLM") || !strcmp(tests[i].answer, "Negotiate") || strstr(result.text, line), "got %s\n", result.text);
        ok(strstr(result.text, "Proxy-") == NULL, "got %s\n", result.text);

        shim_session_release(session);

        /* nothing is said before it is asked for, and nothing to others */
        session = create_auth_session(all, ARRAY_SIZE(all));
        get(session, url("http", "127.0.0.1", "PLAIN", "/echo"), &result);
        ok(!strstr(result.text, "uthorization"), "[BEH.AUTH.5] got %s\n", result.text);
        shim_session_release(session);

        get(stranger, url("http", "127.0.0.1", "PLAIN", path), &result);
        ok(result.status == 401 && result.hr == S_FALSE, "got %#lx, %u\n", result.hr, result.status);

        /* bodies are sent whole in the end */
        session = create_auth_session(all, ARRAY_SIZE(all));
        sprintf(path, "/auth/%s/digest", tests[i].kinds);
        init_params(&params, url("http", "127.0.0.1", "PLAIN", path));
        params.method = L"BITS_POST";
        offset = 0;
        body.length = 3000000;
        body.read = read_pattern;
        body.rewind = rewind_pattern;
        body.ctx = &offset;
        params.body = &body;
        run_request(session, &params, BUFFER_SIZE, &result);
        ok(!strcmp(result.text, "3000000 4d3870d4655ed773027a713ea136507d22e076248e0e9cc920a996039653b76f"), "got %s\n", result.text);
        shim_session_release(session);

        /* a redirect must not carry them elsewhere */
        session = create_auth_session(all, ARRAY_SIZE(all));
        params.body = NULL;
        params.method = L"GET";
        params.foreign = TRUE;
        run_request(session, &params, BUFFER_SIZE, &result);
        ok(result.status == 401, "got %u\n", result.status);
        shim_session_release(session);
        winetest_pop_context();
    }

    session = create_auth_session(wrong, ARRAY_SIZE(wrong));
    get(session, url("http", "127.0.0.1", "PLAIN", "/auth/basic+digest/len/10"), &result);
    ok(result.status == 401 && result.hr == S_FALSE, "got %u, %#lx\n", result.status, result.hr);
    shim_session_release(session);
    session = create_auth_session(half, ARRAY_SIZE(half));
    for (i = 0; i < 2; i++)
    {
        get(session, url("http", "127.0.0.1", "PLAIN", "/auth/basic+digest/len/10"), &result);
        ok(result.status == 200 && result.hr == S_FALSE, "got %u, %#lx\n", result.status, result.hr);
    }
    shim_session_release(session);
    /* in the URL [BEH.HTTP.20] */
    session = create_session(0);
    for (i = 0; i < 2; i++)
    {
        WCHAR target[256];
        char text[256];

        sprintf(text, "http://user:p%%61ss@127.0.0.1:%d/auth/%s/len/10", port("PLAIN"), i ? "digest" : "basic");
        MultiByteToWideChar(CP_ACP, 0, text, -1, target, ARRAY_SIZE(target));
        get(session, target, &result);
        ok(result.status == 200 && result.got == 10, "got %u, %#lx\n", result.status, result.hr);
    }
    ok(!count_in_log("user:p"), "the name went out with the request\n");
    shim_session_release(session);
    shim_session_release(stranger);
}

static struct shim_hop hop(const char *peer)
{
    struct shim_hop hop = { L"127.0.0.1", port(peer) };
    return hop;
}

static void test_proxy(void)
{
    static const struct shim_credential all[] =
    {
        { PROXY, BASIC, L"user", L"pass" }, { PROXY, DIGEST, L"user", L"pass" }, { PROXY, NTLM, L"user", L"pass" },
        { PROXY, NEGOTIATE, L"user", L"pass" },
    };
    static const struct shim_credential wrong[] = { { PROXY, BASIC, L"user", L"nope" }, { PROXY, DIGEST, L"user", L"nope" } };
    static const struct shim_credential both[] = { { PROXY, BASIC, L"user", L"pass" }, { SERVER, DIGEST, L"user", L"pass" } };
    static const struct shim_credential server_only[] = { { SERVER, BASIC, L"user", L"pass" } };
    static const struct
    {
        const char *peer;
        BOOL asks;
        HRESULT hr;          /* of an https request, S_FALSE if fine */
        UINT32 status;       /* of an http request, 0: it fails with plain_hr */
        HRESULT plain_hr;
        DWORD context;
    }
    tests[] =
    {
        { "PROXY_OPEN", FALSE, S_FALSE, 200 },
        { "PROXY_AUTH_BASIC", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_DIGEST", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_DIGEST_SHA256", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_NTLM", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_NEGOTIATE", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_BASIC_CLOSE", TRUE, S_FALSE, 200 },
        { "PROXY_GARBAGE", FALSE, BG_E_INSUFFICIENT_HTTP_SUPPORT, 0, BG_E_INSUFFICIENT_HTTP_SUPPORT, SHIM_CONTEXT_GENERAL_TRANSPORT },
        { "PROXY_DROP", FALSE, HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR), 0, HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR),
          SHIM_CONTEXT_GENERAL_TRANSPORT },
        { "PROXY_403", FALSE, 0x80190193, 403, 0, SHIM_CONTEXT_REMOTE_FILE },
        { "PROXY_502", FALSE, 0x801901f6, 502, 0, SHIM_CONTEXT_REMOTE_FILE },
        { "PROXY_302", FALSE, 0x8019012e, 302, 0, SHIM_CONTEXT_REMOTE_FILE },
        { "PROXY_401", FALSE, 0x80190191, 401, 0, SHIM_CONTEXT_REMOTE_FILE },
        { "PROXY_EARLY", FALSE, HR_WIN32(ERROR_WINHTTP_INVALID_SERVER_RESPONSE), 200, 0, SHIM_CONTEXT_GENERAL_TRANSPORT },
        { "REFUSED", FALSE, HR_WIN32(ERROR_WINHTTP_CANNOT_CONNECT), 0, HR_WIN32(ERROR_WINHTTP_CANNOT_CONNECT),
          SHIM_CONTEXT_GENERAL_TRANSPORT },
    };
    struct shim_session *session, *stranger, *liar;
    struct shim_request_params params;
    static struct result result;
    struct shim_hop hops[3];
    char text[256];
    UINT32 i, j;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context("%s", tests[i].peer);
        session = create_auth_session(all, ARRAY_SIZE(all));
        stranger = create_session(0);
        liar = create_auth_session(wrong, ARRAY_SIZE(wrong));
        hops[0] = hop(tests[i].peer);
        for (j = 0; j < 2; j++)
        {
            init_params(&params, url("http", "127.0.0.1", "PLAIN", "/echo?proxy"));
            params.hops = hops;
            params.custom_headers = L"X-Secret: plain\r\n";
            run_request(session, &params, BUFFER_SIZE, &result);
            if (tests[i].status)
            {
                ok(result.hr == S_FALSE && result.status == tests[i].status, "got %#lx, %u\n", result.hr, result.status);
                if (tests[i].status == 200)
                {
                    ok(strstr(result.text, "Via: 1.1 ") && strstr(result.text, "X-Secret"), "got %s\n", result.text);
                    ok(!strstr(result.text, "uthorization"), "got %s\n", result.text);
                }
            }
            else ok(result.hr == tests[i].plain_hr, "got %#lx\n", result.hr);

            params.url = url("https", "localhost", "TLS_GOOD", "/len/3000000");
            params.custom_headers = L"X-Secret: tunnel\r\nCookie: a=b\r\n";
            run_request(session, &params, BUFFER_SIZE, &result);
            ok(result.hr == tests[i].hr, "got %#lx\n", result.hr);
            if (tests[i].hr == S_FALSE) ok(result.got == 3000000 && result.exact, "got %I64u\n", result.got);
            else ok(!result.in_body && result.error.context == tests[i].context, "got %lu\n", result.error.context);

            /* in origin form inside the tunnel, and nothing that was for the proxy */
            params.url = url("https", "localhost", "TLS_GOOD", "/echo");
            run_request(session, &params, BUFFER_SIZE, &result);
            if (tests[i].hr == S_FALSE)
                ok(!strncmp(result.text, "GET /echo HTTP/1.1\r\n", 20) && !strstr(result.text, "Proxy") && strstr(result.text, "X-Secret"),
                   "got %s\n", result.text);
        }
        if (tests[i].asks)
        {
            params.url = url("http", "127.0.0.1", "PLAIN", "/len/10");
            run_request(stranger, &params, BUFFER_SIZE, &result);
            ok(result.status == 407 && result.hr == S_FALSE, "got %#lx, %u\n", result.hr, result.status);
            run_request(liar, &params, BUFFER_SIZE, &result);
            ok(result.status == 407 && result.hr == S_FALSE, "got %#lx, %u\n", result.hr, result.status);
            params.url = url("https", "localhost", "TLS_GOOD", "/len/10");
            run_request(stranger, &params, BUFFER_SIZE, &result);
            ok(result.hr == BG_E_HTTP_ERROR_407, "got %#lx\n", result.hr);
            run_request(liar, &params, BUFFER_SIZE, &result);
            ok(result.hr == BG_E_HTTP_ERROR_407, "got %#lx\n", result.hr);
        }
        shim_session_release(session);
        shim_session_release(stranger);
        shim_session_release(liar);
        winetest_pop_context();
    }

    /* a proxy knows only its own: the log has each head as it arrived there */
    ok(count_in_log("\nCONNECT localhost:") > 10, "no CONNECT in the log\n");
    sprintf(text, "\nCONNECT localhost:%d HTTP/1.1\nHost: localhost:%d\nUser-Agent: Microsoft BITS/7.8\nProxy-Connection: Keep-Alive\n---",
            port("TLS_GOOD"), port("TLS_GOOD"));
    ok(count_in_log(text) > 5, "another CONNECT\n");

    /* credentials for each of both */
    session = create_auth_session(both, ARRAY_SIZE(both));
    hops[0] = hop("PROXY_AUTH_BASIC");
    init_params(&params, url("https", "localhost", "TLS_GOOD", "/auth/digest/len/10"));
    params.hops = hops;
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.status == 200 && result.hr == S_FALSE, "got %#lx, %u\n", result.hr, result.status);
    params.url = url("http", "127.0.0.1", "PLAIN", "/auth/digest/len/10");
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.status == 200 && result.hr == S_FALSE, "got %#lx, %u\n", result.hr, result.status);
    shim_session_release(session);
    session = create_auth_session(server_only, ARRAY_SIZE(server_only));
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.status == 407, "got %u\n", result.status);
    shim_session_release(session);

    /* the next hop when one cannot be reached, the first one tried is the caller's choice */
    session = create_session(0);
    hops[0] = hop("REFUSED");
    hops[1] = hop("PROXY_OPEN");
    hops[2] = direct;
    params.hop_count = 3;
    for (i = 0; i < 3; i++)
    {
        params.first_hop = i;
        params.url = url("http", "127.0.0.1", "PLAIN", "/echo");
        run_request(session, &params, BUFFER_SIZE, &result);
        ok(result.hr == S_FALSE && result.hop == (i ? i : 1), "%u: got %#lx, %lu\n", i, result.hr, result.hop);
        ok(!strstr(result.text, "Via: ") == (i == 2), "got %s\n", result.text);
        params.url = url("https", "localhost", "TLS_GOOD", "/len/10");
        run_request(session, &params, BUFFER_SIZE, &result);
        ok(result.hr == S_FALSE && result.hop == (i ? i : 1), "%u: got %#lx, %lu\n", i, result.hr, result.hop);
    }
    params.first_hop = 0;
    hops[1] = hop("PROXY_DROP");
    hops[2].proxy_host = L"no-such-proxy.invalid";
    hops[2].proxy_port = 80;
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_NAME_NOT_RESOLVED), "[JOB.SetProxySettings.28] got %#lx\n", result.hr);
    ok(result.error.context == SHIM_CONTEXT_GENERAL_TRANSPORT, "got %lu\n", result.error.context);
    shim_session_release(session);
}

/* What is asked of a resolver that answers late or never holds up nobody but those who want that name. */
static void test_names(void)
{
    struct shim_session *session = create_session(0);
    struct shim_request_params params;
    static struct result result;
    struct canceller canceller = {0};
    DWORD start, took;
    HANDLE thread;

    if (!port("RESOLVER"))
    {
        skip("no resolver of our own\n");
        return;
    }
    init_params(&params, url("http", "time.hang.test", "PLAIN", "/len/10"));
    params.connect_timeout = 300;
    start = GetTickCount();
    run_request(session, &params, BUFFER_SIZE, &result);
    took = GetTickCount() - start;
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_TIMEOUT), "got %#lx\n", result.hr);
    ok(result.error.context == SHIM_CONTEXT_REMOTE_FILE, "got %lu\n", result.error.context);
    ok(took >= 250 && took < 1500, "took %lu\n", took);
    get(session, url("http", "other.test", "PLAIN", "/len/10"), &result);
    ok(result.hr == S_FALSE && result.got == 10, "got %#lx, %I64u\n", result.hr, result.got);

    /* one waiter leaves, and the answer comes to nobody; the next one asks again or takes it */
    canceller.event = CreateEventW(NULL, TRUE, FALSE, NULL);
    canceller.start = CreateEventW(NULL, TRUE, FALSE, NULL);
    canceller.delay = 100;
    thread = CreateThread(NULL, 0, cancel_thread, &canceller, 0, NULL);
    init_params(&params, url("http", "name.late.test", "PLAIN", "/len/10"));
    params.cancel = canceller.event;
    SetEvent(canceller.start);
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == E_ABORT, "got %#lx\n", result.hr);
    WaitForSingleObject(thread, INFINITE);
    params.cancel = NULL;
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == S_FALSE && result.got == 10, "got %#lx, %I64u\n", result.hr, result.got);
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == S_FALSE && result.got == 10, "got %#lx, %I64u\n", result.hr, result.got);
    CloseHandle(thread);
    CloseHandle(canceller.event);
    CloseHandle(canceller.start);
    shim_session_release(session);
}

static void set_target(WCHAR *target, const char *scheme, const WCHAR *host, const char *peer, const char *path)
{
    const WCHAR *pattern = url(scheme, "@", peer, path), *at = wcschr(pattern, '@');
    size_t len = at - pattern;

    memcpy(target, pattern, len * sizeof(WCHAR));
    wcscpy(target + len, host);
    wcscat(target, at + 1);
}

/* A name outside ASCII must come as punycode [TYPE.FileInfo.13], and so it goes out: Host, server name, match with the certificate. */
static void test_idn(void)
{
    static const WCHAR *const raw[] = { L"b\xfc" L"cher.test", L"B\xdc" L"CHER.test", L"b\xfc" L"cher\x3002test" };
    static const char *const spellings[] = { "xn--bcher-kva.test", "XN--BCHER-KVA.test" };
    struct shim_session *session = create_session(0);
    struct shim_request_params params;
    static struct result result;
    WCHAR target[256];
    struct shim_hop proxy = { L"b\xfc" L"cher.test", 0 };
    char expect[128], first[32] = "";
    UINT32 i, count;

    if (!port("RESOLVER"))
    {
        skip("no resolver of our own\n");
        return;
    }
    for (i = 0; i < ARRAY_SIZE(raw); i++)
    {
        set_target(target, "http", raw[i], "PLAIN", "/echo");
        get(session, target, &result);
        ok(result.hr == HR_WIN32(ERROR_WINHTTP_INVALID_URL), "[TYPE.FileInfo.13] %u: got %#lx\n", i, result.hr);
    }
    for (i = 0; i < ARRAY_SIZE(spellings); i++)
    {
        winetest_push_context("%s", spellings[i]);
        get(session, url("http", spellings[i], "PLAIN", "/echo"), &result);
        sprintf(expect, "\r\nHost: %s:%d\r\n", spellings[i], port("PLAIN"));
        ok(result.hr == S_FALSE && strstr(result.text, expect), "got %#lx, %s\n", result.hr, result.text);

        /* one host, so one connection */
        get(session, url("http", spellings[i], "PLAIN", "/id"), &result);
        if (!i) strcpy(first, result.text);
        ok(result.hr == S_FALSE && atoi(result.text) == atoi(first), "got %s, not %s\n", result.text, first);

        count = count_in_log("--- sni xn--bcher-kva.test\n");
        get(session, url("https", spellings[i], "TLS_IDN", "/len/10"), &result);
        ok(result.hr == S_FALSE && result.got == 10, "got %#lx, detail %#lx\n", result.hr, result.error.detail);
        if (!i) ok(count_in_log("--- sni xn--bcher-kva.test\n") == count + 1, "got %u\n", count_in_log("--- sni xn--bcher-kva.test\n"));
        get(session, url("https", spellings[i], "TLS_GOOD", "/len/10"), &result);
        ok(result.hr == HR_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID), "got %#lx\n", result.hr);
        winetest_pop_context();
    }
    get(session, url("https", "localhost", "TLS_IDN", "/len/10"), &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID), "got %#lx\n", result.hr);

    /* through a proxy, whose name nobody has made ASCII before */
    init_params(&params, url("http", "xn--bcher-kva.test", "PLAIN", "/echo"));
    proxy.proxy_port = port("PROXY_OPEN");
    params.hops = &proxy;
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == S_FALSE && strstr(result.text, "\r\nVia: "), "got %#lx, %s\n", result.hr, result.text);
    sprintf(expect, "\nGET http://xn--bcher-kva.test:%d/echo HTTP/1.1\n", port("PLAIN"));
    ok(count_in_log(expect) == 1, "got %u\n", count_in_log(expect));
    params.url = url("https", "xn--bcher-kva.test", "TLS_IDN", "/len/10");
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == S_FALSE && result.got == 10, "got %#lx, detail %#lx\n", result.hr, result.error.detail);
    sprintf(expect, "\nCONNECT xn--bcher-kva.test:%d HTTP/1.1\nHost: xn--bcher-kva.test:%d\n", port("TLS_IDN"), port("TLS_IDN"));
    ok(count_in_log(expect) == 1, "got %u\n", count_in_log(expect));

    /* what cannot be written so is no name */
    proxy.proxy_host = L"b\xfc" L"01234567890123456789012345678901234567890123456789012345678901234567.test";
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_NAME_NOT_RESOLVED), "got %#lx\n", result.hr);
    shim_session_release(session);
}

/* Whose own identity is shown to whom: auth_detail tells that it was tried, whatever the system made of it. */
static void test_implicit(void)
{
    static const struct shim_credential proxy_ntlm = { PROXY, NTLM }, proxy_negotiate = { PROXY, NEGOTIATE }, server_ntlm = { SERVER, NTLM };
    static const struct shim_credential with_server[] = { { PROXY, NTLM }, { SERVER, BASIC, L"user", L"pass" } };
    static const struct shim_credential named_proxy = { PROXY, NTLM, L"user", L"pass" }, named_server = { SERVER, BASIC, L"user", L"pass" };
    static const struct
    {
        const char *name;
        const struct shim_credential *credentials;
        ULONG count;
        BOOL implicit_server, implicit_proxy;
        BOOL server, proxy;     /* shown to */
    }
    tests[] =
    {
        { "[BEH.AUTH.7] nothing was set", NULL, 0, FALSE, FALSE, FALSE, FALSE },
        { "[BEH.AUTH.7] the machine says so", NULL, 0, TRUE, TRUE, TRUE, TRUE },
        { "[BEH.AUTH.9] stored credentials for the proxy", NULL, 0, FALSE, TRUE, FALSE, TRUE },
        { "[BEH.AUTH.3] set for the server", &server_ntlm, 1, FALSE, FALSE, TRUE, FALSE },
        { "[BEH.AUTH.6] set for the proxy", &proxy_ntlm, 1, FALSE, FALSE, TRUE, TRUE },
        { "[BEH.AUTH.6] set for the proxy, another scheme", &proxy_negotiate, 1, FALSE, FALSE, TRUE, FALSE },
        { "[BEH.AUTH.6] but others for the server", with_server, 2, FALSE, FALSE, FALSE, TRUE },
        { "a name for the server beats the machine", &named_server, 1, TRUE, TRUE, FALSE, TRUE },
        { "a name for the proxy", &named_proxy, 1, FALSE, FALSE, FALSE, FALSE },
    };
    struct shim_session_params session_params;
    struct shim_request_params params;
    struct shim_session *session;
    static struct result result;
    struct shim_hop hops[1];
    UINT32 i, count;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context("%s", tests[i].name);
        memset(&session_params, 0, sizeof(session_params));
        session_params.credentials = tests[i].credentials;
        session_params.credential_count = tests[i].count;
        session_params.implicit_server = tests[i].implicit_server;
        session_params.implicit_proxy = tests[i].implicit_proxy;
        hr = shim_session_create(&session_params, &session);
        ok(hr == S_OK, "got %#lx\n", hr);

        count = count_in_log("\nAuthorization: NTLM ");
        get(session, url("http", "127.0.0.1", "PLAIN", "/auth/ntlm/len/10"), &result);
        ok(result.hr == S_FALSE && (result.status == 401 || (tests[i].server && result.status == 200)), "got %#lx, %u\n", result.hr, result.status);
        count = count_in_log("\nAuthorization: NTLM ") - count;
        ok((count || result.auth_detail) == tests[i].server, "server: %u tokens, detail %#lx\n", count, result.auth_detail);
        /* never by a scheme that needs a password */
        get(session, url("http", "127.0.0.1", "PLAIN", "/auth/digest/len/10"), &result);
        ok(result.status == 401 && !result.auth_detail, "got %u, detail %#lx\n", result.status, result.auth_detail);
        /* nor where a redirect leads */
        init_params(&params, url("http", "127.0.0.1", "PLAIN", "/auth/ntlm/len/11"));
        params.foreign = TRUE;
        if (!tests[i].server || result.status == 401)
        {
            struct shim_session *other;

            hr = shim_session_create(&session_params, &other);
            ok(hr == S_OK, "got %#lx\n", hr);
            run_request(other, &params, BUFFER_SIZE, &result);
            ok(result.status == 401 && !result.auth_detail, "got %u, detail %#lx\n", result.status, result.auth_detail);
            shim_session_release(other);
        }

        count = count_in_log("\nProxy-Authorization: NTLM ");
        init_params(&params, url("http", "127.0.0.1", "PLAIN", "/len/10"));
        hops[0] = hop("PROXY_AUTH_NTLM");
        params.hops = hops;
        run_request(session, &params, BUFFER_SIZE, &result);
        if (tests[i].credentials != &named_proxy)
        {
            ok(result.hr == S_FALSE && (result.status == 407 || (tests[i].proxy && result.status == 200)), "got %#lx, %u\n", result.hr, result.status);
            count = count_in_log("\nProxy-Authorization: NTLM ") - count;
            ok((count || result.auth_detail) == tests[i].proxy, "proxy: %u tokens, detail %#lx\n", count, result.auth_detail);
        }
        else ok(result.status == 200 && !result.auth_detail, "got %u, detail %#lx\n", result.status, result.auth_detail);
        shim_session_release(session);
        winetest_pop_context();
    }
}

static const CERT_CONTEXT *test_ca;

static BOOL add_ca(void)
{
    char path[MAX_PATH], der[8192];
    HCERTSTORE store;
    DWORD len = 0;
    HANDLE file;
    BOOL ret;

    if (!GetEnvironmentVariableA("SHIM_CA", path, sizeof(path))) return FALSE;
    file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "no %s\n", path);
    ReadFile(file, der, sizeof(der), &len, NULL);
    CloseHandle(file);
    store = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, L"Root");
    ok(store != NULL, "no store\n");
    /* Wine writes the store when the last context on it is freed [WINE.TLS.3], so keep one that is not */
    test_ca = CertCreateCertificateContext(X509_ASN_ENCODING, (BYTE *)der, len);
    ret = CertAddCertificateContextToStore(store, test_ca, CERT_STORE_ADD_REPLACE_EXISTING, NULL);
    ok(ret, "got %lu\n", GetLastError());
    CertCloseStore(store, 0);
    return ret;
}

static void remove_ca(void)
{
    const CERT_CONTEXT *cert;
    HCERTSTORE store;
    char key[256];
    BYTE hash[20];
    DWORD size = sizeof(hash), i;

    if (!test_ca) return;
    store = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, L"Root");
    cert = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_EXISTING, test_ca, NULL);
    ok(cert && CertDeleteCertificateFromStore(cert), "got %lu\n", GetLastError());
    CertCloseStore(store, 0);
    /* Wine's chain engine holds the store, so it would not be written any more */
    if (CertGetCertificateContextProperty(test_ca, CERT_SHA1_HASH_PROP_ID, hash, &size))
    {
        strcpy(key, "Software\\Microsoft\\SystemCertificates\\Root\\Certificates\\");
        for (i = 0; i < size; i++) sprintf(key + strlen(key), "%02X", hash[i]);
        RegDeleteKeyA(HKEY_CURRENT_USER, key);
    }
    CertFreeCertificateContext(test_ca);
}

static HRESULT validate_result;
static UINT32 validate_calls;

static HRESULT validate(void *ctx, const WCHAR *host, UINT16 port, const void *cert_context)
{
    const CERT_CONTEXT *cert = cert_context;

    ok(ctx == &validate_result, "got %p\n", ctx);
    ok(cert && cert->cbCertEncoded > 100, "got %p\n", cert);
    validate_calls++;
    return validate_result;
}

static void test_tls(void)
{
    static const UINT32 flags[] =
    {
        0, SHIM_TLS_IGNORE_NAME, SHIM_TLS_IGNORE_DATE, SHIM_TLS_IGNORE_UNKNOWN_CA, SHIM_TLS_IGNORE_USAGE, SHIM_TLS_CHECK_REVOCATION,
        SHIM_TLS_CHECK_REVOCATION /* what is known from the first time must not be lost */
    };
    static const struct
    {
        const char *host, *peer;
        HRESULT hr;       /* with no flag */
        UINT32 forgiven;  /* the one flag that lets it through */
        HRESULT revocation; /* with SHIM_TLS_CHECK_REVOCATION */
    }
    tests[] =
    {
        { "localhost", "TLS_GOOD", S_FALSE, 0, S_FALSE },
        { "127.0.0.1", "TLS_GOOD", S_FALSE, 0, S_FALSE },
        { "127.0.0.1", "TLS_COMMON_NAME", HR_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID), SHIM_TLS_IGNORE_NAME },
        { "localhost", "TLS_COMMON_NAME", S_FALSE, 0, S_FALSE },
        { "localhost", "TLS_CHAIN", S_FALSE, 0, HR_WIN32(ERROR_WINHTTP_SECURE_CERT_REV_FAILED) },
        { "localhost", "TLS_WILDCARD", HR_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID), SHIM_TLS_IGNORE_NAME },
        { "localhost", "TLS_WRONG_HOST", HR_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID), SHIM_TLS_IGNORE_NAME },
        { "localhost", "TLS_EXPIRED", HR_WIN32(ERROR_WINHTTP_SECURE_CERT_DATE_INVALID), SHIM_TLS_IGNORE_DATE },
        { "localhost", "TLS_FUTURE", HR_WIN32(ERROR_WINHTTP_SECURE_CERT_DATE_INVALID), SHIM_TLS_IGNORE_DATE },
        { "localhost", "TLS_SELF_SIGNED", HR_WIN32(ERROR_WINHTTP_SECURE_INVALID_CA), SHIM_TLS_IGNORE_UNKNOWN_CA },
        { "localhost", "TLS_UNKNOWN_CA", HR_WIN32(ERROR_WINHTTP_SECURE_INVALID_CA), SHIM_TLS_IGNORE_UNKNOWN_CA },
        { "localhost", "TLS_WRONG_USAGE", HR_WIN32(ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE), SHIM_TLS_IGNORE_USAGE },
        { "localhost", "TLS_REVOKED", S_FALSE, 0, HR_WIN32(ERROR_WINHTTP_SECURE_CERT_REVOKED) },
        { "localhost", "TLS_NO_CRL", S_FALSE, 0, HR_WIN32(ERROR_WINHTTP_SECURE_CERT_REV_FAILED) },
    };
    struct shim_session_params params = {0};
    struct shim_session *session;
    static struct result result;
    UINT32 i, j;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        for (j = 0; j < ARRAY_SIZE(flags); j++)
        {
            HRESULT expect = tests[i].hr;

            if (flags[j] && flags[j] == tests[i].forgiven) expect = S_FALSE;
            if (flags[j] == SHIM_TLS_CHECK_REVOCATION && tests[i].revocation) expect = tests[i].revocation;
            winetest_push_context("%s %s flags %#x", tests[i].peer, tests[i].host, flags[j]);
            session = create_session(flags[j]);
            get(session, url("https", tests[i].host, tests[i].peer, "/len/1000"), &result);
            ok(result.hr == expect, "got %#lx, detail %#lx\n", result.hr, result.error.detail);
            if (expect == S_FALSE) ok(result.got == 1000 && result.exact, "got %I64u\n", result.got);
            else ok(!result.in_body && result.error.detail, "got a reply, detail %#lx\n", result.error.detail);
            shim_session_release(session);
            winetest_pop_context();
        }
    }

    /* the application's own check comes after ours and before the request */
    params.validate_cert = validate;
    params.validate_ctx = &validate_result;
    hr = shim_session_create(&params, &session);
    ok(hr == S_OK, "got %#lx\n", hr);
    validate_result = E_ACCESSDENIED;
    validate_calls = 0;
    get(session, url("https", "localhost", "TLS_GOOD", "/len/1000"), &result);
    ok(result.hr == E_ACCESSDENIED && result.error.context == SHIM_CONTEXT_SERVER_CERTIFICATE_CALLBACK && !result.in_body,
       "got %#lx, %lu\n", result.hr, result.error.context);
    ok(validate_calls == 1, "got %u\n", validate_calls);
    validate_result = S_OK;
    get(session, url("https", "localhost", "TLS_GOOD", "/len/1000"), &result);
    ok(result.hr == S_FALSE && validate_calls == 2, "got %#lx, %u\n", result.hr, validate_calls);
    get(session, url("https", "localhost", "TLS_EXPIRED", "/len/1000"), &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_SECURE_CERT_DATE_INVALID) && validate_calls == 2, "got %#lx, %u\n", result.hr, validate_calls);
    shim_session_release(session);

    session = create_session(0);
    get(session, url("https", "localhost", "TLS_CLIENT_CERT", "/len/1000"), &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED), "[BEH.CERT.5] got %#lx, detail %#lx\n", result.hr, result.error.detail);
    get(session, url("https", "localhost", "TLS_NEW", "/len/1000"), &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_SECURE_FAILURE), "[WINE.TLS.1] got %#lx, detail %#lx\n", result.hr, result.error.detail);
    get(session, url("https", "127.0.0.1", "PLAIN", "/len/1000"), &result);
    ok(FAILED(result.hr) && !result.in_body, "got %#lx\n", result.hr);
    shim_session_release(session);
}

/* The certificate of make-certs with its key, in the user's store MY until remove_own. */
static BOOL add_own(BYTE hash[20])
{
    char path[MAX_PATH], p12[16384];
    const CERT_CONTEXT *cert;
    HCERTSTORE store, my;
    CRYPT_DATA_BLOB blob;
    DWORD len = 0, size = 20;
    BOOL ret = FALSE;
    HANDLE file;

    if (!GetEnvironmentVariableA("SHIM_P12", path, sizeof(path))) return FALSE;
    file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "no %s\n", path);
    ReadFile(file, p12, sizeof(p12), &len, NULL);
    CloseHandle(file);
    blob.pbData = (BYTE *)p12;
    blob.cbData = len;
    store = PFXImportCertStore(&blob, L"test", CRYPT_USER_KEYSET);
    ok(store != NULL, "got %#lx\n", GetLastError());
    my = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, L"MY");
    if ((cert = CertEnumCertificatesInStore(store, NULL)))
    {
        ret = CertGetCertificateContextProperty(cert, CERT_SHA1_HASH_PROP_ID, hash, &size)
                && CertAddCertificateContextToStore(my, cert, CERT_STORE_ADD_REPLACE_EXISTING, NULL);
        CertFreeCertificateContext(cert);
    }
    ok(ret, "got %#lx\n", GetLastError());
    CertCloseStore(my, 0);
    CertCloseStore(store, 0);
    return ret;
}

static void remove_own(BYTE hash[20])
{
    CRYPT_HASH_BLOB blob = { 20, hash };
    const CERT_CONTEXT *cert;
    HCERTSTORE my;

    my = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, L"MY");
    cert = CertFindCertificateInStore(my, X509_ASN_ENCODING, 0, CERT_FIND_SHA1_HASH, &blob, NULL);
    ok(cert && CertDeleteCertificateFromStore(cert), "got %#lx\n", GetLastError());
    CertCloseStore(my, 0);
}

static void test_client_cert(void)
{
    static const char *const peers[] = { "TLS_CLIENT_CERT", "NGINX_CLIENT" };
    struct shim_session_params params = {0};
    struct shim_session *session, *stranger = create_session(0);
    static struct result result;
    BYTE hash[20], none[20] = {1};
    HRESULT hr;
    UINT32 i;

    if (!add_own(hash)) return;
    params.client_cert_location = 0; /* BG_CERT_STORE_LOCATION_CURRENT_USER */
    params.client_cert_store = L"MY";
    params.client_cert_hash = hash;
    hr = shim_session_create(&params, &session);
    ok(hr == S_OK, "got %#lx\n", hr);
    for (i = 0; i < ARRAY_SIZE(peers); i++)
    {
        if (!port(peers[i])) continue;
        winetest_push_context("%s", peers[i]);
        get(session, url("https", "localhost", peers[i], "/len/1000"), &result);
        ok(result.hr == S_FALSE && result.status == 200, "got %#lx, %u, detail %#lx\n", result.hr, result.status, result.error.detail);
        if (i) ok(!strcmp(result.text, "CN=wine-bits client"), "got %s\n", result.text);
        /* another identity does not ride on that connection */
        get(stranger, url("https", "localhost", peers[i], "/len/1000"), &result);
        if (i) ok(result.status == 400, "got %#lx, %u\n", result.hr, result.status);
        else ok(result.hr == HR_WIN32(ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED), "[BEH.CERT.5] got %#lx\n", result.hr);
        /* a server that does not want it does not mind */
        get(session, url("https", "localhost", "TLS_GOOD", "/len/1000"), &result);
        ok(result.hr == S_FALSE && result.got == 1000, "got %#lx\n", result.hr);
        winetest_pop_context();
    }
    shim_session_release(session);

    /* one that is gone */
    params.client_cert_hash = none;
    hr = shim_session_create(&params, &session);
    if (SUCCEEDED(hr))
    {
        get(session, url("https", "localhost", "TLS_CLIENT_CERT", "/len/1000"), &result);
        hr = result.hr;
        shim_session_release(session);
    }
    ok(hr == CRYPT_E_NOT_FOUND, "[ERR.0x80092004] got %#lx\n", hr);
    shim_session_release(stranger);
    remove_own(hash);
}

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

static void test_rate(void)
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

static void test_small(void)
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

static void test_bodies_plain(void) { test_bodies("http", "127.0.0.1", "PLAIN"); }
static void test_bodies_tls(void) { test_bodies("https", "localhost", "TLS_GOOD"); }
static void test_requests_plain(void) { test_requests("http", "127.0.0.1", "PLAIN"); }
static void test_requests_tls(void) { test_requests("https", "localhost", "TLS_GOOD"); }
static void test_pool_plain(void) { test_pool("http", "127.0.0.1", "PLAIN"); }
static void test_pool_tls(void) { test_pool("https", "localhost", "TLS_GOOD"); }
static void test_ahead_plain(void) { test_ahead("http", "127.0.0.1", "PLAIN"); }
static void test_ahead_tls(void) { test_ahead("https", "localhost", "TLS_GOOD"); }

/* shim_test.exe shim_test NAME... runs only these */
START_TEST(shim_test)
{
    static const struct
    {
        const char *name;
        void (*func)(void);
    }
    tests[] =
    {
        { "bodies", test_bodies_plain },
        { "bodies-tls", test_bodies_tls },
        { "close", test_close_delimited },
        { "requests", test_requests_plain },
        { "requests-tls", test_requests_tls },
        { "pool", test_pool_plain },
        { "pool-tls", test_pool_tls },
        { "ahead", test_ahead_plain },
        { "ahead-tls", test_ahead_tls },
        { "failures", test_failures },
        { "auth", test_auth },
        { "proxy", test_proxy },
        { "tls", test_tls },
        { "names", test_names },
        { "idn", test_idn },
        { "implicit", test_implicit },
        { "client-cert", test_client_cert },
        { "cancel", test_cancel },
        { "small", test_small },
        { "rate", test_rate },
    };
    char **argv;
    int argc, j;
    UINT32 i;
    HRESULT hr;

    if (!port("PLAIN"))
    {
        skip("run by tests/shim/check\n");
        return;
    }
    argc = winetest_get_mainargs(&argv);
    hr = shim_init();
    ok(hr == S_OK, "got %#lx\n", hr);
    add_ca();
    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        for (j = 2; j < argc && strcmp(argv[j], tests[i].name); j++) ;
        if (argc <= 2 || j < argc) tests[i].func();
    }
    remove_ca();
    shim_shutdown();
}
