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
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winreg.h>
#include <wincrypt.h>
#include <winhttp.h>
#include <sspi.h>

#include "shim_test.h"
#include "shim/cert.h"

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
        { "localhost", "TLS_NUL_NAME", HR_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID), SHIM_TLS_IGNORE_NAME },
        { "localhost", "TLS_OTHER_NAMES", S_FALSE, 0, S_FALSE },
        { "127.0.0.1", "TLS_OTHER_NAMES", HR_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID), SHIM_TLS_IGNORE_NAME },
        { "127.0.0.1", "TLS_ADDRESS_NAME", HR_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID), SHIM_TLS_IGNORE_NAME },
        { "127.0.0.1", "TLS_ADDRESS_WILDCARD", HR_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID), SHIM_TLS_IGNORE_NAME },
        { "127.0.0.1", "TLS_ADDRESS_TEXT", HR_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID), SHIM_TLS_IGNORE_NAME },
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

/* What GnuTLS does not let through is not for the name that stands elsewhere either. */
void test_cert_names(void)
{
    static const struct
    {
        const char *file;
        const WCHAR *host;
        HRESULT hr;
    }
    tests[] =
    {
        { "common-name.der", L"localhost", S_OK },
        { "common-name.der", L"other.test", HR_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID) },
        { "no-names.der", L"localhost", HR_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID) },
        { "party-name.der", L"localhost", HR_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID) },
    };
    const CERT_CONTEXT *cert;
    DWORD detail;
    HRESULT hr;
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context("%s %s", tests[i].file, wine_dbgstr_w(tests[i].host));
        cert = read_cert(tests[i].file);
        ok(cert != NULL, "got %#lx\n", GetLastError());
        hr = cert_verify(cert, tests[i].host, 0, NULL, 10000, &detail);
        ok(hr == tests[i].hr, "[BEH.CERT.1] got %#lx, detail %#lx\n", hr, detail);
        hr = cert_verify(cert, tests[i].host, SHIM_TLS_IGNORE_NAME, NULL, 10000, &detail);
        ok(hr == S_OK, "[BEH.CERT.1] got %#lx, detail %#lx\n", hr, detail);
        CertFreeCertificateContext(cert);
        winetest_pop_context();
    }
}

static void use_own(struct shim_session_params *params, const BYTE *hash)
{
    params->client_cert_location = 0; /* BG_CERT_STORE_LOCATION_CURRENT_USER */
    params->client_cert_store = L"MY";
    params->client_cert_hash = hash;
}

/* A server that asks for another handshake in the middle, as some do when they see which file it is that needs a certificate. */
void test_tls_again(void)
{
    struct shim_session_params params = {0};
    struct shim_session *session = create_session(0);
    static struct result result;
    BYTE hash[20];
    HRESULT hr;

    get(session, url("https", "localhost", "TLS_AGAIN", "/"), &result);
    ok(result.status == 200 && strstr(result.text, "s_server"), "got %#lx, %u, %s\n", result.hr, result.status, result.text);
    get(session, url("https", "localhost", "TLS_AGAIN", "/renegcert"), &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED), "[BEH.CERT.5] got %#lx, detail %#lx\n", result.hr, result.error.detail);
    shim_session_release(session);

    if (!add_own("SHIM_P12", hash)) return;
    use_own(&params, hash);
    hr = shim_session_create(&params, &session);
    ok(hr == S_OK, "got %#lx\n", hr);
    get(session, url("https", "localhost", "TLS_AGAIN", "/renegcert"), &result);
    /* schannel of Wine 8 cannot begin it */
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_SECURE_FAILURE) || strstr(result.text, "wine-bits client"), "[BEH.CERT.4] got %#lx, detail %#lx\n",
       result.hr, result.error.detail);
    shim_session_release(session);
    remove_own(hash);
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

    if (!add_own("SHIM_P12", hash)) return;
    use_own(&params, hash);
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

static BOOL has_lent_key(void)
{
    static const char path[] = "Software\\Wine\\Crypto\\RSA";
    BOOL ret = FALSE;
    char name[256];
    DWORD i, len;
    HKEY key;

    if (RegOpenKeyExA(HKEY_CURRENT_USER, path, 0, KEY_READ, &key)) return FALSE;
    for (i = 0; len = sizeof(name), !RegEnumKeyExA(key, i, name, &len, NULL, NULL, NULL, NULL); i++)
        if (!strncmp(name, "wine-bits client key", 20)) ret = TRUE;
    RegCloseKey(key);
    return ret;
}

static void check_no_key(const struct shim_session_params *params, HRESULT reason, const char *text)
{
    static struct result result;
    struct shim_session *session;
    HRESULT hr;

    hr = shim_session_create(params, &session);
    ok(hr == S_OK, "%s: got %#lx\n", text, hr);
    get(session, url("https", "localhost", "NGINX_CLIENT", "/"), &result);
    ok(result.hr == HR_WIN32(ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY), "%s: got %#lx\n", text, result.hr);
    ok((HRESULT)result.error.detail == reason, "%s: got %#lx\n", text, result.error.detail);
    ok(!has_lent_key(), "%s: a key is left behind\n", text);
    shim_session_release(session);
}

/* Keys that an import damages are used all the same, nothing of that is left behind, and a key that is another's is not used. */
void test_client_key(void)
{
    static const struct
    {
        const char *variable, *name;
    }
    tests[] =
    {
        { "SHIM_P12_SHORT", "CN=wine-bits short key" },
        { "SHIM_P12_THREE", "CN=wine-bits exponent three" },
    };
    static struct result result;
    struct shim_session_params params = {0};
    struct shim_session *session;
    BYTE hash[20], other[20];
    HRESULT hr;
    UINT32 i;

    if (!port("NGINX_CLIENT"))
    {
        skip("no nginx\n");
        return;
    }
    use_own(&params, hash);
    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context("%s", tests[i].variable);
        if (!add_own(tests[i].variable, hash)) return;
        hr = shim_session_create(&params, &session);
        ok(hr == S_OK, "got %#lx\n", hr);
        get(session, url("https", "localhost", "NGINX_CLIENT", "/"), &result);
        ok(result.hr == S_FALSE && result.status == 200, "[WINE.TLS.5] got %#lx, %u, detail %#lx\n", result.hr, result.status, result.error.detail);
        ok(!strcmp(result.text, tests[i].name), "[WINE.TLS.5] got %s\n", result.text);
        ok(!has_lent_key(), "a key is left behind\n");
        shim_session_release(session);
        remove_own(hash);
        winetest_pop_context();
    }

    /* Wine has one container for all keys that are imported like this, and the later is no less damaged [WINE.TLS.6] */
    if (!add_own("SHIM_P12", hash) || !add_own("SHIM_P12_THREE", other)) return;
    check_no_key(&params, NTE_BAD_PUBLIC_KEY, "another's");
    remove_own_key(other);
    check_no_key(&params, SEC_E_UNKNOWN_CREDENTIALS, "no container");
    remove_own(hash);
    remove_own(other);
}

#define HAMMER_THREADS  8
#define HAMMER_SESSIONS 400

static LONG hammer_failures;
static HRESULT hammer_hr;
static DWORD hammer_detail;

static DWORD WINAPI hammer_thread(void *ctx)
{
    const WCHAR *const *urls = ctx;
    UINT32 i;

    for (i = 0; i < HAMMER_SESSIONS; i++)
    {
        /* a handshake now and then; nobody listens at the other, but credentials are made for it */
        BOOL listens = !(i % 16);
        struct shim_session *session = create_session(0);
        struct shim_request_params params;
        struct shim_request *request;
        struct shim_error error = {0};
        struct shim_reply reply;
        HRESULT hr;

        init_params(&params, urls[listens]);
        if (SUCCEEDED(hr = shim_send(session, &params, &request, &reply, &error))) shim_close(request);
        if (listens ? hr != S_OK : hr != HR_WIN32(ERROR_WINHTTP_CANNOT_CONNECT))
        {
            InterlockedIncrement(&hammer_failures);
            hammer_hr = hr;
            hammer_detail = error.detail;
        }
        shim_session_release(session);
    }
    return 0;
}

/* Threads that begin and end TLS at the same time do not spoil it for each other, nor for those that come later. */
void test_tls_threads(void)
{
    WCHAR *urls[2] = { _wcsdup(L"https://127.0.0.1:9/"), _wcsdup(url("https", "localhost", "TLS_GOOD", "/len/1000")) };
    struct shim_session *session;
    static struct result result;
    HANDLE threads[HAMMER_THREADS];
    UINT32 i;

    for (i = 0; i < HAMMER_THREADS; i++)
    {
        threads[i] = CreateThread(NULL, 0, hammer_thread, urls, 0, NULL);
        ok(threads[i] != NULL, "got %lu\n", GetLastError());
    }
    WaitForMultipleObjects(HAMMER_THREADS, threads, TRUE, INFINITE);
    for (i = 0; i < HAMMER_THREADS; i++) CloseHandle(threads[i]);
    ok(!hammer_failures, "[WINE.TLS.7] %ld failures, one %#lx, detail %#lx\n", hammer_failures, hammer_hr, hammer_detail);
    session = create_session(0);
    get(session, urls[1], &result);
    ok(result.hr == S_FALSE && result.got == 1000, "[WINE.TLS.7] got %#lx, detail %#lx\n", result.hr, result.error.detail);
    shim_session_release(session);
    free(urls[0]);
    free(urls[1]);
}
