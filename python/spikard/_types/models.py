"""pydantic's models: described by what pydantic itself has compiled of them, and read by pydantic.

Nothing of pydantic is imported: a program that has no model has no pydantic.
"""

from __future__ import annotations

from typing import Any

import msgspec

from spikard._types.node import KINDS, Definitions, Kind, Node, Place, Reading, Schema, plain
from spikard._types.objects import Field
from spikard._types.pydantic_core_schema import describe
from spikard.exceptions import MalformedBody


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

    def spread(self) -> tuple[list[Field], bool] | None:
        """Give the fields as parameters, and whether others are forbidden; None if pydantic alone knows their names."""
        definitions = Definitions(lax=False)
        whole = self._described(definitions)
        properties = whole.get("properties", {})
        names = getattr(self.annotation, "model_fields", None)
        if names is None or len(properties) != len(names):
            return None
        required = whole.get("required", ())
        fields = [
            Field(name, name, _Member(schema, definitions), name in required)
            for name, schema in properties.items()
        ]
        return fields, whole.get("additionalProperties") is False

    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        return self.from_json(_ENCODE(value), at, reading, value)

    def from_json(self, text: bytes, at: Place, reading: Reading, value: Any = None) -> Any:
        """Let pydantic read a JSON text, in its one pass."""
        try:
            return self.annotation.__pydantic_validator__.validate_json(text)
        except ValueError as error:
            if not hasattr(error, "errors"):
                raise
            value = _parsed(text) if value is None else value
            for item in error.errors(include_url=False):
                place = _real(item["loc"], value, item["type"] == "missing")
                context = {name: _shown(part) for name, part in item.get("ctx", {}).items()}
                failed = reading.fail((*at, *place), item["input"], item["msg"], item["type"], context)
            return failed

    def is_direct(self, seen: set[int]) -> bool:
        return False


def _parsed(text: bytes) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedBody from error


class _Member(Node):
    """A field of a model, to be described alone; the model reads it."""

    annotation = Any

    def __init__(self, schema: Schema, definitions: Definitions) -> None:
        self._schema = schema
        self._definitions = definitions
        self.kinds = _kinds(schema)

    def schema(self, definitions: Definitions) -> Schema:
        definitions.schemas |= self._definitions.schemas
        return self._schema

    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        return value


def _kinds(schema: Schema) -> frozenset[Kind]:
    """Name the kinds of values that a schema speaks of."""
    if "anyOf" in schema:
        return frozenset[Kind]().union(*map(_kinds, schema["anyOf"]))
    types = schema.get("type", [])
    names: list[Any] = [types] if isinstance(types, str) else types
    return frozenset("number" if name == "integer" else name for name in names) or KINDS


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
