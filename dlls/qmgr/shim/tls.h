/*
 * TLS by schannel over a connection of net.h
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
 * Handshake, verification, records.  For route.c and reply.c, on a transfer's worker thread; one thread at a time for a connection.  The
 * certificate is checked, and the session's own callback asked, before tls_connect returns, so before any header can go out.
 * Waits end as in net.h.  After a failure a connection is good for tls_close only.
 */

#ifndef __QMGR_SHIM_TLS_H
#define __QMGR_SHIM_TLS_H

#include "shim/net.h"
#include "shim/shim.h"

struct tls_cred;
struct tls;

/*
 * What a session shows to servers: protocol versions and the client certificate.  Fails with CRYPT_E_NOT_FOUND when the certificate is not
 * in its store (any more), ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY when its key cannot be used; what the system said is in
 * *detail (0 if nothing).
 */
HRESULT tls_cred_create(const BYTE *hash, DWORD location, const WCHAR *store, struct tls_cred **cred, DWORD *detail);
void tls_cred_free(struct tls_cred *cred);

struct tls_params
{
    const struct tls_cred *cred;    /* outlives the connection */
    const WCHAR *host;              /* ASCII form, or an address literal */
    UINT16 port;                    /* for validate */
    UINT32 flags;                   /* SHIM_TLS_* */
    HRESULT (*validate)(void *ctx, const WCHAR *host, UINT16 port, const void *cert_context);
    void *validate_ctx;
    HANDLE cancel;
    UINT32 timeout;                 /* ms without a byte; also for the check of the certificate */
};

/*
 * Makes the connection secure.  The net_conn stays the caller's: close the tls first.  error is filled on failure: the WinHTTP code of the
 * failure, the context, and trust bits, alert or SSPI status in detail.
 */
HRESULT tls_connect(struct net_conn *net, const struct tls_params *params, struct tls **tls, struct shim_error *error);
void tls_close(struct tls *tls);

/* As net_recv; S_FALSE only after a proper close_notify, a bare close is ERROR_WINHTTP_CONNECTION_ERROR. */
HRESULT tls_recv(struct tls *tls, void *buffer, UINT32 size, UINT32 *got, HANDLE cancel, UINT32 timeout);
/* As net_send; the listener hears plain text. */
HRESULT tls_send(struct tls *tls, const void *data, UINT32 size, const struct net_listener *listener, HANDLE cancel, UINT32 timeout);
/* Lets the listener hear what has come, without a wait.  S_FALSE: it has heard enough; failures. */
HRESULT tls_hear(struct tls *tls, const struct net_listener *listener, HANDLE cancel, UINT32 timeout);

/* As net_available; what is still encrypted counts as it is. */
UINT32 tls_available(struct tls *tls);

/* Has the server sent more than was asked for, as far as can be seen without a wait? */
BOOL tls_has_more(struct tls *tls);

/* As net_is_silent and net_is_idle. */
BOOL tls_is_silent(struct tls *tls);
BOOL tls_is_idle(struct tls *tls);

#endif /* __QMGR_SHIM_TLS_H */
