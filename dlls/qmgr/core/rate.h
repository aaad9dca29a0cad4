/*
 * How fast bytes may move
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
 * Pure room.  A bucket that fills with the rate and never holds more than RATE_BURST_MSEC of it: what was not used earlier does not come
 * as a burst later.  The caller asks before it reads, waits if it must, and gives back what it did not use.  Guarded by the caller.
 */

#ifndef __QMGR_CORE_RATE_H
#define __QMGR_CORE_RATE_H

#include "core/system.h"

#define RATE_UNLIMITED  (~(UINT64)0)
#define RATE_BURST_MSEC 200u    /* what the bucket holds; also covers a thread that wakes up late */
#define RATE_STEP_MSEC  20u     /* an allowance is worth at least that much, so that reads do not become tiny */
#define RATE_BLOCK_MSEC 250u    /* a request asks for no more than this is worth, so that no server sends ahead [BEH.HTTP.81] */
#define RATE_BLOCK_MIN  1024u

struct rate
{
    /* private */
    UINT64 limit;               /* octets a second, RATE_UNLIMITED */
    UINT64 at;                  /* monotonic ms: the bucket is as full as it was then */
    UINT64 level;               /* thousandths of an octet */
};

void rate_init(struct rate *rate, UINT64 now);

/* A new limit counts from now on; the same one again changes nothing. Never 0: who has no rate is not started [BEH.STATE.35]. */
void rate_set(struct rate *rate, UINT64 limit, UINT64 now);

/* How many of `wanted` octets may move now. 0: ask again after *wait ms. */
UINT32 rate_take(struct rate *rate, UINT64 now, UINT32 wanted, UINT32 *wait);
void rate_give_back(struct rate *rate, UINT32 unused);

/* The longest block worth asking a server for, 0 without a limit. */
UINT64 rate_block(UINT64 limit);

#endif /* __QMGR_CORE_RATE_H */
