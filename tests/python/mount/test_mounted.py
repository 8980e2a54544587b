"""What can be mounted, where, and how it is called."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from spikard import Router, ServerConfig, Spikard, StartError, _manifest
from spikard._mount.listener import listener
from spikard._mount.mounted import Mounted


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    pass


def wrapped_asgi(scope: Any, receive: Any, send: Any, more: Any = None) -> Any:
    return asgi(scope, receive, send)


def wsgi(environ: Any, start_response: Any) -> Any:
    return [b""]


class AsgiObject:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        pass


class WsgiObject:
    def __call__(self, environ: Any, start_response: Any) -> Any:
        return [b""]


def anything(*args: Any) -> Any:
    return wsgi(*args)


@pytest.mark.parametrize(
    "app", [asgi, wrapped_asgi, AsgiObject(), functools.partial(asgi), AsgiObject().__call__]
)
def test_asgi_is_known(app: Any) -> None:
    assert Mounted(app, None).interface == "asgi"


@pytest.mark.parametrize("app", [wsgi, WsgiObject(), functools.partial(wsgi)])
def test_wsgi_is_known(app: Any) -> None:
    assert Mounted(app, None).interface == "wsgi"


@pytest.mark.parametrize("app", [anything, AsgiObject, lambda scope: asgi, dict])
def test_what_could_be_either_is_refused_unless_it_is_said(app: Any) -> None:
    with pytest.raises(StartError, match="say interface='asgi' or 'wsgi'"):
        Mounted(app, None)
    assert Mounted(app, "wsgi").interface == "wsgi"


def test_what_is_no_application_is_refused() -> None:
    app = Spikard()
    with pytest.raises(StartError, match="an ASGI or WSGI application, not 5"):
        app.mount("/x", 5)  # type: ignore[arg-type]
    with pytest.raises(StartError, match="an ASGI or WSGI application, not <spikard"):
        app.mount("/x", Spikard())
    with pytest.raises(StartError, match="interface must be"):
        app.mount("/x", asgi, interface="cgi")  # type: ignore[typeddict-item]
    with pytest.raises(TypeError, match="mount\\(\\) has no option 'status_code'"):
        app.mount("/x", asgi, status_code=200)  # type: ignore[call-arg]
    with pytest.raises(StartError, match="must be literal text"):
        app.mount("/x/{id}", asgi)
    with pytest.raises(StartError, match="asgi, mounted at /x: timeout must be"):
        app.mount("/x", asgi, timeout=-1)
    with pytest.raises(StartError, match="other than CONNECT"):
        app.route("/x", "*")(asgi)


def test_paths() -> None:
    app, router = Spikard(), Router(prefix="/api")
    router.mount("", asgi)
    app.include_router(router, prefix="/v1")
    app.mount("/", wsgi)
    app.mount("old/", asgi)
    paths = [route.path for route in app.get_routes() if route.mounted]
    assert paths == ["/v1/api", "/v1/api/{path:path}", "/", "/{path:path}", "/old", "/old/{path:path}"]
    assert [_manifest._root(route) for route in app.get_routes() if route.mounted] == [
        "/v1/api",
        "/v1/api",
        "",
        "",
        "/old",
        "/old",
    ]


def test_twins_and_prefixes_with_parameters_are_refused_at_start() -> None:
    app = Spikard.from_asgi(asgi)
    app.mount("/", wsgi)
    with pytest.raises(
        StartError, match=r"/ is defined twice: by asgi, mounted at / and by wsgi, mounted at /"
    ):
        _manifest.build(app, ServerConfig())
    app, router = Spikard(), Router(prefix="/{tenant}")
    router.mount("/x", asgi)
    app.include_router(router)
    with pytest.raises(StartError, match="must be literal text"):
        _manifest.build(app, ServerConfig())


@pytest.mark.parametrize(
    ("host", "scheme", "address"),
    [
        (None, "http", None),
        ("", "http", None),
        ("a.test", "http", ("a.test", 80)),
        ("a.test", "https", ("a.test", 443)),
        ("a.test:8000", "http", ("a.test", 8000)),
        ("a.test:", "http", ("a.test", 80)),
        ("[::1]", "http", ("::1", 80)),
        ("[::1]:81", "http", ("::1", 81)),
    ],
)
def test_listener(host: str | None, scheme: str, address: tuple[str, int] | None) -> None:
    assert listener(host, scheme) == address
