/*
 * Client certificates by hash and by name
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
 * Thin room on the certificate stores, for job_http.c; the caller has put the identity whose stores count on the thread.  location is a
 * BG_CERT_STORE_LOCATION value that exists.  Failures: E_ACCESSDENIED, HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND) for a store that does not
 * exist, CRYPT_E_NOT_FOUND.  Subjects are malloc'ed, in the form of the simple name string; empty if the certificate has none.
 */

#ifndef __QMGR_CERTS_H
#define __QMGR_CERTS_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

#define CERT_HASH_SIZE 20

HRESULT certs_find_hash(UINT32 location, const WCHAR *store, const BYTE hash[CERT_HASH_SIZE], WCHAR **subject);
/* The first one for client authentication whose subject contains the text [HTTP.SetClientCertificateByName.1]. */
HRESULT certs_find_subject(UINT32 location, const WCHAR *store, const WCHAR *text, BYTE hash[CERT_HASH_SIZE], WCHAR **subject);

#endif /* __QMGR_CERTS_H */
