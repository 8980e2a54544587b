"""The table: medians with their spread, and ratios between peers within the same round."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from benchmarks.measure import Round
from benchmarks.peers import OURS
from benchmarks.rows import Row

_HEAD = ("peer", "requests/s", "CPU us/request", "p50 us", "p99 us", "RSS MiB", "errors", "foreign CPU")
_RATIO_HEAD = ("ours / peer", "CPU per request", "goal", "requests/s")


def table(row: Row, measured: dict[str, list[Round]], bound: float) -> str:
    """Write what was measured in a row, by peer; rounds with more foreign CPU than `bound` are disturbed."""
    lines: list[Sequence[str]] = [_HEAD]
    for name, rounds in measured.items():
        cells = [
            name,
            _spread([r.load.requests / r.load.seconds for r in rounds], 0),
            _spread([r.cpu_us_sum for r in rounds], 1) + _parts(rounds),
            _spread([r.load.p50_us for r in rounds], 0),
            _spread([r.load.p99_us for r in rounds], 0),
            _spread([sum(r.rss_mib.values()) for r in rounds], 0),
            str(sum(r.load.errors for r in rounds)),
            _spread([100 * r.foreign for r in rounds], 0) + " %",
        ]
        lines.append(cells)
    ratios: list[Sequence[str]] = [_RATIO_HEAD]
    ours = measured.get(OURS, [])
    for name, rounds in measured.items():
        if name == OURS or not ours:
            continue
        cpu = [a.cpu_us_sum / b.cpu_us_sum for a, b in zip(ours, rounds, strict=False)]
        rate = [_rate(a) / _rate(b) for a, b in zip(ours, rounds, strict=False)]
        ratios.append((name, _spread(cpu, 3), _verdict(row.goals.get(name), median(cpu)), _spread(rate, 2)))
    text = f"## {row.name}\n{_align(lines)}\n"
    if len(ratios) > 1:
        text += f"\n{_align(ratios)}\n"
    disturbed = sum(r.foreign > bound for rounds in measured.values() for r in rounds)
    if disturbed:
        cause = f"others had more than {100 * bound:.0f} % of a CPU"
        text += f"\n{disturbed} of the rounds kept were disturbed: {cause}.\n"
    return text


def _rate(measured: Round) -> float:
    return measured.load.requests / measured.load.seconds


def _spread(values: Sequence[float], digits: int) -> str:
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def _parts(rounds: Sequence[Round]) -> str:
    names = list(dict.fromkeys(name for r in rounds for name in r.cpu_us))
    if len(names) < 2:
        return ""
    parts = (f"{name} {median(r.cpu_us.get(name, 0) for r in rounds):.1f}" for name in names)
    return f": {', '.join(parts)}"


def _verdict(goal: float | None, ratio: float) -> str:
    if goal is None:
        return ""
    return f"<= {goal}: {'met' if ratio <= goal else 'MISSED'}"


def _align(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
