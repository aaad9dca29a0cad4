/*
 * Proxies: requests to them, tunnels through them, and the next one when one fails
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
#include <winhttp.h>

#include "shim_test.h"

/* Nothing is left of a session, whatever it has learned about a proxy. */
static void test_heap(void)
{
    static const struct shim_credential digest[] = { { PROXY, DIGEST, L"user", L"pass" } };
    static const char *const hosts[] = { "127.0.0.1", "localhost" };
    struct shim_request_params params;
    struct shim_session *session;
    static struct result result;
    SIZE_T before = 0, after;
    struct shim_hop hops[1];
    UINT32 i, j;

    hops[0] = hop("PROXY_AUTH_DIGEST");
    for (i = 0; i < 120; i++)
    {
        if (i == 20) before = heap_use(); /* the first ones make what stays */
        session = create_auth_session(digest, ARRAY_SIZE(digest));
        for (j = 0; j < ARRAY_SIZE(hosts); j++)
        {
            init_params(&params, url("http", hosts[j], "PLAIN", "/len/10"));
            params.hops = hops;
            run_request(session, &params, BUFFER_SIZE, &result);
            ok(result.status == 200 && result.hr == S_FALSE, "got %#lx, %u\n", result.hr, result.status);
        }
        shim_session_release(session);
    }
    after = heap_use();
    ok(before && after < before + 100000, "%Iu octets more after 100 sessions\n", after - before);
}

void test_proxy(void)
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
        { "PROXY_AUTH_CLOSES_BASIC", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_OLD_BASIC", TRUE, S_FALSE, 200 },
        /* these close after the first refusal, without saying so */
        { "PROXY_AUTH_HANGS_UP_BASIC", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_HANGS_UP_DIGEST", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_HANGS_UP_NTLM", TRUE, S_FALSE, 200 },
        /* and these refuse in other ways */
        { "PROXY_AUTH_CLOSES_DIGEST", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_CLOSES_NTLM", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_ENDLESS_DIGEST", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_ENDLESS_NTLM", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_CHUNKS_DIGEST", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_CHUNKS_NTLM", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_BIG_DIGEST", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_BIG_NTLM", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_HINTS_DIGEST", TRUE, S_FALSE, 200 },
        { "PROXY_AUTH_HINTS_NTLM", TRUE, S_FALSE, 200 },
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

    test_heap();
}
