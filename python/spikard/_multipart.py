"""Forms of routes that declare no body, so that nobody has read them before: urlencoded and multipart (RFC 7578)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from spikard.exceptions import MalformedBody
from spikard.uploads import UploadFile

if TYPE_CHECKING:
    from email.message import Message


def read(content_type: str, body: bytes) -> dict[str, Any]:
    """Read a form into its fields: texts and `UploadFile`s, lists of them where a name comes again.

    Raises:
        MalformedBody: it is neither kind of form, or a broken one.
    """
    message = _message()
    message["content-type"] = content_type
    kind = message.get_content_type()
    if kind == "application/x-www-form-urlencoded":
        return _gathered(_urlencoded(body))
    boundary = message.get_param("boundary")
    if kind != "multipart/form-data" or not isinstance(boundary, str) or not boundary:
        raise MalformedBody("The body is no form")
    return _gathered(_parts(body, boundary.encode("latin-1", "replace")))


def _message() -> Message:
    # Imported when it is needed: the package `email` is a tenth of what `import spikard` takes.
    from email.message import Message

    return Message()


def _urlencoded(body: bytes) -> list[tuple[str, Any]]:
    try:
        return list(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
    except ValueError as error:
        raise MalformedBody from error


def _gathered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    form: dict[str, Any] = {}
    for name, value in pairs:
        if name not in form:
            form[name] = value
        elif isinstance(form[name], list):
            form[name].append(value)
        else:
            form[name] = [form[name], value]
    return form


def _parts(body: bytes, boundary: bytes) -> list[tuple[str, Any]]:
    delimiter = b"\r\n--" + boundary
    pieces = (b"\r\n" + body).split(delimiter)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise MalformedBody("The form has no end")
    parts = []
    for piece in pieces[1:-1]:
        padding, newline, rest = piece.partition(b"\r\n")
        head, blank, content = (b"\r\n" + rest).partition(b"\r\n\r\n")
        if padding.strip(b" \t") or not newline or not blank:
            raise MalformedBody("A part of the form is broken")
        parts.append(_part(head, content))
    return parts


def _part(head: bytes, content: bytes) -> tuple[str, Any]:
    headers = []
    message = _message()
    try:
        for line in head.decode().split("\r\n"):
            if line:
                name, _, value = line.partition(":")
                headers.append((name.strip().lower(), value.strip()))
                message[name.strip()] = value.strip()
        field = message.get_param("name", header="content-disposition")
        if not isinstance(field, str):
            raise MalformedBody("A part of the form has no name")
        filename = message.get_param("filename", header="content-disposition")
        if filename is None:
            return field, content.decode()
    except UnicodeDecodeError as error:
        raise MalformedBody from error
    content_type = message["content-type"]
    return field, UploadFile(str(filename), content, content_type, headers=headers)
