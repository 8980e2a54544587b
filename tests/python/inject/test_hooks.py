"""Hooks and middleware in their order."""

from __future__ import annotations

from typing import Any

import pytest
from running import LOG, Running, ask, body

from fake_exchange import FakeExchange
from spikard import HTTPException, Provide, Request, Response, Spikard, StartError


def test_all_hooks_in_their_order() -> None:
    app = Spikard()

    @app.middleware
    async def outer(request: Request, call_next: Any) -> Response:
        LOG.append("outer")
        response: Response = await call_next(request)
        LOG.append("outer again")
        response.headers["x-outer"] = "1"
        return response

    @app.middleware("http")
    async def inner(_: Any, next_one: Any) -> Response:
        LOG.append("inner")
        response: Response = await next_one()
        LOG.append("inner again")
        return response

    for name in ("on_request", "pre_validation", "pre_handler"):

        def hook(request: Request, name: str = name) -> Request:
            LOG.append(name)
            request.state.seen = name
            return request

        async def hook_async(request: Request, dependency: Any) -> None:
            LOG.append(dependency)

        getattr(app, name)(hook)
        getattr(app, name)(hook_async)

    @app.on_response
    def on_response(response: Response) -> Response:
        LOG.append("on_response")
        return response

    @app.on_response
    async def on_response_async(request, response):  # type: ignore[no-untyped-def]
        LOG.append(request.state.seen)

    @app.on_error
    async def on_error(response: Response) -> None:
        LOG.append("on_error")

    app.provide("dependency", Provide(lambda: "dependency"))

    @app.get("/")
    async def handler() -> str:
        LOG.append("handler")
        return "x"

    response = ask(app)
    assert body(response) == "x"
    assert response.headers["x-outer"] == "1"
    assert LOG == [
        "outer",
        "inner",
        "on_request",
        "dependency",
        "pre_validation",
        "dependency",
        "pre_handler",
        "dependency",
        "handler",
        "on_response",
        "pre_handler",
        "inner again",
        "outer again",
    ]


@pytest.mark.parametrize("name", ["on_request", "pre_validation", "pre_handler"])
def test_a_response_of_a_request_hook_ends(name: str) -> None:
    app = Spikard()

    @getattr(app, name)
    async def stop() -> Response:
        return Response("stopped", 401)

    @app.on_response
    async def mark(response: Response, late: Any) -> None:
        response.headers["x-late"] = late

    app.provide("late", Provide(lambda: "made late"))

    @app.get("/")
    async def handler(late: Any) -> None:
        raise AssertionError("called")

    response = ask(app)
    assert (response.status_code, response.body, response.headers["x-late"]) == (401, b"stopped", "made late")


@pytest.mark.parametrize("name", ["on_request", "on_response", "middleware"])
def test_hooks_that_return_something_else(name: str, caplog: pytest.LogCaptureFixture) -> None:
    app = Spikard()

    @getattr(app, name)
    async def wrong(call_next: Any = None) -> Any:
        return {"a": 1}

    @app.get("/")
    async def handler() -> None: ...

    assert ask(app).status_code == 500
    assert "wrong (" in caplog.text


def test_middleware_is_checked_at_start() -> None:
    def blocking(request: Request, call_next: Any) -> None: ...

    async def forgetful(request: Request) -> None: ...

    for function, text in ((blocking, "async def"), (forgetful, "call_next")):
        app = Spikard()
        app.middleware(function)
        app.register_route("GET", "/", lambda: 1)
        with pytest.raises(StartError, match=text):
            Running(app)


def test_middleware_sees_errors_as_responses_and_its_own_are_answered() -> None:
    app = Spikard()

    @app.middleware
    async def watch(request: Request, call_next: Any, fail: bool = False) -> Any:
        response = await call_next(request)
        LOG.append(response.status_code)
        if fail:
            raise HTTPException(418)
        return response

    @app.get("/", status_code=201)
    async def handler(error: bool = False) -> int:
        if error:
            raise LookupError("x")
        return 1

    assert ask(app).status_code == 201
    assert ask(app, arguments=b'{"error":true}').status_code == 500
    assert ask(app, arguments=b'{"fail":true}').status_code == 418
    assert LOG == [201, 500, 201]


def test_a_middleware_may_end_or_replace_the_request() -> None:
    app = Spikard()

    @app.middleware
    async def end(request: Request, call_next: Any) -> Response:
        if request.method == "GET":
            return Response("ended")
        changed = Request(request._context, FakeExchange(target="/changed"))
        response: Response = await call_next(changed)
        return response

    @app.route("/", methods=["GET", "POST"])
    async def handler(request: Request) -> str:
        return request.path

    assert ask(app, method="GET").body == b"ended"
    assert body(ask(app, 1, method="POST")) == "/changed"
