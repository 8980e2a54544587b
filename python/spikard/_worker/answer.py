"""From what a handler returned or raised to the answer that goes out."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from spikard import _json
from spikard.exceptions import MalformedBody, RequestValidationError
from spikard.responses import Response

if TYPE_CHECKING:
    from spikard._manifest import BoundRoute
    from spikard._native import Exchange, Outbox

_log = logging.getLogger("spikard")

_OCTETS = (("content-type", "application/octet-stream"),)


def give(outbox: Outbox, exchange: Exchange, route: BoundRoute, result: Any, limit: int) -> None:
    """Put the answer of a handler that has returned into the outbox.

    Args:
        outbox: of the connection that the exchange came on.
        exchange: what is answered.
        route: whose handler answered.
        result: what it returned.
        limit: how many bytes one body may have.
    """
    try:
        if isinstance(result, Response):
            if len(result.body) > limit:
                raise ValueError(f"a body of {len(result.body)} bytes is too large to be sent in one piece")
            outbox.respond(exchange, result.status_code, result.raw_headers, result.body)
            return
        if isinstance(result, (bytes, bytearray, memoryview)):
            body, headers = bytes(result), _OCTETS
        else:
            body, headers = _json.encode(result), None
        if len(body) > limit:
            raise ValueError(f"a body of {len(body)} bytes is too large to be sent in one piece")
        if headers is None:
            outbox.json(exchange, route.status_code, body)
        else:
            outbox.respond(exchange, route.status_code, headers, body)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the result, the client gets an answer
        fail(outbox, exchange, route, error)


def fail(outbox: Outbox, exchange: Exchange, route: BoundRoute, error: BaseException) -> None:
    """Put the answer of a handler that has raised into the outbox; what the client must not see goes into the log."""
    if isinstance(error, RequestValidationError):
        outbox.problem(exchange, 422, detail=str(error), errors=_json.encode(error.errors))
    elif isinstance(error, MalformedBody):
        outbox.problem(exchange, 400, detail=error.detail)
    else:
        where = f"{exchange.method} {exchange.target}"
        _log.error("request %s: %s failed in %s", exchange.request_id, where, route.route.place, exc_info=error)
        outbox.problem(exchange, 500)
