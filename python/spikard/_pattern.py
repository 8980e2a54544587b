"""Path patterns: `/users/{id}`, `/users/{id:int}`, `/files/{rest:path}`.

A pattern starts with "/". Between slashes stands either literal text, percent-decoded once as requests are,
or exactly one `{name}` or `{name:type}`. The front end (server/route/pattern.cpp) reads it by the same
rules.
"""

from __future__ import annotations

import datetime
import re
import uuid
from dataclasses import dataclass
from urllib.parse import quote, unquote

from spikard._scalars import SCALARS, TEXT, Scalar, write

SEGMENT_TYPES: dict[str, Scalar] = {
    "str": TEXT,
    "int": SCALARS[int],
    "float": SCALARS[float],
    "bool": SCALARS[bool],
    "uuid": SCALARS[uuid.UUID],
    "date": SCALARS[datetime.date],
    "datetime": SCALARS[datetime.datetime],
    "path": TEXT,
}

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})|%00|\0")


@dataclass(frozen=True, slots=True)
class Segment:
    """What stands between two slashes of a pattern.

    Attributes:
        text: the literal text, decoded, or the parameter's name.
        type: a key of `SEGMENT_TYPES`; None for literal text.
    """

    text: str
    type: str | None = None

    def __str__(self) -> str:
        return f"{{{self.text}:{self.type}}}" if self.type else self.text

    @property
    def scalar(self) -> Scalar:
        """How the text of a parameter's segment is read."""
        return SEGMENT_TYPES[self.type or "str"]


def parse(path: str) -> tuple[Segment, ...]:
    """Split a pattern into its segments; "/" is one empty literal.

    Raises:
        ValueError: not a pattern; the text says why.
    """
    if not path.startswith("/"):
        raise ValueError(f"path {path!r} does not start with '/'")
    if "?" in path or "#" in path:
        raise ValueError(f"path {path!r} has a query or fragment, which is no part of a path")
    segments = tuple(_segment(text, path) for text in path[1:].split("/"))
    names = [segment.text for segment in segments if segment.type]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ValueError(f"path {path!r} has the parameter {twice!r} twice")
    if any(segment.type == "path" for segment in segments[:-1]):
        raise ValueError(f"path {path!r} goes on after a parameter of type path")
    return segments


def _segment(text: str, path: str) -> Segment:
    if "{" not in text and "}" not in text:
        return Segment(_decoded(text, path))
    inner = text[1:-1]
    if not (text.startswith("{") and text.endswith("}")) or "{" in inner or "}" in inner:
        raise ValueError(f"path {path!r}: {text!r} is neither literal nor one {{name}} or {{name:type}}")
    name, colon, type_ = inner.partition(":")
    if not name.isidentifier():
        raise ValueError(f"path {path!r}: {name!r} cannot be the name of a parameter")
    if not colon:
        return Segment(name, "str")
    if type_ not in SEGMENT_TYPES:
        raise ValueError(f"path {path!r}: {type_!r} is none of the types {' '.join(SEGMENT_TYPES)}")
    return Segment(name, type_)


def _decoded(text: str, path: str) -> str:
    if _BAD_ESCAPE.search(text):
        raise ValueError(f"path {path!r}: {text!r} is not percent-encoded text")
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise ValueError(f"path {path!r}: {text!r} is not percent-encoded UTF-8") from None


def shape(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Leave out the parameters' names: patterns of one shape match the same paths."""
    return tuple(Segment("", segment.type) if segment.type else segment for segment in segments)


def fill(segments: tuple[Segment, ...], values: dict[str, object]) -> str:
    """Build the path that a pattern matches with these values, percent-encoded (RFC 3986, section 2.1).

    Raises:
        ValueError: the text of a value is empty, which only a `{name:path}` matches.
    """
    parts = []
    for segment in segments:
        text = write(values[segment.text]) if segment.type else segment.text
        if not text and segment.type not in (None, "path"):
            raise ValueError(f"the path parameter {segment.text!r} is empty")
        parts.append(quote(text, safe="/" if segment.type == "path" else ""))
    return "/" + "/".join(parts)
