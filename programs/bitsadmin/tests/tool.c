/*
 * Tests of the commands of bitsadmin
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

/* The program against the service that is there: what scripts and people see.  No transfers; those are in transfer.c. */

#include <stdarg.h>
#include <stdio.h>

#define COBJMACROS
#include "winsock2.h"
#include "windef.h"
#include "winbase.h"
#include "winnls.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bitsadmin_test.h"

static const CLSID manager_clsid = { 0x4991d34b, 0x80a1, 0x4291, { 0x83, 0xb6, 0x33, 0x28, 0x36, 0x6b, 0x90, 0x97 } };
static const IID manager_iid = { 0x5ce34c0d, 0x0dc9, 0x4c1f, { 0x89, 0x7c, 0xda, 0xa1, 0xb7, 0x8c, 0xee, 0x7c } };

static BOOL is_english(void)
{
    return PRIMARYLANGID(GetUserDefaultLangID()) == LANG_ENGLISH;
}

static void test_banner(void)
{
    static const WCHAR *const lines[] = { L"", L"/nosuchcommand", L"/setpolicy x 0", L"/?", L"/HELP" };
    const char *text, *usage;
    unsigned int i, count;
    DWORD code;

    for (i = 0; i < ARRAY_SIZE(lines); i++)
    {
        BOOL invalid = i < 3;

        code = run(L"%ls", lines[i]);
        ok(begins_with(result.text, "\r\nBITSADMIN version 3.0\r\nBITS administration utility.\r\n(C) Copyright "),
           "[BA.1.2.1,BA.12.1] got %s\n", wine_dbgstr_a(result.text));
        text = behind_banner();
        ok(text - result.text >= 4 && !memcmp(text - 4, "\r\n\r\n", 4), "[BA.1.2.1,BA.1.2.3] got %s\n", wine_dbgstr_a(result.text));
        usage = text + (invalid ? 17 : 0);
        if (invalid) ok(begins_with(text, "Invalid command\r\n"), "[BA.1.8.11,BA.2.1,BA.12.23] got %s\n", wine_dbgstr_a(text));
        ok(begins_with(usage, "USAGE: BITSADMIN [/RAWRETURN] [/WRAP | /NOWRAP] command\r\nThe following commands are available:\r\n"),
           "[BA.2.2,BA.2.4,BA.12.1] got %s\n", wine_dbgstr_a(usage));
        ok(code == invalid, "[BA.1.8.29,BA.2.1,BA.2.2] got %lu\n", code);
    }

    /* lines end in CR LF, all of them */
    for (i = count = 0; result.text[i]; i++)
    {
        if (result.text[i] != '\n') continue;
        count++;
        if (!i || result.text[i - 1] != '\r') break;
    }
    ok(!result.text[i] && count > 100, "[BA.1.3.2] line %u ends in LF alone\n", count);

    code = run(L"/rawreturn /nosuchcommand");
    ok(begins_with(result.text, "Invalid command\r\nUSAGE: "), "[BA.1.4.2] got %s\n", wine_dbgstr_a(result.text));
    ok(code == 1, "[BA.1.8.29] got %lu\n", code);
}

static void test_create(void)
{
    const WCHAR *name = job_name(L"create");
    char id[64], line[64], *p;
    WCHAR idw[40];
    DWORD code;

    code = run(L"/create \"%ls\"", name);
    ok(!code, "[BA.1.8.27] got %#lx\n", code);
    ok(begins_with(behind_banner(), "Created job {"), "[BA.CMD.CREATE,BA.12.2] got %s\n", wine_dbgstr_a(result.text));
    lstrcpynA(id, behind_banner() + 12, 39);
    snprintf(line, sizeof(line), "Created job %s.\r\n", id);
    ok(!strcmp(behind_banner(), line), "[BA.CMD.CREATE,BA.12.2] got %s\n", wine_dbgstr_a(result.text));
    for (p = id; *p; p++) ok(*p < 'a' || *p > 'z', "[BA.1.7.1] got %s\n", id);
    MultiByteToWideChar(CP_ACP, 0, id, -1, idw, ARRAY_SIZE(idw));

    code = run(L"/getstate %ls", idw);
    ok(!code && !strcmp(behind_banner(), "SUSPENDED\r\n"), "[BA.CMD.GETSTATE,BA.6.1,BA.12.5] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    code = run(L"/rawreturn /getstate \"%ls\"", name);
    ok(!code && !strcmp(result.text, "SUSPENDED"), "[BA.1.4.3,BA.1.6.2] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/info \"%ls\"", name);
    snprintf(line, sizeof(line), "%s '", id);
    ok(!code && begins_with(behind_banner(), line) && behind_banner()[39] == '\'' &&
       strstr(behind_banner(), "' SUSPENDED 0 / 0 0 / 0\r\n"), "[BA.INFO.1,BA.LIST.3,BA.12.15] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    code = run(L"/list");
    ok(!code && strstr(behind_banner(), line), "[BA.LIST.2] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    ok(strstr(result.text, "\r\n\r\nListed ") && strstr(result.text, " job(s).\r\n"), "[BA.LIST.2] got %s\n",
       wine_dbgstr_a(result.text));
    cancel_job(idw);

    /* the job is gone, or at least nobody finds it by its name */
    code = run(L"/getstate \"%ls\"", name);
    ok(code == 1 && begins_with(behind_banner(), "No job named '"), "[BA.1.6.5,BA.1.8.29] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    code = run(L"/getstate %ls", idw);
    ok(code == BG_E_NOT_FOUND && begins_with(behind_banner(), "Unable to perform /GETSTATE - 0x80200001\r\n"),
       "[BA.1.6.5,BA.1.8.18] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/cancel \"%ls\" ", name);
    ok(code == 1, "[BA.CMD.CANCEL] got %#lx\n", code);
}

static void test_ambiguous_name(void)
{
    static const char last[] = "\r\nUse the job identifier instead of the job name.\r\n";
    const WCHAR *name = job_name(L"twin"), *first = create_job(name), *second = create_job(name);
    DWORD code;

    code = run(L"/cancel \"%ls\"", name);
    ok(code == 1, "[BA.1.6.4,BA.12.4] got %#lx\n", code);
    ok(strlen(result.text) > strlen(last) && !strcmp(result.text + strlen(result.text) - strlen(last), last),
       "[BA.1.6.4] got %s\n", wine_dbgstr_a(result.text));
    run(L"/rawreturn /getstate %ls", first);
    ok(!strcmp(result.text, "SUSPENDED"), "[BA.1.6.4,BA.12.4] got %s\n", wine_dbgstr_a(result.text));
    run(L"/rawreturn /getstate %ls", second);
    ok(!strcmp(result.text, "SUSPENDED"), "[BA.1.6.4,BA.12.4] got %s\n", wine_dbgstr_a(result.text));
    cancel_job(first);
    cancel_job(second);
}

/* The messages that were captured whole.  Their second line is in the system's language. */
static void test_errors(void)
{
    const WCHAR *name = job_name(L"errors"), *job = create_job(name);
    unsigned int count = count_jobs();
    DWORD code;

    code = run(L"/addfile %ls http://h/f rel.txt", job);
    ok(code == E_INVALIDARG && (int)code == -2147024809, "[BA.12.6,BA.1.8.28] got %#lx\n", code);
    ok(begins_with(behind_banner(), "Unable to add file to job - 0x80070057\r\n"), "[BA.1.8.7] got %s\n",
       wine_dbgstr_a(result.text));
    if (is_english())
        ok(!strcmp(behind_banner(), "Unable to add file to job - 0x80070057\r\nThe parameter is incorrect.\r\n"),
           "[BA.1.8.7] got %s\n", wine_dbgstr_a(result.text));

    code = run(L"/transfer \"%ls\" http://127.0.0.1:1/f rel.txt", name);
    ok(code == E_INVALIDARG, "[BA.1.8.4,BA.4.1.7] got %#lx\n", code);
    ok(begins_with(behind_banner(), "Unable to add file - 0x80070057\r\n"), "[BA.1.8.4] got %s\n", wine_dbgstr_a(result.text));
    if (is_english())
        ok(!strcmp(behind_banner(), "Unable to add file - 0x80070057\r\nThe parameter is incorrect.\r\n"),
           "[BA.1.8.4] got %s\n", wine_dbgstr_a(result.text));
    ok(count_jobs() == count, "[BA.4.2.2] a job was left\n");

    code = run(L"/rawreturn /transfer \"%ls\" http://127.0.0.1:1/f %%temp%%\\x", name);
    ok(code == E_INVALIDARG, "[BA.1.8.4] got %#lx\n", code);
    ok(!strcmp(result.text, "Unable to add file - 0x80070057\r\n"), "[BA.1.4.4] got %s\n", wine_dbgstr_a(result.text));
    ok(count_jobs() == count, "[BA.4.2.2] a job was left\n");

    code = run(L"/resume %ls", job);
    ok(code == BG_E_EMPTY && (int)code == -2145386493, "[BA.CMD.RESUME,BA.12.8] got %#lx\n", code);
    ok(begins_with(behind_banner(), "Unable to perform /RESUME - 0x80200003\r\n"), "[BA.1.8.3] got %s\n",
       wine_dbgstr_a(result.text));

    /* an empty job cannot be completed */
    code = run(L"/complete %ls", job);
    ok(code == BG_E_INVALID_STATE, "[BA.1.8.9] got %#lx\n", code);
    ok(begins_with(behind_banner(), "Unable to complete job - 0x80200002\r\n"), "[BA.1.8.9] got %s\n",
       wine_dbgstr_a(result.text));
    if (is_english())
        ok(!strcmp(behind_banner(), "Unable to complete job - 0x80200002\r\n"
                   "The requested action is not allowed in the current job state. The job is read-only. "
                   "The job may have been canceled or completed transferring.\r\n"), "[BA.1.8.9] got %s\n",
           wine_dbgstr_a(result.text));

    code = run(L"/geterror %ls", job);
    ok(code == BG_E_ERROR_INFORMATION_UNAVAILABLE, "[BA.CMD.GETERROR,BA.1.8.19] got %#lx\n", code);
    code = run(L"/transfer");
    ok(code == 1 && !strcmp(behind_banner(), "Invalid number of arguments.\r\n"), "[BA.1.8.12] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    code = run(L"/setpriority %ls urgent", job);
    ok(code == 1 && !strcmp(behind_banner(), "Unknown value 'urgent' for /SETPRIORITY.\r\n"), "[BA.7.1] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    cancel_job(job);
}

/* The codes that people meet, from the service itself. */
static void test_codes(void)
{
    static const struct
    {
        const char *ids;
        const WCHAR *command, *args;
        HRESULT code;
    }
    rows[] =
    {
        { "BA.1.8.13", L"/addfile", L"http://127.0.0.1:1/f relative", E_INVALIDARG },
        { "BA.1.8.13", L"/addfile", L"ftp://127.0.0.1/f C:\\f", E_INVALIDARG },
        { "BA.1.8.13", L"/addfile", L"nonsense C:\\f", E_INVALIDARG },
        { "BA.1.8.13", L"/setproxysettings", L"OVERRIDE NULL NULL", E_INVALIDARG },
        { "BA.1.8.22", L"/addfile", L"http://127.0.0.1:1/g C:\\g", BG_E_TOO_MANY_FILES },
        { "BA.1.8.24", L"/addfilewithranges", L"http://127.0.0.1:1/f C:\\f 18446744073709551614:10", BG_E_INVALID_RANGE },
        { "BA.1.8.24", L"/addfilewithranges", L"http://127.0.0.1:1/f C:\\f 0:10,5:10", BG_E_OVERLAPPING_RANGES },
    };
    const WCHAR *job = create_job(job_name(L"codes")), *upload;
    WCHAR id[40], path[MAX_PATH];
    char line[64], *text;
    unsigned int i;
    HANDLE file;
    DWORD code;

    code = run(L"/rawreturn /create /upload \"%ls\"", job_name(L"upload"));
    ok(!code && strlen(result.text) == 38, "got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    MultiByteToWideChar(CP_ACP, 0, result.text, -1, id, ARRAY_SIZE(id));
    upload = id;
    _snwprintf(path, ARRAY_SIZE(path), L"%lsup", work_dir);
    file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    CloseHandle(file);
    code = run(L"/addfile %ls http://127.0.0.1:1/f \"%ls\"", upload, path);
    ok(!code, "got %#lx, %s\n", code, wine_dbgstr_a(result.text));

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        code = run(L"%ls %ls %ls", rows[i].command, rows[i].code == BG_E_TOO_MANY_FILES ? upload : job, rows[i].args);
        ok((HRESULT)code == rows[i].code, "[%s] %ls %ls: got %#lx, %s\n", rows[i].ids, rows[i].command, rows[i].args, code,
           wine_dbgstr_a(result.text));
        snprintf(line, sizeof(line), " - 0x%08x\r\n", (unsigned int)rows[i].code);
        text = strstr(result.text, line);
        ok(text && text[strlen(line)], "[%s] %ls %ls: got %s\n", rows[i].ids, rows[i].command, rows[i].args, wine_dbgstr_a(result.text));
    }

    /* strings over their limits */
    {
        static WCHAR longest[4002];

        for (i = 0; i < 4001; i++) longest[i] = 'x';
        code = run(L"/setnotifycmdline %ls C:\\x.exe %ls", job, longest);
        ok(code == BG_E_STRING_TOO_LONG, "[BA.7.1.7,BA.1.8.23] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
        longest[4000] = 0;
        code = run(L"/setnotifycmdline %ls C:\\x.exe %ls", job, longest);
        ok(!code, "[BA.7.1.7] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
        longest[MAX_PATH + 1] = 0;
        code = run(L"/setnotifycmdline %ls %ls NULL", job, longest);
        ok(code == BG_E_STRING_TOO_LONG, "[BA.7.1.7,BA.1.8.23] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
        longest[MAX_PATH + 1] = 'x';
        longest[1025] = 0;
        code = run(L"/setdescription %ls %ls", job, longest);
        ok(code == BG_E_STRING_TOO_LONG, "[BA.1.8.23] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    }

    /* a folder where the user may write nothing: the root of the host's file system */
    file = CreateFileW(L"Z:\\bitsadmin-test", GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
    else if (GetLastError() == ERROR_ACCESS_DENIED)
    {
        code = run(L"/addfile %ls http://127.0.0.1:1/f Z:\\bitsadmin-test", job);
        ok(code == E_ACCESSDENIED && strstr(result.text, "Unable to add file to job - 0x80070005\r\nAccess is denied.\r\n"),
           "[BA.1.8.14] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    }
    cancel_job(job);
    cancel_job(upload);
    ok(DeleteFileW(path), "no file, error %lu\n", GetLastError());
}

/* The tool starts the service when it does not run. */
static void test_start_service(void)
{
    SERVICE_STATUS status = { 0 };
    struct patience patience;
    SC_HANDLE scm, service;
    DWORD code;

    if (strcmp(winetest_platform, "wine"))
    {
        skip("the service of somebody's machine is not stopped\n");
        return;
    }
    scm = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    service = OpenServiceW(scm, L"BITS", SERVICE_STOP | SERVICE_QUERY_STATUS);
    ok(service != NULL, "cannot open the service, error %lu\n", GetLastError());
    ok(ControlService(service, SERVICE_CONTROL_STOP, &status), "cannot stop the service, error %lu\n", GetLastError());
    patience_start(&patience);
    while (QueryServiceStatus(service, &status) && status.dwCurrentState != SERVICE_STOPPED && patience_left(&patience, PATIENCE)) Sleep(5);
    ok(status.dwCurrentState == SERVICE_STOPPED, "the service does not stop\n");
    code = run(L"/list");
    ok(!code && strstr(result.text, " job(s).\r\n"), "[BA.1.9.1] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    QueryServiceStatus(service, &status);
    ok(status.dwCurrentState == SERVICE_RUNNING, "[BA.1.9.1] the service is in state %lu\n", status.dwCurrentState);
    CloseServiceHandle(service);
    CloseServiceHandle(scm);
}

/* What is set can be read again. */
static void test_properties(void)
{
    static const struct
    {
        const char *ids;
        const WCHAR *set, *value, *get;
        const char *expected;
    }
    tests[] =
    {
        { "BA.CMD.GETTYPE", NULL, NULL, L"/gettype", "DOWNLOAD" },
        { "BA.CMD.GETPRIORITY", NULL, NULL, L"/getpriority", "NORMAL" },
        { "BA.CMD.SETPRIORITY", L"/SetPriority", L"\"FOREGROUND\"", L"/getpriority", "FOREGROUND" },
        { "BA.CMD.SETPRIORITY", L"/setpriority", L"low", L"/GETPRIORITY", "LOW" },
        { "BA.CMD.GETDESCRIPTION", NULL, NULL, L"/getdescription", "" },
        { "BA.CMD.SETDESCRIPTION", L"/setdescription", L"\"some text\"", L"/getdescription", "some text" },
        { "BA.CMD.GETNOTIFYFLAGS", NULL, NULL, L"/getnotifyflags", "3" },
        { "BA.CMD.SETNOTIFYFLAGS", L"/setnotifyflags", L"0xb", L"/getnotifyflags", "11" },
        { "BA.CMD.GETNOTIFYINTERFACE", NULL, NULL, L"/getnotifyinterface", "UNREGISTERED" },
        { "BA.CMD.GETNOTIFYCMDLINE", NULL, NULL, L"/getnotifycmdline", "none" },
        { "BA.CMD.SETNOTIFYCMDLINE,BA.7.1.3", L"/setnotifycmdline", L"C:\\x\\tool.exe \"C:\\x\\tool.exe /arg1\"",
          L"/getnotifycmdline", "'C:\\x\\tool.exe' 'C:\\x\\tool.exe /arg1'" },
        { "BA.7.1.1", L"/setnotifycmdline", L"C:\\x\\tool.exe NULL", L"/getnotifycmdline", "'C:\\x\\tool.exe' NULL" },
        { "BA.1.1.7,BA.12.19", L"/setnotifycmdline", L"C:\\w\\cmd.exe NUL", L"/getnotifycmdline", "'C:\\w\\cmd.exe' 'NUL'" },
        { "BA.7.1.1,BA.12.19", L"/setnotifycmdline", L"NULL NULL", L"/getnotifycmdline", "none" },
        { "BA.CMD.GETMINRETRYDELAY", NULL, NULL, L"/getminretrydelay", "600" },
        { "BA.CMD.SETMINRETRYDELAY", L"/setminretrydelay", L"60", L"/getminretrydelay", "60" },
        { "BA.CMD.SETMINRETRYDELAY", L"/setminretrydelay", L"1", L"/getminretrydelay", "5" },
        { "BA.CMD.GETNOPROGRESSTIMEOUT", NULL, NULL, L"/getnoprogresstimeout", "1209600" },
        { "BA.CMD.SETNOPROGRESSTIMEOUT", L"/setnoprogresstimeout", L"0", L"/getnoprogresstimeout", "0" },
        { "BA.CMD.GETMAXDOWNLOADTIME", NULL, NULL, L"/getmaxdownloadtime", "7776000" },
        { "BA.CMD.SETMAXDOWNLOADTIME", L"/setmaxdownloadtime", L"86400", L"/getmaxdownloadtime", "86400" },
        { "BA.CMD.GETACLFLAGS", NULL, NULL, L"/getaclflags", "" },
        { "BA.CMD.SETACLFLAGS", L"/setaclflags", L"sGo", L"/getaclflags", "OGS" },
        { "BA.CMD.GETPROXYUSAGE", NULL, NULL, L"/getproxyusage", "PRECONFIG" },
        { "BA.CMD.GETPROXYLIST", NULL, NULL, L"/getproxylist", "NULL" },
        { "BA.CMD.SETPROXYSETTINGS", L"/setproxysettings", L"OVERRIDE proxy1,proxy2:80 \"<local>\"", L"/getproxyusage", "OVERRIDE" },
        { "BA.CMD.GETPROXYLIST,BA.7.2.3", NULL, NULL, L"/getproxylist", "proxy1,proxy2:80" },
        { "BA.CMD.GETPROXYBYPASSLIST,BA.7.2.2", NULL, NULL, L"/getproxybypasslist", "<local>" },
        { "BA.7.2.2", L"/setproxysettings", L"OVERRIDE proxy1 \"\"", L"/getproxybypasslist", "NULL" },
        { "BA.7.2.1", L"/setproxysettings", L"AUTODETECT", L"/getproxyusage", "AUTODETECT" },
        { "BA.7.2.1", L"/setproxysettings", L"no_proxy", L"/getproxyusage", "NO_PROXY" },
        { "BA.CMD.GETCUSTOMHEADERS", NULL, NULL, L"/getcustomheaders", "NULL" },
        { "BA.CMD.SETCUSTOMHEADERS", L"/setcustomheaders", L"User-Agent:x \"Accept: y\"", L"/getcustomheaders",
          "User-Agent:x\r\nAccept: y" },
        { "BA.CMD.SETCUSTOMHEADERS", L"/setcustomheaders", L"NULL", L"/getcustomheaders", "NULL" },
        { "BA.CMD.GETHTTPMETHOD", NULL, NULL, L"/gethttpmethod", "GET" },
        { "BA.CMD.SETHTTPMETHOD", L"/sethttpmethod", L"get", L"/gethttpmethod", "GET" },
        { "BA.CMD.GETSECURITYFLAGS", NULL, NULL, L"/getsecurityflags", "0x00000000" },
        { "BA.CMD.SETSECURITYFLAGS,BA.12.20", L"/setsecurityflags", L"2305", L"/getsecurityflags", "0x00000901" },
        { "BA.CMD.SETSECURITYFLAGS,BA.12.20", L"/setsecurityflags", L"0x0000", L"/getsecurityflags", "0x00000000" },
        { "BA.CMD.GETPEERCACHINGFLAGS", NULL, NULL, L"/getpeercachingflags", "0" },
        { "BA.CMD.SETPEERCACHINGFLAGS,BA.9.2", L"/setpeercachingflags", L"3", L"/getpeercachingflags", "3" },
        { "BA.CMD.GETHELPERTOKENFLAGS", NULL, NULL, L"/gethelpertokenflags", "0" },
        { "BA.CMD.SETHELPERTOKENFLAGS", L"/sethelpertokenflags", L"3", L"/gethelpertokenflags", "3" },
        { "BA.CMD.GETERRORCOUNT", NULL, NULL, L"/geterrorcount", "0" },
        { "BA.CMD.GETFILESTOTAL", NULL, NULL, L"/getfilestotal", "0" },
        { "BA.CMD.ADDFILE", L"/addfile", L"http://127.0.0.1:1/f C:\\f", L"/getfilestotal", "1" },
        { "BA.CMD.GETFILESTRANSFERRED", NULL, NULL, L"/getfilestransferred", "0" },
        { "BA.CMD.GETBYTESTOTAL,BA.1.7.6", NULL, NULL, L"/getbytestotal", "UNKNOWN" },
        { "BA.CMD.GETBYTESTRANSFERRED", NULL, NULL, L"/getbytestransferred", "0" },
        { "BA.CMD.GETCOMPLETIONTIME,BA.1.7.7", NULL, NULL, L"/getcompletiontime", "UNKNOWN" },
    };
    const WCHAR *job = create_job(job_name(L"properties"));
    unsigned int i;
    DWORD code;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context("%ls %ls", tests[i].set ? tests[i].set : L"", tests[i].get);
        if (tests[i].set)
        {
            code = run(L"/rawreturn %ls %ls %ls", tests[i].set, job, tests[i].value);
            ok(!code && !result.text[0], "[%s,BA.1.4.5] got %#lx, %s\n", tests[i].ids, code, wine_dbgstr_a(result.text));
        }
        code = run(L"/rawreturn %ls %ls", tests[i].get, job);
        ok(!code && !strcmp(result.text, tests[i].expected), "[%s,BA.1.4.3] got %#lx, %s\n", tests[i].ids, code,
           wine_dbgstr_a(result.text));
        winetest_pop_context();
    }

    code = run(L"/listfiles %ls", job);
    ok(!code && !strcmp(behind_banner(), "0 / UNKNOWN WORKING http://127.0.0.1:1/f -> C:\\f\r\n"),
       "[BA.CMD.LISTFILES] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/replaceremoteprefix %ls http://127.0.0.1:1 http://127.0.0.1:2", job);
    ok(!code, "[BA.CMD.REPLACEREMOTEPREFIX] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/addfilewithranges %ls http://127.0.0.1:2/g C:\\g 0:100,2000:100,5000:eof", job);
    ok(!code && !strcmp(behind_banner(), "Added http://127.0.0.1:2/g -> C:\\g to job.\r\n"),
       "[BA.CMD.ADDFILEWITHRANGES] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/addfilewithranges %ls http://127.0.0.1:2/g C:\\h 100:0,100:5", job);
    ok(code == BG_E_OVERLAPPING_RANGES && begins_with(behind_banner(), "Unable to add file to job - 0x8020002c\r\n"),
       "[BA.1.8.8,BA.CMD.ADDFILEWITHRANGES] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/listfiles %ls", job);
    ok(!code && strstr(behind_banner(), "http://127.0.0.1:2/f -> C:\\f\r\n") && strstr(behind_banner(), "http://127.0.0.1:2/g -> C:\\g\r\n"),
       "[BA.CMD.LISTFILES] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/rawreturn /getvalidationstate %ls 0", job);
    ok(!code && !strcmp(result.text, "false"), "[BA.CMD.GETVALIDATIONSTATE] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/getvalidationstate %ls 2", job);
    ok(code == 1 && !strcmp(behind_banner(), "Unknown value '2' for /GETVALIDATIONSTATE.\r\n"), "[BA.6.2] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    code = run(L"/rawreturn /gettemporaryname %ls 0", job);
    ok(!code && result.text[1] == ':', "[BA.CMD.GETTEMPORARYNAME] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/rawreturn /getpeerstats %ls 0", job);
    ok(!code, "[BA.CMD.GETPEERSTATS] got %#lx, %s\n", code, wine_dbgstr_a(result.text));

    code = run(L"/setcredentials %ls SERVER BASIC user secret", job);
    ok(!code && !strstr(result.text, "secret"), "[BA.CMD.SETCREDENTIALS] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/setcredentials %ls PROXY NEGOTIATE NULL NULL", job);
    ok(!code, "[BA.CMD.SETCREDENTIALS] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/setcredentials %ls SERVER BASIC NULL NULL", job);
    ok(code == E_INVALIDARG, "[BA.CMD.SETCREDENTIALS] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/removecredentials %ls SERVER BASIC", job);
    ok(!code, "[BA.CMD.REMOVECREDENTIALS] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/makecustomheaderswriteonly %ls", job);
    ok(!code, "[BA.CMD.MAKECUSTOMHEADERSWRITEONLY] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/getcustomheaders %ls", job);
    ok(code == E_ACCESSDENIED, "[BA.CMD.GETCUSTOMHEADERS] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/getclientcertificate %ls", job);
    ok((HRESULT)code < 0, "[BA.CMD.GETCLIENTCERTIFICATE] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/getreplydata %ls", job);
    ok(code == E_NOTIMPL, "[BA.CMD.GETREPLYDATA] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/getowner %ls", job);
    ok(!code && strchr(behind_banner(), '\\'), "[BA.CMD.GETOWNER,BA.1.7.9] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/takeownership %ls", job);
    ok(!code && !strcmp(behind_banner(), "You now own this job.\r\n"), "[BA.CMD.TAKEOWNERSHIP] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    code = run(L"/suspend %ls", job);
    ok(!code && !strcmp(behind_banner(), "Job suspended.\r\n"), "[BA.CMD.SUSPEND] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    code = run(L"/cache /clear");
    ok(code == BG_E_PEERCACHING_DISABLED && !strcmp(behind_banner(), "Peer caching is not available.\r\n"),
       "[BA.PEER.1,BA.1.8.25] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    cancel_job(job);
}

/* The block with all its labels, and lines that are never wrapped. */
static void test_verbose(void)
{
    static const char *const parts[] =
    {
        "GUID: {", " DISPLAY: '", "'\r\nTYPE: DOWNLOAD STATE: SUSPENDED OWNER: ", "\r\nPRIORITY: NORMAL FILES: 0 / 1 BYTES: 0 / UNKNOWN\r\n"
        "CREATION TIME: ", " MODIFICATION TIME: ", "\r\nCOMPLETION TIME: UNKNOWN ACL FLAGS: \r\n"
        "NOTIFY INTERFACE: UNREGISTERED NOTIFICATION FLAGS: 3\r\n"
        "RETRY DELAY: 600 NO PROGRESS TIMEOUT: 1209600 ERROR COUNT: 0\r\n"
        "PROXY USAGE: PRECONFIG PROXY LIST: NULL PROXY BYPASS LIST: NULL\r\n"
        "DESCRIPTION: \r\n"
        "JOB FILES: \r\n"
        "\t0 / UNKNOWN WORKING http://127.0.0.1:1/", " -> C:\\f\r\n"
        "NOTIFICATION COMMAND LINE: none\r\n"
        "owner MIC integrity level: ", "\r\nowner elevated ?           ", "\r\n\r\n"
        "Peercaching flags\r\n"
        "\t Enable download from peers      :false\r\n"
        "\t Enable serving to peers         :false\r\n"
        "\r\n"
        "CUSTOM HEADERS: NULL\r\n",
    };
    const WCHAR *name = job_name(L"verbose"), *job = create_job(name);
    WCHAR url[400] = L"http://127.0.0.1:1/";
    const char *p, *found;
    char *block;
    unsigned int i;
    DWORD code;

    for (i = wcslen(url); i < 320; i++) url[i] = i % 26 ? 'a' + i % 26 : '/';
    url[i] = 0;
    code = run(L"/rawreturn /addfile %ls %ls C:\\f", job, url);
    ok(!code, "got %#lx\n", code);
    code = run(L"/info %ls /verbose", job);
    ok(!code, "[BA.3.1.1] got %#lx\n", code);
    for (i = 0, p = behind_banner(); i < ARRAY_SIZE(parts) && (found = strstr(p, parts[i])); i++)
    {
        ok(i || found == p, "[BA.3.1.1] got %s\n", wine_dbgstr_a(p));
        p = found + strlen(parts[i]);
    }
    ok(i == ARRAY_SIZE(parts), "[BA.3.1.1,BA.3.1.2,BA.3.1.3,BA.3.1.12] part %u is missing in\n%s\n", i, result.text);
    ok(!*p, "[BA.3.1.1] got %s behind the block\n", wine_dbgstr_a(p));
    ok(!!strstr(result.text, "STATE: SUSPENDED"), "[BA.1.5.2,BA.12.16] got %s\n", wine_dbgstr_a(result.text));

    /* /LIST shows the same */
    block = _strdup(behind_banner());
    code = run(L"/list /verbose");
    ok(!code && strstr(behind_banner(), block), "[BA.LIST.5] got %#lx, %s\n", code, result.text);
    ok(!!strstr(result.text, "\r\n\r\nListed "), "[BA.LIST.5] got %s\n", result.text);
    free(block);
    cancel_job(job);
}

/* Names in other scripts arrive as they are; what comes back depends on the code page. */
static void test_unicode(void)
{
    static const WCHAR suffix[] = L"Gr\x00f6\x00dfe \x0416\x65e5\x672c [1] a:b.";
    const WCHAR *name = job_name(suffix), *job = create_job(name);
    IBackgroundCopyManager *manager;
    IBackgroundCopyJob *object;
    WCHAR *display_name, path[MAX_PATH];
    char bytes[512];
    HRESULT hr;
    GUID id;
    DWORD code;
    UINT codepage = GetConsoleOutputCP();

    hr = CoCreateInstance(&manager_clsid, NULL, CLSCTX_LOCAL_SERVER, &manager_iid, (void **)&manager);
    ok(hr == S_OK, "got %#lx\n", hr);
    CLSIDFromString(job, &id);
    hr = IBackgroundCopyManager_GetJob(manager, &id, &object);
    ok(hr == S_OK, "got %#lx\n", hr);
    if (hr == S_OK)
    {
        hr = IBackgroundCopyJob_GetDisplayName(object, &display_name);
        ok(hr == S_OK && !wcscmp(display_name, name), "[BA.1.1.9] got %#lx, %s\n", hr, wine_dbgstr_w(display_name));
        CoTaskMemFree(display_name);
        IBackgroundCopyJob_Release(object);
    }
    IBackgroundCopyManager_Release(manager);

    if (!codepage) codepage = GetOEMCP();
    WideCharToMultiByte(codepage, 0, name, -1, bytes, sizeof(bytes), NULL, NULL);
    code = run(L"/rawreturn /getdisplayname %ls", job);
    ok(!code && !strcmp(result.text, bytes), "[BA.1.3.2] got %#lx, %s, expected %s\n", code, wine_dbgstr_a(result.text),
       wine_dbgstr_a(bytes));
    code = run(L"/rawreturn /getstate \"%ls\"", name);
    ok(!code && !strcmp(result.text, "SUSPENDED"), "[BA.1.1.9,BA.1.6.2] got %#lx, %s\n", code, wine_dbgstr_a(result.text));

    /* a list of files in UTF-8, under a name that no code page has */
    {
        static const char data[] = "\xef\xbb\xbf# list\r\nhttp://127.0.0.1:1/a \"C:\\\xd0\x96 \xe6\x97\xa5\"\r\n";
        HANDLE file;
        DWORD written;

        _snwprintf(path, ARRAY_SIZE(path), L"%ls\x0416.txt", work_dir);
        file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
        WriteFile(file, data, sizeof(data) - 1, &written, NULL);
        CloseHandle(file);
        code = run(L"/addfileset %ls \"%ls\"", job, path);
        ok(!code && !strcmp(behind_banner(), "Added 1 file(s) to job.\r\n"), "[BA.CMD.ADDFILESET] got %#lx, %s\n", code,
           wine_dbgstr_a(result.text));
        DeleteFileW(path);
        WideCharToMultiByte(codepage, 0, L"0 / UNKNOWN WORKING http://127.0.0.1:1/a -> C:\\\x0416 \x65e5\r\n", -1, bytes,
                            sizeof(bytes), NULL, NULL);
        code = run(L"/listfiles %ls", job);
        ok(!code && !strcmp(behind_banner(), bytes), "[BA.CMD.LISTFILES] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    }
    cancel_job(job);
}

/* Only where nobody else has jobs: the command takes them all. */
static void test_reset(void)
{
    const WCHAR *first, *second;
    char expected[256];
    DWORD code;

    if (count_jobs())
    {
        skip("there are jobs in the queue\n");
        return;
    }
    ok(!strcmp(behind_banner(), "Listed 0 job(s).\r\n"), "[BA.LIST.4,BA.12.14] got %s\n", wine_dbgstr_a(result.text));
    code = run(L"/reset");
    ok(!code && !strcmp(behind_banner(), "0 out of 0 jobs canceled.\r\n"), "[BA.RESET.3] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));

    first = create_job(job_name(L"reset"));
    code = run(L"/reset");
    snprintf(expected, sizeof(expected), "%ls canceled.\r\n1 out of 1 jobs canceled.\r\n", first);
    ok(!code && !strcmp(behind_banner(), expected), "[BA.RESET.1,BA.RESET.2] got %#lx, %s\n", code, wine_dbgstr_a(result.text));

    first = create_job(job_name(L"reset"));
    second = create_job(job_name(L"reset"));
    code = run(L"/reset");
    snprintf(expected, sizeof(expected), "%ls canceled.\r\n", first);
    ok(!code && strstr(behind_banner(), expected), "[BA.RESET.1,BA.12.22] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    snprintf(expected, sizeof(expected), "%ls canceled.\r\n", second);
    ok(strstr(behind_banner(), expected) && strstr(behind_banner(), "\r\n2 out of 2 jobs canceled.\r\n"),
       "[BA.RESET.1,BA.12.22] got %s\n", wine_dbgstr_a(result.text));
    ok(!count_jobs(), "[BA.RESET.1] jobs are left\n");
}

/* It goes on until it is stopped: what it has written by then is looked at. */
static void test_monitor(void)
{
    const WCHAR *job = create_job(job_name(L"monitor"));
    HANDLE output_file = create_inherited_file(), error_file = create_inherited_file(), reader, process;
    static const char head[] = "MONITORING BACKGROUND COPY MANAGER(1 second refresh)\r\n";
    struct patience patience;
    const char *first, *second = NULL;
    char line[128];
    DWORD code;

    /* with a file pointer of its own: the program writes at the one of its handle */
    reader = ReOpenFile(output_file, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, 0);
    ok(reader != INVALID_HANDLE_VALUE, "ReOpenFile failed, error %lu.\n", GetLastError());
    process = start_process(L"bitsadmin.exe /monitor /refresh 1", output_file, error_file, 0, NULL);
    patience_start(&patience);
    do
    {
        DWORD got = 0;

        if (!ReadFile(reader, result.text, sizeof(result.text) - 1, &got, NULL)) got = 0;
        SetFilePointer(reader, 0, NULL, FILE_BEGIN);
        result.text[got] = 0;
        first = strstr(result.text, head);
        second = first ? strstr(first + 1, head) : NULL;
        if (!second && WaitForSingleObject(process, 100) == WAIT_OBJECT_0) break;
    } while (!second && patience_left(&patience, PATIENCE));
    ok(first && first == behind_banner(), "[BA.MONITOR.1] got %s\n", wine_dbgstr_a(result.text));
    ok(second != NULL, "[BA.MONITOR.1] got %s\n", wine_dbgstr_a(result.text));
    snprintf(line, sizeof(line), "%ls 'ba", job);
    ok(!!strstr(result.text, line) && !strstr(result.text, "Listed"), "[BA.MONITOR.1] got %s\n", wine_dbgstr_a(result.text));
    TerminateProcess(process, 0);
    finish_process(process);
    CloseHandle(reader);
    CloseHandle(output_file);
    CloseHandle(error_file);

    code = run(L"/monitor /refresh 0");
    ok(code == 1 && !strcmp(behind_banner(), "Unknown value '0' for /MONITOR.\r\n"), "[BA.MONITOR.1] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    code = run(L"/monitor /refresh soon");
    ok(code == 1 && !strcmp(behind_banner(), "Unknown value 'soon' for /MONITOR.\r\n"), "[BA.MONITOR.1] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    code = run(L"/monitor /refresh");
    ok(code == 1, "[BA.MONITOR.1] got %#lx\n", code);
    cancel_job(job);
}

static void test_util(void)
{
    DWORD code;

    code = run(L"/util /version");
    ok(!code && strchr(behind_banner(), '.'), "[BA.CMD.UTIL_VERSION] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/util /repairservice");
    ok(!code && strlen(behind_banner()), "[BA.CMD.UTIL_REPAIRSERVICE] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
    code = run(L"/util /getieproxy LOCALSYSTEM");
    ok(!code && strstr(behind_banner(), "(connection = default)\r\n"), "[BA.CMD.UTIL_GETIEPROXY] got %#lx, %s\n", code,
       wine_dbgstr_a(result.text));
    code = run(L"/util /help");
    ok(!code && strstr(behind_banner(), "/UTIL /SETIEPROXY"), "[BA.2.3] got %#lx, %s\n", code, wine_dbgstr_a(result.text));
}

START_TEST(tool)
{
    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    make_work_dir();
    test_banner();
    test_create();
    test_ambiguous_name();
    test_errors();
    test_codes();
    test_properties();
    test_verbose();
    test_unicode();
    test_monitor();
    test_util();
    test_reset();
    test_start_service();
    remove_work_dir();
    CoUninitialize();
}
