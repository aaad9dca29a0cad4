/*
 * A machine whose adapters can be taken down, for the test of a network that goes away
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
 * Preloaded into the processes of a prefix (LD_PRELOAD).  While the file that ADAPTERS_DOWN names is there, no adapter is up but that of the
 * machine itself: those that ask find the flags and the carrier of one that is not.  What is sent is not touched.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int are_down(void)
{
    const char *path = getenv("ADAPTERS_DOWN");

    return path && !access(path, F_OK);
}

int ioctl(int fd, unsigned long request, ...)
{
    static int (*next)(int, unsigned long, void *);
    struct ifreq *adapter;
    va_list args;
    void *arg;
    int ret;

    va_start(args, request);
    arg = va_arg(args, void *);
    va_end(args);
    if (!next) next = (int (*)(int, unsigned long, void *))dlsym(RTLD_NEXT, "ioctl");
    ret = next(fd, request, arg);
    if (request == SIOCGIFFLAGS && !ret && are_down())
    {
        adapter = arg;
        if (!(adapter->ifr_flags & IFF_LOOPBACK)) adapter->ifr_flags &= ~(IFF_UP | IFF_RUNNING);
    }
    return ret;
}

FILE *fopen(const char *path, const char *mode)
{
    static FILE *(*next)(const char *, const char *);
    static const char folder[] = "/sys/class/net/";
    size_t len = strlen(path);

    if (!next) next = (FILE *(*)(const char *, const char *))dlsym(RTLD_NEXT, "fopen");
    if (!strncmp(path, folder, sizeof(folder) - 1) && strncmp(path + sizeof(folder) - 1, "lo/", 3) && len > 8
            && !strcmp(path + len - 8, "/carrier") && are_down())
        return NULL;
    return next(path, mode);
}
