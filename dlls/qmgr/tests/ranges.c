/*
 * Files with ranges, and files on demand
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
#include "bits5_0.h"
#include "bits10_1.h"

#include "wine/test.h"
#include "bits_test.h"

#define EOF_LENGTH BG_LENGTH_TO_EOF

static void set_foreground(IBackgroundCopyJob *job)
{
    HRESULT hr = IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);

    ok(hr == S_OK, "SetPriority: got %#lx\n", hr);
}

/* The stretches of the pattern, one after the other, are the file. */
static void check_ranges_(unsigned int line, const WCHAR *path, const char *pattern, UINT64 size, const BG_FILE_RANGE *ranges, unsigned int count)
{
    unsigned char *data, *expect;
    UINT64 total = 0, length;
    unsigned int i, pass;
    DWORD got = 0;
    HANDLE file;

    for (pass = 0, data = expect = NULL; pass < 2; pass++)
    {
        for (i = 0, total = 0; i < count; i++)
        {
            length = ranges[i].Length == EOF_LENGTH ? size - ranges[i].InitialOffset : ranges[i].Length;
            if (pass) test_server_pattern(pattern, ranges[i].InitialOffset, expect + total, length);
            total += length;
        }
        if (pass) break;
        data = malloc(total + 1);
        expect = malloc(total + 1);
    }
    file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
    ok_(__FILE__, line)(file != INVALID_HANDLE_VALUE, "cannot open %s, error %lu\n", wine_dbgstr_w(path), GetLastError());
    ReadFile(file, data, total + 1, &got, NULL);
    CloseHandle(file);
    ok_(__FILE__, line)(got == total && !memcmp(data, expect, total), "[JOB3.AddFileWithRanges.2,FILE2.RANGE.1] wrong, %lu bytes of %u\n", got,
                        (unsigned int)total);
    ok_(__FILE__, line)(DeleteFileW(path), "cannot delete, error %lu\n", GetLastError());
    free(data);
    free(expect);
}
#define check_ranges(path, pattern, size, ranges, count) check_ranges_(__LINE__, path, pattern, size, ranges, count)

static IBackgroundCopyJob *ranges_job(const WCHAR *name, const WCHAR *url, const BG_FILE_RANGE *ranges, unsigned int count, BOOL foreground)
{
    IBackgroundCopyJob *job = bits_create_job(name, BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob3 *job3;
    HRESULT hr;

    if (!job || !(job3 = bits_query(job, IBackgroundCopyJob3))) return job;
    if (foreground) set_foreground(job);
    hr = IBackgroundCopyJob3_AddFileWithRanges(job3, bits_url(url), bits_path(name), count, (BG_FILE_RANGE *)ranges);
    ok(hr == S_OK, "[JOB3.AddFileWithRanges.4] got %#lx\n", hr);
    IBackgroundCopyJob3_Release(job3);
    return job;
}

/* What the door refuses, and that nothing changes then. */
static void test_refused(void)
{
    static const struct
    {
        const char *id;
        BG_FILE_RANGE ranges[3];
        unsigned int count;
        HRESULT hr;
    }
    rows[] =
    {
        {"JOB3.AddFileWithRanges.8", {{EOF_LENGTH, 1}}, 1, BG_E_INVALID_RANGE},
        {"JOB3.AddFileWithRanges.9", {{0, 10}, {0, 10}}, 2, BG_E_OVERLAPPING_RANGES},
        {"JOB3.AddFileWithRanges.9", {{0, 10}, {9, 10}}, 2, BG_E_OVERLAPPING_RANGES},
        {"JOB3.AddFileWithRanges.9", {{100, 10}, {50, 51}}, 2, BG_E_OVERLAPPING_RANGES},
        {"JOB3.AddFileWithRanges.9", {{100, 5}, {100, 0}}, 2, BG_E_OVERLAPPING_RANGES},
        {"JOB3.AddFileWithRanges.9", {{0, 10}, {20, 10}, {5, 1}}, 3, BG_E_OVERLAPPING_RANGES},
    };
    static const struct
    {
        const char *id;
        BG_FILE_RANGE ranges[3];
        unsigned int count;
        HRESULT hr;
    }
    inferred[] =
    {
        {"JOB3.AddFileWithRanges.A1", {{100, 0}}, 1, BG_E_INVALID_RANGE},
        {"JOB3.AddFileWithRanges.A2", {{(UINT64)-5, 10}}, 1, BG_E_INVALID_RANGE},
        {"JOB3.AddFileWithRanges.A3", {{100, EOF_LENGTH}, {200, 10}}, 2, BG_E_OVERLAPPING_RANGES},
        {"JOB3.AddFileWithRanges.A3", {{100, EOF_LENGTH}, {100, EOF_LENGTH}}, 2, BG_E_OVERLAPPING_RANGES},
    };
    IBackgroundCopyJob *job = bits_create_job(L"refused", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob3 *job3 = bits_query(job, IBackgroundCopyJob3);
    BG_FILE_RANGE range = {0, 10};
    BG_JOB_PROGRESS progress;
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        hr = IBackgroundCopyJob3_AddFileWithRanges(job3, L"http://127.0.0.1/x", bits_path(L"x"), rows[i].count, (BG_FILE_RANGE *)rows[i].ranges);
        ok(hr == rows[i].hr, "[%s] row %u: got %#lx\n", rows[i].id, i, hr);
    }
    for (i = 0; i < ARRAY_SIZE(inferred); i++)
    {
        hr = IBackgroundCopyJob3_AddFileWithRanges(job3, L"http://127.0.0.1/x", bits_path(L"x"), inferred[i].count,
                                                   (BG_FILE_RANGE *)inferred[i].ranges);
        ok_inferred(inferred[i].id, hr == inferred[i].hr, "row %u: got %#lx\n", i, hr);
    }
    hr = IBackgroundCopyJob3_AddFileWithRanges(job3, L"http://127.0.0.1/x", bits_path(L"x"), 0, &range);
    ok(hr == E_INVALIDARG, "[JOB3.AddFileWithRanges.5] got %#lx\n", hr);
    hr = IBackgroundCopyJob3_AddFileWithRanges(job3, L"http://127.0.0.1/x", L"x", 1, &range);
    ok(hr == E_INVALIDARG, "[JOB3.AddFileWithRanges.5] got %#lx\n", hr);
    hr = IBackgroundCopyJob3_AddFileWithRanges(job3, L"\\\\server\\share\\x", bits_path(L"x"), 1, &range);
    ok_inferred("JOB3.AddFileWithRanges.A4", hr == E_INVALIDARG, "got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK && !progress.FilesTotal, "[ERR.GEN.2] %lu files\n", progress.FilesTotal);
    IBackgroundCopyJob3_Release(job3);
    bits_cancel(job);

    job = bits_create_job(L"upload", BG_JOB_TYPE_UPLOAD);
    job3 = bits_query(job, IBackgroundCopyJob3);
    hr = IBackgroundCopyJob3_AddFileWithRanges(job3, L"http://127.0.0.1/x", bits_path(L"x"), 1, &range);
    ok(hr == E_NOTIMPL, "[JOB3.AddFileWithRanges.6] got %#lx\n", hr);
    IBackgroundCopyJob3_Release(job3);
    bits_cancel(job);
}

/* Servers of every kind bring the ranges home in the order given. */
static void test_transfer(void)
{
    static const BG_FILE_RANGE sample[] = {{100, 100}, {900, 100}, {400, 100}};
    static const BG_FILE_RANGE eof[] = {{1000, 1}, {150000, EOF_LENGTH}, {0, 10}};
    static const BG_FILE_RANGE large[] = {{100000, 100000}, {0, 90000}};
    static const BG_FILE_RANGE touching[] = {{100, 100}, {200, 100}, {0, 100}};
    static const BG_FILE_RANGE whole[] = {{0, EOF_LENGTH}};
    static const BG_FILE_RANGE one[] = {{5, 1}};
    static const struct
    {
        const WCHAR *name;
        const BG_FILE_RANGE *ranges;
        unsigned int count;
        UINT64 total;
    }
    rows[] =
    {
        {L"sample", sample, ARRAY_SIZE(sample), 300}, {L"eof", eof, ARRAY_SIZE(eof), 50011}, {L"large", large, ARRAY_SIZE(large), 190000},
        {L"touching", touching, ARRAY_SIZE(touching), 300}, {L"whole", whole, ARRAY_SIZE(whole), 200000}, {L"one", one, 1, 1},
    };
    static const WCHAR *const servers[] =
    {
        L"/good", L"/single", L"/first", L"/many", L"/chunked", L"/close", L"/plain"
    };
    BG_FILE_PROGRESS progress;
    IBackgroundCopyFile *file;
    IBackgroundCopyJob *job;
    unsigned int i, j, k;
    HRESULT hr;

    ok(sizeof(BG_FILE_RANGE) == 16 && sizeof(sample[0].InitialOffset) == 8 && sizeof(sample[0].Length) == 8,
       "[FILE2.RANGE.1] %u bytes\n", (unsigned int)sizeof(BG_FILE_RANGE));
    ok(EOF_LENGTH == ~(UINT64)0, "[FILE2.RANGE.2] to the end is %#I64x\n", (UINT64)EOF_LENGTH);
    for (i = 0; i < ARRAY_SIZE(servers); i++)
    for (j = 0; j < ARRAY_SIZE(rows); j++)
    for (k = 0; k < 2; k++)
    {
        winetest_push_context("%s %s %u", wine_dbgstr_w(servers[i]), wine_dbgstr_w(rows[j].name), k);
        job = ranges_job(rows[j].name, servers[i], rows[j].ranges, rows[j].count, k);
        bits_resume(job);
        bits_wait_states(job, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_ERROR | 1u << BG_JOB_STATE_TRANSIENT_ERROR);
        ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[JOB3.AddFileWithRanges.1] got state %d\n", bits_state(job));
        if (bits_state(job) == BG_JOB_STATE_TRANSFERRED)
        {
            file = bits_get_file(job, 0);
            hr = IBackgroundCopyFile_GetProgress(file, &progress);
            ok(hr == S_OK, "GetProgress: got %#lx\n", hr);
            if (rows[j].ranges[rows[j].count / 2].Length == EOF_LENGTH)
                ok(progress.BytesTotal == rows[j].total, "[FILE2.RANGE.2] %I64u bytes\n", progress.BytesTotal);
            ok_inferred("BEH.RANGE.8", progress.BytesTotal == rows[j].total && progress.BytesTransferred == rows[j].total,
                        "%I64u of %I64u\n", progress.BytesTransferred, progress.BytesTotal);
            IBackgroundCopyFile_Release(file);
            hr = IBackgroundCopyJob_Complete(job);
            ok(hr == S_OK, "Complete: got %#lx\n", hr);
            check_ranges(bits_path(rows[j].name), "/good", 200000, rows[j].ranges, rows[j].count);
        }
        bits_cancel(job);
        winetest_pop_context();
    }
}

/* As many as are allowed, each a byte, in reverse order: what they cost is a few requests. */
static void test_many(void)
{
    static BG_FILE_RANGE ranges[500];
    IBackgroundCopyJob *job;
    unsigned int i, count;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(ranges); i++)
    {
        ranges[i].InitialOffset = (ARRAY_SIZE(ranges) - 1 - i) * 300;
        ranges[i].Length = 1 + i % 200;
    }
    test_server_reset(bits_server);
    job = ranges_job(L"many", L"/good", ranges, ARRAY_SIZE(ranges), TRUE);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    check_ranges(bits_path(L"many"), "/good", 200000, ranges, ARRAY_SIZE(ranges));
    count = test_server_count(bits_server, "GET", "/good");
    ok_inferred("BEH.RANGE.10", count >= 1 && count <= 20, "%u requests\n", count);
    bits_cancel(job);
}

/* Errors at run time. */
static void test_bad_servers(void)
{
    static const BG_FILE_RANGE two[] = {{100, 100}, {300, 100}}, beyond[] = {{199999, 2}}, outside[] = {{200000, EOF_LENGTH}};
    static const struct
    {
        const char *id;
        const WCHAR *url;
        const BG_FILE_RANGE *ranges;
        unsigned int count;
        HRESULT hr;
    }
    rows[] =
    {
        {"JOB3.AddFileWithRanges.14", L"/off", two, 2, BG_E_INSUFFICIENT_RANGE_SUPPORT},
        {"JOB3.AddFileWithRanges.14", L"/merged", two, 2, BG_E_INVALID_SERVER_RESPONSE},
        {"JOB3.AddFileWithRanges.14", L"/mergedparts", two, 2, BG_E_INVALID_SERVER_RESPONSE},
        {"BEH.HTTP.5", L"/reordered", two, 2, BG_E_INVALID_SERVER_RESPONSE},
        {"BEH.HTTP.5", L"/dropped", two, 2, BG_E_INVALID_SERVER_RESPONSE},
        {"JOB3.AddFileWithRanges.14,FILE2.RANGE.3", L"/good", beyond, 1, BG_E_INVALID_RANGE},
        {"JOB3.AddFileWithRanges.14,FILE2.RANGE.3", L"/good", outside, 1, BG_E_INVALID_RANGE},
        {"JOB3.AddFileWithRanges.14", L"/never", two, 2, BG_E_INVALID_RANGE},
    };
    IBackgroundCopyJob *job;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        winetest_push_context("%u", i);
        job = ranges_job(L"bad", rows[i].url, rows[i].ranges, rows[i].count, TRUE);
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_ERROR);
        bits_check_error_in(job, rows[i].hr, REMOTE_FILE, rows[i].id);
        bits_cancel(job);
        winetest_pop_context();
    }
}

/* On demand. */

static void complete_good(IBackgroundCopyJob *job, const WCHAR *name)
{
    HRESULT hr = IBackgroundCopyJob_Complete(job);

    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    bits_check_file(bits_path(name), "/good", 0, 200000);
}

static void set_property(IBackgroundCopyJob *job, BITS_JOB_PROPERTY_ID id, BOOL enable)
{
    IBackgroundCopyJob5 *job5 = bits_query(job, IBackgroundCopyJob5);
    BITS_JOB_PROPERTY_VALUE value;
    HRESULT hr;

    value.Enable = enable;
    hr = IBackgroundCopyJob5_SetProperty(job5, id, value);
    ok(hr == S_OK, "[%s] got %#lx\n", id == BITS_JOB_PROPERTY_ON_DEMAND_MODE ? "JPROP.12" : "JPROP.8", hr);
    IBackgroundCopyJob5_Release(job5);
}

static IBackgroundCopyJob *demand_job(const WCHAR *name, const WCHAR *url, IBackgroundCopyFile6 **file6)
{
    IBackgroundCopyJob *job = bits_create_job(name, BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyFile *file;

    set_property(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, TRUE);
    set_foreground(job);
    bits_add_file(job, bits_url(url), bits_path(name));
    file = bits_get_file(job, 0);
    *file6 = bits_query(file, IBackgroundCopyFile6);
    IBackgroundCopyFile_Release(file);
    return job;
}

static void check_filled_(unsigned int line, IBackgroundCopyFile6 *file, unsigned int expected, const BG_FILE_RANGE *ranges)
{
    BG_FILE_RANGE *filled = NULL;
    DWORD count = 0xdead;
    unsigned int i;
    HRESULT hr;

    hr = IBackgroundCopyFile6_GetFilledFileRanges(file, &count, &filled);
    ok_(__FILE__, line)(hr == S_OK, "[FILE6.GetFilledFileRanges.2] got %#lx\n", hr);
    if (hr != S_OK) return;
    ok_(__FILE__, line)(count == expected, "[FILE6.GetFilledFileRanges.1,BEH.RANGE.9] got %lu ranges\n", count);
    for (i = 0; i < min(count, expected); i++)
        ok_(__FILE__, line)(filled[i].InitialOffset == ranges[i].InitialOffset && filled[i].Length == ranges[i].Length,
                            "[FILE6.GetFilledFileRanges.1] range %u: %I64u + %I64u\n", i, filled[i].InitialOffset, filled[i].Length);
    if (!expected) ok_inferred("FILE6.GetFilledFileRanges.A1", !filled, "got an array\n");
    CoTaskMemFree(filled);
}
#define check_filled(file, count, ranges) check_filled_(__LINE__, file, count, ranges)

static void test_on_demand(void)
{
    static const BG_FILE_RANGE first[] = {{1000, 100}, {50000, 200}}, second[] = {{1050, 100}, {0, 10}};
    static const BG_FILE_RANGE merged[] = {{0, 10}, {1000, 150}, {50000, 200}}, rest[] = {{0, EOF_LENGTH}}, whole[] = {{0, 200000}};
    static const BG_FILE_RANGE beyond[] = {{199999, 2}}, outside[] = {{200000, 1}}, none[] = {{10, 0}};
    IBackgroundCopyFile6 *file;
    IBackgroundCopyJob *job;
    struct test_server_stats stats;
    HRESULT hr;

    test_server_reset(bits_server);
    job = demand_job(L"demand", L"/good", &file);
    check_filled(file, 0, NULL);
    hr = IBackgroundCopyFile6_RequestFileRanges(file, ARRAY_SIZE(first), first);
    ok(hr == S_OK, "[FILE6.RequestFileRanges.2] got %#lx\n", hr);
    ok_inferred("FILE6.RequestFileRanges.A2", bits_state(job) == BG_JOB_STATE_SUSPENDED, "got state %d\n", bits_state(job));

    /* what was asked for is there, the file is not: suspended [BEH.STATE.53] */
    bits_resume(job);
    bits_wait_states(job, 1u << BG_JOB_STATE_SUSPENDED | 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_ERROR);
    ok(bits_state(job) == BG_JOB_STATE_SUSPENDED, "[FILE6.RequestFileRanges.5] got state %d\n", bits_state(job));
    check_filled(file, ARRAY_SIZE(first), first);
    test_server_get_stats(bits_server, &stats);
    ok(stats.body_sent < 2000, "[JPROP.12] %I64u bytes came\n", stats.body_sent);

    /* what is there already is not fetched again */
    hr = IBackgroundCopyFile6_RequestFileRanges(file, ARRAY_SIZE(second), second);
    ok(hr == S_OK, "[FILE6.RequestFileRanges.2] got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_SUSPENDED);
    check_filled(file, ARRAY_SIZE(merged), merged);

    /* the size is known now */
    hr = IBackgroundCopyFile6_RequestFileRanges(file, 1, beyond);
    ok(hr == BG_E_INVALID_RANGE, "[FILE6.RequestFileRanges.3] got %#lx\n", hr);
    hr = IBackgroundCopyFile6_RequestFileRanges(file, 1, outside);
    ok(hr == BG_E_INVALID_RANGE, "[FILE6.RequestFileRanges.3] got %#lx\n", hr);
    hr = IBackgroundCopyFile6_RequestFileRanges(file, 0, first);
    ok_inferred("FILE6.RequestFileRanges.A4", hr == E_INVALIDARG, "got %#lx\n", hr);
    hr = IBackgroundCopyFile6_RequestFileRanges(file, 1, none);
    ok_inferred("FILE6.RequestFileRanges.A4", hr == E_INVALIDARG || hr == BG_E_INVALID_RANGE, "got %#lx\n", hr);
    hr = IBackgroundCopyFile6_UpdateDownloadPosition(file, 200000);
    ok_inferred("FILE6.UpdateDownloadPosition.A1", hr == BG_E_INVALID_RANGE, "got %#lx\n", hr);
    hr = IBackgroundCopyFile6_UpdateDownloadPosition(file, 100000);
    ok(hr == S_OK, "[FILE6.UpdateDownloadPosition.2] got %#lx\n", hr);

    /* requests survive the service [BEH.PERSIST.33] */
    hr = IBackgroundCopyFile6_RequestFileRanges(file, 1, rest);
    ok(hr == S_OK, "[FILE6.RequestFileRanges.2] got %#lx\n", hr);
    if (!strcmp(winetest_platform, "wine"))
    {
        IBackgroundCopyFile *file1;
        GUID id;

        IBackgroundCopyJob_GetId(job, &id);
        IBackgroundCopyFile6_Release(file);
        IBackgroundCopyJob_Release(job);
        if (!bits_restart_service()) return;
        hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job);
        ok(hr == S_OK, "GetJob: got %#lx\n", hr);
        file1 = bits_get_file(job, 0);
        file = bits_query(file1, IBackgroundCopyFile6);
        IBackgroundCopyFile_Release(file1);
        check_filled(file, ARRAY_SIZE(merged), merged);
    }
    bits_resume(job);
    bits_wait_states(job, 1u << BG_JOB_STATE_SUSPENDED | 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_ERROR);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[FILE6.RequestFileRanges.5] got state %d\n", bits_state(job));
    check_filled(file, 1, whole);
    test_server_get_stats(bits_server, &stats);
    ok(stats.body_sent < 200000 + 5000, "[FILE6.RequestFileRanges.1,BEH.RANGE.9] %I64u bytes came\n", stats.body_sent);
    complete_good(job, L"demand");
    IBackgroundCopyFile6_Release(file);
    bits_cancel(job);
}

/* A file that nobody can ask for in parts comes whole, also on demand; whatever stopped it, the next Resume takes it up again. */
static void test_demand_whole(void)
{
    static const BG_FILE_RANGE ranges[] = {{100, 100}, {900, 100}}, ask = {1000, 100};
    IBackgroundCopyJob *job;
    IBackgroundCopyJob3 *job3;
    IBackgroundCopyFile6 *file6;
    BG_FILE_PROGRESS progress;
    unsigned char data[3000];
    IBackgroundCopyFile *file;
    unsigned int i;
    WCHAR *temp;
    HANDLE source;
    DWORD size;
    HRESULT hr;

    test_server_pattern("/good", 0, data, sizeof(data));
    source = CreateFileW(bits_path(L"source"), GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    ok(source != INVALID_HANDLE_VALUE, "no source, error %lu\n", GetLastError());
    WriteFile(source, data, sizeof(data), &size, NULL);
    CloseHandle(source);

    for (i = 0; i < 2; i++)
    {
        winetest_push_context(i ? "ranges" : "local");
        job = demand_job(L"demand", L"/good", &file6);
        hr = IBackgroundCopyFile6_RequestFileRanges(file6, 1, &ask);
        ok(hr == S_OK, "RequestFileRanges: got %#lx\n", hr);
        if (!i) bits_add_file(job, bits_path(L"source"), bits_path(L"whole"));
        else
        {
            job3 = bits_query(job, IBackgroundCopyJob3);
            hr = IBackgroundCopyJob3_AddFileWithRanges(job3, bits_url(L"/good"), bits_path(L"whole"), ARRAY_SIZE(ranges), (BG_FILE_RANGE *)ranges);
            ok(hr == S_OK, "AddFileWithRanges: got %#lx\n", hr);
            IBackgroundCopyJob3_Release(job3);
        }
        /* what is in the way stops it when its size is known */
        file = bits_get_file(job, 1);
        temp = bits_temporary_name_of(file);
        ok(CreateDirectoryW(temp, NULL), "cannot make a folder, error %lu\n", GetLastError());
        bits_resume(job);
        bits_wait_states(job, 1u << BG_JOB_STATE_ERROR | 1u << BG_JOB_STATE_TRANSIENT_ERROR);
        ok(RemoveDirectoryW(temp), "cannot remove the folder, error %lu\n", GetLastError());
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_SUSPENDED);
        hr = IBackgroundCopyFile_GetProgress(file, &progress);
        ok(hr == S_OK, "GetProgress: got %#lx\n", hr);
        ok_inferred("FILE6.RequestFileRanges.A1", progress.BytesTransferred == progress.BytesTotal && progress.BytesTotal == (i ? 200 : 3000),
                    "%I64u of %I64u bytes\n", progress.BytesTransferred, progress.BytesTotal);
        check_filled(file6, 1, &ask);
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == BG_S_PARTIAL_COMPLETE, "Complete: got %#lx\n", hr);
        if (i) check_ranges(bits_path(L"whole"), "/good", 200000, ranges, ARRAY_SIZE(ranges));
        else bits_check_file(bits_path(L"whole"), "/good", 0, sizeof(data));
        IBackgroundCopyFile_Release(file);
        IBackgroundCopyFile6_Release(file6);
        bits_cancel(job);
        winetest_pop_context();
    }
    DeleteFileW(bits_path(L"source"));
}

/* What was received is gone with the temporary file: nobody counts on it any more, and no hole stays where it was. */
static void test_vanished(void)
{
    static const BG_FILE_RANGE first = {0, 1000}, later = {100000, 1000};
    BG_FILE_PROGRESS progress;
    IBackgroundCopyFile6 *file6;
    IBackgroundCopyJob *job;
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < 2; i++)
    {
        winetest_push_context("%u", i);
        job = demand_job(L"vanished", L"/good", &file6);
        hr = IBackgroundCopyFile6_RequestFileRanges(file6, 1, &first);
        ok(hr == S_OK, "RequestFileRanges: got %#lx\n", hr);
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_SUSPENDED);
        check_filled(file6, 1, &first);
        if (!i) ok(DeleteFileW(bits_temporary_name(job)), "[BEH.FILE.14] cannot delete, error %lu\n", GetLastError());
        else bits_cut_temporary(job, 100);
        hr = IBackgroundCopyFile6_RequestFileRanges(file6, 1, &later);
        ok(hr == S_OK, "RequestFileRanges: got %#lx\n", hr);
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_SUSPENDED);
        check_filled(file6, 1, &later);
        hr = IBackgroundCopyFile6_GetProgress(file6, &progress);
        ok(hr == S_OK, "GetProgress: got %#lx\n", hr);
        ok_inferred("BEH.FILE.16", progress.BytesTransferred == 1000, "%I64u bytes\n", progress.BytesTransferred);

        set_property(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, FALSE);
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
        hr = IBackgroundCopyJob_Complete(job);
        ok_inferred("BEH.FILE.16", hr == S_OK, "got %#lx\n", hr);
        bits_check_file(bits_path(L"vanished"), "/good", 0, 200000);
        IBackgroundCopyFile6_Release(file6);
        bits_cancel(job);
        winetest_pop_context();
    }
}

/* On demand and straight into its place at once: what has come is known, and stays. */
static void test_in_place(void)
{
    static const BG_FILE_RANGE first = {0, 1000}, later = {100000, 1000}, both[] = {{0, 1000}, {100000, 1000}}, rest = {0, EOF_LENGTH};
    IBackgroundCopyJob *job = bits_create_job(L"in place", BG_JOB_TYPE_DOWNLOAD);
    struct test_server_stats stats;
    IBackgroundCopyFile6 *file6;
    IBackgroundCopyFile *file;
    HRESULT hr;

    test_server_reset(bits_server);
    set_property(job, BITS_JOB_PROPERTY_HIGH_PERFORMANCE, TRUE);
    set_property(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, TRUE);
    set_foreground(job);
    bits_add_file(job, bits_url(L"/good"), bits_path(L"in place"));
    file = bits_get_file(job, 0);
    file6 = bits_query(file, IBackgroundCopyFile6);
    hr = IBackgroundCopyFile6_RequestFileRanges(file6, 1, &first);
    ok(hr == S_OK, "RequestFileRanges: got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_SUSPENDED);
    check_filled(file6, 1, &first);
    hr = IBackgroundCopyFile6_RequestFileRanges(file6, 1, &later);
    ok(hr == S_OK, "RequestFileRanges: got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_SUSPENDED);
    check_filled(file6, 2, both);
    hr = IBackgroundCopyFile6_RequestFileRanges(file6, 1, &rest);
    ok(hr == S_OK, "RequestFileRanges: got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    test_server_get_stats(bits_server, &stats);
    ok(stats.body_sent < 205000, "[JPROP.12] %I64u bytes came\n", stats.body_sent);
    complete_good(job, L"in place");
    IBackgroundCopyFile6_Release(file6);
    IBackgroundCopyFile_Release(file);
    bits_cancel(job);
}

/* A range asked for while the rest is on its way comes first. */
static void test_urgent(void)
{
    static const BG_FILE_RANGE urgent[] = {{9000000, 1000}};
    struct bits_clock clock;
    BG_FILE_RANGE *filled;
    IBackgroundCopyFile6 *file6;
    IBackgroundCopyFile *file;
    IBackgroundCopyJob *job;
    DWORD count, i;
    BOOL found = FALSE;
    HRESULT hr;

    job = bits_create_job(L"urgent", BG_JOB_TYPE_DOWNLOAD);
    set_foreground(job);
    bits_add_file(job, bits_url(L"/slow"), bits_path(L"urgent"));
    file = bits_get_file(job, 0);
    file6 = bits_query(file, IBackgroundCopyFile6);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRING);
    hr = IBackgroundCopyFile6_RequestFileRanges(file6, 1, urgent);
    ok(hr == S_OK, "[FILE6.3,BEH.RANGE.9] got %#lx\n", hr);
    for (bits_clock_start(&clock); !found && bits_clock_look(&clock) < BITS_TIMEOUT; Sleep(20))
    {
        hr = IBackgroundCopyFile6_GetFilledFileRanges(file6, &count, &filled);
        ok(hr == S_OK, "GetFilledFileRanges: got %#lx\n", hr);
        for (i = 0; i < count; i++)
            if (filled[i].InitialOffset <= 9000000 && filled[i].InitialOffset + filled[i].Length >= 9001000) found = TRUE;
        CoTaskMemFree(filled);
    }
    ok(found, "[FILE6.RequestFileRanges.1] it did not come first\n");
    ok_inferred("FILE6.RequestFileRanges.A1", bits_state(job) == BG_JOB_STATE_TRANSFERRING || bits_state(job) == BG_JOB_STATE_CONNECTING,
                "got state %d\n", bits_state(job));
    IBackgroundCopyFile6_Release(file6);
    IBackgroundCopyFile_Release(file);
    bits_cancel(job);
}

/* What is missing behind the position comes before what is missing in front of it. */
static void test_position(void)
{
    struct test_request request;
    unsigned int i, count;
    IBackgroundCopyFile6 *file6;
    IBackgroundCopyFile *file;
    IBackgroundCopyJob *job;
    char value[64];
    ULONG first;
    HRESULT hr;

    test_server_reset(bits_server);
    job = bits_create_job(L"position", BG_JOB_TYPE_DOWNLOAD);
    set_foreground(job);
    bits_add_file(job, bits_url(L"/good"), bits_path(L"position"));
    file = bits_get_file(job, 0);
    file6 = bits_query(file, IBackgroundCopyFile6);
    hr = IBackgroundCopyFile6_UpdateDownloadPosition(file6, 150000);
    ok(hr == S_OK, "[FILE6.UpdateDownloadPosition.2] got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    count = test_server_count(bits_server, NULL, NULL);
    for (i = 1, first = 0; i <= count && !first; i++)
    {
        if (!test_server_get_request(bits_server, i, &request)) continue;
        if (!strcmp(request.method, "GET") && test_request_header(&request, "Range", value, sizeof(value))) sscanf(value, "bytes=%lu", &first);
        else if (!strcmp(request.method, "GET")) first = ~0u;
        test_request_free(&request);
    }
    ok(first == 150000, "[FILE6.UpdateDownloadPosition.1] the first request is for byte %lu\n", first);
    complete_good(job, L"position");
    IBackgroundCopyFile6_Release(file6);
    IBackgroundCopyFile_Release(file);
    bits_cancel(job);
}

/* A file that changes on the server begins anew, those before it do not. */
static void test_changed(void)
{
    static const BG_FILE_RANGE ranges[] = {{1000, 40000}, {60000, 40000}};
    IBackgroundCopyJob *job = ranges_job(L"first", L"/good", ranges, ARRAY_SIZE(ranges), TRUE);
    IBackgroundCopyJob3 *job3 = bits_query(job, IBackgroundCopyJob3);
    HRESULT hr;

    test_server_reset(bits_server);
    hr = IBackgroundCopyJob3_AddFileWithRanges(job3, bits_url(L"/renewed"), bits_path(L"second"), ARRAY_SIZE(ranges), (BG_FILE_RANGE *)ranges);
    ok(hr == S_OK, "[JOB3.AddFileWithRanges.4] got %#lx\n", hr);
    IBackgroundCopyJob3_Release(job3);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    bits_resume(job);
    bits_wait_states(job, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_ERROR);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[JOB3.AddFileWithRanges.16] got state %d\n", bits_state(job));
    ok(test_server_count(bits_server, "GET", "/good") == 1, "[JOB3.AddFileWithRanges.16] the first file came again\n");
    if (bits_state(job) == BG_JOB_STATE_TRANSFERRED)
    {
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == S_OK, "Complete: got %#lx\n", hr);
        check_ranges(bits_path(L"first"), "/good", 200000, ranges, ARRAY_SIZE(ranges));
        /* all of it is of the new version */
        check_ranges(bits_path(L"second"), "new version", 200000, ranges, ARRAY_SIZE(ranges));
    }
    bits_cancel(job);
}

/* As much beside the bytes as a server may send: other fields of 180 octets, and two ends of line before the first boundary. */
static void test_padded(void)
{
    static const BG_FILE_RANGE two[] = {{100, 100}, {300, 100}};
    IBackgroundCopyJob *job = ranges_job(L"padded", L"/padded", two, 2, TRUE);
    HRESULT hr;

    bits_resume(job);
    bits_wait_states(job, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_ERROR);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[JOB3.AddFileWithRanges.15] got state %d\n", bits_state(job));
    if (bits_state(job) == BG_JOB_STATE_TRANSFERRED)
    {
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == S_OK, "Complete: got %#lx\n", hr);
        bits_check_file(bits_path(L"padded"), NULL, 0, 200);
    }
    bits_cancel(job);
}

static void test_random_access_refused(void)
{
    static const BG_FILE_RANGE range = {0, 10};
    BG_FILE_RANGE ranges[] = {{0, 10}, {20, 10}}, *filled;
    IBackgroundCopyFile6 *file6;
    IBackgroundCopyFile *file;
    IBackgroundCopyJob *job;
    unsigned int i;
    DWORD count;
    HRESULT hr;

    for (i = 0; i < 2; i++)
    {
        if (!i) job = ranges_job(L"refuse", L"/good", ranges, 2, FALSE);
        else
        {
            job = bits_create_job(L"refuse", BG_JOB_TYPE_DOWNLOAD);
            bits_add_file(job, bits_path(L"source"), bits_path(L"refuse"));
        }
        winetest_push_context("%u", i);
        file = bits_get_file(job, 0);
        file6 = bits_query(file, IBackgroundCopyFile6);
        hr = IBackgroundCopyFile6_RequestFileRanges(file6, 1, &range);
        ok(hr == 0x8020006d, "[FILE6.4,BEH.RANGE.9] got %#lx\n", hr);
        hr = IBackgroundCopyFile6_UpdateDownloadPosition(file6, 0);
        ok(hr == 0x8020006d, "[FILE6.4,BEH.RANGE.9] got %#lx\n", hr);
        hr = IBackgroundCopyFile6_GetFilledFileRanges(file6, &count, &filled);
        ok(hr == 0x8020006d, "[FILE6.4,BEH.RANGE.9] got %#lx\n", hr);
        IBackgroundCopyFile6_Release(file6);
        IBackgroundCopyFile_Release(file);
        bits_cancel(job);
        winetest_pop_context();
    }
}

/* On demand the file cannot simply begin anew [ERR.0x80200073]; and the size is only known when the server was asked. */
static void test_demand_errors(void)
{
    static const BG_FILE_RANGE start = {0, 1000}, later = {70000, 1000}, beyond = {5000000, 1};
    IBackgroundCopyFile6 *file;
    IBackgroundCopyJob *job;
    HRESULT hr;

    test_server_reset(bits_server);
    job = demand_job(L"changed", L"/changes", &file);
    hr = IBackgroundCopyFile6_RequestFileRanges(file, 1, &start);
    ok(hr == S_OK, "RequestFileRanges: got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_SUSPENDED);
    hr = IBackgroundCopyFile6_RequestFileRanges(file, 1, &later);
    ok(hr == S_OK, "RequestFileRanges: got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    bits_check_error_in(job, 0x80200073, REMOTE_FILE, "ERR.0x80200073");
    IBackgroundCopyFile6_Release(file);
    bits_cancel(job);

    job = demand_job(L"beyond", L"/good", &file);
    hr = IBackgroundCopyFile6_RequestFileRanges(file, 1, &beyond);
    ok_inferred("FILE6.RequestFileRanges.A3", hr == S_OK, "got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    bits_check_error_in(job, BG_E_INVALID_RANGE, REMOTE_FILE, "FILE6.RequestFileRanges.A3");
    IBackgroundCopyFile6_Release(file);
    bits_cancel(job);

    job = demand_job(L"off", L"/off", &file);
    hr = IBackgroundCopyFile6_RequestFileRanges(file, 1, &start);
    ok(hr == S_OK, "RequestFileRanges: got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    bits_check_error_in(job, BG_E_INSUFFICIENT_RANGE_SUPPORT, REMOTE_FILE, "FILE6.RequestFileRanges.4");
    IBackgroundCopyFile6_Release(file);
    bits_cancel(job);
}

#define PART(range, data) "--b\\r\\nContent-Type: x/y\\r\\nContent-Range: bytes " range "/200000\\r\\n\\r\\n" data "\\r\\n"
#define HUNDRED "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
/* 180 octets of other fields, their ends of line included */
#define OTHERS "X-Other-One: " HUNDRED "\\r\\nX-Other-Two: 01234567890123456789012345678901234567890123456789\\r\\n"
#define PADDED(range, data) "--b\\r\\n" OTHERS "Content-Type: x/y\\r\\nContent-Range: bytes " range "/200000\\r\\n\\r\\n" data "\\r\\n"
#define MULTIPART(parts) "\n raw HTTP/1.1 206 Partial Content\\r\\nContent-Type: multipart/byteranges; boundary=b\\r\\n" \
        "Connection: close\\r\\n\\r\\n" parts "--b--\\r\\n\n close\n"

/* In order, apart, within the file; returns their sum. */
static UINT64 filled_sum(IBackgroundCopyFile6 *file6, UINT64 size)
{
    UINT64 end = 0, sum = 0;
    BG_FILE_RANGE *ranges;
    DWORD count, i;
    HRESULT hr;

    hr = IBackgroundCopyFile6_GetFilledFileRanges(file6, &count, &ranges);
    ok(hr == S_OK, "[FILE6.GetFilledFileRanges.2] got %#lx\n", hr);
    if (hr != S_OK) return 0;
    for (i = 0; i < count; i++)
    {
        ok(ranges[i].Length && (i ? ranges[i].InitialOffset > end : TRUE) && ranges[i].InitialOffset + ranges[i].Length <= size,
           "[FILE6.GetFilledFileRanges.1] range %lu: %I64u octets at %I64u, the one before ends at %I64u\n", i, ranges[i].Length,
           ranges[i].InitialOffset, end);
        end = ranges[i].InitialOffset + ranges[i].Length;
        sum += ranges[i].Length;
    }
    CoTaskMemFree(ranges);
    return sum;
}

/* Whatever is asked for, in any order, with all else that a client may do: in the end the whole file is right. */
static void test_any_order(unsigned int seed, BOOL on_demand)
{
    static const UINT64 size = 3000000;
    BITS_JOB_PROPERTY_VALUE value = { 0 };
    IBackgroundCopyFile6 *file6;
    BG_FILE_PROGRESS progress;
    IBackgroundCopyFile *file;
    IBackgroundCopyJob5 *job5;
    IBackgroundCopyJob *job;
    BG_FILE_RANGE ranges[8];
    struct bits_clock clock;
    UINT64 filled, before = 0;
    unsigned int i, count, deeds;
    BG_JOB_STATE state;
    HRESULT hr;

    winetest_push_context("seed %u, on demand %d", seed, on_demand);
    test_server_reset(bits_server);
    job = bits_download(L"any", L"/shaky", BG_JOB_PRIORITY_FOREGROUND);
    IBackgroundCopyJob_SetMinimumRetryDelay(job, 5);
    job5 = bits_query(job, IBackgroundCopyJob5);
    value.Enable = on_demand;
    hr = IBackgroundCopyJob5_SetProperty(job5, BITS_JOB_PROPERTY_ON_DEMAND_MODE, value);
    ok(hr == S_OK, "SetProperty: got %#lx\n", hr);
    IBackgroundCopyJob5_Release(job5);
    file = bits_get_file(job, 0);
    file6 = bits_query(file, IBackgroundCopyFile6);
    bits_clock_start(&clock);
    for (deeds = 0; bits_clock_look(&clock) < 2500 && bits_state(job) != BG_JOB_STATE_ERROR; deeds++)
    {
        seed = seed * 1103515245 + 12345;
        switch ((seed >> 16) % 8)
        {
        case 0: case 1:
            count = 1 + (seed >> 20) % ARRAY_SIZE(ranges);
            for (i = 0; i < count; i++)
            {
                seed = seed * 1103515245 + 12345;
                ranges[i].InitialOffset = (seed >> 8) % size;
                ranges[i].Length = 1 + (seed >> 12) % min(size - ranges[i].InitialOffset, 50000);
            }
            hr = IBackgroundCopyFile6_RequestFileRanges(file6, count, ranges);
            ok(hr == S_OK, "[FILE6.RequestFileRanges.2] got %#lx\n", hr);
            break;
        case 2:
            hr = IBackgroundCopyFile6_UpdateDownloadPosition(file6, (seed >> 8) % size);
            ok(hr == S_OK, "[FILE6.UpdateDownloadPosition.2] got %#lx\n", hr);
            break;
        case 3:
            hr = IBackgroundCopyJob_Suspend(job);
            ok(hr == S_OK, "Suspend: got %#lx\n", hr);
            break;
        case 4:
            hr = IBackgroundCopyJob_SetPriority(job, (BG_JOB_PRIORITY)((seed >> 20) % 4));
            ok(hr == S_OK, "SetPriority: got %#lx\n", hr);
            break;
        case 5:
            Sleep((seed >> 20) % 30);
            break;
        default:
            bits_resume(job);
            break;
        }
        filled = filled_sum(file6, size);
        hr = IBackgroundCopyFile_GetProgress(file, &progress);
        ok(hr == S_OK && progress.BytesTransferred <= size && progress.BytesTransferred >= filled && filled >= before,
           "got %#lx, %I64u of %I64u, filled %I64u and %I64u\n", hr, progress.BytesTransferred, progress.BytesTotal, before, filled);
        before = filled;
    }
    ok(bits_state(job) != BG_JOB_STATE_ERROR, "an error after %u deeds\n", deeds);
    ranges[0].InitialOffset = 0;
    ranges[0].Length = EOF_LENGTH;
    hr = IBackgroundCopyFile6_RequestFileRanges(file6, 1, ranges);
    ok_inferred("FILE6.RequestFileRanges.A4", hr == S_OK, "got %#lx\n", hr);
    do
    {
        bits_resume(job);
        bits_wait_states(job, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_SUSPENDED | 1u << BG_JOB_STATE_ERROR);
        state = bits_state(job);
    }
    while (state == BG_JOB_STATE_SUSPENDED && bits_clock_look(&clock) < BITS_TIMEOUT);
    ok(state == BG_JOB_STATE_TRANSFERRED, "[FILE6.RequestFileRanges.5] got state %d\n", state);
    ok(filled_sum(file6, size) == size, "[FILE6.GetFilledFileRanges.1] not the whole file\n");
    IBackgroundCopyFile6_Release(file6);
    IBackgroundCopyFile_Release(file);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    bits_check_file(bits_path(L"any"), "/shaky", 0, size);
    bits_cancel(job);
    winetest_pop_context();
}

START_TEST(ranges)
{
    unsigned int i;

    if (!bits_begin()) return;
    if (bits_server_start("on * /good\n size 200000\n"
                          "on * /single\n size 200000\n pattern /good\n ranges single\n"
                          "on HEAD /first\n size 200000\n"
                          "on * /first\n size 200000\n pattern /good\n ranges short 0\n ranges single\n"
                          "on * /many\n size 200000\n pattern /good\n ranges multipart\n"
                          "on HEAD /chunked\n size 200000\non * /chunked\n size 200000\n pattern /good\n ranges multipart\n chunked 7\n"
                          "on * /close\n size 200000\n pattern /good\n close\n"
                          "on * /plain\n size 200000\n pattern /good\n modified none\n"
                          "on * /off\n size 200000\n ranges off\n"
                          "on HEAD /merged\n size 200000\non * /merged\n raw HTTP/1.1 206 Partial Content\\r\\nContent-Range: bytes 100-399/200000\\r\\n"
                          "Content-Length: 300\\r\\n\\r\\n" HUNDRED HUNDRED HUNDRED "\n"
                          "on HEAD /mergedparts\n size 200000\non * /mergedparts" MULTIPART(PART("100-399", HUNDRED HUNDRED HUNDRED))
                          "on HEAD /reordered\n size 200000\non * /reordered" MULTIPART(PART("300-399", HUNDRED) PART("100-199", HUNDRED))
                          "on HEAD /padded\n size 200000\non * /padded" MULTIPART("\\r\\n\\r\\n" PADDED("100-199", HUNDRED) PADDED("300-399", HUNDRED))
                          "on HEAD /renewed\n reply 1\n size 200000\n reply\n size 200000\n modified 1600000000\n pattern new version\n"
                          "on GET /renewed\n reply 1\n size 200000\n cut 50000\n reply\n size 200000\n modified 1600000000\n pattern new version\n"
                          "on HEAD /dropped\n size 200000\non * /dropped" MULTIPART(PART("100-199", HUNDRED))
                          "on HEAD /never\n size 200000\non * /never\n size 200000\n ranges unsatisfiable\n"
                          "on HEAD /slow\n size 10000000\non * /slow\n size 10000000\n rate 2000000\n"
                          "on HEAD /shaky\n size 3000000\n"
                          "on * /shaky\n size 3000000\n rate 1500000\n reply 3\n size 3000000\n reply\n size 3000000\n cut 700000\n"
                          " reply 2\n size 3000000\n rate 800000\n reply 1\n size 3000000\n reset 400\n reply\n size 3000000\n rate 2000000\n"
                          "on HEAD /changes\n reply 1\n size 100000\n reply\n size 100000\n modified 1500000000\n"
                          "on * /changes\n size 100000\n conditions off\n"))
    {
        test_refused();
        test_transfer();
        test_many();
        test_bad_servers();
        test_padded();
        test_changed();
        test_position();
        test_on_demand();
        test_demand_whole();
        test_vanished();
        test_in_place();
        test_urgent();
        test_random_access_refused();
        test_demand_errors();
        for (i = 1; i <= 4; i++) test_any_order(i, i & 1);
    }
    bits_end();
}
