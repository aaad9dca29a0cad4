/*
 * Fuzz target: remote and local names, redirect targets
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
 * Input: UTF-16 units, little-endian.  What is accepted must hold what it promises: parts in range, and the same result when parsed again.
 */

#include "core/str.h"
#include "core/url.h"

#include <stdlib.h>

#define CHECK(cond) do { if (!(cond)) abort(); } while (0)

static void check_url(const struct url *url)
{
    size_t i;

    CHECK(url->path && *url->path);
    if (url->scheme == URL_FILE)
    {
        CHECK(!url->host && !url->port && !url->user && !url->password);
        CHECK((url->path[1] == ':' && url->path[2] == '\\') || (url->path[0] == '\\' && url->path[1] == '\\'));
        for (i = 2; url->path[i]; i++) CHECK(!str_chr(L"/*?\"<>|:", url->path[i]) && url->path[i] >= ' ');
        return;
    }
    CHECK(url->host && *url->host && url->port && url->path[0] == '/');
    for (i = 0; url->host[i]; i++) CHECK(url->host[i] > ' ' && url->host[i] < 0x7f && !str_chr(L"/\\@?#[]*%", url->host[i]));
    for (i = 0; url->path[i]; i++) CHECK(url->path[i] > ' ' && url->path[i] != 0x7f && !str_chr(L"#\\\"<>", url->path[i]));
    CHECK(!url->password || url->user);
}

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size);

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size)
{
    size_t len = size / 2, i;
    struct url url, again;
    WCHAR *name, *target;
    char *location;
    HRESULT hr;

    if (!(name = malloc((len + 1) * sizeof(*name)))) return 0;
    for (i = 0; i < len; i++) name[i] = data[2 * i] | data[2 * i + 1] << 8;
    name[len] = 0;

    hr = url_parse(name, &url);
    CHECK(hr == S_OK || hr == E_INVALIDARG);
    CHECK(url_parse(name, NULL) == hr);
    if (hr == S_OK)
    {
        CHECK(str_len(name) <= REMOTE_NAME_MAX);
        check_url(&url);
        if (url.scheme != URL_FILE)
        {
            CHECK(url_split(name, &again) == S_OK);
            CHECK(url_same_origin(&url, &again) && !str_cmp(url.path, again.path));
            url_free(&again);
        }
        else
        {
            CHECK(url_parse(url.path, &again) == S_OK && !str_cmp(url.path, again.path));
            url_free(&again);
        }
    }
    url_free(&url);
    if (local_name_check(name) == S_OK)
    {
        CHECK(str_len(name) <= LOCAL_NAME_MAX);
        CHECK(url_parse(name, &url) == S_OK && url.scheme == URL_FILE);
        url_free(&url);
    }

    /* the same octets as a Location field, from a few places */
    if ((location = malloc(size + 1)))
    {
        static const WCHAR *const bases[] = {L"http://a/b/c/d;p?q", L"https://u:p@h:1", L"http://[::1]/x?y#z"};

        memcpy(location, data, size);
        location[size] = 0;
        for (i = 0; i < ARRAY_SIZE(bases); i++)
        {
            hr = url_resolve(bases[i], location, &target);
            CHECK(hr == S_OK ? target != NULL : hr == E_INVALIDARG && !target);
            if (target)
            {
                CHECK(url_split(target, &url) == S_OK);
                check_url(&url);
                CHECK(!str_chr(target, '#'));
                url_free(&url);
            }
            free(target);
        }
        free(location);
    }
    free(name);
    return 0;
}
