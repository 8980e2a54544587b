"""Types that list their values: Enum and Literal."""

from __future__ import annotations

import enum
import typing
from decimal import Decimal
from typing import Any

from spikard._types.node import Definitions, Node, Place, Reading, Schema, kind_of
from spikard._types.scalars import integer


class Choice(Node):
    """One of several values, each written as one JSON scalar."""

    def __init__(
        self, annotation: Any, values: dict[Any, Any], *, open_: bool = False, direct: bool = True
    ) -> None:
        """Make a choice.

        Args:
            annotation: the type.
            values: Python values by (JSON kind, JSON value).
            open_: the type's `_missing_` may take more.
            direct: msgspec can read it.
        """
        self.annotation = annotation
        self.kinds = frozenset(kind for kind, _ in values)
        self._values = values
        self._open = open_
        self._direct = direct

    def schema(self, definitions: Definitions) -> Schema:
        return {} if self._open else {"enum": [value for _, value in self._values]}

    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        kind = kind_of(value)
        if isinstance(value, Decimal) and value.is_finite() and value.adjusted() < 20:
            value = integer(value) if value == value.to_integral_value() else float(value)
        if kind not in ("array", "object") and (kind, value) in self._values:
            return self._values[kind, value]
        if self._open:
            try:
                return self.annotation(value)
            except ValueError as error:
                return reading.fail(at, value, str(error))
        expected = listed([written for _, written in self._values])
        return reading.fail(at, value, f"Input should be {expected}", "enum", {"expected": expected})

    def is_direct(self, seen: set[int]) -> bool:
        return self._direct


def listed(values: list[Any]) -> str:
    """Write values as error texts do: 'a', 'b' or 'c'."""
    texts = [repr(value) for value in values]
    return " or ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


def enumeration(annotation: type[enum.Enum]) -> Choice:
    """Describe an Enum by the values of its members.

    Raises:
        TypeError: a value that JSON has no scalar for.
    """
    members = list(annotation)
    for member in members:
        if not isinstance(member.value, (str, int, float, bool, type(None))):
            raise TypeError(f"{member} has a value that JSON cannot express")
    values = {(kind_of(member.value), member.value): member for member in members}
    uniform = {type(member.value) for member in members} in ({str}, {int})
    opened = "_missing_" in {
        name for base in annotation.__mro__[:-1] for name in vars(base) if base is not enum.Enum
    }
    opened = opened and annotation._missing_.__func__ is not enum.Enum._missing_.__func__  # type: ignore[attr-defined]
    return Choice(annotation, values, open_=opened, direct=uniform)


def literal(annotation: Any) -> Choice:
    """Describe a Literal, its Enum members by their values.

    Raises:
        TypeError: a value that JSON has no scalar for.
    """
    values: dict[Any, Any] = {}
    direct = True
    for value in typing.get_args(annotation):
        written = value.value if isinstance(value, enum.Enum) else value
        if not isinstance(written, (str, int, float, bool, type(None))):
            raise TypeError(f"{value!r} has no JSON spelling")
        direct = (
            direct and isinstance(value, (str, int, type(None))) and not isinstance(value, (bool, enum.Enum))
        )
        values[kind_of(written), written] = value
    return Choice(annotation, values, direct=direct)
