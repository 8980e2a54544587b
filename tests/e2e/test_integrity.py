"""Every response belongs to its request: many connections, each request with a number of its own.

`SPIKARD_TEST_SECONDS=60` makes it last.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter

import pytest
from harness import numbers
from harness.client import Address, Connection
from harness.program import Program

PROGRAM = "counting.py"
CONNECTIONS = 64
THREADS = 8
SECONDS = float(os.environ.get("SPIKARD_TEST_SECONDS", "3"))


def _ask(address: Address, seed: int, end: float, tally: Counter[str], faults: list[str]) -> None:
    """Keep a few connections busy at the same time, and check what each brings."""
    chance = random.Random(seed)
    open_ones = [Connection(address) for _ in range(CONNECTIONS // THREADS)]
    try:
        while time.monotonic() < end and not faults:
            asked = []
            for connection in open_ones:
                question = numbers.ask(chance)
                headers = [("x-request-id", question.number)]
                connection.send(question.method, question.target, headers=headers, body=question.body)
                asked.append(question)
            for connection, question in zip(open_ones, asked, strict=True):
                reply = connection.receive(question.method)
                named = (reply.status, reply.all("x-number"), reply.all("x-request-id"))
                if named != (200, [question.number], [question.number]) or reply.body != question.expected:
                    faults.append(f"{question.method} {question.target}: {named}, {reply.body[:200]!r}")
                tally["responses"] += 1
                tally["bytes"] += len(reply.body)
    except OSError as error:
        faults.append(repr(error))
    finally:
        for connection in open_ones:
            connection.close()


@pytest.mark.timeout(SECONDS + 120)
def test_every_response_belongs_to_its_request(server: Program) -> None:
    end = time.monotonic() + SECONDS
    seed = random.SystemRandom().getrandbits(32)
    faults: list[str] = []
    tallies = [Counter[str]() for _ in range(THREADS)]
    threads = [
        threading.Thread(target=_ask, args=(server.address, seed + at, end, tally, faults))
        for at, tally in enumerate(tallies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = sum(tallies, Counter())
    print(f"seed {seed}: {total['responses']} responses, {total['bytes']} bytes, {SECONDS:g} s")
    assert not faults, faults[0]
    assert all(tally["responses"] >= CONNECTIONS // THREADS for tally in tallies)
