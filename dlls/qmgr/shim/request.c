/*
 * The life of a request: connection, head, body, end
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

#include "shim/auth.h"
#include "shim/net.h"
#include "shim/pool.h"
#include "shim/shim.h"
#include "shim/tls.h"
#include "core/http1.h"

#define USER_AGENT       L"Microsoft BITS/7.8"   /* [BEH.HTTP.12] */
#define SEND_SIZE        65536                   /* octets of a body handed to the system at once */
#define DRAIN_MAX        65536                   /* octets of an unread body that are read away rather than closing */
#define DRAIN_TIMEOUT    50                      /* ms without a byte meanwhile */
#define AUTH_DRAIN_MAX   1048576                 /* octets of a challenge's body that are read away */
#define AUTH_ROUNDS      10                      /* challenges answered for one request */
#define HEAD_TIMEOUTS    4                       /* a head may take this many times io_timeout altogether */
#define AHEAD_TIMEOUT    5000                    /* ms for the reply to a request sent ahead, before it is sent in its turn */

struct shim_session
{
    /* fixed */
    UINT64 id;
    UINT32 tls_flags;
    BOOL has_client_cert;
    BYTE client_cert_hash[20];
    DWORD client_cert_location;
    WCHAR *client_cert_store;
    HRESULT (*validate_cert)(void *ctx, const WCHAR *host, UINT16 port, const void *cert_context);
    void *validate_ctx;
    struct auth *auth;
    LONG refs;
    LONG released;          /* its connections are not kept any more */
    LONG in_turn;           /* nothing is sent ahead any more */
    CRITICAL_SECTION cs;
    /* guarded by cs */
    struct tls_cred *cred;
};

/* Where a request goes, taken apart. */
struct target
{
    struct url url;
    WCHAR *host;            /* ASCII form of url.host */
};

struct shim_request
{
    struct shim_session *session;
    struct conn *conn;
    struct http1_reader reader;
    WCHAR *raw_headers;
    HANDLE cancel;          /* the caller's */
    UINT32 io_timeout;
    UINT64 max_body;
    UINT64 received;        /* octets of the body handed out */
    BOOL head_request;
    BOOL ended;             /* the body was read to its proper end, the end looked at */
    struct shim_error failure; /* sticky */
};

static LONG64 last_session;

static HRESULT fail(struct shim_error *error, HRESULT hr, DWORD detail)
{
    error->hr = hr;
    error->context = SHIM_CONTEXT_REMOTE_FILE;
    error->detail = detail;
    return hr;
}

/* What the strict reader refuses is for BITS a reply that the HTTP layer could not parse [ERR.0x80072F78]. */
static HRESULT map_parse_error(HRESULT hr)
{
    return hr == BG_E_INVALID_SERVER_RESPONSE ? HRESULT_FROM_WIN32(ERROR_WINHTTP_INVALID_SERVER_RESPONSE) : hr;
}

HRESULT shim_init(void)
{
    HRESULT hr;

    if (FAILED(hr = net_init())) return hr;
    if (FAILED(hr = pool_init())) net_shutdown();
    return hr;
}

void shim_shutdown(void)
{
    pool_shutdown();
    net_shutdown();
}

static void session_deref(struct shim_session *session)
{
    if (InterlockedDecrement(&session->refs)) return;
    pool_purge(session->id); /* before the credentials that its connections use */
    tls_cred_free(session->cred);
    auth_free(session->auth);
    DeleteCriticalSection(&session->cs);
    free(session->client_cert_store);
    free(session);
}

HRESULT shim_session_create(const struct shim_session_params *params, struct shim_session **ret)
{
    struct shim_session *session;
    HRESULT hr;

    *ret = NULL;
    if (!(session = calloc(1, sizeof(*session)))) return E_OUTOFMEMORY;
    if (FAILED(hr = auth_create(params, &session->auth)))
    {
        free(session);
        return hr;
    }
    session->id = InterlockedIncrement64(&last_session);
    session->refs = 1;
    session->tls_flags = params->tls_flags;
    if (params->client_cert_hash)
    {
        session->has_client_cert = TRUE;
        memcpy(session->client_cert_hash, params->client_cert_hash, sizeof(session->client_cert_hash));
        session->client_cert_location = params->client_cert_location;
        if (!(session->client_cert_store = _wcsdup(params->client_cert_store ? params->client_cert_store : L"MY")))
        {
            auth_free(session->auth);
            free(session);
            return E_OUTOFMEMORY;
        }
    }
    session->validate_cert = params->validate_cert;
    session->validate_ctx = params->validate_ctx;
    InitializeCriticalSection(&session->cs);
    *ret = session;
    return S_OK;
}

void shim_session_release(struct shim_session *session)
{
    if (!session) return;
    InterlockedExchange(&session->released, TRUE);
    pool_purge(session->id);
    session_deref(session);
}

static HRESULT session_cred(struct shim_session *session, struct tls_cred **cred)
{
    HRESULT hr = S_OK;

    EnterCriticalSection(&session->cs);
    if (!session->cred)
        hr = tls_cred_create(session->has_client_cert ? session->client_cert_hash : NULL, session->client_cert_location,
                             session->client_cert_store, &session->cred);
    *cred = session->cred;
    LeaveCriticalSection(&session->cs);
    return hr;
}

/* Keeps or closes the connection of a request that is over. */
static void put_conn(struct shim_session *session, struct conn *conn, BOOL keep)
{
    if (keep && !session->released) pool_put(conn);
    else conn_close(conn);
    if (session->released) pool_purge(session->id); /* released in between */
}

static HRESULT conn_send(struct conn *conn, const void *data, UINT32 size, HANDLE cancel, UINT32 timeout)
{
    if (conn->tls) return tls_send(conn->tls, data, size, cancel, timeout);
    return net_send(conn->net, data, size, cancel, timeout);
}

/* What was received before comes first.  A plain connection may put what is beyond `size` into the connection's buffer, if spill is set. */
static HRESULT conn_recv(struct conn *conn, void *buffer, UINT32 size, BOOL spill, UINT32 *got, HANDLE cancel, UINT32 timeout)
{
    HRESULT hr;

    if (conn->pos < conn->len)
    {
        *got = min(size, conn->len - conn->pos);
        memcpy(buffer, conn->buffer + conn->pos, *got);
        conn->pos += *got;
        return S_OK;
    }
    conn->pos = conn->len = 0;
    if (conn->tls) return tls_recv(conn->tls, buffer, size, got, cancel, timeout);
    hr = net_recv(conn->net, buffer, size, spill ? conn->buffer : NULL, spill ? sizeof(conn->buffer) : 0, got, cancel, timeout);
    if (hr == S_OK && *got > size)
    {
        conn->len = *got - size;
        *got = size;
    }
    return hr;
}

static BOOL conn_is_idle(struct conn *conn)
{
    if (conn->pos < conn->len) return FALSE;
    return conn->tls ? tls_is_idle(conn->tls) : net_is_idle(conn->net);
}

/*
 * Receives once and feeds the reader with it.  S_OK: the head is complete; S_FALSE: more is needed; failures otherwise.  *any is set as soon as
 * a byte of the reply has come.
 */
static HRESULT read_head_step(struct conn *conn, struct http1_reader *reader, BOOL *any, HANDLE cancel, UINT32 timeout)
{
    size_t used;
    UINT32 got;
    HRESULT hr;

    if (conn->pos == conn->len)
    {
        conn->pos = conn->len = 0;
        if (conn->tls) hr = tls_recv(conn->tls, conn->buffer, sizeof(conn->buffer), &got, cancel, timeout);
        else hr = net_recv(conn->net, conn->buffer, sizeof(conn->buffer), NULL, 0, &got, cancel, timeout);
        if (hr == S_FALSE) return HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR);
        if (FAILED(hr)) return hr;
        conn->len = got;
        *any = TRUE;
    }
    hr = http1_read_head(reader, conn->buffer + conn->pos, conn->len - conn->pos, &used);
    conn->pos += used;
    return FAILED(hr) ? map_parse_error(hr) : hr;
}

static HRESULT read_head(struct conn *conn, struct http1_reader *reader, BOOL *any, HANDLE cancel, UINT32 timeout)
{
    ULONGLONG deadline = GetTickCount64() + (ULONGLONG)timeout * HEAD_TIMEOUTS;
    HRESULT hr;

    while ((hr = read_head_step(conn, reader, any, cancel, timeout)) == S_FALSE)
        if (GetTickCount64() > deadline) return HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT); /* a byte now and then is no answer */
    return hr;
}

static void target_free(struct target *target)
{
    url_free(&target->url);
    free(target->host);
}

static HRESULT target_parse(const WCHAR *url, struct target *target)
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
static HRESULT make_authority(const struct target *target, BOOL with_port, WCHAR **authority)
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
static HRESULT write_auth(struct http1_writer *writer, struct auth_exchange *exchange, const struct shim_request_params *params,
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
static HRESULT write_head(struct http1_writer *writer, const struct shim_request_params *params, const struct target *target,
                          BOOL absolute, BOOL with_body, struct auth_exchange *server, struct auth_exchange *proxy)
{
    WCHAR *authority = NULL, *line = NULL, length[21];
    HRESULT hr;

    if (FAILED(hr = make_authority(target, FALSE, &authority))) return hr;
    if (absolute && FAILED(hr = make_absolute(authority, target->url.path, &line)))
    {
        free(authority);
        return hr;
    }
    http1_write_request_line(writer, params->method, line ? line : target->url.path);
    hr = write_auth(writer, server, params, params->method, target->url.path, "Authorization"); /* what a proxy makes of the line */
    if (SUCCEEDED(hr) && absolute) hr = write_auth(writer, proxy, params, params->method, line, "Proxy-Authorization");
    write_default(writer, params, "Connection", L"Keep-Alive");
    if (absolute) write_default(writer, params, "Proxy-Connection", L"Keep-Alive");
    write_default(writer, params, "Accept", L"*/*");
    write_default(writer, params, "Accept-Encoding", L"identity");
    write_default(writer, params, "User-Agent", USER_AGENT);
    write_default(writer, params, "Host", authority);
    if (params->body || (wcscmp(params->method, L"GET") && wcscmp(params->method, L"HEAD")))
    {
        uint64_to_text(params->body && with_body ? params->body->length : 0, length);
        http1_write_field(writer, "Content-Length", length);
    }
    if (params->headers) http1_write_lines(writer, params->headers);
    if (params->custom_headers) http1_write_lines(writer, params->custom_headers);
    http1_write_end(writer);
    free(authority);
    free(line);
    return FAILED(hr) ? hr : writer->hr;
}

/*
 * Sends head and body.  A server may answer before it has everything, and even stop reading: what it says is looked at between the pieces, and
 * once more after a failure to send.  S_OK: go on to read the head (it may be there already).
 */
static HRESULT send_request(struct conn *conn, const struct http1_writer *writer, const struct shim_body *body,
                            const struct shim_request_params *params, struct http1_reader *reader, BOOL *any, BOOL *body_begun,
                            BOOL *cut)
{
    UINT64 left = body ? body->length : 0;
    UINT32 len = 0, got;
    HRESULT hr = S_OK;
    char *buffer;

    *cut = FALSE;
    if (!left) return conn_send(conn, writer->data, writer->len, params->cancel, params->io_timeout);

    if (!(buffer = malloc(SEND_SIZE))) return E_OUTOFMEMORY;
    if (writer->len <= SEND_SIZE / 2)
    {
        /* head and beginning of the body in one packet */
        memcpy(buffer, writer->data, writer->len);
        len = writer->len;
    }
    else hr = conn_send(conn, writer->data, writer->len, params->cancel, params->io_timeout);

    while (SUCCEEDED(hr) && (left || len))
    {
        while (left && len < SEND_SIZE)
        {
            *body_begun = TRUE;
            hr = body->read(body->ctx, buffer + len, (UINT32)min(left, SEND_SIZE - len), &got);
            if (SUCCEEDED(hr) && (!got || got > left)) hr = HRESULT_FROM_WIN32(ERROR_HANDLE_EOF);
            if (FAILED(hr))
            {
                free(buffer);
                return hr;
            }
            left -= got;
            len += got;
        }
        if (FAILED(hr = conn_send(conn, buffer, len, params->cancel, params->io_timeout))) break;
        len = 0;
        if (left && !conn_is_idle(conn))
        {
            hr = read_head_step(conn, reader, any, params->cancel, params->io_timeout);
            if (hr != S_FALSE) break; /* the final reply, or none to come; interim ones are skipped */
        }
    }
    free(buffer);

    if (SUCCEEDED(hr)) *cut = left != 0;
    else if (hr != E_ABORT && reader->state == HTTP1_HEAD)
    {
        HRESULT reply = read_head(conn, reader, any, params->cancel, min(params->io_timeout, 5000));

        if (reply == S_OK)
        {
            *cut = TRUE;
            hr = S_OK;
        }
        else if (reply == E_ABORT) hr = reply;
    }
    return hr;
}

/* May this request be sent again when nobody knows whether the first one has arrived? */
static BOOL is_repeatable(const WCHAR *method)
{
    static const WCHAR *const methods[] = { L"GET", L"HEAD", L"OPTIONS", L"PUT", L"BITS_POST" }; /* [BUP]: offsets make it so */
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(methods); i++)
        if (!wcscmp(method, methods[i])) return TRUE;
    return FALSE;
}

/* The reply is complete.  Is there more than there should be?  A stray line end is forgiven, as is a body where none belongs. */
static HRESULT check_end(struct shim_request *request, BOOL extra)
{
    struct conn *conn = request->conn;
    UINT32 i;

    request->ended = TRUE;
    if (conn->ahead && !extra) return S_OK;     /* what follows is the next reply */
    if (conn->tls && tls_has_more(conn->tls))
    {
        UINT32 got;

        conn->pos = conn->len = 0;
        if (tls_recv(conn->tls, conn->buffer, sizeof(conn->buffer), &got, NULL, 0) == S_OK) conn->len = got;
    }
    if (!extra && conn->pos == conn->len) return S_OK;
    request->reader.keep_alive = FALSE;
    if (request->head_request || request->reader.status < 200 || request->reader.status == 204 || request->reader.status == 304)
        return S_OK;
    if (!extra && conn->len - conn->pos <= 2)
    {
        for (i = conn->pos; i < conn->len; i++)
            if (conn->buffer[i] != '\r' && conn->buffer[i] != '\n') break;
        if (i == conn->len) return S_OK;
    }
    return BG_E_INVALID_SERVER_RESPONSE; /* [BEH.HTTP.36] */
}

/* Takes the framing off in place. *out is what remains of the body at the start of buffer. */
static HRESULT decode(struct shim_request *request, char *buffer, UINT32 len, UINT32 *out, BOOL *extra)
{
    UINT32 pos = 0;
    HRESULT hr;

    *out = 0;
    *extra = FALSE;
    while (pos < len && request->reader.state == HTTP1_BODY)
    {
        size_t used, body_len;
        const char *body;

        hr = http1_read_body(&request->reader, buffer + pos, len - pos, &used, &body, &body_len);
        if (body_len && body != buffer + *out) memmove(buffer + *out, body, body_len);
        *out += body_len;
        pos += used;
        if (FAILED(hr)) return map_parse_error(hr);
    }
    if (pos < len && request->conn->ahead && request->conn->pos == request->conn->len && len - pos <= CONN_BUFFER_SIZE)
    {
        request->conn->pos = 0;
        request->conn->len = len - pos;
        memcpy(request->conn->buffer, buffer + pos, len - pos);
        return S_OK;
    }
    for (; pos < len && !*extra; pos++)
        if (buffer[pos] != '\r' && buffer[pos] != '\n') *extra = TRUE;
    if (pos < len) request->reader.keep_alive = FALSE;
    return S_OK;
}

static HRESULT read_body(struct shim_request *request, void *buffer, UINT32 size, UINT32 *got, UINT32 timeout)
{
    struct http1_reader *reader = &request->reader;
    struct conn *conn = request->conn;
    HRESULT hr;

    *got = 0;
    while (reader->state == HTTP1_BODY)
    {
        BOOL last = FALSE, extra = FALSE;
        UINT32 want = size, len;

        if (reader->framing == HTTP1_LENGTH && reader->length - request->received <= size)
        {
            want = (UINT32)(reader->length - request->received);
            last = TRUE; /* one octet beyond the end must not go unnoticed */
        }
        hr = conn_recv(conn, buffer, want, last, &len, request->cancel, timeout);
        if (FAILED(hr)) return hr;
        if (hr == S_FALSE)
        {
            if (FAILED(http1_read_close(reader))) return HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR);
            break;
        }
        hr = decode(request, buffer, len, got, &extra);
        request->received += *got;
        if (FAILED(hr)) fail(&request->failure, hr, 0);
        else if (reader->state == HTTP1_DONE && FAILED(hr = check_end(request, extra))) fail(&request->failure, hr, 0);
        if (*got) return S_OK;
        if (FAILED(hr)) return hr;
    }
    if (!request->ended && FAILED(hr = check_end(request, FALSE))) return hr;
    return S_FALSE;
}

/* Reads away what is left of a body, if that is little and quick, so that the connection can be kept. */
static BOOL drain(struct shim_request *request, UINT64 limit, UINT32 timeout)
{
    struct http1_reader *reader = &request->reader;
    UINT32 got;
    char *buffer;
    HRESULT hr;

    if (FAILED(request->failure.hr) || !reader->keep_alive) return FALSE;
    if (reader->state == HTTP1_DONE) return check_end(request, FALSE) == S_OK && reader->keep_alive;
    if (reader->framing == HTTP1_LENGTH && reader->length - request->received > limit) return FALSE;
    if (!(buffer = malloc(CONN_BUFFER_SIZE))) return FALSE;
    limit += request->received;
    while ((hr = read_body(request, buffer, CONN_BUFFER_SIZE, &got, timeout)) == S_OK && request->received <= limit) ;
    free(buffer);
    return hr == S_FALSE && reader->keep_alive;
}

/*
 * Asks the proxy for a tunnel, and answers it when it wants to know who asks.  It sees the name of the origin and nothing else of the
 * request [WINE.HTTP.6].  S_FALSE: it has closed the connection after a challenge, ask again on a new one.
 */
static HRESULT open_tunnel(struct conn *conn, const struct shim_request_params *params, const struct target *target,
                           struct auth_exchange *exchange, UINT32 *rounds, struct shim_error *error)
{
    struct shim_request tunnel = {0};
    struct http1_writer writer;
    WCHAR *authority;
    BOOL any = FALSE, drained;
    HRESULT hr;

    if (FAILED(hr = make_authority(target, TRUE, &authority))) return fail(error, hr, 0);
    tunnel.conn = conn;
    tunnel.cancel = params->cancel;
    http1_writer_init(&writer);
    http1_reader_init(&tunnel.reader, "CONNECT");
    for (;;)
    {
        http1_write_request_line(&writer, L"CONNECT", authority);
        hr = write_auth(&writer, exchange, NULL, L"CONNECT", authority, "Proxy-Authorization");
        http1_write_field(&writer, "Host", authority);
        http1_write_field(&writer, "User-Agent", USER_AGENT);
        http1_write_field(&writer, "Proxy-Connection", L"Keep-Alive");
        http1_write_end(&writer);
        if (SUCCEEDED(hr)) hr = writer.hr;
        if (SUCCEEDED(hr)) hr = conn_send(conn, writer.data, writer.len, params->cancel, params->io_timeout);
        if (SUCCEEDED(hr)) hr = read_head(conn, &tunnel.reader, &any, params->cancel, params->io_timeout);
        http1_writer_free(&writer);
        if (FAILED(hr))
        {
            fail(error, hr, 0);
            error->context = SHIM_CONTEXT_GENERAL_TRANSPORT;
            break;
        }
        if (tunnel.reader.status / 100 == 2)
        {
            hr = S_OK;
            if (conn->pos == conn->len) break;
            /* it cannot have heard from the server yet, the client speaks first */
            hr = fail(error, HRESULT_FROM_WIN32(ERROR_WINHTTP_INVALID_SERVER_RESPONSE), 0);
            error->context = SHIM_CONTEXT_GENERAL_TRANSPORT;
            break;
        }
        hr = S_FALSE;
        if (tunnel.reader.status == 407 && ++*rounds <= AUTH_ROUNDS)
            hr = auth_challenged(exchange, &tunnel.reader.headers, tunnel.reader.keep_alive, params->cancel, params->io_timeout);
        if (FAILED(hr))
        {
            fail(error, hr, 0);
            break;
        }
        if (hr == S_FALSE)
        {
            /* whatever it is, it does not come from the origin: no redirect to follow, no body to keep */
            hr = fail(error, MAKE_HRESULT(SEVERITY_ERROR, FACILITY_HTTP, tunnel.reader.status), exchange->detail);
            break;
        }
        drained = drain(&tunnel, AUTH_DRAIN_MAX, params->io_timeout);
        http1_reader_free(&tunnel.reader);
        http1_reader_init(&tunnel.reader, "CONNECT");
        tunnel.received = 0;
        tunnel.ended = FALSE;
        if (drained) continue;
        hr = S_FALSE;
        if (auth_is_bound(exchange))
        {
            hr = fail(error, HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR), 0);
            error->context = SHIM_CONTEXT_GENERAL_TRANSPORT;
        }
        break;
    }
    http1_reader_free(&tunnel.reader);
    free(authority);
    return hr;
}

/* A new connection to a hop, with the tunnel if there must be one. */
static HRESULT connect_hop(struct shim_session *session, struct conn *conn, const struct shim_request_params *params,
                           const struct target *target, const struct shim_hop *hop, BOOL *unreachable, struct shim_error *error)
{
    struct auth_exchange exchange;
    UINT32 rounds = 0;
    DWORD detail;
    HRESULT hr;

    *unreachable = FALSE;
    if (!hop->proxy_host)
    {
        hr = net_connect(target->host, target->url.port, params->cancel, params->connect_timeout, &conn->net, &detail);
        if (FAILED(hr))
        {
            *unreachable = hr != E_ABORT;
            fail(error, hr, detail);
        }
        return hr;
    }

    auth_begin(&exchange, session->auth, AUTH_PROXY, hop->proxy_host, hop->proxy_port, FALSE, NULL, NULL);
    do
    {
        net_close(conn->net);
        conn->net = NULL;
        conn->pos = conn->len = 0;
        hr = net_connect(hop->proxy_host, hop->proxy_port, params->cancel, params->connect_timeout, &conn->net, &detail);
        if (FAILED(hr))
        {
            fail(error, hr, detail);
            error->context = SHIM_CONTEXT_GENERAL_TRANSPORT;
        }
        else if (target->url.scheme == URL_HTTPS) hr = open_tunnel(conn, params, target, &exchange, &rounds, error);
    } while (hr == S_FALSE);
    if (target->url.scheme == URL_HTTPS) auth_end(&exchange, SUCCEEDED(hr));
    *unreachable = FAILED(hr) && hr != E_ABORT && error->context == SHIM_CONTEXT_GENERAL_TRANSPORT;
    return hr;
}

/* A connection for the request over one hop: a kept one if allowed, or a new one with tunnel and handshake. */
static HRESULT get_conn(struct shim_session *session, const struct shim_request_params *params, const struct target *target,
                        const struct shim_hop *hop, BOOL fresh, BOOL *unreachable, struct conn **ret, struct shim_error *error)
{
    struct tls_cred *cred = NULL;
    struct conn_key key;
    struct conn *conn;
    HRESULT hr;

    *ret = NULL;
    *unreachable = FALSE;
    memset(&key, 0, sizeof(key));
    key.session = session->id;
    key.secure = target->url.scheme == URL_HTTPS;
    key.host = target->host;
    key.port = target->url.port;
    key.proxy_host = (WCHAR *)hop->proxy_host;
    key.proxy_port = hop->proxy_host ? hop->proxy_port : 0;
    if (!fresh && (*ret = pool_take(&key, params->body && !params->body->rewind))) return S_OK;

    if (key.secure && FAILED(hr = session_cred(session, &cred))) return fail(error, hr, 0);
    if (FAILED(hr = conn_create(&key, &conn))) return fail(error, hr, 0);
    hr = connect_hop(session, conn, params, target, hop, unreachable, error);
    if (SUCCEEDED(hr) && key.secure)
    {
        struct tls_params tls_params =
        {
            cred, target->host, target->url.port, session->tls_flags, session->validate_cert, session->validate_ctx,
            params->cancel, params->io_timeout
        };

        hr = tls_connect(conn->net, &tls_params, &conn->tls, error);
    }
    if (FAILED(hr))
    {
        conn_close(conn);
        return hr;
    }
    *ret = conn;
    return S_OK;
}

/* Can the body be sent once more? */
static BOOL rewind_body(const struct shim_request_params *params, BOOL *begun)
{
    if (!*begun) return TRUE;
    if (!params->body->rewind || FAILED(params->body->rewind(params->body->ctx))) return FALSE;
    *begun = FALSE;
    return TRUE;
}

/* Puts the request that comes next behind the one in the writer, if it can go over the same connection.  It is no matter if it cannot. */
static void write_ahead(struct http1_writer *writer, const struct shim_request_params *params, const struct target *target, struct conn *conn)
{
    struct shim_request_params next = *params;
    struct auth_exchange none = {0};
    struct http1_writer head;
    struct target origin;
    char *copy;

    if (FAILED(target_parse(params->ahead_url, &origin))) return;
    next.method = L"HEAD";
    next.headers = params->ahead_headers;
    next.body = NULL;
    http1_writer_init(&head);
    if (origin.url.scheme == target->url.scheme && origin.url.port == target->url.port && !wcscmp(origin.host, target->host)
        && !origin.url.user && SUCCEEDED(write_head(&head, &next, &origin, FALSE, FALSE, &none, &none)) && (copy = malloc(head.len)))
    {
        memcpy(copy, head.data, head.len);
        http1_write_behind(writer, &head);
        conn->ahead = copy;
        conn->ahead_len = head.len;
    }
    http1_writer_free(&head);
    target_free(&origin);
}

/* Has exactly this request been sent over the connection already?  If another one has, its reply will come: FALSE, and *conn is NULL. */
static BOOL take_ahead(struct conn **conn, const struct http1_writer *writer)
{
    char *ahead = (*conn)->ahead;
    BOOL same;

    if (!ahead) return FALSE;
    same = (*conn)->ahead_len == writer->len && !memcmp(ahead, writer->data, writer->len);
    free(ahead);
    (*conn)->ahead = NULL;
    if (!same)
    {
        conn_close(*conn);
        *conn = NULL;
    }
    return same;
}

/*
 * One request over one hop: sent again on a fresh connection if a kept one was dead, and with an answer as long as there is one for
 * the challenge that came back.
 */
static HRESULT send_over_hop(struct shim_request *request, const struct shim_request_params *params, const struct target *target,
                             const struct shim_hop *hop, BOOL *unreachable, BOOL *connected, DWORD *auth_detail,
                             struct shim_error *error)
{
    BOOL absolute = hop->proxy_host && target->url.scheme == URL_HTTP;
    BOOL fresh = !is_repeatable(params->method), body_begun = FALSE, bound = FALSE, preliminary, cut, any, sent;
    struct auth_exchange server = {0}, proxy = {0}, *exchange;
    struct http1_reader *reader = &request->reader;
    struct http1_writer writer;
    char method[8]; /* enough for the methods that the reader must know */
    UINT32 rounds = 0, i;
    HRESULT hr;

    for (i = 0; i < sizeof(method) - 1 && params->method[i]; i++) method[i] = params->method[i] & 0x7f;
    method[i] = 0;
    if (!params->foreign)
        auth_begin(&server, request->session->auth, AUTH_SERVER, target->host, target->url.port, target->url.scheme == URL_HTTPS,
                   target->url.user, target->url.password);
    if (absolute)
        auth_begin(&proxy, request->session->auth, AUTH_PROXY, hop->proxy_host, hop->proxy_port, FALSE, NULL, NULL);
    http1_writer_init(&writer);

    for (;;)
    {
        if (!request->conn && FAILED(hr = get_conn(request->session, params, target, hop, fresh, unreachable, &request->conn, error)))
            break;
        if (!*connected && params->connected) params->connected(params->connected_ctx);
        *connected = TRUE;

        preliminary = auth_is_preliminary(&server) || auth_is_preliminary(&proxy);
        http1_writer_free(&writer);
        if (FAILED(hr = write_head(&writer, params, target, absolute, !preliminary, &server, &proxy)))
        {
            fail(error, hr, 0);
            break;
        }
        sent = take_ahead(&request->conn, &writer);
        if (!request->conn) continue;
        if (params->ahead_url && !params->body && request->conn->kept && request->conn->http11 && !request->session->in_turn && !sent
            && !absolute && !params->foreign && !server.scheme && !wcscmp(params->method, L"GET"))
            write_ahead(&writer, params, target, request->conn);

        http1_reader_free(reader);
        http1_reader_init(reader, method);
        request->received = 0;
        request->ended = any = cut = FALSE;
        hr = sent ? S_OK : send_request(request->conn, &writer, preliminary ? NULL : params->body, params, reader, &any, &body_begun, &cut);
        if (SUCCEEDED(hr) && reader->state == HTTP1_HEAD)
            hr = read_head(request->conn, reader, &any, params->cancel, sent ? min(params->io_timeout, AHEAD_TIMEOUT) : params->io_timeout);
        if (sent && hr != E_ABORT && (FAILED(hr) || reader->status >= 400))
        {
            InterlockedExchange(&request->session->in_turn, TRUE);
            conn_close(request->conn);
            request->conn = NULL;
            fresh = TRUE;
            continue;
        }
        if (FAILED(hr))
        {
            fail(error, hr, 0);
            if (hr != HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) || !request->conn->kept || any || fresh || bound
                || !rewind_body(params, &body_begun)) break;
            conn_close(request->conn);
            request->conn = NULL;
            fresh = TRUE;
            continue;
        }
        if (cut) reader->keep_alive = FALSE; /* half a request is still on it */

        exchange = reader->status == 401 ? &server : reader->status == 407 && absolute ? &proxy : NULL;
        if (!exchange || ++rounds > AUTH_ROUNDS || !rewind_body(params, &body_begun)) break;
        hr = auth_challenged(exchange, &reader->headers, reader->keep_alive, params->cancel, params->io_timeout);
        if (hr == S_FALSE) break;
        if (FAILED(hr))
        {
            fail(error, hr, 0);
            break;
        }
        bound = auth_is_bound(exchange);
        if (drain(request, AUTH_DRAIN_MAX, params->io_timeout)) request->conn->kept = TRUE;
        else if (bound)
        {
            hr = fail(error, HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR), 0);
            break;
        }
        else
        {
            conn_close(request->conn);
            request->conn = NULL;
        }
    }

    *auth_detail = server.detail ? server.detail : proxy.detail;
    auth_end(&server, SUCCEEDED(hr) && reader->status != 401);
    auth_end(&proxy, SUCCEEDED(hr) && reader->status != 407);
    http1_writer_free(&writer);
    if (FAILED(hr))
    {
        conn_close(request->conn);
        request->conn = NULL;
        return hr;
    }
    return S_OK;
}

static HRESULT widen(const char *text, WCHAR **wide)
{
    size_t i, len = strlen(text);

    if (!(*wide = malloc((len + 1) * sizeof(WCHAR)))) return E_OUTOFMEMORY;
    for (i = 0; i <= len; i++) (*wide)[i] = (BYTE)text[i];
    return S_OK;
}

static void free_request(struct shim_request *request)
{
    http1_reader_free(&request->reader);
    free(request->raw_headers);
    session_deref(request->session);
    free(request);
}

HRESULT shim_send(struct shim_session *session, const struct shim_request_params *params,
                  struct shim_request **ret, struct shim_reply *reply, struct shim_error *error)
{
    struct shim_request *request;
    struct target target;
    BOOL unreachable, connected = FALSE;
    ULONG i, hop = 0;
    HRESULT hr;

    *ret = NULL;
    memset(reply, 0, sizeof(*reply));
    memset(error, 0, sizeof(*error));
    if (!params->hop_count) return fail(error, E_INVALIDARG, 0);
    if (FAILED(hr = target_parse(params->url, &target))) return fail(error, hr, 0);
    if (!(request = calloc(1, sizeof(*request))))
    {
        target_free(&target);
        return fail(error, E_OUTOFMEMORY, 0);
    }
    InterlockedIncrement(&session->refs);
    request->session = session;
    request->cancel = params->cancel;
    request->io_timeout = params->io_timeout;
    request->max_body = params->max_body;
    request->head_request = !wcscmp(params->method, L"HEAD");
    http1_reader_init(&request->reader, "GET");

    for (i = 0; i < params->hop_count; i++)
    {
        hop = (params->first_hop % params->hop_count + i) % params->hop_count;
        hr = send_over_hop(request, params, &target, &params->hops[hop], &unreachable, &connected, &reply->auth_detail, error);
        if (SUCCEEDED(hr) || !unreachable) break;
    }
    target_free(&target);
    if (SUCCEEDED(hr) && FAILED(hr = widen(request->reader.raw, &request->raw_headers)))
    {
        conn_close(request->conn);
        fail(error, hr, 0);
    }
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

HRESULT shim_read(struct shim_request *request, void *buffer, UINT32 size, UINT32 *got, struct shim_error *error)
{
    HRESULT hr;

    *got = 0;
    memset(error, 0, sizeof(*error));
    if (!size) return fail(error, E_INVALIDARG, 0);
    if (SUCCEEDED(request->failure.hr))
    {
        hr = read_body(request, buffer, size, got, request->io_timeout);
        if (SUCCEEDED(hr)) return hr;
        fail(&request->failure, hr, 0);
    }
    *error = request->failure;
    return error->hr;
}

void shim_close(struct shim_request *request)
{
    BOOL keep;

    if (!request) return;
    request->conn->http11 = request->reader.minor >= 1;
    keep = (request->ended && SUCCEEDED(request->failure.hr)) || drain(request, min(request->max_body, DRAIN_MAX), DRAIN_TIMEOUT);
    put_conn(request->session, request->conn, keep && request->reader.keep_alive);
    free_request(request);
}

#endif /* BITS_TRANSPORT_WINHTTP */
