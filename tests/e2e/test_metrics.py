"""`/metrics`: what is told of a front end and its workers, whatever these do."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from harness.client import Connection, fetch
from harness.waiting import until

if TYPE_CHECKING:
    from harness.fixtures import Start
    from harness.program import Program


def _metrics(program: Program) -> dict[str, int]:
    reply = fetch(program.address, "GET", "/metrics")
    assert reply.status == 200
    lines = reply.body.decode().splitlines()
    return {name: int(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


def test_counted_and_there_now(start: Start) -> None:
    program = start("workers.py").serving()
    # The program tells that it serves with the word that makes its worker ready.
    until(lambda: _metrics(program)["spikard_workers_ready"] == 1, "the worker is ready")
    before = _metrics(program)
    assert before["spikard_exchanges_in_flight"] == before["spikard_queue_depth"] == 0
    with Connection(program.address) as one, Connection(program.address) as other:
        one.send("POST", "/wait/1")
        other.send("POST", "/wait/1")
        until(lambda: _metrics(program)["spikard_exchanges_in_flight"] == 2, "both have begun")
        assert _metrics(program)["spikard_connections"] >= 3
        assert one.receive().status == other.receive().status == 200
    assert fetch(program.address, "GET", "/nowhere").status == 404
    after = _metrics(program)
    assert after["spikard_exchanges_in_flight"] == 0
    failed = 'spikard_requests_total{status="4xx"}'
    assert after[failed] == before[failed] + 1


def test_answered_while_the_worker_stands_still(start: Start) -> None:
    program = start("workers.py").serving()
    with Connection(program.address) as connection:
        connection.send("POST", "/wait/0")
        assert connection.receive().status == 200
        program.send(signal.SIGSTOP)
        try:
            connection.send("POST", "/wait/0")
            until(lambda: _metrics(program)["spikard_exchanges_in_flight"] == 1, "it was sent")
            assert _metrics(program)["spikard_workers_ready"] == 1
        finally:
            program.send(signal.SIGCONT)
        assert connection.receive().status == 200
