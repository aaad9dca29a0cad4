/*
 * Test of the list header
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
#include "wine/list.h"

struct item
{
    char name;
    struct list entry;
};

static struct item items[] =
{
    { 'a', { 0, 0 } }, { 'b', { 0, 0 } }, { 'c', { 0, 0 } }, { 'd', { 0, 0 } }, { 'e', { 0, 0 } }
};

#define check_list(list, expected) check_list_(__LINE__, list, expected)
static void check_list_(int line, struct list *list, const char *expected)
{
    char forward[16] = "", backward[16] = "", links[16] = "", links_rev[16] = "";
    unsigned int len = strlen(expected), i;
    struct list *cursor;
    struct item *item;

    i = 0;
    LIST_FOR_EACH_ENTRY(item, list, struct item, entry) if (i < 15) forward[i++] = item->name;
    i = 15;
    LIST_FOR_EACH_ENTRY_REV(item, list, struct item, entry) if (i) backward[--i] = item->name;
    ok_(__FILE__, line)(!strcmp(forward, expected), "expected %s, got %s\n", expected, forward);
    ok_(__FILE__, line)(!strcmp(backward + i, expected), "expected %s, got %s\n", expected, backward + i);
    i = 0;
    LIST_FOR_EACH(cursor, list) if (i < 15) links[i++] = LIST_ENTRY(cursor, struct item, entry)->name;
    i = 15;
    LIST_FOR_EACH_REV(cursor, list) if (i) links_rev[--i] = LIST_ENTRY(cursor, struct item, entry)->name;
    ok_(__FILE__, line)(!strcmp(links, expected), "expected %s, got %s\n", expected, links);
    ok_(__FILE__, line)(!strcmp(links_rev + i, expected), "expected %s, got %s\n", expected, links_rev + i);

    ok_(__FILE__, line)(list_count(list) == len, "count %u\n", list_count(list));
    ok_(__FILE__, line)(list_empty(list) == !len, "empty %d\n", list_empty(list));
    if (!len)
    {
        ok_(__FILE__, line)(!list_head(list) && !list_tail(list), "an empty list has ends\n");
        return;
    }
    ok_(__FILE__, line)(LIST_ENTRY(list_head(list), struct item, entry)->name == expected[0], "wrong head\n");
    ok_(__FILE__, line)(LIST_ENTRY(list_tail(list), struct item, entry)->name == expected[len - 1], "wrong tail\n");
    ok_(__FILE__, line)(!list_prev(list, list_head(list)), "something before the head\n");
    ok_(__FILE__, line)(!list_next(list, list_tail(list)), "something after the tail\n");
    for (i = 0, cursor = list_head(list); cursor; cursor = list_next(list, cursor)) i++;
    ok_(__FILE__, line)(i == len, "list_next saw %u\n", i);
    for (i = 0, cursor = list_tail(list); cursor; cursor = list_prev(list, cursor)) i++;
    ok_(__FILE__, line)(i == len, "list_prev saw %u\n", i);
}

START_TEST(list)
{
    struct list first = LIST_INIT(first), second, *cursor, *cursor2;
    struct item *item, *next;
    unsigned int i;

    check_list(&first, "");
    list_add_head(&first, &items[1].entry);
    check_list(&first, "b");
    list_add_head(&first, &items[0].entry);
    list_add_tail(&first, &items[4].entry);
    check_list(&first, "abe");
    list_add_after(&items[1].entry, &items[2].entry);
    list_add_before(&items[4].entry, &items[3].entry);
    check_list(&first, "abcde");
    list_remove(&items[0].entry);
    list_remove(&items[4].entry);
    list_remove(&items[2].entry);
    check_list(&first, "bd");

    list_init(&second);
    list_move_tail(&first, &second);
    check_list(&first, "bd");
    list_add_tail(&second, &items[0].entry);
    list_add_tail(&second, &items[2].entry);
    list_move_tail(&first, &second);
    check_list(&first, "bdac");
    check_list(&second, "");
    list_add_tail(&second, &items[4].entry);
    list_move_head(&second, &first);
    check_list(&second, "bdace");
    check_list(&first, "");
    list_move_head(&first, &second);
    check_list(&first, "bdace");
    check_list(&second, "");
    list_remove(&items[0].entry);
    list_add_tail(&second, &items[0].entry);
    list_move_before(&items[2].entry, &second);
    check_list(&first, "bdace");
    list_remove(&items[0].entry);
    list_add_tail(&second, &items[0].entry);
    list_move_after(&items[2].entry, &second);
    check_list(&first, "bdcae");

    LIST_FOR_EACH_ENTRY_SAFE(item, next, &first, struct item, entry)
        if (item->name == 'b' || item->name == 'c') list_remove(&item->entry);
    check_list(&first, "dae");
    LIST_FOR_EACH_ENTRY_SAFE_REV(item, next, &first, struct item, entry)
        if (item->name == 'e') list_remove(&item->entry);
    check_list(&first, "da");
    LIST_FOR_EACH_SAFE(cursor, cursor2, &first)
        if (cursor == &items[3].entry) list_remove(cursor);
    check_list(&first, "a");
    LIST_FOR_EACH_SAFE_REV(cursor, cursor2, &first) list_remove(cursor);
    check_list(&first, "");

    for (i = 0; i < ARRAY_SIZE(items); i++) list_add_tail(&first, &items[i].entry);
    check_list(&first, "abcde");
}
