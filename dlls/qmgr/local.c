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

#include <stdarg.h>
#include <stdlib.h>

#include "windef.h"
#include "winbase.h"
#include "wingdi.h"
#include "winuser.h"

#include "exact_name.h"
#include "file_security.h"
#include "local.h"
#include "security.h"
#include "core/str.h"
#include "core/url.h"

struct local_source
{
    HANDLE file;
    UINT64 position;            /* of the file pointer */
    WCHAR *name;                /* the full path */
};

HRESULT local_open(const WCHAR *remote_name, struct local_source **ret, UINT64 *size, UINT64 *time)
{
    struct local_source *source;
    struct url url;
    HRESULT hr;

    *ret = NULL;
    if (FAILED(hr = url_parse(remote_name, &url))) return hr;
    if (!(source = malloc(sizeof(*source))))
    {
        url_free(&url);
        return E_OUTOFMEMORY;
    }
    source->file = CreateFileW(url.path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                               OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    hr = source->file == INVALID_HANDLE_VALUE ? HRESULT_FROM_WIN32(GetLastError()) : S_OK;
    source->position = 0;
    source->name = url.path;
    url.path = NULL;
    url_free(&url);
    if (FAILED(hr))
    {
        free(source->name);
        free(source);
        return hr;
    }
    if (FAILED(hr = local_stat(source, size, time)))
    {
        local_close(source);
        return hr;
    }
    *ret = source;
    return S_OK;
}

HRESULT local_stat(struct local_source *source, UINT64 *size, UINT64 *time)
{
    FILE_BASIC_INFO info;
    LARGE_INTEGER length;

    /* GetFileInformationByHandle of Wine asks the mount manager for the volume too, which is another process; an upload asks before each fragment */
    if (!GetFileInformationByHandleEx(source->file, FileBasicInfo, &info, sizeof(info)) || !GetFileSizeEx(source->file, &length))
        return HRESULT_FROM_WIN32(GetLastError());
    *size = length.QuadPart;
    *time = info.LastWriteTime.QuadPart;
    return S_OK;
}

BOOL local_is_share(const WCHAR *path)
{
    WCHAR root[] = L"?:\\";

    if (path[0] == '\\' || path[0] == '/') return TRUE;
    root[0] = path[0];
    return GetDriveTypeW(root) == DRIVE_REMOTE;
}

BOOL local_is_on_share(const struct local_source *source)
{
    return local_is_share(source->name);
}

HRESULT local_give_security(struct local_source *source, const WCHAR *name, UINT32 flags)
{
    return flags && local_is_on_share(source) ? file_security_copy(source->name, name, flags) : S_OK;
}

UINT32 local_attributes(struct local_source *source)
{
    FILE_BASIC_INFO info;

    return GetFileInformationByHandleEx(source->file, FileBasicInfo, &info, sizeof(info)) ? info.FileAttributes : 0;
}

HRESULT local_read(struct local_source *source, UINT64 offset, void *buffer, UINT32 size, UINT32 *got)
{
    LARGE_INTEGER move;
    DWORD count = 0;

    /* an OVERLAPPED, with the offset in it, costs a call to wineserver each time */
    *got = 0;
    move.QuadPart = offset;
    if (offset != source->position && !SetFilePointerEx(source->file, move, NULL, FILE_BEGIN)) return HRESULT_FROM_WIN32(GetLastError());
    source->position = offset;
    if (!ReadFile(source->file, buffer, size, &count, NULL)) return HRESULT_FROM_WIN32(GetLastError());
    source->position += count;
    *got = count;
    return S_OK;
}

/* Wine opens a folder for writing whoever may write to it: there only a file tells. The folder ends in a backslash. */
static DWORD try_to_write(const WCHAR *folder)
{
    static LONG count;
    size_t len = str_len(folder);
    HANDLE file = INVALID_HANDLE_VALUE;
    DWORD error = ERROR_FILE_EXISTS;
    WCHAR *path, *exact;
    UINT32 i;

    if (!(path = malloc((len + 32) * sizeof(*path)))) return ERROR_NOT_ENOUGH_MEMORY;
    memcpy(path, folder, len * sizeof(*path));
    for (i = 0; i < 100 && error == ERROR_FILE_EXISTS; i++)
    {
        wsprintfW(path + len, L"BIT%lx%lx.tmp", GetCurrentProcessId(), InterlockedIncrement(&count));
        exact = exact_name(path);
        file = CreateFileW(exact ? exact : path, GENERIC_WRITE | DELETE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, CREATE_NEW,
                           FILE_ATTRIBUTE_HIDDEN | FILE_FLAG_DELETE_ON_CLOSE, NULL);
        error = file != INVALID_HANDLE_VALUE ? ERROR_SUCCESS : GetLastError();
        free(exact);
    }
    if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
    free(path);
    return error;
}

/* The length of the folder with its backslash. */
static size_t folder_len(const WCHAR *name)
{
    size_t len = str_len(name);

    while (len && name[len - 1] != '\\' && name[len - 1] != '/') len--;
    return len;
}

BOOL local_same_folder(const WCHAR *name, const WCHAR *name2)
{
    size_t len = folder_len(name);

    return len == folder_len(name2) && !str_nicmp(name, name2, len);
}

HRESULT local_check_folder(const WCHAR *local_name)
{
    size_t len = folder_len(local_name);
    HANDLE folder;
    WCHAR *path;
    DWORD error;

    if (!(path = str_ndup(local_name, len))) return E_OUTOFMEMORY;
    folder = CreateFileW(path, FILE_ADD_FILE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                         FILE_FLAG_BACKUP_SEMANTICS, NULL);
    error = GetLastError();
    if (folder != INVALID_HANDLE_VALUE)
    {
        CloseHandle(folder);
        error = security_on_wine() ? try_to_write(path) : ERROR_SUCCESS;
    }
    free(path);
    /* who has the folder open for himself has it */
    if (error == ERROR_SUCCESS || error == ERROR_SHARING_VIOLATION) return S_OK;
    /* a missing drive is 2 on Wine, 3 on Windows (WINE.FS.9); a file in the way is no folder either */
    if (error == ERROR_FILE_NOT_FOUND || error == ERROR_DIRECTORY || error == ERROR_INVALID_NAME) error = ERROR_PATH_NOT_FOUND;
    return HRESULT_FROM_WIN32(error);
}

UINT32 local_volume_serial(const WCHAR *path)
{
    WCHAR root[] = L"?:\\";
    DWORD serial;

    if (!path[0] || path[1] != ':') return 0;
    root[0] = path[0];
    return GetVolumeInformationW(root, NULL, 0, &serial, NULL, NULL, NULL, 0) ? serial : 0;
}

void local_close(struct local_source *source)
{
    CloseHandle(source->file);
    free(source->name);
    free(source);
}
