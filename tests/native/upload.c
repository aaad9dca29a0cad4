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
    {"BUP.ERR.6,BUP.HDR.24,BUP.STATUS.12,ERR.GEN.6", "FAILED 801901f4 T 7", {{"PING http://h/f", 500, "BITS-Error-Context: 0x7\r\n"}}},
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
    {"BUP.RESUME.1,BUP.STATE.1,BUP.FRAG.23", "DONE",
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
    {"BUP.CANCEL.1,BUP.CANCEL.2,BUP.STATE.6,BEH.STATE.65", "DONE", {{"CANCEL http://h/f s1", 200, S}}, CANCELLED, "s1", .acknowledged = 5},
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
    {"BUP.REPLY.1,BUP.REPLY.6,BUP.GEN.5,BUP.HDR.22,BUP.STATE.4", "DONE",
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
    {"BUP.HOST.1,BUP.HDR.15", "DONE",
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
    {"BUP.HOST.5,BUP.HOST.6", "DONE", /* its time has run out meanwhile */
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
     {{"PING http://g/f", 200, ""}, {"REPLY http://h/r", .sec = 100}, {"RECORD s1 at 0"}, CLOSE}, WANTS_REPLY, "s1", .host = L"g", .timeout = 60, .failed = 941,
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
        ok(!request->first && !request->length && !request->last, "[BUP.HDR.4] a body with %s\n", packets[request->packet]);
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

START_TEST(upload)
{
    test_rows();
}
