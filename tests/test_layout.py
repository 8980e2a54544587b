"""What holds for the tree as a whole."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 400
# In two pieces each, so that this file may name them.
UNFINISHED = re.compile("|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]))
ONE_MACHINE = re.compile("/" + r"(work|root|home)/\w")


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def _texts() -> list[tuple[str, str]]:
    files = _tracked(":!protocol/vectors", ":!tests/fuzz/corpus", ":!tests/requests/cases")
    return [(str(path.relative_to(ROOT)), path.read_text(errors="replace")) for path in files]


def test_no_file_holds_a_second_noun() -> None:
    files = _tracked("*.cpp", "*.hpp", "*.py", "*.pyi", "*.fbs")
    lengths = {str(path.relative_to(ROOT)): path.read_bytes().count(b"\n") for path in files}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


@pytest.mark.parametrize("forbidden", [UNFINISHED, ONE_MACHINE], ids=["unfinished", "one machine"])
def test_no_text_says_what_it_should_not(forbidden: re.Pattern[str]) -> None:
    assert [name for name, text in _texts() if forbidden.search(text)] == []


def test_nothing_built_is_committed() -> None:
    assert _tracked("build", "dist", ".venv", "benchmarks/results", "*.so", "*.whl", "*_generated.h") == []


def test_a_room_names_only_rooms_to_its_left() -> None:
    rooms = re.findall(r"spikard_room\((\w+)([^)]*)\)", (ROOT / "server/CMakeLists.txt").read_text())
    assert len(rooms) > 5
    seen = {"protocol"}
    for name, arguments in rooms:
        named = re.search(r"\bROOMS\s+([a-z\s]+)", arguments)
        assert set(named[1].split() if named else ()) <= seen, name
        seen.add(name)


def test_every_room_of_the_server_is_a_room_of_the_build() -> None:
    built = set(re.findall(r"spikard_room\((\w+)", (ROOT / "server/CMakeLists.txt").read_text()))
    folders = {path.relative_to(ROOT / "server").parts[0] for path in _tracked("server/*/*")}
    assert folders - {"bindings"} == built
