/*
 * Downloads: what goes over the wire, consistency, redirects, renamed sources, modes, progress and the file that comes out
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
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"
#include "bits1_5.h"
#include "bits2_0.h"
#include "bits2_5.h"
#include "bits3_0.h"
#include "bits5_0.h"

#include "wine/test.h"
#include "bits_test.h"

#define DONE  (1u << BG_JOB_STATE_TRANSFERRED)
#define FATAL (1u << BG_JOB_STATE_ERROR)
#define AGAIN (1u << BG_JOB_STATE_TRANSIENT_ERROR)

static HRESULT set_property(IBackgroundCopyJob *job, BITS_JOB_PROPERTY_ID id, UINT64 number)
{
    BITS_JOB_PROPERTY_VALUE value = { 0 };
    IBackgroundCopyJob5 *job5;
    HRESULT hr;

    if (!(job5 = bits_query(job, IBackgroundCopyJob5))) return E_NOINTERFACE;
    if (id == BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE) value.Uint64 = number;
    else value.Enable = !!number;
    hr = IBackgroundCopyJob5_SetProperty(job5, id, value);
    IBackgroundCopyJob5_Release(job5);
    return hr;
}

static void set_security_flags(IBackgroundCopyJob *job, ULONG flags)
{
    IBackgroundCopyJobHttpOptions *options;
    HRESULT hr;

    if (!(options = bits_query(job, IBackgroundCopyJobHttpOptions))) return;
    hr = IBackgroundCopyJobHttpOptions_SetSecurityFlags(options, flags);
    ok(hr == S_OK, "SetSecurityFlags: got %#lx\n", hr);
    IBackgroundCopyJobHttpOptions_Release(options);
}

static void complete_(unsigned int line, IBackgroundCopyJob *job, const WCHAR *name, const char *pattern, unsigned int size)
{
    HRESULT hr;

    bits_wait_states_(line, job, DONE);
    hr = IBackgroundCopyJob_Complete(job);
    ok_(__FILE__, line)(hr == S_OK, "Complete: got %#lx\n", hr);
    if (hr == S_OK) bits_check_file_(line, bits_path(name), pattern, 0, size);
    bits_cancel_(line, job);
}
#define complete(job, name, pattern, size) complete_(__LINE__, job, name, pattern, size)

static const char *header(unsigned int number, const char *name)
{
    static char buffers[4][256];
    static unsigned int next;
    struct test_request request;
    char *buffer = buffers[next++ % 4];
    const char *found;

    if (!test_server_get_request(bits_server, number, &request)) return NULL;
    found = test_request_header(&request, name, buffer, 256);
    test_request_free(&request);
    return found;
}

static void check_header_(unsigned int line, const char *id, unsigned int number, const char *name, const char *expected)
{
    const char *value = header(number, name);

    if (!expected) ok_(__FILE__, line)(!value, "[%s] request %u has %s: %s\n", id, number, name, value);
    else ok_(__FILE__, line)(value && !strcmp(value, expected), "[%s] request %u: %s: %s\n", id, number, name, value ? value : "(none)");
}
#define check_header(id, number, name, expected) check_header_(__LINE__, id, number, name, expected)

static void check_method_(unsigned int line, const char *id, unsigned int number, const char *method)
{
    struct test_request request;

    if (!test_server_get_request(bits_server, number, &request))
    {
        ok_(__FILE__, line)(0, "[%s] there is no request %u\n", id, number);
        return;
    }
    ok_(__FILE__, line)(!strcmp(request.method, method), "[%s] request %u is %s\n", id, number, request.method);
    test_request_free(&request);
}
#define check_method(id, number, method) check_method_(__LINE__, id, number, method)

static void test_wire(void)
{
    IBackgroundCopyJobHttpOptions *options;
    struct test_server_stats stats;
    IBackgroundCopyJob *job;
    unsigned int i, count;
    const char *value;
    char range[64];
    HRESULT hr;

    /* a foreground file below 2 GB: HEAD, and one GET without Range */
    test_server_reset(bits_server);
    job = bits_download(L"wire", L"/good", BG_JOB_PRIORITY_FOREGROUND);
    options = bits_query(job, IBackgroundCopyJobHttpOptions);
    hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(options, L"X-Mine: one\r\nX-Other: two");
    ok(hr == S_OK, "SetCustomHeaders: got %#lx\n", hr);
    IBackgroundCopyJobHttpOptions_Release(options);
    bits_resume(job);
    complete(job, L"wire", "/good", 300000);
    count = test_server_count(bits_server, NULL, "/good");
    ok(count == 2, "[BEH.HTTP.14] %u requests\n", count);
    check_method("BEH.HTTP.10", 1, "HEAD");
    check_method("BEH.HTTP.10", 2, "GET");
    check_header("BEH.HTTP.14,CB2.FileTransferred.10", 2, "Range", NULL);
    for (i = 1; i <= 2; i++)
    {
        check_header("BEH.HTTP.11", i, "Accept", "*/*");
        check_header("BEH.HTTP.11", i, "Accept-Encoding", "identity");
        check_header("BEH.HTTP.11", i, "Connection", "Keep-Alive");
        value = header(i, "User-Agent");
        ok(value && !strncmp(value, "Microsoft BITS/", 15), "[BEH.HTTP.12] got %s\n", value ? value : "(none)");
        ok_inferred("BEH.HTTP.12", value && !strcmp(value, "Microsoft BITS/7.8"), "got %s\n", value ? value : "(none)");
        check_header("BEH.HTTP.18", i, "X-Mine", "one");
        check_header("BEH.HTTP.18", i, "X-Other", "two");
        check_header("BEH.CONSIST.20", i, "If-Match", NULL);
        check_header("BEH.HTTP.71", i, "Cookie", NULL);
    }
    check_header("BEH.CONSIST.5", 1, "If-Unmodified-Since", NULL);
    check_header("BEH.CONSIST.5", 2, "If-Unmodified-Since", "Wed, 01 Nov 2023 00:00:00 GMT");

    /* in the background consecutive ranges, over one connection, growing */
    test_server_reset(bits_server);
    job = bits_download(L"wire", L"/good", BG_JOB_PRIORITY_NORMAL);
    bits_resume(job);
    complete(job, L"wire", "/good", 300000);
    check_method("BEH.HTTP.10", 1, "HEAD");
    check_header("BEH.CONSIST.5", 2, "If-Unmodified-Since", "Wed, 01 Nov 2023 00:00:00 GMT");
    check_header("BEH.HTTP.13", 2, "Range", "bytes=0-65535");
    count = test_server_count(bits_server, "GET", "/good");
    ok(count > 1, "[BEH.HTTP.13] %u requests\n", count);
    for (i = 2; i <= count + 1; i++)
    {
        unsigned int first = 0, last = 0, expected = 0;

        if (i > 2) sscanf(range, "bytes=%*u-%u", &expected);
        value = header(i, "Range");
        ok(value && sscanf(value, "bytes=%u-%u", &first, &last) == 2, "[BEH.HTTP.13] request %u without range\n", i);
        if (!value) break;
        ok(first == (i > 2 ? expected + 1 : 0) && last >= first && last < 300000, "[BEH.HTTP.13] request %u: %s\n", i, value);
        strcpy(range, value);
    }
    test_server_get_stats(bits_server, &stats);
    ok(stats.connections <= 1, "[BEH.HTTP.13] %I64u connections\n", stats.connections);

    /* without a date no condition */
    test_server_reset(bits_server);
    job = bits_download(L"wire", L"/nodate", BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(job);
    complete(job, L"wire", "/nodate", 1000);
    check_header("BEH.CONSIST.21", 2, "If-Unmodified-Since", NULL);

    /* a foreground file goes on where it was cut */
    test_server_reset(bits_server);
    job = bits_download(L"wire", L"/cut", BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    bits_resume(job);
    complete(job, L"wire", "/cut", 100000);
    check_header("BEH.HTTP.15", 4, "Range", "bytes=40000-99999");

    /* without ranges it fails then, and begins anew with the next Resume */
    test_server_reset(bits_server);
    job = bits_download(L"wire", L"/cutoff", BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    bits_check_error_in(job, BG_E_INSUFFICIENT_RANGE_SUPPORT, REMOTE_FILE, "BEH.HTTP.15");
    bits_resume(job);
    complete(job, L"wire", "/cutoff", 100000);

    /* what clients do about it in the background */
    job = bits_download(L"wire", L"/off", BG_JOB_PRIORITY_NORMAL);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    bits_check_error_in(job, BG_E_INSUFFICIENT_RANGE_SUPPORT, REMOTE_FILE, "BEH.HTTP.3");
    hr = IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
    ok(hr == S_OK, "SetPriority: got %#lx\n", hr);
    bits_resume(job);
    bits_wait_states(job, DONE | FATAL);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[BEH.HTTP.16,CB.13,CB2.FileTransferred.10] got state %d\n", bits_state(job));
    complete(job, L"wire", "/off", 300000);
}

/* Its list is that of any file made in this folder. */
static void check_inherited(const WCHAR *path)
{
    BYTE acl[1024], expected[1024];
    DWORD size = 0, expected_size = 0;
    HANDLE file;
    BOOL ret;

    file = CreateFileW(bits_path(L"sibling"), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    ok(file != INVALID_HANDLE_VALUE, "cannot make a file, error %lu\n", GetLastError());
    ret = GetFileSecurityW(bits_path(L"sibling"), DACL_SECURITY_INFORMATION, expected, sizeof(expected), &expected_size);
    ok(ret, "GetFileSecurity: error %lu\n", GetLastError());
    ret = GetFileSecurityW(path, DACL_SECURITY_INFORMATION, acl, sizeof(acl), &size);
    ok(ret, "GetFileSecurity: error %lu\n", GetLastError());
    ok(size == expected_size && !memcmp(acl, expected, size), "[FILE3.GetTemporaryName.5] another list, %lu and %lu bytes\n", size,
       expected_size);
    CloseHandle(file);
}

static void test_progress(void)
{
    IBackgroundCopyJob *job = bits_download(L"p1", L"/good", BG_JOB_PRIORITY_FOREGROUND);
    WIN32_FILE_ATTRIBUTE_DATA data;
    BG_JOB_PROGRESS progress;
    BG_FILE_PROGRESS part;
    IBackgroundCopyFile *file;
    IBackgroundCopyFile3 *file3;
    BG_JOB_TIMES times, before;
    const WCHAR *name;
    FILETIME expected;
    SYSTEMTIME date = { 2023, 11, 3, 1 };
    WCHAR *temp;
    HRESULT hr;

    bits_add_file(job, bits_url(L"/empty"), bits_path(L"p2"));
    bits_add_file(job, bits_url(L"/hold"), bits_path(L"p3"));
    bits_add_file(job, bits_url(L"/good"), bits_path(L"p4"));
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK, "GetProgress: got %#lx\n", hr);
    ok(progress.BytesTotal == BG_SIZE_UNKNOWN && !progress.BytesTransferred, "[BEH.PROGRESS.2] %I64u of %I64u\n", progress.BytesTransferred,
       progress.BytesTotal);
    ok(progress.FilesTotal == 4 && !progress.FilesTransferred, "[BEH.PROGRESS.5] %lu of %lu\n", progress.FilesTransferred, progress.FilesTotal);
    hr = IBackgroundCopyJob_GetTimes(job, &before);
    ok(hr == S_OK && !before.TransferCompletionTime.dwHighDateTime, "[TYPE.Times.A1] completed\n");

    test_server_reset(bits_server);
    bits_resume(job);
    ok(test_server_wait(bits_server, 4, BITS_TIMEOUT), "no requests\n");
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRING);
    file = bits_get_file(job, 2);
    do hr = IBackgroundCopyFile_GetProgress(file, &part);
    while (hr == S_OK && part.BytesTransferred < 5000 && bits_state(job) == BG_JOB_STATE_TRANSFERRING);
    ok(part.BytesTotal == 10000 && part.BytesTransferred == 5000 && !part.Completed, "[TYPE.FileProg.1] %I64u of %I64u\n", part.BytesTransferred,
       part.BytesTotal);
    /* a file counts when it is safely on disk, which may take a moment longer than the next one takes to come */
    do hr = IBackgroundCopyJob_GetProgress(job, &progress);
    while (hr == S_OK && progress.FilesTransferred < 2 && bits_state(job) == BG_JOB_STATE_TRANSFERRING);
    ok(progress.BytesTransferred == 305000, "[TYPE.JobProg.1] %I64u bytes\n", progress.BytesTransferred);
    ok(progress.BytesTotal == BG_SIZE_UNKNOWN, "[BEH.PROGRESS.1] total %I64u\n", progress.BytesTotal);
    ok(progress.FilesTransferred == 2, "[BEH.PROGRESS.5] %lu files\n", progress.FilesTransferred);

    /* the temporary file: in its place, hidden, readable */
    if ((file3 = bits_query(file, IBackgroundCopyFile3)))
    {
        hr = IBackgroundCopyFile3_GetTemporaryName(file3, &temp);
        ok(hr == S_OK, "[FILE3.GetTemporaryName.6] got %#lx\n", hr);
        name = temp + wcslen(bits_folder);
        ok(!_wcsnicmp(temp, bits_folder, wcslen(bits_folder)), "[BEH.FILE.10] got %s\n", wine_dbgstr_w(temp));
        ok(!wcsncmp(name, L"BIT", 3) && !wcscmp(name + wcslen(name) - 4, L".tmp"), "[BEH.FILE.10] got %s\n", wine_dbgstr_w(name));
        ok(GetFileAttributesExW(temp, GetFileExInfoStandard, &data), "[BEH.FILE.50] it is not there\n");
        ok(data.dwFileAttributes & FILE_ATTRIBUTE_HIDDEN, "[BEH.FILE.11] attributes %#lx\n", data.dwFileAttributes);
        check_inherited(temp);
        CoTaskMemFree(temp);
        IBackgroundCopyFile3_Release(file3);
    }
    ok(GetFileAttributesW(bits_path(L"p1")) == INVALID_FILE_ATTRIBUTES, "[BEH.FILE.15] a file appears early\n");
    IBackgroundCopyFile_Release(file);

    /* suspended it stays so, bytes and all, and goes on from there */
    hr = IBackgroundCopyJob_Suspend(job);
    ok(hr == S_OK, "Suspend: got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(progress.BytesTransferred == 305000, "[BEH.PROGRESS.4] %I64u bytes\n", progress.BytesTransferred);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(progress.BytesTransferred == 610000 && progress.BytesTotal == 610000 && progress.FilesTransferred == 4 && progress.FilesTotal == 4,
       "[TYPE.JobProg.1] %I64u of %I64u, %lu of %lu\n", progress.BytesTransferred, progress.BytesTotal, progress.FilesTransferred,
       progress.FilesTotal);
    hr = IBackgroundCopyJob_GetTimes(job, &times);
    ok(hr == S_OK && times.TransferCompletionTime.dwHighDateTime, "[TYPE.Times.1] not completed\n");
    ok(CompareFileTime(&times.ModificationTime, &before.ModificationTime) > 0, "[TYPE.Times.2] not modified\n");
    ok(!CompareFileTime(&times.CreationTime, &before.CreationTime), "[TYPE.Times.1] created again\n");

    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    file = bits_get_file(job, 0);
    hr = IBackgroundCopyFile_GetProgress(file, &part);
    ok(hr == S_OK && part.Completed, "[TYPE.FileProg.3] got %#lx\n", hr);
    IBackgroundCopyFile_Release(file);

    /* the date of the server, and not hidden */
    date.wDay = 1;
    SystemTimeToFileTime(&date, &expected);
    ok(GetFileAttributesExW(bits_path(L"p1"), GetFileExInfoStandard, &data), "no file\n");
    ok(!(data.dwFileAttributes & FILE_ATTRIBUTE_HIDDEN), "[BEH.FILE.11] attributes %#lx\n", data.dwFileAttributes);
    ok(!CompareFileTime(&data.ftLastWriteTime, &expected), "[BEH.HTTP.70] written %08lx%08lx\n", data.ftLastWriteTime.dwHighDateTime,
       data.ftLastWriteTime.dwLowDateTime);
    ok(!CompareFileTime(&data.ftCreationTime, &expected), "[BEH.HTTP.70] created %08lx%08lx\n", data.ftCreationTime.dwHighDateTime,
       data.ftCreationTime.dwLowDateTime);
    bits_check_file(bits_path(L"p1"), "/good", 0, 300000);
    bits_check_file(bits_path(L"p2"), NULL, 0, 0);
    bits_check_file(bits_path(L"p3"), "/hold", 0, 10000);
    bits_check_file(bits_path(L"p4"), "/good", 0, 300000);
    bits_cancel(job);
}

/* One file begins anew, those before it stay [BEH.STATE.90]. */
static void test_consistency(void)
{
    IBackgroundCopyJob *job;
    unsigned int i;
    static const struct { const WCHAR *url; const char *pattern; unsigned int size; } rows[] =
    {
        {L"/newdate", "/newdate", 100000}, {L"/newsize", "/newsize", 90000}, {L"/liar", "/liar", 100000},
    };

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        winetest_push_context("%s", wine_dbgstr_w(rows[i].url));
        test_server_reset(bits_server);
        job = bits_download(L"first", L"/good", BG_JOB_PRIORITY_FOREGROUND);
        bits_add_file(job, bits_url(rows[i].url), bits_path(L"second"));
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
        bits_resume(job);
        bits_wait_states(job, DONE | FATAL | AGAIN);
        ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[BEH.CONSIST.2] got state %d\n", bits_state(job));
        ok(test_server_count(bits_server, "GET", "/good") == 1, "[BEH.STATE.90,JOB.AddFileSet.7,JOB.AddFile.3] the first file came again\n");
        if (bits_state(job) == BG_JOB_STATE_TRANSFERRED)
        {
            HRESULT hr = IBackgroundCopyJob_Complete(job);

            ok(hr == S_OK, "Complete: got %#lx\n", hr);
            bits_check_file(bits_path(L"first"), "/good", 0, 300000);
            bits_check_file(bits_path(L"second"), rows[i].pattern, 0, rows[i].size);
        }
        bits_cancel(job);
        winetest_pop_context();
    }
}

/* A new date at the same name: what there was does not count any more. */
static void test_new_date(void)
{
    struct bits_clock clock;
    IBackgroundCopyJob *job = bits_download(L"redated", L"/redated", BG_JOB_PRIORITY_FOREGROUND);
    IBackgroundCopyFile *file;
    BG_FILE_PROGRESS progress;

    test_server_reset(bits_server);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    file = bits_get_file(job, 0);
    IBackgroundCopyFile_GetProgress(file, &progress);
    ok(progress.BytesTransferred == 50000, "%I64u bytes\n", progress.BytesTransferred);
    bits_resume(job);
    bits_clock_start(&clock);
    do IBackgroundCopyFile_GetProgress(file, &progress);
    while (progress.BytesTransferred && bits_clock_look(&clock) < BITS_TIMEOUT);
    ok(!progress.BytesTransferred, "[TYPE.FileProg.7] %I64u bytes\n", progress.BytesTransferred);
    IBackgroundCopyFile_Release(file);
    bits_cancel(job);
}

static WCHAR *remote_name(IBackgroundCopyJob *job, ULONG index)
{
    IBackgroundCopyFile *file = bits_get_file(job, index);
    static WCHAR buffer[256];
    WCHAR *name;

    buffer[0] = 0;
    if (!file) return buffer;
    if (IBackgroundCopyFile_GetRemoteName(file, &name) == S_OK)
    {
        lstrcpynW(buffer, name, ARRAY_SIZE(buffer));
        CoTaskMemFree(name);
    }
    IBackgroundCopyFile_Release(file);
    return buffer;
}

static void test_redirects(void)
{
    static const struct
    {
        const char *id;
        ULONG flags;
        const WCHAR *url, *name;
        unsigned int state;
        HRESULT hr;
    }
    rows[] =
    {
        {"BEH.HTTP.50", 0, L"/moved", L"/moved", DONE},
        {"BEH.HTTP.50", 0x0100, L"/moved", L"/target", DONE},
        {"BEH.HTTP.50", 0x0100, L"/chain", L"/target", DONE},
        {"BEH.HTTP.50", 0x0200, L"/moved", L"/target", FATAL, 0x8019012e},
        {"BEH.HTTP.50", 0x0200, L"/seven", L"/target", FATAL, 0x80190133},
        {"BEH.HTTP.50", 0x0200, L"/good", L"/good", DONE},
    };
    IBackgroundCopyJob3 *job3;
    IBackgroundCopyJob *job;
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        winetest_push_context("%u", i);
        job = bits_download(L"moved", rows[i].url, i & 1 ? BG_JOB_PRIORITY_FOREGROUND : BG_JOB_PRIORITY_NORMAL);
        set_security_flags(job, rows[i].flags);
        bits_resume(job);
        bits_wait_states(job, DONE | FATAL | AGAIN);
        ok(1u << bits_state(job) == rows[i].state, "[%s] got state %d\n", rows[i].id, bits_state(job));
        ok(!wcscmp(remote_name(job, 0), bits_url(rows[i].name)), "[%s,HTTP.SetSecurityFlags.7] the name is %s\n", rows[i].id,
           wine_dbgstr_w(remote_name(job, 0)));
        if (rows[i].state == FATAL)
        {
            bits_check_error_in(job, rows[i].hr, REMOTE_FILE, "BEH.HTTP.55");
            bits_cancel(job);
        }
        else complete(job, L"moved", wcscmp(rows[i].url, L"/good") ? "/target" : "/good", 300000);
        winetest_pop_context();
    }

    /* once reported, the old name is nobody's prefix */
    job = bits_download(L"moved", L"/moved", BG_JOB_PRIORITY_FOREGROUND);
    set_security_flags(job, 0x0100);
    bits_add_file(job, bits_url(L"/moved"), bits_path(L"moved too"));
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    for (i = 0; i < 2; i++)
        ok(!wcscmp(remote_name(job, i), bits_url(L"/target")), "[HTTP.SetSecurityFlags.6] the name is %s\n", wine_dbgstr_w(remote_name(job, i)));
    if ((job3 = bits_query(job, IBackgroundCopyJob3)))
    {
        hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job3, bits_url(L"/moved"), bits_url(L"/good"));
        ok(hr == S_FALSE, "[JOB3.ReplaceRemotePrefix.11,HTTP.SetSecurityFlags.12] got %#lx\n", hr);
        hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job3, bits_url(L"/target"), bits_url(L"/good"));
        ok(hr == S_OK, "[JOB3.ReplaceRemotePrefix.11] got %#lx\n", hr);
        IBackgroundCopyJob3_Release(job3);
    }
    bits_cancel(job);

    /* silent: every request begins at the original name; reporting: at the new one */
    for (i = 0; i < 2; i++)
    {
        test_server_reset(bits_server);
        job = bits_download(L"moved", L"/moved", BG_JOB_PRIORITY_NORMAL);
        set_security_flags(job, i ? 0x0100 : 0);
        bits_resume(job);
        complete(job, L"moved", "/target", 300000);
        if (i) ok_inferred("BEH.HTTP.54", test_server_count(bits_server, NULL, "/moved") == 1, "%u requests\n",
                           test_server_count(bits_server, NULL, "/moved"));
        else ok_inferred("BEH.HTTP.54", test_server_count(bits_server, NULL, "/moved") == test_server_count(bits_server, NULL, "/target"),
                         "%u and %u requests\n", test_server_count(bits_server, NULL, "/moved"), test_server_count(bits_server, NULL, "/target"));
    }
}

/* Which redirects a job that wants none fails with, and those that nobody follows. */
static void test_refused_redirects(void)
{
    static const struct { const WCHAR *url; HRESULT hr; } rows[] =
    {
        {L"/m300", 0x8019012c}, {L"/m301", 0x8019012d}, {L"/m302", 0x8019012e}, {L"/m303", 0x8019012f}, {L"/m307", 0x80190133},
    };
    static const ULONG policies[] = { 0, 0x0100, 0x0200 };
    IBackgroundCopyJob *job;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        winetest_push_context("%s", wine_dbgstr_w(rows[i].url));
        job = bits_download(L"refused", L"/good", BG_JOB_PRIORITY_FOREGROUND);
        bits_add_file(job, bits_url(rows[i].url), bits_path(L"refused too"));
        set_security_flags(job, 0x0200);
        bits_resume(job);
        bits_wait_states(job, DONE | FATAL | AGAIN);
        ok(bits_state(job) == BG_JOB_STATE_ERROR, "[HTTP.SetSecurityFlags.7] got state %d\n", bits_state(job));
        bits_check_error_in(job, rows[i].hr, REMOTE_FILE, "HTTP.SetSecurityFlags.8");
        ok(!wcscmp(remote_name(job, 1), bits_url(L"/target")), "[HTTP.SetSecurityFlags.7] the name is %s\n", wine_dbgstr_w(remote_name(job, 1)));
        bits_cancel(job);
        winetest_pop_context();
    }
    for (i = 0; i < ARRAY_SIZE(policies); i++)
    {
        winetest_push_context("%#lx", policies[i]);
        job = bits_download(L"share", L"/share", BG_JOB_PRIORITY_FOREGROUND);
        set_security_flags(job, policies[i]);
        bits_resume(job);
        bits_wait_states(job, DONE | FATAL | AGAIN);
        ok(bits_state(job) == BG_JOB_STATE_ERROR, "[HTTP.SetSecurityFlags.9] got state %d\n", bits_state(job));
        bits_cancel(job);
        winetest_pop_context();
    }
}

static void wait_received(IBackgroundCopyJob *job, UINT64 bytes)
{
    BG_JOB_PROGRESS progress;
    struct bits_clock clock = bits_clock_now();

    do IBackgroundCopyJob_GetProgress(job, &progress);
    while (progress.BytesTransferred < bytes && bits_clock_look(&clock) < BITS_TIMEOUT);
    ok(progress.BytesTransferred >= bytes, "only %I64u bytes came\n", progress.BytesTransferred);
}

/* The check of revocation, turned on while a file is partly there: that file from the start, those that are whole stay. */
static void test_revocation(void)
{
    IBackgroundCopyJob *job;
    BG_JOB_PROGRESS progress;
    unsigned int i, gets;
    const char *value;

    for (i = 0; i < 2; i++)
    {
        winetest_push_context("%s", i ? "suspended" : "running");
        test_server_reset(bits_server);
        job = bits_download(L"first", L"/good", BG_JOB_PRIORITY_FOREGROUND);
        bits_add_file(job, bits_url(L"/hold"), bits_path(L"second"));
        bits_resume(job);
        wait_received(job, 305000);
        if (i)
        {
            IBackgroundCopyJob_Suspend(job);
            /* other flags change nothing */
            set_security_flags(job, 0x2);
            IBackgroundCopyJob_GetProgress(job, &progress);
            ok(progress.BytesTransferred == 305000, "%I64u bytes\n", progress.BytesTransferred);
            set_security_flags(job, 0x3);
            IBackgroundCopyJob_GetProgress(job, &progress);
            ok(progress.BytesTransferred == 300000, "[HTTP.SetSecurityFlags.11] %I64u bytes\n", progress.BytesTransferred);
            bits_resume(job);
        }
        else set_security_flags(job, 0x1);
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
        ok(test_server_count(bits_server, "GET", "/good") == 1, "[HTTP.SetSecurityFlags.11] the file that was whole came again\n");
        gets = test_server_count(bits_server, "GET", "/hold");
        ok(gets == 2, "[HTTP.SetSecurityFlags.11] %u requests\n", gets);
        value = header(test_server_count(bits_server, NULL, NULL), "Range");
        ok(!value, "[HTTP.SetSecurityFlags.11,BEH.STATE.92] it goes on at %s\n", value);
        IBackgroundCopyJob_Complete(job);
        bits_check_file(bits_path(L"first"), "/good", 0, 300000);
        bits_check_file(bits_path(L"second"), "/hold", 0, 10000);
        bits_cancel(job);
        winetest_pop_context();
    }
}

static void test_names(void)
{
    static const BG_JOB_STATE states[] =
    {
        BG_JOB_STATE_SUSPENDED, BG_JOB_STATE_TRANSFERRING, BG_JOB_STATE_ERROR, BG_JOB_STATE_TRANSIENT_ERROR
    };
    IBackgroundCopyJob3 *job3;
    IBackgroundCopyJob *job;
    const char *value;
    unsigned int i, j;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(states); i++)
    {
        winetest_push_context("%u", states[i]);
        job = bits_job_in_state(states[i]);
        hr = bits_set_remote_name(job, 0, bits_url(L"/good"));
        ok(hr == S_OK, "[FILE2.SetRemoteName.2] got %#lx\n", hr);
        ok(!wcscmp(remote_name(job, 0), bits_url(L"/good")), "the name is %s\n", wine_dbgstr_w(remote_name(job, 0)));
        if (states[i] != BG_JOB_STATE_TRANSFERRING) bits_resume(job);
        /* Suspend, change, Resume: what is fetched, and found in the job, is the new name */
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
        ok(!wcscmp(remote_name(job, 0), bits_url(L"/good")), "[FILE2.SetRemoteName.6] the name is %s\n", wine_dbgstr_w(remote_name(job, 0)));
        complete(job, L"state", "/good", 300000);
        winetest_pop_context();
    }
    /* while the old name is asked about, and nothing of the file is there yet */
    test_server_reset(bits_server);
    job = bits_download(L"state", L"/undecided", BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRING);
    hr = bits_set_remote_name(job, 0, bits_url(L"/good"));
    ok(hr == S_OK, "[FILE2.SetRemoteName.2] got %#lx\n", hr);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    ok(!test_server_count(bits_server, "GET", "/undecided"), "[BEH.STATE.96] the old name was fetched\n");
    complete(job, L"state", "/good", 300000);

    for (i = 0; i < 2; i++)
    {
        job = bits_job_in_state(i ? BG_JOB_STATE_ACKNOWLEDGED : BG_JOB_STATE_CANCELLED);
        hr = bits_set_remote_name(job, 0, bits_url(L"/good"));
        ok(hr == BG_E_INVALID_STATE, "[FILE2.SetRemoteName.5,ERR.0x80200002] got %#lx\n", hr);
        job3 = bits_query(job, IBackgroundCopyJob3);
        hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job3, bits_url(L"/"), bits_url(L"/x"));
        ok(hr == BG_E_INVALID_STATE, "[JOB3.ReplaceRemotePrefix.7,ERR.0x80200002] got %#lx\n", hr);
        IBackgroundCopyJob3_Release(job3);
        IBackgroundCopyJob_Release(job);
    }

    /* the same size and time at the new name: from the same position; another one, or no ranges: from the start */
    for (j = 0; j < 6; j++)
    {
        static const WCHAR *const names[] = { L"/twin", L"/other", L"/twinoff" };
        const char *id = j < 3 ? "FILE2.SetRemoteName.7" : "JOB3.ReplaceRemotePrefix.8";

        i = j % 3;
        winetest_push_context("%u", j);
        test_server_reset(bits_server);
        job = bits_download(L"name", L"/hold", BG_JOB_PRIORITY_FOREGROUND);
        bits_resume(job);
        ok(test_server_wait(bits_server, 1, BITS_TIMEOUT), "no requests\n");
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRING);
        wait_received(job, 5000);
        if (j < 3)
        {
            hr = bits_set_remote_name(job, 0, bits_url(names[i]));
            ok(hr == S_OK, "[FILE2.SetRemoteName.2] got %#lx\n", hr);
        }
        else
        {
            job3 = bits_query(job, IBackgroundCopyJob3);
            hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job3, bits_url(L"/hold"), bits_url(names[i]));
            ok(hr == S_OK, "[JOB3.ReplaceRemotePrefix.3] got %#lx\n", hr);
            IBackgroundCopyJob3_Release(job3);
        }
        if (i < 2)
        {
            bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
            value = header(4, "Range");
            if (!i) ok(value && !strcmp(value, "bytes=5000-9999"), "[%s] got %s\n", id, value ? value : "(none)");
            else ok(!value, "[%s] got %s\n", id, value);
            complete(job, L"name", i ? "/other" : "/hold", i ? 12000 : 10000);
        }
        else
        {
            bits_wait_states(job, DONE | FATAL);
            ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[%s] got state %d\n", id, bits_state(job));
            if (bits_state(job) == BG_JOB_STATE_TRANSFERRED) complete(job, L"name", "/hold", 10000);
            else bits_cancel(job);
        }
        winetest_pop_context();
    }

    /* all matching names, in one go, and what was transferred is left alone */
    test_server_reset(bits_server);
    job = bits_download(L"first", L"/good", BG_JOB_PRIORITY_FOREGROUND);
    bits_add_file(job, bits_url(L"/missing/good"), bits_path(L"second"));
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    job3 = bits_query(job, IBackgroundCopyJob3);
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job3, bits_url(L"/MISSING"), bits_url(L""));
    ok(hr == S_FALSE, "[JOB3.ReplaceRemotePrefix.2,JOB3.ReplaceRemotePrefix.4] got %#lx\n", hr);
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job3, L"", bits_url(L""));
    ok(hr == E_INVALIDARG, "[JOB3.ReplaceRemotePrefix.5] got %#lx\n", hr);
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job3, bits_url(L"/missing"), bits_url(L""));
    ok(hr == S_OK, "[JOB3.ReplaceRemotePrefix.3] got %#lx\n", hr);
    hr = IBackgroundCopyJob3_ReplaceRemotePrefix(job3, bits_url(L"/good"), bits_url(L"/target"));
    ok(hr == S_OK, "[JOB3.ReplaceRemotePrefix.1] got %#lx\n", hr);
    IBackgroundCopyJob3_Release(job3);
    ok_inferred("JOB3.ReplaceRemotePrefix.A2", !wcscmp(remote_name(job, 0), bits_url(L"/target")), "got %s\n", wine_dbgstr_w(remote_name(job, 0)));
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    ok(test_server_count(bits_server, "GET", "/good") == 1, "[JOB3.ReplaceRemotePrefix.9] came again\n");
    ok(test_server_count(bits_server, "GET", "/target") == 1, "[JOB3.ReplaceRemotePrefix.9] not once\n");
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    bits_check_file(bits_path(L"first"), "/good", 0, 300000);
    bits_check_file(bits_path(L"second"), "/target", 0, 300000);
    bits_cancel(job);
}

static void test_dynamic(void)
{
    BG_FILE_PROGRESS progress;
    IBackgroundCopyFile *file;
    IBackgroundCopyJob *job;
    HRESULT hr;

    test_server_reset(bits_server);
    job = bits_download(L"dynamic", L"/dynamic", BG_JOB_PRIORITY_FOREGROUND);
    hr = set_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, TRUE);
    ok(hr == S_OK, "[BEH.HTTP.60] got %#lx\n", hr);
    bits_resume(job);
    /* cut: from the start again, whatever was there */
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    file = bits_get_file(job, 0);
    hr = IBackgroundCopyFile_GetProgress(file, &progress);
    ok(hr == S_OK && progress.BytesTotal == BG_SIZE_UNKNOWN, "[BEH.HTTP.63] total %I64u\n", progress.BytesTotal);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    hr = IBackgroundCopyFile_GetProgress(file, &progress);
    ok(hr == S_OK && progress.BytesTotal == 50000 && progress.BytesTransferred == 50000, "[BEH.HTTP.63] %I64u of %I64u\n",
       progress.BytesTransferred, progress.BytesTotal);
    IBackgroundCopyFile_Release(file);
    ok(!test_server_count(bits_server, "HEAD", "/dynamic"), "[BEH.HTTP.60,JPROP.6] asked for the head\n");
    check_header("BEH.HTTP.61,JPROP.6", 2, "Range", NULL);
    complete(job, L"dynamic", "/dynamic", 50000);

    /* in the background the normal rules */
    job = bits_download(L"dynamic", L"/chunked", BG_JOB_PRIORITY_NORMAL);
    hr = set_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, TRUE);
    ok(hr == S_OK, "[BEH.HTTP.60] got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    bits_check_error_in(job, BG_E_MISSING_FILE_SIZE, REMOTE_FILE, "BEH.HTTP.66,JPROP.7");
    bits_cancel(job);

    job = bits_download(L"dynamic", L"/chunked", BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    hr = set_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, TRUE);
    ok(hr == 0x80200062, "[BEH.HTTP.60] got %#lx\n", hr);
    bits_cancel(job);
}

/* Lowered while it runs it is throttled as any other from then on, for which it has to begin anew. */
static void test_dynamic_priority(void)
{
    static const struct { const WCHAR *path; const char *pattern; BOOL ranges; } rows[] =
    {
        { L"/endless", "/endless", FALSE }, { L"/dripping", "/dripping", TRUE },
    };
    BG_FILE_PROGRESS progress;
    IBackgroundCopyFile *file;
    IBackgroundCopyJob *job;
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        winetest_push_context("%u", i);
        test_server_reset(bits_server);
        job = bits_download(L"dynamic", rows[i].path, BG_JOB_PRIORITY_FOREGROUND);
        hr = set_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, TRUE);
        ok(hr == S_OK, "SetProperty: got %#lx\n", hr);
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRING);
        ok(!test_server_count(bits_server, "HEAD", NULL), "asked for the head\n");
        hr = IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_LOW);
        ok(hr == S_OK, "[BEH.HTTP.62] SetPriority: got %#lx\n", hr);
        if (rows[i].ranges)
        {
            complete(job, L"dynamic", rows[i].pattern, 100000);
            check_method("BEH.HTTP.66", 2, "HEAD");
            check_header("BEH.HTTP.61,BEH.HTTP.66", 3, "Range", "bytes=0-65535");
        }
        else
        {
            bits_wait_state(job, BG_JOB_STATE_ERROR);
            bits_check_error_in(job, BG_E_MISSING_FILE_SIZE, REMOTE_FILE, "BEH.HTTP.62,BEH.HTTP.66");
            file = bits_get_file(job, 0);
            hr = IBackgroundCopyFile_GetProgress(file, &progress);
            ok(hr == S_OK && progress.BytesTotal == BG_SIZE_UNKNOWN && !progress.BytesTransferred, "[BEH.HTTP.61] %#lx, %I64u of %I64u\n",
               hr, progress.BytesTransferred, progress.BytesTotal);
            IBackgroundCopyFile_Release(file);
            hr = IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
            ok(hr == S_OK, "SetPriority: got %#lx\n", hr);
            bits_resume(job);
            complete(job, L"dynamic", rows[i].pattern, 50000);
        }
        winetest_pop_context();
    }

    /* raised while the head is asked for, which has nothing to say */
    test_server_reset(bits_server);
    job = bits_download(L"dynamic", L"/headless", BG_JOB_PRIORITY_NORMAL);
    hr = set_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, TRUE);
    ok(hr == S_OK, "SetProperty: got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRING);
    hr = IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
    ok(hr == S_OK, "SetPriority: got %#lx\n", hr);
    complete(job, L"dynamic", "/headless", 50000);
    ok(test_server_count(bits_server, "HEAD", "/headless") == 1, "[BEH.HTTP.60] asked for the head again\n");
}

static void test_size_cap(void)
{
    static const struct { UINT64 cap; BOOL dynamic; const WCHAR *first, *second; unsigned int state; } rows[] =
    {
        {300000, FALSE, L"/good", NULL, DONE}, {299999, FALSE, L"/good", NULL, FATAL}, {600000, FALSE, L"/good", L"/good", DONE},
        {599999, FALSE, L"/good", L"/good", FATAL}, {1, FALSE, L"/empty", NULL, DONE}, {1, FALSE, L"/good", NULL, FATAL},
        {49999, TRUE, L"/chunked", NULL, FATAL}, {50000, TRUE, L"/chunked", NULL, DONE},
    };
    IBackgroundCopyJob *job;
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        winetest_push_context("%u", i);
        job = bits_download(L"first", rows[i].first, BG_JOB_PRIORITY_FOREGROUND);
        if (rows[i].second) bits_add_file(job, bits_url(rows[i].second), bits_path(L"second"));
        hr = set_property(job, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, rows[i].cap);
        ok(hr == S_OK, "[BEH.HTTP.64] got %#lx\n", hr);
        if (rows[i].dynamic) set_property(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, TRUE);
        bits_resume(job);
        bits_wait_states(job, DONE | FATAL | AGAIN);
        ok(1u << bits_state(job) == rows[i].state, "[BEH.HTTP.64] got state %d\n", bits_state(job));
        if (bits_state(job) == BG_JOB_STATE_ERROR) bits_check_error_in(job, 0x80200064, REMOTE_FILE, "BEH.HTTP.64,JPROP.9");
        bits_cancel(job);
        winetest_pop_context();
    }
    job = bits_download(L"first", L"/good", BG_JOB_PRIORITY_FOREGROUND);
    hr = set_property(job, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, 0);
    ok(hr == 0x80200063, "[BEH.HTTP.64] got %#lx\n", hr);
    bits_cancel(job);
}

static void test_straight(void)
{
    IBackgroundCopyJob *job;
    HRESULT hr;
    GUID id;

    job = bits_download(L"straight", NULL, BG_JOB_PRIORITY_FOREGROUND);
    hr = set_property(job, BITS_JOB_PROPERTY_HIGH_PERFORMANCE, TRUE);
    ok(hr == S_OK, "[BEH.HTTP.65] got %#lx\n", hr);
    bits_add_file(job, bits_url(L"/good"), bits_path(L"straight"));
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    ok(GetFileAttributesW(bits_path(L"straight")) != INVALID_FILE_ATTRIBUTES, "[BEH.HTTP.65,JPROP.8] no file\n");
    complete(job, L"straight", "/good", 300000);

    /* what is there of it stays */
    job = bits_download(L"straight", NULL, BG_JOB_PRIORITY_FOREGROUND);
    hr = set_property(job, BITS_JOB_PROPERTY_HIGH_PERFORMANCE, TRUE);
    ok(hr == S_OK, "[BEH.HTTP.65] got %#lx\n", hr);
    bits_add_file(job, bits_url(L"/cut"), bits_path(L"straight"));
    bits_resume(job);
    test_server_reset(bits_server);
    bits_wait_states(job, AGAIN | DONE);
    bits_cancel(job);
    ok(DeleteFileW(bits_path(L"straight")), "[BEH.HTTP.65,JPROP.8] no file, error %lu\n", GetLastError());

    /* no progress is kept: whoever is interrupted begins anew */
    test_server_reset(bits_server);
    job = bits_download(L"straight", NULL, BG_JOB_PRIORITY_FOREGROUND);
    IBackgroundCopyJob_GetId(job, &id);
    hr = set_property(job, BITS_JOB_PROPERTY_HIGH_PERFORMANCE, TRUE);
    ok(hr == S_OK, "[BEH.HTTP.65] got %#lx\n", hr);
    bits_add_file(job, bits_url(L"/hold"), bits_path(L"straight"));
    bits_resume(job);
    wait_received(job, 5000);
    hr = IBackgroundCopyJob_Suspend(job);
    ok(hr == S_OK, "Suspend: got %#lx\n", hr);
    if (!strcmp(winetest_platform, "wine"))
    {
        IBackgroundCopyJob_Release(job);
        if (!bits_restart_service()) return;
        hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job);
        ok(hr == S_OK, "GetJob: got %#lx\n", hr);
        if (hr != S_OK) return;
    }
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    check_header("JPROP.8", test_server_count(bits_server, NULL, NULL), "Range", NULL);
    complete(job, L"straight", "/hold", 10000);

    job = bits_download(L"straight", L"/good", BG_JOB_PRIORITY_FOREGROUND);
    hr = set_property(job, BITS_JOB_PROPERTY_HIGH_PERFORMANCE, TRUE);
    ok(hr == 0x80200061, "[BEH.HTTP.65] got %#lx\n", hr);
    bits_cancel(job);
}

/* Twenty silent servers are no reason not to serve the twenty-first job. */
static void test_foreground(void)
{
    IBackgroundCopyJob *jobs[20], *last;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(jobs); i++)
    {
        WCHAR name[8];

        swprintf(name, ARRAY_SIZE(name), L"s%u", i);
        jobs[i] = bits_download(name, L"/silent", BG_JOB_PRIORITY_FOREGROUND);
        bits_resume(jobs[i]);
    }
    for (i = 0; i < ARRAY_SIZE(jobs); i++)
        bits_wait_states(jobs[i], 1u << BG_JOB_STATE_CONNECTING | 1u << BG_JOB_STATE_TRANSFERRING);
    last = bits_download(L"last", L"/good", BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(last);
    complete(last, L"last", "/good", 300000);
    ok(bits_state(jobs[0]) == BG_JOB_STATE_CONNECTING || bits_state(jobs[0]) == BG_JOB_STATE_TRANSFERRING, "[BEH.SCHED.2] got state %d\n",
       bits_state(jobs[0]));
    for (i = 0; i < ARRAY_SIZE(jobs); i++) bits_cancel(jobs[i]);
}

START_TEST(download)
{
    if (!bits_begin()) return;
    if (bits_server_start(BITS_STATES_SCRIPT
                          "on HEAD /undecided\n delay 3000\n size 1000\n"
                          "on * /good\n size 300000\n"
                          "on * /empty\n size 0\n"
                          "on * /nodate\n size 1000\n modified none\n"
                          "on * /off\n size 300000\n ranges off\n"
                          "on HEAD /cut\n size 100000\non GET /cut\n reply 1\n size 100000\n cut 40000\n reply\n size 100000\n"
                          "on HEAD /cutoff\n size 100000\non GET /cutoff\n reply 1\n size 100000\n cut 40000\n reply\n size 100000\n ranges off\n"
                          "on HEAD /hold\n size 10000\non GET /hold\n reply 1\n size 10000\n stall 5000\n reply\n size 10000\n"
                          "on * /twin\n size 10000\n pattern /hold\n"
                          "on * /twinoff\n size 10000\n pattern /hold\n ranges off\n"
                          "on * /other\n size 12000\n"
                          "on HEAD /newdate\n reply 1\n size 100000\n reply\n size 100000\n modified 1600000000\n"
                          "on GET /newdate\n reply 1\n size 100000\n cut 50000\n reply\n size 100000\n modified 1600000000\n"
                          "on HEAD /redated\n reply 1\n size 100000\n reply\n size 100000\n modified 1600000000\n"
                          "on GET /redated\n reply 1\n size 100000\n cut 50000\n reply\n size 100000\n modified 1600000000\n silent\n"
                          "on * /m300\n redirect 300 /target\non * /m301\n redirect 301 /target\non * /m302\n redirect 302 /target\n"
                          "on * /m303\n redirect 303 /target\non * /m307\n redirect 307 /target\n"
                          "on * /share\n status 302\n header Location: file://127.0.0.1/share/x\n"
                          "on HEAD /newsize\n reply 1\n size 100000\n reply\n size 90000\n"
                          "on GET /newsize\n reply 1\n size 100000\n cut 50000\n reply\n size 90000\n"
                          "on HEAD /liar\n size 100000\n"
                          "on GET /liar\n reply 1\n size 100000\n cut 50000\n reply 1\n size 100000\n status 412\n reply\n size 100000\n"
                          "on * /moved\n redirect 302 /target\n"
                          "on * /seven\n redirect 307 /target\n"
                          "on * /chain\n redirect 301 /moved\n"
                          "on * /target\n size 300000\n"
                          "on GET /dynamic\n reply 1\n size 50000\n chunked 1000\n cut 20000\n reply\n size 50000\n chunked 1000\n"
                          "on * /chunked\n size 50000\n chunked 1000\n"
                          "on GET /endless\n reply 1\n size 50000\n chunked 1000\n stall 20000\n reply\n size 50000\n chunked 1000\n"
                          "on HEAD /endless\n size 50000\n chunked 1000\n"
                          "on GET /dripping\n reply 1\n size 100000\n stall 20000\n reply\n size 100000\n"
                          "on * /dripping\n size 100000\n"
                          "on HEAD /headless\n delay 3000\n status 405\n"
                          "on * /headless\n size 50000\n chunked 1000\n"
                          "on * /silent\n silent\n"))
    {
        test_wire();
        test_progress();
        test_consistency();
        test_new_date();
        test_revocation();
        test_redirects();
        test_refused_redirects();
        test_names();
        test_dynamic();
        test_dynamic_priority();
        test_size_cap();
        test_straight();
        test_foreground();
    }
    bits_end();
}
