/*
 * Test the ranges a client asks for
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


#include "core/range_list.h"
#include "wine/test.h"

#define EOF_LENGTH LENGTH_TO_EOF
#define MAX_OFFSET ((UINT64)-1)

static void test_rows(void)
{
    static const struct
    {
        struct file_range ranges[4];
        UINT32 count;
        HRESULT hr;
    }
    rows[] =
    {
        {{{0, 0}}, 0, S_OK},
        {{{0, 1}}, 1, S_OK},
        {{{0, EOF_LENGTH}}, 1, S_OK},
        {{{MAX_OFFSET - 1, EOF_LENGTH}}, 1, S_OK},
        {{{MAX_OFFSET - 1, 1}}, 1, S_OK},
        {{{100, 100}, {900, EOF_LENGTH}, {400, 100}}, 3, S_OK},
        {{{10, 10}, {0, 10}, {20, 10}}, 3, S_OK},
        {{{MAX_OFFSET, 1}}, 1, BG_E_INVALID_RANGE},
        {{{MAX_OFFSET, EOF_LENGTH}}, 1, BG_E_INVALID_RANGE},
        {{{MAX_OFFSET - 1, 2}}, 1, BG_E_INVALID_RANGE},
        {{{2, MAX_OFFSET - 1}}, 1, BG_E_INVALID_RANGE},
        {{{0, 0}}, 1, BG_E_INVALID_RANGE},
        {{{0, 5}, {5, 0}}, 2, BG_E_INVALID_RANGE},
        {{{0, 5}, {9, 0}, {20, 1}}, 3, BG_E_INVALID_RANGE},
        {{{0, 10}, {0, 10}}, 2, BG_E_OVERLAPPING_RANGES},
        {{{0, 10}, {9, 10}}, 2, BG_E_OVERLAPPING_RANGES},
        {{{9, 10}, {0, 10}}, 2, BG_E_OVERLAPPING_RANGES},
        {{{0, 100}, {10, 1}, {200, 1}}, 3, BG_E_OVERLAPPING_RANGES},
        {{{5, EOF_LENGTH}, {6, 1}}, 2, BG_E_OVERLAPPING_RANGES},
        {{{6, 1}, {5, EOF_LENGTH}}, 2, BG_E_OVERLAPPING_RANGES},
        {{{5, EOF_LENGTH}, {5, EOF_LENGTH}}, 2, BG_E_OVERLAPPING_RANGES},
        /* two pages contradict each other: both orders are refused [JOB3.AddFileWithRanges.A1] */
        {{{100, 5}, {100, 0}}, 2, BG_E_OVERLAPPING_RANGES},
        {{{100, 0}, {100, 5}}, 2, BG_E_OVERLAPPING_RANGES},
    };
    HRESULT hr;
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        hr = range_list_check(rows[i].ranges, rows[i].count);
        ok(hr == rows[i].hr, "row %u: got %#x, expected %#x\n", i, hr, rows[i].hr);
    }
}

/* Against a map of the first bytes. */
static void test_random(void)
{
    UINT64 seed = 88172645463325252;
    struct file_range ranges[6];
    HRESULT hr, expect;
    UINT32 round, i, j;

    for (round = 0; round < 20000; round++)
    {
        UINT32 count;
        char map[80] = {0};

        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        count = 1 + seed % ARRAY_SIZE(ranges);
        expect = S_OK;
        for (i = 0; i < count; i++)
        {
            ranges[i].offset = (seed >> (8 + i * 9)) % 64;
            ranges[i].length = 1 + (seed >> (5 + i * 7)) % 8;
            for (j = 0; j < ranges[i].length; j++)
                if (map[ranges[i].offset + j]++) expect = BG_E_OVERLAPPING_RANGES;
        }
        hr = range_list_check(ranges, count);
        if (hr != expect) ok(0, "round %u: got %#x, expected %#x\n", round, hr, expect);
    }
    ok(round == 20000, "stopped\n");
}

START_TEST(range_list)
{
    test_rows();
    test_random();
}
