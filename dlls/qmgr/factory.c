/*
 * The class objects of the service
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

#include <stdarg.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "objbase.h"

#include "factory.h"
#include "awake.h"
#include "guard.h"
#include "log.h"
#include "qmgr.h"
#include "qmgr_private.h"
#include "security.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* One per kind of manager, static: COM's references to it are not counted. */
struct factory
{
    IClassFactory IClassFactory_iface;
    HRESULT (*create)(struct client *client, IUnknown **manager);
};

static LONG locks;

static inline struct factory *impl_from_IClassFactory(IClassFactory *iface)
{
    return CONTAINING_RECORD(iface, struct factory, IClassFactory_iface);
}

static ULONG WINAPI factory_AddRef(IClassFactory *iface)
{
    return 2;
}

static ULONG WINAPI factory_Release(IClassFactory *iface)
{
    return 1;
}

static HRESULT WINAPI factory_QueryInterface(IClassFactory *iface, REFIID riid, void **out)
{
    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    if (IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, &IID_IClassFactory))
    {
        *out = iface;
        return S_OK;
    }
    *out = NULL;
    return E_NOINTERFACE;
}

static HRESULT WINAPI factory_CreateInstance(IClassFactory *iface, IUnknown *outer, REFIID riid, void **out)
{
    struct factory *factory = impl_from_IClassFactory(iface);
    struct client *client;
    struct caller *caller;
    IUnknown *manager;
    HRESULT hr;

    TRACE("%p, %p, %s, %p.\n", iface, outer, debugstr_guid(riid), out);

    *out = NULL;
    if (outer) return CLASS_E_NOAGGREGATION;
    if (FAILED(hr = caller_get(&caller))) return hr;
    hr = client_get(caller, &client);
    caller_release(caller);
    if (FAILED(hr)) return hr;
    awake_expect(FALSE);
    if (SUCCEEDED(hr = factory->create(client, &manager)))
    {
        hr = IUnknown_QueryInterface(manager, riid, out);
        IUnknown_Release(manager);
    }
    client_release(client);
    return hr;
}

static HRESULT WINAPI factory_LockServer(IClassFactory *iface, BOOL lock)
{
    TRACE("%p, %d.\n", iface, lock);

    if (lock) InterlockedIncrement(&locks);
    else InterlockedDecrement(&locks);
    return S_OK;
}

static const IClassFactoryVtbl factory_vtbl =
{
    factory_QueryInterface,
    factory_AddRef,
    factory_Release,
    factory_CreateInstance,
    factory_LockServer,
};

static struct factory manager_factory = {{(IClassFactoryVtbl *)&factory_vtbl}, manager_create};
static struct factory qmgr_factory = {{(IClassFactoryVtbl *)&factory_vtbl}, qmgr_create};

static const struct
{
    const CLSID *clsid;
    struct factory *factory;
}
classes[] =
{
    {&CLSID_BackgroundCopyQMgr, &qmgr_factory},
    {&CLSID_BackgroundCopyManager, &manager_factory},
    {&CLSID_BackgroundCopyManager1_5, &manager_factory},
    {&CLSID_BackgroundCopyManager2_0, &manager_factory},
    {&CLSID_BackgroundCopyManager2_5, &manager_factory},
    {&CLSID_BackgroundCopyManager3_0, &manager_factory},
    {&CLSID_BackgroundCopyManager4_0, &manager_factory},
    {&CLSID_BackgroundCopyManager5_0, &manager_factory},
    {&CLSID_BackgroundCopyManager10_1, &manager_factory},
    {&CLSID_BackgroundCopyManager10_2, &manager_factory},
    {&CLSID_BackgroundCopyManager10_3, &manager_factory},
};

static DWORD cookies[ARRAYSIZE(classes)];   /* main thread only */

static void revoke_all(void)
{
    UINT32 i;

    for (i = 0; i < ARRAYSIZE(classes); i++)
    {
        if (cookies[i]) CoRevokeClassObject(cookies[i]);
        cookies[i] = 0;
    }
    guard_forget_classes();
}

static HRESULT register_all(void)
{
    HRESULT hr = S_OK;
    UINT32 i;

    for (i = 0; i < ARRAYSIZE(classes); i++)
    {
        hr = CoRegisterClassObject(classes[i].clsid, (IUnknown *)&classes[i].factory->IClassFactory_iface, CLSCTX_LOCAL_SERVER,
                                   REGCLS_MULTIPLEUSE, &cookies[i]);
        if (FAILED(hr)) break;
    }
    return hr;
}

/*
 * At the start of a prefix it is COM's first call that starts rpcss, and without rpcss the guard cannot know which cookies are ours.  So a class that
 * nobody asks for comes first: to revoke ours and register them again would be a time in which a client that asks is told E_FAIL.
 */
static void start_rpcss(void)
{
    DWORD cookie;
    GUID clsid;

    if (FAILED(CoCreateGuid(&clsid))) return;
    if (FAILED(CoRegisterClassObject(&clsid, (IUnknown *)&manager_factory.IClassFactory_iface, CLSCTX_LOCAL_SERVER,
                                     REGCLS_MULTIPLEUSE, &cookie))) return;
    CoRevokeClassObject(cookie);
}

HRESULT factory_register(void)
{
    HRESULT hr, guard_hr;
    UINT32 attempt;

    for (attempt = 0;; attempt++)
    {
        if (FAILED(guard_hr = guard_begin_register(ARRAYSIZE(classes))))
        {
            start_rpcss();
            guard_hr = guard_begin_register(ARRAYSIZE(classes));
        }
        if (FAILED(hr = register_all()))
        {
            revoke_all();
            return hr;
        }
        if (SUCCEEDED(guard_hr)) guard_hr = guard_end_register();
        if (guard_hr == S_OK || attempt == 4) break;
        /* another program registered a class meanwhile, and it is not clear which cookies are ours */
        revoke_all();
    }
    if (guard_hr != S_OK) log_write(LOG_WARNING, "the guard does not know our classes, hr %#lx", guard_hr);
    return S_OK;
}

void factory_revoke(void)
{
    revoke_all();
}
