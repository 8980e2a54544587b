"""The pod, run for real: what a client notices of containers that die, are replaced, or are told to go.

Not among the tests that `make test` collects: it needs podman, and the wheel in dist/.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from load import load
from pod import Pod, build_images, image, until


@pytest.fixture(scope="session", autouse=True)
def images() -> None:
    build_images()


@pytest.fixture
def pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pod]:
    # What watches a container for podman notes there that memory ran out.
    monkeypatch.chdir(tmp_path)
    pod = Pod(tmp_path)
    try:
        yield pod
        print(pod.log())
    finally:
        pod.close()


def test_serves(pod: Pod) -> None:
    print(f"ready {pod.ready_after:.2f} s after the start")
    with load(pod.port) as clients:
        clients.more(500)
    assert pod.ask("GET", "/nothing")[0] == 404


def test_application_killed(pod: Pod) -> None:
    before = pod.root()["process"]
    with load(pod.port) as clients:
        pod.kill("application")
        clients.more(500)
    assert pod.root()["process"] != before


def test_application_out_of_memory(pod: Pod) -> None:
    before = pod.root()["process"]
    with load(pod.port) as clients:
        status, body = pod.ask("POST", "/grow")
        assert (status, b"worker-lost" in body) == (502, True)
        clients.more(500)
    assert pod.root()["process"] != before


def test_front_end_killed(pod: Pod) -> None:
    before = pod.root()
    pod.kill("front-end")
    until(pod.answers, "it answers again")
    assert pod.root() == before


def test_application_replaced(pod: Pod) -> None:
    assert pod.root()["version"] == "1"
    with load(pod.port) as clients:
        pod.replace_application(image("2"))
        until(lambda: pod.root()["version"] == "2", "the new version answers")
        until(pod.ready, "the pod is ready again")
        clients.more(500)


def test_pod_told_to_end(pod: Pod) -> None:
    with load(pod.port) as clients:
        pod.stop()
        until(lambda: not pod.ready(), "balancers are told")
        clients.more(100)
        # As long as a balancer may take to look again: readiness is asked for every second, twice.
        time.sleep(2.5)
    until(lambda: not pod.running(), "both containers have ended")
