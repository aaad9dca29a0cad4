/*
 * Encoding of the journal's records
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
 * The schema in one place, and so long: for each record its check, its form on disk, and the way back.  What changes in one changes in
 * all three.
 */

#include "core/record.h"

#define RECORD_VERSION 1
#define NO_STRING ((UINT32)-1)
#define FILE_FLAGS_ALL (FILE_TRANSFERRED | FILE_PUBLISHED | FILE_VALIDATED | FILE_PUBLISHING | FILE_RENAMED \
                        | FILE_NOTIFIED | FILE_ASKED | FILE_SETTLED | FILE_MOVED | FILE_DELIVERED | FILE_ATTRIBUTES_MASK)

static const char *const record_names[] =
{
    "?", "CREATE", "SET", "ADD_FILES", "STATE", "FILE_NAMES", "FILE_BEGIN", "FILE_PROGRESS", "FILE_DONE", "FILE_HEADERS",
    "FILE_FLAGS", "COMPLETING", "PUBLISHED", "COMPLETED", "COMPLETE_FAILED", "CANCELLED", "CLEANED", "OWNER", "NOTIFIED",
    "JOB_FACTS", "FILE_FACTS", "FILE_REQUEST", "UPLOAD", "REPLY_FILE"
};

const char *record_name_of(enum record_type type)
{
    return (UINT32)type < ARRAY_SIZE(record_names) ? record_names[type] : record_names[0];
}

/*
 * What both directions demand.  The encoder asks too: a record that could be written but not read back would take its job with it at
 * the next start.
 */

static BOOL is_storable(enum job_state state)
{
    return (UINT32)state < JOB_STATE_COUNT && state != JOB_CONNECTING && state != JOB_TRANSFERRING;
}

static BOOL ranges_fit(const struct file_range *ranges, UINT32 count)
{
    UINT32 i;

    if (count && !ranges) return FALSE;
    for (i = 0; i < count; i++)
        if (ranges[i].length != LENGTH_TO_EOF && ranges[i].offset > (UINT64)-1 - ranges[i].length) return FALSE;
    return TRUE;
}

static BOOL values_are_valid(const struct prop_value *values, UINT32 count)
{
    UINT32 i;

    if (count && !values) return FALSE;
    for (i = 0; i < count; i++)
    {
        if ((UINT32)values[i].prop >= PROP_COUNT) return FALSE;
        switch (prop_type_of(values[i].prop))
        {
        case PROP_TYPE_U32:
            if (values[i].number > (UINT32)-1) return FALSE;
            break;
        case PROP_TYPE_BLOB:
            if (values[i].blob_size && !values[i].blob) return FALSE;
            break;
        case PROP_TYPE_STRING: /* these two are never NULL */
            if (values[i].prop == PROP_DISPLAY_NAME || values[i].prop == PROP_DESCRIPTION)
                if (!values[i].string) return FALSE;
            break;
        default:
            break;
        }
    }
    return TRUE;
}

static BOOL pairs_are_valid(const UINT64 *flat, UINT32 count)
{
    UINT64 end = 0;
    UINT32 i;

    if (count && !flat) return FALSE;
    for (i = 0; i < count; i++, flat += 2)
    {
        if (flat[0] < end || !flat[1] || flat[0] > (UINT64)-1 - flat[1]) return FALSE;
        end = flat[0] + flat[1];
    }
    return TRUE;
}

static BOOL facts_are_valid(const struct record_file_fact *facts, UINT32 count)
{
    UINT32 i;

    if (count && !facts) return FALSE;
    for (i = 0; i < count; i++)
    {
        if (facts[i].flags & ~FILE_FLAGS_ALL) return FALSE;
        if (!pairs_are_valid(facts[i].received, facts[i].received_count)) return FALSE;
    }
    return TRUE;
}

static BOOL is_valid(const struct record *record)
{
    UINT32 i;

    switch (record->type)
    {
    case RECORD_CREATE:
        return (UINT32)record->u.create.type <= JOB_UPLOAD_REPLY && record->u.create.owner && record->u.create.display_name;
    case RECORD_SET:
        return values_are_valid(record->u.set.values, record->u.set.count);
    case RECORD_ADD_FILES:
        if (record->u.add_files.count && !record->u.add_files.files) return FALSE;
        for (i = 0; i < record->u.add_files.count; i++)
        {
            const struct record_file *file = &record->u.add_files.files[i];

            if (!file->remote_name || !file->local_name || !ranges_fit(file->ranges, file->range_count)) return FALSE;
        }
        return TRUE;
    case RECORD_STATE:
        return is_storable(record->u.state.state);
    case RECORD_FILE_NAMES:
        if (record->u.names.count && !record->u.names.names) return FALSE;
        for (i = 0; i < record->u.names.count; i++)
            if (!record->u.names.names[i].remote_name) return FALSE;
        return TRUE;
    case RECORD_FILE_PROGRESS:
        return record->u.progress.offset <= (UINT64)-1 - record->u.progress.length;
    case RECORD_FILE_HEADERS:
        return record->u.headers.headers || !record->u.headers.size;
    case RECORD_FILE_FLAGS:
        return !((record->u.flags.set | record->u.flags.clear) & ~FILE_FLAGS_ALL);
    case RECORD_COMPLETING:
    case RECORD_PUBLISHED:
        return record->u.publish.files || !record->u.publish.count;
    case RECORD_OWNER:
        return record->u.owner.owner != NULL;
    case RECORD_FILE_FACTS:
        return facts_are_valid(record->u.file_facts.files, record->u.file_facts.count);
    case RECORD_FILE_REQUEST:
        return pairs_are_valid(record->u.request.ranges, record->u.request.count);
    case RECORD_UPLOAD:
        return record->u.upload.id || (!record->u.upload.id_size && !record->u.upload.host);
    case RECORD_REPLY_FILE:
        return record->u.reply.remote_name && record->u.reply.local_name && record->u.reply.temp_name && !record->u.reply.range_count;
    case RECORD_FILE_BEGIN:
    case RECORD_FILE_DONE:
    case RECORD_COMPLETED:
    case RECORD_COMPLETE_FAILED:
    case RECORD_CANCELLED:
    case RECORD_CLEANED:
    case RECORD_NOTIFIED:
    case RECORD_JOB_FACTS:
        return TRUE;
    default:
        return FALSE;
    }
}

/* The length that counts of octets that are text, so that a NUL ends them early. */
static UINT32 text_len(const char *text, UINT32 size)
{
    const char *end = text ? memchr(text, 0, size) : NULL;

    return end ? (UINT32)(end - text) : size;
}

/* Encoding: a failure sticks in the buffer. */

static void put_u8(struct buffer *out, UINT32 value)
{
    buffer_append_byte(out, (BYTE)value);
}

static void put_u16(struct buffer *out, UINT32 value)
{
    BYTE bytes[2];

    bytes[0] = (BYTE)value;
    bytes[1] = (BYTE)(value >> 8);
    buffer_append(out, bytes, sizeof(bytes));
}

static void put_u32(struct buffer *out, UINT32 value)
{
    BYTE bytes[4];
    UINT32 i;

    for (i = 0; i < sizeof(bytes); i++) bytes[i] = (BYTE)(value >> (8 * i));
    buffer_append(out, bytes, sizeof(bytes));
}

static void put_u64(struct buffer *out, UINT64 value)
{
    put_u32(out, (UINT32)value);
    put_u32(out, (UINT32)(value >> 32));
}

static void put_guid(struct buffer *out, const GUID *guid)
{
    put_u32(out, guid->Data1);
    put_u16(out, guid->Data2);
    put_u16(out, guid->Data3);
    buffer_append(out, guid->Data4, sizeof(guid->Data4));
}

static void put_octets(struct buffer *out, const void *data, UINT32 size)
{
    if (!data) size = NO_STRING;
    put_u32(out, size);
    if (data && size) buffer_append(out, data, size);
}

static void put_string(struct buffer *out, const WCHAR *string)
{
    size_t len = string ? str_len(string) : 0;

    /* Both platforms are little-endian, as the journal is. */
    put_u32(out, string ? (UINT32)len : NO_STRING);
    if (len) buffer_append(out, string, len * sizeof(WCHAR));
}

static void put_failure(struct buffer *out, const struct job_failure *failure)
{
    put_u32(out, (UINT32)failure->hr);
    put_u32(out, failure->context);
    put_u32(out, failure->file);
}

static void put_ranges(struct buffer *out, const struct file_range *ranges, UINT32 count)
{
    UINT32 i;

    put_u32(out, count);
    for (i = 0; i < count; i++)
    {
        put_u64(out, ranges[i].offset);
        put_u64(out, ranges[i].length);
    }
}

static void put_value(struct buffer *out, const struct prop_value *value)
{
    put_u16(out, value->prop);
    switch (prop_type_of(value->prop))
    {
    case PROP_TYPE_U32:
        put_u32(out, (UINT32)value->number);
        break;
    case PROP_TYPE_U64:
        put_u64(out, value->number);
        break;
    case PROP_TYPE_STRING:
        put_string(out, value->string);
        break;
    case PROP_TYPE_GUID:
        put_guid(out, &value->guid);
        break;
    case PROP_TYPE_BLOB:
        put_u32(out, value->blob_size);
        if (value->blob_size) buffer_append(out, value->blob, value->blob_size);
        break;
    }
}

static void put_pairs(struct buffer *out, const UINT64 *flat, UINT32 count)
{
    UINT32 i;

    put_u32(out, count);
    for (i = 0; i < count; i++)
    {
        put_u64(out, flat[2 * i]);
        put_u64(out, flat[2 * i + 1]);
    }
}

static void put_file_fact(struct buffer *out, const struct record_file_fact *fact)
{
    put_u32(out, fact->file);
    put_u32(out, fact->flags);
    put_u32(out, fact->volume_serial);
    put_u32(out, fact->restarts);
    put_u64(out, fact->remote_size);
    put_u64(out, fact->remote_time);
    put_pairs(out, fact->received, fact->received_count);
    put_octets(out, fact->headers, text_len(fact->headers, fact->headers_size));
}

static void put_file(struct buffer *out, const struct record_file *file)
{
    put_string(out, file->remote_name);
    put_string(out, file->local_name);
    put_string(out, file->temp_name);
    put_ranges(out, file->ranges, file->range_count);
    put_u32(out, file->volume_serial);
}

static void put_record(struct buffer *out, const struct record *record)
{
    UINT32 i;

    put_u16(out, record->type);
    put_u16(out, RECORD_VERSION);
    put_u64(out, record->time);

    switch (record->type)
    {
    case RECORD_CREATE:
        put_u32(out, record->u.create.type);
        put_string(out, record->u.create.owner);
        put_string(out, record->u.create.display_name);
        put_u32(out, record->u.create.integrity);
        put_u8(out, !!record->u.create.elevated);
        break;
    case RECORD_SET:
        put_u32(out, record->u.set.count);
        for (i = 0; i < record->u.set.count; i++) put_value(out, &record->u.set.values[i]);
        break;
    case RECORD_ADD_FILES:
        put_u32(out, record->u.add_files.count);
        for (i = 0; i < record->u.add_files.count; i++) put_file(out, &record->u.add_files.files[i]);
        break;
    case RECORD_STATE:
        put_u32(out, record->u.state.state);
        put_failure(out, &record->u.state.failure);
        put_u32(out, record->u.state.error_count);
        put_u8(out, !!record->u.state.resumed);
        put_u64(out, record->u.state.completion_time);
        put_u64(out, record->u.state.no_progress_time);
        put_u64(out, record->u.state.download_msec);
        break;
    case RECORD_FILE_NAMES:
        put_u32(out, record->u.names.count);
        for (i = 0; i < record->u.names.count; i++)
        {
            put_u32(out, record->u.names.names[i].file);
            put_string(out, record->u.names.names[i].remote_name);
        }
        break;
    case RECORD_FILE_BEGIN:
        put_u32(out, record->u.begin.file);
        put_u64(out, record->u.begin.remote_size);
        put_u64(out, record->u.begin.remote_time);
        put_u32(out, record->u.begin.volume_serial);
        put_u32(out, record->u.begin.restarts);
        break;
    case RECORD_FILE_PROGRESS:
        put_u32(out, record->u.progress.file);
        put_u64(out, record->u.progress.offset);
        put_u64(out, record->u.progress.length);
        put_u64(out, record->u.progress.no_progress_time);
        put_u64(out, record->u.progress.download_msec);
        break;
    case RECORD_FILE_DONE:
        put_u32(out, record->u.done.file);
        put_u64(out, record->u.done.size);
        break;
    case RECORD_FILE_HEADERS:
        put_u32(out, record->u.headers.file);
        put_octets(out, record->u.headers.headers, text_len(record->u.headers.headers, record->u.headers.size));
        break;
    case RECORD_FILE_FLAGS:
        put_u32(out, record->u.flags.file);
        put_u32(out, record->u.flags.set);
        put_u32(out, record->u.flags.clear);
        break;
    case RECORD_COMPLETING:
    case RECORD_PUBLISHED:
        put_u32(out, record->u.publish.count);
        for (i = 0; i < record->u.publish.count; i++) put_u32(out, record->u.publish.files[i]);
        put_string(out, record->u.publish.caller);
        break;
    case RECORD_OWNER:
        put_string(out, record->u.owner.owner);
        put_u32(out, record->u.owner.integrity);
        put_u8(out, !!record->u.owner.elevated);
        break;
    case RECORD_NOTIFIED:
        put_u8(out, !!record->u.notified.notified);
        break;
    case RECORD_JOB_FACTS:
        put_u64(out, record->u.facts.creation_time);
        put_u64(out, record->u.facts.modification_time);
        put_failure(out, &record->u.facts.failure);
        put_u32(out, record->u.facts.error_count);
        put_u8(out, !!record->u.facts.resumed);
        put_u8(out, !!record->u.facts.notified);
        put_u8(out, !!record->u.facts.completing);
        put_u8(out, !!record->u.facts.cleaning);
        put_string(out, record->u.facts.completer);
        break;
    case RECORD_FILE_FACTS:
        put_u32(out, record->u.file_facts.count);
        for (i = 0; i < record->u.file_facts.count; i++) put_file_fact(out, &record->u.file_facts.files[i]);
        break;
    case RECORD_FILE_REQUEST:
        put_u32(out, record->u.request.file);
        put_u64(out, record->u.request.first);
        put_pairs(out, record->u.request.ranges, record->u.request.count);
        break;
    case RECORD_UPLOAD:
        put_octets(out, record->u.upload.id, text_len(record->u.upload.id, record->u.upload.id_size));
        put_string(out, record->u.upload.host);
        put_u32(out, record->u.upload.host_timeout);
        put_u64(out, record->u.upload.host_failed);
        put_u64(out, record->u.upload.acknowledged);
        break;
    case RECORD_REPLY_FILE:
        put_file(out, &record->u.reply);
        break;
    case RECORD_COMPLETED:
    case RECORD_COMPLETE_FAILED:
    case RECORD_CANCELLED:
    case RECORD_CLEANED:
    case RECORD_TYPE_COUNT:
        break;
    }
}

HRESULT record_encode(const struct record *record, struct buffer *out)
{
    size_t start = out->len;
    HRESULT hr = out->hr;

    if (FAILED(hr)) return hr;
    if (!is_valid(record)) return E_INVALIDARG;

    put_record(out, record);
    hr = out->hr;
    if (hr == HRESULT_FROM_WIN32(ERROR_INVALID_DATA)) hr = E_INVALIDARG; /* more than the buffer may hold */
    if (SUCCEEDED(hr) && out->len - start > RECORD_MAX) hr = E_INVALIDARG;
    if (FAILED(hr))
    {
        if (out->len > start) out->len = start;
        out->hr = S_OK;
    }
    return hr;
}

/*
 * Decoding: a cursor that fails for good at the first octet that is wrong.  What the record points to is laid out in the memory; when
 * that proves too small the rest of the pass only adds up how much is needed, and a second pass has enough.
 */

struct cursor
{
    const BYTE *data;
    size_t len, pos;
    BOOL bad;
    struct record_memory *memory;
};

static void *take_memory(struct cursor *cursor, size_t count, size_t size)
{
    struct record_memory *memory = cursor->memory;
    size_t start = (memory->used + 7) & ~(size_t)7;

    /* The callers have checked the count against the octets left, so this neither overflows nor runs away. */
    memory->used = start + count * size;
    if (!memory->data || memory->used > memory->size) return NULL;
    return (BYTE *)memory->data + start;
}

static const BYTE *get_bytes(struct cursor *cursor, size_t size)
{
    if (cursor->bad || size > cursor->len - cursor->pos)
    {
        cursor->bad = TRUE;
        return NULL;
    }
    cursor->pos += size;
    return cursor->data + cursor->pos - size;
}

static UINT32 get_u8(struct cursor *cursor)
{
    const BYTE *bytes = get_bytes(cursor, 1);

    return bytes ? bytes[0] : 0;
}

static UINT32 get_u16(struct cursor *cursor)
{
    const BYTE *bytes = get_bytes(cursor, 2);

    return bytes ? bytes[0] | (UINT32)bytes[1] << 8 : 0;
}

static UINT32 get_u32(struct cursor *cursor)
{
    const BYTE *bytes = get_bytes(cursor, 4);

    return bytes ? bytes[0] | (UINT32)bytes[1] << 8 | (UINT32)bytes[2] << 16 | (UINT32)bytes[3] << 24 : 0;
}

static UINT64 get_u64(struct cursor *cursor)
{
    UINT64 low = get_u32(cursor);

    return low | (UINT64)get_u32(cursor) << 32;
}

static BOOL get_bool(struct cursor *cursor)
{
    UINT32 value = get_u8(cursor);

    if (value > 1) cursor->bad = TRUE;
    return value == 1;
}

static GUID get_guid(struct cursor *cursor)
{
    const BYTE *bytes;
    GUID guid;

    memset(&guid, 0, sizeof(guid));
    guid.Data1 = get_u32(cursor);
    guid.Data2 = (UINT16)get_u16(cursor);
    guid.Data3 = (UINT16)get_u16(cursor);
    if ((bytes = get_bytes(cursor, sizeof(guid.Data4)))) memcpy(guid.Data4, bytes, sizeof(guid.Data4));
    return guid;
}

/* A number of elements that take at least min octets each: more than can follow is bad. */
static UINT32 get_count(struct cursor *cursor, size_t min)
{
    UINT32 count = get_u32(cursor);

    if (cursor->bad || count > (cursor->len - cursor->pos) / min)
    {
        cursor->bad = TRUE;
        return 0;
    }
    return count;
}

static const WCHAR *get_string(struct cursor *cursor)
{
    UINT32 len = get_u32(cursor), i;
    const BYTE *bytes;
    WCHAR *string;

    if (len == NO_STRING) return NULL;
    if (cursor->bad || len > (cursor->len - cursor->pos) / sizeof(WCHAR))
    {
        cursor->bad = TRUE;
        return NULL;
    }
    bytes = get_bytes(cursor, len * sizeof(WCHAR));
    for (i = 0; i < len; i++)
    {
        if (bytes[2 * i] || bytes[2 * i + 1]) continue;
        cursor->bad = TRUE;
        return NULL;
    }
    if (!(string = take_memory(cursor, len + (size_t)1, sizeof(WCHAR)))) return NULL;
    memcpy(string, bytes, len * sizeof(WCHAR));
    string[len] = 0;
    return string;
}

static const char *get_text(struct cursor *cursor, UINT32 *size)
{
    const BYTE *bytes;
    char *text;

    *size = get_u32(cursor);
    if (*size == NO_STRING || !(bytes = get_bytes(cursor, *size)) || memchr(bytes, 0, *size))
    {
        if (*size != NO_STRING) cursor->bad = TRUE;
        *size = 0;
        return NULL;
    }
    if (!(text = take_memory(cursor, *size + (size_t)1, 1))) return NULL;
    memcpy(text, bytes, *size);
    text[*size] = 0;
    return text;
}

static void get_failure(struct cursor *cursor, struct job_failure *failure)
{
    failure->hr = (HRESULT)get_u32(cursor);
    failure->context = get_u32(cursor);
    failure->file = get_u32(cursor);
}

static const struct file_range *get_ranges(struct cursor *cursor, UINT32 *count)
{
    struct file_range *ranges, range;
    UINT32 i;

    *count = get_count(cursor, 16);
    if (!*count) return NULL;
    ranges = take_memory(cursor, *count, sizeof(*ranges));
    for (i = 0; i < *count; i++)
    {
        range.offset = get_u64(cursor);
        range.length = get_u64(cursor);
        if (ranges) ranges[i] = range;
    }
    return ranges;
}

static const UINT64 *get_pairs(struct cursor *cursor, UINT32 *count)
{
    UINT64 *flat, number;
    UINT32 i;

    *count = get_count(cursor, 16);
    if (!*count) return NULL;
    flat = take_memory(cursor, *count, 2 * sizeof(*flat));
    for (i = 0; i < 2 * *count; i++)
    {
        number = get_u64(cursor);
        if (flat) flat[i] = number;
    }
    return flat;
}

static void get_value(struct cursor *cursor, struct prop_value *value)
{
    const BYTE *bytes;
    BYTE *blob;

    memset(value, 0, sizeof(*value));
    value->prop = get_u16(cursor);
    if (cursor->bad || (UINT32)value->prop >= PROP_COUNT)
    {
        cursor->bad = TRUE;
        return;
    }
    switch (prop_type_of(value->prop))
    {
    case PROP_TYPE_U32:
        value->number = get_u32(cursor);
        break;
    case PROP_TYPE_U64:
        value->number = get_u64(cursor);
        break;
    case PROP_TYPE_STRING:
        value->string = get_string(cursor);
        break;
    case PROP_TYPE_GUID:
        value->guid = get_guid(cursor);
        break;
    case PROP_TYPE_BLOB:
        value->blob_size = get_u32(cursor);
        if (!(bytes = get_bytes(cursor, value->blob_size)) || !value->blob_size) break;
        if ((blob = take_memory(cursor, value->blob_size, 1))) memcpy(blob, bytes, value->blob_size);
        value->blob = blob;
        break;
    }
}

static void get_values(struct cursor *cursor, struct record *record)
{
    struct prop_value *values, value;
    UINT32 count, i;

    count = get_count(cursor, 6);
    values = take_memory(cursor, count, sizeof(*values));
    for (i = 0; i < count; i++)
    {
        get_value(cursor, &value);
        if (values) values[i] = value;
    }
    record->u.set.values = values;
    record->u.set.count = count;
}

static void get_file(struct cursor *cursor, struct record_file *file)
{
    file->remote_name = get_string(cursor);
    file->local_name = get_string(cursor);
    file->temp_name = get_string(cursor);
    file->ranges = get_ranges(cursor, &file->range_count);
    file->volume_serial = get_u32(cursor);
}

static void get_files(struct cursor *cursor, struct record *record)
{
    struct record_file *files, file;
    UINT32 count, i;

    count = get_count(cursor, 20);
    files = take_memory(cursor, count, sizeof(*files));
    for (i = 0; i < count; i++)
    {
        get_file(cursor, &file);
        if (files) files[i] = file;
    }
    record->u.add_files.files = files;
    record->u.add_files.count = count;
}

static void get_names(struct cursor *cursor, struct record *record)
{
    struct record_name *names, name;
    UINT32 count, i;

    count = get_count(cursor, 8);
    names = take_memory(cursor, count, sizeof(*names));
    for (i = 0; i < count; i++)
    {
        name.file = get_u32(cursor);
        name.remote_name = get_string(cursor);
        if (names) names[i] = name;
    }
    record->u.names.names = names;
    record->u.names.count = count;
}

static void get_publish(struct cursor *cursor, struct record *record)
{
    UINT32 *files, count, file, i;

    count = get_count(cursor, 4);
    files = take_memory(cursor, count, sizeof(*files));
    for (i = 0; i < count; i++)
    {
        file = get_u32(cursor);
        if (files) files[i] = file;
    }
    record->u.publish.files = files;
    record->u.publish.count = count;
    record->u.publish.caller = get_string(cursor);
}

static void get_file_facts(struct cursor *cursor, struct record *record)
{
    struct record_file_fact *facts, fact;
    UINT32 count, i;

    count = get_count(cursor, 40);
    facts = take_memory(cursor, count, sizeof(*facts));
    for (i = 0; i < count; i++)
    {
        fact.file = get_u32(cursor);
        fact.flags = get_u32(cursor);
        fact.volume_serial = get_u32(cursor);
        fact.restarts = get_u32(cursor);
        fact.remote_size = get_u64(cursor);
        fact.remote_time = get_u64(cursor);
        fact.received = get_pairs(cursor, &fact.received_count);
        fact.headers = get_text(cursor, &fact.headers_size);
        if (facts) facts[i] = fact;
    }
    record->u.file_facts.files = facts;
    record->u.file_facts.count = count;
}

static void get_record(struct cursor *cursor, struct record *record)
{
    record->type = get_u16(cursor);
    if (get_u16(cursor) != RECORD_VERSION) cursor->bad = TRUE;
    record->time = get_u64(cursor);

    switch (record->type)
    {
    case RECORD_CREATE:
        record->u.create.type = get_u32(cursor);
        record->u.create.owner = get_string(cursor);
        record->u.create.display_name = get_string(cursor);
        record->u.create.integrity = get_u32(cursor);
        record->u.create.elevated = get_bool(cursor);
        break;
    case RECORD_SET:
        get_values(cursor, record);
        break;
    case RECORD_ADD_FILES:
        get_files(cursor, record);
        break;
    case RECORD_STATE:
        record->u.state.state = get_u32(cursor);
        get_failure(cursor, &record->u.state.failure);
        record->u.state.error_count = get_u32(cursor);
        record->u.state.resumed = get_bool(cursor);
        record->u.state.completion_time = get_u64(cursor);
        record->u.state.no_progress_time = get_u64(cursor);
        record->u.state.download_msec = get_u64(cursor);
        break;
    case RECORD_FILE_NAMES:
        get_names(cursor, record);
        break;
    case RECORD_FILE_BEGIN:
        record->u.begin.file = get_u32(cursor);
        record->u.begin.remote_size = get_u64(cursor);
        record->u.begin.remote_time = get_u64(cursor);
        record->u.begin.volume_serial = get_u32(cursor);
        record->u.begin.restarts = get_u32(cursor);
        break;
    case RECORD_FILE_PROGRESS:
        record->u.progress.file = get_u32(cursor);
        record->u.progress.offset = get_u64(cursor);
        record->u.progress.length = get_u64(cursor);
        record->u.progress.no_progress_time = get_u64(cursor);
        record->u.progress.download_msec = get_u64(cursor);
        break;
    case RECORD_FILE_DONE:
        record->u.done.file = get_u32(cursor);
        record->u.done.size = get_u64(cursor);
        break;
    case RECORD_FILE_HEADERS:
        record->u.headers.file = get_u32(cursor);
        record->u.headers.headers = get_text(cursor, &record->u.headers.size);
        break;
    case RECORD_FILE_FLAGS:
        record->u.flags.file = get_u32(cursor);
        record->u.flags.set = get_u32(cursor);
        record->u.flags.clear = get_u32(cursor);
        break;
    case RECORD_COMPLETING:
    case RECORD_PUBLISHED:
        get_publish(cursor, record);
        break;
    case RECORD_OWNER:
        record->u.owner.owner = get_string(cursor);
        record->u.owner.integrity = get_u32(cursor);
        record->u.owner.elevated = get_bool(cursor);
        break;
    case RECORD_NOTIFIED:
        record->u.notified.notified = get_bool(cursor);
        break;
    case RECORD_JOB_FACTS:
        record->u.facts.creation_time = get_u64(cursor);
        record->u.facts.modification_time = get_u64(cursor);
        get_failure(cursor, &record->u.facts.failure);
        record->u.facts.error_count = get_u32(cursor);
        record->u.facts.resumed = get_bool(cursor);
        record->u.facts.notified = get_bool(cursor);
        record->u.facts.completing = get_bool(cursor);
        record->u.facts.cleaning = get_bool(cursor);
        record->u.facts.completer = get_string(cursor);
        break;
    case RECORD_FILE_FACTS:
        get_file_facts(cursor, record);
        break;
    case RECORD_FILE_REQUEST:
        record->u.request.file = get_u32(cursor);
        record->u.request.first = get_u64(cursor);
        record->u.request.ranges = get_pairs(cursor, &record->u.request.count);
        break;
    case RECORD_UPLOAD:
        record->u.upload.id = get_text(cursor, &record->u.upload.id_size);
        record->u.upload.host = get_string(cursor);
        record->u.upload.host_timeout = get_u32(cursor);
        record->u.upload.host_failed = get_u64(cursor);
        record->u.upload.acknowledged = get_u64(cursor);
        break;
    case RECORD_REPLY_FILE:
        get_file(cursor, &record->u.reply);
        break;
    case RECORD_COMPLETED:
    case RECORD_COMPLETE_FAILED:
    case RECORD_CANCELLED:
    case RECORD_CLEANED:
        break;
    default:
        cursor->bad = TRUE;
        break;
    }
    if (cursor->pos != cursor->len) cursor->bad = TRUE;
}

HRESULT record_decode(const BYTE *data, size_t len, struct record *record, struct record_memory *memory)
{
    struct cursor cursor;
    size_t size;
    UINT32 pass;
    void *grown;

    if (len > RECORD_MAX) return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);

    for (pass = 0; pass < 2; pass++)
    {
        memset(&record->u, 0, sizeof(record->u));
        memset(&cursor, 0, sizeof(cursor));
        cursor.data = data;
        cursor.len = len;
        cursor.memory = memory;
        memory->used = 0;

        get_record(&cursor, record);
        if (cursor.bad) return HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
        if (memory->used <= memory->size) break;
        size = memory->used + memory->used / 2; /* the next record may be a little longer */
        if (!(grown = malloc(size))) return E_OUTOFMEMORY;
        free(memory->data);
        memory->data = grown;
        memory->size = size;
    }
    return is_valid(record) ? S_OK : HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
}

void record_memory_free(struct record_memory *memory)
{
    free(memory->data);
    memset(memory, 0, sizeof(*memory));
}
