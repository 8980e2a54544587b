"""The loop of a process, and what is left on it at the end."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from spikard._loop import run_loop


def test_what_is_left_is_cancelled() -> None:
    said: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            said.append("ended")

    async def main() -> None:
        tasks.append(asyncio.ensure_future(work()))
        await asyncio.sleep(0)

    tasks: list[asyncio.Future[None]] = []
    run_loop(main())
    assert said == ["ended"]


def test_what_goes_on_when_cancelled_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("spikard._loop.CANCELLED_WITHIN", 0.05)

    async def stubborn() -> None:
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    async def main() -> None:
        tasks.append(asyncio.ensure_future(stubborn()))
        await asyncio.sleep(0)

    tasks: list[asyncio.Future[None]] = []
    run_loop(main())
    assert "a task goes on though it was cancelled" in caplog.text
    assert "stubborn" in caplog.text
