#!/usr/bin/env python3
# Peers of the contract test of the shim: servers and proxies that do as the path says
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


# Usage: peer.py DIRECTORY
# Makes certificates in DIRECTORY, prints NAME=PORT lines for every peer, then "ready"; serves until its standard input closes.  A log of
# every request head goes to DIRECTORY/requests.log.
#
# The octet at offset i of every body is i mod 251.

import hashlib
import os
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

PATTERN = bytes(i % 251 for i in range(251 * 1024))
lock = threading.Lock()
connections = 0
log = None
directory = None


def body(length, offset=0):
    """The pattern in pieces."""
    while length:
        start = offset % 251
        piece = PATTERN[start:start + min(length, len(PATTERN) - 251)]
        yield piece
        offset += len(piece)
        length -= len(piece)


class Reader:
    def __init__(self, sock):
        self.sock = sock
        self.data = b''

    def line_block(self):
        while b'\r\n\r\n' not in self.data:
            piece = self.sock.recv(65536)
            if not piece:
                return None
            self.data += piece
        head, self.data = self.data.split(b'\r\n\r\n', 1)
        return head.decode('latin-1')

    def read(self, length):
        digest = hashlib.sha256()
        done = 0
        while done < length:
            if not self.data:
                self.data = self.sock.recv(1 << 20)
                if not self.data:
                    return done, digest.hexdigest()
            piece = self.data[:length - done]
            self.data = self.data[len(piece):]
            digest.update(piece)
            done += len(piece)
        return done, digest.hexdigest()


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    sock.close()


def reply(sock, text, status='200 OK', extra=''):
    data = text.encode('latin-1')
    sock.sendall(('HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n' % (status, len(data), extra)).encode('latin-1') + data)


RAW = {
    'interim': b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\0\1',
    'garbage': b'hello, this is no HTTP\r\n\r\n',
    'version': b'HTTP/3.0 200 OK\r\nContent-Length: 0\r\n\r\n',
    'two-lengths': b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n\0\1\2',
    'bad-chunk': b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n\0\1\2\r\nxyz\r\n',
    'short-chunk': b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n\0\1\2\r\n5\r\n\3',
    'no-reason': b'HTTP/1.1 200\r\nContent-Length: 1\r\n\r\n\0',
    'lower': b'HTTP/1.1 200 ok\r\ncontent-length: 1\r\ncontent-type: text/plain\r\n\r\n\0',
    'stray-crlf': b'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\0\1\2\r\n',
    'latin1': b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Name: caf\xe9\r\n\r\n',
    'empty': b'',
    'half-head': b'HTTP/1.1 200 OK\r\nContent-Len',
}


def handle(sock, number, secure):
    reader = Reader(sock)
    count = 0
    while True:
        head = reader.line_block()
        if head is None:
            return
        count += 1
        method, path, _ = head.split('\r\n')[0].split(' ', 2)
        fields = {}
        for line in head.split('\r\n')[1:]:
            name, value = line.split(':', 1)
            fields[name.strip().lower()] = value.strip()
        with lock:
            log.write('--- %d.%d%s\n%s\n' % (number, count, ' tls' if secure else '', head.replace('\r\n', '\n')))
            log.flush()
        if path.startswith('http://'):
            path = '/' + path[7:].split('/', 1)[1]
        parts = path.split('?')[0].split('/')
        verb = parts[1]
        args = [int(p) for p in parts[2:] if p.isdigit()]
        length = int(fields.get('content-length', '0'))

        if verb == 'early':
            reply(sock, 'too much', '413 Content Too Large', 'Connection: close\r\n')
            time.sleep(0.2)
            return
        got, digest = reader.read(length) if length else (0, '')

        if verb == 'len':
            sock.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % args[0])
            if method != 'HEAD':
                for piece in body(args[0]):
                    sock.sendall(piece)
        elif verb == 'chunked':
            sock.sendall(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
            done = 0
            while done < args[0]:
                size = min(args[1], args[0] - done)
                sock.sendall(b'%x;ext="a b"\r\n' % size + b''.join(body(size, done)) + b'\r\n')
                done += size
            sock.sendall(b'0\r\nTrailer: yes\r\n\r\n')
        elif verb == 'close':
            sock.sendall(b'HTTP/1.0 200 OK\r\n\r\n')
            for piece in body(args[0]):
                sock.sendall(piece)
            if secure and parts[2] == 'polite':
                try:
                    sock.unwrap()
                except OSError:
                    pass
            return
        elif verb in ('short', 'short-reset'):
            sock.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % args[0])
            for piece in body(args[1]):
                sock.sendall(piece)
            if verb == 'short-reset':
                time.sleep(0.1)
                reset(sock)
            return
        elif verb == 'long':
            sock.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % args[0] + b''.join(body(args[0] + args[1])))
        elif verb == 'stall':
            if args:
                sock.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n' + b''.join(body(args[0])))
            sock.recv(1)
            return
        elif verb == 'drip':
            sock.sendall(b'HTTP/1.1 200 OK\r\n')
            try:
                while True:
                    sock.sendall(b'X: y\r\n')
                    time.sleep(0.05)
            except OSError:
                return
        elif verb == 'id':
            reply(sock, '%d.%d' % (number, count))
        elif verb == 'bye':
            reply(sock, '%d.%d' % (number, count))
            return
        elif verb == 'drop-second':
            if count > 1:
                return
            reply(sock, '%d.%d' % (number, count))
        elif verb == 'file':
            with open(os.path.join(directory, os.path.basename(path)), 'rb') as source:
                reply(sock, source.read().decode('latin-1'))
        elif verb == 'echo':
            reply(sock, head + '\r\n\r\n')
        elif verb == 'digest':
            reply(sock, '%d %s' % (got, digest))
        elif verb == 'status':
            reply(sock, 'x' * args[1] if len(args) > 1 else '', '%d Reason' % args[0])
        elif verb == 'raw':
            sock.sendall(RAW[parts[2]])
            if parts[2] not in ('interim', 'no-reason', 'lower', 'stray-crlf', 'latin1'):
                return
        else:
            reply(sock, 'what?', '404 Not Found')


def serve(listener, context=None):
    def one(sock, number):
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if context:
                sock = context.wrap_socket(sock, server_side=True, suppress_ragged_eofs=True)
            handle(sock, number, context is not None)
        except (OSError, ValueError, IndexError):
            pass
        finally:
            sock.close()

    def loop():
        global connections
        while True:
            sock, _ = listener.accept()
            with lock:
                connections += 1
                number = connections
            threading.Thread(target=one, args=(sock, number), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()


def listen(host='127.0.0.1', backlog=64):
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    listener = socket.socket(family)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind((host, 0))
    listener.listen(backlog)
    return listener, listener.getsockname()[1]


def main():
    global log, directory
    directory = sys.argv[1]
    log = open(os.path.join(directory, 'requests.log'), 'w', encoding='utf-8')
    keep = []

    listener, port = listen()
    serve(listener)
    subprocess.check_call([os.path.join(os.path.dirname(os.path.abspath(__file__)), 'make-certs'), directory,
                           'http://127.0.0.1:%d/file/ca.crl' % port])
    print('PLAIN=%d' % port)
    try:
        listener, port = listen('::1')
        serve(listener)
        print('PLAIN6=%d' % port)
        if any(info[0] == socket.AF_INET6 for info in socket.getaddrinfo('localhost', port)):
            print('LOCALHOST6=%d' % port)
    except OSError:
        pass
    for name in ('good', 'expired', 'future', 'wrong-host', 'self-signed', 'unknown-ca', 'wrong-usage', 'revoked', 'no-crl',
                 'chain', 'common-name', 'wildcard'):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(os.path.join(directory, name + '.pem'), os.path.join(directory, name + '.key'))
        listener, port = listen()
        serve(listener, context)
        print('TLS_%s=%d' % (name.replace('-', '_').upper(), port))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(os.path.join(directory, 'good.pem'), os.path.join(directory, 'good.key'))
    context.load_verify_locations(os.path.join(directory, 'ca.pem'))
    context.verify_mode = ssl.CERT_REQUIRED
    listener, port = listen()
    serve(listener, context)
    print('TLS_CLIENT_CERT=%d' % port)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(os.path.join(directory, 'good.pem'), os.path.join(directory, 'good.key'))
    listener, port = listen()
    serve(listener, context)
    print('TLS_NEW=%d' % port)

    # nobody answers there
    probe = socket.socket()
    probe.bind(('127.0.0.1', 0))
    print('REFUSED=%d' % probe.getsockname()[1])
    keep.append(probe)
    # the queue is full: a connect waits for ever
    listener, port = listen(backlog=0)
    keep.append(listener)
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        try:
            filler.connect(('127.0.0.1', port))
        except BlockingIOError:
            pass
        keep.append(filler)
    print('FULL=%d' % port)
    # accepts and says nothing
    listener, port = listen()
    keep.append(listener)
    print('SILENT=%d' % port)
    print('ready')
    sys.stdout.flush()
    sys.stdin.read()


main()
