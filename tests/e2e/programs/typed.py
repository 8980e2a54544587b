"""Handlers of every kind of type, and what becomes of what they return."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, NamedTuple, TypedDict

import attrs
import msgspec
import pydantic

from spikard import (
    Body,
    Cookie,
    File,
    Form,
    Header,
    Query,
    Request,
    Response,
    ServerConfig,
    Spikard,
    UploadFile,
)

app = Spikard(ServerConfig(port=0, max_body_size=64 * 1024))
reached = 0


class Struct(msgspec.Struct):
    name: str
    count: Annotated[int, msgspec.Meta(ge=1)] = 1


class MoreThanStruct(Struct):
    more: int = 4


@dataclass
class Data:
    name: str
    count: int = 1

    def __post_init__(self) -> None:
        if self.name == "forbidden":
            raise ValueError("this name is forbidden")


@attrs.define
class Attributes:
    name: str
    count: int = 1


class Typed(TypedDict):
    name: str
    count: int


class Tuple(NamedTuple):
    name: str
    count: int = 1


class Model(pydantic.BaseModel):
    name: str
    count: int = pydantic.Field(1, ge=1)
    on: datetime.date | None = None

    @pydantic.field_validator("name")
    @classmethod
    def no_spaces(cls, value: str) -> str:
        if " " in value:
            raise ValueError("no spaces")
        return value


def seen(value: Any) -> dict[str, Any]:
    global reached
    reached += 1
    members = value if isinstance(value, dict) else {"name": value.name, "count": value.count}
    return {"type": type(value).__name__, **members}


@app.get("/reached")
async def get_reached() -> int:
    return reached


@app.post("/struct")
async def struct(body: Struct) -> Any:
    return seen(body)


@app.post("/data")
async def data(body: Data) -> Any:
    return seen(body)


@app.post("/attributes")
def attributes(body: Attributes) -> Any:
    return seen(body)


@app.post("/typed")
async def typed(body: Typed) -> Any:
    return seen(body)


@app.post("/tuple")
async def tuple_(body: Tuple) -> Any:
    return seen(body)


@app.post("/model")
async def model(body: Model) -> Any:
    return seen(body)


@app.post("/two")
async def two(first: Struct, second: Model, times: Annotated[int, Body(le=3)] = 1) -> Any:
    return [seen(first), seen(second), times]


@app.post("/maybe")
async def maybe(body: Struct | None) -> Any:
    return body


@app.get("/text/{when:date}")
async def text(
    when: datetime.date,
    tags: list[int],
    flag: bool = False,
    x_trace: Annotated[str, Header(min_length=2)] = "none",
    session: Annotated[str | None, Cookie()] = None,
) -> Any:
    return [when, tags, flag, x_trace, session]


@app.get("/scalars")
async def scalars(
    wait: datetime.timedelta, id: uuid.UUID, count: int = 0, prefs: Annotated[str, Cookie()] = ""
) -> Any:
    return [wait.total_seconds(), id, count, prefs]


@app.get("/remember")
async def remember(request: Request, prefs: str) -> Response:
    response = Response(request.cookies.get("prefs", ""))
    response.set_cookie("prefs", prefs)
    return response


@app.get("/spread")
async def spread(struct: Annotated[Struct, Query()]) -> Any:
    return seen(struct)


class Filter(pydantic.BaseModel):
    name: Annotated[str, pydantic.Field(alias="theName")]
    count: Annotated[int, pydantic.Field(ge=1)] = 1
    tags: list[int] = []
    ratio: float | None = None


@app.get("/spread-model")
async def spread_model(filter: Annotated[Filter, Query()]) -> Any:
    return seen(filter) | {"tags": filter.tags, "ratio": filter.ratio}


class Dates(pydantic.BaseModel):
    day: datetime.date | None = None
    at: datetime.datetime | None = None
    price: Decimal | None = None
    id: uuid.UUID | None = None


@dataclass
class PlainDates:
    day: datetime.date | None = None
    at: datetime.datetime | None = None
    price: Decimal | None = None
    id: uuid.UUID | None = None


@app.post("/dates-model")
async def dates_model(dates: Dates) -> Any:
    return dates


@app.post("/dates-data")
async def dates_data(dates: PlainDates) -> Any:
    return dates


@app.post("/form")
async def form(name: Annotated[str, Form()], count: Annotated[int, Form(ge=1)] = 1) -> Any:
    return [name, count]


@app.post("/anything")
async def anything(body: dict[str, Any]) -> Any:
    return {name: type(value).__name__ for name, value in body.items()}


@app.post("/list-in-form")
async def list_in_form(at: Annotated[list[datetime.time], Form()]) -> Any:
    return at


@app.post("/files")
async def files(
    photos: Annotated[list[UploadFile], File(content_types=["image/png"], magic=True, max_size=1000)],
    title: Annotated[str, Form()] = "",
) -> Any:
    return [title, [[photo.filename, photo.content_type, (await photo.aread()).hex()] for photo in photos]]


@app.get("/wrong-answer/{how}")
async def wrong_answer(how: str) -> Struct:
    answers: dict[str, Any] = {
        "dict": {"name": "a", "count": "secret"},
        "right": {"name": "a", "count": 2, "password": "dropped"},
        "subclass": MoreThanStruct("b", 3),
    }
    return answers[how]  # type: ignore[no-any-return]


@app.get("/wrong-model")
async def wrong_model() -> Model:
    return {"name": "a b"}  # type: ignore[return-value]


@app.post("/raw")
async def raw(body: bytes, request: Request) -> Any:
    return [len(body), request.headers.get("content-encoding")]


if __name__ == "__main__":
    app.run()
