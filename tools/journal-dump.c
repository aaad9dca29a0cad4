/*
 * Prints a journal of the service
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
 * Reads files "jobs.<generation>" (also those that were set aside as damaged) with the service's own code and prints what is in them, for
 * people who look into a broken queue.  Credentials, custom headers, and whatever of a URL may be a secret are never printed.
 */

#include <errno.h>
#include <stdio.h>

#include "core/journal.h"
#include "core/state.h"

#define WIN32_EPOCH ((UINT64)11644473600)   /* seconds from 1601 to 1970 */

static const char * const prop_names[] =
{
    "display-name", "description", "priority", "notify-flags", "minimum-retry-delay", "no-progress-timeout", "max-download-time",
    "max-download-time-set", "proxy-usage", "proxy-list", "proxy-bypass", "notify-program", "notify-parameters", "notify-clsid",
    "min-notify-interval", "reply-file", "custom-headers", "headers-write-only", "security-flags", "cert-location", "cert-store",
    "cert-hash", "cert-subject", "cert-callback-wanted", "http-method", "credentials", "use-stored-credentials", "peer-flags",
    "acl-flags", "token-flags", "cost-flags", "dynamic-content", "high-performance", "max-download-size", "on-demand", "group-id",
    "group-job-id", "group-notify-flags", "group-notify-clsid", "group-size-hints",
};

static FILE *out;

static void print_number(const char *name, UINT64 number)
{
    if (number == SIZE_UNKNOWN) fprintf(out, " %s unknown", name);
    else fprintf(out, " %s %llu", name, (unsigned long long)number);
}

static void print_guid(const GUID *guid)
{
    fprintf(out, "{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", guid->Data1, guid->Data2, guid->Data3, guid->Data4[0],
            guid->Data4[1], guid->Data4[2], guid->Data4[3], guid->Data4[4], guid->Data4[5], guid->Data4[6], guid->Data4[7]);
}

/* Gregorian calendar from days since 1970-01-01. */
static void print_time(const char *name, UINT64 time)
{
    UINT64 seconds = time / TICKS_PER_SECOND, days, rest, era, of_era, year, of_year, month;

    if (!time) return;
    if (seconds < WIN32_EPOCH)
    {
        fprintf(out, " %s #%llu", name, (unsigned long long)time);
        return;
    }
    seconds -= WIN32_EPOCH;
    days = seconds / 86400 + 719468;
    rest = seconds % 86400;
    era = days / 146097;
    of_era = days % 146097;
    year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    of_year = of_era - (365 * year + year / 4 - year / 100);
    month = (5 * of_year + 2) / 153;
    fprintf(out, " %s %04llu-%02u-%02uT%02u:%02u:%02uZ", name, (unsigned long long)(year + era * 400 + (month >= 10)),
            (UINT32)(month < 10 ? month + 3 : month - 9), (UINT32)(of_year - (153 * month + 2) / 5 + 1), (UINT32)(rest / 3600),
            (UINT32)(rest / 60 % 60), (UINT32)(rest % 60));
}

static void print_chars(const WCHAR *text, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
    {
        if (text[i] >= ' ' && text[i] < 0x7f && text[i] != '"' && text[i] != '\\') fputc(text[i], out);
        else if (text[i] == '\\') fputs("\\", out);
        else fprintf(out, "\\u%04x", text[i]);
    }
}

static void print_string(const char *name, const WCHAR *text)
{
    fprintf(out, " %s ", name);
    if (!text)
    {
        fputs("none", out);
        return;
    }
    fputc('"', out);
    print_chars(text, str_len(text));
    fputc('"', out);
}

static void print_hidden(const char *name, size_t size)
{
    fprintf(out, " %s (%u hidden)", name, (UINT32)size);
}

/* Name and password in front of the host, and what follows the path, may be what opens the door. */
static void print_url(const char *name, const WCHAR *url)
{
    size_t len = str_len(url), host = 0, end, query, at, i;

    for (i = 0; i + 2 < len && !host; i++)
        if (url[i] == ':' && url[i + 1] == '/' && url[i + 2] == '/') host = i + 3;
    for (query = 0; query < len && url[query] != '?' && url[query] != '#'; query++) {}
    for (end = host; end < query && url[end] != '/'; end++) {}
    for (at = end; at > host && url[at - 1] != '@'; at--) {}

    fprintf(out, " %s \"", name);
    print_chars(url, host);
    if (host && at > host) fputs("***@", out);
    else at = host;
    print_chars(url + at, query - at);
    fputc('"', out);
    if (query < len) print_hidden("and", len - query);
}

static void print_failure(const struct job_failure *failure)
{
    if (!failure->hr) return;
    fprintf(out, " failure 0x%08x context %u", (UINT32)failure->hr, failure->context);
    if (failure->file != NO_FILE) fprintf(out, " file %u", failure->file);
}

static void print_flags(const char *name, UINT32 flags)
{
    static const char * const names[] = {"transferred", "published", "validated", "publishing", "renamed"};
    UINT32 i;

    if (!flags) return;
    fprintf(out, " %s", name);
    for (i = 0; i < 32; i++)
    {
        if (!(flags >> i & 1)) continue;
        if (i < ARRAY_SIZE(names)) fprintf(out, " %s", names[i]);
        else fprintf(out, " 0x%x", 1u << i);
    }
}

static void print_pairs(const char *name, const UINT64 *pairs, UINT32 count)
{
    UINT32 i;

    if (!count) return;
    fprintf(out, " %s", name);
    for (i = 0; i < count && i < 16; i++)
        fprintf(out, " %llu+%llu", (unsigned long long)pairs[2 * i], (unsigned long long)pairs[2 * i + 1]);
    if (count > 16) fprintf(out, " and %u more", count - 16);
}

static void print_value(const struct prop_value *value)
{
    const char *name = (UINT32)value->prop < ARRAY_SIZE(prop_names) ? prop_names[value->prop] : "?";
    UINT32 i;

    fputs("\n   ", out);
    switch (prop_type_of(value->prop))
    {
    case PROP_TYPE_U32:
    case PROP_TYPE_U64:
        print_number(name, value->number);
        break;
    case PROP_TYPE_STRING:
        if (value->prop == PROP_NOTIFY_PARAMETERS && value->string) print_hidden(name, str_len(value->string));
        else print_string(name, value->string);
        break;
    case PROP_TYPE_GUID:
        fprintf(out, " %s ", name);
        print_guid(&value->guid);
        break;
    case PROP_TYPE_BLOB:
        if (value->prop != PROP_CERT_HASH) print_hidden(name, value->blob_size);
        else
        {
            fprintf(out, " %s ", name);
            for (i = 0; i < value->blob_size; i++) fprintf(out, "%02x", value->blob[i]);
        }
        break;
    }
}

static void print_files(const struct record *record)
{
    UINT32 i, j;

    for (i = 0; i < record->u.add_files.count; i++)
    {
        const struct record_file *file = &record->u.add_files.files[i];

        fputs("\n   ", out);
        print_url("from", file->remote_name);
        print_string("to", file->local_name);
        if (file->temp_name) print_string("by way of", file->temp_name);
        for (j = 0; j < file->range_count; j++)
        {
            fprintf(out, " range %llu+", (unsigned long long)file->ranges[j].offset);
            if (file->ranges[j].length == LENGTH_TO_EOF) fputs("end", out);
            else fprintf(out, "%llu", (unsigned long long)file->ranges[j].length);
        }
    }
}

static void print_file_facts(const struct record *record)
{
    UINT32 i;

    for (i = 0; i < record->u.file_facts.count; i++)
    {
        const struct record_file_fact *fact = &record->u.file_facts.files[i];

        fprintf(out, "\n    file %u", fact->file);
        print_flags("is", fact->flags);
        print_number("size", fact->remote_size);
        print_time("time", fact->remote_time);
        if (fact->restarts) print_number("restarts", fact->restarts);
        print_pairs("has", fact->received, fact->received_count);
        if (fact->headers) print_hidden("headers", fact->headers_size);
    }
}

static void print_record(const struct record *record)
{
    static const char * const types[] = {"download", "upload", "upload-reply"};
    UINT32 i;

    switch (record->type)
    {
    case RECORD_CREATE:
        fprintf(out, " %s", types[record->u.create.type]);
        print_string("owner", record->u.create.owner);
        print_string("name", record->u.create.display_name);
        if (record->u.create.elevated) fputs(" elevated", out);
        break;
    case RECORD_SET:
        for (i = 0; i < record->u.set.count; i++) print_value(&record->u.set.values[i]);
        break;
    case RECORD_ADD_FILES:
        print_files(record);
        break;
    case RECORD_STATE:
        fprintf(out, " %s", state_name(record->u.state.state));
        print_failure(&record->u.state.failure);
        print_number("errors", record->u.state.error_count);
        if (record->u.state.resumed) fputs(" resumed", out);
        print_time("completed", record->u.state.completion_time);
        print_time("no progress since", record->u.state.no_progress_time);
        print_number("moving ms", record->u.state.download_msec);
        break;
    case RECORD_FILE_NAMES:
        for (i = 0; i < record->u.names.count; i++)
        {
            fprintf(out, "\n    file %u", record->u.names.names[i].file);
            print_url("from", record->u.names.names[i].remote_name);
        }
        break;
    case RECORD_FILE_BEGIN:
        print_number("file", record->u.begin.file);
        print_number("size", record->u.begin.remote_size);
        print_time("time", record->u.begin.remote_time);
        if (record->u.begin.restarts) print_number("restarts", record->u.begin.restarts);
        break;
    case RECORD_FILE_PROGRESS:
        print_number("file", record->u.progress.file);
        fprintf(out, " has %llu+%llu", (unsigned long long)record->u.progress.offset, (unsigned long long)record->u.progress.length);
        print_number("moving ms", record->u.progress.download_msec);
        break;
    case RECORD_FILE_DONE:
        print_number("file", record->u.done.file);
        print_number("size", record->u.done.size);
        break;
    case RECORD_FILE_HEADERS:
        print_number("file", record->u.headers.file);
        if (record->u.headers.headers) print_hidden("headers", record->u.headers.size);
        break;
    case RECORD_FILE_FLAGS:
        print_number("file", record->u.flags.file);
        print_flags("set", record->u.flags.set);
        print_flags("clear", record->u.flags.clear);
        break;
    case RECORD_COMPLETING:
    case RECORD_PUBLISHED:
        for (i = 0; i < record->u.publish.count; i++) fprintf(out, "%s%u", i ? "," : " files ", record->u.publish.files[i]);
        if (record->u.publish.caller) print_string("by", record->u.publish.caller);
        break;
    case RECORD_FILE_REQUEST:
        print_number("file", record->u.request.file);
        print_number("first", record->u.request.first);
        print_pairs("wants", record->u.request.ranges, record->u.request.count);
        break;
    case RECORD_UPLOAD:
        if (record->u.upload.id) print_hidden("session", record->u.upload.id_size);
        if (record->u.upload.host) print_string("host", record->u.upload.host);
        if (record->u.upload.host && record->u.upload.host_timeout != UPLOAD_NEVER) print_number("fallback", record->u.upload.host_timeout);
        if (record->u.upload.host_failed) print_time("unreachable", record->u.upload.host_failed);
        print_number("acknowledged", record->u.upload.acknowledged);
        break;
    case RECORD_REPLY_FILE:
        print_url("reply", record->u.reply.remote_name);
        print_string("local", record->u.reply.local_name);
        print_string("temp", record->u.reply.temp_name);
        break;
    case RECORD_OWNER:
        print_string("owner", record->u.owner.owner);
        if (record->u.owner.elevated) fputs(" elevated", out);
        break;
    case RECORD_NOTIFIED:
        fputs(record->u.notified.notified ? " yes" : " no", out);
        break;
    case RECORD_JOB_FACTS:
        print_time("created", record->u.facts.creation_time);
        print_time("modified", record->u.facts.modification_time);
        print_failure(&record->u.facts.failure);
        print_number("errors", record->u.facts.error_count);
        if (record->u.facts.resumed) fputs(" resumed", out);
        if (record->u.facts.notified) fputs(" notified", out);
        if (record->u.facts.completing) fputs(" completing", out);
        if (record->u.facts.cleaning) fputs(" cleaning", out);
        break;
    case RECORD_FILE_FACTS:
        print_file_facts(record);
        break;
    case RECORD_COMPLETED:
    case RECORD_COMPLETE_FAILED:
    case RECORD_CANCELLED:
    case RECORD_CLEANED:
    case RECORD_TYPE_COUNT:
        break;
    }
}

static void print_frame(const struct journal_item *item, struct record_memory *memory)
{
    struct record record;
    UINT64 mark = 0;
    UINT32 i;

    switch (item->kind)
    {
    case JOURNAL_SNAPSHOT_END:
    case JOURNAL_KEEP:
        for (i = 0; i < 8 && i < item->payload_size; i++) mark |= (UINT64)item->payload[i] << 8 * i;
        fprintf(out, "%s %llu\n", item->kind == JOURNAL_KEEP ? "keep as damaged" : "end of the snapshot, records:",
                (unsigned long long)mark);
        return;
    case JOURNAL_SNAPSHOT:
        fputs("snapshot ", out);
        break;
    case JOURNAL_LIVE:
        break;
    default:
        fprintf(out, "a frame of the unknown kind %u\n", item->kind);
        return;
    }
    print_guid(&item->job);
    fprintf(out, " #%llu ", (unsigned long long)item->seq);
    if (FAILED(record_decode(item->payload, item->payload_size, &record, memory)))
    {
        fprintf(out, "a record that makes no sense, %u octets\n", item->payload_size);
        return;
    }
    fputs(record_name_of(record.type), out);
    print_time("at", record.time);
    print_record(&record);
    fputc('\n', out);
}

static void print_job(const struct job *job)
{
    UINT32 i;

    print_guid(&job->id);
    fprintf(out, " %s", state_name(job->state));
    print_string("name", job_string(job, PROP_DISPLAY_NAME));
    print_failure(&job->failure);
    if (job->completing) fputs(" completing", out);
    if (job->cleaning) fputs(" cleaning", out);
    fputc('\n', out);
    for (i = 0; i < job->file_count; i++)
    {
        fprintf(out, "    file %u", i);
        print_url("from", job->files[i].remote_name);
        print_string("to", job->files[i].local_name);
        print_number("of", file_total(&job->files[i]));
        print_number("has", file_received(&job->files[i]));
        print_flags("is", job->files[i].flags);
        fputc('\n', out);
    }
}

/* FALSE: it is damaged or no journal. */
static BOOL dump(const BYTE *data, size_t size, UINT64 generation, BOOL only_jobs)
{
    struct record_memory memory = { 0 };
    struct journal_replay replay;
    struct journal_scan scan;
    struct journal_item item;
    enum journal_format format;
    const struct job *job;
    struct model model;
    UINT32 version, i;
    BOOL sound;

    format = journal_format_of(data, size, &version, &generation);
    if (format == JOURNAL_FORMAT_NEWER)
    {
        fprintf(out, "format %u; this program knows %u\n", version, JOURNAL_VERSION);
        return FALSE;
    }
    fprintf(out, "generation %llu, %llu octets%s\n", (unsigned long long)generation, (unsigned long long)size,
            format == JOURNAL_FORMAT_DAMAGED ? ", the header is damaged" : "");

    journal_scan_init(&scan, data, size, generation);
    for (journal_scan_next(&scan, &item); !only_jobs && item.found != JOURNAL_END; journal_scan_next(&scan, &item))
    {
        fprintf(out, "%8llu: ", (unsigned long long)item.offset);
        if (item.found == JOURNAL_FRAME) print_frame(&item, &memory);
        else if (item.found == JOURNAL_GARBAGE) fprintf(out, "%llu octets of garbage\n", (unsigned long long)item.size);
        else
        {
            print_guid(&item.job);
            fprintf(out, " #%llu is damaged, %llu octets\n", (unsigned long long)item.seq, (unsigned long long)item.size);
        }
    }
    record_memory_free(&memory);

    if (FAILED(model_init(&model))) return FALSE;
    if (FAILED(journal_replay(data, size, generation, &model, &replay)))
    {
        fprintf(out, "not enough memory\n");
        model_free(&model);
        return FALSE;
    }
    fprintf(out, "\n%u jobs, %llu records, %s; flushed up to %llu, damaged %llu, torn off %llu octets\n", model.count,
            (unsigned long long)replay.applied, replay.survey.sound ? "whole" : "never completed",
            (unsigned long long)replay.survey.confirmed, (unsigned long long)replay.damaged, (unsigned long long)replay.torn);
    for (job = model.first; job; job = job->next) print_job(job);
    for (i = 0; i < replay.loss_count; i++)
    {
        print_guid(&replay.losses[i].job);
        fprintf(out, " %s record %llu\n", replay.losses[i].aside ? "is set aside, for want of" : "had not been told of",
                (unsigned long long)replay.losses[i].seq);
    }
    sound = format == JOURNAL_FORMAT_OURS && replay.survey.sound && !replay.damaged && !replay.aside_count;
    journal_replay_free(&replay);
    model_free(&model);
    return sound;
}

static BYTE *read_file(const char *name, size_t *size)
{
    FILE *file = fopen(name, "rb");
    BYTE *data = NULL, *more;
    size_t room = 0, got;

    *size = 0;
    if (!file) return NULL;
    do
    {
        if (room - *size < 65536)
        {
            if (!(more = realloc(data, room = room * 2 + 131072))) break;
            data = more;
        }
        got = fread(data + *size, 1, room - *size, file);
        *size += got;
    } while (got);
    fclose(file);
    return data;
}

int main(int argc, char **argv)
{
    BOOL only_jobs = FALSE;
    const char *name, *digits;
    UINT64 generation;
    int i, status = 0;
    size_t size;
    BYTE *data;

    out = stdout;
    if (argc > 1 && !strcmp(argv[1], "--jobs"))
    {
        only_jobs = TRUE;
        argc--;
        argv++;
    }
    if (argc < 2 || argv[1][0] == '-')
    {
        BOOL help = argc > 1 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"));

        fputs("Usage: journal-dump [--jobs] FILE...\n\n"
              "Prints journals of the service, jobs.<generation>, from the folder\n"
              "drive_c/ProgramData/Microsoft/Network/Downloader of a prefix: record by record, then the\n"
              "jobs that they make. With --jobs only those. Secrets are not printed. The exit status is\n"
              "1 for a file that is damaged.\n", help ? stdout : stderr);
        return help ? 0 : 2;
    }
    for (i = 1; i < argc; i++)
    {
        if (argc > 2) printf("%s%s:\n", i > 1 ? "\n" : "", argv[i]);
        if (!(data = read_file(argv[i], &size)))
        {
            fprintf(stderr, "journal-dump: %s: %s\n", argv[i], strerror(errno));
            status = 2;
            continue;
        }
        /* the checksums begin with the number, which the header may have lost */
        name = strrchr(argv[i], '/') ? strrchr(argv[i], '/') + 1 : argv[i];
        digits = strrchr(name, '.');
        generation = digits ? strtoull(digits + 1, NULL, 10) : 0;
        if (!dump(data, size, generation, only_jobs) && !status) status = 1;
        free(data);
    }
    return status;
}
