/*
 * Marshalling of the manager, the files, the errors and the enumerators
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

/* The fake object hands out more interfaces than are called here; for those it has the methods of IUnknown. */

FAKE_UNKNOWN(IUnknown)

static const IUnknownVtbl handed_out_vtbl = { UNKNOWN_ENTRIES(IUnknown) };

static IUnknown handed_out = { (IUnknownVtbl *)&handed_out_vtbl };

/*
 * The manager
 */

#define SELF IBackgroundCopyManager

FAKE_UNKNOWN(IBackgroundCopyManager)

static HRESULT WINAPI fake_IBackgroundCopyManager_CreateJob(SELF *iface, LPCWSTR name, BG_JOB_TYPE type, GUID *id,
                                                            IBackgroundCopyJob **job)
{
    HRESULT hr = called();

    ok(is_text(name, 3, 0), "[VT.IBackgroundCopyManager.3] got %s.\n", wine_dbgstr_w(name));
    ok(type == SHORT_NUMBER(3, 1), "[VT.IBackgroundCopyManager.3] got %#x.\n", type);
    *id = guid_value(3, 2);
    *job = NULL;
    if (FAILED(hr)) return hr;
    object_query(&IID_IBackgroundCopyJob, (void **)job);
    return RESULT(3);
}

static HRESULT WINAPI fake_IBackgroundCopyManager_GetJob(SELF *iface, REFGUID id, IBackgroundCopyJob **job)
{
    HRESULT hr = called();

    ok(is_guid(id, 4, 0), "[VT.IBackgroundCopyManager.4] got %s.\n", wine_dbgstr_guid(id));
    *job = NULL;
    if (FAILED(hr)) return hr;
    object_query(&IID_IBackgroundCopyJob, (void **)job);
    return RESULT(4);
}

static HRESULT WINAPI fake_IBackgroundCopyManager_EnumJobs(SELF *iface, DWORD flags, IEnumBackgroundCopyJobs **jobs)
{
    called();
    ok(flags == NUMBER(5, 0), "[VT.IBackgroundCopyManager.5] got %#lx.\n", flags);
    object_query(&IID_IEnumBackgroundCopyJobs, (void **)jobs);
    return RESULT(5);
}

static HRESULT WINAPI fake_IBackgroundCopyManager_GetErrorDescription(SELF *iface, HRESULT code, DWORD language,
                                                                      LPWSTR *description)
{
    HRESULT hr = called();

    ok(code == (HRESULT)NUMBER(6, 0), "[VT.IBackgroundCopyManager.6] got %#lx.\n", code);
    ok(language == NUMBER(6, 1), "[VT.IBackgroundCopyManager.6] got %#lx.\n", language);
    *description = FAILED(hr) ? NULL : alloc_text(6, 2);
    return FAILED(hr) ? hr : RESULT(6);
}

#undef SELF

static const IBackgroundCopyManagerVtbl manager_vtbl =
{
    UNKNOWN_ENTRIES(IBackgroundCopyManager),
    fake_IBackgroundCopyManager_CreateJob,
    fake_IBackgroundCopyManager_GetJob,
    fake_IBackgroundCopyManager_EnumJobs,
    fake_IBackgroundCopyManager_GetErrorDescription,
};

static IBackgroundCopyManager fake_manager = { (IBackgroundCopyManagerVtbl *)&manager_vtbl };

static void test_manager(void *proxy)
{
    BG_JOB_TYPE type = SHORT_NUMBER(3, 1), wild_type = 0x12345;
    IBackgroundCopyManager *manager = proxy;
    const WCHAR *name = text(3, 0);
    IEnumBackgroundCopyJobs *jobs;
    IBackgroundCopyJob *job;
    WCHAR *description;
    HRESULT hr;
    LONG calls;
    GUID guid;

    CALL(IBackgroundCopyManager, 3, IBackgroundCopyManager_CreateJob(manager, name, type, &guid, &job));
    ok(is_guid(&guid, 3, 2), "[VT.IBackgroundCopyManager.3] got %s.\n", wine_dbgstr_guid(&guid));
    check_object("VT.IBackgroundCopyManager.3", job, &IID_IBackgroundCopyJob);
    job = (IBackgroundCopyJob *)0xdeadbeef;
    CALL_FAILING(IBackgroundCopyManager, 3, BG_E_TOO_MANY_JOBS_PER_USER,
                 IBackgroundCopyManager_CreateJob(manager, name, type, &guid, &job));
    ok(!job, "[VT.IBackgroundCopyManager.3] got %p.\n", job);
    NULL_REFUSED(IBackgroundCopyManager, 3, IBackgroundCopyManager_CreateJob(manager, NULL, type, &guid, &job));
    NULL_REFUSED(IBackgroundCopyManager, 3, IBackgroundCopyManager_CreateJob(manager, name, type, NULL, &job));
    NULL_REFUSED(IBackgroundCopyManager, 3, IBackgroundCopyManager_CreateJob(manager, name, type, &guid, NULL));

    calls = shared->calls;
    hr = IBackgroundCopyManager_CreateJob(manager, name, wild_type, &guid, &job);
    ok_inferred("ERR.0x800706F5", hr == HRESULT_FROM_WIN32(RPC_X_ENUM_VALUE_OUT_OF_RANGE), "got %#lx.\n", hr);
    ok_inferred("ERR.0x800706F5", shared->calls == calls, "arrived.\n");

    guid = guid_value(4, 0);
    CALL(IBackgroundCopyManager, 4, IBackgroundCopyManager_GetJob(manager, &guid, &job));
    check_object("VT.IBackgroundCopyManager.4", job, &IID_IBackgroundCopyJob);
    CALL_FAILING(IBackgroundCopyManager, 4, BG_E_NOT_FOUND, IBackgroundCopyManager_GetJob(manager, &guid, &job));
    NULL_REFUSED(IBackgroundCopyManager, 4, IBackgroundCopyManager_GetJob(manager, NULL, &job));
    NULL_REFUSED(IBackgroundCopyManager, 4, IBackgroundCopyManager_GetJob(manager, &guid, NULL));

    CALL(IBackgroundCopyManager, 5, IBackgroundCopyManager_EnumJobs(manager, NUMBER(5, 0), &jobs));
    check_object("VT.IBackgroundCopyManager.5", jobs, &IID_IEnumBackgroundCopyJobs);
    NULL_REFUSED(IBackgroundCopyManager, 5, IBackgroundCopyManager_EnumJobs(manager, 0, NULL));

    CALL(IBackgroundCopyManager, 6,
         IBackgroundCopyManager_GetErrorDescription(manager, NUMBER(6, 0), NUMBER(6, 1), &description));
    ok(is_text(description, 6, 2), "[VT.IBackgroundCopyManager.6] got %s.\n", wine_dbgstr_w(description));
    CoTaskMemFree(description);
    description = (WCHAR *)0xdeadbeef;
    CALL_FAILING(IBackgroundCopyManager, 6, HRESULT_FROM_WIN32(ERROR_RESOURCE_LANG_NOT_FOUND),
         IBackgroundCopyManager_GetErrorDescription(manager, NUMBER(6, 0), NUMBER(6, 1), &description));
    ok(!description, "[VT.IBackgroundCopyManager.6] got %p.\n", description);
    NULL_REFUSED(IBackgroundCopyManager, 6, IBackgroundCopyManager_GetErrorDescription(manager, 0, 0, NULL));
}

/*
 * The files
 */

#define SELF IBackgroundCopyFile6

FAKE_UNKNOWN(IBackgroundCopyFile6)
FAKE_GET_TEXT(IBackgroundCopyFile, GetRemoteName, 3)
FAKE_GET_TEXT(IBackgroundCopyFile, GetLocalName, 4)

static HRESULT WINAPI fake_IBackgroundCopyFile_GetProgress(SELF *iface, BG_FILE_PROGRESS *val)
{
    called();
    val->BytesTotal = BG_SIZE_UNKNOWN;
    val->BytesTransferred = WIDE_NUMBER(5, 0);
    val->Completed = NUMBER(5, 1);
    return RESULT(5);
}

static HRESULT WINAPI fake_IBackgroundCopyFile2_GetFileRanges(SELF *iface, DWORD *count, BG_FILE_RANGE **ranges)
{
    HRESULT hr = called();

    *ranges = NULL;
    if (!count) return hr;
    ok(*count == NUMBER(6, 0), "[VT.IBackgroundCopyFile2.6] got %#lx.\n", *count);
    *count = 0;
    if (FAILED(hr)) return hr;
    if (shared->expect_null) return RESULT(6);
    *count = MAX_RANGES;
    *ranges = alloc_ranges(6);
    return RESULT(6);
}

FAKE_SET_TEXT(IBackgroundCopyFile2, SetRemoteName, 7)
FAKE_GET_TEXT(IBackgroundCopyFile3, GetTemporaryName, 8)
FAKE_SET(IBackgroundCopyFile3, SetValidationState, 9, BOOL, NUMBER(9, 0))
FAKE_GET(IBackgroundCopyFile3, GetValidationState, 10, BOOL, NUMBER(10, 0))
FAKE_GET(IBackgroundCopyFile3, IsDownloadedFromPeer, 11, BOOL, NUMBER(11, 0))

static HRESULT WINAPI fake_IBackgroundCopyFile4_GetPeerDownloadStats(SELF *iface, UINT64 *from_origin,
                                                                     UINT64 *from_peers)
{
    called();
    *from_origin = WIDE_NUMBER(12, 0);
    *from_peers = WIDE_NUMBER(12, 1);
    return RESULT(12);
}

static HRESULT WINAPI fake_IBackgroundCopyFile5_SetProperty(SELF *iface, BITS_FILE_PROPERTY_ID id,
                                                            BITS_FILE_PROPERTY_VALUE value)
{
    called();
    ok(id == BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, "[VT.IBackgroundCopyFile5.13] got %d.\n", id);
    ok(is_text(value.String, 13, 0), "[VT.6] got %s.\n", wine_dbgstr_w(value.String));
    return RESULT(13);
}

static HRESULT WINAPI fake_IBackgroundCopyFile5_GetProperty(SELF *iface, BITS_FILE_PROPERTY_ID id,
                                                            BITS_FILE_PROPERTY_VALUE *value)
{
    HRESULT hr = called();

    value->String = NULL;
    if (FAILED(hr)) return hr;
    if (id == BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS && !shared->expect_null) value->String = alloc_text(14, 0);
    return RESULT(14);
}

FAKE_SET(IBackgroundCopyFile6, UpdateDownloadPosition, 15, UINT64, WIDE_NUMBER(15, 0))

static HRESULT WINAPI fake_IBackgroundCopyFile6_RequestFileRanges(SELF *iface, DWORD count, const BG_FILE_RANGE *ranges)
{
    called();
    if (!count) return RESULT(16);
    ok(count == MAX_RANGES, "[VT.IBackgroundCopyFile6.16] got %lu ranges.\n", count);
    ok(count == MAX_RANGES && are_ranges(ranges, 16), "[VT.IBackgroundCopyFile6.16] got other ranges.\n");
    return RESULT(16);
}

static HRESULT WINAPI fake_IBackgroundCopyFile6_GetFilledFileRanges(SELF *iface, DWORD *count, BG_FILE_RANGE **ranges)
{
    HRESULT hr = called();

    *count = 0;
    *ranges = NULL;
    if (FAILED(hr)) return hr;
    if (shared->expect_null) return RESULT(17);
    *count = MAX_RANGES;
    *ranges = alloc_ranges(17);
    return RESULT(17);
}

#undef SELF

static const IBackgroundCopyFile6Vtbl file_vtbl =
{
    UNKNOWN_ENTRIES(IBackgroundCopyFile6),
    fake_IBackgroundCopyFile_GetRemoteName,
    fake_IBackgroundCopyFile_GetLocalName,
    fake_IBackgroundCopyFile_GetProgress,
    fake_IBackgroundCopyFile2_GetFileRanges,
    fake_IBackgroundCopyFile2_SetRemoteName,
    fake_IBackgroundCopyFile3_GetTemporaryName,
    fake_IBackgroundCopyFile3_SetValidationState,
    fake_IBackgroundCopyFile3_GetValidationState,
    fake_IBackgroundCopyFile3_IsDownloadedFromPeer,
    fake_IBackgroundCopyFile4_GetPeerDownloadStats,
    fake_IBackgroundCopyFile5_SetProperty,
    fake_IBackgroundCopyFile5_GetProperty,
    fake_IBackgroundCopyFile6_UpdateDownloadPosition,
    fake_IBackgroundCopyFile6_RequestFileRanges,
    fake_IBackgroundCopyFile6_GetFilledFileRanges,
};

static IBackgroundCopyFile6 fake_file = { (IBackgroundCopyFile6Vtbl *)&file_vtbl };

static void test_file(void *proxy)
{
    IBackgroundCopyFile *file = proxy;
    BG_FILE_PROGRESS progress;

    TEST_GET_TEXT(IBackgroundCopyFile, GetRemoteName, 3, file);
    TEST_GET_TEXT(IBackgroundCopyFile, GetLocalName, 4, file);

    CALL(IBackgroundCopyFile, 5, IBackgroundCopyFile_GetProgress(file, &progress));
    ok(progress.BytesTotal == BG_SIZE_UNKNOWN, "[VT.IBackgroundCopyFile.5] got %#I64x.\n", progress.BytesTotal);
    ok(progress.BytesTransferred == WIDE_NUMBER(5, 0), "[VT.IBackgroundCopyFile.5] got %#I64x.\n",
       progress.BytesTransferred);
    ok(progress.Completed == (BOOL)NUMBER(5, 1), "[VT.IBackgroundCopyFile.5] got %#x.\n", progress.Completed);
    NULL_REFUSED(IBackgroundCopyFile, 5, IBackgroundCopyFile_GetProgress(file, NULL));
}

static void test_file2(void *proxy)
{
    IBackgroundCopyFile2 *file = proxy;
    BG_FILE_RANGE *ranges = NULL;
    DWORD count = NUMBER(6, 0);

    CALL(IBackgroundCopyFile2, 6, IBackgroundCopyFile2_GetFileRanges(file, &count, &ranges));
    ok(count == MAX_RANGES, "[VT.IBackgroundCopyFile2.6] got %lu.\n", count);
    ok(ranges && are_ranges(ranges, 6), "[VT.IBackgroundCopyFile2.6] got other ranges.\n");
    CoTaskMemFree(ranges);
    count = NUMBER(6, 0);
    ranges = (BG_FILE_RANGE *)0xdeadbeef;
    CALL_WITH_NULL("VT.IBackgroundCopyFile2.6", IBackgroundCopyFile2, 6,
                   IBackgroundCopyFile2_GetFileRanges(file, &count, &ranges));
    ok(!count, "[VT.IBackgroundCopyFile2.6] got %lu.\n", count);
    ok(!ranges, "[VT.IBackgroundCopyFile2.6] got %p.\n", ranges);
    ranges = (BG_FILE_RANGE *)0xdeadbeef;
    CALL_FAILING(IBackgroundCopyFile2, 6, E_INVALIDARG, IBackgroundCopyFile2_GetFileRanges(file, NULL, &ranges));
    ok(!ranges, "[GEN.7] got %p.\n", ranges);
    count = NUMBER(6, 0);
    NULL_ANSWERED(IBackgroundCopyFile2, 6, IBackgroundCopyFile2_GetFileRanges(file, &count, NULL));

    TEST_SET_TEXT(IBackgroundCopyFile2, SetRemoteName, 7, file);
}

static void test_file3(void *file)
{
    TEST_GET_TEXT(IBackgroundCopyFile3, GetTemporaryName, 8, file);
    TEST_SET(IBackgroundCopyFile3, SetValidationState, 9, file, NUMBER(9, 0));
    TEST_GET(IBackgroundCopyFile3, GetValidationState, 10, file, BOOL, NUMBER(10, 0));
    TEST_GET(IBackgroundCopyFile3, IsDownloadedFromPeer, 11, file, BOOL, NUMBER(11, 0));
}

static void test_file4(void *proxy)
{
    UINT64 from_origin = 0, from_peers = 0;
    IBackgroundCopyFile4 *file = proxy;

    CALL(IBackgroundCopyFile4, 12, IBackgroundCopyFile4_GetPeerDownloadStats(file, &from_origin, &from_peers));
    ok(from_origin == WIDE_NUMBER(12, 0), "[VT.IBackgroundCopyFile4.12] got %#I64x.\n", from_origin);
    ok(from_peers == WIDE_NUMBER(12, 1), "[VT.IBackgroundCopyFile4.12] got %#I64x.\n", from_peers);
    NULL_REFUSED(IBackgroundCopyFile4, 12, IBackgroundCopyFile4_GetPeerDownloadStats(file, NULL, &from_peers));
    NULL_REFUSED(IBackgroundCopyFile4, 12, IBackgroundCopyFile4_GetPeerDownloadStats(file, &from_origin, NULL));
}

static void test_file5(void *proxy)
{
    static const BITS_FILE_PROPERTY_ID id = BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS;
    IBackgroundCopyFile5 *file = proxy;
    BITS_FILE_PROPERTY_VALUE value;
    HRESULT hr;

    value.String = (WCHAR *)text(13, 0);
    CALL(IBackgroundCopyFile5, 13, IBackgroundCopyFile5_SetProperty(file, id, value));
    CALL_REFUSED("VT.6", IBackgroundCopyFile5, 13, HRESULT_FROM_WIN32(RPC_S_INVALID_TAG),
                 IBackgroundCopyFile5_SetProperty(file, 2, value));

    value.String = NULL;
    CALL(IBackgroundCopyFile5, 14, IBackgroundCopyFile5_GetProperty(file, id, &value));
    ok(is_text(value.String, 14, 0), "[VT.6] got %s.\n", wine_dbgstr_w(value.String));
    CoTaskMemFree(value.String);
    value.String = NULL;
    CALL_WITH_NULL("VT.6", IBackgroundCopyFile5, 14, IBackgroundCopyFile5_GetProperty(file, id, &value));
    ok(!value.String, "[VT.6] got %p.\n", value.String);
    CALL_FAILING(IBackgroundCopyFile5, 14, E_PENDING, IBackgroundCopyFile5_GetProperty(file, id, &value));
    ok(!value.String, "[VT.6] got %p.\n", value.String);
    hr = IBackgroundCopyFile5_GetProperty(file, 2, &value);
    ok(hr == HRESULT_FROM_WIN32(RPC_S_INVALID_TAG), "[VT.6] got %#lx.\n", hr);
    NULL_REFUSED(IBackgroundCopyFile5, 14, IBackgroundCopyFile5_GetProperty(file, id, NULL));
}

static void test_file6(void *proxy)
{
    BG_FILE_RANGE ranges[MAX_RANGES], *filled = NULL;
    IBackgroundCopyFile6 *file = proxy;
    DWORD count = 0xdeadbeef;

    TEST_SET(IBackgroundCopyFile6, UpdateDownloadPosition, 15, file, WIDE_NUMBER(15, 0));

    fill_ranges(ranges, 16);
    CALL(IBackgroundCopyFile6, 16, IBackgroundCopyFile6_RequestFileRanges(file, MAX_RANGES, ranges));
    CALL(IBackgroundCopyFile6, 16, IBackgroundCopyFile6_RequestFileRanges(file, 0, ranges));
    NULL_REFUSED(IBackgroundCopyFile6, 16, IBackgroundCopyFile6_RequestFileRanges(file, MAX_RANGES, NULL));

    CALL(IBackgroundCopyFile6, 17, IBackgroundCopyFile6_GetFilledFileRanges(file, &count, &filled));
    ok(count == MAX_RANGES, "[VT.IBackgroundCopyFile6.17] got %lu.\n", count);
    ok(filled && are_ranges(filled, 17), "[VT.IBackgroundCopyFile6.17] got other ranges.\n");
    CoTaskMemFree(filled);
    count = 0xdeadbeef;
    filled = (BG_FILE_RANGE *)0xdeadbeef;
    CALL_WITH_NULL("VT.IBackgroundCopyFile6.17", IBackgroundCopyFile6, 17,
                   IBackgroundCopyFile6_GetFilledFileRanges(file, &count, &filled));
    ok(!count, "[VT.IBackgroundCopyFile6.17] got %lu.\n", count);
    ok(!filled, "[VT.IBackgroundCopyFile6.17] got %p.\n", filled);
    CALL_FAILING(IBackgroundCopyFile6, 17, E_OUTOFMEMORY,
                 IBackgroundCopyFile6_GetFilledFileRanges(file, &count, &filled));
    NULL_REFUSED(IBackgroundCopyFile6, 17, IBackgroundCopyFile6_GetFilledFileRanges(file, NULL, &filled));
    NULL_ANSWERED(IBackgroundCopyFile6, 17, IBackgroundCopyFile6_GetFilledFileRanges(file, &count, NULL));
}

/*
 * The error
 */

#define SELF IBackgroundCopyError

FAKE_UNKNOWN(IBackgroundCopyError)

static HRESULT WINAPI fake_IBackgroundCopyError_GetError(SELF *iface, BG_ERROR_CONTEXT *context, HRESULT *code)
{
    called();
    *context = SHORT_NUMBER(3, 0);
    *code = NUMBER(3, 1);
    return RESULT(3);
}

FAKE_GET_OBJECT(IBackgroundCopyError, GetFile, 4, IBackgroundCopyFile)

static HRESULT WINAPI fake_IBackgroundCopyError_GetErrorDescription(SELF *iface, DWORD language, LPWSTR *description)
{
    called();
    ok(language == NUMBER(5, 0), "[VT.IBackgroundCopyError.5] got %#lx.\n", language);
    *description = alloc_text(5, 1);
    return RESULT(5);
}

static HRESULT WINAPI fake_IBackgroundCopyError_GetErrorContextDescription(SELF *iface, DWORD language,
                                                                           LPWSTR *description)
{
    called();
    ok(language == NUMBER(6, 0), "[VT.IBackgroundCopyError.6] got %#lx.\n", language);
    *description = alloc_text(6, 1);
    return RESULT(6);
}

FAKE_GET_TEXT(IBackgroundCopyError, GetProtocol, 7)

#undef SELF

static const IBackgroundCopyErrorVtbl error_vtbl =
{
    UNKNOWN_ENTRIES(IBackgroundCopyError),
    fake_IBackgroundCopyError_GetError,
    fake_IBackgroundCopyError_GetFile,
    fake_IBackgroundCopyError_GetErrorDescription,
    fake_IBackgroundCopyError_GetErrorContextDescription,
    fake_IBackgroundCopyError_GetProtocol,
};

static IBackgroundCopyError fake_error = { (IBackgroundCopyErrorVtbl *)&error_vtbl };

static void test_error(void *proxy)
{
    IBackgroundCopyError *error = proxy;
    BG_ERROR_CONTEXT context = 0;
    WCHAR *description;
    HRESULT code = 0;

    CALL(IBackgroundCopyError, 3, IBackgroundCopyError_GetError(error, &context, &code));
    ok(context == SHORT_NUMBER(3, 0), "[VT.IBackgroundCopyError.3] got %#x.\n", context);
    ok(code == (HRESULT)NUMBER(3, 1), "[VT.IBackgroundCopyError.3] got %#lx.\n", code);
    NULL_ANSWERED(IBackgroundCopyError, 3, IBackgroundCopyError_GetError(error, NULL, &code));
    NULL_REFUSED(IBackgroundCopyError, 3, IBackgroundCopyError_GetError(error, &context, NULL));

    TEST_GET_OBJECT(IBackgroundCopyError, GetFile, 4, error, IBackgroundCopyFile);

    CALL(IBackgroundCopyError, 5, IBackgroundCopyError_GetErrorDescription(error, NUMBER(5, 0), &description));
    ok(is_text(description, 5, 1), "[VT.IBackgroundCopyError.5] got %s.\n", wine_dbgstr_w(description));
    CoTaskMemFree(description);
    NULL_REFUSED(IBackgroundCopyError, 5, IBackgroundCopyError_GetErrorDescription(error, 0, NULL));

    CALL(IBackgroundCopyError, 6, IBackgroundCopyError_GetErrorContextDescription(error, NUMBER(6, 0), &description));
    ok(is_text(description, 6, 1), "[VT.IBackgroundCopyError.6] got %s.\n", wine_dbgstr_w(description));
    CoTaskMemFree(description);
    NULL_REFUSED(IBackgroundCopyError, 6, IBackgroundCopyError_GetErrorContextDescription(error, 0, NULL));

    TEST_GET_TEXT(IBackgroundCopyError, GetProtocol, 7, error);
}

/*
 * The enumerators
 */

#define SELF IEnumBackgroundCopyFiles

FAKE_UNKNOWN(IEnumBackgroundCopyFiles)
FAKE_NEXT(IEnumBackgroundCopyFiles, IBackgroundCopyFile)
FAKE_SET(IEnumBackgroundCopyFiles, Skip, 4, ULONG, NUMBER(4, 0))
FAKE_VOID(IEnumBackgroundCopyFiles, Reset, 5)
FAKE_GET_OBJECT(IEnumBackgroundCopyFiles, Clone, 6, IEnumBackgroundCopyFiles)
FAKE_GET(IEnumBackgroundCopyFiles, GetCount, 7, ULONG, NUMBER(7, 0))

#undef SELF

static const IEnumBackgroundCopyFilesVtbl enum_files_vtbl =
{
    UNKNOWN_ENTRIES(IEnumBackgroundCopyFiles),
    fake_IEnumBackgroundCopyFiles_Next,
    fake_IEnumBackgroundCopyFiles_Skip,
    fake_IEnumBackgroundCopyFiles_Reset,
    fake_IEnumBackgroundCopyFiles_Clone,
    fake_IEnumBackgroundCopyFiles_GetCount,
};

static IEnumBackgroundCopyFiles fake_enum_files = { (IEnumBackgroundCopyFilesVtbl *)&enum_files_vtbl };

static void test_enum_files(void *proxy)
{
    TEST_NEXT(IEnumBackgroundCopyFiles, IBackgroundCopyFile, proxy);
    TEST_SET(IEnumBackgroundCopyFiles, Skip, 4, proxy, NUMBER(4, 0));
    TEST_VOID(IEnumBackgroundCopyFiles, Reset, 5, proxy);
    TEST_GET_OBJECT(IEnumBackgroundCopyFiles, Clone, 6, proxy, IEnumBackgroundCopyFiles);
    TEST_GET(IEnumBackgroundCopyFiles, GetCount, 7, proxy, ULONG, NUMBER(7, 0));
}

#define SELF IEnumBackgroundCopyJobs

FAKE_UNKNOWN(IEnumBackgroundCopyJobs)
FAKE_NEXT(IEnumBackgroundCopyJobs, IBackgroundCopyJob)
FAKE_SET(IEnumBackgroundCopyJobs, Skip, 4, ULONG, NUMBER(4, 0))
FAKE_VOID(IEnumBackgroundCopyJobs, Reset, 5)
FAKE_GET_OBJECT(IEnumBackgroundCopyJobs, Clone, 6, IEnumBackgroundCopyJobs)
FAKE_GET(IEnumBackgroundCopyJobs, GetCount, 7, ULONG, NUMBER(7, 0))

#undef SELF

static const IEnumBackgroundCopyJobsVtbl enum_jobs_vtbl =
{
    UNKNOWN_ENTRIES(IEnumBackgroundCopyJobs),
    fake_IEnumBackgroundCopyJobs_Next,
    fake_IEnumBackgroundCopyJobs_Skip,
    fake_IEnumBackgroundCopyJobs_Reset,
    fake_IEnumBackgroundCopyJobs_Clone,
    fake_IEnumBackgroundCopyJobs_GetCount,
};

static IEnumBackgroundCopyJobs fake_enum_jobs = { (IEnumBackgroundCopyJobsVtbl *)&enum_jobs_vtbl };

static void test_enum_jobs(void *proxy)
{
    TEST_NEXT(IEnumBackgroundCopyJobs, IBackgroundCopyJob, proxy);
    TEST_SET(IEnumBackgroundCopyJobs, Skip, 4, proxy, NUMBER(4, 0));
    TEST_VOID(IEnumBackgroundCopyJobs, Reset, 5, proxy);
    TEST_GET_OBJECT(IEnumBackgroundCopyJobs, Clone, 6, proxy, IEnumBackgroundCopyJobs);
    TEST_GET(IEnumBackgroundCopyJobs, GetCount, 7, proxy, ULONG, NUMBER(7, 0));
}

static const struct interface_entry service_interfaces[] =
{
    { &IID_IBackgroundCopyManager, &fake_manager },
    { &IID_IBackgroundCopyFile, &fake_file },
    { &IID_IBackgroundCopyFile2, &fake_file },
    { &IID_IBackgroundCopyFile3, &fake_file },
    { &IID_IBackgroundCopyFile4, &fake_file },
    { &IID_IBackgroundCopyFile5, &fake_file },
    { &IID_IBackgroundCopyFile6, &fake_file },
    { &IID_IBackgroundCopyError, &fake_error },
    { &IID_IEnumBackgroundCopyFiles, &fake_enum_files },
    { &IID_IEnumBackgroundCopyJobs, &fake_enum_jobs },
    { &IID_IBackgroundCopyJob, &handed_out },
    { NULL, NULL }
};

static void test_all(void)
{
    test_interface("IBackgroundCopyManager", &IID_IBackgroundCopyManager, test_manager, NULL);
    test_interface("IBackgroundCopyFile", &IID_IBackgroundCopyFile, test_file, NULL);
    test_interface("IBackgroundCopyFile2", &IID_IBackgroundCopyFile2, test_file, test_file2, NULL);
    test_interface("IBackgroundCopyFile3", &IID_IBackgroundCopyFile3, test_file, test_file2, test_file3, NULL);
    test_interface("IBackgroundCopyFile4", &IID_IBackgroundCopyFile4, test_file, test_file2, test_file3, test_file4, NULL);
    test_interface("IBackgroundCopyFile5", &IID_IBackgroundCopyFile5, test_file, test_file2, test_file3, test_file4,
                   test_file5, NULL);
    test_interface("IBackgroundCopyFile6", &IID_IBackgroundCopyFile6, test_file, test_file2, test_file3, test_file4,
                   test_file5, test_file6, NULL);
    test_interface("IBackgroundCopyError", &IID_IBackgroundCopyError, test_error, NULL);
    test_interface("IEnumBackgroundCopyFiles", &IID_IEnumBackgroundCopyFiles, test_enum_files, NULL);
    test_interface("IEnumBackgroundCopyJobs", &IID_IEnumBackgroundCopyJobs, test_enum_jobs, NULL);
}

START_TEST(marshal_service)
{
    run_unit("marshal_service", service_interfaces, service_interfaces, test_all);
}
