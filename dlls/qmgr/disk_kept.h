/*
 * Handles of files that are whole, until they are published
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
 * To open a file, to get its descriptor and to close it again are three calls to wineserver, of the eight that a small file costs from its first
 * octet to its final name.  A client mostly completes its job as soon as it hears of its end: so the handles that wrote temporary files are kept a
 * moment, and publishing takes them.  Others may read, write, rename and delete the file meanwhile; but who would not let others write, or
 * delete, cannot open it.  So this is for names that no client knows, and a name that is told lets go of it.
 *
 * Any thread; a leaf lock, and nothing is closed under it.
 */

#ifndef __QMGR_DISK_KEPT_H
#define __QMGR_DISK_KEPT_H

/* The handle is the room's: it is closed after KEPT_MSEC and little more, or at once when there are too many or no memory. One that is kept under
 * the name is closed, too. */
void disk_kept_put(const WCHAR *name, HANDLE handle);
/* The handle is the caller's now; INVALID_HANDLE_VALUE: there is none of that name. */
HANDLE disk_kept_take(const WCHAR *name);
/* Nothing of that name is open here any more when it returns; NULL: nothing at all. */
void disk_kept_close(const WCHAR *name);

#endif /* __QMGR_DISK_KEPT_H */
