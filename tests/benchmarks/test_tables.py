"""What the table says of rounds, goals and disturbances."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.load import Load
from benchmarks.measure import Round
from benchmarks.plots import panels
from benchmarks.report import met, quotients, table
from benchmarks.results import Results
from benchmarks.rows import ROWS, Goal, Request, Row

VERSIONS = {"spikard": {"spikard": "1"}, "uvicorn": {"uvicorn": "2"}}
ROW = Row("a row", Request("/"), ("spikard", "uvicorn"), goals=(Goal("CPU", 0.5, "uvicorn"),))


def _round(cpu: dict[str, float], requests: int = 1000, foreign: float = 0, disturbed: int = 0) -> Round:
    return Round(Load(requests, 1.0, 0, 10, 20, 30, 0), cpu, {"python": 5}, foreign, 0, disturbed)


def _ours(front_end: float, worker: float) -> Round:
    return _round({"spikard-server": front_end, "python": worker})


def _results(folder: Path) -> Results:
    results = Results(folder / "run.json", {"seconds": 1}, VERSIONS)
    for front_end in (1, 2, 3):
        results.add("a row", "spikard", _ours(front_end, 4))
        results.add("a row", "uvicorn", _round({"python": 10}))
    return results


def test_goals_compare_medians_within_rounds(tmp_path: Path) -> None:
    text = table(ROW, _results(tmp_path), 0.1)
    assert "6.0 (5.0-7.0): spikard-server 2.0, python 4.0" in text
    assert "<= 0.5  0.600 (0.500-0.700)  MISSED" in text
    assert "measured again" not in text


def test_a_quantity_is_that_of_the_process_it_names() -> None:
    ours, others = [_ours(3, 4)], [_round({"beast": 2})]
    assert quotients(Goal("front end's CPU", 1, "beast"), ours, others) == [1.5]
    assert quotients(Goal("workers' CPU", 1), ours, []) == [4]
    assert quotients(Goal("CPU", 1, "beast"), ours, others) == [3.5]


@pytest.mark.parametrize(
    ("at_least", "value", "expected"), [(0, 1.9, 1), (0, 2.1, 0), (1, 1.9, 0), (1, 2, 1)]
)
def test_a_bound_has_a_side(at_least: bool, value: float, expected: bool) -> None:
    assert met(Goal("CPU", 2, at_least=at_least), value) == expected


def test_a_goal_may_compare_with_another_row(tmp_path: Path) -> None:
    results = _results(tmp_path)
    results.add("twice", "spikard", _round({}, requests=1900))
    row = Row(
        "twice", Request("/"), ("spikard",), goals=(Goal("requests/s", 1.8, row="a row", at_least=True),)
    )
    assert "1.900 (1.900-1.900)  met" in table(row, results, 0.1)


def test_disturbances_are_told(tmp_path: Path) -> None:
    results = _results(tmp_path)
    results.add("a row", "spikard", _round({}, foreign=0.5, disturbed=3))
    assert "3 rounds were measured again, 1 of the rounds kept were disturbed" in table(ROW, results, 0.1)


def test_plots_show_medians_and_spread(tmp_path: Path) -> None:
    cpu = panels(_results(tmp_path), "a row")[0]
    assert cpu["bars"][0] == {"peer": "spikard", "median": 6, "low": 5, "high": 7}


def test_every_goal_names_what_is_measured() -> None:
    rows = {row.name: row for row in ROWS}
    assert len(rows) == len(ROWS)
    for row in ROWS:
        assert all(goal.peer in ("", *row.peers) for goal in row.goals)
        assert all(goal.row in ("", *rows) for goal in row.goals)
