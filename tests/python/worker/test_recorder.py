"""What a worker writes into its flight recorder, and what it obeys there."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import Any

import flight_recorder
import pytest
from flight_recorder import ANSWERED, BEGUN, OFFERED, REVOKED, FlightRecorder
from front_end import DEADLINE, Peer
from served import Served, Start

from spikard import Spikard, StreamingResponse


def _recorder(peer: Peer) -> FlightRecorder:
    assert peer.recorder
    return peer.recorder


def _attach(start: Start, app: Spikard) -> tuple[Served, Peer, FlightRecorder]:
    served = start(app)
    peer = served.attach(slots=8)
    return served, peer, _recorder(peer)


def test_its_header(start: Start) -> None:
    _, _, recorder = _attach(start, Spikard())
    header = recorder.header
    assert (header.magic, header.version) == (flight_recorder.MAGIC, flight_recorder.VERSION)
    assert header.slots >= 8
    assert header.cells == 1 + 4
    assert header.memory > 1 << 20
    assert len(recorder) >= recorder.slot_at(header.slots)


def test_ticks_while_the_loop_turns(start: Start) -> None:
    app = Spikard()
    gate = threading.Event()

    @app.get("/")
    async def block() -> None:
        gate.wait(DEADLINE)

    _, peer, recorder = _attach(start, app)
    before = recorder.header.tick
    waiting = threading.Event()
    while recorder.header.tick < before + 2:
        waiting.wait(0.01)
    peer.request(1, 0, 0)
    while recorder.cell(0) != 1:
        waiting.wait(0.01)
    stopped = recorder.header.tick
    waiting.wait(0.5)
    assert recorder.header.tick == stopped
    gate.set()
    peer.expect("Response", 1, 0)


@pytest.mark.parametrize("kind", ["async", "thread", "dependency", "hook"])
def test_begun_before_any_code_of_the_application(start: Start, kind: str) -> None:
    app = Spikard()
    states: list[tuple[int, int]] = []

    def note() -> int:
        states.append(recorder.slot(3))
        return 1

    if kind == "hook":
        app.on_request(lambda request: note() and None)
    if kind == "dependency":
        app.provide("value", note)

        @app.get("/")
        async def depends(value: int) -> int:
            return value
    elif kind == "thread":
        app.register_route("GET", "/", note)
    else:

        @app.get("/")
        async def handle() -> int:
            return note()

    _, peer, recorder = _attach(start, app)
    peer.request(7, 3, 0)
    peer.expect("Response", 7, 3)
    assert set(states) == {(BEGUN, 7)}
    assert recorder.slot(3) == (ANSWERED, 7)


def test_a_problem_is_an_answer(start: Start) -> None:
    app = Spikard()

    @app.get("/")
    async def fail() -> None:
        raise RuntimeError

    _, peer, recorder = _attach(start, app)
    peer.request(7, 3, 0)
    peer.expect("Problem", 7, 3)
    assert recorder.slot(3) == (ANSWERED, 7)


def test_a_stream_is_answered_with_its_last_part(start: Start) -> None:
    app = Spikard()
    gate = threading.Event()

    @app.get("/")
    async def stream() -> StreamingResponse:
        async def parts() -> Any:
            yield b"1"
            await asyncio.to_thread(gate.wait, DEADLINE)

        return StreamingResponse(parts())

    _, peer, recorder = _attach(start, app)
    peer.request(7, 3, 0)
    peer.expect("Response", 7, 3)
    peer.expect("Chunk", 7, 3)
    assert recorder.slot(3) == (BEGUN, 7)
    gate.set()
    assert peer.expect("Chunk", 7, 3).last
    assert recorder.slot(3) == (ANSWERED, 7)


@pytest.mark.parametrize("is_async", [True, False])
def test_what_was_revoked_is_given_back_and_never_runs(start: Start, is_async: bool) -> None:
    app = Spikard()
    ran: list[int] = []

    async def on_the_loop() -> None:
        ran.append(1)

    def in_a_thread() -> None:
        ran.append(1)

    app.register_route("POST", "/", on_the_loop if is_async else in_a_thread)
    served, peer, recorder = _attach(start, app)
    peer.send("Ping", number=1)
    peer.expect("Pong")
    recorder.put(3, REVOKED, 7)
    peer.send("Request", 7, 3, generation=1, method="POST", target="/")
    peer.expect("Returned", 7, 3)
    recorder.put(3, OFFERED, 8)
    peer.send("Request", 9, 3, generation=1, method="POST", target="/")
    peer.expect("Returned", 9, 3)
    assert ran == []
    peer.request(10, 3, 0)
    peer.expect("Response", 10, 3)
    assert ran == [1]
    del served


def test_current_is_who_is_being_stepped(start: Start) -> None:
    app = Spikard()
    cells: dict[str, list[int]] = {}
    gate = threading.Event()
    both = threading.Barrier(2)

    def look(name: str) -> None:
        cells[name] = recorder.cells()

    @app.get("/loop")
    async def on_the_loop() -> None:
        look("first step")
        await asyncio.sleep(0.01)
        look("later step")

    @app.get("/wait")
    async def wait() -> None:
        await asyncio.to_thread(gate.wait, DEADLINE)

    @app.get("/thread")
    def in_a_thread() -> None:
        both.wait(DEADLINE)
        look("threads")
        both.wait(DEADLINE)

    _, peer, recorder = _attach(start, app)
    peer.request(1, 0, 1)
    peer.request(2, 1, 0)
    peer.expect("Response", 2, 1)
    assert cells["first step"] == cells["later step"] == [2, 0, 0, 0, 0]
    peer.request(3, 2, 2)
    peer.request(4, 3, 2)
    {peer.expect_any().exchange for _ in range(2)}
    assert sorted(cells["threads"]) == [0, 0, 0, 3, 4]
    assert cells["threads"][0] == 0
    assert recorder.cells() == [0] * 5, "the one that waits is not running"
    gate.set()
    peer.expect("Response", 1, 0)


def test_a_breakpoint_is_no_silence(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Spikard()
    seen: list[int] = []
    monkeypatch.setattr(sys, "breakpointhook", lambda: seen.append(recorder.header.debugging))

    @app.get("/")
    async def debug() -> None:
        breakpoint()

    served, peer, recorder = _attach(start, app)
    assert recorder.header.debugging == (sys.gettrace() is not None)
    peer.request(1, 0, 0)
    peer.expect("Response", 1, 0)
    assert seen == [1]
    hook = sys.breakpointhook
    served.stop()
    assert sys.breakpointhook is not hook
