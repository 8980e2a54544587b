"""The reference worker's codec and flatc's classes, made importable for these tests."""

import subprocess
import sys
from pathlib import Path

import pytest

PROTOCOL = Path(__file__).resolve().parents[2] / "protocol"
sys.path.insert(0, str(PROTOCOL / "reference"))


@pytest.fixture(scope="session", autouse=True)
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the generated package spikard_wire."""
    directory = tmp_path_factory.mktemp("generated")
    schemas = [PROTOCOL / "message.fbs", PROTOCOL / "manifest.fbs"]
    subprocess.run(["flatc", "--python", "--gen-object-api", "-o", directory, *schemas], check=True)
    sys.path.insert(0, str(directory))
    return directory
