/*
 * The heads of requests
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

#ifndef BITS_TRANSPORT_WINHTTP /* then winhttp.c has it all */

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winnls.h>
#include <winhttp.h>

#include "shim/head.h"
#include "shim/net.h"

void target_free(struct target *target)
{
    url_free(&target->url);
    free(target->host);
}

HRESULT target_parse(const WCHAR *url, struct target *target)
{
    HRESULT hr;

    memset(target, 0, sizeof(*target));
    if (FAILED(hr = url_split(url, &target->url))) return HRESULT_FROM_WIN32(ERROR_WINHTTP_INVALID_URL);
    if (target->url.scheme != URL_HTTP && target->url.scheme != URL_HTTPS)
    {
        url_free(&target->url);
        return HRESULT_FROM_WIN32(ERROR_WINHTTP_UNRECOGNIZED_SCHEME);
    }
    if (FAILED(hr = net_host_to_ascii(target->url.host, &target->host))) url_free(&target->url);
    return hr;
}

/* "host:port" for CONNECT, "host[:port]" for Host; IPv6 literals in brackets without their zone. *authority is malloc'ed. */
HRESULT target_authority(const struct target *target, BOOL with_port, WCHAR **authority)
{
    UINT16 standard = target->url.scheme == URL_HTTPS ? 443 : 80, port = target->url.port;
    size_t len = wcslen(target->host);
    const WCHAR *zone;
    WCHAR *p;

    if (!(p = *authority = malloc((len + 10) * sizeof(WCHAR)))) return E_OUTOFMEMORY;
    if (wcschr(target->host, ':'))
    {
        if ((zone = wcschr(target->host, '%'))) len = zone - target->host;
        *p++ = '[';
        memcpy(p, target->host, len * sizeof(WCHAR));
        p += len;
        *p++ = ']';
    }
    else
    {
        memcpy(p, target->host, len * sizeof(WCHAR));
        p += len;
    }
    if (with_port || port != standard)
    {
        WCHAR digits[5];
        UINT32 count = 0;

        *p++ = ':';
        do digits[count++] = '0' + port % 10; while ((port /= 10));
        while (count) *p++ = digits[--count];
    }
    *p = 0;
    return S_OK;
}

static HRESULT make_absolute(const WCHAR *authority, const WCHAR *path, WCHAR **absolute)
{
    static const WCHAR scheme[] = L"http://";
    size_t authority_len = wcslen(authority), path_len = wcslen(path);
    WCHAR *p;

    if (!(p = *absolute = malloc((ARRAY_SIZE(scheme) + authority_len + path_len) * sizeof(WCHAR)))) return E_OUTOFMEMORY;
    memcpy(p, scheme, sizeof(scheme));
    p += ARRAY_SIZE(scheme) - 1;
    memcpy(p, authority, authority_len * sizeof(WCHAR));
    memcpy(p + authority_len, path, (path_len + 1) * sizeof(WCHAR));
    return S_OK;
}

static void uint64_to_text(UINT64 value, WCHAR text[21])
{
    WCHAR digits[20];
    UINT32 count = 0;

    do digits[count++] = '0' + value % 10; while ((value /= 10));
    while (count) *text++ = digits[--count];
    *text = 0;
}

/* A default of ours gives way to a line of the caller's or of the job's. */
static void write_default(struct http1_writer *writer, const struct shim_request_params *params, const char *name, const WCHAR *value)
{
    if (params->headers && http1_lines_have(params->headers, name)) return;
    if (params->custom_headers && http1_lines_have(params->custom_headers, name)) return;
    http1_write_field(writer, name, value);
}

/* Answers a challenge, unless the caller does it himself. target is what the asking party sees on its request line. */
HRESULT head_write_auth(struct http1_writer *writer, struct auth_exchange *exchange, const struct shim_request_params *params,
                          const WCHAR *method, const WCHAR *target, const char *name)
{
    struct http1_writer line;
    char *uri, *value;
    HRESULT hr;

    if (!exchange->scheme) return S_OK;
    if (params && params->headers && http1_lines_have(params->headers, name)) return S_OK;
    if (params && params->custom_headers && http1_lines_have(params->custom_headers, name)) return S_OK;

    /* in the octets that the writer makes of it */
    http1_writer_init(&line);
    http1_write_request_line(&line, method, target);
    if (FAILED(hr = line.hr))
    {
        http1_writer_free(&line);
        return hr;
    }
    uri = memchr(line.data, ' ', line.len);
    *uri++ = 0;
    *(char *)memchr(uri, ' ', line.len - (uri - line.data)) = 0;
    hr = auth_value(exchange, line.data, uri, &value);
    if (SUCCEEDED(hr) && value)
    {
        http1_write_field_octets(writer, name, value);
        SecureZeroMemory(value, strlen(value));
        free(value);
    }
    http1_writer_free(&line);
    return hr;
}

/* The head of a request for the origin, directly, through a tunnel, or in absolute form for a proxy [BEH.HTTP.11]. */
HRESULT head_write(struct http1_writer *writer, const struct shim_request_params *params, const struct target *target,
                          BOOL absolute, BOOL with_body, struct auth_exchange *server, struct auth_exchange *proxy)
{
    WCHAR *authority = NULL, *line = NULL, length[21];
    HRESULT hr;

    if (FAILED(hr = target_authority(target, FALSE, &authority))) return hr;
    if (absolute && FAILED(hr = make_absolute(authority, target->url.path, &line)))
    {
        free(authority);
        return hr;
    }
    http1_write_request_line(writer, params->method, line ? line : target->url.path);
    hr = head_write_auth(writer, server, params, params->method, target->url.path, "Authorization"); /* what a proxy makes of the line */
    if (SUCCEEDED(hr) && absolute) hr = head_write_auth(writer, proxy, params, params->method, line, "Proxy-Authorization");
    write_default(writer, params, "Connection", L"Keep-Alive");
    if (absolute) write_default(writer, params, "Proxy-Connection", L"Keep-Alive");
    write_default(writer, params, "Accept", L"*/*");
    if (wcscmp(params->method, L"BITS_POST")) write_default(writer, params, "Accept-Encoding", L"identity"); /* BUP.HDR.5 */
    write_default(writer, params, "User-Agent", USER_AGENT);
    write_default(writer, params, "Host", authority);
    if (params->body || (wcscmp(params->method, L"GET") && wcscmp(params->method, L"HEAD")))
    {
        uint64_to_text(params->body && with_body ? params->body->length : 0, length);
        http1_write_field(writer, "Content-Length", length);
    }
    if (params->headers) http1_write_octet_lines(writer, params->headers);
    if (params->custom_headers) http1_write_lines(writer, params->custom_headers);
    http1_write_end(writer);
    free(authority);
    free(line);
    return FAILED(hr) ? hr : writer->hr;
}

#endif /* BITS_TRANSPORT_WINHTTP */
