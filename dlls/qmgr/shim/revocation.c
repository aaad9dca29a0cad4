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

/*
 * crypt32 of Wine keeps what it has learned of a certificate's revocation by its serial number, and at the next time takes a revoked one
 * for good.  So the lists that a chain names are looked at here too: for the one question whether a certificate stands on one of them.
 * Whether a list that cannot be had is a failure is left to the system's own check.
 */

#include <stdarg.h>
#include <stdlib.h>
#include <windef.h>
#include <winbase.h>
#include <wincrypt.h>

#include "shim/revocation.h"
#include "shim/shim.h"

/* The list at a URL if its issuer has signed it, from the system's cache while it is in date. */
static const CRL_CONTEXT *get_list(const WCHAR *url, const CERT_CONTEXT *issuer, DWORD timeout)
{
    static const DWORD flags[] = { CRYPT_CACHE_ONLY_RETRIEVAL, CRYPT_WIRE_ONLY_RETRIEVAL };
    const CRL_CONTEXT *list;
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(flags); i++)
    {
        if (!CryptRetrieveObjectByUrlW(url, CONTEXT_OID_CRL, flags[i], timeout, (void **)&list, NULL, NULL, NULL, NULL)) continue;
        if (!CertVerifyCRLTimeValidity(NULL, list->pCrlInfo)
            && CryptVerifyCertificateSignatureEx(0, X509_ASN_ENCODING, CRYPT_VERIFY_CERT_SIGN_SUBJECT_CRL, (void *)list,
                                                 CRYPT_VERIFY_CERT_SIGN_ISSUER_CERT, (void *)issuer, 0, NULL)) return list;
        CertFreeCRLContext(list);
    }
    return NULL;
}

static BOOL is_listed(const CERT_CONTEXT *cert, const CERT_CONTEXT *issuer, DWORD timeout)
{
    const CRL_CONTEXT *list;
    CRYPT_URL_ARRAY *urls;
    CRL_ENTRY *entry;
    BOOL ret = FALSE;
    DWORD size = 0, i;

    if (!CryptGetObjectUrl(URL_OID_CERTIFICATE_CRL_DIST_POINT, (void *)cert, CRYPT_GET_URL_FROM_EXTENSION, NULL, &size, NULL, NULL, NULL))
        return FALSE;
    if (!(urls = malloc(size))) return FALSE;
    if (CryptGetObjectUrl(URL_OID_CERTIFICATE_CRL_DIST_POINT, (void *)cert, CRYPT_GET_URL_FROM_EXTENSION, urls, &size, NULL, NULL, NULL))
    {
        for (i = 0; i < urls->cUrl && !ret; i++)
        {
            if (!(list = get_list(urls->rgwszUrl[i], issuer, timeout))) continue;
            ret = CertFindCertificateInCRL(cert, list, 0, NULL, &entry) && entry;
            CertFreeCRLContext(list);
        }
    }
    free(urls);
    return ret;
}

BOOL chain_is_revoked(const CERT_CHAIN_CONTEXT *chain, DWORD timeout)
{
    const CERT_SIMPLE_CHAIN *simple;
    DWORD i;

    if (!chain->cChain) return FALSE;
    simple = chain->rgpChain[0];
    /* the last one is the root, or has an issuer that is not known */
    for (i = 0; i + 1 < simple->cElement; i++)
        if (is_listed(simple->rgpElement[i]->pCertContext, simple->rgpElement[i + 1]->pCertContext, timeout)) return TRUE;
    return FALSE;
}
