/*
 * Mutex, condition variable and thread under the store
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
 * The seam between store.c and the platform's threads: a mutex, a condition variable, a thread.  On Windows these are
 * CRITICAL_SECTION, CONDITION_VARIABLE and CreateThread, in the native tests pthreads; the group commit is the same code on
 * both.  So it is for the writer, the lander and the crew.  A wait may wake up early; callers loop.
 */

#ifndef __QMGR_SYNC_H
#define __QMGR_SYNC_H

#include "core/system.h"

#ifdef _WIN32

struct sync_mutex { CRITICAL_SECTION cs; };
struct sync_cond { CONDITION_VARIABLE cond; };

struct sync_thread
{
    HANDLE handle;
    void (*run)(void *ctx);
    void *ctx;
};

/* The name is for the debugger; mingw-w64's headers have no place for it. */
static inline void sync_mutex_init(struct sync_mutex *mutex, const char *name)
{
    InitializeCriticalSection(&mutex->cs);
#ifdef __WINE__
    if (mutex->cs.DebugInfo && mutex->cs.DebugInfo != (void *)(ULONG_PTR)-1)
        mutex->cs.DebugInfo->Spare[0] = (ULONG_PTR)name;
#else
    (void)name;
#endif
}

static inline void sync_mutex_free(struct sync_mutex *mutex)
{
#ifdef __WINE__
    if (mutex->cs.DebugInfo && mutex->cs.DebugInfo != (void *)(ULONG_PTR)-1) mutex->cs.DebugInfo->Spare[0] = 0;
#endif
    DeleteCriticalSection(&mutex->cs);
}

static inline void sync_lock(struct sync_mutex *mutex)
{
    EnterCriticalSection(&mutex->cs);
}

static inline void sync_unlock(struct sync_mutex *mutex)
{
    LeaveCriticalSection(&mutex->cs);
}

static inline void sync_cond_init(struct sync_cond *cond)
{
    InitializeConditionVariable(&cond->cond);
}

static inline void sync_cond_free(struct sync_cond *cond)
{
    (void)cond; /* has no resources */
}

static inline void sync_wait(struct sync_cond *cond, struct sync_mutex *mutex)
{
    SleepConditionVariableCS(&cond->cond, &mutex->cs, INFINITE);
}

static inline void sync_wait_msec(struct sync_cond *cond, struct sync_mutex *mutex, UINT32 msec)
{
    SleepConditionVariableCS(&cond->cond, &mutex->cs, msec);
}

static inline void sync_wake(struct sync_cond *cond)
{
    WakeConditionVariable(&cond->cond);
}

static inline void sync_wake_all(struct sync_cond *cond)
{
    WakeAllConditionVariable(&cond->cond);
}

static inline UINT64 sync_msec(void)
{
    return GetTickCount64();
}

static inline DWORD WINAPI sync_thread_main(void *ctx)
{
    struct sync_thread *thread = ctx;

    thread->run(thread->ctx);
    return 0;
}

/* The structure stays where it is until sync_thread_join. */
static inline HRESULT sync_thread_start(struct sync_thread *thread, void (*run)(void *ctx), void *ctx)
{
    thread->run = run;
    thread->ctx = ctx;
    thread->handle = CreateThread(NULL, 0, sync_thread_main, thread, 0, NULL);
    return thread->handle ? S_OK : HRESULT_FROM_WIN32(GetLastError());
}

static inline void sync_thread_join(struct sync_thread *thread)
{
    WaitForSingleObject(thread->handle, INFINITE);
    CloseHandle(thread->handle);
}

struct sync_spawned
{
    void (*run)(void *ctx);
    void *ctx;
};

static inline DWORD WINAPI sync_spawned_main(void *arg)
{
    struct sync_spawned spawned = *(struct sync_spawned *)arg;

    free(arg);
    spawned.run(spawned.ctx);
    return 0;
}

/* A thread that nobody joins. */
static inline HRESULT sync_thread_spawn(void (*run)(void *ctx), void *ctx)
{
    struct sync_spawned *spawned;
    HANDLE handle;
    HRESULT hr;

    if (!(spawned = malloc(sizeof(*spawned)))) return E_OUTOFMEMORY;
    spawned->run = run;
    spawned->ctx = ctx;
    if ((handle = CreateThread(NULL, 0, sync_spawned_main, spawned, 0, NULL)))
    {
        CloseHandle(handle);
        return S_OK;
    }
    hr = HRESULT_FROM_WIN32(GetLastError());
    free(spawned);
    return hr;
}

#else

#include <pthread.h>
#include <time.h>

struct sync_mutex { pthread_mutex_t mutex; };
struct sync_cond { pthread_cond_t cond; };

struct sync_thread
{
    pthread_t handle;
    void (*run)(void *ctx);
    void *ctx;
};

static inline void sync_mutex_init(struct sync_mutex *mutex, const char *name)
{
    (void)name;
    pthread_mutex_init(&mutex->mutex, NULL);
}

static inline void sync_mutex_free(struct sync_mutex *mutex)
{
    pthread_mutex_destroy(&mutex->mutex);
}

static inline void sync_lock(struct sync_mutex *mutex)
{
    pthread_mutex_lock(&mutex->mutex);
}

static inline void sync_unlock(struct sync_mutex *mutex)
{
    pthread_mutex_unlock(&mutex->mutex);
}

static inline void sync_cond_init(struct sync_cond *cond)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&cond->cond, &attr);
    pthread_condattr_destroy(&attr);
}

static inline void sync_cond_free(struct sync_cond *cond)
{
    pthread_cond_destroy(&cond->cond);
}

static inline void sync_wait(struct sync_cond *cond, struct sync_mutex *mutex)
{
    pthread_cond_wait(&cond->cond, &mutex->mutex);
}

static inline void sync_wait_msec(struct sync_cond *cond, struct sync_mutex *mutex, UINT32 msec)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += msec / 1000;
    until.tv_nsec += msec % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000)
    {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&cond->cond, &mutex->mutex, &until);
}

static inline void sync_wake(struct sync_cond *cond)
{
    pthread_cond_signal(&cond->cond);
}

static inline void sync_wake_all(struct sync_cond *cond)
{
    pthread_cond_broadcast(&cond->cond);
}

static inline UINT64 sync_msec(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (UINT64)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void *sync_thread_main(void *ctx)
{
    struct sync_thread *thread = ctx;

    thread->run(thread->ctx);
    return NULL;
}

static inline HRESULT sync_thread_start(struct sync_thread *thread, void (*run)(void *ctx), void *ctx)
{
    thread->run = run;
    thread->ctx = ctx;
    return pthread_create(&thread->handle, NULL, sync_thread_main, thread) ? E_OUTOFMEMORY : S_OK;
}

static inline void sync_thread_join(struct sync_thread *thread)
{
    pthread_join(thread->handle, NULL);
}

struct sync_spawned
{
    void (*run)(void *ctx);
    void *ctx;
};

static inline void *sync_spawned_main(void *arg)
{
    struct sync_spawned spawned = *(struct sync_spawned *)arg;

    free(arg);
    spawned.run(spawned.ctx);
    return NULL;
}

static inline HRESULT sync_thread_spawn(void (*run)(void *ctx), void *ctx)
{
    struct sync_spawned *spawned;
    pthread_t handle;

    if (!(spawned = malloc(sizeof(*spawned)))) return E_OUTOFMEMORY;
    spawned->run = run;
    spawned->ctx = ctx;
    if (!pthread_create(&handle, NULL, sync_spawned_main, spawned))
    {
        pthread_detach(handle);
        return S_OK;
    }
    free(spawned);
    return E_OUTOFMEMORY;
}

#endif

#endif /* __QMGR_SYNC_H */
