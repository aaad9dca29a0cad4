/*
 * IBackgroundCopyJob, and the vtable of the job door
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
#include "job_door.h"
#include "judge.h"
#include "local.h"
#include "log.h"
#include "notify.h"
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

static ULONG WINAPI job_AddRef(IBackgroundCopyJob5 *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    ULONG refs = job_door_addref(door);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static ULONG WINAPI job_Release(IBackgroundCopyJob5 *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    ULONG refs = job_door_release(door);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static HRESULT WINAPI job_QueryInterface(IBackgroundCopyJob5 *iface, REFIID riid, void **out)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    return job_door_query(door, riid, out);
}

/* What there is to be sent is known at once [BEH.PROGRESS.2, 3]; a file that is not there yet is asked for when its turn comes. */
static void record_upload(struct job_door *door, const WCHAR *local)
{
    struct record record = { RECORD_FILE_BEGIN };
    struct local_source *source;

    if (FAILED(security_impersonate(job_door_caller(door)))) return;
    if (SUCCEEDED(local_open(local, &source, &record.u.begin.remote_size, &record.u.begin.remote_time)))
    {
        local_close(source);
        queue_append(door->job, &record);
    }
    security_revert();
}

/* Checks all names, then adds all files [JOB.AddFileSet.A1]. */
static HRESULT add_files(struct job_door *door, ULONG count, const BG_FILE_INFO *set)
{
    struct caller *caller = job_door_caller(door);
    struct new_file *files;
    HRESULT hr;
    ULONG i;

    if (!(files = calloc(max(count, 1), sizeof(*files)))) return E_OUTOFMEMORY;
    for (i = 0, hr = S_OK; i < count && SUCCEEDED(hr); i++)
    {
        files[i].remote_name = set[i].RemoteName;
        files[i].local_name = set[i].LocalName;
        /* no replies from shares [TYPE.FileInfo.6] */
        if (door->job->job->type == JOB_UPLOAD_REPLY) hr = check_remote_name(set[i].RemoteName, TRUE);
        else hr = url_parse(set[i].RemoteName, NULL);
        if (SUCCEEDED(hr)) hr = local_name_check(set[i].LocalName);
    }
    if (SUCCEEDED(hr) && door->job->job->type == JOB_DOWNLOAD && SUCCEEDED(hr = security_impersonate(caller)))
    {
        for (i = 0; i < count && SUCCEEDED(hr); i++)
            if (!i || !local_same_folder(set[i - 1].LocalName, set[i].LocalName)) hr = local_check_folder(set[i].LocalName);
        security_revert();
    }
    if (SUCCEEDED(hr)) hr = queue_add_files(door->job, files, count, job_file_limit(door));
    if (SUCCEEDED(hr) && door->job->job->type != JOB_DOWNLOAD && count) record_upload(door, set[0].LocalName);
    free(files);
    return hr;
}

static HRESULT WINAPI job_AddFileSet(IBackgroundCopyJob5 *iface, ULONG count, BG_FILE_INFO *set)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    HRESULT hr;

    TRACE("%p, %lu, %p.\n", iface, count, set);

    if (FAILED(hr = job_check_access(door))) return hr;
    if (!set) return E_INVALIDARG;                                  /* JOB.AddFileSet.A2 */
    return add_files(door, count, set);
}

static HRESULT WINAPI job_AddFile(IBackgroundCopyJob5 *iface, LPCWSTR remote, LPCWSTR local)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    BG_FILE_INFO info = { (WCHAR *)remote, (WCHAR *)local };
    HRESULT hr;

    TRACE("%p, %s, %s.\n", iface, log_url(remote), debugstr_w(local));

    if (FAILED(hr = job_check_access(door))) return hr;
    if (!remote || !local) return E_INVALIDARG;                     /* JOB.AddFile.A1 */
    return add_files(door, 1, &info);
}

static HRESULT WINAPI job_EnumFiles(IBackgroundCopyJob5 *iface, IEnumBackgroundCopyFiles **ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    UINT32 count;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    count = job_visible_files(door->job->job);
    queue_leave();
    return enum_files_create(door->base.client, door->job, count, 0, ret);
}

static HRESULT WINAPI job_Suspend(IBackgroundCopyJob5 *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (FAILED(hr = job_check_access(door))) return hr;
    return queue_suspend(door->job);
}

static HRESULT WINAPI job_Resume(IBackgroundCopyJob5 *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (FAILED(hr = job_check_access(door))) return hr;
    if (FAILED(hr = queue_name_reply(door->job))) return hr;               /* JOB2.SetReplyFileName.3 */
    return queue_resume(door->job);
}

static HRESULT WINAPI job_Cancel(IBackgroundCopyJob5 *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (FAILED(hr = job_check_access(door))) return hr;
    return finish_cancel(door->job, job_door_caller(door));
}

static HRESULT WINAPI job_Complete(IBackgroundCopyJob5 *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (FAILED(hr = job_check_access(door))) return hr;
    return finish_complete(door->job, job_door_caller(door));
}

static HRESULT WINAPI job_GetId(IBackgroundCopyJob5 *iface, GUID *id)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, id);

    if (!id) return E_INVALIDARG;
    *id = door->job->job->id;
    return S_OK;
}

static HRESULT WINAPI job_GetType(IBackgroundCopyJob5 *iface, BG_JOB_TYPE *type)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, type);

    if (!type) return E_INVALIDARG;
    *type = (BG_JOB_TYPE)door->job->job->type;
    return S_OK;
}

static HRESULT WINAPI job_GetProgress(IBackgroundCopyJob5 *iface, BG_JOB_PROGRESS *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
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

static HRESULT WINAPI job_GetTimes(IBackgroundCopyJob5 *iface, BG_JOB_TIMES *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
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

static HRESULT WINAPI job_GetState(IBackgroundCopyJob5 *iface, BG_JOB_STATE *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    *ret = (BG_JOB_STATE)door->job->live;
    queue_leave();
    return S_OK;
}

static HRESULT WINAPI job_GetError(IBackgroundCopyJob5 *iface, IBackgroundCopyError **ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
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

static HRESULT WINAPI job_GetOwner(IBackgroundCopyJob5 *iface, LPWSTR *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    HRESULT hr;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    hr = return_string(door->job->job->owner, ret);
    queue_leave();
    return hr;
}

static HRESULT WINAPI job_SetDisplayName(IBackgroundCopyJob5 *iface, LPCWSTR name)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    HRESULT hr;

    TRACE("%p, %s.\n", iface, debugstr_w(name));

    if (FAILED(hr = job_check_access(door))) return hr;
    if (!name) return E_INVALIDARG;
    if (str_nlen(name, DISPLAY_NAME_MAX + 1) > DISPLAY_NAME_MAX) return BG_E_STRING_TOO_LONG; /* JOB.SetDisplayName.A1 */
    return job_set_string(door, PROP_DISPLAY_NAME, name);
}

static HRESULT WINAPI job_GetDisplayName(IBackgroundCopyJob5 *iface, LPWSTR *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    return job_get_string(door, PROP_DISPLAY_NAME, ret);
}

static HRESULT WINAPI job_SetDescription(IBackgroundCopyJob5 *iface, LPCWSTR description)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    HRESULT hr;

    TRACE("%p, %s.\n", iface, debugstr_w(description));

    if (FAILED(hr = job_check_access(door))) return hr;
    if (!description) return E_INVALIDARG;
    if (str_nlen(description, DESCRIPTION_MAX + 1) > DESCRIPTION_MAX) return BG_E_STRING_TOO_LONG;
    return job_set_string(door, PROP_DESCRIPTION, description);
}

static HRESULT WINAPI job_GetDescription(IBackgroundCopyJob5 *iface, LPWSTR *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    return job_get_string(door, PROP_DESCRIPTION, ret);
}

/* HTTP2.SetHttpMethod.4, A1: the job runs in the foreground for good. */
static HRESULT check_priority(const struct queue_job *job)
{
    return job_string(job->job, PROP_HTTP_METHOD) ? BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD : S_OK;
}

static HRESULT WINAPI job_SetPriority(IBackgroundCopyJob5 *iface, BG_JOB_PRIORITY priority)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    struct prop_value value = { PROP_PRIORITY };
    HRESULT hr;

    TRACE("%p, %d.\n", iface, priority);

    if (FAILED(hr = job_check_access(door))) return hr;
    if ((UINT32)priority > BG_JOB_PRIORITY_LOW) return E_NOTIMPL;   /* JOB.SetPriority.1 */
    value.number = priority;
    return queue_set(door->job, &value, 1, check_priority);
}

static HRESULT WINAPI job_GetPriority(IBackgroundCopyJob5 *iface, BG_JOB_PRIORITY *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = (BG_JOB_PRIORITY)job_get_number(door, PROP_PRIORITY);
    return S_OK;
}

static HRESULT WINAPI job_SetNotifyFlags(IBackgroundCopyJob5 *iface, ULONG flags)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    HRESULT hr;

    TRACE("%p, %#lx.\n", iface, flags);

    if (FAILED(hr = job_check_access(door))) return hr;
    if (flags & ~NOTIFY_FLAGS_ALL) return E_NOTIMPL;                /* JOB.SetNotifyFlags.4 */
    return job_set_number(door, PROP_NOTIFY_FLAGS, flags);
}

static HRESULT WINAPI job_GetNotifyFlags(IBackgroundCopyJob5 *iface, ULONG *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = job_get_number(door, PROP_NOTIFY_FLAGS);
    return S_OK;
}

static HRESULT WINAPI job_SetNotifyInterface(IBackgroundCopyJob5 *iface, IUnknown *callback)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    HRESULT hr;

    TRACE("%p, %p.\n", iface, callback);

    if (FAILED(hr = job_check_access(door))) return hr;
    return notify_set_interface(door->job, door->base.client, callback);
}

static HRESULT WINAPI job_GetNotifyInterface(IBackgroundCopyJob5 *iface, IUnknown **ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    notify_get_interface(door->job, ret);
    return S_OK;
}

static HRESULT WINAPI job_SetMinimumRetryDelay(IBackgroundCopyJob5 *iface, ULONG seconds)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    HRESULT hr;

    TRACE("%p, %lu.\n", iface, seconds);

    if (FAILED(hr = job_check_access(door))) return hr;
    return job_set_number(door, PROP_MINIMUM_RETRY_DELAY, max(seconds, RETRY_DELAY_MIN));
}

static HRESULT WINAPI job_GetMinimumRetryDelay(IBackgroundCopyJob5 *iface, ULONG *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = job_get_number(door, PROP_MINIMUM_RETRY_DELAY);
    return S_OK;
}

static HRESULT WINAPI job_SetNoProgressTimeout(IBackgroundCopyJob5 *iface, ULONG seconds)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    HRESULT hr;

    TRACE("%p, %lu.\n", iface, seconds);

    if (FAILED(hr = job_check_access(door))) return hr;
    return job_set_number(door, PROP_NO_PROGRESS_TIMEOUT, seconds);
}

static HRESULT WINAPI job_GetNoProgressTimeout(IBackgroundCopyJob5 *iface, ULONG *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = job_get_number(door, PROP_NO_PROGRESS_TIMEOUT);
    return S_OK;
}

static HRESULT WINAPI job_GetErrorCount(IBackgroundCopyJob5 *iface, ULONG *ret)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    *ret = door->job->job->error_count;
    queue_leave();
    return S_OK;
}

static HRESULT WINAPI job_SetProxySettings(IBackgroundCopyJob5 *iface, BG_JOB_PROXY_USAGE usage, const WCHAR *list,
                                           const WCHAR *bypass)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    struct prop_value values[3] = { { PROP_PROXY_USAGE }, { PROP_PROXY_LIST }, { PROP_PROXY_BYPASS } };
    HRESULT hr;

    TRACE("%p, %d, %s, %s.\n", iface, usage, debugstr_w(list), debugstr_w(bypass));

    /* The order of checks is JOB.SetProxySettings.A6; the results are the cells of PX.M1 to PX.M6. */
    if (FAILED(hr = job_check_access(door))) return hr;                 /* PX.M8 */
    if ((UINT32)usage > BG_JOB_PROXY_USAGE_AUTODETECT) return E_NOTIMPL;  /* JOB.SetProxySettings.8 */
    if (list && str_nlen(list, PROXY_LIST_MAX + 1) > PROXY_LIST_MAX) return BG_E_PROXY_LIST_TOO_LARGE;
    if (bypass && str_nlen(bypass, PROXY_LIST_MAX + 1) > PROXY_LIST_MAX) return BG_E_PROXY_BYPASS_LIST_TOO_LARGE;
    if (usage == BG_JOB_PROXY_USAGE_OVERRIDE ? !list : (list || bypass)) return E_INVALIDARG;

    values[0].number = usage;
    values[1].string = list;
    values[2].string = bypass;
    return queue_set(door->job, values, ARRAY_SIZE(values), NULL);
}

static HRESULT WINAPI job_GetProxySettings(IBackgroundCopyJob5 *iface, BG_JOB_PROXY_USAGE *usage, LPWSTR *list,
                                           LPWSTR *bypass)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
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

static HRESULT WINAPI job_TakeOwnership(IBackgroundCopyJob5 *iface)
{
    struct job_door *door = impl_from_IBackgroundCopyJob5(iface);
    struct caller *caller = job_door_caller(door);
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (!caller_is_administrator(caller)) return E_ACCESSDENIED;    /* JOB.TakeOwnership.6, A1 */
    job_secrets_enter();
    hr = queue_take_ownership(door->job, caller);                   /* the model drops what was the old owner's [api-2-later:GEN.15] */
    job_secrets_leave();
    if (SUCCEEDED(hr)) judge_forget(door->job);                     /* HTTP3.SetServerCertificateValidationInterface.A3 */
    return hr;
}

const IBackgroundCopyJob5Vtbl job_vtbl =
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
    job_SetNotifyCmdLine,
    job_GetNotifyCmdLine,
    job_GetReplyProgress,
    job_GetReplyData,
    job_SetReplyFileName,
    job_GetReplyFileName,
    job_SetCredentials,
    job_RemoveCredentials,
    job_ReplaceRemotePrefix,
    job_AddFileWithRanges,
    job_SetFileACLFlags,
    job_GetFileACLFlags,
    job_SetPeerCachingFlags,
    job_GetPeerCachingFlags,
    job_GetOwnerIntegrityLevel,
    job_GetOwnerElevationState,
    job_SetMaximumDownloadTime,
    job_GetMaximumDownloadTime,
    job_SetProperty,
    job_GetProperty,
};
