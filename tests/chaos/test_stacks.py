"""The log says where a worker was when it crashed, or where its loop stands."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from faults import wait_for_two
from harness.client import Connection
from harness.waiting import DEADLINE, PATIENCE

if TYPE_CHECKING:
    from harness.fixtures import Start
    from harness.program import Program


@pytest.fixture
def program(start: Start, tmp_path: Path) -> Program:
    program = start("stuck.py", GATE=str(tmp_path / "gate")).serving()
    wait_for_two(program)
    return program


def _told(program: Program, event: str) -> Any:
    return json.loads(program.said(rf'front-end (\{{"event":"{event}".*\}})$', DEADLINE + PATIENCE)[1])


@pytest.mark.parametrize(
    "number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL]
)
def test_a_crash_is_told_with_its_stack(program: Program, number: signal.Signals) -> None:
    with Connection(program.address) as connection:
        assert connection.request("POST", f"/crash/{number:d}").status == 502
    lost = _told(program, "worker_lost")
    assert lost["stack"][0].startswith("Fatal Python error: ")
    assert any(line.endswith(" in crash") and "stuck.py:" in line for line in lost["stack"])
    assert lost["exchanges"][0]["route"] == "/crash/{number:int}"


def test_a_crash_of_a_child_is_not_the_workers(program: Program) -> None:
    with Connection(program.address) as connection:
        os.kill(connection.request("GET", "/child-crashes").json(), signal.SIGKILL)
    assert "stack" not in _told(program, "worker_lost")


def test_who_uses_faulthandler_itself_is_left_alone(start: Start, tmp_path: Path) -> None:
    program = start("stuck.py", GATE=str(tmp_path / "gate"), PYTHONFAULTHANDLER="1").serving()
    with Connection(program.address) as connection:
        assert connection.request("POST", f"/crash/{signal.SIGABRT:d}").status == 502
    assert "stack" not in _told(program, "worker_lost")
    program.said("^Fatal Python error: ")


def test_a_kill_has_no_stack(program: Program) -> None:
    with Connection(program.address) as connection:
        assert connection.request("POST", f"/crash/{signal.SIGKILL:d}").status == 502
    assert "stack" not in _told(program, "worker_lost")


@pytest.mark.parametrize("name", ["asleep", "asleep-with-the-gil", "busy"])
def test_a_stuck_loop_is_told_with_its_stack(program: Program, tmp_path: Path, name: str) -> None:
    function = name.replace("-", "_")
    with Connection(program.address) as connection:
        connection.send("GET", f"/{name}")
        silent = _told(program, "worker_silent")
        assert any(line.endswith(f" in {function}") for line in silent["stack"]), silent
        (running,) = silent["exchanges"]
        assert (running["method"], running["route"], running["running"]) == ("GET", f"/{name}", True)
        (tmp_path / "gate").touch()
        assert connection.receive().json() is True, "it goes on"
    program.said("is heard again")


def test_who_stands_at_a_breakpoint_is_not_stuck(start: Start, tmp_path: Path) -> None:
    program = start("stuck.py", GATE=str(tmp_path / "gate"), PYTHONBREAKPOINT="stuck.debug").serving()
    wait_for_two(program)
    with Connection(program.address) as debugged, Connection(program.address) as asleep:
        debugged.send("GET", "/breakpoint")
        program.said("^at a breakpoint$")
        asleep.send("GET", "/asleep")
        program.said("is silent")
        (tmp_path / "gate").touch()
        assert (debugged.receive().json(), asleep.receive().json()) == (True, True)
    assert sum("is silent" in line for line in program.lines) == 1


def test_where_a_killed_worker_stood(program: Program, tmp_path: Path) -> None:
    with Connection(program.address) as connection:
        connection.send("GET", "/asleep")
        pid = _told(program, "worker_silent")["pid"]
        os.kill(pid, signal.SIGKILL)
        lost = _told(program, "worker_lost")
        assert any(line.endswith(" in asleep") for line in lost["stack"])
        (tmp_path / "gate").touch()
        assert connection.receive().json() is True, "another worker has it"


def test_a_stopped_worker_says_nothing_and_is_not_waited_for(program: Program) -> None:
    with Connection(program.address) as connection:
        connection.send("POST", "/stopped")
        pid = int(program.said(r"worker (\d+) is silent")[1])
        os.kill(pid, signal.SIGKILL)
        assert connection.receive().status == 502
    assert "stack" not in _told(program, "worker_lost")
