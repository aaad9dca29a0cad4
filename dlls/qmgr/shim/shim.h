/*
 * The WinHTTP shim: what BITS needs of HTTP, made true
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
 * BITS is written against the contract of WinHTTP.  This header offers that contract in the service's own terms; a backend makes
 * it true (sockets: HTTP/1.1 on ws2_32 and schannel, the default; winhttp: the system's DLL, chosen at configure time).
 * Callers: transfer.c on a transfer's worker thread; nobody else outside shim/.  Nothing here needs or takes a lock of the
 * rooms above.  Every call that waits takes the transfer's cancel event and a time-out, and ends within 100 ms of the event.
 *
 * What it promises: exact 64-bit lengths; early, short, long and close-delimited bodies told apart; nothing unbounded in
 * memory; a reply's headers complete or not at all; no header of one identity seen by another; a failed request leaves nothing
 * behind that a later one could reuse.
 *
 * Strings handed in are copied.  Strings handed out belong to the object they came from and live as long as it does.
 */

#ifndef __QMGR_SHIM_SHIM_H
#define __QMGR_SHIM_SHIM_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

#include "core/headers.h"
#include "core/url.h"

/* A failure on its way up: core/verdict decides what it means for the job. */
struct shim_error
{
    HRESULT hr;      /* HRESULT_FROM_WIN32(ERROR_WINHTTP_* or WSAE*), BG_E_*, or E_ABORT after cancel */
    DWORD context;   /* enum shim_context, a BG_ERROR_CONTEXT_* value */
    DWORD detail;    /* Winsock error; TLS: CERT_TRUST_*, alert or SSPI status; for the log only */
    BOOL unreached;  /* no connection for the request could be made: name, connect, proxy, tunnel or handshake of TLS [BUP.HOST.4] */
    BOOL again;      /* the request shared its connection with others that were sent along: alone, as from now on, it may do better */
};

enum shim_context
{
    SHIM_CONTEXT_LOCAL_FILE = 4,                   /* hr is what the source of the body has returned */
    SHIM_CONTEXT_REMOTE_FILE = 5,
    SHIM_CONTEXT_GENERAL_TRANSPORT = 6,            /* on the way to a proxy */
    SHIM_CONTEXT_SERVER_CERTIFICATE_CALLBACK = 8   /* hr is what validate_cert returned */
};

/* TLS policy of a job, all SetSecurityFlags bits [BEH.CERT.1] and the client certificate. Part of the pool key. */
#define SHIM_TLS_CHECK_REVOCATION   0x0001
#define SHIM_TLS_IGNORE_NAME        0x0002
#define SHIM_TLS_IGNORE_DATE        0x0004
#define SHIM_TLS_IGNORE_UNKNOWN_CA  0x0008
#define SHIM_TLS_IGNORE_USAGE       0x0010

/* One way to a server: NULL proxy_host is direct. Decided by proxy.c per URL; an ordered list, tried in turn. */
struct shim_hop
{
    const WCHAR *proxy_host; /* name, IPv4 or IPv6 literal without brackets */
    UINT16 proxy_port;
};

struct shim_credential
{
    DWORD target;            /* BG_AUTH_TARGET_SERVER 1, _PROXY 2 */
    DWORD scheme;            /* BG_AUTH_SCHEME_BASIC 1 .. PASSPORT 5 */
    const WCHAR *user;       /* NULL: implicit credentials */
    const WCHAR *password;
};

/* The identity and policy of a job towards servers; fixed for the life of a session. */
struct shim_session_params
{
    UINT32 tls_flags;                          /* SHIM_TLS_* */
    const BYTE *client_cert_hash;              /* 20 bytes, or NULL */
    DWORD client_cert_location;                /* BG_CERT_STORE_LOCATION_* */
    const WCHAR *client_cert_store;
    const struct shim_credential *credentials;
    ULONG credential_count;
    BOOL implicit_server;                      /* implicit credentials may answer a server's challenge [BEH.AUTH.6, 7] */
    BOOL implicit_proxy;
    /* after our own verification, before any header; or NULL. host as in tls.h; cert_context: a CERT_CONTEXT */
    HRESULT (*validate_cert)(void *ctx, const WCHAR *host, UINT16 port, const void *cert_context);
    void *validate_ctx;
};

struct shim_session;
struct shim_request;

/* Starts and ends the room: Winsock, credentials, the connection pool. From service.c only. */
HRESULT shim_init(void);
void shim_shutdown(void);

HRESULT shim_session_create(const struct shim_session_params *params, struct shim_session **session);
void shim_session_release(struct shim_session *session); /* pooled connections of its identity go with it */

/*
 * Source of a request body; read is called on the requesting thread, in order, until `length` bytes were delivered, with up to 1 MiB asked for and
 * any part of it given, which is sent before more is asked for; none is an end that comes too soon, ERROR_HANDLE_EOF.  What it fails with comes out of
 * shim_send.
 */
struct shim_body
{
    UINT64 length;
    HRESULT (*read)(void *ctx, void *buffer, UINT32 size, UINT32 *got);
    void *ctx;
    HRESULT (*rewind)(void *ctx);   /* back to the first byte, before the request is repeated; NULL: it cannot be repeated */
};

/* A request without a body that is probably made later. */
struct shim_ahead
{
    const WCHAR *method;            /* "HEAD" or "GET" */
    const WCHAR *url;
    const WCHAR *headers;
};

struct shim_request_params
{
    const WCHAR *method;            /* "GET", "HEAD", "BITS_POST", or the job's own */
    const WCHAR *url;               /* http or https; used as given [BEH.HTTP.21] */
    const WCHAR *headers;           /* extra header lines, each ended by CRLF, or NULL; Range and the like come from core/fetch */
    const WCHAR *custom_headers;    /* the job's own, for the origin only, never for a proxy's CONNECT; or NULL */
    BOOL foreign;                   /* the URL is of another origin than the job's own (a redirect): no credentials for its server */
    const struct shim_hop *hops;    /* at least one */
    ULONG hop_count;
    ULONG first_hop;                /* in: where to begin; the hop that worked is reported in the reply */
    const struct shim_body *body;   /* or NULL */
    const struct shim_ahead *ahead; /* made next, in this order, after those that were sent along before: may be sent along */
    ULONG ahead_count;
    BOOL only_ahead;                /* it was sent along, and is not to be sent (again): ERROR_RETRY if there is no good reply to it */
    UINT32 connect_timeout;         /* ms [BEH.HTTP.80] */
    UINT32 io_timeout;              /* ms without a byte; of a body that is sent, in which next to nothing of it was taken */
    UINT32 reply_timeout;           /* ms for the reply when all is sent, as a server may have to think first [BUP.TIMER.6]; 0: io_timeout */
    HANDLE cancel;                  /* manual-reset event of the transfer */
    UINT64 max_body;                /* SIZE_UNKNOWN, or a bound after which the connection is dropped rather than drained */
    void (*connected)(void *ctx);   /* called once, on this thread, when the server was reached, or may have been, as there is a connection from an
                                       earlier request; or NULL [BEH.STATE.25].  Whether it was not is in shim_error.unreached */
    void *connected_ctx;
};

struct shim_reply
{
    UINT32 status;                  /* final status; 1xx are consumed inside */
    struct header_list *headers;    /* parsed, owned by the request */
    const WCHAR *raw_headers;       /* status line and lines as received, CRLF each, owned by the request */
    UINT64 length;                  /* of the body that follows, exact; SIZE_UNKNOWN if chunked or close-delimited */
    BOOL http10;
    ULONG hop;                      /* index of the hop that was used */
    ULONG ahead;                    /* requests that were sent along, now or before, whose replies come next over the same connection */
    DWORD auth_detail;              /* 401, 407: SSPI status if the system could not do NTLM or Negotiate; for the log only */
};

/*
 * Sends one request (over a kept connection if a fitting one exists; repeated once by itself if such a connection turns out to be
 * dead before any reply byte) and reads the reply's head.  Answers authentication challenges for which the session has
 * credentials, and those with name and password from the URL.  Does not follow redirects: the caller applies the policy and asks again.
 * A hop that cannot be reached makes place for the next one.
 *
 * A body is sent again, from its first octet, where a challenge is answered or the kept connection was dead; when there is no rewind the challenge
 * or the failure is what comes out.  A server may answer before it has all of the body, or while it takes nothing of it: a final reply that is
 * no success ends the sending at once and is the reply, whether the server goes on reading, closes or resets; its connection is not used again.
 * After a success the rest is sent.  Methods other than GET, HEAD, OPTIONS, PUT and BITS_POST go over new connections and are never sent twice
 * but to answer a challenge.
 *
 * Sent along: where the server is HTTP/1.1 and has kept the connection before, without a proxy or credentials, those of params->ahead that
 * are of the same origin, up to the first that is not, go out behind a GET, with the same custom headers.  When exactly these requests are made
 * next, in this order, their replies are there already; when anything else is asked for, the connection is given up.  A reply that does not
 * come or is no success is not believed: the request is sent again on a new connection, and nothing ahead any more in this session.
 * That is so too when the connection breaks inside a body, or when what is behind a body is no reply; then it is for the caller to ask again
 * (shim_error.again).  A server that says it closes, and does, has only not answered the rest.
 * Any HTTP status of the server, or of a proxy in its place, is a success here; that of a proxy which refuses a tunnel to an https
 * server is the failure 0x80190000 + status, whatever it is.  Failure: *error is filled, *request is NULL.
 */
HRESULT shim_send(struct shim_session *session, const struct shim_request_params *params,
                  struct shim_request **request, struct shim_reply *reply, struct shim_error *error);

/*
 * Reads what is there, at most `size` bytes (give 256 KiB or more, the buffer size decides the rate, WINE.NET.1).  S_OK with *got > 0;
 * S_FALSE with *got == 0 at the proper end of the body (all of Content-Length, the last chunk, or close when neither was given).
 * A close before the announced end: ERROR_WINHTTP_CONNECTION_ERROR; reset the same; time-out ERROR_WINHTTP_TIMEOUT; bad chunk
 * framing ERROR_WINHTTP_INVALID_SERVER_RESPONSE; E_ABORT after cancel. Bytes got before the failure have been returned.
 */
HRESULT shim_read(struct shim_request *request, void *buffer, UINT32 size, UINT32 *got, struct shim_error *error);

/* All of the body is there, so that to read it takes no time (over TLS perhaps for its last octets); FALSE, or not known. */
BOOL shim_is_there(const struct shim_request *request);

/* Ends the request. A connection whose body was read to the proper end goes back to the pool, any other is closed. */
void shim_close(struct shim_request *request);

#endif /* __QMGR_SHIM_SHIM_H */
