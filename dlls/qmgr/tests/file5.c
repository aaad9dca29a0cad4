/*
 * IBackgroundCopyFile5 and IBackgroundCopyFile6 across the process boundary
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

#define INVALID_TAG HRESULT_FROM_WIN32(RPC_S_INVALID_TAG)

static void test_properties(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"properties", BG_JOB_TYPE_DOWNLOAD);
    BITS_FILE_PROPERTY_VALUE value;
    IBackgroundCopyFile *file1;
    IBackgroundCopyFile5 *file;
    HRESULT hr;

    if (!job) return;
    bits_add_file(job, bits_url(L"/state/good"), bits_path(L"good"));
    file1 = bits_get_file(job, 0);
    file = bits_query(file1, IBackgroundCopyFile5);
    value.String = (WCHAR *)0xdeadbeef;
    hr = IBackgroundCopyFile5_GetProperty(file, BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, &value);
    ok(hr == S_OK, "[FILE5.GetProperty.2] got %#lx\n", hr);
    ok_inferred("FILE5.GetProperty.A2", !value.String, "got %s\n", wine_dbgstr_w(value.String));
    value.String = (WCHAR *)L"X: y\r\n";
    hr = IBackgroundCopyFile5_SetProperty(file, BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, value);
    ok_inferred("FILE5.SetProperty.A1,ERR.0x80200058", hr == BG_E_READ_ONLY_PROPERTY, "got %#lx\n", hr);
    value.String = NULL;
    hr = IBackgroundCopyFile5_SetProperty(file, (BITS_FILE_PROPERTY_ID)2, value);
    ok(hr == BG_E_UNKNOWN_PROPERTY_ID || hr == INVALID_TAG, "[FILE5.SetProperty.2] got %#lx\n", hr);
    hr = IBackgroundCopyFile5_GetProperty(file, (BITS_FILE_PROPERTY_ID)2, &value);
    ok(hr == BG_E_UNKNOWN_PROPERTY_ID || hr == INVALID_TAG, "[FILE5.SetProperty.2] got %#lx\n", hr);
    hr = IBackgroundCopyFile5_GetProperty(file, BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);

    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    value.String = NULL;
    hr = IBackgroundCopyFile5_GetProperty(file, BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, &value);
    ok(hr == S_OK && value.String, "[FILE5.GetProperty.1,FILE5.GetProperty.2] got %#lx\n", hr);
    if (hr == S_OK && value.String)
    {
        ok_inferred("FILE5.GetProperty.A1", !wcsncmp(value.String, L"HTTP/1.1 20", 11), "got %s\n", wine_dbgstr_w(value.String));
        ok(wcsstr(value.String, L"\r\nLast-Modified: Wed, 01 Nov 2023 00:00:00 GMT\r\n") != NULL, "[FILE5.GetProperty.1] got %s\n",
           wine_dbgstr_w(value.String));
        CoTaskMemFree(value.String);
    }
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    bits_check_file(bits_path(L"good"), "/state/good", 0, 1000);
    value.String = NULL;
    hr = IBackgroundCopyFile5_GetProperty(file, BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, &value);
    ok(hr == S_OK && value.String, "[BEH.HTTP.22,HABIT.F15] got %#lx\n", hr);
    CoTaskMemFree(value.String);
    IBackgroundCopyFile5_Release(file);
    IBackgroundCopyFile_Release(file1);
    bits_cancel(job);
}

/* What cannot be had at random. */
static void test_refused(void)
{
    static const BG_FILE_RANGE one = { 0, 10 };
    IBackgroundCopyFile6 *file;
    IBackgroundCopyFile *file1;
    IBackgroundCopyJob3 *job3;
    IBackgroundCopyJob *job;
    BG_FILE_RANGE *ranges;
    DWORD count;
    HRESULT hr;
    int kind;

    for (kind = 0; kind < 4; kind++)
    {
        HANDLE source;

        if (!(job = bits_create_job(L"random", kind < 2 ? BG_JOB_TYPE_DOWNLOAD : kind == 2 ? BG_JOB_TYPE_UPLOAD : BG_JOB_TYPE_UPLOAD_REPLY)))
            continue;
        winetest_push_context("kind %d", kind);
        source = CreateFileW(bits_path(L"source"), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
        CloseHandle(source);
        if (kind == 0)
        {
            job3 = bits_query(job, IBackgroundCopyJob3);
            hr = IBackgroundCopyJob3_AddFileWithRanges(job3, L"http://127.0.0.1/a", bits_path(L"ranges"), 1, (BG_FILE_RANGE *)&one);
            ok(hr == S_OK, "[JOB3.AddFileWithRanges.4] got %#lx\n", hr);
            IBackgroundCopyJob3_Release(job3);
        }
        else if (kind == 1) bits_add_file(job, bits_path(L"source"), bits_path(L"local"));
        else bits_add_file(job, L"http://127.0.0.1/a", bits_path(L"source"));
        file1 = bits_get_file(job, 0);
        file = bits_query(file1, IBackgroundCopyFile6);
        hr = IBackgroundCopyFile6_UpdateDownloadPosition(file, 0);
        ok(hr == BG_E_RANDOM_ACCESS_NOT_SUPPORTED, "[FILE6.UpdateDownloadPosition.3,FILE6.4] got %#lx\n", hr);
        hr = IBackgroundCopyFile6_RequestFileRanges(file, 1, &one);
        ok(hr == BG_E_RANDOM_ACCESS_NOT_SUPPORTED, "[FILE6.RequestFileRanges.4,FILE6.4] got %#lx\n", hr);
        hr = IBackgroundCopyFile6_GetFilledFileRanges(file, &count, &ranges);
        ok(hr == BG_E_RANDOM_ACCESS_NOT_SUPPORTED, "[FILE6.GetFilledFileRanges.4,FILE6.4] got %#lx\n", hr);
        IBackgroundCopyFile6_Release(file);
        IBackgroundCopyFile_Release(file1);
        winetest_pop_context();
        bits_cancel(job);
        DeleteFileW(bits_path(L"source"));
    }
}

static void test_states(void)
{
    static const BG_FILE_RANGE inside = { 10, 20 }, outside = { 990, 11 }, to_end = { 500, BG_LENGTH_TO_EOF };
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(bits_states); i++)
    {
        BOOL final = bits_is_final(bits_states[i]), transferred = bits_states[i] == BG_JOB_STATE_TRANSFERRED;
        IBackgroundCopyJob *job = bits_job_in_state(bits_states[i]);
        IBackgroundCopyFile *file1 = bits_get_file(job, 0);
        IBackgroundCopyFile6 *file = bits_query(file1, IBackgroundCopyFile6);
        BG_FILE_RANGE *ranges = (BG_FILE_RANGE *)0xdeadbeef;
        DWORD count = 77;

        winetest_push_context("state %d", bits_states[i]);
        hr = IBackgroundCopyFile6_GetFilledFileRanges(file, &count, &ranges);
        ok(hr == S_OK, "[FILE6.GetFilledFileRanges.2] got %#lx\n", hr);
        if (transferred || bits_states[i] == BG_JOB_STATE_ACKNOWLEDGED)
            ok(count == 1 && ranges && !ranges->InitialOffset && ranges->Length == 1000, "[FILE6.GetFilledFileRanges.1] got %lu ranges\n", count);
        else if (bits_states[i] != BG_JOB_STATE_TRANSFERRING)
            ok_inferred("FILE6.GetFilledFileRanges.A1", !count && !ranges, "got %lu ranges at %p\n", count, ranges);
        if (hr == S_OK) CoTaskMemFree(ranges);
        hr = IBackgroundCopyFile6_UpdateDownloadPosition(file, 500);
        if (final) ok_inferred("api-2-later:GEN.A3", hr == BG_E_INVALID_STATE, "got %#lx\n", hr);
        else ok(hr == S_OK, "[FILE6.UpdateDownloadPosition.2,FILE6.3] got %#lx\n", hr);
        hr = IBackgroundCopyFile6_RequestFileRanges(file, 1, &inside);
        if (final) ok_inferred("api-2-later:GEN.A3", hr == BG_E_INVALID_STATE, "got %#lx\n", hr);
        else ok(hr == S_OK, "[FILE6.RequestFileRanges.2,FILE6.3] got %#lx\n", hr);
        if (transferred)
        {
            hr = IBackgroundCopyFile6_RequestFileRanges(file, 1, &outside);
            ok(hr == BG_E_INVALID_RANGE, "[FILE6.RequestFileRanges.3] got %#lx\n", hr);
            hr = IBackgroundCopyFile6_RequestFileRanges(file, 1, &to_end);
            ok_inferred("FILE6.RequestFileRanges.A4", hr == S_OK, "got %#lx\n", hr);
            hr = IBackgroundCopyFile6_UpdateDownloadPosition(file, 1000);
            ok_inferred("FILE6.UpdateDownloadPosition.A1", hr == BG_E_INVALID_RANGE, "got %#lx\n", hr);
            ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "got state %d\n", bits_state(job));
        }
        hr = IBackgroundCopyFile6_RequestFileRanges(file, 1, NULL);
        ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
        hr = IBackgroundCopyFile6_GetFilledFileRanges(file, NULL, &ranges);
        ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
        hr = IBackgroundCopyFile6_GetFilledFileRanges(file, &count, NULL);
        ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
        winetest_pop_context();
        IBackgroundCopyFile6_Release(file);
        IBackgroundCopyFile_Release(file1);
        bits_cancel(job);
    }
}

START_TEST(file5)
{
    if (!bits_begin()) return;
    test_refused();
    if (bits_server_start(BITS_STATES_SCRIPT))
    {
        test_properties();
        test_states();
    }
    bits_end();
}
