"""Bodies: which parameters they fill, what the front end is told of them, and what they are read as."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
import pydantic
import pytest

from fake_exchange import FakeExchange
from spikard import (
    Body,
    File,
    Form,
    MalformedBody,
    Query,
    RequestValidationError,
    Spikard,
    StartError,
)
from spikard._manifest import BoundRoute, ManifestRoute, build
from spikard.config import ServerConfig
from spikard.uploads import UploadFile


class Item(msgspec.Struct):
    name: str
    count: int = 1


@dataclasses.dataclass
class Data:
    name: str
    count: int = 1
    inner: Data | None = None


DEFAULT = Item("d")


class Model(pydantic.BaseModel):
    name: str


def _route(
    handler: Callable[..., Any], method: str = "POST", **options: Any
) -> tuple[ManifestRoute, BoundRoute]:
    app = Spikard()
    app.register_route(method, "/a", handler, **options)
    manifest, bound = build(app, ServerConfig())
    return manifest.routes[0], bound[0]


def _call(
    handler: Callable[..., Any], body: bytes = b"", form: Any = None, files: list[Any] | None = None
) -> Any:
    """Call a `def` handler with a JSON body, or with a form as the front end hands it over."""
    text = b"" if form is None else json.dumps({"fields": form, "files": files or []}).encode()
    return _route(handler)[1].call(FakeExchange(method="POST", body=body, form=text))


def _refusal(handler: Callable[..., Any], method: str = "POST") -> str:
    with pytest.raises(StartError) as caught:
        _route(handler, method)
    return str(caught.value)


# ---- one parameter is the whole body, several are keys


def test_one_parameter_is_the_body() -> None:
    def handler(item: Item) -> Any:
        return item

    route, _ = _route(handler)
    assert (route.body_media, route.body_required, route.body_keyed) == (
        ("json", "urlencoded", "multipart"),
        True,
        False,
    )
    assert _call(handler, b'\xef\xbb\xbf{"name":"a"}') == Item("a")


def test_several_are_keys_by_their_names_on_the_wire() -> None:
    def handler(
        first: Item, second: Annotated[Model, Body(alias="2nd")], third: Annotated[int, Body()] = 3
    ) -> Any:
        return first, second, third

    route, _ = _route(handler)
    schema = json.loads(route.body_schema)
    assert route.body_keyed
    assert set(schema["properties"]) == {"first", "2nd", "third"}
    assert schema["required"] == ["first", "2nd"]
    assert _call(handler, b'{"first":{"name":"a"},"2nd":{"name":"b"}}') == (Item("a"), Model(name="b"), 3)


def test_what_an_empty_body_gives() -> None:
    def optional(item: Item | None) -> Any:
        return item

    def default(item: Item = DEFAULT) -> Any:
        return item

    def made(item: Annotated[Item, Body(default_factory=lambda: Item("m"))]) -> Any:
        return item

    assert [_call(handler) for handler in (optional, default, made)] == [None, Item("d"), Item("m")]
    assert not any(_route(handler)[0].body_required for handler in (optional, default, made))


def test_a_default_that_one_call_changes_is_new_for_the_next() -> None:
    def whole(item: Item = DEFAULT) -> Any:
        item.name += "!"
        return item.name

    def keyed(names: Annotated[list[str], Body([])], others: Annotated[dict[str, int], Body()] = {}) -> Any:  # noqa: B006
        names.append("a")
        others["b"] = len(others)
        return names, others

    for _ in range(2):
        assert _call(whole) == "d!"
        assert _call(keyed) == (["a"], {"b": 0})
    assert DEFAULT.name == "d"


def test_bytes_are_the_body_as_it_came() -> None:
    def handler(body: bytes) -> Any:
        return body

    assert _route(handler)[0].body_media == ()
    assert _call(handler, b"\0\xff{") == b"\0\xff{"


@pytest.mark.parametrize(("method", "source"), [("POST", "body"), ("GET", "query")])
def test_only_some_methods_have_a_body_unasked(method: str, source: str) -> None:
    def handler(item: list[int]) -> Any: ...

    route, _ = _route(handler, method)
    assert bool(route.body_schema) == (source == "body")
    assert [parameter.source for parameter in route.parameters] == [source] * (source != "body")


def test_other_methods_have_one_by_marker() -> None:
    def handler(item: Annotated[Item, Body()]) -> Any: ...

    assert _route(handler, "DELETE")[0].body_schema
    assert "cannot be read from the query" in _refusal(lambda_of(Item), "GET")


def lambda_of(annotation: Any) -> Callable[..., Any]:
    def handler(item: Any) -> Any: ...

    handler.__annotations__["item"] = annotation
    return handler


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        (Annotated[int, File()], "is marked as a file"),
        (complex, "type complex"),
    ],
)
def test_what_cannot_be_a_body_is_named(annotation: Any, reason: str) -> None:
    refusal = _refusal(lambda_of(Annotated[annotation, Body()] if annotation is complex else annotation))
    assert "handler (" in refusal
    assert "'item'" in refusal
    assert reason in refusal


def test_two_parameters_for_one_key() -> None:
    def handler(first: Item, second: Annotated[Item, Body(alias="first")]) -> Any: ...

    assert "a second one for the key 'first'" in _refusal(handler)


# ---- forms and files


def test_form_fields_come_from_forms_only() -> None:
    def handler(
        name: Annotated[str, Form()], tags: Annotated[list[int], Form()], on: Form[bool] = False
    ) -> Any:
        return name, tags, on

    assert _route(handler)[0].body_media == ("urlencoded", "multipart")
    assert _call(handler, form={"name": "a", "tags": [1, 2]}) == ("a", [1, 2], False)


@pytest.mark.parametrize("annotation", [Item, Model])
def test_a_structured_type_takes_the_whole_form(annotation: Any) -> None:
    handler = lambda_of(Annotated[annotation, Form()])
    handler.__defaults__ = None
    assert not _route(handler)[0].body_keyed


@pytest.mark.parametrize("annotation", [list[str], set[int], str, dict[str, str] | None, datetime.date])
def test_a_form_is_an_object(annotation: Any) -> None:
    route, _ = _route(lambda_of(Annotated[annotation, Form()]))
    assert route.body_keyed == ("dict" not in str(annotation))


def test_files_lie_in_the_body() -> None:
    def handler(
        photo: UploadFile,
        others: Annotated[list[UploadFile], File(content_types=["image/png"], max_size=9, magic=True)],
        raw: Annotated[bytes, File()],
        none: UploadFile | None = None,
    ) -> Any:
        return photo, others, raw, none

    route, bound = _route(handler)
    assert {part.name: (part.content_types, part.max_size, part.magic) for part in route.file_parts} == {
        "photo": ((), 0, False),
        "others": (("image/png",), 9, True),
        "raw": ((), 0, False),
        "none": ((), 0, False),
    }
    body = b"0123456789"
    files = [
        {"name": "f", "filename": f"{i}", "content_type": "", "headers": [], "offset": i, "size": 2}
        for i in range(4)
    ]
    form = json.dumps({"fields": {"photo": 3, "others": [0, 1], "raw": 2}, "files": files}).encode()
    photo, others, raw, none = bound.call(FakeExchange(method="POST", body=body, form=form))
    assert (photo.read(), [other.read() for other in others], raw, none) == (
        b"34",
        [b"01", b"12"],
        b"23",
        None,
    )
    assert photo.content_type == "application/octet-stream"
    for file in (photo, *others):
        file.close()


# ---- what only Python can judge


def test_errors_of_every_part_come_together() -> None:
    class Odd(msgspec.Struct):
        n: int

        def __post_init__(self) -> None:
            if self.n % 2 == 0:
                raise ValueError("even")

    def handler(first: Any, second: Any) -> Any: ...

    handler.__annotations__.update(first=Odd, second=Odd)
    with pytest.raises(RequestValidationError) as caught:
        _call(handler, b'{"first":{"n":2},"second":{"n":4}}')
    assert [(e["type"], e["loc"], e["msg"]) for e in caught.value.errors] == [
        ("value_error", ["body", "first"], "even"),
        ("value_error", ["body", "second"], "even"),
    ]


@pytest.mark.parametrize("annotation", [Item, Model, dict])
def test_what_is_no_json_after_all_is_malformed(annotation: Any) -> None:
    with pytest.raises(MalformedBody):
        _call(lambda_of(annotation), b'{"name":')


def test_dataclasses_have_all_their_members() -> None:
    def handler(data: Any) -> Any:
        return data

    handler.__annotations__["data"] = Data
    read = _call(handler, b'{"name":"a","inner":{"name":"b"}}')
    assert msgspec.json.decode(msgspec.json.encode(read)) == {
        "name": "a",
        "count": 1,
        "inner": {"name": "b", "count": 1, "inner": None},
    }


def test_schemas_by_hand_stand_before_the_signature() -> None:
    def handler(q: Annotated[int, Query()], item: Item) -> Any: ...

    said = {
        "properties": {"q": {"type": "integer", "minimum": 3}, "x-a": {"source": "header"}},
        "required": ["q"],
    }
    route, _ = _route(handler, parameter_schema=said, body_schema={"type": "object", "maxProperties": 1})
    assert json.loads(route.body_schema) == {"type": "object", "maxProperties": 1}
    assert [(p.source, p.wire_name, p.required) for p in route.parameters] == [
        ("query", "q", True),
        ("header", "x-a", False),
    ]
