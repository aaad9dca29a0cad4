/*
 * Names of hosts: a resolver that takes its time, and names outside ASCII
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
#include <wchar.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "shim_test.h"

/* What is asked of a resolver that answers late or never holds up nobody but those who want that name. */
void test_names(void)
{
    struct shim_session *session = create_session(0);
    struct shim_request_params params;
    static struct result result;
    struct canceller canceller;
    DWORD start, took;

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
    canceller_init(&canceller, 100);
    init_params(&params, url("http", "name.late.test", "PLAIN", "/len/10"));
    params.cancel = canceller.event;
    SetEvent(canceller.start);
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == E_ABORT, "got %#lx\n", result.hr);
    WaitForSingleObject(canceller.thread, INFINITE);
    params.cancel = NULL;
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == S_FALSE && result.got == 10, "got %#lx, %I64u\n", result.hr, result.got);
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == S_FALSE && result.got == 10, "got %#lx, %I64u\n", result.hr, result.got);
    canceller_free(&canceller);
    shim_session_release(session);
}

/*
 * A dot at the end says that a name is whole.  The resolver and the server are told it, in Host too; in TLS there is none, neither in the server
 * name (RFC 6066 3) nor in certificates.
 */
void test_dot(void)
{
    struct shim_session *session = create_session(0);
    struct shim_request_params params;
    static struct result result;
    struct shim_hop proxy;
    char expect[128];

    if (!port("RESOLVER"))
    {
        skip("no resolver of our own\n");
        return;
    }
    get(session, url("http", "other.test.", "PLAIN", "/echo"), &result);
    sprintf(expect, "\r\nHost: other.test.:%d\r\n", port("PLAIN"));
    ok(result.hr == S_FALSE && strstr(result.text, expect), "got %#lx, %s\n", result.hr, result.text);
    get(session, url("https", "other.test.", "TLS_WRONG_HOST", "/echo"), &result);
    sprintf(expect, "\r\nHost: other.test.:%d\r\n", port("TLS_WRONG_HOST"));
    ok(result.hr == S_FALSE && strstr(result.text, expect), "got %#lx, %s\n", result.hr, result.text);
    ok(count_in_log("--- sni other.test\n") == 1, "got %u\n", count_in_log("--- sni other.test\n"));
    get(session, url("https", "b.a.test.", "TLS_WILDCARD", "/len/10"), &result);
    ok(result.hr == S_FALSE && result.got == 10, "got %#lx, detail %#lx\n", result.hr, result.error.detail);
    ok(count_in_log("--- sni b.a.test\n") == 1, "got %u\n", count_in_log("--- sni b.a.test\n"));
    get(session, url("https", "third.test.", "TLS_WRONG_HOST", "/len/10"), &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID), "got %#lx\n", result.hr);

    /* two are not a name's end, and a dot makes a name of an address for nobody */
    get(session, url("https", "other.test..", "TLS_WRONG_HOST", "/len/10"), &result);
    ok(FAILED(result.hr) && !result.in_body, "got %#lx\n", result.hr);

    init_params(&params, url("https", "other.test.", "TLS_WRONG_HOST", "/len/10"));
    proxy = hop("PROXY_OPEN");
    params.hops = &proxy;
    run_request(session, &params, BUFFER_SIZE, &result);
    ok(result.hr == S_FALSE && result.got == 10, "got %#lx, detail %#lx\n", result.hr, result.error.detail);
    ok(count_in_log("--- sni other.test\n") == 2, "got %u\n", count_in_log("--- sni other.test\n"));
    ok(!count_in_log(".test.\nGET") && !count_in_log("--- sni other.test.") && !count_in_log("--- sni b.a.test."), "a server name with a dot\n");
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
void test_idn(void)
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
