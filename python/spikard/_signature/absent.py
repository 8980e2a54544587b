"""What absent parameters get."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

NOTHING: Any = object()


class Absent:
    """The values of parameters that are not there and have no default in Python's own sense."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.factories: dict[str, Callable[[], Any]] = {}

    def __bool__(self) -> bool:
        return bool(self.values or self.factories)

    def fill(self, found: dict[str, Any]) -> dict[str, Any]:
        """Give the parameters that were found together with those that were not."""
        filled = {**self.values, **found}
        for name, make in self.factories.items():
            if name not in filled:
                filled[name] = make()
        return filled
