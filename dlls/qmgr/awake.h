/*
 * Keeping the prefix alive while bytes flow
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
 * A service does not keep a prefix alive, a child process of it does (WINE.SVC.9).  This room has such a child exactly while a transfer makes
 * progress, so that a download goes on after its updater has exited and a dead server never holds `wineserver -w`.
 *
 * The engine says awake_set(TRUE) when the first transfer runs and awake_set(FALSE) when none runs any more or those that "run" only
 * wait: TRANSIENT_ERROR, no network, a cost block, owed notifications.  A transfer says awake_progress() for every block.  The room lets
 * go by itself after awake_stall ms without a block (and takes hold again with the next one), and once no client process has been there for
 * awake_alone ms.
 *
 * A program may call Resume and exit at once, and on some systems the prefix ends with it in the same instant, so Resume must not return
 * before the child is there: awake_expect.  The child is started ahead, when a client connects, and does no harm then: a client that
 * lives holds the prefix itself.  Unused it goes after ten seconds, or with the client.
 *
 * A one-shot timer runs only while the child exists.  Any thread.  awake_lock is a leaf lock; starting the child (20 to 50 ms, WINE.SVC.17)
 * happens on a thread-pool thread.
 */

#ifndef __QMGR_AWAKE_H
#define __QMGR_AWAKE_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

struct awake_rules
{
    BOOL enabled;
    UINT64 stall;    /* ms */
    UINT64 alone;    /* ms */
};

HRESULT awake_init(const struct awake_rules *rules);
void awake_shutdown(void);

void awake_set(BOOL moving);
/*
 * A transfer is about to come.  wait FALSE: from the class factory, returns at once.  wait TRUE: from Resume, before it makes its change,
 * without any lock; returns when the child holds the prefix (at once as a rule), or will not, or after a second.
 */
void awake_expect(BOOL wait);
void awake_progress(void);                         /* one interlocked access; wakes the room only if it had let go */
void awake_clients_changed(UINT32 count);
void awake_rules_changed(const struct awake_rules *rules);

#endif /* __QMGR_AWAKE_H */
