/*
 * IBackgroundCopyJob4: peer caching, owner, download time
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

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define PEER_FLAGS_ALL (BG_JOB_ENABLE_PEERCACHING_CLIENT | BG_JOB_ENABLE_PEERCACHING_SERVER | BG_JOB_DISABLE_BRANCH_CACHE)

HRESULT WINAPI job_SetPeerCachingFlags(IBackgroundCopyJob5 *iface, DWORD flags)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    HRESULT hr;

    TRACE("%p, %#lx.\n", iface, flags);

    if (FAILED(hr = job_check_access(door))) return hr;
    if (flags & ~PEER_FLAGS_ALL) return E_NOTIMPL;                  /* JOB4.SetPeerCachingFlags.6, A1 */
    return job_set_number(door, PROP_PEER_FLAGS, flags);
}

HRESULT WINAPI job_GetPeerCachingFlags(IBackgroundCopyJob5 *iface, DWORD *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = job_get_number(door, PROP_PEER_FLAGS);
    return S_OK;
}

HRESULT WINAPI job_GetOwnerIntegrityLevel(IBackgroundCopyJob5 *iface, ULONG *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    *ret = door->job->job->integrity;
    queue_leave();
    return S_OK;
}

HRESULT WINAPI job_GetOwnerElevationState(IBackgroundCopyJob5 *iface, BOOL *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    *ret = door->job->job->elevated;
    queue_leave();
    return S_OK;
}

HRESULT WINAPI job_SetMaximumDownloadTime(IBackgroundCopyJob5 *iface, ULONG seconds)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    struct prop_value values[2] = { { PROP_MAX_DOWNLOAD_TIME }, { PROP_MAX_DOWNLOAD_TIME_SET } };
    HRESULT hr;

    TRACE("%p, %lu.\n", iface, seconds);

    if (FAILED(hr = job_check_access(door))) return hr;
    values[0].number = seconds;
    values[1].number = TRUE;
    return queue_set(door->job, values, ARRAY_SIZE(values), NULL);
}

HRESULT WINAPI job_GetMaximumDownloadTime(IBackgroundCopyJob5 *iface, ULONG *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    struct policy policy;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    policy_get(&policy);
    queue_enter();
    *ret = job_u32(door->job->job, PROP_MAX_DOWNLOAD_TIME_SET) ? job_u32(door->job->job, PROP_MAX_DOWNLOAD_TIME)
                                                               : policy.max_download_time;  /* JOB4.GetMaximumDownloadTime.A1 */
    queue_leave();
    return S_OK;
}
