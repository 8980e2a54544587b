"""The threads in which handlers run that are not `async def`."""

from __future__ import annotations

import asyncio
import contextvars
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

T = TypeVar("T")

_Call = Callable[[], None]


class HandlerThreads(Executor):
    """A pool that does not keep the process from ending.

    A `ThreadPoolExecutor` waits for its threads when the interpreter ends. But a handler that has not come
    back until then was given up by the front end, and may never come back.
    """

    def __init__(self, limit: int) -> None:
        """Start no thread yet; there will be at most `limit`."""
        self._limit = limit
        self._count = 0
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        # Calls that wait or run, exactly: none must wait while a thread could be started for it.
        self._unfinished = 0
        self._lock = threading.Lock()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Call the function in a thread, as soon as one is free."""
        future: Future[T] = Future()
        with self._lock:
            self._unfinished += 1
            short = self._count < min(self._unfinished, self._limit)
            self._count += short
        self._calls.put(lambda: self._call(future, fn, *args, **kwargs))
        if short:
            threading.Thread(target=self._work, name=f"spikard-handler-{self._count}", daemon=True).start()
        return future

    async def run(self, function: Callable[..., T], /, *args: Any) -> T:
        """Call the function in a thread and wait, with the context variables of here, as `asyncio.to_thread` does."""
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self, context.run, function, *args)

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = True) -> None:
        """Let the threads end when they are done; nothing is waited for."""
        for _ in range(self._count):
            self._calls.put(None)

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
            # Not while waiting for the next: a request can be large.
            del call

    def _call(self, future: Future[T], fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> None:
        if not future.set_running_or_notify_cancel():
            self._finish()
            return
        try:
            result = fn(*args, **kwargs)
        except StopIteration as error:
            # No future can carry it to a coroutine; Python does the same for coroutines (PEP 479).
            failure = RuntimeError("the handler raised StopIteration")
            failure.__cause__ = error
            self._finish()
            future.set_exception(failure)
        except BaseException as error:
            self._finish()
            future.set_exception(error)
        else:
            self._finish()
            future.set_result(result)

    def _finish(self) -> None:
        # Before anybody hears of the end: the next call is this thread's.
        with self._lock:
            self._unfinished -= 1
