"""A server of ours or theirs, what it has used, and the load on it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import tree

APPS = Path(__file__).parent / "apps"
_UVICORN = (
    "-m",
    "uvicorn",
    "--loop",
    "uvloop",
    "--http",
    "httptools",
    "--no-access-log",
    "--log-level",
    "warning",
)


@dataclass(frozen=True)
class Served:
    """A server that runs: the pid of its first process, and its port."""

    pid: int
    port: int

    def cpu(self) -> float:
        """CPU seconds of all of its processes so far."""
        return sum(process.cpu_seconds for process in tree(self.pid).values())

    def memory(self) -> dict[str, float]:
        """Resident memory of each, in MiB."""
        return {process.name: process.rss_bytes / 2**20 for process in tree(self.pid).values()}


@contextlib.contextmanager
def ours(kind: str) -> Iterator[Served]:
    """Serve `apps/ours.py`."""
    with _serving("ours.py", "{port}", kind) as served:
        yield served


@contextlib.contextmanager
def unrecorded(kind: str) -> Iterator[Served]:
    """Serve the same by a worker without a flight recorder."""
    with _serving("unrecorded.py", "{port}", kind) as served:
        yield served


@contextlib.contextmanager
def theirs(app: str) -> Iterator[Served]:
    """Serve an application of `apps/theirs.py` on uvicorn."""
    with _serving(*_UVICORN, "--port", "{port}", f"theirs:{app}") as served:
        yield served


@contextlib.contextmanager
def _serving(*arguments: str) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, *(argument.format(port=port) for argument in arguments)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=APPS, stdout=log, stderr=log, start_new_session=True)
        try:
            end = time.monotonic() + 30
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                if process.poll() is not None or time.monotonic() > end:
                    log.seek(0)
                    raise RuntimeError(f"{command} does not serve:\n{log.read().decode()}")
                time.sleep(0.05)
            yield Served(process.pid, port)
        finally:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@dataclass(frozen=True)
class Load:
    """Requests answered, by second and by CPU second of the server; the median time of one."""

    requests: int
    per_second: float
    cpu_us: float
    p50_ms: float


_REPORT = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("\\nresult %d %d %d %d\\n", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50)))
end
"""


def load(served: Served, path: str, connections: int, seconds: float, script: str = "") -> Load:
    """Ask over and over with wrk.

    Raises:
        RuntimeError: an answer was none.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script + _REPORT)
        file.flush()
        url = f"http://127.0.0.1:{served.port}{path}"
        options = ["-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "20s", "-s", file.name]
        before = served.cpu()
        output = subprocess.run(["wrk", *options, url], check=True, capture_output=True, text=True).stdout
        used = served.cpu() - before
    match = re.search(r"^result (\d+) (\d+) (\d+) (\d+)$", output, re.MULTILINE)
    if not match or int(match[3]):
        raise RuntimeError(f"wrk said:\n{output}")
    requests, microseconds, _, p50 = map(int, match.groups())
    return Load(requests, requests / microseconds * 1e6, used * 1e6 / max(1, requests), p50 / 1000)
