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

#ifndef BITS_TRANSPORT_WINHTTP /* then winhttp.c has it all */

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>

#include "shim/session.h"

static LONG64 last_session;

void session_deref(struct shim_session *session)
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

HRESULT session_cred(struct shim_session *session, struct tls_cred **cred, DWORD *detail)
{
    HRESULT hr = S_OK;

    *detail = 0;
    EnterCriticalSection(&session->cs);
    if (!session->cred)
        hr = tls_cred_create(session->has_client_cert ? session->client_cert_hash : NULL, session->client_cert_location,
                             session->client_cert_store, &session->cred, detail);
    *cred = session->cred;
    LeaveCriticalSection(&session->cs);
    return hr;
}

void session_put_conn(struct shim_session *session, struct conn *conn, BOOL keep)
{
    if (keep && !session->released) pool_put(conn);
    else conn_close(conn);
    if (session->released) pool_purge(session->id); /* released in between */
}

#endif /* BITS_TRANSPORT_WINHTTP */
