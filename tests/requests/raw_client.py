"""A client that sends any bytes and reads responses to the letter."""

import contextlib
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType

from raw_case import Await, Case, HalfClose, Pause, Sees

DEADLINE = 15.0
PAUSE = 0.05
BETWEEN_PIECES = 0.00005
MANY_BYTES = 600
# Statuses that refuse the bytes themselves: nothing behind them can be read.
REFUSALS = (400, 408, 413, 414, 431, 501, 505)
PROBE = b"GET /livez HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n"

_STATUS_LINE = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2}) ([\t \x21-\x7e]*)\Z")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([\t \x21-\x7e\x80-\xff]*)\Z")


@dataclass
class Response:
    status: int
    fields: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name]


class Connection:
    """One connection; reading has a deadline, and a reset is an end."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=DEADLINE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.unread = b""

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        # The verdict is in what was received.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(data)

    def half_close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def fill(self) -> bool:
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            return False
        self.unread += data
        return bool(data)

    def wait_for(self, text: bytes) -> None:
        while text not in self.unread:
            assert self.fill(), f"the connection ended after {self.unread!r}"

    def take_until(self, end: bytes) -> bytes:
        self.wait_for(end)
        taken, _, self.unread = self.unread.partition(end)
        return taken

    def take(self, size: int) -> bytes:
        while len(self.unread) < size:
            assert self.fill(), f"{size - len(self.unread)} bytes of a body are missing"
        taken, self.unread = self.unread[:size], self.unread[size:]
        return taken

    def ended(self) -> bool:
        return not self.unread and not self.fill()

    def take_chunks(self) -> bytes:
        body = b""
        while size := int(self.take_until(b"\r\n"), 16):
            body += self.take(size)
            assert self.take(2) == b"\r\n"
        assert self.take(2) == b"\r\n", "trailers"
        return body

    def take_rest(self) -> bytes:
        while self.fill():
            pass
        rest, self.unread = self.unread, b""
        return rest

    def read_response(self, to_head: bool = False, cut: bool = False) -> Response:
        """One response, checked for what holds for all; `cut`: it must break off."""
        status_line, *lines = self.take_until(b"\r\n\r\n").split(b"\r\n")
        matched = _STATUS_LINE.match(status_line)
        assert matched, f"no status line: {status_line!r}"
        response = Response(int(matched[1]))
        for line in lines:
            field_matched = _FIELD.match(line)
            assert field_matched, f"no field: {line!r}"
            response.fields.append((field_matched[1].decode(), field_matched[2].decode("latin-1")))
        if response.status < 200:
            assert not response.fields
            return response
        assert len(response.all("date")) == 1
        assert len(response.all("x-request-id")) == 1
        codings, lengths = response.all("transfer-encoding"), response.all("content-length")
        if response.status in (204, 304):
            assert not lengths + codings
            return response
        if cut:
            assert codings == ["chunked"]
            assert not self.take_rest().endswith(b"0\r\n\r\n")
            return response
        if codings:
            assert codings == ["chunked"]
            assert not lengths
            response.body = b"" if to_head else self.take_chunks()
            return response
        if not lengths:
            assert response.all("connection") == ["close"]
            response.body = b"" if to_head else self.take_rest()
            return response
        assert len(lengths) == 1
        if not to_head:
            response.body = self.take(int(lengths[0]))
            if response.status >= 400 and response.all("content-type") == ["application/problem+json"]:
                assert json.loads(response.body)["status"] == response.status
        return response


def send_at_once(connection: Connection, data: bytes) -> None:
    connection.send(data)


def send_in_pieces(connection: Connection, data: bytes) -> None:
    for piece in pieces(data):
        connection.send(piece)
        time.sleep(BETWEEN_PIECES)


def pieces(data: bytes) -> Iterator[bytes]:
    """Single bytes; if they are many, cut where something could go wrong."""
    if len(data) <= MANY_BYTES:
        cuts = list(range(1, len(data)))
    else:
        line_ends = {m.start() + d for m in re.finditer(rb"[\r\n]", data) for d in (0, 1)}
        cuts = sorted((line_ends | {1, len(data) - 1} | set(range(4096, len(data), 4096))) - {0, len(data)})
        cuts = cuts[:: len(cuts) // 500 + 1]
    for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
        yield data[start:end]


def run(case: Case, address: tuple[str, int], send: Callable[[Connection, bytes], None]) -> None:
    """Fails unless the verdict is one that the case allows."""
    with Connection(address) as connection:
        for step in case.steps:
            match step:
                case bytes():
                    send(connection, step)
                case Pause():
                    time.sleep(PAUSE)
                case HalfClose():
                    connection.half_close()
                case Await(status):
                    assert connection.read_response().status == status
                case Sees(text):
                    connection.wait_for(text)
        # Who has ended its side may be asked whether it is still there, if the machine is busy.
        interims = (case.interim, 100 if HalfClose() in case.steps else 0)
        response = None
        for answer in case.answers:
            if 0 in answer.statuses and connection.ended():
                assert case.then == "closed"
                return
            response = connection.read_response(answer.to_head, answer.is_cut)
            if response.status in interims:
                response = connection.read_response(answer.to_head, answer.is_cut)
            assert response.status in answer.statuses, f"{response}"
        assert response
        if case.body is not None:
            assert response.body == case.body
        for name, value in case.has:
            assert value in response.all(name)
        for name in case.lacks:
            assert not response.all(name)
        if case.then == "closed":
            assert connection.ended(), f"not closed: {connection.unread!r}"
            if response.status in REFUSALS:
                assert response.all("connection") == ["close"]
            return
        assert response.all("connection") in ([], ["keep-alive"])
        connection.send(PROBE)
        last = connection.read_response()
        assert (last.status, last.body) == (200, b"ok\n")
        assert connection.ended()
