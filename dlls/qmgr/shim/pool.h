/*
 * Connections to servers and proxies, kept for the next request
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
 * A connection (struct conn) belongs to one request at a time; between requests the pool owns it.  The key holds all that
 * matters: the session (identity, credentials, TLS policy and client certificate in one), scheme and origin, and the route.  So no
 * request ever rides on a connection that was made under another identity or a laxer policy.  One that NTLM or Negotiate has made the job's own
 * is not for those of its requests that are anonymous or bring another name.  The pool's lock is a leaf; sockets are probed and
 * closed outside it.  For the files that serve request.c.
 */

#ifndef __QMGR_SHIM_POOL_H
#define __QMGR_SHIM_POOL_H

#include "shim/net.h"
#include "shim/tls.h"

#define POOL_IDLE_LIMIT   60000   /* ms that a connection is kept unused */
#define POOL_SESSION_MAX      4   /* connections kept for one session; the one unused longest goes first */
#define POOL_TRUST_TIME     500   /* ms of disuse below which a connection is taken for alive without asking, where a request can be repeated */
#define POOL_AHEAD_TIME    5000   /* ms for which the reply to a request that was sent ahead is worth having */
#define CONN_BUFFER_SIZE 131072   /* octets of a head received at once, and of small bodies with it */

struct conn_key
{
    UINT64 session;
    WCHAR *host;             /* of the origin, ASCII form */
    WCHAR *proxy_host;       /* NULL: direct */
    UINT16 port;
    UINT16 proxy_port;
    BOOL secure;
};

/* A request that was sent behind another one: its head. */
struct conn_ahead
{
    struct conn_ahead *next;
    size_t len;
    char data[1];
};

struct conn
{
    struct conn_key key;
    struct net_conn *net;
    struct tls *tls;         /* NULL: plain */
    BOOL kept;               /* has served a request before */
    BOOL http11;             /* by a server of HTTP/1.1 */
    BOOL personal;           /* NTLM or Negotiate has said on it who the job is: the server knows it by that */
    struct conn_ahead *ahead; /* sent behind the last request: their replies come next, in this order */
    UINT32 piece;            /* octets of a body sent at once; 0: none was sent yet */
    UINT32 out_size;
    BYTE *out;               /* where they lie; kept for the next body, as fresh memory costs more than to fill it */
    UINT32 pos, len;         /* buffer[pos..len): received, not yet consumed */
    char buffer[CONN_BUFFER_SIZE];
    /* guarded by the pool's lock while the pool owns it */
    struct conn *next;
    ULONGLONG since;
};

HRESULT pool_init(void);
void pool_shutdown(void);

/*
 * A kept connection that fits, or NULL.  The caller owns it.  Nothing unasked-for has come over it, and it still lives, or, unless `certain`, did
 * a moment ago.  `impersonal`: for a request that the job's credentials are not for.
 */
struct conn *pool_take(const struct conn_key *key, BOOL certain, BOOL impersonal);
/* Gives a connection back, whose last reply was read to its end. What was received of the reply to a request sent ahead stays with it. */
void pool_put(struct conn *conn);
/* Closes what is kept for a session. */
void pool_purge(UINT64 session);

/* A new one without sockets; copies the key. */
HRESULT conn_create(const struct conn_key *key, struct conn **conn);
void conn_close(struct conn *conn);
/* Its buffer for what is sent, at least that long; NULL: out of memory.  What was in it is lost. */
BYTE *conn_out(struct conn *conn, UINT32 size);
/* Remembers a request that is sent behind all others. */
HRESULT conn_add_ahead(struct conn *conn, const char *data, size_t len);
void conn_pop_ahead(struct conn *conn);

#endif /* __QMGR_SHIM_POOL_H */
