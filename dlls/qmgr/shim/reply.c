/*
 * A reply as it comes over a connection
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

#include "shim/reply.h"

#define HEAD_TIMEOUTS    4                       /* a head may take this many times the time-out altogether */
#define DRAIN_TIMEOUTS   4                       /* and a body that nobody wants */

/* What the strict reader refuses is for BITS a reply that the HTTP layer could not parse [ERR.0x80072F78]. */
static HRESULT map_parse_error(HRESULT hr)
{
    return hr == BG_E_INVALID_SERVER_RESPONSE ? HRESULT_FROM_WIN32(ERROR_WINHTTP_INVALID_SERVER_RESPONSE) : hr;
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

/* Its buffer, which is consumed. */
static HRESULT conn_refill(struct conn *conn, HANDLE cancel, UINT32 timeout)
{
    UINT32 got;
    HRESULT hr;

    conn->pos = conn->len = 0;
    if (conn->tls) hr = tls_recv(conn->tls, conn->buffer, sizeof(conn->buffer), &got, cancel, timeout);
    else hr = net_recv(conn->net, conn->buffer, sizeof(conn->buffer), NULL, 0, &got, cancel, timeout);
    if (hr == S_OK) conn->len = got;
    return hr;
}

/* Feeds the reader with what is in the buffer.  S_OK: the head is complete; S_FALSE: more is needed; failures otherwise. */
static HRESULT feed(struct conn *conn, struct http1_reader *reader)
{
    size_t used;
    HRESULT hr;

    hr = http1_read_head(reader, conn->buffer + conn->pos, conn->len - conn->pos, &used);
    conn->pos += used;
    return FAILED(hr) ? map_parse_error(hr) : hr;
}

/* What is behind the head of a success waits in the buffer. */
static void *place_reply(void *ctx, UINT32 *size)
{
    struct hearing *hearing = ctx;
    struct conn *conn = hearing->conn;

    if (conn->pos == conn->len) conn->pos = conn->len = 0;
    if (conn->len == sizeof(conn->buffer)) return NULL;
    *size = sizeof(conn->buffer) - conn->len;
    return conn->buffer + conn->len;
}

static BOOL heard_reply(void *ctx, UINT32 got)
{
    struct hearing *hearing = ctx;
    HRESULT hr;

    if (!got)
    {
        if (hearing->reader->state == HTTP1_HEAD) hearing->hr = HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR);
        return FALSE;
    }
    hearing->any = TRUE;
    hearing->conn->len += got;
    if (hearing->reader->state != HTTP1_HEAD) return TRUE;
    hr = feed(hearing->conn, hearing->reader);
    if (FAILED(hr)) hearing->hr = hr;
    return hr == S_FALSE || (hr == S_OK && hearing->reader->status / 100 == 2);
}

HRESULT conn_send(struct conn *conn, const void *data, UINT32 size, struct hearing *hearing, HANDLE cancel, UINT32 timeout)
{
    struct net_listener listener = { place_reply, heard_reply, hearing };

    if (conn->tls) return tls_send(conn->tls, data, size, hearing ? &listener : NULL, cancel, timeout);
    return net_send(conn->net, data, size, hearing ? &listener : NULL, cancel, timeout);
}

HRESULT conn_hear(struct conn *conn, struct hearing *hearing, HANDLE cancel, UINT32 timeout)
{
    struct net_listener listener = { place_reply, heard_reply, hearing };
    UINT32 size, got;
    void *buffer;
    HRESULT hr;

    if (conn->tls) return tls_hear(conn->tls, &listener, cancel, timeout);
    while (net_available(conn->net) && (buffer = place_reply(hearing, &size)))
    {
        if ((hr = net_recv(conn->net, buffer, size, NULL, 0, &got, cancel, timeout)) == E_ABORT) return hr;
        if (!heard_reply(hearing, got)) return S_FALSE;
    }
    return S_OK;
}

HRESULT reply_head(struct conn *conn, struct http1_reader *reader, BOOL *any, HANDLE cancel, UINT32 timeout)
{
    ULONGLONG deadline = GetTickCount64() + (ULONGLONG)timeout * HEAD_TIMEOUTS;
    HRESULT hr;

    do
    {
        if (conn->pos == conn->len)
        {
            hr = conn_refill(conn, cancel, timeout);
            if (hr == S_FALSE) return HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR);
            if (FAILED(hr)) return hr;
            *any = TRUE;
        }
        if ((hr = feed(conn, reader)) != S_FALSE) return hr;
    } while (GetTickCount64() <= deadline);
    return HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT); /* a byte now and then is no answer */
}

/*
 * Behind a body whose length was announced comes another reply.  If something else does, its octets were not as many as that: then either some of
 * them are of that reply, or some have not been counted [BEH.HTTP.35, 36].  Nothing is to be said against a body behind which nothing comes.
 */
static HRESULT check_next(struct reply *reply, UINT32 timeout)
{
    static const char start[] = "HTTP/1.";
    struct conn *conn = reply->conn;
    const char *next;
    HRESULT hr;

    if (!reply->reader.keep_alive) return S_OK;
    if (conn->pos == conn->len)
    {
        hr = conn_refill(conn, reply->cancel, min(timeout, AHEAD_TIMEOUT));
        if (hr != S_OK)
        {
            reply->reader.keep_alive = FALSE;
            reply->last = hr != E_ABORT;
            return S_OK;
        }
    }
    next = conn->buffer + conn->pos;
    if (!memcmp(next, start, min(sizeof(start) - 1, conn->len - conn->pos))) return S_OK;
    reply->reader.keep_alive = FALSE;
    reply->last = TRUE;
    return *next == '\r' || *next == '\n' ? S_OK : BG_E_INVALID_SERVER_RESPONSE;
}

/* The reply is complete.  Is there more than there should be?  A stray line end is forgiven, as is a body where none belongs. */
static HRESULT check_end(struct reply *reply, BOOL extra, UINT32 timeout)
{
    struct conn *conn = reply->conn;
    UINT32 i;

    reply->ended = TRUE;
    if (conn->ahead && !extra)
        return reply->reader.framing == HTTP1_NO_BODY || reply->unwanted ? S_OK : check_next(reply, timeout);
    if (conn->tls && tls_has_more(conn->tls))
    {
        UINT32 got;

        conn->pos = conn->len = 0;
        if (tls_recv(conn->tls, conn->buffer, sizeof(conn->buffer), &got, NULL, 0) == S_OK) conn->len = got;
    }
    if (!extra && conn->pos == conn->len) return S_OK;
    reply->reader.keep_alive = FALSE;
    if (reply->head_request || reply->reader.status < 200 || reply->reader.status == 204 || reply->reader.status == 304)
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
static HRESULT decode(struct reply *reply, char *buffer, UINT32 len, UINT32 *out, BOOL *extra)
{
    struct conn *conn = reply->conn;
    UINT32 pos = 0;
    HRESULT hr;

    *out = 0;
    *extra = FALSE;
    while (pos < len && reply->reader.state == HTTP1_BODY)
    {
        size_t used, body_len;
        const char *body;

        hr = http1_read_body(&reply->reader, buffer + pos, len - pos, &used, &body, &body_len);
        if (body_len && body != buffer + *out) memmove(buffer + *out, body, body_len);
        *out += body_len;
        pos += used;
        if (FAILED(hr)) return map_parse_error(hr);
    }
    if (pos < len && conn->ahead)
    {
        /* of the next reply: back to where it came from, or what has not been there yet */
        if (conn->pos < conn->len && len - pos <= conn->pos)
        {
            conn->pos -= len - pos;
            return S_OK;
        }
        if (conn->pos == conn->len && len - pos <= CONN_BUFFER_SIZE)
        {
            conn->pos = 0;
            conn->len = len - pos;
            memcpy(conn->buffer, buffer + pos, len - pos);
            return S_OK;
        }
    }
    for (; pos < len && !*extra; pos++)
        if (buffer[pos] != '\r' && buffer[pos] != '\n') *extra = TRUE;
    if (pos < len) reply->reader.keep_alive = FALSE;
    return S_OK;
}

HRESULT reply_body(struct reply *reply, void *buffer, UINT32 size, UINT32 *got, UINT32 timeout)
{
    struct http1_reader *reader = &reply->reader;
    struct conn *conn = reply->conn;
    HRESULT hr;

    *got = 0;
    while (reader->state == HTTP1_BODY)
    {
        BOOL last = FALSE, extra = FALSE;
        UINT32 want = size, len;

        if (reader->framing == HTTP1_LENGTH && reader->length - reply->received <= size)
        {
            want = (UINT32)(reader->length - reply->received);
            last = TRUE; /* one octet beyond the end must not go unnoticed */
        }
        else if (conn->ahead) want = min(size, CONN_BUFFER_SIZE); /* what belongs to the next replies must find a place there */
        hr = conn_recv(conn, buffer, want, last, &len, reply->cancel, timeout);
        if (FAILED(hr)) return hr;
        if (hr == S_FALSE)
        {
            if (FAILED(http1_read_close(reader))) return HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR);
            break;
        }
        hr = decode(reply, buffer, len, got, &extra);
        reply->received += *got;
        if (FAILED(hr)) error_set(&reply->failure, hr, 0);
        else if (reader->state == HTTP1_DONE && (extra || !conn->ahead) && FAILED(hr = check_end(reply, extra, timeout)))
            error_set(&reply->failure, hr, 0);
        if (*got) return S_OK;
        if (FAILED(hr)) return hr;
    }
    if (!reply->ended && FAILED(hr = check_end(reply, FALSE, timeout))) return hr; /* a reply that others follow: its octets are delivered first */
    return S_FALSE;
}

BOOL reply_is_there(const struct reply *reply)
{
    struct conn *conn = reply->conn;
    UINT64 left;

    if (reply->reader.state != HTTP1_BODY || reply->reader.framing != HTTP1_LENGTH) return reply->reader.state == HTTP1_DONE;
    left = reply->reader.length - reply->received;
    if (left <= conn->len - conn->pos) return TRUE;
    left -= conn->len - conn->pos;
    return left <= (conn->tls ? tls_available(conn->tls) : net_available(conn->net));
}

/* Reads away what is left of a body, if that is little and quick, so that the connection can be kept. */
BOOL reply_drain(struct reply *reply, UINT64 limit, UINT32 timeout)
{
    ULONGLONG deadline = GetTickCount64() + (ULONGLONG)timeout * DRAIN_TIMEOUTS;
    struct http1_reader *reader = &reply->reader;
    UINT32 got;
    char *buffer;
    HRESULT hr;

    if (FAILED(reply->failure.hr) || !reader->keep_alive) return FALSE;
    reply->unwanted = TRUE;
    if (reader->state == HTTP1_DONE) return check_end(reply, FALSE, timeout) == S_OK && reader->keep_alive;
    if (reader->framing == HTTP1_LENGTH && reader->length - reply->received > limit) return FALSE;
    if (!(buffer = malloc(CONN_BUFFER_SIZE))) return FALSE;
    limit += reply->received;
    while ((hr = reply_body(reply, buffer, CONN_BUFFER_SIZE, &got, timeout)) == S_OK && reply->received <= limit)
        if (GetTickCount64() > deadline) break;
    free(buffer);
    return hr == S_FALSE && reader->keep_alive;
}

#endif /* BITS_TRANSPORT_WINHTTP */
