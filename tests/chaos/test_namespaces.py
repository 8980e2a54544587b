"""Front end and workers in containers of their own, sharing a directory and nothing else: deaths cost no more.

Each process is the first one of a pid namespace, with its own mounts, as in a pod that does not share processes. Not
collected where nobody may make namespaces (conftest.py).
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from harness import processes
from harness.client import Connection, fetch
from harness.fixtures import PROGRAMS, listening
from harness.namespaces import ALONE
from harness.waiting import until

if TYPE_CHECKING:
    from harness.fixtures import Start


class Pod:
    """A front end and two workers, `a` and `b`."""

    def __init__(self, start: Start, binary: str, directory: Path, sibling: bool) -> None:
        endpoint = f"ipc://{directory / 'endpoint'}"
        options = ("--endpoint", endpoint, "--port", "0", "--log-level", "debug")
        self.gate, self._ledger = directory / "gate", directory / "ledger"
        self.front_end = listening(start(*(ALONE if sibling else ()), binary, *options))
        environment = {"SPIKARD_ENDPOINT": endpoint, "GATE": str(self.gate), "LEDGER": str(self._ledger)}
        self.workers = {
            name: start(*ALONE, sys.executable, PROGRAMS / "contained.py", NAME=name, **environment)
            for name in ("a", "b")
        }
        until(lambda: "spikard_workers_ready 2" in self.metrics(), "two workers are ready")

    def metrics(self) -> str:
        return fetch(self.front_end.address, "GET", "/metrics").body.decode()

    def runs(self) -> dict[str, str]:
        """The name of the worker that has run each number last."""
        lines = self._ledger.read_text().splitlines() if self._ledger.exists() else []
        return {number: name for number, name, pid in map(str.split, lines) if pid == "1"}

    def count(self, number: str) -> int:
        return sum(line.split()[0] == number for line in self._ledger.read_text().splitlines())

    def kill(self, name: str) -> None:
        (child,) = processes.children(self.workers[name].pid)
        os.kill(child.pid, signal.SIGKILL)
        self.workers[name].wait()

    def lost(self) -> Any:
        return json.loads(self.front_end.said(r'(\{"event":"worker_lost".*\})$')[1])


@pytest.fixture(params=["beside", "inside"])
def pod(request: pytest.FixtureRequest, start: Start, binary: str, tmp_path: Path) -> Pod:
    """The front end sees the workers' processes from outside, or is inside a namespace of its own, too."""
    return Pod(start, binary, tmp_path, request.param == "inside")


def test_a_kill_costs_what_had_begun(pod: Pod) -> None:
    with contextlib.ExitStack() as stack:
        names = ("post", "get", "r1", "r2", "r3", "r4")
        connections = {name: stack.enter_context(Connection(pod.front_end.address)) for name in names}
        connections["post"].send("POST", "/block/post")
        until(lambda: len(pod.runs()) == 1, "the first has begun")
        connections["get"].send("GET", "/block/get")
        until(lambda: len(pod.runs()) == 2, "both have begun")
        for number in ("r1", "r2", "r3", "r4"):
            connections[number].send("POST", f"/run/{number}")
        until(lambda: "spikard_exchanges_in_flight 6" in pod.metrics(), "all are with a worker")
        victim, survivor = pod.runs()["post"], pod.runs()["get"]
        assert {victim, survivor} == {"a", "b"}
        pod.kill(victim)
        reply = connections["post"].receive()
        assert (reply.status, reply.json()["type"].rpartition("/")[2]) == (502, "worker-lost")
        lost = pod.lost()
        assert (lost["cause"], lost["incident"]) == ("its process has ended", reply.json()["incident"])
        states = {(told["method"], told["route"]): told["state"] for told in lost["exchanges"]}
        assert states == {("POST", "/block/{number}"): "begun", ("POST", "/run/{number}"): "offered"}
        pod.gate.touch()
        assert connections["get"].receive().json() == {"attempt": 0, "name": survivor}
        served = [connections[number].receive().json() for number in ("r1", "r2", "r3", "r4")]
        assert {each["name"] for each in served} == {survivor}
        assert sorted(each["attempt"] for each in served) == [0, 0, 1, 1]
        assert [pod.count(number) for number in names] == [1] * 6


def test_a_get_that_had_begun_runs_again(pod: Pod) -> None:
    with Connection(pod.front_end.address) as connection:
        connection.send("GET", "/block/get")
        until(lambda: len(pod.runs()) == 1, "it has begun")
        victim = pod.runs()["get"]
        pod.kill(victim)
        until(lambda: pod.count("get") == 2, "it has begun again")
        pod.gate.touch()
        assert connection.receive().json() == {"attempt": 1, "name": "b" if victim == "a" else "a"}


def test_a_crash_is_told_with_its_stack(pod: Pod) -> None:
    with Connection(pod.front_end.address) as connection:
        assert connection.request("POST", "/crash").status == 502
    # The front end knows of it before who has started it does.
    until(lambda: any(worker.process.poll() is not None for worker in pod.workers.values()), "it has ended")
    assert any(line.endswith(" in crash") for line in pod.lost()["stack"])
