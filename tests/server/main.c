/*
 * The test server as a process
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
#include <string.h>
#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#endif

#include "server.h"

static const char usage[] =
    "Usage: testserver [OPTION]...\n"
    "       testserver --cat NAME OFFSET LENGTH\n"
    "       testserver --hash NAME OFFSET LENGTH\n"
    "\n"
    "Serve scripted HTTP for tests. Prints \"PORT n\" and serves until killed or asked\n"
    "for /__quit. The script's grammar and the control paths are in server.h.\n"
    "\n"
    "  --script FILE    read the script from FILE\n"
    "  -e TEXT          a line of script; may repeat, after that of --script\n"
    "  --log FILE       append the log to FILE as well\n"
    "  --port N         bind this port instead of any\n"
    "  --bind ADDRESS   listen on ADDRESS instead of 127.0.0.1\n"
    "  --cat            write bytes of the pattern NAME to the standard output\n"
    "  --hash           print their hash, as it appears in the log\n"
    "  --help           show this\n";

static char *read_file(const char *name)
{
    FILE *file = strcmp(name, "-") ? fopen(name, "rb") : stdin;
    size_t size = 0, capacity = 4096, n;
    char *text = malloc(capacity);

    if (!file || !text) return NULL;
    while ((n = fread(text + size, 1, capacity - size - 1, file)))
    {
        size += n;
        if (size + 1 == capacity && !(text = realloc(text, capacity *= 2))) return NULL;
    }
    text[size] = 0;
    if (file != stdin) fclose(file);
    return text;
}

static char *append_line(char *text, const char *line)
{
    size_t size = text ? strlen(text) : 0;

    if (!(text = realloc(text, size + strlen(line) + 2))) abort();
    strcpy(text + size, line);
    strcat(text, "\n");
    return text;
}

static int write_pattern(const char *name, ts_u64 offset, ts_u64 size, int hash)
{
    static char buffer[65536];
    size_t n;

    if (hash)
    {
        ts_u64 value = test_server_pattern_hash(name, offset, size);

        printf("%08x%08x\n", (unsigned int)(value >> 32), (unsigned int)value);
        return 0;
    }
#ifdef _WIN32
    _setmode(_fileno(stdout), _O_BINARY);
#endif
    for (; size; size -= n, offset += n)
    {
        n = size < sizeof(buffer) ? (size_t)size : sizeof(buffer);
        test_server_pattern(name, offset, buffer, n);
        if (fwrite(buffer, 1, n, stdout) != n) return 1;
    }
    return fflush(stdout) ? 1 : 0;
}

int main(int argc, char **argv)
{
    struct test_server_options options;
    struct test_server *server;
    char error[256], *script = NULL;
    int i;

    memset(&options, 0, sizeof(options));
    if (argc == 5 && (!strcmp(argv[1], "--cat") || !strcmp(argv[1], "--hash")))
        return write_pattern(argv[2], strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10), argv[1][2] == 'h');
    for (i = 1; i < argc; i++)
    {
        if (!strcmp(argv[i], "--help"))
        {
            fputs(usage, stdout);
            return 0;
        }
        if (i + 1 == argc)
        {
            fputs(usage, stderr);
            return 2;
        }
        if (!strcmp(argv[i], "--script"))
        {
            char *text = read_file(argv[++i]);

            if (!text)
            {
                fprintf(stderr, "testserver: could not read %s\n", argv[i]);
                return 2;
            }
            script = append_line(script, text);
            free(text);
        }
        else if (!strcmp(argv[i], "-e")) script = append_line(script, argv[++i]);
        else if (!strcmp(argv[i], "--log")) options.log_file = argv[++i];
        else if (!strcmp(argv[i], "--port")) options.port = (unsigned short)atoi(argv[++i]);
        else if (!strcmp(argv[i], "--bind")) options.address = argv[++i];
        else
        {
            fputs(usage, stderr);
            return 2;
        }
    }
    options.script = script;
    if (!(server = test_server_start(&options, error, sizeof(error))))
    {
        fprintf(stderr, "testserver: %s\n", error);
        return 1;
    }
    printf("PORT %u\n", test_server_port(server));
    fflush(stdout);
    test_server_wait_quit(server);
    test_server_stop(server);
    free(script);
    return 0;
}
