/*
 * The scripted web server, for all units of this program
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

/* The one unit that compiles tests/server: the others link with it (bits_test.h). */

#include "../../../tests/server/text.c"
#include "../../../tests/server/pattern.c"
#include "../../../tests/server/script.c"
#include "../../../tests/server/upload.c"
#include "../../../tests/server/reply.c"
#include "../../../tests/server/connection.c"
#include "../../../tests/server/exchange.c"
#include "../../../tests/server/server.c"

#include "objbase.h"
#include "initguid.h" /* here for all units of the program */
#include "bits.h"
#include "qmgr.h"

#include "wine/test.h"

START_TEST(server)
{
    static const char request[] = "GET /file HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    struct test_server_options options = { "on GET /file\n size 100\n" };
    struct sockaddr_in address = { 0 };
    char error[256] = "", answer[4096], body[100];
    struct test_server *server;
    int got, len = 0;
    WSADATA data;
    SOCKET s;

    WSAStartup(MAKEWORD(2, 2), &data);
    server = test_server_start(&options, error, sizeof(error));
    ok(server != NULL, "cannot start, %s\n", error);
    if (!server) return;
    s = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(test_server_port(server));
    ok(!connect(s, (struct sockaddr *)&address, sizeof(address)), "cannot connect, error %d\n", WSAGetLastError());
    ok(send(s, request, sizeof(request) - 1, 0) == sizeof(request) - 1, "cannot send, error %d\n", WSAGetLastError());
    while (len < (int)sizeof(answer) && (got = recv(s, answer + len, sizeof(answer) - len, 0)) > 0) len += got;
    closesocket(s);
    ok(len > 100 && !memcmp(answer, "HTTP/1.1 200 ", 13), "got %d bytes\n", len);
    test_server_pattern("/file", 0, body, sizeof(body));
    ok(len > 100 && !memcmp(answer + len - sizeof(body), body, sizeof(body)), "wrong body\n");
    ok(test_server_count(server, "GET", "/file") == 1, "not counted\n");
    test_server_stop(server);
    WSACleanup();
}
