"""Clients that never retry: what goes wrong for them is an error."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator

# What a request may take: held for 10 s at most, then answered.
_PATIENCE = 20.0
_PAUSE = 0.002


class Load:
    """Keep-alive connections that ask for `/` one request after another until they are stopped."""

    def __init__(self, port: int, clients: int) -> None:
        self._port = port
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.answers: Counter[int] = Counter()
        self.errors: list[str] = []
        self._threads = [threading.Thread(target=self._ask) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every client have its last answer."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def check(self) -> None:
        """Fail if any answer was none, or another than 200."""
        assert not self.errors, f"{len(self.errors)} errors, for example {self.errors[:3]}"
        assert set(self.answers) == {200}, self.answers

    def more(self, count: int) -> None:
        """Wait until so many more have been answered."""
        end, wanted = time.monotonic() + _PATIENCE, self._answered() + count
        while self._answered() < wanted:
            assert time.monotonic() < end, f"{wanted - self._answered()} of {count} answers are missing"
            time.sleep(_PAUSE)

    def _answered(self) -> int:
        with self._lock:
            return self.answers.total()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE)
        while not self._stop.is_set():
            try:
                connection.request("GET", "/")
                answer = connection.getresponse()
                answer.read()
                with self._lock:
                    self.answers[answer.status] += 1
            except (OSError, http.client.HTTPException) as error:
                with self._lock:
                    self.errors.append(f"{type(error).__name__}: {error}")
                connection.close()
            # Not as fast as they can: what they share with the pod are a few cores.
            time.sleep(_PAUSE)
        connection.close()


@contextlib.contextmanager
def load(port: int, clients: int = 8) -> Iterator[Load]:
    """Load within the block; errors fail it at its end."""
    running = Load(port, clients)
    try:
        running.more(100)
        yield running
    finally:
        running.stop()
    running.check()
    print(f"{running.answers.total()} answers, no error")
