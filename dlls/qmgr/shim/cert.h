/*
 * Server certificates checked by crypt32, with the reason kept
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

/* For tls.c, on a transfer's worker thread. crypt32 may fetch revocation lists meanwhile; the wait ends on cancel all the same. */

#ifndef __QMGR_SHIM_CERT_H
#define __QMGR_SHIM_CERT_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>
#include <wincrypt.h>

/*
 * Checks chain, dates, usage, name and (SHIM_TLS_CHECK_REVOCATION) revocation of a server's certificate, whose store holds what the
 * server sent along.  host is the ASCII form, without a dot at its end.  flags are SHIM_TLS_*, each forgives exactly its own kind
 * [BEH.CERT.1, 2].  S_OK, or the WinHTTP code of the first unforgiven failure as HRESULT, with the CERT_TRUST_* bits (name:
 * CERT_E_CN_NO_MATCH) in *detail; E_ABORT; ERROR_WINHTTP_SECURE_CERT_REV_FAILED also when the answer took longer than `timeout` ms.
 */
HRESULT cert_verify(const CERT_CONTEXT *cert, const WCHAR *host, UINT32 flags, HANDLE cancel, UINT32 timeout, DWORD *detail);

/*
 * Finds a client certificate by its SHA-1 hash in a system store; location is a BG_CERT_STORE_LOCATION_* value.  CRYPT_E_NOT_FOUND if it
 * is not there.  The caller frees the context.
 */
HRESULT cert_find_client(const BYTE hash[20], DWORD location, const WCHAR *store_name, const CERT_CONTEXT **cert);

#endif /* __QMGR_SHIM_CERT_H */
