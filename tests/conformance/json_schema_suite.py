"""Runs the JSON-Schema-Test-Suite and prints required, optional and format as N/M.

    python tests/conformance/json_schema_suite.py [--module spikard._native] [--suite DIR]

The suite is looked for in $SPIKARD_SHARED/json-schema-test-suite, else beside the repository in ../shared.
Where it is absent, one line says so and the exit code is 0. Any case that fails is listed, and the exit
code is 1.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
REMOTE_BASE = "http://localhost:1234/"
DRAFT = "draft2020-12"


def find_suite() -> Path:
    shared = os.environ.get("SPIKARD_SHARED")
    base = Path(shared) if shared else REPOSITORY.parent / "shared"
    return base / "json-schema-test-suite"


def remotes(suite: Path):
    """The files under remotes/ stand for http://localhost:1234/."""

    def resolve(uri: str) -> bytes | None:
        if not uri.startswith(REMOTE_BASE):
            return None
        path = suite / "remotes" / uri.removeprefix(REMOTE_BASE)
        return path.read_bytes() if path.is_file() else None

    return resolve


def cases(folder: Path) -> Iterator[tuple[str, object, list[dict]]]:
    # Numbers are kept as they are written: json would round what it cannot hold.
    for file in sorted(folder.glob("*.json")):
        for group in json.loads(file.read_text(encoding="utf-8"), parse_float=Number, parse_int=Number):
            yield f"{file.stem}: {group['description']}", group["schema"], group["tests"]


class Number(float):
    """A number that remembers its text."""

    text: str

    def __new__(cls, text: str) -> Number:
        self = super().__new__(cls, text)
        self.text = text
        return self


def dumps(value: object) -> str:
    if isinstance(value, Number):
        return value.text
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{dumps(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(dumps, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def run(native, folder: Path, resolve, *, format_assertion: bool) -> tuple[int, int, list[str]]:
    passed = total = 0
    failures = []
    for group, schema_value, tests in cases(folder):
        total += len(tests)
        try:
            schema = native.Schema(dumps(schema_value), format_assertion=format_assertion, remotes=resolve)
        except ValueError as error:
            failures.append(f"{group}: {error} ({len(tests)} cases)")
            continue
        for test in tests:
            data = dumps(test["data"]).encode()
            verdict = schema.is_valid(data)
            if verdict != test["valid"] or bool(schema.validate(data)) == verdict:
                failures.append(f"{group}: {test['description']}: {verdict}, should be {test['valid']}")
            else:
                passed += 1
    return passed, total, failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--module", default="spikard._native", help="the extension module that has Schema")
    parser.add_argument("--suite", type=Path, default=find_suite())
    arguments = parser.parse_args()
    tests = arguments.suite / "tests" / DRAFT
    if not tests.is_dir():
        print(f"json schema: deselected, there is no suite at {arguments.suite}")
        return 0
    native = importlib.import_module(arguments.module)
    resolve = remotes(arguments.suite)
    failed = False
    for name, folder, format_assertion in (
        ("required", tests, False),
        ("optional", tests / "optional", False),
        ("format", tests / "optional" / "format", True),
    ):
        passed, total, failures = run(native, folder, resolve, format_assertion=format_assertion)
        print(f"json schema {name}: {passed}/{total}")
        for failure in failures:
            print(f"  {failure}")
        failed = failed or bool(failures)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
