/*
 * Fuzz target: proxy lists, bypass rules, script answers
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
 * Input: what the registry may hold as DefaultConnectionSettings, whose texts must lie in it; and the same as Latin-1 text; the first line is the proxy list, the second the bypass list, the third the name of a host.  Every route has at
 * least one hop, every hop a port or no host, and what the grammar of jobs accepts that of users accepts too, with the same hops.
 */

#include "core/bypass.h"
#include "core/str.h"

#include <stdlib.h>

#define CHECK(cond) do { if (!(cond)) abort(); } while (0)

static WCHAR *next_line(const BYTE **p, const BYTE *end, const WCHAR *head)
{
    const BYTE *lf = *p < end ? memchr(*p, '\n', end - *p) : NULL;
    size_t len = (lf ? lf : end) - *p, head_len = str_len(head), i;
    WCHAR *line = malloc((head_len + len + 1) * sizeof(*line));

    memcpy(line, head, head_len * sizeof(*line));
    for (i = 0; i < len; i++) line[head_len + i] = (*p)[i];
    line[head_len + len] = 0;
    *p = lf ? lf + 1 : end;
    return line;
}

static void check_route(const struct proxy_hops *route)
{
    UINT32 i;

    for (i = 0; i < route->count; i++)
    {
        const struct proxy_hop *hop = &route->hops[i];
        const WCHAR *p;

        CHECK(!hop->host == !hop->port);
        if (!hop->host) continue;
        CHECK(*hop->host);
        for (p = hop->host; *p; p++) CHECK(*p > ' ' && *p < 0x7f && !str_chr(L"/\\@?#[]*%\"<>|^`=;,", *p));
    }
}

static void check_text(const struct proxy_text *text, const BYTE *data, size_t size)
{
    const BYTE *p = (const BYTE *)text->text;

    CHECK(!text->len || (p >= data && text->len <= size && p <= data + size - text->len));
}

static void check_settings(const BYTE *data, size_t size)
{
    struct proxy_settings_value value;

    if (proxy_settings_read(data, size, &value)) CHECK(size >= 24);
    else CHECK(!value.flags && !value.list.len && !value.bypass.len && !value.script_url.len);
    check_text(&value.list, data, size);
    check_text(&value.bypass, data, size);
    check_text(&value.script_url, data, size);
}

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size);

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size)
{
    const BYTE *p = data, *end = data + size;
    struct proxy_lists job, user;
    struct proxy_hops route, again;
    WCHAR *list, *bypass, *name;
    HRESULT job_hr, user_hr;
    struct url url;
    UINT32 i;

    check_settings(data, size);
    if (size > 4000) return 0;
    list = next_line(&p, end, L"");
    bypass = next_line(&p, end, L"");
    name = next_line(&p, end, L"http://");

    job_hr = proxy_lists_parse(list, bypass, PROXY_GRAMMAR_JOB, &job);
    CHECK(job_hr == S_OK || job_hr == BG_E_INVALID_PROXY_INFO);
    CHECK((job_hr == S_OK) == !!job.entry_count);
    user_hr = proxy_lists_parse(list, bypass, PROXY_GRAMMAR_USER, &user);
    CHECK(user_hr == S_OK || user_hr == E_INVALIDARG);
    CHECK(job_hr != S_OK || user_hr == S_OK);

    if (url_parse(name, &url) == S_OK)
    {
        CHECK(proxy_lists_choose(&user, &url, &route) == S_OK && route.count);
        check_route(&route);
        if (job_hr == S_OK)
        {
            CHECK(proxy_lists_choose(&job, &url, &again) == S_OK && again.count == route.count);
            for (i = 0; i < route.count; i++)
            {
                CHECK(!route.hops[i].host == !again.hops[i].host && route.hops[i].port == again.hops[i].port);
                CHECK(!route.hops[i].host || !str_cmp(route.hops[i].host, again.hops[i].host));
            }
            proxy_hops_free(&again);
        }
        proxy_hops_free(&route);
        url_free(&url);
    }
    proxy_lists_free(&job);
    proxy_lists_free(&user);

    job_hr = proxy_answer_parse(list, &route);
    CHECK(job_hr == (route.count ? S_OK : S_FALSE));
    check_route(&route);
    proxy_hops_free(&route);

    free(list);
    free(bypass);
    free(name);
    return 0;
}
