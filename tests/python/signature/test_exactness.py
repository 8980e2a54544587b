"""What lies inside an object of the right class is kept to as well."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple, Optional, TypedDict, Union

import attrs
import msgspec
import pydantic
import pytest

from spikard._route import Route
from spikard._signature.answer import Answer, ResponseError
from spikard._signature.exactness import within
from spikard._types import Walk


class Struct(msgspec.Struct):
    name: str


class MoreOfStruct(Struct):
    password: str = "secret"


@dataclasses.dataclass
class Data:
    name: str


@dataclasses.dataclass
class MoreOfData(Data):
    password: str = "secret"


@attrs.define
class Attributes:
    name: str


@attrs.define
class MoreOfAttributes(Attributes):
    password: str = "secret"


class Model(pydantic.BaseModel):
    name: str


class MoreOfModel(Model):
    password: str = "secret"


class Typed(TypedDict):
    name: str


class Pair(NamedTuple):
    first: Struct
    second: int


class Structs(msgspec.Struct):
    many: list[Struct] = []
    one: Struct | None = None
    mapped: dict[str, Struct] = {}
    pair: tuple[int, Struct] | None = None
    typed: Typed | None = None
    model: Model | None = None
    either: Union[Struct, list[Struct], str] = ""  # noqa: UP007
    anything: Any = None


class Tree(msgspec.Struct):
    node: Struct
    children: list[Tree] = []


@dataclasses.dataclass
class DataHolder:
    inner: Data
    structs: Structs | None = None
    never: Data = None  # type: ignore[assignment]


@attrs.define
class AttributesHolder:
    inner: Attributes = attrs.field(alias="held")


class ModelHolder(pydantic.BaseModel):
    inner: Model


class Later(msgspec.Struct):
    structs: Structs | None = None


def _written(annotation: Any, value: Any) -> bytes:
    def handler() -> Any: ...

    handler.__annotations__["return"] = annotation
    return Answer(Route("GET", "/", handler), Walk()).encode(value)


MORE = MoreOfStruct("a")
INSIDE = [
    (Structs, Structs(many=[Struct("b"), MORE])),
    (Structs, Structs(one=MORE)),
    (Structs, Structs(mapped={"x": MORE})),
    (Structs, Structs(pair=(1, MORE))),
    (Structs, Structs(typed={"name": "a", "password": "secret"})),  # type: ignore[typeddict-unknown-key]
    (Structs, Structs(model=MoreOfModel(name="a"))),
    (Structs, Structs(either=MORE)),
    (Structs, Structs(either=[MORE])),
    (list[Structs], [Structs(), Structs(one=MORE)]),
    (dict[str, Structs], {"x": Structs(one=MORE)}),
    (tuple[Structs, int], (Structs(one=MORE), 1)),
    (Optional[Structs], Structs(one=MORE)),  # noqa: UP045
    (Later, Later(Structs(one=MORE))),
    (Tree, Tree(Struct("a"), [Tree(Struct("b"), [Tree(MORE)])])),
    (DataHolder, DataHolder(MoreOfData("a"), None, Data("b"))),
    (DataHolder, DataHolder(Data("a"), Structs(one=MORE), Data("b"))),
    (list[DataHolder], [DataHolder(MoreOfData("a"), None, Data("b"))]),
    (AttributesHolder, AttributesHolder(MoreOfAttributes("a"))),
    (ModelHolder, ModelHolder(inner=MoreOfModel(name="a"))),
    (list[Pair], [Pair(MORE, 2)]),
]


@pytest.mark.parametrize(("annotation", "value"), INSIDE)
def test_what_a_class_lacks_is_dropped_inside_too(annotation: Any, value: Any) -> None:
    text = _written(annotation, value)
    assert b"secret" not in text
    assert b'"a"' in text


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Structs, Structs([Struct("a")], Struct("b"), {"x": Struct("c")}, (1, Struct("d")), {"name": "e"})),
        (Structs, Structs(model=Model(name="a"), either="text", anything=MORE)),
        (Structs, Structs(either=[Struct("a")])),
        (Tree, Tree(Struct("a"), [Tree(Struct("b"))])),
        (DataHolder, DataHolder(Data("a"))),
        (AttributesHolder, AttributesHolder(Attributes("a"))),
        (Later, Later()),
    ],
)
def test_what_is_right_is_written_as_it_is(annotation: Any, value: Any) -> None:
    keeps = within(Walk()(annotation))
    assert keeps is not None
    assert keeps(value)
    plain = msgspec.to_builtins(value, enc_hook=lambda model: model.model_dump())
    assert msgspec.json.decode(_written(annotation, value)) == msgspec.json.decode(msgspec.json.encode(plain))


@pytest.mark.parametrize(
    "annotation", [Struct, Data, Typed, list[Struct], dict[str, Data], Struct | Data, int, Any]
)
def test_what_has_nothing_inside_costs_nothing(annotation: Any) -> None:
    assert within(Walk()(annotation)) is None


def test_what_cannot_be_made_right_is_an_error_of_the_handler() -> None:
    with pytest.raises(ResponseError, match="the handler returned Structs"):
        _written(Structs, Structs(one=Data("a"), many=[5]))  # type: ignore[arg-type, list-item]
