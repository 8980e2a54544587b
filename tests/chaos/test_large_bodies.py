"""Bodies larger than anybody keeps: exact, in little memory, and refused before they come where they are too large."""

from __future__ import annotations

import hashlib
import select
from collections.abc import Iterator

import pytest
from harness import processes
from harness.client import Connection, fetch
from harness.fixtures import Start
from harness.program import Program

MEBIBYTE = bytes(range(256)) * 4096
SIZE = 64 << 20
LARGE = 1 << 30
# What a process may have more at its highest, and a connection may have under way.
GROWN = 24 << 20
UNDER_WAY = 24 << 20


@pytest.fixture
def program(start: Start) -> Program:
    return start("uploads.py").serving()


def parts(size: int) -> Iterator[bytes]:
    """No two alike, so that none can be lost or come twice."""
    for number in range(size >> 20):
        yield number.to_bytes(8, "big") + MEBIBYTE[8:]


def head(target: str, framing: str) -> bytes:
    return f"POST {target} HTTP/1.1\r\nhost: e2e.test\r\n{framing}\r\n\r\n".encode()


def chunk(part: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(part), part)


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunks"])
def test_it_is_read_whole_in_little_memory(program: Program, chunked: bool) -> None:
    fetch(program.address, "POST", "/sum", body=MEBIBYTE)
    both = (program.pid, program.front_end)
    before = [processes.start_of_peak(pid) for pid in both]
    digest = hashlib.sha256()
    with Connection(program.address) as connection:
        framing = "transfer-encoding: chunked" if chunked else f"content-length: {SIZE}"
        connection.socket.sendall(head("/sum", framing))
        for part in parts(SIZE):
            digest.update(part)
            connection.socket.sendall(chunk(part) if chunked else part)
        if chunked:
            connection.socket.sendall(b"0\r\n\r\n")
        told = connection.receive().json()
    assert (told["size"], told["sha256"]) == (SIZE, digest.hexdigest())
    for pid, then in zip(both, before, strict=True):
        assert processes.peak(pid) - then < GROWN, processes.command_line(pid)


@pytest.mark.parametrize("target", ["/few", "/few/whole"])
def test_what_is_too_large_is_refused_before_it_comes(program: Program, target: str) -> None:
    with Connection(program.address) as connection:
        connection.socket.sendall(head(target, f"content-length: {LARGE}"))
        reply = connection.receive()
        assert (reply.status, reply.header("connection")) == (413, "close")
        assert connection.closed_by_server()


@pytest.mark.parametrize("target", ["/few", "/few/whole"])
def test_chunks_are_refused_once_they_are_too_much(program: Program, target: str) -> None:
    before = processes.start_of_peak(program.front_end)
    with Connection(program.address) as connection:
        connection.socket.sendall(head(target, "transfer-encoding: chunked"))
        sent = 0
        while not select.select([connection.socket], [], [], 0)[0]:
            assert sent < UNDER_WAY, "nobody refuses"
            connection.socket.sendall(chunk(MEBIBYTE[:4096]))
            sent += 4096
        assert connection.receive().status == 413
    assert processes.peak(program.front_end) - before < GROWN
    assert fetch(program.address, "POST", "/sum", body=b"x").status == 200
