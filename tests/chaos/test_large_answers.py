"""The front end leaves while large answers are under way: the worker has to survive that."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness.client import connections
from harness.fixtures import Start, listening
from harness.program import Program

LOSSES = 30
MIB = 1024 * 1024


@pytest.fixture
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="e2e-large-", dir="/tmp") as root:
        yield Path(root) / "spikard"


def test_front_end_leaves_while_it_reads(start: Start, binary: str, directory: Path) -> None:
    endpoint = f"ipc://{directory}"

    def front_end() -> Program:
        options = ("--port", "0", "--shutdown-timeout", "0.005", "--log-level", "debug")
        return listening(start(binary, "--endpoint", endpoint, *options))

    current = front_end()
    worker = start("counting.py", SPIKARD_ENDPOINT=endpoint)
    for turn in range(LOSSES):
        current.said(f"worker {worker.pid} is ready")
        with connections(current.address, 17) as (late, *many):
            # Nothing waits for this one; without it the worker could be drained.
            late.send("GET", "/numbers/0?milliseconds=60000")
            for at, connection in enumerate(many):
                connection.send("GET", f"/numbers/{at}?size={MIB}&milliseconds={at}")
            # Some answers have come, others are on their way.
            many[turn % 8].receive()
            current.send(signal.SIGTERM)
            assert current.wait() == 0
        assert worker.process.poll() is None, "\n".join(worker.lines[-5:])
        current = front_end()
    current.said(f"worker {worker.pid} is ready")
    # Told first: one whose front end leaves waits for the next.
    for program in (worker, current):
        program.send(signal.SIGTERM)
        assert program.wait() == 0
