"""A handler that may block, called in a thread, and what comes of it."""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any

from spikard._native import begin, call_for
from spikard._worker import answer

if TYPE_CHECKING:
    from spikard._manifest import BoundRoute
    from spikard._native import Exchange

# The exchange, by its number and itself; its route; what its handler has returned: as JSON, if that is all of the
# answer; what it has raised.
Result = tuple[int, "Exchange", "BoundRoute", "bytes | None", Any, "BaseException | None"]

# In place of a value: the exchange must not begin any more.
REVOKED = object()


def result_of(
    number: int, exchange: Exchange, route: BoundRoute, context: contextvars.Context, thread: int
) -> Result:
    """Call the handler of an exchange in this context, and have the flight recorder tell so meanwhile."""
    try:
        json, value = call_for(exchange, thread, context.run, _call, exchange, route)
    except BaseException as error:  # a handler's sys.exit() is no reason to end the thread
        return number, exchange, route, None, None, error
    return number, exchange, route, json, value, None


def _call(exchange: Exchange, route: BoundRoute) -> tuple[bytes | None, Any]:
    if not begin(exchange):
        return None, REVOKED
    value = route.call(exchange)
    return answer.as_json(route, value), value
