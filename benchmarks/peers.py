"""Who is measured: a peer is an environment, an application in `apps/`, and the command that serves it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

APPS = Path(__file__).parent / "apps"


@dataclass(frozen=True)
class Peer:
    """A server with an application.

    Attributes:
        name: in the table, and what goals refer to.
        title: what exactly it is, with the way it answers.
        packages: what its environment holds, each with its version; none: that of the benchmark itself.
        command: how it is served; `{python}` and `{port}` are filled in, the working directory is `apps/`.
        rows: the names of the rows that it takes part in; None: all.
    """

    name: str
    title: str
    packages: tuple[str, ...]
    command: tuple[str, ...]
    rows: frozenset[str] | None = None


_UVICORN = ("uvicorn==0.54.0", "uvloop==0.23.0", "httptools==0.9.0")
# Its fastest documented settings: one process, uvloop, httptools, no access log.
_SERVE = ("{python}", "-m", "uvicorn", "--port", "{port}", "--loop", "uvloop", "--http", "httptools")
_QUIET = ("--no-access-log", "--log-level", "warning")

OURS = "spikard"

PEERS = [
    Peer(
        name=OURS,
        title="Spikard, all defaults, a handler that returns a dict",
        packages=(),
        command=("{python}", "spikard_app.py", "{port}"),
    ),
    Peer(
        name="uvicorn",
        title="raw ASGI on uvicorn (uvloop, httptools), a dict through msgspec.json",
        packages=(*_UVICORN, "msgspec==0.22.0"),
        command=(*_SERVE, *_QUIET, "uvicorn_app:app"),
    ),
    Peer(
        name="fastapi",
        title="FastAPI on uvicorn (uvloop, httptools), a dict with a return type, written by pydantic",
        packages=(*_UVICORN, "fastapi==0.165.0"),
        command=(*_SERVE, *_QUIET, "fastapi_app:app"),
    ),
]
