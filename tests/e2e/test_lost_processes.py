"""One process of `python server.py` is killed; the other one has to know what to do."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
from harness.client import Connection, ConnectionClosed, fetch, refuses
from harness.processes import wait_for_end
from harness.waiting import SOON, until

if TYPE_CHECKING:
    from harness.fixtures import Start
    from harness.program import Program

ORPHAN_GONE_WITHIN = 5.0 + SOON


def _kill_front_end(program: Program) -> None:
    front_end = program.front_end
    os.kill(front_end, signal.SIGKILL)
    assert wait_for_end(front_end, 5)


def test_parent_killed(start: Start) -> None:
    program = start("workers.py").serving()
    front_end = program.front_end
    with Connection(program.address) as begun, Connection(program.address) as idle:
        assert idle.request("GET", "/pid").json() == program.pid
        begun.send("POST", "/first-hangs")
        program.said("begun")
        program.send(signal.SIGKILL)
        killed = time.monotonic()
        reply = begun.receive()
        assert (reply.status, reply.header("connection")) == (502, "close")
        assert reply.header("content-type") == "application/problem+json"
        assert idle.closed_by_server()
    assert refuses(program.address)
    assert wait_for_end(front_end, ORPHAN_GONE_WITHIN)
    assert time.monotonic() - killed < ORPHAN_GONE_WITHIN
    assert not list(program.files.iterdir())


def test_parent_killed_and_a_client_that_never_ends(start: Start) -> None:
    program = start("workers.py").serving()
    front_end = program.front_end
    with Connection(program.address) as connection:
        connection.send("POST", "/pid", headers=[("content-length", "5")])
        connection.socket.sendall(b"1")
        program.send(signal.SIGKILL)
        assert wait_for_end(front_end, ORPHAN_GONE_WITHIN)
    assert not list(program.files.iterdir())


def test_front_end_killed(start: Start) -> None:
    program = start("workers.py").serving()
    for _ in range(3):
        with Connection(program.address) as connection:
            assert connection.request("GET", "/pid").json() == program.pid
            _kill_front_end(program)
            assert connection.closed_by_server()
        until(lambda: not refuses(program.address), "it listens again", SOON)
        assert fetch(program.address, "GET", "/pid").json() == program.pid
        assert fetch(program.address, "GET", "/readyz").status == 200


def test_what_ran_is_cancelled_when_the_front_end_is_killed(start: Start) -> None:
    program = start("workers.py").serving()
    with Connection(program.address) as connection:
        connection.send("GET", "/first-hangs")
        program.said("begun")
        _kill_front_end(program)
        with pytest.raises((ConnectionClosed, ConnectionResetError)):
            connection.receive()
        program.said("cancelled")
    until(lambda: not refuses(program.address), "it listens again", SOON)
    assert fetch(program.address, "GET", "/pid").json() == program.pid


def test_a_front_end_that_is_always_killed_is_given_up(start: Start) -> None:
    program = start("workers.py").serving()
    while program.process.poll() is None:
        program.kill_front_end()
    assert program.wait() == 1
    program.said("^spikard: the front end has ended with status -9$")


def test_front_end_told_to_leave(start: Start) -> None:
    program = start("workers.py").serving()
    front_end = program.front_end
    os.kill(front_end, signal.SIGTERM)
    assert wait_for_end(front_end, 5)
    until(lambda: not refuses(program.address), "it listens again", SOON)
    assert fetch(program.address, "GET", "/pid").json() == program.pid
    assert not any("Traceback" in line for line in program.lines)
