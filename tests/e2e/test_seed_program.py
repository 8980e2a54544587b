"""The program at the top of the contract, as users start and stop it."""

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
from harness.client import Connection, fetch, refuses
from harness.program import Program
from harness.waiting import SOON, until

if TYPE_CHECKING:
    from harness.fixtures import Start

SEED = """\
from spikard import Spikard, get

app = Spikard()

@get("/")
async def root():
    return {"message": "Hello"}

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=8000)
"""


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """The program on a free port."""
    path = tmp_path / "server.py"
    path.write_text(SEED.replace("8000", "0"))
    return path


def test_word_for_word(start: Start, seed: Path, tmp_path: Path) -> None:
    path = tmp_path / "as_it_is.py"
    path.write_text(SEED)
    program = start(path)
    if program.said("^Spikard serves on|the port is in use")[0] == "the port is in use":
        program = start(seed)
    program.serving()
    reply = fetch(program.address, "GET", "/")
    assert reply.status == 200
    assert reply.header("content-type") == "application/json"
    assert reply.json() == {"message": "Hello"}


def test_uv_run(start: Start, seed: Path) -> None:
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if uv is None:
        pytest.skip("uv is not installed")
    program = start(uv, "run", "--no-project", "--offline", "--python", sys.executable, seed).serving()
    assert fetch(program.address, "GET", "/").json() == {"message": "Hello"}
    asked = time.monotonic()
    program.send_group(signal.SIGINT)
    assert program.wait() == 0
    assert time.monotonic() - asked < SOON


def test_listener_is_a_native_child_in_the_same_group(start: Start, seed: Path) -> None:
    program = start(seed).serving()
    pid = processes.listener(program.address[1])
    (child,) = processes.children(program.pid)
    assert child.pid == pid
    assert child.group == os.getpgid(program.pid) == program.pid
    assert child.name == "spikard-server"
    with open(f"/proc/{pid}/exe", "rb") as binary:
        assert binary.read(4) == b"\x7fELF"


def _to_program(program: Program, number: signal.Signals) -> None:
    program.send(number)


def _to_group(program: Program, number: signal.Signals) -> None:
    program.send_group(number)


@pytest.mark.parametrize("send", [_to_program, _to_group])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(start: Start, seed: Path, send: object, number: signal.Signals) -> None:
    assert callable(send)
    program = start(seed).serving()
    with Connection(program.address) as kept:
        assert kept.request("GET", "/").status == 200
        asked = time.monotonic()
        send(program, number)
        assert program.wait() == 0
        assert time.monotonic() - asked < SOON
        assert kept.closed_by_server()
    assert not any("Traceback" in line for line in program.lines)


def test_a_begun_request_is_finished_first(start: Start) -> None:
    program = start("slow.py").serving()
    with Connection(program.address) as connection:
        connection.send("GET", "/wait/0.5")
        program.said("waits 0.5")
        program.send_group(signal.SIGINT)
        reply = connection.receive()
        assert (reply.status, reply.json()) == (200, 0.5)
        assert reply.header("connection") == "close"
    assert program.wait() == 0


@pytest.mark.parametrize("handler", ["wait", "block", "stuck"])
def test_ctrl_c_twice_stops_at_once(start: Start, handler: str) -> None:
    program = start("slow.py").serving()
    with Connection(program.address) as connection:
        connection.send("GET", f"/{handler}/60")
        program.said("waits 60")
        program.send_group(signal.SIGINT)
        until(lambda: refuses(program.address), "the listener is closed")
        asked = time.monotonic()
        program.send_group(signal.SIGINT)
        program.wait()
        assert time.monotonic() - asked < SOON
    assert not any("Traceback" in line for line in program.lines)


@pytest.mark.parametrize("handler", ["wait", "block"])
def test_what_does_not_finish_is_given_up(start: Start, handler: str) -> None:
    program = start("slow.py", SPIKARD_SHUTDOWN_TIMEOUT="0.5").serving()
    with Connection(program.address) as connection:
        connection.send("GET", f"/{handler}/60")
        program.said("waits 60")
        asked = time.monotonic()
        program.send(signal.SIGTERM)
        assert program.wait() == 0
        assert time.monotonic() - asked < 0.5 + SOON


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_it_starts(start: Start, seed: Path, number: signal.Signals) -> None:
    for _ in range(5):
        program = start(sys.executable, seed)
        until(program.has_front_end, "a front end")
        program.send_group(number)
        assert program.wait() == 0
        assert not program.has_front_end()
        assert not list(program.files.iterdir())
