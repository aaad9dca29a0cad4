/*
 * Tests of the way of a job from state to state
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

/* From state to state, and what a job does to files on the way. */

#define QUEUED       (1u << BG_JOB_STATE_QUEUED)
#define CONNECTING   (1u << BG_JOB_STATE_CONNECTING)
#define TRANSFERRING (1u << BG_JOB_STATE_TRANSFERRING)

static const char script[] =
    BITS_STATES_SCRIPT
    "on HEAD /slow\n delay 800\n size 1000\n"
    "on * /slow\n size 1000\n stall 500\n"
    "on HEAD /stall*\n size 1000\n"
    "on * /stall*\n size 1000\n stall 500\n"
    "on * /dated\n size 1000\n modified Wed, 01 Nov 2023 00:00:00 GMT\n";

static BOOL exists(const WCHAR *path)
{
    return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

/* The temporary file of the one job that has one; FALSE if there is none. */
static BOOL find_temporary(WCHAR *path)
{
    WIN32_FIND_DATAW found;
    HANDLE search = FindFirstFileW(bits_path(L"BIT*.tmp"), &found);

    if (search == INVALID_HANDLE_VALUE) return FALSE;
    FindClose(search);
    wcscpy(path, bits_path(found.cFileName));
    return TRUE;
}

static void wait_bytes(IBackgroundCopyJob *job, UINT64 bytes)
{
    struct bits_clock clock = bits_clock_now();
    BG_JOB_PROGRESS progress;

    do
    {
        Sleep(5);
        if (IBackgroundCopyJob_GetProgress(job, &progress) != S_OK) break;
    } while (progress.BytesTransferred < bytes && bits_clock_look(&clock) < BITS_TIMEOUT);
}

/* A slow server shows every state on the way. */
static void test_way(void)
{
    struct bits_clock clock;
    IBackgroundCopyJob *job = bits_create_job(L"way", BG_JOB_TYPE_DOWNLOAD);
    WCHAR temporary[MAX_PATH];
    UINT64 before, after;
    IClientSecurity *security;
    BG_JOB_TIMES times;
    BOOL seen = FALSE;
    BG_JOB_STATE state;
    unsigned int i;
    HRESULT hr;

    if (!job) return;
    hr = IBackgroundCopyJob_QueryInterface(job, &IID_IClientSecurity, (void **)&security);
    ok(hr == S_OK, "[api-1-core:GEN.5] no proxy: %#lx\n", hr);
    if (hr == S_OK) IClientSecurity_Release(security);
    bits_add_file(job, bits_url(L"/slow"), bits_path(L"way"));
    /* connecting to this machine takes a moment only, which one look may miss */
    for (i = 0; i < 50 && !seen; i++)
    {
        if (i) IBackgroundCopyJob_Suspend(job);
        bits_resume(job);
        bits_clock_start(&clock);
        while ((state = bits_state(job)) == BG_JOB_STATE_QUEUED && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(1);
        seen = state == BG_JOB_STATE_CONNECTING;
    }
    ok(seen, "[ST.4] not seen\n");
    ok(bits_wait_states(job, TRANSFERRING), "[ST.5] not seen\n");
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRING, "[TYPE.State.3] got %d\n", bits_state(job));
    wait_bytes(job, 500);
    ok(find_temporary(temporary), "[LIFE.11] no temporary file beside the destination\n");
    ok(find_temporary(temporary), "[BEH.FILE.10] no temporary file beside the destination\n");
    ok(!exists(bits_path(L"way")), "[BEH.FILE.15] the destination is there\n");
    hr = IBackgroundCopyJob_GetTimes(job, &times);
    before = ((UINT64)times.ModificationTime.dwHighDateTime << 32) | times.ModificationTime.dwLowDateTime;
    Sleep(20);
    hr = IBackgroundCopyJob_Suspend(job);
    ok(hr == S_OK, "[JOB.Suspend.1] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetTimes(job, &times);
    after = ((UINT64)times.ModificationTime.dwHighDateTime << 32) | times.ModificationTime.dwLowDateTime;
    ok(hr == S_OK && after > before, "[JOB.Suspend.5] not moved\n");
    Sleep(300);
    ok(bits_state(job) == BG_JOB_STATE_SUSPENDED, "[TYPE.State.4] got %d\n", bits_state(job));
    ok(bits_state(job) == BG_JOB_STATE_SUSPENDED, "[BEH.STATE.62] got %d\n", bits_state(job));
    bits_cancel(job);
    ok(!find_temporary(temporary), "[JOB.Cancel.1] a temporary file is left\n");
}

static void test_errors(void)
{
    IBackgroundCopyJob *job;
    ULONG count;
    HRESULT hr;

    /* nobody listens there */
    if ((job = bits_create_job(L"refused", BG_JOB_TYPE_DOWNLOAD)))
    {
        bits_add_file(job, L"http://127.0.0.1:1/file", bits_path(L"file"));
        bits_resume(job);
        ok(bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR), "[ST.6] not seen\n");
        /* and by itself after the retry delay: it is tried again before five minutes are over, and at once when told */
        hr = IBackgroundCopyJob_SetMinimumRetryDelay(job, 300);
        ok(hr == S_OK, "[JOB.SetMinimumRetryDelay.2] got %#lx\n", hr);
        hr = IBackgroundCopyJob_GetErrorCount(job, &count);
        ok(hr == S_OK && count == 1, "[JOB.GetErrorCount.A1] got %#lx, %lu\n", hr, count);
        bits_resume(job);
        for (hr = S_OK; hr == S_OK && count < 2; Sleep(5)) hr = IBackgroundCopyJob_GetErrorCount(job, &count);
        ok(count == 2, "[JOB.SetMinimumRetryDelay.4] got %lu\n", count);
        ok(count == 2, "[ST.11] got %lu\n", count);
        bits_cancel(job);
    }
    if ((job = bits_job_in_state(BG_JOB_STATE_TRANSIENT_ERROR)))
    {
        ok(bits_state(job) == BG_JOB_STATE_TRANSIENT_ERROR, "[ST.9] got %d\n", bits_state(job));
        /* five seconds, then again */
        IBackgroundCopyJob_SetMinimumRetryDelay(job, 5);
        bits_resume(job);
        for (hr = S_OK, count = 0; hr == S_OK && count < 3; Sleep(5)) hr = IBackgroundCopyJob_GetErrorCount(job, &count);
        ok(count == 3, "[TYPE.State.6] got %lu\n", count);
        bits_cancel(job);
    }
    if ((job = bits_job_in_state(BG_JOB_STATE_ERROR)))
    {
        IEnumBackgroundCopyFiles *files;

        ok(bits_state(job) == BG_JOB_STATE_ERROR, "[ST.10] got %d\n", bits_state(job));
        ok(bits_state(job) == BG_JOB_STATE_ERROR, "[JOB.GetError.5] got %d\n", bits_state(job));
        hr = IBackgroundCopyJob_Suspend(job);
        ok(hr == S_OK, "[JOB.Suspend.3] got %#lx\n", hr);
        /* the failing file stays, whatever was done */
        hr = IBackgroundCopyJob_EnumFiles(job, &files);
        if (hr == S_OK) hr = IEnumBackgroundCopyFiles_GetCount(files, &count);
        ok(hr == S_OK && count == 1, "[LIFE.5] got %#lx, %lu files\n", hr, count);
        IEnumBackgroundCopyFiles_Release(files);
        bits_cancel(job);
    }
}

/* Levels: the higher one has the turn, the foreground does not need one. Jobs that stall in the middle show who runs. */
static void test_priorities(void)
{
    IBackgroundCopyJob *jobs[4];
    UINT i;

    for (i = 0; i < ARRAY_SIZE(jobs); i++)
    {
        static const WCHAR *const urls[] = { L"/stall0", L"/stall1", L"/stall2", L"/stall3" };
        static const WCHAR *const files[] = { L"p0", L"p1", L"p2", L"p3" };

        if (!(jobs[i] = bits_create_job(L"priority", BG_JOB_TYPE_DOWNLOAD))) return;
        bits_add_file(jobs[i], bits_url(urls[i]), bits_path(files[i]));
    }
    bits_resume(jobs[0]);
    bits_wait_states(jobs[0], TRANSFERRING);
    bits_resume(jobs[1]);
    ok(bits_state(jobs[1]) == BG_JOB_STATE_QUEUED, "[TYPE.State.2] got %d\n", bits_state(jobs[1]));
    /* a higher level */
    IBackgroundCopyJob_SetPriority(jobs[1], BG_JOB_PRIORITY_HIGH);
    ok(bits_wait_states(jobs[1], TRANSFERRING), "[TYPE.Prio.3] does not run\n");
    ok(bits_wait_states(jobs[0], QUEUED), "[ST.7] still runs\n");
    /* two in the foreground, beside one in the background */
    IBackgroundCopyJob_SetPriority(jobs[2], BG_JOB_PRIORITY_FOREGROUND);
    IBackgroundCopyJob_SetPriority(jobs[3], BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(jobs[2]);
    bits_resume(jobs[3]);
    ok(bits_wait_states(jobs[2], TRANSFERRING), "[TYPE.Prio.4] does not run\n");
    ok(bits_wait_states(jobs[3], TRANSFERRING), "[TYPE.Prio.4] does not run\n");
    ok(bits_state(jobs[2]) == BG_JOB_STATE_TRANSFERRING, "[TYPE.Prio.4] got %d\n", bits_state(jobs[2]));
    ok(bits_state(jobs[1]) == BG_JOB_STATE_TRANSFERRING, "[TYPE.Prio.6] got %d\n", bits_state(jobs[1]));
    /* the higher level goes, the lower one comes back */
    IBackgroundCopyJob_Suspend(jobs[1]);
    /* it goes on where it was, which the server does not mind any more */
    ok(bits_wait_states(jobs[0], TRANSFERRING | 1u << BG_JOB_STATE_TRANSFERRED), "[TYPE.Prio.3] does not run\n");
    for (i = 0; i < ARRAY_SIZE(jobs); i++) bits_cancel(jobs[i]);
}

static void test_files(void)
{
    IBackgroundCopyJob *job, *job2;
    WCHAR temporary[MAX_PATH];
    FILETIME created, written, expect;
    SYSTEMTIME time = { 2023, 11, 3, 1, 0, 0, 0, 0 };
    HANDLE handle;
    HRESULT hr;

    SystemTimeToFileTime(&time, &expect);
    if ((job = bits_create_job(L"dated", BG_JOB_TYPE_DOWNLOAD)))
    {
        bits_add_file(job, bits_url(L"/dated"), bits_path(L"dated"));
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == S_OK, "[JOB.Complete.1] got %#lx\n", hr);
        handle = CreateFileW(bits_path(L"dated"), GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
        ok(GetFileTime(handle, &created, NULL, &written), "GetFileTime: error %lu\n", GetLastError());
        CloseHandle(handle);
        ok(!CompareFileTime(&written, &expect), "[TYPE.FileInfo.11] got %#lx:%#lx\n", written.dwHighDateTime, written.dwLowDateTime);
        bits_check_file(bits_path(L"dated"), "/dated", 0, 1000);
        IBackgroundCopyJob_Release(job);
    }

    /* two jobs for one destination do not know of each other; the later one wins */
    job = bits_create_job(L"twin", BG_JOB_TYPE_DOWNLOAD);
    job2 = bits_create_job(L"twin", BG_JOB_TYPE_DOWNLOAD);
    if (job && job2)
    {
        bits_add_file(job, bits_url(L"/state/good"), bits_path(L"twin"));
        bits_add_file(job2, bits_url(L"/dated"), bits_path(L"twin"));
        bits_resume(job);
        bits_resume(job2);
        ok(bits_wait_state(job, BG_JOB_STATE_TRANSFERRED), "[LIFE.13] not transferred\n");
        ok(bits_wait_state(job2, BG_JOB_STATE_TRANSFERRED), "[LIFE.13] not transferred\n");
        hr = IBackgroundCopyJob_Complete(job);
        ok(hr == S_OK, "[LIFE.13] got %#lx\n", hr);
        hr = IBackgroundCopyJob_Complete(job2);
        ok(hr == S_OK, "[LIFE.13] got %#lx\n", hr);
        bits_check_file(bits_path(L"twin"), "/dated", 0, 1000);
        IBackgroundCopyJob_Release(job);
        IBackgroundCopyJob_Release(job2);
    }

    /* a temporary file that somebody holds */
    if ((job = bits_job_in_state(BG_JOB_STATE_TRANSFERRED)))
    {
        ok(find_temporary(temporary), "[LIFE.11] no temporary file\n");
        handle = CreateFileW(temporary, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
        ok(handle != INVALID_HANDLE_VALUE, "cannot open %s, error %lu\n", wine_dbgstr_w(temporary), GetLastError());
        hr = IBackgroundCopyJob_Cancel(job);
        ok(hr == BG_S_UNABLE_TO_DELETE_FILES, "[JOB.Cancel.3,ERR.0x0020001A] got %#lx\n", hr);
        ok(hr == BG_S_UNABLE_TO_DELETE_FILES, "[BEH.STATE.64] got %#lx\n", hr);
        ok(bits_state(job) == BG_JOB_STATE_CANCELLED, "[JOB.Cancel.3] got %d\n", bits_state(job));
        CloseHandle(handle);
        DeleteFileW(temporary);
        IBackgroundCopyJob_Release(job);
    }
}

/* A folder in which the user may not write. */
static void test_denied(void)
{
    static const WCHAR *const folders[] = { L"Z:\\usr\\", L"Z:\\etc\\" };
    IBackgroundCopyJob *job = bits_create_job(L"denied", BG_JOB_TYPE_DOWNLOAD), *reply;
    BG_FILE_RANGE range = { 0, 10 };
    IBackgroundCopyJob3 *job3;
    IBackgroundCopyJob2 *job2;
    BG_JOB_PROGRESS progress;
    WCHAR path[MAX_PATH];
    HANDLE handle;
    HRESULT hr;
    UINT i;

    if (!job) return;
    for (i = 0; i < ARRAY_SIZE(folders); i++)
    {
        _snwprintf(path, ARRAY_SIZE(path), L"%lsbits test %x", folders[i], (UINT)GetCurrentProcessId());
        handle = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE, NULL);
        if (handle != INVALID_HANDLE_VALUE) CloseHandle(handle);
        else if (GetLastError() == ERROR_ACCESS_DENIED) break;
    }
    if (i == ARRAY_SIZE(folders)) skip("there is no folder that this user may not write to\n");
    else
    {
        hr = IBackgroundCopyJob_AddFile(job, L"http://127.0.0.1/file", path);
        ok(hr == E_ACCESSDENIED, "[JOB.AddFileSet.6] got %#lx\n", hr);
        ok(hr == E_ACCESSDENIED, "[TYPE.FileInfo.10] got %#lx\n", hr);
        ok(hr == E_ACCESSDENIED, "[JOB.AddFileSet.10] got %#lx\n", hr);
        ok(hr == E_ACCESSDENIED, "[BEH.FILE.5] got %#lx\n", hr);
        if ((job3 = bits_query(job, IBackgroundCopyJob3)))
        {
            hr = IBackgroundCopyJob3_AddFileWithRanges(job3, L"http://127.0.0.1/file", path, 1, &range);
            ok(hr == E_ACCESSDENIED, "[JOB3.AddFileWithRanges.7] got %#lx\n", hr);
            IBackgroundCopyJob3_Release(job3);
        }
        if ((reply = bits_create_job(L"reply", BG_JOB_TYPE_UPLOAD_REPLY)) && (job2 = bits_query(reply, IBackgroundCopyJob2)))
        {
            hr = IBackgroundCopyJob2_SetReplyFileName(job2, path);
            ok(hr == E_ACCESSDENIED, "[JOB2.SetReplyFileName.5,JOB2.SetReplyFileName.8] got %#lx\n", hr);
            IBackgroundCopyJob2_Release(job2);
            hr = IBackgroundCopyJob_AddFile(reply, L"\\\\server\\share\\file", bits_path(L"upload"));
            ok(hr == E_INVALIDARG, "[TYPE.FileInfo.6] got %#lx\n", hr);
            bits_cancel(reply);
        }
        hr = IBackgroundCopyJob_GetProgress(job, &progress);
        ok(hr == S_OK && !progress.FilesTotal, "[ERR.GEN.2] got %#lx, %lu files\n", hr, progress.FilesTotal);
    }
    bits_cancel(job);
}

/* Ranges are what counts then. */
static void test_ranges(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"ranges", BG_JOB_TYPE_DOWNLOAD);
    BG_FILE_RANGE ranges[2] = { { 100, 50 }, { 300, 25 } };
    IBackgroundCopyJob3 *job3;
    IBackgroundCopyFile *file;
    BG_JOB_PROGRESS progress;
    BG_FILE_PROGRESS fp;
    HRESULT hr;

    if (!job) return;
    if ((job3 = bits_query(job, IBackgroundCopyJob3)))
    {
        hr = IBackgroundCopyJob3_AddFileWithRanges(job3, bits_url(L"/state/good"), bits_path(L"ranges"), 2, ranges);
        ok(hr == S_OK, "[JOB.AddFileSet.12] got %#lx\n", hr);
        IBackgroundCopyJob3_Release(job3);
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
        hr = IBackgroundCopyJob_GetProgress(job, &progress);
        ok(hr == S_OK && progress.BytesTotal == 75, "[TYPE.JobProg.2] got %#lx, %s\n", hr, wine_dbgstr_longlong(progress.BytesTotal));
        if ((file = bits_get_file(job, 0)))
        {
            hr = IBackgroundCopyFile_GetProgress(file, &fp);
            ok(hr == S_OK && fp.BytesTotal == 75, "[TYPE.FileProg.2] got %#lx, %s\n", hr, wine_dbgstr_longlong(fp.BytesTotal));
            IBackgroundCopyFile_Release(file);
        }
    }
    bits_cancel(job);
}

/* IDENTIFY is enough. */
static void test_level(void)
{
    IBackgroundCopyJob *job;
    HRESULT hr;
    GUID id;

    hr = CoSetProxyBlanket((IUnknown *)bits_manager, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_DEFAULT, NULL, RPC_C_AUTHN_LEVEL_DEFAULT,
                           RPC_C_IMP_LEVEL_IDENTIFY, NULL, EOAC_DEFAULT);
    ok(hr == S_OK || hr == E_NOTIMPL, "CoSetProxyBlanket: got %#lx\n", hr);
    hr = IBackgroundCopyManager_CreateJob(bits_manager, bits_job_name(L"identify"), BG_JOB_TYPE_DOWNLOAD, &id, &job);
    ok(hr == S_OK, "[SEC.2] got %#lx\n", hr);
    ok(hr == S_OK, "[BEH.OBJ.2] got %#lx\n", hr);
    if (hr == S_OK) bits_cancel(job);
}

START_TEST(lifecycle)
{
    if (!bits_begin()) return;
    test_level();
    test_denied();
    if (bits_server_start(script))
    {
        test_way();
        test_errors();
        test_priorities();
        test_files();
        test_ranges();
    }
    bits_end();
}
