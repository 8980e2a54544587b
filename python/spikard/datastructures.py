"""Small values that requests and responses are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from functools import cached_property
from types import SimpleNamespace
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlsplit

_FIELD_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")

Pairs = Mapping[str, str] | Iterable[tuple[str, str]]


class State(SimpleNamespace):
    """Attributes of your own: `app.state.pool = pool`."""


class Address(NamedTuple):
    """One end of a connection."""

    host: str
    port: int


class URL:
    """An absolute or relative URL and its parts (RFC 3986), undecoded; `str(url)` is the whole text."""

    def __init__(self, text: str) -> None:
        """Take the text as it is; the parts are found when they are asked for."""
        self._text = text

    @cached_property
    def _parts(self) -> SplitResult:
        return urlsplit(self._text)

    @property
    def scheme(self) -> str:
        """`http` or `https`."""
        return self._parts.scheme

    @property
    def netloc(self) -> str:
        """Host and port as written."""
        return self._parts.netloc

    @property
    def hostname(self) -> str | None:
        """The host in lower case, without port."""
        return self._parts.hostname

    @property
    def port(self) -> int | None:
        """The port, if it is written."""
        return self._parts.port

    @property
    def path(self) -> str:
        """The path, percent-encoded as it was."""
        return self._parts.path

    @property
    def query(self) -> str:
        """What follows the question mark, undecoded."""
        return self._parts.query

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"URL({self._text!r})"

    def __eq__(self, other: object) -> bool:
        return str(other) == self._text if isinstance(other, (URL, str)) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._text)


class _Pairs(Mapping[str, str]):
    """Names with one or more values each, in order; as a mapping, every name counts once."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Pairs = ()) -> None:
        """Take a mapping, or pairs in which a name may come repeatedly."""
        items = pairs.items() if isinstance(pairs, Mapping) else pairs
        self._pairs = [(self._key(name), value) for name, value in items]

    @staticmethod
    def _key(name: str) -> str:
        return name

    def getlist(self, name: str) -> list[str]:
        """Give every value of a name, in order; none if it is absent."""
        key = self._key(name)
        return [value for own, value in self._pairs if own == key]

    def multi_items(self) -> list[tuple[str, str]]:
        """Give all pairs in order."""
        return list(self._pairs)

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        key = self._key(name)
        return any(own == key for own, _ in self._pairs)

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._pairs))

    def __len__(self) -> int:
        return len(dict(self._pairs))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._pairs!r})"


class QueryParams(_Pairs):
    """The parameters of a query string, decoded; of a name given repeatedly, `[...]` gives the last."""

    __slots__ = ()

    @classmethod
    def parse(cls, query: str) -> QueryParams:
        """Read a query as browsers write it: percent-encoded UTF-8, "+" for a space, empty values kept."""
        return cls(parse_qsl(query, keep_blank_values=True))

    def __getitem__(self, name: str) -> str:
        for own, value in reversed(self._pairs):
            if own == name:
                return value
        raise KeyError(name)


class Headers(_Pairs):
    """Header fields; names in any case. Of a field given repeatedly, `[...]` gives the first."""

    __slots__ = ()

    @staticmethod
    def _key(name: str) -> str:
        return name.lower()

    def __getitem__(self, name: str) -> str:
        key = name.lower()
        for own, value in self._pairs:
            if own == key:
                return value
        raise KeyError(name)


class MutableHeaders(Headers, MutableMapping[str, str]):
    """Header fields of a response. `[...] =` replaces all values of a name, `append` adds one.

    Names and values are checked when they are set (RFC 9110, sections 5.1 and 5.5).
    """

    __slots__ = ()

    def __init__(self, pairs: Pairs = ()) -> None:
        """Take a mapping, or pairs in which a name may come repeatedly.

        Raises:
            ValueError: a name or value that HTTP cannot carry.
        """
        super().__init__(pairs)
        self._pairs = [_field(name, value) for name, value in self._pairs]

    def append(self, name: str, value: str) -> None:
        """Add a field beside those of the same name.

        Raises:
            ValueError: a name or value that HTTP cannot carry.
        """
        self._pairs.append(_field(name, value))

    def __setitem__(self, name: str, value: str) -> None:
        field = _field(name, value)
        at = next((i for i, (own, _) in enumerate(self._pairs) if own == field[0]), len(self._pairs))
        self._pairs = [pair for pair in self._pairs if pair[0] != field[0]]
        self._pairs.insert(at, field)

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise KeyError(name)
        key = name.lower()
        self._pairs = [pair for pair in self._pairs if pair[0] != key]


def _field(name: str, value: str) -> tuple[str, str]:
    if not isinstance(value, str):
        raise TypeError(f"header {name!r}: the value must be str, not {type(value).__name__}")
    if not _FIELD_NAME.fullmatch(name):
        raise ValueError(f"header name {name!r} is not a token (RFC 9110, section 5.1)")
    if not _FIELD_VALUE.fullmatch(value):
        raise ValueError(f"header {name!r}: the value {value!r} has a control or a non-Latin-1 character")
    return name.lower(), value.strip(" \t")
