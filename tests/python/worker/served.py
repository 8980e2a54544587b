from __future__ import annotations

import asyncio
import importlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from front_end import DEADLINE, WINDOW, FrontEnd, Peer

from spikard import ServerConfig, _manifest, _native
from spikard._worker import Services, Worker

Start = Callable[..., "Served"]
Program = Callable[[str], Path]


class Served:
    """An application on a worker that runs in a thread with a loop of its own."""

    def __init__(self, app: Any, front_end: FrontEnd, directory: Path, loop: str, **options: Any) -> None:
        config = ServerConfig(**{"worker_threads": 4, **options})
        self.services = Services(app, config)
        manifest, routes = _manifest.build(app, config, self.services)
        self.manifest = _native.encode_manifest(manifest)
        self.front_end = front_end
        self.peers: list[Peer] = []
        self.ready = threading.Semaphore(0)
        self.outcome: Future[None] = Future()
        self.unhandled: list[dict[str, Any]] = []
        self.worker = Worker(
            routes,
            self.manifest,
            directory=str(directory),
            services=self.services,
            on_ready=self.ready.release,
            on_served=lambda: None,
            config=config,
        )
        self.loop: asyncio.AbstractEventLoop = importlib.import_module(loop).new_event_loop()
        self.loop.set_exception_handler(lambda _, context: self.unhandled.append(context))
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def accept(self) -> Peer:
        """Take the worker in as far as its Hello."""
        self.peers.append(self.front_end.accept(os.getpid()))
        return self.peers[-1]

    def attach(self, slots: int = 4, max_batch: int = 1 << 20) -> Peer:
        """Take the worker in until it is ready."""
        peer = self.accept()
        peer.expect("Hello")
        peer.send("Welcome", generation=1, slots=slots, window=WINDOW, max_batch=max_batch)
        peer.expect("Ready")
        assert self.ready.acquire(timeout=DEADLINE)
        return peer

    def ended(self) -> None:
        """Wait for the end of `Worker.run`; raises what it has raised."""
        self.outcome.result(DEADLINE)

    def stop(self) -> None:
        if not self.outcome.done():
            self.loop.call_soon_threadsafe(self.task.cancel)
        self.thread.join(DEADLINE)
        for peer in self.peers:
            if peer.control:
                peer.control.close()
        assert not self.thread.is_alive()
        assert self.unhandled == []

    def _run(self) -> None:
        self.task = self.loop.create_task(self.worker.run())
        try:
            self.outcome.set_result(self.loop.run_until_complete(self.task))
        except BaseException as error:
            self.outcome.set_exception(error)
        if left := asyncio.all_tasks(self.loop):
            self.loop.run_until_complete(asyncio.wait(left))
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
