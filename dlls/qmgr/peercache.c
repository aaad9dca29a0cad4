/*
 * The peer cache: IBitsPeerCacheAdministration and its enumerators
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

#include "log.h"
#include "peercache.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/*
 * IEnumBitsPeerCacheRecords and IEnumBitsPeers: the same five methods over lists that are always empty; only the type of what they would
 * hand out differs, so one table serves both.
 */
struct empty_enum
{
    IEnumBitsPeers IEnumBitsPeers_iface;    /* or IEnumBitsPeerCacheRecords, as iid says */
    struct client_object base;
    const IID *iid;
};

C_ASSERT(sizeof(IEnumBitsPeersVtbl) == sizeof(IEnumBitsPeerCacheRecordsVtbl));

static HRESULT empty_enum_create(struct client *client, const IID *iid, void **ret);

static inline struct empty_enum *impl_from_IEnumBitsPeers(IEnumBitsPeers *iface)
{
    return CONTAINING_RECORD(iface, struct empty_enum, IEnumBitsPeers_iface);
}

static ULONG WINAPI empty_enum_AddRef(IEnumBitsPeers *iface)
{
    struct empty_enum *list = impl_from_IEnumBitsPeers(iface);
    ULONG refs = client_object_addref(&list->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static ULONG WINAPI empty_enum_Release(IEnumBitsPeers *iface)
{
    struct empty_enum *list = impl_from_IEnumBitsPeers(iface);
    ULONG refs = client_object_release(&list->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    if (!refs) free(list);
    return refs;
}

static HRESULT WINAPI empty_enum_QueryInterface(IEnumBitsPeers *iface, REFIID riid, void **out)
{
    struct empty_enum *list = impl_from_IEnumBitsPeers(iface);

    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    if (IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, list->iid))
    {
        IEnumBitsPeers_AddRef(iface);
        *out = iface;
        return S_OK;
    }
    *out = NULL;
    return E_NOINTERFACE;
}

static HRESULT WINAPI empty_enum_Next(IEnumBitsPeers *iface, ULONG count, IBitsPeer **ret, ULONG *fetched)
{
    ULONG i;

    TRACE("%p, %lu, %p, %p.\n", iface, count, ret, fetched);

    if (fetched) *fetched = 0;
    if ((!ret && count) || (!fetched && count != 1)) return E_INVALIDARG;      /* EPCREC.Next.A1 */
    for (i = 0; i < count; i++) ret[i] = NULL;
    return S_FALSE;
}

static HRESULT WINAPI empty_enum_Skip(IEnumBitsPeers *iface, ULONG count)
{
    TRACE("%p, %lu.\n", iface, count);

    return S_FALSE;
}

static HRESULT WINAPI empty_enum_Reset(IEnumBitsPeers *iface)
{
    TRACE("%p.\n", iface);

    return S_FALSE;
}

static HRESULT WINAPI empty_enum_Clone(IEnumBitsPeers *iface, IEnumBitsPeers **ret)
{
    struct empty_enum *list = impl_from_IEnumBitsPeers(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    return empty_enum_create(list->base.client, list->iid, (void **)ret);
}

static HRESULT WINAPI empty_enum_GetCount(IEnumBitsPeers *iface, ULONG *ret)
{
    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    *ret = 0;
    return S_FALSE;
}

static const IEnumBitsPeersVtbl empty_enum_vtbl =
{
    empty_enum_QueryInterface,
    empty_enum_AddRef,
    empty_enum_Release,
    empty_enum_Next,
    empty_enum_Skip,
    empty_enum_Reset,
    empty_enum_Clone,
    empty_enum_GetCount,
};

/* S_FALSE with an enumerator, as every method that hands one out answers. */
static HRESULT empty_enum_create(struct client *client, const IID *iid, void **ret)
{
    struct empty_enum *list;

    *ret = NULL;
    if (!(list = calloc(1, sizeof(*list)))) return E_OUTOFMEMORY;
    list->IEnumBitsPeers_iface.lpVtbl = &empty_enum_vtbl;
    list->iid = iid;
    client_object_init(&list->base, client, (IUnknown *)&list->IEnumBitsPeers_iface);
    *ret = &list->IEnumBitsPeers_iface;
    return S_FALSE;
}

static inline struct peercache *impl_from_IBitsPeerCacheAdministration(IBitsPeerCacheAdministration *iface)
{
    return CONTAINING_RECORD(iface, struct peercache, IBitsPeerCacheAdministration_iface);
}

static ULONG WINAPI peercache_AddRef(IBitsPeerCacheAdministration *iface)
{
    return IUnknown_AddRef(impl_from_IBitsPeerCacheAdministration(iface)->outer);
}

static ULONG WINAPI peercache_Release(IBitsPeerCacheAdministration *iface)
{
    return IUnknown_Release(impl_from_IBitsPeerCacheAdministration(iface)->outer);
}

static HRESULT WINAPI peercache_QueryInterface(IBitsPeerCacheAdministration *iface, REFIID riid, void **out)
{
    return IUnknown_QueryInterface(impl_from_IBitsPeerCacheAdministration(iface)->outer, riid, out);
}

/* The answer of the three getters. */
static HRESULT return_zero(DWORD *ret)
{
    if (!ret) return E_INVALIDARG;
    *ret = 0;
    return S_FALSE;
}

static HRESULT WINAPI peercache_GetMaximumCacheSize(IBitsPeerCacheAdministration *iface, DWORD *ret)
{
    TRACE("%p, %p.\n", iface, ret);

    return return_zero(ret);
}

static HRESULT WINAPI peercache_SetMaximumCacheSize(IBitsPeerCacheAdministration *iface, DWORD percent)
{
    TRACE("%p, %lu.\n", iface, percent);

    return S_FALSE;
}

static HRESULT WINAPI peercache_GetMaximumContentAge(IBitsPeerCacheAdministration *iface, ULONG *ret)
{
    TRACE("%p, %p.\n", iface, ret);

    return return_zero(ret);
}

static HRESULT WINAPI peercache_SetMaximumContentAge(IBitsPeerCacheAdministration *iface, ULONG seconds)
{
    TRACE("%p, %lu.\n", iface, seconds);

    return S_FALSE;
}

static HRESULT WINAPI peercache_GetConfigurationFlags(IBitsPeerCacheAdministration *iface, DWORD *ret)
{
    TRACE("%p, %p.\n", iface, ret);

    return return_zero(ret);
}

static HRESULT WINAPI peercache_SetConfigurationFlags(IBitsPeerCacheAdministration *iface, DWORD flags)
{
    TRACE("%p, %#lx.\n", iface, flags);

    return S_FALSE;
}

static HRESULT WINAPI peercache_EnumRecords(IBitsPeerCacheAdministration *iface, IEnumBitsPeerCacheRecords **ret)
{
    struct peercache *peercache = impl_from_IBitsPeerCacheAdministration(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    return empty_enum_create(peercache->client, &IID_IEnumBitsPeerCacheRecords, (void **)ret);
}

static HRESULT WINAPI peercache_GetRecord(IBitsPeerCacheAdministration *iface, REFGUID id, IBitsPeerCacheRecord **ret)
{
    TRACE("%p, %s, %p.\n", iface, debugstr_guid(id), ret);

    if (!id || !ret) return E_INVALIDARG;
    *ret = NULL;
    return S_FALSE;
}

static HRESULT WINAPI peercache_ClearRecords(IBitsPeerCacheAdministration *iface)
{
    TRACE("%p.\n", iface);

    return S_FALSE;
}

static HRESULT WINAPI peercache_DeleteRecord(IBitsPeerCacheAdministration *iface, REFGUID id)
{
    TRACE("%p, %s.\n", iface, debugstr_guid(id));

    return S_FALSE;
}

static HRESULT WINAPI peercache_DeleteUrl(IBitsPeerCacheAdministration *iface, LPCWSTR url)
{
    TRACE("%p, %s.\n", iface, log_url(url));

    return S_FALSE;
}

static HRESULT WINAPI peercache_EnumPeers(IBitsPeerCacheAdministration *iface, IEnumBitsPeers **ret)
{
    struct peercache *peercache = impl_from_IBitsPeerCacheAdministration(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    return empty_enum_create(peercache->client, &IID_IEnumBitsPeers, (void **)ret);
}

static HRESULT WINAPI peercache_ClearPeers(IBitsPeerCacheAdministration *iface)
{
    TRACE("%p.\n", iface);

    return S_FALSE;
}

static HRESULT WINAPI peercache_DiscoverPeers(IBitsPeerCacheAdministration *iface)
{
    TRACE("%p.\n", iface);

    return S_FALSE;
}

static const IBitsPeerCacheAdministrationVtbl peercache_vtbl =
{
    peercache_QueryInterface,
    peercache_AddRef,
    peercache_Release,
    peercache_GetMaximumCacheSize,
    peercache_SetMaximumCacheSize,
    peercache_GetMaximumContentAge,
    peercache_SetMaximumContentAge,
    peercache_GetConfigurationFlags,
    peercache_SetConfigurationFlags,
    peercache_EnumRecords,
    peercache_GetRecord,
    peercache_ClearRecords,
    peercache_DeleteRecord,
    peercache_DeleteUrl,
    peercache_EnumPeers,
    peercache_ClearPeers,
    peercache_DiscoverPeers,
};

void peercache_init(struct peercache *peercache, IUnknown *outer, struct client *client)
{
    peercache->IBitsPeerCacheAdministration_iface.lpVtbl = &peercache_vtbl;
    peercache->outer = outer;
    peercache->client = client;
}
