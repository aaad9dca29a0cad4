/*
 * Tests of the life cycle of a job
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

#include "core/state.h"
#include "wine/test.h"

#define Q  (1 << JOB_QUEUED)
#define C  (1 << JOB_CONNECTING)
#define T  (1 << JOB_TRANSFERRING)
#define S  (1 << JOB_SUSPENDED)
#define E  (1 << JOB_ERROR)
#define TE (1 << JOB_TRANSIENT_ERROR)
#define TD (1 << JOB_TRANSFERRED)
#define AK (1 << JOB_ACKNOWLEDGED)
#define CA (1 << JOB_CANCELLED)

#define FINAL (AK | CA)
#define LIVE  (Q | C | T | S | E | TE | TD)
#define ANY   (LIVE | FINAL)

/* When a row counts. */
#define EMPTY    0x001          /* the job has no file */
#define WHOLE    0x002          /* every file is there */
#define PARTLY   0x004          /* some file is not */
#define DOWNLOAD 0x008
#define UPLOAD   0x010          /* both kinds */
#define FATAL    0x020          /* classes of the failure */
#define TIMED    0x040
#define BLOCKED  0x080
#define NO_RETRY 0x100          /* no-progress time-out of 0 */
#define TOO_LATE 0x200          /* retry delay beyond the no-progress time-out */
#define ONCE     0x400          /* a method of the client's own */

#define HALT   (DUTY_STOP | DUTY_WAKE)
#define MOD    DUTY_MODIFIED
#define RETRY  (DUTY_WAKE | DUTY_RESTART_CLOCKS | MOD)
#define ERR    (DUTY_SET_FAILURE | DUTY_COUNT_ERROR | DUTY_NOTIFY)
#define DONE   (DUTY_CLEAR_FAILURE | DUTY_STAMP | DUTY_NOTIFY)
#define SAME   JOB_STATE_COUNT

#define INVALID BG_E_INVALID_STATE

/* What the pages say, event by event. The first row that fits counts, and one always fits. */
static const struct row
{
    const char *facts;
    enum job_event event;
    UINT32 from, when;
    HRESULT hr;
    enum job_state next;
    UINT32 duties;
}
rows[] =
{
    {"STM.M.Resume,JOB.Resume.4,JOB.Resume.A2,BEH.STATE.60", EVENT_RESUME, FINAL, 0, INVALID, SAME, 0},
    {"JOB.Resume.6,ST.18,BEH.STATE.61,BEH.RETRY.12", EVENT_RESUME, Q | C | T, 0, S_OK, SAME, DUTY_WAKE | DUTY_RESTART_CLOCKS},
    {"JOB.Resume.3,ST.3,BEH.STATE.22",   EVENT_RESUME, LIVE, EMPTY, BG_E_EMPTY, SAME, 0},
    {"BEH.STATE.23",                     EVENT_RESUME, S, WHOLE, S_OK, JOB_TRANSFERRED, DONE},
    {"JOB.Resume.A1,BEH.STATE.82",       EVENT_RESUME, TD, WHOLE, S_OK, SAME, 0},
    {"BEH.STATE.52,BEH.STATE.83",        EVENT_RESUME, TD, PARTLY, S_OK, JOB_QUEUED, RETRY},
    {"JOB.Resume.1,ST.2,BEH.STATE.21",   EVENT_RESUME, S, PARTLY, S_OK, JOB_QUEUED, RETRY},
    {"JOB.Resume.5,ST.11,BEH.STATE.40,JOB.Resume.A3,BEH.RETRY.12", EVENT_RESUME, TE, 0, S_OK, JOB_QUEUED, RETRY},
    {"JOB.Resume.5,ST.13,BEH.STATE.42",  EVENT_RESUME, E, 0, S_OK, JOB_QUEUED, RETRY},

    {"STM.M.Suspend,JOB.Suspend.2",      EVENT_SUSPEND, FINAL, 0, INVALID, SAME, 0},
    {"JOB.Suspend.4,BEH.STATE.61",       EVENT_SUSPEND, S, 0, S_OK, SAME, 0},
    {"JOB.Suspend.A1,BEH.STATE.82",      EVENT_SUSPEND, E | TD, 0, S_OK, SAME, 0},
    {"JOB.Suspend.1,JOB.Suspend.A2,ST.17,BEH.STATE.46", EVENT_SUSPEND, Q | C | T | TE, 0, S_OK, JOB_SUSPENDED, HALT | MOD},

    {"STM.M.Cancel,JOB.Cancel.4",        EVENT_CANCEL, FINAL, 0, INVALID, SAME, 0},
    {"JOB.Cancel.1,ST.16,BEH.STATE.47",  EVENT_CANCEL, LIVE, 0, S_OK, JOB_CANCELLED, HALT | DUTY_DISCARD | MOD},

    {"STM.M.Complete_download,JOB.Complete.4", EVENT_COMPLETE, FINAL, 0, INVALID, SAME, 0},
    {"STM.M.Complete_upload,BEH.STATE.67", EVENT_COMPLETE, LIVE & ~TD, UPLOAD, INVALID, SAME, 0},
    {"BEH.STATE.81,JOB.Complete.A3",     EVENT_COMPLETE, LIVE, EMPTY, INVALID, SAME, 0},
    {"ST.15,BEH.STATE.50",               EVENT_COMPLETE, TD, UPLOAD, S_OK, JOB_ACKNOWLEDGED, HALT | DUTY_PUBLISH | MOD},
    {"ST.14,BEH.STATE.49,BEH.STATE.66",  EVENT_COMPLETE, LIVE, DOWNLOAD, S_OK, JOB_ACKNOWLEDGED, HALT | DUTY_PUBLISH | MOD},

    {"ST.4,BEH.STATE.24",                EVENT_START, Q, 0, S_OK, JOB_CONNECTING, MOD},
    {"BEH.STATE.62",                     EVENT_START, ANY, 0, S_OK, SAME, 0},

    {"ST.5,BEH.STATE.25,JOB.GetError.3", EVENT_CONNECTED, C, 0, S_OK, JOB_TRANSFERRING, DUTY_CLEAR_FAILURE | MOD},
    {"BEH.STATE.62",                     EVENT_CONNECTED, ANY, 0, S_OK, SAME, 0},

    {"ST.7,BEH.STATE.28,BEH.STATE.29",   EVENT_PREEMPTED, C | T, 0, S_OK, JOB_QUEUED, HALT | MOD},
    {"BEH.STATE.62",                     EVENT_PREEMPTED, ANY, 0, S_OK, SAME, 0},

    {"JOB.SetNoProgressTimeout.3,BEH.RETRY.2,ERR.GEN.9", EVENT_FAILED, Q | C | T, NO_RETRY | BLOCKED, S_OK, JOB_ERROR,
     (ERR & ~DUTY_COUNT_ERROR) | DUTY_WAKE},
    {"JOB.SetNoProgressTimeout.3,BEH.RETRY.2,ERR.GEN.9", EVENT_FAILED, Q | C | T, NO_RETRY, S_OK, JOB_ERROR, ERR | DUTY_WAKE},
    {"ST.10,BEH.STATE.27,BEH.STATE.33,BEH.STATE.43", EVENT_FAILED, Q | C | T, FATAL, S_OK, JOB_ERROR, ERR | DUTY_WAKE},
    {"BEH.RETRY.5,ERR.GEN.9",            EVENT_FAILED, Q | C | T, TIMED | TOO_LATE, S_OK, JOB_ERROR, ERR | DUTY_WAKE},
    {"BEH.HTTP.19,HTTP2.SetHttpMethod.5", EVENT_FAILED, Q | C | T, TIMED | ONCE, S_OK, JOB_ERROR, ERR | DUTY_WAKE},
    {"BEH.HTTP.19,HTTP2.SetHttpMethod.5", EVENT_FAILED, C | T, BLOCKED | ONCE, S_OK, JOB_ERROR, (ERR & ~DUTY_COUNT_ERROR) | DUTY_WAKE},
    {"ST.6,ST.9,BEH.STATE.26,BEH.STATE.32,BEH.RETRY.8,BEH.RETRY.10", EVENT_FAILED, Q | C | T, TIMED, S_OK,
     JOB_TRANSIENT_ERROR, DUTY_SET_FAILURE | DUTY_COUNT_ERROR | DUTY_WAKE | DUTY_START_CLOCK | MOD},
    {"ST.20,BEH.STATE.34,BEH.STATE.35,BEH.STATE.36,JOB.GetErrorCount.4", EVENT_FAILED, Q | C | T, BLOCKED, S_OK,
     JOB_TRANSIENT_ERROR, DUTY_SET_FAILURE | DUTY_WAKE | DUTY_START_CLOCK | MOD},
    {"BEH.STATE.62",                     EVENT_FAILED, ANY, 0, S_OK, SAME, 0},

    {"ST.8,BEH.STATE.31",                EVENT_FINISHED, C | T, 0, S_OK, JOB_TRANSFERRED, DONE | DUTY_WAKE},
    {"BEH.STATE.62,BEH.STATE.23",        EVENT_FINISHED, ANY, 0, S_OK, SAME, 0},

    {"ST.11,BEH.STATE.37,BEH.STATE.38,BEH.STATE.39", EVENT_RETRY, TE, 0, S_OK, JOB_QUEUED, DUTY_WAKE | MOD},
    {"BEH.STATE.62",                     EVENT_RETRY, ANY, 0, S_OK, SAME, 0},

    {"ST.12,BEH.STATE.41,BEH.RETRY.21",  EVENT_NO_PROGRESS, TE, 0, S_OK, JOB_ERROR, DUTY_NOTIFY | DUTY_WAKE},
    {"BEH.STATE.41",                     EVENT_NO_PROGRESS, ANY, 0, S_OK, SAME, 0},

    {"ST.16,BEH.STATE.48",               EVENT_INACTIVE, LIVE, 0, S_OK, JOB_CANCELLED, HALT | DUTY_DISCARD | MOD},
    {"BEH.STATE.48",                     EVENT_INACTIVE, FINAL, 0, S_OK, SAME, 0},

    {"BEH.STATE.45",                     EVENT_INVALIDATED, Q | C | T, 0, S_OK, JOB_ERROR, ERR | HALT},
    {"BEH.STATE.45",                     EVENT_INVALIDATED, TE, 0, S_OK, JOB_ERROR, ERR | DUTY_WAKE},
    {"BEH.STATE.45",                     EVENT_INVALIDATED, S | TD, 0, S_OK, JOB_ERROR, ERR},
    {"BEH.STATE.45",                     EVENT_INVALIDATED, E, 0, S_OK, JOB_ERROR, DUTY_SET_FAILURE},
    {"BEH.STATE.45",                     EVENT_INVALIDATED, FINAL, 0, S_OK, SAME, 0},

    {"BEH.STATE.53",                     EVENT_RANGES_DONE, C | T, 0, S_OK, JOB_SUSPENDED, DUTY_WAKE | MOD},
    {"BEH.STATE.53",                     EVENT_RANGES_DONE, ANY, 0, S_OK, SAME, 0},
    {"BEH.STATE.30",                     EVENT_NEXT_SERVER, T, 0, S_OK, JOB_CONNECTING, MOD},
    {"BEH.STATE.30",                     EVENT_NEXT_SERVER, ANY, 0, S_OK, SAME, 0},
};

static BOOL fits(const struct row *row, const struct state_facts *facts, enum job_event event, const struct failure *failure)
{
    UINT32 when = row->when;

    if (row->event != event || !(row->from & (1 << facts->state))) return FALSE;
    if ((when & EMPTY) && facts->file_count) return FALSE;
    if ((when & WHOLE) && !facts->all_transferred) return FALSE;
    if ((when & PARTLY) && facts->all_transferred) return FALSE;
    if ((when & DOWNLOAD) && facts->type != JOB_DOWNLOAD) return FALSE;
    if ((when & UPLOAD) && facts->type == JOB_DOWNLOAD) return FALSE;
    if ((when & FATAL) && failure->class != FAILURE_FATAL) return FALSE;
    if ((when & TIMED) && failure->class != FAILURE_TRANSIENT) return FALSE;
    if ((when & BLOCKED) && failure->class != FAILURE_BLOCKED) return FALSE;
    if ((when & NO_RETRY) && facts->no_progress_timeout) return FALSE;
    if ((when & TOO_LATE) && facts->retry_delay <= facts->no_progress_timeout) return FALSE;
    if ((when & ONCE) && !facts->once) return FALSE;
    return TRUE;
}

static void check(const struct state_facts *facts, enum job_event event, const struct failure *failure, BYTE *used)
{
    enum job_state next;
    struct state_step step;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows) && !fits(&rows[i], facts, event, failure); i++) {}
    if (i == ARRAY_SIZE(rows))
    {
        ok(0, "%s in %s: no row\n", state_event_name(event), state_name(facts->state));
        return;
    }
    used[i] = 1;
    next = rows[i].next == SAME ? facts->state : rows[i].next;
    memset(&step, 0xcc, sizeof(step));
    state_next(facts, event, failure, &step);
    ok(step.hr == rows[i].hr && step.next == next && step.duties == rows[i].duties,
       "[%s] %s in %s, type %u, %u files%s, class %u, delay %u of %u: got %#x, %s, duties %#x, expected %#x, %s, %#x\n",
       rows[i].facts, state_event_name(event), state_name(facts->state), facts->type, facts->file_count,
       facts->all_transferred ? ", all there" : "", failure->class, facts->retry_delay, facts->no_progress_timeout, step.hr,
       state_name(step.next), step.duties, rows[i].hr, state_name(next), rows[i].duties);
}

/* Every cell of the table with every combination of facts. */
static void test_cells(void)
{
    static const struct { UINT32 count; BOOL all; } files[] = {{0, FALSE}, {1, FALSE}, {1, TRUE}, {3, FALSE}, {3, TRUE}};
    static const struct { UINT32 delay, timeout; } times[] =
        {{600, 1209600}, {600, 0}, {0, 0}, {601, 600}, {600, 600}, {599, 600}, {5, 0xffffffff}, {0xffffffff, 0xfffffffe}};
    struct failure failure = {BG_E_HTTP_ERROR_404, CONTEXT_REMOTE_FILE, FAILURE_FATAL};
    BYTE used[ARRAY_SIZE(rows)] = {0};
    struct state_facts facts;
    UINT32 event, state, type, f, t, class, once;
    size_t i;

    for (event = 0; event < EVENT_COUNT; event++)
        for (state = 0; state < JOB_STATE_COUNT; state++)
            for (type = 0; type < 3; type++)
                for (f = 0; f < ARRAY_SIZE(files); f++)
                    for (t = 0; t < ARRAY_SIZE(times); t++)
                        for (class = FAILURE_FATAL; class <= FAILURE_BLOCKED; class++)
                        for (once = 0; once < 2; once++)
                        {
                            memset(&facts, 0, sizeof(facts));
                            facts.state = state;
                            facts.type = type;
                            facts.file_count = files[f].count;
                            facts.all_transferred = files[f].all;
                            facts.retry_delay = times[t].delay;
                            facts.no_progress_timeout = times[t].timeout;
                            facts.once = once;
                            failure.class = class;
                            check(&facts, event, &failure, used);
                        }
    for (i = 0; i < ARRAY_SIZE(rows); i++) ok(used[i], "[%s] row %u never counts\n", rows[i].facts, (UINT32)i);
}

static void test_setters(void)
{
    static const char allowed[] = "yyyyyyynn";
    UINT32 state;

    for (state = 0; state < JOB_STATE_COUNT; state++)
        ok(state_may_change(state) == (allowed[state] == 'y' ? S_OK : BG_E_INVALID_STATE),
           "[STM.1,STM.2,STM.M.setters,STM.M.AddFile] %s: got %#x\n", state_name(state), state_may_change(state));
}

static void test_names(void)
{
    static const char * const states[] = {"QUEUED", "CONNECTING", "TRANSFERRING", "SUSPENDED", "ERROR", "TRANSIENT_ERROR",
                                          "TRANSFERRED", "ACKNOWLEDGED", "CANCELLED"};
    static const char * const events[] = {"resume", "suspend", "cancel", "complete", "start", "connected", "preempted", "failed",
                                          "finished", "retry", "no-progress", "inactive", "invalidated", "ranges-done",
                                          "next-server"};
    UINT32 i;

    ok(ARRAY_SIZE(states) == JOB_STATE_COUNT && ARRAY_SIZE(events) == EVENT_COUNT, "there are more\n");
    for (i = 0; i < JOB_STATE_COUNT; i++)
        ok(!strcmp(state_name(i), states[i]), "[BEH.STATE.%u] got %s\n", i + 1, state_name(i));
    for (i = 0; i < EVENT_COUNT; i++) ok(!strcmp(state_event_name(i), events[i]), "%u: got %s\n", i, state_event_name(i));
    ok(!strcmp(state_name(JOB_STATE_COUNT), "?") && !strcmp(state_event_name(EVENT_COUNT), "?"), "a name behind the last\n");
}

/* A job as queue.c would keep it. */
struct walker
{
    struct state_facts facts;
    HRESULT failure;
    UINT32 whole;               /* files */
};

static UINT32 seed;

static UINT32 random_below(UINT32 limit)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % limit;
}

static void walk(struct walker *walker)
{
    static const enum job_state live[] = {JOB_QUEUED, JOB_CONNECTING, JOB_TRANSFERRING};
    enum job_state before = walker->facts.state;
    enum job_event event = random_below(EVENT_COUNT);
    struct failure failure = {BG_E_HTTP_ERROR_503, CONTEXT_REMOTE_FILE, random_below(3)};
    BOOL was_active = before == JOB_QUEUED || before == JOB_CONNECTING || before == JOB_TRANSFERRING;
    BOOL changed;
    struct state_step step;
    size_t i;

    /* what clients and transfers do between two events */
    if (!random_below(4) && !job_is_final(before)) walker->facts.file_count++;
    if (before == JOB_TRANSFERRING && walker->whole < walker->facts.file_count && random_below(2)) walker->whole++;
    if (!random_below(8)) walker->facts.no_progress_timeout = random_below(3) * 600;
    if (!random_below(8)) walker->facts.retry_delay = random_below(3) * 600;
    walker->facts.all_transferred = walker->facts.file_count && walker->whole == walker->facts.file_count;
    /* a transfer says this only when it is true; and nobody looks for a file that is not there */
    if (event == EVENT_FINISHED && !walker->facts.all_transferred) return;
    if (event == EVENT_INVALIDATED && !walker->whole) return;
    if (event == EVENT_START && !walker->facts.file_count) return;
    if (event == EVENT_INVALIDATED && !job_is_final(before))
    {
        walker->whole--;
        walker->facts.all_transferred = FALSE;
    }

    memset(&step, 0xcc, sizeof(step));
    state_next(&walker->facts, event, &failure, &step);
    changed = step.next != before;
    winetest_push_context("%s in %s to %s", state_event_name(event), state_name(before), state_name(step.next));

    ok(step.next < JOB_STATE_COUNT, "no state\n");
    if (FAILED(step.hr)) ok(!changed && !step.duties, "[ERR.GEN.2] refused, and yet changed\n");
    if (step.next == JOB_TRANSFERRED || step.next == JOB_ERROR)
        ok(!(step.duties & DUTY_MODIFIED), "[CB.JobModification.2] a modification\n");
    else if (changed)
        ok(step.duties & DUTY_MODIFIED, "[CB.JobModification.1] a change that nobody sees\n");
    if (job_is_final(before)) ok(!changed && !step.duties, "[BEH.STATE.60] a way out of the end\n");
    if (event < EVENT_START && job_is_final(before)) ok(step.hr == BG_E_INVALID_STATE, "[BEH.STATE.60] got %#x\n", step.hr);
    if (before == JOB_SUSPENDED && changed)
        ok(event == EVENT_RESUME || event == EVENT_CANCEL || event == EVENT_COMPLETE || event == EVENT_INACTIVE
           || event == EVENT_INVALIDATED, "[BEH.STATE.62] left by itself\n");
    if (before == JOB_ERROR && changed)
        ok(event == EVENT_RESUME || event == EVENT_CANCEL || event == EVENT_COMPLETE || event == EVENT_INACTIVE,
           "[BEH.STATE.5] left by itself\n");
    if (step.next == JOB_TRANSFERRED && changed) ok(walker->facts.all_transferred, "[BEH.STATE.31] files are missing\n");
    if (step.next == JOB_TRANSFERRED && changed) ok(step.duties & DUTY_STAMP, "[TYPE.Times.A1] no time\n");
    if (step.duties & DUTY_STAMP) ok(step.next == JOB_TRANSFERRED, "[TYPE.Times.A1] a time for nothing\n");
    if (step.duties & DUTY_NOTIFY) ok(step.next == JOB_TRANSFERRED || step.next == JOB_ERROR, "[BEH.STATE.82] what for\n");
    if (changed && (step.next == JOB_TRANSFERRED || step.next == JOB_ERROR)) ok(step.duties & DUTY_NOTIFY, "nobody is told\n");
    if (step.duties & (DUTY_PUBLISH | DUTY_DISCARD)) ok(job_is_final(step.next), "the files, and the job stays\n");
    if (step.next == JOB_ACKNOWLEDGED && changed) ok(step.duties & DUTY_PUBLISH, "[BEH.STATE.49] nothing is handed over\n");
    if (step.next == JOB_CANCELLED && changed) ok(step.duties & DUTY_DISCARD, "[BEH.STATE.64] nothing is deleted\n");
    if (step.duties & DUTY_COUNT_ERROR) ok(step.duties & DUTY_SET_FAILURE, "[BEH.RETRY.8] counted and not set\n");
    if ((step.duties & DUTY_COUNT_ERROR) && event == EVENT_FAILED)
        ok(failure.class != FAILURE_BLOCKED, "[JOB.GetErrorCount.4] counted\n");
    if (step.duties & DUTY_START_CLOCK) ok(step.next == JOB_TRANSIENT_ERROR, "[BEH.RETRY.10] the clock runs\n");
    if (step.next == JOB_TRANSIENT_ERROR && changed) ok(step.duties & DUTY_START_CLOCK, "[BEH.RETRY.10] no clock\n");
    if (step.next == JOB_TRANSIENT_ERROR && changed)
        ok(walker->facts.no_progress_timeout, "[JOB.SetNoProgressTimeout.3] it will be tried again\n");
    /* a transfer that has not said itself that it ends is told to */
    if (was_active && changed && step.next != JOB_CONNECTING && step.next != JOB_TRANSFERRING && event != EVENT_FAILED
        && event != EVENT_FINISHED && event != EVENT_RANGES_DONE)
        ok(step.duties & DUTY_STOP, "[BEH.STATE.62] it goes on moving\n");
    for (i = 0; i < ARRAY_SIZE(live); i++)
        if (step.next == live[i] && changed) ok(walker->facts.file_count, "[BEH.STATE.22] a job without files runs\n");
    if (step.next == JOB_QUEUED && changed) ok(step.duties & DUTY_WAKE, "the scheduler sleeps\n");

    if (step.duties & DUTY_SET_FAILURE) walker->failure = failure.hr;
    if (step.duties & DUTY_CLEAR_FAILURE) walker->failure = S_OK;
    if (step.next == JOB_ERROR || step.next == JOB_TRANSIENT_ERROR)
        ok(FAILED(walker->failure), "[ERR.GEN.3] no failure to show\n");
    if (step.next == JOB_TRANSFERRING || (step.next == JOB_TRANSFERRED && changed))
        ok(!walker->failure, "[JOB.GetError.3] a failure to show\n");
    walker->facts.state = step.next;
    winetest_pop_context();
}

static void test_walks(void)
{
    struct walker walker;
    UINT32 i, j, ends[JOB_STATE_COUNT] = {0};

    for (i = 0; i < 3000; i++)
    {
        seed = i;
        memset(&walker, 0, sizeof(walker));
        walker.facts.state = JOB_SUSPENDED;
        walker.facts.type = i % 3;
        walker.facts.no_progress_timeout = 1209600;
        walker.facts.retry_delay = 600;
        for (j = 0; j < 60; j++) walk(&walker);
        ends[walker.facts.state]++;
    }
    for (i = 0; i < JOB_STATE_COUNT; i++) if (i == JOB_ACKNOWLEDGED || i == JOB_CANCELLED) ok(ends[i], "never %s\n", state_name(i));
}

START_TEST(state)
{
    test_cells();
    test_setters();
    test_names();
    test_walks();
}
