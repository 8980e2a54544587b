"""What the package needs of an exchange: one request as `_native` hands it over."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from typing import Protocol, TypeVar

from spikard._spool import Spool
from spikard.exceptions import HTTPException

T = TypeVar("T")

_log = logging.getLogger("spikard")

# What is written at once: half of a window, so that more may come meanwhile.
_WRITTEN_AT_ONCE = 128 * 1024


class Incoming(Protocol):
    """A body that still comes; its client sends no faster than it is read."""

    async def part(self) -> bytes | None:
        """Give what comes next, None at the end; may be broken off, and asked again."""

    def parts(self) -> AsyncIterator[bytes]:
        """Give what comes, once."""

    async def whole(self) -> bytes:
        """Wait for all of it."""


async def collect(exchange: Exchange) -> None:
    """Wait for the whole body. The files of a form stay on disk.

    Raises:
        HTTPException: there is no room for it.
    """
    incoming = exchange.incoming
    if incoming is None:
        return
    if exchange.form:
        exchange.spool = await _spooled(incoming)
    else:
        exchange.body = await incoming.whole()
    exchange.incoming = None


async def _spooled(incoming: Incoming) -> Spool:
    spool = await _aside(Spool)
    parts: list[bytes] = []
    unwritten = 0
    try:
        async for part in incoming.parts():
            parts.append(part)
            unwritten += len(part)
            if unwritten >= _WRITTEN_AT_ONCE:
                await _aside(spool.write, b"".join(parts))
                parts, unwritten = [], 0
        await _aside(spool.write, b"".join(parts))
    except BaseException:
        # The error may hold what it came through, and so the file, for long.
        spool.close()
        raise
    return spool


async def _aside(function: Callable[..., T], *arguments: object) -> T:
    import asyncio

    try:
        return await asyncio.to_thread(function, *arguments)
    except OSError as error:
        _log.error("a body could not be written to disk: %s", error)
        raise HTTPException(
            503, "The server has no room for a body of this size", {"retry-after": "1"}
        ) from error


class Exchange(Protocol):
    """A request that the front end has matched to a route, read and checked.

    Attributes:
        number: names the exchange between front end and worker.
        route: index into the manifest's routes.
        method: as the client sent it; HEAD may arrive at a GET route.
        target: path and query as received, undecoded.
        path_parameters: percent-decoded once, in the order of the pattern's parameters.
        arguments: JSON object of the route's parameters, read from their text by the front end.
        form: JSON object of a form's fields and files, converted; empty if the body is none.
        verdict: JSON object of what the front end found wrong, if the route wants to hear of it; else empty.
        headers: in the order received, names in lower case, values as Latin-1.
        raw_headers: the same as octets.
        body: the exact bytes; empty while they are incoming.
        spool: where the body lies if it was too much for memory; `body` reads it from there.
        incoming: the body, if the route takes it as a stream and it was not there at once; None when it is collected.
        kept: whether somebody has read the body as a whole, so that it can be read again.
        given_away: whether somebody has read it in parts before that.
        request_id: taken from the client or made by the front end.
        scheme: "http" or "https".
        client: host and port.
        gone: whether nobody waits for the answer any more.
        on_gone: called when it becomes so; whoever sets it takes it away again.
        attempt: 0 for the first; how often the request was handed to a worker before.
    """

    on_gone: Callable[[], object] | None
    body: bytes
    incoming: Incoming | None
    spool: Spool | None
    kept: bool
    given_away: bool

    @property
    def number(self) -> int: ...
    @property
    def route(self) -> int: ...
    @property
    def method(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def path_parameters(self) -> list[str]: ...
    @property
    def arguments(self) -> bytes: ...
    @property
    def form(self) -> bytes: ...
    @property
    def verdict(self) -> bytes: ...
    @property
    def headers(self) -> list[tuple[str, str]]: ...
    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]: ...
    @property
    def request_id(self) -> str: ...
    @property
    def scheme(self) -> str: ...
    @property
    def client(self) -> tuple[str, int]: ...
    @property
    def gone(self) -> bool: ...
    @property
    def attempt(self) -> int: ...
