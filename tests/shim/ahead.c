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

void test_ahead_plain(void) { test_ahead("http", "127.0.0.1", "PLAIN"); }
void test_ahead_tls(void) { test_ahead("https", "localhost", "TLS_GOOD"); }
