/*
 * Conformance test framework
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
 * Source compatible with Wine's header of the same name, which no development package installs: a
 * unit written for either means the same with the other, and the lines it prints are the same.
 *
 * A unit is one C file with one START_TEST(name) { ... } where name is the file name without .c.
 * One further file of the program defines STANDALONE before it includes this header and holds
 * `const struct test winetest_testlist[]`; tools/make-testlist writes it. A unit that defines
 * STANDALONE itself is a complete program.
 *
 * Three parts:
 *   1. checks and statement macros, in every unit: portable C, no system call but through part 2;
 *   2. what they need from the platform: declared here, defined by the STANDALONE file, or by a
 *      test that is not a plain program;
 *   3. under STANDALONE: the platform half and main(), for Windows and Wine, and for POSIX systems
 *      (tests of portable code, built with the host compiler).
 *
 * Compiles with mingw-w64 and its headers and with winegcc for PE targets, which is what tests are
 * built for. With winegcc for ELF, -mno-cygwin needs -mabi=ms, else varargs of two kinds are mixed.
 *
 * Threads: every function may be called on any thread. Location, context, todo and flaky levels and
 * the debug string ring belong to the calling thread, counters to the process.
 *
 * Extensions, absent from Wine's header (a unit that is to compile there too defines its own
 * ok_inferred under #ifndef, as one ok() or trace() line):
 *
 *   ok_inferred("ID", cond, fmt, ...)
 *       A check of something inferred, not documented. On Wine it is ok() with "[ID] " in front of
 *       the message. Elsewhere it never fails: it prints "[ID] holds: " or "[ID] differs: " and the
 *       message, so that the log of a Windows run answers the question.
 *
 *   WINETEST_REPORT_FACTS=1
 *       Every executed check whose message begins with "[ID] " or "[ID,ID] " prints one line
 *       `FACT <id> <result>` per id and process, and another only when a later check of the same id
 *       comes out worse. Results from best to worst: ok, inferred (asked off Wine), todo, flaky,
 *       failed. An id starts with a letter and holds a dot; brackets inside it nest. Ids may come
 *       from the arguments ("[%s] ..."). Checks that are skipped print nothing. Define
 *       WINETEST_NO_FACTS where the platform half is not ours.
 */

#ifndef __WINE_WINE_TEST_H
#define __WINE_WINE_TEST_H

#include <stdarg.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#ifdef _WIN32

#include <windef.h>
#include <winbase.h>
/* Winelib programs on the host's C library have no io.h */
#if defined(__WINE__) && !defined(__WINE_USE_MSVCRT) && !defined(__MINGW32__)
#include <unistd.h>
#define WINETEST_HOST_LIBC
#else
#include <io.h>
#endif

#ifndef INVALID_FILE_ATTRIBUTES
#define INVALID_FILE_ATTRIBUTES (~0u)
#endif
#ifndef INVALID_SET_FILE_POINTER
#define INVALID_SET_FILE_POINTER (~0u)
#endif

typedef LONG winetest_count;

#else  /* _WIN32 */

typedef int winetest_count;

#endif  /* _WIN32 */

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
#endif

#if defined(__MINGW32__) || (!defined(__WINE_USE_MSVCRT) && defined(__GNUC__))
#define WINETEST_PRINTF_ATTR(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define WINETEST_PRINTF_ATTR(fmt, args)
#endif
#ifndef __WINE_PRINTF_ATTR
#define __WINE_PRINTF_ATTR(fmt, args) WINETEST_PRINTF_ATTR(fmt, args)
#endif

#if defined(__GNUC__) || defined(__clang__)
#define WINETEST_UNUSED __attribute__((unused))
#else
#define WINETEST_UNUSED
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What the checks need from the platform
 */

#define WINETEST_CONTEXT_LEVELS 8
#define WINETEST_CONTEXT_SIZE   128
#define WINETEST_RING_SIZE      8192

struct winetest_thread_data
{
    const char *file;               /* location of the last check, without folders */
    int line;
    unsigned int todo_level;        /* bit 0: innermost statement; set: that statement is active */
    unsigned int flaky_level;
    int todo_loop;                  /* the statement runs once */
    int flaky_loop;
    unsigned int context_count;     /* pushes, of which the first WINETEST_CONTEXT_LEVELS are stored */
    char context[WINETEST_CONTEXT_LEVELS][WINETEST_CONTEXT_SIZE];
    unsigned int last_time;         /* of the last line, kept under WINETEST_TIME */
    unsigned int ring_pos;          /* debug strings: valid until the ring comes round */
    char ring[WINETEST_RING_SIZE];
    unsigned int lock_depth;        /* for the platform half */
    unsigned int saved_error;
};

enum winetest_fact_result
{
    WINETEST_FACT_OK,
    WINETEST_FACT_INFERRED,
    WINETEST_FACT_TODO,
    WINETEST_FACT_FLAKY,
    WINETEST_FACT_FAILED
};

/* from the environment, see main() below */
extern int winetest_debug;              /* 0 quiet, 1 default, 2 and more verbose */
extern int winetest_interactive;        /* run slow or intrusive parts */
extern int winetest_report_success;
extern int winetest_report_flaky;
extern int winetest_time;
extern int winetest_color;
extern const char *winetest_platform;   /* "wine", "windows" or what the environment says */
extern int winetest_platform_is_wine;
extern winetest_count winetest_mute_threshold;

/* outcome of the process so far; change them atomically */
extern winetest_count winetest_successes;
extern winetest_count winetest_failures;
extern winetest_count winetest_flaky_failures;
extern winetest_count winetest_skipped;
extern winetest_count winetest_todo_successes;
extern winetest_count winetest_todo_failures;
extern winetest_count winetest_muted_traces;
extern winetest_count winetest_muted_skipped;
extern winetest_count winetest_muted_todo_successes;

/* The calling thread's data, zeroed at first use; leaves the last error (errno) alone. */
extern struct winetest_thread_data *winetest_get_thread_data(void);
/* Around the pieces of one message: keeps it whole among threads and processes, and the last error
 * unchanged. Nests. */
extern void winetest_print_lock(void);
extern void winetest_print_unlock(void);
extern int winetest_vprintf(const char *fmt, va_list args) WINETEST_PRINTF_ATTR(1, 0);
/* milliseconds since the start */
#ifdef _WIN32
extern DWORD winetest_get_time(void);
#else
extern unsigned int winetest_get_time(void);
#endif

#ifndef WINETEST_NO_FACTS
extern int winetest_report_facts;
/* Report the ids at the head of a message; called only while winetest_report_facts is set. */
extern void winetest_fact(const char *msg, enum winetest_fact_result result);
#endif

/* argument count and vector: program, unit, and what belongs to the unit */
extern int winetest_get_mainargs(char ***argv);

struct test
{
    const char *name;
    void (*func)(void);
};

extern const struct test winetest_testlist[];

#ifdef STANDALONE
#define START_TEST(name) \
    static void func_##name(void); \
    const struct test winetest_testlist[] = { { #name, func_##name }, { 0, 0 } }; \
    static void func_##name(void)
#else
#define START_TEST(name) \
    void func_##name(void); \
    void func_##name(void)
#endif

/* Returns the new value. */
static inline winetest_count winetest_count_add(winetest_count *ptr, winetest_count n)
{
#ifdef _WIN32
    return InterlockedExchangeAdd(ptr, n) + n;
#else
    return __sync_add_and_fetch(ptr, n);
#endif
}

/*
 * Printing
 */

static int winetest_printf(const char *fmt, ...) WINETEST_PRINTF_ATTR(1, 2) WINETEST_UNUSED;
static int winetest_printf(const char *fmt, ...)
{
    va_list args;
    int ret;

    va_start(args, fmt);
    ret = winetest_vprintf(fmt, args);
    va_end(args);
    return ret;
}

/* the stamp field of a line: empty, or seconds; buffer of 16 */
static inline const char *winetest_stamp(char *buffer)
{
    unsigned int now;

    buffer[0] = 0;
    if (winetest_time)
    {
        now = winetest_get_time();
        sprintf(buffer, "%u.%03u", now / 1000 % 10000000, now % 1000);
    }
    return buffer;
}

static inline void winetest_print_location(void)
{
    struct winetest_thread_data *data = winetest_get_thread_data();
    char stamp[16];

    if (winetest_time) data->last_time = winetest_get_time();
    winetest_printf("%s:%d:%s ", data->file ? data->file : "", data->line, winetest_stamp(stamp));
}

enum winetest_color_code
{
    WINETEST_PLAIN,
    WINETEST_DARK_RED,
    WINETEST_BRIGHT_RED,
    WINETEST_GREEN,
    WINETEST_YELLOW,
    WINETEST_BLUE,
    WINETEST_DARK_PURPLE,
    WINETEST_BRIGHT_PURPLE
};

static inline void winetest_set_color(enum winetest_color_code code)
{
    static const char * const sequences[] =
    {
        "\x1b[0m", "\x1b[31m", "\x1b[1;91m", "\x1b[32m", "\x1b[33m", "\x1b[34m", "\x1b[35m", "\x1b[1;95m"
    };

    if (winetest_color) winetest_printf("%s", sequences[code]);
}

static void winetest_vprint_message(enum winetest_color_code color, const char *kind, const char *fmt,
                                    va_list args) WINETEST_PRINTF_ATTR(3, 0) WINETEST_UNUSED;
/* One line `location kind context: message`. */
static void winetest_vprint_message(enum winetest_color_code color, const char *kind, const char *fmt,
                                    va_list args)
{
    struct winetest_thread_data *data = winetest_get_thread_data();
    unsigned int i;

    winetest_print_lock();
    winetest_print_location();
    if (color) winetest_set_color(color);
    winetest_printf("%s", kind);
    for (i = 0; i < data->context_count && i < WINETEST_CONTEXT_LEVELS; i++)
        winetest_printf("%s: ", data->context[i]);
    winetest_vprintf(fmt, args);
    if (color) winetest_set_color(WINETEST_PLAIN);
    winetest_print_unlock();
}

/* Count a message of the current line; nonzero if the line has had its share already. */
static inline int winetest_line_is_muted(void)
{
    static winetest_count line_counts[16384];
    unsigned int line = (unsigned int)winetest_get_thread_data()->line % ARRAY_SIZE(line_counts);
    winetest_count count;

    if (winetest_debug > 1) return 0;
    count = winetest_count_add(&line_counts[line], 1);
    if (count == winetest_mute_threshold + 1)
    {
        winetest_print_lock();
        winetest_print_location();
        winetest_printf("Line has been silenced after %d occurrences\n", (int)winetest_mute_threshold);
        winetest_print_unlock();
    }
    return count > winetest_mute_threshold;
}

/*
 * Checks
 */

/* The file name must stay valid, as a string literal does. */
static inline void winetest_set_location(const char *file, int line)
{
    struct winetest_thread_data *data = winetest_get_thread_data();
    const char *name;

    if ((name = strrchr(file, '/')) || (name = strrchr(file, '\\'))) name++;
    else name = file;
    data->file = name;
#ifdef WINETEST_NO_LINE_NUMBERS
    (void)line;
    data->line = 0;
#else
    data->line = line;
#endif
}

/* Leaves args as they are. */
static inline void winetest_vfact(enum winetest_fact_result result, const char *fmt, va_list args)
    WINETEST_PRINTF_ATTR(2, 0);
static inline void winetest_vfact(enum winetest_fact_result result, const char *fmt, va_list args)
{
#ifndef WINETEST_NO_FACTS
    char head[512];
    va_list copy;

    if (fmt[0] != '[' || !winetest_report_facts) return;
    va_copy(copy, args);
    vsnprintf(head, sizeof(head), fmt, copy);
    head[sizeof(head) - 1] = 0;
    va_end(copy);
    winetest_fact(head, result);
#else
    (void)result; (void)fmt; (void)args;
#endif
}

static int winetest_vok(int condition, const char *fmt, va_list args)
    WINETEST_PRINTF_ATTR(2, 0) WINETEST_UNUSED;
/* Returns 1 if the outcome was the expected one, else 0. */
static int winetest_vok(int condition, const char *fmt, va_list args)
{
    struct winetest_thread_data *data = winetest_get_thread_data();

    if (data->todo_level && condition)
    {
        if (data->flaky_level)
        {
            winetest_vfact(WINETEST_FACT_FLAKY, fmt, args);
            winetest_vprint_message(WINETEST_DARK_PURPLE, "Test succeeded inside flaky todo block: ", fmt, args);
            winetest_count_add(&winetest_flaky_failures, 1);
        }
        else
        {
            winetest_vfact(WINETEST_FACT_FAILED, fmt, args);
            winetest_vprint_message(WINETEST_DARK_RED, "Test succeeded inside todo block: ", fmt, args);
            winetest_count_add(&winetest_todo_failures, 1);
        }
        return 0;
    }

    if (data->todo_level)
    {
        winetest_vfact(WINETEST_FACT_TODO, fmt, args);
        if (winetest_debug > 0)
        {
            if (winetest_line_is_muted())
            {
                winetest_count_add(&winetest_muted_todo_successes, 1);
                return 1;
            }
            winetest_vprint_message(WINETEST_YELLOW, "Test marked todo: ", fmt, args);
        }
        winetest_count_add(&winetest_todo_successes, 1);
        return 1;
    }

    if (!condition)
    {
        if (data->flaky_level)
        {
            winetest_vfact(WINETEST_FACT_FLAKY, fmt, args);
            winetest_vprint_message(WINETEST_BRIGHT_PURPLE, "Test marked flaky: ", fmt, args);
            winetest_count_add(&winetest_flaky_failures, 1);
        }
        else
        {
            winetest_vfact(WINETEST_FACT_FAILED, fmt, args);
            winetest_vprint_message(WINETEST_BRIGHT_RED, "Test failed: ", fmt, args);
            winetest_count_add(&winetest_failures, 1);
        }
        return 0;
    }

    winetest_vfact(WINETEST_FACT_OK, fmt, args);
    if (winetest_report_success || (winetest_time && winetest_get_time() - data->last_time >= 1000))
    {
        winetest_print_lock();
        winetest_print_location();
        winetest_set_color(WINETEST_GREEN);
        winetest_printf("Test succeeded\n");
        winetest_set_color(WINETEST_PLAIN);
        winetest_print_unlock();
    }
    winetest_count_add(&winetest_successes, 1);
    return 1;
}

static void winetest_ok(int condition, const char *fmt, ...) WINETEST_PRINTF_ATTR(2, 3) WINETEST_UNUSED;
static void winetest_ok(int condition, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    winetest_vok(condition, fmt, args);
    va_end(args);
}

static void winetest_trace(const char *fmt, ...) WINETEST_PRINTF_ATTR(1, 2) WINETEST_UNUSED;
static void winetest_trace(const char *fmt, ...)
{
    va_list args;

    if (winetest_debug <= 0) return;
    if (winetest_line_is_muted())
    {
        winetest_count_add(&winetest_muted_traces, 1);
        return;
    }
    va_start(args, fmt);
    winetest_vprint_message(WINETEST_PLAIN, "", fmt, args);
    va_end(args);
}

static void winetest_vskip(const char *fmt, va_list args) WINETEST_PRINTF_ATTR(1, 0) WINETEST_UNUSED;
static void winetest_vskip(const char *fmt, va_list args)
{
    if (winetest_line_is_muted())
    {
        winetest_count_add(&winetest_muted_skipped, 1);
        return;
    }
    winetest_vprint_message(WINETEST_BLUE, "Tests skipped: ", fmt, args);
    winetest_count_add(&winetest_skipped, 1);
}

static void winetest_skip(const char *fmt, ...) WINETEST_PRINTF_ATTR(1, 2) WINETEST_UNUSED;
static void winetest_skip(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    winetest_vskip(fmt, args);
    va_end(args);
}

static void winetest_win_skip(const char *fmt, ...) WINETEST_PRINTF_ATTR(1, 2) WINETEST_UNUSED;
static void winetest_win_skip(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    if (winetest_platform_is_wine) winetest_vok(0, fmt, args);
    else winetest_vskip(fmt, args);
    va_end(args);
}

static void winetest_inferred(const char *id, int condition, const char *fmt, ...)
    WINETEST_PRINTF_ATTR(3, 4) WINETEST_UNUSED;
/* Never muted: each answer is wanted. On Wine the message is formatted first and cut at 2 KiB. */
static void winetest_inferred(const char *id, int condition, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    if (winetest_platform_is_wine)
    {
        char message[2048];

        vsnprintf(message, sizeof(message), fmt, args);
        message[sizeof(message) - 1] = 0;
        winetest_ok(condition, "[%s] %s", id, message);
    }
    else
    {
        if (winetest_debug > 0)
        {
            winetest_print_lock();
            winetest_print_location();
            winetest_printf("[%s] %s: ", id, condition ? "holds" : "differs");
            winetest_vprintf(fmt, args);
            winetest_print_unlock();
        }
#ifndef WINETEST_NO_FACTS
        if (winetest_report_facts)
        {
            char head[512];

            snprintf(head, sizeof(head), "[%s] ", id);
            winetest_fact(head, WINETEST_FACT_INFERRED);
        }
#endif
    }
    va_end(args);
}

static inline int broken(int condition)
{
    return !winetest_platform_is_wine && condition;
}

static inline winetest_count winetest_get_failures(void)
{
    return winetest_failures;
}

static inline void winetest_add_failures(winetest_count new_failures)
{
    winetest_count_add(&winetest_failures, new_failures);
}

/* announces that lines naming another source file belong to this unit */
static inline void winetest_subtest(const char *name)
{
    winetest_print_lock();
    winetest_print_location();
    winetest_printf("Subtest %s\n", name);
    winetest_print_unlock();
}

/* announces that exception lines until the next such line are expected */
static inline void winetest_ignore_exceptions(int ignore)
{
    winetest_print_lock();
    winetest_print_location();
    winetest_printf("IgnoreExceptions=%d\n", !!ignore);
    winetest_print_unlock();
}

/* the three steps of the statement macros; 32 levels */

static inline void winetest_start_todo(int is_todo)
{
    struct winetest_thread_data *data = winetest_get_thread_data();

    data->todo_level = (data->todo_level << 1) | (is_todo != 0);
    data->todo_loop = 1;
}

static inline int winetest_loop_todo(void)
{
    struct winetest_thread_data *data = winetest_get_thread_data();
    int run = data->todo_loop;

    data->todo_loop = 0;
    return run;
}

static inline void winetest_end_todo(void)
{
    winetest_get_thread_data()->todo_level >>= 1;
}

static inline void winetest_start_flaky(int is_flaky)
{
    struct winetest_thread_data *data = winetest_get_thread_data();

    data->flaky_level = (data->flaky_level << 1) | (is_flaky != 0);
    data->flaky_loop = 1;
}

static inline int winetest_loop_flaky(void)
{
    struct winetest_thread_data *data = winetest_get_thread_data();
    int run = data->flaky_loop;

    data->flaky_loop = 0;
    return run;
}

static inline void winetest_end_flaky(void)
{
    winetest_get_thread_data()->flaky_level >>= 1;
}

static void winetest_push_context(const char *fmt, ...) WINETEST_PRINTF_ATTR(1, 2) WINETEST_UNUSED;
static void winetest_push_context(const char *fmt, ...)
{
    struct winetest_thread_data *data = winetest_get_thread_data();
    va_list args;

    if (data->context_count < WINETEST_CONTEXT_LEVELS)
    {
        char *context = data->context[data->context_count];

        va_start(args, fmt);
        vsnprintf(context, WINETEST_CONTEXT_SIZE, fmt, args);
        va_end(args);
        context[WINETEST_CONTEXT_SIZE - 1] = 0;
    }
    data->context_count++;
}

static inline void winetest_pop_context(void)
{
    struct winetest_thread_data *data = winetest_get_thread_data();

    if (data->context_count) data->context_count--;
}

#ifdef _WIN32

/* Waits up to 30 s; checks the handle and the wait, and takes over the failures of the child. */
static inline void winetest_wait_child_process(HANDLE process)
{
    DWORD code = 1, wait;

    winetest_ok(process != NULL, "invalid process handle NULL\n");
    wait = WaitForSingleObject(process, 30000);
    if (wait != WAIT_OBJECT_0)
    {
        winetest_ok(0, "child process wait failed, got %#x, error %u\n", (unsigned int)wait,
                    (unsigned int)GetLastError());
        return;
    }
    GetExitCodeProcess(process, &code);
    if (!code) return;

    winetest_print_lock();
    winetest_print_location();
    if (code > 255)
        winetest_printf("unhandled exception %08x in child process %04x\n", (unsigned int)code,
                        (unsigned int)GetProcessId(process));
    else
        winetest_printf("%u failures in child process\n", (unsigned int)code);
    winetest_print_unlock();
    winetest_add_failures(code > 255 ? 1 : code);
}

#endif  /* _WIN32 */

/* The location is set before the arguments are evaluated, hence the conditional operator. */
#define winetest_at(file, line)                 (winetest_set_location(file, line), 0) ? (void)0 :
#define ok_(file, line)                         winetest_at(file, line) winetest_ok
#define trace_(file, line)                      winetest_at(file, line) winetest_trace
#define skip_(file, line)                       winetest_at(file, line) winetest_skip
#define win_skip_(file, line)                   winetest_at(file, line) winetest_win_skip
#define subtest_(file, line)                    winetest_at(file, line) winetest_subtest
#define ignore_exceptions_(file, line)          winetest_at(file, line) winetest_ignore_exceptions
#define ok_inferred_(file, line)                winetest_at(file, line) winetest_inferred

#define ok                                      ok_(__FILE__, __LINE__)
#define trace                                   trace_(__FILE__, __LINE__)
#define skip                                    skip_(__FILE__, __LINE__)
#define win_skip                                win_skip_(__FILE__, __LINE__)
#define subtest                                 subtest_(__FILE__, __LINE__)
#define ignore_exceptions                       ignore_exceptions_(__FILE__, __LINE__)
#define ok_inferred                             ok_inferred_(__FILE__, __LINE__)

#ifdef _WIN32
#define wait_child_process_(file, line)         winetest_at(file, line) winetest_wait_child_process
#define wait_child_process                      wait_child_process_(__FILE__, __LINE__)
#endif

/* around the statement that follows; leaving it by break, return or goto leaves the level set */
#define todo_if(is_todo) \
    for (winetest_start_todo(is_todo); winetest_loop_todo(); winetest_end_todo())
#define todo_wine                               todo_if(winetest_platform_is_wine)
#define todo_wine_if(is_todo)                   todo_if((is_todo) && winetest_platform_is_wine)

#define flaky_if(is_flaky) \
    for (winetest_start_flaky(is_flaky); winetest_loop_flaky(); winetest_end_flaky())
#define flaky                                   flaky_if(1)
#define flaky_wine                              flaky_if(winetest_platform_is_wine)
#define flaky_wine_if(is_flaky)                 flaky_if((is_flaky) && winetest_platform_is_wine)

/*
 * Debug strings: quoted and escaped copies in the thread's ring, under the names of wine/debug.h,
 * but without its imports, so that they work on Windows. Valid for at least 20 further calls.
 */

#ifndef __WINE_WINE_DEBUG_H
#define __WINE_WINE_DEBUG_H

static const char *wine_dbg_vsprintf(const char *fmt, va_list args) WINETEST_PRINTF_ATTR(1, 0) WINETEST_UNUSED;
static const char *wine_dbg_vsprintf(const char *fmt, va_list args)
{
    struct winetest_thread_data *data = winetest_get_thread_data();
    char buffer[400], *ret;
    size_t size;

    vsnprintf(buffer, sizeof(buffer), fmt, args);
    buffer[sizeof(buffer) - 1] = 0;
    size = strlen(buffer) + 1;
    if (data->ring_pos + size > sizeof(data->ring)) data->ring_pos = 0;
    ret = memcpy(data->ring + data->ring_pos, buffer, size);
    data->ring_pos += size;
    return ret;
}

static const char *wine_dbg_sprintf(const char *fmt, ...) WINETEST_PRINTF_ATTR(1, 2) WINETEST_UNUSED;
static const char *wine_dbg_sprintf(const char *fmt, ...)
{
    const char *ret;
    va_list args;

    va_start(args, fmt);
    ret = wine_dbg_vsprintf(fmt, args);
    va_end(args);
    return ret;
}

/* Text of n units of 1 or 2 bytes, -1 for terminated; at most about 280 characters are shown. */
static inline const char *winetest_quote(const void *text, int n, unsigned int unit_size)
{
    const unsigned short *wide = unit_size == 2 ? (const unsigned short *)text : NULL;
    const unsigned char *narrow = (const unsigned char *)text;
    char buffer[300];
    unsigned int pos = 0, c;
    int i;

    if (!text) return "(null)";
    if (!((size_t)text >> 16)) return wine_dbg_sprintf("#%04x", (unsigned int)(size_t)text);

    if (wide) buffer[pos++] = 'L';
    buffer[pos++] = '"';
    for (i = 0; n == -1 ? (wide ? wide[i] : narrow[i]) != 0 : i < n; i++)
    {
        static const char plain[] = "\n\r\t\"\\", escaped[] = "nrt\"\\";
        const char *special;

        if (pos > sizeof(buffer) - 12) break;
        c = wide ? wide[i] : narrow[i];
        if (c && c < 128 && (special = strchr(plain, (int)c)))
        {
            buffer[pos++] = '\\';
            buffer[pos++] = escaped[special - plain];
        }
        else if (c >= ' ' && c < 127) buffer[pos++] = (char)c;
        else pos += sprintf(buffer + pos, wide ? "\\%04x" : "\\x%02x", c);
    }
    strcpy(buffer + pos, (n == -1 ? (wide ? wide[i] : narrow[i]) != 0 : i < n) ? "\"..." : "\"");
    return wine_dbg_sprintf("%s", buffer);
}

#ifdef _WIN32

static inline const char *wine_dbgstr_an(const char *str, int n)
{
    return winetest_quote(str, n, 1);
}

static inline const char *wine_dbgstr_wn(const WCHAR *str, int n)
{
    return winetest_quote(str, n, 2);
}

static inline const char *wine_dbgstr_a(const char *str)
{
    return winetest_quote(str, -1, 1);
}

static inline const char *wine_dbgstr_w(const WCHAR *str)
{
    return winetest_quote(str, -1, 2);
}

static inline const char *wine_dbgstr_guid(const GUID *id)
{
    if (!id) return "(null)";
    if (!((size_t)id >> 16)) return wine_dbg_sprintf("<guid-0x%04x>", (unsigned int)(size_t)id);
    return wine_dbg_sprintf("{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}",
                            (unsigned int)id->Data1, id->Data2, id->Data3, id->Data4[0], id->Data4[1],
                            id->Data4[2], id->Data4[3], id->Data4[4], id->Data4[5], id->Data4[6],
                            id->Data4[7]);
}

static inline const char *wine_dbgstr_longlong(ULONGLONG value)
{
    if (value >> 32) return wine_dbg_sprintf("%x%08x", (unsigned int)(value >> 32), (unsigned int)value);
    return wine_dbg_sprintf("%x", (unsigned int)value);
}

static inline const char *wine_dbgstr_point(const POINT *point)
{
    if (!point) return "(null)";
    return wine_dbg_sprintf("(%d,%d)", (int)point->x, (int)point->y);
}

static inline const char *wine_dbgstr_rect(const RECT *rect)
{
    if (!rect) return "(null)";
    return wine_dbg_sprintf("(%d,%d)-(%d,%d)", (int)rect->left, (int)rect->top, (int)rect->right,
                            (int)rect->bottom);
}

#if defined(__oaidl_h__) && defined(V_VT)

static inline const char *wine_dbgstr_vt(VARTYPE vt)
{
    static const struct
    {
        VARTYPE vt;
        const char *name;
    }
    names[] =
    {
#define X(vt) { vt, #vt }
        X(VT_EMPTY), X(VT_NULL), X(VT_I2), X(VT_I4), X(VT_R4), X(VT_R8), X(VT_CY), X(VT_DATE), X(VT_BSTR),
        X(VT_DISPATCH), X(VT_ERROR), X(VT_BOOL), X(VT_VARIANT), X(VT_UNKNOWN), X(VT_DECIMAL), X(VT_I1),
        X(VT_UI1), X(VT_UI2), X(VT_UI4), X(VT_I8), X(VT_UI8), X(VT_INT), X(VT_UINT), X(VT_VOID),
        X(VT_HRESULT), X(VT_PTR), X(VT_SAFEARRAY), X(VT_CARRAY), X(VT_USERDEFINED), X(VT_LPSTR),
        X(VT_LPWSTR), X(VT_RECORD), X(VT_INT_PTR), X(VT_UINT_PTR), X(VT_FILETIME), X(VT_BLOB),
        X(VT_STREAM), X(VT_STORAGE), X(VT_STREAMED_OBJECT), X(VT_STORED_OBJECT), X(VT_BLOB_OBJECT),
        X(VT_CF), X(VT_CLSID), X(VT_VERSIONED_STREAM), X(VT_BSTR_BLOB)
#undef X
    };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(names); i++)
    {
        if (names[i].vt != (vt == VT_BSTR_BLOB ? vt : (vt & VT_TYPEMASK))) continue;
        if (vt == names[i].vt) return names[i].name;
        return wine_dbg_sprintf("%s%s%s%s%s", names[i].name, vt & VT_VECTOR ? "|VT_VECTOR" : "",
                                vt & VT_ARRAY ? "|VT_ARRAY" : "", vt & VT_BYREF ? "|VT_BYREF" : "",
                                vt & VT_RESERVED ? "|VT_RESERVED" : "");
    }
    return wine_dbg_sprintf("vt(invalid %x)", vt);
}

static inline const char *wine_dbgstr_variant(const VARIANT *v)
{
    const char *type;

    if (!v) return "(null)";
    type = wine_dbgstr_vt(V_VT(v));
    switch (V_VT(v))
    {
    case VT_EMPTY:
    case VT_NULL:
    case VT_VOID:
        return wine_dbg_sprintf("%p {%s}", (const void *)v, type);
    case VT_I1:
        return wine_dbg_sprintf("%p {%s: %d}", (const void *)v, type, (signed char)V_I1(v));
    case VT_I2:
        return wine_dbg_sprintf("%p {%s: %d}", (const void *)v, type, V_I2(v));
    case VT_I4:
    case VT_INT:
        return wine_dbg_sprintf("%p {%s: %d}", (const void *)v, type, (int)V_I4(v));
    case VT_UI1:
        return wine_dbg_sprintf("%p {%s: %u}", (const void *)v, type, V_UI1(v));
    case VT_UI2:
        return wine_dbg_sprintf("%p {%s: %u}", (const void *)v, type, V_UI2(v));
    case VT_UI4:
    case VT_UINT:
        return wine_dbg_sprintf("%p {%s: %u}", (const void *)v, type, (unsigned int)V_UI4(v));
    case VT_I8:
    case VT_UI8:
    case VT_CY:
        return wine_dbg_sprintf("%p {%s: %s}", (const void *)v, type, wine_dbgstr_longlong(V_UI8(v)));
    case VT_R4:
        return wine_dbg_sprintf("%p {%s: %f}", (const void *)v, type, V_R4(v));
    case VT_R8:
    case VT_DATE:
        return wine_dbg_sprintf("%p {%s: %f}", (const void *)v, type, V_R8(v));
    case VT_ERROR:
        return wine_dbg_sprintf("%p {%s: %08x}", (const void *)v, type, (unsigned int)V_ERROR(v));
    case VT_BOOL:
        return wine_dbg_sprintf("%p {%s: %x}", (const void *)v, type, (unsigned short)V_BOOL(v));
    case VT_BSTR:
        return wine_dbg_sprintf("%p {%s: %s}", (const void *)v, type, wine_dbgstr_w(V_BSTR(v)));
    default:
        return wine_dbg_sprintf("%p {%s %p}", (const void *)v, type, (const void *)V_BYREF(v));
    }
}

#endif  /* __oaidl_h__ */

#ifdef __WINESRC__
static inline const char *debugstr_an(const char *str, int n) { return wine_dbgstr_an(str, n); }
static inline const char *debugstr_wn(const WCHAR *str, int n) { return wine_dbgstr_wn(str, n); }
static inline const char *debugstr_a(const char *str) { return wine_dbgstr_a(str); }
static inline const char *debugstr_w(const WCHAR *str) { return wine_dbgstr_w(str); }
static inline const char *debugstr_guid(const GUID *id) { return wine_dbgstr_guid(id); }
#if defined(__oaidl_h__) && defined(V_VT)
static inline const char *debugstr_vt(VARTYPE vt) { return wine_dbgstr_vt(vt); }
static inline const char *debugstr_variant(const VARIANT *v) { return wine_dbgstr_variant(v); }
#endif
#endif  /* __WINESRC__ */

#else  /* _WIN32 */

/* Portable tests name their own 16-bit character and GUID types, so these take any pointer. */

static inline const char *wine_dbgstr_an(const char *str, int n)
{
    return winetest_quote(str, n, 1);
}

static inline const char *wine_dbgstr_a(const char *str)
{
    return winetest_quote(str, -1, 1);
}

static inline const char *wine_dbgstr_wn(const void *str, int n)
{
    return winetest_quote(str, n, 2);
}

static inline const char *wine_dbgstr_w(const void *str)
{
    return winetest_quote(str, -1, 2);
}

static inline const char *wine_dbgstr_guid(const void *id)
{
    unsigned int data1;
    unsigned short data2, data3;
    const unsigned char *data4 = (const unsigned char *)id + 8;

    if (!id) return "(null)";
    memcpy(&data1, id, 4);
    memcpy(&data2, (const char *)id + 4, 2);
    memcpy(&data3, (const char *)id + 6, 2);
    return wine_dbg_sprintf("{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", data1, data2, data3,
                            data4[0], data4[1], data4[2], data4[3], data4[4], data4[5], data4[6], data4[7]);
}

static inline const char *wine_dbgstr_longlong(unsigned long long value)
{
    return wine_dbg_sprintf("%llx", value);
}

#endif  /* _WIN32 */

#endif  /* __WINE_WINE_DEBUG_H */

#ifdef __cplusplus
}
#endif

/*
 * The platform half and main()
 */

#ifdef STANDALONE

int winetest_debug = 1;
int winetest_interactive = 0;
int winetest_report_success = 0;
int winetest_report_flaky = 0;
int winetest_report_facts = 0;
int winetest_time = 0;
int winetest_color = 0;
winetest_count winetest_mute_threshold = 42;
const char *winetest_platform = "windows";
int winetest_platform_is_wine = 0;

winetest_count winetest_successes;
winetest_count winetest_failures;
winetest_count winetest_flaky_failures;
winetest_count winetest_skipped;
winetest_count winetest_todo_successes;
winetest_count winetest_todo_failures;
winetest_count winetest_muted_traces;
winetest_count winetest_muted_skipped;
winetest_count winetest_muted_todo_successes;

static int winetest_argc;
static char **winetest_argv;
static const struct test *winetest_current;     /* the unit that runs */

#ifdef _WIN32

static DWORD winetest_tls = TLS_OUT_OF_INDEXES;
static HANDLE winetest_mutex;
static DWORD winetest_start_time;

struct winetest_thread_data *winetest_get_thread_data(void)
{
    struct winetest_thread_data *data;
    DWORD err = GetLastError();

    if (!(data = TlsGetValue(winetest_tls)))
    {
        if (!(data = calloc(1, sizeof(*data)))) ExitProcess(255);
        TlsSetValue(winetest_tls, data);
    }
    SetLastError(err);
    return data;
}

void winetest_print_lock(void)
{
    struct winetest_thread_data *data = winetest_get_thread_data();
    static LONG unlocked;
    DWORD ret;

    if (data->lock_depth++) return;
    data->saved_error = GetLastError();
    if (!winetest_mutex || unlocked) return;
    ret = WaitForSingleObject(winetest_mutex, 30000);
    if (ret != WAIT_OBJECT_0 && ret != WAIT_ABANDONED && !InterlockedExchange(&unlocked, 1))
        printf("could not get the print lock: %u, going on without\n", (unsigned int)ret);
}

void winetest_print_unlock(void)
{
    struct winetest_thread_data *data = winetest_get_thread_data();

    if (--data->lock_depth) return;
    if (winetest_mutex) ReleaseMutex(winetest_mutex);
    SetLastError(data->saved_error);
}

DWORD winetest_get_time(void)
{
    return GetTickCount() - winetest_start_time;
}

static unsigned int winetest_get_pid(void)
{
    return GetCurrentProcessId();
}

static const char *winetest_detect_platform(void)
{
    return GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_server_call") ? "wine" : "windows";
}

static int winetest_is_terminal(void)
{
#ifdef WINETEST_HOST_LIBC
    return isatty(fileno(stdout));
#else
    return _isatty(_fileno(stdout));
#endif
}

static LONG CALLBACK winetest_exception_filter(EXCEPTION_POINTERS *ptrs)
{
    struct winetest_thread_data *data = winetest_get_thread_data();
    DWORD code = ptrs->ExceptionRecord->ExceptionCode;
    char stamp[16];

    winetest_print_lock();
    if (data->file)
        winetest_printf("%s:%d: this is the last test seen before the exception\n", data->file, data->line);
    winetest_set_color(WINETEST_BRIGHT_RED);
    winetest_printf("%04x:%s:%s unhandled exception %08x at %p\n", winetest_get_pid(), winetest_current->name,
                    winetest_stamp(stamp), (unsigned int)code, ptrs->ExceptionRecord->ExceptionAddress);
    winetest_set_color(WINETEST_PLAIN);
    fflush(stdout);
    winetest_print_unlock();
    ExitProcess(code);
    return EXCEPTION_EXECUTE_HANDLER;
}

static void winetest_platform_init(void)
{
    winetest_tls = TlsAlloc();
    winetest_mutex = CreateMutexA(NULL, FALSE, "winetest_print_mutex");
    winetest_start_time = GetTickCount();
    setvbuf(stdout, NULL, _IONBF, 0);
}

static void winetest_platform_ready(void)
{
    /* on Wine the debugger's backtrace is worth more than our line */
    if (!strcmp(winetest_platform, "windows")) SetUnhandledExceptionFilter(winetest_exception_filter);
    if (!winetest_interactive) SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
}

#else  /* _WIN32 */

#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t winetest_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct timespec winetest_start_time;

struct winetest_thread_data *winetest_get_thread_data(void)
{
    static __thread struct winetest_thread_data data;

    return &data;
}

void winetest_print_lock(void)
{
    struct winetest_thread_data *data = winetest_get_thread_data();

    if (data->lock_depth++) return;
    data->saved_error = errno;
    pthread_mutex_lock(&winetest_mutex);
}

void winetest_print_unlock(void)
{
    struct winetest_thread_data *data = winetest_get_thread_data();

    if (--data->lock_depth) return;
    fflush(stdout);
    pthread_mutex_unlock(&winetest_mutex);
    errno = data->saved_error;
}

unsigned int winetest_get_time(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - winetest_start_time.tv_sec) * 1000
            + (now.tv_nsec - winetest_start_time.tv_nsec) / 1000000;
}

static unsigned int winetest_get_pid(void)
{
    return getpid();
}

/* what runs natively is the code under test itself, so its known gaps are todos */
static const char *winetest_detect_platform(void)
{
    return "wine";
}

static int winetest_is_terminal(void)
{
    return isatty(fileno(stdout));
}

static void winetest_platform_init(void)
{
    clock_gettime(CLOCK_MONOTONIC, &winetest_start_time);
    /* a message leaves in one write, so lines of several processes stay whole */
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
}

static void winetest_platform_ready(void)
{
}

#endif  /* _WIN32 */

int winetest_vprintf(const char *fmt, va_list args)
{
    return vprintf(fmt, args);
}

int winetest_get_mainargs(char ***argv)
{
    *argv = winetest_argv;
    return winetest_argc;
}

/* Facts reported so far, an open hash table that doubles when half full; guarded by the print lock. */

struct winetest_fact_entry
{
    char *id;
    enum winetest_fact_result result;
};

static struct winetest_fact_entry *winetest_facts;
static size_t winetest_fact_count, winetest_fact_size;

static struct winetest_fact_entry *winetest_find_fact(const char *id, size_t len)
{
    size_t i, hash = 5381;

    for (i = 0; i < len; i++) hash = hash * 33 + (unsigned char)id[i];
    for (i = hash & (winetest_fact_size - 1); winetest_facts[i].id; i = (i + 1) & (winetest_fact_size - 1))
        if (!strncmp(winetest_facts[i].id, id, len) && !winetest_facts[i].id[len]) break;
    return &winetest_facts[i];
}

static int winetest_grow_facts(void)
{
    struct winetest_fact_entry *old = winetest_facts;
    size_t i, old_size = winetest_fact_size;

    if (!(winetest_facts = calloc(old_size ? old_size * 2 : 256, sizeof(*winetest_facts))))
    {
        winetest_facts = old;
        return 0;
    }
    winetest_fact_size = old_size ? old_size * 2 : 256;
    for (i = 0; i < old_size; i++)
        if (old[i].id) *winetest_find_fact(old[i].id, strlen(old[i].id)) = old[i];
    free(old);
    return 1;
}

static void winetest_report_fact(const char *id, size_t len, enum winetest_fact_result result)
{
    static const char * const names[] = { "ok", "inferred", "todo", "flaky", "failed" };
    struct winetest_fact_entry *entry;

    if (winetest_fact_count * 2 >= winetest_fact_size && !winetest_grow_facts()) return;
    entry = winetest_find_fact(id, len);
    if (!entry->id)
    {
        if (!(entry->id = malloc(len + 1))) return;
        memcpy(entry->id, id, len);
        entry->id[len] = 0;
        winetest_fact_count++;
    }
    else if (result <= entry->result) return;
    entry->result = result;
    winetest_printf("FACT %s %s\n", entry->id, names[result]);
}

void winetest_fact(const char *msg, enum winetest_fact_result result)
{
    const char *end, *start;
    unsigned int depth = 0;

    /* the whole head must be there and look like ids before anything is reported */
    for (end = msg; *end; end++)
    {
        if (*end == '[') depth++;
        if (*end == ']' && !--depth) break;
        if ((unsigned char)*end <= ' ' && end[-1] != ',') return;
    }
    if (!*end || depth) return;

    winetest_print_lock();
    for (start = msg + 1; start < end; start++)
    {
        const char *p = start;
        int has_dot = 0;

        for (depth = 0; p < end && (depth || *p != ','); p++)
        {
            if (*p == '[') depth++;
            if (*p == ']') depth--;
            if (*p == '.') has_dot = 1;
        }
        while (*start == ' ') start++;
        if (has_dot && ((*start >= 'A' && *start <= 'Z') || (*start >= 'a' && *start <= 'z')))
            winetest_report_fact(start, p - start, result);
        start = p;
    }
    winetest_print_unlock();
}

static void winetest_list_tests(void)
{
    const struct test *test;

    printf("Valid test names:\n");
    for (test = winetest_testlist; test->name; test++) printf("    %s\n", test->name);
}

/* A unit by name; a leading path and a trailing .c are ignored. */
static const struct test *winetest_find_test(const char *name)
{
    const struct test *test;
    const char *p;
    size_t len;

    if ((p = strrchr(name, '/'))) name = p + 1;
    if ((p = strrchr(name, '\\'))) name = p + 1;
    len = strlen(name);
    if (len > 2 && !strcmp(name + len - 2, ".c")) len -= 2;
    for (test = winetest_testlist; test->name; test++)
        if (strlen(test->name) == len && !memcmp(test->name, name, len)) break;
    return test->name ? test : NULL;
}

static int winetest_run(const struct test *test)
{
    int failures, executed, status;
    char stamp[16];

    winetest_current = test;
    test->func();

    failures = winetest_failures + winetest_todo_failures;
    executed = failures + winetest_successes + winetest_flaky_failures + winetest_todo_successes;
    if (winetest_debug > 0)
    {
        winetest_print_lock();
        if (winetest_muted_todo_successes || winetest_muted_skipped || winetest_muted_traces)
            winetest_printf("%04x:%s:%s Silenced %d todos, %d skips and %d traces.\n", winetest_get_pid(),
                            test->name, winetest_stamp(stamp), (int)winetest_muted_todo_successes,
                            (int)winetest_muted_skipped, (int)winetest_muted_traces);
        winetest_printf("%04x:%s:%s %d tests executed (%d marked as todo, %d as flaky, %d %s), %d skipped.\n",
                        winetest_get_pid(), test->name, winetest_stamp(stamp), executed,
                        (int)winetest_todo_successes, (int)winetest_flaky_failures, failures,
                        failures == 1 ? "failure" : "failures", (int)winetest_skipped);
        winetest_print_unlock();
    }
    status = failures + (winetest_report_flaky ? winetest_flaky_failures : 0);
    return status < 255 ? status : 255;
}

static int winetest_get_env_int(const char *name, int value)
{
    const char *str = getenv(name);

    return str && *str ? atoi(str) : value;
}

int main(int argc, char **argv)
{
    const struct test *test;
    const char *str;

    winetest_argc = argc;
    winetest_argv = argv;
    winetest_platform_init();

    winetest_platform = (str = getenv("WINETEST_PLATFORM")) && *str ? strdup(str) : winetest_detect_platform();
    winetest_platform_is_wine = !strcmp(winetest_platform, "wine");
    winetest_debug = winetest_get_env_int("WINETEST_DEBUG", 1);
    winetest_interactive = winetest_get_env_int("WINETEST_INTERACTIVE", 0);
    winetest_report_success = winetest_get_env_int("WINETEST_REPORT_SUCCESS", 0);
    winetest_report_flaky = winetest_get_env_int("WINETEST_REPORT_FLAKY", 0);
    winetest_report_facts = winetest_get_env_int("WINETEST_REPORT_FACTS", 0);
    winetest_time = winetest_get_env_int("WINETEST_TIME", 0);
    if ((str = getenv("WINETEST_COLOR")))
        winetest_color = !strcmp(str, "auto") ? winetest_is_terminal() : atoi(str);
    winetest_platform_ready();

    if (argc < 2)
    {
        if (winetest_testlist[0].name && !winetest_testlist[1].name) return winetest_run(&winetest_testlist[0]);
        printf("Usage: %s test_name\n", argv[0]);
        winetest_list_tests();
        return 1;
    }
    if (!strcmp(argv[1], "--list"))
    {
        winetest_list_tests();
        return 0;
    }
    if (!(test = winetest_find_test(argv[1])))
    {
        printf("Fatal: test '%s' does not exist.\n", argv[1]);
        return 1;
    }
    return winetest_run(test);
}

#endif  /* STANDALONE */

#endif  /* __WINE_WINE_TEST_H */
