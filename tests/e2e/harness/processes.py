"""What /proc tells of processes that are not our children."""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_LISTEN = "0A"


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    group: int
    state: str

    @property
    def name(self) -> str:
        """Of its binary."""
        return Path(os.readlink(_PROC / str(self.pid) / "exe")).name


def alive() -> Iterator[Process]:
    """All processes but those that have ended and wait for their parent to look."""
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                process = _read(int(entry.name))
                if process.state not in "ZX":
                    yield process


def _read(pid: int) -> Process:
    # The name may hold anything, parentheses too; what follows the last one is fixed.
    state, parent, group, *_ = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return Process(pid, int(parent), int(group), state)


def children(pid: int) -> list[Process]:
    return [process for process in alive() if process.parent == pid]


def marked(mark: str) -> list[Process]:
    """Those that have this assignment in their environment, wherever they have gone."""
    wanted = mark.encode()
    found = []
    for process in alive():
        with contextlib.suppress(OSError):
            if wanted in (_PROC / str(process.pid) / "environ").read_bytes().split(b"\0"):
                found.append(process)
    return found


def command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    return ""


def descriptors(pid: int) -> dict[str, str]:
    """What its open descriptors refer to, by number; nothing if it has ended."""
    found = {}
    with contextlib.suppress(OSError):
        for entry in (_PROC / str(pid) / "fd").iterdir():
            with contextlib.suppress(OSError):
                found[entry.name] = os.readlink(entry)
    return found


def start_of_peak(pid: int) -> int:
    """What it has in memory now, in bytes; `peak` counts from here, where the system allows that."""
    with contextlib.suppress(OSError):
        (_PROC / str(pid) / "clear_refs").write_text("5")
    return peak(pid)


def peak(pid: int) -> int:
    """What it had in memory at most, in bytes."""
    return _kibibytes(pid, "VmHWM:") * 1024


def resident(pid: int) -> int:
    """What it has in memory, in bytes."""
    return _kibibytes(pid, "VmRSS:") * 1024


def _kibibytes(pid: int, field: str) -> int:
    lines = (_PROC / str(pid) / "status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))


def listener(port: int) -> int:
    """The process that listens on a TCP port."""
    sockets = set()
    for table in ("tcp", "tcp6"):
        for line in (_PROC / "net" / table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                sockets.add(f"socket:[{fields[9]}]")
    for process in alive():
        with contextlib.suppress(OSError):
            if not sockets.isdisjoint(descriptors(process.pid).values()):
                return process.pid
    raise AssertionError(f"nobody listens on port {port}")


def wait_for_end(pid: int, within: float) -> bool:
    """Wait for the end of a process that need not be a child."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        ready, _, _ = select.select([handle], [], [], within)
        return bool(ready)
    finally:
        os.close(handle)
