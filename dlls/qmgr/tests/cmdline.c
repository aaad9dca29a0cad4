/*
 * Tests of notifications by command line
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

/*
 * The program that is run is a copy of this one.  "cmdline report PID MODE" writes down how it was started into a file beside itself, sets
 * an event and ends with a code that MODE tells.
 */

#include <stdarg.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "wingdi.h"
#include "winuser.h"
#include "winsvc.h"
#include "sddl.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"
#include "notify_test.h"

#define TOOL     L"t\x00f6\x00f6l \x65e5\x672c.exe"
#define REPORTS  L"reports"
#define MAX_RUNS 32

struct report
{
    DWORD begin;                    /* GetTickCount */
    BOOL admin;
    WCHAR mode;
    WCHAR line[4200];
    WCHAR station[64], desktop[64];
    WCHAR directory[MAX_PATH], profile[MAX_PATH];
    WCHAR sid[128];
};

static const char script[] =
    "on * /good\n size 1000\n"
    "on * /gone\n status 404\n"
    "on HEAD /later\n size 20000\n"
    "on * /later\n size 20000\n rate 10000\n";

/* What the program does. */

static void get_identity(struct report *report)
{
    static SID_IDENTIFIER_AUTHORITY authority = { SECURITY_NT_AUTHORITY };
    BYTE buffer[256];
    HANDLE token;
    WCHAR *text;
    DWORD size;
    PSID sid;

    OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token);
    if (GetTokenInformation(token, TokenUser, buffer, sizeof(buffer), &size)
        && ConvertSidToStringSidW(((TOKEN_USER *)buffer)->User.Sid, &text))
    {
        lstrcpynW(report->sid, text, ARRAY_SIZE(report->sid));
        LocalFree(text);
    }
    CloseHandle(token);
    AllocateAndInitializeSid(&authority, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS, 0, 0, 0, 0, 0, 0, &sid);
    CheckTokenMembership(NULL, sid, &report->admin);
    FreeSid(sid);
}

static void get_station(HANDLE object, WCHAR *name, DWORD size)
{
    DWORD needed;

    if (!GetUserObjectInformationW(object, UOI_NAME, name, size, &needed)) name[0] = 0;
}

static unsigned int count_reports(HANDLE file)
{
    return GetFileSize(file, NULL) / sizeof(struct report);
}

/* Completes the job whose id is the next argument. */
static void complete_from_program(const char *id_text)
{
    IBackgroundCopyManager *manager;
    IBackgroundCopyJob *job;
    WCHAR text[64];
    GUID id;

    MultiByteToWideChar(CP_ACP, 0, id_text, -1, text, ARRAY_SIZE(text));
    CLSIDFromString(text, &id);
    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    if (SUCCEEDED(CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager,
                                   (void **)&manager)))
    {
        if (SUCCEEDED(IBackgroundCopyManager_GetJob(manager, &id, &job)))
        {
            IBackgroundCopyJob_Complete(job);
            IBackgroundCopyJob_Release(job);
        }
        IBackgroundCopyManager_Release(manager);
    }
    CoUninitialize();
}

static void run_as_program(int argc, char **argv)
{
    struct report *report = calloc(1, sizeof(*report));
    DWORD pid = strtoul(argv[3], NULL, 16), written;
    WCHAR path[MAX_PATH * 2];
    unsigned int count;
    HANDLE file;

    report->begin = GetTickCount();
    report->mode = argv[4][0];
    lstrcpynW(report->line, GetCommandLineW(), ARRAY_SIZE(report->line));
    get_station(GetProcessWindowStation(), report->station, sizeof(report->station));
    get_station(GetThreadDesktop(GetCurrentThreadId()), report->desktop, sizeof(report->desktop));
    GetCurrentDirectoryW(ARRAY_SIZE(report->directory), report->directory);
    GetEnvironmentVariableW(L"USERPROFILE", report->profile, ARRAY_SIZE(report->profile));
    get_identity(report);

    GetModuleFileNameW(NULL, path, ARRAY_SIZE(path));
    wcscpy(wcsrchr(path, '\\') + 1, REPORTS);
    file = CreateFileW(path, FILE_APPEND_DATA, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_ALWAYS, 0, NULL);
    WriteFile(file, report, sizeof(*report), &written, NULL);
    count = count_reports(file);
    CloseHandle(file);
    free(report);
    if (argv[4][0] == 'c' && argc > 5) complete_from_program(argv[5]);
    SetEvent(named_event(pid, "ran"));

    switch (argv[4][0])
    {
    case 't': ExitProcess(count < 3 ? 5 : 0);       /* fails twice */
    case 'c': ExitProcess(7);
    default: ExitProcess(0);
    }
}

/* The test. */

static HANDLE ran;
static struct report reports[MAX_RUNS];

static unsigned int read_reports(void)
{
    DWORD got = 0;
    HANDLE file;

    file = CreateFileW(bits_path(REPORTS), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return 0;
    ReadFile(file, reports, sizeof(reports), &got, NULL);
    CloseHandle(file);
    return got / sizeof(*reports);
}

static BOOL wait_runs_(unsigned int line, unsigned int count)
{
    struct bits_clock clock = bits_clock_now();
    unsigned int got;

    while ((got = read_reports()) < count && bits_clock_look(&clock) < BITS_TIMEOUT)
    {
        WaitForSingleObject(ran, BITS_LOOK);
        ResetEvent(ran);
    }
    ok_(__FILE__, line)(got == count, "the program ran %u times, expected %u\n", got, count);
    return got == count;
}
#define wait_runs(count) wait_runs_(__LINE__, count)

static void expect_no_run_(unsigned int line, const char *fact, unsigned int count, DWORD msec)
{
    DWORD begin = GetTickCount(), passed;

    /* the last one that ran may only now say so */
    while (read_reports() == count && (passed = GetTickCount() - begin) < msec)
    {
        WaitForSingleObject(ran, msec - passed);
        ResetEvent(ran);
    }
    ok_(__FILE__, line)(read_reports() == count, "[%s] the program ran\n", fact);
}
#define expect_no_run(fact, count, msec) expect_no_run_(__LINE__, fact, count, msec)

/* The next test counts from zero. */
static void forget_reports(void)
{
    struct bits_clock clock = bits_clock_now();

    while (!DeleteFileW(bits_path(REPORTS)) && GetLastError() != ERROR_FILE_NOT_FOUND && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(5);
    ResetEvent(ran);
}

static IBackgroundCopyJob2 *make_job(const WCHAR *name, const WCHAR *path)
{
    IBackgroundCopyJob *job = bits_create_job(name, BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob2 *job2 = bits_query(job, IBackgroundCopyJob2);

    bits_add_file(job, bits_url(path), bits_path(name));
    IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
    IBackgroundCopyJob_SetMinimumRetryDelay(job, 5);
    IBackgroundCopyJob_Release(job);
    return job2;
}

static const WCHAR *tool_line(const WCHAR *mode, const WCHAR *rest)
{
    static WCHAR line[4200];

    _snwprintf(line, ARRAY_SIZE(line), L"\"%ls%ls\" cmdline report %x %ls%ls", bits_folder, TOOL, (unsigned int)GetCurrentProcessId(), mode, rest);
    return line;
}

static void set_program_(unsigned int line, IBackgroundCopyJob2 *job, const WCHAR *mode, const WCHAR *rest)
{
    HRESULT hr = IBackgroundCopyJob2_SetNotifyCmdLine(job, bits_path(TOOL), tool_line(mode, rest));

    ok_(__FILE__, line)(hr == S_OK, "[JOB2.SetNotifyCmdLine.8] got %#lx\n", hr);
}
#define set_program(job, mode, rest) set_program_(__LINE__, job, mode, rest)

#define as_job(job2) ((IBackgroundCopyJob *)(job2))
#define cancel(job2) bits_cancel(as_job(job2))

static void transfer(IBackgroundCopyJob2 *job)
{
    bits_resume(as_job(job));
    bits_wait_states(as_job(job), 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_ERROR);
}

/* How it is started. */
static void test_start(void)
{
    static const WCHAR rest[] = L"  \"quoted and spaced\"  \\\"  a\\\\b  \x00fc\x00df \x65e5\x672c %TEMP% <>&|^ \"\"  ";
    IBackgroundCopyJob2 *job = make_job(L"start", L"/good");
    struct report expect;
    WCHAR folder[MAX_PATH];

    set_program(job, L"0", rest);
    transfer(job);
    if (wait_runs(1))
    {
        ok(!lstrcmpW(reports[0].line, tool_line(L"0", rest)), "[JOB2.SetNotifyCmdLine.4] got %s\n", wine_dbgstr_w(reports[0].line));
        ok(wcsstr(reports[0].line, L"%TEMP%") != NULL, "[BEH.CMD.2] got %s\n", wine_dbgstr_w(reports[0].line));
        ok(wcsstr(reports[0].line, rest) != NULL, "[BEH.CMD.3] got %s\n", wine_dbgstr_w(reports[0].line));
        ok_inferred("BEH.CMD.14", !lstrcmpiW(reports[0].station, L"WinSta0"), "[WINE.SVC.16] got %s\n", wine_dbgstr_w(reports[0].station));
        ok_inferred("BEH.CMD.14", !lstrcmpiW(reports[0].desktop, L"Default"), "[WINE.SVC.16] got %s\n", wine_dbgstr_w(reports[0].desktop));
        lstrcpyW(folder, bits_folder);
        folder[lstrlenW(folder) - 1] = 0;
        if (reports[0].directory[lstrlenW(reports[0].directory) - 1] == '\\') folder[lstrlenW(folder)] = '\\';
        ok_inferred("BEH.CMD.14", !lstrcmpiW(reports[0].directory, folder), "got %s\n", wine_dbgstr_w(reports[0].directory));
        memset(&expect, 0, sizeof(expect));
        get_identity(&expect);
        GetEnvironmentVariableW(L"USERPROFILE", expect.profile, ARRAY_SIZE(expect.profile));
        ok(!lstrcmpW(reports[0].sid, expect.sid), "[JOB2.SetNotifyCmdLine.11] got %s\n", wine_dbgstr_w(reports[0].sid));
        ok(!lstrcmpiW(reports[0].profile, expect.profile), "[BEH.CMD.8] got %s\n", wine_dbgstr_w(reports[0].profile));
        ok(reports[0].admin == expect.admin, "[BEH.CMD.8] administrator %d\n", reports[0].admin);
    }
    /* it said 0: once */
    expect_no_run("BEH.CMD.9", 1, 6000);
    ok(bits_state(as_job(job)) == BG_JOB_STATE_TRANSFERRED, "[JOB2.SetNotifyCmdLine.20] got state %d\n", bits_state(as_job(job)));
    cancel(job);
    forget_reports();
}

/* Without parameters. */
static void test_bare(void)
{
    static const char batch[] = "@echo ran>\"%~dp0mark\"\r\n";
    struct bits_clock clock;
    IBackgroundCopyJob2 *job = make_job(L"bare", L"/good");
    HANDLE file, change;
    DWORD got;
    HRESULT hr;

    file = CreateFileW(bits_path(L"a batch.bat"), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, batch, sizeof(batch) - 1, &got, NULL);
    CloseHandle(file);
    hr = IBackgroundCopyJob2_SetNotifyCmdLine(job, bits_path(L"a batch.bat"), NULL);
    ok(hr == S_OK, "[JOB2.SetNotifyCmdLine.4] got %#lx\n", hr);
    change = FindFirstChangeNotificationW(bits_folder, FALSE, FILE_NOTIFY_CHANGE_FILE_NAME);
    transfer(job);
    bits_clock_start(&clock);
    while (GetFileAttributesW(bits_path(L"mark")) == INVALID_FILE_ATTRIBUTES && bits_clock_look(&clock) < BITS_TIMEOUT)
    {
        WaitForSingleObject(change, BITS_LOOK);
        FindNextChangeNotification(change);
    }
    FindCloseChangeNotification(change);
    ok(GetFileAttributesW(bits_path(L"mark")) != INVALID_FILE_ATTRIBUTES, "[BEH.CMD.4] it did not run\n");
    ok_inferred("JOB2.SetNotifyCmdLine.A6", GetFileAttributesW(bits_path(L"mark")) != INVALID_FILE_ATTRIBUTES, "it did not run\n");
    cancel(job);
    bits_clock_start(&clock);
    while (!DeleteFileW(bits_path(L"mark")) && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(5);
    while (!DeleteFileW(bits_path(L"a batch.bat")) && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(5);
}

/* What runs it and what does not. All of it at once: a wait for nothing takes time. */
static void test_events(void)
{
    static const struct { const WCHAR *path; ULONG flags; BOOL runs; const char *fact; } rows[] =
    {
        { L"/good", BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR, TRUE, "JOB2.SetNotifyCmdLine.1" },
        { L"/gone", BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR, TRUE, "JOB2.SetNotifyCmdLine.1" },
        { L"/good", BG_NOTIFY_JOB_ERROR | BG_NOTIFY_JOB_MODIFICATION | BG_NOTIFY_FILE_TRANSFERRED | BG_NOTIFY_FILE_RANGES_TRANSFERRED,
          FALSE, "JOB2.SetNotifyCmdLine.12" },
        { L"/gone", BG_NOTIFY_JOB_TRANSFERRED, FALSE, "BEH.CMD.5" },
        { L"/good", BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_DISABLE, FALSE, "JOB.SetNotifyFlags.1" },
        { L"/good", 0, FALSE, "JOB.SetNotifyFlags.2" },
    };
    IBackgroundCopyJob2 *jobs[ARRAY_SIZE(rows)], *late, *bare, *expanded, *taken;
    unsigned int i, j, runs, seen;
    WCHAR name[] = L"event 0", mode[] = L"0";
    struct callback *cb = cb_create(CB_ANSWERS_1);
    HRESULT hr;

    for (i = runs = 0; i < ARRAY_SIZE(rows); i++)
    {
        name[6] = mode[0] = 'A' + i;
        jobs[i] = make_job(name, rows[i].path);
        set_program(jobs[i], mode, L"");
        IBackgroundCopyJob2_SetNotifyFlags(jobs[i], rows[i].flags);
        bits_resume(as_job(jobs[i]));
        if (rows[i].runs) runs++;
    }
    /* found by the way or by its name's variables? */
    bare = make_job(L"name", L"/good");
    hr = IBackgroundCopyJob2_SetNotifyCmdLine(bare, TOOL, tool_line(L"X", L""));
    ok(hr == S_OK, "[JOB2.SetNotifyCmdLine.A3] got %#lx\n", hr);
    SetCurrentDirectoryW(bits_folder);
    transfer(bare);
    SetCurrentDirectoryW(L"C:\\");
    expanded = make_job(L"expanded", L"/good");
    hr = IBackgroundCopyJob2_SetNotifyCmdLine(expanded, L"%ComSpec%", tool_line(L"Y", L""));
    ok(hr == S_OK, "[JOB2.SetNotifyCmdLine.5] got %#lx\n", hr);
    transfer(expanded);

    /* a new owner has none */
    taken = make_job(L"taken", L"/good");
    set_program(taken, L"W", L"");
    hr = IBackgroundCopyJob2_TakeOwnership(taken);
    if (hr == E_ACCESSDENIED) IBackgroundCopyJob2_SetNotifyCmdLine(taken, NULL, NULL);
    else ok(hr == S_OK, "TakeOwnership: got %#lx\n", hr);
    transfer(taken);

    /* set when it is over already; but not after a callback said S_OK */
    late = make_job(L"late", L"/good");
    transfer(late);
    cb_register(as_job(late), cb, FLAGS_END);
    cb_wait(cb, CB_TRANSFERRED, 1);
    set_program(late, L"Z", L"");

    wait_runs(runs);
    expect_no_run("BEH.CMD.5,BEH.CMD.11,JOB2.SetNotifyCmdLine.3", runs, 1500);
    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        for (j = seen = 0; j < runs; j++)
            if (reports[j].mode == 'A' + i) seen++;
        ok(seen == rows[i].runs, "[%s,BA.7.1.8] row %u ran %u times\n", rows[i].fact, i, seen);
        cancel(jobs[i]);
    }
    ok(bits_state(as_job(bare)) == BG_JOB_STATE_TRANSFERRED, "[BEH.CMD.12,BA.7.1.6] got state %d\n", bits_state(as_job(bare)));
    ok(cb->count == 1, "[JOB2.SetNotifyCmdLine.17] %u calls\n", cb->count);
    /* another one is run at once in place of one that could not be found */
    set_program(bare, L"0", L"");
    wait_runs(runs + 1);
    cancel(bare);
    cancel(expanded);
    cancel(taken);
    cancel(late);
    cb_destroy(cb);
    forget_reports();
}

/* Set late and alone. */
static void test_late(void)
{
    IBackgroundCopyJob2 *job = make_job(L"late", L"/good");

    transfer(job);
    set_program(job, L"0", L"");
    ok(wait_runs(1), "[BEH.CMD.7,JOB2.SetNotifyCmdLine.13] it does not run\n");
    cancel(job);
    forget_reports();
}

static HRESULT refuse_slowly(struct callback *cb, enum cb_kind kind, IBackgroundCopyJob *job, IUnknown *other)
{
    /* long enough for a program to be seen */
    expect_no_run("BEH.CMD.6", 0, 1000);
    return E_FAIL;
}

/* Only when the callback does not do it. */
static void test_fallback(void)
{
    struct callback *cb = cb_create(CB_ANSWERS_1), *happy = cb_create(CB_ANSWERS_1);
    IBackgroundCopyJob2 *job = make_job(L"fallback", L"/good"), *other = make_job(L"happy", L"/gone");
    unsigned int count;

    cb->hook = refuse_slowly;
    cb_register(as_job(job), cb, FLAGS_END);
    cb_register(as_job(other), happy, FLAGS_END);
    set_program(job, L"0", L"");
    set_program(other, L"H", L"");
    bits_resume(as_job(other));
    bits_resume(as_job(job));
    cb_wait(happy, CB_ERROR, 1);
    cb_wait(cb, CB_TRANSFERRED, 1);
    wait_runs(1);
    ok(reports[0].mode == '0', "[JOB2.SetNotifyCmdLine.17,JOB.SetNotifyFlags.5] ran for a callback that was content\n");
    ok((int)(reports[0].begin - cb->calls[0].end) >= 0, "[BEH.CMD.6] ran while the callback was answered\n");
    /* it did its work: the callback is not asked again */
    expect_no_run("BEH.NOTIFY.21", 1, 6000);
    ok(cb->count == 1, "[CB.JobTransferred.3] %u calls\n", cb->count);

    /* when both fail, both again */
    cancel(job);
    forget_reports();
    job = make_job(L"both", L"/good");
    cb->hook = NULL;
    cb_register(as_job(job), cb, FLAGS_END);
    cb->hook = refuse_slowly;
    set_program(job, L"t", L"");
    count = cb->count;
    transfer(job);
    wait_runs(1);
    cb->hook = NULL;
    cb_wait(cb, CB_TRANSFERRED, count + 2);
    ok(cb->calls[count + 1].begin - reports[0].begin >= 4900, "[JOB2.SetNotifyCmdLine.18] again after %lu ms\n",
       cb->calls[count + 1].begin - reports[0].begin);
    expect_no_run("JOB2.SetNotifyCmdLine.17", 1, 1000);

    cancel(job);
    cancel(other);
    cb_destroy(cb);
    cb_destroy(happy);
    forget_reports();
}

/* What its code means. */
static void test_code(void)
{
    IBackgroundCopyJob2 *job = make_job(L"code", L"/good"), *completed;
    WCHAR rest[64];
    DWORD begin;
    GUID id;

    set_program(job, L"t", L"");
    transfer(job);
    wait_runs(3);
    ok(reports[1].begin - reports[0].begin >= 4900, "[JOB2.SetNotifyCmdLine.14,BA.7.1.8] again after %lu ms\n", reports[1].begin - reports[0].begin);
    ok(reports[2].begin - reports[1].begin >= 4900, "[BEH.CMD.9] again after %lu ms\n", reports[2].begin - reports[1].begin);
    ok(reports[2].begin - reports[0].begin < 20000, "[BEH.CMD.9] again after %lu ms\n", reports[2].begin - reports[1].begin);

    /* it completes the job, and what it says does not matter then */
    forget_reports();
    completed = make_job(L"completed", L"/good");
    IBackgroundCopyJob2_GetId(completed, &id);
    rest[0] = ' ';
    StringFromGUID2(&id, rest + 1, ARRAY_SIZE(rest) - 1);
    set_program(completed, L"c", rest);
    transfer(completed);
    wait_runs(1);
    bits_wait_state(as_job(completed), BG_JOB_STATE_ACKNOWLEDGED);
    begin = GetTickCount();
    expect_no_run("JOB2.SetNotifyCmdLine.14", 1, 6000);
    ok(GetTickCount() - begin >= 5900, "not waited\n");
    bits_check_file(bits_path(L"completed"), "/good", 0, 1000);
    IBackgroundCopyJob2_Release(completed);
    cancel(job);
    forget_reports();
}

/* The one who sets it is gone when it is time, and so is the service that he told. */
static void test_restart(void)
{
    IBackgroundCopyJob2 *job = make_job(L"restart", L"/later"), *told = make_job(L"told", L"/good");
    IBackgroundCopyJob *again;
    GUID id, told_id;
    HRESULT hr;

    IBackgroundCopyJob2_GetId(job, &id);
    IBackgroundCopyJob2_GetId(told, &told_id);
    set_program(job, L"0", L"");
    set_program(told, L"T", L"");
    transfer(told);
    wait_runs(1);
    /* its program has ended when the next one has been run */
    bits_resume(as_job(job));
    bits_wait_state(as_job(job), BG_JOB_STATE_TRANSFERRING);
    WaitForSingleObject(ran, 0);
    if (bits_restart_service())
    {
        IBackgroundCopyJob2_Release(job);
        IBackgroundCopyJob2_Release(told);
        if (wait_runs(2)) ok_inferred("BEH.CMD.13", reports[1].mode == '0', "got mode %c\n", reports[1].mode);
        expect_no_run("BEH.PERSIST.11", 2, 1000);
        hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &again);
        ok(hr == S_OK, "GetJob: got %#lx\n", hr);
        if (hr == S_OK) bits_cancel(again);
        hr = IBackgroundCopyManager_GetJob(bits_manager, &told_id, &again);
        ok(hr == S_OK, "GetJob: got %#lx\n", hr);
        if (hr == S_OK) bits_cancel(again);
    }
    else
    {
        cancel(job);
        cancel(told);
    }
    forget_reports();
}

/* One who is no administrator sets it: it is none either. */
static void set_as_user(char **argv)
{
    IBackgroundCopyJob2 *job;
    IBackgroundCopyJob *found;
    WCHAR text[64], path[MAX_PATH], line[600];
    HRESULT hr;
    GUID id;

    if (!bits_begin()) return;
    MultiByteToWideChar(CP_ACP, 0, argv[3], -1, text, ARRAY_SIZE(text));
    CLSIDFromString(text, &id);
    MultiByteToWideChar(CP_UTF8, 0, argv[4], -1, path, ARRAY_SIZE(path));
    hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &found);
    ok(hr == S_OK, "GetJob: got %#lx\n", hr);
    if (hr == S_OK)
    {
        job = bits_query(found, IBackgroundCopyJob2);
        _snwprintf(line, ARRAY_SIZE(line), L"tool cmdline report %hs U", argv[5]);
        GetModuleFileNameW(NULL, path, ARRAY_SIZE(path));
        hr = IBackgroundCopyJob2_SetNotifyCmdLine(job, path, line);
        ok(hr == S_OK, "[JOB2.SetNotifyCmdLine.8] got %#lx\n", hr);
        IBackgroundCopyJob2_Release(job);
        IBackgroundCopyJob_Release(found);
    }
    bits_end();
}

/* Runs the tool itself with other rights: the program that it sets is the tool. */
static void test_user(void)
{
    IBackgroundCopyJob2 *job = make_job(L"user", L"/good");
    STARTUPINFOW startup = { sizeof(startup) };
    PROCESS_INFORMATION info;
    WCHAR line[600], text[64];
    struct report expect;
    HANDLE token;
    BOOL ret;
    GUID id;

    memset(&expect, 0, sizeof(expect));
    get_identity(&expect);
    IBackgroundCopyJob2_GetId(job, &id);
    StringFromGUID2(&id, text, ARRAY_SIZE(text));
    transfer(job);
    _snwprintf(line, ARRAY_SIZE(line), L"\"%ls%ls\" cmdline user %ls x %x", bits_folder, TOOL, text, (unsigned int)GetCurrentProcessId());
    token = bits_user_token();
    ret = CreateProcessAsUserW(token, NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info);
    ok(ret, "cannot start, error %lu\n", GetLastError());
    CloseHandle(token);
    if (ret)
    {
        wait_child_process(info.hProcess);
        CloseHandle(info.hThread);
        CloseHandle(info.hProcess);
        if (wait_runs(1))
        {
            ok_inferred("JOB2.SetNotifyCmdLine.A4", !reports[0].admin, "it runs as administrator\n");
            ok(!lstrcmpW(reports[0].sid, expect.sid), "[JOB2.SetNotifyCmdLine.11] got %s\n", wine_dbgstr_w(reports[0].sid));
            ok(expect.admin || !reports[0].admin, "[JOB2.SetNotifyCmdLine.11] it has got rights\n");
        }
    }
    cancel(job);
    forget_reports();
}

START_TEST(cmdline)
{
    struct bits_clock clock;
    WCHAR path[MAX_PATH];
    char **argv;
    int argc;

    argc = winetest_get_mainargs(&argv);
    if (argc > 4 && !strcmp(argv[2], "report"))
    {
        run_as_program(argc, argv);
        return;
    }
    if (argc > 5 && !strcmp(argv[2], "user"))
    {
        set_as_user(argv);
        return;
    }
    if (!bits_begin()) return;
    ran = named_event(GetCurrentProcessId(), "ran");
    GetModuleFileNameW(NULL, path, ARRAY_SIZE(path));
    ok(CopyFileW(path, bits_path(TOOL), FALSE), "cannot copy, error %lu\n", GetLastError());
    if (bits_server_start(script))
    {
        test_start();
        test_bare();
        test_events();
        test_late();
        test_fallback();
        test_code();
        test_restart();
        test_user();
    }
    /* the last one may still be about to end, and the folder is where it is */
    bits_clock_start(&clock);
    while (!DeleteFileW(bits_path(TOOL)) && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(5);
    while (!RemoveDirectoryW(bits_folder) && GetLastError() != ERROR_DIR_NOT_EMPTY && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(5);
    CreateDirectoryW(bits_folder, NULL);
    CloseHandle(ran);
    bits_end();
}
