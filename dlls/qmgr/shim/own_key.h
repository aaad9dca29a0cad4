/*
 * The private key of a client certificate, made usable for schannel
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
 * For tls.c.  PFXImportCertStore of Wine damages one RSA key in forty: from the first number that is shorter than its field on it leaves
 * the rest of the key undefined and reports success, and it takes every public exponent for 65537 [WINE.TLS.5].  The primes, which are
 * never short, and the certificate have all that is needed to compute the rest again.  The user's own container is never written to.
 */

#ifndef __QMGR_SHIM_OWN_KEY_H
#define __QMGR_SHIM_OWN_KEY_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>
#include <wincrypt.h>

/*
 * In *lent the same certificate with a key that is whole, or NULL if the stored one is (or cannot be read or mended): then go on with cert.
 * What is lent is for one call of AcquireCredentialsHandle on this thread and goes back right after it; until then other threads wait.
 * Fails with NTE_BAD_PUBLIC_KEY when what is stored is the key of another certificate, imported later [WINE.TLS.6]: schannel does not always notice.
 */
HRESULT own_key_lend(const CERT_CONTEXT *cert, const CERT_CONTEXT **lent);
void own_key_return(const CERT_CONTEXT *lent);

#endif /* __QMGR_SHIM_OWN_KEY_H */
