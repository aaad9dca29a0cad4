/*
 * Proxy discovery: the user's settings, WPAD, and scripts
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
 * For proxy.c, on a transfer's worker thread, which acts as the owner of the job: his registry is read, and he asks the network.
 *
 * WinHttpGetProxyForUrl is of no use here: it keeps only the first proxy of an answer and takes what it does not know for a direct
 * connection (WINE.HTTP.12).  So the parts are used one by one: detection by winhttp, the script fetched by the shim, run by jsproxy (pac.c),
 * whose answer core/bypass reads.  No DLL is loaded before somebody asks for detection or has a script.
 *
 * Detection may block for as long as a resolver likes and cannot be cancelled (WINE.HTTP.13), so it runs on a thread of its own, which is left
 * to itself when the transfer is cancelled or the time is over: every call here ends within 100 ms of `cancel`.
 */

#ifndef __QMGR_SHIM_DISCOVER_H
#define __QMGR_SHIM_DISCOVER_H

#include "shim/shim.h"
#include "core/bypass.h"

/* The Internet settings of the user whom the thread acts as. Never those of the machine [JOB.SetProxySettings.18]. */
struct discover_settings
{
    struct proxy_user_settings user;    /* borrows the strings below */
    WCHAR *strings[6];
};

HRESULT discover_settings_read(struct discover_settings *settings); /* S_OK or E_OUTOFMEMORY; what is not there is not set */
void discover_settings_free(struct discover_settings *settings);

/* WPAD.  S_OK: *script_url (malloc'ed) is where the script is; S_FALSE: nothing was found; E_ABORT, E_OUTOFMEMORY. */
HRESULT discover_detect(HANDLE cancel, WCHAR **script_url);

/* Gets a script, directly and without credentials. *script is malloc'ed and ends with NUL. Failures say why, E_ABORT after cancel. */
HRESULT discover_fetch(const WCHAR *script_url, HANDLE cancel, char **script);

/*
 * What a script is asked with, malloc'ed: it sees neither user information nor, of an https URL, the path.  After a failure *host may be set
 * all the same.
 */
HRESULT discover_target(const struct url *url, char **text, char **host);

#endif /* __QMGR_SHIM_DISCOVER_H */
