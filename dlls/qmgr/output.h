/*
 * Temporary files: reserve, write, publish, discard
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
 * Thin room on struct disk.  Called by transfer.c (one worker writes one file) and finish.c, as the identity the caller has put on the
 * thread.  Failures are those of the file API, context LOCAL_FILE.
 */

#ifndef __QMGR_OUTPUT_H
#define __QMGR_OUTPUT_H

#include "core/disk.h"
#include "core/model.h"

struct output;

/* A name for AddFile: "BIT" + hexadecimal digits + ".tmp" beside the local name [BEH.FILE.10]; malloc'ed; not yet taken on disk. */
HRESULT output_temp_name(struct disk *disk, const WCHAR *local_name, UINT64 (*random)(void *ctx), void *ctx, WCHAR **name);

/*
 * Opens the temporary file to continue at `offset`: if it is missing or shorter, S_FALSE and the file is open, empty [BEH.FILE.16].
 * offset 0 always starts an empty file.  hidden: of a new one [BEH.FILE.11].
 */
HRESULT output_open(struct disk *disk, const WCHAR *temp_name, UINT64 offset, BOOL hidden, struct output **output);

/*
 * The same for a new file, hidden, of which the first `room` octets are held in memory: on disk it is made when it is flushed or made, or when it
 * gets more than those.  One that is closed before that never was.
 */
HRESULT output_open_later(struct disk *disk, const WCHAR *temp_name, UINT32 room, struct output **output);
HRESULT output_make(struct output *output);
BOOL output_is_made(const struct output *output);

HRESULT output_reserve(struct output *output, UINT64 size);    /* ERROR_DISK_FULL before the first byte [BEH.FILE.13] */
HRESULT output_write(struct output *output, UINT64 offset, const void *data, UINT32 size);
HRESULT output_flush(struct output *output);                  /* of a new file also its name */
HRESULT output_flush_data(struct output *output);             /* but for the name */
HRESULT output_flush_names(struct output **outputs, UINT32 count, UINT32 *failed); /* the names of new ones, each folder once; *failed: which */
HRESULT output_set_size(struct output *output, UINT64 size);   /* exact size before FILE_DONE; S_FALSE: it had another */
void output_close(struct output *output);
void output_keep(struct output *output);                      /* the same, for a file that is whole and may soon be published (core/disk.h) */

#endif /* __QMGR_OUTPUT_H */
