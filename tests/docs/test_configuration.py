"""docs/configuration.md names every setting, with its default."""

from __future__ import annotations

import ast
import re
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from spikard import ServerConfig, _front_end
from spikard.config import BackgroundTaskConfig

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "configuration.md").read_text()


def _table(head: str) -> dict[str, str]:
    """Give the second column by the first of the table that begins so."""
    _, _, rest = TEXT.partition(f"\n| {head} |")
    rows = rest.partition("\n\n")[0].splitlines()[2:]
    columns = [[cell.strip().strip("`") for cell in row.split("|")[1:-1]] for row in rows]
    return {first: second for first, second, *_ in columns}


@pytest.mark.parametrize(
    ("head", "config"),
    [("field", ServerConfig()), ("`BackgroundTaskConfig`", BackgroundTaskConfig())],
)
def test_every_field_with_its_default(head: str, config: Any) -> None:
    documented = _table(head)
    fields = asdict(config)
    assert list(documented) == list(fields)
    nested = documented.pop("background_tasks", "BackgroundTaskConfig()")
    assert nested == "BackgroundTaskConfig()"
    assert {name: ast.literal_eval(text) for name, text in documented.items()} == {
        name: fields[name] for name in documented
    }


def test_every_variable_of_the_front_end() -> None:
    shown = subprocess.run([_front_end.binary(), "--help"], capture_output=True, text=True, check=True).stdout
    known = set(re.findall(r"Env:(SPIKARD_\w+)", shown))
    fields = {f"SPIKARD_{name.upper()}" for name in asdict(ServerConfig())}
    documented = _table("variable").keys()
    assert documented == known - fields - {"SPIKARD_ENDPOINT"}
    shared = re.findall(r"`(?:SPIKARD)?(_[A-Z_]+)`", TEXT.partition("It reads")[2].partition("by itself")[0])
    assert {f"SPIKARD{name}" for name in shared} == known & fields
