from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pytest

from spikard import Response


@pytest.mark.parametrize(
    ("content", "body", "content_type"),
    [
        (None, b"", None),
        (b"\x00\xff", b"\x00\xff", "application/octet-stream"),
        (bytearray(b"x"), b"x", "application/octet-stream"),
        ("größe", "größe".encode(), "text/plain; charset=utf-8"),
        ("", b"", "text/plain; charset=utf-8"),
        ({"a": [1, None, "ü"]}, '{"a":[1,null,"ü"]}'.encode(), "application/json"),
        ([], b"[]", "application/json"),
        (0, b"0", "application/json"),
        (False, b"false", "application/json"),
    ],
)
def test_content_decides_body_and_type(content: Any, body: bytes, content_type: str | None) -> None:
    response = Response(content)
    assert (response.status_code, response.body, response.headers.get("content-type")) == (
        200,
        body,
        content_type,
    )


@pytest.mark.parametrize(
    ("headers", "media_type", "content_type"),
    [
        (None, "text/html", "text/html; charset=utf-8"),
        (None, "text/html; Charset=latin-1", "text/html; Charset=latin-1"),
        (None, "application/xml", "application/xml"),
        ({"Content-Type": "text/plain"}, None, "text/plain"),
        ({"Content-Type": "text/plain"}, "text/html", "text/plain"),
        ([("content-type", "image/png")], None, "image/png"),
    ],
)
def test_a_given_content_type_wins(headers: Any, media_type: str | None, content_type: str) -> None:
    response = Response("x", headers=headers, media_type=media_type)
    assert response.raw_headers == [("content-type", content_type)]


def test_headers_come_in_order_and_stay_mutable() -> None:
    response = Response({"a": 1}, 201, [("X-One", "1"), ("x-one", "2")])
    response.headers["Location"] = "/a"
    assert response.raw_headers == [
        ("x-one", "1"),
        ("x-one", "2"),
        ("content-type", "application/json"),
        ("location", "/a"),
    ]


def test_content_may_be_replaced() -> None:
    response = Response("text")
    assert response.content == b"text"
    response.content = {"a": 1}
    assert (response.body, response.headers["content-type"]) == (b'{"a":1}', "text/plain; charset=utf-8")
    empty = Response()
    empty.content = {"a": 1}
    assert (empty.body, empty.headers["content-type"]) == (b'{"a":1}', "application/json")
    with pytest.raises(TypeError, match="cannot be written as JSON"):
        empty.content = object()


def test_the_callers_headers_are_left_alone() -> None:
    headers = {"A": "1"}
    Response("x", headers=headers).headers["B"] = "2"
    assert headers == {"A": "1"}


@pytest.mark.parametrize("status", [100, 199, 600, 0])
def test_status_is_final(status: int) -> None:
    with pytest.raises(ValueError, match="status_code must be 200 to 599"):
        Response(status_code=status)


def test_status_may_be_an_enum() -> None:
    response = Response(status_code=HTTPStatus.CREATED)
    assert type(response.status_code) is int
    assert repr(response) == "<Response 201, 0 bytes>"


def test_headers_are_checked() -> None:
    with pytest.raises(ValueError, match="header 'x-a'"):
        Response(headers={"x-a": "1\r\nset-cookie: b"})


def test_content_that_json_cannot_express() -> None:
    with pytest.raises(TypeError):
        Response(object())
