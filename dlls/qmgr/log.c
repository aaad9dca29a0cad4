/*
 * The service's log: a rotated file in the Downloader folder, mirrored to the debug channel
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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include "windef.h"
#include "winbase.h"

#include "log.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(qmgr);

#define LINE_SIZE 2048
#define ROTATE_SIZE (1024 * 1024)

static SRWLOCK log_lock = SRWLOCK_INIT;

/* guarded by log_lock; log_fault reads `file` without it */
static HANDLE file = INVALID_HANDLE_VALUE;
static WCHAR *path, *old_path;
static UINT64 size;

static LONG log_level = LOG_INFO;   /* interlocked */

static void open_file_locked(void)
{
    LARGE_INTEGER length;

    /* Append only, so that a line of the fault handler or of an orphan of the last prefix never lands inside another. */
    file = CreateFileW(path, FILE_APPEND_DATA | SYNCHRONIZE | FILE_READ_ATTRIBUTES,
                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    size = 0;
    if (file != INVALID_HANDLE_VALUE && GetFileSizeEx(file, &length)) size = length.QuadPart;
}

static void rotate_locked(void)
{
    CloseHandle(file);
    if (!MoveFileExW(path, old_path, MOVEFILE_REPLACE_EXISTING)) WARN("cannot rotate the log, error %lu\n", GetLastError());
    open_file_locked();
}

void log_init(const WCHAR *folder)
{
    static const WCHAR name[] = L"\\qmgr.log", old_name[] = L"\\qmgr.log.old";
    size_t len = lstrlenW(folder);

    AcquireSRWLockExclusive(&log_lock);
    path = malloc(len * sizeof(WCHAR) + sizeof(name));
    old_path = malloc(len * sizeof(WCHAR) + sizeof(old_name));
    if (path && old_path)
    {
        memcpy(path, folder, len * sizeof(WCHAR));
        memcpy(path + len, name, sizeof(name));
        memcpy(old_path, folder, len * sizeof(WCHAR));
        memcpy(old_path + len, old_name, sizeof(old_name));
        open_file_locked();
        if (file == INVALID_HANDLE_VALUE) WARN("no log file, error %lu\n", GetLastError());
    }
    ReleaseSRWLockExclusive(&log_lock);
}

void log_shutdown(void)
{
    AcquireSRWLockExclusive(&log_lock);
    if (file != INVALID_HANDLE_VALUE) CloseHandle(file);
    file = INVALID_HANDLE_VALUE;
    free(path);
    free(old_path);
    path = old_path = NULL;
    ReleaseSRWLockExclusive(&log_lock);
}

void log_set_level(enum log_level level)
{
    InterlockedExchange(&log_level, level);
}

BOOL log_enabled(enum log_level level)
{
    return level <= log_level;
}

static const char *level_name(enum log_level level)
{
    switch (level)
    {
    case LOG_ERROR:   return "error";
    case LOG_WARNING: return "warning";
    case LOG_INFO:    return "info";
    default:          return "debug";
    }
}

static int format_head(char *line, enum log_level level)
{
    SYSTEMTIME time;

    GetSystemTime(&time);
    return sprintf(line, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ %04lx:%04lx %s: ", time.wYear, time.wMonth, time.wDay, time.wHour,
                   time.wMinute, time.wSecond, time.wMilliseconds, GetCurrentProcessId(), GetCurrentThreadId(), level_name(level));
}

void log_write(enum log_level level, const char *format, ...)
{
    DWORD error = GetLastError(), written;
    char line[LINE_SIZE];
    int head, len, i;
    va_list args;

    if (!log_enabled(level) && !(level >= LOG_INFO && TRACE_ON(qmgr))) return;

    head = format_head(line, level);
    va_start(args, format);
    len = vsnprintf(line + head, sizeof(line) - head - 2, format, args);
    va_end(args);
    if (len < 0 || len > (int)sizeof(line) - head - 3) len = sizeof(line) - head - 3;
    for (i = head; i < head + len; i++)
        if ((unsigned char)line[i] < ' ') line[i] = '?';    /* nobody forges a line */
    line[head + len] = 0;

    if (level == LOG_ERROR) ERR("%s\n", line + head);
    else if (level == LOG_WARNING) WARN("%s\n", line + head);
    else TRACE("%s\n", line + head);

    if (log_enabled(level))
    {
        line[head + len] = '\r';
        line[head + len + 1] = '\n';
        AcquireSRWLockExclusive(&log_lock);
        if (file != INVALID_HANDLE_VALUE)
        {
            if (size >= ROTATE_SIZE) rotate_locked();
            if (WriteFile(file, line, head + len + 2, &written, NULL)) size += written;
        }
        ReleaseSRWLockExclusive(&log_lock);
    }
    SetLastError(error);
}

void log_fault(const char *text)
{
    static char line[LINE_SIZE];    /* the stack may be used up; the fault handler lets one thread in */
    DWORD written;
    int len;

    len = format_head(line, LOG_ERROR);
    len += snprintf(line + len, sizeof(line) - len - 2, "%s", text);
    if (len > LINE_SIZE - 3) len = LINE_SIZE - 3;
    line[len++] = '\r';
    line[len++] = '\n';
    if (file != INVALID_HANDLE_VALUE) WriteFile(file, line, len, &written, NULL);
}

const char *log_url(const WCHAR *url)
{
    const WCHAR *authority, *host, *end, *p;
    WCHAR buffer[256];
    size_t len = 0;

    if (!url) return debugstr_w(NULL);
    if (!(authority = wcsstr(url, L"://"))) authority = url;
    else authority += 3;
    end = authority + wcscspn(authority, L"/?#\\");
    for (host = p = authority; p < end; p++)
        if (*p == '@') host = p + 1;
    end += wcscspn(end, L"?#");

    for (p = url; p < authority && len < ARRAYSIZE(buffer); p++) buffer[len++] = *p;
    for (p = host; p < end && len < ARRAYSIZE(buffer); p++) buffer[len++] = *p;
    return debugstr_wn(buffer, len);
}
