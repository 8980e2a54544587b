"""UploadFile as a type: a number in a form's fields that stands for a file."""

from __future__ import annotations

from typing import Any

from spikard._types.node import Definitions, Node, Place, Reading, Schema
from spikard.uploads import UploadFile


class Upload(Node):
    """A file of a multipart form."""

    annotation: Any = UploadFile
    kinds = frozenset({"number"})

    def schema(self, definitions: Definitions) -> Schema:
        return {"type": "string", "format": "binary"}

    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(reading.files):
            return reading.files[value]
        return reading.fail(at, value, "Input should be a valid file", "type_error")

    def is_direct(self, seen: set[int]) -> bool:
        return False


class Content(Upload):
    """The bytes of a file."""

    annotation = bytes

    def read(self, value: Any, at: Place, reading: Reading) -> Any:
        file = super().read(value, at, reading)
        if not isinstance(file, UploadFile):
            return file
        with file:
            return file.read()
