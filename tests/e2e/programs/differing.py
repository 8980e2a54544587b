"""Types of which schema and decoder, or one library and another, do not say the same."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal, NamedTuple

import annotated_types
import attrs
import msgspec
import pydantic
from msgspec import Meta

from spikard import Body, ServerConfig, Spikard, register_decoder, register_encoder

app = Spikard(ServerConfig(port=0, max_json_depth=8))


class Cat(msgspec.Struct, tag="cat"):
    lives: int


class Dog(msgspec.Struct, tag="dog"):
    name: str


class Point(msgspec.Struct, array_like=True):
    x: int
    y: int = 0


class Camel(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    first_name: str


class Pair(NamedTuple):
    a: int
    b: str = "b"


class Level(IntEnum):
    LOW = 1


class Words(Enum):
    YES = "yes"
    ONE = 1


class Before(pydantic.BaseModel):
    tags: list[str]

    @pydantic.field_validator("tags", mode="before")
    @classmethod
    def split(cls, value: Any) -> Any:
        return value.split(",") if isinstance(value, str) else value


class Wrapped(pydantic.BaseModel):
    n: int

    @pydantic.model_validator(mode="wrap")
    @classmethod
    def unwrap(cls, value: Any, handler: Any) -> Any:
        return handler({"n": value} if isinstance(value, int) else value)


class After(pydantic.BaseModel):
    low: int
    high: int

    @pydantic.model_validator(mode="after")
    def ordered(self) -> After:
        if self.low > self.high:
            raise ValueError("low is above high")
        return self


class Named(pydantic.BaseModel, populate_by_name=True):
    name: str = pydantic.Field(alias="theName")


class Strict(pydantic.BaseModel, strict=True):
    n: int


@attrs.define
class Converted:
    n: int = attrs.field(converter=abs)


@dataclass
class Crashes:
    n: int

    def __post_init__(self) -> None:
        self.half = 1 / self.n


class Hex:
    def __init__(self, number: int) -> None:
        self.number = number


@register_decoder
def read_hex(type_: Any, value: Any) -> Any:
    if type_ is not Hex:
        raise NotImplementedError
    return Hex(int(value, 16))


register_encoder(Hex, lambda value: hex(value.number))

TYPES: dict[str, Any] = {
    "int": int,
    "float": float,
    "bool": bool,
    "decimal": Decimal,
    "datetime": datetime.datetime,
    "aware": Annotated[datetime.datetime, Meta(tz=True)],
    "date": datetime.date,
    "time": datetime.time,
    "duration": datetime.timedelta,
    "uuid": uuid.UUID,
    "bytes": list[bytes],
    "set": set[int],
    "anything-in-a-set": set,
    "tuple": tuple[int, str],
    "pair": Pair,
    "point": Point,
    "pet": Cat | Dog,
    "camel": Camel,
    "level": Level,
    "words": Words,
    "literal": Literal["a", 1, None],
    "union": int | list[int] | None,
    "text-or-date": datetime.date | str,
    "any": Any,
    "lookahead": Annotated[str, Meta(pattern="^(?=a)")],
    "even": Annotated[int, annotated_types.MultipleOf(2), annotated_types.Gt(0)],
    "before": Before,
    "wrapped": Wrapped,
    "after": After,
    "named": Named,
    "strict": Strict,
    "converted": Converted,
    "crashes": Crashes,
    "hex": Hex,
}


def declare(name: str, type_: Any) -> None:
    async def handler(value: Any) -> Any:
        return {"type": type(value).__name__, "value": value}

    handler.__annotations__["value"] = Annotated[type_, Body()]
    app.post(f"/{name}")(handler)


for each in TYPES:
    declare(each, TYPES[each])

if __name__ == "__main__":
    app.run()
