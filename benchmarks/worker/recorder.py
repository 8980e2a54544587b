"""What the flight recorder costs: the same application with and without it, in turn."""

from __future__ import annotations

import statistics

from benchmarks.worker.served import Load, Served, load, ours, unrecorded

_CONNECTIONS = 64


def recorder(rounds: int, seconds: float) -> str:
    """Compare, for handlers on the loop and in threads; who is first changes with each round."""
    lines = [
        f"the flight recorder ({_CONNECTIONS} connections, {rounds} x {seconds:g} s; goal: requests/s >= 0.99)"
    ]
    with ours("plain") as with_it, unrecorded("plain") as without_it:
        for path in ("/async", "/sync"):
            found = _rounds(with_it, without_it, path, rounds, seconds)
            for name, field in (("requests/s", "per_second"), ("CPU", "cpu_us")):
                on, off = (statistics.median(getattr(pair[side], field) for pair in found) for side in (0, 1))
                ratios = [getattr(a, field) / getattr(b, field) for a, b in found]
                low, _, high = statistics.quantiles(ratios, n=4)
                lines.append(
                    f"  {path:7} {name:10} with {on:8.1f}  without {off:8.1f}  x {statistics.median(ratios):.4f}"
                    f" (half of the rounds: {low:.4f} to {high:.4f})"
                )
    return "\n".join(lines)


def _rounds(
    with_it: Served, without_it: Served, path: str, rounds: int, seconds: float
) -> list[tuple[Load, Load]]:
    found: list[tuple[Load, Load]] = []
    for served in (with_it, without_it):
        load(served, path, _CONNECTIONS, min(1, seconds))
    for number in range(rounds):
        sides = (with_it, without_it) if number % 2 else (without_it, with_it)
        loads = {served.pid: load(served, path, _CONNECTIONS, seconds) for served in sides}
        found.append((loads[with_it.pid], loads[without_it.pid]))
    return found
