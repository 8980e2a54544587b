"""Exception handlers, error hooks and verdicts around a handler."""

from __future__ import annotations

import contextvars
from typing import Any

import pytest
from running import LOG, Running, ask, body

from spikard import HTTPException, Provide, Request, RequestValidationError, Response, Spikard
from spikard.exceptions import MalformedBody


class BaseProblem(Exception):
    pass


class DeepProblem(BaseProblem):
    pass


def test_exception_handlers_by_class_and_status() -> None:
    app = Spikard()

    @app.exception_handler(BaseProblem)
    async def base(request: Request, exc: BaseProblem) -> Response:
        return Response(f"{request.path} {type(exc).__name__}", 409)

    @app.exception_handler(404)
    def missing(_, error):  # type: ignore[no-untyped-def]
        return {"missing": error.detail}

    @app.exception_handler(HTTPException)
    async def http(exc: HTTPException) -> Response:
        return Response("http", exc.status_code)

    @app.exception_handler(500)
    async def all_else(e: Exception, prefix: Any) -> Response:
        return Response(prefix + type(e).__name__, 503)

    app.provide("prefix", "p-")
    errors: list[Exception] = [
        DeepProblem(),
        HTTPException(404, "gone"),
        HTTPException(403),
        LookupError(),
        ValueError(),
        RequestValidationError([{"loc": ["body"]}]),
        MalformedBody(),
    ]

    @app.get("/{n:int}")
    async def handler(n: int) -> None:
        raise errors[n]

    answers = [
        ask(app, arguments=b'{"n":%d}' % n, path_parameters=[str(n)], target="/x") for n in range(len(errors))
    ]
    assert [answer.status_code for answer in answers] == [409, 404, 403, 503, 503, 422, 400]
    assert [answer.body for answer in answers[:5]] == [
        b"/x DeepProblem",
        b'{"missing":"gone"}',
        b"http",
        b"p-LookupError",
        b"p-ValueError",
    ]


def test_a_handler_for_a_base_class_does_not_take_what_has_a_meaning_of_its_own() -> None:
    app = Spikard()

    @app.exception_handler(ValueError)
    async def value_error() -> Response:
        return Response("value")

    @app.get("/")
    async def handler() -> None:
        raise RequestValidationError([{"loc": ["body"]}])

    assert ask(app).status_code == 422


def test_error_hooks_get_response_and_error(caplog: pytest.LogCaptureFixture) -> None:
    app = Spikard()

    @app.on_error
    async def mark(response: Response, error: LookupError) -> None:
        response.headers["x-error"] = str(error)

    @app.get("/")
    async def handler() -> None:
        raise LookupError("told")

    @app.on_error
    def change(response):  # type: ignore[no-untyped-def]
        return Response("changed", 502, response.headers)

    response = ask(app)
    assert (response.status_code, response.body, response.headers["x-error"]) == (502, b"changed", "told")
    assert "LookupError: told" in caplog.text


def test_what_fails_in_an_error_hook_or_handler_is_answered(caplog: pytest.LogCaptureFixture) -> None:
    app = Spikard()

    @app.exception_handler(LookupError)
    async def handle() -> None:
        raise ZeroDivisionError("secret")

    @app.get("/")
    async def handler() -> None:
        raise LookupError("first")

    response = ask(app)
    assert response.status_code == 500
    assert b"secret" not in response.body
    assert "secret" in caplog.text
    assert "first" in caplog.text


VERDICT = (
    b'{"status":422,"detail":"1","errors":[{"type":"missing","loc":["query","q"],"msg":"m","input":null}]}'
)


@pytest.mark.parametrize("reads", [False, True])
def test_the_verdict_comes_after_pre_validation(reads: bool) -> None:
    app = Spikard()

    @app.on_request
    async def first() -> None:
        LOG.append("first")

    if reads:

        @app.pre_validation
        async def reading(q: int) -> None:
            LOG.append("reading")

    @app.pre_handler
    async def never() -> None:
        LOG.append("never")

    @app.exception_handler(RequestValidationError)
    async def handle(error: RequestValidationError) -> Response:
        return Response({"errors": error.errors}, 418)

    @app.get("/")
    async def handler(q: int) -> None:
        LOG.append("never")

    running = Running(app)
    assert running.manifest.routes[0].wants_verdict
    response = ask(app, verdict=VERDICT, arguments=b"")
    assert response.status_code == 418
    assert body(response)["errors"][0]["loc"] == ["query", "q"]
    assert LOG == ["first"]


def test_verdicts_come_only_where_they_are_wanted() -> None:
    for register, wanted in (
        (lambda app: app.on_request(lambda: None), True),
        (lambda app: app.pre_handler(lambda: None), False),
        (lambda app: app.exception_handler(400)(lambda: None), True),
        (lambda app: app.exception_handler(ValueError)(lambda: None), False),
    ):
        app = Spikard()
        register(app)
        app.register_route("GET", "/", lambda: 1)
        assert Running(app).manifest.routes[0].wants_verdict is wanted
    bad = b'{"status":400,"detail":"Invalid request format"}'
    app = Spikard()
    app.on_request(lambda: None)
    app.register_route("GET", "/", lambda: 1)
    response = ask(app, verdict=bad)
    assert (response.status_code, body(response)["detail"]) == (400, "Invalid request format")


VARIABLE: contextvars.ContextVar[str] = contextvars.ContextVar("VARIABLE", default="clean")


def test_context_variables_of_async_functions_reach_all_that_follow() -> None:
    app = Spikard()

    async def set_it() -> None:
        VARIABLE.set("set")

    app.provide("it", Provide(set_it))

    @app.get("/")
    def handler(it: Any) -> str:
        return VARIABLE.get()

    assert ask(app) == "set"


def test_neighbours_in_threads_share_one_visit() -> None:
    app = Spikard()

    def name() -> str:
        VARIABLE.set("in thread")
        return VARIABLE.get()

    app.provide("a", Provide(name))

    @app.get("/")
    def handler(a: Any) -> list[str]:
        return [a, VARIABLE.get()]

    assert ask(app) == ["in thread", "in thread"]


def test_exception_handlers_have_a_class_or_a_status() -> None:
    for key in (BaseException, 200, True, "404"):
        with pytest.raises(TypeError, match="exception_handler takes"):
            Spikard().exception_handler(key)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="a name or a type"):
        Spikard().provide(1, 2)  # type: ignore[arg-type]
