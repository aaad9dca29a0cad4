/*
 * Group commit, and a disk that fails or runs full
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

#include <stdio.h>
#include <time.h>

#include "core/str.h"
#include "fakedisk.h"
#include "histories.h"
#include "rooms.h"
#include "store.h"
#include "sync.h"
#include "wine/test.h"

#define HR_BROKEN HRESULT_FROM_WIN32(1117) /* ERROR_IO_DEVICE */
#define DEADLINE 20000

static const WCHAR dir[] = L"C:\\ProgramData\\Downloader";

struct service
{
    struct fakedisk *fake;
    struct sync_mutex cs;       /* queue.cs */
    struct model model;
    struct store *store;
    UINT32 wanted;              /* how often a snapshot was asked for */
    HRESULT snapshot_hr;        /* a failure to give one */
    char log[8192];
};

static void want_snapshot(void *ctx)
{
    struct service *service = ctx;
    struct job *job;
    HRESULT hr;

    sync_lock(&service->cs);
    service->wanted++;
    if (SUCCEEDED(hr = store_snapshot_begin(service->store)))
    {
        for (job = service->model.first; job && SUCCEEDED(hr); job = job->next)
            hr = model_snapshot(job, store_snapshot_add, service->store);
        if (FAILED(service->snapshot_hr)) hr = service->snapshot_hr;
        store_snapshot_end(service->store, hr);
    }
    sync_unlock(&service->cs);
}

static void write_log(void *ctx, const char *text)
{
    struct service *service = ctx;

    if (strlen(service->log) + strlen(text) + 2 < sizeof(service->log)) strcat(strcat(service->log, text), "\n");
}

static HRESULT open_service(struct service *service, struct fakedisk *fake)
{
    struct store_callbacks callbacks = { want_snapshot, write_log, service };
    HRESULT hr;

    memset(service, 0, sizeof(*service));
    service->fake = fake;
    sync_mutex_init(&service->cs, "queue.cs");
    model_init(&service->model);
    sync_lock(&service->cs);
    hr = store_open(fakedisk_disk(fake), dir, &service->model, &callbacks, &service->store);
    sync_unlock(&service->cs);
    return hr;
}

static void close_service(struct service *service)
{
    if (service->store) store_close(service->store);
    model_free(&service->model);
    sync_mutex_free(&service->cs);
}

/* A call. *ticket is 0 if nothing was changed. */
static HRESULT change(struct service *service, struct record *record, BOOL wait, UINT64 *ticket)
{
    struct buffer bytes;
    UINT64 dummy;
    HRESULT hr;

    if (!ticket) ticket = &dummy;
    do
    {
        *ticket = 0;
        buffer_init(&bytes, RECORD_MAX);
        hr = record_encode(record, &bytes);
        if (SUCCEEDED(hr)) hr = store_reserve(service->store, (UINT32)bytes.len);
        buffer_free(&bytes);
        if (FAILED(hr)) return hr;
        sync_lock(&service->cs);
        hr = model_prepare(&service->model, record);
        if (SUCCEEDED(hr) && SUCCEEDED(hr = store_append(service->store, record, ticket)))
            ok(model_apply(&service->model, record) == S_OK, "does not apply\n");
        sync_unlock(&service->cs);
    } while (hr == HRESULT_FROM_WIN32(ERROR_RETRY));
    return FAILED(hr) || !wait ? hr : store_wait(service->store, *ticket);
}

static HRESULT create(struct service *service, UINT32 number, BOOL wait)
{
    struct record record = { RECORD_CREATE };

    record.job.Data1 = number;
    record.time = number;
    record.u.create.owner = L"S-1-5-21-1";
    record.u.create.display_name = L"a job";
    return change(service, &record, wait, NULL);
}

static HRESULT describe(struct service *service, UINT32 number, const WCHAR *text, BOOL wait, UINT64 *ticket)
{
    struct prop_value value = { PROP_DESCRIPTION };
    struct record record = { RECORD_SET };

    record.job.Data1 = number;
    value.string = text;
    record.u.set.values = &value;
    record.u.set.count = 1;
    return change(service, &record, wait, ticket);
}

static const WCHAR *description(struct service *service, UINT32 number)
{
    GUID id = { number };
    struct job *job = model_find(&service->model, &id);

    return job ? job_string(job, PROP_DESCRIPTION) : NULL;
}

/* What the disk would give back after a power failure. */
static void check_durable(struct service *service, const char *facts, const char *what)
{
    struct fakedisk *clone = fakedisk_clone(service->fake);
    struct service after;
    const char *difference;
    HRESULT hr;

    fakedisk_reboot(clone, FAKE_LOSE_ALL, 0);
    fakedisk_set_capacity(clone, (UINT64)-1);
    hr = open_service(&after, clone);
    ok(hr == S_OK, "[%s] %s: got %#x\n", facts, what, hr);
    difference = model_difference(&service->model, &after.model);
    ok(!difference, "[%s] %s: %s differs\n", facts, what, difference);
    close_service(&after);
    fakedisk_free(clone);
}

static void wait_for(struct service *service, UINT64 ticket)
{
    struct timespec nap = { 0, 1000000 };
    UINT64 end = sync_msec() + DEADLINE;

    while (!store_is_durable(service->store, ticket) && sync_msec() < end) nanosleep(&nap, NULL);
    ok(store_is_durable(service->store, ticket), "never durable\n");
}

/* Alone: a flush for each call, and not one more. */
static void test_alone(void)
{
    struct fakedisk *fake = fakedisk_create();
    struct store_stats before, after;
    struct service service;
    UINT64 flushes, ticket;
    UINT32 i;
    HRESULT hr;

    hr = open_service(&service, fake);
    ok(hr == S_OK, "got %#x\n", hr);
    hr = create(&service, 1, TRUE);
    ok(hr == S_OK, "got %#x\n", hr);
    store_get_stats(service.store, &before);
    flushes = fakedisk_count(fake, FAKE_FLUSH);
    for (i = 0; i < 20; i++)
    {
        hr = describe(&service, 1, i & 1 ? L"a" : L"b", TRUE, &ticket);
        ok(hr == S_OK && store_is_durable(service.store, ticket), "got %#x\n", hr);
    }
    store_get_stats(service.store, &after);
    ok(after.flushes - before.flushes == 20, "%u flushes for 20 calls\n", (UINT32)(after.flushes - before.flushes));
    ok(fakedisk_count(fake, FAKE_FLUSH) - flushes == 20, "%u flushes for 20 calls\n", (UINT32)(fakedisk_count(fake, FAKE_FLUSH) - flushes));
    ok(after.appends - before.appends == 20 && after.generations == before.generations, "other counts\n");
    /* waiting for what is long there costs nothing */
    hr = store_wait(service.store, ticket);
    ok(hr == S_OK && fakedisk_count(fake, FAKE_FLUSH) - flushes == 20, "got %#x\n", hr);
    check_durable(&service, "BEH.PERSIST.33", "alone");

    /* what nobody waits for goes along with what somebody does, or in a while by itself */
    for (i = 0; i < 10; i++) describe(&service, 1, L"lazy", FALSE, &ticket);
    hr = describe(&service, 1, L"awaited", TRUE, NULL);
    ok(hr == S_OK && store_is_durable(service.store, ticket), "got %#x\n", hr);
    flushes = fakedisk_count(fake, FAKE_FLUSH);
    describe(&service, 1, L"lazy again", FALSE, &ticket);
    wait_for(&service, ticket);
    ok(fakedisk_count(fake, FAKE_FLUSH) == flushes + 1, "%u flushes\n", (UINT32)(fakedisk_count(fake, FAKE_FLUSH) - flushes));
    check_durable(&service, "BEH.PERSIST.2", "lazy");
    close_service(&service);
    fakedisk_free(fake);
}

struct caller
{
    struct service *service;
    struct sync_thread thread;
    UINT32 number, calls;
    HRESULT hr;
};

static struct sync_mutex gate_cs;
static struct sync_cond gate;
static BOOL gate_open;

static void call(void *ctx)
{
    struct caller *caller = ctx;
    UINT32 i;

    sync_lock(&gate_cs);
    while (!gate_open) sync_wait(&gate, &gate_cs);
    sync_unlock(&gate_cs);
    for (i = 0; i < caller->calls && SUCCEEDED(caller->hr); i++)
        caller->hr = describe(caller->service, caller->number, i & 1 ? L"one" : L"the other", TRUE, NULL);
}

static void run_callers(struct service *service, struct caller *callers, UINT32 count, UINT32 calls)
{
    UINT32 i;

    sync_mutex_init(&gate_cs, "gate");
    sync_cond_init(&gate);
    gate_open = FALSE;
    for (i = 0; i < count; i++)
    {
        callers[i].service = service;
        callers[i].number = 1 + i;
        callers[i].calls = calls;
        callers[i].hr = S_OK;
        ok(sync_thread_start(&callers[i].thread, call, &callers[i]) == S_OK, "no thread\n");
    }
    sync_lock(&gate_cs);
    gate_open = TRUE;
    sync_wake_all(&gate);
    sync_unlock(&gate_cs);
    for (i = 0; i < count; i++) sync_thread_join(&callers[i].thread);
    sync_cond_free(&gate);
    sync_mutex_free(&gate_cs);
}

/* Together: 64 calls in flight at once share at most 8 flushes. */
static void test_together(void)
{
    struct fakedisk *fake = fakedisk_create();
    struct caller callers[64];
    struct store_stats before, after;
    struct service service;
    UINT32 i;
    HRESULT hr;

    open_service(&service, fake);
    for (i = 0; i < 64; i++) create(&service, 1 + i, FALSE);
    hr = describe(&service, 1, L"all are there", TRUE, NULL);
    ok(hr == S_OK, "got %#x\n", hr);
    fakedisk_set_flush_msec(fake, 60);
    store_get_stats(service.store, &before);
    run_callers(&service, callers, 64, 1);
    store_get_stats(service.store, &after);
    for (i = 0; i < 64; i++) ok(callers[i].hr == S_OK, "call %u: got %#x\n", i, callers[i].hr);
    ok(after.appends - before.appends == 64, "%u appends\n", (UINT32)(after.appends - before.appends));
    ok(after.flushes - before.flushes <= 8, "%u flushes for 64 calls at once\n", (UINT32)(after.flushes - before.flushes));
    trace("%u flushes for 64 calls at once\n", (UINT32)(after.flushes - before.flushes));
    check_durable(&service, "BEH.PERSIST.33", "together");

    close_service(&service);
    fakedisk_free(fake);

    /* and through many generations, with little room at a time */
    rooms_step_size = 1024;
    rooms_compact_size = 2048;
    fake = fakedisk_create();
    open_service(&service, fake);
    for (i = 0; i < 8; i++) create(&service, 1 + i, TRUE);
    run_callers(&service, callers, 8, 200);
    for (i = 0; i < 8; i++) ok(callers[i].hr == S_OK, "call %u: got %#x\n", i, callers[i].hr);
    store_get_stats(service.store, &after);
    ok(after.generations > 2, "%u generations\n", (UINT32)after.generations);
    check_durable(&service, "BEH.PERSIST.32", "through generations");
    close_service(&service);
    fakedisk_free(fake);
    rooms_step_size = 1024 * 1024;
    rooms_compact_size = 4 * 1024 * 1024;
}

/* A flush or a write that fails: the file is given up, and a new one tells all. */
static void test_failure(void)
{
    static const enum fake_op ops[] = { FAKE_FLUSH, FAKE_WRITE };
    struct store_stats before, after;
    struct service service, copy;
    struct fakedisk *fake, *clone;
    UINT64 ticket, lazy;
    UINT32 i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(ops); i++)
    {
        winetest_push_context("op %u", ops[i]);
        fake = fakedisk_create();
        open_service(&service, fake);
        create(&service, 1, TRUE);
        hr = describe(&service, 1, L"before", TRUE, NULL);
        ok(hr == S_OK, "got %#x\n", hr);

        /* once: the call itself is saved by the new generation */
        store_get_stats(service.store, &before);
        fakedisk_fail(fake, ops[i], 0, 1, HR_BROKEN);
        hr = describe(&service, 1, L"once", TRUE, &ticket);
        ok(hr == S_OK && store_is_durable(service.store, ticket), "got %#x\n", hr);
        store_get_stats(service.store, &after);
        ok(after.generations == before.generations + 1, "%u generations\n", (UINT32)(after.generations - before.generations));
        ok(strstr(service.log, "0x8007045d") && strstr(service.log, "all is well"), "log: %s\n", service.log);
        check_durable(&service, "BEH.PERSIST.33", "once");

        /* for longer: the call fails with that code, and so does every other; nothing is announced */
        fakedisk_fail(fake, ops[i], 0, ~0u, HR_BROKEN);
        hr = describe(&service, 1, L"lazy", FALSE, &lazy);
        ok(hr == S_OK, "got %#x\n", hr);
        hr = describe(&service, 1, L"lost?", TRUE, &ticket);
        ok(hr == HR_BROKEN, "[BEH.PERSIST.33] got %#x\n", hr);
        ok(!store_is_durable(service.store, ticket) && !store_is_durable(service.store, lazy), "announced\n");
        hr = describe(&service, 1, L"refused", TRUE, &ticket);
        ok(hr == HR_BROKEN && !ticket, "got %#x\n", hr);
        hr = describe(&service, 1, L"refused", FALSE, &ticket);
        ok(hr == HR_BROKEN && !ticket, "got %#x\n", hr);
        ok(!str_cmp(description(&service, 1), L"lost?"), "it was applied: %s\n", wine_dbgstr_w(description(&service, 1)));
        ok(store_wait(service.store, lazy) == HR_BROKEN, "announced\n");
        /* the machine dies now: nothing that was told is lost */
        clone = fakedisk_clone(fake);
        fakedisk_reboot(clone, FAKE_LOSE_ALL, 0);
        hr = open_service(&copy, clone);
        ok(hr == S_OK && !str_cmp(description(&copy, 1), L"once"), "got %#x, %s\n", hr, wine_dbgstr_w(description(&copy, 1)));
        close_service(&copy);
        fakedisk_free(clone);

        /* it works again: the next call succeeds, and brings the others along */
        fakedisk_fail(fake, ops[i], 0, 0, S_OK);
        hr = describe(&service, 1, L"after", TRUE, &ticket);
        ok(hr == S_OK && store_is_durable(service.store, ticket) && store_is_durable(service.store, lazy), "got %#x\n", hr);
        check_durable(&service, "BEH.PERSIST.33", "after");
        hr = describe(&service, 1, L"and on", TRUE, NULL);
        ok(hr == S_OK, "got %#x\n", hr);
        check_durable(&service, "BEH.PERSIST.33", "and on");

        /* or by itself, when nobody calls */
        fakedisk_fail(fake, ops[i], 0, ~0u, HR_BROKEN);
        describe(&service, 1, L"left alone", FALSE, &lazy);
        hr = store_wait(service.store, lazy);
        ok(hr == HR_BROKEN, "got %#x\n", hr);
        fakedisk_fail(fake, ops[i], 0, 0, S_OK);
        wait_for(&service, lazy);
        check_durable(&service, "BEH.PERSIST.33", "left alone");
        close_service(&service);
        fakedisk_free(fake);
        winetest_pop_context();
    }

    /* also while many wait */
    fake = fakedisk_create();
    open_service(&service, fake);
    for (i = 0; i < 16; i++) create(&service, 1 + i, TRUE);
    {
        struct caller callers[16];
        UINT32 failed = 0;

        fakedisk_set_flush_msec(fake, 2);
        fakedisk_fail(fake, FAKE_FLUSH, 2, 1, HR_BROKEN);
        run_callers(&service, callers, 16, 5);
        for (i = 0; i < 16; i++) ok(callers[i].hr == S_OK, "call %u: got %#x\n", i, callers[i].hr);
        check_durable(&service, "BEH.PERSIST.33", "many, once");
        fakedisk_fail(fake, FAKE_FLUSH, 2, ~0u, HR_BROKEN);
        run_callers(&service, callers, 16, 5);
        for (i = 0; i < 16; i++)
        {
            ok(callers[i].hr == HR_BROKEN, "call %u: got %#x\n", i, callers[i].hr);
            failed += FAILED(callers[i].hr);
        }
        ok(failed == 16, "only %u fail\n", failed);
        fakedisk_fail(fake, FAKE_FLUSH, 0, 0, S_OK);
        run_callers(&service, callers, 16, 2);
        for (i = 0; i < 16; i++) ok(callers[i].hr == S_OK, "call %u: got %#x\n", i, callers[i].hr);
        check_durable(&service, "BEH.PERSIST.33", "many, again");
    }
    close_service(&service);
    fakedisk_free(fake);

    /* a snapshot that cannot be made is such a failure too */
    fake = fakedisk_create();
    open_service(&service, fake);
    create(&service, 1, TRUE);
    service.snapshot_hr = E_OUTOFMEMORY;
    fakedisk_fail(fake, FAKE_FLUSH, 0, 1, HR_BROKEN);
    hr = describe(&service, 1, L"x", TRUE, NULL);
    ok(hr == E_OUTOFMEMORY, "got %#x\n", hr);
    hr = describe(&service, 1, L"y", TRUE, NULL);
    ok(hr == E_OUTOFMEMORY, "got %#x\n", hr);
    service.snapshot_hr = S_OK;
    hr = describe(&service, 1, L"z", TRUE, NULL);
    ok(hr == S_OK, "got %#x\n", hr);
    check_durable(&service, "BEH.PERSIST.33", "no snapshot");
    close_service(&service);
    fakedisk_free(fake);
}

/* The disk is full: a call that finds no room fails and changes nothing; what is small goes on for a while. */
static void test_full(void)
{
    struct fakedisk *fake = fakedisk_create();
    struct service service;
    struct record record = { RECORD_CANCELLED };
    static WCHAR text[5000];
    UINT64 ticket;
    UINT32 i, some = 0;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(text) - 1; i++) text[i] = 'x';
    rooms_step_size = 4096;
    open_service(&service, fake);
    create(&service, 1, TRUE);
    hr = describe(&service, 1, L"before", TRUE, NULL);
    ok(hr == S_OK, "got %#x\n", hr);
    fakedisk_set_capacity(fake, 0);
    hr = describe(&service, 1, text, TRUE, &ticket);
    ok(hr == HRESULT_FROM_WIN32(ERROR_DISK_FULL) && !ticket, "[BEH.PERSIST.33] got %#x\n", hr);
    ok(!str_cmp(description(&service, 1), L"before"), "it was changed\n");
    check_durable(&service, "BEH.PERSIST.33", "full");
    while (SUCCEEDED(hr = describe(&service, 1, some & 1 ? L"a" : L"b", TRUE, &ticket)) && some < 1000) some++;
    ok(some > 0, "not one small change\n");
    ok(hr == HRESULT_FROM_WIN32(ERROR_DISK_FULL) && !ticket, "after %u: got %#x\n", some, hr);
    check_durable(&service, "BEH.PERSIST.33", "full to the brim");
    hr = describe(&service, 1, L"c", TRUE, NULL);
    ok(hr == HRESULT_FROM_WIN32(ERROR_DISK_FULL), "got %#x\n", hr);
    fakedisk_set_capacity(fake, (UINT64)-1);
    hr = describe(&service, 1, text, TRUE, NULL);
    ok(hr == S_OK, "got %#x\n", hr);
    check_durable(&service, "BEH.PERSIST.33", "room again");

    /* what is reserved is enough for a Cancel */
    fakedisk_set_capacity(fake, 0);
    record.job.Data1 = 1;
    hr = change(&service, &record, TRUE, NULL);
    ok(hr == S_OK, "got %#x\n", hr);
    check_durable(&service, "BEH.PERSIST.33", "cancelled");
    close_service(&service);

    /* no start without room for a generation, and what is there stays */
    hr = open_service(&service, fake);
    ok(hr == HRESULT_FROM_WIN32(ERROR_DISK_FULL), "got %#x\n", hr);
    close_service(&service);
    fakedisk_set_capacity(fake, (UINT64)-1);
    hr = open_service(&service, fake);
    ok(hr == S_OK && service.model.count == 1, "got %#x\n", hr);
    close_service(&service);
    fakedisk_free(fake);
}

/* A process that does not know yet that another has taken over writes where nobody reads. */
static void test_fence(void)
{
    struct fakedisk *fake = fakedisk_create();
    struct service old, new, third;
    UINT64 ticket;
    HRESULT hr;

    open_service(&old, fake);
    create(&old, 1, TRUE);
    describe(&old, 1, L"old", TRUE, NULL);
    hr = open_service(&new, fake);
    ok(hr == S_OK && new.model.count == 1, "got %#x\n", hr);
    describe(&new, 1, L"new", TRUE, NULL);
    /* Its file is gone from the folder: what it flushes is in no one's way. */
    describe(&old, 1, L"ghost", TRUE, NULL);
    hr = open_service(&third, fake);
    ok(hr == S_OK && !str_cmp(description(&third, 1), L"new"), "[WINE.SVC.14] got %s\n", wine_dbgstr_w(description(&third, 1)));
    close_service(&third);
    /* When it wants a generation of its own it finds the number taken, and stops for good. */
    fakedisk_fail(fake, FAKE_FLUSH, 0, 1, HR_BROKEN);
    hr = describe(&old, 1, L"ghost", TRUE, &ticket);
    ok(hr == HRESULT_FROM_WIN32(ERROR_FILE_EXISTS), "[WINE.SVC.14] got %#x\n", hr);
    hr = describe(&old, 1, L"ghost", TRUE, &ticket);
    ok(FAILED(hr) && !ticket, "got %#x\n", hr);
    ok(strstr(old.log, "has taken over") != NULL, "log: %s\n", old.log);
    close_service(&old);
    close_service(&new);
    hr = open_service(&third, fake);
    ok(hr == S_OK && str_cmp(description(&third, 1), L"ghost"), "[WINE.SVC.14] got %s\n", wine_dbgstr_w(description(&third, 1)));
    close_service(&third);
    fakedisk_free(fake);
}

/* Nothing is asked of a store that cannot be. */
static void test_refused(void)
{
    struct fakedisk *fake = fakedisk_create();
    struct record record = { RECORD_CREATE };
    struct service service;
    struct store_stats before, after;
    UINT64 ticket = 77;
    HRESULT hr;

    open_service(&service, fake);
    store_get_stats(service.store, &before);
    sync_lock(&service.cs);
    hr = store_append(service.store, &record, &ticket); /* without owner and name */
    sync_unlock(&service.cs);
    ok(hr == E_INVALIDARG && ticket == 77, "got %#x\n", hr);
    store_get_stats(service.store, &after);
    ok(after.appends == before.appends, "counted\n");
    hr = create(&service, 1, TRUE);
    ok(hr == S_OK, "got %#x\n", hr);
    ok(store_wait(service.store, 0) == S_OK, "waits for nothing\n");
    hr = store_snapshot_begin(service.store);
    ok(hr == S_OK, "got %#x\n", hr);
    hr = store_snapshot_begin(service.store);
    ok(hr == E_UNEXPECTED, "got %#x\n", hr);
    store_snapshot_end(service.store, E_FAIL);
    hr = describe(&service, 1, L"x", TRUE, NULL);
    ok(hr == S_OK, "got %#x\n", hr);
    check_durable(&service, "BEH.PERSIST.33", "refused");
    close_service(&service);
    fakedisk_free(fake);
}

START_TEST(commit)
{
    test_alone();
    test_together();
    test_failure();
    test_full();
    rooms_step_size = 1024 * 1024;
    test_fence();
    test_refused();
}
