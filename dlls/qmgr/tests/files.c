/*
 * Files of a job: their order, their repair, and what goes along with them
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

#define COBJMACROS
#include "winsock2.h"
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"
#include "bits1_5.h"
#include "bits2_0.h"
#include "bits2_5.h"
#include "bits3_0.h"
#include "bits10_2.h"

#include "wine/test.h"
#include "bits_test.h"

#define DONE  (1u << BG_JOB_STATE_TRANSFERRED)
#define FATAL (1u << BG_JOB_STATE_ERROR)
#define AGAIN (1u << BG_JOB_STATE_TRANSIENT_ERROR)

static const BG_JOB_PRIORITY priorities[] =
{
    BG_JOB_PRIORITY_FOREGROUND, BG_JOB_PRIORITY_HIGH, BG_JOB_PRIORITY_NORMAL, BG_JOB_PRIORITY_LOW
};

static void complete_(unsigned int line, IBackgroundCopyJob *job)
{
    HRESULT hr;

    bits_wait_states_(line, job, DONE);
    hr = IBackgroundCopyJob_Complete(job);
    ok_(__FILE__, line)(hr == S_OK, "Complete: got %#lx\n", hr);
    bits_cancel_(line, job);
}
#define complete(job) complete_(__LINE__, job)

static HRESULT error_of(IBackgroundCopyJob *job, BG_ERROR_CONTEXT *context)
{
    IBackgroundCopyError *error;
    HRESULT hr, code = S_OK;

    *context = BG_ERROR_CONTEXT_NONE;
    hr = IBackgroundCopyJob_GetError(job, &error);
    ok(hr == S_OK, "GetError: got %#lx\n", hr);
    if (hr != S_OK) return hr;
    IBackgroundCopyError_GetError(error, context, &code);
    IBackgroundCopyError_Release(error);
    return code;
}

/* Until so many octets of the job are there; FALSE after a while. */
static BOOL wait_bytes(IBackgroundCopyJob *job, UINT64 bytes)
{
    struct bits_clock clock = bits_clock_now();
    BG_JOB_PROGRESS progress;

    do
    {
        if (IBackgroundCopyJob_GetProgress(job, &progress) == S_OK && progress.BytesTransferred >= bytes) return TRUE;
        Sleep(5);
    }
    while (bits_clock_look(&clock) < BITS_TIMEOUT);
    return FALSE;
}

/* The request of that number: method and target, to compare. */
static const char *request_line(unsigned int number)
{
    static char buffers[4][300];
    static unsigned int next;
    char *buffer = buffers[next++ % ARRAY_SIZE(buffers)];
    struct test_request request;

    strcpy(buffer, "(none)");
    if (!test_server_get_request(bits_server, number, &request)) return buffer;
    _snprintf(buffer, sizeof(buffers[0]), "%s %s", request.method, request.target);
    test_request_free(&request);
    return buffer;
}

static const char *request_header(unsigned int number, const char *name)
{
    static char buffer[256];
    struct test_request request;
    const char *value;

    if (!test_server_get_request(bits_server, number, &request)) return NULL;
    value = test_request_header(&request, name, buffer, sizeof(buffer));
    test_request_free(&request);
    return value;
}

/* The number of the first request with this line, 0 if there is none among as many as that. */
static unsigned int find_request(const char *method, const char *target, unsigned int count)
{
    char line[128];
    unsigned int i;

    _snprintf(line, sizeof(line), "%s %s", method, target);
    for (i = 1; i <= count; i++)
        if (!strcmp(request_line(i), line)) return i;
    return 0;
}

/* One file after the other, in the order in which they were added, whatever the priority. The size of a file is asked for before the file, perhaps
 * long before. */
static void test_order(void)
{
    static const WCHAR *const urls[] = { L"/small/3", L"/small/1", L"/small/2" };
    static const char *const targets[] = { "/small/3", "/small/1", "/small/2" };
    unsigned int head, get, before;
    struct test_server_stats stats;
    IBackgroundCopyJob *job;
    unsigned int i, j;

    for (i = 0; i < ARRAY_SIZE(priorities); i++)
    {
        winetest_push_context("priority %d", priorities[i]);
        test_server_reset(bits_server);
        if ((job = bits_download(L"order", NULL, priorities[i])))
        {
            for (j = 0; j < ARRAY_SIZE(urls); j++) bits_add_file(job, bits_url(urls[j]), bits_path(urls[j] + 7));
            bits_resume(job);
            bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
            test_server_get_stats(bits_server, &stats);
            ok(stats.requests == 6, "[BEH.OBJ.6] %I64u requests\n", stats.requests);
            for (j = before = 0; j < ARRAY_SIZE(targets); j++, before = get)
            {
                head = find_request("HEAD", targets[j], stats.requests);
                get = find_request("GET", targets[j], stats.requests);
                ok(head && head < get, "[BEH.OBJ.6] HEAD %s is request %u, its GET %u\n", targets[j], head, get);
                ok(before < get, "[BEH.OBJ.6] GET %s is request %u, the one before it %u\n", targets[j], get, before);
            }
            complete(job);
            bits_check_file(bits_path(L"1"), "/small/1", 0, 1000);
            bits_check_file(bits_path(L"2"), "/small/2", 0, 1000);
            bits_check_file(bits_path(L"3"), "/small/3", 0, 1000);
        }

        /* while the first one stands still, nobody asks for the second */
        test_server_reset(bits_server);
        if ((job = bits_download(L"serial", L"/stall", priorities[i])))
        {
            bits_add_file(job, bits_url(L"/small/1"), bits_path(L"1"));
            bits_resume(job);
            ok(wait_bytes(job, 500), "nothing came\n");
            Sleep(200);     /* for what must not happen */
            ok(!test_server_count(bits_server, NULL, "/small/1"), "[BEH.SCHED.3] the second file was asked for\n");
            test_server_get_stats(bits_server, &stats);
            ok(stats.max_open <= 2, "[BEH.SCHED.3] %I64u connections at a time\n", stats.max_open);
            bits_cancel(job);
        }
        winetest_pop_context();
    }
}

static void make_source(const WCHAR *path, unsigned int size, DWORD attributes)
{
    unsigned char *data = malloc(size);
    DWORD written;
    HANDLE file;

    test_server_pattern("source", 0, data, size);
    file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    ok(file != INVALID_HANDLE_VALUE, "cannot make %s, error %lu\n", wine_dbgstr_w(path), GetLastError());
    WriteFile(file, data, size, &written, NULL);
    CloseHandle(file);
    free(data);
    ok(SetFileAttributesW(path, attributes), "no attributes, error %lu\n", GetLastError());
}

/* A file that fails is given another name, perhaps of another protocol; those that are there already stay as they are. */
static void test_repair(void)
{
    IBackgroundCopyJob3 *job3;
    IBackgroundCopyJob *job;
    BG_JOB_PROGRESS progress;
    HRESULT hr;

    make_source(bits_path(L"source"), 5000, FILE_ATTRIBUTE_NORMAL);
    test_server_reset(bits_server);
    job = bits_download(L"first", L"/small/1", BG_JOB_PRIORITY_FOREGROUND);
    bits_add_file(job, bits_url(L"/missing/2"), bits_path(L"second"));
    bits_add_file(job, bits_url(L"/missing/3"), bits_path(L"third"));
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    hr = bits_set_remote_name(job, 1, bits_path(L"source"));
    ok(hr == S_OK, "[BEH.OBJ.7] got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    IBackgroundCopyJob_GetProgress(job, &progress);
    ok(progress.FilesTransferred == 2 && progress.FilesTotal == 3, "[BEH.OBJ.7] %lu files of %lu\n", progress.FilesTransferred,
       progress.FilesTotal);
    job3 = bits_query(job, IBackgroundCopyJob3);
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job3, bits_url(L"/missing/"), bits_url(L"/small/"));
    ok(hr == S_OK, "[BEH.OBJ.7] got %#lx\n", hr);
    IBackgroundCopyJob3_Release(job3);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    ok(test_server_count(bits_server, "GET", "/small/1") == 1, "[BEH.STATE.96] the first file came again\n");
    complete(job);
    bits_check_file(bits_path(L"first"), "/small/1", 0, 1000);
    bits_check_file(bits_path(L"second"), "source", 0, 5000);
    bits_check_file(bits_path(L"third"), "/small/3", 0, 1000);
    DeleteFileW(bits_path(L"source"));

    /* the file in progress under another name: from where it was, if size and time are the same there */
    test_server_reset(bits_server);
    job = bits_download(L"twin", L"/hold", BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(job);
    ok(wait_bytes(job, 5000), "nothing came\n");
    hr = bits_set_remote_name(job, 0, bits_url(L"/twin"));
    ok(hr == S_OK, "[BEH.STATE.96] got %#lx\n", hr);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    ok(!strcmp(request_line(3), "HEAD /twin"), "[BEH.STATE.96] got %s\n", request_line(3));
    ok(request_header(4, "Range") && !strcmp(request_header(4, "Range"), "bytes=5000-9999"), "[BEH.STATE.96] not from where it was\n");
    complete(job);
    bits_check_file(bits_path(L"twin"), "/hold", 0, 10000);
}

/* Under its new name the file comes from a server that has no parts of it: whole then, also if the service was started anew in between. */
static void test_moved(BOOL again)
{
    IBackgroundCopyJob *job;
    HRESULT hr;
    GUID id;

    test_server_reset(bits_server);
    job = bits_download(L"moved", L"/cut", BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    hr = bits_set_remote_name(job, 0, bits_url(L"/whole"));
    ok(hr == S_OK, "[BEH.STATE.96] got %#lx\n", hr);
    if (again)
    {
        hr = IBackgroundCopyJob_GetId(job, &id);
        ok(hr == S_OK, "got %#lx\n", hr);
        IBackgroundCopyJob_Release(job);
        if (!bits_restart_service()) return;
        hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job);
        ok(hr == S_OK, "got %#lx\n", hr);
        if (hr != S_OK) return;
    }
    bits_resume(job);
    bits_wait_states(job, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_ERROR);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[FILE2.SetRemoteName.7,BEH.STATE.96] got state %d\n", bits_state(job));
    /* at once, without an error */
    ok(request_header(4, "Range") && !strcmp(request_line(5), "GET /whole") && !request_header(5, "Range"), "[FILE2.SetRemoteName.7] got %s\n",
       request_line(5));
    complete(job);
    bits_check_file(bits_path(L"moved"), "/cut", 0, 100000);
}

/* Turning the check of revocation on: what is partly there starts again, what is whole stays. */
static void test_revocation_check(void)
{
    IBackgroundCopyJobHttpOptions *http;
    IBackgroundCopyJob *job;
    HRESULT hr;

    test_server_reset(bits_server);
    job = bits_download(L"whole", L"/small/1", BG_JOB_PRIORITY_FOREGROUND);
    bits_add_file(job, bits_url(L"/hold"), bits_path(L"partly"));
    bits_resume(job);
    ok(wait_bytes(job, 6000), "nothing came\n");
    http = bits_query(job, IBackgroundCopyJobHttpOptions);
    hr = IBackgroundCopyJobHttpOptions_SetSecurityFlags(http, BG_SSL_IGNORE_UNKNOWN_CA | BG_SSL_ENABLE_CRL_CHECK);
    ok(hr == S_OK, "[BEH.STATE.92] got %#lx\n", hr);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    ok(test_server_count(bits_server, "GET", "/small/1") == 1, "[BEH.STATE.92] the first file came again\n");
    ok(test_server_count(bits_server, "GET", "/hold") == 2, "[BEH.STATE.92] %u requests\n", test_server_count(bits_server, "GET", "/hold"));
    ok(!request_header(6, "Range"), "[BEH.STATE.92] it went on: %s\n", request_line(6));
    complete(job);
    bits_check_file(bits_path(L"whole"), "/small/1", 0, 1000);
    bits_check_file(bits_path(L"partly"), "/hold", 0, 10000);

    /* also while it rests; and no second time, since it was on already */
    test_server_reset(bits_server);
    job = bits_download(L"partly", L"/cut", BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    IBackgroundCopyJobHttpOptions_Release(http);
    http = bits_query(job, IBackgroundCopyJobHttpOptions);
    hr = IBackgroundCopyJobHttpOptions_SetSecurityFlags(http, BG_SSL_ENABLE_CRL_CHECK);
    ok(hr == S_OK, "[BEH.STATE.92] got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    ok(!request_header(4, "Range"), "[BEH.STATE.92] it went on\n");
    hr = IBackgroundCopyJobHttpOptions_SetSecurityFlags(http, BG_SSL_ENABLE_CRL_CHECK | BG_SSL_IGNORE_UNKNOWN_CA);
    ok(hr == S_OK, "[BEH.STATE.92] got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    ok(request_header(6, "Range") && !strcmp(request_header(6, "Range"), "bytes=40000-99999"), "[BEH.STATE.92] it began again\n");
    IBackgroundCopyJobHttpOptions_Release(http);
    complete(job);
    bits_check_file(bits_path(L"partly"), "/cut", 0, 100000);
}

/* A port where connections neither come about nor fail: its line of waiting clients is full. */
static SOCKET full_port(SOCKET clients[4], unsigned short *port)
{
    struct sockaddr_in address = { 0 };
    int len = sizeof(address);
    unsigned long on = 1;
    unsigned int i;
    SOCKET s;

    s = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ok(!bind(s, (struct sockaddr *)&address, sizeof(address)), "cannot bind, error %d\n", WSAGetLastError());
    ok(!listen(s, 1), "cannot listen, error %d\n", WSAGetLastError());
    getsockname(s, (struct sockaddr *)&address, &len);
    *port = ntohs(address.sin_port);
    for (i = 0; i < 4; i++)
    {
        clients[i] = socket(AF_INET, SOCK_STREAM, 0);
        ioctlsocket(clients[i], FIONBIO, &on);
        connect(clients[i], (struct sockaddr *)&address, sizeof(address));
    }
    return s;
}

/* From one server to the next the job connects again. */
static void test_next_server(void)
{
    SOCKET clients[4], s;
    IBackgroundCopyJob *job;
    unsigned short port;
    BG_JOB_PROGRESS progress;
    WCHAR url[64];
    unsigned int i;

    s = full_port(clients, &port);
    if ((job = bits_download(L"here", L"/slow", BG_JOB_PRIORITY_FOREGROUND)))
    {
        swprintf(url, ARRAY_SIZE(url), L"http://127.0.0.1:%u/there", port);
        bits_add_file(job, url, bits_path(L"there"));
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRING);
        /* Windows refuses what does not fit into the line */
        bits_wait_states(job, 1u << BG_JOB_STATE_CONNECTING | AGAIN);
        ok(bits_state(job) == BG_JOB_STATE_CONNECTING || broken(bits_state(job) == BG_JOB_STATE_TRANSIENT_ERROR), "[BEH.STATE.30] got state %d\n",
           bits_state(job));
        IBackgroundCopyJob_GetProgress(job, &progress);
        ok(progress.BytesTransferred == 2000, "[BEH.STATE.30] got %I64u bytes\n", progress.BytesTransferred);
        bits_cancel(job);
    }
    for (i = 0; i < 4; i++) closesocket(clients[i]);
    closesocket(s);
}

/* Two jobs for one file are two downloads. */
static void test_twins(void)
{
    IBackgroundCopyJob *first, *second;

    test_server_reset(bits_server);
    first = bits_download(L"twin1", L"/slow", BG_JOB_PRIORITY_FOREGROUND);
    second = bits_download(L"twin2", L"/slow", BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(first);
    bits_resume(second);
    bits_wait_state(first, BG_JOB_STATE_TRANSFERRED);
    bits_wait_state(second, BG_JOB_STATE_TRANSFERRED);
    ok(test_server_count(bits_server, "HEAD", "/slow") == 2 && test_server_count(bits_server, "GET", "/slow") == 2,
       "[BEH.CONSIST.8] %u and %u requests\n", test_server_count(bits_server, "HEAD", "/slow"), test_server_count(bits_server, "GET", "/slow"));
    complete(first);
    complete(second);
    bits_check_file(bits_path(L"twin1"), "/slow", 0, 2000);
    bits_check_file(bits_path(L"twin2"), "/slow", 0, 2000);
}

static void *security_of(const WCHAR *path, DWORD *size)
{
    SECURITY_INFORMATION what = DACL_SECURITY_INFORMATION;
    void *data;

    *size = 0;
    GetFileSecurityW(path, what, NULL, 0, size);
    if (!*size || !(data = calloc(1, *size))) return NULL;
    if (GetFileSecurityW(path, what, data, *size, size)) return data;
    free(data);
    return NULL;
}

/* The temporary file: others may read it at any time, and its rights are those of any other file made beside it. */
static void test_temporary_file(void)
{
    unsigned char got[1000], expect[1000];
    DWORD size = 0, size2 = 0, count = 0;
    IBackgroundCopyJob *job;
    void *rights, *rights2;
    HANDLE file;

    job = bits_download(L"readable", L"/small/1", BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    file = CreateFileW(bits_temporary_name(job), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "[BEH.CONSIST.10] cannot open it, error %lu\n", GetLastError());
    ok(ReadFile(file, got, sizeof(got), &count, NULL) && count == 1000, "[BEH.CONSIST.10] got %lu bytes, error %lu\n", count, GetLastError());
    CloseHandle(file);
    test_server_pattern("/small/1", 0, expect, sizeof(expect));
    ok(!memcmp(got, expect, sizeof(got)), "[BEH.CONSIST.10] other bytes\n");

    file = CreateFileW(bits_path(L"plain"), GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "cannot make a file, error %lu\n", GetLastError());
    CloseHandle(file);
    rights = security_of(bits_path(L"plain"), &size);
    rights2 = security_of(bits_temporary_name(job), &size2);
    ok(rights && rights2 && size == size2 && !memcmp(rights, rights2, size), "[BEH.FILE.12] other rights, %lu and %lu bytes\n", size, size2);
    free(rights);
    free(rights2);
    DeleteFileW(bits_path(L"plain"));
    complete(job);
    bits_check_file(bits_path(L"readable"), "/small/1", 0, 1000);

    /* also while it is being written */
    job = bits_download(L"readable", L"/stall", BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(job);
    ok(wait_bytes(job, 500), "nothing came\n");
    file = CreateFileW(bits_temporary_name(job), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "[BEH.CONSIST.10] cannot open it, error %lu\n", GetLastError());
    ok(ReadFile(file, got, 500, &count, NULL) && count == 500, "[BEH.CONSIST.10] got %lu bytes, error %lu\n", count, GetLastError());
    CloseHandle(file);
    test_server_pattern("/stall", 0, expect, 500);
    ok(!memcmp(got, expect, 500), "[BEH.CONSIST.10] other bytes\n");
    bits_cancel(job);
}

/* Offsets that need more than 32 bits, and more than 40. */
static void test_huge(void)
{
    static const UINT64 offsets[] = { 0xffffff00, 0x12345678900ull, 0x7ffffffffff00ull };
    static const unsigned int sizes[] = { 512, 1000, 200 };
    unsigned char expect[1000], got[1001];
    IBackgroundCopyJob3 *job3;
    IBackgroundCopyJob *job;
    BG_FILE_RANGE range;
    unsigned int i;
    HANDLE file;
    DWORD count;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(offsets); i++)
    {
        job = bits_download(L"huge", NULL, i & 1 ? BG_JOB_PRIORITY_FOREGROUND : BG_JOB_PRIORITY_NORMAL);
        job3 = bits_query(job, IBackgroundCopyJob3);
        range.InitialOffset = offsets[i];
        range.Length = sizes[i];
        hr = IBackgroundCopyJob3_AddFileWithRanges(job3, bits_url(L"/huge"), bits_path(L"huge"), 1, &range);
        ok(hr == S_OK, "[BEH.HTTP.7] got %#lx\n", hr);
        IBackgroundCopyJob3_Release(job3);
        bits_resume(job);
        ok(bits_wait_state(job, BG_JOB_STATE_TRANSFERRED), "[BEH.HTTP.7] got state %d\n", bits_state(job));
        complete(job);
        test_server_pattern("/huge", offsets[i], expect, sizes[i]);
        file = CreateFileW(bits_path(L"huge"), GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
        ok(ReadFile(file, got, sizeof(got), &count, NULL) && count == sizes[i] && !memcmp(got, expect, sizes[i]),
           "[BEH.HTTP.7] %u: %lu bytes, or others\n", i, count);
        CloseHandle(file);
        DeleteFileW(bits_path(L"huge"));
    }
}

/* A method of the client's own: what would be retried is an error, and Resume begins with nothing. */
static void test_method(void)
{
    IBackgroundCopyJobHttpOptions2 *http;
    BG_JOB_PRIORITY priority;
    BG_ERROR_CONTEXT context;
    IBackgroundCopyJob *job;
    HRESULT hr, code;

    test_server_reset(bits_server);
    job = bits_download(L"method", L"/post", BG_JOB_PRIORITY_LOW);
    http = bits_query(job, IBackgroundCopyJobHttpOptions2);
    hr = IBackgroundCopyJobHttpOptions2_SetHttpMethod(http, L"POST");
    ok(hr == S_OK, "[BEH.HTTP.19] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetPriority(job, &priority);
    ok(hr == S_OK && priority == BG_JOB_PRIORITY_FOREGROUND, "[BEH.HTTP.19] got %#lx, priority %d\n", hr, priority);
    hr = IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_NORMAL);
    ok(FAILED(hr), "[BEH.HTTP.19] got %#lx\n", hr);
    bits_resume(job);
    /* 503, then a connection that breaks in the middle */
    bits_wait_states(job, FATAL | AGAIN | DONE);
    ok(bits_state(job) == BG_JOB_STATE_ERROR, "[BEH.HTTP.19] got state %d\n", bits_state(job));
    code = error_of(job, &context);
    ok(code == BG_E_HTTP_ERROR_503, "[BEH.HTTP.19] got %#lx\n", code);
    bits_resume(job);
    bits_wait_states(job, FATAL | AGAIN | DONE);
    ok(bits_state(job) == BG_JOB_STATE_ERROR, "[BEH.HTTP.19] got state %d\n", bits_state(job));
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    ok(!request_header(3, "Range"), "[BEH.HTTP.19] got %s\n", request_header(3, "Range"));
    ok_inferred("BEH.HTTP.19", test_server_count(bits_server, "POST", "/post") == 3 && test_server_count(bits_server, NULL, NULL) == 3,
                "%u requests\n", test_server_count(bits_server, NULL, NULL));
    IBackgroundCopyJobHttpOptions2_Release(http);
    complete(job);
    bits_check_file(bits_path(L"method"), "/post", 0, 1000);
}

/* Whoever does not answer HEAD has lost. */
static void test_no_head(void)
{
    static const struct { const WCHAR *url; const char *path; HRESULT code; } rows[] =
    {
        { L"/head/403", "/head/403", BG_E_HTTP_ERROR_403 }, { L"/head/405", "/head/405", BG_E_HTTP_ERROR_405 },
        { L"/head/501", "/head/501", BG_E_HTTP_ERROR_501 },
    };
    BG_ERROR_CONTEXT context;
    IBackgroundCopyJob *job;
    unsigned int i, j;
    HRESULT code;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
        for (j = 0; j < 2; j++)
        {
            test_server_reset(bits_server);
            job = bits_download(L"head", rows[i].url, j ? BG_JOB_PRIORITY_FOREGROUND : BG_JOB_PRIORITY_NORMAL);
            bits_resume(job);
            bits_wait_states(job, FATAL | AGAIN | DONE);
            ok(bits_state(job) == BG_JOB_STATE_ERROR, "[BEH.HTTP.45] got state %d\n", bits_state(job));
            code = error_of(job, &context);
            ok(code == rows[i].code && context == BG_ERROR_CONTEXT_REMOTE_FILE, "[BEH.HTTP.45] got %#lx, context %d\n", code, context);
            ok(!test_server_count(bits_server, "GET", rows[i].path), "[BEH.HTTP.45] it was tried by GET\n");
            bits_cancel(job);
        }
}

/* A reported redirect is the file's new name: the old one is found no more. */
static void test_reported(void)
{
    IBackgroundCopyJobHttpOptions *http;
    IBackgroundCopyJob3 *job3;
    IBackgroundCopyJob *job;
    HRESULT hr;

    job = bits_download(L"moved", L"/moved", BG_JOB_PRIORITY_FOREGROUND);
    http = bits_query(job, IBackgroundCopyJobHttpOptions);
    hr = IBackgroundCopyJobHttpOptions_SetSecurityFlags(http, BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT);
    ok(hr == S_OK, "SetSecurityFlags: got %#lx\n", hr);
    IBackgroundCopyJobHttpOptions_Release(http);
    job3 = bits_query(job, IBackgroundCopyJob3);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job3, bits_url(L"/moved"), bits_url(L"/new"));
    ok(hr == S_FALSE, "[BEH.HTTP.53] got %#lx\n", hr);
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job3, bits_url(L"/small"), bits_url(L"/new"));
    ok(hr == S_OK, "[BEH.HTTP.53] got %#lx\n", hr);
    IBackgroundCopyJob3_Release(job3);
    complete(job);
    bits_check_file(bits_path(L"moved"), "/small/1", 0, 1000);
}

/* Names of header fields in any case, as proxies make them; and nothing that would keep a cache from answering. */
static void test_headers(void)
{
    static const char *const busting[] = { "Cache-Control", "Pragma", "If-None-Match", "If-Modified-Since" };
    IBackgroundCopyJob *job;
    unsigned int i, j;

    for (i = 0; i < 2; i++)
    {
        test_server_reset(bits_server);
        job = bits_download(L"lower", L"/lower?a=b&c", i ? BG_JOB_PRIORITY_FOREGROUND : BG_JOB_PRIORITY_NORMAL);
        bits_resume(job);
        bits_wait_states(job, DONE | FATAL | AGAIN);
        ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[BEH.HTTP.73] got state %d\n", bits_state(job));
        ok(!strcmp(request_line(1), "HEAD /lower?a=b&c"), "[BEH.HTTP.76] got %s\n", request_line(1));
        ok(!strcmp(request_line(2), "GET /lower?a=b&c"), "[BEH.HTTP.76] got %s\n", request_line(2));
        for (j = 0; j < ARRAY_SIZE(busting); j++)
            ok(!request_header(1, busting[j]) && !request_header(2, busting[j]), "[BEH.HTTP.76] there is %s\n", busting[j]);
        complete(job);
        bits_check_file(bits_path(L"lower"), "/lower", 0, 20);
    }
}

/* Dynamic content runs in the foreground only: both have to be set. */
static void test_dynamic(void)
{
    BITS_JOB_PROPERTY_VALUE value;
    BG_ERROR_CONTEXT context;
    IBackgroundCopyJob5 *job5;
    IBackgroundCopyJob *job;
    unsigned int i;
    HRESULT hr, code;

    for (i = 0; i < ARRAY_SIZE(priorities); i++)
    {
        job = bits_download(L"dynamic", L"/dynamic", priorities[i]);
        job5 = bits_query(job, IBackgroundCopyJob5);
        value.Enable = TRUE;
        hr = IBackgroundCopyJob5_SetProperty(job5, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, value);
        ok(hr == S_OK, "SetProperty: got %#lx\n", hr);
        IBackgroundCopyJob5_Release(job5);
        bits_resume(job);
        bits_wait_states(job, DONE | FATAL | AGAIN);
        if (priorities[i] == BG_JOB_PRIORITY_FOREGROUND)
        {
            ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[BEH.HTTP.62] got state %d\n", bits_state(job));
            complete(job);
            bits_check_file(bits_path(L"dynamic"), "/dynamic", 0, 50000);
            continue;
        }
        ok(bits_state(job) == BG_JOB_STATE_ERROR, "[BEH.HTTP.62] priority %d: got state %d\n", priorities[i], bits_state(job));
        code = error_of(job, &context);
        ok_inferred("BEH.HTTP.66", code == BG_E_MISSING_FILE_SIZE, "got %#lx\n", code);
        bits_cancel(job);
    }
}

/* From a file system: attributes and times go along, credentials and flags of other protocols are of no account. */
static void test_file_system(void)
{
    static const DWORD attributes[] =
    {
        FILE_ATTRIBUTE_NORMAL, FILE_ATTRIBUTE_READONLY, FILE_ATTRIBUTE_HIDDEN, FILE_ATTRIBUTE_SYSTEM,
        FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM
    };
    static const DWORD kept = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM;
    BG_AUTH_CREDENTIALS credentials = { BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC };
    IBackgroundCopyJob2 *job2;
    IBackgroundCopyJob *job;
    DWORD before, after;
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(attributes); i++)
    {
        winetest_push_context("%#lx", attributes[i]);
        make_source(bits_path(L"source"), 3000, attributes[i]);
        before = GetFileAttributesW(bits_path(L"source"));
        job = bits_download(L"copy", NULL, BG_JOB_PRIORITY_FOREGROUND);
        bits_add_file(job, bits_path(L"source"), bits_path(L"copy"));
        job2 = bits_query(job, IBackgroundCopyJob2);
        credentials.Credentials.Basic.UserName = (WCHAR *)L"nobody";
        credentials.Credentials.Basic.Password = (WCHAR *)L"wrong";
        hr = IBackgroundCopyJob2_SetCredentials(job2, &credentials);
        ok(hr == S_OK, "SetCredentials: got %#lx\n", hr);
        IBackgroundCopyJob2_Release(job2);
        bits_resume(job);
        bits_wait_states(job, DONE | FATAL | AGAIN);
        ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[BEH.SMB.4] got state %d\n", bits_state(job));
        complete(job);
        after = GetFileAttributesW(bits_path(L"copy"));
        ok((before & kept) == (after & kept), "[BEH.SMB.3] attributes %#lx became %#lx\n", before, after);
        SetFileAttributesW(bits_path(L"source"), FILE_ATTRIBUTE_NORMAL);
        SetFileAttributesW(bits_path(L"copy"), FILE_ATTRIBUTE_NORMAL);
        bits_check_file(bits_path(L"copy"), "source", 0, 3000);
        DeleteFileW(bits_path(L"source"));
        winetest_pop_context();
    }
}

/* A server that serves anonymous clients never asks who they are; that it denies them is final, whatever the job could show. */
static void test_denied(void)
{
    BG_AUTH_CREDENTIALS credentials = { BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC };
    BG_ERROR_CONTEXT context;
    IBackgroundCopyJob2 *job2;
    IBackgroundCopyJob *job;
    HRESULT hr, code;

    test_server_reset(bits_server);
    job = bits_download(L"denied", L"/head/403", BG_JOB_PRIORITY_FOREGROUND);
    job2 = bits_query(job, IBackgroundCopyJob2);
    credentials.Credentials.Basic.UserName = (WCHAR *)L"user";
    credentials.Credentials.Basic.Password = (WCHAR *)L"secret";
    hr = IBackgroundCopyJob2_SetCredentials(job2, &credentials);
    ok(hr == S_OK, "SetCredentials: got %#lx\n", hr);
    IBackgroundCopyJob2_Release(job2);
    bits_resume(job);
    bits_wait_states(job, DONE | FATAL | AGAIN);
    ok(bits_state(job) == BG_JOB_STATE_ERROR, "[BEH.AUTH.10] got state %d\n", bits_state(job));
    code = error_of(job, &context);
    ok(code == BG_E_HTTP_ERROR_403, "[BEH.AUTH.10] got %#lx\n", code);
    ok(test_server_count(bits_server, NULL, NULL) == 1 && !request_header(1, "Authorization"), "[BEH.AUTH.10] credentials were shown\n");
    bits_cancel(job);
}

START_TEST(files)
{
    if (!bits_begin()) return;
    if (bits_server_start("on * /small/*\n size 1000\n"
                          "on HEAD /stall\n size 1000\non * /stall\n size 1000\n stall 500\n"
                          "on HEAD /slow\n size 2000\non * /slow\n size 2000\n rate 4000\n"
                          "on HEAD /hold\n size 10000\non GET /hold\n reply 1\n size 10000\n stall 5000\n reply\n size 10000\n"
                          "on * /twin\n size 10000\n pattern /hold\n"
                          "on * /whole\n size 100000\n pattern /cut\n ranges off\n"
                          "on HEAD /cut\n size 100000\non GET /cut\n reply 2\n size 100000\n cut 40000\n reply\n size 100000\n"
                          "on * /huge\n size 4294967296M\n"
                          "on POST /post\n reply 1\n status 503\n reply 1\n size 1000\n cut 500\n reply\n size 1000\n"
                          "on HEAD /head/403\n status 403\non HEAD /head/405\n status 405\non HEAD /head/501\n status 501\n"
                          "on GET /head/*\n size 1000\n"
                          "on * /moved\n redirect 302 /small/1\n"
                          "on HEAD /lower\n raw HTTP/1.1 200 OK\\r\\ncontent-length: 20\\r\\nlast-modified: Wed, 01 Nov 2023 00:00:00 GMT\\r\\n\\r\\n\n"
                          "on * /lower\n size 20\n remove Content-Length\n remove Content-Range\n header content-length: 20\n"
                          " header CONTENT-RANGE: bytes 0-19/20\n"
                          "on * /dynamic\n size 50000\n chunked 1000\n"))
    {
        test_order();
        test_repair();
        test_moved(FALSE);
        test_moved(TRUE);
        test_revocation_check();
        test_next_server();
        test_twins();
        test_temporary_file();
        test_huge();
        test_method();
        test_no_head();
        test_reported();
        test_headers();
        test_dynamic();
        test_file_system();
        test_denied();
    }
    bits_end();
}
