"""One route: a method of a path, the function that answers it, and what was said about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeGuard

from spikard import _handler, _pattern
from spikard.di import Provide
from spikard.exceptions import StartError

if TYPE_CHECKING:
    from spikard._mount.mounted import Mounted
    from spikard._pattern import Segment

# What is added to a path for the pattern of everything beneath it.
ALL_BELOW = "/{path:path}"

_METHOD = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Z]+")


class RouteOptions(TypedDict, total=False):
    """What every decorator takes besides the path.

    Attributes:
        name: for `request.url_for`; else the function's name.
        summary: one line about the operation.
        description: more about it.
        tags: the groups it belongs to, after those of its router.
        deprecated: whether clients should stop using it.
        include_in_schema: whether the API's description names it.
        status_code: of an answer that is not a `Response`, 200 to 599; else 200.
        max_body_size: bytes; None is no limit; else the application's limit holds.
        dependencies: what is made before the handler though it has no parameter for it, as a check of who asks:
            keys, or `Provide(...)`; after those of the router.
        idempotent: whether a request that was lost together with its worker may run again: True, False, or
            "key": if it carries an `Idempotency-Key`; else as its method says (RFC 9110, section 9.2.2).
        body_schema: JSON Schema 2020-12 that the body has to satisfy, instead of what the annotations say.
        response_schema: the same for the answer's JSON; one that breaks it is a 500.
        parameter_schema: schemas of parameters by name under `properties`, each with its `source` (path, query,
            header, cookie), instead of what the annotations say; what is in `required` must be there.
        file_params: what files must satisfy, by field: `required`, `content_type` (a list), `max_size`,
            `validate_magic_numbers`.
        timeout: seconds from the request read to the first byte of the response, then the client gets 504 and
            the handler is cancelled; None is none; else the application's `request_timeout` holds.
        shield: whether an `async def` handler runs on when its client has gone or its deadline is past.
    """

    name: str
    summary: str | None
    description: str | None
    tags: Sequence[str]
    deprecated: bool
    include_in_schema: bool
    status_code: int
    max_body_size: int | None
    dependencies: Sequence[Provide | type | str]
    idempotent: bool | Literal["key"] | None
    body_schema: dict[str, Any] | bool | None
    response_schema: dict[str, Any] | bool | None
    parameter_schema: dict[str, Any] | None
    file_params: dict[str, Any] | None
    timeout: float | None
    shield: bool


@dataclass(frozen=True, eq=False)
class Route:
    """One method of one path, and the function that answers it; the options are those of `RouteOptions`.

    Raises:
        StartError: an option has a value that it cannot have.
    """

    method: str
    path: str
    handler: Callable[..., Any]
    name: str = ""
    summary: str | None = None
    description: str | None = None
    tags: Sequence[str] = ()
    deprecated: bool = False
    include_in_schema: bool = True
    status_code: int = 200
    max_body_size: int | Literal["application"] | None = "application"
    dependencies: Sequence[Provide | type | str] = ()
    idempotent: bool | Literal["key"] | None = None
    body_schema: dict[str, Any] | bool | None = None
    response_schema: dict[str, Any] | bool | None = None
    parameter_schema: dict[str, Any] | None = None
    file_params: dict[str, Any] | None = None
    timeout: float | Literal["application"] | None = "application"
    shield: bool = False
    # What answers beneath this path in the handler's place.
    mounted: Mounted | None = None

    def __post_init__(self) -> None:
        if not callable(self.handler):
            raise StartError(f"{self.method} {self.path}: {self.handler!r} is not a function")
        object.__setattr__(self, "method", self.method.upper())
        object.__setattr__(self, "name", self.name or _handler.name(self.handler))
        if isinstance(self.tags, str) or not all(isinstance(tag, str) for tag in self.tags):
            self._refuse("tags must be a list of texts", self.tags)
        object.__setattr__(self, "tags", tuple(self.tags))
        object.__setattr__(self, "dependencies", checked_dependencies(self.dependencies, self.place))
        is_method = _METHOD.fullmatch(self.method) and self.method not in ("CONNECT", "*")
        if not is_method and not self.mounted:
            self._refuse("method must be an HTTP method other than CONNECT", self.method)
        if not _is_whole(self.status_code) or not 200 <= self.status_code <= 599:
            self._refuse("status_code must be 200 to 599", self.status_code)
        size = self.max_body_size
        if size not in (None, "application") and not (_is_whole(size) and 1 <= size < 2**63):
            self._refuse("max_body_size must be a number of bytes from 1, or None", size)
        for option in ("body_schema", "response_schema"):
            schema = getattr(self, option)
            if schema is not None and not isinstance(schema, (dict, bool)):
                self._refuse(f"{option} must be a JSON Schema: a dict, True or False", schema)
        for option in ("parameter_schema", "file_params"):
            schema = getattr(self, option)
            if schema is not None and not isinstance(schema, dict):
                self._refuse(f"{option} must be a dict", schema)
        if self.idempotent not in (None, True, False, "key"):
            self._refuse("idempotent must be True, False or 'key'", self.idempotent)

        limit = self.timeout
        is_number = isinstance(limit, (int, float)) and not isinstance(limit, bool)
        if limit not in (None, "application") and not (is_number and 0 < limit < 1e6):  # type: ignore[operator]
            self._refuse("timeout must be seconds above 0, or None", limit)
        if not isinstance(self.shield, bool):
            self._refuse("shield must be True or False", self.shield)

    def _refuse(self, rule: str, value: object) -> None:
        raise StartError(f"{self.place}: {rule}, not {value!r}")

    @property
    def place(self) -> str:
        """The handler with file and line, for messages."""
        if self.mounted:
            return f"{self.name}, mounted at {self.path.removesuffix(ALL_BELOW) or '/'}"
        return _handler.place(self.handler)

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """The path, read as a pattern.

        Raises:
            StartError: it is not one.
        """
        try:
            return _pattern.parse(self.path)
        except ValueError as error:
            raise StartError(f"{self.place}: {error}") from None

    def moved(
        self, prefix: str, tags: tuple[str, ...], dependencies: tuple[Provide | type | str, ...] = ()
    ) -> Route:
        """Give the route as a router with this prefix, these tags and dependencies declares it."""
        if not prefix and not tags and not dependencies:
            return self
        return replace(
            self,
            path=_join(prefix, self.path),
            tags=(*tags, *self.tags),
            dependencies=(*dependencies, *self.dependencies),
        )


def checked_dependencies(
    dependencies: Sequence[Provide | type | str], place: str
) -> tuple[Provide | type | str, ...]:
    """Give what `dependencies=` lists.

    Raises:
        StartError: it is no list of keys and `Provide`.
    """
    if isinstance(dependencies, str) or not all(isinstance(d, (Provide, type, str)) for d in dependencies):
        raise StartError(
            f"{place}: dependencies must be a list of names, types and Provide(...), not {dependencies!r}"
        )
    return tuple(dependencies)


def _join(prefix: str, path: str) -> str:
    if not prefix:
        return path
    return prefix if path in ("", "/") else f"{prefix}/{path.removeprefix('/')}"


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
