/*
 * The shim's contract test: what its parts share
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

#ifndef __TESTS_SHIM_TEST_H
#define __TESTS_SHIM_TEST_H

#include <wincrypt.h>
#include "wine/test.h"
#include "shim/shim.h"

#define BUFFER_SIZE 262144   /* of reads, as the service reads */
#define HR_WIN32(code) ((HRESULT)(0x80070000 | (code)))

/* what struct shim_credential has in target and scheme */
#define SERVER 1
#define PROXY 2
#define BASIC 1
#define DIGEST 2
#define NTLM 3
#define NEGOTIATE 4

struct result
{
    HRESULT hr;            /* of shim_send, or of the last shim_read */
    BOOL in_body;          /* shim_send was fine */
    struct shim_error error;
    UINT32 status;
    UINT64 length, got;
    BOOL exact;            /* every octet was what it should be */
    ULONG hop, ahead;
    DWORD auth_detail;
    char text[65536];      /* beginning of the body */
};

/* Sets an event from another thread. */
struct canceller
{
    HANDLE event;          /* is set */
    HANDLE start;          /* when this is, */
    UINT32 delay;          /* so many milliseconds later, */
    LONGLONG set_at;       /* which was then, in now_us() */
    HANDLE thread;         /* and ends */
};

/* common.c */
extern const struct shim_hop direct;
extern HANDLE body_begins;                             /* set by run_request when a reply has come; or NULL */

int port(const char *name);                            /* of the peer that tests/shim/check started as SHIM_<NAME>; 0 if it did not */
const WCHAR *url(const char *scheme, const char *host, const char *peer, const char *path); /* good until the fourth next call */
struct shim_hop hop(const char *peer);
UINT32 count_in_log(const char *text);                 /* how many times it stands in the log of the peers */
LONGLONG now_us(void);
SIZE_T heap_use(void);                                 /* octets in use on the heaps of the process */

struct shim_session *create_session(UINT32 tls_flags); /* SHIM_TLS_ */
struct shim_session *create_auth_session(const struct shim_credential *credentials, ULONG count);
void init_params(struct shim_request_params *params, const WCHAR *url);
/* sends one and reads the reply to its end, size octets at a time, with the checks that hold for any request */
void run_request(struct shim_session *session, const struct shim_request_params *params, UINT32 size, struct result *result);
void get(struct shim_session *session, const WCHAR *url, struct result *result);

/* a body for struct shim_body as long as wanted; ctx is a UINT64, 0 at first */
HRESULT read_pattern(void *ctx, void *buffer, UINT32 size, UINT32 *got);
HRESULT rewind_pattern(void *ctx);

void canceller_init(struct canceller *canceller, UINT32 delay);
void canceller_free(struct canceller *canceller);      /* after waiting for its thread: start must have been set */

/* certs.c */
BOOL add_ca(void);                                     /* trusts the CA of make-certs until remove_ca */
void remove_ca(void);
const CERT_CONTEXT *read_cert(const char *name);       /* a file that make-certs has made; NULL if it is no certificate */
BOOL add_own(const char *variable, BYTE hash[20]);     /* the certificate with its key that is in the file which this variable of check names, in the
                                                           user's store MY until remove_own */
void remove_own_key(const BYTE hash[20]);              /* its key only */
void remove_own(BYTE hash[20]);

/* the cases, one file a subject; shim_test.c has the table of them */
void test_ahead_plain(void);                           /* ahead.c */
void test_ahead_tls(void);
void test_deep_plain(void);
void test_deep_tls(void);
void test_auth(void);                                  /* auth.c */
void test_auth_conn(void);
void test_implicit(void);
void test_bodies_plain(void);                          /* bodies.c */
void test_bodies_tls(void);
void test_close_delimited(void);
void test_cancel(void);                                /* cancel.c */
void test_offload(void);
void test_failures(void);                              /* failures.c */
void test_names(void);                                 /* names.c */
void test_dot(void);
void test_idn(void);
void test_pool_plain(void);                            /* pool.c */
void test_pool_tls(void);
void test_proxy(void);                                 /* proxy.c */
void test_small(void);                                 /* rate.c */
void test_rate(void);
void test_rate_up_plain(void);
void test_rate_up_tls(void);
void test_requests_plain(void);                        /* requests.c */
void test_requests_tls(void);
void test_tls(void);                                   /* tls.c */
void test_cert_names(void);
void test_tls_again(void);
void test_client_cert(void);
void test_client_key(void);
void test_tls_threads(void);
void test_uploads_plain(void);                         /* uploads.c */
void test_uploads_tls(void);
void test_uploads_blocked(void);
void test_uploads_ways(void);

/* reset.c: the system may forget what a server said before it reset the connection */
BOOL reset_forgets(void);

#endif
