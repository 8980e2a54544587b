"""What a handler forks is no part of the server: neither its signals nor its life reach it."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest
from harness.client import fetch

if TYPE_CHECKING:
    from harness.fixtures import Start
    from harness.program import Program


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
