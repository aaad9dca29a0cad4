/*
 * Which notification a job owes, by which way, and when to repeat it
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

#include "core/notices.h"

/* Codes of COM and RPC that core/system.h has no need of. */
#define CODE_CALL_REJECTED      ((HRESULT)0x80010001)   /* RPC_E_CALL_REJECTED */
#define CODE_RETRY_LATER        ((HRESULT)0x8001010a)   /* RPC_E_SERVERCALL_RETRYLATER */

static BOOL is_gone(HRESULT hr)
{
    switch ((UINT32)hr)
    {
    case 0x80010007: /* RPC_E_SERVER_DIED */
    case 0x80010012: /* RPC_E_SERVER_DIED_DNE */
    case 0x80010108: /* RPC_E_DISCONNECTED */
    case 0x80010113: /* RPC_E_INVALID_IPID */
    case 0x80010114: /* RPC_E_INVALID_OBJECT */
    case 0x800401fd: /* CO_E_OBJNOTCONNECTED */
    case 0x800706b5: /* RPC_S_UNKNOWN_IF: what Wine says for an object that was disconnected (WINE.COM.22) */
    case 0x800706ba: /* RPC_S_SERVER_UNAVAILABLE */
    case 0x800706be: /* RPC_S_CALL_FAILED */
    case 0x800706bf: /* RPC_S_CALL_FAILED_DNE */
        return TRUE;
    default:
        return FALSE;
    }
}

enum notice_result notices_result(enum notice notice, HRESULT hr)
{
    if (hr == S_OK) return RESULT_DELIVERED;
    /* CB2.FileTransferred.A1 against CB.JobTransferred.A1 */
    if (SUCCEEDED(hr)) return notice == NOTICE_STATE ? RESULT_REFUSED : RESULT_DELIVERED;
    if (hr == CODE_CALL_REJECTED || hr == CODE_RETRY_LATER) return RESULT_BUSY;
    return is_gone(hr) ? RESULT_GONE : RESULT_REFUSED;
}

void notices_entered(struct notices *notices)
{
    notices->episode++;
    notices->delivered = FALSE;
    notices->failed = FALSE;
    notices->retry_at = 0;
}

void notices_renewed(struct notices *notices, BOOL object)
{
    notices->failed = FALSE;
    notices->retry_at = notices->file_retry_at = 0;
    if (!object) return;
    /* What an earlier object has in hand, for ever perhaps, holds the new one up no more. */
    notices->serial++;
    notices->delivered = FALSE;
    notices->serving = notices->telling = FALSE;
}

static BOOL wants_modification(const struct notice_facts *facts)
{
    return (facts->flags & NOTIFY_FLAG_MODIFICATION) && !(facts->flags & NOTIFY_FLAG_DISABLE) && (facts->object || facts->class)
           && !job_is_final(facts->state);
}

BOOL notices_modified(struct notices *notices, const struct notice_facts *facts)
{
    if (!wants_modification(facts)) return FALSE;
    notices->modified = TRUE;
    return TRUE;
}

static BOOL state_owed(const struct notices *notices, const struct notice_facts *facts)
{
    if (facts->notified || notices->delivered) return FALSE;
    if (facts->state == JOB_TRANSFERRED) return !!(facts->flags & NOTIFY_FLAG_TRANSFERRED);
    if (facts->state == JOB_ERROR) return !!(facts->flags & NOTIFY_FLAG_ERROR);
    return FALSE;
}

static BOOL has_program(const struct notice_facts *facts)
{
    return facts->program && !facts->service_owner;
}

static BOOL file_owed(const struct notice_facts *facts)
{
    return facts->file_owed && (facts->flags & NOTIFY_FLAG_FILE) && !facts->no_files && (facts->object || facts->class)
           && facts->type != JOB_UPLOAD;                /* CB2.FileTransferred.6 */
}

static enum notice take(const struct notices *notices, enum notice notice, enum notice_way way, struct notice_step *step)
{
    step->notice = notice;
    step->way = way;
    step->episode = notices->episode;
    step->serial = notices->serial;
    return notice;
}

/* Is a call to an object under way that holds up others? One that hangs does not, once its object was taken back. */
static BOOL is_serving(const struct notices *notices, const struct notice_facts *facts, UINT64 now, UINT64 *when)
{
    UINT64 end = notices->serving_since + facts->timeout;

    if (!notices->serving) return FALSE;
    if (facts->object || notices->running) return TRUE;
    if (now >= end) return FALSE;
    *when = min(*when, end);
    return TRUE;
}

/* FILE and STATE. */
static enum notice next_important(const struct notices *notices, const struct notice_facts *facts, UINT64 now,
                                  struct notice_step *step, UINT64 *when)
{
    BOOL file = file_owed(facts), state = state_owed(notices, facts);
    enum notice_way way = facts->object ? WAY_OBJECT : WAY_CLASS;
    UINT64 at;

    if ((!file && !state) || is_serving(notices, facts, now, when)) return NOTICE_NONE;
    if (state && notices->failed && has_program(facts)) return take(notices, NOTICE_STATE, WAY_PROGRAM, step);
    at = file ? notices->file_retry_at : notices->retry_at;
    if (!facts->object) at = max(at, notices->retry_at);
    if (notices->telling && (facts->object || facts->class)) at = max(at, notices->telling_since + NOTICES_PATIENCE_MSEC);
    if (now < at)
    {
        *when = min(*when, at);
        return NOTICE_NONE;
    }
    if (facts->object || facts->class) return take(notices, file ? NOTICE_FILE : NOTICE_STATE, way, step);
    if (has_program(facts)) return take(notices, NOTICE_STATE, WAY_PROGRAM, step);
    return NOTICE_NONE;                                 /* until somebody registers */
}

/* RANGES and MODIFICATION; not while something more important is under way. */
static enum notice next_minor(const struct notices *notices, const struct notice_facts *facts, UINT64 now, struct notice_step *step,
                              UINT64 *when)
{
    enum notice_way way = facts->object ? WAY_OBJECT : WAY_CLASS;
    BOOL ranges, modified;
    UINT64 at;

    ranges = facts->ranges_owed && (facts->flags & NOTIFY_FLAG_RANGES) && !facts->no_ranges && (facts->object || facts->class)
             && !job_is_final(facts->state);
    modified = notices->modified && wants_modification(facts);
    if ((!ranges && !modified) || notices->telling || is_serving(notices, facts, now, when)) return NOTICE_NONE;
    if (way == WAY_CLASS && now < notices->retry_at)    /* it could not be made a moment ago */
    {
        *when = min(*when, notices->retry_at);
        return NOTICE_NONE;
    }
    if (ranges)
    {
        at = notices->ranges_once ? notices->ranges_at + facts->interval : now;
        if (now >= at) return take(notices, NOTICE_RANGES, way, step);
        *when = min(*when, at);
    }
    if (modified)
    {
        at = notices->modified_once ? notices->modified_at + facts->interval : now;
        if (now >= at) return take(notices, NOTICE_MODIFICATION, way, step);
        *when = min(*when, at);
    }
    return NOTICE_NONE;
}

enum notice notices_next(const struct notices *notices, const struct notice_facts *facts, UINT64 now, struct notice_step *step,
                         UINT64 *when)
{
    *when = NOTICES_NEVER;
    step->notice = NOTICE_NONE;
    if (facts->flags & NOTIFY_FLAG_DISABLE) return NOTICE_NONE;
    if (job_is_final(facts->state)) return NOTICE_NONE;
    if (next_important(notices, facts, now, step, when) != NOTICE_NONE) return step->notice;
    return next_minor(notices, facts, now, step, when);
}

static BOOL is_minor(enum notice notice)
{
    return notice == NOTICE_RANGES || notice == NOTICE_MODIFICATION;
}

void notices_begin(struct notices *notices, struct notice_step *step, UINT64 now)
{
    if (!is_minor(step->notice))
    {
        if (notices->serving) step->serial = ++notices->serial;     /* what hangs there is not waited for any more */
        notices->serving = TRUE;
        notices->running = step->way == WAY_PROGRAM;
        notices->serving_since = now;
        if (step->way != WAY_PROGRAM) notices->failed = FALSE;
        return;
    }
    notices->telling = TRUE;
    notices->telling_since = now;
    if (step->notice == NOTICE_MODIFICATION)
    {
        notices->modified = FALSE;      /* what changes from now on is another one */
        notices->modified_once = TRUE;
        notices->modified_at = now;
    }
    else
    {
        notices->ranges_once = TRUE;
        notices->ranges_at = now;
    }
}

/* A round is over without success, or only the program is left of it. */
static void end_round(struct notices *notices, const struct notice_step *step, UINT64 delay, UINT64 now)
{
    notices->failed = step->way != WAY_PROGRAM;
    notices->retry_at = now + delay;
}

static void refused(struct notices *notices, const struct notice_step *step, UINT64 delay, UINT64 now)
{
    /* CB.JobModification.A1: not repeated; nor is a report of ranges for its own sake */
    if (step->notice == NOTICE_FILE) notices->file_retry_at = now + delay;
    else if (step->notice == NOTICE_STATE && step->episode == notices->episode) end_round(notices, step, delay, now);
}

UINT32 notices_done(struct notices *notices, const struct notice_facts *facts, const struct notice_step *step,
                    enum notice_result result, UINT64 now)
{
    UINT32 duties = 0;

    if (step->notice == NOTICE_RANGES && result != RESULT_DELIVERED) duties |= NOTICE_KEEP_RANGES;
    if (step->serial != notices->serial) return duties;     /* an earlier registrant's */

    if (is_minor(step->notice)) notices->telling = FALSE;
    else notices->serving = FALSE;

    switch (result)
    {
    case RESULT_DELIVERED:
        if (step->notice == NOTICE_FILE) duties |= NOTICE_MARK_FILE;
        if (step->notice == NOTICE_STATE && step->episode == notices->episode)
        {
            notices->delivered = TRUE;
            duties |= NOTICE_MARK_STATE;
        }
        break;
    case RESULT_REFUSED:
        refused(notices, step, facts->retry_delay, now);
        break;
    case RESULT_BUSY:
        refused(notices, step, facts->busy_delay, now);
        if (step->notice == NOTICE_STATE) notices->failed = FALSE;  /* it has not said no: the program is not next */
        break;
    case RESULT_FAILED:
        /* Without an object nothing can be told but by the program; but a state that is over is none of this one's business. */
        if (step->way == WAY_PROGRAM) refused(notices, step, facts->retry_delay, now);
        else if (step->notice != NOTICE_STATE || step->episode == notices->episode)
            end_round(notices, step, facts->retry_delay, now);
        break;
    case RESULT_GONE:
        duties |= NOTICE_DROP_OBJECT;                   /* the next way follows at once */
        if (step->way == WAY_CLASS) end_round(notices, step, facts->retry_delay, now);
        break;
    case RESULT_STALE:
        break;
    }
    return duties;
}

void notices_hold_files(struct notices *notices, UINT64 until)
{
    notices->file_retry_at = until;
}

BOOL notices_may_begin(const UINT64 *since, UINT32 count, UINT64 now, UINT64 timeout, UINT64 *when)
{
    UINT32 i, counted = 0;

    *when = NOTICES_NEVER;
    for (i = 0; i < count; i++)
    {
        if (now - since[i] >= timeout) continue;
        counted++;
        *when = min(*when, since[i] + timeout);
    }
    return counted < NOTICES_AT_ONCE;
}
