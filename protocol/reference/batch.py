"""Batches and control packets: bytes to values and back.

README.md of the folder above draws the bytes. A message is read into its type's name and its fields under the names of
message.fbs; texts and byte vectors are `bytes`, what is absent is empty.
"""

import atexit
import functools
import importlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import flatbuffers  # type: ignore[import-untyped]
import xxhash

VERSION = 1
MAGIC = 0x444B5053  # "SPKD"
HEADER = struct.Struct("<IHHQQQ")  # magic, version, number of messages, incarnation, sequence, checksum
INLINE_LIMIT = 16 * 1024
MAX_MESSAGES = 4096
MAX_FRAMES = 1024
SCHEMAS = Path(__file__).resolve().parent.parent


class Violation(Exception):
    """Bytes that the protocol does not allow. Its text is the error's name in the specification."""


@dataclass(frozen=True)
class Message:
    exchange: int
    slot: int
    type: str
    value: SimpleNamespace


def load_classes(directory: str | None = None) -> None:
    """Makes the classes that flatc generates importable, from `directory` or freshly generated."""
    if directory is None:
        directory = tempfile.mkdtemp(prefix="spikard-wire-")
        atexit.register(shutil.rmtree, directory)
        schemas = [SCHEMAS / "message.fbs", SCHEMAS / "manifest.fbs"]
        subprocess.run(["flatc", "--python", "--gen-object-api", "-o", directory, *schemas], check=True)
    sys.path.insert(0, directory)


@functools.cache
def _class(name: str, attribute: str) -> Any:
    return getattr(importlib.import_module(f"spikard_wire.{name}"), attribute)


@functools.cache
def enum(name: str) -> dict[str, int]:
    # flatc appends an underscore to what is a word of Python: None_.
    return {
        key.rstrip("_"): value for key, value in vars(_class(name, name)).items() if isinstance(value, int)
    }


def table(type_name: str, **fields: Any) -> Any:
    """A table of the schema, from its fields under the schema's names."""
    made = _class(type_name, type_name + "T")()
    for name, value in fields.items():
        attribute = re.sub(r"_([a-z])", lambda match: match[1].upper(), name)
        if not hasattr(made, attribute):
            raise AttributeError(f"{type_name} has no field {name}")
        setattr(made, attribute, value)
    return made


def fields_of(made: Any) -> dict[str, Any]:
    """The reverse of `table`."""
    return {
        re.sub(r"[A-Z]", lambda match: "_" + match[0].lower(), key): value
        for key, value in vars(made).items()
    }


def pack(root: Any, identifier: bytes | None = None) -> bytes:
    builder = flatbuffers.Builder(1024)
    builder.Finish(root.Pack(builder), identifier)
    return bytes(builder.Output())


def encode_message(type_name: str, exchange: int = 0, slot: int = 0, /, **fields: Any) -> bytes:
    payload = table(type_name, **fields)
    return pack(
        table(
            "Message", exchange=exchange, slot=slot, payload_type=enum("Payload")[type_name], payload=payload
        )
    )


def decode_message(data: bytes) -> Message:
    # Python has no verifier for FlatBuffers; a worker trusts the front end once the checksum is right.
    try:
        root = _class("Message", "MessageT").InitFromObj(_class("Message", "Message").GetRootAs(data, 0))
    except (struct.error, IndexError, UnicodeDecodeError, TypeError) as error:
        raise Violation("Structure") from error
    names = {number: name for name, number in enum("Payload").items()}
    if root.payloadType not in names or root.payload is None:
        raise Violation("Meaning")
    return Message(
        root.exchange, root.slot, names[root.payloadType], SimpleNamespace(**fields_of(root.payload))
    )


class BatchWriter:
    """Collects messages; `seal` makes one batch of them."""

    def __init__(self) -> None:
        self._messages: list[bytes] = []
        self._bodies: list[bytes] = []

    def __len__(self) -> int:
        return len(self._messages)

    def add(self, type_name: str, exchange: int = 0, slot: int = 0, **fields: Any) -> None:
        if len(fields.get("body") or b"") > INLINE_LIMIT:
            self._bodies.append(fields.pop("body"))
            fields["body_frame"] = len(self._bodies)
        self._messages.append(encode_message(type_name, exchange, slot, **fields))

    def seal(self, incarnation: int, sequence: int) -> list[bytes]:
        content = b"".join(
            struct.pack("<Q", len(data)) + data + bytes(-len(data) % 8) for data in self._messages
        )
        head = functools.partial(HEADER.pack, MAGIC, VERSION, len(self._messages), incarnation, sequence)
        frames = [head(checksum([head(0) + content, *self._bodies])) + content, *self._bodies]
        self.__init__()  # type: ignore[misc]
        return frames


def checksum(frames: Iterable[bytes]) -> int:
    """Each frame is seeded with the result of the one before."""
    result = 0
    for frame in frames:
        result = xxhash.xxh64_intdigest(frame, seed=result)
    return result


def read_batch(frames: Sequence[bytes]) -> tuple[int, int, list[Message]]:
    """The incarnation, the sequence number and the messages; raises Violation."""
    if not frames or len(frames[0]) < HEADER.size:
        raise Violation("Short")
    magic, version, count, incarnation, sequence, announced = HEADER.unpack_from(frames[0])
    if magic != MAGIC:
        raise Violation("NotABatch")
    if version != VERSION:
        raise Violation("OtherVersion")
    content = frames[0][HEADER.size :]
    head = HEADER.pack(magic, version, count, incarnation, sequence, 0)
    if checksum([head + content, *frames[1:]]) != announced:
        raise Violation("Checksum")
    if not 0 < count <= MAX_MESSAGES:
        raise Violation("Count")
    if len(frames) - 1 > MAX_FRAMES:
        raise Violation("Frames")
    messages = []
    bodies = iter(enumerate(frames[1:], start=1))
    at = 0
    for _ in range(count):
        if at + 8 > len(content):
            raise Violation("Short")
        (length,) = struct.unpack_from("<Q", content, at)
        data = content[at + 8 : at + 8 + length]
        if len(data) < length:
            raise Violation("Short")
        at += 8 + length + -length % 8
        message = decode_message(data)
        _take_body(message.value, lambda: next(bodies, (0, b"")))
        messages.append(message)
    if at < len(content):
        raise Violation("Count")
    if next(bodies, None):
        raise Violation("Frames")
    return incarnation, sequence, messages


def _take_body(value: SimpleNamespace, next_frame: Callable[[], tuple[int, bytes]]) -> None:
    if not hasattr(value, "body"):
        return
    inside = value.body
    value.body = bytes(inside if inside is not None else b"")
    if value.body_frame:
        number, body = next_frame()
        if inside is not None or number != value.body_frame:
            raise Violation("Frames")
        value.body = body
