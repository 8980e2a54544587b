"""What a crowd has needed of the front end's memory is given back when it has gone."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from harness import processes
from harness.client import connections
from harness.sanitizers import keeps_memory
from harness.waiting import until

if TYPE_CHECKING:
    from harness.fixtures import Start

MEBIBYTE = 1 << 20
CLIENTS = 1000
BODY = b"x" * 120_000


def test_it_comes_back(start: Start) -> None:
    program = start("workers.py", SPIKARD_SUPERVISE="true").serving()
    (worker,) = [child for child in processes.children(program.pid) if child.pid != program.front_end]
    before = processes.resident(program.front_end)
    with connections(program.address, CLIENTS) as crowd:
        os.kill(worker.pid, signal.SIGSTOP)
        for client in crowd:
            client.send("POST", "/wait/0", body=BODY)
        until(lambda: processes.resident(program.front_end) > before + 100 * MEBIBYTE, "it is needed")
        os.kill(worker.pid, signal.SIGCONT)
        for client in crowd:
            assert client.receive().status == 200
    if not keeps_memory(program.front_end):
        until(lambda: processes.resident(program.front_end) < before + 70 * MEBIBYTE, "it is given back")
