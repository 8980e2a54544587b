"""Responses in parts: whole, held back, broken, given up."""

from __future__ import annotations

import os
import signal
import socket
from typing import Any

import pytest
from harness.client import Connection, fetch
from harness.fixtures import Start
from harness.program import Program
from harness.raw import dechunk, read_all, read_until, reset
from harness.waiting import DEADLINE, SOON, until

PROGRAM = "streams.py"


def ask(program: Program, target: str, version: str = "1.1", more: str = "") -> socket.socket:
    client = socket.create_connection(program.address, DEADLINE)
    client.sendall(f"GET {target} HTTP/{version}\r\nhost: e2e.test\r\n{more}\r\n".encode())
    return client


def told(program: Program) -> Any:
    return fetch(program.address, "GET", "/told").json()


def counted(program: Program, name: str) -> int:
    return int(told(program)["counts"].get(name, 0))


def numbers(upto: int) -> bytes:
    return b"".join(b"%d\n" % number for number in range(upto))


def test_a_stream_is_chunked_and_the_connection_kept(server: Program) -> None:
    closed, after = counted(server, "numbers closed"), counted(server, "background")
    client = ask(server, "/numbers/20000")
    received = read_until(client, b"\r\n0\r\n\r\n")
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\ntransfer-encoding: chunked" in head
    assert b"content-length" not in head
    assert dechunk(body) == (numbers(20000), True)
    client.sendall(b"GET /numbers/2 HTTP/1.1\r\nhost: e2e.test\r\nconnection: close\r\n\r\n")
    assert dechunk(read_all(client).partition(b"\r\n\r\n")[2]) == (b"0\n1\n", True)
    until(lambda: counted(server, "numbers closed") == closed + 2, "generators are closed")
    until(lambda: counted(server, "background") == after + 2, "background functions have run")


def test_http_1_0_gets_a_stream_until_the_connection_ends(server: Program) -> None:
    head, _, body = read_all(ask(server, "/numbers/1000", "1.0", "connection: keep-alive\r\n")).partition(
        b"\r\n\r\n"
    )
    assert b"transfer-encoding" not in head
    assert b"connection: close" in head
    assert body == numbers(1000)


def test_a_length_is_kept_if_it_is_true(server: Program) -> None:
    head, _, body = read_all(ask(server, "/sized/20", more="connection: close\r\n")).partition(b"\r\n\r\n")
    assert b"\r\ncontent-length: 20\r\n" in head + b"\r\n"
    assert b"transfer-encoding" not in head
    assert body == numbers(10)
    for wrong, what in ((1, "longer"), (19, "longer"), (21, "shorter")):
        head, _, body = read_all(ask(server, f"/sized/{wrong}")).partition(b"\r\n\r\n")
        assert f"\r\ncontent-length: {wrong}\r\n".encode() in head + b"\r\n"
        assert len(body) != wrong, "not whole, and not to be taken for it"
        server.said(f"error .*request [0-9a-f-]+: the body is {what} than its content-length$")


def test_head_gets_no_body_and_cancels(server: Program) -> None:
    closed = counted(server, "endless closed")
    with Connection(server.address) as connection:
        reply = connection.request("HEAD", "/endless")
        assert reply.header("transfer-encoding") == "chunked"
        assert connection.request("HEAD", "/silent").status == 200
    until(lambda: counted(server, "endless closed") == closed + 1, "the generator is closed")


def test_a_blocking_generator_runs_in_threads(server: Program) -> None:
    closed = counted(server, "blocking closed")
    body = read_all(ask(server, "/blocking", more="connection: close\r\n")).partition(b"\r\n\r\n")[2]
    assert dechunk(body) == (numbers(3), True)
    assert counted(server, "blocking closed") == closed + 1


def test_a_slow_reader_holds_back_its_generator_and_nobody_else(server: Program) -> None:
    parts = counted(server, "endless parts")
    closed = counted(server, "endless closed")
    client = ask(server, "/endless")
    read_until(client, b"x")

    def stands_still() -> bool:
        before = counted(server, "endless parts")
        assert fetch(server.address, "GET", "/wait/0.2").json() == "waited"
        return counted(server, "endless parts") == before

    until(stands_still, "the generator is held back")
    # What sockets hold, and one window.
    assert counted(server, "endless parts") - parts < 400
    before = counted(server, "endless parts")
    for _ in range(400):
        client.recv(65536)
    until(lambda: counted(server, "endless parts") > before, "it goes on when its client reads")
    reset(client)
    until(lambda: counted(server, "endless closed") == closed + 1, "the generator is closed")


def test_a_generator_that_raises_breaks_its_response(server: Program) -> None:
    received = read_all(ask(server, "/broken"))
    assert dechunk(received.partition(b"\r\n\r\n")[2]) == (b"half", False)
    assert b"secret" not in received
    server.said("RuntimeError: secret")
    client = ask(server, "/broken", "1.0")
    with pytest.raises(ConnectionResetError):
        read_all(client)


@pytest.mark.parametrize("target", ["/silent", "/quiet"])
def test_who_leaves_a_silent_stream_is_noticed(server: Program, target: str) -> None:
    name = f"{target[1:]} closed"
    for leave in (reset, socket.socket.close):
        closed = counted(server, name)
        client = ask(server, target)
        read_until(client, b"first" if target == "/silent" else b": keep-alive\n\n")
        leave(client)
        until(lambda closed=closed: counted(server, name) == closed + 1, "the generator is closed")


def test_events(server: Program) -> None:
    received = read_all(ask(server, "/events", more="last-event-id: 41\r\nconnection: close\r\n"))
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"\r\ncontent-type: text/event-stream" in head
    assert dechunk(body) == (
        b'event: tick\nid: 42\nretry: 500\ndata: {"a":1}\n\ndata: two\ndata: lines\n\ndata: {"b":[1,2]}\n\n',
        True,
    )


def test_a_client_that_resets_cancels_its_handler(server: Program) -> None:
    cancelled = counted(server, "wait cancelled")
    clients = [ask(server, "/wait/30") for _ in range(300)]
    until(lambda: told(server)["running"] == 300, "all handlers run")
    for client in clients:
        reset(client)
    until(lambda: told(server)["running"] == 0, "no handler runs", within=SOON)
    assert counted(server, "wait cancelled") == cancelled + 300


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_half_closed_client_is_answered(server: Program, version: str) -> None:
    clients = [ask(server, f"/wait/{seconds}", version) for seconds in (0.2, 1.5)]
    for client in clients:
        client.shutdown(socket.SHUT_WR)
    soon, late = map(read_all, clients)
    # It was asked whether it is still there, which HTTP/1.0 does not know.
    asked = b"HTTP/1.1 100 Continue\r\n\r\n" if version == "1.1" else b""
    assert soon.removeprefix(asked).startswith(b"HTTP/1.1 200 ")
    assert soon.endswith(b'"waited"')
    assert late.startswith(asked + b"HTTP/1.1 200 ")
    assert late.endswith(b'"waited"')


def test_a_half_closed_client_gets_a_stream(server: Program) -> None:
    client = ask(server, "/slowly")
    read_until(client, b"one")
    client.shutdown(socket.SHUT_WR)
    assert read_all(client).endswith(b"two\r\n0\r\n\r\n")


def test_a_client_that_closes_cancels_its_handler(server: Program) -> None:
    cancelled = counted(server, "wait cancelled")
    client = ask(server, "/wait/30")
    until(lambda: told(server)["running"] == 1, "the handler runs")
    client.close()
    until(lambda: told(server)["running"] == 0, "no handler runs")
    assert counted(server, "wait cancelled") == cancelled + 1


def test_past_its_deadline_a_request_is_answered_with_504(server: Program) -> None:
    cancelled = counted(server, "wait cancelled")
    with Connection(server.address) as connection:
        reply = connection.request("GET", "/hurried/30")
        assert reply.status == 504
        assert reply.json()["type"].endswith("/deadline-exceeded")
        assert connection.request("GET", "/hurried/0").json() == "waited"
    until(lambda: counted(server, "wait cancelled") == cancelled + 1, "the handler is cancelled")


def test_what_is_shielded_or_in_a_thread_runs_on(server: Program) -> None:
    assert fetch(server.address, "GET", "/shielded").status == 504
    assert fetch(server.address, "GET", "/thread").status == 504
    until(lambda: counted(server, "shielded done") == 1, "the shielded handler ends")
    until(lambda: counted(server, "thread done") == 1, "the thread ends")


def test_who_takes_nothing_of_a_stream_is_cut_off(start: Start) -> None:
    program = start("streams.py", SPIKARD_WRITE_TIMEOUT="1").serving()
    with ask(program, "/endless"), ask(program, "/silent") as silent:
        until(lambda: counted(program, "endless closed") == 1, "the generator is closed")
        assert b"first" in read_until(silent, b"first"), "who has nothing to take is not"


def test_a_worker_killed_in_a_stream_breaks_it(start: Start) -> None:
    program = start("streams.py").serving()
    client = ask(program, "/silent")
    received = read_until(client, b"first")
    os.kill(program.process.pid, signal.SIGKILL)
    received += read_all(client)
    assert dechunk(received.partition(b"\r\n\r\n")[2]) == (b"first", False)


def test_streams_that_do_not_end_hold_up_nobody(start: Start) -> None:
    program = start("streams.py", SPIKARD_SHUTDOWN_TIMEOUT="1").serving()
    streams = [ask(program, "/silent") for _ in range(100)]
    received = [read_until(client, b"first") for client in streams]
    events = [ask(program, "/quiet") for _ in range(100)]
    for client in events:
        read_until(client, b": keep-alive\n\n")
    program.send(signal.SIGTERM)
    assert program.wait() == 0
    for client, before in zip(streams, received, strict=True):
        assert dechunk((before + read_all(client)).partition(b"\r\n\r\n")[2]) == (b"first", False)
    for client in events:
        assert not read_all(client).endswith(b"0\r\n\r\n")
