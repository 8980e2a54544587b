"""What the front end has to read of a request, for one function or for all of a route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spikard._signature.body import Body
    from spikard._signature.parameters import ManifestParameter


@dataclass(frozen=True, slots=True)
class Reads:
    """The declarations of a route.

    Attributes:
        parameters: read from text.
        body: the parameters that are filled from the body; None if there are none.
        takes_body: whether the worker gets the body at all.
        whole_body: whether it must be there before the function is called; of a `Request` it can be read as it comes.
        query_closed: whether query parameters that nobody declared are errors.
        cookies_closed: likewise.
    """

    parameters: tuple[ManifestParameter, ...] = ()
    body: Body | None = None
    takes_body: bool = False
    whole_body: bool = False
    query_closed: bool = False
    cookies_closed: bool = False
