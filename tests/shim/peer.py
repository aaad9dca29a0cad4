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

import base64
import hashlib
import os
import random
import re
import select
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

    def skip(self, length):
        """Reads octets that nobody looks at; how many there were."""
        done = min(length, len(self.data))
        self.data = self.data[done:]
        buffer = memoryview(bytearray(1 << 20))
        while done < length:
            got = self.sock.recv_into(buffer[:length - done])
            if not got:
                break
            done += got
        return done

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


def parse_digest(value):
    fields = {}
    for name, quoted, plain in re.findall(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))', value):
        fields[name.lower()] = re.sub(r'\\(.)', r'\1', quoted) or plain
    return fields


nonces = {}   # nonce: last count


class Auth:
    """Challenges one connection: basic, digest, digest-sha256, digest-once (a nonce is good for one request), ntlm, negotiate, or several."""

    def __init__(self, kinds, proxy):
        self.kinds = kinds
        self.field = 'proxy-authorization' if proxy else 'authorization'
        self.status = '407 Proxy Authentication Required' if proxy else '401 Unauthorized'
        self.challenge = 'Proxy-Authenticate' if proxy else 'WWW-Authenticate'
        self.ntlm = 0    # 2: this connection is authenticated

    def digest(self, value, method, uri, once):
        fields = parse_digest(value)
        sha256 = fields.get('algorithm', 'MD5').startswith('SHA-256')
        hash_text = lambda text: (hashlib.sha256 if sha256 else hashlib.md5)(text.encode()).hexdigest()
        nonce = fields.get('nonce')
        if nonce not in nonces:
            return 'stale'
        ha1 = hash_text('user:%s:pass' % fields['realm'])
        if fields.get('algorithm', '').endswith('-sess'):
            ha1 = hash_text('%s:%s:%s' % (ha1, nonce, fields['cnonce']))
        ha2 = hash_text('%s:%s' % (method, fields['uri']))
        if fields.get('qop'):
            expect = hash_text(':'.join((ha1, nonce, fields['nc'], fields['cnonce'], fields['qop'], ha2)))
            count = int(fields['nc'], 16)
            if count <= nonces[nonce] or (once and count > 1):
                return 'stale'
            nonces[nonce] = count
        else:
            expect = hash_text(':'.join((ha1, nonce, ha2)))
        good = expect == fields['response'] and fields['uri'] == uri and fields['username'] == 'user'
        return 'good' if good else 'bad'

    def check(self, fields, method, uri):
        """None: go on; else the field lines of the refusal."""
        value = fields.get(self.field, '')
        scheme, _, rest = value.partition(' ')
        scheme = scheme.lower()
        lines = []
        stale = ''
        if self.ntlm == 2:
            return None
        for kind in self.kinds:
            if kind == 'basic':
                if scheme == 'basic' and base64.b64decode(rest) == b'user:pass':
                    return None
                lines.append('Basic realm="a, b", charset="UTF-8"')
            elif kind.startswith('digest'):
                if scheme == 'digest':
                    verdict = self.digest(rest, method, uri, kind == 'digest-once')
                    if verdict == 'good':
                        return None
                    if verdict == 'stale':
                        stale = ', stale=true'
                nonce = os.urandom(8).hex()
                nonces[nonce] = 0
                algorithm = {'digest-sha256': ', algorithm=SHA-256', 'digest-sess': ', algorithm=MD5-sess'}.get(kind, '')
                qop = '' if kind == 'digest-old' else ', qop="auth-int, auth"'
                lines.append('Digest realm="r \\"q\\"", nonce="%s", opaque="o%s"%s%s%s' % (nonce, nonce, algorithm, qop, stale))
            elif kind in ('ntlm', 'negotiate'):
                # Negotiate may carry NTLM as it is (MS-SPNG); a ticket of Kerberos nobody here can make
                name = 'NTLM' if kind == 'ntlm' else 'Negotiate'
                if scheme == kind:
                    token = base64.b64decode(rest)
                    if token[:8] == b'NTLMSSP\0' and token[8] == 1:
                        self.ntlm = 1
                        # flags: unicode, NTLM, always sign, target info; an empty list of target information
                        challenge = b'NTLMSSP\0' + struct.pack('<IHHIIQQHHI', 2, 0, 0, 48, 0x00808201, 0x1122334455667788, 0, 4, 4, 48)
                        lines.append(name + ' ' + base64.b64encode(challenge + bytes(4)).decode())
                        continue
                    if token[:8] == b'NTLMSSP\0' and token[8] == 3 and self.ntlm == 1:
                        length, _, offset = struct.unpack('<HHI', token[36:44])
                        if token[offset:offset + length].decode('utf-16-le').lower() == 'user':
                            self.ntlm = 2
                            return None
                    self.ntlm = 0
                lines.append(name)
            else:
                lines.append(kind)
        return ''.join('%s: %s\r\n' % (self.challenge, line) for line in lines)


def refuse(sock, auth, refusal, first):
    """A refusal, in the way of the kinds that are none. Whether the connection is over."""
    kinds = auth.kinds
    text = b'who are you?'
    head = 'HTTP/1.1 %s\r\n%s' % (auth.status, refusal)
    if 'Old' in kinds:                  # no word is needed
        head = head.replace('1.1', '1.0', 1)
    if 'Hints' in kinds:
        head = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' + head
    if 'Closes' in kinds and first:
        head += 'Connection: close\r\n'
    if 'Big' in kinds:
        text *= 5000
    if 'Endless' in kinds and first:
        out = b'\r\n' + text
    elif 'Chunks' in kinds:
        out = b'Transfer-Encoding: chunked\r\n\r\n' + b''.join(b'%x\r\n%s\r\n' % (len(word), word) for word in text.split()) + b'0\r\n\r\n'
    else:
        out = b'Content-Length: %d\r\n\r\n' % len(text) + text
    if 'Rambles' in kinds and first:
        out += b'who?'
    sock.sendall(head.encode('latin-1') + out)
    return 'Old' in kinds or (first and any(kind in kinds for kind in ('Closes', 'Endless', 'Hangs-up')))


def ragged(sock, chance, length, head):
    """A good reply framed, packed and ended by chance. Whether it is the last one, said or not."""
    data = b''.join(body(length))
    fate = chance.random()
    out = b'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' if chance.random() < .2 else b''
    out += b'HTTP/1.1 200 OK\r\n' + (b'Connection: close\r\n' if fate < .05 else b'')
    if chance.random() < .5:
        out += b'Content-Length: %d\r\n\r\n' % length + (b'' if head else data)
    else:
        out += b'Transfer-Encoding: chunked\r\n\r\n'
        while data and not head:
            piece = data[:chance.choice((1, 3, 50, 500, 5000))]
            data = data[len(piece):]
            out += b'%x\r\n' % len(piece) + piece + b'\r\n'
        if not head:
            out += b'0\r\n' + (b'X: y\r\n' if chance.random() < .3 else b'') + b'\r\n'
    while out:
        count = chance.choice((1, 2, 7, 100, 1000, 20000, 100000))
        sock.sendall(out[:count])
        out = out[count:]
        if chance.random() < .05:
            time.sleep(0.002)
    return fate < .08


def note(text):
    with lock:
        log.write('--- %s\n' % text)
        log.flush()


def wait_for_end(reader):
    """Takes nothing, until the other side has gone."""
    plain = socket.socket(fileno=os.dup(reader.sock.fileno()))
    poll = select.poll()
    poll.register(plain, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
    poll.poll(30000)
    plain.close()


def upload(sock, reader, words, length, count):
    """
    Does as the path says with a body.  A number: take so many octets, more; 'rest': all others; Sn: reply with that status; In: an interim
    reply; Tn: wait so many ms; 'half': the beginning of a record of TLS that never ends; 'reset', 'close'; 'stay': take nothing any more; 'kept': what
    follows is for a connection that has served before.  Whether the connection goes on.
    """
    done = 0
    replied = False
    for word in words:
        if word.isdigit():
            done += reader.skip(min(int(word), length - done))
        elif word == 'rest':
            done += reader.skip(length - done)
            note('took %d of %d' % (done, length))
            if done < length:
                return False
        elif word[0] == 'S' and word[1:].isdigit():
            reply(sock, 'it is %s' % word[1:], word[1:] + ' Reason')
            replied = True
        elif word[0] == 'I' and word[1:].isdigit():
            sock.sendall(b'HTTP/1.1 %s Interim\r\nX-Interim: yes\r\n\r\n' % word[1:].encode())
        elif word[0] == 'T' and word[1:].isdigit():
            time.sleep(int(word[1:]) / 1000)
        elif word == 'half':
            plain = socket.socket(fileno=os.dup(sock.fileno()))
            plain.sendall(bytes((23, 3, 3, 1, 0)) + bytes(20))
            plain.close()
        elif word == 'kept':
            if count == 1:
                done += reader.skip(length - done)
                break
        elif word == 'stay':
            wait_for_end(reader)
            return False
        elif word == 'reset':
            time.sleep(0.05)
            reset(sock)
            return False
        elif word == 'close':
            return False
    if not replied:
        reply(sock, '%d of %d' % (done, length))
    return True


def drip_record(sock, kind):
    """A record of TLS, an octet now and then."""
    with sock:
        sock.sendall(bytes((kind, 3, 3, 0x40, 0)))
        while True:
            time.sleep(0.05)
            sock.sendall(b'\0')


def handle(sock, number, secure):
    auths = {}
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
        uri = path
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
        if verb == 'upload':
            if not upload(sock, reader, parts[2:], length, count):
                return
            continue
        # one that asks without reading the body first
        hasty = verb == 'auth' and 'Hasty' in parts[2]
        got, digest = reader.read(length) if length and not hasty else (0, '')

        if verb == 'auth':
            # /auth/KIND+KIND/rest
            auth = auths.setdefault(parts[2], Auth(parts[2].split('+'), False))
            refusal = auth.check(fields, method, uri)
            if refusal is not None:
                if refuse(sock, auth, refusal, auth.field not in fields) or (hasty and length):
                    return
                continue
            if hasty:
                got, digest = reader.read(length)
            verb = parts[3]
            args = args[:]

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
        elif verb == 'ragged':
            if ragged(sock, random.Random(args[1]), args[0], method == 'HEAD'):
                return
        elif verb == 'lacks':
            sock.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % args[0] + b''.join(body(args[0] - args[1])))
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
        elif verb == 'drip-record':
            drip_record(socket.socket(fileno=os.dup(sock.fileno())), 23)
        elif verb == 'id':
            reply(sock, '%d.%d' % (number, count))
        elif verb == 'bye':
            reply(sock, '%d.%d' % (number, count))
            return
        elif verb == 'alone':
            reply(sock, '%d.%d' % (number, count))
            reader.data = b''   # a server that takes one request at a time, and forgets what came with it
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


def proxy(sock, number, mode):
    """One connection to a proxy: forwards, tunnels, asks for names, or misbehaves."""
    if mode == 'drip':
        drip_record(sock, 22)
    reader = Reader(sock)
    auth = Auth(mode[5:].split('+'), True) if mode.startswith('auth-') else None
    while True:
        head = reader.line_block()
        if head is None:
            return
        with lock:
            log.write('--- %d proxy %s\n%s\n' % (number, mode, head.replace('\r\n', '\n')))
            log.flush()
        method, target, _ = head.split('\r\n')[0].split(' ', 2)
        lines = head.split('\r\n')[1:]
        fields = {line.split(':', 1)[0].strip().lower(): line.split(':', 1)[1].strip() for line in lines}
        length = int(fields.get('content-length', '0'))
        if mode == 'garbage':
            sock.sendall(b'SSH-2.0-proxy\r\n')
            return
        if mode == 'drop':
            return
        if mode.isdigit():
            reply(sock, 'no', '%s No' % mode, 'Location: http://127.0.0.1/\r\n')
            return
        if auth:
            refusal = auth.check(fields, method, target)
            if refusal is not None:
                if length:
                    reader.read(length)
                if refuse(sock, auth, refusal, auth.field not in fields):
                    return
                continue
        if method == 'CONNECT':
            host, port = target.rsplit(':', 1)
            server = socket.create_connection((address_of(host), int(port)))
            sock.sendall(b'HTTP/1.1 200 Connection established\r\n\r\n' + (b'too soon' if mode == 'early' else b''))
            sock.setblocking(True)

            def pump(source, drain):
                try:
                    while True:
                        data = source.recv(1 << 18)
                        if not data:
                            break
                        drain.sendall(data)
                    drain.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
            threading.Thread(target=pump, args=(server, sock), daemon=True).start()
            if reader.data:
                server.sendall(reader.data)
            pump(sock, server)
            return
        host, port = target[7:].split('/', 1)[0].rsplit(':', 1)
        with socket.create_connection((address_of(host), int(port))) as server:
            kept = [line for line in lines if not line.lower().startswith(('proxy-', 'connection'))]
            server.sendall('\r\n'.join(['%s /%s HTTP/1.1' % (method, target[7:].split('/', 1)[1])] + kept
                                       + ['Connection: close', 'Via: 1.1 %s' % mode, '', '']).encode('latin-1'))
            if length:
                data = b''
                while len(data) < length:
                    data += reader.data or sock.recv(65536)
                    reader.data = b''
                server.sendall(data)
            other = Reader(server)
            answer = other.line_block()
            sock.sendall(answer.encode('latin-1') + b'\r\n\r\n')
            size = [line for line in answer.split('\r\n') if line.lower().startswith('content-length')]
            if not size or method == 'HEAD':
                if method != 'HEAD':
                    return
                continue
            left = int(size[0].split(':')[1])
            data = other.data
            while left:
                if not data:
                    data = server.recv(min(left, 1 << 18))
                if not data:
                    return
                sock.sendall(data)
                left -= len(data)
                data = b''


def address_of(host):
    """Names below test are this machine, as in resolver.c."""
    host = host.strip('[]')
    return '127.0.0.1' if host.endswith(('.test', '.test.')) else host


def linger(sock):
    """As servers end a connection that still sends: closed at once it would be reset, and the alert might be lost."""
    plain = socket.socket(fileno=sock.detach())
    try:
        plain.shutdown(socket.SHUT_WR)
        plain.settimeout(5)
        while plain.recv(65536):
            pass
    finally:
        plain.close()


def serve(listener, context=None, mode=None, once=False):
    def one(sock, number):
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if context:
                sock = context.wrap_socket(sock, server_side=True, suppress_ragged_eofs=True, do_handshake_on_connect=False)
                try:
                    sock.do_handshake()
                except ssl.SSLError:
                    linger(sock)
                    raise
            if mode:
                proxy(sock, number, mode)
            else:
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
            if once:
                listener.close()
            threading.Thread(target=one, args=(sock, number), daemon=True).start()
            if once:
                return

    threading.Thread(target=loop, daemon=True).start()


def note_name(sock, name, context):
    with lock:
        log.write('--- sni %s\n' % name)
        log.flush()


def serve_renegotiating(port):
    """A server of TLS that shakes hands once more when some of a body has come; it answers nothing."""
    server = subprocess.Popen(['openssl', 's_server', '-accept', '127.0.0.1:%d' % port, '-tls1_2', '-cert', os.path.join(directory, 'good.pem'),
                               '-key', os.path.join(directory, 'good.key')], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    while b'ACCEPT' not in server.stdout.readline():
        pass

    def ask():
        count = 0
        while piece := server.stdout.read1(65536):
            count += len(piece)
            if count > 500000:
                count = -1 << 60
                note('asks for another handshake')
                server.stdin.write(b'r\n')
                server.stdin.flush()

    threading.Thread(target=ask, daemon=True).start()
    return server


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
                 'chain', 'common-name', 'nul-name', 'wildcard', 'idn',
                 'other-names', 'address-name', 'address-wildcard', 'address-text'):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(os.path.join(directory, name + '.pem'), os.path.join(directory, name + '.key'))
        context.sni_callback = note_name
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

    refusals = ['auth-%s+%s' % (way, kind) for way in ('Closes', 'Endless', 'Chunks', 'Big', 'Hints') for kind in ('digest', 'ntlm')]
    for mode in ('open', 'auth-basic', 'auth-digest', 'auth-digest-sha256', 'auth-ntlm', 'auth-negotiate', 'auth-Closes+basic', 'auth-Old+basic',
                 'auth-Hangs-up+basic', 'auth-Hangs-up+digest', 'auth-Hangs-up+ntlm', *refusals, 'garbage', 'drop', '403', '502', '302', '401',
                 'early'):
        listener, port = listen()
        serve(listener, None, mode)
        print('PROXY_%s=%d' % (mode.replace('-', '_').replace('+', '_').upper(), port))

    listener, port = listen()
    serve(listener, None, 'drip')
    print('DRIP=%d' % port)
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
    # takes one connection, and is gone with it
    listener, port = listen()
    serve(listener, once=True)
    print('ONCE=%d' % port)
    # accepts and says nothing
    listener, port = listen()
    keep.append(listener)
    print('SILENT=%d' % port)
    # the port is free again, and nobody else has asked for it
    probe = socket.create_server(('127.0.0.1', 0))
    port = probe.getsockname()[1]
    probe.close()
    again = serve_renegotiating(port)
    print('TLS_AGAIN_BODY=%d' % port)
    print('ready')
    sys.stdout.flush()
    sys.stdin.read()
    again.kill()


main()
