"""Injection: which dependencies there are, in which order they are made, and by what one call per request."""

from spikard._inject.binder import Binder
from spikard._inject.compose import compose
from spikard._inject.dependencies import Dependencies, Dependency
from spikard._inject.singletons import Singletons

__all__ = ["Binder", "Dependencies", "Dependency", "Singletons", "compose"]
