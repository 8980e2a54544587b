"""What a worker's death costs, known to the exchange: what had begun, and nothing else."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from harness.client import Connection, fetch
from harness.waiting import until

if TYPE_CHECKING:
    from harness.fixtures import Start
    from harness.program import Program


class Blocked:
    """Two workers whose loops are blocked, each by a request that has begun."""

    def __init__(self, start: Start, directory: Path) -> None:
        self._gate = directory / "gate"
        self._ledger = directory / "ledger"
        self.program: Program = start("blocked.py", GATE=str(self._gate), LEDGER=str(self._ledger)).serving()
        until(lambda: "spikard_workers_ready 2" in self._metrics(), "two workers are ready")

    def _metrics(self) -> str:
        return fetch(self.program.address, "GET", "/metrics").body.decode()

    def runs(self) -> dict[str, int]:
        """Which process has run which number."""
        lines = (
            [line.split() for line in self._ledger.read_text().splitlines()] if self._ledger.exists() else []
        )
        assert len({number for number, _ in lines}) == len(lines), "something ran twice"
        return {number: int(pid) for number, pid in lines}

    def open(self) -> None:
        self._gate.touch()


def test_a_post_that_had_not_begun_is_served_by_another_worker(start: Start, tmp_path: Path) -> None:
    blocked = Blocked(start, tmp_path)
    address = blocked.program.address
    with contextlib.ExitStack() as stack:
        connections = {
            number: stack.enter_context(Connection(address))
            for number in ("b1", "b2", "r1", "r2", "r3", "r4")
        }
        for number in ("b1", "b2"):
            connections[number].send("POST", f"/block/{number}")
        until(lambda: len(blocked.runs()) == 2, "both have begun")
        for number in ("r1", "r2", "r3", "r4"):
            connections[number].send("POST", f"/run/{number}")
        until(lambda: "spikard_exchanges_in_flight 6" in blocked._metrics(), "all are with a worker")
        victim, survivor = blocked.runs()["b1"], blocked.runs()["b2"]
        os.kill(victim, signal.SIGKILL)
        lost = connections["b1"].receive()
        assert (lost.status, lost.json()["type"].rpartition("/")[2]) == (502, "worker-lost")
        blocked.open()
        assert connections["b2"].receive().json() == survivor
        attempts = [connections[number].receive().json()["attempt"] for number in ("r1", "r2", "r3", "r4")]
    assert sorted(attempts) == [0, 0, 1, 1]
    runs = blocked.runs()
    assert set(runs) == {"b1", "b2", "r1", "r2", "r3", "r4"}
    assert victim not in {runs[number] for number in runs if number != "b1"}


@pytest.mark.parametrize("key", [True, False])
def test_a_post_that_had_begun_runs_again_only_with_its_key(start: Start, tmp_path: Path, key: bool) -> None:
    program = Blocked(start, tmp_path).program
    with Connection(program.address) as connection:
        connection.send("POST", "/once-more", headers=[("idempotency-key", "k1")] if key else [])
        os.kill(int(program.said(r"begun by (\d+)")[1]), signal.SIGKILL)
        reply = connection.receive()
    assert (reply.status, reply.json() if key else None) == ((200, 1) if key else (502, None))


def test_a_death_is_told_once_and_the_client_can_name_it(start: Start, tmp_path: Path) -> None:
    blocked = Blocked(start, tmp_path)
    program = blocked.program
    with Connection(program.address) as connection:
        connection.send("POST", "/block/b1", headers=[("x-request-id", "of-the-client")])
        until(lambda: len(blocked.runs()) == 1, "it has begun")
        victim = blocked.runs()["b1"]
        os.kill(victim, signal.SIGKILL)
        problem = connection.receive().json()
    assert problem["type"].endswith("/worker-lost")
    line = program.said(r'(?i)error +front-end (\{"event":"worker_lost".*\})$')
    event = json.loads(line[1])
    assert (event["incident"], event["pid"]) == (problem["incident"], victim)
    # Older kernels do not tell strangers.
    assert event.get("signal", signal.SIGKILL) == signal.SIGKILL
    assert event["memory"] > 1 << 20
    (exchange,) = event["exchanges"]
    assert exchange.pop("age_ms") >= 0
    assert exchange == {
        "request_id": "of-the-client",
        "method": "POST",
        "route": "/block/{number}",
        "state": "begun",
        "running": True,
        "outcome": "failed",
    }
    assert sum('"worker_lost"' in text for text in program.lines) == 1
