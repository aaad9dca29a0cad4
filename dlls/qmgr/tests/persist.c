/*
 * What was set with the later interfaces survives the service
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

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"

static const GUID some_guid = { 0x12345678, 0x1234, 0x5678, { 1, 2, 3, 4, 5, 6, 7, 8 } };
static const BG_FILE_RANGE ranges[] = { { 100, 100 }, { 900, BG_LENGTH_TO_EOF }, { 400, 100 } };

static void set_property(IBackgroundCopyJob5 *job, BITS_JOB_PROPERTY_ID id, UINT64 number)
{
    BITS_JOB_PROPERTY_VALUE value;
    HRESULT hr;

    memset(&value, 0, sizeof(value));
    if (id == BITS_JOB_PROPERTY_NOTIFICATION_CLSID) value.ClsID = some_guid;
    else if (id == BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE) value.Uint64 = number;
    else value.Dword = (DWORD)number;
    hr = IBackgroundCopyJob5_SetProperty(job, id, value);
    ok(hr == S_OK, "property %d: got %#lx\n", id, hr);
}

static void check_property_(unsigned int line, IBackgroundCopyJob5 *job, BITS_JOB_PROPERTY_ID id, UINT64 number, const char *facts)
{
    BITS_JOB_PROPERTY_VALUE value;
    HRESULT hr;

    memset(&value, 0xcc, sizeof(value));
    hr = IBackgroundCopyJob5_GetProperty(job, id, &value);
    ok_(__FILE__, line)(hr == S_OK, "[%s] property %d: got %#lx\n", facts, id, hr);
    if (id == BITS_JOB_PROPERTY_NOTIFICATION_CLSID)
        ok_(__FILE__, line)(IsEqualGUID(&value.ClsID, &some_guid), "[%s] property %d: got %s\n", facts, id, wine_dbgstr_guid(&value.ClsID));
    else if (id == BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE)
        ok_(__FILE__, line)(value.Uint64 == number, "[%s] property %d: got %s\n", facts, id, wine_dbgstr_longlong(value.Uint64));
    else
        ok_(__FILE__, line)(value.Dword == (DWORD)number, "[%s] property %d: got %#lx\n", facts, id, value.Dword);
}
#define check_property(job, id, number, facts) check_property_(__LINE__, job, id, number, facts)

static void set_credentials(IBackgroundCopyJob2 *job, BG_AUTH_TARGET target, BG_AUTH_SCHEME scheme, const WCHAR *user, const WCHAR *password)
{
    BG_AUTH_CREDENTIALS credentials;
    HRESULT hr;

    memset(&credentials, 0, sizeof(credentials));
    credentials.Target = target;
    credentials.Scheme = scheme;
    credentials.Credentials.Basic.UserName = (WCHAR *)user;
    credentials.Credentials.Basic.Password = (WCHAR *)password;
    hr = IBackgroundCopyJob2_SetCredentials(job, &credentials);
    ok(hr == S_OK, "SetCredentials: got %#lx\n", hr);
}

static void set_all(IBackgroundCopyJob *job1)
{
    IBackgroundCopyJobHttpOptions2 *http = bits_query(job1, IBackgroundCopyJobHttpOptions2);
    IBackgroundCopyJob5 *job = bits_query(job1, IBackgroundCopyJob5);
    IBitsTokenOptions *token = bits_query(job1, IBitsTokenOptions);
    HRESULT hr;

    hr = IBackgroundCopyJob5_SetNotifyCmdLine(job, L"C:\\no such.exe", L"\"C:\\no such.exe\" 1 2");
    ok(hr == S_OK, "got %#lx\n", hr);
    set_credentials((IBackgroundCopyJob2 *)job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC, L"user", L"\x20ac secret");
    set_credentials((IBackgroundCopyJob2 *)job, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_NTLM, NULL, NULL);
    hr = IBackgroundCopyJob5_AddFileWithRanges(job, L"http://127.0.0.1/old/file", bits_path(L"ranges"), ARRAY_SIZE(ranges), (BG_FILE_RANGE *)ranges);
    ok(hr == S_OK, "got %#lx\n", hr);
    hr = IBackgroundCopyJob5_ReplaceRemotePrefix(job, L"http://127.0.0.1/old/", L"http://127.0.0.1/new/");
    ok(hr == S_OK, "got %#lx\n", hr);
    hr = IBackgroundCopyJob5_SetFileACLFlags(job, BG_COPY_FILE_DACL);
    ok(hr == S_OK, "got %#lx\n", hr);
    hr = IBackgroundCopyJob5_SetPeerCachingFlags(job, BG_JOB_DISABLE_BRANCH_CACHE);
    ok(hr == S_OK, "got %#lx\n", hr);
    hr = IBackgroundCopyJob5_SetMaximumDownloadTime(job, 1234);
    ok(hr == S_OK, "got %#lx\n", hr);
    set_property(job, BITS_JOB_PROPERTY_ID_COST_FLAGS, 0x8000006f);
    set_property(job, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, 0);
    set_property(job, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, 0x123456789aull);
    set_property(job, BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, BG_AUTH_TARGET_PROXY);
    set_property(job, BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, 77);
    set_property(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, TRUE);
    hr = IBackgroundCopyJobHttpOptions2_SetCustomHeaders(http, L"X-Secret: 1\r\n");
    ok(hr == S_OK, "got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions2_SetSecurityFlags(http, BG_SSL_IGNORE_UNKNOWN_CA | BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT);
    ok(hr == S_OK, "got %#lx\n", hr);
    hr = IBitsTokenOptions_SetHelperTokenFlags(token, BG_TOKEN_NETWORK);
    ok(hr == S_OK, "got %#lx\n", hr);
    hr = IBitsTokenOptions_SetHelperToken(token);
    ok(hr == S_OK, "got %#lx\n", hr);
    IBackgroundCopyJobHttpOptions2_Release(http);
    IBackgroundCopyJob5_Release(job);
    IBitsTokenOptions_Release(token);
}

static void check_all(IBackgroundCopyJob *job1)
{
    IBackgroundCopyJobHttpOptions2 *http = bits_query(job1, IBackgroundCopyJobHttpOptions2);
    IBackgroundCopyJob5 *job = bits_query(job1, IBackgroundCopyJob5);
    IBitsTokenOptions *token = bits_query(job1, IBitsTokenOptions);
    IBackgroundCopyFile *file1 = bits_get_file(job1, 0);
    IBackgroundCopyFile2 *file = bits_query(file1, IBackgroundCopyFile2);
    WCHAR *string, *program, *parameters;
    BG_FILE_RANGE *got_ranges;
    DWORD number, count;
    HRESULT hr;

    hr = IBackgroundCopyJob5_GetNotifyCmdLine(job, &program, &parameters);
    bits_check_string("BEH.PERSIST.10", hr, program, L"C:\\no such.exe");
    bits_check_string("BEH.PERSIST.10", hr, parameters, L"\"C:\\no such.exe\" 1 2");
    hr = IBackgroundCopyJob5_RemoveCredentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC);
    ok(hr == S_OK, "[JOB2.SetCredentials.8,BEH.PERSIST.12] got %#lx\n", hr);
    hr = IBackgroundCopyJob5_RemoveCredentials(job, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_NTLM);
    ok(hr == S_OK, "[JOB2.SetCredentials.8,BEH.PERSIST.12] got %#lx\n", hr);
    hr = IBackgroundCopyJob5_RemoveCredentials(job, BG_AUTH_TARGET_PROXY, BG_AUTH_SCHEME_NTLM);
    ok(hr == S_FALSE, "[JOB2.RemoveCredentials.3] got %#lx\n", hr);
    hr = IBackgroundCopyFile2_GetRemoteName(file, &string);
    bits_check_string("JOB3.ReplaceRemotePrefix.A3", hr, string, L"http://127.0.0.1/new/file");
    hr = IBackgroundCopyFile2_GetFileRanges(file, &count, &got_ranges);
    ok(hr == S_OK && count == ARRAY_SIZE(ranges) && !memcmp(got_ranges, ranges, sizeof(ranges)), "[BEH.PERSIST.1] got %#lx, %lu\n", hr, count);
    if (hr == S_OK) CoTaskMemFree(got_ranges);
    hr = IBackgroundCopyJob5_GetFileACLFlags(job, &number);
    ok(hr == S_OK && number == BG_COPY_FILE_DACL, "[BEH.PERSIST.17] got %#lx, %#lx\n", hr, number);
    hr = IBackgroundCopyJob5_GetPeerCachingFlags(job, &number);
    ok(hr == S_OK && number == BG_JOB_DISABLE_BRANCH_CACHE, "[BEH.PERSIST.17] got %#lx, %#lx\n", hr, number);
    hr = IBackgroundCopyJob5_GetMaximumDownloadTime(job, &number);
    ok(hr == S_OK && number == 1234, "[api-2-later:GEN.16] got %#lx, %lu\n", hr, number);
    check_property(job, BITS_JOB_PROPERTY_ID_COST_FLAGS, 0x8000006f, "BEH.PERSIST.17");
    check_property(job, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, 0, "JPROP.4,BEH.PERSIST.9");
    check_property(job, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, 0x123456789aull, "api-2-later:GEN.16");
    check_property(job, BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, BG_AUTH_TARGET_PROXY, "api-2-later:GEN.16");
    check_property(job, BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS, 77, "api-2-later:GEN.16");
    check_property(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, TRUE, "api-2-later:GEN.16");
    hr = IBackgroundCopyJobHttpOptions2_GetCustomHeaders(http, &string);
    bits_check_string("BEH.PERSIST.13,HTTP.SetCustomHeaders.7", hr, string, L"X-Secret: 1\r\n");
    hr = IBackgroundCopyJobHttpOptions2_GetSecurityFlags(http, &number);
    ok(hr == S_OK && number == (BG_SSL_IGNORE_UNKNOWN_CA | BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT), "[BEH.PERSIST.17] got %#lx, %#lx\n", hr, number);
    hr = IBitsTokenOptions_GetHelperTokenFlags(token, &number);
    ok(hr == S_OK && number == BG_TOKEN_NETWORK, "[BEH.PERSIST.17] got %#lx, %#lx\n", hr, number);
    hr = IBitsTokenOptions_GetHelperTokenSid(token, &string);
    bits_check_string("TOKEN.3,BEH.PERSIST.16,api-2-later:GEN.16", hr, string, NULL);
    IBackgroundCopyFile2_Release(file);
    IBackgroundCopyFile_Release(file1);
    IBackgroundCopyJobHttpOptions2_Release(http);
    IBackgroundCopyJob5_Release(job);
    IBitsTokenOptions_Release(token);
}

static BOOL holds(const BYTE *data, DWORD size, const void *what, DWORD len)
{
    DWORD i;

    for (i = 0; i + len <= size; i++)
        if (!memcmp(data + i, what, len)) return TRUE;
    return FALSE;
}

/* No secret lies about in the state files [JOB2.SetCredentials.18, HTTP.SetCustomHeaders.7]. */
static void check_sealed(void)
{
    static const WCHAR password[] = L"\x20ac secret", header[] = L"X-Secret";
    WCHAR folder[MAX_PATH], pattern[MAX_PATH], path[MAX_PATH * 2];
    WIN32_FIND_DATAW found;
    unsigned int count = 0;
    BOOL known = FALSE;
    HANDLE find;

    GetEnvironmentVariableW(L"ALLUSERSPROFILE", folder, ARRAY_SIZE(folder));
    wcscat(folder, L"\\Microsoft\\Network\\Downloader");
    _snwprintf(pattern, ARRAY_SIZE(pattern), L"%ls\\*", folder);
    find = FindFirstFileW(pattern, &found);
    ok(find != INVALID_HANDLE_VALUE, "no state in %s, error %lu\n", wine_dbgstr_w(folder), GetLastError());
    if (find == INVALID_HANDLE_VALUE) return;
    do
    {
        HANDLE file, map;
        BYTE *data;

        _snwprintf(path, ARRAY_SIZE(path), L"%ls\\%ls", folder, found.cFileName);
        file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
        if (file == INVALID_HANDLE_VALUE) continue;
        if ((map = CreateFileMappingW(file, NULL, PAGE_READONLY, 0, 0, NULL)))
        {
            DWORD size = GetFileSize(file, NULL);

            if ((data = MapViewOfFile(map, FILE_MAP_READ, 0, 0, 0)))
            {
                count++;
                if (holds(data, size, L"/new/file", 18)) known = TRUE;
                ok(!holds(data, size, password, sizeof(password) - 2), "[JOB2.SetCredentials.18,BEH.PERSIST.12] a password in %s\n",
                   wine_dbgstr_w(path));
                ok(!holds(data, size, header, sizeof(header) - 2), "[HTTP.SetCustomHeaders.7,BEH.PERSIST.13] a header in %s\n",
                   wine_dbgstr_w(path));
                UnmapViewOfFile(data);
            }
            CloseHandle(map);
        }
        CloseHandle(file);
    } while (FindNextFileW(find, &found));
    FindClose(find);
    ok(count && known, "none of %u files is the state\n", count);
}

/* An object that may judge certificates and is never asked. */

static HRESULT WINAPI judge_QueryInterface(IBackgroundCopyServerCertificateValidationCallback *iface, REFIID riid, void **out)
{
    *out = NULL;
    if (!IsEqualIID(riid, &IID_IUnknown) && !IsEqualIID(riid, &IID_IBackgroundCopyServerCertificateValidationCallback)) return E_NOINTERFACE;
    *out = iface;
    return S_OK;
}

static ULONG WINAPI judge_AddRef(IBackgroundCopyServerCertificateValidationCallback *iface)
{
    return 2;
}

static ULONG WINAPI judge_Release(IBackgroundCopyServerCertificateValidationCallback *iface)
{
    return 1;
}

static HRESULT WINAPI judge_ValidateServerCertificate(IBackgroundCopyServerCertificateValidationCallback *iface, IBackgroundCopyJob *job,
                                                      IBackgroundCopyFile *file, DWORD length, const BYTE *data, DWORD encoding,
                                                      DWORD store_length, const BYTE *store)
{
    ok(0, "a certificate of a server that has none\n");
    return E_FAIL;
}

static const IBackgroundCopyServerCertificateValidationCallbackVtbl judge_vtbl =
{
    judge_QueryInterface,
    judge_AddRef,
    judge_Release,
    judge_ValidateServerCertificate
};

static void set_judge(IBackgroundCopyJob *job)
{
    static IBackgroundCopyServerCertificateValidationCallback judge = { (IBackgroundCopyServerCertificateValidationCallbackVtbl *)&judge_vtbl };
    IBackgroundCopyJobHttpOptions3 *http = bits_query(job, IBackgroundCopyJobHttpOptions3);
    HRESULT hr;

    hr = IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(http, (IUnknown *)&judge);
    ok(hr == S_OK, "SetServerCertificateValidationInterface: got %#lx\n", hr);
    IBackgroundCopyJobHttpOptions3_Release(http);
}

/* What does not survive: a client's object, and how long a job has waited. */
static void test_lost(void)
{
    struct bits_clock clock;
    IBackgroundCopyJob *judged, *waiting;
    struct test_server_stats before, after;
    DWORD begin, took, first;
    WCHAR url[64];
    GUID id, id2;
    ULONG count;
    HRESULT hr;

    if (!bits_server_start("on * /busy\n status 503\n")) return;
    judged = bits_create_job_(__LINE__, L"judged", BG_JOB_TYPE_DOWNLOAD, &id);
    swprintf(url, ARRAY_SIZE(url), L"https://127.0.0.1:%u/x", test_server_port(bits_server));
    bits_add_file(judged, url, bits_path(L"judged"));
    set_judge(judged);
    waiting = bits_create_job_(__LINE__, L"waiting", BG_JOB_TYPE_DOWNLOAD, &id2);
    bits_add_file(waiting, bits_url(L"/busy"), bits_path(L"waiting"));
    hr = IBackgroundCopyJob_SetMinimumRetryDelay(waiting, 8);
    ok(hr == S_OK, "SetMinimumRetryDelay: got %#lx\n", hr);
    bits_resume(waiting);
    bits_wait_state(waiting, BG_JOB_STATE_TRANSIENT_ERROR);
    first = GetTickCount();
    Sleep(4000);            /* half of the delay */
    IBackgroundCopyJob_Release(judged);
    IBackgroundCopyJob_Release(waiting);
    if (!bits_restart_service()) return;
    begin = GetTickCount();
    bits_clock_start(&clock);
    hr = IBackgroundCopyManager_GetJob(bits_manager, &id2, &waiting);
    ok(hr == S_OK, "GetJob: got %#lx\n", hr);
    do
    {
        Sleep(20);
        hr = IBackgroundCopyJob_GetErrorCount(waiting, &count);
    }
    while (hr == S_OK && count < 2 && bits_clock_look(&clock) < BITS_TIMEOUT);
    took = GetTickCount() - begin;
    ok(hr == S_OK && count == 2, "[BEH.PERSIST.6] not tried again, %lu errors\n", count);
    /* the whole delay from the start on, or at once [BEH.PERSIST.5] */
    ok(took > 6500 || took < 2500, "[BEH.PERSIST.6] again after %lu ms, %lu after the first error\n", took, GetTickCount() - first);
    bits_cancel(waiting);

    hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &judged);
    ok(hr == S_OK, "GetJob: got %#lx\n", hr);
    bits_resume(judged);
    ok(bits_wait_state(judged, BG_JOB_STATE_ERROR), "[BEH.PERSIST.15] got state %d\n", bits_state(judged));
    ok(bits_error_code(judged) == BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED, "[BEH.PERSIST.15] got %#lx\n", bits_error_code(judged));
    test_server_get_stats(bits_server, &before);
    set_judge(judged);
    bits_resume(judged);
    /* now it does not stop before the server, which speaks no TLS, but that is another matter */
    bits_clock_start(&clock);
    do
    {
        Sleep(10);
        test_server_get_stats(bits_server, &after);
    }
    while (after.connections == before.connections && bits_clock_look(&clock) < BITS_TIMEOUT);
    ok(after.connections > before.connections, "[BEH.PERSIST.15] the server was not called, state %d\n", bits_state(judged));
    bits_cancel(judged);
    bits_server_stop();
}

START_TEST(persist)
{
    IBackgroundCopyJobHttpOptions3 *http;
    IBackgroundCopyJob *job, *method;
    IBackgroundCopyJob2 *reply;
    GUID id, method_id, reply_id;
    WCHAR *string;
    HRESULT hr;

    if (!bits_begin()) return;
    job = bits_create_job_(__LINE__, L"persist", BG_JOB_TYPE_DOWNLOAD, &id);
    set_all(job);

    method = bits_create_job_(__LINE__, L"method", BG_JOB_TYPE_DOWNLOAD, &method_id);
    http = bits_query(method, IBackgroundCopyJobHttpOptions3);
    hr = IBackgroundCopyJobHttpOptions3_SetHttpMethod(http, L"REPORT");
    ok(hr == S_OK, "got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions3_SetCustomHeaders(http, L"X-Secret: 2\r\n");
    ok(hr == S_OK, "got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions3_MakeCustomHeadersWriteOnly(http);
    ok(hr == S_OK, "got %#lx\n", hr);
    IBackgroundCopyJobHttpOptions3_Release(http);
    IBackgroundCopyJob_Release(method);

    method = bits_create_job_(__LINE__, L"reply", BG_JOB_TYPE_UPLOAD_REPLY, &reply_id);
    reply = bits_query(method, IBackgroundCopyJob2);
    hr = IBackgroundCopyJob2_SetReplyFileName(reply, bits_path(L"reply"));
    ok(hr == S_OK, "got %#lx\n", hr);
    IBackgroundCopyJob2_Release(reply);
    IBackgroundCopyJob_Release(method);

    IBackgroundCopyJob_Release(job);
    if (bits_restart_service()) check_sealed();

    hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job);
    ok(hr == S_OK, "[api-2-later:GEN.16] the job is gone: %#lx\n", hr);
    if (hr == S_OK)
    {
        check_all(job);
        bits_cancel(job);
    }
    hr = IBackgroundCopyManager_GetJob(bits_manager, &method_id, &job);
    ok(hr == S_OK, "[api-2-later:GEN.16] the job is gone: %#lx\n", hr);
    if (hr == S_OK)
    {
        http = bits_query(job, IBackgroundCopyJobHttpOptions3);
        hr = IBackgroundCopyJobHttpOptions3_GetHttpMethod(http, &string);
        bits_check_string("api-2-later:GEN.16", hr, string, L"REPORT");
        hr = IBackgroundCopyJobHttpOptions3_GetCustomHeaders(http, &string);
        ok(hr == E_ACCESSDENIED, "[HTTP3.MakeCustomHeadersWriteOnly.1] got %#lx\n", hr);
        IBackgroundCopyJobHttpOptions3_Release(http);
        bits_cancel(job);
    }
    hr = IBackgroundCopyManager_GetJob(bits_manager, &reply_id, &job);
    ok(hr == S_OK, "[api-2-later:GEN.16] the job is gone: %#lx\n", hr);
    if (hr == S_OK)
    {
        reply = bits_query(job, IBackgroundCopyJob2);
        hr = IBackgroundCopyJob2_GetReplyFileName(reply, &string);
        bits_check_string("BEH.PERSIST.20", hr, string, bits_path(L"reply"));
        IBackgroundCopyJob2_Release(reply);
        bits_cancel(job);
    }
    test_lost();
    bits_end();
}
