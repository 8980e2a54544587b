"""What absent parameters get."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any

from spikard._types.classes import is_structured
from spikard._types.models import is_model

NOTHING: Any = object()


class Absent:
    """The values of parameters that are not there and have no default in Python's own sense."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.factories: dict[str, Callable[[], Any]] = {}

    def __bool__(self) -> bool:
        return bool(self.values or self.factories)

    def note(self, name: str, default: Any) -> None:
        """Note a default. Of one that a handler might change, every call gets its own."""
        if can_change(default):
            self.factories[name] = functools.partial(copy.deepcopy, default)
        else:
            self.values[name] = default

    def fill(self, found: dict[str, Any]) -> dict[str, Any]:
        """Give the parameters that were found together with those that were not."""
        filled = {**self.values, **found}
        for name, make in self.factories.items():
            if name not in filled:
                filled[name] = make()
        return filled


def can_change(default: Any) -> bool:
    """Tell whether a default is a container or an instance of a class with fields."""
    cls = type(default)
    return isinstance(default, (list, dict, set, bytearray)) or is_structured(cls) or is_model(cls)
