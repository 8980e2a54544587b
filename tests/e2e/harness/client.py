"""An HTTP client that does what it is told: one connection, no second try, no redirect, exact bytes."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from harness.waiting import DEADLINE

Address = tuple[str, int]
Fields = Iterable[tuple[str, str]]

_BODILESS = (204, 304)


class ConnectionClosed(ConnectionError):
    """The server has closed the connection; what came before is in `received`."""

    def __init__(self, received: bytes) -> None:
        super().__init__(f"closed by the server after {received!r}")
        self.received = received


class StreamedReply(Exception):
    """The answer comes in chunks, which this client does not read."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def header(self, name: str) -> str:
        """The value of a field that is there once."""
        (value,) = self.all(name)
        return value

    def json(self) -> Any:
        assert self.header("content-type").startswith(("application/json", "application/problem+json"))
        return json.loads(self.body)


class Connection:
    def __init__(self, address: Address, timeout: float = DEADLINE) -> None:
        self.socket = socket.create_connection(address, timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = b""

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def request(self, method: str, target: str, *, headers: Fields = (), body: bytes | None = None) -> Reply:
        self.send(method, target, headers=headers, body=body)
        return self.receive(method)

    def send(self, method: str, target: str, *, headers: Fields = (), body: bytes | None = None) -> None:
        lines = [f"{method} {target} HTTP/1.1", "host: e2e.test"]
        lines += [f"{name}: {value}" for name, value in headers]
        if body is not None:
            lines.append(f"content-length: {len(body)}")
        self.socket.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b""))

    def receive(self, method: str = "GET") -> Reply:
        """The answer to a request of this method."""
        head = self._take_head()
        status_line, *lines = head.decode("latin-1").split("\r\n")
        version, status, *_ = status_line.split(" ", 2)
        assert version == "HTTP/1.1", status_line
        headers = [
            (name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)
        ]
        reply = Reply(int(status), headers, b"")
        if method == "HEAD" or reply.status in _BODILESS:
            return reply
        if reply.all("transfer-encoding"):
            raise StreamedReply(head)
        return Reply(reply.status, headers, self._take(int(reply.header("content-length"))))

    def closed_by_server(self) -> bool:
        """Whether the server closes the connection without another byte."""
        with contextlib.suppress(ConnectionResetError):
            self._read += self.socket.recv(1)
        return not self._read

    def stream_ends(self, within: float) -> bool:
        """Whether a streamed answer comes to some end: its last chunk, or that of the connection."""
        self.socket.settimeout(within)
        try:
            while not self._read.endswith(b"\r\n0\r\n\r\n"):
                self._fill()
        except (ConnectionClosed, ConnectionResetError):
            return True
        except TimeoutError:
            return False
        return True

    def _take_head(self) -> bytes:
        while b"\r\n\r\n" not in self._read:
            self._fill()
        head, _, self._read = self._read.partition(b"\r\n\r\n")
        return head

    def _take(self, count: int) -> bytes:
        parts, missing = [self._read[:count]], count - len(self._read)
        self._read = self._read[count:]
        while missing > 0:
            parts.append(self._receive(min(missing, 1 << 20)))
            missing -= len(parts[-1])
        return b"".join(parts)

    def _fill(self) -> None:
        self._read += self._receive(65536)

    def _receive(self, limit: int) -> bytes:
        data = self.socket.recv(limit)
        if not data:
            raise ConnectionClosed(self._read)
        return data


def fetch(
    address: Address, method: str, target: str, *, headers: Fields = (), body: bytes | None = None
) -> Reply:
    """One request on a connection of its own."""
    with Connection(address) as connection:
        return connection.request(method, target, headers=headers, body=body)


@contextlib.contextmanager
def connections(address: Address, count: int) -> Iterator[list[Connection]]:
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(Connection(address)) for _ in range(count)]


def refuses(address: Address) -> bool:
    """Whether nobody listens there; a connection that is reset as it begins has met a listener that was closing."""
    try:
        Connection(address).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return True
    return False
