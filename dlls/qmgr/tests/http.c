/*
 * IBackgroundCopyJobHttpOptions, 2 and 3 across the process boundary
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

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "wincrypt.h"
#include "aclapi.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"

#define BAD_STUB_DATA HRESULT_FROM_WIN32(RPC_X_BAD_STUB_DATA)

static const BG_JOB_TYPE types[] = { BG_JOB_TYPE_DOWNLOAD, BG_JOB_TYPE_UPLOAD, BG_JOB_TYPE_UPLOAD_REPLY };

/* O=Wine Bits, CN=bits client; for client authentication */
static const char client_certificate[] =
    "MIIBvzCCAWagAwIBAgIUHda/JVVqwG5sX0qd7NR0cQ0O+F8wCgYIKoZIzj0EAwIwKjESMBAGA1UECgwJV2luZSBCaXRzMRQwEgYD"
    "VQQDDAtiaXRzIGNsaWVudDAgFw0yNjExMjYwMDU2MjJaGA8yMTI2MTEwMjAwNTYyMlowKjESMBAGA1UECgwJV2luZSBCaXRzMRQw"
    "EgYDVQQDDAtiaXRzIGNsaWVudDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHwXiowp88GvF/8yx0rvq6dKKlxwPW/BO11BRriO"
    "QSWnKCZEBVH3pZQgH+wt56Zjlvw3qqVWyAKKDPtIPH2sZCqjaDBmMB0GA1UdDgQWBBT1k4ci+raG3LDIRfyI48g1OqN2gDAfBgNV"
    "HSMEGDAWgBT1k4ci+raG3LDIRfyI48g1OqN2gDAPBgNVHRMBAf8EBTADAQH/MBMGA1UdJQQMMAoGCCsGAQUFBwMCMAoGCCqGSM49"
    "BAMCA0cAMEQCIAoXcMemkHRiLmj6lQbFrRFUcg4Lhtnn3sPRgrSH6oLmAiB+6DA+qMLvyuSjIau+hVAK088cEUnJLMN/xUGoI+4j"
    "EQ==";
/* O="Wine Bits, Inc.", CN=bits server; for server authentication only */
static const char server_certificate[] =
    "MIIBzDCCAXKgAwIBAgIUPwLny7QsevWZc1dj9e/8lXPWLCYwCgYIKoZIzj0EAwIwMDEYMBYGA1UECgwPV2luZSBCaXRzLCBJbmMu"
    "MRQwEgYDVQQDDAtiaXRzIHNlcnZlcjAgFw0yNjExMjYwMDU2MjJaGA8yMTI2MTEwMjAwNTYyMlowMDEYMBYGA1UECgwPV2luZSBC"
    "aXRzLCBJbmMuMRQwEgYDVQQDDAtiaXRzIHNlcnZlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHwXiowp88GvF/8yx0rvq6dK"
    "KlxwPW/BO11BRriOQSWnKCZEBVH3pZQgH+wt56Zjlvw3qqVWyAKKDPtIPH2sZCqjaDBmMB0GA1UdDgQWBBT1k4ci+raG3LDIRfyI"
    "48g1OqN2gDAfBgNVHSMEGDAWgBT1k4ci+raG3LDIRfyI48g1OqN2gDAPBgNVHRMBAf8EBTADAQH/MBMGA1UdJQQMMAoGCCsGAQUF"
    "BwMBMAoGCCqGSM49BAMCA0gAMEUCIHqfcEfPDCfZLpREr8fmzFcap8OpPTvRLPd9PCtkj2ABAiEAo/pbQBbMIc+JBik3nAlbXoV/"
    "s3kcagz5vSsNiz+wUN4=";

static WCHAR store_name[64];
static BYTE client_hash[20], server_hash[20];

static void add_certificate(HCERTSTORE store, const char *text, BYTE *hash)
{
    const CERT_CONTEXT *cert = NULL;
    BYTE buffer[1024];
    DWORD size = sizeof(buffer);
    BOOL ret;

    ret = CryptStringToBinaryA(text, 0, CRYPT_STRING_BASE64, buffer, &size, NULL, NULL);
    ok(ret, "CryptStringToBinary: error %lu\n", GetLastError());
    ret = CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, buffer, size, CERT_STORE_ADD_REPLACE_EXISTING, &cert);
    ok(ret, "cannot add a certificate, error %#lx\n", GetLastError());
    size = 20;
    ret = CertGetCertificateContextProperty(cert, CERT_SHA1_HASH_PROP_ID, hash, &size);
    ok(ret, "no hash, error %#lx\n", GetLastError());
    CertFreeCertificateContext(cert);
}

/* A store of this test's own with two certificates, in the registry of the user. */
static BOOL make_store(void)
{
    HCERTSTORE store;

    _snwprintf(store_name, ARRAY_SIZE(store_name), L"BitsTest%x", (unsigned int)GetCurrentProcessId());
    store = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, store_name);
    ok(store != NULL, "no store, error %#lx\n", GetLastError());
    if (!store) return FALSE;
    add_certificate(store, server_certificate, server_hash);
    add_certificate(store, client_certificate, client_hash);
    CertCloseStore(store, 0);
    return TRUE;
}

static void remove_store(void)
{
    CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER | CERT_STORE_DELETE_FLAG, store_name);
    ok(!GetLastError(), "the store stays, error %#lx\n", GetLastError());
}

/* store NULL: the job must have none */
static void check_certificate_(unsigned int line, IBackgroundCopyJobHttpOptions *http, const WCHAR *store, const BYTE *hash,
                               const WCHAR *subject, const char *facts)
{
    BG_CERT_STORE_LOCATION location = (BG_CERT_STORE_LOCATION)77;
    WCHAR *got_store = NULL, *got_subject = NULL;
    BYTE *got_hash = NULL;
    HRESULT hr;

    hr = IBackgroundCopyJobHttpOptions_GetClientCertificate(http, &location, &got_store, &got_hash, &got_subject);
    if (!store)
    {
        ok_(__FILE__, line)(hr == BAD_STUB_DATA, "[%s,HTTP.GetClientCertificate.4,ERR.0x800706F7] got %#lx\n", facts, hr);
        return;
    }
    ok_(__FILE__, line)(hr == S_OK, "[HTTP.GetClientCertificate.3] got %#lx\n", hr);
    if (hr != S_OK) return;
    ok_(__FILE__, line)(location == BG_CERT_STORE_LOCATION_CURRENT_USER, "[%s] location %d\n", facts, location);
    ok_(__FILE__, line)(got_store && !wcscmp(got_store, store), "[%s] store %s\n", facts, wine_dbgstr_w(got_store));
    ok_(__FILE__, line)(got_hash && !memcmp(got_hash, hash, 20), "[%s] another hash\n", facts);
    ok_(__FILE__, line)(got_subject && !wcscmp(got_subject, subject), "[%s,HTTP.GetClientCertificate.2] subject %s\n", facts,
                        wine_dbgstr_w(got_subject));
    CoTaskMemFree(got_store);
    CoTaskMemFree(got_hash);
    CoTaskMemFree(got_subject);
}
#define check_certificate(http, store, hash, subject, facts) check_certificate_(__LINE__, http, store, hash, subject, facts)

static void test_certificate_by_id(IBackgroundCopyJobHttpOptions *http)
{
    static const int bad_locations[] = { 8, 100 };
    BYTE hash[20];
    unsigned int i;
    WCHAR *longest;
    HRESULT hr;

    check_certificate(http, NULL, NULL, NULL, "HTTP.GetClientCertificate.4");
    hr = IBackgroundCopyJobHttpOptions_RemoveClientCertificate(http);
    ok(hr == S_FALSE, "[HTTP.RemoveClientCertificate.2] got %#lx\n", hr);

    for (i = 0; i < ARRAY_SIZE(bad_locations); i++)
    {
        hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, (BG_CERT_STORE_LOCATION)bad_locations[i], store_name, client_hash);
        ok(hr == E_NOTIMPL, "[HTTP.SetClientCertificateByID.4] %d: got %#lx\n", bad_locations[i], hr);
    }
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, BG_CERT_STORE_LOCATION_CURRENT_USER, L"BitsTestMissing", client_hash);
    ok(hr == HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND), "[HTTP.SetClientCertificateByID.5] got %#lx\n", hr);
    memcpy(hash, client_hash, sizeof(hash));
    hash[19] ^= 1;
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, hash);
    ok(hr == CRYPT_E_NOT_FOUND, "[HTTP.SetClientCertificateByID.6,HTTP.SetClientCertificateByID.11,ERR.0x80092004] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, BG_CERT_STORE_LOCATION_CURRENT_USER, NULL, client_hash);
    ok(hr == NULL_REF, "[HTTP.SetClientCertificateByID.7] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, NULL);
    ok(hr == NULL_REF, "[HTTP.SetClientCertificateByID.7] got %#lx\n", hr);
    longest = bits_long_string(257);
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, BG_CERT_STORE_LOCATION_CURRENT_USER, longest, client_hash);
    ok(hr == BG_E_STRING_TOO_LONG, "[HTTP.SetClientCertificateByID.9] 257 characters: got %#lx\n", hr);
    longest[256] = 0;
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, BG_CERT_STORE_LOCATION_CURRENT_USER, longest, client_hash);
    ok_inferred("HTTP.SetClientCertificateByID.A1", hr == BG_E_STRING_TOO_LONG, "256 characters: got %#lx\n", hr);
    longest[255] = 0;
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, BG_CERT_STORE_LOCATION_CURRENT_USER, longest, client_hash);
    ok(hr != BG_E_STRING_TOO_LONG && FAILED(hr), "[HTTP.SetClientCertificateByID.1] 255 characters: got %#lx\n", hr);
    free(longest);
    check_certificate(http, NULL, NULL, NULL, "HTTP.SetClientCertificateByID.6");

    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, client_hash);
    ok(hr == S_OK, "[HTTP.SetClientCertificateByID.2] got %#lx\n", hr);
    check_certificate(http, store_name, client_hash, L"Wine Bits, bits client", "HTTP.GetClientCertificate.1");
    /* what fails leaves it alone, what works replaces it */
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, hash);
    ok(hr == CRYPT_E_NOT_FOUND, "[HTTP.SetClientCertificateByID.6,ERR.0x80092004] got %#lx\n", hr);
    check_certificate(http, store_name, client_hash, L"Wine Bits, bits client", "HTTP.GetClientCertificate.1");
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, server_hash);
    ok(hr == S_OK, "[HTTP.SetClientCertificateByID.2] got %#lx\n", hr);
    check_certificate(http, store_name, server_hash, L"\"Wine Bits, Inc.\", bits server", "HTTP.SetClientCertificateByID.A2");
    hr = IBackgroundCopyJobHttpOptions_RemoveClientCertificate(http);
    ok(hr == S_OK, "[HTTP.RemoveClientCertificate.1] got %#lx\n", hr);
    check_certificate(http, NULL, NULL, NULL, "HTTP.RemoveClientCertificate.1");
}

static void test_certificate_by_name(IBackgroundCopyJobHttpOptions *http)
{
    BG_CERT_STORE_LOCATION location;
    WCHAR *longest, *string;
    BYTE *hash;
    HRESULT hr;

    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, (BG_CERT_STORE_LOCATION)8, store_name, L"bits");
    ok(hr == E_NOTIMPL, "[HTTP.SetClientCertificateByName.5] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER, L"BitsTestMissing", L"bits");
    ok(hr == HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND), "[HTTP.SetClientCertificateByName.6] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, L"nobody");
    ok(hr == CRYPT_E_NOT_FOUND, "[HTTP.SetClientCertificateByName.7,ERR.0x80092004] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, L"bits server");
    ok(hr == CRYPT_E_NOT_FOUND, "[HTTP.SetClientCertificateByName.1,ERR.0x80092004] a server's: got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER, NULL, L"bits");
    ok(hr == NULL_REF, "[HTTP.SetClientCertificateByName.8] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, NULL);
    ok(hr == NULL_REF, "[HTTP.SetClientCertificateByName.8] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, L"");
    ok(FAILED(hr), "[HTTP.SetClientCertificateByName.2] got %#lx\n", hr);
    ok_inferred("HTTP.SetClientCertificateByName.A1", hr == E_INVALIDARG, "got %#lx\n", hr);
    longest = bits_long_string(257);
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER, longest, L"bits");
    ok(hr == BG_E_STRING_TOO_LONG, "[HTTP.SetClientCertificateByName.9] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, longest);
    ok(hr == BG_E_STRING_TOO_LONG, "[HTTP.SetClientCertificateByName.9] got %#lx\n", hr);
    longest[255] = 0;
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, longest);
    ok(hr == CRYPT_E_NOT_FOUND, "[HTTP.SetClientCertificateByName.2,ERR.0x80092004] got %#lx\n", hr);
    free(longest);
    check_certificate(http, NULL, NULL, NULL, "HTTP.SetClientCertificateByName.7");

    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, L"bits client");
    ok(hr == S_OK, "[HTTP.SetClientCertificateByName.3] got %#lx\n", hr);
    check_certificate(http, store_name, client_hash, L"Wine Bits, bits client", "HTTP.GetClientCertificate.1");
    hr = IBackgroundCopyJobHttpOptions_RemoveClientCertificate(http);
    ok(hr == S_OK, "[HTTP.RemoveClientCertificate.1] got %#lx\n", hr);
    /* a part that both have, and two adjacent ones */
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, L"Wine");
    ok(hr == S_OK, "[HTTP.SetClientCertificateByName.1] got %#lx\n", hr);
    check_certificate(http, store_name, client_hash, L"Wine Bits, bits client", "HTTP.SetClientCertificateByName.1");
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, L"Bits, bits cl");
    ok(hr == S_OK, "[HTTP.SetClientCertificateByName.2] got %#lx\n", hr);

    hr = IBackgroundCopyJobHttpOptions_GetClientCertificate(http, NULL, &string, &hash, &longest);
    ok(hr == NULL_REF, "[HTTP.GetClientCertificate.5] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_GetClientCertificate(http, &location, NULL, &hash, &longest);
    ok(hr == NULL_REF, "[HTTP.GetClientCertificate.5] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_GetClientCertificate(http, &location, &string, NULL, &longest);
    ok(hr == NULL_REF, "[HTTP.GetClientCertificate.5] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_GetClientCertificate(http, &location, &string, &hash, NULL);
    ok(hr == NULL_REF, "[HTTP.GetClientCertificate.5] got %#lx\n", hr);
}

static void check_no_headers_(unsigned int line, IBackgroundCopyJobHttpOptions *http, const char *facts)
{
    WCHAR *headers = (WCHAR *)0xdeadbeef;
    HRESULT hr = IBackgroundCopyJobHttpOptions_GetCustomHeaders(http, &headers);

    ok_(__FILE__, line)(hr == S_FALSE, "[%s] got %#lx\n", facts, hr);
    ok_(__FILE__, line)(!headers, "[HTTP.GetCustomHeaders.A1,OBS.9] got %s\n", wine_dbgstr_w(headers));
}
#define check_no_headers(http, facts) check_no_headers_(__LINE__, http, facts)

static void test_headers(IBackgroundCopyJobHttpOptions *http)
{
    static const WCHAR two[] = L"X-Wine-Bits: 1\r\nAuthorization: secret \x20ac\r\n", loose[] = L"X-A:1\nX-B: 2";
    WCHAR *headers, *longest;
    HRESULT hr;

    check_no_headers(http, "HTTP.GetCustomHeaders.3,OBS.9");
    hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, NULL);
    ok(hr == S_OK, "[HTTP.SetCustomHeaders.2,OBS.9] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, two);
    ok(hr == S_OK, "[HTTP.SetCustomHeaders.2] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_GetCustomHeaders(http, &headers);
    bits_check_string("HTTP.GetCustomHeaders.1,OBS.9", hr, headers, two);
    hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, loose);
    ok_inferred("HTTP.SetCustomHeaders.A2", hr == S_OK, "got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_GetCustomHeaders(http, &headers);
    bits_check_string("HTTP.GetCustomHeaders.1", hr, headers, loose);
    hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, L"");
    ok_inferred("HTTP.SetCustomHeaders.A3", hr == S_OK, "got %#lx\n", hr);
    if (!strcmp(winetest_platform, "wine")) check_no_headers(http, "HTTP.SetCustomHeaders.A3");

    longest = bits_long_string(16385);
    hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, longest);
    ok(hr == BG_E_STRING_TOO_LONG, "[HTTP.SetCustomHeaders.3] got %#lx\n", hr);
    longest[16384] = 0;
    hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, longest);
    ok_inferred("HTTP.SetCustomHeaders.A1", hr == BG_E_STRING_TOO_LONG, "got %#lx\n", hr);
    longest[16383] = 0;
    hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, longest);
    ok(hr == S_OK, "[HTTP.SetCustomHeaders.1] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_GetCustomHeaders(http, &headers);
    bits_check_string("HTTP.GetCustomHeaders.2", hr, headers, longest);
    free(longest);
    hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, NULL);
    ok(hr == S_OK, "[HTTP.SetCustomHeaders.1] got %#lx\n", hr);
    check_no_headers(http, "HTTP.SetCustomHeaders.1,OBS.9");
    hr = IBackgroundCopyJobHttpOptions_GetCustomHeaders(http, NULL);
    ok(hr == NULL_REF, "[HTTP.GetCustomHeaders.5] got %#lx\n", hr);
}

static void test_flags(IBackgroundCopyJobHttpOptions *http)
{
    static const ULONG good[] =
    {
        0x1f, 0, BG_SSL_ENABLE_CRL_CHECK, BG_SSL_IGNORE_CERT_CN_INVALID, BG_SSL_IGNORE_CERT_DATE_INVALID, BG_SSL_IGNORE_UNKNOWN_CA,
        BG_SSL_IGNORE_CERT_WRONG_USAGE, BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT, BG_HTTP_REDIRECT_POLICY_DISALLOW,
        BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP, BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT | BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP,
        2305
    };
    static const ULONG bad[] = { 0x20, 0x80, 0x1000, 0x80000000, 0x300, 0x400, 0x500, 0x600, 0x700 };
    ULONG flags = 77;
    unsigned int i;
    HRESULT hr;

    hr = IBackgroundCopyJobHttpOptions_GetSecurityFlags(http, &flags);
    ok(hr == S_OK && !flags, "[HTTP.GetSecurityFlags.1,HTTP.SetSecurityFlags.A2,OBS.9] got %#lx, %#lx\n", hr, flags);
    ok(!(flags & BG_HTTP_REDIRECT_POLICY_MASK), "[HTTP.SetSecurityFlags.1] got %#lx\n", flags);
    for (i = 0; i < ARRAY_SIZE(good); i++)
    {
        hr = IBackgroundCopyJobHttpOptions_SetSecurityFlags(http, good[i]);
        ok(hr == S_OK, "[HTTP.SetSecurityFlags.4,HTTP.SetSecurityFlags.2,HTTP.SetSecurityFlags.3] %#lx: got %#lx\n", good[i], hr);
        hr = IBackgroundCopyJobHttpOptions_GetSecurityFlags(http, &flags);
        ok(hr == S_OK && flags == good[i], "[HTTP.GetSecurityFlags.2,BEH.CERT.1] %#lx: got %#lx, %#lx\n", good[i], hr, flags);
    }
    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        hr = IBackgroundCopyJobHttpOptions_SetSecurityFlags(http, bad[i]);
        ok_inferred("HTTP.SetSecurityFlags.A3", hr == E_NOTIMPL, "%#lx: got %#lx\n", bad[i], hr);
    }
    hr = IBackgroundCopyJobHttpOptions_SetSecurityFlags(http, 0x20);
    ok(hr == E_NOTIMPL, "[HTTP.SetSecurityFlags.5,ERR.0x80004001,BEH.CERT.1] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_SetSecurityFlags(http, BG_HTTP_REDIRECT_POLICY_DISALLOW | BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP);
    ok_inferred("HTTP.SetSecurityFlags.A4", hr == S_OK, "got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_GetSecurityFlags(http, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
}

/* All eight are system stores; one that the user may not open says so. */
static void test_locations(IBackgroundCopyJobHttpOptions *http)
{
    static const BG_CERT_STORE_LOCATION locations[] =
    {
        BG_CERT_STORE_LOCATION_CURRENT_USER, BG_CERT_STORE_LOCATION_LOCAL_MACHINE, BG_CERT_STORE_LOCATION_CURRENT_SERVICE,
        BG_CERT_STORE_LOCATION_SERVICES, BG_CERT_STORE_LOCATION_USERS, BG_CERT_STORE_LOCATION_CURRENT_USER_GROUP_POLICY,
        BG_CERT_STORE_LOCATION_LOCAL_MACHINE_GROUP_POLICY, BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE
    };
    SECURITY_DESCRIPTOR nobody, everybody;
    WCHAR path[128];
    unsigned int i;
    ACL acl;
    HKEY key;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(locations); i++)
    {
        hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, locations[i], L"BitsTestMissing", client_hash);
        ok(locations[i] == (BG_CERT_STORE_LOCATION)i && FAILED(hr) && hr != E_NOTIMPL, "[HTTP.4] location %u: got %#lx\n", i, hr);
    }

    _snwprintf(path, ARRAY_SIZE(path), L"Software\\Microsoft\\SystemCertificates\\%ls", store_name);
    if (RegOpenKeyExW(HKEY_CURRENT_USER, path, 0, READ_CONTROL | WRITE_DAC, &key)) ok(0, "no key of the store\n");
    InitializeAcl(&acl, sizeof(acl), ACL_REVISION);
    InitializeSecurityDescriptor(&nobody, SECURITY_DESCRIPTOR_REVISION);
    SetSecurityDescriptorDacl(&nobody, TRUE, &acl, FALSE);
    InitializeSecurityDescriptor(&everybody, SECURITY_DESCRIPTOR_REVISION);
    SetSecurityDescriptorDacl(&everybody, TRUE, NULL, FALSE);
    ok(!RegSetKeySecurity(key, DACL_SECURITY_INFORMATION, &nobody), "RegSetKeySecurity failed\n");
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, client_hash);
    ok(hr == E_ACCESSDENIED, "[HTTP.SetClientCertificateByID.3] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, L"bits client");
    ok(hr == E_ACCESSDENIED, "[HTTP.SetClientCertificateByName.4] got %#lx\n", hr);
    ok(!RegSetKeySecurity(key, DACL_SECURITY_INFORMATION, &everybody), "RegSetKeySecurity failed\n");
    RegCloseKey(key);
}

/* What is handed out is the task's, and an interface pointer has a reference of its own. */
static void test_memory(IBackgroundCopyJobHttpOptions *http)
{
    BG_CERT_STORE_LOCATION location;
    WCHAR *store, *subject;
    IClientSecurity *security;
    IMalloc *allocator;
    IUnknown *unknown;
    ULONG refs;
    BYTE *hash;
    HRESULT hr;

    hr = CoGetMalloc(1, &allocator);
    ok(hr == S_OK, "CoGetMalloc: got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, client_hash);
    ok(hr == S_OK, "[HTTP.SetClientCertificateByID.2] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_GetClientCertificate(http, &location, &store, &hash, &subject);
    ok(hr == S_OK, "[HTTP.GetClientCertificate.3] got %#lx\n", hr);
    if (hr == S_OK)
    {
        ok(IMalloc_DidAlloc(allocator, store) == 1 && IMalloc_DidAlloc(allocator, hash) == 1 && IMalloc_DidAlloc(allocator, subject) == 1,
           "[api-2-later:GEN.8] not of the task's memory\n");
        CoTaskMemFree(store);
        CoTaskMemFree(hash);
        CoTaskMemFree(subject);
    }
    IMalloc_Release(allocator);
    hr = IBackgroundCopyJobHttpOptions_RemoveClientCertificate(http);
    ok(hr == S_OK, "[HTTP.RemoveClientCertificate.1] got %#lx\n", hr);
    refs = IBackgroundCopyJobHttpOptions_AddRef(http);
    hr = IBackgroundCopyJobHttpOptions_QueryInterface(http, &IID_IBackgroundCopyJob, (void **)&unknown);
    ok(hr == S_OK, "[api-2-later:GEN.2] got %#lx\n", hr);
    IUnknown_Release(unknown);
    ok(IBackgroundCopyJobHttpOptions_Release(http) == refs - 1, "[api-2-later:GEN.8] references are lost\n");

    /* a local server behind proxies */
    hr = CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_INPROC_SERVER, &IID_IBackgroundCopyManager, (void **)&unknown);
    ok(hr == REGDB_E_CLASSNOTREG, "[api-2-later:GEN.5] in the process: got %#lx\n", hr);
    hr = IBackgroundCopyManager_QueryInterface(bits_manager, &IID_IClientSecurity, (void **)&security);
    ok(hr == S_OK, "[api-2-later:GEN.5] no proxy: %#lx\n", hr);
    if (hr == S_OK) IClientSecurity_Release(security);
}

static void test_options(void)
{
    IBackgroundCopyJobHttpOptions *http;
    IBackgroundCopyJob *job;
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(types); i++)
    {
        if (!(job = bits_create_job(L"options", types[i]))) continue;
        winetest_push_context("type %d", types[i]);
        http = bits_query(job, IBackgroundCopyJobHttpOptions);
        test_certificate_by_id(http);
        test_certificate_by_name(http);
        test_headers(http);
        test_flags(http);

        test_locations(http);
        test_memory(http);

        /* what a new owner loses */
        hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, L"bits client");
        ok(hr == S_OK, "[HTTP.SetClientCertificateByName.3,HTTP.3] got %#lx\n", hr);
        hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, L"X-Mine: 1\r\n");
        ok(hr == S_OK, "[HTTP.SetCustomHeaders.5,HTTP.3] got %#lx\n", hr);
        hr = IBackgroundCopyJob_TakeOwnership(job);
        if (hr == E_ACCESSDENIED) skip("TakeOwnership needs an administrator\n");
        else
        {
            ok(hr == S_OK, "[JOB.TakeOwnership.2] got %#lx\n", hr);
            check_no_headers(http, "HTTP.SetCustomHeaders.6,api-2-later:GEN.15");
            check_certificate(http, NULL, NULL, NULL, "HTTP.SetClientCertificateByID.12,HTTP.SetClientCertificateByName.12,api-2-later:GEN.15");
        }
        IBackgroundCopyJobHttpOptions_Release(http);
        winetest_pop_context();
        bits_cancel(job);
    }
}

static void test_states(void)
{
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(bits_states); i++)
    {
        BOOL final = bits_is_final(bits_states[i]);
        HRESULT expect = final ? BG_E_INVALID_STATE : S_OK;
        IBackgroundCopyJob *job = bits_job_in_state(bits_states[i]);
        IBackgroundCopyJobHttpOptions *http = bits_query(job, IBackgroundCopyJobHttpOptions);
        WCHAR *headers;
        ULONG flags;

        winetest_push_context("state %d", bits_states[i]);
        hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, client_hash);
        ok(hr == expect, "[HTTP.SetClientCertificateByID.10] got %#lx\n", hr);
        hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, L"client");
        ok(hr == expect, "[HTTP.SetClientCertificateByName.10] got %#lx\n", hr);
        check_certificate(http, final ? NULL : store_name, client_hash, L"Wine Bits, bits client", "api-2-later:GEN.A3");
        hr = IBackgroundCopyJobHttpOptions_RemoveClientCertificate(http);
        ok(hr == expect, "[HTTP.RemoveClientCertificate.3] got %#lx\n", hr);
        hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, L"X-A: 1\r\n");
        ok(hr == expect, "[HTTP.SetCustomHeaders.4,OBS.9] got %#lx\n", hr);
        headers = NULL;
        hr = IBackgroundCopyJobHttpOptions_GetCustomHeaders(http, &headers);
        ok(hr == (final ? S_FALSE : S_OK), "[HTTP.GetCustomHeaders.2,OBS.9] got %#lx\n", hr);
        CoTaskMemFree(headers);
        hr = IBackgroundCopyJobHttpOptions_SetSecurityFlags(http, BG_SSL_IGNORE_CERT_DATE_INVALID);
        if (final) ok_inferred("HTTP.SetSecurityFlags.A5", hr == expect, "got %#lx\n", hr);
        else ok(hr == expect, "[HTTP.SetSecurityFlags.4,OBS.9] got %#lx\n", hr);
        hr = IBackgroundCopyJobHttpOptions_GetSecurityFlags(http, &flags);
        ok(hr == S_OK && flags == (final ? 0 : BG_SSL_IGNORE_CERT_DATE_INVALID), "[HTTP.GetSecurityFlags.2] got %#lx, %#lx\n", hr, flags);
        winetest_pop_context();
        IBackgroundCopyJobHttpOptions_Release(http);
        bits_cancel(job);
    }
}

/* Custom headers and the method on the wire. */
static void test_wire(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"wire", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJobHttpOptions2 *http;
    struct test_server_stats stats;
    unsigned int i;
    HRESULT hr;

    if (!job) return;
    http = bits_query(job, IBackgroundCopyJobHttpOptions2);
    test_server_reset(bits_server);
    bits_add_file(job, bits_url(L"/state/good"), bits_path(L"headers"));
    hr = IBackgroundCopyJobHttpOptions2_SetCustomHeaders(http, L"X-One: 1\nX-Two: 2");
    ok(hr == S_OK, "[HTTP.SetCustomHeaders.2] got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    test_server_get_stats(bits_server, &stats);
    ok(stats.requests > 0, "no request\n");
    for (i = 1; i <= stats.requests; i++)
    {
        struct test_request request;
        char value[64];

        if (!test_server_get_request(bits_server, i, &request)) continue;
        ok(test_request_header(&request, "X-One", value, sizeof(value)) && !strcmp(value, "1"), "[HTTP.SetCustomHeaders.5] request %u: %s\n", i,
           request.headers);
        ok(test_request_header(&request, "X-Two", value, sizeof(value)) && !strcmp(value, "2"), "[HTTP.SetCustomHeaders.A2] request %u: %s\n", i,
           request.headers);
        test_request_free(&request);
    }
    IBackgroundCopyJobHttpOptions2_Release(http);
    bits_cancel(job);

    /* a server that does not like them */
    if (!(job = bits_create_job(L"disliked", BG_JOB_TYPE_DOWNLOAD))) return;
    http = bits_query(job, IBackgroundCopyJobHttpOptions2);
    bits_add_file(job, bits_url(L"/dislikes"), bits_path(L"disliked"));
    hr = IBackgroundCopyJobHttpOptions2_SetCustomHeaders(http, L"X-One: 1");
    ok(hr == S_OK, "[HTTP.SetCustomHeaders.2] got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    bits_check_error(job, BG_E_HTTP_ERROR_403, "HTTP.SetCustomHeaders.8");
    IBackgroundCopyJobHttpOptions2_Release(http);
    bits_cancel(job);

    /* what would be tried again with GET ends it with another method, and begins anew */
    if (!(job = bits_create_job(L"cut", BG_JOB_TYPE_DOWNLOAD))) return;
    http = bits_query(job, IBackgroundCopyJobHttpOptions2);
    test_server_reset(bits_server);
    bits_add_file(job, bits_url(L"/cut"), bits_path(L"cut"));
    hr = IBackgroundCopyJobHttpOptions2_SetHttpMethod(http, L"POST");
    ok(hr == S_OK, "[HTTP2.SetHttpMethod.7] got %#lx\n", hr);
    bits_resume(job);
    bits_wait_states(job, 1u << BG_JOB_STATE_ERROR | 1u << BG_JOB_STATE_TRANSIENT_ERROR);
    ok(bits_state(job) == BG_JOB_STATE_ERROR, "[HTTP2.SetHttpMethod.5] got state %d\n", bits_state(job));
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    for (i = 1; i <= test_server_count(bits_server, NULL, NULL); i++)
    {
        struct test_request request;
        char value[64];

        if (!test_server_get_request(bits_server, i, &request)) continue;
        ok(!test_request_header(&request, "Range", value, sizeof(value)), "[HTTP2.SetHttpMethod.5] request %u is for a part\n", i);
        test_request_free(&request);
    }
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    bits_check_file(bits_path(L"cut"), "/cut", 0, 1000);
    IBackgroundCopyJobHttpOptions2_Release(http);
    bits_cancel(job);

    /* a certificate and the helper's way into the network do not go together */
    if (!(job = bits_create_job(L"certificate", BG_JOB_TYPE_DOWNLOAD))) return;
    http = bits_query(job, IBackgroundCopyJobHttpOptions2);
    bits_add_file(job, bits_url(L"/state/good"), bits_path(L"certificate"));
    if (make_store())
    {
        IBitsTokenOptions *options = bits_query(job, IBitsTokenOptions);

        hr = IBackgroundCopyJobHttpOptions2_SetClientCertificateByID(http, BG_CERT_STORE_LOCATION_CURRENT_USER, store_name, client_hash);
        ok(hr == S_OK, "[HTTP.SetClientCertificateByID.2] got %#lx\n", hr);
        CoSetProxyBlanket((IUnknown *)options, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_DEFAULT, COLE_DEFAULT_PRINCIPAL, RPC_C_AUTHN_LEVEL_DEFAULT,
                          RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_DYNAMIC_CLOAKING);
        hr = IBitsTokenOptions_SetHelperToken(options);
        ok(hr == S_OK, "[TOKEN.SetHelperToken.3] got %#lx\n", hr);
        hr = IBitsTokenOptions_SetHelperTokenFlags(options, BG_TOKEN_NETWORK);
        ok(hr == S_OK, "[TOKEN.SetHelperTokenFlags.4] got %#lx\n", hr);
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_ERROR);
        bits_check_error(job, 0x80072f9a, "TOKEN.SetHelperTokenFlags.5");
        IBitsTokenOptions_Release(options);
        remove_store();
    }
    IBackgroundCopyJobHttpOptions2_Release(http);
    bits_cancel(job);

    if (!(job = bits_create_job(L"method", BG_JOB_TYPE_DOWNLOAD))) return;
    http = bits_query(job, IBackgroundCopyJobHttpOptions2);
    test_server_reset(bits_server);
    bits_add_file(job, bits_url(L"/state/good"), bits_path(L"method"));
    hr = IBackgroundCopyJobHttpOptions2_SetHttpMethod(http, L"POST");
    ok(hr == S_OK, "[HTTP2.SetHttpMethod.7] got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    ok(test_server_count(bits_server, "POST", "/state/good") == 1 && !test_server_count(bits_server, "GET", NULL),
       "[HTTP2.SetHttpMethod.1] another method was used\n");
    IBackgroundCopyJobHttpOptions2_Release(http);
    bits_cancel(job);
}

/* The reply to HEAD has no body, whatever length it announces. */
static void test_head(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"head", BG_JOB_TYPE_DOWNLOAD);
    HRESULT hr;

    if (!job) return;
    test_server_reset(bits_server);
    bits_add_file(job, bits_url(L"/state/good"), bits_path(L"head"));
    bits_set_method(job, L"HEAD");
    bits_resume(job);
    bits_wait_states(job, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_ERROR);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[HTTP2.SetHttpMethod.1] got state %d, error %#lx\n", bits_state(job), bits_error_code(job));
    ok(test_server_count(bits_server, "HEAD", "/state/good") == 1 && test_server_count(bits_server, NULL, NULL) == 1,
       "[HTTP2.SetHttpMethod.1] %u requests\n", test_server_count(bits_server, NULL, NULL));
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    bits_check_file(bits_path(L"head"), NULL, 0, 0);
    bits_cancel(job);
}

/* As if it had crashed; its successor is there when it returns. */
static BOOL kill_service(void)
{
    SERVICE_STATUS_PROCESS status = { 0 };
    SC_HANDLE scm = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT), service = OpenServiceW(scm, L"BITS", SERVICE_QUERY_STATUS);
    struct bits_clock clock = bits_clock_now();
    DWORD size;
    HANDLE process;
    HRESULT hr;

    QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof(status), &size);
    CloseServiceHandle(service);
    CloseServiceHandle(scm);
    process = OpenProcess(PROCESS_TERMINATE | SYNCHRONIZE, FALSE, status.dwProcessId);
    ok(process != NULL, "cannot open the service, error %lu\n", GetLastError());
    if (!process) return FALSE;
    IBackgroundCopyManager_Release(bits_manager);
    bits_manager = NULL;
    ok(TerminateProcess(process, 1), "cannot end the service, error %lu\n", GetLastError());
    bits_wait_object(process, BITS_TIMEOUT);
    CloseHandle(process);
    while ((hr = CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&bits_manager)) != S_OK
           && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(20);
    ok(hr == S_OK, "there is no manager any more: %#lx\n", hr);
    return hr == S_OK;
}

/* What was on its way with a method of the client's own when the service ended is not asked for again by itself. */
static void test_interrupted(void)
{
    IBackgroundCopyJob *job, *waiting;
    unsigned int i;
    GUID id, id2;
    HRESULT hr;

    if (strcmp(winetest_platform, "wine"))
    {
        skip("the service of somebody's machine is not restarted\n");
        return;
    }
    for (i = 0; i < 2; i++)
    {
        winetest_push_context(i ? "ended" : "stopped");
        test_server_reset(bits_server);
        job = bits_create_job_(__LINE__, L"out", BG_JOB_TYPE_DOWNLOAD, &id);
        bits_add_file(job, bits_url(L"/state/stall"), bits_path(L"out"));
        waiting = bits_create_job_(__LINE__, L"waiting", BG_JOB_TYPE_DOWNLOAD, &id2);
        bits_add_file(waiting, bits_url(L"/state/stall"), bits_path(L"waiting"));
        bits_set_method(job, L"POST");
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRING);
        /* it is transferring as soon as it has a connection: the request may not be there yet */
        ok(test_server_wait_for(bits_server, "POST", NULL, 1, BITS_TIMEOUT), "no request\n");
        /* once out and taken back by the client: it waits where it is */
        bits_set_method(waiting, L"PUT");
        bits_resume(waiting);
        bits_wait_state(waiting, BG_JOB_STATE_TRANSFERRING);
        ok(test_server_wait_for(bits_server, "PUT", NULL, 1, BITS_TIMEOUT), "no request\n");
        hr = IBackgroundCopyJob_Suspend(waiting);
        ok(hr == S_OK, "Suspend: got %#lx\n", hr);
        IBackgroundCopyJob_Release(job);
        IBackgroundCopyJob_Release(waiting);
        if (!(i ? kill_service() : bits_restart_service())) return;
        hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job);
        ok(hr == S_OK, "GetJob: got %#lx\n", hr);
        hr = IBackgroundCopyManager_GetJob(bits_manager, &id2, &waiting);
        ok(hr == S_OK, "GetJob: got %#lx\n", hr);
        bits_wait_states(job, 1u << BG_JOB_STATE_ERROR | 1u << BG_JOB_STATE_TRANSFERRING);
        ok(bits_state(job) == BG_JOB_STATE_ERROR, "[HTTP2.SetHttpMethod.5,BEH.HTTP.19] got state %d\n", bits_state(job));
        ok(test_server_count(bits_server, "POST", NULL) == 1, "[BEH.HTTP.19] %u requests\n", test_server_count(bits_server, "POST", NULL));
        bits_check_error_in(job, 0x80072efe, REMOTE_FILE, "HTTP2.SetHttpMethod.5");
        ok(bits_state(waiting) == BG_JOB_STATE_SUSPENDED, "[BEH.STATE.62] got state %d\n", bits_state(waiting));
        bits_resume(job);
        bits_resume(waiting);
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRING);
        bits_wait_state(waiting, BG_JOB_STATE_TRANSFERRING);
        ok(test_server_wait_for(bits_server, "POST", NULL, 2, BITS_TIMEOUT), "[BEH.HTTP.19] not asked for again\n");
        ok(test_server_count(bits_server, "POST", NULL) == 2, "[BEH.HTTP.19] %u requests\n", test_server_count(bits_server, "POST", NULL));
        bits_cancel(job);
        bits_cancel(waiting);
        winetest_pop_context();
    }
}

static void test_method(void)
{
    static const WCHAR *const bad[] = { L"", L"GE T", L"GET\r\nX: y", L"G\x20ac", L"GET:" };
    IBackgroundCopyJobHttpOptions2 *http;
    BG_JOB_PRIORITY priority;
    IBackgroundCopyJob *job;
    unsigned int i, j;
    WCHAR *method;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(types); i++)
    {
        const WCHAR *usual = types[i] == BG_JOB_TYPE_DOWNLOAD ? L"GET" : L"BITS_POST";

        if (!(job = bits_create_job(L"method", types[i]))) continue;
        winetest_push_context("type %d", types[i]);
        http = bits_query(job, IBackgroundCopyJobHttpOptions2);
        hr = IBackgroundCopyJobHttpOptions2_GetHttpMethod(http, &method);
        bits_check_string("HTTP2.GetHttpMethod.1,HTTP2.GetHttpMethod.2", hr, method, usual);
        hr = IBackgroundCopyJobHttpOptions2_SetHttpMethod(http, usual);
        ok(hr == S_OK, "[HTTP2.SetHttpMethod.3] got %#lx\n", hr);
        hr = IBackgroundCopyJob_GetPriority(job, &priority);
        ok(hr == S_OK && priority == BG_JOB_PRIORITY_NORMAL, "[HTTP2.SetHttpMethod.3] got priority %d\n", priority);
        hr = IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_LOW);
        ok(hr == S_OK, "[HTTP2.SetHttpMethod.3] got %#lx\n", hr);
        if (types[i] == BG_JOB_TYPE_DOWNLOAD)
        {
            hr = IBackgroundCopyJobHttpOptions2_SetHttpMethod(http, L"get");
            ok_inferred("HTTP2.SetHttpMethod.A3", hr == S_OK, "got %#lx\n", hr);
            hr = IBackgroundCopyJobHttpOptions2_GetHttpMethod(http, &method);
            ok_inferred("HTTP2.SetHttpMethod.A3", hr == S_OK && !wcscmp(method, L"GET"), "got %#lx, %s\n", hr, wine_dbgstr_w(method));
            if (SUCCEEDED(hr)) CoTaskMemFree(method);
        }
        for (j = 0; j < ARRAY_SIZE(bad); j++)
        {
            hr = IBackgroundCopyJobHttpOptions2_SetHttpMethod(http, bad[j]);
            ok_inferred("HTTP2.SetHttpMethod.A3", hr == E_INVALIDARG, "%s: got %#lx\n", wine_dbgstr_w(bad[j]), hr);
        }
        hr = IBackgroundCopyJobHttpOptions2_SetHttpMethod(http, NULL);
        ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
        hr = IBackgroundCopyJobHttpOptions2_GetHttpMethod(http, NULL);
        ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);

        hr = IBackgroundCopyJobHttpOptions2_SetHttpMethod(http, L"PropFind");
        ok(hr == S_OK, "[HTTP2.SetHttpMethod.7,HTTP2.SetHttpMethod.A4] got %#lx\n", hr);
        hr = IBackgroundCopyJobHttpOptions2_GetHttpMethod(http, &method);
        bits_check_string("HTTP2.SetHttpMethod.1", hr, method, L"PropFind");
        hr = IBackgroundCopyJob_GetPriority(job, &priority);
        ok(hr == S_OK && priority == BG_JOB_PRIORITY_FOREGROUND, "[HTTP2.SetHttpMethod.4] got priority %d\n", priority);
        hr = IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_NORMAL);
        ok(FAILED(hr), "[HTTP2.SetHttpMethod.4] got %#lx\n", hr);
        ok_inferred("HTTP2.SetHttpMethod.A1", hr == BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD, "got %#lx\n", hr);
        hr = IBackgroundCopyJob_GetPriority(job, &priority);
        ok(hr == S_OK && priority == BG_JOB_PRIORITY_FOREGROUND, "[HTTP2.SetHttpMethod.4] got priority %d\n", priority);
        IBackgroundCopyJobHttpOptions2_Release(http);
        winetest_pop_context();
        bits_cancel(job);
    }

    for (i = 0; i < ARRAY_SIZE(bits_states); i++)
    {
        if (!(job = bits_job_in_state(bits_states[i]))) continue;
        http = bits_query(job, IBackgroundCopyJobHttpOptions2);
        winetest_push_context("state %d", bits_states[i]);
        hr = IBackgroundCopyJobHttpOptions2_SetHttpMethod(http, L"POST");
        if (bits_is_final(bits_states[i])) ok_inferred("api-2-later:GEN.A3", hr == BG_E_INVALID_STATE, "got %#lx\n", hr);
        else if (bits_states[i] == BG_JOB_STATE_SUSPENDED) ok(hr == S_OK, "[HTTP2.SetHttpMethod.7] got %#lx\n", hr);
        else
        {
            ok(FAILED(hr), "[HTTP2.SetHttpMethod.2] got %#lx\n", hr);
            ok_inferred("HTTP2.SetHttpMethod.A2", hr == BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, "got %#lx\n", hr);
        }
        hr = IBackgroundCopyJobHttpOptions2_GetHttpMethod(http, &method);
        bits_check_string("HTTP2.GetHttpMethod.2", hr, method, bits_states[i] == BG_JOB_STATE_SUSPENDED ? L"POST" : L"GET");
        winetest_pop_context();
        IBackgroundCopyJobHttpOptions2_Release(http);
        bits_cancel(job);
    }
}

/* An object that may judge certificates, or one that may not. */

struct judge
{
    IBackgroundCopyServerCertificateValidationCallback IBackgroundCopyServerCertificateValidationCallback_iface;
    LONG refs;
    BOOL able;
};

static inline struct judge *impl_from_callback(IBackgroundCopyServerCertificateValidationCallback *iface)
{
    return CONTAINING_RECORD(iface, struct judge, IBackgroundCopyServerCertificateValidationCallback_iface);
}

static HRESULT WINAPI judge_QueryInterface(IBackgroundCopyServerCertificateValidationCallback *iface, REFIID riid, void **out)
{
    struct judge *judge = impl_from_callback(iface);

    *out = NULL;
    if (!IsEqualIID(riid, &IID_IUnknown)
        && !(judge->able && IsEqualIID(riid, &IID_IBackgroundCopyServerCertificateValidationCallback))) return E_NOINTERFACE;
    InterlockedIncrement(&judge->refs);
    *out = iface;
    return S_OK;
}

static ULONG WINAPI judge_AddRef(IBackgroundCopyServerCertificateValidationCallback *iface)
{
    return InterlockedIncrement(&impl_from_callback(iface)->refs);
}

static ULONG WINAPI judge_Release(IBackgroundCopyServerCertificateValidationCallback *iface)
{
    return InterlockedDecrement(&impl_from_callback(iface)->refs);
}

static HRESULT WINAPI judge_ValidateServerCertificate(IBackgroundCopyServerCertificateValidationCallback *iface, IBackgroundCopyJob *job,
                                                      IBackgroundCopyFile *file, DWORD cert_length, const BYTE *cert_data,
                                                      DWORD encoding, DWORD store_length, const BYTE *store_data)
{
    ok(0, "a certificate without a connection\n");
    return S_OK;
}

static const IBackgroundCopyServerCertificateValidationCallbackVtbl judge_vtbl =
{
    judge_QueryInterface,
    judge_AddRef,
    judge_Release,
    judge_ValidateServerCertificate,
};

static void wait_released_(unsigned int line, struct judge *judge, LONG refs, const char *facts)
{
    struct bits_clock clock = bits_clock_now();

    while (judge->refs > refs && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(5);
    ok_(__FILE__, line)(judge->refs == refs, "[%s] %ld references\n", facts, judge->refs);
}
#define wait_released(judge, refs, facts) wait_released_(__LINE__, judge, refs, facts)

static void test_callback(void)
{
    struct judge able = { { (IBackgroundCopyServerCertificateValidationCallbackVtbl *)&judge_vtbl }, 1, TRUE };
    struct judge unable = { { (IBackgroundCopyServerCertificateValidationCallbackVtbl *)&judge_vtbl }, 1, FALSE };
    IUnknown *judge = (IUnknown *)&able.IBackgroundCopyServerCertificateValidationCallback_iface;
    IUnknown *other = (IUnknown *)&unable.IBackgroundCopyServerCertificateValidationCallback_iface;
    IBackgroundCopyJobHttpOptions3 *http;
    IBackgroundCopyJob *job;
    unsigned int i;
    HRESULT hr;

    if (!(job = bits_create_job(L"callback", BG_JOB_TYPE_DOWNLOAD))) return;
    http = bits_query(job, IBackgroundCopyJobHttpOptions3);
    hr = IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(http, NULL);
    ok(hr == S_OK, "[HTTP3.SetServerCertificateValidationInterface.1] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(http, other);
    ok(hr == E_NOINTERFACE, "[HTTP3.SetServerCertificateValidationInterface.3] got %#lx\n", hr);
    wait_released(&unable, 1, "HTTP3.SetServerCertificateValidationInterface.3");
    hr = IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(http, judge);
    ok(hr == S_OK, "[HTTP3.SetServerCertificateValidationInterface.2] got %#lx\n", hr);
    ok(able.refs > 1, "[HTTP3.SetServerCertificateValidationInterface.2] nothing is held\n");
    hr = IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(http, NULL);
    ok(hr == S_OK, "[HTTP3.SetServerCertificateValidationInterface.1] got %#lx\n", hr);
    wait_released(&able, 1, "HTTP3.SetServerCertificateValidationInterface.1");
    hr = IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(http, judge);
    ok(hr == S_OK, "[HTTP3.SetServerCertificateValidationInterface.2] got %#lx\n", hr);
    IBackgroundCopyJobHttpOptions3_Release(http);
    bits_cancel(job);
    wait_released(&able, 1, "HABIT.2");

    for (i = 0; i < ARRAY_SIZE(bits_states); i++)
    {
        BOOL paused = bits_states[i] == BG_JOB_STATE_SUSPENDED || bits_states[i] == BG_JOB_STATE_ERROR
                      || bits_states[i] == BG_JOB_STATE_TRANSFERRED;

        if (!(job = bits_job_in_state(bits_states[i]))) continue;
        http = bits_query(job, IBackgroundCopyJobHttpOptions3);
        winetest_push_context("state %d", bits_states[i]);
        hr = IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(http, judge);
        if (bits_is_final(bits_states[i]))
            ok_inferred("HTTP3.SetServerCertificateValidationInterface.A1", hr == BG_E_INVALID_STATE, "got %#lx\n", hr);
        else if (bits_states[i] == BG_JOB_STATE_TRANSFERRING)
            ok(hr == BG_E_READ_ONLY_WHEN_JOB_ACTIVE, "[HTTP3.SetServerCertificateValidationInterface.4,ERR.0x80200075] got %#lx\n", hr);
        else
            ok_inferred("HTTP3.SetServerCertificateValidationInterface.A1", hr == (paused ? S_OK : BG_E_READ_ONLY_WHEN_JOB_ACTIVE),
                        "got %#lx\n", hr);
        winetest_pop_context();
        IBackgroundCopyJobHttpOptions3_Release(http);
        bits_cancel(job);
        wait_released(&able, 1, "HABIT.2");
    }
}

static void test_write_only(void)
{
    IBackgroundCopyJobHttpOptions3 *http;
    IBackgroundCopyJob *job;
    unsigned int i;
    WCHAR *headers;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(bits_states); i++)
    {
        if (!(job = bits_job_in_state(bits_states[i]))) continue;
        http = bits_query(job, IBackgroundCopyJobHttpOptions3);
        winetest_push_context("state %d", bits_states[i]);
        hr = IBackgroundCopyJobHttpOptions3_SetCustomHeaders(http, L"X-Secret: 1\r\n");
        ok(hr == (bits_is_final(bits_states[i]) ? BG_E_INVALID_STATE : S_OK), "[HTTP.SetCustomHeaders.4] got %#lx\n", hr);
        hr = IBackgroundCopyJobHttpOptions3_MakeCustomHeadersWriteOnly(http);
        ok(hr == S_OK, "[HTTP3.MakeCustomHeadersWriteOnly.2] got %#lx\n", hr);
        headers = (WCHAR *)0xdeadbeef;
        hr = IBackgroundCopyJobHttpOptions3_GetCustomHeaders(http, &headers);
        ok(hr == E_ACCESSDENIED, "[HTTP3.MakeCustomHeadersWriteOnly.1,HTTP.GetCustomHeaders.4] got %#lx\n", hr);
        hr = IBackgroundCopyJobHttpOptions3_SetCustomHeaders(http, NULL);
        ok(hr == (bits_is_final(bits_states[i]) ? BG_E_INVALID_STATE : S_OK), "[HTTP3.MakeCustomHeadersWriteOnly.1] got %#lx\n", hr);
        hr = IBackgroundCopyJobHttpOptions3_GetCustomHeaders(http, &headers);
        ok_inferred("HTTP.GetCustomHeaders.A2", hr == E_ACCESSDENIED, "got %#lx\n", hr);
        winetest_pop_context();
        IBackgroundCopyJobHttpOptions3_Release(http);
        bits_cancel(job);
    }
}

static const WCHAR *widen(const char *text)
{
    static WCHAR wide[64];

    MultiByteToWideChar(CP_ACP, 0, text, -1, wide, ARRAY_SIZE(wide));
    return wide;
}

/* A client that shows the service a judge of its single-threaded apartment, and then looks after no message any more. */
static void be_deaf(const char *argument)
{
    struct judge able = { { (IBackgroundCopyServerCertificateValidationCallbackVtbl *)&judge_vtbl }, 1, TRUE };
    IBackgroundCopyJobHttpOptions3 *http;
    IBackgroundCopyJob *job;
    HANDLE ready;
    HRESULT hr;
    GUID id;

    CoInitializeEx(NULL, COINIT_APARTMENTTHREADED);
    hr = CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&bits_manager);
    ok(hr == S_OK, "there is no manager: %#lx\n", hr);
    hr = IBackgroundCopyManager_CreateJob(bits_manager, L"bits test deaf", BG_JOB_TYPE_DOWNLOAD, &id, &job);
    ok(hr == S_OK, "CreateJob: got %#lx\n", hr);
    http = bits_query(job, IBackgroundCopyJobHttpOptions3);
    hr = IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(http, (IUnknown *)&able);
    ok(hr == S_OK, "[HTTP3.SetServerCertificateValidationInterface.2] got %#lx\n", hr);
    hr = IBackgroundCopyJob_SetDescription(job, widen(argument));
    ok(hr == S_OK, "SetDescription: got %#lx\n", hr);
    ready = OpenEventA(EVENT_MODIFY_STATE, FALSE, argument);
    ok(SetEvent(ready), "nobody waits\n");
    Sleep(INFINITE);
}

/* The job of another, by its description. */
static IBackgroundCopyJob *find_job(const WCHAR *description)
{
    IEnumBackgroundCopyJobs *jobs;
    IBackgroundCopyJob *job, *found = NULL;
    WCHAR *text;
    HRESULT hr;

    hr = IBackgroundCopyManager_EnumJobs(bits_manager, 0, &jobs);
    ok(hr == S_OK, "EnumJobs: got %#lx\n", hr);
    while (!found && IEnumBackgroundCopyJobs_Next(jobs, 1, &job, NULL) == S_OK)
    {
        if (IBackgroundCopyJob_GetDescription(job, &text) == S_OK)
        {
            if (!lstrcmpW(text, description)) found = job;
            CoTaskMemFree(text);
        }
        if (!found) IBackgroundCopyJob_Release(job);
    }
    IEnumBackgroundCopyJobs_Release(jobs);
    return found;
}

static DWORD CALLBACK cancel(void *job)
{
    HRESULT hr;

    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    hr = IBackgroundCopyJob_Cancel((IBackgroundCopyJob *)job);
    CoUninitialize();
    return hr;
}

/* Who does not answer keeps nobody else from cancelling his job. */
static void test_deaf(void)
{
    STARTUPINFOA startup = { sizeof(startup) };
    char name[64], line[MAX_PATH * 2], **argv;
    PROCESS_INFORMATION info;
    HANDLE ready, thread;
    IBackgroundCopyJob *job;
    DWORD hr = ~0u;
    BOOL ret;

    _snprintf(name, sizeof(name), "bits_deaf_%lx", GetCurrentProcessId());
    ready = CreateEventA(NULL, TRUE, FALSE, name);
    winetest_get_mainargs(&argv);
    _snprintf(line, sizeof(line), "\"%s\" http %s", argv[0], name);
    ret = CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info);
    ok(ret, "cannot start %s, error %lu\n", line, GetLastError());
    if (ret && !bits_wait_object(ready, BITS_TIMEOUT) && (job = find_job(widen(name))))
    {
        thread = CreateThread(NULL, 0, cancel, job, 0, NULL);
        ok(!bits_wait_object(thread, BITS_TIMEOUT), "[JOB.Cancel.1] it waits for another client\n");
        TerminateProcess(info.hProcess, 0);
        bits_wait_object(thread, BITS_TIMEOUT);
        GetExitCodeThread(thread, &hr);
        ok(hr == S_OK, "Cancel: got %#lx\n", hr);
        CloseHandle(thread);
        IBackgroundCopyJob_Release(job);
    }
    else ok(0, "the client is not ready\n");
    if (ret)
    {
        TerminateProcess(info.hProcess, 0);
        CloseHandle(info.hProcess);
        CloseHandle(info.hThread);
    }
    CloseHandle(ready);
}

START_TEST(http)
{
    const char *argument = bits_child_argument();

    if (argument)
    {
        be_deaf(argument);
        return;
    }
    if (!bits_begin()) return;
    if (bits_server_start(BITS_STATES_SCRIPT
                          "on * /dislikes\n status 403\n"
                          "on * /cut\n reply 1\n size 1000\n cut 500\n reply\n size 1000\n"))
    {
        if (make_store())
        {
            test_options();
            test_states();
            remove_store();
        }
        test_wire();
        test_method();
        test_head();
        test_interrupted();
        test_callback();
        test_deaf();
        test_write_only();
    }
    bits_end();
}
