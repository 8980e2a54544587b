"""Types of which one JSON string, number or literal is a value."""

from __future__ import annotations

import datetime
import math
import pathlib
import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from spikard import _scalars
from spikard._types.node import KINDS, Definitions, Kind, Node, Place, Reading, Schema, plain

# Beyond it an exponent would make an int that nobody can have meant.
_MOST_DIGITS = 4300


class Scalar(Node):
    """A type with one reader."""

    def __init__(
        self,
        annotation: Any,
        kinds: set[Kind],
        schema: Schema,
        read: Callable[[Any], Any],
        direct: bool = True,
    ) -> None:
        self.annotation = annotation
        self.kinds = frozenset(kinds)
        self._schema = schema
        self._read = read
        self._direct = direct

    def schema(self, definitions: Definitions) -> Schema:
        return dict(self._schema)

    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        try:
            return self._read(value)
        except (ValueError, InvalidOperation) as error:
            error_type, text = _FAILURES.get(self.annotation, ("value_error", str(error)))
            return reading.fail(at, value, text, error_type)

    def is_direct(self, seen: set[int]) -> bool:
        return self._direct


class Anything(Node):
    """`Any`: whatever JSON can say, as msgspec gives it."""

    annotation = Any
    kinds = KINDS

    def schema(self, definitions: Definitions) -> Schema:
        return {}

    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        return plain(value)


def integer(value: Any) -> int:
    """Take a whole number, also one that is written with a point: 5.0 is 5."""
    if isinstance(value, Decimal):
        if value.adjusted() < _MOST_DIGITS and value == value.to_integral_value():
            return int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("Input should be a valid integer")


def number(value: Any) -> float:
    """Take a number that a float can hold."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        try:
            result = float(value)
        except OverflowError:
            result = math.inf
        if math.isfinite(result):
            return result
        raise ValueError("Input should be a number that fits into 64 bits")
    raise ValueError("Input should be a valid number")


def decimal(value: Any) -> Decimal:
    """Take a finite decimal, written as number or as text, with all its digits."""
    if isinstance(value, (int, float, str, Decimal)) and not isinstance(value, bool):
        result = value if isinstance(value, Decimal) else Decimal(str(value))
        if result.is_finite():
            return result
    raise ValueError("Input should be a valid decimal")


def _is(type_: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        return msgspec.convert(value, type_)

    return read


def _text(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    def checked(value: Any) -> Any:
        if not isinstance(value, str):
            raise ValueError("Input should be a valid string")
        return read(value)

    return checked


_FAILURES = {
    # A file, where a text is meant.
    str: ("string_type", "Input should be a valid string"),
    datetime.timedelta: ("duration_parsing", "Input should be a valid duration"),
}

_TEXT: set[Kind] = {"string"}

SCALARS: dict[Any, Scalar] = {
    scalar.annotation: scalar
    for scalar in (
        Scalar(str, _TEXT, {"type": "string"}, _is(str)),
        Scalar(int, {"number"}, {"type": "integer"}, integer),
        Scalar(float, {"number"}, {"type": "number"}, number),
        Scalar(bool, {"boolean"}, {"type": "boolean"}, _is(bool)),
        Scalar(type(None), {"null"}, {"type": "null"}, lambda value: msgspec.convert(value, None)),
        Scalar(
            datetime.datetime,
            _TEXT,
            {"type": "string", "format": "spikard-date-time"},
            _text(_scalars.read_datetime),
        ),
        Scalar(datetime.date, _TEXT, {"type": "string", "format": "date"}, _text(_scalars.read_date)),
        Scalar(datetime.time, _TEXT, {"type": "string", "format": "spikard-time"}, _text(_scalars.read_time)),
        Scalar(
            datetime.timedelta,
            _TEXT,
            {"type": "string", "format": "spikard-duration"},
            _is(datetime.timedelta),
        ),
        Scalar(uuid.UUID, _TEXT, {"type": "string", "format": "spikard-uuid"}, _text(uuid.UUID)),
        Scalar(
            Decimal,
            {"string", "number"},
            {"anyOf": [{"type": "number"}, {"type": "string", "format": "decimal"}]},
            decimal,
        ),
        Scalar(bytes, _TEXT, {"type": "string", "format": "byte"}, _is(bytes)),
        Scalar(bytearray, _TEXT, {"type": "string", "format": "byte"}, _is(bytearray)),
        Scalar(pathlib.Path, _TEXT, {"type": "string"}, _text(pathlib.Path), direct=False),
    )
}
