"""A type of a handler: the schema that the front end judges by, and how a JSON value becomes a Python one."""

from __future__ import annotations

import abc
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal

import msgspec

Place = tuple[str | int, ...]
Schema = dict[str, Any]
Kind = Literal["null", "boolean", "number", "string", "array", "object"]

KINDS: frozenset[Kind] = frozenset({"null", "boolean", "number", "string", "array", "object"})
# Stands for a value that could not be read; the error is in the Reading.
INVALID: Any = object()

# Numbers with a point keep their digits until it is known what they are read as.
decode_exactly = msgspec.json.Decoder(float_hook=Decimal).decode


class Reading:
    """One attempt to read a value: all that is wrong with it, and the files that its numbers stand for."""

    __slots__ = ("errors", "files")

    def __init__(self, files: list[Any] | None = None) -> None:
        self.errors: list[dict[str, Any]] = []
        self.files = files or []

    def fail(
        self, at: Place, value: Any, msg: str, type: str = "value_error", ctx: Schema | None = None
    ) -> Any:
        """Note an error and give `INVALID`."""
        item = {"type": type, "loc": [str(part) for part in at], "msg": msg, "input": plain(value)}
        self.errors.append(item | ({"ctx": ctx} if ctx else {}))
        return INVALID


class Definitions:
    """The schemas of classes, by the names under which they refer to each other.

    Attributes:
        lax: whether texts may stand for numbers, where a library takes them; not in answers, and not where texts have
            been read already.
    """

    def __init__(self, *, lax: bool = True) -> None:
        self.lax = lax
        self.schemas: dict[str, Schema] = {}
        self._names: dict[int, str] = {}
        self._kept: list[object] = []  # so that no id is given twice

    def refer(self, owner: object, name: str, make: Callable[[], Schema]) -> Schema:
        """Give a reference to the schema of `owner`, made once."""
        known = self._names.get(id(owner))
        if known is None:
            base = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_")
            known, count = base, 1
            while known in self.schemas:
                count += 1
                known = f"{base}{count}"
            self._names[id(owner)] = known
            self._kept.append(owner)
            self.schemas[known] = {}  # taken, as the schema may refer to itself
            self.schemas[known] = make()
        return {"$ref": f"#/$defs/{known}"}


class Node(abc.ABC):
    """One type.

    Attributes:
        annotation: the type as msgspec is asked for it.
        kinds: the kinds of JSON values that it has.
    """

    annotation: Any
    kinds: frozenset[Kind] = KINDS

    @abc.abstractmethod
    def schema(self, definitions: Definitions) -> Schema:
        """Describe every JSON value that `read` takes, and as few others as a schema can."""

    @abc.abstractmethod
    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        """Make the Python value of what `decode_exactly` gave, or note what is wrong and give `INVALID`."""

    def is_direct(self, seen: set[int]) -> bool:
        """Tell whether msgspec, if it takes a valid JSON text as `annotation`, gives what `read` gives."""
        return True


def document(node: Node, *, lax: bool = True) -> Schema:
    """Give the schema of a type with all that it refers to; `lax` as in `Definitions`."""
    definitions = Definitions(lax=lax)
    schema = node.schema(definitions)
    return schema | ({"$defs": definitions.schemas} if definitions.schemas else {})


def kind_of(value: Any) -> Kind:
    """Name the kind of a decoded JSON value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, dict):
        return "object"
    return "array" if isinstance(value, list) else "number"


def plain(value: Any) -> Any:
    """Give a decoded value with its exact numbers as floats."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value
