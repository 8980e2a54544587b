"""What a run has measured so far, kept in a file, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.measure import Round

RESULTS = Path(__file__).resolve().parent / "results"


class Results:
    """The rounds of one run; each is written when it is done."""

    def __init__(self, run: str, conditions: dict[str, Any]) -> None:
        """Take up a run, or begin it.

        Raises:
            ValueError: it was begun under other conditions.
        """
        self.path = RESULTS / f"{run}.json"
        self._rounds: dict[str, dict[str, list[dict[str, Any]]]] = {}
        self._conditions = conditions
        if self.path.exists():
            known = json.loads(self.path.read_text())
            if known["conditions"] != conditions:
                raise ValueError(
                    f"{self.path} was begun under other conditions: choose another name with --run"
                )
            self._rounds = known["rounds"]

    def rounds(self, row: str, peer: str) -> list[Round]:
        """Give what was measured of a peer in a row."""
        return [Round.from_json(value) for value in self._rounds.get(row, {}).get(peer, [])]

    def add(self, row: str, peer: str, measured: Round) -> None:
        """Keep one round more."""
        self._rounds.setdefault(row, {}).setdefault(peer, []).append(measured.to_json())
        RESULTS.mkdir(exist_ok=True)
        content = {"conditions": self._conditions, "rounds": self._rounds}
        beside = self.path.with_suffix(".new")
        beside.write_text(json.dumps(content, indent=1) + "\n")
        beside.replace(self.path)
