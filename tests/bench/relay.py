# A long way to a server: what goes through arrives later, and no faster than the line is
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
Relay(port, round_trip, rate).port leads to 127.0.0.1:port.  Every octet takes half of round_trip (seconds) in each direction; those from the
server share a line of `rate` octets a second among all connections.  What a sender may have under way is what such a line holds, and a little
more.  Connecting is not delayed, and nothing is lost.
"""

import collections
import socket
import threading
import time

PIECE = 131072
LATE = 0.02             # seconds of the line's time that a thread which was not woken up in time can make up for


class Line:
    """One direction of the way; its time is shared by those who use it."""

    def __init__(self, rate):
        self.rate = rate
        self.lock = threading.Lock()
        self.busy_until = 0

    def take(self, octets):
        """When the last of them has gone into the line."""
        now = time.monotonic()
        if not self.rate:
            return now
        with self.lock:
            self.busy_until = max(self.busy_until, now - LATE) + octets / self.rate
            return self.busy_until


class Pump:
    """What comes from one socket goes to the other: one thread takes, one hands out."""

    def __init__(self, source, target, line, delay):
        self.source, self.target, self.line, self.delay = source, target, line, delay
        self.pieces = collections.deque()
        self.changed = threading.Condition()
        for work in (self.take, self.give):
            threading.Thread(target=work, daemon=True).start()

    def put(self, due, piece):
        with self.changed:
            self.pieces.append((due, piece))
            self.changed.notify()

    def take(self):
        while True:
            try:
                piece = self.source.recv(PIECE)
            except OSError:
                piece = b''
            sent = self.line.take(len(piece))
            self.put(sent + self.delay, piece)
            if not piece:
                return
            time.sleep(max(0, sent - time.monotonic()))

    def give(self):
        while True:
            with self.changed:
                while not self.pieces:
                    self.changed.wait()
                due, piece = self.pieces.popleft()
            time.sleep(max(0, due - time.monotonic()))
            try:
                if not piece:
                    self.target.shutdown(socket.SHUT_WR)
                    return
                self.target.sendall(piece)
            except OSError:
                # nobody wants it: its sender is to know, and so is who waits for more
                for end in (self.source, self.target):
                    try:
                        end.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        pass
                return


class Relay:
    def __init__(self, port, round_trip, rate):
        self.server, self.delay = port, round_trip / 2
        self.up, self.down = Line(0), Line(rate)
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(('127.0.0.1', self.server))
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Pump(client, server, self.up, self.delay)
            Pump(server, client, self.down, self.delay)

    def stop(self):
        self.listener.close()
