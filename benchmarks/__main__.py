"""Runs the benchmark; `--help` lists the options."""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import datetime, timezone

from benchmarks import environment, machine
from benchmarks.measure import Effort, measure
from benchmarks.peers import OURS, PEERS, Peer
from benchmarks.report import table
from benchmarks.results import Results
from benchmarks.rows import ROWS, Row

# A disturbed round is measured again, but not for ever.
_TRIES = 4


def main() -> int:
    """Measure what is missing, then write the table."""
    options = _options()
    if not shutil.which("wrk"):
        print("benchmarks: wrk is missing; it is a package of that name", file=sys.stderr)
        return 1
    rows = [row for row in ROWS if options.row in row.name]
    peers = [peer for peer in PEERS if not options.peers or peer.name in options.peers]
    pythons = {peer.name: environment.prepare(peer) for peer in peers}
    effort = Effort(options.warm_up, options.seconds)
    versions = {name: environment.versions(python) for name, python in pythons.items()}
    conditions = {"machine": machine.description(), "seconds": effort.measured, "versions": versions}
    results = Results(options.run, conditions)
    _introduce(peers, conditions["machine"], versions)
    for row in rows:
        taking_part = [peer for peer in peers if peer.rows is None or row.name in peer.rows]
        for number in range(options.rounds):
            for peer in taking_part:
                if len(results.rounds(row.name, peer.name)) <= number:
                    _one(results, row, peer, pythons[peer.name], effort, options.foreign)
        print(table(row, {p.name: results.rounds(row.name, p.name) for p in taking_part}, options.foreign))
    print(f"all rounds: {results.path}")
    return 0


def _one(results: Results, row: Row, peer: Peer, python: str, effort: Effort, bound: float) -> None:
    for again in reversed(range(_TRIES)):
        measured = measure(peer, python, row, effort)
        rate = measured.load.requests / measured.load.seconds
        disturbed = measured.foreign > bound
        said = f"  {peer.name}: {rate:.0f} requests/s, {measured.cpu_us_sum:.1f} us"
        if disturbed:
            said += f", disturbed by {100 * measured.foreign:.0f} % foreign CPU" + (
                ": again" if again else ": kept"
            )
        print(said, file=sys.stderr)
        if not disturbed or not again:
            results.add(row.name, peer.name, measured)
            return


def _introduce(peers: list[Peer], about: object, versions: dict[str, dict[str, str]]) -> None:
    print(f"{about}")
    for peer in peers:
        print(f"{peer.name}: {peer.title}")
        print("   " + ", ".join(f"{name} {version}" for name, version in versions[peer.name].items()))
    print()


def _options() -> argparse.Namespace:
    now = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure Spikard and its rivals."
    )
    parser.add_argument("--run", default=now, help="name of the run; one that exists is gone on with")
    parser.add_argument("--rounds", type=int, default=5, help="of each peer, one after the other (5)")
    parser.add_argument("--seconds", type=int, default=5, help="of each round (5)")
    parser.add_argument("--warm-up", type=int, default=2, help="seconds before each round (2)")
    parser.add_argument("--row", default="", help="only rows whose name holds this text")
    parser.add_argument("--peers", nargs="*", help=f"only these; first of all {OURS}")
    parser.add_argument(
        "--foreign",
        type=float,
        default=0.1,
        help="CPUs that others may use before a round counts as disturbed (0.1)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
