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


#include "core/rate.h"

static UINT64 most(const struct rate *rate)
{
    UINT64 most = rate->limit * RATE_BURST_MSEC;

    return max(most, (UINT64)RATE_BLOCK_MIN * 1000);
}

/* Lets in what has come since the last time. */
static void fill(struct rate *rate, UINT64 now)
{
    UINT64 elapsed = now > rate->at ? now - rate->at : 0, full = most(rate);

    rate->at = max(now, rate->at);
    /* dividing, so that no time is too long */
    if (elapsed >= (full - min(rate->level, full)) / rate->limit + 1) rate->level = full;
    else rate->level = min(full, rate->level + elapsed * rate->limit);
}

void rate_init(struct rate *rate, UINT64 now)
{
    rate->limit = RATE_UNLIMITED;
    rate->at = now;
    rate->level = 0;
}

void rate_set(struct rate *rate, UINT64 limit, UINT64 now)
{
    if (limit == rate->limit) return;
    if (limit == RATE_UNLIMITED || rate->limit == RATE_UNLIMITED) rate->level = 0;
    else fill(rate, now);
    rate->at = now;
    rate->limit = limit;
    if (limit != RATE_UNLIMITED) rate->level = min(rate->level, most(rate));
}

UINT32 rate_take(struct rate *rate, UINT64 now, UINT32 wanted, UINT32 *wait)
{
    UINT64 least, level;

    *wait = 0;
    if (rate->limit == RATE_UNLIMITED || !wanted) return wanted;
    fill(rate, now);

    /* worth a read, or all that is wanted */
    least = min(min((UINT64)wanted * 1000, max(rate->limit * RATE_STEP_MSEC, (UINT64)1000)), most(rate));
    if (rate->level < least)
    {
        *wait = (UINT32)min((least - rate->level + rate->limit - 1) / rate->limit, (UINT64)60000);
        return 0;
    }
    level = min(rate->level / 1000, (UINT64)wanted);
    rate->level -= level * 1000;
    return (UINT32)level;
}

void rate_give_back(struct rate *rate, UINT32 unused)
{
    if (rate->limit == RATE_UNLIMITED) return;
    rate->level = min(most(rate), rate->level + (UINT64)unused * 1000);
}

UINT64 rate_block(UINT64 limit)
{
    if (limit == RATE_UNLIMITED) return 0;
    return max(limit / (1000 / RATE_BLOCK_MSEC), (UINT64)RATE_BLOCK_MIN);
}
