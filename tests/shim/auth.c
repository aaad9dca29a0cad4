/*
 * What the shim shows of an identity, and to whom
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

void test_auth(void)
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
        /* these close after the first refusal, without saying so */
        { "Hangs-up+basic", "Basic" },
        { "Hangs-up+digest", "Digest" },
        { "Hangs-up+ntlm", "NTLM" },
        { "Hangs-up+negotiate", "Negotiate" },
        /* and these refuse in other ways */
        { "Closes+digest", "Digest" },
        { "Closes+ntlm", "NTLM" },
        { "Endless+digest", "Digest" },
        { "Endless+ntlm", "NTLM" },
        { "Chunks+digest", "Digest" },
        { "Chunks+ntlm", "NTLM" },
        { "Big+digest", "Digest" },
        { "Big+ntlm", "NTLM" },
        { "Hints+digest", "Digest" },
        { "Hints+ntlm", "NTLM" },
    };
    static const char *const ramblers[] = { "basic", "digest", "ntlm", "negotiate" };
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
        ok(!strcmp(result.text, "3000000 4d3870d4655ed773027a713ea136507d22e076248e0e9cc920a996039653b76f"), "got %#lx, %u, %s\n", result.hr, result.status, result.text);
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

    /* neither the kept connection lives, nor the one after it once it has asked */
    session = create_auth_session(all, ARRAY_SIZE(all));
    get(session, url("http", "127.0.0.1", "PLAIN", "/bye"), &result);
    get(session, url("http", "127.0.0.1", "PLAIN", "/auth/Hangs-up+basic/len/10"), &result);
    ok(result.status == 200 && result.got == 10, "got %#lx, %u\n", result.hr, result.status);
    shim_session_release(session);

    /* a refusal that is longer than it should be spoils its connection, not what comes after it */
    for (i = 0; i < ARRAY_SIZE(ramblers); i++)
    {
        session = create_auth_session(all, ARRAY_SIZE(all));
        sprintf(path, "/auth/Rambles+%s/len/1000", ramblers[i]);
        for (j = 0; j < 2; j++)
        {
            get(session, url("http", "127.0.0.1", "PLAIN", path), &result);
            ok(result.hr == S_FALSE && result.status == 200 && result.got == 1000 && result.exact, "%s, %u: got %#lx, %u\n", ramblers[i], j,
               result.hr, result.status);
        }
        shim_session_release(session);
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

/*
 * NTLM and Negotiate make a connection somebody's: it serves whom they would be said for, and nobody else of the same job.
 */
void test_auth_conn(void)
{
    static const struct shim_credential all[] = { { SERVER, NTLM, L"DOM\\user", L"pass" }, { SERVER, NEGOTIATE, L"DOM\\user", L"pass" } };
    static const char *const kinds[] = { "ntlm", "negotiate" };
    struct shim_request_params params;
    struct shim_session *session;
    static struct result result;
    char path[64], text[256], first[32];
    WCHAR target[256];
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(kinds); i++)
    {
        winetest_push_context("%s", kinds[i]);
        session = create_auth_session(all, ARRAY_SIZE(all));
        sprintf(path, "/auth/%s/id", kinds[i]);
        get(session, url("http", "127.0.0.1", "PLAIN", path), &result);
        ok(result.status == 200, "got %#lx, %u\n", result.hr, result.status);
        strcpy(first, result.text);

        /* where a redirect of another server leads */
        init_params(&params, url("http", "127.0.0.1", "PLAIN", path));
        params.foreign = TRUE;
        run_request(session, &params, BUFFER_SIZE, &result);
        ok(result.status == 401, "the connection of %s: got %u, %s\n", first, result.status, result.text);
        params.url = url("http", "127.0.0.1", "PLAIN", "/id");
        run_request(session, &params, BUFFER_SIZE, &result);
        ok(result.status == 200 && atoi(result.text) != atoi(first), "got %s after %s\n", result.text, first);

        /* another name */
        sprintf(text, "http://other:word@127.0.0.1:%d/id", port("PLAIN"));
        MultiByteToWideChar(CP_ACP, 0, text, -1, target, ARRAY_SIZE(target));
        get(session, target, &result);
        ok(result.status == 200 && atoi(result.text) != atoi(first), "got %s after %s\n", result.text, first);

        /* it is kept for its own all the same */
        sprintf(path, "/auth/%s/id", kinds[i]);
        get(session, url("http", "127.0.0.1", "PLAIN", path), &result);
        ok(result.status == 200 && atoi(result.text) == atoi(first), "got %u, %s after %s\n", result.status, result.text, first);
        shim_session_release(session);

        /* the other way round: one that nobody has been named on is anybody's */
        session = create_auth_session(all, ARRAY_SIZE(all));
        params.url = url("http", "127.0.0.1", "PLAIN", "/id");
        run_request(session, &params, BUFFER_SIZE, &result);
        strcpy(first, result.text);
        get(session, url("http", "127.0.0.1", "PLAIN", path), &result);
        ok(result.status == 200 && atoi(result.text) == atoi(first), "got %u, %s after %s\n", result.status, result.text, first);
        run_request(session, &params, BUFFER_SIZE, &result);
        ok(result.status == 200 && atoi(result.text) != atoi(first), "got %u, %s after %s\n", result.status, result.text, first);
        shim_session_release(session);
        winetest_pop_context();
    }
}

/* Whose own identity is shown to whom: auth_detail tells that it was tried, whatever the system made of it. */
void test_implicit(void)
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
