/*
 * A web server for the tests of bitsadmin
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
 * Included behind bitsadmin_test.h by units that transfer files.  The server is a thread of the test and answers on a port that the
 * system chose:
 *
 *     /empty          no bytes
 *     /small          8192 bytes, byte i is i * 7 modulo 251
 *     /slow           1 MiB of the same kind: 4096 bytes, and the rest when the test sets slow_released
 *     /whole          8192 bytes and a length, but never a range of them
 *     /unsized        no length: the end of the connection ends it
 *     /up, /up-reply  takes uploads of up to UPLOAD_MAX bytes into `uploaded`; the reply to the second one is /small
 *     anything else   404
 */

#ifndef __BITSADMIN_WEB_SERVER_H
#define __BITSADMIN_WEB_SERVER_H

#define SMALL_SIZE 8192
#define SLOW_SIZE  (1024 * 1024)
#define UPLOAD_MAX 65536

static BOOL file_exists(const WCHAR *path)
{
    return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

/* The file must hold that many bytes of the server; then it is removed. */
static void check_file_(unsigned int line, const WCHAR *path, unsigned int size)
{
    unsigned char *data;
    unsigned int i;
    DWORD got = 0;
    HANDLE file;

    file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    ok_(__FILE__, line)(file != INVALID_HANDLE_VALUE, "cannot open %s, error %lu.\n", wine_dbgstr_w(path), GetLastError());
    if (file == INVALID_HANDLE_VALUE) return;
    data = malloc(size + 1);
    ReadFile(file, data, size + 1, &got, NULL);
    CloseHandle(file);
    ok_(__FILE__, line)(got == size, "got %lu bytes, expected %u\n", got, size);
    for (i = 0; i < got; i++) if (data[i] != i * 7 % 251) break;
    ok_(__FILE__, line)(i == got, "wrong byte at %u\n", i);
    free(data);
    ok_(__FILE__, line)(DeleteFileW(path), "cannot delete, error %lu.\n", GetLastError());
}

#define check_file(path, size) check_file_(__LINE__, path, size)

/* The server. */

static SOCKET server_socket = INVALID_SOCKET;
static unsigned short server_port;
static HANDLE server_thread;
static HANDLE slow_started;            /* a piece of /slow has gone out */
static HANDLE slow_released;           /* the rest may */
static char uploaded[UPLOAD_MAX];      /* by the last upload; look at it when the job is over */
static unsigned int uploaded_size;
static unsigned int uploads_closed;    /* sessions that their client has ended */

static void send_body(SOCKET s, unsigned int from, unsigned int to)
{
    char data[1024];
    unsigned int i, len;

    for (; from < to; from += len)
    {
        len = min(to - from, sizeof(data));
        for (i = 0; i < len; i++) data[i] = (from + i) * 7 % 251;
        if (send(s, data, len, 0) != (int)len) return;
    }
}

/* A packet of BITS_POST whose head is at hand, with `len` bytes in the buffer; one session at a time, and nothing unexpected comes. */
static BOOL serve_upload(SOCKET s, const char *request, unsigned int len, BOOL reply)
{
    const char *body = strstr(request, "\r\n\r\n") + 4, *p;
    char head[512];
    unsigned int size = 0, got;
    int more;

    if ((p = strstr(request, "\r\nContent-Length: "))) size = strtoul(p + 18, NULL, 10);
    got = len - (body - request);
    if (strstr(request, "\r\nBITS-Packet-Type: Create-Session\r\n")) uploaded_size = 0;
    if (size > UPLOAD_MAX - uploaded_size || got > size) return FALSE;
    memcpy(uploaded + uploaded_size, body, got);
    for (; got < size; got += more)
        if ((more = recv(s, uploaded + uploaded_size + got, size - got, 0)) <= 0) return FALSE;
    uploaded_size += size;
    if (strstr(request, "\r\nBITS-Packet-Type: Close-Session\r\n")) uploads_closed++;
    snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nBITS-Packet-Type: Ack\r\nBITS-Protocol: {7df0354d-249b-430f-820d-3d2a9bef4931}\r\n"
             "BITS-Session-Id: 1\r\nBITS-Received-Content-Range: %u\r\n%sContent-Length: 0\r\n\r\n", uploaded_size,
             reply && size ? "BITS-Reply-URL: /small\r\n" : "");
    return send(s, head, strlen(head), 0) > 0;
}

/* One request; FALSE when the connection is over. */
static BOOL serve_request(SOCKET s)
{
    char request[4096], head[512], *p;
    unsigned int len = 0, size, from = 0, to, status = 200;
    BOOL slow, is_head, whole, unsized;
    int got;

    do
    {
        if (len == sizeof(request) - 1 || (got = recv(s, request + len, sizeof(request) - 1 - len, 0)) <= 0) return FALSE;
        len += got;
        request[len] = 0;
    } while (!strstr(request, "\r\n\r\n"));

    if (begins_with(request, "BITS_POST /up ")) return serve_upload(s, request, len, FALSE);
    if (begins_with(request, "BITS_POST /up-reply ")) return serve_upload(s, request, len, TRUE);
    is_head = begins_with(request, "HEAD ");
    if (!(p = strchr(request, ' '))) return FALSE;
    slow = begins_with(p, " /slow ");
    whole = begins_with(p, " /whole ");
    unsized = begins_with(p, " /unsized ");
    if (slow) size = SLOW_SIZE;
    else if (begins_with(p, " /small ") || whole || unsized) size = SMALL_SIZE;
    else
    {
        size = 0;
        if (!begins_with(p, " /empty ")) status = 404;
    }
    to = size;
    if ((p = strstr(request, "\r\nRange: bytes=")) && size && !whole && !unsized)
    {
        from = strtoul(p + 15, &p, 10);
        if (*p == '-' && p[1] >= '0' && p[1] <= '9') to = strtoul(p + 1, NULL, 10) + 1;
        if (to > size) to = size;
        if (from > to) from = to;
        status = 206;
    }
    snprintf(head, sizeof(head), "HTTP/1.1 %u %s\r\nLast-Modified: Wed, 01 Nov 2023 00:00:00 GMT\r\nAccept-Ranges: %s\r\n", status,
             status == 404 ? "Not Found" : "OK", whole || unsized ? "none" : "bytes");
    snprintf(head + strlen(head), sizeof(head) - strlen(head), unsized ? "Connection: close\r\n" : "Content-Length: %u\r\n", to - from);
    if (status == 206) snprintf(head + strlen(head), sizeof(head) - strlen(head), "Content-Range: bytes %u-%u/%u\r\n", from, to - 1, size);
    strcat(head, "\r\n");
    if (send(s, head, strlen(head), 0) < 0) return FALSE;
    if (is_head) return !unsized;
    if (slow)
    {
        unsigned int piece = min(to - from, 4096);

        send_body(s, from, from + piece);
        from += piece;
        SetEvent(slow_started);
        WaitForSingleObject(slow_released, 60000);
    }
    send_body(s, from, to);
    return !unsized;
}

static DWORD WINAPI connection_proc(void *arg)
{
    SOCKET s = (SOCKET)(ULONG_PTR)arg;

    while (serve_request(s)) {}
    closesocket(s);
    return 0;
}

static DWORD WINAPI server_proc(void *arg)
{
    SOCKET s;

    while ((s = accept(server_socket, NULL, NULL)) != INVALID_SOCKET)
        CloseHandle(CreateThread(NULL, 0, connection_proc, (void *)(ULONG_PTR)s, 0, NULL));
    return 0;
}

static void start_server(void)
{
    struct sockaddr_in address = { 0 };
    int len = sizeof(address);
    WSADATA data;

    WSAStartup(MAKEWORD(2, 2), &data);
    server_socket = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ok(!bind(server_socket, (struct sockaddr *)&address, sizeof(address)), "cannot bind, error %d\n", WSAGetLastError());
    getsockname(server_socket, (struct sockaddr *)&address, &len);
    server_port = ntohs(address.sin_port);
    ok(!listen(server_socket, 16), "cannot listen, error %d\n", WSAGetLastError());
    slow_started = CreateEventW(NULL, TRUE, FALSE, NULL);
    slow_released = CreateEventW(NULL, TRUE, FALSE, NULL);
    server_thread = CreateThread(NULL, 0, server_proc, NULL, 0, NULL);
}

static void stop_server(void)
{
    SetEvent(slow_released);
    closesocket(server_socket);
    WaitForSingleObject(server_thread, 10000);
    CloseHandle(server_thread);
}

#endif /* __BITSADMIN_WEB_SERVER_H */
