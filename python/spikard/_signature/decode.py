"""Reading a JSON text as a type: msgspec's one pass where it says the same as we do, else value by value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from spikard._types import INVALID, Node, Reading
from spikard._types.classes import complete
from spikard._types.models import Model
from spikard._types.node import Place, decode_exactly
from spikard._types.objects import LEAVES_DEFAULTS
from spikard.exceptions import MalformedBody, RequestValidationError

# Gives the value, or raises RequestValidationError with all that is wrong.
Decode = Callable[[bytes, "list[Any] | None"], Any]


def decoder(node: Node, at: Place) -> Decode:
    """Compile the reading of one type; errors are placed under `at`."""
    if isinstance(node, Model):
        return _by_pydantic(node, at)
    fast = _direct(node)

    def slow(text: bytes, files: list[Any] | None) -> Any:
        reading = Reading(files)
        value = node.read(_parsed(text), at, reading)
        if value is INVALID or reading.errors:
            raise RequestValidationError(reading.errors)
        return value

    if fast is None:
        return slow

    def read(text: bytes, files: list[Any] | None) -> Any:
        try:
            return fast(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError):
            # Either only Python can judge it (__post_init__, a leap second, lists in a set), or it is right and
            # msgspec stricter than the contract (5.0 for an int).
            return slow(text, files)

    return read


def _by_pydantic(node: Model, at: Place) -> Decode:
    def read(text: bytes, files: list[Any] | None) -> Any:
        reading = Reading(files)
        value = node.from_json(text, at, reading)
        if reading.errors:
            raise RequestValidationError(reading.errors)
        return value

    return read


def _direct(node: Node) -> Callable[[bytes], Any] | None:
    seen: set[int] = set()
    if not node.is_direct(seen):
        return None
    try:
        decode = msgspec.json.Decoder(node.annotation).decode
    except (TypeError, NotImplementedError):  # unions of several texts, constraints msgspec does not know
        return None
    return (lambda text: complete(decode(text))) if LEAVES_DEFAULTS in seen else decode


def _parsed(text: bytes) -> Any:
    try:
        return decode_exactly(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedBody from error
