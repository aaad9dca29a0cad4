/*
 * Marshalling of the interfaces of the queue manager 0.9
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

/* marshal.h tells how these calls work.  The order is that of the vtables, newer interfaces behind the older. */

#include <stdarg.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "oleauto.h"
#include "qmgr.h"

#include "wine/test.h"

#include "marshal.h"

#define ARRAY_BYTES 1000

/*
 * The callback.  The test process implements it; the server process calls it through its proxy.
 */

#define SELF IBackgroundCopyCallback1

FAKE_UNKNOWN(IBackgroundCopyCallback1)

static HRESULT WINAPI fake_IBackgroundCopyCallback1_OnStatus(SELF *iface, IBackgroundCopyGroup *group,
        IBackgroundCopyJob1 *job, DWORD index, DWORD status, DWORD retries, DWORD win32_result, DWORD transport_result)
{
    called();
    ok(is_root(group), "[VT.IBackgroundCopyCallback1.3] got group %p.\n", group);
    if (shared->expect_null) ok(!job, "[VT.IBackgroundCopyCallback1.3] got job %p.\n", job);
    else ok(is_root(job), "[VT.IBackgroundCopyCallback1.3] got job %p.\n", job);
    ok(index == NUMBER(3, 0), "[VT.IBackgroundCopyCallback1.3] got %#lx.\n", index);
    ok(status == NUMBER(3, 1), "[VT.IBackgroundCopyCallback1.3] got %#lx.\n", status);
    ok(retries == NUMBER(3, 2), "[VT.IBackgroundCopyCallback1.3] got %#lx.\n", retries);
    ok(win32_result == NUMBER(3, 3), "[VT.IBackgroundCopyCallback1.3] got %#lx.\n", win32_result);
    ok(transport_result == NUMBER(3, 4), "[VT.IBackgroundCopyCallback1.3] got %#lx.\n", transport_result);
    return RESULT(3);
}

static HRESULT WINAPI fake_IBackgroundCopyCallback1_OnProgress(SELF *iface, DWORD type, IBackgroundCopyGroup *group,
        IBackgroundCopyJob1 *job, DWORD index, DWORD value)
{
    called();
    ok(type == NUMBER(4, 0), "[VT.IBackgroundCopyCallback1.4] got %#lx.\n", type);
    ok(is_root(group), "[VT.IBackgroundCopyCallback1.4] got group %p.\n", group);
    ok(is_root(job), "[VT.IBackgroundCopyCallback1.4] got job %p.\n", job);
    ok(index == NUMBER(4, 1), "[VT.IBackgroundCopyCallback1.4] got %#lx.\n", index);
    ok(value == NUMBER(4, 2), "[VT.IBackgroundCopyCallback1.4] got %#lx.\n", value);
    return RESULT(4);
}

static HRESULT WINAPI fake_IBackgroundCopyCallback1_OnProgressEx(SELF *iface, DWORD type, IBackgroundCopyGroup *group,
        IBackgroundCopyJob1 *job, DWORD index, DWORD value, DWORD size, BYTE *bytes)
{
    called();
    ok(type == NUMBER(5, 0), "[VT.IBackgroundCopyCallback1.5] got %#lx.\n", type);
    ok(is_root(group), "[VT.IBackgroundCopyCallback1.5] got group %p.\n", group);
    ok(is_root(job), "[VT.IBackgroundCopyCallback1.5] got job %p.\n", job);
    ok(index == NUMBER(5, 1), "[VT.IBackgroundCopyCallback1.5] got %#lx.\n", index);
    ok(value == NUMBER(5, 2), "[VT.IBackgroundCopyCallback1.5] got %#lx.\n", value);
    ok(size == ARRAY_BYTES, "[VT.IBackgroundCopyCallback1.5] got %lu bytes.\n", size);
    ok(size == ARRAY_BYTES && are_bytes(bytes, ARRAY_BYTES, 5), "[VT.IBackgroundCopyCallback1.5] got other bytes.\n");
    return RESULT(5);
}

#undef SELF

static const IBackgroundCopyCallback1Vtbl callback_vtbl =
{
    UNKNOWN_ENTRIES(IBackgroundCopyCallback1),
    fake_IBackgroundCopyCallback1_OnStatus,
    fake_IBackgroundCopyCallback1_OnProgress,
    fake_IBackgroundCopyCallback1_OnProgressEx,
};

static IBackgroundCopyCallback1 callback = { (IBackgroundCopyCallback1Vtbl *)&callback_vtbl };

static const struct interface_entry callback_interfaces[] =
{
    { &IID_IBackgroundCopyCallback1, &callback },
    { NULL, NULL }
};

static IBackgroundCopyGroup *fake_group_pointer(void);
static IBackgroundCopyJob1 *fake_job_pointer(void);

static void call_callback(IUnknown *unk)
{
    IBackgroundCopyGroup *group = fake_group_pointer();
    IBackgroundCopyJob1 *job = fake_job_pointer();
    IBackgroundCopyCallback1 *proxy;
    BYTE bytes[ARRAY_BYTES];

    if (!(proxy = get_proxy(unk, "IBackgroundCopyCallback1", &IID_IBackgroundCopyCallback1))) return;
    CALL(IBackgroundCopyCallback1, 3, IBackgroundCopyCallback1_OnStatus(proxy, group, job, NUMBER(3, 0), NUMBER(3, 1),
         NUMBER(3, 2), NUMBER(3, 3), NUMBER(3, 4)));
    CALL_WITH_NULL("CB1.OnStatus.1", IBackgroundCopyCallback1, 3, IBackgroundCopyCallback1_OnStatus(proxy, group, NULL,
                   NUMBER(3, 0), NUMBER(3, 1), NUMBER(3, 2), NUMBER(3, 3), NUMBER(3, 4)));
    CALL(IBackgroundCopyCallback1, 4, IBackgroundCopyCallback1_OnProgress(proxy, NUMBER(4, 0), group, job, NUMBER(4, 1),
         NUMBER(4, 2)));
    fill_bytes(bytes, ARRAY_BYTES, 5);
    CALL(IBackgroundCopyCallback1, 5, IBackgroundCopyCallback1_OnProgressEx(proxy, NUMBER(5, 0), group, job, NUMBER(5, 1),
         NUMBER(5, 2), ARRAY_BYTES, bytes));
    IBackgroundCopyCallback1_Release(proxy);
}

/*
 * The queue manager
 */

#define SELF IBackgroundCopyQMgr

FAKE_UNKNOWN(IBackgroundCopyQMgr)

static HRESULT WINAPI fake_IBackgroundCopyQMgr_CreateGroup(SELF *iface, GUID id, IBackgroundCopyGroup **group)
{
    HRESULT hr = called();

    ok(is_guid(&id, 3, 0), "[VT.4,VT.IBackgroundCopyQMgr.3] got %s.\n", wine_dbgstr_guid(&id));
    *group = NULL;
    if (FAILED(hr)) return hr;
    object_query(&IID_IBackgroundCopyGroup, (void **)group);
    return RESULT(3);
}

static HRESULT WINAPI fake_IBackgroundCopyQMgr_GetGroup(SELF *iface, GUID id, IBackgroundCopyGroup **group)
{
    HRESULT hr = called();

    ok(is_guid(&id, 4, 0), "[VT.4,VT.IBackgroundCopyQMgr.4] got %s.\n", wine_dbgstr_guid(&id));
    *group = NULL;
    if (FAILED(hr)) return hr;
    object_query(&IID_IBackgroundCopyGroup, (void **)group);
    return RESULT(4);
}

static HRESULT WINAPI fake_IBackgroundCopyQMgr_EnumGroups(SELF *iface, DWORD flags, IEnumBackgroundCopyGroups **groups)
{
    called();
    ok(flags == NUMBER(5, 0), "[VT.IBackgroundCopyQMgr.5] got %#lx.\n", flags);
    object_query(&IID_IEnumBackgroundCopyGroups, (void **)groups);
    return RESULT(5);
}

#undef SELF

static const IBackgroundCopyQMgrVtbl manager_vtbl =
{
    UNKNOWN_ENTRIES(IBackgroundCopyQMgr),
    fake_IBackgroundCopyQMgr_CreateGroup,
    fake_IBackgroundCopyQMgr_GetGroup,
    fake_IBackgroundCopyQMgr_EnumGroups,
};

static IBackgroundCopyQMgr fake_manager = { (IBackgroundCopyQMgrVtbl *)&manager_vtbl };

static void test_manager(void *proxy)
{
    IBackgroundCopyQMgr *manager = proxy;
    IEnumBackgroundCopyGroups *groups;
    IBackgroundCopyGroup *group;

    CALL(IBackgroundCopyQMgr, 3, IBackgroundCopyQMgr_CreateGroup(manager, guid_value(3, 0), &group));
    check_object("VT.IBackgroundCopyQMgr.3", group, &IID_IBackgroundCopyGroup);
    group = (IBackgroundCopyGroup *)0xdeadbeef;
    CALL_FAILING(IBackgroundCopyQMgr, 3, E_INVALIDARG,
                 IBackgroundCopyQMgr_CreateGroup(manager, guid_value(3, 0), &group));
    ok(!group, "[VT.IBackgroundCopyQMgr.3] got %p.\n", group);
    NULL_REFUSED(IBackgroundCopyQMgr, 3, IBackgroundCopyQMgr_CreateGroup(manager, guid_value(3, 0), NULL));

    CALL(IBackgroundCopyQMgr, 4, IBackgroundCopyQMgr_GetGroup(manager, guid_value(4, 0), &group));
    check_object("VT.IBackgroundCopyQMgr.4", group, &IID_IBackgroundCopyGroup);
    CALL_FAILING(IBackgroundCopyQMgr, 4, QM_E_ITEM_NOT_FOUND,
                 IBackgroundCopyQMgr_GetGroup(manager, guid_value(4, 0), &group));
    NULL_REFUSED(IBackgroundCopyQMgr, 4, IBackgroundCopyQMgr_GetGroup(manager, guid_value(4, 0), NULL));

    CALL(IBackgroundCopyQMgr, 5, IBackgroundCopyQMgr_EnumGroups(manager, NUMBER(5, 0), &groups));
    check_object("VT.IBackgroundCopyQMgr.5", groups, &IID_IEnumBackgroundCopyGroups);
    NULL_REFUSED(IBackgroundCopyQMgr, 5, IBackgroundCopyQMgr_EnumGroups(manager, 0, NULL));
}

/*
 * The group
 */

#define SELF IBackgroundCopyGroup

FAKE_UNKNOWN(IBackgroundCopyGroup)

/* Numbers for GROUPPROP_PRIORITY, strings for everything else. */
static HRESULT WINAPI fake_IBackgroundCopyGroup_GetProp(SELF *iface, GROUPPROP id, VARIANT *value)
{
    HRESULT hr = called();

    if (FAILED(hr)) return hr;
    if (id == GROUPPROP_PRIORITY)
    {
        V_VT(value) = VT_I4;
        V_I4(value) = NUMBER(3, 0);
        return RESULT(3);
    }
    ok(id == SHORT_NUMBER(3, 1), "[VT.IBackgroundCopyGroup.3] got %#x.\n", id);
    V_VT(value) = VT_BSTR;
    V_BSTR(value) = SysAllocString(text(3, 2));
    return RESULT(3);
}

static HRESULT WINAPI fake_IBackgroundCopyGroup_SetProp(SELF *iface, GROUPPROP id, VARIANT *value)
{
    called();
    if (id == GROUPPROP_PRIORITY)
    {
        ok(V_VT(value) == VT_UI2, "[VT.2,VT.IBackgroundCopyGroup.4] got type %d.\n", V_VT(value));
        ok(V_UI2(value) == SHORT_NUMBER(4, 0), "[VT.IBackgroundCopyGroup.4] got %#x.\n", V_UI2(value));
        return RESULT(4);
    }
    ok(id == SHORT_NUMBER(4, 1), "[VT.IBackgroundCopyGroup.4] got %#x.\n", id);
    ok(V_VT(value) == VT_BSTR, "[VT.2,VT.IBackgroundCopyGroup.4] got type %d.\n", V_VT(value));
    ok(V_VT(value) == VT_BSTR && is_text(V_BSTR(value), 4, 2), "[VT.IBackgroundCopyGroup.4] got %s.\n",
       wine_dbgstr_w(V_VT(value) == VT_BSTR ? V_BSTR(value) : NULL));
    return RESULT(4);
}

static HRESULT WINAPI fake_IBackgroundCopyGroup_GetProgress(SELF *iface, DWORD flags, DWORD *progress)
{
    called();
    ok(flags == NUMBER(5, 0), "[VT.IBackgroundCopyGroup.5] got %#lx.\n", flags);
    *progress = NUMBER(5, 1);
    return RESULT(5);
}

static HRESULT WINAPI fake_IBackgroundCopyGroup_GetStatus(SELF *iface, DWORD *status, DWORD *index)
{
    called();
    *status = NUMBER(6, 0);
    *index = NUMBER(6, 1);
    return RESULT(6);
}

static HRESULT WINAPI fake_IBackgroundCopyGroup_GetJob(SELF *iface, GUID id, IBackgroundCopyJob1 **job)
{
    HRESULT hr = called();

    ok(is_guid(&id, 7, 0), "[VT.4,VT.IBackgroundCopyGroup.7] got %s.\n", wine_dbgstr_guid(&id));
    *job = NULL;
    if (FAILED(hr)) return hr;
    object_query(&IID_IBackgroundCopyJob1, (void **)job);
    return RESULT(7);
}

FAKE_VOID(IBackgroundCopyGroup, SuspendGroup, 8)
FAKE_VOID(IBackgroundCopyGroup, ResumeGroup, 9)
FAKE_VOID(IBackgroundCopyGroup, CancelGroup, 10)
FAKE_GET(IBackgroundCopyGroup, get_Size, 11, DWORD, NUMBER(11, 0))

static HRESULT WINAPI fake_IBackgroundCopyGroup_get_GroupID(SELF *iface, GUID *id)
{
    called();
    *id = guid_value(12, 0);
    return RESULT(12);
}

static HRESULT WINAPI fake_IBackgroundCopyGroup_CreateJob(SELF *iface, GUID id, IBackgroundCopyJob1 **job)
{
    HRESULT hr = called();

    ok(is_guid(&id, 13, 0), "[VT.4,VT.IBackgroundCopyGroup.13] got %s.\n", wine_dbgstr_guid(&id));
    *job = NULL;
    if (FAILED(hr)) return hr;
    object_query(&IID_IBackgroundCopyJob1, (void **)job);
    return RESULT(13);
}

static HRESULT WINAPI fake_IBackgroundCopyGroup_EnumJobs(SELF *iface, DWORD flags, IEnumBackgroundCopyJobs1 **jobs)
{
    called();
    ok(flags == NUMBER(14, 0), "[VT.IBackgroundCopyGroup.14] got %#lx.\n", flags);
    object_query(&IID_IEnumBackgroundCopyJobs1, (void **)jobs);
    return RESULT(14);
}

FAKE_VOID(IBackgroundCopyGroup, SwitchToForeground, 15)

static HRESULT WINAPI fake_IBackgroundCopyGroup_QueryNewJobInterface(SELF *iface, REFIID iid, IUnknown **unk)
{
    HRESULT hr = called();

    ok(IsEqualGUID(iid, &IID_IBackgroundCopyJob1), "[VT.IBackgroundCopyGroup.16] got %s.\n", wine_dbgstr_guid(iid));
    *unk = NULL;
    if (FAILED(hr)) return hr;
    object_query(iid, (void **)unk);
    return RESULT(16);
}

static HRESULT WINAPI fake_IBackgroundCopyGroup_SetNotificationPointer(SELF *iface, REFIID iid, IUnknown *unk)
{
    LONG expect_null = InterlockedExchange(&shared->expect_null, 0); /* the callbacks are methods, too */

    called();
    ok(IsEqualGUID(iid, &IID_IBackgroundCopyCallback1), "[VT.IBackgroundCopyGroup.17] got %s.\n", wine_dbgstr_guid(iid));
    ok(expect_null ? !unk : !!unk, "[VT.IBackgroundCopyGroup.17] got %p.\n", unk);
    if (unk) call_callback(unk);
    return RESULT(17);
}

#undef SELF

static const IBackgroundCopyGroupVtbl group_vtbl =
{
    UNKNOWN_ENTRIES(IBackgroundCopyGroup),
    fake_IBackgroundCopyGroup_GetProp,
    fake_IBackgroundCopyGroup_SetProp,
    fake_IBackgroundCopyGroup_GetProgress,
    fake_IBackgroundCopyGroup_GetStatus,
    fake_IBackgroundCopyGroup_GetJob,
    fake_IBackgroundCopyGroup_SuspendGroup,
    fake_IBackgroundCopyGroup_ResumeGroup,
    fake_IBackgroundCopyGroup_CancelGroup,
    fake_IBackgroundCopyGroup_get_Size,
    fake_IBackgroundCopyGroup_get_GroupID,
    fake_IBackgroundCopyGroup_CreateJob,
    fake_IBackgroundCopyGroup_EnumJobs,
    fake_IBackgroundCopyGroup_SwitchToForeground,
    fake_IBackgroundCopyGroup_QueryNewJobInterface,
    fake_IBackgroundCopyGroup_SetNotificationPointer,
};

static IBackgroundCopyGroup fake_group = { (IBackgroundCopyGroupVtbl *)&group_vtbl };

static IBackgroundCopyGroup *fake_group_pointer(void)
{
    return &fake_group;
}

static void test_group(void *proxy)
{
    IBackgroundCopyGroup *group = proxy;
    IEnumBackgroundCopyJobs1 *jobs;
    IBackgroundCopyJob1 *job;
    DWORD number, number2;
    VARIANT value;
    IUnknown *unk;
    GUID guid;

    VariantInit(&value);
    CALL(IBackgroundCopyGroup, 3, IBackgroundCopyGroup_GetProp(group, GROUPPROP_PRIORITY, &value));
    ok(V_VT(&value) == VT_I4, "[VT.IBackgroundCopyGroup.3] got type %d.\n", V_VT(&value));
    ok(V_I4(&value) == (LONG)NUMBER(3, 0), "[VT.IBackgroundCopyGroup.3] got %#lx.\n", V_I4(&value));
    VariantInit(&value);
    CALL(IBackgroundCopyGroup, 3, IBackgroundCopyGroup_GetProp(group, SHORT_NUMBER(3, 1), &value));
    ok(V_VT(&value) == VT_BSTR, "[VT.IBackgroundCopyGroup.3] got type %d.\n", V_VT(&value));
    ok(V_VT(&value) == VT_BSTR && is_text(V_BSTR(&value), 3, 2), "[VT.IBackgroundCopyGroup.3] got %s.\n",
       wine_dbgstr_w(V_VT(&value) == VT_BSTR ? V_BSTR(&value) : NULL));
    VariantClear(&value);
    CALL_FAILING(IBackgroundCopyGroup, 3, E_NOTIMPL, IBackgroundCopyGroup_GetProp(group, 0, &value));
    NULL_REFUSED(IBackgroundCopyGroup, 3, IBackgroundCopyGroup_GetProp(group, 0, NULL));

    V_VT(&value) = VT_UI2;
    V_UI2(&value) = SHORT_NUMBER(4, 0);
    CALL(IBackgroundCopyGroup, 4, IBackgroundCopyGroup_SetProp(group, GROUPPROP_PRIORITY, &value));
    V_VT(&value) = VT_BSTR;
    V_BSTR(&value) = SysAllocString(text(4, 2));
    CALL(IBackgroundCopyGroup, 4, IBackgroundCopyGroup_SetProp(group, SHORT_NUMBER(4, 1), &value));
    VariantClear(&value);
    NULL_REFUSED(IBackgroundCopyGroup, 4, IBackgroundCopyGroup_SetProp(group, 0, NULL));

    CALL(IBackgroundCopyGroup, 5, IBackgroundCopyGroup_GetProgress(group, NUMBER(5, 0), &number));
    ok(number == NUMBER(5, 1), "[VT.IBackgroundCopyGroup.5] got %#lx.\n", number);
    NULL_REFUSED(IBackgroundCopyGroup, 5, IBackgroundCopyGroup_GetProgress(group, 0, NULL));

    CALL(IBackgroundCopyGroup, 6, IBackgroundCopyGroup_GetStatus(group, &number, &number2));
    ok(number == NUMBER(6, 0), "[VT.IBackgroundCopyGroup.6] got %#lx.\n", number);
    ok(number2 == NUMBER(6, 1), "[VT.IBackgroundCopyGroup.6] got %#lx.\n", number2);
    NULL_REFUSED(IBackgroundCopyGroup, 6, IBackgroundCopyGroup_GetStatus(group, NULL, &number2));
    NULL_REFUSED(IBackgroundCopyGroup, 6, IBackgroundCopyGroup_GetStatus(group, &number, NULL));

    CALL(IBackgroundCopyGroup, 7, IBackgroundCopyGroup_GetJob(group, guid_value(7, 0), &job));
    check_object("VT.IBackgroundCopyGroup.7", job, &IID_IBackgroundCopyJob1);
    CALL_FAILING(IBackgroundCopyGroup, 7, QM_E_ITEM_NOT_FOUND,
                 IBackgroundCopyGroup_GetJob(group, guid_value(7, 0), &job));
    NULL_REFUSED(IBackgroundCopyGroup, 7, IBackgroundCopyGroup_GetJob(group, guid_value(7, 0), NULL));

    TEST_VOID(IBackgroundCopyGroup, SuspendGroup, 8, group);
    TEST_VOID(IBackgroundCopyGroup, ResumeGroup, 9, group);
    TEST_VOID(IBackgroundCopyGroup, CancelGroup, 10, group);
    TEST_GET(IBackgroundCopyGroup, get_Size, 11, group, DWORD, NUMBER(11, 0));

    CALL(IBackgroundCopyGroup, 12, IBackgroundCopyGroup_get_GroupID(group, &guid));
    ok(is_guid(&guid, 12, 0), "[VT.IBackgroundCopyGroup.12] got %s.\n", wine_dbgstr_guid(&guid));
    NULL_REFUSED(IBackgroundCopyGroup, 12, IBackgroundCopyGroup_get_GroupID(group, NULL));

    CALL(IBackgroundCopyGroup, 13, IBackgroundCopyGroup_CreateJob(group, guid_value(13, 0), &job));
    check_object("VT.IBackgroundCopyGroup.13", job, &IID_IBackgroundCopyJob1);
    CALL_FAILING(IBackgroundCopyGroup, 13, E_NOTIMPL,
                 IBackgroundCopyGroup_CreateJob(group, guid_value(13, 0), &job));
    NULL_REFUSED(IBackgroundCopyGroup, 13, IBackgroundCopyGroup_CreateJob(group, guid_value(13, 0), NULL));

    CALL(IBackgroundCopyGroup, 14, IBackgroundCopyGroup_EnumJobs(group, NUMBER(14, 0), &jobs));
    check_object("VT.IBackgroundCopyGroup.14", jobs, &IID_IEnumBackgroundCopyJobs1);
    NULL_REFUSED(IBackgroundCopyGroup, 14, IBackgroundCopyGroup_EnumJobs(group, 0, NULL));

    TEST_VOID(IBackgroundCopyGroup, SwitchToForeground, 15, group);

    CALL(IBackgroundCopyGroup, 16, IBackgroundCopyGroup_QueryNewJobInterface(group, &IID_IBackgroundCopyJob1, &unk));
    check_object("VT.IBackgroundCopyGroup.16", unk, &IID_IBackgroundCopyJob1);
    unk = (IUnknown *)0xdeadbeef;
    CALL_FAILING(IBackgroundCopyGroup, 16, E_NOTIMPL,
                 IBackgroundCopyGroup_QueryNewJobInterface(group, &IID_IBackgroundCopyJob1, &unk));
    ok(!unk, "[VT.IBackgroundCopyGroup.16] got %p.\n", unk);
    NULL_REFUSED(IBackgroundCopyGroup, 16, IBackgroundCopyGroup_QueryNewJobInterface(group, NULL, &unk));

    CALL(IBackgroundCopyGroup, 17, IBackgroundCopyGroup_SetNotificationPointer(group, &IID_IBackgroundCopyCallback1,
         (IUnknown *)&callback));
    CALL_WITH_NULL("GEN.7", IBackgroundCopyGroup, 17,
                   IBackgroundCopyGroup_SetNotificationPointer(group, &IID_IBackgroundCopyCallback1, NULL));
    NULL_REFUSED(IBackgroundCopyGroup, 17, IBackgroundCopyGroup_SetNotificationPointer(group, NULL, NULL));
}

/*
 * The job
 */

#define SELF IBackgroundCopyJob1

FAKE_UNKNOWN(IBackgroundCopyJob1)
FAKE_VOID(IBackgroundCopyJob1, CancelJob, 3)

static HRESULT WINAPI fake_IBackgroundCopyJob1_GetProgress(SELF *iface, DWORD flags, DWORD *progress)
{
    called();
    ok(flags == NUMBER(4, 0), "[VT.IBackgroundCopyJob1.4] got %#lx.\n", flags);
    *progress = NUMBER(4, 1);
    return RESULT(4);
}

static HRESULT WINAPI fake_IBackgroundCopyJob1_GetStatus(SELF *iface, DWORD *status, DWORD *win32_result,
                                                         DWORD *transport_result, DWORD *retries)
{
    called();
    *status = NUMBER(5, 0);
    *win32_result = NUMBER(5, 1);
    *transport_result = NUMBER(5, 2);
    *retries = NUMBER(5, 3);
    return RESULT(5);
}

static HRESULT WINAPI fake_IBackgroundCopyJob1_AddFiles(SELF *iface, ULONG count, FILESETINFO **files)
{
    unsigned int i;

    called();
    ok(count == 2, "[VT.IBackgroundCopyJob1.6] got %lu files.\n", count);
    for (i = 0; i < 2 && count == 2; i++)
    {
        ok(is_text(files[i]->bstrRemoteFile, 6, i), "[VT.IBackgroundCopyJob1.6] got %s.\n",
           wine_dbgstr_w(files[i]->bstrRemoteFile));
        ok(is_text(files[i]->bstrLocalFile, 6, i + 2), "[VT.IBackgroundCopyJob1.6] got %s.\n",
           wine_dbgstr_w(files[i]->bstrLocalFile));
        ok(files[i]->dwSizeHint == NUMBER(6, i), "[VT.IBackgroundCopyJob1.6] got %#lx.\n", files[i]->dwSizeHint);
    }
    return RESULT(6);
}

static HRESULT WINAPI fake_IBackgroundCopyJob1_GetFile(SELF *iface, ULONG index, FILESETINFO *file)
{
    HRESULT hr = called();

    ok(index == NUMBER(7, 0), "[VT.IBackgroundCopyJob1.7] got %#lx.\n", index);
    memset(file, 0, sizeof(*file));
    if (FAILED(hr)) return hr;
    file->bstrRemoteFile = SysAllocString(text(7, 1));
    file->bstrLocalFile = SysAllocString(text(7, 2));
    file->dwSizeHint = NUMBER(7, 3);
    return RESULT(7);
}

FAKE_GET(IBackgroundCopyJob1, GetFileCount, 8, DWORD, NUMBER(8, 0))
FAKE_VOID(IBackgroundCopyJob1, SwitchToForeground, 9)

static HRESULT WINAPI fake_IBackgroundCopyJob1_get_JobID(SELF *iface, GUID *id)
{
    called();
    *id = guid_value(10, 0);
    return RESULT(10);
}

#undef SELF

static const IBackgroundCopyJob1Vtbl job_vtbl =
{
    UNKNOWN_ENTRIES(IBackgroundCopyJob1),
    fake_IBackgroundCopyJob1_CancelJob,
    fake_IBackgroundCopyJob1_GetProgress,
    fake_IBackgroundCopyJob1_GetStatus,
    fake_IBackgroundCopyJob1_AddFiles,
    fake_IBackgroundCopyJob1_GetFile,
    fake_IBackgroundCopyJob1_GetFileCount,
    fake_IBackgroundCopyJob1_SwitchToForeground,
    fake_IBackgroundCopyJob1_get_JobID,
};

static IBackgroundCopyJob1 fake_job = { (IBackgroundCopyJob1Vtbl *)&job_vtbl };

static IBackgroundCopyJob1 *fake_job_pointer(void)
{
    return &fake_job;
}

static void test_job(void *proxy)
{
    FILESETINFO files[2], *pointers[2] = { &files[0], &files[1] }, file;
    IBackgroundCopyJob1 *job = proxy;
    DWORD numbers[4];
    unsigned int i;
    GUID guid;

    TEST_VOID(IBackgroundCopyJob1, CancelJob, 3, job);

    CALL(IBackgroundCopyJob1, 4, IBackgroundCopyJob1_GetProgress(job, NUMBER(4, 0), &numbers[0]));
    ok(numbers[0] == NUMBER(4, 1), "[VT.IBackgroundCopyJob1.4] got %#lx.\n", numbers[0]);
    NULL_REFUSED(IBackgroundCopyJob1, 4, IBackgroundCopyJob1_GetProgress(job, 0, NULL));

    CALL(IBackgroundCopyJob1, 5,
         IBackgroundCopyJob1_GetStatus(job, &numbers[0], &numbers[1], &numbers[2], &numbers[3]));
    for (i = 0; i < 4; i++)
        ok(numbers[i] == NUMBER(5, i), "[VT.IBackgroundCopyJob1.5] %u: got %#lx.\n", i, numbers[i]);
    for (i = 0; i < 4; i++)
        NULL_REFUSED(IBackgroundCopyJob1, 5,
             IBackgroundCopyJob1_GetStatus(job, i == 0 ? NULL : &numbers[0], i == 1 ? NULL : &numbers[1],
                                           i == 2 ? NULL : &numbers[2], i == 3 ? NULL : &numbers[3]));

    for (i = 0; i < 2; i++)
    {
        files[i].bstrRemoteFile = SysAllocString(text(6, i));
        files[i].bstrLocalFile = SysAllocString(text(6, i + 2));
        files[i].dwSizeHint = NUMBER(6, i);
    }
    CALL(IBackgroundCopyJob1, 6, IBackgroundCopyJob1_AddFiles(job, 2, pointers));
    for (i = 0; i < 2; i++)
    {
        SysFreeString(files[i].bstrRemoteFile);
        SysFreeString(files[i].bstrLocalFile);
    }
    NULL_REFUSED(IBackgroundCopyJob1, 6, IBackgroundCopyJob1_AddFiles(job, 2, NULL));

    memset(&file, 0, sizeof(file));
    CALL(IBackgroundCopyJob1, 7, IBackgroundCopyJob1_GetFile(job, NUMBER(7, 0), &file));
    ok(is_text(file.bstrRemoteFile, 7, 1), "[VT.IBackgroundCopyJob1.7] got %s.\n", wine_dbgstr_w(file.bstrRemoteFile));
    ok(is_text(file.bstrLocalFile, 7, 2), "[VT.IBackgroundCopyJob1.7] got %s.\n", wine_dbgstr_w(file.bstrLocalFile));
    ok(file.dwSizeHint == NUMBER(7, 3), "[VT.IBackgroundCopyJob1.7] got %#lx.\n", file.dwSizeHint);
    SysFreeString(file.bstrRemoteFile);
    SysFreeString(file.bstrLocalFile);
    memset(&file, 0, sizeof(file));
    CALL_FAILING(IBackgroundCopyJob1, 7, QM_E_ITEM_NOT_FOUND, IBackgroundCopyJob1_GetFile(job, NUMBER(7, 0), &file));
    ok(!file.bstrRemoteFile, "[VT.IBackgroundCopyJob1.7] got %s.\n", wine_dbgstr_w(file.bstrRemoteFile));
    NULL_REFUSED(IBackgroundCopyJob1, 7, IBackgroundCopyJob1_GetFile(job, 0, NULL));

    TEST_GET(IBackgroundCopyJob1, GetFileCount, 8, job, DWORD, NUMBER(8, 0));
    TEST_VOID(IBackgroundCopyJob1, SwitchToForeground, 9, job);

    CALL(IBackgroundCopyJob1, 10, IBackgroundCopyJob1_get_JobID(job, &guid));
    ok(is_guid(&guid, 10, 0), "[VT.IBackgroundCopyJob1.10] got %s.\n", wine_dbgstr_guid(&guid));
    NULL_REFUSED(IBackgroundCopyJob1, 10, IBackgroundCopyJob1_get_JobID(job, NULL));
}

/*
 * The enumerators, which hand out identifiers
 */

/* Two are left if it is asked for more. */
static HRESULT fake_next(ULONG count, GUID *guids, ULONG *fetched)
{
    HRESULT hr = called();
    ULONG i;

    *fetched = FAILED(hr) ? 0 : min(count, 2);
    for (i = 0; i < *fetched; i++) guids[i] = guid_value(3, i);
    return FAILED(hr) ? hr : RESULT(3);
}

#define SELF IEnumBackgroundCopyGroups

FAKE_UNKNOWN(IEnumBackgroundCopyGroups)

static HRESULT WINAPI fake_IEnumBackgroundCopyGroups_Next(SELF *iface, ULONG count, GUID *guids, ULONG *fetched)
{
    return fake_next(count, guids, fetched);
}

FAKE_SET(IEnumBackgroundCopyGroups, Skip, 4, ULONG, NUMBER(4, 0))
FAKE_VOID(IEnumBackgroundCopyGroups, Reset, 5)
FAKE_GET_OBJECT(IEnumBackgroundCopyGroups, Clone, 6, IEnumBackgroundCopyGroups)
FAKE_GET(IEnumBackgroundCopyGroups, GetCount, 7, ULONG, NUMBER(7, 0))

#undef SELF

static const IEnumBackgroundCopyGroupsVtbl enum_groups_vtbl =
{
    UNKNOWN_ENTRIES(IEnumBackgroundCopyGroups),
    fake_IEnumBackgroundCopyGroups_Next,
    fake_IEnumBackgroundCopyGroups_Skip,
    fake_IEnumBackgroundCopyGroups_Reset,
    fake_IEnumBackgroundCopyGroups_Clone,
    fake_IEnumBackgroundCopyGroups_GetCount,
};

static IEnumBackgroundCopyGroups fake_enum_groups = { (IEnumBackgroundCopyGroupsVtbl *)&enum_groups_vtbl };

static void test_enum_groups(void *proxy)
{
    IEnumBackgroundCopyGroups *enum_groups = proxy;
    GUID guids[3];
    ULONG fetched;

    fetched = 0xdeadbeef;
    CALL(IEnumBackgroundCopyGroups, 3, IEnumBackgroundCopyGroups_Next(enum_groups, 3, guids, &fetched));
    ok(fetched == 2, "[VT.IEnumBackgroundCopyGroups.3] got %lu.\n", fetched);
    ok(is_guid(&guids[0], 3, 0), "[VT.IEnumBackgroundCopyGroups.3] got %s.\n", wine_dbgstr_guid(&guids[0]));
    ok(is_guid(&guids[1], 3, 1), "[VT.IEnumBackgroundCopyGroups.3] got %s.\n", wine_dbgstr_guid(&guids[1]));
    CALL(IEnumBackgroundCopyGroups, 3, IEnumBackgroundCopyGroups_Next(enum_groups, 1, guids, &fetched));
    ok(fetched == 1, "[VT.IEnumBackgroundCopyGroups.3] got %lu.\n", fetched);
    CALL_FAILING(IEnumBackgroundCopyGroups, 3, QM_E_INVALID_STATE, IEnumBackgroundCopyGroups_Next(enum_groups, 1, guids, &fetched));
    ok(!fetched, "[VT.IEnumBackgroundCopyGroups.3] got %lu.\n", fetched);
    NULL_REFUSED(IEnumBackgroundCopyGroups, 3, IEnumBackgroundCopyGroups_Next(enum_groups, 1, NULL, &fetched));
    CALL_REFUSED("EGRP.Next.A1", IEnumBackgroundCopyGroups, 3, NULL_REF_POINTER, IEnumBackgroundCopyGroups_Next(enum_groups, 1, guids, NULL));

    TEST_SET(IEnumBackgroundCopyGroups, Skip, 4, enum_groups, NUMBER(4, 0));
    TEST_VOID(IEnumBackgroundCopyGroups, Reset, 5, enum_groups);
    TEST_GET_OBJECT(IEnumBackgroundCopyGroups, Clone, 6, enum_groups, IEnumBackgroundCopyGroups);
    TEST_GET(IEnumBackgroundCopyGroups, GetCount, 7, enum_groups, ULONG, NUMBER(7, 0));
}

#define SELF IEnumBackgroundCopyJobs1

FAKE_UNKNOWN(IEnumBackgroundCopyJobs1)

static HRESULT WINAPI fake_IEnumBackgroundCopyJobs1_Next(SELF *iface, ULONG count, GUID *guids, ULONG *fetched)
{
    return fake_next(count, guids, fetched);
}

FAKE_SET(IEnumBackgroundCopyJobs1, Skip, 4, ULONG, NUMBER(4, 0))
FAKE_VOID(IEnumBackgroundCopyJobs1, Reset, 5)
FAKE_GET_OBJECT(IEnumBackgroundCopyJobs1, Clone, 6, IEnumBackgroundCopyJobs1)
FAKE_GET(IEnumBackgroundCopyJobs1, GetCount, 7, ULONG, NUMBER(7, 0))

#undef SELF

static const IEnumBackgroundCopyJobs1Vtbl enum_jobs_vtbl =
{
    UNKNOWN_ENTRIES(IEnumBackgroundCopyJobs1),
    fake_IEnumBackgroundCopyJobs1_Next,
    fake_IEnumBackgroundCopyJobs1_Skip,
    fake_IEnumBackgroundCopyJobs1_Reset,
    fake_IEnumBackgroundCopyJobs1_Clone,
    fake_IEnumBackgroundCopyJobs1_GetCount,
};

static IEnumBackgroundCopyJobs1 fake_enum_jobs = { (IEnumBackgroundCopyJobs1Vtbl *)&enum_jobs_vtbl };

static void test_enum_jobs(void *proxy)
{
    IEnumBackgroundCopyJobs1 *enum_jobs = proxy;
    GUID guids[3];
    ULONG fetched;

    fetched = 0xdeadbeef;
    CALL(IEnumBackgroundCopyJobs1, 3, IEnumBackgroundCopyJobs1_Next(enum_jobs, 3, guids, &fetched));
    ok(fetched == 2, "[VT.IEnumBackgroundCopyJobs1.3] got %lu.\n", fetched);
    ok(is_guid(&guids[0], 3, 0), "[VT.IEnumBackgroundCopyJobs1.3] got %s.\n", wine_dbgstr_guid(&guids[0]));
    ok(is_guid(&guids[1], 3, 1), "[VT.IEnumBackgroundCopyJobs1.3] got %s.\n", wine_dbgstr_guid(&guids[1]));
    CALL(IEnumBackgroundCopyJobs1, 3, IEnumBackgroundCopyJobs1_Next(enum_jobs, 1, guids, &fetched));
    ok(fetched == 1, "[VT.IEnumBackgroundCopyJobs1.3] got %lu.\n", fetched);
    CALL_FAILING(IEnumBackgroundCopyJobs1, 3, QM_E_INVALID_STATE, IEnumBackgroundCopyJobs1_Next(enum_jobs, 1, guids, &fetched));
    ok(!fetched, "[VT.IEnumBackgroundCopyJobs1.3] got %lu.\n", fetched);
    NULL_REFUSED(IEnumBackgroundCopyJobs1, 3, IEnumBackgroundCopyJobs1_Next(enum_jobs, 1, NULL, &fetched));
    CALL_REFUSED("EGRP.Next.A1", IEnumBackgroundCopyJobs1, 3, NULL_REF_POINTER, IEnumBackgroundCopyJobs1_Next(enum_jobs, 1, guids, NULL));

    TEST_SET(IEnumBackgroundCopyJobs1, Skip, 4, enum_jobs, NUMBER(4, 0));
    TEST_VOID(IEnumBackgroundCopyJobs1, Reset, 5, enum_jobs);
    TEST_GET_OBJECT(IEnumBackgroundCopyJobs1, Clone, 6, enum_jobs, IEnumBackgroundCopyJobs1);
    TEST_GET(IEnumBackgroundCopyJobs1, GetCount, 7, enum_jobs, ULONG, NUMBER(7, 0));
}

static const struct interface_entry service_interfaces[] =
{
    { &IID_IBackgroundCopyQMgr, &fake_manager },
    { &IID_IBackgroundCopyGroup, &fake_group },
    { &IID_IBackgroundCopyJob1, &fake_job },
    { &IID_IEnumBackgroundCopyGroups, &fake_enum_groups },
    { &IID_IEnumBackgroundCopyJobs1, &fake_enum_jobs },
    { NULL, NULL }
};

static void test_all(void)
{
    test_interface("IBackgroundCopyQMgr", &IID_IBackgroundCopyQMgr, test_manager, NULL);
    test_interface("IBackgroundCopyGroup", &IID_IBackgroundCopyGroup, test_group, NULL);
    test_interface("IBackgroundCopyJob1", &IID_IBackgroundCopyJob1, test_job, NULL);
    test_interface("IEnumBackgroundCopyGroups", &IID_IEnumBackgroundCopyGroups, test_enum_groups, NULL);
    test_interface("IEnumBackgroundCopyJobs1", &IID_IEnumBackgroundCopyJobs1, test_enum_jobs, NULL);
}

START_TEST(marshal_legacy)
{
    run_unit("marshal_legacy", service_interfaces, callback_interfaces, test_all);
}
