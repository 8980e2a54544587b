"""The threads in which handlers run that are not `async def`."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from spikard._native import call_for, stepped
from spikard._worker.mailbox import Mailbox

if TYPE_CHECKING:
    from spikard._native import Exchange

T = TypeVar("T")

_log = logging.getLogger("spikard")

# Takes the number of the thread that calls it, and raises nothing.
Call = Callable[[int], None]
_Outcome = tuple[asyncio.Future[Any], Any, BaseException | None]

# How long calls wait for a thread that runs already, in seconds. Most handlers take less; then one thread takes them
# all in turn, and the interpreter's lock changes hands once for many of them, which is what a thread costs.
_PATIENCE = 0.001


class HandlerThreads(Executor):
    """A pool that does not keep the process from ending.

    A `ThreadPoolExecutor` waits for its threads when the interpreter ends. But a handler that has not come
    back until then was given up by the front end, and may never come back.
    """

    def __init__(self, limit: int) -> None:
        """Start no thread yet; there will be at most `limit`."""
        self.limit = limit
        self._lock = threading.Lock()
        self._calls: deque[Call] = deque()
        # Threads, and those of them that wait for a word in `_words`: True to go on, False to end.
        self._count = 0
        self._started = 0
        self._idle = 0
        self._words: queue.SimpleQueue[bool] = queue.SimpleQueue()
        # When a thread has last taken a call, and when one was last sent for one.
        self._taken_at = self._sent_at = 0.0
        self._watching = False
        # How many threads to send besides: calls have waited in vain for those that ran.
        self._more = 0
        # That the system has no more threads.
        self._told = False
        self._outcomes: Mailbox[_Outcome] | None = None

    async def run(self, function: Callable[..., T], /, *args: Any) -> T:
        """Call the function in a thread and wait, with the context variables of here, as `asyncio.to_thread` does."""
        loop = asyncio.get_running_loop()
        if self._outcomes is None or self._outcomes.loop is not loop:
            self._outcomes = Mailbox(loop, _tell_all)
        future: asyncio.Future[T] = loop.create_future()
        context = contextvars.copy_context()
        self.post([partial(_call, self._outcomes.put, future, stepped(), context, function, args)])
        return await future

    def post(self, calls: Sequence[Call]) -> None:
        """Have calls made, soon.

        Neighbours that are quick share a thread; who is behind one that is not waits for another thread, but not for
        its end. REQUIRES: called on the loop.

        Raises:
            RuntimeError: there is no thread, and none can be started: none of the calls is made.
        """
        now = time.monotonic()
        with self._lock:
            self._calls.extend(calls)
            wanted = self._more
            if self._count == self._idle or now - max(self._taken_at, self._sent_at) > _PATIENCE:
                wanted = max(1, wanted)
                self._sent_at = now
            starts = self._send(wanted)
            watch = not self._watching and len(self._calls) > wanted and self._can_send
            self._watching |= watch
            taken_at = self._taken_at
        self._start(starts)
        if watch:
            loop = asyncio.get_running_loop()
            loop.call_later(_PATIENCE, self._watch, loop, taken_at)

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Call the function in a thread, as soon as one is free.

        Raises:
            RuntimeError: there is no thread, and none can be started.
        """
        future: Future[T] = Future()
        exchange = stepped()

        def call(thread: int) -> None:
            if not future.set_running_or_notify_cancel():
                return
            result, error = _outcome(exchange, thread, partial(fn, *args, **kwargs))
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        with self._lock:
            self._calls.append(call)
            starts = self._send(1)
        self._start(starts)
        return future

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = True) -> None:
        """Let the threads end when they are done; nothing is waited for."""
        for _ in range(self._count):
            self._words.put(False)

    @property
    def _can_send(self) -> bool:
        """Whether a thread is left that does nothing. REQUIRES: the lock."""
        return self._idle > 0 or self._count < self.limit

    def _send(self, wanted: int) -> int:
        """Send so many threads for what waits; gives how many of them have to be started. REQUIRES: the lock."""
        wanted = min(wanted, len(self._calls))
        woken = min(wanted, self._idle)
        self._idle -= woken
        for _ in range(woken):
            self._words.put(True)
        starts = min(wanted - woken, self.limit - self._count)
        self._count += starts
        return starts

    def _start(self, count: int) -> None:
        """Start threads. Where the system has no more, those that run make all calls, if there are any."""
        for left in range(count, 0, -1):
            with self._lock:
                self._started += 1
                number = self._started
            thread = threading.Thread(
                target=self._work, args=(number,), name=f"spikard-handler-{number}", daemon=True
            )
            try:
                thread.start()
            except (RuntimeError, MemoryError) as error:
                with self._lock:
                    self._started -= 1
                    self._count -= left
                    running = self._count
                    if running == 0:
                        self._calls.clear()
                        self._watching = False
                if not self._told:
                    self._told = True
                    _log.warning("%d threads run handlers, more cannot be started: %s", running, error)
                if running == 0:
                    raise RuntimeError(f"no thread can be started: {error}") from error
                return
            self._told = False

    def _watch(self, loop: asyncio.AbstractEventLoop, taken_at: float) -> None:
        """Send more threads if none has come to what waits."""
        starts = 0
        with self._lock:
            if self._calls and self._taken_at == taken_at:
                self._more = len(self._calls)
                starts = self._send(self._more)
            # Where all threads run already, whichever ends first goes on.
            self._watching = len(self._calls) > 0 and self._can_send
            taken_at = self._taken_at
        self._start(starts)
        if self._watching:
            loop.call_later(_PATIENCE, self._watch, loop, taken_at)

    def _work(self, number: int) -> None:
        while True:
            made = self._make_calls(number)
            with self._lock:
                if self._calls:
                    continue
                self._idle += 1
                if not made:
                    # Sent in vain: those that run are quick enough.
                    self._more = 0
            if not self._words.get():
                return

    def _make_calls(self, number: int) -> bool:
        """Make calls until there are none; tells whether there was one."""
        made = False
        while True:
            try:
                call = self._calls.popleft()
            except IndexError:
                return made
            made = True
            self._taken_at = time.monotonic()
            call(number)
            # Not while waiting for the next: a request can be large.
            del call


def _call(
    tell: Callable[[_Outcome], None],
    future: asyncio.Future[Any],
    exchange: Exchange | None,
    context: contextvars.Context,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    thread: int,
) -> None:
    if not future.cancelled():
        tell((future, *_outcome(exchange, thread, context.run, function, *arguments)))


def _tell_all(outcomes: deque[_Outcome]) -> None:
    while outcomes:
        future, result, error = outcomes.popleft()
        if future.cancelled():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)


def _outcome(
    exchange: Exchange | None, thread: int, function: Callable[..., Any], /, *args: Any
) -> tuple[Any, BaseException | None]:
    try:
        return call_for(exchange, thread, function, *args), None
    except StopIteration as error:
        # No future can carry it to a coroutine; Python does the same for coroutines (PEP 479).
        failure = RuntimeError("the handler raised StopIteration")
        failure.__cause__ = error
        return None, failure
    except BaseException as error:
        return None, error
