/*
 * The request for the next file that the shim sends along with one for this
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

/* GET of one path with the HEAD of another one sent along, that HEAD, and which request of which connection comes then. */
static void get_ahead(struct shim_session *session, const WCHAR *path, const WCHAR *next, struct result *first, struct result *second)
{
    struct shim_ahead ahead = { L"HEAD", next };
    struct shim_request_params params;

    init_params(&params, path);
    params.ahead = &ahead;
    params.ahead_count = 1;
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

    /* nor is it lost when the caller takes little at a time, so that the end of the body and what follows are in one piece with it */
    for (i = 0; i < 20; i++)
    {
        struct shim_request_params params;
        struct shim_ahead ahead = { L"HEAD", next };

        init_params(&params, url(scheme, host, peer, "/chunked/500/30"));
        params.ahead = &ahead;
        params.ahead_count = 1;
        run_request(session, &params, 100, &first);
        ok(first.hr == S_FALSE && first.got == 500 && first.exact, "got %#lx, %I64u octets\n", first.hr, first.got);
        init_params(&params, next);
        params.method = L"HEAD";
        run_request(session, &params, 100, &second);
        ok(second.hr == S_FALSE && second.status == 200 && !second.got, "got %#lx, %u\n", second.hr, second.status);
    }
    get(session, url(scheme, host, peer, "/id"), &id);
    sprintf(expect, "%d.54", connection);
    ok(!strcmp(id.text, expect), "got %s, not %s\n", id.text, expect);

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

/* A batch of requests behind one another. */

#define DEEP 40

struct batch
{
    const char *scheme, *host, *peer;
    struct shim_ahead list[DEEP];
    WCHAR urls[DEEP][200];
    UINT32 count, index;
};

static void add(struct batch *batch, const WCHAR *method, const char *path)
{
    wcscpy(batch->urls[batch->count], url(batch->scheme, batch->host, batch->peer, path));
    batch->list[batch->count].method = method;
    batch->list[batch->count].url = batch->urls[batch->count];
    batch->list[batch->count++].headers = NULL;
}

/* GET of path, with the batch behind it. */
static void send_batch(struct shim_session *session, struct batch *batch, const char *path, struct result *result)
{
    struct shim_request_params params;

    init_params(&params, url(batch->scheme, batch->host, batch->peer, path));
    params.ahead = batch->list;
    params.ahead_count = batch->count;
    batch->index = 0;
    run_request(session, &params, BUFFER_SIZE, result);
}

/* The next one of the batch in its turn. */
static void next_of(struct shim_session *session, struct batch *batch, BOOL only_ahead, struct result *result)
{
    struct shim_request_params params;

    init_params(&params, batch->list[batch->index].url);
    params.method = batch->list[batch->index++].method;
    params.only_ahead = only_ahead;
    run_request(session, &params, BUFFER_SIZE, result);
}

static struct shim_session *kept_session(const struct batch *batch, int *connection)
{
    struct shim_session *session = create_session(0);
    struct result id;

    get(session, url(batch->scheme, batch->host, batch->peer, "/id"), &id);
    if (connection) *connection = atoi(id.text);
    return session;
}

/* What is wrong with one of them is no matter for those behind it, whatever becomes of the connection. */
static void test_batch_with(struct batch *batch, const char *path, BOOL head, UINT32 status)
{
    struct shim_session *session = kept_session(batch, NULL);
    struct result result;
    UINT32 i;

    winetest_push_context("%s", path);
    batch->count = 0;
    for (i = 0; i < 4; i++) add(batch, L"HEAD", "/len/300");
    for (i = 0; i < 4; i++) add(batch, L"GET", "/len/5000");
    add(batch, head ? L"HEAD" : L"GET", path);
    for (i = 0; i < 6; i++) add(batch, L"GET", "/len/6000");
    send_batch(session, batch, "/len/1000", &result);
    ok(result.hr == S_FALSE && result.ahead == 15, "got %#lx, %lu behind\n", result.hr, result.ahead);
    for (i = 0; i < 15; i++)
    {
        next_of(session, batch, FALSE, &result);
        if (i == 8) ok(result.hr == S_FALSE && result.status == status, "got %#lx, %u\n", result.hr, result.status);
        else
        {
            ok(result.hr == S_FALSE && result.status == 200, "%u: got %#lx, %u\n", i, result.hr, result.status);
            ok(result.exact && result.got == (i < 4 ? 0 : i < 8 ? 5000 : 6000), "%u: %I64u octets\n", i, result.got);
        }
        if (i < 8) ok(result.ahead == 14 - i, "%u: %lu behind\n", i, result.ahead);
    }
    shim_session_release(session);
    winetest_pop_context();
}

static void test_batch_ends(struct batch *batch)
{
    static const struct { const char *path; BOOL head; UINT32 status; } rows[] =
    {
        { "/status/404", FALSE, 404 },
        { "/status/404", TRUE, 404 },
        { "/status/401", FALSE, 401 },
        { "/status/503", TRUE, 503 },
        { "/status/302", FALSE, 302 },
        { "/status/304", TRUE, 304 },
        { "/bye", FALSE, 200 },
        { "/close/polite/500", FALSE, 200 },
        { "/chunked/3000/100", FALSE, 200 },
        { "/chunked/3000/100", TRUE, 200 }, /* with a body that it should not have */
        { "/raw/no-reason", FALSE, 200 },
        { "/raw/interim", FALSE, 200 },
    };
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(rows); i++) test_batch_with(batch, rows[i].path, rows[i].head, rows[i].status);
}

/* However a batch is cut into packets, framed and read, and wherever the server ends: every file is what it should be. */
static void test_ragged(const char *scheme, const char *host, const char *peer)
{
    struct batch batch = { scheme, host, peer };
    struct shim_request_params params;
    struct shim_session *session;
    UINT32 lens[21], round, i;
    struct result result;
    WCHAR first[200];
    char path[64];

    srand(1);
    for (round = 0; round < 30; round++)
    {
        session = kept_session(&batch, NULL);
        batch.count = 0;
        for (i = 0; i < ARRAY_SIZE(lens); i++)
        {
            BOOL head = i && i < 6;

            lens[i] = rand() % (rand() % 4 ? 3000 : 30000);
            sprintf(path, "/ragged/%u/%u", lens[i], round * 100 + i);
            if (head) lens[i] = 0;
            if (i) add(&batch, head ? L"HEAD" : L"GET", path);
            else wcscpy(first, url(scheme, host, peer, path));
        }
        init_params(&params, first);
        params.ahead = batch.list;
        params.ahead_count = batch.count;
        for (i = 0; i < ARRAY_SIZE(lens); i++)
        {
            run_request(session, &params, rand() % (rand() % 2 ? 500 : BUFFER_SIZE) + 1, &result);
            ok(result.hr == S_FALSE && result.exact && result.got == lens[i], "round %u, %u: got %#lx, %I64u of %u octets, exact %d\n",
               round, i, result.hr, result.got, lens[i], result.exact);
            if (i == batch.count) break;
            init_params(&params, batch.list[i].url);
            params.method = batch.list[i].method;
        }
        shim_session_release(session);
    }
}

static void test_deep(const char *scheme, const char *host, const char *peer)
{
    struct batch batch = { scheme, host, peer };
    struct shim_request_params params;
    struct canceller canceller;
    struct shim_session *session;
    struct result result, id;
    char expect[32];
    int connection;
    LONGLONG now;
    UINT32 i;

    winetest_push_context("deep, %s", scheme);
    test_ragged(scheme, host, peer);
    session = kept_session(&batch, &connection);
    for (i = 0; i < 16; i++) add(&batch, L"HEAD", "/len/30000");
    for (i = 0; i < 8; i++) add(&batch, L"GET", "/len/20000");
    for (i = 0; i < 8; i++) add(&batch, L"GET", i % 2 ? "/len/3" : "/chunked/60000/777");
    send_batch(session, &batch, "/len/150000", &result);
    ok(result.hr == S_FALSE && result.got == 150000 && result.exact && result.ahead == 32, "got %#lx, %I64u octets, %lu behind\n", result.hr,
       result.got, result.ahead);
    for (i = 0; i < 32; i++)
    {
        next_of(session, &batch, i % 3 == 0, &result);
        ok(result.hr == S_FALSE && result.status == 200 && result.ahead == 31 - i, "%u: got %#lx, %u, %lu behind\n", i, result.hr, result.status,
           result.ahead);
        ok(result.exact && result.got == (i < 16 ? 0 : i < 24 ? 20000 : i % 2 ? 3 : 60000), "%u: %I64u octets\n", i, result.got);
    }
    get(session, url(scheme, host, peer, "/id"), &id);
    sprintf(expect, "%d.%u", connection, 35);
    ok(!strcmp(id.text, expect), "got %s, not %s\n", id.text, expect);

    /* more behind what is on its way already */
    batch.count = 0;
    for (i = 0; i < 4; i++) add(&batch, L"GET", "/len/700");
    send_batch(session, &batch, "/len/1", &result);
    init_params(&params, batch.list[0].url);
    params.ahead = batch.list;
    params.ahead_count = 4;
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == S_FALSE && result.got == 700 && result.ahead == 7, "got %#lx, %I64u octets, %lu behind\n", result.hr, result.got, result.ahead);
    for (i = 0; i < 7; i++)
    {
        run_request(session, &params, BUFFER_SIZE, &result);
        ok(result.hr == S_FALSE && result.got == 700 && result.exact, "%u: got %#lx, %I64u octets\n", i, result.hr, result.got);
        params.ahead_count = 0;
        if (!i) ok(result.ahead == 10, "%lu behind\n", result.ahead);
    }

    /* another one is asked for: the connection is given up, and nothing is lost */
    get(session, url(scheme, host, peer, "/len/900"), &result);
    ok(result.hr == S_FALSE && result.got == 900 && result.exact && !result.ahead, "got %#lx, %lu behind\n", result.hr, result.ahead);
    init_params(&params, batch.list[0].url);
    params.only_ahead = TRUE;
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == HR_WIN32(ERROR_RETRY), "got %#lx\n", result.hr);

    /* a body that breaks off: again, alone */
    batch.count = 0;
    add(&batch, L"GET", "/short/5000/300");
    add(&batch, L"GET", "/len/700");
    get(session, url(scheme, host, peer, "/len/1"), &result);
    send_batch(session, &batch, "/len/10", &result);
    ok(result.ahead == 2, "%lu behind\n", result.ahead);
    next_of(session, &batch, FALSE, &result);
    ok(FAILED(result.hr) && result.in_body && result.error.again, "got %#lx, again %d\n", result.hr, result.error.again);
    next_of(session, &batch, FALSE, &result);
    ok(result.hr == S_FALSE && result.got == 700 && result.exact, "got %#lx\n", result.hr);
    get(session, url(scheme, host, peer, "/short/5000/300"), &result);
    ok(FAILED(result.hr) && !result.error.again, "got %#lx, again %d\n", result.hr, result.error.again);
    shim_session_release(session);

    /* one that is not as long as was announced is not filled up with the next reply, nor is the next one taken for what is beyond its end */
    for (i = 0; i < 6; i++)
    {
        static const char *const paths[] = { "/lacks/5000/30", "/long/5000/30", "/lacks/5000/400" };

        session = kept_session(&batch, NULL);
        batch.count = 0;
        if (i % 2) add(&batch, L"GET", paths[i / 2]);
        add(&batch, L"GET", "/len/700");
        add(&batch, L"GET", "/len/701");
        send_batch(session, &batch, i % 2 ? "/len/10" : paths[i / 2], &result);
        if (i % 2)
        {
            ok(result.hr == S_FALSE && result.got == 10 && result.ahead == 3, "%u: got %#lx, %lu behind\n", i, result.hr, result.ahead);
            next_of(session, &batch, FALSE, &result);
        }
        ok(result.hr == BG_E_INVALID_SERVER_RESPONSE && result.in_body && result.error.again, "[BEH.HTTP.36] %s, %u: got %#lx, again %d\n",
           paths[i / 2], i, result.hr, result.error.again);
        next_of(session, &batch, FALSE, &result);
        ok(result.hr == S_FALSE && result.got == 700 && result.exact && !result.ahead, "%u: got %#lx, %lu behind\n", i, result.hr, result.ahead);
        shim_session_release(session);
    }

    /* cancelled in the middle */
    session = kept_session(&batch, NULL);
    batch.count = 0;
    add(&batch, L"GET", "/len/700");
    add(&batch, L"GET", "/stall");
    add(&batch, L"GET", "/len/700");
    send_batch(session, &batch, "/len/10", &result);
    next_of(session, &batch, FALSE, &result);
    ok(result.hr == S_FALSE && result.got == 700 && result.ahead == 2, "got %#lx, %lu behind\n", result.hr, result.ahead);
    canceller_init(&canceller, 50);
    init_params(&params, batch.list[1].url);
    params.cancel = canceller.event;
    SetEvent(canceller.start);
    run_request(session, &params, BUFFER_SIZE, &result);
    now = now_us();
    ok(result.hr == E_ABORT && now - canceller.set_at < 100000, "got %#lx after %I64d us\n", result.hr, now - canceller.set_at);
    canceller_free(&canceller);
    get(session, url(scheme, host, peer, "/len/900"), &result);
    ok(result.hr == S_FALSE && result.got == 900 && result.exact, "got %#lx\n", result.hr);
    shim_session_release(session);

    test_batch_ends(&batch);
    winetest_pop_context();
}

void test_deep_plain(void) { test_deep("http", "127.0.0.1", "PLAIN"); }
void test_deep_tls(void) { test_deep("https", "localhost", "TLS_GOOD"); }
void test_ahead_plain(void) { test_ahead("http", "127.0.0.1", "PLAIN"); }
void test_ahead_tls(void) { test_ahead("https", "localhost", "TLS_GOOD"); }
