"""Dependencies: what handlers and hooks are given besides the request (docs/dependencies.md)."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterable
from typing import Any, Final

from spikard import _handler

__all__ = ["Provide"]


class _Annotation:
    """The annotation says what is made."""

    def __repr__(self) -> str:
        return "the annotation"


_ANNOTATION: Final = _Annotation()


class Provide:
    """How a dependency is made. Immutable.

    Functions and classes are called, with parameters that are bound like those of handlers; any other object is
    the dependency itself, callable or not. A generator function, sync or async, yields the dependency once: what
    follows the `yield` runs after the response, or with the exception of the handler.

    Attributes:
        dependency: the function, class or value.
        singleton: made once per worker, not once per request.
        use_cache: made once per request, not for every parameter that wants it.
        depends_on: keys of what is made before it, whether it has parameters for them or not.
    """

    __slots__ = ("dependency", "depends_on", "singleton", "use_cache")

    dependency: Any
    singleton: bool
    use_cache: bool
    depends_on: tuple[type | str, ...]

    def __init__(
        self,
        dependency: Any = _ANNOTATION,
        *,
        depends_on: Iterable[type | str] | None = None,
        use_cache: bool = True,
        singleton: bool = False,
    ) -> None:
        """Describe a dependency.

        Args:
            dependency: a function, a class or a value; left out, in `Annotated[T, Provide()]`, it is T.
            depends_on: see `depends_on` above.
            use_cache: see `use_cache` above.
            singleton: see `singleton` above.

        Raises:
            TypeError: `depends_on` is not a list of names and types.
        """
        keys = (
            () if depends_on is None else (depends_on,) if isinstance(depends_on, str) else tuple(depends_on)
        )
        for key in keys:
            if not isinstance(key, (str, type)):
                raise TypeError(f"depends_on must be a list of names and types, not {depends_on!r}")
        for name, value in (
            ("dependency", dependency),
            ("singleton", bool(singleton)),
            ("use_cache", bool(use_cache)),
            ("depends_on", keys),
        ):
            object.__setattr__(self, name, value)
        if self.is_called:
            _handler.remember_names(dependency)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Provide is immutable: {name!r} cannot be set")

    @property
    def is_called(self) -> bool:
        """Whether the dependency is what a call gives, not the object itself."""
        made = self.dependency
        return inspect.isroutine(made) or isinstance(made, (type, functools.partial))

    def of(self, annotation: Any) -> Provide:
        """Give the same for a parameter of this type: `Provide()` makes what the annotation says."""
        if self.dependency is not _ANNOTATION:
            return self
        return Provide(
            annotation, depends_on=self.depends_on, use_cache=self.use_cache, singleton=self.singleton
        )

    def __repr__(self) -> str:
        return f"Provide({getattr(self.dependency, '__name__', self.dependency)!r})"
