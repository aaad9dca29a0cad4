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

#include "core/headers.h"

#define MAX_FIELDS 0x100000 /* far above what http1 lets in; keeps the arithmetic in range */

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static BOOL is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static BOOL is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* text[0..len) against a NUL-terminated word, without case */
static BOOL equal_word(const char *text, size_t len, const char *word)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (!word[i] || fold(text[i]) != fold(word[i])) return FALSE;
    return !word[len];
}

/* text begins with the first len letters of prefix, without case */
static BOOL starts_with(const char *text, const char *prefix, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (!text[i] || fold(text[i]) != fold(prefix[i])) return FALSE;
    return TRUE;
}

static BOOL same_name(const char *a, const char *b)
{
    return equal_word(a, strlen(a), b);
}

void headers_init(struct header_list *list)
{
    memset(list, 0, sizeof(*list));
}

void headers_free(struct header_list *list)
{
    UINT32 i;

    for (i = 0; i < list->count; i++)
    {
        free(list->fields[i].name);
        free(list->fields[i].value);
    }
    free(list->fields);
    headers_init(list);
}

static char *copy_octets(const char *text, size_t len)
{
    char *copy;

    if (len == (size_t)-1 || !(copy = malloc(len + 1))) return NULL;
    if (len) memcpy(copy, text, len);
    copy[len] = 0;
    return copy;
}

/* Joins folded lines: each line break with the white space around it becomes one space (RFC 9112 5.2). Returns the new length. */
static size_t unfold(char *text, size_t len)
{
    size_t in = 0, out = 0;

    while (in < len)
    {
        if (text[in] != '\r' && text[in] != '\n')
        {
            text[out++] = text[in++];
            continue;
        }
        while (out && is_blank(text[out - 1])) out--;
        while (in < len && (text[in] == '\r' || text[in] == '\n' || is_blank(text[in]))) in++;
        text[out++] = ' ';
    }
    text[out] = 0;
    return out;
}

HRESULT headers_add(struct header_list *list, const char *name, size_t name_len, const char *value, size_t value_len)
{
    struct header_field *field;
    size_t len;

    while (value_len && is_blank(*value))
    {
        value++;
        value_len--;
    }

    if (list->count == list->size)
    {
        UINT32 size = list->size ? list->size * 2 : 16;

        if (size > MAX_FIELDS) return E_OUTOFMEMORY;
        if (!(field = realloc(list->fields, size * sizeof(*field)))) return E_OUTOFMEMORY;
        list->fields = field;
        list->size = size;
    }

    field = &list->fields[list->count];
    if (!(field->name = copy_octets(name, name_len))) return E_OUTOFMEMORY;
    if (!(field->value = copy_octets(value, value_len)))
    {
        free(field->name);
        return E_OUTOFMEMORY;
    }
    len = unfold(field->value, value_len);
    while (len && is_blank(field->value[len - 1])) field->value[--len] = 0;
    if (field->value[0] == ' ') memmove(field->value, field->value + 1, len); /* the first line was empty */
    list->count++;
    return S_OK;
}

HRESULT headers_copy(struct header_list *dst, const struct header_list *src)
{
    HRESULT hr;
    UINT32 i;

    headers_init(dst);
    for (i = 0; i < src->count; i++)
    {
        const struct header_field *field = &src->fields[i];

        if (FAILED(hr = headers_add(dst, field->name, strlen(field->name), field->value, strlen(field->value))))
        {
            headers_free(dst);
            return hr;
        }
    }
    return S_OK;
}

const char *headers_find(const struct header_list *list, const char *name, UINT32 *from)
{
    UINT32 i;

    for (i = from ? *from : 0; i < list->count; i++)
    {
        if (!same_name(list->fields[i].name, name)) continue;
        if (from) *from = i + 1;
        return list->fields[i].value;
    }
    if (from) *from = list->count;
    return NULL;
}

UINT32 headers_count(const struct header_list *list, const char *name)
{
    UINT32 from = 0, count = 0;

    while (headers_find(list, name, &from)) count++;
    return count;
}

/* The next element of a comma list, empty ones skipped, without the white space around it. Commas in quoted strings do not count. */
static const char *next_element(const char **pos, size_t *len)
{
    const char *start, *end, *p = *pos;
    BOOL quoted = FALSE;

    while (is_blank(*p) || *p == ',') p++;
    if (!*p) return NULL;
    for (start = p; *p && (quoted || *p != ','); p++)
    {
        if (*p == '"') quoted = !quoted;
        else if (quoted && *p == '\\' && p[1]) p++;
    }
    *pos = p;
    for (end = p; end > start && is_blank(end[-1]); end--) ;
    *len = end - start;
    return start;
}

BOOL headers_has_token(const struct header_list *list, const char *name, const char *token)
{
    const char *value, *element;
    UINT32 from = 0;
    size_t len;

    while ((value = headers_find(list, name, &from)))
        while ((element = next_element(&value, &len)))
            if (equal_word(element, len, token)) return TRUE;
    return FALSE;
}

/* Decimal digits up to the first other character. FALSE if there is none or the number does not fit below SIZE_UNKNOWN. */
static BOOL parse_number(const char **pos, UINT64 *number)
{
    const char *p = *pos;
    UINT64 n = 0;

    if (!is_digit(*p)) return FALSE;
    for (; is_digit(*p); p++)
    {
        UINT32 digit = *p - '0';

        if (n > (SIZE_UNKNOWN - digit) / 10) return FALSE;
        n = n * 10 + digit;
    }
    if (n == SIZE_UNKNOWN) return FALSE;
    *pos = p;
    *number = n;
    return TRUE;
}

HRESULT headers_content_length(const struct header_list *list, UINT64 *length)
{
    const char *value;
    HRESULT hr = S_FALSE;
    UINT32 from = 0;
    UINT64 n;

    *length = SIZE_UNKNOWN;
    while ((value = headers_find(list, "Content-Length", &from)))
    {
        /* a proxy may have joined repeated fields into one list (RFC 9110 8.6) */
        for (;;)
        {
            if (!parse_number(&value, &n) || (hr == S_OK && n != *length)) goto failed;
            *length = n;
            hr = S_OK;
            while (is_blank(*value)) value++;
            if (!*value) break;
            if (*value++ != ',') goto failed;
            while (is_blank(*value)) value++;
        }
    }
    return hr;

failed:
    *length = SIZE_UNKNOWN;
    return BG_E_INVALID_SERVER_RESPONSE;
}

static BOOL parse_content_range(const char *p, struct content_range *range)
{
    range->first = range->last = range->total = SIZE_UNKNOWN;

    if (!starts_with(p, "bytes", 5) || !is_blank(p[5])) return FALSE;
    for (p += 6; is_blank(*p); p++) ;

    if (*p == '*')
    {
        if (*++p != '/') return FALSE;
        p++;
        return parse_number(&p, &range->total) && !*p;
    }

    if (!parse_number(&p, &range->first) || *p++ != '-') return FALSE;
    if (!parse_number(&p, &range->last) || *p++ != '/') return FALSE;
    if (p[0] == '*' && !p[1]) return range->first <= range->last;
    if (!parse_number(&p, &range->total) || *p) return FALSE;
    return range->first <= range->last && range->last < range->total;
}

HRESULT headers_content_range(const struct header_list *list, struct content_range *range)
{
    UINT32 from = 0;
    const char *value;

    range->first = range->last = range->total = SIZE_UNKNOWN;
    if (!(value = headers_find(list, "Content-Range", &from))) return S_FALSE;
    if (!headers_find(list, "Content-Range", &from) && parse_content_range(value, range)) return S_OK;
    range->first = range->last = range->total = SIZE_UNKNOWN;
    return BG_E_INVALID_SERVER_RESPONSE;
}

static const char days[7][10] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static BOOL skip_char(const char **pos, char c)
{
    if (**pos != c) return FALSE;
    (*pos)++;
    return TRUE;
}

/* exactly `count` digits */
static BOOL parse_digits(const char **pos, UINT32 count, UINT32 *number)
{
    UINT32 n = 0;

    for (; count; count--, (*pos)++)
    {
        if (!is_digit(**pos)) return FALSE;
        n = n * 10 + (**pos - '0');
    }
    *number = n;
    return TRUE;
}

static BOOL parse_month(const char **pos, UINT32 *month)
{
    for (*month = 0; *month < 12; (*month)++)
    {
        if (!starts_with(*pos, months[*month], 3)) continue;
        *pos += 3;
        return TRUE;
    }
    return FALSE;
}

static BOOL parse_clock(const char **pos, UINT32 *seconds)
{
    UINT32 hour, minute, second;

    if (!parse_digits(pos, 2, &hour) || !skip_char(pos, ':')) return FALSE;
    if (!parse_digits(pos, 2, &minute) || !skip_char(pos, ':')) return FALSE;
    if (!parse_digits(pos, 2, &second)) return FALSE;
    if (hour > 23 || minute > 59 || second > 60) return FALSE; /* 60 is a leap second */
    *seconds = (hour * 60 + minute) * 60 + second;
    return TRUE;
}

static BOOL is_leap(UINT32 year)
{
    return !(year % 4) && (year % 100 || !(year % 400));
}

static UINT32 month_days(UINT32 year, UINT32 month)
{
    static const BYTE lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return lengths[month] + (month == 1 && is_leap(year));
}

/* Days from 1601-01-01 to January 1st of that year. */
static UINT32 year_days(UINT32 year)
{
    UINT32 y = year - 1601;

    return y * 365 + y / 4 - y / 100 + y / 400;
}

HRESULT http_date_parse(const char *text, UINT64 *time)
{
    UINT32 i, day, month, year, seconds, number;
    const char *p = text;
    size_t len;

    *time = 0;
    while ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z')) p++;
    len = p - text;
    for (i = 0; i < ARRAY_SIZE(days); i++)
        if (equal_word(text, len, days[i]) || (len == 3 && starts_with(days[i], text, 3))) break;
    if (i == ARRAY_SIZE(days)) return S_FALSE;

    if (skip_char(&p, ','))
    {
        BOOL dashes;

        if (!skip_char(&p, ' ') || !parse_digits(&p, 2, &day)) return S_FALSE;
        dashes = *p == '-';
        if (!skip_char(&p, dashes ? '-' : ' ') || !parse_month(&p, &month)) return S_FALSE;
        if (!skip_char(&p, dashes ? '-' : ' ') || !parse_digits(&p, 2, &year)) return S_FALSE;
        if (is_digit(*p))
        {
            if (!parse_digits(&p, 2, &number)) return S_FALSE;
            year = year * 100 + number;
        }
        else if (!dashes) return S_FALSE;
        else year += year < 70 ? 2000 : 1900;
        if (!skip_char(&p, ' ') || !parse_clock(&p, &seconds) || !skip_char(&p, ' ')) return S_FALSE;
        if (!equal_word(p, strlen(p), "GMT")) return S_FALSE;
    }
    else
    {
        /* asctime: "Sun Nov  6 08:49:37 1994" */
        if (len != 3 || !skip_char(&p, ' ') || !parse_month(&p, &month) || !skip_char(&p, ' ')) return S_FALSE;
        if (skip_char(&p, ' '))
        {
            if (!parse_digits(&p, 1, &day)) return S_FALSE;
        }
        else if (!parse_digits(&p, 2, &day)) return S_FALSE;
        if (!skip_char(&p, ' ') || !parse_clock(&p, &seconds) || !skip_char(&p, ' ')) return S_FALSE;
        if (!parse_digits(&p, 4, &year) || *p) return S_FALSE;
    }

    if (year < 1601 || !day || day > month_days(year, month)) return S_FALSE;
    day += year_days(year) - 1;
    for (i = 0; i < month; i++) day += month_days(year, i);
    *time = ((UINT64)day * 86400 + seconds) * TICKS_PER_SECOND;
    return S_OK;
}

HRESULT headers_date(const struct header_list *list, const char *name, UINT64 *time)
{
    const char *value = headers_find(list, name, NULL);

    *time = 0;
    return value ? http_date_parse(value, time) : S_FALSE;
}

static char *put_digits(char *p, UINT32 number, UINT32 count)
{
    UINT32 i;

    for (i = count; i; i--, number /= 10) p[i - 1] = '0' + number % 10;
    return p + count;
}

void http_date_format(UINT64 time, char buffer[30])
{
    static const UINT64 max_seconds = (UINT64)3067671 * 86400 - 1; /* 9999-12-31 23:59:59 */
    UINT64 total = time / TICKS_PER_SECOND;
    UINT32 day, days_left, seconds, year, month;
    char *p = buffer;

    if (total > max_seconds) total = max_seconds;
    day = total / 86400;
    seconds = total % 86400;

    memcpy(p, days[(day + 1) % 7], 3); /* 1601-01-01 was a Monday */
    p += 3;
    *p++ = ',';
    *p++ = ' ';

    year = 1601 + day / 366;           /* never too late, at most a few years early */
    while (year_days(year + 1) <= day) year++;
    days_left = day - year_days(year);
    for (month = 0; days_left >= month_days(year, month); month++) days_left -= month_days(year, month);

    p = put_digits(p, days_left + 1, 2);
    *p++ = ' ';
    memcpy(p, months[month], 3);
    p += 3;
    *p++ = ' ';
    p = put_digits(p, year, 4);
    *p++ = ' ';
    p = put_digits(p, seconds / 3600, 2);
    *p++ = ':';
    p = put_digits(p, seconds / 60 % 60, 2);
    *p++ = ':';
    p = put_digits(p, seconds % 60, 2);
    memcpy(p, " GMT", 5);
}
