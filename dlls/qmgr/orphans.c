/*
 * What is left of objects whose process has ended
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
#include <stdio.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "rpc.h"
#include "rpcdcep.h"

#include "orphans.h"
#include "qmgr.h"
#include "qmgr_private.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

static const IID iid_remote_unknown = { 0x00000131, 0x0000, 0x0000, { 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46 } };

/* Those on which this service calls objects of its clients. */
static const IID * const interfaces[] =
{
    &iid_remote_unknown,        /* COM itself, on our behalf */
    &IID_IBackgroundCopyCallback,
    &IID_IBackgroundCopyCallback2,
    &IID_IBackgroundCopyCallback3,
    &IID_IBackgroundCopyServerCertificateValidationCallback,
    &IID_IBackgroundCopyCallback1,
};

#define OBJREF_SIGNATURE 0x574f454d
#define OBJREF_STANDARD  0x1
#define TAKEN_BACK       (-0x40000000)  /* more than any number of unmarshallings adds */

/* A marshalled interface, [MS-DCOM] 2.2.18.4, as far as it is looked at. */
struct objref
{
    DWORD signature, flags;
    IID iid;
    DWORD std_flags;
    LONG refs;
    DWORD oxid[2];
};

/* Table-weak: that takes none of the proxy's references, and calls nobody if the proxy has the interface. */
static HRESULT read_reference(IUnknown *object, const IID *iid, IStream **stream, struct objref *objref)
{
    static const LARGE_INTEGER start;
    IMultiQI *proxy;
    HRESULT hr;
    ULONG got;

    *stream = NULL;
    /* an object of this process has a stub manager for each reference */
    if (FAILED(hr = IUnknown_QueryInterface(object, &IID_IMultiQI, (void **)&proxy))) return hr;
    IMultiQI_Release(proxy);
    if (FAILED(hr = CreateStreamOnHGlobal(NULL, TRUE, stream))) return hr;
    if (SUCCEEDED(hr = CoMarshalInterface(*stream, iid, object, MSHCTX_LOCAL, NULL, MSHLFLAGS_TABLEWEAK))
        && SUCCEEDED(hr = IStream_Seek(*stream, start, STREAM_SEEK_SET, NULL))
        && SUCCEEDED(hr = IStream_Read(*stream, objref, sizeof(*objref), &got)))
    {
        if (got == sizeof(*objref) && objref->signature == OBJREF_SIGNATURE && objref->flags == OBJREF_STANDARD) return S_OK;
        hr = E_UNEXPECTED;      /* marshalled in a way of its own */
    }
    IStream_Release(*stream);
    *stream = NULL;
    return hr;
}

UINT64 orphan_apartment(IUnknown *object)
{
    struct objref objref;
    IStream *stream;

    if (!security_on_wine() || FAILED(read_reference(object, &IID_IUnknown, &stream, &objref))) return 0;
    IStream_Release(stream);
    return ((UINT64)objref.oxid[1] << 32) | objref.oxid[0];
}

void orphan_disown(IUnknown *object, const IID *iid)
{
    static const LARGE_INTEGER start;
    LARGE_INTEGER position;
    struct objref objref;
    IUnknown *unknown;
    IStream *stream;
    HRESULT hr;

    if (!security_on_wine()) return;
    if (SUCCEEDED(hr = read_reference(object, iid, &stream, &objref)))
    {
        objref.refs = TAKEN_BACK;
        position.QuadPart = FIELD_OFFSET(struct objref, refs);
        if (SUCCEEDED(hr = IStream_Seek(stream, position, STREAM_SEEK_SET, NULL))
            && SUCCEEDED(hr = IStream_Write(stream, &objref.refs, sizeof(objref.refs), NULL))
            && SUCCEEDED(hr = IStream_Seek(stream, start, STREAM_SEEK_SET, NULL))
            && SUCCEEDED(hr = CoUnmarshalInterface(stream, iid, (void **)&unknown)))
            IUnknown_Release(unknown);
        IStream_Release(stream);
    }
    TRACE("object %p, %s: hr %#lx.\n", object, debugstr_guid(iid), hr);
}

/* A call that nobody can get.  It finds each kept connection of its interface broken, and closes it. */
static void close_kept(RPC_BINDING_HANDLE binding, const IID *iid)
{
    RPC_CLIENT_INTERFACE called = { sizeof(called) };
    RPC_MESSAGE message = { binding };
    RPC_STATUS status;

    called.InterfaceId.SyntaxGUID = *iid;
    message.RpcInterfaceInformation = &called;
    message.BufferLength = sizeof(DWORD);
    if (I_RpcGetBuffer(&message)) return;   /* none is kept */
    status = I_RpcSendReceive(&message);
    TRACE("%s: status %ld.\n", debugstr_guid(iid), status);
    I_RpcFreeBuffer(&message);
}

void orphan_close_connections(UINT64 apartment)
{
    static WCHAR transport[] = L"ncalrpc";
    RPC_BINDING_HANDLE binding;
    WCHAR endpoint[32], *text;
    UINT32 i;

    if (!security_on_wine()) return;
    /* the same string as get_rpc_endpoint of combase makes, so that it is the same association */
    _snwprintf(endpoint, ARRAY_SIZE(endpoint), L"\\pipe\\OLE_%016I64x", apartment);
    if (RpcStringBindingComposeW(NULL, transport, NULL, endpoint, NULL, &text)) return;
    if (!RpcBindingFromStringBindingW(text, &binding))
    {
        for (i = 0; i < ARRAY_SIZE(interfaces); i++) close_kept(binding, interfaces[i]);
        RpcBindingFree(&binding);
    }
    RpcStringFreeW(&text);
}
