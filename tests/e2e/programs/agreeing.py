"""One route for each of many types; `TYPES` are msgspec's, `MODELS` pydantic's."""

from __future__ import annotations

import datetime
import enum
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal, TypedDict

import msgspec
import pydantic
from msgspec import Meta

from spikard import Body, ServerConfig, Spikard


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Leaf(msgspec.Struct, tag=True, forbid_unknown_fields=True):
    a: Annotated[int, Meta(ge=0, le=9)]
    b: Annotated[str, Meta(min_length=1, max_length=3, pattern="^[a-c]+$")] = "a"


class Branch(msgspec.Struct, tag=True, rename="camel"):
    left_side: Leaf | Branch | None = None
    a: list[Leaf | Branch] = []


@dataclass
class Data:
    a: float
    b: dict[str, int] = field(default_factory=dict)
    c: Colour | None = None


class Typed(TypedDict, total=False):
    a: Annotated[list[bool], Meta(min_length=1, max_length=2)]
    b: tuple[int, str]


class Inner(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")
    a: Annotated[int, pydantic.Field(ge=1, le=9)]
    b: bool = False


class Outer(pydantic.BaseModel):
    a: float
    b: list[Inner] = []
    c: Annotated[str, pydantic.Field(alias="the-c", min_length=2)] = "cc"
    d: Inner | str | None = None
    e: Literal["x", "y"] = "x"
    f: datetime.datetime | None = None


class Strict(pydantic.BaseModel, strict=True):
    a: int
    b: float = 0.5
    c: bool = True


TYPES: list[Any] = [
    int,
    float,
    str,
    list[int],
    dict[str, Decimal],
    set[str],
    Colour,
    Literal["a", 1, None],
    int | None | str,
    Leaf,
    Branch,
    Leaf | Branch,
    Data,
    Typed,
    list[Typed],
    list[uuid.UUID | None],
    dict[str, datetime.date],
    bytes | int,
    Annotated[int, Meta(multiple_of=3, gt=-9)],
]
MODELS: list[Any] = [Inner, Outer, Strict, list[Inner], dict[str, Outer]]


def handler(type_: Any) -> Callable[..., Any]:
    async def answer(value: Any) -> Any:
        return repr(value)

    answer.__annotations__ = {"value": Annotated[type_, Body()]}
    return answer


app = Spikard(ServerConfig(port=0))
for number, each in enumerate([*TYPES, *MODELS]):
    app.post(f"/{number}")(handler(each))

if __name__ == "__main__":
    app.run()
