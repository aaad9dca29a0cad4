/*
 * Files: local names, sources that are no web servers, and what may be in the way of a destination
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
#include "bits3_0.h"

#include "wine/test.h"
#include "bits_test.h"

#define DONE  (1u << BG_JOB_STATE_TRANSFERRED)
#define FATAL (1u << BG_JOB_STATE_ERROR)
#define AGAIN (1u << BG_JOB_STATE_TRANSIENT_ERROR)

static IBackgroundCopyJob *make_job(const WCHAR *remote, const WCHAR *name)
{
    IBackgroundCopyJob *job = bits_create_job(name, BG_JOB_TYPE_DOWNLOAD);

    IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
    bits_add_file(job, remote, bits_path(name));
    return job;
}

static void write_file(const WCHAR *path, const char *pattern, unsigned int size, const FILETIME *time)
{
    unsigned char *data = malloc(size + 1);
    DWORD written;
    HANDLE file;

    test_server_pattern(pattern, 0, data, size);
    file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "cannot make %s, error %lu\n", wine_dbgstr_w(path), GetLastError());
    WriteFile(file, data, size, &written, NULL);
    if (time) SetFileTime(file, time, NULL, time);
    CloseHandle(file);
    free(data);
}

static void test_local_names(void)
{
    static const WCHAR *const bad_documented[] =
    {
        L"file", L"dir\\file", L"..\\file", L"C:file",                                    /* BEH.FILE.1 */
        L"C:\\dir\\fi*le", L"C:\\fi?le",
        L"C:\\file:stream", L"C:\\file:stream:$DATA", L"\\\\?\\C:\\file",           /* BEH.FILE.3 */
    };
    static const WCHAR *const bad_inferred[] =
    {
        L"\\\\.\\C:\\file", L"\\\\.\\pipe\\file", L"\\\\server\\pipe\\file", L"\\\\.\\mailslot\\file", L"C:\\con", L"C:\\nul.txt",
        L"C:\\com1", L"C:\\aux\\file", L"C:\\", L"C:", L"\\file", L"\\\\server", L"\\\\server\\share", L"C:\\fi<le", L"C:\\fi|le", L"",
    };
    IBackgroundCopyJob *job = bits_create_job(L"names", BG_JOB_TYPE_DOWNLOAD);
    BG_JOB_PROGRESS progress;
    WCHAR name[400];
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(bad_documented); i++)
    {
        hr = IBackgroundCopyJob_AddFile(job, L"http://127.0.0.1/x", bad_documented[i]);
        ok(hr == E_INVALIDARG, "[%s] %s: got %#lx\n", i < 6 ? "BEH.FILE.1" : "BEH.FILE.3", wine_dbgstr_w(bad_documented[i]), hr);
    }
    for (i = 0; i < ARRAY_SIZE(bad_inferred); i++)
    {
        hr = IBackgroundCopyJob_AddFile(job, L"http://127.0.0.1/x", bad_inferred[i]);
        ok_inferred("BEH.FILE.3", hr == E_INVALIDARG, "%s: got %#lx\n", wine_dbgstr_w(bad_inferred[i]), hr);
    }
    /* as long as may be, and one more */
    lstrcpyW(name, bits_folder);
    for (i = lstrlenW(name); i < MAX_PATH + 1; i++) name[i] = 'n';
    name[i] = 0;
    hr = IBackgroundCopyJob_AddFile(job, L"http://127.0.0.1/x", name);
    ok(hr == E_INVALIDARG, "[BEH.FILE.1] got %#lx\n", hr);
    /* the folder must be there, and be one */
    hr = IBackgroundCopyJob_AddFile(job, L"http://127.0.0.1/x", bits_path(L"missing\\file"));
    ok(hr == HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND) || broken(hr == HRESULT_FROM_WIN32(ERROR_DIRECTORY)), "[BEH.FILE.2] got %#lx\n", hr);
    write_file(bits_path(L"plain"), "x", 1, NULL);
    hr = IBackgroundCopyJob_AddFile(job, L"http://127.0.0.1/x", bits_path(L"plain\\file"));
    ok_inferred("BEH.FILE.2", hr == HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), "got %#lx\n", hr);
    DeleteFileW(bits_path(L"plain"));
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK && !progress.FilesTotal, "[ERR.GEN.2] %lu files\n", progress.FilesTotal);

    /* slashes of both kinds */
    for (i = 0; bits_folder[i]; i++) name[i] = bits_folder[i] == '\\' && i > 3 ? '/' : bits_folder[i];
    lstrcpyW(name + i, L"slash");
    hr = IBackgroundCopyJob_AddFile(job, bits_url(L"/good"), name);
    ok(hr == S_OK, "[BA.4.1.7] got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    bits_check_file(bits_path(L"slash"), "/good", 0, 100000);
    bits_cancel(job);
}

static void test_sources(void)
{
    static const unsigned int sizes[] = { 0, 1, 100000, 3000000 };
    static const WCHAR *const forms[] = { L"", L"file://", L"file:///" };
    SYSTEMTIME date = { 2020, 5, 0, 17, 3, 4, 5 };
    WIN32_FILE_ATTRIBUTE_DATA data;
    IBackgroundCopyJob *job;
    WCHAR remote[MAX_PATH * 2];
    FILETIME time;
    unsigned int i, j, k;
    HRESULT hr;

    SystemTimeToFileTime(&date, &time);
    for (i = 0; i < ARRAY_SIZE(sizes); i++)
    for (j = 0; j < ARRAY_SIZE(forms); j++)
    {
        winetest_push_context("%u %s", sizes[i], wine_dbgstr_w(forms[j]));
        write_file(bits_path(L"source"), "source", sizes[i], &time);
        _snwprintf(remote, ARRAY_SIZE(remote), L"%ls%ls", forms[j], bits_path(L"source"));
        if (j == 2) for (k = 0; remote[k]; k++) if (remote[k] == '\\') remote[k] = '/';
        job = make_job(remote, L"copy");
        bits_resume(job);
        bits_wait_states(job, DONE | FATAL | AGAIN);
        if (j < 2) ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[OBS.3] got state %d\n", bits_state(job));
        else ok_inferred("BEH.SMB.8", bits_state(job) == BG_JOB_STATE_TRANSFERRED, "got state %d\n", bits_state(job));
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == S_OK, "Complete: got %#lx\n", hr);
        ok(GetFileAttributesExW(bits_path(L"copy"), GetFileExInfoStandard, &data), "no file\n");
        ok(!CompareFileTime(&data.ftLastWriteTime, &time), "[BEH.SMB.3] another time\n");
        ok(!(data.dwFileAttributes & FILE_ATTRIBUTE_HIDDEN), "[BEH.FILE.11] attributes %#lx\n", data.dwFileAttributes);
        bits_check_file(bits_path(L"copy"), "source", 0, sizes[i]);
        bits_cancel(job);
        winetest_pop_context();
    }
    DeleteFileW(bits_path(L"source"));
}

static void test_bad_sources(void)
{
    IBackgroundCopyJob *job;
    HANDLE file;

    job = make_job(bits_path(L"nothing"), L"copy");
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    bits_check_error_in(job, HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND), REMOTE_FILE, "FILE2.SetRemoteName.8");
    /* there at last [BEH.OBJ.7] */
    write_file(bits_path(L"nothing"), "source", 5000, NULL);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    ok(IBackgroundCopyJob_Complete(job) == S_OK, "Complete failed\n");
    bits_check_file(bits_path(L"copy"), "source", 0, 5000);
    bits_cancel(job);

    /* somebody has it for himself */
    file = CreateFileW(bits_path(L"nothing"), GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    job = make_job(bits_path(L"nothing"), L"copy");
    bits_resume(job);
    bits_wait_states(job, FATAL | AGAIN | DONE);
    ok_inferred("ERR.0x80070020", bits_state(job) == BG_JOB_STATE_ERROR, "got state %d\n", bits_state(job));
    bits_check_error_in(job, HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION), REMOTE_FILE, "ERR.0x80070020");
    CloseHandle(file);
    bits_cancel(job);
    DeleteFileW(bits_path(L"nothing"));

    job = make_job(bits_path(L"nowhere\\nothing"), L"copy");
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    bits_check_error_in(job, HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), REMOTE_FILE, "FILE2.SetRemoteName.8");
    bits_cancel(job);

    CreateDirectoryW(bits_path(L"folder"), NULL);
    job = make_job(bits_path(L"folder"), L"copy");
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    bits_check_error_in(job, E_ACCESSDENIED, REMOTE_FILE, "FILE2.SetRemoteName.8");
    bits_cancel(job);
    RemoveDirectoryW(bits_path(L"folder"));
}

/* What Complete may find at the destination [BEH.FILE.20, 21, BEH.STATE.51]. */
static void test_destinations(void)
{
    WIN32_FILE_ATTRIBUTE_DATA data;
    IBackgroundCopyJob *job;
    HANDLE file;
    HRESULT hr;

    /* one that was there, one that comes meanwhile: replaced */
    write_file(bits_path(L"out"), "old", 10, NULL);
    job = make_job(bits_url(L"/good"), L"out");
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    ok(GetFileAttributesExW(bits_path(L"out"), GetFileExInfoStandard, &data) && data.nFileSizeLow == 10, "[BEH.FILE.7] changed early\n");
    write_file(bits_path(L"out"), "newer", 20, NULL);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "[BEH.FILE.20] got %#lx\n", hr);
    bits_check_file(bits_path(L"out"), "/good", 0, 100000);
    bits_cancel(job);

    /* read-only, a folder, open: refused, and the job stays as it is until that is mended */
    job = make_job(bits_url(L"/good"), L"out");
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    write_file(bits_path(L"out"), "old", 10, NULL);
    SetFileAttributesW(bits_path(L"out"), FILE_ATTRIBUTE_READONLY);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == E_ACCESSDENIED, "[BEH.FILE.21] got %#lx\n", hr);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[BEH.STATE.51] got state %d\n", bits_state(job));
    SetFileAttributesW(bits_path(L"out"), FILE_ATTRIBUTE_NORMAL);
    file = CreateFileW(bits_path(L"out"), GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION) || hr == E_ACCESSDENIED, "[BEH.FILE.21] got %#lx\n", hr);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[BEH.STATE.51] got state %d\n", bits_state(job));
    CloseHandle(file);
    DeleteFileW(bits_path(L"out"));
    CreateDirectoryW(bits_path(L"out"), NULL);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == E_ACCESSDENIED, "[BEH.FILE.21] got %#lx\n", hr);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[BEH.STATE.51] got state %d\n", bits_state(job));
    RemoveDirectoryW(bits_path(L"out"));
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "[BEH.STATE.51] got %#lx\n", hr);
    bits_check_file(bits_path(L"out"), "/good", 0, 100000);
    bits_cancel(job);

    /* the folder has gone */
    CreateDirectoryW(bits_path(L"gone"), NULL);
    job = bits_create_job(L"gone", BG_JOB_TYPE_DOWNLOAD);
    bits_add_file(job, bits_url(L"/good"), bits_path(L"gone\\out"));
    RemoveDirectoryW(bits_path(L"gone"));
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    bits_check_error_in(job, HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), LOCAL_FILE, "ERR.0x80070003");
    CreateDirectoryW(bits_path(L"gone"), NULL);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    bits_check_file(bits_path(L"gone\\out"), "/good", 0, 100000);
    RemoveDirectoryW(bits_path(L"gone"));
    bits_cancel(job);
}

#define MANY 100

/* Names of files are one in any case, and so is a short one; also where there are so many that they are not looked for one by one. */
static void test_many_destinations(void)
{
    static const WCHAR *const spelled[] = { L"many\\\u00d1AME10", L"many\\\u00f1Ame20", L"many\\\u00d1ame99" };
    WCHAR source[MAX_PATH], folder[MAX_PATH], name[MAX_PATH];
    WIN32_FILE_ATTRIBUTE_DATA attributes;
    unsigned int i, count = 0, wrong = 0;
    IBackgroundCopyJob *job;
    WIN32_FIND_DATAW data;
    HANDLE find;
    HRESULT hr;

    lstrcpyW(source, bits_path(L"source"));
    write_file(source, "many", 1000, NULL);
    lstrcpyW(folder, bits_path(L"many"));
    CreateDirectoryW(folder, NULL);
    job = bits_create_job(L"many", BG_JOB_TYPE_DOWNLOAD);
    for (i = 0; i < MANY; i++)
    {
        swprintf(name, ARRAY_SIZE(name), L"%ls\\\u00f1ame%02u", folder, i);
        bits_add_file(job, source, name);
    }
    write_file(bits_path(L"many\\a long name.text"), "old", 10, NULL);
    find = FindFirstFileW(bits_path(L"many\\a long name.text"), &data);
    FindClose(find);
    swprintf(name, ARRAY_SIZE(name), L"%ls\\%ls", folder, data.cAlternateFileName[0] ? data.cAlternateFileName : data.cFileName);
    bits_add_file(job, source, name);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);

    for (i = 0; i < ARRAY_SIZE(spelled); i++) write_file(bits_path(spelled[i]), "old", 10, NULL);
    SetFileAttributesW(bits_path(spelled[1]), FILE_ATTRIBUTE_READONLY);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == E_ACCESSDENIED, "[BEH.FILE.21] got %#lx\n", hr);
    ok(GetFileAttributesExW(bits_path(spelled[0]), GetFileExInfoStandard, &attributes) && attributes.nFileSizeLow == 1000,
       "[BEH.FILE.20] not replaced in another spelling\n");
    ok(GetFileAttributesExW(bits_path(spelled[2]), GetFileExInfoStandard, &attributes) && attributes.nFileSizeLow == 10,
       "[TYPE.FileProg.5] it went on\n");
    SetFileAttributesW(bits_path(spelled[1]), FILE_ATTRIBUTE_NORMAL);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "[BEH.FILE.20] got %#lx\n", hr);
    IBackgroundCopyJob_Release(job);

    swprintf(name, ARRAY_SIZE(name), L"%ls\\*", folder);
    find = FindFirstFileW(name, &data);
    ok(find != INVALID_HANDLE_VALUE, "cannot look, error %lu\n", GetLastError());
    do
    {
        if (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) continue;
        count++;
        if (data.nFileSizeLow != 1000 || (data.dwFileAttributes & FILE_ATTRIBUTE_HIDDEN)) wrong++;
        swprintf(name, ARRAY_SIZE(name), L"%ls\\%ls", folder, data.cFileName);
        DeleteFileW(name);
    } while (FindNextFileW(find, &data));
    FindClose(find);
    ok(count == MANY + 1 && !wrong, "[BEH.FILE.20] %u files, of which %u are wrong\n", count, wrong);
    RemoveDirectoryW(folder);
    DeleteFileW(source);
}

static void test_temporary_file(void)
{
    IBackgroundCopyJob *job;
    unsigned int i;
    HANDLE file;
    HRESULT hr;

    /* a client that opens it before the service has begun */
    job = make_job(bits_url(L"/good"), L"out");
    ok(GetFileAttributesW(bits_temporary_name(job)) == INVALID_FILE_ATTRIBUTES, "[BEH.FILE.50] it is there already\n");
    file = CreateFileW(bits_temporary_name(job), GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_NEW, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "cannot make it, error %lu\n", GetLastError());
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    bits_check_error_in(job, HRESULT_FROM_WIN32(ERROR_SHARING_VIOLATION), LOCAL_FILE, "FILE3.GetTemporaryName.3");
    CloseHandle(file);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    bits_check_file(bits_path(L"out"), "/good", 0, 100000);
    bits_cancel(job);

    /* it vanishes, or is cut, while the job rests */
    for (i = 0; i < 2; i++)
    {
        test_server_reset(bits_server);
        job = make_job(bits_url(L"/cut"), L"out");
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
        hr = IBackgroundCopyJob_Suspend(job);
        ok(hr == S_OK, "Suspend: got %#lx\n", hr);
        if (!i) ok(DeleteFileW(bits_temporary_name(job)), "[BEH.FILE.14] cannot delete, error %lu\n", GetLastError());
        else bits_cut_temporary(job, 100);
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
        hr = IBackgroundCopyJob_Complete(job);
        ok_inferred("BEH.FILE.16", hr == S_OK, "got %#lx\n", hr);
        bits_check_file(bits_path(L"out"), "/cut", 0, 100000);
        bits_cancel(job);
    }

    /* Cancel deletes it, whole or not */
    test_server_reset(bits_server);
    job = make_job(bits_url(L"/cut"), L"out");
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    ok(GetFileAttributesW(bits_temporary_name(job)) != INVALID_FILE_ATTRIBUTES, "[BEH.FILE.10] it is not there\n");
    hr = IBackgroundCopyJob_Cancel(job);
    ok(hr == S_OK, "Cancel: got %#lx\n", hr);
    ok(GetFileAttributesW(bits_temporary_name(job)) == INVALID_FILE_ATTRIBUTES, "[BEH.STATE.64] it is still there\n");
    IBackgroundCopyJob_Release(job);
}

START_TEST(local)
{
    if (!bits_begin()) return;
    if (bits_server_start("on * /good\n size 100000\n"
                          "on HEAD /cut\n size 100000\non GET /cut\n reply 1\n size 100000\n cut 40000\n reply\n size 100000\n"))
    {
        test_local_names();
        test_sources();
        test_bad_sources();
        test_destinations();
        test_many_destinations();
        test_temporary_file();
    }
    bits_end();
}
