# Proxies and what is behind them, for the integration test of proxies
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
Squid, tinyproxy and nginx as processes of the ordinary user, in a folder of their own on ports that the system gave; and a proxy that misbehaves
as it is told, as threads of the test. Each knows what it was asked: lines() are those of its own access log.
"""

import contextlib
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import threading
import time

from harness import HANG, cleanups, until

PATH = os.environ.get('PATH', '') + ':/usr/sbin:/sbin'
HELPERS = ('/usr/lib/squid', '/usr/lib64/squid', '/usr/libexec/squid')


def find(program):
    return shutil.which(program, path=PATH)


def helper(program):
    """A helper of squid, or None."""
    return next((os.path.join(folder, program) for folder in HELPERS if os.path.exists(os.path.join(folder, program))), None)


def free_port():
    """None of these programs reports a port that the system gave it."""
    with socket.socket() as sock:
        sock.bind(('127.0.0.1', 0))
        return sock.getsockname()[1]


def listens(port):
    try:
        socket.create_connection(('127.0.0.1', port), 5).close()
        return True
    except OSError:
        return False


class Program:
    """A process that serves on self.port."""

    def start(self, command, **options):
        self.output = open(os.path.join(self.folder, 'output'), 'wb')
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output,
                                        start_new_session=True, **options)
        cleanups.append(self.stop)
        if not until(lambda: listens(self.port) or self.process.poll() is not None, HANG, 0.05) or self.process.poll() is not None:
            with open(os.path.join(self.folder, 'output'), errors='replace') as file:
                raise RuntimeError('%s does not start: %s' % (command[0], file.read()))

    def stop(self):
        # with its workers, which may still be there when it is gone
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.output.close()

    def lines(self):
        try:
            with open(self.log, errors='replace') as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    def since(self, count, wanted=1):
        """The lines behind the first `count`, once there are as many as wanted: a log may be late."""
        until(lambda: len(self.lines()) >= count + wanted, 10)
        return self.lines()[count:]

    def asked(self, *words, count=0):
        """Is there a line behind the first `count` that has all the words?"""
        return until(lambda: any(all(word in line for word in words) for line in self.lines()[count:]), 10)

    @property
    def address(self):
        return '127.0.0.1:%d' % self.port


class Squid(Program):
    """config: more lines. hosts: names that it knows, all of this machine."""

    def __init__(self, folder, name, config='', hosts=()):
        self.folder = os.path.join(folder, name)
        os.mkdir(self.folder)
        self.port = free_port()
        self.log = os.path.join(self.folder, 'access.log')
        path = os.path.join(self.folder, 'squid.conf')
        with open(os.path.join(self.folder, 'hosts'), 'w') as file:
            file.write(''.join('127.0.0.1 %s\n' % host for host in ('localhost',) + tuple(hosts)))
        with open(path, 'w') as file:
            file.write('''
http_port 127.0.0.1:{port}
cache deny all
cache_mem 1 MB
visible_hostname {name}
pid_filename {folder}/pid
access_log stdio:{log} squid
logfile_rotate 0
buffered_logs off
cache_log {folder}/cache.log
coredump_dir {folder}
netdb_filename none
hosts_file {folder}/hosts
pinger_enable off
shutdown_lifetime 0 seconds
{config}
http_access allow all
'''.format(port=self.port, name=name, folder=self.folder, log=self.log, config=config))
        # -n: shared memory and sockets of its own; no cache folder, no daemon
        self.start([find('squid'), '-N', '-n', 'wb%d%s' % (os.getpid(), name), '-f', path])


class Tinyproxy(Program):
    def __init__(self, folder, name):
        self.folder = os.path.join(folder, name)
        os.mkdir(self.folder)
        self.port = free_port()
        self.log = os.path.join(self.folder, 'log')
        path = os.path.join(self.folder, 'tinyproxy.conf')
        with open(path, 'w') as file:
            file.write('Port %d\nListen 127.0.0.1\nTimeout 600\nLogFile "%s"\nLogLevel Info\nMaxClients 50\n' % (self.port, self.log))
        self.start([find('tinyproxy'), '-d', '-c', path])


class Nginx(Program):
    """files: names with their bytes. Over TLS with the certificate of that name in `certificates`, and behind a password below /closed/."""

    def __init__(self, folder, name, certificates, files):
        self.folder = os.path.join(folder, name)
        self.log = os.path.join(self.folder, 'access.log')
        self.port = free_port()
        root = os.path.join(self.folder, 'www')
        for part in ('', 'closed'):
            os.makedirs(os.path.join(root, part), exist_ok=True)
            for file_name, data in files.items():
                with open(os.path.join(root, part, file_name), 'wb') as file:
                    file.write(data)
        os.mkdir(os.path.join(self.folder, 'tmp'))
        with open(os.path.join(self.folder, 'users'), 'w') as file:
            file.write('user:{PLAIN}secret-of-origin\n')
        path = os.path.join(self.folder, 'nginx.conf')
        with open(path, 'w') as file:
            file.write('''
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    log_format whole '$remote_port "$request" $status "$http_authorization" "$http_cookie" "$http_x_custom"';
    access_log {log} whole;
    client_body_temp_path {folder}/tmp/body;
    proxy_temp_path {folder}/tmp/proxy;
    fastcgi_temp_path {folder}/tmp/fastcgi;
    uwsgi_temp_path {folder}/tmp/uwsgi;
    scgi_temp_path {folder}/tmp/scgi;
    root {root};
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificates}/good.pem;
        ssl_certificate_key {certificates}/good.key;
        location /closed/ {{
            auth_basic "closed";
            auth_basic_user_file {folder}/users;
        }}
    }}
}}
'''.format(folder=self.folder, log=self.log, root=root, port=self.port, certificates=certificates))
        self.start([find('nginx'), '-e', os.path.join(self.folder, 'error.log'), '-c', path])


class OwnProxy:
    """
    A proxy that does as it is told, one request a connection unless it is a tunnel. mode:
      plain    relays
      die      as plain, but ends in the middle of the first body that is longer than `limit`, and nobody listens from then on
      strip    leaves out Content-Range
      lower    sends the names of headers in small letters
      garbage  answers every request with bytes that are no HTTP
      hang     reads and never answers
      STATUS   answers every request with that status
    heads is what it was sent, as it came.
    """

    def __init__(self, mode, limit=0):
        self.mode = mode
        self.limit = limit
        self.heads = []
        owner = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    owner.serve(self.request)
                except OSError:
                    pass

        class Listener(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 64

        self.listener = Listener(('127.0.0.1', 0), Handler)
        self.port = self.listener.server_address[1]
        self.thread = threading.Thread(target=self.listener.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        self.dead = False
        cleanups.append(self.stop)

    @property
    def address(self):
        return '127.0.0.1:%d' % self.port

    def stop(self):
        if not self.dead:
            self.dead = True
            self.listener.shutdown()
            self.listener.server_close()

    def asked(self, *words):
        return any(all(word in head for word in words) for head in self.heads)

    def serve(self, client):
        data = b''
        while b'\r\n\r\n' not in data:
            block = client.recv(65536)
            if not block:
                return
            data += block
        head, rest = data.split(b'\r\n\r\n', 1)
        self.heads.append(head.decode('latin-1'))
        method, target, _ = head.split(b'\r\n')[0].split(b' ')
        if self.mode == 'garbage':
            client.sendall(b'\x00\x01 this is no reply at all\r\n\r\n')
            return
        if self.mode == 'hang':
            while client.recv(65536):
                pass
            return
        if self.mode.isdigit():
            client.sendall(b'HTTP/1.1 %s No\r\nContent-Length: 6\r\nConnection: close\r\n\r\nno way' % self.mode.encode())
            return
        host, port = (target if method == b'CONNECT' else target.split(b'/')[2]).rsplit(b':', 1)
        with socket.create_connection((host.decode(), int(port)), HANG) as server:
            if method == b'CONNECT':
                client.sendall(b'HTTP/1.1 200 Connected\r\n\r\n')
                server.sendall(rest)
                back = threading.Thread(target=self.pump, args=(client, server), daemon=True)
                back.start()
                self.pump(server, client)
                return
            lines = [b'%s /%s HTTP/1.1' % (method, target.split(b'/', 3)[3])]
            lines += [line for line in head.split(b'\r\n')[1:] if not line.lower().startswith((b'connection:', b'proxy-'))]
            server.sendall(b'\r\n'.join(lines + [b'Connection: close', b'', b'']))
            self.reply(server, client)

    def reply(self, server, client):
        data = b''
        while b'\r\n\r\n' not in data:
            block = server.recv(65536)
            if not block:
                return
            data += block
        head, body = data.split(b'\r\n\r\n', 1)
        lines = head.split(b'\r\n')
        if self.mode == 'strip':
            lines = [line for line in lines if not line.lower().startswith(b'content-range:')]
        if self.mode == 'lower':
            lines = lines[:1] + [line.split(b':', 1)[0].lower() + b':' + line.split(b':', 1)[1] for line in lines[1:]]
        client.sendall(b'\r\n'.join(lines) + b'\r\n\r\n')
        sent = 0
        body = body or server.recv(65536)
        while body:
            if self.mode == 'die' and sent + len(body) > self.limit:
                client.sendall(body[:self.limit - sent])
                # nobody answers any more when the end arrives, and what is in flight arrives before it
                self.stop()
                client.shutdown(socket.SHUT_WR)
                return
            client.sendall(body)
            sent += len(body)
            body = server.recv(65536)

    @staticmethod
    def pump(source, sink):
        try:
            while True:
                block = source.recv(65536)
                if not block:
                    break
                sink.sendall(block)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class DeadPort:
    """A port that is ours and refuses."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        self.address = '127.0.0.1:%d' % self.port
        cleanups.append(self.socket.close)
