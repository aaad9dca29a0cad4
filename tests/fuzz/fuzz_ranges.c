/*
 * Fuzz target: sets of byte ranges
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
 * Input: operations of 5 octets, applied to a set and to an array of bytes, which must agree; and the same octets as flat pairs.
 */

#include "core/ranges.h"

#include <stdlib.h>

#define CHECK(cond) do { if (!(cond)) abort(); } while (0)
#define MODEL 2048

static void check_equal(const struct range_set *set, const BYTE *model)
{
    UINT64 total = 0, offset = 0, length;
    UINT32 i, count = 0;

    for (i = 0; i < MODEL; i++)
    {
        total += model[i];
        count += model[i] && (!i || !model[i - 1]);
    }
    CHECK(set->total == total && set->count == count);
    for (i = 0; ranges_next(set, offset, &offset, &length); offset += length)
    {
        for (; i < offset; i++) CHECK(!model[i]);
        for (; i < offset + length; i++) CHECK(model[i]);
    }
    for (; i < MODEL; i++) CHECK(!model[i]);
}

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size);

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size)
{
    struct range_set set, copy;
    BYTE model[MODEL] = {0};
    UINT64 flat[64], from;
    size_t pairs, i;

    ranges_init(&set);
    for (i = 0; i + 5 <= size; i += 5)
    {
        UINT32 offset = (data[i + 1] | data[i + 2] << 8) % MODEL, length = (data[i + 3] | data[i + 4] << 8) % MODEL;
        UINT64 gap = 0, gap_length = 0;
        UINT32 j, sum = 0;
        BOOL found;

        if (length > MODEL - offset) length = MODEL - offset;
        switch (data[i] % 3)
        {
            case 0:
                CHECK(ranges_add(&set, offset, length) == S_OK);
                memset(model + offset, 1, length);
                break;
            case 1:
                for (j = offset; j < offset + length; j++) sum += model[j];
                CHECK(ranges_contains(&set, offset, length) == (sum == length));
                found = ranges_gap(&set, offset, offset + length, &gap, &gap_length);
                for (j = offset; j < offset + length && model[j]; j++) ;
                CHECK(found == (j < offset + length));
                if (found) CHECK(gap == j && gap_length && !model[gap + gap_length - 1]);
                break;
            case 2: /* every second byte, to fill blocks */
                for (j = offset & ~1u; j < offset + length; j += 2)
                {
                    CHECK(ranges_add(&set, j, 1) == S_OK);
                    model[j] = 1;
                }
                break;
        }
        check_equal(&set, model);
    }
    CHECK(ranges_copy(&copy, &set) == S_OK);
    check_equal(&copy, model);
    ranges_free(&copy);
    ranges_free(&set);

    pairs = size / 16 < ARRAY_SIZE(flat) / 2 ? size / 16 : ARRAY_SIZE(flat) / 2;
    memcpy(flat, data, pairs * 16);
    if (ranges_decode(&set, flat, pairs) == S_OK)
    {
        UINT64 back[64], sum = 0;

        CHECK(set.count <= pairs);
        ranges_encode(&set, back);
        for (i = 0, from = 0; i < set.count; i++)
        {
            CHECK(back[2 * i] >= from && back[2 * i + 1]);
            from = back[2 * i] + back[2 * i + 1] + 1;
            sum += back[2 * i + 1];
        }
        CHECK(sum == set.total);
    }
    ranges_free(&set);
    return 0;
}
