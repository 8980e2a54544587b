"""Where a request was sent to, as its `Host` field says."""

from __future__ import annotations

import functools

_PORTS = {"http": 80, "https": 443}


@functools.lru_cache(maxsize=256)
def listener(host: str | None, scheme: str) -> tuple[str, int] | None:
    """Read the field, which the front end has checked: name and port; None if there is none."""
    if not host:
        return None
    name, colon, port = host.rpartition(":")
    # The colon may be one of an IPv6 address in brackets.
    if not colon or port.endswith("]"):
        name, port = host, ""
    return name.strip("[]"), int(port) if port else _PORTS[scheme]
