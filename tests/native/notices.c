/*
 * Tests of core/notices: which notification is owed, by which way, when again
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
#include "core/state.h"
#include "wine/test.h"

#define DELAY 600000u
#define BUSY  5000u
#define HUNG  60000u

/* A job with everything set: both flags of the state, an object. Tests take away what they do not want. */
struct scene
{
    struct notices notices;
    struct notice_facts facts;
    UINT64 now;
    struct notice_step step;        /* what is due */
    struct notice_step flying;      /* what was begun last */
    UINT64 when;
};

static void begin(struct scene *scene)
{
    notices_begin(&scene->notices, &scene->step, scene->now);
    scene->flying = scene->step;
}

static UINT32 done(struct scene *scene, const struct notice_step *step, enum notice_result result)
{
    return notices_done(&scene->notices, &scene->facts, step, result, scene->now);
}

static void scene_init(struct scene *scene, enum job_state state)
{
    memset(scene, 0, sizeof(*scene));
    scene->now = 1000;
    scene->facts.state = state;
    scene->facts.type = JOB_DOWNLOAD;
    scene->facts.flags = NOTIFY_FLAG_TRANSFERRED | NOTIFY_FLAG_ERROR;
    scene->facts.object = TRUE;
    scene->facts.interval = 500;
    scene->facts.retry_delay = DELAY;
    scene->facts.busy_delay = BUSY;
    scene->facts.timeout = HUNG;
}

static enum notice next(struct scene *scene)
{
    return notices_next(&scene->notices, &scene->facts, scene->now, &scene->step, &scene->when);
}

static void expect_(unsigned int line, const char *fact, struct scene *scene, enum notice notice, enum notice_way way)
{
    enum notice got = next(scene);

    ok_(__FILE__, line)(got == notice && scene->step.notice == notice, "[%s] got notice %d, expected %d\n", fact, got, notice);
    if (got != NOTICE_NONE)
        ok_(__FILE__, line)(scene->step.way == way, "[%s] got way %d, expected %d\n", fact, scene->step.way, way);
}
#define expect(fact, scene, notice, way) expect_(__LINE__, fact, scene, notice, way)

/* Nothing now; next look at that time. */
static void expect_none_(unsigned int line, const char *fact, struct scene *scene, UINT64 when)
{
    enum notice got = next(scene);

    ok_(__FILE__, line)(got == NOTICE_NONE, "[%s] got notice %d\n", fact, got);
    ok_(__FILE__, line)(scene->when == when, "[%s] look again at %d, expected %d\n", fact, (int)scene->when, (int)when);
}
#define expect_none(fact, scene, when) expect_none_(__LINE__, fact, scene, when)

/* Sends what is due and takes the answer for it. */
static UINT32 send_(unsigned int line, const char *fact, struct scene *scene, enum notice notice, enum notice_way way,
                    enum notice_result result)
{
    UINT32 duties;

    expect_(line, fact, scene, notice, way);
    begin(scene);
    duties = done(scene, &scene->flying, result);
    if (duties & NOTICE_DROP_OBJECT) scene->facts.object = FALSE;
    if (duties & NOTICE_MARK_FILE) scene->facts.file_owed = FALSE;
    if (duties & NOTICE_MARK_STATE) scene->facts.notified = TRUE;
    return duties;
}
#define send(fact, scene, notice, way, result) send_(__LINE__, fact, scene, notice, way, result)

static void test_flags(void)
{
    UINT32 flags, state;
    struct scene scene;

    for (state = 0; state < JOB_STATE_COUNT; state++)
    {
        for (flags = 0; flags < 0x40; flags++)
        {
            BOOL owed = (state == JOB_TRANSFERRED && (flags & NOTIFY_FLAG_TRANSFERRED))
                        || (state == JOB_ERROR && (flags & NOTIFY_FLAG_ERROR));

            scene_init(&scene, state);
            scene.facts.flags = flags;
            if (flags & NOTIFY_FLAG_DISABLE) owed = FALSE;
            winetest_push_context("state %u, flags %#x", state, flags);
            if (owed) expect("BEH.NOTIFY.3", &scene, NOTICE_STATE, WAY_OBJECT);
            else expect_none(flags & NOTIFY_FLAG_DISABLE ? "BEH.NOTIFY.1" : "CB.JobError.1", &scene, NOTICES_NEVER);
            /* nor does a program run that the flags do not ask for */
            scene.facts.object = FALSE;
            scene.facts.program = TRUE;
            scene.facts.file_owed = scene.facts.ranges_owed = TRUE;
            notices_modified(&scene.notices, &scene.facts);
            if (owed) expect("JOB2.SetNotifyCmdLine.12", &scene, NOTICE_STATE, WAY_PROGRAM);
            else expect_none("JOB.SetNotifyFlags.2", &scene, NOTICES_NEVER);
            winetest_pop_context();
        }
    }
}

static void test_at_least_once(void)
{
    struct scene scene;

    /* the event first, then somebody who wants to know */
    scene_init(&scene, JOB_TRANSFERRED);
    scene.facts.object = FALSE;
    expect_none("CB.A1", &scene, NOTICES_NEVER);
    scene.facts.object = TRUE;
    notices_renewed(&scene.notices, TRUE);
    ok(send("CB.4", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_DELIVERED) == NOTICE_MARK_STATE, "[CB.4] not marked\n");
    expect_none("CB.JobTransferred.2", &scene, NOTICES_NEVER);
    /* the mark is not there (it could not be written): in this life it counts all the same */
    scene.facts.notified = FALSE;
    expect_none("BEH.PERSIST.11", &scene, NOTICES_NEVER);

    /* another pointer: again */
    notices_renewed(&scene.notices, TRUE);
    send("BEH.NOTIFY.4", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_DELIVERED);
    expect_none("BEH.NOTIFY.4", &scene, NOTICES_NEVER);

    /* a flag that comes later */
    scene_init(&scene, JOB_ERROR);
    scene.facts.flags = NOTIFY_FLAG_TRANSFERRED;
    expect_none("CB.A2", &scene, NOTICES_NEVER);
    scene.facts.flags = NOTIFY_FLAG_ERROR;
    send("JOB.SetNotifyFlags.A3", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_DELIVERED);

    /* another state: owed once more */
    scene.facts.state = JOB_QUEUED;
    scene.facts.notified = FALSE;
    notices_entered(&scene.notices);
    expect_none("CB.JobError.1", &scene, NOTICES_NEVER);
    scene.facts.state = JOB_ERROR;
    notices_entered(&scene.notices);
    send("CB.JobError.1", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_DELIVERED);

    /* S_OK for a state the job has left while it was told of it, for the same state again */
    notices_entered(&scene.notices);
    scene.facts.notified = FALSE;
    expect("CB.JobError.1", &scene, NOTICE_STATE, WAY_OBJECT);
    begin(&scene);
    expect_none("CB2.FileTransferred.4", &scene, NOTICES_NEVER);
    notices_entered(&scene.notices);
    notices_entered(&scene.notices);
    ok(!done(&scene, &scene.flying, RESULT_DELIVERED), "[CB.4] marked the wrong state\n");
    send("CB.4", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_DELIVERED);
}

static void test_refusal(void)
{
    struct scene scene;
    UINT32 i;

    scene_init(&scene, JOB_TRANSFERRED);
    for (i = 0; i < 3; i++)
    {
        ok(!send("BEH.NOTIFY.5", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_REFUSED), "[CB.JobTransferred.2] duties\n");
        expect_none("CB.JobTransferred.A2", &scene, scene.now + DELAY);
        scene.now += DELAY - 1;
        expect_none("CB.JobTransferred.A2", &scene, scene.now + 1);
        scene.now++;
    }
    /* busy: sooner */
    send("BEH.NOTIFY.5", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_BUSY);
    expect_none("BEH.NOTIFY.5", &scene, scene.now + BUSY);
    /* a new object, or a way it did not have, does not wait */
    send("BEH.NOTIFY.5", (scene.now += BUSY, &scene), NOTICE_STATE, WAY_OBJECT, RESULT_REFUSED);
    notices_renewed(&scene.notices, TRUE);
    send("JOB.SetNotifyInterface.5", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_REFUSED);
    scene.facts.program = TRUE;
    notices_renewed(&scene.notices, FALSE);
    send("JOB2.SetNotifyCmdLine.13", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_REFUSED);
    send("JOB2.SetNotifyCmdLine.13", &scene, NOTICE_STATE, WAY_PROGRAM, RESULT_DELIVERED);
    /* it leaves the state: no more */
    scene_init(&scene, JOB_ERROR);
    send("CB.JobError.2", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_REFUSED);
    scene.facts.state = JOB_QUEUED;
    notices_entered(&scene.notices);
    expect_none("CB.JobTransferred.A2", &scene, NOTICES_NEVER);
}

static void test_ways(void)
{
    struct scene scene;
    UINT32 duties, i;

    /* the object is there and the class is too: the object [CB.14] */
    scene_init(&scene, JOB_TRANSFERRED);
    scene.facts.class = scene.facts.program = TRUE;
    send("CB.14", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_DELIVERED);
    expect_none("BEH.CMD.6", &scene, NOTICES_NEVER);

    /* it has gone: the class at once, and that fails: the program at once, and that fails: all again after the delay */
    scene_init(&scene, JOB_TRANSFERRED);
    scene.facts.class = scene.facts.program = TRUE;
    duties = send("BEH.NOTIFY.15", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_GONE);
    ok(duties == NOTICE_DROP_OBJECT, "[BEH.NOTIFY.15] got duties %#x\n", duties);
    for (i = 0; i < 2; i++)
    {
        send("BEH.NOTIFY.20", &scene, NOTICE_STATE, WAY_CLASS, RESULT_FAILED);
        send("BEH.NOTIFY.20", &scene, NOTICE_STATE, WAY_PROGRAM, RESULT_REFUSED);
        expect_none("BEH.NOTIFY.20", &scene, scene.now + DELAY);
        scene.now += DELAY;
    }
    /* the class is there now, refuses, and serves on */
    expect("BEH.NOTIFY.11", &scene, NOTICE_STATE, WAY_CLASS);
    begin(&scene);
    scene.facts.object = TRUE;
    done(&scene, &scene.flying, RESULT_REFUSED);
    send("BEH.NOTIFY.20", &scene, NOTICE_STATE, WAY_PROGRAM, RESULT_FAILED);
    scene.now += DELAY;
    send("BEH.NOTIFY.11", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_DELIVERED);

    /* an object that refuses is followed by the program, not by the class [BEH.NOTIFY.11] */
    scene_init(&scene, JOB_ERROR);
    scene.facts.class = scene.facts.program = TRUE;
    send("JOB2.SetNotifyCmdLine.A5", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_REFUSED);
    ok(send("BEH.NOTIFY.21", &scene, NOTICE_STATE, WAY_PROGRAM, RESULT_DELIVERED) == NOTICE_MARK_STATE, "[BEH.NOTIFY.21] not marked\n");
    scene.now += 2 * DELAY;
    expect_none("CB.JobTransferred.3", &scene, NOTICES_NEVER);

    /* the program alone */
    scene_init(&scene, JOB_TRANSFERRED);
    scene.facts.object = FALSE;
    scene.facts.program = TRUE;
    for (i = 0; i < 3; i++)
    {
        send("JOB2.SetNotifyCmdLine.14", &scene, NOTICE_STATE, WAY_PROGRAM, i == 1 ? RESULT_FAILED : RESULT_REFUSED);
        expect_none("JOB2.SetNotifyCmdLine.18", &scene, scene.now + DELAY);
        scene.now += DELAY;
    }
    send("BEH.CMD.9", &scene, NOTICE_STATE, WAY_PROGRAM, RESULT_DELIVERED);
    expect_none("BEH.CMD.9", &scene, NOTICES_NEVER);

    /* a service account's */
    scene_init(&scene, JOB_TRANSFERRED);
    scene.facts.program = scene.facts.service_owner = TRUE;
    send("BEH.CMD.10", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_REFUSED);
    expect_none("JOB2.SetNotifyCmdLine.16", &scene, scene.now + DELAY);
    scene.facts.object = FALSE;
    scene.now += DELAY;
    expect_none("BEH.SVC.6", &scene, NOTICES_NEVER);

    /* one that takes its time: it is not run a second time, but an object that comes is called */
    scene_init(&scene, JOB_TRANSFERRED);
    scene.facts.object = FALSE;
    scene.facts.program = TRUE;
    expect("BEH.CMD.6", &scene, NOTICE_STATE, WAY_PROGRAM);
    begin(&scene);
    scene.now += 10 * HUNG;
    expect_none("BEH.CMD.9", &scene, NOTICES_NEVER);
    scene.facts.object = TRUE;
    notices_renewed(&scene.notices, TRUE);
    send("CB.4", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_DELIVERED);
}

static void test_files(void)
{
    struct scene scene;

    scene_init(&scene, JOB_TRANSFERRED);
    scene.facts.flags |= NOTIFY_FLAG_FILE;
    scene.facts.file_owed = TRUE;
    scene.facts.program = TRUE;
    /* each before the state's, the next only after the one before was taken */
    expect("CB2.FileTransferred.5", &scene, NOTICE_FILE, WAY_OBJECT);
    begin(&scene);
    expect_none("CB2.FileTransferred.4", &scene, NOTICES_NEVER);
    done(&scene, &scene.flying, RESULT_REFUSED);
    expect_none("BEH.NOTIFY.16", &scene, scene.now + DELAY);
    /* not even another state makes it come sooner */
    notices_entered(&scene.notices);
    expect_none("CB2.FileTransferred.A2", &scene, scene.now + DELAY);
    scene.now += DELAY;
    ok(send("CB2.FileTransferred.3", &scene, NOTICE_FILE, WAY_OBJECT, RESULT_DELIVERED) == NOTICE_MARK_FILE,
       "[CB2.FileTransferred.3] not marked\n");
    scene.facts.file_owed = TRUE;
    send("CB2.FileTransferred.4", &scene, NOTICE_FILE, WAY_OBJECT, RESULT_DELIVERED);
    send("CB2.FileTransferred.5", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_DELIVERED);

    /* the record could not be written */
    scene.facts.file_owed = TRUE;
    notices_hold_files(&scene.notices, scene.now + BUSY);
    expect_none("BEH.PERSIST.11", &scene, scene.now + BUSY);

    /* while it is transferring; and for nobody who cannot take it */
    scene_init(&scene, JOB_TRANSFERRING);
    scene.facts.file_owed = TRUE;
    expect_none("CB2.FileTransferred.1", &scene, NOTICES_NEVER);
    scene.facts.flags |= NOTIFY_FLAG_FILE;
    expect("CB2.FileTransferred.1", &scene, NOTICE_FILE, WAY_OBJECT);
    scene.facts.no_files = TRUE;
    expect_none("BEH.NOTIFY.9", &scene, NOTICES_NEVER);
    scene.facts.no_files = FALSE;
    scene.facts.type = JOB_UPLOAD;
    expect_none("CB2.FileTransferred.6", &scene, NOTICES_NEVER);
    /* no object, no class: a program does not hear of files, and the state's notice does not wait for them */
    scene.facts.type = JOB_DOWNLOAD;
    scene.facts.object = FALSE;
    scene.facts.program = TRUE;
    expect_none("BEH.CMD.5", &scene, NOTICES_NEVER);
    scene.facts.state = JOB_TRANSFERRED;
    expect("CB2.FileTransferred.9", &scene, NOTICE_STATE, WAY_PROGRAM);
    /* nor when the class cannot be made */
    scene.facts.class = TRUE;
    send("BEH.NOTIFY.20", &scene, NOTICE_FILE, WAY_CLASS, RESULT_FAILED);
    send("BEH.NOTIFY.20", &scene, NOTICE_STATE, WAY_PROGRAM, RESULT_DELIVERED);
}

static void test_modifications(void)
{
    struct scene scene;
    UINT64 begun;

    scene_init(&scene, JOB_TRANSFERRING);
    ok(!notices_modified(&scene.notices, &scene.facts), "[BEH.NOTIFY.1] wanted without the flag\n");
    scene.facts.flags = NOTIFY_FLAG_MODIFICATION;
    expect_none("CB.JobModification.1", &scene, NOTICES_NEVER);
    ok(notices_modified(&scene.notices, &scene.facts), "[CB.JobModification.1] not wanted\n");
    expect("CB.JobModification.1", &scene, NOTICE_MODIFICATION, WAY_OBJECT);
    begun = scene.now;
    begin(&scene);
    /* many while it is told become one */
    scene.now += 100;
    notices_modified(&scene.notices, &scene.facts);
    notices_modified(&scene.notices, &scene.facts);
    expect_none("CB.JobModification.A2", &scene, NOTICES_NEVER);
    ok(!done(&scene, &scene.flying, RESULT_REFUSED), "[CB.JobModification.A1] duties\n");
    expect_none("JPROP.11", &scene, begun + 500);
    scene.now = begun + 499;
    expect_none("JPROP.11", &scene, begun + 500);
    scene.now = begun + 500;
    send("CB.JobModification.A2", &scene, NOTICE_MODIFICATION, WAY_OBJECT, RESULT_DELIVERED);
    expect_none("CB.JobModification.5", &scene, NOTICES_NEVER);
    /* the interval is the job's, and may be nothing */
    notices_modified(&scene.notices, &scene.facts);
    scene.facts.interval = 0;
    send("JPROP.A10", &scene, NOTICE_MODIFICATION, WAY_OBJECT, RESULT_DELIVERED);

    /* it comes behind what matters, and late if need be */
    scene.facts.state = JOB_TRANSFERRED;
    scene.facts.flags |= NOTIFY_FLAG_TRANSFERRED;
    notices_entered(&scene.notices);
    notices_modified(&scene.notices, &scene.facts);
    send("CB.7,BEH.NOTIFY.7", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_DELIVERED);
    send("CB.7,BEH.NOTIFY.7", &scene, NOTICE_MODIFICATION, WAY_OBJECT, RESULT_DELIVERED);

    /* one that is not answered holds up what matters for a moment only */
    notices_modified(&scene.notices, &scene.facts);
    expect("CB.7", &scene, NOTICE_MODIFICATION, WAY_OBJECT);
    begin(&scene);
    scene.facts.notified = FALSE;
    notices_entered(&scene.notices);
    expect_none("CB.7", &scene, scene.now + NOTICES_PATIENCE_MSEC);
    scene.now += NOTICES_PATIENCE_MSEC;
    send("CB.7", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_DELIVERED);

    /* never for a program; no more when the job is final */
    scene_init(&scene, JOB_QUEUED);
    scene.facts.flags = NOTIFY_FLAG_MODIFICATION;
    notices_modified(&scene.notices, &scene.facts);
    scene.facts.state = JOB_ACKNOWLEDGED;
    expect_none("HABIT.2", &scene, NOTICES_NEVER);
    scene.facts.state = JOB_QUEUED;
    scene.facts.object = FALSE;
    scene.facts.program = TRUE;
    expect_none("BEH.CMD.5", &scene, NOTICES_NEVER);
    ok(!notices_modified(&scene.notices, &scene.facts), "[BEH.CMD.5] wanted\n");
    /* a class that cannot be made is not tried for each of them */
    scene.facts.class = TRUE;
    notices_modified(&scene.notices, &scene.facts);
    send("JPROP.5", &scene, NOTICE_MODIFICATION, WAY_CLASS, RESULT_FAILED);
    notices_modified(&scene.notices, &scene.facts);
    expect_none("JPROP.5", &scene, scene.now + DELAY);
}

static void test_ranges(void)
{
    struct scene scene;
    UINT32 duties;

    scene_init(&scene, JOB_TRANSFERRING);
    scene.facts.ranges_owed = TRUE;
    expect_none("CB3.FileRangesTransferred.1", &scene, NOTICES_NEVER);
    scene.facts.flags = NOTIFY_FLAG_RANGES;
    duties = send("CB3.FileRangesTransferred.1", &scene, NOTICE_RANGES, WAY_OBJECT, RESULT_REFUSED);
    ok(duties == NOTICE_KEEP_RANGES, "[CB3.FileRangesTransferred.A1] got duties %#x\n", duties);
    expect_none("CB3.FileRangesTransferred.5", &scene, scene.now + 500);
    scene.now += 500;
    duties = send("CB3.FileRangesTransferred.5", &scene, NOTICE_RANGES, WAY_OBJECT, RESULT_DELIVERED);
    ok(!duties, "[CB3.FileRangesTransferred.2] got duties %#x\n", duties);
    scene.facts.no_ranges = TRUE;
    scene.now += 500;
    expect_none("BEH.NOTIFY.9", &scene, NOTICES_NEVER);
}

static void test_hung(void)
{
    UINT64 since[NOTICES_AT_ONCE] = { 100, 200, 300, 400 }, when;
    struct notice_step hung;
    struct scene scene;
    UINT32 i;

    for (i = 0; i < NOTICES_AT_ONCE; i++)
        ok(notices_may_begin(since, i, 500, HUNG, &when), "[BEH.NOTIFY.8] not with %u\n", i);
    ok(!notices_may_begin(since, NOTICES_AT_ONCE, 500, HUNG, &when), "[CB.8] a fifth one\n");
    ok(when == 100 + HUNG, "[BEH.NOTIFY.8] got %d\n", (int)when);
    ok(!notices_may_begin(since, NOTICES_AT_ONCE, 99 + HUNG, HUNG, &when), "[BEH.NOTIFY.8] a moment too early\n");
    ok(notices_may_begin(since, NOTICES_AT_ONCE, 100 + HUNG, HUNG, &when), "[BEH.NOTIFY.8] the first still counts\n");

    /* a registrant that does not answer, and another one */
    scene_init(&scene, JOB_TRANSFERRED);
    expect("CB.4", &scene, NOTICE_STATE, WAY_OBJECT);
    begin(&scene);
    hung = scene.flying;
    scene.now += 2 * HUNG;
    expect_none("CB.8", &scene, NOTICES_NEVER);
    notices_renewed(&scene.notices, TRUE);
    send("JOB.SetNotifyInterface.6", &scene, NOTICE_STATE, WAY_OBJECT, RESULT_REFUSED);
    ok(!done(&scene, &hung, RESULT_DELIVERED), "[JOB.SetNotifyInterface.6] the first counts\n");
    expect_none("JOB.SetNotifyInterface.6", &scene, scene.now + DELAY);

    /* it takes itself back from inside and says S_OK: that counts [HABIT.F12] */
    scene_init(&scene, JOB_TRANSFERRED);
    scene.facts.program = TRUE;
    expect("HABIT.F12", &scene, NOTICE_STATE, WAY_OBJECT);
    begin(&scene);
    scene.facts.object = FALSE;
    hung = scene.flying;
    expect_none("BEH.CMD.6", &scene, scene.now + HUNG);
    scene.now += 10;
    ok(done(&scene, &hung, RESULT_DELIVERED) == NOTICE_MARK_STATE, "[HABIT.F12] not marked\n");
    expect_none("HABIT.F14", &scene, NOTICES_NEVER);

    /* it is taken back while it hangs: the next way, after a while */
    scene_init(&scene, JOB_TRANSFERRED);
    scene.facts.program = TRUE;
    expect("BEH.CMD.6", &scene, NOTICE_STATE, WAY_OBJECT);
    begin(&scene);
    hung = scene.flying;
    scene.facts.object = FALSE;
    scene.now += HUNG;
    expect("BEH.CMD.6", &scene, NOTICE_STATE, WAY_PROGRAM);
    begin(&scene);
    ok(!done(&scene, &hung, RESULT_DELIVERED), "[BEH.CMD.6] the hung one counts\n");
    expect_none("BEH.CMD.6", &scene, NOTICES_NEVER);
    ok(done(&scene, &scene.flying, RESULT_DELIVERED) == NOTICE_MARK_STATE, "[BEH.CMD.6] not marked\n");
}

static void test_results(void)
{
    static const HRESULT gone[] =
    {
        (HRESULT)0x80010007, (HRESULT)0x80010012, (HRESULT)0x80010108, (HRESULT)0x800401fd, (HRESULT)0x800706b5,
        (HRESULT)0x800706ba, (HRESULT)0x800706be, (HRESULT)0x800706bf
    };
    enum notice notice;
    UINT32 i;

    for (notice = NOTICE_FILE; notice <= NOTICE_MODIFICATION; notice++)
    {
        ok(notices_result(notice, S_OK) == RESULT_DELIVERED, "[CB.JobTransferred.2] %d\n", notice);
        ok(notices_result(notice, E_FAIL) == RESULT_REFUSED, "[CB.JobTransferred.2] %d\n", notice);
        ok(notices_result(notice, E_NOTIMPL) == RESULT_REFUSED, "[CB.JobTransferred.2] %d\n", notice);
        ok(notices_result(notice, (HRESULT)0x80010001) == RESULT_BUSY, "[BEH.NOTIFY.5] %d\n", notice);
        ok(notices_result(notice, (HRESULT)0x8001010a) == RESULT_BUSY, "[BEH.NOTIFY.5] %d\n", notice);
        for (i = 0; i < ARRAY_SIZE(gone); i++)
            ok(notices_result(notice, gone[i]) == RESULT_GONE, "[BEH.NOTIFY.15] %d, %#x\n", notice, gone[i]);
    }
    ok(notices_result(NOTICE_STATE, S_FALSE) == RESULT_REFUSED, "[CB.JobTransferred.A1]\n");
    ok(notices_result(NOTICE_FILE, S_FALSE) == RESULT_DELIVERED, "[CB2.FileTransferred.A1]\n");
}

/* The change to TRANSFERRED or ERROR is no modification, every other one is. */
static void test_states(void)
{
    struct failure failure = { E_FAIL, 5, FAILURE_FATAL };
    struct state_facts facts = { 0 };
    struct state_step step;
    UINT32 event, state, i;

    facts.file_count = 1;
    facts.no_progress_timeout = 100;
    for (i = 0; i < 4; i++)
    {
        facts.all_transferred = i & 1;
        failure.class = i & 2 ? FAILURE_FATAL : FAILURE_TRANSIENT;
        for (event = 0; event < EVENT_COUNT; event++)
        {
            for (state = 0; state < JOB_STATE_COUNT; state++)
            {
                facts.state = state;
                state_next(&facts, event, &failure, &step);
                if (FAILED(step.hr) || step.next == state) continue;
                winetest_push_context("%s, %s to %s", state_event_name(event), state_name(state), state_name(step.next));
                if (step.next == JOB_TRANSFERRED || step.next == JOB_ERROR)
                {
                    ok(!(step.duties & DUTY_MODIFIED), "[CB.JobModification.2] a modification\n");
                    ok(step.duties & DUTY_NOTIFY, "[BEH.NOTIFY.3] nothing owed\n");
                }
                else
                {
                    ok(step.duties & DUTY_MODIFIED, "[CB.JobModification.1] no modification\n");
                    ok(!(step.duties & DUTY_NOTIFY), "[CB.JobError.1] something owed\n");
                }
                winetest_pop_context();
            }
        }
    }
}

static UINT32 rnd(UINT32 *seed, UINT32 limit)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % limit;
}

/*
 * A job with a client as fickle as can be.  Whatever happens, when things calm down and the client says S_OK, everything owed is told, in
 * order, and nothing is asked for again and again without time passing.
 */
static void test_walk(void)
{
    static const enum notice_result results[] =
    {
        RESULT_DELIVERED, RESULT_REFUSED, RESULT_BUSY, RESULT_GONE, RESULT_STALE, RESULT_FAILED
    };
    struct notice_step flying[4];
    UINT32 seed, i, j, count, steps;
    UINT64 last_modification;
    struct scene scene;
    BOOL told;

    for (seed = 1; seed <= 400; seed++)
    {
        UINT32 random = seed * 2654435761u;

        winetest_push_context("seed %u", seed);
        scene_init(&scene, JOB_QUEUED);
        scene.facts.flags = 0x3b;
        count = 0;
        last_modification = 0;
        for (i = 0; i < 300; i++)
        {
            switch (rnd(&random, 10))
            {
            case 0:
                scene.facts.state = rnd(&random, JOB_ACKNOWLEDGED);
                scene.facts.notified = FALSE;
                notices_entered(&scene.notices);
                break;
            case 1:
                scene.facts.object = rnd(&random, 2);
                if (scene.facts.object)
                {
                    scene.facts.notified = FALSE;
                    notices_renewed(&scene.notices, TRUE);
                    last_modification = 0;
                }
                break;
            case 2:
                scene.facts.class = rnd(&random, 2);
                scene.facts.program = rnd(&random, 2);
                notices_renewed(&scene.notices, FALSE);
                break;
            case 3:
                scene.facts.file_owed = TRUE;
                break;
            case 4:
                notices_modified(&scene.notices, &scene.facts);
                break;
            case 5:
                scene.now += rnd(&random, 2 * DELAY);
                break;
            case 6:
                if (!count) break;
                j = rnd(&random, count);
                {
                    UINT32 duties = done(&scene, &flying[j], results[rnd(&random, ARRAY_SIZE(results))]);

                    if (duties & NOTICE_DROP_OBJECT) scene.facts.object = FALSE;
                    if (duties & NOTICE_MARK_FILE) scene.facts.file_owed = FALSE;
                    if (duties & NOTICE_MARK_STATE) scene.facts.notified = TRUE;
                }
                flying[j] = flying[--count];
                break;
            default:
                if (count == ARRAY_SIZE(flying) || next(&scene) == NOTICE_NONE) break;
                ok(scene.step.way != WAY_OBJECT || scene.facts.object, "called nobody\n");
                ok(scene.step.way != WAY_CLASS || (scene.facts.class && !scene.facts.object), "[CB.14] class beside an object\n");
                ok(scene.step.way != WAY_PROGRAM || (scene.facts.program && scene.step.notice == NOTICE_STATE), "[BEH.CMD.5] ran\n");
                ok(scene.step.way == WAY_PROGRAM || scene.step.notice != NOTICE_STATE || !scene.facts.file_owed,
                   "[CB2.FileTransferred.5] the state before a file\n");
                if (scene.step.notice == NOTICE_MODIFICATION)
                {
                    ok(!last_modification || scene.now >= last_modification + scene.facts.interval, "[JPROP.11] too early\n");
                    last_modification = scene.now;
                }
                begin(&scene);
                flying[count++] = scene.flying;
                break;
            }
        }

        /* calm: every call returns, the job ends, somebody new registers and takes everything */
        while (count) done(&scene, &flying[--count], RESULT_STALE);
        scene.facts.state = JOB_ERROR;
        scene.facts.notified = FALSE;
        scene.facts.object = TRUE;
        scene.facts.file_owed = TRUE;
        notices_entered(&scene.notices);
        notices_renewed(&scene.notices, TRUE);
        notices_modified(&scene.notices, &scene.facts);
        told = FALSE;
        for (steps = 0; steps < 10; steps++)
        {
            UINT32 duties;

            if (next(&scene) == NOTICE_NONE)
            {
                if (scene.when == NOTICES_NEVER) break;
                ok(scene.when > scene.now, "look again at once\n");
                scene.now = scene.when;
                continue;
            }
            begin(&scene);
            duties = done(&scene, &scene.flying, RESULT_DELIVERED);
            if (duties & NOTICE_MARK_FILE) scene.facts.file_owed = FALSE;
            if (duties & NOTICE_MARK_STATE) told = scene.facts.notified = TRUE;
        }
        ok(told && !scene.facts.file_owed && !scene.notices.modified && steps < 10, "[CB.4] not everything was told\n");
        winetest_pop_context();
    }
}

START_TEST(notices)
{
    test_flags();
    test_at_least_once();
    test_refusal();
    test_ways();
    test_files();
    test_modifications();
    test_ranges();
    test_hung();
    test_results();
    test_states();
    test_walk();
}
