"""Writes protocol/vectors/python: some of the golden values, encoded by Python, for the C++ tests to read.

PYTHONPATH=protocol/reference python tests/wire/write_vectors.py
"""

from typing import Any

import batch
import vectors
from conftest import PROTOCOL
from test_vectors import encode_batch

NAMES = ["30-every-message", "31-defaults", "32-raw-frames", "50-manifest"]


def encode_manifest(values: dict[str, Any]) -> bytes:
    fields = vectors.expected("Manifest", values)
    routes = []
    for route in fields.pop("routes"):
        parameters = [batch.table("Parameter", **parameter) for parameter in route.pop("parameters")]
        file_parts = [batch.table("FilePart", **part) for part in route.pop("file_parts")]
        routes.append(batch.table("Route", parameters=parameters, file_parts=file_parts, **route))
    return batch.pack(batch.table("Manifest", routes=routes, **fields), b"SPKM")


def main() -> None:
    batch.load_classes()
    directory = PROTOCOL / "vectors" / "python"
    directory.mkdir(exist_ok=True)
    for name in NAMES:
        values = vectors.load(name).values
        frames = (
            [encode_manifest(values["manifest"])] if values["kind"] == "manifest" else encode_batch(values)
        )
        (directory / f"{name}.bin").write_bytes(vectors.pack(frames))


if __name__ == "__main__":
    main()
