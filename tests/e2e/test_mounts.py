"""Applications of other frameworks beneath a path: what they are told, and what becomes of what they say."""

from __future__ import annotations

import signal
import socket
import sys
from typing import Any

import pytest
from harness.client import Connection, fetch
from harness.fixtures import Start
from harness.program import Program
from harness.raw import dechunk, read_all, reset
from harness.waiting import DEADLINE, until

PROGRAM = "mounts.py"


def ask(program: Program, target: str) -> socket.socket:
    client = socket.create_connection(program.address, DEADLINE)
    client.sendall(f"GET {target} HTTP/1.1\r\nhost: e2e.test\r\n\r\n".encode())
    return client


def body_of(program: Program, target: str) -> tuple[bytes, bool]:
    """The body of a response in chunks, and whether the last one has come."""
    client = socket.create_connection(program.address, DEADLINE)
    client.sendall(f"GET {target} HTTP/1.1\r\nhost: e2e.test\r\nconnection: close\r\n\r\n".encode())
    head, _, body = read_all(client).partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head, head
    return dechunk(body)


def counted(program: Program, name: str) -> int:
    return int(fetch(program.address, "GET", "/told").json().get(name, 0))


def test_the_scope_says_what_was_asked(server: Program) -> None:
    headers = [("x-one", "1"), ("X-One", "\xe9")]
    with Connection(server.address) as connection:
        client = connection.socket.getsockname()
        scope = connection.request("GET", "/raw/a%20b/%C3%BC?x=%20&y", headers=headers).json()
    assert scope == {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/raw/a b/ü",
        "raw_path": "/raw/a%20b/%C3%BC",
        "query_string": "x=%20&y",
        "root_path": "/raw",
        "headers": [["host", "e2e.test"], ["x-one", "1"], ["x-one", "é"]],
        "client": list(client),
        "server": ["e2e.test", 80],
        "state": {"begun": "yes"},
    }
    assert counted(server, "startup") == 1, "mounted four times, started once"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("target", ["/raw", "/raw/", "/raw/x/y", "/raw/inner/z"])
def test_every_method_passes(server: Program, method: str, target: str) -> None:
    scope = fetch(server.address, method, target).json()
    assert (scope["method"], scope["path"]) == (method, target)
    assert scope["root_path"] == ("/raw/inner" if "inner" in target else "/raw")


def test_own_routes_come_first(server: Program) -> None:
    assert fetch(server.address, "GET", "/raw/own").json() == "a route of ours"
    assert fetch(server.address, "POST", "/raw/own").json()["method"] == "POST"
    missing = fetch(server.address, "GET", "/raw/missing")
    assert (missing.status, missing.body) == (404, b"not here")
    assert fetch(server.address, "GET", "/rawer").json()["status"] == 404
    assert fetch(server.address, "GET", "/livez").body == b"ok\n"


def test_bodies_and_headers_pass_as_they_are(server: Program) -> None:
    body = bytes(range(256)) * 2000
    reply = fetch(server.address, "POST", "/raw/echo", body=body)
    assert reply.body == body
    assert reply.header("content-type") == "text/x-echo"
    assert reply.all("x-twice") == ["1", "2"]
    assert fetch(server.address, "GET", "/raw/sized").body == b"12345"
    assert fetch(server.address, "HEAD", "/raw/sized").header("content-length") == "5"
    assert "content-type" not in dict(fetch(server.address, "GET", "/raw/sized").headers)


def test_a_request_in_parts(server: Program) -> None:
    for mount in ("raw", "guarded"):
        parts = counted(server, "parts of a body")
        with Connection(server.address) as connection:
            head = f"POST /{mount}/echo HTTP/1.1\r\nhost: a\r\nx-key: 1\r\ncontent-length: 10\r\n\r\nhello"
            connection.socket.sendall(head.encode())
            until(
                lambda seen=parts: counted(server, "parts of a body") == seen + 1, "the first part is there"
            )
            connection.socket.sendall(b"world")
            assert connection.receive().body == b"helloworld"


@pytest.mark.parametrize("mount", ["raw", "guarded"])
def test_who_breaks_off_a_receive_loses_nothing(server: Program, mount: str) -> None:
    polled = counted(server, "polled")
    with Connection(server.address) as connection:
        head = f"POST /{mount}/polls HTTP/1.1\r\nhost: a\r\nx-key: 1\r\ncontent-length: 10\r\n\r\n"
        connection.socket.sendall(head.encode())
        until(lambda: counted(server, "polled") == polled + 1, "it has polled")
        connection.socket.sendall(b"hello")
        connection.socket.sendall(b"world")
        assert connection.receive().body == b"helloworld"


def test_a_response_in_parts(server: Program) -> None:
    assert body_of(server, "/raw/parts") == (b"one,two,three", True)
    until(lambda: counted(server, "disconnect behind the answer"), "what waits behind its answer goes on")


@pytest.mark.parametrize("path", ["raises", "silent", "wrong-length", "twice"])
@pytest.mark.parametrize("mount", ["raw", "guarded"])
def test_what_fails_before_its_answer_is_a_500(server: Program, mount: str, path: str) -> None:
    reply = fetch(server.address, "GET", f"/{mount}/{path}", headers=[("x-key", "1")])
    assert reply.status == 500
    assert reply.json()["type"].endswith("/internal-error") or reply.json()["status"] == 500
    assert b"secret" not in reply.body
    server.said(rf"/{mount}/{path} failed in \w+, mounted at /{mount}\n?$")


@pytest.mark.parametrize("path", ["breaks", "unfinished"])
def test_what_fails_behind_its_beginning_breaks_the_connection(server: Program, path: str) -> None:
    assert body_of(server, f"/raw/{path}") == (b"half", False)
    server.said(f"/raw/{path} failed in raw")


def test_what_fails_behind_its_answer_is_told_in_the_log(server: Program) -> None:
    assert fetch(server.address, "GET", "/raw/after").body == b"first"
    server.said("RuntimeError: behind the answer")


def test_who_leaves_is_told_of(server: Program) -> None:
    before, ended = counted(server, "disconnect"), counted(server, "endless ended")
    clients = [ask(server, "/raw/waits") for _ in range(20)]
    until(lambda: counted(server, "waiting") == before + 20, "all have asked")
    for client in clients:
        reset(client)
    until(lambda: counted(server, "disconnect") == before + 20, "all are told")
    client = ask(server, "/raw/endless")
    assert client.recv(10)
    reset(client)
    until(lambda: counted(server, "endless ended") == ended + 1, "sending fails")


def test_past_its_deadline_an_application_is_told_of_it(server: Program) -> None:
    before = counted(server, "disconnect")
    assert fetch(server.address, "GET", "/raw/hurried/waits").status == 504
    until(lambda: counted(server, "disconnect") == before + 1, "it is told")


def test_dependencies_stand_before_it(server: Program) -> None:
    assert fetch(server.address, "GET", "/guarded/x").status == 401
    assert fetch(server.address, "GET", "/guarded/x", headers=[("x-key", "1")]).json()["path"] == "/guarded/x"


def test_the_environ_says_what_was_asked(server: Program) -> None:
    headers = [("x-one", "1"), ("x-one", "2"), ("cookie", "a=1"), ("cookie", "b=2"), ("x_two", "3")]
    headers += [("proxy", "http://elsewhere.test")]
    with Connection(server.address) as connection:
        host, port = connection.socket.getsockname()
        environ = connection.request("POST", "/wsgi/a%20b/%C3%BC?x=%20&y", headers=headers, body=b"12").json()
    assert environ == {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "/wsgi",
        "PATH_INFO": "/a b/\xc3\xbc",
        "QUERY_STRING": "x=%20&y",
        "REQUEST_URI": "/wsgi/a%20b/%C3%BC?x=%20&y",
        "RAW_URI": "/wsgi/a%20b/%C3%BC?x=%20&y",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "e2e.test",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": host,
        "REMOTE_PORT": str(port),
        "CONTENT_LENGTH": "2",
        "HTTP_HOST": "e2e.test",
        "HTTP_X_ONE": "1,2",
        "HTTP_COOKIE": "a=1; b=2",
        "wsgi.version": "(1, 0)",
        "wsgi.url_scheme": "http",
        "wsgi.multithread": "True",
        "wsgi.multiprocess": "False",
        "wsgi.run_once": "False",
        "wsgi.input_terminated": "True",
    }


def test_wsgi_answers(server: Program) -> None:
    body = bytes(range(256)) * 2000
    reply = fetch(server.address, "PUT", "/wsgi/echo", body=body)
    assert (reply.status, reply.body, reply.header("x-length")) == (201, body, str(len(body)))
    closed = counted(server, "closed")
    assert fetch(server.address, "GET", "/wsgi/sized").body == b"12345"
    assert fetch(server.address, "HEAD", "/wsgi/sized").header("content-length") == "5"
    assert body_of(server, "/wsgi/parts") == (b"one,two", True)
    until(lambda: counted(server, "closed") == closed + 3, "iterables are closed")
    assert body_of(server, "/wsgi/write") == (b"one,two,three", True)
    assert body_of(server, "/wsgi/late") == (b"late", True)
    replaced = fetch(server.address, "GET", "/wsgi/replaced")
    assert (replaced.status, replaced.body) == (503, b"replaced")


def test_wsgi_failures(server: Program) -> None:
    for path in ("raises", "silent"):
        reply = fetch(server.address, "GET", f"/wsgi/{path}")
        assert reply.status == 500
        assert b"secret" not in reply.body
        server.said(f"/wsgi/{path} failed in wsgi, mounted at /wsgi$")
    closed = counted(server, "closed")
    assert body_of(server, "/wsgi/breaks") == (b"half", False)
    until(lambda: counted(server, "closed") == closed + 1, "the iterable is closed")
    client = ask(server, "/wsgi/endless")
    assert client.recv(10)
    reset(client)
    until(lambda: counted(server, "closed") == closed + 2, "the iterable of who has gone is closed")


def test_hooks_stand_around_it(start: Start) -> None:
    program = start("around_mounts.py").serving()
    reply = fetch(program.address, "GET", "/x")
    assert reply.json()["root_path"] == ""
    assert reply.header("x-around") == "Response"
    assert fetch(program.address, "GET", "/sized").body == b"12345"
    assert "content-type" not in dict(fetch(program.address, "GET", "/sized").headers)
    assert fetch(program.address, "GET", "/x", headers=[("x-foe", "1")]).status == 403
    failed = fetch(program.address, "GET", "/raises")
    assert (failed.status, failed.body) == (502, b'{"told": "a secret"}')
    for target in ("/parts", "/wsgi/write"):
        client = socket.create_connection(program.address, DEADLINE)
        client.sendall(f"GET {target} HTTP/1.1\r\nhost: e2e.test\r\nconnection: close\r\n\r\n".encode())
        head, _, body = read_all(client).partition(b"\r\n\r\n")
        assert b"x-around: StreamingResponse" in head
        assert dechunk(body) == (b"one,two,three", True)
    assert body_of(program, "/breaks") == (b"half", False)
    client = ask(program, "/endless")
    assert client.recv(10)
    reset(client)
    client = ask(program, "/waits")
    program.send(signal.SIGTERM)
    reset(client)
    program.said("the lifespan has ended")
    assert program.wait() == 0


def test_the_end_waits_for_what_goes_on_behind_an_answer_and_no_longer(start: Start) -> None:
    program = start(PROGRAM).serving()
    assert fetch(program.address, "GET", "/raw/on").body == b"answered"
    program.send(signal.SIGTERM)
    program.said("worked on behind the answer")
    program.said("the lifespan has ended")
    assert program.wait() == 0


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (
            "await send({'type': 'lifespan.startup.failed', 'message': 'Trace\\nno pool'})",
            "failed to start: no pool",
        ),
        ("raise ValueError('no lifespan here')", ""),
    ],
)
def test_an_application_that_cannot_start(start: Start, tmp_path: Any, failure: str, said: str) -> None:
    program = tmp_path / "server.py"
    program.write_text(
        "from spikard import Spikard\n"
        "async def raw(scope, receive, send):\n"
        "    if scope['type'] == 'lifespan':\n"
        "        await receive()\n"
        f"        {failure}\n"
        "    else:\n"
        "        await send({'type': 'http.response.start', 'status': 204})\n"
        "        await send({'type': 'http.response.body'})\n"
        "Spikard.from_asgi(raw).run(port=0)\n"
    )
    started = start(sys.executable, program)
    if said:
        started.said(f"raw, mounted at / {said}")
        assert started.wait() == 1
    else:
        assert fetch(started.serving().address, "GET", "/").status == 204
