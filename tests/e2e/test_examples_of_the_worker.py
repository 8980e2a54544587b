"""The examples do what their first lines say."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from harness.client import fetch
from harness.fixtures import Start
from harness.program import Program
from harness.raw import read_until
from harness.waiting import DEADLINE, until

EXAMPLES = Path(__file__).parents[2] / "examples"
JSON = ("content-type", "application/json")


def run(start: Start, name: str) -> Program:
    return start(sys.executable, EXAMPLES / name / "server.py", SPIKARD_PORT="0").serving()


def test_notes(start: Start) -> None:
    program = run(start, "notes")
    assert fetch(program.address, "GET", "/notes").status == 401
    ann, bob = ("x-user", "ann"), ("x-user", "bob")
    added = fetch(program.address, "POST", "/notes", headers=[ann, JSON], body=b'{"text": "buy milk"}')
    assert (added.status, added.json()) == (201, {"id": 1, "text": "buy milk"})
    assert float(added.header("x-milliseconds")) > 0
    assert fetch(program.address, "POST", "/notes", headers=[ann, JSON], body=b'{"text": ""}').status == 422
    assert fetch(program.address, "GET", "/notes", headers=[ann]).json() == [{"id": 1, "text": "buy milk"}]
    assert fetch(program.address, "GET", "/notes", headers=[bob]).json() == []
    until(lambda: fetch(program.address, "GET", "/log").json() == ["ann added 1"], "it is logged")
    unknown = fetch(program.address, "DELETE", "/notes/1", headers=[bob])
    assert (unknown.status, unknown.json()) == (404, {"detail": "there is no note 1"})
    assert fetch(program.address, "DELETE", "/notes/1", headers=[ann]).status == 204
    assert fetch(program.address, "GET", "/notes", headers=[ann]).json() == []


def test_news(start: Start) -> None:
    program = run(start, "news")
    assert b"EventSource" in fetch(program.address, "GET", "/").body
    with socket.create_connection(program.address, DEADLINE) as client:
        client.sendall(b"GET /news HTTP/1.1\r\nhost: e2e.test\r\n\r\n")
        read_until(client, b"data: 0 news so far\n\n")
        for number, text in enumerate(("rain", "sun"), 1):
            news = fetch(
                program.address, "POST", "/news", headers=[JSON], body=b'{"text": "%s"}' % text.encode()
            )
            assert (news.status, news.json()) == (201, {"number": number})
            read_until(client, f'event: news\nid: {number}\ndata: {{"text":"{text}"}}\n\n'.encode())
    with socket.create_connection(program.address, DEADLINE) as client:
        client.sendall(b"GET /news HTTP/1.1\r\nhost: e2e.test\r\nlast-event-id: 1\r\n\r\n")
        assert b"rain" not in read_until(client, b'data: {"text":"sun"}\n\n')


@pytest.mark.parametrize("number", [5, 6])
def test_beside_fastapi(start: Start, number: int) -> None:
    program = run(start, "beside_fastapi")
    item = fetch(program.address, "GET", f"/shop/items/{number}")
    assert item.json() == {"number": number, "name": {5: "spoon", 6: "fork"}[number]}
    stock = fetch(program.address, "GET", f"/shop/stock/{number}")
    assert stock.json() == {"number": number, "stock": {5: 100, 6: 0}[number]}
    assert float(item.header("x-milliseconds")) > 0
    assert float(stock.header("x-milliseconds")) > 0
    assert fetch(program.address, "GET", "/shop/items/7").status == 404
    assert b"The shop" in fetch(program.address, "GET", "/shop/docs").body
