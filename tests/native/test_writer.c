/*
 * Unit tests for writer.c, lander.c and what output.c holds in memory
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

/* On a disk that forgets what was not flushed: what was told of is there, every octet of it in its place. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fakedisk.h"
#include "crew.h"
#include "lander.h"
#include "sync.h"
#include "writer.h"
#include "core/str.h"
#include "wine/test.h"

#define NAME L"C:\\out\\file"
#define RATION 3000

/* as rooms_writer.c has them */
#undef WRITER_BLOCK_SIZE
#undef WRITER_DIRECT_SIZE
#undef WRITER_BEHIND_AFTER
#define WRITER_BLOCK_SIZE   512
#define WRITER_DIRECT_SIZE  128
#define WRITER_BEHIND_AFTER 1000

static struct fakedisk *fake;
static UINT64 written, flushed, flushes;
static HRESULT flushed_hr;

static BYTE octet(UINT64 offset)
{
    return (BYTE)(offset % 251);
}

static void on_written(void *ctx, UINT64 position)
{
    ok(ctx == &written && position > written, "%llu after %llu\n", (unsigned long long)position, (unsigned long long)written);
    written = position;
}

static HRESULT on_flushed(void *ctx, UINT64 from, UINT64 to)
{
    ok(ctx == &written && from == flushed && to > from, "from %llu, not %llu\n", (unsigned long long)from, (unsigned long long)flushed);
    flushed = to;
    flushes++;
    return flushed_hr;
}

static struct writer *begin(UINT32 ration_msec, struct output **output)
{
    struct writer_callbacks callbacks = { on_written, on_flushed, &written, RATION, ration_msec };
    struct writer *writer;
    HRESULT hr;

    fake = fakedisk_create();
    written = flushed = flushes = 0;
    flushed_hr = S_OK;
    hr = writer_create(&callbacks, &writer);
    ok(hr == S_OK, "got %#x\n", (unsigned int)hr);
    hr = output_open(fakedisk_disk(fake), NAME, 0, TRUE, output);
    ok(hr == S_OK, "got %#x\n", (unsigned int)hr);
    writer_begin(writer, *output, 0);
    return writer;
}

static void end(struct writer *writer, struct output *output)
{
    writer_end(writer);
    output_close(output);
    writer_destroy(writer);
    fakedisk_free(fake);
}

static HRESULT put(struct writer *writer, UINT64 *position, UINT32 size)
{
    BYTE *buffer = writer_buffer(writer);
    UINT32 i;

    for (i = 0; i < size; i++) buffer[i] = octet(*position + i);
    *position += size;
    return writer_put(writer, size);
}

static void check_file(const WCHAR *name, UINT64 size)
{
    const BYTE *data = NULL;
    size_t len = 0, i;

    ok(fakedisk_get(fake, name, &data, &len), "no file\n");
    ok(len >= size, "%u octets\n", (unsigned int)len);
    for (i = 0; i < len && i < size && data[i] == octet(i); i++) ;
    ok(i == size, "wrong from %u on\n", (unsigned int)i);
}

/* Sizes of every kind; then the power fails, and what was told of is there. */
static void test_order(void)
{
    static const UINT32 sizes[] = { 1, 7, WRITER_DIRECT_SIZE - 1, WRITER_DIRECT_SIZE, 200, WRITER_BLOCK_SIZE };
    struct output *output;
    struct writer *writer;
    UINT64 position, total;
    UINT32 i, turn;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(sizes); i++)
    {
        writer = begin(100000, &output);
        position = 0;
        total = sizes[i] < 100 ? 2000 : 12000;
        for (turn = 0; position < total; turn++)
        {
            hr = put(writer, &position, sizes[i]);
            ok(hr == S_OK, "got %#x\n", (unsigned int)hr);
        }
        hr = writer_drain(writer);
        ok(hr == S_OK && written == position, "got %#x, %llu\n", (unsigned int)hr, (unsigned long long)written);
        hr = writer_flush(writer);
        ok(hr == S_OK && flushed == position, "got %#x, %llu\n", (unsigned int)hr, (unsigned long long)flushed);
        fakedisk_reboot(fake, FAKE_LOSE_ALL, 0);
        check_file(NAME, position);
        end(writer, output);
    }
}

/* At no time is more told of than a power failure leaves. */
static void test_truth(void)
{
    struct output *output;
    struct writer *writer;
    UINT64 position = 0, claimed;
    UINT32 turn;
    HRESULT hr;

    writer = begin(100000, &output);
    fakedisk_set_flush_msec(fake, 2);
    for (turn = 0; turn < 60; turn++)
    {
        hr = put(writer, &position, turn % 3 ? WRITER_BLOCK_SIZE : 100);
        ok(hr == S_OK, "got %#x\n", (unsigned int)hr);
        if (turn % 10 == 9)
        {
            struct fakedisk *copy;

            claimed = *(volatile UINT64 *)&flushed;
            copy = fakedisk_clone(fake);
            fakedisk_reboot(copy, FAKE_LOSE_ALL, 0);
            {
                struct fakedisk *kept = fake;

                fake = copy;
                if (claimed) check_file(NAME, claimed);
                fake = kept;
            }
            fakedisk_free(copy);
        }
    }
    hr = writer_flush(writer);
    ok(hr == S_OK && flushed == position, "got %#x\n", (unsigned int)hr);
    end(writer, output);
}

static void test_failures(void)
{
    static const enum fake_op ops[] = { FAKE_WRITE, FAKE_FLUSH };
    struct output *output;
    struct writer *writer;
    UINT64 position;
    UINT32 i, turn, size;
    HRESULT hr = S_OK;

    for (i = 0; i < ARRAY_SIZE(ops); i++)
    for (size = 100; size <= WRITER_BLOCK_SIZE; size += WRITER_BLOCK_SIZE - 100)
    {
        writer = begin(100000, &output);
        position = 0;
        fakedisk_fail(fake, ops[i], 0, 1000000, HRESULT_FROM_WIN32(ERROR_DISK_FULL));
        for (turn = 0, hr = S_OK; turn < 100 && SUCCEEDED(hr); turn++) hr = put(writer, &position, size);
        if (SUCCEEDED(hr)) hr = writer_flush(writer);
        ok(hr == HRESULT_FROM_WIN32(ERROR_DISK_FULL), "got %#x\n", (unsigned int)hr);
        ok(!flushed, "told of %llu\n", (unsigned long long)flushed);
        ok(writer_flush(writer) == hr && put(writer, &position, size) == hr, "it does not stay\n");
        writer_end(writer);

        /* the next file is another affair */
        fakedisk_fail(fake, ops[i], 0, 0, S_OK);
        written = flushed = position = 0;
        writer_begin(writer, output, 0);
        ok(put(writer, &position, 300) == S_OK && writer_flush(writer) == S_OK, "still failing\n");
        end(writer, output);
    }

    writer = begin(100000, &output);
    position = 0;
    flushed_hr = E_FAIL;
    hr = put(writer, &position, 300);
    ok(hr == S_OK && writer_flush(writer) == E_FAIL, "got %#x\n", (unsigned int)hr);
    end(writer, output);
}

/* A slow line: what came is flushed after the time of the ration, though nothing else comes. */
static void test_time(void)
{
    struct output *output;
    struct writer *writer;
    UINT64 position = 0;
    UINT32 turn;

    writer = begin(20, &output);
    while (position <= WRITER_BEHIND_AFTER) put(writer, &position, 100);
    ok(put(writer, &position, 10) == S_OK, "failed\n");
    for (turn = 0; turn < 6000 && *(volatile UINT64 *)&flushed != position; turn++) usleep(5000); /* its end is a hang */
    ok(*(volatile UINT64 *)&flushed == position, "%llu of %llu\n", (unsigned long long)flushed, (unsigned long long)position);
    end(writer, output);
}

/* An output that is held in memory is the caller's alone: no other thread makes its file, neither in time nor for want of room. */
static void test_held(void)
{
    struct output *big, *output;
    struct writer *writer;
    UINT64 position = 0, created;
    UINT32 turn;
    HRESULT hr;

    writer = begin(1, &big);
    while (position <= WRITER_BEHIND_AFTER + 200) put(writer, &position, 100); /* there are threads now */
    ok(writer_flush(writer) == S_OK, "failed\n");
    writer_end(writer);
    created = fakedisk_count(fake, FAKE_CREATE);

    written = flushed = position = 0;
    hr = output_open_later(fakedisk_disk(fake), L"C:\\out\\held", 1000, &output);
    ok(hr == S_OK, "got %#x\n", (unsigned int)hr);
    writer_begin(writer, output, 0);
    for (turn = 0; turn < 40; turn++)
    {
        hr = put(writer, &position, turn ? 10 : WRITER_DIRECT_SIZE + 10);
        ok(hr == S_OK && written == position, "got %#x, %llu\n", (unsigned int)hr, (unsigned long long)written);
        usleep(2000);       /* the time of the ration is over */
    }
    ok(fakedisk_count(fake, FAKE_CREATE) == created && !flushed, "another thread has made the file\n");
    ok(writer_make(writer) == S_OK && fakedisk_count(fake, FAKE_CREATE) == created + 1, "not made\n");
    for (turn = 0; turn < 6000 && *(volatile UINT64 *)&flushed != position; turn++) usleep(5000);
    ok(*(volatile UINT64 *)&flushed == position, "%llu of %llu\n", (unsigned long long)flushed, (unsigned long long)position);
    ok(writer_make(writer) == S_OK && fakedisk_count(fake, FAKE_CREATE) == created + 1, "made twice\n");
    writer_end(writer);
    output_close(output);

    /* more than there is room for, as a block that would be another thread's */
    written = flushed = position = 0;
    output_open_later(fakedisk_disk(fake), L"C:\\out\\more", 100, &output);
    writer_begin(writer, output, 0);
    fakedisk_fail(fake, FAKE_CREATE, 0, 1, HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED));
    hr = put(writer, &position, WRITER_DIRECT_SIZE + 10);
    ok(hr == HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED) && !written, "got %#x, %llu\n", (unsigned int)hr, (unsigned long long)written);
    writer_end(writer);
    position = 0;
    writer_begin(writer, output, 0);
    hr = put(writer, &position, WRITER_DIRECT_SIZE + 10);
    ok(hr == S_OK && output_is_made(output), "got %#x\n", (unsigned int)hr);
    ok(writer_flush(writer) == S_OK && flushed == position, "%llu of %llu\n", (unsigned long long)flushed, (unsigned long long)position);
    writer_end(writer);
    output_close(output);

    /* and one that cannot be made stays so */
    written = flushed = position = 0;
    output_open_later(fakedisk_disk(fake), L"C:\\out\\never", 100, &output);
    writer_begin(writer, output, 0);
    ok(put(writer, &position, 50) == S_OK, "failed\n");
    fakedisk_fail(fake, FAKE_CREATE, 0, 1, HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED));
    hr = writer_make(writer);
    ok(hr == HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED) && writer_flush(writer) == hr && !flushed, "got %#x\n", (unsigned int)hr);
    writer_end(writer);
    output_close(output);
    end(writer, big);
}

static UINT32 landed[256], landed_count, landed_bad = ~0u;

static HRESULT on_landed(void *ctx, UINT32 file, UINT64 size)
{
    ok(size == 1000 + file, "file %u of %llu\n", file, (unsigned long long)size);
    if (file == landed_bad) return E_FAIL;
    if (landed_count < ARRAY_SIZE(landed)) landed[landed_count++] = file;
    return S_OK;
}

static void on_close(void *ctx, struct output *output)
{
    output_close(output);
}

static struct sync_mutex enter_mutex;
static struct sync_cond enter_cond;
static BOOL enter_waits;    /* until it is FALSE */
static UINT32 entered, entered_ever, refused, left;
static HRESULT enter_hr;
static UINT32 later;        /* of five files, those that are not made before they are handed over */

static HRESULT on_enter(void *ctx)
{
    sync_lock(&enter_mutex);
    entered++;
    if (SUCCEEDED(enter_hr)) entered_ever++;
    else refused++;
    while (enter_waits) sync_wait(&enter_cond, &enter_mutex);
    sync_unlock(&enter_mutex);
    return enter_hr;
}

/* Of a thread that must not make files: after it at least one file has failed, or will. */
static void wait_for_enter(void)
{
    UINT32 turn, count = 0;

    for (turn = 0; turn < 6000 && !count; turn++)
    {
        sync_lock(&enter_mutex);
        count = refused;
        sync_unlock(&enter_mutex);
        if (!count) usleep(5000);
    }
    ok(count, "nobody tried to become the owner\n");
}

/* From now on threads wait in `enter`, or no more. */
static void let_wait(BOOL wait)
{
    sync_lock(&enter_mutex);
    enter_waits = wait;
    if (!wait) sync_wake_all(&enter_cond);
    sync_unlock(&enter_mutex);
}

static void on_leave(void)
{
    sync_lock(&enter_mutex);
    left++;
    sync_unlock(&enter_mutex);
}

static const WCHAR *set_name(UINT32 file, WCHAR name[32])
{
    memcpy(name, L"C:\\a\\000", 9 * sizeof(WCHAR));
    if (file % 3 == 2) name[3] = 'b';
    name[5] = '0' + file / 100;
    name[6] = '0' + file / 10 % 10;
    name[7] = '0' + file % 10;
    return name;
}

static struct output *make_output(UINT32 file, WCHAR name[32])
{
    struct output *output = NULL;
    BYTE data[1300];
    UINT32 i;
    HRESULT hr;

    set_name(file, name);
    for (i = 0; i < 1000 + file; i++) data[i] = octet(i);
    if (file % 5 < later) hr = output_open_later(fakedisk_disk(fake), name, 1000 + file, &output);
    else hr = output_open(fakedisk_disk(fake), name, 0, TRUE, &output);
    ok(hr == S_OK, "got %#x\n", (unsigned int)hr);
    hr = output_write(output, 0, data, 1000 + file);
    ok(hr == S_OK, "got %#x\n", (unsigned int)hr);
    return output;
}

static void add_files(struct lander *lander, UINT32 count)
{
    WCHAR name[32];
    HRESULT hr;
    UINT32 i;

    for (i = 0; i < count; i++)
    {
        hr = lander_add(lander, make_output(i, name), i, 1000 + i);
        ok(hr == S_OK, "got %#x\n", (unsigned int)hr);
    }
}

static void wait_for_files(struct lander *lander, UINT32 count)
{
    UINT32 i, file;

    ok(lander_wait(lander, &file) == S_OK && landed_count == count, "%u files\n", landed_count);
    for (i = 0; i < landed_count && landed[i] == i; i++) ;
    ok(i == count, "not in their order from %u on\n", i);
}

/* What was told of is there when the power has failed. */
static void check_files_after_reboot(UINT32 count)
{
    WCHAR name[32];
    UINT32 i;

    fakedisk_reboot(fake, FAKE_LOSE_ALL, 0);
    for (i = 0; i < count; i++) check_file(set_name(i, name), 1000 + i);
}

static void test_lander(void)
{
    struct lander_callbacks callbacks = { on_close, on_landed, on_enter, on_leave, NULL };
    struct lander *lander;
    WCHAR name[32];
    UINT32 i, file;
    HRESULT hr;

    fake = fakedisk_create();
    fakedisk_set_flush_msec(fake, 1);
    landed_count = 0;
    hr = lander_create(&callbacks, &lander);
    ok(hr == S_OK, "got %#x\n", (unsigned int)hr);
    ok(lander_wait(lander, &file) == S_OK, "nothing to wait for\n");
    add_files(lander, 200);
    wait_for_files(lander, 200);
    ok(fakedisk_count(fake, FAKE_FLUSH_DIR) < 100, "the folders were flushed %u times\n", (unsigned int)fakedisk_count(fake, FAKE_FLUSH_DIR));
    ok(!fakedisk_open_files(fake), "files are open\n");
    lander_destroy(lander);
    check_files_after_reboot(200);
    fakedisk_free(fake);

    /* a failure stays, is that of its file, and nothing behind it is told of */
    fake = fakedisk_create();
    landed_count = 0;
    lander_create(&callbacks, &lander);
    ok(lander_add(lander, make_output(0, name), 0, 1000) == S_OK && lander_wait(lander, &file) == S_OK, "failed\n");
    fakedisk_fail(fake, FAKE_FLUSH, 0, 1000, HRESULT_FROM_WIN32(ERROR_DISK_FULL));
    lander_add(lander, make_output(1, name), 1, 1001);
    hr = lander_wait(lander, &file);
    ok(hr == HRESULT_FROM_WIN32(ERROR_DISK_FULL) && file == 1, "got %#x, file %u\n", (unsigned int)hr, file);
    hr = lander_add(lander, make_output(2, name), 2, 1002);
    ok(hr == HRESULT_FROM_WIN32(ERROR_DISK_FULL), "got %#x\n", (unsigned int)hr);
    lander_destroy(lander);
    ok(landed_count == 1 && !fakedisk_open_files(fake), "%u files\n", landed_count);
    fakedisk_free(fake);

    /* so is that of the record, or of a folder: the first file in it */
    for (i = 0; i < 2; i++)
    {
        fake = fakedisk_create();
        landed_count = 0;
        if (!i) landed_bad = 2;
        else fakedisk_fail(fake, FAKE_FLUSH_DIR, 1, 1, E_FAIL);
        lander_create(&callbacks, &lander);
        for (file = 0; file < 4; file++) lander_add(lander, make_output(file, name), file, 1000 + file);
        hr = lander_wait(lander, &file);
        ok(hr == E_FAIL && file == 2, "got %#x, file %u\n", (unsigned int)hr, file);
        ok(landed_count == (i ? 0 : 2), "%u files\n", landed_count);
        lander_destroy(lander);
        landed_bad = ~0u;
        ok(!fakedisk_open_files(fake), "files are open\n");
        fakedisk_free(fake);
    }
}

/* Files that the lander makes itself, some of them or all: in their order, on disk, as the owner. */
static void test_lander_makes(void)
{
    struct lander_callbacks callbacks = { on_close, on_landed, on_enter, on_leave, NULL };
    struct lander *lander;
    WCHAR name[32];
    UINT32 i, file;
    HRESULT hr;

    for (later = 1; later <= 5; later += 2)
    {
        fake = fakedisk_create();
        fakedisk_set_flush_msec(fake, 1);
        landed_count = entered = 0;
        lander_create(&callbacks, &lander);
        add_files(lander, 200);
        wait_for_files(lander, 200);
        ok(!fakedisk_open_files(fake), "files are open\n");
        lander_destroy(lander);
        check_files_after_reboot(200);
        fakedisk_free(fake);
    }
    ok(entered, "nobody was asked whether a thread may make files\n");

    /* one that cannot be made fails as one that cannot be flushed, and so do all where the thread cannot become who it must be */
    for (i = 0; i < 2; i++)
    {
        fake = fakedisk_create();
        landed_count = 0;
        lander_create(&callbacks, &lander);
        if (!i) fakedisk_fail(fake, FAKE_CREATE, 3, 1000, HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED));
        else enter_hr = HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED);
        for (file = 0; file < 100; file++) lander_add(lander, make_output(file, name), file, 1000 + file);
        if (i) wait_for_enter();
        hr = lander_wait(lander, &file);
        enter_hr = S_OK;
        ok(hr == HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED) && file < 100, "got %#x, file %u\n", (unsigned int)hr, file);
        ok(landed_count <= file, "%u files, of which %u failed\n", landed_count, file);
        lander_destroy(lander);
        ok(!fakedisk_open_files(fake), "files are open\n");
        fakedisk_free(fake);
    }
    later = 0;
}

/* Nobody makes files for a while: no more octets wait in memory than there is room for, and everything comes in its order in the end. */
static void test_lander_room(void)
{
    struct lander_callbacks callbacks = { on_close, on_landed, on_enter, on_leave, NULL };
    struct lander *lander;
    WCHAR name[32];
    UINT32 i, file;
    HRESULT hr;

    later = 5;
    fake = fakedisk_create();
    landed_count = 0;
    lander_create(&callbacks, &lander);
    let_wait(TRUE);
    add_files(lander, 100);
    ok(fakedisk_count(fake, FAKE_CREATE) >= 92, "%u of 100 files are made\n", (unsigned int)fakedisk_count(fake, FAKE_CREATE));
    let_wait(FALSE);
    wait_for_files(lander, 100);

    /* who makes its own file may fail */
    let_wait(TRUE);
    landed_count = 0;
    for (i = 0; i < 8; i++) lander_add(lander, make_output(i, name), i, 1000 + i);
    fakedisk_fail(fake, FAKE_CREATE, 0, 1, HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED));
    lander_add(lander, make_output(i, name), i, 1000 + i);
    let_wait(FALSE);
    hr = lander_wait(lander, &file);
    ok(hr == HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED) && file <= 8 && landed_count <= file, "got %#x, file %u, %u landed\n", (unsigned int)hr, file,
       landed_count);
    lander_destroy(lander);
    ok(!fakedisk_open_files(fake), "files are open\n");
    fakedisk_free(fake);
    later = 0;
}

/* Files are made, and folders opened, by their owner only: whichever thread does it. */
static void test_lander_folders(void)
{
    struct lander_callbacks callbacks = { on_close, on_landed, on_enter, on_leave, NULL };
    struct lander *lander;
    WCHAR name[32];
    UINT32 i, file;
    HRESULT hr;

    for (i = 0; i < 2; i++)
    {
        fake = fakedisk_create();
        landed_count = refused = 0;
        later = i ? 5 : 0;
        enter_hr = HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED);
        lander_create(&callbacks, &lander);
        hr = lander_add(lander, make_output(0, name), 0, 1000);
        ok(hr == S_OK, "got %#x\n", (unsigned int)hr);
        wait_for_enter();       /* a thread of the crew, since nobody waits for the file */
        hr = lander_wait(lander, &file);
        ok(hr == HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED) && !file && !landed_count, "got %#x, file %u\n", (unsigned int)hr, file);
        ok(!fakedisk_count(fake, FAKE_FLUSH_DIR), "the folder was flushed by somebody else\n");
        ok(fakedisk_count(fake, FAKE_CREATE) == !i, "the file was made by somebody else\n");
        enter_hr = S_OK;
        lander_destroy(lander);
        ok(!fakedisk_open_files(fake), "files are open\n");
        fakedisk_free(fake);
    }

    /* what could not be made once is not tried again by somebody else */
    fake = fakedisk_create();
    landed_count = 0;
    lander_create(&callbacks, &lander);
    fakedisk_fail(fake, FAKE_CREATE, 0, 1, HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED));
    lander_add(lander, make_output(0, name), 0, 1000);
    hr = lander_wait(lander, &file);
    ok(hr == HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED) && !file && !landed_count, "got %#x, file %u\n", (unsigned int)hr, file);
    lander_destroy(lander);
    fakedisk_free(fake);
    later = 0;
}

static struct sync_mutex last_mutex;
static struct sync_cond last_cond;
static BOOL last_ran;

static void run_last(void *ctx)
{
    sync_lock(&last_mutex);
    last_ran = TRUE;
    sync_wake_all(&last_cond);
    sync_unlock(&last_mutex);
}

/* The crew begins its tasks in their order: those that still hold a lander are begun before this one, and are waited for in the end. */
static void wait_for_crew(void)
{
    UINT64 begun = sync_msec();

    sync_mutex_init(&last_mutex, "last_mutex");
    sync_cond_init(&last_cond);
    ok(crew_start(run_last, NULL) == S_OK, "no thread\n");
    sync_lock(&last_mutex);
    while (!last_ran && sync_msec() - begun < 30000) sync_wait_msec(&last_cond, &last_mutex, 1000);
    ok(last_ran, "the task did not come\n");
    sync_unlock(&last_mutex);
}

/* Octets that are held in memory until the file is made. */
static void test_later(void)
{
    static const WCHAR name[] = L"C:\\a\\later";
    struct output *output;
    BYTE data[300];
    HRESULT hr;
    UINT32 i;

    for (i = 0; i < sizeof(data); i++) data[i] = octet(i);
    fake = fakedisk_create();
    hr = output_open_later(fakedisk_disk(fake), name, 200, &output);
    ok(hr == S_OK && !output_is_made(output), "got %#x\n", (unsigned int)hr);
    ok(output_write(output, 0, data, 150) == S_OK && output_write(output, 100, data + 100, 100) == S_OK, "failed\n");
    ok(output_set_size(output, 200) == S_OK && !output_is_made(output) && !fakedisk_count(fake, FAKE_CREATE), "made\n");
    ok(output_make(output) == S_OK && output_is_made(output), "not made\n");
    ok(fakedisk_is_hidden(fake, name), "[BEH.FILE.11] not hidden\n");
    check_file(name, 200);
    ok(output_write(output, 200, data + 200, 100) == S_OK && output_flush(output) == S_OK, "failed\n");
    output_close(output);
    fakedisk_reboot(fake, FAKE_LOSE_ALL, 0);
    check_file(name, 300);

    /* what is there already is not what was written */
    hr = output_open_later(fakedisk_disk(fake), name, 200, &output);
    ok(hr == S_OK && output_write(output, 0, data, 10) == S_OK, "got %#x\n", (unsigned int)hr);
    ok(output_flush(output) == S_OK, "failed\n");
    ok(output_set_size(output, 10) == S_OK, "more than was written\n");
    output_close(output);
    hr = output_open(fakedisk_disk(fake), name, 10, FALSE, &output);
    ok(hr == S_OK, "got %#x\n", (unsigned int)hr);
    output_keep(output);
    ok(!fakedisk_open_files(fake) && !fakedisk_kept(fake), "kept, or open\n");
    hr = output_open_later(fakedisk_disk(fake), name, 200, &output);
    ok(hr == S_OK && output_make(output) == S_OK, "got %#x\n", (unsigned int)hr);
    output_keep(output);
    ok(!fakedisk_open_files(fake) && fakedisk_kept(fake) == 1, "%u kept\n", fakedisk_kept(fake));

    /* more than there is room for, a gap, and another size make it at once */
    for (i = 0; i < 3; i++)
    {
        output_open_later(fakedisk_disk(fake), name, 100, &output);
        output_write(output, 0, data, 50);
        if (!i) hr = output_write(output, 50, data + 50, 51);
        else if (i == 1) hr = output_write(output, 60, data + 60, 10);
        else hr = output_set_size(output, 101);
        ok(SUCCEEDED(hr) && output_is_made(output), "%u: got %#x\n", i, (unsigned int)hr);
        check_file(name, i ? 50 : 101);
        output_close(output);
    }

    /* one that never was, and one that cannot be */
    output_open_later(fakedisk_disk(fake), L"C:\\a\\never", 100, &output);
    output_write(output, 0, data, 50);
    output_close(output);
    output_open_later(fakedisk_disk(fake), L"C:\\a\\never", 100, &output);
    output_write(output, 0, data, 50);
    fakedisk_fail(fake, FAKE_CREATE, 0, 1, HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED));
    hr = output_flush_data(output);
    ok(hr == HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED) && !output_is_made(output), "got %#x\n", (unsigned int)hr);
    fakedisk_fail(fake, FAKE_WRITE, 0, 1, HRESULT_FROM_WIN32(ERROR_DISK_FULL));
    hr = output_make(output);
    ok(hr == HRESULT_FROM_WIN32(ERROR_DISK_FULL) && !output_is_made(output), "[BEH.FILE.13] got %#x\n", (unsigned int)hr);
    ok(output_make(output) == S_OK, "not the third time\n");
    check_file(L"C:\\a\\never", 50);
    output_close(output);
    ok(!fakedisk_open_files(fake), "open\n");
    fakedisk_free(fake);
}

/* The names of two new files: how often their folders are flushed for them, each once. */
static void test_folders(void)
{
    static const struct { const WCHAR *names[2]; UINT32 flushes; } rows[] =
    {
        { { L"C:\\a\\1", L"C:\\a\\2" }, 1 },
        { { L"C:\\a\\1", L"C:\\a\\1x" }, 1 },
        { { L"C:\\a\\1", L"D:\\a\\1" }, 2 },
        { { L"C:\\a\\1", L"C:\\b\\1" }, 2 },
        { { L"C:\\a\\1", L"C:\\ab\\1" }, 2 },
        { { L"C:\\ab\\1", L"C:\\a\\1" }, 2 },
        { { L"C:\\a\\1", L"C:\\a\\b\\1" }, 2 },
        { { L"C:\\a\\b\\1", L"C:\\a\\1" }, 2 },
        { { L"C:/a/1", L"C:/a/2" }, 1 },
        { { L"C:/a/1", L"C:/a/b/2" }, 2 },
        { { L"C:/a/b/1", L"C:/a/2" }, 2 },
        { { L"C:\\a/1", L"C:\\a/2" }, 1 },
    };
    struct output *outputs[2];
    UINT32 i, j, failed = 9;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        fake = fakedisk_create();
        for (j = 0; j < 2; j++)
        {
            hr = output_open(fakedisk_disk(fake), rows[i].names[j], 0, FALSE, &outputs[j]);
            ok(hr == S_OK, "%u: got %#x\n", i, (unsigned int)hr);
        }
        hr = output_flush_names(outputs, 2, &failed);
        ok(hr == S_OK && fakedisk_count(fake, FAKE_FLUSH_DIR) == rows[i].flushes, "%u: %#x, %u times\n", i, (unsigned int)hr,
           (UINT32)fakedisk_count(fake, FAKE_FLUSH_DIR));
        hr = output_flush_names(outputs, 2, &failed);
        ok(hr == S_OK && fakedisk_count(fake, FAKE_FLUSH_DIR) == rows[i].flushes, "%u: once more\n", i);
        for (j = 0; j < 2; j++) output_close(outputs[j]);
        fakedisk_free(fake);
    }
}

START_TEST(test_writer)
{
    test_order();
    test_truth();
    test_failures();
    test_time();
    test_held();
    crew_init();
    sync_mutex_init(&enter_mutex, "enter_mutex");
    sync_cond_init(&enter_cond);
    test_folders();
    test_later();
    test_lander();
    test_lander_makes();
    test_lander_room();
    test_lander_folders();
    wait_for_crew();
    crew_shutdown();
    ok(left && left == entered_ever, "%u times of %u\n", left, entered_ever);
    sync_cond_free(&enter_cond);
    sync_mutex_free(&enter_mutex);
}
