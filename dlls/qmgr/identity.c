/*
 * Who a job is towards servers
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


#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

#include "credentials.h"
#include "helper.h"
#include "identity.h"
#include "judge.h"
#include "log.h"
#include "policy.h"
#include "queue.h"
#include "security.h"
#include "core/str.h"
#include "shim/shim.h"

#include "wine/debug.h"

#define TLS_FLAGS 0x1f              /* of the security flags [BEH.CERT.1] */
#define TOKEN_NETWORK 0x0002        /* BG_TOKEN_NETWORK */
#define TARGET_PROXY 2              /* BG_AUTH_TARGET_PROXY */
#define HASH_SIZE 20

struct identity
{
    struct shim_session_params params;
    struct queue_job *job;
    HANDLE cancel;
    UINT32 options;                 /* of the job when this was made */
    struct credentials list;
    struct shim_credential *credentials;
    BYTE hash[HASH_SIZE];
    WCHAR *store;
};

static HRESULT validate(void *ctx, const WCHAR *host, UINT16 port, const void *cert_context)
{
    struct identity *identity = ctx;

    return judge_ask(identity->job, host, port, cert_context, identity->cancel);
}

/* What the model says, in one stay under the lock; *blob are the sealed credentials. */
static HRESULT read_job_locked(struct identity *identity, BYTE **blob, UINT32 *size, BOOL *helped)
{
    const struct queue_job *entry = identity->job;
    const struct job *job = entry->job;
    const struct prop_value *hash = &job->props[PROP_CERT_HASH], *sealed = &job->props[PROP_CREDENTIALS];
    UINT32 token_flags = job_u32(job, PROP_TOKEN_FLAGS);

    identity->options = entry->options;
    identity->params.tls_flags = job_u32(job, PROP_SECURITY_FLAGS) & TLS_FLAGS;
    if (hash->blob_size == HASH_SIZE)
    {
        if (!(identity->store = str_dup(job_string(job, PROP_CERT_STORE)))) return E_OUTOFMEMORY;
        memcpy(identity->hash, hash->blob, HASH_SIZE);
        identity->params.client_cert_hash = identity->hash;
        identity->params.client_cert_location = job_u32(job, PROP_CERT_LOCATION);
        identity->params.client_cert_store = identity->store;
    }
    if (job_u32(job, PROP_CERT_CALLBACK_WANTED))
    {
        identity->params.validate_cert = validate;
        identity->params.validate_ctx = identity;
    }
    identity->params.implicit_proxy = job_u32(job, PROP_USE_STORED_CREDENTIALS) == TARGET_PROXY;    /* BEH.AUTH.9 */

    *helped = token_flags != 0;
    if ((token_flags & TOKEN_NETWORK) && identity->params.client_cert_hash && wcscmp(job->owner, L"S-1-5-18"))
        return HRESULT_FROM_WIN32(ERROR_WINHTTP_CLIENT_CERT_NO_ACCESS_PRIVATE_KEY);

    if (sealed->blob_size)
    {
        if (!(*blob = malloc(sealed->blob_size))) return E_OUTOFMEMORY;
        memcpy(*blob, sealed->blob, sealed->blob_size);
        *size = sealed->blob_size;
    }
    return S_OK;
}

static HRESULT open_credentials(struct identity *identity, const BYTE *blob, UINT32 size)
{
    HRESULT hr;
    UINT32 i;

    if (FAILED(hr = credentials_open(blob, size, &identity->list)))
    {
        if (hr == E_OUTOFMEMORY) return hr;
        /* sealed by another machine or user: the server will ask, and the job will say that they are missing */
        log_write(LOG_WARNING, "job %s: its credentials cannot be read, hr %#lx", debugstr_guid(&identity->job->job->id), hr);
        return S_OK;
    }
    if (!(identity->credentials = calloc(identity->list.count + 1, sizeof(*identity->credentials)))) return E_OUTOFMEMORY;
    for (i = 0; i < identity->list.count; i++)
    {
        identity->credentials[i].target = identity->list.entries[i].target;
        identity->credentials[i].scheme = identity->list.entries[i].scheme;
        identity->credentials[i].user = identity->list.entries[i].user;
        identity->credentials[i].password = identity->list.entries[i].password;
    }
    identity->params.credentials = identity->credentials;
    identity->params.credential_count = identity->list.count;
    return S_OK;
}

HRESULT identity_open(struct queue_job *job, HANDLE cancel, struct identity **ret)
{
    struct identity *identity;
    struct caller *helper;
    struct policy policy;
    BYTE *blob = NULL;
    UINT32 size = 0;
    BOOL helped;
    HRESULT hr;

    *ret = NULL;
    if (!(identity = calloc(1, sizeof(*identity)))) return E_OUTOFMEMORY;
    identity->job = job;
    identity->cancel = cancel;
    queue_enter();
    hr = read_job_locked(identity, &blob, &size, &helped);
    queue_leave();
    if (SUCCEEDED(hr) && helped)
    {
        if ((helper = helper_get(job))) caller_release(helper);
        else hr = BG_E_TOKEN_REQUIRED;
    }
    if (SUCCEEDED(hr)) hr = open_credentials(identity, blob, size);
    free(blob);
    policy_get(&policy);
    if (policy.implicit_logon) identity->params.implicit_server = identity->params.implicit_proxy = TRUE;   /* BEH.AUTH.7 */
    if (FAILED(hr))
    {
        identity_close(identity);
        return hr;
    }
    *ret = identity;
    return S_OK;
}

const struct shim_session_params *identity_params(const struct identity *identity)
{
    return &identity->params;
}

BOOL identity_is_stale(const struct identity *identity)
{
    BOOL stale;

    queue_enter();
    stale = identity->job->options != identity->options;
    queue_leave();
    return stale;
}

BOOL identity_lacks_judge(const struct identity *identity)
{
    BOOL lacks;

    queue_enter();
    lacks = identity->params.validate_cert && !identity->job->judge;
    queue_leave();
    return lacks;
}

void identity_close(struct identity *identity)
{
    if (!identity) return;
    credentials_close(&identity->list);
    free(identity->credentials);
    free(identity->store);
    free(identity);
}
