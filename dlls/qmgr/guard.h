/*
 * The guard: heals a prefix whose service was killed
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
 * rpcss keeps the class of a dead service first in its list, so BITS would be gone until the prefix ends (WINE.COM.3).  The guard is a small
 * process (rundll32 of this DLL, marked as a system process so that it does not hold the prefix) which waits for the service's process
 * and knows the rpcss cookies of its classes.  If the service ends without having said goodbye, the guard revokes the cookies
 * (irpcss_server_revoke, WINE.COM.20) and starts the service again, from the ninth death within ten minutes on after 1 s, 2 s, 4 s and so on
 * (a client's activation starts it sooner).  A new instance revokes what a predecessor left as well, before it registers its own classes.
 *
 * From service.c only, on the service's main thread.  guard.lock is a leaf.
 */

#ifndef __QMGR_GUARD_H
#define __QMGR_GUARD_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

/* What a dead predecessor left behind: its classes in rpcss. */
void guard_clean_up(void);

/*
 * Has the guard process started, on a thread of the pool; at first it knows no cookie.  A failure is not fatal: without it a kill heals
 * with the next start of the prefix only.
 */
HRESULT guard_start(void);

/*
 * Around the CoRegisterClassObject calls, `count` of them: cookies are consecutive, so the next one before and the next one after tell which
 * are ours.  guard_end_register returns S_FALSE if another program registered a class in between: revoke all and do it again.
 */
HRESULT guard_begin_register(UINT32 count);
HRESULT guard_end_register(void);
void guard_forget_classes(void);    /* they were revoked */

/* Clean stop, after the classes were revoked: the guard ends with the service and does nothing. */
void guard_stop(void);

/*
 * From here on an access violation, illegal instruction and the like inside our module is logged, the classes are revoked and the process
 * ends.  Faults of others, and those that somebody expects, are none of our business.
 */
void guard_watch_faults(void);
void guard_unwatch_faults(void);

#endif /* __QMGR_GUARD_H */
