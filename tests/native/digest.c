/*
 * Tests of challenges and Digest answers
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

#include "core/digest.h"
#include "core/str.h"
#include "wine/test.h"

/* The hashes that bcrypt gives the service, here in their plainest form (RFC 1321, FIPS 180-4). */

static UINT32 rotl(UINT32 x, int n) { return x << n | x >> (32 - n); }
static UINT32 rotr(UINT32 x, int n) { return x >> n | x << (32 - n); }

/* data, a 1 bit, zeros and the length in bits, in blocks of 64 */
static BYTE *pad(const BYTE *data, size_t len, BOOL big, size_t *padded)
{
    size_t i, size = (len + 9 + 63) / 64 * 64;
    BYTE *copy = calloc(1, size);

    if (len) memcpy(copy, data, len);
    copy[len] = 0x80;
    for (i = 0; i < 8; i++) copy[big ? size - 1 - i : size - 8 + i] = (BYTE)((UINT64)len * 8 >> (8 * i));
    *padded = size;
    return copy;
}

static void md5(const BYTE *data, size_t len, BYTE out[16])
{
    static const BYTE shifts[] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
    static const UINT32 sines[64] =
    {
        0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
        0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
        0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
        0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
        0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
        0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
        0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
        0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
    };
    UINT32 state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}, words[16], a, b, c, d, f, g, swap;
    size_t padded, block;
    BYTE *text = pad(data, len, FALSE, &padded);
    int i;

    for (block = 0; block < padded; block += 64)
    {
        for (i = 0; i < 16; i++)
            words[i] = text[block + 4 * i] | text[block + 4 * i + 1] << 8 | text[block + 4 * i + 2] << 16
                    | (UINT32)text[block + 4 * i + 3] << 24;
        a = state[0], b = state[1], c = state[2], d = state[3];
        for (i = 0; i < 64; i++)
        {
            if (i < 16) f = (b & c) | (~b & d), g = i;
            else if (i < 32) f = (d & b) | (~d & c), g = (5 * i + 1) % 16;
            else if (i < 48) f = b ^ c ^ d, g = (3 * i + 5) % 16;
            else f = c ^ (b | ~d), g = 7 * i % 16;
            swap = d;
            d = c;
            c = b;
            b += rotl(a + f + sines[i] + words[g], shifts[i / 16 * 4 + i % 4]);
            a = swap;
        }
        state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    }
    for (i = 0; i < 16; i++) out[i] = (BYTE)(state[i / 4] >> (8 * (i % 4)));
    free(text);
}

static void sha256(const BYTE *data, size_t len, BYTE out[32])
{
    static const UINT32 rounds[64] =
    {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    };
    UINT32 state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    UINT32 words[64], v[8], t1, t2;
    size_t padded, block;
    BYTE *text = pad(data, len, TRUE, &padded);
    int i;

    for (block = 0; block < padded; block += 64)
    {
        for (i = 0; i < 16; i++)
            words[i] = (UINT32)text[block + 4 * i] << 24 | text[block + 4 * i + 1] << 16 | text[block + 4 * i + 2] << 8
                    | text[block + 4 * i + 3];
        for (; i < 64; i++)
            words[i] = words[i - 16] + words[i - 7] + (rotr(words[i - 15], 7) ^ rotr(words[i - 15], 18) ^ words[i - 15] >> 3)
                    + (rotr(words[i - 2], 17) ^ rotr(words[i - 2], 19) ^ words[i - 2] >> 10);
        memcpy(v, state, sizeof(v));
        for (i = 0; i < 64; i++)
        {
            t1 = v[7] + (rotr(v[4], 6) ^ rotr(v[4], 11) ^ rotr(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + rounds[i] + words[i];
            t2 = (rotr(v[0], 2) ^ rotr(v[0], 13) ^ rotr(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
            memmove(v + 1, v, 7 * sizeof(*v));
            v[4] += t1;
            v[0] = t1 + t2;
        }
        for (i = 0; i < 8; i++) state[i] += v[i];
    }
    for (i = 0; i < 32; i++) out[i] = (BYTE)(state[i / 4] >> (24 - 8 * (i % 4)));
    free(text);
}

static HRESULT hash_result;

static HRESULT hash(void *ctx, enum digest_hash kind, const void *data, size_t len, BYTE out[DIGEST_HASH_MAX])
{
    UINT32 *calls = ctx;

    if (calls) ++*calls;
    if (kind == DIGEST_MD5) md5(data, len, out);
    else sha256(data, len, out);
    return hash_result;
}

static const char *hex(const BYTE *data, size_t len)
{
    static char text[2 * DIGEST_HASH_MAX + 1];
    size_t i;

    for (i = 0; i < len; i++) sprintf(text + 2 * i, "%02x", data[i]);
    return text;
}

static void test_hashes(void)
{
    BYTE out[32];

    md5((const BYTE *)"", 0, out);
    ok(!strcmp(hex(out, 16), "d41d8cd98f00b204e9800998ecf8427e"), "got %s\n", hex(out, 16));
    md5((const BYTE *)"abcdefghijklmnopqrstuvwxyz", 26, out);
    ok(!strcmp(hex(out, 16), "c3fcd3d76192e4007dfb496cca67e13b"), "got %s\n", hex(out, 16));
    sha256((const BYTE *)"abc", 3, out);
    ok(!strcmp(hex(out, 32), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), "got %s\n", hex(out, 32));
    sha256((const BYTE *)"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, out);
    ok(!strcmp(hex(out, 32), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"), "got %s\n", hex(out, 32));
}

/* "Basic{realm=x} NTLM[abc==]" */
static const char *list_text(const struct challenge_list *list)
{
    static char text[2048];
    size_t len = 0;
    UINT32 i, j;

    text[0] = 0;
    for (i = 0; i < list->count && len < sizeof(text) - 300; i++)
    {
        const struct challenge *challenge = &list->items[i];

        len += sprintf(text + len, "%s%.60s", i ? " " : "", challenge->scheme);
        if (challenge->token) len += sprintf(text + len, "[%.60s]", challenge->token);
        for (j = 0; j < challenge->param_count && len < sizeof(text) - 300; j++)
            len += sprintf(text + len, "%s%.60s=%.60s", j ? ";" : "{", challenge->params[j].name, challenge->params[j].value);
        if (j) len += sprintf(text + len, "}");
    }
    return text;
}

static void parse(const char *first, const char *second, struct challenge_list *list)
{
    struct header_list headers;
    HRESULT hr;

    headers_init(&headers);
    headers_add(&headers, "Proxy-Authenticate", 18, "Other", 5);
    if (first) headers_add(&headers, "www-authenticate", 16, first, strlen(first));
    if (second) headers_add(&headers, "WWW-Authenticate", 16, second, strlen(second));
    memset(list, 0xcc, sizeof(*list));
    hr = challenges_parse(&headers, "WWW-Authenticate", list);
    ok(hr == S_OK, "got %#x\n", hr);
    headers_free(&headers);
}

static void test_challenges(void)
{
    static const struct { const char *first, *second, *result; } rows[] =
    {
        {NULL, NULL, ""},
        {"", NULL, ""},
        {" , ,", NULL, ""},
        {"Negotiate", NULL, "Negotiate"},
        {"Negotiate, NTLM", NULL, "Negotiate NTLM"},
        {"Negotiate", "NTLM", "Negotiate NTLM"},
        {"NTLM TlRMTVNTUAACAA==", NULL, "NTLM[TlRMTVNTUAACAA==]"},
        {"NTLM TlRMTVNTUAACAA== , Negotiate YII+/x=", NULL, "NTLM[TlRMTVNTUAACAA==] Negotiate[YII+/x=]"},
        {"Basic realm=\"a b\"", NULL, "Basic{realm=a b}"},
        {"Basic realm=\"a, b=\\\"c\\\\\"", NULL, "Basic{realm=a, b=\"c\\}"},
        {"Basic realm=", NULL, "Basic[realm=]"},
        {"Basic realm=\"\"", NULL, "Basic{realm=}"},
        {"Basic realm=abc", NULL, "Basic{realm=abc}"},
        {"Basic realm=a@b/c", NULL, "Basic{realm=a@b/c}"},
        {"Basic realm = \"x\" , charset=\"UTF-8\"", NULL, "Basic{realm=x;charset=UTF-8}"},
        {"Basic realm=\"x\", Digest realm=\"y\", nonce=\"z\", qop=\"auth,auth-int\", Negotiate", NULL,
            "Basic{realm=x} Digest{realm=y;nonce=z;qop=auth,auth-int} Negotiate"},
        {"Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic realm=\"simple\"", NULL,
            "Newauth{realm=apps;type=1;title=Login to \"apps\"} Basic{realm=simple}"},
        {"Digest realm=\"x\",,nonce=\"y\",", NULL, "Digest{realm=x;nonce=y}"},
        {"Negotiate, Digest realm=x", "Basic realm=\"y\"", "Negotiate Digest{realm=x} Basic{realm=y}"},
        {"Bearer", "Basic realm=\"y\"", "Bearer Basic{realm=y}"},
        /* the rest of a field is lost from where it goes wrong */
        {"Basic realm=\"x", "NTLM", "NTLM"},
        {"Negotiate, Basic realm=\"x\" nonce=\"y\", NTLM", NULL, "Negotiate"},
        {"Negotiate, Basic \"x\"", NULL, "Negotiate"},
        {"\"x\"", "NTLM", "NTLM"},
        {"=x", "NTLM", "NTLM"},
        {"NTLM a b", NULL, ""},
        {"NTLM a=b=c d", NULL, ""},
        {"Basic realm=\"x\"y", NULL, ""},
        {"B(sic realm=\"x\"", NULL, ""},
        {"Basic realm=\"x\\", NULL, ""},
    };
    struct challenge_list list;
    const char *value;
    char many[4096];
    size_t i, len;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        parse(rows[i].first, rows[i].second, &list);
        ok(!strcmp(list_text(&list), rows[i].result), "%s: got %s\n", wine_dbgstr_a(rows[i].first), list_text(&list));
        challenges_free(&list);
        ok(!list.items && !list.count, "not freed\n");
    }

    parse("basic Realm=\"x\"", "BASIC realm=\"y\"", &list);
    ok(list.count == 2 && challenge_is(&list.items[0], "Basic") && !challenge_is(&list.items[0], "Basi"), "wrong scheme\n");
    ok(challenges_find(&list, "BaSiC") == &list.items[0] && !challenges_find(&list, "Digest"), "wrong challenge\n");
    value = challenge_param(&list.items[0], "REALM");
    ok(value && !strcmp(value, "x") && !challenge_param(&list.items[0], "real"), "got %s\n", wine_dbgstr_a(value));
    challenges_free(&list);

    for (i = len = 0; i < 100; i++) len += sprintf(many + len, "%sS%u", i ? "," : "", (unsigned int)i);
    parse(many, NULL, &list);
    ok(list.count == CHALLENGES_MAX, "%u challenges\n", list.count);
    challenges_free(&list);
    for (i = 0, len = sprintf(many, "S "); i < CHALLENGE_PARAMS_MAX; i++) len += sprintf(many + len, "%sp%u=1", i ? "," : "", (unsigned int)i);
    parse(many, "NTLM", &list);
    ok(list.count == 2 && list.items[0].param_count == CHALLENGE_PARAMS_MAX, "%u challenges\n", list.count);
    challenges_free(&list);
    strcpy(many + len, ",q=1");
    parse(many, "NTLM", &list);
    ok(list.count == 1 && challenge_is(&list.items[0], "NTLM"), "%u challenges\n", list.count);
    challenges_free(&list);
}

#define MUFASA "realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""
#define HTTP_AUTH "realm=\"http-auth@example.org\", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", " \
    "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
#define CNONCE "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"

static void test_answers(void)
{
    static const struct
    {
        const char *challenge;
        const WCHAR *user, *password;
        const char *method, *uri, *cnonce;
        UINT32 count;
        HRESULT hr;
        const char *value;
    }
    rows[] =
    {
        /* RFC 2617 3.5 */
        {"Digest " MUFASA ", qop=\"auth,auth-int\"", L"Mufasa", L"Circle Of Life", "GET", "/dir/index.html", "0a4f113b", 1, S_OK,
            "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
            "uri=\"/dir/index.html\", response=\"6629fae49393a05397450978507c4ef1\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\", "
            "qop=auth, nc=00000001, cnonce=\"0a4f113b\""},
        /* RFC 7616 3.9.1 */
        {"Digest qop=\"auth, auth-int\", algorithm=SHA-256, " HTTP_AUTH, L"Mufasa", L"Circle of Life", "GET", "/dir/index.html", CNONCE, 1,
            S_OK, "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
            "uri=\"/dir/index.html\", response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\", algorithm=SHA-256, "
            "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", qop=auth, nc=00000001, cnonce=\"" CNONCE "\""},
        {"Digest qop=\"auth, auth-int\", algorithm=MD5, " HTTP_AUTH, L"Mufasa", L"Circle of Life", "GET", "/dir/index.html", CNONCE, 1, S_OK,
            "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
            "uri=\"/dir/index.html\", response=\"8ca523f5e9506fed4657c9700eebdbec\", algorithm=MD5, "
            "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", qop=auth, nc=00000001, cnonce=\"" CNONCE "\""},
        /* without qop, RFC 2069 */
        {"Digest " MUFASA, L"Mufasa", L"CircleOfLife", "GET", "/dir/index.html", "x", 7, S_OK,
            "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
            "uri=\"/dir/index.html\", response=\"1949323746fe6a43ef61f9606e7febea\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""},
        {"Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512-256", L"u", L"p", "GET", "/", "c", 1, S_FALSE},
        {"Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512-256-sess", L"u", L"p", "GET", "/", "c", 1, S_FALSE},
        {"Digest realm=\"r\", nonce=\"n\", algorithm=none", L"u", L"p", "GET", "/", "c", 1, S_FALSE},
        {"Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\"", L"u", L"p", "GET", "/", "c", 1, S_FALSE},
        {"Digest realm=\"r\", nonce=\"n\", qop=\"xauth, authy\"", L"u", L"p", "GET", "/", "c", 1, S_FALSE},
        {"Digest nonce=\"n\"", L"u", L"p", "GET", "/", "c", 1, S_FALSE},
        {"Digest realm=\"r\"", L"u", L"p", "GET", "/", "c", 1, S_FALSE},
        {"Digest", L"u", L"p", "GET", "/", "c", 1, S_FALSE},
        {"Basic realm=\"r\", nonce=\"n\"", L"u", L"p", "GET", "/", "c", 1, S_FALSE},
        {"Digest realm=\"r\", nonce=\"n\"", L"u\r\nX: y", L"p", "GET", "/", "c", 1, E_INVALIDARG},
        {"Digest realm=\"r\", nonce=\"n\"", L"u\x7f", L"p", "GET", "/", "c", 1, E_INVALIDARG},
        {"Digest realm=\"r\", nonce=\"n\"", L"u", L"p", "GET", "/\r\n", "c", 1, E_INVALIDARG},
        {"Digest realm=\"r\", nonce=\"n\"", L"u", L"p", "GET", "/", "c\n", 1, E_INVALIDARG},
    };
    struct digest_world world = {hash, NULL};
    struct digest_request request;
    struct challenge_list list;
    char *value;
    HRESULT hr;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        parse(rows[i].challenge, NULL, &list);
        ok(list.count == 1, "%u challenges\n", list.count);
        request.method = rows[i].method;
        request.uri = rows[i].uri;
        request.user = rows[i].user;
        request.password = rows[i].password;
        request.cnonce = rows[i].cnonce;
        request.count = rows[i].count;
        value = (char *)0xdead;
        hr = digest_respond(&list.items[0], &request, &world, &value);
        ok(hr == rows[i].hr, "%u: got %#x\n", (unsigned int)i, hr);
        ok(value && rows[i].value ? !strcmp(value, rows[i].value) : !value && !rows[i].value, "%u: got %s\n", (unsigned int)i,
           value ? value : "nothing");
        ok((digest_find(&list) == &list.items[0]) == (hr != S_FALSE), "%u: found\n", (unsigned int)i);
        free(value);
        challenges_free(&list);
    }
}

/* The hashes of RFC 7616 3.4.2 put together by hand. */
static void text_hash(enum digest_hash kind, const char *text, char out[65])
{
    BYTE result[DIGEST_HASH_MAX];

    hash(NULL, kind, text, strlen(text), result);
    strcpy(out, hex(result, kind == DIGEST_MD5 ? 16 : 32));
}

static void test_details(void)
{
    static const struct { const char *algorithm; enum digest_hash hash; } sessions[] =
    {
        {"MD5-sess", DIGEST_MD5}, {"sha-256-SESS", DIGEST_SHA256},
    };
    struct digest_request request = {"BITS_POST", "/a?b=\"c\"", L"u\"\\", L"p", "cnonce", 0xabcdef01};
    struct digest_world world = {hash, NULL};
    char a1[200], a2[65], text[400], expected[65];
    struct challenge_list list;
    UINT32 calls;
    char *value;
    HRESULT hr;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(sessions); i++)
    {
        sprintf(text, "Digest realm=\"r\\\"s\", nonce=\"n\", qop=auth, algorithm=%s", sessions[i].algorithm);
        parse(text, NULL, &list);
        text_hash(sessions[i].hash, "u\"\\:r\"s:p", a1);
        strcat(a1, ":n:cnonce");
        text_hash(sessions[i].hash, a1, expected);
        text_hash(sessions[i].hash, "BITS_POST:/a?b=\"c\"", a2);
        sprintf(text, "%s:n:abcdef01:cnonce:auth:%s", expected, a2);
        text_hash(sessions[i].hash, text, expected);
        hr = digest_respond(&list.items[0], &request, &world, &value);
        sprintf(text, "Digest username=\"u\\\"\\\\\", realm=\"r\\\"s\", nonce=\"n\", uri=\"/a?b=\\\"c\\\"\", response=\"%s\", algorithm=%s, "
                "qop=auth, nc=abcdef01, cnonce=\"cnonce\"", expected, sessions[i].algorithm);
        ok(hr == S_OK && !strcmp(value, text), "got %#x %s\n", hr, value);
        free(value);
        challenges_free(&list);
    }

    /* -sess without qop still names the cnonce */
    parse("Digest realm=r, nonce=n, algorithm=MD5-sess", NULL, &list);
    hr = digest_respond(&list.items[0], &request, &world, &value);
    ok(hr == S_OK && strstr(value, ", cnonce=\"cnonce\"") && !strstr(value, "nc="), "got %#x %s\n", hr, value);
    free(value);
    challenges_free(&list);

    /* text beyond ASCII: Latin-1, UTF-8 where it must, and by the server's word */
    request.uri = "/";
    request.user = L"\xe4";
    text_hash(DIGEST_MD5, "BITS_POST:/", a2);
    parse("Digest realm=r, nonce=n", NULL, &list);
    text_hash(DIGEST_MD5, "\xe4:r:p", a1);
    sprintf(text, "%s:n:%s", a1, a2);
    text_hash(DIGEST_MD5, text, expected);
    hr = digest_respond(&list.items[0], &request, &world, &value);
    ok(hr == S_OK && strstr(value, "username=\"\xe4\"") && strstr(value, expected), "got %#x %s\n", hr, value);
    free(value);
    request.password = L"\x20ac";
    text_hash(DIGEST_MD5, "\xc3\xa4:r:\xe2\x82\xac", a1);
    sprintf(text, "%s:n:%s", a1, a2);
    text_hash(DIGEST_MD5, text, expected);
    hr = digest_respond(&list.items[0], &request, &world, &value);
    ok(hr == S_OK && strstr(value, "username=\"\xc3\xa4\"") && strstr(value, expected), "got %#x %s\n", hr, value);
    free(value);
    challenges_free(&list);
    parse("Digest realm=r, nonce=n, charset=utf-8", NULL, &list);
    hr = digest_respond(&list.items[0], &request, &world, &value);
    ok(hr == S_OK && strstr(value, "username*=UTF-8''%C3%A4, ") && strstr(value, expected), "got %#x %s\n", hr, value);
    free(value);
    request.user = L"a'%* b";
    hr = digest_respond(&list.items[0], &request, &world, &value);
    ok(hr == S_OK && strstr(value, "username=\"a'%* b\", "), "got %#x %s\n", hr, value);
    free(value);
    request.user = L"a'%* \xe4";
    hr = digest_respond(&list.items[0], &request, &world, &value);
    ok(hr == S_OK && strstr(value, "username*=UTF-8''a%27%25%2A%20%C3%A4, "), "got %#x %s\n", hr, value);
    free(value);

    /* a hash that fails, at each of its calls */
    hash_result = E_FAIL;
    calls = 0;
    world.ctx = &calls;
    value = (char *)0xdead;
    hr = digest_respond(&list.items[0], &request, &world, &value);
    ok(hr == E_FAIL && !value && calls == 1, "got %#x after %u\n", hr, calls);
    hash_result = S_OK;
    challenges_free(&list);

    /* the first that can be answered; stale */
    parse("Negotiate, Digest realm=r, nonce=n, algorithm=SHA-512-256, Digest realm=r, nonce=m, stale=TRUE", "Digest realm=r, nonce=o", &list);
    ok(list.count == 4 && digest_find(&list) == &list.items[2], "wrong challenge of %u\n", list.count);
    ok(digest_is_stale(&list.items[2]) && !digest_is_stale(&list.items[1]) && !digest_is_stale(&list.items[0]), "wrong staleness\n");
    challenges_free(&list);
    parse("Digest realm=r, nonce=m, stale=false", NULL, &list);
    ok(!digest_is_stale(&list.items[0]), "stale\n");
    challenges_free(&list);
    parse("Negotiate", NULL, &list);
    ok(!digest_find(&list), "found\n");
    challenges_free(&list);
}

START_TEST(digest)
{
    test_hashes();
    test_challenges();
    test_answers();
    test_details();
}
