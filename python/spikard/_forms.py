"""Forms as the front end hands them over: the converted fields, and where in the body the files lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from spikard.uploads import UploadFile

if TYPE_CHECKING:
    import io
    from collections.abc import Callable

    from spikard._exchange import Exchange


class _File(msgspec.Struct):
    name: str
    filename: str
    content_type: str
    headers: list[tuple[str, str]]
    offset: int
    size: int


class _Form(msgspec.Struct):
    fields: msgspec.Raw
    files: list[_File] = []


_decode = msgspec.json.Decoder(_Form).decode


def read(exchange: Exchange) -> tuple[bytes, list[UploadFile], list[str]]:
    """Give the fields as JSON text, in which numbers stand for files, the files, and their fields' names."""
    form = _decode(exchange.form)
    if not form.files:
        return bytes(form.fields), [], []
    if exchange.spool is not None:
        part: Callable[[int, int], memoryview | io.BufferedReader] = exchange.spool.part
    else:
        body = memoryview(exchange.body)
        part = lambda offset, size: body[offset : offset + size]  # noqa: E731
    files = [
        UploadFile(each.filename, part(each.offset, each.size), each.content_type, each.size, each.headers)
        for each in form.files
    ]
    return bytes(form.fields), files, [each.name for each in form.files]


def whole(exchange: Exchange) -> dict[str, Any]:
    """Give the form with its files at their places."""
    fields, files, names = read(exchange)
    return place(msgspec.json.decode(fields), files, names)


def place(tree: dict[str, Any], files: list[UploadFile], names: list[str]) -> dict[str, Any]:
    """Put files at the places where numbers stand for them."""
    for name in dict.fromkeys(names):
        tree[name] = _placed(tree.get(name), files)
    return tree


def _placed(value: Any, files: list[UploadFile]) -> Any:
    if isinstance(value, list):
        return [_placed(item, files) for item in value]
    return files[value] if isinstance(value, int) and value < len(files) else value
