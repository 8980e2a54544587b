"""Binding: which parameter of a handler gets what (docs: "Handlers, Binding"), decided once at start."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from spikard import _handler
from spikard._scalars import TEXT
from spikard._signature import hints
from spikard._signature.call import compose, decoder
from spikard._signature.hints import UNANNOTATED, Shape
from spikard._signature.parameters import ManifestParameter
from spikard.exceptions import StartError
from spikard.requests import Request

if TYPE_CHECKING:
    from spikard._exchange import Exchange
    from spikard._inject import Dependencies, Dependency
    from spikard._pattern import Segment

_REQUEST_NAMES = ("request", "req")


@dataclass(frozen=True, slots=True)
class Binding:
    """A handler, ready to be called.

    Attributes:
        parameters: what the front end reads for it, in the order of the signature.
        wants_request: the parameter that gets the `Request`; empty if none does.
        call: calls the handler for an exchange; gives its result, a coroutine if it is `async def`.
            Not of a handler with `injected` parameters.
        arguments: gives the keyword arguments that are read from an exchange; None if there are none.
        injected: the parameters that are filled by dependencies.
    """

    parameters: tuple[ManifestParameter, ...]
    wants_request: str
    call: Callable[[Exchange], Any]
    arguments: Callable[[Exchange], dict[str, Any]] | None
    injected: dict[str, Dependency]


def bind(
    handler: Callable[..., Any],
    segments: tuple[Segment, ...],
    make_request: Callable[[Exchange], Request],
    dependencies: Dependencies | None = None,
) -> Binding:
    """Decide what every parameter of a handler, hook or dependency gets.

    Args:
        handler: any callable that Python can give the signature of.
        segments: the route's path.
        make_request: what a parameter for the request is filled with.
        dependencies: of the application.

    Raises:
        StartError: a parameter that nothing can be bound to.
    """
    in_path = {segment.text: segment for segment in segments if segment.type}
    wants_request = ""
    shapes: dict[str, Shape] = {}
    blank: dict[str, None] = {}
    declared: list[ManifestParameter] = []
    injected: dict[str, Dependency] = {}
    for parameter in _signature(handler):
        annotation = hints.evaluate(handler, parameter)
        name = parameter.name
        if dependencies and (found := dependencies.in_place(annotation, parameter.default)):
            injected[name] = found
            continue
        segment = in_path.get(name)
        if segment is None and _is_request(name, annotation):
            if wants_request:
                _refuse(handler, name, f"is a second one for the request, after {wants_request!r}")
            wants_request = name
            continue
        if not segment and dependencies and (found := dependencies.registered(annotation, name)):
            injected[name] = found
            continue
        shape = shapes[name] = _shape(handler, name, annotation, segment)
        value_type = shape.scalar.value_type
        if segment:
            declared.append(ManifestParameter(name, name, "path", value_type, required=True))
            continue
        has_default = parameter.default is not inspect.Parameter.empty
        if shape.optional and not has_default:
            blank[name] = None
        required = not (shape.optional or has_default)
        declared.append(ManifestParameter(name, name, "query", value_type, shape.is_list, required))
    decode = decoder(shapes, tuple(declared), blank) if declared else None
    return Binding(
        parameters=tuple(declared),
        wants_request=wants_request,
        call=compose(handler, decode, wants_request, make_request),
        arguments=(lambda exchange: decode(exchange.arguments)) if decode else None,
        injected=injected,
    )


def _signature(handler: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        parameters = list(inspect.signature(handler).parameters.values())
    except (TypeError, ValueError) as error:
        raise StartError(f"{_handler.place(handler)}: its parameters cannot be told: {error}") from error
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            starred = str(parameter.replace(annotation=UNANNOTATED))
            _refuse(handler, starred, "takes anything; does a decorator lack functools.wraps?")
        if parameter.kind is parameter.POSITIONAL_ONLY:
            _refuse(handler, parameter.name, "is positional-only, but handlers are called by keyword")
    return parameters


def _is_request(name: str, annotation: Any) -> bool:
    if annotation is Any or annotation is UNANNOTATED:
        return name in _REQUEST_NAMES
    return annotation is Request


def _shape(handler: Callable[..., Any], name: str, annotation: Any, segment: Segment | None) -> Shape:
    shape = hints.shape(annotation, segment.scalar if segment else TEXT)
    if shape is None or (segment and shape.is_list):
        source = "path" if segment else "query"
        _refuse(handler, name, f"has the type {_text(annotation)}, which cannot be read from the {source}")
    if segment and not _agree(segment.scalar.type, shape.scalar.type):
        _refuse(handler, name, f"has the type {_text(annotation)}, but {segment} in the path")
    return shape


def _agree(segment: type, annotation: type) -> bool:
    """Tell whether a text that the segment's type admits can be of the annotation's type."""
    return segment is str or annotation in (segment, str) or (segment, annotation) == (int, float)


def _refuse(handler: Callable[..., Any], name: str, reason: str) -> NoReturn:
    raise StartError(f"{_handler.place(handler)}: parameter {name!r} {reason}")


def _text(annotation: Any) -> str:
    is_class = isinstance(annotation, type) and not typing.get_args(annotation)
    return annotation.__qualname__ if is_class else str(annotation)
