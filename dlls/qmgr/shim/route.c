/*
 * Connections over one hop: direct, to a proxy, through a tunnel
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
#include "shim/route.h"

/*
 * Asks the proxy for a tunnel, and answers it when it wants to know who asks.  It sees the name of the origin and nothing else of the
 * request [WINE.HTTP.6].  S_FALSE: it has closed the connection after a challenge, ask again on a new one.
 */
static HRESULT open_tunnel(struct conn *conn, const struct shim_request_params *params, const struct target *target,
                           struct auth_exchange *exchange, UINT32 *rounds, struct shim_error *error)
{
    struct reply tunnel = {0};
    struct http1_writer writer;
    WCHAR *authority;
    BOOL any, drained, kept = FALSE, bound = FALSE;
    HRESULT hr;

    if (FAILED(hr = target_authority(target, TRUE, &authority))) return error_set(error, hr, 0);
    tunnel.conn = conn;
    tunnel.cancel = params->cancel;
    http1_writer_init(&writer);
    http1_reader_init(&tunnel.reader, "CONNECT");
    for (;;)
    {
        any = FALSE;
        http1_write_request_line(&writer, L"CONNECT", authority);
        hr = head_write_auth(&writer, exchange, NULL, L"CONNECT", authority, "Proxy-Authorization");
        http1_write_field(&writer, "Host", authority);
        http1_write_field(&writer, "User-Agent", USER_AGENT);
        http1_write_field(&writer, "Proxy-Connection", L"Keep-Alive");
        http1_write_end(&writer);
        if (SUCCEEDED(hr)) hr = writer.hr;
        if (SUCCEEDED(hr)) hr = conn_send(conn, writer.data, writer.len, NULL, params->cancel, params->io_timeout);
        if (SUCCEEDED(hr)) hr = reply_head(conn, &tunnel.reader, &any, params->cancel, params->io_timeout);
        http1_writer_free(&writer);
        if (hr == HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR) && kept && !any && !bound)
        {
            auth_lost(exchange); /* it has closed behind its challenge without saying so */
            hr = S_FALSE;
            break;
        }
        if (FAILED(hr))
        {
            error_set(error, hr, 0);
            error->context = SHIM_CONTEXT_GENERAL_TRANSPORT;
            break;
        }
        if (tunnel.reader.status / 100 == 2)
        {
            hr = S_OK;
            if (conn->pos == conn->len) break;
            /* it cannot have heard from the server yet, the client speaks first */
            hr = error_set(error, HRESULT_FROM_WIN32(ERROR_WINHTTP_INVALID_SERVER_RESPONSE), 0);
            error->context = SHIM_CONTEXT_GENERAL_TRANSPORT;
            break;
        }
        hr = S_FALSE;
        if (tunnel.reader.status == 407 && ++*rounds <= AUTH_ROUNDS)
            hr = auth_challenged(exchange, &tunnel.reader.headers, tunnel.reader.keep_alive, params->cancel, params->io_timeout);
        if (FAILED(hr))
        {
            error_set(error, hr, 0);
            break;
        }
        if (hr == S_FALSE)
        {
            /* whatever it is, it does not come from the origin: no redirect to follow, no body to keep */
            hr = error_set(error, MAKE_HRESULT(SEVERITY_ERROR, FACILITY_HTTP, tunnel.reader.status), exchange->detail);
            break;
        }
        drained = reply_drain(&tunnel, AUTH_DRAIN_MAX, params->io_timeout);
        http1_reader_free(&tunnel.reader);
        http1_reader_init(&tunnel.reader, "CONNECT");
        tunnel.received = 0;
        tunnel.ended = FALSE;
        bound = auth_is_bound(exchange);
        kept = TRUE;
        if (drained) continue;
        hr = S_FALSE;
        if (bound)
        {
            hr = error_set(error, HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR), 0);
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
    struct auth_exchange exchange = {0};
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
            error_set(error, hr, detail);
        }
        return hr;
    }

    /* else the request itself answers the proxy */
    if (target->url.scheme == URL_HTTPS)
        auth_begin(&exchange, session->auth, AUTH_PROXY, hop->proxy_host, hop->proxy_port, FALSE, NULL, NULL);
    do
    {
        net_close(conn->net);
        conn->net = NULL;
        conn->pos = conn->len = 0;
        hr = net_connect(hop->proxy_host, hop->proxy_port, params->cancel, params->connect_timeout, &conn->net, &detail);
        if (FAILED(hr))
        {
            error_set(error, hr, detail);
            error->context = SHIM_CONTEXT_GENERAL_TRANSPORT;
        }
        else if (target->url.scheme == URL_HTTPS) hr = open_tunnel(conn, params, target, &exchange, &rounds, error);
    } while (hr == S_FALSE);
    auth_end(&exchange, SUCCEEDED(hr));
    *unreachable = FAILED(hr) && hr != E_ABORT && error->context == SHIM_CONTEXT_GENERAL_TRANSPORT;
    return hr;
}

/* A connection for the request over one hop: a kept one if allowed, or a new one with tunnel and handshake. */
HRESULT route_conn(struct shim_session *session, const struct shim_request_params *params, const struct target *target,
                        const struct shim_hop *hop, BOOL fresh, BOOL *unreachable, struct conn **ret, struct shim_error *error)
{
    struct tls_cred *cred = NULL;
    struct conn_key key;
    struct conn *conn;
    DWORD detail;
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
    if (!fresh && (*ret = pool_take(&key, params->body && !params->body->rewind, params->foreign || target->url.user))) return S_OK;
    if (params->only_ahead) return error_set(error, HRESULT_FROM_WIN32(ERROR_RETRY), 0);

    if (key.secure && FAILED(hr = session_cred(session, &cred, &detail))) return error_set(error, hr, detail);
    if (FAILED(hr = conn_create(&key, &conn))) return error_set(error, hr, 0);
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

#endif /* BITS_TRANSPORT_WINHTTP */
