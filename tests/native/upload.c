/*
 * Tests for the upload of a file to a BITS server
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

#include "core/upload.h"
#include "wine/test.h"

#define U L"http://h/f"
#define HR_REFUSED ((HRESULT)0x80072efd)
#define HR_CUT ((HRESULT)0x80072efe)
#define HR_CERT ((HRESULT)0x80072f06)
#define MAX_STEPS 24
#define T0 1000                 /* s, where the clock of the rows begins */

#define WANTS_REPLY 1
#define REPLY_THERE 2
#define CANCELLED 4
#define BACKGROUND 8
#define DELIVERED 16

/* What the worker has to do, and what it gets. */
struct exchange
{
    const char *request;        /* "PING url", "FRAGMENT url session first-last/total [named] [last]", "RECORD ...", "REPLY url"; NULL: the end */
    UINT32 status;              /* 0: no Ack came */
    const char *headers;
    HRESULT error;
    BOOL unreachable;
    BOOL connected;             /* a connection was made for it */
    UINT32 sec;                 /* that the exchange takes */
};

struct row
{
    const char *facts, *result; /* "DONE", "FAILED code class context" */
    struct exchange steps[MAX_STEPS];
    UINT32 flags;
    /* as recorded; an id of NULL: there is no session. size 0: 10 octets, LENGTH_TO_EOF: none */
    const char *id;
    UINT64 size, acknowledged;
    const WCHAR *host;
    UINT32 timeout, failed;     /* s */
    const WCHAR *reply_url, *url, *local;
    UINT32 limit;
};

#define NOTHING LENGTH_TO_EOF
#define S "BITS-Session-Id: s1\r\n"
#define P "BITS-Protocol: " UPLOAD_PROTOCOL "\r\n"
#define E "Accept-Encoding: Identity\r\n"
#define GOT(n) S "BITS-Received-Content-Range: " #n "\r\n"
#define ERR(code) "BITS-Error-Code: " code "\r\nBITS-Error-Context: 0x5\r\n"
#define GONE ERR("0x8020001F")
#define AT(url) "BITS-Reply-URL: " url "\r\n"
#define HOST(id) "BITS-Host-Id: " id "\r\n"
#define BACK_AFTER(sec) "BITS-Host-Id-Fallback-Timeout: " sec "\r\n"

#define PING {"PING http://h/f", 200, ""}
#define MADE {"CREATE http://h/f", 200, P S E}, {"RECORD s1 at 0"}
#define WHOLE {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(10)}
#define CLOSE {"CLOSE http://h/f s1", 200, S}
#define LIMITED(sent, got) .id = "s1", .size = sent, .acknowledged = got, .limit = 1024

static const struct row rows[] =
{
    /* the plain way [BUP.GEN.7, BUP.STATE.*] */
    {"BUP.GEN.7,BUP.STATE.1,BUP.STATE.2,BUP.PING.3,BUP.CREATE.2,BUP.CREATE.6,BUP.FRAG.3,BUP.CLOSE.1,BUP.CLOSE.10", "DONE", {PING, MADE, WHOLE, CLOSE}},
    {"BUP.CREATE.2,BUP.STATUS.1", "DONE", {PING, {"CREATE http://h/f", 201, P S E}, {"RECORD s1 at 0"}, WHOLE, CLOSE}},
    {"BUP.FRAG.1,BUP.FRAG.2,BUP.FRAG.4,BUP.GEN.3,BUP.STATE.3", "DONE",
     {PING, MADE, {"FRAGMENT http://h/f s1 0-1023/3000 named", 200, GOT(1024)}, {"FRAGMENT http://h/f s1 1024-2047/3000", 200, GOT(2048)},
      {"FRAGMENT http://h/f s1 2048-2999/3000 last", 200, GOT(3000)}, CLOSE}, .size = 3000, .limit = 1024},
    {"BUP.FRAG.22", "DONE", {PING, MADE, {"FRAGMENT http://h/f s1 */0 named last", 200, GOT(0)}, CLOSE}, .size = NOTHING},
    {"BUP.FRAG.22,BUP.FRAG.10,BUP.STATUS.2", "FAILED 80070057 F 5",
     {PING, MADE, {"FRAGMENT http://h/f s1 */0 named last", 400, ERR("0x80070057")}}, .size = NOTHING},
    {"BUP.FRAG.22", "FAILED 8019019d F 5", {PING, MADE, {"FRAGMENT http://h/f s1 */0 named last", 413, ""}}, .size = NOTHING},
    {"BUP.FRAG.22", "DONE", {PING, {"FRAGMENT http://h/f s1 */0 named last", 200, GOT(0)}, CLOSE}, .size = NOTHING, .id = "s1"},
    {"BUP.FRAG.22,BUP.RESUME.1", "DONE", {PING, CLOSE}, DELIVERED, "s1", .size = NOTHING},      /* said before, and recorded */
    {"BUP.FRAG.22,BUP.CLOSE.4", "DONE", {{"PING http://h/f", 500, GONE}, {"CLOSE http://h/f s1", 500, GONE}}, DELIVERED, "s1", .size = NOTHING},
    {"BUP.FRAG.22,BUP.RESUME.1", "DONE", {PING, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(10)}, CLOSE}, DELIVERED, "s1"},
    {"BUP.FRAG.22,BUP.RESUME.7", "DONE",
     {PING, {"FRAGMENT http://h/f s1 */0 named last", 200, GOT(0) AT("/r")}, {"REPLY http://h/r"}, CLOSE}, DELIVERED | WANTS_REPLY, "s1", .size = NOTHING},
    {"BUP.FRAG.22", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 */0 named last", 200, GOT(1)}}, .size = NOTHING},
    {"BUP.HDR.1", "DONE",
     {PING, {"CREATE http://h/f", 200, "bits-protocol: {7DF0354D-249B-430F-820D-3D2A9BEF4931}\r\nBITS-SESSION-ID: s1\r\naccept-encoding: IDENTITY\r\n"},
      {"RECORD s1 at 0"}, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, "bits-session-id: s1\r\nbits-received-content-range: 10\r\n"}, CLOSE}},
    {"BUP.HDR.32", "DONE", /* the type of an Ack is not asked for */
     {{"PING http://h/f", 200, "BITS-Package-Type: Ack\r\n"}, {"CREATE http://h/f", 200, "BITS-Packet-Type: ACK\r\n" P S}, {"RECORD s1 at 0"}, WHOLE, CLOSE}},

    /* Ping */
    {"BUP.PING.4", "DONE", {{"PING http://h/f", 400, ""}, MADE, WHOLE, CLOSE}},
    {"BUP.PING.4", "DONE", {{"PING http://h/f", 400, ERR("0x80070057")}, MADE, WHOLE, CLOSE}},
    {"BUP.PING.4", "DONE", {{"PING http://h/f", 400, GONE}, WHOLE, CLOSE}, .id = "s1"},
    {"BUP.PING.2,BUP.STATUS.3", "FAILED 80070005 F 5", {{"PING http://h/f", 403, ERR("0x80070005")}}},
    {"BUP.STATUS.4", "FAILED 80190194 F 5", {{"PING http://h/f", 404, ""}}},
    {"BUP.GEN.9", "FAILED 80190195 F 5", {{"PING http://h/f", 405, ""}}},
    {"BUP.GEN.9", "FAILED 801901f5 F 5", {{"PING http://h/f", 501, ""}}},
    {"BUP.STATUS.10", "FAILED 80070005 F 5", {{"PING http://h/f", 501, ERR("0x80070005")}}},
    {"BUP.STATUS.13", "FAILED 801901f7 T 5", {{"PING http://h/f", 503, ""}}},
    {"BUP.ERR.2", "FAILED 80190191 F 5", {{"PING http://h/f", 401, ERR("0x80070005")}}},
    {"BUP.ERR.2", "FAILED 80190197 F 5", {{"PING http://h/f", 407, ""}}},
    {"BUP.GEN.10", "FAILED 8019012d F 5", {{"PING http://h/f", 301, "Location: http://g/f\r\n"}}},
    {"BUP.GEN.10", "FAILED 80190133 F 5", {{"PING http://h/f", 307, "Location: http://g/f\r\n"}}},
    {"BUP.GEN.10,ERR.HTTP.12", "FAILED 80190134 T 5", {{"PING http://h/f", 308, "Location: http://g/f\r\n"}}},
    {"BUP.GEN.10", "FAILED 8019012e F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 302, "Location: http://g/f\r\n"}}},
    {"ERR.HTTP.4", "FAILED 801900ca T 5", {{"PING http://h/f", 202, ""}}},
    {"BUP.ERR.1", "FAILED 80072efd T 5", {{"PING http://h/f", 0, NULL, HR_REFUSED, TRUE}}},
    {"BUP.ERR.1", "FAILED 80072f06 F 5", {{"PING http://h/f", 0, NULL, HR_CERT}}},
    {"BUP.ERR.1", "FAILED 80072efe T 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 0, NULL, HR_CUT}}},

    /* Create-Session [BUP.CREATE.5] */
    {"BUP.CREATE.5,BUP.ERR.5", "FAILED 8020001b F 5", {PING, {"CREATE http://h/f", 200, P E}}},
    {"BUP.CREATE.5,BUP.ERR.5", "FAILED 8020001b F 5", {PING, {"CREATE http://h/f", 200, ""}}},
    {"BUP.CREATE.5", "FAILED 8020001b F 5", {PING, {"CREATE http://h/f", 200, P E "BITS-Session-Id:\r\n"}}},
    {"BUP.CREATE.5,BUP.ERR.5,BUP.HDR.12", "FAILED 80200022 F 5", {PING, {"CREATE http://h/f", 200, S E}}},
    {"BUP.CREATE.5,BUP.HDR.12", "FAILED 80200022 F 5", {PING, {"CREATE http://h/f", 200, S E "BITS-Protocol: {7df0354d-249b-430f-820d-3d2a9bef4932}\r\n"}}},
    {"BUP.CREATE.5,BUP.HDR.16", "FAILED 80200022 F 5", {PING, {"CREATE http://h/f", 200, P S "Accept-Encoding: gzip\r\n"}}},
    {"BUP.CREATE.5,BUP.HDR.16", "DONE", {PING, {"CREATE http://h/f", 200, P S "Accept-Encoding: gzip, identity\r\n"}, {"RECORD s1 at 0"}, WHOLE, CLOSE}},
    {"BUP.CREATE.5,BUP.HDR.16", "DONE", {PING, {"CREATE http://h/f", 200, P S}, {"RECORD s1 at 0"}, WHOLE, CLOSE}},
    {"BUP.CREATE.4", "FAILED 80070057 F 5", {PING, {"CREATE http://h/f", 400, ERR("0x80070057")}}},
    {"BUP.CREATE.3,BUP.STATUS.3", "FAILED 80070005 F 5", {PING, {"CREATE http://h/f", 403, ERR("0x80070005")}}},
    {"BUP.CREATE.3", "FAILED 80190193 F 5", {PING, {"CREATE http://h/f", 403, ""}}},
    {"BUP.CREATE.3,BUP.STATUS.4", "FAILED 80190194 F 5", {PING, {"CREATE http://h/f", 404, ""}}},
    {"BUP.CREATE.3,BUP.STATUS.5,ERR.HTTP.10", "FAILED 80190199 T 5", {PING, {"CREATE http://h/f", 409, ""}}},
    {"BUP.ERR.4", "FAILED 8019019d F 5", {PING, {"CREATE http://h/f", 413, ""}}},
    {"BUP.ERR.4", "FAILED 801901a0 F 5", {PING, {"CREATE http://h/f", 416, GOT(5)}}},
    {"BUP.RESUME.5", "FAILED 8020001f T 5", {PING, {"CREATE http://h/f", 500, GONE}, {"CREATE http://h/f", 500, GONE}}},

    /* numbers and names of errors [BUP.ERR.6] */
    {"BUP.HDR.31,BUP.HDR.23", "FAILED 80070057 F 5", {{"PING http://h/f", 500, "BITS-Error: 0x80070057\r\n"}}},
    {"BUP.HDR.31", "FAILED 80070057 F 5", {{"PING http://h/f", 500, "BITS-Error: 0x80070005\r\nbits-error-code: 0x80070057\r\n"}}},
    {"BUP.HDR.31", "FAILED 80070005 F 5", {{"PING http://h/f", 500, "BITS-Error: 0x80070005\r\nBITS-Error-Code: 0x0\r\n"}}},
    {"BUP.HDR.33", "FAILED 8020001b T 5", {{"PING http://h/f", 500, ERR("X8020001b")}}},
    {"BUP.HDR.33", "FAILED 8020001b T 5", {{"PING http://h/f", 500, ERR("x8020001B")}}},
    {"BUP.HDR.33", "FAILED 8020001b T 5", {{"PING http://h/f", 500, ERR("8020001b")}}},
    {"BUP.HDR.33", "FAILED 80abcdef T 5", {{"PING http://h/f", 500, ERR("0X80aBcDeF")}}},
    {"BUP.HDR.33", "FAILED 80abcdef T 5", {{"PING http://h/f", 500, ERR("0x0000080AbCdEf")}}},
    {"BUP.HDR.33", "FAILED 90000001 T 5", {{"PING http://h/f", 500, ERR("0x90000001")}}},
    {"BUP.ERR.6", "FAILED 801901f4 T 5", {{"PING http://h/f", 500, ERR("0x0")}}},
    {"BUP.ERR.6", "FAILED 801901f4 T 5", {{"PING http://h/f", 500, ERR("0x1")}}},               /* no failure */
    {"BUP.ERR.6", "FAILED 801901f4 T 5", {{"PING http://h/f", 500, ERR("0x180070057")}}},       /* no HRESULT */
    {"BUP.ERR.6", "FAILED 801901f4 T 5", {{"PING http://h/f", 500, ERR("0x80070057.")}}},
    {"BUP.ERR.6", "FAILED 801901f4 T 5", {{"PING http://h/f", 500, ERR("0x80070g57")}}},
    {"BUP.ERR.6", "FAILED 801901f4 T 5", {{"PING http://h/f", 500, ERR("0x8007/057")}}},
    {"BUP.ERR.6", "FAILED 801901f4 T 5", {{"PING http://h/f", 500, ERR("0x8007:057")}}},
    {"BUP.ERR.6", "FAILED 801901f4 T 5", {{"PING http://h/f", 500, ERR("0x8007`057")}}},
    {"BUP.ERR.6", "FAILED 801901f4 T 5", {{"PING http://h/f", 500, ERR("0x8007@057")}}},
    {"BUP.ERR.6", "FAILED 801901f4 T 5", {{"PING http://h/f", 500, ERR("0x8007G057")}}},
    {"BUP.ERR.6", "FAILED 801901f4 T 5", {{"PING http://h/f", 500, ERR("")}}},
    {"BUP.ERR.6,BUP.HDR.24,BUP.STATUS.12", "FAILED 801901f4 T 7", {{"PING http://h/f", 500, "BITS-Error-Context: 0x7\r\n"}}},
    {"BUP.STATUS.12,BUP.NOTIFY.6", "FAILED 80190193 F 7", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 403, "BITS-Error-Context: 7\r\n"}}},
    {"BUP.STATUS.12", "FAILED 80004005 F 7", {{"PING http://h/f", 404, "BITS-Error-Code: 0x80004005\r\nBITS-Error-Context: x7\r\n"}}},
    {"BUP.STATUS.12", "FAILED 80004005 T 7", {{"PING http://h/f", 409, "BITS-Error-Code: 0x80004005\r\nBITS-Error-Context: 0x7\r\n"}}},
    {"BUP.STATUS.12", "FAILED 80190191 F 7", {{"PING http://h/f", 401, "BITS-Error-Code: 0x80004005\r\nBITS-Error-Context: 0x7\r\n"}}},
    {"BUP.HDR.24", "FAILED 80004005 T 5", {{"PING http://h/f", 500, "BITS-Error-Code: 0x80004005\r\nBITS-Error-Context: 0x4\r\n"}}},
    {"BUP.ERR.7,BUP.STATUS.9", "FAILED 80200020 F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 500, ERR("0x80200020")}}},
    {"BUP.ERR.7", "FAILED 80070057 F 5", {{"PING http://h/f", 503, ERR("0x80070057")}}},
    {"BUP.ERR.7", "FAILED 80070005 F 5", {{"PING http://h/f", 408, ERR("0x80070005")}}},
    {"BUP.ERR.7,BUP.STATUS.11", "FAILED 80200023 F 5", {PING, {"CREATE http://h/f", 403, ERR("0x80200023")}}},
    {"BUP.ERR.7", "FAILED 80200023 F 5", {PING, {"CREATE http://h/f", 503, ERR("0x80200023")}}},
    {"BUP.ERR.7", "FAILED 80200022 F 5", {PING, {"CREATE http://h/f", 503, ERR("0x80200022")}}},
    {"BUP.ERR.7", "FAILED 80200020 F 5", {PING, {"CREATE http://h/f", 503, ERR("0x80200020")}}},
    {"BUP.STATUS.20", "DONE",
     {{"PING http://h/f", 200, GONE}, {"CREATE http://h/f", 200, P S ERR("0x80070057")}, {"RECORD s1 at 0"},
      {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(10) GONE}, CLOSE}},

    /* fragments */
    {"BUP.FRAG.9,BUP.RESUME.4", "DONE", /* a part of the fragment */
     {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(4)}, {"FRAGMENT http://h/f s1 4-9/10 last", 200, GOT(10)}, CLOSE}},
    {"BUP.FRAG.9,BUP.STATUS.1", "DONE", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 201, GOT(10)}, CLOSE}},
    {"BUP.RESUME.1,BUP.RESUME.3,BUP.STATE.1,BUP.FRAG.23", "DONE",
     {PING, {"FRAGMENT http://h/f s1 1024-2047/3000 named", 200, GOT(2048)}, {"FRAGMENT http://h/f s1 2048-2999/3000 last", 200, GOT(3000)}, CLOSE},
     LIMITED(3000, 1024)},
    {"BUP.RESUME.2,BUP.RESUME.4,BUP.FRAG.7", "DONE", /* the server had more than was known */
     {PING, {"FRAGMENT http://h/f s1 1024-2047/5000 named", 200, GOT(3000)}, {"FRAGMENT http://h/f s1 3000-4023/5000", 200, GOT(4024)},
      {"FRAGMENT http://h/f s1 4024-4999/5000 last", 200, GOT(5000)}, CLOSE}, LIMITED(5000, 1024)},
    {"BUP.RESUME.2,BUP.FRAG.8,BUP.FRAG.21,BUP.STATUS.7", "DONE", /* a strict server says the same so */
     {PING, {"FRAGMENT http://h/f s1 1024-2047/5000 named", 416, GOT(3000) ERR("0x0")}, {"FRAGMENT http://h/f s1 3000-4023/5000", 200, GOT(4024)},
      {"FRAGMENT http://h/f s1 4024-4999/5000 last", 200, GOT(5000)}, CLOSE}, LIMITED(5000, 1024)},
    {"BUP.RESUME.4", "DONE", {PING, {"FRAGMENT http://h/f s1 1024-2047/3000 named", 200, GOT(3000)}, CLOSE}, LIMITED(3000, 1024)},
    {"BUP.RESUME.4", "DONE", {PING, {"FRAGMENT http://h/f s1 1024-2047/3000 named", 416, GOT(3000)}, CLOSE}, LIMITED(3000, 1024)},
    {"BUP.RESUME.4,BUP.FRAG.8,BUP.FRAG.13", "DONE", /* it has less */
     {PING, {"FRAGMENT http://h/f s1 1024-2047/3000 named", 416, GOT(24)}, {"RECORD s1 at 24"}, {"FRAGMENT http://h/f s1 24-1047/3000", 200, GOT(3000)}, CLOSE},
     LIMITED(3000, 1024)},
    {"BUP.RESUME.4", "DONE",
     {PING, {"FRAGMENT http://h/f s1 1024-2047/3000 named", 200, GOT(24)}, {"RECORD s1 at 24"}, {"FRAGMENT http://h/f s1 24-1047/3000", 200, GOT(3000)}, CLOSE},
     LIMITED(3000, 1024)},
    {"BUP.RESUME.4", "FAILED 8020001b F 5", /* nothing, three times in a row */
     {PING, {"FRAGMENT http://h/f s1 1024-2047/3000 named", 200, GOT(1024)}, {"FRAGMENT http://h/f s1 1024-2047/3000", 416, GOT(1024)},
      {"FRAGMENT http://h/f s1 1024-2047/3000", 200, GOT(1024)}}, LIMITED(3000, 1024)},
    {"BUP.RESUME.4", "FAILED 8020001b F 5", /* less and less; how much less is known later */
     {PING, {"FRAGMENT http://h/f s1 1024-2047/3000 named", 200, GOT(1000)}, {"RECORD s1 at 1000"}, {"FRAGMENT http://h/f s1 1000-2023/3000", 200, GOT(100)},
      {"RECORD s1 at 100"}, {"FRAGMENT http://h/f s1 100-1123/3000", 416, GOT(0)}, {"RECORD s1 at 0"}}, LIMITED(3000, 1024)},
    {"BUP.RESUME.4", "DONE", /* not in a row */
     {PING, {"FRAGMENT http://h/f s1 1024-2047/3000 named", 200, GOT(1024)}, {"FRAGMENT http://h/f s1 1024-2047/3000", 200, GOT(1024)},
      {"FRAGMENT http://h/f s1 1024-2047/3000", 200, GOT(1025)}, {"FRAGMENT http://h/f s1 1025-2048/3000", 200, GOT(1025)},
      {"FRAGMENT http://h/f s1 1025-2048/3000", 200, GOT(1025)}, {"FRAGMENT http://h/f s1 1025-2048/3000", 200, GOT(3000)}, CLOSE}, LIMITED(3000, 1024)},
    {"BUP.RESUME.4", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(11)}}},
    {"BUP.RESUME.4", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 416, GOT(11)}}},
    {"BUP.RESUME.4", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(18446744073709551616)}}},
    {"BUP.RESUME.4", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(18446744073709551626)}}},
    {"BUP.RESUME.4", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(99999999999999999999999)}}},
    {"BUP.RESUME.4", "DONE", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(000000000000000000000000010)}, CLOSE}},
    {"BUP.RESUME.4,BUP.HDR.21", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(0-9)}}},
    {"BUP.RESUME.4", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(+9)}}},
    {"BUP.RESUME.4", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(1:)}}},
    {"BUP.RESUME.4", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(/)}}},
    {"BUP.RESUME.4", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT()}}},
    {"BUP.ERR.5", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, S}}},
    {"BUP.ERR.5", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 416, S}}},
    {"BUP.ERR.5,BUP.HDR.13", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, "BITS-Received-Content-Range: 10\r\n"}}},
    {"BUP.HDR.13", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, "BITS-Session-Id: S1\r\nBITS-Received-Content-Range: 10\r\n"}}},
    {"BUP.HDR.13", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 416, "BITS-Session-Id: s2\r\nBITS-Received-Content-Range: 5\r\n"}}},
    {"BUP.HDR.13", "DONE", /* optional in an error */
     {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 416, "BITS-Received-Content-Range: 5\r\n"},
      {"FRAGMENT http://h/f s1 5-9/10 last", 200, GOT(10)}, CLOSE}},
    {"BUP.STATUS.13", "FAILED 801901f7 T 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 503, GOT(10)}}},
    {"BUP.STATUS.4", "FAILED 80190194 F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 404, ""}}},
    {"BUP.ERR.2", "FAILED 80190191 F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 401, GONE}}},
    {"BUP.RESUME.1", "DONE", /* what was recorded is no offset of the file */
     {PING, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(10)}, CLOSE}, .id = "s1", .acknowledged = 11},
    {"BUP.RESUME.1", "DONE", {PING, MADE, WHOLE, CLOSE}, .acknowledged = 5},
    {"BUP.RESUME.1", "DONE", {PING, MADE, WHOLE, CLOSE}, .acknowledged = 10},

    /* too large [BUP.FRAG.6] */
    {"BUP.FRAG.6,BUP.ERR.4,BUP.STATUS.6", "DONE",
     {PING, MADE, {"FRAGMENT http://h/f s1 0-4999/5000 named last", 413, GOT(5000)}, {"FRAGMENT http://h/f s1 0-2499/5000 named", 200, GOT(2500)},
      {"FRAGMENT http://h/f s1 2500-4999/5000 last", 413, ""}, {"FRAGMENT http://h/f s1 2500-3749/5000", 200, GOT(3750)},
      {"FRAGMENT http://h/f s1 3750-4999/5000 last", 200, GOT(5000)}, CLOSE}, .size = 5000},
    {"BUP.FRAG.6", "FAILED 8019019d F 5",
     {PING, MADE, {"FRAGMENT http://h/f s1 0-4095/5000 named", 413, ERR("0x80200020")}, {"FRAGMENT http://h/f s1 0-2047/5000 named", 413, ""},
      {"FRAGMENT http://h/f s1 0-1023/5000 named", 413, ERR("0x80070057")}}, .size = 5000, .limit = 4096},
    {"BUP.FRAG.6", "FAILED 8019019d F 5", /* never less than the least */
     {PING, MADE, {"FRAGMENT http://h/f s1 0-1024/1025 named last", 413, ""}, {"FRAGMENT http://h/f s1 0-1023/1025 named", 413, ""}}, .size = 1025},
    {"BUP.FRAG.6", "FAILED 8019019d F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 413, ""}}},
    {"BUP.ERR.3,BUP.ERR.4", "DONE",
     {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 413, GONE}, {"RECORD none at 0"}, MADE, WHOLE, CLOSE}},

    /* a session that is not there any more [BUP.RESUME.5] */
    {"BUP.RESUME.5,BUP.ERR.3,BUP.STATUS.8,ERR.0x8020001F", "DONE",
     {PING, {"FRAGMENT http://h/f s0 1024-2047/3000 named", 500, GONE}, {"RECORD none at 0"}, MADE,
      {"FRAGMENT http://h/f s1 0-1023/3000 named", 200, GOT(1024)}, {"FRAGMENT http://h/f s1 1024-2047/3000", 200, GOT(2048)},
      {"FRAGMENT http://h/f s1 2048-2999/3000 last", 200, GOT(3000)}, CLOSE}, .id = "s0", .size = 3000, .acknowledged = 1024, .limit = 1024},
    {"BUP.RESUME.5", "DONE", {{"PING http://h/f", 500, GONE}, {"RECORD none at 0"}, MADE, WHOLE, CLOSE}, .id = "s0", .acknowledged = 5},
    {"BUP.RESUME.5", "FAILED 8020001f T 5",
     {PING, {"FRAGMENT http://h/f s0 5-9/10 named last", 500, GONE}, {"RECORD none at 0"}, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 404, GONE},
      {"RECORD none at 0"}}, .id = "s0", .acknowledged = 5},
    {"BUP.RESUME.5", "FAILED 8020001f T 7",
     {PING, {"CREATE http://h/f", 500, GONE}, {"CREATE http://h/f", 500, "BITS-Error: 8020001f\r\nBITS-Error-Context: 7\r\n"}}},
    {"BUP.RESUME.5", "DONE", /* nor do stalls of one session count for the other */
     {PING, {"FRAGMENT http://h/f s0 5-9/10 named last", 200, "BITS-Session-Id: s0\r\nBITS-Received-Content-Range: 5\r\n"},
      {"FRAGMENT http://h/f s0 5-9/10 last", 200, "BITS-Session-Id: s0\r\nBITS-Received-Content-Range: 5\r\n"},
      {"FRAGMENT http://h/f s0 5-9/10 last", 500, GONE}, {"RECORD none at 0"}, MADE,
      {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(0)}, {"FRAGMENT http://h/f s1 0-9/10 last", 200, GOT(0)}, {"FRAGMENT http://h/f s1 0-9/10 last", 200, GOT(10)}, CLOSE}, .id = "s0", .acknowledged = 5},
    {"BUP.RESUME.5,BUP.CLOSE.4", "DONE", /* only the end is left: Ping has no session to ask about */
     {{"PING http://h/f", 500, GONE}, {"CLOSE http://h/f s1", 500, GONE}}, .id = "s1", .acknowledged = 10},

    /* Close-Session */
    {"BUP.CLOSE.4", "DONE", {PING, MADE, WHOLE, {"CLOSE http://h/f s1", 500, GONE}}},
    {"BUP.CLOSE.3,BUP.STATE.5", "FAILED 801901f7 T 5", {PING, MADE, WHOLE, {"CLOSE http://h/f s1", 503, ""}}},
    {"BUP.CLOSE.3", "FAILED 801901f4 T 5", {PING, MADE, WHOLE, {"CLOSE http://h/f s1", 500, ""}}},
    {"BUP.CLOSE.3", "FAILED 801901f5 T 5", {PING, MADE, WHOLE, {"CLOSE http://h/f s1", 501, ""}}},
    {"BUP.CLOSE.3", "FAILED 80070005 T 7", {PING, MADE, WHOLE, {"CLOSE http://h/f s1", 500, "BITS-Error: 80070005\r\nBITS-Error-Context: 7\r\n"}}},
    {"BUP.CLOSE.3", "FAILED 80072efe T 5", {PING, MADE, WHOLE, {"CLOSE http://h/f s1", 0, NULL, HR_CUT}}},
    {"BUP.CLOSE.5", "DONE", {PING, MADE, WHOLE, {"CLOSE http://h/f s1", 404, ""}}},
    {"BUP.CLOSE.5", "DONE", {PING, MADE, WHOLE, {"CLOSE http://h/f s1", 401, ""}}},
    {"BUP.CLOSE.5", "DONE", {PING, MADE, WHOLE, {"CLOSE http://h/f s1", 499, ERR("0x80070057")}}},
    {"BUP.CLOSE.5", "DONE", {PING, MADE, WHOLE, {"CLOSE http://h/f s1", 302, ""}}},
    {"BUP.CLOSE.5", "DONE", {PING, MADE, WHOLE, {"CLOSE http://h/f s1", 100, ""}}},
    {"BUP.CLOSE.5", "DONE", {PING, MADE, WHOLE, {"CLOSE http://h/f s1", 200, ""}}},
    {"BUP.CLOSE.3", "DONE", {PING, CLOSE}, .id = "s1", .acknowledged = 10},     /* said again */
    {"BUP.STATE.5", "FAILED 801901f7 T 5", {{"PING http://h/f", 503, ""}}, .id = "s1", .acknowledged = 10},

    /* Cancel-Session */
    {"BUP.CANCEL.1,BUP.CANCEL.2,BUP.STATE.6", "DONE", {{"CANCEL http://h/f s1", 200, S}}, CANCELLED, "s1", .acknowledged = 5},
    {"BUP.CANCEL.2", "DONE", {{"CANCEL http://h/f s1", 200, S}}, CANCELLED, "s1", .acknowledged = 10},
    {"BUP.CANCEL.2", "DONE", {{"CANCEL http://h/f s1", 200, S}}, CANCELLED | WANTS_REPLY, "s1", .acknowledged = 10, .reply_url = L"http://h/r"},
    {"BUP.CANCEL.3", "DONE", {{"CANCEL http://h/f s1", 500, GONE}}, CANCELLED, "s1"},
    {"BUP.CANCEL.3", "DONE", {{"CANCEL http://h/f s1", 404, ""}}, CANCELLED, "s1"},
    {"BUP.CANCEL.3", "DONE", {{"CANCEL http://h/f s1", 407, ""}}, CANCELLED, "s1"},
    {"BUP.CANCEL.3", "FAILED 801901f7 T 5", {{"CANCEL http://h/f s1", 503, ""}}, CANCELLED, "s1"},
    {"BUP.CANCEL.3", "FAILED 801901f9 T 5", {{"CANCEL http://h/f s1", 505, ""}}, CANCELLED, "s1"},
    {"BUP.CANCEL.3", "FAILED 80072efd T 5", {{"CANCEL http://h/f s1", 0, NULL, HR_REFUSED, TRUE}}, CANCELLED, "s1"},
    {"BUP.CANCEL.3", "FAILED 80072f06 T 5", {{"CANCEL http://h/f s1", 0, NULL, HR_CERT}}, CANCELLED, "s1"},
    {"BUP.CANCEL.3", "FAILED 80200010 E 2", {{"CANCEL http://h/f s1", 0, NULL, BG_E_NETWORK_DISCONNECTED}}, CANCELLED, "s1"},
    {"BUP.CANCEL.5", "DONE", {{NULL}}, CANCELLED},

    /* the reply */
    {"BUP.REPLY.6,BUP.GEN.5,BUP.HDR.22,BUP.STATE.4", "DONE",
     {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(10) AT("http://g:8/r?1")}, {"REPLY http://g:8/r?1"}, CLOSE}, WANTS_REPLY},
    {"BUP.REPLY.2", "DONE",
     {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(10) AT("r/1")}, {"REPLY http://h/r/1"}, CLOSE}, WANTS_REPLY},
    {"BUP.REPLY.2", "DONE",
     {PING, {"CREATE http://h/f", 200, P S HOST("g:8")}, {"RECORD s1 at 0 host g:8 4294967295"},
      {"FRAGMENT http://g:8/f s1 0-9/10 named last", 200, GOT(10) AT("/r")}, {"REPLY http://g:8/r"}, {"CLOSE http://g:8/f s1", 200, S}}, WANTS_REPLY},
    {"BUP.REPLY.10", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(10)}}, WANTS_REPLY},
    {"BUP.REPLY.10", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(10) AT("")}}, WANTS_REPLY},
    {"BUP.REPLY.10", "FAILED 8020001b F 5", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(10) AT("file://a/b")}}, WANTS_REPLY},
    {"BUP.REPLY.10,BUP.FRAG.22", "DONE",
     {PING, MADE, {"FRAGMENT http://h/f s1 */0 named last", 200, GOT(0) AT("/r")}, {"REPLY http://h/r"}, CLOSE}, WANTS_REPLY, .size = NOTHING},
    {"BUP.REPLY.5,BUP.STATE.4", "DONE", {PING, {"REPLY http://h/r"}, CLOSE}, WANTS_REPLY, "s1", .acknowledged = 10, .reply_url = L"http://h/r"},
    {"BUP.REPLY.5", "DONE", {PING, {"REPLY http://h/r"}, CLOSE}, WANTS_REPLY, "s1", .reply_url = L"http://h/r"},
    {"BUP.REPLY.5", "DONE", {{"PING http://h/f", 500, GONE}, {"REPLY http://h/r"}, {"CLOSE http://h/f s1", 500, GONE}}, WANTS_REPLY, "s1",
     .acknowledged = 10, .reply_url = L"http://h/r"},
    {"BUP.REPLY.5", "DONE", {PING, {"REPLY http://h/r"}}, WANTS_REPLY, .reply_url = L"http://h/r"},
    {"BUP.REPLY.6,BUP.STATE.5", "DONE", {PING, CLOSE}, WANTS_REPLY | REPLY_THERE, "s1", .acknowledged = 10, .reply_url = L"http://h/r"},
    {"BUP.REPLY.6", "DONE", {PING, CLOSE}, WANTS_REPLY | REPLY_THERE, "s1"},
    {"BUP.REPLY.6", "DONE", {PING}, WANTS_REPLY | REPLY_THERE},
    {"BUP.GEN.5", "DONE", {PING, MADE, {"FRAGMENT http://h/f s1 0-9/10 named last", 200, GOT(10) AT("/r")}, CLOSE}},    /* not asked for */
    {"BUP.GEN.5", "DONE", {PING, MADE, WHOLE, CLOSE}, REPLY_THERE, .reply_url = L"http://h/r"},
    {"BUP.HDR.22", "FAILED 8020001b F 5", /* not with the last Ack */
     {PING, MADE, {"FRAGMENT http://h/f s1 0-1023/1025 named", 200, GOT(1024) AT("/r")}, {"FRAGMENT http://h/f s1 1024-1024/1025 last", 200, GOT(1025)}}, WANTS_REPLY,
     .size = 1025, .limit = 1024},
    /* its Ack was lost, and the address with it */
    {"BUP.RESUME.7", "DONE", {PING, {"FRAGMENT http://h/f s1 9-9/10 named last", 200, GOT(10) AT("/r")}, {"REPLY http://h/r"}, CLOSE}, WANTS_REPLY, "s1",
     .acknowledged = 10},
    {"BUP.RESUME.7", "FAILED 8020001b F 5", {PING, {"FRAGMENT http://h/f s1 9-9/10 named last", 416, GOT(10)}}, WANTS_REPLY, "s1", .acknowledged = 10},
    {"BUP.RESUME.7", "DONE", {PING, {"FRAGMENT http://h/f s1 9-9/10 named last", 416, GOT(10) AT("/r")}, {"REPLY http://h/r"}, CLOSE}, WANTS_REPLY, "s1",
     .acknowledged = 10},
    {"BUP.RESUME.7", "DONE",
     {PING, {"FRAGMENT http://h/f s1 0-1023/2000 named", 200, GOT(2000)}, {"FRAGMENT http://h/f s1 1999-1999/2000 last", 200, GOT(2000) AT("/r")},
      {"REPLY http://h/r"}, CLOSE}, WANTS_REPLY, LIMITED(2000, 0)},
    {"BUP.RESUME.7", "DONE",
     {PING, {"FRAGMENT http://h/f s1 0-1023/2000 named", 416, GOT(2000) AT("/r")}, {"REPLY http://h/r"}, CLOSE}, WANTS_REPLY, LIMITED(2000, 0)},
    {"BUP.RESUME.7,BUP.RESUME.4", "FAILED 8020001b F 5", /* what it had it has no more */
     {PING, {"FRAGMENT http://h/f s1 9-9/10 named last", 200, GOT(9)}, {"RECORD s1 at 9"}, {"FRAGMENT http://h/f s1 9-9/10 last", 200, GOT(9)},
      {"FRAGMENT http://h/f s1 9-9/10 last", 200, GOT(9)}}, WANTS_REPLY, "s1", .acknowledged = 10},
    {"BUP.RESUME.7", "FAILED 8019019d F 5", {PING, {"FRAGMENT http://h/f s1 9-9/10 named last", 413, ""}}, WANTS_REPLY, "s1", .acknowledged = 10},

    /* the session's host [BUP.HOST.*] */
    {"BUP.HOST.1,BUP.HOST.2,BUP.HDR.14,BUP.TIMER.4", "DONE",
     {PING, {"CREATE http://h/f", 200, P S HOST("g")}, {"RECORD s1 at 0 host g 4294967295"}, {"FRAGMENT http://g/f s1 0-9/10 named last", 200, GOT(10)},
      {"CLOSE http://g/f s1", 200, S}}},
    {"BUP.HOST.1,BUP.HDR.15,BUP.GEN.6", "DONE",
     {{"PING https://u:p@h:8/f?q=@#x", 200, ""}, {"CREATE https://u:p@h:8/f?q=@#x", 200, P S HOST("g") BACK_AFTER("60")}, {"RECORD s1 at 0 host g 60"},
      {"FRAGMENT https://u:p@g:8/f?q=@#x s1 0-9/10 named last", 200, GOT(10)}, {"CLOSE https://u:p@g:8/f?q=@#x s1", 200, S}}, .url = L"https://u:p@h:8/f?q=@#x"},
    {"BUP.HOST.1,BUP.HOST.2", "DONE",
     {{"PING http://g/f", 200, ""}, {"FRAGMENT http://g/f s1 5-9/10 named last", 200, GOT(10)}, {"CLOSE http://g/f s1", 200, S}}, .id = "s1", .acknowledged = 5,
     .host = L"g", .timeout = UPLOAD_NEVER},
    {"BUP.HOST.1", "DONE", {{"CANCEL http://g/f s1", 200, S}}, CANCELLED, "s1", .host = L"g"},
    {"BUP.HDR.15", "DONE", /* only with a host */
     {PING, {"CREATE http://h/f", 200, P S BACK_AFTER("60")}, {"RECORD s1 at 0"}, WHOLE, CLOSE}},
    {"BUP.HOST.4,BUP.HOST.6", "FAILED 80072efd T 5",
     {{"PING http://g/f", 0, NULL, HR_REFUSED, TRUE}, {"RECORD s1 at 5 host g 60 since 1000"}}, .id = "s1", .acknowledged = 5, .host = L"g", .timeout = 60},
    {"BUP.HOST.4", "FAILED 80072efd T 5", /* it goes on from the first failure */
     {{"PING http://g/f", 0, NULL, HR_REFUSED, TRUE}}, .id = "s1", .acknowledged = 5, .host = L"g", .timeout = 60, .failed = 941},
    {"BUP.HOST.4", "FAILED 80072efd T 5",
     {{"PING http://g/f", 0, NULL, HR_REFUSED, TRUE}}, .id = "s1", .acknowledged = 5, .host = L"g", .timeout = 60, .failed = 1000},
    {"BUP.HOST.4", "FAILED 80072efd T 5", /* the clock was set back */
     {{"PING http://g/f", 0, NULL, HR_REFUSED, TRUE}, {"RECORD s1 at 5 host g 60 since 1000"}}, .id = "s1", .acknowledged = 5, .host = L"g", .timeout = 60,
     .failed = 1001},
    {"BUP.HOST.4,BUP.TIMER.4", "FAILED 80072efd T 5", /* never */
     {{"PING http://g/f", 0, NULL, HR_REFUSED, TRUE}}, .id = "s1", .acknowledged = 5, .host = L"g", .timeout = UPLOAD_NEVER},
    {"BUP.TIMER.4", "FAILED 80072efd T 5",
     {{"PING http://g/f", 0, NULL, HR_REFUSED, TRUE}}, .id = "s1", .acknowledged = 5, .host = L"g", .timeout = UPLOAD_NEVER, .failed = 1},
    {"BUP.HOST.4", "FAILED 80072efe T 5", /* it was reached, so this is no failure to reach it */
     {{"PING http://g/f", 0, NULL, HR_CUT}}, .id = "s1", .acknowledged = 5, .host = L"g", .timeout = 0},
    {"BUP.HOST.4,BUP.HOST.6", "DONE", /* it stops */
     {{"PING http://g/f", 200, "", .connected = TRUE}, {"RECORD s1 at 5 host g 60"}, {"FRAGMENT http://g/f s1 5-9/10 named last", 200, GOT(10), .connected = TRUE},
      {"CLOSE http://g/f s1", 200, S}}, .id = "s1", .acknowledged = 5, .host = L"g", .timeout = 60, .failed = 941},
    {"BUP.HOST.4", "FAILED 80072efe T 5",
     {{"PING http://g/f", 0, NULL, HR_CUT, .connected = TRUE}, {"RECORD s1 at 5 host g 60"}}, .id = "s1", .acknowledged = 5, .host = L"g", .timeout = 60, .failed = 941},
    {"BUP.HOST.5,BUP.HOST.6,BUP.RESUME.6", "DONE", /* its time has run out meanwhile */
     {{"RECORD s1 at 5"}, PING, {"FRAGMENT http://h/f s1 5-9/10 named last", 500, GONE}, {"RECORD none at 0"}, MADE, WHOLE, CLOSE},
     .id = "s1", .acknowledged = 5, .host = L"g", .timeout = 60, .failed = 940},
    {"BUP.HOST.5", "DONE", /* or does so now */
     {{"PING http://g/f", 0, NULL, HR_REFUSED, TRUE, .sec = 1}, {"RECORD s1 at 5"}, PING, {"FRAGMENT http://h/f s1 5-9/10 named last", 200, GOT(10)}, CLOSE},
     .id = "s1", .acknowledged = 5, .host = L"g", .timeout = 60, .failed = 941},
    {"BUP.HOST.5", "DONE", /* at once */
     {PING, {"CREATE http://h/f", 200, P S HOST("g") BACK_AFTER("0")}, {"RECORD s1 at 0 host g 0"},
      {"FRAGMENT http://g/f s1 0-9/10 named last", 0, NULL, HR_REFUSED, TRUE}, {"RECORD s1 at 0"}, WHOLE, CLOSE}},
    {"BUP.HOST.5", "DONE",
     {{"CANCEL http://g/f s1", 0, NULL, HR_REFUSED, TRUE}, {"RECORD s1 at 0"}, {"CANCEL http://h/f s1", 500, GONE}}, CANCELLED, "s1", .host = L"g"},
    {"BUP.HOST.5", "FAILED 80072efd T 5",
     {{"PING http://g/f", 0, NULL, HR_REFUSED, TRUE}, {"RECORD s1 at 5"}, {"PING http://h/f", 0, NULL, HR_REFUSED, TRUE}}, .id = "s1", .acknowledged = 5, .host = L"g"},
    {"BUP.HOST.3", "FAILED 80072f06 F 5", {{"PING https://g/f", 0, NULL, HR_CERT}}, .id = "s1", .host = L"g", .timeout = 0, .url = L"https://h/f"},
    {"BUP.HOST.7", "DONE",
     {{"PING http://g/f", 500, GONE}, {"RECORD none at 0"}, MADE, WHOLE, CLOSE}, .id = "s0", .acknowledged = 5, .host = L"g", .timeout = 60, .failed = 941},
    {"BUP.HOST.2", "DONE", {PING, {"FRAGMENT http://h/f s1 5-9/10 named last", 200, GOT(10)}, CLOSE}, .id = "s1", .acknowledged = 5, .host = L"a b"},
    {"BUP.HOST.4", "DONE", /* while the reply is fetched and closed its time does not run */
     {{"PING http://g/f", 200, "", .sec = 1}, {"REPLY http://h/r"}, {"RECORD s1 at 0"}, CLOSE}, WANTS_REPLY, "s1", .host = L"g", .timeout = 60, .failed = 941,
     .reply_url = L"http://h/r"},
};

static void make_headers(struct header_list *list, const char *text)
{
    const char *colon, *end;

    headers_init(list);
    for (; *text; text = end + 2)
    {
        colon = strchr(text, ':');
        end = strstr(text, "\r\n");
        headers_add(list, text, colon - text, colon + 1, end - colon - 1);
    }
}

static void add_text(char *text, const WCHAR *more)
{
    char *utf8 = str_to_utf8(more);

    strcat(text, utf8);
    free(utf8);
}

/* What a step asks for, as the rows have it. The lines of the protocol are what the packet says, and no others [BUP.HDR.10 to 18]. */
static void describe(const struct upload *upload, enum upload_step step, char *text)
{
    static const char * const packets[] = { "PING ", "CREATE ", "FRAGMENT ", "CLOSE ", "CANCEL " };
    const struct upload_request *request = &upload->request;
    const struct upload_session *session = &upload->session;
    struct header_list headers;
    struct buffer lines;
    const char *value;
    HRESULT hr;

    *text = 0;
    switch (step)
    {
    case UPLOAD_DONE:
        strcpy(text, "DONE");
        return;
    case UPLOAD_FAILED:
        sprintf(text, "FAILED %08x %c %u", upload->failure.hr, "FTE"[upload->failure.class], upload->failure.context);
        return;
    case UPLOAD_REPLY:
        strcpy(text, "REPLY ");
        add_text(text, upload->reply_url);
        return;
    case UPLOAD_RECORD:
        sprintf(text, "RECORD %s at %llu", session->id ? session->id : "none", (unsigned long long)upload->acknowledged);
        if (session->host)
        {
            strcat(text, " host ");
            add_text(text, session->host);
            sprintf(text + strlen(text), " %u", session->host_timeout);
        }
        else ok(!session->host_timeout && !session->host_failed, "a timer of no host\n");
        if (session->host_failed) sprintf(text + strlen(text), " since %u", (UINT32)(session->host_failed / TICKS_PER_SECOND));
        return;
    case UPLOAD_SEND:
        break;
    }

    buffer_init(&lines, 4096);
    hr = upload_lines(upload, &lines);
    ok(hr == S_OK, "got %#x\n", hr);
    buffer_append_byte(&lines, 0);
    make_headers(&headers, (const char *)lines.data);
    buffer_free(&lines);

    strcpy(text, packets[request->packet]);
    add_text(text, request->url);
    value = headers_find(&headers, "BITS-Packet-Type", NULL);
    ok(value && !strcmp(value, upload_packet_name(request->packet)), "[BUP.HDR.10] got %s\n", value);
    value = headers_find(&headers, "BITS-Session-Id", NULL);
    ok(!value == (request->packet < UPLOAD_FRAGMENT), "[BUP.HDR.13,BUP.PING.1,BUP.CREATE.1] got %s\n", value);
    if (value) sprintf(text + strlen(text), " %s", value);
    value = headers_find(&headers, "BITS-Supported-Protocols", NULL);
    ok(request->packet == UPLOAD_CREATE ? value && !strcmp(value, UPLOAD_PROTOCOL) : !value, "[BUP.HDR.11,BUP.CREATE.1] got %s\n", value);
    value = headers_find(&headers, "Content-Range", NULL);
    ok(!value == (request->packet != UPLOAD_FRAGMENT), "[BUP.HDR.18] got %s\n", value);
    if (request->packet == UPLOAD_FRAGMENT)
    {
        char range[80];

        if (request->length) sprintf(range, "bytes %llu-%llu/%llu", (unsigned long long)request->first,
                                     (unsigned long long)request->first + request->length - 1, (unsigned long long)upload->size);
        else sprintf(range, "bytes */%llu", (unsigned long long)upload->size);
        ok(value && !strcmp(value, range), "[BUP.HDR.18,BUP.HDR.34] got %s, expected %s\n", value, range);
        sprintf(text + strlen(text), " %s", range + 6);
        if (headers_find(&headers, "Content-Name", NULL)) strcat(text, " named");
        if (request->last) strcat(text, " last");
    }
    else
    {
        ok(!request->first && !request->length && !request->last, "a body with %s\n", packets[request->packet]);
        value = headers_find(&headers, "Content-Name", NULL);
        ok(!value == (request->packet != UPLOAD_CREATE), "[BUP.HDR.30] got %s\n", value);
    }
    ok(!headers_find(&headers, "Content-Encoding", NULL), "[BUP.HDR.19] an encoding\n");
    headers_free(&headers);
}

static HRESULT begin(struct upload *upload, const struct row *row)
{
    struct upload_session session = { (char *)row->id, (WCHAR *)row->host, row->timeout, row->failed * TICKS_PER_SECOND };
    struct upload_params params = { 0 };

    params.url = row->url ? row->url : U;
    params.local_name = row->local ? row->local : L"c:\\a\\f";
    params.size = row->size == NOTHING ? 0 : row->size ? row->size : 10;
    params.acknowledged = row->acknowledged;
    params.session = &session;
    params.reply_url = row->reply_url;
    params.wants_reply = !!(row->flags & WANTS_REPLY);
    params.delivered = !!(row->flags & DELIVERED);
    params.reply_done = !!(row->flags & REPLY_THERE);
    params.foreground = !(row->flags & BACKGROUND);
    params.cancel = !!(row->flags & CANCELLED);
    return upload_init(upload, &params);
}

static void run(const struct row *row)
{
    const struct exchange *exchange;
    UINT64 time = T0 * TICKS_PER_SECOND;
    struct header_list headers;
    struct upload upload;
    enum upload_step step;
    char text[4000];
    HRESULT hr;

    hr = begin(&upload, row);
    ok(hr == S_OK, "got %#x\n", hr);
    upload.block_limit = row->limit;
    for (exchange = row->steps;; exchange++)
    {
        step = upload_next(&upload, time / (TICKS_PER_SECOND / 1000), time);
        describe(&upload, step, text);
        if (step == UPLOAD_DONE || step == UPLOAD_FAILED) break;
        ok(exchange->request && !strcmp(text, exchange->request), "[%s] asks \"%s\", expected \"%s\"\n", row->facts, text,
           exchange->request ? exchange->request : "the end");
        if (!exchange->request || strcmp(text, exchange->request)) break;
        time += exchange->sec * TICKS_PER_SECOND;
        if (exchange->connected) upload_on_connected(&upload);
        if (step == UPLOAD_RECORD) upload_on_recorded(&upload);
        else if (step == UPLOAD_REPLY) upload_on_reply(&upload);
        else if (!exchange->status) upload_on_error(&upload, exchange->error, CONTEXT_REMOTE_FILE, exchange->unreachable, time);
        else
        {
            make_headers(&headers, exchange->headers);
            upload_on_ack(&upload, exchange->status, &headers, time / (TICKS_PER_SECOND / 1000));
            headers_free(&headers);
        }
    }
    ok(!strcmp(text, row->result), "[%s] ends with \"%s\", expected \"%s\"\n", row->facts, text, row->result);
    ok(!exchange->request, "[%s] does not come to \"%s\"\n", row->facts, exchange->request);
    ok(upload_next(&upload, 0, time) == step, "[%s] the end is none\n", row->facts);
    upload_free(&upload);
    upload_free(&upload);
}

static void test_rows(void)
{
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        winetest_push_context("[%s] row %u", rows[i].facts, i);
        run(&rows[i]);
        winetest_pop_context();
    }
}


/* The machine in the state in which it has a session. */
static void begin_session(struct upload *upload, const struct row *row, const char *fields)
{
    struct header_list headers;
    char text[1000];

    ok(begin(upload, row) == S_OK, "not begun\n");
    ok(upload_next(upload, 0, 0) == UPLOAD_SEND && upload->request.packet == UPLOAD_PING, "no Ping\n");
    headers_init(&headers);
    upload_on_ack(upload, 200, &headers, 0);
    ok(upload_next(upload, 0, 0) == UPLOAD_SEND && upload->request.packet == UPLOAD_CREATE, "no Create-Session\n");
    sprintf(text, P "%s", fields);
    make_headers(&headers, text);
    upload_on_ack(upload, 200, &headers, 0);
    headers_free(&headers);
}

/* The octets of every packet, and no line more. */
static void test_lines(void)
{
    static const struct row row = { "", "", {{NULL}}, .size = 3000, .limit = 1024, .local = L"c:\\a\\b c.bin" };
    static const struct row all = { "", "", {{NULL}}, .size = 10, .acknowledged = 10, .id = "s1", .flags = CANCELLED };
    static const char * const expected[] =
    {
        "BITS-Packet-Type: Ping\r\n",
        "BITS-Packet-Type: Create-Session\r\nBITS-Supported-Protocols: {7df0354d-249b-430f-820d-3d2a9bef4931}\r\nContent-Name: b c.bin\r\n",
        "BITS-Packet-Type: Fragment\r\nBITS-Session-Id: s1\r\nContent-Name: b c.bin\r\nContent-Range: bytes 0-1023/3000\r\n",
        "BITS-Packet-Type: Fragment\r\nBITS-Session-Id: s1\r\nContent-Range: bytes 1024-2047/3000\r\n",
        "BITS-Packet-Type: Fragment\r\nBITS-Session-Id: s1\r\nContent-Range: bytes 2048-2999/3000\r\n",
        "BITS-Packet-Type: Close-Session\r\nBITS-Session-Id: s1\r\n",
        "BITS-Packet-Type: Cancel-Session\r\nBITS-Session-Id: s1\r\n",
    };
    struct header_list headers;
    struct buffer lines;
    struct upload upload;
    char text[300];
    UINT32 i;

    begin(&upload, &row);
    upload.block_limit = 1024;
    for (i = 0; i < ARRAY_SIZE(expected); i++)
    {
        if (i == 6)
        {
            upload_free(&upload);
            begin(&upload, &all);
        }
        while (upload_next(&upload, 0, 0) == UPLOAD_RECORD) upload_on_recorded(&upload);
        buffer_init(&lines, 4096);
        ok(upload_lines(&upload, &lines) == S_OK, "%u: failed\n", i);
        ok(lines.len == strlen(expected[i]) && !memcmp(lines.data, expected[i], lines.len),
           "[BUP.GEN.2,BUP.HDR.1,BUP.HDR.10,BUP.PING.1,BUP.CREATE.1,BUP.FRAG.1,BUP.CLOSE.1,BUP.CANCEL.1] %u: got %.*s", i, (int)lines.len, (char *)lines.data);
        buffer_free(&lines);

        sprintf(text, P S "BITS-Received-Content-Range: %u\r\n", i < 4 ? (i - 1) * 1024 : 3000);
        make_headers(&headers, text);
        upload_on_ack(&upload, 200, &headers, 0);
        headers_free(&headers);
    }
    upload_free(&upload);

    /* no room for them */
    begin(&upload, &row);
    upload_next(&upload, 0, 0);
    buffer_init(&lines, 10);
    ok(FAILED(upload_lines(&upload, &lines)), "they fit\n");
    buffer_free(&lines);
    upload_free(&upload);
    begin_session(&upload, &row, S);
    upload_next(&upload, 0, 0);
    upload_on_recorded(&upload);
    upload_next(&upload, 0, 0);
    buffer_init(&lines, 105);        /* all but the last one */
    ok(FAILED(upload_lines(&upload, &lines)), "they fit in %u\n", (UINT32)lines.len);
    buffer_free(&lines);
    upload_free(&upload);
}

/* The name of the local file [BUP.HDR.17, 35]. */
static void test_content_name(void)
{
    static const struct { const WCHAR *local; const char *name; } rows[] =
    {
        {L"c:\\a.bin", "a.bin"},
        {L"c:\\a\\b\\c d.bin", "c d.bin"},
        {L"c:/a/b", "b"},
        {L"c:\\a/b\\c", "c"},
        {L"\\\\server\\share\\x~!#$%&'()+,;=@[]^_`{}.y", "x~!#$%&'()+,;=@[]^_`{}.y"},
        {L"c:\\ a b", "%20a b"},
        {L"c:\\a b ", "a b%20"},
        {L"c:\\ ", "%20"},
        {L"c:\\\x7f\x1f\x7e", "%7F%1F~"},
        {L"c:\\\xe4\x20ac.x", "%C3%A4%E2%82%AC.x"},
        {L"c:\\\xd83d\xde00", "%F0%9F%98%80"},
        {L"c:\\\xd83d", "%EF%BF%BD"},
    };
    WCHAR local[MAX_PATH + 20];
    struct row row = { "" };
    struct header_list headers;
    struct buffer lines;
    struct upload upload;
    const char *name;
    UINT32 i, j;

    for (i = 0; i < ARRAY_SIZE(rows) + 4; i++)
    {
        row.local = i < ARRAY_SIZE(rows) ? rows[i].local : local;
        if (i >= ARRAY_SIZE(rows))      /* 259 to 261 plain ones; 3 octets for the last one, of which 2 fit */
        {
            memcpy(local, L"c:\\", 3 * sizeof(WCHAR));
            for (j = 0; j < 259 + i - ARRAY_SIZE(rows); j++) local[3 + j] = 'n';
            local[3 + j] = 0;
            if (i == ARRAY_SIZE(rows) + 3) local[3 + 258] = 0x1f;
        }
        begin(&upload, &row);
        upload.phase = UPLOAD_CREATE;
        upload_next(&upload, 0, 0);
        buffer_init(&lines, 4096);
        upload_lines(&upload, &lines);
        buffer_append_byte(&lines, 0);
        make_headers(&headers, (char *)lines.data);
        name = headers_find(&headers, "Content-Name", NULL);
        if (i < ARRAY_SIZE(rows)) ok(name && !strcmp(name, rows[i].name), "[BUP.HDR.17,BUP.HDR.35] row %u: got %s\n", i, name);
        else ok(name && strlen(name) == (i == ARRAY_SIZE(rows) ? 259 : i == ARRAY_SIZE(rows) + 3 ? 258 : MAX_PATH),
                "[BUP.HDR.35] %u: got %u characters\n", i, name ? (UINT32)strlen(name) : 0);
        headers_free(&headers);
        buffer_free(&lines);
        upload_free(&upload);
    }
}

/* Any text up to 100 octets, echoed as it is [BUP.HDR.13]. */
static void test_session_ids(void)
{
    static const struct { const char *id; UINT32 length; BOOL good; } rows[] =
    {
        {"{11111111-2222-3333-4444-555555555555}", 0, TRUE},
        {"x", 0, TRUE},
        {"a b\tc;\"d\", e=~", 0, TRUE},
        {"\xe4\x80\xff", 0, TRUE},
        {"a", 99, TRUE},
        {"a", 100, TRUE},
        {"a", 101, FALSE},
        {"a", 500, FALSE},
        {"a\001b", 0, FALSE},
        {"\001ab", 0, FALSE},
        {"a\037b", 0, FALSE},
        {"a\177b", 0, FALSE},
        {"a\rb", 0, FALSE},
    };
    static const struct row row = { "" };
    struct header_list headers;
    struct upload upload;
    struct buffer lines;
    char id[501], text[700];
    enum upload_step step;
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        memset(id, 'a', sizeof(id));
        id[rows[i].length] = 0;
        if (!rows[i].length) strcpy(id, rows[i].id);
        begin(&upload, &row);
        upload.phase = UPLOAD_CREATE;
        headers_init(&headers);
        headers_add(&headers, "BITS-Session-Id", 15, id, strlen(id));
        headers_add(&headers, "BITS-Protocol", 13, UPLOAD_PROTOCOL, strlen(UPLOAD_PROTOCOL));
        /* a folded line cannot be told from a blank any more, so the value is put there as it is */
        strcpy(headers.fields[0].value, strlen(headers.fields[0].value) == strlen(id) ? id : headers.fields[0].value);
        upload_on_ack(&upload, 200, &headers, 0);
        headers_free(&headers);
        step = upload_next(&upload, 0, 0);
        ok(step == (rows[i].good ? UPLOAD_RECORD : UPLOAD_FAILED), "[BUP.HDR.13,BUP.LIMIT.2,BUP.CREATE.5] row %u: %u\n", i, step);
        if (step == UPLOAD_FAILED)
            ok(upload.failure.hr == BG_E_INVALID_SERVER_RESPONSE && upload.failure.class == FAILURE_FATAL && upload.failure.context == CONTEXT_REMOTE_FILE,
               "[BUP.CREATE.5,BUP.LIMIT.2] row %u: got %#x\n", i, upload.failure.hr);
        else
        {
            upload_on_recorded(&upload);
            upload_next(&upload, 0, 0);
            buffer_init(&lines, 4096);
            upload_lines(&upload, &lines);
            buffer_append_byte(&lines, 0);
            sprintf(text, "\r\nBITS-Session-Id: %s\r\n", id);
            ok(strstr((char *)lines.data, text) != NULL, "[BUP.HDR.13] row %u: got %s\n", i, (char *)lines.data);
            buffer_free(&lines);
        }
        upload_free(&upload);
    }
}

/* What takes the place of the host [BUP.HOST.1]; NULL: no host. */
static void test_hosts(void)
{
    static const struct { const WCHAR *url; const char *id; const WCHAR *result; } rows[] =
    {
        {L"http://h/f", "g", L"http://g/f"},
        {L"http://h/f", "upload-1.example.org", L"http://upload-1.example.org/f"},
        {L"http://h/f", "192.0.2.1", L"http://192.0.2.1/f"},
        {L"http://h:8080/f", "g", L"http://g:8080/f"},
        {L"http://h:8080/f", "g:9", L"http://g:9/f"},
        {L"http://h/f", "g:9", L"http://g:9/f"},
        {L"http://h1/f", "g2", L"http://g2/f"},
        {L"http://h:/f", "g", L"http://g:/f"},
        {L"https://h/f?a=b:c@d/e#x", "g", L"https://g/f?a=b:c@d/e#x"},
        {L"http://h", "g", L"http://g"},
        {L"http://h:80", "g", L"http://g:80"},
        {L"http://h?q", "g", L"http://g?q"},
        {L"http://h#q", "g", L"http://g#q"},
        {L"http://u:p@h:8/f", "g", L"http://u:p@g:8/f"},
        {L"http://u@v:p@h/f", "g:1", L"http://u@v:p@g:1/f"},
        {L"http://[::1]/f", "g", L"http://g/f"},
        {L"http://[::1]:8/f", "g", L"http://g:8/f"},
        {L"http://[2001:db8::1]:8/f", "[::2]", L"http://[::2]:8/f"},
        {L"http://h:8/f", "2001:db8::2", L"http://[2001:db8::2]:8/f"},
        {L"http://h:8/f", "::1", L"http://[::1]:8/f"},
        {L"http://h:8/f", "[::1]:9", L"http://[::1]:9/f"},
        {L"http://h/f", "[::1]", L"http://[::1]/f"},
        {L"http://h/f", "~!$&'()+,;=._-", L"http://~!$&'()+,;=._-/f"},
        {L"http://h/f", "azAZ09", L"http://azAZ09/f"},
        {L"http://h/f", "", NULL},
        {L"http://h/f", "g/x", NULL},
        {L"http://h/f", "g?x", NULL},
        {L"http://h/f", "g#x", NULL},
        {L"http://h/f", "g\\x", NULL},
        {L"http://h/f", "u@g", NULL},
        {L"http://h/f", "@g", NULL},
        {L"http://h/f", "\xe4g", NULL},
        {L"http://h/f", "http://g", NULL},
        {L"http://h/f", "g x", NULL},
        {L"http://h/f", "g`x", NULL},
        {L"http://h/f", "g\xe4", NULL},
        {L"http://h/f", "g\xae", NULL},         /* '.' but for the highest bit */
        {L"http://h/f", "g:0", NULL},
        {L"http://h/f", "g:65536", NULL},
        {L"http://h/f", "g:x", NULL},
        {L"http://h/f", ":8", NULL},
        {L"http://h/f", "g:1:2", NULL},
        {L"http://h/f", "[::1", NULL},
        {L"http://h/f", "[g]", NULL},
        {L"http://h/f", "::1:", NULL},
    };
    struct row row = { "", .size = 10 };
    struct upload upload;
    enum upload_step step;
    char text[1200], utf8[2][4000] = {{0}};
    UINT32 i, length;
    HRESULT hr;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        row.url = rows[i].url;
        sprintf(text, S HOST("%s"), rows[i].id);
        begin_session(&upload, &row, text);
        step = upload_next(&upload, 0, 0);
        ok(step == (rows[i].result ? UPLOAD_RECORD : UPLOAD_FAILED), "[BUP.HOST.1,BUP.HDR.14] row %u: %u\n", i, step);
        if (step == UPLOAD_RECORD)
        {
            upload_on_recorded(&upload);
            upload_next(&upload, 0, 0);
            utf8[0][0] = utf8[1][0] = 0;
            add_text(utf8[0], upload.request.url);
            if (rows[i].result) add_text(utf8[1], rows[i].result);
            ok(!strcmp(utf8[0], utf8[1]), "[BUP.HOST.1] row %u: got %s, expected %s\n", i, utf8[0], utf8[1]);
        }
        else ok(upload.failure.hr == BG_E_INVALID_SERVER_RESPONSE && upload.failure.class == FAILURE_FATAL && upload.failure.context == CONTEXT_REMOTE_FILE,
                "[BUP.HDR.14] row %u: got %#x\n", i, upload.failure.hr);
        upload_free(&upload);
    }

    /* 300 characters; a host has at most 260 of them, but zeros of a port are some as well */
    row.url = L"http://h/f";
    for (length = 299; length < 303; length++)
    {
        sprintf(text, S HOST("g:%0*u"), (int)length - 2, 8);
        begin_session(&upload, &row, text);
        step = upload_next(&upload, 0, 0);
        ok(step == (length <= 300 ? UPLOAD_RECORD : UPLOAD_FAILED), "[BUP.HDR.14,BUP.LIMIT.6] %u characters: %u\n", length, step);
        if (step == UPLOAD_FAILED) ok(upload.failure.hr == BG_E_INVALID_SERVER_RESPONSE, "[BUP.HDR.14] got %#x\n", upload.failure.hr);
        upload_free(&upload);
    }

    /* a name that no host fits into, and one that has become so meanwhile: the host is forgotten */
    row.url = L"\\\\server\\share\\f";
    row.id = "s1";
    row.host = L"g";
    row.timeout = 60;
    row.failed = 1;
    hr = begin(&upload, &row);
    ok(hr == S_OK && upload.session.id && !upload.session.host && !upload.session.host_timeout && !upload.session.host_failed, "got %#x\n", hr);
    upload_free(&upload);
}

static void test_fallback_timeouts(void)
{
    static const struct { const char *text; UINT32 timeout; } rows[] =
    {
        {"0", 0}, {"1", 1}, {"86400", 86400}, {"4294967294", 4294967294u}, {"4294967295", UPLOAD_NEVER}, {"4294967296", UPLOAD_NEVER},
        {"99999999999999999999999", UPLOAD_NEVER}, {"", UPLOAD_NEVER}, {"-1", UPLOAD_NEVER}, {"1.5", UPLOAD_NEVER}, {"never", UPLOAD_NEVER},
    };
    static const struct row row = { "" };
    struct upload upload;
    char text[200];
    UINT32 i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        sprintf(text, S HOST("g") BACK_AFTER("%s"), rows[i].text);
        begin_session(&upload, &row, text);
        ok(upload_next(&upload, 0, 0) == UPLOAD_RECORD && upload.session.host_timeout == rows[i].timeout, "[BUP.HDR.15,BUP.TIMER.4] row %u: %u\n", i,
           upload.session.host_timeout);
        upload_free(&upload);
    }
}

static void receive(struct upload *upload, UINT64 received, UINT64 now)
{
    struct header_list headers;
    char text[200];

    sprintf(text, S "BITS-Received-Content-Range: %llu\r\n", (unsigned long long)received);
    make_headers(&headers, text);
    upload_on_ack(upload, 200, &headers, now);
    headers_free(&headers);
}

/* The length of fragments: the bandwidth decides it in the background [BUP.FRAG.20, BEH.HTTP.81]. */
static void test_blocks(void)
{
    static const struct { UINT32 msec; BOOL refused; UINT64 limit; UINT32 length; } rows[] =
    {
        {1999, FALSE, 0, 65536}, {2000, FALSE, 0, 131072}, {8000, FALSE, 0, 131072}, {8001, FALSE, 0, 131072}, {8001, FALSE, 0, 65536},
        {8001, FALSE, 0, 65536}, {0, FALSE, 0, 65536}, {0, FALSE, 0, 131072}, {0, FALSE, 0, 262144}, {0, FALSE, 0, 524288}, {0, FALSE, 0, 1048576},
        {0, FALSE, 0, 1048576}, {9000, FALSE, 0, 1048576}, {9000, FALSE, 0, 524288}, {9000, FALSE, 0, 262144},
        /* a limit on the bandwidth holds for the next one */
        {4000, FALSE, 100000, 100000}, {4000, FALSE, 1000000000000ull, 131072}, {4000, FALSE, 1025, 1025}, {4000, FALSE, 1024, 1024}, {4000, FALSE, 1023, 1024},
        {4000, FALSE, 1, 1024}, {4000, FALSE, 0, 131072},
        /* what the server does not take is not tried again, and what is less than the least is no less for it */
        {0, TRUE, 0, 131072}, {0, FALSE, 0, 65536}, {0, FALSE, 0, 65536}, {0, TRUE, 0, 65536}, {0, FALSE, 0, 32768}, {9000, FALSE, 0, 32768},
        {9000, FALSE, 0, 32768}, {0, TRUE, 0, 32768}, {0, TRUE, 1500, 1500}, {0, FALSE, 0, 1024}, {0, FALSE, 0, 1024},
    };
    struct row row = { "", .size = 0x200000000ull, .flags = BACKGROUND };
    UINT64 now = 1000, first = 0;
    struct header_list headers;
    struct upload upload;
    UINT32 i, length;

    headers_init(&headers);
    begin_session(&upload, &row, S);
    upload_next(&upload, now, 0);
    upload_on_recorded(&upload);
    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        upload.block_limit = rows[i].limit;
        ok(upload_next(&upload, now, 0) == UPLOAD_SEND, "%u: no fragment\n", i);
        length = upload.request.length;
        ok(length == rows[i].length && upload.request.first == first, "[BUP.FRAG.20,BUP.FRAG.2,BUP.FRAG.6,BEH.HTTP.81] %u: got %u octets from %llu\n", i, length,
           (unsigned long long)upload.request.first);
        now += rows[i].msec;
        if (rows[i].refused) upload_on_ack(&upload, 413, &headers, now);
        else receive(&upload, first += length, now);
        now += 100000;          /* what goes by between two of them does not count */
    }
    upload_free(&upload);

    /* a correction says nothing of the bandwidth */
    begin_session(&upload, &row, S);
    upload_next(&upload, now, 0);
    upload_on_recorded(&upload);
    upload_next(&upload, now, 0);
    make_headers(&headers, GOT(100));
    upload_on_ack(&upload, 416, &headers, now);
    headers_free(&headers);
    ok(upload_next(&upload, now, 0) == UPLOAD_SEND && upload.request.length == 65536, "[BEH.HTTP.81] got %u\n", upload.request.length);
    upload_free(&upload);

    /* in the foreground always the same, beyond 4 GB as well */
    row.flags = 0;
    row.size = 0x100800001ull;
    row.id = "s1";
    row.acknowledged = 0x0ff800000ull;
    begin(&upload, &row);
    upload_next(&upload, 0, 0);
    upload_on_ack(&upload, 200, &headers, 0);
    for (first = row.acknowledged, now = 0; first < row.size; first += 4194304, now += 100000)
    {
        ok(upload_next(&upload, now, 0) == UPLOAD_SEND && upload.request.first == first && upload.request.length == min(row.size - first, 4194304)
           && upload.request.last == (first == 0x100800000ull), "[BUP.FRAG.20,BUP.FRAG.3] got %u from %llu\n", upload.request.length,
           (unsigned long long)upload.request.first);
        receive(&upload, min(row.size, first + 4194304), now + (first & 0x400000 ? 1 : 20000));
    }
    ok(upload_next(&upload, now, 0) == UPLOAD_SEND && upload.request.packet == UPLOAD_CLOSE, "not all\n");
    upload_free(&upload);
}

/* A server that takes and loses by turns. */
static void test_setbacks(void)
{
    struct row row = { "", .size = 10, .id = "s1", .acknowledged = 5 };
    struct upload upload;
    UINT32 i;

    begin(&upload, &row);
    receive(&upload, 0, 0);             /* the Ack of Ping */
    for (i = 0; i < UPLOAD_SETBACKS; i++)
    {
        ok(upload_next(&upload, 0, 0) == UPLOAD_SEND && upload.request.first == 5, "%u: no fragment from 5 on\n", i);
        receive(&upload, 3, 0);
        ok(upload_next(&upload, 0, 0) == UPLOAD_RECORD && upload.acknowledged == 3, "[BUP.FRAG.13] %u: no record\n", i);
        upload_on_recorded(&upload);
        if (i == UPLOAD_SETBACKS - 1) break;
        ok(upload_next(&upload, 0, 0) == UPLOAD_SEND && upload.request.first == 3, "%u: no fragment from 3 on\n", i);
        receive(&upload, 5, 0);
    }
    ok(upload_next(&upload, 0, 0) == UPLOAD_FAILED && upload.failure.hr == BG_E_INVALID_SERVER_RESPONSE && upload.failure.class == FAILURE_FATAL,
       "[BUP.RESUME.4] %u setbacks: got %#x\n", i, upload.failure.hr);
    upload_free(&upload);
}

/* An address of the reply is one that a job may have [BUP.LIMIT.1]. */
static void test_reply_url(void)
{
    static const struct row row = { "", .flags = WANTS_REPLY };
    char text[3000];
    struct header_list headers;
    struct upload upload;
    enum upload_step step;
    UINT32 length;

    for (length = 2199; length < 2203; length++)
    {
        begin_session(&upload, &row, S);
        upload_next(&upload, 0, 0);
        upload_on_recorded(&upload);
        upload_next(&upload, 0, 0);
        sprintf(text, GOT(10) AT("http://g/%0*u"), (int)length - 9, 0);
        make_headers(&headers, text);
        upload_on_ack(&upload, 200, &headers, 0);
        headers_free(&headers);
        step = upload_next(&upload, 0, 0);
        ok(step == (length <= 2200 ? UPLOAD_REPLY : UPLOAD_FAILED), "[BUP.LIMIT.1] %u characters: %u\n", length, step);
        if (step == UPLOAD_REPLY) ok(str_len(upload.reply_url) == length, "got %u\n", (UINT32)str_len(upload.reply_url));
        else ok(upload.failure.hr == BG_E_INVALID_SERVER_RESPONSE && !upload.reply_url, "[BUP.REPLY.10] got %#x\n", upload.failure.hr);
        upload_free(&upload);
    }
}

/* What goes wrong on this side. A record that is due stays so, but for one that cannot be made. */
static void test_failures(void)
{
    static const struct failure changed = { BG_E_LOCAL_FILE_CHANGED, CONTEXT_LOCAL_FILE, FAILURE_FATAL };
    static const struct row row = { "", .id = "s1", .acknowledged = 5, .host = L"g", .timeout = 60, .failed = 1 };
    struct upload upload;

    begin(&upload, &row);
    ok(upload_next(&upload, 0, TICKS_PER_SECOND) == UPLOAD_SEND, "no Ping\n");
    upload_on_connected(&upload);
    upload_on_failure(&upload, &changed);
    ok(upload_next(&upload, 0, TICKS_PER_SECOND) == UPLOAD_RECORD && !upload.session.host_failed, "no record\n");
    upload_on_recorded(&upload);
    ok(upload_next(&upload, 0, TICKS_PER_SECOND) == UPLOAD_FAILED && !memcmp(&upload.failure, &changed, sizeof(changed)), "got %#x\n",
       upload.failure.hr);
    upload_free(&upload);

    begin(&upload, &row);
    upload_next(&upload, 0, TICKS_PER_SECOND);
    upload_on_connected(&upload);
    ok(upload_next(&upload, 0, TICKS_PER_SECOND) == UPLOAD_RECORD, "no record\n");
    upload_on_failure(&upload, &changed);
    ok(upload_next(&upload, 0, TICKS_PER_SECOND) == UPLOAD_FAILED && upload.failure.hr == changed.hr, "got %#x\n", upload.failure.hr);
    /* an end is one, whatever the time */
    ok(upload_next(&upload, 0, 1000 * TICKS_PER_SECOND) == UPLOAD_FAILED, "no end\n");
    upload_free(&upload);

    begin(&upload, &row);
    upload_on_failure(&upload, &changed);
    ok(upload_next(&upload, 0, 1000 * TICKS_PER_SECOND) == UPLOAD_FAILED, "[BUP.HOST.5] something is done after the end\n");
    upload_free(&upload);
}

/* What was asked for can be looked at until the next thing is, also when its host is forgotten meanwhile. */
static void test_forgotten_host(void)
{
    static const struct row row = { "", .id = "s1", .acknowledged = 5, .host = L"g", .timeout = 60, .failed = 40 };
    struct header_list headers;
    struct upload upload;
    UINT32 i;

    make_headers(&headers, GONE);
    for (i = 0; i < 2; i++)
    {
        begin(&upload, &row);
        upload_next(&upload, 0, 50 * TICKS_PER_SECOND);
        ok(!str_cmp(upload.request.url, L"http://g/f"), "[BUP.HOST.2] %u: another one\n", i);
        if (!i) upload_on_ack(&upload, 500, &headers, 0);
        else upload_on_error(&upload, HR_REFUSED, CONTEXT_REMOTE_FILE, TRUE, 100 * TICKS_PER_SECOND);
        ok(!str_cmp(upload.request.url, U), "[BUP.HOST.5,BUP.HOST.7] %u: another one\n", i);
        /* its time has run out, and that stays so when the clock is set back */
        ok(upload_next(&upload, 0, 50 * TICKS_PER_SECOND) == UPLOAD_RECORD && !upload.session.host, "[BUP.HOST.5,BUP.HOST.7] %u: not forgotten\n", i);
        upload_free(&upload);
    }
    headers_free(&headers);
}

/* No session, not even a place for one. */
static void test_no_session(void)
{
    struct upload_params params = { U, L"c:\\f", 10 };
    struct upload upload;

    ok(upload_init(&upload, &params) == S_OK && !upload.session.id && !upload.acknowledged, "not begun\n");
    ok(upload_next(&upload, 0, 0) == UPLOAD_SEND && upload.request.packet == UPLOAD_PING, "no Ping\n");
    upload_free(&upload);
}

/*
 * Whole uploads against a server that forgets, takes parts, loses what it had and refuses, over connections that break, with kills in between.
 */
#define FILE_MAX 20000

struct server
{
    /* what goes wrong, each once in so many packets; 0: never */
    UINT32 lose_request, lose_ack, refuse, forget, take_part, lose_data, away, kill;
    BOOL strict, reply, farm;
    UINT32 limit;               /* of a fragment */

    BOOL there, complete;
    UINT32 session;
    UINT64 received;
    BYTE data[FILE_MAX];
    UINT32 deliveries;
};

struct journal
{
    struct upload_session session;
    UINT64 acknowledged;
    WCHAR *reply_url;
    BOOL reply_done;
};

static UINT32 seed;

static UINT32 roll(UINT32 sides)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % sides;
}

static BOOL happens(UINT32 once_in)
{
    return once_in && !roll(once_in);
}

static BYTE octet(UINT64 offset)
{
    return (BYTE)(offset * 31 ^ offset >> 8);
}

/* The server's answer to a packet; TRUE if it has the file now and did not before. */
static UINT32 answer(struct server *server, const struct upload *upload, char *text)
{
    const struct upload_request *request = &upload->request;
    BOOL here = !upload->session.host || request->url[7] == 'g';
    UINT64 end = request->first + request->length, i;
    char id[40];

    *text = 0;
    if (happens(server->refuse)) return 503;
    if (request->packet == UPLOAD_PING) return happens(server->refuse) ? 400 : 200;
    if (request->packet == UPLOAD_CREATE)
    {
        server->there = TRUE;
        server->complete = FALSE;
        server->received = 0;
        memset(server->data, 0xee, sizeof(server->data));
        sprintf(text, P "BITS-Session-Id: {%u}\r\n%s", ++server->session, server->farm ? HOST("g") BACK_AFTER("100") : "");
        return 201;
    }
    if (happens(server->forget)) server->there = FALSE;
    sprintf(id, "{%u}", server->session);
    if (!server->there || !here || strcmp(upload->session.id, id))
    {
        strcpy(text, GONE);
        return 500;
    }
    sprintf(text, "BITS-Session-Id: %s\r\n", id);
    if (request->packet != UPLOAD_FRAGMENT)
    {
        ok(request->packet == UPLOAD_CANCEL || server->complete, "[BUP.CLOSE.1] closed before its end\n");
        server->there = FALSE;
        return 200;
    }
    if (server->limit && request->length > server->limit) return 413;
    if (happens(server->lose_data) && !server->complete) server->received -= roll((UINT32)server->received + 1);
    if (request->first > server->received || (server->strict && request->first != server->received && !server->complete))
    {
        sprintf(text + strlen(text), "BITS-Received-Content-Range: %llu\r\n", (unsigned long long)server->received);
        return 416;
    }
    if (happens(server->take_part) && request->length) end = request->first + roll(request->length);
    for (i = server->received; i < end; i++) server->data[i] = octet(i);
    server->received = max(server->received, end);
    if (server->received == upload->size)
    {
        if (!server->complete)
        {
            server->deliveries++;
            for (i = 0; i < upload->size && server->data[i] == octet(i); i++) ;
            ok(i == upload->size, "[BUP.FRAG.2,BUP.FRAG.3] octet %llu of %llu is wrong\n", (unsigned long long)i, (unsigned long long)upload->size);
        }
        server->complete = TRUE;
    }
    sprintf(text + strlen(text), "BITS-Received-Content-Range: %llu\r\n%s", (unsigned long long)server->received,
            server->complete && server->reply ? AT("/r") : "");
    return 200;
}

/* One attempt. UPLOAD_SEND: it was killed. */
static enum upload_step attempt(struct server *server, struct journal *journal, UINT32 size, UINT64 time, BOOL away, struct failure *failure)
{
    struct upload_params params = { U, L"c:\\f", size };
    struct header_list headers;
    struct upload upload;
    enum upload_step step;
    UINT32 status, count;
    char text[500];

    params.acknowledged = journal->acknowledged;
    params.session = &journal->session;
    params.reply_url = journal->reply_url;
    params.reply_done = journal->reply_done;
    params.wants_reply = server->reply;
    params.foreground = roll(2);
    ok(upload_init(&upload, &params) == S_OK, "not begun\n");
    upload.block_limit = roll(2) ? 1024 + roll(2000) : 0;
    for (count = 0;; count++)
    {
        step = upload_next(&upload, count * 10, time);
        if (step == UPLOAD_DONE || step == UPLOAD_FAILED || count > 3000) break;
        if (happens(server->kill))
        {
            step = UPLOAD_SEND;
            break;
        }
        if (step == UPLOAD_RECORD)
        {
            upload_session_free(&journal->session);
            upload_session_copy(&upload.session, &journal->session);
            journal->acknowledged = upload.acknowledged;
            upload_on_recorded(&upload);
            continue;
        }
        if (step == UPLOAD_REPLY)
        {
            ok(server->complete || !server->there, "[BUP.REPLY.6] the reply of nothing\n");
            if (!journal->reply_url) journal->reply_url = str_dup(upload.reply_url);
            if (happens(server->refuse))
            {
                verdict_status(503, failure);
                upload_on_failure(&upload, failure);
                continue;
            }
            journal->reply_done = TRUE;
            upload_on_reply(&upload);
            continue;
        }
        if (upload.request.packet == UPLOAD_FRAGMENT)
        {
            ok(journal->session.id && !strcmp(journal->session.id, upload.session.id), "[BUP.CREATE.6] an unknown session\n");
            ok(journal->acknowledged <= upload.acknowledged, "[BUP.FRAG.13] %llu is recorded, %llu is there\n", (unsigned long long)journal->acknowledged,
               (unsigned long long)upload.acknowledged);
            ok(upload.request.first + upload.request.length <= size && (upload.request.length || !size), "beyond the file\n");
            ok(!journal->reply_url, "[BUP.REPLY.5] a fragment after the reply\n");
        }
        if (upload.request.url[7] == 'g' && away)
        {
            upload_on_error(&upload, HR_REFUSED, CONTEXT_REMOTE_FILE, TRUE, time);
            continue;
        }
        if (roll(2)) upload_on_connected(&upload);
        if (happens(server->lose_request))
        {
            upload_on_error(&upload, HR_CUT, CONTEXT_REMOTE_FILE, FALSE, time);
            continue;
        }
        status = answer(server, &upload, text);
        if (happens(server->lose_ack))
        {
            upload_on_error(&upload, HR_CUT, CONTEXT_REMOTE_FILE, FALSE, time);
            continue;
        }
        make_headers(&headers, text);
        upload_on_ack(&upload, status, &headers, count * 10 + roll(10000));
        headers_free(&headers);
        if (upload.acknowledged > journal->acknowledged && roll(3)) journal->acknowledged = upload.acknowledged;
    }
    ok(count <= 3000, "no end\n");
    *failure = upload.failure;
    upload_free(&upload);
    return step;
}

static void test_walks(void)
{
    static const UINT32 sizes[] = { 0, 1, 10, 1023, 1024, 1025, 5000, 20000 };
    UINT32 walk, done = 0, killed = 0, failed = 0, fatal = 0, again = 0, tries;
    static struct server server;
    struct journal journal;
    struct failure failure;
    enum upload_step step;
    UINT32 size;
    UINT64 time;

    seed = 20261126;
    for (walk = 0; walk < 3000; walk++)
    {
        memset(&server, 0, sizeof(server));
        memset(&journal, 0, sizeof(journal));
        winetest_push_context("walk %u", walk);
        size = sizes[roll(ARRAY_SIZE(sizes))];
        server.reply = roll(2);
        server.strict = roll(2);
        server.farm = !roll(4);
        server.limit = roll(3) ? 0 : 1024 + roll(3000);
        if (roll(8))
        {
            server.lose_request = roll(20);
            server.lose_ack = roll(20);
            server.refuse = roll(20);
            server.forget = roll(2) ? 0 : 5 + roll(30);
            server.take_part = roll(5);
            server.lose_data = roll(2) ? 0 : 3 + roll(20);
            server.kill = roll(2) ? 0 : 3 + roll(30);
        }
        time = T0 * TICKS_PER_SECOND;
        for (tries = 0; tries < 200; tries++)
        {
            if (tries == 100)   /* peace */
                server.lose_request = server.lose_ack = server.refuse = server.forget = server.take_part = server.lose_data = server.kill = 0;
            step = attempt(&server, &journal, size, time, tries < 100 && roll(2), &failure);
            if (step == UPLOAD_DONE) break;
            ok(step == UPLOAD_SEND || step == UPLOAD_FAILED, "ends with %u\n", step);
            if (step == UPLOAD_SEND) killed++;
            else
            {
                failed++;
                ok(FAILED(failure.hr) && failure.context == CONTEXT_REMOTE_FILE, "got %#x %u\n", failure.hr, failure.context);
                if (failure.class == FAILURE_FATAL)
                {
                    fatal++;
                    ok(failure.hr == BG_E_INVALID_SERVER_RESPONSE, "[BUP.RESUME.4] got %#x\n", failure.hr);
                    ok(server.lose_data || server.take_part, "[BUP.RESUME.4] a server that does nothing wrong: %#x\n", failure.hr);
                }
            }
            time += 60 * TICKS_PER_SECOND;
        }
        ok(step == UPLOAD_DONE, "[BUP.RESUME.1,BUP.RESUME.2,BUP.GEN.4] never done\n");
        ok(server.deliveries, "[BUP.CLOSE.10] never there\n");
        ok(!server.reply || journal.reply_done, "[BUP.REPLY.6] no reply\n");
        done++;
        again += server.deliveries > 1;
        upload_session_free(&journal.session);
        free(journal.reply_url);
        winetest_pop_context();
    }
    trace("%u uploads, %u kills, %u failures, %u of them fatal, %u times twice\n", done, killed, failed, fatal, again);
}

START_TEST(upload)
{
    test_rows();
    test_lines();
    test_content_name();
    test_session_ids();
    test_hosts();
    test_fallback_timeouts();
    test_blocks();
    test_setbacks();
    test_reply_url();
    test_failures();
    test_forgotten_host();
    test_no_session();
    test_walks();
}
