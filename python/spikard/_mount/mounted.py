"""What was mounted, and by which interface it is called."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Literal

from spikard import _handler
from spikard.exceptions import StartError

Interface = Literal["asgi", "wsgi"]

_BY_PARAMETERS: dict[int, Interface] = {3: "asgi", 2: "wsgi"}
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Mounted:
    """An application of another framework.

    Attributes:
        app: as it was given.
        interface: how it is called.
        state: what its lifespan has put there; each request gets a copy.
    """

    def __init__(self, app: Callable[..., Any], interface: Interface | None) -> None:
        """Look at the application.

        Args:
            app: it.
            interface: how it is called; None: as its parameters say.

        Raises:
            StartError: that cannot be told.
        """
        from spikard.app import Spikard

        if not callable(app) or isinstance(app, Spikard):
            raise StartError(f"mount() takes an ASGI or WSGI application, not {app!r}")
        if interface not in (None, "asgi", "wsgi"):
            raise StartError(f"interface must be 'asgi' or 'wsgi', not {interface!r}")
        self.app = app
        self.interface = interface or _interface(app)
        self.state: dict[str, Any] = {}


def _interface(app: Callable[..., Any]) -> Interface:
    if _handler.is_async(app):
        return "asgi"
    found = None
    # What a class gives when it is called with one or two arguments may be anything.
    if not isinstance(app, type):
        try:
            parameters = inspect.signature(app).parameters.values()
        except (TypeError, ValueError):
            parameters = {}.values()
        needed = [p for p in parameters if p.kind in _POSITIONAL and p.default is p.empty]
        found = _BY_PARAMETERS.get(len(needed))
    if found is None:
        raise StartError(
            f"mount(): it cannot be told whether {_handler.place(app)} is ASGI or WSGI; say interface='asgi' or 'wsgi'"
        )
    return found
