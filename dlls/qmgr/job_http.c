/*
 * IBackgroundCopyJobHttpOptions, 2 and 3 of the job door
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


#define COBJMACROS

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"

#include "certs.h"
#include "job_door.h"
#include "judge.h"
#include "core/str.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define STORE_NAME_MAX     255      /* characters [HTTP.SetClientCertificateByID.1, A1] */
#define SUBJECT_NAME_MAX   255      /* [HTTP.SetClientCertificateByName.2] */
#define CUSTOM_HEADERS_MAX 16383    /* [HTTP.SetCustomHeaders.1, A1] */
#define SECURITY_FLAGS_ALL 0x0f1f   /* [HTTP.SetSecurityFlags.A3] */

#define NO_CERTIFICATE HRESULT_FROM_WIN32(RPC_X_BAD_STUB_DATA)  /* [HTTP.GetClientCertificate.4, A1] */

static inline struct job_door *impl_from_IBackgroundCopyJobHttpOptions3(IBackgroundCopyJobHttpOptions3 *iface)
{
    return CONTAINING_RECORD(iface, struct job_door, IBackgroundCopyJobHttpOptions3_iface);
}

static HRESULT WINAPI http_QueryInterface(IBackgroundCopyJobHttpOptions3 *iface, REFIID riid, void **out)
{
    struct job_door *door = impl_from_IBackgroundCopyJobHttpOptions3(iface);

    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    return job_door_query(door, riid, out);
}

static ULONG WINAPI http_AddRef(IBackgroundCopyJobHttpOptions3 *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJobHttpOptions3(iface);
    ULONG refs = job_door_addref(door);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static ULONG WINAPI http_Release(IBackgroundCopyJobHttpOptions3 *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJobHttpOptions3(iface);
    ULONG refs = job_door_release(door);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

/* Stores the certificate that was found, or with hash NULL none. */
static HRESULT set_certificate(struct job_door *door, UINT32 location, const WCHAR *store, const BYTE *hash, const WCHAR *subject)
{
    struct prop_value values[4] = { { PROP_CERT_LOCATION }, { PROP_CERT_STORE }, { PROP_CERT_HASH }, { PROP_CERT_SUBJECT } };

    values[0].number = location;
    values[1].string = store;
    values[2].blob = hash;
    values[2].blob_size = hash ? CERT_HASH_SIZE : 0;
    values[3].string = subject;
    return queue_set(door->job, values, ARRAY_SIZE(values), NULL);
}

static HRESULT WINAPI http_SetClientCertificateByID(IBackgroundCopyJobHttpOptions3 *iface, BG_CERT_STORE_LOCATION location,
                                                    LPCWSTR store, BYTE *hash)
{
    struct job_door *door = impl_from_IBackgroundCopyJobHttpOptions3(iface);
    WCHAR *subject;
    HRESULT hr;

    TRACE("%p, %d, %s, %p.\n", iface, location, debugstr_w(store), hash);

    if (FAILED(hr = job_check_owner(door))) return hr;              /* HTTP.SetClientCertificateByID.12 */
    if (!store || !hash) return HRESULT_FROM_WIN32(RPC_X_NULL_REF_POINTER);
    if ((UINT32)location > BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE) return E_NOTIMPL;  /* HTTP.SetClientCertificateByID.4 */
    if (str_nlen(store, STORE_NAME_MAX + 1) > STORE_NAME_MAX) return BG_E_STRING_TOO_LONG;
    if (FAILED(hr = job_check_state(door, NULL))) return hr;

    if (FAILED(hr = security_impersonate(job_door_caller(door)))) return hr;
    hr = certs_find_hash(location, store, hash, &subject);
    security_revert();
    if (SUCCEEDED(hr))
    {
        hr = set_certificate(door, location, store, hash, subject);
        free(subject);
    }
    return hr;
}

static HRESULT WINAPI http_SetClientCertificateByName(IBackgroundCopyJobHttpOptions3 *iface, BG_CERT_STORE_LOCATION location,
                                                      LPCWSTR store, LPCWSTR name)
{
    struct job_door *door = impl_from_IBackgroundCopyJobHttpOptions3(iface);
    BYTE hash[CERT_HASH_SIZE];
    WCHAR *subject;
    HRESULT hr;

    TRACE("%p, %d, %s, %s.\n", iface, location, debugstr_w(store), debugstr_w(name));

    if (FAILED(hr = job_check_owner(door))) return hr;
    if (!store || !name) return HRESULT_FROM_WIN32(RPC_X_NULL_REF_POINTER);
    if ((UINT32)location > BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE) return E_NOTIMPL;  /* HTTP.SetClientCertificateByName.5 */
    if (str_nlen(store, STORE_NAME_MAX + 1) > STORE_NAME_MAX) return BG_E_STRING_TOO_LONG;
    if (str_nlen(name, SUBJECT_NAME_MAX + 1) > SUBJECT_NAME_MAX) return BG_E_STRING_TOO_LONG;
    if (!*name) return E_INVALIDARG;                                /* HTTP.SetClientCertificateByName.A1 */
    if (FAILED(hr = job_check_state(door, NULL))) return hr;

    if (FAILED(hr = security_impersonate(job_door_caller(door)))) return hr;
    hr = certs_find_subject(location, store, name, hash, &subject);
    security_revert();
    if (SUCCEEDED(hr))
    {
        hr = set_certificate(door, location, store, hash, subject);
        free(subject);
    }
    return hr;
}

/* S_FALSE ends a change that has nothing to do. */
static HRESULT check_certificate(const struct queue_job *job)
{
    return job->job->props[PROP_CERT_HASH].blob_size ? S_OK : S_FALSE;
}

static HRESULT WINAPI http_RemoveClientCertificate(IBackgroundCopyJobHttpOptions3 *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJobHttpOptions3(iface);
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (FAILED(hr = job_check_access(door))) return hr;
    if ((hr = job_check_state(door, check_certificate)) != S_OK) return hr;
    return set_certificate(door, 0, NULL, NULL, NULL);
}

static HRESULT WINAPI http_GetClientCertificate(IBackgroundCopyJobHttpOptions3 *iface, BG_CERT_STORE_LOCATION *location,
                                                LPWSTR *store, BYTE **hash, LPWSTR *subject)
{
    struct job_door *door = impl_from_IBackgroundCopyJobHttpOptions3(iface);
    const struct job *job = door->job->job;
    const struct prop_value *value = &job->props[PROP_CERT_HASH];
    HRESULT hr;

    TRACE("%p, %p, %p, %p, %p.\n", iface, location, store, hash, subject);

    if (location) *location = BG_CERT_STORE_LOCATION_CURRENT_USER;
    if (store) *store = NULL;
    if (hash) *hash = NULL;
    if (subject) *subject = NULL;
    if (!location || !store || !hash || !subject) return HRESULT_FROM_WIN32(RPC_X_NULL_REF_POINTER);
    if (FAILED(job_check_access(door))) return NO_CERTIFICATE;
    queue_enter();
    if (value->blob_size != CERT_HASH_SIZE) hr = NO_CERTIFICATE;
    else if (!(*hash = CoTaskMemAlloc(CERT_HASH_SIZE))) hr = E_OUTOFMEMORY;
    else
    {
        memcpy(*hash, value->blob, CERT_HASH_SIZE);
        *location = (BG_CERT_STORE_LOCATION)job_u32(job, PROP_CERT_LOCATION);
        if (SUCCEEDED(hr = return_string(job_string(job, PROP_CERT_STORE), store)))
            hr = return_string(job_string(job, PROP_CERT_SUBJECT), subject);
    }
    queue_leave();
    if (FAILED(hr))
    {
        CoTaskMemFree(*hash);
        CoTaskMemFree(*store);
        *hash = NULL;
        *store = NULL;
    }
    return hr;
}

static HRESULT WINAPI http_SetCustomHeaders(IBackgroundCopyJobHttpOptions3 *iface, LPCWSTR headers)
{
    struct job_door *door = impl_from_IBackgroundCopyJobHttpOptions3(iface);
    BYTE *blob = NULL;
    UINT32 size = 0;
    HRESULT hr;

    TRACE("%p, %p.\n", iface, headers);                             /* what is in them is nobody's business */

    if (FAILED(hr = job_check_owner(door))) return hr;              /* HTTP.SetCustomHeaders.6 */
    if (headers && str_nlen(headers, CUSTOM_HEADERS_MAX + 1) > CUSTOM_HEADERS_MAX) return BG_E_STRING_TOO_LONG;
    if (FAILED(hr = job_check_state(door, NULL))) return hr;
    if (headers && *headers && FAILED(hr = security_seal(headers, (UINT32)(str_len(headers) * sizeof(*headers)), &blob, &size)))
        return hr;
    hr = job_set_blob(door, PROP_CUSTOM_HEADERS, blob, size);
    free(blob);
    return hr;
}

static HRESULT WINAPI http_GetCustomHeaders(IBackgroundCopyJobHttpOptions3 *iface, LPWSTR *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJobHttpOptions3(iface);
    UINT32 size, blob_size;
    BYTE *blob;
    void *data;
    HRESULT hr;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return HRESULT_FROM_WIN32(RPC_X_NULL_REF_POINTER);
    *ret = NULL;
    if (FAILED(hr = job_check_owner(door))) return hr;              /* HTTP.GetCustomHeaders.1, 4 */
    queue_enter();
    if (job_u32(door->job->job, PROP_HEADERS_WRITE_ONLY) || door->job->headers_hidden) hr = E_ACCESSDENIED;
    queue_leave();
    if (FAILED(hr) || FAILED(hr = job_get_blob(door, PROP_CUSTOM_HEADERS, &blob, &blob_size))) return hr;
    if (!blob_size) return S_FALSE;

    if (SUCCEEDED(hr = security_unseal(blob, blob_size, &data, &size)))
    {
        if ((*ret = CoTaskMemAlloc(size + sizeof(WCHAR))))
        {
            memcpy(*ret, data, size);
            (*ret)[size / sizeof(WCHAR)] = 0;
        }
        else hr = E_OUTOFMEMORY;
        security_free_secret(data, size);
    }
    free(blob);
    return hr;
}

static HRESULT WINAPI http_SetSecurityFlags(IBackgroundCopyJobHttpOptions3 *iface, ULONG flags)
{
    struct job_door *door = impl_from_IBackgroundCopyJobHttpOptions3(iface);
    UINT32 former;
    HRESULT hr;

    TRACE("%p, %#lx.\n", iface, flags);

    if (FAILED(hr = job_check_access(door))) return hr;
    if (flags & ~SECURITY_FLAGS_ALL) return E_NOTIMPL;              /* HTTP.SetSecurityFlags.5, A3 */
    if ((flags & BG_HTTP_REDIRECT_POLICY_MASK) > BG_HTTP_REDIRECT_POLICY_DISALLOW) return E_NOTIMPL;
    former = job_get_number(door, PROP_SECURITY_FLAGS);
    if (FAILED(hr = job_set_number(door, PROP_SECURITY_FLAGS, flags))) return hr;
    /* what came from a server nobody had asked about does not count [HTTP.SetSecurityFlags.11] */
    return flags & ~former & BG_SSL_ENABLE_CRL_CHECK ? queue_start_afresh(door->job) : S_OK;
}

static HRESULT WINAPI http_GetSecurityFlags(IBackgroundCopyJobHttpOptions3 *iface, ULONG *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJobHttpOptions3(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return HRESULT_FROM_WIN32(RPC_X_NULL_REF_POINTER);
    *ret = job_get_number(door, PROP_SECURITY_FLAGS);
    return S_OK;
}

static const WCHAR *default_method(const struct job_door *door)
{
    return door->job->job->type == JOB_DOWNLOAD ? L"GET" : L"BITS_POST";
}

/* A token of RFC 9110 5.6.2: anything else would end the method and begin something new in the request. */
static BOOL is_token(const WCHAR *method)
{
    static const WCHAR others[] = L"!#$%&'*+-.^_`|~";

    for (; *method; method++)
    {
        if ((*method >= '0' && *method <= '9') || (str_fold(*method) >= 'a' && str_fold(*method) <= 'z')) continue;
        if (!str_chr(others, *method)) return FALSE;
    }
    return TRUE;
}

static HRESULT check_unresumed(const struct queue_job *job)
{
    return job->job->resumed ? BG_E_READ_ONLY_PROPERTY_AFTER_RESUME : S_OK;    /* HTTP2.SetHttpMethod.2, A2 */
}

static HRESULT check_method(const struct queue_job *job)
{
    if (job->job->resumed) return BG_E_READ_ONLY_PROPERTY_AFTER_RESUME;
    return job_u32(job->job, PROP_DYNAMIC_CONTENT) || job_u32(job->job, PROP_ON_DEMAND) ? BG_E_UNSUPPORTED_JOB_CONFIGURATION : S_OK;
}

static HRESULT WINAPI http_SetHttpMethod(IBackgroundCopyJobHttpOptions3 *iface, LPCWSTR method)
{
    struct job_door *door = impl_from_IBackgroundCopyJobHttpOptions3(iface);
    struct prop_value values[2] = { { PROP_HTTP_METHOD }, { PROP_PRIORITY } };
    HRESULT hr;

    TRACE("%p, %s.\n", iface, debugstr_w(method));

    if (FAILED(hr = job_check_access(door))) return hr;
    if (!method || !*method || !is_token(method)) return E_INVALIDARG;  /* HTTP2.SetHttpMethod.A3 */
    if (!str_icmp(method, default_method(door))) return queue_set(door->job, values, 1, check_unresumed);
    values[0].string = method;
    values[1].number = JOB_FOREGROUND;                              /* HTTP2.SetHttpMethod.4 */
    return queue_set(door->job, values, ARRAY_SIZE(values), check_method);
}

static HRESULT WINAPI http_GetHttpMethod(IBackgroundCopyJobHttpOptions3 *iface, LPWSTR *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJobHttpOptions3(iface);
    const WCHAR *method;
    HRESULT hr;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    method = job_string(door->job->job, PROP_HTTP_METHOD);
    hr = return_string(method ? method : default_method(door), ret);
    queue_leave();
    return hr;
}

/* HTTP3.SetServerCertificateValidationInterface.4, A1: what the code's text calls paused */
static HRESULT check_paused(const struct queue_job *job)
{
    return job->live == JOB_SUSPENDED || job->live == JOB_ERROR || job->live == JOB_TRANSFERRED ? S_OK
                                                                                                : BG_E_READ_ONLY_WHEN_JOB_ACTIVE;
}

static HRESULT WINAPI http_SetServerCertificateValidationInterface(IBackgroundCopyJobHttpOptions3 *iface, IUnknown *callback)
{
    struct job_door *door = impl_from_IBackgroundCopyJobHttpOptions3(iface);
    struct prop_value value = { PROP_CERT_CALLBACK_WANTED };
    IUnknown *judge = NULL;
    HRESULT hr;

    TRACE("%p, %p.\n", iface, callback);

    if (FAILED(hr = job_check_access(door))) return hr;
    if (callback && FAILED(IUnknown_QueryInterface(callback, &IID_IBackgroundCopyServerCertificateValidationCallback, (void **)&judge)))
        return E_NOINTERFACE;
    value.number = judge != NULL;
    if (SUCCEEDED(hr = queue_set(door->job, &value, 1, check_paused))) hr = judge_set(door->job, door->base.client, judge);
    if (judge) IUnknown_Release(judge);
    return hr;
}

static HRESULT WINAPI http_MakeCustomHeadersWriteOnly(IBackgroundCopyJobHttpOptions3 *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJobHttpOptions3(iface);
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (FAILED(hr = job_check_access(door))) return hr;
    hr = job_set_number(door, PROP_HEADERS_WRITE_ONLY, TRUE);
    if (hr != BG_E_INVALID_STATE) return hr;
    queue_enter();
    door->job->headers_hidden = TRUE;       /* a job that is over: for those who still hold it [HTTP3.MakeCustomHeadersWriteOnly.A1] */
    queue_leave();
    return S_OK;
}

const IBackgroundCopyJobHttpOptions3Vtbl job_http_vtbl =
{
    http_QueryInterface,
    http_AddRef,
    http_Release,
    http_SetClientCertificateByID,
    http_SetClientCertificateByName,
    http_RemoveClientCertificate,
    http_GetClientCertificate,
    http_SetCustomHeaders,
    http_GetCustomHeaders,
    http_SetSecurityFlags,
    http_GetSecurityFlags,
    http_SetHttpMethod,
    http_GetHttpMethod,
    http_SetServerCertificateValidationInterface,
    http_MakeCustomHeadersWriteOnly,
};
