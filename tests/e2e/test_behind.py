"""What is done behind an answer is done once, whatever becomes of the answer."""

from __future__ import annotations

import os
import signal
import socket

import pytest
from harness.client import fetch
from harness.fixtures import Start
from harness.program import Program
from harness.raw import reset
from harness.waiting import DEADLINE, until

PROGRAM = "behind.py"


def counted(program: Program, name: str) -> int:
    return int(fetch(program.address, "GET", "/told").json().get(name, 0))


def done(program: Program, name: str, times: int) -> None:
    until(lambda: counted(program, name) >= times, f"{name} {times} times")
    assert counted(program, name) == times


def test_one_response_for_many_requests(server: Program) -> None:
    for _ in range(10):
        assert fetch(server.address, "GET", "/shared").body == b"ok"
    done(server, "/shared behind", 10)
    done(server, "/shared closed", 10)
    assert counted(server, "left on the shared response") == 0


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (["x-replace"], b"another"),
        (["x-replace", "x-keep"], b"another"),
        (["x-again"], b"a third"),
        (["x-again", "x-replace"], b"another"),
    ],
)
def test_a_response_that_is_replaced(server: Program, headers: list[str], body: bytes) -> None:
    before, closed = counted(server, "/shared behind"), counted(server, "/shared closed")
    reply = fetch(server.address, "GET", "/shared", headers=[(name, "1") for name in headers])
    assert reply.body == body
    done(server, "/shared behind", before + 1)
    done(server, "/shared closed", closed + 1)


def test_a_task_that_exits_leaves_the_rest(server: Program) -> None:
    assert fetch(server.address, "GET", "/exits").body == b"ok"
    done(server, "/exits closed", 1)


def test_answers_that_cannot_be_sent(server: Program) -> None:
    assert fetch(server.address, "GET", "/missing").status == 500
    done(server, "/missing closed", 1)
    assert fetch(server.address, "GET", "/odd").status == 500
    done(server, "/odd closed", 1)


def test_a_stream_that_is_left(server: Program) -> None:
    client = socket.create_connection(server.address, DEADLINE)
    client.sendall(b"GET /stream HTTP/1.1\r\nhost: e2e.test\r\n\r\n")
    assert client.recv(1)
    reset(client)
    done(server, "/stream behind", 1)
    done(server, "/stream closed", 1)


def test_the_end_waits_for_it(start: Start) -> None:
    program = start(PROGRAM).serving()
    assert fetch(program.address, "GET", "/slow").body == b"ok"
    program.send(signal.SIGTERM)
    program.said("slow work done")
    assert program.wait() == 0


def test_a_lost_front_end_loses_none_of_it(start: Start) -> None:
    program = start(PROGRAM).serving()
    client = socket.create_connection(program.address, DEADLINE)
    client.sendall(b"GET /stream HTTP/1.1\r\nhost: e2e.test\r\n\r\n")
    assert client.recv(1)
    assert fetch(program.address, "GET", "/slow").body == b"ok"
    os.kill(program.front_end, signal.SIGKILL)
    program.said("slow work done")
    with client:
        until(lambda: _served(program), "served again")
    done(program, "/stream behind", 1)
    done(program, "/stream closed", 1)


def _served(program: Program) -> bool:
    try:
        return fetch(program.address, "GET", "/told").status == 200
    except OSError:
        return False
