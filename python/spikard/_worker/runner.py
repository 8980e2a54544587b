"""Runs what answers an exchange, in a task of its own only if it has to wait for something."""

from __future__ import annotations

import asyncio
import contextvars
import types
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any

from spikard._native import first_step, steps
from spikard._worker.pause import Pause

if TYPE_CHECKING:
    from spikard._native import Exchange

Work = Coroutine[Any, Any, None]

# From Python 3.11 a task tells whether somebody has asked for its end; before, nobody can.
_TELLS = hasattr(asyncio.Task, "cancelling")


# So many tasks wait for works at most.
_STOCK = 64


class Runner:
    """Takes works by their number and runs each once, in the order they came.

    Most handlers return without having waited, so a task for each would be half of what they cost. Here a task runs
    work after work, each in a copy of the context. The first that waits keeps the task, as if it had been made for it:
    `asyncio.current_task()`, timeouts and cancellation are right from its first line on. What is left goes on in
    another task at once: some have been made before, and pause until there is something to do.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, on_idle: Callable[[], None]) -> None:
        """Run nothing yet.

        Args:
            loop: that runs the tasks.
            on_idle: called when the last of the works that have waited has ended.
        """
        self._loop = loop
        self._on_idle = on_idle
        self._context = contextvars.copy_context()
        self._queue: deque[tuple[int, Work, Exchange | None]] = deque()
        self._waiting: dict[int, asyncio.Task[None]] = {}
        # Where tasks are that have nothing to do; one that was ended by somebody else is passed over.
        self._pauses: list[Pause] = []
        self._going = False
        self._closed = False

    def __len__(self) -> int:
        """Count the works that have not ended."""
        return len(self._queue) + len(self._waiting)

    def start(self, number: int, work: Work, exchange: Exchange | None = None) -> None:
        """Take a work, for `go` to run it. It deals with all of its errors itself, cancellation too.

        Args:
            number: its own.
            work: what is run.
            exchange: whose handler it is: the flight recorder tells while it is being stepped.
        """
        self._queue.append((number, work, exchange))

    def go(self) -> None:
        """Run what was taken: at once as far as there are tasks that have nothing to do, else soon.

        REQUIRES: called by the loop, not inside of a task.
        """
        self._going = True
        try:
            while self._queue and self._pauses:
                self._pauses.pop().end()
        finally:
            self._going = False
        if self._queue:
            # Any of them may wait.
            self._make(min(len(self._queue), _STOCK))

    def cancel(self, number: int) -> bool:
        """Ask a work to end. Returns False if it had not begun: then it never does."""
        task = self._waiting.get(number)
        if task is not None:
            task.cancel()
            return True
        for entry in self._queue:
            if entry[0] == number:
                self._queue.remove(entry)
                entry[1].close()
                return False
        return True

    def cancel_all(self) -> list[asyncio.Task[None]]:
        """Ask every work to end, for ever, and give those that have to; those that have not begun never do."""
        self._closed = True
        while self._queue:
            self._queue.popleft()[1].close()
        while self._pauses:
            self._pauses.pop().cancel()
        tasks = list(self._waiting.values())
        for task in tasks:
            task.cancel()
        return tasks

    def _make(self, count: int) -> None:
        if not self._closed:
            for _ in range(count):
                # Not in the context of whoever gave the work, which may be another work's.
                self._context.run(self._loop.create_task, self._run())

    async def _run(self) -> None:
        task = asyncio.current_task(self._loop)
        assert task is not None
        begun = None
        try:
            while True:
                begun = self._begin_all(task)
                if begun or self._queue or self._closed or len(self._pauses) >= _STOCK:
                    break
                self._pauses.append(Pause(self._loop))
                await self._pauses[-1]
        finally:
            # In the place of this one, which keeps the work or has been ended.
            if begun or (self._queue and not self._going):
                self._make(1)
        if begun is None:
            return
        number, work, context, future = begun
        self._waiting[number] = task
        try:
            await _rest(work, context, future)
        finally:
            del self._waiting[number]
            if not self._waiting:
                self._on_idle()

    def _begin_all(self, task: asyncio.Task[None]) -> tuple[int, Work, contextvars.Context, Any] | None:
        """Run works until one waits, and give that one, or until somebody asks for the end of the task."""
        while self._queue:
            number, work, exchange = self._queue.popleft()
            if (waits := first_step(work, exchange)) is not None:
                return number, steps(work, exchange), *waits
            # Whoever asked for the end of a work that has now ended must not hit the next.
            if _TELLS and task.cancelling():  # type: ignore[attr-defined]
                break
        return None


@types.coroutine
def _rest(work: Work, context: contextvars.Context, future: Any) -> Generator[Any, Any, None]:
    """Step a work to its end in its context, after the step that has given this future."""
    try:
        while True:
            try:
                value = yield future
            except GeneratorExit:  # noqa: PERF203 - each step has its own end
                work.close()
                raise
            except BaseException as error:
                future = context.run(work.throw, error)
            else:
                future = context.run(work.send, value)
    except StopIteration:
        return
