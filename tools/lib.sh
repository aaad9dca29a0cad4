#
# Functions shared by the scripts of tools/ and tests/suites/; to be sourced.
#
# Copyright 2026 The wine-bits authors
#
# This library is free software; you can redistribute it and/or
# modify it under the terms of the GNU Lesser General Public
# License as published by the Free Software Foundation; either
# version 2.1 of the License, or (at your option) any later version.
#
# This library is distributed in the hope that it will be useful,
# but WITHOUT ANY WARRANTY; without even the implied warranty of
# MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the GNU
# Lesser General Public License for more details.
#
# You should have received a copy of the GNU Lesser General Public
# License along with this library; if not, write to the Free Software
# Foundation, Inc., 51 Franklin St, Fifth Floor, Boston, MA 02110-1301, USA

# Sets WB_TOP (the source tree) and WB_BUILD (where the build's outputs are, default WB_TOP/build), both absolute. The caller
# has "set -eu". Everything that starts Wine goes through as_user or as_owner, so that it is never root's.
#
# Variables a person may set: WB_BUILD, WB_USER (the ordinary user that root's runs use, default wine-bits), WB_WORK (a folder
# for prefixes and logs that this user may write to, default WB_BUILD/run), WINEDEBUG.

WB_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
WB_BUILD=${WB_BUILD:-$WB_TOP/build}
WB_USER=${WB_USER:-wine-bits}
wb_home=/var/lib/wine-bits

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }
is_root() { [ "$(id -u)" = 0 ]; }

# Packages ----------------------------------------------------------------------------------------------------------------

package_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# missing_packages PURPOSE...: the entries of tools/packages that are not there, one a line
missing_packages()
{
    local purpose package alternative found

    while read -r purpose package; do
        case $purpose in ''|\#*) continue ;; esac
        case " $* " in *" $purpose "*) ;; *) continue ;; esac
        found=
        for alternative in ${package//|/ }; do
            if package_installed "$alternative"; then found=1; fi
        done
        [ -n "$found" ] || say "$package"
    done < "$WB_TOP/tools/packages"
}

# need_packages PURPOSE...: installs what is missing; who is not root is told what to install. Does nothing off Debian.
need_packages()
{
    local missing entry alternative names=() log

    command -v dpkg-query >/dev/null || return 0
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    if ! is_root; then
        say "These packages are missing; as root: apt-get install --no-install-recommends $(say $missing | sed 's/|[^ ]*//g')" >&2
        return 1
    fi
    say "Installing: $(say $missing)"
    log=$(mktemp)
    DEBIAN_FRONTEND=noninteractive apt-get update -qq >"$log" 2>&1 || { cat "$log" >&2; die "apt-get update failed"; }
    for entry in $missing; do
        for alternative in ${entry//|/ }; do
            if LC_ALL=C apt-cache policy "$alternative" 2>/dev/null | grep -q '^  Candidate: [^(]'; then names+=("$alternative"); break; fi
        done
    done
    if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${names[@]}" >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        die "apt-get could not install: ${names[*]}"
    fi
    rm -f "$log"
}

# The ordinary user -----------------------------------------------------------------------------------------------------------

# Makes the user that root's runs use, once.
ensure_user()
{
    is_root || return 0
    if ! id "$WB_USER" >/dev/null 2>&1; then
        useradd --system --user-group --create-home --home-dir "$wb_home" --shell /usr/sbin/nologin "$WB_USER" ||
            die "cannot make the user $WB_USER"
    fi
}

# wb_as UID COMMAND...: sets wb_command to COMMAND with that user's groups and home and without a display
wb_as()
{
    local uid=$1 gid home
    shift
    if [ "$(id -u)" = "$uid" ]; then
        wb_command=(env -u DISPLAY -u WAYLAND_DISPLAY "$@")
        return
    fi
    gid=$(getent passwd "$uid" | cut -d: -f4)
    home=$(getent passwd "$uid" | cut -d: -f6)
    wb_command=(setpriv --reuid="$uid" --regid="${gid:-$uid}" --clear-groups --
        env -u DISPLAY -u WAYLAND_DISPLAY -u XDG_RUNTIME_DIR HOME="${home:-/}" "$@")
}

user_id() { if is_root; then id -u "$WB_USER"; else id -u; fi; }

as_uid() { wb_as "$@"; "${wb_command[@]}"; }
as_user() { ensure_user; as_uid "$(user_id)" "$@"; }

# exec_as_user COMMAND...: in place of this shell, so that "exec_as_user COMMAND &" leaves the command's own id in $!
exec_as_user() { ensure_user; wb_as "$(user_id)" "$@"; exec "${wb_command[@]}"; }

# Sets WB_WORK, a folder the ordinary user owns, and, when that user cannot reach the source tree (root's home is closed), moves
# WB_TOP and WB_BUILD to a copy of what a run needs. Call it after building and before as_user.
enter_work()
{
    ensure_user
    if is_root && ! as_user test -r "$WB_TOP/tools/lib.sh" -a -x "$WB_BUILD"; then
        local copy=$wb_home/tree
        rm -rf "$copy"
        mkdir -p "$copy/build"
        (cd "$WB_TOP" && tar -cf - --exclude=./build --exclude=./.git .) | tar -C "$copy" -xf -
        (cd "$WB_BUILD" && tar -cf - --exclude='*.o' --exclude=./run --exclude=./prefix .) | tar -C "$copy/build" -xf -
        chown -R "$WB_USER": "$copy"
        WB_TOP=$copy
        WB_BUILD=$copy/build
    fi
    WB_WORK=${WB_WORK:-$WB_BUILD/run}
    mkdir -p "$WB_WORK"
    if is_root; then chown "$WB_USER": "$WB_WORK"; fi
    export WB_TOP WB_BUILD WB_WORK WB_USER
}

# Building --------------------------------------------------------------------------------------------------------------------

# is_configured: in the folder it is called in; no if a program was missing then that is there now
is_configured()
{
    local name variable

    [ -e Makefile ] && [ -e config.status ] || return 1
    for name in clang gcc wine wineserver; do
        case $name in gcc) variable=HOSTCC ;; *) variable=$(tr '[:lower:]' '[:upper:]' <<<"$name") ;; esac
        if grep -q "^$variable = *\$" Makefile && command -v "$name" >/dev/null; then return 1; fi
    done
}

# build_project [MAKE ARGUMENT...]: configure if need be, and make
build_project()
{
    mkdir -p "$WB_BUILD"
    (
        cd "$WB_BUILD" &&
        { is_configured || "$WB_TOP/configure" -q; } &&
        make -s -j"$(nproc)" "$@"
    ) || die "the build failed"
}

# Wine ------------------------------------------------------------------------------------------------------------------------

# find_wine: sets WINE and WINESERVER
find_wine()
{
    local name

    if [ -z "${WINE-}" ]; then
        for name in wine wine64 wine-stable wine64-stable /usr/lib/wine/wine64; do
            if WINE=$(command -v "$name"); then break; fi
        done
    fi
    if [ -z "${WINESERVER-}" ]; then
        for name in wineserver wineserver64 wineserver-stable /usr/lib/wine/wineserver64 /usr/lib/wine/wineserver; do
            if WINESERVER=$(command -v "$name"); then break; fi
        done
    fi
    [ -n "$WINE" ] && [ -n "$WINESERVER" ] || die "wine is not installed (package wine64)"
    export WINE WINESERVER
}

# in_prefix PREFIX COMMAND...: a Unix command with that prefix's environment, as whoever calls. The descriptors of hold_prefix and of locks are
# not for what stays behind: wineserver and the services inherit everything that is open.
in_prefix()
{
    local prefix=$1
    shift
    env -u DISPLAY -u WAYLAND_DISPLAY -u WINEARCH WINEPREFIX="$prefix" WINEDEBUG="${WINEDEBUG:--all}" \
        WINEDLLOVERRIDES="${WB_OVERRIDES-mscoree,mshtml=}" "$@" 7>&- 8>&- 9>&-
}

# never_began STATUS ERRORS: whether a program of Wine that ended so has not begun at all. A wineserver whose last program has ended closes its
# socket a moment after it has looked at it for the last time, and resets who has connected in between: the thread, of which wineserver knows
# nothing yet (0), says so, and nothing but starting it again helps (a connection that is refused Wine tries again by itself).
never_began() { [ "$1" = 1 ] && grep -qa '^wine client error:0: recvmsg: ' "$2"; }

# begin_in PREFIX COMMAND...: like in_prefix, for a command that starts one program of Wine; again if that has not begun. What it says on
# standard error comes when it has ended.
begin_in()
{
    local errors status attempt

    errors=$(mktemp)
    for attempt in 1 2 3 4 5; do
        status=0
        in_prefix "$@" 2>"$errors" || status=$?
        never_began "$status" "$errors" || break
    done
    cat "$errors" >&2
    rm -f "$errors"
    return "$status"
}

wine_in() { local prefix=$1; shift; begin_in "$prefix" "$WINE" "$@"; }

# hold_prefix PREFIX: keeps it running until release_prefix, so that it need not start for every program and no program meets a wineserver
# that is leaving; and what it starts has no pipe of the caller's, who would wait for its end
hold_prefix()
{
    local folder line

    folder=$(mktemp -d)
    mkfifo "$folder/said"
    exec 7> >(wine_in "$1" cmd.exe /q >"$folder/said" 2>/dev/null)
    say 'echo held' >&7
    # it runs once it answers
    while read -r line; do
        case $line in *held*) break ;; esac
    done <"$folder/said"
    rm -rf "$folder"
}

release_prefix() { exec 7>&-; }

# end_prefix PREFIX: ends what runs in it and waits until it has
end_prefix()
{
    in_prefix "$1" "$WINESERVER" -k 2>/dev/null || true
    in_prefix "$1" timeout 60 "$WINESERVER" -w 2>/dev/null || true
}

# make_prefix PREFIX: a new one, settled and at rest
make_prefix()
{
    local log=$1.log
    mkdir -p "$1"
    if ! wine_in "$1" wineboot -i >"$log" 2>&1 </dev/null; then cat "$log" >&2; die "wineboot failed"; fi
    in_prefix "$1" timeout 120 "$WINESERVER" -w || die "the new prefix does not come to rest"
    rm -f "$log"
}

# copy_prefix NEW: a copy of the template that is made on first use and for each version of Wine; the caller removes it
copy_prefix()
{
    local template stamp
    find_wine
    template=$WB_WORK/template
    stamp=$("$WINE" --version 2>/dev/null)
    (
        flock 9
        if [ "$(cat "$template/.version" 2>/dev/null)" != "$stamp" ]; then
            rm -rf "$template"
            make_prefix "$template"
            say "$stamp" >"$template/.version"
        fi
    ) 9>"$WB_WORK/template.lock"
    rm -rf "$1"
    cp -a --reflink=auto "$template" "$1"
}

# copy_installed_prefix NEW: the same with the modules in it, as tools/install-prefix leaves them
copy_installed_prefix()
{
    local template stamp
    find_wine
    template=$WB_WORK/template-installed
    stamp=$({ "$WINE" --version 2>/dev/null; cat "$WB_TOP/tools/install-prefix" "$WB_BUILD"/*/native/*.dll "$WB_BUILD"/*/native/*.exe; } |
        sha256sum)
    (
        flock 8
        if [ "$(cat "$template/.version" 2>/dev/null)" != "$stamp" ]; then
            copy_prefix "$template"
            rm -f "$template/.version"
            "$WB_TOP/tools/install-prefix" --build "$WB_BUILD" "$template" >"$template.log" 2>&1 ||
                { cat "$template.log" >&2; die "the modules could not be installed"; }
            in_prefix "$template" timeout 120 "$WINESERVER" -w || die "the prefix does not come to rest"
            say "$stamp" >"$template/.version"
        fi
    ) 8>"$WB_WORK/template-installed.lock" || return
    rm -rf "$1"
    cp -a --reflink=auto "$template" "$1"
}

# Counting --------------------------------------------------------------------------------------------------------------------

# A suite counts with passed, failed, skipped and ends with finish; its last line is what tools/check believes.
wb_passed=0 wb_failed=0 wb_skipped=0
passed() { wb_passed=$((wb_passed + ${1:-1})); }
failed() { wb_failed=$((wb_failed + 1)); say "FAILED: $*"; }
skipped() { wb_skipped=$((wb_skipped + 1)); say "SKIPPED: $*"; }

finish()
{
    say "$1: $wb_passed passed, $wb_failed failed, $wb_skipped skipped"
    [ "$wb_failed" = 0 ]
}

# count_unit NAME LOG STATUS: one unit of a test program, from what it printed. A status alone proves nothing: without a summary
# line of that unit it crashed or left early, and a status that differs from the line's failures is a failure of its own.
count_unit()
{
    local name=$1 log=$2 status=$3 unit=${1##*/} line executed failures skips expected

    line=$(tr -d '\r\0' <"$log" | sed 's/\x1b\[[0-9;]*m//g' | grep -E "^[0-9a-f]{4,}:$unit:[0-9.]* [0-9]+ tests executed \(" | tail -n 1)
    if [ -z "$line" ]; then
        failed "$name: no summary line (status $status); what a sanitizer says, and the end of its output:"
        grep -a -m 1 -A 40 'ERROR: AddressSanitizer\|runtime error:' "$log"
        tail -n 15 "$log"
        return
    fi
    executed=$(sed -n 's/.* \([0-9]*\) tests executed.*/\1/p' <<<"$line")
    failures=$(sed -n 's/.*[ (]\([0-9]*\) failures\?).*/\1/p' <<<"$line")
    skips=$(sed -n 's/.*), \([0-9]*\) skipped.*/\1/p' <<<"$line")
    expected=$((failures > 255 ? 255 : failures))
    if [ "$failures" != 0 ]; then
        failed "$name: $failures of $executed checks"
        grep -aE 'Test failed: |Test succeeded inside todo|unhandled exception' "$log" | head -n 40
    elif [ "$status" != "$expected" ]; then
        failed "$name: no failures, but the exit status is $status"
        tail -n 15 "$log"
    elif [ "$executed" = 0 ] && [ "$skips" != 0 ]; then
        skipped "$name: $(grep -a 'Tests skipped: ' "$log" | head -n 1)"
    elif [ "$executed" = 0 ]; then
        failed "$name: no check was executed"
    else
        passed
        say "$name: $executed checks$([ "$skips" = 0 ] || say ", $skips groups skipped")"
    fi
}
