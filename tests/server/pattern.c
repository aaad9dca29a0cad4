/*
 * Body patterns of the test server
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

#include <stdlib.h>
#include <string.h>

#include "server_private.h"

/* A prime: two offsets that differ by a multiple of any round number get different bytes. */
#define PERIOD 1048583

/* two periods, so that a whole one is contiguous from any place in the first */
static char *pattern_block;

static const char *get_block(void)
{
    ts_u64 x = 88172645463325252ull;
    unsigned int i;
    char *block;

    if (pattern_block) return pattern_block;
    if (!(block = malloc(2 * PERIOD))) abort();
    for (i = 0; i < PERIOD; i++)
    {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        block[i] = block[i + PERIOD] = (char)x;
    }
    /* lives as long as the process */
    if (!__sync_bool_compare_and_swap(&pattern_block, NULL, block)) free(block);
    return pattern_block;
}

ts_u64 test_server_hash(ts_u64 hash, const void *data, size_t size)
{
    const unsigned char *p = data;
    size_t i;

    for (i = 0; i < size; i++) hash = (hash ^ p[i]) * 0x100000001b3ull;
    return hash;
}

ts_u64 pattern_shift(const char *name)
{
    return test_server_hash(TEST_SERVER_HASH_INIT, name, strlen(name)) % PERIOD;
}

const char *pattern_at(ts_u64 shift, ts_u64 offset, size_t *available)
{
    *available = PERIOD;
    return get_block() + (offset % PERIOD + shift) % PERIOD;
}

void test_server_pattern(const char *name, ts_u64 offset, void *buffer, size_t size)
{
    ts_u64 shift = pattern_shift(name);
    char *out = buffer;
    size_t n;

    while (size)
    {
        const char *bytes = pattern_at(shift, offset, &n);

        if (n > size) n = size;
        memcpy(out, bytes, n);
        out += n;
        offset += n;
        size -= n;
    }
}

ts_u64 test_server_pattern_hash(const char *name, ts_u64 offset, ts_u64 size)
{
    ts_u64 shift = pattern_shift(name), hash = TEST_SERVER_HASH_INIT;
    size_t n;

    while (size)
    {
        const char *bytes = pattern_at(shift, offset, &n);

        if (n > size) n = size;
        hash = test_server_hash(hash, bytes, n);
        offset += n;
        size -= n;
    }
    return hash;
}
