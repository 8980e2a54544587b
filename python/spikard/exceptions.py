"""The errors of the package that programs may meet or raise."""

from __future__ import annotations

from typing import Any


class StartError(Exception):
    """The application cannot be started as it is written.

    The text is one line that names what to change: the function, its parameter, its file and line.
    """


class ConfigError(StartError, ValueError):
    """A setting has a value that it cannot have; the text names the setting."""


class MalformedBody(ValueError):
    """The body of a request is not what it was read as; unhandled, it is answered with 400.

    Attributes:
        detail: what the client is told.
    """

    def __init__(self, detail: str = "Invalid request format") -> None:
        """Tell the client `detail`; the reason belongs into `__cause__`, and so into the log only."""
        super().__init__(detail)
        self.detail = detail


class RequestValidationError(ValueError):
    """A request has values that its route does not take; unhandled, it is answered with 422.

    Attributes:
        errors: one object per value, as in the answer: `type`, `loc`, `msg` and `input`.
    """

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        """Report `errors`, of which there is at least one."""
        count = len(errors)
        super().__init__(f"{count} validation error{'s' if count > 1 else ''} in request")
        self.errors = errors
