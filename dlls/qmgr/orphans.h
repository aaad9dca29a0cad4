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

/*
 * Wine's COM does not know that a process has ended: when the last reference to a proxy goes, it calls the exporter once for each interface, to
 * give its references back.  Such a call costs the service a handle for good: ClientRpcChannelBuffer_GetBuffer (combase/rpc.c) has made an event,
 * I_RpcGetBuffer finds nobody, and then neither SendReceive nor FreeBuffer is called, which would release it.  And each call that finds a kept
 * connection broken costs a reference to the binding (rpcrt4/rpc_message.c: I_RpcSend and I_RpcReceive clear ReservedForRuntime, and
 * I_RpcFreeBuffer then leaves RPCRT4_ReleaseBinding out), so that its association stays, and the other kept connections with it.
 *
 * So there is no call: the proxy is told that it has no references to give back.  An object reference that is unmarshalled adds the references
 * it carries to those of the proxy; this one carries a number below zero.  A call that was under way when the client died has lost its binding
 * all the same; what it left of connections is closed by us.
 *
 * On Windows COM does all of this right, and nothing here does anything.
 */

#ifndef __QMGR_ORPHANS_H
#define __QMGR_ORPHANS_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

struct IUnknown;

/* The apartment of an object in another process; its upper half is the process id.  0: not known.  Calls nobody. */
UINT64 orphan_apartment(struct IUnknown *object);

/* The process of the object has ended: nothing is given back for the interface when it is released. The interface must have been asked for. */
void orphan_disown(struct IUnknown *object, const IID *iid);

/* After the objects of that apartment have been released; its process has ended, and somebody holds its handle. */
void orphan_close_connections(UINT64 apartment);

#endif /* __QMGR_ORPHANS_H */
