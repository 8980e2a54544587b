"""What handlers return, converted to what they said they would."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import types
import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Optional, TypedDict

import attrs
import msgspec
import pydantic
import pytest

from spikard import Response, StartError, StreamingResponse
from spikard._route import Route
from spikard._signature.answer import Answer, ResponseError
from spikard._types import Walk


class Struct(msgspec.Struct):
    name: str
    count: int = 1


class Model(pydantic.BaseModel):
    name: str = pydantic.Field(alias="theName")
    count: int = 1


@dataclasses.dataclass
class Data:
    name: str
    count: int = 1


class Holder(msgspec.Struct):
    data: Data


class MoreOfStruct(Struct):
    password: str = "secret"


class MoreOfModel(Model):
    password: str = "secret"


class Mixed(msgspec.Struct):
    model: Model
    struct: Struct


@attrs.define
class Attributes:
    name: str
    count: int = 1


class Typed(TypedDict):
    name: str


class Colour(enum.Enum):
    RED = "red"


def _answer(annotation: Any, **options: Any) -> Answer:
    def handler() -> Any: ...

    if annotation is ...:
        del handler.__annotations__["return"]
    else:
        handler.__annotations__["return"] = annotation
    return Answer(Route("GET", "/", handler, **options), Walk())


_BOTH = b'{"x":[{"name":"a","count":2},{"theName":"a","count":1}]}'
_MIXED = b'{"model":{"theName":"a","count":1},"struct":{"name":"a","count":2}}'
ROW = types.SimpleNamespace(name="a", count=2, password="secret")


@pytest.mark.parametrize(
    ("annotation", "value", "text"),
    [
        (Struct, Struct("a"), b'{"name":"a","count":1}'),
        (Struct, {"name": "a", "password": "secret"}, b'{"name":"a","count":1}'),
        (Struct, ROW, b'{"name":"a","count":2}'),
        (Struct, Data("a"), b'{"name":"a","count":1}'),
        (Data, {"name": "a", "more": 1}, b'{"name":"a","count":1}'),
        (Data, ROW, b'{"name":"a","count":2}'),
        (list[Data], [{"name": "a"}], b'[{"name":"a","count":1}]'),
        (Holder, {"data": {"name": "a"}}, b'{"data":{"name":"a","count":1}}'),
        (Attributes, {"name": "a"}, b'{"count":1,"name":"a"}'),
        (Typed, {"name": "a", "password": "secret"}, b'{"name":"a"}'),
        (Model, Model(theName="a"), b'{"theName":"a","count":1}'),
        (Model, {"theName": "a", "password": 1}, b'{"theName":"a","count":1}'),
        (list[Struct], [ROW, {"name": "b"}], b'[{"name":"a","count":2},{"name":"b","count":1}]'),
        (list[Model], [{"theName": "b"}], b'[{"theName":"b","count":1}]'),
        (dict[str, Struct], {"x": ROW}, b'{"x":{"name":"a","count":2}}'),
        (Optional[Struct], None, b"null"),  # noqa: UP045 (both spellings)
        (Struct | None, {"name": "a"}, b'{"name":"a","count":1}'),
        (Struct | Response, MoreOfStruct("a"), b'{"name":"a","count":1}'),
        (Model | Response | None, MoreOfModel(theName="a"), b'{"theName":"a","count":1}'),
        (Annotated[Struct | bytes, "note"], MoreOfStruct("a"), b'{"name":"a","count":1}'),
        (Response | None, {"a": 1}, b'{"a":1}'),
        (Struct | Model, MoreOfStruct("a"), b'{"name":"a","count":1}'),
        (Struct | Model, MoreOfModel(theName="a"), b'{"theName":"a","count":1}'),
        (Struct | Model | None, {"theName": "a", "password": 1}, b'{"theName":"a","count":1}'),
        (Struct | Model | None, None, b"null"),
        (Mixed, {"model": {"theName": "a"}, "struct": ROW}, _MIXED),
        (Mixed, {"model": MoreOfModel(theName="a"), "struct": MoreOfStruct("a", 2)}, _MIXED),
        (dict[str, tuple[Struct, Model]], {"x": (MoreOfStruct("a", 2), {"theName": "a"})}, _BOTH),
        (Iterable[Struct], [MoreOfStruct("a")], b'[{"name":"a","count":1}]'),
        (Iterable[Struct], (MoreOfStruct(name) for name in "a"), b'[{"name":"a","count":1}]'),
        (Iterable[Model], (MoreOfModel(theName=name) for name in "a"), b'[{"theName":"a","count":1}]'),
        (Sequence[Struct], ({"name": name} for name in "a"), b'[{"name":"a","count":1}]'),
        (Iterable[int], {1}, b"[1]"),
        (tuple[int, str], (1, "a"), b'[1,"a"]'),
        (set[int], {1}, b"[1]"),
        (Colour, Colour.RED, b'"red"'),
        (Decimal, Decimal("1.50"), b'"1.50"'),
        (uuid.UUID, uuid.UUID(int=1), b'"00000000-0000-0000-0000-000000000001"'),
        (datetime.date, datetime.date(2024, 1, 2), b'"2024-01-02"'),
        (str, "a", b'"a"'),
        (int, 5, b"5"),
        (dict, {"a": Data("x")}, b'{"a":{"name":"x","count":1}}'),
        (Any, Data("x"), b'{"name":"x","count":1}'),
        (..., [1, None, "a"], b'[1,null,"a"]'),
    ],
)
def test_values_become_what_was_said(annotation: Any, value: Any, text: bytes) -> None:
    assert _answer(annotation).encode(value) == text


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Struct, {"name": 1}),
        (Struct, None),
        (Struct, [ROW]),
        (Model, {"name": "a"}),
        (list[Struct], ROW),
        (int, "5"),
        (str, 5),
        (Colour, "green"),
        (dict[str, int], {"a": "b"}),
        (Struct | Response, {"name": 1}),
        (Struct | Model, {"no": "name"}),
        (Iterable[int], (text for text in "a")),
    ],
)
def test_what_cannot_become_it_is_an_error_of_the_handler(annotation: Any, value: Any) -> None:
    with pytest.raises(ResponseError, match="the handler returned"):
        _answer(annotation).encode(value)


@pytest.mark.parametrize(
    "annotation",
    [..., Any, Response, StreamingResponse, bytes, Response | None, AsyncIterator[bytes], None],
)
def test_what_says_nothing_of_json_has_no_schema(annotation: Any) -> None:
    answer = _answer(annotation)
    assert answer.schema == ("" if annotation is not None else '{"type":"null"}')


def test_the_schema_of_an_answer_says_what_is_sent_not_what_would_be_taken() -> None:
    answer = msgspec.json.decode(_answer(list[Model]).schema)
    assert answer["$defs"]["Model"]["properties"]["count"] == {"type": "integer", "default": 1}


def test_a_model_that_pydantic_cannot_write_beside_its_neighbour_is_one_line() -> None:
    with pytest.raises(
        StartError, match=r"handler \(.*\): what it returns, Unable to generate pydantic-core schema"
    ):
        _answer(list[Struct | Model])


def test_a_schema_by_hand_is_kept_to() -> None:
    answer = _answer(..., response_schema={"type": "object", "required": ["a"]})
    assert answer.encode({"a": 1}) == b'{"a":1}'
    with pytest.raises(ResponseError, match="breaks its schema"):
        answer.encode({"b": 1})


def test_a_return_annotation_that_is_none_is_named_as_such() -> None:
    with pytest.raises(StartError, match=r"\): its return annotation 'Missing' cannot be evaluated"):
        _answer("Missing")


def test_what_json_cannot_say_is_told_with_the_way_to_send_it() -> None:
    encode = _answer(...).encode
    with pytest.raises(
        TypeError, match="generator cannot be written as JSON; StreamingResponse sends its parts"
    ):
        encode(number for number in range(3))
    with pytest.raises(TypeError, match="object cannot be written as JSON; register_encoder teaches how"):
        encode({"a": [object()]})
