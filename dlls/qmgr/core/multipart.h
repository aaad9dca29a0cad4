/*
 * Replies to requests for several ranges: multipart/byteranges
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
 * Pure room.  Takes the parts of a 206 reply of type multipart/byteranges apart while it arrives (RFC 9110 14.6).  Called on the
 * transfer's worker thread behind http1, with the octets of the body.  Keeps no reference to them, allocates within the limits below.
 *
 * Strict: a part is as long as its Content-Range says, so that nothing is ever searched in the data; the ranges come as they were asked
 * for [BEH.HTTP.5].  What differs is BG_E_INVALID_SERVER_RESPONSE [BEH.RANGE.5].
 */

#ifndef __QMGR_CORE_MULTIPART_H
#define __QMGR_CORE_MULTIPART_H

#include "core/headers.h"
#include "core/str.h"

#define MULTIPART_BOUNDARY_MAX 70    /* octets, RFC 2046 5.1.1 */
#define MULTIPART_MAX_BLANK    8     /* empty lines in front of the first boundary; two must do [BEH.HTTP.4] */
#define MULTIPART_MAX_HEAD     8192  /* octets of one part's fields; Content-Range, Content-Type and 180 must do [BEH.HTTP.4] */
#define MULTIPART_MAX_LINE     256   /* octets of a boundary line, blanks behind it included */

enum multipart_state
{
    MULTIPART_BETWEEN,   /* boundary lines and fields of a part */
    MULTIPART_DATA,      /* octets of the part `range` */
    MULTIPART_DONE,      /* the last boundary was seen; what follows is ignored */
    MULTIPART_FAILED
};

struct multipart_reader
{
    /* results */
    enum multipart_state state;
    UINT32 part;                     /* number of the present part from 1 on; 0 before the first */
    struct content_range range;      /* of the present part, all three known but total, which may be SIZE_UNKNOWN */
    HRESULT hr;                      /* MULTIPART_FAILED */

    /* private */
    const struct content_range *expected;
    UINT32 expected_count;
    char boundary[MULTIPART_BOUNDARY_MAX + 1];
    UINT32 boundary_len;
    struct buffer line;              /* the present line, or the fields of the part so far */
    size_t line_start;               /* of the present line in there */
    UINT32 phase;
    UINT32 blank;
    UINT64 total;                    /* as the first part said */
    UINT64 left;                     /* of the part */
};

/*
 * content_type: value of the reply's field, NULL if absent.  expected: the ranges asked for, in order, first and last inclusive; last may
 * lie behind the end of the file (SIZE_UNKNOWN: to the end), total is what the file is known to have or SIZE_UNKNOWN; borrowed for the
 * life of the reader.  NULL: any ranges are taken.  BG_E_INVALID_SERVER_RESPONSE if the type is no multipart/byteranges with a good
 * boundary; then the reader is in MULTIPART_FAILED and need not be freed.
 */
HRESULT multipart_init(struct multipart_reader *reader, const char *content_type, const struct content_range *expected,
                       UINT32 expected_count);
void multipart_free(struct multipart_reader *reader);

/* The type is multipart/byteranges, whatever its parameters. */
BOOL multipart_is(const char *content_type);

/*
 * Consumes octets of the body: *used of len.  Finds at most one run of data: *data_len octets at *data inside body, which belong to
 * reader->part and lie at *offset in the remote file; 0 if there is none yet.  Call again with the rest while *used < len.
 */
HRESULT multipart_read(struct multipart_reader *reader, const char *body, size_t len, size_t *used, const char **data,
                       size_t *data_len, UINT64 *offset);

/* The body ended. S_OK if the last boundary was seen and no expected range is missing; HRESULT_FROM_WIN32(ERROR_HANDLE_EOF) in the middle. */
HRESULT multipart_end(struct multipart_reader *reader);

#endif /* __QMGR_CORE_MULTIPART_H */
