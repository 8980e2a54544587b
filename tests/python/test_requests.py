from __future__ import annotations

import asyncio
import datetime
from typing import Any

import pytest

from fake_exchange import FakeExchange
from spikard import MalformedBody, Request, RequestValidationError, Spikard
from spikard._pattern import parse
from spikard._urls import Urls
from spikard.datastructures import Address
from spikard.requests import RouteContext


def _request(path: str = "/", app: Spikard | None = None, **fields: Any) -> Request:
    app = app or Spikard()
    parameters = tuple(segment for segment in parse(path) if segment.type)
    return Request(RouteContext(app, parameters, Urls(app.routes)), FakeExchange(**fields))


def test_the_plain_attributes() -> None:
    app = Spikard()
    request = _request(app=app, method="PUT", target="/a%20b?q=1", attempt=2)
    assert request.app is app
    assert (request.method, request.scheme, request.id, request.attempt) == ("PUT", "http", "0195", 2)
    assert request.client == Address("127.0.0.1", 40000)
    assert request.client.port == 40000
    assert request.path == "/a b"
    assert repr(request) == "<Request PUT /a%20b?q=1>"


def test_url() -> None:
    request = _request(target="/a%20b?q=1", scheme="https", headers=[("host", "example.org:8443")])
    assert str(request.url) == "https://example.org:8443/a%20b?q=1"
    assert request.url.port == 8443
    assert str(_request(target="/a", headers=[]).url) == "/a"


def test_headers_query_and_cookies() -> None:
    request = _request(
        target="/?a=1&a=2",
        headers=[("host", "h"), ("accept", "x"), ("cookie", "a=1"), ("accept", "y"), ("cookie", "b=2")],
    )
    assert request.headers["Accept"] == "x"
    assert request.headers.getlist("ACCEPT") == ["x", "y"]
    assert request.query_params["a"] == "2"
    assert request.query_params.getlist("a") == ["1", "2"]
    assert request.cookies == {"a": "1", "b": "2"}


def test_path_params_have_the_types_of_the_pattern() -> None:
    request = _request("/x/{a}/{b:int}/{c:date}/{d:path}", path_parameters=["1", "07", "2024-02-29", "p/q"])
    assert request.path_params == {"a": "1", "b": 7, "c": datetime.date(2024, 2, 29), "d": "p/q"}


def test_path_params_that_do_not_exist() -> None:
    request = _request("/{day:date}", path_parameters=["2023-02-29"])
    with pytest.raises(RequestValidationError) as caught:
        _ = request.path_params
    (error,) = caught.value.errors
    assert (error["type"], error["loc"], error["input"]) == ("value_error", ["path", "day"], "2023-02-29")


def test_what_is_read_once_is_kept() -> None:
    request = _request(target="/?a=1")
    for name in ("headers", "query_params", "cookies", "path_params", "state", "url"):
        assert getattr(request, name) is getattr(request, name)


def test_nothing_is_read_before_it_is_asked_for() -> None:
    assert vars(_request(target="/?a=1")) == {}


def test_state_belongs_to_one_request() -> None:
    app = Spikard()
    one, other = _request(app=app), _request(app=app)
    one.state.user = "ada"
    assert not hasattr(other.state, "user")


def test_body_is_exact_and_json_is_kept() -> None:
    async def read() -> None:
        request = _request(body=b'\xef\xbb\xbf{"a": [1]}', headers=[("content-type", "text/plain")])
        assert await request.body() == b'\xef\xbb\xbf{"a": [1]}'
        assert await request.json() == {"a": [1]}
        assert await request.json() is await request.json()

    asyncio.run(read())


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
def test_malformed_json(body: bytes) -> None:
    with pytest.raises(MalformedBody):
        asyncio.run(_request(body=body).json())


def _named() -> Spikard:
    app = Spikard()

    @app.get("/users/{id:int}")
    @app.put("/users/{id:int}")
    async def user(id: int) -> None: ...

    @app.get("/users", name="user")
    async def users() -> None: ...

    @app.get("/a", name="twin")
    @app.get("/b", name="twin")
    async def twin() -> None: ...

    return app


def test_url_for() -> None:
    request = _request(app=_named(), scheme="https")
    assert request.url_for("user", id=42) == "https://example.org/users/42"
    assert request.url_for("user") == "https://example.org/users"


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("users", {}, "no route is named 'users' and takes no parameters"),
        ("user", {"name": 1}, "no route is named 'user' and takes name"),
        ("twin", {}, "/b and /a are both named 'twin'"),
    ],
)
def test_url_for_refuses(name: str, values: dict[str, Any], reason: str) -> None:
    with pytest.raises(LookupError) as caught:
        _request(app=_named()).url_for(name, **values)
    assert reason in str(caught.value)
