/*
 * Temporary files between the end of a job of many small files and Complete
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
#include "bits3_0.h"
#include "bits4_0.h"

#include "wine/test.h"
#include "bits_test.h"

#define FILES 40
#define SIZE  3000
#define LATE  10000     /* ms after which nothing may be open any more but for a client */

static const WCHAR *local_path(unsigned int i)
{
    WCHAR name[20];

    swprintf(name, ARRAY_SIZE(name), L"kept%u", i);
    return bits_path(name);
}

static IBackgroundCopyJob *make_job(void)
{
    IBackgroundCopyJob *job = bits_download(L"kept", NULL, BG_JOB_PRIORITY_FOREGROUND);
    WCHAR url[40];
    unsigned int i;

    for (i = 0; job && i < FILES; i++)
    {
        swprintf(url, ARRAY_SIZE(url), L"/good/%u", i);
        bits_add_file(job, bits_url(url), local_path(i));
    }
    return job;
}

static IBackgroundCopyJob *make_transferred(void)
{
    IBackgroundCopyJob *job = make_job();

    if (!job) return NULL;
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    return job;
}

static WCHAR *told_name(IBackgroundCopyJob *job, unsigned int i)
{
    IBackgroundCopyFile *file = bits_get_file(job, i);
    WCHAR *name = bits_temporary_name_of(file);

    IBackgroundCopyFile_Release(file);
    return name;
}

/* The n-th of those in the folder, without asking the service. */
static BOOL find_name(unsigned int n, WCHAR *path)
{
    WIN32_FIND_DATAW found;
    HANDLE search = FindFirstFileW(bits_path(L"BIT*.tmp"), &found);
    BOOL ret = search != INVALID_HANDLE_VALUE;

    while (ret && n--) ret = FindNextFileW(search, &found);
    if (search != INVALID_HANDLE_VALUE) FindClose(search);
    if (ret) wcscpy(path, bits_path(found.cFileName));
    return ret;
}

/* As a client that looks at what was downloaded and lets nobody change it meanwhile. */
static void check_name_readable(const WCHAR *name, unsigned int i)
{
    HANDLE file = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    unsigned char data[SIZE + 1], expect[SIZE];
    char pattern[20];
    DWORD got = 0;

    ok(file != INVALID_HANDLE_VALUE || broken(GetLastError() == ERROR_SHARING_VIOLATION), "[BEH.CONSIST.10] file %u: error %lu\n", i, GetLastError());
    if (file == INVALID_HANDLE_VALUE) return;
    ReadFile(file, data, sizeof(data), &got, NULL);
    CloseHandle(file);
    sprintf(pattern, "/good/%u", i);
    test_server_pattern(pattern, 0, expect, SIZE);
    ok(got == SIZE && !memcmp(data, expect, SIZE), "[BEH.FILE.14] file %u: %lu bytes, or wrong ones\n", i, got);
}

static void check_readable(IBackgroundCopyJob *job, unsigned int i)
{
    check_name_readable(told_name(job, i), i);
}

static void check_files(void)
{
    char pattern[20];
    unsigned int i;

    for (i = 0; i < FILES; i++)
    {
        sprintf(pattern, "/good/%u", i);
        bits_check_file(local_path(i), pattern, 0, SIZE);
    }
}

static void complete(IBackgroundCopyJob *job)
{
    HRESULT hr = IBackgroundCopyJob_Complete(job);

    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    check_files();
}

static void end(IBackgroundCopyJob *job)
{
    unsigned int i;

    bits_cancel(job);
    for (i = 0; i < FILES; i++) DeleteFileW(local_path(i));
}

static void test_reader(void)
{
    IBackgroundCopyJob *job;

    /* the name is known before the file is made */
    if (!(job = make_job())) return;
    ok(*told_name(job, FILES - 1) != 0, "no name\n");
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    check_readable(job, 0);
    check_readable(job, FILES - 1);
    complete(job);
    end(job);

    /* and when all is there */
    if (!(job = make_transferred())) return;
    check_readable(job, FILES - 1);
    check_readable(job, 0);
    complete(job);
    end(job);
}

/* Nobody else's business, but it happens: what Complete says was published is there. */
static void test_deleted(void)
{
    WCHAR path[MAX_PATH];
    IBackgroundCopyJob *job;
    unsigned int i, deleted;
    HRESULT hr;

    if (!(job = make_transferred())) return;
    for (i = deleted = 0; i < 5; i++)
        if (find_name(3 * i, path) && DeleteFileW(path)) deleted++;
    ok(deleted || broken(!deleted), "nothing could be deleted\n");
    hr = IBackgroundCopyJob_Complete(job);
    trace("Complete with %u files deleted: %#lx\n", deleted, hr);
    if (hr == S_OK) check_files();
    else ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "state %u\n", bits_state(job));
    end(job);
}

static void test_cancel(void)
{
    IBackgroundCopyJob *job = make_transferred();
    WCHAR path[MAX_PATH];
    HRESULT hr;

    if (!job) return;
    hr = IBackgroundCopyJob_Cancel(job);
    ok(hr == S_OK, "[JOB.Cancel.1] got %#lx\n", hr);
    ok(!find_name(0, path), "[BEH.STATE.64] a temporary file is left\n");
    end(job);
}

/* A client that takes its time, and a program that wants a file for itself. */
static void test_late(void)
{
    IBackgroundCopyJob *job = make_transferred();
    HANDLE file = INVALID_HANDLE_VALUE;
    struct bits_clock clock = bits_clock_now();
    DWORD begin = GetTickCount();
    WCHAR path[MAX_PATH];
    unsigned int i;

    if (!job) return;
    for (i = 0; i < FILES && find_name(i, path); i++)
    {
        while ((file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL)) == INVALID_HANDLE_VALUE
               && GetLastError() == ERROR_SHARING_VIOLATION && bits_clock_look(&clock) < LATE) Sleep(20);
        ok(file != INVALID_HANDLE_VALUE || broken(GetLastError() == ERROR_SHARING_VIOLATION), "file %u is open after %lu ms, error %lu\n", i,
           GetTickCount() - begin, GetLastError());
        CloseHandle(file);
    }
    ok(i == FILES, "%u files\n", i);
    complete(job);
    end(job);
}

struct reader
{
    IBackgroundCopyFile3 *file;
    HANDLE begin;
    HRESULT hr;
    DWORD error;
};

static DWORD WINAPI read_file(void *arg)
{
    struct reader *reader = arg;
    HANDLE file;
    WCHAR *name;

    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    WaitForSingleObject(reader->begin, INFINITE);
    if ((reader->hr = IBackgroundCopyFile3_GetTemporaryName(reader->file, &name)) == S_OK)
    {
        file = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
        reader->error = file == INVALID_HANDLE_VALUE ? GetLastError() : 0;
        CloseHandle(file);
        CoTaskMemFree(name);
    }
    CoUninitialize();
    return 0;
}

/* Many that look at files at once. */
static void test_readers(void)
{
    IBackgroundCopyJob *job;
    struct reader readers[16];
    HANDLE threads[ARRAY_SIZE(readers)], begin = CreateEventW(NULL, TRUE, FALSE, NULL);
    IBackgroundCopyFile *file;
    unsigned int i, turn;

    for (turn = 0; turn < 8; turn++)
    {
        ResetEvent(begin);
        if (!(job = make_transferred())) break;
        for (i = 0; i < ARRAY_SIZE(readers); i++)
        {
            file = bits_get_file(job, FILES - 1 - i);
            memset(&readers[i], 0, sizeof(readers[i]));
            readers[i].file = bits_query(file, IBackgroundCopyFile3);
            readers[i].begin = begin;
            IBackgroundCopyFile_Release(file);
            threads[i] = CreateThread(NULL, 0, read_file, &readers[i], 0, NULL);
        }
        SetEvent(begin);
        for (i = 0; i < ARRAY_SIZE(readers); i++)
        {
            WaitForSingleObject(threads[i], INFINITE);
            CloseHandle(threads[i]);
            ok(readers[i].hr == S_OK, "GetTemporaryName: got %#lx\n", readers[i].hr);
            ok(!readers[i].error || broken(readers[i].error == ERROR_SHARING_VIOLATION), "[BEH.CONSIST.10] reader %u: error %lu\n", i, readers[i].error);
            IBackgroundCopyFile3_Release(readers[i].file);
        }
        complete(job);
        end(job);
    }
    CloseHandle(begin);
}

/* Waits until so many files are there, or nothing more comes. */
static void wait_files(IBackgroundCopyJob *job, ULONG count)
{
    struct bits_clock clock = bits_clock_now();
    BG_JOB_PROGRESS progress = { 0 };
    HRESULT hr = S_OK;

    while (hr == S_OK && progress.FilesTransferred < count && bits_clock_look(&clock) < BITS_TIMEOUT) hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK && progress.FilesTransferred >= count, "[TYPE.JobProg.1] got %#lx, %lu files\n", hr, progress.FilesTransferred);
}

/* A client asks for a name, or has enough, while files come: what it sees afterwards does not depend on when. */
static void test_meanwhile(void)
{
    WCHAR name[MAX_PATH], path[MAX_PATH];
    IBackgroundCopyJob *job;
    unsigned int i;
    HRESULT hr;

    for (i = 0; i <= FILES; i += 4)
    {
        winetest_push_context("after %u files", i);
        if (!(job = make_job())) return;
        bits_resume(job);
        wait_files(job, i);
        wcscpy(name, told_name(job, FILES - 1));
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
        check_name_readable(name, FILES - 1);
        complete(job);
        end(job);

        if (!(job = make_job())) return;
        bits_resume(job);
        wait_files(job, i);
        hr = IBackgroundCopyJob_Cancel(job);
        ok(hr == S_OK, "[JOB.Cancel.1] got %#lx\n", hr);
        ok(!find_name(0, path), "[BEH.STATE.64] a temporary file is left\n");
        end(job);
        winetest_pop_context();
    }
}

/* Whoever else it becomes the business of does it by handles of their own. */
static void test_others(void)
{
    IBackgroundCopyJob *job;
    IBitsTokenOptions *token;
    unsigned int i, opened;
    WCHAR path[MAX_PATH];
    HANDLE file;
    HRESULT hr;
    unsigned int helper;    /* 1: when the files are there, 2: before */

    for (helper = 0; helper < 3; helper++)
    {
        if (!(job = helper == 2 ? make_job() : make_transferred())) return;
        if (!helper) hr = IBackgroundCopyJob_TakeOwnership(job);
        else
        {
            token = bits_query(job, IBitsTokenOptions);
            hr = IBitsTokenOptions_SetHelperToken(token);
            IBitsTokenOptions_Release(token);
        }
        ok(hr == S_OK || broken(hr == E_ACCESSDENIED), "%s: got %#lx\n", helper ? "SetHelperToken" : "TakeOwnership", hr);
        if (helper == 2)
        {
            bits_resume(job);
            bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
        }
        for (i = opened = 0; i < FILES && find_name(i, path); i++)
        {
            file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
            if (file == INVALID_HANDLE_VALUE) continue;
            opened++;
            CloseHandle(file);
        }
        ok(opened == FILES || broken(opened < FILES), "%s: %u of %u files are open\n", helper ? "helper" : "owner", FILES - opened, FILES);
        complete(job);
        end(job);
    }
}

/* What is fetched once more is what is published, and not what was there before. */
static void test_again(void)
{
    IBackgroundCopyJob *job = make_transferred();
    IBackgroundCopyFile3 *file3;
    IBackgroundCopyFile *file;
    HRESULT hr;

    if (!job) return;
    file = bits_get_file(job, 7);
    file3 = bits_query(file, IBackgroundCopyFile3);
    hr = IBackgroundCopyFile3_SetValidationState(file3, FALSE);
    ok(hr == S_OK, "[BEH.CONSIST.9] got %#lx\n", hr);
    IBackgroundCopyFile3_Release(file3);
    IBackgroundCopyFile_Release(file);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    complete(job);
    end(job);
}

/* The job as a service knows it that has just begun; NULL: it does not. FALSE: the service cannot be restarted. */
static BOOL restart(IBackgroundCopyJob **job)
{
    HRESULT hr;
    GUID id;

    hr = IBackgroundCopyJob_GetId(*job, &id);
    ok(hr == S_OK, "got %#lx\n", hr);
    if (!bits_restart_service()) return FALSE;
    IBackgroundCopyJob_Release(*job);
    hr = IBackgroundCopyManager_GetJob(bits_manager, &id, job);
    ok(hr == S_OK, "[BEH.PERSIST.1] got %#lx\n", hr);
    if (hr != S_OK) *job = NULL;
    return hr == S_OK;
}

/* A predecessor may have told the names. */
static void test_restart(void)
{
    IBackgroundCopyJob *job = make_transferred();
    WCHAR name[MAX_PATH];

    if (!job) return;
    if (restart(&job)) check_readable(job, 3);
    if (!job) return;
    complete(job);
    end(job);

    if (!(job = make_job())) return;
    wcscpy(name, told_name(job, FILES - 1));
    restart(&job);
    if (!job) return;
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    check_name_readable(name, FILES - 1);
    complete(job);
    end(job);
}

struct outcome
{
    BG_JOB_STATE state;
    HRESULT hr;
    BG_ERROR_CONTEXT context;
    WCHAR name[MAX_PATH * 2];      /* the local one, of the file */
};

static void wait_outcome(IBackgroundCopyJob *job, struct outcome *outcome)
{
    IBackgroundCopyError *error;
    IBackgroundCopyFile *file;
    WCHAR *name;

    memset(outcome, 0, sizeof(*outcome));
    bits_wait_states(job, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_ERROR | 1u << BG_JOB_STATE_TRANSIENT_ERROR);
    outcome->state = bits_state(job);
    if (outcome->state == BG_JOB_STATE_TRANSFERRED || IBackgroundCopyJob_GetError(job, &error) != S_OK) return;
    IBackgroundCopyError_GetError(error, &outcome->context, &outcome->hr);
    if (IBackgroundCopyError_GetFile(error, &file) == S_OK)
    {
        if (IBackgroundCopyFile_GetLocalName(file, &name) == S_OK)
        {
            lstrcpynW(outcome->name, name, ARRAY_SIZE(outcome->name));
            CoTaskMemFree(name);
        }
        IBackgroundCopyFile_Release(file);
    }
    IBackgroundCopyError_Release(error);
}

/* What becomes of the file when there are so many before and behind it, or none. gone: its folder is not there. */
static void try_odd(const char *what, unsigned int others, struct outcome *outcome)
{
    IBackgroundCopyJob *job = bits_download(L"odd", NULL, BG_JOB_PRIORITY_FOREGROUND);
    BOOL gone = !strcmp(what, "gone");
    WCHAR url[40], folder[MAX_PATH], name[MAX_PATH];
    BG_JOB_PROGRESS progress;
    unsigned int i;
    HRESULT hr;

    memset(outcome, 0, sizeof(*outcome));
    if (!job) return;
    wcscpy(folder, bits_path(L"gone"));
    wcscpy(name, bits_path(gone ? L"gone\\odd" : L"odd"));
    if (gone) ok(CreateDirectoryW(folder, NULL), "error %lu\n", GetLastError());
    for (i = 0; i <= 2 * others; i++)
    {
        if (i == others) swprintf(url, ARRAY_SIZE(url), L"/%hs", what);
        else swprintf(url, ARRAY_SIZE(url), L"/good/%u", i);
        bits_add_file(job, bits_url(url), i == others ? name : local_path(i));
    }
    if (gone) ok(RemoveDirectoryW(folder), "error %lu\n", GetLastError());
    bits_resume(job);
    wait_outcome(job, outcome);
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK && progress.FilesTransferred <= (outcome->state == BG_JOB_STATE_TRANSFERRED ? 2 * others + 1 : others),
       "[TYPE.JobProg.1] got %#lx, %lu files\n", hr, progress.FilesTransferred);
    if (gone && others)
    {
        /* and what comes of it when that was seen to */
        ok(CreateDirectoryW(folder, NULL), "error %lu\n", GetLastError());
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == S_OK, "Complete: got %#lx\n", hr);
        for (i = 0; i <= 2 * others; i++)
        {
            char pattern[20];

            if (i == others) strcpy(pattern, "/gone");
            else sprintf(pattern, "/good/%u", i);
            bits_check_file(i == others ? name : local_path(i), pattern, 0, SIZE);
        }
    }
    bits_cancel(job);
    DeleteFileW(name);
    RemoveDirectoryW(folder);
    for (i = 0; i <= 2 * others; i++) DeleteFileW(local_path(i));
}

/* A file is in the way of others, or they in its: what is wrong with it is said as if there were no others. */
static void test_odd(void)
{
    static const char *const kinds[] = { "longer", "shorter", "chunked", "missing", "busy", "gone", "empty" };
    struct outcome alone, among;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(kinds); i++)
    {
        winetest_push_context("%s", kinds[i]);
        test_server_reset(bits_server);
        try_odd(kinds[i], 0, &alone);
        test_server_reset(bits_server);
        try_odd(kinds[i], FILES / 2, &among);
        ok(among.state == alone.state && among.hr == alone.hr && among.context == alone.context && !wcscmp(among.name, alone.name),
           "state %u, %#lx, context %u, %ls; alone: state %u, %#lx, context %u, %ls\n", among.state, among.hr, among.context, among.name,
           alone.state, alone.hr, alone.context, alone.name);
        winetest_pop_context();
    }
}

/* More jobs, and files, than handles are kept for, with the same destinations: each is published. */
static void test_many(void)
{
    IBackgroundCopyJob *jobs[8] = { NULL };
    WCHAR path[MAX_PATH];
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(jobs); i++) jobs[i] = make_job();
    for (i = 0; i < ARRAY_SIZE(jobs) && jobs[i]; i++) bits_resume(jobs[i]);
    for (i = 0; i < ARRAY_SIZE(jobs) && jobs[i]; i++) bits_wait_state(jobs[i], BG_JOB_STATE_TRANSFERRED);
    for (i = 0; i < ARRAY_SIZE(jobs) && jobs[i]; i++)
    {
        winetest_push_context("job %u", i);
        if (i % 3 != 2) complete(jobs[i]);
        bits_cancel(jobs[i]);
        winetest_pop_context();
    }
    ok(!find_name(0, path), "a temporary file is left\n");
    for (i = 0; i < FILES; i++) DeleteFileW(local_path(i));
}

/* What has not the size that was downloaded is not published, whoever has it open. */
static void test_truncated(void)
{
    LARGE_INTEGER size = { { 100 } };
    IBackgroundCopyJob *job;
    WCHAR path[MAX_PATH];
    HRESULT hr, before = S_OK;
    HANDLE file;
    BOOL told;

    for (told = FALSE; told <= TRUE; told++)
    {
        if (!(job = make_transferred())) return;
        if (told) told_name(job, 0);
        if (!find_name(FILES / 2, path)) path[0] = 0;
        file = CreateFileW(path, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
        ok(file != INVALID_HANDLE_VALUE || broken(GetLastError() == ERROR_SHARING_VIOLATION), "error %lu\n", GetLastError());
        if (SetFilePointerEx(file, size, NULL, FILE_BEGIN)) SetEndOfFile(file);
        CloseHandle(file);
        hr = IBackgroundCopyJob_Complete(job);
        ok(FAILED(hr) || broken(hr == S_OK), "told %d: a file that was cut is published\n", told);
        if (!told) before = hr;
        else ok(hr == before, "got %#lx, where no name was told %#lx\n", hr, before);
        end(job);
    }
}

static UINT64 file_received(IBackgroundCopyJob *job, unsigned int i)
{
    IBackgroundCopyFile *file = bits_get_file(job, i);
    BG_FILE_PROGRESS progress = { 0 };
    HRESULT hr = IBackgroundCopyFile_GetProgress(file, &progress);

    ok(hr == S_OK, "got %#lx\n", hr);
    IBackgroundCopyFile_Release(file);
    return progress.BytesTransferred;
}

static unsigned int files_of_size(DWORD size)
{
    unsigned int count = 0;
    WIN32_FIND_DATAW found;
    HANDLE search = FindFirstFileW(bits_path(L"BIT*.tmp"), &found);

    if (search == INVALID_HANDLE_VALUE) return 0;
    do if (found.nFileSizeLow == size) count++;
    while (FindNextFileW(search, &found));
    FindClose(search);
    return count;
}

/* A server stops in the middle of a small file: what is counted is there, and goes on from there. */
static void test_stall(BOOL again)
{
    IBackgroundCopyJob *job = bits_download(L"stall", NULL, BG_JOB_PRIORITY_FOREGROUND);
    const unsigned int stalled = FILES / 2;
    BG_JOB_PROGRESS progress = { 0 };
    struct bits_clock clock = bits_clock_now();
    WCHAR url[40];
    unsigned int i;
    HRESULT hr;

    if (!job) return;
    test_server_reset(bits_server);
    for (i = 0; i < FILES; i++)
    {
        if (i == stalled) wcscpy(url, L"/stall");
        else swprintf(url, ARRAY_SIZE(url), L"/good/%u", i);
        bits_add_file(job, bits_url(url), local_path(i));
    }
    bits_resume(job);
    while (bits_clock_look(&clock) < BITS_TIMEOUT && (file_received(job, stalled) < 1000 || progress.FilesTransferred < stalled))
    {
        Sleep(5);
        hr = IBackgroundCopyJob_GetProgress(job, &progress);
        ok(hr == S_OK, "got %#lx\n", hr);
    }
    ok(progress.FilesTransferred == stalled, "[TYPE.JobProg.1] %lu files\n", progress.FilesTransferred);
    ok(file_received(job, stalled) == 1000, "[BEH.FILE.14] %I64u octets\n", file_received(job, stalled));
    ok(files_of_size(1000) == 1 || broken(!files_of_size(1000)), "[BEH.FILE.14] what has come is in no file\n");
    ok(files_of_size(SIZE) == stalled || broken(files_of_size(SIZE) != stalled), "%u files are whole\n", files_of_size(SIZE));

    if (again) again = restart(&job);
    if (!job) return;
    hr = IBackgroundCopyJob_Suspend(job);
    ok(hr == S_OK, "got %#lx\n", hr);
    ok(again ? file_received(job, stalled) >= 1000 : file_received(job, stalled) == 1000, "%I64u octets\n", file_received(job, stalled));
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    for (i = 0; i < FILES; i++)
    {
        char pattern[20];

        if (i == stalled) strcpy(pattern, "/stall");
        else sprintf(pattern, "/good/%u", i);
        bits_check_file(local_path(i), pattern, 0, SIZE);
    }
    ok(test_server_count(bits_server, "GET", "/good/0") == 1, "%u times\n", test_server_count(bits_server, "GET", "/good/0"));
    end(job);
}

START_TEST(kept)
{
    if (!bits_begin()) return;
    if (bits_server_start("on HEAD /longer\n size 3000\non GET /longer\n size 4000\n"
                          "on HEAD /shorter\n size 3000\non GET /shorter\n size 1000\n"
                          "on HEAD /chunked\n size 3000\non GET /chunked\n size 3000\n chunked 100\n"
                          "on HEAD /missing\n size 3000\non GET /missing\n status 404\n"
                          "on HEAD /busy\n size 3000\non GET /busy\n status 503\n"
                          "on * /empty\n size 0\n"
                          "on HEAD /stall\n size 3000\non GET /stall\n reply 1\n size 3000\n stall 1000\n reply\n size 3000\n"
                          "on * /*\n size 3000\n"))
    {
        test_reader();
        test_deleted();
        test_cancel();
        test_late();
        test_others();
        test_readers();
        test_meanwhile();
        test_many();
        test_truncated();
        test_again();
        test_odd();
        test_stall(FALSE);
        test_stall(TRUE);
        test_restart();
    }
    bits_end();
}
