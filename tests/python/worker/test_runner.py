"""Works in the tasks of a Runner behave as if each had a task of its own from its first line on."""

from __future__ import annotations

import asyncio
import contextvars
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from spikard._worker.runner import _STOCK, Runner

_name: contextvars.ContextVar[str] = contextvars.ContextVar("name", default="nobody")


def _in_loop(test: Callable[[Runner], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    async def main() -> None:
        await asyncio.wait_for(test(Runner(asyncio.get_running_loop(), lambda: None)), 10)

    def run() -> None:
        asyncio.run(main())

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


def _go(runner: Runner) -> None:
    """Let it go as it has to: not inside of a task."""
    asyncio.get_running_loop().call_soon(runner.go)


async def _until_ready(runner: Runner) -> None:
    """Wait until it can begin works at once."""

    async def nothing() -> None:
        pass

    runner.start(0, nothing())
    await _until_empty(runner)
    while not runner._pauses:
        await asyncio.sleep(0)


async def _until_empty(runner: Runner) -> None:
    _go(runner)
    while len(runner):
        await asyncio.sleep(0)


@_in_loop
async def test_works_run_once_and_in_order(runner: Runner) -> None:
    ran: list[int] = []

    async def work(number: int) -> None:
        ran.append(number)
        if number % 3 == 0:
            await asyncio.sleep(0)
            ran.append(-number)

    for number in range(1, 10):
        runner.start(number, work(number))
    assert len(runner) == 9
    await _until_empty(runner)
    assert [number for number in ran if number > 0] == list(range(1, 10))
    assert sorted(number for number in ran if number < 0) == [-9, -6, -3]


@_in_loop
async def test_a_work_that_waits_holds_up_no_other(runner: Runner) -> None:
    gate = asyncio.Event()
    ended: list[int] = []

    async def work(number: int) -> None:
        if number == 1:
            await gate.wait()
        ended.append(number)
        if number == 3:
            gate.set()

    for number in (1, 2, 3):
        runner.start(number, work(number))
    await _until_empty(runner)
    assert ended == [2, 3, 1]


@_in_loop
async def test_the_task_is_the_same_before_and_after_waiting(runner: Runner) -> None:
    tasks: dict[int, list[object]] = {}

    async def work(number: int) -> None:
        tasks[number] = [asyncio.current_task()]
        await asyncio.sleep(0)
        tasks[number].append(asyncio.current_task())

    for number in (1, 2, 3):
        runner.start(number, work(number))
    await _until_empty(runner)
    assert all(before is after is not None for before, after in tasks.values())
    assert len({before for before, _ in tasks.values()}) == 3


@_in_loop
async def test_works_begin_at_once_where_tasks_have_nothing_to_do(runner: Runner) -> None:
    began: list[tuple[int, object]] = []
    at_once: list[int] = []

    async def work(number: int) -> None:
        began.append((number, asyncio.current_task()))
        if number < 3:
            await asyncio.sleep(0)
        assert began[number - 1] == (number, asyncio.current_task())

    def go() -> None:
        assert asyncio.current_task() is None
        runner.go()
        at_once.append(len(began))
        assert asyncio.current_task() is None

    for _ in range(2):
        # The second time, the tasks are there.
        began.clear()
        for number in range(1, 5):
            runner.start(number, work(number))
        assert began == [], "nothing runs before the whole batch is there"
        asyncio.get_running_loop().call_soon(go)
        await _until_empty(runner)
        assert [number for number, _ in began] == [1, 2, 3, 4]
        assert asyncio.current_task() not in [task for _, task in began]
        # Who waits keeps the task; the others need none of their own.
        assert len({task for _, task in began}) == 3
        while len(runner._pauses) < 3:
            await asyncio.sleep(0)
    assert at_once == [0, 4]


@_in_loop
async def test_very_many_works_that_wait_leave_few_tasks(runner: Runner) -> None:
    before = asyncio.all_tasks()
    ended: list[int] = []

    async def work(number: int) -> None:
        await asyncio.sleep(0)
        ended.append(number)

    for _ in range(3):
        ended.clear()
        for number in range(2000):
            runner.start(number, work(number))
        await _until_empty(runner)
        assert sorted(ended) == list(range(2000))
    while len(asyncio.all_tasks() - before) > _STOCK:
        await asyncio.sleep(0)
    assert len(runner._pauses) == _STOCK


@_in_loop
async def test_one_task_runs_all_works_that_wait_for_nothing(runner: Runner) -> None:
    tasks: set[object] = set()

    async def work() -> None:
        tasks.add(asyncio.current_task())

    for number in range(100):
        runner.start(number, work())
        await _until_empty(runner)
    assert len(tasks) == 1


@_in_loop
async def test_a_pause_that_is_cancelled_stops_nobody(runner: Runner) -> None:
    """As by a program that ends all tasks it finds."""
    before = asyncio.all_tasks()
    ran: list[int] = []

    async def work(number: int) -> None:
        ran.append(number)

    for number in range(1, 4):
        await _until_ready(runner)
        runner.start(number, work(number))
        for task in asyncio.all_tasks() - before:
            task.cancel()
        _go(runner)
        await _until_empty(runner)
        assert ran == list(range(1, number + 1))


@_in_loop
async def test_nothing_is_left_of_a_runner_whose_works_were_cancelled(runner: Runner) -> None:
    before = asyncio.all_tasks()
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))

    async def work() -> None:
        await asyncio.sleep(60)

    await _until_ready(runner)
    runner.start(1, work())
    _go(runner)
    await asyncio.sleep(0)
    while not runner._pauses:
        await asyncio.sleep(0)
    runner.cancel_all()
    while asyncio.all_tasks() != before:
        await asyncio.sleep(0)
    assert told == []


@_in_loop
async def test_context_variables_are_a_works_own(runner: Runner) -> None:
    seen: list[str] = []

    async def work(name: str, waits: bool) -> None:
        seen.append(_name.get())
        _name.set(name)
        if waits:
            await asyncio.sleep(0)
        seen.append(_name.get())
        await asyncio.create_task(child(name))

    async def child(name: str) -> None:
        assert _name.get() == name

    for number, name in enumerate(("ann", "bob", "eve")):
        runner.start(number, work(name, name != "bob"))
    await _until_empty(runner)
    assert seen.count("nobody") == 3
    assert sorted(name for name in seen if name != "nobody") == ["ann", "bob", "eve"]
    assert _name.get() == "nobody"


@_in_loop
async def test_a_work_given_by_another_has_not_its_context(runner: Runner) -> None:
    seen: list[str] = []

    async def inner() -> None:
        seen.append(_name.get())

    async def outer() -> None:
        _name.set("outer")
        runner.start(2, inner())
        _go(runner)
        await asyncio.sleep(0)

    runner.start(1, outer())
    await _until_empty(runner)
    assert seen == ["nobody"]


@_in_loop
async def test_cancelling_reaches_the_one_that_waits(runner: Runner) -> None:
    ended: list[tuple[int, str]] = []
    began: list[int] = []

    async def work(number: int) -> None:
        began.append(number)
        try:
            await asyncio.sleep(0.01 if number == 2 else 60)
            ended.append((number, "whole"))
        except asyncio.CancelledError:
            ended.append((number, "cancelled"))

    for number in (1, 2):
        runner.start(number, work(number))
    _go(runner)
    while not began:
        await asyncio.sleep(0)
    assert runner.cancel(1)
    await _until_empty(runner)
    assert sorted(ended) == [(1, "cancelled"), (2, "whole")]
    assert runner.cancel(1), "what has ended had begun"


@_in_loop
async def test_what_has_not_begun_never_does_when_cancelled(runner: Runner) -> None:
    began: list[int] = []

    async def work(number: int) -> None:
        began.append(number)

    for number in (1, 2, 3):
        runner.start(number, work(number))
    assert not runner.cancel(2)
    await _until_empty(runner)
    assert began == [1, 3]


@_in_loop
async def test_all_are_cancelled_at_once(runner: Runner) -> None:
    began: list[int] = []
    cancelled: list[int] = []

    async def work(number: int) -> None:
        began.append(number)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(number)

    runner.start(1, work(1))
    runner.start(2, work(2))
    _go(runner)
    while len(began) < 2:
        await asyncio.sleep(0)
    runner.start(3, work(3))
    runner.cancel_all()
    await _until_empty(runner)
    assert (began, sorted(cancelled)) == ([1, 2], [1, 2])


@_in_loop
async def test_a_timeout_ends_the_work_that_set_it(runner: Runner) -> None:
    ended: list[str] = []

    async def slow() -> None:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().call_soon(task.cancel)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append("slow")

    async def quick() -> None:
        await asyncio.sleep(0.01)
        ended.append("quick")

    runner.start(1, slow())
    runner.start(2, quick())
    await _until_empty(runner)
    assert sorted(ended) == ["quick", "slow"]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Task.cancelling came with 3.11")
def test_a_work_that_cancels_itself_and_returns_hits_no_other() -> None:
    @_in_loop
    async def scenario(runner: Runner) -> None:
        ended: list[int] = []

        async def careless() -> None:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()

        async def neighbour() -> None:
            await asyncio.sleep(0)
            ended.append(2)

        runner.start(1, careless())
        runner.start(2, neighbour())
        await _until_empty(runner)
        assert ended == [2]

    scenario()


@_in_loop
async def test_a_work_that_breaks_its_promise_stops_no_other(runner: Runner) -> None:
    ended: list[int] = []
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))

    async def broken() -> None:
        raise LookupError("not dealt with")

    async def whole() -> None:
        ended.append(2)

    for number in range(100):
        runner.start(number, broken())
    runner.start(100, whole())
    await _until_empty(runner)
    assert ended == [2]


def test_the_tasks_of_uvloop_do_as_well() -> None:
    uvloop = pytest.importorskip("uvloop")
    ended: list[int] = []

    async def main() -> None:
        runner = Runner(asyncio.get_running_loop(), lambda: None)

        async def work(number: int, wait: Awaitable[None]) -> None:
            await wait
            ended.append(number)

        for number in range(100):
            runner.start(number, work(number, asyncio.sleep(0.001 * (number % 3))))
        await _until_empty(runner)

    loop = uvloop.new_event_loop()
    try:
        loop.run_until_complete(asyncio.wait_for(main(), 10))
    finally:
        loop.close()
    assert sorted(ended) == list(range(100))
