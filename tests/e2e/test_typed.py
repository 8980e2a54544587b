"""Typed handlers behind the real front end: what reaches them, what does not, and what is said of it."""

from __future__ import annotations

import gzip
import zlib
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from harness.client import Fields, Reply, fetch
from harness.program import Program

PROGRAM = "typed.py"
KINDS = ("struct", "data", "attributes", "typed", "tuple", "model")
TYPES = {"struct": "Struct", "data": "Data", "attributes": "Attributes", "typed": "dict", "tuple": "Tuple"}
URLENCODED = ("content-type", "application/x-www-form-urlencoded")
PNG = b"\x89PNG\r\n\x1a\n\0\xff"


def _post(server: Program, target: str, value: Any = None, headers: Fields = (), body: bytes = b"") -> Reply:
    return fetch(server.address, "POST", target, headers=headers, body=body or msgspec.json.encode(value))


def _errors(reply: Reply) -> list[tuple[str, str]]:
    """Give type and place of all errors, after checking what all such answers have."""
    problem = reply.json()
    assert (reply.status, problem["status"], reply.header("content-type")) == (
        422,
        422,
        "application/problem+json",
    )
    errors = problem["errors"]
    assert problem["type"] == "https://spikard.dev/errors/validation-error"
    assert problem["detail"] == f"{len(errors)} validation error{'s' * (len(errors) > 1)} in request"
    assert problem["instance"] == reply.header("x-request-id")
    assert all(set(item) - {"ctx"} == {"type", "loc", "msg", "input"} for item in errors)
    return sorted((item["type"], ".".join(item["loc"])) for item in errors)


def _multipart(*parts: tuple[str, bytes]) -> tuple[Fields, bytes]:
    body = b"".join(b"--x\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n" for head, content in parts)
    return [("content-type", "multipart/form-data; boundary=x")], body + b"--x--\r\n"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", [False, True])
def test_what_fits_arrives_as_its_type(server: Program, kind: str, form: bool) -> None:
    value = {"name": "7", "count": 5}
    if form:
        reply = _post(server, f"/{kind}", headers=[URLENCODED], body=urlencode(value).encode())
    else:
        reply = _post(server, f"/{kind}", value)
    assert (reply.status, reply.json()) == (200, {"type": TYPES.get(kind, "Model"), **value})


@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_fit_reaches_no_worker(server: Program, kind: str) -> None:
    before = fetch(server.address, "GET", "/reached").json()
    reply = _post(server, f"/{kind}", {"name": 7, "count": "many"})
    assert _errors(reply) == [("int_parsing", "body.count"), ("string_type", "body.name")]
    assert _errors(_post(server, f"/{kind}", {"count": 3})) == [("missing", "body.name")]
    assert _post(server, f"/{kind}", body=b'{"name":').status == 400
    assert _post(server, f"/{kind}", headers=[("content-type", "text/plain")], body=b"x").status == 415
    assert fetch(server.address, "GET", "/reached").json() == before


def test_what_only_python_can_judge_is_worded_alike(server: Program) -> None:
    reply = _post(server, "/data", {"name": "forbidden"})
    assert _errors(reply) == [("value_error", "body")]
    assert reply.json()["errors"][0]["msg"] == "this name is forbidden"
    reply = _post(server, "/model", {"name": "a b", "count": "0", "on": "2020-02-30"})
    assert [place for _, place in _errors(reply)] == ["body.on", "body.count", "body.name"]


@pytest.mark.parametrize("count", ["5", 5.0, " 5 ", "5.0"])
def test_models_take_what_pydantic_takes(server: Program, count: Any) -> None:
    assert _post(server, "/model", {"name": "a", "count": count}).json()["count"] == 5
    expected = 200 if count == 5.0 else 422
    assert _post(server, "/struct", {"name": "a", "count": count}).status == expected, "all else is strict"


def test_several_parameters_are_keys_of_one_body(server: Program) -> None:
    first, second = {"name": "a"}, {"name": "b", "count": 2}
    reply = _post(server, "/two", {"first": first, "second": second})
    assert [item["type"] for item in reply.json()[:2]] == ["Struct", "Model"]
    assert _errors(_post(server, "/two", {"first": {"name": 1}, "times": 4})) == [
        ("less_than_equal", "body.times"),
        ("missing", "body.second"),
        ("string_type", "body.first.name"),
    ]


def test_an_optional_body_may_be_empty(server: Program) -> None:
    assert fetch(server.address, "POST", "/maybe", body=b"").json() is None
    assert _errors(fetch(server.address, "POST", "/struct", body=b"")) == [("missing", "body")]


def test_parameters_are_read_once_and_told_together(server: Program) -> None:
    headers = [("x-trace", "abc"), ("cookie", "session=s")]
    reply = fetch(server.address, "GET", "/text/2024-02-29?tags=1&tags=02&flag=on", headers=headers)
    assert reply.json() == ["2024-02-29", [1, 2], True, "abc", "s"]
    reply = fetch(server.address, "GET", "/text/2024-02-30?tags=1&tags=b&flag=no", headers=[("x-trace", "a")])
    errors = _errors(reply)
    assert [place.partition(".")[0] for _, place in errors] == ["path", "query", "headers"], errors
    assert fetch(server.address, "GET", "/spread?name=a&count=2").json()["count"] == 2
    assert _errors(fetch(server.address, "GET", "/spread?count=0")) == [
        ("greater_than_equal", "query.count"),
        ("missing", "query.name"),
    ]


def test_numbers_that_are_none_to_python(server: Program) -> None:
    many = "9" * 5000
    target = f"/text/2024-02-29?tags={many}&flag=on"
    assert _errors(fetch(server.address, "GET", target)) == [("int_parsing", "query.tags")]
    target = f"/text/2024-02-29?tags={many[:4000]}"
    assert fetch(server.address, "GET", target).body.count(b"9") > 4000
    assert _errors(fetch(server.address, "GET", f"/spread?name=a&count={many}")) == [("int_parsing", "query")]


def test_what_a_worker_would_refuse_is_told_beside_the_rest(server: Program) -> None:
    reply = fetch(server.address, "GET", "/scalars?wait=pt1.5s&id=123E4567E89B12D3A456426614174000")
    assert reply.json() == [1.5, "123e4567-e89b-12d3-a456-426614174000", 0, ""]
    assert _errors(fetch(server.address, "GET", "/scalars?wait=P1Y&id=1&count=x")) == [
        ("duration_parsing", "query.wait"),
        ("int_parsing", "query.count"),
        ("uuid_parsing", "query.id"),
    ]


@pytest.mark.parametrize("value", ['{"size": "a;b, c"}', "plain", "\\", "ü", ""])
def test_a_cookie_comes_back_as_it_was_set(server: Program, value: str) -> None:
    set_cookie = fetch(server.address, "GET", "/remember?" + urlencode({"prefs": value})).header("set-cookie")
    assert set_cookie is not None
    headers = [("cookie", f"other=1; {set_cookie.partition(';')[0]}")]
    target = "/scalars?wait=PT1S&id=123e4567-e89b-12d3-a456-426614174000"
    assert fetch(server.address, "GET", target, headers=headers).json()[3] == value
    assert fetch(server.address, "GET", "/remember?prefs=x", headers=headers).body == value.encode()


def test_a_model_takes_its_fields_each_from_a_parameter(server: Program) -> None:
    reply = fetch(server.address, "GET", "/spread-model?theName=a&count=02&tags=1&tags=2")
    expected = {"type": "Filter", "name": "a", "count": 2, "tags": [1, 2], "ratio": None}
    assert (reply.status, reply.json()) == (200, expected)
    before = fetch(server.address, "GET", "/reached").json()
    assert _errors(fetch(server.address, "GET", "/spread-model?count=0&tags=x&ratio=1")) == [
        ("greater_than_equal", "query.count"),
        ("int_parsing", "query.tags.0"),
        ("missing", "query.theName"),
    ]
    assert fetch(server.address, "GET", "/reached").json() == before


@pytest.mark.parametrize("kind", ["model", "data"])
def test_what_a_browser_leaves_empty_is_none(server: Program, kind: str) -> None:
    target = f"/dates-{kind}"
    none = {"day": None, "at": None, "price": None, "id": None}
    assert _post(server, target, headers=[URLENCODED], body=b"day=&at=&price=&id=").json() == none
    reply = _post(server, target, headers=[URLENCODED], body=b"day=2024-02-29&at=&price=1.50&id=")
    assert reply.json() == none | {"day": "2024-02-29", "price": "1.50"}
    reply = _post(server, target, {"day": "", "at": "", "price": "", "id": ""})
    assert _errors(reply) == [
        ("date_parsing", "body.day"),
        ("datetime_parsing", "body.at"),
        ("decimal_parsing", "body.price"),
        ("uuid_parsing", "body.id"),
    ]


def test_forms(server: Program) -> None:
    assert _post(server, "/form", headers=[URLENCODED], body=b"name=a%26b&count=2").json() == ["a&b", 2]
    headers, body = _multipart(('content-disposition: form-data; name="name"', "ä".encode()))
    assert _post(server, "/form", headers=headers, body=body).json() == ["ä", 1]
    assert _errors(_post(server, "/form", headers=[URLENCODED], body=b"count=0")) == [
        ("greater_than_equal", "body.count"),
        ("missing", "body.name"),
    ]
    assert _post(server, "/form", {"name": "a"}).status == 415


@pytest.mark.parametrize(
    ("body", "times"), [(b"at=10:00", ["10:00:00"]), (b"at=09:30:01&at=10:00Z", ["09:30:01", "10:00:00Z"])]
)
def test_a_list_in_a_form_is_one_of_its_fields(server: Program, body: bytes, times: list[str]) -> None:
    assert _post(server, "/list-in-form", headers=[URLENCODED], body=body).json() == times


def test_uploads_are_exact_and_checked(server: Program) -> None:
    head = 'content-disposition: form-data; name="photos"; filename="{}"\r\ncontent-type: image/png'
    title = ('content-disposition: form-data; name="title"', b"t")
    headers, body = _multipart((head.format("a.png"), PNG), title, (head.format("b.png"), PNG + b"\r\n-x"))
    assert _post(server, "/files", headers=headers, body=body).json() == [
        "t",
        [["a.png", "image/png", PNG.hex()], ["b.png", "image/png", (PNG + b"\r\n-x").hex()]],
    ]
    headers, body = _multipart((head.format("a.png"), b"GIF89a"), title)
    assert [place for _, place in _errors(_post(server, "/files", headers=headers, body=body))] == [
        "files.photos"
    ]
    headers, body = _multipart((head.format("a.png"), PNG + bytes(1000)))
    assert _post(server, "/files", headers=headers, body=body).status == 413


def test_files_where_none_is_meant(server: Program) -> None:
    file = 'content-disposition: form-data; name="name"; filename="f"'
    count = ('content-disposition: form-data; name="count"', b"0")
    headers, body = _multipart((file, b"a"), count)
    assert _post(server, "/anything", headers=headers, body=body).json() == {
        "name": "UploadFile",
        "count": "str",
    }
    headers, body = _multipart((file, b"a"))
    for target in ("/struct", "/model", "/form"):
        assert _errors(_post(server, target, headers=headers, body=body)) == [("string_type", "body.name")]


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_compressed_bodies(server: Program, coding: str) -> None:
    compress = gzip.compress if coding == "gzip" else zlib.compress
    headers = [("content-encoding", coding)]
    right = compress(b'{"name":"a"}')
    assert _post(server, "/struct", headers=headers, body=right).json()["name"] == "a"
    assert _errors(_post(server, "/struct", headers=headers, body=compress(b"{}"))) == [
        ("missing", "body.name")
    ]
    assert _post(server, "/struct", headers=headers, body=compress(b" " * 100_000 + b"{}")).status == 413
    assert _post(server, "/struct", headers=headers, body=b"no such coding").status == 400
    assert _post(server, "/struct", headers=[("content-encoding", "br2")], body=right).status == 415


def test_answers_keep_to_their_type(server: Program) -> None:
    right = fetch(server.address, "GET", "/wrong-answer/right").json()
    assert right == {"name": "a", "count": 2}, "what the type lacks is dropped"
    assert fetch(server.address, "GET", "/wrong-answer/subclass").json() == {"name": "b", "count": 3}


@pytest.mark.parametrize("target", ["/wrong-answer/dict", "/wrong-model"])
def test_another_answer_is_a_500_that_only_the_log_explains(server: Program, target: str) -> None:
    reply = fetch(server.address, "GET", target)
    assert (reply.status, "errors" in reply.json(), b"secret" in reply.body) == (500, False, False)
    server.said(rf"{reply.header('x-request-id')}.* failed in wrong_")
    server.said("the handler returned dict")
