/*
 * HTTP header fields as a list, and what BITS reads out of them
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

/* Pure room. Values are kept as received, octets 0x80 and above as Latin-1. Names are compared without case [BEH.HTTP.6]. */

#ifndef __QMGR_CORE_HEADERS_H
#define __QMGR_CORE_HEADERS_H

#include "core/system.h"

struct header_field
{
    char *name;
    char *value;         /* white space at both ends removed, folded lines joined by one space */
};

struct header_list
{
    struct header_field *fields;
    UINT32 count;
    UINT32 size;
};

void headers_init(struct header_list *list);
void headers_free(struct header_list *list);                 /* back to the state after headers_init */
HRESULT headers_add(struct header_list *list, const char *name, size_t name_len, const char *value, size_t value_len);
HRESULT headers_copy(struct header_list *dst, const struct header_list *src);

/* The first field of that name at or after index *from (may be NULL for the first of all), NULL if there is none. */
const char *headers_find(const struct header_list *list, const char *name, UINT32 *from);
UINT32 headers_count(const struct header_list *list, const char *name);
BOOL headers_has_token(const struct header_list *list, const char *name, const char *token); /* in a comma list, without case */

/*
 * Content-Length. S_OK with a value; S_FALSE if absent; several equal values count as one; contradicting, signed, overlong or
 * otherwise malformed ones: BG_E_INVALID_SERVER_RESPONSE.
 */
HRESULT headers_content_length(const struct header_list *list, UINT64 *length);

/* Content-Range: "bytes first-last/total" or "bytes first-last/" + "*" (total SIZE_UNKNOWN) or "bytes" + " *" + "/total" (first and last SIZE_UNKNOWN). */
struct content_range
{
    UINT64 first;
    UINT64 last;         /* inclusive */
    UINT64 total;
};
/* S_OK; S_FALSE if absent; BG_E_INVALID_SERVER_RESPONSE if malformed, doubled, last < first or last >= total. */
HRESULT headers_content_range(const struct header_list *list, struct content_range *range);

/* Last-Modified and other HTTP dates, all three forms of RFC 9110, as FILETIME. S_FALSE if absent or not a date. */
HRESULT headers_date(const struct header_list *list, const char *name, UINT64 *time);
HRESULT http_date_parse(const char *text, UINT64 *time);
void http_date_format(UINT64 time, char buffer[30]);         /* "Sun, 06 Nov 1994 08:49:37 GMT" */

#endif /* __QMGR_CORE_HEADERS_H */
