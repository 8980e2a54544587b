"""Draws a run: a page per row, with what each peer used and how fast it was."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from statistics import median

from benchmarks.environment import environment
from benchmarks.peers import OURS
from benchmarks.quantities import QUANTITIES
from benchmarks.results import Results

_PACKAGES = ("matplotlib==3.11.2",)
_DRAWING = Path(__file__).with_name("draw.py")
_PANELS = {
    "CPU": "CPU us per request (less is better)",
    "requests/s": "requests/s",
    "p50": "p50 us",
    "p99": "p99 us",
}


def draw(results: Path) -> list[Path]:
    """Write `<run>-<row>.png` beside a run's file, for each of its rows."""
    python = environment("plots", _PACKAGES)
    run = Results.read(results)
    drawn = []
    for number, row in enumerate(run.rows()):
        path = results.with_name(f"{results.stem}-{number}.png")
        page = json.dumps({"title": row, "path": str(path), "panels": panels(run, row)})
        subprocess.run([python, str(_DRAWING)], input=page, check=True, text=True)
        drawn.append(path)
    return drawn


def panels(run: Results, row: str) -> list[dict[str, object]]:
    """Give what each panel of a page shows: per peer the median, smallest and largest value."""
    shown = []
    for quantity, title in _PANELS.items():
        bars = []
        for peer in run.peers(row):
            values = [QUANTITIES[quantity](r) for r in run.rounds(row, peer)]
            bars.append({"peer": peer, "median": median(values), "low": min(values), "high": max(values)})
        shown.append({"title": title, "ours": OURS, "bars": bars})
    return shown
