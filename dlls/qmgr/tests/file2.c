/*
 * IBackgroundCopyFile2 to IBackgroundCopyFile4 across the process boundary
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

static void test_identity(void)
{
    static const IID *const interfaces[] =
    {
        &IID_IBackgroundCopyFile, &IID_IBackgroundCopyFile2, &IID_IBackgroundCopyFile3, &IID_IBackgroundCopyFile4,
        &IID_IBackgroundCopyFile5, &IID_IBackgroundCopyFile6
    };
    IBackgroundCopyJob *job = bits_create_job(L"files", BG_JOB_TYPE_DOWNLOAD);
    IUnknown *unknown, *iface, *same;
    IBackgroundCopyFile *file;
    unsigned int i;
    HRESULT hr;

    if (!job) return;
    bits_add_file(job, L"http://127.0.0.1/a", bits_path(L"a"));
    file = bits_get_file(job, 0);
    hr = IBackgroundCopyFile_QueryInterface(file, &IID_IUnknown, (void **)&unknown);
    ok(hr == S_OK, "got %#lx\n", hr);
    for (i = 0; i < ARRAY_SIZE(interfaces); i++)
    {
        hr = IBackgroundCopyFile_QueryInterface(file, interfaces[i], (void **)&iface);
        ok(hr == S_OK, "[api-2-later:GEN.1] no %s: %#lx\n", wine_dbgstr_guid(interfaces[i]), hr);
        if (hr != S_OK) continue;
        hr = IUnknown_QueryInterface(iface, &IID_IUnknown, (void **)&same);
        ok(hr == S_OK && same == unknown, "[api-2-later:GEN.1] another object\n");
        IUnknown_Release(same);
        IUnknown_Release(iface);
    }
    hr = IBackgroundCopyFile_QueryInterface(file, &IID_IBackgroundCopyJob, (void **)&iface);
    ok(hr == E_NOINTERFACE, "got %#lx\n", hr);
    IUnknown_Release(unknown);
    IBackgroundCopyFile_Release(file);
    bits_cancel(job);
}

static void check_no_ranges_(unsigned int line, IBackgroundCopyFile2 *file)
{
    BG_FILE_RANGE *ranges = (BG_FILE_RANGE *)0xdeadbeef;
    DWORD count = 77;
    HRESULT hr = IBackgroundCopyFile2_GetFileRanges(file, &count, &ranges);

    ok_(__FILE__, line)(hr == S_FALSE && !count && !ranges, "[FILE2.GetFileRanges.3] got %#lx, %lu ranges at %p\n", hr, count, ranges);
}
#define check_no_ranges(file) check_no_ranges_(__LINE__, file)

static void test_remote_name(void)
{
    static const WCHAR *const bad[] =
    {
        L"", L"file", L"gopher://a/b", L"http://", L"http:///a", L"ftp://a/b", L"http://a/b*"
    };
    IBackgroundCopyJob *job = bits_create_job(L"names", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyFile *file1;
    IBackgroundCopyFile2 *file;
    BG_FILE_RANGE *ranges;
    WCHAR *name, *longest;
    unsigned int i;
    DWORD count;
    HRESULT hr;

    if (!job) return;
    bits_add_file(job, L"http://127.0.0.1/a", bits_path(L"a"));
    bits_add_file(job, L"http://127.0.0.1/b", bits_path(L"b"));
    file1 = bits_get_file(job, 1);
    file = bits_query(file1, IBackgroundCopyFile2);
    check_no_ranges(file);
    hr = IBackgroundCopyFile2_GetFileRanges(file, NULL, &ranges);
    ok_inferred("FILE2.GetFileRanges.A1", hr == E_INVALIDARG || hr == NULL_REF, "got %#lx\n", hr);
    hr = IBackgroundCopyFile2_GetFileRanges(file, &count, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6,ERR.0x800706F4] got %#lx\n", hr);

    hr = IBackgroundCopyFile2_SetRemoteName(file, L"https://example.invalid:444/new?q=1");
    ok(hr == S_OK, "[FILE2.SetRemoteName.2,FILE2.SetRemoteName.1] got %#lx\n", hr);
    hr = IBackgroundCopyFile2_GetRemoteName(file, &name);
    bits_check_string("FILE2.SetRemoteName.1", hr, name, L"https://example.invalid:444/new?q=1");
    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        hr = IBackgroundCopyFile2_SetRemoteName(file, bad[i]);
        if (*bad[i]) ok(hr == E_INVALIDARG, "[FILE2.SetRemoteName.3] %s: got %#lx\n", wine_dbgstr_w(bad[i]), hr);
        else ok_inferred("FILE2.SetRemoteName.A1", hr == E_INVALIDARG, "got %#lx\n", hr);
    }
    longest = bits_long_string(2300);
    memcpy(longest, L"http://a/", 9 * sizeof(WCHAR));
    for (i = 209; i < 2200; i += 200) longest[i] = '/';
    longest[2201] = 0;
    hr = IBackgroundCopyFile2_SetRemoteName(file, longest);
    ok(hr == E_INVALIDARG, "[FILE2.SetRemoteName.3] got %#lx\n", hr);
    longest[2200] = 0;
    hr = IBackgroundCopyFile2_SetRemoteName(file, longest);
    ok(hr == S_OK, "[FILE2.SetRemoteName.3] got %#lx\n", hr);
    hr = IBackgroundCopyFile2_GetRemoteName(file, &name);
    bits_check_string("FILE2.SetRemoteName.2", hr, name, longest);
    free(longest);
    hr = IBackgroundCopyFile2_SetRemoteName(file, L"\\\\server\\share\\file");
    ok(hr == S_OK, "[FILE2.SetRemoteName.1] got %#lx\n", hr);
    hr = IBackgroundCopyFile2_SetRemoteName(file, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    IBackgroundCopyFile2_Release(file);
    IBackgroundCopyFile_Release(file1);

    /* the other file is another file */
    file1 = bits_get_file(job, 0);
    hr = IBackgroundCopyFile_GetRemoteName(file1, &name);
    bits_check_string("FILE2.SetRemoteName.1", hr, name, L"http://127.0.0.1/a");
    IBackgroundCopyFile_Release(file1);
    bits_cancel(job);
}

static void make_file(const WCHAR *path)
{
    HANDLE file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    DWORD written;

    WriteFile(file, "0123456789", 10, &written, NULL);
    CloseHandle(file);
}

static void test_uploads(BG_JOB_TYPE type)
{
    IBackgroundCopyJob *job = bits_create_job(L"upload", type);
    UINT64 origin = 1, peers = 2;
    IBackgroundCopyFile4 *file;
    IBackgroundCopyFile *file1;
    WCHAR *name;
    BOOL value;
    HRESULT hr;

    if (!job) return;
    winetest_push_context("type %d", type);
    make_file(bits_path(L"source"));
    bits_add_file(job, L"http://127.0.0.1/a", bits_path(L"source"));
    file1 = bits_get_file(job, 0);
    file = bits_query(file1, IBackgroundCopyFile4);
    check_no_ranges((IBackgroundCopyFile2 *)file);
    hr = IBackgroundCopyFile4_SetRemoteName(file, L"http://127.0.0.1/b");
    ok(hr == E_NOTIMPL, "[FILE2.SetRemoteName.4,ERR.0x80004001] got %#lx\n", hr);
    hr = IBackgroundCopyFile4_GetTemporaryName(file, &name);
    ok_inferred("FILE3.GetTemporaryName.A2", hr == E_NOTIMPL, "got %#lx\n", hr);
    if (hr == S_OK) CoTaskMemFree(name);
    hr = IBackgroundCopyFile4_SetValidationState(file, TRUE);
    ok_inferred("FILE3.SetValidationState.A2", hr == E_NOTIMPL, "got %#lx\n", hr);
    hr = IBackgroundCopyFile4_GetValidationState(file, &value);
    ok(hr == S_OK && !value, "[FILE3.GetValidationState.1,FILE3.GetValidationState.2] got %#lx, %d\n", hr, value);
    hr = IBackgroundCopyFile4_GetPeerDownloadStats(file, &origin, &peers);
    ok(hr == S_OK, "[FILE4.GetPeerDownloadStats.2] got %#lx\n", hr);
    ok_inferred("FILE4.GetPeerDownloadStats.A1", !origin && !peers, "got %s, %s\n", wine_dbgstr_longlong(origin), wine_dbgstr_longlong(peers));
    IBackgroundCopyFile4_Release(file);
    IBackgroundCopyFile_Release(file1);
    winetest_pop_context();
    bits_cancel(job);
    DeleteFileW(bits_path(L"source"));
}

static void test_states(void)
{
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(bits_states); i++)
    {
        BOOL final = bits_is_final(bits_states[i]), transferred = bits_states[i] == BG_JOB_STATE_TRANSFERRED;
        IBackgroundCopyJob *job = bits_job_in_state(bits_states[i]);
        IBackgroundCopyFile *file1 = bits_get_file(job, 0);
        IBackgroundCopyFile4 *file = bits_query(file1, IBackgroundCopyFile4);
        BG_FILE_PROGRESS progress;
        BOOL value = 77;
        WCHAR *name;

        winetest_push_context("state %d", bits_states[i]);
        if (bits_states[i] == BG_JOB_STATE_TRANSFERRING)
        {
            /* the file is made when the first octets have come */
            do hr = IBackgroundCopyFile4_GetProgress(file, &progress);
            while (hr == S_OK && progress.BytesTransferred < 500 && bits_state(job) == BG_JOB_STATE_TRANSFERRING);
        }
        hr = IBackgroundCopyFile4_GetTemporaryName(file, &name);
        ok(hr == S_OK, "[FILE3.GetTemporaryName.6] got %#lx\n", hr);
        if (hr == S_OK)
        {
            ok(name && !wcsncmp(name, bits_folder, wcslen(bits_folder)) && wcscmp(name, bits_path(L"state")),
               "[FILE3.GetTemporaryName.1] got %s\n", wine_dbgstr_w(name));
            ok((GetFileAttributesW(name) != INVALID_FILE_ATTRIBUTES) == (transferred || bits_states[i] == BG_JOB_STATE_TRANSFERRING),
               "[FILE3.GetTemporaryName.4] attributes %#lx\n", GetFileAttributesW(name));
            CoTaskMemFree(name);
        }
        hr = IBackgroundCopyFile4_GetValidationState(file, &value);
        ok(hr == S_OK, "[FILE3.GetValidationState.2] got %#lx\n", hr);
        ok(value == (bits_states[i] == BG_JOB_STATE_ACKNOWLEDGED), "[FILE3.GetValidationState.1,FILE3.SetValidationState.8] got %d\n", value);
        hr = IBackgroundCopyFile4_IsDownloadedFromPeer(file, &value);
        ok(hr == S_OK && !value, "[FILE3.IsDownloadedFromPeer.2,FILE3.IsDownloadedFromPeer.3] got %#lx, %d\n", hr, value);
        hr = IBackgroundCopyFile4_SetValidationState(file, TRUE);
        if (final) ok_inferred("FILE3.SetValidationState.A2", hr == BG_E_INVALID_STATE, "got %#lx\n", hr);
        else ok(hr == (transferred ? S_OK : E_PENDING), "[FILE3.SetValidationState.2,FILE3.SetValidationState.3,ERR.0x8000000A] got %#lx\n",
                hr);
        hr = IBackgroundCopyFile4_SetRemoteName(file, bits_url(L"/state/good"));
        ok(hr == (final ? BG_E_INVALID_STATE : S_OK), "[FILE2.SetRemoteName.5] got %#lx\n", hr);
        winetest_pop_context();
        IBackgroundCopyFile4_Release(file);
        IBackgroundCopyFile_Release(file1);
        bits_cancel(job);
    }
}

/* A file that is called invalid is fetched again. */
static void test_validation(void)
{
    IBackgroundCopyJob *job = bits_job_in_state(BG_JOB_STATE_TRANSFERRED);
    IBackgroundCopyFile *file1 = bits_get_file(job, 0);
    IBackgroundCopyFile4 *file = bits_query(file1, IBackgroundCopyFile4);
    UINT64 origin = 1, peers = 2;
    BG_FILE_PROGRESS progress;
    IBackgroundCopyError *error;
    BG_ERROR_CONTEXT context;
    HRESULT hr, code = S_OK;
    BOOL value = 77;

    hr = IBackgroundCopyFile4_GetPeerDownloadStats(file, &origin, &peers);
    ok(hr == S_OK && origin == 1000 && !peers, "[FILE4.GetPeerDownloadStats.1,FILE4.GetPeerDownloadStats.2,BEH.PEER.3] got %#lx, %s, %s\n", hr,
       wine_dbgstr_longlong(origin), wine_dbgstr_longlong(peers));
    hr = IBackgroundCopyFile4_SetValidationState(file, TRUE);
    ok(hr == S_OK, "[FILE3.SetValidationState.2] got %#lx\n", hr);
    hr = IBackgroundCopyFile4_GetValidationState(file, &value);
    ok(hr == S_OK && value == TRUE, "[FILE3.SetValidationState.1,FILE3.GetValidationState.1] got %#lx, %d\n", hr, value);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[FILE3.SetValidationState.1] got state %d\n", bits_state(job));

    hr = IBackgroundCopyFile4_SetValidationState(file, FALSE);
    ok_inferred("FILE3.SetValidationState.A1", hr == S_OK, "got %#lx\n", hr);
    ok(bits_state(job) == BG_JOB_STATE_ERROR, "[FILE3.SetValidationState.5,BEH.STATE.45] got state %d\n", bits_state(job));
    hr = IBackgroundCopyJob_GetError(job, &error);
    ok(hr == S_OK, "GetError: got %#lx\n", hr);
    if (hr == S_OK)
    {
        IBackgroundCopyError_GetError(error, &context, &code);
        IBackgroundCopyError_Release(error);
    }
    ok(code == BG_E_VALIDATION_FAILED, "[FILE3.SetValidationState.5] got %#lx\n", code);
    hr = IBackgroundCopyFile4_GetProgress(file, &progress);
    ok(hr == S_OK && !progress.BytesTransferred, "[FILE3.SetValidationState.5] got %#lx, %s\n", hr,
       wine_dbgstr_longlong(progress.BytesTransferred));
    hr = IBackgroundCopyFile4_GetValidationState(file, &value);
    ok(hr == S_OK && !value, "[FILE3.SetValidationState.1] got %#lx, %d\n", hr, value);
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_TRANSFERRED))
    {
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == S_OK, "[FILE3.SetValidationState.5] got %#lx\n", hr);
        bits_check_file(bits_path(L"state"), "/state/good", 0, 1000);
        hr = IBackgroundCopyFile4_GetValidationState(file, &value);
        ok(hr == S_OK && value == TRUE, "[FILE3.SetValidationState.8,BEH.CONSIST.9] got %#lx, %d\n", hr, value);
    }
    hr = IBackgroundCopyFile4_GetTemporaryName(file, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    hr = IBackgroundCopyFile4_GetValidationState(file, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    hr = IBackgroundCopyFile4_IsDownloadedFromPeer(file, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    hr = IBackgroundCopyFile4_GetPeerDownloadStats(file, NULL, &peers);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    hr = IBackgroundCopyFile4_GetPeerDownloadStats(file, &origin, NULL);
    ok(hr == NULL_REF, "[api-2-later:GEN.6] got %#lx\n", hr);
    IBackgroundCopyFile4_Release(file);
    IBackgroundCopyFile_Release(file1);
    bits_cancel(job);
}

/* The same for one that a failed Complete has put in its place already: it comes again, and into its place again. */
static void test_validation_in_place(void)
{
    IBackgroundCopyJob *job = bits_download(L"placed", L"/state/good", BG_JOB_PRIORITY_FOREGROUND);
    BG_FILE_PROGRESS progress;
    IBackgroundCopyFile3 *file;
    IBackgroundCopyFile *file1;
    HRESULT hr;

    bits_add_file(job, bits_url(L"/state/good"), bits_path(L"folder"));
    file1 = bits_get_file(job, 0);
    file = bits_query(file1, IBackgroundCopyFile3);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    ok(CreateDirectoryW(bits_path(L"folder"), NULL), "cannot make a folder, error %lu\n", GetLastError());
    hr = IBackgroundCopyJob_Complete(job);
    ok(FAILED(hr), "[JOB.Complete.9] got %#lx\n", hr);
    hr = IBackgroundCopyFile3_GetProgress(file, &progress);
    ok(hr == S_OK && progress.Completed, "[BEH.STATE.69] got %#lx, %d\n", hr, progress.Completed);

    hr = IBackgroundCopyFile3_SetValidationState(file, FALSE);
    ok(hr == S_OK, "[FILE3.SetValidationState.2] got %#lx\n", hr);
    ok(bits_state(job) == BG_JOB_STATE_ERROR, "[FILE3.SetValidationState.5] got state %d\n", bits_state(job));
    hr = IBackgroundCopyFile3_GetProgress(file, &progress);
    ok(hr == S_OK && !progress.BytesTransferred && !progress.Completed, "[FILE3.SetValidationState.5] got %#lx, %I64u bytes, completed %d\n", hr,
       progress.BytesTransferred, progress.Completed);
    ok(RemoveDirectoryW(bits_path(L"folder")), "cannot remove the folder, error %lu\n", GetLastError());
    bits_resume(job);
    bits_wait_states(job, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_ERROR);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[FILE3.SetValidationState.5] got state %d, error %#lx\n", bits_state(job), bits_error_code(job));
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "[FILE3.SetValidationState.5] got %#lx\n", hr);
    bits_check_file(bits_path(L"placed"), "/state/good", 0, 1000);
    bits_check_file(bits_path(L"folder"), "/state/good", 0, 1000);
    IBackgroundCopyFile3_Release(file);
    IBackgroundCopyFile_Release(file1);
    bits_cancel(job);
}

/* The temporary file may be read while it grows [FILE3.GetTemporaryName.2]. */
static void test_reading(void)
{
    IBackgroundCopyJob *job = bits_job_in_state(BG_JOB_STATE_TRANSFERRING);
    IBackgroundCopyFile *file1 = bits_get_file(job, 0);
    IBackgroundCopyFile3 *file = bits_query(file1, IBackgroundCopyFile3);
    unsigned char got[500], expect[500];
    struct bits_clock clock = bits_clock_now();
    DWORD size = 0;
    BG_FILE_PROGRESS progress = { 0 };
    HANDLE handle;
    WCHAR *name;
    HRESULT hr;

    while (progress.BytesTransferred < 500 && bits_clock_look(&clock) < BITS_TIMEOUT)
    {
        IBackgroundCopyFile3_GetProgress(file, &progress);
        Sleep(5);
    }
    ok(progress.BytesTransferred == 500, "got %s bytes\n", wine_dbgstr_longlong(progress.BytesTransferred));
    hr = IBackgroundCopyFile3_GetTemporaryName(file, &name);
    ok(hr == S_OK, "[FILE3.GetTemporaryName.6] got %#lx\n", hr);
    handle = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    ok(handle != INVALID_HANDLE_VALUE, "[FILE3.GetTemporaryName.2,BEH.FILE.14] error %lu\n", GetLastError());
    ReadFile(handle, got, sizeof(got), &size, NULL);
    CloseHandle(handle);
    test_server_pattern("/state/stall", 0, expect, sizeof(expect));
    ok(size == 500 && !memcmp(got, expect, 500), "[FILE3.GetTemporaryName.2,BEH.FILE.14] got %lu bytes\n", size);
    CoTaskMemFree(name);
    IBackgroundCopyFile3_Release(file);
    IBackgroundCopyFile_Release(file1);
    bits_cancel(job);
}

START_TEST(file2)
{
    if (!bits_begin()) return;
    test_identity();
    test_remote_name();
    test_uploads(BG_JOB_TYPE_UPLOAD);
    test_uploads(BG_JOB_TYPE_UPLOAD_REPLY);
    if (bits_server_start(BITS_STATES_SCRIPT))
    {
        test_states();
        test_validation();
        test_validation_in_place();
        test_reading();
    }
    bits_end();
}
