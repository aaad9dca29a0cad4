/*
 * What the tests of the service share
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
 * A unit that talks to the service includes this behind its system headers:
 *
 *     #define COBJMACROS
 *     #include "windef.h"  "winbase.h"  "winsvc.h"  "objbase.h"  "bits.h"
 *     #include "wine/test.h"
 *     #include "bits_test.h"
 *
 *     START_TEST(job2)
 *     {
 *         if (!bits_begin()) return;
 *         bits_server_start(script);          if it transfers
 *         ...
 *         bits_end();
 *     }
 *
 * bits_begin joins the MTA, makes the manager and a folder of the unit's own (bits_path names a file in it); bits_end says that the folder is
 * empty again: neither files that a test forgot nor temporary ones of a transfer may be left.  Each job is cancelled or completed by
 * whoever made it (bits_cancel).  Names of jobs begin with the process id, since the machine may be somebody's.
 *
 * The web server is that of tests/server, a scripted one; server.h there has the grammar and the functions.  server.c of this folder is
 * the one unit that compiles it (test programs know units only, so a unit holds it), all others link with it.  One server runs at
 * a time: bits_server_start(script), bits_server (for test_server_count and the rest), bits_server_stop.  bits_url makes its URLs, bits_check_file
 * compares a file with the bytes that it sends.  In a Wine tree copy tests/server to the same place relative to this folder.
 *
 * A client of another kind is a second process of this program: bits_run_child(unit, argument, kind).  The unit looks at
 * winetest_get_mainargs (bits_child_argument) and does the child's part; its failures count.
 */

#ifndef __BITS_TEST_H
#define __BITS_TEST_H

#include "../../../tests/server/server.h"

#define BITS_TIMEOUT 30000      /* milliseconds until a wait is given up: for failures only */

/*
 * How long something takes, on a machine that may stand still for seconds: to be looked at every few milliseconds; what passes unseen
 * between two looks counts as BITS_LOOK at most.
 */
#define BITS_LOOK    100

struct bits_clock
{
    DWORD last, passed;
};

static inline void bits_clock_start(struct bits_clock *clock)
{
    clock->last = GetTickCount();
    clock->passed = 0;
}

static inline struct bits_clock bits_clock_now(void)
{
    struct bits_clock clock;

    bits_clock_start(&clock);
    return clock;
}

static inline DWORD bits_clock_look(struct bits_clock *clock)
{
    DWORD now = GetTickCount();

    clock->passed += min(now - clock->last, BITS_LOOK);
    clock->last = now;
    return clock->passed;
}

/* For an object; what WaitForSingleObject returns. */
static inline DWORD bits_wait_object(HANDLE object, DWORD msec)
{
    struct bits_clock clock = bits_clock_now();
    DWORD ret;

    while ((ret = WaitForSingleObject(object, BITS_LOOK)) == WAIT_TIMEOUT && bits_clock_look(&clock) < msec) ;
    return ret;
}

static IBackgroundCopyManager *bits_manager;
static WCHAR bits_folder[MAX_PATH];                     /* ends in a backslash */
static struct test_server *bits_server;

#define NULL_REF 0x800706f4     /* HRESULT_FROM_WIN32(RPC_X_NULL_REF_POINTER) [api-2-later:GEN.6] */

/* Begin and end. */

static inline BOOL bits_begin(void)
{
    WCHAR temp[MAX_PATH];
    HRESULT hr;

    hr = CoInitializeEx(NULL, COINIT_MULTITHREADED);
    ok(hr == S_OK, "CoInitializeEx: got %#lx\n", hr);
    hr = CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE, NULL);
    ok(hr == S_OK || hr == RPC_E_TOO_LATE, "CoInitializeSecurity: got %#lx\n", hr);
    hr = CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&bits_manager);
    if (hr == HRESULT_FROM_WIN32(ERROR_SERVICE_DISABLED))
    {
        skip("the service is disabled\n");
        CoUninitialize();
        return FALSE;
    }
    ok(hr == S_OK, "there is no manager: %#lx\n", hr);
    if (hr != S_OK)
    {
        CoUninitialize();
        return FALSE;
    }
    GetTempPathW(ARRAY_SIZE(temp), temp);
    /* as the service names files: no short names [FILE.7] */
    GetLongPathNameW(temp, temp, ARRAY_SIZE(temp));
    _snwprintf(bits_folder, ARRAY_SIZE(bits_folder), L"%lsbits test %x\\", temp, (unsigned int)GetCurrentProcessId());
    ok(CreateDirectoryW(bits_folder, NULL), "cannot make %s, error %lu\n", wine_dbgstr_w(bits_folder), GetLastError());
    return TRUE;
}

static inline void bits_server_stop(void)
{
    if (bits_server) test_server_stop(bits_server);
    bits_server = NULL;
}

static inline void bits_end(void)
{
    bits_server_stop();
    if (bits_manager) IBackgroundCopyManager_Release(bits_manager);   /* no service of another kind came back */
    bits_manager = NULL;
    ok(RemoveDirectoryW(bits_folder), "%s is not empty, error %lu\n", wine_dbgstr_w(bits_folder), GetLastError());
    CoUninitialize();
}

/* Names. Each returns one of eight buffers in turn. */

static inline WCHAR *bits_buffer(void)
{
    static WCHAR buffers[8][MAX_PATH * 2];
    static LONG next;

    return buffers[(unsigned int)InterlockedIncrement(&next) % ARRAY_SIZE(buffers)];
}

static inline const WCHAR *bits_path(const WCHAR *name)
{
    WCHAR *buffer = bits_buffer();

    _snwprintf(buffer, MAX_PATH * 2, L"%ls%ls", bits_folder, name);
    return buffer;
}

static inline const WCHAR *bits_url(const WCHAR *path)
{
    WCHAR *buffer = bits_buffer();

    _snwprintf(buffer, MAX_PATH * 2, L"http://127.0.0.1:%u%ls", bits_server ? test_server_port(bits_server) : 80, path);
    return buffer;
}

static inline const WCHAR *bits_job_name(const WCHAR *suffix)
{
    WCHAR *buffer = bits_buffer();

    _snwprintf(buffer, MAX_PATH * 2, L"bits%x %ls", (unsigned int)GetCurrentProcessId(), suffix);
    return buffer;
}

/* The server. */

static inline BOOL bits_server_start(const char *script)
{
    struct test_server_options options = { script };
    char error[256] = "";

    bits_server = test_server_start(&options, error, sizeof(error));
    ok(bits_server != NULL, "no web server: %s\n", error);
    return bits_server != NULL;
}

/* The file must hold this stretch of the server's pattern (NULL: any bytes) and nothing else; then it is removed. */
static inline void bits_check_file_(unsigned int line, const WCHAR *path, const char *pattern, ts_u64 offset, unsigned int size)
{
    unsigned char *data = malloc(size + 1), *expect = malloc(size + 1);
    DWORD got = 0;
    HANDLE file;

    file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
    ok_(__FILE__, line)(file != INVALID_HANDLE_VALUE, "cannot open %s, error %lu\n", wine_dbgstr_w(path), GetLastError());
    if (file != INVALID_HANDLE_VALUE)
    {
        ReadFile(file, data, size + 1, &got, NULL);
        CloseHandle(file);
        ok_(__FILE__, line)(got == size, "got %lu bytes, expected %u\n", got, size);
        if (pattern) test_server_pattern(pattern, offset, expect, size);
        ok_(__FILE__, line)(!pattern || got != size || !memcmp(data, expect, size), "wrong bytes\n");
        ok_(__FILE__, line)(DeleteFileW(path), "cannot delete, error %lu\n", GetLastError());
    }
    free(data);
    free(expect);
}
#define bits_check_file(path, pattern, offset, size) bits_check_file_(__LINE__, path, pattern, offset, size)

/* Jobs. */

static inline void *bits_query_(unsigned int line, void *object, const IID *iid)
{
    void *ret = NULL;
    HRESULT hr = IUnknown_QueryInterface((IUnknown *)object, iid, &ret);

    ok_(__FILE__, line)(hr == S_OK && ret, "no interface %s: %#lx\n", wine_dbgstr_guid(iid), hr);
    return hr == S_OK ? ret : NULL;
}
#define bits_query(object, name) ((name *)bits_query_(__LINE__, object, &IID_##name))

static inline IBackgroundCopyJob *bits_create_job_(unsigned int line, const WCHAR *suffix, BG_JOB_TYPE type, GUID *id)
{
    IBackgroundCopyJob *job = NULL;
    GUID dummy;
    HRESULT hr;

    hr = IBackgroundCopyManager_CreateJob(bits_manager, bits_job_name(suffix), type, id ? id : &dummy, &job);
    ok_(__FILE__, line)(hr == S_OK, "CreateJob: got %#lx\n", hr);
    return job;
}
#define bits_create_job(suffix, type) bits_create_job_(__LINE__, suffix, type, NULL)

static inline void bits_add_file_(unsigned int line, IBackgroundCopyJob *job, const WCHAR *remote, const WCHAR *local)
{
    HRESULT hr = IBackgroundCopyJob_AddFile(job, remote, local);

    ok_(__FILE__, line)(hr == S_OK, "AddFile %s: got %#lx\n", wine_dbgstr_w(remote), hr);
}
#define bits_add_file(job, remote, local) bits_add_file_(__LINE__, job, remote, local)

static inline IBackgroundCopyFile *bits_get_file_(unsigned int line, IBackgroundCopyJob *job, ULONG index)
{
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyFile *file = NULL;
    HRESULT hr;

    hr = IBackgroundCopyJob_EnumFiles(job, &files);
    ok_(__FILE__, line)(hr == S_OK, "EnumFiles: got %#lx\n", hr);
    if (hr != S_OK) return NULL;
    if (index) IEnumBackgroundCopyFiles_Skip(files, index);
    hr = IEnumBackgroundCopyFiles_Next(files, 1, &file, NULL);
    ok_(__FILE__, line)(hr == S_OK, "no file %lu: %#lx\n", index, hr);
    IEnumBackgroundCopyFiles_Release(files);
    return file;
}
#define bits_get_file(job, index) bits_get_file_(__LINE__, job, index)

/* A download of that priority into a file of that name; url NULL: without a file. NULL: that has failed a check already. */
static inline IBackgroundCopyJob *bits_download(const WCHAR *name, const WCHAR *url, BG_JOB_PRIORITY priority)
{
    IBackgroundCopyJob *job = bits_create_job(name, BG_JOB_TYPE_DOWNLOAD);
    HRESULT hr;

    if (!job) return NULL;
    hr = IBackgroundCopyJob_SetPriority(job, priority);
    ok(hr == S_OK, "SetPriority: got %#lx\n", hr);
    if (url) bits_add_file(job, bits_url(url), bits_path(name));
    return job;
}

/* Where the file is before Complete. Good until the next call. */
static inline WCHAR *bits_temporary_name_of(IBackgroundCopyFile *file)
{
    IBackgroundCopyFile3 *file3 = bits_query(file, IBackgroundCopyFile3);
    static WCHAR buffer[MAX_PATH];
    WCHAR *name;

    buffer[0] = 0;
    if (IBackgroundCopyFile3_GetTemporaryName(file3, &name) == S_OK)
    {
        lstrcpynW(buffer, name, ARRAY_SIZE(buffer));
        CoTaskMemFree(name);
    }
    IBackgroundCopyFile3_Release(file3);
    return buffer;
}

/* ... the first file of the job; empty without one. */
static inline WCHAR *bits_temporary_name(IBackgroundCopyJob *job)
{
    IBackgroundCopyFile *file = bits_get_file(job, 0);
    WCHAR *name = bits_temporary_name_of(file);

    IBackgroundCopyFile_Release(file);
    return name;
}

/* The client's own method, which the service takes; for units that include the header of IBackgroundCopyJobHttpOptions2. */
#define bits_set_method(job, method) \
    do \
    { \
        IBackgroundCopyJobHttpOptions2 *http_ = bits_query(job, IBackgroundCopyJobHttpOptions2); \
        HRESULT hr_ = IBackgroundCopyJobHttpOptions2_SetHttpMethod(http_, method); \
\
        ok(hr_ == S_OK, "[HTTP2.SetHttpMethod.7] got %#lx\n", hr_); \
        IBackgroundCopyJobHttpOptions2_Release(http_); \
    } while (0)

/* Behind the service's back, while the job rests: of the temporary file of its first file only so many octets are left. */
static inline void bits_cut_temporary(IBackgroundCopyJob *job, LONGLONG left)
{
    HANDLE file = CreateFileW(bits_temporary_name(job), GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    LARGE_INTEGER size;

    size.QuadPart = left;
    ok(SetFilePointerEx(file, size, NULL, FILE_BEGIN) && SetEndOfFile(file), "[BEH.FILE.14] cannot cut, error %lu\n", GetLastError());
    CloseHandle(file);
}

static inline HRESULT bits_set_remote_name(IBackgroundCopyJob *job, ULONG index, const WCHAR *name)
{
    IBackgroundCopyFile *file = bits_get_file(job, index);
    IBackgroundCopyFile2 *file2 = bits_query(file, IBackgroundCopyFile2);
    HRESULT hr = IBackgroundCopyFile2_SetRemoteName(file2, name);

    IBackgroundCopyFile2_Release(file2);
    IBackgroundCopyFile_Release(file);
    return hr;
}

static inline BG_JOB_STATE bits_state(IBackgroundCopyJob *job)
{
    BG_JOB_STATE state = (BG_JOB_STATE)~0u;
    HRESULT hr = IBackgroundCopyJob_GetState(job, &state);

    ok(hr == S_OK, "GetState: got %#lx\n", hr);
    return state;
}

/* Waits for one of the states of a mask of 1 << BG_JOB_STATE_*. */
static inline BOOL bits_wait_states_(unsigned int line, IBackgroundCopyJob *job, unsigned int mask)
{
    struct bits_clock clock;
    BG_JOB_STATE state;

    bits_clock_start(&clock);
    for (;;)
    {
        state = bits_state(job);
        if ((unsigned int)state < 32 && (mask & (1u << state))) return TRUE;
        if (bits_clock_look(&clock) > BITS_TIMEOUT) break;
        Sleep(5);
    }
    ok_(__FILE__, line)(0, "the job stays in state %d, expected one of %#x\n", state, mask);
    return FALSE;
}
#define bits_wait_states(job, mask) bits_wait_states_(__LINE__, job, mask)
#define bits_wait_state(job, state) bits_wait_states_(__LINE__, job, 1u << (state))

/* FALSE, and a failed check: the job has none. */
static inline BOOL bits_read_error_(unsigned int line, IBackgroundCopyJob *job, BG_ERROR_CONTEXT *context, HRESULT *code, const char *facts)
{
    IBackgroundCopyError *error;
    HRESULT hr;

    *context = BG_ERROR_CONTEXT_NONE;
    *code = S_OK;
    hr = IBackgroundCopyJob_GetError(job, &error);
    ok_(__FILE__, line)(hr == S_OK, "[%s] GetError: got %#lx\n", facts, hr);
    if (hr != S_OK) return FALSE;
    IBackgroundCopyError_GetError(error, context, code);
    IBackgroundCopyError_Release(error);
    return TRUE;
}

/* The error of the job has this code, whatever the context. */
static inline void bits_check_error_(unsigned int line, IBackgroundCopyJob *job, HRESULT expect, const char *facts)
{
    BG_ERROR_CONTEXT context;
    HRESULT code;

    if (!bits_read_error_(line, job, &context, &code, facts)) return;
    ok_(__FILE__, line)(code == expect, "[%s] got %#lx, context %d\n", facts, code, context);
}
#define bits_check_error(job, expect, facts) bits_check_error_(__LINE__, job, (HRESULT)(expect), facts)

/* ... and this context. */
static inline void bits_check_error_in_(unsigned int line, IBackgroundCopyJob *job, HRESULT expect, BG_ERROR_CONTEXT expect_context, const char *facts)
{
    BG_ERROR_CONTEXT context;
    HRESULT code;

    if (!bits_read_error_(line, job, &context, &code, facts)) return;
    ok_(__FILE__, line)(code == expect && context == expect_context, "[%s] got %#lx, context %d\n", facts, code, context);
}
#define bits_check_error_in(job, expect, context, facts) bits_check_error_in_(__LINE__, job, (HRESULT)(expect), BG_ERROR_CONTEXT_##context, facts)

/* The code of the job's error, S_OK without one. */
static inline HRESULT bits_error_code(IBackgroundCopyJob *job)
{
    IBackgroundCopyError *error;
    BG_ERROR_CONTEXT context;
    HRESULT code = S_OK;

    if (IBackgroundCopyJob_GetError(job, &error) != S_OK) return S_OK;
    IBackgroundCopyError_GetError(error, &context, &code);
    IBackgroundCopyError_Release(error);
    return code;
}

/* EnumJobs shows the job. */
static inline BOOL bits_is_listed(const GUID *id, DWORD flags)
{
    IEnumBackgroundCopyJobs *jobs;
    IBackgroundCopyJob *job;
    BOOL found = FALSE;
    HRESULT hr;
    GUID got;

    hr = IBackgroundCopyManager_EnumJobs(bits_manager, flags, &jobs);
    ok(hr == S_OK, "[MGR.EnumJobs.4] got %#lx\n", hr);
    if (hr != S_OK) return FALSE;
    while (IEnumBackgroundCopyJobs_Next(jobs, 1, &job, NULL) == S_OK)
    {
        if (IBackgroundCopyJob_GetId(job, &got) == S_OK) found |= IsEqualGUID(&got, id);
        IBackgroundCopyJob_Release(job);
    }
    IEnumBackgroundCopyJobs_Release(jobs);
    return found;
}

/* Cancels a job in whatever state it is and lets go of it. */
static inline void bits_cancel_(unsigned int line, IBackgroundCopyJob *job)
{
    HRESULT hr = IBackgroundCopyJob_Cancel(job);

    ok_(__FILE__, line)(hr == S_OK || hr == BG_E_INVALID_STATE, "Cancel: got %#lx\n", hr);
    IBackgroundCopyJob_Release(job);
}
#define bits_cancel(job) bits_cancel_(__LINE__, job)

static inline void bits_resume_(unsigned int line, IBackgroundCopyJob *job)
{
    HRESULT hr = IBackgroundCopyJob_Resume(job);

    ok_(__FILE__, line)(hr == S_OK, "Resume: got %#lx\n", hr);
}
#define bits_resume(job) bits_resume_(__LINE__, job)

/* What bits_job_in_state needs in the script of the server. */
#define BITS_STATES_SCRIPT \
    "on * /state/good\n size 1000\n" \
    "on * /state/missing\n status 404\n" \
    "on * /state/busy\n status 503\n" \
    "on HEAD /state/stall\n size 1000\n" \
    "on * /state/stall\n size 1000\n stall 500\n"

/*
 * A download job with one file in the wanted state, for whoever calls a method in every state.  In TRANSFERRING it stays until it is
 * cancelled; QUEUED and CONNECTING cannot be held and are not offered.
 */
static inline IBackgroundCopyJob *bits_job_in_state_(unsigned int line, BG_JOB_STATE state)
{
    static const WCHAR *const urls[] =
    {
        NULL, NULL, L"/state/stall", L"/state/good", L"/state/missing", L"/state/busy", L"/state/good", L"/state/good", L"/state/good"
    };
    IBackgroundCopyJob *job;
    HRESULT hr;

    if (!(job = bits_create_job_(line, L"state", BG_JOB_TYPE_DOWNLOAD, NULL))) return NULL;
    bits_add_file_(line, job, bits_url(urls[state]), bits_path(L"state"));
    switch (state)
    {
    case BG_JOB_STATE_SUSPENDED:
        return job;
    case BG_JOB_STATE_CANCELLED:
        hr = IBackgroundCopyJob_Cancel(job);
        ok_(__FILE__, line)(hr == S_OK, "Cancel: got %#lx\n", hr);
        return job;
    case BG_JOB_STATE_ACKNOWLEDGED:
        bits_resume_(line, job);
        bits_wait_states_(line, job, 1u << BG_JOB_STATE_TRANSFERRED);
        hr = IBackgroundCopyJob_Complete(job);
        ok_(__FILE__, line)(hr == S_OK, "Complete: got %#lx\n", hr);
        bits_check_file_(line, bits_path(L"state"), "/state/good", 0, 1000);
        return job;
    default:
        IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
        bits_resume_(line, job);
        bits_wait_states_(line, job, 1u << state);
        return job;
    }
}
#define bits_job_in_state(state) bits_job_in_state_(__LINE__, state)

/* The states that bits_job_in_state offers. */
static const BG_JOB_STATE bits_states[] =
{
    BG_JOB_STATE_SUSPENDED, BG_JOB_STATE_TRANSFERRING, BG_JOB_STATE_TRANSIENT_ERROR, BG_JOB_STATE_ERROR, BG_JOB_STATE_TRANSFERRED,
    BG_JOB_STATE_ACKNOWLEDGED, BG_JOB_STATE_CANCELLED
};

static inline BOOL bits_is_final(BG_JOB_STATE state)
{
    return state == BG_JOB_STATE_ACKNOWLEDGED || state == BG_JOB_STATE_CANCELLED;
}

/* An array of that many characters x; the caller frees it. */
static inline WCHAR *bits_long_string(unsigned int len)
{
    WCHAR *string = malloc((len + 1) * sizeof(*string));
    unsigned int i;

    for (i = 0; i < len; i++) string[i] = 'x';
    string[len] = 0;
    return string;
}

/* A string that the service handed out: compared and freed. NULL is one that must be NULL. */
static inline void bits_check_string_(unsigned int line, const char *fact, HRESULT hr, WCHAR *string, const WCHAR *expect)
{
    ok_(__FILE__, line)(hr == S_OK, "[%s] got %#lx\n", fact, hr);
    if (hr != S_OK) return;
    ok_(__FILE__, line)(expect && string ? !wcscmp(string, expect) : string == expect, "[%s] got %s, expected %s\n", fact,
                        wine_dbgstr_w(string), wine_dbgstr_w(expect));
    CoTaskMemFree(string);
}
#define bits_check_string(fact, hr, string, expect) bits_check_string_(__LINE__, fact, hr, string, expect)

/* The service ends as SCM ends it and is started again; every proxy of before is dead, the manager is made anew. FALSE if it may not be. */
static inline BOOL bits_restart_service(void)
{
    SERVICE_STATUS status = { 0 };
    struct bits_clock clock;
    SC_HANDLE scm, service;
    HRESULT hr;

    if (strcmp(winetest_platform, "wine"))
    {
        skip("the service of somebody's machine is not restarted\n");
        return FALSE;
    }
    scm = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    service = OpenServiceW(scm, L"BITS", SERVICE_STOP | SERVICE_QUERY_STATUS);
    ok(service != NULL, "cannot open the service, error %lu\n", GetLastError());
    IBackgroundCopyManager_Release(bits_manager);
    ok(ControlService(service, SERVICE_CONTROL_STOP, &status), "cannot stop the service, error %lu\n", GetLastError());
    bits_clock_start(&clock);
    while (QueryServiceStatus(service, &status) && status.dwCurrentState != SERVICE_STOPPED && bits_clock_look(&clock) < BITS_TIMEOUT)
        Sleep(5);
    ok(status.dwCurrentState == SERVICE_STOPPED, "the service does not stop\n");
    CloseServiceHandle(service);
    CloseServiceHandle(scm);
    hr = CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&bits_manager);
    ok(hr == S_OK, "there is no manager any more: %#lx\n", hr);
    return hr == S_OK;
}

/* Other clients. */

enum bits_child
{
    BITS_CHILD_PLAIN,           /* another process of the same kind */
    BITS_CHILD_USER             /* without the rights of an administrator */
};

/* The argument of bits_run_child in the child, NULL in the first process. */
static inline const char *bits_child_argument(void)
{
    char **argv;
    int argc = winetest_get_mainargs(&argv);

    return argc > 2 ? argv[2] : NULL;
}

/* An own token in which Administrators says nothing. */
static inline HANDLE bits_user_token(void)
{
    static SID_IDENTIFIER_AUTHORITY authority = { SECURITY_NT_AUTHORITY };
    HANDLE own, token = NULL;
    SID_AND_ATTRIBUTES sid = { NULL };
    BOOL ret;

    AllocateAndInitializeSid(&authority, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS, 0, 0, 0, 0, 0, 0, &sid.Sid);
    OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &own);
    ret = CreateRestrictedToken(own, DISABLE_MAX_PRIVILEGE, 1, &sid, 0, NULL, 0, NULL, &token);
    ok(ret, "CreateRestrictedToken: error %lu\n", GetLastError());
    CloseHandle(own);
    FreeSid(sid.Sid);
    return token;
}

static inline void bits_run_child(const char *unit, const char *argument, enum bits_child kind)
{
    STARTUPINFOA startup = { sizeof(startup) };
    PROCESS_INFORMATION info;
    char line[MAX_PATH * 2];
    HANDLE token = NULL;
    char **argv;
    BOOL ret;

    winetest_get_mainargs(&argv);
    _snprintf(line, sizeof(line), "\"%s\" %s %s", argv[0], unit, argument);
    if (kind == BITS_CHILD_USER)
    {
        token = bits_user_token();
        ret = CreateProcessAsUserA(token, NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info);
        CloseHandle(token);
    }
    else ret = CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info);
    ok(ret, "cannot start %s, error %lu\n", line, GetLastError());
    if (!ret) return;
    wait_child_process(info.hProcess);
    CloseHandle(info.hThread);
    CloseHandle(info.hProcess);
}

#endif /* __BITS_TEST_H */
