/*
 * Who runs next, and when to look again
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

static void at(UINT64 *next, UINT64 time)
{
    if (time < *next) *next = time;
}

static BOOL is_active(const struct sched_job *job)
{
    return job->state == JOB_QUEUED || job->state == JOB_CONNECTING || job->state == JOB_TRANSFERRING;
}

static BOOL is_background(const struct sched_job *job)
{
    return job->priority != JOB_FOREGROUND;
}

/* Why the job may not move bytes now; S_OK if it may. The order is that of the severity of the cause. */
static HRESULT block_of(const struct sched_world *world, const struct sched_job *job)
{
    UINT32 cost = world->cost ? world->cost : 1;

    if (!world->network && !job->local) return BG_E_NETWORK_DISCONNECTED;     /* BEH.STATE.34 */
    /* Its server does not answer any more, and it need not find that out by a time-out.  Only what is on its way: others may be tried. */
    if (world->network_lost && job->running && !job->stopping && !job->local && !job->loopback) return BG_E_NETWORK_DISCONNECTED;
    /* BEH.COST.20: the bit of the present state must be allowed, and roaming too if the network roams */
    if (!(job->cost_flags & cost & 0x7f) || ((cost & 0x80) && !(job->cost_flags & 0x80)))
    {
        if (!job->local) return BG_E_BLOCKED_BY_COST_TRANSFER_POLICY;         /* BEH.STATE.36, 86 */
    }
    if (is_background(job))
    {
        if (world->background_blocked || job->no_rate) return BG_E_BLOCKED_BY_POLICY;                   /* BEH.STATE.35 */
        if (FAILED(world->power_block)) return world->power_block;
    }
    return S_OK;
}

/* a runs before b: level, then place in the level. */
static BOOL is_before(const struct sched_job *a, const struct sched_job *b)
{
    if (a->priority != b->priority) return a->priority < b->priority;
    return a->order < b->order;
}

/* The one background job that should have the line [BEH.SCHED.2, 4, 5, 6]. */
static struct sched_job *pick_background(const struct sched_world *world, struct sched_job *jobs, UINT32 count,
                                         struct sched_job *running)
{
    struct sched_job *best = NULL;
    UINT32 i;

    for (i = 0; i < count; i++)
    {
        struct sched_job *job = &jobs[i];

        if (!is_background(job) || job->action != SCHED_NOTHING || job->state != JOB_QUEUED || job->running) continue;
        if (!best || is_before(job, best)) best = job;
    }
    if (!running) return best;
    if (!best) return running;
    if (best->priority < running->priority) return best;                /* a higher level preempts */
    if (best->priority == running->priority && world->now >= running->slice_end) return best;
    return running;
}

UINT64 sched_plan(const struct sched_world *world, struct sched_job *jobs, UINT32 count)
{
    struct sched_job *running = NULL, *chosen;
    BOOL occupied = FALSE, waiting = FALSE;
    UINT64 next = SCHED_NEVER;
    UINT32 i;

    for (i = 0; i < count; i++)
    {
        struct sched_job *job = &jobs[i];
        HRESULT block;

        job->action = SCHED_NOTHING;
        job->block = S_OK;
        if (job_is_final(job->state))
        {
            if (job->running && is_background(job)) occupied = TRUE;
            continue;
        }

        if (world->now >= job->expire_at)
        {
            job->action = SCHED_EXPIRE;
            continue;
        }
        at(&next, job->expire_at);

        if (is_active(job))
        {
            if (FAILED(block = block_of(world, job)))
            {
                job->action = SCHED_BLOCK;
                job->block = block;
            }
            else if (job->running && !job->stopping)
            {
                if (world->now >= job->timeout_at) job->action = SCHED_TIMEOUT;
                else at(&next, job->timeout_at);
            }
        }
        else if (job->state == JOB_TRANSIENT_ERROR)
        {
            if (world->now >= job->give_up_at && job->retry_at)
                job->action = SCHED_GIVE_UP;
            else
            {
                if (job->retry_at) at(&next, job->give_up_at);
                if (FAILED(block_of(world, job)))
                    ;                                                   /* it would be blocked again at once */
                else if (!job->retry_by_time)
                {
                    if (job->cause_ended) job->action = SCHED_RETRY;    /* BEH.STATE.38, 39 */
                }
                else if (world->now >= job->retry_at || world->network_back)
                    job->action = SCHED_RETRY;                          /* BEH.STATE.37, 38 */
                else
                    at(&next, job->retry_at);
            }
        }

        if (job->running && is_background(job))
        {
            occupied = TRUE;
            if (job->stopping || job->action != SCHED_NOTHING) continue;
            /* one that came down from the foreground: one of the two has to go [BEH.SCHED.2] */
            if (running) (is_before(job, running) ? running : job)->action = SCHED_PREEMPT;
            if (!running || running->action == SCHED_PREEMPT) running = job;
        }
    }

    /* every foreground job runs [BEH.SCHED.2] */
    for (i = 0; i < count; i++)
    {
        struct sched_job *job = &jobs[i];

        if (!is_background(job) && job->state == JOB_QUEUED && job->action == SCHED_NOTHING && !job->running)
            job->action = SCHED_START;
    }

    chosen = pick_background(world, jobs, count, running);
    if (running && chosen != running) running->action = SCHED_PREEMPT;
    if (chosen && chosen != running && !occupied) chosen->action = SCHED_START;

    /* the end of a slice matters only while a peer waits [BEH.SCHED.6] */
    if (running && running->action == SCHED_NOTHING)
    {
        for (i = 0; i < count && !waiting; i++)
            waiting = jobs[i].state == JOB_QUEUED && !jobs[i].running && jobs[i].action == SCHED_NOTHING
                    && jobs[i].priority == running->priority;
        if (waiting) at(&next, running->slice_end);
    }
    return next;
}

/* The clocks of one job */

static UINT64 after(UINT64 start, UINT64 msec)
{
    return start + msec < start ? SCHED_NEVER : start + msec;
}

void sched_clocks_step(struct sched_clocks *clocks, const struct sched_limits *limits, enum job_event event,
                       const struct state_step *step, UINT64 now, UINT64 *next_order)
{
    UINT64 delay = limits->retry_delay * MSEC_PER_SECOND;

    if (step->duties & DUTY_RESTART_CLOCKS)
    {
        /* BEH.RETRY.12; a transfer that is there in another state is on its way out */
        BOOL runs = clocks->run_start && (step->next == JOB_CONNECTING || step->next == JOB_TRANSFERRING);

        clocks->unproductive_since = 0;
        clocks->moved_msec = 0;
        clocks->run_start = runs ? now : 0;
    }
    if ((step->duties & DUTY_START_CLOCK) && !clocks->unproductive_since) clocks->unproductive_since = now;
    if (!(step->duties & DUTY_MODIFIED)) return;

    switch (step->next)
    {
    case JOB_TRANSIENT_ERROR:
        clocks->retry_at = after(now, max(delay, limits->retry_floor_msec));
        break;
    case JOB_QUEUED:
        /* BEH.SCHED.5, 21: behind its peers, except when a higher level took its turn away */
        if (event != EVENT_PREEMPTED || now >= clocks->slice_end) clocks->order = ++*next_order;
        break;
    case JOB_CONNECTING:
        if (event == EVENT_START) clocks->slice_end = after(now, limits->slice_msec);
        break;
    default:
        break;
    }
}

void sched_clocks_run(struct sched_clocks *clocks, UINT64 now)
{
    clocks->run_start = now;
}

void sched_clocks_moved(struct sched_clocks *clocks, UINT64 now)
{
    clocks->unproductive_since = 0;
    clocks->active_at = now;
}

void sched_clocks_halt(struct sched_clocks *clocks, UINT64 now)
{
    clocks->moved_msec = sched_clocks_unrecorded(clocks, now);
    clocks->run_start = 0;
}

UINT64 sched_clocks_unrecorded(const struct sched_clocks *clocks, UINT64 now)
{
    return clocks->moved_msec + (clocks->run_start ? now - clocks->run_start : 0);
}

void sched_clocks_recorded(struct sched_clocks *clocks, UINT64 now)
{
    clocks->moved_msec = 0;
    if (clocks->run_start) clocks->run_start = now;
}

void sched_clocks_facts(const struct sched_clocks *clocks, const struct sched_limits *limits, UINT64 download_msec,
                        struct sched_job *job)
{
    UINT64 limit = limits->max_download_time * MSEC_PER_SECOND, used = download_msec + clocks->moved_msec;

    job->order = clocks->order;
    job->slice_end = clocks->slice_end;
    job->retry_at = clocks->retry_at;
    job->give_up_at = job->timeout_at = SCHED_NEVER;
    if (clocks->unproductive_since)
        job->give_up_at = after(clocks->unproductive_since, limits->no_progress_timeout * MSEC_PER_SECOND);
    if (clocks->run_start) job->timeout_at = limit > used ? after(clocks->run_start, limit - used) : 0;
    job->expire_at = after(clocks->active_at, limits->inactivity_msec);
}
