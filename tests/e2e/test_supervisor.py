"""Several workers: what users start, kill and stop."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from harness import processes
from harness.client import Connection, connections, fetch, refuses
from harness.program import Program
from harness.waiting import SOON, until

if TYPE_CHECKING:
    from harness.fixtures import Start

# AddressSanitizer turns a SIGSEGV into a report of its own.
DEADLY = [signal.SIGKILL, signal.SIGTERM] + [signal.SIGSEGV] * (
    "asan" not in os.environ.get("LD_PRELOAD", "")
)
ORPHANS_GONE_WITHIN = 5.0 + SOON


def workers(program: Program) -> set[int]:
    """The workers' pids: the children that are no front end."""
    return {each.pid for each in processes.children(program.pid)} - {program.front_end}


def answering(program: Program) -> set[int]:
    """The pids that answer a handful of requests."""
    with connections(program.address, 8) as many:
        for connection in many:
            connection.send("GET", "/pid/late")
        return {connection.receive().json() for connection in many}


def all_serve(program: Program, count: int = 2) -> set[int]:
    """Wait until so many workers serve, and no others are there."""

    def probe() -> set[int]:
        there = workers(program)
        return there if len(there) == count and answering(program) == there else set()

    return until(probe, f"{count} workers serve")


@pytest.fixture
def supervised(start: Start) -> Program:
    program = start("workers.py", SPIKARD_WORKERS="2").serving()
    all_serve(program)
    # Those of a worker that has just answered for the first time include what it opens once.
    program.note_descriptors()
    return program


def test_the_processes_are_what_tools_rely_on(supervised: Program) -> None:
    children = processes.children(supervised.pid)
    assert len(children) == 3
    assert {child.group for child in children} == {supervised.pid}
    assert processes.listener(supervised.address[1]) == supervised.front_end
    assert sum(line.startswith("Spikard serves on") for line in supervised.lines) == 1
    for pid in workers(supervised):
        assert os.readlink(f"/proc/{pid}/exe") == os.path.realpath(sys.executable)
    assert "spikard._supervisor" in processes.command_line(supervised.pid)


def test_one_supervised_worker(start: Start) -> None:
    program = start("workers.py", SPIKARD_SUPERVISE="true").serving()
    (worker,) = all_serve(program, 1)
    assert worker != program.pid


def test_programs_of_a_handler_do_not_attach(supervised: Program) -> None:
    environment = fetch(supervised.address, "GET", "/environment").json()
    assert {"SPIKARD_WORKER", "SPIKARD_ENDPOINT"}.isdisjoint(environment)


@pytest.mark.parametrize("number", DEADLY)
def test_a_worker_that_ends_is_replaced(supervised: Program, number: signal.Signals) -> None:
    before = workers(supervised)
    victim = min(before)
    os.kill(victim, number)
    until(lambda: victim not in workers(supervised), "it has ended")
    for _ in range(10):
        assert fetch(supervised.address, "GET", "/pid").json() != victim
    after = all_serve(supervised)
    assert len(after & before) == 1
    if number != signal.SIGTERM:
        supervised.said(rf"supervisor worker \d \(pid {victim}\) was killed by signal {number:d}")


def test_a_worker_asked_to_leave_finishes_first(supervised: Program) -> None:
    with Connection(supervised.address) as connection:
        connection.send("POST", "/wait/0.7")
        supervised.said("^begun")
        for pid in workers(supervised):
            os.kill(pid, signal.SIGTERM)
        assert connection.receive().status == 200
    all_serve(supervised)


def test_all_workers_killed(supervised: Program) -> None:
    before = workers(supervised)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    reply = fetch(supervised.address, "GET", "/pid")
    assert reply.status == 200
    assert reply.json() not in before
    all_serve(supervised)


def test_front_end_killed(supervised: Program) -> None:
    before = workers(supervised)
    front_end = supervised.front_end
    os.kill(front_end, signal.SIGKILL)
    assert processes.wait_for_end(front_end, 5)
    until(lambda: not refuses(supervised.address), "it listens again", SOON)
    assert all_serve(supervised) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("whole_group", [False, True])
def test_a_signal_ends_all(supervised: Program, number: signal.Signals, whole_group: bool) -> None:
    with Connection(supervised.address) as connection:
        connection.send("POST", "/wait/0.5")
        supervised.said("^begun")
        supervised.send_group(number) if whole_group else supervised.send(number)
        assert connection.receive().status == 200
        asked = time.monotonic()
    assert supervised.wait() == 0
    assert time.monotonic() - asked < SOON
    bad = ("Traceback", "was killed", "was asked to leave")
    assert not any(word in line for line in supervised.lines for word in bad)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_it_starts(start: Start, number: signal.Signals) -> None:
    for _ in range(3):
        program = start("workers.py", SPIKARD_WORKERS="2")
        until(program.has_front_end, "a front end")
        program.send_group(number)
        assert program.wait() == 0
        assert not any("Traceback" in line for line in program.lines)


def test_what_a_signal_to_all_ends_as_it_starts_has_not_failed(start: Start) -> None:
    for _ in range(2):
        # So many that their ends would be reason enough to give up.
        program = start("workers.py", SPIKARD_WORKERS="8")
        until(lambda program=program: len(processes.children(program.pid)) == 9, "all have been started")
        program.send_group(signal.SIGTERM)
        assert program.wait() == 0
        assert not any("killed" in line for line in program.lines)


def test_ctrl_c_twice_stops_at_once(start: Start) -> None:
    program = start("slow.py", SPIKARD_WORKERS="2").serving()
    with Connection(program.address) as connection:
        connection.send("GET", "/stuck/60")
        program.said("waits 60")
        program.send_group(signal.SIGINT)
        until(lambda: refuses(program.address), "the listener is closed")
        asked = time.monotonic()
        program.send_group(signal.SIGINT)
        assert program.wait() == 1
        assert time.monotonic() - asked < SOON


@pytest.mark.parametrize("handler", ["wait", "block", "stuck"])
def test_supervisor_killed_leaves_nothing(start: Start, handler: str) -> None:
    program = start("slow.py", SPIKARD_WORKERS="2").serving()
    with Connection(program.address) as connection:
        connection.send("GET", f"/{handler}/60")
        program.said("waits 60")
        children = {each.pid for each in processes.children(program.pid)}
        assert len(children) == 3
        program.send(signal.SIGKILL)
        until(lambda: refuses(program.address), "it listens no more", SOON)
        for pid in children:
            assert processes.wait_for_end(pid, ORPHANS_GONE_WITHIN)
    assert not list(program.files.iterdir())


def test_supervisor_killed_while_a_worker_imports(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "server.py"
    path.write_text(
        "import os, sys, time\nfrom spikard import Spikard\n"
        "if 'SPIKARD_WORKER' in os.environ:\n    print('imports', file=sys.stderr)\n    time.sleep(60)\n"
        "Spikard().run(port=0, workers=2)\n"
    )
    program = start(sys.executable, path)
    program.said("imports")
    children = {each.pid for each in processes.children(program.pid)}
    program.send(signal.SIGKILL)
    for pid in children:
        assert processes.wait_for_end(pid, ORPHANS_GONE_WITHIN)


def test_signals_add_and_remove_a_worker(supervised: Program) -> None:
    supervised.send(signal.SIGTTIN)
    three = all_serve(supervised, 3)
    supervised.send(signal.SIGTTOU)
    assert all_serve(supervised, 2) < three
    supervised.send(signal.SIGTTOU)
    all_serve(supervised, 1)
    supervised.send(signal.SIGTTOU)
    supervised.said("the last worker stays")
    supervised.send(signal.SIGTTIN)
    all_serve(supervised, 2)


@pytest.mark.parametrize("count", ["1", "2"])
def test_a_closed_terminal_leaves_nothing(start: Start, count: str) -> None:
    program = start("workers.py", SPIKARD_WORKERS=count).serving()
    program.send_group(signal.SIGHUP)
    assert program.wait() == -signal.SIGHUP  # what is left of it is looked for at the end


@pytest.mark.parametrize("count", ["1", "2"])
def test_nohup_is_for_all_of_it(start: Start, count: str) -> None:
    source = Path(__file__).parent / "programs" / "workers.py"
    command = ("sh", "-c", 'trap "" HUP; exec "$0" "$1"', sys.executable, source)
    program = start(*command, SPIKARD_WORKERS=count).serving()
    there = {program.pid, *(each.pid for each in processes.children(program.pid))}
    program.send_group(signal.SIGHUP)
    for _ in range(20):
        assert fetch(program.address, "GET", "/pid").json() in there
    assert {program.pid, *(each.pid for each in processes.children(program.pid))} == there


def test_a_module(start: Start, tmp_path: Path) -> None:
    package = tmp_path / "application"
    package.mkdir()
    (package / "__init__.py").touch()
    source = Path(__file__).parent / "programs" / "workers.py"
    (package / "__main__.py").write_text(source.read_text())
    program = start(sys.executable, "-m", "application", SPIKARD_WORKERS="2").serving()
    all_serve(program)


def test_uv_run(start: Start) -> None:
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if uv is None:
        pytest.skip("uv is not installed")
    source = Path(__file__).parent / "programs" / "workers.py"
    command = (uv, "run", "--no-project", "--offline", "--python", sys.executable, source)
    program = start(*command, SPIKARD_WORKERS="2").serving()
    assert len({fetch(program.address, "GET", "/pid").json() for _ in range(20)}) <= 2
    program.send_group(signal.SIGINT)
    assert program.wait() == 0
