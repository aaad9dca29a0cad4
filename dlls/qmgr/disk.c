/*
 * The file interface on the Windows API
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
#include <stddef.h>

#include "windef.h"
#include "winbase.h"

#include "disk.h"
#include "disk_ahead.h"
#include "disk_kept.h"
#include "exact_name.h"
#include "core/str.h"

struct disk_file
{
    HANDLE handle;
    BOOL keep;
    UINT64 position;    /* of the handle; a file is read and written by one thread at a time */
};

static HRESULT last_error(void)
{
    DWORD error = GetLastError();

    return HRESULT_FROM_WIN32(error ? error : ERROR_GEN_FAILURE);
}

static HRESULT result_of(BOOL success)
{
    return success ? S_OK : last_error();
}

static BOOL is_absent(DWORD error)
{
    return error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND;
}

/* INVALID_HANDLE_VALUE also where a name has no exact form: the ordinary call decides. */
static HANDLE open_exact(const WCHAR *path, DWORD access, DWORD share, DWORD disposition, DWORD attributes)
{
    WCHAR *exact = exact_name(path);
    HANDLE handle;

    if (!exact) return INVALID_HANDLE_VALUE;
    handle = CreateFileW(exact, access, share, NULL, disposition, attributes, NULL);
    free(exact);
    return handle;
}

static HRESULT win_open(struct disk *disk, const WCHAR *path, UINT32 flags, struct disk_file **ret)
{
    DWORD access = 0, share = FILE_SHARE_READ, disposition, attributes;
    struct disk_file *file;
    HRESULT hr;

    if (flags & DISK_READ) access |= GENERIC_READ;
    if (flags & DISK_WRITE) access |= GENERIC_WRITE;
    if (flags & DISK_KEEP) access |= DELETE;
    if (flags & DISK_SHARE_ALL) share |= FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    attributes = flags & DISK_HIDDEN ? FILE_ATTRIBUTE_HIDDEN : FILE_ATTRIBUTE_NORMAL;

    if (flags & DISK_CREATE_NEW) disposition = CREATE_NEW;
    else if (flags & DISK_CREATE) disposition = flags & DISK_TRUNCATE ? CREATE_ALWAYS : OPEN_ALWAYS;
    else disposition = flags & DISK_TRUNCATE ? TRUNCATE_EXISTING : OPEN_EXISTING;

    *ret = NULL;
    if (!(file = malloc(sizeof(*file)))) return E_OUTOFMEMORY;
    disk_kept_close(path);      /* nobody goes on with another file of that name */
    file->keep = !!(flags & DISK_KEEP);
    file->position = 0;
    file->handle = flags & DISK_EXACT ? open_exact(path, access, share, disposition, attributes) : INVALID_HANDLE_VALUE;
    if (file->handle == INVALID_HANDLE_VALUE) file->handle = CreateFileW(path, access, share, NULL, disposition, attributes, NULL);
    if (file->handle == INVALID_HANDLE_VALUE)
    {
        hr = last_error();
        free(file);
        return hr;
    }
    *ret = file;
    return S_OK;
}

static void win_close(struct disk_file *file)
{
    CloseHandle(file->handle);
    free(file);
}

static void win_keep(struct disk_file *file, const WCHAR *path)
{
    if (!file->keep) CloseHandle(file->handle);
    else disk_kept_put(path, file->handle);
    free(file);
}

static void win_let_go(struct disk *disk, const WCHAR *path)
{
    disk_kept_close(path);
}

/* An offset that goes with the call costs a call to wineserver, which is told of the completion; a file pointer costs none. */
static HRESULT seek(struct disk_file *file, UINT64 offset)
{
    LARGE_INTEGER distance;

    if (file->position == offset) return S_OK;
    distance.QuadPart = offset;
    if (!SetFilePointerEx(file->handle, distance, NULL, FILE_BEGIN)) return last_error();
    file->position = offset;
    return S_OK;
}

static HRESULT win_read(struct disk_file *file, UINT64 offset, void *buffer, UINT32 size, UINT32 *got)
{
    DWORD count = 0;
    HRESULT hr;

    *got = 0;
    if (FAILED(hr = seek(file, offset))) return hr;
    if (!ReadFile(file->handle, buffer, size, &count, NULL)) return last_error();
    file->position += count;
    *got = count;
    return S_OK;
}

static HRESULT win_write(struct disk_file *file, UINT64 offset, const void *buffer, UINT32 size)
{
    DWORD count = 0;
    HRESULT hr;

    if (!size) return S_OK;
    if (FAILED(hr = seek(file, offset))) return hr;
    if (!WriteFile(file->handle, buffer, size, &count, NULL)) return last_error();
    file->position += count;
    return count == size ? S_OK : HRESULT_FROM_WIN32(ERROR_DISK_FULL);
}

static HRESULT win_set_size(struct disk_file *file, UINT64 size)
{
    FILE_END_OF_FILE_INFO info;

    info.EndOfFile.QuadPart = size;
    return result_of(SetFileInformationByHandle(file->handle, FileEndOfFileInfo, &info, sizeof(info)));
}

static HRESULT win_get_size(struct disk_file *file, UINT64 *size)
{
    LARGE_INTEGER value;

    if (!GetFileSizeEx(file->handle, &value)) return last_error();
    *size = value.QuadPart;
    return S_OK;
}

/*
 * A size that the volume cannot hold fails in many ways, some of which Wine has no code for ("File too large" comes out as a shortage of
 * memory): what is asked for and what is free decides.
 */
static HRESULT no_room(struct disk_file *file, UINT64 size, HRESULT hr)
{
    WCHAR path[MAX_PATH + 16], *end;
    ULARGE_INTEGER available;
    DWORD len;

    len = GetFinalPathNameByHandleW(file->handle, path, ARRAYSIZE(path), 0);
    if (!len || len >= ARRAYSIZE(path)) return hr;
    for (end = path + len; end > path && end[-1] != '\\'; end--) {}
    *end = 0;
    if (GetDiskFreeSpaceExW(path, &available, NULL, NULL) && available.QuadPart < size) return HRESULT_FROM_WIN32(ERROR_DISK_FULL);
    return hr;
}

/*
 * Windows knows an allocation apart from the size.  Wine has no FileAllocationInfo, but its SetFileValidData makes real blocks up to a
 * size that the file must have already (WINE.FS.4); on Windows that one needs a privilege and shows old disk contents, so it is
 * tried only where the other is not implemented.
 */
static HRESULT win_reserve(struct disk_file *file, UINT64 size)
{
    FILE_ALLOCATION_INFO info;
    UINT64 present;
    HRESULT hr;

    info.AllocationSize.QuadPart = size;
    if (FAILED(hr = win_get_size(file, &present)) || size <= present) return hr;
    if (SetFileInformationByHandle(file->handle, FileAllocationInfo, &info, sizeof(info))) return S_OK;
    hr = last_error();
    if (hr != HRESULT_FROM_WIN32(ERROR_CALL_NOT_IMPLEMENTED) && hr != HRESULT_FROM_WIN32(ERROR_NOT_SUPPORTED)
        && hr != HRESULT_FROM_WIN32(ERROR_INVALID_PARAMETER))
        return hr;

    if (FAILED(hr = win_set_size(file, size))) return no_room(file, size, hr);
    if (SetFileValidData(file->handle, size)) return S_OK;
    hr = no_room(file, size, last_error());
    win_set_size(file, present);
    return hr;
}

static HRESULT win_flush(struct disk_file *file)
{
    return result_of(FlushFileBuffers(file->handle));
}

static HRESULT win_rename(struct disk *disk, const WCHAR *from, const WCHAR *to)
{
    disk_kept_close(from);
    return result_of(MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH));
}

static HRESULT rename_handle(HANDLE handle, const WCHAR *to, BOOL replace)
{
    DWORD len = str_len(to), size = offsetof(FILE_RENAME_INFO, FileName[len + 1]);
    FILE_RENAME_INFO *info;
    HRESULT hr;

    if (!(info = malloc(size))) return E_OUTOFMEMORY;
    memset(info, 0, sizeof(*info));
    info->ReplaceIfExists = replace;
    info->FileNameLength = len * sizeof(WCHAR);
    memcpy(info->FileName, to, (len + 1) * sizeof(WCHAR));
    hr = result_of(SetFileInformationByHandle(handle, FileRenameInfo, info, size));
    free(info);
    return hr;
}

/* Attributes together with times, since Wine 10 forgets some with the times; a file that is read-only takes no other attribute in Wine. */
static HRESULT finish_handle(HANDLE handle, UINT64 time, UINT32 wanted)
{
    static const DWORD kept = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_ARCHIVE;
    FILE_BASIC_INFO basic;
    BOOL read_only;

    if (!GetFileInformationByHandleEx(handle, FileBasicInfo, &basic, sizeof(basic))) return last_error();
    basic.FileAttributes &= ~FILE_ATTRIBUTE_HIDDEN;
    if (wanted & DISK_ATTRIBUTES) basic.FileAttributes = (basic.FileAttributes & ~kept) | (wanted & kept);
    read_only = !!(basic.FileAttributes & FILE_ATTRIBUTE_READONLY);
    basic.FileAttributes &= ~FILE_ATTRIBUTE_READONLY;
    if (!basic.FileAttributes) basic.FileAttributes = FILE_ATTRIBUTE_NORMAL;
    basic.CreationTime.QuadPart = basic.LastWriteTime.QuadPart = time;      /* 0: as they are */
    basic.LastAccessTime.QuadPart = basic.ChangeTime.QuadPart = 0;
    if (!SetFileInformationByHandle(handle, FileBasicInfo, &basic, sizeof(basic))) return last_error();
    if (!read_only) return S_OK;
    basic.FileAttributes = (basic.FileAttributes & ~FILE_ATTRIBUTE_NORMAL) | FILE_ATTRIBUTE_READONLY;
    return result_of(SetFileInformationByHandle(handle, FileBasicInfo, &basic, sizeof(basic)));
}

static HANDLE open_to_publish(const WCHAR *name)
{
    HANDLE handle = disk_kept_take(name);

    if (handle != INVALID_HANDLE_VALUE) return handle;
    return CreateFileW(name, DELETE | SYNCHRONIZE | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES,
                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
}

/* All by one handle: each open of a name costs Wine as much as a small file takes to arrive. */
static HRESULT win_publish(struct disk *disk, struct disk_ahead *ahead, const WCHAR *from, const WCHAR *to, UINT64 size, UINT32 flags, UINT64 time, UINT32 attributes)
{
    HANDLE handle = disk_ahead_take(ahead, from);
    LARGE_INTEGER present;
    WCHAR *exact;
    HRESULT hr;

    if (handle == INVALID_HANDLE_VALUE && (handle = open_to_publish(from)) == INVALID_HANDLE_VALUE) return last_error();
    hr = result_of(GetFileSizeEx(handle, &present));
    if (SUCCEEDED(hr) && present.QuadPart != size) hr = HRESULT_FROM_WIN32(ERROR_FILE_CORRUPT);
    if (SUCCEEDED(hr))
    {
        hr = E_FAIL;
        if (flags & DISK_EXACT && (exact = exact_name(to)))
        {
            hr = rename_handle(handle, exact, !!(flags & DISK_REPLACE));
            free(exact);
        }
        if (FAILED(hr)) hr = rename_handle(handle, to, !!(flags & DISK_REPLACE));
    }
    if (SUCCEEDED(hr)) finish_handle(handle, time, attributes);
    disk_ahead_give_back(ahead, handle);
    return hr;
}

static struct disk_ahead *win_begin_ahead(struct disk *disk, const WCHAR *const *names, UINT32 count)
{
    return disk_ahead_begin(open_to_publish, names, count);
}

static HRESULT win_remove(struct disk *disk, const WCHAR *path)
{
    disk_kept_close(path);
    if (DeleteFileW(path) || is_absent(GetLastError())) return S_OK;
    return last_error();
}

static BOOL get_attributes(const WCHAR *path, BOOL by_exact_name, WIN32_FILE_ATTRIBUTE_DATA *data)
{
    WCHAR *exact = by_exact_name ? exact_name(path) : NULL;
    BOOL ret = exact && GetFileAttributesExW(exact, GetFileExInfoStandard, data);

    if (!ret && !(exact && is_absent(GetLastError()))) ret = GetFileAttributesExW(path, GetFileExInfoStandard, data);
    free(exact);
    return ret;
}

static HRESULT win_stat(struct disk *disk, const WCHAR *path, UINT32 flags, struct disk_stat *stat)
{
    WIN32_FILE_ATTRIBUTE_DATA data;

    memset(stat, 0, sizeof(*stat));
    if (!get_attributes(path, !!(flags & DISK_EXACT), &data)) return last_error();
    stat->size = (UINT64)data.nFileSizeHigh << 32 | data.nFileSizeLow;
    stat->write_time = (UINT64)data.ftLastWriteTime.dwHighDateTime << 32 | data.ftLastWriteTime.dwLowDateTime;
    stat->directory = !!(data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY);
    stat->read_only = !!(data.dwFileAttributes & FILE_ATTRIBUTE_READONLY);
    return S_OK;
}

/* A directory handle can be flushed if it was opened for adding files (WINE.FS.1). */
static HRESULT win_flush_dir(struct disk *disk, const WCHAR *path)
{
    HANDLE handle;
    HRESULT hr;

    handle = CreateFileW(path, FILE_ADD_FILE | SYNCHRONIZE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                         OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (handle == INVALID_HANDLE_VALUE) return last_error();
    hr = result_of(FlushFileBuffers(handle));
    CloseHandle(handle);
    /* Some file systems cannot flush a folder by itself; what they do instead is all there is. */
    if (hr == E_INVALIDARG || hr == HRESULT_FROM_WIN32(ERROR_INVALID_FUNCTION) || hr == HRESULT_FROM_WIN32(ERROR_NOT_SUPPORTED))
        hr = S_OK;
    return hr;
}

static WCHAR *search_pattern(const WCHAR *dir)
{
    size_t len = str_len(dir);
    WCHAR *pattern;

    if (!(pattern = malloc((len + 3) * sizeof(*pattern)))) return NULL;
    memcpy(pattern, dir, len * sizeof(*pattern));
    if (len && pattern[len - 1] != '\\') pattern[len++] = '\\';
    pattern[len++] = '*';
    pattern[len] = 0;
    return pattern;
}

/* Of a folder whose entries may be read but not looked at Wine shows nothing, not even itself; the root of a drive never shows itself. */
static HRESULT win_list(struct disk *disk, const WCHAR *dir, BOOL all, HRESULT (*found)(void *ctx, const WCHAR *name), void *ctx)
{
    BOOL seen_itself = FALSE;
    WIN32_FIND_DATAW data;
    WCHAR *pattern;
    HANDLE find;
    HRESULT hr = S_OK;

    if (!(pattern = search_pattern(dir))) return E_OUTOFMEMORY;
    find = FindFirstFileW(pattern, &data);
    if (find == INVALID_HANDLE_VALUE) hr = last_error();
    free(pattern);
    if (find == INVALID_HANDLE_VALUE) return hr == HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND) && !all ? S_OK : hr;
    for (;;)
    {
        if (!str_cmp(data.cFileName, L".")) seen_itself = TRUE;
        if ((all || !(data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)) && FAILED(hr = found(ctx, data.cFileName))) break;
        if (all && data.cAlternateFileName[0] && FAILED(hr = found(ctx, data.cAlternateFileName))) break;
        if (FindNextFileW(find, &data)) continue;
        if (GetLastError() != ERROR_NO_MORE_FILES) hr = last_error();
        break;
    }
    FindClose(find);
    return SUCCEEDED(hr) && all && !seen_itself ? HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED) : hr;
}

/* Not imported: what Wine's ntdll has of the C library would come with it, and its memcpy is slow. */
static WCHAR (WINAPI *upcase)(WCHAR c);

static BOOL CALLBACK find_upcase(INIT_ONCE *once, void *param, void **ctx)
{
    upcase = (void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlUpcaseUnicodeChar");
    return TRUE;
}

static WCHAR win_fold(WCHAR c)
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

    if (c < 0x80) return c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c;
    InitOnceExecuteOnce(&once, find_upcase, NULL, NULL);
    return upcase(c);
}

/* Opened for attributes alone, so that a reader of the published file is not in the way. */
static HRESULT win_finish(struct disk *disk, const WCHAR *path, UINT64 time, UINT32 attributes)
{
    HANDLE handle;
    HRESULT hr;

    handle = CreateFileW(path, FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                         OPEN_EXISTING, 0, NULL);
    if (handle == INVALID_HANDLE_VALUE) return last_error();
    hr = finish_handle(handle, time, attributes);
    CloseHandle(handle);
    return hr;
}

struct disk *disk_get(void)
{
    static struct disk disk =
    {
        win_open, win_close, win_keep, win_let_go, win_read, win_write, win_set_size, win_reserve, win_get_size, win_flush, win_rename, win_publish,
        win_begin_ahead, disk_ahead_end, win_remove, win_stat, win_flush_dir, win_list, win_fold, win_finish
    };

    return &disk;
}
