"""Runs the benchmark; `--help` lists the options."""

from __future__ import annotations

import argparse
import shutil
import sys
from datetime import datetime, timezone

from benchmarks import environment, machine, plots
from benchmarks.environment import Made
from benchmarks.load import OPEN_LOOP
from benchmarks.measure import Effort, measure
from benchmarks.peers import OURS, PEERS, Peer
from benchmarks.report import table
from benchmarks.results import RESULTS, OtherConditions, Results
from benchmarks.rows import ROWS, Row
from benchmarks.server import WrongAnswer

# A disturbed round is measured again, but not for ever.
_TRIES = 4


def main() -> int:
    """Measure what is missing, then write the table."""
    options = _options()
    if not shutil.which("wrk"):
        print("benchmarks: wrk is missing; it is a package of that name", file=sys.stderr)
        return 1
    rows = [row for row in ROWS if any(text in row.name for text in options.row)]
    named = {name for row in rows for name in row.peers}
    peers = [peer for peer in PEERS if peer.name in named and peer.name in (options.peers or named)]
    environment.compiled(OPEN_LOOP)
    made = {peer.name: environment.prepare(peer) for peer in peers}
    effort = Effort(options.warm_up, options.seconds)
    versions = {name: each.versions for name, each in made.items()}
    conditions = {"machine": machine.description(), "seconds": effort.measured}
    results = Results(RESULTS / f"{options.run}.json", conditions, versions)
    _introduce(peers, conditions["machine"], versions)
    for row in rows:
        for number in range(options.rounds):
            for peer in peers:
                if peer.name in row.peers and len(results.rounds(row.name, peer.name)) <= number:
                    _one(results, row, peer, made[peer.name], effort, options.foreign)
        print(table(row, results, options.foreign))
    print(f"all rounds: {results.path}")
    if options.plots:
        print("plots: " + ", ".join(map(str, plots.draw(results.path))))
    return 0


def _one(results: Results, row: Row, peer: Peer, made: Made, effort: Effort, bound: float) -> None:
    for tried in range(_TRIES):
        measured = measure(peer, made, row, effort).after(disturbed=tried)
        said = f"  {peer.name}: {measured.rate:.0f} requests/s, {measured.cpu_us_sum:.1f} us"
        disturbed, last = measured.foreign > bound, tried == _TRIES - 1
        if disturbed:
            said += f", disturbed by {100 * measured.foreign:.0f} % foreign CPU"
            said += ": kept" if last else ": again"
        print(said, file=sys.stderr)
        if not disturbed or last:
            results.add(row.name, peer.name, measured)
            return


def _introduce(peers: list[Peer], about: object, versions: dict[str, dict[str, str]]) -> None:
    print(f"{about}")
    for peer in peers:
        print(f"{peer.name}: {peer.title}")
        print("   " + ", ".join(f"{name} {version}" for name, version in versions[peer.name].items()))
    print()


def _positive_number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _options() -> argparse.Namespace:
    now = datetime.now(timezone.utc).strftime("%Y%m%d-%H%M%S")
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure Spikard and its rivals."
    )
    parser.add_argument("--run", default=now, help="name of the run; one that exists is gone on with")
    parser.add_argument(
        "--rounds", type=_positive_number, default=5, help="of each peer, one after the other (5)"
    )
    parser.add_argument("--seconds", type=_positive_number, default=5, help="of each round (5)")
    parser.add_argument("--warm-up", type=_positive_number, default=2, help="seconds before each round (2)")
    parser.add_argument(
        "--row", nargs="*", default=[""], help="only rows whose name holds one of these texts"
    )
    parser.add_argument("--peers", nargs="*", help=f"only these; first of all {OURS}")
    parser.add_argument(
        "--plots", action="store_true", help="draw the run as well (installs matplotlib once)"
    )
    parser.add_argument(
        "--foreign",
        type=float,
        default=0.1,
        help="CPUs that others may use before a round counts as disturbed (0.1)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (WrongAnswer, OtherConditions) as error:
        sys.exit(f"benchmarks: {error}")
