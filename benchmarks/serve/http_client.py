"""HTTP/1.1 over a plain socket, to see when the answer comes and not only that it does.

A library would hide the moment in which a refusal arrives while the body is still being sent.
"""

import dataclasses
import select
import socket
import time
import uuid

_CHUNK_BYTES = 65536


@dataclasses.dataclass
class Answer:
    status: int = 0  # 0: the connection broke.
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0  # From the first byte sent to the last received.
    head_seconds: float = 0.0  # From the last header byte sent to the first byte of the answer.


def form(fields: dict[str, str], file_name: str, file: bytes) -> tuple[str, bytes]:
    """Content type and body of a form with one file."""
    boundary = uuid.uuid4().hex
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
             for name, value in fields.items()]
    head = "".join(parts) + (f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
                             f'filename="{file_name}"\r\nContent-Type: audio/wav\r\n\r\n')
    return (f"multipart/form-data; boundary={boundary}",
            head.encode() + file + f"\r\n--{boundary}--\r\n".encode())


class Connection:
    """One connection, kept open as long as the server does. Not thread-safe."""

    def __init__(self, port: int, timeout_seconds: float = 300):
        self._port = port
        self._timeout_seconds = timeout_seconds
        self._socket: socket.socket | None = None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def post(self, path: str, content_type: str, body: bytes,
             headers: dict[str, str] | None = None) -> Answer:
        return self.request("POST", path, {"Content-Type": content_type, **(headers or {})}, body)

    def request(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Answer:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}",
                 f"Content-Length: {len(body)}", *(f"{k}: {v}" for k, v in headers.items())]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        begin = time.monotonic()
        answer = Answer()
        try:
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self._port),
                                                        self._timeout_seconds)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            answer = self._exchange(head, body)
        except OSError:
            self.close()
        answer.seconds = time.monotonic() - begin
        return answer

    def _exchange(self, head: bytes, body: bytes) -> Answer:
        self._socket.sendall(head)
        sent_head = time.monotonic()
        received, sent = b"", 0
        while sent < len(body):
            readable, writable, _ = select.select([self._socket], [self._socket], [],
                                                  self._timeout_seconds)
            if readable or not writable:
                break
            sent += self._socket.send(body[sent:sent + _CHUNK_BYTES])
        answer = Answer()
        while b"\r\n\r\n" not in received:
            received += self._receive()
            answer.head_seconds = answer.head_seconds or time.monotonic() - sent_head
        head_text, _, answer.body = received.partition(b"\r\n\r\n")
        status_line, *lines = head_text.decode("latin-1").split("\r\n")
        answer.status = int(status_line.split()[1])
        answer.headers = {name.lower(): value.strip()
                          for name, _, value in (line.partition(":") for line in lines)}
        while len(answer.body) < int(answer.headers.get("content-length", 0)):
            answer.body += self._receive()
        if sent < len(body) or answer.headers.get("connection") == "close":
            self.close()
        return answer

    def _receive(self) -> bytes:
        data = self._socket.recv(_CHUNK_BYTES)
        if not data:
            raise ConnectionError("closed by the server")
        return data
