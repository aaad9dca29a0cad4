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

/*
 * One factory serves every manager class, 1.0 to 10.3, and one the queue manager of 0.9; a client gets manager doors of its own, so that
 * they can be disconnected when it dies (clients.h).  From service.c, on the main thread, inside the MTA.
 */

#ifndef __QMGR_FACTORY_H
#define __QMGR_FACTORY_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

HRESULT factory_register(void);    /* all classes, or none */
void factory_revoke(void);

#endif /* __QMGR_FACTORY_H */
