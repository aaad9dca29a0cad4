/*
 * IBackgroundCopyJob2: command line, reply, credentials
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
#include "wincred.h"
#include "objbase.h"

#include "credentials.h"
#include "job_door.h"
#include "local.h"
#include "notify.h"
#include "reply.h"
#include "core/str.h"
#include "core/url.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define PROGRAM_MAX    260          /* characters [JOB2.SetNotifyCmdLine.2] */
#define PARAMETERS_MAX 4000
#define USER_NAME_MAX  300          /* [JOB2.SetCredentials.5] */
#define PASSWORD_MAX   65536        /* [JOB2.SetCredentials.6, A1] */

HRESULT WINAPI job_SetNotifyCmdLine(IBackgroundCopyJob5 *iface, LPCWSTR program, LPCWSTR parameters)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    struct prop_value values[2] = { { PROP_NOTIFY_PROGRAM }, { PROP_NOTIFY_PARAMETERS } };
    HRESULT hr;

    TRACE("%p, %s, %s.\n", iface, debugstr_w(program), debugstr_w(parameters));

    if (FAILED(hr = job_check_access(door))) return hr;
    if (program && str_nlen(program, PROGRAM_MAX + 1) > PROGRAM_MAX) return BG_E_STRING_TOO_LONG;
    if (parameters && str_nlen(parameters, PARAMETERS_MAX + 1) > PARAMETERS_MAX) return BG_E_STRING_TOO_LONG;
    if (program && !*program) program = NULL;                       /* JOB2.SetNotifyCmdLine.A2 */
    if (parameters && !*parameters) parameters = NULL;
    if (!program && parameters) return E_INVALIDARG;                /* JOB2.SetNotifyCmdLine.7, A1 */

    values[0].string = program;
    values[1].string = parameters;
    if (program && FAILED(hr = notify_set_program_caller(door->job, job_door_caller(door)))) return hr;
    return queue_set(door->job, values, ARRAY_SIZE(values), NULL);
}

HRESULT WINAPI job_GetNotifyCmdLine(IBackgroundCopyJob5 *iface, LPWSTR *program, LPWSTR *parameters)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    const struct job *job = door->job->job;
    const WCHAR *string;
    HRESULT hr;

    TRACE("%p, %p, %p.\n", iface, program, parameters);

    if (program) *program = NULL;
    if (parameters) *parameters = NULL;
    if (!program || !parameters) return E_INVALIDARG;
    /* JOB2.GetNotifyCmdLine.2, A1: never NULL */
    queue_enter();
    if (SUCCEEDED(hr = return_string((string = job_string(job, PROP_NOTIFY_PROGRAM)) ? string : L"", program)))
        hr = return_string((string = job_string(job, PROP_NOTIFY_PARAMETERS)) ? string : L"", parameters);
    queue_leave();
    if (FAILED(hr))
    {
        CoTaskMemFree(*program);
        *program = NULL;
    }
    return hr;
}

HRESULT WINAPI job_GetReplyProgress(IBackgroundCopyJob5 *iface, BG_JOB_REPLY_PROGRESS *progress)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, progress);

    if (!progress) return E_INVALIDARG;
    progress->BytesTotal = progress->BytesTransferred = 0;          /* JOB2.GetReplyProgress.A1 */
    if (door->job->job->type != JOB_UPLOAD_REPLY) return E_NOTIMPL;  /* JOB2.GetReplyProgress.3 */
    queue_enter();
    queue_reply_progress_locked(door->job, &progress->BytesTotal, &progress->BytesTransferred);
    queue_leave();
    return S_OK;
}

HRESULT WINAPI job_GetReplyData(IBackgroundCopyJob5 *iface, byte **buffer, UINT64 *length)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    BYTE *data;
    HRESULT hr;

    TRACE("%p, %p, %p.\n", iface, buffer, length);

    if (buffer) *buffer = NULL;
    if (!buffer || !length) return E_INVALIDARG;                    /* JOB2.GetReplyData.A3 */
    *length = 0;
    if (door->job->job->type != JOB_UPLOAD_REPLY) return E_NOTIMPL;  /* JOB2.GetReplyData.6 */
    if (FAILED(hr = security_impersonate(job_door_caller(door)))) return hr;
    hr = reply_read(door->job, &data, length);
    security_revert();
    if (FAILED(hr) || !*length) return hr;                          /* JOB2.GetReplyData.2, A4 */
    if ((*buffer = CoTaskMemAlloc(*length))) memcpy(*buffer, data, *length);
    else
    {
        *length = 0;
        hr = E_OUTOFMEMORY;
    }
    free(data);
    return hr;
}

HRESULT WINAPI job_SetReplyFileName(IBackgroundCopyJob5 *iface, LPCWSTR name)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    struct prop_value value = { PROP_REPLY_FILE };
    HRESULT hr;

    TRACE("%p, %s.\n", iface, debugstr_w(name));

    if (FAILED(hr = job_check_access(door))) return hr;
    if (door->job->job->type != JOB_UPLOAD_REPLY) return E_NOTIMPL; /* JOB2.SetReplyFileName.A1 */
    if (name && !*name) name = NULL;
    if (name)
    {
        if (FAILED(hr = local_name_check(name))) return hr;
        if (FAILED(hr = job_check_state(door, queue_check_reply_name))) return hr;
        if (FAILED(hr = security_impersonate(job_door_caller(door)))) return hr;
        hr = local_check_folder(name);
        security_revert();
        if (FAILED(hr)) return hr;
    }
    value.string = name;
    return queue_set(door->job, &value, 1, queue_check_reply_name);
}

HRESULT WINAPI job_GetReplyFileName(IBackgroundCopyJob5 *iface, LPWSTR *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    HRESULT hr;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    if (door->job->job->type != JOB_UPLOAD_REPLY) return E_NOTIMPL;  /* JOB2.GetReplyFileName.4 */
    if (FAILED(hr = queue_name_reply(door->job))) return hr;
    return job_get_string(door, PROP_REPLY_FILE, ret);
}

/* The order of checks is that of the page [JOB2.SetCredentials.3 to 7]. */
static HRESULT check_credentials(const BG_AUTH_CREDENTIALS *credentials)
{
    const BG_BASIC_CREDENTIALS *basic = &credentials->Credentials.Basic;

    if (credentials->Target != BG_AUTH_TARGET_SERVER && credentials->Target != BG_AUTH_TARGET_PROXY)
        return BG_E_INVALID_AUTH_TARGET;
    if (credentials->Scheme < BG_AUTH_SCHEME_BASIC || credentials->Scheme > BG_AUTH_SCHEME_PASSPORT)
        return BG_E_INVALID_AUTH_SCHEME;
    if (basic->UserName && str_nlen(basic->UserName, USER_NAME_MAX + 1) > USER_NAME_MAX) return BG_E_USERNAME_TOO_LARGE;
    if (basic->Password && str_nlen(basic->Password, PASSWORD_MAX + 1) > PASSWORD_MAX) return BG_E_PASSWORD_TOO_LARGE;
    if (!basic->UserName != !basic->Password) return E_INVALIDARG;  /* JOB2.SetCredentials.A2 */
    if (!basic->UserName && credentials->Scheme != BG_AUTH_SCHEME_NTLM && credentials->Scheme != BG_AUTH_SCHEME_NEGOTIATE)
        return E_INVALIDARG;                                        /* JOB2.SetCredentials.7, A3 */
    /* an encoded name says that it is one; what it holds is the business of SSPI [BEH.AUTH.8] */
    if (credentials->Scheme == BG_AUTH_SCHEME_NEGOTIATE && basic->UserName && !wcsncmp(basic->UserName, L"@@", 2)
        && !CredIsMarshaledCredentialW(basic->UserName))
        return BG_E_INVALID_CREDENTIALS;
    return S_OK;
}

/* entry is set, or without user and password removed; S_FALSE if it was not there to be removed. */
static HRESULT change_credentials(struct job_door *door, const struct credential *entry, BOOL remove)
{
    struct credentials list;
    BYTE *blob, *sealed;
    UINT32 size;
    HRESULT hr;

    job_secrets_enter();
    if (SUCCEEDED(hr = job_get_blob(door, PROP_CREDENTIALS, &blob, &size)))
    {
        hr = credentials_open(blob, size, &list);
        free(blob);
    }
    if (SUCCEEDED(hr))
    {
        hr = remove ? credentials_without(&list, entry->target, entry->scheme, &sealed, &size)
                    : credentials_with(&list, entry, &sealed, &size);
        credentials_close(&list);
        if (hr == S_OK)
        {
            hr = job_set_blob(door, PROP_CREDENTIALS, sealed, size);
            free(sealed);
        }
    }
    job_secrets_leave();
    return hr;
}

HRESULT WINAPI job_SetCredentials(IBackgroundCopyJob5 *iface, BG_AUTH_CREDENTIALS *credentials)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    struct credential entry;
    HRESULT hr;

    TRACE("%p, %p.\n", iface, credentials);

    if (FAILED(hr = job_check_owner(door))) return hr;              /* JOB2.SetCredentials.9, A4 */
    if (!credentials) return E_INVALIDARG;
    if (FAILED(hr = check_credentials(credentials))) return hr;
    if (FAILED(hr = job_check_state(door, NULL))) return hr;

    entry.target = credentials->Target;
    entry.scheme = credentials->Scheme;
    entry.user = credentials->Credentials.Basic.UserName;
    entry.password = credentials->Credentials.Basic.Password;
    return change_credentials(door, &entry, FALSE);
}

HRESULT WINAPI job_RemoveCredentials(IBackgroundCopyJob5 *iface, BG_AUTH_TARGET target, BG_AUTH_SCHEME scheme)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    struct credential entry = { target, scheme };
    HRESULT hr;

    TRACE("%p, %d, %d.\n", iface, target, scheme);

    if (FAILED(hr = job_check_access(door))) return hr;
    if (target != BG_AUTH_TARGET_SERVER && target != BG_AUTH_TARGET_PROXY) return BG_E_INVALID_AUTH_TARGET;
    if (scheme < BG_AUTH_SCHEME_BASIC || scheme > BG_AUTH_SCHEME_PASSPORT) return BG_E_INVALID_AUTH_SCHEME;
    if (FAILED(hr = job_check_state(door, NULL))) return hr;
    return change_credentials(door, &entry, TRUE);
}
