"""Orders over the attach socket reach a worker whose loop is stuck."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import batch
import pytest
from front_end import DEADLINE, FrontEnd, Peer
from served import Start

from spikard import Spikard

PROGRAM = """
import asyncio, ctypes, time
from spikard import Spikard

app = Spikard()

@app.get("/")
async def stuck() -> None:
    ctypes.PyDLL(None).pause()

@app.get("/asleep")
async def asleep() -> None:
    time.sleep(60)

@app.get("/busy")
async def busy() -> None:
    while True:
        pass

@app.get("/waiting")
async def waiting() -> int:
    await asyncio.sleep(0.1)
    return 1

app.run()
"""
STUCK, ASLEEP, BUSY, WAITING = range(4)


@contextlib.contextmanager
def running(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """A worker whose loop is in its main thread."""
    (directory / "server.py").write_text(PROGRAM)
    with subprocess.Popen(
        [sys.executable, directory / "server.py"],
        env={**os.environ, "SPIKARD_ENDPOINT": str(directory)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_stacks(start: Start) -> None:
    app = Spikard()
    gate = threading.Event()

    @app.get("/")
    async def stuck() -> None:
        gate.wait(DEADLINE)

    served = start(app)
    peer = served.accept()
    peer.become_ready()
    peer.request(1, 0, 0)
    try:
        texts = []
        for number in (7, 8):
            while not texts or b"in stuck" not in texts[-1]:
                peer.control_send("DumpStacks", number=number)
                stacks = peer.control_expect("Stacks")
                assert stacks.number == number
                texts.append(stacks.text)
                time.sleep(0.01)
            texts.append(b"")
    finally:
        gate.set()
    peer.expect("Response", 1, 0)


@pytest.mark.parametrize("order", [b"rubbish", "Leaving", "Attach"])
def test_what_is_no_order_ends_the_connection(start: Start, order: str | bytes) -> None:
    served = start(Spikard())
    peer = served.accept()
    peer.become_ready()
    assert peer.control
    peer.control.send(order if isinstance(order, bytes) else batch.encode_message(order))
    served.attach()


def test_die(front_end: FrontEnd, tmp_path: Path) -> None:
    with running(tmp_path) as process:
        peer = front_end.accept(process.pid)
        peer.become_ready()
        peer.request(1, 0, STUCK)
        peer.control_send("Die", detail="it is stuck")
        _, said = process.communicate(timeout=DEADLINE)
    assert process.returncode == 1
    assert said.splitlines()[-1] == "spikard: the front end has ended this worker: it is stuck"


@pytest.mark.parametrize("route", [ASLEEP, BUSY])
def test_a_step_is_broken_off(front_end: FrontEnd, tmp_path: Path, route: int) -> None:
    with running(tmp_path) as process:
        peer = front_end.accept(process.pid)
        peer.become_ready()
        peer.request(1, 0, WAITING)
        peer.request(2, 1, route)
        _until_stepped(peer, 2)
        peer.control_send("Interrupt", exchange=1)
        peer.control_send("DumpStacks", number=1)
        assert peer.control_expect("Stacks").text, "it goes on: that was for another one"
        peer.control_send("Interrupt", exchange=2)
        assert peer.expect("Problem", 2, 1).status == 500
        peer.expect("Response", 1, 0)
        peer.control_send("Interrupt", exchange=2)
        peer.request(3, 1, WAITING)
        peer.expect("Response", 3, 1)


def test_a_step_outside_the_main_thread_goes_on(start: Start) -> None:
    app = Spikard()
    gate = threading.Event()

    @app.get("/")
    async def stuck() -> bool:
        return gate.wait(DEADLINE)

    peer = start(app).accept()
    peer.become_ready()
    peer.request(1, 0, 0)
    _until_stepped(peer, 1)
    peer.control_send("Interrupt", exchange=1)
    peer.control_send("DumpStacks", number=1)
    assert peer.control_expect("Stacks").text
    gate.set()
    peer.expect("Response", 1, 0)


def _until_stepped(peer: Peer, exchange: int) -> None:
    assert peer.recorder
    until = time.monotonic() + DEADLINE
    while peer.recorder.cell(0) != exchange:
        assert time.monotonic() < until
        time.sleep(0.005)
