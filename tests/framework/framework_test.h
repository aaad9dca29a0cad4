/*
 * Threads for the framework's own tests
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
 * Every unit of this folder prints lines that tests/framework/check compares with expected/, so the
 * line numbers in them are written out: ok_("unit.c", 7)(...).
 */

#ifndef FRAMEWORK_TEST_H
#define FRAMEWORK_TEST_H

#ifdef _WIN32
#include <stdarg.h>
#include <windef.h>
#include <winbase.h>
#endif
#include "wine/test.h"

#define AT(line)  ok_(__FILE__, line)

typedef void (*thread_func)(void);

#ifdef _WIN32

static inline DWORD WINAPI thread_proc(void *arg)
{
    ((thread_func)arg)();
    return 0;
}

/* Start `count` threads, at most 16, and wait for their ends. */
static inline void run_threads(thread_func func, unsigned int count)
{
    HANDLE threads[16];
    unsigned int i;

    for (i = 0; i < count; i++) threads[i] = CreateThread(NULL, 0, thread_proc, (void *)func, 0, NULL);
    for (i = 0; i < count; i++)
    {
        WaitForSingleObject(threads[i], INFINITE);
        CloseHandle(threads[i]);
    }
}

#define set_error(value) SetLastError(value)
#define get_error() GetLastError()

#else

#include <errno.h>
#include <pthread.h>

static inline void *thread_proc(void *arg)
{
    thread_func *func = arg;

    (*func)();
    return NULL;
}

static inline void run_threads(thread_func func, unsigned int count)
{
    pthread_t threads[16];
    unsigned int i;

    for (i = 0; i < count; i++) pthread_create(&threads[i], NULL, thread_proc, &func);
    for (i = 0; i < count; i++) pthread_join(threads[i], NULL);
}

#define set_error(value) (errno = (value))
#define get_error() ((unsigned int)errno)

#endif

#endif
