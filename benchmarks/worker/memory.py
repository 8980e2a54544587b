"""Whether memory stays what it was."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.worker.served import load, ours

_TOLD_EVERY = 500_000
# The first look comes when buffers, caches and pools have their size.
_FIRST = 1_000_000
_PART_SECONDS = 5

# What wrk asks in turn: plain, in a thread, in parts, with a body, with one that travels beside its message, and behind
# dependencies.
_MIXED = """
local requests
local at = 0
init = function(args)
  local json = { ["content-type"] = "application/json" }
  local plain = wrk.format("GET", "/async")
  local threaded = wrk.format("GET", "/sync")
  local parts = wrk.format("GET", "/stream")
  local small = wrk.format("POST", "/echo", json, '{"a": [1, 2, 3], "b": "text"}')
  local large = wrk.format("POST", "/echo", json, '{"a": "' .. string.rep("x", 20000) .. '"}')
  local injected = wrk.format("GET", "/injected")
  requests = {
    plain, threaded, parts, small, plain, threaded, parts, small,
    plain, threaded, parts, small, plain, threaded, large, injected,
  }
end
request = function() at = at % #requests + 1; return requests[at] end
"""


def memory(requests: int) -> Iterator[str]:
    """Ask so many mixed requests of one server, and tell what is resident meanwhile."""
    yield f"{requests:,} mixed requests (goal: x 1.05 of what was resident after {_FIRST:,})"
    with ours("plain") as served:
        asked = told = 0
        first: dict[str, float] = {}
        while asked < requests:
            try:
                asked += load(served, "/async", 64, _PART_SECONDS, _MIXED).requests
            except RuntimeError as error:
                # Not counted, and told; what it did to the memory will be seen.
                yield f"  {error}"
                continue
            if asked // _TOLD_EVERY == told and asked < requests:
                continue
            told = asked // _TOLD_EVERY
            now = served.memory()
            if not first and asked >= min(_FIRST, requests):
                first = now
            sizes = (
                f"{name} {size:.1f} MiB" + (f" (x {size / first[name]:.3f})" if first else "")
                for name, size in now.items()
            )
            yield f"  after {asked:>10,}: {', '.join(sizes)}"
