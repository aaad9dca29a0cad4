/*
 * Tests of the encoding of records
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


#include "core/record.h"
#include "histories.h"
#include "wine/test.h"

#define INVALID_DATA HRESULT_FROM_WIN32(ERROR_INVALID_DATA)

/* A history of every type of record, encoded one behind the other. */
static UINT32 gather(struct buffer *out, size_t *starts, UINT32 max)
{
    struct history history;
    struct record record;
    struct model model;
    UINT32 i;
    HRESULT hr;

    history_init(&history, 7, 5);
    model_init(&model);
    for (i = 0; i < max; i++)
    {
        history_next(&history, &model, &record);
        starts[i] = out->len;
        hr = record_encode(&record, out);
        ok(hr == S_OK, "%u: %s got %#x\n", i, record_name_of(record.type), hr);
        hr = model_apply(&model, &record);
        ok(hr == S_OK, "%u: %s got %#x\n", i, record_name_of(record.type), hr);
    }
    starts[max] = out->len;
    model_free(&model);
    return max;
}

/* Decoded and encoded again it is the same; every shorter piece and every longer one is refused; a flipped bit does no harm. */
static void test_round_trip(void)
{
    static size_t starts[2001];
    struct record_memory memory = {0};
    struct buffer all, again;
    struct record record;
    UINT32 seen = 0, count, i;
    size_t len, cut;
    BYTE *copy;
    HRESULT hr;

    buffer_init(&all, RECORD_MAX);
    buffer_init(&again, RECORD_MAX);
    count = gather(&all, starts, ARRAY_SIZE(starts) - 1);
    for (i = 0; i < count; i++)
    {
        const BYTE *data = all.data + starts[i];

        len = starts[i + 1] - starts[i];
        memset(&record, 0xcc, sizeof(record));
        hr = record_decode(data, len, &record, &memory);
        ok(hr == S_OK, "%u: got %#x\n", i, hr);
        seen |= 1u << record.type;
        buffer_reset(&again);
        hr = record_encode(&record, &again);
        ok(hr == S_OK, "%u: %s got %#x\n", i, record_name_of(record.type), hr);
        ok(again.len == len && !memcmp(again.data, data, len), "%u: %s differs\n", i, record_name_of(record.type));

        if (i >= 300) continue;
        copy = malloc(len + 1); /* of its own, so that a read too far is seen */
        for (cut = 0; cut < len; cut++)
        {
            BYTE *piece = malloc(cut ? cut : 1);

            memcpy(piece, data, cut);
            hr = record_decode(piece, cut, &record, &memory);
            ok(hr == INVALID_DATA, "%u: cut to %u of %u got %#x\n", i, (UINT32)cut, (UINT32)len, hr);
            free(piece);
        }
        memcpy(copy, data, len);
        copy[len] = 0;
        hr = record_decode(copy, len + 1, &record, &memory);
        ok(hr == INVALID_DATA, "%u: one octet more got %#x\n", i, hr);
        for (cut = 0; cut < len; cut++)
        {
            copy[cut] ^= 1 << (cut & 7);
            hr = record_decode(copy, len, &record, &memory);
            ok(hr == S_OK || hr == INVALID_DATA, "%u: octet %u flipped got %#x\n", i, (UINT32)cut, hr);
            if (hr == S_OK)
            {
                buffer_reset(&again);
                ok(record_encode(&record, &again) == S_OK, "%u: octet %u flipped does not encode\n", i, (UINT32)cut);
            }
            copy[cut] ^= 1 << (cut & 7);
        }
        free(copy);
    }
    for (i = RECORD_CREATE; i < RECORD_TYPE_COUNT; i++)
        ok(i == RECORD_JOB_FACTS || i == RECORD_FILE_FACTS || seen & 1u << i, "no %s among the records\n", record_name_of(i));

    record_memory_free(&memory);
    buffer_free(&again);
    buffer_free(&all);
}

static void test_refused(void)
{
    static const struct file_range bad_range = { (UINT64)-10, 20 };
    static const UINT64 bad_pairs[] = { 10, 5, 12, 5 };
    struct record_file file = { L"http://a/b", L"C:\\b", L"C:\\BIT1.tmp", NULL, 0, 0 };
    struct record_file_fact fact = {0};
    struct prop_value value = {0};
    struct record record;
    struct buffer out;
    HRESULT hr;

#define CHECK_REFUSED(what) \
    hr = record_encode(&record, &out); \
    ok(hr == E_INVALIDARG, what ": got %#x\n", hr); \
    ok(out.len == 3 && out.hr == S_OK, what ": left %u octets, %#x\n", (UINT32)out.len, out.hr)

    buffer_init(&out, 2 * RECORD_MAX);
    buffer_append(&out, "abc", 3);

    memset(&record, 0, sizeof(record));
    CHECK_REFUSED("no type");
    record.type = RECORD_TYPE_COUNT;
    CHECK_REFUSED("unknown type");
    record.type = RECORD_CREATE;
    CHECK_REFUSED("no owner");
    record.u.create.owner = record.u.create.display_name = L"x";
    record.u.create.type = JOB_UPLOAD_REPLY + 1;
    CHECK_REFUSED("unknown job type");

    memset(&record, 0, sizeof(record));
    record.type = RECORD_STATE;
    record.u.state.state = JOB_CONNECTING;
    CHECK_REFUSED("CONNECTING");
    record.u.state.state = JOB_TRANSFERRING;
    CHECK_REFUSED("TRANSFERRING");
    record.u.state.state = JOB_STATE_COUNT;
    CHECK_REFUSED("unknown state");

    memset(&record, 0, sizeof(record));
    record.type = RECORD_SET;
    record.u.set.values = &value;
    record.u.set.count = 1;
    value.prop = PROP_COUNT;
    CHECK_REFUSED("unknown property");
    value.prop = PROP_DISPLAY_NAME;
    CHECK_REFUSED("no display name");
    value.prop = PROP_PRIORITY;
    value.number = (UINT64)1 << 32;
    CHECK_REFUSED("too large a number");

    memset(&record, 0, sizeof(record));
    record.type = RECORD_ADD_FILES;
    record.u.add_files.files = &file;
    record.u.add_files.count = 1;
    file.ranges = &bad_range;
    file.range_count = 1;
    CHECK_REFUSED("range beyond the end of all");
    file.range_count = 0;
    file.local_name = NULL;
    CHECK_REFUSED("no local name");

    memset(&record, 0, sizeof(record));
    record.type = RECORD_FILE_FACTS;
    record.u.file_facts.files = &fact;
    record.u.file_facts.count = 1;
    fact.received = bad_pairs;
    fact.received_count = 2;
    CHECK_REFUSED("overlapping ranges");

    memset(&record, 0, sizeof(record));
    record.type = RECORD_FILE_REQUEST;
    record.u.request.ranges = bad_pairs;
    record.u.request.count = 2;
    CHECK_REFUSED("overlapping requests");

    memset(&record, 0, sizeof(record));
    record.type = RECORD_UPLOAD;
    record.u.upload.id_size = 1;
    CHECK_REFUSED("the length of no session");
    record.u.upload.id_size = 0;
    record.u.upload.host = L"host";
    CHECK_REFUSED("the host of no session");

    memset(&record, 0, sizeof(record));
    record.type = RECORD_REPLY_FILE;
    record.u.reply.remote_name = record.u.reply.local_name = L"x";
    CHECK_REFUSED("a reply without a temporary name");
    record.u.reply.temp_name = L"x";
    record.u.reply.ranges = &bad_range;
    record.u.reply.range_count = 1;
    CHECK_REFUSED("a reply with ranges");

    memset(&record, 0, sizeof(record));
    record.type = RECORD_FILE_FLAGS;
    record.u.flags.set = 0x800;
    CHECK_REFUSED("unknown flag");
    buffer_free(&out);
#undef CHECK_REFUSED
}

/* [JOB.AddFileSet] with thirty thousand files is one record; what is over RECORD_MAX is refused whole. */
static void test_size(void)
{
    static WCHAR name[2200];
    struct record_file *files;
    struct record_memory memory = {0};
    struct record record, back;
    struct buffer out;
    UINT32 i;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(name) - 1; i++) name[i] = 'n';
    files = calloc(31000, sizeof(*files));
    for (i = 0; i < 31000; i++)
    {
        files[i].remote_name = L"http://download.example.com/updates/2026/some/longer/path/file.cab";
        files[i].local_name = L"C:\\Program Files\\Some Application\\Cache\\file.cab";
        files[i].temp_name = L"C:\\Program Files\\Some Application\\Cache\\BIT0123456789AB.tmp";
    }
    memset(&record, 0, sizeof(record));
    record.type = RECORD_ADD_FILES;
    record.u.add_files.files = files;
    record.u.add_files.count = 31000;
    buffer_init(&out, 2 * RECORD_MAX);
    hr = record_encode(&record, &out);
    ok(hr == S_OK, "got %#x\n", hr);
    hr = record_decode(out.data, out.len, &back, &memory);
    ok(hr == S_OK, "got %#x\n", hr);
    ok(back.u.add_files.count == 31000, "got %u\n", back.u.add_files.count);

    buffer_reset(&out);
    for (i = 0; i < 31000; i++) files[i].remote_name = name;
    hr = record_encode(&record, &out);
    ok(hr == E_INVALIDARG, "got %#x\n", hr);
    ok(!out.len && out.hr == S_OK, "left %u octets, %#x\n", (UINT32)out.len, out.hr);
    record_memory_free(&memory);
    buffer_free(&out);
    free(files);
}

START_TEST(test_record)
{
    test_round_trip();
    test_refused();
    test_size();
}
