/*
 * Unit tests for core/http1: malformed and hostile replies
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

/* The replies of tests/integration/hostile.tsv, which says what it is made of, as the pure reader sees them: whole and in pieces. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wine/test.h"
#include "core/http1.h"
#include "core/str.h"

#define ENDLESS 1000000    /* octets for what never ends */
#define MEMORY  (2 * HTTP1_MAX_HEADER_BLOCK + HTTP1_MAX_STATUS_LINE)

static char escape(const char **text)
{
    const char *p = *text;
    char digits[3] = "";

    *text += 1;
    switch (*p)
    {
    case 'r': return '\r';
    case 'n': return '\n';
    case 't': return '\t';
    case 'x':
        memcpy(digits, p + 1, 2);
        *text += 2;
        return (char)strtol(digits, NULL, 16);
    default: return *p;
    }
}

static void put(char **data, size_t *len, size_t *size, const char *octets, size_t count)
{
    if (*len + count > *size)
    {
        *size = (*len + count) * 2;
        *data = realloc(*data, *size);
    }
    memcpy(*data + *len, octets, count);
    *len += count;
}

/* The octets of a reply. */
static char *expand(const char *text, size_t *len)
{
    char *data = malloc(64), unit[4096];
    size_t size = 64, count, unit_len;

    *len = 0;
    while (*text)
    {
        char c = *text++;

        if (c != '{')
        {
            if (c == '\\') c = escape(&text);
            put(&data, len, &size, &c, 1);
            continue;
        }
        count = strtoul(text, (char **)&text, 10);
        text++;
        for (unit_len = 0; *text && *text != '}' && unit_len < sizeof(unit); unit_len++)
        {
            c = *text++;
            unit[unit_len] = c == '\\' ? escape(&text) : c;
        }
        if (*text) text++;
        if (!count) count = ENDLESS / unit_len;
        while (count--) put(&data, len, &size, unit, unit_len);
    }
    return data;
}

static HRESULT feed(const char *method, const char *data, size_t len, size_t step)
{
    struct http1_reader reader;
    size_t pos = 0, used, body_len, count;
    const char *body;
    HRESULT hr = S_OK;

    http1_reader_init(&reader, method);
    while (pos < len && SUCCEEDED(hr) && reader.state != HTTP1_DONE)
    {
        count = step < len - pos ? step : len - pos;
        if (reader.state == HTTP1_HEAD) hr = http1_read_head(&reader, data + pos, count, &used);
        else hr = http1_read_body(&reader, data + pos, count, &used, &body, &body_len);
        pos += used;
        ok(reader.line_size <= MEMORY && reader.raw_size <= MEMORY, "it holds %u and %u octets\n", reader.line_size, reader.raw_size);
    }
    if (SUCCEEDED(hr)) hr = http1_read_close(&reader);
    http1_reader_free(&reader);
    return hr;
}

static const char *name_result(HRESULT hr)
{
    if (hr == BG_E_INVALID_SERVER_RESPONSE) return "invalid";
    if (hr == BG_E_INSUFFICIENT_HTTP_SUPPORT) return "unsupported";
    if (hr == HRESULT_FROM_WIN32(ERROR_HANDLE_EOF)) return "cut";
    return hr == S_OK ? "good" : "another";
}

static FILE *open_table(void)
{
    static const char name[] = "tests/integration/hostile.tsv";
    const char *top = getenv("WB_TOP");
    char path[4096] = __FILE__;

    if (top && *top) snprintf(path, sizeof(path), "%s/%s", top, name);
    else
    {
        char *end = strstr(path, "tests/native/");

        if (end) snprintf(end, sizeof(path) - (end - path), "%s", name);
    }
    return fopen(path, "r");
}

START_TEST(hostile)
{
    static const size_t steps[] = { 1, 7, 4096, 1 << 30 };
    static char line[65536];
    FILE *table = open_table();
    unsigned int count = 0, i, j;

    ok(table != NULL, "no table\n");
    while (table && fgets(line, sizeof(line), table))
    {
        char *field[5], *p = line, *data;
        const char *result;
        size_t len;

        line[strcspn(line, "\n")] = 0;
        if (*line == '#') continue;
        for (i = 0; i < 5 && p; i++)
        {
            field[i] = p;
            if (i < 4 && (p = strchr(p, '\t'))) *p++ = 0;
        }
        ok(i == 5, "line %s has %u fields\n", line, i);
        if (i < 5) continue;
        count++;
        data = expand(field[4], &len);
        for (j = 0; j < ARRAY_SIZE(steps); j++)
        {
            result = name_result(feed(strcmp(field[1], "head") ? "GET" : "HEAD", data, len, steps[j]));
            ok(!strcmp(result, field[2]), "%s, %u at a time: %s, not %s\n", field[0], (unsigned int)steps[j], result, field[2]);
        }
        free(data);
    }
    if (table) fclose(table);
    ok(count >= 60, "only %u replies\n", count);
}
