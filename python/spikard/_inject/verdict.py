"""What the front end found wrong with a request, on routes where hooks are to see it first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from spikard import _json
from spikard.exceptions import MalformedBody, RequestValidationError

if TYPE_CHECKING:
    from spikard._exchange import Exchange


def check(exchange: Exchange) -> None:
    """Raise the verdict, if there is one.

    Raises:
        RequestValidationError: the request has values that the route does not take.
        MalformedBody: its body cannot be read.
    """
    if not exchange.verdict:
        return
    verdict = _json.decode(exchange.verdict)
    if verdict["status"] == 422:
        raise RequestValidationError(verdict["errors"])
    raise MalformedBody(verdict["detail"])


def first(read: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """Raise the verdict before what did not fit is read: a hook with parameters of the request is past it."""

    def checked(exchange: Exchange) -> dict[str, Any]:
        check(exchange)
        return read(exchange)

    return checked
