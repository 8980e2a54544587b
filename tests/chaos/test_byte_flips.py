"""Bytes of batches from workers are changed under load; `SPIKARD_FLIPS=10000` changes many in each mode."""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flips import Flips
from harness.client import connections, fetch
from harness.fixtures import Start, by_hand
from harness.program import Program
from harness.waiting import DEADLINE, until
from load import Load
from relay import Relay

FLIPS = int(os.environ.get("SPIKARD_FLIPS", "200"))
WORKERS = 4
CLIENTS = 12


@pytest.fixture
def directories() -> Iterator[tuple[Path, Path]]:
    """For the front end and for the relay, with names of one length."""
    root = Path(tempfile.mkdtemp(prefix="e2e-flips-", dir="/tmp"))
    (root / "b").mkdir(mode=0o700)
    yield root / "a", root / "b"
    shutil.rmtree(root)


@pytest.fixture
def front_end(start: Start, binary: str, directories: tuple[Path, Path]) -> Program:
    return by_hand(start, binary, directories[0])


class Workers:
    """Keeps workers running: one that was made to leave by a changed message is started again."""

    def __init__(self, start: Start, directory: Path) -> None:
        self._start = start
        self._endpoint = f"ipc://{directory}"
        self.all = [self._start_one() for _ in range(WORKERS)]
        self.left = 0

    def _start_one(self) -> Program:
        return self._start("counting.py", SPIKARD_ENDPOINT=self._endpoint)

    def look(self) -> None:
        for at, worker in enumerate(self.all):
            if worker.process.poll() is not None:
                assert worker.wait() == 0, "\n".join(worker.lines[-20:])
                self.left += 1
                self.all[at] = self._start_one()

    def pids(self) -> set[int]:
        return {worker.pid for worker in self.all}


def _all_serve(front_end: Program, workers: Workers) -> bool:
    workers.look()
    with connections(front_end.address, 4 * WORKERS) as many:
        for connection in many:
            connection.send("GET", "/pid")
        replies = [connection.receive() for connection in many]
    return {reply.json() for reply in replies if reply.status == 200} == workers.pids()


@pytest.mark.timeout(300 + FLIPS)
@pytest.mark.parametrize("recompute", [False, True], ids=["checksum-wrong", "checksum-right"])
def test_single_flips(
    directories: tuple[Path, Path], start: Start, front_end: Program, recompute: bool
) -> None:
    seed = random.SystemRandom().getrandbits(32)
    flips = Flips(0, seed, recompute=recompute)
    with Relay(directories[1], directories[0], flips) as relay:
        workers = Workers(start, directories[1])
        until(lambda: _all_serve(front_end, workers), "all workers serve")
        front_end.note_descriptors()
        with Load(front_end.address, CLIENTS, seed, exact=not recompute) as load:
            flips.count = FLIPS

            def over() -> bool:
                workers.look()
                return bool(flips.done == FLIPS or load.faults or relay.faults)

            until(over, "all flips are done", 200 + FLIPS)
            until(lambda: recompute or relay.damaged() == relay.lost(), "all damaged lanes are lost")
        lost = relay.lost()
        print(f"\n{flips.done} flips, seed {seed}: {lost} lost, {workers.left} left, {dict(load.tally)}")
        assert not relay.faults, relay.faults
        assert not load.faults, load.faults[0]
        assert load.tally["whole"] > FLIPS
        if not recompute:
            assert lost == flips.done
            until(lambda: _count(front_end, "has lost its place") == flips.done, "each loss is told once")
        until(lambda: _all_serve(front_end, workers), "all workers serve again", 2 * DEADLINE)
        assert fetch(front_end.address, "GET", "/livez").status == 200
        with Load(front_end.address, CLIENTS, seed, exact=True) as load:
            until(lambda: load.tally["whole"] > 500 or bool(load.faults), "all is well again")
        assert not load.faults, load.faults[0]
        assert set(load.tally) == {"whole"}
        front_end.check_descriptors()
        for worker in workers.all:
            worker.send(signal.SIGTERM)
        assert {worker.wait() for worker in workers.all} == {0}


def _count(program: Program, text: str) -> int:
    return sum(text in line for line in program.lines)
