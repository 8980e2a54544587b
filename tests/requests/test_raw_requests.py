"""Runs `cases/*.txt`."""

from pathlib import Path

import pytest
from raw_case import Case, read_all
from raw_client import run, send_at_once, send_in_pieces
from raw_front_end import FrontEnd

CASES = read_all(Path(__file__).with_name("cases"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdict(case: Case, front_ends: dict[str, FrontEnd]) -> None:
    run(case, front_ends[case.front_end].address, send_at_once)


# Of those that differ in one value, the first stands for all.
@pytest.mark.parametrize("case", [case for case in CASES if not case.at_once], ids=lambda case: case.name)
def test_verdict_in_pieces(case: Case, front_ends: dict[str, FrontEnd]) -> None:
    run(case, front_ends[case.front_end].address, send_in_pieces)
