"""Ours and theirs in turn, round after round: medians of the ratios within a round."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from benchmarks.worker.served import Load, load, ours, theirs


@dataclass(frozen=True)
class Pair:
    """One comparison.

    Attributes:
        title: what is compared.
        kind: of ours.
        app: of theirs.
        path: what both are asked.
        connections: open at once.
        goal: what is to be seen.
    """

    title: str
    kind: str
    app: str
    path: str
    connections: int
    goal: str


PAIRS = {
    "def": Pair("a def handler", "plain", "app", "/sync", 64, "requests/s >= 5"),
    "def-one": Pair("a def handler, one connection", "plain", "app", "/sync", 1, "p50 < 1 ms, as for async"),
    "async-one": Pair("an async handler, one connection", "plain", "app", "/async", 1, "p50 < 1 ms"),
    "injected": Pair(
        "3 nested dependencies and 2 hooks", "injected", "with_hooks", "/injected", 64, "CPU <= 0.5"
    ),
    "mounted": Pair("FastAPI behind from_asgi", "mounted", "app", "/async", 64, "requests/s >= 1.1"),
    "mounted-def": Pair("FastAPI's def behind from_asgi", "mounted", "app", "/sync", 64, "requests/s >= 1.1"),
}


def compare(pair: Pair, rounds: int, seconds: float) -> str:
    """Measure a pair, and give a line for each side and one for the ratios."""
    found: list[tuple[Load, Load]] = []
    with ours(pair.kind) as first, theirs(pair.app) as second:
        for served in (first, second):
            load(served, pair.path, pair.connections, min(1, seconds))
        for _ in range(rounds):
            a, b = (load(served, pair.path, pair.connections, seconds) for served in (first, second))
            found.append((a, b))
    lines = [f"{pair.title} ({pair.connections} connections, {rounds} x {seconds:g} s; goal: {pair.goal})"]
    for name, side in (("ours", 0), ("theirs", 1)):
        loads = [pair_of[side] for pair_of in found]
        per_second, cpu, p50 = (
            statistics.median(getattr(one, field) for one in loads)
            for field in ("per_second", "cpu_us", "p50_ms")
        )
        lines.append(f"  {name:7} {per_second:8.0f} requests/s  {cpu:7.1f} us CPU  p50 {p50:.3f} ms")
    for name, field in (("requests/s", "per_second"), ("CPU", "cpu_us")):
        ratios = [getattr(a, field) / getattr(b, field) for a, b in found]
        lines.append(
            f"  {name:10} x {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        )
    return "\n".join(lines)
