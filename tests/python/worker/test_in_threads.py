"""Handlers that may block, when many of them come in one batch."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator
from typing import Any

import batch
import pytest
from flight_recorder import ANSWERED, BEGUN, OFFERED
from front_end import DEADLINE, Peer
from scarcity import no_more_threads
from served import Start

from spikard import HTTPException, Provide, Spikard

QUICK, STUCK, ON_LOOP = 0, 1, 2


class Program:
    """An application with a handler that comes back when it is let go."""

    def __init__(self) -> None:
        self.app = Spikard()
        self.gate = threading.Event()
        self.stuck = threading.Semaphore(0)
        self.ran: list[str] = []

        @self.app.get("/quick")
        def quick() -> str:
            self.ran.append(threading.current_thread().name)
            return "quick"

        @self.app.get("/stuck")
        def stuck() -> str:
            self.stuck.release()
            assert self.gate.wait(DEADLINE)
            return "stuck"

        @self.app.get("/on-loop")
        async def on_loop() -> str:
            return "on the loop"


@pytest.fixture
def program() -> Iterator[Program]:
    program = Program()
    yield program
    program.gate.set()


def _ask(peer: Peer, *routes: int, first: int = 1) -> None:
    """Send requests in one batch, numbered from `first` on; each has the slot below its number."""
    writer = batch.BatchWriter()
    for number, route in enumerate(routes, first):
        peer.offer(number, number - 1)
        fields: dict[str, Any] = {"method": "GET", "target": "/", "path_parameters": []}
        writer.add("Request", number, number - 1, generation=1, route=route, **fields)
    peer.sent += 1
    peer.send_frames(writer.seal(peer.incarnation, peer.sent))


def _answers(peer: Peer, count: int) -> dict[int, bytes]:
    answers = [peer.expect_any() for _ in range(count)]
    assert {answer.type for answer in answers} == {"Response"}
    return {answer.exchange: bytes(answer.value.body) for answer in answers}


def test_all_of_a_batch_are_answered(start: Start, program: Program) -> None:
    peer = start(program.app).attach(slots=200)
    for first in (1, 101):
        _ask(peer, *[QUICK, ON_LOOP] * 50, first=first)
        answers = _answers(peer, 100)
        assert answers == {
            number: b'"quick"' if number % 2 else b'"on the loop"' for number in range(first, first + 100)
        }


def test_who_is_behind_a_stuck_one_is_answered(start: Start, program: Program) -> None:
    peer = start(program.app).attach(slots=32)
    # The second time, too, when the pool knows it.
    for first in (1, 11):
        _ask(peer, STUCK, *[QUICK] * 9, first=first)
        assert set(_answers(peer, 9)) == set(range(first + 1, first + 10))
    program.gate.set()
    assert _answers(peer, 2) == {1: b'"stuck"', 11: b'"stuck"'}


def test_who_is_before_a_stuck_one_is_answered(start: Start, program: Program) -> None:
    peer = start(program.app, worker_threads=1).attach(slots=8)
    _ask(peer, QUICK, QUICK, STUCK, QUICK)
    assert _answers(peer, 2) == {1: b'"quick"', 2: b'"quick"'}
    program.gate.set()
    assert set(_answers(peer, 2)) == {3, 4}


def test_threads_that_are_all_stuck_do_not_hurt_the_loop(start: Start, program: Program) -> None:
    peer = start(program.app, worker_threads=2).attach(slots=16)
    _ask(peer, STUCK, STUCK, STUCK, QUICK)
    for first in (5, 6, 7):
        _ask(peer, ON_LOOP, first=first)
        assert _answers(peer, 1) == {first: b'"on the loop"'}
    assert program.ran == []
    program.gate.set()
    assert set(_answers(peer, 4)) == {1, 2, 3, 4}


def test_as_many_run_at_once_as_are_allowed_and_no_more(start: Start, program: Program) -> None:
    peer = start(program.app, worker_threads=3).attach(slots=16)
    _ask(peer, *[STUCK] * 5)
    for _ in range(3):
        assert program.stuck.acquire(timeout=DEADLINE)
    _ask(peer, ON_LOOP, first=6)
    assert set(_answers(peer, 1)) == {6}
    assert not program.stuck.acquire(blocking=False)
    program.gate.set()
    assert set(_answers(peer, 5)) == {1, 2, 3, 4, 5}


def test_what_waits_for_a_thread_has_not_begun(start: Start, program: Program) -> None:
    peer = start(program.app, worker_threads=1).attach(slots=4)
    recorder = peer.recorder
    assert recorder
    _ask(peer, STUCK, QUICK)
    assert program.stuck.acquire(timeout=DEADLINE)
    assert recorder.slot(0) == (BEGUN, 1)
    assert recorder.slot(1) == (OFFERED, 2)
    assert recorder.cells() == [0, 1]
    program.gate.set()
    assert set(_answers(peer, 2)) == {1, 2}
    assert recorder.slot(0) == (ANSWERED, 1)
    assert recorder.slot(1) == (ANSWERED, 2)


def test_one_thread_keeps_the_order(start: Start) -> None:
    app = Spikard()
    ran: list[int] = []

    @app.get("/{number:int}")
    def note(number: int) -> None:
        ran.append(number)

    peer = start(app, worker_threads=1).attach(slots=32)
    writer = batch.BatchWriter()
    for number in range(1, 31):
        peer.offer(number, number - 1)
        fields: dict[str, Any] = {"method": "GET", "target": "/", "arguments": b'{"number":%d}' % number}
        writer.add(
            "Request", number, number - 1, generation=1, route=0, path_parameters=[str(number)], **fields
        )
    peer.sent += 1
    peer.send_frames(writer.seal(peer.incarnation, peer.sent))
    assert list(_answers(peer, 30)) == list(range(1, 31))
    assert ran == list(range(1, 31))


VARIABLE: contextvars.ContextVar[str] = contextvars.ContextVar("VARIABLE", default="clean")


def test_each_call_has_a_context_of_its_own(start: Start) -> None:
    app = Spikard()

    @app.get("/")
    def act() -> str:
        before = VARIABLE.get()
        VARIABLE.set("dirty")
        return before

    peer = start(app, worker_threads=1).attach(slots=32)
    _ask(peer, *[0] * 20)
    assert set(_answers(peer, 20).values()) == {b'"clean"'}


def test_a_call_sees_what_the_start_has_set(start: Start) -> None:
    async def lifespan(_: Spikard) -> Any:
        VARIABLE.set("from the lifespan")
        yield

    app = Spikard(lifespan=lifespan)

    @app.get("/")
    def act() -> str:
        return VARIABLE.get()

    peer = start(app).attach()
    _ask(peer, 0)
    assert _answers(peer, 1) == {1: b'"from the lifespan"'}


def test_dependencies_are_made_where_the_handler_runs(start: Start) -> None:
    app = Spikard()
    states: list[tuple[int, int]] = []

    def user() -> str:
        assert peer.recorder
        states.append(peer.recorder.slot(0))
        VARIABLE.set("of the user")
        return threading.current_thread().name

    app.provide("user", Provide(user))

    @app.get("/")
    def act(user: str) -> list[str]:
        return [VARIABLE.get(), user, threading.current_thread().name]

    peer = start(app, worker_threads=1).attach()
    for first in (1, 2):
        peer.request(first, 0, 0)
        expected = b'["of the user","spikard-handler-1","spikard-handler-1"]'
        assert peer.expect("Response", first, 0).body == expected
    assert states == [(BEGUN, 1), (BEGUN, 2)]


def test_an_error_of_a_dependency_is_the_answer(start: Start) -> None:
    app = Spikard()

    def user() -> str:
        raise HTTPException(401, "who are you?")

    app.provide("user", Provide(user))

    @app.get("/")
    def act(user: str) -> str:
        return user

    peer = start(app).attach()
    peer.request(1, 0, 0)
    problem = peer.expect("Problem", 1, 0)
    assert (problem.status, problem.detail) == (401, b"who are you?")


def test_what_has_not_begun_on_a_lost_connection_never_does(start: Start, program: Program) -> None:
    served = start(program.app, worker_threads=1)
    peer = served.attach()
    _ask(peer, STUCK, QUICK)
    assert program.stuck.acquire(timeout=DEADLINE)
    peer.hang_up()
    again = served.attach()
    program.gate.set()
    _ask(again, QUICK)
    assert _answers(again, 1) == {1: b'"quick"'}
    assert len(program.ran) == 1


def test_where_there_is_no_thread_others_get_it(start: Start, program: Program) -> None:
    peer = start(program.app).attach(slots=8)
    with no_more_threads():
        _ask(peer, QUICK, ON_LOOP, QUICK)
        said = {(message.exchange, message.type) for message in [peer.expect_any() for _ in range(3)]}
        assert said == {(1, "Returned"), (2, "Response"), (3, "Returned")}
    _ask(peer, QUICK, first=4)
    assert _answers(peer, 1) == {4: b'"quick"'}
