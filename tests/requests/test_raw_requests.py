"""Runs `cases/*.txt`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from raw_case import Case, read_all
from raw_client import Connection, run, send_at_once, send_in_pieces
from raw_front_end import FrontEnd

CASES = read_all(Path(__file__).with_name("cases"))


@pytest.mark.parametrize("send", [send_at_once, send_in_pieces], ids=["at-once", "in-pieces"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_verdict(
    case: Case, send: Callable[[Connection, bytes], None], front_ends: dict[str, FrontEnd]
) -> None:
    run(case, front_ends[case.front_end].address, send)
