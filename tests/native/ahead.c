/*
 * Unit tests for core/ahead.c
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


#include "core/ahead.h"
#include "core/str.h"
#include "wine/test.h"

static const WCHAR *url_of(UINT32 file)
{
    static WCHAR url[] = L"http://a/000";

    url[9] = '0' + file / 100;
    url[10] = '0' + file / 10 % 10;
    url[11] = '0' + file % 10;
    return url;
}

static void answer(struct ahead *ahead, UINT32 file, UINT32 status, const char *length, UINT64 now)
{
    struct header_list headers;
    struct fetch_reply reply = { status, SIZE_UNKNOWN, &headers };

    headers_init(&headers);
    if (length) headers_add(&headers, "Content-Length", 14, length, strlen(length));
    headers_add(&headers, "Last-Modified", 13, "Sun, 06 Nov 1994 08:49:37 GMT", 29);
    ahead_take(ahead, file, TRUE);
    ahead_answer(ahead, file, &reply, L"HTTP/1.1 200 OK\r\n", now);
    headers_free(&headers);
}

static UINT32 ask(struct ahead *ahead, UINT32 first, UINT32 count)
{
    UINT32 i;

    for (i = 0; i < count && ahead_ask(ahead, first + i, url_of(first + i)) == S_OK; i++) {}
    return i;
}

/* A whole job, as the worker goes through it: every file is asked about and for once, in its order, and the wire never says anything else. */
static void test_job(UINT32 files)
{
    UINT32 turn, heads = 0, gets = 0, batches = 0, most = 0;
    const struct ahead_file *file;
    struct ahead ahead;
    UINT64 now = 1000;
    BOOL known;

    ahead_init(&ahead);
    for (turn = 0; turn < files; turn++, now++)
    {
        known = (file = ahead_find(&ahead, turn, url_of(turn), now)) != NULL;
        if (known) ok(file->size == 20000 && file->file == turn && headers_count(&file->headers, "Last-Modified") == 1, "file %u\n", turn);
        else heads++;
        ahead_drop(&ahead, turn);
        if (ahead.wire_count && !ahead.wire[0].head) gets++;
        ok(!ahead.wire_count || (!ahead.wire[0].head && ahead.wire[0].file == turn), "file %u: another request comes first\n", turn);
        ahead_take(&ahead, turn, FALSE);
        if (ahead_is_low(&ahead))
        {
            UINT32 before = ahead.wire_count;

            ask(&ahead, max(turn + 1, ahead.next), files - max(turn + 1, ahead.next));
            while ((file = ahead_want(&ahead, now))) ok(file->file > turn, "file %u after %u\n", file->file, turn);
            if (ahead.wire_count > before) batches++;
        }
        ahead_sent(&ahead, ahead.wire_count);
        most = max(most, ahead.wire_count);
        while ((file = ahead_answering(&ahead)))
        {
            heads++;
            answer(&ahead, file->file, 200, "20000", now);
        }
    }
    ok(heads == files && (files < 2 || gets >= files - 2), "%u files: %u times asked about, %u times for\n", files, heads, gets);
    ok(!ahead.count && !ahead.wire_count, "%u files and %u requests are left\n", ahead.count, ahead.wire_count);
    ok(batches <= files / 6 + 4 && most <= 2 * AHEAD_FILES, "%u batches, up to %u requests\n", batches, most);
    ahead_free(&ahead);
}

static void test_limits(void)
{
    const struct ahead_file *file;
    struct ahead ahead;
    UINT32 i;

    ahead_init(&ahead);
    ok(ahead_is_low(&ahead) && !ahead_answering(&ahead) && !ahead_want(&ahead, 0), "something is there\n");
    ok(ask(&ahead, 1, 100) == AHEAD_FILES && ahead.next == AHEAD_FILES + 1, "next is %u\n", ahead.next);
    ok(!ahead_is_low(&ahead) && !ahead_is_small(&ahead, 1), "low, or known, before an answer\n");
    for (i = 1; i <= AHEAD_FILES; i++) answer(&ahead, i, 200, i == 3 ? "65537" : i == 2 ? "0" : "65536", 500);
    ok(!ahead_is_small(&ahead, 0) && ahead_is_small(&ahead, 1) && !ahead_is_small(&ahead, 2) && !ahead_is_small(&ahead, 3),
       "[BEH.HTTP.37] not the small ones\n");
    ok((file = ahead_want(&ahead, 500)) && file->file == 1, "not the first one\n");
    ok(!ahead_want(&ahead, 500), "[BEH.HTTP.37] an empty file, or one behind a file that is not small\n");
    ok(ahead.wire_count == 1 && ahead_is_low(&ahead), "%u requests\n", ahead.wire_count);
    for (i = 1; i <= 3; i++) ahead_drop(&ahead, i);
    ahead_take(&ahead, 1, FALSE);
    for (i = 0; ahead_want(&ahead, 500); i++) {}
    ok(i == AHEAD_BODIES / 65536, "%u bodies\n", i);
    ok(!ahead_is_low(&ahead), "low\n");
    ahead_sent(&ahead, 0);

    /* of those that are smaller, half of what is looked after */
    for (i = 4; i <= AHEAD_FILES; i++) ahead_drop(&ahead, i);
    ask(&ahead, 100, AHEAD_FILES);
    for (i = 0; i < AHEAD_FILES; i++) answer(&ahead, 100 + i, 200, "100", 500);
    for (i = 0; ahead_want(&ahead, 500); i++) {}
    ok(i == AHEAD_GETS && !ahead_is_low(&ahead), "%u bodies\n", i);
    for (i = 0; i < AHEAD_GETS / 2; i++)
    {
        ok(!ahead_is_low(&ahead), "low with %u\n", AHEAD_GETS - i);
        ahead_drop(&ahead, 100 + i);
        ahead_take(&ahead, 100 + i, FALSE);
    }
    ok(ahead_is_low(&ahead), "not low with half\n");
    ahead_free(&ahead);
    ask(&ahead, 1, AHEAD_FILES);
    for (i = 1; i <= AHEAD_FILES; i++) answer(&ahead, i, 200, "65536", 500);

    /* what was answered long ago is asked again */
    ok(ahead_find(&ahead, 5, url_of(5), 499 + AHEAD_FRESH) && !ahead_find(&ahead, 5, url_of(5), 500 + AHEAD_FRESH), "not the right age\n");
    ok(!ahead_find(&ahead, 5, url_of(6), 500) && !ahead_find(&ahead, 99, url_of(99), 500), "[FILE2.SetRemoteName.7] another name is known\n");
    ok(!ahead_want(&ahead, 500 + AHEAD_FRESH), "a stale one is asked for\n");
    ahead_free(&ahead);
}

/* What was not sent, not answered, or answered with anything but a success, is asked in its turn. */
static void test_loss(void)
{
    const struct ahead_file *file;
    struct ahead ahead;
    UINT32 i;

    ahead_init(&ahead);
    ask(&ahead, 1, 8);
    ahead_sent(&ahead, 5);
    ok(ahead.count == 5 && ahead.wire_count == 5 && ahead.next == 6, "%u files, next %u\n", ahead.count, ahead.next);
    answer(&ahead, 1, 200, "10", 0);
    answer(&ahead, 2, 404, "10", 0);
    answer(&ahead, 3, 200, NULL, 0);
    answer(&ahead, 4, 302, "10", 0);
    ok(ahead.count == 2 && ahead.wire_count == 1, "[BEH.HTTP.45] %u files, %u requests\n", ahead.count, ahead.wire_count);
    ok(ahead_find(&ahead, 1, url_of(1), 0) && !ahead_find(&ahead, 2, url_of(2), 0) && !ahead_find(&ahead, 3, url_of(3), 0)
       && !ahead_find(&ahead, 4, url_of(4), 0) && !ahead_find(&ahead, 5, url_of(5), 0), "known what is not, or the other way round\n");
    ok((file = ahead_want(&ahead, 0)) && file->file == 1 && file->stage == AHEAD_WANTED && !ahead_want(&ahead, 0), "not asked for\n");

    /* something else is asked for: HEAD 5 and GET 1 are lost, not what is known of 1 */
    ahead_take(&ahead, 7, FALSE);
    ok(ahead.count == 1 && !ahead.wire_count && ahead.files[0].stage == AHEAD_KNOWN && ahead.next == 5, "%u files, %u requests, next %u\n",
       ahead.count, ahead.wire_count, ahead.next);
    ahead_free(&ahead);

    /* the turn comes while the request is under way, or the file is gone: the replies are never taken for those of another */
    ask(&ahead, 1, 3);
    ahead_drop(&ahead, 1);
    ok(!ahead_answering(&ahead), "the answer for a file that is no more\n");
    ahead_take(&ahead, 2, TRUE);
    ok(!ahead.wire_count && !ahead.count, "%u requests, %u files\n", ahead.wire_count, ahead.count);
    ahead_answer(&ahead, 2, NULL, NULL, 0);
    ahead_free(&ahead);

    /* at random: whatever happens, each request on the wire is that of a file that is looked after in the right stage, or of none */
    for (i = 0; i < 2000; i++)
    {
        UINT32 what = rand() % 6, f = rand() % 40, j, k;

        if (what == 0) ask(&ahead, max(f, ahead.next), rand() % 10);
        if (what == 1) while (rand() % 8 && ahead_want(&ahead, i)) {}
        if (what == 2) ahead_take(&ahead, ahead.wire_count && rand() % 4 ? ahead.wire[0].file : f, ahead.wire_count ? ahead.wire[0].head : TRUE);
        if (what == 3) ahead_drop(&ahead, f);
        if (what == 4) ahead_sent(&ahead, rand() % (ahead.wire_count + 1));
        if (what == 5 && (file = ahead_answering(&ahead))) answer(&ahead, file->file, rand() % 4 ? 200 : 503, "100", i);
        if (ahead.next > 900) ahead_free(&ahead);
        for (j = 0; j < ahead.wire_count; j++)
        {
            for (k = 0; k < ahead.count && ahead.files[k].file != ahead.wire[j].file; k++) {}
            if (k == ahead.count) continue;
            if (ahead.files[k].stage == (ahead.wire[j].head ? AHEAD_ASKED : AHEAD_WANTED)) continue;
            ok(0, "step %u: file %u is in stage %u, its %s is on the wire\n", i, ahead.wire[j].file, ahead.files[k].stage,
               ahead.wire[j].head ? "HEAD" : "GET");
        }
    }
    ahead_free(&ahead);
}

/* The GET is the one that the file's own turn will make. */
static void test_request(void)
{
    struct fetch_params params = { L"http://a/1" };
    const struct ahead_file *file;
    struct fetch_request request;
    struct ahead ahead;

    ahead_init(&ahead);
    params.size = params.max_bytes = SIZE_UNKNOWN;
    ahead_ask(&ahead, 1, params.url);
    answer(&ahead, 1, 200, "300", 0);
    file = ahead_find(&ahead, 1, params.url, 0);
    ok(ahead_get_request(&params, file, &request) == S_OK && request.ranged && !request.first && request.last == 299 && request.piece_count == 1,
       "[BEH.HTTP.81] %u to %u\n", (UINT32)request.first, (UINT32)request.last);
    ok(request.unmodified_since != 0, "[BEH.CONSIST.5] no date\n");
    params.foreground = TRUE;
    ok(ahead_get_request(&params, file, &request) == S_OK && !request.ranged && !request.head, "[BEH.HTTP.14] a range\n");
    params.max_bytes = 200;
    ok(ahead_get_request(&params, file, &request) == S_FALSE, "[BEH.HTTP.64] asked for\n");
    ahead_free(&ahead);
}

START_TEST(ahead)
{
    UINT32 files;

    for (files = 0; files < 70; files++) test_job(files);
    test_job(200);
    test_limits();
    test_loss();
    test_request();
}
