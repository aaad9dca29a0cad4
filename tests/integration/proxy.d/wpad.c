/*
 * Detection by name, for an ordinary user
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
 * Preloaded into the processes of a prefix (LD_PRELOAD).  WPAD_FILE names a file with a line "NAME PORT": NAME is then a host of this machine
 * whose port 80 is PORT; without the file, or with an empty one, there is no such host.  Port 80 is beyond an ordinary user, as are
 * the machine's hosts file and its name server.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define ADDRESS 0x7f505057 /* 127.80.80.87: on the loopback interface, and nobody else's */

static int configured(char name[256])
{
    const char *path = getenv("WPAD_FILE");
    FILE *file = path ? fopen(path, "r") : NULL;
    int port = 0;

    if (!file) return 0;
    if (fscanf(file, "%255s %d", name, &port) != 2) port = 0;
    fclose(file);
    return port;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
    static int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    char name[256];

    if (!next) next = (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))dlsym(RTLD_NEXT, "getaddrinfo");
    if (node && configured(name) && !strcasecmp(node, name)) return next("127.80.80.87", service, hints, result);
    /* nobody else's network is asked for proxies in a test */
    if (node && !strncasecmp(node, "wpad", 4)) return EAI_NONAME;
    return next(node, service, hints, result);
}

int connect(int fd, const struct sockaddr *address, socklen_t len)
{
    static int (*next)(int, const struct sockaddr *, socklen_t);
    struct sockaddr_in local;
    char name[256];
    int port;

    if (!next) next = (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "connect");
    if (address->sa_family == AF_INET && len >= sizeof(local))
    {
        memcpy(&local, address, sizeof(local));
        if (local.sin_addr.s_addr == htonl(ADDRESS) && local.sin_port == htons(80) && (port = configured(name)))
        {
            local.sin_port = htons(port);
            local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            return next(fd, (struct sockaddr *)&local, sizeof(local));
        }
    }
    return next(fd, address, len);
}
