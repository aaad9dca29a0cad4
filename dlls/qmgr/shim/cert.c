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

#define CERT_CHAIN_PARA_HAS_EXTRA_FIELDS
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winnls.h>
#include <wincrypt.h>
#include <winhttp.h>

#include "shim/cert.h"
#include "shim/net.h"
#include "shim/offload.h"
#include "shim/revocation.h"
#include "shim/shim.h"

#define URL_RETRIEVAL_TIMEOUT 15000   /* ms for one revocation list */

#define TRUST_DATE      (CERT_TRUST_IS_NOT_TIME_VALID | CERT_TRUST_IS_NOT_TIME_NESTED | CERT_TRUST_CTL_IS_NOT_TIME_VALID)
#define TRUST_CA        (CERT_TRUST_IS_UNTRUSTED_ROOT | CERT_TRUST_IS_PARTIAL_CHAIN)
#define TRUST_USAGE     (CERT_TRUST_IS_NOT_VALID_FOR_USAGE | CERT_TRUST_CTL_IS_NOT_VALID_FOR_USAGE)
#define TRUST_REVOCATION (CERT_TRUST_REVOCATION_STATUS_UNKNOWN | CERT_TRUST_IS_OFFLINE_REVOCATION)

struct check
{
    const CERT_CONTEXT *cert;
    UINT32 flags;
    HRESULT hr;
    DWORD detail;
    WCHAR host[1];
};

static WCHAR fold(WCHAR c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* A name out of a certificate, which may end in a dot, against a host name. */
static BOOL match_name(const WCHAR *pattern, const WCHAR *host)
{
    size_t pattern_len = wcslen(pattern), host_len = wcslen(host), i;

    if (pattern_len && pattern[pattern_len - 1] == '.') pattern_len--;
    if (pattern_len > 2 && pattern[0] == '*' && pattern[1] == '.')
    {
        const WCHAR *dot = wcschr(host, '.');

        if (!wcschr(pattern + 2, '.') || !dot || dot == host) return FALSE; /* never a whole top-level domain */
        host_len -= dot - host;
        host = dot;
        pattern++;
        pattern_len--;
    }
    if (pattern_len != host_len) return FALSE;
    for (i = 0; i < host_len; i++)
        if (fold(pattern[i]) != fold(host[i])) return FALSE;
    return TRUE;
}

static BOOL match_common_names(const CERT_CONTEXT *cert, const WCHAR *host)
{
    CERT_NAME_INFO *info;
    DWORD size, i, j;
    BOOL ret = FALSE;

    if (!CryptDecodeObjectEx(X509_ASN_ENCODING, X509_UNICODE_NAME, cert->pCertInfo->Subject.pbData,
                             cert->pCertInfo->Subject.cbData, CRYPT_DECODE_ALLOC_FLAG, NULL, &info, &size)) return FALSE;
    for (i = 0; i < info->cRDN && !ret; i++)
    {
        for (j = 0; j < info->rgRDN[i].cRDNAttr && !ret; j++)
        {
            const CERT_RDN_ATTR *attr = &info->rgRDN[i].rgRDNAttr[j];
            const WCHAR *value = (const WCHAR *)attr->Value.pbData;
            DWORD len = attr->Value.cbData / sizeof(WCHAR);
            WCHAR *name;

            if (strcmp(attr->pszObjId, szOID_COMMON_NAME) || !value) continue;
            if (!(name = calloc(len + 1, sizeof(WCHAR)))) continue;
            memcpy(name, value, len * sizeof(WCHAR));
            if (wcslen(name) == len || (len && wcslen(name) == len - 1)) ret = match_name(name, host); /* no NUL in the middle */
            free(name);
        }
    }
    LocalFree(info);
    return ret;
}

/*
 * Does the certificate name the host?  Alternative names decide if there are any of a kind that can name a host, or such that cannot be read,
 * else the common name (RFC 6125 6.4.4).  A wildcard covers exactly one whole label, the first.  An address literal is matched with
 * address names only.
 */
static BOOL names_host(const CERT_CONTEXT *cert, const WCHAR *host)
{
    BOOL ret = FALSE, has_names = FALSE;
    CERT_ALT_NAME_INFO *info;
    const CERT_EXTENSION *ext;
    UINT32 address_len;
    BYTE address[16];
    DWORD size, i;

    address_len = net_parse_literal(host, address);
    ext = CertFindExtension(szOID_SUBJECT_ALT_NAME2, cert->pCertInfo->cExtension, cert->pCertInfo->rgExtension);
    if (ext)
    {
        if (!CryptDecodeObjectEx(X509_ASN_ENCODING, X509_ALTERNATE_NAME, ext->Value.pbData, ext->Value.cbData,
                                 CRYPT_DECODE_ALLOC_FLAG, NULL, &info, &size)) return FALSE;
        for (i = 0; i < info->cAltEntry && !ret; i++)
        {
            const CERT_ALT_NAME_ENTRY *entry = &info->rgAltEntry[i];

            if (entry->dwAltNameChoice == CERT_ALT_NAME_DNS_NAME)
            {
                has_names = TRUE;
                ret = !address_len && entry->pwszDNSName && match_name(entry->pwszDNSName, host);
            }
            else if (entry->dwAltNameChoice == CERT_ALT_NAME_IP_ADDRESS)
            {
                has_names = TRUE;
                ret = address_len && entry->IPAddress.cbData == address_len
                        && !memcmp(entry->IPAddress.pbData, address, address_len);
            }
        }
        LocalFree(info);
    }
    if (has_names || address_len) return ret;
    return match_common_names(cert, host);
}

static HRESULT judge(DWORD errors, UINT32 flags, BOOL named)
{
    if (flags & SHIM_TLS_IGNORE_DATE) errors &= ~TRUST_DATE;
    if (flags & SHIM_TLS_IGNORE_UNKNOWN_CA) errors &= ~TRUST_CA;
    if (flags & SHIM_TLS_IGNORE_USAGE) errors &= ~TRUST_USAGE;
    if (!(flags & SHIM_TLS_CHECK_REVOCATION)) errors &= ~(TRUST_REVOCATION | CERT_TRUST_IS_REVOKED);

    if (errors & CERT_TRUST_IS_REVOKED) return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_CERT_REVOKED);
    if (errors & ~(TRUST_DATE | TRUST_CA | TRUST_USAGE | TRUST_REVOCATION))
        return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_INVALID_CERT);
    if (errors & TRUST_CA) return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_INVALID_CA);
    if (errors & TRUST_DATE) return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_CERT_DATE_INVALID);
    if (errors & TRUST_USAGE) return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE);
    if (!named && !(flags & SHIM_TLS_IGNORE_NAME)) return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID);
    if (errors & TRUST_REVOCATION) return HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_CERT_REV_FAILED);
    return S_OK;
}

static void check_run(void *ctx)
{
    static char server_auth[] = szOID_PKIX_KP_SERVER_AUTH, sgc[] = szOID_SERVER_GATED_CRYPTO, netscape[] = szOID_SGC_NETSCAPE;
    char *usages[] = { server_auth, sgc, netscape };
    struct check *check = ctx;
    const CERT_CHAIN_CONTEXT *chain;
    CERT_CHAIN_PARA para;
    DWORD chain_flags = 0;
    BOOL named;

    memset(&para, 0, sizeof(para));
    para.cbSize = sizeof(para);
    para.RequestedUsage.dwType = USAGE_MATCH_TYPE_OR;
    para.RequestedUsage.Usage.cUsageIdentifier = ARRAY_SIZE(usages);
    para.RequestedUsage.Usage.rgpszUsageIdentifier = usages;
    para.dwUrlRetrievalTimeout = URL_RETRIEVAL_TIMEOUT;
    if (check->flags & SHIM_TLS_CHECK_REVOCATION) chain_flags = CERT_CHAIN_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT;

    if (!CertGetCertificateChain(NULL, check->cert, NULL, check->cert->hCertStore, &para, chain_flags, NULL, &chain))
    {
        check->detail = GetLastError();
        check->hr = HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_INVALID_CERT);
        return;
    }
    check->detail = chain->TrustStatus.dwErrorStatus;
    if ((check->flags & SHIM_TLS_CHECK_REVOCATION) && chain_is_revoked(chain, URL_RETRIEVAL_TIMEOUT))
        check->detail |= CERT_TRUST_IS_REVOKED;
    CertFreeCertificateChain(chain);
    named = names_host(check->cert, check->host);
    check->hr = judge(check->detail, check->flags, named);
    if (check->hr == HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_CERT_CN_INVALID)) check->detail = CERT_E_CN_NO_MATCH;
}

static void check_destroy(void *ctx)
{
    struct check *check = ctx;

    CertFreeCertificateContext(check->cert);
    free(check);
}

HRESULT cert_verify(const CERT_CONTEXT *cert, const WCHAR *host, UINT32 flags, HANDLE cancel, UINT32 timeout, DWORD *detail)
{
    size_t len = wcslen(host) + 1;
    struct check *check;
    HRESULT hr;

    *detail = 0;
    if (!(check = calloc(1, sizeof(*check) + len * sizeof(WCHAR)))) return E_OUTOFMEMORY;
    check->cert = CertDuplicateCertificateContext(cert);
    check->flags = flags;
    memcpy(check->host, host, len * sizeof(WCHAR));
    if (FAILED(hr = offload_run(check_run, check_destroy, check, cancel, timeout)))
    {
        if (hr == HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT) && (flags & SHIM_TLS_CHECK_REVOCATION))
            hr = HRESULT_FROM_WIN32(ERROR_WINHTTP_SECURE_CERT_REV_FAILED);
        return hr;
    }
    hr = check->hr;
    *detail = FAILED(hr) ? check->detail : 0;
    check_destroy(check);
    return hr;
}

HRESULT cert_find_client(const BYTE hash[20], DWORD location, const WCHAR *store_name, const CERT_CONTEXT **cert)
{
    /* in the order of BG_CERT_STORE_LOCATION */
    static const DWORD locations[] =
    {
        CERT_SYSTEM_STORE_CURRENT_USER, CERT_SYSTEM_STORE_LOCAL_MACHINE, CERT_SYSTEM_STORE_CURRENT_SERVICE,
        CERT_SYSTEM_STORE_SERVICES, CERT_SYSTEM_STORE_USERS, CERT_SYSTEM_STORE_CURRENT_USER_GROUP_POLICY,
        CERT_SYSTEM_STORE_LOCAL_MACHINE_GROUP_POLICY, CERT_SYSTEM_STORE_LOCAL_MACHINE_ENTERPRISE
    };
    CRYPT_HASH_BLOB blob;
    HCERTSTORE store;

    *cert = NULL;
    if (location >= ARRAY_SIZE(locations) || !store_name) return CRYPT_E_NOT_FOUND;
    if (!(store = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, locations[location] | CERT_STORE_OPEN_EXISTING_FLAG
                                | CERT_STORE_READONLY_FLAG, store_name))) return CRYPT_E_NOT_FOUND;
    blob.cbData = 20;
    blob.pbData = (BYTE *)hash;
    *cert = CertFindCertificateInStore(store, X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, 0, CERT_FIND_SHA1_HASH, &blob, NULL);
    CertCloseStore(store, 0); /* the context keeps what it needs */
    return *cert ? S_OK : CRYPT_E_NOT_FOUND;
}
