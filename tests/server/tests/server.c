/*
 * Test of the test server
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

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server.h"
#include "sock.h"
#include "wine/test.h"

#define TIMEOUT 10000

/* what came back on a connection until its end or until enough of it was there */
struct answer
{
    char *data;
    size_t size;
    enum { END_FIN, END_RESET, END_TIMEOUT, END_ENOUGH } end;
    char *body;                     /* after the last head that starts the data; not decoded */
    size_t body_size;
    int status;                     /* of the final head */
    unsigned int infos;             /* 1xx heads before it */
};

static struct test_server *server;

static void start_server(const char *script)
{
    struct test_server_options options;
    char error[256] = "";

    memset(&options, 0, sizeof(options));
    options.script = script;
    server = test_server_start(&options, error, sizeof(error));
    ok(server != NULL, "no server: %s\n", error);
    if (!server) exit(1);
}

static void stop_server(void)
{
    test_server_stop(server);
    server = NULL;
}

/* TS_NO_SOCKET if the connection is refused */
static ts_socket open_connection(void)
{
    ts_socket fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in name;

    memset(&name, 0, sizeof(name));
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    name.sin_port = htons(test_server_port(server));
    if (!connect(fd, (struct sockaddr *)&name, sizeof(name))) return fd;
    ts_close(fd);
    return TS_NO_SOCKET;
}

static void write_all(ts_socket fd, const void *data, size_t size)
{
    const char *p = data;

    while (size)
    {
        int n = send(fd, p, (int)size, TS_SEND_FLAGS);

        if (n <= 0) break;
        p += n;
        size -= n;
    }
}

static void write_text(ts_socket fd, const char *text)
{
    write_all(fd, text, strlen(text));
}

static void find_body(struct answer *answer)
{
    char *head = answer->data, *end;

    answer->infos = 0;
    answer->status = 0;
    answer->body = answer->data + answer->size;
    while (head && !strncmp(head, "HTTP/", 5) && (end = strstr(head, "\r\n\r\n")))
    {
        answer->status = atoi(head + 9);
        if (answer->status < 200)
        {
            answer->infos++;
            head = end + 4;
            continue;
        }
        answer->body = end + 4;
        break;
    }
    answer->body_size = answer->data + answer->size - answer->body;
}

/* Read until the end, or until `enough` body bytes. */
static void read_answer(ts_socket fd, struct answer *answer, size_t enough)
{
    ts_u64 end = ts_time() + TIMEOUT;
    size_t capacity = 65536;
    ts_pollfd pfd;
    int n;

    memset(answer, 0, sizeof(*answer));
    answer->data = malloc(capacity);
    answer->data[0] = 0;
    for (;;)
    {
        ts_u64 now = ts_time();

        answer->end = END_TIMEOUT;
        memset(&pfd, 0, sizeof(pfd));
        pfd.fd = fd;
        pfd.events = POLLIN;
        if (now >= end || ts_poll(&pfd, 1, (int)(end - now)) <= 0) break;
        if (answer->size + 65536 + 1 > capacity) answer->data = realloc(answer->data, capacity *= 2);
        n = recv(fd, answer->data + answer->size, (int)(capacity - answer->size - 1), 0);
        answer->end = n < 0 ? END_RESET : END_FIN;
        if (n <= 0) break;
        answer->size += n;
        answer->data[answer->size] = 0;
        answer->end = END_ENOUGH;
        find_body(answer);
        if (answer->status && answer->body_size >= enough) break;
    }
    find_body(answer);
}

static void free_answer(struct answer *answer)
{
    free(answer->data);
    memset(answer, 0, sizeof(*answer));
}

/* One request on a connection of its own, read to the end. */
static void fetch(const char *method, const char *path, const char *headers, struct answer *answer)
{
    ts_socket fd = open_connection();
    char request[2048];

    memset(answer, 0, sizeof(*answer));
    ok(fd != TS_NO_SOCKET, "no connection\n");
    if (fd == TS_NO_SOCKET) return;
    snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n%s\r\n", method, path,
             headers ? headers : "");
    write_text(fd, request);
    read_answer(fd, answer, (size_t)-1);
    ts_close(fd);
}

/* Wine's sockets report a reset that came between two calls as an ordinary end. */
static int is_end(int end, int expected)
{
#ifdef _WIN32
    if (winetest_platform_is_wine && expected == END_RESET && end == END_FIN) return 1;
#endif
    return end == expected;
}

/* whether these are the bytes of that pattern from offset on */
static int is_pattern(const char *data, size_t size, const char *name, ts_u64 offset)
{
    char *expected = malloc(size + 1);
    int ret;

    test_server_pattern(name, offset, expected, size);
    ret = !memcmp(data, expected, size);
    free(expected);
    return ret;
}

/* Undo chunked coding in place; returns the size, or -1 if it is damaged. *rest points behind it. */
static long undo_chunks(char *data, size_t size, char **rest)
{
    char *p = data, *end = data + size, *out = data;

    while (p < end)
    {
        unsigned long n = strtoul(p, NULL, 16);

        if (!(p = strstr(p, "\r\n"))) return -1;
        p += 2;
        if (!n)
        {
            *rest = p;
            return (long)(out - data);
        }
        if (n + 2 > (unsigned long)(end - p)) return -1;
        memmove(out, p, n);
        out += n;
        p += n;
        if (memcmp(p, "\r\n", 2)) return -1;
        p += 2;
    }
    return -1;
}

static const char table_script[] =
    "# every row of the table below\n"
    "on * /plain\n size 3000\n etag \"e1\"\n"
    "on * /empty\n"
    "on * /text\n text a\\r\\n\\x00\\xffz $(path) $(port\n"
    "on * /named\n size 10\n pattern other\n"
    "on HEAD /head\n status 405\n"
    "on * /head\n size 5\n"
    "on * /off\n size 3000\n ranges off\n"
    "on * /quiet\n size 3000\n ranges quiet\n"
    "on * /single\n size 3000\n ranges single\n"
    "on * /multi\n size 3000\n ranges multipart\n ranges boundary b\n"
    "on * /never\n size 3000\n ranges unsatisfiable\n"
    "on * /shift\n size 3000\n ranges shift 7\n"
    "on * /early\n size 3000\n ranges early 7\n"
    "on * /lie\n size 3000\n ranges lie 7\n"
    "on * /short\n size 3000\n ranges short 7\n"
    "on * /long\n size 3000\n ranges long 7\n"
    "on * /total\n size 3000\n ranges total 9\n"
    "on * /unknown\n size 3000\n ranges total *\n"
    "on * /noconditions\n size 3000\n etag \"e1\"\n conditions off\n"
    "on * /dated\n size 1\n modified 784111777\n"
    "on * /undated\n size 1\n modified none\n"
    "on * /misdated\n size 1\n modified yesterday\n"
    "on * /claims\n size 100\n length 200\n"
    "on * /nolength\n size 100\n length none\n"
    "on * /removed\n size 100\n remove content-type\n remove Last-Modified\n remove Accept-Ranges\n"
    "on * /replaced\n size 100\n header content-type: text/odd\n"
    "on * /bytes\n header X-Odd: \\x01\\x80\\t$(target)\n header no colon\n header  folded\n"
    "on * /cut\n size 3000\n cut 1234\n"
    "on * /reset\n size 3000\n reset 1234\n"
    "on * /cuthead\n size 3000\n cut-head 20\n"
    "on * /resethead\n size 3000\n reset-head 20\n"
    "on * /drop\n drop\n"
    "on * /refuse\n refuse\n"
    "on * /info\n informational 103 40\n size 3\n"
    "on * /old\n version HTTP/1.0\n size 30\n"
    "on * /odd\n status-line HTTP/1.1 20 What\n size 3\n"
    "on * /raw\n raw SSH-2.0-x\\r\\n\n close\n"
    "on * /fill\n fill 100 1000\n"
    "on * /delimited\n size 100\n close-delimited\n"
    "on * /nocontent\n status 204\n size 10\n"
    "on * /redirect\n redirect 302 http://$(host)/x\n"
    "on * /auth\n auth basic realm bob secret word\n size 4\n"
    "on * /proxy-auth\n proxy-auth basic realm bob x\n size 4\n"
    "on * /gone\n status 410 Long gone\n text bye\n"
    "on * /query?a=1\n status 201\n"
    "on * /query\n status 202\n"
    "on * /pre*\n status 203\n"
    "on * /where\n where header X-A yes\n where no-header X-B\n status 204\n"
    "on * /where\n status 205\n";

#define FIRST "Last-Modified: Wed, 01 Nov 2023 00:00:00 GMT"

static const struct
{
    const char *method, *path, *headers;
    int status;
    const char *contains;           /* in the head */
    const char *lacks;
    long body_size;
    const char *pattern;            /* of the body; NULL: not checked */
    long offset;
    int end;
}
table[] =
{
    { "GET", "/plain", NULL, 200, "Content-Length: 3000\r\n", NULL, 3000, "/plain", 0, END_FIN },
    { "GET", "/plain", NULL, 200, FIRST, NULL, 3000, "/plain", 0, END_FIN },
    { "GET", "/plain?query", NULL, 200, "ETag: \"e1\"", NULL, 3000, "/plain", 0, END_FIN },
    { "GET", "http://elsewhere/plain", NULL, 200, "Connection: close", NULL, 3000, "/plain", 0, END_FIN },
    { "HEAD", "/plain", NULL, 200, "Content-Length: 3000\r\n", NULL, 0, NULL, 0, END_FIN },
    { "GET", "/empty", NULL, 200, "Content-Length: 0\r\n", "Content-Type", 0, NULL, 0, END_FIN },
    { "GET", "/text", NULL, 200, NULL, NULL, 19, NULL, 0, END_FIN },
    { "GET", "/text", "Range: bytes=3-4\r\n", 206, "bytes 3-4/19", NULL, 2, NULL, 0, END_FIN },
    { "GET", "/named", NULL, 200, NULL, NULL, 10, "other", 0, END_FIN },
    { "HEAD", "/head", NULL, 405, NULL, NULL, 0, NULL, 0, END_FIN },
    { "GET", "/head", NULL, 200, NULL, NULL, 5, NULL, 0, END_FIN },
    { "GET", "/missing", NULL, 404, NULL, NULL, 0, NULL, 0, END_FIN },

    { "GET", "/plain", "Range: bytes=0-0\r\n", 206, "Content-Range: bytes 0-0/3000\r\n", NULL, 1, "/plain", 0, END_FIN },
    { "GET", "/plain", "Range: bytes=100-\r\n", 206, "bytes 100-2999/3000", NULL, 2900, "/plain", 100, END_FIN },
    { "GET", "/plain", "Range: bytes=-10\r\n", 206, "bytes 2990-2999/3000", NULL, 10, "/plain", 2990, END_FIN },
    { "GET", "/plain", "Range: bytes=-9999\r\n", 206, "bytes 0-2999/3000", NULL, 3000, "/plain", 0, END_FIN },
    { "GET", "/plain", "Range: bytes=10-9999\r\n", 206, "bytes 10-2999/3000", NULL, 2990, "/plain", 10, END_FIN },
    { "GET", "/plain", "Range: bytes=3000-\r\n", 416, "Content-Range: bytes */3000\r\n", NULL, 0, NULL, 0, END_FIN },
    { "GET", "/plain", "Range: bytes=9-3\r\n", 200, NULL, "Content-Range", 3000, "/plain", 0, END_FIN },
    { "GET", "/plain", "Range: lines=1-2\r\n", 200, NULL, "Content-Range", 3000, "/plain", 0, END_FIN },
    { "HEAD", "/plain", "Range: bytes=1-2\r\n", 200, "Content-Length: 3000", NULL, 0, NULL, 0, END_FIN },
    { "GET", "/off", "Range: bytes=1-2\r\n", 200, "Accept-Ranges: none", NULL, 3000, "/off", 0, END_FIN },
    { "GET", "/quiet", "Range: bytes=1-2\r\n", 200, NULL, "Accept-Ranges", 3000, "/quiet", 0, END_FIN },
    { "GET", "/single", "Range: bytes=1-2,4-5\r\n", 200, NULL, NULL, 3000, "/single", 0, END_FIN },
    { "GET", "/single", "Range: bytes=1-2\r\n", 206, NULL, NULL, 2, "/single", 1, END_FIN },
    { "GET", "/multi", "Range: bytes=1-2\r\n", 206, "Content-Type: multipart/byteranges; boundary=b\r\n",
      "Content-Range: bytes 1-2/3000\r\nContent-Length", 89, NULL, 0, END_FIN },
    { "GET", "/never", "Range: bytes=1-2\r\n", 416, "bytes */3000", NULL, 0, NULL, 0, END_FIN },
    { "GET", "/shift", "Range: bytes=10-19\r\n", 206, "bytes 17-19/3000", NULL, 3, "/shift", 17, END_FIN },
    { "GET", "/early", "Range: bytes=10-19\r\n", 206, "bytes 3-19/3000", NULL, 17, "/early", 3, END_FIN },
    { "GET", "/early", "Range: bytes=5-19\r\n", 206, "bytes 0-19/3000", NULL, 20, "/early", 0, END_FIN },
    { "GET", "/lie", "Range: bytes=10-19\r\n", 206, "bytes 10-19/3000", NULL, 10, "/lie", 17, END_FIN },
    { "GET", "/short", "Range: bytes=10-19\r\n", 206, "bytes 10-12/3000", NULL, 3, "/short", 10, END_FIN },
    { "GET", "/long", "Range: bytes=10-19\r\n", 206, "bytes 10-26/3000", NULL, 17, "/long", 10, END_FIN },
    { "GET", "/total", "Range: bytes=10-19\r\n", 206, "bytes 10-19/9\r\n", NULL, 10, "/total", 10, END_FIN },
    { "GET", "/unknown", "Range: bytes=10-19\r\n", 206, "bytes 10-19/*\r\n", NULL, 10, "/unknown", 10, END_FIN },

    { "GET", "/plain", "If-Unmodified-Since: Wed, 01 Nov 2023 00:00:00 GMT\r\n", 200, NULL, NULL, 3000, NULL, 0, END_FIN },
    { "GET", "/plain", "If-Unmodified-Since: Tue, 31 Oct 2023 23:59:59 GMT\r\n", 412, NULL, NULL, 0, NULL, 0, END_FIN },
    { "GET", "/plain", "If-Modified-Since: Wed, 01 Nov 2023 00:00:00 GMT\r\n", 304, NULL, "Content-Length", 0, NULL, 0, END_FIN },
    { "GET", "/plain", "If-Modified-Since: Tue, 31 Oct 2023 23:59:59 GMT\r\n", 200, NULL, NULL, 3000, NULL, 0, END_FIN },
    { "GET", "/plain", "If-Match: \"e2\"\r\n", 412, NULL, NULL, 0, NULL, 0, END_FIN },
    { "GET", "/plain", "If-Match: \"e1\"\r\n", 200, NULL, NULL, 3000, NULL, 0, END_FIN },
    { "GET", "/plain", "If-None-Match: \"e1\"\r\n", 304, NULL, NULL, 0, NULL, 0, END_FIN },
    { "GET", "/plain", "Range: bytes=1-2\r\nIf-Range: \"e1\"\r\n", 206, NULL, NULL, 2, NULL, 0, END_FIN },
    { "GET", "/plain", "Range: bytes=1-2\r\nIf-Range: \"e2\"\r\n", 200, NULL, NULL, 3000, NULL, 0, END_FIN },
    { "GET", "/noconditions", "If-Match: \"e2\"\r\n", 200, NULL, NULL, 3000, NULL, 0, END_FIN },
    { "GET", "/dated", NULL, 200, "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n", NULL, 1, NULL, 0, END_FIN },
    { "GET", "/undated", NULL, 200, NULL, "Last-Modified", 1, NULL, 0, END_FIN },
    { "GET", "/misdated", NULL, 200, "Last-Modified: yesterday\r\n", NULL, 1, NULL, 0, END_FIN },

    { "GET", "/claims", NULL, 200, "Content-Length: 200\r\n", NULL, 100, "/claims", 0, END_FIN },
    { "GET", "/nolength", NULL, 200, NULL, "Content-Length", 100, "/nolength", 0, END_FIN },
    { "GET", "/removed", NULL, 200, "Content-Length: 100", "Content-Type", 100, NULL, 0, END_FIN },
    { "GET", "/removed", NULL, 200, NULL, "Last-Modified", 100, NULL, 0, END_FIN },
    { "GET", "/replaced", NULL, 200, "content-type: text/odd\r\n", "Content-Type", 100, NULL, 0, END_FIN },
    { "GET", "/bytes?q", NULL, 200, "X-Odd: \x01\x80\t/bytes?q\r\nno colon\r\nfolded\r\n", NULL, 0, NULL, 0, END_FIN },
    { "GET", "/cut", NULL, 200, "Content-Length: 3000", NULL, 1234, "/cut", 0, END_FIN },
    { "GET", "/reset", NULL, 200, NULL, NULL, -1, NULL, 0, END_RESET },
    { "GET", "/cuthead", NULL, 0, NULL, NULL, 0, NULL, 0, END_FIN },
    { "GET", "/resethead", NULL, 0, NULL, NULL, 0, NULL, 0, END_RESET },
    { "GET", "/drop", NULL, 0, NULL, NULL, 0, NULL, 0, END_FIN },
    { "GET", "/refuse", NULL, 0, NULL, NULL, 0, NULL, 0, END_RESET },
    { "GET", "/info", NULL, 200, "HTTP/1.1 103 Early Hints\r\nX-Number: 39\r\n", NULL, 3, "/info", 0, END_FIN },
    { "GET", "/old", NULL, 200, "HTTP/1.0 200 OK\r\n", "Connection", 30, "/old", 0, END_FIN },
    { "GET", "/odd", NULL, 20, "HTTP/1.1 20 What\r\n", NULL, -1, NULL, 0, END_FIN },
    { "GET", "/raw", NULL, 0, "SSH-2.0-x\r\n", "HTTP", 0, NULL, 0, END_FIN },
    { "GET", "/fill", NULL, 200, "X-Fill-99: ", NULL, 0, NULL, 0, END_FIN },
    { "GET", "/delimited", NULL, 200, "Connection: close", "Content-Length", 100, "/delimited", 0, END_FIN },
    { "GET", "/nocontent", NULL, 204, NULL, "Content-Length", 0, NULL, 0, END_FIN },
    { "GET", "/redirect", NULL, 302, "Location: http://test/x\r\n", NULL, 0, NULL, 0, END_FIN },
    { "GET", "/auth", NULL, 401, "WWW-Authenticate: Basic realm=\"realm\"\r\n", NULL, 0, NULL, 0, END_FIN },
    { "GET", "/auth", "Authorization: Basic Ym9iOnNlY3JldCB3b3Jk\r\n", 200, NULL, NULL, 4, "/auth", 0, END_FIN },
    { "GET", "/auth", "Authorization: Basic Ym9iOnNlY3JldA==\r\n", 401, NULL, NULL, 0, NULL, 0, END_FIN },
    { "GET", "/proxy-auth", NULL, 407, "Proxy-Authenticate: Basic", NULL, 0, NULL, 0, END_FIN },
    { "GET", "/proxy-auth", "Proxy-Authorization: basic Ym9iOng=\r\n", 200, NULL, NULL, 4, NULL, 0, END_FIN },
    { "GET", "/gone", NULL, 410, "HTTP/1.1 410 Long gone\r\n", NULL, 3, NULL, 0, END_FIN },
    { "GET", "/query?a=1", NULL, 201, NULL, NULL, 0, NULL, 0, END_FIN },
    { "GET", "/query?a=2", NULL, 202, NULL, NULL, 0, NULL, 0, END_FIN },
    { "GET", "/prefix", NULL, 203, NULL, NULL, 0, NULL, 0, END_FIN },
    { "GET", "/where", "X-A: oh yes\r\n", 204, NULL, NULL, 0, NULL, 0, END_FIN },
    { "GET", "/where", "X-A: oh yes\r\nX-B: 1\r\n", 205, NULL, NULL, 0, NULL, 0, END_FIN },
    { "GET", "/where", NULL, 205, NULL, NULL, 0, NULL, 0, END_FIN },
};

static void test_table(void)
{
    struct test_request request;
    struct answer answer;
    unsigned int i;
    char value[64];

    start_server(table_script);
    for (i = 0; i < ARRAY_SIZE(table); i++)
    {
        char saved = 0;

        winetest_push_context("%u %s %s", i, table[i].method, table[i].path);
        fetch(table[i].method, table[i].path, table[i].headers, &answer);
        ok(answer.status == table[i].status, "status %d, expected %d\n", answer.status, table[i].status);
        ok(table[i].body_size < 0 || answer.body_size == (size_t)table[i].body_size, "%u bytes, expected %d\n",
           (unsigned int)answer.body_size, (int)table[i].body_size);
        ok(is_end(answer.end, table[i].end), "end %d, expected %d\n", answer.end, table[i].end);
        if (table[i].pattern && (long)answer.body_size == table[i].body_size)
            ok(is_pattern(answer.body, answer.body_size, table[i].pattern, table[i].offset), "wrong bytes\n");
        if (answer.status && answer.body)
        {
            saved = *answer.body;
            *answer.body = 0;
        }
        if (table[i].contains) ok(strstr(answer.data, table[i].contains) != NULL, "no '%s' in %s\n", table[i].contains, answer.data);
        if (table[i].lacks) ok(!strstr(answer.data, table[i].lacks), "'%s' in %s\n", table[i].lacks, answer.data);
        if (answer.status && answer.body) *answer.body = saved;
        free_answer(&answer);
        winetest_pop_context();
    }

    ok(test_server_wait(server, ARRAY_SIZE(table), TIMEOUT), "not all requests ended\n");
    ok(test_server_count(server, NULL, NULL) == ARRAY_SIZE(table), "%u requests\n", test_server_count(server, NULL, NULL));
    ok(test_server_count(server, "HEAD", "/plain") == 2, "%u\n", test_server_count(server, "HEAD", "/plain"));
    ok(test_server_count(server, NULL, "/query") == 2, "%u\n", test_server_count(server, NULL, "/query"));
    ok(test_server_count(server, NULL, "/pre") == 0, "%u\n", test_server_count(server, NULL, "/pre"));
    for (i = 0; i < ARRAY_SIZE(table); i++)
    {
        const char *expected = "complete";

        if (!strncmp(table[i].path, "/cut", 4)) expected = "cut";
        if (!strncmp(table[i].path, "/reset", 6) || !strcmp(table[i].path, "/refuse")) expected = "reset";
        if (!strcmp(table[i].path, "/drop")) expected = "dropped";
        ok(test_server_get_request(server, i + 1, &request), "no request %u\n", i + 1);
        ok(request.result && !strcmp(request.result, expected), "%s ended %s\n", table[i].path, request.result);
        ok(!strcmp(request.target, table[i].path), "target %s\n", request.target);
        if (!strcmp(expected, "complete") && table[i].body_size >= 0)
            ok(request.sent == (ts_u64)table[i].body_size, "%s: %u sent\n", table[i].path, (unsigned int)request.sent);
        if (!strcmp(table[i].path, "/reset")) ok(request.sent == 1234 && request.planned == 3000, "wrong sizes\n");
        ok(test_request_header(&request, "HOST", value, sizeof(value)) && !strcmp(value, "test"), "wrong host\n");
        ok(!test_request_header(&request, "hos", value, sizeof(value)), "a header by half a name\n");
        test_request_free(&request);
    }
    ok(!test_server_get_request(server, i + 1, &request), "one request too many\n");
    stop_server();
}

static void test_connections(void)
{
    struct test_server_stats stats;
    struct test_request request;
    struct answer answer;
    ts_socket fd;

    start_server("on * /a\n size 10\non * /b\n size 5\n close\non * /c\n size 5\n close-quietly\n"
                 "on * /chunks\n size 100000\n chunked 999\n chunk-extension ;x=\"y\"\n trailer X-T: 1\n"
                 "on * /badchunks\n size 100\n chunked 30\n chunk-end zz\\r\\n\n"
                 "on * /cutchunk\n size 100\n chunked\n cut 50\n"
                 "on * /seq\n reply 2\n status 503\n reply\n status 500\n reply\n size 7\n");
    fd = open_connection();
    write_text(fd, "GET /a HTTP/1.1\r\n\r\nGET /a HTTP/1.1\nX: bare line ends\n\n");
    read_answer(fd, &answer, 10);
    ok(answer.status == 200 && !strstr(answer.data, "Connection:"), "got %s\n", answer.data);
    free_answer(&answer);
    write_text(fd, "\r\nGET /b HTTP/1.1\r\n\r\n");
    read_answer(fd, &answer, (size_t)-1);
    ok(answer.end == END_FIN && strstr(answer.data, "Connection: close"), "got %s\n", answer.data);
    free_answer(&answer);
    ts_close(fd);
    ok(test_server_wait(server, 3, TIMEOUT), "no three requests\n");
    test_server_get_request(server, 3, &request);
    ok(request.connection == 1 && request.number == 3, "connection %u\n", request.connection);
    test_request_free(&request);

    fd = open_connection();
    write_text(fd, "GET /c HTTP/1.1\r\n\r\n");
    read_answer(fd, &answer, (size_t)-1);
    ok(answer.end == END_FIN && answer.body_size == 5 && !strstr(answer.data, "Connection:"), "got %s\n", answer.data);
    free_answer(&answer);
    ts_close(fd);

    /* HTTP/1.0 closes unless asked not to */
    fd = open_connection();
    write_text(fd, "GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\nGET /a HTTP/1.0\r\n\r\nGET /a HTTP/1.0\r\n\r\n");
    read_answer(fd, &answer, (size_t)-1);
    ok(answer.end == END_FIN, "end %d\n", answer.end);
    free_answer(&answer);
    ts_close(fd);
    ok(test_server_wait(server, 6, TIMEOUT) && test_server_count(server, NULL, NULL) == 6, "%u requests\n",
       test_server_count(server, NULL, NULL));

    fd = open_connection();
    write_text(fd, "GET /chunks HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n");
    read_answer(fd, &answer, (size_t)-1);
    {
        char *rest = NULL;
        long size;

        ok(!strncmp(answer.body, "3e7;x=\"y\"\r\n", 11), "no extension\n");
        size = undo_chunks(answer.body, answer.body_size, &rest);
        ok(size == 100000 && is_pattern(answer.body, size, "/chunks", 0), "size %d\n", (int)size);
        ok(rest && !strncmp(rest, "X-T: 1\r\n\r\nHTTP/1.1 200 OK\r\n", 27), "rest %s\n", rest);
    }
    free_answer(&answer);
    ts_close(fd);
    fetch("GET", "/badchunks", NULL, &answer);
    ok(!strcmp(answer.data + answer.size - 6, "\r\nzz\r\n"), "got %s\n", answer.data + answer.size - 6);
    free_answer(&answer);
    fetch("GET", "/cutchunk", NULL, &answer);
    ok(!strncmp(answer.body, "64\r\n", 4) && answer.body_size == 54, "%u bytes\n", (unsigned int)answer.body_size);
    free_answer(&answer);

    fetch("GET", "/seq", NULL, &answer);
    ok(answer.status == 503, "status %d\n", answer.status);
    free_answer(&answer);
    fetch("GET", "/seq", NULL, &answer);
    ok(answer.status == 503, "status %d\n", answer.status);
    free_answer(&answer);
    fetch("GET", "/seq", NULL, &answer);
    ok(answer.status == 500, "status %d\n", answer.status);
    free_answer(&answer);
    fetch("GET", "/seq", NULL, &answer);
    ok(answer.status == 200, "status %d\n", answer.status);
    free_answer(&answer);
    fetch("GET", "/seq", NULL, &answer);
    ok(answer.status == 200, "status %d\n", answer.status);
    free_answer(&answer);
    test_server_reset(server);
    fetch("GET", "/seq", NULL, &answer);
    ok(answer.status == 503, "status %d\n", answer.status);
    free_answer(&answer);
    test_server_get_stats(server, &stats);
    ok(stats.requests == 1 && stats.connections == 1 && !stats.body_sent, "stats not reset\n");
    stop_server();
}

static void test_bodies(void)
{
    struct test_request request;
    struct answer answer;
    ts_pollfd pfd;
    unsigned int i;
    ts_socket fd;
    char *log;

    start_server("on * /post\n text thanks\non * /early\n early\n status 413\non * /partly\n body-cut 5\n"
                 "on * /expect\n no-continue\n");
    fetch("POST", "/post", "Content-Length: 5\r\n\r\nhe\1lo", &answer);
    ok(answer.status == 200 && !strcmp(answer.body, "thanks"), "got %s\n", answer.data);
    free_answer(&answer);
    fetch("PUT", "/post", "Transfer-Encoding: chunked\r\n\r\n2;x\r\nhe\r\n3\r\n\1lo\r\n0\r\nT: 1\r\n", &answer);
    ok(answer.status == 200, "got %s\n", answer.data);
    free_answer(&answer);
    ok(test_server_wait(server, 2, TIMEOUT), "no two requests\n");
    test_server_get_request(server, 1, &request);
    ok(request.body_size == 5 && request.body_hash == test_server_hash(TEST_SERVER_HASH_INIT, "he\1lo", 5), "wrong body\n");
    test_request_free(&request);
    test_server_get_request(server, 2, &request);
    ok(request.body_size == 5 && request.body_hash == test_server_hash(TEST_SERVER_HASH_INIT, "he\1lo", 5), "wrong body\n");
    test_request_free(&request);
    log = test_server_get_log(server);
    ok(strstr(log, "\nDATA 2 he\\x01lo\n") != NULL, "no data in %s\n", log);
    ok(strstr(log, " POST /post HTTP/1.1\nHDR 1 Host: test\n") != NULL, "no header in %s\n", log);
    test_server_free(log);

    fd = open_connection();
    write_text(fd, "POST /early HTTP/1.1\r\nContent-Length: 1000000\r\n\r\nx");
    read_answer(fd, &answer, (size_t)-1);
    ok(answer.status == 413 && answer.end == END_FIN, "got %s\n", answer.data);
    free_answer(&answer);
    ts_close(fd);
    fd = open_connection();
    write_text(fd, "POST /partly HTTP/1.1\r\nContent-Length: 10\r\n\r\n0123456789");
    read_answer(fd, &answer, (size_t)-1);
    ok(!answer.size && answer.end != END_TIMEOUT, "got %s\n", answer.data);
    free_answer(&answer);
    ts_close(fd);

    for (i = 0; i < 2; i++)
    {
        fd = open_connection();
        write_text(fd, i ? "POST /expect HTTP/1.1\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n" :
                   "POST /post HTTP/1.1\r\nContent-Length: 1\r\nExpect: 100-Continue\r\nConnection: close\r\n\r\n");
        memset(&pfd, 0, sizeof(pfd));
        pfd.fd = fd;
        pfd.events = POLLIN;
        ok(ts_poll(&pfd, 1, i ? 100 : TIMEOUT) == !i, "%u: 100 Continue or not\n", i);
        write_text(fd, "x");
        read_answer(fd, &answer, i ? 0 : 6);
        ok(answer.status == 200 && answer.infos == !i, "got %s\n", answer.data);
        free_answer(&answer);
        ts_close(fd);
    }
    stop_server();
}

static void test_time(void)
{
    struct test_request request;
    struct answer answer;
    ts_socket fd[4];
    ts_u64 start;
    unsigned int i;

    start_server("on * /delay\n delay 200\n size 1\non * /rate\n size 40000\n rate 100000\n"
                 "on * /pause\n size 10\n delay-at 5 200\non * /stall\n size 1M\n stall 1000\non * /silent\n silent\n"
                 "on * /huge\n size 1048576G\n");
    start = ts_time();
    fetch("GET", "/delay", NULL, &answer);
    ok(answer.status == 200 && ts_time() - start >= 190, "took %u ms\n", (unsigned int)(ts_time() - start));
    free_answer(&answer);
    start = ts_time();
    fetch("GET", "/pause", NULL, &answer);
    ok(answer.body_size == 10 && ts_time() - start >= 190, "took %u ms\n", (unsigned int)(ts_time() - start));
    free_answer(&answer);
    start = ts_time();
    fetch("GET", "/rate", NULL, &answer);
    ok(answer.body_size == 40000 && is_pattern(answer.body, 40000, "/rate", 0), "wrong body\n");
    ok(ts_time() - start >= 350 && ts_time() - start < 5000, "took %u ms\n", (unsigned int)(ts_time() - start));
    free_answer(&answer);

    fetch("HEAD", "/huge", NULL, &answer);
    ok(strstr(answer.data, "Content-Length: 1125899906842624\r\n") != NULL, "got %s\n", answer.data);
    free_answer(&answer);
    fetch("GET", "/huge", "Range: bytes=1125899906842000-\r\n", &answer);
    ok(answer.body_size == 624 && is_pattern(answer.body, 624, "/huge", 1125899906842000ull), "wrong body\n");
    free_answer(&answer);

    /* the client goes away, in a stall, in a silence, in the middle of a body */
    fd[0] = open_connection();
    write_text(fd[0], "GET /stall HTTP/1.1\r\n\r\n");
    read_answer(fd[0], &answer, 1000);
    ok(answer.body_size == 1000 && answer.end == END_ENOUGH, "%u bytes\n", (unsigned int)answer.body_size);
    free_answer(&answer);
    ts_close(fd[0]);
    fd[0] = open_connection();
    write_text(fd[0], "GET /huge HTTP/1.1\r\n\r\n");
    read_answer(fd[0], &answer, 1000000);
    free_answer(&answer);
    ts_close(fd[0]);
    ok(test_server_wait(server, 7, TIMEOUT), "the server did not notice\n");
    test_server_get_request(server, 6, &request);
    ok(!strcmp(request.result, "stalled") && request.sent == 1000, "ended %s\n", request.result);
    test_request_free(&request);
    test_server_get_request(server, 7, &request);
    ok(!strcmp(request.result, "peer") && request.sent >= 1000000, "ended %s\n", request.result);
    test_request_free(&request);

    /* a stop ends all of them */
    for (i = 0; i < 4; i++)
    {
        fd[i] = open_connection();
        write_text(fd[i], i == 0 ? "GET /stall HTTP/1.1\r\n\r\n" : i == 1 ? "GET /silent HTTP/1.1\r\n\r\nGET" :
                   i == 2 ? "GET /huge HTTP/1.1\r\n\r\n" : "GET /hal");
    }
    ok(!test_server_wait(server, 11, 50), "a stalled request ended\n");
    start = ts_time();
    stop_server();
    ok(ts_time() - start < 5000, "stopping took %u ms\n", (unsigned int)(ts_time() - start));
    for (i = 0; i < 4; i++) ts_close(fd[i]);
}

static void test_accept(void)
{
    static const struct { const char *script; int end; } modes[] =
    {
        { "accept close", END_FIN },
        { "accept reset", END_RESET },
    };
    struct answer answer;
    unsigned int i;
    ts_socket fd;
    ts_pollfd pfd;
    char error[256];

    for (i = 0; i < ARRAY_SIZE(modes); i++)
    {
        start_server(modes[i].script);
        fd = open_connection();
        if (fd != TS_NO_SOCKET)     /* the reset may be quicker */
        {
            read_answer(fd, &answer, 0);
            ok(is_end(answer.end, modes[i].end) && !answer.size, "%s: end %d\n", modes[i].script, answer.end);
            free_answer(&answer);
            ts_close(fd);
        }
        stop_server();
    }

    start_server("accept refuse");
    fd = open_connection();
    ok(fd == TS_NO_SOCKET, "connected\n");
    stop_server();

    start_server("accept silent");
    fd = open_connection();
    write_text(fd, "GET / HTTP/1.1\r\n\r\n");
    memset(&pfd, 0, sizeof(pfd));
    pfd.fd = fd;
    pfd.events = POLLIN;
    ok(!ts_poll(&pfd, 1, 100), "an answer\n");
    ok(!test_server_count(server, NULL, NULL), "read\n");
    ok(test_server_set_script(server, "on * /\n", error, sizeof(error)), "%s\n", error);
    fetch("GET", "/", NULL, &answer);
    ok(answer.status == 200, "status %d\n", answer.status);
    free_answer(&answer);
    stop_server();
    ts_close(fd);
}

static void test_scripts(void)
{
    static const struct { const char *script, *error; } bad[] =
    {
        { "nonsense", "line 1: no rule" },
        { "on GET /\n\n nonsense 1", "line 3: unknown directive 'nonsense'" },
        { "on GET", "line 1: " },
        { "on GET / /", "line 1: " },
        { "on GET /\r\n size x", "line 2: not a number" },
        { "on GET /\r size 1KB", "line 2: not a number" },
        { "on GET /\n size 99999999999999999999", "line 2: too large" },
        { "on GET /\n status 99", "line 2: not a status" },
        { "on GET /\n text \\q", "line 2: bad escape" },
        { "on GET /\n header \\x1", "line 2: bad escape" },
        { "on GET /\n ranges sideways", "line 2: unknown kind of ranges" },
        { "on GET /\n close 1", "line 2: too much" },
        { "on GET /\n where cookie x", "line 2: bad condition" },
        { "on GET /\n close\n where header x", "line 3: a condition" },
        { "on GET /\n reply 0", "line 2: bad count" },
        { "on GET /\naccept close", "line 2: after the first rule" },
        { "accept slowly", "line 1: unknown way" },
        { "on GET /\n chunked 0", "line 2: no chunk size" },
        { "on GET /\n delay -1", "line 2: not a number" },
        { "on GET /\n auth digest r u p", "line 2: expected 'basic" },
        { "reply", "line 1: no rule" },
    };
    char error[256];
    unsigned int i;

    start_server(NULL);
    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        error[0] = 0;
        ok(!test_server_set_script(server, bad[i].script, error, sizeof(error)), "%u accepted\n", i);
        ok(strstr(error, bad[i].error) == error, "%u: %s\n", i, error);
    }
    ok(test_server_set_script(server, "  # comment\n\n\t on * /x  \n", error, sizeof(error)), "%s\n", error);
    stop_server();
}

static void test_control(void)
{
    struct answer answer;

    start_server("on * /a\n size 5\n");
    fetch("GET", "/a", NULL, &answer);
    free_answer(&answer);
    fetch("GET", "/__wait?requests=1&ms=5000", NULL, &answer);
    ok(answer.status == 200, "status %d\n", answer.status);
    free_answer(&answer);
    fetch("GET", "/__wait?requests=2&ms=10", NULL, &answer);
    ok(answer.status == 408, "status %d\n", answer.status);
    free_answer(&answer);
    fetch("GET", "/__log", NULL, &answer);
    ok(!strncmp(answer.body, "REQ 1 conn=1 ms=", 16) && strstr(answer.body, "\nEND 1 status=200 sent=5 of=5 result=complete ms="),
       "log %s\n", answer.body);
    free_answer(&answer);
    fetch("GET", "/__stats", NULL, &answer);
    ok(!strncmp(answer.body, "requests 1\nfinished 1\nconnections 1\n", 36) && strstr(answer.body, "\nbody_sent 5\n"),
       "stats %s\n", answer.body);
    free_answer(&answer);
    fetch("POST", "/__script", "Content-Length: 6\r\n\r\non * x nonsense", &answer);
    ok(answer.status == 200, "status %d %s\n", answer.status, answer.body);
    free_answer(&answer);
    fetch("GET", "/a", NULL, &answer);
    ok(answer.status == 404, "status %d\n", answer.status);
    free_answer(&answer);
    fetch("POST", "/__script", "Content-Length: 4\r\n\r\nwhat", &answer);
    ok(answer.status == 400 && strstr(answer.body, "line 1"), "status %d %s\n", answer.status, answer.body);
    free_answer(&answer);
    fetch("GET", "/__reset", NULL, &answer);
    ok(answer.status == 200, "status %d\n", answer.status);
    free_answer(&answer);
    fetch("GET", "/__log", NULL, &answer);
    ok(answer.status == 200 && !answer.body_size, "log %s\n", answer.body);
    free_answer(&answer);
    fetch("GET", "/__quit", NULL, &answer);
    ok(answer.status == 200, "status %d\n", answer.status);
    free_answer(&answer);
    test_server_wait_quit(server);
    stop_server();
}

/* one packet of an upload; returns the status */
static int send_packet(const char *path, const char *packet, const char *headers, const char *body, struct answer *answer)
{
    char text[1024];

    sprintf(text, "BITS-Packet-Type: %s\r\n%sContent-Length: %u\r\n\r\n%s", packet, headers, (unsigned int)strlen(body), body);
    /* fetch ends the head with an empty line of its own, which the body's length hides */
    fetch("BITS_POST", path, text, answer);
    return answer->status;
}

#define PROTOCOLS "BITS-Supported-Protocols: {7df0354d-249b-430f-820d-3d2a9bef4931}\r\n"
#define SESSION(n) "BITS-Session-Id: {00000000-0000-0000-0000-00000000000" #n "}\r\n"
#define SESSION1 SESSION(1)
#define SESSION2 SESSION(2)

static void test_upload(void)
{
    static const struct
    {
        const char *path, *packet, *headers, *body;
        int status;
        const char *contains;
    }
    packets[] =
    {
        { "/up", "Ping", "", "", 200, "BITS-Packet-Type: Ack\r\n" },
        { "/up", "Create-Session", "", "", 400, "BITS-Error-Code: 0x80070057\r\n" },
        { "/up", "create-session", PROTOCOLS, "", 200, "\r\n" SESSION1 },
        { "/up", "Fragment", SESSION1 "Content-Range: bytes 0-3/10\r\n", "0123", 200, "BITS-Received-Content-Range: 4\r\n" },
        { "/up", "Fragment", SESSION1 "Content-Range: bytes 2-5/10\r\n", "XX45", 200, "BITS-Received-Content-Range: 6\r\n" },
        { "/up", "Fragment", SESSION1 "Content-Range: bytes 8-9/10\r\n", "89", 416, "BITS-Received-Content-Range: 6\r\n" },
        { "/strict", "Fragment", SESSION1 "Content-Range: bytes 5-6/10\r\n", "56", 416, "BITS-Received-Content-Range: 6\r\n" },
        { "/up", "Fragment", SESSION1 "Content-Range: bytes 6-9/11\r\n", "6789", 400, "BITS-Error-Context: 0x5\r\n" },
        { "/up", "Fragment", SESSION1 "Content-Range: bytes 6-9/10\r\n", "678", 400, "BITS-Error: 0x80070057\r\n" },
        { "/up", "Fragment", SESSION1, "678", 400, NULL },
        { "/up", "Fragment", "Content-Range: bytes 6-9/10\r\n", "6789", 400, NULL },
        { "/up", "Fragment", SESSION2 "Content-Range: bytes 6-9/10\r\n", "6789", 500, "BITS-Error-Code: 0x8020001F\r\n" },
        { "/limit", "Fragment", SESSION1 "Content-Range: bytes 6-9/10\r\n", "6789", 413, NULL },
        { "/maximum", "Fragment", SESSION1 "Content-Range: bytes 6-9/10\r\n", "6789", 500, "0x80200020" },
        { "/error", "Fragment", SESSION1 "Content-Range: bytes 6-9/10\r\n", "6789", 403, "BITS-Error-Context: 0x7\r\n" },
        { "/reply", "Fragment", SESSION1 "Content-Range: bytes 6-9/10\r\n", "6789", 200, "BITS-Reply-URL: http://test/r\r\n" },
        { "/reply", "Fragment", SESSION1 "Content-Range: bytes 6-9/10\r\n", "6789", 200, "BITS-Received-Content-Range: 10\r\n" },
        { "/up", "Nonsense", SESSION1, "", 400, NULL },
        { "/removed", "Fragment", SESSION1 "Content-Range: bytes 6-9/10\r\n", "6789", 200, "BITS-Received-Content-Range: x\r\n" },
        { "/up", "Close-Session", SESSION1, "", 200, "\r\n" SESSION1 },
        { "/up", "Close-Session", SESSION1, "", 500, "0x8020001F" },
        { "/host", "Create-Session", PROTOCOLS, "", 200, "BITS-Host-Id: other\r\n" },
        { "/up", "Fragment", SESSION2 "Content-Range: bytes */0\r\n", "", 200, "BITS-Received-Content-Range: 0\r\n" },
        { "/forget", "Cancel-Session", SESSION2, "", 500, "0x8020001F" },
        { "/named", "Create-Session", PROTOCOLS, "", 201, "BITS-Session-Id: any name\r\n" },
        { "/named", "Fragment", "BITS-Session-Id: any name\r\nContent-Range: bytes 0-0/2\r\n", "x", 201, "Range: 1\r\n" },
        { "/named", "Close-Session", "BITS-Session-Id: another\r\n", "", 500, "0x8020001F" },
    };
    char expected[128], *log;
    struct answer answer;
    unsigned int i;

    start_server("on BITS_POST /up\n bits\non BITS_POST /strict\n bits\n bits-strict\n"
                 "on BITS_POST /limit\n bits\n bits-limit 3\non BITS_POST /maximum\n bits\n bits-maximum 9\n"
                 "on BITS_POST /error\n bits\n bits-error 403 0x80070005 0x7\n"
                 "on BITS_POST /reply\n bits\n bits-reply http://$(host)/r\n"
                 "on BITS_POST /removed\n bits\n remove BITS-Received-Content-Range\n header BITS-Received-Content-Range: x\n"
                 "on BITS_POST /named\n bits\n bits-session any name\n status 201\n"
                 "on BITS_POST /host\n bits\n bits-host-id other\non BITS_POST /forget\n bits\n bits-forget\n");
    for (i = 0; i < ARRAY_SIZE(packets); i++)
    {
        winetest_push_context("%u %s %s", i, packets[i].path, packets[i].packet);
        send_packet(packets[i].path, packets[i].packet, packets[i].headers, packets[i].body, &answer);
        ok(answer.status == packets[i].status, "status %d, expected %d\n", answer.status, packets[i].status);
        ok(!packets[i].contains || strstr(answer.data, packets[i].contains) != NULL, "got %s\n", answer.data);
        ok(strstr(answer.data, "Content-Length: 0\r\n") != NULL, "[BUP.HDR.3] got %s\n", answer.data);
        if (!strcmp(packets[i].path, "/removed"))
            ok(!strstr(strstr(answer.data, "BITS-Received-") + 1, "BITS-Received-"), "got %s\n", answer.data);
        free_answer(&answer);
        winetest_pop_context();
    }
    log = test_server_get_log(server);
    sprintf(expected, "session={00000000-0000-0000-0000-000000000001} received=10 hash=%08x%08x\n",
            (unsigned int)(test_server_hash(TEST_SERVER_HASH_INIT, "0123456789", 10) >> 32),
            (unsigned int)test_server_hash(TEST_SERVER_HASH_INIT, "0123456789", 10));
    /* 2 and 3 came again, as XX: what was there stayed */
    ok(strstr(log, expected) != NULL, "[BUP.FRAG.7] no %s in %s\n", expected, log);
    test_server_free(log);
    stop_server();
}

/* What a server does by itself: sessions, files in place. */
static void test_upload_server(void)
{
    static const struct
    {
        const char *path, *packet, *headers, *body;
        int status;
        const char *contains, *facts;
    }
    packets[] =
    {
        /* 1: whole, then repeated, then closed */
        { "/up", "Ping", "", "", 200, "BITS-Packet-Type: Ack\r\n", "BUP.SRV.1" },
        { "/up", "Create-Session", PROTOCOLS, "", 200, "Accept-Encoding: Identity\r\n" , "BUP.SRV.2,BUP.HDR.16" },
        { "/up", "Fragment", SESSION1 "Content-Range: bytes 0-3/6\r\n", "0123", 200, "BITS-Received-Content-Range: 4\r\n", "BUP.SRV.3" },
        { "/up", "Fragment", SESSION1 "Content-Range: bytes 5-5/6\r\n", "5", 416, "BITS-Received-Content-Range: 4\r\n", "BUP.SRV.5,BUP.STATUS.7" },
        { "/up", "Fragment", SESSION1 "Content-Range: bytes 3-4/6\r\n", "X4", 200, "BITS-Received-Content-Range: 5\r\n", "BUP.SRV.4" },
        { "/up", "Fragment", SESSION1 "Content-Range: bytes 5-5/6\r\n", "5", 200, "BITS-Received-Content-Range: 6\r\n", "BUP.SRV.3,BUP.SRV.6" },
        { "/up", "Fragment", SESSION1 "Content-Range: bytes 5-5/6\r\n", "5", 200, "BITS-Received-Content-Range: 6\r\n", "BUP.SRV.7" },
        { "/up", "Mend-Session", SESSION1, "", 400, "BITS-Error-Context: 0x5\r\n", "BUP.SRV.11,BUP.GEN.8" },
        { "/up", "Close-Session", "", "", 400, "BITS-Error-Code: 0x80070057\r\n", "BUP.SRV.11" },
        { "/up", "Close-Session", SESSION1, "", 200, SESSION1, "BUP.SRV.8" },
        { "/up", "Cancel-Session", SESSION1, "", 500, SESSION1, "BUP.SRV.8,BUP.SRV.10" },
        /* 2: one more for the same file, 3: beside it */
        { "/up", "Create-Session", PROTOCOLS, "", 403, "BITS-Error-Code: 0x80070005\r\n", "BUP.SRV.21,BUP.SRV.45,BUP.STATUS.3" },
        { "/over", "Create-Session", PROTOCOLS, "", 200, SESSION2, "BUP.SRV.20" },
        { "/up2", "Create-Session", PROTOCOLS, "", 200, SESSION(3), "BUP.SRV.20" },
        { "/up2", "Fragment", SESSION(3) "Content-Range: bytes 0-3/6\r\n", "0123", 200, NULL, "BUP.SRV.3" },
        { "/up2", "Close-Session", SESSION(3), "", 200, NULL, "BUP.SRV.8" },
        { "/up2", "Create-Session", PROTOCOLS, "", 200, SESSION(4), "BUP.SRV.8" },      /* half a file is none */
        { "/up2", "Fragment", SESSION(4) "Content-Range: bytes 0-1/2\r\n", "01", 200, NULL, "BUP.SRV.6" },
        { "/up2", "Cancel-Session", SESSION(4), "", 200, NULL, "BUP.SRV.9" },
        { "/up2", "Fragment", SESSION(4) "Content-Range: bytes 1-1/2\r\n", "1", 500, "0x8020001F", "BUP.SRV.9,BUP.STATUS.8" },
        { "/up2", "Create-Session", PROTOCOLS, "", 403, NULL, "BUP.SRV.9" },            /* a whole one has stayed */
        /* 5: in place with Close-Session only */
        { "/late", "Create-Session", PROTOCOLS, "", 200, NULL, "BUP.SRV.2" },
        { "/late", "Fragment", SESSION(5) "Content-Range: bytes 0-1/2\r\n", "01", 200, NULL, "BUP.SRV.3" },
        { "/late", "Create-Session", PROTOCOLS, "", 200, SESSION(6), "BUP.SRV.2" },
        { "/late", "Close-Session", SESSION(5), "", 200, NULL, "BUP.SRV.8" },
        { "/late", "Create-Session", PROTOCOLS, "", 403, NULL, "BUP.SRV.21" },
        /* 2: over the file that is there */
        { "/over", "Fragment", SESSION2 "Content-Range: bytes 0-0/1\r\n", "x", 200, NULL, "BUP.SRV.6" },
        { "/over", "Create-Session", PROTOCOLS, "", 200, SESSION(7), "BUP.SRV.21" },
        { "/over", "Fragment", SESSION(7) "Content-Range: bytes 0-0/1\r\n", "y", 200, NULL, "BUP.SRV.6" },
        { "/over", "Close-Session", SESSION2, "", 200, NULL, "BUP.SRV.8" },
        /* the sessions of this path live for no time at all: 8 ends silently */
        { "/short", "Create-Session", PROTOCOLS, "", 200, SESSION(8), "BUP.SRV.2" },
        { "/short", "Fragment", SESSION(8) "Content-Range: bytes 0-0/1\r\n", "x", 500, "0x8020001F", "BUP.SRV.12" },
    };
    struct answer answer;
    unsigned int i;
    char *log;

    start_server("on BITS_POST /up*\n bits\non BITS_POST /late\n bits\n bits-place-at-close\n"
                 "on BITS_POST /over\n bits\n bits-overwrite\n"
                 "on BITS_POST /short\n where header BITS-Packet-Type Fragment\n bits\n bits-timeout 0\n"
                 "on BITS_POST /short\n bits\n");
    for (i = 0; i < ARRAY_SIZE(packets); i++)
    {
        winetest_push_context("%u %s %s", i, packets[i].path, packets[i].packet);
        if (!strcmp(packets[i].path, "/short") && !strcmp(packets[i].packet, "Fragment"))
        {
            ts_u64 start = ts_time();

            while (ts_time() - start < 2) ;
        }
        send_packet(packets[i].path, packets[i].packet, packets[i].headers, packets[i].body, &answer);
        ok(answer.status == packets[i].status, "[%s] status %d, expected %d\n", packets[i].facts, answer.status, packets[i].status);
        ok(!packets[i].contains || strstr(answer.data, packets[i].contains) != NULL, "[%s] got %s\n", packets[i].facts, answer.data);
        free_answer(&answer);
        winetest_pop_context();
    }
    log = test_server_get_log(server);
    for (i = 0; i < 5; i++)
    {
        static const char *const files[] = { "/up bytes=6 ", "/up2 bytes=2 ", "/late bytes=2 ", "/over bytes=1 ", "/over bytes=1 " };
        static char *pos;

        pos = strstr(i ? pos + 1 : log, "\nFILE ");
        ok(pos && !strncmp(strchr(pos, '/'), files[i], strlen(files[i])), "[BUP.SRV.6] file %u is not in place in %s\n", i, log);
        if (!pos) break;
        if (i == 4) ok(!strstr(pos + 1, "\nFILE "), "[BUP.SRV.8] one file too much: %s\n", pos + 1);
    }
    test_server_free(log);
    stop_server();
}

/* What a packet does is done before its Ack goes out. */
static void test_upload_hold(void)
{
    struct answer answer;
    ts_u64 begun;
    char *log;

    start_server("on BITS_POST /up\n where header BITS-Packet-Type Create-Session\n bits\n bits-hold 100\non BITS_POST /up\n bits\n");
    begun = ts_time();
    send_packet("/up", "Create-Session", "BITS-Supported-Protocols: {7df0354d-249b-430f-820d-3d2a9bef4931}\r\n", "", &answer);
    ok(answer.status == 200 && ts_time() - begun >= 100, "status %d after %u ms\n", answer.status, (unsigned int)(ts_time() - begun));
    log = test_server_get_log(server);
    ok(strstr(log, "\nBITS 1 ") < strstr(log, "\nEND 1 "), "not in this order: %s\n", log);
    test_server_free(log);
    free_answer(&answer);
    stop_server();
}

/* What it does wrong if the script says so. */
static void test_upload_faults(void)
{
    static const struct
    {
        const char *path, *packet, *headers, *body;
        int status;
        const char *contains, *lacks;
    }
    packets[] =
    {
        { "/up", "Create-Session", PROTOCOLS, "", 200, NULL, NULL },
        { "/take", "Fragment", SESSION1 "Content-Range: bytes 0-4/10\r\n", "01234", 200, "BITS-Received-Content-Range: 2\r\n", NULL },
        { "/take", "Fragment", SESSION1 "Content-Range: bytes 0-4/10\r\n", "XX234", 200, "BITS-Received-Content-Range: 4\r\n", NULL },
        { "/back", "Fragment", SESSION1 "Content-Range: bytes 4-5/10\r\n", "45", 200, "BITS-Received-Content-Range: 1\r\n", NULL },
        { "/up", "Fragment", SESSION1 "Content-Range: bytes 4-5/10\r\n", "45", 416, "BITS-Received-Content-Range: 1\r\n", NULL },
        { "/ahead", "Fragment", SESSION1 "Content-Range: bytes 1-1/10\r\n", "1", 200, "BITS-Received-Content-Range: 9\r\n", NULL },
        { "/code", "Ping", "", "", 403, "BITS-Error-Code: x5\r\n", "BITS-Error:" },
        { "/error", "Ping", "", "", 503, "BITS-Error: 0X8020001f\r\n", "BITS-Error-Code" },
        { "/error", "Ping", "", "", 503, NULL, "BITS-Error-Context" },
        { "/lower", "Create-Session", PROTOCOLS, "", 200, "bits-session-id: {00000000-0000-0000-0000-00000000000", "BITS-" },
        { "/upper", "Create-Session", PROTOCOLS, "", 200, "\r\nBITS-PROTOCOL: {7df0354d-", "BITS-Protocol" },
        { "/bare", "Create-Session", PROTOCOLS, "", 201, NULL, "BITS-Protocol" },
        { "/bare", "Create-Session", PROTOCOLS, "", 201, NULL, "BITS-Session-Id" },
        { "/host", "Create-Session", PROTOCOLS, "", 200, "BITS-Host-Id: localhost:", NULL },
        { "/host", "Create-Session", PROTOCOLS, "", 200, "BITS-Host-Id-Fallback-Timeout: 3\r\n", NULL },
        { "/talk", "Ping", "", "", 200, "Content-Length: 10\r\n", NULL },
        { "/talk", "Ping", "", "", 200, "\r\n\r\nsaid /talk", NULL },
    };
    struct answer answer;
    unsigned int i;
    char *log;

    start_server("on BITS_POST /up\n bits\non BITS_POST /take\n bits\n bits-take 2\n"
                 "on BITS_POST /back\n bits\n bits-received 1\non BITS_POST /ahead\n bits\n bits-received 9\n"
                 "on BITS_POST /code\n bits\n bits-error 403 x5 0x5\n remove BITS-Error\n"
                 "on BITS_POST /error\n bits\n bits-error 503 0X8020001f\n remove BITS-Error-Code\n"
                 "on BITS_POST /lower\n bits\n header-case lower\non BITS_POST /upper\n bits\n header-case upper\n"
                 "on BITS_POST /talk\n bits\n size 5\n text said $(path)\n"
                 "on BITS_POST /bare\n bits\n status 201\n remove BITS-Protocol\n remove BITS-Session-Id\n"
                 "on BITS_POST /host\n bits\n bits-host-id localhost:$(port)\n bits-host-fallback 3\n"
                 "on BITS_POST /cut\n bits\n cut-head 0\non BITS_POST /drop\n bits\n drop\n"
                 "on BITS_POST /middle\n bits\n body-cut 2\n");
    for (i = 0; i < ARRAY_SIZE(packets); i++)
    {
        winetest_push_context("%u %s %s", i, packets[i].path, packets[i].packet);
        send_packet(packets[i].path, packets[i].packet, packets[i].headers, packets[i].body, &answer);
        ok(answer.status == packets[i].status, "status %d, expected %d\n", answer.status, packets[i].status);
        ok(!packets[i].contains || strstr(answer.data, packets[i].contains) != NULL, "got %s\n", answer.data);
        ok(!packets[i].lacks || !strstr(answer.data, packets[i].lacks), "got %s\n", answer.data);
        free_answer(&answer);
        winetest_pop_context();
    }
    stop_server();

    /* the connection breaks, but the data was taken */
    start_server("on BITS_POST /up\n bits\non BITS_POST /cut\n bits\n cut-head 0\non BITS_POST /drop\n bits\n drop\n"
                 "on BITS_POST /middle\n bits\n body-cut 2\n");
    send_packet("/up", "Create-Session", PROTOCOLS, "", &answer);
    free_answer(&answer);
    ok(!send_packet("/middle", "Fragment", SESSION1 "Content-Range: bytes 0-3/8\r\n", "0123", &answer), "an answer\n");
    free_answer(&answer);
    ok(!send_packet("/drop", "Fragment", SESSION1 "Content-Range: bytes 2-4/8\r\n", "234", &answer), "an answer\n");
    free_answer(&answer);
    ok(!send_packet("/cut", "Fragment", SESSION1 "Content-Range: bytes 5-6/8\r\n", "56", &answer), "an answer\n");
    free_answer(&answer);
    send_packet("/up", "Fragment", SESSION1 "Content-Range: bytes 7-7/8\r\n", "7", &answer);
    ok(answer.status == 200 && strstr(answer.data, "BITS-Received-Content-Range: 8\r\n"), "got %s\n", answer.data);
    free_answer(&answer);
    log = test_server_get_log(server);
    ok(strstr(log, " /up bytes=8 ") != NULL, "not in place in %s\n", log);
    test_server_free(log);
    stop_server();
}

static void test_tunnel(void)
{
    struct answer answer;
    char request[128];
    ts_socket fd;

    start_server("on CONNECT 127.0.0.1*\n tunnel\non CONNECT *\n status 403\non * /inside\n size 100\n");
    fd = open_connection();
    sprintf(request, "CONNECT 127.0.0.1:%u HTTP/1.1\r\n\r\n", test_server_port(server));
    write_text(fd, request);
    read_answer(fd, &answer, 0);
    ok(answer.status == 200, "status %d\n", answer.status);
    free_answer(&answer);
    write_text(fd, "GET /inside HTTP/1.1\r\nConnection: close\r\n\r\n");
    read_answer(fd, &answer, 100);
    ok(answer.status == 200 && answer.body_size == 100, "got %s\n", answer.data);
    free_answer(&answer);
    ts_close(fd);
    fetch("CONNECT", "elsewhere:443", NULL, &answer);
    ok(answer.status == 403, "status %d\n", answer.status);
    free_answer(&answer);
    stop_server();
}

/* Many connections at a time, all held open by bodies that nobody reads yet. */
static void test_crowd(void)
{
    static const char request[] = "GET /crowd HTTP/1.1\r\nConnection: close\r\n\r\n";
    struct test_server_stats stats;
    struct answer answer;
    ts_socket fds[80];
    unsigned int i;

    start_server("on * /crowd\n size 300000\n delay 200\n");
    for (i = 0; i < ARRAY_SIZE(fds); i++)
    {
        fds[i] = open_connection();
        write_text(fds[i], request);
    }
    for (i = 0; i < ARRAY_SIZE(fds); i++)
    {
        read_answer(fds[i], &answer, (size_t)-1);
        ok(answer.body_size == 300000 && is_pattern(answer.body, 300000, "/crowd", 0), "%u: wrong body\n", i);
        free_answer(&answer);
        ts_close(fds[i]);
    }
    ok(test_server_wait(server, ARRAY_SIZE(fds), TIMEOUT), "not all ended\n");
    test_server_get_stats(server, &stats);
    ok(stats.max_open > 40, "%u at a time\n", (unsigned int)stats.max_open);
    ok(stats.requests == ARRAY_SIZE(fds) && stats.connections == ARRAY_SIZE(fds), "wrong totals\n");
    ok(stats.body_sent == ARRAY_SIZE(fds) * 300000, "wrong totals\n");
    stop_server();
}

static void test_pattern(void)
{
    static char whole[3000000], part[1000];
    unsigned int i;
    ts_u64 x = 88172645463325252ull, shift;

    /* as the header says it */
    shift = test_server_hash(TEST_SERVER_HASH_INIT, "n", 1) % 1048583;
    test_server_pattern("n", 1048583 - shift, part, sizeof(part));
    for (i = 0; i < sizeof(part); i++)
    {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        if (part[i] != (char)x) break;
    }
    ok(i == sizeof(part), "byte %u differs\n", i);

    test_server_pattern("n", 0, whole, sizeof(whole));
    for (i = 0; i + sizeof(part) <= sizeof(whole); i += 12347)
    {
        test_server_pattern("n", i, part, sizeof(part));
        ok(!memcmp(part, whole + i, sizeof(part)), "offset %u differs\n", i);
    }
    ok(!memcmp(whole, whole + 1048583, 1000), "wrong period\n");
    ok(memcmp(whole, whole + 1048576, 1000), "a round number is a period\n");
    test_server_pattern("m", 0, part, sizeof(part));
    ok(memcmp(part, whole, sizeof(part)), "names do not matter\n");
    ok(test_server_pattern_hash("n", 5, 2000000) == test_server_hash(TEST_SERVER_HASH_INIT, whole + 5, 2000000), "wrong hash\n");
    ok(test_server_hash(TEST_SERVER_HASH_INIT, "a", 1) == 0xaf63dc4c8601ec8cull, "not FNV-1a\n");
}

START_TEST(server)
{
    ts_startup();
    test_pattern();
    test_scripts();
    test_table();
    test_connections();
    test_bodies();
    test_time();
    test_accept();
    test_control();
    test_upload();
    test_upload_server();
    test_upload_hold();
    test_upload_faults();
    test_tunnel();
    test_crowd();
    ts_cleanup();
}
