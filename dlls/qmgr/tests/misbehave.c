/*
 * Servers that misbehave: each ends in the code and the state that the rules name, and no wrong byte is handed out
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

#define COBJMACROS
#include "windef.h"
#include "winbase.h"
#include "winreg.h"
#include "winsvc.h"
#include "objbase.h"
#include "bits.h"
#include "bits3_0.h"
#include "psapi.h"

#include "wine/test.h"
#include "bits_test.h"

#define IO_TIMEOUT  3000        /* ms, in place of the service's two minutes */
#define BATCH       40          /* jobs at a time: below the limit for ordinary users */

/* In a row: */
#define DONE         BG_JOB_STATE_TRANSFERRED, S_OK
#define FATAL(hr)    BG_JOB_STATE_ERROR, (HRESULT)(hr)
#define AGAIN(hr)    BG_JOB_STATE_TRANSIENT_ERROR, (HRESULT)(hr)

#define CUT          AGAIN(0x80072efe)          /* ERROR_WINHTTP_CONNECTION_ERROR */
#define LATE         AGAIN(0x80072ee2)          /* ERROR_WINHTTP_TIMEOUT */
#define GARBLED      AGAIN(0x80072f78)          /* ERROR_WINHTTP_INVALID_SERVER_RESPONSE */
#define NO_SIZE      FATAL(0x80200011)          /* BG_E_MISSING_FILE_SIZE */
#define NO_HTTP      FATAL(0x80200012)          /* BG_E_INSUFFICIENT_HTTP_SUPPORT */
#define NO_RANGES    FATAL(0x80200013)          /* BG_E_INSUFFICIENT_RANGE_SUPPORT */
#define WRONG        FATAL(0x8020001b)          /* BG_E_INVALID_SERVER_RESPONSE */
#define CHANGES      AGAIN(0x80200073)          /* BG_E_REMOTE_FILE_CHANGED: changed twice in a row */
#define LOOPS        FATAL(0x80072f7c)          /* ERROR_WINHTTP_REDIRECT_FAILED */
#define HTTP_FATAL(status) FATAL(0x80190000 + (status))
#define HTTP_AGAIN(status) AGAIN(0x80190000 + (status))

#define RESUMES      0x1        /* Resume brings it home */
#define SLOW         0x2        /* depends on the time-outs of the service */
#define DOCUMENTED   0x4        /* else the code is inferred */
#define ANY_BYTES    0x8        /* the server sends others than its pattern, and that cannot be noticed */

/*
 * `mode`: F foreground, B background, * both.  In the script @ is the path of the row and $ its other path; the pattern is that of @.  A
 * script without a rule for HEAD gets a good one.  Lines between "on" and "reply" count for every reply of that rule.
 */
static const struct row
{
    const char *id, *name;
    char mode;
    const char *script;
    unsigned int size;
    BG_JOB_STATE state;
    HRESULT hr;
    unsigned int flags;
}
rows[] =
{
    /* Good servers of unusual habits. */
    {"BEH.HTTP.30", "plain", '*', "on * @\n size 100000\n", 100000, DONE, DOCUMENTED},
    {"BEH.HTTP.37", "empty file", '*', "on HEAD @\n size 0\non * @\n status 500\n", 0, DONE},
    {"BEH.HTTP.33", "one byte", '*', "on * @\n size 1\n", 1, DONE},
    {"BEH.HTTP.6", "names in odd case", '*', "on * @\n size 100000\n remove Content-Type\n header cONTENT-tYPE: x/y\n header LAST-modified: Wed, 01 Nov 2023 00:00:00 GMT\n modified none\n", 100000, DONE, DOCUMENTED},
    {"BEH.HTTP.1", "HTTP/1.0", '*', "on * @\n size 100000\n version HTTP/1.0\n", 100000, DONE, DOCUMENTED},
    {"BEH.HTTP.1", "HTTP/1.0, close-delimited body", 'F', "on GET @\n size 100000\n version HTTP/1.0\n close-delimited\n", 100000, DONE, DOCUMENTED},
    {"BEH.HTTP.30", "close-delimited body", 'F', "on GET @\n size 100000\n close-delimited\n", 100000, DONE},
    {"BEH.HTTP.30", "chunked body", 'F', "on GET @\n size 100000\n chunked 777\n", 100000, DONE},
    {"BEH.HTTP.31", "chunked ranges", 'B', "on GET @\n size 100000\n chunked 777\n", 100000, DONE},
    {"BEH.HTTP.30", "chunks with extensions and trailers", '*', "on GET @\n size 100000\n chunked 3000\n chunk-extension ;a=\"b;c\"\n trailer X-Sum: 1\n trailer Content-Length: 7\n", 100000, DONE},
    {"BEH.HTTP.30", "chunks of one byte", '*', "on GET @\n size 3000\n chunked 1\n", 3000, DONE},
    {"BEH.HTTP.38", "gzip in spite of identity", '*', "on * @\n size 100000\n header Content-Encoding: gzip\n", 100000, DONE},
    {"BEH.HTTP.72", "content type of no sense", '*', "on * @\n size 100000\n remove Content-Type\n header Content-Type: ;;;\n", 100000, DONE},
    {"BEH.HTTP.72", "no content type", '*', "on * @\n size 100000\n remove Content-Type\n", 100000, DONE},
    {"BEH.CONSIST.21", "no date", '*', "on * @\n size 100000\n modified none\n", 100000, DONE},
    {"BEH.CONSIST.21", "a date that is none", '*', "on * @\n size 100000\n modified none\n header Last-Modified: yesterday\n", 100000, DONE},
    {"BEH.CONSIST.20", "the tag changes with each reply", '*', "on HEAD @\n size 100000\n etag \"1\"\non GET @\n size 100000\n reply 1\n etag \"2\"\n reply\n etag \"3\"\n", 100000, DONE},
    {"BEH.HTTP.8", "Accept-Ranges: none, but they work", '*', "on * @\n size 100000\n header Accept-Ranges: none\n remove Accept-Ranges\n", 100000, DONE},
    {"BEH.HTTP.30", "a hundred fields", '*', "on * @\n size 100000\n fill 100 60\n", 100000, DONE},
    {"BEH.HTTP.30", "a folded line", '*', "on * @\n size 100000\n header X-Folded: one\\r\\n two\n", 100000, DONE},
    {"BEH.HTTP.30", "no reason phrase", '*', "on * @\n size 100000\n", 100000, DONE},
    {"BEH.HTTP.30", "1xx before the reply", '*', "on * @\n size 100000\n informational 103 3\n", 100000, DONE},
    {"BEH.HTTP.30", "closes the connection every time", '*', "on * @\n size 200000\n close\n", 200000, DONE},
    {"BEH.HTTP.30", "closes the connection every time without saying so", '*', "on * @\n size 200000\n close-quietly\n", 200000, DONE},
    {"BEH.HTTP.30", "slow head", '*', "on * @\n size 1000\n delay 600\n", 1000, DONE},
    {"BEH.HTTP.30", "drips", '*', "on GET @\n size 3000\n rate 2000\n", 3000, DONE},
    {"BEH.HTTP.30", "pauses", '*', "on GET @\n size 100000\n delay-at 1 500\n delay-at 60000 500\n", 100000, DONE},
    {"BEH.HTTP.33", "no ranges, but the file is one block", 'B', "on * @\n size 60000\n ranges off\n", 60000, DONE},
    {"BEH.HTTP.16", "no ranges, in the foreground", 'F', "on * @\n size 100000\n ranges off\n", 100000, DONE, DOCUMENTED},
    {"BEH.HTTP.31", "ranges shorter than asked", 'B', "on GET @\n size 100000\n ranges short 1000\n", 100000, DONE},
    {"BEH.HTTP.31", "ranges of a total that is not told", 'B', "on GET @\n size 100000\n ranges total *\n", 100000, DONE},
    {"BEH.HTTP.4", "a single range as multipart", 'B', "on GET @\n size 100000\n ranges multipart\n", 100000, DONE},
    {"BEH.HTTP.4", "a multipart with a boundary of the longest kind", 'B', "on GET @\n size 100000\n ranges multipart\n ranges boundary 0123456789012345678901234567890123456789012345678901234567890123456789\n", 100000, DONE},

    /* Sizes. */
    {"BEH.HTTP.2", "no length", '*', "on HEAD @\n size 100000\n remove Content-Length\n", 0, NO_SIZE, DOCUMENTED},
    {"BEH.HTTP.2", "chunked head", '*', "on HEAD @\n size 100000\n chunked\n", 0, NO_SIZE, DOCUMENTED},
    {"BEH.HTTP.2", "close-delimited head", '*', "on HEAD @\n size 100000\n close-delimited\n", 0, NO_SIZE, DOCUMENTED},
    {"BEH.HTTP.30", "the length twice", 'F', "on * @\n size 1000\n remove Content-Length\n header Content-Length: 1000\n header Content-Length: 1000\n", 1000, DONE},
    {"ERR.0x8020001B", "two lengths", 'F', "on * @\n size 1000\n remove Content-Length\n header Content-Length: 1000\n header Content-Length: 1001\n", 0, WRONG},
    {"ERR.0x8020001B", "two lengths in one line", 'F', "on * @\n size 1000\n remove Content-Length\n header Content-Length: 1000, 1001\n", 0, WRONG},
    {"ERR.0x8020001B", "a length that is no number", '*', "on HEAD @\n size 1000\n remove Content-Length\n header Content-Length: abc\n", 0, WRONG},
    {"ERR.0x8020001B", "a negative length", '*', "on HEAD @\n size 1000\n remove Content-Length\n header Content-Length: -1\n", 0, WRONG},
    {"ERR.0x8020001B", "a signed length", 'F', "on HEAD @\n size 1000\n remove Content-Length\n header Content-Length: +1000\n", 0, WRONG},
    {"ERR.0x8020001B", "a hexadecimal length", 'F', "on HEAD @\n size 1000\n remove Content-Length\n header Content-Length: 0x3e8\n", 0, WRONG},
    {"ERR.0x8020001B", "an empty length", 'F', "on HEAD @\n size 1000\n remove Content-Length\n header Content-Length:\n", 0, WRONG},
    {"ERR.0x8020001B", "a length beyond 64 bits", '*', "on HEAD @\n size 1000\n remove Content-Length\n header Content-Length: 18446744073709551616\n", 0, WRONG},
    {"ERR.0x80070070", "more than any disk holds", '*', "on HEAD @\n size 1000\n length 9000000000000000000\n", 0, FATAL(0x80070070)},

    /* Heads. */
    {"ERR.0x80072F78", "a line without a colon", 'F', "on * @\n size 1000\n header nonsense\n", 0, GARBLED},
    {"BEH.HTTP.30", "a blank before the colon", 'F', "on * @\n size 1000\n header X-A : b\n", 1000, DONE},
    {"ERR.0x80072F78", "a NUL in a field", 'F', "on HEAD @\n size 1000\n header X-A: b\\0c\n", 0, GARBLED},
    {"ERR.0x80072F78", "megabytes of fields", '*', "on HEAD @\n size 1000\n fill 5000 1000\n", 0, GARBLED},
    {"ERR.0x80072F78", "one field of a megabyte", '*', "on HEAD @\n size 1000\n fill 1 1000000\n", 0, GARBLED},
    {"ERR.0x80072F78", "a flood of 1xx", '*', "on HEAD @\n size 1000\n informational 102 10000\n", 0, GARBLED},
    {"ERR.0x80072F78", "a status of two digits", 'F', "on HEAD @\n status-line HTTP/1.1 20 OK\n size 1000\n", 0, GARBLED},
    {"ERR.0x80072F78", "a status of four digits", 'F', "on HEAD @\n status-line HTTP/1.1 2000 OK\n size 1000\n", 0, GARBLED},
    {"ERR.0x80072F78", "no status", 'F', "on HEAD @\n status-line HTTP/1.1\n size 1000\n", 0, GARBLED},
    {"BEH.HTTP.82", "another protocol", '*', "on HEAD @\n status-line ICY 200 OK\n size 1000\n", 0, NO_HTTP},
    {"BEH.HTTP.82", "no protocol at all", '*', "on HEAD @\n raw <html>hello</html>\\r\\n\n", 0, NO_HTTP},
    {"BEH.HTTP.82", "a later protocol", 'F', "on HEAD @\n status-line HTTP/2.0 200 OK\n size 1000\n", 0, NO_HTTP},
    {"ERR.0x80072EFE", "an empty reply", '*', "on HEAD @\n drop\n", 0, CUT},
    {"ERR.0x80072EFE", "the head is cut in the status line", '*', "on HEAD @\n size 1000\n cut-head 7\n", 0, CUT},
    {"ERR.0x80072EFE", "the head is cut in a field", '*', "on HEAD @\n size 1000\n cut-head 30\n", 0, CUT},
    {"ERR.0x80072EFE", "the head is reset", '*', "on HEAD @\n size 1000\n reset-head 20\n", 0, CUT},
    {"ERR.0x80072EFE", "the head of the body is cut", '*', "on GET @\n size 1000\n reply 1\n cut-head 40\n reply\n", 1000, CUT, RESUMES},
    {"ERR.0x80072EFE", "the request is dropped", '*', "on GET @\n size 1000\n reply 2\n drop\n reply\n", 1000, CUT, RESUMES},
    {"ERR.0x80072EFE", "the request is refused", '*', "on HEAD @\n refuse\n", 0, CUT},
    {"ERR.0x80072EE2", "silent", 'F', "on HEAD @\n silent\n", 0, LATE, SLOW},
    {"ERR.0x80072EE2", "silent in the body's request", 'F', "on GET @\n size 1000\n reply 1\n silent\n reply\n", 1000, LATE, SLOW | RESUMES},

    /* Bodies that end early: what is there stays, the rest is fetched later. */
    {"BEH.HTTP.35", "cut before the first byte", '*', "on GET @\n size 100000\n reply 1\n cut 0\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "cut after the first byte", '*', "on GET @\n size 100000\n reply 1\n cut 1\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "cut in the middle", '*', "on GET @\n size 100000\n reply 1\n cut 50000\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "cut a byte before the end of a block", '*', "on GET @\n size 100000\n reply 1\n cut 65535\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "cut a byte after the beginning of a block", 'B', "on GET @\n size 100000\n reply 1\n reply 1\n cut 1\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "cut before the last byte", 'F', "on GET @\n size 100000\n reply 1\n cut 99999\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "cut before the last byte of the last block", 'B', "on GET @\n size 100000\n reply 1\n reply 1\n cut 34463\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "reset before the first byte", '*', "on GET @\n size 100000\n reply 1\n reset 0\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "reset in the middle", '*', "on GET @\n size 100000\n reply 1\n reset 50000\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "reset before the last byte", 'F', "on GET @\n size 100000\n reply 1\n reset 99999\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "a close-delimited body is cut", 'F', "on GET @\n size 100000\n reply 1\n close-delimited\n cut 70000\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "an HTTP/1.0 body is cut", '*', "on GET @\n size 100000\n version HTTP/1.0\n reply 1\n cut 40000\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "cut within a chunk", '*', "on GET @\n size 100000\n chunked 1000\n reply 1\n cut 40500\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "cut between chunks", '*', "on GET @\n size 100000\n chunked 1000\n reply 1\n cut 40000\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "the last chunk is missing", 'F', "on GET @\n size 100000\n chunked 1000\n reply 1\n chunk-end \n close\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "announced is more than comes", 'F', "on HEAD @\n size 100000\non GET @\n size 100000\n reply 1\n size 50000\n length 100000\n close\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.35", "a multipart is cut in its part", 'B', "on GET @\n size 100000\n ranges multipart\n reply 1\n cut 30000\n reply\n", 100000, CUT, RESUMES},
    {"BEH.HTTP.15", "cut, and no ranges to go on with", 'F', "on GET @\n size 100000\n ranges off\n reply 1\n cut 50000\n reply\n", 100000, CUT},
    {"BEH.HTTP.45", "an error whose body drips", '*', "on GET @\n status 403\n size 60000\n rate 1000\n", 0, HTTP_FATAL(403)},
    {"BEH.HTTP.45", "an error whose chunks drip", 'F', "on GET @\n status 403\n size 60000\n rate 1000\n chunked 100\n", 0, HTTP_FATAL(403)},
    {"BEH.HTTP.54", "a redirect whose body drips", '*', "on HEAD @\n size 1000\non GET @\n redirect 302 $\n size 60000\n rate 1000\non * $\n pattern @\n size 1000\n", 1000, DONE},
    {"ERR.0x80072EE2", "stalls at the first byte", 'F', "on GET @\n size 100000\n reply 1\n stall 0\n reply\n", 100000, LATE, SLOW | RESUMES},
    {"ERR.0x80072EE2", "stalls in the middle", 'F', "on GET @\n size 100000\n reply 1\n stall 50000\n reply\n", 100000, LATE, SLOW | RESUMES},
    {"ERR.0x80072EE2", "stalls before the last byte", 'F', "on GET @\n size 100000\n reply 1\n stall 99999\n reply\n", 100000, LATE, SLOW | RESUMES},
    {"ERR.0x80072EE2", "stalls in a block", 'B', "on GET @\n size 100000\n reply 1\n stall 30000\n reply\n", 100000, LATE, SLOW | RESUMES},

    /* Bad framing. */
    {"ERR.0x80072F78", "a chunk size that is no number", 'F', "on GET @\n size 1000\n chunked\n raw HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\n\n", 0, GARBLED, ANY_BYTES},
    {"ERR.0x80072F78", "a chunk size beyond 64 bits", 'F', "on GET @\n size 1000\n raw HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n10000000000000000\\r\\nabc\n", 0, GARBLED, ANY_BYTES},
    {"ERR.0x80072F78", "a negative chunk size", 'F', "on GET @\n size 1000\n raw HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n-5\\r\\nabc\n", 0, GARBLED, ANY_BYTES},
    {"ERR.0x80072F78", "no line break behind a chunk", 'F', "on HEAD @\n size 1000\non GET @\n raw HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabcdef\\r\\n\n", 0, GARBLED, ANY_BYTES},
    {"ERR.0x80072F78", "chunk sizes of a megabyte of digits", 'F', "on GET @\n size 1000\n chunked\n chunk-extension ;x\n fill 1 300000\n", 0, GARBLED, ANY_BYTES},
    {"ERR.0x80072F78", "an unknown transfer coding", 'F', "on GET @\n size 1000\n header Transfer-Encoding: gzip\n", 0, GARBLED, ANY_BYTES},
    {"BEH.HTTP.36", "a chunked body longer than the file", 'F', "on HEAD @\n size 1000\non GET @\n size 2000\n chunked\n", 0, WRONG},
    {"BEH.HTTP.36", "a close-delimited body longer than the file", 'F', "on HEAD @\n size 1000\non GET @\n size 2000\n close-delimited\n", 0, WRONG},
    {"BEH.HTTP.36", "a chunked block longer than it says", 'B', "on GET @\n size 100000\n chunked\n ranges long 1\n remove Content-Range\n header Content-Range: bytes 0-65535/100000\n", 0, WRONG},
    {"BEH.HTTP.36", "bytes behind the announced end", 'F', "on HEAD @\n size 10\non GET @\n raw HTTP/1.1 200 OK\\r\\nContent-Length: 10\\r\\n\\r\\n0123456789and more of it\n", 0, WRONG, ANY_BYTES},

    /* Ranges. */
    {"BEH.HTTP.34", "everything for a range", 'B', "on * @\n size 100000\n ranges off\n", 0, NO_RANGES, DOCUMENTED},
    {"BEH.HTTP.34", "everything for a range, quietly", 'B', "on * @\n size 100000\n ranges quiet\n", 0, NO_RANGES, DOCUMENTED},
    {"BEH.HTTP.34", "everything for a range of an HTTP/1.0 server", 'B', "on * @\n size 100000\n ranges quiet\n version HTTP/1.0\n close-delimited\non HEAD $\n", 0, NO_SIZE},
    {"BEH.HTTP.32", "no Content-Range", 'B', "on GET @\n size 100000\n remove Content-Range\n", 0, NO_RANGES, DOCUMENTED},
    {"BEH.HTTP.32", "a Content-Range that is none", 'B', "on GET @\n size 100000\n remove Content-Range\n header Content-Range: all of it\n", 0, NO_RANGES},
    {"BEH.HTTP.32", "a Content-Range in another unit", 'B', "on GET @\n size 100000\n remove Content-Range\n header Content-Range: octets 0-65535/100000\n", 0, NO_RANGES},
    {"BEH.HTTP.32", "a Content-Range without a total", 'B', "on GET @\n size 100000\n remove Content-Range\n header Content-Range: bytes 0-65535\n", 0, NO_RANGES},
    {"BEH.HTTP.32", "a Content-Range that runs backwards", 'B', "on GET @\n size 100000\n remove Content-Range\n header Content-Range: bytes 65535-0/100000\n", 0, NO_RANGES},
    {"BEH.HTTP.32", "two Content-Ranges", 'B', "on GET @\n size 100000\n header Content-Range: bytes 0-65535/100000\n", 0, NO_RANGES},
    {"BEH.HTTP.32", "a range that starts later", 'B', "on GET @\n size 100000\n ranges shift 1\n", 0, NO_RANGES},
    {"BEH.HTTP.32", "a range that starts earlier", 'B', "on GET @\n size 100000\n reply 1\n reply\n ranges early 1\n", 0, NO_RANGES},
    {"BEH.HTTP.32", "a range that ends later", 'B', "on GET @\n size 100000\n ranges long 1\n", 0, NO_RANGES},
    {"BEH.HTTP.44", "no range is satisfiable", 'B', "on GET @\n size 100000\n ranges unsatisfiable\n", 0, NO_RANGES},
    {"BEH.HTTP.44", "the second range is not satisfiable", 'B', "on GET @\n size 100000\n reply 1\n reply\n ranges unsatisfiable\n", 0, NO_RANGES},
    {"BEH.HTTP.36", "less than the range announces", 'B', "on GET @\n size 100000\n length 1000\n", 0, WRONG},
    {"BEH.HTTP.36", "more than the range announces", 'B', "on GET @\n size 100000\n length 70000\n", 0, WRONG},
    {"BEH.RANGE.5", "a multipart without a boundary", 'B', "on GET @\n raw HTTP/1.1 206 Partial Content\\r\\nContent-Type: multipart/byteranges\\r\\nContent-Length: 4\\r\\n\\r\\nabcd\n", 0, WRONG, DOCUMENTED},
    {"BEH.RANGE.5", "a multipart without parts", 'B', "on GET @\n raw HTTP/1.1 206 Partial Content\\r\\nContent-Type: multipart/byteranges; boundary=x\\r\\nContent-Length: 9\\r\\n\\r\\n--x--\\r\\n\\r\\n\n", 0, WRONG},
    {"BEH.RANGE.5", "a multipart of the wrong range", 'B', "on GET @\n raw HTTP/1.1 206 Partial Content\\r\\nContent-Type: multipart/byteranges; boundary=x\\r\\nContent-Length: 61\\r\\n\\r\\n--x\\r\\nContent-Range: bytes 1-2/100000\\r\\n\\r\\nab\\r\\n--x--\\r\\n     \n", 0, WRONG},
    {"BEH.HTTP.40", "206 that nobody asked for", 'F', "on HEAD @\n size 1000\non GET @\n size 1000\n status 206\n", 0, HTTP_AGAIN(206)},

    /* Files that change. */
    {"BEH.CONSIST.2", "one byte longer, once", '*', "on HEAD @\n size 100000\n reply 1\n size 99999\n reply\non GET @\n size 100000\n", 100000, DONE, DOCUMENTED},
    {"BEH.CONSIST.2", "another date, once", '*', "on HEAD @\n size 100000\n reply 1\n modified 1600000000\n reply\non GET @\n size 100000\n", 100000, DONE, DOCUMENTED},
    {"BEH.CONSIST.6", "another date and 412, between two blocks", 'B', "on HEAD @\n size 100000\n reply 1\n reply\n modified 1700000000\non GET @\n size 100000\n reply 1\n reply\n modified 1700000000\n", 100000, DONE},
    {"BEH.CONSIST.2", "another date between two blocks, conditions ignored", 'B', "on HEAD @\n size 100000\n reply 1\n reply\n modified 1700000000\non GET @\n size 100000\n conditions off\n reply 1\n reply\n modified 1700000000\n", 100000, DONE, DOCUMENTED},
    {"BEH.CONSIST.7", "another total between two blocks", 'B', "on HEAD @\n size 100000\n reply 1\n reply\n size 90000\non GET @\n size 100000\n reply 1\n reply\n size 90000\n", 90000, DONE},
    {"BEH.CONSIST.22", "another date every time", '*', "on HEAD @\n size 100000\n reply 1\n reply 1\n modified 1700000000\n reply 1\n modified 1600000000\n reply\n modified 1500000000\non GET @\n size 100000\n modified 1400000000\n", 0, CHANGES},
    {"BEH.CONSIST.22", "another size every time", 'F', "on HEAD @\n size 1000\non GET @\n size 1001\n", 0, CHANGES},
    {"BEH.CONSIST.22", "another total every time", 'B', "on GET @\n size 100000\n ranges total 100001\n", 0, CHANGES},
    {"BEH.CONSIST.22", "a multipart of another total every time", 'B', "on GET @\n size 100000\n ranges multipart\n ranges total 100001\n", 0, CHANGES},
    {"ERR.0x8019019C", "always 412", '*', "on GET @\n status 412\n", 0, HTTP_FATAL(412)},

    /* Redirects. */
    {"BEH.HTTP.54", "to another path", '*', "on * @\n redirect 302 $\non * $\n size 100000\n pattern @\n", 100000, DONE},
    {"BEH.HTTP.54", "a reference of the last segment", '*', "on * @\n redirect 301 target-of$\non * /target-of$\n size 100000\n pattern @\n", 100000, DONE},
    {"BEH.HTTP.54", "of the body only", '*', "on HEAD @\n size 100000\non GET @\n redirect 307 $\non * $\n size 100000\n pattern @\n", 100000, DONE},
    {"BEH.HTTP.83", "308", '*', "on * @\n redirect 308 $\non * $\n size 100000\n pattern @\n", 100000, DONE},
    {"BEH.HTTP.54", "from good to missing", '*', "on * @\n redirect 302 $\non * $\n status 404\n", 0, HTTP_FATAL(404), DOCUMENTED},
    {"ERR.0x80072F7C", "in a circle of one", '*', "on * @\n redirect 302 @\n", 0, LOOPS},
    {"ERR.0x80072F7C", "in a circle of two", '*', "on * @\n redirect 302 $\non * $\n redirect 301 @\n", 0, LOOPS},
    {"ERR.0x80072F7C", "the body in a circle", '*', "on HEAD @\n size 1000\non GET @\n redirect 302 @\n", 0, LOOPS},
    {"ERR.0x8019012E", "nowhere", '*', "on * @\n status 302\n", 0, HTTP_FATAL(302)},
    {"ERR.0x8019012E", "to an empty name", 'F', "on * @\n status 302\n header Location:\n", 0, HTTP_FATAL(302)},
    {"BEH.HTTP.52", "to a file", '*', "on * @\n status 302\n header Location: file:///c:/windows/win.ini\n", 0, FATAL(0x80072ee6)},
    {"BEH.HTTP.52", "to a share", 'F', "on * @\n status 301\n header Location: file://server/share/x\n", 0, FATAL(0x80072ee6)},
    {"ERR.0x80072EE6", "to an unknown scheme", 'F', "on * @\n status 307\n header Location: gopher://$(host)/\n", 0, FATAL(0x80072ee6)},
    {"ERR.0x80072EFD", "to where nobody listens", 'F', "on * @\n status 302\n header Location: http://127.0.0.1:1/\n", 0, AGAIN(0x80072efd)},
    {"BEH.HTTP.43", "to a busy server", 'F', "on * @\n redirect 302 $\non * $\n status 503\n header Retry-After: 1\n", 0, HTTP_AGAIN(503), DOCUMENTED},

    /* Authentication without end. */
    {"BEH.HTTP.42", "401", '*', "on * @\n auth basic realm user pass\n size 1000\n", 0, HTTP_FATAL(401), DOCUMENTED},
    {"BEH.HTTP.42", "401 without a challenge", '*', "on * @\n status 401\n", 0, HTTP_FATAL(401), DOCUMENTED},
    {"BEH.HTTP.42", "401 with a challenge of no sense", 'F', "on * @\n status 401\n header WWW-Authenticate: ,,=,\"\n", 0, HTTP_FATAL(401)},
    {"BEH.HTTP.42", "401 with an unknown scheme", 'F', "on * @\n status 401\n header WWW-Authenticate: Magic wand=yes\n", 0, HTTP_FATAL(401)},
    {"BEH.HTTP.42", "401 for the body only", 'F', "on GET @\n status 401\n header WWW-Authenticate: Basic realm=\"x\"\n", 0, HTTP_FATAL(401), DOCUMENTED},
    {"BEH.HTTP.42", "407 of a server", 'F', "on * @\n status 407\n", 0, HTTP_FATAL(407), DOCUMENTED},
};

/* A test value of the service, in place of an interval of hours or minutes. */
static void set_test_value(const WCHAR *name, DWORD value)
{
    LSTATUS status;
    HKEY key;

    status = RegCreateKeyExW(HKEY_LOCAL_MACHINE, L"Software\\Microsoft\\Windows\\CurrentVersion\\BITS\\Test", 0, NULL, 0, KEY_SET_VALUE, NULL,
                             &key, NULL);
    ok(!status, "no test key, error %ld\n", status);
    if (status) return;
    status = value ? RegSetValueExW(key, name, 0, REG_DWORD, (BYTE *)&value, sizeof(value)) : RegDeleteValueW(key, name);
    ok(!status, "cannot set %s, error %ld\n", wine_dbgstr_w(name), status);
    RegCloseKey(key);
}

/* Appends text with the paths put in. */
static char *add_text(char *out, const char *text, size_t len, const char *path, const char *other)
{
    for (; len; text++, len--)
    {
        if (*text == '@') out += sprintf(out, "%s", path);
        else if (*text == '$' && text[1] != '(') out += sprintf(out, "%s", other);
        else *out++ = *text;
    }
    *out = 0;
    return out;
}

static const char *end_of_line(const char *line)
{
    const char *end = strchr(line, '\n');

    return end ? end + 1 : line + strlen(line);
}

/* Appends the script of a row. */
static char *add_rules(char *out, const struct row *row, unsigned int number, char mode)
{
    const char *line, *next, *common = NULL, *common_end = NULL;
    char path[32], other[32];

    sprintf(path, "/%u%c", number, mode);
    sprintf(other, "/%u%cx", number, mode);
    if (!strstr(row->script, "on HEAD @") && !strstr(row->script, "on * @"))
        out += sprintf(out, "on HEAD %s\n size %u\n", path, row->size ? row->size : mode == 'B' ? 100000 : 1000);
    for (line = row->script; *line; line = next)
    {
        next = end_of_line(line);
        if (!strncmp(line, "on ", 3))
        {
            /* is there a reply before the next rule? then what comes before it is common */
            common = next;
            for (common_end = next; *common_end && strncmp(common_end, "on ", 3) && strncmp(common_end, " reply", 6);)
                common_end = end_of_line(common_end);
            if (strncmp(common_end, " reply", 6)) common = NULL;
            else next = common_end;
        }
        out = add_text(out, line, end_of_line(line) - line, path, other);
        if (common && !strncmp(line, " reply", 6)) out = add_text(out, common, common_end - common, path, other);
    }
    return out;
}

struct run
{
    const struct row *row;
    unsigned int number;
    char mode;
    IBackgroundCopyJob *job;
    WCHAR local[MAX_PATH];
    char path[32];
};

static void begin(struct run *run)
{
    WCHAR url[32], name[16];
    HRESULT hr;

    sprintf(run->path, "/%u%c", run->number, run->mode);
    swprintf(url, ARRAY_SIZE(url), L"/%u%c", run->number, run->mode);
    swprintf(name, ARRAY_SIZE(name), L"%u%c", run->number, run->mode);
    lstrcpyW(run->local, bits_path(name));
    if (!(run->job = bits_create_job(name, BG_JOB_TYPE_DOWNLOAD))) return;
    bits_add_file(run->job, bits_url(url), run->local);
    if (run->mode == 'F')
    {
        hr = IBackgroundCopyJob_SetPriority(run->job, BG_JOB_PRIORITY_FOREGROUND);
        ok(hr == S_OK, "SetPriority: got %#lx\n", hr);
    }
    bits_resume(run->job);
}

/* What a client may read of a file that is not whole is right. */
static void check_partial(const struct run *run, IBackgroundCopyFile *file)
{
    unsigned char *data, *expect;
    IBackgroundCopyFile3 *file3;
    BG_FILE_PROGRESS progress;
    WCHAR *temp;
    HANDLE handle;
    DWORD got = 0;
    HRESULT hr;

    hr = IBackgroundCopyFile_GetProgress(file, &progress);
    ok(hr == S_OK, "GetProgress: got %#lx\n", hr);
    ok(!progress.Completed, "completed\n");
    ok(progress.BytesTransferred <= progress.BytesTotal, "%I64u of %I64u bytes\n", progress.BytesTransferred, progress.BytesTotal);
    ok(GetFileAttributesW(run->local) == INVALID_FILE_ATTRIBUTES, "[BEH.FILE.15] the file is there\n");
    if (!progress.BytesTransferred || (run->row->flags & ANY_BYTES)) return;
    if (FAILED(IBackgroundCopyFile_QueryInterface(file, &IID_IBackgroundCopyFile3, (void **)&file3))) return;
    hr = IBackgroundCopyFile3_GetTemporaryName(file3, &temp);
    ok(hr == S_OK, "[FILE3.GetTemporaryName.6] got %#lx\n", hr);
    IBackgroundCopyFile3_Release(file3);
    if (hr != S_OK) return;

    handle = CreateFileW(temp, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
    ok(handle != INVALID_HANDLE_VALUE, "[FILE3.GetTemporaryName.2] cannot open, error %lu\n", GetLastError());
    data = malloc(progress.BytesTransferred);
    expect = malloc(progress.BytesTransferred);
    ReadFile(handle, data, progress.BytesTransferred, &got, NULL);
    CloseHandle(handle);
    test_server_pattern(run->path, 0, expect, progress.BytesTransferred);
    ok(got == progress.BytesTransferred && !memcmp(data, expect, got), "[FILE3.GetTemporaryName.2] wrong bytes among %lu\n", got);
    free(data);
    free(expect);
    CoTaskMemFree(temp);
}

static void check_error(const struct run *run, IBackgroundCopyJob *job)
{
    BG_ERROR_CONTEXT context = 0, expected = BG_ERROR_CONTEXT_REMOTE_FILE;
    IBackgroundCopyError *error;
    HRESULT code = S_OK, hr;

    hr = IBackgroundCopyJob_GetError(job, &error);
    ok(hr == S_OK, "GetError: got %#lx\n", hr);
    if (hr != S_OK) return;
    hr = IBackgroundCopyError_GetError(error, &context, &code);
    ok(hr == S_OK, "GetError: got %#lx\n", hr);
    IBackgroundCopyError_Release(error);
    if (run->row->hr == (HRESULT)0x80070070) expected = BG_ERROR_CONTEXT_LOCAL_FILE;
    if (run->row->flags & DOCUMENTED) ok(code == run->row->hr, "[%s] got %#lx, expected %#lx\n", run->row->id, code, run->row->hr);
    else ok_inferred(run->row->id, code == run->row->hr, "got %#lx, expected %#lx\n", code, run->row->hr);
    ok(context == expected, "[ERR.CTX.5] got context %d\n", context);
}

static void end(struct run *run)
{
    static const unsigned int ends = 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_ERROR | 1u << BG_JOB_STATE_TRANSIENT_ERROR;
    const struct row *row = run->row;
    IBackgroundCopyFile *file;
    BG_JOB_STATE state;
    HRESULT hr;

    if (!run->job) return;
    winetest_push_context("%s (%c%u)", row->name, run->mode, run->number);
    bits_wait_states(run->job, ends);
    state = bits_state(run->job);
    if (row->flags & DOCUMENTED) ok(state == row->state, "[%s] got state %d, expected %d\n", row->id, state, row->state);
    else ok_inferred(row->id, state == row->state, "got state %d, expected %d\n", state, row->state);

    if (state == BG_JOB_STATE_ERROR || state == BG_JOB_STATE_TRANSIENT_ERROR)
    {
        check_error(run, run->job);
        if ((file = bits_get_file(run->job, 0)))
        {
            check_partial(run, file);
            IBackgroundCopyFile_Release(file);
        }
        if (row->flags & RESUMES)
        {
            bits_resume(run->job);
            bits_wait_states(run->job, 1u << BG_JOB_STATE_TRANSFERRED | 1u << BG_JOB_STATE_ERROR);
            state = bits_state(run->job);
            ok_inferred(row->id, state == BG_JOB_STATE_TRANSFERRED, "got state %d after Resume\n", state);
        }
    }
    if (state == BG_JOB_STATE_TRANSFERRED)
    {
        hr = IBackgroundCopyJob_Complete(run->job);
        ok(hr == S_OK, "Complete: got %#lx\n", hr);
        bits_check_file(run->local, row->flags & ANY_BYTES ? NULL : run->path, 0, row->size);
    }
    bits_cancel(run->job);
    run->job = NULL;
    winetest_pop_context();
}

static void test_rows(void)
{
    struct run runs[BATCH];
    unsigned int i, count = 0;
    const char *mode;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        for (mode = "FB"; *mode; mode++)
        {
            if (rows[i].mode != '*' && rows[i].mode != *mode) continue;
            if ((rows[i].flags & SLOW) && strcmp(winetest_platform, "wine")) continue;
            runs[count].row = &rows[i];
            runs[count].number = i;
            runs[count].mode = *mode;
            begin(&runs[count++]);
            if (count < BATCH) continue;
            while (count) end(&runs[--count]);
        }
    }
    while (count) end(&runs[--count]);
}

/* Every status, for HEAD and for GET, by the rule of BEH.HTTP.40. */
static void test_statuses(void)
{
    static const int statuses[] =
    {
        201, 202, 203, 204, 205, 207, 226, 300, 301, 303, 304, 305, 306, 307, 308, 399, 400, 402, 403, 404, 405, 406, 408, 409, 410, 411,
        413, 414, 415, 417, 418, 429, 449, 451, 499, 500, 501, 502, 503, 504, 505, 506, 511, 599, 600, 999
    };
    struct row row[ARRAY_SIZE(statuses)];
    struct run runs[BATCH];
    unsigned int i, count = 0;
    char mode;

    for (mode = 'H'; mode; mode = mode == 'H' ? 'F' : 0)
    {
        for (i = 0; i < ARRAY_SIZE(statuses); i++)
        {
            int status = statuses[i], kind = status / 100;
            BOOL fatal = (kind == 3 && (status <= 305 || status == 307)) || (kind == 4 && status != 408 && status != 409)
                    || status == 501 || status == 505;

            row[i].id = "BEH.HTTP.40";
            row[i].name = mode == 'H' ? "status of HEAD" : "status of GET";
            row[i].mode = mode;
            row[i].flags = 0;
            row[i].size = 0;
            row[i].state = fatal ? BG_JOB_STATE_ERROR : BG_JOB_STATE_TRANSIENT_ERROR;
            row[i].hr = 0x80190000 + status;
            runs[count].row = &row[i];
            runs[count].number = 1000 + status;
            runs[count].mode = mode == 'H' ? 'H' : 'F';
            begin(&runs[count++]);
            if (count < BATCH) continue;
            while (count) end(&runs[--count]);
        }
    }
    while (count) end(&runs[--count]);
}

static char *make_script(void)
{
    unsigned int i, status;
    char *script, *out;

    out = script = malloc(ARRAY_SIZE(rows) * 4096 + 1000 * 200);
    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        if (rows[i].mode != 'B') out = add_rules(out, &rows[i], i, 'F');
        if (rows[i].mode != 'F') out = add_rules(out, &rows[i], i, 'B');
    }
    for (status = 200; status < 1000; status++)
    {
        out += sprintf(out, "on HEAD /%uH\n status %u\n", 1000 + status, status);
        out += sprintf(out, "on HEAD /%uF\n size 1000\non GET /%uF\n status %u\n", 1000 + status, 1000 + status, status);
    }
    return script;
}

static DWORD service_process(void)
{
    SERVICE_STATUS_PROCESS status = { 0 };
    SC_HANDLE scm, service;
    DWORD size;

    scm = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    service = OpenServiceW(scm, L"BITS", SERVICE_QUERY_STATUS);
    QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof(status), &size);
    CloseServiceHandle(service);
    CloseServiceHandle(scm);
    return status.dwProcessId;
}

/* Whatever the servers sent, the service has kept little of it. */
static void test_memory(void)
{
    PROCESS_MEMORY_COUNTERS counters = { sizeof(counters) };
    HANDLE process;
    BOOL ret;

    if (strcmp(winetest_platform, "wine"))
    {
        skip("the service shares its process with others\n");
        return;
    }
    process = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, service_process());
    ok(process != NULL, "cannot open the service's process, error %lu\n", GetLastError());
    ret = K32GetProcessMemoryInfo(process, &counters, sizeof(counters));
    ok(ret, "GetProcessMemoryInfo: error %lu\n", GetLastError());
    ok(counters.PeakWorkingSetSize && counters.PeakWorkingSetSize < 64 * 1024 * 1024, "the service took %Iu KiB\n",
       counters.PeakWorkingSetSize / 1024);
    trace("the service takes %Iu KiB, %Iu at the peak\n", counters.WorkingSetSize / 1024, counters.PeakWorkingSetSize / 1024);
    CloseHandle(process);
}

START_TEST(misbehave)
{
    BOOL wine = !strcmp(winetest_platform, "wine");
    char *script;

    if (!bits_begin()) return;
    if (wine) bits_restart_service();       /* whatever it has held at some time is of this unit then */
    if (wine) set_test_value(L"IoTimeout", IO_TIMEOUT);
    script = make_script();
    if (bits_server_start(script))
    {
        test_rows();
        test_statuses();
        test_memory();
    }
    free(script);
    if (wine) set_test_value(L"IoTimeout", 0);
    bits_end();
}
