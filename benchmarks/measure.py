"""One round of one peer: a fresh server, checked, warmed up, and then measured under load."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from benchmarks.environment import Made
from benchmarks.load import Load, send, send_at
from benchmarks.machine import machine, tree
from benchmarks.peers import Peer
from benchmarks.rows import Row
from benchmarks.server import check, serving


@dataclass(frozen=True)
class Effort:
    """How long a round takes, in seconds."""

    warm_up: int
    measured: int


@dataclass(frozen=True)
class Round:
    """What one round has shown.

    Attributes:
        load: what the load generator saw.
        cpu_us: CPU microseconds per request of each program of the peer, by its name.
        rss_mib: resident memory of each program's processes afterwards, in MiB.
        foreign: CPUs that others than peer and load generator used meanwhile, and that were stolen.
        stolen: the part of it that the hypervisor has stolen.
        disturbed: how often this round was measured before in vain, because of others.
    """

    load: Load
    cpu_us: dict[str, float]
    rss_mib: dict[str, float]
    foreign: float
    stolen: float
    disturbed: int = 0

    @property
    def cpu_us_sum(self) -> float:
        """CPU microseconds per request of the whole peer."""
        return sum(self.cpu_us.values())

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.load.requests / self.load.seconds

    def after(self, disturbed: int) -> Round:
        """Give the same round, after so many in vain."""
        return replace(self, disturbed=disturbed)

    def to_json(self) -> dict[str, Any]:
        """Give values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Round:
        """Reverse `to_json`."""
        return cls(**{**value, "load": Load(**value["load"])})


def measure(peer: Peer, made: Made, row: Row, effort: Effort) -> Round:
    """Serve a peer, and measure it under a row's load.

    Raises:
        WrongAnswer: it does not answer what the row asks for, before or after the load.
    """
    with serving(peer, made, row.workers) as (pid, port):
        check(peer, row.request, port)
        warm = send(row.request, port, row.connections, effort.warm_up)
        machine_before, before = machine(), tree(pid)
        if row.open_loop:
            rate = warm.requests / warm.seconds / 2
            load = send_at(rate, row.request, port, row.connections, effort.measured)
        else:
            load = send(row.request, port, row.connections, effort.measured)
        after, machine_after = tree(pid), machine()
        check(peer, row.request, port)
    cpu: dict[str, float] = {}
    rss: dict[str, float] = {}
    for number, process in after.items():
        used = process.cpu_seconds - (before[number].cpu_seconds if number in before else 0)
        cpu[process.name] = cpu.get(process.name, 0) + used * 1e6 / max(1, load.requests)
        rss[process.name] = rss.get(process.name, 0) + process.rss_bytes / 2**20
    own = sum(cpu.values()) * load.requests / 1e6 + load.cpu_seconds
    busy = machine_after.busy_seconds - machine_before.busy_seconds - own
    stolen = machine_after.stolen_seconds - machine_before.stolen_seconds
    return Round(load, cpu, rss, max(0.0, busy + stolen) / load.seconds, stolen / load.seconds)
