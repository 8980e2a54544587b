"""The application."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from spikard._route import checked_dependencies
from spikard.config import ServerConfig, resolve
from spikard.datastructures import State
from spikard.di import Provide
from spikard.exceptions import StartError
from spikard.hooks import Around
from spikard.routing import Registry, Route, get_default_router

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from spikard._mount.options import MountOptions


NO_ASGI = (
    "a Spikard application brings its own server: end the program in app.run(), and type `python server.py`"
)


class RunArguments(TypedDict, total=False):
    """What may be said of the process where it is started; None counts as not said."""

    host: str | None
    port: int | None
    workers: int | None
    supervise: bool | None


class Spikard(Registry, Around):
    """An application: its routes, its configuration, and the way to start it.

    The routes declared on module level (`from spikard import get`) belong to every application.

    Attributes:
        config: what it was made with; arguments and configuration of `run` stand before it.
        state: attributes of your own, one namespace per worker.
        lifespan: what it was made with.
    """

    def __init__(
        self,
        config: ServerConfig | None = None,
        *,
        lifespan: Callable[..., Any] | None = None,
        dependencies: Sequence[Provide | type | str] = (),
    ) -> None:
        """Make an application.

        Args:
            config: its settings.
            lifespan: an async generator function, or one that gives an async context manager: what is before its
                `yield` runs in each worker before the first request, what is behind it after the last. It may take
                the application; a dict that it yields is added to `state`.
            dependencies: of every route, before its own.

        Raises:
            TypeError: `config` is not a `ServerConfig`.
            StartError: `dependencies` is no list of keys and `Provide`.
        """
        super().__init__()
        Around.__init__(self)
        if lifespan is not None and not callable(lifespan):
            raise StartError(f"lifespan must be a function, not {lifespan!r}")
        self.lifespan = lifespan
        self.dependencies = checked_dependencies(dependencies, "Spikard()")
        self.config = _checked(config)
        self.state = State()

    @classmethod
    def from_asgi(
        cls, app: Callable[..., Any], config: ServerConfig | None = None, **options: Unpack[MountOptions]
    ) -> Spikard:
        """Make an application of another framework's: the same as mounting it at `/`.

        Args:
            app: an ASGI or WSGI application.
            config: settings of the server.
            options: as `mount` takes them.

        Raises:
            StartError: it is no application, or an argument has a value that it cannot have.
        """
        made = cls(config)
        made.mount("/", app, **options)
        return made

    def run(self, *, config: ServerConfig | None = None, **arguments: Unpack[RunArguments]) -> None:
        """Serve until Ctrl+C or SIGTERM, then finish the requests begun and return.

        Args:
            config: the other settings.
            arguments: host, port, workers, supervise; see `ServerConfig`.

        Raises:
            SystemExit: the application cannot be started; its one line says why.
        """
        from spikard._run import run
        from spikard._supervisor.line import refusal

        try:
            run(self, resolve(self.config, _checked(config), **_known(arguments)))
        except StartError as error:
            raise refusal(error) from None

    async def serve(self, *, config: ServerConfig | None = None, **arguments: Unpack[RunArguments]) -> None:
        """Do what `run` does inside a running loop, until the task is cancelled.

        Args:
            config: the other settings.
            arguments: as those of `run`; there is one worker, this process.

        Raises:
            StartError: the application cannot be started.
        """
        from spikard._run import serve

        await serve(self, resolve(self.config, _checked(config), **_known(arguments)))

    async def __call__(
        self, scope: Mapping[str, Any], receive: Callable[..., Any], send: Callable[..., Any]
    ) -> None:
        """Tell an ASGI server, which calls it, how this application is started."""
        if scope["type"] != "lifespan":
            raise RuntimeError(NO_ASGI)
        await receive()
        await send({"type": "lifespan.startup.failed", "message": NO_ASGI})

    def _collect(self) -> Iterator[Route]:
        for route in (*super()._collect(), *get_default_router()._collect()):
            yield route.moved("", (), self.dependencies)


def _checked(config: ServerConfig | None) -> ServerConfig | None:
    if config is not None and not isinstance(config, ServerConfig):
        raise TypeError(f"config must be a ServerConfig, not {type(config).__name__}")
    return config


def _known(arguments: Mapping[str, Any]) -> dict[str, Any]:
    for name in arguments:
        if name not in RunArguments.__annotations__:
            raise TypeError(
                f"run() has no argument {name!r}; further settings belong into config=ServerConfig(...)"
            )
    return dict(arguments)
