"""The load: wrk, one thread, all connections kept alive and busy."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass

from benchmarks.rows import Row

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
        errors: connections that failed, and answers that are not of status 2xx or 3xx.
        p50_us: median of the time from request to answer, in microseconds.
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


def send(row: Row, port: int, seconds: int) -> Load:
    """Send a row's requests for some time."""
    script = _SCRIPT.format(
        method=_lua(row.method),
        body=_lua(row.body) if row.body else "nil",
        headers="\n".join(f"wrk.headers[{_lua(k)}] = {_lua(v)}" for k, v in row.headers.items()),
    )
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = ["wrk", "-t1", f"-c{row.connections}", f"-d{seconds}s", "-s", file.name]
        before = os.times()
        url = f"http://127.0.0.1:{port}{row.path}"
        output = subprocess.run([*command, url], check=True, capture_output=True, text=True).stdout
        after = os.times()
    match = re.search(r"^result (.*)$", output, re.MULTILINE)
    if not match:
        raise RuntimeError(f"wrk said:\n{output}")
    requests, microseconds, *errors, p50, p99, p999 = map(int, match[1].split())
    if row.status >= 400:
        errors[3] = requests - errors[3]
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Load(requests, microseconds / 1e6, sum(errors), p50, p99, p999, cpu)


def _lua(text: str) -> str:
    # A JSON string of ASCII is a Lua string too, but for \\u and \\/.
    if not text.isascii():
        raise ValueError(f"not ASCII: {text!r}")
    return json.dumps(text)
