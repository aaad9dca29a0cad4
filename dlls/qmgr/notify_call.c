/*
 * Calling clients back: one call
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
#include <stdlib.h>
#include <string.h>

#include "windef.h"
#include "winbase.h"
#include "wingdi.h"
#include "winuser.h"
#include "objbase.h"

#include "log.h"
#include "notify_cmdline.h"
#include "notify_private.h"
#include "orphans.h"
#include "security.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

static SRWLOCK programs_lock = SRWLOCK_INIT;
static struct list programs = LIST_INIT(programs);  /* struct notify_call, guarded by programs_lock */

static const char *notice_name(enum notice notice)
{
    static const char * const names[] = { "nothing", "FileTransferred", "the end", "FileRangesTransferred", "JobModification" };

    return names[notice];
}

/* Objects */

HRESULT notify_object_create(struct notify_lane *lane, IUnknown *unknown, BOOL made, struct notify_object **ret)
{
    /* JOB.SetNotifyInterface.A1, HABIT.1: the first that it answers; the others are asked for when a flag needs them */
    static const IID * const iids[] = { &IID_IBackgroundCopyCallback, &IID_IBackgroundCopyCallback2, &IID_IBackgroundCopyCallback3 };
    struct notify_object *object;
    UINT32 i;

    *ret = NULL;
    if (!(object = calloc(1, sizeof(*object)))) return E_OUTOFMEMORY;
    for (i = 0; i < ARRAY_SIZE(iids) && !object->callback; i++)
        if (FAILED(IUnknown_QueryInterface(unknown, iids[i], (void **)&object->callback))) object->callback = NULL;
    /* an object of a group's class [CB1.1] */
    if (made && FAILED(IUnknown_QueryInterface(unknown, &IID_IBackgroundCopyCallback1, (void **)&object->callback1))) object->callback1 = NULL;
    if (!object->callback && !object->callback1)
    {
        free(object);
        return E_NOINTERFACE;
    }
    object->unknown = unknown;
    IUnknown_AddRef(unknown);
    object->made = made;
    object->refs = 1;
    object->lane = lane;
    queue_enter();
    lane->refs++;
    queue_leave();
    *ret = object;
    return S_OK;
}

/*
 * Has the process ended in which the object lived?  Nothing is asked of it then: each call that fails on a connection to a dead process
 * costs Wine's RPC a binding and an event, for good.
 */
static BOOL is_dead(const struct notify_object *object)
{
    return object->lane->client && client_is_gone(object->lane->client);
}

UINT64 notify_object_destroy(struct notify_object *object)
{
    UINT64 apartment = 0;

    /* he may have registered the object of another process, which lives */
    if (is_dead(object) && (apartment = orphan_apartment(object->unknown)) >> 32 != client_pid(object->lane->client)) apartment = 0;
    if (apartment)
    {
        orphan_disown(object->unknown, &IID_IUnknown);
        if (object->callback) orphan_disown(object->unknown, &IID_IBackgroundCopyCallback);
        if (object->callback1) orphan_disown(object->unknown, &IID_IBackgroundCopyCallback1);
        if (object->callback2) orphan_disown(object->unknown, &IID_IBackgroundCopyCallback2);
        if (object->callback3) orphan_disown(object->unknown, &IID_IBackgroundCopyCallback3);
    }
    if (object->callback3) IBackgroundCopyCallback3_Release(object->callback3);
    if (object->callback2) IBackgroundCopyCallback2_Release(object->callback2);
    if (object->callback1) IBackgroundCopyCallback1_Release(object->callback1);
    if (object->callback) IBackgroundCopyCallback_Release(object->callback);
    IUnknown_Release(object->unknown);
    free(object);
    return apartment;
}

/* An interface of the object that not every one has; NULL and *no set if this one has not. Files and ranges are told on different channels,
 * and each channel makes one call at a time. */
static void *ask_for(struct notify_object *object, const IID *iid, void **pointer, BOOL *no, enum notice_result *result)
{
    HRESULT hr;

    *result = RESULT_STALE;
    if (*pointer) return *pointer;
    if (is_dead(object))
    {
        *result = RESULT_GONE;
        return NULL;
    }
    if (SUCCEEDED(hr = IUnknown_QueryInterface(object->unknown, iid, pointer))) return *pointer;
    *pointer = NULL;
    *result = notices_result(NOTICE_MODIFICATION, hr);
    if (*result != RESULT_REFUSED) return NULL;         /* nobody answered */
    *result = RESULT_STALE;
    queue_enter();
    *no = TRUE;
    queue_leave();
    return NULL;
}

/* What a method returned; an RPC failure may also be what the client has passed on from somewhere else: then somebody answers here. */
static enum notice_result judge(struct notify_object *object, enum notice notice, HRESULT hr)
{
    enum notice_result result = notices_result(notice, hr);
    IUnknown *unknown;

    if (result != RESULT_GONE || is_dead(object)) return result;
    hr = IUnknown_QueryInterface(object->unknown, &IID_IBackgroundCopyManager, (void **)&unknown);
    if (SUCCEEDED(hr)) IUnknown_Release(unknown);
    return hr == S_OK || hr == E_NOINTERFACE ? RESULT_REFUSED : RESULT_GONE;
}

/* The methods */

static HRESULT job_transferred(struct notify_call *call, IBackgroundCopyJob *job)
{
    return IBackgroundCopyCallback_JobTransferred(call->object->callback, job);
}

static HRESULT job_error(struct notify_call *call, IBackgroundCopyJob *job, const struct job_failure *failure)
{
    IBackgroundCopyError *error;
    HRESULT hr;

    if (FAILED(hr = error_door_create(call->object->lane->client, call->job, failure, &error))) return hr;
    hr = IBackgroundCopyCallback_JobError(call->object->callback, job, error);
    IBackgroundCopyError_Release(error);                /* CB.11 */
    return hr;
}

static HRESULT file_transferred(struct notify_call *call, IBackgroundCopyJob *job)
{
    IBackgroundCopyFile *file;
    HRESULT hr;

    if (FAILED(hr = file_door_create(call->object->lane->client, call->job, call->file, &file))) return hr;
    hr = IBackgroundCopyCallback2_FileTransferred(call->object->callback2, job, file);
    IBackgroundCopyFile_Release(file);
    return hr;
}

static HRESULT ranges_transferred(struct notify_call *call, IBackgroundCopyJob *job)
{
    UINT64 offset, length, from;
    IBackgroundCopyFile *file;
    BG_FILE_RANGE *ranges;
    DWORD count = 0;
    HRESULT hr;

    if (!(ranges = malloc(max(call->ranges.count, 1) * sizeof(*ranges)))) return E_OUTOFMEMORY;
    for (from = 0; ranges_next(&call->ranges, from, &offset, &length); from = offset + length, count++)
    {
        ranges[count].InitialOffset = offset;
        ranges[count].Length = length;
    }
    if (SUCCEEDED(hr = file_door_create(call->object->lane->client, call->job, call->file, &file)))
    {
        hr = IBackgroundCopyCallback3_FileRangesTransferred(call->object->callback3, job, file, count, ranges);
        IBackgroundCopyFile_Release(file);
    }
    free(ranges);
    return hr;
}

/* The end of a group of the queue manager 0.9. */
static enum notice_result call_group(struct notify_call *call)
{
    enum notice_result result;
    BOOL valid;
    HRESULT hr;

    if (FAILED(queue_wait(call->job))) return RESULT_BUSY;
    queue_enter();
    valid = notify_call_valid_locked(call);
    queue_leave();
    if (!valid) return RESULT_STALE;
    hr = group_call_status(call->object->callback1, call->object->lane->client, call->job);
    TRACE("group %s: hr %#lx.\n", debugstr_guid(&call->job->job->id), hr);
    result = judge(call->object, call->step.notice, hr);
    if (result != RESULT_DELIVERED)
        log_write(LOG_INFO, "group %s: the client does not take its status, hr %#lx", debugstr_guid(&call->job->job->id), hr);
    return result;
}

static BOOL tells_group(const struct notify_call *call)
{
    BOOL ret;

    queue_enter();
    ret = call->object->made && call->step.notice == NOTICE_STATE && job_string(call->job->job, PROP_GROUP_NOTIFY_CLSID);
    queue_leave();
    return ret;
}

static enum notice_result call_object(struct notify_call *call)
{
    struct notify_object *object = call->object;
    struct job_failure failure = { S_OK };
    enum notice_result result;
    IBackgroundCopyJob *job;
    enum job_state state;
    BOOL valid;
    HRESULT hr;

    if (tells_group(call)) return object->callback1 ? call_group(call) : RESULT_REFUSED;
    if (!object->callback) return RESULT_REFUSED;
    if (call->step.notice == NOTICE_FILE && !ask_for(object, &IID_IBackgroundCopyCallback2, (void **)&object->callback2,
                                                     &object->no_files, &result))
        return result;
    if (call->step.notice == NOTICE_RANGES && !ask_for(object, &IID_IBackgroundCopyCallback3, (void **)&object->callback3,
                                                       &object->no_ranges, &result))
        return result;
    if (call->step.notice != NOTICE_MODIFICATION && FAILED(queue_wait(call->job))) return RESULT_BUSY;
    if (FAILED(hr = job_door_get(object->lane->client, call->job, &job))) return RESULT_BUSY;

    queue_enter();
    if ((valid = notify_call_valid_locked(call)))
    {
        state = call->job->live;
        failure = call->job->job->failure;
    }
    queue_leave();

    if (!valid) hr = S_OK;
    else if (is_dead(object)) hr = RPC_E_DISCONNECTED;
    else if (call->step.notice == NOTICE_FILE) hr = file_transferred(call, job);
    else if (call->step.notice == NOTICE_RANGES) hr = ranges_transferred(call, job);
    else if (call->step.notice == NOTICE_MODIFICATION) hr = IBackgroundCopyCallback_JobModification(object->callback, job, 0);
    else if (state == JOB_TRANSFERRED) hr = job_transferred(call, job);
    else hr = job_error(call, job, &failure);
    TRACE("job %s, %s: hr %#lx.\n", debugstr_guid(&call->job->job->id), notice_name(call->step.notice), hr);
    IBackgroundCopyJob_Release(job);
    if (!valid) return RESULT_STALE;

    result = judge(object, call->step.notice, hr);
    if (result != RESULT_DELIVERED && call->step.notice != NOTICE_MODIFICATION)
        log_write(LOG_INFO, "job %s: the client does not take %s, hr %#lx", debugstr_guid(&call->job->job->id),
                  notice_name(call->step.notice), hr);
    return result;
}

/* Classes */

/* The client that an object of a class counts for, so that what it is given goes with its process. */
static HRESULT client_of(IUnknown *object, struct client **client)
{
    DWORD pid = orphan_apartment(object) >> 32;
    struct caller *caller;
    HRESULT hr;

    if (FAILED(hr = pid ? caller_of_process(pid, &caller) : caller_get(&caller))) return hr;
    hr = client_get(caller, client);
    caller_release(caller);
    return hr;
}

/* Local servers that are started appear where the user sees them (WINE.SVC.16). The window station is the process's, once for all. */
static void use_desktop(void)
{
    static LONG done;
    HWINSTA station;
    HDESK desktop;

    if (!InterlockedExchange(&done, 1) && (station = CreateWindowStationW(L"WinSta0", 0, MAXIMUM_ALLOWED, NULL)))
        SetProcessWindowStation(station);
    if ((desktop = CreateDesktopW(L"Default", NULL, NULL, 0, MAXIMUM_ALLOWED, NULL)))
        SetThreadDesktop(desktop);
}

static HRESULT make_object(struct notify_call *call)
{
    struct notify_object *object;
    struct notify_lane *lane;
    struct client *client;
    struct caller *owner;
    IUnknown *unknown;
    WCHAR *sid;
    HRESULT hr;

    queue_enter();
    sid = wcsdup(call->job->job->owner);
    queue_leave();
    if (!sid) return E_OUTOFMEMORY;
    hr = security_owner(sid, &owner);
    free(sid);
    if (hr != S_OK) return FAILED(hr) ? hr : E_ACCESSDENIED;

    use_desktop();
    if (SUCCEEDED(hr = security_impersonate(owner)))
    {
        hr = CoCreateInstance(&call->lane->class, NULL, CLSCTX_LOCAL_SERVER, &IID_IUnknown, (void **)&unknown);
        security_revert();
    }
    caller_release(owner);
    if (FAILED(hr)) return hr;

    if (SUCCEEDED(hr = client_of(unknown, &client)))
    {
        if (SUCCEEDED(hr = notify_lane_of_client(client, &lane)))
        {
            if (SUCCEEDED(hr = notify_object_create(lane, unknown, TRUE, &object))) notify_call_made(call, object);
            notify_lane_release(lane);
        }
        client_release(client);
    }
    IUnknown_Release(unknown);
    return hr;
}

static enum notice_result call_class(struct notify_call *call)
{
    HRESULT hr;

    if (SUCCEEDED(hr = make_object(call))) return call_object(call);
    log_write(LOG_WARNING, "job %s: no object of class %s to be told, hr %#lx", debugstr_guid(&call->job->job->id),
              debugstr_guid(&call->lane->class), hr);
    return RESULT_FAILED;
}

/* Programs */

/* Thread pool: the program has ended. */
static void CALLBACK program_ended(void *arg, BOOLEAN timeout)
{
    struct notify_call *call = arg;
    DWORD code = ~0u;
    HANDLE wait;

    AcquireSRWLockExclusive(&programs_lock);
    if ((wait = call->wait)) list_remove(&call->running);   /* else notify_programs_shutdown has it */
    ReleaseSRWLockExclusive(&programs_lock);
    if (!wait) return;

    UnregisterWaitEx(wait, NULL);
    GetExitCodeProcess(call->process, &code);
    CloseHandle(call->process);
    log_write(LOG_INFO, "job %s: its command line has ended with %lu", debugstr_guid(&call->job->job->id), code);
    notify_call_done(call, code ? RESULT_REFUSED : RESULT_DELIVERED);      /* BEH.CMD.9 */
}

void notify_programs_shutdown(void)
{
    struct notify_call *call;
    struct list *ptr;
    HANDLE wait;

    for (;;)
    {
        AcquireSRWLockExclusive(&programs_lock);
        if ((ptr = list_head(&programs)))
        {
            list_remove(ptr);
            call = LIST_ENTRY(ptr, struct notify_call, running);
            wait = call->wait;
            call->wait = NULL;
        }
        ReleaseSRWLockExclusive(&programs_lock);
        if (!ptr) return;
        UnregisterWaitEx(wait, INVALID_HANDLE_VALUE);
        CloseHandle(call->process);
        notify_call_done(call, RESULT_STALE);
    }
}

/* Program, parameters and identity of the job's command line. S_FALSE: it is not to be run any more. */
static HRESULT get_command(struct notify_call *call, WCHAR **program, WCHAR **parameters, struct caller **caller)
{
    const struct job *job = call->job->job;
    WCHAR *sid = NULL;
    HRESULT hr = S_OK;

    *program = *parameters = NULL;
    *caller = NULL;
    queue_enter();
    if (!notify_call_valid_locked(call) || !job_string(job, PROP_NOTIFY_PROGRAM)) hr = S_FALSE;
    else
    {
        *program = wcsdup(job_string(job, PROP_NOTIFY_PROGRAM));
        if (job_string(job, PROP_NOTIFY_PARAMETERS)) *parameters = wcsdup(job_string(job, PROP_NOTIFY_PARAMETERS));
        sid = wcsdup(job->owner);
        if ((*caller = call->job->notify->program_caller)) caller_addref(*caller);
        if (!*program || !sid || (job_string(job, PROP_NOTIFY_PARAMETERS) && !*parameters)) hr = E_OUTOFMEMORY;
    }
    queue_leave();
    if (hr == S_OK && !*caller && (hr = security_owner(sid, caller)) == S_FALSE) hr = E_ACCESSDENIED;
    free(sid);
    return hr;
}

/* TRUE: program_ended comes, or has come. */
static BOOL run_program(struct notify_call *call, enum notice_result *result)
{
    WCHAR *program, *parameters;
    struct caller *caller;
    HANDLE process = NULL;
    BOOL running = FALSE;
    HRESULT hr;

    *result = RESULT_BUSY;
    if (FAILED(queue_wait(call->job))) return FALSE;
    if ((hr = get_command(call, &program, &parameters, &caller)) == S_FALSE) *result = RESULT_STALE;
    else
    {
        if (SUCCEEDED(hr)) hr = cmdline_start(caller, program, parameters, &process);
        if (SUCCEEDED(hr))
        {
            log_write(LOG_INFO, "job %s: its command line runs", debugstr_guid(&call->job->job->id));
            call->process = process;
            /* Under the lock, so that program_ended finds call->wait. */
            AcquireSRWLockExclusive(&programs_lock);
            if (RegisterWaitForSingleObject(&call->wait, process, program_ended, call, INFINITE, WT_EXECUTEONLYONCE))
            {
                list_add_tail(&programs, &call->running);
                running = TRUE;
            }
            else hr = HRESULT_FROM_WIN32(GetLastError());
            ReleaseSRWLockExclusive(&programs_lock);
            if (!running) CloseHandle(process);
        }
        *result = RESULT_FAILED;
        if (FAILED(hr))
            /* BEH.CMD.12 */
            log_write(LOG_WARNING, "job %s: its command line cannot be started, hr %#lx, context %u",
                      debugstr_guid(&call->job->job->id), hr, BG_ERROR_CONTEXT_QUEUE_MANAGER_NOTIFICATION);
    }
    caller_release(caller);
    free(program);
    free(parameters);
    return running;
}

void notify_call_run(void *arg)
{
    struct notify_call *call = arg;
    enum notice_result result;

    switch (call->step.way)
    {
    case WAY_OBJECT:
        result = call_object(call);
        break;
    case WAY_CLASS:
        result = call_class(call);
        break;
    default:
        if (run_program(call, &result)) return;
        break;
    }
    notify_call_done(call, result);
}
