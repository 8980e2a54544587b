"""The load: wrk, one thread, all connections kept alive and busy; or an open loop that waits for nobody."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.environment import compiled
from benchmarks.rows import Request

OPEN_LOOP = Path(__file__).parent / "native" / "open_loop.cpp"

# wrk's own reports are rounded for people; this one is exact.
_SCRIPT = """
wrk.method = {method}
wrk.body = {body}
{headers}
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("\\nresult %d %d %d %d %d %d %d %d %d %d\\n",
    summary.requests, summary.duration, e.connect, e.read, e.write, e.status, e.timeout,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
"""


@dataclass(frozen=True)
class Load:
    """What the load generator saw.

    Attributes:
        requests: answers received.
        seconds: it took.
        errors: connections that failed, and answers of another class of status than was asked for.
        p50_us: median of the time from request to answer, in microseconds; in an open loop from when it was due.
        p99_us: 99th percentile of it.
        p999_us: 99.9th percentile of it.
        cpu_seconds: that the load generator itself used.
    """

    requests: int
    seconds: float
    errors: int
    p50_us: int
    p99_us: int
    p999_us: int
    cpu_seconds: float


def send(request: Request, port: int, connections: int, seconds: int) -> Load:
    """Send requests for some time, each as soon as the one before it on its connection is answered."""
    script = _SCRIPT.format(
        method=_lua(request.method),
        body=_lua(request.body) if request.body else "nil",
        headers="\n".join(f"wrk.headers[{_lua(k)}] = {_lua(v)}" for k, v in request.headers.items()),
    )
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", file.name]
        output, cpu = _run([*command, f"http://127.0.0.1:{port}{request.path}"])
    return of_wrk(output, failing=request.statuses[0] >= 400, cpu_seconds=cpu)


def send_at(rate: float, request: Request, port: int, connections: int, seconds: int) -> Load:
    """Send GET requests for some time, so many a second, whether answers come or not."""
    program = compiled(OPEN_LOOP)
    output, cpu = _run([program, str(port), request.path, str(connections), f"{rate:.0f}", str(seconds)])
    return of_open_loop(output, cpu_seconds=cpu)


def of_wrk(output: str, *, failing: bool, cpu_seconds: float) -> Load:
    """Read what wrk has written; where requests are `failing`, an answer of 2xx or 3xx is the error."""
    match = re.search(r"^result (.*)$", output, re.MULTILINE)
    if not match:
        raise RuntimeError(f"wrk said:\n{output}")
    requests, microseconds, *errors, p50, p99, p999 = map(int, match[1].split())
    if failing:
        errors[3] = requests - errors[3]
    return Load(requests, microseconds / 1e6, sum(errors), p50, p99, p999, cpu_seconds)


def of_open_loop(output: str, *, cpu_seconds: float) -> Load:
    """Read what the open loop has written."""
    requests, errors, nanoseconds, p50, p99, p999 = map(int, output.split())
    return Load(requests, nanoseconds / 1e9, errors, p50, p99, p999, cpu_seconds)


def _run(command: list[str]) -> tuple[str, float]:
    before = os.times()
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = os.times()
    return output, (
        after.children_user + after.children_system - before.children_user - before.children_system
    )


def _lua(text: str) -> str:
    # A JSON string of ASCII is a Lua string too, but for \\u and \\/.
    if not text.isascii():
        raise ValueError(f"not ASCII: {text!r}")
    return json.dumps(text)
