/*
 * Tests of the rate room
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
#include "wine/test.h"

static UINT64 seed = 88172645463325252;

static UINT32 rnd(UINT32 below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (UINT32)(seed % below);
}

/* A reader that takes what it may, whatever the size of its reads and however late it wakes up: the rate is kept, without bursts. */
static void test_accuracy(void)
{
    static const UINT64 limits[] = {256, 1250, 10000, 125000, 1000000, 12500000, 125000000};
    static const UINT32 reads[] = {100, 1460, 16384, 1048576};
    UINT32 i, j, late;

    for (i = 0; i < ARRAY_SIZE(limits); i++)
    for (j = 0; j < ARRAY_SIZE(reads); j++)
    for (late = 0; late <= 30; late += 30)
    {
        UINT64 now = 1000, moved = 0, expected, window_start = now, window_moved = 0, most;
        struct rate rate;
        UINT32 got, wait, used;

        rate_init(&rate, now);
        rate_set(&rate, limits[i], now);
        while (now < 11000)
        {
            got = rate_take(&rate, now, reads[j], &wait);
            if (got > reads[j]) ok(0, "more than wanted\n");
            if (!got)
            {
                if (!wait) ok(0, "no wait\n");
                now += wait + rnd(late + 1);
                continue;
            }
            used = got > 1 && !rnd(4) ? 1 + rnd(got) : got;
            rate_give_back(&rate, got - used);
            moved += used;
            window_moved += used;
            if (now - window_start >= 1000)
            {
                /* a second has what it may have and at most a full bucket more */
                most = limits[i] * (now - window_start) / 1000 + max(limits[i] * RATE_BURST_MSEC / 1000, RATE_BLOCK_MIN) + 1;
                ok(window_moved <= most, "%u, %u: a burst of %u\n", (UINT32)limits[i], reads[j], (UINT32)window_moved);
                window_start = now;
                window_moved = 0;
            }
        }
        expected = limits[i] * (now - 1000) / 1000;
        /* at rates below one read in ten seconds only the ceiling means something */
        ok(moved <= expected + expected / 20 + RATE_BLOCK_MIN, "%u, %u: %u moved\n", (UINT32)limits[i], reads[j], (UINT32)moved);
        ok(moved + RATE_BLOCK_MIN >= expected - expected / 20, "%u, %u: only %u moved of %u\n", (UINT32)limits[i], reads[j],
           (UINT32)moved, (UINT32)expected);
    }
}

static void test_limits(void)
{
    struct rate rate;
    UINT32 got, wait;

    rate_init(&rate, 0);
    got = rate_take(&rate, 0, 100000, &wait);
    ok(got == 100000, "a limit from nowhere: %u\n", got);

    /* nothing is there at the start, and an idle hour is no credit */
    rate_set(&rate, 10000, 0);
    got = rate_take(&rate, 0, 100000, &wait);
    ok(!got && wait && wait <= RATE_STEP_MSEC, "got %u, wait %u\n", got, wait);
    got = rate_take(&rate, 3600000, 100000, &wait);
    ok(got == 2000, "got %u after an hour\n", got);

    /* a clock that stands still or goes back gives nothing */
    got = rate_take(&rate, 3600000, 100000, &wait);
    ok(!got, "got %u\n", got);
    got = rate_take(&rate, 1000, 100000, &wait);
    ok(!got, "got %u\n", got);

    /* a lower limit counts at once */
    got = rate_take(&rate, 3700000, 1, &wait);
    ok(got == 1, "got %u\n", got);
    rate_set(&rate, 1000, 3700000);
    got = rate_take(&rate, 3700000, 100000, &wait);
    ok(got == RATE_BLOCK_MIN, "got %u\n", got);

    rate_set(&rate, ~(UINT64)0 - 1 == RATE_UNLIMITED ? 1 : (UINT64)1 << 50, 3700000);
    got = rate_take(&rate, ~(UINT64)0 - 5, 100000, &wait);
    ok(got == 100000, "got %u\n", got);

    ok(!rate_block(RATE_UNLIMITED), "a block without a limit\n");
    ok(rate_block(1000000) == 250000, "[BEH.HTTP.81] got %u\n", (UINT32)rate_block(1000000));
    ok(rate_block(256) == RATE_BLOCK_MIN, "[BEH.HTTP.81] got %u\n", (UINT32)rate_block(256));
}

START_TEST(rate)
{
    test_accuracy();
    test_limits();
}
