/*
 * Handles of files that are about to be published
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
 * A rename costs Wine four calls to wineserver: open, its descriptor, rename, close.  Only the third has to wait for its turn; where many files are
 * published, one after the other, helpers of the crew open the next ones meanwhile and close those that are done.  They act as the thread that
 * has begun.
 *
 * One thread begins, takes, gives back and ends.
 */

#ifndef __QMGR_DISK_AHEAD_H
#define __QMGR_DISK_AHEAD_H

#include "core/disk.h"

/* `open` returns INVALID_HANDLE_VALUE for a file that cannot be opened. The names, in the order in which they will be taken, stay until the end.
 * NULL: all is done by the caller itself, as also where there are too few of them. */
struct disk_ahead *disk_ahead_begin(HANDLE (*open)(const WCHAR *name), const WCHAR *const *names, UINT32 count);
void disk_ahead_end(struct disk_ahead *ahead);                      /* everything is closed afterwards; NULL is allowed */

/* The handle of the next name if it is `name` (the same string) and could be opened, else INVALID_HANDLE_VALUE: the caller tries itself. */
HANDLE disk_ahead_take(struct disk_ahead *ahead, const WCHAR *name);
void disk_ahead_give_back(struct disk_ahead *ahead, HANDLE handle); /* to be closed; ahead may be NULL */

#endif /* __QMGR_DISK_AHEAD_H */
