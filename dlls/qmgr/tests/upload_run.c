/*
 * Uploads whose server does not do what it should
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
#include <stdio.h>
#include <stdlib.h>

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "winioctl.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"
#include "bits1_5.h"

#include "wine/test.h"
#include "bits_test.h"
#include "upload_test.h"

/* The server does not know the session any more: a new one, from the first octet on. */
static void test_lost_session(void)
{
    IBackgroundCopyJob *job;
    struct packet packet;

    upload_script_for("Fragment", "bits\n bits-forget\n reply\n bits\n");
    if (!(job = upload_start(1000))) return;
    upload_check_sent(job, "PCFCFE", 1000, "BUP.RESUME.5,BUP.RESUME.6,BUP.ERR.3,BUP.STATUS.8");
    ok(strcmp(upload_packet('F', 0).session, upload_packet('F', 1).session), "[BUP.RESUME.5] twice the session %s\n", upload_packet('F', 0).session);
    ok_inferred("BUP.RESUME.5", !upload_error_count(job), "%lu errors\n", upload_error_count(job));
    upload_end(job, L"run");

    /* with what was acknowledged before */
    upload_script_for("Fragment", "bits\n bits-take 20000\n reply\n bits\n bits-forget\n reply\n bits\n");
    if (!(job = upload_start(100000))) return;
    upload_check_sent(job, "PCFFCFE", 100000, "BUP.RESUME.5,BUP.ERR.3");
    packet = upload_packet('F', 2);
    ok(!packet.first, "[BUP.RESUME.5] a new session begins at %u\n", (unsigned int)packet.first);
    ok(packet.has_name, "[BUP.HDR.17] the first fragment of a session has no name\n");
    upload_end(job, L"run");

    /* it was known long enough */
    upload_script_for("Close-Session", "bits\n bits-forget\n");
    if (!(job = upload_start(1000))) return;
    bits_wait_states(job, DONE | FATAL | AGAIN);
    ok_inferred("BUP.CLOSE.4", bits_state(job) == BG_JOB_STATE_TRANSFERRED && !upload_error_count(job), "got state %d\n", bits_state(job));
    upload_check_kinds(upload_path(), "PCFE", "BUP.CLOSE.3");
    upload_end(job, L"run");

    /* a server that never knows it */
    upload_script_for("Fragment", "reply 2\n bits\n bits-forget\n reply\n bits\n");
    if (!(job = upload_start(1000))) return;
    bits_wait_states(job, DONE | FATAL | AGAIN);
    ok_inferred("BUP.RESUME.5", bits_state(job) == BG_JOB_STATE_TRANSIENT_ERROR && bits_error_code(job) == BG_E_SESSION_NOT_FOUND,
                "got state %d, %#lx\n", bits_state(job), bits_error_code(job));
    if (bits_state(job) == BG_JOB_STATE_TRANSIENT_ERROR)
    {
        bits_resume(job);
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
    }
    upload_end(job, L"run");
}

static void test_too_large(void)
{
    IBackgroundCopyJob *job;
    struct packet packets[UPLOAD_MAX];
    unsigned int i, count;

    upload_script_for("Fragment", "bits\n bits-limit 10000\n");
    if (!(job = upload_start(100000))) return;
    upload_check_sent(job, NULL, 100000, "BUP.FRAG.6,BUP.STATUS.6");
    ok(!upload_error_count(job), "[BUP.FRAG.6,BUP.ERR.4] %lu errors\n", upload_error_count(job));
    count = upload_packets(upload_path(), "BITS_POST", packets);
    for (i = 3; i < count && packets[i].kind == 'F'; i++)
    {
        if (packets[i - 1].size > 10000)
            ok(packets[i].first == packets[i - 1].first && packets[i].size < packets[i - 1].size, "[BUP.FRAG.6] packet %u: %u octets from %u on\n", i,
               (unsigned int)packets[i].size, (unsigned int)packets[i].first);
        else
        {
            /* what is too much was found out */
            ok_inferred("BUP.FRAG.6", packets[i].size <= 10000, "packet %u: %u octets\n", i, (unsigned int)packets[i].size);
            ok(packets[i].first == packets[i - 1].last + 1, "[BUP.FRAG.2] packet %u begins at %u\n", i, (unsigned int)packets[i].first);
        }
    }
    upload_end(job, L"run");

    upload_script_for("Fragment", "bits\n bits-limit 100\n");
    if (!(job = upload_start(100000))) return;
    bits_wait_states(job, DONE | FATAL | AGAIN);
    ok_inferred("BUP.FRAG.6", bits_state(job) == BG_JOB_STATE_ERROR && bits_error_code(job) == BG_E_HTTP_ERROR_413, "got state %d, %#lx\n",
                bits_state(job), bits_error_code(job));
    upload_end(job, L"run");
}

/* Where the server says that it stands. */
static void test_received(void)
{
    static const struct
    {
        const char *ack;
        const char *fact;
    }
    bad[] =
    {
        { "remove BITS-Received-Content-Range", "BUP.ERR.5" },
        { "header BITS-Received-Content-Range: many", "BUP.RESUME.4" },
        { "header BITS-Received-Content-Range: -1", "BUP.RESUME.4" },
        { "header BITS-Received-Content-Range: 1001", "BUP.RESUME.4" },
        { "header BITS-Received-Content-Range: 18446744073709552616", "BUP.RESUME.4" },
        { "header BITS-Received-Content-Range: 0-999", "BUP.RESUME.4" },
    };
    IBackgroundCopyJob *job;
    BG_JOB_PROGRESS progress;
    BG_ERROR_CONTEXT context;
    char replies[256];
    unsigned int i;
    HRESULT code;
    ts_u64 next;

    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        _snprintf(replies, sizeof(replies), "bits\n %s\n", bad[i].ack);
        upload_script_for("Fragment", replies);
        if (!(job = upload_start(1000))) return;
        bits_wait_states(job, DONE | FATAL | AGAIN);
        if (bits_state(job) != BG_JOB_STATE_ERROR || !bits_read_error_(__LINE__, job, &context, &code, "JOB.GetError.1")) code = S_OK;
        ok_inferred(bad[i].fact, code == BG_E_INVALID_SERVER_RESPONSE && context == BG_ERROR_CONTEXT_REMOTE_FILE,
                    "%s: state %d, %#lx\n", bad[i].ack, bits_state(job), code);
        upload_end(job, L"run");
    }

    /* what is there already is not sent again */
    upload_script_for("Fragment", "bits\n bits-received 150000\n reply\n bits\n");
    if (!(job = upload_start_background(200000))) return;
    if (upload_wait_done(job))
    {
        upload_check_fragments(upload_path(), "run", 200000);
        if (upload_packet('F', 0).last < 149999)
            ok(upload_packet('F', 1).first == 150000, "[BUP.RESUME.4,BUP.HDR.21] went on at %u\n", (unsigned int)upload_packet('F', 1).first);
    }
    upload_end(job, L"run");

    /* what is there no more is */
    upload_script_for("Fragment", "bits\n bits-take 30000\n reply\n bits\n bits-received 10\n reply\n bits\n silent\n reply\n bits\n");
    if (!(job = upload_start(100000))) return;
    if (upload_wait(upload_path(), 'F', 3, "BUP.RESUME.4"))
    {
        IBackgroundCopyJob_GetProgress(job, &progress);
        ok_inferred("BUP.FRAG.13", progress.BytesTransferred == 10, "got %s\n", wine_dbgstr_longlong(progress.BytesTransferred));
        IBackgroundCopyJob_Suspend(job);
        bits_wait_state(job, BG_JOB_STATE_SUSPENDED);
        bits_resume(job);
    }
    if (upload_wait_done(job))
    {
        ok(!strncmp(upload_kinds(upload_path()), "PCFFF", 5), "[BUP.FRAG.9,BUP.RESUME.4] got %s\n", upload_kinds(upload_path()));
        upload_check_fragments(upload_path(), "run", 100000);
        ok(upload_packet('F', 2).first == 10, "[BUP.FRAG.9,BUP.RESUME.4] went on at %u\n", (unsigned int)upload_packet('F', 2).first);
    }
    upload_end(job, L"run");

    /* a gap: it claims more than it has, and corrects itself */
    upload_script_for("Fragment", "bits\n bits-take 500\n header BITS-Received-Content-Range: 700\n reply\n bits\n");
    if (!(job = upload_start(1000))) return;
    upload_check_sent(job, "PCFFFE", 1000, "BUP.FRAG.8,BUP.FRAG.9,BUP.ERR.4,BUP.STATUS.7");
    next = upload_packet('F', 2).first;
    ok(next == 500, "[BUP.FRAG.8,BUP.FRAG.9] went on at %u\n", (unsigned int)next);
    ok(!upload_error_count(job), "[BUP.FRAG.9] %lu errors\n", upload_error_count(job));
    upload_end(job, L"run");

    /* no progress */
    upload_script_for("Fragment", "bits\n bits-take 0\n");
    if (!(job = upload_start(1000))) return;
    bits_wait_states(job, DONE | FATAL | AGAIN);
    ok_inferred("BUP.RESUME.4", bits_error_code(job) == BG_E_INVALID_SERVER_RESPONSE && !strcmp(upload_kinds(upload_path()), "PCFFF"),
                "got %s, %#lx\n", upload_kinds(upload_path()), bits_error_code(job));
    upload_end(job, L"run");
}

/* The connection ends, twice: whoever takes the first time for a connection that was idle for too long sees it break when it is new. The same
 * session goes on then, where the server has acknowledged. */
static void test_broken(void)
{
    static const char *const tests[] =
    {
        "body-cut 100",                         /* in the middle of the data */
        "drop", "refuse", "cut-head 0",         /* behind it */
        "cut-head 20", "reset-head 30",         /* in the middle of the Ack */
    };
    struct packet packets[UPLOAD_MAX];
    IBackgroundCopyJob *job;
    unsigned int i, j, count, fragments, errors;
    BG_ERROR_CONTEXT context;
    char replies[256];
    HRESULT code;

    for (i = 0; i < ARRAY_SIZE(tests) * 2; i++)
    {
        BOOL strict = i >= ARRAY_SIZE(tests);
        const char *what = tests[i % ARRAY_SIZE(tests)];

        winetest_push_context("%s%s", what, strict ? ", strict" : "");
        _snprintf(replies, sizeof(replies), "bits\n bits-take 40000\n reply 2\n bits\n %s\n reply\n bits\n%s", what, strict ? " bits-strict\n" : "");
        upload_script_for("Fragment", replies);
        if (!(job = upload_start(100000))) break;
        for (errors = 0; errors < 3; errors++)
        {
            bits_wait_states(job, DONE | FATAL | AGAIN);
            if (bits_state(job) != BG_JOB_STATE_TRANSIENT_ERROR) break;
            if (bits_read_error_(__LINE__, job, &context, &code, "JOB.GetError.1"))
                ok_inferred("BUP.ERR.1", context == BG_ERROR_CONTEXT_REMOTE_FILE, "%#lx, context %d\n", code, context);
            bits_resume(job);
        }
        ok_inferred("BUP.ERR.1", errors && errors < 3, "%u errors\n", errors);
        if (upload_wait_done(job))
        {
            count = upload_packets(upload_path(), "BITS_POST", packets);
            for (j = fragments = 0; j < count; j++)
            {
                if (packets[j].kind == 'C') ok(j == 1, "[BUP.RESUME.1] packet %u makes a session\n", j);
                if (packets[j].kind != 'F') continue;
                ok(!strcmp(packets[j].session, packets[2].session), "[BUP.RESUME.1,BUP.ERR.8] packet %u has another session\n", j);
                if (fragments++) ok(packets[j].first >= 40000, "[BUP.RESUME.1] packet %u begins at %u\n", j, (unsigned int)packets[j].first);
                if (fragments == 3) ok_inferred("BUP.RESUME.2", packets[j].first == 40000, "went on at %u\n", (unsigned int)packets[j].first);
                if (packets[j - 1].kind == 'P') ok_inferred("BUP.FRAG.23", packets[j].has_name, "packet %u has no name\n", j);
            }
            ok_inferred("BUP.PING.3", strchr(upload_kinds(upload_path()) + 1, 'P') != NULL, "got %s\n", upload_kinds(upload_path()));
            upload_check_fragments(upload_path(), "run", 100000);
            /* what was taken without an Ack is not taken twice */
            ok(upload_placed(upload_path(), "run", 100000) == 1, "[BUP.FRAG.7,BUP.RESUME.2] the server has no such file\n");
        }
        upload_end(job, L"run");
        winetest_pop_context();
    }

    /* the last Ack is lost: once more */
    upload_script_for("Fragment", "bits\n cut-head 0\n reply\n bits\n");
    if (!(job = upload_start(1000))) return;
    if (bits_wait_states(job, DONE | AGAIN) && bits_state(job) == BG_JOB_STATE_TRANSIENT_ERROR) bits_resume(job);
    upload_check_sent(job, NULL, 1000, "BUP.RESUME.7");
    ok(upload_packet('F', 1).first == upload_packet('F', 0).first && upload_packet('F', 1).last == 999, "[BUP.RESUME.7] another fragment\n");
    upload_end(job, L"run");
}

/* Trouble that passes, with each packet. */
static void test_busy(void)
{
    static const struct
    {
        const char *packet, *kinds, *facts;
    }
    tests[] =
    {
        { "Ping", "PPCFE", "BUP.STATUS.13" },
        { "Create-Session", "PCPCFE", "BUP.STATUS.13" },
        { "Fragment", "PCFPFE", "BUP.STATUS.13,BUP.RESUME.1" },
        { "Close-Session", NULL, "BUP.STATUS.13,BUP.CLOSE.3" },
    };
    IBackgroundCopyJob *job;
    unsigned int i;
    const char *p;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context("%s", tests[i].packet);
        upload_script_for(tests[i].packet, "status 503\n reply\n bits\n");
        if (!(job = upload_start(1000))) break;
        if (bits_wait_state(job, BG_JOB_STATE_TRANSIENT_ERROR))
        {
            bits_check_error_in(job, BG_E_HTTP_ERROR_503, REMOTE_FILE, "BUP.STATUS.13,ERR.HTTP.2");
            ok(upload_error_count(job) == 1, "[BEH.RETRY.8] %lu errors\n", upload_error_count(job));
            bits_resume(job);
            upload_check_sent(job, tests[i].kinds, 1000, tests[i].facts);
            ok(upload_error_count(job) == 1, "[BEH.RETRY.8] %lu errors\n", upload_error_count(job));
        }
        p = strchr(upload_kinds(upload_path()), 'E');
        if (!tests[i].kinds) ok(p && strchr(p + 1, 'E') && !strchr(p, 'F'), "[BUP.CLOSE.3] got %s\n", upload_kinds(upload_path()));
        upload_end(job, L"run");
        winetest_pop_context();
    }

    /* what does not pass is not waited for once the data is there */
    upload_script_for("Close-Session", "status 404\n");
    if (!(job = upload_start(1000))) return;
    bits_wait_states(job, DONE | FATAL | AGAIN);
    ok_inferred("BUP.CLOSE.5", bits_state(job) == BG_JOB_STATE_TRANSFERRED, "got state %d\n", bits_state(job));
    upload_check_kinds(upload_path(), "PCFE", "BUP.CLOSE.3");
    upload_end(job, L"run");

    /* by itself, after the delay */
    upload_script_for("Fragment", "reply 2\n status 503\n reply\n bits\n");
    if (!(job = upload_job(L"run", UPLOAD, upload_url(), 1000))) return;
    IBackgroundCopyJob_SetMinimumRetryDelay(job, 5);
    bits_resume(job);
    if (upload_wait(upload_path(), 'E', 1, "BEH.RETRY.1"))
    {
        bits_wait_state(job, BG_JOB_STATE_TRANSFERRED);
        ok(upload_error_count(job) == 2, "[BEH.RETRY.8] %lu errors\n", upload_error_count(job));
        ok(upload_packet('F', 2).time - upload_packet('F', 0).time >= 9900, "[BEH.RETRY.14] after %u ms\n", upload_packet('F', 2).time - upload_packet('F', 0).time);
    }
    upload_end(job, L"run");
}

/* What is said, and what becomes of the job. */
static void test_errors(void)
{
    static const struct
    {
        const char *packet, *reply;
        BG_JOB_STATE state;
        HRESULT code;
        BG_ERROR_CONTEXT context;
        const char *facts;
        BOOL inferred;
    }
    tests[] =
    {
        { "Create-Session", "bits-error 403 0x80070005 0x5", BG_JOB_STATE_ERROR, E_ACCESSDENIED, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.STATUS.3,BUP.CREATE.3" },
        { "Create-Session", "bits-error 400 0x80070057 0x5", BG_JOB_STATE_ERROR, E_INVALIDARG, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.STATUS.2,BUP.CREATE.4" },
        { "Create-Session", "status 404", BG_JOB_STATE_ERROR, BG_E_HTTP_ERROR_404, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.STATUS.4,BUP.CREATE.3" },
        { "Create-Session", "status 409", BG_JOB_STATE_TRANSIENT_ERROR, BG_E_HTTP_ERROR_409, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.STATUS.5,BUP.CREATE.3" },
        { "Create-Session", "bits-error 501 0x80070005 0x5", BG_JOB_STATE_ERROR, E_ACCESSDENIED, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.STATUS.10" },
        { "Create-Session", "bits-error 403 0x80200023 0x5", BG_JOB_STATE_ERROR, 0x80200023, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.STATUS.11,BUP.HDR.23" },
        { "Ping", "status 404", BG_JOB_STATE_ERROR, BG_E_HTTP_ERROR_404, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.STATUS.4" },
        { "Ping", "bits-error 500 0x80070005 0x5", BG_JOB_STATE_ERROR, E_ACCESSDENIED, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.PING.2,BUP.ERR.7" },
        { "Ping", "bits-error 500 0x80004005 0x5", BG_JOB_STATE_TRANSIENT_ERROR, E_FAIL, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.PING.2,BUP.ERR.6" },
        { "Fragment", "bits-error 500 0x80200020 0x5", BG_JOB_STATE_ERROR, BG_E_TOO_LARGE, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.STATUS.9,BUP.ERR.7" },
        { "Fragment", "bits\n bits-maximum 999", BG_JOB_STATE_ERROR, BG_E_TOO_LARGE, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.STATUS.9" },
        { "Fragment", "bits-error 503 0x80070057 0x5", BG_JOB_STATE_ERROR, E_INVALIDARG, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.ERR.7" },
        { "Fragment", "bits-error 500 0x0 0x5", BG_JOB_STATE_TRANSIENT_ERROR, BG_E_HTTP_ERROR_500, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.ERR.6" },
        { "Fragment", "status 502", BG_JOB_STATE_TRANSIENT_ERROR, BG_E_HTTP_ERROR_502, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.STATUS.13" },
        { "Fragment", "status 505", BG_JOB_STATE_ERROR, BG_E_HTTP_ERROR_505, BG_ERROR_CONTEXT_REMOTE_FILE, "ERR.HTTP.2" },
        /* of the application behind the server */
        { "Fragment", "bits-error 403 0x80190193 0x7", BG_JOB_STATE_ERROR, BG_E_HTTP_ERROR_403, BG_ERROR_CONTEXT_REMOTE_APPLICATION, "BUP.STATUS.12,BUP.NOTIFY.6,ERR.CTX.7,JOB2.TYPES.7" },
        { "Fragment", "bits-error 404 0x80190194 0x7", BG_JOB_STATE_ERROR, BG_E_HTTP_ERROR_404, BG_ERROR_CONTEXT_REMOTE_APPLICATION, "BUP.STATUS.12,BUP.NOTIFY.6,BUP.HDR.24,JOB2.TYPES.7" },
        { "Fragment", "bits-error 409 0x80190199 0x7", BG_JOB_STATE_TRANSIENT_ERROR, BG_E_HTTP_ERROR_409, BG_ERROR_CONTEXT_REMOTE_APPLICATION, "BUP.NOTIFY.6,JOB2.TYPES.7" },
        { "Fragment", "bits-error 408 0x80190198 0x7", BG_JOB_STATE_TRANSIENT_ERROR, BG_E_HTTP_ERROR_408, BG_ERROR_CONTEXT_REMOTE_APPLICATION, "BUP.NOTIFY.6,JOB2.TYPES.7" },
        { "Fragment", "bits-error 500 0x801901f4 0x7", BG_JOB_STATE_TRANSIENT_ERROR, BG_E_HTTP_ERROR_500, BG_ERROR_CONTEXT_REMOTE_APPLICATION, "BUP.NOTIFY.6,JOB2.TYPES.7,ERR.CTX.21" },
        { "Fragment", "bits-error 501 0x801901f5 0x7", BG_JOB_STATE_ERROR, BG_E_HTTP_ERROR_501, BG_ERROR_CONTEXT_REMOTE_APPLICATION, "BUP.NOTIFY.6,JOB2.TYPES.7" },
        { "Fragment", "bits-error 505 0x801901f9 0x7", BG_JOB_STATE_ERROR, BG_E_HTTP_ERROR_505, BG_ERROR_CONTEXT_REMOTE_APPLICATION, "BUP.NOTIFY.6,JOB2.TYPES.7" },
        { "Fragment", "bits-error 307 0x80190133 0x7", BG_JOB_STATE_ERROR, BG_E_HTTP_ERROR_307, BG_ERROR_CONTEXT_REMOTE_APPLICATION, "BUP.NOTIFY.6,JOB2.TYPES.7" },
        /* names and numbers as servers write them */
        { "Fragment", "bits-error 500 x80070057 x5", BG_JOB_STATE_ERROR, E_INVALIDARG, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.HDR.33", TRUE },
        { "Fragment", "bits-error 500 80070057 7", BG_JOB_STATE_ERROR, E_INVALIDARG, BG_ERROR_CONTEXT_REMOTE_APPLICATION, "BUP.HDR.33", TRUE },
        { "Fragment", "bits-error 500 0X8020001D 0X7", BG_JOB_STATE_TRANSIENT_ERROR, 0x8020001d, BG_ERROR_CONTEXT_REMOTE_APPLICATION, "BUP.HDR.33", TRUE },
        { "Fragment", "bits-error 500 0x80070005 0x5\n remove BITS-Error", BG_JOB_STATE_ERROR, E_ACCESSDENIED, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.HDR.31,BUP.HDR.23" },
        { "Fragment", "bits-error 500 0x80070005 0x5\n remove BITS-Error-Code", BG_JOB_STATE_ERROR, E_ACCESSDENIED, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.HDR.31", TRUE },
        { "Fragment", "bits-error 500 0x80070005 0x5\n header-case lower", BG_JOB_STATE_ERROR, E_ACCESSDENIED, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.HDR.1" },
        { "Fragment", "bits-error 500 0x80070005 0x5\n header-case upper", BG_JOB_STATE_ERROR, E_ACCESSDENIED, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.HDR.1" },
        { "Fragment", "bits-error 500 0x80070005 0x5\n text <html>no</html>", BG_JOB_STATE_ERROR, E_ACCESSDENIED, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.HDR.3" },
        /* what a session must have */
        { "Create-Session", "bits\n remove BITS-Protocol", BG_JOB_STATE_ERROR, BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.CREATE.5", TRUE },
        { "Create-Session", "bits\n header BITS-Protocol: {00000000-0000-0000-0000-000000000000}", BG_JOB_STATE_ERROR, BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.CREATE.5", TRUE },
        { "Create-Session", "bits\n remove BITS-Session-Id", BG_JOB_STATE_ERROR, BG_E_INVALID_SERVER_RESPONSE, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.CREATE.5", TRUE },
        { "Create-Session", "bits\n bits-session 3456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789 101", BG_JOB_STATE_ERROR, BG_E_INVALID_SERVER_RESPONSE, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.CREATE.5", TRUE },
        { "Create-Session", "bits\n bits-session 3456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789 99", BG_JOB_STATE_TRANSFERRED, S_OK, BG_ERROR_CONTEXT_NONE, "BUP.LIMIT.2,BUP.HDR.13" },
        { "Create-Session", "bits\n header Accept-Encoding: gzip", BG_JOB_STATE_ERROR, BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH, BG_ERROR_CONTEXT_REMOTE_FILE, "BUP.CREATE.5", TRUE },
        { "Create-Session", "bits\n remove Accept-Encoding", BG_JOB_STATE_TRANSFERRED, S_OK, BG_ERROR_CONTEXT_NONE, "BUP.CREATE.5", TRUE },
    };
    IBackgroundCopyJob *job;
    BG_ERROR_CONTEXT context;
    char replies[512];
    unsigned int i;
    HRESULT code;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        winetest_push_context("%s: %s", tests[i].packet, tests[i].reply);
        _snprintf(replies, sizeof(replies), "%s%s\n", strncmp(tests[i].reply, "bits-error", 10) ? "" : "bits\n ", tests[i].reply);
        upload_script_for(tests[i].packet, replies);
        if (!(job = upload_start(1000))) break;
        context = BG_ERROR_CONTEXT_NONE;
        code = S_OK;
        bits_wait_states(job, DONE | FATAL | AGAIN);
        if (bits_state(job) != BG_JOB_STATE_TRANSFERRED) bits_read_error_(__LINE__, job, &context, &code, "JOB.GetError.1");
        if (tests[i].inferred)
            ok_inferred(tests[i].facts, bits_state(job) == tests[i].state && code == tests[i].code && context == tests[i].context,
                        "got state %d, %#lx, context %d\n", bits_state(job), code, context);
        else
        {
            ok(bits_state(job) == tests[i].state, "[%s] got state %d, expected %d\n", tests[i].facts, bits_state(job), tests[i].state);
            ok(code == tests[i].code && context == tests[i].context, "[%s] got %#lx, context %d\n", tests[i].facts, code, context);
        }
        upload_end(job, L"run");
        winetest_pop_context();
    }

    /* an application that comes to itself: the last fragment once more, in the same session */
    upload_script_for("Fragment", "bits\n bits-error 404 0x80190194 0x7\n reply\n bits\n");
    if (!(job = upload_start(1000))) return;
    if (bits_wait_state(job, BG_JOB_STATE_ERROR)) bits_resume(job);
    upload_check_sent(job, NULL, 1000, "BUP.NOTIFY.6");
    ok_inferred("BUP.ERR.8", !strcmp(upload_packet('F', 0).session, upload_packet('F', 1).session) && !strcmp(upload_kinds(upload_path()), "PCFPFE"),
                "got %s\n", upload_kinds(upload_path()));
    upload_end(job, L"run");

    /* one that never does, though it might: until there was no progress for too long */
    upload_script_for("Fragment", "bits\n bits-error 503 0x801901f7 0x7\n");
    if (!(job = upload_job(L"run", UPLOAD, upload_url(), 1000))) return;
    IBackgroundCopyJob_SetMinimumRetryDelay(job, 5);
    IBackgroundCopyJob_SetNoProgressTimeout(job, 7);
    bits_resume(job);
    if (bits_wait_state(job, BG_JOB_STATE_ERROR))
        ok(strlen(upload_kinds(upload_path())) >= 5, "[BUP.NOTIFY.7,BEH.RETRY.2] got %s\n", upload_kinds(upload_path()));
    upload_end(job, L"run");
}

/* A server that does not wait for the data before it answers. */
static void test_early(void)
{
    IBackgroundCopyJob *job;

    upload_script_for("Fragment", "bits\n bits-error 403 0x80070005 0x5\n early\n");
    if (!(job = upload_start(8000000))) return;
    if (bits_wait_state(job, BG_JOB_STATE_ERROR)) bits_check_error_in(job, E_ACCESSDENIED, REMOTE_FILE, "BUP.STATUS.3");
    upload_end(job, L"run");

    upload_script_for("Fragment", "bits\n bits-error 500 0x8020001f 0x5\n early\n reply\n bits\n");
    if (!(job = upload_start(8000000))) return;
    upload_check_sent(job, NULL, 8000000, "BUP.RESUME.5");
    ok(!upload_error_count(job), "[BUP.RESUME.5] %lu errors\n", upload_error_count(job));
    upload_end(job, L"run");
}

/* Numbers that do not fit into 32 bits: the server says that it has nearly all of it. */
static void test_huge(void)
{
    static const ts_u64 size = 5000000000ull;
    IBackgroundCopyJob *job;
    BG_JOB_PROGRESS progress;
    struct packet packet;
    LARGE_INTEGER end;
    HANDLE file;
    DWORD n;

    upload_script_for("Fragment", "bits\n bits-received 4999999000\n reply\n bits\n");
    if (!(job = upload_job(L"run", UPLOAD, upload_url(), 0))) return;
    file = CreateFileW(bits_path(L"run"), GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    DeviceIoControl(file, FSCTL_SET_SPARSE, NULL, 0, NULL, 0, &n, NULL);    /* as files of Wine are anyway */
    end.QuadPart = size;
    if (!SetFilePointerEx(file, end, NULL, FILE_BEGIN) || !SetEndOfFile(file))
    {
        skip("no volume for a large file, error %lu\n", GetLastError());
        CloseHandle(file);
        upload_end(job, L"run");
        return;
    }
    CloseHandle(file);
    IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_NORMAL);
    bits_resume(job);
    if (upload_wait_done(job))
    {
        upload_check_kinds(upload_path(), "PCFFE", "BUP.HDR.21");
        packet = upload_packet('F', 0);
        ok(!packet.first && packet.total == size, "[BUP.HDR.18] got %s of %s\n", wine_dbgstr_longlong(packet.first), wine_dbgstr_longlong(packet.total));
        packet = upload_packet('F', 1);
        ok(packet.first == 4999999000ull && packet.last == 4999999999ull && packet.total == size && packet.length == 1000, "[BUP.HDR.18] got %s-%s of %s\n",
           wine_dbgstr_longlong(packet.first), wine_dbgstr_longlong(packet.last), wine_dbgstr_longlong(packet.total));
        IBackgroundCopyJob_GetProgress(job, &progress);
        ok(progress.BytesTotal == size && progress.BytesTransferred == size, "[TYPE.JobProg.3] got %s\n", wine_dbgstr_longlong(progress.BytesTransferred));
    }
    upload_end(job, L"run");
}

START_TEST(upload_run)
{
    if (!bits_begin()) return;
    if (bits_server_start(""))
    {
        test_lost_session();
        test_too_large();
        test_received();
        test_broken();
        test_busy();
        test_errors();
        test_early();
        test_huge();
    }
    bits_end();
}
