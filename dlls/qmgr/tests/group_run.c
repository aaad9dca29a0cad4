/*
 * Tests of the queue manager 0.9: groups at work, and what they tell their client
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
#include "group_test.h"

static BOOL exists(const WCHAR *path)
{
    return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

static void test_download(void)
{
    struct bits_clock clock;
    DWORD value, status, win32, transport, retries;
    IBackgroundCopyGroup *group, *other;
    IBackgroundCopyJob1 *job, *job2;
    GUID group_id, id;
    HRESULT hr;

    if (!(group = create_group(&group_id))) return;
    if (!(job = create_job(group, &id))) return;
    hr = add_file(job, bits_url(L"/state/good"), bits_path(L"one"), 0);
    ok(hr == S_OK, "[JOB1.AddFiles.2] got %#lx\n", hr);
    hr = add_file(job, bits_url(L"/state/stall"), bits_path(L"two"), 0);
    ok(hr == S_OK, "[JOB1.AddFiles.2] got %#lx\n", hr);

    hr = IBackgroundCopyGroup_SwitchToForeground(group);
    ok(hr == S_OK, "[GROUP.SwitchToForeground.2] got %#lx\n", hr);
    ok(status_of(group) & QM_STATUS_GROUP_FOREGROUND, "[GROUP.SwitchToForeground.1] got %#lx\n", status_of(group));
    check_number(group, GROUPPROP_PRIORITY, 1, "GPROP.P0");
    hr = IBackgroundCopyGroup_ResumeGroup(group);
    ok(hr == S_OK, "[GROUP.ResumeGroup.2] got %#lx\n", hr);

    /* the second file stalls in its middle */
    for (value = 0, bits_clock_start(&clock); value < 1500 && bits_clock_look(&clock) < BITS_TIMEOUT; Sleep(5))
    {
        hr = IBackgroundCopyGroup_GetProgress(group, QM_PROGRESS_SIZE_DONE, &value);
        if (hr != S_OK) break;
    }
    ok(hr == S_OK && value == 1500, "[GROUP.GetProgress.1] got %#lx, %lu\n", hr, value);
    hr = IBackgroundCopyGroup_GetProgress(group, QM_PROGRESS_PERCENT_DONE, &value);
    ok(hr == S_OK && value == 75, "[GROUP.GetProgress.1] got %#lx, %lu\n", hr, value);
    hr = IBackgroundCopyJob1_GetProgress(job, QM_PROGRESS_PERCENT_DONE, &value);
    ok(hr == S_OK && value == 75, "[JOB1.GetProgress.1] got %#lx, %lu\n", hr, value);
    hr = IBackgroundCopyGroup_get_Size(group, &value);
    ok(hr == S_OK && value == 2000, "[GROUP.get_Size.1] got %#lx, %lu\n", hr, value);
    status = status_of(group);
    ok(status == (QM_STATUS_GROUP_INCOMPLETE | QM_STATUS_GROUP_FOREGROUND), "[GROUP.GetStatus.1] got %#lx\n", status);
    hr = IBackgroundCopyGroup_CreateJob(group, new_id(), &job2);
    ok(hr == QM_E_INVALID_STATE, "[GROUP.CreateJob.3] got %#lx\n", hr);

    hr = IBackgroundCopyGroup_SuspendGroup(group);
    ok(hr == S_OK, "[GROUP.SuspendGroup.2] got %#lx\n", hr);
    status = status_of(group);
    ok(status == (QM_STATUS_GROUP_INCOMPLETE | QM_STATUS_GROUP_SUSPENDED | QM_STATUS_GROUP_FOREGROUND),
       "[GROUP.SuspendGroup.1] got %#lx\n", status);

    /* what is whole stays, the rest goes */
    hr = IBackgroundCopyGroup_CancelGroup(group);
    ok(hr == S_OK, "[GROUP.CancelGroup.2] got %#lx\n", hr);
    bits_check_file(bits_path(L"one"), "/state/good", 0, 1000);
    ok(!exists(bits_path(L"two")), "[GROUP.CancelGroup.1] half a file\n");
    hr = IBackgroundCopyQMgr_GetGroup(qmgr, group_id, &other);
    ok(hr == QM_E_ITEM_NOT_FOUND, "[GROUP.CancelGroup.1] got %#lx\n", hr);

    /* what a client still holds answers, and changes nothing */
    hr = IBackgroundCopyGroup_CancelGroup(group);
    ok(hr == QM_E_INVALID_STATE, "[QM.7] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_ResumeGroup(group);
    ok(hr == QM_E_INVALID_STATE, "[QM.7] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_SuspendGroup(group);
    ok(hr == QM_E_INVALID_STATE, "[QM.7] got %#lx\n", hr);
    hr = set_string(group, GROUPPROP_DISPLAYNAME, L"name");
    ok(hr == QM_E_INVALID_STATE, "[QM.7] got %#lx\n", hr);
    hr = add_file(job, bits_url(L"/state/good"), bits_path(L"one"), 0);
    ok(hr == QM_E_INVALID_STATE, "[QM.7] got %#lx\n", hr);
    hr = IBackgroundCopyJob1_GetStatus(job, &value, &win32, &transport, &retries);
    ok(hr == S_OK, "[JOB1.GetStatus.3] got %#lx\n", hr);
    IBackgroundCopyJob1_Release(job);
    IBackgroundCopyGroup_Release(group);
}

static void test_complete(void)
{
    struct bits_clock clock;
    DWORD value, status, win32, transport, retries;
    IBackgroundCopyGroup *group;
    IBackgroundCopyJob1 *job;
    GUID group_id, id;
    HRESULT hr;

    if (!(group = create_group(&group_id))) return;
    if (!(job = create_job(group, &id))) return;
    hr = add_file(job, bits_url(L"/state/good"), bits_path(L"one"), 0);
    ok(hr == S_OK, "[JOB1.AddFiles.2] got %#lx\n", hr);
    ok(status_of(group) & QM_STATUS_GROUP_SUSPENDED, "[GROUP.ResumeGroup.1] got %#lx\n", status_of(group));
    hr = IBackgroundCopyGroup_ResumeGroup(group);
    ok(hr == S_OK, "[GROUP.ResumeGroup.2] got %#lx\n", hr);
    status = wait_status(group, QM_STATUS_GROUP_COMPLETE);
    ok_inferred("GROUP.GetStatus.A1", status & QM_STATUS_GROUP_COMPLETE, "got %#lx\n", status);
    ok(!(status & QM_STATUS_GROUP_INCOMPLETE), "[GROUP.GetStatus.1] got %#lx\n", status);
    status = wait_status(group, QM_STATUS_GROUP_SUSPENDED);
    ok(status == (QM_STATUS_GROUP_COMPLETE | QM_STATUS_GROUP_SUSPENDED), "[GROUP.SuspendGroup.1] got %#lx\n", status);

    /* nobody has to ask for the file */
    for (bits_clock_start(&clock); !exists(bits_path(L"one")) && bits_clock_look(&clock) < BITS_TIMEOUT;) Sleep(5);
    ok_inferred("GROUP.CancelGroup.A1", exists(bits_path(L"one")), "the file is not there\n");
    bits_check_file(bits_path(L"one"), "/state/good", 0, 1000);
    hr = IBackgroundCopyGroup_GetProgress(group, QM_PROGRESS_PERCENT_DONE, &value);
    ok(hr == S_OK && value == 100, "[GROUP.GetProgress.1] got %#lx, %lu\n", hr, value);
    hr = IBackgroundCopyJob1_GetStatus(job, &value, &win32, &transport, &retries);
    ok(hr == S_OK && value == QM_STATUS_JOB_COMPLETE, "[JOB1.GetStatus.1] got %#lx, %#lx\n", hr, value);
    ok_inferred("JOB1.GetStatus.A1", !win32 && !transport && !retries, "got %lu, %lu, %lu\n", win32, transport, retries);

    /* one more file for the finished group */
    hr = add_file(job, bits_url(L"/state/good"), bits_path(L"two"), 7);
    ok(hr == S_OK, "[JOB1.AddFiles.2] got %#lx\n", hr);
    ok(status_of(group) == (QM_STATUS_GROUP_INCOMPLETE | QM_STATUS_GROUP_SUSPENDED), "[GROUP.GetStatus.1] got %#lx\n",
       status_of(group));
    hr = IBackgroundCopyGroup_ResumeGroup(group);
    ok(hr == S_OK, "[GROUP.ResumeGroup.2] got %#lx\n", hr);
    for (bits_clock_start(&clock); !exists(bits_path(L"two")) && bits_clock_look(&clock) < BITS_TIMEOUT;) Sleep(5);
    hr = IBackgroundCopyGroup_get_Size(group, &value);
    ok(hr == S_OK && value == 2000, "[FSI.3] got %#lx, %lu\n", hr, value);
    bits_check_file(bits_path(L"two"), "/state/good", 0, 1000);
    ok(!exists(bits_path(L"one")), "[GROUP.CancelGroup.A1] the first file is there again\n");

    IBackgroundCopyJob1_Release(job);
    cancel_group(group);
}

static void test_error(void)
{
    struct bits_clock clock;
    DWORD status, win32, transport, retries;
    IBackgroundCopyGroup *group;
    IBackgroundCopyJob1 *job;
    GUID group_id, id;
    HRESULT hr;

    /* an error of the server */
    if (!(group = create_group(&group_id))) return;
    if (!(job = create_job(group, &id))) return;
    hr = add_file(job, bits_url(L"/state/missing"), bits_path(L"one"), 0);
    ok(hr == S_OK, "[JOB1.AddFiles.2] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_ResumeGroup(group);
    ok(hr == S_OK, "[GROUP.ResumeGroup.2] got %#lx\n", hr);
    status = wait_status(group, QM_STATUS_GROUP_ERROR);
    ok(status == (QM_STATUS_GROUP_ERROR | QM_STATUS_GROUP_INCOMPLETE | QM_STATUS_GROUP_SUSPENDED), "[GROUP.SuspendGroup.1] got %#lx\n",
       status);
    win32 = transport = retries = POISON;
    hr = IBackgroundCopyJob1_GetStatus(job, &status, &win32, &transport, &retries);
    ok(hr == S_OK, "[JOB1.GetStatus.3] got %#lx\n", hr);
    ok(status & QM_STATUS_JOB_ERROR, "[JOB1.GetStatus.1] got %#lx\n", status);
    ok(transport == 404, "[JOB1.GetStatus.2] got %lu\n", transport);
    ok(!retries, "[JOB1.GetStatus.2] got %lu retries\n", retries);
    IBackgroundCopyJob1_Release(job);
    cancel_group(group);

    /* one of the disk: something is in the way of the finished file */
    if (!(group = create_group(&group_id))) return;
    if (!(job = create_job(group, &id))) return;
    hr = add_file(job, bits_url(L"/state/good"), bits_path(L"one"), 0);
    ok(hr == S_OK, "[JOB1.AddFiles.2] got %#lx\n", hr);
    CreateDirectoryW(bits_path(L"one"), NULL);
    hr = IBackgroundCopyGroup_ResumeGroup(group);
    ok(hr == S_OK, "[GROUP.ResumeGroup.2] got %#lx\n", hr);
    status = wait_status(group, QM_STATUS_GROUP_ERROR);
    ok_inferred("GROUP.CancelGroup.A1", status & QM_STATUS_GROUP_SUSPENDED, "got %#lx\n", status);
    hr = IBackgroundCopyJob1_GetStatus(job, &status, &win32, &transport, &retries);
    ok(hr == S_OK && status & QM_STATUS_JOB_ERROR, "[JOB1.GetStatus.1] got %#lx, %#lx\n", hr, status);
    ok(win32 && !transport, "[JOB1.GetStatus.2] got %lu, %lu\n", win32, transport);
    ok(RemoveDirectoryW(bits_path(L"one")), "cannot remove, error %lu\n", GetLastError());
    hr = IBackgroundCopyGroup_ResumeGroup(group);
    ok(hr == S_OK, "[GROUP.ResumeGroup.2] got %#lx\n", hr);
    for (bits_clock_start(&clock); !exists(bits_path(L"one")) && bits_clock_look(&clock) < BITS_TIMEOUT;) Sleep(5);
    bits_check_file(bits_path(L"one"), "/state/good", 0, 1000);
    IBackgroundCopyJob1_Release(job);
    cancel_group(group);
}

/* Groups outlive the service; a finished one is not done again. */
static void test_restart(void)
{
    struct bits_clock clock;
    IBackgroundCopyGroup *group, *done;
    GUID group_id, done_id, id, done_job_id;
    IBackgroundCopyJob1 *job;
    HRESULT hr;

    if (!(group = create_group(&group_id)) || !(done = create_group(&done_id))) return;
    if (!(job = create_job(group, &id))) return;
    hr = add_file(job, bits_url(L"/state/good"), bits_path(L"one"), 77);
    ok(hr == S_OK, "[JOB1.AddFiles.2] got %#lx\n", hr);
    IBackgroundCopyJob1_Release(job);
    hr = set_string(group, GROUPPROP_DISPLAYNAME, L"name");
    ok(hr == S_OK, "[GROUP.SetProp.2] got %#lx\n", hr);
    hr = set_number(group, GROUPPROP_NOTIFYFLAGS, QM_NOTIFY_GROUP_DONE);
    ok(hr == S_OK, "[GROUP.SetProp.2] got %#lx\n", hr);
    if (!(job = create_job(done, &done_job_id))) return;
    hr = add_file(job, bits_url(L"/state/good"), bits_path(L"two"), 0);
    ok(hr == S_OK, "[JOB1.AddFiles.2] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_ResumeGroup(done);
    ok(hr == S_OK, "[GROUP.ResumeGroup.2] got %#lx\n", hr);
    for (bits_clock_start(&clock); !exists(bits_path(L"two")) && bits_clock_look(&clock) < BITS_TIMEOUT;) Sleep(5);
    IBackgroundCopyJob1_Release(job);

    if (!bits_restart_service())
    {
        bits_check_file(bits_path(L"two"), "/state/good", 0, 1000);
        cancel_group(group);
        cancel_group(done);
        return;
    }
    IBackgroundCopyGroup_Release(group);
    IBackgroundCopyGroup_Release(done);
    IBackgroundCopyQMgr_Release(qmgr);
    hr = CoCreateInstance(&CLSID_BackgroundCopyQMgr, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyQMgr, (void **)&qmgr);
    ok(hr == S_OK, "[QM.3] got %#lx\n", hr);

    bits_check_file(bits_path(L"two"), "/state/good", 0, 1000);
    hr = IBackgroundCopyQMgr_GetGroup(qmgr, done_id, &done);
    ok(hr == S_OK, "[QM.A3] got %#lx\n", hr);
    if (hr == S_OK)
    {
        ok(status_of(done) == (QM_STATUS_GROUP_COMPLETE | QM_STATUS_GROUP_SUSPENDED), "[QM.A3] got %#lx\n", status_of(done));
        cancel_group(done);
    }
    hr = IBackgroundCopyQMgr_GetGroup(qmgr, group_id, &group);
    ok(hr == S_OK, "[QM.A3] got %#lx\n", hr);
    if (hr == S_OK)
    {
        check_string(group, GROUPPROP_DISPLAYNAME, L"name", "QM.A3");
        check_number(group, GROUPPROP_NOTIFYFLAGS, QM_NOTIFY_GROUP_DONE, "QM.A3");
        hr = IBackgroundCopyGroup_GetJob(group, id, &job);
        ok(hr == S_OK, "[QM.A3] got %#lx\n", hr);
        if (hr == S_OK)
        {
            check_file(job, 0, bits_url(L"/state/good"), bits_path(L"one"), 77);
            IBackgroundCopyJob1_Release(job);
        }
        cancel_group(group);
    }
    ok(!exists(bits_path(L"two")), "[QM.A3] the finished file is there again\n");
}

/* The client's object, which the service makes by its class in this process [CB1.1]. */

static const CLSID callback_clsid = { 0x5b7f9c60, 0x1a2b, 0x4c3d, { 0x9e, 0x4f, 0x20, 0x26, 0x11, 0x25, 0x23, 0x59 } };

static struct
{
    HANDLE called;
    LONG made, calls, progress;
    HRESULT result;             /* of the first call; S_OK from then on */
    GUID group, job;
    DWORD index, status, retries, win32, transport;
}
told;

static HRESULT WINAPI callback_QueryInterface(IBackgroundCopyCallback1 *iface, REFIID riid, void **out)
{
    *out = IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, &IID_IBackgroundCopyCallback1) ? iface : NULL;
    return *out ? S_OK : E_NOINTERFACE;
}

static ULONG WINAPI callback_AddRef(IBackgroundCopyCallback1 *iface)
{
    return 2;
}

static ULONG WINAPI callback_Release(IBackgroundCopyCallback1 *iface)
{
    return 1;
}

static HRESULT WINAPI callback_OnStatus(IBackgroundCopyCallback1 *iface, IBackgroundCopyGroup *group, IBackgroundCopyJob1 *job,
                                        DWORD index, DWORD status, DWORD retries, DWORD win32, DWORD transport)
{
    HRESULT hr, result = InterlockedIncrement(&told.calls) == 1 ? told.result : S_OK;

    hr = IBackgroundCopyGroup_get_GroupID(group, &told.group);
    ok(hr == S_OK, "[CB1.OnStatus.1] got %#lx\n", hr);
    memset(&told.job, 0, sizeof(told.job));
    if (job) hr = IBackgroundCopyJob1_get_JobID(job, &told.job);
    ok(hr == S_OK, "[CB1.OnStatus.1] got %#lx\n", hr);
    told.index = index;
    told.status = status;
    told.retries = retries;
    told.win32 = win32;
    told.transport = transport;
    SetEvent(told.called);
    return result;
}

static HRESULT WINAPI callback_OnProgress(IBackgroundCopyCallback1 *iface, DWORD type, IBackgroundCopyGroup *group,
                                          IBackgroundCopyJob1 *job, DWORD index, DWORD value)
{
    InterlockedIncrement(&told.progress);
    return S_OK;
}

static HRESULT WINAPI callback_OnProgressEx(IBackgroundCopyCallback1 *iface, DWORD type, IBackgroundCopyGroup *group,
                                            IBackgroundCopyJob1 *job, DWORD index, DWORD value, DWORD size, BYTE *bytes)
{
    InterlockedIncrement(&told.progress);
    return S_OK;
}

static const IBackgroundCopyCallback1Vtbl callback_vtbl =
{
    callback_QueryInterface,
    callback_AddRef,
    callback_Release,
    callback_OnStatus,
    callback_OnProgress,
    callback_OnProgressEx,
};

static IBackgroundCopyCallback1 callback = { (IBackgroundCopyCallback1Vtbl *)&callback_vtbl };

static HRESULT WINAPI factory_QueryInterface(IClassFactory *iface, REFIID riid, void **out)
{
    *out = IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, &IID_IClassFactory) ? iface : NULL;
    return *out ? S_OK : E_NOINTERFACE;
}

static ULONG WINAPI factory_AddRef(IClassFactory *iface)
{
    return 2;
}

static ULONG WINAPI factory_Release(IClassFactory *iface)
{
    return 1;
}

static HRESULT WINAPI factory_CreateInstance(IClassFactory *iface, IUnknown *outer, REFIID riid, void **out)
{
    InterlockedIncrement(&told.made);
    return IBackgroundCopyCallback1_QueryInterface(&callback, riid, out);
}

static HRESULT WINAPI factory_LockServer(IClassFactory *iface, BOOL lock)
{
    return S_OK;
}

static const IClassFactoryVtbl factory_vtbl =
{
    factory_QueryInterface,
    factory_AddRef,
    factory_Release,
    factory_CreateInstance,
    factory_LockServer,
};

static IClassFactory factory = { (IClassFactoryVtbl *)&factory_vtbl };

static BOOL wait_told(DWORD timeout)
{
    return !bits_wait_object(told.called, timeout);
}

static void test_callback(void)
{
    IBackgroundCopyJob *new_job;
    IBackgroundCopyGroup *group;
    IBackgroundCopyJob1 *job;
    GUID group_id, id;
    WCHAR clsid[40];
    DWORD cookie;
    HRESULT hr;
    UINT i;

    static const struct
    {
        const WCHAR *url;
        DWORD flags;
        BOOL expect;
    }
    tests[] =
    {
        { L"/state/good", QM_NOTIFY_GROUP_DONE, TRUE },
        { L"/state/good", 0, FALSE },
        { L"/state/good", QM_NOTIFY_GROUP_DONE | QM_NOTIFY_DISABLE_NOTIFY, FALSE },
        { L"/state/missing", 0, TRUE },
        { L"/state/missing", QM_NOTIFY_DISABLE_NOTIFY, FALSE },
    };

    if (strcmp(winetest_platform, "wine"))
    {
        skip("a class of this process cannot be made by the service\n");
        return;
    }
    told.called = CreateEventW(NULL, FALSE, FALSE, NULL);
    hr = CoRegisterClassObject(&callback_clsid, (IUnknown *)&factory, CLSCTX_LOCAL_SERVER, REGCLS_MULTIPLEUSE, &cookie);
    ok(hr == S_OK, "CoRegisterClassObject: got %#lx\n", hr);
    StringFromGUID2(&callback_clsid, clsid, ARRAY_SIZE(clsid));

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        BOOL error = !wcscmp(tests[i].url, L"/state/missing");

        winetest_push_context("%u", i);
        told.calls = told.made = 0;
        told.result = S_OK;
        if (!(group = create_group(&group_id)) || !(job = create_job(group, &id))) return;
        hr = add_file(job, bits_url(tests[i].url), bits_path(L"one"), 0);
        ok(hr == S_OK, "[JOB1.AddFiles.2] got %#lx\n", hr);
        hr = set_string(group, GROUPPROP_NOTIFYCLSID, clsid);
        ok(hr == S_OK, "[GROUP.SetProp.2] got %#lx\n", hr);
        hr = set_number(group, GROUPPROP_NOTIFYFLAGS, tests[i].flags);
        ok(hr == S_OK, "[GROUP.SetProp.2] got %#lx\n", hr);
        hr = IBackgroundCopyGroup_ResumeGroup(group);
        ok(hr == S_OK, "[GROUP.ResumeGroup.2] got %#lx\n", hr);
        wait_status(group, error ? QM_STATUS_GROUP_ERROR : QM_STATUS_GROUP_COMPLETE);
        if (tests[i].expect)
        {
            ok(wait_told(BITS_TIMEOUT), "[CB1.1] not told\n");
            ok(told.made == 1, "[CB1.1] made %ld objects\n", told.made);
            ok(IsEqualGUID(&told.group, &group_id), "[CB1.OnStatus.1] got group %s\n", wine_dbgstr_guid(&told.group));
            ok(IsEqualGUID(&told.job, &id), "[CB1.OnStatus.1] got job %s\n", wine_dbgstr_guid(&told.job));
            ok(told.index == (error ? 0 : ~0u), "[CB1.OnStatus.1] got file %lu\n", told.index);
            ok(!(told.status & QM_STATUS_GROUP_ERROR) == !error, "[CB1.OnStatus.2] got %#lx\n", told.status);
            if (error)
            {
                ok(told.transport == 404, "[CB1.OnStatus.2] got %lu\n", told.transport);
                ok(told.status & QM_STATUS_GROUP_ERROR, "[GPROP.2] got %#lx\n", told.status);
            }
            else ok(exists(bits_path(L"one")), "[GROUP.CancelGroup.A1] told before the file was there\n");
        }
        else ok(!wait_told(700), "[GPROP.1] told\n");
        cancel_group(group);
        if (!error) bits_check_file(bits_path(L"one"), "/state/good", 0, 1000);
        IBackgroundCopyJob1_Release(job);
        winetest_pop_context();
    }

    /* a client that does not take it is told again */
    told.calls = told.made = 0;
    told.result = E_FAIL;
    if (!(group = create_group(&group_id)) || !(job = create_job(group, &id))) return;
    hr = add_file(job, bits_url(L"/state/good"), bits_path(L"one"), 0);
    ok(hr == S_OK, "[JOB1.AddFiles.2] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_QueryNewJobInterface(group, &IID_IBackgroundCopyJob, (IUnknown **)&new_job);
    ok(hr == S_OK, "[QM.A1] got %#lx\n", hr);
    IBackgroundCopyJob_SetMinimumRetryDelay(new_job, 5);
    IBackgroundCopyJob_Release(new_job);
    set_string(group, GROUPPROP_NOTIFYCLSID, clsid);
    set_number(group, GROUPPROP_NOTIFYFLAGS, QM_NOTIFY_GROUP_DONE);
    hr = IBackgroundCopyGroup_ResumeGroup(group);
    ok(hr == S_OK, "[GROUP.ResumeGroup.2] got %#lx\n", hr);
    ok(wait_told(BITS_TIMEOUT), "[CB1.OnStatus.1] not told\n");
    ok(wait_told(BITS_TIMEOUT), "[CB1.OnStatus.3] not told again\n");
    ok(told.calls == 2, "[CB1.OnStatus.3] told %ld times\n", told.calls);
    ok(!told.progress, "[CB1.OnProgress.1] called\n");
    ok(!told.progress, "[CB1.OnProgressEx.1] called\n");
    cancel_group(group);
    bits_check_file(bits_path(L"one"), "/state/good", 0, 1000);
    IBackgroundCopyJob1_Release(job);

    hr = CoRevokeClassObject(cookie);
    ok(hr == S_OK, "CoRevokeClassObject: got %#lx\n", hr);
    CloseHandle(told.called);
}

START_TEST(group_run)
{
    if (!group_begin()) return;
    if (bits_server_start(BITS_STATES_SCRIPT))
    {
        test_download();
        test_complete();
        test_error();
        test_callback();
        test_restart();
    }
    group_end();
}
