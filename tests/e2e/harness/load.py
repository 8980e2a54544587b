"""Clients that ask the same question again and again, and go where they are sent."""

from __future__ import annotations

import json
import threading
from collections import Counter
from typing import Any

from harness.client import Address, Connection


class Load:
    """Started by `with`, ended by its end: what was answered, and what went wrong.

    Each client keeps its connection until an answer says that it ends, then opens another one, unless `elsewhere`
    is set: where a balancer would have other servers.

    Attributes:
        answers: how often each was given.
        faults: what was no answer with status 200.
        elsewhere: whether new connections are somebody else's.
    """

    def __init__(self, address: Address, target: str, clients: int = 8, method: str = "GET") -> None:
        self.answers: Counter[Any] = Counter()
        self.faults: list[str] = []
        self.elsewhere = threading.Event()
        self._address = address
        self._target = target
        self._method = method
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run) for _ in range(clients)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self.wait()

    def wait(self) -> None:
        """Wait until all clients have been sent elsewhere, or are stopped."""
        for thread in self._threads:
            thread.join()

    @property
    def count(self) -> int:
        """How many answers were given."""
        with self._lock:
            return sum(self.answers.values())

    def _run(self) -> None:
        try:
            while not (self._stop.is_set() or self.elsewhere.is_set()):
                with Connection(self._address) as connection:
                    while not self._stop.is_set() and self._ask(connection):
                        pass
        except Exception as error:
            self.faults.append(repr(error))

    def _ask(self, connection: Connection) -> bool:
        reply = connection.request(self._method, self._target)
        with self._lock:
            if reply.status == 200:
                self.answers[json.loads(reply.body)] += 1
            else:
                self.faults.append(f"{reply.status} {reply.body!r}")
        return reply.all("connection") != ["close"]
