/*
 * The command line of a job: starting it
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
 * Thin room over CreateProcessAsUser; when it runs, and whether again, is decided in core/notices.  From a thread of notify.c, no lock held.
 */

#ifndef __QMGR_NOTIFY_CMDLINE_H
#define __QMGR_NOTIFY_CMDLINE_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

struct caller;

/*
 * As `caller`, on his desktop, with his environment [BEH.CMD.8, 14].  program is taken as it is: no search path, no environment variables
 * [BEH.CMD.2].  parameters is the whole command line, the program's name included [BEH.CMD.3]; NULL: the program's name alone, quoted
 * [BEH.CMD.4].  *process is waited for and closed by the caller.
 */
HRESULT cmdline_start(const struct caller *caller, const WCHAR *program, const WCHAR *parameters, HANDLE *process);

#endif /* __QMGR_NOTIFY_CMDLINE_H */
