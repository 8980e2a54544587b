from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from spikard import Response, _cookies


def _set(*arguments: Any, **options: Any) -> str:
    response = Response()
    response.set_cookie(*arguments, **options)
    return response.headers["set-cookie"]


@pytest.mark.parametrize(
    ("fields", "cookies"),
    [
        ([], {}),
        (["a=1"], {"a": "1"}),
        (["a=1; b=2;c=3"], {"a": "1", "b": "2", "c": "3"}),
        (["a=1", "b=2"], {"a": "1", "b": "2"}),
        (["a=1; a=2"], {"a": "2"}),
        (["a=x=y"], {"a": "x=y"}),
        (["a="], {"a": ""}),
        (['a="x\\054 y"'], {"a": "x, y"}),
        (["bare; =x; ; a=1"], {"a": "1"}),
        (["a={%22k%22:1}"], {"a": "{%22k%22:1}"}),
    ],
)
def test_parse(fields: list[str], cookies: dict[str, str]) -> None:
    assert _cookies.parse(fields) == cookies


@pytest.mark.parametrize("value", ["plain", "a b", "a;b,c", '"quoted"', "back\\slash", "caf\xe9", ""])
def test_parse_reads_what_is_set(value: str) -> None:
    field = _set("name", value, path=None)
    assert field.isprintable()
    assert _cookies.parse([field]) == {"name": value}


def test_all_attributes() -> None:
    expires = datetime(2030, 1, 2, 5, 4, 5, tzinfo=timezone(timedelta(hours=2)))
    field = _set("a", "b", 60, "example.org", "/p", True, True, "lax", expires=expires)
    assert field == (
        "a=b; Max-Age=60; Expires=Wed, 02 Jan 2030 03:04:05 GMT; Domain=example.org; Path=/p; "
        "Secure; HttpOnly; SameSite=Lax"
    )


def test_defaults() -> None:
    assert _set("a", "b") == "a=b; Path=/"
    assert _set("a", "b", path=None) == "a=b"
    assert _set("a", max_age=0) == "a=; Max-Age=0; Path=/"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"key": "a b"}, "cookie name 'a b' is not a token"),
        ({"key": ""}, "cookie name '' is not a token"),
        ({"key": "a", "value": "€"}, "cookie 'a': the value has a control or non-Latin-1 character"),
        ({"key": "a", "value": "x\r\ny"}, "cookie 'a': the value has a control or non-Latin-1 character"),
        ({"key": "a", "path": "/;x"}, "cookie 'a': path '/;x' has a character"),
        ({"key": "a", "domain": "x\r\ny"}, "cookie 'a': domain"),
        ({"key": "a", "samesite": "some"}, "cookie 'a': samesite must be 'strict', 'lax' or 'none'"),
        ({"key": "a", "expires": datetime(2030, 1, 1)}, "cookie 'a': expires needs a time zone"),
    ],
)
def test_refuses(options: dict[str, Any], reason: str) -> None:
    response = Response()
    with pytest.raises(ValueError, match="cookie") as caught:
        response.set_cookie(**options)
    assert reason in str(caught.value)
    assert response.raw_headers == []


def test_each_call_is_a_cookie_more() -> None:
    response = Response()
    response.set_cookie("a", "1", httponly=True)
    response.set_cookie("b", "2")
    response.delete_cookie("c", path="/p", domain="example.org")
    assert response.headers.getlist("set-cookie") == [
        "a=1; Path=/; HttpOnly",
        "b=2; Path=/",
        "c=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Domain=example.org; Path=/p",
    ]
