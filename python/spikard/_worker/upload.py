"""The body of a request that is answered while it still comes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from spikard._native import ChannelLost

if TYPE_CHECKING:
    from spikard._native import Exchange, Outbox


class BodyLost(ConnectionError):
    """The rest of a body will never be read: its client has gone, or the answer is out."""


class Upload:
    """Holds what has come and was not read yet; what is read lets the front end send more."""

    def __init__(self, outbox: Outbox, exchange: Exchange, window: int) -> None:
        """Begin empty.

        Args:
            outbox: of the connection that the exchange came on.
            exchange: whose body this is.
            window: bytes that may be under way.
        """
        self._outbox = outbox
        # Not the exchange itself, which holds this.
        self._number, self._slot = exchange.number, exchange.slot
        self._window = window
        self._awaited = exchange.awaited
        # Bytes: that may come; that were read since the front end was told.
        self._room = 0 if exchange.awaited else window
        self._read = 0
        self._parts: deque[bytes] = deque()
        self._ended = False
        self._closed = False
        self._reading = False
        self._waiting: asyncio.Future[None] | None = None

    def put(self, part: bytes, last: bool) -> None:
        """Take in what has come.

        Raises:
            ChannelLost: it is not due.
        """
        if self._ended or len(part) > self._room:
            raise ChannelLost("more of a request than its window")
        self._room -= len(part)
        self._ended = last
        if part:
            self._parts.append(part)
        self._wake()

    def close(self) -> None:
        """Let nobody wait any more, and ask for nothing."""
        self._closed = True
        self._parts.clear()
        self._wake()

    async def parts(self) -> AsyncIterator[bytes]:
        """Give what comes, once.

        Raises:
            RuntimeError: somebody else is reading it.
            BodyLost: the rest will not come.
        """
        if self._reading:
            raise RuntimeError("the body is being read already")
        self._reading = True
        try:
            while (part := await self.part()) is not None:
                yield part
        finally:
            self._reading = False

    async def whole(self) -> bytes:
        """Wait for all of it.

        Raises:
            BodyLost: the rest will not come.
        """
        return b"".join([part async for part in self.parts()])

    async def part(self) -> bytes | None:
        """Give what comes next, None at the end; may be broken off, and asked again.

        Raises:
            BodyLost: the rest will not come.
        """
        while not self._parts:
            if self._closed:
                raise BodyLost("the rest of the body will not come")
            if self._ended:
                return None
            if self._awaited:
                self._awaited = False
                self._grant(self._window)
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        part = self._parts.popleft()
        self._read += len(part)
        if not self._ended and (self._read >= self._window // 2 or not self._parts):
            self._grant(self._read)
            self._read = 0
        return part

    def _grant(self, size: int) -> None:
        self._room += size
        self._outbox.window(self._number, self._slot, size)

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
