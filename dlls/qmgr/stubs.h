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


/*
 * Wine's COM keeps an RPC interface registered while any object has a stub for it.  When the last one goes, it waits, with a lock that
 * every marshalling needs, for the calls that are under way on that interface.  Such a call may itself be waiting for that lock, or for a thread that
 * does (CoDisconnectObject of a client that has just ended, clients.c): then no call of any client is ever answered again.  So one
 * object holds a stub of each interface that this service hands out, and there is no last one.
 */

#ifndef __QMGR_STUBS_H
#define __QMGR_STUBS_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

/* From service.c, inside the MTA, before any class is registered. They go with the process's COM. Does nothing on Windows. */
void stubs_hold(void);

#endif /* __QMGR_STUBS_H */
