"""Classes with fields: a JSON object, or where the class says so an array."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from spikard._types.node import INVALID, Definitions, Node, Place, Reading, Schema

NO_DEFAULT: Any = object()
# Among the nodes seen by `is_direct`: one of them `leaves_defaults`.
LEAVES_DEFAULTS = -1


@dataclass(slots=True)
class Field:
    """One field of a class.

    Attributes:
        name: the keyword that the class is made with.
        wire_name: in JSON.
        node: its type.
        required: whether it must be there.
        default: for descriptions; `NO_DEFAULT` if there is none or it is made anew each time.
    """

    name: str
    wire_name: str
    node: Node
    required: bool
    default: Any = NO_DEFAULT

    def schema(self, definitions: Definitions) -> Schema:
        schema = self.node.schema(definitions)
        if self.default is NO_DEFAULT:
            return schema
        try:
            written = msgspec.to_builtins(self.default)
            msgspec.json.encode(written)
        except Exception:  # a default that JSON cannot show
            return schema
        return {**schema, "default": written}


class Object(Node):
    """A class with fields; made first and filled in later, as its fields may be of the same class."""

    def __init__(self, annotation: Any, name: str, make: Callable[..., Any], *, own: bool = False) -> None:
        """Prepare a class.

        Args:
            annotation: the class, or a generic one with arguments.
            name: for definitions.
            make: called with the fields as keywords.
            own: whether msgspec reads the class otherwise than the contract says, or not at all.
        """
        self.annotation = annotation
        self.name = name
        self.make = make
        self.own = own
        # Whether msgspec, when it makes an instance, leaves defaults to the class, and so would not write them.
        self.leaves_defaults = False
        self.fields: list[Field] = []
        self.closed = False
        self.tag: tuple[str, str | int] | None = None
        self.as_array = False

    @property
    def kinds(self) -> frozenset[Any]:  # type: ignore[override]
        return frozenset({"array" if self.as_array else "object"})

    def schema(self, definitions: Definitions) -> Schema:
        return definitions.refer(self, self.name, lambda: self._described(definitions))

    def _described(self, definitions: Definitions) -> Schema:
        tags: list[Any] = [{"enum": [self.tag[1]]}] if self.tag else []
        if self.as_array:
            items = [*tags, *(field.schema(definitions) for field in self.fields)]
            least = [index for index, field in enumerate(self.fields, 1 + len(tags)) if field.required]
            schema: Schema = {
                "type": "array",
                "prefixItems": items,
                "minItems": max(least, default=len(tags)),
            }
            return schema | ({"maxItems": len(items)} if self.closed else {})
        properties = {self.tag[0]: tags[0]} if self.tag else {}
        properties |= {field.wire_name: field.schema(definitions) for field in self.fields}
        schema = {"type": "object", "properties": properties}
        if required := [field.wire_name for field in self.fields if field.required]:
            schema["required"] = required
        if self.closed:
            schema["additionalProperties"] = False
        return schema

    def has_tag(self, value: dict[str, Any]) -> bool:
        """Tell whether an object names this class by its tag."""
        return self.tag is not None and value.get(self.tag[0]) == self.tag[1]

    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        if self.as_array:
            return self._from_array(value, at, reading)
        if not isinstance(value, dict):
            return reading.fail(at, value, "Input should be a valid dictionary", "type_error")
        found = {}
        failed = len(reading.errors)
        for field in self.fields:
            place = (*at, field.wire_name)
            if field.wire_name in value:
                found[field.name] = field.node.read(value[field.wire_name], place, reading)
            elif field.required:
                reading.fail(place, value, "Field required", "missing")
        return self._made(found, value, at, reading, failed)

    def _from_array(self, value: Any, at: Place, reading: Reading) -> Any:
        if not isinstance(value, list):
            return reading.fail(at, value, "Input should be a valid list", "type_error")
        found = {}
        failed = len(reading.errors)
        for index, field in enumerate(self.fields, 1 if self.tag else 0):
            if index < len(value):
                found[field.name] = field.node.read(value[index], (*at, index), reading)
            elif field.required:
                reading.fail(at, value, "Field required", "missing")
        return self._made(found, value, at, reading, failed)

    def _made(self, found: dict[str, Any], value: Any, at: Place, reading: Reading, failed: int) -> Any:
        if len(reading.errors) > failed:
            return INVALID
        try:
            return self.make(**found)
        except ValueError as error:
            return reading.fail(at, value, str(error))

    def is_direct(self, seen: set[int]) -> bool:
        if id(self) in seen:
            return True
        seen.add(id(self))
        if self.leaves_defaults:
            seen.add(LEAVES_DEFAULTS)
        return not self.own and all(field.node.is_direct(seen) for field in self.fields)
