"""Request bodies in parts: as they come, held back, given up, and again on another worker."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import struct
from typing import Any

from harness.client import Connection, Reply, fetch
from harness.fixtures import Start
from harness.program import Program
from harness.waiting import until

PROGRAM = "uploads.py"

MEBIBYTE = bytes(range(256)) * 4096


def begin(program: Program, target: str, size: int, *more: str, method: str = "POST") -> Connection:
    """A connection that has sent the head of a request, and will send so many bytes."""
    connection = Connection(program.address)
    fields = "".join(f"{line}\r\n" for line in more)
    head = f"{method} {target} HTTP/1.1\r\nhost: e2e.test\r\ncontent-length: {size}\r\n{fields}\r\n"
    connection.socket.sendall(head.encode())
    return connection


def counted(program: Program, name: str) -> int:
    return int(fetch(program.address, "GET", "/counts").json().get(name, 0))


def summed(reply: Reply, body: bytes) -> Any:
    told = reply.json()
    assert (told["size"], told["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
    return told


def send_until_held_back(connection: Connection, part: bytes) -> int:
    """Bytes that went out before nobody took any more."""
    connection.socket.settimeout(0.5)
    sent = 0
    try:
        while sent < 64 << 20:
            sent += connection.socket.send(part)
    except TimeoutError:
        connection.socket.settimeout(20)
    return sent


def test_the_handler_runs_while_the_body_comes(server: Program) -> None:
    begun = counted(server, "begun")
    with begin(server, "/sum", 10) as connection:
        until(lambda: counted(server, "begun") == begun + 1, "the handler runs")
        parts = counted(server, "parts")
        connection.socket.sendall(b"hello")
        until(lambda: counted(server, "parts") == parts + 1, "it has read the first part")
        connection.socket.sendall(b"world")
        summed(connection.receive(), b"helloworld")
        assert connection.request("POST", "/sum", body=b"again").status == 200


def test_large_bodies_are_exact(server: Program) -> None:
    for target in ("/sum", "/body"):
        assert fetch(server.address, "POST", target, body=MEBIBYTE * 20).json()["size"] == 20 << 20
    summed(fetch(server.address, "POST", "/sum", body=MEBIBYTE), MEBIBYTE)
    assert fetch(server.address, "POST", "/body", body=MEBIBYTE).json() == {"size": 1 << 20, "same": True}


def test_json_and_forms_wait_for_the_body(server: Program) -> None:
    with begin(server, "/json", 9) as connection:
        connection.socket.sendall(b'{"a":')
        connection.socket.sendall(b"[1]}")
        assert connection.receive().json() == {"a": [1]}
    with begin(server, "/json", 3) as connection:
        connection.socket.sendall(b"[1")
        connection.socket.sendall(b"}")
        assert connection.receive().status == 400
    with begin(server, "/form", 7, "content-type: application/x-www-form-urlencoded") as connection:
        connection.socket.sendall(b"a=1")
        connection.socket.sendall(b"&b=2")
        assert connection.receive().json() == {"a": "1", "b": "2"}


def test_a_hook_may_read_it_first(server: Program) -> None:
    looked = counted(server, "looked")
    with begin(server, "/body", 10, "x-look: 1") as connection:
        connection.socket.sendall(b"hello")
        connection.socket.sendall(b"world")
        assert connection.receive().json() == {"size": 10, "same": True}
    assert counted(server, "looked") == looked + 10


def test_a_stream_can_be_read_once(server: Program) -> None:
    with begin(server, "/twice", 5) as connection:
        connection.socket.sendall(b"hello")
        assert "given the body away" in connection.receive().json()
    assert "given the body away" in fetch(server.address, "POST", "/twice", body=b"whole").json()


def test_who_declares_its_body_or_runs_in_a_thread_gets_it_whole(server: Program) -> None:
    body = json.dumps({str(number): number for number in range(10_000)}).encode()
    assert fetch(server.address, "POST", "/typed", body=body).json() == {"keys": 10_000, "size": len(body)}
    with begin(server, "/thread", 5) as connection:
        connection.socket.sendall(b"hello")
        assert connection.receive().json() == 5


def test_a_handler_that_does_not_read_holds_back_its_client_and_nobody_else(server: Program) -> None:
    fetch(server.address, "GET", "/close")
    begun = counted(server, "begun")
    with begin(server, "/gated", 64 << 20) as connection:
        until(lambda: counted(server, "begun") == begun + 1, "the handler runs")
        sent = send_until_held_back(connection, MEBIBYTE)
        # What sockets hold, and one window.
        assert sent < 32 << 20
        assert fetch(server.address, "POST", "/body", body=b"x" * 100_000).json()["size"] == 100_000
        fetch(server.address, "GET", "/open")
        body = MEBIBYTE * 64
        connection.socket.sendall(body[sent:])
        summed(connection.receive(), body)


def test_an_echo_answers_while_the_body_comes(server: Program) -> None:
    connection = Connection(server.address)
    with connection:
        connection.socket.sendall(b"POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n")
        received = b""
        for number in range(50):
            part = b"part %d" % number
            connection.socket.sendall(b"%x\r\n%s\r\n" % (len(part), part))
            while not received.endswith(part + b"\r\n"):
                data = connection.socket.recv(65536)
                assert data, received
                received += data
        connection.socket.sendall(b"0\r\n\r\n")
        while not received.endswith(b"\r\n0\r\n\r\n"):
            received += connection.socket.recv(65536)


def test_the_client_is_asked_to_go_on_when_the_handler_reads(server: Program) -> None:
    fetch(server.address, "GET", "/close")
    begun = counted(server, "begun")
    with begin(server, "/gated", 5, "expect: 100-continue") as connection:
        until(lambda: counted(server, "begun") == begun + 1, "the handler runs")
        connection.socket.settimeout(0.3)
        try:
            raise AssertionError(connection.socket.recv(100))
        except TimeoutError:
            connection.socket.settimeout(20)
        fetch(server.address, "GET", "/open")
        assert connection.socket.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.socket.sendall(b"hello")
        summed(connection.receive(), b"hello")
    with begin(server, "/ignore", 5, "expect: 100-continue") as connection:
        reply = connection.receive()
        assert (reply.status, reply.header("connection")) == (200, "close")


def test_an_answer_before_the_body_ends_what_nobody_reads(server: Program) -> None:
    with begin(server, "/ignore", 1 << 30) as connection:
        reply = connection.receive()
        assert (reply.status, reply.header("connection")) == (200, "close")
        assert connection.closed_by_server()
    with begin(server, "/ignore", 5) as connection:
        assert connection.receive().status == 200
        connection.socket.sendall(b"hello")
        assert connection.request("POST", "/ignore", body=b"").status == 200


def test_a_client_that_goes_in_the_middle_cancels_its_handler(server: Program) -> None:
    for leave in ("reset", "close"):
        begun, cancelled = counted(server, "begun"), counted(server, "cancelled")
        connection = begin(server, "/sum", 10)
        connection.socket.sendall(b"hello")
        until(lambda begun=begun: counted(server, "begun") == begun + 1, "the handler runs")
        if leave == "reset":
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        until(lambda cancelled=cancelled: counted(server, "cancelled") == cancelled + 1, "it is cancelled")


def test_a_shielded_handler_is_told(server: Program) -> None:
    told = counted(server, "shielded told")
    with begin(server, "/shielded", 10) as connection:
        connection.socket.sendall(b"hello")
    until(lambda: counted(server, "shielded told") == told + 1, "it was told")


def test_a_body_that_is_still_here_is_sent_to_another_worker(start: Start) -> None:
    program = start("uploads.py", SPIKARD_WORKERS="2").serving()
    for size, repeated in ((100_000, True), (3 << 20, False)):
        body = (MEBIBYTE * 4)[: size + 10]
        with begin(program, "/sum", len(body), f"x-tell-at: {size}", method="PUT") as connection:
            connection.socket.sendall(body[:size])
            victim = int(program.said(rf"(\d+) has read {size}$")[1])
            os.kill(victim, signal.SIGKILL)
            if repeated:
                connection.socket.sendall(body[size:])
            reply = connection.receive()
            if repeated:
                told = summed(reply, body)
                assert told["attempt"] == 1
                assert told["pid"] != victim
            else:
                assert reply.status == 502
