/*
 * IEnumBackgroundCopyJobs
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

#include "qmgr_private.h"
#include "sync.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

struct enum_jobs
{
    IEnumBackgroundCopyJobs IEnumBackgroundCopyJobs_iface;
    struct client_object base;
    struct queue_job **jobs;        /* the snapshot [MGR.EnumJobs.7] */
    UINT32 count;
    struct sync_mutex mutex;
    UINT32 pos;                     /* guarded by mutex */
};

static inline struct enum_jobs *impl_from_IEnumBackgroundCopyJobs(IEnumBackgroundCopyJobs *iface)
{
    return CONTAINING_RECORD(iface, struct enum_jobs, IEnumBackgroundCopyJobs_iface);
}

static ULONG WINAPI enum_jobs_AddRef(IEnumBackgroundCopyJobs *iface)
{
    struct enum_jobs *jobs = impl_from_IEnumBackgroundCopyJobs(iface);
    ULONG refs = client_object_addref(&jobs->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static ULONG WINAPI enum_jobs_Release(IEnumBackgroundCopyJobs *iface)
{
    struct enum_jobs *jobs = impl_from_IEnumBackgroundCopyJobs(iface);
    ULONG refs = client_object_release(&jobs->base);
    UINT32 i;

    TRACE("%p, refs %lu.\n", iface, refs);
    if (!refs)
    {
        for (i = 0; i < jobs->count; i++) queue_release(jobs->jobs[i]);
        free(jobs->jobs);
        sync_mutex_free(&jobs->mutex);
        free(jobs);
    }
    return refs;
}

static HRESULT WINAPI enum_jobs_QueryInterface(IEnumBackgroundCopyJobs *iface, REFIID riid, void **out)
{
    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    if (IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, &IID_IEnumBackgroundCopyJobs))
    {
        IEnumBackgroundCopyJobs_AddRef(iface);
        *out = iface;
        return S_OK;
    }
    *out = NULL;
    return E_NOINTERFACE;
}

static HRESULT WINAPI enum_jobs_Next(IEnumBackgroundCopyJobs *iface, ULONG count, IBackgroundCopyJob **ret,
                                     ULONG *fetched)
{
    struct enum_jobs *jobs = impl_from_IEnumBackgroundCopyJobs(iface);
    HRESULT hr = S_OK;
    ULONG i, take;

    TRACE("%p, %lu, %p, %p.\n", iface, count, ret, fetched);

    if (fetched) *fetched = 0;
    if ((!ret && count) || (!fetched && count != 1)) return E_INVALIDARG;      /* ENUMJOBS.Next.A1 */

    sync_lock(&jobs->mutex);
    take = min(count, jobs->count - jobs->pos);
    for (i = 0; i < take && SUCCEEDED(hr); i++)
        hr = job_door_get(jobs->base.client, jobs->jobs[jobs->pos + i], &ret[i]);
    if (SUCCEEDED(hr)) jobs->pos += take;
    sync_unlock(&jobs->mutex);

    if (FAILED(hr))
    {
        for (take = i - 1, i = 0; i < take; i++) IBackgroundCopyJob_Release(ret[i]);
        take = 0;
    }
    for (i = take; i < count; i++) ret[i] = NULL;                   /* ENUMJOBS.Next.A3 */
    if (fetched) *fetched = take;
    if (FAILED(hr)) return hr;
    return take == count ? S_OK : S_FALSE;
}

static HRESULT WINAPI enum_jobs_Skip(IEnumBackgroundCopyJobs *iface, ULONG count)
{
    struct enum_jobs *jobs = impl_from_IEnumBackgroundCopyJobs(iface);
    BOOL enough;

    TRACE("%p, %lu.\n", iface, count);

    sync_lock(&jobs->mutex);
    enough = count <= jobs->count - jobs->pos;
    jobs->pos = enough ? jobs->pos + count : jobs->count;
    sync_unlock(&jobs->mutex);
    return enough ? S_OK : S_FALSE;
}

static HRESULT WINAPI enum_jobs_Reset(IEnumBackgroundCopyJobs *iface)
{
    struct enum_jobs *jobs = impl_from_IEnumBackgroundCopyJobs(iface);

    TRACE("%p.\n", iface);

    sync_lock(&jobs->mutex);
    jobs->pos = 0;
    sync_unlock(&jobs->mutex);
    return S_OK;
}

static HRESULT WINAPI enum_jobs_Clone(IEnumBackgroundCopyJobs *iface, IEnumBackgroundCopyJobs **ret)
{
    struct enum_jobs *jobs = impl_from_IEnumBackgroundCopyJobs(iface);
    struct queue_job **copy;
    UINT32 i, pos;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    if (!(copy = malloc(max(jobs->count, 1) * sizeof(*copy)))) return E_OUTOFMEMORY;
    for (i = 0; i < jobs->count; i++) queue_addref(copy[i] = jobs->jobs[i]);
    sync_lock(&jobs->mutex);
    pos = jobs->pos;
    sync_unlock(&jobs->mutex);
    return enum_jobs_create(jobs->base.client, copy, jobs->count, pos, ret);
}

static HRESULT WINAPI enum_jobs_GetCount(IEnumBackgroundCopyJobs *iface, ULONG *ret)
{
    struct enum_jobs *jobs = impl_from_IEnumBackgroundCopyJobs(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = jobs->count;                                             /* ENUMJOBS.GetCount.A1 */
    return S_OK;
}

static const IEnumBackgroundCopyJobsVtbl enum_jobs_vtbl =
{
    enum_jobs_QueryInterface,
    enum_jobs_AddRef,
    enum_jobs_Release,
    enum_jobs_Next,
    enum_jobs_Skip,
    enum_jobs_Reset,
    enum_jobs_Clone,
    enum_jobs_GetCount,
};

HRESULT enum_jobs_create(struct client *client, struct queue_job **list, UINT32 count, UINT32 pos,
                         IEnumBackgroundCopyJobs **ret)
{
    struct enum_jobs *jobs;
    UINT32 i;

    *ret = NULL;
    if (!(jobs = calloc(1, sizeof(*jobs))))
    {
        for (i = 0; i < count; i++) queue_release(list[i]);
        free(list);
        return E_OUTOFMEMORY;
    }
    jobs->IEnumBackgroundCopyJobs_iface.lpVtbl = &enum_jobs_vtbl;
    jobs->jobs = list;
    jobs->count = count;
    jobs->pos = pos;
    sync_mutex_init(&jobs->mutex, __FILE__ ": enum_jobs.mutex");
    client_object_init(&jobs->base, client, (IUnknown *)&jobs->IEnumBackgroundCopyJobs_iface);
    *ret = &jobs->IEnumBackgroundCopyJobs_iface;
    return S_OK;
}
