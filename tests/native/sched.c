/*
 * Tests of the scheduler, with a clock that does what it is told
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

#include "core/sched.h"
#include "wine/test.h"

#define SECOND MSEC_PER_SECOND
#define HOUR   (3600 * SECOND)
#define DAY    (24 * HOUR)
#define START  (1000 * DAY)     /* the machine has been up for a while */

/* One look at a few jobs: what is to be done, and when to look again. */

static struct sched_world world(void)
{
    struct sched_world world = {START, TRUE, FALSE, FALSE, 1, S_OK, 300 * SECOND};

    return world;
}

static struct sched_job job(enum job_state state, enum job_priority priority, UINT64 order)
{
    struct sched_job job = {state, priority};

    job.running = state == JOB_CONNECTING || state == JOB_TRANSFERRING;
    job.cause_ended = TRUE;
    job.retry_by_time = TRUE;
    job.cost_flags = 0x800000ff;
    job.order = order;
    job.retry_at = job.give_up_at = job.timeout_at = job.expire_at = SCHED_NEVER;
    job.slice_end = SCHED_NEVER;
    job.action = 0xcc;
    job.block = 0xcc;
    return job;
}

#define check_plan(w, jobs, next, ...) \
    do { static const enum sched_action e[] = {__VA_ARGS__}; check_plan_(__LINE__, w, jobs, ARRAY_SIZE(e), next, e); } while (0)

static void check_plan_(int line, const struct sched_world *w, struct sched_job *jobs, UINT32 count, UINT64 expected_next,
                        const enum sched_action *expected)
{
    UINT64 next = sched_plan(w, jobs, count);
    UINT32 i;

    for (i = 0; i < count; i++)
        ok_(__FILE__, line)(jobs[i].action == expected[i], "job %u: action %u, expected %u\n", i, jobs[i].action, expected[i]);
    ok_(__FILE__, line)(next == expected_next, "again at %llu, expected %llu\n", (unsigned long long)next,
                        (unsigned long long)expected_next);
}

static void test_levels(void)
{
    struct sched_world w = world();
    struct sched_job jobs[5];
    UINT32 i;

    winetest_push_context("[BEH.SCHED.2]");
    for (i = 0; i < 5; i++) jobs[i] = job(JOB_QUEUED, JOB_FOREGROUND, i);
    check_plan(&w, jobs, SCHED_NEVER, SCHED_START, SCHED_START, SCHED_START, SCHED_START, SCHED_START);
    jobs[1] = job(JOB_QUEUED, JOB_NORMAL, 1);
    jobs[2] = job(JOB_QUEUED, JOB_HIGH, 2);
    jobs[3] = job(JOB_TRANSFERRING, JOB_FOREGROUND, 3);
    jobs[4] = job(JOB_QUEUED, JOB_HIGH, 4);
    check_plan(&w, jobs, SCHED_NEVER, SCHED_START, SCHED_NOTHING, SCHED_START, SCHED_NOTHING, SCHED_NOTHING);
    /* the one that has not gone yet takes the place; in the foreground only its own */
    jobs[1] = job(JOB_SUSPENDED, JOB_LOW, 1);
    jobs[1].running = jobs[1].stopping = TRUE;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_START, SCHED_NOTHING, SCHED_NOTHING, SCHED_NOTHING, SCHED_NOTHING);
    jobs[1].state = JOB_CANCELLED;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_START, SCHED_NOTHING, SCHED_NOTHING, SCHED_NOTHING, SCHED_NOTHING);
    jobs[1].priority = JOB_FOREGROUND;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_START, SCHED_NOTHING, SCHED_START, SCHED_NOTHING, SCHED_NOTHING);
    jobs[1].priority = JOB_LOW;
    jobs[1].running = FALSE;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_START, SCHED_NOTHING, SCHED_START, SCHED_NOTHING, SCHED_NOTHING);
    jobs[1].running = TRUE;
    jobs[0].running = jobs[0].stopping = TRUE;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_NOTHING, SCHED_NOTHING, SCHED_NOTHING, SCHED_NOTHING, SCHED_NOTHING);
    /* a job of the foreground was put behind while another ran there */
    for (i = 0; i < 5; i++) jobs[i] = job(JOB_TRANSFERRING, JOB_NORMAL, 5 - i);
    jobs[3].priority = JOB_FOREGROUND;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_PREEMPT, SCHED_PREEMPT, SCHED_PREEMPT, SCHED_NOTHING, SCHED_NOTHING);
    jobs[1].priority = JOB_HIGH;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_PREEMPT, SCHED_NOTHING, SCHED_PREEMPT, SCHED_NOTHING, SCHED_PREEMPT);
    jobs[1].stopping = TRUE;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_PREEMPT, SCHED_NOTHING, SCHED_PREEMPT, SCHED_NOTHING, SCHED_NOTHING);
    winetest_pop_context();

    winetest_push_context("[BEH.SCHED.4,BEH.STATE.28,BEH.STATE.95]");
    jobs[0] = job(JOB_TRANSFERRING, JOB_NORMAL, 1);
    jobs[1] = job(JOB_QUEUED, JOB_HIGH, 2);
    jobs[2] = job(JOB_QUEUED, JOB_NORMAL, 0);
    check_plan(&w, jobs, SCHED_NEVER, SCHED_PREEMPT, SCHED_NOTHING, SCHED_NOTHING);
    jobs[0].state = JOB_CONNECTING;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_PREEMPT, SCHED_NOTHING, SCHED_NOTHING);
    jobs[0].stopping = TRUE;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_NOTHING, SCHED_NOTHING, SCHED_NOTHING);
    jobs[0] = job(JOB_QUEUED, JOB_NORMAL, 1);
    check_plan(&w, jobs, SCHED_NEVER, SCHED_NOTHING, SCHED_START, SCHED_NOTHING);
    /* a lower one does not */
    jobs[0] = job(JOB_TRANSFERRING, JOB_NORMAL, 1);
    jobs[1].priority = JOB_LOW;
    jobs[2].priority = JOB_LOW;
    jobs[0].slice_end = START - 1;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_NOTHING, SCHED_NOTHING, SCHED_NOTHING);
    /* nor does one that cannot run hold lower ones back */
    for (i = 0; i < 3; i++)
    {
        static const enum job_state idle[] = {JOB_SUSPENDED, JOB_ERROR, JOB_TRANSIENT_ERROR};

        jobs[0] = job(JOB_QUEUED, JOB_LOW, 1);
        jobs[1] = job(idle[i], JOB_HIGH, 0);
        check_plan(&w, jobs, SCHED_NEVER, SCHED_START, SCHED_NOTHING);
    }
    jobs[1] = job(JOB_TRANSFERRED, JOB_HIGH, 0);
    check_plan(&w, jobs, SCHED_NEVER, SCHED_START, SCHED_NOTHING);
    winetest_pop_context();

    winetest_push_context("[BEH.SCHED.5,BEH.SCHED.6]");
    jobs[0] = job(JOB_QUEUED, JOB_NORMAL, 7);
    jobs[1] = job(JOB_QUEUED, JOB_NORMAL, 6);
    jobs[2] = job(JOB_QUEUED, JOB_NORMAL, 8);
    check_plan(&w, jobs, SCHED_NEVER, SCHED_NOTHING, SCHED_START, SCHED_NOTHING);
    jobs[1] = job(JOB_TRANSFERRING, JOB_NORMAL, 6);
    jobs[1].slice_end = START + 1;
    check_plan(&w, jobs, START + 1, SCHED_NOTHING, SCHED_NOTHING, SCHED_NOTHING);
    jobs[1].slice_end = START;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_NOTHING, SCHED_PREEMPT, SCHED_NOTHING);
    jobs[0].state = jobs[2].state = JOB_SUSPENDED;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_NOTHING, SCHED_NOTHING, SCHED_NOTHING);
    jobs[1].slice_end = START + 1;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_NOTHING, SCHED_NOTHING, SCHED_NOTHING);
    jobs[0] = job(JOB_QUEUED, JOB_LOW, 7);
    check_plan(&w, jobs, SCHED_NEVER, SCHED_NOTHING, SCHED_NOTHING, SCHED_NOTHING);
    winetest_pop_context();
}

static void test_blocks(void)
{
    static const struct
    {
        const char *facts;
        BOOL network, background;
        UINT32 cost, flags;
        HRESULT power;
        BOOL local;
        enum job_priority priority;
        HRESULT block;
    }
    rows[] =
    {
        {"BEH.STATE.24", TRUE, FALSE, 0x01, 0x800000ff, S_OK, FALSE, JOB_NORMAL, S_OK},
        {"BEH.STATE.34", FALSE, FALSE, 0x01, 0x800000ff, S_OK, FALSE, JOB_NORMAL, BG_E_NETWORK_DISCONNECTED},
        {"BEH.STATE.34", FALSE, FALSE, 0x01, 0x800000ff, S_OK, FALSE, JOB_FOREGROUND, BG_E_NETWORK_DISCONNECTED},
        {"BEH.SMB.8",    FALSE, FALSE, 0x01, 0x800000ff, S_OK, TRUE, JOB_NORMAL, S_OK},
        {"BEH.STATE.34", FALSE, TRUE, 0x01, 0, BG_E_BLOCKED_BY_BATTERY_SAVER, FALSE, JOB_NORMAL, BG_E_NETWORK_DISCONNECTED},
        {"BEH.STATE.35,BEH.SCHED.7", TRUE, TRUE, 0x01, 0x800000ff, S_OK, FALSE, JOB_NORMAL, BG_E_BLOCKED_BY_POLICY},
        {"BEH.STATE.35", TRUE, TRUE, 0x01, 0x800000ff, S_OK, FALSE, JOB_LOW, BG_E_BLOCKED_BY_POLICY},
        {"BEH.STATE.35", TRUE, TRUE, 0x01, 0x800000ff, S_OK, FALSE, JOB_HIGH, BG_E_BLOCKED_BY_POLICY},
        {"BEH.BW.3",     TRUE, TRUE, 0x01, 0x800000ff, S_OK, FALSE, JOB_FOREGROUND, S_OK},
        {"BEH.STATE.36", TRUE, FALSE, 0x01, 0x800000ff, BG_E_BLOCKED_BY_BATTERY_SAVER, FALSE, JOB_NORMAL,
         BG_E_BLOCKED_BY_BATTERY_SAVER},
        {"BEH.STATE.36", TRUE, FALSE, 0x01, 0x800000ff, BG_E_BLOCKED_BY_GAME_MODE, TRUE, JOB_LOW, BG_E_BLOCKED_BY_GAME_MODE},
        {"BEH.STATE.36", TRUE, FALSE, 0x01, 0x800000ff, BG_E_BLOCKED_BY_GAME_MODE, FALSE, JOB_FOREGROUND, S_OK},
        {"BEH.COST.20,BEH.STATE.36,BEH.STATE.86", TRUE, FALSE, 0x02, 0x80000021, S_OK, FALSE, JOB_NORMAL,
         BG_E_BLOCKED_BY_COST_TRANSFER_POLICY},
        {"BEH.COST.20",  TRUE, FALSE, 0x02, 0x80000021, S_OK, FALSE, JOB_FOREGROUND, BG_E_BLOCKED_BY_COST_TRANSFER_POLICY},
        {"BEH.COST.20",  TRUE, FALSE, 0x02, 0x80000021, S_OK, TRUE, JOB_NORMAL, S_OK},
        {"BEH.COST.20",  TRUE, FALSE, 0x20, 0x80000021, S_OK, FALSE, JOB_NORMAL, S_OK},
        {"BEH.COST.20",  TRUE, FALSE, 0x40, 0x80000067, S_OK, FALSE, JOB_NORMAL, S_OK},
        {"BEH.COST.20",  TRUE, FALSE, 0x40, 0x80000021, S_OK, FALSE, JOB_NORMAL, BG_E_BLOCKED_BY_COST_TRANSFER_POLICY},
        {"BEH.COST.12",  TRUE, FALSE, 0x81, 0x8000007f, S_OK, FALSE, JOB_NORMAL, BG_E_BLOCKED_BY_COST_TRANSFER_POLICY},
        {"BEH.COST.11",  TRUE, FALSE, 0x81, 0x800000ff, S_OK, FALSE, JOB_NORMAL, S_OK},
        {"BEH.COST.20",  TRUE, FALSE, 0x81, 0x800000fe, S_OK, FALSE, JOB_NORMAL, BG_E_BLOCKED_BY_COST_TRANSFER_POLICY},
        {"BEH.COST.20",  TRUE, FALSE, 0x80, 0x800000ff, S_OK, FALSE, JOB_NORMAL, BG_E_BLOCKED_BY_COST_TRANSFER_POLICY},
        {"BEH.COST.23",  TRUE, FALSE, 0x00, 0x80000021, S_OK, FALSE, JOB_NORMAL, S_OK},
        {"BEH.COST.23",  TRUE, FALSE, 0x00, 0x80000002, S_OK, FALSE, JOB_NORMAL, BG_E_BLOCKED_BY_COST_TRANSFER_POLICY},
        {"BEH.STATE.36", TRUE, TRUE, 0x02, 0x80000021, S_OK, FALSE, JOB_NORMAL, BG_E_BLOCKED_BY_COST_TRANSFER_POLICY},
        {"BEH.STATE.35", TRUE, TRUE, 0x01, 0x80000021, BG_E_BLOCKED_BY_GAME_MODE, FALSE, JOB_NORMAL, BG_E_BLOCKED_BY_POLICY},
    };
    static const enum job_state active[] = {JOB_QUEUED, JOB_CONNECTING, JOB_TRANSFERRING};
    static const enum job_state quiet[] = {JOB_SUSPENDED, JOB_ERROR, JOB_TRANSFERRED, JOB_ACKNOWLEDGED, JOB_CANCELLED};
    struct sched_world w;
    struct sched_job jobs[2];
    UINT32 i, j;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        winetest_push_context("row %u", i);
        w = world();
        w.network = rows[i].network;
        w.background_blocked = rows[i].background;
        w.cost = rows[i].cost;
        w.power_block = rows[i].power;
        for (j = 0; j < ARRAY_SIZE(active); j++)
        {
            jobs[0] = job(active[j], rows[i].priority, 1);
            jobs[0].cost_flags = rows[i].flags;
            jobs[0].local = rows[i].local;
            sched_plan(&w, jobs, 1);
            if (FAILED(rows[i].block))
                ok(jobs[0].action == SCHED_BLOCK && jobs[0].block == rows[i].block, "[%s] in %s: action %u, block %#x\n", rows[i].facts,
                   state_name(active[j]), jobs[0].action, jobs[0].block);
            else
                ok(jobs[0].action == (active[j] == JOB_QUEUED ? SCHED_START : SCHED_NOTHING) && !jobs[0].block,
                   "[%s] in %s: action %u\n", rows[i].facts, state_name(active[j]), jobs[0].action);
        }
        for (j = 0; j < ARRAY_SIZE(quiet); j++)
        {
            jobs[0] = job(quiet[j], rows[i].priority, 1);
            jobs[0].cost_flags = rows[i].flags;
            sched_plan(&w, jobs, 1);
            ok(jobs[0].action == SCHED_NOTHING, "[BEH.STATE.62] in %s: action %u\n", state_name(quiet[j]), jobs[0].action);
        }
        /* as long as it lasts nothing is tried; when it ends, at once if that was the cause [BEH.RETRY.4] */
        jobs[0] = job(JOB_TRANSIENT_ERROR, rows[i].priority, 1);
        jobs[0].cost_flags = rows[i].flags;
        jobs[0].local = rows[i].local;
        jobs[0].retry_by_time = FALSE;
        jobs[1] = jobs[0];
        jobs[1].retry_by_time = TRUE;
        jobs[1].retry_at = START;
        sched_plan(&w, jobs, 2);
        for (j = 0; j < 2; j++)
            ok(jobs[j].action == (FAILED(rows[i].block) ? SCHED_NOTHING : SCHED_RETRY), "[BEH.STATE.39,%s] %u: action %u\n",
               rows[i].facts, j, jobs[j].action);
        winetest_pop_context();
    }

    /* a blocked job takes no place, and what it had is free when it has gone */
    w = world();
    jobs[0] = job(JOB_QUEUED, JOB_HIGH, 1);
    jobs[0].cost_flags = 0x80000002;
    jobs[1] = job(JOB_QUEUED, JOB_NORMAL, 2);
    check_plan(&w, jobs, SCHED_NEVER, SCHED_BLOCK, SCHED_START);
    jobs[0] = job(JOB_TRANSFERRING, JOB_HIGH, 1);
    jobs[0].cost_flags = 0x80000002;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_BLOCK, SCHED_NOTHING);
}

static void test_times(void)
{
    struct sched_world w = world();
    struct sched_job jobs[2];
    UINT32 i;

    winetest_push_context("[BEH.STATE.37,BEH.RETRY.14]");
    jobs[0] = job(JOB_TRANSIENT_ERROR, JOB_NORMAL, 1);
    jobs[0].retry_at = START + 1;
    check_plan(&w, jobs, START + 1, SCHED_NOTHING);
    jobs[0].retry_at = START;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_RETRY);
    winetest_pop_context();

    winetest_push_context("[BEH.STATE.38]");
    jobs[0].retry_at = START + 1000;
    w.network_back = TRUE;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_RETRY);
    jobs[0].cost_flags = 0x80000002;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_NOTHING);
    w.network_back = FALSE;
    winetest_pop_context();

    /* every adapter has gone, but that of the machine itself: ends what is on its way to elsewhere, once, and nothing else */
    winetest_push_context("[BEH.STATE.34]");
    w.network_lost = TRUE;
    for (i = 0; i < 7; i++)
    {
        static const enum sched_action actions[] =
        {
            SCHED_BLOCK, SCHED_BLOCK, SCHED_NOTHING, SCHED_NOTHING, SCHED_NOTHING, SCHED_START, SCHED_RETRY
        };

        jobs[0] = job(i < 5 ? JOB_TRANSFERRING : i == 5 ? JOB_QUEUED : JOB_TRANSIENT_ERROR, JOB_FOREGROUND, 1);
        if (i == 1) jobs[0].state = JOB_CONNECTING;
        if (i == 2) jobs[0].local = TRUE;
        if (i == 3) jobs[0].loopback = TRUE;
        if (i == 4) jobs[0].stopping = TRUE;
        if (i == 6) jobs[0].retry_at = START;
        sched_plan(&w, jobs, 1);
        ok(jobs[0].action == actions[i], "%u: action %u\n", i, jobs[0].action);
        ok(jobs[0].block == (actions[i] == SCHED_BLOCK ? BG_E_NETWORK_DISCONNECTED : S_OK), "%u: %#lx\n", i, (unsigned long)jobs[0].block);
    }
    w.network_lost = FALSE;
    jobs[0] = job(JOB_TRANSFERRING, JOB_FOREGROUND, 1);
    check_plan(&w, jobs, SCHED_NEVER, SCHED_NOTHING);
    winetest_pop_context();

    winetest_push_context("[BEH.RETRY.4]");
    jobs[0] = job(JOB_TRANSIENT_ERROR, JOB_NORMAL, 1);
    jobs[0].retry_by_time = jobs[0].cause_ended = FALSE;
    jobs[0].retry_at = 0;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_NOTHING);
    jobs[0].cause_ended = TRUE;
    jobs[0].retry_at = SCHED_NEVER;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_RETRY);
    winetest_pop_context();

    winetest_push_context("[BEH.STATE.41,BEH.RETRY.22]");
    jobs[0] = job(JOB_TRANSIENT_ERROR, JOB_NORMAL, 1);
    jobs[0].give_up_at = START + 1;
    jobs[0].retry_at = START + 2;
    check_plan(&w, jobs, START + 1, SCHED_NOTHING);
    w.network = FALSE;
    check_plan(&w, jobs, START + 1, SCHED_NOTHING);
    jobs[0].give_up_at = START;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_GIVE_UP);
    w.network = TRUE;
    jobs[0].retry_at = START;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_GIVE_UP);
    /* the service, and the machine with it, may have been off for all that time */
    jobs[0].retry_at = 0;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_RETRY);
    w.network = FALSE;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_NOTHING);
    w.network = TRUE;
    jobs[0].state = JOB_SUSPENDED;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_NOTHING);
    winetest_pop_context();

    winetest_push_context("[BEH.STATE.43,BEH.RETRY.11]");
    jobs[0] = job(JOB_TRANSFERRING, JOB_NORMAL, 1);
    jobs[0].timeout_at = START + 1;
    check_plan(&w, jobs, START + 1, SCHED_NOTHING);
    jobs[0].timeout_at = START;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_TIMEOUT);
    jobs[0].state = JOB_CONNECTING;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_TIMEOUT);
    jobs[0].stopping = TRUE;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_NOTHING);
    jobs[0] = job(JOB_QUEUED, JOB_NORMAL, 1);
    jobs[0].timeout_at = 0;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_START);
    winetest_pop_context();

    winetest_push_context("[BEH.STATE.48]");
    for (i = 0; i < JOB_STATE_COUNT; i++)
    {
        jobs[0] = job(i, JOB_NORMAL, 1);
        jobs[0].expire_at = START;
        sched_plan(&w, jobs, 1);
        ok(jobs[0].action == (job_is_final(i) ? SCHED_NOTHING : SCHED_EXPIRE), "%s: action %u\n", state_name(i), jobs[0].action);
    }
    /* whatever else there would be to do with it */
    jobs[0] = job(JOB_QUEUED, JOB_FOREGROUND, 1);
    jobs[0].expire_at = START;
    w.network = FALSE;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_EXPIRE);
    w.network = TRUE;
    check_plan(&w, jobs, SCHED_NEVER, SCHED_EXPIRE);
    jobs[0] = job(JOB_SUSPENDED, JOB_NORMAL, 1);
    jobs[0].expire_at = START + 1;
    jobs[1] = jobs[0];
    jobs[1].expire_at = START + 2;
    check_plan(&w, jobs, START + 1, SCHED_NOTHING, SCHED_NOTHING);
    winetest_pop_context();

    ok(sched_plan(&w, jobs, 0) == SCHED_NEVER, "nothing to wait for\n");
}

/*
 * The service without its threads: jobs go through core/state and core/sched as engine.c and queue_run.c take them, on a clock that
 * jumps from one thing that happens to the next.  sched_plan is asked when it said, and when something came from outside; were it
 * wrong about the time, a job would stand still.
 */

#define MAX_JOBS 24
#define LEAVING 40              /* ms that a transfer needs to end when it is told to */

struct sim_job
{
    enum job_state state;
    enum job_priority priority;
    struct sched_clocks clocks;
    struct sched_limits limits;
    UINT64 download_msec;       /* as recorded */
    enum failure_class class;
    HRESULT failure;
    UINT32 errors;
    BOOL local, all_there;
    UINT32 cost_flags;
    /* its transfer */
    BOOL running, stopping;
    UINT64 gone_at;             /* stopping */
    UINT64 since;               /* moving */
    /* what the server does */
    UINT64 work;                /* ms of moving that are left */
    UINT64 fails_after;         /* ms of moving, then an answer of the class `fails`; SCHED_NEVER: none */
    BOOL productive;            /* bytes come before it fails */
    enum failure_class fails;
    /* what came of it */
    UINT64 starts, last_start, last_end, ended;
};

static struct sim
{
    struct sched_world world;
    struct sim_job jobs[MAX_JOBS];
    UINT32 count;
    UINT64 next_order, plans, most_foreground, most_background;
    char starts[400];           /* letters of the jobs as they got their turn */
} sim;

static struct sim_job *sim_add(enum job_priority priority, UINT64 work)
{
    struct sim_job *job = &sim.jobs[sim.count++];

    memset(job, 0, sizeof(*job));
    job->state = JOB_SUSPENDED;
    job->priority = priority;
    job->limits.retry_delay = 600;
    job->limits.retry_floor_msec = 5 * SECOND;
    job->limits.no_progress_timeout = 1209600;
    job->limits.max_download_time = 7776000;
    job->limits.inactivity_msec = SCHED_INACTIVITY_DAYS * DAY;
    job->limits.slice_msec = SCHED_SLICE_MSEC;
    job->cost_flags = 0x800000ff;
    job->work = work;
    job->fails_after = SCHED_NEVER;
    job->productive = TRUE;
    job->clocks.active_at = sim.world.now;
    return job;
}

static void sim_init(void)
{
    memset(&sim, 0, sizeof(sim));
    sim.world = world();
}

static HRESULT sim_event(struct sim_job *job, enum job_event event, const struct failure *failure)
{
    struct state_facts facts = {job->state, JOB_DOWNLOAD, 1, job->all_there, job->limits.retry_delay, job->limits.no_progress_timeout};
    UINT64 now = sim.world.now;
    struct state_step step;

    state_next(&facts, event, failure, &step);
    if (FAILED(step.hr)) return step.hr;
    if (step.duties & DUTY_RESTART_CLOCKS) job->download_msec = 0;
    if (step.duties & DUTY_SET_FAILURE)
    {
        job->failure = failure->hr;
        job->class = failure->class;
    }
    if (step.duties & DUTY_CLEAR_FAILURE) job->failure = S_OK;
    if (step.duties & DUTY_COUNT_ERROR) job->errors++;
    sched_clocks_step(&job->clocks, &job->limits, event, &step, now, &sim.next_order);
    if ((step.duties & DUTY_STOP) && job->running && !job->stopping)
    {
        job->stopping = TRUE;
        job->gone_at = now + LEAVING;
    }
    if (step.next == JOB_TRANSFERRED || step.next == JOB_ERROR || step.next == JOB_CANCELLED)
        if (step.next != job->state) job->ended = now;
    job->state = step.next;
    return S_OK;
}

static void sim_fail(struct sim_job *job, HRESULT hr)
{
    struct failure failure;

    verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, &failure);
    sim_event(job, EVENT_FAILED, &failure);
    if (job->running && !job->stopping)
    {
        job->stopping = TRUE;
        job->gone_at = sim.world.now + LEAVING;
    }
}

/* Moves until now. */
static void sim_move(struct sim_job *job)
{
    UINT64 now = sim.world.now, moved = now - job->since;

    if (!job->running) return;
    job->since = now;
    if (job->stopping) return;
    job->work = job->work > moved ? job->work - moved : 0;
    if (job->fails_after != SCHED_NEVER) job->fails_after = job->fails_after > moved ? job->fails_after - moved : 0;
    if (moved && job->productive) sched_clocks_moved(&job->clocks, now);
    if (moved && job->productive)
    {
        job->download_msec += sched_clocks_unrecorded(&job->clocks, now);
        sched_clocks_recorded(&job->clocks, now);
    }
}

static void sim_gone(struct sim_job *job)
{
    sched_clocks_halt(&job->clocks, sim.world.now);
    job->running = job->stopping = FALSE;
    job->last_end = sim.world.now;
}

static void sim_transfers(void)
{
    UINT32 i;

    for (i = 0; i < sim.count; i++)
    {
        struct sim_job *job = &sim.jobs[i];
        struct failure failure = {BG_E_HTTP_ERROR_503, CONTEXT_REMOTE_FILE, job->fails};

        sim_move(job);
        if (!job->running) continue;
        if (job->stopping)
        {
            if (sim.world.now >= job->gone_at) sim_gone(job);
        }
        else if (!job->work)
        {
            sim_gone(job);
            job->all_there = TRUE;
            sim_event(job, EVENT_FINISHED, NULL);
        }
        else if (!job->fails_after)
        {
            sim_gone(job);
            sim_event(job, EVENT_FAILED, &failure);
        }
    }
}

static UINT64 sim_plan(void)
{
    struct sched_job facts[MAX_JOBS];
    UINT64 next, foreground = 0, background = 0;
    UINT32 i;
    size_t len;

    memset(facts, 0, sizeof(facts));
    for (i = 0; i < sim.count; i++)
    {
        struct sim_job *job = &sim.jobs[i];

        facts[i].state = job->state;
        facts[i].priority = job->priority;
        facts[i].running = job->running;
        facts[i].stopping = job->stopping;
        facts[i].retry_by_time = job->class == FAILURE_TRANSIENT;
        facts[i].cause_ended = TRUE;
        facts[i].local = job->local;
        facts[i].cost_flags = job->cost_flags;
        sched_clocks_facts(&job->clocks, &job->limits, job->download_msec, &facts[i]);
    }
    next = sched_plan(&sim.world, facts, sim.count);
    sim.world.network_back = FALSE;
    sim.plans++;
    for (i = 0; i < sim.count; i++)
    {
        struct sim_job *job = &sim.jobs[i];

        switch (facts[i].action)
        {
        case SCHED_NOTHING: break;
        case SCHED_START:
            ok(!job->running, "started while it runs\n");
            job->running = TRUE;
            job->since = job->last_start = sim.world.now;
            job->starts++;
            len = strlen(sim.starts);
            if (len < sizeof(sim.starts) - 1) sim.starts[len] = 'A' + i;
            sched_clocks_run(&job->clocks, sim.world.now);
            sim_event(job, EVENT_START, NULL);
            if (job->fails_after) sim_event(job, EVENT_CONNECTED, NULL);
            break;
        case SCHED_PREEMPT: sim_event(job, EVENT_PREEMPTED, NULL); break;
        case SCHED_RETRY:   sim_event(job, EVENT_RETRY, NULL); break;
        case SCHED_GIVE_UP: sim_event(job, EVENT_NO_PROGRESS, NULL); break;
        case SCHED_BLOCK:   sim_fail(job, facts[i].block); break;
        case SCHED_TIMEOUT: sim_fail(job, BG_E_MAXDOWNLOAD_TIMEOUT); break;
        case SCHED_EXPIRE:  sim_event(job, EVENT_INACTIVE, NULL); break;
        }
        /* engine.c looks again when an event of the life cycle wakes it */
        if (facts[i].action != SCHED_NOTHING) next = sim.world.now;
    }
    for (i = 0; i < sim.count; i++)
    {
        if (sim.jobs[i].running && sim.jobs[i].priority == JOB_FOREGROUND) foreground++;
        if (sim.jobs[i].running && sim.jobs[i].priority != JOB_FOREGROUND) background++;
    }
    sim.most_foreground = max(sim.most_foreground, foreground);
    sim.most_background = max(sim.most_background, background);
    return next;
}

/* Lets msec go by. */
static void sim_run(UINT64 msec)
{
    UINT64 end = sim.world.now + msec, next, plans = sim.plans;
    UINT32 i;

    for (;;)
    {
        sim_transfers();
        next = sim_plan();
        if (next > sim.world.now)
        {
            for (i = 0; i < sim.count; i++)
            {
                struct sim_job *job = &sim.jobs[i];

                if (!job->running) continue;
                if (job->stopping) next = min(next, job->gone_at);
                else next = min(next, sim.world.now + min(job->work, job->fails_after));
            }
            if (next > end) break;
            sim.world.now = next;
        }
        if (sim.plans - plans > 100000)
        {
            ok(0, "it turns in a circle\n");
            return;
        }
    }
    sim.world.now = end;
    sim_transfers();
}

static void sim_resume(struct sim_job *job)
{
    HRESULT hr;

    job->clocks.active_at = sim.world.now;
    hr = sim_event(job, EVENT_RESUME, NULL);
    ok(hr == S_OK, "got %#x\n", hr);
}

static void test_all_at_once(void)
{
    UINT32 i;

    sim_init();
    for (i = 0; i < 20; i++) sim_resume(sim_add(JOB_FOREGROUND, 1000 + i));
    for (i = 0; i < 3; i++) sim_resume(sim_add(JOB_NORMAL, 5000));
    sim_run(1);
    for (i = 0; i < 20; i++) ok(sim.jobs[i].state == JOB_TRANSFERRING, "[BEH.SCHED.2] %u: %s\n", i, state_name(sim.jobs[i].state));
    sim_run(30 * SECOND);
    for (i = 0; i < sim.count; i++) ok(sim.jobs[i].state == JOB_TRANSFERRED, "%u: %s\n", i, state_name(sim.jobs[i].state));
    for (i = 0; i < 20; i++) ok(sim.jobs[i].ended == START + 1000 + i, "[BEH.SCHED.2] %u waited\n", i);
    ok(sim.most_foreground == 20 && sim.most_background == 1, "[BEH.SCHED.2] %u and %u at once\n", (UINT32)sim.most_foreground,
       (UINT32)sim.most_background);
    ok(!strcmp(sim.starts + 20, "UVW"), "[BEH.SCHED.5] order %s\n", sim.starts + 20);
    ok(sim.plans < 100, "%u looks\n", (UINT32)sim.plans);
}

static void test_round_robin(void)
{
    UINT32 i;

    sim_init();
    for (i = 0; i < 3; i++) sim_resume(sim_add(JOB_NORMAL, 1000 * SECOND));
    sim_run(HOUR);
    for (i = 0; i < 3; i++) ok(sim.jobs[i].state == JOB_TRANSFERRED, "%u: %s\n", i, state_name(sim.jobs[i].state));
    ok(!strcmp(sim.starts, "ABCABCABCABC"), "[BEH.SCHED.5] order %s\n", sim.starts);
    ok(sim.most_background == 1, "[BEH.SCHED.2] %u at once\n", (UINT32)sim.most_background);
    ok(sim.plans < 100, "%u looks\n", (UINT32)sim.plans);

    /* alone it keeps the line; the next one waits for the end of a slice that may be long over */
    sim_init();
    sim_resume(sim_add(JOB_NORMAL, 2000 * SECOND));
    sim_run(1000 * SECOND);
    ok(sim.jobs[0].starts == 1, "[BEH.SCHED.6] %u turns\n", (UINT32)sim.jobs[0].starts);
    sim_resume(sim_add(JOB_NORMAL, 10 * SECOND));
    sim_run(11 * SECOND);
    ok(sim.jobs[1].state == JOB_TRANSFERRED, "[BEH.SCHED.5] %s\n", state_name(sim.jobs[1].state));
    sim_run(1000 * SECOND);
    ok(sim.jobs[0].state == JOB_TRANSFERRED && sim.jobs[0].starts == 2, "%s\n", state_name(sim.jobs[0].state));

    /* one that fails again and again is behind the others each time [BEH.SCHED.21] */
    sim_init();
    sim_resume(sim_add(JOB_NORMAL, DAY));
    sim.jobs[0].fails_after = 0;
    sim.jobs[0].fails = FAILURE_TRANSIENT;
    sim.jobs[0].limits.retry_delay = 5;
    for (i = 0; i < 2; i++) sim_resume(sim_add(JOB_NORMAL, 700 * SECOND));
    sim_run(HOUR);
    ok(!strncmp(sim.starts, "ABCABCABCA", 10), "[BEH.SCHED.21] order %s\n", sim.starts);
}

static void test_preemption(void)
{
    struct sim_job *normal, *peer, *high, *low;

    sim_init();
    normal = sim_add(JOB_NORMAL, 250 * SECOND);
    peer = sim_add(JOB_NORMAL, 10 * SECOND);
    high = sim_add(JOB_HIGH, 100 * SECOND);
    low = sim_add(JOB_LOW, 1 * SECOND);
    sim_resume(normal);
    sim_resume(peer);
    sim_resume(low);
    sim_run(100 * SECOND);
    ok(normal->state == JOB_TRANSFERRING && peer->state == JOB_QUEUED && low->state == JOB_QUEUED, "wrong start\n");
    sim_resume(high);
    sim_run(50);
    ok(normal->state == JOB_QUEUED && high->state == JOB_TRANSFERRING, "[BEH.SCHED.4] %s\n", state_name(high->state));
    sim_run(100 * SECOND);
    ok(high->state == JOB_TRANSFERRED, "%s\n", state_name(high->state));
    /* it had its turn taken away, so that it has it back before its peer */
    ok(normal->state == JOB_TRANSFERRING && peer->state == JOB_QUEUED, "[BEH.SCHED.5] %s\n", state_name(normal->state));
    sim_run(HOUR);
    ok(!strcmp(sim.starts, "ACABD"), "[BEH.SCHED.4] order %s\n", sim.starts);

    /* a level that waits for a retry lets the lower one run, and takes the line back */
    sim_init();
    high = sim_add(JOB_HIGH, 10 * SECOND);
    low = sim_add(JOB_LOW, 2000 * SECOND);
    high->fails_after = 0;
    high->fails = FAILURE_TRANSIENT;
    sim_resume(high);
    sim_resume(low);
    sim_run(1 * SECOND);
    ok(high->state == JOB_TRANSIENT_ERROR && low->state == JOB_TRANSFERRING, "[BEH.SCHED.4] %s\n", state_name(low->state));
    high->fails_after = SCHED_NEVER;
    sim_run(599 * SECOND + 50);
    ok(high->state == JOB_TRANSFERRING && low->state == JOB_QUEUED, "[BEH.STATE.37] %s\n", state_name(high->state));

    /* priorities that change [BEH.STATE.95] */
    sim_init();
    normal = sim_add(JOB_NORMAL, HOUR);
    high = sim_add(JOB_FOREGROUND, HOUR);
    sim_resume(normal);
    sim_resume(high);
    sim_run(1000);
    high->priority = JOB_LOW;
    sim_run(1000);
    ok(normal->state == JOB_TRANSFERRING && high->state == JOB_QUEUED, "[BEH.STATE.95] %s\n", state_name(high->state));
    high->priority = JOB_HIGH;
    sim_run(1000);
    ok(normal->state == JOB_QUEUED && high->state == JOB_TRANSFERRING, "[BEH.STATE.95] %s\n", state_name(high->state));
    normal->priority = JOB_FOREGROUND;
    sim_run(1000);
    ok(normal->state == JOB_TRANSFERRING && high->state == JOB_TRANSFERRING, "[BEH.STATE.95] %s\n", state_name(normal->state));
}

static void test_retries(void)
{
    struct sim_job *job;
    HRESULT hr;

    /* minimum retry delay, and Resume before it */
    sim_init();
    job = sim_add(JOB_FOREGROUND, HOUR);
    job->fails_after = 0;
    job->fails = FAILURE_TRANSIENT;
    sim_resume(job);
    sim_run(0);
    ok(job->state == JOB_TRANSIENT_ERROR && job->errors == 1, "%s\n", state_name(job->state));
    sim_run(600 * SECOND - 1);
    ok(job->starts == 1, "[BEH.RETRY.14] %u tries\n", (UINT32)job->starts);
    sim_run(1);
    ok(job->starts == 2 && job->errors == 2, "[BEH.RETRY.1,BEH.RETRY.24] %u tries\n", (UINT32)job->starts);
    sim_run(600 * SECOND);
    ok(job->starts == 3, "[BEH.RETRY.24] %u tries\n", (UINT32)job->starts);
    sim_run(10 * SECOND);
    sim_resume(job);
    sim_run(0);
    ok(job->starts == 4 && job->errors == 4, "[BEH.RETRY.6] %u tries\n", (UINT32)job->starts);
    /* suspended it stays so */
    hr = sim_event(job, EVENT_SUSPEND, NULL);
    ok(hr == S_OK, "got %#x\n", hr);
    sim_run(DAY);
    ok(job->state == JOB_SUSPENDED && job->starts == 4, "[JOB.Suspend.A2] %s\n", state_name(job->state));
    /* the floor */
    job->limits.retry_delay = 1;
    sim_resume(job);
    sim_run(5 * SECOND - 1);
    ok(job->starts == 5, "[BEH.RETRY.20] %u tries\n", (UINT32)job->starts);
    sim_run(1);
    ok(job->starts == 6, "[BEH.RETRY.20] %u tries\n", (UINT32)job->starts);

    /* the network goes and comes back */
    sim_init();
    job = sim_add(JOB_NORMAL, HOUR);
    sim_add(JOB_NORMAL, HOUR);
    sim.jobs[1].local = TRUE;
    sim_add(JOB_NORMAL, HOUR);
    sim.jobs[2].fails_after = 0;
    sim.jobs[2].fails = FAILURE_TRANSIENT;
    sim.jobs[2].priority = JOB_FOREGROUND;
    sim_add(JOB_NORMAL, HOUR);
    sim_resume(job);
    sim_resume(&sim.jobs[1]);
    sim_resume(&sim.jobs[2]);
    sim_run(60 * SECOND);
    sim.world.network = FALSE;
    sim_run(50);
    ok(job->state == JOB_TRANSIENT_ERROR && job->failure == BG_E_NETWORK_DISCONNECTED && !job->errors,
       "[BEH.STATE.34,BEH.RETRY.8] %s, %#x\n", state_name(job->state), job->failure);
    ok(sim.jobs[1].state == JOB_TRANSFERRING, "[BEH.SMB.8] %s\n", state_name(sim.jobs[1].state));
    sim_run(2 * DAY);
    ok(job->state == JOB_TRANSIENT_ERROR && sim.jobs[1].state == JOB_TRANSFERRED, "[BEH.RETRY.4] %s\n", state_name(job->state));
    ok(sim.jobs[2].starts == 1 && sim.jobs[3].state == JOB_SUSPENDED, "it was tried\n");
    sim.world.network = sim.world.network_back = TRUE;
    sim_run(0);
    ok(job->state == JOB_TRANSFERRING && sim.jobs[2].starts == 2, "[BEH.STATE.38] %s\n", state_name(job->state));
    ok(sim.jobs[3].state == JOB_SUSPENDED, "[BEH.STATE.62] %s\n", state_name(sim.jobs[3].state));
    sim.world.network_back = FALSE;
    /* and every job in TRANSIENT_ERROR, whatever its code */
    sim_run(100 * SECOND);
    sim.world.network_back = TRUE;
    sim_run(0);
    ok(sim.jobs[2].starts == 3, "[BEH.STATE.38] %u tries\n", (UINT32)sim.jobs[2].starts);

    /* a policy of zero, and its end */
    sim_init();
    job = sim_add(JOB_NORMAL, HOUR);
    sim_resume(job);
    sim.world.background_blocked = TRUE;
    sim_run(1);
    ok(job->state == JOB_TRANSIENT_ERROR && job->failure == BG_E_BLOCKED_BY_POLICY && !job->starts, "[BEH.STATE.35] %s\n",
       state_name(job->state));
    sim_run(DAY);
    ok(!job->starts, "[BEH.RETRY.4] started\n");
    sim.world.background_blocked = FALSE;
    sim_run(0);
    ok(job->state == JOB_TRANSFERRING, "[BEH.STATE.39] %s\n", state_name(job->state));
    job->cost_flags = 0x80000002;
    sim_run(50);
    ok(job->state == JOB_TRANSIENT_ERROR && job->failure == BG_E_BLOCKED_BY_COST_TRANSFER_POLICY, "[BEH.COST.22,BEH.STATE.93] %s\n",
       state_name(job->state));
    job->cost_flags = 0x800000ff;
    sim_run(0);
    ok(job->state == JOB_TRANSFERRING, "[BEH.COST.21] %s\n", state_name(job->state));
}

static void test_no_progress(void)
{
    struct sim_job *job;
    UINT64 begun;

    sim_init();
    job = sim_add(JOB_NORMAL, 100 * DAY);
    job->fails_after = 0;
    job->fails = FAILURE_TRANSIENT;
    sim_resume(job);
    sim_run(14 * DAY - 1);
    ok(job->state == JOB_TRANSIENT_ERROR, "[JOB.SetNoProgressTimeout.1] %s\n", state_name(job->state));
    ok(job->starts == 14 * 24 * 6 && job->errors == job->starts, "[BEH.RETRY.8] %u tries\n", (UINT32)job->starts);
    sim_run(1);
    ok(job->state == JOB_ERROR && job->failure == BG_E_HTTP_ERROR_503, "[BEH.STATE.41,BEH.RETRY.21,JOB.SetNoProgressTimeout.5] %s\n", state_name(job->state));
    ok(job->errors == job->starts, "[BEH.RETRY.8] %u errors, %u tries\n", job->errors, (UINT32)job->starts);
    sim_run(DAY);
    ok(job->state == JOB_ERROR, "[BEH.STATE.5] %s\n", state_name(job->state));
    /* Resume starts it anew */
    sim_resume(job);
    begun = sim.world.now;
    sim_run(7 * DAY);
    ok(job->state == JOB_TRANSIENT_ERROR, "[JOB.Resume.A3] %s\n", state_name(job->state));
    /* bytes do too, and the period begins with the next failure */
    job->fails_after = 90 * SECOND;
    sim_run(600 * SECOND);
    ok(job->state == JOB_TRANSFERRING && !job->failure, "[BEH.RETRY.10] %s\n", state_name(job->state));
    sim_run(10 * SECOND);
    ok(!job->clocks.unproductive_since, "[JOB.SetNoProgressTimeout.2] the clock runs\n");
    sim_run(90 * SECOND);
    ok(job->state == JOB_TRANSIENT_ERROR, "%s\n", state_name(job->state));
    ok(job->clocks.unproductive_since == job->last_end, "[BEH.RETRY.10] the clock began elsewhere\n");
    begun = job->last_end;
    sim_run(14 * DAY);
    ok(job->state == JOB_ERROR && job->ended == begun + 14 * DAY, "[BEH.STATE.41] %s\n", state_name(job->state));

    /* 0: never again */
    sim_init();
    job = sim_add(JOB_NORMAL, DAY);
    job->fails_after = 10 * SECOND;
    job->fails = FAILURE_TRANSIENT;
    job->limits.no_progress_timeout = 0;
    sim_resume(job);
    sim_run(10 * SECOND);
    ok(job->state == JOB_ERROR && job->errors == 1, "[JOB.SetNoProgressTimeout.3,BEH.RETRY.2] %s\n", state_name(job->state));

    /* a retry that would come too late */
    sim_init();
    job = sim_add(JOB_NORMAL, DAY);
    job->fails_after = 10 * SECOND;
    job->fails = FAILURE_TRANSIENT;
    job->limits.no_progress_timeout = 599;
    sim_resume(job);
    sim_run(10 * SECOND);
    ok(job->state == JOB_ERROR, "[BEH.RETRY.5] %s\n", state_name(job->state));
    job->limits.no_progress_timeout = 600;
    job->fails_after = 10 * SECOND;
    sim_resume(job);
    sim_run(10 * SECOND);
    ok(job->state == JOB_TRANSIENT_ERROR, "[BEH.RETRY.5] %s\n", state_name(job->state));

    /* the time that is set while it waits counts from where it began */
    sim_run(100 * SECOND);
    job->limits.no_progress_timeout = 101;
    sim_run(1 * SECOND - 1);
    ok(job->state == JOB_TRANSIENT_ERROR, "[JOB.SetNoProgressTimeout.A1] %s\n", state_name(job->state));
    sim_run(1);
    ok(job->state == JOB_ERROR, "[JOB.SetNoProgressTimeout.A1] %s\n", state_name(job->state));

    /* while it is blocked the clock runs as well */
    sim_init();
    job = sim_add(JOB_NORMAL, DAY);
    sim.world.network = FALSE;
    sim_resume(job);
    sim_run(14 * DAY - 1);
    ok(job->state == JOB_TRANSIENT_ERROR, "[BEH.RETRY.22] %s\n", state_name(job->state));
    sim_run(1);
    ok(job->state == JOB_ERROR && job->failure == BG_E_NETWORK_DISCONNECTED, "[BEH.RETRY.22] %s\n", state_name(job->state));

    /* suspended it is no progress, and no TRANSIENT_ERROR [BEH.RETRY.10] */
    sim_init();
    job = sim_add(JOB_NORMAL, DAY);
    sim.world.network = FALSE;
    sim_resume(job);
    sim_run(DAY);
    sim_event(job, EVENT_SUSPEND, NULL);
    sim_run(20 * DAY);
    ok(job->state == JOB_SUSPENDED, "[BEH.RETRY.22] %s\n", state_name(job->state));
}

static void test_download_time(void)
{
    struct sim_job *job, *other;
    UINT32 i;

    /* only what it moves counts: not its waits between failures */
    sim_init();
    job = sim_add(JOB_NORMAL, 10 * DAY);
    job->limits.max_download_time = 150;
    job->fails = FAILURE_TRANSIENT;
    sim_resume(job);
    for (i = 0; i < 3; i++)
    {
        job->fails_after = 40 * SECOND;
        sim_run(40 * SECOND);
        ok(job->state == JOB_TRANSIENT_ERROR, "[BEH.RETRY.11] round %u: %s\n", i, state_name(job->state));
        job->fails_after = SCHED_NEVER;
        if (i < 2) sim_run(600 * SECOND - 1);
        if (i < 2) job->fails_after = 40 * SECOND;
        if (i < 2) sim_run(1);
    }
    sim_run(600 * SECOND);
    ok(job->state == JOB_TRANSFERRING && job->last_start == sim.world.now, "%s\n", state_name(job->state));
    sim_run(30 * SECOND - 1);
    ok(job->state == JOB_TRANSFERRING, "[BEH.RETRY.11] %s\n", state_name(job->state));
    sim_run(1);
    ok(job->state == JOB_ERROR && job->failure == BG_E_MAXDOWNLOAD_TIMEOUT, "[BEH.STATE.43] %s, %#x\n", state_name(job->state),
       job->failure);
    /* Resume sets it back */
    sim_resume(job);
    sim_run(150 * SECOND + LEAVING - 1);
    ok(job->state == JOB_TRANSFERRING, "[BEH.RETRY.12,BEH.STATE.63] %s\n", state_name(job->state));
    sim_run(1 + LEAVING);
    ok(job->state == JOB_ERROR, "[BEH.RETRY.12] %s\n", state_name(job->state));

    /* nor its waits for a turn; also where no byte comes and nothing is recorded */
    for (i = 0; i < 2; i++)
    {
        sim_init();
        job = sim_add(JOB_NORMAL, DAY);
        other = sim_add(JOB_NORMAL, DAY);
        job->productive = !i;
        job->limits.max_download_time = 700;
        sim_resume(job);
        sim_resume(other);
        sim_run(HOUR);
        ok(job->state == JOB_ERROR && job->failure == BG_E_MAXDOWNLOAD_TIMEOUT, "[BEH.RETRY.11] %s\n", state_name(job->state));
        /* three turns of its own, two of the other, a while to leave each time */
        ok(job->ended > START + 1300 * SECOND - 500 && job->ended < START + 1300 * SECOND + 500, "[BEH.RETRY.11] after %u ms\n",
           (UINT32)(job->ended - START));
        ok(other->state == JOB_TRANSFERRING, "%s\n", state_name(other->state));
    }

    /* a limit that is made shorter than what was used */
    sim_init();
    job = sim_add(JOB_FOREGROUND, DAY);
    sim_resume(job);
    sim_run(HOUR);
    job->limits.max_download_time = 60;
    sim_run(0);
    ok(job->state == JOB_ERROR && job->failure == BG_E_MAXDOWNLOAD_TIMEOUT, "[BEH.RETRY.11] %s\n", state_name(job->state));
    /* and the default */
    sim_init();
    job = sim_add(JOB_FOREGROUND, 1000 * DAY);
    sim_resume(job);
    sim_run(90 * DAY - 1);
    ok(job->state == JOB_TRANSFERRING, "[BEH.RETRY.3] %s\n", state_name(job->state));
    sim_run(1);
    ok(job->state == JOB_ERROR, "[BEH.RETRY.3] %s\n", state_name(job->state));
}

static void test_inactivity(void)
{
    struct sim_job *job;

    sim_init();
    job = sim_add(JOB_NORMAL, DAY);
    sim_run(90 * DAY - 1);
    ok(job->state == JOB_SUSPENDED, "[BEH.STATE.48] %s\n", state_name(job->state));
    job->clocks.active_at = sim.world.now;      /* a property is set */
    sim_run(90 * DAY - 1);
    ok(job->state == JOB_SUSPENDED, "[BEH.STATE.98] %s\n", state_name(job->state));
    sim_run(1);
    ok(job->state == JOB_CANCELLED, "[BEH.RETRY.3a,BEH.STATE.48,BUP.TIMER.7] %s\n", state_name(job->state));

    /* a job that is done and not fetched, one in ERROR, and one whose time-out is longer */
    sim_init();
    sim_resume(sim_add(JOB_NORMAL, 5 * DAY));
    sim_resume(sim_add(JOB_FOREGROUND, DAY));
    sim.jobs[1].fails_after = 0;
    sim.jobs[1].fails = FAILURE_FATAL;
    sim_resume(sim_add(JOB_FOREGROUND, DAY));
    sim.jobs[2].fails_after = 0;
    sim.jobs[2].fails = FAILURE_TRANSIENT;
    sim.jobs[2].limits.retry_delay = 86400;
    sim.jobs[2].limits.no_progress_timeout = 1000 * 86400;
    sim_run(95 * DAY - 1);
    ok(sim.jobs[0].state == JOB_TRANSFERRED, "[BEH.STATE.48] %s\n", state_name(sim.jobs[0].state));
    ok(sim.jobs[1].state == JOB_CANCELLED && sim.jobs[1].ended == START + 90 * DAY, "[BEH.STATE.48] %s\n",
       state_name(sim.jobs[1].state));
    ok(sim.jobs[2].state == JOB_CANCELLED && sim.jobs[2].ended == START + 90 * DAY, "[BEH.RETRY.9,JOB.SetNoProgressTimeout.4] %s\n",
       state_name(sim.jobs[2].state));
    sim_run(1);
    ok(sim.jobs[0].state == JOB_CANCELLED, "[BEH.STATE.48] %s\n", state_name(sim.jobs[0].state));
    sim_run(DAY);
    ok(sim_plan() == SCHED_NEVER, "there is still something to wait for\n");
}

/* The edges of the arithmetic. */
static void test_clocks(void)
{
    struct sched_limits limits = {0xffffffff, 5000, 0xffffffff, 0xffffffff, 0xffffffffffffffff, 0xffffffffffffffff};
    struct state_step step = {S_OK, JOB_TRANSIENT_ERROR, DUTY_MODIFIED | DUTY_START_CLOCK};
    struct sched_clocks clocks = {0};
    struct sched_job job = {0};
    UINT64 order = 7;

    sched_clocks_step(&clocks, &limits, EVENT_FAILED, &step, START, &order);
    ok(clocks.retry_at == START + 0xffffffffull * 1000, "got %llu\n", (unsigned long long)clocks.retry_at);
    ok(clocks.unproductive_since == START && order == 7, "got %llu\n", (unsigned long long)clocks.unproductive_since);
    sched_clocks_step(&clocks, &limits, EVENT_FAILED, &step, START + 1, &order);
    ok(clocks.unproductive_since == START, "[BEH.RETRY.10] it starts again\n");
    limits.retry_floor_msec = (UINT64)-1;
    sched_clocks_step(&clocks, &limits, EVENT_FAILED, &step, START, &order);
    ok(clocks.retry_at == SCHED_NEVER, "got %llu\n", (unsigned long long)clocks.retry_at);
    step.next = JOB_CONNECTING;
    step.duties = DUTY_MODIFIED;
    sched_clocks_step(&clocks, &limits, EVENT_START, &step, START, &order);
    ok(clocks.slice_end == SCHED_NEVER, "got %llu\n", (unsigned long long)clocks.slice_end);
    clocks.active_at = START;
    sched_clocks_facts(&clocks, &limits, 0, &job);
    ok(job.retry_at, "[BEH.PERSIST.5] it was tried\n");
    ok(job.expire_at == SCHED_NEVER, "got %llu\n", (unsigned long long)job.expire_at);
    ok(job.timeout_at == SCHED_NEVER, "no transfer: got %llu\n", (unsigned long long)job.timeout_at);

    /* no delay at all */
    limits.retry_floor_msec = limits.retry_delay = 0;
    step.next = JOB_TRANSIENT_ERROR;
    sched_clocks_step(&clocks, &limits, EVENT_FAILED, &step, START, &order);
    ok(clocks.retry_at == START, "got %llu\n", (unsigned long long)clocks.retry_at);
    /* a place in the queue is no turn */
    clocks.slice_end = 5;
    step.next = JOB_QUEUED;
    order = 6;
    sched_clocks_step(&clocks, &limits, EVENT_RETRY, &step, START, &order);
    ok(clocks.slice_end == 5 && clocks.order == 7 && order == 7, "got %llu\n", (unsigned long long)clocks.slice_end);
    sched_clocks_step(&clocks, &limits, EVENT_START, &step, START, &order);
    ok(clocks.slice_end == 5 && clocks.order == 8 && order == 8, "got %llu\n", (unsigned long long)clocks.slice_end);
    order = 7;

    /* an event that changes nothing moves no clock and no place */
    step.next = JOB_QUEUED;
    step.duties = 0;
    clocks.order = 3;
    sched_clocks_step(&clocks, &limits, EVENT_RESUME, &step, START + 5, &order);
    ok(clocks.order == 3 && order == 7, "[BEH.STATE.61] place %u\n", (UINT32)clocks.order);

    /* time on the move */
    memset(&clocks, 0, sizeof(clocks));
    limits.max_download_time = 10;
    ok(!sched_clocks_unrecorded(&clocks, START), "something is moving\n");
    sched_clocks_run(&clocks, START);
    ok(sched_clocks_unrecorded(&clocks, START + 300) == 300, "got %llu\n",
       (unsigned long long)sched_clocks_unrecorded(&clocks, START + 300));
    sched_clocks_facts(&clocks, &limits, 4000, &job);
    ok(job.timeout_at == START + 6000, "got %llu\n", (unsigned long long)job.timeout_at);
    sched_clocks_halt(&clocks, START + 400);
    ok(sched_clocks_unrecorded(&clocks, START + 9999) == 400, "[BEH.RETRY.11] got %llu\n",
       (unsigned long long)sched_clocks_unrecorded(&clocks, START + 9999));
    sched_clocks_run(&clocks, START + 1000);
    sched_clocks_facts(&clocks, &limits, 4000, &job);
    ok(job.timeout_at == START + 6600, "got %llu\n", (unsigned long long)job.timeout_at);
    sched_clocks_facts(&clocks, &limits, 9600, &job);
    ok(job.timeout_at == 0, "got %llu\n", (unsigned long long)job.timeout_at);
    sched_clocks_facts(&clocks, &limits, 9599, &job);
    ok(job.timeout_at == START + 1001, "got %llu\n", (unsigned long long)job.timeout_at);
    sched_clocks_recorded(&clocks, START + 1500);
    ok(!sched_clocks_unrecorded(&clocks, START + 1500), "recorded twice\n");
    ok(sched_clocks_unrecorded(&clocks, START + 1600) == 100, "lost\n");
    sched_clocks_halt(&clocks, START + 1700);
    sched_clocks_recorded(&clocks, START + 1800);
    ok(!sched_clocks_unrecorded(&clocks, START + 1900) && !clocks.run_start, "it runs again\n");
    clocks.moved_msec = 5;
    step.next = JOB_QUEUED;
    step.duties = DUTY_MODIFIED | DUTY_RESTART_CLOCKS;
    sched_clocks_run(&clocks, START);
    clocks.unproductive_since = START;
    sched_clocks_step(&clocks, &limits, EVENT_RESUME, &step, START + 50, &order);
    ok(sched_clocks_unrecorded(&clocks, START + 50) == 0 && !clocks.unproductive_since, "[BEH.RETRY.12] not set back\n");
    ok(clocks.order == 8 && order == 8, "[BEH.SCHED.21] place %u\n", (UINT32)clocks.order);
    sched_clocks_halt(&clocks, START + 50);
    sched_clocks_step(&clocks, &limits, EVENT_RESUME, &step, START + 60, &order);
    ok(!clocks.run_start, "a clock that nobody started\n");
    /* resumed while it runs */
    sched_clocks_run(&clocks, START + 100);
    step.next = JOB_TRANSFERRING;
    step.duties = DUTY_RESTART_CLOCKS;
    sched_clocks_step(&clocks, &limits, EVENT_RESUME, &step, START + 700, &order);
    ok(sched_clocks_unrecorded(&clocks, START + 750) == 50 && clocks.order == 9 && order == 9, "[BEH.RETRY.12] got %llu, place %u\n",
       (unsigned long long)sched_clocks_unrecorded(&clocks, START + 750), (UINT32)clocks.order);
    step.next = JOB_CONNECTING;
    sched_clocks_step(&clocks, &limits, EVENT_RESUME, &step, START + 800, &order);
    ok(sched_clocks_unrecorded(&clocks, START + 850) == 50, "[BEH.RETRY.12] got %llu\n",
       (unsigned long long)sched_clocks_unrecorded(&clocks, START + 850));
    /* what comes out of the journal has no time to be tried again */
    memset(&clocks, 0, sizeof(clocks));
    sched_clocks_facts(&clocks, &limits, 0, &job);
    ok(!job.retry_at, "[BEH.PERSIST.5] it was tried\n");
}

START_TEST(sched)
{
    test_levels();
    test_blocks();
    test_times();
    test_clocks();
    test_all_at_once();
    test_round_robin();
    test_preemption();
    test_retries();
    test_no_progress();
    test_download_time();
    test_inactivity();
}
