/*
 * bitsadmin: headers, method, certificates and the flags of the HTTP transport
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

#include <stdlib.h>
#include <wchar.h>

#include "bitsadmin.h"

#define HASH_SIZE 20   /* SHA-1, fixed by the interface */

static HRESULT http_options(IBackgroundCopyJob *job, IBackgroundCopyJobHttpOptions **options)
{
    return job_interface(job, &IID_IBackgroundCopyJobHttpOptions, (void **)options);
}

/* As they were set, without the line end of the last one; NULL for none. */
HRESULT get_custom_headers(IBackgroundCopyJob *job, struct text *value)
{
    IBackgroundCopyJobHttpOptions *options;
    WCHAR *headers = NULL;
    HRESULT hr;

    if (FAILED(hr = http_options(job, &options))) return hr;
    hr = IBackgroundCopyJobHttpOptions_GetCustomHeaders(options, &headers);
    IBackgroundCopyJobHttpOptions_Release(options);
    if (FAILED(hr)) return hr;
    text_add(value, L"%ls", headers && headers[0] ? headers : L"NULL");
    text_trim(value);
    CoTaskMemFree(headers);
    return hr;
}

/* One argument, one header; they replace all earlier ones (BA.CMD.SETCUSTOMHEADERS). */
int cmd_set_custom_headers(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyJobHttpOptions *options;
    struct text headers = { 0 };
    HRESULT hr;
    int i;

    for (i = 0; i < argc; i++) text_add(&headers, L"%ls%ls", i ? L"\r\n" : L"", argv[i]);
    if (SUCCEEDED(hr = http_options(job, &options)))
    {
        hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(options, argc == 1 ? null_word(headers.chars) : headers.chars);
        IBackgroundCopyJobHttpOptions_Release(options);
    }
    text_free(&headers);
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(argc == 1 && !null_word(argv[0]) ? L"Custom headers removed." : L"Custom headers set.");
    return 0;
}

int cmd_make_custom_headers_write_only(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyJobHttpOptions3 *options;
    HRESULT hr;

    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJobHttpOptions3, (void **)&options))) return fail(cmd, hr);
    hr = IBackgroundCopyJobHttpOptions3_MakeCustomHeadersWriteOnly(options);
    IBackgroundCopyJobHttpOptions3_Release(options);
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Custom headers can no longer be read.");
    return 0;
}

HRESULT get_http_method(IBackgroundCopyJob *job, struct text *value)
{
    IBackgroundCopyJobHttpOptions2 *options;
    WCHAR *method = NULL;
    HRESULT hr;

    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJobHttpOptions2, (void **)&options))) return hr;
    hr = IBackgroundCopyJobHttpOptions2_GetHttpMethod(options, &method);
    IBackgroundCopyJobHttpOptions2_Release(options);
    if (FAILED(hr)) return hr;
    text_add(value, L"%ls", method ? method : L"GET");
    CoTaskMemFree(method);
    return hr;
}

/* `get` is GET, as scripts write it; other verbs go out as they are. */
int cmd_set_http_method(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    const WCHAR *method = word_is(argv[0], L"GET") ? L"GET" : argv[0];
    IBackgroundCopyJobHttpOptions2 *options;
    HRESULT hr;

    if (FAILED(hr = job_interface(job, &IID_IBackgroundCopyJobHttpOptions2, (void **)&options))) return fail(cmd, hr);
    hr = IBackgroundCopyJobHttpOptions2_SetHttpMethod(options, method);
    IBackgroundCopyJobHttpOptions2_Release(options);
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"HTTP method set to %ls.", method);
    return 0;
}

/* The place in this table is the value of the interface; the command line counts from 1 (BA.7.3.1). */
static const WCHAR *const locations[] =
{
    L"CURRENT_USER",
    L"LOCAL_MACHINE",
    L"CURRENT_SERVICE",
    L"SERVICES",
    L"USERS",
    L"CURRENT_USER_GROUP_POLICY",
    L"LOCAL_MACHINE_GROUP_POLICY",
    L"LOCAL_MACHINE_ENTERPRISE",
};

/* 1 to 8, or the name with or without the prefix that it has in the headers (BA.7.3.2). */
static BOOL parse_location(const WCHAR *arg, BG_CERT_STORE_LOCATION *location)
{
    static const WCHAR prefix[] = L"BG_CERT_STORE_LOCATION_";
    DWORD number;
    unsigned int i;

    if (parse_number(arg, &number))
    {
        *location = number - 1;
        return number >= 1 && number <= ARRAY_SIZE(locations);
    }
    if (!_wcsnicmp(arg, prefix, ARRAY_SIZE(prefix) - 1)) arg += ARRAY_SIZE(prefix) - 1;
    for (i = 0; i < ARRAY_SIZE(locations); i++)
    {
        if (!word_is(arg, locations[i])) continue;
        *location = i;
        return TRUE;
    }
    return FALSE;
}

static int hex_digit(WCHAR ch)
{
    if (ch >= '0' && ch <= '9') return ch - '0';
    if (ch >= 'a' && ch <= 'f') return ch - 'a' + 10;
    if (ch >= 'A' && ch <= 'F') return ch - 'A' + 10;
    return -1;
}

/* 20 bytes of two digits, with blanks or colons between the bytes as certificate viewers show them (BA.7.3.4). */
static BOOL parse_hash(const WCHAR *arg, BYTE hash[HASH_SIZE])
{
    unsigned int count = 0;

    for (;;)
    {
        while (*arg == ' ' || *arg == ':') arg++;
        if (!*arg) return count == HASH_SIZE;
        if (count == HASH_SIZE || hex_digit(arg[0]) < 0 || hex_digit(arg[1]) < 0) return FALSE;
        hash[count++] = hex_digit(arg[0]) << 4 | hex_digit(arg[1]);
        arg += 2;
    }
}

/* Location, store, hash and subject, a line each. */
HRESULT get_client_certificate(IBackgroundCopyJob *job, struct text *value)
{
    IBackgroundCopyJobHttpOptions *options;
    WCHAR *store = NULL, *subject = NULL;
    BG_CERT_STORE_LOCATION location;
    BYTE *hash = NULL;
    unsigned int i;
    HRESULT hr;

    if (FAILED(hr = http_options(job, &options))) return hr;
    hr = IBackgroundCopyJobHttpOptions_GetClientCertificate(options, &location, &store, &hash, &subject);
    IBackgroundCopyJobHttpOptions_Release(options);
    if (FAILED(hr)) return hr;
    text_add(value, L"%ls\n%ls\n", (unsigned int)location < ARRAY_SIZE(locations) ? locations[location] : L"UNKNOWN",
             store ? store : L"NULL");
    for (i = 0; hash && i < HASH_SIZE; i++) text_add(value, L"%02X", hash[i]);
    text_add(value, L"\n%ls", subject && subject[0] ? subject : L"NULL");
    CoTaskMemFree(store);
    CoTaskMemFree(hash);
    CoTaskMemFree(subject);
    return hr;
}

int cmd_set_client_certificate_by_id(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyJobHttpOptions *options;
    BG_CERT_STORE_LOCATION location;
    BYTE hash[HASH_SIZE];
    HRESULT hr;

    if (!parse_location(argv[0], &location)) return fail_argument(cmd, argv[0]);
    if (!parse_hash(argv[2], hash)) return fail_argument(cmd, argv[2]);
    if (FAILED(hr = http_options(job, &options))) return fail(cmd, hr);
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByID(options, location, argv[1], hash);
    IBackgroundCopyJobHttpOptions_Release(options);
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Client certificate set.");
    return 0;
}

int cmd_set_client_certificate_by_name(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyJobHttpOptions *options;
    BG_CERT_STORE_LOCATION location;
    HRESULT hr;

    if (!parse_location(argv[0], &location)) return fail_argument(cmd, argv[0]);
    if (FAILED(hr = http_options(job, &options))) return fail(cmd, hr);
    hr = IBackgroundCopyJobHttpOptions_SetClientCertificateByName(options, location, argv[1], argv[2]);
    IBackgroundCopyJobHttpOptions_Release(options);
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Client certificate set.");
    return 0;
}

int cmd_remove_client_certificate(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyJobHttpOptions *options;
    HRESULT hr;

    if (FAILED(hr = http_options(job, &options))) return fail(cmd, hr);
    hr = IBackgroundCopyJobHttpOptions_RemoveClientCertificate(options);
    IBackgroundCopyJobHttpOptions_Release(options);
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(hr == S_OK ? L"Client certificate removed." : L"The job has no client certificate.");
    return 0;
}

/* The number; on a screen also what its bits mean, the colons in column 41 as in the job block. */
HRESULT get_security_flags(IBackgroundCopyJob *job, struct text *value)
{
    static const struct
    {
        const WCHAR *label;
        ULONG mask, flag;
    }
    options_shown[] =
    {
        { L"Check for revoked certificates", BG_SSL_ENABLE_CRL_CHECK, BG_SSL_ENABLE_CRL_CHECK },
        { L"Ignore certificate name", BG_SSL_IGNORE_CERT_CN_INVALID, BG_SSL_IGNORE_CERT_CN_INVALID },
        { L"Ignore certificate date", BG_SSL_IGNORE_CERT_DATE_INVALID, BG_SSL_IGNORE_CERT_DATE_INVALID },
        { L"Ignore unknown authority", BG_SSL_IGNORE_UNKNOWN_CA, BG_SSL_IGNORE_UNKNOWN_CA },
        { L"Ignore certificate usage", BG_SSL_IGNORE_CERT_WRONG_USAGE, BG_SSL_IGNORE_CERT_WRONG_USAGE },
        { L"Follow redirects", BG_HTTP_REDIRECT_POLICY_MASK, BG_HTTP_REDIRECT_POLICY_ALLOW_SILENT },
        { L"Follow redirects and report", BG_HTTP_REDIRECT_POLICY_MASK, BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT },
        { L"Refuse redirects", BG_HTTP_REDIRECT_POLICY_MASK, BG_HTTP_REDIRECT_POLICY_DISALLOW },
        { L"Redirect from https to http", BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP,
          BG_HTTP_REDIRECT_POLICY_ALLOW_HTTPS_TO_HTTP },
    };
    IBackgroundCopyJobHttpOptions *options;
    unsigned int i;
    ULONG flags;
    HRESULT hr;

    if (FAILED(hr = http_options(job, &options))) return hr;
    hr = IBackgroundCopyJobHttpOptions_GetSecurityFlags(options, &flags);
    IBackgroundCopyJobHttpOptions_Release(options);
    if (FAILED(hr)) return hr;
    text_add(value, L"0x%08x", (unsigned int)flags);
    for (i = 0; !output_is_raw() && i < ARRAY_SIZE(options_shown); i++)
        text_add(value, L"\n\t %-32ls:%ls", options_shown[i].label,
                 (flags & options_shown[i].mask) == options_shown[i].flag ? L"true" : L"false");
    return hr;
}

int cmd_set_security_flags(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv)
{
    IBackgroundCopyJobHttpOptions *options;
    DWORD flags;
    HRESULT hr;

    if (!parse_number(argv[0], &flags)) return fail_argument(cmd, argv[0]);
    if (FAILED(hr = http_options(job, &options))) return fail(cmd, hr);
    hr = IBackgroundCopyJobHttpOptions_SetSecurityFlags(options, flags);
    IBackgroundCopyJobHttpOptions_Release(options);
    if (FAILED(hr)) return fail(cmd, hr);
    confirm(L"Security flags set to 0x%08x.", (unsigned int)flags);
    return 0;
}
