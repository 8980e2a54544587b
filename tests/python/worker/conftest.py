"""A worker in a thread of the test's process, and the front end that the test plays for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
PROTOCOL = REPOSITORY / "protocol"
sys.path[:0] = [str(PROTOCOL / "reference"), str(REPOSITORY / "tests" / "wire")]

from front_end import FrontEnd  # noqa: E402
from served import Program, Served, Start  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def _generated(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Make flatc's classes importable: the reference codec reads and writes by them, not by `_native`."""
    directory = tmp_path_factory.mktemp("generated")
    schemas = [PROTOCOL / "message.fbs", PROTOCOL / "manifest.fbs"]
    subprocess.run(["flatc", "--python", "--gen-object-api", "-o", directory, *schemas], check=True)
    sys.path.insert(0, str(directory))


@pytest.fixture
def front_end(tmp_path: Path) -> Iterator[FrontEnd]:
    with FrontEnd(tmp_path) as front_end:
        yield front_end


@pytest.fixture(params=["uvloop", "asyncio"])
def start(request: pytest.FixtureRequest, front_end: FrontEnd, tmp_path: Path) -> Iterator[Start]:
    """Start a worker for an application; at the end it must have left nothing undone."""
    started: list[Served] = []

    def start(app: object, **options: object) -> Served:
        started.append(Served(app, front_end, tmp_path, request.param, **options))
        return started[-1]

    yield start
    for served in started:
        served.stop()


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Write a program that is started in place of the front end; descriptor 3 tells that it listens."""

    def write(body: str) -> Path:
        path = tmp_path / "front-end"
        path.write_text(f"#!{sys.executable}\nimport json, os, signal, sys\n{body}")
        path.chmod(0o700)
        monkeypatch.setenv("SPIKARD_SERVER", str(path))
        return path

    return write
