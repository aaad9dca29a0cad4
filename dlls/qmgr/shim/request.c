/*
 * The life of a request
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
#include "shim/reply.h"
#include "shim/route.h"
#include "shim/session.h"
#include "shim/shim.h"

#define SEND_MIN         65536                   /* octets of a body handed to the system at once, to begin with */
#define SEND_MAX       1048576                   /* and where they go quickly: each time costs some calls to wineserver */
#define SEND_QUICK          50                   /* ms: twice as many may be sent at once */
#define SEND_SLOW         1000                   /* ms: half as many, so that a time-out means that next to nothing moves */
#define HEAR_INTERVAL       16                   /* ms between looks at what the server has to say while pieces go out without a wait */
#define REPLY_TIMEOUT     5000                   /* ms for the reply of a server that has refused to take more */
#define DRAIN_MAX        65536                   /* octets of an unread body that are read away rather than closing */
#define DRAIN_TIMEOUT    50                      /* ms without a byte meanwhile */

struct shim_request
{
    struct shim_session *session;
    struct reply reply;
    WCHAR *raw_headers;
    UINT32 io_timeout;
    UINT64 max_body;
    BOOL shared;            /* it was sent behind another one, or others were sent behind it */
};

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

/* What becomes of a request as it is sent. */
struct sending
{
    struct hearing hearing;
    BOOL body_begun;
    BOOL cut;               /* not all of it went out */
    BOOL source_failed;
};

/* Some octets of the body, at most *size. */
static HRESULT read_source(const struct shim_body *body, BYTE *buffer, UINT32 *size, struct sending *sending)
{
    UINT32 got = 0;
    HRESULT hr;

    sending->body_begun = TRUE;
    hr = body->read(body->ctx, buffer, *size, &got);
    if (SUCCEEDED(hr) && (!got || got > *size)) hr = HRESULT_FROM_WIN32(ERROR_HANDLE_EOF);
    if (FAILED(hr)) sending->source_failed = TRUE;
    *size = got;
    return hr;
}

/* How much goes into the next piece, by the time that this one has taken. */
static void adapt_piece(struct conn *conn, UINT32 size, ULONGLONG took)
{
    if (took > SEND_SLOW) conn->piece = max(size / 2, SEND_MIN);
    else if (took <= SEND_QUICK && size >= conn->piece) conn->piece = min(conn->piece * 2, SEND_MAX);
}

/*
 * Sends head and body.  A server may answer before it has everything, and even stop reading: what it says is heard between the pieces, while one
 * does not go out, and once more after a failure to send.  S_OK: go on to read the head (it may be there already).
 */
static HRESULT send_request(struct conn *conn, const struct http1_writer *writer, const struct shim_body *body,
                            const struct shim_request_params *params, struct sending *sending)
{
    struct hearing *hearing = &sending->hearing;
    UINT64 left = body ? body->length : 0;
    UINT32 len = (UINT32)writer->len, piece;
    ULONGLONG start, now, heard;
    HRESULT hr;
    BYTE *buffer;

    if (!left) return conn_send(conn, writer->data, len, NULL, params->cancel, params->io_timeout);

    if (!conn->piece) conn->piece = SEND_MIN;
    if (!(buffer = conn_out(conn, len + (UINT32)min(left, SEND_MAX)))) return E_OUTOFMEMORY;
    memcpy(buffer, writer->data, len); /* head and beginning of the body in one packet */
    heard = GetTickCount64();
    for (;;)
    {
        piece = (UINT32)min(left, conn->piece);
        if (FAILED(hr = read_source(body, buffer + len, &piece, sending))) break;
        left -= piece;
        start = GetTickCount64();
        if ((hr = conn_send(conn, buffer, len + piece, hearing, params->cancel, params->io_timeout)) != S_OK || !left) break;
        now = GetTickCount64();
        adapt_piece(conn, piece, now - start);
        len = 0;
        if (now - heard < HEAR_INTERVAL) continue;
        heard = now;
        if ((hr = conn_hear(conn, hearing, params->cancel, params->io_timeout)) != S_OK) break;
    }
    if (hr == S_OK) return S_OK;
    sending->cut = TRUE;
    if (sending->source_failed || hr == E_ABORT) return hr;
    if (hr == S_FALSE || hearing->reader->state != HTTP1_HEAD) return hearing->hr;
    if (hr == HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR))
    {
        HRESULT reply = reply_head(conn, hearing->reader, &hearing->any, params->cancel, min(params->io_timeout, REPLY_TIMEOUT));

        if (reply == S_OK || reply == E_ABORT) return reply;
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

/* Can the body be sent once more?  S_FALSE: no; a failure is that of its source. */
static HRESULT rewind_body(const struct shim_request_params *params, struct sending *sending)
{
    HRESULT hr;

    if (!sending->body_begun) return S_OK;
    if (!params->body->rewind) return S_FALSE;
    if (FAILED(hr = params->body->rewind(params->body->ctx))) sending->source_failed = TRUE;
    else sending->body_begun = FALSE;
    return FAILED(hr) ? hr : S_OK;
}

/* May other requests share the connection with this one? */
static BOOL may_share(const struct shim_request *request, const struct shim_request_params *params, BOOL absolute, const struct auth_exchange *server)
{
    const struct shim_session *session = request->session;
    const struct conn *conn = request->reply.conn;

    return params->ahead_count && !params->body && !params->foreign && !absolute && !server->scheme && !session->in_turn
           && !session->has_client_cert && conn->kept && conn->http11 && !wcscmp(params->method, L"GET");
}

/* Puts the requests that come next behind what is in the writer, as many as can go over the same connection.  It is no matter if they cannot. */
static void write_ahead(struct http1_writer *writer, const struct shim_request_params *params, const struct target *target, struct conn *conn)
{
    struct shim_request_params next = *params;
    struct auth_exchange none = {0};
    struct http1_writer head;
    struct target origin;
    BOOL good = TRUE;
    ULONG i;

    next.body = NULL;
    for (i = 0; i < params->ahead_count && good; i++)
    {
        if (FAILED(target_parse(params->ahead[i].url, &origin))) return;
        next.method = params->ahead[i].method;
        next.headers = params->ahead[i].headers;
        http1_writer_init(&head);
        good = origin.url.scheme == target->url.scheme && origin.url.port == target->url.port && !wcscmp(origin.host, target->host)
               && !origin.url.user && SUCCEEDED(head_write(&head, &next, &origin, FALSE, FALSE, &none, &none))
               && SUCCEEDED(conn_add_ahead(conn, head.data, head.len));
        if (good) http1_write_behind(writer, &head);
        http1_writer_free(&head);
        target_free(&origin);
    }
}

/* Has exactly this request been sent over the connection already?  If another one has, its reply will come: FALSE, and *conn is NULL. */
static BOOL take_ahead(struct conn **conn, const struct http1_writer *writer)
{
    struct conn_ahead *ahead = (*conn)->ahead;
    BOOL same;

    if (!ahead) return FALSE;
    same = ahead->len == writer->len && !memcmp(ahead->data, writer->data, writer->len);
    if (same) conn_pop_ahead(*conn);
    else
    {
        conn_close(*conn);
        *conn = NULL;
    }
    return same;
}

static ULONG count_ahead(const struct conn *conn)
{
    const struct conn_ahead *ahead;
    ULONG count = 0;

    for (ahead = conn->ahead; ahead; ahead = ahead->next) count++;
    return count;
}

/* Of a request that shared its connection: what came of it is not believed, or would be answered on a connection that has other things to say. */
static BOOL is_better_alone(HRESULT hr, UINT32 status, BOOL sent)
{
    if (SUCCEEDED(hr)) return sent ? status >= 400 : status == 401 || status == 407;
    return sent ? hr != E_ABORT : hr == HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR);
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
    BOOL fresh = !is_repeatable(params->method), bound = FALSE, preliminary, sent;
    struct auth_exchange server = {0}, proxy = {0}, *exchange;
    struct http1_reader *reader = &request->reply.reader;
    struct sending sending = {{0}};
    struct hearing *hearing = &sending.hearing;
    struct http1_writer writer;
    UINT32 reply_timeout;
    char method[9]; /* more than the methods that the reader must know, so that a longer one is none of them */
    UINT32 rounds = 0, i;
    HRESULT hr, rewound;

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
        if (!request->reply.conn
            && FAILED(hr = route_conn(request->session, params, target, hop, fresh, unreachable, &request->reply.conn, error)))
        {
            error->unreached = hr != E_ABORT;
            break;
        }
        if (!*connected && params->connected) params->connected(params->connected_ctx);
        *connected = TRUE;

        preliminary = auth_is_preliminary(&server) || auth_is_preliminary(&proxy);
        http1_writer_free(&writer);
        if (FAILED(hr = head_write(&writer, params, target, absolute, !preliminary, &server, &proxy)))
        {
            error_set(error, hr, 0);
            break;
        }
        sent = take_ahead(&request->reply.conn, &writer);
        if (!sent && params->only_ahead)
        {
            hr = error_set(error, HRESULT_FROM_WIN32(ERROR_RETRY), 0);
            break;
        }
        if (!request->reply.conn)
        {
            auth_lost(&server);
            auth_lost(&proxy);
            continue;
        }
        if (auth_is_personal(&server)) request->reply.conn->personal = TRUE;
        if (sent) writer.len = 0;
        if (may_share(request, params, absolute, &server)) write_ahead(&writer, params, target, request->reply.conn);
        request->shared = sent || request->reply.conn->ahead;

        http1_reader_free(reader);
        http1_reader_init(reader, method);
        memset(&request->reply.failure, 0, sizeof(request->reply.failure)); /* of a refusal, whose connection it has ended */
        request->reply.received = 0;
        request->reply.ended = request->reply.unwanted = request->reply.last = FALSE;
        memset(hearing, 0, sizeof(*hearing));
        hearing->conn = request->reply.conn;
        hearing->reader = reader;
        sending.cut = FALSE;
        hr = writer.hr;
        if (SUCCEEDED(hr) && writer.len)
            hr = send_request(request->reply.conn, &writer, preliminary ? NULL : params->body, params, &sending);
        reply_timeout = params->reply_timeout ? params->reply_timeout : params->io_timeout;
        if (SUCCEEDED(hr) && reader->state == HTTP1_HEAD)
            hr = reply_head(request->reply.conn, reader, &hearing->any, params->cancel, sent ? min(reply_timeout, AHEAD_TIMEOUT) : reply_timeout);
        if (request->shared && is_better_alone(hr, reader->status, sent))
        {
            InterlockedExchange(&request->session->in_turn, TRUE);
            conn_close(request->reply.conn);
            request->reply.conn = NULL;
            if (params->only_ahead)
            {
                hr = error_set(error, HRESULT_FROM_WIN32(ERROR_RETRY), 0);
                break;
            }
            fresh = TRUE;
            continue;
        }
        if (FAILED(hr))
        {
            error_set(error, hr, 0);
            if (sending.source_failed || hr != HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) || !request->reply.conn->kept || hearing->any
                || fresh || bound || (rewound = rewind_body(params, &sending)) == S_FALSE) break;
            if (FAILED(rewound))
            {
                hr = error_set(error, rewound, 0);
                break;
            }
            conn_close(request->reply.conn);
            request->reply.conn = NULL;
            auth_lost(&server);
            auth_lost(&proxy);
            fresh = TRUE;
            continue;
        }
        if (sending.cut) reader->keep_alive = FALSE; /* half a request is still on it */

        exchange = reader->status == 401 ? &server : reader->status == 407 && absolute ? &proxy : NULL;
        if (!exchange || ++rounds > AUTH_ROUNDS || (rewound = rewind_body(params, &sending)) == S_FALSE) break;
        hr = FAILED(rewound) ? rewound : auth_challenged(exchange, &reader->headers, reader->keep_alive, params->cancel, params->io_timeout);
        if (hr == S_FALSE) break;
        if (FAILED(hr))
        {
            error_set(error, hr, 0);
            break;
        }
        bound = auth_is_bound(exchange);
        fresh = !is_repeatable(params->method); /* this one has lived */
        if (reply_drain(&request->reply, AUTH_DRAIN_MAX, params->io_timeout)) request->reply.conn->kept = TRUE;
        else if (bound)
        {
            hr = error_set(error, HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR), 0);
            break;
        }
        else
        {
            conn_close(request->reply.conn);
            request->reply.conn = NULL;
        }
    }

    *auth_detail = server.detail ? server.detail : proxy.detail;
    auth_end(&server, SUCCEEDED(hr) && reader->status != 401);
    auth_end(&proxy, SUCCEEDED(hr) && reader->status != 407);
    http1_writer_free(&writer);
    if (FAILED(hr))
    {
        if (sending.source_failed) error->context = SHIM_CONTEXT_LOCAL_FILE;
        conn_close(request->reply.conn);
        request->reply.conn = NULL;
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
    http1_reader_free(&request->reply.reader);
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
    if (!params->hop_count) return error_set(error, E_INVALIDARG, 0);
    if (FAILED(hr = target_parse(params->url, &target))) return error_set(error, hr, 0);
    if (!(request = calloc(1, sizeof(*request))))
    {
        target_free(&target);
        return error_set(error, E_OUTOFMEMORY, 0);
    }
    InterlockedIncrement(&session->refs);
    request->session = session;
    request->reply.cancel = params->cancel;
    request->io_timeout = params->io_timeout;
    request->max_body = params->max_body;
    request->reply.head_request = !wcscmp(params->method, L"HEAD");
    http1_reader_init(&request->reply.reader, "GET");

    for (i = 0; i < params->hop_count; i++)
    {
        hop = (params->first_hop % params->hop_count + i) % params->hop_count;
        hr = send_over_hop(request, params, &target, &params->hops[hop], &unreachable, &connected, &reply->auth_detail, error);
        if (SUCCEEDED(hr) || !unreachable) break;
    }
    target_free(&target);
    if (SUCCEEDED(hr) && FAILED(hr = widen(request->reply.reader.raw, &request->raw_headers)))
    {
        conn_close(request->reply.conn);
        error_set(error, hr, 0);
    }
    if (FAILED(hr))
    {
        free_request(request);
        return hr;
    }

    reply->status = request->reply.reader.status;
    reply->headers = &request->reply.reader.headers;
    reply->raw_headers = request->raw_headers;
    reply->length = request->reply.reader.length;
    reply->http10 = !request->reply.reader.minor;
    reply->hop = hop;
    reply->ahead = count_ahead(request->reply.conn);
    memset(error, 0, sizeof(*error));
    *ret = request;
    return S_OK;
}

HRESULT shim_read(struct shim_request *request, void *buffer, UINT32 size, UINT32 *got, struct shim_error *error)
{
    HRESULT hr;

    *got = 0;
    memset(error, 0, sizeof(*error));
    if (!size) return error_set(error, E_INVALIDARG, 0);
    if (SUCCEEDED(request->reply.failure.hr))
    {
        hr = reply_body(&request->reply, buffer, size, got, request->io_timeout);
        if (SUCCEEDED(hr)) return hr;
        error_set(&request->reply.failure, hr, 0);
        if (request->shared && hr != E_ABORT)
        {
            InterlockedExchange(&request->session->in_turn, TRUE);
            request->reply.failure.again = TRUE;
        }
    }
    *error = request->reply.failure;
    return error->hr;
}

BOOL shim_is_there(const struct shim_request *request)
{
    return SUCCEEDED(request->reply.failure.hr) && reply_is_there(&request->reply);
}

void shim_close(struct shim_request *request)
{
    BOOL keep;

    if (!request) return;
    request->reply.conn->http11 = request->reply.reader.minor >= 1;
    keep = (request->reply.ended && SUCCEEDED(request->reply.failure.hr))
           || reply_drain(&request->reply, min(request->max_body, DRAIN_MAX), DRAIN_TIMEOUT);
    if (request->reply.last) InterlockedExchange(&request->session->in_turn, TRUE);
    session_put_conn(request->session, request->reply.conn, keep && request->reply.reader.keep_alive);
    free_request(request);
}

#endif /* BITS_TRANSPORT_WINHTTP */
