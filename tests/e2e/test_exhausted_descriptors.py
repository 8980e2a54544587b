"""Clients take every descriptor that clients may have, and workers come and go meanwhile."""

from __future__ import annotations

import signal
import socket

import pytest
from harness import processes
from harness.client import connections, fetch
from harness.fixtures import Start, listening
from harness.program import Program
from harness.waiting import until

# 128 are not for clients, or half of them.
DESCRIPTORS = (100, 300)
CLIENTS = 400


@pytest.fixture
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"ipc://{tmp_path_factory.mktemp('pod') / 'spikard'}"


@pytest.fixture(params=DESCRIPTORS)
def descriptors(request: pytest.FixtureRequest) -> int:
    count: int = request.param
    return count


@pytest.fixture
def front_end(start: Start, binary: str, endpoint: str, descriptors: int) -> Program:
    limit = ("prlimit", f"--nofile={descriptors}:{descriptors}")
    options = ("--port", "0", "--endpoint", endpoint, "--header-timeout", "60", "--log-level", "debug")
    return listening(start(*limit, binary, *options))


def _taken(front_end: Program) -> int:
    return sum(what.startswith("socket:") for what in processes.descriptors(front_end.pid).values())


def test_a_worker_attaches_while_another_leaves(
    start: Start, front_end: Program, endpoint: str, descriptors: int
) -> None:
    def attached() -> Program:
        worker = start("workers.py", SPIKARD_ENDPOINT=endpoint)
        front_end.said(f"worker {worker.pid} is ready")
        return worker

    worker = attached()
    with connections(front_end.address, 1) as (kept,):
        assert kept.request("GET", "/pid").json() == worker.pid
        with connections(front_end.address, CLIENTS) as crowd:
            until(lambda: _taken(front_end) > descriptors // 3, "clients have what they may have")
            for _ in range(3):
                leaving, worker = worker, attached()
                leaving.send(signal.SIGTERM)
                assert leaving.wait() == 0
                assert kept.request("GET", "/pid").json() == worker.pid
            for connection in crowd:
                connection.socket.shutdown(socket.SHUT_RDWR)
        until(lambda: fetch(front_end.address, "GET", "/readyz").status == 200, "others are served again")
        assert fetch(front_end.address, "GET", "/pid").json() == worker.pid
