"""A parameter as the manifest declares it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spikard._scalars import ValueType

Source = Literal["path", "query", "header", "cookie"]


@dataclass(frozen=True, slots=True)
class ManifestParameter:
    """Mirrors `Parameter` of protocol/manifest.hpp.

    Attributes:
        name: the handler's parameter, and the key in the exchange's arguments.
        wire_name: what clients send.
        source: where they send it.
        type: how its text is read.
        list: every occurrence counts; else the last.
        required: whether its absence is an error.
        schema: JSON Schema 2020-12, by which the text is read and judged instead; empty if the type says all.
        separator: one ASCII character that splits each text of an array; empty for none.
        object: the key in the arguments under which `name` lies; empty if it lies at the top.
    """

    name: str
    wire_name: str
    source: Source
    type: ValueType
    list: bool = False
    required: bool = False
    schema: str = ""
    separator: str = ""
    object: str = ""


@dataclass(frozen=True, slots=True)
class FilePart:
    """Mirrors `FilePart` of protocol/manifest.hpp: what the schema cannot say of the files of one field.

    Attributes:
        name: of the field, as clients send it.
        content_types: of which one must be declared; empty for any.
        max_size: in bytes; 0 for the body's limit.
        magic: whether the first bytes must agree with the declared type.
    """

    name: str
    content_types: tuple[str, ...] = ()
    max_size: int = 0
    magic: bool = False
