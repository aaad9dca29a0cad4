/*
 * The certificates of the shim's contract test in the stores of the user
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
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winreg.h>
#include <wincrypt.h>

#include "shim_test.h"

static const CERT_CONTEXT *test_ca;

const CERT_CONTEXT *read_cert(const char *name)
{
    char path[MAX_PATH], der[8192];
    DWORD len = 0;
    HANDLE file;

    GetEnvironmentVariableA("SHIM_CA", path, sizeof(path) - 32);
    strcpy(strrchr(path, '/') + 1, name);
    file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "no %s\n", path);
    ReadFile(file, der, sizeof(der), &len, NULL);
    CloseHandle(file);
    return CertCreateCertificateContext(X509_ASN_ENCODING, (BYTE *)der, len);
}

BOOL add_ca(void)
{
    HCERTSTORE store;
    BOOL ret;

    if (!GetEnvironmentVariableA("SHIM_CA", NULL, 0)) return FALSE;
    store = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, L"Root");
    ok(store != NULL, "no store\n");
    /* Wine writes the store when the last context on it is freed [WINE.TLS.3], so keep one that is not */
    test_ca = read_cert("ca.der");
    ret = CertAddCertificateContextToStore(store, test_ca, CERT_STORE_ADD_REPLACE_EXISTING, NULL);
    ok(ret, "got %lu\n", GetLastError());
    CertCloseStore(store, 0);
    return ret;
}

void remove_ca(void)
{
    const CERT_CONTEXT *cert;
    HCERTSTORE store;
    char key[256];
    BYTE hash[20];
    DWORD size = sizeof(hash), i;

    if (!test_ca) return;
    store = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, L"Root");
    cert = CertFindCertificateInStore(store, X509_ASN_ENCODING, 0, CERT_FIND_EXISTING, test_ca, NULL);
    ok(cert && CertDeleteCertificateFromStore(cert), "got %lu\n", GetLastError());
    CertCloseStore(store, 0);
    /* Wine's chain engine holds the store, so it would not be written any more */
    if (CertGetCertificateContextProperty(test_ca, CERT_SHA1_HASH_PROP_ID, hash, &size))
    {
        strcpy(key, "Software\\Microsoft\\SystemCertificates\\Root\\Certificates\\");
        for (i = 0; i < size; i++) sprintf(key + strlen(key), "%02X", hash[i]);
        RegDeleteKeyA(HKEY_CURRENT_USER, key);
    }
    CertFreeCertificateContext(test_ca);
}

BOOL add_own(const char *variable, BYTE hash[20])
{
    char path[MAX_PATH], p12[16384];
    const CERT_CONTEXT *cert;
    HCERTSTORE store, my;
    CRYPT_DATA_BLOB blob;
    DWORD len = 0, size = 20;
    BOOL ret = FALSE;
    HANDLE file;

    if (!GetEnvironmentVariableA(variable, path, sizeof(path))) return FALSE;
    file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "no %s\n", path);
    ReadFile(file, p12, sizeof(p12), &len, NULL);
    CloseHandle(file);
    blob.pbData = (BYTE *)p12;
    blob.cbData = len;
    store = PFXImportCertStore(&blob, L"test", CRYPT_USER_KEYSET);
    ok(store != NULL, "got %#lx\n", GetLastError());
    my = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, L"MY");
    if ((cert = CertEnumCertificatesInStore(store, NULL)))
    {
        ret = CertGetCertificateContextProperty(cert, CERT_SHA1_HASH_PROP_ID, hash, &size)
                && CertAddCertificateContextToStore(my, cert, CERT_STORE_ADD_REPLACE_EXISTING, NULL);
        CertFreeCertificateContext(cert);
    }
    ok(ret, "got %#lx\n", GetLastError());
    CertCloseStore(my, 0);
    CertCloseStore(store, 0);
    return ret;
}

void remove_own_key(const BYTE hash[20])
{
    CRYPT_HASH_BLOB blob = { 20, (BYTE *)hash };
    const CERT_CONTEXT *cert;
    CRYPT_KEY_PROV_INFO *info;
    BYTE buffer[1024];
    DWORD size = sizeof(buffer);
    HCRYPTPROV provider;
    HCERTSTORE my;

    my = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, L"MY");
    cert = CertFindCertificateInStore(my, X509_ASN_ENCODING, 0, CERT_FIND_SHA1_HASH, &blob, NULL);
    info = (CRYPT_KEY_PROV_INFO *)buffer;
    ok(cert && CertGetCertificateContextProperty(cert, CERT_KEY_PROV_INFO_PROP_ID, info, &size)
            && CryptAcquireContextW(&provider, info->pwszContainerName, info->pwszProvName, info->dwProvType, CRYPT_DELETEKEYSET),
       "got %#lx\n", GetLastError());
    if (cert) CertFreeCertificateContext(cert);
    CertCloseStore(my, 0);
}

void remove_own(BYTE hash[20])
{
    CRYPT_HASH_BLOB blob = { 20, hash };
    const CERT_CONTEXT *cert;
    HCERTSTORE my;

    my = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, L"MY");
    cert = CertFindCertificateInStore(my, X509_ASN_ENCODING, 0, CERT_FIND_SHA1_HASH, &blob, NULL);
    ok(cert && CertDeleteCertificateFromStore(cert), "got %#lx\n", GetLastError());
    CertCloseStore(my, 0);
}
