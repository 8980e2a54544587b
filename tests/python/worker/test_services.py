"""A worker starts its application before it attaches, and stops it after the drain."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from front_end import DEADLINE
from served import Start

from spikard import BackgroundTask, BackgroundTaskConfig, Provide, Response, Spikard, StartError

VERDICT = (
    b'{"status":422,"detail":"x","errors":[{"type":"missing","loc":["query","q"],"msg":"m","input":null}]}'
)


class Steps(list[str]):
    """What happened, from any thread."""

    def app(self, fail: str = "", error: BaseException | None = None) -> Spikard:
        def step(name: str) -> None:
            self.append(name)
            if name == fail:
                raise error or ConnectionError("no\ndatabase")

        @contextlib.asynccontextmanager
        async def lifespan(app: Spikard) -> AsyncIterator[None]:
            step("enter")
            yield
            step("leave")

        app = Spikard(lifespan=lifespan)
        app.on_startup(lambda: step("startup"))
        app.on_shutdown(lambda: step("shutdown"))
        app.on_shutdown(lambda: step("last"))
        app.register_route("GET", "/", lambda: "x")
        return app


def test_start_before_ready_and_stop_after_the_drain(start: Start) -> None:
    steps = Steps()
    served = start(steps.app())
    peer = served.attach()
    assert steps == ["enter", "startup"]
    peer.request(1, 0, 0)
    assert peer.expect("Response", 1, 0).body == b'"x"'
    peer.drain()
    served.ended()
    assert steps == ["enter", "startup", "shutdown", "last", "leave"]


def test_a_lost_connection_does_not_start_again(start: Start) -> None:
    steps = Steps()
    served = start(steps.app())
    peer = served.attach()
    peer.hang_up()
    served.attach()
    assert steps == ["enter", "startup"]


@pytest.mark.parametrize("fail", ["enter", "startup"])
def test_a_start_that_fails_never_attaches(start: Start, fail: str) -> None:
    steps = Steps()
    served = start(steps.app(fail))
    with pytest.raises(StartError, match=r"failed at .*test_services\.py:\d+: ConnectionError: no database$"):
        served.ended()
    assert steps == (["enter"] if fail == "enter" else ["enter", "startup"])


def test_a_shutdown_that_fails_is_told(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    steps = Steps()
    served = start(steps.app("shutdown"))
    peer = served.attach()
    peer.drain()
    served.ended()
    assert steps[-3:] == ["shutdown", "last", "leave"]
    assert "ConnectionError: no\ndatabase" in caplog.text


ODD: list[BaseException] = [SystemExit(3), KeyboardInterrupt(), BaseException("odd")]
if hasattr(asyncio.Task, "cancelling"):  # else nobody can tell whose it is
    ODD.append(asyncio.CancelledError())


@pytest.mark.parametrize("error", ODD, ids=repr)
@pytest.mark.parametrize("fail", ["shutdown", "leave"])
def test_whatever_one_part_of_the_stop_raises_the_others_are_done(
    start: Start, caplog: pytest.LogCaptureFixture, fail: str, error: BaseException
) -> None:
    steps = Steps()
    peer = (served := start(steps.app(fail, error))).attach()
    peer.drain()
    served.ended()
    assert steps == ["enter", "startup", "shutdown", "last", "leave"]
    assert type(error).__name__ in caplog.text


@pytest.mark.parametrize("error", ODD, ids=repr)
@pytest.mark.parametrize("fail", ["enter", "startup"])
def test_whatever_a_start_raises_it_has_failed(start: Start, fail: str, error: BaseException) -> None:
    served = start(Steps().app(fail, error))
    with pytest.raises(StartError, match=rf"failed at .*py:\d+: {type(error).__name__}"):
        served.ended()


def test_a_stop_without_an_end_is_given_up(
    start: Start, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spikard.config.CANCELLED_WITHIN", 0.0)
    app = Spikard()
    app.on_shutdown(asyncio.Event().wait)
    served = start(app, shutdown_timeout=0.1, background_tasks=BackgroundTaskConfig(drain_timeout_secs=0))
    peer = served.attach()
    peer.drain()
    served.ended()
    assert "the application has not stopped within 0.1 s, and is given up" in caplog.text


@pytest.mark.parametrize("lifespan", [lambda: None, lambda app: iter(())])
def test_a_lifespan_is_an_async_context(start: Start, lifespan: Any) -> None:
    served = start(Spikard(lifespan=lifespan))
    with pytest.raises(StartError, match="lifespan must be an async generator"):
        served.ended()


def test_background_and_cleanup_after_the_response(start: Start) -> None:
    app, done, go_on = Spikard(), threading.Event(), threading.Event()
    order: list[str] = []

    def resource() -> Any:
        yield "r"
        order.append("cleaned")
        done.set()

    def work() -> None:
        assert go_on.wait(DEADLINE)
        order.append("worked")

    @app.get("/")
    async def handler(r: Any) -> Response:
        return Response(r, background=BackgroundTask(work))

    app.provide("r", Provide(resource))
    peer = start(app).attach()
    peer.request(1, 0, 0)
    assert peer.expect("Response", 1, 0).body == b"r"
    assert order == []
    go_on.set()
    assert done.wait(DEADLINE)
    assert order == ["worked", "cleaned"]


def test_a_verdict_goes_through_the_hooks_to_the_client(start: Start) -> None:
    app = Spikard()

    @app.on_response
    @app.on_error
    def mark(response: Response) -> None:
        response.headers["x-marked"] = "yes"

    app.on_request(lambda: None)
    app.register_route("GET", "/", lambda q: q)
    peer = start(app).attach()
    peer.request(1, 0, 0, verdict=VERDICT, request_id="0195")
    response = peer.expect("Response", 1, 0)
    assert response.status == 422
    assert response.headers[-2:] == [b"x-marked", b"yes"]
    assert b'"instance":"0195"' in response.body
    assert b'"loc":["query","q"]' in response.body
