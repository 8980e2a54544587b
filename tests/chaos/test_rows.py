"""Each row of `make chaos`, for some seconds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from faults import FAULTS
from rows import run

if TYPE_CHECKING:
    from harness.fixtures import Start

SECONDS = 3.5


@pytest.mark.parametrize("name", FAULTS)
def test_row(start: Start, tmp_path: Path, name: str) -> None:
    ledger = tmp_path / "ledger"
    row = run(start("ledger.py", LEDGER=str(ledger)).serving(), ledger, name, SECONDS)
    assert row.holds, f"{row}\n" + "\n".join(row.faults)
    assert row.answered > 100


@pytest.mark.parametrize("name", FAULTS)
def test_row_fails_without_recovery(start: Start, tmp_path: Path, name: str) -> None:
    ledger = tmp_path / "ledger"
    program = start("ledger.py", LEDGER=str(ledger), SPIKARD_MAX_ATTEMPTS="1").serving()
    row = run(program, ledger, name, SECONDS)
    assert not row.holds, row
