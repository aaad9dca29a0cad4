/*
 * Test of the room that waits for objects and times, dlls/qmgr/watch.c
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

#define STANDALONE
#include <stdarg.h>
#include <stdlib.h>

#include <windef.h>
#include <winbase.h>

#include "watch.h"
#include "wine/test.h"

#define OBJECTS 200     /* more than three threads can wait for */
#define HANG 60000      /* ms */
#define STRESS_MSEC 2000

struct thing
{
    struct watch *watch;
    HANDLE event;
    LONG calls;
    LONG running, overlaps;
    DWORD sleep;
    BOOL close;         /* itself, from the callback */
    UINT64 again;       /* ms until the next time, from the callback; 0 not */
    UINT64 due, early;
    volatile LONG gone; /* closed: no callback may come */
    LONG late;
};

static void callback(void *ctx)
{
    struct thing *thing = ctx;
    UINT64 now = GetTickCount64();

    if (InterlockedIncrement(&thing->running) > 1) InterlockedIncrement(&thing->overlaps);
    if (thing->gone) InterlockedIncrement(&thing->late);
    if (thing->due && now < thing->due) thing->early = thing->due - now;
    if (thing->sleep) Sleep(thing->sleep);
    if (thing->close) watch_close(thing->watch);
    else if (thing->again) watch_set_timer(thing->watch, thing->again);
    InterlockedDecrement(&thing->running);
    InterlockedIncrement(&thing->calls);
}

/* The only waiting without an event: a count is compared. */
static BOOL calls_are(struct thing *thing, LONG calls)
{
    UINT64 end = GetTickCount64() + HANG;

    while (thing->calls < calls && GetTickCount64() < end) Sleep(1);
    return thing->calls == calls;
}

static void create(struct thing *thing, enum watch_kind kind)
{
    HRESULT hr;

    memset(thing, 0, sizeof(*thing));
    if (kind != WATCH_TIME) thing->event = CreateEventW(NULL, kind == WATCH_ONCE, FALSE, NULL);
    hr = watch_create(kind, thing->event, callback, thing, &thing->watch);
    ok(hr == S_OK, "watch_create failed, hr %#lx\n", hr);
}

static void destroy(struct thing *thing)
{
    watch_close(thing->watch);
    thing->gone = TRUE;
    ok(!thing->running, "a callback runs after watch_close\n");
    ok(!thing->overlaps, "two callbacks at a time\n");
    if (thing->event) CloseHandle(thing->event);
}

static void test_objects(void)
{
    static struct thing things[OBJECTS];
    UINT32 i, round;

    for (i = 0; i < OBJECTS; i++) create(&things[i], i % 2 ? WATCH_EVENT : WATCH_ONCE);
    for (round = 1; round <= 3; round++)
    {
        for (i = 0; i < OBJECTS; i++) SetEvent(things[i].event);
        for (i = 0; i < OBJECTS; i++) ok(calls_are(&things[i], i % 2 ? round : 1), "round %u: object %u: %ld calls\n", round, i, things[i].calls);
    }
    /* a few in the middle go and come */
    for (i = 50; i < 150; i++) destroy(&things[i]);
    for (i = 50; i < 150; i++) create(&things[i], WATCH_EVENT);
    for (i = 50; i < 150; i++) SetEvent(things[i].event);
    for (i = 50; i < 150; i++) ok(calls_are(&things[i], 1), "object %u: %ld calls\n", i, things[i].calls);
    for (i = 0; i < OBJECTS; i++) destroy(&things[i]);
    for (i = 0; i < OBJECTS; i++) ok(things[i].calls == (i >= 50 && i < 150 ? 1 : i % 2 ? 3 : 1), "object %u: %ld calls\n", i, things[i].calls);
}

static void test_times(void)
{
    static struct thing things[OBJECTS];
    struct thing never, twice;
    UINT32 i;

    create(&never, WATCH_TIME);
    watch_set_timer(never.watch, 20);
    watch_set_timer(never.watch, WATCH_NEVER);
    for (i = 0; i < OBJECTS; i++)
    {
        create(&things[i], WATCH_TIME);
        things[i].due = GetTickCount64() + i % 50;
        watch_set_timer(things[i].watch, i % 50);
    }
    for (i = 0; i < OBJECTS; i++)
    {
        ok(calls_are(&things[i], 1), "timer %u: %ld calls\n", i, things[i].calls);
        ok(!things[i].early, "timer %u: %u ms early\n", i, (UINT32)things[i].early);
    }

    create(&twice, WATCH_TIME);
    watch_set_timer(twice.watch, 30000);    /* in place of it */
    watch_set_timer(twice.watch, 0);
    ok(calls_are(&twice, 1), "%ld calls\n", twice.calls);
    twice.again = 1;
    watch_set_timer(twice.watch, 0);
    for (i = 0; twice.calls < 20 && i < HANG; i++) Sleep(1);
    ok(twice.calls >= 20, "set again from its callback: %ld calls\n", twice.calls);
    destroy(&twice);
    for (i = 0; i < OBJECTS; i++)
    {
        destroy(&things[i]);
        ok(things[i].calls == 1, "timer %u: %ld calls\n", i, things[i].calls);
    }
    ok(!never.calls, "a timer that was put off was called %ld times\n", never.calls);
    destroy(&never);
}

static void test_close(void)
{
    struct thing slow, self;
    UINT32 i;

    create(&slow, WATCH_EVENT);
    slow.sleep = 100;
    SetEvent(slow.event);
    while (!slow.running && !slow.calls) Sleep(0);
    destroy(&slow);
    ok(slow.calls == 1, "watch_close has not waited\n");

    create(&self, WATCH_EVENT);
    self.close = TRUE;
    SetEvent(self.event);
    ok(calls_are(&self, 1), "%ld calls\n", self.calls);
    SetEvent(self.event);
    ok(WaitForSingleObject(self.event, 100) == WAIT_OBJECT_0, "the event of a closed watch was taken\n");
    CloseHandle(self.event);

    /* set while the callback runs: one more, afterwards */
    create(&slow, WATCH_EVENT);
    slow.sleep = 50;
    SetEvent(slow.event);
    while (!slow.running && !slow.calls) Sleep(0);
    for (i = 0; i < 5; i++) SetEvent(slow.event);
    ok(calls_are(&slow, 2), "%ld calls\n", slow.calls);
    destroy(&slow);
    ok(slow.calls == 2, "%ld calls\n", slow.calls);
    watch_close(NULL);
}

static DWORD CALLBACK stress(void *arg)
{
    UINT64 end = GetTickCount64() + STRESS_MSEC;
    UINT32 seed = (UINT32)(ULONG_PTR)arg * 2654435761u + 1, kind;
    LONG *failures = calloc(1, sizeof(*failures));
    struct thing things[40];
    UINT32 i;

    memset(things, 0, sizeof(things));
    while (GetTickCount64() < end)
    {
        seed = seed * 1664525 + 1013904223;
        i = (seed >> 8) % ARRAYSIZE(things);
        kind = (seed >> 20) % 3;
        if (!things[i].watch)
        {
            memset(&things[i], 0, sizeof(things[i]));
            if (kind != WATCH_TIME) things[i].event = CreateEventW(NULL, kind == WATCH_ONCE, FALSE, NULL);
            if (FAILED(watch_create(kind, things[i].event, callback, &things[i], &things[i].watch))) (*failures)++;
        }
        else if ((seed >> 24) % 4)
        {
            if (things[i].event) SetEvent(things[i].event);
            else watch_set_timer(things[i].watch, (seed >> 16) % 4);
        }
        else
        {
            watch_close(things[i].watch);
            things[i].watch = NULL;
            things[i].gone = TRUE;
            if (things[i].running || things[i].overlaps || things[i].late) (*failures)++;
            if (things[i].event) CloseHandle(things[i].event);
        }
    }
    for (i = 0; i < ARRAYSIZE(things); i++)
    {
        if (!things[i].watch) continue;
        watch_close(things[i].watch);
        if (things[i].running || things[i].overlaps || things[i].late) (*failures)++;
        if (things[i].event) CloseHandle(things[i].event);
    }
    i = *failures;
    free(failures);
    return i;
}

static void test_stress(void)
{
    HANDLE threads[6];
    DWORD failures;
    UINT32 i;

    for (i = 0; i < ARRAYSIZE(threads); i++) threads[i] = CreateThread(NULL, 0, stress, (void *)(ULONG_PTR)(i + 1), 0, NULL);
    for (i = 0; i < ARRAYSIZE(threads); i++)
    {
        ok(WaitForSingleObject(threads[i], HANG) == WAIT_OBJECT_0, "thread %u hangs\n", i);
        failures = ~0u;
        GetExitCodeThread(threads[i], &failures);
        ok(!failures, "thread %u: %lu failures\n", i, failures);
        CloseHandle(threads[i]);
    }
}

START_TEST(watch_test)
{
    test_objects();
    test_times();
    test_close();
    test_stress();
}
