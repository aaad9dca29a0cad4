/*
 * IBackgroundCopyJob
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

#include "finish.h"
#include "local.h"
#include "notify.h"
#include "policy.h"
#include "qmgr_private.h"
#include "security.h"
#include "core/str.h"
#include "core/url.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define DISPLAY_NAME_MAX 256        /* characters [JOB.SetDisplayName.1] */
#define DESCRIPTION_MAX  1024       /* [JOB.SetDescription.1] */
#define PROXY_LIST_MAX   4000       /* [JOB.SetProxySettings.2, 3, A1] */
#define RETRY_DELAY_MIN  5          /* seconds [JOB.SetMinimumRetryDelay.1] */
#define NOTIFY_FLAGS_ALL 0x3f       /* [JOB.SetNotifyFlags.A1] */

struct job_door
{
    IBackgroundCopyJob IBackgroundCopyJob_iface;
    struct client_object base;
    struct queue_job *job;
    struct list entry;              /* in doors, guarded by doors_lock */
};

/* All job doors, so that a client that asks twice for a job gets one object [MGR.GetJob.A2]. */
static struct list doors = LIST_INIT(doors);
static SRWLOCK doors_lock = SRWLOCK_INIT;

static inline struct job_door *impl_from_IBackgroundCopyJob(IBackgroundCopyJob *iface)
{
    return CONTAINING_RECORD(iface, struct job_door, IBackgroundCopyJob_iface);
}

static struct caller *door_caller(const struct job_door *door)
{
    return client_caller(door->base.client);
}

/* SEC.A1: before every other check of a method that changes something. */
static HRESULT check_access(const struct job_door *door)
{
    const struct job *job = door->job->job;
    BOOL allowed;

    queue_enter();
    allowed = caller_may_access(door_caller(door), job->owner, job->integrity, job->elevated);
    queue_leave();
    return allowed ? S_OK : E_ACCESSDENIED;
}

static HRESULT set_number(struct job_door *door, enum job_prop prop, UINT64 number)
{
    struct prop_value value = { prop };

    value.number = number;
    return queue_set(door->job, &value, 1, NULL);
}

static HRESULT set_string(struct job_door *door, enum job_prop prop, const WCHAR *string)
{
    struct prop_value value = { prop };

    value.string = string;
    return queue_set(door->job, &value, 1, NULL);
}

static UINT32 get_number(struct job_door *door, enum job_prop prop)
{
    UINT32 number;

    queue_enter();
    number = job_u32(door->job->job, prop);
    queue_leave();
    return number;
}

static HRESULT get_string(struct job_door *door, enum job_prop prop, WCHAR **ret)
{
    HRESULT hr;

    queue_enter();
    hr = return_string(job_string(door->job->job, prop), ret);
    queue_leave();
    return hr;
}

static ULONG WINAPI job_AddRef(IBackgroundCopyJob *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    ULONG refs = client_object_addref(&door->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static ULONG WINAPI job_Release(IBackgroundCopyJob *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    ULONG refs;

    /* under the lock, so that job_door_get finds no door on its way out */
    AcquireSRWLockExclusive(&doors_lock);
    if (!(refs = client_object_release(&door->base))) list_remove(&door->entry);
    ReleaseSRWLockExclusive(&doors_lock);

    TRACE("%p, refs %lu.\n", iface, refs);
    if (!refs)
    {
        queue_release(door->job);
        free(door);
    }
    return refs;
}

static HRESULT WINAPI job_QueryInterface(IBackgroundCopyJob *iface, REFIID riid, void **out)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    HRESULT hr;

    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    *out = NULL;
    if (!IsEqualIID(riid, &IID_IUnknown) && !IsEqualIID(riid, &IID_IBackgroundCopyJob)) return E_NOINTERFACE;
    if (FAILED(hr = check_access(door))) return hr;                 /* BEH.OWN.6 */
    IBackgroundCopyJob_AddRef(iface);
    *out = iface;
    return S_OK;
}

/* Checks all names, then adds all files [JOB.AddFileSet.A1]. */
static HRESULT add_files(struct job_door *door, ULONG count, const BG_FILE_INFO *set)
{
    struct caller *caller = door_caller(door);
    struct new_file *files;
    struct policy policy;
    UINT32 limit = 0;
    BOOL download;
    HRESULT hr;
    ULONG i;

    queue_enter();
    download = door->job->job->type == JOB_DOWNLOAD;
    queue_leave();
    if (!(files = calloc(max(count, 1), sizeof(*files)))) return E_OUTOFMEMORY;
    for (i = 0, hr = S_OK; i < count && SUCCEEDED(hr); i++)
    {
        files[i].remote_name = set[i].RemoteName;
        files[i].local_name = set[i].LocalName;
        if (SUCCEEDED(hr = url_parse(set[i].RemoteName, NULL))) hr = local_name_check(set[i].LocalName);
    }
    if (SUCCEEDED(hr) && download && SUCCEEDED(hr = security_impersonate(caller)))
    {
        for (i = 0; i < count && SUCCEEDED(hr); i++) hr = local_check_folder(set[i].LocalName);
        security_revert();
    }
    if (SUCCEEDED(hr))
    {
        policy_get(&policy);
        if (!caller->admin && !caller->service_account) limit = policy.max_files_per_job; /* JOB.AddFileSet.4 */
        hr = queue_add_files(door->job, files, count, limit);
    }
    free(files);
    return hr;
}

static HRESULT WINAPI job_AddFileSet(IBackgroundCopyJob *iface, ULONG count, BG_FILE_INFO *set)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    HRESULT hr;

    TRACE("%p, %lu, %p.\n", iface, count, set);

    if (FAILED(hr = check_access(door))) return hr;
    if (!set) return E_INVALIDARG;                                  /* JOB.AddFileSet.A2 */
    return add_files(door, count, set);
}

static HRESULT WINAPI job_AddFile(IBackgroundCopyJob *iface, LPCWSTR remote, LPCWSTR local)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    BG_FILE_INFO info = { (WCHAR *)remote, (WCHAR *)local };
    HRESULT hr;

    TRACE("%p, %s, %s.\n", iface, debugstr_w(remote), debugstr_w(local));

    if (FAILED(hr = check_access(door))) return hr;
    if (!remote || !local) return E_INVALIDARG;                     /* JOB.AddFile.A1 */
    return add_files(door, 1, &info);
}

static HRESULT WINAPI job_EnumFiles(IBackgroundCopyJob *iface, IEnumBackgroundCopyFiles **ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    UINT32 count;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    count = door->job->job->file_count;
    queue_leave();
    return enum_files_create(door->base.client, door->job, count, 0, ret);
}

static HRESULT WINAPI job_Suspend(IBackgroundCopyJob *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (FAILED(hr = check_access(door))) return hr;
    return queue_suspend(door->job);
}

static HRESULT WINAPI job_Resume(IBackgroundCopyJob *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (FAILED(hr = check_access(door))) return hr;
    return queue_resume(door->job);
}

static HRESULT WINAPI job_Cancel(IBackgroundCopyJob *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (FAILED(hr = check_access(door))) return hr;
    return finish_cancel(door->job, door_caller(door));
}

static HRESULT WINAPI job_Complete(IBackgroundCopyJob *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (FAILED(hr = check_access(door))) return hr;
    return finish_complete(door->job, door_caller(door));
}

static HRESULT WINAPI job_GetId(IBackgroundCopyJob *iface, GUID *id)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);

    TRACE("%p, %p.\n", iface, id);

    if (!id) return E_INVALIDARG;
    *id = door->job->job->id;
    return S_OK;
}

static HRESULT WINAPI job_GetType(IBackgroundCopyJob *iface, BG_JOB_TYPE *type)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);

    TRACE("%p, %p.\n", iface, type);

    if (!type) return E_INVALIDARG;
    *type = (BG_JOB_TYPE)door->job->job->type;
    return S_OK;
}

static HRESULT WINAPI job_GetProgress(IBackgroundCopyJob *iface, BG_JOB_PROGRESS *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    struct job_progress progress;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    queue_job_progress_locked(door->job, &progress);
    queue_leave();
    ret->BytesTotal = progress.bytes_total;
    ret->BytesTransferred = progress.bytes_transferred;
    ret->FilesTotal = progress.files_total;
    ret->FilesTransferred = progress.files_transferred;
    return S_OK;
}

static void return_time(UINT64 time, FILETIME *ret)
{
    ret->dwLowDateTime = (DWORD)time;
    ret->dwHighDateTime = (DWORD)(time >> 32);
}

static HRESULT WINAPI job_GetTimes(IBackgroundCopyJob *iface, BG_JOB_TIMES *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    const struct job *job = door->job->job;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    return_time(job->creation_time, &ret->CreationTime);
    return_time(job->modification_time, &ret->ModificationTime);
    return_time(job->completion_time, &ret->TransferCompletionTime);
    queue_leave();
    return S_OK;
}

static HRESULT WINAPI job_GetState(IBackgroundCopyJob *iface, BG_JOB_STATE *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    *ret = (BG_JOB_STATE)door->job->live;
    queue_leave();
    return S_OK;
}

static HRESULT WINAPI job_GetError(IBackgroundCopyJob *iface, IBackgroundCopyError **ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    struct job_failure failure;
    HRESULT hr;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;                                  /* JOB.GetError.A3 */
    *ret = NULL;
    queue_enter();
    hr = queue_failure_locked(door->job, &failure);
    queue_leave();
    return FAILED(hr) ? hr : error_door_create(door->base.client, door->job, &failure, ret);
}

static HRESULT WINAPI job_GetOwner(IBackgroundCopyJob *iface, LPWSTR *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    HRESULT hr;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    hr = return_string(door->job->job->owner, ret);
    queue_leave();
    return hr;
}

static HRESULT WINAPI job_SetDisplayName(IBackgroundCopyJob *iface, LPCWSTR name)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    HRESULT hr;

    TRACE("%p, %s.\n", iface, debugstr_w(name));

    if (FAILED(hr = check_access(door))) return hr;
    if (!name) return E_INVALIDARG;
    if (str_nlen(name, DISPLAY_NAME_MAX + 1) > DISPLAY_NAME_MAX) return BG_E_STRING_TOO_LONG; /* JOB.SetDisplayName.A1 */
    return set_string(door, PROP_DISPLAY_NAME, name);
}

static HRESULT WINAPI job_GetDisplayName(IBackgroundCopyJob *iface, LPWSTR *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    return get_string(door, PROP_DISPLAY_NAME, ret);
}

static HRESULT WINAPI job_SetDescription(IBackgroundCopyJob *iface, LPCWSTR description)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    HRESULT hr;

    TRACE("%p, %s.\n", iface, debugstr_w(description));

    if (FAILED(hr = check_access(door))) return hr;
    if (!description) return E_INVALIDARG;
    if (str_nlen(description, DESCRIPTION_MAX + 1) > DESCRIPTION_MAX) return BG_E_STRING_TOO_LONG;
    return set_string(door, PROP_DESCRIPTION, description);
}

static HRESULT WINAPI job_GetDescription(IBackgroundCopyJob *iface, LPWSTR *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    return get_string(door, PROP_DESCRIPTION, ret);
}

static HRESULT WINAPI job_SetPriority(IBackgroundCopyJob *iface, BG_JOB_PRIORITY priority)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    HRESULT hr;

    TRACE("%p, %d.\n", iface, priority);

    if (FAILED(hr = check_access(door))) return hr;
    if ((UINT32)priority > BG_JOB_PRIORITY_LOW) return E_NOTIMPL;   /* JOB.SetPriority.1 */
    return set_number(door, PROP_PRIORITY, priority);
}

static HRESULT WINAPI job_GetPriority(IBackgroundCopyJob *iface, BG_JOB_PRIORITY *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = (BG_JOB_PRIORITY)get_number(door, PROP_PRIORITY);
    return S_OK;
}

static HRESULT WINAPI job_SetNotifyFlags(IBackgroundCopyJob *iface, ULONG flags)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    HRESULT hr;

    TRACE("%p, %#lx.\n", iface, flags);

    if (FAILED(hr = check_access(door))) return hr;
    if (flags & ~NOTIFY_FLAGS_ALL) return E_NOTIMPL;                /* JOB.SetNotifyFlags.4 */
    return set_number(door, PROP_NOTIFY_FLAGS, flags);
}

static HRESULT WINAPI job_GetNotifyFlags(IBackgroundCopyJob *iface, ULONG *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = get_number(door, PROP_NOTIFY_FLAGS);
    return S_OK;
}

static HRESULT WINAPI job_SetNotifyInterface(IBackgroundCopyJob *iface, IUnknown *callback)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    HRESULT hr;

    TRACE("%p, %p.\n", iface, callback);

    if (FAILED(hr = check_access(door))) return hr;
    return notify_set_interface(door->job, door->base.client, callback);
}

static HRESULT WINAPI job_GetNotifyInterface(IBackgroundCopyJob *iface, IUnknown **ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    notify_get_interface(door->job, ret);
    return S_OK;
}

static HRESULT WINAPI job_SetMinimumRetryDelay(IBackgroundCopyJob *iface, ULONG seconds)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    HRESULT hr;

    TRACE("%p, %lu.\n", iface, seconds);

    if (FAILED(hr = check_access(door))) return hr;
    return set_number(door, PROP_MINIMUM_RETRY_DELAY, max(seconds, RETRY_DELAY_MIN));
}

static HRESULT WINAPI job_GetMinimumRetryDelay(IBackgroundCopyJob *iface, ULONG *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = get_number(door, PROP_MINIMUM_RETRY_DELAY);
    return S_OK;
}

static HRESULT WINAPI job_SetNoProgressTimeout(IBackgroundCopyJob *iface, ULONG seconds)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    HRESULT hr;

    TRACE("%p, %lu.\n", iface, seconds);

    if (FAILED(hr = check_access(door))) return hr;
    return set_number(door, PROP_NO_PROGRESS_TIMEOUT, seconds);
}

static HRESULT WINAPI job_GetNoProgressTimeout(IBackgroundCopyJob *iface, ULONG *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = get_number(door, PROP_NO_PROGRESS_TIMEOUT);
    return S_OK;
}

static HRESULT WINAPI job_GetErrorCount(IBackgroundCopyJob *iface, ULONG *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    *ret = door->job->job->error_count;
    queue_leave();
    return S_OK;
}

static HRESULT WINAPI job_SetProxySettings(IBackgroundCopyJob *iface, BG_JOB_PROXY_USAGE usage, const WCHAR *list,
                                           const WCHAR *bypass)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    struct prop_value values[3] = { { PROP_PROXY_USAGE }, { PROP_PROXY_LIST }, { PROP_PROXY_BYPASS } };
    HRESULT hr;

    TRACE("%p, %d, %s, %s.\n", iface, usage, debugstr_w(list), debugstr_w(bypass));

    /* The order of checks is JOB.SetProxySettings.A6; the results are the cells of PX.M1 to PX.M6. */
    if (FAILED(hr = check_access(door))) return hr;                 /* PX.M8 */
    if ((UINT32)usage > BG_JOB_PROXY_USAGE_AUTODETECT) return E_NOTIMPL;
    if (list && str_nlen(list, PROXY_LIST_MAX + 1) > PROXY_LIST_MAX) return BG_E_PROXY_LIST_TOO_LARGE;
    if (bypass && str_nlen(bypass, PROXY_LIST_MAX + 1) > PROXY_LIST_MAX) return BG_E_PROXY_BYPASS_LIST_TOO_LARGE;
    if (usage == BG_JOB_PROXY_USAGE_OVERRIDE ? !list : (list || bypass)) return E_INVALIDARG;

    values[0].number = usage;
    values[1].string = list;
    values[2].string = bypass;
    return queue_set(door->job, values, ARRAY_SIZE(values), NULL);
}

static HRESULT WINAPI job_GetProxySettings(IBackgroundCopyJob *iface, BG_JOB_PROXY_USAGE *usage, LPWSTR *list,
                                           LPWSTR *bypass)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    const struct job *job = door->job->job;
    HRESULT hr;

    TRACE("%p, %p, %p, %p.\n", iface, usage, list, bypass);

    if (list) *list = NULL;                                         /* JOB.GetProxySettings.A4 */
    if (bypass) *bypass = NULL;
    if (!usage || !list || !bypass) return E_INVALIDARG;
    queue_enter();
    *usage = (BG_JOB_PROXY_USAGE)job_u32(job, PROP_PROXY_USAGE);
    if (SUCCEEDED(hr = return_string(job_string(job, PROP_PROXY_LIST), list)))
        hr = return_string(job_string(job, PROP_PROXY_BYPASS), bypass);
    queue_leave();
    if (FAILED(hr))
    {
        CoTaskMemFree(*list);
        *list = NULL;
    }
    return hr;
}

static HRESULT WINAPI job_TakeOwnership(IBackgroundCopyJob *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJob(iface);
    struct caller *caller = door_caller(door);

    TRACE("%p.\n", iface);

    if (!caller_is_administrator(caller)) return E_ACCESSDENIED;    /* JOB.TakeOwnership.6, A1 */
    return queue_take_ownership(door->job, caller);
}

static const IBackgroundCopyJobVtbl job_vtbl =
{
    job_QueryInterface,
    job_AddRef,
    job_Release,
    job_AddFileSet,
    job_AddFile,
    job_EnumFiles,
    job_Suspend,
    job_Resume,
    job_Cancel,
    job_Complete,
    job_GetId,
    job_GetType,
    job_GetProgress,
    job_GetTimes,
    job_GetState,
    job_GetError,
    job_GetOwner,
    job_SetDisplayName,
    job_GetDisplayName,
    job_SetDescription,
    job_GetDescription,
    job_SetPriority,
    job_GetPriority,
    job_SetNotifyFlags,
    job_GetNotifyFlags,
    job_SetNotifyInterface,
    job_GetNotifyInterface,
    job_SetMinimumRetryDelay,
    job_GetMinimumRetryDelay,
    job_SetNoProgressTimeout,
    job_GetNoProgressTimeout,
    job_GetErrorCount,
    job_SetProxySettings,
    job_GetProxySettings,
    job_TakeOwnership,
};

HRESULT job_door_get(struct client *client, struct queue_job *job, IBackgroundCopyJob **ret)
{
    struct job_door *door;

    AcquireSRWLockExclusive(&doors_lock);
    LIST_FOR_EACH_ENTRY(door, &doors, struct job_door, entry)
    {
        if (door->job != job || door->base.client != client) continue;
        client_object_addref(&door->base);
        ReleaseSRWLockExclusive(&doors_lock);
        *ret = &door->IBackgroundCopyJob_iface;
        return S_OK;
    }
    if ((door = calloc(1, sizeof(*door))))
    {
        door->IBackgroundCopyJob_iface.lpVtbl = &job_vtbl;
        door->job = job;
        queue_addref(job);
        client_object_init(&door->base, client, (IUnknown *)&door->IBackgroundCopyJob_iface);
        list_add_tail(&doors, &door->entry);
    }
    ReleaseSRWLockExclusive(&doors_lock);
    *ret = door ? &door->IBackgroundCopyJob_iface : NULL;
    return door ? S_OK : E_OUTOFMEMORY;
}
