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
