"""Every value against every type of a model's field: edge and reading together take what pydantic takes."""

from __future__ import annotations

import datetime
import enum
import json
import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pydantic
import pytest
from pydantic import ConfigDict, Field, StringConstraints

from spikard import MalformedBody, RequestValidationError, _native
from spikard._signature.decode import decoder
from spikard._types import Walk, document


class Whole(enum.IntEnum):
    A = 1
    B = 5


class Real(float, enum.Enum):
    A = 1.5
    B = 5.0


class Text(str, enum.Enum):
    A = "a"
    B = "5"


class Mixed(enum.Enum):
    A = 1
    B = "x"
    C = True


TEXTS: list[Any] = [
    str,
    pydantic.StrictStr,
    Annotated[str, Field(min_length=2)],
    Annotated[str, Field(max_length=3, pattern="^ab$")],
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=2, pattern="^a")],
    Annotated[str, StringConstraints(to_lower=True, pattern="^a")],
    list[Annotated[str, Field(max_length=2)]],
]
TYPES: list[Any] = [
    int,
    float,
    bool,
    Decimal,
    bytes,
    uuid.UUID,
    datetime.date,
    datetime.datetime,
    datetime.time,
    datetime.timedelta,
    Whole,
    Real,
    Text,
    Mixed,
    Literal["a", 5],
    Literal[1, 2],
    Literal[True, "x"],
    int | None,
    int | str,
    bool | int | None,
    list[int],
    set[int],
    frozenset[int],
    tuple[int, bool],
    tuple[int, ...],
    dict[str, float],
    dict[int, int],
    pydantic.PositiveInt,
    Annotated[int, Field(ge=1, le=9)],
    Annotated[int, Field(multiple_of=5)],
    Annotated[int, Field(strict=True)],
    Annotated[int, Field(strict=False)],
    Annotated[bool, Field(strict=True)],
    Annotated[float, Field(le=1.5)],
    Annotated[float, Field(gt=0.5, multiple_of=0.1)],
    Annotated[Decimal, Field(ge=1, max_digits=3)],
    Annotated[list[int], Field(max_length=2)],
    Annotated[set[int], Field(min_length=2, max_length=2)],
]
VALUES: list[Any] = [
    *("5", " 5 ", "-5", "1_0", "5.0", "1.5", "x", "", "nan", "inf", "1e2", "0", "1"),
    *("true", " true", "False", "on", "Y", "t", "a", "ab", "abc", " ab ", "  ab  ", "AB", "red"),
    *("2020-01-31", "2020-01-31T10:00", "P1D", "123e4567-e89b-12d3-a456-426614174000", "aGk="),
    *(0, 1, 5, 9, 5.0, 1.5, 0.3, 1e20, 10**30, True, False, None),
    *([1], ["1"], ["  ab"], [1, 2, 3], [1, 1, 2], ["5", True], {"a": 1}, {"5": "1"}, [], {}),
]


@pytest.mark.parametrize(
    ("types", "config"),
    [
        (TYPES + TEXTS, ConfigDict()),
        (TYPES + TEXTS, ConfigDict(strict=True)),
        (TEXTS, ConfigDict(str_strip_whitespace=True)),
        (TEXTS, ConfigDict(str_to_lower=True)),
        (TEXTS, ConfigDict(str_to_upper=True, str_max_length=2)),
        (TEXTS, ConfigDict(coerce_numbers_to_str=True)),
    ],
    ids=["plain", "strict", "stripped", "lower", "upper", "numbers"],
)
def test_every_value_of_every_type(types: list[Any], config: ConfigDict) -> None:
    differing = []
    for type_ in types:
        model: Any = pydantic.create_model("Model", __config__=config, x=(type_, ...))
        node = Walk()(model)
        edge = _native.Schema(msgspec.json.encode(document(node)), format_assertion=True)
        decode = decoder(node, ("body",))
        for value in VALUES:
            text = json.dumps({"x": value}).encode()
            ours = edge.is_valid(text) and _takes(decode, text, None)
            if ours != _takes(model.model_validate_json, text):
                differing.append((type_, value, ours))
    assert not differing


def _takes(read: Any, *arguments: Any) -> bool:
    try:
        read(*arguments)
    except (pydantic.ValidationError, RequestValidationError, MalformedBody):
        return False
    return True
