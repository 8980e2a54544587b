"""Clients that ask numbered questions and judge the answers while the channel is being damaged."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter

from harness import numbers
from harness.client import Address, Connection, Reply, StreamedReply
from harness.numbers import Question

_NUMBER = re.compile(rb"(?=([0-9a-f]{16}))")
_STUCK_AFTER = 3.0
_HUNG_AFTER = 30.0


class Load:
    """Started by `with`, ended by its end; `faults` says what must not be."""

    def __init__(self, address: Address, clients: int, seed: int, *, exact: bool) -> None:
        self.tally: Counter[str] = Counter()
        self.faults: list[str] = []
        self._address = address
        self._exact = exact
        self._asked: set[str] = set()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, args=(random.Random(seed + at),)) for at in range(clients)
        ]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, chance: random.Random) -> None:
        try:
            while not self._stop.is_set():
                self._ask_on_one_connection(chance)
        except Exception as error:
            self.faults.append(f"a client's connection: {error!r}")

    def _ask_on_one_connection(self, chance: random.Random) -> None:
        with Connection(self._address, _STUCK_AFTER) as connection:
            while not self._stop.is_set():
                question = numbers.ask(chance)
                with self._lock:
                    self._asked.add(question.number)
                headers = [("x-request-id", question.number)]
                connection.send(question.method, question.target, headers=headers, body=question.body)
                try:
                    reply = self._receive(connection)
                except StreamedReply:
                    # A single bit says whether more of an answer follows: what was whole may become a stream.
                    if self._exact:
                        raise
                    self.tally["altered, a stream"] += 1
                    if not connection.stream_ends(_HUNG_AFTER):
                        self.faults.append(f"{question.method} {question.target} got a stream without end")
                    return
                with self._lock:
                    self._judge(question, reply)
                # A worker lost while a body was still on its way: the rest of it is not read (RFC 9112, 9.6).
                if reply.all("connection") == ["close"]:
                    return

    def _receive(self, connection: Connection) -> Reply:
        try:
            return connection.receive()
        except TimeoutError:
            # A batch of another incarnation is dropped silently; that one is missing shows with the next one.
            self.tally["stuck until the next batch"] += 1
            with Connection(self._address) as other:
                other.send("GET", "/pid")
                connection.socket.settimeout(_HUNG_AFTER)
                reply = connection.receive()
                connection.socket.settimeout(_STUCK_AFTER)
                return reply

    def _judge(self, question: Question, reply: Reply) -> None:
        name = f"{question.method} {question.target}"
        if reply.all("x-request-id") != [question.number]:
            self.faults.append(f"{name} has the request id {reply.all('x-request-id')}")
        everything = reply.body + repr(reply.headers).encode()
        found = {number.decode() for number in _NUMBER.findall(everything)} - {question.number}
        others = found & self._asked
        if others:
            self.faults.append(f"{name} got bytes of {others}: {reply.status} {everything[:500]!r}")
        if reply.status == 502:
            self.tally[f"502 for {question.method}"] += 1
        elif (reply.status, reply.body, reply.all("x-number")) == (200, question.expected, [question.number]):
            self.tally["whole"] += 1
        elif self._exact:
            self.faults.append(f"{name} got {reply.status} {reply.headers} {reply.body[:200]!r}")
        else:
            self.tally[f"altered, {reply.status}"] += 1
