"""Lists, sets, tuples and dictionaries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spikard._types.node import INVALID, Definitions, Node, Place, Reading, Schema, decode_exactly


class Items(Node):
    """A list, set or tuple of any length."""

    kinds = frozenset({"array"})

    def __init__(self, annotation: Any, item: Node, make: Callable[[list[Any]], Any]) -> None:
        self.annotation = annotation
        self.item = item
        self.is_set = make in (set, frozenset)
        self._make = make

    def schema(self, definitions: Definitions) -> Schema:
        items = self.item.schema(definitions)
        return {"type": "array"} | ({"items": items} if items else {})

    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        if not isinstance(value, list):
            return reading.fail(at, value, "Input should be a valid list", "type_error")
        items = [self.item.read(item, (*at, index), reading) for index, item in enumerate(value)]
        if any(item is INVALID for item in items):
            return INVALID
        try:
            return self._make(items)
        except TypeError as error:  # what cannot be hashed cannot be in a set
            return reading.fail(at, value, str(error))

    def is_direct(self, seen: set[int]) -> bool:
        return self.item.is_direct(seen)


class Tuple(Node):
    """A tuple of fixed length."""

    kinds = frozenset({"array"})

    def __init__(self, annotation: Any, items: list[Node]) -> None:
        self.annotation = annotation
        self.items = items

    def schema(self, definitions: Definitions) -> Schema:
        count = len(self.items)
        schema: Schema = {"type": "array", "minItems": count, "maxItems": count}
        if self.items:
            schema["prefixItems"] = [item.schema(definitions) for item in self.items]
        return schema

    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        if not isinstance(value, list) or len(value) != len(self.items):
            return reading.fail(at, value, f"Input should be a list of {len(self.items)} items", "type_error")
        items = [
            node.read(item, (*at, index), reading)
            for index, (node, item) in enumerate(zip(self.items, value, strict=True))
        ]
        return INVALID if any(item is INVALID for item in items) else tuple(items)

    def is_direct(self, seen: set[int]) -> bool:
        return all(item.is_direct(seen) for item in self.items)


class Mapping(Node):
    """A dictionary; its keys are read from the names of a JSON object."""

    kinds = frozenset({"object"})

    def __init__(
        self, annotation: Any, key: Node, value: Node, make: Callable[[dict[Any, Any]], Any] = dict
    ) -> None:
        self.annotation = annotation
        self._key = key
        self.value = value
        self._make = make

    def schema(self, definitions: Definitions) -> Schema:
        schema: Schema = {"type": "object"}
        if values := self.value.schema(definitions):
            schema["additionalProperties"] = values
        names = self._key.schema(definitions)
        # Names are strings: of other keys only Python can judge what they mean.
        if (
            "string" in self._key.kinds
            and names not in ({}, {"type": "string"})
            and "number" not in self._key.kinds
        ):
            schema["propertyNames"] = names
        return schema

    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        if not isinstance(value, dict):
            return reading.fail(at, value, "Input should be a valid dictionary", "type_error")
        result: dict[Any, Any] = {}
        valid = True
        for name, item in value.items():
            place = (*at, name)
            key = self._key.read(self._named(name), place, reading)
            content = self.value.read(item, place, reading)
            if key is INVALID or content is INVALID:
                valid = False
            elif valid:
                try:
                    result[key] = content
                except TypeError as error:
                    valid = reading.fail(place, name, str(error)) is not INVALID
        return self._make(result) if valid else INVALID

    def is_direct(self, seen: set[int]) -> bool:
        return self._key.is_direct(seen) and self.value.is_direct(seen)

    def _named(self, name: str) -> Any:
        if "string" in self._key.kinds:
            return name
        try:
            return decode_exactly(name)
        except ValueError:
            return name
