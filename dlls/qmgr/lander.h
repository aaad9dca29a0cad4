/*
 * Files that are complete, until their last octets are on disk
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
 * A file that was received to its end is not done before its octets and its name are on disk.  Waiting for that costs more than a small file
 * takes to arrive, so the transfer hands the open output over and goes on with the next file.  Threads of the crew flush what has
 * come, many files at once, so that a file system with a journal shares its commits among them; one of them flushes the folders of those at the front, each once, and tells `landed` of each file in turn, with no
 * lock held: that is where the record of the file is made.  For both a file waits for others, a moment at most.  At most LANDER_MAX are on their way; who
 * adds more waits.
 *
 * All but the callback are for one thread.  After a failure, which is the first one and stays, no file is told of any more.
 * Builds natively, see sync.h; after crew_init.
 */

#ifndef __QMGR_LANDER_H
#define __QMGR_LANDER_H

#include "output.h"

#define LANDER_MAX  128
#define LANDER_HELD 1048576u     /* octets of files that are not made yet; who adds more makes its file */

struct lander_callbacks
{
    void (*close)(void *ctx, struct output *output);    /* of one that landed */
    HRESULT (*landed)(void *ctx, UINT32 file, UINT64 size);
    HRESULT (*enter)(void *ctx);   /* on a thread of the crew that will open files or folders now, or tell */
    void (*leave)(void);
    void *ctx;
};

struct lander;

HRESULT lander_create(const struct lander_callbacks *callbacks, struct lander **lander);
void lander_destroy(struct lander *lander);     /* waits for what is on its way */

/* Takes the output in any case. The failure may be that of an earlier file. */
HRESULT lander_add(struct lander *lander, struct output *output, UINT32 file, UINT64 size);

/* Helps until nothing is on its way, and may call `landed` on this thread. *file is that of the failure. */
HRESULT lander_wait(struct lander *lander, UINT32 *file);

#endif /* __QMGR_LANDER_H */
