"""The two things done per request: reading the arguments and calling the handler, composed once at start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from spikard.exceptions import RequestValidationError

if TYPE_CHECKING:
    from spikard._exchange import Exchange
    from spikard.requests import Request

Read = Callable[["Exchange"], dict[str, Any]]


def reader(arguments: Read | None, body: Read | None, raw_body: str) -> Read | None:
    """Make one function of what reads the parameters and what reads the body; None if there is nothing to read."""
    if raw_body:
        body = lambda exchange: {raw_body: exchange.body}  # noqa: E731
    if arguments is None or body is None:
        return arguments or body

    def read(exchange: Exchange) -> dict[str, Any]:
        try:
            values = arguments(exchange)
        except RequestValidationError as error:
            raise _with_those_of(body, exchange, error) from None
        return values | body(exchange)

    return read


def _with_those_of(body: Read, exchange: Exchange, error: RequestValidationError) -> RequestValidationError:
    """Add what is wrong with the body: all errors are told at once."""
    try:
        body(exchange)
    except RequestValidationError as more:
        return RequestValidationError([*error.errors, *more.errors])
    return error


def compose(
    handler: Callable[..., Any],
    read: Read | None,
    wants_request: str,
    make_request: Callable[[Exchange], Request],
) -> Callable[[Exchange], Any]:
    """Make the one function that is called per request."""
    if read is None and not wants_request:
        return lambda exchange: handler()
    if read is None:
        return lambda exchange: handler(**{wants_request: make_request(exchange)})
    if not wants_request:
        return lambda exchange: handler(**read(exchange))
    return lambda exchange: handler(**{wants_request: make_request(exchange)}, **read(exchange))
