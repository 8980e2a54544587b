"""What is made of a mounted application at start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spikard._mount import asgi, wsgi

if TYPE_CHECKING:
    from spikard._mount.bridge import Serve
    from spikard._mount.mounted import Mounted
    from spikard._worker.threads import HandlerThreads
    from spikard.config import ServerConfig


def server(mounted: Mounted, root: str, config: ServerConfig, threads: HandlerThreads) -> Serve:
    """Give a function that has the application answer an exchange.

    Args:
        mounted: the application.
        root: the path that it is mounted at, decoded; empty for all.
        config: of the worker.
        threads: where WSGI runs.
    """
    address = (config.host, config.port)
    if mounted.interface == "asgi":
        return asgi.server(mounted, root, address)
    return wsgi.server(mounted, root, address, threads, several=config.workers > 1)
