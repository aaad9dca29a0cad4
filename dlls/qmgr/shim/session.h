/*
 * Sessions: who a job is towards servers
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
 * What lies behind shim.h's struct shim_session, for the other files of the room.  Requests hold references; connections are kept under the
 * session's id, and go when it is released.
 */

#ifndef __QMGR_SHIM_SESSION_H
#define __QMGR_SHIM_SESSION_H

#include "shim/auth.h"
#include "shim/pool.h"
#include "shim/shim.h"
#include "shim/tls.h"

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

void session_deref(struct shim_session *session);
/* What TLS needs of the session, made when it is first asked for; the session's. *detail as tls_cred_create. */
HRESULT session_cred(struct shim_session *session, struct tls_cred **cred, DWORD *detail);
/* Keeps or closes the connection of a request that is over. */
void session_put_conn(struct shim_session *session, struct conn *conn, BOOL keep);

#endif /* __QMGR_SHIM_SESSION_H */
