"""Bytes in and bytes out, exact."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import pytest
from harness.client import Connection, fetch
from harness.program import Program

PROGRAM = "routes.py"
KIB = 1024
MIB = 1024 * KIB
LIMIT = 10 * MIB
SIZES = [0, 1, 16 * KIB - 1, 16 * KIB, 16 * KIB + 1, 64 * KIB, MIB, LIMIT]


def _bytes(count: int) -> bytes:
    return random.Random(count).randbytes(count)


@pytest.mark.parametrize("size", SIZES)
def test_exact_bytes(server: Program, size: int) -> None:
    sent = _bytes(size)
    reply = fetch(server.address, "POST", "/echo", body=sent)
    assert reply.status == 200
    assert hashlib.sha256(reply.body).digest() == hashlib.sha256(sent).digest()


def test_one_after_another_on_one_connection(server: Program) -> None:
    with Connection(server.address) as connection:
        for size in [*SIZES, *reversed(SIZES)]:
            assert connection.request("POST", "/echo", body=_bytes(size)).body == _bytes(size)


@pytest.mark.parametrize("size", [LIMIT + 1, 2 * LIMIT])
def test_too_large(server: Program, size: int) -> None:
    with Connection(server.address) as connection:
        connection.send("POST", "/echo", headers=[("content-length", str(size))])
        reply = connection.receive()
    assert (reply.status, reply.header("connection")) == (413, "close")
    assert reply.json()["type"] == "https://spikard.dev/errors/payload-too-large"


def test_too_large_in_chunks(server: Program) -> None:
    chunk = b"%x\r\n" % MIB + bytes(MIB) + b"\r\n"
    with Connection(server.address) as connection:
        connection.send("POST", "/echo", headers=[("transfer-encoding", "chunked")])
        connection.socket.sendall(10 * chunk + b"1\r\nx\r\n")
        assert connection.receive().status == 413


def test_chunks_are_one_body(server: Program) -> None:
    with Connection(server.address) as connection:
        connection.send("POST", "/echo", headers=[("transfer-encoding", "chunked")])
        connection.socket.sendall(b"3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n")
        assert connection.receive().body == b"abcd"
        assert connection.request("GET", "/plain").status == 200


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/json", "nonsense", "multipart/form-data"]
)
def test_whatever_the_content_type(server: Program, content_type: str | None) -> None:
    headers = [("content-type", content_type)] if content_type else []
    reply = fetch(server.address, "POST", "/echo", headers=headers, body=b"\x00{not json")
    assert (reply.status, reply.body) == (200, b"\x00{not json")
    assert reply.header("x-type") == (content_type or "none")


@pytest.mark.parametrize("value", [{"a": [1, None, "ü"]}, [], 12345678901234567890, "text", None])
def test_json_of_a_request(server: Program, value: Any) -> None:
    import json

    reply = fetch(server.address, "PUT", "/json", body=json.dumps(value).encode())
    assert (reply.status, reply.json()) == (200, value)


@pytest.mark.parametrize(
    ("kind", "status", "content_type", "body"),
    [
        ("dict", 200, "application/json", '{"a":[1,2.5,"ü",null,true]}'.encode()),
        ("list", 200, "application/json", b"[1,2]"),
        ("text", 200, "application/json", b'"text"'),
        ("none", 200, "application/json", b"null"),
        ("number", 200, "application/json", b"12345678901234567890"),
        ("tuple", 200, "application/json", b'[{"a":1},201]'),
        ("bytes", 200, "application/octet-stream", b"\x00\xff"),
        ("response", 202, "image/png", b"\x01"),
        ("text-response", 200, "text/plain; charset=utf-8", "ü".encode()),
    ],
)
def test_returns(server: Program, kind: str, status: int, content_type: str, body: bytes) -> None:
    reply = fetch(server.address, "GET", f"/return/{kind}")
    assert (reply.status, reply.header("content-type"), reply.body) == (status, content_type, body)
    assert reply.header("content-length") == str(len(body))


def test_status_code_of_the_route(server: Program) -> None:
    reply = fetch(server.address, "POST", "/created")
    assert (reply.status, reply.json()) == (201, {"created": True})


def test_no_content(server: Program) -> None:
    with Connection(server.address) as connection:
        reply = connection.request("GET", "/nothing")
        assert (reply.status, reply.all("content-length"), reply.all("content-type")) == (204, [], [])
        assert connection.request("GET", "/plain").status == 200


def test_headers_come_and_go_several_times(server: Program) -> None:
    sent = [("X-Multi", "1"), ("x-multi", "2"), ("User-Agent", "e2e")]
    reply = fetch(server.address, "GET", "/headers", headers=sent)
    assert reply.json() == {"got": ["1", "2"], "agent": "e2e"}
    assert reply.all("x-multi") == ["one", "two"]


def test_cookies(server: Program) -> None:
    reply = fetch(server.address, "GET", "/cookies", headers=[("cookie", 'x=1; y="2"')])
    assert reply.json() == {"x": "1", "y": "2"}
    first, second, third = reply.all("set-cookie")
    assert first.startswith("a=1;")
    assert "HttpOnly" in first
    assert second.startswith("b=2;")
    assert "Path=/cookies" in second
    assert third.startswith("c=")
    assert "Max-Age=0" in third
