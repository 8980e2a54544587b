"""One round of one peer: a fresh server, checked, warmed up, and then measured under load."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.load import Load, send
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
        cpu_us: CPU microseconds per request of each process of the peer, by its program's name.
        rss_mib: resident memory of each process afterwards, in MiB.
        foreign: part of the machine that neither peer nor load generator used: others' CPU, and stolen time.
    """

    load: Load
    cpu_us: dict[str, float]
    rss_mib: dict[str, float]
    foreign: float

    @property
    def cpu_us_sum(self) -> float:
        """CPU microseconds per request of the whole peer."""
        return sum(self.cpu_us.values())

    def to_json(self) -> dict[str, Any]:
        """Give values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Round:
        """Reverse `to_json`."""
        return cls(Load(**value["load"]), value["cpu_us"], value["rss_mib"], value["foreign"])


def measure(peer: Peer, python: str, row: Row, effort: Effort) -> Round:
    """Serve a peer, and measure it under a row's load.

    Raises:
        WrongAnswer: it does not answer what the row asks for, before or after the load.
    """
    with serving(peer, python) as (pid, port):
        check(row, port)
        send(row, port, effort.warm_up)
        machine_before, before = machine(), tree(pid)
        load = send(row, port, effort.measured)
        after, machine_after = tree(pid), machine()
        check(row, port)
    cpu: dict[str, float] = {}
    rss: dict[str, float] = {}
    for number, process in after.items():
        used = process.cpu_seconds - (before[number].cpu_seconds if number in before else 0)
        cpu[process.name] = cpu.get(process.name, 0) + used * 1e6 / max(1, load.requests)
        rss[process.name] = rss.get(process.name, 0) + process.rss_bytes / 2**20
    own = sum(cpu.values()) * load.requests / 1e6 + load.cpu_seconds
    busy = machine_after.busy_seconds - machine_before.busy_seconds - own
    stolen = machine_after.stolen_seconds - machine_before.stolen_seconds
    return Round(load, cpu, rss, max(0.0, busy + stolen) / load.seconds)
