/*
 * Bounded UTF-16 strings and growable buffers
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
 * Pure room; the others build on it.  It stands in for the wide functions of libc, which the native build has not.  Any thread; nothing
 * here holds state.  What a function returns as a pointer to non-const is malloc'ed and belongs to the caller.
 *
 * Case folding is that of ASCII: names of hosts, schemes, header fields and devices need no other, and it depends on no
 * locale [JOB3.ReplaceRemotePrefix.2].
 */

#ifndef __QMGR_CORE_STR_H
#define __QMGR_CORE_STR_H

#include "core/system.h"

/* Lengths are in UTF-16 code units without terminator. */
size_t str_len(const WCHAR *s);
size_t str_nlen(const WCHAR *s, size_t max);              /* at most max, reads no further */
WCHAR *str_dup(const WCHAR *s);                           /* NULL for NULL and when out of memory */
WCHAR *str_ndup(const WCHAR *s, size_t len);              /* exactly len units; NULL for NULL and when out of memory */
int str_cmp(const WCHAR *a, const WCHAR *b);              /* by code unit: < 0, 0, > 0 */
int str_icmp(const WCHAR *a, const WCHAR *b);
int str_nicmp(const WCHAR *a, const WCHAR *b, size_t len);
BOOL str_starts(const WCHAR *s, const WCHAR *prefix);
BOOL str_istarts(const WCHAR *s, const WCHAR *prefix);
const WCHAR *str_chr(const WCHAR *s, WCHAR c);            /* first c before the terminator, or NULL */
WCHAR str_fold(WCHAR c);                                  /* A-Z to a-z */

/*
 * UTF-8.  A lone surrogate and each octet that belongs to no well-formed sequence become U+FFFD; neither direction fails but for
 * memory, when NULL is returned (also for NULL).
 */
char *str_to_utf8(const WCHAR *s);
WCHAR *str_from_utf8(const char *s);
WCHAR *str_from_utf8_n(const char *s, size_t len);        /* NUL octets inside are kept */
size_t str_next_utf8(const WCHAR **pos, const WCHAR *end, char out[4]); /* one character at *pos < end, which is advanced: 1 to 4 octets */
WCHAR *str_from_latin1(const char *s);                    /* one unit per octet, as header values are kept */

/*
 * Octets that grow up to a maximum fixed at the start, after curl's dynbuf.  The first failure sticks in hr, later calls do nothing
 * and return it, so that a writer can check once at the end.  No NUL is kept behind the octets.
 */
struct buffer
{
    BYTE *data;
    size_t len, size;
    HRESULT hr;
    size_t max;
};

void buffer_init(struct buffer *buffer, size_t max);      /* never holds more than max octets */
void buffer_free(struct buffer *buffer);                  /* back to the state after buffer_init, same max */
void buffer_reset(struct buffer *buffer);                 /* forgets the octets and the failure, keeps the memory */
/* E_OUTOFMEMORY without memory, HRESULT_FROM_WIN32(ERROR_INVALID_DATA) above max; then nothing was added. */
HRESULT buffer_append(struct buffer *buffer, const void *data, size_t len);
HRESULT buffer_reserve(struct buffer *buffer, size_t len); /* room for len more: appending them moves nothing */
HRESULT buffer_append_byte(struct buffer *buffer, BYTE byte);
HRESULT buffer_append_text(struct buffer *buffer, const char *text);
void buffer_consume(struct buffer *buffer, size_t len);   /* drops the first len octets, all if there are fewer */
/* Moves the octets out: the caller frees them, the buffer is as after buffer_init.  NULL if it is empty or has failed (then free it). */
BYTE *buffer_take(struct buffer *buffer, size_t *len);

#endif /* __QMGR_CORE_STR_H */
