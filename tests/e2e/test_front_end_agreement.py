"""Random bodies against the real front end: it takes what msgspec and pydantic take; every error names a real place.

Where it differs from msgspec (docs/handlers.md), no value or type here goes: 5.0 is an int, a NamedTuple an object.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pydantic
import pytest
from harness.client import Connection
from harness.program import Program
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PROGRAM = "agreeing.py"


@pytest.fixture(scope="module")
def types() -> Iterator[list[Any]]:
    """The types of the program, by the number of their route, each with its own library's reading."""
    sys.path.insert(0, str(Path(__file__).parent / "programs"))
    import agreeing

    yield [
        *((type_, functools.partial(msgspec.json.decode, type=type_)) for type_ in agreeing.TYPES),
        *((type_, pydantic.TypeAdapter(type_).validate_json) for type_ in agreeing.MODELS),
    ]
    sys.path.pop(0)


NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f", "leftSide", "the-c", "type", "other"])
LEAVES = st.sampled_from(
    [*("a", "abc", "abcd", "red", "x", "Leaf", "Branch", "5", " 7 ", "true", "1.5", "", "ä", "aGk="),
     *("123e4567-e89b-12d3-a456-426614174000", "2020-01-31", "2020-01-31T10:00:00Z"),
     *(0, 1, 5, 9, 10, -3, 1.5, 2**70, True, False, None)]
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)
LIKELY = st.fixed_dictionaries(
    {"a": VALUES},
    optional={"b": VALUES, "type": st.sampled_from(["Leaf", "Branch"]), "c": LEAVES, "the-c": LEAVES},
)


def _takes(read: Callable[[bytes], Any], text: bytes) -> bool:
    try:
        read(text)
    except (ValueError, msgspec.ValidationError):
        return False
    return True


def _is_place(loc: list[str], value: Any, kind: str) -> bool:
    for index, part in enumerate(loc):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            return kind == "missing" and index == len(loc) - 1 and isinstance(value, dict)
    return True


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_their_libraries_take_reaches_the_handler(server: Program, types: list[Any], data: Any) -> None:
    number = data.draw(st.integers(0, len(types) - 1))
    value = data.draw(LIKELY | VALUES | st.lists(LIKELY, max_size=2))
    text = json.dumps(value).encode()
    with Connection(server.address) as connection:
        reply = connection.request("POST", f"/{number}", body=text)
    type_, read = types[number]
    expected = 200 if _takes(read, text) else 422
    assert reply.status == expected, (type_, text, reply.body)
    if reply.status == 422:
        problem = reply.json()
        errors = problem["errors"]
        assert problem["detail"] == f"{len(errors)} validation error{'s' * (len(errors) > 1)} in request"
        for item in errors:
            assert item["loc"][0] == "body"
            assert _is_place(item["loc"][1:], value, item["type"]), (item, text)
