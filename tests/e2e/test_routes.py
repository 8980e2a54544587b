"""Which handler gets a request, and with what."""

from __future__ import annotations

from typing import Any

import pytest
from harness.client import Connection, fetch
from harness.program import Program

PROGRAM = "routes.py"
METHODS = ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "POST"]


@pytest.mark.parametrize("method", METHODS)
def test_every_method(server: Program, method: str) -> None:
    reply = fetch(server.address, method, "/methods")
    assert (reply.status, reply.body.decode()) == (200, method)


def test_head_of_its_own(server: Program) -> None:
    reply = fetch(server.address, "HEAD", "/methods")
    assert (reply.status, reply.body, reply.header("x-method")) == (200, b"", "HEAD")


def test_head_of_get(server: Program) -> None:
    with Connection(server.address) as connection:
        whole = connection.request("GET", "/plain")
        head = connection.request("HEAD", "/plain")
        assert (head.status, head.body) == (200, b"")
        assert head.header("content-length") == whole.header("content-length") == "7"
        assert head.header("content-type") == whole.header("content-type")
        assert connection.request("GET", "/plain").body == b'"plain"'


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/plain", "plain"),
        ("/module", "module"),
        ("/api/between/outer/inner", None),
        ("/api/outer/between/inner", "inner root"),
        ("/api/outer/between/inner/x", "x"),
        ("/plain/", None),
        ("/registered", "GET"),
    ],
)
def test_routers_and_module_level(server: Program, path: str, expected: str | None) -> None:
    reply = fetch(server.address, "GET", path)
    assert reply.status == (200 if expected else 404)
    if expected:
        assert reply.json() == expected


def test_register_route_with_options(server: Program) -> None:
    reply = fetch(server.address, "POST", "/registered")
    assert (reply.status, reply.json()) == (202, "POST")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("int/-7", ["int", -7]),
        ("int/0123", ["int", 123]),
        ("int/12345678901234567890123", ["int", 12345678901234567890123]),
        ("float/1.5", ["float", 1.5]),
        ("float/2", ["float", 2.0]),
        ("bool/on", ["bool", True]),
        ("bool/false", ["bool", False]),
        ("uuid/01234567-89AB-cdef-0123-456789abcdef", ["UUID", "01234567-89ab-cdef-0123-456789abcdef"]),
        ("date/2024-02-29", ["date", "2024-02-29"]),
        ("datetime/2024-02-29T12:00:00Z", ["datetime", "2024-02-29T12:00:00Z"]),
        ("path/a/b%20c/d", ["str", "a/b c/d"]),
        ("str/%C3%BC%2Fx", ["str", "ü/x"]),
        ("str/null", ["str", "null"]),
    ],
)
def test_typed_paths(server: Program, path: str, expected: list[Any]) -> None:
    reply = fetch(server.address, "GET", f"/typed/{path}")
    assert (reply.status, reply.json()) == (200, expected)


@pytest.mark.parametrize(
    "path",
    ["int/x", "int/1.5", "float/nan", "bool/maybe", "uuid/12", "date/2024-13-01", "datetime/yesterday"],
)
def test_paths_of_another_type(server: Program, path: str) -> None:
    reply = fetch(server.address, "GET", f"/typed/{path}")
    assert reply.status == 422
    (error,) = reply.json()["errors"]
    assert error["loc"] == ["path", "value"]
    assert error["input"] == path.partition("/")[2]


def test_a_day_that_does_not_exist(server: Program) -> None:
    reply = fetch(server.address, "GET", "/typed/date/2023-02-29")
    assert reply.status == 422
    (error,) = reply.json()["errors"]
    assert (error["loc"], error["input"]) == (["path", "value"], "2023-02-29")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("count=3", {"count": 3, "ratio": 0.5, "on": None, "tags": []}),
        ("count=3&ratio=2&on=yes", {"count": 3, "ratio": 2.0, "on": True, "tags": []}),
        ("count=1&count=2", {"count": 2, "ratio": 0.5, "on": None, "tags": []}),
        (
            "count=1&tags=a&tags=b%26c&tags=d+e",
            {"count": 1, "ratio": 0.5, "on": None, "tags": ["a", "b&c", "d e"]},
        ),
        ("count=1&unknown=x", {"count": 1, "ratio": 0.5, "on": None, "tags": []}),
    ],
)
def test_query_parameters(server: Program, query: str, expected: Any) -> None:
    reply = fetch(server.address, "GET", f"/query?{query}")
    assert (reply.status, reply.json()) == (200, expected)


def test_missing_and_wrong_parameters_are_reported_together(server: Program) -> None:
    reply = fetch(server.address, "GET", "/query?ratio=x&on=perhaps")
    assert reply.status == 422
    assert reply.header("content-type") == "application/problem+json"
    problem = reply.json()
    assert problem["title"] == "Request Validation Failed"
    assert problem["detail"] == "3 validation errors in request"
    found = {(error["type"], *error["loc"], error["input"]) for error in problem["errors"]}
    assert {error[1:] for error in found} == {
        ("query", "count", None),
        ("query", "ratio", "x"),
        ("query", "on", "perhaps"),
    }
    assert ("missing", "query", "count", None) in found


def test_what_a_handler_sees_of_the_url(server: Program) -> None:
    reply = fetch(server.address, "GET", "/url/a%20b?q=1&q=%C3%BC", headers=[("x-request-id", "my-id")])
    assert reply.json() == {
        "id": "my-id",
        "path": "/url/a b",
        "query": ["1", "ü"],
        "client": "127.0.0.1",
        "self": "http://e2e.test/url/x%20y",
        "attempt": 0,
    }
