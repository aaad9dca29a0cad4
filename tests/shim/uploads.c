/*
 * Bodies of requests: answered early, blocked, repeated, broken off
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
#include <winhttp.h>

#include "shim_test.h"

/* A source of octets as the test wants it. */
struct source
{
    UINT64 offset;        /* of the next octet */
    UINT64 fail_at;       /* where reading fails, 0: nowhere */
    HRESULT hr;           /* with this */
    HRESULT rewind_hr;
    UINT32 grain;         /* octets that it gives at once; 0: all that are asked for */
    BOOL cheap;           /* the octets do not matter */
    UINT32 rewinds, largest;
};

struct uploader
{
    struct shim_request_params params;
    struct shim_body body;
    struct source source;
    struct shim_hop hops[2];
    UINT32 connects;      /* calls of connected */
};

static HRESULT read_source(void *ctx, void *buffer, UINT32 size, UINT32 *got)
{
    struct source *source = ctx;
    UINT32 i;

    source->largest = max(source->largest, size);
    if (source->fail_at && source->offset >= source->fail_at)
    {
        *got = 0;
        return source->hr;
    }
    if (source->grain) size = min(size, source->grain);
    for (i = 0; i < size && !source->cheap; i++) ((BYTE *)buffer)[i] = (source->offset + i) % 251;
    source->offset += size;
    *got = size;
    return S_OK;
}

static HRESULT rewind_source(void *ctx)
{
    struct source *source = ctx;

    source->rewinds++;
    if (FAILED(source->rewind_hr)) return source->rewind_hr;
    source->offset = 0;
    return S_OK;
}

static void count_connects(void *ctx)
{
    ++*(UINT32 *)ctx;
}

static void init_upload(struct uploader *uploader, const WCHAR *url, UINT64 length)
{
    memset(uploader, 0, sizeof(*uploader));
    init_params(&uploader->params, url);
    uploader->params.method = L"BITS_POST";
    uploader->params.body = &uploader->body;
    uploader->params.connected = count_connects;
    uploader->params.connected_ctx = &uploader->connects;
    uploader->body.length = length;
    uploader->body.read = read_source;
    uploader->body.rewind = rewind_source;
    uploader->body.ctx = &uploader->source;
}

/* What the peers have noted of bodies that they took whole. */
static UINT32 count_taken(UINT64 length)
{
    char text[64];

    sprintf(text, "--- took %I64u of %I64u\n", length, length);
    return count_in_log(text);
}

/* Which connection serves the next request of a session? */
static int next_connection(struct shim_session *session, const char *scheme, const char *host, const char *peer)
{
    static struct result result;

    get(session, url(scheme, host, peer, "/id"), &result);
    ok(result.status == 200, "got %#lx, %u\n", result.hr, result.status);
    return atoi(result.text);
}

static void test_early(const char *scheme, const char *host, const char *peer)
{
    static const struct
    {
        const char *path;
        UINT64 length;
        UINT32 status;
        BOOL whole;           /* all of the body is sent */
        BOOL kept;            /* the connection serves the next request */
    }
    tests[] =
    {
        /* refused, and then the server reads on, hangs up, resets, or takes nothing more */
        { "/upload/S413/rest", 200000000, 413, FALSE, FALSE },
        { "/upload/100000/S413/rest", 200000000, 413, FALSE, FALSE },
        { "/upload/S413/close", 200000000, 413, FALSE, FALSE },
        { "/upload/100000/S413/reset", 200000000, 413, FALSE, FALSE },
        { "/upload/S413/stay", 200000000, 413, FALSE, FALSE },
        { "/upload/300000/S401/reset", 200000000, 401, FALSE, FALSE },
        { "/upload/300000/S401/stay", 200000000, 401, FALSE, FALSE },
        { "/upload/20000000/S503/stay", 200000000, 503, FALSE, FALSE },
        { "/upload/20000000/S503/rest", 200000000, 503, FALSE, FALSE },
        { "/upload/T150/S413/stay", 200000000, 413, FALSE, FALSE },
        { "/upload/S302/stay", 200000000, 302, FALSE, FALSE },
        /* with interim replies before it, or before a good one */
        { "/upload/I100/I102/100000/I103/S413/stay", 200000000, 413, FALSE, FALSE },
        { "/upload/I100/rest", 30000000, 200, TRUE, TRUE },
        { "/upload/1000000/I100/T200/1000000/I102/T200/I102/rest/I103", 30000000, 200, TRUE, TRUE },
        { "/upload/rest/I102/I102", 100000, 200, TRUE, TRUE },
        /* accepted early: the rest is wanted all the same */
        { "/upload/100000/S200/rest", 30000000, 200, TRUE, TRUE },
        { "/upload/100000/S200/T300/rest", 30000000, 200, TRUE, TRUE },
        /* but not if it has gone */
        { "/upload/100000/S200/reset", 200000000, 200, FALSE, FALSE },
        { "/upload/100000/S200/close", 200000000, 200, FALSE, FALSE },
        /* replies of a server that has read it all, with and without a body, leave the connection alone [BUP.AUTH.1] */
        { "/upload/rest/S416", 1000000, 416, TRUE, TRUE },
        { "/upload/rest/S500", 1000000, 500, TRUE, TRUE },
        { "/upload/rest/S200", 0, 200, TRUE, TRUE },
    };
    struct shim_session *session;
    static struct result result;
    BOOL forgets = reset_forgets();
    struct uploader uploader;
    int first, next;
    DWORD took;
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        UINT32 before = count_taken(tests[i].length);
        BOOL resets = strstr(tests[i].path, "/close") || strstr(tests[i].path, "/reset");

        winetest_push_context("%s %s", scheme, tests[i].path);
        session = create_session(0);
        first = next_connection(session, scheme, host, peer);
        init_upload(&uploader, url(scheme, host, peer, tests[i].path), tests[i].length);
        took = GetTickCount();
        run_request(session, &uploader.params, BUFFER_SIZE, &result);
        took = GetTickCount() - took;
        if (forgets && resets && FAILED(result.hr))
            ok(result.hr == HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR), "got %#lx, %u\n", result.hr, result.status);
        else
        {
            ok(result.status == tests[i].status && result.hr == S_FALSE, "got %#lx, %u\n", result.hr, result.status);
            ok(result.got == result.length, "got %I64u of %I64u\n", result.got, result.length);
        }
        if (tests[i].whole) ok(uploader.source.offset == tests[i].length, "read %I64u\n", uploader.source.offset);
        else ok(uploader.source.offset < tests[i].length, "read all of it\n");
        ok(took < 5000, "took %lu ms\n", took);
        ok(uploader.connects == 1, "got %u calls\n", uploader.connects);
        next = next_connection(session, scheme, host, peer);
        ok((next == first) == tests[i].kept, "connection %d after %d\n", next, first);
        /* it has been noted before the connection served again */
        if (tests[i].whole) ok(count_taken(tests[i].length) == before + 1, "not all has arrived\n");
        shim_session_release(session);
        winetest_pop_context();
    }
}

/* A peer that takes nothing more: cancel and time-out. */
static void test_blocked(const char *scheme, const char *host, const char *peer, const char *path, const char *proxy)
{
    struct shim_session *session = create_session(0);
    static struct result result;
    struct canceller canceller;
    struct uploader uploader;
    LONGLONG latency;
    DWORD took;

    winetest_push_context("%s %s%s by %s", scheme, peer, path, proxy ? proxy : "itself");
    init_upload(&uploader, url(scheme, host, peer, path), 2000000000);
    uploader.source.cheap = TRUE;
    if (proxy)
    {
        uploader.hops[0] = hop(proxy);
        uploader.params.hops = uploader.hops;
    }
    canceller_init(&canceller, 400);
    uploader.params.io_timeout = 20000;
    uploader.params.cancel = canceller.event;
    SetEvent(canceller.start);
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    latency = now_us() - canceller.set_at;
    ok(result.hr == E_ABORT, "got %#lx\n", result.hr);
    ok(latency >= 0 && latency < 100000, "took %I64d us\n", latency);
    ok(!result.error.unreached, "it was there\n");
    canceller_free(&canceller);

    rewind_source(&uploader.source);
    uploader.params.cancel = NULL;
    uploader.params.io_timeout = 500;
    took = GetTickCount();
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    took = GetTickCount() - took;
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_TIMEOUT) && !result.in_body, "got %#lx\n", result.hr);
    ok(took >= 450 && took < 3000, "took %lu ms\n", took);
    ok(uploader.source.rewinds == 1, "sent %u times\n", uploader.source.rewinds);
    ok(!result.error.unreached && result.error.context == SHIM_CONTEXT_REMOTE_FILE, "got %d, %lu\n", result.error.unreached, result.error.context);
    shim_session_release(session);
    winetest_pop_context();
}

/* Time that passes is no time-out while octets are taken, nor while a server thinks that may. */
static void test_patience(const char *scheme, const char *host, const char *peer)
{
    struct shim_session *session = create_session(0);
    static struct result result;
    struct uploader uploader;

    init_upload(&uploader, url(scheme, host, peer, "/upload/2000000/T250/8000000/T250/8000000/T250/8000000/T250/rest"), 40000000);
    uploader.source.cheap = TRUE;
    uploader.params.io_timeout = 600;
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(result.status == 200, "got %#lx, %u\n", result.hr, result.status);

    init_upload(&uploader, url(scheme, host, peer, "/upload/rest/T900"), 100000);
    uploader.params.io_timeout = 300;
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_TIMEOUT), "got %#lx\n", result.hr);
    rewind_source(&uploader.source);
    uploader.params.reply_timeout = 10000;
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(result.status == 200, "[BUP.FRAG.5] got %#lx, %u\n", result.hr, result.status);

    /* one that has said yes and then takes no more */
    init_upload(&uploader, url(scheme, host, peer, "/upload/1000000/S200/stay"), 2000000000);
    uploader.source.cheap = TRUE;
    uploader.params.io_timeout = 500;
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(result.status == 200 && result.hr == S_FALSE, "got %#lx, %u\n", result.hr, result.status);
    shim_session_release(session);
}

/* What is read of the source, and what becomes of its failures. */
static void test_source(const char *scheme, const char *host, const char *peer)
{
    struct shim_session *session = create_session(0);
    static struct result result;
    struct uploader uploader;
    int first;

    init_upload(&uploader, url(scheme, host, peer, "/digest"), 3000000);
    uploader.source.grain = 777;
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(!strcmp(result.text, "3000000 4d3870d4655ed773027a713ea136507d22e076248e0e9cc920a996039653b76f"), "got %s\n", result.text);

    first = next_connection(session, scheme, host, peer);
    rewind_source(&uploader.source);
    uploader.source.rewinds = uploader.source.grain = 0;
    uploader.source.fail_at = 1000000;
    uploader.source.hr = STG_E_READFAULT;
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(result.hr == STG_E_READFAULT && !result.in_body, "got %#lx\n", result.hr);
    ok(result.error.context == SHIM_CONTEXT_LOCAL_FILE && !result.error.unreached, "got %lu, %d\n", result.error.context, result.error.unreached);
    ok(!uploader.source.rewinds, "sent again\n");
    ok(next_connection(session, scheme, host, peer) != first, "the connection was used again\n");

    /* not even when it looks as if the connection had failed */
    rewind_source(&uploader.source);
    uploader.source.rewinds = 0;
    uploader.source.hr = HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR);
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) && result.error.context == SHIM_CONTEXT_LOCAL_FILE, "got %#lx, %lu\n",
       result.hr, result.error.context);
    ok(!uploader.source.rewinds, "sent again\n");

    /* less than was said */
    rewind_source(&uploader.source);
    uploader.source.hr = S_OK;
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(result.hr == HR_WIN32(ERROR_HANDLE_EOF) && result.error.context == SHIM_CONTEXT_LOCAL_FILE, "got %#lx, %lu\n", result.hr,
       result.error.context);
    shim_session_release(session);
}

/* A body is sent again when the kept connection dies under it, once, and only where that is allowed. */
static void test_again(const char *scheme, const char *host, const char *peer)
{
    static const char *const ends[] = { "close", "reset", "500000/close", "500000/reset", "rest/close", "rest/reset" };
    struct shim_session *session;
    static struct result result;
    struct uploader uploader;
    char path[64], text[64];
    UINT32 i, before;
    int first;

    for (i = 0; i < ARRAY_SIZE(ends); i++)
    {
        winetest_push_context("%s", ends[i]);
        session = create_session(0);
        sprintf(path, "/upload/kept/%s", ends[i]);
        first = next_connection(session, scheme, host, peer);
        init_upload(&uploader, url(scheme, host, peer, path), 20000000);
        sprintf(text, "BITS_POST %s HTTP", path);
        before = count_in_log(text);
        run_request(session, &uploader.params, BUFFER_SIZE, &result);
        ok(result.status == 200 && !strcmp(result.text, "20000000 of 20000000"), "got %#lx, %u, %s\n", result.hr, result.status, result.text);
        ok(uploader.source.rewinds == 1 && count_in_log(text) == before + 2, "sent again %u times, heads: %u\n", uploader.source.rewinds,
           count_in_log(text) - before);
        ok(uploader.connects == 1, "got %u calls\n", uploader.connects);
        ok(next_connection(session, scheme, host, peer) != first, "on the dead connection\n");
        shim_session_release(session);

        /* a connection that has just been made is no dead one */
        sprintf(path, "/upload/%s", ends[i]);
        session = create_session(0);
        init_upload(&uploader, url(scheme, host, peer, path), 20000000);
        run_request(session, &uploader.params, BUFFER_SIZE, &result);
        ok(result.hr == HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) && !uploader.source.rewinds, "got %#lx, %u\n", result.hr, uploader.source.rewinds);
        ok(!result.error.unreached, "it was there\n");
        /* and one that was is not made twice */
        next_connection(session, scheme, host, peer);
        run_request(session, &uploader.params, BUFFER_SIZE, &result);
        rewind_source(&uploader.source);
        uploader.source.rewinds = 0;
        next_connection(session, scheme, host, peer);
        run_request(session, &uploader.params, BUFFER_SIZE, &result);
        ok(result.hr == HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) && uploader.source.rewinds == 1, "got %#lx, %u\n", result.hr,
           uploader.source.rewinds);
        shim_session_release(session);
        winetest_pop_context();
    }

    /* there is no way back to the beginning of the body */
    session = create_session(0);
    next_connection(session, scheme, host, peer);
    init_upload(&uploader, url(scheme, host, peer, "/upload/kept/rest/close"), 1000000);
    uploader.body.rewind = NULL;
    before = count_in_log("BITS_POST /upload/kept/rest/close HTTP");
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR), "got %#lx\n", result.hr);
    ok(count_in_log("BITS_POST /upload/kept/rest/close HTTP") == before + 1, "sent again\n");
    /* or it fails */
    next_connection(session, scheme, host, peer);
    init_upload(&uploader, url(scheme, host, peer, "/upload/kept/rest/close"), 1000000);
    uploader.source.rewind_hr = STG_E_SEEKERROR;
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(result.hr == STG_E_SEEKERROR && result.error.context == SHIM_CONTEXT_LOCAL_FILE, "got %#lx, %lu\n", result.hr, result.error.context);
    /* or the method is not known to be harmless: over a connection of its own then */
    next_connection(session, scheme, host, peer);
    init_upload(&uploader, url(scheme, host, peer, "/upload/kept/rest/close"), 1000000);
    uploader.params.method = L"POST";
    before = count_in_log("\nPOST /upload/kept/rest/close HTTP");
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(result.status == 200 && !uploader.source.rewinds, "got %#lx, %u\n", result.hr, result.status);
    ok(count_in_log("\nPOST /upload/kept/rest/close HTTP") == before + 1, "sent again\n");
    /* a reply that has begun */
    next_connection(session, scheme, host, peer);
    init_upload(&uploader, url(scheme, host, peer, "/upload/kept/I100/rest/close"), 1000000);
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) && !uploader.source.rewinds, "got %#lx, %u\n", result.hr, uploader.source.rewinds);
    shim_session_release(session);
}

/* A challenge to a body [BUP.AUTH.2], also of one who asks before it has come. */
static void test_challenges(const char *scheme, const char *host, const char *peer)
{
    static const struct shim_credential all[] =
    {
        { SERVER, BASIC, L"user", L"pass" }, { SERVER, DIGEST, L"user", L"pass" }, { SERVER, NTLM, L"DOM\\user", L"pass" },
        { SERVER, NEGOTIATE, L"DOM\\user", L"pass" },
    };
    static const struct
    {
        const char *kinds;
        BOOL connection;      /* it is the connection that is told who asks */
    }
    tests[] =
    {
        { "basic" }, { "digest" }, { "digest-once" }, { "ntlm", TRUE }, { "negotiate", TRUE }, { "Hangs-up+basic" }, { "Hangs-up+ntlm", TRUE },
        { "Hasty+basic" }, { "Hasty+digest" }, { "Hasty+ntlm", TRUE }, { "Hasty+negotiate", TRUE }, { "Closes+Hasty+digest" },
        { "Closes+Hasty+ntlm", TRUE },
    };
    static const char expect[] = "3000000 4d3870d4655ed773027a713ea136507d22e076248e0e9cc920a996039653b76f";
    struct shim_session *session;
    static struct result result;
    BOOL forgets = reset_forgets(), closes;
    struct uploader uploader;
    char path[64], line[64];
    UINT32 i, j, count;
    int first;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        /* one that asks before the body has come leaves it unread */
        if (forgets && strstr(tests[i].kinds, "Hasty"))
        {
            skip("%s: a challenge may be lost with the connection it came over\n", tests[i].kinds);
            continue;
        }
        winetest_push_context("%s", tests[i].kinds);
        session = create_auth_session(all, ARRAY_SIZE(all));
        sprintf(path, "/auth/%s/digest", tests[i].kinds);
        init_upload(&uploader, url(scheme, host, peer, path), 3000000);
        run_request(session, &uploader.params, BUFFER_SIZE, &result);
        ok(!strcmp(result.text, expect), "got %#lx, %u, %s\n", result.hr, result.status, result.text);
        /* one that has closed without saying so may be sent the beginning before that is known */
        closes = !tests[i].connection && (!strncmp(tests[i].kinds, "Hangs-up", 8) || !strncmp(tests[i].kinds, "Hasty", 5));
        ok(uploader.source.rewinds == 1 || (uploader.source.rewinds == 2 && closes),
           "[BUP.AUTH.2] rewound %u times\n", uploader.source.rewinds);

        /* asked once is asked for the session, and its connection is kept over all packets, with bodies and without [BUP.AUTH.1] */
        sprintf(path, "/auth/%s/id", tests[i].kinds);
        get(session, url(scheme, host, peer, path), &result);
        first = atoi(result.text);
        for (j = 0; j < 3; j++)
        {
            sprintf(path, "/auth/%s/%s", tests[i].kinds, j == 1 ? "status/416" : "digest");
            rewind_source(&uploader.source);
            uploader.source.rewinds = 0;
            uploader.params.url = url(scheme, host, peer, path);
            run_request(session, &uploader.params, BUFFER_SIZE, &result);
            ok(j == 1 ? result.status == 416 : !strcmp(result.text, expect), "got %#lx, %u, %s\n", result.hr, result.status, result.text);
            if (strcmp(tests[i].kinds, "digest-once")) ok(!uploader.source.rewinds, "[BUP.AUTH.1] asked again for body %u\n", j);
        }
        sprintf(path, "/auth/%s/id", tests[i].kinds);
        get(session, url(scheme, host, peer, path), &result);
        ok(atoi(result.text) == first, "[BUP.AUTH.1] connection %d after %d\n", atoi(result.text), first);

        /* no way to send it again: the challenge is the reply */
        shim_session_release(session);
        session = create_auth_session(all, ARRAY_SIZE(all));
        sprintf(path, "/auth/%s/digest", tests[i].kinds);
        init_upload(&uploader, url(scheme, host, peer, path), 3000000);
        uploader.body.rewind = NULL;
        run_request(session, &uploader.params, BUFFER_SIZE, &result);
        ok(result.status == 401, "got %#lx, %u\n", result.hr, result.status);
        shim_session_release(session);
        session = create_auth_session(all, ARRAY_SIZE(all));
        init_upload(&uploader, url(scheme, host, peer, path), 3000000);
        uploader.source.rewind_hr = STG_E_SEEKERROR;
        run_request(session, &uploader.params, BUFFER_SIZE, &result);
        ok(result.hr == STG_E_SEEKERROR && result.error.context == SHIM_CONTEXT_LOCAL_FILE, "got %#lx, %lu\n", result.hr, result.error.context);
        shim_session_release(session);

        /* a packet without a body says so [BUP.HDR.4] */
        session = create_auth_session(all, ARRAY_SIZE(all));
        sprintf(path, "/auth/%s/echo?%s", tests[i].kinds, scheme);
        init_upload(&uploader, url(scheme, host, peer, path), 0);
        uploader.params.body = NULL;
        run_request(session, &uploader.params, BUFFER_SIZE, &result);
        ok(result.status == 200 && strstr(result.text, "\r\nContent-Length: 0\r\n"), "got %#lx, %u, %s\n", result.hr, result.status, result.text);
        shim_session_release(session);

        /* nobody is answered whom the credentials are not for, before the body or after it */
        session = create_auth_session(all, ARRAY_SIZE(all));
        sprintf(path, "/auth/%s/digest", tests[i].kinds);
        init_upload(&uploader, url(scheme, host, peer, path), 3000000);
        uploader.params.foreign = TRUE;
        sprintf(line, "\nAuthorization: ");
        count = count_in_log(line);
        run_request(session, &uploader.params, BUFFER_SIZE, &result);
        ok(result.status == 401 && count_in_log(line) == count, "got %#lx, %u\n", result.hr, result.status);
        shim_session_release(session);
        winetest_pop_context();
    }
}

/* Was the server there? */
static void test_unreached(void)
{
    static const struct
    {
        const char *scheme, *peer, *proxy;
        HRESULT hr;
        BOOL unreached;
    }
    tests[] =
    {
        { "http", "REFUSED", NULL, HR_WIN32(ERROR_WINHTTP_CANNOT_CONNECT), TRUE },
        { "http", "FULL", NULL, HR_WIN32(ERROR_WINHTTP_TIMEOUT), TRUE },
        { "http", "PLAIN", "REFUSED", HR_WIN32(ERROR_WINHTTP_CANNOT_CONNECT), TRUE },
        { "https", "TLS_GOOD", "PROXY_502", 0x801901f6, TRUE },
        { "https", "TLS_UNKNOWN_CA", NULL, HR_WIN32(ERROR_WINHTTP_SECURE_INVALID_CA), TRUE },
        { "https", "SILENT", NULL, HR_WIN32(ERROR_WINHTTP_TIMEOUT), TRUE },
        { "http", "SILENT", NULL, HR_WIN32(ERROR_WINHTTP_TIMEOUT), FALSE },
        { "http", "PROXY_DROP", NULL, HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR), FALSE },
    };
    struct shim_session *session;
    static struct result result;
    struct uploader uploader;
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context("%s %s by %s", tests[i].scheme, tests[i].peer, tests[i].proxy ? tests[i].proxy : "itself");
        session = create_session(0);
        init_upload(&uploader, url(tests[i].scheme, tests[i].scheme[4] ? "localhost" : "127.0.0.1", tests[i].peer, "/upload/rest"), 1000);
        uploader.params.connect_timeout = uploader.params.io_timeout = 500;
        if (tests[i].proxy)
        {
            uploader.hops[0] = hop(tests[i].proxy);
            uploader.params.hops = uploader.hops;
        }
        run_request(session, &uploader.params, BUFFER_SIZE, &result);
        ok(result.hr == tests[i].hr, "got %#lx\n", result.hr);
        ok(result.error.unreached == tests[i].unreached, "[BUP.HOST.4] got %d\n", result.error.unreached);
        ok(uploader.connects == !tests[i].unreached && (uploader.source.offset == 0) == tests[i].unreached, "got %u calls, read %I64u\n",
           uploader.connects, uploader.source.offset);
        shim_session_release(session);
        winetest_pop_context();
    }

    /* it seemed to be, by a connection that was kept */
    session = create_session(0);
    next_connection(session, "http", "127.0.0.1", "ONCE");
    init_upload(&uploader, url("http", "127.0.0.1", "ONCE", "/upload/rest/close"), 1000);
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_CANNOT_CONNECT) && result.error.unreached, "[BUP.HOST.4] got %#lx, %d\n", result.hr,
       result.error.unreached);
    ok(uploader.connects == 1 && uploader.source.rewinds == 1, "got %u calls, %u times\n", uploader.connects, uploader.source.rewinds);

    /* the next way, with the body from its beginning */
    init_upload(&uploader, url("http", "127.0.0.1", "PLAIN", "/digest"), 3000000);
    uploader.hops[0] = hop("REFUSED");
    uploader.params.hops = uploader.hops;
    uploader.params.hop_count = 2;
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(!strcmp(result.text, "3000000 4d3870d4655ed773027a713ea136507d22e076248e0e9cc920a996039653b76f") && result.hop == 1, "got %#lx, %s\n",
       result.hr, result.text);
    shim_session_release(session);
}

/* Through a proxy and through a tunnel; who asks there, and who sees what. */
static void test_ways(void)
{
    static const struct shim_credential both[] =
    {
        { PROXY, BASIC, L"user", L"pass" }, { PROXY, DIGEST, L"user", L"pass" }, { PROXY, NTLM, L"user", L"pass" },
        { SERVER, DIGEST, L"user", L"pass" },
    };
    static const char *const proxies[] = { "PROXY_OPEN", "PROXY_AUTH_BASIC", "PROXY_AUTH_DIGEST", "PROXY_AUTH_NTLM" };
    static const char expect[] = "3000000 4d3870d4655ed773027a713ea136507d22e076248e0e9cc920a996039653b76f";
    struct shim_session *session;
    static struct result result;
    struct uploader uploader;
    char text[256];
    UINT32 i, j;

    for (i = 0; i < ARRAY_SIZE(proxies); i++)
    {
        for (j = 0; j < 4; j++)
        {
            BOOL secure = j & 1, challenged = j & 2;

            winetest_push_context("%s %u", proxies[i], j);
            session = create_auth_session(both, ARRAY_SIZE(both));
            init_upload(&uploader, url(secure ? "https" : "http", secure ? "localhost" : "127.0.0.1", secure ? "TLS_GOOD" : "PLAIN",
                                       challenged ? "/auth/digest/digest" : "/digest"), 3000000);
            uploader.hops[0] = hop(proxies[i]);
            uploader.params.hops = uploader.hops;
            uploader.params.custom_headers = L"X-Tunnel-Secret: 1\r\n";
            run_request(session, &uploader.params, BUFFER_SIZE, &result);
            ok(!strcmp(result.text, expect), "got %#lx, %u, %s\n", result.hr, result.status, result.text);
            rewind_source(&uploader.source);
            uploader.source.rewinds = 0;
            run_request(session, &uploader.params, BUFFER_SIZE, &result);
            ok(!strcmp(result.text, expect), "got %#lx, %u, %s\n", result.hr, result.status, result.text);
            ok(!uploader.source.rewinds, "asked again\n");
            ok(!result.error.unreached && uploader.connects == 2, "got %u calls\n", uploader.connects);
            /* without a body */
            uploader.params.body = NULL;
            run_request(session, &uploader.params, BUFFER_SIZE, &result);
            ok(!strncmp(result.text, "0 ", 2), "[BUP.HDR.4] got %#lx, %u, %s\n", result.hr, result.status, result.text);
            shim_session_release(session);
            winetest_pop_context();
        }
    }

    /* the proxy of a tunnel has seen nothing of the packets */
    sprintf(text, "proxy open\nCONNECT localhost:%d HTTP/1.1\nHost: localhost:%d\nUser-Agent: Microsoft BITS/7.8\nProxy-Connection: Keep-Alive\n---",
            port("TLS_GOOD"), port("TLS_GOOD"));
    ok(count_in_log(text) && count_in_log(text) == count_in_log("proxy open\nCONNECT "), "got %u of %u\n", count_in_log(text),
       count_in_log("proxy open\nCONNECT "));
    ok(count_in_log("X-Tunnel-Secret: 1") >= 2 * ARRAY_SIZE(proxies), "the server has not seen it\n");

    /* answered early behind a tunnel */
    session = create_session(0);
    init_upload(&uploader, url("https", "localhost", "TLS_GOOD", "/upload/100000/S413/stay"), 200000000);
    uploader.hops[0] = hop("PROXY_OPEN");
    uploader.params.hops = uploader.hops;
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(result.status == 413, "got %#lx, %u\n", result.hr, result.status);
    shim_session_release(session);
}

/* The system gives away the lowest handle that is free. */
static UINT_PTR free_handle(void)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);

    CloseHandle(event);
    return (UINT_PTR)event;
}

/* Nothing is left of bodies, however they have ended. */
static void test_left(void)
{
    static const char *const paths[] =
    {
        "/upload/rest", "/upload/100000/S413/reset", "/upload/S413/rest", "/upload/kept/500000/reset", "/upload/stay", "/digest",
    };
    struct shim_session *session;
    static struct result result;
    SIZE_T before = 0, after;
    struct uploader uploader;
    UINT_PTR handle = 0;
    UINT32 i, j;

    for (i = 0; i < 40; i++)
    {
        if (i == 15)
        {
            before = heap_use(); /* the first ones make what stays */
            handle = free_handle();
        }
        for (j = 0; j < ARRAY_SIZE(paths); j++)
        {
            BOOL secure = i & 1;

            session = create_session(0);
            if (j == 3) next_connection(session, secure ? "https" : "http", secure ? "localhost" : "127.0.0.1", secure ? "TLS_GOOD" : "PLAIN");
            init_upload(&uploader, url(secure ? "https" : "http", secure ? "localhost" : "127.0.0.1", secure ? "TLS_GOOD" : "PLAIN", paths[j]),
                        20000000);
            uploader.source.cheap = TRUE;
            if (j == 4) uploader.params.io_timeout = 100;
            if (j == 5)
            {
                uploader.source.fail_at = 100000;
                uploader.source.hr = STG_E_READFAULT;
            }
            run_request(session, &uploader.params, BUFFER_SIZE, &result);
            shim_session_release(session);
        }
    }
    after = heap_use();
    ok(before && after < before + 100000, "%Iu octets more after 25 rounds\n", after - before);
    ok(free_handle() <= handle + 40, "handle %#Ix after %#Ix\n", free_handle(), handle);
}

/* A length that 32 bits do not hold. */
static void test_long(void)
{
    struct shim_session *session = create_session(0);
    const UINT64 length = ((UINT64)1 << 32) + 12345;
    static struct result result;
    struct uploader uploader;

    init_upload(&uploader, url("http", "127.0.0.1", "PLAIN", "/upload/rest"), length);
    uploader.source.cheap = TRUE;
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(!strcmp(result.text, "4294979641 of 4294979641"), "got %#lx, %u, %s\n", result.hr, result.status, result.text);
    ok(count_in_log("\nContent-Length: 4294979641\n") == 1, "another length\n");
    ok(uploader.source.offset == length, "read %I64u\n", uploader.source.offset);
    ok(uploader.source.largest <= 1048576, "asked for %u\n", uploader.source.largest);
    shim_session_release(session);
}

void test_uploads_plain(void)
{
    test_early("http", "127.0.0.1", "PLAIN");
    test_patience("http", "127.0.0.1", "PLAIN");
    test_source("http", "127.0.0.1", "PLAIN");
    test_again("http", "127.0.0.1", "PLAIN");
    test_challenges("http", "127.0.0.1", "PLAIN");
    test_unreached();
    test_left();
    test_long();
}

void test_uploads_tls(void)
{
    struct shim_session *session;
    static struct result result;
    struct uploader uploader;
    DWORD took;

    test_early("https", "localhost", "TLS_GOOD");
    test_patience("https", "localhost", "TLS_GOOD");
    test_source("https", "localhost", "TLS_GOOD");
    test_again("https", "localhost", "TLS_GOOD");
    test_challenges("https", "localhost", "TLS_GOOD");

    /* a record that has begun says nothing yet: the body need not wait for it */
    session = create_session(0);
    init_upload(&uploader, url("https", "localhost", "TLS_GOOD", "/upload/100000/half/rest/close"), 10000000);
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) && uploader.source.offset == 10000000, "got %#lx, read %I64u\n", result.hr,
       uploader.source.offset);
    ok(count_taken(10000000) == 1, "not all has arrived\n");
    shim_session_release(session);

    /* another handshake in the middle: schannel of Wine cannot begin it, which is told at once and not after a time-out */
    session = create_session(0);
    init_upload(&uploader, url("https", "localhost", "TLS_AGAIN_BODY", "/"), 2000000000);
    uploader.source.cheap = TRUE;
    uploader.params.io_timeout = 20000;
    took = GetTickCount();
    run_request(session, &uploader.params, BUFFER_SIZE, &result);
    took = GetTickCount() - took;
    ok(count_in_log("--- asks for another handshake\n") == 1, "nobody asked\n");
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED) && uploader.source.offset < 2000000000, "got %#lx, read %I64u\n", result.hr,
       uploader.source.offset);
    ok(took < 10000, "took %lu ms\n", took);
    shim_session_release(session);
}

void test_uploads_blocked(void)
{
    test_blocked("http", "127.0.0.1", "SILENT", "/", NULL);
    test_blocked("http", "127.0.0.1", "PLAIN", "/upload/30000000/stay", NULL);
    test_blocked("http", "127.0.0.1", "PLAIN", "/upload/I100/stay", NULL);
    test_blocked("http", "127.0.0.1", "PLAIN", "/", "SILENT");
    test_blocked("https", "localhost", "TLS_GOOD", "/upload/stay", NULL);
    test_blocked("https", "localhost", "TLS_GOOD", "/upload/30000000/I102/stay", NULL);
    test_blocked("https", "localhost", "TLS_GOOD", "/upload/1000000/stay", "PROXY_OPEN");
}

void test_uploads_ways(void)
{
    test_ways();
}
