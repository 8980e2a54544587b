"""What is compared of a round."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.measure import Round

# The process that holds the clients' connections, where there is one of its own.
_FRONT_END = "spikard-server"


def _front_end(measured: Round) -> float:
    return measured.cpu_us.get(_FRONT_END, measured.cpu_us_sum)


QUANTITIES: dict[str, Callable[[Round], float]] = {
    "CPU": lambda measured: measured.cpu_us_sum,
    "front end's CPU": _front_end,
    "workers' CPU": lambda measured: measured.cpu_us_sum - measured.cpu_us.get(_FRONT_END, 0),
    "requests/s": lambda measured: measured.rate,
    "p50": lambda measured: measured.load.p50_us,
    "p99": lambda measured: measured.load.p99_us,
}
