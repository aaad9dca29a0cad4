/*
 * What the tests of the queue manager 0.9 share
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

#ifndef __GROUP_TEST_H
#define __GROUP_TEST_H

#include "oleauto.h"
#include "qmgr.h"

#define POISON 0xdeadbeef

static IBackgroundCopyQMgr *qmgr;

/* Identifiers are the client's [QM.4]. */
static inline GUID new_id(void)
{
    GUID id;

    CoCreateGuid(&id);
    return id;
}

static inline IBackgroundCopyGroup *create_group_(unsigned int line, GUID *id)
{
    IBackgroundCopyGroup *group = NULL;
    HRESULT hr;

    *id = new_id();
    hr = IBackgroundCopyQMgr_CreateGroup(qmgr, *id, &group);
    ok_(__FILE__, line)(hr == S_OK && group, "[QMGR.CreateGroup.2] got %#lx\n", hr);
    return group;
}
#define create_group(id) create_group_(__LINE__, id)

static inline IBackgroundCopyJob1 *create_job_(unsigned int line, IBackgroundCopyGroup *group, GUID *id)
{
    IBackgroundCopyJob1 *job = NULL;
    HRESULT hr;

    *id = new_id();
    hr = IBackgroundCopyGroup_CreateJob(group, *id, &job);
    ok_(__FILE__, line)(hr == S_OK && job, "[GROUP.CreateJob.2] got %#lx\n", hr);
    return job;
}
#define create_job(group, id) create_job_(__LINE__, group, id)

static inline void cancel_group_(unsigned int line, IBackgroundCopyGroup *group)
{
    HRESULT hr = IBackgroundCopyGroup_CancelGroup(group);

    ok_(__FILE__, line)(hr == S_OK, "[GROUP.CancelGroup.2] got %#lx\n", hr);
    IBackgroundCopyGroup_Release(group);
}
#define cancel_group(group) cancel_group_(__LINE__, group)

static inline DWORD status_of_(unsigned int line, IBackgroundCopyGroup *group)
{
    DWORD status = POISON, index = POISON;
    HRESULT hr = IBackgroundCopyGroup_GetStatus(group, &status, &index);

    ok_(__FILE__, line)(hr == S_OK, "[GROUP.GetStatus.3] got %#lx\n", hr);
    ok_(__FILE__, line)(!index, "[GROUP.GetStatus.2] got job %lu\n", index);
    return status;
}
#define status_of(group) status_of_(__LINE__, group)

static inline DWORD wait_status_(unsigned int line, IBackgroundCopyGroup *group, DWORD mask)
{
    struct bits_clock clock = bits_clock_now();
    DWORD status;

    while (!((status = status_of_(line, group)) & mask) && bits_clock_look(&clock) < BITS_TIMEOUT) Sleep(5);
    ok_(__FILE__, line)(status & mask, "the group stays in %#lx, expected one of %#lx\n", status, mask);
    return status;
}
#define wait_status(group, mask) wait_status_(__LINE__, group, mask)

static inline HRESULT add_file(IBackgroundCopyJob1 *job, const WCHAR *remote, const WCHAR *local, DWORD hint)
{
    FILESETINFO info = { SysAllocString(remote), SysAllocString(local), hint }, *set = &info;
    HRESULT hr = IBackgroundCopyJob1_AddFiles(job, 1, &set);

    SysFreeString(info.bstrRemoteFile);
    SysFreeString(info.bstrLocalFile);
    return hr;
}

static inline HRESULT set_number(IBackgroundCopyGroup *group, GROUPPROP prop, LONG number)
{
    VARIANT var;

    V_VT(&var) = VT_I4;
    V_I4(&var) = number;
    return IBackgroundCopyGroup_SetProp(group, prop, &var);
}

static inline HRESULT set_string(IBackgroundCopyGroup *group, GROUPPROP prop, const WCHAR *string)
{
    VARIANT var;
    HRESULT hr;

    V_VT(&var) = VT_BSTR;
    V_BSTR(&var) = SysAllocString(string);
    hr = IBackgroundCopyGroup_SetProp(group, prop, &var);
    VariantClear(&var);
    return hr;
}

static inline void check_number_(unsigned int line, IBackgroundCopyGroup *group, GROUPPROP prop, LONG expect, const char *id)
{
    VARIANT var;
    HRESULT hr;

    VariantInit(&var);
    hr = IBackgroundCopyGroup_GetProp(group, prop, &var);
    ok_(__FILE__, line)(hr == S_OK, "[GROUP.GetProp.1] property %d: got %#lx\n", prop, hr);
    ok_inferred_(__FILE__, line)("GROUP.GetProp.A1", V_VT(&var) == VT_I4, "property %d: got type %d\n", prop, V_VT(&var));
    ok_(__FILE__, line)(V_I4(&var) == expect, "[%s] got %ld, expected %ld\n", id, V_I4(&var), expect);
}
#define check_number(group, prop, expect, id) check_number_(__LINE__, group, prop, expect, id)

static inline void check_string_(unsigned int line, IBackgroundCopyGroup *group, GROUPPROP prop, const WCHAR *expect, const char *id)
{
    VARIANT var;
    HRESULT hr;

    VariantInit(&var);
    hr = IBackgroundCopyGroup_GetProp(group, prop, &var);
    ok_(__FILE__, line)(hr == S_OK, "[GROUP.GetProp.1] property %d: got %#lx\n", prop, hr);
    ok_inferred_(__FILE__, line)("GROUP.GetProp.A1", V_VT(&var) == VT_BSTR, "property %d: got type %d\n", prop, V_VT(&var));
    if (V_VT(&var) == VT_BSTR)
        ok_(__FILE__, line)(V_BSTR(&var) && !wcscmp(V_BSTR(&var), expect), "[%s] got %s\n", id, wine_dbgstr_w(V_BSTR(&var)));
    VariantClear(&var);
}
#define check_string(group, prop, expect, id) check_string_(__LINE__, group, prop, expect, id)

static inline void check_file_(unsigned int line, IBackgroundCopyJob1 *job, ULONG index, const WCHAR *remote, const WCHAR *local, DWORD hint)
{
    FILESETINFO info;
    HRESULT hr;

    memset(&info, 0, sizeof(info));
    hr = IBackgroundCopyJob1_GetFile(job, index, &info);
    ok_(__FILE__, line)(hr == S_OK, "[JOB1.GetFile.2] got %#lx\n", hr);
    if (hr != S_OK) return;
    ok_(__FILE__, line)(!wcscmp(info.bstrRemoteFile, remote), "[JOB1.GetFile.1] got %s\n", wine_dbgstr_w(info.bstrRemoteFile));
    ok_(__FILE__, line)(!wcscmp(info.bstrLocalFile, local), "[JOB1.GetFile.1] got %s\n", wine_dbgstr_w(info.bstrLocalFile));
    ok_inferred_(__FILE__, line)("JOB1.GetFile.A1", info.dwSizeHint == hint, "got %lu, expected %lu\n", info.dwSizeHint, hint);
    SysFreeString(info.bstrRemoteFile);
    SysFreeString(info.bstrLocalFile);
}
#define check_file(job, index, remote, local, hint) check_file_(__LINE__, job, index, remote, local, hint)

/* bits_begin, and the queue manager; FALSE if there is none. */
static inline BOOL group_begin(void)
{
    HRESULT hr;

    if (!bits_begin()) return FALSE;
    hr = CoCreateInstance(&CLSID_BackgroundCopyQMgr, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyQMgr, (void **)&qmgr);
    /* later systems may have dropped it [QM.1] */
    ok(hr == S_OK || broken(hr == REGDB_E_CLASSNOTREG || hr == E_NOINTERFACE), "[QM.3] got %#lx\n", hr);
    if (hr == S_OK) return TRUE;
    win_skip("there is no queue manager 0.9\n");
    bits_end();
    return FALSE;
}

static inline void group_end(void)
{
    IBackgroundCopyQMgr_Release(qmgr);
    bits_end();
}

#endif /* __GROUP_TEST_H */
