"""Streams, events and files, without a server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from spikard import (
    EventSourceResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    SseEvent,
    StreamingResponse,
)

TEXT = b"0123456789"


@pytest.mark.parametrize("content", ["text", b"bytes", 5, None])
def test_a_stream_is_of_parts(content: Any) -> None:
    with pytest.raises(TypeError, match="generator or iterable"):
        StreamingResponse(content)


def test_parts_are_bytes_or_text() -> None:
    response = StreamingResponse([])
    parts = ["ä", b"x", bytearray(b"y"), memoryview(b"z")]
    assert b"".join(response._encode(part) for part in parts) == "äxyz".encode()
    with pytest.raises(TypeError, match="not int"):
        response._encode(1)


@pytest.mark.parametrize(
    ("event", "sent"),
    [
        ("text", "data: text\n\n"),
        ("", "data: \n\n"),
        ("a\nb\r\nc\rd\u2028e", "data: a\ndata: b\ndata: c\ndata: d\u2028e\n\n"),
        ({"a": 1}, 'data: {"a":1}\n\n'),
        (SseEvent("x", "tick", "7", 100), "event: tick\nid: 7\nretry: 100\ndata: x\n\n"),
        (SseEvent(id="7"), "id: 7\n\n"),
    ],
)
def test_an_event_as_it_is_sent(event: Any, sent: str) -> None:
    async def none() -> AsyncIterator[Any]:
        yield

    assert EventSourceResponse(none())._encode(event) == sent.encode()


def test_an_event_that_would_be_two() -> None:
    for wrong in ({"event_type": "a\nb"}, {"id": "a\rb"}, {"id": "\0"}, {"retry": -1}):
        with pytest.raises(ValueError, match="must be"):
            SseEvent("x", **wrong)  # type: ignore[arg-type]


def test_events_are_async() -> None:
    with pytest.raises(TypeError, match="async generator"):
        EventSourceResponse([])  # type: ignore[arg-type]


def test_plain_responses() -> None:
    assert (JSONResponse("a").body, JSONResponse(None).body) == (b'"a"', b"null")
    assert PlainTextResponse("a").headers["content-type"] == "text/plain; charset=utf-8"
    assert HTMLResponse(b"a").headers["content-type"] == "text/html; charset=utf-8"
    redirect = RedirectResponse("/a b?c=ä")
    assert (redirect.status_code, redirect.headers["location"]) == (307, "/a%20b?c=%C3%A4")
