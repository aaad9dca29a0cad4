/*
 * Tests of the manager and its classes
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
#include "winver.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"

#include "wine/test.h"
#include "bits_test.h"

#define POISON 0xdeadbeef

static const struct
{
    const CLSID *clsid;
    const char *id;
}
classes[] =
{
    { &CLSID_BackgroundCopyManager, "CLSID.1_0" },
    { &CLSID_BackgroundCopyManager1_5, "CLSID.1_5" },
    { &CLSID_BackgroundCopyManager2_0, "CLSID.2_0" },
    { &CLSID_BackgroundCopyManager2_5, "CLSID.2_5" },
    { &CLSID_BackgroundCopyManager3_0, "CLSID.3_0" },
    { &CLSID_BackgroundCopyManager4_0, "CLSID.4_0" },
    { &CLSID_BackgroundCopyManager5_0, "CLSID.5_0" },
    { &CLSID_BackgroundCopyManager10_1, "CLSID.10_1" },
    { &CLSID_BackgroundCopyManager10_2, "CLSID.10_2" },
    { &CLSID_BackgroundCopyManager10_3, "CLSID.10_3" },
};

/* Every class of a version makes the same manager. Windows may lack the newest [BEH.VER.22]. */
static void test_classes(void)
{
    static const CLSID none = { 0x4991d34b, 0x80a1, 0x4291, { 0x83, 0xb6, 0x33, 0x28, 0x36, 0x6b, 0x90, 0x98 } };
    IBackgroundCopyManager *manager;
    IBitsPeerCacheAdministration *admin;
    IBackgroundCopyJob *job, *other;
    GUID id, got;
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(classes); i++)
    {
        winetest_push_context("%s", classes[i].id);
        hr = CoCreateInstance(classes[i].clsid, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&manager);
        ok(hr == S_OK || broken(hr == REGDB_E_CLASSNOTREG), "[%s] got %#lx\n", classes[i].id, hr);
        if (hr == S_OK)
        {
            ok(hr == S_OK, "[api-2-later:GEN.3] got %#lx\n", hr);
            hr = IBackgroundCopyManager_CreateJob(manager, bits_job_name(L"class"), BG_JOB_TYPE_DOWNLOAD, &id, &job);
            ok(hr == S_OK, "[BEH.OBJ.1] got %#lx\n", hr);
            /* the queue is the same for all */
            hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &other);
            ok(hr == S_OK, "[BEH.OBJ.1] got %#lx\n", hr);
            if (hr == S_OK)
            {
                hr = IBackgroundCopyJob_GetId(other, &got);
                ok(hr == S_OK && IsEqualGUID(&id, &got), "[BEH.OBJ.1] got %#lx, %s\n", hr, wine_dbgstr_guid(&got));
                IBackgroundCopyJob_Release(other);
            }
            hr = IBackgroundCopyManager_QueryInterface(manager, &IID_IBitsPeerCacheAdministration, (void **)&admin);
            ok(hr == S_OK, "[ID.9] got %#lx\n", hr);
            if (hr == S_OK) IBitsPeerCacheAdministration_Release(admin);
            bits_cancel(job);
            IBackgroundCopyManager_Release(manager);
        }
        winetest_pop_context();
    }

    hr = CoCreateInstance(&none, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&manager);
    ok(hr == REGDB_E_CLASSNOTREG, "[ERR.0x80040154] got %#lx\n", hr);
    /* clients ask for more than a local server, and for an interface that is not there [HABIT.8] */
    hr = CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_ALL, &IID_IUnknown, (void **)&manager);
    ok(hr == S_OK, "[HABIT.8] got %#lx\n", hr);
    if (hr == S_OK) IBackgroundCopyManager_Release(manager);
    hr = CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyJob, (void **)&manager);
    ok(hr == E_NOINTERFACE, "[ERR.0x80004002] got %#lx\n", hr);
    hr = CoCreateInstance(&CLSID_BackgroundCopyManager, (IUnknown *)bits_manager, CLSCTX_LOCAL_SERVER, &IID_IUnknown, (void **)&manager);
    ok(FAILED(hr), "aggregated, got %#lx\n", hr);
}

/* The file that clients ask for the version: where it is, and in the folder that patches of BITS 2.0 used, if there is one. */
static DWORD file_version(void)
{
    static const WCHAR *const names[] = { L"%lsqmgr.dll", L"%lsbits\\qmgr.dll" };
    VS_FIXEDFILEINFO *info;
    WCHAR folder[MAX_PATH], path[MAX_PATH + 20];
    DWORD size, found = 0;
    unsigned int i;
    void *data;
    UINT len;

    GetSystemDirectoryW(folder, ARRAY_SIZE(folder));
    wcscat(folder, L"\\");
    for (i = 0; i < ARRAY_SIZE(names); i++)
    {
        _snwprintf(path, ARRAY_SIZE(path), names[i], folder);
        if (!(size = GetFileVersionInfoSizeW(path, NULL))) continue;
        data = malloc(size);
        if (GetFileVersionInfoW(path, 0, size, data) && VerQueryValueW(data, L"\\", (void **)&info, &len))
            found = max(found, info->dwFileVersionMS);
        free(data);
    }
    return found;
}

/* What the file, the classes and the interfaces say of the version: the same. */
static void test_version(void)
{
    static const struct
    {
        const char *fact;
        const CLSID *clsid;
        const IID *iid;         /* an interface of the job that came with it */
        WORD major, minor;      /* of the file */
    }
    versions[] =
    {
        { "BEH.VER.11", &CLSID_BackgroundCopyManager, &IID_IBackgroundCopyJob, 6, 0 },
        { "BEH.VER.10", &CLSID_BackgroundCopyManager, &IID_IBackgroundCopyJob, 6, 2 },
        { "BEH.VER.9", &CLSID_BackgroundCopyManager1_5, &IID_IBackgroundCopyJob2, 6, 5 },
        { "BEH.VER.8", &CLSID_BackgroundCopyManager2_0, &IID_IBackgroundCopyJob3, 6, 6 },
        { "BEH.VER.7", &CLSID_BackgroundCopyManager2_5, &IID_IBackgroundCopyJobHttpOptions, 6, 7 },
        { "BEH.VER.6", &CLSID_BackgroundCopyManager3_0, &IID_IBackgroundCopyJob4, 7, 0 },
        { "BEH.VER.5", &CLSID_BackgroundCopyManager4_0, &IID_IBitsTokenOptions, 7, 5 },
        { "BEH.VER.4", &CLSID_BackgroundCopyManager5_0, &IID_IBackgroundCopyJob5, 7, 7 },
        { "BEH.VER.3", &CLSID_BackgroundCopyManager10_1, &IID_IBackgroundCopyJob5, 7, 8 },
        { "BEH.VER.2", &CLSID_BackgroundCopyManager10_2, &IID_IBackgroundCopyJobHttpOptions2, 7, 8 },
        { "BEH.VER.1", &CLSID_BackgroundCopyManager10_3, &IID_IBackgroundCopyJobHttpOptions3, 7, 8 },
    };
    IBackgroundCopyManager *manager;
    DWORD version = file_version();
    IBackgroundCopyJob *job;
    BOOL has_class, has_iface, has_file;
    IUnknown *unknown;
    GUID id;
    unsigned int i;
    HRESULT hr;

    trace("qmgr.dll is %u.%u\n", HIWORD(version), LOWORD(version));
    ok(version >= MAKELONG(8, 7) || broken(version), "[BEH.VER.20] qmgr.dll is %u.%u\n", HIWORD(version), LOWORD(version));
    if (!(job = bits_create_job(L"version", BG_JOB_TYPE_DOWNLOAD))) return;
    for (i = 0; i < ARRAY_SIZE(versions); i++)
    {
        hr = CoCreateInstance(versions[i].clsid, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&manager);
        ok(hr == S_OK || hr == REGDB_E_CLASSNOTREG, "[%s,BEH.VER.20] got %#lx\n", versions[i].fact, hr);
        if ((has_class = hr == S_OK)) IBackgroundCopyManager_Release(manager);
        hr = IBackgroundCopyJob_QueryInterface(job, versions[i].iid, (void **)&unknown);
        ok(hr == S_OK || hr == E_NOINTERFACE, "[%s,BEH.VER.20] got %#lx\n", versions[i].fact, hr);
        if ((has_iface = hr == S_OK)) IUnknown_Release(unknown);
        has_file = version >= MAKELONG(versions[i].minor, versions[i].major);
        ok((has_class && has_iface && has_file) || broken(!has_class || !has_iface || !has_file),
           "[%s,BEH.VER.20] class %d, interface %d, file %d\n", versions[i].fact, has_class, has_iface, has_file);
    }
    bits_cancel(job);

    /* whoever has but an old class gets the new interfaces all the same */
    hr = CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager, (void **)&manager);
    ok(hr == S_OK, "[BEH.VER.22] got %#lx\n", hr);
    if (hr != S_OK) return;
    hr = IBackgroundCopyManager_CreateJob(manager, bits_job_name(L"old class"), BG_JOB_TYPE_DOWNLOAD, &id, &job);
    ok(hr == S_OK, "[BEH.VER.22] got %#lx\n", hr);
    hr = IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyJobHttpOptions3, (void **)&unknown);
    ok(hr == S_OK || broken(hr == E_NOINTERFACE), "[BEH.VER.22] got %#lx\n", hr);
    if (hr == S_OK) IUnknown_Release(unknown);
    bits_cancel(job);
    IBackgroundCopyManager_Release(manager);
}

static void test_query_interface(void)
{
    IBackgroundCopyManager *manager;
    IUnknown *unknown, *other;
    HRESULT hr;

    ok(offsetof(IBackgroundCopyManagerVtbl, CreateJob) == 3 * sizeof(void *)
       && offsetof(IBackgroundCopyManagerVtbl, GetErrorDescription) == 6 * sizeof(void *), "[MGR.1] wrong table\n");
    hr = IBackgroundCopyManager_QueryInterface(bits_manager, &IID_IUnknown, (void **)&unknown);
    ok(hr == S_OK, "[ID.8] got %#lx\n", hr);
    hr = IUnknown_QueryInterface(unknown, &IID_IBackgroundCopyManager, (void **)&manager);
    ok(hr == S_OK && manager == bits_manager, "[SEC.1] got %#lx, %p\n", hr, manager);
    IBackgroundCopyManager_Release(manager);
    IUnknown_Release(unknown);
    other = (void *)POISON;
    hr = IBackgroundCopyManager_QueryInterface(bits_manager, &IID_IBackgroundCopyError, (void **)&other);
    ok(hr == E_NOINTERFACE && !other, "[ERR.0x80004002] got %#lx, %p\n", hr, other);
}

static void test_create_job(void)
{
    static const BG_JOB_TYPE job_types[] = { BG_JOB_TYPE_DOWNLOAD, BG_JOB_TYPE_UPLOAD, BG_JOB_TYPE_UPLOAD_REPLY };
    IBackgroundCopyJob *job, *job2, *job3;
    BG_JOB_STATE state;
    BG_JOB_TYPE type;
    WCHAR name[300], *text;
    GUID id, id2;
    HRESULT hr;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(job_types); i++)
    {
        memset(&id, 0xcc, sizeof(id));
        hr = IBackgroundCopyManager_CreateJob(bits_manager, bits_job_name(L"create"), job_types[i], &id, &job);
        ok(hr == S_OK, "[MGR.CreateJob.5] type %d: got %#lx\n", job_types[i], hr);
        if (hr != S_OK) continue;
        hr = IBackgroundCopyJob_GetType(job, &type);
        ok(hr == S_OK && type == job_types[i], "[MGR.CreateJob.2] got %#lx, %d\n", hr, type);
        hr = IBackgroundCopyJob_GetState(job, &state);
        ok(hr == S_OK && state == BG_JOB_STATE_SUSPENDED, "[MGR.CreateJob.10] got %#lx, %d\n", hr, state);
        ok(state == BG_JOB_STATE_SUSPENDED, "[ST.1] got %d\n", state);
        hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job2);
        ok(hr == S_OK, "[MGR.CreateJob.3] got %#lx\n", hr);
        if (hr == S_OK) IBackgroundCopyJob_Release(job2);
        bits_cancel(job);
    }

    /* names may repeat, be empty, and be long */
    hr = IBackgroundCopyManager_CreateJob(bits_manager, bits_job_name(L"twin"), BG_JOB_TYPE_DOWNLOAD, &id, &job);
    ok(hr == S_OK, "[MGR.CreateJob.1] got %#lx\n", hr);
    hr = IBackgroundCopyManager_CreateJob(bits_manager, bits_job_name(L"twin"), BG_JOB_TYPE_DOWNLOAD, &id2, &job2);
    ok(hr == S_OK, "[MGR.CreateJob.1] got %#lx\n", hr);
    ok(!IsEqualGUID(&id, &id2), "[DEF.1.id,BEH.OBJ.4] the same id twice\n");
    hr = IBackgroundCopyManager_GetJob(bits_manager, &id2, &job3);
    ok(hr == S_OK && job3 == job2, "[BEH.OBJ.4] got %#lx, not the job of that id\n", hr);
    if (hr == S_OK) IBackgroundCopyJob_Release(job3);
    bits_cancel(job);
    bits_cancel(job2);
    hr = IBackgroundCopyManager_CreateJob(bits_manager, L"", BG_JOB_TYPE_DOWNLOAD, &id, &job);
    ok_inferred("MGR.CreateJob.A4", hr == S_OK, "got %#lx\n", hr);
    if (hr == S_OK) bits_cancel(job);
    wcscpy(name, bits_job_name(L""));
    for (i = wcslen(name); i < 256; i++) name[i] = 'n';
    name[256] = 0;
    hr = IBackgroundCopyManager_CreateJob(bits_manager, name, BG_JOB_TYPE_DOWNLOAD, &id, &job);
    ok(hr == S_OK, "[MGR.CreateJob.1] 256 characters: got %#lx\n", hr);
    if (hr == S_OK)
    {
        hr = IBackgroundCopyJob_GetDisplayName(job, &text);
        ok(hr == S_OK && !wcscmp(text, name), "[DEF.1.display_name] got %#lx, %s\n", hr, wine_dbgstr_w(text));
        CoTaskMemFree(text);
        bits_cancel(job);
    }
    wcscat(name, L"n");
    job = (void *)POISON;
    hr = IBackgroundCopyManager_CreateJob(bits_manager, name, BG_JOB_TYPE_DOWNLOAD, &id, &job);
    ok(hr == E_INVALIDARG || broken(hr == BG_E_STRING_TOO_LONG), "[MGR.CreateJob.6] got %#lx\n", hr);
    ok_inferred("MGR.CreateJob.A3", hr == E_INVALIDARG, "got %#lx\n", hr);
    ok_inferred("api-1-core:GEN.4", !job, "got a job\n");

    for (i = 3; i < 7; i++)
    {
        job = (void *)POISON;
        hr = IBackgroundCopyManager_CreateJob(bits_manager, bits_job_name(L"type"), (BG_JOB_TYPE)i, &id, &job);
        ok_inferred("MGR.CreateJob.A1", hr == E_NOTIMPL, "type %u: got %#lx\n", i, hr);
        ok(FAILED(hr), "[TYPE.Type.1] type %u: got %#lx\n", i, hr);
    }

    hr = IBackgroundCopyManager_CreateJob(bits_manager, NULL, BG_JOB_TYPE_DOWNLOAD, &id, &job);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[MGR.CreateJob.A2] got %#lx\n", hr);
    hr = IBackgroundCopyManager_CreateJob(bits_manager, L"name", BG_JOB_TYPE_DOWNLOAD, NULL, &job);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[MGR.CreateJob.4] got %#lx\n", hr);
    hr = IBackgroundCopyManager_CreateJob(bits_manager, L"name", BG_JOB_TYPE_DOWNLOAD, &id, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[MGR.CreateJob.A2] got %#lx\n", hr);
}

static void test_get_job(void)
{
    IBackgroundCopyJob *job, *other, *third;
    IUnknown *unknown, *unknown2;
    GUID id, unused;
    HRESULT hr;

    job = bits_create_job_(__LINE__, L"get", BG_JOB_TYPE_DOWNLOAD, &id);
    if (!job) return;
    hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &other);
    ok(hr == S_OK, "[MGR.GetJob.2] got %#lx\n", hr);
    hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &third);
    ok(hr == S_OK, "[MGR.GetJob.1] got %#lx\n", hr);
    IBackgroundCopyJob_QueryInterface(other, &IID_IUnknown, (void **)&unknown);
    IBackgroundCopyJob_QueryInterface(third, &IID_IUnknown, (void **)&unknown2);
    ok_inferred("MGR.GetJob.A2", unknown == unknown2, "two identities\n");
    IUnknown_Release(unknown2);
    IUnknown_Release(unknown);
    IBackgroundCopyJob_Release(third);
    IBackgroundCopyJob_Release(other);

    CoCreateGuid(&unused);
    other = (void *)POISON;
    hr = IBackgroundCopyManager_GetJob(bits_manager, &unused, &other);
    ok(hr == BG_E_NOT_FOUND, "[MGR.GetJob.3,ERR.0x80200001] got %#lx\n", hr);
    ok(hr == (HRESULT)0x80200001, "[CONST.1] got %#lx\n", hr);
    ok_inferred("api-1-core:GEN.4", !other, "got a job\n");
    hr = IBackgroundCopyManager_GetJob(bits_manager, &id, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A1] got %#lx\n", hr);
    hr = IBackgroundCopyManager_GetJob(bits_manager, NULL, &other);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A1] got %#lx\n", hr);

    hr = IBackgroundCopyJob_Cancel(job);
    ok(hr == S_OK, "[JOB.Cancel.2] got %#lx\n", hr);
    hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &other);
    ok_inferred("MGR.GetJob.A1", hr == BG_E_NOT_FOUND, "got %#lx\n", hr);
    IBackgroundCopyJob_Release(job);
}

static void test_enum_jobs(void)
{
    IEnumBackgroundCopyJobs *jobs;
    IBackgroundCopyJob *job;
    HRESULT hr;
    GUID id;
    UINT i;

    job = bits_create_job_(__LINE__, L"enum", BG_JOB_TYPE_DOWNLOAD, &id);
    if (!job) return;
    ok(bits_is_listed(&id, 0), "[MGR.EnumJobs.1] not listed\n");
    hr = IBackgroundCopyManager_EnumJobs(bits_manager, BG_JOB_ENUM_ALL_USERS, &jobs);
    ok(hr == S_OK || broken(hr == E_ACCESSDENIED), "[MGR.EnumJobs.2] got %#lx\n", hr);
    if (hr == S_OK)
    {
        IEnumBackgroundCopyJobs_Release(jobs);
        ok(bits_is_listed(&id, BG_JOB_ENUM_ALL_USERS), "[MGR.EnumJobs.2] not listed\n");
    }
    for (i = 1; i < 32; i++)
    {
        hr = IBackgroundCopyManager_EnumJobs(bits_manager, 1u << i, &jobs);
        ok(hr == E_NOTIMPL || hr == E_INVALIDARG, "[MGR.EnumJobs.A1] flag %#x: got %#lx\n", 1u << i, hr);
    }
    hr = IBackgroundCopyManager_EnumJobs(bits_manager, 0, NULL);
    ok(hr == E_INVALIDARG || hr == NULL_REF, "[api-1-core:GEN.A1] got %#lx\n", hr);
    IBackgroundCopyJob_Cancel(job);
    ok(!bits_is_listed(&id, 0), "[MGR.EnumJobs.8] still listed\n");
    ok(!bits_is_listed(&id, 0), "[LIFE.3] still listed\n");
    IBackgroundCopyJob_Release(job);
}

/* A job outlives the process that made it, and others of the same user see it [OBS.12]; its identifier survives [MGR.GetJob.5]. */
static void make_job(const char *name)
{
    IBackgroundCopyJob *job;
    WCHAR wide[100];
    HRESULT hr;
    GUID id;

    MultiByteToWideChar(CP_ACP, 0, name, -1, wide, ARRAY_SIZE(wide));
    hr = IBackgroundCopyManager_CreateJob(bits_manager, wide, BG_JOB_TYPE_DOWNLOAD, &id, &job);
    ok(hr == S_OK, "CreateJob: got %#lx\n", hr);
    if (hr == S_OK) IBackgroundCopyJob_Release(job);
}

static IBackgroundCopyJob *find_by_name(const WCHAR *name)
{
    IBackgroundCopyJob *job, *found = NULL;
    IEnumBackgroundCopyJobs *jobs;
    WCHAR *text;

    if (FAILED(IBackgroundCopyManager_EnumJobs(bits_manager, 0, &jobs))) return NULL;
    while (!found && IEnumBackgroundCopyJobs_Next(jobs, 1, &job, NULL) == S_OK)
    {
        if (IBackgroundCopyJob_GetDisplayName(job, &text) == S_OK)
        {
            if (!wcscmp(text, name)) found = job;
            CoTaskMemFree(text);
        }
        if (found != job) IBackgroundCopyJob_Release(job);
    }
    IEnumBackgroundCopyJobs_Release(jobs);
    return found;
}

static void test_other_process(void)
{
    IBackgroundCopyJob *job;
    char argument[100];
    WCHAR name[100];
    GUID id;
    HRESULT hr;

    sprintf(argument, "make-%lx", GetCurrentProcessId());
    MultiByteToWideChar(CP_ACP, 0, argument, -1, name, ARRAY_SIZE(name));
    bits_run_child("manager", argument, BITS_CHILD_PLAIN);
    job = find_by_name(name);
    ok(job != NULL, "[OBS.12] not listed\n");
    if (!job) return;
    hr = IBackgroundCopyJob_GetId(job, &id);
    ok(hr == S_OK, "[JOB.GetId.1] got %#lx\n", hr);
    if (bits_restart_service())
    {
        IBackgroundCopyJob_Release(job);
        hr = IBackgroundCopyManager_GetJob(bits_manager, &id, &job);
        ok(hr == S_OK, "[MGR.GetJob.5] got %#lx\n", hr);
        ok(hr == S_OK, "[LIFE.1] got %#lx\n", hr);
        if (hr != S_OK) return;
    }
    bits_cancel(job);
}

START_TEST(manager)
{
    const char *argument;

    if (!bits_begin()) return;
    if ((argument = bits_child_argument()))
    {
        make_job(argument);
        bits_end();
        return;
    }
    ok(bits_manager != NULL, "[SEC.1] no manager\n");
    ok(bits_manager != NULL, "[CLSID.1_0] no manager\n");
    test_classes();
    test_version();
    test_query_interface();
    test_create_job();
    test_get_job();
    test_enum_jobs();
    test_other_process();
    bits_end();
}
