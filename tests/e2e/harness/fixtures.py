"""Fixtures that start programs, and look at what is left of them."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from harness.program import Program

__all__ = ["Start", "binary", "by_hand", "listening", "server", "start"]

PROGRAMS = Path(__file__).parent.parent / "programs"


class Start(Protocol):
    """Starts a program: of the folder `programs`, by its path, or by its whole command."""

    def __call__(self, *command: str | Path, **environment: str) -> Program: ...


@contextlib.contextmanager
def starting(directory: Path) -> Iterator[Start]:
    """What was started is closed at the end, the last first."""
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
    with starting(tmp_path) as start:
        yield start


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with starting(tmp_path_factory.mktemp("served")) as start:
        yield start(request.module.PROGRAM, SPIKARD_PORT="0").serving()


@pytest.fixture
def server(served: Program) -> Iterator[Program]:
    """The program that the module names as PROGRAM, started once for all its tests."""
    front_end = served.front_end
    yield served
    served.check_descriptors()
    served.check_reports()
    assert served.process.poll() is None
    assert served.front_end == front_end


@pytest.fixture(scope="session")
def binary() -> str:
    """The front end that the package brings."""
    code = "import spikard._front_end; print(spikard._front_end.binary())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def listening(program: Program) -> Program:
    """Wait until a front end that was started by hand, with the log level debug, listens."""
    match = program.said(r"listening on (\S+):(\d+)")
    program.address = (match[1], int(match[2]))
    program.note_descriptors()
    return program


def by_hand(start: Start, binary: str, directory: Path) -> Program:
    """Start a front end alone, for workers that come to this endpoint."""
    options = ("--endpoint", f"ipc://{directory}", "--port", "0", "--log-level", "debug")
    return listening(start(binary, *options))
