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

/*
 * Wine stores no events (WINE.SYS.5), so what an administrator may want to know goes to `qmgr.log` in the Downloader folder; at 1 MiB it
 * becomes `qmgr.log.old`.  Level from HKLM\Software\Microsoft\Windows\CurrentVersion\BITS value LogLevel (REG_DWORD, enum log_level,
 * default LOG_INFO), read at start and again after a change.  Every line is also given to TRACE, WARN or ERR of channel qmgr.
 *
 * Never a secret: no password, no header value, no sealed blob; URLs through log_url.  Wide strings through debugstr_w, as in TRACE: it
 * escapes what is not printable, so no client can forge a line.
 *
 * Any thread, from log_init to log_shutdown; before and after them only the debug channel is written.  log_lock is a leaf lock, held over one
 * WriteFile without flush: do not call with queue.cs held except for an error.
 */

#ifndef __QMGR_LOG_H
#define __QMGR_LOG_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

enum log_level
{
    LOG_OFF,
    LOG_ERROR,     /* ours: damage, a failed flush, a fault */
    LOG_WARNING,   /* someone else's: a job's error, a set-aside job, missing ntlm_auth */
    LOG_INFO,      /* life of the service and of jobs, one line each [BEH.EVENT.2, 20] */
    LOG_DEBUG,     /* every transition and reply */
};

/* Opens the file below `folder` (which exists, no trailing backslash). A failure leaves the debug channel only and is not the caller's. */
void log_init(const WCHAR *folder);
void log_shutdown(void);
void log_set_level(enum log_level level);
BOOL log_enabled(enum log_level level);

/* One line, time, level, process and thread added, no newline in the format. Longer than 2 KiB is cut. Keeps GetLastError. */
void log_write(enum log_level level, const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* The URL without user, password, query and fragment, quoted as debugstr_w does; lives as long as the result of debugstr_w. */
const char *log_url(const WCHAR *url);

/*
 * For the fault handler alone: takes no lock and allocates nothing; writes one line through a handle of its own.  `text` is plain ASCII.
 */
void log_fault(const char *text);

#endif /* __QMGR_LOG_H */
