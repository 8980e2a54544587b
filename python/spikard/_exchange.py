"""What the package needs of an exchange: one request as `_native` hands it over."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Protocol, TypeVar

from spikard._spool import Spool
from spikard.exceptions import HTTPException

T = TypeVar("T")

_log = logging.getLogger("spikard")

# What is written at once, and what is little enough for memory: half of a window, so that more may come meanwhile.
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
    """Wait for the whole body as bytes; that of a declared form is kept as by `keep`.

    Raises:
        HTTPException: there is no room for it.
    """
    if exchange.form:
        await keep(exchange)
    elif exchange.incoming is not None:
        with _lost_unless_whole(exchange):
            exchange.body = await exchange.incoming.whole()


async def keep(exchange: Exchange, look: Callable[[bytes], object] | None = None) -> None:
    """Wait for the whole body; it is kept in memory if it is little, else in a file.

    Args:
        exchange: whose body it is.
        look: called with each part as it comes; what it raises ends the wait.

    Raises:
        HTTPException: there is no room for it.
    """
    if exchange.incoming is None:
        return
    with _lost_unless_whole(exchange):
        body = await _kept(exchange.incoming, look)
        if isinstance(body, Spool):
            exchange.spool = body
        else:
            exchange.body = body


@contextlib.contextmanager
def _lost_unless_whole(exchange: Exchange) -> Iterator[None]:
    try:
        yield
    except ConnectionError:
        raise  # whoever asks again is told again
    except BaseException:
        # What has come is lost, and the rest must not be taken for all of it.
        exchange.given_away = True
        raise
    exchange.incoming = None
    exchange.given_away = False


async def _kept(incoming: Incoming, look: Callable[[bytes], object] | None) -> bytes | Spool:
    spool: Spool | None = None
    parts: list[bytes] = []
    unwritten = 0
    try:
        async for part in incoming.parts():
            if look is not None:
                look(part)
            parts.append(part)
            unwritten += len(part)
            if unwritten >= _WRITTEN_AT_ONCE:
                if spool is None:
                    spool = await aside(Spool)
                await aside(spool.write, b"".join(parts))
                parts, unwritten = [], 0
        rest = b"".join(parts)
        if spool is not None:
            await aside(spool.write, rest)
    except BaseException:
        # The error may hold what it came through, and so the file, for long.
        if spool is not None:
            spool.close()
        raise
    return rest if spool is None else spool


async def aside(function: Callable[..., T], *arguments: object) -> T:
    """Call what blocks on a file without blocking the loop.

    Raises:
        HTTPException: there is no room for it.
    """
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
