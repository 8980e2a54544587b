"""Work that goes on after the answer."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from spikard import BackgroundTask, BackgroundTaskConfig, background
from spikard._worker.threads import HandlerThreads
from spikard.background import Background, BackgroundQueueFull

DEADLINE = 20.0


def running(test: Callable[[Background], Awaitable[None]], **config: Any) -> None:
    async def main() -> None:
        threads = HandlerThreads(2)
        own = Background(BackgroundTaskConfig(**config), threads)
        own.start()
        try:
            await test(own)
        finally:
            await own.drain()
            threads.shutdown()

    asyncio.run(asyncio.wait_for(main(), DEADLINE))


def test_what_runs_is_finished_by_the_drain() -> None:
    done: list[str] = []

    async def work(name: str) -> None:
        await asyncio.sleep(0)
        done.append(name)
        if name == "first":
            background.run(work("second"))

    async def test(own: Background) -> None:
        background.run(work("first"))
        await own.drain()
        assert done == ["first", "second"]
        with pytest.raises(RuntimeError, match="has ended"):
            own.run(work("late"))

    running(test)


def test_no_more_runs_or_waits_than_configured() -> None:
    async def test(own: Background) -> None:
        go_on, count, most = asyncio.Event(), 0, 0

        async def work() -> None:
            nonlocal count, most
            count += 1
            most = max(most, count)
            await go_on.wait()
            count -= 1

        for _ in range(5):
            background.run(work())
        with pytest.raises(BackgroundQueueFull, match="3 background tasks are waiting"):
            background.run(work())
        await asyncio.sleep(0)
        go_on.set()
        await own.drain()
        assert (count, most) == (0, 2)

    running(test, max_concurrent_tasks=2, max_queue_size=3)


@pytest.mark.parametrize("end", [True, False])
def test_what_does_not_end_in_time_is_cancelled(end: bool, caplog: pytest.LogCaptureFixture) -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(0 if end else 3600)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def test(own: Background) -> None:
        background.run(work())
        own.follow(work())
        await own.drain()

    running(test, drain_timeout_secs=0.05)
    assert ended == ([] if end else ["cancelled"] * 2)
    assert ("2 background tasks had not ended" in caplog.text) is not end
    assert "Exception in callback" not in caplog.text


def test_what_goes_on_when_cancelled_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spikard.background.CANCELLED_WITHIN", 0.05)
    released, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        while not released.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await released.wait()
        ended.set()

    async def test(own: Background) -> None:
        background.run(work())
        await own.drain()
        assert not ended.is_set()
        released.set()
        await ended.wait()

    running(test, drain_timeout_secs=0.05)


def test_failures_are_told_and_hurt_nobody(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []

    async def fail(error: BaseException) -> None:
        raise error

    async def succeed() -> None:
        done.append(1)

    async def test(own: Background) -> None:
        for error in (LookupError("told"), SystemExit(3), KeyboardInterrupt()):
            background.run(fail(error))
        background.run(succeed())
        await own.drain()

    running(test)
    assert done == [1]
    assert "LookupError: told" in caplog.text
    assert caplog.text.count("fail failed") == 3


def test_from_any_thread() -> None:
    async def test(own: Background) -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        async def work() -> None:
            assert asyncio.get_running_loop() is loop
            done.set()

        thread = threading.Thread(target=lambda: background.run(work()))
        thread.start()
        await done.wait()
        thread.join()

    running(test)


def test_where_no_worker_runs() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    async def main() -> None:
        background.run(work())
        await asyncio.sleep(0)

    asyncio.run(main())
    assert done == [1]
    with pytest.raises(RuntimeError, match="neither a worker nor an event loop"):
        background.run(work())
    with pytest.raises(TypeError, match="takes a coroutine"):
        background.run(work)  # type: ignore[arg-type]


def test_a_background_task_calls_its_function() -> None:
    calls: list[Any] = []

    async def on_loop(*args: Any, **kwargs: Any) -> None:
        calls.append((threading.current_thread() is threading.main_thread(), args, kwargs))

    def in_thread(*args: Any, **kwargs: Any) -> None:
        calls.append((threading.current_thread().name, args, kwargs))

    async def test(own: Background) -> None:
        await BackgroundTask(on_loop, 1, a=2)()
        await BackgroundTask(in_thread, 3, b=4)()

    running(test)
    assert calls == [(True, (1,), {"a": 2}), ("spikard-handler-1", (3,), {"b": 4})]
    with pytest.raises(TypeError, match="calls a function"):
        BackgroundTask(1)  # type: ignore[arg-type]


def test_a_task_is_named_by_its_function() -> None:
    async def write(text: str) -> None: ...

    assert repr(BackgroundTask(write, "secret")).startswith(f"<BackgroundTask write ({__file__}:")
