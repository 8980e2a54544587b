from __future__ import annotations

import datetime
import uuid

import pytest

from spikard._pattern import SEGMENT_TYPES, Segment, fill, parse, shape


@pytest.mark.parametrize(
    ("path", "segments"),
    [
        ("/", (Segment(""),)),
        ("/users", (Segment("users"),)),
        ("/users/", (Segment("users"), Segment(""))),
        ("/users/{id}", (Segment("users"), Segment("id", "str"))),
        ("/{a:int}/{b:uuid}", (Segment("a", "int"), Segment("b", "uuid"))),
        ("/files/{rest:path}", (Segment("files"), Segment("rest", "path"))),
        ("/a%20b/ü/%C3%BC/%7Bx%7D", (Segment("a b"), Segment("ü"), Segment("ü"), Segment("{x}"))),
    ],
)
def test_parse(path: str, segments: tuple[Segment, ...]) -> None:
    assert parse(path) == segments


def test_parse_knows_every_type() -> None:
    assert {parse(f"/{{x:{name}}}")[0].type for name in SEGMENT_TYPES} == {
        *("str", "int", "float", "bool", "uuid", "date", "datetime", "path")
    }


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", "does not start with '/'"),
        ("users", "does not start with '/'"),
        ("/a?b=1", "query or fragment"),
        ("/a#b", "query or fragment"),
        ("/{}", "'' cannot be the name"),
        ("/{:int}", "'' cannot be the name"),
        ("/{a-b}", "'a-b' cannot be the name"),
        ("/{a:}", "'' is none of the types str int"),
        ("/{a:number}", "'number' is none of the types str int"),
        ("/{a:int:int}", "'int:int' is none of the types"),
        ("/{a", "neither literal nor one"),
        ("/a}", "neither literal nor one"),
        ("/x{a}", "neither literal nor one"),
        ("/{a}.json", "neither literal nor one"),
        ("/{a}{b}", "neither literal nor one"),
        ("/{{a}}", "neither literal nor one"),
        ("/{a}/{a:int}", "the parameter 'a' twice"),
        ("/100%", "'100%' is not percent-encoded text"),
        ("/%zz", "'%zz' is not percent-encoded text"),
        ("/%00", "'%00' is not percent-encoded text"),
        ("/%ff", "'%ff' is not percent-encoded UTF-8"),
        ("/{rest:path}/edit", "goes on after a parameter of type path"),
    ],
)
def test_parse_refuses(path: str, reason: str) -> None:
    with pytest.raises(ValueError, match="path ") as caught:
        parse(path)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("/users/{id}", "/users/{name}", True),
        ("/users/{id}", "/users/{id:str}", True),
        ("/users/{id}", "/users/{id:int}", False),
        ("/users/{id}", "/users/me", False),
        ("/users", "/users/", False),
        ("/{rest:path}", "/{rest}", False),
        ("/a b", "/a%20b", True),
        ("/%7Bstr%7D", "/{x:str}", False),
    ],
)
def test_shape(one: str, other: str, same: bool) -> None:
    assert (shape(parse(one)) == shape(parse(other))) is same


@pytest.mark.parametrize(
    ("path", "values", "filled"),
    [
        ("/", {}, "/"),
        ("/users/{id:int}/", {"id": 42}, "/users/42/"),
        ("/{a}", {"a": "x/y ?ü%"}, "/x%2Fy%20%3F%C3%BC%25"),
        ("/{a:path}", {"a": "x/y z"}, "/x/y%20z"),
        ("/a%20b/%2F", {}, "/a%20b/%2F"),
        ("/{a:path}", {"a": ""}, "/"),
        ("/{a:bool}", {"a": True}, "/true"),
        ("/{a:datetime}", {"a": datetime.datetime(2024, 1, 2, 3, 4, 5)}, "/2024-01-02T03%3A04%3A05"),
        ("/{a:uuid}", {"a": uuid.UUID(int=1)}, "/00000000-0000-0000-0000-000000000001"),
    ],
)
def test_fill(path: str, values: dict[str, object], filled: str) -> None:
    assert fill(parse(path), values) == filled


def test_fill_refuses_what_no_request_can_match() -> None:
    with pytest.raises(ValueError, match="the path parameter 'id' is empty"):
        fill(parse("/{id}"), {"id": ""})
