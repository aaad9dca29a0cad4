/*
 * Tests of the journal's format, replay and rotation
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


#include "core/journal.h"
#include "fakedisk.h"
#include "histories.h"
#include "wine/test.h"

#define GENERATION 7
#define FILE_EXISTS HRESULT_FROM_WIN32(ERROR_FILE_EXISTS)

static const WCHAR dir[] = L"C:\\ProgramData\\Downloader";

/* A generation in memory, with what is known about every frame. */
struct sample
{
    struct buffer file;
    struct journal_item frames[600];
    UINT32 count;
    UINT32 first_live;          /* index */
    size_t confirmed;
    struct model live;
};

static UINT64 count_frames(const struct buffer *frames)
{
    UINT64 count = 0;
    UINT32 payload;
    size_t pos;

    for (pos = 0; pos < frames->len; pos += JOURNAL_FRAME_SIZE + payload)
    {
        memcpy(&payload, frames->data + pos + 8, sizeof(payload));
        count++;
    }
    return count;
}

static HRESULT add_snapshot(void *ctx, const struct record *record)
{
    return journal_frame(ctx, JOURNAL_SNAPSHOT, record);
}

static void survey_sample(struct sample *sample)
{
    struct journal_scan scan;
    struct journal_item item;

    sample->count = sample->first_live = 0;
    journal_scan_init(&scan, sample->file.data, sample->file.len, GENERATION);
    for (journal_scan_next(&scan, &item); item.found != JOURNAL_END; journal_scan_next(&scan, &item))
    {
        if (item.kind == JOURNAL_LIVE && !sample->first_live) sample->first_live = sample->count;
        if (sample->count < ARRAY_SIZE(sample->frames)) sample->frames[sample->count++] = item;
    }
}

/* `before` records become the snapshot, `after` live frames follow, flushed `batch` at a time but for the last `loose`. */
static void make_sample(struct sample *sample, UINT64 seed, UINT32 jobs, UINT32 before, UINT32 after, UINT32 batch, UINT32 loose)
{
    struct history history;
    struct buffer frames;
    struct record record;
    const struct job *job;
    BYTE header[JOURNAL_HEADER_SIZE];
    size_t confirmed;
    UINT32 i;

    memset(sample, 0, sizeof(*sample));
    buffer_init(&sample->file, 1 << 24);
    buffer_init(&frames, 1 << 24);
    history_init(&history, seed, jobs);
    history.max_text = 12;
    model_init(&sample->live);
    for (i = 0; i < before; i++)
    {
        history_next(&history, &sample->live, &record);
        ok(model_apply(&sample->live, &record) == S_OK, "%u: does not apply\n", i);
    }

    journal_header(header, GENERATION);
    buffer_append(&sample->file, header, sizeof(header));
    for (job = sample->live.first; job; job = job->next) model_snapshot(job, add_snapshot, &frames);
    journal_mark(&frames, JOURNAL_SNAPSHOT_END, count_frames(&frames));
    journal_seal(frames.data, frames.len, GENERATION, 0);
    buffer_append(&sample->file, frames.data, frames.len);

    confirmed = sample->file.len;
    for (i = 0; i < after; i++)
    {
        if (i % batch == 0 && i <= after - loose) confirmed = sample->file.len;
        history_next(&history, &sample->live, &record);
        ok(model_apply(&sample->live, &record) == S_OK, "%u: does not apply\n", i);
        buffer_reset(&frames);
        ok(journal_frame(&frames, JOURNAL_LIVE, &record) == S_OK, "%u: no frame\n", i);
        journal_seal(frames.data, frames.len, GENERATION, confirmed);
        buffer_append(&sample->file, frames.data, frames.len);
    }
    sample->confirmed = confirmed;
    buffer_free(&frames);
    survey_sample(sample);
}

static void free_sample(struct sample *sample)
{
    buffer_free(&sample->file);
    model_free(&sample->live);
}

static BOOL is_record(const struct journal_item *item)
{
    return item->kind == JOURNAL_LIVE || item->kind == JOURNAL_SNAPSHOT;
}

/* What the frames up to `end` make, without the frame `nth` and everything of its job after it (-1: nothing is skipped). */
static void expect(const struct sample *sample, UINT32 end, UINT32 nth, struct model *model)
{
    struct record_memory memory = {0};
    struct record record;
    UINT32 i;

    model_init(model);
    for (i = 0; i < end; i++)
    {
        const struct journal_item *item = &sample->frames[i];

        if (!is_record(item)) continue;
        if (nth != (UINT32)-1 && i >= nth && !memcmp(&item->job, &sample->frames[nth].job, sizeof(GUID))) continue;
        memset(&record, 0, sizeof(record));
        ok(record_decode(item->payload, item->payload_size, &record, &memory) == S_OK, "frame %u\n", i);
        record.job = item->job;
        record.seq = item->seq;
        ok(model_apply(model, &record) == S_OK, "frame %u\n", i);
    }
    record_memory_free(&memory);
}

static BOOL is_aside(const struct journal_replay *replay, const GUID *job)
{
    UINT32 i;

    for (i = 0; i < replay->loss_count; i++)
        if (!memcmp(&replay->losses[i].job, job, sizeof(*job))) return replay->losses[i].aside;
    return FALSE;
}

static void test_clean(void)
{
    static struct sample sample;
    struct journal_replay replay;
    struct model model;
    const char *difference;
    UINT32 seed, version;
    UINT64 generation;
    HRESULT hr;

    for (seed = 1; seed < 40; seed++)
    {
        make_sample(&sample, seed, 1 + seed % 8, seed * 3, 100, 1 + seed % 5, 0);
        generation = 99;
        ok(journal_format_of(sample.file.data, sample.file.len, &version, &generation) == JOURNAL_FORMAT_OURS && version == 1
           && generation == GENERATION, "header is not read\n");
        model_init(&model);
        hr = journal_replay(sample.file.data, sample.file.len, GENERATION, &model, &replay);
        ok(hr == S_OK, "got %#x\n", hr);
        difference = model_difference(&sample.live, &model);
        ok(!difference, "seed %u: %s differs\n", seed, difference);
        ok(replay.survey.sound && !replay.damaged && !replay.torn && !replay.loss_count, "seed %u: losses\n", seed);
        ok(replay.survey.end == sample.file.len, "seed %u: end %llu\n", seed, (unsigned long long)replay.survey.end);
        journal_replay_free(&replay);
        model_free(&model);

        /* Another generation's blocks say nothing. */
        model_init(&model);
        journal_replay(sample.file.data, sample.file.len, GENERATION + 1, &model, &replay);
        ok(!model.count && !replay.survey.frames && !replay.survey.sound, "seed %u: foreign frames were taken\n", seed);
        journal_replay_free(&replay);
        model_free(&model);
        free_sample(&sample);
    }
}

/* Cut at every octet, with and without reserved zeros behind: what was whole before is there, nothing is set aside. */
static void test_cut(void)
{
    static struct sample sample;
    struct journal_replay replay;
    struct model model, expected;
    const char *difference;
    UINT32 frames, zeros;
    BYTE *copy;
    size_t cut;

    make_sample(&sample, 3, 4, 10, 30, 3, 0);
    for (zeros = 0; zeros <= 1000; zeros += 1000)
    {
        for (cut = sample.frames[sample.first_live].offset; cut <= sample.file.len; cut += zeros ? 5 : 1)
        {
            for (frames = 0; frames < sample.count; frames++)
                if (sample.frames[frames].offset + sample.frames[frames].size > cut) break;
            copy = calloc(cut + zeros, 1);
            memcpy(copy, sample.file.data, cut);
            model_init(&model);
            journal_replay(copy, cut + zeros, GENERATION, &model, &replay);
            expect(&sample, frames, -1, &expected);
            difference = model_difference(&expected, &model);
            ok(!difference, "cut at %u: %s differs\n", (UINT32)cut, difference);
            ok(replay.survey.sound && !replay.aside_count && !replay.damaged, "cut at %u is taken for damage\n", (UINT32)cut);
            journal_replay_free(&replay);
            model_free(&model);
            model_free(&expected);
            free(copy);
        }
    }
    /* In the snapshot: not sound. */
    for (cut = 0; cut < sample.frames[sample.first_live].offset; cut += 7)
    {
        struct journal_survey survey;

        journal_survey(sample.file.data, cut, GENERATION, &survey);
        ok(!survey.sound, "cut at %u is sound\n", (UINT32)cut);
    }
    free_sample(&sample);
}

static BOOL is_last_of_job(const struct sample *sample, UINT32 frame)
{
    UINT32 i;

    for (i = frame + 1; i < sample->count; i++)
        if (is_record(&sample->frames[i]) && !memcmp(&sample->frames[i].job, &sample->frames[frame].job, sizeof(GUID)))
            return FALSE;
    return TRUE;
}

static BOOL is_cleaned_later(const struct sample *sample, UINT32 frame)
{
    return model_find(&sample->live, &sample->frames[frame].job) == NULL;
}

static void check_damage(const struct sample *sample, UINT32 hit, BOOL in_header, const struct model *model,
                         const struct journal_replay *replay, UINT32 where)
{
    const struct journal_item *frame = &sample->frames[hit];
    BOOL confirmed = frame->offset < sample->confirmed;
    const struct job *job, *found;
    struct model expected;
    const char *difference;

    ok(!!replay->damaged == confirmed, "%u: %u octets damaged, %u torn\n", where, (UINT32)replay->damaged, (UINT32)replay->torn);
    for (job = sample->live.first; job; job = job->next)
    {
        if (is_record(frame) && !memcmp(&job->id, &frame->job, sizeof(GUID))) continue;
        found = model_find(model, &job->id);
        difference = found ? job_difference(job, found) : "presence";
        ok(!difference, "%u: %s of a job that was not hit\n", where, difference);
        ok(!is_aside(replay, &job->id), "%u: a job that was not hit is set aside\n", where);
    }
    if (!is_record(frame)) return;

    found = model_find(model, &frame->job);
    if (is_cleaned_later(sample, hit))
    {
        /* Unless the damage hit the very record that says so. */
        if (!is_last_of_job(sample, hit)) ok(!found && !is_aside(replay, &frame->job), "%u: a forgotten job is back\n", where);
        return;
    }
    if (confirmed && !(in_header && is_last_of_job(sample, hit)))
    {
        ok(!found && is_aside(replay, &frame->job), "%u: the job is not set aside\n", where);
        return;
    }
    ok(!is_aside(replay, &frame->job), "%u: the job is set aside\n", where);
    expect(sample, sample->count, hit, &expected);
    job = model_find(&expected, &frame->job);
    difference = job && found ? job_difference(job, found) : job || found ? "presence" : NULL;
    ok(!difference, "%u: %s of the job that was hit\n", where, difference);
    model_free(&expected);
}

/* One octet wrong, each in turn, and whole frames as zeros. */
static void test_damage(void)
{
    static struct sample sample;
    struct journal_replay replay;
    struct model model;
    UINT32 seed, frame, flipped = 0;
    BYTE *copy;
    size_t pos;
    HRESULT hr;

    for (seed = 1; seed <= 4; seed++)
    {
        make_sample(&sample, seed, 5, 15, 40, 4, 13);
        ok(sample.confirmed < sample.file.len, "nothing loose\n");
        copy = malloc(sample.file.len);
        memcpy(copy, sample.file.data, sample.file.len);
        for (frame = 0; frame < sample.count; frame++)
        {
            const struct journal_item *item = &sample.frames[frame];

            for (pos = item->offset; pos < item->offset + item->size; pos += 1 + (seed + pos) % 13)
            {
                winetest_push_context("seed %u frame %u kind %u", seed, frame, item->kind);
                copy[pos] ^= 1 << (pos & 7);
                model_init(&model);
                hr = journal_replay(copy, sample.file.len, GENERATION, &model, &replay);
                ok(hr == S_OK, "got %#x\n", hr);
                check_damage(&sample, frame, pos - item->offset < JOURNAL_FRAME_HEADER_SIZE, &model, &replay, (UINT32)pos);
                journal_replay_free(&replay);
                model_free(&model);
                copy[pos] ^= 1 << (pos & 7);
                flipped++;
                winetest_pop_context();
            }

            winetest_push_context("seed %u frame %u of %u zero", seed, frame, sample.count);
            memset(copy + item->offset, 0, item->size);
            model_init(&model);
            journal_replay(copy, sample.file.len, GENERATION, &model, &replay);
            if (frame < sample.count - 1) check_damage(&sample, frame, TRUE, &model, &replay, (UINT32)item->offset);
            journal_replay_free(&replay);
            model_free(&model);
            memcpy(copy + item->offset, sample.file.data + item->offset, item->size);
            winetest_pop_context();
        }
        free(copy);
        free_sample(&sample);
    }
    trace("%u octets flipped\n", flipped);
}

/* A record from `frame` on whose job has later ones and stays. */
static UINT32 find_middle(const struct sample *sample, UINT32 frame)
{
    while (frame < sample->count
           && (!is_record(&sample->frames[frame]) || is_cleaned_later(sample, frame) || is_last_of_job(sample, frame))) frame++;
    ok(frame < sample->count, "choose another sample\n");
    return frame;
}

/* Octets inserted, removed, and a frame removed whole. */
static void test_shift(void)
{
    static struct sample sample;
    struct journal_replay replay;
    struct model model, expected;
    const struct job *job, *found;
    const char *difference;
    UINT32 mode, frame;
    size_t at, len;
    BYTE *copy;

    make_sample(&sample, 11, 6, 25, 60, 1, 0);
    frame = find_middle(&sample, 40);
    for (mode = 0; mode < 3; mode++)
    {
        winetest_push_context("mode %u", mode);
        at = sample.frames[frame].offset + 50;
        copy = malloc(sample.file.len + 100);
        memcpy(copy, sample.file.data, sample.file.len);
        len = sample.file.len;
        if (mode == 0)
        {
            memmove(copy + at + 13, copy + at, len - at);
            memset(copy + at, 0x5a, 13);
            len += 13;
        }
        else if (mode == 1)
        {
            memmove(copy + at, copy + at + 2, len - at - 2);
            len -= 2;
        }
        else
        {
            at = sample.frames[frame].offset;
            memmove(copy + at, copy + at + sample.frames[frame].size, len - at - sample.frames[frame].size);
            len -= sample.frames[frame].size;
        }
        model_init(&model);
        journal_replay(copy, len, GENERATION, &model, &replay);
        expect(&sample, sample.count, frame, &expected);
        for (job = expected.first; job; job = job->next)
        {
            found = model_find(&model, &job->id);
            if (!memcmp(&job->id, &sample.frames[frame].job, sizeof(GUID)))
            {
                ok(!found && is_aside(&replay, &job->id), "the job is not set aside\n");
                continue;
            }
            difference = found ? job_difference(job, found) : "presence";
            ok(!difference, "%s of another job\n", difference);
        }
        ok(replay.aside_count == 1, "got %u\n", replay.aside_count);
        journal_replay_free(&replay);
        model_free(&model);
        model_free(&expected);
        free(copy);
        winetest_pop_context();
    }
    free_sample(&sample);
}

static void test_names(void)
{
    static const struct { const WCHAR *name; BOOL good; UINT64 number; } rows[] =
    {
        { L"jobs.0", TRUE, 0 }, { L"jobs.1", TRUE, 1 }, { L"JOBS.907", TRUE, 907 }, { L"jobs.", FALSE, 0 }, { L"jobs.01", FALSE, 0 },
        { L"jobs.1a", FALSE, 0 }, { L"jobs.1.tmp", FALSE, 0 }, { L"job.1", FALSE, 0 }, { L"xjobs.1", FALSE, 0 },
        { L"jobs.1844674407370955160", TRUE, 1844674407370955160u }, { L"jobs.99999999999999999999", FALSE, 0 },
        { L"jobs.-1", FALSE, 0 }, { L"jobs. 1", FALSE, 0 }, { L"", FALSE, 0 }
    };
    UINT64 number;
    WCHAR *path;
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        number = 0;
        ok(journal_parse_name(rows[i].name, "jobs.", &number) == rows[i].good, "row %u\n", i);
        if (rows[i].good) ok(number == rows[i].number, "row %u: got %llu\n", i, (unsigned long long)number);
    }
    path = journal_path(dir, "damaged.", 120);
    ok(!str_cmp(path, L"C:\\ProgramData\\Downloader\\damaged.120"), "wrong path\n");
    free(path);
    path = journal_path(L"C:\\", "jobs.", 0);
    ok(!str_cmp(path, L"C:\\jobs.0"), "wrong path\n");
    free(path);
}

/* On the fake disk */

static char last_log[4096];

static void write_log(void *ctx, const char *text)
{
    if (strlen(last_log) + strlen(text) + 2 > sizeof(last_log)) last_log[0] = 0;
    strcat(last_log, text);
    strcat(last_log, "\n");
}

static BOOL has(struct fakedisk *fake, const WCHAR *name)
{
    struct disk_stat stat;
    WCHAR path[200];

    memcpy(path, dir, sizeof(dir));
    path[ARRAY_SIZE(dir) - 1] = '\\';
    memcpy(path + ARRAY_SIZE(dir), name, (str_len(name) + 1) * sizeof(WCHAR));
    return SUCCEEDED(fakedisk_disk(fake)->stat(fakedisk_disk(fake), path, 0, &stat));
}

static void put_generation(struct fakedisk *fake, const char *prefix, UINT64 number, const void *data, size_t size)
{
    WCHAR *path = journal_path(dir, prefix, number);

    fakedisk_put(fake, path, data, size);
    free(path);
}

static HRESULT write_snapshot(struct journal *journal, struct journal_turn *turn, const struct model *model)
{
    struct buffer frames;
    const struct job *job;
    HRESULT hr;

    buffer_init(&frames, 1 << 24);
    for (job = model->first; job; job = job->next) model_snapshot(job, add_snapshot, &frames);
    hr = journal_turn_write(journal, turn, frames.data, frames.len, count_frames(&frames));
    buffer_free(&frames);
    return hr;
}

static HRESULT turn(struct journal *journal, const struct model *model)
{
    struct journal_turn turn;
    HRESULT hr;

    if (FAILED(hr = journal_turn_begin(journal, &turn))) return hr;
    if (SUCCEEDED(hr = write_snapshot(journal, &turn, model))) hr = journal_turn_end(journal, &turn, 0);
    if (FAILED(hr)) journal_turn_abort(journal, &turn);
    return hr;
}

static void append(struct journal *journal, struct model *model, struct history *history, UINT32 count)
{
    struct record record;
    struct buffer frames;
    HRESULT hr;

    buffer_init(&frames, 1 << 24);
    while (count--)
    {
        history_next(history, model, &record);
        ok(model_apply(model, &record) == S_OK, "does not apply\n");
        buffer_reset(&frames);
        journal_frame(&frames, JOURNAL_LIVE, &record);
        hr = journal_write(journal, frames.data, frames.len);
        ok(hr == S_OK, "got %#x\n", hr);
        hr = journal_flush(journal);
        ok(hr == S_OK, "got %#x\n", hr);
    }
    buffer_free(&frames);
}

static HRESULT open_journal(struct fakedisk *fake, struct journal *journal, struct model *model)
{
    static const struct journal_log log = { write_log, NULL };
    HRESULT hr;

    last_log[0] = 0;
    model_init(model);
    hr = journal_init(journal, fakedisk_disk(fake), dir, &log);
    ok(hr == S_OK, "got %#x\n", hr);
    return journal_load(journal, model);
}

static void test_generations(void)
{
    struct fakedisk *fake = fakedisk_create();
    struct journal journal, second;
    struct model model, other;
    struct history history;
    const char *difference;
    UINT32 round;
    HRESULT hr;

    history_init(&history, 5, 6);
    hr = open_journal(fake, &journal, &model);
    ok(hr == S_OK && !model.count, "got %#x\n", hr);
    for (round = 1; round <= 5; round++)
    {
        hr = turn(&journal, &model);
        ok(hr == S_OK, "got %#x\n", hr);
        ok(journal.generation == round, "got %u\n", (UINT32)journal.generation);
        append(&journal, &model, &history, 30);
        ok(has(fake, L"jobs.1") == (round == 1) && !has(fake, L"jobs.6"), "round %u: wrong files\n", round);
        fakedisk_reboot(fake, FAKE_LOSE_ALL, round);

        hr = open_journal(fake, &second, &other);
        ok(hr == S_OK, "got %#x\n", hr);
        difference = model_difference(&model, &other);
        ok(!difference, "round %u: %s differs\n", round, difference);
        journal_free(&journal);
        model_free(&model);
        journal = second;
        model = other;
    }

    /* A predecessor that still writes: the one who comes second to the number is fenced off. */
    turn(&journal, &model);
    hr = open_journal(fake, &second, &other);
    ok(hr == S_OK, "got %#x\n", hr);
    ok(turn(&second, &other) == S_OK, "no generation\n");
    append(&journal, &model, &history, 3);
    hr = turn(&journal, &model);
    ok(hr == FILE_EXISTS, "the orphan got %#x\n", hr);
    journal_free(&journal);
    model_free(&model);
    hr = open_journal(fake, &journal, &model);
    difference = model_difference(&model, &other);
    ok(hr == S_OK && !difference, "%#x, %s differs\n", hr, difference);
    journal_free(&journal);
    model_free(&model);
    journal_free(&second);
    model_free(&other);
    fakedisk_free(fake);
}

/* Whatever is lost in the middle of making a generation, one of the two is used, and it has everything. */
static void test_unfinished(void)
{
    struct fakedisk *fake, *clone;
    struct journal journal, again;
    struct model model, other;
    struct history history;
    const char *difference;
    UINT32 step, loss, seed, cases = 0;
    BOOL dead = TRUE;
    HRESULT hr;

    for (step = 0; dead; step++)
    {
        fake = fakedisk_create();
        history_init(&history, 9, 6);
        open_journal(fake, &journal, &model);
        turn(&journal, &model);
        append(&journal, &model, &history, 60);
        fakedisk_die_after(fake, step);
        turn(&journal, &model);
        dead = fakedisk_is_dead(fake);
        for (loss = 0; loss < FAKE_LOSS_COUNT; loss++)
        {
            for (seed = 0; seed < 6; seed++)
            {
                clone = fakedisk_clone(fake);
                fakedisk_reboot(clone, loss, seed * 1000 + step);
                hr = open_journal(clone, &again, &other);
                ok(hr == S_OK, "step %u, loss %u: got %#x\n", step, loss, hr);
                difference = model_difference(&model, &other);
                ok(!difference, "step %u, loss %u, seed %u: %s differs\n", step, loss, seed, difference);
                ok(!again.keep_count, "step %u, loss %u: taken for damage\n%s", step, loss, last_log);
                ok(turn(&again, &other) == S_OK, "step %u, loss %u: no next generation\n", step, loss);
                journal_free(&again);
                model_free(&other);
                fakedisk_free(clone);
                cases++;
            }
        }
        journal_free(&journal);
        model_free(&model);
        fakedisk_free(fake);
    }
    ok(step > 6, "only %u steps\n", step);
    trace("%u steps, %u power failures\n", step, cases);
}

/* A failure at each operation of a turn: the present generation goes on, or says that it must not. */
static void test_failed_turn(void)
{
    static const enum fake_op ops[] = { FAKE_CREATE, FAKE_WRITE, FAKE_RESERVE, FAKE_FLUSH, FAKE_FLUSH_DIR };
    struct journal journal, again;
    struct model model, other;
    struct history history;
    struct fakedisk *fake, *clone;
    const char *difference;
    UINT32 i, nth, stuck, loss;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(ops); i++)
    {
        for (nth = 0; nth < 3; nth++)
        {
            for (stuck = 0; stuck < 3; stuck++) /* 1: cannot be taken back by size, 2: nor by name */
            {
                winetest_push_context("op %u nth %u stuck %u", ops[i], nth, stuck);
                fake = fakedisk_create();
                history_init(&history, 21, 6);
                open_journal(fake, &journal, &model);
                turn(&journal, &model);
                append(&journal, &model, &history, 20);
                fakedisk_fail(fake, ops[i], nth, 1, E_FAIL);
                if (stuck >= 1) fakedisk_fail(fake, FAKE_SET_SIZE, 0, 1, E_FAIL);
                if (stuck >= 2) fakedisk_fail(fake, FAKE_REMOVE, 0, 1, E_FAIL);
                hr = turn(&journal, &model);
                if (FAILED(hr) && !journal.spoiled)
                {
                    fakedisk_fail(fake, ops[i], 0, 0, E_FAIL);
                    append(&journal, &model, &history, 20);
                }
                if (FAILED(hr) && ops[i] == FAKE_FLUSH_DIR && stuck == 2) ok(journal.spoiled, "not spoiled\n");
                for (loss = 0; loss < FAKE_LOSS_COUNT; loss++)
                {
                    clone = fakedisk_clone(fake);
                    fakedisk_reboot(clone, loss, nth);
                    ok(open_journal(clone, &again, &other) == S_OK, "does not open\n");
                    difference = model_difference(&model, &other);
                    ok(!difference, "result %#x, loss %u: %s differs\n", hr, loss, difference);
                    journal_free(&again);
                    model_free(&other);
                    fakedisk_free(clone);
                }
                if (journal.spoiled)
                {
                    fakedisk_fail(fake, ops[i], 0, 0, E_FAIL);
                    ok(turn(&journal, &model) == S_OK && !journal.spoiled, "no way out\n");
                }
                journal_free(&journal);
                model_free(&model);
                fakedisk_free(fake);
                winetest_pop_context();
            }
        }
    }
}

static void test_set_aside(void)
{
    static struct sample sample;
    struct fakedisk *fake = fakedisk_create();
    struct journal journal, again;
    struct model model, other;
    UINT32 frame, crash;
    const BYTE *data;
    size_t size;
    BYTE *copy;
    WCHAR *path;
    HRESULT hr;

    make_sample(&sample, 11, 6, 25, 60, 1, 0);
    frame = find_middle(&sample, 40);
    copy = malloc(sample.file.len);
    memcpy(copy, sample.file.data, sample.file.len);
    copy[sample.frames[frame].offset + 60] ^= 4;
    put_generation(fake, "jobs.", GENERATION, copy, sample.file.len);

    /* The intent to keep it is in the new generation: dying anywhere loses neither the jobs nor the evidence. */
    for (crash = 0; crash < 20; crash++)
    {
        struct fakedisk *clone = fakedisk_clone(fake);

        fakedisk_die_after(clone, crash);
        hr = open_journal(clone, &journal, &model);
        if (SUCCEEDED(hr)) turn(&journal, &model);
        fakedisk_reboot(clone, crash % FAKE_LOSS_COUNT, crash);
        hr = open_journal(clone, &again, &other);
        ok(hr == S_OK, "crash %u: got %#x\n", crash, hr);
        ok(turn(&again, &other) == S_OK, "crash %u: no generation\n", crash);
        ok(other.count == sample.live.count - 1, "crash %u: %u jobs\n", crash, other.count);
        ok(!model_find(&other, &sample.frames[frame].job), "crash %u: the job is there\n", crash);
        path = journal_path(dir, "damaged.", GENERATION);
        ok(fakedisk_get(clone, path, &data, &size) && size == sample.file.len && !memcmp(data, copy, size),
           "crash %u: the damaged file is not kept\n", crash);
        free(path);
        ok(!has(clone, L"jobs.7"), "crash %u: still there\n", crash);
        journal_free(&journal);
        model_free(&model);
        journal_free(&again);
        model_free(&other);
        fakedisk_free(clone);
    }

    hr = open_journal(fake, &journal, &model);
    ok(hr == S_OK && journal.aside_count == 1, "got %#x, %u aside\n", hr, journal.aside_count);
    ok(strstr(last_log, "damaged.7") != NULL && strstr(last_log, "set aside"), "log: %s\n", last_log);
    turn(&journal, &model);
    ok(journal.generation == 8 && has(fake, L"damaged.7"), "not kept\n");
    journal_free(&journal);
    model_free(&model);

    /* Its number is never used again, and it is left alone from now on. */
    path = journal_path(dir, "jobs.", 8);
    fakedisk_disk(fake)->remove(fakedisk_disk(fake), path);
    free(path);
    hr = open_journal(fake, &journal, &model);
    ok(hr == S_OK && !model.count, "got %#x\n", hr);
    turn(&journal, &model);
    ok(journal.generation == 8 && has(fake, L"damaged.7"), "generation %u\n", (UINT32)journal.generation);
    journal_free(&journal);
    model_free(&model);
    free(copy);
    free_sample(&sample);
    fakedisk_free(fake);
}

static UINT32 crc_of(const BYTE *data, size_t len)
{
    UINT32 crc = ~0u, bit;

    while (len--)
        for (crc ^= *data++, bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
    return ~crc;
}

static void test_newer(void)
{
    static struct sample sample;
    struct fakedisk *fake = fakedisk_create();
    struct journal journal;
    struct model model;
    const BYTE *data;
    BYTE header[100] = {0};
    UINT32 version = 2, crc;
    size_t size;
    WCHAR *path;
    HRESULT hr;

    ok(crc_of((const BYTE *)"123456789", 9) == 0xe3069283, "not CRC-32C\n");
    make_sample(&sample, 2, 4, 20, 20, 1, 0);
    put_generation(fake, "jobs.", GENERATION, sample.file.data, sample.file.len);
    journal_header(header, 9);
    memcpy(header + 8, &version, 4);
    crc = crc_of(header, 28);
    memcpy(header + 28, &crc, 4);
    put_generation(fake, "jobs.", 9, header, sizeof(header));

    hr = open_journal(fake, &journal, &model);
    ok(hr == S_OK && !model_difference(&model, &sample.live), "got %#x\n", hr);
    ok(strstr(last_log, "newer.9") != NULL, "log: %s\n", last_log);
    turn(&journal, &model);
    ok(journal.generation == 10, "got %u\n", (UINT32)journal.generation);
    path = journal_path(dir, "newer.", 9);
    ok(fakedisk_get(fake, path, &data, &size) && size == sizeof(header) && !memcmp(data, header, size), "it was touched\n");
    free(path);
    journal_free(&journal);
    model_free(&model);

    /* When it cannot be put aside there is no start: the next generation would remove it. */
    put_generation(fake, "jobs.", 11, header, sizeof(header));
    fakedisk_fail(fake, FAKE_RENAME, 0, 1, E_ACCESSDENIED);
    hr = open_journal(fake, &journal, &model);
    ok(hr == E_ACCESSDENIED, "got %#x\n", hr);
    journal_free(&journal);
    model_free(&model);
    free_sample(&sample);
    fakedisk_free(fake);
}

static void test_unreadable(void)
{
    static struct sample sample;
    struct fakedisk *fake = fakedisk_create();
    struct journal journal;
    struct model model;
    BYTE garbage[5000];
    UINT32 i;
    HRESULT hr;

    make_sample(&sample, 2, 4, 20, 20, 1, 0);
    put_generation(fake, "jobs.", GENERATION, sample.file.data, sample.file.len);
    fakedisk_fail(fake, FAKE_OPEN, 0, 1, E_ACCESSDENIED);
    hr = open_journal(fake, &journal, &model);
    ok(hr == E_ACCESSDENIED && !model.count, "got %#x\n", hr);
    journal_free(&journal);
    model_free(&model);

    /* The header alone is gone: nothing is lost. */
    memset(sample.file.data, 0xff, JOURNAL_HEADER_SIZE);
    put_generation(fake, "jobs.", GENERATION, sample.file.data, sample.file.len);
    hr = open_journal(fake, &journal, &model);
    ok(hr == S_OK && !model_difference(&model, &sample.live), "got %#x\n", hr);
    journal_free(&journal);
    model_free(&model);

    /* Nothing but garbage: an empty list, and the garbage is kept. */
    for (i = 0; i < sizeof(garbage); i++) garbage[i] = (BYTE)(i * 31 + 1);
    put_generation(fake, "jobs.", GENERATION, garbage, sizeof(garbage));
    hr = open_journal(fake, &journal, &model);
    ok(hr == S_OK && !model.count, "got %#x\n", hr);
    turn(&journal, &model);
    ok(has(fake, L"damaged.7") && has(fake, L"jobs.8"), "not kept\n");
    journal_free(&journal);
    model_free(&model);
    free_sample(&sample);
    fakedisk_free(fake);
}

static void test_say(void)
{
    static const struct journal_log log = { write_log, NULL };
    static const GUID guid = { 0x12345678, 0x9abc, 0xdef0, { 1, 2, 3, 4, 5, 6, 7, 0xff } };

    last_log[0] = 0;
    journal_say(&log, "%s %u %x %g.", "a", (UINT64)-1, E_FAIL, &guid);
    ok(!strcmp(last_log, "a 18446744073709551615 0x80004005 {12345678-9abc-def0-0102-0304050607ff}.\n"), "got %s\n", last_log);
}

START_TEST(test_journal)
{
    test_say();
    test_names();
    test_clean();
    test_cut();
    test_damage();
    test_shift();
    test_generations();
    test_unfinished();
    test_failed_turn();
    test_set_aside();
    test_newer();
    test_unreadable();
}
