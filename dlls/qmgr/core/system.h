/*
 * The basic types of the pure rooms
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
 * Every file below core/ includes this header first, and no other system header but <string.h> and <stdlib.h>.  It is the one
 * place with a platform #if: on Windows the types come from the platform headers, in the native test build (Linux, compiled
 * with -fshort-wchar so that L"" strings are UTF-16 there too) they are spelled out here.
 *
 * A pure room has no handles, threads, clocks, files or registry.  Time is an argument: `UINT64 now` is monotonic
 * milliseconds, `UINT64 time` is a FILETIME value (100 ns since 1601, UTC).  Memory is malloc/free.
 */

#ifndef __QMGR_CORE_SYSTEM_H
#define __QMGR_CORE_SYSTEM_H

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32

#include <windef.h>
#include <winbase.h>
#include <winerror.h>

#else

#include <stdint.h>

typedef uint8_t BYTE;
typedef uint8_t UINT8;
typedef uint16_t UINT16;
typedef uint32_t UINT32;
typedef uint64_t UINT64;
typedef int32_t INT32;
typedef int64_t INT64;
typedef int32_t LONG;
typedef uint32_t ULONG;
typedef uint32_t DWORD;
typedef int BOOL;
typedef int32_t HRESULT;
typedef uint16_t WORD;
typedef __WCHAR_TYPE__ WCHAR; /* 16 bits by -fshort-wchar, so that L"" literals fit */

typedef struct
{
    UINT32 Data1;
    UINT16 Data2;
    UINT16 Data3;
    UINT8 Data4[8];
} GUID;

#define TRUE 1
#define FALSE 0
#define SUCCEEDED(hr) ((HRESULT)(hr) >= 0)
#define FAILED(hr) ((HRESULT)(hr) < 0)
#define S_OK ((HRESULT)0)
#define S_FALSE ((HRESULT)1)
#define E_NOTIMPL ((HRESULT)0x80004001)
#define E_NOINTERFACE ((HRESULT)0x80004002)
#define E_ABORT ((HRESULT)0x80004004)
#define E_FAIL ((HRESULT)0x80004005)
#define E_UNEXPECTED ((HRESULT)0x8000FFFF)
#define E_ACCESSDENIED ((HRESULT)0x80070005)
#define E_OUTOFMEMORY ((HRESULT)0x8007000E)
#define E_INVALIDARG ((HRESULT)0x80070057)
#define MAX_PATH 260

#define ERROR_SUCCESS 0
#define ERROR_FILE_NOT_FOUND 2
#define ERROR_PATH_NOT_FOUND 3
#define ERROR_ACCESS_DENIED 5
#define ERROR_INVALID_HANDLE 6
#define ERROR_NOT_ENOUGH_MEMORY 8
#define ERROR_INVALID_DATA 13
#define ERROR_SHARING_VIOLATION 32
#define ERROR_HANDLE_EOF 38
#define ERROR_FILE_EXISTS 80
#define ERROR_DISK_FULL 112
#define ERROR_ALREADY_EXISTS 183
#define ERROR_SHUTDOWN_IN_PROGRESS 1115
#define ERROR_RETRY 1237
#define ERROR_FILE_CORRUPT 1392

static inline HRESULT HRESULT_FROM_WIN32(UINT32 error)
{
    return error ? (HRESULT)((error & 0xffff) | 0x80070000) : 0;
}

#endif

#include "bitsmsg.h"

#ifndef min
#define min(a, b) ((a) < (b) ? (a) : (b))
#endif
#ifndef max
#define max(a, b) ((a) > (b) ? (a) : (b))
#endif

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
#endif

/* "Not known", as BG_SIZE_UNKNOWN and BG_LENGTH_TO_EOF of the interfaces. */
#define SIZE_UNKNOWN ((UINT64)-1)
#define LENGTH_TO_EOF ((UINT64)-1)

#define TICKS_PER_SECOND ((UINT64)10000000) /* of a FILETIME */
#define MSEC_PER_SECOND ((UINT64)1000)      /* of the monotonic clock */

#endif /* __QMGR_CORE_SYSTEM_H */
