"""Who has asked for the end, and how often."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import spikard
from spikard._supervisor.signals import Asked, Wish

INT, TERM = signal.SIGINT, signal.SIGTERM
# Tells who has sent each SIGINT, with a handler of Python's.
SENDERS = """
import os, signal, sys
from spikard import _native

def on_signal(number, _):
    os.write(1, b"%r\\n" % (_native.sender(number) == os.getppid()))  # print must not be entered twice

signal.signal(signal.SIGINT, on_signal)
for _ in range(2):
    _native.note_sender(signal.SIGINT)
print("ready", flush=True)
sys.stdin.readline()
os.kill(os.getpid(), signal.SIGINT)
sys.stdin.readline()
"""


@pytest.mark.parametrize(
    ("heard", "last"),
    [
        ([(INT, False)], Wish.STOP),
        ([(TERM, True)], Wish.STOP),
        ([(INT, False), (INT, False)], Wish.ABORT),
        ([(INT, True), (INT, True)], Wish.ABORT),
        ([(INT, False), (INT, True)], Wish.NOTHING),
        ([(INT, False), (INT, True), (INT, False)], Wish.ABORT),
        ([(TERM, False), (INT, False)], Wish.ABORT),
        ([(INT, False), (TERM, False)], Wish.NOTHING),
    ],
)
def test_what_the_last_of_several_signals_means(heard: list[tuple[int, bool]], last: Wish) -> None:
    asked = Asked()
    wishes = [asked.by(number, by_parent=by_parent) for number, by_parent in heard]
    assert (wishes[0], wishes[-1]) == (Wish.STOP, last)


def test_the_sender_is_noted_beside_a_handler() -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", SENDERS],
        env={**os.environ, "PYTHONPATH": str(Path(spikard.__file__).parent.parent)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        assert program.stdin
        assert program.stdout
        assert program.stdout.readline() == "ready\n"
        program.send_signal(INT)
        assert program.stdout.readline() == "True\n"
        program.stdin.write("\n")
        program.stdin.flush()
        assert program.stdout.readline() == "False\n"
        program.stdin.close()
        assert program.wait() == 0
