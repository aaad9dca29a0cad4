/*
 * Tests of the rules room
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
#include "core/rules.h"
#include "wine/test.h"

#define AT(day, hour, minute) ((day) * MINUTES_PER_DAY + (hour) * 60 + (minute))

static void test_window(void)
{
    static const struct
    {
        const char *id;
        UINT32 from, to, minute, limit, next;
    }
    rows[] =
    {
        {"BEH.POLICY.18", 8, 17, AT(0, 7, 59), 500, 1},
        {"BEH.POLICY.18", 8, 17, AT(0, 8, 0), 10, 540},
        {"BEH.POLICY.19", 8, 17, AT(3, 16, 59), 10, 1},
        {"BEH.POLICY.19", 8, 17, AT(3, 17, 0), 500, 900},
        {"BEH.POLICY.19", 8, 17, AT(6, 23, 30), 500, 510},
        {"BEH.POLICY.18", 22, 6, AT(6, 23, 30), 10, 390},
        {"BEH.POLICY.18", 22, 6, AT(0, 5, 0), 10, 60},
        {"BEH.POLICY.18", 22, 6, AT(0, 6, 0), 500, 960},
        {"BEH.POLICY.18", 0, 0, AT(2, 13, 0), 10, 0},
    };
    struct rules rules = {TRUE};
    UINT32 i;

    rules.inside = 10;
    rules.outside = 500;
    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        rules.from = rows[i].from;
        rules.to = rows[i].to;
        ok(rules_limit(&rules, JOB_LOW, rows[i].minute) == rows[i].limit, "[%s] row %u: got %u\n", rows[i].id, i,
           rules_limit(&rules, JOB_LOW, rows[i].minute));
        ok(rules_next_change(&rules, rows[i].minute) == rows[i].next, "[%s] row %u: next %u\n", rows[i].id, i,
           rules_next_change(&rules, rows[i].minute));
        ok(rules_limit(&rules, JOB_FOREGROUND, rows[i].minute) == RULES_UNLIMITED, "[BEH.SCHED.7] row %u\n", i);
    }

    rules.window_limited = FALSE;
    ok(rules_limit(&rules, JOB_NORMAL, 0) == RULES_UNLIMITED, "[BEH.POLICY.16] limited\n");
    ok(!rules_next_change(&rules, 0), "[BEH.POLICY.16] a change\n");
    rules.window_limited = TRUE;
    rules.from = rules.to = 0;
    rules.inside = 1;
    ok(rules_limit(&rules, JOB_NORMAL, 0) == 2, "[BEH.BW.3] got %u\n", rules_limit(&rules, JOB_NORMAL, 0));
    rules.inside = 0;
    ok(!rules_limit(&rules, JOB_NORMAL, 0), "[BEH.BW.3] not blocked\n");
    rules.inside = RULES_UNLIMITED;
    ok(rules_limit(&rules, JOB_NORMAL, 0) == RULES_UNLIMITED, "[BEH.POLICY.20] limited\n");
    ok(rules_octets(8) == 1000 && rules_octets(RULES_UNLIMITED) == RATE_UNLIMITED, "[BEH.BW.3] wrong unit\n");
}

static void test_schedules(void)
{
    struct rules rules = {TRUE, 0, 0, 7, 7};
    UINT32 minute;

    rules.work_limited = TRUE;
    rules.work.first_day = 1;
    rules.work.last_day = 5;
    rules.work.from = 8;
    rules.work.to = 18;
    rules.work_limits.high = 100;
    rules.work_limits.normal = 50;
    rules.work_limits.low = 0;
    rules.other_limits.high = rules.other_limits.normal = RULES_UNLIMITED;
    rules.other_limits.low = 1000;

    ok(rules_limit(&rules, JOB_HIGH, AT(1, 9, 0)) == 100, "[BEH.BW.5] high\n");
    ok(rules_limit(&rules, JOB_NORMAL, AT(5, 17, 59)) == 50, "[BEH.BW.5] normal\n");
    ok(rules_limit(&rules, JOB_LOW, AT(3, 8, 0)) == 0, "[BEH.BW.5] low\n");
    ok(rules_limit(&rules, JOB_LOW, AT(6, 9, 0)) == 1000, "[BEH.BW.5] Saturday\n");
    ok(rules_limit(&rules, JOB_HIGH, AT(0, 9, 0)) == RULES_UNLIMITED, "[BEH.BW.5] Sunday\n");
    ok(rules_next_change(&rules, AT(5, 18, 0)) == MINUTES_PER_DAY * 2 + 14 * 60, "[BEH.BW.5] the weekend is short\n");

    /* Friday night to Monday morning */
    rules.maintenance_limited = TRUE;
    rules.maintenance.first_day = 5;
    rules.maintenance.last_day = 0;
    rules.maintenance.from = 20;
    rules.maintenance.to = 9;
    rules.maintenance_limits.high = rules.maintenance_limits.normal = rules.maintenance_limits.low = 9999;
    ok(rules_limit(&rules, JOB_LOW, AT(5, 19, 59)) == 1000, "[BEH.BW.5] too early\n");
    ok(rules_limit(&rules, JOB_LOW, AT(5, 20, 0)) == 9999, "[BEH.BW.5] Friday\n");
    ok(rules_limit(&rules, JOB_LOW, AT(6, 12, 0)) == 1000, "[BEH.BW.5] Saturday noon\n");
    ok(rules_limit(&rules, JOB_LOW, AT(1, 8, 59)) == 9999, "[BEH.BW.5] maintenance overrides work\n");
    ok(rules_limit(&rules, JOB_LOW, AT(1, 9, 0)) == 0, "[BEH.BW.5] Monday\n");
    ok(rules_limit(&rules, JOB_LOW, AT(5, 8, 0)) == 0, "[BEH.BW.5] Friday morning belongs to Thursday\n");

    /* the change is never later than it is, and never a change that is none */
    for (minute = 0; minute < MINUTES_PER_WEEK; minute += 7)
    {
        UINT32 next = rules_next_change(&rules, minute), i;

        ok(next && next <= MINUTES_PER_WEEK && !((minute + next) % 60), "minute %u: next %u\n", minute, next);
        for (i = 0; i < next; i += 13)
            if (rules_limit(&rules, JOB_LOW, minute + i) != rules_limit(&rules, JOB_LOW, minute)
                || rules_limit(&rules, JOB_HIGH, minute + i) != rules_limit(&rules, JOB_HIGH, minute)) break;
        ok(i >= next, "minute %u: a change after %u, told %u\n", minute, i, next);
    }
}

START_TEST(rules)
{
    test_window();
    test_schedules();
}
