from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from fake_exchange import FakeExchange
from spikard import HTTPException, MalformedBody, Request, Spikard, UploadFile
from spikard._urls import Urls
from spikard.requests import RouteContext

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
FILE = b'--b\r\ncontent-disposition: form-data; name="%s"; filename="f"\r\n\r\n%s\r\n'
TEXT = b'--b\r\ncontent-disposition: form-data; name="%s"\r\n\r\n%s\r\n'
END = b"--b--"


class Incoming:
    """A body that comes in pieces."""

    def __init__(self, body: bytes, size: int) -> None:
        self.left = [body[at : at + size] for at in range(0, len(body), size)]

    async def parts(self) -> AsyncIterator[bytes]:
        while self.left:
            await asyncio.sleep(0)
            yield self.left.pop(0)

    async def whole(self) -> bytes:
        return b"".join([part async for part in self.parts()])


def request(content_type: str, body: bytes, size: int = 0) -> Request:
    exchange = FakeExchange(headers=[("content-type", content_type)], body=b"" if size else body)
    exchange.incoming = Incoming(body, size) if size else None
    app = Spikard()
    return Request(RouteContext(app, (), Urls(app.routes)), exchange)


def content(file: UploadFile) -> bytes:
    with file:
        return file.read()


def read(content_type: str, body: bytes, size: int = 0) -> dict[str, Any]:
    return asyncio.run(request(content_type, body, size).form())


def test_names_make_a_tree() -> None:
    assert read(URLENCODED, b"a=1&b[c]=2&b[d][]=3&e=4&e=%35+&f=") == {
        "a": "1",
        "b": {"c": "2", "d": ["3"]},
        "e": ["4", "5 "],
        "f": "",
    }
    assert read(URLENCODED, b"") == {}


@pytest.mark.parametrize("size", [0, 1, 7, 100_000])
def test_multipart_in_pieces(size: int) -> None:
    exact = bytes(range(256)) * 1024 + b"\r\n--"
    body = b"".join(
        [TEXT % (b"a", b"1"), FILE % (b"file", exact), FILE % (b"both", b"x"), FILE % (b"both", b"y"), END]
    )
    form = read(MULTIPART, body, size)
    assert form["a"] == "1"
    assert content(form["file"]) == exact
    assert (form["file"].filename, form["file"].size) == ("f", len(exact))
    assert [content(file) for file in form["both"]] == [b"x", b"y"]


def test_files_lie_where_their_names_say() -> None:
    form = read(MULTIPART, FILE % (b"a[b]", b"x") + FILE % (b"c[]", b"y") + TEXT % (b"a[0x]", b"1") + END)
    assert form.keys() == {"a", "c"}
    assert content(form["a"]["b"]) == b"x"
    assert form["a"]["0x"] == "1"
    assert [content(file) for file in form["c"]] == [b"y"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("", b"a=1"),
        ("application/json", b"{}"),
        ("multipart/form-data", END),
        (MULTIPART, b""),
        (MULTIPART, TEXT % (b"a", b"1")),
        (MULTIPART, TEXT % (b"a", b"\xff") + END),
        (URLENCODED, b"a=%ff"),
        (URLENCODED, b"a=1&a[b]=2"),
    ],
)
@pytest.mark.parametrize("size", [0, 3])
def test_what_is_no_form(content_type: str, body: bytes, size: int) -> None:
    with pytest.raises(MalformedBody):
        read(content_type, body, size)


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        (MULTIPART, TEXT % (b"a", b"1" * 1_048_577) + END, 413),
        (MULTIPART, (TEXT % (b"a", b"1")) * 1001 + END, 413),
        (URLENCODED, b"&".join([b"a=1"] * 1001), 413),
        (URLENCODED + "; charset=latin-1", b"a=1", 415),
    ],
)
@pytest.mark.parametrize("size", [0, 100_000])
def test_what_is_refused(content_type: str, body: bytes, status: int, size: int) -> None:
    with pytest.raises(HTTPException) as caught:
        read(content_type, body, size)
    assert caught.value.status_code == status


def test_what_is_wrong_is_told_before_the_rest_comes() -> None:
    broken = request(MULTIPART, b"--b\r\nno head\r\n\r\n" + b"x" * 1000, 100)

    async def ask() -> None:
        with pytest.raises(MalformedBody):
            await broken.form()
        # What has come is lost, and the rest must not be taken for all of it.
        with pytest.raises(RuntimeError):
            await broken.body()

    asyncio.run(ask())
    assert len(broken._exchange.incoming.left) > 8  # type: ignore[union-attr]


def test_it_is_kept() -> None:
    async def ask() -> None:
        one = request(MULTIPART, TEXT % (b"a", b"1") + END, 10)
        assert await one.form() is await one.form()
        assert await one.body() == TEXT % (b"a", b"1") + END

    asyncio.run(ask())


def test_all_of_a_file_can_be_had_in_memory() -> None:
    with UploadFile("a", b"bytes") as file:
        assert file.read(2) == b"by"
        assert file.as_bytes_io().read() == b"bytes"
        assert file.read() == b"tes"
