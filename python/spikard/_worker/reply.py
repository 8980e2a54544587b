"""The answer of a mounted application with nothing around it: it goes straight into the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spikard._mount.reply import Headers
    from spikard._native import Exchange
    from spikard._worker.exchanges import Exchanges
    from spikard._worker.stream import Stream


class Reply:
    """A `spikard._mount.Reply`."""

    __slots__ = ("_exchange", "_exchanges", "_stream")

    def __init__(self, exchanges: Exchanges, exchange: Exchange) -> None:
        """Answer the exchange, which is one of these."""
        self._exchanges = exchanges
        self._exchange = exchange
        self._stream: Stream

    @property
    def limit(self) -> int:
        """How many bytes may come `whole`."""
        return self._exchanges.body_limit

    def whole(self, status: int, headers: Headers, body: bytes) -> None:
        """Send all at once."""
        self._exchanges.give_whole(self._exchange, status, headers, body)

    def begin(self, status: int, headers: Headers) -> None:
        """Send the beginning."""
        self._stream = self._exchanges.begin_stream(self._exchange, status, headers)

    async def part(self, data: bytes) -> None:
        """Send more, when the client has taken enough of what went before; nothing if it has gone."""
        if not self._stream.offer(data):
            await self._stream.send(data)

    def end(self) -> None:
        """Tell that this was all."""
        self._exchanges.end_stream(self._exchange, self._stream)
