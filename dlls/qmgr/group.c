/*
 * IBackgroundCopyQMgr and IBackgroundCopyGroup
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

#define COBJMACROS

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "oleauto.h"

#include "finish.h"
#include "group_private.h"
#include "security.h"
#include "core/str.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define DISPLAY_NAME_MAX 256    /* characters [GPROP.P11] */
#define DESCRIPTION_MAX  1024   /* [GPROP.P12] */
#define NOTIFY_FLAGS_ALL (QM_NOTIFY_GROUP_DONE | QM_NOTIFY_DISABLE_NOTIFY) /* [GPROP.1] */
#define ONLY_PRIORITY    1      /* [GPROP.P0] */

struct group
{
    IBackgroundCopyGroup IBackgroundCopyGroup_iface;
    struct client_object base;
    struct queue_job *job;
};

struct qmgr
{
    IBackgroundCopyQMgr IBackgroundCopyQMgr_iface;
    struct client_object base;
};

static inline struct group *impl_from_IBackgroundCopyGroup(IBackgroundCopyGroup *iface)
{
    return CONTAINING_RECORD(iface, struct group, IBackgroundCopyGroup_iface);
}

static inline struct qmgr *impl_from_IBackgroundCopyQMgr(IBackgroundCopyQMgr *iface)
{
    return CONTAINING_RECORD(iface, struct qmgr, IBackgroundCopyQMgr_iface);
}

/* GUID_NULL is none of the identifiers that a client may choose: it stands for none. */
static BOOL is_null(const GUID *id)
{
    static const GUID null;

    return IsEqualGUID(id, &null);
}

HRESULT group_result(HRESULT hr)
{
    return hr == BG_E_INVALID_STATE || hr == BG_E_EMPTY ? QM_E_INVALID_STATE : hr;
}

HRESULT group_check_access(struct client *client, const struct queue_job *job)
{
    BOOL allowed;

    queue_enter();
    allowed = caller_may_access(client_caller(client), job->job->owner, job->job->integrity, job->job->elevated);
    queue_leave();
    return allowed ? S_OK : E_ACCESSDENIED;
}

static DWORD cap(UINT64 size)
{
    return size > 0xffffffff ? 0xffffffff : (DWORD)size;            /* GROUP.GetProgress.A1 */
}

static DWORD percent(const struct job_progress *progress, BOOL complete)
{
    if (complete) return 100;
    if (progress->bytes_total == SIZE_UNKNOWN || !progress->bytes_total) return 0;
    if (progress->bytes_total < SIZE_UNKNOWN / 100) return progress->bytes_transferred * 100 / progress->bytes_total;
    return progress->bytes_transferred / (progress->bytes_total / 100);
}

HRESULT group_progress(const struct queue_job *job, DWORD flags, DWORD *ret)
{
    struct job_progress progress;
    BOOL complete;

    if (flags != QM_PROGRESS_PERCENT_DONE && flags != QM_PROGRESS_SIZE_DONE) return E_NOTIMPL;  /* GROUP.GetProgress.3, A1 */
    queue_enter();
    queue_job_progress_locked(job, &progress);
    complete = job_all_transferred(job->job);
    queue_leave();
    *ret = flags == QM_PROGRESS_SIZE_DONE ? cap(progress.bytes_transferred) : percent(&progress, complete);
    return S_OK;
}

static ULONG WINAPI group_AddRef(IBackgroundCopyGroup *iface)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);
    ULONG refs = client_object_addref(&group->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static ULONG WINAPI group_Release(IBackgroundCopyGroup *iface)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);
    ULONG refs = client_object_release(&group->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    if (!refs)
    {
        queue_release(group->job);
        free(group);
    }
    return refs;
}

static HRESULT WINAPI group_QueryInterface(IBackgroundCopyGroup *iface, REFIID riid, void **out)
{
    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    if (IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, &IID_IBackgroundCopyGroup))
    {
        IBackgroundCopyGroup_AddRef(iface);
        *out = iface;
        return S_OK;
    }
    *out = NULL;
    return E_NOINTERFACE;
}

static HRESULT return_bstr(const WCHAR *string, VARIANT *ret)
{
    BSTR bstr;

    if (!(bstr = SysAllocString(string ? string : L""))) return E_OUTOFMEMORY;
    V_VT(ret) = VT_BSTR;
    V_BSTR(ret) = bstr;
    return S_OK;
}

static void return_number(UINT32 number, VARIANT *ret)
{
    V_VT(ret) = VT_I4;                                              /* GROUP.GetProp.A1 */
    V_I4(ret) = number;
}

static HRESULT WINAPI group_GetProp(IBackgroundCopyGroup *iface, GROUPPROP prop, VARIANT *ret)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);
    const struct job *job = group->job->job;
    HRESULT hr = S_OK;

    TRACE("%p, %d, %p.\n", iface, prop, ret);

    if (!ret) return E_INVALIDARG;
    VariantInit(ret);
    queue_enter();
    switch (prop)
    {
    case GROUPPROP_PRIORITY:
        return_number(ONLY_PRIORITY, ret);
        break;
    case GROUPPROP_PROTOCOLFLAGS:
        return_number(QM_PROTOCOL_HTTP, ret);
        break;
    case GROUPPROP_NOTIFYFLAGS:
        return_number(job_u32(job, PROP_GROUP_NOTIFY_FLAGS), ret);
        break;
    case GROUPPROP_NOTIFYCLSID:
        hr = return_bstr(job_string(job, PROP_GROUP_NOTIFY_CLSID), ret);
        break;
    case GROUPPROP_DISPLAYNAME:
        hr = return_bstr(job_string(job, PROP_DISPLAY_NAME), ret);
        break;
    case GROUPPROP_DESCRIPTION:
        hr = return_bstr(job_string(job, PROP_DESCRIPTION), ret);
        break;
    default:
        hr = E_NOTIMPL;
    }
    queue_leave();
    return hr;
}

static BOOL get_number(const VARIANT *value, UINT32 *number)
{
    switch (V_VT(value))
    {
    case VT_I4: *number = V_I4(value); return TRUE;
    case VT_UI4: *number = V_UI4(value); return TRUE;
    case VT_INT: *number = V_INT(value); return TRUE;
    case VT_UINT: *number = V_UINT(value); return TRUE;
    case VT_I2: *number = V_I2(value); return TRUE;
    case VT_UI2: *number = V_UI2(value); return TRUE;
    default: return FALSE;
    }
}

/* Nothing to store: the only value is the one it has. */
static HRESULT set_only_value(struct group *group, UINT32 number, UINT32 only)
{
    HRESULT hr;

    if (number != only) return E_NOTIMPL;                           /* GPROP.A1 */
    queue_enter();
    hr = state_may_change(group->job->live);
    queue_leave();
    return hr;
}

static HRESULT set_string(struct group *group, enum job_prop prop, const WCHAR *string)
{
    struct prop_value value = { prop };

    value.string = string;
    return queue_set(group->job, &value, 1, NULL);
}

static HRESULT set_notify_flags(struct group *group, UINT32 flags)
{
    struct prop_value value = { PROP_GROUP_NOTIFY_FLAGS };

    if (flags & ~NOTIFY_FLAGS_ALL) return E_NOTIMPL;                /* GPROP.A1 */
    value.number = flags;
    return queue_set(group->job, &value, 1, NULL);
}

static HRESULT set_number_prop(struct group *group, GROUPPROP prop, const VARIANT *value)
{
    UINT32 number;

    if (!get_number(value, &number)) return E_INVALIDARG;           /* GROUP.SetProp.4 */
    if (prop == GROUPPROP_PRIORITY) return set_only_value(group, number, ONLY_PRIORITY);
    if (prop == GROUPPROP_PROTOCOLFLAGS) return set_only_value(group, number, QM_PROTOCOL_HTTP);
    return set_notify_flags(group, number);
}

static HRESULT set_string_prop(struct group *group, GROUPPROP prop, const VARIANT *value)
{
    const WCHAR *string;
    CLSID clsid;

    if (V_VT(value) != VT_BSTR) return E_INVALIDARG;
    string = V_BSTR(value) ? V_BSTR(value) : L"";
    switch (prop)
    {
    case GROUPPROP_NOTIFYCLSID:
        if (*string && FAILED(IIDFromString(string, &clsid))) return E_INVALIDARG; /* GPROP.A2 */
        return set_string(group, PROP_GROUP_NOTIFY_CLSID, *string ? string : NULL);
    case GROUPPROP_DISPLAYNAME:
        if (str_nlen(string, DISPLAY_NAME_MAX + 1) > DISPLAY_NAME_MAX) return E_INVALIDARG;
        return set_string(group, PROP_DISPLAY_NAME, string);
    default:
        if (str_nlen(string, DESCRIPTION_MAX + 1) > DESCRIPTION_MAX) return E_INVALIDARG;
        return set_string(group, PROP_DESCRIPTION, string);
    }
}

static HRESULT WINAPI group_SetProp(IBackgroundCopyGroup *iface, GROUPPROP prop, VARIANT *value)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);
    HRESULT hr;

    TRACE("%p, %d, %s.\n", iface, prop, debugstr_variant(value));

    if (FAILED(hr = group_check_access(group->base.client, group->job))) return hr;
    if (!value) return E_INVALIDARG;
    switch (prop)
    {
    case GROUPPROP_PRIORITY:
    case GROUPPROP_PROTOCOLFLAGS:
    case GROUPPROP_NOTIFYFLAGS:
        return group_result(set_number_prop(group, prop, value));
    case GROUPPROP_NOTIFYCLSID:
    case GROUPPROP_DISPLAYNAME:
    case GROUPPROP_DESCRIPTION:
        return group_result(set_string_prop(group, prop, value));
    default:
        return E_NOTIMPL;  /* GROUP.SetProp.3 */
    }
}

static HRESULT WINAPI group_GetProgress(IBackgroundCopyGroup *iface, DWORD flags, DWORD *ret)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);

    TRACE("%p, %lu, %p.\n", iface, flags, ret);

    if (!ret) return E_INVALIDARG;
    *ret = 0;
    return group_progress(group->job, flags, ret);
}

static DWORD status_locked(const struct queue_job *job)
{
    DWORD status = job_all_transferred(job->job) ? QM_STATUS_GROUP_COMPLETE : QM_STATUS_GROUP_INCOMPLETE;

    if (job_u32(job->job, PROP_PRIORITY) == JOB_FOREGROUND) status |= QM_STATUS_GROUP_FOREGROUND;
    switch (job->live)
    {
    case JOB_ERROR:
        status |= QM_STATUS_GROUP_ERROR;
        /* fall through: groups in error and finished ones are suspended by themselves [GROUP.SuspendGroup.1] */
    case JOB_SUSPENDED:
    case JOB_TRANSFERRED:
    case JOB_ACKNOWLEDGED:
    case JOB_CANCELLED:
        status |= QM_STATUS_GROUP_SUSPENDED;
        break;
    default:
        break;
    }
    return status;
}

static HRESULT WINAPI group_GetStatus(IBackgroundCopyGroup *iface, DWORD *status, DWORD *index)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);

    TRACE("%p, %p, %p.\n", iface, status, index);

    if (!status || !index) return E_INVALIDARG;
    *index = 0;                                                     /* GROUP.GetStatus.2 */
    queue_enter();
    *status = status_locked(group->job);
    queue_leave();
    return S_OK;
}

static BOOL has_job(const struct job *job)
{
    return !is_null(&job->props[PROP_GROUP_JOB_ID].guid);
}

static HRESULT WINAPI group_GetJob(IBackgroundCopyGroup *iface, GUID id, IBackgroundCopyJob1 **ret)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);
    const struct job *job = group->job->job;
    BOOL found;

    TRACE("%p, %s, %p.\n", iface, debugstr_guid(&id), ret);

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    queue_enter();
    found = has_job(job) && IsEqualGUID(&job->props[PROP_GROUP_JOB_ID].guid, &id);
    queue_leave();
    return found ? group_job_create(group->base.client, group->job, ret) : QM_E_ITEM_NOT_FOUND;
}

static HRESULT WINAPI group_SuspendGroup(IBackgroundCopyGroup *iface)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (FAILED(hr = group_check_access(group->base.client, group->job))) return hr;
    return group_result(queue_suspend(group->job));
}

static HRESULT WINAPI group_ResumeGroup(IBackgroundCopyGroup *iface)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (FAILED(hr = group_check_access(group->base.client, group->job))) return hr;
    return group_result(queue_resume(group->job));                  /* GROUP.ResumeGroup.A1 */
}

static HRESULT WINAPI group_CancelGroup(IBackgroundCopyGroup *iface)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);
    struct caller *caller = client_caller(group->base.client);
    BOOL empty;
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (FAILED(hr = group_check_access(group->base.client, group->job))) return hr;
    queue_enter();
    empty = !group->job->job->file_count;                           /* files are only ever added */
    queue_leave();
    /* GROUP.CancelGroup.1, 3: what was downloaded whole stays */
    hr = empty ? finish_cancel(group->job, caller) : finish_complete(group->job, caller);
    return SUCCEEDED(hr) ? S_OK : group_result(hr);
}

static HRESULT WINAPI group_get_Size(IBackgroundCopyGroup *iface, DWORD *ret)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);
    struct job_progress progress;

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    queue_job_progress_locked(group->job, &progress);
    queue_leave();
    *ret = progress.bytes_total == SIZE_UNKNOWN ? 0 : cap(progress.bytes_total); /* GROUP.get_Size.1 */
    return S_OK;
}

static HRESULT WINAPI group_get_GroupID(IBackgroundCopyGroup *iface, GUID *ret)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);

    TRACE("%p, %p.\n", iface, ret);

    if (!ret) return E_INVALIDARG;
    queue_enter();
    *ret = group->job->job->props[PROP_GROUP_ID].guid;
    queue_leave();
    return S_OK;
}

/* With queue.cs held. */
static HRESULT may_create_job(const struct queue_job *job)
{
    switch (job->live)
    {
    case JOB_QUEUED:
    case JOB_CONNECTING:
    case JOB_TRANSFERRING:
    case JOB_TRANSIENT_ERROR:
        return QM_E_INVALID_STATE;                                  /* GROUP.CreateJob.3: only a job can be running */
    default:
        return has_job(job->job) ? E_NOTIMPL : S_OK;                /* GROUP.CreateJob.4 */
    }
}

static HRESULT WINAPI group_CreateJob(IBackgroundCopyGroup *iface, GUID id, IBackgroundCopyJob1 **ret)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);
    struct prop_value value = { PROP_GROUP_JOB_ID };
    HRESULT hr;

    TRACE("%p, %s, %p.\n", iface, debugstr_guid(&id), ret);

    if (ret) *ret = NULL;
    if (FAILED(hr = group_check_access(group->base.client, group->job))) return hr;
    if (!ret || is_null(&id)) return E_INVALIDARG;
    value.guid = id;
    if (FAILED(hr = queue_set(group->job, &value, 1, may_create_job))) return group_result(hr);
    return group_job_create(group->base.client, group->job, ret);
}

static HRESULT WINAPI group_EnumJobs(IBackgroundCopyGroup *iface, DWORD flags, IEnumBackgroundCopyJobs1 **ret)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);
    UINT32 count;
    GUID *ids;

    TRACE("%p, %#lx, %p.\n", iface, flags, ret);

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    if (flags) return E_NOTIMPL;  /* GROUP.EnumJobs.3 */
    if (!(ids = malloc(sizeof(*ids)))) return E_OUTOFMEMORY;
    queue_enter();
    count = has_job(group->job->job);
    *ids = group->job->job->props[PROP_GROUP_JOB_ID].guid;
    queue_leave();
    return group_enum_jobs_create(group->base.client, ids, count, 0, ret);
}

static HRESULT WINAPI group_SwitchToForeground(IBackgroundCopyGroup *iface)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);
    struct prop_value value = { PROP_PRIORITY };
    HRESULT hr;

    TRACE("%p.\n", iface);

    if (FAILED(hr = group_check_access(group->base.client, group->job))) return hr;
    value.number = JOB_FOREGROUND;
    return group_result(queue_set(group->job, &value, 1, NULL));
}

static HRESULT WINAPI group_QueryNewJobInterface(IBackgroundCopyGroup *iface, REFIID riid, IUnknown **ret)
{
    struct group *group = impl_from_IBackgroundCopyGroup(iface);
    IBackgroundCopyJob *door;
    BOOL exists;
    HRESULT hr;

    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), ret);

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    queue_enter();
    exists = has_job(group->job->job);
    queue_leave();
    if (!exists) return E_NOTIMPL;                                  /* QM.A1 */
    if (FAILED(hr = job_door_get(group->base.client, group->job, &door))) return hr;
    hr = IBackgroundCopyJob_QueryInterface(door, riid, (void **)ret);
    IBackgroundCopyJob_Release(door);
    return hr;
}

static HRESULT WINAPI group_SetNotificationPointer(IBackgroundCopyGroup *iface, REFIID riid, IUnknown *unknown)
{
    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), unknown);

    return E_NOTIMPL;                                               /* QM.A1 */
}

static const IBackgroundCopyGroupVtbl group_vtbl =
{
    group_QueryInterface,
    group_AddRef,
    group_Release,
    group_GetProp,
    group_SetProp,
    group_GetProgress,
    group_GetStatus,
    group_GetJob,
    group_SuspendGroup,
    group_ResumeGroup,
    group_CancelGroup,
    group_get_Size,
    group_get_GroupID,
    group_CreateJob,
    group_EnumJobs,
    group_SwitchToForeground,
    group_QueryNewJobInterface,
    group_SetNotificationPointer,
};

static HRESULT create_group(struct client *client, struct queue_job *job, IBackgroundCopyGroup **ret)
{
    struct group *group;

    *ret = NULL;
    if (!(group = calloc(1, sizeof(*group)))) return E_OUTOFMEMORY;
    group->IBackgroundCopyGroup_iface.lpVtbl = &group_vtbl;
    group->job = job;
    queue_addref(job);
    client_object_init(&group->base, client, (IUnknown *)&group->IBackgroundCopyGroup_iface);
    *ret = &group->IBackgroundCopyGroup_iface;
    return S_OK;
}

HRESULT group_call_status(IBackgroundCopyCallback1 *callback, struct client *client, struct queue_job *job)
{
    DWORD status, win32 = 0, transport = 0, retries = 0, file = ~0u;
    IBackgroundCopyGroup *group;
    IBackgroundCopyJob1 *job1;
    HRESULT hr;

    if (FAILED(hr = create_group(client, job, &group))) return hr;
    if (SUCCEEDED(hr = group_job_create(client, job, &job1)))
    {
        queue_enter();
        status = status_locked(job);
        if (status & QM_STATUS_GROUP_ERROR)                         /* CB1.OnStatus.2 */
        {
            group_error_results(&job->job->failure, job->job->error_count, &win32, &transport, &retries);
            file = job->job->failure.file;
        }
        queue_leave();
        hr = IBackgroundCopyCallback1_OnStatus(callback, group, job1, file, status, retries, win32, transport);
        IBackgroundCopyJob1_Release(job1);
    }
    IBackgroundCopyGroup_Release(group);
    return hr;
}

static ULONG WINAPI qmgr_AddRef(IBackgroundCopyQMgr *iface)
{
    struct qmgr *qmgr = impl_from_IBackgroundCopyQMgr(iface);
    ULONG refs = client_object_addref(&qmgr->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    return refs;
}

static ULONG WINAPI qmgr_Release(IBackgroundCopyQMgr *iface)
{
    struct qmgr *qmgr = impl_from_IBackgroundCopyQMgr(iface);
    ULONG refs = client_object_release(&qmgr->base);

    TRACE("%p, refs %lu.\n", iface, refs);
    if (!refs) free(qmgr);
    return refs;
}

static HRESULT WINAPI qmgr_QueryInterface(IBackgroundCopyQMgr *iface, REFIID riid, void **out)
{
    TRACE("%p, %s, %p.\n", iface, debugstr_guid(riid), out);

    if (IsEqualIID(riid, &IID_IUnknown) || IsEqualIID(riid, &IID_IBackgroundCopyQMgr))
    {
        IBackgroundCopyQMgr_AddRef(iface);
        *out = iface;
        return S_OK;
    }
    *out = NULL;
    return E_NOINTERFACE;
}

static HRESULT WINAPI qmgr_CreateGroup(IBackgroundCopyQMgr *iface, GUID id, IBackgroundCopyGroup **ret)
{
    struct qmgr *qmgr = impl_from_IBackgroundCopyQMgr(iface);
    struct caller *caller = client_caller(qmgr->base.client);
    struct queue_job *job;
    HRESULT hr;

    TRACE("%p, %s, %p.\n", iface, debugstr_guid(&id), ret);

    if (ret) *ret = NULL;
    if (!caller_may_create(caller)) return E_ACCESSDENIED;          /* BEH.OWN.5 */
    if (!ret || is_null(&id)) return E_INVALIDARG;
    if (FAILED(hr = queue_create_group(caller, &id, &job))) return hr;
    hr = create_group(qmgr->base.client, job, ret);
    queue_release(job);
    return hr;
}

struct search
{
    const struct caller *caller;
    const GUID *id;                 /* NULL: any group */
};

static BOOL want_group(void *ctx, const struct job *job)
{
    const struct search *search = ctx;
    if (!job_is_group(job) || (search->id && !IsEqualGUID(&job->props[PROP_GROUP_ID].guid, search->id))) return FALSE;
    /* QMGR.GetGroup.1, QMGR.EnumGroups.1: own ones, an administrator gets any */
    return caller_may_access(search->caller, job->owner, job->integrity, job->elevated);
}

/* QMGR.GetGroup.2: whoever gets a group owns it. */
static HRESULT take_over(struct queue_job *job, const struct caller *caller)
{
    BOOL own;

    queue_enter();
    own = !str_icmp(job->job->owner, caller->sid);
    queue_leave();
    return own ? S_OK : queue_take_ownership(job, caller);
}

static HRESULT WINAPI qmgr_GetGroup(IBackgroundCopyQMgr *iface, GUID id, IBackgroundCopyGroup **ret)
{
    struct qmgr *qmgr = impl_from_IBackgroundCopyQMgr(iface);
    struct search search = { client_caller(qmgr->base.client), &id };
    struct queue_job **jobs;
    UINT32 count, i;
    HRESULT hr;

    TRACE("%p, %s, %p.\n", iface, debugstr_guid(&id), ret);

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    if (FAILED(hr = queue_list(want_group, &search, &jobs, &count))) return hr;
    if (!count) hr = QM_E_ITEM_NOT_FOUND;                           /* QMGR.GetGroup.A1 */
    else if (SUCCEEDED(hr = take_over(jobs[0], search.caller))) hr = create_group(qmgr->base.client, jobs[0], ret);
    for (i = 0; i < count; i++) queue_release(jobs[i]);
    free(jobs);
    return hr == BG_E_INVALID_STATE ? QM_E_ITEM_NOT_FOUND : hr;     /* it ended meanwhile */
}

static HRESULT WINAPI qmgr_EnumGroups(IBackgroundCopyQMgr *iface, DWORD flags, IEnumBackgroundCopyGroups **ret)
{
    struct qmgr *qmgr = impl_from_IBackgroundCopyQMgr(iface);
    struct search search = { client_caller(qmgr->base.client), NULL };
    struct queue_job **jobs;
    UINT32 count, i;
    GUID *ids;
    HRESULT hr;

    TRACE("%p, %#lx, %p.\n", iface, flags, ret);

    if (!ret) return E_INVALIDARG;
    *ret = NULL;
    if (flags) return E_NOTIMPL;                                    /* QMGR.EnumGroups.3 */
    if (FAILED(hr = queue_list(want_group, &search, &jobs, &count))) return hr;
    ids = malloc(max(count, 1) * sizeof(*ids));
    queue_enter();
    for (i = 0; ids && i < count; i++) ids[i] = jobs[i]->job->props[PROP_GROUP_ID].guid;
    queue_leave();
    for (i = 0; i < count; i++) queue_release(jobs[i]);
    free(jobs);
    return ids ? group_enum_create(qmgr->base.client, ids, count, 0, ret) : E_OUTOFMEMORY;
}

static const IBackgroundCopyQMgrVtbl qmgr_vtbl =
{
    qmgr_QueryInterface,
    qmgr_AddRef,
    qmgr_Release,
    qmgr_CreateGroup,
    qmgr_GetGroup,
    qmgr_EnumGroups,
};

HRESULT qmgr_create(struct client *client, IUnknown **ret)
{
    struct qmgr *qmgr;

    *ret = NULL;
    if (!(qmgr = calloc(1, sizeof(*qmgr)))) return E_OUTOFMEMORY;
    qmgr->IBackgroundCopyQMgr_iface.lpVtbl = &qmgr_vtbl;
    client_object_init(&qmgr->base, client, (IUnknown *)&qmgr->IBackgroundCopyQMgr_iface);
    *ret = (IUnknown *)&qmgr->IBackgroundCopyQMgr_iface;
    return S_OK;
}
