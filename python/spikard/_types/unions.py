"""Union and Optional."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from spikard._types.node import INVALID, Definitions, Node, Place, Reading, Schema, kind_of
from spikard._types.objects import Object


class Union(Node):
    """A value of one of several types."""

    def __init__(self, annotation: Any, members: list[Node]) -> None:
        self.annotation = annotation
        self.members = members
        self.kinds = frozenset().union(*(member.kinds for member in members))

    def schema(self, definitions: Definitions) -> Schema:
        schemas = []
        for member in self.members:
            # A tag may be absent only where it decides nothing.
            tagged = isinstance(member, Object) and member.tag and self._has_many_objects
            schema = member.schema(definitions)
            if isinstance(member, Object) and tagged:
                schema = {**schema, "required": [member.tag[0]]} if member.tag else schema
            if schema not in schemas:
                schemas.append(schema)
        if {} in schemas:
            return {}
        return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}

    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        candidates = self._candidates(value)
        first: Reading | None = None
        for member in candidates:
            attempt = Reading(reading.files)
            result = member.read(value, at, attempt)
            if result is not INVALID:
                return result
            first = first or attempt
        if first is None:
            return reading.fail(at, value, "Input is of none of the types allowed", "type_error")
        reading.errors += first.errors
        return INVALID

    def is_direct(self, seen: set[int]) -> bool:
        return all(member.is_direct(seen) for member in self.members)

    @property
    def _has_many_objects(self) -> bool:
        return sum(isinstance(member, Object) for member in self.members) > 1

    def _candidates(self, value: Any) -> list[Node]:
        kind = kind_of(value)
        found = [member for member in self.members if kind in member.kinds]
        if kind == "object":
            tagged: list[Node] = [m for m in found if isinstance(m, Object) and m.has_tag(value)]
            found = tagged or found
        # The most particular first: a text is a date before it is a str, 1.0 a float before it is an int.
        last = int if isinstance(value, Decimal) else float if kind == "number" else str
        return sorted(found, key=lambda member: (member.annotation is Any, member.annotation is last))
