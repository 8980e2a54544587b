from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError, Future

import pytest
from front_end import DEADLINE
from scarcity import no_more_threads

from spikard._worker.threads import HandlerThreads


def test_results_and_exceptions() -> None:
    threads = HandlerThreads(2)
    assert threads.submit(divmod, 7, 2).result(DEADLINE) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        threads.submit(divmod, 7, 0).result(DEADLINE)
    with pytest.raises(SystemExit):
        threads.submit(exit).result(DEADLINE)
    threads.shutdown()


def test_as_many_run_at_once_as_allowed() -> None:
    """Again and again, for a thread that is about to wait must not count as one that does."""
    threads = HandlerThreads(4)
    for _ in range(300):
        together = threading.Barrier(4)
        meeting = [threads.submit(together.wait, DEADLINE) for _ in range(4)]
        assert sorted(call.result(DEADLINE) for call in meeting) == [0, 1, 2, 3]
    threads.shutdown()


def test_no_more_run_at_once_than_allowed() -> None:
    threads = HandlerThreads(2)
    running = threading.Semaphore(2)

    def run() -> bool:
        alone = running.acquire(blocking=False)
        running.release()
        return alone

    assert all(call.result(DEADLINE) for call in [threads.submit(run) for _ in range(200)])
    threads.shutdown()


def test_one_thread_is_enough_for_calls_one_after_the_other() -> None:
    threads = HandlerThreads(40)
    names = {threads.submit(lambda: threading.current_thread().name).result(DEADLINE)}
    assert names == {"spikard-handler-1"}
    threads.shutdown()


def test_what_was_cancelled_is_not_called() -> None:
    threads = HandlerThreads(1)
    go_on, called = threading.Event(), threading.Event()
    first = threads.submit(go_on.wait, DEADLINE)
    second = threads.submit(called.set)
    assert second.cancel()
    go_on.set()
    assert first.result(DEADLINE)
    threads.submit(int).result(DEADLINE)
    assert not called.is_set()
    with pytest.raises(CancelledError):
        second.result()
    threads.shutdown()


def test_threads_keep_nothing_of_what_they_have_done() -> None:
    class Argument:
        pass

    threads = HandlerThreads(1)
    argument = Argument()
    gone = weakref.ref(argument)
    done = threading.Event()
    weakref.finalize(argument, done.set)
    future: Future[str] = threads.submit(repr, argument)
    assert "Argument" in future.result(DEADLINE)
    del argument, future
    gc.collect()
    assert done.wait(DEADLINE)
    assert gone() is None
    threads.shutdown()


def running(limit: int, test: Callable[[HandlerThreads], Awaitable[None]]) -> None:
    async def main() -> None:
        threads = HandlerThreads(limit)
        try:
            await test(threads)
        finally:
            threads.shutdown()

    asyncio.run(asyncio.wait_for(main(), DEADLINE))


def test_short_calls_share_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    # However busy the machine: no call is long.
    monkeypatch.setattr("spikard._worker.threads._PATIENCE", DEADLINE)

    async def test(threads: HandlerThreads) -> None:
        for _ in range(20):
            together = (threads.run(lambda: threading.current_thread().name) for _ in range(20))
            assert set(await asyncio.gather(*together)) == {"spikard-handler-1"}

    running(40, test)


def test_calls_that_block_run_at_once() -> None:
    async def test(threads: HandlerThreads) -> None:
        for _ in range(100):
            together = threading.Barrier(8)
            meeting = [threads.run(together.wait, DEADLINE) for _ in range(8)]
            assert sorted(await asyncio.gather(*meeting)) == list(range(8))

    running(8, test)


def test_stuck_threads_hold_up_nobody_while_one_is_left() -> None:
    async def test(threads: HandlerThreads) -> None:
        go_on = threading.Event()
        stuck = [asyncio.ensure_future(threads.run(go_on.wait, DEADLINE)) for _ in range(3)]
        await asyncio.sleep(0)
        for number in range(100):
            assert await threads.run(lambda number=number: number) == number
        go_on.set()
        assert all(await asyncio.gather(*stuck))

    running(4, test)


def test_exceptions_come_to_who_waits() -> None:
    async def test(threads: HandlerThreads) -> None:
        for function, kind in ((lambda: 1 // 0, ZeroDivisionError), (exit, SystemExit)):
            with pytest.raises(kind):
                await threads.run(function)
        with pytest.raises(RuntimeError, match="StopIteration"):
            await threads.run(next, iter(()))

    running(2, test)


def test_a_wait_that_is_cancelled_before_its_call_begins() -> None:
    async def test(threads: HandlerThreads) -> None:
        go_on, called = threading.Event(), threading.Event()
        first = asyncio.ensure_future(threads.run(go_on.wait, DEADLINE))
        second = asyncio.ensure_future(threads.run(called.set))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.sleep(0)
        go_on.set()
        assert await first
        await threads.run(int)
        assert not called.is_set()

    running(1, test)


def test_those_that_run_make_all_calls_where_there_are_no_more() -> None:
    threads = HandlerThreads(4)
    together = threading.Barrier(2)
    first = threads.submit(together.wait, DEADLINE)
    with no_more_threads():
        calls = [threads.submit(divmod, number, 2) for number in range(10)]
        together.wait(DEADLINE)
        assert [call.result(DEADLINE) for call in calls] == [divmod(number, 2) for number in range(10)]
    assert first.done()
    together = threading.Barrier(4)
    meeting = [threads.submit(together.wait, DEADLINE) for _ in range(4)]
    assert sorted(call.result(DEADLINE) for call in meeting) == [0, 1, 2, 3]
    threads.shutdown()


def test_where_there_is_none_the_caller_is_told() -> None:
    threads = HandlerThreads(4)
    with no_more_threads():
        for _ in range(2):
            with pytest.raises(RuntimeError, match="no thread can be started"):
                threads.submit(divmod, 7, 2)
    assert threads.submit(divmod, 8, 2).result(DEADLINE) == (4, 0)
    threads.shutdown()
