/*
 * What the tests of notifications share: a client that keeps a log of how it is called
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
 * A callback object that notes every call and answers as it is told to.  cb_create, SetNotifyInterface, cb_wait until so many calls of a
 * kind have begun; calls[] and counts[] show them.  A hook runs inside the call: its result is the answer.
 */

#ifndef __NOTIFY_TEST_H
#define __NOTIFY_TEST_H

enum cb_kind { CB_TRANSFERRED, CB_ERROR, CB_MODIFICATION, CB_FILE, CB_RANGES, CB_KINDS };

#define CB_ANSWERS_1   1            /* IBackgroundCopyCallback */
#define CB_ANSWERS_2   2
#define CB_ANSWERS_3   4
#define CB_ANSWERS_ALL 7

#define CB_MAX_CALLS 2000

struct cb_call
{
    enum cb_kind kind;
    DWORD begin, end;               /* GetTickCount; end 0: it has not returned */
    DWORD thread;
    WCHAR file[32];                 /* FILE: end of the local name */
    HRESULT answer;
};

struct callback
{
    IBackgroundCopyCallback3 IBackgroundCopyCallback3_iface;
    LONG refs;                      /* one of them is the test's */
    unsigned int answers;           /* CB_ANSWERS_* */
    /* set before it is registered */
    HRESULT (*hook)(struct callback *cb, enum cb_kind kind, IBackgroundCopyJob *job, IUnknown *other);
    void *ctx;
    HANDLE hold;                    /* a call waits for this event, if any */
    /* results */
    CRITICAL_SECTION cs;
    HANDLE changed;                 /* auto-reset: something below, or the count of references, is different */
    HANDLE called;                  /* auto-reset: a call has begun */
    struct cb_call calls[CB_MAX_CALLS];
    unsigned int count, counts[CB_KINDS];
    unsigned int inside, max_inside;
};

static inline struct callback *impl_from_IBackgroundCopyCallback3(IBackgroundCopyCallback3 *iface)
{
    return CONTAINING_RECORD(iface, struct callback, IBackgroundCopyCallback3_iface);
}

static ULONG WINAPI cb_AddRef(IBackgroundCopyCallback3 *iface)
{
    return InterlockedIncrement(&impl_from_IBackgroundCopyCallback3(iface)->refs);
}

static ULONG WINAPI cb_Release(IBackgroundCopyCallback3 *iface)
{
    struct callback *cb = impl_from_IBackgroundCopyCallback3(iface);
    LONG refs = InterlockedDecrement(&cb->refs);

    if (refs) SetEvent(cb->changed);    /* whoever drops the last one is the test itself */
    return refs;
}

static HRESULT WINAPI cb_QueryInterface(IBackgroundCopyCallback3 *iface, REFIID iid, void **out)
{
    struct callback *cb = impl_from_IBackgroundCopyCallback3(iface);

    if (IsEqualIID(iid, &IID_IUnknown)
        || ((cb->answers & CB_ANSWERS_1) && IsEqualIID(iid, &IID_IBackgroundCopyCallback))
        || ((cb->answers & CB_ANSWERS_2) && IsEqualIID(iid, &IID_IBackgroundCopyCallback2))
        || ((cb->answers & CB_ANSWERS_3) && IsEqualIID(iid, &IID_IBackgroundCopyCallback3)))
    {
        IBackgroundCopyCallback3_AddRef(iface);
        *out = iface;
        return S_OK;
    }
    *out = NULL;
    return E_NOINTERFACE;
}

static HRESULT cb_called(struct callback *cb, enum cb_kind kind, IBackgroundCopyJob *job, IUnknown *other)
{
    struct cb_call *call;
    HRESULT hr = S_OK;
    HANDLE hold;

    EnterCriticalSection(&cb->cs);
    call = &cb->calls[min(cb->count, CB_MAX_CALLS - 1)];
    cb->count++;
    cb->counts[kind]++;
    cb->inside++;
    cb->max_inside = max(cb->max_inside, cb->inside);
    call->kind = kind;
    call->begin = GetTickCount();
    call->thread = GetCurrentThreadId();
    hold = cb->hold;
    LeaveCriticalSection(&cb->cs);
    SetEvent(cb->changed);
    SetEvent(cb->called);

    if (kind == CB_FILE)
    {
        WCHAR *name, *end;

        if (SUCCEEDED(IBackgroundCopyFile_GetLocalName((IBackgroundCopyFile *)other, &name)))
        {
            end = wcsrchr(name, '\\');
            lstrcpynW(call->file, end ? end + 1 : name, ARRAY_SIZE(call->file));
            CoTaskMemFree(name);
        }
    }
    if (cb->hook) hr = cb->hook(cb, kind, job, other);
    if (hold) WaitForSingleObject(hold, 2 * BITS_TIMEOUT);

    EnterCriticalSection(&cb->cs);
    cb->inside--;
    call->answer = hr;
    call->end = GetTickCount();
    LeaveCriticalSection(&cb->cs);
    SetEvent(cb->changed);
    return hr;
}

static HRESULT WINAPI cb_JobTransferred(IBackgroundCopyCallback3 *iface, IBackgroundCopyJob *job)
{
    return cb_called(impl_from_IBackgroundCopyCallback3(iface), CB_TRANSFERRED, job, NULL);
}

static HRESULT WINAPI cb_JobError(IBackgroundCopyCallback3 *iface, IBackgroundCopyJob *job, IBackgroundCopyError *error)
{
    return cb_called(impl_from_IBackgroundCopyCallback3(iface), CB_ERROR, job, (IUnknown *)error);
}

static HRESULT WINAPI cb_JobModification(IBackgroundCopyCallback3 *iface, IBackgroundCopyJob *job, DWORD reserved)
{
    ok_inferred("CB.JobModification.4", !reserved, "got %#lx\n", reserved);
    return cb_called(impl_from_IBackgroundCopyCallback3(iface), CB_MODIFICATION, job, NULL);
}

static HRESULT WINAPI cb_FileTransferred(IBackgroundCopyCallback3 *iface, IBackgroundCopyJob *job, IBackgroundCopyFile *file)
{
    return cb_called(impl_from_IBackgroundCopyCallback3(iface), CB_FILE, job, (IUnknown *)file);
}

/* What FileRangesTransferred brought is for the hook, one call at a time. */
static BG_FILE_RANGE cb_ranges[64];
static DWORD cb_range_count;

static HRESULT WINAPI cb_FileRangesTransferred(IBackgroundCopyCallback3 *iface, IBackgroundCopyJob *job, IBackgroundCopyFile *file,
                                               DWORD count, const BG_FILE_RANGE ranges[])
{
    cb_range_count = min(count, ARRAY_SIZE(cb_ranges));
    memcpy(cb_ranges, ranges, cb_range_count * sizeof(*cb_ranges));
    return cb_called(impl_from_IBackgroundCopyCallback3(iface), CB_RANGES, job, (IUnknown *)file);
}

static const IBackgroundCopyCallback3Vtbl cb_vtbl =
{
    cb_QueryInterface,
    cb_AddRef,
    cb_Release,
    cb_JobTransferred,
    cb_JobError,
    cb_JobModification,
    cb_FileTransferred,
    cb_FileRangesTransferred,
};

static inline struct callback *cb_create(unsigned int answers)
{
    struct callback *cb = calloc(1, sizeof(*cb));

    cb->IBackgroundCopyCallback3_iface.lpVtbl = (IBackgroundCopyCallback3Vtbl *)&cb_vtbl;
    cb->refs = 1;
    cb->answers = answers;
    InitializeCriticalSection(&cb->cs);
    cb->changed = CreateEventW(NULL, FALSE, FALSE, NULL);
    cb->called = CreateEventW(NULL, FALSE, FALSE, NULL);
    return cb;
}

static inline IUnknown *cb_unknown(struct callback *cb)
{
    return (IUnknown *)&cb->IBackgroundCopyCallback3_iface;
}

/* A wait on cb->changed; in an apartment of one thread the calls come while it waits. */
static inline void cb_pump(struct callback *cb, DWORD msec)
{
    MSG msg;

    MsgWaitForMultipleObjects(1, &cb->changed, FALSE, msec, QS_ALLINPUT);
    while (PeekMessageW(&msg, NULL, 0, 0, PM_REMOVE)) DispatchMessageW(&msg);
}

/* Waits until so many calls of that kind (CB_KINDS: any) have returned. */
static inline BOOL cb_wait_(unsigned int line, struct callback *cb, enum cb_kind kind, unsigned int count, DWORD msec)
{
    struct bits_clock clock;
    unsigned int got, i;

    bits_clock_start(&clock);
    for (;;)
    {
        EnterCriticalSection(&cb->cs);
        for (i = got = 0; i < cb->count && i < CB_MAX_CALLS; i++)
            if ((kind == CB_KINDS || cb->calls[i].kind == kind) && cb->calls[i].end) got++;
        LeaveCriticalSection(&cb->cs);
        if (got >= count) return TRUE;
        if (bits_clock_look(&clock) >= msec) break;
        cb_pump(cb, BITS_LOOK / 2);
    }
    ok_(__FILE__, line)(0, "%u calls of kind %d have returned, expected %u\n", got, kind, count);
    return FALSE;
}
#define cb_wait(cb, kind, count) cb_wait_(__LINE__, cb, kind, count, BITS_TIMEOUT)

/* Waits until so many calls are under way. */
static inline BOOL cb_wait_inside_(unsigned int line, struct callback *cb, unsigned int count)
{
    struct bits_clock clock;
    unsigned int inside;

    bits_clock_start(&clock);
    for (;;)
    {
        EnterCriticalSection(&cb->cs);
        inside = cb->inside;
        LeaveCriticalSection(&cb->cs);
        if (inside >= count) return TRUE;
        if (bits_clock_look(&clock) >= BITS_TIMEOUT) break;
        cb_pump(cb, BITS_LOOK / 2);
    }
    ok_(__FILE__, line)(0, "%u calls are under way, expected %u\n", inside, count);
    return FALSE;
}
#define cb_wait_inside(cb, count) cb_wait_inside_(__LINE__, cb, count)

/* No call begins for that long. A call that should not come has no event to wait for but time. */
static inline void cb_expect_no_call_(unsigned int line, const char *fact, struct callback *cb, unsigned int count, DWORD msec)
{
    DWORD begin = GetTickCount(), passed;

    while (cb->count == count && (passed = GetTickCount() - begin) < msec) WaitForSingleObject(cb->called, msec - passed);
    ok_(__FILE__, line)(cb->count == count, "[%s] call %u, of kind %d\n", fact, cb->count,
                        cb->count ? (int)cb->calls[min(cb->count, CB_MAX_CALLS) - 1].kind : -1);
}
#define cb_expect_no_call(fact, cb, count, msec) cb_expect_no_call_(__LINE__, fact, cb, count, msec)

/* Waits until nobody but the test holds the object. */
static inline BOOL cb_wait_released_(unsigned int line, const char *fact, struct callback *cb)
{
    struct bits_clock clock;

    bits_clock_start(&clock);
    while (cb->refs > 1 && bits_clock_look(&clock) < BITS_TIMEOUT) cb_pump(cb, BITS_LOOK / 2);
    ok_(__FILE__, line)(cb->refs == 1, "[%s] %ld references are held\n", fact, cb->refs - 1);
    return cb->refs == 1;
}
#define cb_wait_released(fact, cb) cb_wait_released_(__LINE__, fact, cb)

static inline void cb_destroy_(unsigned int line, struct callback *cb)
{
    if (!cb_wait_released_(line, "HABIT.2", cb)) return;    /* somebody may still call it */
    CloseHandle(cb->changed);
    CloseHandle(cb->called);
    DeleteCriticalSection(&cb->cs);
    free(cb);
}
#define cb_destroy(cb) cb_destroy_(__LINE__, cb)

static inline void cb_register_(unsigned int line, IBackgroundCopyJob *job, struct callback *cb, ULONG flags)
{
    HRESULT hr;

    hr = IBackgroundCopyJob_SetNotifyFlags(job, flags);
    ok_(__FILE__, line)(hr == S_OK, "[JOB.SetNotifyFlags.4] got %#lx\n", hr);
    hr = IBackgroundCopyJob_SetNotifyInterface(job, cb_unknown(cb));
    ok_(__FILE__, line)(hr == S_OK, "[JOB.SetNotifyInterface.3] got %#lx\n", hr);
}
#define cb_register(job, cb, flags) cb_register_(__LINE__, job, cb, flags)

#define FLAGS_END (BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR)

/* Another process of this program that goes on by itself; ended by wait_child_process or TerminateProcess. */
static inline HANDLE start_client(const char *unit, const char *argument)
{
    STARTUPINFOA startup = { sizeof(startup) };
    PROCESS_INFORMATION info;
    char line[MAX_PATH * 2];
    char **argv;
    BOOL ret;

    winetest_get_mainargs(&argv);
    _snprintf(line, sizeof(line), "\"%s\" %s %s", argv[0], unit, argument);
    ret = CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info);
    ok(ret, "cannot start %s, error %lu\n", line, GetLastError());
    if (!ret) return NULL;
    CloseHandle(info.hThread);
    return info.hProcess;
}

/* Events that the processes of a test have in common. */
static inline HANDLE named_event(DWORD pid, const char *name)
{
    char full[64];

    _snprintf(full, sizeof(full), "bits test %lx %s", pid, name);
    return CreateEventA(NULL, TRUE, FALSE, full);
}

static inline void wait_event_(unsigned int line, HANDLE event, const char *what)
{
    ok_(__FILE__, line)(bits_wait_object(event, BITS_TIMEOUT) == WAIT_OBJECT_0, "%s does not happen\n", what);
}
#define wait_event(event, what) wait_event_(__LINE__, event, what)

#endif /* __NOTIFY_TEST_H */
