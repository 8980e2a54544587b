"""Schema of the extension module, as Python sees it. What it decides is tested in C++ and by the suite."""

from __future__ import annotations

import json
import threading

import pytest

from spikard import _native as native

USER = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "tags": {"items": {"maxLength": 3}}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


def test_verdict_of_bytes_and_str() -> None:
    schema = native.Schema(json.dumps(USER))
    assert schema.is_valid(b'{"name": "a", "age": 1}') is False
    assert native.Schema(b"true").is_valid('"é"') is True


def test_violations_tell_place_keyword_and_value() -> None:
    schema = native.Schema(json.dumps(USER))
    violations = schema.validate(b'{"tags": ["abc", "long"], "more": [1], "name": 5}')
    assert [(v.pointer, v.keyword, v.property) for v in violations] == [
        ("", "required", "age"),
        ("/name", "type", ""),
        ("/tags/1", "maxLength", ""),
        ("", "additionalProperties", "more"),
    ]
    too_long = violations[2]
    assert too_long.path == ("tags", 1)
    assert (too_long.params, too_long.instance) == (b"3", b'"long"')
    assert too_long.location == "#/properties/tags/items/maxLength"


def test_number_of_violations_is_bounded() -> None:
    schema = native.Schema('{"items": false}')
    assert len(schema.validate(json.dumps(list(range(500))).encode())) == 100
    assert len(schema.validate(b"[1, 2, 3]", max_errors=2)) == 2


def test_malformed_json_is_a_value_error() -> None:
    schema = native.Schema("true")
    for text in (b"", b"{", b"NaN", b'{"a":1,"a":2}', b'"\xff"', b'"\\ud800"', b"[" * 200):
        with pytest.raises(ValueError, match="at byte"):
            schema.is_valid(text)
    with pytest.raises(TypeError):
        schema.is_valid(1)


def test_bad_schema_is_a_schema_error() -> None:
    with pytest.raises(native.SchemaError, match=r"lookahead.*#/pattern"):
        native.Schema('{"pattern": "(?=a)"}')
    with pytest.raises(native.SchemaError, match="http://x/y"):
        native.Schema('{"$ref": "http://x/y"}')


def test_remotes_are_a_mapping_or_a_callable() -> None:
    text = '{"$ref": "http://x/y"}'
    for remotes in (
        {"http://x/y": '{"type": "null"}'},
        lambda uri: b'{"type": "null"}' if uri == "http://x/y" else None,
    ):
        schema = native.Schema(text, remotes=remotes)
        assert schema.is_valid(b"null")
        assert not schema.is_valid(b"1")


def test_error_of_a_callable_comes_through() -> None:
    def fail(uri: str) -> None:
        raise RuntimeError(uri)

    with pytest.raises(RuntimeError, match="http://x/y"):
        native.Schema('{"$ref": "http://x/y"}', remotes=fail)


def test_metaschemas_come_from_the_package() -> None:
    schema = native.Schema('{"$ref": "https://json-schema.org/draft/2020-12/schema"}')
    assert schema.is_valid(json.dumps(USER).encode())
    assert not schema.is_valid(b'{"properties": {"a": {"type": "int"}}}')


def test_format_asserts_by_choice() -> None:
    text = '{"format": "uuid"}'
    assert native.Schema(text).is_valid(b'"x"')
    assert not native.Schema(text, format_assertion=True).is_valid(b'"x"')


def test_one_schema_serves_many_threads() -> None:
    schema = native.Schema(json.dumps(USER))
    verdicts: list[bool] = []

    def ask() -> None:
        for number in range(500):
            document = json.dumps({"name": "a", "age": number, "tags": ["x"] * number})
            verdicts.append(schema.is_valid(document))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdicts == [False] * 2000
