"""The routes that a mounted application answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from spikard._mount.mounted import Interface, Mounted
from spikard._route import ALL_BELOW, Route

if TYPE_CHECKING:
    from spikard.di import Provide


class MountOptions(TypedDict, total=False):
    """What may be said of a mounted application; all but `interface` means what it means for a route.

    Attributes:
        interface: "asgi" or "wsgi"; else its parameters tell.
        name: for messages; else that of its class or function.
        dependencies: what is made before it is called.
        max_body_size: bytes.
        timeout: seconds until the response must have begun.
        idempotent: whether it may see a request again.
    """

    interface: Interface | None
    name: str
    dependencies: Sequence[Provide | type | str]
    max_body_size: int | None
    timeout: float | None
    idempotent: bool | Literal["key"] | None


def mount_routes(prefix: str, app: Callable[..., Any], options: MountOptions) -> Iterator[Route]:
    """Give the routes of all methods, of this path and of those below.

    Raises:
        StartError: it is no application, or an option has a value that it cannot have.
        TypeError: there is no such option.
    """
    for name in options:
        if name not in MountOptions.__annotations__:
            raise TypeError(f"mount() has no option {name!r}")
    route_options: dict[str, Any] = {**options}
    mounted = Mounted(app, route_options.pop("interface", None))
    for pattern in (prefix or "/", prefix + ALL_BELOW):
        # Shielded: the application hears of a client that has gone.
        yield Route("*", pattern, app, mounted=mounted, shield=True, include_in_schema=False, **route_options)
