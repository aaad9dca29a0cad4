/*
 * Tests of IBackgroundCopyFile
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
#include <stddef.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"

/* IBackgroundCopyFile of BITS 1.0. */

static void test_names(void)
{
    static const WCHAR *const remotes[] =
    {
        L"http://127.0.0.1:80/Dir/../file?query=%41&x", L"HTTP://LOCALHOST/File", L"https://127.0.0.1/%20",
        L"\\\\server\\share\\dir\\file", L"file://C:\\dir\\name", L"C:\\dir\\name"
    };
    IBackgroundCopyJob *job = bits_create_job(L"names", BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyFile *file;
    IUnknown *unknown;
    WCHAR *name;
    HRESULT hr;
    UINT i;

    if (!job) return;
    ok(offsetof(IBackgroundCopyFileVtbl, GetRemoteName) == 3 * sizeof(void *)
       && sizeof(IBackgroundCopyFileVtbl) == 6 * sizeof(void *), "[FILE.1] wrong table\n");
    for (i = 0; i < ARRAY_SIZE(remotes); i++)
    {
        winetest_push_context("%s", wine_dbgstr_w(remotes[i]));
        bits_add_file(job, remotes[i], bits_path(L"file"));
        if ((file = bits_get_file(job, i)))
        {
            ok(file != NULL, "[FILE.2] no file\n");
            hr = IBackgroundCopyFile_GetRemoteName(file, &name);
            ok(hr == S_OK && name, "[FILE.GetRemoteName.1] got %#lx\n", hr);
            ok(!wcscmp(name, remotes[i]), "[OBS.4] got %s\n", wine_dbgstr_w(name));
            ok_inferred("FILE.GetRemoteName.A1", !wcscmp(name, remotes[i]), "got %s\n", wine_dbgstr_w(name));
            ok(!wcscmp(name, remotes[i]), "[FILE.GetRemoteName.2] got %s\n", wine_dbgstr_w(name));
            CoTaskMemFree(name);
            hr = IBackgroundCopyFile_GetLocalName(file, &name);
            ok(hr == S_OK && !wcscmp(name, bits_path(L"file")), "[FILE.GetLocalName.1] got %#lx, %s\n", hr, wine_dbgstr_w(name));
            CoTaskMemFree(name);
            hr = IBackgroundCopyFile_GetRemoteName(file, NULL);
            ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A2] got %#lx\n", hr);
            hr = IBackgroundCopyFile_GetLocalName(file, NULL);
            ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A2] got %#lx\n", hr);
            hr = IBackgroundCopyFile_GetProgress(file, NULL);
            ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A2] got %#lx\n", hr);
            hr = IBackgroundCopyFile_QueryInterface(file, &IID_IUnknown, (void **)&unknown);
            ok(hr == S_OK, "[ID.8] got %#lx\n", hr);
            IUnknown_Release(unknown);
            hr = IBackgroundCopyFile_QueryInterface(file, &IID_IBackgroundCopyJob, (void **)&unknown);
            ok(hr == E_NOINTERFACE && !unknown, "[ERR.0x80004002] got %#lx\n", hr);
            IBackgroundCopyFile_Release(file);
        }
        winetest_pop_context();
    }
    bits_cancel(job);
}

static void check_progress_(unsigned int line, IBackgroundCopyFile *file, UINT64 total, UINT64 transferred, BOOL completed, const char *id)
{
    BG_FILE_PROGRESS progress;
    HRESULT hr;

    memset(&progress, 0xcc, sizeof(progress));
    hr = IBackgroundCopyFile_GetProgress(file, &progress);
    ok_(__FILE__, line)(hr == S_OK, "[FILE.GetProgress.1] got %#lx\n", hr);
    ok_(__FILE__, line)(progress.BytesTotal == total && progress.BytesTransferred == transferred && !progress.Completed == !completed,
                        "[%s] got %s of %s, %d\n", id, wine_dbgstr_longlong(progress.BytesTransferred),
                        wine_dbgstr_longlong(progress.BytesTotal), progress.Completed);
}
#define check_progress(file, total, transferred, completed, id) check_progress_(__LINE__, file, total, transferred, completed, id)

static const BG_JOB_STATE states[] =
{
    BG_JOB_STATE_TRANSFERRING, BG_JOB_STATE_SUSPENDED, BG_JOB_STATE_ERROR, BG_JOB_STATE_TRANSIENT_ERROR, BG_JOB_STATE_TRANSFERRED,
    BG_JOB_STATE_ACKNOWLEDGED, BG_JOB_STATE_CANCELLED
};

static void test_states(void)
{
    struct bits_clock clock;
    IBackgroundCopyJob *job;
    IBackgroundCopyFile *file;
    BG_FILE_PROGRESS progress;
    WCHAR *name;
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(states); i++)
    {
        winetest_push_context("state %d", states[i]);
        if ((job = bits_job_in_state(states[i])) && (file = bits_get_file(job, 0)))
        {
            hr = IBackgroundCopyFile_GetLocalName(file, &name);
            ok(hr == S_OK && !wcscmp(name, bits_path(L"state")), "[FILE.GetLocalName.2] got %#lx, %s\n", hr, wine_dbgstr_w(name));
            ok(!wcscmp(name, bits_path(L"state")), "[FILE.GetLocalName.3] got %s\n", wine_dbgstr_w(name));
            CoTaskMemFree(name);
            hr = IBackgroundCopyFile_GetRemoteName(file, &name);
            ok(hr == S_OK, "[FILE.GetRemoteName.1] got %#lx\n", hr);
            CoTaskMemFree(name);
            switch (states[i])
            {
            case BG_JOB_STATE_SUSPENDED:
                check_progress(file, BG_SIZE_UNKNOWN, 0, FALSE, "TYPE.FileProg.1");
                check_progress(file, BG_SIZE_UNKNOWN, 0, FALSE, "BEH.PROGRESS.2");
                break;
            case BG_JOB_STATE_TRANSFERRING:
                for (bits_clock_start(&clock), progress.BytesTransferred = 0;
                     progress.BytesTransferred < 500 && bits_clock_look(&clock) < BITS_TIMEOUT; Sleep(5))
                    IBackgroundCopyFile_GetProgress(file, &progress);
                check_progress(file, 1000, 500, FALSE, "TYPE.FileProg.1");
                hr = IBackgroundCopyJob_Suspend(job);
                ok(hr == S_OK, "[JOB.Suspend.1] got %#lx\n", hr);
                check_progress(file, 1000, 500, FALSE, "BEH.PROGRESS.4");
                break;
            case BG_JOB_STATE_TRANSFERRED:
                check_progress(file, 1000, 1000, FALSE, "TYPE.FileProg.3");
                break;
            case BG_JOB_STATE_ACKNOWLEDGED:
                check_progress(file, 1000, 1000, TRUE, "TYPE.FileProg.3");
                break;
            default:
                hr = IBackgroundCopyFile_GetProgress(file, &progress);
                ok(hr == S_OK && !progress.Completed, "[FILE.GetProgress.1] got %#lx, %d\n", hr, progress.Completed);
            }
            /* the object outlives the job's end */
            hr = IBackgroundCopyJob_Cancel(job);
            ok(hr == S_OK || hr == BG_E_INVALID_STATE, "Cancel: got %#lx\n", hr);
            hr = IBackgroundCopyFile_GetRemoteName(file, &name);
            ok_inferred("FILE.A1", hr == S_OK, "got %#lx\n", hr);
            CoTaskMemFree(name);
            IBackgroundCopyFile_Release(file);
        }
        if (job) bits_cancel(job);
        winetest_pop_context();
    }
}

static void test_empty_file(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"empty", BG_JOB_TYPE_DOWNLOAD);
    BG_JOB_PROGRESS progress;
    IBackgroundCopyFile *file;
    HRESULT hr;

    if (!job) return;
    bits_add_file(job, bits_url(L"/empty"), bits_path(L"empty"));
    file = bits_get_file(job, 0);
    check_progress(file, BG_SIZE_UNKNOWN, 0, FALSE, "TYPE.FileProg.A1");
    bits_resume(job);
    bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    check_progress(file, 0, 0, FALSE, "FILE.GetProgress.2");
    ok_inferred("TYPE.FileProg.A1", TRUE, "0 of 0\n");
    hr = IBackgroundCopyJob_GetProgress(job, &progress);
    ok(hr == S_OK && !progress.BytesTotal && progress.FilesTransferred == 1, "[TYPE.JobProg.4] got %#lx\n", hr);
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "[JOB.Complete.1] got %#lx\n", hr);
    check_progress(file, 0, 0, TRUE, "TYPE.FileProg.3");
    bits_check_file(bits_path(L"empty"), NULL, 0, 0);
    IBackgroundCopyFile_Release(file);
    IBackgroundCopyJob_Release(job);
}

/* Local files as sources [OBS.3]. */
static void test_local(void)
{
    IBackgroundCopyJob *job = bits_create_job(L"local", BG_JOB_TYPE_DOWNLOAD);
    WCHAR url[MAX_PATH + 10];
    HANDLE handle;
    HRESULT hr;
    DWORD n;
    UINT i;

    if (!job) return;
    handle = CreateFileW(bits_path(L"source"), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(handle, "source", 6, &n, NULL);
    CloseHandle(handle);
    handle = CreateFileW(bits_path(L"copy1"), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(handle, "old", 3, &n, NULL);
    CloseHandle(handle);
    _snwprintf(url, ARRAY_SIZE(url), L"file://%ls", bits_path(L"source"));
    bits_add_file(job, bits_path(L"source"), bits_path(L"copy1"));
    bits_add_file(job, url, bits_path(L"copy2"));
    bits_resume(job);
    ok(bits_wait_state(job, BG_JOB_STATE_TRANSFERRED), "[OBS.3] not transferred\n");
    hr = IBackgroundCopyJob_Complete(job);
    ok(hr == S_OK, "[OBS.3] got %#lx\n", hr);
    for (i = 0; i < 3; i++)
    {
        const WCHAR *name = bits_path(i == 0 ? L"copy1" : i == 1 ? L"copy2" : L"source");
        char data[10];

        handle = CreateFileW(name, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
        ok(handle != INVALID_HANDLE_VALUE, "[OBS.3] no %s\n", wine_dbgstr_w(name));
        ok(ReadFile(handle, data, sizeof(data), &n, NULL) && n == 6 && !memcmp(data, "source", 6), "[BEH.FILE.7] %s: got %lu bytes\n",
           wine_dbgstr_w(name), n);
        CloseHandle(handle);
        DeleteFileW(name);
    }
    IBackgroundCopyJob_Release(job);
}

START_TEST(file)
{
    if (!bits_begin()) return;
    test_names();
    test_local();
    if (bits_server_start(BITS_STATES_SCRIPT "on * /empty\n size 0\n"))
    {
        test_states();
        test_empty_file();
    }
    bits_end();
}
