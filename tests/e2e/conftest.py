"""Starts the programs of the tests, and looks at what is left of them."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from harness.program import Program

PROGRAMS = Path(__file__).parent / "programs"


class Start(Protocol):
    """Starts a program: of the folder `programs`, by its path, or by its whole command."""

    def __call__(self, *command: str | Path, **environment: str) -> Program: ...


@contextlib.contextmanager
def _starting(directory: Path) -> Iterator[Start]:
    with contextlib.ExitStack() as stack:

        def start(*command: str | Path, **environment: str) -> Program:
            if str(command[0]).endswith(".py"):
                command = (sys.executable, PROGRAMS / command[0], *command[1:])
            program = Program(command, directory=directory, environment=environment)
            stack.callback(program.close)
            return program

        yield start


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts programs; all are closed at the end of the test, the last first."""
    with _starting(tmp_path) as start:
        yield start


@pytest.fixture(scope="module")
def _served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with _starting(tmp_path_factory.mktemp("served")) as start:
        yield start(request.module.PROGRAM).serving()


@pytest.fixture
def server(_served: Program) -> Iterator[Program]:
    """The program that the module names as PROGRAM, started once for all its tests."""
    front_end = _served.front_end
    yield _served
    _served.check_descriptors()
    _served.check_reports()
    assert _served.process.poll() is None
    assert _served.front_end == front_end
