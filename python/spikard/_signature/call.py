"""The two things done per request: decoding the arguments and calling the handler, composed once at start."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from spikard._signature.hints import Shape
from spikard._signature.parameters import ManifestParameter
from spikard.exceptions import RequestValidationError

if TYPE_CHECKING:
    from spikard._exchange import Exchange
    from spikard.requests import Request

Decode = Callable[[bytes], dict[str, Any]]

_typed_dict: Any = typing.TypedDict


def decoder(
    shapes: dict[str, Shape],
    declared: tuple[ManifestParameter, ...],
    blank: dict[str, None],
) -> Decode:
    """Compile the conversion of an exchange's arguments to keyword arguments.

    Args:
        shapes: the types by parameter.
        declared: the same parameters as the manifest declares them.
        blank: what absent parameters get that have no default of their own.

    Returns:
        A function that raises RequestValidationError for what only Python can judge, like a 30th of February.
    """
    fields = {name: shape.type for name, shape in shapes.items()}
    decode = msgspec.json.Decoder(_typed_dict("Arguments", fields, total=False)).decode

    def converted(arguments: bytes) -> dict[str, Any]:
        try:
            return typing.cast("dict[str, Any]", decode(arguments))
        except msgspec.ValidationError:
            return _one_by_one(arguments, shapes, declared)

    if not blank:
        return converted
    return lambda arguments: {**blank, **converted(arguments)}


def compose(
    handler: Callable[..., Any],
    decode: Decode | None,
    wants_request: str,
    make_request: Callable[[Exchange], Request],
) -> Callable[[Exchange], Any]:
    """Make the one function that is called per request."""
    if decode is None and not wants_request:
        return lambda exchange: handler()
    if decode is None:
        return lambda exchange: handler(**{wants_request: make_request(exchange)})
    if not wants_request:
        return lambda exchange: handler(**decode(exchange.arguments))
    return lambda exchange: handler(**{wants_request: make_request(exchange)}, **decode(exchange.arguments))


def _one_by_one(
    arguments: bytes, shapes: dict[str, Shape], declared: tuple[ManifestParameter, ...]
) -> dict[str, Any]:
    """Convert what msgspec refuses as a whole: by our readers, which admit more, with all errors at once."""
    values = msgspec.json.decode(arguments)
    errors = []
    for parameter in declared:
        if parameter.name not in values:
            continue
        given = values[parameter.name]
        try:
            values[parameter.name] = _converted(given, shapes[parameter.name])
        except (ValueError, msgspec.ValidationError) as error:
            loc = [parameter.source, parameter.wire_name]
            errors.append({"type": "value_error", "loc": loc, "msg": str(error), "input": given})
    if errors:
        raise RequestValidationError(errors)
    return typing.cast("dict[str, Any]", values)


def _converted(value: Any, shape: Shape) -> Any:
    if isinstance(value, list):
        return [_converted(item, shape) for item in value]
    return shape.scalar.read(value) if isinstance(value, str) else msgspec.convert(value, shape.scalar.type)
