"""Applications as a worker calls them, without a worker."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from fake_exchange import FakeExchange
from spikard import Response, ServerConfig, Spikard
from spikard._manifest import Manifest, build
from spikard._worker import Services

# What the functions of a test say when they run.
LOG: list[Any] = []


class Running:
    """An application as a worker calls it, without a worker."""

    def __init__(self, app: Spikard, **config: Any) -> None:
        self.services = Services(app, ServerConfig(**config))
        self.manifest: Manifest
        self.manifest, self.routes = build(app, ServerConfig(**config), self.services)

    async def ask(self, route: int = 0, **exchange: Any) -> Any:
        bound = self.routes[route]
        asked = FakeExchange(route=route, **exchange)
        return await bound.call(asked) if bound.is_async else bound.call(asked)

    async def ask_to_the_end(self, route: int = 0, **exchange: Any) -> Any:
        result = await self.ask(route, **exchange)
        for clean_up in getattr(result, "_cleanup", ()):
            await clean_up()
        return result


def ask(app: Spikard, route: int = 0, **exchange: Any) -> Any:
    return asyncio.run(Running(app).ask_to_the_end(route, **exchange))


def body(response: Any) -> Any:
    return json.loads(response.body) if isinstance(response, Response) else response
