"""What handlers return and raise, and what of it goes out."""

from __future__ import annotations

import asyncio
import contextvars
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn

import batch
import pytest
from front_end import DEADLINE, Peer
from served import Start

from spikard import HTTPException, Request, RequestValidationError, Response, Spikard
from spikard.exceptions import MalformedBody

KINDS = ["async def", "def"]


def _app(kind: str, act: Callable[[], Any], **options: Any) -> Spikard:
    app = Spikard()

    async def on_loop() -> Any:
        return act()

    def in_thread() -> Any:
        return act()

    app.register_route("GET", "/", on_loop if kind == "async def" else in_thread, **options)
    app.register_route("GET", "/hello", lambda: "hello")
    return app


def _raise(error: BaseException) -> NoReturn:
    raise error


def _still_serves(peer: Peer) -> None:
    peer.request(1000, 0, 1)
    assert peer.expect("Response", 1000, 0).body == b'"hello"'


class Unreadable:
    pass


def _with(response: Response, **attributes: Any) -> Response:
    for name, value in attributes.items():
        setattr(response, name, value)
    return response


JSON = [b"content-type", b"application/json"]
OCTETS = [b"content-type", b"application/octet-stream"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("make", "headers", "body"),
    [
        (lambda: {"a": [1, None]}, JSON, b'{"a":[1,null]}'),
        (lambda: None, JSON, b"null"),
        (lambda: "text", JSON, b'"text"'),
        (lambda: (1, 200), JSON, b"[1,200]"),
        (lambda: b"\x00\xff", OCTETS, b"\x00\xff"),
        (lambda: bytearray(b"ab"), OCTETS, b"ab"),
        (lambda: memoryview(b"abcd")[::2], OCTETS, b"ac"),
        (lambda: b"x" * 100_000, OCTETS, b"x" * 100_000),
        (lambda: b"", OCTETS, b""),
    ],
)
def test_values(start: Start, kind: str, make: Callable[[], Any], headers: list[bytes], body: bytes) -> None:
    peer = start(_app(kind, make, status_code=201)).attach()
    peer.request(5, 3, 0)
    response = peer.expect("Response", 5, 3)
    assert (response.status, response.headers, response.body) == (201, headers, body)
    assert response.last


@pytest.mark.parametrize("kind", KINDS)
def test_none_of_a_route_without_content(start: Start, kind: str) -> None:
    peer = start(_app(kind, lambda: None, status_code=204)).attach()
    peer.request(5, 3, 0)
    response = peer.expect("Response", 5, 3)
    assert (response.status, response.headers or [], response.body) == (204, [], b"")


@pytest.mark.parametrize("kind", KINDS)
def test_a_response(start: Start, kind: str) -> None:
    def make() -> Response:
        return Response(b"\x01", 418, [("X-A", "caf\u00e9"), ("x-a", "2")], "image/png")

    peer = start(_app(kind, make)).attach()
    peer.request(5, 3, 0)
    response = peer.expect("Response", 5, 3)
    assert (response.status, response.body) == (418, b"\x01")
    assert response.headers == [b"x-a", b"caf\xe9", b"x-a", b"2", b"content-type", b"image/png"]


def _stop_iteration() -> Any:
    return next(iter(()))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "act",
    [
        lambda: 1 // 0,
        lambda: sys.exit(3),
        lambda: _raise(KeyboardInterrupt()),
        lambda: _raise(asyncio.CancelledError()),
        _stop_iteration,
        lambda: _raise(GeneratorExit()),
        lambda: Unreadable(),
        lambda: Response(b"", headers={"x": "\u20ac"}),
        lambda: _with(Response(), status_code=99),
        lambda: _with(Response(), status_code=600),
        lambda: _with(Response(), status_code="200"),
        lambda: _with(Response(), body="text"),
        lambda: _with(Response(), body=None),
        lambda: _raise(RequestValidationError([{"input": Unreadable()}])),
        lambda: _raise(MalformedBody("\ud800")),
    ],
)
def test_failures_are_a_500(
    start: Start, kind: str, act: Callable[[], Any], caplog: pytest.LogCaptureFixture
) -> None:
    peer = start(_app(kind, act)).attach()
    peer.request(5, 3, 0, request_id="0195", target="/a?b")
    problem = peer.expect("Problem", 5, 3)
    assert (problem.status, problem.detail, problem.errors) == (500, None, None)
    _still_serves(peer)
    (record,) = caplog.records
    assert record.getMessage().startswith("request 0195: GET /a?b failed in ")
    assert record.exc_info


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_that_does_not_fit_the_route(start: Start, kind: str) -> None:
    item = {"type": "value_error", "loc": ["body"], "msg": "no", "input": "\u20ac"}
    peer = start(_app(kind, lambda: _raise(RequestValidationError([item])))).attach()
    peer.request(5, 3, 0)
    problem = peer.expect("Problem", 5, 3)
    assert (problem.status, problem.detail) == (422, b"1 validation error in request")
    assert bytes(problem.errors).decode() == (
        '[{"type":"value_error","loc":["body"],"msg":"no","input":"\u20ac"}]'
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_malformed_body(start: Start, kind: str) -> None:
    peer = start(_app(kind, lambda: _raise(MalformedBody()))).attach()
    peer.request(5, 3, 0)
    problem = peer.expect("Problem", 5, 3)
    assert (problem.status, problem.detail) == (400, b"Invalid request format")


def _send_in_one_batch(peer: Peer, count: int, after: int = 0) -> None:
    writer = batch.BatchWriter()
    for slot in range(count):
        peer.offer(after + slot + 1, slot)
        writer.add("Request", after + slot + 1, slot, generation=1, method="GET", target="/")
    peer.sent += 1
    peer.send_frames(writer.seal(peer.incarnation, peer.sent))


def test_answers_that_no_batch_could_hold_together(start: Start) -> None:
    """They are made in one turn of the loop: four batches of 1 MiB at most, instead of one."""
    app = _app("async def", lambda: bytes(500_000))
    peer = start(app).attach(slots=8)
    _send_in_one_batch(peer, 8)
    for number in range(1, 9):
        assert peer.expect("Response", number, number - 1).body == bytes(500_000)
        size = 500_000 * (1 + sum(len(m.value.body) == 500_000 for m in peer.unread))
        assert size <= 1 << 20


def test_more_large_answers_than_a_batch_has_frames(start: Start) -> None:
    count = 1100
    peer = start(_app("async def", lambda: bytes(17_000))).attach(slots=2048, max_batch=1 << 28)
    _send_in_one_batch(peer, count)
    for number in range(1, count + 1):
        assert len(peer.expect("Response", number, number - 1).body) == 17_000


def test_requests_of_one_batch_are_answered_together(start: Start) -> None:
    peer = start(_app("async def", lambda: 1)).attach(slots=8)
    _send_in_one_batch(peer, 8)
    before = peer.received
    for number in range(1, 9):
        peer.expect("Response", number, number - 1)
    # In one; but the clock counts for what is interrupted, too.
    assert peer.received < before + 8


def test_answers_do_not_wait_for_all_handlers_of_their_batch(start: Start) -> None:
    gate = threading.Event()
    runs = iter([lambda: None, lambda: time.sleep(0.001), lambda: gate.wait(DEADLINE)])
    peer = start(_app("async def", lambda: next(runs)())).attach()
    _send_in_one_batch(peer, 3)
    peer.expect("Response", 1, 0)
    peer.expect("Response", 2, 1)
    gate.set()
    assert peer.expect("Response", 3, 2).body == b"true"


def test_the_answer_of_a_handler_that_took_long_waits_for_none(start: Start) -> None:
    gate = threading.Event()
    runs = iter([lambda: None, lambda: time.sleep(0.001), lambda: gate.wait(DEADLINE)])
    peer = start(_app("async def", lambda: next(runs)())).attach()
    # From now on there is a task that runs what comes as it comes.
    peer.request(1, 0, 0)
    peer.expect("Response", 1, 0)
    _send_in_one_batch(peer, 2, after=1)
    peer.expect("Response", 2, 0)
    gate.set()
    assert peer.expect("Response", 3, 1).body == b"true"


def test_the_request_as_it_was_sent(start: Start) -> None:
    app = Spikard()
    seen: list[Any] = []

    @app.post("/items/{id:int}/{rest:path}")
    async def show(id: int, rest: str, request: Request, q: str = "") -> Response:
        seen.extend([id, rest, q, request.method, request.path, request.id, request.scheme, request.attempt])
        seen.extend([request.client, request.path_params, request.headers.multi_items()])
        return Response(await request.body())

    peer = start(app).attach()
    body = bytes(range(256)) * 100
    peer.request(
        5,
        3,
        0,
        "7",
        "a/\u00e9",
        method="POST",
        target="/items/7/a/%C3%A9?q=x",
        headers=["host", "h", "x-a", "caf\u00e9"],
        arguments=b'{"id":7,"rest":"a/\\u00e9","q":"x"}',
        body_kind=batch.enum("BodyKind")["Whole"],
        body=body,
        request_id="0195",
        scheme="https",
        client_host="::1",
        client_port=4,
        attempt=2,
    )
    assert peer.expect("Response", 5, 3).body == body
    assert seen[:8] == [7, "a/\u00e9", "x", "POST", "/items/7/a/\u00e9", "0195", "https", 2]
    assert (seen[8].host, seen[8].port) == ("::1", 4)
    assert seen[9] == {"id": 7, "rest": "a/\u00e9"}
    assert seen[10][0] == ("host", "h")


def test_handlers_that_give_awaitables(start: Start) -> None:
    """A function that is no `async def` but returns what can be awaited, like many decorators' products."""

    async def later() -> str:
        await asyncio.sleep(0)
        return "later"

    peer = start(_app("def", later)).attach()
    peer.request(5, 3, 0)
    assert peer.expect("Response", 5, 3).body == b'"later"'


def test_a_def_handler_blocks_nobody(start: Start) -> None:
    app = Spikard()
    both = threading.Barrier(2)

    @app.get("/")
    def meet() -> int:
        return both.wait(DEADLINE)

    peer = start(app).attach()
    peer.request(1, 0, 0)
    peer.request(2, 1, 0)
    bodies = {bytes(peer.expect_any().value.body) for _ in range(2)}
    assert bodies == {b"0", b"1"}


VARIABLE: contextvars.ContextVar[str] = contextvars.ContextVar("VARIABLE", default="clean")


def test_context_variables_stay_within_their_request(start: Start) -> None:
    """Requests arrive while others are answered: that is when the worker reads from within their tasks."""
    running, sent = threading.Semaphore(0), threading.Semaphore(0)

    def act() -> str:
        before = VARIABLE.get()
        VARIABLE.set("dirty")
        running.release()
        assert sent.acquire(timeout=DEADLINE)
        return before

    peer = start(_app("async def", act)).attach()
    peer.request(1, 1, 0)
    for number in range(1, 41):
        assert running.acquire(timeout=DEADLINE)
        peer.request(number + 1, (number + 1) % 2, 0)
        sent.release()
        assert peer.expect("Response", number, number % 2).body == b'"clean"'
    sent.release()


def test_context_variables_stay_within_their_thread_s_call(start: Start) -> None:
    def act() -> str:
        before = VARIABLE.get()
        VARIABLE.set("dirty")
        return before

    peer = start(_app("def", act), worker_threads=1).attach()
    for number in range(1, 5):
        peer.request(number, 0, 0)
        assert peer.expect("Response", number, 0).body == b'"clean"'


def test_a_handler_may_use_its_task(start: Start) -> None:
    async def with_deadline() -> Any:
        task = asyncio.current_task()
        assert task
        return await asyncio.wait_for(asyncio.sleep(0, "done"), DEADLINE)

    app = Spikard()
    app.register_route("GET", "/", with_deadline)
    peer = start(app).attach()
    peer.request(1, 0, 0)
    assert peer.expect("Response", 1, 0).body == b'"done"'


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("returned", [Response, bytes, None], ids=["response", "bytes", "json"])
def test_a_body_that_does_not_fit_is_streamed(start: Start, kind: str, returned: Any) -> None:
    body = b"x" * 200_000
    ran: list[str] = []

    async def after() -> None:
        ran.append("after")

    def act() -> Any:
        if returned is Response:
            return Response(body, 201, {"x-a": "b"}, background=after)
        return body if returned is bytes else body.decode()

    peer = start(_app(kind, act)).attach(max_batch=300_000)
    peer.request(1, 0, 0)
    begun = peer.expect("Response", 1, 0)
    assert not begun.last
    size = len(body) + (2 if returned is None else 0)
    fields = dict(zip(begun.headers[::2], begun.headers[1::2], strict=True))
    assert fields[b"content-length"] == b"%d" % size
    assert begun.status == (201 if returned is Response else 200)
    received = b""
    while not (part := peer.expect("Chunk", 1, 0)).last:
        received += part.body
        peer.send("Window", 1, 0, bytes=len(part.body))
    assert received.strip(b'"') == body
    _still_serves(peer)
    if returned is Response:
        assert fields[b"x-a"] == b"b"
        assert ran == ["after"]


@pytest.mark.parametrize("detail", ["x" * 200_000, ["x" * 200_000]], ids=["text", "json"])
def test_an_error_that_does_not_fit_is_500(
    start: Start, detail: Any, caplog: pytest.LogCaptureFixture
) -> None:
    peer = start(_app("async def", lambda: _raise(HTTPException(418, detail)))).attach(max_batch=300_000)
    peer.request(1, 0, 0)
    assert peer.expect("Problem", 1, 0).status == 500
    assert "no message has room for 200" in caplog.text
    _still_serves(peer)
