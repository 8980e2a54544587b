"""Parameters of path, query, header and cookie: as the manifest declares them, and as they are read."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from spikard._signature.absent import Absent
from spikard._signature.parameters import ManifestParameter
from spikard._types import INVALID, Node, Reading, Walk, document
from spikard._types.models import Model
from spikard._types.node import Place, decode_exactly
from spikard._types.objects import Object
from spikard.exceptions import RequestValidationError

if TYPE_CHECKING:
    from spikard._exchange import Exchange
    from spikard._signature.hints import Shape
    from spikard._signature.parameters import Source
    from spikard.params import Marker

_LOCATIONS = {"path": "path", "query": "query", "header": "headers", "cookie": "cookie"}
_NO_INTEGER = "Input should be a valid integer, unable to parse string as an integer"
_typed_dict: Any = typing.TypedDict
_texts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Arguments:
    """The parameters of one handler that are read from text.

    Attributes:
        declared: for the manifest.
        absent: what those get that are not there.
        query_closed: whether query parameters that nobody declared are errors.
        cookies_closed: likewise.
    """

    def __init__(self, walk: Walk) -> None:
        self.declared: list[ManifestParameter] = []
        self.absent = Absent()
        self.query_closed = False
        self.cookies_closed = False
        self._walk = walk
        self._nodes: dict[str, Node] = {}
        self._places: dict[str, Place] = {}

    def is_text(self, node: Node) -> bool:
        """Tell whether one text, or a list of texts, can be a value."""
        kinds = node.kinds - {"array"}
        if isinstance(node, Object | Model) or kinds == {"object"} or node.kinds == {"null"}:
            return False
        item = getattr(getattr(node, "inner", node), "item", None)
        members = getattr(node, "members", [])
        if any(not self.is_text(member) for member in members if member.kinds != {"null"}):
            return False
        return item is None or (item.kinds != {"array"} and self.is_text(item))

    def can_spread(self, node: Node) -> bool:
        """Tell whether a type has fields, each of which can be a parameter."""
        if isinstance(node, Model):
            return node.spread() is not None
        return isinstance(node, Object) and not node.as_array

    def add(
        self,
        name: str,
        wire_name: str,
        source: Source,
        node: Node,
        shape: Shape | None,
        required: bool,
        marker: Marker,
    ) -> None:
        """Declare a parameter.

        Args:
            name: of the parameter.
            wire_name: what clients send.
            source: where they send it.
            node: its type.
            shape: the type, if it is one that needs no schema.
            required: whether its absence is an error.
            marker: what else was said.
        """
        self._nodes[name] = node
        self._places[name] = (_LOCATIONS[source], wire_name)
        if shape is not None:
            value_type, is_list = shape.scalar.value_type, shape.is_list
            self.declared.append(ManifestParameter(name, wire_name, source, value_type, is_list, required))
            return
        schema = msgspec.json.encode(document(node)).decode()
        self.declared.append(
            ManifestParameter(
                name,
                wire_name,
                source,
                "text",
                "array" in node.kinds and len(node.kinds) < 6,
                required,
                schema,
                marker.separator or "",
            )
        )

    def spread(self, name: str, source: Source, node: Node, required: bool) -> None:
        """Declare every field of a type as a parameter."""
        if isinstance(node, Model):
            fields, closed = node.spread() or ([], False)
            make = node.annotation
        elif isinstance(node, Object):
            fields, closed, make = node.fields, node.closed, node.make
        else:
            return
        self._nodes[name] = node
        self._places[name] = (_LOCATIONS[source],)
        # If nothing was sent, the fields' defaults make the value, unless the parameter has its own.
        if required and not any(field.required for field in fields):
            self.absent.factories[name] = make
        for field in fields:
            wire_name = field.wire_name.replace("_", "-").lower() if source == "header" else field.wire_name
            schema = msgspec.json.encode(document(field.node)).decode()
            is_list = "array" in field.node.kinds and len(field.node.kinds) < 6
            self.declared.append(
                ManifestParameter(
                    field.wire_name,
                    wire_name,
                    source,
                    "text",
                    is_list,
                    required and field.required,
                    schema,
                    object=name,
                )
            )
        if closed:
            self.query_closed = self.query_closed or source == "query"
            self.cookies_closed = self.cookies_closed or source == "cookie"

    def reader(self) -> Callable[[Exchange], dict[str, Any]] | None:
        """Compile the conversion of an exchange's arguments to keyword arguments; None without parameters.

        It raises RequestValidationError for what only Python can judge, with all errors at once.
        """
        if not self._nodes:
            return None
        decode = self._direct()
        slow = self._one_by_one

        def read(exchange: Exchange) -> dict[str, Any]:
            if decode is None:
                return slow(exchange.arguments)
            try:
                return typing.cast("dict[str, Any]", decode(exchange.arguments))
            except msgspec.DecodeError:
                return slow(exchange.arguments)

        absent = self.absent
        return (lambda exchange: absent.fill(read(exchange))) if absent else read

    def _direct(self) -> Callable[[bytes], Any] | None:
        if not all(node.is_direct(set()) for node in self._nodes.values()):
            return None
        types = {name: node.annotation for name, node in self._nodes.items()}
        try:
            return msgspec.json.Decoder(_typed_dict("Arguments", types, total=False)).decode
        except (TypeError, NotImplementedError):
            return None

    def _one_by_one(self, arguments: bytes) -> dict[str, Any]:
        given = _texts(arguments)
        reading = Reading()
        values: dict[str, Any] = {}
        for name, node in self._nodes.items():
            if name not in given:
                continue
            try:
                parsed = decode_exactly(given[name])
            except msgspec.DecodeError:
                # The front end has read it as a number; only Python makes none of thousands of digits.
                reading.fail(self._places[name], bytes(given[name]).decode(), _NO_INTEGER, "int_parsing")
                continue
            value = node.read(parsed, self._places[name], reading)
            if value is not INVALID:
                values[name] = value
        if reading.errors:
            raise RequestValidationError([_as_text(item) for item in reading.errors])
        return values


def _as_text(item: dict[str, Any]) -> dict[str, Any]:
    """Tell what was sent, which is text, instead of what was read."""
    value = item["input"]
    if isinstance(value, (bool, int, float)):
        item["input"] = msgspec.json.encode(value).decode()
    return item
