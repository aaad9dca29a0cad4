/*
 * Proxy scripts, run in processes of their own
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
 * A script can be anything, also one that never ends, and no call of jsproxy can be interrupted (WINE.HTTP.13).  So scripts run in helper
 * processes (rundll32 of this DLL, see child_run): one for each script that is being asked at the moment, killed when the transfer is
 * cancelled or the time is over, kept for a few seconds when it has answered.  What the script has for a given server and has not answered in
 * time is not asked again for a minute, so that the jobs behind this one do not wait for it as well.
 *
 * For proxy.c, on a transfer's worker, which acts as the owner of the job: so does the script.  pac_init and pac_shutdown from service.c, main
 * thread.  pac_lock is a leaf.
 */

#ifndef __QMGR_PAC_H
#define __QMGR_PAC_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

HRESULT pac_init(void);
void pac_shutdown(void);        /* no pac_run is under way */

/*
 * FindProxyForURL(url, host).  S_OK: *answer is malloc'ed.  S_FALSE: the script is broken, there is no answer.
 * ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT: it did not end in time, or takes its process with it.  E_ABORT: within 100 ms of `cancel`.
 */
HRESULT pac_run(const char *script, const char *url, const char *host, HANDLE cancel, WCHAR **answer);

#endif /* __QMGR_PAC_H */
