"""The dependencies of an application: found by annotation, default, type or name."""

from __future__ import annotations

import contextlib
import types
import typing
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Union

from spikard import _handler
from spikard.di import Provide


@dataclass(frozen=True, slots=True, eq=False)
class Dependency:
    """Something that is made once for a request, or once for a worker. Compared by identity.

    Attributes:
        name: its key, or the function that makes it, for messages.
        provide: how it is made.
        identity: equal in all lists of dependencies that have it; what is made once per worker is kept by it.
    """

    name: str
    provide: Provide
    identity: Hashable

    @property
    def place(self) -> str:
        """What makes it, with file and line, for messages."""
        if self.provide.is_called:
            return _handler.place(self.provide.dependency)
        return f"the value of {self.name!r}"


class Dependencies:
    """What is provided by key, what was found in place so far, and what overrides stand before both."""

    def __init__(self, provided: Mapping[Any, Provide], overrides: Mapping[Any, Provide]) -> None:
        """Index what the application provides.

        Args:
            provided: by name or type.
            overrides: the same, or by the function that is given in place.
        """
        self._overrides = overrides
        self._by_key: dict[Any, Dependency] = {}
        for key, provide in provided.items():
            override = overrides.get(key) or self._override_of(provide)
            self._put(key, override or provide)
        for key, provide in overrides.items():
            # A name or type may be overridden that nobody provides; a function is looked up when it is met.
            if isinstance(key, (str, type)) and key not in self._by_key:
                self._put(key, provide)
        self._in_place: dict[Any, Dependency] = {}

    def dependency_for(self, annotation: Any, name: str, default: Any) -> Dependency | None:
        """Find what a parameter is filled with; None if it is no dependency.

        Args:
            annotation: evaluated.
            name: of the parameter.
            default: as written, `inspect.Parameter.empty` without one.
        """
        return self.in_place(annotation, default) or self.registered(annotation, name)

    def in_place(self, annotation: Any, default: Any) -> Dependency | None:
        """Find `Annotated[T, Provide(...)]` or `= Provide(...)`: binding rule 1."""
        if isinstance(default, Provide):
            return self.of(default.of(_bare(annotation)))
        if typing.get_origin(annotation) is Annotated:
            for marker in reversed(annotation.__metadata__):
                if isinstance(marker, Provide):
                    return self.of(marker.of(_bare(annotation)))
                if marker is Provide:
                    return self.of(Provide(_bare(annotation)))
        return None

    def registered(self, annotation: Any, name: str) -> Dependency | None:
        """Find what is provided for the parameter's type, else for its name: binding rule 4."""
        found = None
        with contextlib.suppress(TypeError):  # an annotation that cannot be hashed is no key
            found = self._by_key.get(_bare(annotation))
        return found or self._by_key.get(name)

    def of(self, provide: Provide) -> Dependency:
        """Give the one dependency of all places that say the same; of a value, of those that share its `Provide`."""
        key: Any = id(provide)
        if provide.is_called:
            key = (provide.dependency, provide.singleton, provide.use_cache, provide.depends_on)
        if key not in self._in_place:
            made = self._override_of(provide) or provide
            self._in_place[key] = Dependency(_name(provide.dependency), made, (key, made))
        return self._in_place[key]

    def by_key(self, key: str | type) -> Dependency | None:
        """Give what is provided for a name or type."""
        return self._by_key.get(key)

    @property
    def names(self) -> set[str]:
        """The keys that are names of parameters."""
        return {key for key in self._by_key if isinstance(key, str)}

    def _put(self, key: Any, provide: Provide) -> None:
        self._by_key[key] = Dependency(_name(key), provide, (key, provide))

    def _override_of(self, provide: Provide) -> Provide | None:
        return self._overrides.get(provide.dependency) if provide.is_called else None


def _bare(annotation: Any) -> Any:
    """Give the type without `Annotated` and without None."""
    if typing.get_origin(annotation) is Annotated:
        return _bare(annotation.__origin__)
    if typing.get_origin(annotation) in (Union, types.UnionType):
        members = [member for member in typing.get_args(annotation) if member is not types.NoneType]
        if len(members) == 1:
            return _bare(members[0])
    return annotation


def _name(key: Any) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, type):
        return key.__qualname__
    return _handler.name(key) if callable(key) else type(key).__name__
