/*
 * Marshalling of the job interfaces of all versions and of the callbacks
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
#include "bits.h"

#include "wine/test.h"

#include "marshal.h"

#define REPLY_SIZE (1024 * 1024)

/*
 * Callbacks.  The test process implements them; the server process calls them through its proxies.
 */

#define SELF IBackgroundCopyCallback3

FAKE_UNKNOWN(IBackgroundCopyCallback3)

static HRESULT WINAPI fake_IBackgroundCopyCallback_JobTransferred(SELF *iface, IBackgroundCopyJob *job)
{
    called();
    ok(is_root(job), "[VT.IBackgroundCopyCallback.3] got %p.\n", job);
    return RESULT(3);
}

static HRESULT WINAPI fake_IBackgroundCopyCallback_JobError(SELF *iface, IBackgroundCopyJob *job,
                                                            IBackgroundCopyError *error)
{
    called();
    ok(is_root(job), "[VT.IBackgroundCopyCallback.4] got job %p.\n", job);
    ok(is_root(error), "[VT.IBackgroundCopyCallback.4] got error %p.\n", error);
    ok((void *)job != error, "[VT.IBackgroundCopyCallback.4] got %p twice.\n", job);
    return RESULT(4);
}

static HRESULT WINAPI fake_IBackgroundCopyCallback_JobModification(SELF *iface, IBackgroundCopyJob *job, DWORD reserved)
{
    called();
    ok(is_root(job), "[VT.IBackgroundCopyCallback.5] got %p.\n", job);
    ok(reserved == NUMBER(5, 0), "[VT.IBackgroundCopyCallback.5] got %#lx.\n", reserved);
    return RESULT(5);
}

static HRESULT WINAPI fake_IBackgroundCopyCallback2_FileTransferred(SELF *iface, IBackgroundCopyJob *job,
                                                                    IBackgroundCopyFile *file)
{
    called();
    ok(is_root(job), "[VT.IBackgroundCopyCallback2.6] got job %p.\n", job);
    ok(is_root(file), "[VT.IBackgroundCopyCallback2.6] got file %p.\n", file);
    return RESULT(6);
}

static HRESULT WINAPI fake_IBackgroundCopyCallback3_FileRangesTransferred(SELF *iface, IBackgroundCopyJob *job,
        IBackgroundCopyFile *file, DWORD count, const BG_FILE_RANGE ranges[])
{
    called();
    ok(is_root(job), "[VT.IBackgroundCopyCallback3.7] got job %p.\n", job);
    ok(is_root(file), "[VT.IBackgroundCopyCallback3.7] got file %p.\n", file);
    ok(count == MAX_RANGES, "[VT.IBackgroundCopyCallback3.7] got %lu ranges.\n", count);
    ok(count == MAX_RANGES && are_ranges(ranges, 7), "[VT.IBackgroundCopyCallback3.7] got other ranges.\n");
    return RESULT(7);
}

#undef SELF

static const IBackgroundCopyCallback3Vtbl callback_vtbl =
{
    UNKNOWN_ENTRIES(IBackgroundCopyCallback3),
    fake_IBackgroundCopyCallback_JobTransferred,
    fake_IBackgroundCopyCallback_JobError,
    fake_IBackgroundCopyCallback_JobModification,
    fake_IBackgroundCopyCallback2_FileTransferred,
    fake_IBackgroundCopyCallback3_FileRangesTransferred,
};

static IBackgroundCopyCallback3 callback = { (IBackgroundCopyCallback3Vtbl *)&callback_vtbl };

static const struct interface_entry callback_interfaces[] =
{
    { &IID_IBackgroundCopyCallback, &callback },
    { &IID_IBackgroundCopyCallback2, &callback },
    { &IID_IBackgroundCopyCallback3, &callback },
    { NULL, NULL }
};

/*
 * The fake object hands out more interfaces than are called here; for those it has the methods of IUnknown.
 */

FAKE_UNKNOWN(IUnknown)

static const IUnknownVtbl handed_out_vtbl = { UNKNOWN_ENTRIES(IUnknown) };

static IUnknown handed_out = { (IUnknownVtbl *)&handed_out_vtbl };

static IBackgroundCopyFile *fake_file = (IBackgroundCopyFile *)&handed_out;
static IBackgroundCopyError *fake_error = (IBackgroundCopyError *)&handed_out;
static IBackgroundCopyJob *fake_job_pointer(void);

static void call_callback(IBackgroundCopyCallback *proxy)
{
    IBackgroundCopyJob *job = fake_job_pointer();

    CALL(IBackgroundCopyCallback, 3, IBackgroundCopyCallback_JobTransferred(proxy, job));
    CALL(IBackgroundCopyCallback, 4, IBackgroundCopyCallback_JobError(proxy, job, fake_error));
    CALL(IBackgroundCopyCallback, 5, IBackgroundCopyCallback_JobModification(proxy, job, NUMBER(5, 0)));
}

static void call_callback2(IBackgroundCopyCallback2 *proxy)
{
    CALL(IBackgroundCopyCallback2, 6, IBackgroundCopyCallback2_FileTransferred(proxy, fake_job_pointer(),
         fake_file));
}

static void call_callback3(IBackgroundCopyCallback3 *proxy)
{
    IBackgroundCopyJob *job = fake_job_pointer();
    BG_FILE_RANGE ranges[MAX_RANGES];

    fill_ranges(ranges, 7);
    CALL(IBackgroundCopyCallback3, 7,
         IBackgroundCopyCallback3_FileRangesTransferred(proxy, job, fake_file, MAX_RANGES, ranges));
    NULL_REFUSED(IBackgroundCopyCallback3, 7,
                 IBackgroundCopyCallback3_FileRangesTransferred(proxy, job, fake_file, MAX_RANGES, NULL));
}

/* Every callback method through every interface that has it. */
static void call_callbacks(IUnknown *unk)
{
    IBackgroundCopyCallback3 *proxy3;
    IBackgroundCopyCallback2 *proxy2;
    IBackgroundCopyCallback *proxy;

    if ((proxy = get_proxy(unk, "IBackgroundCopyCallback", &IID_IBackgroundCopyCallback)))
    {
        call_callback(proxy);
        IBackgroundCopyCallback_Release(proxy);
    }
    if ((proxy2 = get_proxy(unk, "IBackgroundCopyCallback2", &IID_IBackgroundCopyCallback2)))
    {
        call_callback((IBackgroundCopyCallback *)proxy2);
        call_callback2(proxy2);
        IBackgroundCopyCallback2_Release(proxy2);
    }
    if ((proxy3 = get_proxy(unk, "IBackgroundCopyCallback3", &IID_IBackgroundCopyCallback3)))
    {
        call_callback((IBackgroundCopyCallback *)proxy3);
        call_callback2((IBackgroundCopyCallback2 *)proxy3);
        call_callback3(proxy3);
        IBackgroundCopyCallback3_Release(proxy3);
    }
}

/*
 * The job
 */

#define SELF IBackgroundCopyJob5

FAKE_UNKNOWN(IBackgroundCopyJob5)

static HRESULT WINAPI fake_IBackgroundCopyJob_AddFileSet(SELF *iface, ULONG count, BG_FILE_INFO *files)
{
    called();
    if (!count) return RESULT(3);
    ok(count == 3, "[VT.IBackgroundCopyJob.3] got %lu files.\n", count);
    if (count != 3) return E_FAIL;
    ok(is_text(files[0].RemoteName, 3, 0), "[VT.IBackgroundCopyJob.3] got %s.\n", wine_dbgstr_w(files[0].RemoteName));
    ok(is_text(files[0].LocalName, 3, 1), "[VT.IBackgroundCopyJob.3] got %s.\n", wine_dbgstr_w(files[0].LocalName));
    ok(!files[1].RemoteName, "[VT.IBackgroundCopyJob.3] got %s.\n", wine_dbgstr_w(files[1].RemoteName));
    ok(is_text(files[1].LocalName, 3, 2), "[VT.IBackgroundCopyJob.3] got %s.\n", wine_dbgstr_w(files[1].LocalName));
    ok(is_text(files[2].RemoteName, 3, 3), "[VT.IBackgroundCopyJob.3] got %s.\n", wine_dbgstr_w(files[2].RemoteName));
    ok(!files[2].LocalName, "[VT.IBackgroundCopyJob.3] got %s.\n", wine_dbgstr_w(files[2].LocalName));
    return RESULT(3);
}

static HRESULT WINAPI fake_IBackgroundCopyJob_AddFile(SELF *iface, LPCWSTR remote, LPCWSTR local)
{
    called();
    ok(is_text(remote, 4, 0), "[VT.IBackgroundCopyJob.4] got %s.\n", wine_dbgstr_w(remote));
    ok(is_text(local, 4, 1), "[VT.IBackgroundCopyJob.4] got %s.\n", wine_dbgstr_w(local));
    return RESULT(4);
}

FAKE_GET_OBJECT(IBackgroundCopyJob, EnumFiles, 5, IEnumBackgroundCopyFiles)
FAKE_VOID(IBackgroundCopyJob, Suspend, 6)
FAKE_VOID(IBackgroundCopyJob, Resume, 7)
FAKE_VOID(IBackgroundCopyJob, Cancel, 8)
FAKE_VOID(IBackgroundCopyJob, Complete, 9)

static HRESULT WINAPI fake_IBackgroundCopyJob_GetId(SELF *iface, GUID *val)
{
    called();
    *val = guid_value(10, 0);
    return RESULT(10);
}

FAKE_GET(IBackgroundCopyJob, GetType, 11, BG_JOB_TYPE, SHORT_NUMBER(11, 0))

static HRESULT WINAPI fake_IBackgroundCopyJob_GetProgress(SELF *iface, BG_JOB_PROGRESS *val)
{
    called();
    val->BytesTotal = BG_SIZE_UNKNOWN;
    val->BytesTransferred = WIDE_NUMBER(12, 1);
    val->FilesTotal = NUMBER(12, 2);
    val->FilesTransferred = NUMBER(12, 3);
    return RESULT(12);
}

static HRESULT WINAPI fake_IBackgroundCopyJob_GetTimes(SELF *iface, BG_JOB_TIMES *val)
{
    called();
    val->CreationTime = filetime_value(13, 0);
    val->ModificationTime = filetime_value(13, 2);
    val->TransferCompletionTime = filetime_value(13, 4);
    return RESULT(13);
}

FAKE_GET(IBackgroundCopyJob, GetState, 14, BG_JOB_STATE, SHORT_NUMBER(14, 0))
FAKE_GET_OBJECT(IBackgroundCopyJob, GetError, 15, IBackgroundCopyError)
FAKE_GET_TEXT(IBackgroundCopyJob, GetOwner, 16)
FAKE_SET_TEXT(IBackgroundCopyJob, SetDisplayName, 17)
FAKE_GET_TEXT(IBackgroundCopyJob, GetDisplayName, 18)
FAKE_SET_TEXT(IBackgroundCopyJob, SetDescription, 19)
FAKE_GET_TEXT(IBackgroundCopyJob, GetDescription, 20)
FAKE_SET(IBackgroundCopyJob, SetPriority, 21, BG_JOB_PRIORITY, SHORT_NUMBER(21, 0))
FAKE_GET(IBackgroundCopyJob, GetPriority, 22, BG_JOB_PRIORITY, SHORT_NUMBER(22, 0))
FAKE_SET(IBackgroundCopyJob, SetNotifyFlags, 23, ULONG, NUMBER(23, 0))
FAKE_GET(IBackgroundCopyJob, GetNotifyFlags, 24, ULONG, NUMBER(24, 0))

static HRESULT WINAPI fake_IBackgroundCopyJob_SetNotifyInterface(SELF *iface, IUnknown *val)
{
    LONG expect_null = InterlockedExchange(&shared->expect_null, 0); /* the callbacks are methods, too */

    called();
    ok(expect_null ? !val : !!val, "[VT.IBackgroundCopyJob.25] got %p.\n", val);
    if (val) call_callbacks(val);
    return RESULT(25);
}

FAKE_GET_OBJECT(IBackgroundCopyJob, GetNotifyInterface, 26, IUnknown)
FAKE_SET(IBackgroundCopyJob, SetMinimumRetryDelay, 27, ULONG, NUMBER(27, 0))
FAKE_GET(IBackgroundCopyJob, GetMinimumRetryDelay, 28, ULONG, NUMBER(28, 0))
FAKE_SET(IBackgroundCopyJob, SetNoProgressTimeout, 29, ULONG, NUMBER(29, 0))
FAKE_GET(IBackgroundCopyJob, GetNoProgressTimeout, 30, ULONG, NUMBER(30, 0))
FAKE_GET(IBackgroundCopyJob, GetErrorCount, 31, ULONG, NUMBER(31, 0))

static HRESULT WINAPI fake_IBackgroundCopyJob_SetProxySettings(SELF *iface, BG_JOB_PROXY_USAGE usage,
                                                               const WCHAR *list, const WCHAR *bypass)
{
    called();
    ok(usage == SHORT_NUMBER(32, 0), "[VT.IBackgroundCopyJob.32] got %#x.\n", usage);
    if (shared->expect_null)
    {
        ok(!list, "[VT.IBackgroundCopyJob.32] got %s.\n", wine_dbgstr_w(list));
        ok(!bypass, "[VT.IBackgroundCopyJob.32] got %s.\n", wine_dbgstr_w(bypass));
        return RESULT(32);
    }
    ok(is_text(list, 32, 1), "[VT.IBackgroundCopyJob.32] got %s.\n", wine_dbgstr_w(list));
    ok(is_text(bypass, 32, 2), "[VT.IBackgroundCopyJob.32] got %s.\n", wine_dbgstr_w(bypass));
    return RESULT(32);
}

static HRESULT WINAPI fake_IBackgroundCopyJob_GetProxySettings(SELF *iface, BG_JOB_PROXY_USAGE *usage,
                                                               LPWSTR *list, LPWSTR *bypass)
{
    called();
    *usage = SHORT_NUMBER(33, 0);
    *list = shared->expect_null ? NULL : alloc_text(33, 1);
    *bypass = shared->expect_null ? NULL : alloc_text(33, 2);
    return RESULT(33);
}

FAKE_VOID(IBackgroundCopyJob, TakeOwnership, 34)

static HRESULT WINAPI fake_IBackgroundCopyJob2_SetNotifyCmdLine(SELF *iface, LPCWSTR program, LPCWSTR parameters)
{
    called();
    if (shared->expect_null)
    {
        ok(!program, "[VT.IBackgroundCopyJob2.35] got %s.\n", wine_dbgstr_w(program));
        ok(!parameters, "[VT.IBackgroundCopyJob2.35] got %s.\n", wine_dbgstr_w(parameters));
        return RESULT(35);
    }
    ok(is_text(program, 35, 0), "[VT.IBackgroundCopyJob2.35] got %s.\n", wine_dbgstr_w(program));
    ok(is_text(parameters, 35, 1), "[VT.IBackgroundCopyJob2.35] got %s.\n", wine_dbgstr_w(parameters));
    return RESULT(35);
}

static HRESULT WINAPI fake_IBackgroundCopyJob2_GetNotifyCmdLine(SELF *iface, LPWSTR *program, LPWSTR *parameters)
{
    called();
    *program = shared->expect_null ? NULL : alloc_text(36, 0);
    *parameters = shared->expect_null ? NULL : alloc_text(36, 1);
    return RESULT(36);
}

static HRESULT WINAPI fake_IBackgroundCopyJob2_GetReplyProgress(SELF *iface, BG_JOB_REPLY_PROGRESS *progress)
{
    called();
    ok(progress->BytesTotal == WIDE_NUMBER(37, 0), "[VT.IBackgroundCopyJob2.37] got %#I64x.\n", progress->BytesTotal);
    ok(progress->BytesTransferred == WIDE_NUMBER(37, 1), "[VT.IBackgroundCopyJob2.37] got %#I64x.\n",
       progress->BytesTransferred);
    progress->BytesTotal = WIDE_NUMBER(37, 2);
    progress->BytesTransferred = WIDE_NUMBER(37, 3);
    return RESULT(37);
}

static HRESULT WINAPI fake_IBackgroundCopyJob2_GetReplyData(SELF *iface, byte **buffer, UINT64 *length)
{
    HRESULT hr = called();

    *buffer = NULL;
    if (!length) return hr;
    ok(*length == WIDE_NUMBER(38, 0), "[VT.IBackgroundCopyJob2.38] got %#I64x.\n", *length);
    *length = 0;
    if (FAILED(hr)) return hr;
    if (shared->expect_null) return RESULT(38);
    *length = REPLY_SIZE;
    *buffer = CoTaskMemAlloc(REPLY_SIZE);
    fill_bytes(*buffer, REPLY_SIZE, 38);
    return RESULT(38);
}

FAKE_SET_TEXT(IBackgroundCopyJob2, SetReplyFileName, 39)
FAKE_GET_TEXT(IBackgroundCopyJob2, GetReplyFileName, 40)

static HRESULT WINAPI fake_IBackgroundCopyJob2_SetCredentials(SELF *iface, BG_AUTH_CREDENTIALS *credentials)
{
    const BG_BASIC_CREDENTIALS *basic = &credentials->Credentials.Basic;

    called();
    ok(credentials->Target == SHORT_NUMBER(41, 0), "[VT.IBackgroundCopyJob2.41] got target %#x.\n", credentials->Target);
    if (credentials->Scheme < BG_AUTH_SCHEME_BASIC || credentials->Scheme > BG_AUTH_SCHEME_PASSPORT)
        return RESULT(42); /* nothing but the scheme has come */
    if (shared->expect_null)
    {
        ok(!basic->UserName, "[VT.7] got %s.\n", wine_dbgstr_w(basic->UserName));
        ok(!basic->Password, "[VT.7] got %s.\n", wine_dbgstr_w(basic->Password));
        return RESULT(41);
    }
    ok(is_text(basic->UserName, 41, credentials->Scheme), "[VT.7] got %s.\n", wine_dbgstr_w(basic->UserName));
    ok(is_text(basic->Password, 41, 9), "[VT.7] got %s.\n", wine_dbgstr_w(basic->Password));
    return RESULT(41);
}

static HRESULT WINAPI fake_IBackgroundCopyJob2_RemoveCredentials(SELF *iface, BG_AUTH_TARGET target,
                                                                 BG_AUTH_SCHEME scheme)
{
    called();
    ok(target == SHORT_NUMBER(42, 0), "[VT.IBackgroundCopyJob2.42] got %#x.\n", target);
    ok(scheme == SHORT_NUMBER(42, 1), "[VT.IBackgroundCopyJob2.42] got %#x.\n", scheme);
    return RESULT(42);
}

static HRESULT WINAPI fake_IBackgroundCopyJob3_ReplaceRemotePrefix(SELF *iface, LPCWSTR old_prefix, LPCWSTR new_prefix)
{
    called();
    ok(is_text(old_prefix, 43, 0), "[VT.IBackgroundCopyJob3.43] got %s.\n", wine_dbgstr_w(old_prefix));
    ok(is_text(new_prefix, 43, 1), "[VT.IBackgroundCopyJob3.43] got %s.\n", wine_dbgstr_w(new_prefix));
    return RESULT(43);
}

static HRESULT WINAPI fake_IBackgroundCopyJob3_AddFileWithRanges(SELF *iface, LPCWSTR remote, LPCWSTR local,
                                                                 DWORD count, BG_FILE_RANGE ranges[])
{
    called();
    ok(is_text(remote, 44, 0), "[VT.IBackgroundCopyJob3.44] got %s.\n", wine_dbgstr_w(remote));
    ok(is_text(local, 44, 1), "[VT.IBackgroundCopyJob3.44] got %s.\n", wine_dbgstr_w(local));
    if (!count) return RESULT(44);
    ok(count == MAX_RANGES, "[VT.IBackgroundCopyJob3.44] got %lu ranges.\n", count);
    ok(count == MAX_RANGES && are_ranges(ranges, 44), "[VT.IBackgroundCopyJob3.44] got other ranges.\n");
    return RESULT(44);
}

FAKE_SET(IBackgroundCopyJob3, SetFileACLFlags, 45, DWORD, NUMBER(45, 0))
FAKE_GET(IBackgroundCopyJob3, GetFileACLFlags, 46, DWORD, NUMBER(46, 0))
FAKE_SET(IBackgroundCopyJob4, SetPeerCachingFlags, 47, DWORD, NUMBER(47, 0))
FAKE_GET(IBackgroundCopyJob4, GetPeerCachingFlags, 48, DWORD, NUMBER(48, 0))
FAKE_GET(IBackgroundCopyJob4, GetOwnerIntegrityLevel, 49, ULONG, NUMBER(49, 0))
FAKE_GET(IBackgroundCopyJob4, GetOwnerElevationState, 50, BOOL, NUMBER(50, 0))
FAKE_SET(IBackgroundCopyJob4, SetMaximumDownloadTime, 51, ULONG, NUMBER(51, 0))
FAKE_GET(IBackgroundCopyJob4, GetMaximumDownloadTime, 52, ULONG, NUMBER(52, 0))

/* The value of a property, in the member that the identifier selects.  The rest of the union is not on the wire. */
static BITS_JOB_PROPERTY_VALUE job_property_value(unsigned int slot, BITS_JOB_PROPERTY_ID id)
{
    BITS_JOB_PROPERTY_VALUE value;

    memset(&value, 0, sizeof(value));
    switch ((int)id)
    {
    case BITS_JOB_PROPERTY_NOTIFICATION_CLSID:
        value.ClsID = guid_value(slot, id);
        break;
    case BITS_JOB_PROPERTY_DYNAMIC_CONTENT:
    case BITS_JOB_PROPERTY_HIGH_PERFORMANCE:
    case BITS_JOB_PROPERTY_ON_DEMAND_MODE:
        value.Enable = NUMBER(slot, id);
        break;
    case BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE:
        value.Uint64 = WIDE_NUMBER(slot, id);
        break;
    case BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS:
        value.Target = SHORT_NUMBER(slot, id);
        break;
    default: /* 6 and 8 have no public name */
        value.Dword = NUMBER(slot, id);
        break;
    }
    return value;
}

static unsigned int job_property_size(BITS_JOB_PROPERTY_ID id)
{
    switch ((int)id)
    {
    case BITS_JOB_PROPERTY_NOTIFICATION_CLSID: return sizeof(GUID);
    case BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE: return sizeof(UINT64);
    default: return sizeof(DWORD);
    }
}

static HRESULT WINAPI fake_IBackgroundCopyJob5_SetProperty(SELF *iface, BITS_JOB_PROPERTY_ID id,
                                                           BITS_JOB_PROPERTY_VALUE value)
{
    BITS_JOB_PROPERTY_VALUE expect = job_property_value(53, id);

    called();
    ok(!memcmp(&value, &expect, job_property_size(id)), "[JOB5.4,VT.6] property %d: got %#I64x.\n", id, value.Uint64);
    return RESULT(53);
}

static HRESULT WINAPI fake_IBackgroundCopyJob5_GetProperty(SELF *iface, BITS_JOB_PROPERTY_ID id,
                                                           BITS_JOB_PROPERTY_VALUE *value)
{
    HRESULT hr = called();

    *value = job_property_value(54, id);
    return FAILED(hr) ? hr : RESULT(54);
}

#undef SELF

static const IBackgroundCopyJob5Vtbl job_vtbl =
{
    UNKNOWN_ENTRIES(IBackgroundCopyJob5),
    fake_IBackgroundCopyJob_AddFileSet,
    fake_IBackgroundCopyJob_AddFile,
    fake_IBackgroundCopyJob_EnumFiles,
    fake_IBackgroundCopyJob_Suspend,
    fake_IBackgroundCopyJob_Resume,
    fake_IBackgroundCopyJob_Cancel,
    fake_IBackgroundCopyJob_Complete,
    fake_IBackgroundCopyJob_GetId,
    fake_IBackgroundCopyJob_GetType,
    fake_IBackgroundCopyJob_GetProgress,
    fake_IBackgroundCopyJob_GetTimes,
    fake_IBackgroundCopyJob_GetState,
    fake_IBackgroundCopyJob_GetError,
    fake_IBackgroundCopyJob_GetOwner,
    fake_IBackgroundCopyJob_SetDisplayName,
    fake_IBackgroundCopyJob_GetDisplayName,
    fake_IBackgroundCopyJob_SetDescription,
    fake_IBackgroundCopyJob_GetDescription,
    fake_IBackgroundCopyJob_SetPriority,
    fake_IBackgroundCopyJob_GetPriority,
    fake_IBackgroundCopyJob_SetNotifyFlags,
    fake_IBackgroundCopyJob_GetNotifyFlags,
    fake_IBackgroundCopyJob_SetNotifyInterface,
    fake_IBackgroundCopyJob_GetNotifyInterface,
    fake_IBackgroundCopyJob_SetMinimumRetryDelay,
    fake_IBackgroundCopyJob_GetMinimumRetryDelay,
    fake_IBackgroundCopyJob_SetNoProgressTimeout,
    fake_IBackgroundCopyJob_GetNoProgressTimeout,
    fake_IBackgroundCopyJob_GetErrorCount,
    fake_IBackgroundCopyJob_SetProxySettings,
    fake_IBackgroundCopyJob_GetProxySettings,
    fake_IBackgroundCopyJob_TakeOwnership,
    fake_IBackgroundCopyJob2_SetNotifyCmdLine,
    fake_IBackgroundCopyJob2_GetNotifyCmdLine,
    fake_IBackgroundCopyJob2_GetReplyProgress,
    fake_IBackgroundCopyJob2_GetReplyData,
    fake_IBackgroundCopyJob2_SetReplyFileName,
    fake_IBackgroundCopyJob2_GetReplyFileName,
    fake_IBackgroundCopyJob2_SetCredentials,
    fake_IBackgroundCopyJob2_RemoveCredentials,
    fake_IBackgroundCopyJob3_ReplaceRemotePrefix,
    fake_IBackgroundCopyJob3_AddFileWithRanges,
    fake_IBackgroundCopyJob3_SetFileACLFlags,
    fake_IBackgroundCopyJob3_GetFileACLFlags,
    fake_IBackgroundCopyJob4_SetPeerCachingFlags,
    fake_IBackgroundCopyJob4_GetPeerCachingFlags,
    fake_IBackgroundCopyJob4_GetOwnerIntegrityLevel,
    fake_IBackgroundCopyJob4_GetOwnerElevationState,
    fake_IBackgroundCopyJob4_SetMaximumDownloadTime,
    fake_IBackgroundCopyJob4_GetMaximumDownloadTime,
    fake_IBackgroundCopyJob5_SetProperty,
    fake_IBackgroundCopyJob5_GetProperty,
};

static IBackgroundCopyJob5 fake_job = { (IBackgroundCopyJob5Vtbl *)&job_vtbl };

static IBackgroundCopyJob *fake_job_pointer(void)
{
    return (IBackgroundCopyJob *)&fake_job;
}

static void test_job(void *proxy)
{
    const WCHAR *remote = text(4, 0), *local = text(4, 1);
    IBackgroundCopyJob *job = proxy;
    BG_FILE_INFO files[3];
    BG_JOB_PROXY_USAGE usage;
    BG_JOB_PROGRESS progress;
    WCHAR *list, *bypass;
    BG_JOB_TIMES times;
    IUnknown *unk;
    GUID guid;

    files[0].RemoteName = (WCHAR *)text(3, 0);
    files[0].LocalName = (WCHAR *)text(3, 1);
    files[1].RemoteName = NULL;
    files[1].LocalName = (WCHAR *)text(3, 2);
    files[2].RemoteName = (WCHAR *)text(3, 3);
    files[2].LocalName = NULL;
    CALL(IBackgroundCopyJob, 3, IBackgroundCopyJob_AddFileSet(job, 3, files));
    CALL(IBackgroundCopyJob, 3, IBackgroundCopyJob_AddFileSet(job, 0, files));
    NULL_REFUSED(IBackgroundCopyJob, 3, IBackgroundCopyJob_AddFileSet(job, 3, NULL));

    CALL(IBackgroundCopyJob, 4, IBackgroundCopyJob_AddFile(job, remote, local));
    NULL_REFUSED(IBackgroundCopyJob, 4, IBackgroundCopyJob_AddFile(job, NULL, local));
    NULL_REFUSED(IBackgroundCopyJob, 4, IBackgroundCopyJob_AddFile(job, remote, NULL));

    TEST_GET_OBJECT(IBackgroundCopyJob, EnumFiles, 5, job, IEnumBackgroundCopyFiles);
    TEST_VOID(IBackgroundCopyJob, Suspend, 6, job);
    TEST_VOID(IBackgroundCopyJob, Resume, 7, job);
    TEST_VOID(IBackgroundCopyJob, Cancel, 8, job);
    TEST_VOID(IBackgroundCopyJob, Complete, 9, job);

    CALL(IBackgroundCopyJob, 10, IBackgroundCopyJob_GetId(job, &guid));
    ok(is_guid(&guid, 10, 0), "[VT.IBackgroundCopyJob.10] got %s.\n", wine_dbgstr_guid(&guid));
    NULL_REFUSED(IBackgroundCopyJob, 10, IBackgroundCopyJob_GetId(job, NULL));

    TEST_GET_ENUM(IBackgroundCopyJob, GetType, 11, job, BG_JOB_TYPE, SHORT_NUMBER(11, 0));

    CALL(IBackgroundCopyJob, 12, IBackgroundCopyJob_GetProgress(job, &progress));
    ok(progress.BytesTotal == BG_SIZE_UNKNOWN, "[VT.IBackgroundCopyJob.12] got %#I64x.\n", progress.BytesTotal);
    ok(progress.BytesTransferred == WIDE_NUMBER(12, 1), "[VT.IBackgroundCopyJob.12] got %#I64x.\n",
       progress.BytesTransferred);
    ok(progress.FilesTotal == NUMBER(12, 2), "[VT.IBackgroundCopyJob.12] got %#lx.\n", progress.FilesTotal);
    ok(progress.FilesTransferred == NUMBER(12, 3), "[VT.IBackgroundCopyJob.12] got %#lx.\n", progress.FilesTransferred);
    NULL_REFUSED(IBackgroundCopyJob, 12, IBackgroundCopyJob_GetProgress(job, NULL));

    CALL(IBackgroundCopyJob, 13, IBackgroundCopyJob_GetTimes(job, &times));
    ok(is_filetime(&times.CreationTime, 13, 0), "[VT.IBackgroundCopyJob.13] got %#lx.\n",
       times.CreationTime.dwLowDateTime);
    ok(is_filetime(&times.ModificationTime, 13, 2), "[VT.IBackgroundCopyJob.13] got %#lx.\n",
       times.ModificationTime.dwLowDateTime);
    ok(is_filetime(&times.TransferCompletionTime, 13, 4), "[VT.IBackgroundCopyJob.13] got %#lx.\n",
       times.TransferCompletionTime.dwLowDateTime);
    NULL_REFUSED(IBackgroundCopyJob, 13, IBackgroundCopyJob_GetTimes(job, NULL));

    TEST_GET_ENUM(IBackgroundCopyJob, GetState, 14, job, BG_JOB_STATE, SHORT_NUMBER(14, 0));
    TEST_GET_OBJECT(IBackgroundCopyJob, GetError, 15, job, IBackgroundCopyError);
    TEST_GET_TEXT(IBackgroundCopyJob, GetOwner, 16, job);
    TEST_SET_TEXT(IBackgroundCopyJob, SetDisplayName, 17, job);
    TEST_GET_TEXT(IBackgroundCopyJob, GetDisplayName, 18, job);
    TEST_SET_TEXT(IBackgroundCopyJob, SetDescription, 19, job);
    TEST_GET_TEXT(IBackgroundCopyJob, GetDescription, 20, job);
    TEST_SET(IBackgroundCopyJob, SetPriority, 21, job, SHORT_NUMBER(21, 0));
    TEST_GET_ENUM(IBackgroundCopyJob, GetPriority, 22, job, BG_JOB_PRIORITY, SHORT_NUMBER(22, 0));
    TEST_SET(IBackgroundCopyJob, SetNotifyFlags, 23, job, NUMBER(23, 0));
    TEST_GET(IBackgroundCopyJob, GetNotifyFlags, 24, job, ULONG, NUMBER(24, 0));

    CALL(IBackgroundCopyJob, 25, IBackgroundCopyJob_SetNotifyInterface(job, (IUnknown *)&callback));
    CALL_WITH_NULL("GEN.7", IBackgroundCopyJob, 25, IBackgroundCopyJob_SetNotifyInterface(job, NULL));

    TEST_GET_OBJECT(IBackgroundCopyJob, GetNotifyInterface, 26, job, IUnknown);
    unk = (IUnknown *)0xdeadbeef;
    CALL_WITH_NULL("OBS.1", IBackgroundCopyJob, 26, IBackgroundCopyJob_GetNotifyInterface(job, &unk));
    ok(!unk, "[OBS.1] got %p.\n", unk);

    TEST_SET(IBackgroundCopyJob, SetMinimumRetryDelay, 27, job, NUMBER(27, 0));
    TEST_GET(IBackgroundCopyJob, GetMinimumRetryDelay, 28, job, ULONG, NUMBER(28, 0));
    TEST_SET(IBackgroundCopyJob, SetNoProgressTimeout, 29, job, NUMBER(29, 0));
    TEST_GET(IBackgroundCopyJob, GetNoProgressTimeout, 30, job, ULONG, NUMBER(30, 0));
    TEST_GET(IBackgroundCopyJob, GetErrorCount, 31, job, ULONG, NUMBER(31, 0));

    CALL(IBackgroundCopyJob, 32, IBackgroundCopyJob_SetProxySettings(job, SHORT_NUMBER(32, 0), text(32, 1), text(32, 2)));
    CALL_WITH_NULL("VT.IBackgroundCopyJob.32", IBackgroundCopyJob, 32,
                   IBackgroundCopyJob_SetProxySettings(job, SHORT_NUMBER(32, 0), NULL, NULL));

    CALL(IBackgroundCopyJob, 33, IBackgroundCopyJob_GetProxySettings(job, &usage, &list, &bypass));
    ok(usage == SHORT_NUMBER(33, 0), "[VT.IBackgroundCopyJob.33] got %#x.\n", usage);
    ok(is_text(list, 33, 1), "[VT.IBackgroundCopyJob.33] got %s.\n", wine_dbgstr_w(list));
    ok(is_text(bypass, 33, 2), "[VT.IBackgroundCopyJob.33] got %s.\n", wine_dbgstr_w(bypass));
    CoTaskMemFree(list);
    CoTaskMemFree(bypass);
    list = bypass = (WCHAR *)0xdeadbeef;
    CALL_WITH_NULL("VT.IBackgroundCopyJob.33", IBackgroundCopyJob, 33,
                   IBackgroundCopyJob_GetProxySettings(job, &usage, &list, &bypass));
    ok(!list, "[VT.IBackgroundCopyJob.33] got %p.\n", list);
    ok(!bypass, "[VT.IBackgroundCopyJob.33] got %p.\n", bypass);
    NULL_ANSWERED(IBackgroundCopyJob, 33, IBackgroundCopyJob_GetProxySettings(job, NULL, &list, &bypass));
    NULL_REFUSED(IBackgroundCopyJob, 33, IBackgroundCopyJob_GetProxySettings(job, &usage, NULL, &bypass));
    NULL_REFUSED(IBackgroundCopyJob, 33, IBackgroundCopyJob_GetProxySettings(job, &usage, &list, NULL));

    TEST_VOID(IBackgroundCopyJob, TakeOwnership, 34, job);
}

static void test_job2(void *proxy)
{
    BG_JOB_REPLY_PROGRESS progress;
    IBackgroundCopyJob2 *job = proxy;
    BG_AUTH_CREDENTIALS credentials;
    WCHAR *program, *parameters;
    UINT64 length;
    byte *buffer;
    HRESULT hr;
    LONG calls;
    int i;

    CALL(IBackgroundCopyJob2, 35, IBackgroundCopyJob2_SetNotifyCmdLine(job, text(35, 0), text(35, 1)));
    CALL_WITH_NULL("GEN.7", IBackgroundCopyJob2, 35, IBackgroundCopyJob2_SetNotifyCmdLine(job, NULL, NULL));

    CALL(IBackgroundCopyJob2, 36, IBackgroundCopyJob2_GetNotifyCmdLine(job, &program, &parameters));
    ok(is_text(program, 36, 0), "[VT.IBackgroundCopyJob2.36] got %s.\n", wine_dbgstr_w(program));
    ok(is_text(parameters, 36, 1), "[VT.IBackgroundCopyJob2.36] got %s.\n", wine_dbgstr_w(parameters));
    CoTaskMemFree(program);
    CoTaskMemFree(parameters);
    program = parameters = (WCHAR *)0xdeadbeef;
    CALL_WITH_NULL("VT.IBackgroundCopyJob2.36", IBackgroundCopyJob2, 36,
                   IBackgroundCopyJob2_GetNotifyCmdLine(job, &program, &parameters));
    ok(!program, "[VT.IBackgroundCopyJob2.36] got %p.\n", program);
    ok(!parameters, "[VT.IBackgroundCopyJob2.36] got %p.\n", parameters);
    NULL_REFUSED(IBackgroundCopyJob2, 36, IBackgroundCopyJob2_GetNotifyCmdLine(job, NULL, &parameters));
    NULL_REFUSED(IBackgroundCopyJob2, 36, IBackgroundCopyJob2_GetNotifyCmdLine(job, &program, NULL));

    progress.BytesTotal = WIDE_NUMBER(37, 0);
    progress.BytesTransferred = WIDE_NUMBER(37, 1);
    CALL(IBackgroundCopyJob2, 37, IBackgroundCopyJob2_GetReplyProgress(job, &progress));
    ok(progress.BytesTotal == WIDE_NUMBER(37, 2), "[VT.IBackgroundCopyJob2.37] got %#I64x.\n", progress.BytesTotal);
    ok(progress.BytesTransferred == WIDE_NUMBER(37, 3), "[VT.IBackgroundCopyJob2.37] got %#I64x.\n",
       progress.BytesTransferred);
    NULL_REFUSED(IBackgroundCopyJob2, 37, IBackgroundCopyJob2_GetReplyProgress(job, NULL));

    length = WIDE_NUMBER(38, 0);
    buffer = NULL;
    CALL(IBackgroundCopyJob2, 38, IBackgroundCopyJob2_GetReplyData(job, &buffer, &length));
    ok(length == REPLY_SIZE, "[VT.IBackgroundCopyJob2.38] got %#I64x.\n", length);
    ok(buffer && are_bytes(buffer, REPLY_SIZE, 38), "[VT.IBackgroundCopyJob2.38] got other bytes.\n");
    CoTaskMemFree(buffer);
    length = WIDE_NUMBER(38, 0);
    buffer = (byte *)0xdeadbeef;
    CALL_WITH_NULL("VT.IBackgroundCopyJob2.38", IBackgroundCopyJob2, 38,
                   IBackgroundCopyJob2_GetReplyData(job, &buffer, &length));
    ok(!length, "[VT.IBackgroundCopyJob2.38] got %#I64x.\n", length);
    ok(!buffer, "[VT.IBackgroundCopyJob2.38] got %p.\n", buffer);
    length = WIDE_NUMBER(38, 0);
    buffer = (byte *)0xdeadbeef;
    CALL_FAILING(IBackgroundCopyJob2, 38, BG_E_TOO_LARGE, IBackgroundCopyJob2_GetReplyData(job, &buffer, &length));
    ok(!length, "[VT.IBackgroundCopyJob2.38] got %#I64x.\n", length);
    ok(!buffer, "[VT.IBackgroundCopyJob2.38] got %p.\n", buffer);
    buffer = (byte *)0xdeadbeef;
    CALL_FAILING(IBackgroundCopyJob2, 38, E_INVALIDARG, IBackgroundCopyJob2_GetReplyData(job, &buffer, NULL));
    ok(!buffer, "[GEN.7] got %p.\n", buffer);
    length = WIDE_NUMBER(38, 0);
    NULL_ANSWERED(IBackgroundCopyJob2, 38, IBackgroundCopyJob2_GetReplyData(job, NULL, &length));

    TEST_SET_OPTIONAL_TEXT(IBackgroundCopyJob2, SetReplyFileName, 39, job);
    TEST_GET_TEXT(IBackgroundCopyJob2, GetReplyFileName, 40, job);

    credentials.Target = SHORT_NUMBER(41, 0);
    for (i = BG_AUTH_SCHEME_BASIC; i <= BG_AUTH_SCHEME_PASSPORT; i++)
    {
        credentials.Scheme = i;
        credentials.Credentials.Basic.UserName = (WCHAR *)text(41, i);
        credentials.Credentials.Basic.Password = (WCHAR *)text(41, 9);
        CALL(IBackgroundCopyJob2, 41, IBackgroundCopyJob2_SetCredentials(job, &credentials));
    }
    credentials.Credentials.Basic.UserName = NULL;
    credentials.Credentials.Basic.Password = NULL;
    CALL_WITH_NULL("VT.7", IBackgroundCopyJob2, 41, IBackgroundCopyJob2_SetCredentials(job, &credentials));
    for (i = 0; i <= BG_AUTH_SCHEME_PASSPORT + 1; i += BG_AUTH_SCHEME_PASSPORT + 1)
    {
        credentials.Scheme = i;
        calls = shared->calls;
        hr = IBackgroundCopyJob2_SetCredentials(job, &credentials);
        ok(hr == RESULT(42), "[VT.7] scheme %d: got %#lx.\n", i, hr);
        ok(shared->calls == calls + 1, "[VT.7] scheme %d did not arrive.\n", i);
    }
    NULL_REFUSED(IBackgroundCopyJob2, 41, IBackgroundCopyJob2_SetCredentials(job, NULL));

    CALL(IBackgroundCopyJob2, 42, IBackgroundCopyJob2_RemoveCredentials(job, SHORT_NUMBER(42, 0), SHORT_NUMBER(42, 1)));
}

static void test_job3(void *proxy)
{
    const WCHAR *remote = text(44, 0), *local = text(44, 1);
    BG_FILE_RANGE ranges[MAX_RANGES];
    IBackgroundCopyJob3 *job = proxy;

    CALL(IBackgroundCopyJob3, 43, IBackgroundCopyJob3_ReplaceRemotePrefix(job, text(43, 0), text(43, 1)));
    NULL_REFUSED(IBackgroundCopyJob3, 43, IBackgroundCopyJob3_ReplaceRemotePrefix(job, NULL, text(43, 1)));
    NULL_REFUSED(IBackgroundCopyJob3, 43, IBackgroundCopyJob3_ReplaceRemotePrefix(job, text(43, 0), NULL));

    fill_ranges(ranges, 44);
    CALL(IBackgroundCopyJob3, 44, IBackgroundCopyJob3_AddFileWithRanges(job, remote, local, MAX_RANGES, ranges));
    CALL(IBackgroundCopyJob3, 44, IBackgroundCopyJob3_AddFileWithRanges(job, remote, local, 0, ranges));
    NULL_REFUSED(IBackgroundCopyJob3, 44,
                 IBackgroundCopyJob3_AddFileWithRanges(job, NULL, local, MAX_RANGES, ranges));
    NULL_REFUSED(IBackgroundCopyJob3, 44,
                 IBackgroundCopyJob3_AddFileWithRanges(job, remote, NULL, MAX_RANGES, ranges));
    NULL_REFUSED(IBackgroundCopyJob3, 44,
                 IBackgroundCopyJob3_AddFileWithRanges(job, remote, local, MAX_RANGES, NULL));

    TEST_SET(IBackgroundCopyJob3, SetFileACLFlags, 45, job, NUMBER(45, 0));
    TEST_GET(IBackgroundCopyJob3, GetFileACLFlags, 46, job, DWORD, NUMBER(46, 0));
}

static void test_job4(void *job)
{
    TEST_SET(IBackgroundCopyJob4, SetPeerCachingFlags, 47, job, NUMBER(47, 0));
    TEST_GET(IBackgroundCopyJob4, GetPeerCachingFlags, 48, job, DWORD, NUMBER(48, 0));
    TEST_GET(IBackgroundCopyJob4, GetOwnerIntegrityLevel, 49, job, ULONG, NUMBER(49, 0));
    TEST_GET(IBackgroundCopyJob4, GetOwnerElevationState, 50, job, BOOL, NUMBER(50, 0));
    TEST_SET(IBackgroundCopyJob4, SetMaximumDownloadTime, 51, job, NUMBER(51, 0));
    TEST_GET(IBackgroundCopyJob4, GetMaximumDownloadTime, 52, job, ULONG, NUMBER(52, 0));
}

static void test_job5(void *proxy)
{
    static const int unknown[] = { 0, 11, 0x7fff };
    BITS_JOB_PROPERTY_VALUE value, expect;
    IBackgroundCopyJob5 *job = proxy;
    unsigned int i;
    HRESULT hr;
    int id;

    for (id = 1; id <= 10; id++)
    {
        winetest_push_context("property %d", id);
        CALL(IBackgroundCopyJob5, 53, IBackgroundCopyJob5_SetProperty(job, id, job_property_value(53, id)));
        memset(&value, 0xcc, sizeof(value));
        CALL(IBackgroundCopyJob5, 54, IBackgroundCopyJob5_GetProperty(job, id, &value));
        expect = job_property_value(54, id);
        ok(!memcmp(&value, &expect, job_property_size(id)), "[JOB5.4,VT.6] got %#I64x.\n", value.Uint64);
        if (id == 6) ok(value.Dword == NUMBER(54, 6), "[VAL.BITS_JOB_PROPERTY_ID.6] got %#lx.\n", value.Dword);
        if (id == 8) ok(value.Dword == NUMBER(54, 8), "[VAL.BITS_JOB_PROPERTY_ID.8] got %#lx.\n", value.Dword);
        winetest_pop_context();
    }
    for (i = 0; i < ARRAY_SIZE(unknown); i++)
    {
        winetest_push_context("property %d", unknown[i]);
        memset(&value, 0, sizeof(value));
        CALL_REFUSED("JOB5.4", IBackgroundCopyJob5, 53, HRESULT_FROM_WIN32(RPC_S_INVALID_TAG),
                     IBackgroundCopyJob5_SetProperty(job, unknown[i], value));
        hr = IBackgroundCopyJob5_GetProperty(job, unknown[i], &value);
        ok(hr == HRESULT_FROM_WIN32(RPC_S_INVALID_TAG), "[JOB5.4] got %#lx.\n", hr);
        winetest_pop_context();
    }
    NULL_REFUSED(IBackgroundCopyJob5, 54, IBackgroundCopyJob5_GetProperty(job, BITS_JOB_PROPERTY_ID_COST_FLAGS, NULL));
}

static const struct interface_entry service_interfaces[] =
{
    { &IID_IBackgroundCopyJob, &fake_job },
    { &IID_IBackgroundCopyJob2, &fake_job },
    { &IID_IBackgroundCopyJob3, &fake_job },
    { &IID_IBackgroundCopyJob4, &fake_job },
    { &IID_IBackgroundCopyJob5, &fake_job },
    { &IID_IBackgroundCopyError, &handed_out },
    { &IID_IBackgroundCopyFile, &handed_out },
    { &IID_IEnumBackgroundCopyFiles, &handed_out },
    { NULL, NULL }
};

static void test_all(void)
{
    test_interface("IBackgroundCopyJob", &IID_IBackgroundCopyJob, test_job, NULL);
    test_interface("IBackgroundCopyJob2", &IID_IBackgroundCopyJob2, test_job, test_job2, NULL);
    test_interface("IBackgroundCopyJob3", &IID_IBackgroundCopyJob3, test_job, test_job2, test_job3, NULL);
    test_interface("IBackgroundCopyJob4", &IID_IBackgroundCopyJob4, test_job, test_job2, test_job3, test_job4, NULL);
    test_interface("IBackgroundCopyJob5", &IID_IBackgroundCopyJob5, test_job, test_job2, test_job3, test_job4, test_job5,
                   NULL);
}

START_TEST(marshal_job)
{
    run_unit("marshal_job", service_interfaces, callback_interfaces, test_all);
}
