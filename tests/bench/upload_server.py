#!/usr/bin/env python3
#
# A server that takes what is sent to it: by PUT, and by the BITS upload protocol
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
Usage: upload_server.py CERT KEY

Prints two ports, of http and of https, and serves until its standard input closes.  What is sent is thrown away as fast as it comes, so that the
one who sends is what is measured; a path that begins with /check is hashed and must come in order.  GET /stats says in a line what has
come since the last time: octets, packets with a body, how many of those did not begin where the last one ended, and the hash.
"""

import hashlib
import socket
import ssl
import sys
import threading
import uuid

PROTOCOL = '{7df0354d-249b-430f-820d-3d2a9bef4931}'

lock = threading.Lock()
sessions = {}       # id: octets received


class Stats:
    def __init__(self):
        self.octets = self.bodies = self.again = 0
        self.hash = hashlib.sha256()


stats = Stats()


def take(sock, rest, length, hashed):
    """Takes a body, of which the beginning has come with the head."""
    buffer = memoryview(bytearray(min(length, 1 << 20)))
    while length:
        if rest:
            piece, rest = rest[:length], rest[length:]
        else:
            got = sock.recv_into(buffer[:min(length, len(buffer))])
            if not got:
                raise ConnectionError
            piece = buffer[:got]
        if hashed:
            stats.hash.update(piece)
        length -= len(piece)
        stats.octets += len(piece)
    return rest


def answer_packet(fields, length):
    """The fields of the Ack to a packet that has come whole, and its status."""
    kind = fields.get('bits-packet-type', '').lower()
    session = fields.get('bits-session-id')
    if kind == 'ping':
        return 200, []
    if kind == 'create-session':
        with lock:
            session = '{%s}' % uuid.uuid4()
            sessions[session] = 0
        return 200, ['BITS-Protocol: ' + PROTOCOL, 'BITS-Session-Id: ' + session, 'Accept-Encoding: Identity']
    if session not in sessions:
        return 500, ['BITS-Error-Code: 0x8020001F', 'BITS-Error-Context: 0x5']
    if kind == 'fragment':
        first = int(fields['content-range'].split()[1].split('-')[0])
        if first != sessions[session]:
            stats.again += 1
        sessions[session] = first + length
        return 200, ['BITS-Session-Id: ' + session, 'BITS-Received-Content-Range: %d' % sessions[session]]
    return 200, ['BITS-Session-Id: ' + session]


def serve(sock):
    global stats
    rest = b''
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while True:
        while b'\r\n\r\n' not in rest:
            piece = sock.recv(65536)
            if not piece:
                return
            rest += piece
        head, rest = rest.split(b'\r\n\r\n', 1)
        lines = head.decode('latin-1').split('\r\n')
        method, path, _ = lines[0].split(' ', 2)
        fields = {line.split(':', 1)[0].strip().lower(): line.split(':', 1)[1].strip() for line in lines[1:]}
        length = int(fields.get('content-length', '0'))
        if 'expect' in fields:
            sock.sendall(b'HTTP/1.1 100 Continue\r\n\r\n')
        if length:
            stats.bodies += 1
        rest = take(sock, rest, length, path.startswith('/check'))
        body = b''
        if method == 'BITS_POST':
            status, more = answer_packet(fields, length)
            more.append('BITS-Packet-Type: Ack')
        elif path == '/stats':
            status, more = 200, []
            body = b'%d %d %d %s\n' % (stats.octets, stats.bodies, stats.again, stats.hash.hexdigest().encode())
            stats = Stats()
        else:
            status, more = 201, []
        sock.sendall('\r\n'.join(['HTTP/1.1 %d It' % status, *more, 'Content-Length: %d' % len(body), '', '']).encode('latin-1') + body)


def one(sock, context):
    try:
        if context:
            sock = context.wrap_socket(sock, server_side=True)
        serve(sock)
    except (OSError, ValueError, LookupError):
        pass
    finally:
        sock.close()


def listen(context):
    listener = socket.create_server(('127.0.0.1', 0), backlog=64)

    def loop():
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=one, args=(sock, context), daemon=True).start()

    threading.Thread(target=loop, daemon=True).start()
    return listener.getsockname()[1]


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2    # all that schannel of Wine has
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    print(listen(None), listen(context))
    sys.stdout.flush()
    sys.stdin.read()


main()
