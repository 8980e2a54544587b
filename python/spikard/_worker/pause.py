"""Where a task waits that is to go on at once when it is called, not in the loop's next turn."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Generator
from typing import Any


class Pause:
    """A future for one task, which `end` steps inside of the call.

    What tasks want of whatever they wait for: `_asyncio_future_blocking`, `get_loop`, `add_done_callback`, `cancel`,
    `result`.
    """

    __slots__ = ("_asyncio_future_blocking", "_cancelled", "_context", "_loop", "_over", "_step")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let a task of this loop wait."""
        self._asyncio_future_blocking = False
        self._loop = loop
        self._over = self._cancelled = False
        self._step: Callable[[Pause], object]
        self._context: contextvars.Context

    def end(self) -> None:
        """Let the task go on until it waits again; nothing if it was asked to end: then it does.

        REQUIRES: the task waits; called by the loop, not inside of a task.
        """
        if not self._over:
            self._over = True
            self._context.run(self._step, self)

    def __await__(self) -> Generator[Any, None, None]:
        """Wait for `end`."""
        self._asyncio_future_blocking = True
        yield self

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Give the loop of the task."""
        return self._loop

    def add_done_callback(
        self, step: Callable[[Pause], object], *, context: contextvars.Context | None = None
    ) -> None:
        """Take what steps the task."""
        self._step, self._context = step, context or contextvars.copy_context()

    def cancel(self, msg: object = None) -> bool:
        """End the task; False if it goes on already."""
        if self._over:
            return False
        self._over = self._cancelled = True
        self._loop.call_soon(self._step, self, context=self._context)
        return True

    def result(self) -> None:
        """Tell the task how the pause has ended."""
        if self._cancelled:
            raise asyncio.CancelledError
