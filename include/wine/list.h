/*
 * Circular doubly linked lists with the links inside the elements
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
 * Source compatible with Wine's header of the same name, which no development package installs.
 *
 * A list is one `struct list` that links to itself when empty; an element is any structure with a
 * `struct list` member. The list owns nothing: whoever owns an element removes it before freeing it.
 * No function locks; a list is guarded by the lock of the structure it sits in. All operations take
 * constant time except list_count().
 *
 *     struct item { int value; struct list entry; };
 *     struct list items = LIST_INIT(items);
 *
 *     list_add_tail(&items, &item->entry);
 *     LIST_FOR_EACH_ENTRY(item, &items, struct item, entry) use(item);
 *     LIST_FOR_EACH_ENTRY_SAFE(item, next, &items, struct item, entry) free(item);
 *
 * The SAFE loops allow removal of the current element, and of no other.
 */

#ifndef __WINE_SERVER_LIST_H
#define __WINE_SERVER_LIST_H

#include <stddef.h>

struct list
{
    struct list *next;
    struct list *prev;
};

#define LIST_INIT(list)  { &(list), &(list) }

/* the structure of the given type whose member `field` is the link `elem` */
#undef LIST_ENTRY
#define LIST_ENTRY(elem, type, field) \
    ((type *)((char *)(elem) - offsetof(type, field)))

static inline void list_init(struct list *list)
{
    list->prev = list->next = list;
}

static inline int list_empty(const struct list *list)
{
    return list->next == list;
}

/* put a new element behind one that is linked already */
static inline void list_add_after(struct list *elem, struct list *to_add)
{
    struct list *next = elem->next;

    to_add->prev = elem;
    to_add->next = next;
    next->prev = to_add;
    elem->next = to_add;
}

/* put a new element in front of one that is linked already */
static inline void list_add_before(struct list *elem, struct list *to_add)
{
    list_add_after(elem->prev, to_add);
}

static inline void list_add_head(struct list *list, struct list *elem)
{
    list_add_after(list, elem);
}

static inline void list_add_tail(struct list *list, struct list *elem)
{
    list_add_after(list->prev, elem);
}

/* the links of the element itself are left as they were: it must not be removed twice */
static inline void list_remove(struct list *elem)
{
    struct list *next = elem->next, *prev = elem->prev;

    next->prev = prev;
    prev->next = next;
}

/* neighbours and ends; NULL where there is none */

static inline struct list *list_next(const struct list *list, const struct list *elem)
{
    return elem->next == list ? NULL : elem->next;
}

static inline struct list *list_prev(const struct list *list, const struct list *elem)
{
    return elem->prev == list ? NULL : elem->prev;
}

static inline struct list *list_head(const struct list *list)
{
    return list_next(list, list);
}

static inline struct list *list_tail(const struct list *list)
{
    return list_prev(list, list);
}

static inline unsigned int list_count(const struct list *list)
{
    const struct list *pos;
    unsigned int count = 0;

    for (pos = list->next; pos != list; pos = pos->next) count++;
    return count;
}

/* move all elements of src, in order, behind the link dst; src is empty afterwards */
static inline void list_move_after(struct list *dst, struct list *src)
{
    struct list *first = src->next, *last = src->prev, *next = dst->next;

    if (list_empty(src)) return;
    first->prev = dst;
    last->next = next;
    next->prev = last;
    dst->next = first;
    list_init(src);
}

/* move all elements of src, in order, in front of the link dst; src is empty afterwards */
static inline void list_move_before(struct list *dst, struct list *src)
{
    list_move_after(dst->prev, src);
}

static inline void list_move_head(struct list *dst, struct list *src)
{
    list_move_after(dst, src);
}

static inline void list_move_tail(struct list *dst, struct list *src)
{
    list_move_before(dst, src);
}

/* loops over links */

#define LIST_FOR_EACH(cursor, list) \
    for ((cursor) = (list)->next; (cursor) != (list); (cursor) = (cursor)->next)

#define LIST_FOR_EACH_SAFE(cursor, cursor2, list) \
    for ((cursor) = (list)->next, (cursor2) = (cursor)->next; (cursor) != (list); \
         (cursor) = (cursor2), (cursor2) = (cursor)->next)

#define LIST_FOR_EACH_REV(cursor, list) \
    for ((cursor) = (list)->prev; (cursor) != (list); (cursor) = (cursor)->prev)

#define LIST_FOR_EACH_SAFE_REV(cursor, cursor2, list) \
    for ((cursor) = (list)->prev, (cursor2) = (cursor)->prev; (cursor) != (list); \
         (cursor) = (cursor2), (cursor2) = (cursor)->prev)

/* loops over elements; after a loop that ran to its end the element pointer is not valid */

#define LIST_FOR_EACH_ENTRY(elem, list, type, field) \
    for ((elem) = LIST_ENTRY((list)->next, type, field); &(elem)->field != (list); \
         (elem) = LIST_ENTRY((elem)->field.next, type, field))

#define LIST_FOR_EACH_ENTRY_SAFE(cursor, cursor2, list, type, field) \
    for ((cursor) = LIST_ENTRY((list)->next, type, field), \
         (cursor2) = LIST_ENTRY((cursor)->field.next, type, field); \
         &(cursor)->field != (list); \
         (cursor) = (cursor2), (cursor2) = LIST_ENTRY((cursor)->field.next, type, field))

#define LIST_FOR_EACH_ENTRY_REV(elem, list, type, field) \
    for ((elem) = LIST_ENTRY((list)->prev, type, field); &(elem)->field != (list); \
         (elem) = LIST_ENTRY((elem)->field.prev, type, field))

#define LIST_FOR_EACH_ENTRY_SAFE_REV(cursor, cursor2, list, type, field) \
    for ((cursor) = LIST_ENTRY((list)->prev, type, field), \
         (cursor2) = LIST_ENTRY((cursor)->field.prev, type, field); \
         &(cursor)->field != (list); \
         (cursor) = (cursor2), (cursor2) = LIST_ENTRY((cursor)->field.prev, type, field))

#endif  /* __WINE_SERVER_LIST_H */
