"""A front end and its workers, each started by hand: the containers of a pod."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from harness.client import Connection, connections, fetch
from harness.fixtures import listening
from harness.program import Program
from harness.waiting import DEADLINE, PATIENCE, SOON, until

if TYPE_CHECKING:
    from harness.fixtures import Start

HOLD = 1.0 * PATIENCE
StartWorker = Callable[[], Program]


@pytest.fixture
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pod") / "spikard"


@pytest.fixture
def front_end(request: pytest.FixtureRequest, start: Start, binary: str, directory: Path) -> Program:
    """It holds requests for longer than workers take to start, unless a test says how long."""
    hold = ("--hold-timeout", str(getattr(request, "param", DEADLINE)))
    options = ("--endpoint", f"ipc://{directory}", "--port", "0", "--log-level", "debug")
    return listening(start(binary, *options, *hold))


@pytest.fixture
def start_worker(start: Start, front_end: Program, directory: Path) -> StartWorker:
    """Starts a worker and waits until it is ready."""

    def start_one() -> Program:
        program = start("workers.py", SPIKARD_ENDPOINT=f"ipc://{directory}")
        program.said(f"attached to the front end at {directory}$")
        front_end.said(f"worker {program.pid} is ready")
        assert not program.has_front_end()
        return program

    return start_one


def _is_ready(front_end: Program, wanted: int) -> bool:
    return fetch(front_end.address, "GET", "/readyz").status == wanted


def test_a_worker_comes_and_goes(front_end: Program, start_worker: StartWorker) -> None:
    assert _is_ready(front_end, 503)
    assert fetch(front_end.address, "GET", "/livez").status == 200
    assert fetch(front_end.address, "GET", "/startupz").status == 200
    worker = start_worker()
    assert fetch(front_end.address, "GET", "/pid").json() == worker.pid
    assert _is_ready(front_end, 200)
    worker.send(signal.SIGTERM)
    assert worker.wait() == 0
    assert _is_ready(front_end, 503)


def test_another_front_end_is_refused(
    start: Start, binary: str, front_end: Program, start_worker: StartWorker, directory: Path
) -> None:
    other = start(binary, "--endpoint", f"ipc://{directory}", "--port", "0")
    assert other.wait() == 3
    assert other.lines == [f"spikard-server: cannot use the directory {directory}: another front end has it"]
    worker = start_worker()
    assert fetch(front_end.address, "GET", "/pid").json() == worker.pid


def test_programs_of_a_handler_do_not_attach(front_end: Program, start_worker: StartWorker) -> None:
    start_worker()
    environment = fetch(front_end.address, "GET", "/environment").json()
    assert "PATH" in environment
    assert "SPIKARD_ENDPOINT" not in environment


def test_held_until_the_first_worker_is_there(front_end: Program, start_worker: StartWorker) -> None:
    with Connection(front_end.address) as known, Connection(front_end.address) as unknown:
        known.send("GET", "/pid")
        unknown.send("GET", "/nowhere")
        worker = start_worker()
        assert known.receive().json() == worker.pid
        assert unknown.receive().status == 404


@pytest.mark.parametrize("front_end", [HOLD], indirect=True)
def test_held_too_long(front_end: Program, start_worker: StartWorker) -> None:
    for _ in range(2):
        asked = time.monotonic()
        reply = fetch(front_end.address, "GET", "/pid")
        assert (reply.status, reply.header("content-type")) == (503, "application/problem+json")
        assert int(reply.header("retry-after")) >= 1
        assert HOLD <= time.monotonic() - asked < HOLD + SOON
        worker = start_worker()
        worker.send(signal.SIGINT)
        assert worker.wait() == 0


def test_worker_killed(front_end: Program, start_worker: StartWorker) -> None:
    first = start_worker()
    with Connection(front_end.address) as get, Connection(front_end.address) as post:
        get.send("GET", "/first-hangs")
        post.send("POST", "/first-hangs")
        until(lambda: first.lines.count("begun, attempt 0") == 2, "both have begun")
        first.send(signal.SIGKILL)
        reply = post.receive()
        assert (reply.status, reply.json()["type"]) == (502, "https://spikard.dev/errors/worker-lost")
        until(lambda: _is_ready(front_end, 503), "it is not ready")
        assert fetch(front_end.address, "GET", "/livez").status == 200
        second = start_worker()
        assert get.receive().json() == {"pid": second.pid, "attempt": 1}
        assert post.request("POST", "/wait/0").json() == second.pid


def test_worker_told_to_leave_finishes_first(front_end: Program, start_worker: StartWorker) -> None:
    first = start_worker()
    with Connection(front_end.address) as connection:
        connection.send("POST", "/wait/0.5")
        first.said("begun")
        first.send(signal.SIGTERM)
        until(lambda: _is_ready(front_end, 503), "it is not ready")
        second = start_worker()
        assert fetch(front_end.address, "GET", "/pid").json() == second.pid
        assert connection.receive().json() == first.pid
    assert first.wait() == 0


def test_two_workers_share(front_end: Program, start_worker: StartWorker) -> None:
    workers = [start_worker(), start_worker()]
    pids = [worker.pid for worker in workers]
    with connections(front_end.address, 10) as all_connections:
        for connection in all_connections:
            connection.send("POST", "/wait/1")
        answered = Counter(connection.receive().json() for connection in all_connections)
    assert answered == dict.fromkeys(pids, 5)
    workers[0].send(signal.SIGKILL)
    workers[0].wait()
    for _ in range(10):
        assert fetch(front_end.address, "GET", "/pid").json() == pids[1]


def test_front_end_started_again(
    start: Start, binary: str, directory: Path, front_end: Program, start_worker: StartWorker
) -> None:
    worker = start_worker()
    worker.note_descriptors()
    front_end.send(signal.SIGKILL)
    front_end.wait()
    port = front_end.address[1]
    again = start(binary, "--endpoint", f"ipc://{directory}", "--port", str(port), "--log-level", "debug")
    again.said("listening on")
    assert fetch(front_end.address, "GET", "/pid").json() == worker.pid
    worker.check_descriptors()
    again.send(signal.SIGTERM)
    assert again.wait() == 0
    worker.send(signal.SIGTERM)
    assert worker.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_front_end_told_to_leave_and_started_again(
    start: Start,
    binary: str,
    front_end: Program,
    start_worker: StartWorker,
    directory: Path,
    number: signal.Signals,
) -> None:
    worker = start_worker()
    with Connection(front_end.address) as connection:
        connection.send("POST", "/wait/0.5")
        worker.said("begun")
        front_end.send(number)
        assert connection.receive().json() == worker.pid
    assert front_end.wait() == 0
    assert not directory.exists()
    again = listening(
        start(binary, "--endpoint", f"ipc://{directory}", "--port", "0", "--log-level", "debug")
    )
    assert fetch(again.address, "GET", "/pid").json() == worker.pid
    worker.send(number)
    assert worker.wait() == 0
