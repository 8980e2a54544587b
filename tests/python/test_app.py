from __future__ import annotations

import asyncio
import sys
from types import ModuleType
from typing import Any

import pytest

from spikard import ServerConfig, Spikard, StartError


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Spikard, ServerConfig]]:
    """What `spikard._run` is asked to serve."""
    calls: list[tuple[Spikard, ServerConfig]] = []

    async def serve(app: Spikard, config: ServerConfig) -> None:
        calls.append((app, config))

    module: Any = ModuleType("spikard._run")
    module.run = lambda app, config: calls.append((app, config))
    module.serve = serve
    monkeypatch.setitem(sys.modules, "spikard._run", module)
    return calls


def _run(app: Spikard, **arguments: Any) -> None:
    app.run(**arguments)


def _serve(app: Spikard, **arguments: Any) -> None:
    asyncio.run(app.serve(**arguments))


@pytest.mark.parametrize("start", [_run, _serve])
def test_start(start: Any, started: list[tuple[Spikard, ServerConfig]]) -> None:
    app = Spikard(ServerConfig(port=1, workers=2))
    start(app, host="0.0.0.0", workers=3, config=ServerConfig(port=4, keep_alive=5.0))
    assert started == [(app, ServerConfig(host="0.0.0.0", port=4, workers=3, keep_alive=5.0))]


@pytest.mark.parametrize("unknown", ["reload", "debug"])
def test_unknown_arguments_are_refused(unknown: str, started: list[Any]) -> None:
    with pytest.raises(TypeError, match=unknown):
        _run(Spikard(), **{unknown: True})


def test_a_bad_argument_is_one_line(started: list[Any]) -> None:
    with pytest.raises(SystemExit) as caught:
        Spikard().run(port=70000)
    assert caught.value.code == "spikard: port must be a whole number from 0 to 65535, not 70000"
    with pytest.raises(StartError):
        asyncio.run(Spikard().serve(port=70000))
    assert started == []


def test_a_start_error_is_one_line(monkeypatch: pytest.MonkeyPatch, started: list[Any]) -> None:
    def refuse(app: Spikard, config: ServerConfig) -> None:
        raise StartError("show (server.py:3): parameter 'x' is odd")

    monkeypatch.setattr(sys.modules["spikard._run"], "run", refuse)
    with pytest.raises(SystemExit) as caught:
        Spikard().run()
    assert caught.value.code == "spikard: show (server.py:3): parameter 'x' is odd"


@pytest.mark.parametrize("make", [Spikard, lambda config: Spikard().run(config=config)])
def test_config_must_be_one(make: Any, started: list[Any]) -> None:
    with pytest.raises(TypeError, match="config must be a ServerConfig, not dict"):
        make({"port": 1})


def test_an_asgi_server_is_told_how_to_start_it() -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "lifespan.startup"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Spikard()({"type": "lifespan"}, receive, send))
    (failed,) = sent
    assert failed["type"] == "lifespan.startup.failed"
    assert "`python server.py`" in failed["message"]
    with pytest.raises(RuntimeError, match="brings its own server"):
        asyncio.run(Spikard()({"type": "http"}, receive, send))


def test_state_belongs_to_one_app() -> None:
    app = Spikard()
    app.state.pool = 1
    assert app.state.pool == 1
    assert not hasattr(Spikard().state, "pool")
