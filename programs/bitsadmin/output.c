/*
 * bitsadmin: the text that goes out
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
#include <stdlib.h>
#include <wchar.h>

#include "bitsadmin.h"

/* Text is gathered and written in pieces of about this many characters: a pipe gets whole lines, a long list few writes. */
#define FLUSH_LIMIT 4096

static HANDLE stdout_handle;
static BOOL is_console;            /* a console: UTF-16, cut or wrapped at the edge; else bytes, never cut (BA.1.5.2) */
static BOOL raw;                   /* /RAWRETURN */
static enum wrap_mode wrap;
static BOOL cut_by_default;
static struct text pending;        /* on its way out, line ends already CR LF */
static unsigned int column;        /* of the next character, for cutting */
static unsigned int rewritten;     /* rows above the cursor that output_rewrite owns */

/* Never returns NULL: a command line tool without memory can only give up. */
void *xrealloc(void *ptr, size_t size)
{
    void *new_ptr = realloc(ptr, size ? size : 1);

    if (!new_ptr) ExitProcess(E_OUTOFMEMORY);
    return new_ptr;
}

static void text_reserve(struct text *text, size_t more)
{
    size_t size;

    if (text->size - text->len > more) return;
    size = text->size ? text->size * 2 : 128;
    if (size < text->len + more + 1) size = text->len + more + 1;
    text->chars = xrealloc(text->chars, size * sizeof(*text->chars));
    text->size = size;
}

void text_add_chars(struct text *text, const WCHAR *chars, size_t len)
{
    text_reserve(text, len);
    memcpy(text->chars + text->len, chars, len * sizeof(*chars));
    text->len += len;
    text->chars[text->len] = 0;
}

static void text_add_args(struct text *text, const WCHAR *format, va_list args)
{
    va_list copy;
    int len;

    va_copy(copy, args);
    len = _vscwprintf(format, copy);
    va_end(copy);
    if (len < 0) return;
    text_reserve(text, len);
    _vsnwprintf(text->chars + text->len, len + 1, format, args);
    text->len += len;
    text->chars[text->len] = 0;
}

void text_add(struct text *text, const WCHAR *format, ...)
{
    va_list args;

    va_start(args, format);
    text_add_args(text, format, args);
    va_end(args);
}

/* Drops white space and line ends from the end: system messages end in them. */
void text_trim(struct text *text)
{
    while (text->len && wcschr(L" \t\r\n", text->chars[text->len - 1])) text->len--;
    if (text->chars) text->chars[text->len] = 0;
}

void text_free(struct text *text)
{
    free(text->chars);
    memset(text, 0, sizeof(*text));
}

void output_init(void)
{
    DWORD mode;

    stdout_handle = GetStdHandle(STD_OUTPUT_HANDLE);
    is_console = GetConsoleMode(stdout_handle, &mode);
    raw = cut_by_default = FALSE;
    wrap = WRAP_DEFAULT;
    column = rewritten = 0;
}

BOOL output_is_console(void)
{
    return is_console;
}

BOOL output_is_raw(void)
{
    return raw;
}

void output_set_raw(BOOL set)
{
    raw = set;
}

void output_set_wrap(enum wrap_mode mode)
{
    wrap = mode;
}

/* For /MONITOR, whose lines are cut unless /WRAP was given (BA.MONITOR.1). */
void output_default_nowrap(void)
{
    cut_by_default = TRUE;
}

/* Writes what was gathered.  A reader that went away is no failure of the command: `bitsadmin /list | find "x"`. */
void output_flush(void)
{
    size_t pos = 0;
    DWORD written;

    if (is_console)
    {
        /* one call takes at most about 64 KB on older systems */
        while (pos < pending.len)
        {
            DWORD len = min(pending.len - pos, 8192);

            if (!WriteConsoleW(stdout_handle, pending.chars + pos, len, &written, NULL) || !written) break;
            pos += written;
        }
    }
    else if (pending.len)
    {
        /* without a console there is no console code page: the OEM code page is what cmd.exe reads then */
        UINT codepage = GetConsoleOutputCP();
        char *bytes, *p;
        int len;

        if (!codepage) codepage = GetOEMCP();
        len = WideCharToMultiByte(codepage, 0, pending.chars, pending.len, NULL, 0, NULL, NULL);
        p = bytes = xrealloc(NULL, len);
        WideCharToMultiByte(codepage, 0, pending.chars, pending.len, bytes, len, NULL, NULL);
        while (len && WriteFile(stdout_handle, p, len, &written, NULL) && written)
        {
            p += written;
            len -= written;
        }
        free(bytes);
    }
    pending.len = 0;
}

/* Columns up to the right edge, or 0 for a stream that has none. */
static unsigned int console_width(void)
{
    CONSOLE_SCREEN_BUFFER_INFO info;

    if (!is_console || !GetConsoleScreenBufferInfo(stdout_handle, &info)) return 0;
    return info.dwSize.X;
}

static BOOL cuts_lines(void)
{
    return is_console && (wrap == WRAP_OFF || (wrap == WRAP_DEFAULT && cut_by_default));
}

/* Every line end becomes CR LF (BA.1.3.2).  The last column stays empty in a cut line: a character there makes some consoles
 * move to the next row, and the line end would then leave an empty one. */
static void output_chars(const WCHAR *chars, size_t len)
{
    unsigned int edge = cuts_lines() ? console_width() : 0;
    size_t i;

    for (i = 0; i < len; i++)
    {
        if (chars[i] == '\n')
        {
            if (!pending.len || pending.chars[pending.len - 1] != '\r') text_add_chars(&pending, L"\r", 1);
            text_add_chars(&pending, L"\n", 1);
            column = 0;
            continue;
        }
        if (chars[i] == '\t') column = (column + 8) & ~7;
        else if (chars[i] != '\r') column++;
        if (!edge || column < edge || chars[i] == '\r') text_add_chars(&pending, &chars[i], 1);
    }
    if (pending.len >= FLUSH_LIMIT) output_flush();
}

static void output_args(const WCHAR *format, va_list args)
{
    struct text text = { 0 };

    text_add_args(&text, format, args);
    output_chars(text.chars, text.len);
    text_free(&text);
}

/* Lines in format end in \n. */
void output(const WCHAR *format, ...)
{
    va_list args;

    va_start(args, format);
    output_args(format, args);
    va_end(args);
}

/* The name in front of a value: bright on a console, plain everywhere else (BA.3.1.11). */
void output_label(const WCHAR *label)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    BOOL bright = is_console && GetConsoleScreenBufferInfo(stdout_handle, &info);

    if (bright)
    {
        output_flush();
        SetConsoleTextAttribute(stdout_handle, info.wAttributes | FOREGROUND_INTENSITY);
    }
    output_chars(label, wcslen(label));
    if (bright)
    {
        output_flush();
        SetConsoleTextAttribute(stdout_handle, info.wAttributes);
    }
}

/* For a display that is drawn again and again; does nothing on a redirected stream, where the rounds follow one another. */
void output_clear_screen(void)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    COORD home = { 0, 0 };
    DWORD count, written;

    output_flush();
    if (!is_console || !GetConsoleScreenBufferInfo(stdout_handle, &info)) return;
    count = (DWORD)info.dwSize.X * info.dwSize.Y;
    FillConsoleOutputCharacterW(stdout_handle, ' ', count, home, &written);
    FillConsoleOutputAttribute(stdout_handle, info.wAttributes, count, home, &written);
    SetConsoleCursorPosition(stdout_handle, home);
}

/*
 * Writes lines without their ends, over those of the last call as long as nothing else was written.  Console only.  Every row is
 * cut before the edge and filled with blanks up to it, so that a row on the screen stays a row.
 */
void output_rewrite(const struct text *lines, unsigned int count)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    unsigned int i, width = console_width();

    if (width < 2) return;
    output_flush();
    if (rewritten && GetConsoleScreenBufferInfo(stdout_handle, &info) && info.dwCursorPosition.Y >= (SHORT)rewritten)
    {
        COORD pos = { 0, info.dwCursorPosition.Y - rewritten };
        SetConsoleCursorPosition(stdout_handle, pos);
    }
    for (i = 0; i < count; i++)
    {
        size_t len = min(lines[i].len, width - 1);

        text_add_chars(&pending, lines[i].chars, len);
        while (len++ < width - 1) text_add_chars(&pending, L" ", 1);
        text_add_chars(&pending, L"\r\n", 2);
    }
    output_flush();
    rewritten = count;
}

/* Five lines: scripts skip four (BA.1.2.2).  The copyright line is ours (BA.1.2.3). */
void output_banner(void)
{
    output(L"\n"
           L"BITSADMIN version 3.0\n"
           L"BITS administration utility.\n"
           L"(C) Copyright 2026 The wine-bits authors.\n"
           L"\n");
}

/* What a /GET command or /CREATE answers: without any line end under /RAWRETURN (BA.1.4.3). */
void output_value(const struct text *value)
{
    output_chars(value->chars ? value->chars : L"", value->len);
    if (!raw) output(L"\n");
}

/* The line that says a command has done its work; /RAWRETURN wants none (BA.1.4.4). */
void confirm(const WCHAR *format, ...)
{
    va_list args;

    if (raw) return;
    va_start(args, format);
    output_args(format, args);
    va_end(args);
    output(L"\n");
}

/*
 * The error of a COM call and its text (BA.1.8.1, BA.1.8.2).  Under /RAWRETURN only the first line: the capture behind BA.1.4.4
 * shows it bare, although the system knows a text for that code.
 */
static int print_failure(const WCHAR *what, HRESULT hr)
{
    struct text text = { 0 };

    output(L"%ls - 0x%08x\n", what, (unsigned int)hr);
    if (!raw && describe_error(hr, &text)) output(L"%ls\n", text.chars);
    text_free(&text);
    return hr;
}

/* action as in "Unable to add file"; only phrases that were seen in a capture (BA.1.8.3). */
int fail_action(const WCHAR *action, HRESULT hr)
{
    struct text what = { 0 };
    int ret;

    text_add(&what, L"Unable to %ls", action);
    ret = print_failure(what.chars, hr);
    text_free(&what);
    return ret;
}

/* The rule for everything else: the command word.  A missing interface has a text of its own (BA.1.9.3). */
int fail(const struct command *cmd, HRESULT hr)
{
    struct text action = { 0 };
    int ret;

    if (hr == E_NOINTERFACE)
    {
        output(L"This command needs a newer BITS interface - 0x%08x\n", (unsigned int)hr);
        return hr;
    }
    text_add(&action, L"perform %ls%ls%ls", cmd->family ? cmd->family : L"", cmd->family ? L" " : L"", cmd->name);
    ret = fail_action(action.chars, hr);
    text_free(&action);
    return ret;
}

int fail_argument(const struct command *cmd, const WCHAR *value)
{
    output(L"Unknown value '%ls' for %ls%ls%ls.\n", value, cmd->family ? cmd->family : L"", cmd->family ? L" " : L"",
           cmd->name);
    return EXIT_USAGE;
}

int fail_count(void)
{
    output(L"Invalid number of arguments.\n");
    return EXIT_USAGE;
}
