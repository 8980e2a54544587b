"""How a worker leaves: what has begun is finished, then it says Goodbye."""

from __future__ import annotations

import asyncio
import threading

import pytest
from front_end import DEADLINE
from served import Start

from spikard import Spikard


@pytest.fixture
def go_on() -> threading.Event:
    return threading.Event()


@pytest.fixture
def begun() -> threading.Semaphore:
    return threading.Semaphore(0)


@pytest.fixture
def app(go_on: threading.Event, begun: threading.Semaphore) -> Spikard:
    app = Spikard()

    @app.get("/thread")
    def thread() -> str:
        begun.release()
        assert go_on.wait(DEADLINE)
        return "thread"

    @app.get("/loop")
    async def loop() -> str:
        begun.release()
        await asyncio.get_running_loop().run_in_executor(None, go_on.wait, DEADLINE)
        return "loop"

    @app.get("/for-ever")
    async def for_ever() -> None:
        begun.release()
        await asyncio.Event().wait()

    return app


def test_an_idle_worker_says_goodbye(start: Start, app: Spikard) -> None:
    served = start(app)
    peer = served.attach()
    peer.send("Drain")
    peer.expect("Goodbye")
    served.ended()


@pytest.mark.parametrize("leaving", [False, True])
def test_a_drain_over_the_attach_socket(start: Start, app: Spikard, leaving: bool) -> None:
    served = start(app)
    peer = served.attach()
    peer.control_send("Drain", leaving=leaving)
    peer.expect("Goodbye")
    peer.hang_up()
    if leaving:
        again = served.attach()
        again.send("Drain")
        again.expect("Goodbye")
    served.ended()


def test_a_front_end_that_leaves_is_followed_by_the_next_one(start: Start, app: Spikard) -> None:
    served = start(app)
    peer = served.attach()
    peer.drain(leaving=True)
    again = served.attach()
    served.worker.leave()
    again.expect("Leaving")
    again.drain(leaving=True)
    served.ended()


def test_a_drain_in_place_of_the_welcome(start: Start, app: Spikard) -> None:
    served = start(app)
    peer = served.accept()
    peer.expect("Hello")
    peer.send("Drain")
    peer.expect("Goodbye")
    served.ended()


def test_handlers_that_run_are_finished(
    start: Start, app: Spikard, go_on: threading.Event, begun: threading.Semaphore
) -> None:
    served = start(app)
    peer = served.attach()
    peer.request(1, 0, 0)
    peer.request(2, 1, 1)
    for _ in range(2):
        assert begun.acquire(timeout=DEADLINE)
    peer.send("Drain")
    peer.send("Ping", number=1)
    peer.expect("Pong")
    # On its way when the Drain was read on the other socket: it is served too.
    peer.request(3, 2, 0)
    assert begun.acquire(timeout=DEADLINE)
    go_on.set()
    answers = {peer.expect_any().exchange for _ in range(3)}
    assert answers == {1, 2, 3}
    peer.expect("Goodbye")
    peer.hang_up()
    served.ended()


def test_leaving_asks_for_a_drain_and_goes_on_meanwhile(
    start: Start, app: Spikard, go_on: threading.Event
) -> None:
    go_on.set()
    served = start(app)
    peer = served.attach()
    served.worker.leave()
    peer.expect("Leaving")
    peer.request(1, 0, 1)
    peer.expect("Response", 1, 0)
    peer.drain()
    served.ended()


def test_leaving_without_a_front_end_ends_at_once(start: Start, app: Spikard) -> None:
    served = start(app)
    peer = served.attach()
    served.front_end.listener.close()
    peer.hang_up()
    served.worker.leave()
    served.ended()


@pytest.mark.parametrize("how", ["Goodbye", "closed"])
def test_a_front_end_that_leaves_during_the_drain(
    start: Start, app: Spikard, begun: threading.Semaphore, go_on: threading.Event, how: str
) -> None:
    served = start(app)
    peer = served.attach()
    peer.request(1, 0, 1)
    assert begun.acquire(timeout=DEADLINE)
    peer.send("Drain")
    peer.send("Ping", number=1)
    peer.expect("Pong")
    if how == "Goodbye":
        peer.send("Goodbye")
    else:
        peer.hang_up()
    served.ended()
    go_on.set()


@pytest.mark.parametrize("drained_before", [False, True])
def test_a_worker_told_to_leave_waits_no_longer_than_requests_have(
    start: Start, app: Spikard, begun: threading.Semaphore, drained_before: bool
) -> None:
    served = start(app, shutdown_timeout=0.1)
    peer = served.attach()
    peer.request(1, 0, 2)
    assert begun.acquire(timeout=DEADLINE)
    if drained_before:
        # By itself that takes as long as it takes.
        peer.send("Drain")
    served.worker.leave()
    if not drained_before:
        peer.expect("Leaving")
        peer.send("Drain")
    served.ended()


def test_a_worker_follows_its_last_front_end(start: Start, app: Spikard) -> None:
    served = start(app)
    peer = served.attach()
    served.worker.stay_for_none()
    peer.drain(leaving=True)
    served.ended()
