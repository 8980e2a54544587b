"""Clients that never retry, and what became of each request, beside the ledger of what has run."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from harness.client import Address, Connection, ConnectionClosed
from harness.waiting import SOON

_HUNG_AFTER = 20.0
# For what a worker that does not turn has not begun: sooner than one that is stopped for 5 s goes on.
_SERVED_ELSEWHERE_WITHIN = SOON
_LOST = "https://spikard.dev/errors/worker-lost"


@dataclass
class Outcomes:
    """What became of the requests: numbers by kind and method; and how long those took that took long."""

    answered: Counter[str] = field(default_factory=Counter)
    refused: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    slow: dict[str, float] = field(default_factory=dict)


class LedgerLoad:
    """So many requests a second in all, half of them POST, from clients that wait for each answer.

    Attributes:
        outcomes: so far.
        stopped: pids of workers that were stopped for a while.
        ledger: where what begins to run is written down.
    """

    def __init__(self, address: Address, ledger: Path, *, clients: int = 16, rate: float = 120.0) -> None:
        self.outcomes = Outcomes()
        self.stopped: set[str] = set()
        self._address = address
        self.ledger = ledger
        self._numbers = itertools.count(1)
        self._methods: dict[str, str] = {}
        self._interval = clients / rate
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run) for _ in range(clients)]

    def __enter__(self) -> LedgerLoad:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def runs(self) -> Counter[str]:
        """How often each number has begun, by what the handlers wrote down."""
        return Counter(line.split()[0] for line in self.ledger.read_text().splitlines())

    def runners(self) -> dict[str, str]:
        """The pid of who ran each number last."""
        return dict(line.split() for line in self.ledger.read_text().splitlines())

    def method(self, number: str) -> str:
        """Of the request with this number; those beside the load are all POST."""
        return self._methods.get(number, "POST")

    def once(self, method: str, target: str, number: str) -> int:
        """One request beside the load, which is part of the fault. Gives its status."""
        self._methods[number] = method
        with Connection(self._address, _HUNG_AFTER) as connection:
            return connection.request(method, f"{target}/{number}").status

    def _run(self) -> None:
        chance = random.Random()
        connection: Connection | None = None
        due = time.monotonic() + chance.random() * self._interval
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            due += self._interval
            with self._lock:
                number = f"n{next(self._numbers)}"
                method = self._methods[number] = chance.choice(["GET", "POST"])
            try:
                connection = connection or Connection(self._address, _HUNG_AFTER)
                self._judge(method, number, connection)
            except (ConnectionClosed, OSError, ValueError, AssertionError, KeyError) as error:
                with self._lock:
                    self.outcomes.faults.append(f"{method} {number}: {error!r}")
                connection = None
        if connection is not None:
            connection.close()

    def _judge(self, method: str, number: str, connection: Connection) -> None:
        begun = time.monotonic()
        reply = connection.request(method, f"/numbers/{number}", headers=[("x-request-id", number)])
        took = time.monotonic() - begun
        expected = {"number": number, "method": method, "filling": "x" * 500}
        with self._lock:
            if took > _SERVED_ELSEWHERE_WITHIN:
                self.outcomes.slow[number] = took
            if reply.status == 200 and reply.json() == expected:
                self.outcomes.answered[method] += 1
            elif reply.status == 502 and reply.json()["type"] == _LOST:
                self.outcomes.refused[number] = method
            else:
                self.outcomes.faults.append(f"{method} {number}: {reply.status} {reply.body[:200]!r}")
