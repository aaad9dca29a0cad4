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

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ntstatus.h>
#define WIN32_NO_STATUS
#include <windef.h>
#include <winbase.h>
#include <winreg.h>
#include <wincrypt.h>
#include <bcrypt.h>

#include "shim/own_key.h"
#include "shim/shim.h"

#define KEYS_PATH       L"Software\\Wine\\Crypto\\RSA\\"    /* below HKEY_CURRENT_USER; the one place where schannel of Wine looks */
#define RSA2_MAGIC      0x32415352                          /* of a private key */
#define BITS_MAX        16384

/*
 * A PRIVATEKEYBLOB: two headers, then, each from its lowest octet on, the modulus, two primes, two exponents, the coefficient (each of
 * half its size) and the private exponent.  A BCRYPT_RSAFULLPRIVATE_BLOB has the same numbers in the same order, each from its highest on.
 */
struct private_key
{
    BLOBHEADER header;
    RSAPUBKEY rsa;
    BYTE numbers[1];
};

#define KEY_HEADER      FIELD_OFFSET(struct private_key, numbers)

static SRWLOCK lock = SRWLOCK_INIT;     /* held while the container is lent; a leaf but for what crypt32 and schannel do */

static void copy_reversed(BYTE *dst, const BYTE *src, DWORD len)
{
    while (len--) *dst++ = src[len];
}

static void copy_numbers(BYTE *dst, const BYTE *src, DWORD len, UINT32 count)
{
    static const BYTE halves[] = { 2, 1, 1, 1, 1, 1, 2 };
    UINT32 i;

    for (i = 0; i < count; i++)
    {
        DWORD size = len / 2 * halves[i];

        copy_reversed(dst, src, size);
        dst += size;
        src += size;
    }
}

static DWORD numbers_size(DWORD len)
{
    return len / 2 * 9;
}

static void wipe(void *data, DWORD size)
{
    if (data) SecureZeroMemory(data, size);
    free(data);
}

/* The container that the certificate says its key is in; to be freed. */
static CRYPT_KEY_PROV_INFO *key_place(const CERT_CONTEXT *cert)
{
    CRYPT_KEY_PROV_INFO *info;
    DWORD size = 0;

    if (!CertGetCertificateContextProperty(cert, CERT_KEY_PROV_INFO_PROP_ID, NULL, &size) || !(info = malloc(size))) return NULL;
    if (CertGetCertificateContextProperty(cert, CERT_KEY_PROV_INFO_PROP_ID, info, &size) && info->pwszContainerName) return info;
    free(info);
    return NULL;
}

/* The key as schannel reads it, exportable or not; to be wiped. */
static struct private_key *read_key(const WCHAR *container, DWORD *size)
{
    static const WCHAR *const names[] = { L"KeyExchangeKeyPair", L"SignatureKeyPair" }; /* in schannel's order */
    size_t path_size = sizeof(KEYS_PATH) + wcslen(container) * sizeof(WCHAR);
    struct private_key *key = NULL;
    DATA_BLOB sealed = { 0 }, blob;
    WCHAR *path;
    DWORD i;

    if (!(path = malloc(path_size))) return NULL;
    wcscpy(path, KEYS_PATH);
    wcscat(path, container);
    for (i = 0; i < ARRAY_SIZE(names) && !sealed.cbData; i++)
        if (RegGetValueW(HKEY_CURRENT_USER, path, names[i], RRF_RT_REG_BINARY, NULL, NULL, &sealed.cbData)) sealed.cbData = 0;
    if (sealed.cbData && (sealed.pbData = malloc(sealed.cbData))
            && !RegGetValueW(HKEY_CURRENT_USER, path, names[i - 1], RRF_RT_REG_BINARY, NULL, sealed.pbData, &sealed.cbData)
            && CryptUnprotectData(&sealed, NULL, NULL, NULL, NULL, CRYPTPROTECT_UI_FORBIDDEN, &blob))
    {
        if (blob.cbData >= KEY_HEADER && (key = malloc(blob.cbData))) memcpy(key, blob.pbData, blob.cbData);
        *size = blob.cbData;
        SecureZeroMemory(blob.pbData, blob.cbData);
        LocalFree(blob.pbData);
    }
    free(sealed.pbData);
    free(path);
    return key;
}

/* S_OK: the key belongs to the certificate, and *exponent is the public one; S_FALSE: no RSA key; NTE_BAD_PUBLIC_KEY: another's. */
static HRESULT key_of_cert(const struct private_key *key, DWORD size, const CERT_CONTEXT *cert, DWORD *exponent)
{
    const CRYPT_BIT_BLOB *encoded = &cert->pCertInfo->SubjectPublicKeyInfo.PublicKey;
    DWORD len = key->rsa.bitlen / 8, public_size;
    struct private_key *public_key; /* a PUBLICKEYBLOB ends after the modulus */
    HRESULT hr = S_OK;

    if (key->header.bType != PRIVATEKEYBLOB || key->rsa.magic != RSA2_MAGIC || key->rsa.bitlen % 16 || !len || len > BITS_MAX / 8
            || size < KEY_HEADER + numbers_size(len)) return S_FALSE;
    if (!CryptDecodeObjectEx(X509_ASN_ENCODING, RSA_CSP_PUBLICKEYBLOB, encoded->pbData, encoded->cbData, CRYPT_DECODE_ALLOC_FLAG,
                             NULL, &public_key, &public_size)) return S_FALSE;
    if (public_size < KEY_HEADER + len || public_key->rsa.bitlen != key->rsa.bitlen || memcmp(public_key->numbers, key->numbers, len))
        hr = NTE_BAD_PUBLIC_KEY;
    *exponent = public_key->rsa.pubexp;
    LocalFree(public_key);
    return hr;
}

/* What follows from modulus, primes and public exponent: numbers in the order of the blob, to be wiped. */
static BYTE *compute_numbers(const struct private_key *key, DWORD exponent)
{
    DWORD len = key->rsa.bitlen / 8, size = sizeof(BCRYPT_RSAKEY_BLOB) + sizeof(exponent) + numbers_size(len), got, skip = 0;
    BCRYPT_ALG_HANDLE rsa = NULL;
    BCRYPT_KEY_HANDLE handle = NULL;
    BCRYPT_RSAKEY_BLOB *blob;
    BYTE *ret = NULL, *p, octets[sizeof(exponent)];

    if (!(blob = calloc(1, size))) return NULL;
    copy_reversed(octets, (const BYTE *)&exponent, sizeof(exponent));
    while (skip < sizeof(octets) - 1 && !octets[skip]) skip++;
    blob->Magic = BCRYPT_RSAPRIVATE_MAGIC;
    blob->BitLength = key->rsa.bitlen;
    blob->cbPublicExp = sizeof(octets) - skip;
    blob->cbModulus = len;
    blob->cbPrime1 = blob->cbPrime2 = len / 2;
    p = (BYTE *)(blob + 1);
    memcpy(p, octets + skip, blob->cbPublicExp);
    copy_numbers(p + blob->cbPublicExp, key->numbers, len, 3);
    if (!BCryptOpenAlgorithmProvider(&rsa, BCRYPT_RSA_ALGORITHM, NULL, 0)
            && !BCryptImportKeyPair(rsa, NULL, BCRYPT_RSAPRIVATE_BLOB, &handle, (BYTE *)blob,
                                    sizeof(*blob) + blob->cbPublicExp + 2 * len, 0)
            && !BCryptExportKey(handle, NULL, BCRYPT_RSAFULLPRIVATE_BLOB, (BYTE *)blob, size, &got, 0)
            && blob->cbPublicExp <= sizeof(exponent) && blob->cbModulus == len && blob->cbPrime1 == len / 2 && blob->cbPrime2 == len / 2
            && got >= sizeof(*blob) + blob->cbPublicExp + numbers_size(len) && (ret = malloc(numbers_size(len))))
        copy_numbers(ret, p + blob->cbPublicExp, len, 7);
    if (handle) BCryptDestroyKey(handle);
    if (rsa) BCryptCloseAlgorithmProvider(rsa, 0);
    wipe(blob, size);
    return ret;
}

/* Makes the key what it was before it was imported.  S_FALSE: it needs or allows no change; NTE_BAD_PUBLIC_KEY: it is another's. */
static HRESULT mend(struct private_key *key, DWORD size, const CERT_CONTEXT *cert)
{
    DWORD exponent, numbers;
    BYTE *computed;
    HRESULT hr;

    if ((hr = key_of_cert(key, size, cert, &exponent)) != S_OK) return hr;
    numbers = numbers_size(key->rsa.bitlen / 8);
    if (!(computed = compute_numbers(key, exponent))) return S_FALSE;
    hr = S_FALSE;
    if (key->rsa.pubexp != exponent || memcmp(computed, key->numbers, numbers))
    {
        key->rsa.pubexp = exponent;
        memcpy(key->numbers, computed, numbers);
        hr = S_OK;
    }
    wipe(computed, numbers);
    return hr;
}

static void container_name(WCHAR name[40])
{
    swprintf(name, 40, L"wine-bits client key %lu", GetCurrentProcessId());
}

static void delete_container(void)
{
    HCRYPTPROV provider;
    WCHAR name[40];

    container_name(name);
    CryptAcquireContextW(&provider, name, MS_ENHANCED_PROV_W, PROV_RSA_FULL, CRYPT_DELETEKEYSET | CRYPT_SILENT);
}

static BOOL fill_container(const struct private_key *key, DWORD size)
{
    HCRYPTPROV provider;
    HCRYPTKEY handle;
    WCHAR name[40];
    BOOL ret;

    container_name(name);
    delete_container(); /* of a process that had this number and ended in the middle */
    if (!CryptAcquireContextW(&provider, name, MS_ENHANCED_PROV_W, PROV_RSA_FULL, CRYPT_NEWKEYSET | CRYPT_SILENT)) return FALSE;
    if ((ret = CryptImportKey(provider, (const BYTE *)key, size, 0, 0, &handle))) CryptDestroyKey(handle);
    CryptReleaseContext(provider, 0); /* now it is in the registry */
    if (!ret) delete_container();
    return ret;
}

/* The certificate in a context of its own, with that key in the container; the lock is held then.  NULL: it cannot be done. */
static const CERT_CONTEXT *lend(const CERT_CONTEXT *cert, const struct private_key *key, DWORD size, DWORD spec)
{
    CRYPT_KEY_PROV_INFO info = { 0 };
    const CERT_CONTEXT *lent;
    WCHAR name[40];

    if (!(lent = CertCreateCertificateContext(cert->dwCertEncodingType, cert->pbCertEncoded, cert->cbCertEncoded))) return NULL;
    container_name(name);
    info.pwszContainerName = name;
    info.pwszProvName = (WCHAR *)MS_ENHANCED_PROV_W;
    info.dwProvType = PROV_RSA_FULL;
    info.dwKeySpec = spec;
    AcquireSRWLockExclusive(&lock);
    if (CertSetCertificateContextProperty(lent, CERT_KEY_PROV_INFO_PROP_ID, 0, &info) && fill_container(key, size)) return lent;
    ReleaseSRWLockExclusive(&lock);
    CertFreeCertificateContext(lent);
    return NULL;
}

HRESULT own_key_lend(const CERT_CONTEXT *cert, const CERT_CONTEXT **lent)
{
    CRYPT_KEY_PROV_INFO *place;
    struct private_key *key;
    HRESULT hr = S_OK;
    DWORD size;

    *lent = NULL;
    if (!(place = key_place(cert))) return S_OK;
    if ((key = read_key(place->pwszContainerName, &size)))
    {
        if ((hr = mend(key, size, cert)) == S_OK) *lent = lend(cert, key, size, place->dwKeySpec);
        wipe(key, size);
    }
    free(place);
    return FAILED(hr) ? hr : S_OK;
}

void own_key_return(const CERT_CONTEXT *lent)
{
    if (!lent) return;
    delete_container();
    ReleaseSRWLockExclusive(&lock);
    CertFreeCertificateContext(lent);
}
