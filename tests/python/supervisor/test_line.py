"""What supervisor and worker say to each other."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from spikard._supervisor.line import VARIABLE, Assignment, Line


@pytest.fixture
def ends() -> Iterator[tuple[Line, Line]]:
    one, other = socket.socketpair()
    os.set_inheritable(other.fileno(), True)
    one.setblocking(False)
    lines = Line(one), Line.of(other.detach())
    yield lines
    for line in lines:
        line.close()


def test_words_arrive_in_order(ends: tuple[Line, Line]) -> None:
    ours, theirs = ends
    assert ours.hear() == []
    theirs.say("failed", "two\nlines \udcff")
    theirs.say("drained")
    assert ours.hear() == ["failed two lines ?", "drained"]
    ours.say("leave")
    assert theirs.hear() == ["leave"]
    assert not ours.ended


def test_half_a_word_waits_for_the_rest(ends: tuple[Line, Line]) -> None:
    ours, theirs = ends
    theirs.socket.send(b"rea")
    assert ours.hear() == []
    theirs.socket.send(b"dy\n")
    assert ours.hear() == ["ready"]


def test_the_end_comes_after_the_words(ends: tuple[Line, Line]) -> None:
    ours, theirs = ends
    theirs.say("ready")
    theirs.close()
    assert (ours.hear(), ours.ended) == (["ready"], True)
    ours.say("leave")  # nobody hears it


def test_what_was_inherited_is_inherited_no_further(ends: tuple[Line, Line]) -> None:
    assert not ends[1].socket.get_inheritable()


def test_an_assignment_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, '{"number":2,"endpoint":"/x","line":7}')
    assert Assignment.take() == Assignment(2, "/x", 7)
    assert VARIABLE not in os.environ
    assert Assignment.take() is None


def test_what_no_supervisor_has_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    with pytest.raises(ValueError, match="Expected `object`"):
        Assignment.take()
