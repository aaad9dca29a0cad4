/*
 * Fuzz target: header fields and what is read out of them
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

/* Input: fields as "name:value" lines. Every value is also read as a number, a range and a date. */

#include "core/headers.h"

#include <stdlib.h>

#define CHECK(cond) do { if (!(cond)) abort(); } while (0)

static const char *const names[] = {"Content-Length", "Content-Range", "Last-Modified", "Connection"};

static void check_list(const struct header_list *list)
{
    struct content_range range;
    UINT64 length, time, again;
    char text[30];
    HRESULT hr;
    UINT32 i;

    for (i = 0; i < list->count; i++)
    {
        const char *value = list->fields[i].value;
        size_t len = strlen(value);

        CHECK(!strchr(value, '\r') && !strchr(value, '\n'));
        CHECK(!len || (value[0] != ' ' && value[0] != '\t' && value[len - 1] != ' ' && value[len - 1] != '\t'));
        headers_has_token(list, list->fields[i].name, value);
    }
    hr = headers_content_length(list, &length);
    CHECK((hr == S_OK) == (length != SIZE_UNKNOWN));
    CHECK((hr == S_FALSE) == !headers_count(list, "content-length"));
    hr = headers_content_range(list, &range);
    if (hr == S_OK)
    {
        CHECK((range.first == SIZE_UNKNOWN) == (range.last == SIZE_UNKNOWN));
        if (range.first == SIZE_UNKNOWN) CHECK(range.total != SIZE_UNKNOWN);
        else CHECK(range.first <= range.last && range.last < range.total);
    }
    else CHECK(range.first == SIZE_UNKNOWN && range.last == SIZE_UNKNOWN && range.total == SIZE_UNKNOWN);
    if (headers_date(list, "Last-Modified", &time) == S_OK)
    {
        http_date_format(time, text);
        CHECK(strlen(text) == 29 && http_date_parse(text, &again) == S_OK && again == time);
    }
}

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size);

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size)
{
    struct header_list list, single;
    const char *p = (const char *)data, *end = p + size, *colon, *lf;
    size_t i;

    headers_init(&list);
    headers_init(&single);
    while (p < end)
    {
        /* a line goes on where the next one begins with a blank */
        for (lf = p; (lf = memchr(lf, '\n', end - lf)) && lf + 1 < end && (lf[1] == ' ' || lf[1] == '\t'); lf++) ;
        if (!lf) lf = end;
        if ((colon = memchr(p, ':', lf - p)) && !memchr(p, 0, lf - p))
        {
            CHECK(headers_add(&list, p, colon - p, colon + 1, lf - colon - 1) == S_OK);
            for (i = 0; i < ARRAY_SIZE(names); i++)
            {
                CHECK(headers_add(&single, names[i], strlen(names[i]), colon + 1, lf - colon - 1) == S_OK);
                check_list(&single);
                headers_free(&single);
            }
        }
        p = lf < end ? lf + 1 : end;
    }
    check_list(&list);
    headers_free(&list);
    return 0;
}
