"""Who is measured: a peer is an environment, an application in `apps/`, and the command that serves it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

APPS = Path(__file__).parent / "apps"


@dataclass(frozen=True)
class Peer:
    """A server with an application.

    Attributes:
        name: in the table, and what rows and goals refer to.
        title: what exactly it is, with the way it answers.
        command: how it is served; `{python}`, `{program}`, `{port}` and `{workers}` are filled in, the working
            directory is `apps/`.
        packages: what its environment holds, each with its version; none: that of the benchmark itself.
        source: a program in `apps/` that is compiled to `{program}`, instead of an environment.
        variables: of its process environment; `{port}` is filled in.
        media_type: whether it says that its answers are JSON.
    """

    name: str
    title: str
    command: tuple[str, ...]
    packages: tuple[str, ...] = ()
    source: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    media_type: bool = True


_UVLOOP, _MSGSPEC = "uvloop==0.23.0", "msgspec==0.22.0"
_UVICORN = ("uvicorn==0.54.0", _UVLOOP, "httptools==0.9.0")
_GRANIAN = ("granian==2.8.7", _UVLOOP)


def _uvicorn(app: str) -> tuple[str, ...]:
    """Give its fastest documented settings: uvloop, httptools, no access log."""
    command = "{python} -m uvicorn --port {port} --workers {workers} --loop uvloop --http httptools"
    return (*command.split(), "--no-access-log", "--log-level", "warning", app)


def _granian(interface: str, app: str) -> tuple[str, ...]:
    """Give its fastest documented settings: HTTP/1 only, no WebSockets, uvloop; it has no access log."""
    command = "{python} -m granian --port {port} --workers {workers} --loop uvloop --http 1 --no-ws --no-log"
    return (*command.split(), "--interface", interface, app)


OURS = "spikard"

PEERS = [
    Peer(
        OURS,
        "Spikard, all defaults, the guide's handlers: they return a dict, and take a msgspec.Struct",
        ("{python}", "spikard_app.py", "{port}", "{workers}"),
    ),
    Peer(
        "uvicorn",
        "raw ASGI on uvicorn (uvloop, httptools), a dict through msgspec.json; bodies by json.loads, not validated",
        _uvicorn("uvicorn_app:app"),
        (*_UVICORN, _MSGSPEC),
    ),
    Peer(
        "granian",
        "raw RSGI on granian (uvloop), a dict through msgspec.json; bodies by msgspec.json into a Struct, validated",
        _granian("rsgi", "granian_app:app"),
        (*_GRANIAN, _MSGSPEC),
    ),
    Peer(
        "fastapi",
        "FastAPI on uvicorn (uvloop, httptools), a dict with a return type, written by pydantic",
        _uvicorn("fastapi_app:app"),
        (*_UVICORN, "fastapi==0.165.0"),
    ),
    Peer(
        "litestar",
        "Litestar on uvicorn (uvloop, httptools), a dict with a return type, msgspec's types",
        _uvicorn("litestar_app:app"),
        (*_UVICORN, "litestar==2.25.0"),
    ),
    Peer(
        "blacksheep",
        "BlackSheep on granian (uvloop), a dict through orjson, pydantic's types",
        _granian("asgi", "blacksheep_app:app"),
        (*_GRANIAN, "blacksheep==2.6.4", "orjson==3.13.0", "pydantic==2.14.4"),
    ),
    Peer(
        "robyn",
        "Robyn, one process with one worker, a dict, pydantic's types",
        ("{python}", "robyn_app.py", "{port}", "--processes", "1", "--workers", "1", "--log-level", "WARN"),
        ("robyn[pydantic]==0.88.0",),
    ),
    Peer(
        "original-0.13",
        "the original Spikard, the last version with its large Python package: a dict, a msgspec.Struct",
        ("{python}", "original_rich_app.py", "{port}"),
        ("spikard==0.13.0", _UVLOOP),
    ),
    Peer(
        "original-0.17",
        "the original Spikard, its newest version: a dict, a msgspec.Struct; its answers have no content type",
        ("{python}", "original_app.py"),
        ("spikard==0.17.2",),
        variables={"SPIKARD_SERVER_PORT": "{port}"},
        media_type=False,
    ),
    Peer(
        "go",
        "Go's net/http with encoding/json, on all processors; bodies checked by hand",
        ("{program}", "{port}"),
        source="native/http.go",
    ),
    Peer(
        "beast",
        "a limit: Boost.Beast alone, one thread, a coroutine per connection, one fixed answer",
        ("{program}", "{port}"),
        source="native/beast_server.cpp",
    ),
    Peer(
        "epoll",
        "a limit: an epoll loop that hardly looks at what it reads, one fixed answer",
        ("{program}", "{port}"),
        source="native/epoll_server.cpp",
    ),
]
