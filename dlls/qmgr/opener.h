/*
 * Temporary files that are made before their octets come
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
 * To make a file takes Wine longer than a small one takes to arrive.  So those whose octets are on their way already are made on threads of the
 * crew while the worker still receives others.  One that is not there when its turn comes, or could not be made, the worker makes
 * itself, and has the failure.  What is never asked for stays an empty file under its recorded name, as after any transfer that was stopped.
 *
 * All is for one thread, but for the callbacks, which come on threads of the crew.  Builds natively, see sync.h; after crew_init.
 */

#ifndef __QMGR_OPENER_H
#define __QMGR_OPENER_H

#include "output.h"

struct opener_callbacks
{
    BOOL (*enter)(void *ctx);   /* this thread will make files now: FALSE, it cannot */
    void (*leave)(void *ctx);
    void *ctx;
};

struct opener;

HRESULT opener_create(struct disk *disk, const struct opener_callbacks *callbacks, struct opener **opener);
void opener_destroy(struct opener *opener);     /* waits for what is being made */

/* The name is recorded and durable. A shortage is no matter. */
void opener_add(struct opener *opener, UINT32 file, const WCHAR *temp_name);

/* The output as output_open with offset 0, hidden, makes it; the caller's. NULL: there is none. */
struct output *opener_take(struct opener *opener, UINT32 file);

#endif /* __QMGR_OPENER_H */
