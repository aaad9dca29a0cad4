/*
 * Sizes of the structures that cross a process boundary, for both word sizes
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

/* Compiled, never run: the suite build32 feeds it to both compilers. A 32-bit client and the 64-bit service must agree about
 * everything without pointers; what has pointers differs by exactly their size. */

#include <stdarg.h>
#include <stddef.h>

#include <windef.h>
#include <winbase.h>
#include <objbase.h>

#include "bits.h"
#include "bits10_3.h"
#include "qmgr.h"

#define SIZE(type, size) _Static_assert(sizeof(type) == (size), "size of " #type)
#define OFFSET(type, member, offset) _Static_assert(offsetof(type, member) == (offset), "offset of " #member " in " #type)

enum { POINTER = sizeof(void *) };

SIZE(BG_FILE_PROGRESS, 24);
OFFSET(BG_FILE_PROGRESS, BytesTransferred, 8);
OFFSET(BG_FILE_PROGRESS, Completed, 16);
SIZE(BG_JOB_PROGRESS, 24);
OFFSET(BG_JOB_PROGRESS, FilesTotal, 16);
OFFSET(BG_JOB_PROGRESS, FilesTransferred, 20);
SIZE(BG_JOB_TIMES, 24);
SIZE(BG_JOB_REPLY_PROGRESS, 16);
SIZE(BG_FILE_RANGE, 16);
SIZE(BITS_JOB_PROPERTY_VALUE, 16);

SIZE(BG_JOB_STATE, 4);
SIZE(BG_JOB_TYPE, 4);
SIZE(BG_JOB_PRIORITY, 4);
SIZE(BG_ERROR_CONTEXT, 4);
SIZE(BITS_JOB_PROPERTY_ID, 4);
SIZE(BITS_FILE_PROPERTY_ID, 4);

SIZE(BG_FILE_INFO, 2 * POINTER);
SIZE(BG_BASIC_CREDENTIALS, 2 * POINTER);
SIZE(BG_AUTH_CREDENTIALS, 8 + 2 * POINTER);
OFFSET(BG_AUTH_CREDENTIALS, Credentials, 8);
SIZE(BITS_FILE_PROPERTY_VALUE, POINTER);
SIZE(FILESETINFO, 3 * POINTER);
