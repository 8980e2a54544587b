"""Applications that have something to do when they end have the time for it; streams do not keep them for ever."""

from __future__ import annotations

import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from harness.client import fetch
from harness.fixtures import by_hand
from harness.waiting import DEADLINE

if TYPE_CHECKING:
    from harness.fixtures import Start

MODES: list[dict[str, str]] = [{}, {"SPIKARD_SUPERVISE": "true"}]


@pytest.mark.parametrize("environment", MODES, ids=["one process", "supervised"])
def test_what_an_application_does_at_its_end_is_finished(start: Start, environment: dict[str, str]) -> None:
    program = start("endings.py", **environment).serving()
    assert fetch(program.address, "GET", "/work").body == b"ok"
    program.send(signal.SIGTERM)
    assert program.wait() == 0
    assert program.lines.count("work done") == 1
    assert program.lines.count("lifespan ended") == 1
    assert not any("killed" in line or "WARNING" in line or "not needed" in line for line in program.lines)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_stream_does_not_keep_a_worker_that_was_told_to_leave(
    start: Start, binary: str, tmp_path_factory: pytest.TempPathFactory, workers: str
) -> None:
    directory = tmp_path_factory.mktemp("pod") / "spikard"
    front_end = by_hand(start, binary, directory)
    program = start(
        Path(__file__).parent / "programs" / "endings.py",
        SPIKARD_ENDPOINT=f"ipc://{directory}",
        SPIKARD_WORKERS=workers,
        SPIKARD_SHUTDOWN_TIMEOUT="0.5",
    )
    for number in range(1, int(workers) + 1):
        program.said(rf"worker {number} .* is ready" if workers != "1" else "attached to the front end")
    with socket.create_connection(front_end.address, DEADLINE) as client:
        client.sendall(b"GET /events HTTP/1.1\r\nhost: e2e.test\r\n\r\n")
        received = client.recv(65536)
        assert received.startswith(b"HTTP/1.1 200 ")
        program.send(signal.SIGTERM)
        assert program.wait() == 0
        while part := client.recv(65536):
            received += part
        assert not received.endswith(b"\r\n0\r\n\r\n")
    assert program.lines.count("lifespan ended") == int(workers)


MODES: list[dict[str, str]] = [{}, {"SPIKARD_SUPERVISE": "true"}]


@pytest.mark.parametrize("environment", MODES, ids=["one process", "supervised"])
def test_what_is_cut_off_is_told(start: Start, environment: dict[str, str]) -> None:
    program = start("endings.py", SPIKARD_SHUTDOWN_TIMEOUT="0.5", **environment).serving()
    with socket.create_connection(program.address, DEADLINE) as client:
        client.sendall(b"GET /events HTTP/1.1\r\nhost: e2e.test\r\n\r\n")
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
        program.send(signal.SIGTERM)
        assert program.wait() == 0
    program.said("1 connections have not come to an end in time, and are cut off")
    assert program.lines.count("lifespan ended") == 1
