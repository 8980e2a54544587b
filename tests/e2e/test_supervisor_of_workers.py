"""Several workers for a front end that somebody else runs: their supervisor starts no front end."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from harness import processes
from harness.client import Connection, connections
from harness.fixtures import by_hand
from harness.waiting import until

if TYPE_CHECKING:
    from harness.fixtures import Start
    from harness.program import Program


@pytest.mark.parametrize("whole_group", [False, True])
def test_workers_only(
    start: Start, binary: str, tmp_path_factory: pytest.TempPathFactory, whole_group: bool
) -> None:
    directory = tmp_path_factory.mktemp("pod") / "spikard"
    front_end = by_hand(start, binary, directory)
    program = start(
        Path(__file__).parent / "programs" / "workers.py",
        SPIKARD_ENDPOINT=f"ipc://{directory}",
        SPIKARD_WORKERS="2",
    )
    before = until(lambda: _serving(front_end, program), "two workers serve")
    assert not program.has_front_end()
    os.kill(min(before), signal.SIGKILL)
    program.said(rf"\(pid {min(before)}\) was killed by signal 9")
    after = until(lambda: _serving(front_end, program), "two workers serve again")
    assert len(before & after) == 1
    with Connection(front_end.address) as connection:
        connection.send("POST", "/wait/0.5")
        program.said("^begun")
        program.send_group(signal.SIGTERM) if whole_group else program.send(signal.SIGTERM)
        assert connection.receive().json() in after
    assert program.wait() == 0
    assert front_end.process.poll() is None


def _serving(front_end: Program, program: Program) -> set[int]:
    there = {child.pid for child in processes.children(program.pid)}
    with connections(front_end.address, 8) as many:
        for connection in many:
            connection.send("GET", "/pid/late")
        answered = {connection.receive().json() for connection in many}
    return there if len(there) == 2 and answered == there else set()
