"""Bodies that come while their handler runs."""

from __future__ import annotations

import threading
from typing import Any

import batch
import pytest
from front_end import DEADLINE, WINDOW, Peer
from served import Served, Start

from spikard import Request, Spikard

STREAM, AWAITED = "Stream", "Awaited"
SUM, BODY, NEVER, TYPED = range(4)


@pytest.fixture
def read() -> threading.Event:
    return threading.Event()


@pytest.fixture
def served(start: Start, read: threading.Event) -> Served:
    app = Spikard()

    @app.post("/sum")
    async def get_sum(request: Request) -> int:
        size = 0
        async for part in request.stream():
            size += len(part)
            read.set()
        return size

    @app.post("/body")
    async def body(request: Request) -> list[int]:
        return [len(await request.body()), len(await request.body())]

    @app.post("/never")
    async def never(request: Request) -> str:
        return request.id

    @app.post("/typed")
    async def typed(body: list[int]) -> int:
        return sum(body)

    return start(app)


@pytest.fixture
def peer(served: Served) -> Peer:
    return served.attach()


def begin(peer: Peer, route: int, kind: str = STREAM, exchange: int = 1) -> None:
    peer.request(exchange, 0, route, method="POST", body_kind=batch.enum("BodyKind")[kind])


def test_what_is_read_is_granted(peer: Peer, read: threading.Event) -> None:
    begin(peer, SUM)
    peer.send("Chunk", 1, 0, body=b"x" * WINDOW)
    assert peer.expect("Window", 1, 0).bytes == WINDOW
    assert read.wait(DEADLINE)
    peer.send("Chunk", 1, 0, body=b"yy")
    assert peer.expect("Window", 1, 0).bytes == 2
    peer.send("Chunk", 1, 0, body=b"z", last=True)
    assert peer.expect("Response", 1, 0).body == b"%d" % (WINDOW + 3)


def test_body_waits_for_all_and_keeps_it(peer: Peer) -> None:
    begin(peer, BODY)
    peer.send("Chunk", 1, 0, body=b"abc")
    assert peer.expect("Window", 1, 0).bytes == 3
    peer.send("Chunk", 1, 0, last=True)
    assert peer.expect("Response", 1, 0).body == b"[3,3]"


def test_who_is_awaited_is_asked_when_somebody_reads(peer: Peer) -> None:
    begin(peer, NEVER, AWAITED)
    peer.expect("Response", 1, 0)
    begin(peer, SUM, AWAITED, exchange=2)
    assert peer.expect("Window", 2, 0).bytes == WINDOW
    peer.send("Chunk", 2, 0, body=b"abc", last=True)
    assert peer.expect("Response", 2, 0).body == b"3"


def test_a_declared_body_is_collected_first(peer: Peer) -> None:
    begin(peer, TYPED)
    peer.send("Chunk", 1, 0, body=b"[1,2")
    assert peer.expect("Window", 1, 0).bytes == 4
    peer.send("Chunk", 1, 0, body=b",3]", last=True)
    assert peer.expect("Response", 1, 0).body == b"6"


def test_what_comes_after_the_answer_is_dropped(peer: Peer) -> None:
    begin(peer, NEVER)
    peer.expect("Response", 1, 0)
    peer.send("Chunk", 1, 0, body=b"late", last=True)
    begin(peer, NEVER, exchange=2)
    peer.expect("Response", 2, 0)


@pytest.mark.parametrize("wait_for_cancel", [False, True])
def test_a_cancel_ends_it(peer: Peer, read: threading.Event, wait_for_cancel: bool) -> None:
    begin(peer, SUM)
    if wait_for_cancel:
        peer.send("Chunk", 1, 0, body=b"abc")
        assert peer.expect("Window", 1, 0).bytes == 3
    peer.send("Cancel", 1, 0)
    peer.expect("Returned", 1, 0)


@pytest.mark.parametrize(
    ("kind", "chunks"),
    [
        (STREAM, [{"body": b"x" * (WINDOW + 1)}]),
        (AWAITED, [{"body": b"x"}]),
        (STREAM, [{"body": b"x", "last": True}, {"body": b"y"}]),
        ("None", [{"body": b"x"}]),
    ],
    ids=["over the window", "not asked for", "after the last", "without a stream"],
)
def test_what_is_not_due_loses_the_channel(start: Start, kind: str, chunks: list[dict[str, Any]]) -> None:
    app = Spikard()
    go_on = threading.Event()

    @app.post("/")
    async def never(request: Request) -> None:
        import asyncio

        await asyncio.to_thread(go_on.wait, DEADLINE)

    served = start(app)
    peer = served.attach()
    peer.request(1, 0, 0, method="POST", body_kind=batch.enum("BodyKind")[kind])
    for chunk in chunks:
        peer.send("Chunk", 1, 0, **chunk)
    again = served.attach()
    go_on.set()
    assert again.routing_id != peer.routing_id
