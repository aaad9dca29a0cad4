/*
 * The second backend of shim.h: the system's winhttp.dll
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

/*
 * Chosen by configure --with-transport=winhttp, to compare and for Windows; without it this file is empty.  Thin: what winhttp does or does not do
 * is passed on as it is, docs/winhttp.md has what that means on Wine.  winhttp cannot be cancelled (WINE.HTTP.43), so every call that may
 * wait is made on another thread, which is left behind with all that it uses when the transfer is told to stop.
 */

#ifdef BITS_TRANSPORT_WINHTTP

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <wincrypt.h>
#include <winsock2.h>
#include <winhttp.h>

#include "shim/cert.h"
#include "shim/net.h"
#include "shim/offload.h"
#include "shim/shim.h"
#include "core/http1.h"

#define USER_AGENT  L"Microsoft BITS/7.8"   /* [BEH.HTTP.12] */
#define READ_SIZE   65536
#define SEND_SIZE   65536
#define AUTH_ROUNDS 3
#define DRAIN_MAX   65536

#define WINHTTP_FUNCS \
    USE_FUNC(WinHttpAddRequestHeaders) USE_FUNC(WinHttpCloseHandle) USE_FUNC(WinHttpConnect) USE_FUNC(WinHttpOpen) \
    USE_FUNC(WinHttpOpenRequest) USE_FUNC(WinHttpQueryDataAvailable) USE_FUNC(WinHttpQueryHeaders) \
    USE_FUNC(WinHttpQueryAuthSchemes) USE_FUNC(WinHttpQueryOption) USE_FUNC(WinHttpReadData) USE_FUNC(WinHttpReceiveResponse) \
    USE_FUNC(WinHttpSendRequest) USE_FUNC(WinHttpSetCredentials) USE_FUNC(WinHttpSetOption) USE_FUNC(WinHttpSetTimeouts) \
    USE_FUNC(WinHttpWriteData)

#define USE_FUNC(name) static typeof(&name) p##name;
WINHTTP_FUNCS
#undef USE_FUNC

/* The handles of one request; they outlive a call that was left behind. */
struct wire
{
    LONG refs;
    HINTERNET session, connect, request;
};

/* One call that may wait. */
struct call
{
    struct wire *wire;
    void (*make)(struct call *call);
    BYTE *buffer;
    DWORD size, got;        /* in: how much; out: how much it was */
    DWORD total;            /* of the body, for the beginning */
    DWORD error;            /* of GetLastError */
};

struct shim_session
{
    UINT32 tls_flags;
    const CERT_CONTEXT *cert;
    HRESULT cert_hr;
    struct shim_credential *credentials;
    ULONG credential_count;
    HRESULT (*validate_cert)(void *ctx, const WCHAR *host, UINT16 port, const void *cert_context);
    void *validate_ctx;
};

struct shim_request
{
    struct wire *wire;
    struct http1_reader reader;
    WCHAR *raw_headers;
    HANDLE cancel;
    UINT32 io_timeout;
    UINT64 received;
    struct shim_error failure;
    BOOL ended;
};

static HRESULT fail(struct shim_error *error, HRESULT hr, DWORD detail)
{
    error->hr = hr;
    error->context = SHIM_CONTEXT_REMOTE_FILE;
    error->detail = detail;
    return hr;
}

static HRESULT map_error(DWORD error)
{
    switch (error)
    {
    case ERROR_SUCCESS: return S_OK;
    case WSAETIMEDOUT: return HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT);
    case WSAECONNRESET:
    case WSAECONNABORTED: return HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR);
    case ERROR_WINHTTP_SECURE_CHANNEL_ERROR: return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_FAILURE);
    case ERROR_OUTOFMEMORY:
    case ERROR_NOT_ENOUGH_MEMORY: return E_OUTOFMEMORY;
    default: return HRESULT_FROM_WIN32(error);
    }
}

static void wire_release(struct wire *wire)
{
    if (InterlockedDecrement(&wire->refs)) return;
    if (wire->request) pWinHttpCloseHandle(wire->request);
    if (wire->connect) pWinHttpCloseHandle(wire->connect);
    if (wire->session) pWinHttpCloseHandle(wire->session);
    free(wire);
}

static void call_destroy(void *ctx)
{
    struct call *call = ctx;

    wire_release(call->wire);
    free(call->buffer);
    free(call);
}

static void call_run(void *ctx)
{
    struct call *call = ctx;

    call->make(call);
}

static void make_send(struct call *call)
{
    if (!pWinHttpSendRequest(call->wire->request, NULL, 0, NULL, 0, call->total, 0)) call->error = GetLastError();
}

static void make_write(struct call *call)
{
    if (!pWinHttpWriteData(call->wire->request, call->buffer, call->size, &call->got)) call->error = GetLastError();
}

static void make_receive(struct call *call)
{
    if (!pWinHttpReceiveResponse(call->wire->request, NULL)) call->error = GetLastError();
}

/* What is there and no more, or it waits for all of it (WINE.HTTP.46). */
static void make_read(struct call *call)
{
    DWORD size = 0;

    SetLastError(ERROR_SUCCESS); /* an end without a word is one */
    if (!pWinHttpQueryDataAvailable(call->wire->request, &size)) call->error = GetLastError();
    else if (size && !pWinHttpReadData(call->wire->request, call->buffer, min(size, call->size), &call->got)) call->error = GetLastError();
}

/* S_OK: *ret is the caller's, with what came of it. */
static HRESULT make_call(struct wire *wire, void (*make)(struct call *call), const void *data, DWORD size, DWORD total, HANDLE cancel,
                         struct call **ret)
{
    struct call *call;
    HRESULT hr;

    *ret = NULL;
    if (!(call = calloc(1, sizeof(*call)))) return E_OUTOFMEMORY;
    if (size && !(call->buffer = malloc(size)))
    {
        free(call);
        return E_OUTOFMEMORY;
    }
    if (data) memcpy(call->buffer, data, size);
    InterlockedIncrement(&wire->refs);
    call->wire = wire;
    call->make = make;
    call->size = size;
    call->total = total;
    if (FAILED(hr = offload_run(call_run, call_destroy, call, cancel, INFINITE))) return hr;
    *ret = call;
    return S_OK;
}

static HRESULT call_simply(struct wire *wire, void (*make)(struct call *call), const void *data, DWORD size, DWORD total, HANDLE cancel)
{
    struct call *call;
    HRESULT hr;

    if (FAILED(hr = make_call(wire, make, data, size, total, cancel, &call))) return hr;
    hr = map_error(call->error);
    call_destroy(call);
    return hr;
}

HRESULT shim_init(void)
{
    HMODULE module = LoadLibraryW(L"winhttp.dll");

    if (!module) return HRESULT_FROM_WIN32(GetLastError());
#define USE_FUNC(name) if (!(p##name = (void *)GetProcAddress(module, #name))) return HRESULT_FROM_WIN32(GetLastError());
    WINHTTP_FUNCS
#undef USE_FUNC
    return net_init();
}

void shim_shutdown(void)
{
    net_shutdown();
}

void shim_session_release(struct shim_session *session)
{
    ULONG i;

    if (!session) return;
    for (i = 0; i < session->credential_count; i++)
    {
        free((WCHAR *)session->credentials[i].user);
        free((WCHAR *)session->credentials[i].password);
    }
    free(session->credentials);
    if (session->cert) CertFreeCertificateContext(session->cert);
    free(session);
}

HRESULT shim_session_create(const struct shim_session_params *params, struct shim_session **ret)
{
    struct shim_session *session;
    ULONG i;

    *ret = NULL;
    if (!(session = calloc(1, sizeof(*session)))) return E_OUTOFMEMORY;
    session->tls_flags = params->tls_flags;
    session->validate_cert = params->validate_cert;
    session->validate_ctx = params->validate_ctx;
    if (params->client_cert_hash)
        session->cert_hr = cert_find_client(params->client_cert_hash, params->client_cert_location,
                                            params->client_cert_store ? params->client_cert_store : L"MY", &session->cert);
    if (params->credential_count && !(session->credentials = calloc(params->credential_count, sizeof(*session->credentials)))) goto failed;
    for (i = 0; i < params->credential_count; i++)
    {
        const struct shim_credential *from = &params->credentials[i];
        struct shim_credential *to = &session->credentials[i];

        session->credential_count++;
        to->target = from->target;
        to->scheme = from->scheme;
        if (from->user && !(to->user = _wcsdup(from->user))) goto failed;
        if (from->password && !(to->password = _wcsdup(from->password))) goto failed;
    }
    *ret = session;
    return S_OK;

failed:
    shim_session_release(session);
    return E_OUTOFMEMORY;
}

static BOOL set_number(HINTERNET handle, DWORD option, DWORD value)
{
    return pWinHttpSetOption(handle, option, &value, sizeof(value));
}

static HRESULT last_error(void)
{
    return map_error(GetLastError());
}

static HRESULT open_wire(struct shim_session *session, const struct shim_request_params *params, const struct url *url,
                         const struct shim_hop *hop, struct wire **ret)
{
    BOOL secure = url->scheme == URL_HTTPS;
    DWORD flags = 0;
    WCHAR proxy[512];
    struct wire *wire;

    *ret = NULL;
    if (hop->proxy_host && wcslen(hop->proxy_host) > 255) return HRESULT_FROM_WIN32(ERROR_WINHTTP_NAME_NOT_RESOLVED);
    if (!(wire = calloc(1, sizeof(*wire)))) return E_OUTOFMEMORY;
    wire->refs = 1;
    *ret = wire;
    if (hop->proxy_host)
    {
        UINT32 port = hop->proxy_port, scale;
        WCHAR *p = proxy + wcslen(wcscpy(proxy, hop->proxy_host));

        *p++ = ':';
        for (scale = 10000; scale > 1 && port < scale; scale /= 10) ;
        for (; scale; scale /= 10) *p++ = '0' + port / scale % 10;
        *p = 0;
    }
    /* one for each request: its pool is the process's in any case (WINE.HTTP.44), its proxy is its own (WINE.HTTP.1) */
    wire->session = pWinHttpOpen(USER_AGENT, hop->proxy_host ? WINHTTP_ACCESS_TYPE_NAMED_PROXY : WINHTTP_ACCESS_TYPE_NO_PROXY,
                                 hop->proxy_host ? proxy : WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, 0);
    if (!wire->session || !(wire->connect = pWinHttpConnect(wire->session, url->host, url->port, 0))) return last_error();
    wire->request = pWinHttpOpenRequest(wire->connect, params->method, url->path, NULL, WINHTTP_NO_REFERER, WINHTTP_DEFAULT_ACCEPT_TYPES,
                                        WINHTTP_FLAG_ESCAPE_DISABLE | (secure ? WINHTTP_FLAG_SECURE : 0));
    if (!wire->request) return last_error();

    pWinHttpSetTimeouts(wire->request, params->connect_timeout, params->connect_timeout, params->io_timeout, params->io_timeout);
    set_number(wire->request, WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, params->reply_timeout ? params->reply_timeout : params->io_timeout);
    set_number(wire->request, WINHTTP_OPTION_DISABLE_FEATURE, WINHTTP_DISABLE_REDIRECTS | WINHTTP_DISABLE_COOKIES
               | (secure || session->credential_count ? WINHTTP_DISABLE_KEEP_ALIVE : 0)); /* WINE.HTTP.16, 18 */
    if (!secure) return S_OK;
    if (session->tls_flags & SHIM_TLS_IGNORE_NAME) flags |= SECURITY_FLAG_IGNORE_CERT_CN_INVALID;
    if (session->tls_flags & SHIM_TLS_IGNORE_DATE) flags |= SECURITY_FLAG_IGNORE_CERT_DATE_INVALID;
    if (session->tls_flags & SHIM_TLS_IGNORE_UNKNOWN_CA) flags |= SECURITY_FLAG_IGNORE_UNKNOWN_CA;
    if (session->tls_flags & SHIM_TLS_IGNORE_USAGE) flags |= SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE;
    if (flags && !set_number(wire->request, WINHTTP_OPTION_SECURITY_FLAGS, flags)) return last_error();
    if (session->tls_flags & SHIM_TLS_CHECK_REVOCATION)
        set_number(wire->request, WINHTTP_OPTION_ENABLE_FEATURE, WINHTTP_ENABLE_SSL_REVOCATION);
    if (FAILED(session->cert_hr)) return session->cert_hr;
    if (session->cert && !pWinHttpSetOption(wire->request, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, (void *)session->cert,
                                            sizeof(*session->cert))) return last_error();
    return S_OK;
}

static BOOL has_line(const struct shim_request_params *params, const char *name)
{
    return (params->headers && http1_lines_have(params->headers, name)) || (params->custom_headers && http1_lines_have(params->custom_headers, name));
}

static HRESULT add_lines(struct wire *wire, const WCHAR *lines)
{
    if (!lines || !*lines) return S_OK;
    return pWinHttpAddRequestHeaders(wire->request, lines, ~0u, WINHTTP_ADDREQ_FLAG_ADD) ? S_OK : last_error();
}

static HRESULT add_headers(struct wire *wire, const struct shim_request_params *params)
{
    WCHAR length[64] = L"Content-Length: ", digits[20];
    UINT64 value = params->body ? params->body->length : 0;
    WCHAR *p = length + wcslen(length);
    UINT32 count = 0;
    HRESULT hr;

    if (!has_line(params, "Accept") && FAILED(hr = add_lines(wire, L"Accept: */*\r\n"))) return hr;
    if (wcscmp(params->method, L"BITS_POST") && !has_line(params, "Accept-Encoding") && FAILED(hr = add_lines(wire, L"Accept-Encoding: identity\r\n"))) return hr;
    if (params->body || (wcscmp(params->method, L"GET") && wcscmp(params->method, L"HEAD")))
    {
        /* its own one is printed with 32 bits, or left out (WINE.HTTP.33, 34) */
        do digits[count++] = '0' + value % 10; while ((value /= 10));
        while (count) *p++ = digits[--count];
        wcscpy(p, L"\r\n");
        if (FAILED(hr = add_lines(wire, length))) return hr;
    }
    if (FAILED(hr = add_lines(wire, params->headers))) return hr;
    return add_lines(wire, params->custom_headers);
}

/* *source_failed: the failure is that of the body's source. */
static HRESULT send_body(struct wire *wire, const struct shim_request_params *params, BOOL *source_failed)
{
    UINT64 left = params->body ? params->body->length : 0;
    BYTE *buffer;
    UINT32 got;
    HRESULT hr = S_OK;

    if (!left) return S_OK;
    if (!(buffer = malloc(SEND_SIZE))) return E_OUTOFMEMORY;
    while (left && SUCCEEDED(hr))
    {
        got = 0;
        hr = params->body->read(params->body->ctx, buffer, (UINT32)min(left, SEND_SIZE), &got);
        if (SUCCEEDED(hr) && (!got || got > min(left, SEND_SIZE))) hr = HRESULT_FROM_WIN32(ERROR_HANDLE_EOF);
        if (FAILED(hr))
        {
            *source_failed = TRUE;
            break;
        }
        hr = call_simply(wire, make_write, buffer, got, 0, params->cancel);
        left -= got;
    }
    free(buffer);
    return hr;
}

/* The head as winhttp has kept it, through the strict reader. */
static HRESULT read_head(struct shim_request *request, const WCHAR *method)
{
    DWORD size = 0, i;
    char *text, name[8];
    size_t used;
    HRESULT hr;

    pWinHttpQueryHeaders(request->wire->request, WINHTTP_QUERY_RAW_HEADERS_CRLF, NULL, NULL, &size, NULL);
    if (!(request->raw_headers = calloc(1, size + sizeof(WCHAR))) || !(text = malloc(size / sizeof(WCHAR) + 1))) return E_OUTOFMEMORY;
    if (!pWinHttpQueryHeaders(request->wire->request, WINHTTP_QUERY_RAW_HEADERS_CRLF, NULL, request->raw_headers, &size, NULL))
    {
        free(text);
        return last_error();
    }
    for (i = 0; request->raw_headers[i]; i++) text[i] = (char)request->raw_headers[i];
    size = i;
    for (i = 0; i < sizeof(name) - 1 && method[i]; i++) name[i] = method[i] & 0x7f;
    name[i] = 0;
    http1_reader_free(&request->reader);
    http1_reader_init(&request->reader, name);
    hr = http1_read_head(&request->reader, text, size, &used);
    free(text);
    if (hr == S_OK) return S_OK;
    return hr == BG_E_INSUFFICIENT_HTTP_SUPPORT ? hr : HRESULT_FROM_WIN32(ERROR_WINHTTP_INVALID_SERVER_RESPONSE); /* WINE.HTTP.28 */
}

/* S_OK: the job has an entry for the challenge, send again. */
static HRESULT answer(struct shim_session *session, struct wire *wire, UINT32 status)
{
    static const DWORD schemes[] = { 0, WINHTTP_AUTH_SCHEME_BASIC, WINHTTP_AUTH_SCHEME_DIGEST, WINHTTP_AUTH_SCHEME_NTLM,
                                     WINHTTP_AUTH_SCHEME_NEGOTIATE };
    static const UINT32 order[] = { 4, 3, 2, 1 };
    DWORD supported, first, target;
    ULONG i, j;

    if (!pWinHttpQueryAuthSchemes(wire->request, &supported, &first, &target)) return S_FALSE;
    for (i = 0; i < ARRAY_SIZE(order); i++)
    {
        if (!(supported & schemes[order[i]])) continue;
        for (j = 0; j < session->credential_count; j++)
        {
            const struct shim_credential *credential = &session->credentials[j];

            if (credential->scheme != order[i] || credential->target != (status == 407 ? 2 : 1) || !credential->user) continue;
            if (pWinHttpSetCredentials(wire->request, target, schemes[order[i]], credential->user,
                                       credential->password ? credential->password : L"", NULL)) return S_OK;
        }
    }
    return S_FALSE;
}

static HRESULT validate(struct shim_session *session, struct wire *wire, const struct url *url, struct shim_error *error)
{
    const CERT_CONTEXT *cert = NULL;
    DWORD size = sizeof(cert);
    HRESULT hr;

    if (!session->validate_cert || !pWinHttpQueryOption(wire->request, WINHTTP_OPTION_SERVER_CERT_CONTEXT, &cert, &size)) return S_OK;
    hr = session->validate_cert(session->validate_ctx, url->host, url->port, cert); /* after the request has gone out (WINE.HTTP.21) */
    CertFreeCertificateContext(cert);
    if (FAILED(hr))
    {
        fail(error, hr, 0);
        error->context = SHIM_CONTEXT_SERVER_CERTIFICATE_CALLBACK;
    }
    return hr;
}

static HRESULT send_over_hop(struct shim_session *session, struct shim_request *request, const struct shim_request_params *params,
                             const struct url *url, const struct shim_hop *hop, BOOL *unreachable, struct shim_error *error)
{
    UINT32 rounds, reply_timeout = params->reply_timeout ? params->reply_timeout : params->io_timeout;
    UINT64 length = params->body ? params->body->length : 0;
    BOOL source_failed = FALSE;
    HRESULT hr, sent;

    *unreachable = FALSE;
    if (FAILED(hr = open_wire(session, params, url, hop, &request->wire)) || FAILED(hr = add_headers(request->wire, params)))
        return fail(error, hr, 0);
    for (rounds = 0;; rounds++)
    {
        hr = call_simply(request->wire, make_send, NULL, 0, (DWORD)min(length, ~0u), params->cancel);
        if (FAILED(hr))
        {
            fail(error, hr, 0);
            *unreachable = hr == HRESULT_FROM_WIN32(ERROR_WINHTTP_CANNOT_CONNECT) || hr == HRESULT_FROM_WIN32(ERROR_WINHTTP_NAME_NOT_RESOLVED)
                    || hr == HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT);
            if (*unreachable && hop->proxy_host) error->context = SHIM_CONTEXT_GENERAL_TRANSPORT;
            error->unreached = *unreachable || (hr != E_ABORT && url->scheme == URL_HTTPS); /* the handshake is part of it */
            return hr;
        }
        if (params->connected && !rounds) params->connected(params->connected_ctx);
        if (url->scheme == URL_HTTPS && FAILED(hr = validate(session, request->wire, url, error))) return hr;
        hr = sent = send_body(request->wire, params, &source_failed);
        if (FAILED(hr) && (source_failed || hr != HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR)))
        {
            fail(error, hr, 0);
            if (source_failed) error->context = SHIM_CONTEXT_LOCAL_FILE;
            return hr;
        }
        /* one that takes no more may have said why */
        set_number(request->wire->request, WINHTTP_OPTION_RECEIVE_TIMEOUT, reply_timeout);
        if (FAILED(hr = call_simply(request->wire, make_receive, NULL, 0, 0, params->cancel)))
            return fail(error, FAILED(sent) && hr != E_ABORT ? sent : hr, 0);
        set_number(request->wire->request, WINHTTP_OPTION_RECEIVE_TIMEOUT, params->io_timeout);
        free(request->raw_headers);
        request->raw_headers = NULL;
        if (FAILED(hr = read_head(request, params->method))) return fail(error, hr, 0);
        if ((request->reader.status != 401 || params->foreign) && request->reader.status != 407) return S_OK;
        if (rounds == AUTH_ROUNDS || answer(session, request->wire, request->reader.status) != S_OK) return S_OK;
        if (!length) continue;
        if (!params->body->rewind) return S_OK;
        if (FAILED(hr = params->body->rewind(params->body->ctx)))
        {
            fail(error, hr, 0);
            error->context = SHIM_CONTEXT_LOCAL_FILE;
            return hr;
        }
    }
}

static void free_request(struct shim_request *request)
{
    if (request->wire) wire_release(request->wire);
    http1_reader_free(&request->reader);
    free(request->raw_headers);
    free(request);
}

HRESULT shim_send(struct shim_session *session, const struct shim_request_params *params,
                  struct shim_request **ret, struct shim_reply *reply, struct shim_error *error)
{
    struct shim_request *request;
    BOOL unreachable = TRUE;
    struct url url;
    ULONG i, hop = 0;
    HRESULT hr = E_FAIL;

    *ret = NULL;
    memset(reply, 0, sizeof(*reply));
    memset(error, 0, sizeof(*error));
    if (!params->hop_count) return fail(error, E_INVALIDARG, 0);
    if (FAILED(url_split(params->url, &url))) return fail(error, HRESULT_FROM_WIN32(ERROR_WINHTTP_INVALID_URL), 0);
    if (url.scheme != URL_HTTP && url.scheme != URL_HTTPS)
    {
        url_free(&url);
        return fail(error, HRESULT_FROM_WIN32(ERROR_WINHTTP_UNRECOGNIZED_SCHEME), 0);
    }
    if (!(request = calloc(1, sizeof(*request))))
    {
        url_free(&url);
        return fail(error, E_OUTOFMEMORY, 0);
    }
    request->cancel = params->cancel;
    request->io_timeout = params->io_timeout;
    http1_reader_init(&request->reader, "GET");
    for (i = 0; i < params->hop_count && unreachable; i++)
    {
        hop = (params->first_hop % params->hop_count + i) % params->hop_count;
        if (request->wire) wire_release(request->wire);
        request->wire = NULL;
        hr = send_over_hop(session, request, params, &url, &params->hops[hop], &unreachable, error);
        if (SUCCEEDED(hr)) break;
    }
    url_free(&url);
    if (FAILED(hr))
    {
        free_request(request);
        return hr;
    }
    reply->status = request->reader.status;
    reply->headers = &request->reader.headers;
    reply->raw_headers = request->raw_headers;
    reply->length = request->reader.length;
    reply->http10 = !request->reader.minor;
    reply->hop = hop;
    memset(error, 0, sizeof(*error));
    *ret = request;
    return S_OK;
}

/* winhttp takes the framing off; how much there should be is counted here (WINE.HTTP.25). */
static HRESULT read_body(struct shim_request *request, void *buffer, UINT32 size, UINT32 *got)
{
    struct http1_reader *reader = &request->reader;
    struct call *call;
    HRESULT hr;

    if (request->ended || reader->framing == HTTP1_NO_BODY) return S_FALSE;
    if (reader->framing == HTTP1_LENGTH) size = (UINT32)min(size, reader->length - request->received);
    if (!size)
    {
        request->ended = TRUE;
        return S_FALSE;
    }
    if (FAILED(hr = make_call(request->wire, make_read, NULL, min(size, READ_SIZE), 0, request->cancel, &call))) return hr;
    if (SUCCEEDED(hr = map_error(call->error)))
    {
        memcpy(buffer, call->buffer, call->got);
        *got = call->got;
        request->received += call->got;
        if (!call->got)
        {
            request->ended = TRUE;
            hr = reader->framing == HTTP1_LENGTH ? HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) : S_FALSE;
        }
    }
    call_destroy(call);
    return hr;
}

HRESULT shim_read(struct shim_request *request, void *buffer, UINT32 size, UINT32 *got, struct shim_error *error)
{
    HRESULT hr;

    *got = 0;
    memset(error, 0, sizeof(*error));
    if (!size) return fail(error, E_INVALIDARG, 0);
    if (SUCCEEDED(request->failure.hr))
    {
        hr = read_body(request, buffer, size, got);
        if (SUCCEEDED(hr)) return hr;
        fail(&request->failure, hr, 0);
    }
    *error = request->failure;
    return error->hr;
}

/* WinHttpQueryDataAvailable would wait. */
BOOL shim_is_there(const struct shim_request *request)
{
    return FALSE;
}

void shim_close(struct shim_request *request)
{
    if (request) free_request(request);
}

#endif /* BITS_TRANSPORT_WINHTTP */
