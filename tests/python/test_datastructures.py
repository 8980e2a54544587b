from __future__ import annotations

import pytest

from spikard.datastructures import URL, Address, Headers, MutableHeaders, QueryParams, State


def test_state_has_attributes_of_its_own() -> None:
    state = State()
    state.pool = 1
    assert state.pool == 1
    with pytest.raises(AttributeError):
        _ = State().pool


def test_address() -> None:
    assert Address("::1", 80) == ("::1", 80)
    assert Address("::1", 80).port == 80


def test_url() -> None:
    url = URL("https://user@Example.org:8443/a%20b?q=1&r")
    assert (url.scheme, url.netloc, url.hostname, url.port) == (
        "https",
        "user@Example.org:8443",
        "example.org",
        8443,
    )
    assert (url.path, url.query) == ("/a%20b", "q=1&r")
    assert str(url) == url == URL(str(url))
    assert hash(url) == hash(str(url))


def test_query_params() -> None:
    query = QueryParams.parse("a=1&b=x+y%2B&a=2&empty=&bare&%C3%BC=%C3%BC")
    assert query["a"] == "2"
    assert query.getlist("a") == ["1", "2"]
    assert dict(query) == {"a": "2", "b": "x y+", "empty": "", "bare": "", "ü": "ü"}
    assert query.multi_items()[:3] == [("a", "1"), ("b", "x y+"), ("a", "2")]
    assert query.get("A") is None
    assert "A" not in query
    assert len(query) == 5
    with pytest.raises(KeyError):
        query["A"]


def test_headers_ignore_case_and_keep_doubles() -> None:
    headers = Headers([("Accept", "a"), ("x", "1"), ("ACCEPT", "b")])
    assert headers["accept"] == headers["ACCEPT"] == "a"
    assert headers.getlist("aCCept") == ["a", "b"]
    assert "Accept" in headers
    assert list(headers) == ["accept", "x"]
    assert headers.get("none") is None
    assert headers.getlist("none") == []


def test_mutable_headers() -> None:
    headers = MutableHeaders({"A": "1", "B": " 2\t"})
    headers.append("a", "3")
    headers.append("c", "4")
    assert headers.multi_items() == [("a", "1"), ("b", "2"), ("a", "3"), ("c", "4")]
    headers["A"] = "5"
    assert headers.multi_items() == [("a", "5"), ("b", "2"), ("c", "4")]
    del headers["B"]
    headers.setdefault("C", "6")
    headers.update({"D": "7"})
    assert headers.multi_items() == [("a", "5"), ("c", "4"), ("d", "7")]
    with pytest.raises(KeyError):
        del headers["b"]


@pytest.mark.parametrize("name", ["", "a b", "a:", "ä", "a\r\n", "a\0", "(a)"])
def test_header_names_are_tokens(name: str) -> None:
    with pytest.raises(ValueError, match=r"header name .* is not a token"):
        MutableHeaders([(name, "x")])


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\n", "a\0", "\x7f", "€"])
def test_header_values_are_checked_whenever_they_are_set(value: str) -> None:
    headers = MutableHeaders()
    with pytest.raises(ValueError, match="header 'x': the value"):
        headers["x"] = value
    with pytest.raises(ValueError, match="header 'x': the value"):
        headers.append("x", value)
    with pytest.raises(ValueError, match="header 'x': the value"):
        MutableHeaders({"x": value})
    assert headers.multi_items() == []


def test_header_values_are_text() -> None:
    with pytest.raises(TypeError, match="header 'x': the value must be str, not int"):
        MutableHeaders({"x": 1})  # type: ignore[arg-type]
