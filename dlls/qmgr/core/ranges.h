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

/*
 * Pure room.  Which bytes of a file are there: an ordered set of disjoint ranges, neighbours merged.  core/model keeps one per file,
 * under the queue's lock; core/fetch asks for gaps.  The set owns its memory (malloc) and has no lock.
 *
 * Ranges lie below SIZE_UNKNOWN.  A file that arrives front to back is one range; one that arrives in random pieces is kept in blocks
 * of RANGE_BLOCK, so that a change costs O(log n) comparisons and moves at most one block, however many pieces there are.
 */

#ifndef __QMGR_CORE_RANGES_H
#define __QMGR_CORE_RANGES_H

#include "core/system.h"

#define RANGE_BLOCK 256

struct range_block;

struct range_set
{
    /* readable: */
    size_t count;               /* ranges in the set */
    UINT64 total;               /* bytes in the set */
    /* private: never empty blocks, in order */
    struct range_block **blocks;
    size_t block_count, block_size;
};

void ranges_init(struct range_set *set);
void ranges_free(struct range_set *set);                                  /* back to the empty set */
HRESULT ranges_copy(struct range_set *dst, const struct range_set *src);  /* dst need not be initialised; empty on failure */

/*
 * [offset, offset + length).  A length of 0 changes nothing.  E_INVALIDARG if the end is not below SIZE_UNKNOWN + 1 or length is
 * LENGTH_TO_EOF (resolve it first); E_OUTOFMEMORY.  After a failure the set is as before.
 */
HRESULT ranges_add(struct range_set *set, UINT64 offset, UINT64 length);

/* Every byte of the range is in the set; TRUE for an empty range. */
BOOL ranges_contains(const struct range_set *set, UINT64 offset, UINT64 length);

/* The first run of bytes of [from, limit) that are not in the set. FALSE if there is none. limit may be SIZE_UNKNOWN. */
BOOL ranges_gap(const struct range_set *set, UINT64 from, UINT64 limit, UINT64 *offset, UINT64 *length);

/* The first range that ends behind `from`, whole even if it begins before. FALSE if there is none. For walking: from = offset + length. */
BOOL ranges_next(const struct range_set *set, UINT64 from, UINT64 *offset, UINT64 *length);

/* As flat pairs offset, length, in order. encode writes 2 * set->count numbers. */
void ranges_encode(const struct range_set *set, UINT64 *flat);
/*
 * pairs: number of pairs.  HRESULT_FROM_WIN32(ERROR_INVALID_DATA) for pairs out of order, overlapping, empty or too far out; then, and
 * without memory, set is empty.  set need not be initialised.
 */
HRESULT ranges_decode(struct range_set *set, const UINT64 *flat, size_t pairs);

#endif /* __QMGR_CORE_RANGES_H */
