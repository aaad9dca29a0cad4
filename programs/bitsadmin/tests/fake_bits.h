/*
 * A background copy manager that is not there, for tests of bitsadmin
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
 * Included by commands.c alone, after the BITS headers and wine/test.h.  Two jobs are in the queue, a third is what CreateJob
 * answers; reset_world() puts them back into their first state, after which a test changes what it needs.
 *
 * Methods that change something are written to the log `calls`, with their arguments; those that only read are not.  `references`
 * counts what the tool holds and is zero when it has released everything.
 */

#ifndef __BITSADMIN_FAKE_BITS_H
#define __BITSADMIN_FAKE_BITS_H

#define ID1 "{C775D194-090F-431F-B5FB-8334D00D1CB6}"
#define ID2 "{70B45DD7-2A8B-4476-B67E-393821BFE542}"
#define ID_NEW "{1FB879DC-0A45-4AA5-9246-9F8AEF9AB065}"

static const GUID id1 = { 0xc775d194, 0x090f, 0x431f, { 0xb5, 0xfb, 0x83, 0x34, 0xd0, 0x0d, 0x1c, 0xb6 } };
static const GUID id2 = { 0x70b45dd7, 0x2a8b, 0x4476, { 0xb6, 0x7e, 0x39, 0x38, 0x21, 0xbf, 0xe5, 0x42 } };
static const GUID id_new = { 0x1fb879dc, 0x0a45, 0x4aa5, { 0x92, 0x46, 0x9f, 0x8a, 0xef, 0x9a, 0xb0, 0x65 } };

/* The log of calls, each ended by \n. */
static char calls[4096];
static const char *failing;        /* the method that fails with failure */
static HRESULT failure;
static BOOL old_interfaces;        /* nothing newer than BITS 1.0 */
static BOOL cache_answers;         /* the peer cache is that of BITS 3.0 */

/* Writes a call to the log; answers what the method returns. */
static HRESULT WINAPIV call(const char *format, ...)
{
    size_t len = strlen(calls);
    va_list args;

    va_start(args, format);
    vsnprintf(calls + len, sizeof(calls) - len - 1, format, args);
    va_end(args);
    if (failing && !strncmp(calls + len, failing, strlen(failing)))
    {
        strcat(calls, "\n");
        return failure;
    }
    strcat(calls, "\n");
    return S_OK;
}

/* What a method that only reads returns. */
static HRESULT reads(const char *method)
{
    return failing && !strcmp(method, failing) ? failure : S_OK;
}

static const char *str(const WCHAR *string)
{
    return string ? wine_dbgstr_w(string) : "NULL";
}

static HRESULT give(const char *method, const WCHAR *string, WCHAR **out)
{
    HRESULT hr = reads(method);

    *out = NULL;
    if (hr != S_OK || !string) return hr;
    *out = CoTaskMemAlloc((wcslen(string) + 1) * sizeof(WCHAR));
    wcscpy(*out, string);
    return S_OK;
}

struct fake_file
{
    IBackgroundCopyFile4 iface;
    LONG refs;
    const WCHAR *remote, *local, *temporary;
    BG_FILE_PROGRESS progress;
    BOOL valid;
};

struct fake_job
{
    IBackgroundCopyJob5 iface;
    IBackgroundCopyJobHttpOptions3 http_iface;
    IBitsTokenOptions token_iface;
    LONG refs;
    const GUID *id;
    const WCHAR *name, *description, *owner, *program, *parameters, *proxy_list, *bypass_list, *headers, *reply_name, *method;
    const WCHAR *token_sid, *store, *subject;
    BG_JOB_TYPE type;
    BG_JOB_STATE states[4];        /* one after the other, the last for ever */
    unsigned int state;
    BG_JOB_PRIORITY priority;
    BG_JOB_PROGRESS progress;
    BG_JOB_TIMES times;
    BG_JOB_REPLY_PROGRESS reply_progress;
    BG_JOB_PROXY_USAGE proxy_usage;
    const char *reply_data;
    ULONG notify_flags, retry_delay, no_progress_timeout, max_time, error_count, acl_flags, peer_flags, security_flags;
    ULONG integrity, token_flags;
    BOOL elevated, notify_interface, has_error;
    HRESULT error;
    BG_ERROR_CONTEXT context;
    struct fake_file *files;
    ULONG file_count;
};

static struct fake_job jobs[3];
static struct fake_file files[2];
static ULONG job_count;

/* Counts what the tool holds. */
static LONG references;

static struct fake_file *impl_from_file(IBackgroundCopyFile4 *iface)
{
    return CONTAINING_RECORD(iface, struct fake_file, iface);
}

static HRESULT WINAPI file_QueryInterface(IBackgroundCopyFile4 *iface, REFIID iid, void **obj)
{
    *obj = NULL;
    if (old_interfaces && !IsEqualIID(iid, &IID_IBackgroundCopyFile)) return E_NOINTERFACE;
    IBackgroundCopyFile4_AddRef(iface);
    *obj = iface;
    return S_OK;
}

static ULONG WINAPI file_AddRef(IBackgroundCopyFile4 *iface)
{
    references++;
    return ++impl_from_file(iface)->refs;
}

static ULONG WINAPI file_Release(IBackgroundCopyFile4 *iface)
{
    references--;
    return --impl_from_file(iface)->refs;
}

static HRESULT WINAPI file_GetRemoteName(IBackgroundCopyFile4 *iface, WCHAR **value)
{
    return give("GetRemoteName", impl_from_file(iface)->remote, value);
}

static HRESULT WINAPI file_GetLocalName(IBackgroundCopyFile4 *iface, WCHAR **value)
{
    return give("GetLocalName", impl_from_file(iface)->local, value);
}

static HRESULT WINAPI file_GetProgress(IBackgroundCopyFile4 *iface, BG_FILE_PROGRESS *value)
{
    *value = impl_from_file(iface)->progress;
    return S_OK;
}

static HRESULT WINAPI file_GetFileRanges(IBackgroundCopyFile4 *iface, DWORD *count, BG_FILE_RANGE **ranges)
{
    return E_NOTIMPL;
}

static HRESULT WINAPI file_SetRemoteName(IBackgroundCopyFile4 *iface, const WCHAR *value)
{
    return E_NOTIMPL;
}

static HRESULT WINAPI file_GetTemporaryName(IBackgroundCopyFile4 *iface, WCHAR **value)
{
    return give("GetTemporaryName", impl_from_file(iface)->temporary, value);
}

static HRESULT WINAPI file_SetValidationState(IBackgroundCopyFile4 *iface, BOOL value)
{
    return call("SetValidationState %u %d", (unsigned int)(impl_from_file(iface) - files), value);
}

static HRESULT WINAPI file_GetValidationState(IBackgroundCopyFile4 *iface, BOOL *value)
{
    *value = impl_from_file(iface)->valid;
    return S_OK;
}

static HRESULT WINAPI file_IsDownloadedFromPeer(IBackgroundCopyFile4 *iface, BOOL *value)
{
    return E_NOTIMPL;
}

static HRESULT WINAPI file_GetPeerDownloadStats(IBackgroundCopyFile4 *iface, UINT64 *origin, UINT64 *peers)
{
    *origin = 18162;
    *peers = 0;
    return S_OK;
}

static IBackgroundCopyFile4Vtbl file_vtbl =
{
    file_QueryInterface, file_AddRef, file_Release, file_GetRemoteName, file_GetLocalName, file_GetProgress, file_GetFileRanges,
    file_SetRemoteName, file_GetTemporaryName, file_SetValidationState, file_GetValidationState, file_IsDownloadedFromPeer,
    file_GetPeerDownloadStats,
};

/* Enumerators: one object of each kind at a time is all the tool uses. */
static struct fake_job *enumerated;
static ULONG file_pos, job_pos;

static HRESULT WINAPI enum_QueryInterface(void *iface, REFIID iid, void **obj)
{
    return E_NOINTERFACE;
}

static ULONG WINAPI enum_AddRef(void *iface)
{
    return ++references;
}

static ULONG WINAPI enum_Release(void *iface)
{
    return --references;
}

static HRESULT WINAPI enum_files_Next(IEnumBackgroundCopyFiles *iface, ULONG count, IBackgroundCopyFile **items, ULONG *fetched)
{
    ULONG i;

    for (i = 0; i < count && file_pos < enumerated->file_count; i++)
    {
        items[i] = (IBackgroundCopyFile *)&enumerated->files[file_pos++].iface;
        IBackgroundCopyFile_AddRef(items[i]);
    }
    if (fetched) *fetched = i;
    return i == count ? S_OK : S_FALSE;
}

static HRESULT WINAPI enum_files_Skip(IEnumBackgroundCopyFiles *iface, ULONG count)
{
    if (count > enumerated->file_count - file_pos)
    {
        file_pos = enumerated->file_count;
        return S_FALSE;
    }
    file_pos += count;
    return S_OK;
}

static IEnumBackgroundCopyFilesVtbl enum_files_vtbl =
{
    (void *)enum_QueryInterface, (void *)enum_AddRef, (void *)enum_Release, enum_files_Next, enum_files_Skip,
};

static IEnumBackgroundCopyFiles enum_files = { &enum_files_vtbl };

static HRESULT WINAPI enum_jobs_Next(IEnumBackgroundCopyJobs *iface, ULONG count, IBackgroundCopyJob **items, ULONG *fetched)
{
    ULONG i;

    for (i = 0; i < count && job_pos < job_count; i++)
    {
        items[i] = (IBackgroundCopyJob *)&jobs[job_pos++].iface;
        IBackgroundCopyJob_AddRef(items[i]);
    }
    if (fetched) *fetched = i;
    return i == count ? S_OK : S_FALSE;
}

static IEnumBackgroundCopyJobsVtbl enum_jobs_vtbl =
{
    (void *)enum_QueryInterface, (void *)enum_AddRef, (void *)enum_Release, enum_jobs_Next,
};

static IEnumBackgroundCopyJobs enum_jobs_object = { &enum_jobs_vtbl };

/* The error of the job whose GetError was called last. */
static struct fake_job *failed;

static HRESULT WINAPI error_GetError(IBackgroundCopyError *iface, BG_ERROR_CONTEXT *context, HRESULT *code)
{
    *context = failed->context;
    *code = failed->error;
    return S_OK;
}

static HRESULT WINAPI error_GetFile(IBackgroundCopyError *iface, IBackgroundCopyFile **file)
{
    *file = NULL;
    if (!failed->file_count) return BG_E_FILE_NOT_AVAILABLE;
    *file = (IBackgroundCopyFile *)&failed->files[0].iface;
    IBackgroundCopyFile_AddRef(*file);
    return S_OK;
}

static HRESULT WINAPI error_GetErrorDescription(IBackgroundCopyError *iface, DWORD language, WCHAR **text)
{
    return give("GetErrorDescription", L"The server name or address could not be resolved\r\n", text);
}

static HRESULT WINAPI error_GetErrorContextDescription(IBackgroundCopyError *iface, DWORD language, WCHAR **text)
{
    return give("GetErrorContextDescription", L"The error occurred while the remote file was being processed.\r\n", text);
}

static IBackgroundCopyErrorVtbl error_vtbl =
{
    (void *)enum_QueryInterface, (void *)enum_AddRef, (void *)enum_Release, error_GetError, error_GetFile,
    error_GetErrorDescription, error_GetErrorContextDescription,
};

static IBackgroundCopyError error_object = { &error_vtbl };

static IUnknownVtbl callback_vtbl = { (void *)enum_QueryInterface, (void *)enum_AddRef, (void *)enum_Release };
static IUnknown callback_object = { &callback_vtbl };

static struct fake_job *impl_from_job(IBackgroundCopyJob5 *iface)
{
    return CONTAINING_RECORD(iface, struct fake_job, iface);
}

static HRESULT job_query(struct fake_job *job, REFIID iid, void **obj)
{
    *obj = NULL;
    if (old_interfaces && !IsEqualIID(iid, &IID_IBackgroundCopyJob)) return E_NOINTERFACE;
    if (IsEqualIID(iid, &IID_IBackgroundCopyJobHttpOptions) || IsEqualIID(iid, &IID_IBackgroundCopyJobHttpOptions2) ||
        IsEqualIID(iid, &IID_IBackgroundCopyJobHttpOptions3)) *obj = &job->http_iface;
    else if (IsEqualIID(iid, &IID_IBitsTokenOptions)) *obj = &job->token_iface;
    else *obj = &job->iface;
    job->refs++;
    references++;
    return S_OK;
}

static ULONG job_release(struct fake_job *job)
{
    references--;
    return --job->refs;
}

static HRESULT WINAPI job_QueryInterface(IBackgroundCopyJob5 *iface, REFIID iid, void **obj)
{
    return job_query(impl_from_job(iface), iid, obj);
}

static ULONG WINAPI job_AddRef(IBackgroundCopyJob5 *iface)
{
    references++;
    return ++impl_from_job(iface)->refs;
}

static ULONG WINAPI job_Release(IBackgroundCopyJob5 *iface)
{
    return job_release(impl_from_job(iface));
}

static HRESULT WINAPI job_AddFileSet(IBackgroundCopyJob5 *iface, ULONG count, BG_FILE_INFO *set)
{
    ULONG i;

    for (i = 0; i < count; i++) call("(%s, %s)", str(set[i].RemoteName), str(set[i].LocalName));
    return call("AddFileSet %u", (unsigned int)count);
}

static HRESULT WINAPI job_AddFile(IBackgroundCopyJob5 *iface, const WCHAR *remote, const WCHAR *local)
{
    return call("AddFile %s %s", str(remote), str(local));
}

static HRESULT WINAPI job_EnumFiles(IBackgroundCopyJob5 *iface, IEnumBackgroundCopyFiles **out)
{
    enumerated = impl_from_job(iface);
    file_pos = 0;
    *out = &enum_files;
    references++;
    return S_OK;
}

static HRESULT WINAPI job_Suspend(IBackgroundCopyJob5 *iface)
{
    return call("Suspend");
}

static HRESULT WINAPI job_Resume(IBackgroundCopyJob5 *iface)
{
    return call("Resume");
}

static HRESULT WINAPI job_Cancel(IBackgroundCopyJob5 *iface)
{
    return call("Cancel %u", (unsigned int)(impl_from_job(iface) - jobs));
}

static HRESULT WINAPI job_Complete(IBackgroundCopyJob5 *iface)
{
    return call("Complete");
}

static HRESULT WINAPI job_GetId(IBackgroundCopyJob5 *iface, GUID *value)
{
    *value = *impl_from_job(iface)->id;
    return S_OK;
}

static HRESULT WINAPI job_GetType(IBackgroundCopyJob5 *iface, BG_JOB_TYPE *value)
{
    *value = impl_from_job(iface)->type;
    return S_OK;
}

static HRESULT WINAPI job_GetProgress(IBackgroundCopyJob5 *iface, BG_JOB_PROGRESS *value)
{
    *value = impl_from_job(iface)->progress;
    return S_OK;
}

static HRESULT WINAPI job_GetTimes(IBackgroundCopyJob5 *iface, BG_JOB_TIMES *value)
{
    *value = impl_from_job(iface)->times;
    return S_OK;
}

static HRESULT WINAPI job_GetState(IBackgroundCopyJob5 *iface, BG_JOB_STATE *value)
{
    struct fake_job *job = impl_from_job(iface);

    *value = job->states[job->state];
    if (job->state < ARRAY_SIZE(job->states) - 1) job->state++;
    return reads("GetState");
}

static HRESULT WINAPI job_GetError(IBackgroundCopyJob5 *iface, IBackgroundCopyError **error)
{
    failed = impl_from_job(iface);
    *error = NULL;
    if (!failed->has_error) return BG_E_ERROR_INFORMATION_UNAVAILABLE;
    *error = &error_object;
    references++;
    return S_OK;
}

static HRESULT WINAPI job_GetOwner(IBackgroundCopyJob5 *iface, WCHAR **value)
{
    return give("GetOwner", impl_from_job(iface)->owner, value);
}

static HRESULT WINAPI job_SetDisplayName(IBackgroundCopyJob5 *iface, const WCHAR *value)
{
    return call("SetDisplayName %s", str(value));
}

static HRESULT WINAPI job_GetDisplayName(IBackgroundCopyJob5 *iface, WCHAR **value)
{
    return give("GetDisplayName", impl_from_job(iface)->name, value);
}

static HRESULT WINAPI job_SetDescription(IBackgroundCopyJob5 *iface, const WCHAR *value)
{
    return call("SetDescription %s", str(value));
}

static HRESULT WINAPI job_GetDescription(IBackgroundCopyJob5 *iface, WCHAR **value)
{
    return give("GetDescription", impl_from_job(iface)->description, value);
}

static HRESULT WINAPI job_SetPriority(IBackgroundCopyJob5 *iface, BG_JOB_PRIORITY value)
{
    return call("SetPriority %u", value);
}

static HRESULT WINAPI job_GetPriority(IBackgroundCopyJob5 *iface, BG_JOB_PRIORITY *value)
{
    *value = impl_from_job(iface)->priority;
    return S_OK;
}

static HRESULT WINAPI job_SetNotifyFlags(IBackgroundCopyJob5 *iface, ULONG value)
{
    return call("SetNotifyFlags %u", (unsigned int)value);
}

static HRESULT WINAPI job_GetNotifyFlags(IBackgroundCopyJob5 *iface, ULONG *value)
{
    *value = impl_from_job(iface)->notify_flags;
    return S_OK;
}

static HRESULT WINAPI job_SetNotifyInterface(IBackgroundCopyJob5 *iface, IUnknown *value)
{
    return call("SetNotifyInterface");
}

static HRESULT WINAPI job_GetNotifyInterface(IBackgroundCopyJob5 *iface, IUnknown **value)
{
    *value = impl_from_job(iface)->notify_interface ? &callback_object : NULL;
    if (*value) references++;
    return S_OK;
}

static HRESULT WINAPI job_SetMinimumRetryDelay(IBackgroundCopyJob5 *iface, ULONG value)
{
    return call("SetMinimumRetryDelay %u", (unsigned int)value);
}

static HRESULT WINAPI job_GetMinimumRetryDelay(IBackgroundCopyJob5 *iface, ULONG *value)
{
    *value = impl_from_job(iface)->retry_delay;
    return S_OK;
}

static HRESULT WINAPI job_SetNoProgressTimeout(IBackgroundCopyJob5 *iface, ULONG value)
{
    return call("SetNoProgressTimeout %u", (unsigned int)value);
}

static HRESULT WINAPI job_GetNoProgressTimeout(IBackgroundCopyJob5 *iface, ULONG *value)
{
    *value = impl_from_job(iface)->no_progress_timeout;
    return S_OK;
}

static HRESULT WINAPI job_GetErrorCount(IBackgroundCopyJob5 *iface, ULONG *value)
{
    *value = impl_from_job(iface)->error_count;
    return S_OK;
}

static HRESULT WINAPI job_SetProxySettings(IBackgroundCopyJob5 *iface, BG_JOB_PROXY_USAGE usage, const WCHAR *list,
                                           const WCHAR *bypass)
{
    return call("SetProxySettings %u %s %s", usage, str(list), str(bypass));
}

static HRESULT WINAPI job_GetProxySettings(IBackgroundCopyJob5 *iface, BG_JOB_PROXY_USAGE *usage, WCHAR **list, WCHAR **bypass)
{
    struct fake_job *job = impl_from_job(iface);

    *usage = job->proxy_usage;
    give("GetProxySettings", job->proxy_list, list);
    return give("GetProxySettings", job->bypass_list, bypass);
}

static HRESULT WINAPI job_TakeOwnership(IBackgroundCopyJob5 *iface)
{
    return call("TakeOwnership");
}

static HRESULT WINAPI job_SetNotifyCmdLine(IBackgroundCopyJob5 *iface, const WCHAR *program, const WCHAR *parameters)
{
    return call("SetNotifyCmdLine %s %s", str(program), str(parameters));
}

static HRESULT WINAPI job_GetNotifyCmdLine(IBackgroundCopyJob5 *iface, WCHAR **program, WCHAR **parameters)
{
    struct fake_job *job = impl_from_job(iface);

    give("GetNotifyCmdLine", job->program ? job->program : L"", program);
    return give("GetNotifyCmdLine", job->parameters ? job->parameters : L"", parameters);
}

static HRESULT WINAPI job_GetReplyProgress(IBackgroundCopyJob5 *iface, BG_JOB_REPLY_PROGRESS *value)
{
    *value = impl_from_job(iface)->reply_progress;
    return S_OK;
}

static HRESULT WINAPI job_GetReplyData(IBackgroundCopyJob5 *iface, BYTE **data, UINT64 *size)
{
    struct fake_job *job = impl_from_job(iface);

    *data = NULL;
    *size = 0;
    if (!job->reply_data) return E_NOTIMPL;
    *size = strlen(job->reply_data);
    *data = CoTaskMemAlloc(*size);
    memcpy(*data, job->reply_data, *size);
    return S_OK;
}

static HRESULT WINAPI job_SetReplyFileName(IBackgroundCopyJob5 *iface, const WCHAR *value)
{
    return call("SetReplyFileName %s", str(value));
}

static HRESULT WINAPI job_GetReplyFileName(IBackgroundCopyJob5 *iface, WCHAR **value)
{
    return give("GetReplyFileName", impl_from_job(iface)->reply_name, value);
}

static HRESULT WINAPI job_SetCredentials(IBackgroundCopyJob5 *iface, BG_AUTH_CREDENTIALS *value)
{
    return call("SetCredentials %u %u %s %s", value->Target, value->Scheme, str(value->Credentials.Basic.UserName),
                str(value->Credentials.Basic.Password));
}

static HRESULT WINAPI job_RemoveCredentials(IBackgroundCopyJob5 *iface, BG_AUTH_TARGET target, BG_AUTH_SCHEME scheme)
{
    return call("RemoveCredentials %u %u", target, scheme);
}

static HRESULT WINAPI job_ReplaceRemotePrefix(IBackgroundCopyJob5 *iface, const WCHAR *old, const WCHAR *new)
{
    return call("ReplaceRemotePrefix %s %s", str(old), str(new));
}

static HRESULT WINAPI job_AddFileWithRanges(IBackgroundCopyJob5 *iface, const WCHAR *remote, const WCHAR *local, DWORD count,
                                            BG_FILE_RANGE *ranges)
{
    DWORD i;

    for (i = 0; i < count; i++)
    {
        if (ranges[i].Length == BG_LENGTH_TO_EOF) call("(%s, eof)", wine_dbgstr_longlong(ranges[i].InitialOffset));
        else call("(%s, %s)", wine_dbgstr_longlong(ranges[i].InitialOffset), wine_dbgstr_longlong(ranges[i].Length));
    }
    return call("AddFileWithRanges %s %s %u", str(remote), str(local), (unsigned int)count);
}

static HRESULT WINAPI job_SetFileACLFlags(IBackgroundCopyJob5 *iface, DWORD value)
{
    return call("SetFileACLFlags %u", (unsigned int)value);
}

static HRESULT WINAPI job_GetFileACLFlags(IBackgroundCopyJob5 *iface, DWORD *value)
{
    *value = impl_from_job(iface)->acl_flags;
    return S_OK;
}

static HRESULT WINAPI job_SetPeerCachingFlags(IBackgroundCopyJob5 *iface, DWORD value)
{
    return call("SetPeerCachingFlags %u", (unsigned int)value);
}

static HRESULT WINAPI job_GetPeerCachingFlags(IBackgroundCopyJob5 *iface, DWORD *value)
{
    *value = impl_from_job(iface)->peer_flags;
    return S_OK;
}

static HRESULT WINAPI job_GetOwnerIntegrityLevel(IBackgroundCopyJob5 *iface, ULONG *value)
{
    *value = impl_from_job(iface)->integrity;
    return S_OK;
}

static HRESULT WINAPI job_GetOwnerElevationState(IBackgroundCopyJob5 *iface, BOOL *value)
{
    *value = impl_from_job(iface)->elevated;
    return S_OK;
}

static HRESULT WINAPI job_SetMaximumDownloadTime(IBackgroundCopyJob5 *iface, ULONG value)
{
    return call("SetMaximumDownloadTime %u", (unsigned int)value);
}

static HRESULT WINAPI job_GetMaximumDownloadTime(IBackgroundCopyJob5 *iface, ULONG *value)
{
    *value = impl_from_job(iface)->max_time;
    return S_OK;
}

static HRESULT WINAPI job_SetProperty(IBackgroundCopyJob5 *iface, BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE value)
{
    return call("SetProperty %u %u", id, (unsigned int)value.Dword);
}

static HRESULT WINAPI job_GetProperty(IBackgroundCopyJob5 *iface, BITS_JOB_PROPERTY_ID id, BITS_JOB_PROPERTY_VALUE *value)
{
    return E_NOTIMPL;
}

static IBackgroundCopyJob5Vtbl job_vtbl =
{
    job_QueryInterface, job_AddRef, job_Release, job_AddFileSet, job_AddFile, job_EnumFiles, job_Suspend, job_Resume, job_Cancel,
    job_Complete, job_GetId, job_GetType, job_GetProgress, job_GetTimes, job_GetState, job_GetError, job_GetOwner,
    job_SetDisplayName, job_GetDisplayName, job_SetDescription, job_GetDescription, job_SetPriority, job_GetPriority,
    job_SetNotifyFlags, job_GetNotifyFlags, job_SetNotifyInterface, job_GetNotifyInterface, job_SetMinimumRetryDelay,
    job_GetMinimumRetryDelay, job_SetNoProgressTimeout, job_GetNoProgressTimeout, job_GetErrorCount, job_SetProxySettings,
    job_GetProxySettings, job_TakeOwnership, job_SetNotifyCmdLine, job_GetNotifyCmdLine, job_GetReplyProgress, job_GetReplyData,
    job_SetReplyFileName, job_GetReplyFileName, job_SetCredentials, job_RemoveCredentials, job_ReplaceRemotePrefix,
    job_AddFileWithRanges, job_SetFileACLFlags, job_GetFileACLFlags, job_SetPeerCachingFlags, job_GetPeerCachingFlags,
    job_GetOwnerIntegrityLevel, job_GetOwnerElevationState, job_SetMaximumDownloadTime, job_GetMaximumDownloadTime,
    job_SetProperty, job_GetProperty,
};

static struct fake_job *impl_from_http(IBackgroundCopyJobHttpOptions3 *iface)
{
    return CONTAINING_RECORD(iface, struct fake_job, http_iface);
}

static HRESULT WINAPI http_QueryInterface(IBackgroundCopyJobHttpOptions3 *iface, REFIID iid, void **obj)
{
    return job_query(impl_from_http(iface), iid, obj);
}

static ULONG WINAPI http_AddRef(IBackgroundCopyJobHttpOptions3 *iface)
{
    references++;
    return ++impl_from_http(iface)->refs;
}

static ULONG WINAPI http_Release(IBackgroundCopyJobHttpOptions3 *iface)
{
    return job_release(impl_from_http(iface));
}

static HRESULT WINAPI http_SetClientCertificateByID(IBackgroundCopyJobHttpOptions3 *iface, BG_CERT_STORE_LOCATION location,
                                                    const WCHAR *store, BYTE *hash)
{
    return call("SetClientCertificateByID %u %s %02x..%02x", location, str(store), hash[0], hash[19]);
}

static HRESULT WINAPI http_SetClientCertificateByName(IBackgroundCopyJobHttpOptions3 *iface, BG_CERT_STORE_LOCATION location,
                                                      const WCHAR *store, const WCHAR *subject)
{
    return call("SetClientCertificateByName %u %s %s", location, str(store), str(subject));
}

static HRESULT WINAPI http_RemoveClientCertificate(IBackgroundCopyJobHttpOptions3 *iface)
{
    return call("RemoveClientCertificate");
}

static HRESULT WINAPI http_GetClientCertificate(IBackgroundCopyJobHttpOptions3 *iface, BG_CERT_STORE_LOCATION *location,
                                                WCHAR **store, BYTE **hash, WCHAR **subject)
{
    struct fake_job *job = impl_from_http(iface);

    *store = *subject = NULL;
    *hash = NULL;
    if (!job->store) return HRESULT_FROM_WIN32(RPC_X_BAD_STUB_DATA);
    *location = BG_CERT_STORE_LOCATION_LOCAL_MACHINE;
    give("GetClientCertificate", job->store, store);
    *hash = CoTaskMemAlloc(20);
    memset(*hash, 0xa5, 20);
    return give("GetClientCertificate", job->subject, subject);
}

static HRESULT WINAPI http_SetCustomHeaders(IBackgroundCopyJobHttpOptions3 *iface, const WCHAR *value)
{
    return call("SetCustomHeaders %s", str(value));
}

static HRESULT WINAPI http_GetCustomHeaders(IBackgroundCopyJobHttpOptions3 *iface, WCHAR **value)
{
    struct fake_job *job = impl_from_http(iface);
    HRESULT hr = give("GetCustomHeaders", job->headers, value);

    return hr == S_OK && !job->headers ? S_FALSE : hr;
}

static HRESULT WINAPI http_SetSecurityFlags(IBackgroundCopyJobHttpOptions3 *iface, ULONG value)
{
    return call("SetSecurityFlags %#x", (unsigned int)value);
}

static HRESULT WINAPI http_GetSecurityFlags(IBackgroundCopyJobHttpOptions3 *iface, ULONG *value)
{
    *value = impl_from_http(iface)->security_flags;
    return S_OK;
}

static HRESULT WINAPI http_SetHttpMethod(IBackgroundCopyJobHttpOptions3 *iface, const WCHAR *value)
{
    return call("SetHttpMethod %s", str(value));
}

static HRESULT WINAPI http_GetHttpMethod(IBackgroundCopyJobHttpOptions3 *iface, WCHAR **value)
{
    return give("GetHttpMethod", impl_from_http(iface)->method, value);
}

static HRESULT WINAPI http_SetServerCertificateValidationInterface(IBackgroundCopyJobHttpOptions3 *iface, IUnknown *value)
{
    return E_NOTIMPL;
}

static HRESULT WINAPI http_MakeCustomHeadersWriteOnly(IBackgroundCopyJobHttpOptions3 *iface)
{
    return call("MakeCustomHeadersWriteOnly");
}

static IBackgroundCopyJobHttpOptions3Vtbl http_vtbl =
{
    http_QueryInterface, http_AddRef, http_Release, http_SetClientCertificateByID, http_SetClientCertificateByName,
    http_RemoveClientCertificate, http_GetClientCertificate, http_SetCustomHeaders, http_GetCustomHeaders, http_SetSecurityFlags,
    http_GetSecurityFlags, http_SetHttpMethod, http_GetHttpMethod, http_SetServerCertificateValidationInterface,
    http_MakeCustomHeadersWriteOnly,
};

static struct fake_job *impl_from_token(IBitsTokenOptions *iface)
{
    return CONTAINING_RECORD(iface, struct fake_job, token_iface);
}

static HRESULT WINAPI token_QueryInterface(IBitsTokenOptions *iface, REFIID iid, void **obj)
{
    return job_query(impl_from_token(iface), iid, obj);
}

static ULONG WINAPI token_AddRef(IBitsTokenOptions *iface)
{
    references++;
    return ++impl_from_token(iface)->refs;
}

static ULONG WINAPI token_Release(IBitsTokenOptions *iface)
{
    return job_release(impl_from_token(iface));
}

static HRESULT WINAPI token_SetHelperTokenFlags(IBitsTokenOptions *iface, DWORD value)
{
    return call("SetHelperTokenFlags %u", (unsigned int)value);
}

static HRESULT WINAPI token_GetHelperTokenFlags(IBitsTokenOptions *iface, DWORD *value)
{
    *value = impl_from_token(iface)->token_flags;
    return S_OK;
}

static HRESULT WINAPI token_SetHelperToken(IBitsTokenOptions *iface)
{
    return call("SetHelperToken");
}

static HRESULT WINAPI token_ClearHelperToken(IBitsTokenOptions *iface)
{
    return call("ClearHelperToken");
}

static HRESULT WINAPI token_GetHelperTokenSid(IBitsTokenOptions *iface, WCHAR **value)
{
    return give("GetHelperTokenSid", impl_from_token(iface)->token_sid, value);
}

static IBitsTokenOptionsVtbl token_vtbl =
{
    token_QueryInterface, token_AddRef, token_Release, token_SetHelperTokenFlags, token_GetHelperTokenFlags, token_SetHelperToken,
    token_ClearHelperToken, token_GetHelperTokenSid,
};

static BOOL fake_logon(const WCHAR *user, const WCHAR *password, HANDLE *token)
{
    HRESULT hr = call("LogonUser %s %s", str(user), str(password));

    *token = hr == S_OK ? CreateEventW(NULL, TRUE, FALSE, NULL) : NULL;
    if (hr != S_OK) SetLastError(ERROR_LOGON_FAILURE);
    return hr == S_OK;
}

static BOOL fake_impersonate(HANDLE token)
{
    call("Impersonate");
    return TRUE;
}

static BOOL fake_revert(void)
{
    call("Revert");
    return TRUE;
}

/* The peer cache: two records and a peer, or S_FALSE from everything as since BITS 4.0. */
static HRESULT cache_call(const char *method)
{
    return cache_answers ? call("%s", method) : S_FALSE;
}

static HRESULT WINAPI cache_QueryInterface(IBitsPeerCacheAdministration *iface, REFIID iid, void **obj)
{
    return E_NOINTERFACE;
}

static ULONG WINAPI cache_AddRef(IBitsPeerCacheAdministration *iface)
{
    return ++references;
}

static ULONG WINAPI cache_Release(IBitsPeerCacheAdministration *iface)
{
    return --references;
}

static HRESULT WINAPI cache_GetMaximumCacheSize(IBitsPeerCacheAdministration *iface, DWORD *value)
{
    *value = cache_answers ? 10 : 0;
    return cache_answers ? S_OK : S_FALSE;
}

static HRESULT WINAPI cache_SetMaximumCacheSize(IBitsPeerCacheAdministration *iface, DWORD value)
{
    return cache_answers ? call("SetMaximumCacheSize %u", (unsigned int)value) : S_FALSE;
}

static HRESULT WINAPI cache_GetMaximumContentAge(IBitsPeerCacheAdministration *iface, ULONG *value)
{
    *value = cache_answers ? 7776000 : 0;
    return cache_answers ? S_OK : S_FALSE;
}

static HRESULT WINAPI cache_SetMaximumContentAge(IBitsPeerCacheAdministration *iface, ULONG value)
{
    return cache_answers ? call("SetMaximumContentAge %u", (unsigned int)value) : S_FALSE;
}

static HRESULT WINAPI cache_GetConfigurationFlags(IBitsPeerCacheAdministration *iface, DWORD *value)
{
    *value = cache_answers ? 3 : 0;
    return cache_answers ? S_OK : S_FALSE;
}

static HRESULT WINAPI cache_SetConfigurationFlags(IBitsPeerCacheAdministration *iface, DWORD value)
{
    return cache_answers ? call("SetConfigurationFlags %u", (unsigned int)value) : S_FALSE;
}

static HRESULT WINAPI record_GetId(IBitsPeerCacheRecord *iface, GUID *value)
{
    *value = id2;
    return S_OK;
}

static HRESULT WINAPI record_GetOriginUrl(IBitsPeerCacheRecord *iface, WCHAR **value)
{
    return give("GetOriginUrl", L"http://dl.example.org/a", value);
}

static HRESULT WINAPI record_GetFileSize(IBitsPeerCacheRecord *iface, UINT64 *value)
{
    *value = 1024;
    return S_OK;
}

static HRESULT WINAPI record_GetTime(IBitsPeerCacheRecord *iface, FILETIME *value)
{
    memset(value, 0, sizeof(*value));
    return S_OK;
}

static HRESULT WINAPI record_IsFileValidated(IBitsPeerCacheRecord *iface)
{
    return S_FALSE;
}

static HRESULT WINAPI record_GetFileRanges(IBitsPeerCacheRecord *iface, DWORD *count, BG_FILE_RANGE **ranges)
{
    *count = 2;
    *ranges = CoTaskMemAlloc(2 * sizeof(**ranges));
    (*ranges)[0].InitialOffset = 0;
    (*ranges)[0].Length = 100;
    (*ranges)[1].InitialOffset = 200;
    (*ranges)[1].Length = BG_LENGTH_TO_EOF;
    return S_OK;
}

static IBitsPeerCacheRecordVtbl record_vtbl =
{
    (void *)enum_QueryInterface, (void *)enum_AddRef, (void *)enum_Release, record_GetId, record_GetOriginUrl, record_GetFileSize,
    record_GetTime, record_GetTime, record_IsFileValidated, record_GetFileRanges,
};

static IBitsPeerCacheRecord record_object = { &record_vtbl };

static HRESULT WINAPI enum_records_Next(IEnumBitsPeerCacheRecords *iface, ULONG count, IBitsPeerCacheRecord **items, ULONG *fetched)
{
    if (job_pos++ >= 2) return S_FALSE;
    *items = &record_object;
    references++;
    return S_OK;
}

static IEnumBitsPeerCacheRecordsVtbl enum_records_vtbl =
{
    (void *)enum_QueryInterface, (void *)enum_AddRef, (void *)enum_Release, enum_records_Next,
};

static IEnumBitsPeerCacheRecords enum_records = { &enum_records_vtbl };

static HRESULT WINAPI peer_GetPeerName(IBitsPeer *iface, WCHAR **value)
{
    return give("GetPeerName", L"host$.example.org", value);
}

static HRESULT WINAPI peer_IsAuthenticated(IBitsPeer *iface, BOOL *value)
{
    *value = TRUE;
    return S_OK;
}

static HRESULT WINAPI peer_IsAvailable(IBitsPeer *iface, BOOL *value)
{
    *value = FALSE;
    return S_OK;
}

static IBitsPeerVtbl peer_vtbl =
{
    (void *)enum_QueryInterface, (void *)enum_AddRef, (void *)enum_Release, peer_GetPeerName, peer_IsAuthenticated, peer_IsAvailable,
};

static IBitsPeer peer_object = { &peer_vtbl };

static HRESULT WINAPI enum_peers_Next(IEnumBitsPeers *iface, ULONG count, IBitsPeer **items, ULONG *fetched)
{
    if (job_pos++ >= 1) return S_FALSE;
    *items = &peer_object;
    references++;
    return S_OK;
}

static IEnumBitsPeersVtbl enum_peers_vtbl =
{
    (void *)enum_QueryInterface, (void *)enum_AddRef, (void *)enum_Release, enum_peers_Next,
};

static IEnumBitsPeers enum_peers = { &enum_peers_vtbl };

/* Even S_FALSE comes with an enumerator (PC.A1). */
static HRESULT WINAPI cache_EnumRecords(IBitsPeerCacheAdministration *iface, IEnumBitsPeerCacheRecords **out)
{
    job_pos = 0;
    references++;
    *out = &enum_records;
    return cache_answers ? S_OK : S_FALSE;
}

static HRESULT WINAPI cache_GetRecord(IBitsPeerCacheAdministration *iface, REFGUID id, IBitsPeerCacheRecord **out)
{
    *out = NULL;
    if (!cache_answers) return S_FALSE;
    if (!IsEqualGUID(id, &id2)) return BG_E_NOT_FOUND;
    *out = &record_object;
    references++;
    return S_OK;
}

static HRESULT WINAPI cache_ClearRecords(IBitsPeerCacheAdministration *iface)
{
    return cache_call("ClearRecords");
}

static HRESULT WINAPI cache_DeleteRecord(IBitsPeerCacheAdministration *iface, REFGUID id)
{
    return cache_answers ? call("DeleteRecord %s", wine_dbgstr_guid(id)) : S_FALSE;
}

static HRESULT WINAPI cache_DeleteUrl(IBitsPeerCacheAdministration *iface, const WCHAR *url)
{
    return cache_answers ? call("DeleteUrl %s", str(url)) : S_FALSE;
}

static HRESULT WINAPI cache_EnumPeers(IBitsPeerCacheAdministration *iface, IEnumBitsPeers **out)
{
    job_pos = 0;
    references++;
    *out = &enum_peers;
    return cache_answers ? S_OK : S_FALSE;
}

static HRESULT WINAPI cache_ClearPeers(IBitsPeerCacheAdministration *iface)
{
    return cache_call("ClearPeers");
}

static HRESULT WINAPI cache_DiscoverPeers(IBitsPeerCacheAdministration *iface)
{
    return cache_call("DiscoverPeers");
}

static IBitsPeerCacheAdministrationVtbl cache_vtbl =
{
    cache_QueryInterface, cache_AddRef, cache_Release, cache_GetMaximumCacheSize, cache_SetMaximumCacheSize,
    cache_GetMaximumContentAge, cache_SetMaximumContentAge, cache_GetConfigurationFlags, cache_SetConfigurationFlags,
    cache_EnumRecords, cache_GetRecord, cache_ClearRecords, cache_DeleteRecord, cache_DeleteUrl, cache_EnumPeers, cache_ClearPeers,
    cache_DiscoverPeers,
};

static IBitsPeerCacheAdministration cache_object = { &cache_vtbl };

static HRESULT WINAPI manager_QueryInterface(IBackgroundCopyManager *iface, REFIID iid, void **obj)
{
    *obj = NULL;
    if (old_interfaces || !IsEqualIID(iid, &IID_IBitsPeerCacheAdministration)) return E_NOINTERFACE;
    *obj = &cache_object;
    references++;
    return S_OK;
}

static ULONG WINAPI manager_AddRef(IBackgroundCopyManager *iface)
{
    return ++references;
}

static ULONG WINAPI manager_Release(IBackgroundCopyManager *iface)
{
    return --references;
}

static HRESULT WINAPI manager_CreateJob(IBackgroundCopyManager *iface, const WCHAR *name, BG_JOB_TYPE type, GUID *id,
                                        IBackgroundCopyJob **job)
{
    HRESULT hr = call("CreateJob %s %u", str(name), type);

    *job = NULL;
    if (hr != S_OK) return hr;
    jobs[2].name = name;
    *id = id_new;
    *job = (IBackgroundCopyJob *)&jobs[2].iface;
    IBackgroundCopyJob_AddRef(*job);
    return S_OK;
}

static HRESULT WINAPI manager_GetJob(IBackgroundCopyManager *iface, REFGUID id, IBackgroundCopyJob **job)
{
    ULONG i;

    *job = NULL;
    for (i = 0; i < job_count; i++)
    {
        if (!IsEqualGUID(id, jobs[i].id)) continue;
        *job = (IBackgroundCopyJob *)&jobs[i].iface;
        IBackgroundCopyJob_AddRef(*job);
        return S_OK;
    }
    return BG_E_NOT_FOUND;
}

static HRESULT WINAPI manager_EnumJobs(IBackgroundCopyManager *iface, DWORD flags, IEnumBackgroundCopyJobs **out)
{
    HRESULT hr = call("EnumJobs %u", (unsigned int)flags);

    *out = NULL;
    if (hr != S_OK) return hr;
    job_pos = 0;
    *out = &enum_jobs_object;
    references++;
    return S_OK;
}

static HRESULT WINAPI manager_GetErrorDescription(IBackgroundCopyManager *iface, HRESULT hr, DWORD language, WCHAR **text)
{
    static const struct
    {
        HRESULT hr;
        const WCHAR *text;
    }
    texts[] =
    {
        { E_INVALIDARG, L"The parameter is incorrect.\r\n" },
        { E_ACCESSDENIED, L"Access is denied.\r\n" },
        { BG_E_INVALID_STATE, L"The requested action is not allowed in the current job state. The job is read-only. "
                              L"The job may have been canceled or completed transferring.\r\n" },
        { BG_E_NOT_FOUND, L"The requested job was not found.\r\n" },
        { (HRESULT)0x800704dd /* ERROR_NOT_LOGGED_ON */, L"The user has not logged on.\r\n" },
        { (HRESULT)0x8007052e /* ERROR_LOGON_FAILURE */, L"The user name or password is incorrect.\r\n" },
        { BG_E_ERROR_INFORMATION_UNAVAILABLE, L"The job is not in an error state.\r\n" },
        { E_NOTIMPL, L"Not implemented.\r\n" },
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(texts); i++) if (hr == texts[i].hr) return give("-", texts[i].text, text);
    *text = NULL;
    return HRESULT_FROM_WIN32(ERROR_MR_MID_NOT_FOUND);
}

static IBackgroundCopyManagerVtbl manager_vtbl =
{
    manager_QueryInterface, manager_AddRef, manager_Release, manager_CreateJob, manager_GetJob, manager_EnumJobs,
    manager_GetErrorDescription,
};

static IBackgroundCopyManager manager_object = { &manager_vtbl };

static HRESULT create_fake_manager(REFCLSID clsid, void **obj)
{
    *obj = NULL;
    if (failing && !strcmp(failing, "CoCreateInstance")) return failure;
    if (old_interfaces && !IsEqualCLSID(clsid, &CLSID_BackgroundCopyManager)) return REGDB_E_CLASSNOTREG;
    references++;
    *obj = &manager_object;
    return S_OK;
}

/* Two jobs: a download that is done, as in the capture behind BA.3.1.1, and one that is waiting for a name to be resolved. */
static void reset_world(void)
{
    static const FILETIME created = { 0x6b1b3c00, 0x01d4985f }, modified = { 0x77064500, 0x01d4985f };
    unsigned int i;

    failing = NULL;
    old_interfaces = cache_answers = FALSE;
    calls[0] = 0;
    job_count = 2;
    memset(jobs, 0, sizeof(jobs));
    memset(files, 0, sizeof(files));
    for (i = 0; i < ARRAY_SIZE(jobs); i++)
    {
        jobs[i].iface.lpVtbl = &job_vtbl;
        jobs[i].http_iface.lpVtbl = &http_vtbl;
        jobs[i].token_iface.lpVtbl = &token_vtbl;
        jobs[i].owner = L"S-1-5-21-1-2-3-1001";
        jobs[i].description = L"";
        jobs[i].method = L"GET";
        jobs[i].priority = BG_JOB_PRIORITY_NORMAL;
        jobs[i].notify_flags = 3;
        jobs[i].retry_delay = 600;
        jobs[i].no_progress_timeout = 1209600;
        jobs[i].max_time = 7776000;
        jobs[i].integrity = 0x2000;
        jobs[i].times.CreationTime = created;
        jobs[i].times.ModificationTime = modified;
        jobs[i].reply_progress.BytesTotal = BG_SIZE_UNKNOWN;
    }
    for (i = 0; i < ARRAY_SIZE(files); i++)
    {
        files[i].iface.lpVtbl = &file_vtbl;
        files[i].temporary = L"C:\\dl\\BIT1234.tmp";
    }

    jobs[0].id = &id1;
    jobs[0].name = L"Basic Test";
    jobs[0].states[0] = jobs[0].states[1] = jobs[0].states[2] = jobs[0].states[3] = BG_JOB_STATE_TRANSFERRED;
    jobs[0].priority = BG_JOB_PRIORITY_HIGH;
    jobs[0].progress.BytesTotal = jobs[0].progress.BytesTransferred = 18162;
    jobs[0].progress.FilesTotal = jobs[0].progress.FilesTransferred = 1;
    jobs[0].retry_delay = 300;
    jobs[0].no_progress_timeout = 3600;
    jobs[0].error_count = 1;
    jobs[0].files = &files[0];
    jobs[0].file_count = 1;
    files[0].remote = L"http://dl.example.org/a.txt";
    files[0].local = L"C:\\dl\\a.txt";
    files[0].progress.BytesTotal = files[0].progress.BytesTransferred = 18162;

    jobs[1].id = &id2;
    jobs[1].name = L"DNS test";
    jobs[1].states[0] = jobs[1].states[1] = jobs[1].states[2] = jobs[1].states[3] = BG_JOB_STATE_TRANSIENT_ERROR;
    jobs[1].progress.BytesTotal = BG_SIZE_UNKNOWN;
    jobs[1].progress.FilesTotal = 1;
    jobs[1].has_error = TRUE;
    jobs[1].error = 0x80072ee7;
    jobs[1].context = BG_ERROR_CONTEXT_REMOTE_FILE;
    jobs[1].files = &files[1];
    jobs[1].file_count = 1;
    files[1].remote = L"http://no.example.org/b";
    files[1].local = L"C:\\dl\\b";
    files[1].progress.BytesTotal = BG_SIZE_UNKNOWN;

    jobs[2].id = &id_new;
    jobs[2].states[0] = BG_JOB_STATE_QUEUED;
    jobs[2].states[1] = BG_JOB_STATE_TRANSFERRING;
    jobs[2].states[2] = jobs[2].states[3] = BG_JOB_STATE_TRANSFERRED;
}

#endif /* __BITSADMIN_FAKE_BITS_H */
