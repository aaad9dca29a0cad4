/*
 * Fuzz target: authentication challenges
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

/* Input: fields of a challenge, one a line. Every Digest challenge is answered with a hash that hashes nothing. */

#include "core/digest.h"
#include "core/http1.h"

#include <stdlib.h>

#define CHECK(cond) do { if (!(cond)) abort(); } while (0)

static HRESULT hash(void *ctx, enum digest_hash kind, const void *data, size_t len, BYTE out[DIGEST_HASH_MAX])
{
    const BYTE *p = data;
    size_t i;

    (void)ctx;
    (void)kind;
    memset(out, 0, DIGEST_HASH_MAX);
    for (i = 0; i < len; i++) out[i % DIGEST_HASH_MAX] ^= p[i];
    return S_OK;
}

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size);

int LLVMFuzzerTestOneInput(const BYTE *data, size_t size)
{
    static const struct digest_request request = {"GET", "/x?\"y\"", L"us\"er\xe4", L"pass\x20ac", "0123456789abcdef", 1};
    const struct digest_world world = {hash, NULL};
    const char *p = (const char *)data, *end = p + size, *lf;
    struct header_list headers;
    struct challenge_list list;
    struct http1_writer writer;
    char *value;
    HRESULT hr;
    UINT32 i;

    headers_init(&headers);
    for (; p < end; p = lf + 1)
    {
        if (!(lf = memchr(p, '\n', end - p))) lf = end;
        if (!memchr(p, 0, lf - p) && !memchr(p, '\r', lf - p)) CHECK(headers_add(&headers, "A", 1, p, lf - p) == S_OK);
    }
    CHECK(challenges_parse(&headers, "A", &list) == S_OK && list.count <= CHALLENGES_MAX);
    for (i = 0; i < list.count; i++)
    {
        CHECK(*list.items[i].scheme && list.items[i].param_count <= CHALLENGE_PARAMS_MAX);
        CHECK(!list.items[i].token || !list.items[i].param_count);
        hr = digest_respond(&list.items[i], &request, &world, &value);
        CHECK(hr == S_OK || hr == S_FALSE);
        CHECK((hr == S_OK) == (value != NULL));
        if (!value) continue;
        http1_writer_init(&writer);
        http1_write_field_octets(&writer, "Authorization", value);
        CHECK(writer.hr == S_OK);
        http1_writer_free(&writer);
        free(value);
    }
    challenges_free(&list);
    headers_free(&headers);
    return 0;
}
