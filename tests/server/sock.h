/*
 * Sockets, threads and clocks of two platforms, for the test server
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

/* Used by the files of this folder only. Sockets are non-blocking; waits are polls. */

#ifndef WINE_BITS_TEST_SERVER_SOCK_H
#define WINE_BITS_TEST_SERVER_SOCK_H

#ifdef _WIN32

#include <stdarg.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

typedef SOCKET ts_socket;
typedef WSAPOLLFD ts_pollfd;
typedef CRITICAL_SECTION ts_mutex;
typedef CONDITION_VARIABLE ts_cond;

#define TS_NO_SOCKET INVALID_SOCKET
#define TS_SEND_FLAGS 0
#define TS_BOTH SD_BOTH
#define TS_WRITE SD_SEND

static inline int ts_would_block(void) { return WSAGetLastError() == WSAEWOULDBLOCK; }
static inline void ts_close(ts_socket fd) { closesocket(fd); }
static inline int ts_poll(ts_pollfd *fds, unsigned int count, int ms) { return WSAPoll(fds, count, ms); }
static inline void ts_unblock(ts_socket fd) { u_long on = 1; ioctlsocket(fd, FIONBIO, &on); }
static inline void ts_mutex_init(ts_mutex *mutex) { InitializeCriticalSection(mutex); }
static inline void ts_mutex_free(ts_mutex *mutex) { DeleteCriticalSection(mutex); }
static inline void ts_lock(ts_mutex *mutex) { EnterCriticalSection(mutex); }
static inline void ts_unlock(ts_mutex *mutex) { LeaveCriticalSection(mutex); }
static inline void ts_cond_init(ts_cond *cond) { InitializeConditionVariable(cond); }
static inline void ts_cond_free(ts_cond *cond) { (void)cond; }
static inline void ts_signal(ts_cond *cond) { WakeAllConditionVariable(cond); }
static inline ts_u64 ts_time(void) { return GetTickCount64(); }

/* ms < 0: no limit */
static inline void ts_wait(ts_cond *cond, ts_mutex *mutex, int ms)
{
    SleepConditionVariableCS(cond, mutex, ms < 0 ? INFINITE : (DWORD)ms);
}

static inline int ts_startup(void)
{
    WSADATA data;

    return !WSAStartup(MAKEWORD(2, 2), &data);
}

static inline void ts_cleanup(void) { WSACleanup(); }

#define TS_THREAD_FUNC static DWORD WINAPI
#define TS_THREAD_RETURN 0

static inline int ts_thread(DWORD (WINAPI *func)(void *), void *arg)
{
    HANDLE thread = CreateThread(NULL, 256 * 1024, func, arg, 0, NULL);

    if (!thread) return 0;
    CloseHandle(thread);
    return 1;
}

#else  /* _WIN32 */

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef int ts_socket;
typedef struct pollfd ts_pollfd;
typedef pthread_mutex_t ts_mutex;
typedef pthread_cond_t ts_cond;

#define TS_NO_SOCKET (-1)
#define TS_SEND_FLAGS MSG_NOSIGNAL
#define TS_BOTH SHUT_RDWR
#define TS_WRITE SHUT_WR

static inline int ts_would_block(void) { return errno == EAGAIN || errno == EINTR; }
static inline void ts_close(ts_socket fd) { close(fd); }
static inline int ts_poll(ts_pollfd *fds, unsigned int count, int ms) { return poll(fds, count, ms); }
static inline void ts_unblock(ts_socket fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }
static inline void ts_mutex_init(ts_mutex *mutex) { pthread_mutex_init(mutex, NULL); }
static inline void ts_mutex_free(ts_mutex *mutex) { pthread_mutex_destroy(mutex); }
static inline void ts_lock(ts_mutex *mutex) { pthread_mutex_lock(mutex); }
static inline void ts_unlock(ts_mutex *mutex) { pthread_mutex_unlock(mutex); }
static inline void ts_cond_free(ts_cond *cond) { pthread_cond_destroy(cond); }
static inline void ts_signal(ts_cond *cond) { pthread_cond_broadcast(cond); }
static inline int ts_startup(void) { return 1; }
static inline void ts_cleanup(void) { }

static inline void ts_cond_init(ts_cond *cond)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

static inline ts_u64 ts_time(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (ts_u64)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void ts_wait(ts_cond *cond, ts_mutex *mutex, int ms)
{
    struct timespec until;

    if (ms < 0)
    {
        pthread_cond_wait(cond, mutex);
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    if ((until.tv_nsec += (ms % 1000) * 1000000) >= 1000000000)
    {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_cond_timedwait(cond, mutex, &until);
}

#define TS_THREAD_FUNC static void *
#define TS_THREAD_RETURN NULL

static inline int ts_thread(void *(*func)(void *), void *arg)
{
    pthread_attr_t attr;
    pthread_t thread;
    int ret;

    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, 256 * 1024);
    ret = pthread_create(&thread, &attr, func, arg);
    pthread_attr_destroy(&attr);
    return !ret;
}

#endif  /* _WIN32 */

#endif
