"""FastAPI, Starlette, Django, Quart and Flask as they are, mounted."""

from __future__ import annotations

import json
import socket

from harness.client import fetch
from harness.program import Program
from harness.raw import dechunk, read_all, reset
from harness.waiting import DEADLINE, until

PROGRAM = "frameworks.py"
JSON = [("content-type", "application/json")]


def streamed(program: Program, target: str) -> tuple[bytes, bytes]:
    client = socket.create_connection(program.address, DEADLINE)
    client.sendall(f"GET {target} HTTP/1.1\r\nhost: e2e.test\r\nconnection: close\r\n\r\n".encode())
    head, _, body = read_all(client).partition(b"\r\n\r\n")
    whole, ended = dechunk(body)
    assert ended, body
    return head, whole


def told(program: Program) -> list[str]:
    said: list[str] = fetch(program.address, "GET", "/told").json()
    return said


def test_fastapi(server: Program) -> None:
    item = fetch(server.address, "POST", "/fast/items/5", headers=JSON, body=b'{"name": "spoon"}')
    assert item.json() == {
        "number": 5,
        "item": {"name": "spoon", "price": 1.0},
        "pool": "a pool",
        "url": "http://e2e.test/fast/items/5",
    }
    wrong = fetch(server.address, "POST", "/fast/items/x", headers=JSON, body=b"{}")
    assert wrong.status == 422
    assert len(wrong.json()["detail"]) == 2
    assert fetch(server.address, "GET", "/fast/blocking?q=a%26b").json() == {"q": "a&b"}
    assert streamed(server, "/fast/stream")[1] == b"0\n1\n2\n"
    assert fetch(server.address, "GET", "/fast/openapi.json").json()["servers"] == [{"url": "/fast"}]
    assert b"/fast/openapi.json" in fetch(server.address, "GET", "/fast/docs").body
    assert fetch(server.address, "GET", "/fast/nothing").json() == {"detail": "Not Found"}
    assert fetch(server.address, "GET", "/fast/background").json() == "begun"
    until(lambda: "fastapi background" in told(server), "the background task has run")
    boom = fetch(server.address, "GET", "/fast/boom")
    assert (boom.status, boom.body) == (500, b"Internal Server Error")
    server.said("RuntimeError: boom in FastAPI")


def test_starlette(server: Program) -> None:
    shown = fetch(server.address, "POST", "/starlette/show", body=b"a body")
    assert shown.header("x-marked") == "yes"
    assert shown.json() == {"gone": False, "url": "http://e2e.test/starlette/show", "body": "a body"}
    assert fetch(server.address, "HEAD", "/starlette/show").status == 200
    client = socket.create_connection(server.address, DEADLINE)
    client.sendall(b"GET /starlette/wait HTTP/1.1\r\nhost: e2e.test\r\n\r\n")
    assert client.recv(10)
    reset(client)
    until(lambda: "starlette stream ended" in told(server), "the stream has ended")


def test_django(server: Program) -> None:
    hello = fetch(server.address, "GET", "/django/hello/?q=%C3%BC")
    assert hello.json() == {"path": "/django/hello/", "info": "/hello/", "q": "ü"}
    assert hello.header("content-type") == "application/json"
    echo = fetch(server.address, "POST", "/django/echo", body=b"\x00" * 50_000)
    assert (echo.body, echo.header("content-type")) == (b"\x00" * 50_000, "text/x-echo")
    assert streamed(server, "/django/numbers")[1] == b"0\n1\n2\n"
    assert fetch(server.address, "GET", "/django/nothing").status == 404


def test_quart(server: Program) -> None:
    echo = fetch(server.address, "POST", "/quart/echo/a", headers=JSON, body=json.dumps([1]).encode())
    assert echo.json() == {"name": "a", "json": [1], "url": "http://e2e.test/quart/echo/a"}
    head, body = streamed(server, "/quart/stream")
    assert b"x-kind: stream" in head
    assert body == b"0\n1\n2\n"


def test_flask(server: Program) -> None:
    first = fetch(server.address, "GET", "/flask/count")
    assert first.json() == {"count": 1, "url": "http://e2e.test/flask/count"}
    cookie = first.header("set-cookie").partition(";")[0]
    assert fetch(server.address, "GET", "/flask/count", headers=[("cookie", cookie)]).json()["count"] == 2
    field = b'--x\r\ncontent-disposition: form-data; name="name"\r\n\r\na\r\n'
    file = b'--x\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n' + b"0" * 50_000
    form = [("content-type", "multipart/form-data; boundary=x")]
    upload = fetch(
        server.address, "POST", "/flask/upload", headers=form, body=field + file + b"\r\n--x--\r\n"
    )
    assert upload.body == b"a: 50000"
    assert streamed(server, "/flask/stream")[1] == b"0 /stream\n1 /stream\n2 /stream\n"
    assert fetch(server.address, "GET", "/flask/nothing").status == 404
