/*
 * Sets of byte ranges
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

#include "core/ranges.h"

struct span
{
    UINT64 start, end;
};

struct range_block
{
    UINT32 count;
    struct span spans[RANGE_BLOCK];
};

/* A place in the set: block_count and 0 is the end. */
struct place
{
    size_t block;
    UINT32 index;
};

void ranges_init(struct range_set *set)
{
    memset(set, 0, sizeof(*set));
}

void ranges_free(struct range_set *set)
{
    size_t i;

    for (i = 0; i < set->block_count; i++) free(set->blocks[i]);
    free(set->blocks);
    ranges_init(set);
}

HRESULT ranges_copy(struct range_set *dst, const struct range_set *src)
{
    size_t i;

    ranges_init(dst);
    if (!src->block_count) return S_OK;
    if (!(dst->blocks = malloc(src->block_count * sizeof(*dst->blocks)))) return E_OUTOFMEMORY;
    dst->block_size = src->block_count;
    for (i = 0; i < src->block_count; i++)
    {
        if (!(dst->blocks[i] = malloc(sizeof(**dst->blocks))))
        {
            ranges_free(dst);
            return E_OUTOFMEMORY;
        }
        memcpy(dst->blocks[i], src->blocks[i], sizeof(**dst->blocks));
        dst->block_count++;
    }
    dst->count = src->count;
    dst->total = src->total;
    return S_OK;
}

static struct span *span_at(const struct range_set *set, struct place place)
{
    return place.block < set->block_count ? &set->blocks[place.block]->spans[place.index] : NULL;
}

/* The first span whose end is at or behind `offset`. */
static struct place find(const struct range_set *set, UINT64 offset)
{
    size_t low = 0, high = set->block_count;
    struct place place = {0, 0};
    UINT32 first, last;

    while (low < high)
    {
        size_t middle = low + (high - low) / 2;
        const struct range_block *block = set->blocks[middle];

        if (block->spans[block->count - 1].end < offset) low = middle + 1;
        else high = middle;
    }
    place.block = low;
    if (low == set->block_count) return place;

    first = 0;
    last = set->blocks[low]->count;
    while (first < last)
    {
        UINT32 middle = first + (last - first) / 2;

        if (set->blocks[low]->spans[middle].end < offset) first = middle + 1;
        else last = middle;
    }
    place.index = first;
    return place;
}

static struct place next_place(const struct range_set *set, struct place place)
{
    if (++place.index == set->blocks[place.block]->count)
    {
        place.block++;
        place.index = 0;
    }
    return place;
}

/* Makes a new, empty block at that index; the caller fills it. */
static HRESULT insert_block(struct range_set *set, size_t index)
{
    struct range_block *block, **blocks;
    size_t size;

    if (set->block_count == set->block_size)
    {
        size = set->block_size ? set->block_size * 2 : 4;
        if (size > (size_t)-1 / sizeof(*blocks)) return E_OUTOFMEMORY;
        if (!(blocks = realloc(set->blocks, size * sizeof(*blocks)))) return E_OUTOFMEMORY;
        set->blocks = blocks;
        set->block_size = size;
    }
    if (!(block = malloc(sizeof(*block)))) return E_OUTOFMEMORY;
    block->count = 0;
    memmove(set->blocks + index + 1, set->blocks + index, (set->block_count - index) * sizeof(*set->blocks));
    set->blocks[index] = block;
    set->block_count++;
    return S_OK;
}

/* Inserts a span in front of place, which must fit there. Nothing is changed on failure. */
static HRESULT insert(struct range_set *set, struct place place, UINT64 start, UINT64 end)
{
    struct range_block *block, *upper;
    HRESULT hr;

    if (place.block == set->block_count)
    {
        /* behind the last span: blocks that grow at the end are filled, not halved */
        if (place.block && set->blocks[place.block - 1]->count < RANGE_BLOCK)
        {
            place.block--;
            place.index = set->blocks[place.block]->count;
        }
        else if (FAILED(hr = insert_block(set, place.block))) return hr;
    }
    else if (set->blocks[place.block]->count == RANGE_BLOCK)
    {
        if (FAILED(hr = insert_block(set, place.block + 1))) return hr;
        block = set->blocks[place.block];
        upper = set->blocks[place.block + 1];
        upper->count = RANGE_BLOCK / 2;
        block->count = RANGE_BLOCK - upper->count;
        memcpy(upper->spans, block->spans + block->count, upper->count * sizeof(*upper->spans));
        if (place.index > block->count)
        {
            place.index -= block->count;
            place.block++;
        }
    }

    block = set->blocks[place.block];
    memmove(block->spans + place.index + 1, block->spans + place.index, (block->count - place.index) * sizeof(*block->spans));
    block->spans[place.index].start = start;
    block->spans[place.index].end = end;
    block->count++;
    set->count++;
    set->total += end - start;
    return S_OK;
}

/* Joins blocks around `index` that have become small, so that memory follows the number of spans. */
static void shrink(struct range_set *set, size_t index)
{
    struct range_block *block, *next;
    size_t stop = index + 1;

    if (index) index--;
    while (index < stop && index + 1 < set->block_count)
    {
        block = set->blocks[index];
        next = set->blocks[index + 1];
        if (block->count + next->count > RANGE_BLOCK / 2)
        {
            index++;
            continue;
        }
        memcpy(block->spans + block->count, next->spans, next->count * sizeof(*block->spans));
        block->count += next->count;
        free(next);
        set->block_count--;
        memmove(set->blocks + index + 1, set->blocks + index + 2, (set->block_count - index - 1) * sizeof(*set->blocks));
    }
}

/* Takes out every span from place on that ends at or before `end`, whole blocks at a time. */
static void erase_until(struct range_set *set, struct place place, UINT64 end)
{
    size_t first_empty = set->block_count, empty = 0, at = place.block;

    for (; place.block < set->block_count; place.block++, place.index = 0)
    {
        struct range_block *block = set->blocks[place.block];
        UINT32 stop = place.index;

        for (; stop < block->count && block->spans[stop].end <= end; stop++)
        {
            set->total -= block->spans[stop].end - block->spans[stop].start;
            set->count--;
        }
        if (stop > place.index)
        {
            memmove(block->spans + place.index, block->spans + stop, (block->count - stop) * sizeof(*block->spans));
            block->count -= stop - place.index;
        }
        if (!block->count)
        {
            if (!empty++) first_empty = place.block;
            continue;
        }
        if (place.index < block->count) break; /* a span that stays */
    }

    if (empty)
    {
        size_t i;

        for (i = first_empty; i < first_empty + empty; i++) free(set->blocks[i]);
        memmove(set->blocks + first_empty, set->blocks + first_empty + empty,
                (set->block_count - first_empty - empty) * sizeof(*set->blocks));
        set->block_count -= empty;
    }
    shrink(set, at);
}

static BOOL bad_range(UINT64 offset, UINT64 length)
{
    return length == LENGTH_TO_EOF || length > SIZE_UNKNOWN - offset;
}

HRESULT ranges_add(struct range_set *set, UINT64 offset, UINT64 length)
{
    UINT64 start = offset, end = offset + length;
    struct place place, next;
    struct span *span;

    if (bad_range(offset, length)) return E_INVALIDARG;
    if (!length) return S_OK;

    place = find(set, start);
    span = span_at(set, place);
    if (!span || span->start > end) return insert(set, place, start, end);

    /* grows this span over all that it touches; needs no memory */
    if (span->start < start) start = span->start;
    if (span->end >= end) end = span->end;
    else
    {
        struct place last = find(set, end);
        struct span *touched = span_at(set, last);

        if (touched && touched->start <= end) end = touched->end;
    }
    set->total += (end - start) - (span->end - span->start);
    span->start = start;
    span->end = end;
    next = next_place(set, place);
    span = span_at(set, next);
    if (span && span->start < end) erase_until(set, next, end);
    return S_OK;
}

BOOL ranges_next(const struct range_set *set, UINT64 from, UINT64 *offset, UINT64 *length)
{
    struct place place = find(set, from);
    struct span *span = span_at(set, place);

    if (span && span->end == from) span = span_at(set, next_place(set, place));
    if (!span) return FALSE;
    *offset = span->start;
    *length = span->end - span->start;
    return TRUE;
}

BOOL ranges_contains(const struct range_set *set, UINT64 offset, UINT64 length)
{
    UINT64 start, len;

    if (!length) return TRUE;
    if (bad_range(offset, length) || !ranges_next(set, offset, &start, &len)) return FALSE;
    return start <= offset && start + len >= offset + length;
}

BOOL ranges_gap(const struct range_set *set, UINT64 from, UINT64 limit, UINT64 *offset, UINT64 *length)
{
    UINT64 start, len, end = limit;

    if (ranges_next(set, from, &start, &len))
    {
        if (start <= from)
        {
            from = start + len;
            if (ranges_next(set, from, &start, &len) && start < end) end = start;
        }
        else if (start < end) end = start;
    }
    if (from >= end) return FALSE;
    *offset = from;
    *length = end - from;
    return TRUE;
}

void ranges_encode(const struct range_set *set, UINT64 *flat)
{
    size_t i;
    UINT32 j;

    for (i = 0; i < set->block_count; i++)
    {
        for (j = 0; j < set->blocks[i]->count; j++)
        {
            *flat++ = set->blocks[i]->spans[j].start;
            *flat++ = set->blocks[i]->spans[j].end - set->blocks[i]->spans[j].start;
        }
    }
}

HRESULT ranges_decode(struct range_set *set, const UINT64 *flat, size_t pairs)
{
    HRESULT hr = S_OK;
    UINT64 end = 0;

    ranges_init(set);
    for (; pairs && SUCCEEDED(hr); pairs--, flat += 2)
    {
        if (flat[0] < end || !flat[1] || bad_range(flat[0], flat[1])) hr = HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
        else hr = ranges_add(set, flat[0], flat[1]);
        end = flat[0] + flat[1];
    }
    if (FAILED(hr)) ranges_free(set);
    return hr;
}
