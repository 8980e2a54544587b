"""Forms as the front end hands them over: the converted fields, and where in the body the files lie.

Those that no route has declared are read here, by the same rules.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from spikard._exchange import aside, keep
from spikard.exceptions import HTTPException, MalformedBody
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

_NESTED = re.compile(r"([^\[]+)((?:\[[^\[\]]*\])+)")
_STEP = re.compile(r"\[([^\[\]]*)\]")


def read(exchange: Exchange) -> tuple[bytes, list[UploadFile], list[str]]:
    """Give the fields as JSON text, in which numbers stand for files, the files, and their fields' names."""
    return _read(exchange, exchange.form)


def _read(exchange: Exchange, text: bytes) -> tuple[bytes, list[UploadFile], list[str]]:
    form = _decode(text)
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


async def whole(exchange: Exchange, content_types: list[str]) -> dict[str, Any]:
    """Wait for the form, and give it with its files at their places.

    Args:
        exchange: whose body it is.
        content_types: the values of all its Content-Type fields.

    Raises:
        MalformedBody: it is no form, or a broken one.
        HTTPException: there is no room for it, or it is too large in its parts.
    """
    text = exchange.form or await _undeclared(exchange, content_types)
    fields, files, names = _read(exchange, text)
    return place(msgspec.json.decode(fields), files, names)


async def _undeclared(exchange: Exchange, content_types: list[str]) -> bytes:
    # Importing the package starts nothing native.
    from spikard._native import FormReader, FormRefused

    if len(content_types) > 1:
        raise MalformedBody("More than one Content-Type header")
    try:
        reader = FormReader(content_types[0] if content_types else "")
        await keep(exchange, reader.put)
        if exchange.spool is None:
            return reader.end(exchange.body)
        return await aside(reader.end_file, exchange.spool.fileno(), exchange.spool.size)
    except FormRefused as error:
        status, detail = error.args
        if status == 400:
            raise MalformedBody(detail) from None
        raise HTTPException(status, detail) from None


def place(tree: dict[str, Any], files: list[UploadFile], names: list[str]) -> dict[str, Any]:
    """Put files at the places where numbers stand for them."""
    for name in dict.fromkeys(names):
        *way, last = _steps(name)
        holder: Any = tree
        for step in way:
            holder = holder[int(step) if isinstance(holder, list) else step]
        at = int(last) if isinstance(holder, list) else last
        holder[at] = _placed(holder[at], files)
    return tree


def _steps(name: str) -> list[str]:
    """Split a name as the front end does: `a[b][]` means the list at a, b; what has no such form is one name."""
    nested = _NESTED.fullmatch(name)
    return [nested[1], *filter(None, _STEP.findall(nested[2]))] if nested else [name]


def _placed(value: Any, files: list[UploadFile]) -> Any:
    if isinstance(value, list):
        return [_placed(item, files) for item in value]
    return files[value] if isinstance(value, int) and value < len(files) else value
