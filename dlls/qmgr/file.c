/*
 * IBackgroundCopyFile
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

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

struct file_door
{
    IBackgroundCopyFile IBackgroundCopyFile_iface;
    struct client_object base;
    struct queue_job *job;
    UINT32 index;                   /* files are never removed from a job [LIFE.5] */
};

static inline struct file_door *impl_from_IBackgroundCopyFile(IBackgroundCopyFile *iface)
{
    return CONTAINING_RECORD(iface, struct file_door, IBackgroundCopyFile_iface);
}

static ULONG WINAPI file_AddRef(IBackgroundCopyFile *iface)
{
    struct file_door *door = impl_from_IBackgroundCopyFile(iface);
    ULONG refs = client_object_addref(&door->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static ULONG WINAPI file_Release(IBackgroundCopyFile *iface)
{
    struct file_door *door = impl_from_IBackgroundCopyFile(iface);
    ULONG refs = client_object_release(&door->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    if (!refs)
    {
        queue_release(door->job);
        free(door);
    }
    return refs;
}

static HRESULT WINAPI file_QueryInterface(IBackgroundCopyFile *iface, REFIID riid, void **out)
{
    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    if (IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, &IID_IBackgroundCopyFile))
    {
        IBackgroundCopyFile_AddRef(iface);
        *out = iface;
        return S_OK;
    }
    *out = NULL;
    return E_NOINTERFACE;
}

static HRESULT WINAPI file_GetRemoteName(IBackgroundCopyFile *iface, LPWSTR *ret)
{
    struct file_door *door = impl_from_IBackgroundCopyFile(iface);
    HRESULT hr;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    hr = return_string(door->job->job->files[door->index].remote_name, ret);
    queue_leave();
    return hr;
}

static HRESULT WINAPI file_GetLocalName(IBackgroundCopyFile *iface, LPWSTR *ret)
{
    struct file_door *door = impl_from_IBackgroundCopyFile(iface);
    HRESULT hr;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    hr = return_string(door->job->job->files[door->index].local_name, ret);
    queue_leave();
    return hr;
}

static HRESULT WINAPI file_GetProgress(IBackgroundCopyFile *iface, BG_FILE_PROGRESS *ret)
{
    struct file_door *door = impl_from_IBackgroundCopyFile(iface);
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

static const IBackgroundCopyFileVtbl file_vtbl =
{
    file_QueryInterface,
    file_AddRef,
    file_Release,
    file_GetRemoteName,
    file_GetLocalName,
    file_GetProgress,
};

HRESULT file_door_create(struct client *client, struct queue_job *job, UINT32 index, IBackgroundCopyFile **ret)
{
    struct file_door *door;

    *ret = NULL;
    if (!(door = calloc(1, sizeof(*door)))) return E_OUTOFMEMORY;
    door->IBackgroundCopyFile_iface.lpVtbl = &file_vtbl;
    door->job = job;
    door->index = index;
    queue_addref(job);
    client_object_init(&door->base, client, (IUnknown *)&door->IBackgroundCopyFile_iface);
    *ret = &door->IBackgroundCopyFile_iface;
    return S_OK;
}
