/*
 * Tests of bitsadmin against a service that is not there
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
 * The tool itself, file by file, with a background copy manager of our own in place of the service: what it prints, what it
 * answers and which calls it makes, in which order and with which arguments.  Nothing leaves the process, so that states can be
 * shown that a real service is hard to bring into.  The other units run the program.
 *
 * A row of the tables below says what a command line must print and which calls that change something it must make.
 * All tables are in this one file because it contains the whole tool, which a program can have once.
 */

#include <stdarg.h>
#include <stdio.h>

#define COBJMACROS
#define INITGUID
#include "windef.h"
#include "winbase.h"
#include "winnls.h"
#include "winreg.h"
#include "winsvc.h"
#include "objbase.h"
#include "shellapi.h"
#include "bits.h"

#include "wine/test.h"

static HRESULT create_fake_manager(REFCLSID clsid, void **obj);
static HRESULT fake_security(DWORD authn_level, DWORD imp_level, DWORD capabilities);
static DWORD creation_context, authentication, impersonation, cloaking;
static BOOL fake_logon(const WCHAR *user, const WCHAR *password, HANDLE *token);
static BOOL fake_impersonate(HANDLE token);
static BOOL fake_revert(void);
static HKEY users_key, user_key;

/* What the tool asks of the world, for the included files only. */
#define CoCreateInstance(clsid, outer, context, iid, obj) (creation_context = (context), create_fake_manager(clsid, obj))
#define CoInitializeSecurity(descriptor, count, services, reserved, authn_level, imp_level, list, capabilities, reserved3) \
    fake_security(authn_level, imp_level, capabilities)
#define LogonUserW(user, domain, password, type, provider, token) fake_logon(user, password, token)
#define ImpersonateLoggedOnUser(token) fake_impersonate(token)
#define RevertToSelf() fake_revert()
#undef HKEY_USERS
#define HKEY_USERS users_key
#undef HKEY_CURRENT_USER
#define HKEY_CURRENT_USER user_key
#define wmain tool_main

#include "../main.c"
#include "../credentials.c"
#include "../file.c"
#include "../http.c"
#include "../job.c"
#include "../output.c"
#include "../peer.c"
#include "../property.c"
#include "../proxy.c"
#include "../transfer.c"
#include "../util.c"

#undef HKEY_CURRENT_USER
#define HKEY_CURRENT_USER ((HKEY)(LONG_PTR)(LONG)0x80000001)

#include "fake_bits.h"

static const char banner[] =
    "\n"
    "BITSADMIN version 3.0\n"
    "BITS administration utility.\n"
    "(C) Copyright 2026 The wine-bits authors.\n"
    "\n";

static HRESULT fake_security(DWORD authn_level, DWORD imp_level, DWORD capabilities)
{
    authentication = authn_level;
    impersonation = imp_level;
    cloaking = capabilities;
    return S_OK;
}

/* Runs the tool; answers its exit code and what it wrote, which the next call overwrites. */
static int run_tool(const char *args, char **output_text)
{
    static char buffer[32768];
    WCHAR command_line[2048], path[MAX_PATH], **argv;
    HANDLE file, old;
    int argc, ret;
    DWORD size;

    GetTempPathW(ARRAY_SIZE(path), path);
    GetTempFileNameW(path, L"ba", 0, path);
    file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    ok(file != INVALID_HANDLE_VALUE, "CreateFile failed, error %lu.\n", GetLastError());

    wcscpy(command_line, L"bitsadmin ");
    MultiByteToWideChar(CP_UTF8, 0, args, -1, command_line + 10, ARRAY_SIZE(command_line) - 10);
    argv = CommandLineToArgvW(command_line, &argc);
    old = GetStdHandle(STD_OUTPUT_HANDLE);
    SetStdHandle(STD_OUTPUT_HANDLE, file);
    ret = tool_main(argc, argv);
    SetStdHandle(STD_OUTPUT_HANDLE, old);
    LocalFree(argv);

    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    if (!ReadFile(file, buffer, sizeof(buffer) - 1, &size, NULL)) size = 0;
    buffer[size] = 0;
    CloseHandle(file);
    *output_text = buffer;
    return ret;
}

/* Line ends as the tool writes them; the result is freed by the caller. */
static char *with_crlf(const char *text)
{
    char *result = malloc(strlen(text) * 2 + 1), *p = result;

    for (; *text; text++)
    {
        if (*text == '\n') *p++ = '\r';
        *p++ = *text;
    }
    *p = 0;
    return result;
}

/* The banner goes in front of what is expected, unless the command line begins with /RAWRETURN. */
static void check_run_(unsigned int line, const char *ids, const char *args, const char *expected, const char *expected_calls,
                       int expected_code)
{
    char *text, *full, *want;
    BOOL raw_return = !_strnicmp(args, "/rawreturn", 10) || !_strnicmp(args, "-rawreturn", 10) ||
                      !_strnicmp(args, "/nowrap /rawreturn", 18);
    int code;

    full = malloc(strlen(banner) + strlen(expected) + 1);
    strcpy(full, raw_return ? "" : banner);
    strcat(full, expected);
    want = with_crlf(full);
    code = run_tool(args, &text);
    ok_(__FILE__, line)(!strcmp(text, want), "[%s] %s printed %s, expected %s\n", ids, args, wine_dbgstr_a(text),
                        wine_dbgstr_a(want));
    if (strcmp(text, want)) trace("printed:\n%s\nexpected:\n%s\n", text, want);
    ok_(__FILE__, line)(code == expected_code, "[%s] %s ended with %#x, expected %#x\n", ids, args, code, expected_code);
    ok_(__FILE__, line)(!strcmp(calls, expected_calls), "[%s] %s made the calls\n%s\nexpected\n%s\n", ids, args, calls,
                        expected_calls);
    ok_(__FILE__, line)(!references, "%s left %ld references\n", args, references);
    references = 0;
    free(full);
    free(want);
}

#define check_run(ids, args, text, calls, code) check_run_(__LINE__, ids, args, text, calls, code)

struct row
{
    unsigned int line;
    const char *ids, *args, *text, *calls;
    int code;
};

#define R(ids, args, text, calls, code) { __LINE__, ids, args, text, calls, code }

static void check_rows(const struct row *rows, unsigned int count)
{
    unsigned int i;

    for (i = 0; i < count; i++)
    {
        reset_world();
        check_run_(rows[i].line, rows[i].ids, rows[i].args, rows[i].text, rows[i].calls, rows[i].code);
    }
}

/* What the pages and captures say word for word comes first in each table. */

static void test_list(void)
{
    static const struct row rows[] =
    {
        R("BA.LIST.1,BA.LIST.2,BA.LIST.3", "/list",
          ID1 " 'Basic Test' TRANSFERRED 1 / 1 18162 / 18162\n"
          ID2 " 'DNS test' TRANSIENT_ERROR 0 / 1 0 / UNKNOWN\n"
          "\n"
          "Listed 2 job(s).\n", "EnumJobs 0\n", 0),
        R("BA.LIST.1", "/LIST /allusers",
          ID1 " 'Basic Test' TRANSFERRED 1 / 1 18162 / 18162\n"
          ID2 " 'DNS test' TRANSIENT_ERROR 0 / 1 0 / UNKNOWN\n"
          "\n"
          "Listed 2 job(s).\n", "EnumJobs 1\n", 0),
        R("BA.1.4.4,BA.1.4.5", "/rawreturn /list",
          ID1 " 'Basic Test' TRANSFERRED 1 / 1 18162 / 18162\n"
          ID2 " 'DNS test' TRANSIENT_ERROR 0 / 1 0 / UNKNOWN\n"
          "\n"
          "Listed 2 job(s).\n", "EnumJobs 0\n", 0),
        R("BA.LIST.1", "/list /nosuch", "Unknown value '/nosuch' for /LIST.\n", "", 1),
        R("BA.INFO.1", "/info " ID1, ID1 " 'Basic Test' TRANSFERRED 1 / 1 18162 / 18162\n", "", 0),
        R("BA.INFO.1,BA.1.6.2", "/info \"dns test\"", ID2 " 'DNS test' TRANSIENT_ERROR 0 / 1 0 / UNKNOWN\n", "EnumJobs 0\n", 0),
        R("BA.INFO.1", "/info " ID1 " /whatever", "Unknown value '/whatever' for /INFO.\n", "", 1),
    };
    char *text;

    check_rows(rows, ARRAY_SIZE(rows));

    reset_world();
    job_count = 0;
    check_run("BA.LIST.4,BA.LIST.6", "/list", "Listed 0 job(s).\n", "EnumJobs 0\n", 0);
    check_run("BA.LIST.5", "/list /verbose", "Listed 0 job(s).\n", "EnumJobs 0\nEnumJobs 0\n", 0);

    reset_world();
    failing = "EnumJobs";
    failure = E_ACCESSDENIED;
    check_run("BA.LIST.6,BA.1.8.1,BA.1.8.10,BA.1.8.28", "/list /allusers",
              "Unable to enum jobs - 0x80070005\nAccess is denied.\n", "EnumJobs 1\n", E_ACCESSDENIED);

    /* a job that has gone away is not listed */
    reset_world();
    failing = "GetState";
    failure = BG_E_NOT_FOUND;
    check_run("BA.LIST.7", "/list", "Listed 0 job(s).\n", "EnumJobs 0\n", 0);

    /* the GUID takes 38 characters, the name begins at offset 39 */
    reset_world();
    run_tool("/rawreturn /info " ID1, &text);
    ok(text[38] == ' ' && text[39] == '\'', "[BA.INFO.1,BA.12.15] got %s\n", wine_dbgstr_a(text));
}

/* A time as the user's locale writes it. */
static void format_time(const FILETIME *time, char *text, size_t size)
{
    char date[64], clock[64];
    SYSTEMTIME utc, local;

    FileTimeToSystemTime(time, &utc);
    SystemTimeToTzSpecificLocalTime(NULL, &utc, &local);
    GetDateFormatA(LOCALE_USER_DEFAULT, DATE_SHORTDATE, &local, NULL, date, sizeof(date));
    GetTimeFormatA(LOCALE_USER_DEFAULT, 0, &local, NULL, clock, sizeof(clock));
    snprintf(text, size, "%s %s", date, clock);
}

static void test_verbose(void)
{
    char created[128], modified[128], expected[4096], both[8192], *text;

    reset_world();
    format_time(&jobs[0].times.CreationTime, created, sizeof(created));
    format_time(&jobs[0].times.ModificationTime, modified, sizeof(modified));

    snprintf(expected, sizeof(expected),
             "GUID: " ID1 " DISPLAY: 'Basic Test'\n"
             "TYPE: DOWNLOAD STATE: TRANSFERRED OWNER: S-1-5-21-1-2-3-1001\n"
             "PRIORITY: HIGH FILES: 1 / 1 BYTES: 18162 / 18162\n"
             "CREATION TIME: %s MODIFICATION TIME: %s\n"
             "COMPLETION TIME: %s ACL FLAGS: \n"
             "NOTIFY INTERFACE: UNREGISTERED NOTIFICATION FLAGS: 3\n"
             "RETRY DELAY: 300 NO PROGRESS TIMEOUT: 3600 ERROR COUNT: 1\n"
             "PROXY USAGE: PRECONFIG PROXY LIST: NULL PROXY BYPASS LIST: NULL\n"
             "DESCRIPTION: \n"
             "JOB FILES: \n"
             "\t18162 / 18162 WORKING http://dl.example.org/a.txt -> C:\\dl\\a.txt\n"
             "NOTIFICATION COMMAND LINE: none\n"
             "owner MIC integrity level: MEDIUM\n"
             "owner elevated ?           false\n"
             "\n"
             "Peercaching flags\n"
             "\t Enable download from peers      :false\n"
             "\t Enable serving to peers         :false\n"
             "\n"
             "CUSTOM HEADERS: NULL\n", created, modified, modified);
    jobs[0].times.TransferCompletionTime = jobs[0].times.ModificationTime;
    check_run("BA.3.1.1,BA.3.1.2,BA.3.1.3,BA.3.1.4,BA.12.17", "/info " ID1 " /verbose", expected, "", 0);

    /* an empty line between jobs, then the count */
    job_count = 1;
    snprintf(both, sizeof(both), "%s\nListed 1 job(s).\n", expected);
    check_run("BA.LIST.5", "/list /verbose", both, "EnumJobs 0\n", 0);

    reset_world();
    jobs[1].acl_flags = 0xf;
    jobs[1].notify_interface = TRUE;
    jobs[1].proxy_usage = BG_JOB_PROXY_USAGE_OVERRIDE;
    jobs[1].proxy_list = L"proxy1,proxy2:80";
    jobs[1].bypass_list = L"<local>";
    jobs[1].description = L"a description";
    jobs[1].program = L"C:\\x\\tool.exe";
    jobs[1].parameters = L"C:\\x\\tool.exe /arg1";
    jobs[1].integrity = 0x3000;
    jobs[1].elevated = TRUE;
    jobs[1].peer_flags = 1;
    jobs[1].headers = L"User-Agent:x\r\nAccept:y\r\n";
    snprintf(expected, sizeof(expected),
             "GUID: " ID2 " DISPLAY: 'DNS test'\n"
             "TYPE: DOWNLOAD STATE: TRANSIENT_ERROR OWNER: S-1-5-21-1-2-3-1001\n"
             "PRIORITY: NORMAL FILES: 0 / 1 BYTES: 0 / UNKNOWN\n"
             "CREATION TIME: %s MODIFICATION TIME: %s\n"
             "COMPLETION TIME: UNKNOWN ACL FLAGS: OGDS\n"
             "NOTIFY INTERFACE: REGISTERED NOTIFICATION FLAGS: 3\n"
             "RETRY DELAY: 600 NO PROGRESS TIMEOUT: 1209600 ERROR COUNT: 0\n"
             "PROXY USAGE: OVERRIDE PROXY LIST: proxy1,proxy2:80 PROXY BYPASS LIST: <local>\n"
             "ERROR FILE:    http://no.example.org/b -> C:\\dl\\b\n"
             "ERROR CODE:    0x80072ee7 - The server name or address could not be resolved\n"
             "ERROR CONTEXT: 0x00000005 - The error occurred while the remote file was being processed.\n"
             "DESCRIPTION: a description\n"
             "JOB FILES: \n"
             "\t0 / UNKNOWN WORKING http://no.example.org/b -> C:\\dl\\b\n"
             "NOTIFICATION COMMAND LINE: 'C:\\x\\tool.exe' 'C:\\x\\tool.exe /arg1'\n"
             "owner MIC integrity level: HIGH\n"
             "owner elevated ?           true\n"
             "\n"
             "Peercaching flags\n"
             "\t Enable download from peers      :true\n"
             "\t Enable serving to peers         :false\n"
             "\n"
             "CUSTOM HEADERS: User-Agent:x\r\nAccept:y\n", created, modified);
    {
        /* the header's own CR LF must not be doubled */
        char *p = strstr(expected, "\r\n");
        memmove(p, p + 1, strlen(p));
    }
    check_run("BA.3.1.1,BA.3.1.5,BA.3.1.6,BA.3.1.7,BA.3.1.8,BA.3.1.12,BA.1.7.6,BA.1.7.8,BA.1.7.12", "/info " ID2 " /VERBOSE",
              expected, "", 0);

    /* no network: the service's own error, which passes */
    reset_world();
    jobs[1].error = BG_E_NETWORK_DISCONNECTED;
    jobs[1].context = BG_ERROR_CONTEXT_GENERAL_QUEUE_MANAGER;
    run_tool("/info " ID2 " /verbose", &text);
    ok(strstr(text, "STATE: TRANSIENT_ERROR ") && strstr(text, "\r\nERROR CODE:    0x80200010 - ")
       && strstr(text, "\r\nERROR CONTEXT: 0x00000002 - "), "[BA.1.8.20] got %s\n", wine_dbgstr_a(text));

    /* the reply of an upload-reply job, a finished file, an error without a file */
    reset_world();
    jobs[1].type = BG_JOB_TYPE_UPLOAD_REPLY;
    jobs[1].reply_name = L"C:\\dl\\reply";
    jobs[1].states[0] = BG_JOB_STATE_ERROR;
    jobs[1].file_count = 0;
    failing = "GetCustomHeaders";
    failure = E_ACCESSDENIED;
    snprintf(expected, sizeof(expected),
             "GUID: " ID2 " DISPLAY: 'DNS test'\n"
             "TYPE: UPLOAD-REPLY STATE: ERROR OWNER: S-1-5-21-1-2-3-1001\n"
             "PRIORITY: NORMAL FILES: 0 / 1 BYTES: 0 / UNKNOWN\n"
             "CREATION TIME: %s MODIFICATION TIME: %s\n"
             "COMPLETION TIME: UNKNOWN ACL FLAGS: \n"
             "NOTIFY INTERFACE: UNREGISTERED NOTIFICATION FLAGS: 3\n"
             "RETRY DELAY: 600 NO PROGRESS TIMEOUT: 1209600 ERROR COUNT: 0\n"
             "PROXY USAGE: PRECONFIG PROXY LIST: NULL PROXY BYPASS LIST: NULL\n"
             "ERROR FILE:    NULL\n"
             "ERROR CODE:    0x80072ee7 - The server name or address could not be resolved\n"
             "ERROR CONTEXT: 0x00000005 - The error occurred while the remote file was being processed.\n"
             "DESCRIPTION: \n"
             "JOB FILES: \n"
             "REPLY FILE: 'C:\\dl\\reply' PROGRESS: 0 / UNKNOWN\n"
             "NOTIFICATION COMMAND LINE: none\n"
             "owner MIC integrity level: MEDIUM\n"
             "owner elevated ?           false\n"
             "\n"
             "Peercaching flags\n"
             "\t Enable download from peers      :false\n"
             "\t Enable serving to peers         :false\n"
             "\n"
             "CUSTOM HEADERS: NULL\n", created, modified);
    check_run("BA.3.1.5,BA.3.1.8,BA.3.1.9", "/info " ID2 " /verbose", expected, "", 0);

    /* what an old service does not know is left out */
    reset_world();
    old_interfaces = TRUE;
    files[0].progress.Completed = TRUE;
    snprintf(expected, sizeof(expected),
             "GUID: " ID1 " DISPLAY: 'Basic Test'\n"
             "TYPE: DOWNLOAD STATE: TRANSFERRED OWNER: S-1-5-21-1-2-3-1001\n"
             "PRIORITY: HIGH FILES: 1 / 1 BYTES: 18162 / 18162\n"
             "CREATION TIME: %s MODIFICATION TIME: %s\n"
             "COMPLETION TIME: UNKNOWN ACL FLAGS: \n"
             "NOTIFY INTERFACE: UNREGISTERED NOTIFICATION FLAGS: 3\n"
             "RETRY DELAY: 300 NO PROGRESS TIMEOUT: 3600 ERROR COUNT: 1\n"
             "PROXY USAGE: PRECONFIG PROXY LIST: NULL PROXY BYPASS LIST: NULL\n"
             "DESCRIPTION: \n"
             "JOB FILES: \n"
             "\t18162 / 18162 COMPLETED http://dl.example.org/a.txt -> C:\\dl\\a.txt\n", created, modified);
    check_run("BA.3.1.10,BA.3.1.4", "/info " ID1 " /verbose", expected, "", 0);
}

static void test_reset(void)
{
    reset_world();
    check_run("BA.RESET.1,BA.12.22", "/reset",
              ID1 " canceled.\n"
              ID2 " canceled.\n"
              "2 out of 2 jobs canceled.\n", "EnumJobs 0\nCancel 0\nCancel 1\n", 0);
    reset_world();
    job_count = 1;
    check_run("BA.RESET.1", "/reset /allusers",
              ID1 " canceled.\n"
              "1 out of 1 jobs canceled.\n", "EnumJobs 1\nCancel 0\n", 0);
    reset_world();
    job_count = 0;
    check_run("BA.RESET.3", "/RESET", "0 out of 0 jobs canceled.\n", "EnumJobs 0\n", 0);
    reset_world();
    failing = "Cancel 0";
    failure = E_ACCESSDENIED;
    check_run("BA.RESET.2", "/reset",
              "Unable to perform /RESET on " ID1 " - 0x80070005\n"
              ID2 " canceled.\n"
              "1 out of 2 jobs canceled.\n", "EnumJobs 0\nCancel 0\nCancel 1\n", 0);
    reset_world();
    check_run("BA.1.4.4,BA.1.4.5", "/rawreturn /reset", "", "EnumJobs 0\nCancel 0\nCancel 1\n", 0);
    reset_world();
    check_run("BA.RESET.1", "/reset all", "Unknown value 'all' for /RESET.\n", "", 1);
}

#define TRANSFER_CALLS "CreateJob L\"t\" 0\nAddFile L\"http://h/a\" L\"C:\\\\t\\\\a\"\nSetPriority 2\nResume\nComplete\n"

static void test_transfer(void)
{
    static const struct row rows[] =
    {
        R("BA.4.2.1,BA.4.2.2,BA.4.2.3,BA.4.2.4,BA.4.2.6,BA.4.3.3,BA.4.1.5", "/transfer t http://h/a C:\\t\\a",
          "Transfer complete.\n", TRANSFER_CALLS, 0),
        R("BA.1.4.4", "/rawreturn /transfer t http://h/a C:\\t\\a", "", TRANSFER_CALLS, 0),

        /* the name may look like an option, and mostly does */
        R("BA.4.1.1,BA.12.11", "/transfer /Download /priority Foreground http://h/a C:\\t\\a", "Transfer complete.\n",
          "CreateJob L\"/Download\" 0\nAddFile L\"http://h/a\" L\"C:\\\\t\\\\a\"\nSetPriority 0\nResume\nComplete\n", 0),
        R("BA.1.6.7", "/transfer " ID1 " http://h/a C:\\t\\a", "Transfer complete.\n",
          "CreateJob L\"" ID1 "\" 0\nAddFile L\"http://h/a\" L\"C:\\\\t\\\\a\"\nSetPriority 2\nResume\nComplete\n", 0),
        R("BA.1.6.3", "/transfer \"Basic Test\" http://h/a C:\\t\\a", "Transfer complete.\n",
          "CreateJob L\"Basic Test\" 0\nAddFile L\"http://h/a\" L\"C:\\\\t\\\\a\"\nSetPriority 2\nResume\nComplete\n", 0),

        /* options in any order and case */
        R("BA.4.1.2,BA.4.1.3,BA.4.2.3,BA.1.7.12",
          "/TRANSFER t /dynamic /ACLFLAGS sdgo /download /PRIORITY high http://h/a C:\\t\\a http://h/b C:\\t\\b",
          "Transfer complete.\n",
          "CreateJob L\"t\" 0\nAddFile L\"http://h/a\" L\"C:\\\\t\\\\a\"\nAddFile L\"http://h/b\" L\"C:\\\\t\\\\b\"\n"
          "SetPriority 1\nSetFileACLFlags 15\nSetProperty 3 1\nResume\nComplete\n", 0),

        /* remote first, for uploads too */
        R("BA.4.1.4", "/transfer t /UPLOAD /PRIORITY normal http://h/a C:\\t\\a", "Transfer complete.\n",
          "CreateJob L\"t\" 1\nAddFile L\"http://h/a\" L\"C:\\\\t\\\\a\"\nSetPriority 2\nResume\nComplete\n", 0),

        /* names go through as they are */
        R("BA.4.1.7,BA.4.1.8", "/transfer t \\\\srv\\share\\a C:\\dir\\/file C:\\win\\cmd.exe c:\\\\x.zip", "Transfer complete.\n",
          "CreateJob L\"t\" 0\nAddFile L\"\\\\\\\\srv\\\\share\\\\a\" L\"C:\\\\dir\\\\/file\"\n"
          "AddFile L\"C:\\\\win\\\\cmd.exe\" L\"c:\\\\\\\\x.zip\"\nSetPriority 2\nResume\nComplete\n", 0),

        R("BA.4.1.3,BA.1.8.12,BA.1.8.29", "/transfer", "Invalid number of arguments.\n", "", 1),
        R("BA.4.1.3", "/transfer t", "Invalid number of arguments.\n", "", 1),
        R("BA.4.1.3", "/transfer t http://h/a", "Invalid number of arguments.\n", "", 1),
        R("BA.4.1.3", "/transfer t http://h/a C:\\t\\a http://h/b", "Invalid number of arguments.\n", "", 1),
        R("BA.4.1.3", "/transfer t /download /dynamic", "Invalid number of arguments.\n", "", 1),
        R("BA.4.1.3", "/transfer t /download /priority", "Invalid number of arguments.\n", "", 1),
        R("BA.4.1.6", "/transfer t /UPLOAD-REPLY http://h/a C:\\t\\a", "Invalid number of arguments.\n", "", 1),

        /* a wrong word is seen before there is a job */
        R("BA.4.2.3", "/transfer t /priority urgent http://h/a C:\\t\\a", "Unknown value 'urgent' for /TRANSFER.\n", "", 1),
        R("BA.4.2.3", "/transfer t /aclflags X http://h/a C:\\t\\a", "Unknown value 'X' for /TRANSFER.\n", "", 1),
    };
    static const BG_JOB_STATE ends[] = { BG_JOB_STATE_ACKNOWLEDGED, BG_JOB_STATE_CANCELLED };
    static const char add_failed[] = "CreateJob L\"t\" 0\nAddFile L\"http://h/a\" L\"rel\"\nCancel 2\n";
    unsigned int i;
    char *text;
    int code;

    check_rows(rows, ARRAY_SIZE(rows));

    /* a file that cannot be added leaves no job */
    reset_world();
    failing = "AddFile";
    failure = E_INVALIDARG;
    check_run("BA.4.2.2,BA.1.8.4,BA.1.8.28", "/transfer t http://h/a rel",
              "Unable to add file - 0x80070057\nThe parameter is incorrect.\n", add_failed, E_INVALIDARG);
    reset_world();
    failing = "AddFile";
    failure = HRESULT_FROM_WIN32(ERROR_DIRECTORY);
    code = run_tool("/rawreturn /transfer t http://h/a rel", &text);
    ok(!strcmp(text, "Unable to add file - 0x8007010b\r\n"), "[BA.1.8.5] got %s\n", wine_dbgstr_a(text));
    ok(code == HRESULT_FROM_WIN32(ERROR_DIRECTORY), "[BA.1.8.5] got %#x\n", code);
    ok(!strcmp(calls, add_failed), "[BA.4.2.2] got %s\n", wine_dbgstr_a(calls));

    /* captured bare, although there is a text for it */
    reset_world();
    failing = "AddFile";
    failure = HRESULT_FROM_WIN32(ERROR_NOT_LOGGED_ON);
    check_run("BA.1.4.4,BA.1.8.6,BA.1.8.28", "/RAWRETURN /transfer t http://h/a rel", "Unable to add file - 0x800704dd\n",
              add_failed, -2147023651);

    reset_world();
    failing = "CreateJob";
    failure = E_INVALIDARG;
    check_run("BA.1.6.8,BA.1.8.3", "/transfer t http://h/a C:\\t\\a",
              "Unable to perform /TRANSFER - 0x80070057\nThe parameter is incorrect.\n", "CreateJob L\"t\" 0\n", E_INVALIDARG);
    reset_world();
    failing = "Resume";
    failure = E_ACCESSDENIED;
    check_run("BA.4.2.4,BA.1.8.3", "/transfer t http://h/a C:\\t\\a",
              "Unable to perform /TRANSFER - 0x80070005\nAccess is denied.\n",
              "CreateJob L\"t\" 0\nAddFile L\"http://h/a\" L\"C:\\\\t\\\\a\"\nSetPriority 2\nResume\nCancel 2\n", E_ACCESSDENIED);
    reset_world();
    failing = "Complete";
    failure = BG_E_INVALID_STATE;
    check_run("BA.4.2.6,BA.1.8.9", "/transfer t http://h/a C:\\t\\a",
              "Unable to complete job - 0x80200002\n"
              "The requested action is not allowed in the current job state. The job is read-only. "
              "The job may have been canceled or completed transferring.\n",
              TRANSFER_CALLS "Cancel 2\n", BG_E_INVALID_STATE);
    reset_world();
    failing = "Complete";
    failure = BG_S_PARTIAL_COMPLETE;
    check_run("BA.1.8.31", "/transfer t http://h/a C:\\t\\a", "Transfer complete.\n", TRANSFER_CALLS, 0);

    /* an error of the job */
    reset_world();
    jobs[2].states[1] = BG_JOB_STATE_TRANSIENT_ERROR;
    jobs[2].states[2] = BG_JOB_STATE_ERROR;
    jobs[2].has_error = TRUE;
    jobs[2].error = 0x80190194;
    jobs[2].context = BG_ERROR_CONTEXT_REMOTE_FILE;
    jobs[2].files = &files[0];
    jobs[2].file_count = 1;
    check_run("BA.4.2.7,BA.4.2.8,BA.1.8.30", "/transfer t http://h/a C:\\t\\a",
              "Transfer failed.\n"
              "ERROR FILE:    http://dl.example.org/a.txt -> C:\\dl\\a.txt\n"
              "ERROR CODE:    0x80190194 - The server name or address could not be resolved\n"
              "ERROR CONTEXT: 0x00000005 - The error occurred while the remote file was being processed.\n",
              "CreateJob L\"t\" 0\nAddFile L\"http://h/a\" L\"C:\\\\t\\\\a\"\nSetPriority 2\nResume\nCancel 2\n", -2145844844);

    /* somebody else ends the job */
    for (i = 0; i < ARRAY_SIZE(ends); i++)
    {
        reset_world();
        jobs[2].states[1] = ends[i];
        code = run_tool("/transfer t http://h/a C:\\t\\a", &text);
        ok(code == 1, "[BA.4.2.9] got %#x\n", code);
        ok(!strstr(calls, "Cancel") && !strstr(calls, "Complete"), "[BA.4.2.9] got %s\n", wine_dbgstr_a(calls));
        ok(!references, "%ld references left\n", references);
    }

    /* an old service has no dynamic content */
    reset_world();
    old_interfaces = TRUE;
    check_run("BA.1.9.3", "/transfer t /dynamic http://h/a C:\\t\\a",
              "This command needs a newer BITS interface - 0x80004002\n",
              "CreateJob L\"t\" 0\nAddFile L\"http://h/a\" L\"C:\\\\t\\\\a\"\nSetPriority 2\nCancel 2\n", E_NOINTERFACE);

    reset_world();
    failing = "CoCreateInstance";
    failure = E_ACCESSDENIED;
    code = run_tool("/transfer t http://h/a C:\\t\\a", &text);
    ok(!!strstr(text, "\r\n\r\nUnable to reach the BITS service - 0x80070005\r\n"), "[BA.1.9.2] got %s\n", wine_dbgstr_a(text));
    ok(code == E_ACCESSDENIED, "[BA.1.9.2] got %#x\n", code);
}

static void test_life_cycle(void)
{
    static const struct row rows[] =
    {
        R("BA.CMD.CREATE,BA.1.7.1", "/create x", "Created job " ID_NEW ".\n", "CreateJob L\"x\" 0\n", 0),
        R("BA.CMD.CREATE", "/CREATE /download \"a b\"", "Created job " ID_NEW ".\n", "CreateJob L\"a b\" 0\n", 0),
        R("BA.CMD.CREATE", "/create /UPLOAD x", "Created job " ID_NEW ".\n", "CreateJob L\"x\" 1\n", 0),
        R("BA.CMD.CREATE", "/create /upload-reply x", "Created job " ID_NEW ".\n", "CreateJob L\"x\" 2\n", 0),
        R("BA.CMD.CREATE,BA.1.4.1,BA.1.4.2,BA.1.4.3,BA.12.3", "/rawreturn /create x", ID_NEW, "CreateJob L\"x\" 0\n", 0),
        R("BA.CMD.CREATE,BA.1.6.7", "/create /download", "Created job " ID_NEW ".\n", "CreateJob L\"/download\" 0\n", 0),
        R("BA.CMD.CREATE,BA.1.6.3", "/create \"Basic Test\"", "Created job " ID_NEW ".\n", "CreateJob L\"Basic Test\" 0\n", 0),
        R("BA.CMD.CREATE", "/create /sideways x", "Unknown value '/sideways' for /CREATE.\n", "", 1),
        R("BA.CMD.CREATE", "/create", "Invalid number of arguments.\n", "", 1),
        R("BA.CMD.CREATE", "/create /download a b", "Invalid number of arguments.\n", "", 1),

        R("BA.CMD.ADDFILE", "/addfile " ID1 " http://h/f C:\\f", "Added http://h/f -> C:\\f to job.\n",
          "AddFile L\"http://h/f\" L\"C:\\\\f\"\n", 0),
        R("BA.CMD.ADDFILE,BA.1.4.5", "/RawReturn /addfile " ID1 " http://h/f C:\\f", "",
          "AddFile L\"http://h/f\" L\"C:\\\\f\"\n", 0),
        R("BA.CMD.ADDFILE", "/addfile " ID1 " http://h/f", "Invalid number of arguments.\n", "", 1),
        R("BA.CMD.ADDFILEWITHRANGES", "/addfilewithranges " ID1 " http://h/f C:\\f 0:100,2000:0x64,5000:EOF",
          "Added http://h/f -> C:\\f to job.\n",
          "(0, 64)\n(7d0, 64)\n(1388, eof)\nAddFileWithRanges L\"http://h/f\" L\"C:\\\\f\" 3\n", 0),
        R("BA.CMD.ADDFILEWITHRANGES", "/addfilewithranges " ID1 " http://h/f C:\\f 0:100,", "Unknown value '0:100,' for "
          "/ADDFILEWITHRANGES.\n", "", 1),
        R("BA.CMD.ADDFILEWITHRANGES", "/addfilewithranges " ID1 " http://h/f C:\\f 0-100", "Unknown value '0-100' for "
          "/ADDFILEWITHRANGES.\n", "", 1),
        R("BA.CMD.ADDFILEWITHRANGES", "/addfilewithranges " ID1 " http://h/f C:\\f eof:1", "Unknown value 'eof:1' for "
          "/ADDFILEWITHRANGES.\n", "", 1),
        R("BA.CMD.ADDFILEWITHRANGES", "/addfilewithranges " ID1 " http://h/f C:\\f 1:2:3", "Unknown value '1:2:3' for "
          "/ADDFILEWITHRANGES.\n", "", 1),
        R("BA.CMD.REPLACEREMOTEPREFIX", "/replaceremoteprefix " ID1 " http://a http://b", "Remote prefix replaced.\n",
          "ReplaceRemotePrefix L\"http://a\" L\"http://b\"\n", 0),
        R("BA.CMD.LISTFILES", "/listfiles " ID1, "18162 / 18162 WORKING http://dl.example.org/a.txt -> C:\\dl\\a.txt\n", "", 0),
        R("BA.CMD.LISTFILES", "/rawreturn /listfiles " ID2, "0 / UNKNOWN WORKING http://no.example.org/b -> C:\\dl\\b\n", "", 0),
        R("BA.CMD.SUSPEND", "/suspend " ID1, "Job suspended.\n", "Suspend\n", 0),
        R("BA.CMD.RESUME", "/resume " ID1, "Job resumed.\n", "Resume\n", 0),
        R("BA.CMD.CANCEL", "/cancel " ID2, "Job canceled.\n", "Cancel 1\n", 0),
        R("BA.CMD.COMPLETE", "/complete " ID1, "Job completed.\n", "Complete\n", 0),
        R("BA.CMD.COMPLETE,BA.1.4.5", "/rawreturn /complete " ID1, "", "Complete\n", 0),
        R("BA.CMD.TAKEOWNERSHIP", "/takeownership " ID1, "You now own this job.\n", "TakeOwnership\n", 0),
    };

    check_rows(rows, ARRAY_SIZE(rows));

    reset_world();
    failing = "AddFile";
    failure = E_INVALIDARG;
    check_run("BA.1.8.7,BA.12.6", "/addfile " ID1 " http://h/f rel.txt",
              "Unable to add file to job - 0x80070057\nThe parameter is incorrect.\n",
              "AddFile L\"http://h/f\" L\"rel.txt\"\n", -2147024809);
    reset_world();
    failing = "AddFileWithRanges";
    failure = BG_E_OVERLAPPING_RANGES;
    calls[0] = 0;
    {
        char *text;
        int code = run_tool("/addfilewithranges " ID1 " http://h/f C:\\f 100:0,100:5", &text);

        ok(!!strstr(text, "\r\n\r\nUnable to add file to job - 0x8020002c\r\n"), "[BA.1.8.8] got %s\n", wine_dbgstr_a(text));
        ok(code == BG_E_OVERLAPPING_RANGES, "[BA.1.8.8] got %#x\n", code);
    }
    reset_world();
    failing = "Complete";
    failure = BG_E_INVALID_STATE;
    check_run("BA.1.8.9", "/complete " ID1,
              "Unable to complete job - 0x80200002\n"
              "The requested action is not allowed in the current job state. The job is read-only. "
              "The job may have been canceled or completed transferring.\n", "Complete\n", BG_E_INVALID_STATE);
    reset_world();
    failing = "Complete";
    failure = BG_S_PARTIAL_COMPLETE;
    check_run("BA.CMD.COMPLETE,BA.1.8.31", "/complete " ID1, "Job completed.\n", "Complete\n", 0);
    reset_world();
    failing = "Complete";
    failure = BG_S_UNABLE_TO_DELETE_FILES;
    check_run("BA.1.8.31", "/complete " ID1, "Job completed.\n", "Complete\n", 0);
    reset_world();
    failing = "TakeOwnership";
    failure = E_ACCESSDENIED;
    check_run("BA.1.8.3", "/takeownership " ID1, "Unable to perform /TAKEOWNERSHIP - 0x80070005\nAccess is denied.\n",
              "TakeOwnership\n", E_ACCESSDENIED);

    /* a code that nobody knows a text for */
    reset_world();
    failing = "Suspend";
    failure = 0xa0001234;
    check_run("BA.1.8.2", "/suspend " ID1, "Unable to perform /SUSPEND - 0xa0001234\n", "Suspend\n", 0xa0001234);
}

static void test_job_names(void)
{
    static const struct row rows[] =
    {
        R("BA.1.6.1,BA.1.6.2", "/getstate " ID1, "TRANSFERRED\n", "", 0),
        R("BA.1.6.1", "/getstate {c775d194-090f-431f-b5fb-8334d00d1cb6}", "TRANSFERRED\n", "", 0),
        R("BA.1.6.1", "/getstate \"" ID1 "\"", "TRANSFERRED\n", "", 0),
        R("BA.1.6.2", "/getstate \"Basic Test\"", "TRANSFERRED\n", "EnumJobs 0\n", 0),
        R("BA.1.6.6", "/getstate \"bAsIc TeSt\"", "TRANSFERRED\n", "EnumJobs 0\n", 0),
        R("BA.1.6.5", "/getstate nosuchjob", "No job named 'nosuchjob' was found.\n", "EnumJobs 0\nEnumJobs 1\n", 1),
        R("BA.1.6.1", "/getstate C775D194-090F-431F-B5FB-8334D00D1CB6",
          "No job named 'C775D194-090F-431F-B5FB-8334D00D1CB6' was found.\n", "EnumJobs 0\nEnumJobs 1\n", 1),
        R("BA.1.6.5,BA.1.8.18", "/getstate {00000000-090F-431F-B5FB-8334D00D1CB6}",
          "Unable to perform /GETSTATE - 0x80200001\nThe requested job was not found.\n", "", BG_E_NOT_FOUND),
        R("BA.CMD.CANCEL,BA.1.8.29", "/cancel nodejob", "No job named 'nodejob' was found.\n", "EnumJobs 0\nEnumJobs 1\n", 1),
        R("BA.1.1.6", "/getstate \"\"", "No job named '' was found.\n", "EnumJobs 0\nEnumJobs 1\n", 1),
        R("BA.1.1.4", "/getstate -getstate", "No job named '-getstate' was found.\n", "EnumJobs 0\nEnumJobs 1\n", 1),
    };

    check_rows(rows, ARRAY_SIZE(rows));

    reset_world();
    jobs[1].name = L"Basic Test";
    check_run("BA.1.6.4,BA.12.4", "/cancel \"Basic Test\"",
              "The display name 'Basic Test' fits more than one job (2).\n"
              "Use the job identifier instead of the job name.\n", "EnumJobs 0\n", 1);

    /* one exact name among others that differ in case */
    reset_world();
    jobs[1].name = L"basic test";
    check_run("BA.1.6.6", "/getstate \"basic test\"", "TRANSIENT_ERROR\n", "EnumJobs 0\n", 0);
    reset_world();
    jobs[1].name = L"basic test";
    check_run("BA.1.6.6", "/getstate \"BASIC TEST\"",
              "The display name 'BASIC TEST' fits more than one job (2).\n"
              "Use the job identifier instead of the job name.\n", "EnumJobs 0\n", 1);

    /* who may not see the jobs of others looks through his own */
    reset_world();
    failing = "EnumJobs 1";
    failure = E_ACCESSDENIED;
    check_run("BA.1.6.6", "/getstate nosuchjob", "No job named 'nosuchjob' was found.\n", "EnumJobs 0\nEnumJobs 1\n", 1);
}

static BOOL begins_with_family(const char *command, const char *family)
{
    size_t len = strlen(family);

    return !strncmp(command, family, len) && command[len] == ' ';
}

static void test_command_line(void)
{
    static const char *const invalid[] =
    {
        "", "/rawreturn", "/nosuch", "/setpolicy x 0", "/setnoprogresstimout x 30", "transfer t http://h/a C:\\a", "/list/verbose",
        "/util", "/util /nosuch", "/cache nosuch", "/li",
    };
    static const char start[] = "USAGE: BITSADMIN [/RAWRETURN] [/WRAP | /NOWRAP] command\r\n"
                                "The following commands are available:\r\n";
    static const struct { const char *name, *ids; } families[] =
    {
        { "/UTIL", "BA.CMD.UTIL_HELP" }, { "/PEERCACHING", "BA.CMD.PEERCACHING_HELP" }, { "/CACHE", "BA.CMD.CACHE_HELP" },
        { "/PEERS", "BA.CMD.PEERS_HELP" },
    };
    static const struct row rows[] =
    {
        R("BA.1.1.1", "/nowrap /RAWRETURN /wrap /rawreturn /getstate " ID1, "TRANSFERRED", "", 0),
        R("BA.1.1.3", "/GetState " ID1, "TRANSFERRED\n", "", 0),
        R("BA.1.1.4", "-rawreturn -getstate " ID1, "TRANSFERRED", "", 0),
        R("BA.1.1.1", "/getstate /rawreturn " ID1, "Invalid number of arguments.\n", "", 1),
        /* one command: what follows are its arguments, and each has its place */
        R("BA.1.1.2", "/getstate " ID1 " /getpriority " ID1, "Invalid number of arguments.\n", "", 1),
        R("BA.1.1.2", "/resume " ID1 " /suspend", "Invalid number of arguments.\n", "", 1),
        R("BA.1.1.2", "/setpriority LOW " ID1, "No job named 'LOW' was found.\n", "EnumJobs 0\nEnumJobs 1\n", 1),
        R("BA.1.8.12", "/getstate", "Invalid number of arguments.\n", "", 1),
        R("BA.1.8.12", "/getstate my job", "Invalid number of arguments.\n", "", 1),
        R("BA.1.8.12", "/RAWRETURN /getstate", "Invalid number of arguments.\n", "", 1),
    };
    char *text, *want, args[64];
    unsigned int i, j;
    int code;

    check_rows(rows, ARRAY_SIZE(rows));

    reset_world();
    want = with_crlf(banner);
    for (i = 0; i < ARRAY_SIZE(invalid); i++)
    {
        BOOL raw_return = !strcmp(invalid[i], "/rawreturn");
        const char *p;

        code = run_tool(invalid[i], &text);
        p = text + (raw_return ? 0 : strlen(want));
        ok(raw_return || !strncmp(text, want, strlen(want)), "[BA.1.2.1] %s: no banner in %s\n", invalid[i], wine_dbgstr_a(text));
        ok(!strncmp(p, "Invalid command\r\n", 17) && !strncmp(p + 17, start, strlen(start)),
           "[BA.2.1,BA.2.4,BA.1.8.11,BA.1.1.5,BA.9.5] %s: got %s\n", invalid[i], wine_dbgstr_a(text));
        ok(code == 1, "[BA.2.1,BA.1.8.29] %s: got %d\n", invalid[i], code);
        ok(!calls[0], "%s: got calls %s\n", invalid[i], calls);
    }

    /* all commands are in the help, aliases are not */
    code = run_tool("/HELP", &text);
    ok(!code, "[BA.2.2] got %d\n", code);
    ok(!strncmp(text, want, strlen(want)) && !strncmp(text + strlen(want), start, strlen(start)), "[BA.2.2,BA.2.4] got %s\n",
       wine_dbgstr_a(text));
    for (i = 0; i < ARRAY_SIZE(commands); i++)
    {
        char name[64];

        snprintf(name, sizeof(name), "\r\n%ls%s%ls", commands[i].family ? commands[i].family : L"", commands[i].family ? " " : "",
                 commands[i].name);
        if (commands[i].help) ok(!!strstr(text, name), "[BA.2.4] %s is not in the help\n", name + 2);
        /* the rows themselves: one handler, numbers that make sense */
        ok(!!commands[i].run + !!commands[i].run_job + !!commands[i].get == 1, "%s has no handler, or several\n", name + 2);
        ok(commands[i].max_args == -1 || commands[i].max_args >= commands[i].min_args, "%s takes no number of arguments\n",
           name + 2);
        for (j = 0; j < i; j++)
            ok(wcscmp(commands[i].name, commands[j].name) ||
               wcscmp(commands[i].family ? commands[i].family : L"", commands[j].family ? commands[j].family : L""),
               "%s is there twice\n", name + 2);
    }
    /* neither the help nor a command says that the tool is a thing of the past */
    ok(!strstr(text, "deprecated") && !strstr(text, "PowerShell"), "[BA.9.1] got %s\n", wine_dbgstr_a(text));
    run_tool("/list", &text);
    ok(!strstr(text, "deprecated") && !strstr(text, "PowerShell"), "[BA.9.1] got %s\n", wine_dbgstr_a(text));
    reset_world();
    code = run_tool("/?", &text);
    ok(!code && strstr(text, start) && !strstr(text, "Invalid"), "[BA.2.2] got %d, %s\n", code, wine_dbgstr_a(text));

    for (i = 0; i < ARRAY_SIZE(families); i++)
    {
        for (j = 0; j < 2; j++)
        {
            unsigned int k;

            snprintf(args, sizeof(args), "%s %s", families[i].name, j ? "/?" : "/HELP");
            code = run_tool(args, &text);
            ok(!code, "[BA.2.3,%s] %s: got %d\n", families[i].ids, args, code);
            snprintf(args, sizeof(args), "\r\n%s /HELP", families[i].name);
            ok(!!strstr(text, args) && !strstr(text, "/TRANSFER"), "[BA.2.3] %s: got %s\n", args + 2, wine_dbgstr_a(text));
            /* all of the family's and nobody else's */
            for (k = 0; k < ARRAY_SIZE(commands); k++)
            {
                if (!commands[k].family || !commands[k].help) continue;
                snprintf(args, sizeof(args), "\r\n%ls %ls", commands[k].family, commands[k].name);
                ok(!!strstr(text, args) == begins_with_family(args + 2, families[i].name), "[%s] %s: got %s\n", families[i].ids, args + 2,
                   wine_dbgstr_a(text));
            }
        }
    }
    ok(!calls[0], "help made the calls %s\n", calls);
    free(want);
}

/* Each row twice: with the banner and a line end, and raw, where there is neither. */
static void test_get(void)
{
    static const struct row rows[] =
    {
        R("BA.CMD.GETTYPE", "/GETTYPE " ID1, "DOWNLOAD", "", 0),
        R("BA.CMD.GETSTATE,BA.12.5", "/GETSTATE " ID1, "TRANSFERRED", "", 0),
        R("BA.CMD.GETERRORCOUNT", "/GETERRORCOUNT " ID1, "1", "", 0),
        R("BA.CMD.GETACLFLAGS", "/GETACLFLAGS " ID1, "", "", 0),
        R("BA.CMD.GETBYTESTOTAL", "/GETBYTESTOTAL " ID1, "18162", "", 0),
        R("BA.CMD.GETBYTESTOTAL,BA.1.7.6", "/GETBYTESTOTAL " ID2, "UNKNOWN", "", 0),
        R("BA.CMD.GETBYTESTRANSFERRED,BA.12.18", "/GETBYTESTRANSFERRED " ID1, "18162", "", 0),
        R("BA.CMD.GETFILESTOTAL", "/GETFILESTOTAL " ID2, "1", "", 0),
        R("BA.CMD.GETFILESTRANSFERRED", "/GETFILESTRANSFERRED " ID2, "0", "", 0),
        R("BA.CMD.GETCOMPLETIONTIME,BA.1.7.7", "/GETCOMPLETIONTIME " ID1, "UNKNOWN", "", 0),
        R("BA.CMD.GETOWNER,BA.1.7.9", "/GETOWNER " ID1, "S-1-5-21-1-2-3-1001", "", 0),
        R("BA.CMD.GETDISPLAYNAME", "/GETDISPLAYNAME " ID1, "Basic Test", "", 0),
        R("BA.CMD.GETDESCRIPTION", "/GETDESCRIPTION " ID1, "", "", 0),
        R("BA.CMD.GETPRIORITY", "/GETPRIORITY " ID1, "HIGH", "", 0),
        R("BA.CMD.GETNOTIFYFLAGS", "/GETNOTIFYFLAGS " ID1, "3", "", 0),
        R("BA.CMD.GETNOTIFYINTERFACE", "/GETNOTIFYINTERFACE " ID1, "UNREGISTERED", "", 0),
        R("BA.CMD.GETNOTIFYCMDLINE,BA.1.7.10", "/GETNOTIFYCMDLINE " ID1, "none", "", 0),
        R("BA.CMD.GETMINRETRYDELAY", "/GETMINRETRYDELAY " ID1, "300", "", 0),
        R("BA.CMD.GETNOPROGRESSTIMEOUT", "/GETNOPROGRESSTIMEOUT " ID1, "3600", "", 0),
        R("BA.CMD.GETMAXDOWNLOADTIME", "/GETMAXDOWNLOADTIME " ID1, "7776000", "", 0),
        R("BA.CMD.GETPROXYUSAGE", "/GETPROXYUSAGE " ID1, "PRECONFIG", "", 0),
        R("BA.CMD.GETPROXYLIST,BA.1.7.10", "/GETPROXYLIST " ID1, "NULL", "", 0),
        R("BA.CMD.GETPROXYBYPASSLIST,BA.1.7.10", "/GETPROXYBYPASSLIST " ID1, "NULL", "", 0),
        R("BA.CMD.GETCUSTOMHEADERS", "/GETCUSTOMHEADERS " ID1, "NULL", "", 0),
        R("BA.CMD.GETHTTPMETHOD", "/GETHTTPMETHOD " ID1, "GET", "", 0),
        R("BA.CMD.GETVALIDATIONSTATE,BA.1.7.11", "/GETVALIDATIONSTATE " ID1 " 0", "false", "", 0),
        R("BA.CMD.GETTEMPORARYNAME", "/GETTEMPORARYNAME " ID1 " 0", "C:\\dl\\BIT1234.tmp", "", 0),
        R("BA.CMD.GETPEERSTATS", "/GETPEERSTATS " ID1 " 0", "Bytes from origin: 18162\nBytes from peers: 0", "", 0),
        R("BA.CMD.GETREPLYPROGRESS", "/GETREPLYPROGRESS " ID1, "0 / UNKNOWN", "", 0),
        R("BA.CMD.GETREPLYFILENAME", "/GETREPLYFILENAME " ID1, "NULL", "", 0),
        R("BA.CMD.GETHELPERTOKENFLAGS", "/GETHELPERTOKENFLAGS " ID1, "0", "", 0),
        R("BA.CMD.GETHELPERTOKENFLAGS", "/GETHELPERNOTIFYFLAGS " ID1, "0", "", 0),
        R("BA.CMD.GETHELPERTOKENSID", "/GETHELPERTOKENSID " ID1, "NULL", "", 0),
    };
    static const struct row others[] =
    {
        R("BA.CMD.GETERROR", "/geterror " ID2,
          "ERROR FILE:    http://no.example.org/b -> C:\\dl\\b\n"
          "ERROR CODE:    0x80072ee7 - The server name or address could not be resolved\n"
          "ERROR CONTEXT: 0x00000005 - The error occurred while the remote file was being processed.\n", "", 0),
        R("BA.CMD.GETERROR", "/rawreturn /geterror " ID2,
          "ERROR FILE:    http://no.example.org/b -> C:\\dl\\b\n"
          "ERROR CODE:    0x80072ee7 - The server name or address could not be resolved\n"
          "ERROR CONTEXT: 0x00000005 - The error occurred while the remote file was being processed.\n", "", 0),
        R("BA.CMD.GETERROR,BA.1.8.19", "/geterror " ID1,
          "Unable to perform /GETERROR - 0x8020000f\nThe job is not in an error state.\n", "", BG_E_ERROR_INFORMATION_UNAVAILABLE),
        R("BA.CMD.GETPEERCACHINGFLAGS", "/rawreturn /getpeercachingflags " ID1, "0", "", 0),
        R("BA.CMD.GETPEERCACHINGFLAGS", "/getpeercachingflags " ID1,
          "Peercaching flags\n"
          "\t Enable download from peers      :false\n"
          "\t Enable serving to peers         :false\n", "", 0),
        R("BA.CMD.GETSECURITYFLAGS", "/rawreturn /getsecurityflags " ID1, "0x00000000", "", 0),
        R("BA.CMD.GETSECURITYFLAGS", "/getsecurityflags " ID1,
          "0x00000000\n"
          "\t Check for revoked certificates  :false\n"
          "\t Ignore certificate name         :false\n"
          "\t Ignore certificate date         :false\n"
          "\t Ignore unknown authority        :false\n"
          "\t Ignore certificate usage        :false\n"
          "\t Follow redirects                :true\n"
          "\t Follow redirects and report     :false\n"
          "\t Refuse redirects                :false\n"
          "\t Redirect from https to http     :false\n", "", 0),
        R("BA.CMD.GETREPLYDATA", "/getreplydata " ID1, "Unable to perform /GETREPLYDATA - 0x80004001\nNot implemented.\n", "",
          E_NOTIMPL),
        R("BA.6.2", "/getvalidationstate " ID1 " 1", "Unknown value '1' for /GETVALIDATIONSTATE.\n", "", 1),
        R("BA.6.2", "/gettemporaryname " ID1 " x", "Unknown value 'x' for /GETTEMPORARYNAME.\n", "", 1),
        R("BA.6.2,BA.1.1.8", "/getpeerstats " ID1 " 0x1g", "Unknown value '0x1g' for /GETPEERSTATS.\n", "", 1),
    };
    static const BG_JOB_STATE state_names[] =
    {
        BG_JOB_STATE_QUEUED, BG_JOB_STATE_CONNECTING, BG_JOB_STATE_TRANSFERRING, BG_JOB_STATE_SUSPENDED, BG_JOB_STATE_ERROR,
        BG_JOB_STATE_TRANSIENT_ERROR, BG_JOB_STATE_TRANSFERRED, BG_JOB_STATE_ACKNOWLEDGED, BG_JOB_STATE_CANCELLED,
    };
    static const char *const names_of_states[] =
    {
        "QUEUED", "CONNECTING", "TRANSFERRING", "SUSPENDED", "ERROR", "TRANSIENT_ERROR", "TRANSFERRED", "ACKNOWLEDGED", "CANCELLED",
    };
    static const char *const names_of_types[] = { "DOWNLOAD", "UPLOAD", "UPLOAD-REPLY", "UNKNOWN" };
    static const char *const names_of_priorities[] = { "FOREGROUND", "HIGH", "NORMAL", "LOW", "UNKNOWN" };
    static const char *const names_of_usages[] = { "PRECONFIG", "NO_PROXY", "OVERRIDE", "AUTODETECT", "UNKNOWN" };
    static const char *const newer[] =
    {
        "/getaclflags " ID1, "/getnotifycmdline " ID1, "/getmaxdownloadtime " ID1, "/getcustomheaders " ID1, "/gethttpmethod " ID1,
        "/getclientcertificate " ID1, "/getsecurityflags " ID1, "/getvalidationstate " ID1 " 0", "/gettemporaryname " ID1 " 0",
        "/getpeercachingflags " ID1, "/getpeerstats " ID1 " 0", "/getreplyfilename " ID1, "/getreplyprogress " ID1,
        "/getreplydata " ID1, "/gethelpertokenflags " ID1, "/gethelpertokensid " ID1, "/setaclflags " ID1 " O",
        "/setnotifycmdline " ID1 " x", "/setmaxdownloadtime " ID1 " 1", "/setcredentials " ID1 " server basic a b",
        "/removecredentials " ID1 " server basic", "/setcustomheaders " ID1 " a:b", "/makecustomheaderswriteonly " ID1,
        "/sethttpmethod " ID1 " GET", "/setclientcertificatebyid " ID1 " 1 MY a106b52356d3fbcd1853a41b619358bd00112233",
        "/setclientcertificatebyname " ID1 " 1 MY x", "/removeclientcertificate " ID1, "/setsecurityflags " ID1 " 0",
        "/setvalidationstate " ID1 " 0 true", "/setpeercachingflags " ID1 " 1", "/setreplyfilename " ID1 " C:\\r",
        "/sethelpertoken " ID1, "/sethelpertokenflags " ID1 " 1", "/addfilewithranges " ID1 " http://h/f C:\\f 0:eof",
        "/replaceremoteprefix " ID1 " a b",
    };
    char *text, cooked[1024], args[256], created[128], modified[128];
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        reset_world();
        snprintf(cooked, sizeof(cooked), "%s\n", rows[i].text);
        check_run_(rows[i].line, rows[i].ids, rows[i].args, cooked, "", 0);
        snprintf(args, sizeof(args), "/rawreturn %s", rows[i].args);
        check_run_(rows[i].line, rows[i].ids, args, rows[i].text, "", 0);
    }
    check_rows(others, ARRAY_SIZE(others));

    for (i = 0; i < ARRAY_SIZE(state_names); i++)
    {
        reset_world();
        jobs[0].states[jobs[0].state = 0] = state_names[i];
        check_run("BA.1.7.2", "/rawreturn /getstate " ID1, names_of_states[i], "", 0);
    }
    for (i = 0; i < ARRAY_SIZE(names_of_types); i++)
    {
        reset_world();
        jobs[0].type = i;
        check_run("BA.1.7.3", "/rawreturn /gettype " ID1, names_of_types[i], "", 0);
    }
    for (i = 0; i < ARRAY_SIZE(names_of_priorities); i++)
    {
        reset_world();
        jobs[0].priority = i;
        check_run("BA.1.7.4", "/rawreturn /getpriority " ID1, names_of_priorities[i], "", 0);
    }
    for (i = 0; i < ARRAY_SIZE(names_of_usages); i++)
    {
        reset_world();
        jobs[0].proxy_usage = i;
        check_run("BA.1.7.5", "/rawreturn /getproxyusage " ID1, names_of_usages[i], "", 0);
    }

    reset_world();
    jobs[0].acl_flags = BG_COPY_FILE_OWNER | BG_COPY_FILE_DACL;
    jobs[0].notify_interface = TRUE;
    jobs[0].program = L"C:\\x\\tool.exe";
    jobs[0].proxy_list = L"proxy1,proxy2:80";
    jobs[0].bypass_list = L"<local>";
    jobs[0].headers = L"A:1\r\nB:2\r\n";
    jobs[0].method = L"BITS_POST";
    jobs[0].security_flags = 0x901;
    jobs[0].peer_flags = 3;
    jobs[0].reply_name = L"C:\\dl\\reply";
    jobs[0].reply_data = "HTTP reply with \x01\x80 20";
    jobs[0].token_flags = 3;
    jobs[0].token_sid = L"S-1-5-21-1-2-3-1002";
    jobs[0].store = L"MY";
    jobs[0].subject = L"client";
    files[0].valid = TRUE;
    check_run("BA.1.7.12", "/rawreturn /getaclflags " ID1, "OD", "", 0);
    check_run("BA.CMD.GETNOTIFYINTERFACE", "/rawreturn /getnotifyinterface " ID1, "REGISTERED", "", 0);
    check_run("BA.CMD.GETNOTIFYCMDLINE,BA.3.1.6", "/rawreturn /getnotifycmdline " ID1, "'C:\\x\\tool.exe' NULL", "", 0);
    check_run("BA.CMD.GETPROXYLIST", "/rawreturn /getproxylist " ID1, "proxy1,proxy2:80", "", 0);
    check_run("BA.CMD.GETPROXYBYPASSLIST", "/rawreturn /getproxybypasslist " ID1, "<local>", "", 0);
    check_run("BA.CMD.GETCUSTOMHEADERS", "/rawreturn /getcustomheaders " ID1, "A:1\nB:2", "", 0);
    check_run("BA.CMD.GETCUSTOMHEADERS", "/getcustomheaders " ID1, "A:1\nB:2\n", "", 0);
    check_run("BA.CMD.GETHTTPMETHOD", "/rawreturn /gethttpmethod " ID1, "BITS_POST", "", 0);
    check_run("BA.CMD.GETVALIDATIONSTATE", "/rawreturn /getvalidationstate " ID1 " 0x0", "true", "", 0);
    check_run("BA.CMD.GETREPLYFILENAME", "/rawreturn /getreplyfilename " ID1, "C:\\dl\\reply", "", 0);
    check_run("BA.CMD.GETREPLYDATA", "/getreplydata " ID1,
              "00000000  48 54 54 50 20 72 65 70 6c 79 20 77 69 74 68 20  HTTP reply with \n"
              "00000010  01 80 20 32 30                                   .. 20\n", "", 0);
    check_run("BA.CMD.GETHELPERTOKENFLAGS", "/rawreturn /gethelpertokenflags " ID1, "3", "", 0);
    check_run("BA.CMD.GETHELPERTOKENSID", "/rawreturn /gethelpertokensid " ID1, "S-1-5-21-1-2-3-1002", "", 0);
    check_run("BA.CMD.GETSECURITYFLAGS,BA.12.20", "/rawreturn /getsecurityflags " ID1, "0x00000901", "", 0);
    check_run("BA.CMD.GETPEERCACHINGFLAGS", "/rawreturn /getpeercachingflags " ID1, "3", "", 0);
    check_run("BA.CMD.GETCLIENTCERTIFICATE", "/getclientcertificate " ID1,
              "LOCAL_MACHINE\n"
              "MY\n"
              "A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5\n"
              "client\n", "", 0);
    jobs[0].store = NULL;
    run_tool("/getclientcertificate " ID1, &text);
    ok(!!strstr(text, "\r\n\r\nUnable to perform /GETCLIENTCERTIFICATE - 0x800706f7\r\n"), "[BA.CMD.GETCLIENTCERTIFICATE] got %s\n",
       wine_dbgstr_a(text));
    failing = "GetCustomHeaders";
    failure = E_ACCESSDENIED;
    check_run("BA.CMD.GETCUSTOMHEADERS", "/getcustomheaders " ID1,
              "Unable to perform /GETCUSTOMHEADERS - 0x80070005\nAccess is denied.\n", "", E_ACCESSDENIED);

    reset_world();
    format_time(&jobs[0].times.CreationTime, created, sizeof(created));
    format_time(&jobs[0].times.ModificationTime, modified, sizeof(modified));
    check_run("BA.CMD.GETCREATIONTIME,BA.1.7.7", "/rawreturn /getcreationtime " ID1, created, "", 0);
    check_run("BA.CMD.GETMODIFICATIONTIME", "/rawreturn /getmodificationtime " ID1, modified, "", 0);
    jobs[0].times.TransferCompletionTime = jobs[0].times.CreationTime;
    check_run("BA.CMD.GETCOMPLETIONTIME", "/rawreturn /getcompletiontime " ID1, created, "", 0);

    /* an account with a name, in whatever language */
    {
        char name[64] = "", domain[64] = "", account[140];
        DWORD name_len = sizeof(name), domain_len = sizeof(domain), size = SECURITY_MAX_SID_SIZE;
        BYTE sid[SECURITY_MAX_SID_SIZE];
        SID_NAME_USE use;

        jobs[0].owner = L"S-1-5-18";
        CreateWellKnownSid(WinLocalSystemSid, NULL, sid, &size);
        if (LookupAccountSidA(NULL, sid, name, &name_len, domain, &domain_len, &use))
        {
            snprintf(account, sizeof(account), "%s\\%s", domain, name);
            check_run("BA.1.7.9,BA.CMD.GETOWNER", "/rawreturn /getowner " ID1, account, "", 0);
        }
        else skip("LocalSystem has no name\n");
    }

    /* what needs a newer service says so */
    for (i = 0; i < ARRAY_SIZE(newer); i++)
    {
        reset_world();
        old_interfaces = TRUE;
        check_run("BA.1.9.3", newer[i], "This command needs a newer BITS interface - 0x80004002\n", "", E_NOINTERFACE);
    }
}

static void test_set(void)
{
    static const struct row rows[] =
    {
        R("BA.CMD.SETDISPLAYNAME", "/setdisplayname " ID1 " \"new name\"", "Display name set to 'new name'.\n",
          "SetDisplayName L\"new name\"\n", 0),
        R("BA.CMD.SETDESCRIPTION", "/setdescription " ID1 " \"\"", "Description set to ''.\n", "SetDescription L\"\"\n", 0),
        R("BA.CMD.SETPRIORITY,BA.1.1.3", "/SetPriority " ID1 " \"FOREGROUND\"", "Priority set to FOREGROUND.\n", "SetPriority 0\n",
          0),
        R("BA.CMD.SETPRIORITY,BA.1.4.5", "/rawreturn /setpriority " ID1 " low", "", "SetPriority 3\n", 0),
        R("BA.CMD.SETPRIORITY,BA.7.1", "/setpriority " ID1 " max", "Unknown value 'max' for /SETPRIORITY.\n", "", 1),
        R("BA.CMD.SETPRIORITY,BA.1.8.29", "/setpriority " ID1, "Invalid number of arguments.\n", "", 1),
        R("BA.CMD.SETACLFLAGS", "/setaclflags " ID1 " OgDs", "ACL flags set to OGDS.\n", "SetFileACLFlags 15\n", 0),
        R("BA.CMD.SETACLFLAGS", "/setaclflag " ID1 " s", "ACL flags set to S.\n", "SetFileACLFlags 8\n", 0),
        R("BA.CMD.SETACLFLAGS,BA.7.1", "/setaclflags " ID1 " OX", "Unknown value 'OX' for /SETACLFLAGS.\n", "", 1),
        R("BA.CMD.SETNOTIFYFLAGS", "/setnotifyflags " ID1 " 0x1f", "Notification flags set to 31.\n", "SetNotifyFlags 31\n", 0),
        R("BA.CMD.SETNOTIFYFLAGS,BA.1.1.8", "/setnotifyflags " ID1 " 3x", "Unknown value '3x' for /SETNOTIFYFLAGS.\n", "", 1),
        R("BA.1.1.8", "/setnotifyflags " ID1 " -1", "Unknown value '-1' for /SETNOTIFYFLAGS.\n", "", 1),
        R("BA.1.1.8", "/setnotifyflags " ID1 " 4294967296", "Unknown value '4294967296' for /SETNOTIFYFLAGS.\n", "", 1),
        R("BA.1.1.8", "/setnotifyflags " ID1 " 0x", "Unknown value '0x' for /SETNOTIFYFLAGS.\n", "", 1),
        R("BA.1.1.8", "/setnotifyflags " ID1 " \"\"", "Unknown value '' for /SETNOTIFYFLAGS.\n", "", 1),
        R("BA.1.1.8", "/setnotifyflags " ID1 " 0XFFFFFFFF", "Notification flags set to 4294967295.\n",
          "SetNotifyFlags 4294967295\n", 0),

        R("BA.CMD.SETNOTIFYCMDLINE,BA.7.1.3", "/setnotifycmdline " ID1 " C:\\x\\tool.exe \"C:\\x\\tool.exe /arg1\"",
          "Notification command line set.\n", "SetNotifyCmdLine L\"C:\\\\x\\\\tool.exe\" L\"C:\\\\x\\\\tool.exe /arg1\"\n", 0),
        R("BA.7.1.1", "/setnotifycmdline " ID1 " C:\\x\\tool.exe null", "Notification command line set.\n",
          "SetNotifyCmdLine L\"C:\\\\x\\\\tool.exe\" NULL\n", 0),
        R("BA.7.1.2", "/setnotifycmdline " ID1 " C:\\x\\tool.exe", "Notification command line set.\n",
          "SetNotifyCmdLine L\"C:\\\\x\\\\tool.exe\" NULL\n", 0),
        R("BA.7.1.1,BA.12.19", "/setnotifycmdline " ID1 " NULL NULL", "Notification command line removed.\n",
          "SetNotifyCmdLine NULL NULL\n", 0),
        R("BA.1.1.7,BA.12.19", "/setnotifycmdline " ID1 " C:\\w\\cmd.exe NUL", "Notification command line set.\n",
          "SetNotifyCmdLine L\"C:\\\\w\\\\cmd.exe\" L\"NUL\"\n", 0),
        R("BA.7.1.4", "/setnotifycmdline " ID1 " notepad.exe notepad c:\\eula.txt", "Notification command line set.\n",
          "SetNotifyCmdLine L\"notepad.exe\" L\"notepad c:\\\\eula.txt\"\n", 0),
        R("BA.7.1.5", "/setnotifycmdline " ID1 " C:\\x\\tool.exe \"\"", "Notification command line set.\n",
          "SetNotifyCmdLine L\"C:\\\\x\\\\tool.exe\" NULL\n", 0),
        R("BA.7.1.3", "/setnotifycmdline " ID1 " C:\\w\\cmd.exe \"/c echo\"", "Notification command line set.\n",
          "SetNotifyCmdLine L\"C:\\\\w\\\\cmd.exe\" L\"/c echo\"\n", 0),

        R("BA.CMD.SETMINRETRYDELAY", "/setMinRetryDelay " ID1 " 1", "Minimum retry delay set to 1.\n", "SetMinimumRetryDelay 1\n", 0),
        R("BA.CMD.SETNOPROGRESSTIMEOUT", "/setnoprogresstimeout " ID1 " 30", "No progress timeout set to 30.\n",
          "SetNoProgressTimeout 30\n", 0),
        R("BA.CMD.SETMAXDOWNLOADTIME", "/setmaxdownloadtime " ID1 " 86400", "Maximum download time set to 86400.\n",
          "SetMaximumDownloadTime 86400\n", 0),

        R("BA.CMD.SETPROXYSETTINGS,BA.7.2.1", "/setproxysettings " ID1 " preconfig", "Proxy usage set to PRECONFIG.\n",
          "SetProxySettings 0 NULL NULL\n", 0),
        R("BA.7.2.1", "/setproxysettings " ID1 " NO_PROXY", "Proxy usage set to NO_PROXY.\n", "SetProxySettings 1 NULL NULL\n", 0),
        R("BA.7.2.1", "/setproxysettings " ID1 " AUTODETECT", "Proxy usage set to AUTODETECT.\n",
          "SetProxySettings 3 NULL NULL\n", 0),
        R("BA.7.2.2,BA.7.2.3", "/setproxysettings " ID1 " OVERRIDE proxy1,proxy2:80 NULL", "Proxy usage set to OVERRIDE.\n",
          "SetProxySettings 2 L\"proxy1,proxy2:80\" NULL\n", 0),
        R("BA.7.2.2,BA.1.1.6", "/setproxysettings " ID1 " override proxy1 \"\"", "Proxy usage set to OVERRIDE.\n",
          "SetProxySettings 2 L\"proxy1\" NULL\n", 0),
        R("BA.7.2.2", "/setproxysettings " ID1 " override proxy1 \"<local>\"", "Proxy usage set to OVERRIDE.\n",
          "SetProxySettings 2 L\"proxy1\" L\"<local>\"\n", 0),
        R("BA.7.2.1", "/setproxysettings " ID1 " override", "Invalid number of arguments.\n", "", 1),
        R("BA.7.2.1", "/setproxysettings " ID1 " override proxy1", "Invalid number of arguments.\n", "", 1),
        R("BA.7.2.1", "/setproxysettings " ID1 " no_proxy proxy1 NULL", "Invalid number of arguments.\n", "", 1),
        R("BA.7.1", "/setproxysettings " ID1 " none", "Unknown value 'none' for /SETPROXYSETTINGS.\n", "", 1),

        R("BA.CMD.SETCREDENTIALS", "/setcredentials " ID1 " SERVER basic user secret", "Credentials set.\n",
          "SetCredentials 1 1 L\"user\" L\"secret\"\n", 0),
        R("BA.CMD.SETCREDENTIALS", "/setcredentials " ID1 " proxy NEGOTIATE NULL NULL", "Credentials set.\n",
          "SetCredentials 2 4 NULL NULL\n", 0),
        R("BA.CMD.SETCREDENTIALS", "/setcredentials " ID1 " server PASSPORT a@b \"\"", "Credentials set.\n",
          "SetCredentials 1 5 L\"a@b\" L\"\"\n", 0),
        R("BA.CMD.SETCREDENTIALS,BA.7.1", "/setcredentials " ID1 " server KERBEROS user secret",
          "Unknown value 'KERBEROS' for /SETCREDENTIALS.\n", "", 1),
        R("BA.CMD.SETCREDENTIALS", "/setcredentials " ID1 " server BASIC user", "Invalid number of arguments.\n", "", 1),
        R("BA.CMD.REMOVECREDENTIALS", "/removecredentials " ID1 " PROXY digest", "Credentials removed.\n",
          "RemoveCredentials 2 2\n", 0),
        R("BA.CMD.REMOVECREDENTIALS", "/removecredentials " ID1 " server NTLM user secret", "Invalid number of arguments.\n", "", 1),

        R("BA.CMD.SETCUSTOMHEADERS", "/setcustomheaders " ID1 " User-Agent:x \"Accept: y\"", "Custom headers set.\n",
          "SetCustomHeaders L\"User-Agent:x\\r\\nAccept: y\"\n", 0),
        R("BA.CMD.SETCUSTOMHEADERS", "/setcustomheaders " ID1 " NULL", "Custom headers removed.\n", "SetCustomHeaders NULL\n", 0),
        R("BA.CMD.MAKECUSTOMHEADERSWRITEONLY", "/makecustomheaderswriteonly " ID1, "Custom headers can no longer be read.\n",
          "MakeCustomHeadersWriteOnly\n", 0),
        R("BA.CMD.SETHTTPMETHOD", "/sethttpmethod " ID1 " get", "HTTP method set to GET.\n", "SetHttpMethod L\"GET\"\n", 0),
        R("BA.CMD.SETHTTPMETHOD", "/sethttpmethod " ID1 " PROPFIND", "HTTP method set to PROPFIND.\n",
          "SetHttpMethod L\"PROPFIND\"\n", 0),

        R("BA.CMD.SETCLIENTCERTIFICATEBYID,BA.7.3.1,BA.7.3.4",
          "/setclientcertificatebyid " ID1 " 1 MY a106b52356d3fbcd1853a41b619358bd00112233", "Client certificate set.\n",
          "SetClientCertificateByID 0 L\"MY\" a1..33\n", 0),
        R("BA.7.3.2,BA.7.3.4",
          "/setclientcertificatebyid " ID1 " BG_CERT_STORE_LOCATION_LOCAL_MACHINE ROOT "
          "\"A1 06 B5 23 56 d3 fb cd 18 53 a4 1b 61 93 58 bd 00:11:22:34\"", "Client certificate set.\n",
          "SetClientCertificateByID 1 L\"ROOT\" a1..34\n", 0),
        R("BA.7.3.4", "/setclientcertificatebyid " ID1 " 1 MY a106b523",
          "Unknown value 'a106b523' for /SETCLIENTCERTIFICATEBYID.\n", "", 1),
        R("BA.7.3.4", "/setclientcertificatebyid " ID1 " 1 MY a106b52356d3fbcd1853a41b619358bd0011223",
          "Unknown value 'a106b52356d3fbcd1853a41b619358bd0011223' for /SETCLIENTCERTIFICATEBYID.\n", "", 1),
        R("BA.7.3.1", "/setclientcertificatebyid " ID1 " 0 MY a106b52356d3fbcd1853a41b619358bd00112233",
          "Unknown value '0' for /SETCLIENTCERTIFICATEBYID.\n", "", 1),
        R("BA.CMD.SETCLIENTCERTIFICATEBYNAME,BA.12.21", "/setclientcertificatebyname " ID1 " 1 MY subject",
          "Client certificate set.\n", "SetClientCertificateByName 0 L\"MY\" L\"subject\"\n", 0),
        R("BA.7.3.1,BA.7.3.3", "/setclientcertificatebyname " ID1 " 8 other subject",
          "Client certificate set.\n", "SetClientCertificateByName 7 L\"other\" L\"subject\"\n", 0),
        R("BA.7.3.1", "/setclientcertificatebyname " ID1 " 9 MY subject",
          "Unknown value '9' for /SETCLIENTCERTIFICATEBYNAME.\n", "", 1),
        R("BA.7.3.2", "/setclientcertificatebyname " ID1 " current_user_group_policy MY subject",
          "Client certificate set.\n", "SetClientCertificateByName 5 L\"MY\" L\"subject\"\n", 0),
        R("BA.CMD.REMOVECLIENTCERTIFICATE", "/removeclientcertificate " ID1, "Client certificate removed.\n",
          "RemoveClientCertificate\n", 0),
        R("BA.CMD.SETSECURITYFLAGS,BA.12.20", "/setsecurityflags " ID1 " 2305", "Security flags set to 0x00000901.\n",
          "SetSecurityFlags 0x901\n", 0),
        R("BA.CMD.SETSECURITYFLAGS,BA.12.20", "/setsecurityflags " ID1 " 0x901", "Security flags set to 0x00000901.\n",
          "SetSecurityFlags 0x901\n", 0),
        R("BA.CMD.SETSECURITYFLAGS,BA.1.1.8", "/setsecurityflags " ID1 " 0x0000", "Security flags set to 0x00000000.\n",
          "SetSecurityFlags 0\n", 0),

        R("BA.CMD.SETVALIDATIONSTATE", "/setvalidationstate " ID1 " 0 true", "Validation state set to true.\n",
          "SetValidationState 0 1\n", 0),
        R("BA.CMD.SETVALIDATIONSTATE", "/setvalidationstate " ID2 " 0 FALSE", "Validation state set to false.\n",
          "SetValidationState 1 0\n", 0),
        R("BA.CMD.SETVALIDATIONSTATE,BA.7.1", "/setvalidationstate " ID1 " 0 maybe",
          "Unknown value 'maybe' for /SETVALIDATIONSTATE.\n", "", 1),
        R("BA.6.2", "/setvalidationstate " ID1 " 1 true", "Unknown value '1' for /SETVALIDATIONSTATE.\n", "", 1),
        R("BA.CMD.SETPEERCACHINGFLAGS,BA.9.2", "/setpeercachingflags " ID1 " 3", "Peer caching flags set to 3.\n",
          "SetPeerCachingFlags 3\n", 0),
        R("BA.CMD.SETREPLYFILENAME", "/setreplyfilename " ID1 " C:\\dl\\reply", "Reply file name set to 'C:\\dl\\reply'.\n",
          "SetReplyFileName L\"C:\\\\dl\\\\reply\"\n", 0),

        R("BA.CMD.SETHELPERTOKEN", "/sethelpertoken " ID1, "Helper token set.\n", "SetHelperToken\n", 0),
        R("BA.CMD.SETHELPERTOKEN", "/sethelpertoken " ID1 " user@domain secret", "Helper token set.\n",
          "LogonUser L\"user@domain\" L\"secret\"\nImpersonate\nSetHelperToken\nRevert\n", 0),
        R("BA.CMD.SETHELPERTOKEN", "/sethelpertoken " ID1 " user@domain", "Invalid number of arguments.\n", "", 1),
        R("BA.CMD.SETHELPERTOKENFLAGS", "/sethelpertokenflags " ID1 " 3", "Helper token flags set to 3.\n",
          "SetHelperTokenFlags 3\n", 0),
    };
    static const struct
    {
        const char *args, *method;
    }
    failures[] =
    {
        { "/SETDISPLAYNAME " ID1 " x", "SetDisplayName" },
        { "/SETDESCRIPTION " ID1 " x", "SetDescription" },
        { "/SETPRIORITY " ID1 " LOW", "SetPriority" },
        { "/SETACLFLAGS " ID1 " O", "SetFileACLFlags" },
        { "/SETNOTIFYFLAGS " ID1 " 1", "SetNotifyFlags" },
        { "/SETNOTIFYCMDLINE " ID1 " x", "SetNotifyCmdLine" },
        { "/SETMINRETRYDELAY " ID1 " 1", "SetMinimumRetryDelay" },
        { "/SETNOPROGRESSTIMEOUT " ID1 " 1", "SetNoProgressTimeout" },
        { "/SETMAXDOWNLOADTIME " ID1 " 1", "SetMaximumDownloadTime" },
        { "/SETPROXYSETTINGS " ID1 " NO_PROXY", "SetProxySettings" },
        { "/SETCREDENTIALS " ID1 " SERVER BASIC a b", "SetCredentials" },
        { "/REMOVECREDENTIALS " ID1 " SERVER BASIC", "RemoveCredentials" },
        { "/SETCUSTOMHEADERS " ID1 " a:b", "SetCustomHeaders" },
        { "/MAKECUSTOMHEADERSWRITEONLY " ID1, "MakeCustomHeadersWriteOnly" },
        { "/SETHTTPMETHOD " ID1 " GET", "SetHttpMethod" },
        { "/SETCLIENTCERTIFICATEBYID " ID1 " 1 MY a106b52356d3fbcd1853a41b619358bd00112233", "SetClientCertificateByID" },
        { "/SETCLIENTCERTIFICATEBYNAME " ID1 " 1 MY a", "SetClientCertificateByName" },
        { "/REMOVECLIENTCERTIFICATE " ID1, "RemoveClientCertificate" },
        { "/SETSECURITYFLAGS " ID1 " 0", "SetSecurityFlags" },
        { "/SETVALIDATIONSTATE " ID1 " 0 TRUE", "SetValidationState" },
        { "/SETPEERCACHINGFLAGS " ID1 " 1", "SetPeerCachingFlags" },
        { "/SETREPLYFILENAME " ID1 " C:\\r", "SetReplyFileName" },
        { "/SETHELPERTOKEN " ID1, "SetHelperToken" },
        { "/SETHELPERTOKENFLAGS " ID1 " 1", "SetHelperTokenFlags" },
        { "/REPLACEREMOTEPREFIX " ID1 " a b", "ReplaceRemotePrefix" },
        { "/RESUME " ID1, "Resume" },
        { "/SUSPEND " ID1, "Suspend" },
        { "/CANCEL " ID1, "Cancel" },
    };
    char *text, line[128], word[64];
    unsigned int i;
    int code;

    check_rows(rows, ARRAY_SIZE(rows));

    /* one rule for every error whose phrase was not seen */
    for (i = 0; i < ARRAY_SIZE(failures); i++)
    {
        reset_world();
        failing = failures[i].method;
        failure = BG_E_STRING_TOO_LONG;
        sscanf(failures[i].args, "%63s", word);
        snprintf(line, sizeof(line), "\r\n\r\nUnable to perform %s - 0x80200021\r\n", word);
        code = run_tool(failures[i].args, &text);
        ok(!!strstr(text, line), "[BA.1.8.3,BA.7.1] %s: got %s\n", failures[i].args, wine_dbgstr_a(text));
        ok(code == BG_E_STRING_TOO_LONG, "[BA.1.8.28] %s: got %#x\n", failures[i].args, code);
        ok(!references, "%s left %ld references\n", failures[i].args, references);
    }

    reset_world();
    failing = "RemoveCredentials";
    failure = S_FALSE;
    check_run("BA.CMD.REMOVECREDENTIALS", "/removecredentials " ID1 " server basic", "The job has no such credentials.\n",
              "RemoveCredentials 1 1\n", 0);
    reset_world();
    failing = "RemoveClientCertificate";
    failure = S_FALSE;
    check_run("BA.CMD.REMOVECLIENTCERTIFICATE", "/removeclientcertificate " ID1, "The job has no client certificate.\n",
              "RemoveClientCertificate\n", 0);
    reset_world();
    failing = "LogonUser";
    failure = E_FAIL;
    check_run("BA.CMD.SETHELPERTOKEN", "/sethelpertoken " ID1 " user@domain secret",
              "Unable to perform /SETHELPERTOKEN - 0x8007052e\nThe user name or password is incorrect.\n",
              "LogonUser L\"user@domain\" L\"secret\"\n", HRESULT_FROM_WIN32(ERROR_LOGON_FAILURE));

    /* neither cooked nor raw is a password printed */
    reset_world();
    run_tool("/setcredentials " ID1 " SERVER BASIC user s3cret", &text);
    ok(!strstr(text, "s3cret"), "[BA.CMD.SETCREDENTIALS] the password was printed\n");
}

/* Writes a file that the tool reads; its name, without blanks, into path. */
static void write_file(char path[MAX_PATH], const void *data, DWORD size)
{
    HANDLE file;
    DWORD written;
    char temp[MAX_PATH];

    GetTempPathA(sizeof(temp), temp);
    GetTempFileNameA(temp, "ba", 0, path);
    file = CreateFileA(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    ok(file != INVALID_HANDLE_VALUE, "CreateFile failed, error %lu.\n", GetLastError());
    WriteFile(file, data, size, &written, NULL);
    CloseHandle(file);
}

static void test_file_set(void)
{
    static const struct
    {
        const char *data;
        int size;              /* -1: up to the terminator */
        const char *expected, *calls;
        int code;
    }
    tests[] =
    {
        { "# list\r\nhttp://h/a C:\\a\r\n\r\n  \t\r\n\thttp://h/b\t\tC:\\b \t\r\n   # more\nhttp://h/c C:\\c", -1,
          "Added 3 file(s) to job.\n",
          "(L\"http://h/a\", L\"C:\\\\a\")\n(L\"http://h/b\", L\"C:\\\\b\")\n(L\"http://h/c\", L\"C:\\\\c\")\nAddFileSet 3\n", 0 },
        { "\"http://h/a b\" \"C:\\a b\"\nhttp://h/c C:\\Program Files\\c\n", -1, "Added 2 file(s) to job.\n",
          "(L\"http://h/a b\", L\"C:\\\\a b\")\n(L\"http://h/c\", L\"C:\\\\Program Files\\\\c\")\nAddFileSet 2\n", 0 },
        { "\xef\xbb\xbfhttp://h/a C:\\\xc3\xb6\n", -1, "Added 1 file(s) to job.\n",
          "(L\"http://h/a\", L\"C:\\\\\\00f6\")\nAddFileSet 1\n", 0 },
        { "\xff\xfeh\0:\0a\0 \0\xf6\0\n\0", 14, "Added 1 file(s) to job.\n", "(L\"h:a\", L\"\\00f6\")\nAddFileSet 1\n", 0 },
        { "", -1, "Added 0 file(s) to job.\n", "", 0 },
        { "# nothing\n", -1, "Added 0 file(s) to job.\n", "", 0 },
        { "http://h/a C:\\a\nhttp://h/b\n", -1, "Unknown value 'http://h/b' for /ADDFILESET.\n", "", 1 },
        { "http://h/a \"C:\\a\" C:\\b\n", -1, "Unknown value 'http://h/a' for /ADDFILESET.\n", "", 1 },
    };
    char path[MAX_PATH], args[MAX_PATH + 64], *big, *text;
    unsigned int i, len;
    int code;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context("%u", i);
        reset_world();
        write_file(path, tests[i].data, tests[i].size < 0 ? strlen(tests[i].data) : tests[i].size);
        snprintf(args, sizeof(args), "/addfileset " ID1 " \"%s\"", path);
        check_run("BA.CMD.ADDFILESET", args, tests[i].expected, tests[i].calls, tests[i].code);
        DeleteFileA(path);
        winetest_pop_context();
    }

    /* one bad file, and none is added: there is one call */
    reset_world();
    failing = "AddFileSet";
    failure = E_INVALIDARG;
    write_file(path, "http://h/a C:\\a\nhttp://h/b rel\n", 31);
    snprintf(args, sizeof(args), "/addfileset " ID1 " \"%s\"", path);
    check_run("BA.CMD.ADDFILESET", args, "Unable to perform /ADDFILESET - 0x80070057\nThe parameter is incorrect.\n",
              "(L\"http://h/a\", L\"C:\\\\a\")\n(L\"http://h/b\", L\"rel\")\nAddFileSet 2\n", E_INVALIDARG);
    DeleteFileA(path);

    reset_world();
    code = run_tool("/rawreturn /addfileset " ID1 " \"C:\\no such folder\\list\"", &text);
    ok(code == HRESULT_FROM_WIN32(ERROR_PATH_NOT_FOUND), "[BA.CMD.ADDFILESET] got %#x\n", code);
    ok(!strcmp(text, "Unable to perform /ADDFILESET - 0x80070003\r\n"), "[BA.CMD.ADDFILESET] got %s\n", wine_dbgstr_a(text));
    ok(!calls[0], "[BA.CMD.ADDFILESET] got calls %s\n", calls);

    /* more than one read takes */
    reset_world();
    failing = "(";
    failure = S_OK;
    big = malloc(200000);
    for (len = i = 0; i < 10000; i++) len += sprintf(big + len, "# %05u\n", i);
    len += sprintf(big + len, "http://h/last C:\\last");
    write_file(path, big, len);
    snprintf(args, sizeof(args), "/addfileset " ID1 " \"%s\"", path);
    check_run("BA.CMD.ADDFILESET", args, "Added 1 file(s) to job.\n", "(L\"http://h/last\", L\"C:\\\\last\")\nAddFileSet 1\n", 0);
    DeleteFileA(path);
    free(big);
}

static void test_util(void)
{
    static const struct row rows[] =
    {
        R("BA.CMD.UTIL_ENABLEANALYTICCHANNEL", "/util /enableanalyticchannel true",
          "There is no analytic channel; nothing was changed.\n", "", 0),
        R("BA.CMD.UTIL_ENABLEANALYTICCHANNEL", "/rawreturn /util /enableanalyticchannel FALSE", "", "", 0),
        R("BA.CMD.UTIL_ENABLEANALYTICCHANNEL,BA.7.1", "/util /enableanalyticchannel on",
          "Unknown value 'on' for /UTIL /ENABLEANALYTICCHANNEL.\n", "", 1),
        R("BA.CMD.UTIL_VERSION", "/util /version", "10.3\n", "", 0),
        R("BA.CMD.UTIL_VERSION,BA.1.4.3", "/rawreturn /util /version", "10.3", "", 0),
        R("BA.CMD.UTIL_VERSION", "/util /version /nosuch", "Unknown value '/nosuch' for /UTIL /VERSION.\n", "", 1),
    };
    char *text;
    int code;

    check_rows(rows, ARRAY_SIZE(rows));

    reset_world();
    old_interfaces = TRUE;
    check_run("BA.CMD.UTIL_VERSION", "/util /version", "1.0\n", "", 0);

    reset_world();
    code = run_tool("/util /version /verbose", &text);
    ok(!code, "[BA.CMD.UTIL_VERSION] got %#x\n", code);
    ok(strstr(text, "\r\n\r\n10.3\r\nqmgr.dll: ") && strstr(text, "\r\nqmgrprxy.dll: ") && strstr(text, "\r\nService BITS: start "),
       "[BA.CMD.UTIL_VERSION] got %s\n", wine_dbgstr_a(text));
}

/* The settings of an account, byte for byte; accounts and user have keys of their own here. */
static void test_ie_proxy(void)
{
    static const WCHAR root[] = L"Software\\wine-bits bitsadmin test";
    static const WCHAR system_settings[] = L"S-1-5-18\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings";
    static const WCHAR user_settings[] = L"Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings";
    static const BYTE manual[] =
    {
        0x46, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0,
        20, 0, 0, 0, 'h', 't', 't', 'p', ':', '/', '/', '1', '0', '.', '0', '.', '0', '.', '1', ':', '8', '0', '8', '0',
        0, 0, 0, 0,
        0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    };
    /* all but what automatic detection would have found, which not every writer leaves room for */
    static const BYTE whole[] =
    {
        0x46, 0, 0, 0, 7, 0, 0, 0, 0x0f, 0, 0, 0, 3, 0, 0, 0, 'p', ':', '1', 2, 0, 0, 0, '*', 'x',
        8, 0, 0, 0, 'h', 't', 't', 'p', ':', '/', '/', 'h',
    };
    static const char on[] =
        "Automatic detection      on\r\n"
        "Automatic script         on\r\n"
        "Automatic script URL     http://h\r\n"
        "Manual proxy             on\r\n"
        "Proxy list               p:1\r\n"
        "Proxy bypass list        *x\r\n";
    static const char off[] =
        "Automatic detection      off\r\n"
        "Automatic script         off\r\n"
        "Automatic script URL     <empty>\r\n"
        "Manual proxy             off\r\n"
        "Proxy list               <empty>\r\n"
        "Proxy bypass list        <empty>\r\n";
    char *output;
    BYTE data[256];
    DWORD size, value, type;
    WCHAR string[64];
    HKEY root_key, key, connections;
    LSTATUS ret;

    RegDeleteTreeW(HKEY_CURRENT_USER, root);
    ret = RegCreateKeyExW(HKEY_CURRENT_USER, root, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &root_key, NULL);
    ok(!ret, "got %ld\n", ret);
    RegCreateKeyExW(root_key, L"users", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &users_key, NULL);
    RegCreateKeyExW(root_key, L"user", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &user_key, NULL);
    RegCreateKeyExW(users_key, system_settings, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL);
    reset_world();

    check_run("BA.UTIL.1,BA.UTIL.4,BA.CMD.UTIL_SETIEPROXY", "/util /setieproxy LocalSystem Manual_proxy http://10.0.0.1:8080",
              "Internet proxy settings for account LocalSystem were set.\n"
              "(connection = default)\n"
              "\n"
              "Proxy usage set to       Manual_proxy\n"
              "Proxy list set to        http://10.0.0.1:8080\n"
              "Proxy bypass list set to <empty>\n", "", 0);
    ret = RegOpenKeyExW(key, L"Connections", 0, KEY_READ, &connections);
    ok(!ret, "got %ld\n", ret);
    size = sizeof(data);
    ret = RegQueryValueExW(connections, L"DefaultConnectionSettings", NULL, &type, data, &size);
    ok(!ret && type == REG_BINARY && size == sizeof(manual) && !memcmp(data, manual, size),
       "[BA.CMD.UTIL_SETIEPROXY] got %ld, type %lu, %lu bytes\n", ret, type, size);
    size = sizeof(value);
    ret = RegQueryValueExW(key, L"ProxyEnable", NULL, &type, (BYTE *)&value, &size);
    ok(!ret && value == 1, "[BA.CMD.UTIL_SETIEPROXY] got %ld, %lu\n", ret, value);
    size = sizeof(string);
    ret = RegQueryValueExW(key, L"ProxyServer", NULL, &type, (BYTE *)string, &size);
    ok(!ret && !wcscmp(string, L"http://10.0.0.1:8080"), "[BA.CMD.UTIL_SETIEPROXY] got %ld\n", ret);

    check_run("BA.CMD.UTIL_SETIEPROXY", "/util /setieproxy localsystem MANUAL_PROXY \"proxy.corp:3128\" \"<local>\"",
              "Internet proxy settings for account localsystem were set.\n"
              "(connection = default)\n"
              "\n"
              "Proxy usage set to       MANUAL_PROXY\n"
              "Proxy list set to        proxy.corp:3128\n"
              "Proxy bypass list set to <local>\n", "", 0);

    /* a new usage replaces the old one, its strings stay */
    check_run("BA.UTIL.3", "/util /setieproxy localsystem AUTOSCRIPT http://h/proxy.pac",
              "Internet proxy settings for account localsystem were set.\n"
              "(connection = default)\n"
              "\n"
              "Proxy usage set to       AUTOSCRIPT\n"
              "Script URL set to        http://h/proxy.pac\n", "", 0);
    check_run("BA.UTIL.3,BA.CMD.UTIL_GETIEPROXY", "/util /getieproxy LOCALSYSTEM",
              "Internet proxy settings for account LOCALSYSTEM\n"
              "(connection = default)\n"
              "\n"
              "Automatic detection      off\n"
              "Automatic script         on\n"
              "Automatic script URL     http://h/proxy.pac\n"
              "Manual proxy             off\n"
              "Proxy list               proxy.corp:3128\n"
              "Proxy bypass list        <local>\n", "", 0);
    check_run("BA.UTIL.2", "/util /setieproxy LocalSystem AUTODETECT",
              "Internet proxy settings for account LocalSystem set to AUTODETECT.\n"
              "(connection = default)\n", "", 0);
    check_run("BA.CMD.UTIL_GETIEPROXY", "/util /getieproxy localsystem",
              "Internet proxy settings for account localsystem\n"
              "(connection = default)\n"
              "\n"
              "Automatic detection      on\n"
              "Automatic script         off\n"
              "Automatic script URL     http://h/proxy.pac\n"
              "Manual proxy             off\n"
              "Proxy list               proxy.corp:3128\n"
              "Proxy bypass list        <local>\n", "", 0);
    check_run("BA.UTIL.3", "/rawreturn /util /setieproxy LocalSystem RESET", "", "", 0);
    check_run("BA.UTIL.3", "/util /getieproxy localsystem",
              "Internet proxy settings for account localsystem\n"
              "(connection = default)\n"
              "\n"
              "Automatic detection      off\n"
              "Automatic script         off\n"
              "Automatic script URL     <empty>\n"
              "Manual proxy             off\n"
              "Proxy list               <empty>\n"
              "Proxy bypass list        <empty>\n", "", 0);
    ret = RegQueryValueExW(key, L"ProxyServer", NULL, NULL, NULL, NULL);
    ok(ret == ERROR_FILE_NOT_FOUND, "[BA.UTIL.3] got %ld\n", ret);

    /* another connection has settings of its own, and no plain values */
    check_run("BA.CMD.UTIL_SETIEPROXY", "/util /setieproxy localsystem MANUAL_PROXY p:1 NULL /CONN dialup",
              "Internet proxy settings for account localsystem were set.\n"
              "(connection = dialup)\n"
              "\n"
              "Proxy usage set to       MANUAL_PROXY\n"
              "Proxy list set to        p:1\n"
              "Proxy bypass list set to <empty>\n", "", 0);
    ret = RegQueryValueExW(key, L"ProxyServer", NULL, NULL, NULL, NULL);
    ok(ret == ERROR_FILE_NOT_FOUND, "[BA.CMD.UTIL_SETIEPROXY] got %ld\n", ret);
    ret = RegQueryValueExW(connections, L"dialup", NULL, NULL, NULL, NULL);
    ok(!ret, "[BA.CMD.UTIL_SETIEPROXY] got %ld\n", ret);

    /* an account without a hive uses the user's */
    check_run("BA.UTIL.2", "/util /setieproxy NetworkService NO_PROXY",
              "Internet proxy settings for account NetworkService set to NO_PROXY.\n"
              "(connection = default)\n", "", 0);
    RegCloseKey(connections);
    RegCloseKey(key);
    ret = RegOpenKeyExW(user_key, user_settings, 0, KEY_READ, &key);
    ok(!ret, "got %ld\n", ret);
    size = sizeof(value);
    ret = RegQueryValueExW(key, L"ProxyEnable", NULL, &type, (BYTE *)&value, &size);
    ok(!ret && !value, "got %ld, %lu\n", ret, value);

    /* a damaged value reads as none: one that is cut off before the end of its texts, or of another kind */
    ret = RegOpenKeyExW(key, L"Connections", 0, KEY_ALL_ACCESS, &connections);
    ok(!ret, "got %ld\n", ret);
    for (size = 0; size <= sizeof(whole) + 1; size++)
    {
        BOOL good = size == sizeof(whole) || size == sizeof(whole) + 1;
        char *text;
        int code;

        memcpy(data, whole, sizeof(whole));
        data[sizeof(whole)] = 0;
        if (size == sizeof(whole) + 1) data[0] = 0x3c; /* of an older version */
        RegSetValueExW(connections, L"DefaultConnectionSettings", 0, REG_BINARY, data, size);
        code = run_tool("/rawreturn /util /getieproxy localservice", &text);
        ok(!code && strstr(text, good ? on : off), "[BA.CMD.UTIL_GETIEPROXY] %lu bytes: got %#x, %s\n", size, code, wine_dbgstr_a(text));
    }
    memcpy(data, whole, sizeof(whole));
    data[0] = 0x18;
    RegSetValueExW(connections, L"DefaultConnectionSettings", 0, REG_BINARY, data, sizeof(whole));
    run_tool("/rawreturn /util /getieproxy localservice", &output);
    ok(strstr(output, off) != NULL, "[BA.CMD.UTIL_GETIEPROXY] of another kind: got %s\n", wine_dbgstr_a(output));
    data[0] = 0x46;
    data[15] = 0xff;
    RegSetValueExW(connections, L"DefaultConnectionSettings", 0, REG_BINARY, data, sizeof(whole));
    run_tool("/rawreturn /util /getieproxy localservice", &output);
    ok(strstr(output, off) != NULL, "[BA.CMD.UTIL_GETIEPROXY] a text beyond the end: got %s\n", wine_dbgstr_a(output));

    /* nothing of it comes into the next one */
    check_run("BA.UTIL.3", "/rawreturn /util /setieproxy localservice AUTODETECT", "", "", 0);
    size = sizeof(data);
    ret = RegQueryValueExW(connections, L"DefaultConnectionSettings", NULL, &type, data, &size);
    ok(!ret && size == 56 && data[0] == 0x46 && data[4] == 1 && data[8] == 9 && !data[12], "[BA.UTIL.3] got %ld, %lu bytes, revision %u\n", ret,
       size, data[4]);
    RegCloseKey(connections);
    RegCloseKey(key);

    check_run("BA.CMD.UTIL_SETIEPROXY,BA.7.1", "/util /setieproxy somebody NO_PROXY",
              "Unknown value 'somebody' for /UTIL /SETIEPROXY.\n", "", 1);
    check_run("BA.CMD.UTIL_SETIEPROXY,BA.7.1", "/util /setieproxy localsystem MAYBE",
              "Unknown value 'MAYBE' for /UTIL /SETIEPROXY.\n", "", 1);
    check_run("BA.CMD.UTIL_SETIEPROXY", "/util /setieproxy localsystem", "Invalid number of arguments.\n", "", 1);
    check_run("BA.CMD.UTIL_SETIEPROXY", "/util /setieproxy localsystem MANUAL_PROXY", "Invalid number of arguments.\n", "", 1);
    check_run("BA.CMD.UTIL_SETIEPROXY", "/util /setieproxy localsystem NO_PROXY x", "Invalid number of arguments.\n", "", 1);
    check_run("BA.CMD.UTIL_GETIEPROXY", "/util /getieproxy somebody", "Unknown value 'somebody' for /UTIL /GETIEPROXY.\n", "", 1);
    check_run("BA.CMD.UTIL_GETIEPROXY", "/util /getieproxy localsystem x", "Invalid number of arguments.\n", "", 1);

    RegCloseKey(users_key);
    RegCloseKey(user_key);
    RegCloseKey(root_key);
    RegDeleteTreeW(HKEY_CURRENT_USER, root);
}

static void test_peers(void)
{
    static const char *const commands_off[] =
    {
        "/peercaching /getconfigurationflags", "/peercaching /setconfigurationflags 3", "/cache /list", "/cache /info " ID2,
        "/cache /delete " ID2, "/cache /deleteurl http://h/a", "/cache /clear", "/cache /getlimit", "/cache /setlimit 10",
        "/cache /getexpirationtime", "/cache /setexpirationtime 86400", "/peers /list", "/peers /clear", "/peers /discover",
    };
    static const struct row rows[] =
    {
        R("BA.CMD.PEERCACHING_GETCONFIGURATIONFLAGS", "/peercaching /getconfigurationflags", "3\n", "", 0),
        R("BA.PEER.2", "/rawreturn /peercaching /getconfigurationflags myjob", "3", "", 0),
        R("BA.CMD.PEERCACHING_SETCONFIGURATIONFLAGS", "/peercaching /setconfigurationflags 1", "Configuration flags set.\n",
          "SetConfigurationFlags 1\n", 0),
        R("BA.PEER.2", "/peercaching /setconfigurationflags myjob 2", "Configuration flags set.\n", "SetConfigurationFlags 2\n", 0),
        R("BA.CMD.CACHE_LIST", "/cache /list",
          ID2 " 1024 http://dl.example.org/a\n" ID2 " 1024 http://dl.example.org/a\n\nListed 2 record(s).\n", "", 0),
        R("BA.CMD.CACHE_INFO", "/cache /info " ID2, ID2 " 1024 http://dl.example.org/a\n", "", 0),
        R("BA.CMD.CACHE_INFO", "/cache /info " ID2 " /verbose",
          ID2 " 1024 http://dl.example.org/a\n"
          "MODIFICATION TIME: UNKNOWN\n"
          "LAST ACCESS TIME: UNKNOWN\n"
          "VALIDATED: false\n"
          "RANGES: 0:100,200:eof\n", "", 0),
        R("BA.CMD.CACHE_INFO", "/cache /info " ID1, "Unable to perform /CACHE /INFO - 0x80200001\nThe requested job was not found.\n",
          "", BG_E_NOT_FOUND),
        R("BA.CMD.CACHE_INFO", "/cache /info x", "Unknown value 'x' for /CACHE /INFO.\n", "", 1),
        R("BA.CMD.CACHE_DELETE", "/cache /delete " ID2, "Record deleted.\n",
          "DeleteRecord {70b45dd7-2a8b-4476-b67e-393821bfe542}\n", 0),
        R("BA.CMD.CACHE_DELETEURL", "/cache /deleteurl http://h/a", "Records deleted.\n", "DeleteUrl L\"http://h/a\"\n", 0),
        R("BA.CMD.CACHE_CLEAR", "/cache /clear", "Cache cleared.\n", "ClearRecords\n", 0),
        R("BA.CMD.CACHE_GETLIMIT", "/cache /getlimit", "10\n", "", 0),
        R("BA.CMD.CACHE_SETLIMIT", "/cache /setlimit 20", "Cache limit set.\n", "SetMaximumCacheSize 20\n", 0),
        R("BA.CMD.CACHE_GETEXPIRATIONTIME", "/cache /getexpirationtime", "7776000\n", "", 0),
        R("BA.CMD.CACHE_SETEXPIRATIONTIME", "/cache /setexpirationtime 86400", "Expiration time set.\n",
          "SetMaximumContentAge 86400\n", 0),
        R("BA.CMD.PEERS_LIST", "/peers /list", "host$.example.org AUTHENTICATED: true AVAILABLE: false\n\nListed 1 peer(s).\n", "", 0),
        R("BA.CMD.PEERS_CLEAR", "/peers /clear", "Peers cleared.\n", "ClearPeers\n", 0),
        R("BA.CMD.PEERS_DISCOVER", "/peers /discover", "Peers are being looked for.\n", "DiscoverPeers\n", 0),
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        reset_world();
        cache_answers = TRUE;
        check_run_(rows[i].line, rows[i].ids, rows[i].args, rows[i].text, rows[i].calls, rows[i].code);
    }
    for (i = 0; i < ARRAY_SIZE(commands_off); i++)
    {
        reset_world();
        check_run("BA.PEER.1,BA.1.8.25", commands_off[i], "Peer caching is not available.\n", "", BG_E_PEERCACHING_DISABLED);
        reset_world();
        old_interfaces = TRUE;
        check_run("BA.PEER.1", commands_off[i], "Peer caching is not available.\n", "", BG_E_PEERCACHING_DISABLED);
    }
}

/* How the manager is made, and as what. */
static void test_connection(void)
{
    char *text;
    int code;

    reset_world();
    creation_context = impersonation = 0;
    code = run_tool("/list", &text);
    ok(!code && creation_context == CLSCTX_LOCAL_SERVER, "[BA.1.9.1] got %d, context %#lx\n", code, creation_context);
    ok(impersonation == RPC_C_IMP_LEVEL_IMPERSONATE && (cloaking & EOAC_DYNAMIC_CLOAKING), "[BA.1.9.1] got %lu, %#lx\n", impersonation,
       cloaking);
    ok(authentication == RPC_C_AUTHN_LEVEL_PKT_PRIVACY, "got %lu\n", authentication);
    reset_world();
    failing = "CoCreateInstance";
    failure = E_ACCESSDENIED;
    check_run("BA.1.9.1", "/list", "Unable to reach the BITS service - 0x80070005\nAccess is denied.\n", "", E_ACCESSDENIED);
}

/* On a German Windows the words of the tool are those of an English one; only the date is written as there. */
static void test_german(void)
{
    static const char *const rows[] =
    {
        "/getstate " ID1, "/gettype " ID1, "/getpriority " ID1, "/rawreturn /getproxyusage " ID1, "/list", "/info " ID2, "/resume " ID1,
        "/getstate nosuchjob", "/nosuchcommand", "/transfer t http://h/a C:\\a",
    };
    static const char *const labels[] =
    {
        "GUID: ", " DISPLAY: ", "TYPE: DOWNLOAD STATE: TRANSFERRED OWNER: ", "PRIORITY: HIGH FILES: ", "CREATION TIME: ", "JOB FILES: ",
        "NOTIFICATION COMMAND LINE: none", "owner MIC integrity level: MEDIUM", "owner elevated ?           false",
        "Enable download from peers      :false",
    };
    LCID old = GetThreadLocale();
    char *text, *english;
    unsigned int i;
    int code;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        reset_world();
        SetThreadLocale(MAKELCID(MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), SORT_DEFAULT));
        code = run_tool(rows[i], &text);
        english = _strdup(text);
        reset_world();
        SetThreadLocale(MAKELCID(MAKELANGID(LANG_GERMAN, SUBLANG_GERMAN), SORT_DEFAULT));
        ok(run_tool(rows[i], &text) == code && !strcmp(text, english), "[BA.1.3.3] %s: got %s, not %s\n", rows[i], wine_dbgstr_a(text),
           wine_dbgstr_a(english));
        free(english);
    }
    reset_world();
    code = run_tool("/info " ID1 " /verbose", &text);
    for (i = 0; i < ARRAY_SIZE(labels); i++) ok(!!strstr(text, labels[i]), "[BA.1.3.3] no %s in %s\n", labels[i], wine_dbgstr_a(text));
    SetThreadLocale(old);
}

START_TEST(commands)
{
    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    test_connection();
    test_list();
    test_verbose();
    test_reset();
    test_transfer();
    test_life_cycle();
    test_job_names();
    test_command_line();
    test_get();
    test_set();
    test_file_set();
    test_util();
    test_ie_proxy();
    test_peers();
    test_german();
    CoUninitialize();
}
