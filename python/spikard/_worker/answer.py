"""From what a handler returned or raised to the answer that goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spikard import _failure
from spikard._problem import Problem
from spikard.responses import Response

if TYPE_CHECKING:
    from spikard._manifest import BoundRoute
    from spikard._native import Exchange, Outbox

_OCTETS = (("content-type", "application/octet-stream"),)


# Their responses have no content (RFC 9110, section 15): there is no value to write.
_EMPTY = (204, 205, 304)


def give(outbox: Outbox, exchange: Exchange, route: BoundRoute, result: Any, limit: int) -> int:
    """Put the answer of a handler that has returned into the outbox, and give the size of its body.

    Args:
        outbox: of the connection that the exchange came on.
        exchange: what is answered.
        route: whose handler answered.
        result: what it returned.
        limit: how many bytes one body may have.
    """
    try:
        if isinstance(result, Response):
            body = result.body
            if len(body) > limit:
                raise _too_large(body)
            if not 200 <= result.status_code <= 599:
                raise ValueError(f"status_code must be 200 to 599, not {result.status_code!r}")
            outbox.respond(exchange, result.status_code, result.raw_headers, body)
            return len(body)
        if isinstance(result, (bytes, bytearray, memoryview)):
            body = bytes(result)
            if len(body) > limit:
                raise _too_large(body)
            outbox.respond(exchange, route.status_code, _OCTETS, body)
        elif result is None and route.status_code in _EMPTY:
            body = b""
            outbox.respond(exchange, route.status_code, (), body)
        else:
            body = route.encode(result)
            if len(body) > limit:
                raise _too_large(body)
            outbox.json(exchange, route.status_code, body)
    except Exception as error:  # whatever is wrong with the result, the client gets an answer
        fail(outbox, exchange, route, error)
        return 0
    return len(body)


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


def _put(outbox: Outbox, exchange: Exchange, reply: Problem | Response) -> None:
    if isinstance(reply, Problem) and reply.members is None:
        detail, errors, headers = reply.detail, reply.errors, reply.headers
        outbox.problem(exchange, reply.status, detail=detail, errors=errors, headers=headers)
        return
    response = reply.response(exchange.request_id) if isinstance(reply, Problem) else reply
    outbox.respond(exchange, response.status_code, response.raw_headers, response.body)


def _too_large(body: bytes) -> ValueError:
    return ValueError(f"a body of {len(body)} bytes is too large to be sent in one piece")
