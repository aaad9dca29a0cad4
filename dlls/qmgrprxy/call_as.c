/*
 * The method whose marshalling widl cannot write
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

/*
 * What GetNotifyInterface returns is a proxy of the service, and the marshalled size of a proxy is not known beforehand.  As the structure that
 * stands for returned objects elsewhere (see qmgrprxy.idl) it would take the estimated size on the wire, and the proxy of the client
 * would look for the HRESULT behind the actual one.  So it travels as a plain interface pointer, and the NULL that this form lets pass is
 * refused here (api-2-later:GEN.6).
 */

#define COBJMACROS

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "rpcproxy.h"

#include "qmgrprxy.h"

HRESULT CALLBACK IBackgroundCopyJob_GetNotifyInterface_Proxy(IBackgroundCopyJob *This, IUnknown **pVal)
{
    if (!pVal) return HRESULT_FROM_WIN32(RPC_X_NULL_REF_POINTER);
    return IBackgroundCopyJob_RemoteGetNotifyInterface_Proxy(This, pVal);
}

HRESULT __RPC_STUB IBackgroundCopyJob_GetNotifyInterface_Stub(IBackgroundCopyJob *This, IUnknown **pVal)
{
    return IBackgroundCopyJob_GetNotifyInterface(This, pVal);
}
