"""Crowds of odd clients, each beside a well-behaved one; `python tests/chaos/crowds.py SECONDS` runs and prints all.

Each row is written to a file in build/crowds when it is done, and not run again while that is there.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "e2e"))

import crowd_clients as clients
from crowd_clients import Address, Member
from harness import processes
from harness.fixtures import starting
from harness.program import Program
from harness.waiting import until

RESULTS = Path(__file__).resolve().parents[2] / "build" / "crowds"
# What the program serves with, so that who stands still is sent away while somebody looks.
SETTINGS = {"SPIKARD_HEADER_TIMEOUT": "3", "SPIKARD_WRITE_TIMEOUT": "3", "SPIKARD_BODY_TIMEOUT": "3"}


@dataclass(frozen=True)
class Crowd:
    """So many clients of a kind, who come again when they are sent away.

    Attributes:
        member: the kind.
        count: how many at once.
        path: what the well-behaved client beside them asks for.
        whole: whether each stays until it is answered, however long that takes.
    """

    member: Member
    count: int
    path: str = "/hello"
    whole: bool = False


CROWDS = {
    "idle connections": Crowd(clients.idle, 2_000),
    "silent clients": Crowd(clients.silent, 2_000),
    "slowloris": Crowd(clients.slowloris, 300),
    "slow bodies": Crowd(clients.slow_body, 300),
    "slow readers": Crowd(clients.slow_reader, 100),
    "half-closed clients": Crowd(clients.half_closed, 200),
    "endless heads": Crowd(clients.endless_head, 20),
    "endless chunks": Crowd(clients.endless_chunks, 20),
    "bodies of 1 GiB": Crowd(clients.large_body(1 << 30), 2, whole=True),
    "chunks of 1 GiB": Crowd(clients.large_body(1 << 30, chunked=True), 2, whole=True),
    "1 GiB refused": Crowd(clients.refused_body(1 << 30), 20),
    "resets": Crowd(clients.reset, 200),
    "10 MiB validated": Crowd(clients.validated(), 2, "/livez"),
    "10 MiB echoed": Crowd(clients.echoed(), 2, "/livez"),
}


@dataclass(frozen=True)
class Row:
    """What came of it.

    Attributes:
        crowd: its name.
        clients: how many at once.
        came: how many in all.
        asked: how often the well-behaved client asked.
        failed: what it got instead of an answer.
        worst: milliseconds that the slowest of its answers took.
        p99: those that 1 % took longer than.
        grown: MiB that the front end had more afterwards than before.
        peak: MiB that front end or worker had more at their highest.
        left: descriptors that it had more.
    """

    crowd: str
    clients: int
    came: int
    asked: int
    failed: list[str]
    worst: float
    p99: float
    grown: float
    peak: float
    left: int

    def __str__(self) -> str:
        return (
            f"{'FAILS' if self.failed or self.left else 'holds'}  {self.crowd:20} x{self.clients:<5} came {self.came:6}"
            f"  asked {self.asked:5}  worst {self.worst:7.1f} ms  p99 {self.p99:6.1f} ms  +{self.grown:.1f} MiB"
            f"  at most +{self.peak:.1f} MiB  +{self.left} descriptors"
        )


def run(program: Program, name: str, crowd: Crowd, seconds: float) -> Row:
    """Let a crowd at a program that serves."""
    descriptors, memory = len(processes.descriptors(program.front_end)), _resident(program.front_end)
    both = (program.front_end, program.pid)
    before = [processes.start_of_peak(pid) for pid in both]
    host, port = program.address
    command = [sys.executable, str(Path(__file__).with_name("bystander.py")), host, str(port), crowd.path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bystander:
        came = asyncio.run(_gather(program.address, crowd, seconds))
        told, _ = bystander.communicate()
    seen = json.loads(told)
    with contextlib.suppress(AssertionError):
        until(lambda: len(processes.descriptors(program.front_end)) <= descriptors, "descriptors are closed")
    return Row(
        crowd=name,
        clients=crowd.count,
        came=came,
        asked=seen["asked"],
        failed=seen["failed"],
        worst=seen["worst"],
        p99=seen["p99"],
        peak=round(
            max(processes.peak(pid) - then for pid, then in zip(both, before, strict=True)) / (1 << 20), 1
        ),
        grown=round((_resident(program.front_end) - memory) / (1 << 20), 1),
        left=len(processes.descriptors(program.front_end)) - descriptors,
    )


async def _gather(address: Address, crowd: Crowd, seconds: float) -> int:
    came = 0
    end = time.monotonic() + seconds

    async def visitor() -> None:
        nonlocal came
        while time.monotonic() < end:
            came += 1
            # Sent away; the next one comes.
            with contextlib.suppress(OSError):
                await crowd.member(address)
            await asyncio.sleep(0.05)

    tasks = [asyncio.ensure_future(visitor()) for _ in range(crowd.count)]
    done, pending = await asyncio.wait(
        tasks, timeout=None if crowd.whole else seconds, return_when=asyncio.FIRST_EXCEPTION
    )
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()
    return came


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


def main(seconds: float) -> int:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    RESULTS.mkdir(parents=True, exist_ok=True)
    rows = []
    for name, crowd in CROWDS.items():
        kept = RESULTS / f"{name.replace(' ', '-')}.json"
        if not kept.exists():
            with (
                tempfile.TemporaryDirectory(prefix="crowds-") as directory,
                starting(Path(directory)) as start,
            ):
                program = start("crowds.py", **SETTINGS).serving()
                kept.write_text(json.dumps(asdict(run(program, name, crowd, seconds))))
        rows.append(Row(**json.loads(kept.read_text())))
        print(rows[-1], flush=True)
    return 1 if any(row.failed or row.left > 0 for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
