/*
 * Marshalling of the HTTP and token options of a job and of the certificate callback
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

/* marshal.h tells how these calls work.  The order is that of the vtables, newer interfaces behind the older. */

#include <stdarg.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"

#include "marshal.h"

#define HASH_SIZE 20
#define CERT_SIZE 1234
#define CERT_STORE_SIZE 70000

/* The fake object hands out more interfaces than are called here; for those it has the methods of IUnknown. */

FAKE_UNKNOWN(IUnknown)

static const IUnknownVtbl handed_out_vtbl = { UNKNOWN_ENTRIES(IUnknown) };

static IUnknown handed_out = { (IUnknownVtbl *)&handed_out_vtbl };

/*
 * The certificate callback.  The test process implements it; the server process calls it through its proxy.
 */

#define SELF IBackgroundCopyServerCertificateValidationCallback

FAKE_UNKNOWN(IBackgroundCopyServerCertificateValidationCallback)

static HRESULT WINAPI fake_ValidateServerCertificate(SELF *iface, IBackgroundCopyJob *job, IBackgroundCopyFile *file,
        DWORD cert_size, const BYTE cert[], DWORD encoding, DWORD store_size, const BYTE store[])
{
    HRESULT hr = called();

    ok(is_root(job), "[VT.IBackgroundCopyServerCertificateValidationCallback.3] got job %p.\n", job);
    ok(is_root(file), "[VT.IBackgroundCopyServerCertificateValidationCallback.3] got file %p.\n", file);
    ok(cert_size == CERT_SIZE, "[VT.IBackgroundCopyServerCertificateValidationCallback.3] got %lu bytes.\n", cert_size);
    ok(cert_size == CERT_SIZE && are_bytes(cert, CERT_SIZE, 3),
       "[VT.IBackgroundCopyServerCertificateValidationCallback.3] got another certificate.\n");
    ok(encoding == NUMBER(3, 0), "[VT.IBackgroundCopyServerCertificateValidationCallback.3] got %#lx.\n", encoding);
    ok(store_size == CERT_STORE_SIZE, "[VT.IBackgroundCopyServerCertificateValidationCallback.3] got %lu bytes.\n",
       store_size);
    ok(store_size == CERT_STORE_SIZE && are_bytes(store, CERT_STORE_SIZE, 4),
       "[VT.IBackgroundCopyServerCertificateValidationCallback.3] got another store.\n");
    return FAILED(hr) ? hr : RESULT(3);
}

#undef SELF

static const IBackgroundCopyServerCertificateValidationCallbackVtbl cert_callback_vtbl =
{
    UNKNOWN_ENTRIES(IBackgroundCopyServerCertificateValidationCallback),
    fake_ValidateServerCertificate,
};

static IBackgroundCopyServerCertificateValidationCallback cert_callback =
{
    (IBackgroundCopyServerCertificateValidationCallbackVtbl *)&cert_callback_vtbl
};

static const struct interface_entry callback_interfaces[] =
{
    { &IID_IBackgroundCopyServerCertificateValidationCallback, &cert_callback },
    { NULL, NULL }
};

static void call_cert_callback(IUnknown *unk)
{
    static const char name[] = "IBackgroundCopyServerCertificateValidationCallback";
    IBackgroundCopyServerCertificateValidationCallback *proxy;
    IBackgroundCopyFile *file = (IBackgroundCopyFile *)&handed_out;
    IBackgroundCopyJob *job = (IBackgroundCopyJob *)&handed_out;
    BYTE *cert, *store;

    proxy = get_proxy(unk, name, &IID_IBackgroundCopyServerCertificateValidationCallback);
    if (!proxy) return;
    cert = malloc(CERT_SIZE);
    store = malloc(CERT_STORE_SIZE);
    fill_bytes(cert, CERT_SIZE, 3);
    fill_bytes(store, CERT_STORE_SIZE, 4);
    CALL(IBackgroundCopyServerCertificateValidationCallback, 3,
         IBackgroundCopyServerCertificateValidationCallback_ValidateServerCertificate(proxy, job, file, CERT_SIZE, cert,
         NUMBER(3, 0), CERT_STORE_SIZE, store));
    CALL_FAILING(IBackgroundCopyServerCertificateValidationCallback, 3, E_ACCESSDENIED,
         IBackgroundCopyServerCertificateValidationCallback_ValidateServerCertificate(proxy, job, file, CERT_SIZE, cert,
         NUMBER(3, 0), CERT_STORE_SIZE, store));
    free(cert);
    free(store);
    IBackgroundCopyServerCertificateValidationCallback_Release(proxy);
}

/*
 * HTTP options
 */

#define SELF IBackgroundCopyJobHttpOptions3

FAKE_UNKNOWN(IBackgroundCopyJobHttpOptions3)

static HRESULT WINAPI fake_IBackgroundCopyJobHttpOptions_SetClientCertificateByID(SELF *iface,
        BG_CERT_STORE_LOCATION location, LPCWSTR store, BYTE *hash)
{
    called();
    ok(location == SHORT_NUMBER(3, 0), "[VT.IBackgroundCopyJobHttpOptions.3] got %#x.\n", location);
    ok(is_text(store, 3, 1), "[VT.IBackgroundCopyJobHttpOptions.3] got %s.\n", wine_dbgstr_w(store));
    ok(are_bytes(hash, HASH_SIZE, 3), "[VT.IBackgroundCopyJobHttpOptions.3] got another hash.\n");
    return RESULT(3);
}

static HRESULT WINAPI fake_IBackgroundCopyJobHttpOptions_SetClientCertificateByName(SELF *iface,
        BG_CERT_STORE_LOCATION location, LPCWSTR store, LPCWSTR subject)
{
    called();
    ok(location == SHORT_NUMBER(4, 0), "[VT.IBackgroundCopyJobHttpOptions.4] got %#x.\n", location);
    ok(is_text(store, 4, 1), "[VT.IBackgroundCopyJobHttpOptions.4] got %s.\n", wine_dbgstr_w(store));
    ok(is_text(subject, 4, 2), "[VT.IBackgroundCopyJobHttpOptions.4] got %s.\n", wine_dbgstr_w(subject));
    return RESULT(4);
}

FAKE_VOID(IBackgroundCopyJobHttpOptions, RemoveClientCertificate, 5)

static HRESULT WINAPI fake_IBackgroundCopyJobHttpOptions_GetClientCertificate(SELF *iface,
        BG_CERT_STORE_LOCATION *location, LPWSTR *store, BYTE **hash, LPWSTR *subject)
{
    HRESULT hr = called();

    *location = SHORT_NUMBER(6, 0);
    *store = *subject = NULL;
    *hash = NULL;
    if (FAILED(hr)) return hr;
    *store = alloc_text(6, 1);
    *hash = CoTaskMemAlloc(HASH_SIZE);
    fill_bytes(*hash, HASH_SIZE, 6);
    if (!shared->expect_null) *subject = alloc_text(6, 2);
    return RESULT(6);
}

FAKE_SET_TEXT(IBackgroundCopyJobHttpOptions, SetCustomHeaders, 7)
FAKE_GET_TEXT(IBackgroundCopyJobHttpOptions, GetCustomHeaders, 8)
FAKE_SET(IBackgroundCopyJobHttpOptions, SetSecurityFlags, 9, ULONG, NUMBER(9, 0))
FAKE_GET(IBackgroundCopyJobHttpOptions, GetSecurityFlags, 10, ULONG, NUMBER(10, 0))
FAKE_SET_TEXT(IBackgroundCopyJobHttpOptions2, SetHttpMethod, 11)
FAKE_GET_TEXT(IBackgroundCopyJobHttpOptions2, GetHttpMethod, 12)

static HRESULT WINAPI fake_IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(SELF *iface,
                                                                                                  IUnknown *val)
{
    LONG expect_null = InterlockedExchange(&shared->expect_null, 0); /* the callback is a method, too */

    called();
    ok(expect_null ? !val : !!val, "[VT.IBackgroundCopyJobHttpOptions3.13] got %p.\n", val);
    if (val) call_cert_callback(val);
    return RESULT(13);
}

FAKE_VOID(IBackgroundCopyJobHttpOptions3, MakeCustomHeadersWriteOnly, 14)

#undef SELF

static const IBackgroundCopyJobHttpOptions3Vtbl options_vtbl =
{
    UNKNOWN_ENTRIES(IBackgroundCopyJobHttpOptions3),
    fake_IBackgroundCopyJobHttpOptions_SetClientCertificateByID,
    fake_IBackgroundCopyJobHttpOptions_SetClientCertificateByName,
    fake_IBackgroundCopyJobHttpOptions_RemoveClientCertificate,
    fake_IBackgroundCopyJobHttpOptions_GetClientCertificate,
    fake_IBackgroundCopyJobHttpOptions_SetCustomHeaders,
    fake_IBackgroundCopyJobHttpOptions_GetCustomHeaders,
    fake_IBackgroundCopyJobHttpOptions_SetSecurityFlags,
    fake_IBackgroundCopyJobHttpOptions_GetSecurityFlags,
    fake_IBackgroundCopyJobHttpOptions2_SetHttpMethod,
    fake_IBackgroundCopyJobHttpOptions2_GetHttpMethod,
    fake_IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface,
    fake_IBackgroundCopyJobHttpOptions3_MakeCustomHeadersWriteOnly,
};

static IBackgroundCopyJobHttpOptions3 fake_options = { (IBackgroundCopyJobHttpOptions3Vtbl *)&options_vtbl };

static void test_options(void *proxy)
{
    IBackgroundCopyJobHttpOptions *options = proxy;
    const WCHAR *store = text(4, 1), *subject = text(4, 2);
    BG_CERT_STORE_LOCATION location;
    WCHAR *got_store, *got_subject;
    BYTE hash[HASH_SIZE], *got_hash;

    fill_bytes(hash, HASH_SIZE, 3);
    CALL(IBackgroundCopyJobHttpOptions, 3,
         IBackgroundCopyJobHttpOptions_SetClientCertificateByID(options, SHORT_NUMBER(3, 0), text(3, 1), hash));
    CALL_REFUSED("HTTP.SetClientCertificateByID.7", IBackgroundCopyJobHttpOptions, 3, NULL_REF_POINTER,
                 IBackgroundCopyJobHttpOptions_SetClientCertificateByID(options, 0, NULL, hash));
    CALL_REFUSED("HTTP.SetClientCertificateByID.7", IBackgroundCopyJobHttpOptions, 3, NULL_REF_POINTER,
                 IBackgroundCopyJobHttpOptions_SetClientCertificateByID(options, 0, store, NULL));

    CALL(IBackgroundCopyJobHttpOptions, 4,
         IBackgroundCopyJobHttpOptions_SetClientCertificateByName(options, SHORT_NUMBER(4, 0), store, subject));
    CALL_REFUSED("HTTP.SetClientCertificateByName.8", IBackgroundCopyJobHttpOptions, 4, NULL_REF_POINTER,
                 IBackgroundCopyJobHttpOptions_SetClientCertificateByName(options, 0, NULL, subject));
    CALL_REFUSED("HTTP.SetClientCertificateByName.8", IBackgroundCopyJobHttpOptions, 4, NULL_REF_POINTER,
                 IBackgroundCopyJobHttpOptions_SetClientCertificateByName(options, 0, store, NULL));

    TEST_VOID(IBackgroundCopyJobHttpOptions, RemoveClientCertificate, 5, options);

    CALL(IBackgroundCopyJobHttpOptions, 6,
         IBackgroundCopyJobHttpOptions_GetClientCertificate(options, &location, &got_store, &got_hash, &got_subject));
    ok(location == SHORT_NUMBER(6, 0), "[VT.IBackgroundCopyJobHttpOptions.6] got %#x.\n", location);
    ok(is_text(got_store, 6, 1), "[VT.IBackgroundCopyJobHttpOptions.6] got %s.\n", wine_dbgstr_w(got_store));
    ok(got_hash && are_bytes(got_hash, HASH_SIZE, 6), "[VT.IBackgroundCopyJobHttpOptions.6] got another hash.\n");
    ok(is_text(got_subject, 6, 2), "[VT.IBackgroundCopyJobHttpOptions.6] got %s.\n", wine_dbgstr_w(got_subject));
    CoTaskMemFree(got_store);
    CoTaskMemFree(got_hash);
    CoTaskMemFree(got_subject);

    got_subject = (WCHAR *)0xdeadbeef;
    CALL_WITH_NULL("VT.IBackgroundCopyJobHttpOptions.6", IBackgroundCopyJobHttpOptions, 6,
         IBackgroundCopyJobHttpOptions_GetClientCertificate(options, &location, &got_store, &got_hash, &got_subject));
    ok(!got_subject, "[VT.IBackgroundCopyJobHttpOptions.6] got %s.\n", wine_dbgstr_w(got_subject));
    CoTaskMemFree(got_store);
    CoTaskMemFree(got_hash);

    got_store = got_subject = (WCHAR *)0xdeadbeef;
    got_hash = (BYTE *)0xdeadbeef;
    CALL_FAILING(IBackgroundCopyJobHttpOptions, 6, HRESULT_FROM_WIN32(RPC_X_BAD_STUB_DATA),
         IBackgroundCopyJobHttpOptions_GetClientCertificate(options, &location, &got_store, &got_hash, &got_subject));
    ok(!got_store, "[VT.IBackgroundCopyJobHttpOptions.6] got %p.\n", got_store);
    ok(!got_hash, "[VT.IBackgroundCopyJobHttpOptions.6] got %p.\n", got_hash);
    ok(!got_subject, "[VT.IBackgroundCopyJobHttpOptions.6] got %p.\n", got_subject);

    NULL_ANSWERED(IBackgroundCopyJobHttpOptions, 6,
         IBackgroundCopyJobHttpOptions_GetClientCertificate(options, NULL, &got_store, &got_hash, &got_subject));
    CALL_REFUSED("HTTP.GetClientCertificate.5", IBackgroundCopyJobHttpOptions, 6, NULL_REF_POINTER,
         IBackgroundCopyJobHttpOptions_GetClientCertificate(options, &location, NULL, &got_hash, &got_subject));
    NULL_ANSWERED(IBackgroundCopyJobHttpOptions, 6,
         IBackgroundCopyJobHttpOptions_GetClientCertificate(options, &location, &got_store, NULL, &got_subject));
    CALL_REFUSED("HTTP.GetClientCertificate.5", IBackgroundCopyJobHttpOptions, 6, NULL_REF_POINTER,
         IBackgroundCopyJobHttpOptions_GetClientCertificate(options, &location, &got_store, &got_hash, NULL));

    TEST_SET_OPTIONAL_TEXT(IBackgroundCopyJobHttpOptions, SetCustomHeaders, 7, options);
    TEST_GET_TEXT(IBackgroundCopyJobHttpOptions, GetCustomHeaders, 8, options);
    TEST_SET(IBackgroundCopyJobHttpOptions, SetSecurityFlags, 9, options, NUMBER(9, 0));
    TEST_GET(IBackgroundCopyJobHttpOptions, GetSecurityFlags, 10, options, ULONG, NUMBER(10, 0));
}

static void test_options2(void *options)
{
    TEST_SET_TEXT(IBackgroundCopyJobHttpOptions2, SetHttpMethod, 11, options);
    TEST_GET_TEXT(IBackgroundCopyJobHttpOptions2, GetHttpMethod, 12, options);
}

static void test_options3(void *proxy)
{
    IBackgroundCopyJobHttpOptions3 *options = proxy;

    CALL(IBackgroundCopyJobHttpOptions3, 13,
         IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(options, (IUnknown *)&cert_callback));
    CALL_WITH_NULL("GEN.7", IBackgroundCopyJobHttpOptions3, 13,
         IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(options, NULL));
    TEST_VOID(IBackgroundCopyJobHttpOptions3, MakeCustomHeadersWriteOnly, 14, options);
}

/*
 * Helper tokens
 */

#define SELF IBitsTokenOptions

FAKE_UNKNOWN(IBitsTokenOptions)
FAKE_SET(IBitsTokenOptions, SetHelperTokenFlags, 3, DWORD, NUMBER(3, 0))
FAKE_GET(IBitsTokenOptions, GetHelperTokenFlags, 4, DWORD, NUMBER(4, 0))
FAKE_VOID(IBitsTokenOptions, SetHelperToken, 5)
FAKE_VOID(IBitsTokenOptions, ClearHelperToken, 6)
FAKE_GET_TEXT(IBitsTokenOptions, GetHelperTokenSid, 7)

#undef SELF

static const IBitsTokenOptionsVtbl token_vtbl =
{
    UNKNOWN_ENTRIES(IBitsTokenOptions),
    fake_IBitsTokenOptions_SetHelperTokenFlags,
    fake_IBitsTokenOptions_GetHelperTokenFlags,
    fake_IBitsTokenOptions_SetHelperToken,
    fake_IBitsTokenOptions_ClearHelperToken,
    fake_IBitsTokenOptions_GetHelperTokenSid,
};

static IBitsTokenOptions fake_token = { (IBitsTokenOptionsVtbl *)&token_vtbl };

static void test_token(void *token)
{
    TEST_SET(IBitsTokenOptions, SetHelperTokenFlags, 3, token, NUMBER(3, 0));
    TEST_GET(IBitsTokenOptions, GetHelperTokenFlags, 4, token, DWORD, NUMBER(4, 0));
    TEST_VOID(IBitsTokenOptions, SetHelperToken, 5, token);
    TEST_VOID(IBitsTokenOptions, ClearHelperToken, 6, token);
    TEST_GET_TEXT(IBitsTokenOptions, GetHelperTokenSid, 7, token);
}

static const struct interface_entry service_interfaces[] =
{
    { &IID_IBackgroundCopyJobHttpOptions, &fake_options },
    { &IID_IBackgroundCopyJobHttpOptions2, &fake_options },
    { &IID_IBackgroundCopyJobHttpOptions3, &fake_options },
    { &IID_IBitsTokenOptions, &fake_token },
    { &IID_IBackgroundCopyJob, &handed_out },
    { &IID_IBackgroundCopyFile, &handed_out },
    { NULL, NULL }
};

static void test_all(void)
{
    test_interface("IBackgroundCopyJobHttpOptions", &IID_IBackgroundCopyJobHttpOptions, test_options, NULL);
    test_interface("IBackgroundCopyJobHttpOptions2", &IID_IBackgroundCopyJobHttpOptions2, test_options, test_options2,
                   NULL);
    test_interface("IBackgroundCopyJobHttpOptions3", &IID_IBackgroundCopyJobHttpOptions3, test_options, test_options2,
                   test_options3, NULL);
    test_interface("IBitsTokenOptions", &IID_IBitsTokenOptions, test_token, NULL);
}

START_TEST(marshal_http)
{
    run_unit("marshal_http", service_interfaces, callback_interfaces, test_all);
}
