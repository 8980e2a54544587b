"""What a handler forks is no part of the server: neither its signals nor its life reach it."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from harness.client import fetch

if TYPE_CHECKING:
    from harness.fixtures import Start
    from harness.program import Program

# How the handler's end in the child, and the child's status.
_ENDS = {"returns": 0, "leaves": 7, "raises": 1}


@pytest.fixture(params=[{}, {"SPIKARD_SUPERVISE": "true"}], ids=["one process", "supervised"])
def program(start: Start, request: pytest.FixtureRequest) -> Program:
    return start("forks.py", **request.param).serving()


def test_processes_that_are_ended(program: Program) -> None:
    before = fetch(program.address, "GET", "/pid").json()
    assert fetch(program.address, "GET", "/pool").json() == [0, 1, 4]
    assert fetch(program.address, "GET", "/terminated").json() == -signal.SIGTERM
    assert fetch(program.address, "GET", "/pid").json() == before


def test_processes_that_are_kept(program: Program) -> None:
    assert fetch(program.address, "GET", "/executor").json() == 25
    program.send(signal.SIGTERM)
    assert program.wait() == 0


@pytest.mark.parametrize("place", ["loop", "thread"])
def test_a_process_that_comes_back_is_no_second_worker(program: Program, place: str) -> None:
    before = fetch(program.address, "GET", "/pid").json()
    statuses = [fetch(program.address, "POST", f"/{place}/{how}").json() for how in _ENDS]
    assert statuses == list(_ENDS.values())
    assert fetch(program.address, "GET", "/pid").json() == before
    program.said("^ValueError: in the child")
