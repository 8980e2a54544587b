"""What a run has measured so far, kept in a file, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.measure import Round

RESULTS = Path(__file__).resolve().parent / "results"


class OtherConditions(Exception):
    """What a run measured before cannot be compared with what it would measure now."""


class Results:
    """The rounds of one run; each is written when it is done.

    Attributes:
        path: of the file.
    """

    def __init__(self, path: Path, conditions: dict[str, Any], versions: dict[str, dict[str, str]]) -> None:
        """Take up a run, or begin it; peers may join later.

        Raises:
            OtherConditions: it was begun under other conditions, or with other versions of these peers.
        """
        self.path = path
        self._rounds: dict[str, dict[str, list[dict[str, Any]]]] = {}
        self._conditions = conditions
        self._versions = versions
        if path.exists():
            known = json.loads(path.read_text())
            before = known["versions"]
            same = all(before.get(name, made_of) == made_of for name, made_of in versions.items())
            if known["conditions"] != conditions or not same:
                raise OtherConditions(f"{path} has other conditions: choose another name with --run")
            self._rounds = known["rounds"]
            self._versions = {**before, **versions}

    @classmethod
    def read(cls, path: Path) -> Results:
        """Take up a run to look at it."""
        known = json.loads(path.read_text())
        return cls(path, known["conditions"], known["versions"])

    def rows(self) -> list[str]:
        """Give the names of the rows that were measured."""
        return list(self._rounds)

    def peers(self, row: str) -> list[str]:
        """Give the names of the peers that were measured in a row."""
        return list(self._rounds.get(row, {}))

    def rounds(self, row: str, peer: str) -> list[Round]:
        """Give what was measured of a peer in a row."""
        return [Round.from_json(value) for value in self._rounds.get(row, {}).get(peer, [])]

    def add(self, row: str, peer: str, measured: Round) -> None:
        """Keep one round more."""
        self._rounds.setdefault(row, {}).setdefault(peer, []).append(measured.to_json())
        self.path.parent.mkdir(exist_ok=True)
        content = {"conditions": self._conditions, "versions": self._versions, "rounds": self._rounds}
        beside = self.path.with_suffix(".new")
        beside.write_text(json.dumps(content, indent=1) + "\n")
        beside.replace(self.path)
