/*
 * Keeping the prefix alive while bytes flow
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

#include <stdlib.h>

#include <stdarg.h>
#include "windef.h"
#include "winbase.h"
#include "winuser.h"

#include "awake.h"
#include "child.h"
#include "log.h"
#include "security.h"
#include "watch.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define EXPECT_MSEC 10000   /* a child started ahead waits as long for work */
#define LINGER_MSEC 1000    /* between two transfers, and between Resume and the start of its transfer */
#define TAKEOVER_MSEC 5000  /* the child outlives a killed service until the guard's new one holds the prefix itself */

enum hold
{
    HOLD_NONE,              /* the next block or transfer takes hold */
    HOLD_CHILD,
    HOLD_REFUSED,           /* no block changes that: switched off, alone for too long, or no child to be had */
};

static SRWLOCK awake_lock = SRWLOCK_INIT;
static CONDITION_VARIABLE settled = CONDITION_VARIABLE_INIT;

static struct
{
    /* fixed between awake_init and awake_shutdown */
    struct watch *timer, *work;

    /* guarded by awake_lock */
    struct awake_rules rules;
    BOOL running;           /* between awake_init and awake_shutdown */
    BOOL moving;
    UINT32 clients;
    UINT64 none_since;      /* the last client went */
    UINT64 expected;        /* the last awake_expect or end of movement */
    HANDLE child, release;  /* the process and the event that ends it; both or none */
    BOOL starting;
    UINT32 failures;        /* children in a row that could not be started or died */

    /* interlocked */
    LONG hold;              /* enum hold; written under awake_lock */
    LONG last_block;        /* GetTickCount */
} awake;

static UINT64 last_block(UINT64 now)
{
    return now - (DWORD)((DWORD)now - (DWORD)awake.last_block);
}

/* How long the prefix is to be held from now on, ms; 0: not at all. */
static UINT64 hold_time_locked(UINT64 now)
{
    UINT64 until, last = last_block(now);

    if (!awake.running || !awake.rules.enabled) return 0;
    if (awake.moving)
    {
        until = last + awake.rules.stall;
        if (!awake.clients) until = min(until, awake.none_since + awake.rules.alone);
    }
    else until = awake.expected + (awake.clients ? EXPECT_MSEC : LINGER_MSEC);
    return until > now ? until - now : 0;
}

static void release_locked(void)
{
    TRACE("letting go.\n");
    SetEvent(awake.release);
    CloseHandle(awake.release);
    CloseHandle(awake.child);
    awake.release = awake.child = NULL;
    watch_set_timer(awake.timer, WATCH_NEVER);
}

/* Brings the child in line with the rules, except for starting it. TRUE: it should be started. */
static BOOL settle_locked(void)
{
    UINT64 now = GetTickCount64(), time = hold_time_locked(now);

    if (awake.child && WaitForSingleObject(awake.child, 0) != WAIT_TIMEOUT)
    {
        release_locked();
        awake.failures++;
    }
    if (!time)
    {
        if (awake.child) release_locked();
        /* After a stall the next block takes hold again; a rule other than the stall is not changed by a block. */
        InterlockedExchange(&awake.hold, awake.running && awake.rules.enabled
                            && (awake.clients || now < awake.none_since + awake.rules.alone) ? HOLD_NONE : HOLD_REFUSED);
    }
    else if (awake.child)
    {
        InterlockedExchange(&awake.hold, HOLD_CHILD);
        watch_set_timer(awake.timer, time + 1);
    }
    else if (awake.failures >= 3) InterlockedExchange(&awake.hold, HOLD_REFUSED);
    else return TRUE;
    WakeAllConditionVariable(&settled);
    return FALSE;
}

static void start_child(void)
{
    SECURITY_ATTRIBUTES inheritable = {sizeof(inheritable), NULL, TRUE};
    HANDLE handles[2], child = NULL;
    HRESULT hr = E_FAIL;

    /* Manual reset, so that nobody but the child needs to see it. */
    handles[0] = OpenProcess(SYNCHRONIZE, TRUE, GetCurrentProcessId());
    handles[1] = CreateEventW(&inheritable, TRUE, FALSE, NULL);
    if (handles[0] && handles[1]) hr = child_run(L"AwakeMain", handles, ARRAYSIZE(handles), &child);
    if (handles[0]) CloseHandle(handles[0]);
    if (FAILED(hr)) log_write(LOG_WARNING, "the prefix cannot be kept alive, error %#lx", hr);
    else TRACE("holding the prefix.\n");

    AcquireSRWLockExclusive(&awake_lock);
    awake.starting = FALSE;
    if (SUCCEEDED(hr))
    {
        awake.child = child;
        awake.release = handles[1];
        awake.failures = 0;
    }
    else
    {
        if (handles[1]) CloseHandle(handles[1]);
        awake.failures++;
    }
    settle_locked();
    ReleaseSRWLockExclusive(&awake_lock);
}

static void work_callback(void *ctx)
{
    BOOL start;

    AcquireSRWLockExclusive(&awake_lock);
    if ((start = !awake.starting && settle_locked())) awake.starting = TRUE;
    ReleaseSRWLockExclusive(&awake_lock);
    if (start) start_child();
}

/* Rules or facts have changed: looks at them now, and leaves the start of a child to the pool. */
static void settle_and_leave(void)
{
    BOOL start = awake.running && !awake.starting && settle_locked();

    ReleaseSRWLockExclusive(&awake_lock);
    if (start) watch_set_timer(awake.work, 0);
}

HRESULT awake_init(const struct awake_rules *rules)
{
    HRESULT hr;

    if (FAILED(hr = watch_create(WATCH_TIME, NULL, work_callback, NULL, &awake.timer))) return hr;
    if (FAILED(hr = watch_create(WATCH_TIME, NULL, work_callback, NULL, &awake.work)))
    {
        watch_close(awake.timer);
        awake.timer = NULL;
        return hr;
    }
    AcquireSRWLockExclusive(&awake_lock);
    awake.rules = *rules;
    if (!security_on_wine()) awake.rules.enabled = FALSE;
    awake.running = TRUE;
    awake.moving = FALSE;
    awake.clients = 0;
    awake.none_since = GetTickCount64();
    awake.expected = 0;
    awake.failures = 0;
    awake.hold = awake.rules.enabled ? HOLD_NONE : HOLD_REFUSED;
    ReleaseSRWLockExclusive(&awake_lock);
    return S_OK;
}

void awake_shutdown(void)
{
    AcquireSRWLockExclusive(&awake_lock);
    awake.running = FALSE;
    if (awake.timer) settle_locked();
    ReleaseSRWLockExclusive(&awake_lock);
    watch_close(awake.work);
    watch_close(awake.timer);
    awake.work = NULL;
    awake.timer = NULL;
}

void awake_set(BOOL moving)
{
    AcquireSRWLockExclusive(&awake_lock);
    if (awake.moving == moving)
    {
        ReleaseSRWLockExclusive(&awake_lock);
        return;
    }
    awake.moving = moving;
    awake.expected = GetTickCount64();
    /* The time to the first byte counts like the time between two. */
    if (moving) InterlockedExchange(&awake.last_block, GetTickCount());
    settle_and_leave();
}

void awake_expect(BOOL wait)
{
    UINT64 deadline = GetTickCount64() + 1000, now;

    AcquireSRWLockExclusive(&awake_lock);
    awake.expected = GetTickCount64();
    if (awake.hold == HOLD_CHILD && awake.moving)
    {
        ReleaseSRWLockExclusive(&awake_lock);
        return;
    }
    settle_and_leave();
    if (!wait) return;

    AcquireSRWLockExclusive(&awake_lock);
    while (awake.running && awake.hold == HOLD_NONE && (now = GetTickCount64()) < deadline)
        SleepConditionVariableSRW(&settled, &awake_lock, deadline - now, 0);
    ReleaseSRWLockExclusive(&awake_lock);
}

void awake_progress(void)
{
    InterlockedExchange(&awake.last_block, GetTickCount());
    if (awake.hold != HOLD_NONE) return;
    AcquireSRWLockExclusive(&awake_lock);
    if (awake.moving) settle_and_leave();
    else ReleaseSRWLockExclusive(&awake_lock);
}

void awake_clients_changed(UINT32 count)
{
    AcquireSRWLockExclusive(&awake_lock);
    if (awake.clients && !count) awake.none_since = GetTickCount64();
    awake.clients = count;
    settle_and_leave();
}

void awake_rules_changed(const struct awake_rules *rules)
{
    AcquireSRWLockExclusive(&awake_lock);
    awake.rules = *rules;
    if (!security_on_wine()) awake.rules.enabled = FALSE;
    awake.failures = 0;
    settle_and_leave();
}

/*
 * Entry point for rundll32: the child.  Being there is all it does.  Arguments: handles of the service's process and of the event that lets
 * it go.
 */
void WINAPI AwakeMainW(HWND window, HINSTANCE instance, WCHAR *line, int show)
{
    HANDLE handles[2];

    if (window) DestroyWindow(window);
    if (!child_handles(line, handles, ARRAYSIZE(handles))) return;
    if (WaitForMultipleObjects(ARRAYSIZE(handles), handles, FALSE, INFINITE) == WAIT_OBJECT_0) Sleep(TAKEOVER_MSEC);
}
