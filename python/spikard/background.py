"""Work that goes on after the answer (docs/hooks.md): `background.run` and `BackgroundTask`."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import inspect
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from spikard import _handler
from spikard.config import CANCELLED_WITHIN

if TYPE_CHECKING:
    from spikard._worker.threads import HandlerThreads
    from spikard.config import BackgroundTaskConfig

__all__ = ["BackgroundQueueFull", "BackgroundTask", "run"]

_log = logging.getLogger("spikard")

Work = Coroutine[Any, Any, Any]


class BackgroundQueueFull(RuntimeError):
    """More work is waiting than `BackgroundTaskConfig.max_queue_size` allows."""


class BackgroundTask:
    """A function to be called after a response has been sent: `Response(..., background=BackgroundTask(f, 1))`.

    `async def` runs on the loop, `def` in a thread.
    """

    __slots__ = ("arguments", "function", "keywords")

    def __init__(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> None:
        """Remember the function and what to call it with.

        Raises:
            TypeError: it is no function.
        """
        if not callable(function):
            raise TypeError(f"a background task calls a function, not {function!r}")
        self.function = function
        self.arguments = args
        self.keywords = kwargs

    def __repr__(self) -> str:
        return f"<BackgroundTask {_handler.place(self.function)}>"

    async def __call__(self) -> None:
        """Call the function and wait for its end."""
        if inspect.iscoroutinefunction(self.function):
            await self.function(*self.arguments, **self.keywords)
            return
        call = functools.partial(self.function, *self.arguments, **self.keywords)
        background = _here.get(None)
        result = await (background.threads.run(call) if background else asyncio.to_thread(call))
        if inspect.isawaitable(result):
            await result


class Background:
    """The background work of one worker: bounded, and drained when the worker ends."""

    def __init__(self, config: BackgroundTaskConfig, threads: HandlerThreads) -> None:
        """Take work once `start` was called; functions that are not `async` run in `threads`."""
        self._config = config
        self.threads = threads
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: deque[tuple[Work, contextvars.Context]] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._following: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Become what `run` finds, in the context of the caller and in threads that have none."""
        self._loop = asyncio.get_running_loop()
        _here.set(self)
        _started.append(self)

    def run(self, work: Work) -> None:
        """Start work, or queue it; from any thread.

        Raises:
            BackgroundQueueFull: there is too much already; `work` is closed.
            RuntimeError: the worker has ended.
        """
        loop = self._loop
        if loop is None or loop.is_closed():
            work.close()
            raise RuntimeError("the worker has ended: nothing can go on behind it")
        if len(self._waiting) >= self._config.max_queue_size:
            work.close()
            raise BackgroundQueueFull(f"{len(self._waiting)} background tasks are waiting already")
        self._waiting.append((work, contextvars.copy_context()))
        try:
            inside = asyncio.get_running_loop() is loop
        except RuntimeError:
            inside = False
        if inside:
            self._advance()
        else:
            loop.call_soon_threadsafe(self._advance)

    def follow(self, work: Work) -> None:
        """Start work that belongs to an answer: it is not counted, but drained too."""
        self.keep(asyncio.get_running_loop().create_task(_told(work)))

    def keep(self, task: asyncio.Task[None]) -> None:
        """Let the drain wait for a task that something may follow."""
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    def _advance(self) -> None:
        while self._waiting and len(self._running) < self._config.max_concurrent_tasks:
            work, context = self._waiting.popleft()
            task = context.run(asyncio.get_running_loop().create_task, _told(work))
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._advance()

    async def drain(self) -> None:
        """Wait until all work has ended, `drain_timeout_secs` at most; then cancel what has not."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._config.drain_timeout_secs
        # What runs may start more.
        while self._running or self._waiting or self._following:
            self._advance()
            left = end - loop.time()
            if left <= 0:
                break
            tasks = self._running | self._following
            await asyncio.wait(tasks, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        self._loop = None
        with contextlib.suppress(ValueError):
            _started.remove(self)
        running = [*self._running, *self._following]
        given_up = len(running) + len(self._waiting)
        while self._waiting:
            self._waiting.popleft()[0].close()
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=CANCELLED_WITHIN)
        if given_up:
            _log.warning("%d background tasks had not ended when the worker did", given_up)


async def _told(work: Work) -> None:
    try:
        await work
    except (asyncio.CancelledError, GeneratorExit):
        raise
    except BaseException:  # nobody waits for it: a task's sys.exit() is no reason to leave the others
        _log.exception("background task %s failed", getattr(work, "__qualname__", work))


_here: contextvars.ContextVar[Background] = contextvars.ContextVar("spikard.background")
_started: list[Background] = []
_homeless: set[asyncio.Task[None]] = set()


def run(coroutine: Work) -> None:
    """Let a coroutine go on after the answer, on the worker's loop; may be called from any thread.

    An exception in it is told in the log. When the server stops, what has begun or waits is finished, within
    `BackgroundTaskConfig.drain_timeout_secs`. Where no worker runs, as in tests, it is a task of the running loop.

    Raises:
        BackgroundQueueFull: more is waiting than `BackgroundTaskConfig.max_queue_size`.
        RuntimeError: neither a worker nor a loop is running here.
        TypeError: it is no coroutine.
    """
    if not inspect.iscoroutine(coroutine):
        raise TypeError(f"background.run() takes a coroutine, as an async function gives, not {coroutine!r}")
    background = _here.get(None) or (_started[-1] if _started else None)
    if background is not None:
        background.run(coroutine)
        return
    try:
        task = asyncio.get_running_loop().create_task(_told(coroutine))
    except RuntimeError:
        coroutine.close()
        raise RuntimeError("background.run(): neither a worker nor an event loop is running here") from None
    _homeless.add(task)
    task.add_done_callback(_homeless.discard)
