/*
 * The store and the output in the native tests
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


/* Rooms outside core/ that also build natively: what they need of Windows is behind core/disk.h and sync.h. */

#include "core/journal.h"
#include "rooms.h"

UINT64 rooms_step_size = JOURNAL_STEP;
UINT64 rooms_compact_size = 4 * 1024 * 1024;

#define COMPACT_SIZE rooms_compact_size
#define STEP_SIZE rooms_step_size

#include "output.c"
#include "store.c"
