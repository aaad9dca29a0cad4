/*
 * IBackgroundCopyJob1
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
#include "oleauto.h"

#include "group_private.h"
#include "core/verdict.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define FACILITY_BITS_HTTP 0x19

struct group_job
{
    IBackgroundCopyJob1 IBackgroundCopyJob1_iface;
    struct client_object base;
    struct queue_job *job;
};

/* Around AddFiles: the hints of two calls at once stay beside their files. Nothing else is taken inside but queue.cs and what is below. */
static SRWLOCK hints_lock = SRWLOCK_INIT;

static inline struct group_job *impl_from_IBackgroundCopyJob1(IBackgroundCopyJob1 *iface)
{
    return CONTAINING_RECORD(iface, struct group_job, IBackgroundCopyJob1_iface);
}

static ULONG WINAPI group_job_AddRef(IBackgroundCopyJob1 *iface)
{
    struct group_job *door = impl_from_IBackgroundCopyJob1(iface);
    ULONG refs = client_object_addref(&door->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static ULONG WINAPI group_job_Release(IBackgroundCopyJob1 *iface)
{
    struct group_job *door = impl_from_IBackgroundCopyJob1(iface);
    ULONG refs = client_object_release(&door->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    if (!refs)
    {
        queue_release(door->job);
        free(door);
    }
    return refs;
}

static HRESULT WINAPI group_job_QueryInterface(IBackgroundCopyJob1 *iface, REFIID riid, void **out)
{
    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    if (IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, &IID_IBackgroundCopyJob1))
    {
        IBackgroundCopyJob1_AddRef(iface);
        *out = iface;
        return S_OK;
    }
    *out = NULL;
    return E_NOINTERFACE;
}

static HRESULT WINAPI group_job_CancelJob(IBackgroundCopyJob1 *iface)
{
    TRACE("%p.\n", iface);

    return E_NOTIMPL;                                               /* JOB1.CancelJob.1 */
}

static HRESULT WINAPI group_job_GetProgress(IBackgroundCopyJob1 *iface, DWORD flags, DWORD *ret)
{
    struct group_job *door = impl_from_IBackgroundCopyJob1(iface);

    TRACE("%p, %lu, %p.\n", iface, flags, ret);

    if (!ret) return E_INVALIDARG;
    *ret = 0;
    return group_progress(door->job, flags, ret);
}

/* JOB1.GetStatus.2: an HTTP status, or a Win32 code; what is neither is shown whole. */
void group_error_results(const struct job_failure *failure, UINT32 errors, DWORD *win32, DWORD *transport, DWORD *retries)
{
    *win32 = *transport = 0;
    switch (HRESULT_FACILITY(failure->hr))
    {
    case FACILITY_BITS_HTTP:
        *transport = HRESULT_CODE(failure->hr);
        break;
    case FACILITY_WIN32:
        *win32 = HRESULT_CODE(failure->hr);
        break;
    default:
        *win32 = failure->hr;
    }
    *retries = errors ? errors - 1 : 0;                             /* the first error was not yet an attempt after one */
}

static HRESULT WINAPI group_job_GetStatus(IBackgroundCopyJob1 *iface, DWORD *status, DWORD *win32, DWORD *transport,
                                          DWORD *retries)
{
    struct group_job *door = impl_from_IBackgroundCopyJob1(iface);
    const struct job *job = door->job->job;

    TRACE("%p, %p, %p, %p, %p.\n", iface, status, win32, transport, retries);

    if (!status || !win32 || !transport || !retries) return E_INVALIDARG;
    *win32 = *transport = *retries = 0;                             /* JOB1.GetStatus.A1 */
    queue_enter();
    *status = job_all_transferred(job) ? QM_STATUS_JOB_COMPLETE : QM_STATUS_JOB_INCOMPLETE;
    if (door->job->live == JOB_ERROR)
    {
        *status |= QM_STATUS_JOB_ERROR;
        group_error_results(&job->failure, job->error_count, win32, transport, retries);
    }
    queue_leave();
    return S_OK;
}

/* With hints_lock held. The hints of files beyond the last are those of a call that failed. */
static HRESULT set_hints(struct group_job *door, const FILESETINFO * const *set, ULONG count)
{
    struct prop_value value = { PROP_GROUP_SIZE_HINTS };
    UINT32 first, known, *hints;
    const struct prop_value *old;
    HRESULT hr;
    ULONG i;

    for (i = 0; i < count && !set[i]->dwSizeHint; i++) ;
    queue_enter();
    first = door->job->job->file_count;
    old = &door->job->job->props[PROP_GROUP_SIZE_HINTS];
    known = old->blob_size / sizeof(*hints);
    if (i == count && known <= first)
    {
        queue_leave();
        return S_OK;
    }
    known = min(known, first);
    if ((hints = calloc(first + count, sizeof(*hints))) && known) memcpy(hints, old->blob, known * sizeof(*hints));
    queue_leave();
    if (!hints) return E_OUTOFMEMORY;
    for (i = 0; i < count; i++) hints[first + i] = set[i]->dwSizeHint;
    value.blob = (const BYTE *)hints;
    value.blob_size = (first + count) * sizeof(*hints);
    hr = queue_set(door->job, &value, 1, NULL);
    free(hints);
    return hr;
}

static UINT32 get_hint_locked(const struct job *job, UINT32 index)
{
    const struct prop_value *hints = &job->props[PROP_GROUP_SIZE_HINTS];
    UINT32 hint;

    if ((index + (UINT64)1) * sizeof(hint) > hints->blob_size) return 0;
    memcpy(&hint, hints->blob + index * sizeof(hint), sizeof(hint));
    return hint;
}

static HRESULT add_files(struct group_job *door, ULONG count, FILESETINFO **set)
{
    IBackgroundCopyJob *job;
    BG_FILE_INFO *files;
    HRESULT hr;
    ULONG i;

    if (FAILED(hr = job_door_get(door->base.client, door->job, &job))) return hr;
    if (!(files = calloc(max(count, 1), sizeof(*files))))
    {
        IBackgroundCopyJob_Release(job);
        return E_OUTOFMEMORY;
    }
    for (i = 0; i < count; i++)
    {
        files[i].RemoteName = set[i]->bstrRemoteFile;
        files[i].LocalName = set[i]->bstrLocalFile;
    }
    AcquireSRWLockExclusive(&hints_lock);
    if (SUCCEEDED(hr = set_hints(door, (const FILESETINFO * const *)set, count))) hr = IBackgroundCopyJob_AddFileSet(job, count, files);
    ReleaseSRWLockExclusive(&hints_lock);
    free(files);
    IBackgroundCopyJob_Release(job);
    return hr;
}

static HRESULT WINAPI group_job_AddFiles(IBackgroundCopyJob1 *iface, ULONG count, FILESETINFO **set)
{
    struct group_job *door = impl_from_IBackgroundCopyJob1(iface);
    HRESULT hr;
    ULONG i;

    TRACE("%p, %lu, %p.\n", iface, count, set);

    if (FAILED(hr = group_check_access(door->base.client, door->job))) return hr;
    if (!set) return E_INVALIDARG;
    for (i = 0; i < count; i++)
        if (!set[i] || !set[i]->bstrRemoteFile || !set[i]->bstrLocalFile) return E_INVALIDARG;
    return group_result(add_files(door, count, set));
}

static HRESULT WINAPI group_job_GetFile(IBackgroundCopyJob1 *iface, ULONG index, FILESETINFO *ret)
{
    struct group_job *door = impl_from_IBackgroundCopyJob1(iface);
    const struct job *job = door->job->job;
    HRESULT hr = S_OK;

    TRACE("%p, %lu, %p.\n", iface, index, ret);

    if (!ret) return E_INVALIDARG;
    memset(ret, 0, sizeof(*ret));
    queue_enter();
    if (index >= job->file_count) hr = QM_E_ITEM_NOT_FOUND;         /* JOB1.GetFile.3, A1 */
    else
    {
        ret->bstrRemoteFile = SysAllocString(job->files[index].remote_name);
        ret->bstrLocalFile = SysAllocString(job->files[index].local_name);
        ret->dwSizeHint = get_hint_locked(job, index);
        if (!ret->bstrRemoteFile || !ret->bstrLocalFile) hr = E_OUTOFMEMORY;
    }
    queue_leave();
    if (hr == E_OUTOFMEMORY)
    {
        SysFreeString(ret->bstrRemoteFile);
        SysFreeString(ret->bstrLocalFile);
        memset(ret, 0, sizeof(*ret));
    }
    return hr;
}

static HRESULT WINAPI group_job_GetFileCount(IBackgroundCopyJob1 *iface, DWORD *ret)
{
    struct group_job *door = impl_from_IBackgroundCopyJob1(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    *ret = door->job->job->file_count;
    queue_leave();
    return S_OK;
}

static HRESULT WINAPI group_job_SwitchToForeground(IBackgroundCopyJob1 *iface)
{
    TRACE("%p.\n", iface);

    return E_NOTIMPL;                                               /* JOB1.SwitchToForeground.1 */
}

static HRESULT WINAPI group_job_get_JobID(IBackgroundCopyJob1 *iface, GUID *ret)
{
    struct group_job *door = impl_from_IBackgroundCopyJob1(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    *ret = door->job->job->props[PROP_GROUP_JOB_ID].guid;
    queue_leave();
    return S_OK;
}

static const IBackgroundCopyJob1Vtbl group_job_vtbl =
{
    group_job_QueryInterface,
    group_job_AddRef,
    group_job_Release,
    group_job_CancelJob,
    group_job_GetProgress,
    group_job_GetStatus,
    group_job_AddFiles,
    group_job_GetFile,
    group_job_GetFileCount,
    group_job_SwitchToForeground,
    group_job_get_JobID,
};

HRESULT group_job_create(struct client *client, struct queue_job *job, IBackgroundCopyJob1 **ret)
{
    struct group_job *door;

    *ret = NULL;
    if (!(door = calloc(1, sizeof(*door)))) return E_OUTOFMEMORY;
    door->IBackgroundCopyJob1_iface.lpVtbl = &group_job_vtbl;
    door->job = job;
    queue_addref(job);
    client_object_init(&door->base, client, (IUnknown *)&door->IBackgroundCopyJob1_iface);
    *ret = &door->IBackgroundCopyJob1_iface;
    return S_OK;
}
