/*
 * The credentials of a job, as they are kept
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
 * A job keeps all its credentials as one sealed blob, PROP_CREDENTIALS; it is never shown to anybody.  Used by job2.c (change) and by identity.c
 * (use).  Any thread, no state, no lock.  A blob of size 0 is an empty list.
 */

#ifndef __QMGR_CREDENTIALS_H
#define __QMGR_CREDENTIALS_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

struct credential
{
    UINT32 target, scheme;          /* BG_AUTH_TARGET, BG_AUTH_SCHEME; one entry for each pair [JOB2.SetCredentials.1] */
    const WCHAR *user, *password;   /* both NULL: those of the user [JOB2.SetCredentials.12] */
};

struct credentials
{
    struct credential *entries;
    UINT32 count;
    void *data;                     /* holds the strings */
    UINT32 size;
};

/* ERROR_INVALID_DATA as HRESULT: not a blob of this machine and user. */
HRESULT credentials_open(const BYTE *blob, UINT32 size, struct credentials *list);
void credentials_close(struct credentials *list);       /* wipes it */

/* The sealed list with this entry, in place of another of its pair; *blob is malloc'ed. */
HRESULT credentials_with(const struct credentials *list, const struct credential *entry, BYTE **blob, UINT32 *size);
/* The sealed list without the entry of this pair, NULL and 0 if it was the only one; S_FALSE if there is none, *blob is NULL then. */
HRESULT credentials_without(const struct credentials *list, UINT32 target, UINT32 scheme, BYTE **blob, UINT32 *size);

#endif /* __QMGR_CREDENTIALS_H */
