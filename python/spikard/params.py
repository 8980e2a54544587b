"""Markers: where a parameter of a handler comes from, what it must satisfy, and what it is if it is absent.

All three spellings mean the same: `Annotated[int, Query(ge=1)]`, `x: int = Query(1, ge=1)` and `Query[int]`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

__all__ = ["Body", "Cookie", "File", "Form", "Header", "Marker", "Path", "Query"]


class Marker:
    """What all markers say.

    Attributes:
        default: what an absent parameter gets; `...` if it must be there.
        default_factory: called for each absent parameter instead.
        alias: the name on the wire, if it is not the parameter's own.
        schema: further keywords in JSON Schema's spelling.
    """

    def __init__(
        self,
        default: Any = ...,
        *,
        default_factory: Callable[[], Any] | None = None,
        alias: str | None = None,
        separator: str | None = None,
        schema: Mapping[str, Any] | None = None,
        ge: Any = None,
        gt: Any = None,
        le: Any = None,
        lt: Any = None,
        multiple_of: float | None = None,
        min_length: int | None = None,
        max_length: int | None = None,
        pattern: str | None = None,
        description: str | None = None,
        convert_underscores: bool = True,
    ) -> None:
        """Mark a parameter.

        Args:
            default: what an absent parameter gets; it is not validated.
            default_factory: makes it anew each time.
            alias: the name that clients use.
            separator: one character that splits a list that is sent as one text; header fields split at ",".
            schema: keywords of JSON Schema, as `{"minLength": 3}`; they stand above the other constraints.
            ge: at least; gt: more than; le: at most; lt: less than.
            gt: more than.
            le: at most.
            lt: less than.
            multiple_of: a multiple of it.
            min_length: of a text or list.
            max_length: of a text or list.
            pattern: a regular expression that is found in the text.
            description: for the API's description.
            convert_underscores: whether `_` in the name of a header parameter means `-`.

        Raises:
            ValueError: both a default and a factory; a separator that is not one ASCII character.
        """
        if default is not ... and default_factory is not None:
            raise ValueError("a parameter has either a default or a default_factory")
        if separator is not None and not (len(separator) == 1 and separator.isascii()):
            raise ValueError(f"separator must be one ASCII character, not {separator!r}")
        self.default = default
        self.default_factory = default_factory
        self.alias = alias
        self.separator = separator
        self.schema = dict(schema or {})
        self.ge, self.gt, self.le, self.lt = ge, gt, le, lt
        self.multiple_of = multiple_of
        self.min_length, self.max_length = min_length, max_length
        self.pattern = pattern
        self.description = description
        self.convert_underscores = convert_underscores

    def __class_getitem__(cls, annotation: Any) -> Any:
        return Annotated[annotation, cls()]

    def has_default(self) -> bool:
        """Tell whether there is a value for an absent parameter."""
        return self.default is not ... or self.default_factory is not None

    def get_default(self) -> Any:
        """Give the value of an absent parameter; `...` if there is none."""
        return self.default_factory() if self.default_factory else self.default


class Path(Marker):
    """A part of the path."""


class Query(Marker):
    """A parameter of the query, or with a structured type all its fields."""


class Header(Marker):
    """A header field; `_` in the name means `-`."""


class Cookie(Marker):
    """A cookie."""


class Body(Marker):
    """The body, or if several parameters are, one key of it."""


class Form(Body):
    """A field of a form, urlencoded or multipart; with a structured type all of it."""


class File(Form):
    """A file of a multipart form."""

    def __init__(
        self,
        default: Any = ...,
        *,
        content_types: Sequence[str] = (),
        max_size: int | None = None,
        magic: bool = False,
        **options: Any,
    ) -> None:
        """Mark a file.

        Args:
            default: what an absent file gets.
            content_types: one of these has to be declared, else 422.
            max_size: in bytes; a larger file is 413.
            magic: whether the file's first bytes must agree with the declared type.
            options: as for every marker.
        """
        super().__init__(default, **options)
        self.content_types = tuple([content_types] if isinstance(content_types, str) else content_types)
        self.max_size = max_size
        self.magic = magic
