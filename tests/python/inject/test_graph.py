"""The graph of dependencies: what it reads, its order, and what is refused at start."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from running import LOG, Running, ask

from spikard import Provide, Request, Router, Spikard, StartError


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
        StartError, match=r"needs_a \(.*test_graph.py:\d+\): parameter 'a'.*: a needs b needs a"
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
