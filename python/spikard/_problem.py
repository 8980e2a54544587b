"""Problems (RFC 9457): errors as clients read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spikard import _json, _native
from spikard.responses import Response


@dataclass(frozen=True, slots=True)
class Problem:
    """What is said of an error; what is left out, the status decides.

    Attributes:
        status: 400 to 599.
        detail: for the client.
        errors: a JSON array.
        headers: more fields of the response.
        members: more members of the object.
    """

    status: int
    detail: str = ""
    errors: bytes = b""
    headers: Sequence[tuple[str, str]] = ()
    members: Mapping[str, Any] | None = None

    def response(self, request_id: str) -> Response:
        """Word it as the front end would, which does so for problems without `members`."""
        body = _native.problem(self.status, detail=self.detail, errors=self.errors, instance=request_id)
        if self.members:
            body = _json.encode({**_json.decode(body), **self.members})
        return Response(body, self.status, self.headers, "application/problem+json")
