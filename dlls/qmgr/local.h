/*
 * Files that are read without HTTP: local paths, mapped drives and UNC names
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
 * Thin room on the file API, for transfer.c on its worker, as the identity the caller has put on the thread.  Network-type errors are told
 * apart from the rest by core/verdict [BEH.SMB.7].
 */

#ifndef __QMGR_LOCAL_H
#define __QMGR_LOCAL_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

struct local_source;

/* remote_name: as given to AddFile. Size in octets, time of the last write as FILETIME. */
HRESULT local_open(const WCHAR *remote_name, struct local_source **source, UINT64 *size, UINT64 *time);
UINT32 local_attributes(struct local_source *source);     /* FILE_ATTRIBUTE_*, 0 where there are none to be had */
BOOL local_is_on_share(const struct local_source *source);
BOOL local_is_share(const WCHAR *path);
/* Where the source is on a share, and `flags` (BG_COPY_FILE_*) say so, its owner and access control for the file `name` [BEH.ACL.1]. */
HRESULT local_give_security(struct local_source *source, const WCHAR *name, UINT32 flags);
/* As they are now: a file that was written to while it was read is not what it was. */
HRESULT local_stat(struct local_source *source, UINT64 *size, UINT64 *time);
/* *got is 0 at the end of the file only. */
HRESULT local_read(struct local_source *source, UINT64 offset, void *buffer, UINT32 size, UINT32 *got);
/* May a file be made beside local_name? ERROR_PATH_NOT_FOUND [BEH.FILE.2] or E_ACCESSDENIED [BEH.FILE.5]. For the doors. */
HRESULT local_check_folder(const WCHAR *local_name);
/* The answer for the one is the answer for the other. */
BOOL local_same_folder(const WCHAR *local_name, const WCHAR *local_name2);
/* Serial number of the volume that holds the path, 0 where there is none to be had (a network share) [BEH.FILE.32]. */
UINT32 local_volume_serial(const WCHAR *path);
void local_close(struct local_source *source);

#endif /* __QMGR_LOCAL_H */
