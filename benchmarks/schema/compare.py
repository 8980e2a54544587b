"""Measures validation side by side with its peers: one document, one schema, one run, rounds interleaved.

    python benchmarks/schema/compare.py [--module spikard._native] [--native PATH] [--rounds N]

Needs the packages jsonschema-rs, fastapi and pydantic besides the extension. With --native
schema_benchmark runs inside the same rounds. Every figure is the median over the rounds of the best of its
repetitions, in CPU time.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import jsonschema_rs
from fastapi.dependencies.utils import get_dependant, request_body_to_args
from model import DOCUMENT, JSON, SCHEMA, Order, wide_schema

BIG_BYTES = 10 << 20


def fastapi_check() -> Callable[[], None]:
    """json.loads and request_body_to_args, as FastAPI does for a route with one body parameter."""

    def endpoint(order: Order) -> None: ...

    body_fields = get_dependant(path="/", call=endpoint).body_params

    def check() -> None:
        coroutine = request_body_to_args(body_fields, json.loads(JSON), embed_body_fields=False)
        try:
            coroutine.send(None)
        except StopIteration as stop:
            errors = stop.value[1]
        if errors:
            raise ValueError(errors)

    return check


def best(call: Callable[[], object], number: int, repeat: int = 5) -> float:
    """CPU seconds per call: others may share the cores."""
    times = []
    for _ in range(repeat):
        start = time.process_time()
        for _ in range(number):
            call()
        times.append((time.process_time() - start) / number)
    return min(times)


def big_document() -> bytes:
    copies = BIG_BYTES // (len(JSON) + 1)
    return b"[" + b",".join([JSON] * copies) + b"]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", default="spikard._native")
    parser.add_argument("--native", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    native = importlib.import_module(arguments.module)

    schema_text = json.dumps(SCHEMA)
    ours = native.Schema(schema_text)
    theirs = jsonschema_rs.validator_for(SCHEMA)
    big = big_document()
    ours_big = native.Schema(
        json.dumps({"type": "array", "items": SCHEMA}).replace("#/$defs", "#/items/$defs")
    )
    if not (ours.is_valid(JSON) and theirs.is_valid(DOCUMENT) and ours_big.is_valid(big)):
        raise ValueError("the document should be valid")
    wide = [json.dumps(wide_schema(number, 50)) for number in range(500)]

    contests: dict[str, Callable[[], float]] = {
        "spikard: bytes to verdict": lambda: best(lambda: ours.is_valid(JSON), 20000),
        "json.loads": lambda: best(lambda: json.loads(JSON), 5000),
        "jsonschema-rs: is_valid alone": lambda: best(lambda: theirs.is_valid(DOCUMENT), 20000),
        "jsonschema-rs: json.loads + is_valid": lambda: best(lambda: theirs.is_valid(json.loads(JSON)), 5000),
        "fastapi: json.loads + request_body_to_args": lambda: best(fastapi_check(), 2000),
        "spikard: 500 schemas of 50 fields": lambda: best(
            lambda: [native.Schema(text) for text in wide], 1, 3
        ),
        "spikard: 10 MiB document": lambda: best(lambda: ours_big.is_valid(big), 1, 5),
    }
    rounds: dict[str, list[float]] = {name: [] for name in contests}
    with tempfile.TemporaryDirectory() as folder:
        schema_file, document_file = Path(folder, "schema.json"), Path(folder, "document.json")
        schema_file.write_text(schema_text)
        document_file.write_bytes(JSON)
        if arguments.native:
            command = [str(arguments.native), str(schema_file), str(document_file)]

            def native_seconds() -> float:
                output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                return float(output.split()[-1]) * 1e-9

            contests["spikard in C++: verdict, parse excluded"] = native_seconds
            rounds["spikard in C++: verdict, parse excluded"] = []
        for _ in range(arguments.rounds):
            for name, contest in contests.items():
                rounds[name].append(contest())

    medians = {name: statistics.median(times) for name, times in rounds.items()}
    for name, seconds in medians.items():
        print(f"{name:45} {seconds * 1e9:14,.0f} ns")
    mine = medians["spikard: bytes to verdict"]
    of_rust = mine / medians["jsonschema-rs: json.loads + is_valid"]
    of_fastapi = mine / medians["fastapi: json.loads + request_body_to_args"]
    compile_ms = medians["spikard: 500 schemas of 50 fields"] * 1e3
    megabytes = len(big) / 1e6 / medians["spikard: 10 MiB document"]
    print()
    print(f"of json.loads + jsonschema-rs   {of_rust:.3f} (target 1)")
    print(f"of fastapi                      {of_fastapi:.3f} (target 0.2)")
    if arguments.native:
        in_cpp = medians["spikard in C++: verdict, parse excluded"] * 1e9
        target = 451 * medians["jsonschema-rs: is_valid alone"] * 1e9 / 924
        print(f"in C++, parse excluded          {in_cpp:.0f} ns (target {target:.0f} ns)")
    print(f"500 schemas of 50 fields        {compile_ms:.1f} ms (target 100 ms)")
    print(f"10 MiB document                 {megabytes:.0f} MB/s (target 300 MB/s)")


if __name__ == "__main__":
    main()
