"""Clients at one byte a second, of every kind, beside others that want to be served.

    slow_clients_test.py PROGRAM

The real program with its own limits, as docs/operations.md tells them. Prints after how long the slow
ones lost their connections. Exit status 77: something it needs is missing.
"""

import collections
import pathlib
import select
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import recordings
from server import Server

PROGRAM = ""
CLIENTS_OF_A_KIND = 4
# Slow clients are ended within about a minute and a half; on any machine within this.
PATIENCE_SECONDS = 400
# Nothing is ended sooner than the shortest of the limits, less a tick of the clock.
SHORTEST_LIMIT_SECONDS = 10 - 1
BODY_LIMIT_SECONDS = 30 - 1


def head(path, fields):
    return f"POST {path} HTTP/1.1\r\nhost: h\r\n{fields}\r\n".encode()


def http2_frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def http2_fields(fields):
    """HPACK: literals that are not indexed (RFC 7541, 6.2.2)."""
    return b"".join(b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
                    for name, value in fields)


HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + http2_frame(4, 0, 0, b"")
HTTP2_POST = http2_frame(1, 4, 1, http2_fields(
    [(":method", "POST"), (":scheme", "http"), (":path", "/v1/audio/transcriptions"),
     (":authority", "h"), ("content-type", "multipart/form-data; boundary=x")]))
FORM = "content-type: multipart/form-data; boundary=x\r\n"
PART = b'--x\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n'


class Kind:
    """What comes at once, what comes at a byte a second, and how soon it may be ended."""

    def __init__(self, name, at_once, slowly, least_seconds, tls=False, reads_slowly=False):
        self.name = name
        self.at_once = at_once
        self.slowly = slowly
        self.least_seconds = least_seconds
        self.tls = tls
        self.reads_slowly = reads_slowly


KINDS = [
    Kind("head", b"", head("/v1/audio/transcriptions", "a: " + "a" * 500 + "\r\n"),
         SHORTEST_LIMIT_SECONDS),
    Kind("body of a known length", head("/v1/audio/transcriptions", FORM + "content-length: 9999\r\n"),
         PART + b"\0" * 9999, BODY_LIMIT_SECONDS),
    Kind("body in chunks", head("/v1/audio/transcriptions", FORM + "transfer-encoding: chunked\r\n"),
         b"1\r\n-\r\n" * 999, BODY_LIMIT_SECONDS),
    Kind("recording of a job", head("/v1/jobs", FORM + "content-length: 9999\r\n"),
         PART + b"\0" * 9999, BODY_LIMIT_SECONDS),
    Kind("TLS handshake", b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500,
         SHORTEST_LIMIT_SECONDS, tls=True),
    Kind("head of HTTP/2", HTTP2_PREFACE, HTTP2_POST[:-1] + b"\0" * 99, SHORTEST_LIMIT_SECONDS),
    Kind("body of HTTP/2", HTTP2_PREFACE + HTTP2_POST, http2_frame(0, 0, 1, b"-" * 9999),
         BODY_LIMIT_SECONDS),
    # Replies of megabytes: more than the buffers of the system between both.
    Kind("reader", b"GET /openapi.json HTTP/1.1\r\nhost: h\r\n\r\n" * 600, b"", BODY_LIMIT_SECONDS,
         reads_slowly=True),
]


class SlowClient:
    def __init__(self, kind, address):
        self.kind = kind
        self.socket = socket.socket()
        if kind.reads_slowly:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(kind.at_once)
        self.socket.setblocking(False)
        self.begun = time.monotonic()
        self.sent = 0
        self.received = bytearray()
        self.lasted_seconds = None

    def end(self):
        self.lasted_seconds = time.monotonic() - self.begun
        self.socket.close()

    def receive(self, size):
        try:
            data = self.socket.recv(size)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self.received += data
        if not data:
            self.end()

    def tick(self):
        if self.kind.reads_slowly:
            self.receive(1)
            return
        try:
            self.sent += self.socket.send(self.kind.slowly[self.sent:self.sent + 1])
        except BlockingIOError:
            pass
        except OSError:
            self.end()


def drive(clients, all_ended):
    """A byte a second for each until the server has ended all of them."""
    deadline = next_tick = time.monotonic()
    deadline += PATIENCE_SECONDS
    while time.monotonic() < deadline:
        going = {client.socket.fileno(): client for client in clients if client.lasted_seconds is None}
        if not going:
            break
        poll = select.poll()
        for number, client in going.items():
            # A reset is told in any case, also to those who have not read everything.
            poll.register(number, 0 if client.kind.reads_slowly else select.POLLIN)
        left = next_tick - time.monotonic()
        if left <= 0:
            next_tick += 1
            for client in going.values():
                client.tick()
            continue
        for number, events in poll.poll(left * 1000):
            if events & (select.POLLERR | select.POLLHUP) and not events & select.POLLIN:
                going[number].end()
            else:
                going[number].receive(65536)
    all_ended.set()


def open_files(server):
    return len(list(pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir()))


class SlowClientsTest(unittest.TestCase):
    def test_others_are_served_and_the_slow_ones_are_ended(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        server = Server(PROGRAM, pathlib.Path(folder.name) / "data",
                        ("--tls-listen", "127.0.0.1:0", "--tls-self-signed"))
        self.addCleanup(server.kill)
        recording = recordings.short_ones()[0].read_bytes()
        expected = server.post("/v1/audio/transcriptions", {"model": "tiny.en"}, {"file": recording})
        self.assertEqual(expected.status, 200)
        files_before = open_files(server)

        plain = int(server.url.rsplit(":", 1)[1])
        tls = int(server.tls_url.rsplit(":", 1)[1])
        clients = [SlowClient(kind, ("127.0.0.1", tls if kind.tls else plain))
                   for _ in range(CLIENTS_OF_A_KIND) for kind in KINDS]
        all_ended = threading.Event()
        driver = threading.Thread(target=drive, args=(clients, all_ended))
        driver.start()
        served = 0
        while not all_ended.is_set():
            reply = server.post("/v1/audio/transcriptions", {"model": "tiny.en"}, {"file": recording})
            self.assertEqual((reply.status, reply.body), (200, expected.body))
            self.assertEqual(server.ask("GET", "/readyz").status, 200)
            served += 1
            all_ended.wait(0.5)
        driver.join()

        lasted = collections.defaultdict(list)
        for client in clients:
            self.assertIsNotNone(client.lasted_seconds, f"never ended: {client.kind.name}")
            self.assertGreater(client.lasted_seconds, client.kind.least_seconds, client.kind.name)
            lasted[client.kind.name].append(client.lasted_seconds)
            if client.kind.least_seconds == BODY_LIMIT_SECONDS and b"HTTP/2" not in client.kind.at_once \
                    and not client.kind.reads_slowly:
                self.assertTrue(client.received.startswith(b"HTTP/1.1 408 "), client.kind.name)
        for name, seconds in lasted.items():
            print(f"{name}: {len(seconds)} clients ended after {min(seconds):.1f} to "
                  f"{max(seconds):.1f} s")
        print(f"beside them {served} requests were served")
        self.assertGreater(served, 0)
        while open_files(server) > files_before:
            time.sleep(0.1)
        self.assertEqual(server.stop(), 0)


def missing():
    if not recordings.short_ones():
        return "Debian's package pocketsphinx-testdata is not installed"
    installed = subprocess.run([PROGRAM, "models", "info", "tiny.en"], capture_output=True,
                               check=False)
    if installed.returncode != 0:
        return "tiny.en is not installed; run: ironscribe models pull tiny.en"
    return ""


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    if missing():
        print(f"SKIPPED: {missing()}")
        sys.exit(77)
    unittest.main()
