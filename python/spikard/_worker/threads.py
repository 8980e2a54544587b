"""The threads in which handlers run that are not `async def`."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

T = TypeVar("T")

_Call = Callable[[], None]


class HandlerThreads(Executor):
    """A pool that does not keep the process from ending.

    A `ThreadPoolExecutor` waits for its threads when the interpreter ends. But a handler that has not come back until
    then was given up by the front end, and may never come back.
    """

    def __init__(self, limit: int) -> None:
        """Start no thread yet; there will be at most `limit`."""
        self._limit = limit
        self._count = 0
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Call the function in a thread, as soon as one is free."""
        future: Future[T] = Future()
        self._calls.put(lambda: _call(future, fn, *args, **kwargs))
        if not self._idle.acquire(blocking=False) and self._count < self._limit:
            self._count += 1
            threading.Thread(target=self._work, name=f"spikard-handler-{self._count}", daemon=True).start()
        return future

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = True) -> None:
        """Let the threads end when they are done; nothing is waited for."""
        for _ in range(self._count):
            self._calls.put(None)

    def _work(self) -> None:
        while True:
            try:
                call = self._calls.get_nowait()
            except queue.Empty:
                self._idle.release()
                call = self._calls.get()
            if call is None:
                return
            call()


def _call(future: Future[T], fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = fn(*args, **kwargs)
    except StopIteration as error:
        # No future can carry it to a coroutine; Python does the same for coroutines (PEP 479).
        failure = RuntimeError("the handler raised StopIteration")
        failure.__cause__ = error
        future.set_exception(failure)
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(result)
