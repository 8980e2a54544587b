"""The types a parameter's text may have: their names on the wire and how the text is read."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

ValueType = Literal["text", "integer", "number", "boolean", "uuid", "date", "datetime", "time", "json"]

_TRUE = frozenset({"true", "1", "on", "yes"})
_FALSE = frozenset({"false", "0", "off", "no", ""})
_MOMENT = re.compile(
    r"(?P<minute>(?:\d{4}-\d\d-\d\d[Tt ])?\d\d:\d\d)(?P<seconds>:\d\d(?:\.\d+)?)?"
    r"(?P<offset>[Zz]|[+-]\d\d:?\d\d)?",
    re.ASCII,
)


def read_boolean(text: str) -> bool:
    """Read `true 1 on yes` and `false 0 off no` or nothing, in any case.

    Raises:
        ValueError: any other text.
    """
    word = text.lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError("Input should be a valid boolean, unable to interpret input")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A type of which one text is one value.

    Attributes:
        type: the Python type.
        value_type: its name in the manifest.
        read: text to value; raises ValueError or msgspec.ValidationError.
    """

    type: type
    value_type: ValueType
    read: Callable[[str], Any]


def read_date(text: str) -> datetime.date:
    """Read a full-date of RFC 3339.

    Raises:
        msgspec.ValidationError: it is none, or the day does not exist.
    """
    return msgspec.convert(text, datetime.date)


def read_datetime(text: str) -> datetime.datetime:
    """Read a date-time of RFC 3339, also one without seconds, offset or the offset's colon, as browsers send.

    Raises:
        msgspec.ValidationError: it is none, or the moment does not exist.
    """
    return msgspec.convert(_completed(text), datetime.datetime)


def read_time(text: str) -> datetime.time:
    """Read a time of RFC 3339, also one without seconds, offset or the offset's colon, as browsers send.

    Raises:
        msgspec.ValidationError: it is none.
    """
    return msgspec.convert(_completed(text), datetime.time)


def _completed(text: str) -> str:
    """Add what a browser leaves out of a moment."""
    parts = _MOMENT.fullmatch(text)
    if not parts:
        return text
    seconds, offset = parts["seconds"] or ":00", parts["offset"] or ""
    return f"{parts['minute']}{seconds}{offset[:3]}{':' if len(offset) == 5 else ''}{offset[3:]}"


TEXT = Scalar(str, "text", str)

SCALARS: dict[type, Scalar] = {
    scalar.type: scalar
    for scalar in (
        TEXT,
        Scalar(int, "integer", int),
        Scalar(float, "number", float),
        Scalar(bool, "boolean", read_boolean),
        Scalar(uuid.UUID, "uuid", uuid.UUID),
        Scalar(datetime.date, "date", read_date),
        Scalar(datetime.datetime, "datetime", read_datetime),
    )
}


def write(value: object) -> str:
    """Give the text that `Scalar.read` reads as `value`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)
