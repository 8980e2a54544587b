"""Runs go on where they were, peers are prepared once, and answers are looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.load import Load
from benchmarks.measure import Round
from benchmarks.peers import APPS, PEERS
from benchmarks.results import OtherConditions, Results
from benchmarks.rows import ROWS, Request
from benchmarks.server import WrongAnswer, judge

PEER = {peer.name: peer for peer in PEERS}
ROUND = Round(Load(1, 1.0, 0, 1, 2, 3, 0.5), {"python": 1.5}, {"python": 2.5}, 0.25, 0.125, 1)


def test_a_run_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "results" / "run.json"
    first = Results(path, {"seconds": 1}, {"a": {"x": "1"}})
    first.add("row", "a", ROUND)
    again = Results(path, {"seconds": 1}, {"b": {"y": "2"}})
    assert again.rounds("row", "a") == [ROUND]
    again.add("row", "b", ROUND)
    assert Results.read(path).peers("row") == ["a", "b"]


@pytest.mark.parametrize(
    ("seconds", "version"), [(2, "1"), (1, "2")], ids=["another effort", "another version"]
)
def test_a_run_does_not_mix_conditions(tmp_path: Path, seconds: int, version: str) -> None:
    path = tmp_path / "run.json"
    Results(path, {"seconds": 1}, {"a": {"x": "1"}}).add("row", "a", ROUND)
    with pytest.raises(OtherConditions):
        Results(path, {"seconds": seconds}, {"a": {"x": version}})


REQUEST = Request("/", answer={"message": "Hello"})


def test_a_right_answer_passes() -> None:
    judge(PEER["uvicorn"], REQUEST, 200, "application/json; charset=utf-8", b'{"message": "Hello"}')
    judge(PEER["original-0.17"], REQUEST, 200, None, b'{"message": "Hello"}')
    judge(PEER["litestar"], Request("/", statuses=(422, 400)), 400, "text/plain", b"no")


@pytest.mark.parametrize(
    ("status", "media_type", "body"),
    [
        (500, "application/json", b'{"message": "Hello"}'),
        (200, "text/html", b'{"message": "Hello"}'),
        (200, None, b'{"message": "Hello"}'),
        (200, "application/json", b'{"message": "Hell"}'),
    ],
)
def test_a_wrong_answer_is_told(status: int, media_type: str | None, body: bytes) -> None:
    with pytest.raises(WrongAnswer, match="uvicorn: GET /"):
        judge(PEER["uvicorn"], REQUEST, status, media_type, body)


def test_every_peer_has_its_application_and_versions() -> None:
    assert {name for row in ROWS for name in row.peers} == set(PEER)
    for peer in PEERS:
        assert all("==" in package for package in peer.packages)
        named = [word for word in (*peer.command, peer.source) if word.endswith((".py", ".go", ".cpp"))]
        named += [f"{word.partition(':')[0]}.py" for word in peer.command if word.endswith(":app")]
        assert named
        assert all((APPS / name).is_file() for name in named)
