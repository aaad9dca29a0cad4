/*
 * Test of the framework: every outcome of a check, nested and on two threads
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

#include "framework_test.h"

static void plain_checks(void)
{
    winetest_push_context("thread");
    AT(100)(1, "not printed\n");
    AT(101)(0, "a thread has levels and contexts of its own\n");
    winetest_pop_context();
}

START_TEST(rows)
{
    unsigned int i, evaluated = 0;

    for (i = 0; i < 8; i++)
    {
        unsigned int todo = i >> 2, is_flaky = (i >> 1) & 1, cond = i & 1;

        todo_if(todo) flaky_if(is_flaky) AT(i)(cond, "todo %u flaky %u cond %u\n", todo, is_flaky, cond);
    }

    todo_wine AT(10)(0, "todo_wine\n");
    todo_wine_if(1) AT(11)(0, "todo_wine_if 1\n");
    todo_wine_if(0) AT(12)(0, "todo_wine_if 0\n");
    flaky AT(13)(0, "flaky\n");
    flaky_wine AT(14)(0, "flaky_wine\n");
    flaky_wine_if(0) AT(15)(0, "flaky_wine_if 0\n");

    /* an outer level stays active inside an inactive one, and ends with its statement */
    todo_if(1)
    {
        todo_if(0) AT(20)(0, "outer todo\n");
        todo_if(1) AT(21)(0, "both\n");
        AT(22)(0, "inner ended\n");
        run_threads(plain_checks, 2);
    }
    AT(23)(1, "not printed\n");

    todo_if(evaluated++ || 1) AT(24)(0, "condition evaluated once\n");
    AT(25)(evaluated == 1, "evaluated %u times\n", evaluated);

    /* continue ends a block cleanly */
    for (i = 0; i < 2; i++)
    {
        todo_if(1)
        {
            if (!i) continue;
            AT(26)(0, "second round\n");
        }
    }
    AT(27)(0, "no level left\n");

    if (i) AT(28)(1, "not printed\n");
    else AT(29)(0, "not printed\n");
    i ? AT(30)(1, "not printed\n") : AT(31)(0, "not printed\n");

    AT(40)(broken(7) == !winetest_platform_is_wine, "broken off Wine only\n");
    AT(41)(!broken(0), "broken is false\n");
    win_skip_("dir/sub/rows.c", 42)("a failure on Wine\n");
    skip_("dir\\sub\\rows.c", 43)("skipped %s\n", "everywhere");
    trace_("dir/with\\slash.c", 44)("only the last slash counts\n");
    subtest_("rows.c", 45)("other");
    ignore_exceptions_("rows.c", 46)(1);
    ignore_exceptions_("rows.c", 47)(0);

    winetest_set_location("rows.c", 50);
    winetest_ok(0, "location of the last check\n");
    AT(51)(winetest_get_failures() > 0, "failures %d\n", (int)winetest_get_failures());
    winetest_add_failures(2);
}
