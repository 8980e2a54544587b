"""The manifests are what Kubernetes accepts, and the pod that podman runs is the one that Kubernetes would."""

from __future__ import annotations

import copy
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from kustomize import Manifest, containers, render

from spikard import ServerConfig

FOLDER = Path(__file__).resolve().parents[2] / "docker/kubernetes"
# The first version whose sidecars need no feature gate.
VERSION = "1.29"
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


def _kubectl(folder: Path) -> list[Manifest]:
    printed = subprocess.run(["kubectl", "kustomize", folder], check=True, capture_output=True, text=True)
    return list(yaml.safe_load_all(printed.stdout))


RENDERERS = [render, *([_kubectl] if shutil.which("kubectl") else [])]


@pytest.fixture(params=RENDERERS, ids=lambda renderer: renderer.__name__)
def rendered(request: pytest.FixtureRequest) -> Callable[[str], dict[str, Any]]:
    """Gives the objects of a folder by their kind."""

    def of(name: str) -> dict[str, Any]:
        manifests = {manifest["kind"]: manifest for manifest in request.param(FOLDER / name)}
        assert set(manifests) == {"Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget"}
        return manifests

    return of


Rendered = Callable[[str], dict[str, Any]]


def _pod(manifests: dict[str, Any]) -> dict[str, Any]:
    return dict(manifests["Deployment"]["spec"]["template"]["spec"])


@pytest.mark.parametrize("name", ["base", "podman"])
def test_the_api_accepts(rendered: Rendered, name: str) -> None:
    for manifest in rendered(name).values():
        kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_the_validator_refuses_what_the_api_would(rendered: Rendered) -> None:
    deployment = rendered("base")["Deployment"]
    deployment["spec"]["template"]["spec"]["containers"][0]["ports"] = 8000
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, VERSION, strict=True)


def test_the_front_end_is_a_native_sidecar(rendered: Rendered) -> None:
    pod = _pod(rendered("base"))
    (front_end,), (application,) = pod["initContainers"], pod["containers"]
    assert front_end["restartPolicy"] == "Always"
    paths = {name: front_end[name]["httpGet"]["path"] for name in PROBES}
    assert paths == {"startupProbe": "/startupz", "readinessProbe": "/readyz", "livenessProbe": "/livez"}
    assert not any(name in application for name in (*PROBES, "lifecycle"))
    assert "lifecycle" not in front_end


def test_containers_are_confined(rendered: Rendered) -> None:
    pod = _pod(rendered("base"))
    assert pod["securityContext"]["runAsNonRoot"]
    for container in containers(list(rendered("base").values())):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]


def test_the_channel_is_shared_in_memory(rendered: Rendered) -> None:
    pod = _pod(rendered("base"))
    (channel,) = (volume for volume in pod["volumes"] if volume["name"] == "channel")
    assert channel["emptyDir"]["medium"] == "Memory"
    both = containers(list(rendered("base").values()))
    (place,) = {m["mountPath"] for c in both for m in c["volumeMounts"] if m["name"] == "channel"}
    endpoints = [e["value"] for c in both for e in c["env"] if e["name"] == "SPIKARD_ENDPOINT"]
    assert len(endpoints) == 2
    # A folder of its own in it: everybody may write to the volume.
    assert set(endpoints) == {f"ipc://{place}/channel"}


def test_the_end_has_time(rendered: Rendered) -> None:
    pod = _pod(rendered("base"))
    (lameduck,) = (e["value"] for e in pod["initContainers"][0]["env"] if e["name"] == "SPIKARD_LAMEDUCK")
    # Readiness is looked at every second, and must have failed twice.
    assert float(lameduck) == 5.0
    assert pod["terminationGracePeriodSeconds"] > float(lameduck) + ServerConfig().shutdown_timeout


def test_everything_selects_the_pod(rendered: Rendered) -> None:
    manifests = rendered("base")
    labels = manifests["Deployment"]["spec"]["template"]["metadata"]["labels"]
    for selector in (
        manifests["Deployment"]["spec"]["selector"]["matchLabels"],
        manifests["Service"]["spec"]["selector"],
        manifests["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
    ):
        assert selector
        assert selector.items() <= labels.items()
    target = manifests["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) == ("Deployment", manifests["Deployment"]["metadata"]["name"])


def test_it_scales_by_the_queue(rendered: Rendered) -> None:
    (metric,) = rendered("base")["HorizontalPodAutoscaler"]["spec"]["metrics"]
    assert metric["pods"]["metric"]["name"] == "spikard_queue_depth"
    assert "replicas" not in rendered("base")["Deployment"]["spec"]


def test_podmans_pod_differs_only_in_what_podman_lacks(rendered: Rendered) -> None:
    theirs = rendered("podman")
    pod = theirs["Deployment"]["spec"]["template"]["spec"]
    # Undone, one by one, it is the base.
    assert pod.pop("hostNetwork")
    for container in pod["containers"]:
        assert container.pop("imagePullPolicy") == "Never"
        container["image"] = container["image"].removeprefix("localhost/").removesuffix(":latest")
    front_end = pod["containers"].pop(0)
    ours = rendered("base")
    (sidecar,) = copy.deepcopy(_pod(ours)["initContainers"])
    lacking = {name: sidecar[name] for name in ("restartPolicy", "ports", *PROBES)}
    pod["initContainers"] = [front_end | lacking]
    assert theirs == ours
