/*
 * The job door: identity, and what its interfaces and the other doors do the same way
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

#include "job_door.h"
#include "policy.h"
#include "core/str.h"
#include "core/url.h"

/* All job doors, so that a client that asks twice for a job gets one object [MGR.GetJob.A2]. */
static struct list doors = LIST_INIT(doors);
static SRWLOCK doors_lock = SRWLOCK_INIT;

static SRWLOCK secrets_lock = SRWLOCK_INIT;

ULONG job_door_addref(struct job_door *door)
{
    return client_object_addref(&door->base);
}

ULONG job_door_release(struct job_door *door)
{
    ULONG refs;

    /* under the lock, so that job_door_get finds no door on its way out */
    AcquireSRWLockExclusive(&doors_lock);
    if (!(refs = client_object_release(&door->base))) list_remove(&door->entry);
    ReleaseSRWLockExclusive(&doors_lock);

    if (!refs)
    {
        queue_release(door->job);
        free(door);
    }
    return refs;
}

HRESULT job_door_query(struct job_door *door, REFIID riid, void **out)
{
    IUnknown *iface;
    HRESULT hr;

    *out = NULL;
    if (IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, &IID_IBackgroundCopyJob) || IsEqualIID(riid, &IID_IBackgroundCopyJob2)
        || IsEqualIID(riid, &IID_IBackgroundCopyJob3) || IsEqualIID(riid, &IID_IBackgroundCopyJob4)
        || IsEqualIID(riid, &IID_IBackgroundCopyJob5))
        iface = (IUnknown *)&door->IBackgroundCopyJob5_iface;
    else if (IsEqualIID(riid, &IID_IBackgroundCopyJobHttpOptions) || IsEqualIID(riid, &IID_IBackgroundCopyJobHttpOptions2)
             || IsEqualIID(riid, &IID_IBackgroundCopyJobHttpOptions3))
        iface = (IUnknown *)&door->IBackgroundCopyJobHttpOptions3_iface;
    else if (IsEqualIID(riid, &IID_IBitsTokenOptions))
        iface = (IUnknown *)&door->IBitsTokenOptions_iface;
    else return E_NOINTERFACE;

    if (FAILED(hr = job_check_access(door))) return hr;             /* BEH.OWN.6 */
    IUnknown_AddRef(iface);
    *out = iface;
    return S_OK;
}

HRESULT job_check_access(const struct job_door *door)
{
    return door_check_access(door->base.client, door->job);
}

HRESULT job_check_owner(const struct job_door *door)
{
    HRESULT hr = job_check_access(door);

    if (FAILED(hr)) return hr;
    queue_enter();
    if (wcscmp(job_door_caller(door)->sid, door->job->job->owner)) hr = E_ACCESSDENIED;
    queue_leave();
    return hr;
}

HRESULT job_check_state(const struct job_door *door, HRESULT (*check)(const struct queue_job *job))
{
    HRESULT hr;

    queue_enter();
    if (SUCCEEDED(hr = state_may_change(door->job->live)) && check) hr = check(door->job);
    queue_leave();
    return hr;
}

UINT32 job_file_limit(const struct job_door *door)
{
    const struct caller *caller = job_door_caller(door);
    struct policy policy;

    if (caller->admin || caller->service_account) return 0;
    policy_get(&policy);
    return policy.max_files_per_job;
}

HRESULT job_set_number(struct job_door *door, enum job_prop prop, UINT64 number)
{
    struct prop_value value = { prop };

    value.number = number;
    return queue_set(door->job, &value, 1, NULL);
}

HRESULT job_set_string(struct job_door *door, enum job_prop prop, const WCHAR *string)
{
    struct prop_value value = { prop };

    value.string = string;
    return queue_set(door->job, &value, 1, NULL);
}

HRESULT job_set_blob(struct job_door *door, enum job_prop prop, const BYTE *blob, UINT32 size)
{
    struct prop_value value = { prop };

    value.blob = blob;
    value.blob_size = size;
    return queue_set(door->job, &value, 1, NULL);
}

UINT32 job_get_number(struct job_door *door, enum job_prop prop)
{
    UINT32 number;

    queue_enter();
    number = job_u32(door->job->job, prop);
    queue_leave();
    return number;
}

HRESULT job_get_string(struct job_door *door, enum job_prop prop, WCHAR **ret)
{
    HRESULT hr;

    queue_enter();
    hr = return_string(job_string(door->job->job, prop), ret);
    queue_leave();
    return hr;
}

HRESULT job_get_blob(struct job_door *door, enum job_prop prop, BYTE **blob, UINT32 *size)
{
    const struct prop_value *value = &door->job->job->props[prop];
    HRESULT hr = S_OK;

    *blob = NULL;
    *size = 0;
    queue_enter();
    if (value->blob_size)
    {
        if ((*blob = malloc(value->blob_size)))
        {
            memcpy(*blob, value->blob, value->blob_size);
            *size = value->blob_size;
        }
        else hr = E_OUTOFMEMORY;
    }
    queue_leave();
    return hr;
}

HRESULT check_remote_name(const WCHAR *name, BOOL ranged)
{
    struct url url;
    HRESULT hr;

    if (FAILED(hr = url_parse(name, &url))) return hr;
    if (ranged && url.scheme == URL_FILE) hr = E_INVALIDARG;
    url_free(&url);
    return hr;
}

void job_secrets_enter(void)
{
    AcquireSRWLockExclusive(&secrets_lock);
}

void job_secrets_leave(void)
{
    ReleaseSRWLockExclusive(&secrets_lock);
}

HRESULT return_string(const WCHAR *string, WCHAR **ret)
{
    size_t size;

    *ret = NULL;
    if (!string) return S_OK;
    size = (str_len(string) + 1) * sizeof(WCHAR);
    if (!(*ret = CoTaskMemAlloc(size))) return E_OUTOFMEMORY;
    memcpy(*ret, string, size);
    return S_OK;
}

HRESULT door_check_access(struct client *client, const struct queue_job *job)
{
    BOOL allowed;

    queue_enter();
    allowed = caller_may_access(client_caller(client), job->job->owner, job->job->integrity, job->job->elevated);
    queue_leave();
    return allowed ? S_OK : E_ACCESSDENIED;
}

HRESULT job_door_get(struct client *client, struct queue_job *job, IBackgroundCopyJob **ret)
{
    struct job_door *door;

    AcquireSRWLockExclusive(&doors_lock);
    LIST_FOR_EACH_ENTRY(door, &doors, struct job_door, entry)
    {
        if (door->job != job || door->base.client != client) continue;
        client_object_addref(&door->base);
        ReleaseSRWLockExclusive(&doors_lock);
        *ret = (IBackgroundCopyJob *)&door->IBackgroundCopyJob5_iface;
        return S_OK;
    }
    if ((door = calloc(1, sizeof(*door))))
    {
        door->IBackgroundCopyJob5_iface.lpVtbl = &job_vtbl;
        door->IBackgroundCopyJobHttpOptions3_iface.lpVtbl = &job_http_vtbl;
        door->IBitsTokenOptions_iface.lpVtbl = &job_token_vtbl;
        door->job = job;
        queue_addref(job);
        client_object_init(&door->base, client, (IUnknown *)&door->IBackgroundCopyJob5_iface);
        list_add_tail(&doors, &door->entry);
    }
    ReleaseSRWLockExclusive(&doors_lock);
    *ret = door ? (IBackgroundCopyJob *)&door->IBackgroundCopyJob5_iface : NULL;
    return door ? S_OK : E_OUTOFMEMORY;
}
