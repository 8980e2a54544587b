"""What cannot be supervised, or does not start: one clear line, a status other than 0, nothing left, never a loop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from harness.client import connections, fetch
from harness.program import Program
from harness.waiting import DEADLINE, until

if TYPE_CHECKING:
    from harness.fixtures import Start

# In the worker only: what is wrong for the first process is told there, as without a supervisor.
PROGRAM = """\
import asyncio, os, sys
from spikard import Spikard, get
supervised = "SPIKARD_WORKER" in os.environ
if supervised:
    with open("starts", "a") as starts:
        print(os.getpid(), file=starts)
    {in_worker}

@get("/")
async def root():
    await asyncio.sleep(0.05)
    return os.getpid()

app = Spikard()
{last}
app.run(port=0, workers=2)
"""


def _program(directory: Path, in_worker: str = "pass", last: str = "") -> Path:
    path = directory / "server.py"
    path.write_text(PROGRAM.format(in_worker=in_worker, last=last))
    return path


def _starts(directory: Path) -> int:
    return len((directory / "starts").read_text().splitlines())


@pytest.mark.parametrize(
    ("in_worker", "expected", "most"),
    [
        ("import nowhere", "a worker ended with status 1 before it was ready", 2),
        ("raise SystemExit('no database')", "a worker ended with status 1 before it was ready", 2),
        ("sys.exit(0)", "a worker ended with status 0 before it was ready", 2),
        ("os.abort()", r"a worker was killed by signal 6 before it was ready \d+ times in a row", 7),
        ("get('/twice')(root := lambda: 1); get('/twice')(root)", "GET /twice is defined twice", 2),
        ("os.environ['SPIKARD_PORT'] = 'many'", "SPIKARD_PORT must be a whole number", 2),
    ],
)
def test_an_application_that_does_not_start(
    start: Start, tmp_path: Path, in_worker: str, expected: str, most: int
) -> None:
    program = start(sys.executable, _program(tmp_path, in_worker))
    assert program.wait() == 1
    (line,) = [line for line in program.lines if line.startswith("spikard: ")]
    assert program.said(f"^spikard: .*{expected}")[0] in line
    assert program.lines[-1] == line
    assert not any(line.startswith("Spikard serves on") for line in program.lines)
    assert 1 <= _starts(tmp_path) <= most


def test_what_is_wrong_is_told_before_there_is_a_supervisor(start: Start, tmp_path: Path) -> None:
    program = start(sys.executable, _program(tmp_path, last="get('/')(root)"))
    assert program.wait() == 1
    (line,) = program.lines
    assert line.startswith("spikard: ")
    assert "GET / is defined twice" in line
    assert not (tmp_path / "starts").exists()


def test_one_that_starts_no_more_is_backed_off_while_the_other_serves(start: Start, tmp_path: Path) -> None:
    program = start(sys.executable, _program(tmp_path, "os.path.exists('broken') and os._exit(9)")).serving()
    until(lambda: _workers_answering(program) == 2, "both serve")
    (tmp_path / "broken").touch()
    victim = fetch(program.address, "GET", "/").json()
    os.kill(victim, signal.SIGKILL)
    program.said("ended with status 9")
    until(lambda: _starts(tmp_path) >= 5, "it is tried again")
    for _ in range(10):
        assert fetch(program.address, "GET", "/").status == 200
    assert _starts(tmp_path) < 12
    (tmp_path / "broken").unlink()
    until(lambda: _workers_answering(program) == 2, "both serve again")


def _workers_answering(program: Program) -> int:
    with connections(program.address, 8) as many:
        for connection in many:
            connection.send("GET", "/")
        return len({connection.receive().json() for connection in many})


def test_a_port_in_use(start: Start) -> None:
    first = start("workers.py").serving()
    source = Path(__file__).parent / "programs" / "workers.py"
    code = source.read_text().replace("port=0", f"port={first.address[1]}, workers=2")
    path = Path(first.files).parent / f"{first.files.name}.py"
    path.write_text(code)
    try:
        second = start(sys.executable, path)
        assert second.wait() == 1
        (line,) = second.lines
        assert "the port is in use" in line
    finally:
        path.unlink()


RUN = "from spikard import Spikard; Spikard().run(port=0, workers=2)"


@pytest.mark.parametrize(
    ("options", "typed", "expected"),
    [
        (["-c", RUN], "", "the program is the text of -c"),
        (["-"], RUN, "the program was not read from a file"),
        ([], RUN, "the program was not read from a file"),
        (["-c", RUN.replace("workers=2", "supervise=True")], "", "the program is the text of -c"),
        (["-c", RUN.replace("workers=2", "workers=2, supervise=False")], "", "supervise=False forbids it"),
    ],
)
def test_what_cannot_be_run_again(options: list[str], typed: str, expected: str) -> None:
    command = [sys.executable, *options]
    done = subprocess.run(command, input=typed, capture_output=True, text=True, timeout=DEADLINE, check=False)
    assert done.returncode != 0
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("spikard: ")]
    assert expected in line
    assert "Traceback" not in done.stderr


def test_what_is_typed_cannot_be_run_again() -> None:
    command = [sys.executable, "-i", "-q"]
    done = subprocess.run(command, input=RUN, capture_output=True, text=True, timeout=DEADLINE, check=False)
    assert "but this is an interactive interpreter" in done.stderr


def test_serve_is_one_worker(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "server.py"
    path.write_text("import asyncio\nfrom spikard import Spikard\nasyncio.run(Spikard().serve(workers=2))\n")
    program = start(sys.executable, path)
    assert program.wait() == 1
    program.said(r"StartError: app.serve\(\) is one worker inside your own process")


def test_a_front_end_that_is_always_killed_is_given_up(start: Start, tmp_path: Path) -> None:
    program = start(sys.executable, _program(tmp_path)).serving()
    while program.process.poll() is None:
        program.kill_front_end()
    assert program.wait() == 1
    program.said("^spikard: the front end has ended with status -9$")


def test_a_lifespan_that_fails_is_told_once(start: Start) -> None:
    program = start("around.py", FAIL_LIFESPAN="1", SPIKARD_WORKERS="2")
    assert program.wait() == 1
    (line,) = [line for line in program.lines if line.startswith("spikard: ")]
    assert line.startswith("spikard: lifespan (")
    assert line.endswith("ConnectionError: no database at all")
    assert not any("Traceback" in line for line in program.lines)
