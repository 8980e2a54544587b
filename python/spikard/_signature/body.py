"""The body: which parameters it fills, what the front end checks of it, and how it is read."""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from spikard import _forms
from spikard._signature.absent import Absent
from spikard._signature.decode import decoder
from spikard._signature.parameters import FilePart
from spikard._types import Node, document
from spikard._types.objects import Field, Object

if TYPE_CHECKING:
    from spikard._exchange import Exchange

BodyMedia = Literal["json", "urlencoded", "multipart"]

_ANY: tuple[BodyMedia, ...] = ("json", "urlencoded", "multipart")
_FORMS: tuple[BodyMedia, ...] = ("urlencoded", "multipart")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_typed_dict: Any = typing.TypedDict


@dataclass
class BodyPart:
    """A parameter that is filled from the body.

    Attributes:
        name: of the parameter.
        wire_name: the key of the body, if the body has keys.
        node: its type.
        required: whether it must be there.
        is_form: only forms have it.
        is_key: never the whole body.
        file: what is said of it as a file.
    """

    name: str
    wire_name: str
    node: Node
    required: bool
    is_form: bool = False
    is_key: bool = False
    file: FilePart | None = None


@dataclass
class Body:
    """All parameters of the body.

    Attributes:
        parts: in the order of the signature.
        absent: what those get that are not there.
    """

    parts: list[BodyPart] = field(default_factory=list)
    absent: Absent = field(default_factory=Absent)

    @property
    def is_keyed(self) -> bool:
        """Whether the parameters are keys of the body, and not the body itself."""
        return len(self.parts) > 1 or any(part.is_key for part in self.parts)

    @property
    def node(self) -> Node:
        """The type of the whole body."""
        if not self.is_keyed:
            return self.parts[0].node
        annotations = {part.wire_name: part.node.annotation for part in self.parts}
        keyed = Object(_typed_dict("Body", annotations, total=False), "Body", dict)
        keyed.fields = [
            Field(part.wire_name, part.wire_name, part.node, part.required) for part in self.parts
        ]
        return keyed

    def schema(self) -> dict[str, Any]:
        """Give the schema of the whole body."""
        if not self.is_keyed:
            return document(self.node)
        from spikard._types.node import Definitions

        definitions = Definitions()
        node = typing.cast("Object", self.node)
        schema = node._described(definitions)
        return schema | ({"$defs": definitions.schemas} if definitions.schemas else {})

    @property
    def media(self) -> tuple[BodyMedia, ...]:
        """What the body may be."""
        return _FORMS if any(part.is_form for part in self.parts) else _ANY

    @property
    def is_required(self) -> bool:
        """Whether an empty body is an error by itself; of keys each one tells that it is missing."""
        return not self.is_keyed and self.parts[0].required

    @property
    def file_parts(self) -> tuple[FilePart, ...]:
        """What is said of files."""
        return tuple(part.file for part in self.parts if part.file)

    def reader(self) -> Callable[[Exchange], dict[str, Any]]:
        """Compile the reading of the body's parameters."""
        decode = decoder(self.node, ("body",))
        keyed = self.is_keyed
        name = self.parts[0].name
        names = {part.wire_name: part.name for part in self.parts if part.wire_name != part.name}
        # Nothing is said of its members, so that files are what they are.
        is_open = not keyed and self.parts[0].node.annotation in (dict, dict[str, Any], Any)

        def read(exchange: Exchange) -> dict[str, Any]:
            files = None
            if exchange.form:
                text, files, file_names = _forms.read(exchange)
                if files and is_open:
                    return {name: _forms.place(msgspec.json.decode(text), files, file_names)}
            else:
                text = exchange.body
                if text[:3] == _BYTE_ORDER_MARK:
                    text = text[3:]
                if not text:
                    return {}
            value = decode(text, files)
            if not keyed:
                return {name: value}
            for wire_name, own in names.items():
                if wire_name in value:
                    value[own] = value.pop(wire_name)
            return typing.cast("dict[str, Any]", value)

        return read if not self.absent else lambda exchange: self.absent.fill(read(exchange))


def json_text(schema: Any) -> str:
    """Write a schema."""
    return msgspec.json.encode(schema).decode()
