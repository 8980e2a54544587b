"""Who serves last says so in time: readiness is denied, then connections are given up, then all is over."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from harness.client import Connection, fetch
from harness.fixtures import listening
from harness.load import Load
from harness.waiting import PATIENCE, until

if TYPE_CHECKING:
    from harness.fixtures import Start
    from harness.program import Program

# In its first half somebody has to notice that readiness is denied.
LAMEDUCK = 2.0 * PATIENCE
FOR_EVER = 60.0
FrontEnd = Callable[[float], "Program"]
Worker = Callable[[], "Program"]


@pytest.fixture
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pod") / "spikard"


@pytest.fixture
def front_end(start: Start, binary: str, directory: Path) -> FrontEnd:
    def start_one(lameduck: float) -> Program:
        endpoint = ("--endpoint", f"ipc://{directory}", "--port", "0")
        return listening(start(binary, *endpoint, "--lameduck", str(lameduck), "--log-level", "debug"))

    return start_one


@pytest.fixture
def worker(start: Start, directory: Path) -> Worker:
    def start_one() -> Program:
        program = start("workers.py", SPIKARD_ENDPOINT=f"ipc://{directory}")
        program.said("attached to the front end")
        return program

    return start_one


def _is_ready(program: Program) -> bool:
    return fetch(program.address, "GET", "/readyz").status == 200


def _await_readiness(program: Program) -> None:
    until(lambda: _is_ready(program), "it is ready")


def _balance(program: Program, load: Load) -> None:
    """Do what a balancer does that looks at the readiness."""
    until(lambda: not _is_ready(program), "readiness is denied")
    load.elsewhere.set()


def test_front_end_told_to_stop_under_load(front_end: FrontEnd, worker: Worker) -> None:
    server = front_end(LAMEDUCK)
    only = worker()
    _await_readiness(server)
    with Load(server.address, "/pid") as load:
        until(lambda: load.count > 100, "they are served")
        server.send(signal.SIGTERM)
        _balance(server, load)
        before = load.count
        load.wait()  # sent away, one and all, before the connections end
        assert load.count > before
    assert load.faults == []
    assert set(load.answers) == {only.pid}
    assert server.wait() == 0


def test_an_idle_connection_is_served_until_the_end(front_end: FrontEnd, worker: Worker) -> None:
    server = front_end(LAMEDUCK)
    only = worker()
    _await_readiness(server)
    with Connection(server.address) as idle, Connection(server.address) as busy:
        assert idle.request("GET", "/pid").json() == only.pid
        server.send(signal.SIGTERM)
        until(lambda: not _is_ready(server), "readiness is denied")
        assert busy.request("GET", "/pid").all("connection") == [], "first a balancer has to notice"
        busy.send("POST", "/wait/0.1")
        assert busy.receive().json() == only.pid
        assert idle.closed_by_server()
    assert server.wait() == 0


@pytest.mark.parametrize("lameduck", [0.0, LAMEDUCK])
def test_last_worker_told_to_leave_under_load(front_end: FrontEnd, worker: Worker, lameduck: float) -> None:
    server = front_end(lameduck)
    first = worker()
    _await_readiness(server)
    with Load(server.address, "/pid") as load:
        until(lambda: load.count > 100, "they are served")
        first.send(signal.SIGTERM)
        until(lambda: not _is_ready(server), "readiness is denied")
        assert first.wait() == 0
        second = worker()
        until(lambda: load.answers[second.pid] > 100, "they are served again")
    assert load.faults == []
    assert set(load.answers) == {first.pid, second.pid}
    _await_readiness(server)
    with Connection(server.address) as connection:
        assert connection.request("GET", "/pid").all("connection") == []


def test_held_for_the_successor(front_end: FrontEnd, worker: Worker) -> None:
    server = front_end(0)
    first = worker()
    first.send(signal.SIGTERM)
    assert first.wait() == 0
    with Connection(server.address) as get, Connection(server.address) as post:
        get.send("GET", "/pid")
        post.send("POST", "/wait/0")
        second = worker()
        assert get.receive().json() == post.receive().json() == second.pid


def test_the_last_worker_serves_meanwhile_and_a_successor_releases_it(
    front_end: FrontEnd, worker: Worker
) -> None:
    server = front_end(FOR_EVER)
    first = worker()
    first.send(signal.SIGTERM)
    server.said(f"worker {first.pid} wants to leave, and is the last one")
    until(lambda: not _is_ready(server), "readiness is denied")
    assert fetch(server.address, "GET", "/pid").json() == first.pid
    second = worker()
    assert first.wait() == 0
    _await_readiness(server)
    assert fetch(server.address, "GET", "/pid").json() == second.pid
    server.send(signal.SIGKILL)  # which would take its time
    server.wait()


def test_worker_and_front_end_told_at_once(front_end: FrontEnd, worker: Worker) -> None:
    """As when a whole pod is stopped."""
    server = front_end(LAMEDUCK)
    only = worker()
    _await_readiness(server)
    with Load(server.address, "/pid") as load:
        until(lambda: load.count > 100, "they are served")
        only.send(signal.SIGTERM)
        server.send(signal.SIGTERM)
        _balance(server, load)
        load.wait()
    assert load.faults == []
    assert server.wait() == only.wait() == 0


def test_one_process_tree(start: Start) -> None:
    program = start("workers.py", SPIKARD_LAMEDUCK=str(LAMEDUCK), SPIKARD_SHUTDOWN_TIMEOUT="0.5").serving()
    with Load(program.address, "/pid") as load:
        until(lambda: load.count > 100, "they are served")
        program.send_group(signal.SIGTERM)
        _balance(program, load)
        load.wait()
    assert load.faults == []
    assert program.wait() == 0
