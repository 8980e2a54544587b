"""Draws one page with matplotlib, which only its own environment has: what to draw comes as JSON on stdin."""

import json
import sys

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

_OURS, _OTHERS = "#c2410c", "#64748b"


def main() -> None:
    """Draw the page."""
    page = json.load(sys.stdin)
    panels = page["panels"]
    peers = max(len(panel["bars"]) for panel in panels)
    figure, axes = pyplot.subplots(2, 2, figsize=(11, 1.6 + 0.62 * peers), constrained_layout=True)
    figure.suptitle(page["title"])
    for axis, panel in zip(axes.flat, panels, strict=True):
        bars = panel["bars"][::-1]
        names = [bar["peer"] for bar in bars]
        medians = [bar["median"] for bar in bars]
        below = [bar["median"] - bar["low"] for bar in bars]
        above = [bar["high"] - bar["median"] for bar in bars]
        colors = [_OURS if name == panel["ours"] else _OTHERS for name in names]
        axis.barh(names, medians, color=colors, xerr=[below, above], ecolor="black", capsize=2)
        axis.set_title(panel["title"], fontsize=10)
        axis.set_xlim(left=0)
        axis.tick_params(labelsize=8)
        for place, value in enumerate(medians):
            axis.annotate(
                f"{value:,.0f}" if value >= 100 else f"{value:.1f}",
                (0, place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                color="white",
            )
    figure.savefig(page["path"], dpi=110)


if __name__ == "__main__":
    main()
