"""A response on its way in parts, no faster than its client takes them."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spikard._native import Exchange, Outbox

# What goes into one message at most: others of the same batch are not to wait for it.
_LARGEST_PART = 64 * 1024
_COMMENT = b": keep-alive\n\n"
_END = object()


class Stream:
    """The parts of one response; `send` waits for room in the window."""

    def __init__(self, outbox: Outbox, exchange: Exchange, window: int) -> None:
        """Begin with a whole window.

        Args:
            outbox: of the connection that the exchange came on.
            exchange: what is answered.
            window: bytes that may be under way.
        """
        self._outbox = outbox
        self._exchange = exchange
        self._window = window
        self._gone = exchange.gone
        self._room: asyncio.Future[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._busy = False
        self._quiet_since = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None

    def keep_alive(self, interval: float) -> None:
        """Send a comment, as event streams have them, whenever nothing was sent for so many seconds."""
        self._timer = self._loop.call_at(self._quiet_since + interval, self._send_comment, interval)

    def close(self) -> None:
        """Send no comments any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _send_comment(self, interval: float) -> None:
        idle = not self._busy and self._loop.time() >= self._quiet_since + interval
        if idle and self._window >= len(_COMMENT) and not self._gone:
            self._put(_COMMENT)
            self._quiet_since = self._loop.time()
        self._timer = self._loop.call_at(
            max(self._quiet_since, self._loop.time() - interval / 2) + interval, self._send_comment, interval
        )

    def grant(self, size: int) -> None:
        """Let more be sent: the client has taken something."""
        self._window += size
        self._wake()

    def abandon(self) -> None:
        """Let nothing wait any more: nobody reads it."""
        self._gone = True
        self._wake()

    def offer(self, part: bytes) -> bool:
        """Hand over the next bytes if they need not wait; returns False if they have to be sent."""
        if not 0 < len(part) <= _LARGEST_PART or len(part) > self._window or self._gone:
            return False
        self._put(part)
        if self._timer is not None:
            self._quiet_since = self._loop.time()
        return True

    async def send(self, part: bytes) -> None:
        """Hand over the next bytes, when the client has taken enough of what went before."""
        self._busy = True
        at = 0
        while at < len(part) and not self._gone:
            if self._window == 0:
                self._room = self._loop.create_future()
                await self._room
                continue
            size = min(len(part) - at, self._window, _LARGEST_PART)
            self._put(part[at : at + size] if size < len(part) else part)
            at += size
        self._busy = False
        if self._gone:
            # A generator that never waits must not keep the loop from ending it.
            await asyncio.sleep(0)
        if self._timer is not None:
            self._quiet_since = self._loop.time()

    def _put(self, piece: bytes) -> None:
        self._outbox.chunk(self._exchange, piece, False)
        self._window -= len(piece)

    def end(self) -> None:
        """Tell that this is all."""
        self._outbox.chunk(self._exchange, b"", last=True)

    def _wake(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)


def iterate(source: AsyncIterable[Any] | Iterable[Any], threads: Executor) -> AsyncIterator[Any]:
    """Give what the source gives; one that may block does so in a thread."""
    return source.__aiter__() if isinstance(source, AsyncIterable) else _in_threads(source, threads)


async def close(iterator: AsyncIterator[Any]) -> None:
    """Let a generator that was not exhausted run its `finally`."""
    aclose = getattr(iterator, "aclose", None)
    if aclose is not None:
        await aclose()


async def _in_threads(source: Iterable[Any], threads: Executor) -> AsyncIterator[Any]:
    loop = asyncio.get_running_loop()
    context = contextvars.copy_context()
    iterator = iter(source)
    step: asyncio.Future[Any] | None = None

    def take() -> Any:
        return next(iterator, _END)

    try:
        while True:
            step = loop.run_in_executor(threads, context.run, take)
            part = await asyncio.shield(step)
            if part is _END:
                return
            yield part
    finally:
        # A generator cannot be closed while it runs, and cannot be stopped.
        if step is not None and not step.done():
            with contextlib.suppress(Exception):
                await step
        if (end := getattr(iterator, "close", None)) is not None:
            await loop.run_in_executor(threads, context.run, end)
