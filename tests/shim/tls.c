/*
 * TLS: the certificates of servers and of clients
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
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <wincrypt.h>
#include <winhttp.h>

#include "shim_test.h"

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

void test_tls(void)
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

void test_client_cert(void)
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
