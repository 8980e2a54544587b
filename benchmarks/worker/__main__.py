"""python -m benchmarks.worker [ROW ...] [--rounds N] [--seconds N]."""

from __future__ import annotations

import argparse

from benchmarks.worker.compare import PAIRS, compare
from benchmarks.worker.events import events
from benchmarks.worker.gone import gone, watch
from benchmarks.worker.memory import memory


def main() -> None:
    """Measure the rows that are named, or all but memory."""
    others = ("gone", "watch", "events", "memory")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*PAIRS, *others, []], help="all but memory, unless named")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="of a round; of memory and events: in all")
    chosen = parser.parse_args()
    for row in chosen.rows or [*PAIRS, *others[:-1]]:
        if row == "gone":
            told = gone()
        elif row == "watch":
            told = watch(chosen.rounds, chosen.seconds)
        elif row == "events":
            told = events(max(chosen.seconds, 5))
        elif row == "memory":
            told = memory(chosen.seconds)
        else:
            told = compare(PAIRS[row], chosen.rounds, chosen.seconds)
        print(told, flush=True)


if __name__ == "__main__":
    main()
