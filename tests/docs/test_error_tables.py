"""docs/errors.md names every problem and every word of a 422."""

from __future__ import annotations

import json
import re
from pathlib import Path

from spikard import _native

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "errors.md").read_text()


def test_every_problem() -> None:
    rows = re.findall(r"^\| (\d{3})\*? \| `([a-z-]+)` \| ([^|]+) \|", TEXT, re.MULTILINE)
    assert rows == sorted(rows, key=lambda row: row[0])
    for status, slug, title in rows:
        problem = json.loads(_native.problem(int(status), slug))
        assert problem["type"] == f"https://spikard.dev/errors/{slug}"
        assert problem["title"] == title
    words = {json.loads(_native.problem(status))["type"].rpartition("/")[2] for status in range(400, 600)}
    assert words - {"error"} <= {slug for _, slug, _ in rows}


def test_every_word_of_a_validation_error() -> None:
    documented = set(re.findall(r"`([a-z_]+)`", TEXT.partition("| `type` | of |")[2]))
    wording = (ROOT / "server" / "stage" / "wording.cpp").read_text()
    words = set(re.findall(r'"((?:[a-z]+_)+(?:parsing|type|error|mismatch|short|long|than|equal))"', wording))
    assert {"int_parsing", "too_short", "greater_than_equal"} <= words
    assert words <= documented
