"""Where the response of a mounted application goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

Headers = Sequence[tuple[bytes, bytes]]


class ClientGone(OSError):
    """Nobody waits for the response any more."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("nobody waits for the response any more")


class Reply(Protocol):
    """Takes either `whole`, or `begin`, `part` as often as there are any, and `end`."""

    @property
    def limit(self) -> int:
        """How many bytes may come `whole`."""

    def whole(self, status: int, headers: Headers, body: bytes) -> None:
        """Send all at once."""

    def begin(self, status: int, headers: Headers) -> None:
        """Send the beginning."""

    async def part(self, data: bytes) -> None:
        """Send more, when the client has taken enough of what went before; nothing if it has gone."""

    def end(self) -> None:
        """Tell that this was all."""
