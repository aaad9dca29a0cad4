/*
 * Threads that may hang
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

#include "windef.h"
#include "winbase.h"
#include "objbase.h"

#include "notify_threads.h"

#include "wine/list.h"
#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define IDLE_MSEC 5000

struct notify_thread
{
    /* guarded by threads_lock */
    struct list entry;              /* in idle, while it waits there */
    BOOL waiting;
    void (*run)(void *ctx);
    void *ctx;
    CONDITION_VARIABLE wake;
};

static SRWLOCK threads_lock = SRWLOCK_INIT;

/* guarded by threads_lock */
static struct list idle = LIST_INIT(idle);
static UINT32 thread_count;
static BOOL stopping;
static CONDITION_VARIABLE ended = CONDITION_VARIABLE_INIT;

/* Waits for work; FALSE: the thread is not needed any more. */
static BOOL wait_locked(struct notify_thread *thread)
{
    BOOL woken = TRUE;

    thread->run = NULL;
    thread->waiting = TRUE;
    list_add_head(&idle, &thread->entry);           /* the one used last is used first, the others end */
    while (thread->waiting && woken && !stopping)
        woken = SleepConditionVariableSRW(&thread->wake, &threads_lock, IDLE_MSEC, 0);
    if (thread->waiting) list_remove(&thread->entry);
    thread->waiting = FALSE;
    return thread->run != NULL;
}

static DWORD CALLBACK thread_main(void *arg)
{
    struct notify_thread *thread = arg;
    BOOL more;

    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    do
    {
        thread->run(thread->ctx);
        AcquireSRWLockExclusive(&threads_lock);
        more = wait_locked(thread);
        ReleaseSRWLockExclusive(&threads_lock);
    }
    while (more);
    CoUninitialize();
    free(thread);

    AcquireSRWLockExclusive(&threads_lock);
    thread_count--;
    WakeAllConditionVariable(&ended);
    ReleaseSRWLockExclusive(&threads_lock);
    return 0;
}

HRESULT notify_thread_run(void (*run)(void *ctx), void *ctx)
{
    struct notify_thread *thread;
    struct list *ptr;
    HANDLE handle;
    HRESULT hr;

    AcquireSRWLockExclusive(&threads_lock);
    if ((ptr = list_head(&idle)))
    {
        thread = LIST_ENTRY(ptr, struct notify_thread, entry);
        list_remove(&thread->entry);
        thread->waiting = FALSE;
        thread->run = run;
        thread->ctx = ctx;
        WakeConditionVariable(&thread->wake);
    }
    else thread_count++;
    ReleaseSRWLockExclusive(&threads_lock);
    if (ptr) return S_OK;

    hr = E_OUTOFMEMORY;
    if ((thread = calloc(1, sizeof(*thread))))
    {
        InitializeConditionVariable(&thread->wake);
        thread->run = run;
        thread->ctx = ctx;
        if ((handle = CreateThread(NULL, 0, thread_main, thread, 0, NULL)))
        {
            CloseHandle(handle);
            return S_OK;
        }
        hr = HRESULT_FROM_WIN32(GetLastError());
        free(thread);
    }
    ERR("no thread to call a client, hr %#lx\n", hr);
    AcquireSRWLockExclusive(&threads_lock);
    thread_count--;
    ReleaseSRWLockExclusive(&threads_lock);
    return hr;
}

void notify_threads_shutdown(DWORD msec)
{
    UINT64 end = GetTickCount64() + msec, now;
    struct notify_thread *thread;

    AcquireSRWLockExclusive(&threads_lock);
    stopping = TRUE;
    LIST_FOR_EACH_ENTRY(thread, &idle, struct notify_thread, entry) WakeConditionVariable(&thread->wake);
    while (thread_count && (now = GetTickCount64()) < end) SleepConditionVariableSRW(&ended, &threads_lock, end - now, 0);
    if (thread_count) WARN("%u calls to clients do not return.\n", thread_count);
    ReleaseSRWLockExclusive(&threads_lock);
}
