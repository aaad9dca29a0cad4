/*
 * The ranges a client asks for, in a list
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

static int compare_offsets(const void *a, const void *b)
{
    const struct file_range *left = a, *right = b;

    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

HRESULT range_list_check(const struct file_range *ranges, UINT32 count)
{
    struct file_range *sorted;
    BOOL empty = FALSE;
    HRESULT hr = S_OK;
    UINT32 i;

    for (i = 0; i < count; i++)
    {
        if (ranges[i].offset == LENGTH_TO_EOF) return BG_E_INVALID_RANGE;
        if (ranges[i].length != LENGTH_TO_EOF && ranges[i].length > SIZE_UNKNOWN - ranges[i].offset) return BG_E_INVALID_RANGE;
        if (!ranges[i].length) empty = TRUE;
    }

    if (!(sorted = malloc((count + (size_t)1) * sizeof(*sorted)))) return E_OUTOFMEMORY;
    if (count) memcpy(sorted, ranges, count * sizeof(*sorted));
    qsort(sorted, count, sizeof(*sorted), compare_offsets);
    for (i = 1; i < count && SUCCEEDED(hr); i++)
    {
        UINT64 gap = sorted[i].offset - sorted[i - 1].offset;

        if (!gap || sorted[i - 1].length == LENGTH_TO_EOF || sorted[i - 1].length > gap) hr = BG_E_OVERLAPPING_RANGES;
    }
    free(sorted);
    return SUCCEEDED(hr) && empty ? BG_E_INVALID_RANGE : hr;
}
