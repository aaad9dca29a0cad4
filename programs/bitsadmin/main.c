/*
 * bitsadmin: the table of commands and what every command needs
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

/* Defines the identifiers of all interfaces here, once: no import library knows those of BITS 4.0 and newer. */
#define INITGUID

#include <stdlib.h>
#include <wchar.h>

#include "bitsadmin.h"

#define PLAIN(name, args, min, max, run, help)       { NULL, name, args, help, min, max, run, NULL, NULL }
#define MEMBER(family, name, args, min, max, run, help) { family, name, args, help, min, max, run, NULL, NULL }
#define ON_JOB(name, args, min, max, run, help) \
    { NULL, name, L"<job>" args, help, 1 + (min), (max) < 0 ? -1 : 1 + (max), NULL, run, NULL }
#define GETTER(name, get, help)                      { NULL, name, L"<job>", help, 1, 1, NULL, NULL, get }

/* In the order in which the help shows them. */
static const struct command commands[] =
{
    PLAIN(L"/HELP", L"", 0, -1, cmd_help, L"Shows this text."),
    PLAIN(L"/?", L"", 0, -1, cmd_help, NULL),

    PLAIN(L"/LIST", L"[/ALLUSERS] [/VERBOSE]", 0, -1, cmd_list,
          L"Lists your jobs, or those of all users."),
    PLAIN(L"/MONITOR", L"[/ALLUSERS] [/REFRESH seconds]", 0, -1, cmd_monitor,
          L"Lists the jobs again and again, every 5 seconds unless told otherwise, until Ctrl+C."),
    PLAIN(L"/RESET", L"[/ALLUSERS]", 0, -1, cmd_reset,
          L"Cancels all your jobs, or those of all users."),

    PLAIN(L"/TRANSFER", L"name [/DOWNLOAD | /UPLOAD] [/PRIORITY priority] [/ACLFLAGS flags] [/DYNAMIC] "
          L"remote local [remote local]...", 3, -1, cmd_transfer,
          L"Makes a job, waits until its files are transferred and completes it."),

    PLAIN(L"/CREATE", L"[/DOWNLOAD | /UPLOAD | /UPLOAD-REPLY] name", 1, 2, cmd_create,
          L"Makes a suspended job without files; a download unless told otherwise."),
    ON_JOB(L"/INFO", L" [/VERBOSE]", 0, 1, cmd_info,
           L"Shows a job."),
    ON_JOB(L"/ADDFILE", L" remote local", 2, 2, cmd_add_file,
           L"Adds a file to a job."),
    ON_JOB(L"/ADDFILESET", L" textfile", 1, 1, cmd_add_file_set,
           L"Adds the files that a text file names: on each line a remote name, white space and a local name; # begins a comment."),
    ON_JOB(L"/ADDFILEWITHRANGES", L" remote local ranges", 3, 3, cmd_add_file_with_ranges,
           L"Adds parts of a file; the ranges are offset:length with commas between them, and eof as a length means the rest."),
    ON_JOB(L"/REPLACEREMOTEPREFIX", L" old new", 2, 2, cmd_replace_remote_prefix,
           L"Changes the beginning of all remote names that begin with old."),
    ON_JOB(L"/LISTFILES", L"", 0, 0, cmd_list_files,
           L"Lists the files of a job."),
    ON_JOB(L"/SUSPEND", L"", 0, 0, cmd_suspend,
           L"Holds a job."),
    ON_JOB(L"/RESUME", L"", 0, 0, cmd_resume,
           L"Starts a new, held or failed job."),
    ON_JOB(L"/CANCEL", L"", 0, 0, cmd_cancel,
           L"Gives a job up and removes its temporary files."),
    ON_JOB(L"/COMPLETE", L"", 0, 0, cmd_complete,
           L"Ends a job and makes the files it has transferred available."),
    ON_JOB(L"/TAKEOWNERSHIP", L"", 0, 0, cmd_take_ownership,
           L"Makes you the owner of a job."),

    GETTER(L"/GETTYPE", get_type, L"Shows DOWNLOAD, UPLOAD or UPLOAD-REPLY."),
    GETTER(L"/GETSTATE", get_state, L"Shows the state of a job."),
    ON_JOB(L"/GETERROR", L"", 0, 0, cmd_get_error, L"Shows file, code and context of the error of a job."),
    GETTER(L"/GETERRORCOUNT", get_error_count, L"Shows how often the transfer was interrupted."),
    GETTER(L"/GETACLFLAGS", get_acl_flags, L"Shows which parts of the security of a file are copied with it."),
    GETTER(L"/GETBYTESTOTAL", get_bytes_total, L"Shows the size of a job."),
    GETTER(L"/GETBYTESTRANSFERRED", get_bytes_transferred, L"Shows how many bytes were transferred."),
    GETTER(L"/GETFILESTOTAL", get_files_total, L"Shows the number of files of a job."),
    GETTER(L"/GETFILESTRANSFERRED", get_files_transferred, L"Shows how many files were transferred."),
    GETTER(L"/GETCREATIONTIME", get_creation_time, L"Shows when a job was made."),
    GETTER(L"/GETMODIFICATIONTIME", get_modification_time, L"Shows when a job last changed or made progress."),
    GETTER(L"/GETCOMPLETIONTIME", get_completion_time, L"Shows when all files had been transferred."),
    GETTER(L"/GETOWNER", get_owner, L"Shows the owner of a job."),
    GETTER(L"/GETDISPLAYNAME", get_display_name, L"Shows the display name of a job."),
    GETTER(L"/GETDESCRIPTION", get_description, L"Shows the description of a job."),
    GETTER(L"/GETPRIORITY", get_priority, L"Shows the priority of a job."),
    GETTER(L"/GETNOTIFYFLAGS", get_notify_flags, L"Shows the notification flags of a job."),
    GETTER(L"/GETNOTIFYINTERFACE", get_notify_interface, L"Shows whether a program waits to be called back."),
    GETTER(L"/GETNOTIFYCMDLINE", get_notify_cmdline, L"Shows the program that runs at the end of a job."),
    GETTER(L"/GETMINRETRYDELAY", get_min_retry_delay, L"Shows the seconds before a retry."),
    GETTER(L"/GETNOPROGRESSTIMEOUT", get_no_progress_timeout, L"Shows the seconds without progress after which a job fails."),
    GETTER(L"/GETMAXDOWNLOADTIME", get_max_download_time, L"Shows the seconds that a download may take."),
    GETTER(L"/GETPROXYUSAGE", get_proxy_usage, L"Shows which proxies a job uses."),
    GETTER(L"/GETPROXYLIST", get_proxy_list, L"Shows the list of proxies of a job."),
    GETTER(L"/GETPROXYBYPASSLIST", get_proxy_bypass_list, L"Shows the list of hosts that need no proxy."),
    GETTER(L"/GETCUSTOMHEADERS", get_custom_headers, L"Shows the HTTP headers that a job adds."),
    GETTER(L"/GETHTTPMETHOD", get_http_method, L"Shows the HTTP method of a job."),
    GETTER(L"/GETCLIENTCERTIFICATE", get_client_certificate, L"Shows location, store, hash and subject of the client certificate."),
    GETTER(L"/GETSECURITYFLAGS", get_security_flags, L"Shows the flags for certificates and redirects."),
    ON_JOB(L"/GETVALIDATIONSTATE", L" index", 1, 1, cmd_get_validation_state,
           L"Shows whether a file was found valid; the first file has the index 0."),
    ON_JOB(L"/GETTEMPORARYNAME", L" index", 1, 1, cmd_get_temporary_name,
           L"Shows the name of a file while it is being downloaded."),
    ON_JOB(L"/GETPEERCACHINGFLAGS", L"", 0, 0, cmd_get_peer_caching_flags,
           L"Shows whether a job may use peers."),
    ON_JOB(L"/GETPEERSTATS", L" index", 1, 1, cmd_get_peer_stats,
           L"Shows how many bytes of a file came from its server and how many from peers."),
    GETTER(L"/GETREPLYFILENAME", get_reply_file_name, L"Shows the file that takes the reply to an upload."),
    GETTER(L"/GETREPLYPROGRESS", get_reply_progress, L"Shows how much of the reply has arrived."),
    GETTER(L"/GETREPLYDATA", get_reply_data, L"Shows the reply in hexadecimal."),
    GETTER(L"/GETHELPERTOKENFLAGS", get_helper_token_flags, L"Shows what the helper token is used for."),
    GETTER(L"/GETHELPERNOTIFYFLAGS", get_helper_token_flags, NULL),
    GETTER(L"/GETHELPERTOKENSID", get_helper_token_sid, L"Shows whose token the helper token is."),

    ON_JOB(L"/SETDISPLAYNAME", L" name", 1, 1, cmd_set_display_name, L"Sets the display name."),
    ON_JOB(L"/SETDESCRIPTION", L" text", 1, 1, cmd_set_description, L"Sets the description."),
    ON_JOB(L"/SETPRIORITY", L" FOREGROUND | HIGH | NORMAL | LOW", 1, 1, cmd_set_priority, L"Sets the priority."),
    ON_JOB(L"/SETACLFLAGS", L" letters", 1, 1, cmd_set_acl_flags,
           L"Sets what is copied with a file from a share: O owner, G group, D permissions, S auditing."),
    ON_JOB(L"/SETACLFLAG", L" letters", 1, 1, cmd_set_acl_flags, NULL),
    ON_JOB(L"/SETNOTIFYFLAGS", L" flags", 1, 1, cmd_set_notify_flags,
           L"Sets what is announced: 1 transferred, 2 error, 4 nothing, 8 modified."),
    ON_JOB(L"/SETNOTIFYCMDLINE", L" program [parameters]", 1, -1, cmd_set_notify_cmdline,
           L"Sets the program that runs at the end of a job; the parameters begin with the program again; NULL NULL sets none."),
    ON_JOB(L"/SETMINRETRYDELAY", L" seconds", 1, 1, cmd_set_min_retry_delay, L"Sets the time before a retry."),
    ON_JOB(L"/SETNOPROGRESSTIMEOUT", L" seconds", 1, 1, cmd_set_no_progress_timeout,
           L"Sets the time without progress after which a job fails."),
    ON_JOB(L"/SETMAXDOWNLOADTIME", L" seconds", 1, 1, cmd_set_max_download_time, L"Sets the time that a download may take."),
    ON_JOB(L"/SETPROXYSETTINGS", L" PRECONFIG | NO_PROXY | AUTODETECT | OVERRIDE list bypass", 1, 3, cmd_set_proxy_settings,
           L"Sets the proxies; bypass may be NULL."),
    ON_JOB(L"/SETCREDENTIALS", L" target scheme user password", 4, 4,
           cmd_set_credentials, L"Adds credentials for a target, SERVER or PROXY, and a scheme, BASIC, DIGEST, NTLM, NEGOTIATE or PASSPORT; "
           L"NULL NULL stands for those of the user."),
    ON_JOB(L"/REMOVECREDENTIALS", L" target scheme", 2, 2,
           cmd_remove_credentials, L"Removes credentials."),
    ON_JOB(L"/SETCUSTOMHEADERS", L" header [header]...", 1, -1, cmd_set_custom_headers,
           L"Sets the HTTP headers that a job adds; NULL sets none."),
    ON_JOB(L"/MAKECUSTOMHEADERSWRITEONLY", L"", 0, 0, cmd_make_custom_headers_write_only,
           L"Hides the headers of a job for good."),
    ON_JOB(L"/SETHTTPMETHOD", L" verb", 1, 1, cmd_set_http_method, L"Sets the HTTP method of a job."),
    ON_JOB(L"/SETCLIENTCERTIFICATEBYID", L" location store hash", 3, 3, cmd_set_client_certificate_by_id,
           L"Sets the client certificate by its hash in hexadecimal. Locations: 1 CURRENT_USER, 2 LOCAL_MACHINE, "
           L"3 CURRENT_SERVICE, 4 SERVICES, 5 USERS, 6 CURRENT_USER_GROUP_POLICY, 7 LOCAL_MACHINE_GROUP_POLICY, "
           L"8 LOCAL_MACHINE_ENTERPRISE. Stores: CA, MY, ROOT, SPC or another."),
    ON_JOB(L"/SETCLIENTCERTIFICATEBYNAME", L" location store subject", 3, 3, cmd_set_client_certificate_by_name,
           L"Sets the client certificate by a part of its subject."),
    ON_JOB(L"/REMOVECLIENTCERTIFICATE", L"", 0, 0, cmd_remove_client_certificate, L"Removes the client certificate."),
    ON_JOB(L"/SETSECURITYFLAGS", L" flags", 1, 1, cmd_set_security_flags,
           L"Sets flags: 0x1 check revocation, 0x2 any name, 0x4 any date, 0x8 any authority, 0x10 any usage, "
           L"0x100 follow redirects and report them, 0x200 refuse redirects, 0x800 follow redirects from https to http."),
    ON_JOB(L"/SETVALIDATIONSTATE", L" index TRUE | FALSE", 2, 2, cmd_set_validation_state,
           L"Says whether a downloaded file is valid."),
    ON_JOB(L"/SETPEERCACHINGFLAGS", L" flags", 1, 1, cmd_set_peer_caching_flags,
           L"Sets flags: 1 download from peers, 2 serve peers."),
    ON_JOB(L"/SETREPLYFILENAME", L" path", 1, 1, cmd_set_reply_file_name, L"Sets the file that takes the reply to an upload."),
    ON_JOB(L"/SETHELPERTOKEN", L" [user@domain password]", 0, 2, cmd_set_helper_token,
           L"Gives a job your token, or that of another user, as helper token."),
    ON_JOB(L"/SETHELPERTOKENFLAGS", L" flags", 1, 1, cmd_set_helper_token_flags,
           L"Sets what the helper token is used for: 1 local files, 2 the network, 3 both."),

    MEMBER(L"/UTIL", L"/HELP", L"", 0, -1, cmd_help, L"Shows the commands of this family."),
    MEMBER(L"/UTIL", L"/?", L"", 0, -1, cmd_help, NULL),
    MEMBER(L"/UTIL", L"/VERSION", L"[/VERBOSE]", 0, 1, cmd_util_version, L"Shows the version of BITS."),
    MEMBER(L"/UTIL", L"/REPAIRSERVICE", L"[/FORCE]", 0, 1, cmd_util_repair_service,
           L"Checks that the service is registered and starts."),
    MEMBER(L"/UTIL", L"/GETIEPROXY", L"LOCALSYSTEM | NETWORKSERVICE | LOCALSERVICE [/CONN name]", 1, 3, cmd_util_get_ie_proxy,
           L"Shows the internet settings of a service account."),
    MEMBER(L"/UTIL", L"/SETIEPROXY", L"LOCALSYSTEM | NETWORKSERVICE | LOCALSERVICE "
           L"NO_PROXY | AUTODETECT | MANUAL_PROXY list [bypass] | AUTOSCRIPT url | RESET [/CONN name]", 2, 6, cmd_util_set_ie_proxy,
           L"Sets the internet settings of a service account."),
    MEMBER(L"/UTIL", L"/ENABLEANALYTICCHANNEL", L"TRUE | FALSE", 1, 1, cmd_util_enable_analytic_channel,
           L"Accepted; there is no such channel."),

    MEMBER(L"/PEERCACHING", L"/HELP", L"", 0, -1, cmd_help, L"Shows the commands of this family."),
    MEMBER(L"/PEERCACHING", L"/?", L"", 0, -1, cmd_help, NULL),
    MEMBER(L"/PEERCACHING", L"/GETCONFIGURATIONFLAGS", L"", 0, 1, cmd_peercaching_get_flags,
           L"Shows how the computer uses peers."),
    MEMBER(L"/PEERCACHING", L"/SETCONFIGURATIONFLAGS", L"flags", 1, 2, cmd_peercaching_set_flags,
           L"Sets flags: 1 download from peers, 2 serve peers."),

    MEMBER(L"/CACHE", L"/HELP", L"", 0, -1, cmd_help, L"Shows the commands of this family."),
    MEMBER(L"/CACHE", L"/?", L"", 0, -1, cmd_help, NULL),
    MEMBER(L"/CACHE", L"/LIST", L"[/VERBOSE]", 0, 1, cmd_cache_list, L"Lists the records of the cache."),
    MEMBER(L"/CACHE", L"/INFO", L"recordid [/VERBOSE]", 1, 2, cmd_cache_info, L"Shows a record."),
    MEMBER(L"/CACHE", L"/DELETE", L"recordid", 1, 1, cmd_cache_delete, L"Removes a record."),
    MEMBER(L"/CACHE", L"/DELETEURL", L"url", 1, 1, cmd_cache_delete_url, L"Removes all records of a URL."),
    MEMBER(L"/CACHE", L"/CLEAR", L"", 0, 0, cmd_cache_clear, L"Removes all records."),
    MEMBER(L"/CACHE", L"/GETLIMIT", L"", 0, 0, cmd_cache_get_limit, L"Shows the limit of the cache in percent of the disk."),
    MEMBER(L"/CACHE", L"/SETLIMIT", L"percent", 1, 1, cmd_cache_set_limit, L"Sets the limit of the cache."),
    MEMBER(L"/CACHE", L"/GETEXPIRATIONTIME", L"", 0, 0, cmd_cache_get_expiration_time,
           L"Shows the seconds after which an unused record is removed."),
    MEMBER(L"/CACHE", L"/SETEXPIRATIONTIME", L"seconds", 1, 1, cmd_cache_set_expiration_time, L"Sets that time."),

    MEMBER(L"/PEERS", L"/HELP", L"", 0, -1, cmd_help, L"Shows the commands of this family."),
    MEMBER(L"/PEERS", L"/?", L"", 0, -1, cmd_help, NULL),
    MEMBER(L"/PEERS", L"/LIST", L"", 0, 0, cmd_peers_list, L"Lists the known peers."),
    MEMBER(L"/PEERS", L"/CLEAR", L"", 0, 0, cmd_peers_clear, L"Forgets the known peers."),
    MEMBER(L"/PEERS", L"/DISCOVER", L"", 0, 0, cmd_peers_discover, L"Looks for peers."),
};

static IBackgroundCopyManager *service;

/* All commands, or those of one family. */
static void print_help(const WCHAR *family)
{
    unsigned int i;

    output(L"USAGE: BITSADMIN [/RAWRETURN] [/WRAP | /NOWRAP] command\n"
           L"The following commands are available:\n"
           L"\n");
    for (i = 0; i < ARRAY_SIZE(commands); i++)
    {
        const struct command *cmd = &commands[i];

        if (!cmd->help) continue;
        if (family && (!cmd->family || wcscmp(family, cmd->family))) continue;
        if (cmd->family) output(L"%ls ", cmd->family);
        output(L"%ls%ls%ls\n    %ls\n", cmd->name, cmd->args[0] ? L" " : L"", cmd->args, cmd->help);
    }
    if (family) return;
    output(L"\n"
           L"<job> is the display name of a job, or its identifier in braces.\n"
           L"/RAWRETURN prints the bare value, /NOWRAP cuts lines at the edge of the console.\n");
}

int cmd_help(const struct command *cmd, int argc, WCHAR **argv)
{
    print_help(cmd->family);
    return 0;
}

/* The tool's exit code for a call: successes of every kind are 0, as scripts expect (BA.1.8.31). */
int exit_code(HRESULT hr)
{
    return FAILED(hr) ? hr : 0;
}

/*
 * IMPERSONATE and cloaking are for /SETHELPERTOKEN, where the service takes the token of the thread; packet privacy because
 * passwords cross.  Where security is already set, as in a test that holds these files, that setting stands.
 */
static HRESULT connect_service(void)
{
    return CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager,
                            (void **)&service);
}

/* The first call starts the service if need be.  The manager stays ours; on failure prints why and returns the exit code. */
int reach_manager(IBackgroundCopyManager **manager)
{
    HRESULT hr;

    if (!service)
    {
        CoInitializeEx(NULL, COINIT_MULTITHREADED);
        CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_IMP_LEVEL_IMPERSONATE, NULL,
                             EOAC_DYNAMIC_CLOAKING, NULL);
        if (FAILED(hr = connect_service()))
        {
            struct text text = { 0 };

            output(L"Unable to reach the BITS service - 0x%08x\n", (unsigned int)hr);
            if (!output_is_raw() && describe_error(hr, &text)) output(L"%ls\n", text.chars);
            text_free(&text);
            return hr;
        }
    }
    *manager = service;
    return 0;
}

/* For a service that has gone away under us; prints nothing. */
HRESULT reconnect_manager(IBackgroundCopyManager **manager)
{
    HRESULT hr;

    if (service) IBackgroundCopyManager_Release(service);
    service = NULL;
    if (SUCCEEDED(hr = connect_service())) *manager = service;
    return hr;
}

static void release_manager(void)
{
    if (!service) return;
    IBackgroundCopyManager_Release(service);
    service = NULL;
    CoUninitialize();
}

/*
 * The words of Windows for the codes that users meet most often, as captured (BA.1.8.4, BA.1.8.5, BA.1.8.10).  The service takes
 * them from the system, whose words may be others: people and scripts look for these.
 */
static const WCHAR *captured_text(HRESULT hr)
{
    if (PRIMARYLANGID(LANGIDFROMLCID(GetThreadLocale())) != LANG_ENGLISH) return NULL;
    if (hr == E_INVALIDARG) return L"The parameter is incorrect.";
    if (hr == E_ACCESSDENIED) return L"Access is denied.";
    if (hr == HRESULT_FROM_WIN32(ERROR_DIRECTORY)) return L"The directory name is invalid.";
    return NULL;
}

/* What the service says about a code, else what the system says (BA.1.8.2).  FALSE, and nothing added, if nobody knows it. */
BOOL describe_error(HRESULT hr, struct text *text)
{
    DWORD language = LANGIDFROMLCID(GetThreadLocale());
    const WCHAR *captured = captured_text(hr);
    size_t len = text->len;
    WCHAR *message = NULL;

    if (captured)
        text_add(text, L"%ls", captured);
    else if (service && IBackgroundCopyManager_GetErrorDescription(service, hr, language, &message) == S_OK && message)
    {
        text_add(text, L"%ls", message);
        CoTaskMemFree(message);
        text_trim(text);
    }
    if (text->len == len && FormatMessageW(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM |
                                           FORMAT_MESSAGE_IGNORE_INSERTS, NULL, hr, 0, (WCHAR *)&message, 0, NULL))
    {
        text_add(text, L"%ls", message);
        LocalFree(message);
        text_trim(text);
    }
    return text->len > len;
}

HRESULT job_interface(IBackgroundCopyJob *job, REFIID iid, void **obj)
{
    *obj = NULL;
    return IBackgroundCopyJob_QueryInterface(job, iid, obj);
}

/* An option or keyword: whole, in any case (BA.1.1.3, BA.1.1.5). */
BOOL word_is(const WCHAR *arg, const WCHAR *word)
{
    return !_wcsicmp(arg, word);
}

/* A modifier or command word, for which a dash does as well (BA.1.1.4). */
static BOOL command_is(const WCHAR *arg, const WCHAR *word)
{
    return (arg[0] == '/' || arg[0] == '-') && !_wcsicmp(arg + 1, word + 1);
}

BOOL parse_keyword(const WCHAR *arg, const struct keyword *words, unsigned int count, DWORD *value)
{
    unsigned int i;

    for (i = 0; i < count; i++)
    {
        if (!word_is(arg, words[i].name)) continue;
        *value = words[i].value;
        return TRUE;
    }
    return FALSE;
}

/* Decimal, or hexadecimal behind 0x; no sign, no blanks, nothing left over (BA.1.1.8). */
BOOL parse_uint64(const WCHAR *arg, size_t len, UINT64 *value)
{
    unsigned int base = 10, digit;
    UINT64 result = 0;
    size_t i = 0;

    if (len > 2 && arg[0] == '0' && (arg[1] == 'x' || arg[1] == 'X'))
    {
        base = 16;
        i = 2;
    }
    if (i == len) return FALSE;
    for (; i < len; i++)
    {
        if (arg[i] >= '0' && arg[i] <= '9') digit = arg[i] - '0';
        else if (base == 16 && arg[i] >= 'a' && arg[i] <= 'f') digit = arg[i] - 'a' + 10;
        else if (base == 16 && arg[i] >= 'A' && arg[i] <= 'F') digit = arg[i] - 'A' + 10;
        else return FALSE;
        if (result > (~(UINT64)0 - digit) / base) return FALSE;
        result = result * base + digit;
    }
    *value = result;
    return TRUE;
}

BOOL parse_number(const WCHAR *arg, DWORD *value)
{
    UINT64 result;

    if (!parse_uint64(arg, wcslen(arg), &result) || result > ~(DWORD)0) return FALSE;
    *value = result;
    return TRUE;
}

BOOL parse_bool(const WCHAR *arg, BOOL *value)
{
    *value = word_is(arg, L"TRUE");
    return *value || word_is(arg, L"FALSE");
}

/* An identifier in braces (BA.1.6.1). */
BOOL parse_guid(const WCHAR *arg, GUID *guid)
{
    return arg[0] == '{' && wcslen(arg) == 38 && CLSIDFromString(arg, guid) == S_OK;
}

/* NULL for the word NULL, which means no value where a command says so (BA.1.1.7). */
const WCHAR *null_word(const WCHAR *arg)
{
    return word_is(arg, L"NULL") ? NULL : arg;
}

static int get_property(const struct command *cmd, IBackgroundCopyJob *job)
{
    struct text value = { 0 };
    HRESULT hr = cmd->get(job, &value);
    int ret = 0;

    if (FAILED(hr)) ret = fail(cmd, hr);
    else output_value(&value);
    text_free(&value);
    return ret;
}

static int run_command(const struct command *cmd, int argc, WCHAR **argv)
{
    IBackgroundCopyJob *job;
    int ret;

    if (argc < cmd->min_args || (cmd->max_args >= 0 && argc > cmd->max_args)) return fail_count();
    if (cmd->run) return cmd->run(cmd, argc, argv);
    if ((ret = find_job(cmd, argv[0], &job))) return ret;
    if (cmd->get) ret = get_property(cmd, job);
    else ret = cmd->run_job(cmd, job, argc - 1, argv + 1);
    IBackgroundCopyJob_Release(job);
    return ret;
}

static int invalid_command(void)
{
    output(L"Invalid command\n");
    print_help(NULL);
    return EXIT_USAGE;
}

/* arg points at the first word behind the modifiers. */
static int find_and_run(int argc, WCHAR **argv)
{
    unsigned int i;

    for (i = 0; argc && i < ARRAY_SIZE(commands); i++)
    {
        const struct command *cmd = &commands[i];

        if (!cmd->family)
        {
            if (command_is(argv[0], cmd->name)) return run_command(cmd, argc - 1, argv + 1);
        }
        else if (argc > 1 && command_is(argv[0], cmd->family) && command_is(argv[1], cmd->name))
            return run_command(cmd, argc - 2, argv + 2);
    }
    return invalid_command();
}

int __cdecl wmain(int argc, WCHAR *argv[])
{
    int ret;

    output_init();
    for (argc--, argv++; argc > 0; argc--, argv++)
    {
        if (command_is(argv[0], L"/RAWRETURN")) output_set_raw(TRUE);
        else if (command_is(argv[0], L"/WRAP")) output_set_wrap(WRAP_ON);
        else if (command_is(argv[0], L"/NOWRAP")) output_set_wrap(WRAP_OFF);
        else break;
    }
    if (!output_is_raw()) output_banner();
    ret = find_and_run(max(argc, 0), argv);
    release_manager();
    output_flush();
    return ret;
}
