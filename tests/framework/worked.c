/*
 * Test of the framework: one of everything, with a known summary
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

START_TEST(worked)
{
    unsigned int i;

    for (i = 0; i < 3; i++) AT(1)(1, "success\n");
    todo_wine AT(2)(0, "expected todo\n");
    todo_wine AT(3)(0, "expected todo\n");
    todo_if(1) AT(4)(0, "unconditional todo\n");
    todo_wine AT(5)(1, "passing todo\n");
    flaky AT(6)(0, "flaky failure\n");
    flaky todo_if(1) AT(7)(1, "flaky passing todo\n");
    win_skip_(__FILE__, 8)("win_skip\n");
    winetest_push_context("i %d", 1);
    winetest_push_context("x");
    AT(9)(0, "ctx %d\n", 1);
    winetest_pop_context();
    winetest_pop_context();
    AT(10)(broken(1), "broken\n");
    skip_(__FILE__, 11)("skip\n");
    for (i = 0; i < 50; i++) trace_(__FILE__, 12)("trace %u\n", i);
}
