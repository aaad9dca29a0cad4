/*
 * TCP connections whose every wait can be ended
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
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windef.h>
#include <winbase.h>
#include <winnls.h>
#include <winhttp.h>

#include "shim/net.h"
#include "shim/offload.h"

#define MAX_ATTEMPTS 16   /* connects under way at the same time */
#define HEARD_SIZE   16384  /* octets that are received while something is sent */

/* One name being resolved; shared by all who ask for it meanwhile, so that a dead resolver costs one thread a name. */
struct resolution
{
    /* fixed */
    HANDLE done;
    /* guarded by resolutions_cs */
    struct resolution *next;
    ULONG refs;
    /* written by the resolving thread before done is set */
    ADDRINFOW *addresses;
    int error;
    WCHAR host[1];
};

struct attempt
{
    SOCKET socket;
    HANDLE event;
};

struct net_conn
{
    SOCKET socket;
    HANDLE event;          /* manual reset, of the one operation in flight */
    HANDLE listen_event;   /* of the receive beside a send; NULL until there has been one */
    WSAOVERLAPPED listen_ov;
    char *heard;           /* what that has brought, HEARD_SIZE octets */
    UINT32 heard_pos, heard_len;
    BOOL listening;        /* it is in flight */
    BOOL heard_end;        /* there is nothing to come any more */
    ULONGLONG last_check;  /* when the cancel event was last looked at */
};

static CRITICAL_SECTION resolutions_cs;
static struct resolution *resolutions;

HRESULT net_init(void)
{
    WSADATA data;
    int err;

    if ((err = WSAStartup(MAKEWORD(2, 2), &data))) return HRESULT_FROM_WIN32(err);
    InitializeCriticalSection(&resolutions_cs);
    return S_OK;
}

void net_shutdown(void)
{
    BOOL busy;

    EnterCriticalSection(&resolutions_cs);
    busy = resolutions != NULL;
    LeaveCriticalSection(&resolutions_cs);
    /* a resolver that has not come back still needs both; the process is about to end anyway */
    if (busy) return;
    DeleteCriticalSection(&resolutions_cs);
    WSACleanup();
}

UINT32 net_parse_literal(const WCHAR *host, BYTE address[16])
{
    struct sockaddr_in6 sin6;
    struct sockaddr_in sin;
    int len;

    if (wcschr(host, ':'))
    {
        len = sizeof(sin6);
        if (WSAStringToAddressW((WCHAR *)host, AF_INET6, NULL, (struct sockaddr *)&sin6, &len) || sin6.sin6_port) return 0;
        memcpy(address, &sin6.sin6_addr, 16);
        return 16;
    }
    /* not "127.1" nor "2130706433": a literal is what RFC 3986 calls one */
    {
        UINT32 dots = 0, digits = 0;
        const WCHAR *p;

        for (p = host; *p; p++)
        {
            if (*p >= '0' && *p <= '9') digits++;
            else if (*p == '.' && digits) dots++, digits = 0;
            else return 0;
        }
        if (dots != 3 || !digits) return 0;
    }
    len = sizeof(sin);
    if (WSAStringToAddressW((WCHAR *)host, AF_INET, NULL, (struct sockaddr *)&sin, &len)) return 0;
    memcpy(address, &sin.sin_addr, 4);
    return 4;
}

HRESULT net_host_to_ascii(const WCHAR *host, WCHAR **ascii)
{
    const WCHAR *p;
    int len;

    *ascii = NULL;
    for (p = host; *p && *p < 0x80; p++) ;
    if (!*p)
    {
        if (!(*ascii = malloc((p - host + 1) * sizeof(WCHAR)))) return E_OUTOFMEMORY;
        memcpy(*ascii, host, (p - host + 1) * sizeof(WCHAR));
        return S_OK;
    }
    if (!(len = IdnToAscii(0, host, -1, NULL, 0))) return HRESULT_FROM_WIN32(ERROR_WINHTTP_NAME_NOT_RESOLVED);
    if (!(*ascii = malloc(len * sizeof(WCHAR)))) return E_OUTOFMEMORY;
    if (IdnToAscii(0, host, -1, *ascii, len)) return S_OK;
    free(*ascii);
    *ascii = NULL;
    return HRESULT_FROM_WIN32(ERROR_WINHTTP_NAME_NOT_RESOLVED);
}

static void release_resolution(struct resolution *resolution)
{
    ULONG refs;

    EnterCriticalSection(&resolutions_cs);
    refs = --resolution->refs;
    LeaveCriticalSection(&resolutions_cs);
    if (refs) return;
    if (resolution->addresses) FreeAddrInfoW(resolution->addresses);
    CloseHandle(resolution->done);
    free(resolution);
}

static void resolve_thread(void *ctx)
{
    struct resolution *resolution = ctx, **entry;
    ADDRINFOW hints;

    memset(&hints, 0, sizeof(hints));
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_protocol = IPPROTO_TCP;
    resolution->error = GetAddrInfoW(resolution->host, NULL, &hints, &resolution->addresses);
    if (resolution->error) resolution->addresses = NULL;

    EnterCriticalSection(&resolutions_cs);
    for (entry = &resolutions; *entry != resolution; entry = &(*entry)->next) ;
    *entry = resolution->next;
    LeaveCriticalSection(&resolutions_cs);
    SetEvent(resolution->done);
    release_resolution(resolution);
}

/* Finds or starts the resolution of a name; the caller releases it. */
static HRESULT start_resolution(const WCHAR *host, struct resolution **ret)
{
    struct resolution *resolution;
    size_t len = wcslen(host);
    HRESULT hr = S_OK;

    EnterCriticalSection(&resolutions_cs);
    for (resolution = resolutions; resolution; resolution = resolution->next)
        if (!wcscmp(resolution->host, host)) break;
    if (resolution) resolution->refs++;
    else if (!(resolution = calloc(1, offsetof(struct resolution, host[len + 1])))) hr = E_OUTOFMEMORY;
    else if (!(resolution->done = CreateEventW(NULL, TRUE, FALSE, NULL)))
    {
        free(resolution);
        hr = E_OUTOFMEMORY;
    }
    else
    {
        memcpy(resolution->host, host, (len + 1) * sizeof(WCHAR));
        resolution->refs = 2;
        resolution->next = resolutions;
        resolutions = resolution;
        if (FAILED(hr = offload_start(resolve_thread, resolution)))
        {
            resolutions = resolution->next;
            CloseHandle(resolution->done);
            free(resolution);
        }
    }
    LeaveCriticalSection(&resolutions_cs);
    *ret = SUCCEEDED(hr) ? resolution : NULL;
    return hr;
}

/* A socket that connects, or INVALID_SOCKET with the reason in *error. */
static BOOL start_attempt(const ADDRINFOW *info, UINT16 port, struct attempt *attempt, int *error)
{
    union
    {
        struct sockaddr sa;
        struct sockaddr_in sin;
        struct sockaddr_in6 sin6;
    } addr;
    SOCKET s;

    if (info->ai_addrlen > sizeof(addr))
    {
        *error = WSAEAFNOSUPPORT;
        return FALSE;
    }
    memcpy(&addr, info->ai_addr, info->ai_addrlen);
    if (info->ai_family == AF_INET) addr.sin.sin_port = htons(port);
    else addr.sin6.sin6_port = htons(port);

    if ((s = WSASocketW(info->ai_family, SOCK_STREAM, IPPROTO_TCP, NULL, 0,
                        WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT)) == INVALID_SOCKET)
    {
        *error = WSAGetLastError();
        return FALSE;
    }
    if (!(attempt->event = CreateEventW(NULL, TRUE, FALSE, NULL)))
    {
        *error = WSA_NOT_ENOUGH_MEMORY;
        closesocket(s);
        return FALSE;
    }
    if (!WSAEventSelect(s, attempt->event, FD_CONNECT)
        && (!connect(s, &addr.sa, (int)info->ai_addrlen) || WSAGetLastError() == WSAEWOULDBLOCK))
    {
        attempt->socket = s;
        return TRUE;
    }
    *error = WSAGetLastError();
    closesocket(s);
    CloseHandle(attempt->event);
    return FALSE;
}

static void end_attempt(struct attempt *attempt)
{
    closesocket(attempt->socket);
    CloseHandle(attempt->event);
}

/* The address to try next: as the resolver sorted them, but families in turn. NULL when all were tried. */
static const ADDRINFOW *next_address(const ADDRINFOW *list, BYTE *tried, int last_family)
{
    const ADDRINFOW *info, *other = NULL;
    UINT32 i, found = 0;

    for (info = list, i = 0; info; info = info->ai_next, i++)
    {
        if (tried[i] || (info->ai_family != AF_INET && info->ai_family != AF_INET6)) continue;
        if (info->ai_family != last_family)
        {
            tried[i] = 1;
            return info;
        }
        if (!other) other = info, found = i;
    }
    if (other) tried[found] = 1;
    return other;
}

static HRESULT connect_any(const ADDRINFOW *list, UINT16 port, HANDLE cancel, ULONGLONG deadline, struct attempt *won, int *error)
{
    struct attempt attempts[MAX_ATTEMPTS];
    HANDLE handles[MAX_ATTEMPTS + 1];
    const ADDRINFOW *info, *next;
    UINT32 count = 0, total = 0, i;
    ULONGLONG now, next_start = 0;
    HRESULT hr = S_OK;
    BOOL found = FALSE;
    BYTE *tried;

    *error = WSAHOST_NOT_FOUND;
    for (info = list; info; info = info->ai_next) total++;
    if (!(tried = calloc(1, total + 1))) return E_OUTOFMEMORY;
    next = next_address(list, tried, 0);

    while (!found && SUCCEEDED(hr))
    {
        WSANETWORKEVENTS events;
        ULONGLONG until;
        DWORD ret;

        now = GetTickCount64();
        while (next && count < MAX_ATTEMPTS && (!count || now >= next_start))
        {
            if (start_attempt(next, port, &attempts[count], error))
            {
                count++;
                next_start = now + NET_CONNECT_STAGGER;
            }
            next = next_address(list, tried, next->ai_family);
        }
        if (!count)
        {
            hr = HRESULT_FROM_WIN32(*error == WSAETIMEDOUT ? ERROR_WINHTTP_TIMEOUT : ERROR_WINHTTP_CANNOT_CONNECT);
            break;
        }
        if (now >= deadline)
        {
            *error = WSAETIMEDOUT;
            hr = HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT);
            break;
        }

        until = next && count < MAX_ATTEMPTS && next_start < deadline ? next_start : deadline;
        for (i = 0; i < count; i++) handles[i] = attempts[i].event;
        handles[count] = cancel;
        ret = WaitForMultipleObjects(cancel ? count + 1 : count, handles, FALSE, until > now ? (DWORD)(until - now) : 0);
        if (ret == WAIT_TIMEOUT) continue;
        if (ret >= WAIT_OBJECT_0 + count)
        {
            hr = E_ABORT;
            break;
        }
        i = ret - WAIT_OBJECT_0;
        if (WSAEnumNetworkEvents(attempts[i].socket, attempts[i].event, &events))
        {
            events.lNetworkEvents = FD_CONNECT;
            events.iErrorCode[FD_CONNECT_BIT] = WSAGetLastError();
        }
        if (!(events.lNetworkEvents & FD_CONNECT)) continue;
        if (!events.iErrorCode[FD_CONNECT_BIT])
        {
            *won = attempts[i];
            found = TRUE;
        }
        else
        {
            *error = events.iErrorCode[FD_CONNECT_BIT];
            end_attempt(&attempts[i]);
            next_start = 0;
        }
        attempts[i] = attempts[--count];
    }

    for (i = 0; i < count; i++) end_attempt(&attempts[i]);
    free(tried);
    return hr;
}

HRESULT net_connect(const WCHAR *host, UINT16 port, HANDLE cancel, UINT32 timeout, struct net_conn **ret, DWORD *detail)
{
    ULONGLONG deadline = GetTickCount64() + timeout;
    struct resolution *resolution = NULL;
    ADDRINFOW hints, *literal = NULL;
    const ADDRINFOW *addresses;
    struct net_conn *conn = NULL;
    struct attempt won = {0};
    WCHAR *ascii = NULL;
    u_long blocking = 0;
    BOOL nodelay = TRUE;
    BYTE address[16];
    HRESULT hr;
    int error = 0;

    *ret = NULL;
    *detail = 0;
    if (cancel && !WaitForSingleObject(cancel, 0)) return E_ABORT;
    if (FAILED(hr = net_host_to_ascii(host, &ascii))) return hr;

    if (net_parse_literal(ascii, address))
    {
        memset(&hints, 0, sizeof(hints));
        hints.ai_flags = AI_NUMERICHOST;
        hints.ai_socktype = SOCK_STREAM;
        hints.ai_protocol = IPPROTO_TCP;
        if ((error = GetAddrInfoW(ascii, NULL, &hints, &literal))) literal = NULL;
        addresses = literal;
    }
    else
    {
        HANDLE handles[2];
        DWORD wait;

        if (FAILED(hr = start_resolution(ascii, &resolution))) goto done;
        handles[0] = resolution->done;
        handles[1] = cancel;
        wait = WaitForMultipleObjects(cancel ? 2 : 1, handles, FALSE, timeout);
        if (wait != WAIT_OBJECT_0)
        {
            hr = wait == WAIT_TIMEOUT ? HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT) : E_ABORT;
            goto done;
        }
        error = resolution->error;
        addresses = resolution->addresses;
    }
    if (error || !addresses)
    {
        hr = HRESULT_FROM_WIN32(ERROR_WINHTTP_NAME_NOT_RESOLVED);
        goto done;
    }

    if (!(conn = calloc(1, sizeof(*conn))))
    {
        hr = E_OUTOFMEMORY;
        goto done;
    }
    if (FAILED(hr = connect_any(addresses, port, cancel, deadline, &won, &error)))
    {
        free(conn);
        goto done;
    }
    conn->socket = won.socket;
    conn->event = won.event;
    WSAEventSelect(conn->socket, conn->event, 0);
    ioctlsocket(conn->socket, FIONBIO, &blocking);
    ResetEvent(conn->event);
    /* small requests must not wait for the acknowledgement of the ones before [WINE.HTTP.36] */
    setsockopt(conn->socket, IPPROTO_TCP, TCP_NODELAY, (const char *)&nodelay, sizeof(nodelay));
    *ret = conn;
    error = 0;

done:
    *detail = error;
    if (literal) FreeAddrInfoW(literal);
    if (resolution) release_resolution(resolution);
    free(ascii);
    return hr;
}

/* Ends an operation that may be in flight; when it returns the system is done with the buffers. */
static void end_operation(struct net_conn *conn, WSAOVERLAPPED *ov)
{
    CancelIoEx((HANDLE)conn->socket, (OVERLAPPED *)ov);
    if (WaitForSingleObject(ov->hEvent, 1000)) shutdown(conn->socket, SD_BOTH); /* ends it in any case [WINE.NET.2] */
    WaitForSingleObject(ov->hEvent, INFINITE);
}

void net_close(struct net_conn *conn)
{
    if (!conn) return;
    if (conn->listening) end_operation(conn, &conn->listen_ov);
    closesocket(conn->socket);
    CloseHandle(conn->event);
    if (conn->listen_event) CloseHandle(conn->listen_event);
    free(conn->heard);
    free(conn);
}

static HRESULT map_error(int error)
{
    switch (error)
    {
    case WSAETIMEDOUT:
        return HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT);
    case WSAENOBUFS:
    case WSA_NOT_ENOUGH_MEMORY:
        return E_OUTOFMEMORY;
    default:
        return HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR);
    }
}

/* Waits for the operation in flight; when it returns the system is done with the buffers. */
static HRESULT finish_operation(struct net_conn *conn, WSAOVERLAPPED *ov, DWORD *got, HANDLE cancel, UINT32 timeout)
{
    HANDLE handles[2];
    HRESULT hr = S_OK;
    DWORD ret, flags;

    handles[0] = conn->event;
    handles[1] = cancel;
    ret = WaitForMultipleObjects(cancel ? 2 : 1, handles, FALSE, timeout);
    if (ret != WAIT_OBJECT_0)
    {
        hr = ret == WAIT_TIMEOUT ? HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT) : E_ABORT;
        end_operation(conn, ov);
    }
    if (!WSAGetOverlappedResult(conn->socket, ov, got, FALSE, &flags))
        return FAILED(hr) ? hr : map_error(WSAGetLastError());
    return hr == E_ABORT ? hr : S_OK; /* it may have come at the last moment */
}

/* While data flows nothing waits, so the event is looked at now and then. */
static BOOL is_cancelled(struct net_conn *conn, HANDLE cancel)
{
    ULONGLONG now;

    if (!cancel) return FALSE;
    now = GetTickCount64();
    if (now - conn->last_check < NET_CANCEL_CHECK) return FALSE;
    conn->last_check = now;
    return !WaitForSingleObject(cancel, 0);
}

static UINT32 unread(struct net_conn *conn)
{
    u_long available = 0;

    return ioctlsocket(conn->socket, FIONREAD, &available) ? 0 : available;
}

/* What came before the peer reset the connection is still to be had, but not always by the operation that was in flight. */
static HRESULT recv_rest(struct net_conn *conn, void *buffer, UINT32 size, UINT32 *got, HRESULT failure)
{
    UINT32 available;
    int len;

    if (failure != HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR)) return failure;
    if (!(available = unread(conn))) return failure;
    if ((len = recv(conn->socket, buffer, min(size, available), 0)) <= 0) return failure;
    *got = len;
    return S_OK;
}

/*
 * A receive beside a send, from its first octet on until it has brought something: what a peer said before it reset the connection is lost on
 * Windows, and in Wine 10, unless somebody waited for it.
 */
static void begin_to_listen(struct net_conn *conn)
{
    DWORD flags = 0;
    WSABUF buffer;

    if (conn->listening || conn->heard_end || conn->heard_pos < conn->heard_len) return;
    if (!conn->heard && !(conn->heard = malloc(HEARD_SIZE))) return;
    if (!conn->listen_event && !(conn->listen_event = CreateEventW(NULL, TRUE, FALSE, NULL))) return;
    conn->heard_pos = conn->heard_len = 0;
    buffer.buf = conn->heard;
    buffer.len = HEARD_SIZE;
    memset(&conn->listen_ov, 0, sizeof(conn->listen_ov));
    conn->listen_ov.hEvent = conn->listen_event;
    if (!WSARecv(conn->socket, &buffer, 1, NULL, &flags, &conn->listen_ov, NULL) || WSAGetLastError() == WSA_IO_PENDING)
        conn->listening = TRUE;
}

/* Looks whether that receive has come to an end. */
static void look_at_heard(struct net_conn *conn)
{
    DWORD got, flags;

    if (!conn->listening) return;
    if (WSAGetOverlappedResult(conn->socket, &conn->listen_ov, &got, FALSE, &flags)) conn->heard_len = got;
    else if (WSAGetLastError() == WSA_IO_INCOMPLETE) return;
    else recv_rest(conn, conn->heard, HEARD_SIZE, &conn->heard_len, map_error(WSAGetLastError()));
    conn->listening = FALSE;
    conn->heard_end = !conn->heard_len;
}

static UINT32 take_heard(struct net_conn *conn, void *buffer, UINT32 size)
{
    UINT32 len = min(size, conn->heard_len - conn->heard_pos);

    memcpy(buffer, conn->heard + conn->heard_pos, len);
    conn->heard_pos += len;
    return len;
}

static HRESULT wait_for_heard(struct net_conn *conn, HANDLE cancel, UINT32 timeout)
{
    HANDLE handles[2] = { conn->listen_event, cancel };
    DWORD ret = WaitForMultipleObjects(cancel ? 2 : 1, handles, FALSE, timeout);

    if (ret == WAIT_TIMEOUT) return HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT);
    if (ret != WAIT_OBJECT_0) return E_ABORT;
    look_at_heard(conn);
    return S_OK;
}

UINT32 net_available(struct net_conn *conn)
{
    look_at_heard(conn);
    return conn->heard_len - conn->heard_pos + unread(conn);
}

HRESULT net_recv(struct net_conn *conn, void *buffer, UINT32 size, void *spill, UINT32 spill_size, UINT32 *got,
                 HANDLE cancel, UINT32 timeout)
{
    WSABUF buffers[2];
    WSAOVERLAPPED ov;
    DWORD len = 0, flags = 0;
    HRESULT hr;

    *got = 0;
    if (is_cancelled(conn, cancel)) return E_ABORT;
    if (conn->listening && FAILED(hr = wait_for_heard(conn, cancel, timeout))) return hr;
    if (conn->heard_pos < conn->heard_len)
    {
        *got = take_heard(conn, buffer, size);
        return S_OK;
    }

    memset(&ov, 0, sizeof(ov));
    ov.hEvent = conn->event;
    buffers[0].buf = buffer;
    buffers[0].len = size;
    buffers[1].buf = spill;
    buffers[1].len = spill_size;
    if (WSARecv(conn->socket, buffers, spill ? 2 : 1, &len, &flags, &ov, NULL))
    {
        if (WSAGetLastError() != WSA_IO_PENDING) return recv_rest(conn, buffer, size, got, map_error(WSAGetLastError()));
        if (FAILED(hr = finish_operation(conn, &ov, &len, cancel, timeout))) return recv_rest(conn, buffer, size, got, hr);
    }
    *got = len;
    return len ? S_OK : S_FALSE;
}

/* Hands on what has been heard. FALSE: the listener has had enough. */
static BOOL tell_listener(struct net_conn *conn, const struct net_listener *listener)
{
    UINT32 size;
    void *buffer;

    look_at_heard(conn);
    if (conn->heard_end) return listener->heard(listener->ctx, 0);
    while (conn->heard_pos < conn->heard_len && (buffer = listener->place(listener->ctx, &size)))
        if (!listener->heard(listener->ctx, take_heard(conn, buffer, size))) return FALSE;
    return TRUE;
}

/*
 * Waits for the send in flight, and for what the peer has to say to it.  S_FALSE as in net_send.  wineserver may leave a send in flight for ever
 * that began between the end which the peer has sent and the reset which it answers with: only who listens notices.
 */
static HRESULT finish_send(struct net_conn *conn, WSAOVERLAPPED *ov, DWORD *sent, const struct net_listener *listener, HANDLE cancel,
                           UINT32 timeout)
{
    ULONGLONG now = GetTickCount64(), deadline = now + timeout;
    BOOL go_on = TRUE;
    HANDLE handles[3];
    HRESULT hr = S_OK;
    DWORD ret = WAIT_FAILED, flags;

    while (SUCCEEDED(hr))
    {
        UINT32 count = 0;

        if (!(go_on = tell_listener(conn, listener))) break;
        begin_to_listen(conn);
        handles[count++] = conn->event;
        if (cancel) handles[count++] = cancel;
        if (conn->listening) handles[count++] = conn->listen_event;
        ret = WaitForMultipleObjects(count, handles, FALSE, (DWORD)(deadline - now));
        if (ret == WAIT_OBJECT_0) break;
        if (ret != WAIT_TIMEOUT && (!conn->listening || ret != WAIT_OBJECT_0 + count - 1)) hr = E_ABORT;
        now = GetTickCount64();
        if (SUCCEEDED(hr) && now >= deadline) hr = HRESULT_FROM_WIN32(ERROR_WINHTTP_TIMEOUT);
    }

    if (ret != WAIT_OBJECT_0) end_operation(conn, ov);
    if (!WSAGetOverlappedResult(conn->socket, ov, sent, FALSE, &flags))
    {
        if (SUCCEEDED(hr) && go_on) hr = map_error(WSAGetLastError());
    }
    else if (hr != E_ABORT) hr = S_OK; /* it may have gone at the last moment */
    if (hr != E_ABORT && go_on) go_on = tell_listener(conn, listener);
    return hr == E_ABORT || go_on ? hr : S_FALSE;
}

HRESULT net_send(struct net_conn *conn, const void *data, UINT32 size, const struct net_listener *listener, HANDLE cancel, UINT32 timeout)
{
    const char *p = data;
    HRESULT hr;

    if (listener) begin_to_listen(conn);
    while (size)
    {
        WSAOVERLAPPED ov;
        DWORD len = 0;
        WSABUF buffer;

        if (is_cancelled(conn, cancel)) return E_ABORT;
        memset(&ov, 0, sizeof(ov));
        ov.hEvent = conn->event;
        buffer.buf = (char *)p;
        buffer.len = size;
        if (WSASend(conn->socket, &buffer, 1, &len, 0, &ov, NULL))
        {
            if (WSAGetLastError() != WSA_IO_PENDING) return map_error(WSAGetLastError());
            if (listener) hr = finish_send(conn, &ov, &len, listener, cancel, timeout);
            else hr = finish_operation(conn, &ov, &len, cancel, timeout);
            if (hr != S_OK) return hr;
        }
        if (!len) return HRESULT_FROM_WIN32(ERROR_WINHTTP_CONNECTION_ERROR);
        p += len;
        size -= len;
    }
    return S_OK;
}

BOOL net_is_silent(struct net_conn *conn)
{
    u_long available = 0;

    look_at_heard(conn);
    return conn->heard_pos == conn->heard_len && !ioctlsocket(conn->socket, FIONREAD, &available) && !available;
}

BOOL net_is_idle(struct net_conn *conn)
{
    struct timeval zero = {0};
    fd_set set;

    look_at_heard(conn);
    if (conn->heard_end || conn->heard_pos < conn->heard_len) return FALSE;
    FD_ZERO(&set);
    FD_SET(conn->socket, &set);
    return !select(0, &set, NULL, NULL, &zero);
}
