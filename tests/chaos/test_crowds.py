"""Small crowds of odd clients: the well-behaved one beside them is answered, and what they cost comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from crowd_clients import large_body
from crowds import CROWDS, SETTINGS, run
from harness.fixtures import Start
from harness.waiting import PATIENCE

SECONDS = 1.5
# Of a small crowd; the large ones are `make crowds`.
SHARE = 20
LARGE = 64 << 20
WORST = 5_000 * PATIENCE


@pytest.mark.parametrize("name", CROWDS)
def test_a_crowd_costs_others_nothing(start: Start, name: str) -> None:
    whole = CROWDS[name]
    member = large_body(LARGE, chunked="chunks" in name) if "of 1 GiB" in name else whole.member
    crowd = replace(whole, member=member, count=max(1, whole.count // SHARE))
    row = run(start("crowds.py", **SETTINGS).serving(), name, crowd, SECONDS)
    assert row.asked > 0
    assert row.failed == []
    assert row.worst < WORST
    assert row.left <= 0
    assert row.grown < 64
    if "GiB" in name:
        assert row.peak < 32
