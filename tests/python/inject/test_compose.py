"""One call per route: hooks, dependencies and handler in their order."""

from __future__ import annotations

import asyncio
import contextvars
import json
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

import pytest

from fake_exchange import FakeExchange
from spikard import (
    HTTPException,
    Provide,
    Request,
    RequestValidationError,
    Response,
    Router,
    ServerConfig,
    Spikard,
    StartError,
)
from spikard._manifest import Manifest, build
from spikard._worker import Services
from spikard.exceptions import MalformedBody

LOG: list[Any] = []


@pytest.fixture(autouse=True)
def _empty_log() -> None:
    LOG.clear()


class Running:
    """An application as a worker calls it, without a worker."""

    def __init__(self, app: Spikard, **config: Any) -> None:
        self.services = Services(app, ServerConfig(**config))
        self.manifest: Manifest
        self.manifest, self.routes = build(app, ServerConfig(**config), self.services)

    async def ask(self, route: int = 0, **exchange: Any) -> Any:
        bound = self.routes[route]
        asked = FakeExchange(route=route, **exchange)
        return await bound.call(asked) if bound.is_async else bound.call(asked)

    async def ask_to_the_end(self, route: int = 0, **exchange: Any) -> Any:
        result = await self.ask(route, **exchange)
        for clean_up in getattr(result, "_cleanup", ()):
            await clean_up()
        return result


def ask(app: Spikard, route: int = 0, **exchange: Any) -> Any:
    return asyncio.run(Running(app).ask_to_the_end(route, **exchange))


def body(response: Any) -> Any:
    return json.loads(response.body) if isinstance(response, Response) else response


def test_a_route_with_nothing_around_it_is_called_directly() -> None:
    app = Spikard()

    @app.get("/")
    def plain() -> int:
        return 1

    (bound,) = Running(app).routes
    assert not bound.is_async
    assert bound.call(FakeExchange()) == 1


class Database:
    def __init__(self, url: str = "none") -> None:
        self.url = url


def test_by_key_type_and_in_place() -> None:
    app = Spikard()
    here = object()

    async def settings() -> dict[str, int]:
        return {"a": 1}

    def in_place(settings: Any) -> Any:
        return settings["a"] + 1

    global _in_place
    _in_place = in_place

    @app.get("/")
    async def handler(
        settings: Any, db: Database, two: Annotated[int, Provide(_in_place)], value: Any, q: int = 5
    ) -> Any:
        return [settings, db.url, two, value is here, q]

    app.provide("settings", Provide(settings)).provide(Database, Provide(Database))
    app.provide("value", here)
    assert ask(app, arguments=b'{"q":7}') == [{"a": 1}, "none", 2, True, 7]


_in_place: Any = None


def test_values_that_are_callable_are_values() -> None:
    app = Spikard()

    class Client:
        def __call__(self) -> None:
            raise AssertionError("called")

    client = Client()
    app.provide("client", Provide(client))

    @app.get("/")
    async def handler(client: Any) -> bool:
        return client is client

    assert ask(app) is True


def test_made_once_per_request_unless_said_otherwise() -> None:
    app = Spikard()
    made = iter(range(100))

    def count() -> int:
        return next(made)

    app.provide("a", Provide(count))
    app.provide("fresh", Provide(count, use_cache=False))
    app.provide("one", Provide(count, singleton=True))

    def both(a: Any, fresh: Any, one: Any) -> Any:
        return [a, fresh, one]

    app.provide("both", Provide(both))

    @app.get("/")
    async def handler(a: Any, fresh: Any, one: Any, both: Any) -> Any:
        return [a, fresh, one, *both]

    async def main() -> list[Any]:
        running = Running(app)
        return [await running.ask() for _ in range(2)]

    first, second = asyncio.run(main())
    assert first[0] == first[3]
    assert first[1] != first[4]
    assert first[2] == first[5] == second[2] == second[5]
    assert second[0] not in first


def test_a_singleton_is_made_once_by_many_at_once() -> None:
    app = Spikard()

    async def slow() -> object:
        LOG.append("made")
        await asyncio.sleep(0)
        return object()

    app.provide("one", Provide(slow, singleton=True))

    @app.get("/")
    async def handler(one: Any) -> Any:
        return one

    async def main() -> set[int]:
        running = Running(app)
        return {id(one) for one in await asyncio.gather(*(running.ask() for _ in range(10)))}

    assert len(asyncio.run(main())) == 1
    assert LOG == ["made"]


async def a_async() -> AsyncIterator[str]:
    LOG.append("a begins")
    try:
        yield "a"
    except BaseException as error:
        LOG.append(f"a got {error!r}")
        raise
    finally:
        LOG.append("a ends")


def b_sync(a: Any) -> Iterator[str]:
    LOG.append("b begins")
    try:
        yield a + "b"
    except BaseException as error:
        LOG.append(f"b got {error!r}")
        raise
    finally:
        LOG.append("b ends")


@pytest.mark.parametrize("kind", ["async def", "def"])
def test_generators_end_in_reverse_after_the_response(kind: str) -> None:
    app = Spikard()
    app.provide("a", Provide(a_async))
    app.provide("b", Provide(b_sync))

    async def on_loop(b: Any) -> Any:
        LOG.append("handler")
        return b

    def in_thread(b: Any) -> Any:
        LOG.append("handler")
        return b

    app.get("/")(on_loop if kind == "async def" else in_thread)

    async def main() -> None:
        response = await Running(app).ask()
        assert body(response) == "ab"
        assert LOG == ["a begins", "b begins", "handler"]
        for clean_up in response._cleanup:
            await clean_up()

    asyncio.run(main())
    assert LOG[3:] == ["b ends", "a ends"]


@pytest.mark.parametrize("kind", ["async def", "def"])
def test_generators_get_the_exception_of_the_handler(kind: str) -> None:
    app = Spikard()
    app.provide("a", Provide(a_async))
    app.provide("b", Provide(b_sync))

    async def on_loop(b: Any) -> None:
        raise LookupError("x")

    def in_thread(b: Any) -> None:
        raise LookupError("x")

    app.get("/")(on_loop if kind == "async def" else in_thread)
    assert ask(app).status_code == 500
    assert LOG == [
        "a begins",
        "b begins",
        "b got LookupError('x')",
        "b ends",
        "a got LookupError('x')",
        "a ends",
    ]


def test_a_generator_may_raise_something_else() -> None:
    app = Spikard()

    def translate() -> Iterator[None]:
        try:
            yield
        except LookupError:
            raise HTTPException(404, "translated") from None

    @app.get("/", dependencies=[Provide(translate)])
    async def handler() -> None:
        raise LookupError("x")

    response = ask(app)
    assert (response.status_code, body(response)["detail"]) == (404, "translated")


def test_an_exception_that_a_generator_swallows_is_answered_all_the_same() -> None:
    app = Spikard()

    def swallow() -> Iterator[None]:
        try:
            yield
        except LookupError:
            LOG.append("swallowed")

    @app.get("/", dependencies=[Provide(swallow)])
    async def handler() -> None:
        raise LookupError("x")

    assert ask(app).status_code == 500
    assert LOG == ["swallowed"]


@pytest.mark.parametrize("is_async", [False, True])
def test_generators_that_yield_no_once(is_async: bool, caplog: pytest.LogCaptureFixture) -> None:
    app = Spikard()

    def nothing() -> Iterator[None]:
        return
        yield

    async def nothing_async() -> AsyncIterator[None]:
        return
        yield

    def twice() -> Iterator[int]:
        yield 1
        yield 2

    async def twice_async() -> AsyncIterator[int]:
        yield 1
        yield 2

    app.provide("nothing", Provide(nothing_async if is_async else nothing))
    app.provide("twice", Provide(twice_async if is_async else twice))

    @app.get("/a")
    async def a(nothing: Any) -> None: ...

    @app.get("/b")
    async def b(twice: Any) -> int:
        return 1

    assert ask(app).status_code == 500
    assert "yields nothing" in caplog.text
    assert body(ask(app, 1)) == 1
    assert "yields more than once" in caplog.text


def test_a_cancelled_handler_ends_its_dependencies() -> None:
    app = Spikard()
    app.provide("a", Provide(a_async))

    @app.get("/")
    async def handler(a: Any) -> None:
        await asyncio.sleep(60)

    async def main() -> None:
        task = asyncio.ensure_future(Running(app).ask())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert LOG == ["a begins", "a got CancelledError()", "a ends"]


def test_dependencies_read_the_request_and_are_declared() -> None:
    app = Spikard()

    def page(request: Request, limit: int = 10) -> Any:
        return [request.method, limit]

    app.provide("page", Provide(page))

    @app.get("/{id:int}")
    async def handler(id: int, page: Any, limit: int) -> Any:
        return [id, page, limit]

    running = Running(app)
    (route,) = running.manifest.routes
    assert [(p.name, p.source, p.required) for p in route.parameters] == [
        ("id", "path", True),
        ("limit", "query", True),
    ]
    assert route.takes_body
    assert ask(app, arguments=b'{"id":1,"limit":2}', path_parameters=["1"]) == [1, ["GET", 2], 2]


def test_guards_of_app_router_and_route_run_in_this_order() -> None:
    def guard(name: str) -> Provide:
        def check() -> None:
            LOG.append(name)

        return Provide(check)

    app = Spikard(dependencies=[guard("app")])
    outer, inner = Router(dependencies=[guard("outer")]), Router(dependencies=["inner"])
    app.provide("inner", guard("inner"))
    outer.include_router(inner)
    app.include_router(outer)

    @inner.get("/", dependencies=[guard("route")])
    async def handler() -> None:
        LOG.append("handler")

    ask(app)
    assert LOG == ["app", "outer", "inner", "route", "handler"]


def test_depends_on_is_made_before() -> None:
    app = Spikard()
    app.provide("first", Provide(lambda: LOG.append("first")))
    app.provide("second", Provide(lambda: LOG.append("second"), depends_on=["first"]))

    @app.get("/")
    async def handler(second: Any) -> None: ...

    ask(app)
    assert LOG == ["first", "second"]


def needs_b(b: Any) -> None: ...


def needs_a(a: Any) -> None: ...


@pytest.mark.parametrize("singleton", [False, True])
def test_cycles_are_found_at_start(singleton: bool) -> None:
    app = Spikard()
    app.provide("a", Provide(needs_b, singleton=singleton)).provide("b", Provide(needs_a))

    @app.get("/")
    async def handler(a: Any) -> None: ...

    with pytest.raises(
        StartError, match=r"needs_a \(.*test_compose.py:\d+\): parameter 'a'.*: a needs b needs a"
    ):
        Running(app)


def test_missing_keys_are_found_at_start() -> None:
    app = Spikard()
    app.provide("a", Provide(lambda: 1, depends_on=["gone"]))

    @app.get("/")
    async def handler(a: Any) -> None: ...

    with pytest.raises(StartError, match=r"<lambda> \(.*\): it depends on 'gone', which nobody provides"):
        Running(app)
    app = Spikard()
    app.register_route("GET", "/", handler, dependencies=["gone"])
    with pytest.raises(StartError, match=r"handler \(.*\): it depends on 'gone'"):
        Running(app)


def test_singletons_have_no_request() -> None:
    app = Spikard()

    def wants(q: int) -> None: ...

    app.provide("a", Provide(wants, singleton=True))

    @app.get("/")
    async def handler(a: Any) -> None: ...

    with pytest.raises(StartError, match=r"wants \(.*\): parameter 'q' is of a request"):
        Running(app)


def test_two_functions_cannot_read_one_parameter_differently() -> None:
    app = Spikard()

    def wants(q: int) -> None: ...

    app.provide("a", Provide(wants))

    @app.get("/")
    async def handler(a: Any, q: str) -> None: ...

    with pytest.raises(StartError, match="'q' is not what it is in"):
        Running(app)


def test_overrides_before_and_while_it_runs() -> None:
    app = Spikard()

    def connect() -> str:
        return "real"

    app.provide("db", Provide(connect)).provide("n", 1)

    @app.get("/")
    async def handler(db: Any, n: Any) -> Any:
        return [db, n]

    async def main() -> None:
        with app.override({connect: lambda: "fake"}):
            running = Running(app)
            await running.services.start()
            assert await running.ask() == ["fake", 1]
            with app.override({"n": 2, "db": Provide("other")}):
                assert await running.ask() == ["other", 2]
            with pytest.raises(StartError, match="the override wants q"), app.override({"n": lambda q: q}):
                pass
            assert await running.ask() == ["fake", 1]
        assert await running.ask() == ["real", 1]
        await running.services.stop()
        assert app.rebinders == []

    asyncio.run(main())


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
