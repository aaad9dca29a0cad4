/*
 * Entry points of this DLL in processes of their own
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
 * The guard, the process that keeps the prefix awake and those that ask users' scripts are rundll32 of this DLL.  Any thread, no lock.
 */

#ifndef __QMGR_CHILD_H
#define __QMGR_CHILD_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

/*
 * Starts a process that runs the entry point `entry` (without its W).  It inherits these handles and no other, and gets their values as
 * hexadecimal arguments.  *process is the caller's to close.  The child runs from the moment it exists: it comes to see that
 * the service has ended even if that happens before this function returns.
 */
HRESULT child_run(const WCHAR *entry, const HANDLE *inherit, UINT32 count, HANDLE *process);

/* In the child: its arguments; FALSE if they are not `count` handles. */
BOOL child_handles(const WCHAR *line, HANDLE *handles, UINT32 count);

/*
 * In the child, a user process at first, that is, one that holds the prefix: it no longer does.  Returns the event that is set when the last
 * user process has ended.
 */
BOOL child_become_system(HANDLE *end_of_prefix);

#endif /* __QMGR_CHILD_H */
