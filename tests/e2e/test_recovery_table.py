"""The table in docs/recovery.md: what becomes of a request that had begun as its worker died."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from harness.client import Connection, Reply, fetch
from harness.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from harness.fixtures import Start
    from harness.program import Program

PROGRAM = "repeating.py"
KEY = ("idempotency-key", "k1")
AGAIN = [
    *((method, "/by-method") for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")),
    ("POST", "/always"),
    ("POST", "/key", KEY),
]
ONCE = [
    ("POST", "/by-method"),
    ("PATCH", "/by-method"),
    ("GET", "/once"),
    ("POST", "/key"),
    ("GET", "/once", KEY),
]


def ask(program: Program, deaths: int, method: str, target: str, *headers: tuple[str, str]) -> Reply:
    """Ask, and kill so many workers while they have it."""
    with Connection(program.address) as connection:
        begun = len(program.lines)
        connection.send(method, target, headers=headers)
        for attempt in range(deaths):
            os.kill(int(program.said(rf"begun by (\d+), attempt {attempt}$", since=begun)[1]), signal.SIGKILL)
        return connection.receive(method)


@pytest.mark.parametrize("request_", AGAIN, ids=lambda request: " ".join(map(str, request[:2])))
def test_it_is_sent_again(server: Program, request_: tuple[str, str]) -> None:
    reply = ask(server, 1, *request_)
    assert (reply.status, reply.body) == (200, b"" if request_[0] == "HEAD" else b"1")


@pytest.mark.parametrize("request_", ONCE, ids=lambda request: " ".join(map(str, request[:2])))
def test_it_does_not_run_twice(server: Program, request_: tuple[str, str]) -> None:
    begun = len(server.lines)
    reply = ask(server, 1, *request_)
    assert (reply.status, reply.json()["type"]) == (502, "https://spikard.dev/errors/worker-lost")
    assert not any("attempt 1" in line for line in server.lines[begun:])


def test_three_deaths_are_enough(server: Program) -> None:
    reply = ask(server, 3, "GET", "/never")
    assert (reply.status, reply.json()["type"]) == (502, "https://spikard.dev/errors/worker-lost")
    until(lambda: fetch(server.address, "GET", "/readyz").status == 200, "it serves")


def test_a_deadline_is_kept_by_a_loop_that_is_stuck(start: Start, tmp_path: Path) -> None:
    program = start("stuck.py", GATE=str(tmp_path / "gate")).serving()
    with Connection(program.address) as connection:
        reply = connection.request("GET", "/hurried")
        assert (reply.status, reply.json()["type"].rpartition("/")[2]) == (504, "deadline-exceeded")
    program.said(r'"event":"worker_silent".*stuck.py:\d+ in hurried')
    (tmp_path / "gate").touch()
    program.said("is heard again")
