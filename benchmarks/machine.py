"""What processes and the machine have used, from /proc."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Process:
    """A process at one moment.

    Attributes:
        name: of its program.
        cpu_seconds: used so far, by all of its threads.
        rss_bytes: memory that is resident.
    """

    name: str
    cpu_seconds: float
    rss_bytes: int


@dataclass(frozen=True)
class Machine:
    """All processors at one moment: seconds that somebody computed, and that the hypervisor has stolen."""

    busy_seconds: float
    stolen_seconds: float


def tree(root: int) -> dict[int, Process]:
    """Read a process and all of its descendants, by pid."""
    parents: dict[int, int] = {}
    found: dict[int, Process] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        with contextlib.suppress(OSError):
            head, _, tail = (entry / "stat").read_text().rpartition(")")
            fields = tail.split()  # from the third of proc(5) on
            pid = int(entry.name)
            parents[pid] = int(fields[1])
            cpu = (int(fields[11]) + int(fields[12])) / _TICKS
            found[pid] = Process(head.partition("(")[2], cpu, int(fields[21]) * _PAGE)
    return {pid: process for pid, process in found.items() if _descends(pid, root, parents)}


def machine() -> Machine:
    """Read the whole machine."""
    # user nice system idle iowait irq softirq steal; what interrupts take is counted to the process they hit.
    values = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    user, nice, system, _, _, _, _, steal = (int(value) / _TICKS for value in values)
    return Machine(user + nice + system, steal)


def description() -> dict[str, str]:
    """Say what the machine is, for the record."""
    info = Path("/proc/cpuinfo").read_text()
    model = next(
        (line.partition(":")[2].strip() for line in info.splitlines() if "model name" in line), "unknown"
    )
    system = os.uname()
    return {"cpu": model, "cpus": str(len(os.sched_getaffinity(0))), "kernel": system.release}


def _descends(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid != root:
        pid = parents.get(pid, 0)
        if pid == 0:
            return False
    return True
