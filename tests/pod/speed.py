"""`speed.py [ROUNDS [SECONDS]]`: what a pod serves beside one container with the same image and all processes in it.

Both serve at once and are asked in turn. Needs podman, wrk and the wheel in dist/.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "docker"), str(HERE.parents[1])]

from benchmarks.worker.served import Load, Served, load  # noqa: E402
from pod import Pod, answers, build_images, free_port, image, podman, until  # noqa: E402

_CONNECTIONS = 64
_WARM_UP = 2.0


@dataclass(frozen=True)
class Containers(Served):
    """Several that serve at one port: the pid of the first, and those of the others."""

    others: tuple[int, ...] = ()

    def cpu(self) -> float:
        """CPU seconds of all of their processes so far."""
        return super().cpu() + sum(Served(pid, self.port).cpu() for pid in self.others)


def main(rounds: int = 7, seconds: float = 4.0) -> None:
    """Print each round, and the medians."""
    build_images()
    with tempfile.TemporaryDirectory() as folder:
        # What watches a container for podman writes into the folder where it was started.
        os.chdir(folder)
        pod = Pod(Path(folder))
        try:
            print(f"pod ready {pod.ready_after:.2f} s after its start")
            first, *others = (_pid(pod.container(name)) for name in ("front-end", "application"))
            with _one_container() as alone:
                _compare(Containers(first, pod.port, tuple(others)), alone, rounds, seconds)
        finally:
            pod.close()
            os.chdir(HERE)


def _compare(pod: Served, alone: Served, rounds: int, seconds: float) -> None:
    for served in (pod, alone):
        load(served, "/hello", _CONNECTIONS, _WARM_UP)
    found: list[tuple[Load, Load]] = []
    for number in range(rounds):
        one, other = (pod, alone) if number % 2 else (alone, pod)
        a, b = (load(served, "/hello", _CONNECTIONS, seconds) for served in (one, other))
        found.append((a, b) if number % 2 else (b, a))
        print(f"  pod {_told(found[-1][0])}   alone {_told(found[-1][1])}", flush=True)
    for name, field in (("requests/s", "per_second"), ("CPU", "cpu_us")):
        ratios = [getattr(a, field) / getattr(b, field) for a, b in found]
        print(f"{name} x {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})")


def _told(load: Load) -> str:
    return f"{load.per_second:8.0f} requests/s {load.cpu_us:6.1f} us CPU"


@contextlib.contextmanager
def _one_container() -> Iterator[Served]:
    name, port = f"pod-test-{secrets.token_hex(3)}", free_port()
    podman(
        "run", "--detach", "--name", name, "--network", "host", "--read-only", "--tmpfs", "/tmp",
        "--memory", "512m", "--env", f"SPIKARD_PORT={port}", image("1"),
    )  # fmt: skip
    try:
        until(lambda: answers(port), "the container answers")
        yield Served(_pid(name), port)
    finally:
        podman("rm", "--force", "--time", "0", name)


def _pid(container: str) -> int:
    return int(podman("inspect", "--format", "{{.State.Pid}}", container))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
