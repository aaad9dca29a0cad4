/*
 * The ranges a client asks for, in a list
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


/* Pure room, no state. For the doors. */

#ifndef __QMGR_CORE_RANGE_LIST_H
#define __QMGR_CORE_RANGE_LIST_H

#include "core/model.h"

/*
 * The rules of AddFileWithRanges, any order of ranges: BG_E_INVALID_RANGE for one that begins at the end of all numbers, ends behind it, or is
 * empty; BG_E_OVERLAPPING_RANGES for two that share a byte or begin at the same offset [JOB3.AddFileWithRanges.8, 9, A1 to A3].  A length
 * of LENGTH_TO_EOF reaches for ever.  E_OUTOFMEMORY.
 */
HRESULT range_list_check(const struct file_range *ranges, UINT32 count);

#endif /* __QMGR_CORE_RANGE_LIST_H */
