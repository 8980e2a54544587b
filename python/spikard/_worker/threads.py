"""The threads in which handlers run that are not `async def`."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any, TypeVar

from spikard._native import stepped

if TYPE_CHECKING:
    from spikard._native import Exchange

T = TypeVar("T")

# Takes the number of the thread that calls it.
_Call = Callable[[int], None]

# How long a call of `run` waits for a thread that runs already, in seconds. Most handlers take less; then one thread
# takes them all in turn, and the interpreter's lock changes hands once for many of them, which is what a thread costs.
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
        self._calls: deque[_Call] = deque()
        # Threads, and those of them that wait for a word in `_words`: True to go on, False to end.
        self._count = 0
        self._started = 0
        self._idle = 0
        self._words: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._taken = 0
        self._taken_at = 0.0
        self._watching = False
        self._done: deque[tuple[asyncio.Future[Any], Any, BaseException | None]] = deque()
        self._telling = False

    async def run(self, function: Callable[..., T], /, *args: Any) -> T:
        """Call the function in a thread and wait, with the context variables of here, as `asyncio.to_thread` does."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        context = contextvars.copy_context()

        exchange = stepped()

        def call(thread: int) -> None:
            if not future.cancelled():
                self._tell(loop, future, *_outcome(exchange, thread, context.run, function, *args))

        with self._lock:
            self._calls.append(call)
            hopeful = self._count > self._idle and time.monotonic() - self._taken_at < _PATIENCE
            start = not hopeful and self._wake()
        if start:
            self._start()
        elif hopeful and not self._watching:
            self._watching = True
            loop.call_later(_PATIENCE, self._watch, loop, self._taken)
        return await future

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Call the function in a thread, as soon as one is free."""
        future: Future[T] = Future()
        exchange = stepped()

        def call(thread: int) -> None:
            if not future.set_running_or_notify_cancel():
                return
            result, error = _outcome(exchange, thread, fn, *args, **kwargs)
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        with self._lock:
            self._calls.append(call)
            start = self._wake()
        if start:
            self._start()
        return future

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = True) -> None:
        """Let the threads end when they are done; nothing is waited for."""
        for _ in range(self._count):
            self._words.put(False)

    def _wake(self) -> bool:
        """Get one more thread to work; tells whether it has to be started. REQUIRES: the lock."""
        if self._idle:
            self._idle -= 1
            self._words.put(True)
            return False
        if self._count == self.limit:
            return False
        self._count += 1
        return True

    def _start(self) -> None:
        with self._lock:
            self._started += 1
            number = self._started
        threading.Thread(
            target=self._work, args=(number,), name=f"spikard-handler-{number}", daemon=True
        ).start()

    def _watch(self, loop: asyncio.AbstractEventLoop, taken: int) -> None:
        """Get more threads to work if none has come to what waits."""
        starts = 0
        with self._lock:
            if not self._calls:
                self._watching = False
                return
            if self._taken == taken:
                starts = sum(self._wake() for _ in range(len(self._calls)))
            taken = self._taken
        for _ in range(starts):
            self._start()
        loop.call_later(_PATIENCE, self._watch, loop, taken)

    def _work(self, number: int) -> None:
        while True:
            call: _Call | None = None
            with self._lock:
                if self._calls:
                    call = self._calls.popleft()
                    self._taken += 1
                    self._taken_at = time.monotonic()
                else:
                    self._idle += 1
            if call is not None:
                call(number)
                # Not while waiting for the next: a request can be large.
                del call
            elif not self._words.get():
                return

    def _tell(
        self,
        loop: asyncio.AbstractEventLoop,
        future: asyncio.Future[Any],
        result: Any,
        error: BaseException | None,
    ) -> None:
        self._done.append((future, result, error))
        # In this order on both sides, so that nothing is left untold.
        if not self._telling:
            self._telling = True
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(self._tell_all)

    def _tell_all(self) -> None:
        self._telling = False
        while self._done:
            future, result, error = self._done.popleft()
            if future.cancelled():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)


def _outcome(
    exchange: Exchange | None, thread: int, function: Callable[..., Any], /, *args: Any, **kwargs: Any
) -> tuple[Any, BaseException | None]:
    """Call the function, and have the flight recorder tell meanwhile on whose behalf the thread runs."""
    if exchange is not None:
        exchange.enter(thread)
    try:
        return function(*args, **kwargs), None
    except StopIteration as error:
        # No future can carry it to a coroutine; Python does the same for coroutines (PEP 479).
        failure = RuntimeError("the handler raised StopIteration")
        failure.__cause__ = error
        return None, failure
    except BaseException as error:
        return None, error
    finally:
        if exchange is not None:
            exchange.leave(thread)
