# ruff: noqa: UP045 (the old spelling has to be understood too)
"""Random types and values: the edge's verdict and ours are the verdict of msgspec and pydantic.

What the front end says is asked of the same schema program, through `_native.Schema`; the formats that only the
front end knows assert nothing there, and the second step, reading, decides.

Where we differ from msgspec, and why (api.md, Handlers):
- 5.0 is an int; msgspec refuses it.
- NaN and Infinity as text are no Decimal; msgspec takes them. Values here have none.
Its models take what pydantic takes: "5" for an int.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import json
import types as pytypes
import typing
import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal, Optional

import attrs
import msgspec
import pydantic
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spikard import MalformedBody, RequestValidationError, _native
from spikard._signature.decode import decoder
from spikard._types import Walk, document


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


SCALARS: list[Any] = [
    int,
    float,
    bool,
    str,
    Any,
    Colour,
    Level,
    Literal["a", 1],
    uuid.UUID,
    datetime.date,
    datetime.datetime,
    datetime.timedelta,
    Decimal,
    bytes,
    Annotated[int, msgspec.Meta(ge=0, lt=10)],
    Annotated[str, msgspec.Meta(min_length=1, max_length=3)],
    Annotated[str, msgspec.Meta(pattern="^[ab]+$")],
]
CONTAINERS: list[Any] = [
    lambda t: list[t],
    lambda t: dict[str, t],
    lambda t: tuple[t, int],
    lambda t: Optional[t],
    lambda t: Annotated[list[t], msgspec.Meta(max_length=2)],
]


GATHERED: list[Any] = [
    set[int],
    set[str],
    frozenset[Colour],
    set[uuid.UUID],
    dict[int, bool],
    dict[uuid.UUID, str],
    dict[Colour, int],
    int | str,
    bool | int | None,
    list[int] | str,
    dict[str, int] | float,
]


def types(depth: int) -> st.SearchStrategy[Any]:
    scalars = st.sampled_from(SCALARS)
    if depth == 0:
        return scalars
    inner = types(depth - 1)
    return st.one_of(
        scalars,
        st.sampled_from(GATHERED),
        st.tuples(st.sampled_from(CONTAINERS), inner).map(lambda pair: pair[0](pair[1])),
        classes(inner),
    )


NAMES = ["a", "b", "some_name"]


@st.composite
def classes(draw: Any, inner: st.SearchStrategy[Any]) -> Any:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    fields = [(name, draw(inner)) for name in names]
    optional = draw(st.booleans())
    kind = draw(st.sampled_from(["struct", "dataclass", "typed dict", "attrs"]))
    if kind == "struct":
        last: Any = [(name, Optional[hint], None) for name, hint in fields[-1:]] if optional else fields[-1:]
        return msgspec.defstruct(
            "Made",
            [*fields[:-1], *last],
            rename=draw(st.sampled_from([None, "camel"])),
            forbid_unknown_fields=draw(st.booleans()),
            tag=draw(st.sampled_from([None, True])),
        )
    if kind == "dataclass":
        return dataclasses.make_dataclass("Made", fields)
    if kind == "typed dict":
        make: Any = typing.TypedDict
        return make("Made", dict(fields), total=not optional)
    return attrs.make_class("Made", {name: attrs.field(type=hint) for name, hint in fields})


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 12),
        st.sampled_from([1.5, -0.25]),
        st.sampled_from(
            ["", "a", "ab", "red", "abcd", "P1DT2H", "2020-01-31", "2020-01-31T10:00:00", "aGk=", "1.50"]
        ),
        st.just("123e4567-e89b-12d3-a456-426614174000"),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["a", "b", "some_name", "someName", "type", "other"]), inner, max_size=4
        ),
    ),
    max_leaves=8,
)


def instances(hint: Any) -> st.SearchStrategy[Any]:
    """Give JSON that mostly fits."""
    if typing.get_origin(hint) is Annotated:
        return st.one_of(instances(hint.__origin__), JSON)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (set, frozenset):
        return st.lists(instances(arguments[0]), max_size=4)
    if origin in (typing.Union, pytypes.UnionType):
        return st.one_of(*(instances(argument) for argument in arguments))
    if origin is list:
        return st.lists(instances(arguments[0]), max_size=3)
    if origin is dict:
        keys = ["x", "y", "1", "-2", "1.5", "red", "123e4567-e89b-12d3-a456-426614174000"]
        return st.dictionaries(st.sampled_from(keys), instances(arguments[1]), max_size=2)
    if origin is tuple:
        return st.tuples(*(instances(argument) for argument in arguments)).map(list)
    if (
        isinstance(hint, type)
        and (annotations := getattr(hint, "__annotations__", None))
        and not issubclass(hint, enum.Enum)
    ):
        wire = dict(
            zip(
                getattr(hint, "__struct_fields__", ()),
                getattr(hint, "__struct_encode_fields__", ()),
                strict=True,
            )
        )
        fields = {
            wire.get(name, name): st.one_of(instances(each), JSON) for name, each in annotations.items()
        }
        return st.fixed_dictionaries(fields)
    samples = {
        int: st.integers(-3, 12),
        float: st.sampled_from([0, 1, 1.5]),
        str: st.sampled_from(["", "a", "ab", "abcd"]),
        bool: st.booleans(),
        Colour: st.sampled_from(["red", "blue", "green"]),
        Level: st.sampled_from([1, 2, 3]),
        uuid.UUID: st.just("123e4567-e89b-12d3-a456-426614174000"),
        datetime.date: st.sampled_from(["2020-01-31", "2020-02-30"]),
        datetime.datetime: st.sampled_from(["2020-01-31T10:00:00", "2020-01-31T10:00:00Z"]),
        datetime.timedelta: st.sampled_from(["P1DT2H", "-PT1.5S", "P1Y"]),
        Decimal: st.sampled_from(["1.50", 1.5, 2, "x"]),
        bytes: st.sampled_from(["aGk=", "aGk"]),
    }
    try:
        return samples.get(hint, JSON)
    except TypeError:
        return JSON


@st.composite
def pairs(draw: Any) -> tuple[Any, bytes]:
    hint = draw(types(2))
    value = draw(st.one_of(instances(hint), instances(hint), JSON))
    return hint, json.dumps(value).encode()


def judge(hint: Any, text: bytes) -> tuple[bool, bool, list[dict[str, Any]], Any]:
    """Tell whether the edge takes it, whether we read it, the errors, and the value."""
    node = Walk()(hint)
    at_edge = _native.Schema(msgspec.json.encode(document(node)), format_assertion=True).is_valid(text)
    try:
        return at_edge, True, [], decoder(node, ("body",))(text, None)
    except RequestValidationError as error:
        return at_edge, False, error.errors, None
    except MalformedBody:
        return at_edge, False, [], None


def place_exists(loc: list[str], value: Any, type_: str) -> bool:
    assert loc[0] == "body"
    for index, part in enumerate(loc[1:], 1):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            return type_ == "missing" and index == len(loc) - 1 and isinstance(value, dict)
    return True


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(pairs())
def test_what_msgspec_takes_we_take_and_nothing_else(pair: tuple[Any, bytes]) -> None:
    hint, text = pair
    try:
        theirs, takes = msgspec.json.decode(text, type=hint), True
    except msgspec.ValidationError:
        theirs, takes = None, False
    except TypeError:
        return  # a union that msgspec does not have
    at_edge, ours, errors, value = judge(hint, text)
    assert (at_edge and ours) == takes, (hint, text, at_edge, errors)
    if takes:
        assert value == theirs
    for error in errors:
        assert place_exists(error["loc"], json.loads(text), error["type"]), error


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(types(1), min_size=1, max_size=3), st.data())
def test_a_named_tuple_is_read_like_a_dataclass(hints: list[Any], data: Any) -> None:
    # msgspec reads an array; ours is an object, as api.md has it.
    fields = list(zip(NAMES, hints, strict=False))
    twin = dataclasses.make_dataclass("Made", fields)
    text = json.dumps(data.draw(st.one_of(instances(twin), instances(twin), JSON))).encode()
    try:
        theirs, takes = msgspec.json.decode(text, type=twin), True
    except msgspec.ValidationError:
        theirs, takes = None, False
    at_edge, ours, errors, value = judge(typing.NamedTuple("Made", fields), text)
    assert (at_edge and ours) == takes, (fields, text, at_edge, errors)
    if takes:
        assert value._asdict() == {name: getattr(theirs, name) for name, _ in fields}
    for error in errors:
        assert place_exists(error["loc"], json.loads(text), error["type"]), error


PYDANTIC: list[Any] = [
    str,
    int,
    float,
    bool,
    Decimal,
    bytes,
    datetime.date,
    datetime.datetime,
    datetime.timedelta,
    uuid.UUID,
    Colour,
    Level,
    Literal["a"],
    Literal["a", 1],
    list[str],
    list[int],
    set[int],
    tuple[int, bool],
    dict[str, str],
    dict[str, float],
    Optional[str],
    Optional[int],
    int | str,
    bool | int | None,
    Annotated[int, pydantic.Field(ge=1, le=9)],
    Annotated[int, pydantic.Field(multiple_of=3, strict=True)],
    Annotated[float, pydantic.Field(gt=0.5, multiple_of=0.1)],
    Annotated[str, pydantic.Field(min_length=2, max_length=3, pattern="^a")],
    Annotated[list[int], pydantic.Field(min_length=1, max_length=2)],
]
LAX = st.sampled_from(
    [*("5", " 5 ", "-5", "1_0", "5.0", "1.5", "x", "", "nan", "inf", "1e2", "true", "False", "on", "Y", " 1"),
     *(0, 1, 5, 5.0, 1.5, 0.3, 1e20, 10**30, True, False, None, "a", "ab", "abc", "red", "2020-01-31")]
)  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PYDANTIC), min_size=1, max_size=3), st.booleans(), st.data())
def test_what_pydantic_takes_we_take_and_nothing_else(hints: list[Any], strict: bool, data: Any) -> None:
    fields: Any = {name: (hint, ...) for name, hint in zip(NAMES, hints, strict=False)}
    config = pydantic.ConfigDict(strict=True) if strict else None
    model: Any = pydantic.create_model("Made", __config__=config, **fields)
    members = {
        name: st.one_of(
            instances(hint[0]), LAX, st.lists(LAX, max_size=3), st.dictionaries(st.just("a"), LAX), JSON
        )
        for name, hint in fields.items()
    }
    value = data.draw(st.one_of(st.fixed_dictionaries(members), JSON))
    text = json.dumps(value).encode()
    try:
        theirs, takes = model.model_validate_json(text), True
    except pydantic.ValidationError:
        theirs, takes = None, False
    at_edge, ours, errors, read = judge(model, text)
    assert (at_edge and ours) == takes, (hints, text, at_edge, errors)
    assert repr(read) == repr(theirs)
    for error in errors:
        assert place_exists(error["loc"], value, error["type"]), error


@pytest.mark.parametrize(
    ("hint", "text", "value"),
    [
        (int, b"5.0", 5),
        (int, b"1e2", 100),
        (int, b"123456789012345678901234567890", 123456789012345678901234567890),
        (float, b"5", 5.0),
        (Decimal, b"1.50", Decimal("1.50")),
        (Decimal, b'"1.50"', Decimal("1.50")),
        (list[int], b"[1.0, 2]", [1, 2]),
        (set[int], b"[1, 1, 2]", {1, 2}),
        (datetime.datetime, b'"2020-01-01T10:00:00"', datetime.datetime(2020, 1, 1, 10)),
        (datetime.timedelta, b'"-PT1.5S"', -datetime.timedelta(seconds=1.5)),
        (bytes, b'"aGk="', b"hi"),
        (datetime.date | str, b'"2020-01-01"', datetime.date(2020, 1, 1)),
        (datetime.date | str, b'"later"', "later"),
    ],
)
def test_what_arrives(hint: Any, text: bytes, value: Any) -> None:
    at_edge, ours, errors, read = judge(hint, text)
    assert (at_edge, ours, errors) == (True, True, [])
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (int, b'"5"'),
        (int, b"5.5"),
        (int, b"true"),
        (str, b"5"),
        (bool, b"1"),
        (float, b"1e999"),
    ],
)
def test_scalars_are_strict(hint: Any, text: bytes) -> None:
    at_edge, ours, _, _ = judge(hint, text)
    assert not (at_edge and ours)
