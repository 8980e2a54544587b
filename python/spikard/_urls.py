"""From a route's name back to its path."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from spikard import _pattern

if TYPE_CHECKING:
    from spikard.routing import Route


class Urls:
    """The routes of an application by name."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Index the routes; several may share a name, as GET and PUT of one path do."""
        self._by_name: dict[str, list[Route]] = {}
        for route in routes:
            self._by_name.setdefault(route.name, []).append(route)

    def path(self, name: str, values: dict[str, object]) -> str:
        """Build the path of the route that has this name and exactly these parameters.

        Raises:
            LookupError: there is none, or there are several paths.
        """
        candidates = {
            route.path: route.segments
            for route in self._by_name.get(name, ())
            if {segment.text for segment in route.segments if segment.type} == values.keys()
        }
        if len(candidates) == 1:
            (segments,) = candidates.values()
            return _pattern.fill(segments, values)
        given = ", ".join(values) or "no parameters"
        if candidates:
            raise LookupError(
                f"{' and '.join(candidates)} are both named {name!r}; give them names of their own"
            )
        raise LookupError(f"no route is named {name!r} and takes {given}")
