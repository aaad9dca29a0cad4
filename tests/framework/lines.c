/*
 * Test of the framework: contexts, muting, facts, whole lines
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

static void many_lines(void)
{
    unsigned int i;

    winetest_push_context("one");
    winetest_push_context("two");
    for (i = 0; i < 30; i++) trace_(__FILE__, 200 + i)("a line of several pieces\n");
}

static void test_context(void)
{
    unsigned int i;

    winetest_pop_context();
    for (i = 1; i <= 9; i++) winetest_push_context("level %u", i);
    AT(1)(0, "nine levels, eight stored\n");
    winetest_pop_context();
    AT(2)(0, "eight levels\n");
    for (i = 1; i <= 7; i++) winetest_pop_context();
    AT(3)(0, "one level\n");
    winetest_pop_context();
    winetest_push_context("%0200d", 7);
    AT(4)(0, "cut at 127\n");
    winetest_pop_context();
    winetest_pop_context();
    AT(5)(0, "none\n");
}

static void test_muting(void)
{
    unsigned int i;

    for (i = 0; i < 50; i++) trace_(__FILE__, 10)("trace %u\n", i);
    for (i = 0; i < 50; i++) skip_(__FILE__, 11)("skip %u\n", i);
    for (i = 0; i < 50; i++) todo_if(1) AT(12)(0, "todo %u\n", i);
    for (i = 0; i < 50; i++) AT(13)(0, "failure %u\n", i);
    for (i = 0; i < 42; i++) trace_(__FILE__, 14)("exactly enough %u\n", i);
    winetest_mute_threshold = 2;
    for (i = 0; i < 4; i++) trace_(__FILE__, 15)("threshold 2: %u\n", i);
    winetest_mute_threshold = 42;
}

static void test_facts(void)
{
    unsigned int i;

    for (i = 0; i < 100; i++) AT(20)(1, "[JOB.Resume.1] reported once\n");
    AT(21)(1, "[api-2-later:GEN.3,BEH.HTTP.6] two ids\n");
    AT(22)(1, "[PX.M2[L=FIT,B=NULL], PX.M2[L=MID,B=BIG]] brackets nest\n");
    AT(23)(1, "[%s.%u] from the arguments\n", "JOB.X", 5);
    AT(24)(1, "[12] not an id\n");
    AT(25)(1, "[no id] not an id\n");
    AT(26)(1, "[nodot] not an id\n");
    AT(27)(1, "[UN.1 not closed\n");
    AT(28)(1, "in the middle [MID.1] is not one\n");
    todo_if(1) AT(29)(0, "[JOB.Resume.1] now worse\n");
    AT(30)(0, "[JOB.Resume.1] worst\n");
    AT(31)(1, "[JOB.Resume.1] not better again\n");
    todo_if(1) AT(32)(1, "[TODO.1] passing todo\n");
    flaky AT(33)(0, "[FLAKY.1] flaky\n");
    skip_(__FILE__, 34)("[SKIP.1] a skip executes nothing\n");
    for (i = 0; i < 400; i++) AT(35)(1, "[ROW.%u] the table grows\n", i % 300);
    ok_inferred_(__FILE__, 36)("INF.A1", 1, "holds %d\n", 1);
    ok_inferred_(__FILE__, 37)("INF.A2", 0, "differs %d\n", 2);
    ok_inferred_(__FILE__, 38)("INF.A3,INF.A4", 1, "two\n");
    todo_wine ok_inferred_(__FILE__, 39)("INF.A5", 0, "inside todo\n");
}

START_TEST(lines)
{
    test_context();
    test_muting();
    test_facts();
    if (winetest_debug > 1) run_threads(many_lines, 8);
}
