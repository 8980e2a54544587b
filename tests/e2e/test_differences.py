"""Where schema and decoder, or msgspec and pydantic, speak differently: what is taken and what is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from harness.client import Reply, fetch
from harness.program import Program

PROGRAM = "differing.py"
BIG = 123456789012345678901234567890


def _post(server: Program, target: str, body: bytes) -> Reply:
    return fetch(server.address, "POST", f"/{target}", body=body)


@pytest.mark.parametrize(
    ("target", "body", "type_", "value"),
    [
        # Numbers: by value, not by spelling; with every digit.
        ("int", b"5.0", "int", 5),
        ("int", b"1e2", "int", 100),
        ("int", b"-0.0", "int", 0),
        ("int", str(BIG).encode(), "int", BIG),
        ("float", b"5", "float", 5.0),
        ("decimal", b"1.10", "Decimal", "1.10"),
        ("decimal", b'"1.10"', "Decimal", "1.10"),
        (
            "decimal",
            b"0.1000000000000000055511151231257827",
            "Decimal",
            "0.1000000000000000055511151231257827",
        ),
        # Moments: with an offset or without, unless the type wants one.
        ("datetime", b'"2024-02-29T10:00:00"', "datetime", "2024-02-29T10:00:00"),
        ("datetime", b'"2024-02-29T10:00"', "datetime", "2024-02-29T10:00:00"),
        ("datetime", b'"2024-02-29 10:00:00+0230"', "datetime", "2024-02-29T10:00:00+02:30"),
        ("aware", b'"2024-02-29T10:00:00Z"', "datetime", "2024-02-29T10:00:00Z"),
        ("aware", b'"2024-02-29 10:00:00+0200"', "datetime", "2024-02-29T10:00:00+02:00"),
        ("time", b'"10:00"', "time", "10:00:00"),
        ("duration", b'"P1DT2H"', "timedelta", "P1DT7200S"),
        ("duration", b'"-PT1.5S"', "timedelta", "-PT1.5S"),
        ("uuid", b'"123E4567E89B12D3A456426614174000"', "UUID", "123e4567-e89b-12d3-a456-426614174000"),
        ("bytes", b'["AP8="]', "list", ["AP8="]),
        # Containers and classes.
        ("set", b"[1, 1.0, 2]", "set", [1, 2]),
        ("tuple", b'[1, "a"]', "tuple", [1, "a"]),
        ("pair", b'{"a": 1}', "Pair", [1, "b"]),
        ("point", b"[1]", "Point", [1, 0]),
        ("pet", b'{"type": "dog", "name": "a"}', "Dog", {"type": "dog", "name": "a"}),
        ("camel", b'{"firstName": "a"}', "Camel", {"firstName": "a"}),
        ("level", b"1", "Level", 1),
        ("words", b"1", "Words", 1),
        ("literal", b"null", "NoneType", None),
        ("union", b"[1.0]", "list", [1]),
        ("text-or-date", b'"2024-02-29"', "date", "2024-02-29"),
        ("text-or-date", b'"2024-02-30"', "str", "2024-02-30"),
        ("any", b'{"a": [1.5]}', "dict", {"a": [1.5]}),
        ("lookahead", b'"ab"', "str", "ab"),
        ("even", b"4", "int", 4),
        # pydantic's own rules, and those of attrs and of what was registered.
        ("before", b'{"tags": "a,b"}', "Before", {"tags": ["a", "b"]}),
        ("wrapped", b"5", "Wrapped", {"n": 5}),
        ("after", b'{"low": "1", "high": 2.0}', "After", {"low": 1, "high": 2}),
        ("named", b'{"name": "a"}', "Named", {"theName": "a"}),
        ("named", b'{"theName": "a"}', "Named", {"theName": "a"}),
        ("converted", b'{"n": -3}', "Converted", {"n": 3}),
        ("hex", b'"ff"', "Hex", "0xff"),
    ],
)
def test_what_is_taken(server: Program, target: str, body: bytes, type_: str, value: Any) -> None:
    reply = _post(server, target, body)
    assert (reply.status, json.loads(reply.body)) == (200, {"type": type_, "value": value})


@pytest.mark.parametrize(
    ("target", "body", "error", "place"),
    [
        ("int", b'"5"', "int_parsing", ""),
        ("int", b"true", "int_parsing", ""),
        ("int", b"5.5", "int_parsing", ""),
        ("float", b"1e999", "value_error", ""),
        ("bool", b"1", "bool_parsing", ""),
        ("decimal", b'"NaN"', "decimal_parsing", ""),
        ("datetime", b'"2024-02-30T10:00:00Z"', "datetime_parsing", ""),
        ("aware", b'"2024-02-29T10:00:00"', "datetime_parsing", ""),
        ("date", b'"2024-02-29T00:00:00Z"', "date_parsing", ""),
        ("duration", b'"1 day"', "duration_parsing", ""),
        ("duration", b'"P1Y"', "duration_parsing", ""),
        ("duration", b'"P9999999999D"', "duration_parsing", ""),
        ("bytes", b'["AP8"]', "format_error", "0"),
        ("anything-in-a-set", b"[[1]]", "value_error", ""),
        ("tuple", b"[1]", "too_short", ""),
        ("pair", b'[1, "b"]', "type_error", ""),
        ("pet", b'{"type": "cow", "name": "a"}', None, ""),
        ("pet", b'{"type": "dog", "name": 5}', "string_type", "name"),
        ("camel", b'{"first_name": "a"}', None, ""),
        ("level", b"2", "enum", ""),
        ("words", b'"no"', "enum", ""),
        ("lookahead", b'"ba"', None, ""),
        ("even", b"-2", "greater_than", ""),
        ("before", b'{"tags": [1]}', "string_type", "tags.0"),
        ("after", b'{"low": 3, "high": 2}', "value_error", ""),
        ("strict", b'{"n": "5"}', "int_parsing", "n"),
        ("hex", b'"xyz"', "value_error", ""),
    ],
)
def test_what_is_refused(server: Program, target: str, body: bytes, error: str | None, place: str) -> None:
    reply = _post(server, target, body)
    assert reply.status == 422, reply.body
    errors = reply.json()["errors"]
    if error is None:
        return
    assert [(item["type"], ".".join(item["loc"])) for item in errors] == [
        (error, f"body.{place}".removesuffix("."))
    ]


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1, "a": 2}',
        b"NaN",
        b"[1,]",
        b'"\xff"',
        b'"\\ud800"',
        b"[" * 9 + b"]" * 9,
        b"01",
        b"{}{}",
        b"'a'",
    ],
)
def test_what_is_malformed(server: Program, body: bytes) -> None:
    reply = _post(server, "any", body)
    assert (reply.status, reply.json()["detail"]) == (400, "Invalid request format")


def test_other_exceptions_of_a_type_are_failures(server: Program) -> None:
    assert _post(server, "crashes", b'{"n": 2}').status == 200
    assert _post(server, "crashes", b'{"n": 0}').status == 500
