/*
 * Parser of test server scripts
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
#include <stdlib.h>
#include <string.h>

#include "script.h"

struct parser
{
    struct script *script;
    struct rule *rule;              /* the current ones, or NULL */
    struct reply *reply;
    unsigned int line;
    char *error;
    size_t error_size;
};

static int fail(struct parser *parser, const char *what, const char *detail)
{
    snprintf(parser->error, parser->error_size, "line %u: %s '%s'", parser->line, what, detail ? detail : "");
    return 0;
}

int equal_nocase(const char *a, const char *b)
{
    for (; *a || *b; a++, b++)
    {
        int ca = *a >= 'A' && *a <= 'Z' ? *a + 32 : *a, cb = *b >= 'A' && *b <= 'Z' ? *b + 32 : *b;

        if (ca != cb) return 0;
    }
    return 1;
}

const char *find_nocase(const char *text, const char *part)
{
    size_t i, len = strlen(part);

    for (; *text; text++)
    {
        for (i = 0; i < len; i++)
        {
            int ca = text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i];
            int cb = part[i] >= 'A' && part[i] <= 'Z' ? part[i] + 32 : part[i];

            if (ca != cb) break;
        }
        if (i == len) return text;
    }
    return len ? NULL : text;
}

/* Cut the next word off *text; empty string at the end. */
static char *next_word(char **text)
{
    char *p = *text, *start;

    while (*p == ' ' || *p == '\t') p++;
    start = p;
    while (*p && *p != ' ' && *p != '\t') p++;
    if (*p) *p++ = 0;
    while (*p == ' ' || *p == '\t') p++;
    *text = p;
    return start;
}

static int parse_number(struct parser *parser, const char *word, ts_u64 *value)
{
    const char *p = word;
    ts_u64 n = 0;

    if (*p < '0' || *p > '9') return fail(parser, "not a number:", word);
    for (; *p >= '0' && *p <= '9'; p++)
    {
        if (n > (~0ull - 9) / 10) return fail(parser, "too large:", word);
        n = n * 10 + (*p - '0');
    }
    switch (*p)
    {
    case 'G': n *= 1024; /* fall through */
    case 'M': n *= 1024; /* fall through */
    case 'K': n *= 1024; p++; break;
    }
    if (*p) return fail(parser, "not a number:", word);
    *value = n;
    return 1;
}

static int parse_uint(struct parser *parser, const char *word, unsigned int *value)
{
    ts_u64 n;

    if (!parse_number(parser, word, &n)) return 0;
    if (n > 0x7fffffff) return fail(parser, "too large:", word);
    *value = n;
    return 1;
}

static int parse_code(struct parser *parser, const char *word, int *code)
{
    unsigned int n;

    if (!parse_uint(parser, word, &n)) return 0;
    if (n < 100 || n > 999) return fail(parser, "not a status code:", word);
    *code = n;
    return 1;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Undo the escapes; variables are replaced when a reply is made. */
static int parse_text(struct parser *parser, const char *text, struct bytes *bytes)
{
    char *out;

    free(bytes->data);
    if (!(out = bytes->data = malloc(strlen(text) + 1))) return fail(parser, "no memory", NULL);
    for (; *text; text++)
    {
        if (*text != '\\')
        {
            *out++ = *text;
            continue;
        }
        switch (*++text)
        {
        case 'r': *out++ = '\r'; break;
        case 'n': *out++ = '\n'; break;
        case 't': *out++ = '\t'; break;
        case '0': *out++ = 0; break;
        case '\\': *out++ = '\\'; break;
        case 'x':
            if (hex_digit(text[1]) >= 0 && hex_digit(text[2]) >= 0)
            {
                *out++ = (char)(hex_digit(text[1]) * 16 + hex_digit(text[2]));
                text += 2;
                break;
            }
            /* fall through */
        default:
            return fail(parser, "bad escape in", bytes->data ? text : "");
        }
    }
    *out = 0;
    bytes->size = out - bytes->data;
    return 1;
}

static int parse_string(struct parser *parser, const char *text, char **string)
{
    struct bytes bytes = { NULL, 0 };

    if (!parse_text(parser, text, &bytes))
    {
        free(bytes.data);
        return 0;
    }
    free(*string);
    *string = bytes.data;
    return 1;
}

static int add_text(struct parser *parser, const char *text, struct bytes_list *list)
{
    struct bytes *items = realloc(list->items, (list->count + 1) * sizeof(*items));

    if (!items) return fail(parser, "no memory", NULL);
    list->items = items;
    memset(&items[list->count], 0, sizeof(*items));
    return parse_text(parser, text, &items[list->count++]);
}

static int add_event(struct parser *parser, enum event_kind kind, const char *offset, const char *ms)
{
    struct reply *reply = parser->reply;
    struct event event, *events;
    unsigned int i;

    memset(&event, 0, sizeof(event));
    event.kind = kind;
    if (!parse_number(parser, offset, &event.offset)) return 0;
    if (ms && !parse_uint(parser, ms, &event.ms)) return 0;
    if (!(events = realloc(reply->events, (reply->event_count + 1) * sizeof(*events))))
        return fail(parser, "no memory", NULL);
    reply->events = events;
    for (i = reply->event_count++; i && events[i - 1].offset > event.offset; i--) events[i] = events[i - 1];
    events[i] = event;
    return 1;
}

static int add_reply(struct parser *parser, unsigned int uses)
{
    struct rule *rule = parser->rule;
    struct reply *replies;

    if (!rule) return fail(parser, "no rule before", "reply");
    if (!(replies = realloc(rule->replies, (rule->reply_count + 1) * sizeof(*replies))))
        return fail(parser, "no memory", NULL);
    rule->replies = replies;
    parser->reply = &replies[rule->reply_count++];
    memset(parser->reply, 0, sizeof(*parser->reply));
    parser->reply->uses = uses;
    parser->reply->status = 200;
    parser->reply->claimed_length = NO_VALUE;
    parser->reply->range_total = NO_VALUE;
    parser->reply->head_limit = NO_VALUE;
    parser->reply->body_limit = NO_VALUE;
    parser->reply->bits_limit = NO_VALUE;
    parser->reply->bits_maximum = NO_VALUE;
    parser->reply->bits_take = NO_VALUE;
    parser->reply->bits_received = NO_VALUE;
    parser->reply->bits_timeout = NO_VALUE;
    parser->reply->bits_host_fallback = NO_VALUE;
    return 1;
}

static int add_rule(struct parser *parser, char *rest)
{
    char *method = next_word(&rest), *path = next_word(&rest);
    struct rule *rules, *rule;
    size_t len = strlen(path);

    if (!*method || !len || *rest) return fail(parser, "a rule is 'on METHOD PATH', not", method);
    if (!(rules = realloc(parser->script->rules, (parser->script->rule_count + 1) * sizeof(*rules))))
        return fail(parser, "no memory", NULL);
    parser->script->rules = rules;
    rule = parser->rule = &rules[parser->script->rule_count++];
    parser->reply = NULL;
    memset(rule, 0, sizeof(*rule));
    if (path[len - 1] == '*')
    {
        rule->prefix = 1;
        path[len - 1] = 0;
    }
    rule->with_query = strchr(path, '?') != NULL;
    return parse_string(parser, method, &rule->method) && parse_string(parser, path, &rule->path);
}

static int add_condition(struct parser *parser, char *rest)
{
    struct rule *rule = parser->rule;
    struct condition *conditions, *condition;
    char *kind = next_word(&rest), *name = next_word(&rest);

    if (!rule || parser->reply) return fail(parser, "a condition follows its rule, not", kind);
    if ((strcmp(kind, "header") && strcmp(kind, "no-header")) || !*name)
        return fail(parser, "bad condition", kind);
    if (!(conditions = realloc(rule->conditions, (rule->condition_count + 1) * sizeof(*conditions))))
        return fail(parser, "no memory", NULL);
    rule->conditions = conditions;
    condition = &conditions[rule->condition_count++];
    memset(condition, 0, sizeof(*condition));
    condition->absent = kind[0] == 'n';
    if (!parse_string(parser, name, &condition->name)) return 0;
    return !*rest || parse_string(parser, rest, &condition->value);
}

static int parse_ranges(struct parser *parser, char *rest)
{
    static const char * const modes[] = { "on", "off", "quiet", "single", "multipart", "unsatisfiable" };
    struct reply *reply = parser->reply;
    char *word = next_word(&rest);
    unsigned int i;

    for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
    {
        if (strcmp(word, modes[i])) continue;
        reply->ranges = (enum range_mode)i;
        return !*rest || fail(parser, "too much:", rest);
    }
    if (!strcmp(word, "shift")) return parse_number(parser, rest, &reply->range_shift);
    if (!strcmp(word, "early")) return parse_number(parser, rest, &reply->range_early);
    if (!strcmp(word, "lie")) return parse_number(parser, rest, &reply->range_lie);
    if (!strcmp(word, "short")) return parse_number(parser, rest, &reply->range_short);
    if (!strcmp(word, "long")) return parse_number(parser, rest, &reply->range_long);
    if (!strcmp(word, "boundary")) return parse_string(parser, rest, &reply->boundary);
    if (!strcmp(word, "total"))
    {
        reply->range_total_unknown = !strcmp(rest, "*");
        return reply->range_total_unknown || parse_number(parser, rest, &reply->range_total);
    }
    return fail(parser, "unknown kind of ranges", word);
}

static char *base64(const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = strlen(text), i;
    char *ret = malloc((len + 2) / 3 * 4 + 1), *out = ret;

    if (!ret) return NULL;
    for (i = 0; i < len; i += 3)
    {
        unsigned int n = (unsigned char)text[i] << 16;

        if (i + 1 < len) n |= (unsigned char)text[i + 1] << 8;
        if (i + 2 < len) n |= (unsigned char)text[i + 2];
        *out++ = digits[n >> 18];
        *out++ = digits[(n >> 12) & 63];
        *out++ = i + 1 < len ? digits[(n >> 6) & 63] : '=';
        *out++ = i + 2 < len ? digits[n & 63] : '=';
    }
    *out = 0;
    return ret;
}

static int parse_auth(struct parser *parser, int status, char *rest)
{
    char *scheme = next_word(&rest), *realm = next_word(&rest), *user = next_word(&rest), *joined;

    if (strcmp(scheme, "basic") || !*user) return fail(parser, "expected 'basic REALM USER PASS', not", scheme);
    if (!(joined = malloc(strlen(user) + strlen(rest) + 2))) return fail(parser, "no memory", NULL);
    sprintf(joined, "%s:%s", user, rest);
    parser->reply->auth_status = status;
    parser->reply->auth_token = base64(joined);
    free(joined);
    return parse_string(parser, realm, &parser->reply->auth_realm);
}

/* One directive of a reply; rest has no blanks at its ends. */
static int parse_reply(struct parser *parser, const char *key, char *rest)
{
    struct reply *reply = parser->reply;
    unsigned int n;
    char *word;

    static const struct
    {
        const char *key;
        size_t offset;
        enum { FLAG, NUMBER, UINT, STRING, TEXT, LIST } type;
    }
    fields[] =
    {
        { "size", offsetof(struct reply, size), NUMBER },
        { "pattern", offsetof(struct reply, pattern), STRING },
        { "text", offsetof(struct reply, text), TEXT },
        { "header", offsetof(struct reply, headers), LIST },
        { "remove", offsetof(struct reply, removed), LIST },
        { "trailer", offsetof(struct reply, trailers), LIST },
        { "etag", offsetof(struct reply, etag), STRING },
        { "delay", offsetof(struct reply, delay), UINT },
        { "rate", offsetof(struct reply, rate), NUMBER },
        { "version", offsetof(struct reply, version), STRING },
        { "status-line", offsetof(struct reply, status_line), TEXT },
        { "raw", offsetof(struct reply, raw), TEXT },
        { "close", offsetof(struct reply, close), FLAG },
        { "close-quietly", offsetof(struct reply, close_quietly), FLAG },
        { "close-delimited", offsetof(struct reply, close_delimited), FLAG },
        { "chunk-extension", offsetof(struct reply, chunk_extension), TEXT },
        { "chunk-end", offsetof(struct reply, chunk_end), TEXT },
        { "early", offsetof(struct reply, early), FLAG },
        { "body-cut", offsetof(struct reply, body_limit), NUMBER },
        { "no-continue", offsetof(struct reply, no_continue), FLAG },
        { "bits", offsetof(struct reply, bits), FLAG },
        { "bits-reply", offsetof(struct reply, bits_reply), STRING },
        { "bits-limit", offsetof(struct reply, bits_limit), NUMBER },
        { "bits-maximum", offsetof(struct reply, bits_maximum), NUMBER },
        { "bits-take", offsetof(struct reply, bits_take), NUMBER },
        { "bits-received", offsetof(struct reply, bits_received), NUMBER },
        { "bits-timeout", offsetof(struct reply, bits_timeout), NUMBER },
        { "bits-hold", offsetof(struct reply, bits_hold), UINT },
        { "bits-strict", offsetof(struct reply, bits_strict), FLAG },
        { "bits-overwrite", offsetof(struct reply, bits_overwrite), FLAG },
        { "bits-place-at-close", offsetof(struct reply, bits_place_at_close), FLAG },
        { "bits-host-fallback", offsetof(struct reply, bits_host_fallback), NUMBER },
        { "bits-host-id", offsetof(struct reply, bits_host_id), STRING },
        { "bits-session", offsetof(struct reply, bits_session), STRING },
        { "bits-forget", offsetof(struct reply, bits_forget), FLAG },
    };

    for (n = 0; n < sizeof(fields) / sizeof(fields[0]); n++)
    {
        char *field = (char *)reply + fields[n].offset;

        if (strcmp(key, fields[n].key)) continue;
        switch (fields[n].type)
        {
        case FLAG:
            *(int *)field = 1;
            return !*rest || fail(parser, "too much:", rest);
        case NUMBER: return parse_number(parser, rest, (ts_u64 *)field);
        case UINT: return parse_uint(parser, rest, (unsigned int *)field);
        case STRING: return parse_string(parser, rest, (char **)field);
        case TEXT: return parse_text(parser, rest, (struct bytes *)field);
        case LIST: return add_text(parser, rest, (struct bytes_list *)field);
        }
    }

    if (!strcmp(key, "status"))
    {
        word = next_word(&rest);
        if (!parse_code(parser, word, &reply->status)) return 0;
        return !*rest || parse_string(parser, rest, &reply->reason);
    }
    if (!strcmp(key, "modified"))
    {
        if (!strcmp(rest, "none")) *rest = 0;
        return parse_string(parser, rest, &reply->modified);
    }
    if (!strcmp(key, "conditions"))
    {
        reply->no_conditions = !strcmp(rest, "off");
        return reply->no_conditions || !strcmp(rest, "on") || fail(parser, "conditions are on or off, not", rest);
    }
    if (!strcmp(key, "length"))
    {
        reply->no_length = !strcmp(rest, "none");
        return reply->no_length || parse_number(parser, rest, &reply->claimed_length);
    }
    if (!strcmp(key, "ranges")) return parse_ranges(parser, rest);
    if (!strcmp(key, "delay-at"))
    {
        word = next_word(&rest);
        return add_event(parser, EVENT_DELAY, word, rest);
    }
    if (!strcmp(key, "stall")) return add_event(parser, EVENT_STALL, rest, NULL);
    if (!strcmp(key, "cut")) return add_event(parser, EVENT_CUT, rest, NULL);
    if (!strcmp(key, "reset")) return add_event(parser, EVENT_RESET, rest, NULL);
    if (!strcmp(key, "cut-head") || !strcmp(key, "reset-head"))
    {
        reply->head_reset = key[0] == 'r';
        return parse_number(parser, rest, &reply->head_limit);
    }
    if (!strcmp(key, "silent") || !strcmp(key, "drop") || !strcmp(key, "refuse") || !strcmp(key, "tunnel"))
    {
        reply->answer = key[0] == 's' ? ANSWER_SILENT : key[0] == 'd' ? ANSWER_DROP :
                        key[0] == 'r' ? ANSWER_REFUSE : ANSWER_TUNNEL;
        return !*rest || fail(parser, "too much:", rest);
    }
    if (!strcmp(key, "informational"))
    {
        word = next_word(&rest);
        return parse_code(parser, word, &reply->info_status) && parse_uint(parser, rest, &reply->info_count);
    }
    if (!strcmp(key, "fill"))
    {
        word = next_word(&rest);
        return parse_uint(parser, word, &reply->fill_count) && parse_uint(parser, rest, &reply->fill_size);
    }
    if (!strcmp(key, "header-case"))
    {
        reply->header_case = *rest;
        return !strcmp(rest, "lower") || !strcmp(rest, "upper") || fail(parser, "header-case is lower or upper, not", rest);
    }
    if (!strcmp(key, "chunked"))
    {
        reply->chunk_size = 65536;
        if (*rest && !parse_number(parser, rest, &reply->chunk_size)) return 0;
        return reply->chunk_size || fail(parser, "no chunk size:", rest);
    }
    if (!strcmp(key, "redirect"))
    {
        char *header;
        int ret;

        word = next_word(&rest);
        if (!parse_code(parser, word, &reply->status)) return 0;
        if (!(header = malloc(strlen(rest) + 16))) return fail(parser, "no memory", NULL);
        sprintf(header, "Location: %s", rest);
        ret = add_text(parser, header, &reply->headers);
        free(header);
        return ret;
    }
    if (!strcmp(key, "auth")) return parse_auth(parser, 401, rest);
    if (!strcmp(key, "proxy-auth")) return parse_auth(parser, 407, rest);
    if (!strcmp(key, "bits-error"))
    {
        word = next_word(&rest);
        if (!parse_code(parser, word, &reply->bits_error_status)) return 0;
        word = next_word(&rest);
        return parse_string(parser, word, &reply->bits_error) && parse_string(parser, rest, &reply->bits_context);
    }
    return fail(parser, "unknown directive", key);
}

static int parse_line(struct parser *parser, char *line)
{
    static const char * const modes[] = { "normal", "silent", "close", "reset", "refuse" };
    char *rest = line, *key = next_word(&rest);
    unsigned int i, uses = 1;

    if (!strcmp(key, "accept"))
    {
        if (parser->rule) return fail(parser, "after the first rule:", key);
        for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
        {
            if (strcmp(rest, modes[i])) continue;
            parser->script->accept = (enum accept_mode)i;
            return 1;
        }
        return fail(parser, "unknown way to accept", rest);
    }
    if (!strcmp(key, "on")) return add_rule(parser, rest);
    if (!strcmp(key, "where")) return add_condition(parser, rest);
    if (!strcmp(key, "reply"))
    {
        if (*rest && (!parse_uint(parser, rest, &uses) || !uses)) return fail(parser, "bad count", rest);
        return add_reply(parser, uses);
    }
    if (!parser->reply && !add_reply(parser, 1)) return 0;
    return parse_reply(parser, key, rest);
}

struct script *script_parse(const char *text, char *error, size_t size)
{
    struct parser parser;
    unsigned int i;
    int good = 1;

    memset(&parser, 0, sizeof(parser));
    parser.error = error;
    parser.error_size = size;
    if (!(parser.script = calloc(1, sizeof(*parser.script))))
    {
        fail(&parser, "no memory", NULL);
        return NULL;
    }
    parser.script->refs = 1;

    while (good && *text)
    {
        const char *end = text + strcspn(text, "\r\n");
        const char *start = text, *stop = end;
        char *line;

        if (*end == '\r' && end[1] == '\n') end++;
        parser.line++;
        while (start < stop && (*start == ' ' || *start == '\t')) start++;
        while (stop > start && (stop[-1] == ' ' || stop[-1] == '\t')) stop--;
        if (start < stop && *start != '#')
        {
            if (!(line = malloc(stop - start + 1))) good = fail(&parser, "no memory", NULL);
            else
            {
                memcpy(line, start, stop - start);
                line[stop - start] = 0;
                good = parse_line(&parser, line);
                free(line);
            }
        }
        text = *end ? end + 1 : end;
    }
    for (i = 0; good && i < parser.script->rule_count; i++)
    {
        parser.rule = &parser.script->rules[i];
        if (!parser.rule->reply_count) good = add_reply(&parser, 1);
    }
    if (good) return parser.script;
    script_free(parser.script);
    return NULL;
}

static void free_list(struct bytes_list *list)
{
    unsigned int i;

    for (i = 0; i < list->count; i++) free(list->items[i].data);
    free(list->items);
}

void script_free(struct script *script)
{
    unsigned int i, j;

    if (!script) return;
    for (i = 0; i < script->rule_count; i++)
    {
        struct rule *rule = &script->rules[i];

        for (j = 0; j < rule->condition_count; j++)
        {
            free(rule->conditions[j].name);
            free(rule->conditions[j].value);
        }
        for (j = 0; j < rule->reply_count; j++)
        {
            struct reply *reply = &rule->replies[j];

            free_list(&reply->headers);
            free_list(&reply->removed);
            free_list(&reply->trailers);
            free(reply->reason);
            free(reply->pattern);
            free(reply->text.data);
            free(reply->modified);
            free(reply->etag);
            free(reply->boundary);
            free(reply->events);
            free(reply->version);
            free(reply->status_line.data);
            free(reply->raw.data);
            free(reply->chunk_extension.data);
            free(reply->chunk_end.data);
            free(reply->auth_realm);
            free(reply->auth_token);
            free(reply->bits_reply);
            free(reply->bits_host_id);
            free(reply->bits_error);
            free(reply->bits_session);
            free(reply->bits_context);
        }
        free(rule->conditions);
        free(rule->replies);
        free(rule->method);
        free(rule->path);
    }
    free(script->rules);
    free(script);
}
