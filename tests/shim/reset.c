/*
 * What the system does with octets that came before a reset
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
#include <winsock2.h>
#include <windef.h>
#include <winbase.h>

#include "shim_test.h"

/*
 * A server that closes its end with something unread resets the connection.  Linux still hands out what it has said before that, and Wine 8 with
 * it; Windows does not, nor does Wine 10 since it remembers the reset.  Then a reply in the middle of a body is seen or not as it happens.
 */
BOOL reset_forgets(void)
{
    struct sockaddr_in address = { 0 };
    SOCKET listener, client, server;
    char octets[64] = "";
    int len = sizeof(address), got;
    fd_set readable;

    listener = socket(AF_INET, SOCK_STREAM, 0);
    client = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener, (struct sockaddr *)&address, sizeof(address));
    getsockname(listener, (struct sockaddr *)&address, &len);
    listen(listener, 1);
    ok(!connect(client, (struct sockaddr *)&address, sizeof(address)), "cannot connect, error %d\n", WSAGetLastError());
    server = accept(listener, NULL, NULL);
    ok(server != INVALID_SOCKET, "cannot accept, error %d\n", WSAGetLastError());
    send(client, octets, sizeof(octets), 0);
    ok(recv(server, octets, 1, 0) == 1, "nothing has come, error %d\n", WSAGetLastError());
    send(server, "said", 4, 0);
    closesocket(server);
    /* until the reset is there too */
    FD_ZERO(&readable);
    FD_SET(client, &readable);
    select(0, &readable, NULL, NULL, NULL);
    while (send(client, octets, 1, 0) == 1) Sleep(1);
    got = recv(client, octets, sizeof(octets), 0);
    ok(got == 4 || (got < 0 && WSAGetLastError() == WSAECONNRESET), "got %d, error %d\n", got, WSAGetLastError());
    closesocket(client);
    closesocket(listener);
    return got < 0;
}
