"""As much of kustomize as the folders of docker/kubernetes use: resources, labels, images, JSON patches."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

Manifest = dict[str, Any]

KNOWN = {"apiVersion", "kind", "resources", "labels", "patches", "images"}


def render(folder: Path) -> list[Manifest]:
    """The objects that `kubectl kustomize FOLDER` prints."""
    wanted = yaml.safe_load((folder / "kustomization.yaml").read_text())
    assert set(wanted) <= KNOWN
    rendered: list[Manifest] = []
    for name in wanted["resources"]:
        path = folder / name
        rendered += render(path) if path.is_dir() else list(yaml.safe_load_all(path.read_text()))
    for label in wanted.get("labels", ()):
        for manifest in rendered:
            manifest["metadata"].setdefault("labels", {}).update(label["pairs"])
    for target in wanted.get("patches", ()):
        for manifest in rendered:
            if manifest["kind"] == target["target"]["kind"]:
                for operation in yaml.safe_load(target["patch"]):
                    _patch(manifest, operation)
    images = {image["name"]: f"{image['newName']}:{image['newTag']}" for image in wanted.get("images", ())}
    for container in containers(rendered):
        container["image"] = images.get(container["image"], container["image"])
    return rendered


def containers(manifests: list[Manifest]) -> list[Manifest]:
    """All containers of all pods, those of the beginning first."""
    pods = [
        manifest["spec"]["template"]["spec"] for manifest in manifests if manifest["kind"] == "Deployment"
    ]
    return [one for pod in pods for key in ("initContainers", "containers") for one in pod.get(key, ())]


def _patch(document: Any, operation: Manifest) -> None:
    """RFC 6902."""
    match operation["op"]:
        case "remove":
            _take(document, operation["path"])
        case "move":
            _put(document, operation["path"], _take(document, operation["from"]))
        case "add":
            _put(document, operation["path"], copy.deepcopy(operation["value"]))
        case other:
            raise ValueError(other)


def _place(document: Any, path: str) -> tuple[Any, Any]:
    *folders, last = path.removeprefix("/").split("/")
    for folder in folders:
        document = document[int(folder) if isinstance(document, list) else folder]
    return document, int(last) if isinstance(document, list) else last


def _take(document: Any, path: str) -> Any:
    place, key = _place(document, path)
    return place.pop(key)


def _put(document: Any, path: str, value: Any) -> None:
    place, key = _place(document, path)
    if isinstance(place, list):
        place.insert(key, value)
    else:
        place[key] = value
