"""A request that ends its process, beside others that ran with it: which of them it was is tried out one by one."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from faults import wait_for_two
from harness.client import Connection, fetch
from harness.waiting import until

if TYPE_CHECKING:
    from harness.fixtures import Start

INNOCENT = 6
# How long a suspect waits to be alone, in seconds.
SOLITUDE = 1.0


@dataclass(frozen=True)
class Note:
    """A line of the ledger."""

    at: float
    pid: str
    word: str
    number: str
    attempt: int


class Ledger:
    """What has run, and when."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def notes(self) -> list[Note]:
        lines = [line.split() for line in self.path.read_text().splitlines()] if self.path.exists() else []
        return [Note(float(at), pid, word, number, int(attempt)) for at, pid, word, number, attempt in lines]

    def begun(self, attempt: int) -> list[Note]:
        return [note for note in self.notes() if (note.word, note.attempt) == ("begin", attempt)]

    def beside(self, suspect: Note) -> set[str]:
        """What ran in the same process while a suspect did."""
        running: dict[str, set[str]] = {}
        there: set[str] = set()
        for note in self.notes():
            others = running.setdefault(note.pid, set())
            others.discard(note.number) if note.word == "end" else others.add(note.number)
            if note.pid == suspect.pid and suspect.number in others:
                there |= others
        return there - {suspect.number}


def test_the_only_one_there_is_to_blame(start: Start, tmp_path: Path) -> None:
    program = start("stuck.py", GATE=str(tmp_path / "gate")).serving()
    wait_for_two(program)
    reply = fetch(program.address, "GET", "/crash-behind")
    assert (reply.status, reply.json()["type"].rpartition("/")[2]) == (500, "poisoned")
    program.said('"worker_lost".*"poisoned"')
    assert sum('"worker_lost"' in line for line in program.lines) == 2


def test_suspects_run_alone(start: Start, tmp_path: Path) -> None:
    victim, death = tmp_path / "victim", tmp_path / "death"
    ledger = Ledger(tmp_path / "ledger")
    program = start("suspects.py", VICTIM=str(victim), DEATH=str(death), LEDGER=str(ledger.path)).serving()
    wait_for_two(program)
    with contextlib.ExitStack() as stack:
        clients = {
            number: stack.enter_context(Connection(program.address))
            for number in [*(f"n{at}" for at in range(INNOCENT)), "poison"]
        }
        for number, client in clients.items():
            client.send("GET", "/poison" if number == "poison" else f"/innocent/{number}")
        until(lambda: len(ledger.begun(0)) == len(clients), "all have begun")
        told = time.monotonic()
        death.touch()
        replies = {number: client.receive() for number, client in clients.items()}
    pids = {note.number: note.pid for note in ledger.begun(0)}
    ran_with_it = {number for number in pids if pids[number] == pids["poison"]} - {"poison"}
    assert len(ran_with_it) >= 2

    poisoned = replies.pop("poison")
    assert (poisoned.status, poisoned.json()["type"].rpartition("/")[2]) == (500, "poisoned")
    assert {number: (reply.status, reply.json()) for number, reply in replies.items()} == {
        number: (200, int(number in ran_with_it)) for number in replies
    }
    assert Counter(note.number for note in ledger.begun(1)) == Counter([*ran_with_it, "poison"])
    assert not ledger.begun(2)

    for suspect in ledger.begun(1):
        # It waits for an empty worker, but not for ever.
        assert suspect.at > told + SOLITUDE or not ledger.beside(suspect)
    program.said('"worker_lost".*"poisoned"')
    wait_for_two(program)
    assert sum('"worker_lost"' in line for line in program.lines) == 2
    assert fetch(program.address, "GET", "/poison").status == 500
    assert len(ledger.begun(0)) == len(clients)
