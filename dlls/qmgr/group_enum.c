/*
 * IEnumBackgroundCopyGroups and IEnumBackgroundCopyJobs1
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

#include "group_private.h"
#include "sync.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* Both enumerators hand out GUIDs through the same five methods; only the names of the two interfaces differ, so one table serves both. */
struct group_enum
{
    IEnumBackgroundCopyGroups IEnumBackgroundCopyGroups_iface;     /* or IEnumBackgroundCopyJobs1, as iid says */
    struct client_object base;
    const IID *iid;
    GUID *ids;                      /* the snapshot */
    UINT32 count;
    struct sync_mutex mutex;
    UINT32 pos;                     /* guarded by mutex */
};

C_ASSERT(sizeof(IEnumBackgroundCopyGroupsVtbl) == sizeof(IEnumBackgroundCopyJobs1Vtbl));

static HRESULT create(struct client *client, const IID *iid, GUID *ids, UINT32 count, UINT32 pos, void **ret);

static inline struct group_enum *impl_from_IEnumBackgroundCopyGroups(IEnumBackgroundCopyGroups *iface)
{
    return CONTAINING_RECORD(iface, struct group_enum, IEnumBackgroundCopyGroups_iface);
}

static ULONG WINAPI group_enum_AddRef(IEnumBackgroundCopyGroups *iface)
{
    struct group_enum *list = impl_from_IEnumBackgroundCopyGroups(iface);
    ULONG refs = client_object_addref(&list->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static ULONG WINAPI group_enum_Release(IEnumBackgroundCopyGroups *iface)
{
    struct group_enum *list = impl_from_IEnumBackgroundCopyGroups(iface);
    ULONG refs = client_object_release(&list->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    if (!refs)
    {
        sync_mutex_free(&list->mutex);
        free(list->ids);
        free(list);
    }
    return refs;
}

static HRESULT WINAPI group_enum_QueryInterface(IEnumBackgroundCopyGroups *iface, REFIID riid, void **out)
{
    struct group_enum *list = impl_from_IEnumBackgroundCopyGroups(iface);

    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    if (IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, list->iid))
    {
        IEnumBackgroundCopyGroups_AddRef(iface);
        *out = iface;
        return S_OK;
    }
    *out = NULL;
    return E_NOINTERFACE;
}

static HRESULT WINAPI group_enum_Next(IEnumBackgroundCopyGroups *iface, ULONG count, GUID *ret, ULONG *fetched)
{
    struct group_enum *list = impl_from_IEnumBackgroundCopyGroups(iface);
    ULONG take;

    TRACE("%p, %lu, %p, %p.\n", iface, count, ret, fetched);

    if (fetched) *fetched = 0;
    if ((!ret && count) || (!fetched && count != 1)) return E_INVALIDARG;      /* EGRP.Next.1 */

    sync_lock(&list->mutex);
    take = min(count, list->count - list->pos);
    memcpy(ret, list->ids + list->pos, take * sizeof(*ret));
    list->pos += take;
    sync_unlock(&list->mutex);
    if (fetched) *fetched = take;
    return take == count ? S_OK : S_FALSE;
}

static HRESULT WINAPI group_enum_Skip(IEnumBackgroundCopyGroups *iface, ULONG count)
{
    struct group_enum *list = impl_from_IEnumBackgroundCopyGroups(iface);
    BOOL enough;

    TRACE("%p, %lu.\n", iface, count);

    sync_lock(&list->mutex);
    enough = count <= list->count - list->pos;
    list->pos = enough ? list->pos + count : list->count;
    sync_unlock(&list->mutex);
    return enough ? S_OK : S_FALSE;
}

static HRESULT WINAPI group_enum_Reset(IEnumBackgroundCopyGroups *iface)
{
    struct group_enum *list = impl_from_IEnumBackgroundCopyGroups(iface);

    TRACE("%p.\n", iface);

    sync_lock(&list->mutex);
    list->pos = 0;
    sync_unlock(&list->mutex);
    return S_OK;
}

static HRESULT WINAPI group_enum_Clone(IEnumBackgroundCopyGroups *iface, IEnumBackgroundCopyGroups **ret)
{
    struct group_enum *list = impl_from_IEnumBackgroundCopyGroups(iface);
    UINT32 pos;
    GUID *copy;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    if (!(copy = malloc(max(list->count, 1) * sizeof(*copy)))) return E_OUTOFMEMORY;
    memcpy(copy, list->ids, list->count * sizeof(*copy));
    sync_lock(&list->mutex);
    pos = list->pos;
    sync_unlock(&list->mutex);
    return create(list->base.client, list->iid, copy, list->count, pos, (void **)ret);
}

static HRESULT WINAPI group_enum_GetCount(IEnumBackgroundCopyGroups *iface, ULONG *ret)
{
    struct group_enum *list = impl_from_IEnumBackgroundCopyGroups(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = list->count;
    return S_OK;
}

static const IEnumBackgroundCopyGroupsVtbl group_enum_vtbl =
{
    group_enum_QueryInterface,
    group_enum_AddRef,
    group_enum_Release,
    group_enum_Next,
    group_enum_Skip,
    group_enum_Reset,
    group_enum_Clone,
    group_enum_GetCount,
};

static HRESULT create(struct client *client, const IID *iid, GUID *ids, UINT32 count, UINT32 pos, void **ret)
{
    struct group_enum *list;

    *ret = NULL;
    if (!(list = calloc(1, sizeof(*list))))
    {
        free(ids);
        return E_OUTOFMEMORY;
    }
    list->IEnumBackgroundCopyGroups_iface.lpVtbl = &group_enum_vtbl;
    list->iid = iid;
    list->ids = ids;
    list->count = count;
    list->pos = pos;
    sync_mutex_init(&list->mutex, __FILE__ ": group_enum.mutex");
    client_object_init(&list->base, client, (IUnknown *)&list->IEnumBackgroundCopyGroups_iface);
    *ret = &list->IEnumBackgroundCopyGroups_iface;
    return S_OK;
}

HRESULT group_enum_create(struct client *client, GUID *ids, UINT32 count, UINT32 pos, IEnumBackgroundCopyGroups **ret)
{
    return create(client, &IID_IEnumBackgroundCopyGroups, ids, count, pos, (void **)ret);
}

HRESULT group_enum_jobs_create(struct client *client, GUID *ids, UINT32 count, UINT32 pos, IEnumBackgroundCopyJobs1 **ret)
{
    return create(client, &IID_IEnumBackgroundCopyJobs1, ids, count, pos, (void **)ret);
}
