/*
 * IBackgroundCopyFile to IBackgroundCopyFile6
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
#include "log.h"
#include "core/str.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

struct file_door
{
    IBackgroundCopyFile6 IBackgroundCopyFile6_iface;
    struct client_object base;
    struct queue_job *job;
    UINT32 index;                   /* files are never removed from a job [LIFE.5] */
};

static inline struct file_door *impl_from_IBackgroundCopyFile6(IBackgroundCopyFile6 *iface)
{
    return CONTAINING_RECORD(iface, struct file_door, IBackgroundCopyFile6_iface);
}

static ULONG WINAPI file_AddRef(IBackgroundCopyFile6 *iface)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);
    ULONG refs = client_object_addref(&door->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static ULONG WINAPI file_Release(IBackgroundCopyFile6 *iface)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);
    ULONG refs = client_object_release(&door->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    if (!refs)
    {
        queue_release(door->job);
        free(door);
    }
    return refs;
}

static HRESULT WINAPI file_QueryInterface(IBackgroundCopyFile6 *iface, REFIID riid, void **out)
{
    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    if (IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, &IID_IBackgroundCopyFile) || IsEqualIID(riid, &IID_IBackgroundCopyFile2)
        || IsEqualIID(riid, &IID_IBackgroundCopyFile3) || IsEqualIID(riid, &IID_IBackgroundCopyFile4)
        || IsEqualIID(riid, &IID_IBackgroundCopyFile5) || IsEqualIID(riid, &IID_IBackgroundCopyFile6))
    {
        IBackgroundCopyFile6_AddRef(iface);
        *out = iface;
        return S_OK;
    }
    *out = NULL;
    return E_NOINTERFACE;
}

static HRESULT WINAPI file_GetRemoteName(IBackgroundCopyFile6 *iface, LPWSTR *ret)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);
    HRESULT hr;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    hr = return_string(door->job->job->files[door->index].remote_name, ret);
    queue_leave();
    return hr;
}

static HRESULT WINAPI file_GetLocalName(IBackgroundCopyFile6 *iface, LPWSTR *ret)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);
    HRESULT hr;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    hr = return_string(door->job->job->files[door->index].local_name, ret);
    queue_leave();
    return hr;
}

static HRESULT WINAPI file_GetProgress(IBackgroundCopyFile6 *iface, BG_FILE_PROGRESS *ret)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);
    UINT64 total, transferred;
    BOOL completed;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    queue_file_progress_locked(door->job, door->index, &total, &transferred, &completed);
    queue_leave();
    ret->BytesTotal = total;
    ret->BytesTransferred = transferred;
    ret->Completed = completed;
    return S_OK;
}

static HRESULT check_access(const struct file_door *door)
{
    return door_check_access(door->base.client, door->job);
}

static BOOL is_download(const struct file_door *door)
{
    return door->job->job->type == JOB_DOWNLOAD;
}

/* A list for the client; NULL for an empty one. */
static HRESULT return_ranges(const struct file_range *ranges, UINT32 count, DWORD *ret_count, BG_FILE_RANGE **ret)
{
    UINT32 i;

    *ret_count = 0;
    *ret = NULL;
    if (!count) return S_OK;
    if (!(*ret = CoTaskMemAlloc(count * sizeof(**ret)))) return E_OUTOFMEMORY;
    for (i = 0; i < count; i++)
    {
        (*ret)[i].InitialOffset = ranges[i].offset;
        (*ret)[i].Length = ranges[i].length;
    }
    *ret_count = count;
    return S_OK;
}

/* IBackgroundCopyFile2 */

static HRESULT WINAPI file_GetFileRanges(IBackgroundCopyFile6 *iface, DWORD *count, BG_FILE_RANGE **ranges)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);
    const struct job_file *file;
    HRESULT hr;

    TRACE("%p, %p, %p.\n", iface, count, ranges);

    if (ranges) *ranges = NULL;
    if (!count || !ranges) return E_INVALIDARG;                     /* FILE2.GetFileRanges.A1 */
    queue_enter();
    file = &door->job->job->files[door->index];
    hr = return_ranges(file->ranges, file->range_count, count, ranges);
    queue_leave();
    return SUCCEEDED(hr) && !*count ? S_FALSE : hr;                 /* FILE2.GetFileRanges.3 */
}

static HRESULT WINAPI file_SetRemoteName(IBackgroundCopyFile6 *iface, LPCWSTR remote)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);
    struct record_name name = { door->index, remote };
    BOOL ranged;
    HRESULT hr;

    TRACE("%p, %s.\n", iface, log_url(remote));

    if (FAILED(hr = check_access(door))) return hr;
    if (!remote) return E_INVALIDARG;
    if (!is_download(door)) return E_NOTIMPL;  /* FILE2.SetRemoteName.4 */
    queue_enter();
    ranged = door->job->job->files[door->index].range_count != 0;
    queue_leave();
    if (FAILED(hr = check_remote_name(remote, ranged))) return hr;
    return queue_set_remote_names(door->job, &name, 1);
}

/* IBackgroundCopyFile3 */

static HRESULT WINAPI file_GetTemporaryName(IBackgroundCopyFile6 *iface, LPWSTR *ret)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);
    const struct job_file *file;
    HRESULT hr;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    if (!is_download(door)) return E_NOTIMPL;                       /* FILE3.GetTemporaryName.A2 */
    queue_tell_names(door->job, door->index);
    queue_enter();
    file = &door->job->job->files[door->index];
    hr = return_string(file->temp_name ? file->temp_name : file->local_name, ret);
    queue_leave();
    return hr;
}

static HRESULT WINAPI file_SetValidationState(IBackgroundCopyFile6 *iface, BOOL valid)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);
    HRESULT hr;

    TRACE("%p, %d.\n", iface, valid);

    if (FAILED(hr = check_access(door))) return hr;
    if (!is_download(door)) return E_NOTIMPL;                       /* FILE3.SetValidationState.A2 */
    return queue_validate(door->job, door->index, valid != FALSE);
}

static HRESULT WINAPI file_GetValidationState(IBackgroundCopyFile6 *iface, BOOL *ret)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    *ret = (door->job->job->files[door->index].flags & FILE_VALIDATED) != 0;
    queue_leave();
    return S_OK;
}

static HRESULT WINAPI file_IsDownloadedFromPeer(IBackgroundCopyFile6 *iface, BOOL *ret)
{
    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = FALSE;                                                   /* FILE3.IsDownloadedFromPeer.3 */
    return S_OK;
}

/* IBackgroundCopyFile4 */

static HRESULT WINAPI file_GetPeerDownloadStats(IBackgroundCopyFile6 *iface, UINT64 *from_origin, UINT64 *from_peers)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);
    UINT64 total, transferred;
    BOOL completed;

    TRACE("%p, %p, %p.\n", iface, from_origin, from_peers);

    if (!from_origin || !from_peers) return E_INVALIDARG;
    queue_enter();
    queue_file_progress_locked(door->job, door->index, &total, &transferred, &completed);
    queue_leave();
    *from_origin = is_download(door) ? transferred : 0;             /* FILE4.GetPeerDownloadStats.A1 */
    *from_peers = 0;
    return S_OK;
}

/* IBackgroundCopyFile5 */

static HRESULT WINAPI file_SetProperty(IBackgroundCopyFile6 *iface, BITS_FILE_PROPERTY_ID id, BITS_FILE_PROPERTY_VALUE value)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);
    HRESULT hr;

    TRACE("%p, %d, %s.\n", iface, id, debugstr_w(value.String));

    if (FAILED(hr = check_access(door))) return hr;
    /* FILE5.SetProperty.A1: what the server sent cannot be set */
    return id == BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS ? BG_E_READ_ONLY_PROPERTY : BG_E_UNKNOWN_PROPERTY_ID;
}

static HRESULT WINAPI file_GetProperty(IBackgroundCopyFile6 *iface, BITS_FILE_PROPERTY_ID id, BITS_FILE_PROPERTY_VALUE *ret)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);
    const char *headers;
    WCHAR *text = NULL;
    HRESULT hr = S_OK;

    TRACE("%p, %d, %p.\n", iface, id, ret);

    if (!ret) return E_INVALIDARG;
    memset(ret, 0, sizeof(*ret));
    if (id != BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS) return BG_E_UNKNOWN_PROPERTY_ID;
    queue_enter();
    headers = door->job->job->files[door->index].response_headers;
    if (headers && !(text = str_from_utf8(headers))) hr = E_OUTOFMEMORY;
    queue_leave();
    if (SUCCEEDED(hr)) hr = return_string(text, &ret->String);      /* FILE5.GetProperty.A2: NULL without an answer */
    free(text);
    return hr;
}

/* IBackgroundCopyFile6 */

static HRESULT WINAPI file_UpdateDownloadPosition(IBackgroundCopyFile6 *iface, UINT64 offset)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);
    HRESULT hr;

    TRACE("%p, %s.\n", iface, wine_dbgstr_longlong(offset));

    if (FAILED(hr = check_access(door))) return hr;
    return queue_update_position(door->job, door->index, offset);
}

static HRESULT WINAPI file_RequestFileRanges(IBackgroundCopyFile6 *iface, DWORD count, const BG_FILE_RANGE *ranges)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);
    struct file_range *list;
    HRESULT hr;
    DWORD i;

    TRACE("%p, %lu, %p.\n", iface, count, ranges);

    if (FAILED(hr = check_access(door))) return hr;
    if (!ranges) return E_INVALIDARG;
    if (!(list = malloc(max(count, 1) * sizeof(*list)))) return E_OUTOFMEMORY;
    for (i = 0; i < count; i++)
    {
        list[i].offset = ranges[i].InitialOffset;
        list[i].length = ranges[i].Length;
    }
    hr = queue_request_ranges(door->job, door->index, list, count);
    free(list);
    return hr;
}

static HRESULT WINAPI file_GetFilledFileRanges(IBackgroundCopyFile6 *iface, DWORD *count, BG_FILE_RANGE **ranges)
{
    struct file_door *door = impl_from_IBackgroundCopyFile6(iface);
    struct file_range *list;
    UINT32 list_count;
    HRESULT hr;

    TRACE("%p, %p, %p.\n", iface, count, ranges);

    if (count) *count = 0;
    if (ranges) *ranges = NULL;
    if (!count || !ranges) return E_INVALIDARG;
    if (FAILED(hr = queue_filled_ranges(door->job, door->index, &list, &list_count))) return hr;
    hr = return_ranges(list, list_count, count, ranges);
    free(list);
    return hr;
}

static const IBackgroundCopyFile6Vtbl file_vtbl =
{
    file_QueryInterface,
    file_AddRef,
    file_Release,
    file_GetRemoteName,
    file_GetLocalName,
    file_GetProgress,
    file_GetFileRanges,
    file_SetRemoteName,
    file_GetTemporaryName,
    file_SetValidationState,
    file_GetValidationState,
    file_IsDownloadedFromPeer,
    file_GetPeerDownloadStats,
    file_SetProperty,
    file_GetProperty,
    file_UpdateDownloadPosition,
    file_RequestFileRanges,
    file_GetFilledFileRanges,
};

HRESULT file_door_create(struct client *client, struct queue_job *job, UINT32 index, IBackgroundCopyFile **ret)
{
    struct file_door *door;

    *ret = NULL;
    if (!(door = calloc(1, sizeof(*door)))) return E_OUTOFMEMORY;
    door->IBackgroundCopyFile6_iface.lpVtbl = &file_vtbl;
    door->job = job;
    door->index = index;
    queue_addref(job);
    client_object_init(&door->base, client, (IUnknown *)&door->IBackgroundCopyFile6_iface);
    *ret = (IBackgroundCopyFile *)&door->IBackgroundCopyFile6_iface;
    return S_OK;
}
