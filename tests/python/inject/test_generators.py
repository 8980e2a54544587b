"""Dependencies that are generators: their ends, and what they are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from running import LOG, Running, ask, body

from spikard import HTTPException, Provide, Spikard


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
