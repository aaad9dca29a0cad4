/*
 * The file interface on the Windows API
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
 * core/disk.h on the Windows file API.  No decision is made here; what Wine needs done differently is said where it is done.  The
 * identity is the calling thread's.
 */

#ifndef __QMGR_DISK_H
#define __QMGR_DISK_H

#include "core/disk.h"

/* The one disk there is. Static; needs no initialisation and is never freed. */
struct disk *disk_get(void);

#endif /* __QMGR_DISK_H */
