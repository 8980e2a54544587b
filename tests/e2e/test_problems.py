"""What the front end answers by itself, and how errors look."""

from __future__ import annotations

import re
import uuid

import pytest
from harness.client import Connection, Reply, fetch
from harness.program import Program

PROGRAM = "routes.py"


def _is_problem(reply: Reply, status: int, slug: str) -> None:
    assert reply.status == status
    assert reply.header("content-type") == "application/problem+json"
    problem = reply.json()
    assert problem["type"] == f"https://spikard.dev/errors/{slug}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == reply.header("x-request-id")


def test_not_found(server: Program) -> None:
    _is_problem(fetch(server.address, "GET", "/nowhere"), 404, "not-found")


def test_method_not_allowed(server: Program) -> None:
    reply = fetch(server.address, "POST", "/plain")
    _is_problem(reply, 405, "method-not-allowed")
    assert set(re.split(", *", reply.header("allow"))) == {"GET", "HEAD", "OPTIONS"}


def test_options_by_itself(server: Program) -> None:
    reply = fetch(server.address, "OPTIONS", "/registered")
    assert (reply.status, reply.body) == (204, b"")
    assert set(re.split(", *", reply.header("allow"))) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_invalid_parameters(server: Program) -> None:
    _is_problem(fetch(server.address, "GET", "/query"), 422, "validation-error")


def test_head_of_a_problem(server: Program) -> None:
    with Connection(server.address) as connection:
        reply = connection.request("HEAD", "/nowhere")
        assert (reply.status, reply.body) == (404, b"")
        assert connection.request("GET", "/plain").status == 200


@pytest.mark.parametrize("given", ["my-id", "x" * 128, "0af7651916cd43dd8448eb211c80319c"])
@pytest.mark.parametrize("path", ["/plain", "/nowhere", "/fails/plainly"])
def test_sane_request_ids_are_kept(server: Program, given: str, path: str) -> None:
    assert (
        fetch(server.address, "GET", path, headers=[("x-request-id", given)]).header("x-request-id") == given
    )


@pytest.mark.parametrize("given", [None, "", "x" * 129, 'a"b', "a b", "\xfc", "a\\b"])
def test_other_request_ids_are_made(server: Program, given: str | None) -> None:
    headers = [] if given is None else [("x-request-id", given)]
    made = fetch(server.address, "GET", "/plain", headers=headers).header("x-request-id")
    assert uuid.UUID(made).version == 7
    assert made != fetch(server.address, "GET", "/plain", headers=headers).header("x-request-id")


@pytest.mark.parametrize("where", ["fails", "fails-in-thread"])
@pytest.mark.parametrize("how", ["plainly", "exit", "interrupt", "cancel", "stop"])
def test_exceptions_are_problems_without_their_text(server: Program, where: str, how: str) -> None:
    before = len(server.lines)
    request_id = f"{where}-{how}"
    reply = fetch(server.address, "GET", f"/{where}/{how}", headers=[("x-request-id", request_id)])
    _is_problem(reply, 500, "internal-server-error")
    assert set(reply.json()) == {"type", "title", "status", "detail", "instance"}
    assert b"secret" not in reply.body
    server.said(re.escape(request_id), since=before)
    server.said(r"^Traceback", since=before)
    server.said(r'routes\.py", line \d+, in fail', since=before)
    if how == "plainly":
        server.said("LookupError: the secret text", since=before)
    assert fetch(server.address, "GET", "/plain").status == 200


def test_a_result_that_is_no_json(server: Program) -> None:
    before = len(server.lines)
    _is_problem(fetch(server.address, "GET", "/unjson"), 500, "internal-server-error")
    server.said("unjson", since=before)


def test_malformed_json(server: Program) -> None:
    reply = fetch(server.address, "PUT", "/json", body=b'{"a": ')
    _is_problem(reply, 400, "bad-request")
    assert reply.json()["detail"] == "Invalid request format"


@pytest.mark.parametrize("path", ["/readyz", "/startupz"])
def test_probes(server: Program, path: str) -> None:
    assert fetch(server.address, "GET", path).status == 200


def test_an_own_route_wins_over_a_probe(server: Program) -> None:
    assert fetch(server.address, "GET", "/livez").json() == "mine"
