/*
 * Uploads to names of files
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

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"
#include "bits1_5.h"

#include "wine/test.h"
#include "bits_test.h"
#include "upload_test.h"

/* How many files the folder has. */
static unsigned int count_files(void)
{
    WIN32_FIND_DATAW data;
    unsigned int count = 0;
    HANDLE find;

    find = FindFirstFileW(bits_path(L"*"), &data);
    if (find == INVALID_HANDLE_VALUE) return 0;
    do if (!(data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)) count++;
    while (FindNextFileW(find, &data));
    FindClose(find);
    return count;
}

static void set_source(DWORD attributes, const FILETIME *time)
{
    HANDLE file = CreateFileW(bits_path(L"run"), FILE_WRITE_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);

    ok(SetFileTime(file, NULL, NULL, time), "cannot set the time, error %lu\n", GetLastError());
    CloseHandle(file);
    ok(SetFileAttributesW(bits_path(L"run"), attributes), "cannot set attributes, error %lu\n", GetLastError());
}

/* All kinds of names, sizes and attributes. No server is needed [BEH.SMB.6]. */
static void test_forms(void)
{
    static const unsigned int sizes[] = { 0, 1, 100000, 3000000 };
    static const WCHAR *const forms[] = { L"", L"file://", L"file:///" };
    static const SYSTEMTIME date = { 2020, 5, 0, 17, 3, 4, 5 };
    WIN32_FILE_ATTRIBUTE_DATA data;
    BG_FILE_PROGRESS progress;
    IBackgroundCopyFile *file;
    IBackgroundCopyJob *job;
    WCHAR remote[MAX_PATH * 2];
    unsigned int i, j, k;
    FILETIME time;
    HRESULT hr;

    SystemTimeToFileTime(&date, &time);
    for (i = 0; i < ARRAY_SIZE(sizes); i++)
    for (j = 0; j < ARRAY_SIZE(forms); j++)
    {
        winetest_push_context("%u %s", sizes[i], wine_dbgstr_w(forms[j]));
        _snwprintf(remote, ARRAY_SIZE(remote), L"%ls%ls", forms[j], bits_path(L"there"));
        if (j == 2) for (k = 0; remote[k]; k++) if (remote[k] == '\\') remote[k] = '/';
        upload_write(L"run", sizes[i]);
        set_source(i & 1 ? FILE_ATTRIBUTE_READONLY : FILE_ATTRIBUTE_NORMAL, &time);
        job = bits_create_job(L"forms", BG_JOB_TYPE_UPLOAD);
        IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
        bits_add_file(job, remote, bits_path(L"run"));
        /* nobody asks for it [BEH.SMB.4] */
        upload_set_credentials(job, BG_AUTH_TARGET_SERVER, L"nobody", L"nothing");
        bits_resume(job);
        if (upload_wait_done(job))
        {
            file = bits_get_file(job, 0);
            hr = IBackgroundCopyFile_GetProgress(file, &progress);
            ok(hr == S_OK && progress.Completed && progress.BytesTransferred == sizes[i] && progress.BytesTotal == sizes[i],
               "[TYPE.FileProg.4] got %#lx, %d, %s of %s\n", hr, progress.Completed, wine_dbgstr_longlong(progress.BytesTransferred),
               wine_dbgstr_longlong(progress.BytesTotal));
            IBackgroundCopyFile_Release(file);
            ok(GetFileAttributesExW(bits_path(L"there"), GetFileExInfoStandard, &data), "[BEH.SMB.1,BEH.STATE.71] no file, error %lu\n", GetLastError());
            ok(!CompareFileTime(&data.ftLastWriteTime, &time), "[BEH.SMB.3,TYPE.FileInfo.11] another time\n");
            ok(!(data.dwFileAttributes & FILE_ATTRIBUTE_READONLY) == !(i & 1), "[BEH.SMB.3] attributes %#lx\n", data.dwFileAttributes);
            ok_inferred("BEH.SMB.6", count_files() == 2, "%u files\n", count_files());
            hr = IBackgroundCopyJob_Complete(job);
            ok(hr == S_OK, "[BEH.STATE.71,BEH.STATE.50] got %#lx\n", hr);
            SetFileAttributesW(bits_path(L"there"), FILE_ATTRIBUTE_NORMAL);
            bits_check_file(bits_path(L"there"), "run", 0, sizes[i]);
        }
        SetFileAttributesW(bits_path(L"run"), FILE_ATTRIBUTE_NORMAL);
        upload_end(job, L"run");
        winetest_pop_context();
    }
}

/* It cannot be put there. */
static void test_refused(void)
{
    IBackgroundCopyJob *job;
    BG_ERROR_CONTEXT context;
    HANDLE file;
    HRESULT code;
    DWORD n;

    /* there is no such folder */
    if (!(job = upload_job(L"run", UPLOAD, bits_path(L"nowhere\\there"), 1000))) return;
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR) && bits_read_error_(__LINE__, job, &context, &code, "JOB.GetError.1"))
        ok_inferred("BEH.SMB.7", code == HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND) && context == BG_ERROR_CONTEXT_REMOTE_FILE, "got %#lx, context %d\n",
                    code, context);
    upload_end(job, L"run");

    /* a folder has that name */
    CreateDirectoryW(bits_path(L"there"), NULL);
    if (!(job = upload_job(L"run", UPLOAD, bits_path(L"there"), 1000))) return;
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR) && bits_read_error_(__LINE__, job, &context, &code, "JOB.GetError.1"))
        ok_inferred("BEH.SMB.7", context == BG_ERROR_CONTEXT_REMOTE_FILE, "got %#lx, context %d\n", code, context);
    upload_end(job, L"run");
    ok(RemoveDirectoryW(bits_path(L"there")), "[BEH.STATE.65] something is left in it, error %lu\n", GetLastError());

    /* somebody holds on to the file that is there: it stays what it is, and so do the others of the folder */
    file = CreateFileW(bits_path(L"there"), GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    WriteFile(file, "old", 3, &n, NULL);
    if (!(job = upload_job(L"run", UPLOAD, bits_path(L"there"), 100000))) return;
    bits_resume(job);
    bits_wait_states(job, FATAL | AGAIN);
    if (bits_read_error_(__LINE__, job, &context, &code, "JOB.GetError.1"))
        ok_inferred("BEH.SMB.7", context == BG_ERROR_CONTEXT_REMOTE_FILE, "got %#lx, context %d\n", code, context);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    ok(GetFileSize(file, NULL) == 3, "[BEH.SMB.1] the file has %lu octets\n", GetFileSize(file, NULL));
    upload_end(job, L"run");
    CloseHandle(file);
    ok(count_files() == 1, "[JOB.Cancel.1] %u files are left\n", count_files());
    DeleteFileW(bits_path(L"there"));

    /* ... and once it is free */
    file = CreateFileW(bits_path(L"there"), GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    if (!(job = upload_job(L"run", UPLOAD, bits_path(L"there"), 100000))) return;
    bits_resume(job);
    bits_wait_states(job, FATAL | AGAIN);
    CloseHandle(file);
    DeleteFileW(bits_path(L"there"));
    bits_resume(job);
    if (upload_wait_done(job)) bits_check_file(bits_path(L"there"), "run", 0, 100000);
    upload_end(job, L"run");
}

/* Cancelled before it has begun, and after it has ended. */
static void test_cancel(void)
{
    IBackgroundCopyJob *job;

    if (!(job = upload_job(L"run", UPLOAD, bits_path(L"there"), 100000))) return;
    upload_end(job, L"run");
    ok(!count_files(), "[JOB.Cancel.1] %u files are left\n", count_files());

    if (!(job = upload_job(L"run", UPLOAD, bits_path(L"there"), 100000))) return;
    bits_resume(job);
    upload_wait_done(job);
    upload_end(job, L"run");
    /* a finished upload is not undone */
    ok(count_files() == 1, "[JOB.Cancel.6,BEH.STATE.65] %u files are left\n", count_files());
    bits_check_file(bits_path(L"there"), "run", 0, 100000);
}

/* Names that are none, and a type that has none. */
static void test_names(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"names", BG_JOB_TYPE_UPLOAD);
    HRESULT hr;

    hr = IBackgroundCopyJob_AddFile(job, L"\\\\.\\pipe\\there", bits_path(L"run"));
    ok(hr == E_INVALIDARG, "[BEH.SMB.2] got %#lx\n", hr);
    bits_cancel(job);
    job = bits_create_job(L"names", BG_JOB_TYPE_UPLOAD_REPLY);
    hr = IBackgroundCopyJob_AddFile(job, bits_path(L"there"), bits_path(L"run"));
    ok(hr == E_INVALIDARG, "[BEH.SMB.1,BUP.REPLY.8] got %#lx\n", hr);
    hr = IBackgroundCopyJob_AddFile(job, L"file:///C:/there", bits_path(L"run"));
    ok(hr == E_INVALIDARG, "[BEH.SMB.1,BUP.REPLY.8] got %#lx\n", hr);
    bits_cancel(job);
}

START_TEST(upload_local)
{
    if (!bits_begin()) return;
    test_forms();
    test_refused();
    test_cancel();
    test_names();
    bits_end();
}
