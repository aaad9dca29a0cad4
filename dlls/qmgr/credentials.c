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


#include <stdlib.h>
#include <string.h>

#include "credentials.h"
#include "security.h"
#include "core/str.h"

/*
 * Inside the seal: for each entry target, scheme, and the lengths of user and password in characters (u32 each, NO_STRING for NULL),
 * then both strings with a terminator.
 */
#define NO_STRING   ((UINT32)-1)
#define ENTRY_HEAD  (4 * sizeof(UINT32))
#define LENGTH_MAX  0x100000        /* of a string; more is no list of ours */

static UINT32 string_size(const WCHAR *string)
{
    return string ? (UINT32)((str_len(string) + 1) * sizeof(WCHAR)) : 0;
}

static BYTE *put_entry(BYTE *pos, const struct credential *entry)
{
    UINT32 user_size = string_size(entry->user), password_size = string_size(entry->password);
    UINT32 head[4] = { entry->target, entry->scheme, NO_STRING, NO_STRING };

    if (entry->user) head[2] = user_size / sizeof(WCHAR) - 1;
    if (entry->password) head[3] = password_size / sizeof(WCHAR) - 1;
    memcpy(pos, head, sizeof(head));
    pos += sizeof(head);
    if (entry->user) memcpy(pos, entry->user, user_size);
    pos += user_size;
    if (entry->password) memcpy(pos, entry->password, password_size);
    return pos + password_size;
}

/* Takes a string of `length` characters from the data; FALSE if it is not there. */
static BOOL get_string(const BYTE **pos, const BYTE *end, UINT32 length, const WCHAR **string)
{
    *string = NULL;
    if (length == NO_STRING) return TRUE;
    if (length >= LENGTH_MAX || (size_t)(end - *pos) < (length + 1) * sizeof(WCHAR)) return FALSE;
    *string = (const WCHAR *)*pos;
    if ((*string)[length] || str_nlen(*string, length) != length) return FALSE;
    *pos += (length + 1) * sizeof(WCHAR);
    return TRUE;
}

static BOOL get_entry(const BYTE **pos, const BYTE *end, struct credential *entry)
{
    UINT32 head[4];

    if ((size_t)(end - *pos) < sizeof(head)) return FALSE;
    memcpy(head, *pos, sizeof(head));
    *pos += sizeof(head);
    entry->target = head[0];
    entry->scheme = head[1];
    return get_string(pos, end, head[2], &entry->user) && get_string(pos, end, head[3], &entry->password);
}

HRESULT credentials_open(const BYTE *blob, UINT32 size, struct credentials *list)
{
    const BYTE *pos, *end;
    HRESULT hr;

    memset(list, 0, sizeof(*list));
    if (!size) return S_OK;
    if (FAILED(hr = security_unseal(blob, size, &list->data, &list->size))) return hr;
    pos = list->data;
    end = pos + list->size;
    if (!(list->entries = calloc(list->size / ENTRY_HEAD + 1, sizeof(*list->entries)))) hr = E_OUTOFMEMORY;
    while (SUCCEEDED(hr) && pos < end)
    {
        if (get_entry(&pos, end, &list->entries[list->count])) list->count++;
        else hr = HRESULT_FROM_WIN32(ERROR_INVALID_DATA);
    }
    if (FAILED(hr)) credentials_close(list);
    return hr;
}

void credentials_close(struct credentials *list)
{
    security_free_secret(list->data, list->size);
    free(list->entries);
    memset(list, 0, sizeof(*list));
}

static BOOL same_pair(const struct credential *entry, UINT32 target, UINT32 scheme)
{
    return entry->target == target && entry->scheme == scheme;
}

/* Seals all entries but the one of this pair, and entry if there is one. */
static HRESULT seal(const struct credentials *list, UINT32 target, UINT32 scheme, const struct credential *entry, BYTE **blob,
                    UINT32 *blob_size)
{
    UINT32 size = 0, i;
    BYTE *data, *pos;
    HRESULT hr;

    *blob = NULL;
    *blob_size = 0;
    for (i = 0; i < list->count; i++)
        if (!same_pair(&list->entries[i], target, scheme))
            size += ENTRY_HEAD + string_size(list->entries[i].user) + string_size(list->entries[i].password);
    if (entry) size += ENTRY_HEAD + string_size(entry->user) + string_size(entry->password);
    if (!size) return S_OK;

    if (!(data = malloc(size))) return E_OUTOFMEMORY;
    for (i = 0, pos = data; i < list->count; i++)
        if (!same_pair(&list->entries[i], target, scheme)) pos = put_entry(pos, &list->entries[i]);
    if (entry) put_entry(pos, entry);
    hr = security_seal(data, size, blob, blob_size);
    security_free_secret(data, size);
    return hr;
}

HRESULT credentials_with(const struct credentials *list, const struct credential *entry, BYTE **blob, UINT32 *size)
{
    return seal(list, entry->target, entry->scheme, entry, blob, size);
}

HRESULT credentials_without(const struct credentials *list, UINT32 target, UINT32 scheme, BYTE **blob, UINT32 *size)
{
    UINT32 i;

    *blob = NULL;
    *size = 0;
    for (i = 0; i < list->count; i++)
        if (same_pair(&list->entries[i], target, scheme)) return seal(list, target, scheme, NULL, blob, size);
    return S_FALSE;
}
