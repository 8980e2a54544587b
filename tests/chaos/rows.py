"""One fault, run against real processes, as one row; `python tests/chaos/rows.py SECONDS` runs and prints all.

Each row is written to a file when it is done, and not run again while that is there. The load is half of what as many
clients get answered when they do not wait.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "e2e"))

from faults import FAULTS, wait_for_two
from harness.fixtures import starting
from harness.program import Program
from ledger_load import LedgerLoad

CLIENTS = 64
CALIBRATION = 3.0
RESULTS = Path(__file__).resolve().parents[2] / "build" / "chaos"


@dataclass(frozen=True)
class Row:
    """What a fault came to.

    Attributes:
        fault: its name.
        times: how often it was done.
        rate: requests a second.
        answered: whole and right answers.
        get_errors: GETs that got anything else than their answer.
        post_lost: POSTs answered 502 with the cause.
        post_lost_unbegun: of these, how many the ledger does not know, and which were not running, either: they could
            have been served elsewhere.
        post_twice: POSTs that ran twice.
        faults: resets, short or wrong bodies, other statuses, answers that never came.
    """

    fault: str
    times: int
    rate: float
    answered: int
    get_errors: int
    post_lost: int
    post_lost_unbegun: int
    post_twice: int
    faults: list[str]

    def __str__(self) -> str:
        verdict = "holds" if self.holds else "FAILS"
        return (
            f"{verdict}  {self.fault:36} x{self.times:<4} {self.rate:4.0f}/s  answered {self.answered:6}"
            f"  GET errors {self.get_errors}  POST 502 {self.post_lost} (not begun {self.post_lost_unbegun})"
            f"  twice {self.post_twice}  other {len(self.faults)}"
        )

    @property
    def holds(self) -> bool:
        return self.times > 0 and not (
            self.get_errors or self.post_lost_unbegun or self.post_twice or self.faults
        )


def capacity(program: Program, ledger: Path) -> float:
    """Give the requests a second that are answered when no client waits."""
    wait_for_two(program)
    with LedgerLoad(program.address, ledger, clients=CLIENTS, rate=1e6) as load:
        time.sleep(CALIBRATION)
    assert not load.outcomes.faults, load.outcomes.faults[0]
    return load.outcomes.answered.total() / CALIBRATION


def run(
    program: Program, ledger: Path, name: str, seconds: float, *, clients: int = 16, rate: float = 120.0
) -> Row:
    """Run one fault against a program that serves, beside so many clients that ask so often a second in all.

    With SPIKARD_MAX_ATTEMPTS=1 nothing is handed to a worker twice, and each row must fail: one that loses nothing even
    then proves nothing.
    """
    front_end = program.front_end
    wait_for_two(program)
    with LedgerLoad(program.address, ledger, clients=clients, rate=rate) as load:
        times = FAULTS[name](program, load, seconds)
    runs, outcomes = load.runs(), load.outcomes
    runners = load.runners()
    # What a stopped worker had begun waits for it; nothing else does.
    late = {n: s for n, s in outcomes.slow.items() if load.stopped and runners.get(n) not in load.stopped}
    outcomes.faults += [f"{number} took {seconds:.1f} s" for number, seconds in late.items()]
    refused = Counter(outcomes.refused.values())
    posts = [number for number, method in outcomes.refused.items() if method == "POST"]
    if program.front_end != front_end:
        outcomes.faults.append("the front end died")
    # Those that died between the recorder's word and the ledger's.
    begun = {*runs, *_stepped(program)}
    return Row(
        fault=name,
        times=times,
        rate=rate,
        answered=sum(outcomes.answered.values()),
        get_errors=refused["GET"],
        post_lost=len(posts),
        post_lost_unbegun=sum(number not in begun for number in posts),
        post_twice=_twice(load, runs),
        faults=outcomes.faults[:20],
    )


def _stepped(program: Program) -> Iterator[str]:
    """The numbers of those that were in a step as their worker died, by what the front end says."""
    for line in program.lines:
        if found := re.search(r'(\{"event":"worker_lost".*\})$', line):
            for told in json.loads(found[1])["exchanges"]:
                if told["state"] == "begun" and told.get("running"):
                    yield told["request_id"]


def _twice(load: LedgerLoad, runs: Counter[str]) -> int:
    return sum(count > 1 for number, count in runs.items() if load.method(number) != "GET")


def main(seconds: float) -> int:
    RESULTS.mkdir(parents=True, exist_ok=True)
    failed = []
    for at, name in enumerate(FAULTS, 1):
        path = RESULTS / f"{at:02}-{seconds:g}s.json"
        if path.exists():
            row = Row(**json.loads(path.read_text()))
        else:
            with _serving() as (program, ledger):
                rate = capacity(program, ledger) / 2
            with _serving() as (program, ledger):
                row = run(program, ledger, name, seconds, clients=CLIENTS, rate=rate)
            path.write_text(json.dumps(asdict(row), indent=1))
        print(row, *row.faults[:3], sep="\n    ", flush=True)
        failed += [] if row.holds else [name]
    print(
        f"{len(FAULTS) - len(failed)} of {len(FAULTS)} rows hold" + "".join(f"; FAILS: {n}" for n in failed)
    )
    return 1 if failed else 0


@contextlib.contextmanager
def _serving() -> Iterator[tuple[Program, Path]]:
    with tempfile.TemporaryDirectory() as directory, starting(Path(directory)) as start:
        ledger = Path(directory) / "ledger"
        yield start("ledger.py", LEDGER=str(ledger)).serving(), ledger


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
