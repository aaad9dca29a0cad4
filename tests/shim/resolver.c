/*
 * A resolver for the shim's contract test
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
 * Preloaded into the program under test (LD_PRELOAD): what a name server would have to do is done by name.  Below hang.test nobody ever
 * answers, below late.test after a second; every other name below test is this machine, with a dot at its end as without.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static int below(const char *name, const char *domain)
{
    size_t len = strlen(name), domain_len = strlen(domain);

    if (len && name[len - 1] == '.') len--;
    return len > domain_len && name[len - domain_len - 1] == '.' && !strncasecmp(name + len - domain_len, domain, domain_len);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
    static int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    const char *p;

    if (!next) next = (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))dlsym(RTLD_NEXT, "getaddrinfo");
    if (!node || !below(node, "test")) return next(node, service, hints, result);
    while (below(node, "hang.test")) pause();
    if (below(node, "late.test")) sleep(1);
    for (p = node; *p; p++) if (*p & 0x80) return EAI_NONAME; /* a name server knows ASCII only */
    return next("127.0.0.1", service, hints, result);
}
