/*
 * Tests of the table of failures
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

#include "core/verdict.h"
#include "wine/test.h"

#define F FAILURE_FATAL
#define T FAILURE_TRANSIENT
#define E FAILURE_BLOCKED
#define W32(code) ((HRESULT)(0x80070000u | (code)))

/* The rule in words, status by status [BEH.HTTP.40]. */
static enum failure_class expected_class(UINT32 status)
{
    static const UINT32 fatal[] = {300, 301, 302, 303, 304, 305, 307, 501, 505};
    size_t i;

    for (i = 0; i < ARRAY_SIZE(fatal); i++)
        if (status == fatal[i]) return F;
    if (status >= 400 && status <= 499) return status == 408 || status == 409 ? T : F;
    return T;
}

static void test_statuses(void)
{
    static const struct { UINT32 status; HRESULT hr; enum failure_class class; } rows[] =
    {
        {100, (HRESULT)0x80190064, T}, {101, (HRESULT)0x80190065, T}, {201, (HRESULT)0x801900c9, T},
        {202, (HRESULT)0x801900ca, T}, {203, (HRESULT)0x801900cb, T}, {204, (HRESULT)0x801900cc, T},
        {205, (HRESULT)0x801900cd, T}, {300, (HRESULT)0x8019012c, F}, {301, (HRESULT)0x8019012d, F},
        {302, (HRESULT)0x8019012e, F}, {303, (HRESULT)0x8019012f, F}, {304, (HRESULT)0x80190130, F},
        {305, (HRESULT)0x80190131, F}, {307, (HRESULT)0x80190133, F}, {400, (HRESULT)0x80190190, F},
        {401, (HRESULT)0x80190191, F}, {402, (HRESULT)0x80190192, F}, {403, (HRESULT)0x80190193, F},
        {404, (HRESULT)0x80190194, F}, {405, (HRESULT)0x80190195, F}, {406, (HRESULT)0x80190196, F},
        {407, (HRESULT)0x80190197, F}, {408, (HRESULT)0x80190198, T}, {409, (HRESULT)0x80190199, T},
        {410, (HRESULT)0x8019019a, F}, {411, (HRESULT)0x8019019b, F}, {412, (HRESULT)0x8019019c, F},
        {413, (HRESULT)0x8019019d, F}, {414, (HRESULT)0x8019019e, F}, {415, (HRESULT)0x8019019f, F},
        {416, (HRESULT)0x801901a0, F}, {417, (HRESULT)0x801901a1, F}, {449, (HRESULT)0x801901c1, F},
        {500, (HRESULT)0x801901f4, T}, {501, (HRESULT)0x801901f5, F}, {502, (HRESULT)0x801901f6, T},
        {503, (HRESULT)0x801901f7, T}, {504, (HRESULT)0x801901f8, T}, {505, (HRESULT)0x801901f9, F},
    };
    struct failure failure;
    UINT32 status;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        memset(&failure, 0xcc, sizeof(failure));
        verdict_status(rows[i].status, &failure);
        ok(failure.hr == rows[i].hr, "[ERR.%#x,ERR.HTTP.1] %u: got %#x\n", rows[i].hr, rows[i].status, failure.hr);
        ok(failure.class == rows[i].class, "[ERR.%#x] %u: class %d\n", rows[i].hr, rows[i].status, failure.class);
        ok(failure.context == 5, "[ERR.HTTP.3] %u: context %u\n", rows[i].status, failure.context);
        ok(verdict_counts(&failure), "[BEH.RETRY.8] %u is not counted\n", rows[i].status);
    }
    for (status = 100; status < 1000; status++)
    {
        verdict_status(status, &failure);
        ok(failure.class == expected_class(status), "[ERR.HTTP.2,BEH.HTTP.40] %u: class %d\n", status, failure.class);
        ok(failure.hr == (HRESULT)(0x80190000 + status) && failure.context == 5, "[BEH.HTTP.46] %u: got %#x\n", status, failure.hr);
    }
    verdict_status(306, &failure);
    ok(failure.class == T, "[ERR.HTTP.12] class %d\n", failure.class);
    verdict_status(308, &failure);
    ok(failure.class == T, "[ERR.HTTP.12,BEH.HTTP.83] class %d\n", failure.class);
}

static void test_facts(void)
{
    static const struct
    {
        const char *fact;
        HRESULT hr;
        UINT32 context;
        HRESULT result;
        UINT32 result_context;
        enum failure_class class;
    }
    rows[] =
    {
        /* BITS codes: with the context that the code has by itself, and with one that the finder gave */
        {"ERR.0x8020000D,BEH.FILE.30", (HRESULT)0x8020000d, 0, (HRESULT)0x8020000d, 4, E},
        {"ERR.0x8020000E,BEH.FILE.31", (HRESULT)0x8020000e, 4, (HRESULT)0x8020000e, 4, F},
        {"ERR.0x80200010,ERR.CTX.22", (HRESULT)0x80200010, 0, (HRESULT)0x80200010, 2, E},
        {"ERR.0x80200010,ERR.CTX.22", (HRESULT)0x80200010, 5, (HRESULT)0x80200010, 2, E},
        {"ERR.0x80200011", (HRESULT)0x80200011, 0, (HRESULT)0x80200011, 5, F},
        {"ERR.0x80200012", (HRESULT)0x80200012, 5, (HRESULT)0x80200012, 5, F},
        {"ERR.0x80200013", (HRESULT)0x80200013, 5, (HRESULT)0x80200013, 5, F},
        {"ERR.0x8020001B,ERR.GEN.21", (HRESULT)0x8020001b, 5, (HRESULT)0x8020001b, 5, F},
        {"ERR.0x8020001D,BEH.CONSIST.4", (HRESULT)0x8020001d, 0, (HRESULT)0x8020001d, 4, F},
        {"ERR.0x8020001F", (HRESULT)0x8020001f, 5, (HRESULT)0x8020001f, 5, T},
        {"ERR.0x80200020", (HRESULT)0x80200020, 0, (HRESULT)0x80200020, 5, F},
        {"ERR.0x80200022", (HRESULT)0x80200022, 0, (HRESULT)0x80200022, 5, F},
        {"ERR.0x80200023", (HRESULT)0x80200023, 0, (HRESULT)0x80200023, 5, F},
        {"ERR.0x8020002B", (HRESULT)0x8020002b, 0, (HRESULT)0x8020002b, 5, F},
        {"ERR.0x8020003E", (HRESULT)0x8020003e, 0, (HRESULT)0x8020003e, 2, E},
        {"ERR.0x8020003F,BEH.PROXY.10", (HRESULT)0x8020003f, 5, (HRESULT)0x8020003f, 6, F},
        {"ERR.0x80200040", (HRESULT)0x80200040, 0, (HRESULT)0x80200040, 5, F},
        {"ERR.0x80200053", (HRESULT)0x80200053, 0, (HRESULT)0x80200053, 5, F},
        {"ERR.0x80200054", (HRESULT)0x80200054, 5, (HRESULT)0x80200054, 2, F},
        {"ERR.0x80200056", (HRESULT)0x80200056, 0, (HRESULT)0x80200056, 2, F},
        {"ERR.0x80200059", (HRESULT)0x80200059, 0, (HRESULT)0x80200059, 2, E},
        {"ERR.0x80200064", (HRESULT)0x80200064, 0, (HRESULT)0x80200064, 5, F},
        {"ERR.0x80200065", (HRESULT)0x80200065, 0, (HRESULT)0x80200065, 2, E},
        {"ERR.0x80200067", (HRESULT)0x80200067, 0, (HRESULT)0x80200067, 2, E},
        {"ERR.0x80200068", (HRESULT)0x80200068, 0, (HRESULT)0x80200068, 2, E},
        {"ERR.0x80200069", (HRESULT)0x80200069, 0, (HRESULT)0x80200069, 2, T},
        {"ERR.0x8020006D", (HRESULT)0x8020006d, 5, (HRESULT)0x80200013, 5, F},
        {"ERR.0x8020006E", (HRESULT)0x8020006e, 0, (HRESULT)0x8020006e, 2, E},
        {"ERR.0x8020006F", (HRESULT)0x8020006f, 0, (HRESULT)0x8020006f, 2, E},
        {"ERR.0x80200070", (HRESULT)0x80200070, 0, (HRESULT)0x80200070, 2, E},
        {"ERR.0x80200073", (HRESULT)0x80200073, 0, (HRESULT)0x80200073, 5, F},
        {"ERR.0x80200074", (HRESULT)0x80200074, 8, (HRESULT)0x80200074, 8, F},
        {"ERR.0x80200074", (HRESULT)0x80200074, 5, (HRESULT)0x80200074, 8, F},
        {"ERR.GEN.10", (HRESULT)0x80200002, 5, (HRESULT)0x80200002, 5, F},

        /* HTTP codes come back as statuses */
        {"ERR.0x80190194", (HRESULT)0x80190194, 0, (HRESULT)0x80190194, 5, F},
        {"ERR.0x801901F7", (HRESULT)0x801901f7, 5, (HRESULT)0x801901f7, 5, T},
        {"ERR.HTTP.3", (HRESULT)0x801901f4, 7, (HRESULT)0x801901f4, 7, T},
        {"ERR.HTTP.3", (HRESULT)0x80190197, 6, (HRESULT)0x80190197, 5, F},

        /* the certificate callback refused: its code, whatever it is */
        {"ERR.CTX.8,BEH.CERT.3", (HRESULT)0x80004005, 8, (HRESULT)0x80004005, 8, T},
        {"ERR.CTX.8,BEH.CERT.3", (HRESULT)0x80070057, 8, (HRESULT)0x80070057, 8, T},
        {"ERR.CTX.8,BEH.CERT.3", (HRESULT)0x80072f89, 8, (HRESULT)0x80072f89, 8, T},
        {"ERR.CTX.8,BEH.CERT.3", (HRESULT)0x80190194, 8, (HRESULT)0x80190194, 8, T},

        /* arguments and rights */
        {"ERR.0x80070057", E_INVALIDARG, 5, E_INVALIDARG, 5, F},
        {"ERR.0x80070057", E_INVALIDARG, 4, E_INVALIDARG, 4, F},
        {"ERR.0x80070057,BEH.PROXY.15", E_INVALIDARG, 6, E_INVALIDARG, 6, T},
        {"ERR.0x80070005,BEH.ACL.7", E_ACCESSDENIED, 4, E_ACCESSDENIED, 4, F},
        {"ERR.0x80070005,BEH.SMB.7", E_ACCESSDENIED, 5, E_ACCESSDENIED, 5, F},
        {"ERR.0x80070005,BEH.ACL.5,BEH.ACL.7", W32(1314), 4, E_ACCESSDENIED, 4, T},

        /* resources */
        {"ERR.0x8007000E,ERR.GEN.11", E_OUTOFMEMORY, 5, E_OUTOFMEMORY, 2, T},
        {"ERR.0x8007000E,ERR.GEN.11", E_OUTOFMEMORY, 4, E_OUTOFMEMORY, 2, T},
        {"ERR.0x8007000E,ERR.GEN.11", W32(8), 5, E_OUTOFMEMORY, 2, T},
        {"ERR.GEN.11", W32(4), 4, W32(4), 2, T},
        {"ERR.GEN.11", W32(1450), 4, W32(1450), 2, T},
        {"ERR.GEN.11", W32(1455), 4, W32(1455), 2, T},
        {"ERR.GEN.11", W32(1816), 4, W32(1816), 2, T},
        {"ERR.GEN.11", W32(10055), 5, W32(10055), 2, T},
        {"ERR.GEN.11", W32(10024), 5, W32(10024), 2, T},

        /* files here and at an SMB server */
        {"ERR.0x80070002", W32(2), 4, W32(2), 4, F},
        {"ERR.0x80070002,BEH.SMB.7", W32(2), 5, W32(2), 5, F},
        {"ERR.0x80070003", W32(3), 4, W32(3), 4, F},
        {"ERR.0x80070003", W32(3), 0, W32(3), 4, F},
        {"BEH.FILE.14", W32(32), 4, W32(32), 4, T},
        {"ERR.0x80070020", W32(32), 5, W32(32), 5, F},
        {"BEH.FILE.14", W32(33), 4, W32(33), 4, T},
        {"BEH.FILE.31", W32(34), 4, (HRESULT)0x8020000e, 4, F},
        {"BEH.FILE.31", W32(1110), 4, (HRESULT)0x8020000e, 4, F},
        {"BEH.FILE.30", W32(108), 4, (HRESULT)0x8020000d, 4, E},
        {"ERR.0x80070070,BEH.FILE.13", W32(112), 4, W32(112), 4, F},
        {"ERR.0x80070070,BEH.FILE.13", W32(39), 4, W32(112), 4, F},
        {"ERR.0x80070050", W32(80), 5, W32(80), 5, F},
        {"ERR.GEN.10", W32(19), 4, W32(19), 4, F},
        {"ERR.GEN.10", W32(1117), 4, W32(1117), 4, F},
        {"ERR.GEN.10", W32(38), 4, W32(38), 4, F},

        /* the network below SMB */
        {"ERR.0x80070035,BEH.SMB.7", W32(53), 5, W32(53), 5, T},
        {"ERR.0x8007003B,BEH.SMB.7", W32(59), 5, W32(59), 5, T},
        {"ERR.0x80070040,BEH.SMB.7", W32(64), 5, W32(64), 5, T},
        {"ERR.0x80070043", W32(67), 5, W32(67), 5, F},
        {"BEH.SMB.7", W32(121), 5, W32(121), 5, T},
        {"BEH.SMB.7", W32(1326), 5, W32(1326), 5, F},
        {"BEH.SMB.7", W32(64), 4, W32(64), 4, T},

        /* WinHTTP */
        {"ERR.0x80072EE2", W32(12002), 5, W32(12002), 5, T},
        {"ERR.0x80072EE2", W32(12002), 6, W32(12002), 6, T},
        {"ERR.0x80072EE5", W32(12005), 5, W32(12005), 5, F},
        {"ERR.0x80072EE6", W32(12006), 5, W32(12006), 5, F},
        {"ERR.0x80072EE7", W32(12007), 0, W32(12007), 5, T},
        {"ERR.0x80072EE7,BEH.PROXY.16", W32(12007), 6, W32(12007), 6, T},
        {"ERR.0x80072EEF", W32(12015), 5, W32(12015), 5, F},
        {"ERR.0x80072EFD", W32(12029), 5, W32(12029), 5, T},
        {"ERR.0x80072EFE", W32(12030), 5, W32(12030), 5, T},
        {"ERR.0x80072F05,ERR.GEN.31", W32(12037), 5, W32(12037), 5, F},
        {"ERR.0x80072F06,ERR.GEN.31", W32(12038), 5, W32(12038), 5, F},
        {"ERR.0x80072F0C,BEH.CERT.5", W32(12044), 5, W32(12044), 5, F},
        {"ERR.0x80072F0D,ERR.GEN.31", W32(12045), 5, W32(12045), 5, F},
        {"ERR.0x80072F19,BEH.CERT.2", W32(12057), 5, W32(12057), 5, F},
        {"ERR.0x80072F78", W32(12152), 5, W32(12152), 5, T},
        {"ERR.0x80072F7C", W32(12156), 5, W32(12156), 5, F},
        {"ERR.GEN.10", W32(12157), 5, W32(12157), 5, T},
        {"ERR.0x80072F86", W32(12166), 5, W32(12166), 6, T},
        {"ERR.0x80072F87", W32(12167), 0, W32(12167), 6, T},
        {"ERR.0x80072F89,BEH.CERT.6", W32(12169), 5, W32(12169), 5, F},
        {"ERR.0x80072F8A,BEH.CERT.2", W32(12170), 5, W32(12170), 5, F},
        {"ERR.0x80072F8F", W32(12175), 5, W32(12175), 5, F},
        {"ERR.0x80072F93,ERR.GEN.31", W32(12179), 5, W32(12179), 5, F},
        {"ERR.0x80072F94", W32(12180), 0, W32(12180), 6, T},
        {"BEH.CERT.6", W32(12185), 5, W32(12185), 5, F},
        {"ERR.0x80072F9A,BEH.CERT.4", W32(12186), 5, W32(12186), 5, F},
        {"ERR.GEN.10", W32(12004), 5, W32(12004), 5, T},
        {"ERR.GEN.10", W32(12004), 0, W32(12004), 5, T},

        /* Winsock */
        {"ERR.0x80072EE2", W32(10060), 5, W32(12002), 5, T},
        {"ERR.0x80072EFD", W32(10061), 5, W32(12029), 5, T},
        {"ERR.0x80072EFD", W32(10061), 6, W32(12029), 6, T},
        {"ERR.0x80072EFD", W32(10049), 5, W32(12029), 5, T},
        {"ERR.0x80072EFD", W32(10050), 5, W32(12029), 5, T},
        {"ERR.0x80072EFD", W32(10051), 5, W32(12029), 5, T},
        {"ERR.0x80072EFD", W32(10064), 5, W32(12029), 5, T},
        {"ERR.0x80072EFD", W32(10065), 5, W32(12029), 5, T},
        {"ERR.0x80072EFE", W32(10052), 5, W32(12030), 5, T},
        {"ERR.0x80072EFE", W32(10053), 5, W32(12030), 5, T},
        {"ERR.0x80072EFE", W32(10054), 5, W32(12030), 5, T},
        {"ERR.0x80072EFE", W32(10057), 0, W32(12030), 5, T},
        {"ERR.0x80072EFE", W32(10058), 5, W32(12030), 5, T},
        {"ERR.0x80072EE7", W32(11001), 5, W32(12007), 5, T},
        {"ERR.0x80072EE7", W32(11002), 5, W32(12007), 5, T},
        {"ERR.0x80072EE7", W32(11003), 5, W32(12007), 5, T},
        {"ERR.0x80072EE7", W32(11004), 6, W32(12007), 6, T},
        {"BEH.HTTP.35", W32(38), 5, W32(12030), 5, T},
        {"ERR.GEN.10", W32(10038), 5, W32(10038), 5, T},

        /* what nobody foresaw */
        {"BEH.CERT.6", (HRESULT)0x800b0109, 5, (HRESULT)0x800b0109, 5, F},
        {"ERR.GEN.10", (HRESULT)0x8009030c, 5, (HRESULT)0x8009030c, 5, F},
        {"ERR.GEN.10", E_FAIL, 4, E_FAIL, 4, F},
        {"ERR.GEN.10", E_FAIL, 5, E_FAIL, 5, T},
        {"ERR.GEN.10", E_UNEXPECTED, 0, E_UNEXPECTED, 2, T},
        {"ERR.GEN.10", W32(59999), 5, W32(59999), 5, T},
    };
    struct failure failure;
    UINT32 context;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        memset(&failure, 0xcc, sizeof(failure));
        verdict_error(rows[i].hr, rows[i].context, &failure);
        ok(failure.hr == rows[i].result, "[%s] %#x in %u: got %#x\n", rows[i].fact, rows[i].hr, rows[i].context, failure.hr);
        ok(failure.context == rows[i].result_context, "[%s] %#x in %u: context %u\n", rows[i].fact, rows[i].hr, rows[i].context,
           failure.context);
        ok(failure.class == rows[i].class, "[%s] %#x in %u: class %d\n", rows[i].fact, rows[i].hr, rows[i].context, failure.class);
        ok(verdict_counts(&failure) == (rows[i].class != E), "[BEH.RETRY.8,ERR.GEN.8] %#x: counted wrongly\n", rows[i].hr);
    }

    /* what was written down is the same failure when it is read back */
    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        verdict_recall(rows[i].result, rows[i].result_context, rows[i].class != F, &failure);
        ok(failure.hr == rows[i].result && failure.context == rows[i].result_context && failure.class == rows[i].class,
           "%#x in %u: got %#x, context %u, class %d\n", rows[i].result, rows[i].result_context, failure.hr, failure.context,
           failure.class);
    }

    /* a verdict is always a whole one */
    for (i = 0; i < 0x10000; i++)
    {
        for (context = 0; context <= 8; context++)
        {
            memset(&failure, 0xcc, sizeof(failure));
            verdict_error(W32((UINT32)i), context, &failure);
            if (!FAILED(failure.hr) || !failure.context || failure.context > 8 || (UINT32)failure.class > E) break;
        }
        if (context <= 8) break;
    }
    ok(i == 0x10000, "%u in context %u: got %#x, context %u, class %d\n", (unsigned int)i, context, failure.hr, failure.context,
       failure.class);
}

/*
 * Every code in every context.  GIVEN: the context stays that of the finder, and is `context` when there was none; FIXED: it is always
 * `context`; IN_n: the row counts when the code was met there.
 */
enum kind { GIVEN, FIXED, IN_4, IN_5, IN_6 };

static const struct full { UINT32 hr; enum failure_class class; UINT32 context; enum kind kind; UINT32 result; } full[] =
{
    /* errors.md 3 */
    {0x8020000d, E, 4, FIXED}, {0x8020000e, F, 4, FIXED}, {0x80200010, E, 2, FIXED}, {0x80200011, F, 5, GIVEN},
    {0x80200012, F, 5, GIVEN}, {0x80200013, F, 5, GIVEN}, {0x8020001b, F, 5, GIVEN}, {0x8020001d, F, 4, FIXED},
    {0x8020001f, T, 5, GIVEN}, {0x80200020, F, 5, GIVEN}, {0x80200022, F, 5, GIVEN}, {0x80200023, F, 5, GIVEN},
    {0x8020002b, F, 5, GIVEN}, {0x8020003e, E, 2, FIXED}, {0x8020003f, F, 6, FIXED}, {0x80200040, F, 5, GIVEN},
    {0x80200053, F, 5, GIVEN}, {0x80200054, F, 2, FIXED}, {0x80200056, F, 2, FIXED}, {0x80200059, E, 2, FIXED},
    {0x80200064, F, 5, GIVEN}, {0x80200065, E, 2, FIXED}, {0x80200067, E, 2, FIXED}, {0x80200068, E, 2, FIXED},
    {0x80200069, T, 2, FIXED}, {0x8020006d, F, 5, GIVEN, 0x80200013}, {0x8020006e, E, 2, FIXED}, {0x8020006f, E, 2, FIXED},
    {0x80200070, E, 2, FIXED}, {0x80200073, F, 5, GIVEN}, {0x80200074, F, 8, FIXED},
    /* a code of ours without a row: what the client did wrong */
    {0x80200001, F, 2, GIVEN}, {0x80200049, F, 2, GIVEN}, {0x802000ff, F, 2, GIVEN},
    /* errors.md 6 */
    {0x80070057, T, 6, IN_6}, {0x80070057, F, 5, GIVEN}, {0x80070005, F, 4, GIVEN}, {0x80070522, T, 4, GIVEN, 0x80070005},
    {0x8007000e, T, 2, FIXED}, {0x80070008, T, 2, FIXED, 0x8007000e}, {0x80070004, T, 2, FIXED}, {0x800705aa, T, 2, FIXED},
    {0x800705af, T, 2, FIXED}, {0x80070718, T, 2, FIXED}, {0x80072728, T, 2, FIXED}, {0x80072747, T, 2, FIXED},
    {0x80070002, F, 4, GIVEN}, {0x80070003, F, 4, GIVEN}, {0x80070020, F, 5, IN_5}, {0x80070020, T, 4, GIVEN},
    {0x80070021, F, 5, IN_5}, {0x80070021, T, 4, GIVEN}, {0x80070022, F, 4, IN_4, 0x8020000e}, {0x80070022, T, 2, GIVEN},
    {0x80070026, F, 4, IN_4}, {0x80070026, T, 5, GIVEN, 0x80072efe}, {0x80070027, F, 4, IN_4, 0x80070070}, {0x80070027, T, 2, GIVEN},
    {0x80070070, F, 4, GIVEN}, {0x80070050, F, 5, GIVEN}, {0x8007006c, E, 4, FIXED, 0x8020000d},
    {0x80070456, F, 4, IN_4, 0x8020000e}, {0x80070456, T, 2, GIVEN},
    /* the network below SMB: transient but for a share that is not there, and for who is not let in [BEH.SMB.7] */
    {0x80070033, T, 5, GIVEN}, {0x80070035, T, 5, GIVEN}, {0x80070036, T, 5, GIVEN}, {0x80070037, T, 5, GIVEN},
    {0x8007003a, T, 5, GIVEN}, {0x8007003b, T, 5, GIVEN}, {0x80070040, T, 5, GIVEN}, {0x80070043, F, 5, GIVEN},
    {0x80070047, T, 5, GIVEN}, {0x80070079, T, 5, GIVEN}, {0x800700f0, T, 5, GIVEN}, {0x800704c9, T, 5, GIVEN},
    {0x800704cf, T, 5, GIVEN}, {0x800704d0, T, 5, GIVEN}, {0x800704d4, T, 5, GIVEN}, {0x8007052e, F, 5, GIVEN},
    {0x8007052f, F, 5, GIVEN}, {0x80070532, F, 5, GIVEN}, {0x80070533, F, 5, GIVEN},
    /* WinHTTP: what no retry cures [ERR.GEN.31]; proxies */
    {0x80072ee5, F, 5, GIVEN}, {0x80072ee6, F, 5, GIVEN}, {0x80072eef, F, 5, GIVEN}, {0x80072f05, F, 5, GIVEN},
    {0x80072f06, F, 5, GIVEN}, {0x80072f0c, F, 5, GIVEN}, {0x80072f0d, F, 5, GIVEN}, {0x80072f19, F, 5, GIVEN},
    {0x80072f7c, F, 5, GIVEN}, {0x80072f86, T, 6, FIXED}, {0x80072f87, T, 6, FIXED}, {0x80072f89, F, 5, GIVEN},
    {0x80072f8a, F, 5, GIVEN}, {0x80072f8f, F, 5, GIVEN}, {0x80072f93, F, 5, GIVEN}, {0x80072f94, T, 6, FIXED},
    {0x80072f99, F, 5, GIVEN}, {0x80072f9a, F, 5, GIVEN},
    /* any other is transport [ERR.GEN.10] */
    {0x80072ee2, T, 5, GIVEN}, {0x80072ee7, T, 5, GIVEN}, {0x80072efd, T, 5, GIVEN}, {0x80072efe, T, 5, GIVEN},
    {0x80072f78, T, 5, GIVEN}, {0x80072f7d, T, 5, GIVEN}, {0x80072ee4, T, 5, GIVEN},
    {0x80072710, T, 5, GIVEN}, {0x800732c7, T, 5, GIVEN},   /* 10000 and 12999, the first and the last */
    /* Winsock */
    {0x80072741, T, 5, GIVEN, 0x80072efd}, {0x80072742, T, 5, GIVEN, 0x80072efd}, {0x80072743, T, 5, GIVEN, 0x80072efd},
    {0x80072744, T, 5, GIVEN, 0x80072efe}, {0x80072745, T, 5, GIVEN, 0x80072efe}, {0x80072746, T, 5, GIVEN, 0x80072efe},
    {0x80072749, T, 5, GIVEN, 0x80072efe}, {0x8007274a, T, 5, GIVEN, 0x80072efe}, {0x8007274c, T, 5, GIVEN, 0x80072ee2},
    {0x8007274d, T, 5, GIVEN, 0x80072efd}, {0x80072750, T, 5, GIVEN, 0x80072efd}, {0x80072751, T, 5, GIVEN, 0x80072efd},
    {0x80072af9, T, 5, GIVEN, 0x80072ee7}, {0x80072afa, T, 5, GIVEN, 0x80072ee7}, {0x80072afb, T, 5, GIVEN, 0x80072ee7},
    {0x80072afc, T, 5, GIVEN, 0x80072ee7},
    /* nobody's: fatal for local files, transient elsewhere [ERR.GEN.10] */
    {0x80070013, F, 4, IN_4}, {0x80070013, T, 2, GIVEN}, {0x8007045d, F, 4, IN_4}, {0x8007045d, T, 2, GIVEN},
    {0x8007270f, F, 4, IN_4}, {0x8007270f, T, 2, GIVEN}, {0x800732c8, F, 4, IN_4}, {0x800732c8, T, 2, GIVEN}, /* 9999 and 13000 */
    {0x80004005, F, 4, IN_4}, {0x80004005, T, 2, GIVEN}, {0x8000ffff, F, 4, IN_4}, {0x8000ffff, T, 2, GIVEN},
    {0x8009030c, F, 2, GIVEN}, {0x80092004, F, 2, GIVEN}, {0x800b0109, F, 2, GIVEN}, {0x800b0101, F, 2, GIVEN},
};

static BOOL counts_in(const struct full *row, UINT32 context)
{
    switch (row->kind)
    {
    case IN_4: return context == 4;
    case IN_5: return context == 5;
    case IN_6: return context == 6;
    default: return TRUE;
    }
}

static void test_every_context(void)
{
    const struct full *row, *previous = NULL;
    UINT32 context, expected, i;
    struct failure failure;

    for (context = 0; context <= 8; context++)
    {
        for (i = 0; i < ARRAY_SIZE(full); i++)
        {
            row = &full[i];
            /* of two rows for a code the first that fits */
            previous = i && full[i - 1].hr == row->hr ? &full[i - 1] : NULL;
            if (!counts_in(row, context) || (previous && counts_in(previous, context))) continue;
            memset(&failure, 0xcc, sizeof(failure));
            verdict_error((HRESULT)row->hr, context, &failure);
            if (context == 8 && row->hr != 0x80200074)
            {
                ok(failure.hr == (HRESULT)row->hr && failure.context == 8 && failure.class == T,
                   "[ERR.CTX.8,BEH.CERT.3] %#x: got %#x, context %u, class %d\n", row->hr, failure.hr, failure.context, failure.class);
                continue;
            }
            expected = row->kind == GIVEN && context ? context : row->context;
            ok(failure.hr == (HRESULT)(row->result ? row->result : row->hr) && failure.context == expected && failure.class == row->class,
               "[ERR.GEN.10] %#x in %u: got %#x, context %u, class %d\n", row->hr, context, failure.hr, failure.context,
               failure.class);
        }
    }
}

/* What the journal kept stays what it was [BEH.PERSIST.19]. */
static void test_recall(void)
{
    static const struct { UINT32 hr, context; BOOL transient; enum failure_class class; } rows[] =
    {
        {0x80072746, 6, TRUE, T}, {0x80072746, 6, FALSE, F}, {0x80190194, 5, FALSE, F}, {0x80190194, 5, TRUE, T},
        {0x80190194, 7, TRUE, T}, {0x80200010, 2, TRUE, E}, {0x80200010, 5, TRUE, E}, {0x80200010, 2, FALSE, F},
        {0x8007000e, 5, TRUE, T}, {0x80070008, 5, FALSE, F}, {0x80200073, 5, TRUE, T}, {0x80200073, 5, FALSE, F},
    };
    struct failure failure;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(rows); i++)
    {
        memset(&failure, 0xcc, sizeof(failure));
        verdict_recall((HRESULT)rows[i].hr, rows[i].context, rows[i].transient, &failure);
        ok(failure.hr == (HRESULT)rows[i].hr && failure.context == rows[i].context && failure.class == rows[i].class,
           "[BEH.PERSIST.19] %#x in %u: got %#x, context %u, class %d\n", rows[i].hr, rows[i].context, failure.hr, failure.context,
           failure.class);
    }
}

/* Of all that there is, only what a missing adapter leads to. */
static void test_network(void)
{
    UINT32 code, count = 0;

    ok(verdict_may_be_network(0x80072ee2) && verdict_may_be_network(0x80072ee7), "[BEH.STATE.34] time-out, or name\n");
    ok(verdict_may_be_network(0x80072efd) && verdict_may_be_network(0x80072efe), "[BEH.STATE.34] connection\n");
    for (code = 0; code < 0x10000; code++)
        count += verdict_may_be_network(0x80070000 | code) + verdict_may_be_network(0x80190000 | code) + verdict_may_be_network(0x80200000 | code);
    ok(count == 4, "%u codes\n", count);
}

START_TEST(verdict)
{
    test_statuses();
    test_facts();
    test_every_context();
    test_recall();
    test_network();
}
