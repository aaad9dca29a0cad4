/*
 * Names of files that have one spelling
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

#include <stdarg.h>
#include <stdlib.h>

#include "windef.h"
#include "winbase.h"
#include "winnls.h"

#include "exact_name.h"
#include "core/str.h"

#ifndef CP_UNIXCP
#define CP_UNIXCP 65010 /* Wine's own: the encoding of names of files in Unix */
#endif

static const WCHAR unix_prefix[] = L"\\\\?\\unix";

/* Of Wine's kernel32 only; the result is of the process heap. */
static char *(CDECL *get_unix_name)(const WCHAR *path);

static BOOL CALLBACK find_unix_names(INIT_ONCE *once, void *param, void **ctx)
{
    get_unix_name = (void *)GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "wine_get_unix_file_name");
    return TRUE;
}

/* With a drive letter, and without what Windows does not take for a part of a name. */
static WCHAR *full_name(const WCHAR *path)
{
    DWORD size = GetFullPathNameW(path, 0, NULL, NULL), len;
    WCHAR *full;

    if (!size || !(full = malloc(size * sizeof(*full)))) return NULL;
    len = GetFullPathNameW(path, size, full, NULL);
    if (len > 3 && len < size && full[1] == ':') return full;
    free(full);
    return NULL;
}

static BOOL is_plain(const WCHAR *name)
{
    const WCHAR *p;

    for (p = name; *p; p++)
        if (*p < ' ' || str_chr(L"<>:\"/|?*", *p)) return FALSE;
    return p > name;
}

WCHAR *exact_name(const WCHAR *path)
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
    WCHAR *full, *name, first, *ret = NULL;
    char *folder;
    DWORD len;
    size_t i;

    InitOnceExecuteOnce(&once, find_unix_names, NULL, NULL);
    if (!get_unix_name || !(full = full_name(path))) return NULL;
    for (name = full + str_len(full); name[-1] != '\\'; name--) {}
    if (!is_plain(name))
    {
        free(full);
        return NULL;
    }
    first = *name;
    *name = 0;
    folder = get_unix_name(full);
    *name = first;
    /* what is a separator here may be part of a name there */
    if (folder && !strchr(folder, '\\') && (len = MultiByteToWideChar(CP_UNIXCP, MB_ERR_INVALID_CHARS, folder, -1, NULL, 0))
        && (ret = malloc((ARRAYSIZE(unix_prefix) + len + 1 + str_len(name)) * sizeof(*ret))))
    {
        i = ARRAYSIZE(unix_prefix) - 1;
        memcpy(ret, unix_prefix, i * sizeof(*ret));
        MultiByteToWideChar(CP_UNIXCP, 0, folder, -1, ret + i, len);
        for (; ret[i]; i++)
            if (ret[i] == '/') ret[i] = '\\';
        if (ret[i - 1] != '\\') ret[i++] = '\\';
        memcpy(ret + i, name, (str_len(name) + 1) * sizeof(*ret));
    }
    if (folder) HeapFree(GetProcessHeap(), 0, folder);
    free(full);
    return ret;
}
