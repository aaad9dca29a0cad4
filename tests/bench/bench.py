#!/usr/bin/env python3
#
# Time and processor time of downloads and uploads: ours, Wine's own BITS, and the usual tools, side by side.
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

# Started by tools/bench, as an ordinary user with WB_TOP, WB_BUILD and WB_WORK set. In each round every tool has its turn, with the dirty pages of
# the one before written out, so that what else the machine does is shared, and in another order, since what a tool leaves behind (blocks to
# discard, a cache to refill) is paid for by the next one; the medians are compared. Only ratios of one run mean anything.
#
# Our times are those of a client from CreateJob to the return of Complete, to data that is on disk by then. The tools' times are those of
# their processes, and what they wrote may be in memory still: "curl + fsync" shows what that is worth.

import argparse
import contextlib
import filecmp
import hashlib
import mmap
import os
import random
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

sys.dont_write_bytecode = True
TOP = os.environ.get('WB_TOP') or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'tests', 'integration'))
import harness
from harness import Prefix, alive, say, until
from relay import Relay

CLIENT = os.path.join(harness.BUILD, 'x86_64', 'tests', 'bits_client.exe')
TICK = os.sysconf('SC_CLK_TCK')
SMALL = 20000
ROUND_TRIP = 0.05               # of the long path, seconds
LINE_RATE = 100e6               # octets a second


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for sock in sockets:
        sock.bind(('127.0.0.1', 0))
    ports = [sock.getsockname()[1] for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


class Nginx:
    def __init__(self, folder):
        self.http, self.https = free_ports(2)
        subprocess.check_call(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-sha256', '-subj', '/CN=localhost',
                               '-addext', 'subjectAltName=DNS:localhost', '-keyout', folder + '/key.pem', '-out', folder + '/cert.pem'],
                              stderr=subprocess.DEVNULL)
        subprocess.check_call(['openssl', 'x509', '-in', folder + '/cert.pem', '-outform', 'DER', '-out', folder + '/cert.der'])
        paths = ''.join('%s_temp_path %s/tmp-%s;\n' % (kind, folder, kind)
                        for kind in ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'))
        with open(folder + '/nginx.conf', 'w') as file:
            file.write('daemon off;\nworker_processes 1;\npid %s/nginx.pid;\nerror_log %s/nginx.log;\nevents { worker_connections 512; }\n'
                       'http { access_log off; sendfile on; keepalive_requests 1000000; root %s/www;\n%s'
                       'server { listen 127.0.0.1:%d; }\nserver { listen 127.0.0.1:%d ssl; ssl_buffer_size 16k; ssl_protocols TLSv1.2;\n'
                       'ssl_certificate %s/cert.pem; ssl_certificate_key %s/key.pem; }\n}\n'
                       % (folder, folder, folder, paths, self.http, self.https, folder, folder))
        program = shutil.which('nginx', path=os.environ.get('PATH', '') + ':/usr/sbin')
        self.process = subprocess.Popen([program, '-e', folder + '/nginx.log', '-c', folder + '/nginx.conf'], stdin=subprocess.DEVNULL)
        harness.cleanups.append(self.stop)
        if not until(lambda: os.path.exists(folder + '/nginx.pid') or not alive(self.process.pid), 30) or not alive(self.process.pid):
            raise RuntimeError('nginx does not start')

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Result:
    """Of one tool: seconds, and processor seconds of what works for it."""

    def __init__(self):
        self.seconds = []
        self.processor = []

    def median(self):
        return statistics.median(self.seconds) if self.seconds else float('nan')

    def cpu(self):
        return statistics.median(self.processor) if self.processor else float('nan')


class Bits:
    """BITS in a prefix of its own, the service running."""

    def __init__(self, name, ours, cert):
        self.prefix = Prefix('bench-' + name, install=ours)
        self.keeper = self.prefix.client()
        self.keeper.connect()
        code, text = self.prefix.run(CLIENT, '--trust', 'Z:' + cert)
        if code:
            raise RuntimeError('no trust: ' + text)

    def processor(self):
        total = 0
        for process in self.prefix.processes():
            if process.pid == self.service or process.named('wineserver'):
                with open('/proc/%d/stat' % process.pid) as file:
                    fields = file.read().rsplit(')', 1)[1].split()
                total += (int(fields[11]) + int(fields[12])) / TICK
        return total

    def run(self, *arguments):
        """The client's times by name, in seconds, and the processor seconds of service and wineserver."""
        self.service = self.prefix.service_process()
        before = self.processor()
        code, text = self.prefix.run(CLIENT, *arguments, seconds=1200)
        if code:
            raise RuntimeError('%s: %s' % (self.prefix.path, text))
        return ({name: int(value) / 1e6 for name, value in re.findall(r'^time (\w+) (\d+)', text, re.M)},
                self.processor() - before)


def run_tool(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def in_turn(results, turn):
    """The tools in the order of this round, the same in every run."""
    return random.Random(turn).sample(list(results.items()), len(results))


def digest(path):
    value = hashlib.sha256()
    with open(path, 'rb') as file:
        while piece := file.read(1 << 20):
            value.update(piece)
    return value.hexdigest()


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = os.path.join(harness.WORK, 'bench')
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder + '/www/small')
        harness.cleanups.append(lambda: shutil.rmtree(self.folder, ignore_errors=True))
        self.out = self.folder + '/out-0'
        self.turns = 0
        os.mkdir(self.out)
        with open(self.folder + '/www/big', 'wb') as file:
            for _ in range(options.size):
                file.write(os.urandom(1 << 20))
        for i in range(max(options.files, (10000 if options.long else 1000) if options.growth else 0)):
            with open('%s/www/small/%d' % (self.folder, i), 'wb') as file:
                file.write(os.urandom(SMALL))
        self.nginx = Nginx(self.folder)
        self.big = digest(self.folder + '/www/big')
        self.ours = Bits('ours', True, self.folder + '/cert.der')
        self.stock = Bits('stock', False, self.folder + '/cert.der') if options.stock else None
        self.verdicts = []

    def fresh(self, big=False):
        # many small files stay until the end: ext4 does not give an inode away again for minutes, and whoever makes a file has to look past
        # all of those that were removed meanwhile, which takes up to twenty times as long as to make it
        if big:
            shutil.rmtree(self.out)
        else:
            self.turns += 1
            self.out = '%s/out-%d' % (self.folder, self.turns)
        os.mkdir(self.out)
        os.sync()
        # a virtual machine gives free memory back to its host within seconds; who fills it first would pay for fetching it again, up to twice
        # the processor time of a download. It gives back large pieces only, and who writes much at once is given those, so they are touched too.
        if big:
            size = self.options.size << 20
            mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE).close()
            with mmap.mmap(-1, size + size // 4, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as area:
                with contextlib.suppress(OSError):      # a system that has none
                    area.madvise(mmap.MADV_HUGEPAGE)
                for place in range(0, len(area), mmap.PAGESIZE):
                    area[place] = 1

    def bits(self, bits, result, arguments):
        times, processor = bits.run(*arguments)
        result.seconds.append(times['completed'])
        result.processor.append(processor)
        return times

    def verdict(self, text, value, limit, above):
        met = value >= limit if above else value <= limit
        self.verdicts.append('%-62s %6.2f, target %s %.2f: %s' % (text, value, '>=' if above else '<=', limit, 'met' if met else 'NOT met'))

    def print_table(self, title, results, size, base):
        say('')
        say('%-30s %9s %9s %8s %12s' % (title, 'median s', 'MiB/s', 'x curl', 'CPU s/GiB'))
        for name, result in results.items():
            if not result.seconds:
                continue
            median = result.median()
            processor = '%12.2f' % (result.cpu() / size * 1024) if result.processor else ''
            say('%-30s %9.3f %9.1f %8.2f %s' % (name, median, size / median, results[base].median() / median, processor))

    def measure_big(self, scheme):
        port = self.nginx.http if scheme == 'http' else self.nginx.https
        url = '%s://localhost:%d/big' % (scheme, port)
        target = self.out + '/big'
        insecure = scheme == 'https'
        tools = {'curl': ['curl', '-s', '-o', target] + ['-k'] * insecure + [url],
                 'curl + fsync': ['sh', '-c', 'curl -s -o "$0" %s "$1" && sync "$0"' % ('-k' if insecure else ''), target, url],
                 'wget': ['wget', '-q', '-O', target] + ['--no-check-certificate'] * insecure + [url],
                 'aria2': ['aria2c', '-q', '--file-allocation=falloc', '-d', self.out, '-o', 'big'] +
                          ['--check-certificate=false'] * insecure + [url]}
        tools = {name: command for name, command in tools.items() if shutil.which(command[0])}
        results = {name: Result() for name in ['ours, foreground', 'ours, background', *tools, 'stock']}
        for turn in range(self.options.runs):
            for name, result in in_turn(results, turn):
                self.fresh(big=True)
                if name in tools:
                    seconds, processor = run_tool(tools[name])
                    result.seconds.append(seconds)
                    result.processor.append(processor)
                elif name.startswith('ours'):
                    self.bits(self.ours, result, ['--poll', '20'] + ['--foreground'] * name.endswith('foreground') + [url, target])
                elif self.stock and turn < self.options.stock_runs:
                    self.bits(self.stock, result, ['--poll', '20', '--foreground', url, target])
                else:
                    continue
                if turn == 0 and digest(target) != self.big:
                    raise RuntimeError('%s: the file differs from what was served' % name)
        self.print_table('%s, %d MiB' % (scheme, self.options.size), results, self.options.size, 'curl')
        ours = results['ours, foreground'].median()
        self.verdict('%s, foreground: rate against curl' % scheme, results['curl'].median() / ours, 1.0 if scheme == 'http' else 0.9, True)
        if results['stock'].seconds and scheme == 'http':
            self.verdict('%s, foreground: rate against stock' % scheme, results['stock'].median() / ours, 8, True)

    def measure_path(self):
        """Background against foreground where a round trip costs something and the line, not the machine, is the limit."""
        relay = Relay(self.nginx.http, ROUND_TRIP, LINE_RATE)
        url, target = 'http://localhost:%d/big' % relay.port, self.out + '/big'
        results = {name: Result() for name in ('ours, foreground', 'ours, background', 'curl')}
        for turn in range(self.options.runs):
            for name, result in in_turn(results, turn):
                self.fresh(big=True)
                if name == 'curl':
                    seconds, processor = run_tool(['curl', '-s', '-o', target, url])
                    result.seconds.append(seconds)
                    result.processor.append(processor)
                else:
                    self.bits(self.ours, result, ['--poll', '20'] + ['--foreground'] * name.endswith('foreground') + [url, target])
                if turn == 0 and digest(target) != self.big:
                    raise RuntimeError('%s: the file differs from what was served' % name)
        relay.stop()
        self.print_table('path, %d ms, %d MB/s' % (ROUND_TRIP * 1000, LINE_RATE / 1e6), results, self.options.size, 'curl')
        self.verdict('path: rate of background against foreground',
                     results['ours, foreground'].median() / results['ours, background'].median(), 0.8, True)

    def measure_upload(self, scheme):
        """One file that is sent: to a server that throws it away, so that what is compared is who sends."""
        folder, size = self.folder, self.options.size
        server = subprocess.Popen([sys.executable, os.path.join(TOP, 'tests', 'bench', 'upload_server.py'), folder + '/cert.pem', folder + '/key.pem'],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        def stop():
            server.stdin.close()
            server.wait(30)

        harness.cleanups.append(stop)
        ports = dict(zip(('http', 'https'), map(int, server.stdout.readline().split())))
        source = folder + '/www/big'
        url = '%s://localhost:%d' % (scheme, ports[scheme])

        def stats():
            with urllib.request.urlopen('http://127.0.0.1:%d/stats' % ports['http']) as reply:
                words = reply.read().decode().split()
            return *map(int, words[:3]), words[3]

        def send(path, name, result):
            if name == 'curl':
                seconds, processor = run_tool(['curl', '-s', '-f', '-T', source] + ['-k'] * (scheme == 'https') + [url + path])
                result.seconds.append(seconds)
                result.processor.append(processor)
            else:
                self.bits(self.ours, result, ['--poll', '20', '--notify', '--upload'] + ['--foreground'] * name.endswith('foreground')
                          + [url + path, source])

        results = {name: Result() for name in ('ours, foreground', 'ours, background', 'curl')}
        again = 0
        for name in results:
            stats()
            send('/check', name, Result())
            octets, bodies, more, value = stats()
            if octets != size << 20 or value != self.big:
                raise RuntimeError('%s: %d octets have come, or others than were sent' % (name, octets))
        for turn in range(self.options.runs):
            for name, result in in_turn(results, turn):
                stats()
                send('/big', name, result)
                octets, bodies, more, _ = stats()
                if name != 'curl':
                    again += more + (octets != size << 20)
        harness.cleanups.remove(stop)
        stop()
        self.print_table('%s, upload of %d MiB' % (scheme, size), results, size, 'curl')
        self.verdict('%s, upload in foreground: rate against curl -T' % scheme, results['curl'].median() / results['ours, foreground'].median(),
                     1.0 if scheme == 'http' else 0.9, True)
        self.verdict('%s, uploads: fragments that were sent again' % scheme, again, 0, False)

    def write_list(self, count):
        path = '%s/list-%d' % (self.folder, count)
        with open(path, 'w') as file:
            for i in range(count):
                file.write('http://localhost:%d/small/%d\t%s/%d\n' % (self.nginx.http, i, self.out, i))
        return path

    def measure_small(self):
        count = self.options.files
        results = {name: Result() for name in ('ours, until TRANSFERRED', 'ours, until it is told', 'ours, all calls', 'curl, serial',
                                               'stock, until it is told', 'stock, all calls')}

        def measure(bits, name):
            self.fresh()
            arguments = ['--notify', '--poll', '20', '--foreground', '--list', 'Z:' + self.write_list(count)]
            times = self.bits(bits, results[name + ', all calls'], arguments)
            results[name + ', until it is told'].seconds.append(times['transferred'] - times['resumed'])
            if bits is self.ours:
                results[name + ', until TRANSFERRED'].seconds.append(times['ended'] - times['resumed'])

        for _ in range(self.options.runs):
            measure(self.ours, 'ours')
            self.fresh()
            curl = ['curl', '-s']
            for i in range(count):
                curl += ['-o', '%s/%d' % (self.out, i), 'http://localhost:%d/small/%d' % (self.nginx.http, i)]
            seconds, processor = run_tool(curl)
            results['curl, serial'].seconds.append(seconds)
            results['curl, serial'].processor.append(processor)
            if self.stock:
                measure(self.stock, 'stock')
        self.print_table('%d files of %d' % (count, SMALL), results, count * SMALL / 1048576, 'curl, serial')
        # what the job takes: from Resume until its client knows; the calls that make and complete it are in the table
        ours = results['ours, until it is told'].median()
        self.verdict('small files: time against curl', ours / results['curl, serial'].median(), 1.5, False)
        if self.stock:
            self.verdict('small files: rate against stock', results['stock, until it is told'].median() / ours, 4, True)

    def measure_growth(self):
        say('')
        say('%-22s %12s %12s %12s %12s' % ('ms for each', 'AddFileSet', 'transferred', 'Complete', 'in all'))
        more = self.options.long
        for kind, counts in (('file', (1, 10, 100, 1000) + (10000,) * more), ('job', (1, 10, 50) + (1000,) * more)):
            each = {}
            for count in counts:
                runs = []
                for _ in range(self.options.runs if count < 1000 else min(self.options.runs, 1 if more else 3)):
                    self.fresh()
                    times, _ = self.ours.run('--poll', '3' if count < 1000 else '20', '--timeout', '1100', '--foreground',
                                             *(['--each'] if kind == 'job' else []), '--list', 'Z:' + self.write_list(count))
                    for i in range(count):
                        if not filecmp.cmp('%s/%d' % (self.out, i), '%s/www/small/%d' % (self.folder, i), shallow=False):
                            raise RuntimeError('file %d of %d differs from what was served' % (i, count))
                    runs.append((times['added'], times['transferred'] - times['added'], times['completed'] - times['transferred'],
                                 times['completed']))
                medians = [statistics.median(column) * 1000 / count for column in zip(*runs)]
                say('%-22s %12.2f %12.2f %12.2f %12.2f' % (('%d %ss' % (count, kind) if count > 1 else 'one ' + kind, *medians)))
                each[count] = medians[3]
            few, many = counts[2], counts[-1]
            self.verdict('growth: a %s of %d against one of %d' % (kind, many, few), each[many] / each[few], 3, False)


def main():
    parser = argparse.ArgumentParser(prog='tools/bench', description='Compares downloads and uploads through the service with other tools, on loopback.')
    parser.add_argument('--runs', type=int, default=5, help='rounds, of which the median counts (5)')
    parser.add_argument('--size', type=int, default=1024, help='MiB of the big file (1024)')
    parser.add_argument('--files', type=int, default=200, help='small files of one job (200)')
    parser.add_argument('--stock-runs', type=int, default=2, help="rounds of the big file for Wine's own BITS, which takes long (2)")
    parser.add_argument('--no-stock', dest='stock', action='store_false', help="without Wine's own BITS")
    parser.add_argument('--no-growth', dest='growth', action='store_false', help='without the table of many files and many jobs')
    parser.add_argument('--long', action='store_true', help='in that table 10,000 files and 1,000 jobs too')
    parser.add_argument('--only', choices=('http', 'https', 'path', 'upload', 'small', 'growth'), help='one part')
    options = parser.parse_args()
    if options.only:
        options.growth = options.growth and options.only == 'growth'
    bench = Bench(options)
    begun = harness.contention()
    say('Processors: %d. They were asked for %.1f times as much as there is of them, before the measurements.' % (os.cpu_count(), begun))
    for scheme in ('http', 'https'):
        if options.only in (None, scheme):
            bench.measure_big(scheme)
    if options.only in (None, 'path'):
        bench.measure_path()
    for scheme in ('http', 'https'):
        if options.only in (None, 'upload'):
            bench.measure_upload(scheme)
    if options.only in (None, 'small'):
        bench.measure_small()
    if options.growth:
        bench.measure_growth()
    say('')
    for line in bench.verdicts:
        say(line)


try:
    main()
finally:
    for thing in reversed(harness.cleanups):
        thing()
