/*
 * Tests of what the service keeps: nothing
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
#include "tlhelp32.h"
#include "psapi.h"
#include "bits.h"
#include "qmgr.h"

#include "wine/test.h"
#include "bits_test.h"

/*
 * What the service keeps of clients and jobs that are gone: nothing.  Its handles, threads and memory are counted from outside, after the
 * first round of something (which fills caches and pools) and after one more round of the same: the second must not cost anything.
 * Interactive, with WINETEST_INTERACTIVE=1, a round is 1,000 jobs and 100 clients.  Counting a shared host process of Windows
 * would prove nothing.
 */

struct usage
{
    DWORD handles, threads;
    SIZE_T memory;              /* octets */
};

static HANDLE service_process;
static DWORD service_pid;

static BOOL find_service(void)
{
    SC_HANDLE scm = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT), service = OpenServiceW(scm, L"BITS", SERVICE_QUERY_STATUS);
    SERVICE_STATUS_PROCESS status = { 0 };
    DWORD size;

    QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof(status), &size);
    CloseServiceHandle(service);
    CloseServiceHandle(scm);
    service_pid = status.dwProcessId;
    service_process = OpenProcess(PROCESS_QUERY_INFORMATION | PROCESS_VM_READ, FALSE, service_pid);
    ok(service_process != NULL, "cannot open the service's process, error %lu\n", GetLastError());
    return service_process != NULL;
}

/* GetProcessHandleCount is not there in Wine: count in the list of all handles. */
static DWORD count_handles(void)
{
    struct handle_entry
    {
        void *object;
        ULONG_PTR pid, handle;
        ULONG access;
        USHORT creator, type;
        ULONG attributes, reserved;
    };
    struct
    {
        ULONG_PTR count, reserved;
        struct handle_entry entries[1];
    } *list = NULL;
    LONG (WINAPI *query)(int class, void *info, ULONG size, ULONG *ret_size);
    ULONG size = 0x10000, count = 0;
    ULONG_PTR i;
    LONG status;

    query = (void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtQuerySystemInformation");
    do
    {
        free(list);
        list = malloc(size *= 2);
        status = query(64 /* SystemExtendedHandleInformation */, list, size, NULL);
    } while (status == 0xc0000004 /* STATUS_INFO_LENGTH_MISMATCH */ && size < 0x10000000);
    ok(!status, "NtQuerySystemInformation: status %#lx\n", status);
    for (i = 0; !status && i < list->count; i++) count += list->entries[i].pid == service_pid;
    free(list);
    ok(count > 10, "the service has %lu handles\n", count);
    return count;
}

static void get_usage(struct usage *usage)
{
    PROCESS_MEMORY_COUNTERS memory = { sizeof(memory) };
    THREADENTRY32 thread = { sizeof(thread) };
    HANDLE snapshot;
    BOOL ret;

    memset(usage, 0, sizeof(*usage));
    usage->handles = count_handles();
    ret = GetProcessMemoryInfo(service_process, &memory, sizeof(memory));
    ok(ret, "GetProcessMemoryInfo: error %lu\n", GetLastError());
    usage->memory = memory.WorkingSetSize;
    snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    for (ret = Thread32First(snapshot, &thread); ret; ret = Thread32Next(snapshot, &thread))
        usage->threads += thread.th32OwnerProcessID == service_pid;
    CloseHandle(snapshot);
}

/* Ends when the usage is not above what it was, or has stayed the same for a while: what goes on in the service takes its time. */
static void settle(const struct usage *before, struct usage *usage)
{
    struct bits_clock clock = bits_clock_now();
    DWORD since = GetTickCount();
    struct usage last;

    get_usage(&last);
    while (bits_clock_look(&clock) < BITS_TIMEOUT && GetTickCount() - since < 1500)
    {
        Sleep(50);
        get_usage(usage);
        if (before && usage->handles <= before->handles && usage->threads <= before->threads && usage->memory <= before->memory) return;
        if (usage->handles != last.handles || usage->threads != last.threads) since = GetTickCount();
        last = *usage;
    }
}

#define ALLOWED_MEMORY(count) (512 * 1024 + (count) * 512)

static void compare_(unsigned int line, const struct usage *before, const struct usage *after, UINT count, const char *what)
{
    trace_(__FILE__, line)("%u %s: handles %lu, then %lu; threads %lu, then %lu; memory %Iu KiB, then %Iu KiB\n", count, what,
                           before->handles, after->handles, before->threads, after->threads, before->memory / 1024, after->memory / 1024);
    /* less than one for every ten: threads of pools come and go */
    ok_(__FILE__, line)(after->handles <= before->handles + 5 + count / 10, "%u %s leave %ld handles\n", count, what,
                        (LONG)(after->handles - before->handles));
    ok_(__FILE__, line)(after->threads <= before->threads + 3, "%u %s leave %ld threads\n", count, what,
                        (LONG)(after->threads - before->threads));
    ok_(__FILE__, line)(after->memory <= before->memory + ALLOWED_MEMORY(count), "%u %s leave %Id KiB\n", count, what,
                        (after->memory - before->memory) / 1024);
}
#define compare(before, after, count, what) compare_(__LINE__, before, after, count, what)

/* A round of jobs: made, with a file, listed, looked at, cancelled. */
static void round_of_jobs(UINT count)
{
    IBackgroundCopyJob **jobs = calloc(count, sizeof(*jobs)), *job;
    IEnumBackgroundCopyJobs *list;
    ULONG listed = 0, found = 0;
    HRESULT hr = S_OK;
    WCHAR *text;
    GUID id;
    UINT i;

    for (i = 0; i < count; i++)
    {
        hr = IBackgroundCopyManager_CreateJob(bits_manager, bits_job_name(L"leak"), BG_JOB_TYPE_DOWNLOAD, &id, &jobs[i]);
        if (hr != S_OK) break;
        hr = IBackgroundCopyJob_AddFile(jobs[i], L"http://127.0.0.1/file", bits_path(L"file"));
        if (hr != S_OK) break;
    }
    ok(hr == S_OK, "[BEH.OBJ.13] got %#lx at job %u\n", hr, i);
    count = i;
    hr = IBackgroundCopyManager_EnumJobs(bits_manager, 0, &list);
    ok(hr == S_OK, "[MGR.EnumJobs.4] got %#lx\n", hr);
    if (hr == S_OK)
    {
        IEnumBackgroundCopyJobs_GetCount(list, &listed);
        ok(listed >= count, "[BEH.OBJ.13] got %lu of %u\n", listed, count);
        while (IEnumBackgroundCopyJobs_Next(list, 1, &job, NULL) == S_OK)
        {
            hr = IBackgroundCopyJob_GetDisplayName(job, &text);
            if (hr == S_OK)
            {
                if (!wcscmp(text, bits_job_name(L"leak"))) found++;
                CoTaskMemFree(text);
            }
            IBackgroundCopyJob_Release(job);
        }
        IEnumBackgroundCopyJobs_Release(list);
    }
    ok(found == count, "[BEH.OBJ.13] found %lu of %u\n", found, count);
    for (i = 0; i < count; i++) bits_cancel(jobs[i]);
    free(jobs);
}

static void test_jobs(UINT count)
{
    struct usage before, after;
    UINT round;

    round_of_jobs(count);
    settle(NULL, &before);
    /* what a heap keeps for later goes up and down, what leaks only up: the lowest of three rounds tells */
    for (round = 0; round < 3; round++)
    {
        round_of_jobs(count);
        settle(&before, &after);
        if (after.memory <= before.memory + ALLOWED_MEMORY(count)) break;
    }
    compare(&before, &after, count, "jobs");
}

/* The part of a client that is killed: it holds what it can get, tells so, and waits for its end. */
static void hold_everything(const char *name)
{
    IBackgroundCopyManager *managers[3];
    IEnumBackgroundCopyJobs *jobs, *jobs2;
    IEnumBackgroundCopyFiles *files;
    IBitsPeerCacheAdministration *admin;
    IEnumBitsPeers *peers;
    IBackgroundCopyFile *file;
    IBackgroundCopyQMgr *qmgr;
    IBackgroundCopyJob *job, *others[10];
    IEnumBackgroundCopyGroups *groups;
    HANDLE ready;
    ULONG fetched;
    GUID id;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(managers); i++)
        CoCreateInstance(&CLSID_BackgroundCopyManager10_3, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&managers[i]);
    if (IBackgroundCopyManager_CreateJob(managers[0], L"held by one that was killed", BG_JOB_TYPE_DOWNLOAD, &id, &job) != S_OK) return;
    IBackgroundCopyJob_AddFile(job, L"http://127.0.0.1/file", L"C:\\file");
    IBackgroundCopyJob_EnumFiles(job, &files);
    IEnumBackgroundCopyFiles_Next(files, 1, &file, NULL);
    IBackgroundCopyManager_EnumJobs(managers[1], 0, &jobs);
    IEnumBackgroundCopyJobs_Clone(jobs, &jobs2);
    IEnumBackgroundCopyJobs_Next(jobs, ARRAY_SIZE(others), others, &fetched);
    IBackgroundCopyManager_QueryInterface(managers[2], &IID_IBitsPeerCacheAdministration, (void **)&admin);
    IBitsPeerCacheAdministration_EnumPeers(admin, &peers);
    if (CoCreateInstance(&CLSID_BackgroundCopyQMgr, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyQMgr, (void **)&qmgr) == S_OK)
        IBackgroundCopyQMgr_EnumGroups(qmgr, 0, &groups);
    RemoveDirectoryW(bits_folder);  /* nobody else does */
    ready = OpenEventA(EVENT_MODIFY_STATE, FALSE, name);
    SetEvent(ready);
    Sleep(BITS_TIMEOUT);        /* the first process ends it long before */
}

static void kill_client(void)
{
    STARTUPINFOA startup = { sizeof(startup) };
    PROCESS_INFORMATION info;
    char line[MAX_PATH * 2], name[50], **argv;
    HANDLE ready;
    DWORD ret;
    UINT i;

    sprintf(name, "bits leaks %lx", GetCurrentProcessId());
    ready = CreateEventA(NULL, FALSE, FALSE, name);
    winetest_get_mainargs(&argv);
    _snprintf(line, sizeof(line), "\"%s\" leaks \"%s\"", argv[0], name);
    /* Wine's loader gives up now and then when the machine is busy */
    for (i = 0, ret = FALSE; i < 3 && !ret; i++) ret = CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info);
    ok(ret, "cannot start %s, error %lu\n", line, GetLastError());
    if (ret)
    {
        ret = bits_wait_object(ready, BITS_TIMEOUT);
        ok(!ret, "the client is not ready, %#lx\n", ret);
        TerminateProcess(info.hProcess, 0);
        bits_wait_object(info.hProcess, BITS_TIMEOUT);
        CloseHandle(info.hThread);
        CloseHandle(info.hProcess);
    }
    CloseHandle(ready);
}

static UINT cancel_held(void)
{
    IEnumBackgroundCopyJobs *list;
    IBackgroundCopyJob *job;
    UINT found = 0;
    WCHAR *text;

    if (IBackgroundCopyManager_EnumJobs(bits_manager, 0, &list) != S_OK) return 0;
    while (IEnumBackgroundCopyJobs_Next(list, 1, &job, NULL) == S_OK)
    {
        if (IBackgroundCopyJob_GetDisplayName(job, &text) == S_OK)
        {
            if (!wcscmp(text, L"held by one that was killed"))
            {
                IBackgroundCopyJob_Cancel(job);
                found++;
            }
            CoTaskMemFree(text);
        }
        IBackgroundCopyJob_Release(job);
    }
    IEnumBackgroundCopyJobs_Release(list);
    return found;
}

static void test_killed_clients(UINT count)
{
    struct usage before, after;
    UINT i, found;

    for (i = 0; i < 3; i++) kill_client();
    cancel_held();
    settle(NULL, &before);
    for (i = 0; i < count; i++) kill_client();
    found = cancel_held();
    ok(found == count, "[BEH.USER.6] found the jobs of %u of %u clients\n", found, count);
    settle(&before, &after);
    compare(&before, &after, count, "killed clients");
}

START_TEST(leaks)
{
    const char *argument;

    if (!bits_begin()) return;
    if ((argument = bits_child_argument()))
    {
        hold_everything(argument);
        bits_end();
        return;
    }
    if (strcmp(winetest_platform, "wine")) skip("the service shares its process with others\n");
    else if (find_service())
    {
        test_jobs(winetest_interactive ? 1000 : 100);
        test_killed_clients(winetest_interactive ? 100 : 8);
        CloseHandle(service_process);
    }
    bits_end();
}
