"""Streams, events and files, without a server."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fake_exchange import FakeExchange
from spikard import (
    EventSourceResponse,
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
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


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def _get(file: Path, *fields: tuple[str, str], method: str = "GET") -> tuple[int, bytes, Response]:
    response = FileResponse(file)._open(FakeExchange(method=method, headers=list(fields)))
    body = b"".join(response.content) if isinstance(response, StreamingResponse) else response.body  # type: ignore[arg-type]
    return response.status_code, body, response


DATE = "Sun, 09 Sep 2001 01:46:40 GMT"
EARLIER, LATER = "Sun, 09 Sep 2001 01:46:39 GMT", "Sun, 09 Sep 2001 01:46:41 GMT"


def test_a_whole_file(file: Path) -> None:
    status, body, response = _get(file)
    assert (status, body) == (200, TEXT)
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["content-length"] == "10"
    assert response.headers["last-modified"] == DATE
    assert response.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "status", "body", "said"),
    [
        ("bytes=0-0", 206, b"0", "bytes 0-0/10"),
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=8-", 206, b"89", "bytes 8-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-99", 206, TEXT, "bytes 0-9/10"),
        ("bytes=4-2", 200, TEXT, None),
        ("bytes=0-1,3-4", 200, TEXT, None),
        ("bytes=-", 200, TEXT, None),
        ("lines=0-1", 200, TEXT, None),
    ],
)
def test_a_range(file: Path, asked: str, status: int, body: bytes, said: str | None) -> None:
    found = _get(file, ("range", asked))
    assert found[:2] == (status, body)
    assert found[2].headers.get("content-range") == said
    assert _get(file, ("range", asked), method="HEAD")[0] == 200


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=-0"])
def test_a_range_that_is_not_there(file: Path, asked: str) -> None:
    status, body, response = _get(file, ("range", asked))
    assert (status, response.headers["content-type"]) == (416, "application/problem+json")
    assert response.headers["content-range"] == "bytes */10"
    problem = json.loads(body)
    assert (problem["type"], problem["instance"]) == (
        "https://spikard.dev/errors/range-not-satisfiable",
        "0195",
    )


def test_a_condition_that_does_not_hold(file: Path) -> None:
    status, body, response = _get(file, ("if-match", '"x"'))
    assert (status, response.headers["content-type"]) == (412, "application/problem+json")
    assert json.loads(body)["type"] == "https://spikard.dev/errors/precondition-failed"
    assert response.headers["last-modified"] == DATE


def test_conditions(file: Path) -> None:
    tag = _get(file)[2].headers["etag"]
    for fields, status in [
        ([("if-none-match", tag)], 304),
        ([("if-none-match", f'"x", W/{tag}')], 304),
        ([("if-none-match", "*")], 304),
        ([("if-none-match", '"x"')], 200),
        ([("if-none-match", '"x"'), ("if-modified-since", DATE)], 200),
        ([("if-modified-since", DATE)], 304),
        ([("if-modified-since", EARLIER)], 200),
        ([("if-modified-since", "yesterday")], 200),
        ([("if-match", '"x"')], 412),
        ([("if-match", f"W/{tag}")], 412),
        ([("if-match", tag)], 200),
        ([("if-unmodified-since", EARLIER)], 412),
        ([("if-unmodified-since", LATER)], 200),
        ([("range", "bytes=0-1"), ("if-range", tag)], 206),
        ([("range", "bytes=0-1"), ("if-range", DATE)], 206),
        ([("range", "bytes=0-1"), ("if-range", '"x"')], 200),
        ([("range", "bytes=0-1"), ("if-none-match", tag)], 304),
    ]:
        assert _get(file, *fields)[0] == status, fields


def test_a_file_that_is_none(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(OSError, match=r"No such file|directory"):
            FileResponse(path)._open(FakeExchange())


def test_a_name_to_save_under() -> None:
    fields = FileResponse("/x/y", filename='ä"b.pdf').headers
    assert (
        fields["content-disposition"] == "attachment; filename=\"__b.pdf\"; filename*=UTF-8''%C3%A4%22b.pdf"
    )
    assert fields["content-type"] == "application/pdf"
