"""As a service of systemd: its socket is taken over, and it hears when the service is ready, lives, and stops."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.client import Address, Connection, fetch
from harness.fixtures import PROGRAMS, Start
from harness.waiting import DEADLINE, until

UNITS = Path(__file__).resolve().parents[2] / "examples/systemd"
# systemd-socket-activate starts the program with an environment of its own.
PASSED_ON = (
    "SPIKARD_TEST_PROGRAM", "SPIKARD_SERVER", "SPIKARD_WORKERS", "TMPDIR", "PYTHONPATH",
    "LD_PRELOAD", "ASAN_OPTIONS", "UBSAN_OPTIONS",
)  # fmt: skip
WORKERS = pytest.mark.parametrize("workers", ["1", "2"])


class Manager:
    """The end of NOTIFY_SOCKET that systemd has."""

    def __init__(self, path: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(DEADLINE)
        self.socket.bind(path)
        self.path = path

    def hears(self, wanted: str) -> list[str]:
        """Wait for a message; what came before it."""
        before: list[str] = []
        while (said := self.socket.recv(1024).decode()) != wanted:
            before.append(said)
        return before


@pytest.fixture
def manager() -> Iterator[Manager]:
    with tempfile.TemporaryDirectory(prefix="e2e-notify-", dir="/tmp") as directory:
        manager = Manager(f"{directory}/notify")
        with contextlib.closing(manager.socket):
            yield manager


@pytest.fixture
def address() -> Address:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        return host, port


def _activated(address: Address, *command: str | Path, **environment: str) -> list[str | Path]:
    named = [f"--setenv={name}" for name in PASSED_ON if name in {*os.environ, *environment, "TMPDIR"}]
    named += ["--setenv=SPIKARD_TEST_PROGRAM"]
    return ["systemd-socket-activate", f"--listen={address[0]}:{address[1]}", *named, *command]


def _connect(address: Address) -> Connection:
    def connected() -> Connection | None:
        with contextlib.suppress(ConnectionRefusedError):
            return Connection(address)
        return None

    opened = until(connected, "somebody listens")
    assert opened
    return opened


@WORKERS
def test_takes_the_socket_over(start: Start, address: Address, workers: str) -> None:
    command = _activated(address, sys.executable, PROGRAMS / "workers.py", SPIKARD_WORKERS=workers)
    program = start(*command, SPIKARD_WORKERS=workers)
    with _connect(address) as first:
        first.send("GET", "/pid")
        program.serving()
        assert program.address == address
        assert first.receive().status == 200
    # One that dies is started again on the same socket, which was never closed: nobody is refused.
    os.kill(program.front_end, signal.SIGKILL)
    assert fetch(address, "GET", "/pid").status == 200
    program.note_descriptors()
    program.send_group(signal.SIGTERM)
    assert program.wait() == 0


def test_a_front_end_alone_takes_the_socket_over(
    start: Start, address: Address, binary: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    endpoint = f"ipc://{tmp_path_factory.mktemp('alone')}/channel"
    start(*_activated(address, binary, "--endpoint", endpoint))
    with _connect(address) as first:
        assert first.request("GET", "/livez").status == 200


@WORKERS
def test_tells_when_it_is_ready_and_when_it_stops(start: Start, manager: Manager, workers: str) -> None:
    program = start("workers.py", SPIKARD_PORT="0", SPIKARD_WORKERS=workers, NOTIFY_SOCKET=manager.path)
    assert manager.hears("READY=1") == []
    assert fetch(program.serving().address, "GET", "/pid").status == 200
    program.send(signal.SIGTERM)
    assert set(manager.hears("STOPPING=1")) <= {"READY=1"}
    assert program.wait() == 0


@WORKERS
def test_gives_signs_of_life(start: Start, manager: Manager, workers: str) -> None:
    environment = {"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "100000"}
    start("workers.py", SPIKARD_PORT="0", SPIKARD_WORKERS=workers, **environment)
    manager.hears("READY=1")
    for _ in range(3):
        manager.hears("WATCHDOG=1")


def test_without_a_manager_nothing_is_said(start: Start) -> None:
    program = start("workers.py", SPIKARD_PORT="0", WATCHDOG_USEC="100000").serving()
    assert fetch(program.address, "GET", "/pid").status == 200


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    python = str(Path(sys.executable))
    for unit in UNITS.iterdir():
        text = unit.read_text().replace("/opt/application/.venv/bin/python", python)
        (tmp_path / unit.name).write_text(text)
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "spikard.service", tmp_path / "spikard.socket"],
        capture_output=True,
        text=True,
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    # Of units of the machine it may complain as well.
    ours = [line for line in verified.stderr.splitlines() if re.search(r"spikard\.", line)]
    assert (ours, verified.returncode) == ([], 0), verified.stderr
