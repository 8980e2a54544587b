"""From what a handler returned or raised to the answer that goes out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from typing import TYPE_CHECKING, Any

from spikard import _failure
from spikard._problem import Problem
from spikard._respond import EMPTY, is_stream
from spikard.responses import Response
from spikard.streaming import StreamingResponse

if TYPE_CHECKING:
    from spikard._manifest import BoundRoute
    from spikard._native import Exchange, Outbox

_log = logging.getLogger("spikard")

_OCTETS = (("content-type", "application/octet-stream"),)


def give(outbox: Outbox, exchange: Exchange, route: BoundRoute, result: Any) -> StreamingResponse | None:
    """Put the answer of a handler that has returned into the outbox, or give back what has to be streamed.

    Args:
        outbox: of the connection that the exchange came on.
        exchange: what is answered.
        route: whose handler answered.
        result: what it returned.
    """
    try:
        if isinstance(result, Response):
            if not 200 <= result.status_code <= 599:
                raise ValueError(f"status_code must be 200 to 599, not {result.status_code!r}")
            if not outbox.respond(exchange, result.status_code, result.raw_headers, result.body):
                return _in_parts(result)
        elif isinstance(result, (bytes, bytearray, memoryview)):
            body = bytes(result)
            if not outbox.respond(exchange, route.status_code, _OCTETS, body):
                return _in_parts(Response(body, route.status_code))
        elif result is None and route.status_code in EMPTY:
            outbox.respond(exchange, route.status_code, (), b"")
        else:
            body = route.encode(result)
            if not outbox.json(exchange, route.status_code, body):
                return _in_parts(of_json(route, body))
    except Exception as error:  # whatever is wrong with the result, the client gets an answer
        fail(outbox, exchange, route, error)
    return None


def as_json(route: BoundRoute, value: Any) -> bytes | None:
    """Write a value as JSON, if it is one, and not a response or what makes one."""
    if type(value) is dict or not (
        isinstance(value, (Response, bytes, bytearray, memoryview, Awaitable))
        or (value is None and route.status_code in EMPTY)
        or is_stream(value)
    ):
        return route.encode(value)
    return None


def of_json(route: BoundRoute, json: bytes) -> Response:
    """Make a response of JSON that is too large to go out by itself."""
    return Response(json, route.status_code, media_type="application/json")


def _in_parts(response: Response) -> StreamingResponse:
    body = response.body

    async def parts() -> AsyncIterator[bytes]:
        yield body

    headers = [pair for pair in response.raw_headers if pair[0] != "content-length"]
    streamed = StreamingResponse(
        parts(),
        response.status_code,
        [*headers, ("content-length", str(len(body)))],
        background=response.background,
    )
    streamed._cleanup = response._cleanup
    return streamed


def fail(outbox: Outbox, exchange: Exchange, route: BoundRoute, error: BaseException) -> None:
    """Put the answer of a handler that has raised into the outbox; the log gets what clients must not see."""
    # First the answer: what logs may be the application's too.
    try:
        _put(outbox, exchange, _failure.reply(error, exchange, route.debug))
        if isinstance(error, _failure.ANSWERS):
            return
    except Exception as worse:  # made by the application, so it can hold anything
        error = worse
        outbox.problem(exchange, 500)
    _failure.log(error, exchange, route.route.place)


def log(exchange: Exchange, route: BoundRoute, error: BaseException) -> None:
    """Tell the log of an error that no answer tells of any more."""
    _failure.log(error, exchange, route.route.place)


async def end(response: Response) -> None:
    """Do what is to be done after the last byte of a response, whatever becomes of one part of it."""
    functions = list(response._cleanup)
    if response.background is not None:
        functions.insert(0, response.background)
    cancelled: asyncio.CancelledError | None = None
    for function in functions:
        try:
            result = function()
            if isinstance(result, Awaitable):
                await result
        except asyncio.CancelledError as error:  # noqa: PERF203 (each is done)
            cancelled = error
        except BaseException:  # a task's sys.exit() is no reason to leave the others
            _log.exception("background task %r failed", function)
    if cancelled:
        raise cancelled


def _put(outbox: Outbox, exchange: Exchange, reply: Problem | Response) -> None:
    if isinstance(reply, Problem) and reply.members is None:
        detail, errors, headers = reply.detail, reply.errors, reply.headers
        outbox.problem(exchange, reply.status, detail=detail, errors=errors, headers=headers)
        return
    response = reply.response(exchange.request_id) if isinstance(reply, Problem) else reply
    if not outbox.respond(exchange, response.status_code, response.raw_headers, response.body):
        raise ValueError(f"no message has room for {len(response.body)} bytes")
