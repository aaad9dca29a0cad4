/*
 * Tests of what real clients do, contract or not
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
 * Each function plays one habit.  "habits client PORT APARTMENT SECURITY ANSWERS CLASS" is a whole updater of some kind, in a process of its own.
 */

#include <stdarg.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "winuser.h"
#include "winsvc.h"
#include "winver.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"
#include "notify_test.h"

static const char script[] =
    "on * /one\n size 1000\n"
    "on * /two\n size 2000\n"
    "on * /gone\n status 404\n"
    "on * /busy\n status 503\n"
    "on HEAD /slow\n size 30000\n"
    "on * /slow\n size 30000\n rate 20000\n"
    "on * /secret\n size 1000\n auth basic realm user password\n"
    "on * /from\n redirect 302 http://$(host)/slow\n"
    "on HEAD /wait\n size 1000\n"
    "on * /wait\n size 1000\n delay 1000\n";

static IBackgroundCopyJob *make_job(const WCHAR *name, const WCHAR *path)
{
    IBackgroundCopyJob *job = bits_create_job(name, BG_JOB_TYPE_DOWNLOAD);
    HRESULT hr;

    if (path) bits_add_file(job, bits_url(path), bits_path(name));
    hr = IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
    ok(hr == S_OK, "[HABIT.F6] got %#lx\n", hr);
    return job;
}

/* A poller: progress from the time when the size is known, percentages that only grow, states that never go back. */
static void test_poller(void)
{
    static const unsigned int order[] = { 0, 1, 2, ~0u, ~0u, ~0u, 3, ~0u, ~0u };
    struct bits_clock clock;
    IBackgroundCopyJob *job = make_job(L"poll", L"/one");
    BG_JOB_STATE state = BG_JOB_STATE_QUEUED, before = BG_JOB_STATE_QUEUED;
    BG_JOB_PROGRESS progress;
    UINT64 transferred = 0;
    BOOL known = FALSE;
    HRESULT hr;

    bits_add_file(job, bits_url(L"/two"), bits_path(L"poll2"));
    bits_add_file(job, bits_url(L"/slow"), bits_path(L"poll3"));
    bits_resume(job);
    for (bits_clock_start(&clock); state != BG_JOB_STATE_TRANSFERRED && bits_clock_look(&clock) < BITS_TIMEOUT; Sleep(1))
    {
        state = bits_state(job);
        ok(order[state] != ~0u, "[OBS.5] got state %d\n", state);
        ok(order[state] >= order[before], "[HABIT.4] from state %d to %d\n", before, state);
        before = state;
        hr = IBackgroundCopyJob_GetProgress(job, &progress);
        ok(hr == S_OK, "GetProgress: got %#lx\n", hr);
        ok(progress.BytesTransferred >= transferred, "[HABIT.F2] %u bytes after %u\n", (unsigned int)progress.BytesTransferred,
           (unsigned int)transferred);
        transferred = progress.BytesTransferred;
        if (known) ok(progress.BytesTotal == 33000, "[HABIT.F2] the total becomes %u\n", (unsigned int)progress.BytesTotal);
        if (progress.BytesTotal != BG_SIZE_UNKNOWN)
        {
            if (!known) ok(progress.FilesTransferred < 3, "[HABIT.F2] the total is known at the end only\n");
            known = progress.BytesTotal == 33000;
        }
    }
    ok(known && transferred == 33000, "[HABIT.F2] got %u bytes\n", (unsigned int)transferred);
    bits_cancel(job);
}

/* The size of a file by itself: after HEAD. */
static void test_early_size(void)
{
    struct bits_clock clock;
    IBackgroundCopyJob *job = make_job(L"early", L"/slow");
    BG_JOB_PROGRESS progress;

    bits_resume(job);
    bits_clock_start(&clock);
    do
    {
        IBackgroundCopyJob_GetProgress(job, &progress);
        Sleep(1);
    }
    while (progress.BytesTotal == BG_SIZE_UNKNOWN && bits_clock_look(&clock) < BITS_TIMEOUT);
    ok(progress.BytesTotal == 30000 && progress.BytesTransferred < 30000, "[HABIT.F2] %u of %u bytes\n",
       (unsigned int)progress.BytesTransferred, (unsigned int)progress.BytesTotal);
    ok(test_server_count(bits_server, "HEAD", "/slow") >= 1, "[HABIT.12] no HEAD\n");
    bits_cancel(job);
}

static void test_types_and_values(void)
{
    static const BG_JOB_TYPE types[] = { BG_JOB_TYPE_DOWNLOAD, BG_JOB_TYPE_UPLOAD, BG_JOB_TYPE_UPLOAD_REPLY };
    static const ULONG times[] = { 0, 60, 120, 86400 };
    static const ULONG flags[] = { 3, 3 | BG_NOTIFY_JOB_MODIFICATION, 3 | BG_NOTIFY_FILE_TRANSFERRED };
    static const struct { BG_JOB_PROXY_USAGE usage; const WCHAR *list, *bypass; } proxies[] =
    {
        { BG_JOB_PROXY_USAGE_PRECONFIG }, { BG_JOB_PROXY_USAGE_NO_PROXY }, { BG_JOB_PROXY_USAGE_AUTODETECT },
        { BG_JOB_PROXY_USAGE_OVERRIDE, L"proxy:8080", NULL }, { BG_JOB_PROXY_USAGE_OVERRIDE, L"http=proxy:8080", L"<local>" },
    };
    static const BG_AUTH_SCHEME schemes[] = { BG_AUTH_SCHEME_NEGOTIATE, BG_AUTH_SCHEME_NTLM };
    IBackgroundCopyJobHttpOptions *http;
    BITS_JOB_PROPERTY_VALUE value;
    BG_AUTH_CREDENTIALS auth;
    IBackgroundCopyJob2 *job2;
    IBackgroundCopyJob5 *job5;
    IBackgroundCopyJob *job;
    unsigned int i;
    ULONG got;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(types); i++)
    {
        job = bits_create_job(L"type", types[i]);
        ok(job != NULL, "[HABIT.F1] type %d\n", types[i]);
        if (job) bits_cancel(job);
    }
    job = make_job(L"values", L"/one");
    for (i = 0; i < ARRAY_SIZE(times); i++)
    {
        hr = IBackgroundCopyJob_SetNoProgressTimeout(job, times[i]);
        ok(hr == S_OK, "[HABIT.F9] got %#lx\n", hr);
        hr = IBackgroundCopyJob_GetNoProgressTimeout(job, &got);
        ok(hr == S_OK && got == times[i], "[HABIT.F9] got %#lx, %lu\n", hr, got);
        hr = IBackgroundCopyJob_SetMinimumRetryDelay(job, times[i]);
        ok(hr == S_OK, "[HABIT.F9] got %#lx\n", hr);
    }
    for (i = 0; i < ARRAY_SIZE(flags); i++)
    {
        hr = IBackgroundCopyJob_SetNotifyFlags(job, flags[i]);
        ok(hr == S_OK, "[HABIT.F3] %#lx: got %#lx\n", flags[i], hr);
    }
    for (i = 0; i < ARRAY_SIZE(proxies); i++)
    {
        hr = IBackgroundCopyJob_SetProxySettings(job, proxies[i].usage, proxies[i].list, proxies[i].bypass);
        ok(hr == S_OK, "[HABIT.F13] row %u: got %#lx\n", i, hr);
    }
    job2 = bits_query(job, IBackgroundCopyJob2);
    for (i = 0; i < ARRAY_SIZE(schemes); i++)
    {
        memset(&auth, 0, sizeof(auth));
        auth.Target = BG_AUTH_TARGET_PROXY;
        auth.Scheme = schemes[i];
        hr = IBackgroundCopyJob2_SetCredentials(job2, &auth);
        ok(hr == S_OK, "[HABIT.F11] scheme %d: got %#lx\n", schemes[i], hr);
    }
    IBackgroundCopyJob2_Release(job2);
    http = bits_query(job, IBackgroundCopyJobHttpOptions);
    hr = IBackgroundCopyJobHttpOptions_SetSecurityFlags(http, BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT);
    ok(hr == S_OK, "[HABIT.F10] got %#lx\n", hr);
    hr = IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, L"X-Habit: yes\r\n");
    ok(hr == S_OK, "[HABIT.F10] got %#lx\n", hr);
    IBackgroundCopyJobHttpOptions_Release(http);
    job5 = bits_query(job, IBackgroundCopyJob5);
    value.Dword = BITS_JOB_TRANSFER_POLICY_ALWAYS;
    hr = IBackgroundCopyJob5_SetProperty(job5, BITS_JOB_PROPERTY_ID_COST_FLAGS, value);
    ok(hr == S_OK, "[HABIT.F15] got %#lx\n", hr);
    IBackgroundCopyJob5_Release(job5);
    bits_cancel(job);
}

/* How an error is shown to people. */
static void test_error_texts(void)
{
    IBackgroundCopyJob *job = make_job(L"texts", L"/gone");
    IBackgroundCopyError *error;
    BG_ERROR_CONTEXT context;
    HRESULT hr, code;
    WCHAR *text;

    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_ERROR);
    hr = IBackgroundCopyJob_GetError(job, &error);
    ok(hr == S_OK, "[HABIT.F4] got %#lx\n", hr);
    if (hr == S_OK)
    {
        hr = IBackgroundCopyError_GetError(error, &context, &code);
        ok(hr == S_OK && code == BG_E_HTTP_ERROR_404, "[HABIT.F4] got %#lx, %#lx\n", hr, code);
        hr = IBackgroundCopyError_GetErrorDescription(error, LANGIDFROMLCID(GetThreadLocale()), &text);
        ok(hr == S_OK && *text, "[HABIT.F4] got %#lx\n", hr);
        if (hr == S_OK) CoTaskMemFree(text);
        hr = IBackgroundCopyError_GetErrorContextDescription(error, LANGIDFROMLCID(GetThreadLocale()), &text);
        ok(hr == S_OK && *text, "[HABIT.F4] got %#lx\n", hr);
        if (hr == S_OK) CoTaskMemFree(text);
        hr = IBackgroundCopyManager_GetErrorDescription(bits_manager, code, LANGIDFROMLCID(GetThreadLocale()), &text);
        ok(hr == S_OK && *text, "[HABIT.F4] got %#lx\n", hr);
        if (hr == S_OK) CoTaskMemFree(text);
        IBackgroundCopyError_Release(error);
    }
    bits_cancel(job);
}

static unsigned int count_by_name(const WCHAR *suffix, IBackgroundCopyJob **found)
{
    IEnumBackgroundCopyJobs *jobs;
    IBackgroundCopyJob *job;
    unsigned int n = 0;
    ULONG count = 0;
    WCHAR *name;
    HRESULT hr;

    hr = IBackgroundCopyManager_EnumJobs(bits_manager, BG_JOB_ENUM_ALL_USERS, &jobs);
    if (FAILED(hr)) hr = IBackgroundCopyManager_EnumJobs(bits_manager, 0, &jobs);
    ok(hr == S_OK, "[HABIT.F7] got %#lx\n", hr);
    if (hr != S_OK) return 0;
    hr = IEnumBackgroundCopyJobs_GetCount(jobs, &count);
    ok(hr == S_OK, "[HABIT.F7] got %#lx\n", hr);
    while (count--)
    {
        hr = IEnumBackgroundCopyJobs_Next(jobs, 1, &job, NULL);
        ok(hr == S_OK, "[HABIT.F7] got %#lx\n", hr);
        if (hr != S_OK) break;
        hr = IBackgroundCopyJob_GetDisplayName(job, &name);
        if (hr == S_OK && !lstrcmpW(name, bits_job_name(suffix)) && !n++)
        {
            *found = job;
            IBackgroundCopyJob_AddRef(job);
        }
        if (hr == S_OK) CoTaskMemFree(name);
        IBackgroundCopyJob_Release(job);
    }
    IEnumBackgroundCopyJobs_Release(jobs);
    return n;
}

/* A client that comes back, finds its job by name and learns what happened meanwhile; one that registers late anyway. */
static void test_return(void)
{
    IBackgroundCopyJob *job = make_job(L"return", L"/wait"), *found = NULL, *late = make_job(L"late", L"/wait");
    struct callback *cb = cb_create(CB_ANSWERS_1);
    IBackgroundCopyManager *manager;
    HRESULT hr;

    bits_resume(job);
    IBackgroundCopyJob_Release(job);
    bits_resume(late);
    cb_register(late, cb, FLAGS_END);           /* HABIT.14: after Resume */
    cb_wait(cb, CB_TRANSFERRED, 1);

    manager = bits_manager;                     /* it begins anew */
    hr = CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&bits_manager);
    ok(hr == S_OK, "got %#lx\n", hr);
    IBackgroundCopyManager_Release(manager);
    ok(count_by_name(L"return", &found) == 1, "[HABIT.11] not found by name\n");
    if (found)
    {
        bits_wait_state(found, BG_JOB_STATE_TRANSFERRED);
        cb_register(found, cb, FLAGS_END);
        cb_wait(cb, CB_TRANSFERRED, 2);
        ok(cb->counts[CB_TRANSFERRED] == 2, "[HABIT.14] %u calls\n", cb->counts[CB_TRANSFERRED]);
        bits_cancel(found);
    }
    bits_cancel(late);
    cb_destroy(cb);
}

/* From inside. */
static HRESULT complete_inside(struct callback *cb, enum cb_kind kind, IBackgroundCopyJob *job, IUnknown *other)
{
    DWORD begin = GetTickCount();
    HRESULT hr;

    if (kind != CB_TRANSFERRED) return S_OK;
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "[HABIT.F5] got %#lx\n", hr);
    ok(GetTickCount() - begin < 5000, "[HABIT.F5] it took %lu ms\n", GetTickCount() - begin);
    return S_OK;
}

/* What is looked at after Complete, on pointers that are still held. */
static void test_after_complete(void)
{
    IBackgroundCopyJob *job = make_job(L"after", L"/one");
    struct callback *cb = cb_create(CB_ANSWERS_1);
    IEnumBackgroundCopyFiles *files;
    IBackgroundCopyFile5 *file5;
    IBackgroundCopyFile *file;
    BITS_FILE_PROPERTY_VALUE headers;
    BG_FILE_PROGRESS progress;
    BG_JOB_PROGRESS sum;
    BG_JOB_TIMES times;
    ULONG count = 0;
    HRESULT hr;

    bits_add_file(job, bits_url(L"/two"), bits_path(L"after2"));
    cb->hook = complete_inside;
    cb_register(job, cb, FLAGS_END);
    bits_resume(job);
    cb_wait(cb, CB_TRANSFERRED, 1);
    ok(bits_state(job) == BG_JOB_STATE_ACKNOWLEDGED, "[HABIT.F5] got state %d\n", bits_state(job));
    hr = IBackgroundCopyJob_SetNotifyInterface(job, NULL);
    ok(hr == BG_E_INVALID_STATE, "[HABIT.F12] got %#lx\n", hr);
    cb_wait_released("HABIT.2", cb);

    hr = IBackgroundCopyJob_GetProgress(job, &sum);
    ok(hr == S_OK && sum.BytesTotal == 3000 && sum.BytesTransferred == 3000 && sum.FilesTransferred == 2, "[HABIT.9] got %#lx\n", hr);
    hr = IBackgroundCopyJob_GetTimes(job, &times);
    ok(hr == S_OK && times.TransferCompletionTime.dwHighDateTime, "[HABIT.9] got %#lx\n", hr);
    hr = IBackgroundCopyJob_EnumFiles(job, &files);
    ok(hr == S_OK, "[HABIT.F8] got %#lx\n", hr);
    if (hr == S_OK)
    {
        hr = IEnumBackgroundCopyFiles_GetCount(files, &count);
        ok(hr == S_OK && count == 2, "[HABIT.F8] got %#lx, %lu\n", hr, count);
        while (IEnumBackgroundCopyFiles_Next(files, 1, &file, NULL) == S_OK)
        {
            hr = IBackgroundCopyFile_GetProgress(file, &progress);
            ok(hr == S_OK && progress.Completed && progress.BytesTotal == progress.BytesTransferred, "[HABIT.9] got %#lx, completed %d\n",
               hr, progress.Completed);
            file5 = bits_query(file, IBackgroundCopyFile5);
            memset(&headers, 0, sizeof(headers));
            hr = IBackgroundCopyFile5_GetProperty(file5, BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, &headers);
            ok(hr == S_OK && headers.String && wcsstr(headers.String, L"HTTP/1.1 200"), "[HABIT.F15] got %#lx, %s\n", hr,
               wine_dbgstr_w(hr == S_OK ? headers.String : NULL));
            if (hr == S_OK) CoTaskMemFree(headers.String);
            IBackgroundCopyFile5_Release(file5);
            IBackgroundCopyFile_Release(file);
        }
        IEnumBackgroundCopyFiles_Release(files);
    }
    IBackgroundCopyJob_Release(job);
    bits_check_file(bits_path(L"after"), "/one", 0, 1000);
    bits_check_file(bits_path(L"after2"), "/two", 0, 2000);
    cb_destroy(cb);
}

/* Errors that are none yet, and clients who do not want to wait. */
static void test_no_patience(void)
{
    IBackgroundCopyJob *busy = make_job(L"busy", L"/busy"), *hasty = make_job(L"hasty", L"/busy");
    struct callback *cb = cb_create(CB_ANSWERS_1), *cb_hasty = cb_create(CB_ANSWERS_1);
    BG_JOB_PROGRESS progress;
    DWORD since;
    HRESULT hr;

    cb_register(busy, cb, FLAGS_END);
    bits_resume(busy);
    bits_wait_state(busy, BG_JOB_STATE_TRANSIENT_ERROR);
    hr = IBackgroundCopyJob_GetProgress(busy, &progress);
    ok(hr == S_OK && !progress.FilesTransferred, "[HABIT.5] %lu files\n", progress.FilesTransferred);
    ok(!cb->count, "[HABIT.5] called\n");
    since = GetTickCount();
    hr = IBackgroundCopyJob_SetNoProgressTimeout(busy, 0);
    ok(hr == S_OK, "got %#lx\n", hr);
    cb_wait(cb, CB_ERROR, 1);
    ok(cb->calls[0].begin - since < 500, "[HABIT.6] after %lu ms\n", cb->calls[0].begin - since);

    test_server_reset(bits_server);
    IBackgroundCopyJob_SetNoProgressTimeout(hasty, 0);
    cb_register(hasty, cb_hasty, FLAGS_END);
    bits_resume(hasty);
    ok(test_server_wait(bits_server, 1, BITS_TIMEOUT), "no request\n");
    since = GetTickCount();
    cb_wait(cb_hasty, CB_ERROR, 1);
    ok((int)(cb_hasty->calls[0].begin - since) < 500, "[HABIT.6] after %ld ms\n", (long)(cb_hasty->calls[0].begin - since));
    ok(bits_state(hasty) == BG_JOB_STATE_ERROR, "[HABIT.6] got state %d\n", bits_state(hasty));
    bits_cancel(busy);
    bits_cancel(hasty);
    cb_destroy(cb);
    cb_destroy(cb_hasty);
}

/* A password that comes after the 401. */
static void test_password(void)
{
    IBackgroundCopyJob *job = make_job(L"secret", L"/secret");
    struct callback *cb = cb_create(CB_ANSWERS_1);
    static WCHAR user[] = L"user", password[] = L"password";
    BG_AUTH_CREDENTIALS auth = { BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC };
    IBackgroundCopyJob2 *job2 = bits_query(job, IBackgroundCopyJob2);
    HRESULT hr;

    cb_register(job, cb, FLAGS_END);
    bits_resume(job);
    cb_wait(cb, CB_ERROR, 1);
    auth.Credentials.Basic.UserName = user;
    auth.Credentials.Basic.Password = password;
    hr = IBackgroundCopyJob2_SetCredentials(job2, &auth);
    ok(hr == S_OK, "[HABIT.F11] got %#lx\n", hr);
    bits_resume(job);
    cb_wait(cb, CB_TRANSFERRED, 1);
    ok(bits_state(job) == BG_JOB_STATE_TRANSFERRED, "[HABIT.F11] got state %d\n", bits_state(job));
    IBackgroundCopyJob2_Release(job2);
    bits_cancel(job);
    cb_destroy(cb);
}

/* Redirects that are reported, headers that are added; how the server knows BITS. */
static void test_wire(void)
{
    struct bits_clock clock;
    IBackgroundCopyJob *job = make_job(L"wire", L"/from");
    IBackgroundCopyJobHttpOptions *http = bits_query(job, IBackgroundCopyJobHttpOptions);
    char buffer[256] = "", header[64] = "";
    IBackgroundCopyFile3 *file3;
    struct test_request request;
    IBackgroundCopyFile *file;
    WCHAR *name = NULL;
    BOOL seen = FALSE;
    HRESULT hr;

    IBackgroundCopyJobHttpOptions_SetSecurityFlags(http, BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT);
    IBackgroundCopyJobHttpOptions_SetCustomHeaders(http, L"X-Habit: yes");
    IBackgroundCopyJobHttpOptions_Release(http);
    test_server_reset(bits_server);
    bits_resume(job);
    for (bits_clock_start(&clock); !seen && bits_clock_look(&clock) < BITS_TIMEOUT; Sleep(5))
    {
        file = bits_get_file(job, 0);
        hr = IBackgroundCopyFile_GetRemoteName(file, &name);
        ok(hr == S_OK, "[HABIT.10] got %#lx\n", hr);
        seen = hr == S_OK && !lstrcmpW(name, bits_url(L"/slow"));
        if (hr == S_OK) CoTaskMemFree(name);
        IBackgroundCopyFile_Release(file);
        if (bits_state(job) == BG_JOB_STATE_TRANSFERRED && !seen) break;
    }
    ok(seen, "[HABIT.10] the name stays what it was\n");
    ok(bits_state(job) != BG_JOB_STATE_TRANSFERRED, "[HABIT.10] the name changes at the end only\n");
    file = bits_get_file(job, 0);
    file3 = bits_query(file, IBackgroundCopyFile3);
    hr = IBackgroundCopyFile3_GetTemporaryName(file3, &name);
    ok(hr == S_OK, "[HABIT.F15] got %#lx\n", hr);
    if (hr == S_OK) CoTaskMemFree(name);
    IBackgroundCopyFile3_Release(file3);
    IBackgroundCopyFile_Release(file);
    ok(test_server_get_request(bits_server, 1, &request), "no request\n");
    ok(!strcmp(request.method, "HEAD"), "[HABIT.12] the first one is %s\n", request.method);
    test_request_header(&request, "User-Agent", buffer, sizeof(buffer));
    ok(!strcmp(buffer, "Microsoft BITS/7.8"), "[HABIT.12] got %s\n", buffer);
    test_request_header(&request, "X-Habit", header, sizeof(header));
    ok(!strcmp(header, "yes"), "[HABIT.F10] got %s\n", header);
    test_request_free(&request);
    bits_cancel(job);
}

/* How old is this BITS? */
static void test_version(void)
{
    BOOL (WINAPI *get_info)(const WCHAR *, DWORD, DWORD, void *);
    BOOL (WINAPI *query)(const void *, const WCHAR *, void **, UINT *);
    static const CLSID *const classes[] =
    {
        &CLSID_BackgroundCopyManager10_3, &CLSID_BackgroundCopyManager10_2, &CLSID_BackgroundCopyManager10_1, &CLSID_BackgroundCopyManager5_0,
        &CLSID_BackgroundCopyManager4_0, &CLSID_BackgroundCopyManager3_0, &CLSID_BackgroundCopyManager2_5, &CLSID_BackgroundCopyManager2_0,
        &CLSID_BackgroundCopyManager1_5, &CLSID_BackgroundCopyManager
    };
    HMODULE version = LoadLibraryW(L"version.dll");
    IBackgroundCopyManager *manager;
    VS_FIXEDFILEINFO *info;
    WCHAR path[MAX_PATH];
    BYTE buffer[8192];
    unsigned int i;
    UINT size;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(classes); i++)
    {
        hr = CoCreateInstance(classes[i], NULL, i & 1 ? CLSCTX_ALL : CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&manager);
        ok(hr == S_OK || (strcmp(winetest_platform, "wine") && hr == REGDB_E_CLASSNOTREG), "[HABIT.8] class %u: got %#lx\n", i, hr);
        if (hr == S_OK) IBackgroundCopyManager_Release(manager);
    }
    ok(GetModuleHandleW(L"qmgrprxy.dll") != NULL, "[HABIT.13] qmgrprxy.dll is not in the process\n");
    get_info = (void *)GetProcAddress(version, "GetFileVersionInfoW");
    query = (void *)GetProcAddress(version, "VerQueryValueW");
    GetSystemDirectoryW(path, ARRAY_SIZE(path));
    lstrcatW(path, L"\\qmgr.dll");
    if (get_info(path, 0, sizeof(buffer), buffer) && query(buffer, L"\\", (void **)&info, &size))
        ok(info->dwFileVersionMS >= MAKELONG(5, 6), "[HABIT.13] version %#lx\n", info->dwFileVersionMS);
    else ok(0, "[HABIT.13] no version of qmgr.dll, error %lu\n", GetLastError());
    FreeLibrary(version);
}

/* Whole clients in processes of their own. */

static HRESULT finish_job(struct callback *cb, enum cb_kind kind, IBackgroundCopyJob *job, IUnknown *other)
{
    HRESULT hr;

    if (kind != CB_TRANSFERRED) return S_OK;
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "[HABIT.F5] Complete: got %#lx\n", hr);
    return S_OK;
}

static void be_client(int argc, char **argv)
{
    unsigned int apartment = atoi(argv[4]), security = atoi(argv[5]), answers = atoi(argv[6]), i;
    static const CLSID *const classes[] = { &CLSID_BackgroundCopyManager, &CLSID_BackgroundCopyManager5_0, &CLSID_BackgroundCopyManager10_3 };
    struct callback *cb = cb_create(answers);
    WCHAR url[64], path[MAX_PATH];
    IBackgroundCopyJob *job;
    BG_JOB_STATE state = (BG_JOB_STATE)~0u;
    HRESULT hr;
    GUID id;

    winetest_push_context("%s, security %u, answers %u", apartment ? "STA" : "MTA", security, answers);
    hr = CoInitializeEx(NULL, apartment ? COINIT_APARTMENTTHREADED : COINIT_MULTITHREADED);
    ok(hr == S_OK, "CoInitializeEx: got %#lx\n", hr);
    if (security == 1)
        hr = CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE, NULL);
    else if (security == 2)
        hr = CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_IMP_LEVEL_IMPERSONATE, NULL,
                                  EOAC_DYNAMIC_CLOAKING, NULL);
    ok(hr == S_OK, "[HABIT.7] CoInitializeSecurity: got %#lx\n", hr);
    hr = CoCreateInstance(classes[atoi(argv[7])], NULL, apartment ? CLSCTX_ALL : CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager,
                          (void **)&bits_manager);
    ok(hr == S_OK, "[HABIT.8] got %#lx\n", hr);
    if (hr != S_OK) return;

    _snwprintf(url, ARRAY_SIZE(url), L"http://127.0.0.1:%hs/one", argv[3]);
    GetTempPathW(ARRAY_SIZE(path), path);
    _snwprintf(path + lstrlenW(path), 64, L"bits habit %x", (unsigned int)GetCurrentProcessId());
    hr = IBackgroundCopyManager_CreateJob(bits_manager, L"habit", BG_JOB_TYPE_DOWNLOAD, &id, &job);
    ok(hr == S_OK, "CreateJob: got %#lx\n", hr);
    bits_add_file(job, url, path);
    IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
    cb->hook = finish_job;
    cb_register(job, cb, FLAGS_END | BG_NOTIFY_JOB_MODIFICATION | (answers & CB_ANSWERS_2 ? BG_NOTIFY_FILE_TRANSFERRED : 0));
    /* call after call without a look at messages: modifications arrive while it is inside the service */
    for (i = 0; i < 40; i++)
    {
        hr = IBackgroundCopyJob_SetDescription(job, i & 1 ? L"odd" : L"even");
        ok(hr == S_OK, "[HABIT.3] got %#lx\n", hr);
    }
    bits_resume(job);
    cb_wait(cb, CB_TRANSFERRED, 1);
    ok(cb->counts[CB_FILE] == (answers & CB_ANSWERS_2 ? 1 : 0), "[HABIT.1] told of %u files\n", cb->counts[CB_FILE]);
    ok(cb->counts[CB_MODIFICATION] >= 1, "[HABIT.F3] no modification\n");
    /* it ends when the service has let go */
    cb_wait_released("HABIT.2", cb);
    hr = IBackgroundCopyJob_GetState(job, &state);
    ok(hr == S_OK && state == BG_JOB_STATE_ACKNOWLEDGED, "[HABIT.9] got %#lx, %d\n", hr, state);
    ok(DeleteFileW(path), "[HABIT.9] no file, error %lu\n", GetLastError());
    IBackgroundCopyJob_Release(job);
    IBackgroundCopyManager_Release(bits_manager);
    cb_destroy(cb);
    CoUninitialize();
    winetest_pop_context();
}

static void test_clients(void)
{
    static const unsigned int answers[] = { CB_ANSWERS_1, CB_ANSWERS_2, CB_ANSWERS_1 | CB_ANSWERS_2 };
    HANDLE processes[3 * ARRAY_SIZE(answers)];
    unsigned int apartment, security, i, count;
    char argument[64];

    /* every kind of one apartment at the same time; each class of the manager with every kind of security and of callback */
    for (apartment = 0; apartment < 2; apartment++)
    {
        count = 0;
        for (security = 0; security < 3; security++)
        {
            for (i = 0; i < ARRAY_SIZE(answers); i++)
            {
                _snprintf(argument, sizeof(argument), "client %u %u %u %u %u", test_server_port(bits_server), apartment, security, answers[i],
                          (security + i + apartment) % 3);
                processes[count++] = start_client("habits", argument);
            }
        }
        for (i = 0; i < count; i++)
        {
            wait_child_process(processes[i]);
            CloseHandle(processes[i]);
        }
    }
}

START_TEST(habits)
{
    char **argv;
    int argc;

    argc = winetest_get_mainargs(&argv);
    if (argc > 7 && !strcmp(argv[2], "client"))
    {
        be_client(argc, argv);
        return;
    }
    if (!bits_begin()) return;
    if (bits_server_start(script))
    {
        test_types_and_values();
        test_poller();
        test_early_size();
        test_error_texts();
        test_return();
        test_after_complete();
        test_no_patience();
        test_password();
        test_wire();
        test_version();
        test_clients();
    }
    bits_end();
}
