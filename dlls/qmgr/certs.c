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


#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "windef.h"
#include "winbase.h"
#include "wincrypt.h"

#include "certs.h"

static HRESULT last_error(void)
{
    DWORD error = GetLastError();

    if ((LONG)error < 0) return error;          /* crypt32 mixes both kinds */
    return error ? HRESULT_FROM_WIN32(error) : E_FAIL;
}

static HRESULT open_store(UINT32 location, const WCHAR *name, HCERTSTORE *store)
{
    /* in the order of BG_CERT_STORE_LOCATION [HTTP.4] */
    static const DWORD locations[] =
    {
        CERT_SYSTEM_STORE_CURRENT_USER, CERT_SYSTEM_STORE_LOCAL_MACHINE, CERT_SYSTEM_STORE_CURRENT_SERVICE,
        CERT_SYSTEM_STORE_SERVICES, CERT_SYSTEM_STORE_USERS, CERT_SYSTEM_STORE_CURRENT_USER_GROUP_POLICY,
        CERT_SYSTEM_STORE_LOCAL_MACHINE_GROUP_POLICY, CERT_SYSTEM_STORE_LOCAL_MACHINE_ENTERPRISE
    };

    if ((*store = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, locations[location] | CERT_STORE_OPEN_EXISTING_FLAG
                                | CERT_STORE_READONLY_FLAG, name))) return S_OK;
    return last_error();
}

static HRESULT subject_of(const CERT_CONTEXT *cert, WCHAR **subject)
{
    DWORD len = CertNameToStrW(X509_ASN_ENCODING, &cert->pCertInfo->Subject, CERT_SIMPLE_NAME_STR, NULL, 0);

    if (!(*subject = calloc(len + 1, sizeof(WCHAR)))) return E_OUTOFMEMORY;
    if (len) CertNameToStrW(X509_ASN_ENCODING, &cert->pCertInfo->Subject, CERT_SIMPLE_NAME_STR, *subject, len);
    return S_OK;
}

HRESULT certs_find_hash(UINT32 location, const WCHAR *name, const BYTE hash[CERT_HASH_SIZE], WCHAR **subject)
{
    CRYPT_HASH_BLOB blob = { CERT_HASH_SIZE, (BYTE *)hash };
    const CERT_CONTEXT *cert;
    HCERTSTORE store;
    HRESULT hr;

    *subject = NULL;
    if (FAILED(hr = open_store(location, name, &store))) return hr;
    cert = CertFindCertificateInStore(store, X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, 0, CERT_FIND_SHA1_HASH, &blob, NULL);
    hr = cert ? subject_of(cert, subject) : CRYPT_E_NOT_FOUND;
    if (cert) CertFreeCertificateContext(cert);
    CertCloseStore(store, 0);
    return hr;
}

/* Without a list of usages a certificate may be used for all. */
static BOOL is_for_clients(const CERT_CONTEXT *cert)
{
    CERT_ENHKEY_USAGE *usage;
    BOOL ret = FALSE;
    DWORD size, i;

    if (!CertGetEnhancedKeyUsage(cert, 0, NULL, &size)) return GetLastError() == (DWORD)CRYPT_E_NOT_FOUND;
    if (!(usage = malloc(size))) return FALSE;
    if (CertGetEnhancedKeyUsage(cert, 0, usage, &size))
    {
        if (!usage->cUsageIdentifier) ret = GetLastError() == (DWORD)CRYPT_E_NOT_FOUND;
        for (i = 0; i < usage->cUsageIdentifier && !ret; i++)
            ret = !strcmp(usage->rgpszUsageIdentifier[i], szOID_PKIX_KP_CLIENT_AUTH);
    }
    free(usage);
    return ret;
}

HRESULT certs_find_subject(UINT32 location, const WCHAR *name, const WCHAR *text, BYTE hash[CERT_HASH_SIZE], WCHAR **subject)
{
    DWORD size = CERT_HASH_SIZE;
    const CERT_CONTEXT *cert = NULL;
    HCERTSTORE store;
    HRESULT hr;

    *subject = NULL;
    if (FAILED(hr = open_store(location, name, &store))) return hr;
    do
    {
        /* the same test as the page describes, without regard to case; the former context is freed */
        cert = CertFindCertificateInStore(store, X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, 0, CERT_FIND_SUBJECT_STR_W, text, cert);
    } while (cert && !is_for_clients(cert));
    if (!cert) hr = CRYPT_E_NOT_FOUND;
    else
    {
        if (CertGetCertificateContextProperty(cert, CERT_SHA1_HASH_PROP_ID, hash, &size)) hr = subject_of(cert, subject);
        else hr = last_error();
        CertFreeCertificateContext(cert);
    }
    CertCloseStore(store, 0);
    return hr;
}
