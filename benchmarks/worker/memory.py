"""Whether memory stays what it was."""

from __future__ import annotations

from benchmarks.worker.served import load, ours

# What wrk asks in turn: plain, in a thread, in parts, with a body.
_MIXED = """
local requests
local at = 0
init = function(args)
  local json = { ["content-type"] = "application/json" }
  requests = {
    wrk.format("GET", "/async"), wrk.format("GET", "/sync"), wrk.format("GET", "/stream"),
    wrk.format("POST", "/echo", json, '{"a": [1, 2, 3], "b": "text"}'),
  }
end
request = function() at = at % #requests + 1; return requests[at] end
"""


def memory(seconds: float) -> str:
    """Ask for many seconds, in ten parts, and give what is resident after the first and the last."""
    lines = []
    with ours("plain") as served:
        total = 0
        first: dict[str, float] = {}
        for part in range(10):
            total += load(served, "/async", 64, seconds / 10, _MIXED).requests
            now = served.memory()
            if part == 0:
                first, first_total = now, total
        lines.append(f"mixed requests: {first_total} in the first part, {total} in all (goal: x 1.05)")
        for name, size in first.items():
            lines.append(f"  {name:16} {size:6.1f} MiB, then {now[name]:6.1f} MiB: x {now[name] / size:.3f}")
    return "\n".join(lines)
