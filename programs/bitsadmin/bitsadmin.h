/*
 * bitsadmin: what its files share
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
 * The command-line tool of BITS.  main.c owns the table of commands and finds the row of a command line; a handler in the file of
 * its group does the work and answers the exit code.  Everything runs on the main thread; the only other thread is the one on
 * which the system announces Ctrl+C, which touches nothing but the two events of transfer.c.
 *
 * Exit codes (spec/bitsadmin.md 1.8): 0, 1 for a wrong command line or a job that was not found, or the HRESULT of a failed call.
 * Whoever prints an error answers the exit code that goes with it, so that a handler ends with `return fail(...)`.
 *
 * COM objects are released by whoever got them; strings from COM are freed with CoTaskMemFree by whoever got them.
 */

#ifndef __BITSADMIN_H
#define __BITSADMIN_H

#include <stdarg.h>

#define COBJMACROS
#include <windef.h>
#include <winbase.h>
#include <winnls.h>
#include <objbase.h>
#include <bits.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif

#define EXIT_USAGE 1

struct text;

/* One command: a row of the table in main.c.  Exactly one of the three handlers is set. */
struct command
{
    const WCHAR *family;   /* the word in front of the name, as /UTIL; NULL for most */
    const WCHAR *name;
    const WCHAR *args;     /* its arguments as the help shows them */
    const WCHAR *help;     /* what it does; NULL for an alias, which the help leaves out */
    int min_args;          /* how many arguments it takes, a job included */
    int max_args;          /* -1: as many as there are */

    /* argv[0] is the first argument behind the command word */
    int (*run)(const struct command *cmd, int argc, WCHAR **argv);

    /* the first argument names a job, which is found and released by the caller; argv[0] is the one behind it */
    int (*run_job)(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);

    /* reads one property of the job named by the only argument; the caller prints it */
    HRESULT (*get)(IBackgroundCopyJob *job, struct text *value);
};

/* output.c: the text that goes out.  Formats are those of wprintf: %ls is a wide string, %I64u an unsigned 64-bit number. */

/* Unbounded text, empty when zeroed.  chars is NULL or terminated; out of memory ends the program, as nothing could go on. */
struct text
{
    WCHAR *chars;
    size_t len;
    size_t size;
};

enum wrap_mode
{
    WRAP_DEFAULT,          /* as the command likes it: wrapped, /MONITOR cut */
    WRAP_ON,
    WRAP_OFF,
};

void *xrealloc(void *ptr, size_t size);
void text_add(struct text *text, const WCHAR *format, ...);
void text_add_chars(struct text *text, const WCHAR *chars, size_t len);
void text_trim(struct text *text);
void text_free(struct text *text);

void output_init(void);
BOOL output_is_console(void);
BOOL output_is_raw(void);
void output_set_raw(BOOL raw);
void output_set_wrap(enum wrap_mode mode);
void output_default_nowrap(void);
void output(const WCHAR *format, ...);
void output_label(const WCHAR *label);
void output_flush(void);
void output_clear_screen(void);
void output_rewrite(const struct text *lines, unsigned int count);
void output_banner(void);
void output_value(const struct text *value);
void confirm(const WCHAR *format, ...);

int fail(const struct command *cmd, HRESULT hr);
int fail_action(const WCHAR *action, HRESULT hr);
int fail_argument(const struct command *cmd, const WCHAR *value);
int fail_count(void);

/* main.c: the service, words and numbers */

int reach_manager(IBackgroundCopyManager **manager);
HRESULT reconnect_manager(IBackgroundCopyManager **manager);
BOOL describe_error(HRESULT hr, struct text *text);
HRESULT job_interface(IBackgroundCopyJob *job, REFIID iid, void **obj);
int exit_code(HRESULT hr);

struct keyword
{
    const WCHAR *name;
    DWORD value;
};

BOOL word_is(const WCHAR *arg, const WCHAR *word);
BOOL parse_keyword(const WCHAR *arg, const struct keyword *words, unsigned int count, DWORD *value);
BOOL parse_uint64(const WCHAR *arg, size_t len, UINT64 *value);
BOOL parse_number(const WCHAR *arg, DWORD *value);
BOOL parse_bool(const WCHAR *arg, BOOL *value);
BOOL parse_guid(const WCHAR *arg, GUID *guid);
const WCHAR *null_word(const WCHAR *arg);

int cmd_help(const struct command *cmd, int argc, WCHAR **argv);

/* job.c: finding jobs, the queue and the life of a job */

int find_job(const struct command *cmd, const WCHAR *name, IBackgroundCopyJob **job);
HRESULT print_error_lines(IBackgroundCopyJob *job, HRESULT *code);
void print_peer_caching_flags(DWORD flags);

int cmd_list(const struct command *cmd, int argc, WCHAR **argv);
int cmd_monitor(const struct command *cmd, int argc, WCHAR **argv);
int cmd_reset(const struct command *cmd, int argc, WCHAR **argv);
int cmd_create(const struct command *cmd, int argc, WCHAR **argv);
int cmd_info(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_suspend(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_resume(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_cancel(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_complete(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_take_ownership(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);

/* transfer.c */

int cmd_transfer(const struct command *cmd, int argc, WCHAR **argv);

/* file.c: the files of a job */

int cmd_add_file(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_add_file_set(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_add_file_with_ranges(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_replace_remote_prefix(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_list_files(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_get_validation_state(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_validation_state(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_get_temporary_name(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_get_peer_stats(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);

/* property.c: plain properties, and the words and forms that values are written in */

const WCHAR *state_name(BG_JOB_STATE state);
const WCHAR *type_name(BG_JOB_TYPE type);
const WCHAR *priority_name(BG_JOB_PRIORITY priority);
const WCHAR *proxy_usage_name(BG_JOB_PROXY_USAGE usage);
BOOL parse_type(const WCHAR *arg, BOOL with_reply, BG_JOB_TYPE *type);
BOOL parse_priority(const WCHAR *arg, BG_JOB_PRIORITY *priority);
BOOL parse_acl_flags(const WCHAR *arg, DWORD *flags);
void add_guid(struct text *text, const GUID *guid);
void add_size(struct text *text, UINT64 size);
void add_time(struct text *text, const FILETIME *time);
void add_owner(struct text *text, const WCHAR *sid);

HRESULT get_type(IBackgroundCopyJob *job, struct text *value);
HRESULT get_state(IBackgroundCopyJob *job, struct text *value);
HRESULT get_error_count(IBackgroundCopyJob *job, struct text *value);
HRESULT get_acl_flags(IBackgroundCopyJob *job, struct text *value);
HRESULT get_bytes_total(IBackgroundCopyJob *job, struct text *value);
HRESULT get_bytes_transferred(IBackgroundCopyJob *job, struct text *value);
HRESULT get_files_total(IBackgroundCopyJob *job, struct text *value);
HRESULT get_files_transferred(IBackgroundCopyJob *job, struct text *value);
HRESULT get_creation_time(IBackgroundCopyJob *job, struct text *value);
HRESULT get_modification_time(IBackgroundCopyJob *job, struct text *value);
HRESULT get_completion_time(IBackgroundCopyJob *job, struct text *value);
HRESULT get_owner(IBackgroundCopyJob *job, struct text *value);
HRESULT get_display_name(IBackgroundCopyJob *job, struct text *value);
HRESULT get_description(IBackgroundCopyJob *job, struct text *value);
HRESULT get_priority(IBackgroundCopyJob *job, struct text *value);
HRESULT get_notify_flags(IBackgroundCopyJob *job, struct text *value);
HRESULT get_notify_interface(IBackgroundCopyJob *job, struct text *value);
HRESULT get_notify_cmdline(IBackgroundCopyJob *job, struct text *value);
HRESULT get_min_retry_delay(IBackgroundCopyJob *job, struct text *value);
HRESULT get_no_progress_timeout(IBackgroundCopyJob *job, struct text *value);
HRESULT get_max_download_time(IBackgroundCopyJob *job, struct text *value);
HRESULT get_reply_file_name(IBackgroundCopyJob *job, struct text *value);
HRESULT get_reply_progress(IBackgroundCopyJob *job, struct text *value);
HRESULT get_reply_data(IBackgroundCopyJob *job, struct text *value);
int cmd_get_error(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_get_peer_caching_flags(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_display_name(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_description(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_priority(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_acl_flags(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_notify_flags(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_notify_cmdline(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_min_retry_delay(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_no_progress_timeout(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_max_download_time(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_peer_caching_flags(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_reply_file_name(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);

/* http.c: headers, method, certificates and the flags of the HTTP transport */

HRESULT get_custom_headers(IBackgroundCopyJob *job, struct text *value);
HRESULT get_http_method(IBackgroundCopyJob *job, struct text *value);
HRESULT get_client_certificate(IBackgroundCopyJob *job, struct text *value);
HRESULT get_security_flags(IBackgroundCopyJob *job, struct text *value);
int cmd_set_custom_headers(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_make_custom_headers_write_only(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_http_method(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_client_certificate_by_id(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_client_certificate_by_name(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_remove_client_certificate(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_security_flags(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);

/* credentials.c: on whose behalf a job transfers */

HRESULT get_helper_token_flags(IBackgroundCopyJob *job, struct text *value);
HRESULT get_helper_token_sid(IBackgroundCopyJob *job, struct text *value);
int cmd_set_credentials(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_remove_credentials(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_helper_token(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_set_helper_token_flags(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);

/* proxy.c: proxies of a job, and the internet settings of the service accounts */

HRESULT get_proxy_usage(IBackgroundCopyJob *job, struct text *value);
HRESULT get_proxy_list(IBackgroundCopyJob *job, struct text *value);
HRESULT get_proxy_bypass_list(IBackgroundCopyJob *job, struct text *value);
int cmd_set_proxy_settings(const struct command *cmd, IBackgroundCopyJob *job, int argc, WCHAR **argv);
int cmd_util_get_ie_proxy(const struct command *cmd, int argc, WCHAR **argv);
int cmd_util_set_ie_proxy(const struct command *cmd, int argc, WCHAR **argv);

/* util.c: the rest of the /UTIL family */

int cmd_util_version(const struct command *cmd, int argc, WCHAR **argv);
int cmd_util_repair_service(const struct command *cmd, int argc, WCHAR **argv);
int cmd_util_enable_analytic_channel(const struct command *cmd, int argc, WCHAR **argv);

/* peer.c: the peer cache of BITS 3.0 */

int cmd_peercaching_get_flags(const struct command *cmd, int argc, WCHAR **argv);
int cmd_peercaching_set_flags(const struct command *cmd, int argc, WCHAR **argv);
int cmd_cache_list(const struct command *cmd, int argc, WCHAR **argv);
int cmd_cache_info(const struct command *cmd, int argc, WCHAR **argv);
int cmd_cache_delete(const struct command *cmd, int argc, WCHAR **argv);
int cmd_cache_delete_url(const struct command *cmd, int argc, WCHAR **argv);
int cmd_cache_clear(const struct command *cmd, int argc, WCHAR **argv);
int cmd_cache_get_limit(const struct command *cmd, int argc, WCHAR **argv);
int cmd_cache_set_limit(const struct command *cmd, int argc, WCHAR **argv);
int cmd_cache_get_expiration_time(const struct command *cmd, int argc, WCHAR **argv);
int cmd_cache_set_expiration_time(const struct command *cmd, int argc, WCHAR **argv);
int cmd_peers_list(const struct command *cmd, int argc, WCHAR **argv);
int cmd_peers_clear(const struct command *cmd, int argc, WCHAR **argv);
int cmd_peers_discover(const struct command *cmd, int argc, WCHAR **argv);

#endif /* __BITSADMIN_H */
