"""What runs around handlers, in a real server: lifespan, hooks, dependencies, errors, background work."""

from __future__ import annotations

import signal

import pytest
from harness.client import fetch
from harness.fixtures import Start
from harness.program import Program

PROGRAM = "around.py"


def test_what_the_lifespan_and_the_start_have_made(server: Program) -> None:
    assert fetch(server.address, "GET", "/state").json() == ["pool", 1]


@pytest.mark.parametrize("path", ["/session", "/session-in-thread/works"])
def test_a_dependency_ends_after_the_response(server: Program, path: str) -> None:
    before = len(server.lines)
    made = server.said(r"^startup (\d+)$")[1]
    reply = fetch(server.address, "GET", path)
    assert (reply.status, reply.header("x-seen")) == (200, "200")
    assert f"session of {made}" in reply.body.decode()
    server.said("^session ends$", since=before)


def test_a_dependency_reads_the_request(server: Program) -> None:
    assert fetch(server.address, "GET", "/session?limit=7").json()[1] == 7


def test_an_exception_goes_through_the_dependency_to_the_log(server: Program) -> None:
    before = len(server.lines)
    reply = fetch(server.address, "GET", "/session-in-thread/fails")
    assert (reply.status, reply.header("x-seen")) == (500, "500")
    assert reply.json()["instance"] == reply.header("x-request-id")
    assert b"secret" not in reply.body
    server.said("^session got LookupError$", since=before)
    server.said("LookupError: the secret text", since=before)


def test_an_http_exception(server: Program) -> None:
    reply = fetch(server.address, "GET", "/teapot")
    assert (reply.status, reply.header("x-pot"), reply.json()["detail"]) == (418, "tea", "short and stout")


def test_an_exception_handler(server: Program) -> None:
    reply = fetch(server.address, "GET", "/divide")
    assert (reply.status, reply.json()["divided"]) == (409, "/divide")


def test_a_hook_that_ends(server: Program) -> None:
    reply = fetch(server.address, "GET", "/state", headers=[("x-foe", "1")])
    assert (reply.status, reply.body, reply.header("x-seen")) == (403, b"go away", "403")


def test_the_front_end_answers_by_itself_what_has_no_route(server: Program) -> None:
    reply = fetch(server.address, "GET", "/nowhere")
    assert (reply.status, reply.all("x-seen")) == (404, [])


def test_background_work_from_loop_and_thread(server: Program) -> None:
    before = len(server.lines)
    assert fetch(server.address, "POST", "/background/0.0").status == 202
    server.said("^later run$", since=before)
    server.said("^later task$", since=before)
    assert fetch(server.address, "POST", "/background-from-thread").status == 204
    server.said("^later thread$", since=before)
    server.said("^called in a thread$", since=before)


def test_the_end_comes_after_requests_and_background_work(start: Start) -> None:
    program = start(PROGRAM).serving()
    assert fetch(program.address, "POST", "/background/0.3").status == 202
    program.send(signal.SIGTERM)
    assert program.wait() == 0
    said = [line for line in program.lines if line.startswith(("later", "shutdown", "lifespan"))]
    made = program.said(r"^startup (\d+)$")[1]
    assert sorted(said[:2]) == ["later run", "later task"]
    assert said[2:] == [f"shutdown pool {made}", "lifespan ends"]


def test_a_start_that_fails_is_one_line(start: Start) -> None:
    program = start(PROGRAM, FAIL_LIFESPAN="1")
    assert program.wait() == 1
    (line,) = program.lines
    assert line.startswith("spikard: lifespan (")
    assert "around.py:" in line.partition(" failed at ")[2]
    assert line.endswith("ConnectionError: no database at all")


def test_a_start_that_hangs_can_be_stopped(start: Start) -> None:
    program = start(PROGRAM, FAIL_LIFESPAN="hang")
    program.said("lifespan hangs")
    program.send_group(signal.SIGINT)
    assert program.wait() == 0


def test_debug_shows_the_traceback(start: Start) -> None:
    program = start(PROGRAM, DEBUG="1").serving()
    problem = fetch(program.address, "GET", "/session-in-thread/fails").json()
    assert problem["detail"] == "LookupError: the secret text"
    assert any("around.py" in line for line in problem["traceback"])
    page = fetch(program.address, "GET", "/session-in-thread/fails", headers=[("accept", "text/html")])
    assert page.header("content-type").startswith("text/html")
    assert b"the secret text" in page.body
