/*
 * Test server: text that grows
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

void buf_add(struct buf *buf, const void *data, size_t size)
{
    if (buf->failed) return;
    if (buf->size + size + 1 > buf->capacity)
    {
        size_t capacity = (buf->size + size + 1) * 2;
        char *grown = realloc(buf->data, capacity);

        if (!grown)
        {
            buf->failed = 1;
            return;
        }
        buf->data = grown;
        buf->capacity = capacity;
    }
    if (size) memcpy(buf->data + buf->size, data, size);
    buf->size += size;
    buf->data[buf->size] = 0;
}

void buf_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

/* by hand, since the printf functions of the platforms disagree about 64 bits */
void buf_u64(struct buf *buf, ts_u64 value)
{
    char digits[24], *p = digits + sizeof(digits);

    do *--p = '0' + value % 10; while (value /= 10);
    buf_add(buf, p, digits + sizeof(digits) - p);
}

void buf_hex(struct buf *buf, ts_u64 value, unsigned int digits)
{
    while (digits--) buf_add(buf, &"0123456789abcdef"[(value >> (4 * digits)) % 16], 1);
}

void buf_free(struct buf *buf)
{
    free(buf->data);
    memset(buf, 0, sizeof(*buf));
}

/* control bytes and backslashes as \xHH */
void buf_escaped(struct buf *buf, const char *text, size_t size)
{
    size_t i;

    for (i = 0; i < size; i++)
    {
        unsigned char c = text[i];

        if (c < 32 || c == 127 || c == '\\')
        {
            buf_text(buf, "\\x");
            buf_hex(buf, c, 2);
        }
        else buf_add(buf, text + i, 1);
    }
}

void buf_field(struct buf *buf, const char *name, ts_u64 value)
{
    buf_text(buf, name);
    buf_u64(buf, value);
}

char *copy_text(const char *text, size_t size)
{
    char *copy = malloc(size + 1);

    if (!copy) abort();
    memcpy(copy, text, size);
    copy[size] = 0;
    return copy;
}
