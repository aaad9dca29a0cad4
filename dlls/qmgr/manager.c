/*
 * IBackgroundCopyManager
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

#include "peercache.h"
#include "qmgr_private.h"
#include "security.h"
#include "core/str.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define DISPLAY_NAME_MAX 256 /* [MGR.CreateJob.1] */

struct manager
{
    IBackgroundCopyManager IBackgroundCopyManager_iface;
    struct client_object base;
    struct peercache peercache;     /* IBitsPeerCacheAdministration [PC.1] */
};

static inline struct manager *impl_from_IBackgroundCopyManager(IBackgroundCopyManager *iface)
{
    return CONTAINING_RECORD(iface, struct manager, IBackgroundCopyManager_iface);
}

static ULONG WINAPI manager_AddRef(IBackgroundCopyManager *iface)
{
    struct manager *manager = impl_from_IBackgroundCopyManager(iface);
    ULONG refs = client_object_addref(&manager->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static ULONG WINAPI manager_Release(IBackgroundCopyManager *iface)
{
    struct manager *manager = impl_from_IBackgroundCopyManager(iface);
    ULONG refs = client_object_release(&manager->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    if (!refs) free(manager);
    return refs;
}

static HRESULT WINAPI manager_QueryInterface(IBackgroundCopyManager *iface, REFIID riid, void **out)
{
    struct manager *manager = impl_from_IBackgroundCopyManager(iface);

    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    if (IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, &IID_IBackgroundCopyManager)) *out = iface;
    else if (IsEqualIID(riid, &IID_IBitsPeerCacheAdministration)) *out = &manager->peercache.IBitsPeerCacheAdministration_iface;
    else
    {
        *out = NULL;
        return E_NOINTERFACE;
    }
    IBackgroundCopyManager_AddRef(iface);
    return S_OK;
}

static HRESULT WINAPI manager_CreateJob(IBackgroundCopyManager *iface, LPCWSTR name, BG_JOB_TYPE type, GUID *id,
                                        IBackgroundCopyJob **ret)
{
    struct manager *manager = impl_from_IBackgroundCopyManager(iface);
    struct caller *caller = client_caller(manager->base.client);
    struct queue_job *job;
    HRESULT hr;

    TRACE("%p, %s, %d, %p, %p.\n", iface, debugstr_w(name), type, id, ret);

    if (ret) *ret = NULL;
    if (!caller_may_create(caller)) return E_ACCESSDENIED;          /* BEH.OWN.5 */
    if (!name || !id || !ret) return E_INVALIDARG;                  /* MGR.CreateJob.A2 */
    if ((UINT32)type > BG_JOB_TYPE_UPLOAD_REPLY) return E_NOTIMPL;  /* MGR.CreateJob.A1 */
    if (str_nlen(name, DISPLAY_NAME_MAX + 1) > DISPLAY_NAME_MAX) return E_INVALIDARG; /* MGR.CreateJob.6 */

    if (FAILED(hr = queue_create(caller, name, (enum job_type)type, &job))) return hr;
    *id = job->job->id;
    hr = job_door_get(manager->base.client, job, ret);
    queue_release(job);
    return hr;
}

static BOOL may_see(const struct caller *caller, struct queue_job *job)
{
    BOOL ret;

    queue_enter();
    ret = caller_may_access(caller, job->job->owner, job->job->integrity, job->job->elevated);
    queue_leave();
    return ret;
}

static HRESULT WINAPI manager_GetJob(IBackgroundCopyManager *iface, REFGUID id, IBackgroundCopyJob **ret)
{
    struct manager *manager = impl_from_IBackgroundCopyManager(iface);
    struct queue_job *job;
    HRESULT hr;

    TRACE("%p, %s, %p.\n", iface, debugstr_guid(id), ret);

    if (!id || !ret) return E_INVALIDARG;
    *ret = NULL;
    if (FAILED(hr = queue_find(id, &job))) return hr;
    if (may_see(client_caller(manager->base.client), job)) hr = job_door_get(manager->base.client, job, ret);
    else hr = E_ACCESSDENIED;                                       /* MGR.GetJob.4 */
    queue_release(job);
    return hr;
}

static BOOL want_own(void *ctx, const struct job *job)
{
    const struct caller *caller = ctx;

    /* MGR.EnumJobs.1, A2: what the caller owns and GetJob would not refuse */
    return !str_icmp(job->owner, caller->sid) && caller_may_access(caller, job->owner, job->integrity, job->elevated);
}

static BOOL want_all(void *ctx, const struct job *job)
{
    return TRUE;
}

static HRESULT WINAPI manager_EnumJobs(IBackgroundCopyManager *iface, DWORD flags, IEnumBackgroundCopyJobs **ret)
{
    struct manager *manager = impl_from_IBackgroundCopyManager(iface);
    struct caller *caller = client_caller(manager->base.client);
    BOOL all = flags & BG_JOB_ENUM_ALL_USERS;
    struct queue_job **jobs;
    UINT32 count;
    HRESULT hr;

    TRACE("%p, %#lx, %p.\n", iface, flags, ret);

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    if (flags & ~BG_JOB_ENUM_ALL_USERS) return E_NOTIMPL;           /* MGR.EnumJobs.A1 */
    if (all && !caller_is_administrator(caller)) return E_ACCESSDENIED; /* MGR.EnumJobs.5 */

    if (FAILED(hr = queue_list(all ? want_all : want_own, caller, &jobs, &count))) return hr;
    return enum_jobs_create(manager->base.client, jobs, count, 0, ret);
}

static HRESULT WINAPI manager_GetErrorDescription(IBackgroundCopyManager *iface, HRESULT code, DWORD language,
                                                  LPWSTR *ret)
{
    TRACE("%p, %#lx, %#lx, %p.\n", iface, code, language, ret);

    if (!ret) return E_INVALIDARG;
    return message_of_error(code, language, ret);
}

static const IBackgroundCopyManagerVtbl manager_vtbl =
{
    manager_QueryInterface,
    manager_AddRef,
    manager_Release,
    manager_CreateJob,
    manager_GetJob,
    manager_EnumJobs,
    manager_GetErrorDescription,
};

HRESULT manager_create(struct client *client, IUnknown **ret)
{
    struct manager *manager;

    *ret = NULL;
    if (!(manager = calloc(1, sizeof(*manager)))) return E_OUTOFMEMORY;
    manager->IBackgroundCopyManager_iface.lpVtbl = &manager_vtbl;
    peercache_init(&manager->peercache, (IUnknown *)&manager->IBackgroundCopyManager_iface, client);
    client_object_init(&manager->base, client, (IUnknown *)&manager->IBackgroundCopyManager_iface);
    *ret = (IUnknown *)&manager->IBackgroundCopyManager_iface;
    return S_OK;
}
