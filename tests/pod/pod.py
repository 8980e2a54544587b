"""The pod of docker/kubernetes/podman, run by podman: its manifest, its containers, and what it answers."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shlex
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from kustomize import Manifest, render

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 30.0
_PAUSE = 0.01

T = TypeVar("T")


def podman(*arguments: str) -> str:
    """Run podman; give what it prints.

    Raises:
        AssertionError: it has failed, with what it says.
    """
    done = subprocess.run(["podman", *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"podman {' '.join(arguments)}: {done.stderr}"
    return done.stdout.strip()


def image(version: str) -> str:
    """The image of the application in a version."""
    return f"localhost/spikard-pod-test:{version}"


def build_images() -> None:
    """Of the wheel in dist/; IMAGE_OPTIONS are podman's."""
    build = ["podman", "build", *shlex.split(os.environ.get("IMAGE_OPTIONS", "")), "--file"]
    front_end = [*build, "docker/front-end/Dockerfile", "--tag", "localhost/spikard-front-end", "."]
    subprocess.run(front_end, cwd=ROOT, check=True)
    application = ["docker/app/Dockerfile", "--build-arg", "APPLICATION=tests/pod/application"]
    subprocess.run([*build, *application, "--tag", image("1"), "."], cwd=ROOT, check=True)
    successor = f"FROM {image('1')}\nENV VERSION=2\n"
    subprocess.run(["podman", "build", "--tag", image("2"), "-"], input=successor.encode(), check=True)


def until(probe: Callable[[], T], what: str) -> T:
    """Ask until the answer is true, and give it."""
    end = time.monotonic() + DEADLINE
    while not (answer := probe()):
        assert time.monotonic() < end, f"not within {DEADLINE:g} s: {what}"
        time.sleep(_PAUSE)
    return answer


def ask(port: int, method: str, path: str) -> tuple[int, bytes]:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def answers(port: int) -> bool:
    """Whether an application does, at `/`."""
    try:
        return ask(port, "GET", "/")[0] == 200
    except OSError:
        return False


class Pod:
    """Plays when made; `close` removes it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        name = f"pod-test-{secrets.token_hex(3)}"
        manifest = folder / "pod.yaml"
        manifest.write_text(yaml.safe_dump(_manifest(name, self.port)))
        self._name = f"{name}-pod"
        begun = time.monotonic()
        podman("play", "kube", str(manifest))
        until(self.ready, "the pod is ready")
        self.ready_after = time.monotonic() - begun

    def container(self, name: str) -> str:
        """The name that podman knows it by."""
        return f"{self._name}-{name}"

    def ready(self) -> bool:
        """Whether a balancer would send requests here."""
        try:
            return self.ask("GET", "/readyz")[0] == 200
        except OSError:
            return False

    def ask(self, method: str, path: str) -> tuple[int, bytes]:
        """One request on a connection of its own."""
        return ask(self.port, method, path)

    def root(self) -> Any:
        """What the application says of itself."""
        status, body = self.ask("GET", "/")
        assert status == 200, (status, body)
        return json.loads(body)

    def answers(self) -> bool:
        """Whether the application does."""
        return answers(self.port)

    def kill(self, name: str) -> None:
        """SIGKILL to the process of a container, from outside, as the kernel would."""
        pid = podman("inspect", "--format", "{{.State.Pid}}", self.container(name))
        subprocess.run(["kill", "-KILL", pid], check=True)

    def replace_application(self, image: str) -> None:
        """What changing the image of a running pod's container does: SIGTERM, then the new one in its place."""
        old = self.container("application")
        mounts = json.loads(podman("inspect", "--format", "{{json .Mounts}}", old))
        volumes = [f"--volume={mount['Name']}:{mount['Destination']}" for mount in mounts]
        podman("stop", "--time", "45", old)
        podman("rm", old)
        podman(
            "run", "--detach", "--pod", self._name, "--name", old, "--user", "10001:10001", "--read-only",
            "--restart", "always", "--env", "SPIKARD_ENDPOINT=ipc:///run/spikard/channel", *volumes, image,
        )  # fmt: skip

    def stop(self) -> None:
        """SIGTERM to every container, at once."""
        podman("pod", "kill", "--signal", "TERM", self._name)

    def running(self) -> list[str]:
        """The containers of ours that have not ended."""
        listed = podman("ps", "--filter", f"pod={self._name}", "--format", "{{.Names}}").split()
        return [name for name in listed if name.startswith(self._name)]

    def log(self) -> str:
        """What both have said."""
        both = (self.container(name) for name in ("front-end", "application"))
        texts = (subprocess.run(["podman", "logs", name], capture_output=True, text=True) for name in both)
        return "".join(text.stdout + text.stderr for text in texts)

    def close(self) -> None:
        """Remove all of it."""
        podman("pod", "rm", "--force", "--time", "0", self._name)


def _manifest(name: str, port: int) -> Manifest:
    (deployment,) = (
        manifest for manifest in render(ROOT / "docker/kubernetes/podman") if manifest["kind"] == "Deployment"
    )
    template = deployment["spec"]["template"]
    front_end, application = template["spec"]["containers"]
    (setting,) = (variable for variable in front_end["env"] if variable["name"] == "SPIKARD_PORT")
    # The machine's network is not a pod's: the port may be taken.
    setting["value"] = str(port)
    application["image"] = image("1")
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"{name}-pod", "labels": template["metadata"]["labels"]},
        "spec": template["spec"],
    }


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
