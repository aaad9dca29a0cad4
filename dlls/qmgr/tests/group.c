/*
 * Tests of the queue manager 0.9: groups, their properties, jobs and files
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
#include "group_test.h"

static void test_create_get(void)
{
    IBackgroundCopyGroup *group, *other;
    IUnknown *unknown;
    GUID id, got;
    HRESULT hr;

    if (!(group = create_group(&id))) return;
    ok(status_of(group) == (QM_STATUS_GROUP_INCOMPLETE | QM_STATUS_GROUP_SUSPENDED), "[QMGR.CreateGroup.1] got %#lx\n",
       status_of(group));
    hr = IBackgroundCopyGroup_get_GroupID(group, &got);
    ok(hr == S_OK && IsEqualGUID(&id, &got), "[GROUP.get_GroupID.1] got %#lx, %s\n", hr, wine_dbgstr_guid(&got));
    ok(IsEqualGUID(&id, &got), "[QM.4] got %s\n", wine_dbgstr_guid(&got));
    ok(offsetof(IBackgroundCopyGroupVtbl, QueryNewJobInterface) == 16 * sizeof(void *), "[GROUP.QueryNewJobInterface.1] wrong table\n");
    ok(offsetof(IBackgroundCopyGroupVtbl, SetNotificationPointer) == 17 * sizeof(void *), "[GROUP.SetNotificationPointer.1] wrong table\n");
    hr = IBackgroundCopyGroup_get_GroupID(group, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_GetStatus(group, NULL, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_QueryInterface(group, &IID_IUnknown, (void **)&unknown);
    ok(hr == S_OK, "[QM.5] got %#lx\n", hr);
    IUnknown_Release(unknown);

    other = (void *)POISON;
    hr = IBackgroundCopyQMgr_CreateGroup(qmgr, id, &other);
    ok(hr == E_INVALIDARG, "[QMGR.CreateGroup.3] got %#lx\n", hr);
    ok(!other, "[api-1-core:GEN.4] got a group\n");
    hr = IBackgroundCopyQMgr_CreateGroup(qmgr, new_id(), NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);

    hr = IBackgroundCopyQMgr_GetGroup(qmgr, id, &other);
    ok(hr == S_OK, "[QMGR.GetGroup.3] got %#lx\n", hr);
    if (hr == S_OK)
    {
        hr = IBackgroundCopyGroup_get_GroupID(other, &got);
        ok(hr == S_OK && IsEqualGUID(&id, &got), "[QMGR.GetGroup.1] got %#lx, %s\n", hr, wine_dbgstr_guid(&got));
        IBackgroundCopyGroup_Release(other);
    }
    other = (void *)POISON;
    hr = IBackgroundCopyQMgr_GetGroup(qmgr, new_id(), &other);
    ok(hr == QM_E_ITEM_NOT_FOUND, "[QMGR.GetGroup.4] got %#lx\n", hr);
    ok(!other, "[api-1-core:GEN.4] got a group\n");
    hr = IBackgroundCopyQMgr_GetGroup(qmgr, id, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);

    cancel_group(group);
    hr = IBackgroundCopyQMgr_GetGroup(qmgr, id, &other);
    ok(hr == QM_E_ITEM_NOT_FOUND, "[GROUP.CancelGroup.1] got %#lx\n", hr);
    /* the identifier is free again */
    hr = IBackgroundCopyQMgr_CreateGroup(qmgr, id, &group);
    ok(hr == S_OK, "[QMGR.CreateGroup.3] got %#lx\n", hr);
    if (hr == S_OK) cancel_group(group);
}

static const struct
{
    VARTYPE vt;
    BOOL number, string;
}
types[] =
{
    { VT_I4, TRUE }, { VT_I2, TRUE }, { VT_UI4, TRUE }, { VT_UI2, TRUE }, { VT_INT, TRUE }, { VT_UINT, TRUE },
    { VT_BSTR, FALSE, TRUE }, { VT_EMPTY }, { VT_NULL }, { VT_R8 }, { VT_BOOL }
};

static const struct
{
    GROUPPROP prop;
    const char *id;
    BOOL number, string;
}
props[] =
{
    { GROUPPROP_PRIORITY, "GPROP.P0", TRUE },
    { GROUPPROP_REMOTEUSERID, "GPROP.P1" },
    { GROUPPROP_REMOTEUSERPWD, "GPROP.P2" },
    { GROUPPROP_LOCALUSERID, "GPROP.P3" },
    { GROUPPROP_LOCALUSERPWD, "GPROP.P4" },
    { GROUPPROP_PROTOCOLFLAGS, "GPROP.P5", TRUE },
    { GROUPPROP_NOTIFYFLAGS, "GPROP.P6", TRUE },
    { GROUPPROP_NOTIFYCLSID, "GPROP.P7", FALSE, TRUE },
    { GROUPPROP_PROGRESSSIZE, "GPROP.P8" },
    { GROUPPROP_PROGRESSPERCENT, "GPROP.P9" },
    { GROUPPROP_PROGRESSTIME, "GPROP.P10" },
    { GROUPPROP_DISPLAYNAME, "GPROP.P11", FALSE, TRUE },
    { GROUPPROP_DESCRIPTION, "GPROP.P12", FALSE, TRUE },
};

/* Every property with every type. */
static void test_prop_types(IBackgroundCopyGroup *group)
{
    VARIANT var;
    HRESULT hr;
    UINT i, j;

    for (i = 0; i < ARRAY_SIZE(props); i++)
    {
        winetest_push_context("property %d", props[i].prop);
        VariantInit(&var);
        hr = IBackgroundCopyGroup_GetProp(group, props[i].prop, &var);
        ok(hr == (props[i].number || props[i].string ? S_OK : E_NOTIMPL), "[%s] got %#lx\n", props[i].id, hr);
        if (hr != S_OK) ok(hr == E_NOTIMPL, "[GROUP.GetProp.2] got %#lx\n", hr);
        VariantClear(&var);
        for (j = 0; j < ARRAY_SIZE(types); j++)
        {
            HRESULT expect = E_INVALIDARG;

            memset(&var, 0, sizeof(var));
            V_VT(&var) = types[j].vt;
            if (types[j].string) V_BSTR(&var) = SysAllocString(L"");
            else if (types[j].vt == VT_I4 || types[j].vt == VT_UI4 || types[j].vt == VT_INT || types[j].vt == VT_UINT)
                V_I4(&var) = props[i].prop == GROUPPROP_NOTIFYFLAGS ? QM_NOTIFY_GROUP_DONE : 1;
            else if (types[j].number) V_I2(&var) = props[i].prop == GROUPPROP_NOTIFYFLAGS ? QM_NOTIFY_GROUP_DONE : 1;
            if (!props[i].number && !props[i].string) expect = E_NOTIMPL;
            else if ((props[i].number && types[j].number) || (props[i].string && types[j].string)) expect = S_OK;
            hr = IBackgroundCopyGroup_SetProp(group, props[i].prop, &var);
            ok(hr == expect, "[%s] type %d: got %#lx, expected %#lx\n",
               expect == S_OK ? "GROUP.SetProp.2" : expect == E_NOTIMPL ? "GROUP.SetProp.3" : "GROUP.SetProp.4",
               types[j].vt, hr, expect);
            VariantClear(&var);
        }
        winetest_pop_context();
    }
    hr = set_number(group, (GROUPPROP)(GROUPPROP_DESCRIPTION + 1), 1);
    ok(hr == E_NOTIMPL, "[GROUP.SetProp.3] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_GetProp(group, (GROUPPROP)(GROUPPROP_DESCRIPTION + 1), &var);
    ok(hr == E_NOTIMPL, "[GROUP.GetProp.2] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_GetProp(group, GROUPPROP_PRIORITY, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_SetProp(group, GROUPPROP_PRIORITY, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);
}

static void test_strings(IBackgroundCopyGroup *group, GROUPPROP prop, UINT max, const char *id)
{
    WCHAR *text = malloc((max + 2) * sizeof(WCHAR));
    HRESULT hr;
    UINT i;

    for (i = 0; i < max + 1; i++) text[i] = 'a' + i % 26;
    text[max + 1] = 0;
    hr = set_string(group, prop, text);
    ok_inferred("GPROP.A2", hr == E_INVALIDARG, "%u characters: got %#lx\n", max + 1, hr);
    ok(FAILED(hr), "[%s] %u characters: got %#lx\n", id, max + 1, hr);
    check_string(group, prop, L"", id);
    text[max] = 0;
    hr = set_string(group, prop, text);
    ok(hr == S_OK, "[%s] %u characters: got %#lx\n", id, max, hr);
    check_string(group, prop, text, id);
    hr = set_string(group, prop, L"");
    ok(hr == S_OK, "[%s] got %#lx\n", id, hr);
    check_string(group, prop, L"", id);
    free(text);
}

static void test_props(void)
{
    static const DWORD unsupported[] =
    {
        QM_NOTIFY_FILE_DONE, QM_NOTIFY_JOB_DONE, QM_NOTIFY_USE_PROGRESSEX, QM_NOTIFY_GROUP_DONE | QM_NOTIFY_JOB_DONE, 0x100
    };
    static const DWORD supported[] = { QM_NOTIFY_GROUP_DONE, QM_NOTIFY_DISABLE_NOTIFY, QM_NOTIFY_GROUP_DONE | QM_NOTIFY_DISABLE_NOTIFY, 0 };
    static const WCHAR clsid[] = L"{12345678-1234-abcd-1234-0123456789AB}";
    IBackgroundCopyGroup *group;
    HRESULT hr;
    GUID id;
    UINT i;

    if (!(group = create_group(&id))) return;
    check_number(group, GROUPPROP_PRIORITY, 1, "GPROP.P0");
    check_number(group, GROUPPROP_PROTOCOLFLAGS, QM_PROTOCOL_HTTP, "GPROP.A3");
    check_number(group, GROUPPROP_NOTIFYFLAGS, 0, "GPROP.A3");
    check_string(group, GROUPPROP_NOTIFYCLSID, L"", "GPROP.A3");
    check_string(group, GROUPPROP_DISPLAYNAME, L"", "GPROP.A3");
    check_string(group, GROUPPROP_DESCRIPTION, L"", "GPROP.A3");
    test_prop_types(group);

    hr = set_number(group, GROUPPROP_PRIORITY, 2);
    ok_inferred("GPROP.A1", hr == E_NOTIMPL, "got %#lx\n", hr);
    ok(FAILED(hr), "[GPROP.P0] got %#lx\n", hr);
    check_number(group, GROUPPROP_PRIORITY, 1, "GPROP.P0");
    for (i = QM_PROTOCOL_FTP; i <= QM_PROTOCOL_CUSTOM; i++)
    {
        hr = set_number(group, GROUPPROP_PROTOCOLFLAGS, i);
        ok_inferred("GPROP.A1", hr == E_NOTIMPL, "protocol %u: got %#lx\n", i, hr);
        ok(FAILED(hr), "[GPROP.P5] protocol %u: got %#lx\n", i, hr);
    }
    for (i = 0; i < ARRAY_SIZE(unsupported); i++)
    {
        hr = set_number(group, GROUPPROP_NOTIFYFLAGS, unsupported[i]);
        ok_inferred("GPROP.A1", hr == E_NOTIMPL, "flags %#lx: got %#lx\n", unsupported[i], hr);
        ok(FAILED(hr), "[GPROP.1] flags %#lx: got %#lx\n", unsupported[i], hr);
    }
    for (i = 0; i < ARRAY_SIZE(supported); i++)
    {
        hr = set_number(group, GROUPPROP_NOTIFYFLAGS, supported[i]);
        ok(hr == S_OK, "[GPROP.1] flags %#lx: got %#lx\n", supported[i], hr);
        check_number(group, GROUPPROP_NOTIFYFLAGS, supported[i], "GPROP.P6");
    }
    test_strings(group, GROUPPROP_DISPLAYNAME, 256, "GPROP.P11");
    test_strings(group, GROUPPROP_DESCRIPTION, 1024, "GPROP.P12");
    hr = set_string(group, GROUPPROP_NOTIFYCLSID, L"no class");
    ok_inferred("GPROP.A2", hr == E_INVALIDARG, "got %#lx\n", hr);
    hr = set_string(group, GROUPPROP_NOTIFYCLSID, clsid);
    ok(hr == S_OK, "[GPROP.P7] got %#lx\n", hr);
    check_string(group, GROUPPROP_NOTIFYCLSID, clsid, "GPROP.P7");
    hr = set_string(group, GROUPPROP_NOTIFYCLSID, L"");
    ok_inferred("GPROP.A2", hr == S_OK, "got %#lx\n", hr);
    check_string(group, GROUPPROP_NOTIFYCLSID, L"", "GPROP.P7");
    cancel_group(group);
}

static void test_job(void)
{
    DWORD value, win32, transport, retries;
    IBackgroundCopyJob1 *job, *other;
    IBackgroundCopyGroup *group;
    GUID group_id, id, got;
    IBackgroundCopyJob *new_job;
    IUnknown *unknown;
    HRESULT hr;

    if (!(group = create_group(&group_id))) return;
    unknown = (void *)POISON;
    hr = IBackgroundCopyGroup_QueryNewJobInterface(group, &IID_IBackgroundCopyJob, &unknown);
    ok_inferred("QM.A1", hr == E_NOTIMPL, "got %#lx\n", hr);
    hr = IBackgroundCopyGroup_ResumeGroup(group);
    ok_inferred("GROUP.ResumeGroup.A1", hr == QM_E_INVALID_STATE, "got %#lx\n", hr);
    hr = IBackgroundCopyGroup_GetJob(group, new_id(), &job);
    ok(hr == QM_E_ITEM_NOT_FOUND, "[GROUP.GetJob.2] got %#lx\n", hr);

    if (!(job = create_job(group, &id))) return;
    hr = IBackgroundCopyJob1_QueryInterface(job, &IID_IUnknown, (void **)&unknown);
    ok(hr == S_OK, "[QM.5] got %#lx\n", hr);
    IUnknown_Release(unknown);
    hr = IBackgroundCopyJob1_get_JobID(job, &got);
    ok(hr == S_OK && IsEqualGUID(&id, &got), "[JOB1.get_JobID.1] got %#lx, %s\n", hr, wine_dbgstr_guid(&got));
    hr = IBackgroundCopyJob1_get_JobID(job, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_CreateJob(group, new_id(), &other);
    ok(hr == E_NOTIMPL, "[GROUP.CreateJob.4] got %#lx\n", hr);
    ok(hr == E_NOTIMPL, "[QM.2] a second job: got %#lx\n", hr);
    hr = IBackgroundCopyGroup_CreateJob(group, new_id(), NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_GetJob(group, id, &other);
    ok(hr == S_OK, "[GROUP.GetJob.1] got %#lx\n", hr);
    if (hr == S_OK)
    {
        hr = IBackgroundCopyJob1_get_JobID(other, &got);
        ok(hr == S_OK && IsEqualGUID(&id, &got), "[GROUP.CreateJob.1] got %#lx, %s\n", hr, wine_dbgstr_guid(&got));
        IBackgroundCopyJob1_Release(other);
    }
    hr = IBackgroundCopyGroup_GetJob(group, new_id(), &other);
    ok(hr == QM_E_ITEM_NOT_FOUND, "[GROUP.GetJob.2] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_GetJob(group, id, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);

    /* methods that are not there */
    hr = IBackgroundCopyJob1_CancelJob(job);
    ok(hr == E_NOTIMPL, "[JOB1.CancelJob.1] got %#lx\n", hr);
    hr = IBackgroundCopyJob1_SwitchToForeground(job);
    ok(hr == E_NOTIMPL, "[JOB1.SwitchToForeground.1] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_SetNotificationPointer(group, &IID_IUnknown, NULL);
    ok_inferred("QM.A1", hr == E_NOTIMPL, "got %#lx\n", hr);

    /* the job of BITS behind it */
    hr = IBackgroundCopyGroup_QueryNewJobInterface(group, &IID_IBackgroundCopyJob, (IUnknown **)&new_job);
    ok_inferred("QM.A1", hr == S_OK, "got %#lx\n", hr);
    if (hr == S_OK)
    {
        BG_JOB_TYPE type;

        hr = IBackgroundCopyJob_GetType(new_job, &type);
        ok(hr == S_OK && type == BG_JOB_TYPE_DOWNLOAD, "[QM.2] got %#lx, type %d\n", hr, type);
        IBackgroundCopyJob_Release(new_job);
    }

    /* no files yet */
    value = POISON;
    hr = IBackgroundCopyJob1_GetFileCount(job, &value);
    ok(hr == S_OK && !value, "[JOB1.GetFileCount.1] got %#lx, %lu\n", hr, value);
    hr = IBackgroundCopyJob1_GetFileCount(job, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_get_Size(group, &value);
    ok(hr == S_OK && !value, "[GROUP.get_Size.2] got %#lx, %lu\n", hr, value);
    hr = IBackgroundCopyGroup_get_Size(group, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_ResumeGroup(group);
    ok_inferred("GROUP.ResumeGroup.A1", hr == QM_E_INVALID_STATE, "got %#lx\n", hr);

    value = win32 = transport = retries = POISON;
    hr = IBackgroundCopyJob1_GetStatus(job, &value, &win32, &transport, &retries);
    ok(hr == S_OK, "[JOB1.GetStatus.3] got %#lx\n", hr);
    ok(value == QM_STATUS_JOB_INCOMPLETE, "[JOB1.GetStatus.1] got %#lx\n", value);
    ok_inferred("JOB1.GetStatus.A1", !win32 && !transport && !retries, "got %lu, %lu, %lu\n", win32, transport, retries);
    hr = IBackgroundCopyJob1_GetStatus(job, &value, NULL, &transport, &retries);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);

    /* progress */
    hr = IBackgroundCopyGroup_GetProgress(group, QM_PROGRESS_PERCENT_DONE, &value);
    ok(hr == S_OK && !value, "[GROUP.GetProgress.2] got %#lx, %lu\n", hr, value);
    hr = IBackgroundCopyGroup_GetProgress(group, QM_PROGRESS_SIZE_DONE, &value);
    ok(hr == S_OK && !value, "[GROUP.GetProgress.1] got %#lx, %lu\n", hr, value);
    hr = IBackgroundCopyGroup_GetProgress(group, QM_PROGRESS_TIME_DONE, &value);
    ok(hr == E_NOTIMPL, "[GROUP.GetProgress.3] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_GetProgress(group, 4, &value);
    ok_inferred("GROUP.GetProgress.A1", hr == E_NOTIMPL, "got %#lx\n", hr);
    hr = IBackgroundCopyGroup_GetProgress(group, QM_PROGRESS_SIZE_DONE, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);
    hr = IBackgroundCopyJob1_GetProgress(job, QM_PROGRESS_PERCENT_DONE, &value);
    ok(hr == S_OK && !value, "[JOB1.GetProgress.2] got %#lx, %lu\n", hr, value);
    hr = IBackgroundCopyJob1_GetProgress(job, QM_PROGRESS_SIZE_DONE, &value);
    ok(hr == S_OK && !value, "[JOB1.GetProgress.1] got %#lx, %lu\n", hr, value);
    hr = IBackgroundCopyJob1_GetProgress(job, QM_PROGRESS_TIME_DONE, &value);
    ok(hr == E_NOTIMPL, "[JOB1.GetProgress.3] got %#lx\n", hr);
    hr = IBackgroundCopyJob1_GetProgress(job, 0, &value);
    ok_inferred("GROUP.GetProgress.A1", hr == E_NOTIMPL, "got %#lx\n", hr);
    hr = IBackgroundCopyJob1_GetProgress(job, QM_PROGRESS_SIZE_DONE, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);

    IBackgroundCopyJob1_Release(job);
    cancel_group(group);
}

static void test_files(void)
{
    FILESETINFO info, infos[3], *set[3] = { &infos[0], &infos[1], &infos[2] };
    static const WCHAR good[] = L"http://127.0.0.1/file";
    IBackgroundCopyGroup *group;
    IBackgroundCopyJob1 *job;
    GUID group_id, id;
    WCHAR longer[2300], missing[MAX_PATH];
    DWORD value;
    HRESULT hr;
    UINT i;

    const struct
    {
        const char *id;
        const WCHAR *remote, *local;
        HRESULT hr;
    }
    bad[] =
    {
        { "JOB1.AddFiles.3", L"ftp://127.0.0.1/file", bits_path(L"file"), E_INVALIDARG },
        { "JOB1.AddFiles.3", L"", bits_path(L"file"), E_INVALIDARG },
        { "JOB1.AddFiles.3", good, L"relative", E_INVALIDARG },
        { "JOB1.AddFiles.3", good, L"", E_INVALIDARG },
        { "FSI.1", L"http://127.0.0.1/*", bits_path(L"file"), E_INVALIDARG },
        { "FSI.1", longer, bits_path(L"file"), E_INVALIDARG },
        { "FSI.2", good, L"C:\\*.txt", E_INVALIDARG },
        { "FSI.2", good, L"C:\\file:stream", E_INVALIDARG },
        { "FSI.2", good, L"\\\\?\\C:\\file", E_INVALIDARG },
    };

    if (!(group = create_group(&group_id))) return;
    if (!(job = create_job(group, &id))) return;

    wcscpy(longer, L"http://127.0.0.1/");
    for (i = wcslen(longer); i < 2201; i++) longer[i] = i % 100 ? 'a' : '/';
    longer[i] = 0;
    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        hr = add_file(job, bad[i].remote, bad[i].local, 0);
        ok(hr == bad[i].hr, "[%s] %s, %s: got %#lx\n", bad[i].id, wine_dbgstr_w(bad[i].remote), wine_dbgstr_w(bad[i].local), hr);
    }
    _snwprintf(missing, ARRAY_SIZE(missing), L"%lsmissing\\file", bits_folder);
    hr = add_file(job, good, missing, 0);
    ok(FAILED(hr), "[FSI.2] got %#lx\n", hr);
    /* a folder that is not the user's: only an ordinary user of Wine has one for sure */
    if (!strcmp(winetest_platform, "wine") && GetFileAttributesW(L"Z:\\usr") != INVALID_FILE_ATTRIBUTES)
    {
        HANDLE file = CreateFileW(L"Z:\\usr\\bits test", GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE, NULL);

        if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
        else
        {
            hr = add_file(job, good, L"Z:\\usr\\bits test", 0);
            ok(hr == E_ACCESSDENIED, "[JOB1.AddFiles.4] got %#lx\n", hr);
        }
    }
    hr = IBackgroundCopyJob1_AddFiles(job, 1, NULL);
    ok(FAILED(hr), "[api-1-core:GEN.A1] got %#lx\n", hr);

    /* all or nothing */
    for (i = 0; i < 3; i++)
    {
        infos[i].bstrRemoteFile = SysAllocString(i == 2 ? L"ftp://127.0.0.1/file" : good);
        infos[i].bstrLocalFile = SysAllocString(bits_path(i == 0 ? L"a" : i == 1 ? L"b" : L"c"));
        infos[i].dwSizeHint = 100 + i;
    }
    hr = IBackgroundCopyJob1_AddFiles(job, 3, set);
    ok(hr == E_INVALIDARG, "[JOB1.AddFiles.3] got %#lx\n", hr);
    hr = IBackgroundCopyJob1_GetFileCount(job, &value);
    ok_inferred("JOB1.AddFiles.A1", hr == S_OK && !value, "got %#lx, %lu\n", hr, value);

    hr = add_file(job, good, bits_path(L"first"), 0);
    ok(hr == S_OK, "[JOB1.AddFiles.2] got %#lx\n", hr);
    hr = IBackgroundCopyJob1_AddFiles(job, 2, set);
    ok(hr == S_OK, "[JOB1.AddFiles.1] got %#lx\n", hr);
    hr = IBackgroundCopyJob1_GetFileCount(job, &value);
    ok(hr == S_OK && value == 3, "[JOB1.GetFileCount.1] got %#lx, %lu\n", hr, value);
    check_file(job, 0, good, bits_path(L"first"), 0);
    check_file(job, 1, good, bits_path(L"a"), 100);
    check_file(job, 2, good, bits_path(L"b"), 101);
    memset(&info, 0, sizeof(info));
    hr = IBackgroundCopyJob1_GetFile(job, 3, &info);
    ok_inferred("JOB1.GetFile.A1", hr == QM_E_ITEM_NOT_FOUND, "got %#lx\n", hr);
    hr = IBackgroundCopyJob1_GetFile(job, 4, &info);
    ok(hr == QM_E_ITEM_NOT_FOUND, "[JOB1.GetFile.3] got %#lx\n", hr);
    hr = IBackgroundCopyJob1_GetFile(job, 0, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);
    for (i = 0; i < 3; i++)
    {
        SysFreeString(infos[i].bstrRemoteFile);
        SysFreeString(infos[i].bstrLocalFile);
    }

    hr = IBackgroundCopyGroup_get_Size(group, &value);
    ok(hr == S_OK && !value, "[GROUP.get_Size.1] size unknown: got %#lx, %lu\n", hr, value);
    IBackgroundCopyJob1_Release(job);
    cancel_group(group);
}

static UINT count_own(const GUID *ids, ULONG count, const GUID *own, UINT own_count)
{
    UINT found = 0, i, j;

    for (i = 0; i < count; i++)
        for (j = 0; j < own_count; j++) found += IsEqualGUID(&ids[i], &own[j]);
    return found;
}

static void test_enum_groups(void)
{
    IEnumBackgroundCopyGroups *groups, *clone;
    IBackgroundCopyGroup *group[3];
    GUID own[3], ids[300];
    ULONG count, fetched, before;
    IUnknown *unknown;
    HRESULT hr;
    UINT i;

    hr = IBackgroundCopyQMgr_EnumGroups(qmgr, 1, &groups);
    ok(hr == E_NOTIMPL, "[QMGR.EnumGroups.3] got %#lx\n", hr);
    hr = IBackgroundCopyQMgr_EnumGroups(qmgr, 0, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);
    hr = IBackgroundCopyQMgr_EnumGroups(qmgr, 0, &groups);
    ok(hr == S_OK, "[QMGR.EnumGroups.2] got %#lx\n", hr);
    if (hr != S_OK) return;
    hr = IEnumBackgroundCopyGroups_GetCount(groups, &before);
    ok(hr == S_OK, "[EGRP.GetCount.1] got %#lx\n", hr);
    for (i = 0; i < 3; i++) group[i] = create_group(&own[i]);
    /* a snapshot */
    hr = IEnumBackgroundCopyGroups_GetCount(groups, &count);
    ok(hr == S_OK && count == before, "[EGRP.GetCount.1] got %#lx, %lu, expected %lu\n", hr, count, before);
    IEnumBackgroundCopyGroups_Release(groups);

    hr = IBackgroundCopyQMgr_EnumGroups(qmgr, 0, &groups);
    ok(hr == S_OK, "[QMGR.EnumGroups.2] got %#lx\n", hr);
    hr = IEnumBackgroundCopyGroups_QueryInterface(groups, &IID_IUnknown, (void **)&unknown);
    ok(hr == S_OK, "[QM.5] got %#lx\n", hr);
    IUnknown_Release(unknown);
    hr = IEnumBackgroundCopyGroups_QueryInterface(groups, &IID_IEnumBackgroundCopyJobs1, (void **)&unknown);
    ok(hr == E_NOINTERFACE, "[QM.5] got %#lx\n", hr);
    hr = IEnumBackgroundCopyGroups_GetCount(groups, &count);
    ok(hr == S_OK && count == before + 3, "[QMGR.EnumGroups.1] got %#lx, %lu, expected %lu\n", hr, count, before + 3);
    hr = IEnumBackgroundCopyGroups_GetCount(groups, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);

    fetched = POISON;
    hr = IEnumBackgroundCopyGroups_Next(groups, ARRAY_SIZE(ids), ids, &fetched);
    ok(hr == S_FALSE, "[EGRP.Next.3] got %#lx\n", hr);
    ok(fetched == count, "[EGRP.Next.3] got %lu of %lu\n", fetched, count);
    ok(count_own(ids, fetched, own, 3) == 3, "[QMGR.EnumGroups.1] got %u of 3\n", count_own(ids, fetched, own, 3));
    hr = IEnumBackgroundCopyGroups_Next(groups, 1, ids, &fetched);
    ok(hr == S_FALSE && !fetched, "[EGRP.Next.3] got %#lx, %lu\n", hr, fetched);
    hr = IEnumBackgroundCopyGroups_Reset(groups);
    ok(hr == S_OK, "[EGRP.Reset.1] got %#lx\n", hr);
    hr = IEnumBackgroundCopyGroups_Next(groups, 2, ids, &fetched);
    ok(hr == S_OK && fetched == 2, "[EGRP.Next.2] got %#lx, %lu\n", hr, fetched);
    hr = IEnumBackgroundCopyGroups_Next(groups, 1, ids + 2, NULL);
    ok_inferred("EGRP.Next.A1", hr == NULL_REF || hr == S_OK, "got %#lx\n", hr);
    hr = IEnumBackgroundCopyGroups_Reset(groups);
    ok(hr == S_OK, "[EGRP.Reset.1] got %#lx\n", hr);
    hr = IEnumBackgroundCopyGroups_Skip(groups, count - 1);
    ok(hr == S_OK, "[EGRP.Skip.1] got %#lx\n", hr);
    hr = IEnumBackgroundCopyGroups_Clone(groups, &clone);
    ok(hr == S_OK, "[EGRP.Clone.2] got %#lx\n", hr);
    hr = IEnumBackgroundCopyGroups_Clone(groups, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);
    hr = IEnumBackgroundCopyGroups_Skip(groups, 2);
    ok(hr == S_FALSE, "[EGRP.Skip.2] got %#lx\n", hr);
    hr = IEnumBackgroundCopyGroups_Next(groups, 1, ids, &fetched);
    ok(hr == S_FALSE && !fetched, "[EGRP.Skip.2] got %#lx, %lu\n", hr, fetched);
    hr = IEnumBackgroundCopyGroups_Next(clone, 2, ids, &fetched);
    ok(hr == S_FALSE && fetched == 1, "[EGRP.Clone.1] got %#lx, %lu\n", hr, fetched);
    IEnumBackgroundCopyGroups_Release(clone);
    IEnumBackgroundCopyGroups_Release(groups);
    for (i = 0; i < 3; i++) if (group[i]) cancel_group(group[i]);
}

static void test_enum_jobs(void)
{
    IEnumBackgroundCopyJobs1 *jobs, *clone;
    IBackgroundCopyGroup *group;
    IBackgroundCopyJob1 *job;
    GUID group_id, id, ids[2];
    ULONG count, fetched;
    IUnknown *unknown;
    HRESULT hr;

    if (!(group = create_group(&group_id))) return;
    hr = IBackgroundCopyGroup_EnumJobs(group, 1, &jobs);
    ok(hr == E_NOTIMPL, "[GROUP.EnumJobs.3] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_EnumJobs(group, 0, NULL);
    ok(hr == NULL_REF || hr == E_INVALIDARG, "[api-1-core:GEN.A1] got %#lx\n", hr);
    hr = IBackgroundCopyGroup_EnumJobs(group, 0, &jobs);
    ok(hr == S_OK, "[GROUP.EnumJobs.2] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs1_GetCount(jobs, &count);
    ok(hr == S_OK && !count, "[EGRP.GetCount.1] got %#lx, %lu\n", hr, count);
    fetched = POISON;
    hr = IEnumBackgroundCopyJobs1_Next(jobs, 1, ids, &fetched);
    ok(hr == S_FALSE && !fetched, "[EGRP.Next.3] got %#lx, %lu\n", hr, fetched);
    IEnumBackgroundCopyJobs1_Release(jobs);

    if (!(job = create_job(group, &id))) return;
    hr = IBackgroundCopyGroup_EnumJobs(group, 0, &jobs);
    ok(hr == S_OK, "[GROUP.EnumJobs.2] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs1_QueryInterface(jobs, &IID_IUnknown, (void **)&unknown);
    ok(hr == S_OK, "[QM.5] got %#lx\n", hr);
    IUnknown_Release(unknown);
    hr = IEnumBackgroundCopyJobs1_GetCount(jobs, &count);
    ok(hr == S_OK && count == 1, "[GROUP.EnumJobs.1] got %#lx, %lu\n", hr, count);
    hr = IEnumBackgroundCopyJobs1_Clone(jobs, &clone);
    ok(hr == S_OK, "[EGRP.Clone.2] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs1_Next(jobs, 1, ids, &fetched);
    ok(hr == S_OK && fetched == 1, "[EGRP.Next.2] got %#lx, %lu\n", hr, fetched);
    ok(IsEqualGUID(&ids[0], &id), "[GROUP.EnumJobs.1] got %s\n", wine_dbgstr_guid(&ids[0]));
    hr = IEnumBackgroundCopyJobs1_Next(jobs, 2, ids, &fetched);
    ok(hr == S_FALSE && !fetched, "[EGRP.Next.3] got %#lx, %lu\n", hr, fetched);
    hr = IEnumBackgroundCopyJobs1_Reset(jobs);
    ok(hr == S_OK, "[EGRP.Reset.1] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs1_Skip(jobs, 1);
    ok(hr == S_OK, "[EGRP.Skip.1] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs1_Skip(jobs, 1);
    ok(hr == S_FALSE, "[EGRP.Skip.2] got %#lx\n", hr);
    hr = IEnumBackgroundCopyJobs1_Next(clone, 1, ids, &fetched);
    ok(hr == S_OK && fetched == 1, "[EGRP.Clone.1] got %#lx, %lu\n", hr, fetched);
    IEnumBackgroundCopyJobs1_Release(clone);
    IEnumBackgroundCopyJobs1_Release(jobs);
    IBackgroundCopyJob1_Release(job);
    cancel_group(group);
}

/* Groups are downloads, and nothing else; what they are to others, a job, says so. */
static void test_kind(void)
{
    IBackgroundCopyGroup *group;
    IBackgroundCopyJob1 *job1;
    IBackgroundCopyJob *job;
    BG_JOB_TYPE type = BG_JOB_TYPE_UPLOAD;
    HRESULT hr;
    GUID id;

    CoCreateGuid(&id);
    hr = IBackgroundCopyQMgr_CreateGroup(qmgr, id, &group);
    ok(hr == S_OK, "[BEH.LEGACY.1] got %#lx\n", hr);
    if (hr != S_OK) return;
    CoCreateGuid(&id);
    hr = IBackgroundCopyGroup_CreateJob(group, id, &job1);
    ok(hr == S_OK, "[BEH.LEGACY.1] got %#lx\n", hr);
    if (hr == S_OK) IBackgroundCopyJob1_Release(job1);
    hr = IBackgroundCopyGroup_QueryNewJobInterface(group, &IID_IBackgroundCopyJob, (IUnknown **)&job);
    ok(hr == S_OK, "[BEH.LEGACY.1] got %#lx\n", hr);
    if (hr == S_OK)
    {
        hr = IBackgroundCopyJob_GetType(job, &type);
        ok(hr == S_OK && type == BG_JOB_TYPE_DOWNLOAD, "[BEH.LEGACY.1] got %#lx, type %d\n", hr, type);
        IBackgroundCopyJob_Release(job);
    }
    hr = IBackgroundCopyGroup_CancelGroup(group);
    ok(hr == S_OK, "[BEH.LEGACY.1] got %#lx\n", hr);
    IBackgroundCopyGroup_Release(group);
}

START_TEST(group)
{
    if (!group_begin()) return;
    test_kind();
    test_create_get();
    test_props();
    test_job();
    test_files();
    test_enum_groups();
    test_enum_jobs();
    group_end();
}
