/*
 * Policies and the state of the machine, changed under a running service
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
#include "winreg.h"
#include "winsvc.h"
#include "objbase.h"
#include "shlobj.h"
#include "bits.h"
#include "bits1_5.h"
#include "bits2_0.h"
#include "bits3_0.h"
#include "bits5_0.h"

#include "wine/test.h"
#include "bits_test.h"

#define POLICIES L"Software\\Policies\\Microsoft\\Windows\\BITS"
#define OWN_KEY  L"Software\\Microsoft\\Windows\\CurrentVersion\\BITS"
#define TEST_KEY OWN_KEY L"\\Test"

/* Jobs of a unit that was ended in its midst would count. */
static void cancel_left_jobs(void)
{
    IEnumBackgroundCopyJobs *jobs;
    IBackgroundCopyJob *job;
    WCHAR *name, *end;
    HRESULT hr;

    hr = IBackgroundCopyManager_EnumJobs(bits_manager, BG_JOB_ENUM_ALL_USERS, &jobs);
    ok(hr == S_OK, "EnumJobs: got %#lx\n", hr);
    if (hr != S_OK) return;
    while (IEnumBackgroundCopyJobs_Next(jobs, 1, &job, NULL) == S_OK)
    {
        if (SUCCEEDED(IBackgroundCopyJob_GetDisplayName(job, &name)))
        {
            if (!wcsncmp(name, L"bits", 4) && wcstoul(name + 4, &end, 16) && *end == ' ')
            {
                trace("%s is left of another unit\n", wine_dbgstr_w(name));
                IBackgroundCopyJob_Cancel(job);
            }
            CoTaskMemFree(name);
        }
        IBackgroundCopyJob_Release(job);
    }
    IEnumBackgroundCopyJobs_Release(jobs);
}

/* Sets a value, or removes it. The service sees it by itself. */
static void set_value(const WCHAR *path, const WCHAR *name, const DWORD *value)
{
    LSTATUS status;
    HKEY key;

    status = RegCreateKeyExW(HKEY_LOCAL_MACHINE, path, 0, NULL, 0, KEY_SET_VALUE | KEY_WOW64_64KEY, NULL, &key, NULL);
    ok(!status, "no key %s, error %ld\n", wine_dbgstr_w(path), status);
    if (status) return;
    if (value) status = RegSetValueExW(key, name, 0, REG_DWORD, (const BYTE *)value, sizeof(*value));
    else status = RegDeleteValueW(key, name);
    ok(!status || (!value && status == ERROR_FILE_NOT_FOUND), "cannot set %s, error %ld\n", wine_dbgstr_w(name), status);
    RegCloseKey(key);
}

static void set_policy(const WCHAR *name, DWORD value)
{
    set_value(POLICIES, name, &value);
}

static void set_test(const WCHAR *name, DWORD value)
{
    set_value(TEST_KEY, name, &value);
}

static void remove_policies(void)
{
    static const WCHAR *const policies[] =
    {
        L"MaxJobsPerUser", L"MaxJobsPerMachine", L"MaxFilesPerJob", L"MaxRangesPerFile", L"MaxDownloadTime", L"JobInactivityTimeout",
        L"EnableBITSMaxBandwidth", L"MaxTransferRateOnSchedule", L"MaxBandwidthValidFrom", L"MaxBandwidthValidTo",
        L"UseSystemMaximum", L"MaxTransferRateOffSchedule", L"DisableBranchCache", L"EnablePeercaching", L"DisablePeerCachingClient",
        L"DisablePeerCachingServer", L"MaxBandwidthServed", L"MaxCacheSize", L"MaxContentAge",
    };
    static const WCHAR *const tests[] =
    {
        L"JobInactivity", L"Cost", L"NetworkDown", L"OnBattery", L"TimeSlice", L"WeekMinute", L"NetworkPoll",
        L"Day", L"ClockAhead", L"RetryFloor"
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(policies); i++) set_value(POLICIES, policies[i], NULL);
    for (i = 0; i < ARRAY_SIZE(tests); i++) set_value(TEST_KEY, tests[i], NULL);
    set_value(OWN_KEY, L"UseLMCompat", NULL);
    RegDeleteTreeW(HKEY_LOCAL_MACHINE, POLICIES L"\\Throttling");
    RegDeleteTreeW(HKEY_LOCAL_MACHINE, POLICIES L"\\TransferPolicy");
}

static IBackgroundCopyJob *begin_job(const WCHAR *name, const WCHAR *path, BG_JOB_PRIORITY priority)
{
    IBackgroundCopyJob *job = bits_create_job(name, BG_JOB_TYPE_DOWNLOAD);
    HRESULT hr;

    if (!job) return NULL;
    bits_add_file(job, bits_url(path), bits_path(name));
    hr = IBackgroundCopyJob_SetPriority(job, priority);
    ok(hr == S_OK, "SetPriority: got %#lx\n", hr);
    bits_resume(job);
    return job;
}

static void complete(IBackgroundCopyJob *job, const WCHAR *name, const char *pattern, unsigned int size)
{
    HRESULT hr;

    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "Complete: got %#lx\n", hr);
    if (hr == S_OK) bits_check_file(bits_path(name), pattern, 0, size);
    bits_cancel(job);
}

static ULONG error_count(IBackgroundCopyJob *job)
{
    ULONG count = ~0u;
    HRESULT hr = IBackgroundCopyJob_GetErrorCount(job, &count);

    ok(hr == S_OK, "GetErrorCount: got %#lx\n", hr);
    return count;
}

static BOOL state_within(IBackgroundCopyJob *job, BG_JOB_STATE state, DWORD msec)
{
    struct bits_clock clock;

    bits_clock_start(&clock);
    do
    {
        if (bits_state(job) == state) return TRUE;
        Sleep(10);
    }
    while (bits_clock_look(&clock) < msec);
    return FALSE;
}

/* Returns when the service has seen what was set before: it reads all values at once, so that two changes of one that can be watched tell. */
static void settle(void)
{
    IBackgroundCopyJob *job = begin_job(L"settle", L"/slow1", BG_JOB_PRIORITY_FOREGROUND);

    bits_wait_state(job, BG_JOB_STATE_TRANSFERRING);
    set_test(L"NetworkDown", 1);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    set_value(TEST_KEY, L"NetworkDown", NULL);
    bits_wait_states(job, ~(1u << BG_JOB_STATE_TRANSIENT_ERROR));
    bits_cancel(job);
}

/* Limits on numbers bind ordinary users and nobody else. Waits until the service has seen the values. */

static HRESULT try_create(IBackgroundCopyJob **job)
{
    GUID id;

    *job = NULL;
    return IBackgroundCopyManager_CreateJob(bits_manager, bits_job_name(L"limit"), BG_JOB_TYPE_DOWNLOAD, &id, job);
}

static void child_limits(const char *what)
{
    IBackgroundCopyJob *jobs[3] = { NULL };
    IBackgroundCopyJob3 *job3;
    BG_FILE_RANGE ranges[3] = {{0, 10}, {20, 10}, {40, 10}};
    HRESULT hr;

    if (!strcmp(what, "user") || !strcmp(what, "machine"))
    {
        HRESULT expected = !strcmp(what, "user") ? BG_E_TOO_MANY_JOBS_PER_USER : BG_E_TOO_MANY_JOBS_PER_MACHINE;

        hr = try_create(&jobs[0]);
        ok(hr == S_OK, "[BEH.POLICY.13] got %#lx\n", hr);
        hr = try_create(&jobs[1]);
        ok(hr == S_OK, "[BEH.POLICY.13] got %#lx\n", hr);
        hr = try_create(&jobs[2]);
        if (!strcmp(what, "user")) ok(hr == expected, "[BEH.POLICY.13,api-2-later:VER.2] got %#lx\n", hr);
        else ok(hr == expected, "[BEH.POLICY.12] got %#lx\n", hr);
        /* a job that has ended makes room */
        if (jobs[1]) bits_cancel(jobs[1]);
        if (jobs[2]) bits_cancel(jobs[2]);
        hr = try_create(&jobs[2]);
        ok(hr == S_OK, "[BEH.POLICY.13] got %#lx\n", hr);
        if (jobs[0]) bits_cancel(jobs[0]);
        if (jobs[2]) bits_cancel(jobs[2]);
        return;
    }

    if ((hr = try_create(&jobs[0])) != S_OK) return;
    if (!strcmp(what, "files"))
    {
        bits_add_file(jobs[0], L"http://127.0.0.1/1", bits_path(L"1"));
        bits_add_file(jobs[0], L"http://127.0.0.1/2", bits_path(L"2"));
        hr = IBackgroundCopyJob_AddFile(jobs[0], L"http://127.0.0.1/3", bits_path(L"3"));
        ok(hr == BG_E_TOO_MANY_FILES_IN_JOB, "[BEH.POLICY.14] got %#lx\n", hr);
    }
    else if ((job3 = bits_query(jobs[0], IBackgroundCopyJob3)))
    {
        hr = IBackgroundCopyJob3_AddFileWithRanges(job3, L"http://127.0.0.1/1", bits_path(L"1"), 2, ranges);
        ok(hr == S_OK, "[BEH.POLICY.15] got %#lx\n", hr);
        hr = IBackgroundCopyJob3_AddFileWithRanges(job3, L"http://127.0.0.1/2", bits_path(L"2"), 3, ranges);
        ok(hr == BG_E_TOO_MANY_RANGES_IN_FILE, "[BEH.POLICY.15,JOB3.AddFileWithRanges.10,ERR.0x80200052] got %#lx\n", hr);
        IBackgroundCopyJob3_Release(job3);
    }
    bits_cancel(jobs[0]);
}

static void test_limits(void)
{
    IBackgroundCopyJob *jobs[4];
    unsigned int i;
    HRESULT hr;

    set_policy(L"MaxJobsPerUser", 2);
    settle();
    bits_run_child("policy", "user", BITS_CHILD_USER);
    for (i = 0; i < ARRAY_SIZE(jobs); i++)
    {
        hr = try_create(&jobs[i]);
        ok(hr == S_OK, "[BEH.POLICY.30] got %#lx\n", hr);
    }
    /* what administrators have does not count for the others [BEH.POLICY.31] */
    set_policy(L"MaxJobsPerUser", 50);
    set_policy(L"MaxJobsPerMachine", 2);
    settle();
    bits_run_child("policy", "machine", BITS_CHILD_USER);
    for (i = 0; i < ARRAY_SIZE(jobs); i++) if (jobs[i]) bits_cancel(jobs[i]);

    set_policy(L"MaxFilesPerJob", 2);
    set_policy(L"MaxRangesPerFile", 2);
    settle();
    bits_run_child("policy", "files", BITS_CHILD_USER);
    bits_run_child("policy", "ranges", BITS_CHILD_USER);
    if (SUCCEEDED(try_create(&jobs[0])))
    {
        bits_add_file(jobs[0], L"http://127.0.0.1/1", bits_path(L"1"));
        bits_add_file(jobs[0], L"http://127.0.0.1/2", bits_path(L"2"));
        hr = IBackgroundCopyJob_AddFile(jobs[0], L"http://127.0.0.1/3", bits_path(L"3"));
        ok(hr == S_OK, "[BEH.POLICY.30] got %#lx\n", hr);
        bits_cancel(jobs[0]);
    }
    remove_policies();
}

static void test_download_time(void)
{
    IBackgroundCopyJob4 *job4;
    IBackgroundCopyJob *job;
    struct bits_clock clock;
    BG_JOB_STATE state;
    DWORD asked;
    HRESULT hr;

    set_policy(L"MaxDownloadTime", 1);
    settle();
    job = begin_job(L"time", L"/stall", BG_JOB_PRIORITY_FOREGROUND);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    bits_check_error_in(job, BG_E_MAXDOWNLOAD_TIMEOUT, GENERAL_QUEUE_MANAGER, "BEH.STATE.43,JOB4.SetMaximumDownloadTime.2");

    /* Resume gives it the whole time again [BEH.RETRY.12]; a value of the job's own counts more than the policy [BEH.RETRY.11] */
    if ((job4 = bits_query(job, IBackgroundCopyJob4)))
    {
        hr = IBackgroundCopyJob4_SetMaximumDownloadTime(job4, 60);
        ok(hr == S_OK, "SetMaximumDownloadTime: got %#lx\n", hr);
        bits_resume(job);
        ok(!state_within(job, BG_JOB_STATE_ERROR, 1500), "[BEH.RETRY.11,JOB4.SetMaximumDownloadTime.2] given up\n");
        hr = IBackgroundCopyJob4_SetMaximumDownloadTime(job4, 1);
        ok(hr == S_OK, "SetMaximumDownloadTime: got %#lx\n", hr);
        bits_wait_state(job, BG_JOB_STATE_ERROR);

        /* and so it does while the job runs, which goes on */
        hr = IBackgroundCopyJob4_SetMaximumDownloadTime(job4, 3);
        ok(hr == S_OK, "SetMaximumDownloadTime: got %#lx\n", hr);
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRING);
        bits_clock_start(&clock);
        asked = GetTickCount();
        while (bits_clock_look(&clock) < 6000)
        {
            state = bits_state(job);
            ok(state == BG_JOB_STATE_TRANSFERRING || GetTickCount() - asked >= 3000, "[BEH.RETRY.12,JOB4.SetMaximumDownloadTime.2] got state %d\n", state);
            asked = GetTickCount();
            bits_resume(job);
            if (state != BG_JOB_STATE_TRANSFERRING) break;
            Sleep(50);
        }
        bits_wait_state(job, BG_JOB_STATE_ERROR);
        IBackgroundCopyJob4_Release(job4);
    }
    bits_cancel(job);
    remove_policies();
}

static BOOL temporary_files(void)
{
    WIN32_FIND_DATAW data;
    HANDLE find = FindFirstFileW(bits_path(L"BIT*.tmp"), &data);

    if (find == INVALID_HANDLE_VALUE) return FALSE;
    FindClose(find);
    return TRUE;
}

static void test_inactivity(void)
{
    IBackgroundCopyJob *job, *other, *failed, *done, *suspended;
    struct bits_clock clock;
    BG_JOB_STATE state;
    DWORD asked, now;
    HRESULT hr;

    /* a file partly there, so that there is something to delete; bits_end sees whether that was done */
    job = begin_job(L"inactive", L"/cut", BG_JOB_PRIORITY_FOREGROUND);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    done = begin_job(L"done", L"/300k", BG_JOB_PRIORITY_FOREGROUND);
    bits_wait_state(done, BG_JOB_STATE_TRANSFERRED);
    failed = bits_create_job(L"failed", BG_JOB_TYPE_DOWNLOAD);
    bits_add_file(failed, bits_url(L"/300k"), bits_path(L"failed"));
    bits_add_file(failed, bits_url(L"/nothing"), bits_path(L"failed2"));
    bits_resume(failed);
    bits_wait_state(failed, BG_JOB_STATE_ERROR);
    suspended = bits_create_job(L"suspended", BG_JOB_TYPE_DOWNLOAD);
    other = bits_create_job(L"active", BG_JOB_TYPE_DOWNLOAD);
    ok(temporary_files(), "there is nothing to delete\n");
    set_test(L"JobInactivity", 3000);
    asked = GetTickCount();
    bits_clock_start(&clock);
    while ((bits_state(job) != BG_JOB_STATE_CANCELLED || bits_state(failed) != BG_JOB_STATE_CANCELLED
            || bits_state(done) != BG_JOB_STATE_CANCELLED || bits_state(suspended) != BG_JOB_STATE_CANCELLED)
           && bits_clock_look(&clock) < BITS_TIMEOUT)
    {
        now = GetTickCount();
        hr = IBackgroundCopyJob_SetDescription(other, L"busy");
        if (hr == BG_E_INVALID_STATE && GetTickCount() - asked >= 3000)
        {
            trace("the machine stood still for %lu ms\n", GetTickCount() - asked);
            IBackgroundCopyJob_Release(other);
            other = bits_create_job(L"active", BG_JOB_TYPE_DOWNLOAD);
        }
        else ok(hr == S_OK, "[BEH.STATE.98,LIFE.6] SetDescription after %lu ms: got %#lx\n", GetTickCount() - asked, hr);
        asked = now;
        Sleep(20);
    }
    ok(bits_state(job) == BG_JOB_STATE_CANCELLED, "[BEH.STATE.48] got state %d\n", bits_state(job));
    for (bits_clock_start(&clock); temporary_files() && bits_clock_look(&clock) < BITS_TIMEOUT;) Sleep(10);
    ok(!temporary_files(), "[BEH.RETRY.13] downloaded files stay\n");
    ok(bits_state(suspended) == BG_JOB_STATE_CANCELLED, "[LIFE.6] got state %d\n", bits_state(suspended));
    ok(bits_state(failed) == BG_JOB_STATE_CANCELLED, "[JOB.GetError.7,CB.JobError.4] got state %d\n", bits_state(failed));
    ok(bits_state(done) == BG_JOB_STATE_CANCELLED, "[JOB.Complete.11,CB.JobTransferred.4] got state %d\n", bits_state(done));
    state = bits_state(other);
    ok(state == BG_JOB_STATE_SUSPENDED || GetTickCount() - asked >= 3000, "[BEH.STATE.98,LIFE.6] got state %d\n", state);
    ok(GetFileAttributesW(bits_path(L"done")) == INVALID_FILE_ATTRIBUTES, "[CB.JobTransferred.4] the download stays\n");
    remove_policies();
    IBackgroundCopyJob_Release(job);
    IBackgroundCopyJob_Release(failed);
    IBackgroundCopyJob_Release(done);
    IBackgroundCopyJob_Release(suspended);
    bits_cancel(other);
}

/* The time of inactivity is one of days, ninety without a policy; here a day has a tenth of a second. */
static void test_inactive_days(void)
{
    static const struct { DWORD days, least, most; } rows[] = { { 20, 1900, 8500 }, { 1000, 8500, BITS_TIMEOUT }, { 0, 8500, BITS_TIMEOUT } };
    IBackgroundCopyJob *job;
    struct bits_clock clock;
    DWORD begin, took;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        begin = GetTickCount();
        bits_clock_start(&clock);
        job = bits_create_job(L"days", BG_JOB_TYPE_DOWNLOAD);
        set_policy(L"JobInactivityTimeout", rows[i].days);
        set_test(L"Day", 100);
        do Sleep(10);
        while (bits_state(job) != BG_JOB_STATE_CANCELLED && bits_clock_look(&clock) < BITS_TIMEOUT);
        ok(bits_state(job) == BG_JOB_STATE_CANCELLED, "[BEH.POLICY.10] got state %d\n", bits_state(job));
        took = GetTickCount() - begin;
        ok(took >= rows[i].least && clock.passed < rows[i].most, "[BEH.POLICY.10] %lu days: after %lu ms, of which %lu count\n", rows[i].days,
           took, clock.passed);
        IBackgroundCopyJob_Release(job);
        remove_policies();
        settle();
    }
}

/* Whether the service has tried to be the user towards a server that asks: by what it sent, or by what it says that it could not. */
static BOOL shows_logon(void)
{
    IBackgroundCopyJob *job;
    struct test_server_stats stats;
    WCHAR path[MAX_PATH];
    BOOL shown = FALSE;
    char value[256], *text, id_text[40];
    unsigned int i;
    HANDLE file;
    DWORD size;
    GUID id;

    test_server_reset(bits_server);
    job = begin_job(L"logon", L"/logon", BG_JOB_PRIORITY_FOREGROUND);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    IBackgroundCopyJob_GetId(job, &id);
    test_server_get_stats(bits_server, &stats);
    for (i = 1; i <= stats.requests; i++)
    {
        struct test_request request;

        if (!test_server_get_request(bits_server, i, &request)) continue;
        if (test_request_header(&request, "Authorization", value, sizeof(value)) && !strncmp(value, "NTLM ", 5)) shown = TRUE;
        test_request_free(&request);
    }
    bits_cancel(job);

    SHGetFolderPathW(NULL, CSIDL_COMMON_APPDATA, NULL, 0, path);
    wcscat(path, L"\\Microsoft\\Network\\Downloader\\qmgr.log");
    file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "no log, error %lu\n", GetLastError());
    if (file == INVALID_HANDLE_VALUE) return shown;
    size = GetFileSize(file, NULL);
    text = calloc(1, size + 1);
    ReadFile(file, text, size, &size, NULL);
    CloseHandle(file);
    sprintf(id_text, "%08lx-%04x", id.Data1, id.Data2);
    for (text[size] = 0, i = 0; i < size; i++)
        if (!strncmp(text + i, id_text, strlen(id_text)) && strstr(text + i, "cannot answer NTLM")
            && strstr(text + i, "cannot answer NTLM") < text + i + strcspn(text + i, "\n")) shown = TRUE;
    free(text);
    return shown;
}

/* Beside the policies there is a key of the service's own; UseLMCompat there says whether the user's identity is shown unasked. */
static void test_own_key(void)
{
    static const DWORD always = 0, asked = 2;

    ok(!shows_logon(), "[BEH.POLICY.33] shown without a word\n");
    set_value(OWN_KEY, L"UseLMCompat", &always);
    settle();
    ok(shows_logon(), "[BEH.POLICY.33] not shown\n");
    set_value(OWN_KEY, L"UseLMCompat", &asked);
    settle();
    ok(!shows_logon(), "[BEH.POLICY.33] shown all the same\n");
    set_value(OWN_KEY, L"UseLMCompat", NULL);
    settle();
}

/* Values of another type say nothing; those of caches say nothing any more. */
static void test_without_effect(void)
{
    static const WCHAR *const caches[] =
    {
        L"DisableBranchCache", L"EnablePeercaching", L"DisablePeerCachingClient", L"DisablePeerCachingServer", L"MaxBandwidthServed",
        L"MaxCacheSize", L"MaxContentAge"
    };
    IBitsPeerCacheAdministration *admin;
    IBackgroundCopyFile4 *file4;
    IBackgroundCopyFile *file;
    IBackgroundCopyJob *job;
    UINT64 origin = 0, peers = 1;
    unsigned int i;
    DWORD value;
    HRESULT hr;
    HKEY key;

    ok(!RegCreateKeyExW(HKEY_LOCAL_MACHINE, POLICIES, 0, NULL, 0, KEY_SET_VALUE | KEY_WOW64_64KEY, NULL, &key, NULL), "no key\n");
    RegSetValueExW(key, L"MaxDownloadTime", 0, REG_SZ, (const BYTE *)L"1", 2 * sizeof(WCHAR));
    RegCloseKey(key);
    settle();
    job = begin_job(L"text", L"/stall", BG_JOB_PRIORITY_FOREGROUND);
    ok(!state_within(job, BG_JOB_STATE_ERROR, 2500), "[BEH.POLICY.2] a text counts\n");
    bits_cancel(job);
    set_policy(L"MaxDownloadTime", 1);
    settle();
    job = begin_job(L"number", L"/stall", BG_JOB_PRIORITY_FOREGROUND);
    ok(state_within(job, BG_JOB_STATE_ERROR, BITS_TIMEOUT), "[BEH.POLICY.2] a number does not count\n");
    bits_cancel(job);
    remove_policies();

    for (i = 0; i < ARRAY_SIZE(caches); i++) set_policy(caches[i], 1);
    settle();
    job = begin_job(L"cached", L"/300k", BG_JOB_PRIORITY_FOREGROUND);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    file = bits_get_file(job, 0);
    file4 = bits_query(file, IBackgroundCopyFile4);
    hr = IBackgroundCopyFile4_GetPeerDownloadStats(file4, &origin, &peers);
    ok(hr == S_OK && origin == 300000 && !peers, "[BEH.POLICY.22,BEH.POLICY.24] got %#lx, %I64u, %I64u\n", hr, origin, peers);
    IBackgroundCopyFile4_Release(file4);
    IBackgroundCopyFile_Release(file);
    complete(job, L"cached", "/300k", 300000);
    admin = bits_query(bits_manager, IBitsPeerCacheAdministration);
    hr = IBitsPeerCacheAdministration_GetConfigurationFlags(admin, &value);
    ok(hr == S_FALSE && !value, "[BEH.POLICY.24] got %#lx, %#lx\n", hr, value);
    hr = IBitsPeerCacheAdministration_GetMaximumCacheSize(admin, &value);
    ok(hr == S_FALSE && !value, "[BEH.POLICY.24] got %#lx, %lu\n", hr, value);
    IBitsPeerCacheAdministration_Release(admin);
    remove_policies();
}

/* Until the service believes that it is so much later. */
static void set_clock_ahead(DWORD minutes)
{
    struct bits_clock clock;
    IBackgroundCopyJob *job;
    ULARGE_INTEGER now, made;
    BG_JOB_TIMES times;
    FILETIME time;

    set_test(L"ClockAhead", minutes);
    bits_clock_start(&clock);
    do
    {
        job = bits_create_job(L"clock", BG_JOB_TYPE_DOWNLOAD);
        GetSystemTimeAsFileTime(&time);
        IBackgroundCopyJob_GetTimes(job, &times);
        bits_cancel(job);
        now.LowPart = time.dwLowDateTime;
        now.HighPart = time.dwHighDateTime;
        made.LowPart = times.CreationTime.dwLowDateTime;
        made.HighPart = times.CreationTime.dwHighDateTime;
    }
    while (made.QuadPart < now.QuadPart + (UINT64)(minutes - 1) * 600000000 && bits_clock_look(&clock) < BITS_TIMEOUT);
    ok(clock.passed < BITS_TIMEOUT, "the clock stays as it was\n");
}

/* Delays and the borders of the window do not move with the wall clock. */
static void test_clock(void)
{
    IBackgroundCopyJob *waiting, *moving, *job;
    SYSTEMTIME time;

    GetLocalTime(&time);
    if (time.wMinute >= 55)
    {
        trace("close to a border of the window, which is set in hours\n");
        while (time.wMinute >= 55)
        {
            Sleep(1000);
            GetLocalTime(&time);
        }
    }
    set_policy(L"EnableBITSMaxBandwidth", 1);
    set_policy(L"MaxTransferRateOnSchedule", 0);
    set_policy(L"MaxBandwidthValidFrom", (time.wHour + 2) % 24);
    set_policy(L"MaxBandwidthValidTo", (time.wHour + 4) % 24);
    settle();
    waiting = begin_job(L"waiting", L"/busy", BG_JOB_PRIORITY_FOREGROUND);
    bits_wait_state(waiting, BG_JOB_STATE_TRANSIENT_ERROR);
    moving = begin_job(L"moving", L"/stall", BG_JOB_PRIORITY_FOREGROUND);
    bits_wait_state(moving, BG_JOB_STATE_TRANSFERRING);

    /* three hours later: into the window, and far beyond a delay of ten minutes */
    set_clock_ahead(180);
    job = begin_job(L"window", L"/300k", BG_JOB_PRIORITY_NORMAL);
    bits_wait_states(job, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_TRANSIENT_ERROR);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[BEH.RETRY.7,BEH.BW.4] got state %d\n", bits_state(job));
    bits_cancel(job);
    ok(error_count(waiting) == 1 && bits_state(waiting) == BG_JOB_STATE_TRANSIENT_ERROR, "[BEH.RETRY.7] retried\n");
    /* and two hundred days: longer than anything may take */
    set_clock_ahead(200 * 24 * 60);
    ok(bits_state(moving) == BG_JOB_STATE_TRANSFERRING, "[BEH.RETRY.7] got state %d\n", bits_state(moving));
    ok(error_count(waiting) == 1 && bits_state(waiting) == BG_JOB_STATE_TRANSIENT_ERROR, "[BEH.RETRY.7] state %d\n", bits_state(waiting));
    bits_cancel(moving);
    bits_cancel(waiting);

    /* a service that starts now has them where its clock says */
    set_test(L"ClockAhead", 180);
    if (!bits_restart_service()) return;
    job = begin_job(L"window", L"/300k", BG_JOB_PRIORITY_NORMAL);
    bits_wait_states(job, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_TRANSIENT_ERROR);
    ok(bits_state(job) == BG_JOB_STATE_TRANSIENT_ERROR, "[BEH.BW.4] got state %d\n", bits_state(job));
    bits_check_error(job, 0x8020003e /* BG_E_BLOCKED_BY_POLICY */, "BEH.BW.4");
    bits_cancel(job);
    remove_policies();
    bits_restart_service();
}

/* NULL: the service does not know it. */
static IBackgroundCopyJob *find_job(const GUID *id)
{
    IBackgroundCopyJob *job = NULL;
    HRESULT hr = IBackgroundCopyManager_GetJob(bits_manager, id, &job);

    ok(hr == S_OK || hr == BG_E_NOT_FOUND, "GetJob: got %#lx\n", hr);
    return hr == S_OK ? job : NULL;
}

/* Days without progress count, and those of inactivity, also when the machine has been off meanwhile: it has not been on for that long. */
static void test_days_off(void)
{
    static const struct { DWORD days; BOOL failing, there; } rows[] =
    {
        { 13, TRUE, TRUE }, { 15, FALSE, TRUE }, { 89, FALSE, TRUE }, { 91, FALSE, FALSE }
    };
    IBackgroundCopyJob *resting, *failing;
    GUID resting_id, failing_id;
    struct bits_clock clock;
    unsigned int i;

    resting = bits_create_job(L"resting", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob_GetId(resting, &resting_id);
    IBackgroundCopyJob_Release(resting);
    failing = begin_job(L"failing", L"/busy", BG_JOB_PRIORITY_FOREGROUND);
    bits_wait_state(failing, BG_JOB_STATE_TRANSIENT_ERROR);
    IBackgroundCopyJob_GetId(failing, &failing_id);
    IBackgroundCopyJob_Release(failing);
    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        winetest_push_context("%lu days", rows[i].days);
        test_server_reset(bits_server);
        set_test(L"ClockAhead", rows[i].days * 24 * 60);
        if (!bits_restart_service())
        {
            winetest_pop_context();
            break;
        }
        failing = find_job(&failing_id);
        ok_inferred("BEH.PERSIST.7", failing != NULL, "the job that failed is gone\n");
        if (failing)
        {
            if (rows[i].failing)
            {
                bits_wait_state(failing, BG_JOB_STATE_TRANSIENT_ERROR);
                ok_inferred("BEH.PERSIST.7", !state_within(failing, BG_JOB_STATE_ERROR, 1000), "given up too early\n");
            }
            else
            {
                ok_inferred("BEH.PERSIST.7", state_within(failing, BG_JOB_STATE_ERROR, BITS_TIMEOUT), "got state %d\n", bits_state(failing));
                ok_inferred("BEH.RETRY.21", bits_error_code(failing) == BG_E_HTTP_ERROR_503, "got %#lx\n", bits_error_code(failing));
                if (i == 1) ok_inferred("BEH.PERSIST.5", test_server_count(bits_server, "HEAD", "/busy") == 1, "given up without a try\n");
            }
            IBackgroundCopyJob_Release(failing);
        }

        bits_clock_start(&clock);
        while ((resting = find_job(&resting_id)) && !rows[i].there && bits_clock_look(&clock) < BITS_TIMEOUT)
        {
            IBackgroundCopyJob_Release(resting);
            Sleep(20);
        }
        ok_inferred("BEH.PERSIST.7", !!resting == rows[i].there, "there %d\n", !!resting);
        if (resting) IBackgroundCopyJob_Release(resting);
        winetest_pop_context();
    }
    if ((failing = find_job(&failing_id))) bits_cancel(failing);
    remove_policies();
    bits_restart_service();
}

/* A file that has come is progress, whatever became of the job before, and of the next file. */
static void test_days_between(void)
{
    struct bits_clock clock;
    IBackgroundCopyJob *job;
    GUID id;

    test_server_reset(bits_server);
    job = bits_create_job(L"between", BG_JOB_TYPE_DOWNLOAD);
    bits_add_file(job, bits_url(L"/later"), bits_path(L"between"));
    bits_add_file(job, bits_url(L"/busy"), bits_path(L"between2"));
    IBackgroundCopyJob_GetId(job, &id);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    set_clock_ahead(13 * 24 * 60);
    settle();                           /* the network comes back */
    bits_clock_start(&clock);
    while (error_count(job) < 2 && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(10);
    ok(error_count(job) == 2, "not tried again\n");
    ok(test_server_count(bits_server, "GET", "/later") == 1, "the first file has not come\n");
    IBackgroundCopyJob_Release(job);

    set_test(L"ClockAhead", 15 * 24 * 60);
    if (bits_restart_service() && (job = find_job(&id)))
    {
        bits_wait_states(job, 1u << BG_JOB_STATE_TRANSIENT_ERROR | 1u << BG_JOB_STATE_ERROR);
        ok_inferred("BEH.PERSIST.7", !state_within(job, BG_JOB_STATE_ERROR, 1000), "given up two days after a file has come\n");
        bits_cancel(job);
    }
    remove_policies();
    bits_restart_service();
}

/* A file that changes at its source again and again makes no progress, whatever comes of it. */
static void test_changing(void)
{
    IBackgroundCopyJob *job;
    DWORD begin, took;
    HRESULT hr;

    set_test(L"RetryFloor", 200);
    settle();
    job = bits_create_job(L"changing", BG_JOB_TYPE_DOWNLOAD);
    bits_add_file(job, bits_url(L"/changing"), bits_path(L"changing"));
    hr = IBackgroundCopyJob_SetMinimumRetryDelay(job, 0);
    ok(hr == S_OK, "SetMinimumRetryDelay: got %#lx\n", hr);
    hr = IBackgroundCopyJob_SetNoProgressTimeout(job, 12);
    ok(hr == S_OK, "SetNoProgressTimeout: got %#lx\n", hr);
    begin = GetTickCount();
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    bits_check_error_in(job, 0x80200073 /* BG_E_REMOTE_FILE_CHANGED */, REMOTE_FILE, "BEH.CONSIST.22");
    ok_inferred("BEH.CONSIST.22", state_within(job, BG_JOB_STATE_ERROR, BITS_TIMEOUT), "got state %d\n", bits_state(job));
    took = GetTickCount() - begin;
    ok_inferred("BEH.CONSIST.22", took >= 11500, "given up after %lu ms\n", took);
    bits_cancel(job);
    remove_policies();
}

static void test_bandwidth(void)
{
    IBackgroundCopyJob *job, *fast;
    struct bits_clock clock;
    DWORD begin, took;
    BG_JOB_STATE state;
    SYSTEMTIME time;
    HRESULT hr;

    /* 100 kB a second, all day */
    set_policy(L"EnableBITSMaxBandwidth", 1);
    set_policy(L"MaxTransferRateOnSchedule", 800);
    set_policy(L"MaxBandwidthValidFrom", 0);
    set_policy(L"MaxBandwidthValidTo", 0);
    settle();
    begin = GetTickCount();
    job = begin_job(L"limited", L"/300k", BG_JOB_PRIORITY_NORMAL);
    fast = begin_job(L"free", L"/300k", BG_JOB_PRIORITY_FOREGROUND);
    complete(fast, L"free", "/300k", 300000);
    state = bits_state(job);
    took = GetTickCount() - begin;
    ok(state != BG_JOB_STATE_TRANSFERRED || took >= 2800, "[BEH.BW.3] as quick as the foreground\n");
    complete(job, L"limited", "/300k", 300000);
    took = GetTickCount() - begin;
    ok(took >= 2800, "[BEH.BW.3,BEH.BW.4,BEH.POLICY.17] too quick: %lu ms\n", took);
    trace("300,000 bytes took %lu ms at 100,000 a second\n", took);

    /* outside of the window, and with the system's maximum there */
    GetLocalTime(&time);
    set_policy(L"MaxBandwidthValidFrom", (time.wHour + 2) % 24);
    set_policy(L"MaxBandwidthValidTo", (time.wHour + 3) % 24);
    settle();
    job = begin_job(L"limited", L"/300k", BG_JOB_PRIORITY_NORMAL);
    bits_clock_start(&clock);
    while (bits_state(job) != BG_JOB_STATE_TRANSFERRED && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(5);
    ok(clock.passed < 2800, "[BEH.POLICY.20,BEH.BW.4] limited: %lu ms\n", clock.passed);
    complete(job, L"limited", "/300k", 300000);

    set_policy(L"UseSystemMaximum", 0);
    set_policy(L"MaxTransferRateOffSchedule", 800);
    settle();
    begin = GetTickCount();
    job = begin_job(L"limited", L"/300k", BG_JOB_PRIORITY_NORMAL);
    complete(job, L"limited", "/300k", 300000);
    took = GetTickCount() - begin;
    ok(took >= 2800, "[BEH.POLICY.21] too quick: %lu ms\n", took);

    set_policy(L"MaxTransferRateOffSchedule", 0);
    settle();
    job = begin_job(L"limited", L"/300k", BG_JOB_PRIORITY_NORMAL);
    hr = IBackgroundCopyJob_SetMinimumRetryDelay(job, 1);
    ok(hr == S_OK, "SetMinimumRetryDelay: got %#lx\n", hr);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    begin = GetTickCount();
    bits_check_error_in(job, BG_E_BLOCKED_BY_POLICY, GENERAL_QUEUE_MANAGER, "BEH.STATE.35,LIFE.9");
    ok(!error_count(job), "[BEH.RETRY.8] counted\n");
    fast = begin_job(L"free", L"/300k", BG_JOB_PRIORITY_FOREGROUND);
    complete(fast, L"free", "/300k", 300000);
    ok(bits_state(job) == BG_JOB_STATE_TRANSIENT_ERROR, "[BEH.RETRY.4,LIFE.9] got state %d\n", bits_state(job));
    /* the shortest delay passes, and nothing happens */
    while (GetTickCount() - begin < 6000)
    {
        if (bits_state(job) != BG_JOB_STATE_TRANSIENT_ERROR) break;
        Sleep(50);
    }
    ok(bits_state(job) == BG_JOB_STATE_TRANSIENT_ERROR, "[TYPE.State.7,JOB.SetMinimumRetryDelay.5] got state %d\n", bits_state(job));
    set_policy(L"UseSystemMaximum", 1);
    bits_wait_states(job, ~(1u << BG_JOB_STATE_TRANSIENT_ERROR));
    ok(bits_state(job) != BG_JOB_STATE_ERROR, "[LIFE.9] got state %d\n", bits_state(job));
    complete(job, L"limited", "/300k", 300000);
    remove_policies();
}

static void test_schedules(void)
{
    static const DWORD on = 1, zero = 0, unlimited = 3;
    IBackgroundCopyJob *low, *high;

    /* the work schedule blocks the lowest level only; Wednesday noon */
    set_test(L"WeekMinute", 3 * 24 * 60 + 12 * 60);
    set_value(POLICIES L"\\Throttling", L"EnableBandwidthLimits", &on);
    set_value(POLICIES L"\\Throttling\\WorkSchedule", L"LowBandwidthLimit", &zero);
    set_value(POLICIES L"\\Throttling\\WorkSchedule", L"HighBandwidthType", &unlimited);
    settle();
    low = begin_job(L"low", L"/300k", BG_JOB_PRIORITY_LOW);
    bits_wait_state(low, BG_JOB_STATE_TRANSIENT_ERROR);
    bits_check_error_in(low, BG_E_BLOCKED_BY_POLICY, GENERAL_QUEUE_MANAGER, "BEH.BW.5,BEH.POLICY.23");
    high = begin_job(L"high", L"/300k", BG_JOB_PRIORITY_HIGH);
    complete(high, L"high", "/300k", 300000);
    ok(bits_state(low) == BG_JOB_STATE_TRANSIENT_ERROR, "[BEH.BW.5] got state %d\n", bits_state(low));

    /* maintenance overrides it; Sunday to Saturday, all day */
    set_value(POLICIES L"\\Throttling\\MaintenanceSchedule", L"StartDay", &zero);
    { static const DWORD six = 6; set_value(POLICIES L"\\Throttling\\MaintenanceSchedule", L"EndDay", &six); }
    set_value(POLICIES L"\\Throttling", L"EnableMaintenanceLimits", &on);
    complete(low, L"low", "/300k", 300000);
    remove_policies();
}

static void set_cost_flags(IBackgroundCopyJob *job, DWORD flags)
{
    BITS_JOB_PROPERTY_VALUE value;
    IBackgroundCopyJob5 *job5;
    HRESULT hr;

    if (!(job5 = bits_query(job, IBackgroundCopyJob5))) return;
    value.Dword = flags;
    hr = IBackgroundCopyJob5_SetProperty(job5, BITS_JOB_PROPERTY_ID_COST_FLAGS, value);
    ok(hr == S_OK, "SetProperty: got %#lx\n", hr);
    IBackgroundCopyJob5_Release(job5);
}

static void test_cost(void)
{
    static const struct { DWORD state, flags; BOOL runs; const char *id; } rows[] =
    {
        { 0x01, 0x80000021, TRUE, "JPROP.T5" }, { 0x40, 0x80000021, FALSE, "JPROP.T5" }, { 0x20, 0x80000021, TRUE, "JPROP.T5" },
        { 0x04, 0x80000067, TRUE, "JPROP.T4" }, { 0x08, 0x80000067, FALSE, "JPROP.T4" }, { 0x10, 0x8000006f, FALSE, "JPROP.T3" },
        { 0x10, 0x8000007f, TRUE, "JPROP.T2" }, { 0x81, 0x8000007f, FALSE, "JPROP.T2" }, { 0x81, 0x8000006f, FALSE, "JPROP.T3" },
        { 0x81, 0x800000ff, TRUE, "JPROP.T1" },
    };
    static const DWORD unrestricted = 0x80000021;
    IBackgroundCopyJob *job;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        winetest_push_context("%u", i);
        set_test(L"Cost", rows[i].state);
        settle();
        job = bits_create_job(L"cost", BG_JOB_TYPE_DOWNLOAD);
        bits_add_file(job, bits_url(L"/300k"), bits_path(L"cost"));
        set_cost_flags(job, rows[i].flags);
        bits_resume(job);
        if (!rows[i].runs)
        {
            bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
            ok(bits_state(job) == BG_JOB_STATE_TRANSIENT_ERROR, "[%s] got state %d\n", rows[i].id, bits_state(job));
            bits_check_error_in(job, 0x80200059 /* BG_E_BLOCKED_BY_COST_TRANSFER_POLICY */, GENERAL_QUEUE_MANAGER, "BEH.STATE.36");
            ok(!error_count(job), "[BEH.RETRY.4] counted\n");
            if (i & 1) set_cost_flags(job, 0x800000ff);                 /* BEH.COST.22 */
            else set_test(L"Cost", 1);                                  /* BEH.COST.21 */
        }
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
        if (rows[i].runs) ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[%s] got state %d\n", rows[i].id, bits_state(job));
        ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[BEH.COST.20] got state %d\n", bits_state(job));
        complete(job, L"cost", "/300k", 300000);
        winetest_pop_context();
    }

    /* flags that take effect on a running transfer */
    set_test(L"Cost", 0x40);
    settle();
    job = begin_job(L"cost", L"/stall", BG_JOB_PRIORITY_FOREGROUND);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRING);
    set_cost_flags(job, unrestricted);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    bits_check_error_in(job, 0x80200059, GENERAL_QUEUE_MANAGER, "BEH.STATE.93,JPROP.1");
    bits_cancel(job);

    /* a default from the policy, per priority [BEH.POLICY.25] */
    set_value(POLICIES L"\\TransferPolicy", L"NormalTransferPolicy", &unrestricted);
    settle();
    job = begin_job(L"cost", L"/300k", BG_JOB_PRIORITY_NORMAL);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    bits_check_error_in(job, 0x80200059, GENERAL_QUEUE_MANAGER, "BEH.POLICY.25");
    remove_policies();
    complete(job, L"cost", "/300k", 300000);
}

static void test_network(void)
{
    IBackgroundCopyJob *queued, *running, *failed, *posted;

    running = begin_job(L"running", L"/stall", BG_JOB_PRIORITY_FOREGROUND);
    bits_wait_state(running, BG_JOB_STATE_TRANSFERRING);
    posted = bits_download(L"posted", L"/stall", BG_JOB_PRIORITY_FOREGROUND);
    bits_set_method(posted, L"POST");
    bits_resume(posted);
    bits_wait_state(posted, BG_JOB_STATE_TRANSFERRING);
    failed = begin_job(L"failed", L"/busy", BG_JOB_PRIORITY_FOREGROUND);
    bits_wait_state(failed, BG_JOB_STATE_TRANSIENT_ERROR);
    ok(error_count(failed) == 1, "[BEH.RETRY.8] got %lu\n", error_count(failed));

    set_test(L"NetworkDown", 1);
    bits_wait_state(running, BG_JOB_STATE_TRANSIENT_ERROR);
    bits_check_error_in(running, BG_E_NETWORK_DISCONNECTED, GENERAL_QUEUE_MANAGER, "BEH.STATE.34,LIFE.10,BEH.USER.5");
    ok(!error_count(running), "[BEH.RETRY.8] counted\n");
    /* what was asked for by a method of the client's own is not asked for again by itself */
    bits_wait_states(posted, 1u << BG_JOB_STATE_TRANSIENT_ERROR | 1u << BG_JOB_STATE_ERROR);
    ok(bits_state(posted) == BG_JOB_STATE_ERROR, "[HTTP2.SetHttpMethod.5,BEH.HTTP.19] got state %d\n", bits_state(posted));
    bits_check_error_in(posted, BG_E_NETWORK_DISCONNECTED, GENERAL_QUEUE_MANAGER, "HTTP2.SetHttpMethod.5");
    ok(!error_count(posted), "[BEH.RETRY.8] counted\n");
    bits_cancel(posted);
    queued = begin_job(L"queued", L"/300k", BG_JOB_PRIORITY_NORMAL);
    bits_wait_state(queued, BG_JOB_STATE_TRANSIENT_ERROR);
    bits_check_error_in(queued, BG_E_NETWORK_DISCONNECTED, GENERAL_QUEUE_MANAGER, "BEH.STATE.34,LIFE.10");
    ok(error_count(failed) == 1, "[BEH.RETRY.8] got %lu\n", error_count(failed));

    /* back: every job, whatever its code */
    set_value(TEST_KEY, L"NetworkDown", NULL);
    bits_wait_state(running, BG_JOB_STATE_TRANSFERRING);
    ok(bits_state(running) == BG_JOB_STATE_TRANSFERRING, "[LIFE.10,BEH.USER.5] got state %d\n", bits_state(running));
    complete(queued, L"queued", "/300k", 300000);
    {
        struct bits_clock clock;

        bits_clock_start(&clock);
        while (error_count(failed) < 2 && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(10);
    }
    ok(error_count(failed) == 2, "[BEH.STATE.38,LIFE.10] not retried\n");
    bits_cancel(running);
    bits_cancel(failed);
}

/* Where no adapter is up but that of the machine itself, which answers still; at 0.0.0.0 as well, but nobody would know from that. */
static void test_loopback(void)
{
    static const WCHAR closed[] = L"http://0.0.0.0:1/x";
    IBackgroundCopyJob *job, *here;
    struct bits_clock clock;
    WCHAR stalled[64];
    ULONG count;

    set_test(L"NetworkDown", 3);        /* there are others, whatever this machine has */
    job = bits_create_job(L"away", BG_JOB_TYPE_DOWNLOAD);
    bits_add_file(job, closed, bits_path(L"away"));
    bits_clock_start(&clock);
    do
    {
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    }
    while (bits_error_code(job) == BG_E_NETWORK_DISCONNECTED && bits_clock_look(&clock) < BITS_TIMEOUT);
    ok(bits_error_code(job) == (HRESULT)0x80072efd, "[ERR.0x80072EFD] got %#lx\n", bits_error_code(job));
    ok_inferred("JOB.GetErrorCount.A1", error_count(job) > 0, "not counted\n");

    set_test(L"NetworkDown", 2);
    do
    {
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    }
    while (bits_error_code(job) != BG_E_NETWORK_DISCONNECTED && bits_clock_look(&clock) < BITS_TIMEOUT);
    bits_check_error_in(job, BG_E_NETWORK_DISCONNECTED, GENERAL_QUEUE_MANAGER, "BEH.STATE.34");
    count = error_count(job);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    ok(error_count(job) == count, "[JOB.GetErrorCount.4] counted\n");
    here = begin_job(L"here", L"/300k", BG_JOB_PRIORITY_FOREGROUND);
    complete(here, L"here", "/300k", 300000);

    set_test(L"NetworkDown", 3);
    bits_clock_start(&clock);
    while (error_count(job) == count && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(10);
    ok(error_count(job) == count + 1, "[BEH.STATE.38] not tried again when the network is there\n");
    bits_cancel(job);

    /* the network goes in the middle of a transfer: long before its time-out, which is a minute, and without an error that counts */
    swprintf(stalled, ARRAY_SIZE(stalled), L"http://0.0.0.0:%u/stall", test_server_port(bits_server));
    job = bits_create_job(L"away", BG_JOB_TYPE_DOWNLOAD);
    bits_add_file(job, stalled, bits_path(L"away"));
    IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
    bits_resume(job);
    here = begin_job(L"here", L"/stall", BG_JOB_PRIORITY_FOREGROUND);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRING);
    bits_wait_state(here, BG_JOB_STATE_TRANSFERRING);
    set_test(L"NetworkDown", 2);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    bits_check_error_in(job, BG_E_NETWORK_DISCONNECTED, GENERAL_QUEUE_MANAGER, "BEH.STATE.34");
    ok(!error_count(job), "[JOB.GetErrorCount.4] counted\n");
    ok(bits_state(here) == BG_JOB_STATE_TRANSFERRING, "what comes from this machine: got state %d\n", bits_state(here));
    set_test(L"NetworkDown", 3);
    ok(bits_wait_state(job, BG_JOB_STATE_TRANSFERRING), "[BEH.STATE.38] it does not go on\n");
    bits_cancel(job);
    bits_cancel(here);
    remove_policies();
}

/* A share, which is a folder of Wine's configuration, is reached over the network; a path of this machine is not. */
static void test_share(void)
{
    static const WCHAR *const names[] = { L"\\dosdevices\\unc", L"\\wine-bits-test", L"\\policy" };
    static const unsigned char data[300000];
    static const WCHAR source[] = L"\\\\wine-bits-test\\policy\\source";
    WCHAR folders[ARRAY_SIZE(names)][MAX_PATH] = { { 0 } }, path[MAX_PATH] = L"\\\\?\\unix", *p;
    IBackgroundCopyJob *job, *here;
    DWORD begin, took, written;
    unsigned int i;
    HANDLE file;

    GetEnvironmentVariableW(L"WINEPREFIX", path + wcslen(path), MAX_PATH - 100);
    for (p = path; *p; p++) if (*p == '/') *p = '\\';
    for (i = 0; i < ARRAY_SIZE(names); i++)
    {
        wcscat(path, names[i]);
        if (CreateDirectoryW(path, NULL)) wcscpy(folders[i], path);
    }
    file = CreateFileW(source, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "no share, error %lu\n", GetLastError());
    WriteFile(file, data, sizeof(data), &written, NULL);
    CloseHandle(file);
    ok(CopyFileW(source, bits_path(L"source"), TRUE), "no copy, error %lu\n", GetLastError());

    /* 100 kB a second, all day, but not for the foreground, and not for what stays here */
    set_policy(L"EnableBITSMaxBandwidth", 1);
    set_policy(L"MaxTransferRateOnSchedule", 800);
    set_policy(L"MaxBandwidthValidFrom", 0);
    set_policy(L"MaxBandwidthValidTo", 0);
    settle();
    for (i = 0; i < 3; i++)
    {
        struct bits_clock clock;

        job = bits_create_job(L"share", BG_JOB_TYPE_DOWNLOAD);
        bits_add_file(job, i == 1 ? bits_path(L"source") : source, bits_path(L"share"));
        if (i == 2) IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
        begin = GetTickCount();
        bits_clock_start(&clock);
        bits_resume(job);
        while (bits_state(job) != BG_JOB_STATE_TRANSFERRED && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(5);
        took = GetTickCount() - begin;
        if (!i) ok(took >= 2800, "[BEH.BW.3] too quick: %lu ms\n", took);
        else ok(clock.passed < 2800, "[BEH.BW.3] limited: %lu ms\n", clock.passed);
        complete(job, L"share", NULL, sizeof(data));
    }
    remove_policies();

    job = begin_job(L"down", L"/stall", BG_JOB_PRIORITY_FOREGROUND);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRING);
    set_test(L"NetworkDown", 1);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    bits_cancel(job);
    job = bits_create_job(L"share", BG_JOB_TYPE_DOWNLOAD);
    bits_add_file(job, source, bits_path(L"share"));
    bits_resume(job);
    here = bits_create_job(L"here", BG_JOB_TYPE_DOWNLOAD);
    bits_add_file(here, bits_path(L"source"), bits_path(L"here"));
    bits_resume(here);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    bits_check_error_in(job, BG_E_NETWORK_DISCONNECTED, GENERAL_QUEUE_MANAGER, "BEH.STATE.34");
    complete(here, L"here", NULL, sizeof(data));
    remove_policies();
    complete(job, L"share", NULL, sizeof(data));

    DeleteFileW(bits_path(L"source"));
    DeleteFileW(source);
    for (i = ARRAY_SIZE(folders); i--;) if (folders[i][0]) RemoveDirectoryW(folders[i]);
}

static void test_power(void)
{
    IBackgroundCopyJob *job, *fast;

    set_test(L"OnBattery", 1);
    settle();
    job = begin_job(L"saved", L"/300k", BG_JOB_PRIORITY_NORMAL);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    bits_check_error_in(job, 0x80200068 /* BG_E_BLOCKED_BY_BATTERY_SAVER */, GENERAL_QUEUE_MANAGER, "ERR.0x80200068,BEH.BW.6");
    ok(!error_count(job), "[BEH.RETRY.4] counted\n");
    fast = begin_job(L"free", L"/300k", BG_JOB_PRIORITY_FOREGROUND);
    complete(fast, L"free", "/300k", 300000);
    set_value(TEST_KEY, L"OnBattery", NULL);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[BEH.BW.6] got state %d\n", bits_state(job));
    complete(job, L"saved", "/300k", 300000);
}

/* Time slices, preemption and retry in real time, with the slice shortened. */
static void test_turns(void)
{
    IBackgroundCopyJob *first, *second, *high;
    struct bits_clock clock;
    unsigned int turns = 0;
    BOOL was = FALSE, is;
    HRESULT hr;

    set_test(L"TimeSlice", 300);
    settle();
    first = begin_job(L"first", L"/slow1", BG_JOB_PRIORITY_NORMAL);
    bits_wait_state(first, BG_JOB_STATE_TRANSFERRING);
    /* alone on its level it goes on */
    Sleep(500);
    ok(bits_state(first) == BG_JOB_STATE_TRANSFERRING, "[BEH.SCHED.6] got state %d\n", bits_state(first));
    second = begin_job(L"second", L"/slow2", BG_JOB_PRIORITY_NORMAL);
    bits_clock_start(&clock);
    while (turns < 4 && bits_clock_look(&clock) < BITS_TIMEOUT)
    {
        is = bits_state(second) == BG_JOB_STATE_TRANSFERRING;
        ok(!is || bits_state(first) != BG_JOB_STATE_TRANSFERRING || bits_state(second) != BG_JOB_STATE_TRANSFERRING, "[BEH.SCHED.2] both move\n");
        if (is != was) turns++;
        was = is;
        Sleep(5);
    }
    ok(turns >= 4, "[BEH.SCHED.5] only %u turns\n", turns);
    set_value(TEST_KEY, L"TimeSlice", NULL);

    /* a higher level takes the line until it is through */
    high = begin_job(L"high", L"/300k", BG_JOB_PRIORITY_HIGH);
    bits_wait_states(high, 1u << BG_JOB_STATE_TRANSFERRING | 1u << BG_JOB_STATE_TRANSFERRED);
    complete(high, L"high", "/300k", 300000);
    bits_clock_start(&clock);
    while (bits_state(first) != BG_JOB_STATE_TRANSFERRING && bits_state(second) != BG_JOB_STATE_TRANSFERRING && bits_clock_look(&clock) < BITS_TIMEOUT)
        Sleep(5);
    ok(clock.passed < BITS_TIMEOUT, "[BEH.SCHED.4] the lower level does not go on\n");

    /* one of them raised to the foreground runs beside the other [BEH.STATE.95] */
    if (bits_state(first) == BG_JOB_STATE_TRANSFERRING) { high = first; first = second; second = high; }
    hr = IBackgroundCopyJob_SetPriority(first, BG_JOB_PRIORITY_FOREGROUND);
    ok(hr == S_OK, "SetPriority: got %#lx\n", hr);
    bits_wait_state(first, BG_JOB_STATE_TRANSFERRING);
    bits_cancel(first);
    bits_cancel(second);
}

static void test_retry(void)
{
    IBackgroundCopyJob *job;
    DWORD begin, took;
    HRESULT hr;

    test_server_reset(bits_server);
    job = bits_create_job(L"retry", BG_JOB_TYPE_DOWNLOAD);
    bits_add_file(job, bits_url(L"/later"), bits_path(L"retry"));
    hr = IBackgroundCopyJob_SetMinimumRetryDelay(job, 1);
    ok(hr == S_OK, "SetMinimumRetryDelay: got %#lx\n", hr);
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR);
    begin = GetTickCount();
    bits_check_error_in(job, 0x801901f7, REMOTE_FILE, "BEH.HTTP.43");
    bits_wait_states(job, ~(1u << BG_JOB_STATE_TRANSIENT_ERROR));
    took = GetTickCount() - begin;
    ok(took >= 4800, "[BEH.RETRY.1,BEH.RETRY.14] retried after %lu ms\n", took);
    complete(job, L"retry", "/later", 1000);
}

/* The service writes no policies: what nobody has configured is not there. */
static void test_unconfigured(void)
{
    DWORD keys = 0, values = 0;
    LSTATUS status;
    HKEY key;

    if (!bits_restart_service()) return;
    status = RegOpenKeyExW(HKEY_LOCAL_MACHINE, POLICIES, 0, KEY_READ | KEY_WOW64_64KEY, &key);
    if (status == ERROR_FILE_NOT_FOUND) return;
    ok(!status, "no key, error %ld\n", status);
    RegQueryInfoKeyW(key, NULL, NULL, NULL, &keys, NULL, NULL, &values, NULL, NULL, NULL, NULL);
    ok(!keys && !values, "[api-2-later:VER.2,BEH.POLICY.1] %lu keys, %lu values\n", keys, values);
    RegCloseKey(key);
}

/* Two keys that change at about the same time: what was read last is what counts. */
static void test_both_keys(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"keys", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob4 *job4 = bits_query(job, IBackgroundCopyJob4);
    LARGE_INTEGER begin, now, frequency;
    struct bits_clock clock;
    unsigned int i, stale = 0;
    ULONG got;

    QueryPerformanceFrequency(&frequency);
    for (i = 1; i <= 400; i++)
    {
        set_test(L"Race", i);
        QueryPerformanceCounter(&begin);
        do QueryPerformanceCounter(&now);
        while ((now.QuadPart - begin.QuadPart) * 20000 / frequency.QuadPart < i % 40);
        set_policy(L"MaxDownloadTime", 1000 + i);
        bits_clock_start(&clock);
        do IBackgroundCopyJob4_GetMaximumDownloadTime(job4, &got);
        while (got != 1000 + i && bits_clock_look(&clock) < 3000);
        if (got != 1000 + i) stale++;
    }
    ok(!stale, "%u of %u changes are not seen\n", stale, i - 1);
    set_value(TEST_KEY, L"Race", NULL);
    IBackgroundCopyJob4_Release(job4);
    bits_cancel(job);
    remove_policies();
}

START_TEST(policy)
{
    if (strcmp(winetest_platform, "wine"))
    {
        skip("the policies of somebody's machine are not changed\n");
        return;
    }
    if (!bits_begin()) return;
    if (bits_child_argument())
    {
        child_limits(bits_child_argument());
        bits_end();
        return;
    }
    cancel_left_jobs();
    remove_policies();
    test_both_keys();
    if (bits_server_start("on * /300k\n size 300000\n"
                          "on HEAD /stall\n size 100000\non * /stall\n size 100000\n stall 500\n"
                          "on HEAD /cut\n size 1000\non * /cut\n size 1000\n cut 500\n"
                          "on * /busy\n status 503\n"
                          "on * /logon\n status 401\n header WWW-Authenticate: NTLM\n"
                          "on HEAD /changing\n size 200000\n modified 1600000000\n"
                          "on * /changing\n size 200000\n modified 1700000000\n conditions off\n"
                          "on * /later\n reply 1\n status 503\n reply\n size 1000\n"
                          "on HEAD /slow1\n size 10000000\non * /slow1\n size 10000000\n rate 50000\n"
                          "on HEAD /slow2\n size 10000000\non * /slow2\n size 10000000\n rate 50000\n"))
    {
        test_limits();
        test_download_time();
        test_inactivity();
        test_inactive_days();
        test_without_effect();
        test_own_key();
        test_clock();
        test_days_off();
        test_days_between();
        test_changing();
        test_bandwidth();
        test_schedules();
        test_cost();
        test_network();
        test_loopback();
        test_share();
        test_power();
        test_turns();
        test_retry();
    }
    remove_policies();
    test_unconfigured();
    bits_end();
}
