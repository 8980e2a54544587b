"""Golden vectors: the files, and JSON values against what was read."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import batch

DIRECTORY = Path(__file__).resolve().parents[2] / "protocol" / "vectors"
ENUMS = {
    ("Refused", "reason"): "RefusalReason",
    ("Cancel", "reason"): "CancelReason",
    ("Request", "body_kind"): "BodyKind",
    ("Route", "kind"): "RouteKind",
    ("Route", "idempotence"): "Idempotence",
    ("Parameter", "type"): "ValueType",
    ("Parameter", "source"): "ParameterSource",
}
TABLES = {
    ("Manifest", "routes"): "Route",
    ("Route", "parameters"): "Parameter",
    ("Route", "file_parts"): "FilePart",
}


@dataclass(frozen=True)
class Vector:
    name: str
    values: dict[str, Any]
    frames: list[bytes]


def unpack(data: bytes) -> list[bytes]:
    """u32 number of frames, u32 length of each, then their bytes."""
    (count,) = struct.unpack_from("<I", data)
    lengths = struct.unpack_from(f"<{count}I", data, 4)
    frames = []
    at = 4 + 4 * count
    for length in lengths:
        frames.append(data[at : at + length])
        at += length
    assert at == len(data)
    return frames


def pack(frames: list[bytes]) -> bytes:
    return struct.pack(f"<{1 + len(frames)}I", len(frames), *map(len, frames)) + b"".join(frames)


def load(name: str) -> Vector:
    values = json.loads((DIRECTORY / f"{name}.json").read_text())
    return Vector(name, values, unpack((DIRECTORY / f"{name}.bin").read_bytes()))


def names() -> list[str]:
    return sorted(path.stem for path in DIRECTORY.glob("*.json"))


def from_json(type_name: str, field: str, value: Any) -> Any:
    """A field's value as the generated classes take it: bytes, numbers, lists of these."""
    if (type_name, field) in ENUMS:
        return batch.enum(ENUMS[type_name, field])[value]
    if (type_name, field) in TABLES:
        inner = TABLES[type_name, field]
        return [{key: from_json(inner, key, part) for key, part in item.items()} for item in value]
    if field in ("headers", "trailers"):
        return [from_json(type_name, "", text) for pair in value for text in pair]
    if isinstance(value, list):
        return [from_json(type_name, "", item) for item in value]
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, dict):
        if "hex" in value:
            return bytes.fromhex(value["hex"])
        return bytes(i % 251 for i in range(value["counted"]))
    return value


def expected(type_name: str, values: dict[str, Any]) -> dict[str, Any]:
    return {field: from_json(type_name, field, value) for field, value in values.items()}


def actual(type_name: str, fields: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Fields as read, in the form of `expected`: what is absent becomes empty, tables become dicts."""
    return {field: _plain(type_name, field, value, values.get(field)) for field, value in fields.items()}


def _plain(type_name: str, field: str, value: Any, json_value: Any) -> Any:
    if (type_name, field) in TABLES:
        inner = TABLES[type_name, field]
        return [
            actual(inner, batch.fields_of(item), part)
            for item, part in zip(value or [], json_value or [{}] * len(value or []), strict=True)
        ]
    if isinstance(json_value, list):
        return [bytes(item) for item in value or []]
    if isinstance(json_value, str | dict) and (type_name, field) not in ENUMS:
        return bytes(value if value is not None else b"")
    return value
