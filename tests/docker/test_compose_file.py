"""compose.yml says what the documents say of it, and names what there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker/compose.yml"


@pytest.fixture
def composed() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text()))


def test_a_front_end_and_two_workers(composed: dict[str, Any]) -> None:
    assert set(composed["services"]) == {"front-end", "worker"}
    assert composed["services"]["worker"]["deploy"]["replicas"] == 2
    assert "ports" not in composed["services"]["worker"]


def test_they_share_the_channel(composed: dict[str, Any]) -> None:
    (volume,) = composed["volumes"]
    services = composed["services"].values()
    (place,) = {mount.partition(":")[2] for service in services for mount in service["volumes"]}
    assert all(f"{volume}:{place}" in service["volumes"] for service in services)
    endpoint = composed["services"]["worker"]["environment"]["SPIKARD_ENDPOINT"]
    assert endpoint == f"ipc://{place}/channel"
    # The image of the front end says it too.
    assert f"SPIKARD_ENDPOINT={endpoint}" in (ROOT / "docker/front-end/Dockerfile").read_text()


def test_nothing_may_write_or_rise(composed: dict[str, Any]) -> None:
    for service in composed["services"].values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_what_it_builds_is_there(composed: dict[str, Any]) -> None:
    for service in composed["services"].values():
        context = COMPOSE.parent / service["build"]["context"]
        assert context.resolve() == ROOT
        assert (context / service["build"]["dockerfile"]).is_file()
        for folder in service["build"].get("args", {}).values():
            assert (context / folder / "server.py").is_file()
