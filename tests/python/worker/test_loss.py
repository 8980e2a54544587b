"""Whatever makes the channel untrustworthy: handlers are cancelled, and the worker attaches anew."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import batch
import pytest
from front_end import DEADLINE, INCARNATION, Peer, corrupt
from served import Start

from spikard import Spikard, _native
from spikard._worker.exchanges import Exchanges


def _gap(peer: Peer) -> None:
    peer.send("Ping", number=1, gap=1)


def _checksum(peer: Peer) -> None:
    peer.sent += 1
    writer = batch.BatchWriter()
    writer.add("Ping", number=1)
    peer.send_frames(corrupt(writer.seal(INCARNATION, peer.sent)))


def _no_batch(peer: Peer) -> None:
    peer.send_frames([b"?"])


def _closed(peer: Peer) -> None:
    peer.hang_up()


def _goodbye(peer: Peer) -> None:
    peer.send("Goodbye")


def _of_a_worker(peer: Peer) -> None:
    peer.send("Leaving")


def _no_route(peer: Peer) -> None:
    peer.request(9, 3, 99)


LOSSES = [_gap, _checksum, _no_batch, _closed, _goodbye, _of_a_worker, _no_route]


@pytest.mark.parametrize("lose", LOSSES)
def test_lost(start: Start, lose: Callable[[Peer], None]) -> None:
    app = Spikard()
    begun, cancelled = threading.Event(), threading.Event()

    @app.get("/")
    async def wait() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    @app.get("/hello")
    async def hello() -> str:
        return "hello"

    served = start(app)
    peer = served.attach()
    peer.request(1, 0, 0)
    assert begun.wait(DEADLINE)
    lose(peer)
    assert cancelled.wait(DEADLINE)
    again = served.attach()
    assert again.routing_id != peer.routing_id
    again.request(2, 0, 1)
    assert again.expect("Response", 2, 0).body == b'"hello"'


def test_what_runs_on_belongs_to_nobody(start: Start) -> None:
    """An answer that comes after the loss is not sent on the next connection."""
    app = Spikard()
    begun, go_on, returned = threading.Event(), threading.Event(), threading.Event()

    @app.get("/thread")
    def thread() -> str:
        begun.set()
        assert go_on.wait(DEADLINE)
        returned.set()
        return "late"

    @app.get("/stubborn")
    async def stubborn() -> str:
        begun.set()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.Event().wait()
        returned.set()
        return "late"

    for route in range(2):
        begun.clear()
        returned.clear()
        served = start(app)
        peer = served.attach()
        peer.request(1, 0, route)
        assert begun.wait(DEADLINE)
        peer.send("Goodbye")
        again = served.attach()
        go_on.set()
        assert returned.wait(DEADLINE)
        again.send("Ping", number=1)
        again.expect("Pong")
        served.stop()


def test_another_incarnation_is_dropped(start: Start) -> None:
    app = Spikard()
    app.register_route("GET", "/", lambda: 1)
    peer = start(app).attach()
    writer = batch.BatchWriter()
    writer.add("Ping", number=1)
    peer.send_frames(writer.seal(INCARNATION + 1, 77))
    peer.send("Ping", number=2)
    assert peer.expect("Pong").number == 2


def test_attaches_when_a_front_end_comes(start: Start, front_end: object) -> None:
    app = Spikard()
    app.register_route("GET", "/", lambda: 1)
    served = start(app)
    for _ in range(3):
        peer = served.attach()
        peer.hang_up()
    served.attach()


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (Exchanges, "begin"),
        (Exchanges, "go"),
        (Exchanges, "finish"),
        (_native.Inbox, "read"),
        (_native.Outbox, "seal"),
    ],
    ids=lambda named: getattr(named, "__name__", named),
)
def test_an_error_that_is_no_handlers(
    start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, owner: type, name: str
) -> None:
    app = Spikard()
    app.register_route("GET", "/", lambda: 1)
    served = start(app)
    peer = served.attach()

    def fail(*_: object) -> None:
        monkeypatch.undo()
        raise MemoryError("as planned")

    monkeypatch.setattr(owner, name, fail)
    peer.request(1, 0, 0)
    again = served.attach()
    assert "the worker attaches anew" in caplog.text
    assert "as planned" in caplog.text
    again.request(1, 0, 0)
    assert again.expect("Response", 1, 0).body == b"1"
