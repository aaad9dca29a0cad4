/*
 * Tests for an upload without memory
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

/*
 * The room once more, under other names and with an allocator that fails when it is told to: at each place in turn the failure has to be
 * that of an attempt, transient, and the attempt after it goes on.
 */

#include <stdio.h>

#include "core/headers.h"
#include "core/model.h"
#include "core/str.h"
#include "core/url.h"
#include "core/verdict.h"
#include "wine/test.h"

static UINT32 allocations, failing;     /* the one that fails, counted from 1; 0: none */

static BOOL fails(void)
{
    return ++allocations == failing;
}

static HRESULT short_copy(const struct upload_session *from, struct upload_session *to)
{
    if (!fails()) return upload_session_copy(from, to);
    memset(to, 0, sizeof(*to));
    return E_OUTOFMEMORY;
}

static HRESULT short_resolve(const WCHAR *base, const char *location, WCHAR **target)
{
    if (!fails()) return url_resolve(base, location, target);
    *target = NULL;
    return E_OUTOFMEMORY;
}

#define malloc(size) (fails() ? NULL : malloc(size))
#define str_dup(s) (fails() ? NULL : str_dup(s))
#define str_from_latin1(s) (fails() ? NULL : str_from_latin1(s))
#define buffer_take(buffer, len) (fails() ? NULL : buffer_take(buffer, len))
#define url_split(target, url) (fails() ? E_OUTOFMEMORY : url_split(target, url))
#define url_resolve short_resolve
#define upload_session_copy short_copy

#define upload_init short_init
#define upload_free short_free
#define upload_next short_next
#define upload_lines short_lines
#define upload_on_ack short_on_ack
#define upload_on_error short_on_error
#define upload_on_connected short_on_connected
#define upload_on_recorded short_on_recorded
#define upload_on_reply short_on_reply
#define upload_on_failure short_on_failure
#define upload_packet_name short_packet_name

#include "core/upload.c"

#undef malloc
#undef upload_session_copy

static const char * const acks[] =
{
    "",
    "BITS-Protocol: " UPLOAD_PROTOCOL "\nBITS-Session-Id: s\nBITS-Host-Id: g:8\nBITS-Host-Id-Fallback-Timeout: 60\n",
    "BITS-Session-Id: s\nBITS-Received-Content-Range: 10\nBITS-Reply-URL: /r\n",
    "BITS-Session-Id: s\n",
};

static void make_headers(struct header_list *list, const char *text)
{
    const char *colon, *end;

    headers_init(list);
    for (; *text; text = end + 1)
    {
        colon = strchr(text, ':');
        end = strchr(text, '\n');
        headers_add(list, text, colon - text, colon + 1, end - colon - 1);
    }
}

struct journal
{
    struct upload_session session;
    UINT64 acknowledged;
    WCHAR *reply_url;
    BOOL reply_done;
};

static void free_journal(struct journal *journal)
{
    upload_session_free(&journal->session);
    free(journal->reply_url);
}

/* FALSE: it was not even begun. */
static BOOL attempt(struct journal *journal, struct failure *failure, enum upload_step *step)
{
    struct upload_params params = { L"http://h/f", L"c:\\f", 10 };
    struct header_list headers;
    struct upload upload;
    HRESULT hr;

    params.wants_reply = TRUE;
    params.session = &journal->session;
    params.acknowledged = journal->acknowledged;
    params.reply_url = journal->reply_url;
    params.reply_done = journal->reply_done;
    memset(&upload, 0xcc, sizeof(upload));
    *step = UPLOAD_FAILED;
    if (FAILED(hr = upload_init(&upload, &params)))
    {
        ok(hr == E_OUTOFMEMORY && failing && allocations >= failing, "%u: got %#x\n", failing, hr);
        return FALSE;
    }
    while ((*step = upload_next(&upload, 0, 0)) != UPLOAD_DONE && *step != UPLOAD_FAILED)
    {
        if (*step == UPLOAD_RECORD)
        {
            upload_session_free(&journal->session);
            upload_session_copy(&upload.session, &journal->session);
            journal->acknowledged = upload.acknowledged;
            upload_on_recorded(&upload);
        }
        else if (*step == UPLOAD_REPLY)
        {
            if (!journal->reply_url) journal->reply_url = str_ndup(upload.reply_url, str_len(upload.reply_url));
            journal->reply_done = TRUE;
            upload_on_reply(&upload);
        }
        else
        {
            make_headers(&headers, acks[upload.request.packet]);
            upload_on_ack(&upload, 200, &headers, 0);
            headers_free(&headers);
            journal->acknowledged = max(journal->acknowledged, upload.acknowledged);
        }
    }
    *failure = upload.failure;
    upload_free(&upload);
    return TRUE;
}

START_TEST(upload_memory)
{
    UINT32 unbegun = 0, failed = 0, done = 0, again;
    struct journal journal;
    struct failure failure;
    enum upload_step step;

    /* a first attempt, and one that goes on from what is left when everything but the end has been done */
    for (again = 0; again < 2; again++)
        for (failing = 1;; failing++)
        {
            memset(&journal, 0, sizeof(journal));
            if (again)
            {
                journal.session.id = strdup("s");
                journal.session.host = str_ndup(L"g", 1);
                journal.reply_url = str_ndup(L"http://h/r", 10);
            }
            allocations = 0;
            if (!attempt(&journal, &failure, &step)) unbegun++;
            else if (step == UPLOAD_FAILED)
            {
                failed++;
                ok(failure.hr == E_OUTOFMEMORY && failure.class == FAILURE_TRANSIENT && failure.context == CONTEXT_GENERAL_QUEUE_MANAGER,
                   "[ERR.0x8007000E] %u: got %#x %u %u\n", failing, failure.hr, failure.class, failure.context);
            }
            else done++;
            if (allocations < failing)
            {
                free_journal(&journal);
                break;
            }
            ok(step != UPLOAD_DONE, "%u: nobody noticed\n", failing);

            failing += 1000;
            ok(attempt(&journal, &failure, &step) && step == UPLOAD_DONE && journal.reply_done, "[BUP.ERR.8] %u: does not go on\n", failing - 1000);
            failing -= 1000;
            free_journal(&journal);
        }
    ok(unbegun >= 6 && failed >= 5 && done == 2, "%u without a beginning, %u failed, %u done\n", unbegun, failed, done);
}
