/*
 * Owner and access control of one file for another
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
 * Thin room on the security API, for transfer_copy.c on its worker, as the identity the caller has put on the thread.  On Wine a
 * file has what its mode says, and no owner, group or audit entries of Windows (WINE.FS.12): of these what can be set is.
 */

#ifndef __QMGR_FILE_SECURITY_H
#define __QMGR_FILE_SECURITY_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

/* As in BG_COPY_FILE_* [BEH.ACL.1]. */
#define COPY_OWNER  0x1
#define COPY_GROUP  0x2
#define COPY_DACL   0x4
#define COPY_SACL   0x8

/*
 * Gives `to` what `flags` say of `from`: of access entries those that are the file's own, beside what the folder of `to` hands down
 * [BEH.ACL.4].  Owner and group need the privilege to restore files, audit entries the security privilege; without it
 * ERROR_PRIVILEGE_NOT_HELD [BEH.ACL.5], and nothing has changed.
 */
HRESULT file_security_copy(const WCHAR *from, const WCHAR *to, UINT32 flags);

#endif /* __QMGR_FILE_SECURITY_H */
