/*
 * What the tests of uploads share
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
 * The file to be sent holds the server's pattern of its own local name, so that each fragment can be judged by itself: what its Content-Range
 * says must be what its body is.  The server (bits_server) keeps what has come; upload_packets reads its log, upload_kinds puts the kinds of
 * packets into one string:
 *
 *     P Ping   C Create-Session   F Fragment   E Close-Session   K Cancel-Session   h HEAD   g GET   ? anything else
 */

#ifndef __UPLOAD_TEST_H
#define __UPLOAD_TEST_H

#define UPLOAD_MAX 256

struct packet
{
    char kind;
    unsigned int number, connection, time;
    char session[128];
    ts_u64 first, last, total;      /* of Content-Range */
    ts_u64 length;                  /* Content-Length */
    ts_u64 size, hash;              /* of the body, as far as the server has read it */
    BOOL has_range, has_name;
};

/* Of a file by this name in the folder of the test; made anew. */
static inline void upload_write_(unsigned int line, const WCHAR *name, ts_u64 size)
{
    static unsigned char data[1 << 16];
    char pattern[64];
    ts_u64 offset;
    HANDLE file;
    DWORD n;

    WideCharToMultiByte(CP_UTF8, 0, name, -1, pattern, sizeof(pattern), NULL, NULL);
    file = CreateFileW(bits_path(name), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    ok_(__FILE__, line)(file != INVALID_HANDLE_VALUE, "cannot make %s, error %lu\n", wine_dbgstr_w(name), GetLastError());
    for (offset = 0; offset < size; offset += n)
    {
        n = (DWORD)min(size - offset, sizeof(data));
        test_server_pattern(pattern, offset, data, n);
        if (!WriteFile(file, data, n, &n, NULL) || !n) break;
    }
    ok_(__FILE__, line)(offset == size, "cannot write %s, error %lu\n", wine_dbgstr_w(name), GetLastError());
    CloseHandle(file);
}
#define upload_write(name, size) upload_write_(__LINE__, name, size)

/* A foreground job that sends a new file of that name and size there. */
static inline IBackgroundCopyJob *upload_job_(unsigned int line, const WCHAR *name, BG_JOB_TYPE type, const WCHAR *remote, ts_u64 size)
{
    IBackgroundCopyJob *job;

    upload_write_(line, name, size);
    if (!(job = bits_create_job_(line, name, type, NULL))) return NULL;
    IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND);
    bits_add_file_(line, job, remote, bits_path(name));
    return job;
}
#define upload_job(name, type, remote, size) upload_job_(__LINE__, name, BG_JOB_TYPE_##type, remote, size)

/* ... away with job and file. If its server cannot be told, that is not tried for a day. */
static inline void upload_end_(unsigned int line, IBackgroundCopyJob *job, const WCHAR *name)
{
    IBackgroundCopyJob_SetNoProgressTimeout(job, 0);
    bits_cancel_(line, job);
    ok_(__FILE__, line)(DeleteFileW(bits_path(name)), "cannot delete %s, error %lu\n", wine_dbgstr_w(name), GetLastError());
}
#define upload_end(job, name) upload_end_(__LINE__, job, name)

static inline char upload_kind(const struct test_request *request, const char *method)
{
    static const struct { const char *name; char kind; } kinds[] =
    {
        { "Ping", 'P' }, { "Create-Session", 'C' }, { "Fragment", 'F' }, { "Close-Session", 'E' }, { "Cancel-Session", 'K' },
    };
    char value[64];
    unsigned int i;

    if (!strcmp(request->method, "HEAD")) return 'h';
    if (!strcmp(request->method, "GET")) return 'g';
    if (strcmp(request->method, method)) return '?';
    if (!test_request_header(request, "BITS-Packet-Type", value, sizeof(value))) return '?';
    /* in the letters of the table, though a server does not look at their case [BUP.HDR.1] */
    for (i = 0; i < ARRAY_SIZE(kinds); i++) if (!strcmp(value, kinds[i].name)) return kinds[i].kind;
    return '?';
}

/* "bytes first-last/total"; an empty file has no first and no last [BUP.FRAG.22]. */
static inline BOOL upload_parse_range(const char *text, struct packet *packet)
{
    if (!strcmp(text, "bytes */0")) return TRUE;
    if (strncmp(text, "bytes ", 6)) return FALSE;
    packet->first = strtoull(text + 6, (char **)&text, 10);
    if (*text++ != '-') return FALSE;
    packet->last = strtoull(text, (char **)&text, 10);
    if (*text++ != '/') return FALSE;
    packet->total = strtoull(text, (char **)&text, 10);
    return !*text;
}

/* All requests so far whose target contains the path. */
static inline unsigned int upload_packets(const char *path, const char *method, struct packet *packets)
{
    struct test_server_stats stats;
    struct test_request request;
    unsigned int i, count = 0;
    char value[256];

    test_server_get_stats(bits_server, &stats);
    for (i = 1; i <= stats.requests && count < UPLOAD_MAX; i++)
    {
        struct packet *packet = &packets[count];

        if (!test_server_get_request(bits_server, i, &request)) continue;
        if (strstr(request.target, path))
        {
            memset(packet, 0, sizeof(*packet));
            packet->kind = upload_kind(&request, method);
            packet->number = i;
            packet->connection = request.connection;
            packet->time = request.time;
            test_request_header(&request, "BITS-Session-Id", packet->session, sizeof(packet->session));
            packet->has_range = test_request_header(&request, "Content-Range", value, sizeof(value)) && upload_parse_range(value, packet);
            packet->has_name = test_request_header(&request, "Content-Name", value, sizeof(value)) != NULL;
            if (test_request_header(&request, "Content-Length", value, sizeof(value))) packet->length = strtoull(value, NULL, 10);
            packet->size = request.body_size;
            packet->hash = request.body_hash;
            count++;
        }
        test_request_free(&request);
    }
    return count;
}

/* Good until the next call. */
static inline const char *upload_kinds(const char *path)
{
    static struct packet packets[UPLOAD_MAX];
    static char kinds[UPLOAD_MAX + 1];
    unsigned int i, count = upload_packets(path, "BITS_POST", packets);

    for (i = 0; i < count; i++) kinds[i] = packets[i].kind;
    kinds[count] = 0;
    return kinds;
}

#define upload_check_kinds(path, expect, facts) \
    ok(!strcmp(upload_kinds(path), expect), "[%s] got %s, expected %s\n", facts, upload_kinds(path), expect)

/* Waits for a packet of that kind, the count'th one. */
static inline BOOL upload_wait_(unsigned int line, const char *path, char kind, unsigned int count, const char *facts)
{
    struct bits_clock clock;
    unsigned int got;
    const char *p;

    bits_clock_start(&clock);
    for (;;)
    {
        for (got = 0, p = upload_kinds(path); *p; p++) if (*p == kind) got++;
        if (got >= count) return TRUE;
        if (bits_clock_look(&clock) > BITS_TIMEOUT) break;
        Sleep(5);
    }
    ok_(__FILE__, line)(0, "[%s] %u packets %c, expected %u: %s\n", facts, got, kind, count, upload_kinds(path));
    return FALSE;
}
#define upload_wait(path, kind, count, facts) upload_wait_(__LINE__, path, kind, count, facts)

/* All fragments are what they say they are, of one file of that name and size. How many there are. */
static inline unsigned int upload_check_fragments_(unsigned int line, const char *path, const char *pattern, ts_u64 size)
{
    static struct packet packets[UPLOAD_MAX];
    unsigned int i, count = upload_packets(path, "BITS_POST", packets), fragments = 0;

    for (i = 0; i < count; i++)
    {
        const struct packet *packet = &packets[i];

        if (packet->kind != 'F')
        {
            ok_(__FILE__, line)(!packet->length, "[BUP.HDR.4] packet %u, %c, has %u octets\n", i, packet->kind, (unsigned int)packet->length);
            continue;
        }
        fragments++;
        ok_(__FILE__, line)(packet->has_range, "[BUP.FRAG.1,BUP.HDR.18] packet %u has no range\n", i);
        ok_(__FILE__, line)(packet->session[0], "[BUP.FRAG.1] packet %u has no session\n", i);
        if (!size) continue;
        ok_(__FILE__, line)(packet->total == size && packet->last < size && packet->first <= packet->last
                            && packet->length == packet->last - packet->first + 1,
                            "[BUP.HDR.18,BUP.HDR.20] packet %u: %u octets, %u-%u/%u\n", i, (unsigned int)packet->length, (unsigned int)packet->first,
                            (unsigned int)packet->last, (unsigned int)packet->total);
        ok_(__FILE__, line)(!packet->size || packet->hash == test_server_pattern_hash(pattern, packet->first, packet->size),
                            "[BUP.FRAG.1] packet %u has other octets than %u-%u\n", i, (unsigned int)packet->first, (unsigned int)packet->last);
    }
    return fragments;
}
#define upload_check_fragments(path, pattern, size) upload_check_fragments_(__LINE__, path, pattern, size)

/* The server has put the whole file where it belongs: that many times. */
static inline unsigned int upload_placed(const char *path, const char *pattern, unsigned int size)
{
    ts_u64 hash = test_server_pattern_hash(pattern, 0, size);
    char expect[256], *log = test_server_get_log(bits_server), *pos = log;
    unsigned int count = 0;

    _snprintf(expect, sizeof(expect), " %s bytes=%u hash=%08x%08x\n", path, size, (unsigned int)(hash >> 32), (unsigned int)hash);
    while ((pos = strstr(pos, "\nFILE ")))
    {
        pos = strchr(pos + 6, ' ');
        if (!strncmp(pos, expect, strlen(expect))) count++;
    }
    test_server_free(log);
    return count;
}

static inline BOOL upload_wait_done_(unsigned int line, IBackgroundCopyJob *job)
{
    BG_ERROR_CONTEXT context;
    HRESULT code;

    if (!bits_wait_states_(line, job, (1u << BG_JOB_STATE_TRANSFERRED) | (1u << BG_JOB_STATE_ERROR) | (1u << BG_JOB_STATE_TRANSIENT_ERROR))) return FALSE;
    if (bits_state(job) == BG_JOB_STATE_TRANSFERRED) return TRUE;
    bits_read_error_(line, job, &context, &code, "JOB.GetError.1");
    ok_(__FILE__, line)(0, "the upload has failed: %#lx, context %d\n", code, context);
    return FALSE;
}
#define upload_wait_done(job) upload_wait_done_(__LINE__, job)

static inline void upload_set_credentials(IBackgroundCopyJob *job, BG_AUTH_TARGET target, const WCHAR *user, const WCHAR *password)
{
    IBackgroundCopyJob2 *job2 = bits_query(job, IBackgroundCopyJob2);
    BG_AUTH_CREDENTIALS credentials = { target, BG_AUTH_SCHEME_BASIC };
    HRESULT hr;

    credentials.Credentials.Basic.UserName = (WCHAR *)user;
    credentials.Credentials.Basic.Password = (WCHAR *)password;
    hr = IBackgroundCopyJob2_SetCredentials(job2, &credentials);
    ok(hr == S_OK, "SetCredentials: got %#lx\n", hr);
    IBackgroundCopyJob2_Release(job2);
}

/*
 * The one upload of a unit that looks at one thing after the other: the file "run", each time with a script and a path of its own, so that nobody
 * takes the Cancel-Session of a job before for one of this.
 */

static unsigned int upload_number;

static inline const char *upload_path(void)
{
    static char path[16];

    _snprintf(path, sizeof(path), "/up%u.", upload_number);
    return path;
}

/* A new one. */
static inline void upload_next(void)
{
    upload_number++;
}

static inline const WCHAR *upload_url(void)
{
    WCHAR path[16];

    _snwprintf(path, ARRAY_SIZE(path), L"/up%u.", upload_number);
    return bits_url(path);
}

#define DONE  (1u << BG_JOB_STATE_TRANSFERRED)
#define FATAL (1u << BG_JOB_STATE_ERROR)
#define AGAIN (1u << BG_JOB_STATE_TRANSIENT_ERROR)

/* Another script for the server that runs. */
static inline void upload_set_script(const char *script)
{
    char error[256] = "";

    ok(test_server_set_script(bits_server, script, error, sizeof(error)), "wrong script: %s\n", error);
    test_server_reset(bits_server);
}

/* The packets of a kind are answered as the first lines say, all others rightly. */
static inline void upload_script_for(const char *packet, const char *replies)
{
    char script[2048];

    upload_next();
    _snprintf(script, sizeof(script), "on BITS_POST %s\n where header BITS-Packet-Type %s\n%son BITS_POST %s\n bits\n", upload_path(), packet, replies,
              upload_path());
    upload_set_script(script);
}

static inline ULONG upload_error_count(IBackgroundCopyJob *job)
{
    ULONG count = ~0u;

    IBackgroundCopyJob_GetErrorCount(job, &count);
    return count;
}

/* The n'th packet of that kind. */
static inline struct packet upload_packet(char kind, unsigned int n)
{
    static const struct packet none;
    static struct packet packets[UPLOAD_MAX];
    unsigned int i, count = upload_packets(upload_path(), "BITS_POST", packets);

    for (i = 0; i < count; i++)
        if (packets[i].kind == kind && !n--) return packets[i];
    ok(0, "no such packet %c in %s\n", kind, upload_kinds(upload_path()));
    return none;
}

/* A job that sends many fragments. */
static inline IBackgroundCopyJob *upload_start_background(unsigned int size)
{
    IBackgroundCopyJob *job = upload_job(L"run", UPLOAD, upload_url(), size);

    if (!job) return NULL;
    IBackgroundCopyJob_SetPriority(job, BG_JOB_PRIORITY_NORMAL);
    bits_resume(job);
    return job;
}

static inline IBackgroundCopyJob *upload_start(unsigned int size)
{
    IBackgroundCopyJob *job = upload_job(L"run", UPLOAD, upload_url(), size);

    if (job) bits_resume(job);
    return job;
}

/* All is well in the end: the server has the file. */
static inline void upload_check_sent_(unsigned int line, IBackgroundCopyJob *job, const char *kinds, unsigned int size, const char *facts)
{
    if (!upload_wait_done_(line, job)) return;
    ok_(__FILE__, line)(!kinds || !strcmp(upload_kinds(upload_path()), kinds), "[%s] got %s, expected %s\n", facts, upload_kinds(upload_path()),
                        kinds ? kinds : "any");
    upload_check_fragments_(line, upload_path(), "run", size);
    ok_(__FILE__, line)(upload_placed(upload_path(), "run", size) == 1, "[%s] the server has no such file\n", facts);
}
#define upload_check_sent(job, kinds, size, facts) upload_check_sent_(__LINE__, job, kinds, size, facts)

#endif /* __UPLOAD_TEST_H */
