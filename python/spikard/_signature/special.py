"""Parameters that are known by their name or type alone: the request, and its parts as they came (rule 3)."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from spikard._signature.hints import UNANNOTATED
from spikard.datastructures import Headers, QueryParams
from spikard.requests import Request

if TYPE_CHECKING:
    from spikard._exchange import Exchange

Special = Callable[[Request], Any]

_REQUEST_NAMES = ("request", "req")
_PARTS: dict[str, tuple[Special, type | None]] = {
    "path_params": (lambda request: request.path_params, None),
    "query_params": (lambda request: request.query_params, QueryParams),
    "headers": (lambda request: request.headers, Headers),
    "cookies": (lambda request: request.cookies, None),
}

_ELSEWHERE = {
    "Response": "a handler makes its response and returns it; that of a value is what on_response gets",
    "BackgroundTask": "background.run starts what goes on beside the answer, Response(background=) what follows it",
    "Spikard": "the application is request.app",
}


def is_request(name: str, annotation: Any) -> bool:
    """Tell whether a parameter gets the request."""
    if annotation is Any or annotation is UNANNOTATED:
        return name in _REQUEST_NAMES
    return annotation is Request


def find(name: str, annotation: Any) -> Special | None:
    """Find what a name stands for, if its annotation does not say otherwise; a dict gets a dict."""
    if name not in _PARTS:
        return None
    part, own_type = _PARTS[name]
    if annotation in (UNANNOTATED, Any) or (own_type and annotation is own_type):
        return part
    if annotation is dict or typing.get_origin(annotation) is dict:
        return lambda request: dict(part(request))
    return None


def elsewhere(annotation: Any) -> str:
    """Say where handlers have what other frameworks give as a parameter of this type; nothing of other types."""
    if not isinstance(annotation, type) or not annotation.__module__.startswith("spikard."):
        return ""
    return next((_ELSEWHERE[base.__name__] for base in annotation.__mro__ if base.__name__ in _ELSEWHERE), "")


def with_specials(
    read: Callable[[Exchange], dict[str, Any]] | None,
    specials: dict[str, Special],
    make_request: Callable[[Exchange], Request],
) -> Callable[[Exchange], dict[str, Any]] | None:
    """Add the parameters that are parts of the request to those that are read."""
    if not specials:
        return read

    def arguments(exchange: Exchange) -> dict[str, Any]:
        request = make_request(exchange)
        values = {name: part(request) for name, part in specials.items()}
        return values | read(exchange) if read else values

    return arguments
