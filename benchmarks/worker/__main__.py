"""python -m benchmarks.worker [ROW ...] [--rounds N] [--seconds N] [--requests N]."""

from __future__ import annotations

import argparse

from benchmarks.worker.compare import PAIRS, compare
from benchmarks.worker.events import events
from benchmarks.worker.gone import gone, watch
from benchmarks.worker.memory import memory
from benchmarks.worker.recorder import recorder


def main() -> None:
    """Measure the rows that are named, or all but memory."""
    others = ("gone", "watch", "events", "recorder", "memory")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*PAIRS, *others, []], help="all but memory, unless named")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="of a round; of events: at least 5")
    parser.add_argument("--requests", type=int, default=10_000_000, help="of memory")
    chosen = parser.parse_args()
    for row in chosen.rows or [*PAIRS, *others[:-1]]:
        if row == "gone":
            told = gone()
        elif row == "watch":
            told = watch(chosen.rounds, chosen.seconds)
        elif row == "events":
            told = events(max(chosen.seconds, 5))
        elif row == "recorder":
            told = recorder(chosen.rounds, chosen.seconds)
        elif row == "memory":
            for line in memory(chosen.requests):
                print(line, flush=True)
            continue
        else:
            told = compare(PAIRS[row], chosen.rounds, chosen.seconds)
        print(told, flush=True)


if __name__ == "__main__":
    main()
