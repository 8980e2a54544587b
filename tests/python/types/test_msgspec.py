"""Every value against every type of msgspec's: edge and reading together take what msgspec takes, and give the same.

Beyond it we take, by docs/handlers.md, whole numbers that are written with a point, moments without seconds as browsers
send them, and every spelling of `uuid.UUID`.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import json
import uuid
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta
from typing_extensions import NotRequired, Required, TypedDict

from spikard import MalformedBody, RequestValidationError, _native
from spikard._signature.decode import decoder
from spikard._types import Walk, document


class Tagged(msgspec.Struct, tag=True):
    a: int
    b: str = "x"


class Kind(msgspec.Struct, tag="two", tag_field="kind"):
    a: int


class Closed(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    first_name: str
    n: int | None = None


class Row(msgspec.Struct, array_like=True):
    a: int
    b: str = "x"


class TaggedRow(msgspec.Struct, array_like=True, tag=True, forbid_unknown_fields=True):
    a: int


class Number(msgspec.Struct, tag=3):
    a: int


class Renamed(msgspec.Struct, omit_defaults=True):
    a: Annotated[list[int], Meta(max_length=2)] = msgspec.field(name="A", default_factory=list)


class Unset(msgspec.Struct):
    a: int | msgspec.UnsetType = msgspec.UNSET


@dataclasses.dataclass
class Data:
    a: int
    b: list[int] = dataclasses.field(default_factory=list)
    c: ClassVar[int] = 1


@dataclasses.dataclass(kw_only=True)
class MoreData(Data):
    d: float = 1.0


class Typed(TypedDict):
    a: Required[int]
    b: NotRequired[str]


class Partial(TypedDict, total=False):
    a: int


class Letter(enum.Enum):
    A = "a"
    B = "b"


class Whole(enum.IntEnum):
    A = 1
    B = 5


class Signed(enum.Enum):
    A = 1
    B = -5


TYPES: list[Any] = [
    *(int, float, bool, str, None, Any, Decimal, bytes, uuid.UUID, list, dict, set, tuple),
    *(datetime.date, datetime.datetime, datetime.time, datetime.timedelta, Letter, Whole, Signed),
    *(Literal["a", 5], Literal[1, 2], Literal["a", None], Literal[0]),
    *(int | None, int | str, bool | int | None, float | str, int | float, str | None | list[int]),
    *(
        list[int],
        set[int],
        frozenset[str],
        tuple[int, bool],
        tuple[int, ...],
        dict[str, float],
        dict[int, int],
    ),
    *(
        dict[str, Any],
        dict[Letter, int],
        dict[uuid.UUID, int],
        dict[datetime.date, int],
        dict[Literal["a"], int],
    ),
    *(Tagged, Kind, Closed, Row, TaggedRow, Number, Renamed, Unset, Data, MoreData, Typed, Partial),
    *(Tagged | None, Tagged | int, list[Tagged | None], dict[str, int] | list[int]),
    *(
        Annotated[int, Meta(ge=1, le=9)],
        Annotated[float, Meta(gt=0.5)],
        Annotated[float, Meta(multiple_of=0.5)],
    ),
    *(Annotated[int, Meta(gt=3)] | None, Annotated[str, Meta(min_length=2)] | int),
    *(Annotated[str, Meta(min_length=2, max_length=3)], Annotated[str, Meta(pattern="a|b")]),
    *(Annotated[list[int], Meta(min_length=1, max_length=2)], Annotated[set[int], Meta(max_length=2)]),
    *(Annotated[dict[str, int], Meta(min_length=1)], Annotated[bytes, Meta(max_length=2)]),
    *(Annotated[datetime.datetime, Meta(tz=zone)] for zone in (True, False)),
    *(Annotated[datetime.time, Meta(tz=True)], list[Annotated[str, Meta(min_length=2)]]),
]
ID = "123e4567-e89b-12d3-a456-426614174000"
VALUES: list[Any] = [
    *(
        "",
        "5",
        " 5 ",
        "-5",
        "1_0",
        "5.0",
        "1.5",
        "x",
        "nan",
        "inf",
        "1e2",
        "0",
        "1",
        "true",
        "a",
        "b",
        "ab",
        "aa",
    ),
    *("aaaa", "ä", "aGk=", "aGk", "aGk=\n", "a-k=", ID, ID.upper(), ID.replace("-", ""), ID[:-1]),
    *("2020-01-31", "2020-02-30", "0001-01-01", "0000-01-01", "10000-01-01", "2020-01-31T10:00:00"),
    *("2020-01-31T10:00:00Z", "2020-01-31t10:00:00+02:00", "2020-01-31 10:00:00Z", "2020-01-31T24:00:00Z"),
    *("2020-01-31T10:00:60Z", "2020-01-31T10:00:00.123456789Z", "10:00:00", "10:00:00Z", "10:00:00.5+01:00"),
    *("PT1S", "P1W", "P1Y", "-P1D", "+P1D", "PT1.5H", "P1DT", "pt1s"),
    *(
        0,
        1,
        2,
        5,
        9,
        -1,
        -5,
        5.0,
        1.5,
        2.5,
        5.5,
        0.3,
        1e20,
        10**30,
        2**63,
        2**64,
        -(2**63),
        True,
        False,
        None,
    ),
    *(
        [],
        [1],
        ["1"],
        [1, 2, 3],
        [1, 1, 2],
        ["5", True],
        [1, "b"],
        [[1]],
        [None],
        ["ab"],
        [True],
        [1.0],
        [1.5],
    ),
    *(
        ["TaggedRow", 1],
        ["TaggedRow", 1, 2],
        ["Row", 1],
        {},
        {"a": 1},
        {"a": None},
        {"a": "1"},
        {"b": 1},
        {"1": 1},
    ),
    *({"a": 1, "type": "Tagged"}, {"type": "Tagged"}, {"type": "Kind", "a": 1}, {"type": 5, "a": 1}),
    *(
        {"type": 3, "a": 1},
        {"kind": "two", "a": 1},
        {"kind": "one", "a": 1},
        {"a": 1, "b": 2},
        {"a": 1, "b": [1]},
    ),
    *({"a": 1, "b": "z", "zz": 1}, {"a": 1, "c": 5}, {"a": 1, "d": 2}, {"A": [1, 2, 3]}, {"A": [1]}),
    *({"first-name": "a"}, {"first_name": "a"}, {"first-name": "a", "n": None}, {"first-name": "a", "x": 1}),
    *({ID: 1}, {"2020-01-31": 1}),
]


# The last is their answer to lists in a set.
THEIRS = (msgspec.ValidationError, TypeError)


def test_every_value_of_every_type() -> None:
    differing = []
    for type_ in TYPES:
        node = Walk()(type_)
        edge = _native.Schema(msgspec.json.encode(document(node)), format_assertion=True)
        decode, theirs = decoder(node, ("body",)), msgspec.json.Decoder(type_).decode
        for value in VALUES:
            text = json.dumps(value).encode()
            taken, read = _taken((RequestValidationError,), decode, text, None)
            taken = taken and edge.is_valid(text)
            takes, expected = _taken(THEIRS, theirs, text)
            if not takes:
                takes, expected = _taken(THEIRS, theirs, json.dumps(_whole(value)).encode())
            if taken != takes or (takes and repr(read) != repr(expected)):
                differing.append((type_, value, taken, read, expected))
    assert not differing


def _taken(refusals: tuple[type[Exception], ...], read: Any, *arguments: Any) -> tuple[bool, Any]:
    try:
        return True, read(*arguments)
    except (*refusals, MalformedBody):
        return False, None


def _whole(value: Any) -> Any:
    """Write whole numbers without a point."""
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
