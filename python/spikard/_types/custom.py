"""Types that this package does not know: the functions that programs register for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spikard._types.node import KINDS, Definitions, Node, Place, Reading, Schema, plain

Decoder = Callable[[Any, Any], Any]

_decoders: list[Decoder] = []
_encoders: dict[type, Callable[[Any], Any]] = {}


def register_decoder(decoder: Decoder) -> Decoder:
    """Teach handlers' parameters and bodies types of your own.

    Args:
        decoder: called with the type and the decoded JSON value (of a parameter: its text). It gives the
            value, raises ValueError for what the client did wrong (422), or NotImplementedError to let the
            decoders registered before it try.

    Returns:
        The function itself, so that this can be a decorator.
    """
    _decoders.append(decoder)
    return decoder


def register_encoder(type_: type, encoder: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Teach responses a type of your own.

    Args:
        type_: the class; its subclasses too.
        encoder: makes something of a value that JSON can express.

    Returns:
        The function itself.
    """
    _encoders[type_] = encoder
    return encoder


def has_decoders() -> bool:
    """Tell whether any decoder was registered."""
    return bool(_decoders)


def encode(value: Any) -> Any:
    """Give what JSON can say of a value that msgspec does not know; its hook.

    Raises:
        TypeError: nothing was registered for its type.
    """
    for base in type(value).__mro__:
        if encoder := _encoders.get(base):
            return encoder(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True)
    if hasattr(value, "__pydantic_serializer__"):
        return value.__pydantic_serializer__.to_python(value, mode="json", by_alias=True)
    if hasattr(value, "__fspath__"):
        return value.__fspath__()
    if hasattr(value, "value") and hasattr(type(value), "__members__"):
        return value.value
    is_stream = hasattr(value, "__next__") or hasattr(value, "__anext__")
    way = "StreamingResponse sends its parts" if is_stream else "register_encoder teaches how"
    raise TypeError(f"{type(value).__qualname__} cannot be written as JSON; {way}")


class Custom(Node):
    """A type that the registered decoders know."""

    kinds = KINDS

    def __init__(self, annotation: Any) -> None:
        self.annotation = annotation

    def schema(self, definitions: Definitions) -> Schema:
        return {}

    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        value = plain(value)
        for decoder in reversed(_decoders):
            try:
                return decoder(self.annotation, value)
            except NotImplementedError:  # noqa: PERF203 (the next one may know)
                continue
            except ValueError as error:
                return reading.fail(at, value, str(error))
        if isinstance(self.annotation, type) and isinstance(value, self.annotation):
            return value
        raise TypeError(f"no registered decoder takes {self.annotation!r}")

    def is_direct(self, seen: set[int]) -> bool:
        return False
