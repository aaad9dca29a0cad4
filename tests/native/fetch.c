/*
 * Tests of the steps of a download, with scripted servers without sockets
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

#include <stdio.h>

#include "core/fetch.h"
#include "core/str.h"
#include "wine/test.h"

#define D1 "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
#define D2 "Last-Modified: Mon, 07 Nov 1994 08:49:37 GMT\r\n"
#define L(n) "Content-Length: " #n "\r\n"
#define R(first, last, total) "Content-Range: bytes " #first "-" #last "/" #total "\r\n"
#define TO(url) "Location: " url "\r\n"
#define NONE ((UINT64)-1)
#define HR_LOST ((HRESULT)0x80072efe)

#define U L"http://h/a"
#define MAX_STEPS 16

/* What the worker has to ask, and what it gets. */
struct exchange
{
    const char *request;        /* "HEAD url", "GET url [ranges] [since]", "BEGIN size", "RENAME url"; NULL: the end */
    UINT32 status;
    const char *headers;
    UINT64 from, len;           /* the body: octets of the remote file */
    HRESULT error;              /* in place of a reply, or behind the body */
    UINT32 msec;                /* that the exchange takes */
    UINT32 version;             /* of the remote file */
    const char *parts;          /* a multipart body of these ranges, in place of from and len */
};

struct row
{
    const char *facts;
    const WCHAR *url;
    BOOL foreground, dynamic, on_demand;
    UINT32 flags;
    struct file_range ranges[4];
    UINT32 range_count;
    UINT64 size;                /* as recorded; NONE: never begun */
    UINT64 position, max_bytes;
    const char *received, *requested;   /* "offset+length,..." */
    UINT64 first_wanted;
    BOOL dated;                 /* D1 was recorded */
    const char *result;         /* "DONE", "PARTIAL", "FAILED code class context [forget]" */
    struct exchange steps[MAX_STEPS];
};

#define FRESH U, FALSE, FALSE, FALSE, 0, {{0}}, 0, NONE, 0, NONE, NULL, NULL, 0, FALSE
#define FRONT U, TRUE, FALSE, FALSE, 0, {{0}}, 0, NONE, 0, NONE, NULL, NULL, 0, FALSE
#define WITH(flags) U, TRUE, FALSE, FALSE, flags, {{0}}, 0, NONE, 0, NONE, NULL, NULL, 0, FALSE
#define FROM(url, flags) url, TRUE, FALSE, FALSE, flags, {{0}}, 0, NONE, 0, NONE, NULL, NULL, 0, FALSE
#define GO_ON(front, size, position) U, front, FALSE, FALSE, 0, {{0}}, 0, size, position, NONE, NULL, NULL, 0, TRUE
#define DYNAMIC(max) U, TRUE, TRUE, FALSE, 0, {{0}}, 0, NONE, 0, max, NULL, NULL, 0, FALSE
#define RANGES(front, count, ...) U, front, FALSE, FALSE, 0, {__VA_ARGS__}, count, NONE, 0, NONE, NULL, NULL, 0, FALSE
#define CAPPED(max) U, TRUE, FALSE, FALSE, 0, {{0}}, 0, NONE, 0, max, NULL, NULL, 0, FALSE
#define DEMAND(received, requested) U, FALSE, FALSE, TRUE, 0, {{0}}, 0, 1000, 0, NONE, received, requested, 0, TRUE

static const struct row rows[] =
{
    /* the plain way [BEH.HTTP.10] */
    {"BEH.HTTP.14,BEH.HTTP.30", FRONT, "DONE",
     {{"HEAD http://h/a", 200, L(1000) D1}, {"BEGIN 1000"}, {"GET http://h/a since", 200, L(1000) D1, 0, 1000}}},
    {"BEH.CONSIST.21", FRONT, "DONE",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a", 200, L(1000), 0, 1000}}},
    {"BEH.HTTP.30", FRONT, "DONE", /* no length in the reply: HEAD has told it */
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a", 200, "", 0, 1000}}},
    {"BEH.HTTP.13,BEH.HTTP.31", FRESH, "DONE",
     {{"HEAD http://h/a", 200, L(1000) D1}, {"BEGIN 1000"}, {"GET http://h/a 0-999 since", 206, L(1000) R(0, 999, 1000) D1, 0, 1000}}},
    {"BEH.HTTP.17,BEH.HTTP.33", FRESH, "DONE",
     {{"HEAD http://h/a", 200, L(1000) D1}, {"BEGIN 1000"}, {"GET http://h/a 0-999 since", 200, L(1000) D1, 0, 1000}}},
    {"BEH.HTTP.37", FRESH, "DONE", {{"HEAD http://h/a", 200, L(0) D1}, {"BEGIN 0"}}},
    {"BEH.HTTP.37", FRONT, "DONE", {{"HEAD http://h/a", 200, L(0)}, {"BEGIN 0"}}},
    {"BEH.HTTP.31", FRESH, "DONE", /* less than was asked for */
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 0-999", 206, R(0, 9, 1000), 0, 10},
      {"GET http://h/a 10-999", 206, L(90) R(10, 99, *), 10, 90}, {"GET http://h/a 100-999", 206, R(100, 999, 1000), 100, 900}}},
    {"BEH.HTTP.38", FRONT, "DONE",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a", 200, L(1000) "Content-Encoding: gzip\r\n", 0, 1000}}},

    /* HEAD */
    {"BEH.HTTP.2,ERR.0x80200011", FRESH, "FAILED 80200011 F 5", {{"HEAD http://h/a", 200, D1}}},
    {"ERR.0x8020001B", FRESH, "FAILED 8020001b F 5", {{"HEAD http://h/a", 200, L(10) L(11)}}},
    {"BEH.HTTP.45", FRESH, "FAILED 80190193 F 5", {{"HEAD http://h/a", 403, ""}}},
    {"BEH.HTTP.45", FRONT, "FAILED 80190195 F 5", {{"HEAD http://h/a", 405, ""}}},
    {"BEH.HTTP.45", FRESH, "FAILED 801901f5 F 5", {{"HEAD http://h/a", 501, ""}}},
    {"BEH.HTTP.46", FRESH, "FAILED 80190194 F 5", {{"HEAD http://h/a", 404, L(1000)}}},
    {"BEH.HTTP.43", FRESH, "FAILED 801901f7 T 5", {{"HEAD http://h/a", 503, "Retry-After: 1\r\n"}}},
    {"BEH.HTTP.43", FRESH, "FAILED 801901f8 T 5", {{"HEAD http://h/a", 504, ""}}},
    {"BEH.HTTP.42", FRESH, "FAILED 80190191 F 5", {{"HEAD http://h/a", 401, ""}}},
    {"BEH.HTTP.42", FRESH, "FAILED 80190197 F 5", {{"HEAD http://h/a", 407, ""}}},
    {"ERR.0x801900CC", FRESH, "FAILED 801900cc T 5", {{"HEAD http://h/a", 204, L(0)}}},
    {"ERR.0x801900CE", FRESH, "FAILED 801900ce T 5", {{"HEAD http://h/a", 206, L(10)}}},
    {"ERR.0x80072EE2", FRESH, "FAILED 80072ee2 T 5", {{"HEAD http://h/a", 0, NULL, 0, 0, (HRESULT)0x80072ee2}}},
    {"ERR.0x80072EE7", FRESH, "FAILED 80072ee7 T 5", {{"HEAD http://h/a", 0, NULL, 0, 0, (HRESULT)0x80072ee7}}},

    /* bodies that are too short or too long */
    {"BEH.HTTP.35", FRONT, "FAILED 80072efe T 5",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a", 200, L(1000), 0, 999}}},
    {"BEH.HTTP.35", FRESH, "FAILED 80072efe T 5",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 0-999", 206, R(0, 999, 1000), 0, 500}}},
    {"BEH.HTTP.35", FRONT, "FAILED 80072efe T 5",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a", 200, L(1000), 0, 700, HR_LOST}}},
    {"BEH.HTTP.36", FRONT, "FAILED 8020001b F 5",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a", 200, "", 0, 1001}}},
    {"BEH.HTTP.36", FRESH, "FAILED 8020001b F 5",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 0-999", 206, R(0, 9, 1000), 0, 11}}},
    {"BEH.HTTP.36", FRESH, "FAILED 8020001b F 5",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 0-999", 206, L(11) R(0, 9, 1000), 0, 11}}},

    /* ranges that are none */
    {"BEH.HTTP.32,BEH.HTTP.3", FRESH, "FAILED 80200013 F 5",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 0-999", 206, L(1000), 0, 1000}}},
    {"BEH.HTTP.32", FRESH, "FAILED 80200013 F 5",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 0-999", 206, R(1, 999, 1000), 1, 999}}},
    {"BEH.HTTP.32", FRESH, "FAILED 80200013 F 5",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 0-999", 206, R(0, 1000, 1001), 0, 1001}}},
    {"BEH.HTTP.32", FRESH, "FAILED 80200013 F 5",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 0-999", 206, "Content-Range: bytes rubbish\r\n", 0, 1000}}},
    {"BEH.HTTP.34,BEH.HTTP.16", GO_ON(FALSE, 1000, 400), "FAILED 80200013 F 5 forget",
     {{"HEAD http://h/a", 200, L(1000) D1}, {"GET http://h/a 400-999 since", 200, L(1000), 0, 1000}}},
    {"BEH.HTTP.15,BEH.HTTP.16", GO_ON(TRUE, 1000, 400), "FAILED 80200013 F 5 forget",
     {{"HEAD http://h/a", 200, L(1000) D1}, {"GET http://h/a 400-999 since", 200, L(1000), 0, 1000}}},
    {"ERR.0x801900CE", FRONT, "FAILED 801900ce T 5",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a", 206, R(0, 999, 1000), 0, 1000}}},

    /* going on */
    {"BEH.HTTP.15,BEH.PERSIST.34", GO_ON(TRUE, 1000, 400), "DONE",
     {{"HEAD http://h/a", 200, L(1000) D1}, {"GET http://h/a 400-999 since", 206, R(400, 999, 1000), 400, 600}}},
    {"BEH.PERSIST.34", GO_ON(TRUE, 1000, 1000), "DONE", {{"HEAD http://h/a", 200, L(1000) D1}}},
    {"BEH.HTTP.14", GO_ON(TRUE, 1000, 0), "DONE", {{"HEAD http://h/a", 200, L(1000) D1}, {"GET http://h/a since", 200, L(1000), 0, 1000}}},
    {"BEH.CONSIST.21", GO_ON(FALSE, 1000, 400), "DONE", /* no date any more: the size alone decides, and the old date still counts */
     {{"HEAD http://h/a", 200, L(1000)}, {"GET http://h/a 400-999 since", 206, R(400, 999, 1000), 400, 600}}},
    {"BEH.CONSIST.2", GO_ON(FALSE, 1000, 400), "DONE",
     {{"HEAD http://h/a", 200, L(1000) D2}, {"BEGIN 1000"}, {"GET http://h/a 0-999 since2", 206, R(0, 999, 1000), 0, 1000}}},
    {"BEH.CONSIST.2", GO_ON(FALSE, 1000, 400), "DONE",
     {{"HEAD http://h/a", 200, L(999) D1}, {"BEGIN 999"}, {"GET http://h/a 0-998 since", 206, R(0, 998, 999), 0, 999}}},
    {"BEH.CONSIST.2", GO_ON(FALSE, 1000, 1000), "DONE",
     {{"HEAD http://h/a", 200, L(1000) D2}, {"BEGIN 1000"}, {"GET http://h/a 0-999 since2", 206, R(0, 999, 1000), 0, 1000}}},

    /* the file changes on the way */
    {"BEH.CONSIST.6,BEH.HTTP.44", GO_ON(FALSE, 1000, 400), "DONE",
     {{"HEAD http://h/a", 200, L(1000) D1}, {"GET http://h/a 400-999 since", 412, ""}, {"HEAD http://h/a", 200, L(500) D2},
      {"BEGIN 500"}, {"GET http://h/a 0-499 since2", 206, R(0, 499, 500), 0, 500}}},
    {"BEH.CONSIST.6", GO_ON(FALSE, 1000, 400), "FAILED 8019019c F 5", /* it says so again, and yet nothing has changed */
     {{"HEAD http://h/a", 200, L(1000) D1}, {"GET http://h/a 400-999 since", 412, ""}, {"HEAD http://h/a", 200, L(1000) D1},
      {"GET http://h/a 400-999 since", 412, ""}}},
    {"BEH.CONSIST.7", GO_ON(FALSE, 1000, 400), "DONE",
     {{"HEAD http://h/a", 200, L(1000) D1}, {"GET http://h/a 400-999 since", 206, R(400, 999, 1001), 400, 600},
      {"HEAD http://h/a", 200, L(1001) D1}, {"BEGIN 1001"}, {"GET http://h/a 0-1000 since", 206, R(0, 1000, 1001), 0, 1001}}},
    {"BEH.CONSIST.7", FRONT, "DONE",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a", 200, L(900), 0, 900}, {"HEAD http://h/a", 200, L(900)},
      {"BEGIN 900"}, {"GET http://h/a", 200, L(900), 0, 900}}},
    {"BEH.CONSIST.22", FRONT, "FAILED 80200073 T 5 forget", /* HEAD never agrees with GET */
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a", 200, L(900), 0, 900}, {"HEAD http://h/a", 200, L(900)},
      {"BEGIN 900"}, {"GET http://h/a", 200, L(800), 0, 800}}},
    {"BEH.CONSIST.2", FRONT, "DONE", /* the date of the reply tells it */
     {{"HEAD http://h/a", 200, L(1000) D1}, {"BEGIN 1000"}, {"GET http://h/a since", 200, L(1000) D2, 0, 1000},
      {"HEAD http://h/a", 200, L(1000) D2}, {"BEGIN 1000"}, {"GET http://h/a since2", 200, L(1000) D2, 0, 1000}}},
    {"BEH.CONSIST.22", FRESH, "FAILED 80200073 T 5 forget",
     {{"HEAD http://h/a", 200, L(1000) D1}, {"BEGIN 1000"}, {"GET http://h/a 0-999 since", 412, ""}, {"HEAD http://h/a", 200, L(999) D2},
      {"BEGIN 999"}, {"GET http://h/a 0-998 since2", 206, R(0, 499, 999), 0, 500}, {"GET http://h/a 500-998 since2", 412, ""},
      {"HEAD http://h/a", 200, L(1000) D1}}},

    /* 416 [BEH.HTTP.44] */
    {"BEH.HTTP.44", GO_ON(FALSE, 1000, 400), "FAILED 80200013 F 5 forget",
     {{"HEAD http://h/a", 200, L(1000) D1}, {"GET http://h/a 400-999 since", 416, ""}, {"HEAD http://h/a", 200, L(1000) D1}}},
    {"BEH.HTTP.44", GO_ON(FALSE, 1000, 400), "DONE",
     {{"HEAD http://h/a", 200, L(1000) D1}, {"GET http://h/a 400-999 since", 416, ""}, {"HEAD http://h/a", 200, L(300) D1},
      {"BEGIN 300"}, {"GET http://h/a 0-299 since", 206, R(0, 299, 300), 0, 300}}},
    {"BEH.HTTP.44", RANGES(FALSE, 1, {10, 20}), "FAILED 8020002b F 5",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 10-29", 416, ""}, {"HEAD http://h/a", 200, L(1000)}}},
    {"ERR.0x801901A0", FRONT, "FAILED 801901a0 F 5", {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a", 416, ""}}},

    /* statuses to GET */
    {"BEH.HTTP.46", FRONT, "FAILED 80190194 F 5", {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a", 404, ""}}},
    {"BEH.HTTP.43", FRESH, "FAILED 801901f7 T 5", {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 0-999", 503, ""}}},
    {"ERR.0x801900CC", FRONT, "FAILED 801900cc T 5", {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a", 204, ""}}},

    /* redirects [BEH.HTTP.50 to 55] */
    {"BEH.HTTP.50,BEH.HTTP.54", WITH(0), "DONE",
     {{"HEAD http://h/a", 302, TO("http://g/b")}, {"HEAD http://g/b", 200, L(1000)}, {"BEGIN 1000"},
      {"GET http://h/a", 307, TO("/c")}, {"GET http://h/c", 301, TO("d")}, {"GET http://h/d", 200, L(1000), 0, 1000}}},
    {"BEH.HTTP.83", WITH(0), "DONE",
     {{"HEAD http://h/a", 308, TO("http://h/b")}, {"HEAD http://h/b", 200, L(0)}, {"BEGIN 0"}}},
    {"BEH.HTTP.50", WITH(0), "DONE", {{"HEAD http://h/a", 303, TO("http://h/b")}, {"HEAD http://h/b", 200, L(0)}, {"BEGIN 0"}}},
    {"BEH.HTTP.50,BEH.HTTP.54", WITH(FETCH_REDIRECT_REPORT), "DONE",
     {{"HEAD http://h/a", 302, TO("http://g/b")}, {"RENAME http://g/b"}, {"HEAD http://g/b", 200, L(1000)}, {"BEGIN 1000"},
      {"GET http://g/b", 301, TO("/c")}, {"RENAME http://g/c"}, {"GET http://g/c", 200, L(1000), 0, 1000}}},
    {"BEH.HTTP.50,BEH.HTTP.55", WITH(FETCH_REDIRECT_DISALLOW), "FAILED 8019012e F 5 at http://g/b", {{"HEAD http://h/a", 302, TO("http://g/b")}}},
    {"HTTP.SetSecurityFlags.8", WITH(FETCH_REDIRECT_DISALLOW), "FAILED 8019012c F 5 at http://g/b", {{"HEAD http://h/a", 300, TO("http://g/b")}}},
    {"BEH.HTTP.55", WITH(FETCH_REDIRECT_DISALLOW), "FAILED 80190134 F 5 at http://g/b", {{"HEAD http://h/a", 308, TO("http://g/b")}}},
    {"BEH.HTTP.50", WITH(FETCH_REDIRECT_DISALLOW), "FAILED 8019012d F 5 at http://h/b",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a", 301, TO("b")}}},
    {"BEH.HTTP.51", FROM(L"https://h/a", 0), "FAILED 8019012e F 5", {{"HEAD https://h/a", 302, TO("http://h/a")}}},
    {"BEH.HTTP.51", FROM(L"https://h/a", 0), "DONE", {{"HEAD https://h/a", 302, TO("https://g/a")}, {"HEAD https://g/a", 200, L(0)}, {"BEGIN 0"}}},
    {"BEH.HTTP.50", FROM(L"https://h/a", FETCH_REDIRECT_TO_HTTP), "DONE",
     {{"HEAD https://h/a", 302, TO("http://h/a")}, {"HEAD http://h/a", 200, L(0)}, {"BEGIN 0"}}},
    {"BEH.HTTP.52", WITH(0), "FAILED 80072ee6 F 5", {{"HEAD http://h/a", 302, TO("file://g/b")}}},
    {"BEH.HTTP.52", WITH(0), "FAILED 80072ee6 F 5", {{"HEAD http://h/a", 302, TO("ftp://g/b")}}},
    {"BEH.HTTP.52", WITH(0), "FAILED 80072ee6 F 5", {{"HEAD http://h/a", 302, TO("s3+x.y-z://g/b")}}},
    {"ERR.0x8019012E", WITH(0), "FAILED 8019012e F 5", {{"HEAD http://h/a", 302, ""}}},
    {"ERR.0x8019012C", WITH(0), "FAILED 8019012c F 5", {{"HEAD http://h/a", 300, TO("http://g/b")}}},
    {"ERR.0x80190131", WITH(0), "FAILED 80190131 F 5", {{"HEAD http://h/a", 305, TO("http://g/b")}}},
    {"ERR.0x80072F7C", WITH(0), "FAILED 80072f7c F 5",
     {{"HEAD http://h/a", 302, TO("b")}, {"HEAD http://h/b", 302, TO("a")}, {"HEAD http://h/a", 302, TO("b")}, {"HEAD http://h/b", 302, TO("a")},
      {"HEAD http://h/a", 302, TO("b")}, {"HEAD http://h/b", 302, TO("a")}, {"HEAD http://h/a", 302, TO("b")}, {"HEAD http://h/b", 302, TO("a")},
      {"HEAD http://h/a", 302, TO("b")}, {"HEAD http://h/b", 302, TO("a")}, {"HEAD http://h/a", 302, TO("b")}}},

    /* dynamic content [BEH.HTTP.60 to 64] */
    {"BEH.HTTP.60,BEH.HTTP.63", DYNAMIC(NONE), "DONE", {{"BEGIN unknown"}, {"GET http://h/a", 200, "", 0, 777}}},
    {"BEH.HTTP.60", DYNAMIC(NONE), "DONE", {{"BEGIN unknown"}, {"GET http://h/a", 200, L(777), 0, 777}}},
    {"BEH.HTTP.60", DYNAMIC(NONE), "DONE", {{"BEGIN unknown"}, {"GET http://h/a", 200, "", 0, 0}}},
    {"BEH.HTTP.35,BEH.HTTP.61", DYNAMIC(NONE), "FAILED 80072efe T 5", {{"BEGIN unknown"}, {"GET http://h/a", 200, L(777), 0, 776}}},
    {"BEH.HTTP.36", DYNAMIC(NONE), "FAILED 8020001b F 5", {{"BEGIN unknown"}, {"GET http://h/a", 200, L(777), 0, 778}}},
    {"BEH.HTTP.64", DYNAMIC(776), "FAILED 80200064 F 5", {{"BEGIN unknown"}, {"GET http://h/a", 200, L(777), 0, 777}}},
    {"BEH.HTTP.64", DYNAMIC(776), "FAILED 80200064 F 5", {{"BEGIN unknown"}, {"GET http://h/a", 200, "", 0, 777}}},
    {"BEH.HTTP.64", DYNAMIC(777), "DONE", {{"BEGIN unknown"}, {"GET http://h/a", 200, "", 0, 777}}},
    {"BEH.HTTP.64", DYNAMIC(777), "DONE", {{"BEGIN unknown"}, {"GET http://h/a", 200, L(777), 0, 777}}},
    {"BEH.HTTP.46", DYNAMIC(NONE), "FAILED 80190194 F 5", {{"BEGIN unknown"}, {"GET http://h/a", 404, L(777)}}},
    {"ERR.0x801900CE", DYNAMIC(NONE), "FAILED 801900ce T 5", {{"BEGIN unknown"}, {"GET http://h/a", 206, R(0, 9, 10), 0, 10}}},
    {"BEH.HTTP.50", DYNAMIC(NONE), "DONE", {{"BEGIN unknown"}, {"GET http://h/a", 302, TO("b")}, {"GET http://h/b", 200, "", 0, 5}}},
    {"BEH.HTTP.64", CAPPED(999), "FAILED 80200064 F 5", {{"HEAD http://h/a", 200, L(1000)}}},
    {"BEH.HTTP.64", CAPPED(1000), "DONE",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a", 200, L(1000), 0, 1000}}},

    /* ranges of the client [BEH.RANGE.*] */
    {"BEH.RANGE.4", RANGES(TRUE, 1, {10, 20}), "DONE",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 10-29", 206, R(10, 29, 1000), 10, 20}}},
    {"BEH.RANGE.3", RANGES(FALSE, 1, {990, LENGTH_TO_EOF}), "DONE",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 990-999", 206, R(990, 999, 1000), 990, 10}}},
    {"BEH.RANGE.5", RANGES(FALSE, 1, {1000, LENGTH_TO_EOF}), "FAILED 8020002b F 5", {{"HEAD http://h/a", 200, L(1000)}}},
    {"BEH.RANGE.5", RANGES(FALSE, 1, {990, 11}), "FAILED 8020002b F 5", {{"HEAD http://h/a", 200, L(1000)}}},
    {"BEH.RANGE.5", RANGES(FALSE, 1, {990, 10}), "DONE",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 990-999", 206, R(990, 999, 1000), 990, 10}}},
    {"BEH.RANGE.5,BEH.HTTP.34", RANGES(TRUE, 1, {10, 20}), "FAILED 80200013 F 5",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 10-29", 200, L(1000), 0, 1000}}},
    {"BEH.RANGE.4,BEH.RANGE.10,BEH.HTTP.4", RANGES(TRUE, 2, {500, 20}, {10, 20}), "DONE",
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"},
      {"GET http://h/a 500-519,10-29", 206, "Content-Type: multipart/byteranges; boundary=B\r\n", 0, 0, S_OK, 0, 0, "500-519,10-29"}}},
    {"BEH.HTTP.5,BEH.RANGE.5", RANGES(TRUE, 2, {500, 20}, {10, 20}), "FAILED 8020001b F 5", /* in another order */
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"},
      {"GET http://h/a 500-519,10-29", 206, "Content-Type: multipart/byteranges; boundary=B\r\n", 0, 0, S_OK, 0, 0, "10-29,500-519"}}},
    {"BEH.HTTP.5,BEH.RANGE.5", RANGES(TRUE, 2, {10, 20}, {40, 20}), "FAILED 8020001b F 5", /* put together */
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 10-29,40-59", 206, R(10, 59, 1000), 10, 50}}},
    {"BEH.RANGE.10", RANGES(TRUE, 2, {500, 20}, {10, 20}), "DONE", /* one at a time, for a server that answers only the first */
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 500-519,10-29", 206, R(500, 519, 1000), 500, 20},
      {"GET http://h/a 10-29", 206, R(10, 29, 1000), 10, 20}}},
    {"BEH.RANGE.10", RANGES(TRUE, 2, {500, 20}, {10, 20}), "DONE", /* or with everything */
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 500-519,10-29", 200, L(1000), 0, 1000},
      {"GET http://h/a 500-519", 206, R(500, 519, 1000), 500, 20}, {"GET http://h/a 10-29", 206, R(10, 29, 1000), 10, 20}}},
    {"BEH.RANGE.10,BEH.HTTP.44", RANGES(TRUE, 2, {500, 20}, {10, 20}), "DONE", /* or not at all */
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 500-519,10-29", 416, ""}, {"HEAD http://h/a", 200, L(1000)},
      {"GET http://h/a 500-519", 206, R(500, 519, 1000), 500, 20}, {"GET http://h/a 10-29", 206, R(10, 29, 1000), 10, 20}}},
    {"BEH.RANGE.4", RANGES(TRUE, 2, {10, 20}, {30, 20}), "DONE", /* what lies side by side is one range on the wire */
     {{"HEAD http://h/a", 200, L(1000)}, {"BEGIN 1000"}, {"GET http://h/a 10-49", 206, R(10, 49, 1000), 10, 40}}},

    /* on demand [BEH.RANGE.9, BEH.STATE.53] */
    {"BEH.STATE.53", DEMAND(NULL, "100+50"), "PARTIAL",
     {{"HEAD http://h/a", 200, L(1000) D1}, {"GET http://h/a 100-149 since", 206, R(100, 149, 1000), 100, 50}}},
    {"BEH.STATE.53", DEMAND("100+50", "100+50"), "PARTIAL", {{"HEAD http://h/a", 200, L(1000) D1}}},
    {"BEH.STATE.53", DEMAND("0+990", "900+100"), "DONE",
     {{"HEAD http://h/a", 200, L(1000) D1}, {"GET http://h/a 990-999 since", 206, R(990, 999, 1000), 990, 10}}},
    {"ERR.0x8020002B", DEMAND(NULL, "1000+5"), "FAILED 8020002b F 5", {{"HEAD http://h/a", 200, L(1000) D1}}},
    {"ERR.0x80200073", DEMAND("100+50", "200+50"), "FAILED 80200073 F 5 forget", {{"HEAD http://h/a", 200, L(1000) D2}}},
};

static BYTE octet(UINT64 offset)
{
    return (BYTE)(offset * 7 + (offset >> 8) * 3 + 1);
}

static void make_headers(struct header_list *list, const char *text)
{
    const char *colon, *end;

    headers_init(list);
    for (; text && *text; text = end + 2)
    {
        colon = strchr(text, ':');
        end = strstr(text, "\r\n");
        headers_add(list, text, colon - text, colon + 2, end - colon - 2);
    }
}

static void add_url(char *text, const WCHAR *url)
{
    size_t len = strlen(text);

    while ((text[len++] = (char)*url++)) {}
}

/* What the worker is asked to do, in words. */
static void describe(const struct fetch *fetch, enum fetch_step step, const char *origin, char *text)
{
    const struct fetch_request *request = &fetch->request;
    UINT64 d1, d2;
    UINT32 i;

    http_date_parse("Sun, 06 Nov 1994 08:49:37 GMT", &d1);
    http_date_parse("Mon, 07 Nov 1994 08:49:37 GMT", &d2);
    switch (step)
    {
    case FETCH_HEAD:
    case FETCH_GET:
        strcpy(text, step == FETCH_HEAD ? "HEAD " : "GET ");
        add_url(text, fetch->url);
        for (i = 0; request->ranged && i < request->piece_count; i++)
            sprintf(text + strlen(text), "%c%llu-%llu", i ? ',' : ' ', (unsigned long long)request->pieces[i].first,
                    (unsigned long long)request->pieces[i].last);
        if (request->unmodified_since)
            strcat(text, request->unmodified_since == d1 ? " since" : request->unmodified_since == d2 ? " since2" : " since?");
        ok(request->head == (step == FETCH_HEAD), "wrong method\n");
        if (fetch->redirects & FETCH_REDIRECT_REPORT)
            ok(!fetch->cross_origin, "[BEH.HTTP.18,BEH.HTTP.54] the new name is a foreign one for %s\n", text);
        else
            ok(fetch->cross_origin == (strncmp(strchr(text, ' ') + 1, origin, strlen(origin)) != 0), "[BEH.HTTP.18] cross %d for %s\n",
               fetch->cross_origin, text);
        break;
    case FETCH_BEGIN:
        if (fetch->size == SIZE_UNKNOWN) strcpy(text, "BEGIN unknown");
        else sprintf(text, "BEGIN %llu", (unsigned long long)fetch->size);
        break;
    case FETCH_RENAME:
        strcpy(text, "RENAME ");
        add_url(text, fetch->url);
        break;
    case FETCH_DONE:
        strcpy(text, "DONE");
        break;
    case FETCH_PARTIAL:
        strcpy(text, "PARTIAL");
        break;
    case FETCH_FAILED:
        sprintf(text, "FAILED %08x %c %u%s", (UINT32)fetch->failure.hr, "FTE"[fetch->failure.class], fetch->failure.context,
                fetch->forget ? " forget" : "");
        break;
    }
}

static size_t make_body(const struct exchange *exchange, UINT64 size, BYTE **body)
{
    const char *parts = exchange->parts;
    unsigned long long first, last;
    size_t len = 0;
    UINT64 i;

    if (!parts)
    {
        *body = malloc(exchange->len + 1);
        for (i = 0; i < exchange->len; i++) (*body)[i] = octet(exchange->from + i);
        return (size_t)exchange->len;
    }
    *body = malloc(65536);
    for (; sscanf(parts, "%llu-%llu", &first, &last) == 2; parts = strchr(parts, ',') ? strchr(parts, ',') + 1 : "")
    {
        len += sprintf((char *)*body + len, "\r\n--B\r\nContent-Range: bytes %llu-%llu/%llu\r\n\r\n", first, last,
                       (unsigned long long)size);
        for (i = first; i <= last; i++) (*body)[len++] = octet(i);
    }
    len += sprintf((char *)*body + len, "\r\n--B--\r\n");
    return len;
}

/* The local file, as it ought to be. */
static UINT64 expected_octet(const struct row *row, UINT64 size, UINT64 local)
{
    UINT64 length;
    UINT32 i;

    for (i = 0; i < row->range_count; i++)
    {
        length = row->ranges[i].length == LENGTH_TO_EOF ? size - row->ranges[i].offset : row->ranges[i].length;
        if (local < length) return octet(row->ranges[i].offset + local);
        local -= length;
    }
    return octet(local);
}

static void parse_ranges(struct range_set *set, const char *text)
{
    unsigned long long offset, length;

    ranges_init(set);
    for (; text && sscanf(text, "%llu+%llu", &offset, &length) == 2; text = strchr(text, ',') ? strchr(text, ',') + 1 : NULL)
        ranges_add(set, offset, length);
}

/* The worker, as transfer.c is one: takes the body in pieces of `chunk`. */
static void run(const struct row *row, size_t chunk)
{
    struct fetch_params params = { 0 };
    struct range_set received, requested;
    struct fetch_reply reply;
    struct header_list headers;
    const struct exchange *exchange;
    static BYTE local[4096];
    char text[400], result[400];
    UINT64 now = 5000, i;
    struct fetch fetch;
    enum fetch_step step;
    BYTE *body;
    size_t size, pos, len;
    const void *data;
    UINT32 used, data_len, count = 0;
    HRESULT hr;

    parse_ranges(&received, row->received);
    parse_ranges(&requested, row->requested);
    params.url = row->url;
    params.foreground = row->foreground;
    params.dynamic = row->dynamic;
    params.on_demand = row->on_demand;
    params.security_flags = row->flags;
    params.ranges = row->ranges;
    params.range_count = row->range_count;
    params.size = row->size;
    if (row->dated) http_date_parse("Sun, 06 Nov 1994 08:49:37 GMT", &params.time);
    params.position = row->position;
    params.max_bytes = row->max_bytes;
    params.received = row->received || row->on_demand ? &received : NULL;
    params.requested = row->requested ? &requested : NULL;
    params.first_wanted = row->first_wanted;
    memset(local, 0, sizeof(local));
    for (i = 0; i < row->position; i++) local[i] = octet(i);
    for (i = 0; i < sizeof(local); i++) if (ranges_contains(&received, i, 1)) local[i] = octet(i);

    hr = fetch_init(&fetch, &params);
    ok(hr == S_OK, "got %#x\n", hr);
    for (exchange = row->steps;; exchange++)
    {
        ok(++count < 50, "no end\n");
        step = fetch_next(&fetch, now);
        text[0] = 0;
        describe(&fetch, step, row->url[4] == 's' ? "https://h/" : "http://h/", text);
        if (step == FETCH_DONE || step == FETCH_PARTIAL || step == FETCH_FAILED || count >= 50) break;
        ok(exchange->request && !strcmp(text, exchange->request), "asks \"%s\", expected \"%s\"\n", text,
           exchange->request ? exchange->request : "the end");
        if (!exchange->request || strcmp(text, exchange->request)) break;
        if (step == FETCH_BEGIN)
        {
            memset(local, 0, sizeof(local));
            fetch_on_begun(&fetch);
            continue;
        }
        if (step == FETCH_RENAME)
        {
            fetch_on_renamed(&fetch);
            continue;
        }
        if (!exchange->status)
        {
            fetch_on_error(&fetch, exchange->error, CONTEXT_REMOTE_FILE);
            continue;
        }

        make_headers(&headers, exchange->headers);
        reply.status = exchange->status;
        reply.headers = &headers;
        if (headers_content_length(&headers, &reply.length) != S_OK) reply.length = SIZE_UNKNOWN;
        now += exchange->msec;
        if (fetch_on_reply(&fetch, &reply))
        {
            size = make_body(exchange, fetch.size, &body);
            for (pos = 0; pos < size && fetch_wants_body(&fetch);)
            {
                UINT64 offset = fetch.position;

                len = size - pos < chunk ? size - pos : chunk;
                used = fetch_on_body(&fetch, body + pos, (UINT32)len, &data, &data_len);
                ok(used <= len && data_len <= used && (!data_len || ((const BYTE *)data >= body + pos
                   && (const BYTE *)data + data_len <= body + pos + used)), "octets from elsewhere\n");
                ok(used || !fetch_wants_body(&fetch), "it does not get on\n");
                ok(offset + data_len <= sizeof(local), "beyond the file\n");
                if (data_len && offset + data_len <= sizeof(local)) memcpy(local + offset, data, data_len);
                if (!used) break;
                pos += used;
            }
            if (!fetch_wants_body(&fetch)) {}
            else if (FAILED(exchange->error)) fetch_on_error(&fetch, exchange->error, CONTEXT_REMOTE_FILE);
            else fetch_on_end(&fetch, now);
            free(body);
        }
        headers_free(&headers);
    }

    strcpy(result, row->result);
    if (strstr(result, " at "))
    {
        strcat(text, " at ");
        add_url(text, fetch.url);
    }
    ok(!strcmp(text, result), "[%s] ends with \"%s\", expected \"%s\"\n", row->facts, text, result);
    ok(!exchange->request, "does not come to \"%s\"\n", exchange->request);
    if (step == FETCH_DONE)
    {
        ok(fetch.position == fetch_total(&fetch) || row->dynamic, "at %llu of %llu\n", (unsigned long long)fetch.position,
           (unsigned long long)fetch_total(&fetch));
        for (i = 0; i < fetch_total(&fetch); i++) if (local[i] != expected_octet(row, fetch.size, i)) break;
        ok(i == fetch_total(&fetch), "[BEH.CONSIST.1] wrong from octet %llu on\n", (unsigned long long)i);
    }
    /* what is counted as there is there, whatever the end */
    if (!fetch.forget)
        for (i = 0; i < sizeof(local); i++)
            if (ranges_contains(&fetch.have, i, 1) && local[i] != expected_octet(row, fetch.size, i))
            {
                ok(0, "octet %llu is not there\n", (unsigned long long)i);
                break;
            }
    fetch_free(&fetch);
    ranges_free(&received);
    ranges_free(&requested);
}

static void test_rows(void)
{
    static const size_t chunks[] = {1, 7, 333, 65536};
    size_t i, j;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
        for (j = 0; j < ARRAY_SIZE(chunks); j++)
        {
            winetest_push_context("[%s] row %u chunk %u", rows[i].facts, (UINT32)i, (UINT32)chunks[j]);
            run(&rows[i], chunks[j]);
            winetest_pop_context();
        }
}

/* Length of the ranges of a background download: the bandwidth decides [BEH.HTTP.81]. */
static void test_blocks(void)
{
    static const struct { UINT32 msec; UINT64 first, last; } rows[] =
    {
        {10, 0, 65535},                     /* four times as much after a quick one */
        {249, 65536, 327679},
        {250, 327680, 1376255},             /* twice */
        {1999, 1376256, 3473407},
        {2000, 3473408, 7667711},           /* as before */
        {8000, 7667712, 11862015},
        {8001, 11862016, 16056319},         /* half */
        {10, 16056320, 18153471},
    };
    struct fetch_params params = { 0 };
    struct header_list headers;
    struct fetch_reply reply = { 200, SIZE_UNKNOWN, &headers };
    char text[200];
    struct fetch fetch;
    UINT64 now = 1000, total = 0x100000000ull, length, last = 0;
    UINT32 i;

    params.url = U;
    params.size = params.max_bytes = SIZE_UNKNOWN;
    fetch_init(&fetch, &params);
    fetch_next(&fetch, now);
    make_headers(&headers, "Content-Length: 4294967296\r\n");
    fetch_on_reply(&fetch, &reply);
    headers_free(&headers);
    ok(fetch_next(&fetch, now) == FETCH_BEGIN, "no beginning\n");
    fetch_on_begun(&fetch);
    for (i = 0; i < 40; i++)
    {
        if (fetch_next(&fetch, now) != FETCH_GET) break;
        if (i < ARRAY_SIZE(rows))
            ok(fetch.request.first == rows[i].first && fetch.request.last == rows[i].last, "[BEH.HTTP.81] %u: got %llu-%llu\n", i,
               (unsigned long long)fetch.request.first, (unsigned long long)fetch.request.last);
        length = fetch.request.last - fetch.request.first + 1;
        ok(length <= FETCH_BLOCK_MAX && fetch.request.last < total, "[BEH.HTTP.81] %u: %llu octets\n", i, (unsigned long long)length);
        if (i == 20) ok(length == FETCH_BLOCK_MAX, "[BEH.HTTP.81] %llu octets\n", (unsigned long long)length);
        last = fetch.request.last;
        sprintf(text, "Content-Range: bytes %llu-%llu/4294967296\r\n", (unsigned long long)fetch.request.first, (unsigned long long)last);
        make_headers(&headers, text);
        reply.status = 206;
        ok(fetch_on_reply(&fetch, &reply), "not wanted\n");
        headers_free(&headers);
        while (length) length -= fetch_on_data(&fetch, (UINT32)min(length, 0x1000000));
        now += i < ARRAY_SIZE(rows) ? rows[i].msec : 5;
        fetch_on_end(&fetch, now);
        if (i == 25) fetch.block_limit = 1000;      /* a limit on the bandwidth holds from the next block on */
        if (i == 26) ok(last - fetch.request.first + 1 == 1000, "[BEH.HTTP.81] %llu octets\n", (unsigned long long)(last - fetch.request.first + 1));
        if (i == 26) fetch.block_limit = 0;
    }
    fetch_free(&fetch);

    /* slower and slower, but never less than the least */
    params.foreground = FALSE;
    fetch_init(&fetch, &params);
    fetch_next(&fetch, now);
    make_headers(&headers, "Content-Length: 4294967296\r\n");
    reply.status = 200;
    fetch_on_reply(&fetch, &reply);
    headers_free(&headers);
    fetch_on_begun(&fetch);
    for (i = 0; i < 5; i++)
    {
        fetch_next(&fetch, now);
        length = fetch.request.last - fetch.request.first + 1;
        ok(length == FETCH_BLOCK_MIN, "[BEH.HTTP.81] %llu octets\n", (unsigned long long)length);
        sprintf(text, "Content-Range: bytes %llu-%llu/4294967296\r\n", (unsigned long long)fetch.request.first,
                (unsigned long long)fetch.request.last);
        make_headers(&headers, text);
        reply.status = 206;
        fetch_on_reply(&fetch, &reply);
        headers_free(&headers);
        fetch_on_data(&fetch, (UINT32)length);
        now += 60000;
        fetch_on_end(&fetch, now);
    }
    fetch_free(&fetch);
}

/* In the foreground: everything at once below 2 GB, then in pieces of that [BEH.HTTP.14]. */
static void test_whole(void)
{
    static const struct { const char *length; BOOL ranged; UINT64 last; } rows[] =
    {
        {"Content-Length: 2147483647\r\n", FALSE, 0x7ffffffe},
        {"Content-Length: 2147483648\r\n", TRUE, 0x7fffffff},
        {"Content-Length: 2147483649\r\n", TRUE, 0x7fffffff},
        {"Content-Length: 18446744073709551614\r\n", TRUE, 0x7fffffff},
    };
    struct fetch_params params = { 0 };
    struct header_list headers;
    struct fetch_reply reply = { 200, SIZE_UNKNOWN, &headers };
    struct fetch fetch;
    UINT32 i;

    params.url = U;
    params.foreground = TRUE;
    params.size = params.max_bytes = SIZE_UNKNOWN;
    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        fetch_init(&fetch, &params);
        fetch_next(&fetch, 0);
        make_headers(&headers, rows[i].length);
        fetch_on_reply(&fetch, &reply);
        headers_free(&headers);
        fetch_on_begun(&fetch);
        ok(fetch_next(&fetch, 0) == FETCH_GET, "no GET\n");
        ok(fetch.request.ranged == rows[i].ranged && fetch.request.last == rows[i].last && !fetch.request.first,
           "[BEH.HTTP.14,CB.13] row %u: got %llu\n", i, (unsigned long long)fetch.request.last);
        fetch_free(&fetch);
    }
}

/* Nothing secret goes to another origin. */
static void test_origin(void)
{
    static const struct { const char *location; BOOL cross; } rows[] =
    {
        {TO("/b"), FALSE}, {TO("http://h/b"), FALSE}, {TO("http://H:80/b"), FALSE}, {TO("http://h:81/b"), TRUE}, {TO("http://g/a"), TRUE},
        {TO("https://h/a"), TRUE},
    };
    struct fetch_params params = { 0 };
    struct header_list headers;
    struct fetch_reply reply = { 302, SIZE_UNKNOWN, &headers };
    struct fetch fetch;
    UINT32 i;

    params.url = U;
    params.size = params.max_bytes = SIZE_UNKNOWN;
    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        fetch_init(&fetch, &params);
        fetch_next(&fetch, 0);
        ok(!fetch.cross_origin, "row %u: from the start\n", i);
        make_headers(&headers, rows[i].location);
        ok(!fetch_on_reply(&fetch, &reply), "row %u: a body\n", i);
        headers_free(&headers);
        ok(fetch_next(&fetch, 0) == FETCH_HEAD && fetch.cross_origin == rows[i].cross, "[BEH.HTTP.50] row %u: %d\n", i, fetch.cross_origin);
        fetch_free(&fetch);
    }
}

/* A body that broke off for no fault of the file: it is asked for again, from the start if anything came, and nothing is counted. */
static void test_cut(void)
{
    struct fetch_params params = { L"http://a/small" };
    struct header_list headers;
    struct fetch_reply reply = { 200, 500, &headers };
    struct fetch fetch;
    UINT32 i;

    params.foreground = TRUE;
    params.size = params.max_bytes = SIZE_UNKNOWN;
    ok(fetch_init(&fetch, &params) == S_OK, "not made\n");
    make_headers(&headers, "Content-Length: 500\r\n");
    ok(fetch_next(&fetch, 0) == FETCH_HEAD && !fetch_on_reply(&fetch, &reply) && fetch_next(&fetch, 0) == FETCH_BEGIN, "not begun\n");
    fetch_on_begun(&fetch);
    for (i = 0; i < 3; i++)
    {
        ok(fetch_next(&fetch, 0) == FETCH_GET && !fetch.request.ranged && !fetch.position, "%u: no GET of everything\n", i);
        ok(fetch_on_reply(&fetch, &reply), "%u: not wanted\n", i);
        if (i) ok(fetch_on_data(&fetch, 200) == 200 && fetch.have.total == 200, "%u: %u octets\n", i, (UINT32)fetch.have.total);
        fetch_on_cut(&fetch);
        if (!i) continue;                               /* nothing had come: the file that was begun is good */
        ok(fetch_next(&fetch, 0) == FETCH_BEGIN && !fetch.have.total && !fetch.restarts, "%u: %u octets left, %u restarts\n", i,
           (UINT32)fetch.have.total, fetch.restarts);
        fetch_on_begun(&fetch);
    }
    ok(fetch_next(&fetch, 0) == FETCH_GET && fetch_on_reply(&fetch, &reply) && fetch_on_data(&fetch, 500) == 500, "no body\n");
    fetch_on_end(&fetch, 0);
    ok(fetch_next(&fetch, 0) == FETCH_DONE, "not done\n");
    fetch_on_cut(&fetch);
    ok(fetch_next(&fetch, 0) == FETCH_DONE, "undone\n");
    headers_free(&headers);
    fetch_free(&fetch);
}

START_TEST(fetch)
{
    test_rows();
    test_blocks();
    test_whole();
    test_origin();
    test_cut();
}
