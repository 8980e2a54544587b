"""pydantic's models: described by what pydantic itself has compiled of them, and read by pydantic.

Nothing of pydantic is imported: a program that has no model has no pydantic.
"""

from __future__ import annotations

from typing import Any

import msgspec

from spikard._types.node import Definitions, Node, Place, Reading, Schema, plain
from spikard._types.pydantic_core_schema import describe


def is_model(cls: Any) -> bool:
    """Tell whether a class is a pydantic model or dataclass."""
    return (
        isinstance(cls, type)
        and hasattr(cls, "__pydantic_validator__")
        and hasattr(cls, "__pydantic_core_schema__")
    )


class Model(Node):
    """A pydantic class."""

    kinds = frozenset({"object"})

    def __init__(self, annotation: Any) -> None:
        """Have pydantic finish the class.

        Raises:
            TypeError: it cannot, for an annotation is not defined.
        """
        self.annotation = annotation
        rebuild = getattr(annotation, "model_rebuild", None)
        try:
            if rebuild is not None:
                rebuild()
        except Exception as error:
            raise TypeError(str(error).partition("\n")[0]) from error

    def schema(self, definitions: Definitions) -> Schema:
        return definitions.refer(
            self.annotation, self.annotation.__name__, lambda: self._described(definitions)
        )

    def _described(self, definitions: Definitions) -> Schema:
        return describe(self.annotation.__pydantic_core_schema__, definitions, self.annotation)

    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        return self.from_json(_ENCODE(value), at, reading, value)

    def from_json(self, text: bytes, at: Place, reading: Reading, value: Any = None) -> Any:
        """Let pydantic read a JSON text, in its one pass."""
        try:
            return self.annotation.__pydantic_validator__.validate_json(text)
        except ValueError as error:
            if not hasattr(error, "errors"):
                raise
            value = msgspec.json.decode(text) if value is None else value
            for item in error.errors(include_url=False):
                place = _real(item["loc"], value, item["type"] == "missing")
                context = {name: _shown(part) for name, part in item.get("ctx", {}).items()}
                failed = reading.fail((*at, *place), item["input"], item["msg"], item["type"], context)
            return failed

    def is_direct(self, seen: set[int]) -> bool:
        return False


_ENCODE = msgspec.json.Encoder(decimal_format="number").encode


def _shown(part: Any) -> Any:
    return plain(part) if isinstance(part, (str, int, float, bool, list, dict, type(None))) else str(part)


def _real(loc: tuple[str | int, ...], value: Any, may_be_absent: bool) -> Place:
    """Leave out of pydantic's location what is no place in the JSON: names of union members and validators."""
    place: list[str | int] = []
    for index, part in enumerate(loc):
        if _holds(value, part):
            value = value[part]
        elif not (may_be_absent and index == len(loc) - 1 and isinstance(value, dict)):
            continue
        place.append(part)
    return tuple(place)


def _holds(value: Any, part: str | int) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)
