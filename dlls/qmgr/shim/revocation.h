/*
 * Revocation lists that the system does not look at a second time
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

/* For cert.c, on an offloaded thread: it fetches what the system has not cached and may take as long as the servers do. */

#ifndef __QMGR_SHIM_REVOCATION_H
#define __QMGR_SHIM_REVOCATION_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>
#include <wincrypt.h>

/* Does a certificate of the chain, the root aside, stand on a list that it names? timeout: ms for one list. */
BOOL chain_is_revoked(const CERT_CHAIN_CONTEXT *chain, DWORD timeout);

#endif /* __QMGR_SHIM_REVOCATION_H */
