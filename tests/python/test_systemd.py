"""The variables of a service manager are for the process that they name, and nobody else sees them."""

from __future__ import annotations

import os

import pytest

from spikard._systemd import Manager
from spikard.exceptions import StartError


def test_nobody_has_started_it() -> None:
    assert Manager.take() == Manager()


def test_the_variables_are_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/notify")
    monkeypatch.setenv("WATCHDOG_USEC", "3000000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    assert Manager.take() == Manager(address="/run/notify", pause=1.5)
    assert Manager.take() == Manager()


@pytest.mark.parametrize("name", ["LISTEN_PID", "WATCHDOG_PID"])
def test_what_is_meant_for_another_process(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("LISTEN_FDS", "1")
    monkeypatch.setenv("WATCHDOG_USEC", "3000000")
    monkeypatch.setenv("WATCHDOG_PID", "1")
    monkeypatch.setenv(name, "1")
    assert Manager.take() == Manager()


def test_several_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTEN_FDS", "2")
    monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
    with pytest.raises(StartError, match="2 sockets"):
        Manager.take()
