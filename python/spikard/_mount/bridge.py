"""A mounted application as a handler, where hooks or dependencies stand around it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

from spikard._mount.reply import ClientGone, Headers, Reply
from spikard.requests import Request
from spikard.responses import Response
from spikard.streaming import StreamingResponse

if TYPE_CHECKING:
    from spikard._exchange import Exchange

Serve = Callable[["Exchange", Reply], Awaitable[None]]

_log = logging.getLogger("spikard")


def bridge(serve: Serve) -> Callable[[Request], Awaitable[Response]]:
    """Make a handler of what serves an exchange: the application runs in a task beside it."""

    async def respond(request: Request) -> Response:
        handover = _Handover(request._exchange, serve)
        return await handover.take()

    return respond


class _Handover:
    """A `Reply` that makes a `Response` of it: for a stream as soon as it has begun."""

    limit = 1 << 62

    def __init__(self, exchange: Exchange, serve: Serve) -> None:
        loop = asyncio.get_running_loop()
        self._exchange = exchange
        self._response: asyncio.Future[Response] = loop.create_future()
        self._part = b""
        self._ended = False
        # The client's side waits until something is offered, the application's until it is taken.
        self._offered = asyncio.Event()
        self._taken = asyncio.Event()
        self._task = asyncio.ensure_future(serve(exchange, self))
        self._task.add_done_callback(lambda _: self._offered.set())

    async def take(self) -> Response:
        """Give the response, or raise what the application raised instead."""
        try:
            either: set[asyncio.Future[Any]] = {self._task, self._response}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._task.cancel()
            raise
        if not self._response.done():
            try:
                await self._task
            except ClientGone as error:
                raise asyncio.CancelledError from error
        response = self._response.result()
        response._cleanup.append(self._finish)
        return response

    def whole(self, status: int, headers: Headers, body: bytes) -> None:
        self._ended = True
        self._give(Response(body, status), headers)

    def begin(self, status: int, headers: Headers) -> None:
        self._give(StreamingResponse(self._parts(), status), headers)

    async def part(self, data: bytes) -> None:
        self._taken.clear()
        self._part = data
        self._offered.set()
        await self._taken.wait()

    def end(self) -> None:
        self._ended = True
        self._offered.set()

    def _give(self, response: Response, headers: Headers) -> None:
        # The application's alone, without a content type that it has not given.
        del response.headers["content-type"]
        for name, value in headers:
            response.headers.append(name.decode("latin-1"), value.decode("latin-1"))
        self._response.set_result(response)

    async def _parts(self) -> AsyncIterator[bytes]:
        try:
            while True:
                await self._offered.wait()
                self._offered.clear()
                if self._part:
                    yield self._part
                    self._part = b""
                    self._taken.set()
                elif self._ended:
                    return
                else:
                    await self._task
                    return
        finally:
            self._taken.set()
            # It hears of a client that has gone, and ends by itself.
            if not self._ended and not self._exchange.gone:
                self._task.cancel()

    async def _finish(self) -> None:
        """Wait for what the application does behind its answer."""
        (done,) = (await asyncio.wait({self._task}))[0]
        if not done.cancelled() and done.exception() and self._ended:
            _log.error("a mounted application failed behind its answer", exc_info=done.exception())
