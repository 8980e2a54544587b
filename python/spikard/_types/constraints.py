"""Constraints beside a type: what markers, msgspec.Meta, annotated_types and pydantic's Field say of it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

from spikard._types.node import INVALID, Definitions, Node, Place, Reading, Schema

# Attribute, keyword for numbers, comparison, error.
_BOUNDS: tuple[tuple[str, str, Callable[[Any, Any], bool], str, str], ...] = (
    ("gt", "exclusiveMinimum", lambda v, b: v > b, "greater_than", "greater than"),
    ("ge", "minimum", lambda v, b: v >= b, "greater_than_equal", "greater than or equal to"),
    ("lt", "exclusiveMaximum", lambda v, b: v < b, "less_than", "less than"),
    ("le", "maximum", lambda v, b: v <= b, "less_than_equal", "less than or equal to"),
)
_NAMES = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern")
_META_ONLY = ("title", "description", "examples", "extra_json_schema")

Predicate = Callable[[Any], bool]


@dataclass(slots=True)
class Constraints:
    """What has to hold besides the type.

    Attributes:
        values: by the name that markers and msgspec.Meta have for them.
        schema: further keywords of JSON Schema, as written.
        predicates: functions that must say yes.
        tz: whether a time must have an offset.
    """

    values: dict[str, Any] = field(default_factory=dict)
    schema: Schema = field(default_factory=dict)
    predicates: list[Predicate] = field(default_factory=list)
    tz: bool | None = None

    def __bool__(self) -> bool:
        return bool(self.values or self.schema or self.predicates or self.tz is not None)

    def add(self, metadata: Any) -> None:
        """Take in one piece of metadata; what says nothing about values is passed over."""
        module = type(metadata).__module__.partition(".")[0]
        if module == "annotated_types":
            self._add_annotated_types(metadata)
        elif module == "pydantic" and hasattr(metadata, "metadata"):
            for inner in metadata.metadata:
                self.add(inner)
            if getattr(metadata, "description", None):
                self.schema.setdefault("description", metadata.description)
        elif module in ("msgspec", "spikard", "pydantic", "pydantic_core"):
            self._add_named(metadata)

    def _add_named(self, metadata: Any) -> None:
        for name in _NAMES:
            value = getattr(metadata, name, None)
            if value is not None:
                self.values[name] = value
        tz = getattr(metadata, "tz", None)
        if tz is not None:
            self.tz = tz
        for name in ("title", "description", "examples"):
            if isinstance(text := getattr(metadata, name, None), (str, list)) and text:
                self.schema[name] = text
        self.schema |= getattr(metadata, "extra_json_schema", None) or {}

    def _add_annotated_types(self, metadata: Any) -> None:
        if isinstance(metadata, Iterable):  # Interval, Len
            for inner in metadata:
                self.add(inner)
        elif type(metadata).__name__ == "Predicate":
            self.predicates.append(metadata.func)
        else:
            self._add_named(metadata)


class Constrained(Node):
    """A type with constraints; those that its schema cannot say are checked in Python."""

    def __init__(self, annotation: Any, node: Node, constraints: Constraints) -> None:
        self.annotation = annotation
        self.kinds = node.kinds
        self.inner = node
        self._constraints = constraints
        self._values = dict(constraints.values)
        if (pattern := self._values.get("pattern")) is not None:
            self._values["pattern"] = getattr(pattern, "pattern", pattern)
        self._edge_knows_pattern = "pattern" in self._values and edge_knows(self._values["pattern"])
        if "pattern" in self._values and not self._edge_knows_pattern:
            _check_pattern(self._values["pattern"])

    def schema(self, definitions: Definitions) -> Schema:
        schema = self.inner.schema(definitions)
        if self._constraints.tz and schema.get("format") == "spikard-date-time":
            schema = {**schema, "format": "spikard-aware-date-time"}
        if any(name in self._values for name in _NAMES):
            schema = self._with_keywords(schema)
        return {**schema, **self._constraints.schema}

    def _with_keywords(self, schema: Schema) -> Schema:
        if "anyOf" in schema:
            return {**schema, "anyOf": [self._with_keywords(member) for member in schema["anyOf"]]}
        keywords: Schema = {}
        match schema.get("type"):
            case "integer" | "number":
                for name, keyword, *_ in _BOUNDS:
                    if name in self._values:
                        keywords[keyword] = _number(self._values[name])
                if "multiple_of" in self._values:
                    keywords["multipleOf"] = _number(self._values["multiple_of"])
            case "string" if schema.get("format") not in ("byte", "decimal"):
                keywords |= self._lengths("minLength", "maxLength")
                if self._edge_knows_pattern:
                    keywords["pattern"] = self._values["pattern"]
            case "array":
                keywords |= self._lengths("minItems", "maxItems")
            case "object":
                keywords |= self._lengths("minProperties", "maxProperties")
        return {**schema, **keywords}

    def _lengths(self, least: str, most: str) -> Schema:
        names = ((least, "min_length"), (most, "max_length"))
        if "maxItems" in (least, most) and self.inner.annotation is not None and _drops_doubles(self.inner):
            # Of a set, doubles are dropped before it is counted.
            names = ((least, "min_length"),)  # type: ignore[assignment]
        return {keyword: self._values[name] for keyword, name in names if name in self._values}

    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        result = self.inner.read(value, at, reading)
        if result is INVALID or result is None:
            return result
        for error_type, msg, ctx in self._violations(result):
            reading.fail(at, value, msg, error_type, ctx)
            return INVALID
        return result

    def _violations(self, value: Any) -> Iterable[tuple[str, str, Schema | None]]:
        for name, _, holds, error_type, words in _BOUNDS:
            if name in self._values and _is_comparable(value) and not holds(value, self._values[name]):
                bound = self._values[name]
                yield error_type, f"Input should be {words} {bound}", {name: _shown(bound)}
        length = len(value) if hasattr(value, "__len__") else None
        if length is not None:
            least, most = self._values.get("min_length", 0), self._values.get("max_length", length)
            text = isinstance(value, str)
            if length < least:
                yield (
                    (
                        "string_too_short",
                        f"String should have at least {least} characters",
                        {"min_length": least},
                    )
                    if text
                    else (
                        "too_short",
                        f"List should have at least {least} item after validation",
                        {"min_length": least},
                    )
                )
            if length > most:
                yield (
                    ("string_too_long", f"String should have at most {most} characters", {"max_length": most})
                    if text
                    else (
                        "too_long",
                        f"List should have at most {most} items after validation",
                        {"max_length": most},
                    )
                )
        pattern = self._values.get("pattern")
        if pattern is not None and isinstance(value, str) and not re.search(pattern, value):
            yield "string_pattern_mismatch", f"String should match pattern '{pattern}'", {"pattern": pattern}
        if isinstance(value, (datetime.datetime, datetime.time)) and self._constraints.tz is not None:
            has_offset = value.tzinfo is not None
            if has_offset is not self._constraints.tz:
                word = "have" if self._constraints.tz else "not have"
                yield (
                    "timezone_aware" if self._constraints.tz else "timezone_naive",
                    f"Input should {word} timezone info",
                    None,
                )
        for predicate in self._constraints.predicates:
            if not predicate(value):
                name = getattr(predicate, "__qualname__", repr(predicate))
                yield "predicate_failed", f"Predicate {name} failed", None

    def is_direct(self, seen: set[int]) -> bool:
        return self.inner.is_direct(seen) and not self._is_judged_here

    @property
    def _is_judged_here(self) -> bool:
        """Whether something has to hold that neither the front end nor msgspec looks at."""
        if self._constraints.predicates:
            return True
        if "pattern" in self._values and not self._edge_knows_pattern:
            return True
        numbers = self.inner.annotation in (int, float)
        bounds = {"gt", "ge", "lt", "le"} & self._values.keys()
        lengths = {"min_length", "max_length"} & self._values.keys()
        unsaid = (
            bounds
            and "number" in self.kinds | {"number"}
            and not _only(self.inner, (int, float))
            and not numbers
        )
        return bool(
            unsaid
            or (lengths and (_drops_doubles(self.inner) or self.inner.annotation in (bytes, bytearray)))
        )


def _only(node: Node, types: tuple[Any, ...]) -> bool:
    members = getattr(node, "members", [node])
    return all(
        member.annotation in types or member.kinds == {"null"} or isinstance(member, Constrained)
        for member in members
    )


def _drops_doubles(node: Node) -> bool:
    return getattr(node, "is_set", False)


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise TypeError(f"its pattern {pattern!r} cannot be read: {error}") from error


def edge_knows(pattern: str) -> bool:
    """Tell whether the front end's regular expressions have all that a pattern needs."""
    from spikard import _native

    try:
        _native.Schema(msgspec.json.encode({"pattern": pattern}))
    except ValueError:
        return False
    return True


def _is_comparable(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal, datetime.date, datetime.time, datetime.timedelta))


def _number(bound: Any) -> Any:
    if isinstance(bound, Decimal):
        return int(bound) if bound == bound.to_integral_value() else float(bound)
    return int(bound) if isinstance(bound, float) and bound.is_integer() and abs(bound) < 2**53 else bound


def _shown(bound: Any) -> Any:
    return bound if isinstance(bound, (int, float)) else str(bound)
