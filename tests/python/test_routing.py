from __future__ import annotations

import typing
from dataclasses import fields
from http import HTTPStatus
from typing import Any

import pytest

import spikard
from spikard import Route, Router, Spikard, StartError, get_default_router, reset_default_router
from spikard.routing import Registry, RouteOptions

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")


async def handler() -> None: ...


async def other() -> None: ...


def _table(registry: Registry) -> list[tuple[str, str]]:
    return [(route.method, route.path) for route in registry.routes]


@pytest.mark.parametrize("make", [Spikard, Router, get_default_router, lambda: spikard])
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_on_app_router_and_module(make: Any, verb: str) -> None:
    target = make()
    assert getattr(target, verb)("/x")(handler) is handler
    registry = Spikard() if target is spikard else target
    assert _table(registry) == [(verb.upper(), "/x")]
    assert registry.routes[0].handler is handler


def test_route_takes_one_or_several_methods() -> None:
    app = Spikard()
    app.route("/a")(handler)
    app.route("/b", "post")(handler)
    app.route("/c", methods=["GET", "put"])(handler)
    app.route("/d", methods="delete")(handler)
    assert _table(app) == [("GET", "/a"), ("POST", "/b"), ("GET", "/c"), ("PUT", "/c"), ("DELETE", "/d")]


def test_register_route_equals_the_decorators() -> None:
    app = Spikard()
    assert app.register_route("post", "/a", handler, status_code=201) is handler
    assert app.register_route("GET", "/b")(other) is other
    assert [(r.method, r.path, r.handler, r.status_code) for r in app.get_routes()] == [
        ("POST", "/a", handler, 201),
        ("GET", "/b", other, 200),
    ]


def test_options_arrive_on_the_route() -> None:
    app = Spikard()
    given: RouteOptions = {
        "name": "n",
        "summary": "s",
        "description": "d",
        "tags": ["t"],
        "deprecated": True,
        "include_in_schema": False,
        "status_code": HTTPStatus.CREATED,
        "max_body_size": None,
        "idempotent": "key",
    }
    app.get("/", **given)(handler)
    (route,) = app.routes
    assert {name: getattr(route, name) for name in given} == {**given, "tags": ("t",)}


def test_route_has_the_options_and_no_others() -> None:
    of_route = {field.name for field in fields(Route)} - {"method", "path", "handler", "mounted"}
    assert of_route == typing.get_type_hints(RouteOptions).keys()


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(TypeError, match=r"a route has no option 'statuscode'; it has body_schema, .*timeout"):
        Spikard().get("/", statuscode=1)  # type: ignore[call-arg]


def test_a_decorator_without_its_path_is_refused() -> None:
    with pytest.raises(
        TypeError, match=r"the path must be text, as in @app.get\('/path'\), not <function handler"
    ):
        Spikard().get(handler)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"status_code": 199}, "status_code must be 200 to 599, not 199"),
        ({"status_code": "200"}, "status_code must be 200 to 599, not '200'"),
        ({"status_code": True}, "status_code must be 200 to 599, not True"),
        ({"tags": "users"}, "tags must be a list of texts, not 'users'"),
        ({"tags": [1]}, "tags must be a list of texts, not [1]"),
        ({"max_body_size": 0}, "max_body_size must be a number of bytes from 1, or None, not 0"),
        ({"max_body_size": "1k"}, "max_body_size must be a number of bytes from 1, or None, not '1k'"),
        ({"idempotent": "yes"}, "idempotent must be True, False or 'key', not 'yes'"),
        ({"methods": ["GET", "G T"]}, "method must be an HTTP method other than CONNECT, not 'G T'"),
        ({"method": "connect"}, "method must be an HTTP method other than CONNECT, not 'CONNECT'"),
    ],
)
def test_bad_options_name_function_file_and_line(options: dict[str, Any], reason: str) -> None:
    line = handler.__code__.co_firstlineno
    with pytest.raises(StartError) as caught:
        Spikard().route("/", **options)(handler)
    assert str(caught.value) == f"handler ({__file__}:{line}): {reason}"


def test_a_handler_is_callable() -> None:
    with pytest.raises(StartError, match=r"GET /: 42 is not a function"):
        Spikard().register_route("GET", "/", 42)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("prefix", "path", "joined"),
    [
        ("", "/", "/"),
        ("", "/a/", "/a/"),
        ("/api", "/", "/api"),
        ("/api", "", "/api"),
        ("/api/", "/a", "/api/a"),
        ("api", "a/", "/api/a/"),
        ("/", "/a", "/a"),
        ("/a/{b:int}", "/{c}", "/a/{b:int}/{c}"),
    ],
)
def test_prefixes(prefix: str, path: str, joined: str) -> None:
    router = Router(prefix=prefix)
    router.get(path)(handler)
    app = Spikard()
    app.get(path)(handler)
    nested = Spikard()
    nested.include_router(router)
    by_include = Spikard()
    plain = Router()
    plain.get(path)(handler)
    by_include.include_router(plain, prefix=prefix)
    assert _table(router) == _table(nested) == _table(by_include) == [("GET", joined)]


def test_routers_nest_and_may_be_filled_later() -> None:
    app, outer, inner = Spikard(), Router(prefix="/outer", tags=["o"]), Router(prefix="/inner", tags=["i"])
    app.get("/first")(handler)
    app.include_router(outer, prefix="/v1")
    app.get("/last")(handler)
    outer.include_router(inner, prefix="/between")
    inner.get("/x", tags=["x"])(other)
    assert _table(app) == [("GET", "/first"), ("GET", "/v1/outer/between/inner/x"), ("GET", "/last")]
    assert app.routes[1].tags == ("o", "i", "x")
    assert app.routes[1].handler is other


def test_a_router_cannot_include_itself() -> None:
    one, two = Router(), Router()
    one.include_router(two)
    for outer, inner in ((one, one), (two, one)):
        with pytest.raises(ValueError, match="cannot include itself"):
            outer.include_router(inner)


def test_what_is_no_router_cannot_be_included() -> None:
    with pytest.raises(TypeError, match="include_router takes a Router, not 5"):
        Spikard().include_router(5)  # type: ignore[arg-type]


def test_events_come_from_an_async_generator() -> None:
    def numbers() -> Any:
        yield 1

    with pytest.raises(
        StartError, match=r"numbers \(.*: server-sent events come from an `async def` generator"
    ):
        Spikard().sse("/events")(numbers)


def test_every_app_takes_in_the_default_router() -> None:
    one = Spikard()
    spikard.get("/module")(handler)
    one.get("/own")(other)
    assert _table(one) == [("GET", "/own"), ("GET", "/module")]
    assert _table(Spikard()) == [("GET", "/module")]


def test_including_the_default_router_by_hand_adds_nothing() -> None:
    spikard.get("/module")(handler)
    app, router = Spikard(), Router()
    app.include_router(get_default_router())
    router.include_router(get_default_router())
    app.include_router(router)
    assert _table(app) == [("GET", "/module")]


def test_including_the_default_router_below_a_prefix() -> None:
    spikard.get("/module")(handler)
    app = Spikard()
    app.include_router(get_default_router(), prefix="/v1")
    assert _table(app) == [("GET", "/v1/module"), ("GET", "/module")]


def test_reset_default_router() -> None:
    spikard.get("/module")(handler)
    reset_default_router()
    assert Spikard().routes == []
    spikard.post("/again")(handler)
    assert _table(Spikard()) == [("POST", "/again")]


def test_a_bad_pattern_names_function_file_and_line() -> None:
    app = Spikard()
    app.get("/{id")(handler)
    with pytest.raises(StartError, match=r"^handler \(.*test_routing.py:\d+\): path '/\{id'"):
        _ = app.routes[0].segments
