from __future__ import annotations

import importlib.metadata
import subprocess
import sys

import pytest

import spikard


def test_all_names_exist() -> None:
    assert spikard.__all__ == sorted(spikard.__all__)
    assert all(hasattr(spikard, name) for name in spikard.__all__)


def test_version_is_that_of_the_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", {"spikard": "1.2.3"}.__getitem__)
    assert spikard.__version__ == "1.2.3"


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="module 'spikard' has no attribute 'Sparkid'"):
        _ = spikard.Sparkid


def test_importing_starts_nothing_native() -> None:
    code = (
        "import sys, spikard; print({'spikard._native', 'spikard._run', 'zmq', 'asyncio'} & set(sys.modules))"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert (result.stdout, result.stderr) == ("set()\n", "")
