/*
 * A stub of every interface, for ever
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

#include "qmgr.h"
#include "qmgr_private.h"
#include "stubs.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

/* What the doors answer to; those that clients implement have their stubs elsewhere. */
static const IID * const interfaces[] =
{
    &IID_IUnknown,
    &IID_IClassFactory,
    &IID_IBackgroundCopyManager,
    &IID_IEnumBackgroundCopyJobs,
    &IID_IEnumBackgroundCopyFiles,
    &IID_IBackgroundCopyError,
    &IID_IBackgroundCopyJob,
    &IID_IBackgroundCopyJob2,
    &IID_IBackgroundCopyJob3,
    &IID_IBackgroundCopyJob4,
    &IID_IBackgroundCopyJob5,
    &IID_IBackgroundCopyJobHttpOptions,
    &IID_IBackgroundCopyJobHttpOptions2,
    &IID_IBackgroundCopyJobHttpOptions3,
    &IID_IBitsTokenOptions,
    &IID_IBackgroundCopyFile,
    &IID_IBackgroundCopyFile2,
    &IID_IBackgroundCopyFile3,
    &IID_IBackgroundCopyFile4,
    &IID_IBackgroundCopyFile5,
    &IID_IBackgroundCopyFile6,
    &IID_IBitsPeerCacheAdministration,
    &IID_IEnumBitsPeerCacheRecords,
    &IID_IEnumBitsPeers,
    &IID_IBackgroundCopyQMgr,
    &IID_IBackgroundCopyGroup,
    &IID_IBackgroundCopyJob1,
    &IID_IEnumBackgroundCopyGroups,
    &IID_IEnumBackgroundCopyJobs1,
};

/* Static, never called by anybody but COM: no client gets to know it. */

static HRESULT WINAPI holder_QueryInterface(IUnknown *iface, REFIID riid, void **out)
{
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(interfaces); i++)
    {
        if (!IsEqualIID(riid, interfaces[i])) continue;
        *out = iface;
        return S_OK;
    }
    *out = NULL;
    return E_NOINTERFACE;
}

static ULONG WINAPI holder_AddRef(IUnknown *iface)
{
    return 2;
}

static ULONG WINAPI holder_Release(IUnknown *iface)
{
    return 1;
}

static const IUnknownVtbl holder_vtbl =
{
    holder_QueryInterface,
    holder_AddRef,
    holder_Release,
};

static IUnknown holder = { (IUnknownVtbl *)&holder_vtbl };

void stubs_hold(void)
{
    IStream *stream;
    HRESULT hr;
    UINT32 i;

    if (!security_on_wine()) return;
    if (FAILED(hr = CreateStreamOnHGlobal(NULL, TRUE, &stream)))
    {
        ERR("no stream, hr %#lx\n", hr);
        return;
    }
    for (i = 0; i < ARRAY_SIZE(interfaces); i++)
    {
        /* a table marshal holds the stub without anybody who could release it; what is in the stream is of no use */
        hr = CoMarshalInterface(stream, interfaces[i], &holder, MSHCTX_LOCAL, NULL, MSHLFLAGS_TABLESTRONG);
        if (FAILED(hr)) ERR("no stub for %s, hr %#lx\n", debugstr_guid(interfaces[i]), hr);
    }
    IStream_Release(stream);
}
