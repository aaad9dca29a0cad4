/*
 * Challenges of servers and proxies, answered
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
 * Basic, Digest, NTLM and Negotiate, for request.c and route.c on a transfer's worker thread.  A session owns a struct auth: the
 * credentials, and what was learned from challenges that were answered well.  A request has one exchange for its server and one for each proxy it speaks to;
 * nothing of one is ever shown to the other.
 *
 * Nothing is sent before its receiver has asked [BEH.AUTH.5].  Asked once means asked for the session: Basic and Digest go along unasked with
 * later requests of the session to the same host and port.  NTLM and Negotiate authenticate a connection, which belongs to the
 * session, and from then on to those of its requests that credentials are for (pool.h).  The strongest scheme offered for which there are
 * credentials is used [BEH.AUTH.11]; one that is refused makes place for the next.
 */

#ifndef __QMGR_SHIM_AUTH_H
#define __QMGR_SHIM_AUTH_H

#include "shim/shim.h"

enum auth_target
{
    AUTH_SERVER,
    AUTH_PROXY
};

struct auth;

HRESULT auth_create(const struct shim_session_params *params, struct auth **auth); /* copies the credentials */
void auth_free(struct auth *auth);

struct auth_digest;
struct auth_sspi;

/* One request and one peer. The strings belong to the caller and outlive the exchange. */
struct auth_exchange
{
    /* set by auth_begin */
    struct auth *auth;
    enum auth_target target;
    const WCHAR *host;
    UINT16 port;
    BOOL secure;
    const WCHAR *url_user, *url_password;
    /* private */
    UINT32 refused;             /* bit of every scheme that did not work */
    UINT32 scheme;              /* the one in use, BG_AUTH_SCHEME_*, 0: none yet */
    BOOL preset;                /* it comes from an earlier request */
    UINT32 renewals;            /* of a Digest nonce */
    const struct auth_credential *credential;
    struct auth_digest *digest;
    struct auth_sspi *sspi;
    DWORD detail;               /* why SSPI could not do it, for the log */
};

/* url_user may be NULL. For a server that must not see the job's credentials do not begin an exchange at all. */
void auth_begin(struct auth_exchange *exchange, struct auth *auth, enum auth_target target, const WCHAR *host, UINT16 port,
                BOOL secure, const WCHAR *url_user, const WCHAR *url_password);
/* accepted: the last reply was no challenge; then what worked is remembered. */
void auth_end(struct auth_exchange *exchange, BOOL accepted);

/*
 * The value of Authorization or Proxy-Authorization for the next sending, octets, malloc'ed; NULL when there is none.  uri is the target
 * exactly as on the request line.
 */
HRESULT auth_value(struct auth_exchange *exchange, const char *method, const char *uri, char **value);

/*
 * A 401 or 407 has come.  S_OK: send again, with what auth_value gives then; S_FALSE: there is nothing (more) to say, the reply is
 * final; E_ABORT, E_OUTOFMEMORY.  keep_alive: whether the reply's connection can be used again.
 */
HRESULT auth_challenged(struct auth_exchange *exchange, const struct header_list *headers, BOOL keep_alive, HANDLE cancel,
                        UINT32 timeout);

/* What was sent last was lost with its connection, which it did not depend on: auth_value gives it once more. */
void auth_lost(struct auth_exchange *exchange);

/* The next sending must go over the connection of the last reply. */
BOOL auth_is_bound(const struct auth_exchange *exchange);
/* What is sent may tell the peer for the life of the connection who sends. */
BOOL auth_is_personal(const struct auth_exchange *exchange);
/* The next sending will be answered by another challenge: it needs no body. */
BOOL auth_is_preliminary(const struct auth_exchange *exchange);

#endif /* __QMGR_SHIM_AUTH_H */
