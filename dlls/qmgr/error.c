/*
 * IBackgroundCopyError
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
#include "core/str.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* An immutable snapshot of a job's failure [JOB.GetError.A4]. */
struct error_door
{
    IBackgroundCopyError IBackgroundCopyError_iface;
    struct client_object base;
    struct queue_job *job;
    struct job_failure failure;
};

static inline struct error_door *impl_from_IBackgroundCopyError(IBackgroundCopyError *iface)
{
    return CONTAINING_RECORD(iface, struct error_door, IBackgroundCopyError_iface);
}

/* ERR.GetFile.A1 */
static BOOL has_file(const struct job_failure *failure)
{
    switch (failure->context)
    {
    case BG_ERROR_CONTEXT_LOCAL_FILE:
    case BG_ERROR_CONTEXT_REMOTE_FILE:
    case BG_ERROR_CONTEXT_GENERAL_TRANSPORT:
    case BG_ERROR_CONTEXT_REMOTE_APPLICATION:
        return failure->file != NO_FILE;
    default:
        return FALSE;
    }
}

static ULONG WINAPI error_AddRef(IBackgroundCopyError *iface)
{
    struct error_door *door = impl_from_IBackgroundCopyError(iface);
    ULONG refs = client_object_addref(&door->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static ULONG WINAPI error_Release(IBackgroundCopyError *iface)
{
    struct error_door *door = impl_from_IBackgroundCopyError(iface);
    ULONG refs = client_object_release(&door->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    if (!refs)
    {
        queue_release(door->job);
        free(door);
    }
    return refs;
}

static HRESULT WINAPI error_QueryInterface(IBackgroundCopyError *iface, REFIID riid, void **out)
{
    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    if (IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, &IID_IBackgroundCopyError))
    {
        IBackgroundCopyError_AddRef(iface);
        *out = iface;
        return S_OK;
    }
    *out = NULL;
    return E_NOINTERFACE;
}

static HRESULT WINAPI error_GetError(IBackgroundCopyError *iface, BG_ERROR_CONTEXT *context, HRESULT *code)
{
    struct error_door *door = impl_from_IBackgroundCopyError(iface);

    TRACE("%p, %p, %p.\n", iface, context, code);

    if (!context || !code) return E_INVALIDARG;                     /* ERR.GetError.A1 */
    *context = (BG_ERROR_CONTEXT)door->failure.context;
    *code = door->failure.hr;
    return S_OK;
}

static HRESULT WINAPI error_GetFile(IBackgroundCopyError *iface, IBackgroundCopyFile **ret)
{
    struct error_door *door = impl_from_IBackgroundCopyError(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    if (!has_file(&door->failure)) return BG_E_FILE_NOT_AVAILABLE;
    return file_door_create(door->base.client, door->job, door->failure.file, ret);
}

static HRESULT WINAPI error_GetErrorDescription(IBackgroundCopyError *iface, DWORD language, LPWSTR *ret)
{
    struct error_door *door = impl_from_IBackgroundCopyError(iface);

    TRACE("%p, %#lx, %p.\n", iface, language, ret);

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    if (!language) return E_INVALIDARG;                             /* ERR.GetErrorDescription.5 */
    return message_of_error(door->failure.hr, language, ret);
}

static HRESULT WINAPI error_GetErrorContextDescription(IBackgroundCopyError *iface, DWORD language, LPWSTR *ret)
{
    struct error_door *door = impl_from_IBackgroundCopyError(iface);

    TRACE("%p, %#lx, %p.\n", iface, language, ret);

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    if (!language) return E_INVALIDARG;
    return message_of_context(door->failure.context, language, ret);
}

static HRESULT WINAPI error_GetProtocol(IBackgroundCopyError *iface, LPWSTR *ret)
{
    struct error_door *door = impl_from_IBackgroundCopyError(iface);
    const WCHAR *remote;
    BOOL http;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    /* ERR.GetProtocol.A2 */
    if (!has_file(&door->failure) || door->failure.context == BG_ERROR_CONTEXT_LOCAL_FILE)
        return BG_E_PROTOCOL_NOT_AVAILABLE;
    queue_enter();
    remote = door->job->job->files[door->failure.file].remote_name;
    http = str_istarts(remote, L"http:") || str_istarts(remote, L"https:");
    queue_leave();
    return return_string(http ? L"http" : L"file", ret);            /* ERR.GetProtocol.1, A1 */
}

static const IBackgroundCopyErrorVtbl error_vtbl =
{
    error_QueryInterface,
    error_AddRef,
    error_Release,
    error_GetError,
    error_GetFile,
    error_GetErrorDescription,
    error_GetErrorContextDescription,
    error_GetProtocol,
};

HRESULT error_door_create(struct client *client, struct queue_job *job, const struct job_failure *failure,
                          IBackgroundCopyError **ret)
{
    struct error_door *door;

    *ret = NULL;
    if (!(door = calloc(1, sizeof(*door)))) return E_OUTOFMEMORY;
    door->IBackgroundCopyError_iface.lpVtbl = &error_vtbl;
    door->job = job;
    door->failure = *failure;
    queue_addref(job);
    client_object_init(&door->base, client, (IUnknown *)&door->IBackgroundCopyError_iface);
    *ret = &door->IBackgroundCopyError_iface;
    return S_OK;
}
