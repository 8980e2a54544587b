"""Injection: which dependencies there are, in which order they are made, and by what one call per request."""

from spikard._inject.dependencies import Dependencies, Dependency

__all__ = ["Dependencies", "Dependency"]
