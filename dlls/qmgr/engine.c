/*
 * The scheduler's thread
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

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

#include "awake.h"
#include "engine.h"
#include "finish.h"
#include "log.h"
#include "network.h"
#include "policy.h"
#include "queue.h"
#include "transfer.h"
#include "core/rate.h"
#include "core/rules.h"
#include "core/sched.h"
#include "core/str.h"
#include "core/url.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define MSEC_PER_MINUTE ((UINT64)60000)
#define WEEK_MSEC       (MINUTES_PER_WEEK * MSEC_PER_MINUTE)
#define FAREWELLS_MAX   8               /* servers that are told at a time of cancelled uploads */
#define COST_ALWAYS     0x800000ffu     /* flags of a job whose client did not choose any [BEH.COST.30] */

static struct
{
    HANDLE thread, wake;
    BOOL stop;
    UINT64 into_week;           /* ms since Sunday 00:00, local time, when the monotonic clock was 0: set once [BEH.BW.4] */
    struct network network;     /* as of the last look; engine thread only */
} engine;

/* One look at all jobs. */
struct round
{
    struct sched_world world;
    struct policy policy;
    struct sched_job *facts;
    struct queue_job **jobs;
    UINT32 count, size;
    struct queue_job **farewells;
    UINT32 farewell_count;
    UINT32 farewells_running;
    UINT32 limits[JOB_LOW + 1]; /* kbit/s, by priority */
    BOOL moving;                /* some transfer runs */
    BOOL waiting;               /* some job waits for the network, or for another cost or power state */
    BOOL external;              /* the network is there for more than the machine itself */
    BOOL away;                  /* some transfer has a server elsewhere */
};

void engine_wake(void)
{
    SetEvent(engine.wake);
}

void engine_network_changed(void *ctx)
{
    SetEvent(engine.wake);
}

/* Not a path of this machine. */
static BOOL is_remote(const WCHAR *remote_name)
{
    struct url url;
    BOOL ret;

    if (str_istarts(remote_name, L"http:") || str_istarts(remote_name, L"https:")) return TRUE;
    if (FAILED(url_parse(remote_name, &url))) return FALSE;
    ret = url.path[0] == '\\' && url.path[1] == '\\';
    url_free(&url);
    return ret;
}

/* Default cost flags of the priority, unless the client chose others [BEH.POLICY.25, BEH.COST.22]. */
static UINT32 cost_flags(const struct job *job, const struct policy *policy)
{
    UINT32 flags = job_u32(job, PROP_COST_FLAGS), preset = policy->cost_flags[job_u32(job, PROP_PRIORITY)];

    return preset && flags == COST_ALWAYS ? preset : flags;
}

static void gather(void *ctx, struct queue_job *job)
{
    struct round *round = ctx;
    const struct job *model = job->job;
    struct sched_limits limits;
    struct sched_job *fact;
    UINT32 file;

    if (round->count == round->size) return;
    fact = &round->facts[round->count];
    round->jobs[round->count++] = job;

    memset(fact, 0, sizeof(*fact));
    fact->state = job->live;
    fact->priority = job_u32(model, PROP_PRIORITY);
    fact->running = job->transfer && !job_is_final(job->live);      /* who says farewell takes nobody's turn */
    if (job->transfer && !fact->running) round->farewells_running++;
    fact->stopping = job->stopping || job->finishing;
    fact->cost_flags = cost_flags(model, &round->policy);
    fact->no_rate = !round->limits[fact->priority];
    fact->retry_by_time = job->class == FAILURE_TRANSIENT;
    fact->cause_ended = TRUE;   /* a locked volume, the one cause we could not see the end of, does not exist in Wine */
    file = job_first_unfinished(model);
    /* what a transfer has found out, see transfer.c: if we are wrong about the adapters, time helps */
    if (!round->external && fact->state == JOB_TRANSIENT_ERROR && model->failure.hr == BG_E_NETWORK_DISCONNECTED
        && file != NO_FILE && !url_is_loopback(model->files[file].remote_name))
        fact->retry_by_time = TRUE;
    queue_limits_locked(job, &round->policy, &limits);
    sched_clocks_facts(&job->clocks, &limits, model->download_msec, fact);
    fact->local = file != NO_FILE && !is_remote(model->files[file].remote_name);
    if (fact->running && file != NO_FILE && !fact->local)
    {
        fact->loopback = url_is_loopback(model->files[file].remote_name);
        if (!fact->loopback) round->away = TRUE;
    }
    if (job->finishing) fact->state = JOB_SUSPENDED;
}

static void fail_locked(struct queue_job *job, HRESULT hr)
{
    struct failure failure;

    verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, &failure);
    /* the transfer is told to stop; the state is ours to set now */
    queue_event_locked(job, EVENT_FAILED, &failure, NO_FILE);
    if (job->transfer && !job->stopping)
    {
        job->stopping = TRUE;
        transfer_stop(job->transfer);
    }
}

/* Does what the plan says for one job, except starting it. */
static void act_locked(struct queue_job *job, const struct sched_job *fact)
{
    switch (fact->action)
    {
    case SCHED_PREEMPT:
        queue_event_locked(job, EVENT_PREEMPTED, NULL, NO_FILE);
        break;
    case SCHED_RETRY:
        queue_event_locked(job, EVENT_RETRY, NULL, NO_FILE);
        break;
    case SCHED_GIVE_UP:
        queue_event_locked(job, EVENT_NO_PROGRESS, NULL, NO_FILE);
        break;
    case SCHED_BLOCK:
        fail_locked(job, fact->block);
        break;
    case SCHED_TIMEOUT:
        fail_locked(job, BG_E_MAXDOWNLOAD_TIMEOUT);
        break;
    case SCHED_NOTHING:
    case SCHED_START:
    case SCHED_EXPIRE:
        break;
    }
}

/* Why a job is where it is. No lock held. */
static void log_action(const struct queue_job *job, const struct sched_job *fact)
{
    static const struct { enum log_level level; const char *text; } words[] =
    {
        [SCHED_START]   = { LOG_DEBUG, "has its turn" },
        [SCHED_PREEMPT] = { LOG_DEBUG, "makes room for another" },
        [SCHED_RETRY]   = { LOG_INFO, "is tried again" },
        [SCHED_GIVE_UP] = { LOG_WARNING, "is given up: no progress for too long" },
        [SCHED_BLOCK]   = { LOG_INFO, "may not go on" },
        [SCHED_TIMEOUT] = { LOG_WARNING, "is given up: its download time is used up" },
        [SCHED_EXPIRE]  = { LOG_WARNING, "is cancelled: nobody has cared for it for too long" },
    };

    if (log_enabled(words[fact->action].level))
        log_write(words[fact->action].level, "job %s, priority %u, %s, hr %#lx", debugstr_guid(&job->job->id), fact->priority,
                  words[fact->action].text, fact->block);
}

/* Of a cancelled upload: whether its server is to be told now, or when. */
static UINT64 look_at_farewell_locked(struct round *round, struct queue_job *job)
{
    if (!queue_owes_farewell_locked(job) || job->finishing || job->transfer) return SCHED_NEVER;
    if (!round->world.network)
    {
        round->waiting = TRUE;
        return SCHED_NEVER;
    }
    if (job->farewell_at > round->world.now) return job->farewell_at;
    if (round->farewells_running + round->farewell_count >= FAREWELLS_MAX) return SCHED_NEVER;  /* the end of one of them wakes us */
    queue_addref(job);
    round->farewells[round->farewell_count++] = job;
    return SCHED_NEVER;
}

static void start_farewell(struct queue_job *job)
{
    struct transfer *transfer;
    struct policy policy;
    BOOL wanted;

    if (FAILED(transfer_create(job, &transfer)))
    {
        queue_enter();
        job->farewell_at = queue_clock() + MSEC_PER_SECOND;
        queue_leave();
        return;
    }
    queue_enter();
    if ((wanted = queue_owes_farewell_locked(job) && !job->transfer)) job->transfer = transfer;
    queue_leave();
    if (wanted && SUCCEEDED(transfer_start_farewell(transfer))) return;
    policy_get(&policy);
    if (wanted) queue_farewell_ended(job, transfer, &policy, FALSE);
    transfer_destroy(transfer);
}

static void start(struct queue_job *job)
{
    struct transfer *transfer;
    struct failure failure;
    BOOL wanted;
    HRESULT hr;

    if (SUCCEEDED(hr = transfer_create(job, &transfer)))
    {
        queue_enter();
        if ((wanted = job->live == JOB_QUEUED && !job->transfer && !job->finishing))
        {
            job->transfer = transfer;
            job->stopping = FALSE;
            sched_clocks_run(&job->clocks, queue_clock());
            queue_event_locked(job, EVENT_START, NULL, NO_FILE);
        }
        queue_leave();
        if (!wanted) transfer_destroy(transfer);
        else if (FAILED(hr = transfer_start(transfer)))
        {
            verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, &failure);
            queue_transfer_ended(job, transfer, &failure, NO_FILE, FALSE);
            transfer_destroy(transfer);
        }
    }
    else
    {
        /* as any other shortage: tried again after the retry delay [BEH.RETRY.1] */
        verdict_error(hr, CONTEXT_GENERAL_QUEUE_MANAGER, &failure);
        queue_reserve_lazy();
        queue_enter();
        if (job->live == JOB_QUEUED && !job->transfer && !job->finishing) queue_event_locked(job, EVENT_FAILED, &failure, NO_FILE);
        queue_leave();
    }
    if (FAILED(hr)) ERR("job %s cannot be started, hr %#lx\n", debugstr_guid(&job->job->id), hr);
}

/* The bandwidth rules of this hour. Returns when they change. */
static UINT64 apply_rules(struct round *round, UINT64 now)
{
    UINT64 in_week = (engine.into_week + now) % WEEK_MSEC;
    UINT32 minute = in_week / MSEC_PER_MINUTE, next, i;

    if (round->policy.test_week_minute != RULES_UNLIMITED) minute = round->policy.test_week_minute;
    for (i = 0; i <= JOB_LOW; i++)
    {
        round->limits[i] = rules_limit(&round->policy.bandwidth, i, minute);
        if (round->limits[i]) transfer_set_rate(i, rules_octets(round->limits[i]));
    }
    if (!(next = rules_next_change(&round->policy.bandwidth, minute))) return SCHED_NEVER;
    return now + next * MSEC_PER_MINUTE - in_week % MSEC_PER_MINUTE;
}

static UINT64 run_round(void)
{
    struct round round = { { 0 } };
    struct network network;
    UINT64 next = SCHED_NEVER, farewell, rules_change;
    UINT32 i;

    ResetEvent(engine.wake);
    policy_get(&round.policy);
    network_get(&network);
    queue_reserve_lazy();
    rules_change = apply_rules(&round, queue_clock());

    round.world.network = network.up;
    round.world.cost = network.cost | (network.roaming ? 0x80 : 0);
    /* BEH.BW.6: what the machine does to save power stops background jobs */
    round.world.power_block = network.battery_saver ? BG_E_BLOCKED_BY_BATTERY_SAVER : S_OK;
    round.world.slice_msec = round.policy.time_slice;
    round.external = network.external;
    round.world.network_lost = engine.network.external && !network.external;
    round.world.network_back = (network.up && !engine.network.up) || (network.external && !engine.network.external);
    engine.network = network;

    queue_enter();
    round.size = queue_count_locked();
    round.facts = malloc(max(round.size, 1) * sizeof(*round.facts));
    round.jobs = malloc(max(round.size, 1) * sizeof(*round.jobs));
    round.farewells = malloc(max(round.size, 1) * sizeof(*round.farewells));
    if (round.facts && round.jobs && round.farewells)
    {
        round.world.now = queue_clock();
        queue_for_each_locked(gather, &round);
        next = sched_plan(&round.world, round.facts, round.count);
        next = min(next, rules_change);
        for (i = 0; i < round.count; i++)
        {
            struct queue_job *job = round.jobs[i];

            act_locked(job, &round.facts[i]);
            farewell = look_at_farewell_locked(&round, job);    /* once: min is a macro */
            next = min(next, farewell);
            if (round.facts[i].action != SCHED_NOTHING) queue_addref(job);
            if (job->transfer || round.facts[i].action == SCHED_START) round.moving = TRUE;
            if (job->live == JOB_TRANSIENT_ERROR && (!network.external || job->class == FAILURE_BLOCKED)) round.waiting = TRUE;
        }
    }
    else next = queue_clock() + MSEC_PER_SECOND;            /* out of memory: look again soon */
    queue_leave();

    awake_set(round.moving);
    network_watch(round.waiting || round.away, round.policy.network_poll);
    for (i = 0; i < round.count; i++)
    {
        if (round.facts[i].action == SCHED_START)
        {
            start(round.jobs[i]);
            engine_wake();      /* what runs has deadlines that this round did not know */
        }
        else if (round.facts[i].action == SCHED_EXPIRE) finish_expire(round.jobs[i]);
        if (round.facts[i].action == SCHED_NOTHING) continue;
        log_action(round.jobs[i], &round.facts[i]);
        queue_release(round.jobs[i]);
    }
    for (i = 0; i < round.farewell_count; i++)
    {
        start_farewell(round.farewells[i]);
        queue_release(round.farewells[i]);
    }
    free(round.farewells);
    free(round.facts);
    free(round.jobs);
    return next;
}

static DWORD CALLBACK engine_thread(void *arg)
{
    UINT64 next, now;
    DWORD timeout;

    while (!engine.stop)
    {
        next = run_round();
        now = queue_clock();
        if (next == SCHED_NEVER) timeout = INFINITE;
        else if (next <= now) timeout = 1;
        else timeout = next - now > 0x7fffffff ? 0x7fffffff : next - now;
        WaitForSingleObject(engine.wake, timeout);
    }
    return 0;
}

HRESULT engine_init(void)
{
    UINT64 now = queue_now();
    FILETIME utc, local;
    SYSTEMTIME time;

    utc.dwLowDateTime = (DWORD)now;
    utc.dwHighDateTime = (DWORD)(now >> 32);
    FileTimeToLocalFileTime(&utc, &local);
    FileTimeToSystemTime(&local, &time);
    engine.into_week = (time.wDayOfWeek * MINUTES_PER_DAY + time.wHour * MINUTES_PER_HOUR + time.wMinute) * MSEC_PER_MINUTE
            + time.wSecond * MSEC_PER_SECOND + WEEK_MSEC - queue_clock() % WEEK_MSEC;
    engine.stop = FALSE;
    engine.network.up = engine.network.external = TRUE;
    if (!(engine.wake = CreateEventW(NULL, TRUE, TRUE, NULL))) return HRESULT_FROM_WIN32(GetLastError());
    if (!(engine.thread = CreateThread(NULL, 0, engine_thread, NULL, 0, NULL))) return HRESULT_FROM_WIN32(GetLastError());
    return S_OK;
}

void engine_shutdown(void)
{
    if (!engine.thread) return;
    engine.stop = TRUE;
    engine_wake();
    WaitForSingleObject(engine.thread, INFINITE);
    CloseHandle(engine.thread);
    engine.thread = NULL;
    transfer_shutdown();
}
