# What the integration tests have in common: a prefix, its processes, the client program, the test server, and the count
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

"""
To be imported by the Python scripts of this folder. They run as an ordinary user with WB_TOP, WB_BUILD and WB_WORK set, by
`tools/check integration`; README.md tells how to run one alone.

Waiting is always for a fact, with a deadline that only a hang reaches. Where a test measures a time that is promised, the limit is
multiplied by contention(): how much longer than alone this process takes for a tenth of a second's work, so that a test does not fail
because its neighbours have the processors. On an idle machine that is 1.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

TOP = os.environ.get('WB_TOP') or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get('WB_BUILD') or os.path.join(TOP, 'build')
WORK = os.environ.get('WB_WORK') or os.path.join(BUILD, 'run')
LONG = bool(os.environ.get('WB_LONG'))
VERBOSE = bool(os.environ.get('WB_VERBOSE'))

HANG = 120          # seconds after which something that should happen never will
LOOK = 1            # second that is counted at most between two looks
ATTEMPTS = 5        # to start a program that wineserver resets as it leaves


# ---- counting ----

class Count:
    def __init__(self, name):
        self.name = name
        self.passed = self.failed = self.skipped = 0

    def check(self, condition, text):
        if condition:
            self.passed += 1
            if VERBOSE:
                say('ok: ' + text)
        else:
            self.failed += 1
            say('FAILED: %s: %s' % (self.name, text))
        report_facts(text, condition)
        return bool(condition)

    def skip(self, text):
        self.skipped += 1
        say('SKIPPED: %s: %s' % (self.name, text))

    def finish(self):
        say('%s: %d passed, %d failed, %d skipped' % (self.name, self.passed, self.failed, self.skipped))
        return 1 if self.failed else 0


def say(text):
    print(text, flush=True)


def report_facts(text, condition):
    """A check whose text begins with [ID] or [ID,ID] counts for these facts, as one of a conformance unit does."""
    cited = re.match(r'\[((?:[^\[\]]|\[[^\[\]]*\])+)\] ', text)
    if not cited or not os.environ.get('WB_FACTS'):
        return
    with open(os.environ['WB_FACTS'], 'a') as file:
        for id in re.findall(r'(?:[^,\[\]]|\[[^\[\]]*\])+', cited.group(1)):
            if re.match(r'[A-Za-z][\w:-]*\.', id):
                file.write('FACT %s %s\n' % (id, 'ok' if condition else 'failed'))


def main(name, test):
    """Runs test(count) and cleans up; the summary line is the last one whatever happens."""
    count = Count(name)
    begun = time.monotonic()
    try:
        test(count)
    except Exception as error:
        import traceback
        traceback.print_exc(file=sys.stdout)
        count.check(False, '%s: %s' % (type(error).__name__, error))
    finally:
        for thing in reversed(cleanups):
            try:
                thing()
            except Exception as error:
                count.check(False, 'cleaning up: %s' % error)
    say('%s: %.0f s' % (name, time.monotonic() - begun))
    sys.exit(count.finish())


cleanups = []


def contention():
    """Wall clock time over processor time of a fixed piece of work, the best of three: 1 on an idle machine."""
    ratios = []
    for _ in range(3):
        wall, work = time.monotonic(), time.thread_time()
        while time.thread_time() - work < 0.03:
            pass
        ratios.append((time.monotonic() - wall) / (time.thread_time() - work))
    return max(1.0, min(ratios))


def has_adapter():
    """One that is up and leads away from the machine; without one the service says that the network is gone, not what a transfer met."""
    up, loopback, running, get_flags = 0x1, 0x8, 0x40, 0x8913
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _, name in socket.if_nameindex():
            flags, = struct.unpack_from('H', fcntl.ioctl(sock, get_flags, struct.pack('40s', name.encode())), 16)
            if flags & (up | loopback | running) == up | running:
                return True
    return False


def until(condition, seconds=HANG, pause=0.02):
    """
    The first true value of condition(), or the last false one after that many seconds. A machine that stands still, and with it what is waited
    for, takes no more than LOOK of them.
    """
    left, looked = seconds, time.monotonic()
    while True:
        value = condition()
        now = time.monotonic()
        left -= min(now - looked, LOOK)
        if value or left <= 0:
            return value
        looked = now
        time.sleep(pause)


def shell(script, *arguments):
    """A bash script that knows tools/lib.sh."""
    env = dict(os.environ, WB_BUILD=BUILD, WB_WORK=WORK)
    return subprocess.run(['bash', '-euc', '. "$0/tools/lib.sh"; find_wine; ' + script, TOP] + list(arguments), env=env,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


# ---- processes ----

def alive(pid):
    try:
        with open('/proc/%d/stat' % pid) as file:
            return file.read().rsplit(')', 1)[1].split()[0] not in 'ZX'
    except OSError:
        return False


def cpu_seconds(pid):
    """Processor time that it has used, 0 if it has ended."""
    try:
        with open('/proc/%d/stat' % pid) as file:
            return sum(int(ticks) for ticks in file.read().rsplit(')', 1)[1].split()[11:13]) / os.sysconf('SC_CLK_TCK')
    except OSError:
        return 0.0


def kill(pid):
    """SIGKILL for one process of ours; nothing if it has ended."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


class Process:
    def __init__(self, pid, line):
        self.pid = pid
        self.line = line

    def named(self, name):
        return name.lower() in self.line.lower()


def never_began(process, errors):
    """Whether a program of Wine that has ended has not begun at all, because wineserver was leaving: see never_began of tools/lib.sh."""
    errors.seek(0)
    return process.returncode == 1 and b'wine client error:0: recvmsg: ' in errors.read()


# ---- the prefix ----

class Prefix:
    """A prefix of its own, with the modules in it; removed at the end, everything in it ended before."""

    def __init__(self, name, install=True):
        self.path = os.path.join(WORK, name)
        self.clients = []
        cleanups.append(self.remove)
        done = shell('end_prefix "$1"; %s "$1"' % ('copy_installed_prefix' if install else 'copy_prefix'), self.path)
        if done.returncode:
            raise RuntimeError('no prefix: ' + done.stdout)
        self.env = {key: value for key, value in os.environ.items() if key not in ('DISPLAY', 'WAYLAND_DISPLAY', 'WINEARCH')}
        self.env.update(WINEPREFIX=self.path, WINEDEBUG=os.environ.get('WINEDEBUG', '-all'), WINEDLLOVERRIDES='mscoree,mshtml=')
        found = shell('say "$WINE"; say "$WINESERVER"').stdout.split('\n')
        self.wine, self.wineserver = found[0], found[1]
        self.drive = os.path.join(self.path, 'drive_c')

    def install(self, *arguments):
        done = shell('"$WB_TOP/tools/install-prefix" --build "$WB_BUILD" "$@"', *arguments, self.path)
        if done.returncode:
            raise RuntimeError('install-prefix: ' + done.stdout)
        return done.stdout

    def remove(self):
        for client in self.clients:
            client.kill()
        for _ in range(3):
            self.run_server('-k')
            self.kill_all()
        if os.environ.get('WB_KEEP'):
            return
        subprocess.run(['rm', '-rf', self.path], check=True)

    def unix(self, path):
        """C:\\x\\y as a Unix path; the case of the letters must be right."""
        return os.path.join(self.drive, *path[3:].split('\\'))

    def start(self, *command, **options):
        options.setdefault('stdin', subprocess.DEVNULL)
        options.setdefault('stdout', subprocess.DEVNULL)
        options.setdefault('stderr', subprocess.DEVNULL)
        return subprocess.Popen([self.wine] + list(command), env=self.env, cwd=WORK, **options)

    def run(self, *command, seconds=HANG):
        """A program with what it printed."""
        for _ in range(ATTEMPTS):
            with tempfile.TemporaryFile() as errors:
                process = self.start(*command, stdout=subprocess.PIPE, stderr=errors)
                try:
                    output = process.communicate(timeout=seconds)[0]
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                    raise
                if not never_began(process, errors):
                    break
        return process.returncode, output.decode('utf-8', 'replace').replace('\r', '')

    def must(self, *command, seconds=HANG):
        """One that has to succeed; what it printed."""
        status, output = self.run(*command, seconds=seconds)
        if status:
            raise RuntimeError('%s: status %d, %s' % (' '.join(command), status, output))
        return output

    def client(self):
        client = Client(self)
        self.clients.append(client)
        return client

    def run_server(self, *arguments, seconds=HANG):
        return subprocess.run([self.wineserver] + list(arguments), env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=seconds).returncode

    def wait(self, seconds=HANG):
        """Until nothing runs in it, as wineserver -w sees it; the seconds that took, or None."""
        begun = time.monotonic()
        try:
            self.run_server('-w', seconds=seconds)
        except subprocess.TimeoutExpired:
            return None
        return time.monotonic() - begun

    def processes(self):
        """All Unix processes of the prefix, wineserver among them, whichever wineserver they belong to."""
        mark = ('WINEPREFIX=' + self.path).encode()
        found = []
        for name in os.listdir('/proc'):
            if not name.isdigit() or int(name) == os.getpid():
                continue
            try:
                with open('/proc/%s/environ' % name, 'rb') as file:
                    if mark not in file.read().split(b'\0'):
                        continue
                with open('/proc/%s/cmdline' % name, 'rb') as file:
                    line = file.read().replace(b'\0', b' ').decode('utf-8', 'replace')
            except OSError:
                continue
            if alive(int(name)):
                found.append(Process(int(name), line))
        return found

    def find(self, name):
        return [process.pid for process in self.processes() if process.named(name)]

    def kill_all(self):
        """SIGKILL for everything in it, until nothing is left."""
        def none():
            left = self.processes()
            for process in left:
                kill(process.pid)
            return not left
        if not until(none, 30):
            raise RuntimeError('processes that cannot be killed')

    def service_process(self):
        """The Unix process of the service: the last svchost with our module in it. Orphans of an earlier wineserver are older."""
        found = []
        for process in self.processes():
            if not process.named('svchost'):
                continue
            try:
                with open('/proc/%d/maps' % process.pid) as file:
                    if 'qmgr.dll' not in file.read():
                        continue
                with open('/proc/%d/stat' % process.pid) as file:
                    found.append((int(file.read().rsplit(')', 1)[1].split()[19]), process.pid))
            except OSError:
                pass
        return max(found)[1] if found else None

    def describe(self):
        """What a maintainer would ask first when the service cannot be reached."""
        text = 'processes: %s' % ', '.join('%d %s' % (process.pid, process.line.strip()) for process in self.processes())
        try:
            text += '; BITS: %s' % ' '.join(self.run('sc', 'query', 'BITS', seconds=30)[1].split())
        except subprocess.TimeoutExpired:
            text += '; the service manager does not answer'
        return '%s; log: %s' % (text, self.log()[-1500:])

    def log(self):
        folder = os.path.join(self.drive, 'ProgramData', 'Microsoft', 'Network', 'Downloader')
        text = ''
        for name in ('qmgr.log.old', 'qmgr.log'):
            try:
                with open(os.path.join(folder, name), errors='replace') as file:
                    text += file.read()
            except OSError:
                pass
        return text


# ---- the client program ----

class Ended(Exception):
    """The client has gone before the answer came."""


class Answer:
    def __init__(self, command, fields, lines):
        self.command = command
        self.hr = int(fields[0], 16)
        self.msec = int(fields[1]) / 1000
        self.results = fields[2:]
        self.lines = lines

    def __repr__(self):
        return '%s: %#010x %s' % (' '.join(self.command), self.hr, ' '.join(self.results))


class Client:
    """tests/integration/client.c at the other end of two pipes. What it has begun and what was acknowledged is known at any time."""

    def __init__(self, prefix):
        self.prefix = prefix
        program = os.path.join(BUILD, 'x86_64', 'tests', 'integration_client.exe')
        self.changed = threading.Condition()
        self.sent = 0
        for _ in range(ATTEMPTS):
            self.errors = tempfile.TemporaryFile()
            self.process = prefix.start(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)
            self.begun = None       # the command under way
            self.answers = []
            self.there = self.ended = False
            self.reader = threading.Thread(target=self.read, daemon=True)
            self.reader.start()
            with self.changed:
                self.changed.wait_for(lambda: self.there or self.ended, HANG)
            if self.there or not self.ended:
                break
            self.process.wait()
            if not never_began(self.process, self.errors):
                break

    def read(self):
        lines = []
        for raw in self.process.stdout:
            if not raw.endswith(b'\n'):
                break               # cut off: not acknowledged
            line = raw.decode('utf-8', 'replace').rstrip('\r\n')
            with self.changed:
                if line == '+':
                    self.there = True
                elif line.startswith('> '):
                    self.begun = line[2:].split('\t')
                    lines = []
                elif line.startswith('= '):
                    self.answers.append(Answer(self.begun or ['?'], line[2:].split('\t'), lines))
                    self.begun = None
                elif line.startswith('- '):
                    lines.append(line[2:].split('\t'))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    def send(self, *words):
        """Has a command carried out when those before it are; returns its number."""
        try:
            self.process.stdin.write(('\t'.join(str(word) for word in words) + '\n').encode())
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass
        self.sent += 1
        return self.sent - 1

    def answer(self, number, seconds=HANG):
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.answers) > number or self.ended, seconds):
                raise RuntimeError('no answer to %s within %d s' % (self.begun, seconds))
            if len(self.answers) <= number:
                raise Ended('the client ended during %s, %s' % (self.begun, self.why_ended()))
            return self.answers[number]

    def why_ended(self):
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.errors.seek(0)
        return 'status %s, %r' % (self.process.returncode, self.errors.read()[-2000:].decode('utf-8', 'replace'))

    def call(self, *words, seconds=HANG):
        return self.answer(self.send(*words), seconds)

    def must(self, *words, seconds=HANG):
        answer = self.call(*words, seconds=seconds)
        if answer.hr:
            raise RuntimeError('%r' % answer)
        return answer

    def connect(self, seconds=HANG):
        answer = self.call('connect', seconds * 1000, seconds=seconds + 60)
        if answer.hr:
            raise RuntimeError('%r; %s' % (answer, self.prefix.describe()))
        return answer

    def leave(self, seconds=HANG):
        """It exits by itself, without a word to the service."""
        self.process.stdin.close()
        self.process.wait(seconds)
        self.reader.join()

    def kill(self):
        self.process.kill()
        try:
            self.process.stdin.close()
        except (BrokenPipeError, OSError):
            pass
        self.process.wait()
        self.reader.join(30)


# ---- the server ----

class Server:
    """tests/server as a process."""

    def __init__(self, script):
        self.program = os.path.join(BUILD, 'native', 'testserver')
        command = [self.program]
        for line in script.strip().split('\n'):
            command += ['-e', line]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        line = self.process.stdout.readline().decode()
        if not line.startswith('PORT '):
            raise RuntimeError('the test server does not start')
        self.port = int(line.split()[1])
        self.url = 'http://127.0.0.1:%d' % self.port
        cleanups.append(self.stop)

    def stop(self):
        self.process.kill()
        self.process.wait()

    def control(self, path, data=None):
        with urllib.request.urlopen(self.url + path, data=data, timeout=HANG) as reply:
            return reply.read().decode('utf-8', 'replace')

    def set_script(self, script):
        self.control('/__script', script.encode())

    def log(self):
        return self.control('/__log')

    def stats(self):
        return {name: int(value) for name, value in re.findall(r'(\w+)[ =:]+(\d+)', self.control('/__stats'))}

    def digest(self, name, size):
        """SHA-256 of the file as served."""
        process = subprocess.Popen([self.program, '--cat', name, '0', str(size)], stdout=subprocess.PIPE)
        digest = hashlib.sha256()
        for block in iter(lambda: process.stdout.read(1 << 20), b''):
            digest.update(block)
        process.wait()
        return digest.hexdigest()


def file_digest(path):
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        for block in iter(lambda: file.read(1 << 20), b''):
            digest.update(block)
    return digest.hexdigest()
