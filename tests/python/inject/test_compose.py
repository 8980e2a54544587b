"""One call per route: what dependencies are and how often they are made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

import pytest
from running import LOG, Running, ask, body

from fake_exchange import FakeExchange
from spikard import Provide, Spikard


def test_a_route_with_nothing_around_it_is_called_directly() -> None:
    app = Spikard()

    @app.get("/")
    def plain() -> int:
        return 1

    (bound,) = Running(app).routes
    assert not bound.is_async
    assert bound.call(FakeExchange()) == 1


def test_what_may_block_is_called_in_one_visit_to_a_thread() -> None:
    app = Spikard()

    def settings() -> int:
        return 1

    def database(settings: int) -> int:
        return settings + 1

    app.provide("settings", Provide(settings)).provide("database", Provide(database))

    @app.get("/")
    def handler(database: int, settings: int) -> list[int]:
        return [database, settings]

    (bound,) = Running(app).routes
    assert not bound.is_async
    assert bound.call(FakeExchange()) == [2, 1]


@pytest.mark.parametrize("kind", ["async", "generator", "async generator", "singleton", "hook"])
def test_what_has_to_do_with_the_loop_begins_on_it(kind: str) -> None:
    app = Spikard()

    async def on_the_loop() -> int:
        return 1

    def generator() -> Iterator[int]:
        yield 1

    async def async_generator() -> AsyncIterator[int]:
        yield 1

    def plain() -> int:
        return 1

    functions = {"async": on_the_loop, "generator": generator, "async generator": async_generator}
    app.provide("value", Provide(functions.get(kind, plain), singleton=kind == "singleton"))
    if kind == "hook":
        app.on_request(lambda request: None)

    @app.get("/")
    def handler(value: int) -> int:
        return value

    (bound,) = Running(app).routes
    assert bound.is_async
    assert body(ask(app)) == 1


def test_an_override_may_bring_it_to_the_loop() -> None:
    app = Spikard()

    async def other() -> int:
        return 2

    def one() -> int:
        return 1

    app.provide("value", Provide(one))

    @app.get("/")
    def handler(value: int) -> int:
        return value

    async def main() -> None:
        running = Running(app)
        await running.services.start()
        assert not running.routes[0].is_async
        with app.override({"value": Provide(other)}):
            assert running.routes[0].is_async
            assert body(await running.ask()) == 2
        assert not running.routes[0].is_async
        assert await running.ask() == 1
        await running.services.stop()

    asyncio.run(main())


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
