/*
 * IBackgroundCopyJob5: properties
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

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

static BOOL has_ranges(const struct job *job)
{
    UINT32 i;

    for (i = 0; i < job->file_count; i++)
        if (job->files[i].range_count) return TRUE;
    return FALSE;
}

/* JPROP.P3, P5 */
static HRESULT check_unresumed(const struct queue_job *job)
{
    return job->job->resumed ? BG_E_READ_ONLY_PROPERTY_AFTER_RESUME : S_OK;
}

/* JPROP.P4 */
static HRESULT check_no_files(const struct queue_job *job)
{
    return job->job->file_count ? BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE : S_OK;
}

/* JPROP.A8 */
static HRESULT check_dynamic(const struct queue_job *job)
{
    if (job->job->resumed) return BG_E_READ_ONLY_PROPERTY_AFTER_RESUME;
    if (job_string(job->job, PROP_HTTP_METHOD)) return BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD;
    return job_u32(job->job, PROP_ON_DEMAND) || has_ranges(job->job) ? BG_E_UNSUPPORTED_JOB_CONFIGURATION : S_OK;
}

static HRESULT check_on_demand(const struct queue_job *job)
{
    if (job_string(job->job, PROP_HTTP_METHOD)) return BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD;
    return job_u32(job->job, PROP_DYNAMIC_CONTENT) ? BG_E_UNSUPPORTED_JOB_CONFIGURATION : S_OK;
}

HRESULT WINAPI job_SetProperty(IBackgroundCopyJob5 *iface, BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE value)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    BOOL download = door->job->job->type == JOB_DOWNLOAD;
    HRESULT (*check)(const struct queue_job *job) = NULL;
    struct prop_value prop = { 0 };
    HRESULT hr;

    TRACE("%p, %d, %#lx.\n", iface, id, value.Dword);

    if (FAILED(hr = job_check_access(door))) return hr;
    switch (id)
    {
    case BITS_JOB_PROPERTY_ID_COST_FLAGS:
        prop.prop = PROP_COST_FLAGS;
        prop.number = value.Dword;                                  /* JPROP.A2 */
        break;
    case BITS_JOB_PROPERTY_NOTIFICATION_CLSID:
        prop.prop = PROP_NOTIFY_CLSID;
        prop.guid = value.ClsID;
        break;
    case BITS_JOB_PROPERTY_DYNAMIC_CONTENT:
        if (!download) return BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY;
        prop.prop = PROP_DYNAMIC_CONTENT;
        prop.number = !!value.Enable;
        check = value.Enable ? check_dynamic : check_unresumed;
        break;
    case BITS_JOB_PROPERTY_HIGH_PERFORMANCE:
        if (!download) return BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY;
        prop.prop = PROP_HIGH_PERFORMANCE;
        prop.number = !!value.Enable;
        check = check_no_files;
        break;
    case BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:
        if (!download) return BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY;
        if (!value.Uint64) return BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE;
        prop.prop = PROP_MAX_DOWNLOAD_SIZE;
        prop.number = value.Uint64;
        check = check_unresumed;
        break;
    case BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:
        if (value.Target != BG_AUTH_TARGET_PROXY) return BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED;
        prop.prop = PROP_USE_STORED_CREDENTIALS;
        prop.number = value.Target;
        break;
    case BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS:
        prop.prop = PROP_MIN_NOTIFY_INTERVAL;
        prop.number = value.Dword;                                  /* JPROP.A10 */
        break;
    case BITS_JOB_PROPERTY_ON_DEMAND_MODE:
        if (!download) return BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY;
        prop.prop = PROP_ON_DEMAND;
        prop.number = !!value.Enable;
        if (value.Enable) check = check_on_demand;
        break;
    default:
        return BG_E_UNKNOWN_PROPERTY_ID;                            /* JOB5.SetProperty.2, A1 */
    }
    return queue_set(door->job, &prop, 1, check);
}

HRESULT WINAPI job_GetProperty(IBackgroundCopyJob5 *iface, BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    const struct job *job = door->job->job;
    HRESULT hr = S_OK;

    TRACE("%p, %d, %p.\n", iface, id, ret);

    if (!ret) return E_INVALIDARG;
    memset(ret, 0, sizeof(*ret));                                   /* JOB5.GetProperty.A2 */
    queue_enter();
    switch (id)
    {
    case BITS_JOB_PROPERTY_ID_COST_FLAGS:
        ret->Dword = job_u32(job, PROP_COST_FLAGS);
        break;
    case BITS_JOB_PROPERTY_NOTIFICATION_CLSID:
        ret->ClsID = job->props[PROP_NOTIFY_CLSID].guid;
        break;
    case BITS_JOB_PROPERTY_DYNAMIC_CONTENT:
        ret->Enable = job_u32(job, PROP_DYNAMIC_CONTENT);
        break;
    case BITS_JOB_PROPERTY_HIGH_PERFORMANCE:
        ret->Enable = job_u32(job, PROP_HIGH_PERFORMANCE);
        break;
    case BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:
        ret->Uint64 = job_u64(job, PROP_MAX_DOWNLOAD_SIZE);
        break;
    case BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:
        ret->Target = (BG_AUTH_TARGET)job_u32(job, PROP_USE_STORED_CREDENTIALS);
        break;
    case BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS:
        ret->Dword = job_u32(job, PROP_MIN_NOTIFY_INTERVAL);
        break;
    case BITS_JOB_PROPERTY_ON_DEMAND_MODE:
        ret->Enable = job_u32(job, PROP_ON_DEMAND);
        break;
    default:
        hr = BG_E_UNKNOWN_PROPERTY_ID;
        break;
    }
    queue_leave();
    return hr;
}
