"""Another version of an application beside the one that serves: it takes over once it is ready."""

from __future__ import annotations

import gzip
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from harness.client import Connection, fetch
from harness.fixtures import by_hand
from harness.load import Load
from harness.waiting import until

if TYPE_CHECKING:
    from harness.fixtures import Start
    from harness.program import Program

ATTACHED = "attached to the front end"


class Version(Protocol):
    """Starts a worker of the version."""

    def __call__(self, version: str, **environment: str) -> Program: ...


@pytest.fixture
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pod") / "spikard"


@pytest.fixture
def front_end(start: Start, binary: str, directory: Path) -> Program:
    return by_hand(start, binary, directory)


@pytest.fixture
def version(start: Start, front_end: Program, directory: Path) -> Version:
    def start_one(version: str, **environment: str) -> Program:
        return start("versions.py", VERSION=version, SPIKARD_ENDPOINT=f"ipc://{directory}", **environment)

    return start_one


def _ready(program: Program, front_end: Program) -> Program:
    program.said(ATTACHED)
    front_end.said(f"worker {program.pid} is ready")
    return program


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_new_version_takes_over_under_load(front_end: Program, version: Version, method: str) -> None:
    first = _ready(version("1"), front_end)
    with Load(front_end.address, "/version", method=method) as load:
        until(lambda: load.answers["1"] > 100, "the first one serves")
        version("2")
        assert first.wait() == 0
        first.said("not needed any more")
        served = load.answers["1"]
        until(lambda: load.answers["2"] > 100, "the second one serves")
        assert load.answers["1"] == served, "it has switched over"
    assert load.faults == []
    assert fetch(front_end.address, "GET", "/only/2").status == 200
    assert fetch(front_end.address, "GET", "/only/1").status == 404


def test_what_the_old_one_has_begun_it_finishes(front_end: Program, version: Version) -> None:
    first = _ready(version("1", WAIT="1"), front_end)
    with Connection(front_end.address) as connection:
        connection.send("POST", "/waits")
        first.said("begun")
        _ready(version("2"), front_end)
        assert fetch(front_end.address, "GET", "/version").json() == "2"
        assert connection.receive().json() == "1"
    assert first.wait() == 0


def test_a_version_that_does_not_start_never_serves(front_end: Program, version: Version) -> None:
    first = _ready(version("1"), front_end)
    with Load(front_end.address, "/version") as load:
        broken = version("2", BROKEN="1")
        assert broken.wait() == 1
        assert any("no database" in line for line in broken.lines)
    assert load.faults == []
    assert set(load.answers) == {"1"}
    assert first.process.poll() is None
    assert fetch(front_end.address, "GET", "/only/2").status == 404


def test_what_the_old_one_has_left_is_matched_again(front_end: Program, version: Version) -> None:
    first = _ready(version("1"), front_end)
    body = gzip.compress(b'{"count": 3}')
    coded = [("content-type", "application/json"), ("content-encoding", "gzip")]
    with (
        Connection(front_end.address) as begun,
        Connection(front_end.address) as gone,
        Connection(front_end.address) as queued,
    ):
        begun.send("GET", "/waits/attempt")
        first.said("begun")
        first.send(signal.SIGKILL)
        first.wait()
        gone.send("GET", "/only/1")
        # Not idempotent, but nobody has begun it; and its body must be decoded once.
        queued.send("POST", "/order/apples?urgent=1", headers=coded, body=body)
        until(
            lambda: "spikard_queue_depth 3" in fetch(front_end.address, "GET", "/metrics").body.decode(),
            "held",
        )
        _ready(version("2"), front_end)
        assert begun.receive().json() == "2, attempt 1"
        assert gone.receive().status == 404
        assert queued.receive().json() == "2: 3 apples!"


def test_an_older_version_waits_for_its_chance(front_end: Program, version: Version) -> None:
    """As when a new version is taken back: the old one is started beside it, then the new one is stopped."""
    first = _ready(version("1"), front_end)
    second = _ready(version("2"), front_end)
    assert first.wait() == 0
    again = _ready(version("1"), front_end)
    with Load(front_end.address, "/version") as load:
        until(lambda: load.answers["2"] > 100, "the newer one serves")
        assert set(load.answers) == {"2"}
        second.send(signal.SIGTERM)
        assert second.wait() == 0
        until(lambda: load.answers["1"] > 100, "the older one serves")
    assert load.faults == []
    assert again.process.poll() is None
