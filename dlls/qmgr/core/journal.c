/*
 * Replay and rotation of the journal
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

#define READ_CHUNK 65536u
#define MAX_TRIES 16            /* of loading, while a predecessor rotates the files under us */

/* Messages */

static void say_number(struct buffer *text, UINT64 value, UINT32 base, UINT32 digits)
{
    static const char digit[] = "0123456789abcdef";
    char out[20];
    UINT32 len = 0;

    do out[sizeof(out) - ++len] = digit[value % base];
    while ((value /= base) || len < digits);
    buffer_append(text, out + sizeof(out) - len, len);
}

static void say_guid(struct buffer *text, const GUID *guid)
{
    UINT32 i;

    buffer_append_byte(text, '{');
    say_number(text, guid->Data1, 16, 8);
    buffer_append_byte(text, '-');
    say_number(text, guid->Data2, 16, 4);
    buffer_append_byte(text, '-');
    say_number(text, guid->Data3, 16, 4);
    for (i = 0; i < 8; i++)
    {
        if (i == 0 || i == 2) buffer_append_byte(text, '-');
        say_number(text, guid->Data4[i], 16, 2);
    }
    buffer_append_byte(text, '}');
}

void journal_say(const struct journal_log *log, const char *format, ...)
{
    struct buffer text;
    va_list args;

    if (!log->write) return;
    buffer_init(&text, 65536);
    va_start(args, format);
    for (; *format; format++)
    {
        if (*format != '%')
        {
            buffer_append_byte(&text, (BYTE)*format);
            continue;
        }
        switch (*++format)
        {
        case 'u':
            say_number(&text, va_arg(args, UINT64), 10, 1);
            break;
        case 'x':
            buffer_append_text(&text, "0x");
            say_number(&text, (UINT32)va_arg(args, HRESULT), 16, 8);
            break;
        case 'g':
            say_guid(&text, va_arg(args, const GUID *));
            break;
        case 's':
            buffer_append_text(&text, va_arg(args, const char *));
            break;
        }
    }
    va_end(args);
    buffer_append_byte(&text, 0);
    if (SUCCEEDED(text.hr)) log->write(log->ctx, (const char *)text.data);
    buffer_free(&text);
}

/* Replay */

static struct journal_loss *find_loss(const struct journal_replay *replay, const GUID *job)
{
    UINT32 i;

    for (i = 0; i < replay->loss_count; i++)
        if (!memcmp(&replay->losses[i].job, job, sizeof(*job))) return &replay->losses[i];
    return NULL;
}

static HRESULT lose(struct journal_replay *replay, struct model *model, const GUID *id, UINT64 seq, BOOL aside,
                    BOOL contradiction)
{
    struct journal_loss *losses;
    struct job *job;

    if (find_loss(replay, id)) return S_OK;

    /* In blocks of 16. */
    if (!(replay->loss_count & 15))
    {
        if (!(losses = realloc(replay->losses, (replay->loss_count + 16) * sizeof(*losses)))) return E_OUTOFMEMORY;
        replay->losses = losses;
    }
    losses = &replay->losses[replay->loss_count++];
    losses->job = *id;
    losses->seq = seq;
    losses->aside = aside;
    losses->contradiction = contradiction;
    if (!aside) return S_OK;

    replay->aside_count++;
    if ((job = model_find(model, id))) model_forget(model, job);
    return S_OK;
}

/* A job that was forgotten for good behind the damage has lost nothing. */
static void forgive(struct journal_replay *replay, struct model *model, struct journal_loss *loss)
{
    struct job *job;

    if ((job = model_find(model, &loss->job))) model_forget(model, job);
    if (loss->aside) replay->aside_count--;
    *loss = replay->losses[--replay->loss_count];
}

static HRESULT replay_record(struct journal_replay *replay, struct model *model, const struct journal_item *item,
                             struct record_memory *memory)
{
    struct job *job = model_find(model, &item->job);
    struct journal_loss *loss = find_loss(replay, &item->job);
    struct record record;
    HRESULT hr;

    hr = record_decode(item->payload, item->payload_size, &record, memory);
    if (hr == E_OUTOFMEMORY) return hr;
    if (loss)
    {
        if (SUCCEEDED(hr) && record.type == RECORD_CLEANED) forgive(replay, model, loss);
        return S_OK;
    }
    if (FAILED(hr)) return lose(replay, model, &item->job, item->seq, TRUE, TRUE);

    if (job ? item->seq != job->seq + 1 : record.type != RECORD_CREATE)
    {
        /* A job that is to be forgotten has lost nothing. */
        if (record.type == RECORD_CLEANED)
        {
            if (job) model_forget(model, job);
            return S_OK;
        }
        /* Nothing of a job that ends in the torn tail is missing that was acknowledged. A gap without any damage is no accident of the disk. */
        return lose(replay, model, &item->job, job ? job->seq + 1 : 0, replay->damaged || !replay->torn, FALSE);
    }

    record.job = item->job;
    record.seq = item->seq;
    hr = model_apply(model, &record);
    if (hr == E_OUTOFMEMORY) return hr;
    if (FAILED(hr)) return lose(replay, model, &item->job, item->seq, TRUE, TRUE);
    replay->applied++;
    return S_OK;
}

static HRESULT replay_keep(struct journal_replay *replay, const struct journal_item *item)
{
    UINT64 *keep;

    if (item->payload_size != 8) return S_OK;
    if (!(keep = realloc(replay->keep, (replay->keep_count + 1) * sizeof(*keep)))) return E_OUTOFMEMORY;
    replay->keep = keep;
    keep[replay->keep_count++] = journal_mark_number(item);
    return S_OK;
}

static HRESULT replay_item(struct journal_replay *replay, struct model *model, const struct journal_item *item,
                           struct record_memory *memory)
{
    BOOL confirmed = item->offset < replay->survey.confirmed;

    if (item->found != JOURNAL_FRAME)
    {
        if (confirmed) replay->damaged += item->size;
        else replay->torn += item->size;
    }

    switch (item->found)
    {
    case JOURNAL_FRAME:
        if (item->kind == JOURNAL_LIVE || item->kind == JOURNAL_SNAPSHOT) return replay_record(replay, model, item, memory);
        if (item->kind == JOURNAL_KEEP) return replay_keep(replay, item);
        return S_OK;
    case JOURNAL_BAD_PAYLOAD:
        if (item->kind != JOURNAL_LIVE && item->kind != JOURNAL_SNAPSHOT) return S_OK;
        return lose(replay, model, &item->job, item->seq, confirmed, FALSE);
    case JOURNAL_GARBAGE:
    case JOURNAL_END:
        break;
    }
    return S_OK;
}

HRESULT journal_replay(const BYTE *data, size_t len, UINT64 generation, struct model *model, struct journal_replay *replay)
{
    struct record_memory memory = {0};
    struct journal_scan scan;
    struct journal_item item;
    HRESULT hr = S_OK;

    memset(replay, 0, sizeof(*replay));
    journal_survey(data, len, generation, &replay->survey);
    /* Without a sound snapshot there is no telling what was flushed: nothing is taken for a torn tail. */
    if (!replay->survey.sound) replay->survey.confirmed = len;

    journal_scan_init(&scan, data, len, generation);
    for (journal_scan_next(&scan, &item); SUCCEEDED(hr) && item.found != JOURNAL_END; journal_scan_next(&scan, &item))
        hr = replay_item(replay, model, &item, &memory);

    record_memory_free(&memory);
    if (FAILED(hr)) journal_replay_free(replay);
    return hr;
}

void journal_replay_free(struct journal_replay *replay)
{
    free(replay->losses);
    free(replay->keep);
    memset(replay, 0, sizeof(*replay));
}

/* Names */

WCHAR *journal_path(const WCHAR *dir, const char *prefix, UINT64 generation)
{
    size_t len = str_len(dir), i, prefix_len = strlen(prefix), digits = 1;
    UINT64 rest;
    WCHAR *path;

    for (rest = generation; rest >= 10; rest /= 10) digits++;
    if (!(path = malloc((len + 1 + prefix_len + digits + 1) * sizeof(*path)))) return NULL;
    memcpy(path, dir, len * sizeof(*path));
    if (len && path[len - 1] != '\\') path[len++] = '\\';
    for (i = 0; i < prefix_len; i++) path[len++] = prefix[i];
    len += digits;
    path[len] = 0;
    do path[--len] = '0' + generation % 10;
    while (generation /= 10);
    return path;
}

BOOL journal_parse_name(const WCHAR *name, const char *prefix, UINT64 *generation)
{
    UINT64 number = 0;

    for (; *prefix; prefix++, name++)
        if (str_fold(*name) != (BYTE)*prefix) return FALSE;
    if (!*name || (*name == '0' && name[1])) return FALSE;
    for (; *name; name++)
    {
        if (*name < '0' || *name > '9' || number > ((UINT64)-1 - 9) / 10) return FALSE;
        number = number * 10 + (*name - '0');
    }
    *generation = number;
    return TRUE;
}

static HRESULT read_file(struct disk *disk, const WCHAR *path, BYTE **data, size_t *len)
{
    struct disk_file *file;
    UINT64 size, pos;
    UINT32 want, got;
    HRESULT hr;

    *data = NULL;
    *len = 0;
    if (FAILED(hr = disk->open(disk, path, DISK_READ | DISK_SHARE_ALL, &file))) return hr;
    if (SUCCEEDED(hr = disk->get_size(file, &size)))
    {
        if (size > (size_t)-1 / 2 || !(*data = malloc(size ? (size_t)size : 1))) hr = E_OUTOFMEMORY;
    }
    for (pos = 0; SUCCEEDED(hr) && pos < size; pos += want)
    {
        want = size - pos < READ_CHUNK ? (UINT32)(size - pos) : READ_CHUNK;
        if (FAILED(disk->read(file, pos, *data + pos, want, &got))) got = 0;
        memset(*data + pos + got, 0, want - got);
    }
    disk->close(file);
    if (FAILED(hr))
    {
        free(*data);
        *data = NULL;
    }
    else *len = (size_t)size;
    return hr;
}

/* On disk */

HRESULT journal_init(struct journal *journal, struct disk *disk, const WCHAR *dir, const struct journal_log *log)
{
    memset(journal, 0, sizeof(*journal));
    journal->disk = disk;
    journal->step = JOURNAL_STEP;
    if (log) journal->log = *log;
    return (journal->dir = str_dup(dir)) ? S_OK : E_OUTOFMEMORY;
}

void journal_free(struct journal *journal)
{
    if (journal->file) journal->disk->close(journal->file);
    free(journal->dir);
    free(journal->keep);
    memset(journal, 0, sizeof(*journal));
}

struct numbers
{
    UINT64 *list;               /* of jobs.*, ascending */
    UINT32 count;
    UINT64 max;                 /* of all names */
};

static HRESULT found_name(void *ctx, const WCHAR *name)
{
    struct numbers *numbers = ctx;
    UINT64 number, *list;
    UINT32 i;

    if (journal_parse_name(name, "damaged.", &number) || journal_parse_name(name, "newer.", &number))
    {
        if (number > numbers->max) numbers->max = number;
        return S_OK;
    }
    if (!journal_parse_name(name, "jobs.", &number)) return S_OK;
    if (number > numbers->max) numbers->max = number;
    if (!(list = realloc(numbers->list, (numbers->count + 1) * sizeof(*list)))) return E_OUTOFMEMORY;
    for (i = numbers->count++; i && list[i - 1] > number; i--) list[i] = list[i - 1];
    list[i] = number;
    numbers->list = list;
    return S_OK;
}

static HRESULT list_numbers(struct journal *journal, struct numbers *numbers)
{
    HRESULT hr;

    memset(numbers, 0, sizeof(*numbers));
    hr = journal->disk->list(journal->disk, journal->dir, FALSE, found_name, numbers);
    if (FAILED(hr)) free(numbers->list);
    return hr;
}

static HRESULT rename_generation(struct journal *journal, UINT64 generation, const char *prefix)
{
    WCHAR *from = journal_path(journal->dir, "jobs.", generation), *to = journal_path(journal->dir, prefix, generation);
    HRESULT hr = E_OUTOFMEMORY;

    if (from && to) hr = journal->disk->rename(journal->disk, from, to);
    free(from);
    free(to);
    return hr;
}

static BOOL is_kept(const struct journal *journal, UINT64 generation)
{
    UINT32 i;

    for (i = 0; i < journal->keep_count; i++)
        if (journal->keep[i] == generation) return TRUE;
    return FALSE;
}

static HRESULT add_keep(struct journal *journal, UINT64 generation)
{
    UINT64 *keep;

    if (is_kept(journal, generation)) return S_OK;
    if (!(keep = realloc(journal->keep, (journal->keep_count + 1) * sizeof(*keep)))) return E_OUTOFMEMORY;
    journal->keep = keep;
    keep[journal->keep_count++] = generation;
    return S_OK;
}

struct candidate
{
    UINT64 number, generation;  /* in the name; for the checksums */
    BYTE *data;
    size_t len;
    BOOL sound;
};

/* Newest first: a sound one ends the search, else the oldest stays. A newer format is put aside at once. */
static HRESULT choose_generation(struct journal *journal, const struct numbers *numbers, struct candidate *best)
{
    struct journal_survey survey;
    struct candidate next;
    BOOL renamed = FALSE;
    UINT32 i, version;
    HRESULT hr = S_OK;
    WCHAR *path;

    memset(best, 0, sizeof(*best));
    for (i = numbers->count; SUCCEEDED(hr) && i-- && !best->sound;)
    {
        memset(&next, 0, sizeof(next));
        next.number = next.generation = numbers->list[i];
        if (!(path = journal_path(journal->dir, "jobs.", next.number))) hr = E_OUTOFMEMORY;
        else hr = read_file(journal->disk, path, &next.data, &next.len);
        free(path);
        if (FAILED(hr)) break;

        if (journal_format_of(next.data, next.len, &version, &next.generation) == JOURNAL_FORMAT_NEWER)
        {
            free(next.data);
            hr = rename_generation(journal, next.number, "newer.");
            journal_say(&journal->log, "jobs.%u has format %u, this service knows %u; set aside as newer.%u, result %x",
                        next.number, (UINT64)version, (UINT64)JOURNAL_VERSION, next.number, hr);
            renamed = TRUE;
            continue;
        }
        journal_survey(next.data, next.len, next.generation, &survey);
        next.sound = survey.sound;
        if (!next.sound)
            journal_say(&journal->log, "jobs.%u was not completed: %u records", next.number, survey.frames);
        free(best->data);
        *best = next;
    }
    if (SUCCEEDED(hr) && renamed) hr = journal->disk->flush_dir(journal->disk, journal->dir);
    if (FAILED(hr))
    {
        free(best->data);
        best->data = NULL;
    }
    return hr;
}

static void report_replay(struct journal *journal, const struct candidate *from, const struct journal_replay *replay)
{
    UINT32 i;

    if (replay->damaged)
        journal_say(&journal->log, "jobs.%u is damaged: %u octets cannot be read; it is kept as damaged.%u",
                    from->number, replay->damaged, from->number);
    if (replay->torn)
        journal_say(&journal->log, "jobs.%u: a torn tail of %u octets was cut", from->number, replay->torn);
    for (i = 0; i < replay->loss_count; i++)
    {
        const struct journal_loss *loss = &replay->losses[i];

        if (loss->aside)
            journal_say(&journal->log, "job %g: record %u %s; the job is set aside, what is left of it is in damaged.%u",
                        &loss->job, loss->seq, loss->contradiction ? "makes no sense" : "is missing", from->number);
        else
            journal_say(&journal->log, "job %g: record %u was torn off and had not been acknowledged", &loss->job, loss->seq);
    }
}

static HRESULT load_candidate(struct journal *journal, const struct numbers *numbers, const struct candidate *from,
                              struct model *model)
{
    struct journal_replay replay;
    UINT32 i, j;
    HRESULT hr;

    if (FAILED(hr = journal_replay(from->data, from->len, from->generation, model, &replay))) return hr;
    report_replay(journal, from, &replay);
    journal->aside_count = replay.aside_count;
    if (replay.aside_count || replay.damaged) hr = add_keep(journal, from->number);
    for (i = 0; SUCCEEDED(hr) && i < replay.keep_count; i++)
        for (j = 0; SUCCEEDED(hr) && j < numbers->count; j++)
            if (numbers->list[j] == replay.keep[i]) hr = add_keep(journal, replay.keep[i]);
    journal_replay_free(&replay);
    return hr;
}

HRESULT journal_load(struct journal *journal, struct model *model)
{
    struct candidate chosen;
    struct numbers numbers;
    UINT32 tries;
    HRESULT hr;

    for (tries = 0; tries < MAX_TRIES; tries++)
    {
        if (FAILED(hr = list_numbers(journal, &numbers))) return hr;
        if (numbers.max > journal->last_number) journal->last_number = numbers.max;
        hr = choose_generation(journal, &numbers, &chosen);
        if (SUCCEEDED(hr) && chosen.data) hr = load_candidate(journal, &numbers, &chosen, model);
        free(chosen.data);
        free(numbers.list);
        /* A predecessor that has not noticed its end may have rotated meanwhile. */
        if (hr != HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)) return hr;
    }
    return hr;
}

HRESULT journal_turn_begin(struct journal *journal, struct journal_turn *turn)
{
    BYTE header[JOURNAL_HEADER_SIZE];
    struct disk *disk = journal->disk;
    struct numbers numbers;
    HRESULT hr;

    memset(turn, 0, sizeof(*turn));
    /* Of several successors the first may be gone already. */
    if (FAILED(hr = list_numbers(journal, &numbers))) return hr;
    free(numbers.list);
    if (numbers.max > journal->last_number) return HRESULT_FROM_WIN32(ERROR_FILE_EXISTS);
    turn->generation = journal->last_number + 1;
    if (!(turn->path = journal_path(journal->dir, "jobs.", turn->generation))) return E_OUTOFMEMORY;
    if (FAILED(hr = disk->open(disk, turn->path, DISK_READ | DISK_WRITE | DISK_CREATE_NEW | DISK_SHARE_ALL, &turn->file)))
    {
        turn->file = NULL;
        free(turn->path);
        turn->path = NULL;
        return hr;
    }
    journal->last_number = turn->generation;

    journal_header(header, turn->generation);
    if (FAILED(hr = disk->write(turn->file, 0, header, sizeof(header))))
    {
        journal_turn_abort(journal, turn);
        return hr;
    }
    turn->end = sizeof(header);
    return S_OK;
}

HRESULT journal_turn_write(struct journal *journal, struct journal_turn *turn, BYTE *frames, size_t len, UINT64 count)
{
    const size_t chunk = 16 * 1024 * 1024;
    size_t pos, size;
    HRESULT hr;

    journal_seal(frames, len, turn->generation, 0);
    for (pos = 0; pos < len; pos += size)
    {
        size = len - pos < chunk ? len - pos : chunk;
        if (FAILED(hr = journal->disk->write(turn->file, turn->end, frames + pos, (UINT32)size))) return hr;
        turn->end += size;
    }
    turn->frames += count;
    return S_OK;
}

HRESULT journal_turn_flush(struct journal *journal, struct journal_turn *turn)
{
    return journal->disk->flush(turn->file);
}

void journal_turn_abort(struct journal *journal, struct journal_turn *turn)
{
    struct disk *disk = journal->disk;
    BOOL gone = !turn->marked;

    /* Should it come to light after a power failure as the newest whole generation, everything the present one gets from now on would be lost. */
    if (!gone) gone = SUCCEEDED(disk->set_size(turn->file, 0)) && SUCCEEDED(disk->flush(turn->file));
    if (turn->file) disk->close(turn->file);
    if (SUCCEEDED(disk->remove(disk, turn->path)) && !gone) gone = SUCCEEDED(disk->flush_dir(disk, journal->dir));
    if (!gone) journal->spoiled = TRUE;
    free(turn->path);
    memset(turn, 0, sizeof(*turn));
}

static HRESULT write_marks(struct journal *journal, struct journal_turn *turn)
{
    struct buffer marks;
    UINT32 i;
    HRESULT hr = S_OK;

    buffer_init(&marks, (size_t)(journal->keep_count + 1) * (JOURNAL_FRAME_SIZE + 8));
    for (i = 0; SUCCEEDED(hr) && i < journal->keep_count; i++) hr = journal_mark(&marks, JOURNAL_KEEP, journal->keep[i]);
    if (SUCCEEDED(hr)) hr = journal_mark(&marks, JOURNAL_SNAPSHOT_END, turn->frames);
    if (SUCCEEDED(hr))
    {
        turn->marked = TRUE;
        hr = journal_turn_write(journal, turn, marks.data, marks.len, 0);
    }
    buffer_free(&marks);
    return hr;
}

/* The older files are of no use any more. Failures leave a file that the next turn tries again. */
static void remove_older(struct journal *journal)
{
    struct disk *disk = journal->disk;
    struct numbers numbers;
    WCHAR *path;
    UINT32 i;
    HRESULT hr;

    if (FAILED(list_numbers(journal, &numbers))) return;
    for (i = 0; i < numbers.count && numbers.list[i] < journal->generation; i++)
    {
        if (is_kept(journal, numbers.list[i]))
        {
            hr = rename_generation(journal, numbers.list[i], "damaged.");
            journal_say(&journal->log, "jobs.%u renamed to damaged.%u, result %x", numbers.list[i], numbers.list[i], hr);
            continue;
        }
        if (!(path = journal_path(journal->dir, "jobs.", numbers.list[i]))) continue;
        if (FAILED(hr = disk->remove(disk, path)))
            journal_say(&journal->log, "jobs.%u cannot be removed, result %x", numbers.list[i], hr);
        free(path);
    }
    free(numbers.list);
    if (!journal->keep_count) return;

    /* Only what is still there under its old name has to be remembered; a rename that is lost with the power shows up again. */
    if (FAILED(disk->flush_dir(disk, journal->dir)) || FAILED(list_numbers(journal, &numbers))) return;
    for (i = 0; i < journal->keep_count;)
    {
        UINT32 j;

        for (j = 0; j < numbers.count && numbers.list[j] != journal->keep[i]; j++) {}
        if (j < numbers.count) i++;
        else journal->keep[i] = journal->keep[--journal->keep_count];
    }
    free(numbers.list);
}

HRESULT journal_turn_end(struct journal *journal, struct journal_turn *turn, UINT64 room)
{
    struct disk *disk = journal->disk;
    UINT64 reserved;
    HRESULT hr;

    reserved = turn->end + (UINT64)(journal->keep_count + 1) * (JOURNAL_FRAME_SIZE + 8) + room;
    reserved = (reserved + journal->step - 1) / journal->step * journal->step;
    if (SUCCEEDED(hr = disk->reserve(turn->file, reserved))) hr = write_marks(journal, turn);
    if (SUCCEEDED(hr)) hr = disk->flush(turn->file);
    if (SUCCEEDED(hr)) hr = disk->flush_dir(disk, journal->dir);
    if (FAILED(hr)) return hr;

    if (journal->file) disk->close(journal->file);
    journal->file = turn->file;
    journal->generation = turn->generation;
    journal->end = journal->confirmed = journal->snapshot_end = turn->end;
    journal->reserved = reserved;
    journal->spoiled = FALSE;
    free(turn->path);
    memset(turn, 0, sizeof(*turn));
    remove_older(journal);
    return S_OK;
}

HRESULT journal_reserve(struct journal *journal, UINT64 size)
{
    UINT64 reserved = (journal->end + size + journal->step - 1) / journal->step * journal->step;
    HRESULT hr;

    if (reserved <= journal->reserved) return S_OK;
    if (FAILED(hr = journal->disk->reserve(journal->file, reserved))) return hr;
    journal->reserved = reserved;
    return S_OK;
}

HRESULT journal_write(struct journal *journal, BYTE *frames, size_t len)
{
    const size_t chunk = 16 * 1024 * 1024;
    size_t pos, size;
    HRESULT hr;

    journal_seal(frames, len, journal->generation, journal->confirmed);
    for (pos = 0; pos < len; pos += size)
    {
        size = len - pos < chunk ? len - pos : chunk;
        if (FAILED(hr = journal->disk->write(journal->file, journal->end + pos, frames + pos, (UINT32)size))) return hr;
    }
    journal->end += len;
    return S_OK;
}

HRESULT journal_flush(struct journal *journal)
{
    HRESULT hr;

    if (FAILED(hr = journal->disk->flush(journal->file))) return hr;
    journal->confirmed = journal->end;
    return S_OK;
}
