/*
 * Authentication challenges, and the answer to a Digest one
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
 * Pure room.  shim/auth.c calls it on the transfer's worker thread: takes the challenges of a 401 or 407 apart, and writes the value of
 * Authorization or Proxy-Authorization for Digest (RFC 7616).  Hashing and randomness come from the caller (bcrypt), who also keeps the
 * nonce counts.  Nothing here remembers anything; passwords leave no copy behind.
 */

#ifndef __QMGR_CORE_DIGEST_H
#define __QMGR_CORE_DIGEST_H

#include "core/headers.h"

#define CHALLENGES_MAX 32           /* in one reply; further ones are not read */
#define CHALLENGE_PARAMS_MAX 32     /* of one challenge */

struct challenge_param
{
    char *name;
    char *value;                    /* without quotes and escapes */
};

/* "Scheme", "Scheme token68" or "Scheme name=value, ..." */
struct challenge
{
    char *scheme;                   /* as received; compare without case: challenge_is */
    char *token;                    /* of NTLM and Negotiate, or NULL */
    struct challenge_param *params;
    UINT32 param_count;
};

struct challenge_list
{
    struct challenge *items;        /* in the order of the reply, owned */
    UINT32 count;
};

/*
 * All challenges in all fields of that name ("WWW-Authenticate", "Proxy-Authenticate"), several in one field included.  What cannot be
 * understood ends the reading of its field and takes the challenge it stands in with it.  S_OK, also with none; E_OUTOFMEMORY.
 */
HRESULT challenges_parse(const struct header_list *headers, const char *field, struct challenge_list *list);
void challenges_free(struct challenge_list *list);
BOOL challenge_is(const struct challenge *challenge, const char *scheme);
const char *challenge_param(const struct challenge *challenge, const char *name);      /* NULL if absent; without case */
const struct challenge *challenges_find(const struct challenge_list *list, const char *scheme);  /* the first, or NULL */

/* The first Digest challenge that digest_respond can answer, or NULL (RFC 7616 3.7: the server's order is its preference). */
const struct challenge *digest_find(const struct challenge_list *list);

/* The credentials were good, the nonce was too old: answer once more without giving up (RFC 7616 3.3). */
BOOL digest_is_stale(const struct challenge *challenge);

enum digest_hash { DIGEST_MD5, DIGEST_SHA256 };
#define DIGEST_HASH_MAX 32

struct digest_world
{
    /* Hash of data[0..len) to out: 16 bytes for MD5, 32 for SHA-256. */
    HRESULT (*hash)(void *ctx, enum digest_hash hash, const void *data, size_t len, BYTE out[DIGEST_HASH_MAX]);
    void *ctx;
};

struct digest_request
{
    const char *method;
    const char *uri;                /* the request target, octet by octet as it is sent */
    const WCHAR *user;
    const WCHAR *password;
    const char *cnonce;             /* at least 16 random token characters */
    UINT32 count;                   /* how often this nonce was used, this time included: 1 for a fresh challenge */
};

/*
 * The value of the answering field, "Digest ..." in octets: write it with http1_write_field_octets.  *value is malloc'ed.  S_FALSE (and
 * NULL) if the challenge cannot be answered: no realm or nonce, another algorithm than MD5, SHA-256 and their -sess forms, only
 * auth-int.  E_INVALIDARG for controls in user, cnonce or uri; E_OUTOFMEMORY; what the hash returned.  Text is UTF-8 if the server says so or if
 * it has characters beyond Latin-1, else Latin-1.
 */
HRESULT digest_respond(const struct challenge *challenge, const struct digest_request *request, const struct digest_world *world,
                       char **value);

#endif /* __QMGR_CORE_DIGEST_H */
