"""Python reads the golden vectors as C++ wrote them, through PyPI's flatbuffers."""

import importlib
from typing import Any

import batch
import pytest
import vectors
from vectors import Vector

# Errors that every reader must find; Structure and Meaning are the front end's to find as well.
FOUND_BY_ALL = {"Short", "NotABatch", "OtherVersion", "Checksum", "Count", "Frames"}

ALL = [vectors.load(name) for name in vectors.names()]


def of(kind: str, *, valid: bool = True) -> list[Vector]:
    return [v for v in ALL if v.values["kind"] == kind and (v.values["error"] is None) == valid]


def by_name(vector: Vector) -> str:
    return vector.name


def assert_same(type_name: str, fields: dict[str, Any], values: dict[str, Any]) -> None:
    assert vectors.actual(type_name, fields, values) == vectors.expected(type_name, values)


def assert_batch(frames: list[bytes], values: dict[str, Any]) -> None:
    incarnation, sequence, messages = batch.read_batch(frames)
    assert (incarnation, sequence) == (values["incarnation"], values["sequence"])
    assert len(messages) == len(values["messages"])
    for message, expected in zip(messages, values["messages"], strict=True):
        assert (message.exchange, message.slot) == (expected["exchange"], expected["slot"])
        assert message.type == expected["type"]
        assert_same(message.type, vars(message.value), expected["value"])


def read_manifest(data: bytes) -> dict[str, Any]:
    module = importlib.import_module("spikard_wire.Manifest")
    assert module.Manifest.ManifestBufferHasIdentifier(data, 0)
    return batch.fields_of(module.ManifestT.InitFromObj(module.Manifest.GetRootAs(data, 0)))


@pytest.mark.parametrize("vector", of("batch"), ids=by_name)
def test_batch(vector: Vector) -> None:
    assert_batch(vector.frames, vector.values)


@pytest.mark.parametrize("vector", of("batch"), ids=by_name)
def test_batch_written_by_python(vector: Vector) -> None:
    assert_batch(encode_batch(vector.values), vector.values)


@pytest.mark.parametrize("vector", of("control"), ids=by_name)
def test_control(vector: Vector) -> None:
    message = batch.decode_message(vector.frames[0])
    expected = vector.values["message"]
    assert (message.exchange, message.slot, message.type) == (0, 0, expected["type"])
    assert_same(message.type, vars(message.value), expected["value"])


@pytest.mark.parametrize("vector", of("manifest"), ids=by_name)
def test_manifest(vector: Vector) -> None:
    assert_same("Manifest", read_manifest(vector.frames[0]), vector.values["manifest"])


@pytest.mark.parametrize("name", sorted(path.stem for path in (vectors.DIRECTORY / "python").glob("*.bin")))
def test_stored_bytes_of_python(name: str) -> None:
    """What Python's builder once wrote, for C++ to read; see write_vectors.py."""
    values = vectors.load(name).values
    frames = vectors.unpack((vectors.DIRECTORY / "python" / f"{name}.bin").read_bytes())
    if values["kind"] == "manifest":
        assert_same("Manifest", read_manifest(frames[0]), values["manifest"])
    else:
        assert_batch(frames, values)


@pytest.mark.parametrize("vector", of("batch", valid=False), ids=by_name)
def test_invalid(vector: Vector) -> None:
    error = vector.values["error"]
    if error in FOUND_BY_ALL:
        with pytest.raises(batch.Violation, match=f"^{error}$"):
            batch.read_batch(vector.frames)
    else:
        assert error in ("Structure", "Meaning")


def test_vectors_name_every_message_and_error() -> None:
    batches = {message["type"] for vector in of("batch") for message in vector.values["messages"]}
    control = {vector.values["message"]["type"] for vector in of("control")}
    assert batches | control == set(batch.enum("Payload")) - {"NONE"}
    errors = {vector.values["error"] for vector in of("batch", valid=False)}
    assert errors == FOUND_BY_ALL | {"Structure", "Meaning"}


def encode_batch(values: dict[str, Any]) -> list[bytes]:
    writer = batch.BatchWriter()
    for message in values["messages"]:
        fields = vectors.expected(message["type"], message["value"])
        fields.pop("body_frame", None)
        writer.add(message["type"], message["exchange"], message["slot"], **fields)
    return writer.seal(values["incarnation"], values["sequence"])
