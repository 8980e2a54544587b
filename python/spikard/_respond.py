"""From what a handler returned to a response that hooks can change."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from spikard import _json
from spikard.events import EventSourceResponse
from spikard.responses import Response

# Their responses have no content (RFC 9110, section 15): there is no value to write.
EMPTY = (204, 205, 304)


def is_stream(result: Any) -> bool:
    """Tell whether a handler has returned a generator of events, as those of `sse` routes are."""
    # Asked of every result, which an isinstance of the abstract class would cost too much for.
    return type(result) is not dict and hasattr(result, "__anext__")


def as_response(result: Any, status_code: int, encode: Callable[[Any], bytes] = _json.encode) -> Response:
    """Give the response that would be sent for a result; a `Response` is it already.

    Raises:
        TypeError: JSON cannot express it.
    """
    if isinstance(result, Response):
        return result
    if is_stream(result):
        return EventSourceResponse(result, status_code)
    if isinstance(result, (bytes, bytearray, memoryview)):
        return Response(result, status_code)
    if result is None and status_code in EMPTY:
        return Response(None, status_code)
    return Response(encode(result), status_code, media_type="application/json")


def ending(response: Response, *functions: Callable[[], Any]) -> Response:
    """Give a response behind whose last byte these are called too.

    It is another one: the same response may be the answer to many requests.
    """
    response = copy.copy(response)
    response._cleanup = [*response._cleanup, *functions]
    return response


def instead(first: Response, second: Response) -> Response:
    """Give the second response; what was to be done behind the first is done behind this one."""
    if second is first:
        return second
    functions = [function for function in first._cleanup if function not in second._cleanup]
    if first.background is not None and first.background is not second.background:
        functions.insert(0, first.background)
    return ending(second, *functions) if functions else second
