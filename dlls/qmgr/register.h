/*
 * What must stand in the registry and on disk, and the service's start type
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
 * Replacing the file qmgr.dll does not change a prefix's registry (WINE.LDR.5), so ServiceMain puts right what is missing before it registers
 * its classes: every class of BITS 0.9 to 10.3, the AppID, the interfaces of the proxy, in both registry views, and the Downloader folder.
 * qmgr.rgs says the same for wineboot and regsvr32.  From service.c; autostart_* also from queue.c's callback.
 */

#ifndef __QMGR_REGISTER_H
#define __QMGR_REGISTER_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

/* Writes what is absent; logs what it wrote. A failure is logged and returned, and never a reason not to serve. */
HRESULT register_repair(void);

/*
 * %ProgramData%\Microsoft\Network\Downloader, made if absent, for SYSTEM and Administrators (WINE.FS.16); without trailing backslash,
 * malloc'ed.
 */
HRESULT register_downloader_folder(WCHAR **folder);

/*
 * Start=2 while there are jobs [BEH.SERVICE.2]: at the first start in a prefix and with the first job; 3 after the queue has been empty for
 * idle ms.  Touches only the 2 and 3 it set itself, never 4; puts its value back after `wineboot -u` (WINE.SVC.15), which it sees by
 * watching the service's key.  Any thread; cheap when nothing changes; the registry is written on a thread-pool thread.
 */
HRESULT autostart_init(BOOL enabled, UINT64 idle);
void autostart_shutdown(void);
void autostart_queue_changed(BOOL empty);
void autostart_rules_changed(BOOL enabled, UINT64 idle);

#endif /* __QMGR_REGISTER_H */
