/*
 * Requests for small files before their turn
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

void ahead_init(struct ahead *ahead)
{
    memset(ahead, 0, sizeof(*ahead));
}

static void free_file(struct ahead_file *file)
{
    free(file->url);
    free(file->raw);
    headers_free(&file->headers);
}

void ahead_free(struct ahead *ahead)
{
    UINT32 i;

    for (i = 0; i < ahead->count; i++) free_file(&ahead->files[i]);
    ahead_init(ahead);
}

static struct ahead_file *find(const struct ahead *ahead, UINT32 file)
{
    UINT32 i;

    for (i = 0; i < ahead->count; i++)
        if (ahead->files[i].file == file) return (struct ahead_file *)&ahead->files[i];
    return NULL;
}

static void put_on_wire(struct ahead *ahead, UINT32 file, BOOL head)
{
    ahead->wire[ahead->wire_count].file = file;
    ahead->wire[ahead->wire_count++].head = head;
}

static void count_wanted(const struct ahead *ahead, UINT32 *count, UINT64 *octets)
{
    UINT32 i;

    *count = 0;
    *octets = 0;
    for (i = 0; i < ahead->count; i++)
    {
        if (ahead->files[i].stage != AHEAD_WANTED) continue;
        ++*count;
        *octets += ahead->files[i].size;
    }
}

BOOL ahead_is_low(const struct ahead *ahead)
{
    UINT32 count, i;
    UINT64 octets;

    for (i = 0; i < ahead->wire_count; i++)
        if (ahead->wire[i].head) return FALSE;
    count_wanted(ahead, &count, &octets);
    return count <= AHEAD_GETS / 2;
}

HRESULT ahead_ask(struct ahead *ahead, UINT32 file, const WCHAR *url)
{
    struct ahead_file *entry = &ahead->files[ahead->count];

    if (ahead->count == AHEAD_FILES || ahead->wire_count == ARRAY_SIZE(ahead->wire)) return S_FALSE;
    memset(entry, 0, sizeof(*entry));
    if (!(entry->url = str_dup(url))) return E_OUTOFMEMORY;
    entry->file = file;
    headers_init(&entry->headers);
    ahead->count++;
    ahead->next = file + 1;
    put_on_wire(ahead, file, TRUE);
    return S_OK;
}

static BOOL is_fresh(const struct ahead_file *file, UINT64 now)
{
    return file->stage != AHEAD_ASKED && now - file->answered < AHEAD_FRESH;
}

const struct ahead_file *ahead_want(struct ahead *ahead, UINT64 now)
{
    UINT64 octets;
    UINT32 i, count;

    count_wanted(ahead, &count, &octets);
    if (count == AHEAD_GETS) return NULL;
    for (i = 0; i < ahead->count; i++)
    {
        struct ahead_file *file = &ahead->files[i];

        if (file->stage == AHEAD_WANTED || !file->size) continue;       /* an empty one is never asked for [BEH.HTTP.37] */
        if (!is_fresh(file, now) || file->size > AHEAD_SMALL || octets + file->size > AHEAD_BODIES) break;
        if (ahead->wire_count == ARRAY_SIZE(ahead->wire)) break;
        file->stage = AHEAD_WANTED;
        put_on_wire(ahead, file->file, FALSE);
        return file;
    }
    return NULL;
}

HRESULT ahead_get_request(const struct fetch_params *params, const struct ahead_file *file, struct fetch_request *request)
{
    struct fetch_reply reply = { 200, SIZE_UNKNOWN, &file->headers };
    struct fetch fetch;
    HRESULT hr;

    if (FAILED(hr = fetch_init(&fetch, params))) return hr;
    hr = S_FALSE;
    if (fetch_next(&fetch, 0) == FETCH_HEAD)
    {
        fetch_on_reply(&fetch, &reply);
        if (fetch_next(&fetch, 0) == FETCH_BEGIN)
        {
            fetch_on_begun(&fetch);
            if (fetch_next(&fetch, 0) == FETCH_GET && fetch.request.piece_count <= 1)
            {
                *request = fetch.request;
                request->pieces = NULL;
                hr = S_OK;
            }
        }
    }
    fetch_free(&fetch);
    return hr;
}

static void remove_file(struct ahead *ahead, struct ahead_file *file)
{
    free_file(file);
    memmove(file, file + 1, (ahead->files + ahead->count - (file + 1)) * sizeof(*file));
    ahead->count--;
}

void ahead_sent(struct ahead *ahead, UINT32 count)
{
    struct ahead_file *file;

    while (ahead->wire_count > count)
    {
        const struct ahead_request *request = &ahead->wire[--ahead->wire_count];

        if (!(file = find(ahead, request->file))) continue;
        if (!request->head) file->stage = AHEAD_KNOWN;
        else if (file->stage == AHEAD_ASKED)
        {
            ahead->next = min(ahead->next, file->file);
            remove_file(ahead, file);
        }
    }
}

static void pop(struct ahead *ahead)
{
    memmove(ahead->wire, ahead->wire + 1, --ahead->wire_count * sizeof(*ahead->wire));
}

void ahead_take(struct ahead *ahead, UINT32 file, BOOL head)
{
    if (!ahead->wire_count) return;
    if (ahead->wire[0].file == file && ahead->wire[0].head == head) pop(ahead);
    else ahead_sent(ahead, 0);
}

const WCHAR *ahead_url(const struct ahead *ahead, UINT32 file)
{
    return find(ahead, file)->url;
}

const struct ahead_file *ahead_answering(const struct ahead *ahead)
{
    return ahead->wire_count && ahead->wire[0].head ? find(ahead, ahead->wire[0].file) : NULL;
}

void ahead_answer(struct ahead *ahead, UINT32 file, const struct fetch_reply *reply, const WCHAR *raw, UINT64 now)
{
    struct ahead_file *entry = find(ahead, file);

    if (!entry || entry->stage != AHEAD_ASKED) return;
    if (reply && reply->status == 200 && headers_content_length(reply->headers, &entry->size) == S_OK
        && SUCCEEDED(headers_copy(&entry->headers, reply->headers)) && (entry->raw = str_dup(raw)))
    {
        entry->stage = AHEAD_KNOWN;
        entry->answered = now;
    }
    else remove_file(ahead, entry);
}

BOOL ahead_is_small(const struct ahead *ahead, UINT32 file)
{
    const struct ahead_file *entry = find(ahead, file);

    return entry && entry->stage != AHEAD_ASKED && entry->size && entry->size <= AHEAD_SMALL;
}

const struct ahead_file *ahead_find(const struct ahead *ahead, UINT32 file, const WCHAR *url, UINT64 now)
{
    const struct ahead_file *entry = find(ahead, file);

    return entry && is_fresh(entry, now) && !str_cmp(entry->url, url) ? entry : NULL;
}

void ahead_drop(struct ahead *ahead, UINT32 file)
{
    struct ahead_file *entry = find(ahead, file);

    if (entry) remove_file(ahead, entry);
}
