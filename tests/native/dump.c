/*
 * Tests of the program that prints journals
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

#define main dump_main
#include "../../tools/journal-dump.c"
#undef main

#include "histories.h"
#include "wine/test.h"

static char *text;
static size_t text_len;

static void begin_text(void)
{
    out = open_memstream(&text, &text_len);
}

static void end_text(void)
{
    fclose(out);
}

static void add(struct buffer *file, struct record *record, enum journal_kind kind)
{
    HRESULT hr = journal_frame(file, kind, record);

    ok(hr == S_OK, "%s: got %#x\n", record_name_of(record->type), hr);
    record->seq++;
}

static void set_string(struct buffer *file, struct record *record, enum job_prop prop, const WCHAR *string)
{
    struct prop_value value = { prop };

    value.string = string;
    record->type = RECORD_SET;
    record->u.set.values = &value;
    record->u.set.count = 1;
    add(file, record, JOURNAL_LIVE);
}

static void set_blob(struct buffer *file, struct record *record, enum job_prop prop, const void *blob, UINT32 size)
{
    struct prop_value value = { prop };

    value.blob = blob;
    value.blob_size = size;
    record->type = RECORD_SET;
    record->u.set.values = &value;
    record->u.set.count = 1;
    add(file, record, JOURNAL_LIVE);
}

/* Nothing that opens a door is printed; everything else is. */
static void test_secrets(void)
{
    static const char secret[] = "SECRET-octets";
    static const struct record_file file = { L"https://user:SECRET@host:8080/a%20b/c.cab?sig=SECRET#SECRET", L"C:\\b", L"C:\\BIT1.tmp" };
    static const struct record_file plain = { L"http://host/at@home", L"C:\\c", NULL };
    static const struct record_name name = { 1, L"http://SECRET@other/x?SECRET" };
    static const char headers[] = "HTTP/1.1 200 OK\r\nSet-Cookie: SECRET\r\n";
    struct record record = { RECORD_CREATE };
    struct buffer journal;
    BYTE header[JOURNAL_HEADER_SIZE];
    BOOL good;

    ok(ARRAY_SIZE(prop_names) == PROP_COUNT, "%u names for %u properties\n", (UINT32)ARRAY_SIZE(prop_names), PROP_COUNT);
    buffer_init(&journal, 1 << 20);
    journal_header(header, 3);
    buffer_append(&journal, header, sizeof(header));
    journal_mark(&journal, JOURNAL_SNAPSHOT_END, 0);
    record.job.Data1 = 0xabcdef01;
    record.seq = 1;
    record.time = 133500000000000000; /* 2024-01-17T21:20:00Z */
    record.u.create.owner = L"S-1-5-21-7";
    record.u.create.display_name = L"a \"job\"";
    add(&journal, &record, JOURNAL_LIVE);
    set_string(&journal, &record, PROP_DESCRIPTION, L"what it is for");
    set_string(&journal, &record, PROP_NOTIFY_PROGRAM, L"C:\\run.exe");
    set_string(&journal, &record, PROP_NOTIFY_PARAMETERS, L"run.exe SECRET");
    set_blob(&journal, &record, PROP_CUSTOM_HEADERS, secret, sizeof(secret));
    set_blob(&journal, &record, PROP_CREDENTIALS, secret, sizeof(secret));
    set_blob(&journal, &record, PROP_CERT_HASH, "\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10\1\2\3\x7f", 20);
    record.type = RECORD_ADD_FILES;
    record.u.add_files.files = &file;
    record.u.add_files.count = 1;
    add(&journal, &record, JOURNAL_LIVE);
    record.u.add_files.files = &plain;
    add(&journal, &record, JOURNAL_LIVE);
    record.type = RECORD_FILE_NAMES;
    record.u.names.names = &name;
    record.u.names.count = 1;
    add(&journal, &record, JOURNAL_LIVE);
    record.type = RECORD_FILE_HEADERS;
    record.u.headers.file = 0;
    record.u.headers.headers = headers;
    record.u.headers.size = sizeof(headers) - 1;
    add(&journal, &record, JOURNAL_LIVE);
    journal_seal(journal.data + JOURNAL_HEADER_SIZE, journal.len - JOURNAL_HEADER_SIZE, 3, journal.len);

    begin_text();
    good = dump(journal.data, journal.len, 3, FALSE);
    end_text();
    ok(good, "not good:\n%s", text);
    ok(!strstr(text, "SECRET"), "[BEH.OBJ.15,BEH.HTTP.75] a secret:\n%s", text);
    ok(!strstr(text, "user"), "[BEH.OBJ.15] a user's name:\n%s", text);
    ok(strstr(text, "\"https://***@host:8080/a%20b/c.cab\" and (18 hidden)") != NULL, "url:\n%s", text);
    ok(strstr(text, "\"http://host/at@home\"") != NULL, "url:\n%s", text);
    ok(strstr(text, "what it is for") && strstr(text, "C:\\run.exe") && strstr(text, "C:\\BIT1.tmp"), "missing:\n%s", text);
    ok(strstr(text, "name \"a \\u0022job\\u0022\"") != NULL, "name:\n%s", text);
    ok(strstr(text, "at 2024-01-17T21:20:00Z") != NULL, "time:\n%s", text);
    ok(strstr(text, "cert-hash 01020304050607080102030405060708010203" "7f") != NULL, "hash:\n%s", text);
    ok(strstr(text, "1 jobs, 11 records, whole") != NULL, "sum:\n%s", text);
    free(text);
    buffer_free(&journal);
}

/* Any history, whole and damaged, is printed to the end. */
static void test_histories(void)
{
    struct history history;
    struct record record;
    struct buffer journal;
    BYTE header[JOURNAL_HEADER_SIZE];
    struct model model;
    UINT32 seed, i, count;
    BOOL good;
    HRESULT hr;

    for (seed = 1; seed <= 20; seed++)
    {
        history_init(&history, seed, 5);
        model_init(&model);
        buffer_init(&journal, 1 << 24);
        journal_header(header, seed);
        buffer_append(&journal, header, sizeof(header));
        journal_mark(&journal, JOURNAL_SNAPSHOT_END, 0);
        for (i = 0; i < 200; i++)
        {
            history_next(&history, &model, &record);
            hr = model_apply(&model, &record);
            ok(hr == S_OK, "got %#x\n", hr);
            journal_frame(&journal, JOURNAL_LIVE, &record);
        }
        journal_seal(journal.data + JOURNAL_HEADER_SIZE, journal.len - JOURNAL_HEADER_SIZE, seed, journal.len);
        begin_text();
        good = dump(journal.data, journal.len, seed, FALSE);
        end_text();
        ok(good && strstr(text, " 200 records, whole") != NULL, "seed %u:\n%.2000s", seed, text);
        ok(!strstr(text, "makes no sense") && !strstr(text, "garbage"), "seed %u: damaged\n", seed);
        for (i = 0, count = 0; text[i]; i++) if (!strncmp(text + i, "} #", 3)) count++;
        ok(count == 200, "seed %u: %u records\n", seed, count);
        free(text);

        for (i = 0; i < 20; i++)
        {
            journal.data[40 + history_random(&history, (UINT32)journal.len - 40)] ^= 1 << i % 8;
            begin_text();
            good = dump(journal.data, i & 1 ? journal.len - history_random(&history, 2000) : journal.len, seed, i & 2);
            end_text();
            ok(!good || (i & 1), "seed %u: it is good\n", seed); /* what is cut off is a torn tail */
            free(text);
        }
        memset(journal.data, 0, JOURNAL_HEADER_SIZE);
        begin_text();
        good = dump(journal.data, journal.len, seed, TRUE);
        end_text();
        ok(!good && strstr(text, "header is damaged") != NULL, "seed %u:\n%s", seed, text);
        free(text);
        model_free(&model);
        buffer_free(&journal);
    }
}

START_TEST(dump)
{
    test_secrets();
    test_histories();
}
