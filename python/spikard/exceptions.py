"""The errors of the package that programs may meet or raise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class StartError(Exception):
    """The application cannot be started as it is written.

    The text is one line that names what to change: the function, its parameter, its file and line.
    """


class ConfigError(StartError, ValueError):
    """A setting has a value that it cannot have; the text names the setting."""


class HTTPException(Exception):
    """Raised by a handler, hook or dependency, it is the answer: a problem (RFC 9457) of this status.

    Attributes:
        status_code: 300 to 599; below 400 the answer has no body, as a redirection.
        detail: what the client is told, text or anything that JSON can express; None: what the status says.
        headers: fields of the answer besides.
    """

    def __init__(
        self,
        status_code: int,
        detail: Any = None,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
    ) -> None:
        """Answer with this status.

        Raises:
            ValueError: the status is no error and no redirection.
        """
        if not isinstance(status_code, int) or not 300 <= status_code <= 599:
            raise ValueError(f"status_code must be 300 to 599, not {status_code!r}")
        super().__init__(status_code, detail)
        self.status_code = int(status_code)
        self.detail = detail
        self.headers = headers

    def __str__(self) -> str:
        return f"{self.status_code}" if self.detail is None else f"{self.status_code}: {self.detail}"


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
