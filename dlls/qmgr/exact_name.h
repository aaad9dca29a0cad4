/*
 * Names of files that have one spelling
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
 * For a name that is not there Wine looks through the whole folder for another spelling of it (WINE.FS.6), so that the n-th file in a folder
 * costs n looks.  Whoever knows that no other spelling is there, or means none, asks by the name that Unix has for the file: in that
 * name space Wine compares exactly.  Any thread.
 */

#ifndef __QMGR_EXACT_NAME_H
#define __QMGR_EXACT_NAME_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

/* The same file for any call that takes a path; malloc'ed. NULL where there is no such thing (Windows, a share), or no memory: use `path`. */
WCHAR *exact_name(const WCHAR *path);

#endif /* __QMGR_EXACT_NAME_H */
