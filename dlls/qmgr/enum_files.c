/*
 * IEnumBackgroundCopyFiles
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

struct enum_files
{
    IEnumBackgroundCopyFiles IEnumBackgroundCopyFiles_iface;
    struct client_object base;
    struct queue_job *job;
    UINT32 count;                   /* the snapshot: files are only ever added at the end [JOB.EnumFiles.A1, LIFE.5] */
    struct sync_mutex mutex;
    UINT32 pos;                     /* guarded by mutex */
};

static inline struct enum_files *impl_from_IEnumBackgroundCopyFiles(IEnumBackgroundCopyFiles *iface)
{
    return CONTAINING_RECORD(iface, struct enum_files, IEnumBackgroundCopyFiles_iface);
}

static ULONG WINAPI enum_files_AddRef(IEnumBackgroundCopyFiles *iface)
{
    struct enum_files *files = impl_from_IEnumBackgroundCopyFiles(iface);
    ULONG refs = client_object_addref(&files->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static ULONG WINAPI enum_files_Release(IEnumBackgroundCopyFiles *iface)
{
    struct enum_files *files = impl_from_IEnumBackgroundCopyFiles(iface);
    ULONG refs = client_object_release(&files->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    if (!refs)
    {
        queue_release(files->job);
        sync_mutex_free(&files->mutex);
        free(files);
    }
    return refs;
}

static HRESULT WINAPI enum_files_QueryInterface(IEnumBackgroundCopyFiles *iface, REFIID riid, void **out)
{
    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    if (IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, &IID_IEnumBackgroundCopyFiles))
    {
        IEnumBackgroundCopyFiles_AddRef(iface);
        *out = iface;
        return S_OK;
    }
    *out = NULL;
    return E_NOINTERFACE;
}

static HRESULT WINAPI enum_files_Next(IEnumBackgroundCopyFiles *iface, ULONG count, IBackgroundCopyFile **ret,
                                      ULONG *fetched)
{
    struct enum_files *files = impl_from_IEnumBackgroundCopyFiles(iface);
    HRESULT hr = S_OK;
    ULONG i, take;

    TRACE("%p, %lu, %p, %p.\n", iface, count, ret, fetched);

    if (fetched) *fetched = 0;
    if ((!ret && count) || (!fetched && count != 1)) return E_INVALIDARG;      /* ENUMFILES.Next.A1 */

    sync_lock(&files->mutex);
    take = min(count, files->count - files->pos);
    for (i = 0; i < take && SUCCEEDED(hr); i++)
        hr = file_door_create(files->base.client, files->job, files->pos + i, &ret[i]);
    if (SUCCEEDED(hr)) files->pos += take;
    sync_unlock(&files->mutex);

    if (FAILED(hr))
    {
        for (take = i - 1, i = 0; i < take; i++) IBackgroundCopyFile_Release(ret[i]);
        take = 0;
    }
    for (i = take; i < count; i++) ret[i] = NULL;
    if (fetched) *fetched = take;
    if (FAILED(hr)) return hr;
    return take == count ? S_OK : S_FALSE;
}

static HRESULT WINAPI enum_files_Skip(IEnumBackgroundCopyFiles *iface, ULONG count)
{
    struct enum_files *files = impl_from_IEnumBackgroundCopyFiles(iface);
    BOOL enough;

    TRACE("%p, %lu.\n", iface, count);

    sync_lock(&files->mutex);
    enough = count <= files->count - files->pos;
    files->pos = enough ? files->pos + count : files->count;
    sync_unlock(&files->mutex);
    return enough ? S_OK : S_FALSE;
}

static HRESULT WINAPI enum_files_Reset(IEnumBackgroundCopyFiles *iface)
{
    struct enum_files *files = impl_from_IEnumBackgroundCopyFiles(iface);

    TRACE("%p.\n", iface);

    sync_lock(&files->mutex);
    files->pos = 0;
    sync_unlock(&files->mutex);
    return S_OK;
}

static HRESULT WINAPI enum_files_Clone(IEnumBackgroundCopyFiles *iface, IEnumBackgroundCopyFiles **ret)
{
    struct enum_files *files = impl_from_IEnumBackgroundCopyFiles(iface);
    UINT32 pos;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    sync_lock(&files->mutex);
    pos = files->pos;
    sync_unlock(&files->mutex);
    return enum_files_create(files->base.client, files->job, files->count, pos, ret);
}

static HRESULT WINAPI enum_files_GetCount(IEnumBackgroundCopyFiles *iface, ULONG *ret)
{
    struct enum_files *files = impl_from_IEnumBackgroundCopyFiles(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = files->count;
    return S_OK;
}

static const IEnumBackgroundCopyFilesVtbl enum_files_vtbl =
{
    enum_files_QueryInterface,
    enum_files_AddRef,
    enum_files_Release,
    enum_files_Next,
    enum_files_Skip,
    enum_files_Reset,
    enum_files_Clone,
    enum_files_GetCount,
};

HRESULT enum_files_create(struct client *client, struct queue_job *job, UINT32 count, UINT32 pos,
                          IEnumBackgroundCopyFiles **ret)
{
    struct enum_files *files;

    *ret = NULL;
    if (!(files = calloc(1, sizeof(*files)))) return E_OUTOFMEMORY;
    files->IEnumBackgroundCopyFiles_iface.lpVtbl = &enum_files_vtbl;
    files->job = job;
    files->count = count;
    files->pos = pos;
    queue_addref(job);
    sync_mutex_init(&files->mutex, __FILE__ ": enum_files.mutex");
    client_object_init(&files->base, client, (IUnknown *)&files->IEnumBackgroundCopyFiles_iface);
    *ret = &files->IEnumBackgroundCopyFiles_iface;
    return S_OK;
}
