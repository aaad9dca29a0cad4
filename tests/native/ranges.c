/*
 * Tests of the sets of byte ranges
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
#include "wine/test.h"

#define KB ((UINT64)1024)

static UINT64 seed;

static UINT32 rnd(UINT32 limit)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (UINT32)(seed >> 16) % limit;
}

/* "0+5 10+1" */
static const char *text_of(const struct range_set *set)
{
    static char text[1024];
    UINT64 from = 0, offset, length;
    size_t len = 0;

    text[0] = 0;
    while (ranges_next(set, from, &offset, &length) && len < sizeof(text) - 64)
    {
        len += sprintf(text + len, "%s%llu+%llu", len ? " " : "", (unsigned long long)offset, (unsigned long long)length);
        from = offset + length;
    }
    return text;
}

static void test_rows(void)
{
    static const struct { const char *steps; const char *result; UINT64 total; } rows[] =
    {
        {"", "", 0},
        {"+0,0", "", 0},
        {"+0,5", "0+5", 5},
        {"+0,5 +5,5", "0+10", 10},
        {"+5,5 +0,5", "0+10", 10},
        {"+0,5 +6,4", "0+5 6+4", 9},
        {"+0,5 +6,4 +5,1", "0+10", 10},
        {"+0,5 +2,2", "0+5", 5},
        {"+2,2 +0,9", "0+9", 9},
        {"+1,1 +3,1 +5,1 +7,1 +2,4", "1+5 7+1", 6},
        {"+1,1 +3,1 +5,1 +7,1 +0,9", "0+9", 9},
        {"+18446744073709551614,1", "18446744073709551614+1", 1},
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        const char *p = rows[i].steps;
        struct range_set set;

        winetest_push_context("%s", rows[i].steps);
        ranges_init(&set);
        while (*p)
        {
            UINT64 offset, length;
            HRESULT hr;
            char *end;

            offset = strtoull(p + 1, &end, 10);
            length = strtoull(end + 1, &end, 10);
            for (p = end; *p == ' '; p++) ;
            hr = ranges_add(&set, offset, length);
            ok(hr == S_OK, "got %#x\n", hr);
        }
        ok(!strcmp(text_of(&set), rows[i].result), "got %s\n", text_of(&set));
        ok(set.total == rows[i].total, "total %llu\n", (unsigned long long)set.total);
        ranges_free(&set);
        winetest_pop_context();
    }
}

static void test_arguments(void)
{
    UINT64 offset = 77, length = 77;
    struct range_set set, copy;
    HRESULT hr;

    ranges_init(&set);
    hr = ranges_add(&set, 1, LENGTH_TO_EOF);
    ok(hr == E_INVALIDARG, "got %#x\n", hr);
    hr = ranges_add(&set, 0, LENGTH_TO_EOF);
    ok(hr == E_INVALIDARG, "got %#x\n", hr);
    hr = ranges_add(&set, SIZE_UNKNOWN, 1);
    ok(hr == E_INVALIDARG, "got %#x\n", hr);
    hr = ranges_add(&set, SIZE_UNKNOWN, 0);
    ok(hr == S_OK, "got %#x\n", hr);
    hr = ranges_add(&set, 2, SIZE_UNKNOWN - 1);
    ok(hr == E_INVALIDARG, "got %#x\n", hr);
    ok(!set.count && !set.total, "a refused range was added\n");

    ok(ranges_contains(&set, 5, 0) && !ranges_contains(&set, 5, 1), "empty set contains a byte\n");
    ok(!ranges_next(&set, 0, &offset, &length), "empty set has a range\n");
    ok(!ranges_gap(&set, 5, 5, &offset, &length), "gap in nothing\n");
    ok(ranges_gap(&set, 5, SIZE_UNKNOWN, &offset, &length) && offset == 5 && length == SIZE_UNKNOWN - 5, "wrong gap\n");
    hr = ranges_copy(&copy, &set);
    ok(hr == S_OK && !copy.count, "got %#x\n", hr);
    ranges_free(&copy);

    ranges_add(&set, 10, 10);
    ranges_add(&set, 30, 10);
    ok(ranges_gap(&set, 0, 100, &offset, &length) && offset == 0 && length == 10, "wrong gap\n");
    ok(ranges_gap(&set, 10, 100, &offset, &length) && offset == 20 && length == 10, "wrong gap\n");
    ok(ranges_gap(&set, 19, 25, &offset, &length) && offset == 20 && length == 5, "wrong gap\n");
    ok(!ranges_gap(&set, 10, 20, &offset, &length), "gap inside a range\n");
    ok(ranges_gap(&set, 30, 100, &offset, &length) && offset == 40 && length == 60, "wrong gap\n");
    ok(!ranges_gap(&set, 30, 40, &offset, &length), "gap inside a range\n");
    ok(ranges_next(&set, 20, &offset, &length) && offset == 30, "wrong range\n");
    ok(ranges_next(&set, 19, &offset, &length) && offset == 10, "wrong range\n");
    ok(ranges_contains(&set, 10, 10) && !ranges_contains(&set, 10, 11) && !ranges_contains(&set, 9, 2), "wrong content\n");
    ok(!ranges_contains(&set, 19, 12), "contains a gap\n");

    hr = ranges_copy(&copy, &set);
    ok(hr == S_OK && !strcmp(text_of(&copy), "10+10 30+10") && copy.total == 20, "got %#x %s\n", hr, text_of(&copy));
    ranges_add(&copy, 20, 10);
    ok(!strcmp(text_of(&set), "10+10 30+10"), "the copy shares memory\n");
    ranges_free(&copy);
    ranges_free(&set);
    ok(!set.count && !set.total && !set.blocks, "not empty\n");
}

static void test_flat(void)
{
    static const struct { UINT64 flat[4]; size_t pairs; HRESULT hr; } rows[] =
    {
        {{0}, 0, S_OK},
        {{0, 5, 7, 1}, 2, S_OK},
        {{0, 5, 5, 1}, 2, S_OK},                      /* neighbours are merged */
        {{0, 0}, 1, (HRESULT)0x8007000d},
        {{5, 1, 0, 1}, 2, (HRESULT)0x8007000d},
        {{0, 5, 4, 1}, 2, (HRESULT)0x8007000d},
        {{1, SIZE_UNKNOWN}, 1, (HRESULT)0x8007000d},
        {{0, SIZE_UNKNOWN}, 1, (HRESULT)0x8007000d},
        {{5, SIZE_UNKNOWN - 3}, 1, (HRESULT)0x8007000d},
        {{0, SIZE_UNKNOWN - 1, 3, 3}, 2, (HRESULT)0x8007000d},
    };
    struct range_set set;
    UINT64 flat[4];
    HRESULT hr;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        memset(&set, 0xcc, sizeof(set));
        hr = ranges_decode(&set, rows[i].flat, rows[i].pairs);
        ok(hr == rows[i].hr, "%u: got %#x\n", (unsigned int)i, hr);
        if (FAILED(hr)) ok(!set.count && !set.total && !set.blocks, "%u: not empty\n", (unsigned int)i);
        ranges_free(&set);
    }

    ranges_decode(&set, rows[1].flat, 2);
    ranges_encode(&set, flat);
    ok(set.count == 2 && !memcmp(flat, rows[1].flat, sizeof(flat)), "the pairs did not come back\n");
    ranges_free(&set);
}

/* The same operations on an array of bytes. */
#define MODEL 6000
static BYTE model[MODEL];

static BOOL check_model(const struct range_set *set)
{
    UINT64 total = 0, from, limit, offset, length, within = 0;
    UINT32 i, count = 0, gap, gap_end;
    struct range_set decoded;
    BOOL good, found;
    UINT64 *flat;

    for (i = 0; i < MODEL; i++)
    {
        total += model[i];
        count += model[i] && (!i || !model[i - 1]);
    }
    if (total != set->total || count != set->count) return FALSE;
    for (i = 0, offset = 0; ranges_next(set, offset, &offset, &length); offset += length)
    {
        for (; i < offset; i++) if (model[i]) return FALSE;
        for (; i < offset + length; i++) if (!model[i]) return FALSE;
    }
    for (; i < MODEL; i++) if (model[i]) return FALSE;

    from = rnd(MODEL);
    limit = rnd(MODEL);
    for (gap = from; gap < limit && model[gap]; gap++) ;
    for (gap_end = gap; gap_end < limit && !model[gap_end]; gap_end++) ;
    found = ranges_gap(set, from, limit, &offset, &length);
    if (found != (gap < limit) || (found && (offset != gap || length != gap_end - gap))) return FALSE;
    for (i = from; i < MODEL && i < from + limit; i++) within += model[i];
    if (ranges_contains(set, from, limit) != (within == limit)) return FALSE;

    if (rnd(16)) return TRUE;
    flat = malloc((set->count * 2 + 1) * sizeof(*flat));
    ranges_encode(set, flat);
    good = ranges_decode(&decoded, flat, set->count) == S_OK && decoded.total == set->total && decoded.count == set->count;
    ranges_free(&decoded);
    free(flat);
    return good;
}

static void test_random(void)
{
    static const UINT32 lengths[] = {2, 3, 30, 500, MODEL};
    UINT32 round, step;

    for (round = 0; round < 300; round++)
    {
        UINT32 limit = lengths[round % ARRAY_SIZE(lengths)];
        struct range_set set;

        seed = 0x9e3779b97f4a7c15ull + round;
        ranges_init(&set);
        memset(model, 0, sizeof(model));
        /* many single bytes first, so that more than one block is in play */
        for (step = 0; round & 1 && step < MODEL; step += 2)
        {
            if (ranges_add(&set, step, 1) != S_OK) break;
            model[step] = 1;
        }
        for (step = 0; step < 400; step++)
        {
            UINT32 offset = rnd(MODEL), length = rnd(limit);
            HRESULT hr;

            if (length > MODEL - offset) length = MODEL - offset;
            hr = ranges_add(&set, offset, length);
            memset(model + offset, 1, length);
            if (hr != S_OK || (step % 8 == 7 && !check_model(&set))) break;
        }
        ok(step == 400, "round %u went wrong at step %u\n", round, step);
        ranges_free(&set);
    }
}

/* A file of 1 GiB that arrives in blocks of 4 KiB in any order. */
static void test_large(void)
{
    const UINT32 count = 262144;
    size_t most = 0, blocks = 0;
    UINT32 *order, i, j, swap;
    struct range_set set;
    HRESULT hr = S_OK;

    order = malloc(count * sizeof(*order));
    seed = 88172645463325252ull;
    for (i = 0; i < count; i++) order[i] = i;
    for (i = count - 1; i; i--)
    {
        j = rnd(i + 1);
        swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }

    ranges_init(&set);
    for (i = 0; i < count && hr == S_OK; i++)
    {
        hr = ranges_add(&set, order[i] * 4 * KB, 4 * KB);
        if (set.count > most) most = set.count;
        if (set.block_count > blocks) blocks = set.block_count;
    }
    ok(hr == S_OK && i == count, "got %#x after %u\n", hr, i);
    ok(most > 50000, "only %u ranges at once\n", (unsigned int)most);
    ok(blocks < 4 * most / RANGE_BLOCK, "%u blocks\n", (unsigned int)blocks);
    ok(set.count == 1 && set.total == KB * KB * KB && set.block_count == 1, "%u ranges in %u blocks\n",
       (unsigned int)set.count, (unsigned int)set.block_count);
    ranges_free(&set);
    free(order);
}

/* A copy grows like its original. */
static void test_copy(void)
{
    struct range_set set, copy;
    UINT64 i;
    HRESULT hr;

    ranges_init(&set);
    for (i = 0; i < 2000; i++)
    {
        hr = ranges_add(&set, 10 * i, 5);
        ok(hr == S_OK, "got %#x\n", hr);
    }
    hr = ranges_copy(&copy, &set);
    ok(hr == S_OK, "got %#x\n", hr);
    for (; i < 10000; i++)
    {
        hr = ranges_add(&copy, 10 * i, 5);
        ok(hr == S_OK, "got %#x\n", hr);
    }
    for (i = 0; i < 10000; i++)
        ok(ranges_contains(&copy, 10 * i, 5) && ranges_contains(&set, 10 * i, 5) == (i < 2000), "range %u\n", (UINT32)i);
    ranges_free(&copy);
    ranges_free(&set);
}

START_TEST(ranges)
{
    test_copy();
    test_rows();
    test_arguments();
    test_flat();
    test_random();
    test_large();
}
