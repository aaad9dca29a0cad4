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
#include "winnls.h"
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

/* Windows quotes a value for these only, Wine's CertNameToStr for any blank as well. */
static BOOL needs_quotes(const WCHAR *value, DWORD len)
{
    static const WCHAR special[] = L",+=\"\n<>#;";
    DWORD i;

    if (!len || value[0] == ' ' || value[len - 1] == ' ') return TRUE;
    for (i = 0; i < len; i++)
        if (value[i] && wcschr(special, value[i])) return TRUE;
    return FALSE;
}

/* Appends a value; out NULL counts only. */
static DWORD put_value(const WCHAR *value, DWORD len, WCHAR *out)
{
    BOOL quotes = needs_quotes(value, len);
    DWORD count = 0, i;

#define PUT(c) do { if (out) out[count] = (c); count++; } while (0)
    if (quotes) PUT('"');
    for (i = 0; i < len; i++)
    {
        if (value[i] == '"') PUT('"');
        PUT(value[i]);
    }
    if (quotes) PUT('"');
#undef PUT
    return count;
}

/* The values in the order of the certificate, as CERT_SIMPLE_NAME_STR has it [HTTP.SetClientCertificateByName.2]. */
static DWORD put_name(const CERT_NAME_INFO *info, WCHAR *out)
{
    DWORD count = 0, len, i, j;

    for (i = 0; i < info->cRDN; i++)
    {
        for (j = 0; j < info->rgRDN[i].cRDNAttr; j++)
        {
            const CERT_RDN_VALUE_BLOB *blob = &info->rgRDN[i].rgRDNAttr[j].Value;

            if (i || j)
            {
                if (out) memcpy(out + count, j ? L" + " : L", ", (j ? 3 : 2) * sizeof(WCHAR));
                count += j ? 3 : 2;
            }
            len = blob->cbData / sizeof(WCHAR);
            if (len && !((const WCHAR *)blob->pbData)[len - 1]) len--;
            count += put_value((const WCHAR *)blob->pbData, len, out ? out + count : NULL);
        }
    }
    return count;
}

static HRESULT subject_of(const CERT_CONTEXT *cert, WCHAR **subject)
{
    CERT_NAME_INFO *info = NULL;
    DWORD size, len = 0;

    *subject = NULL;
    if (CryptDecodeObjectEx(X509_ASN_ENCODING, X509_UNICODE_NAME, cert->pCertInfo->Subject.pbData, cert->pCertInfo->Subject.cbData,
                            CRYPT_DECODE_ALLOC_FLAG, NULL, &info, &size)) len = put_name(info, NULL);
    if ((*subject = calloc(len + 1, sizeof(WCHAR))) && len) put_name(info, *subject);
    LocalFree(info);
    return *subject ? S_OK : E_OUTOFMEMORY;
}

/* Without regard to case, as CERT_FIND_SUBJECT_STR. */
static BOOL contains(const WCHAR *name, const WCHAR *text)
{
    int len = lstrlenW(text);

    for (; *name; name++)
        if (CompareStringOrdinal(name, min(len, lstrlenW(name)), text, len, TRUE) == CSTR_EQUAL) return TRUE;
    return FALSE;
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
    hr = CRYPT_E_NOT_FOUND;
    while (hr == CRYPT_E_NOT_FOUND && (cert = CertEnumCertificatesInStore(store, cert)))
    {
        if (!is_for_clients(cert)) continue;
        if (FAILED(hr = subject_of(cert, subject))) break;
        if (!contains(*subject, text)) hr = CRYPT_E_NOT_FOUND;
        else if (!CertGetCertificateContextProperty(cert, CERT_SHA1_HASH_PROP_ID, hash, &size)) hr = last_error();
        if (SUCCEEDED(hr)) break;
        free(*subject);
        *subject = NULL;
    }
    if (cert) CertFreeCertificateContext(cert);
    CertCloseStore(store, 0);
    return hr;
}
