"""The table: medians with their spread, and goals by quotients within the same round."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from benchmarks.measure import Round
from benchmarks.peers import OURS
from benchmarks.quantities import QUANTITIES
from benchmarks.results import Results
from benchmarks.rows import Goal, Row

_HEAD = (
    "peer",
    "requests/s",
    "CPU us/request",
    "p50 us",
    "p99 us",
    "p99.9 us",
    "RSS MiB",
    "errors",
    "foreign",
)
_RATIO_HEAD = ("ours / peer", "CPU per request", "requests/s", "p50")
_GOAL_HEAD = ("goal of ours", "bound", "measured", "")


def table(row: Row, results: Results, bound: float) -> str:
    """Write what was measured in a row, by peer; rounds with more foreign CPU than `bound` are disturbed."""
    measured = {name: results.rounds(row.name, name) for name in row.peers}
    measured = {name: rounds for name, rounds in measured.items() if rounds}
    parts = [f"## {row.name}", _align([_HEAD, *(_line(name, rounds) for name, rounds in measured.items())])]
    ours = measured.pop(OURS, [])
    if ours and measured:
        ratios = [(name, *_against(ours, rounds)) for name, rounds in measured.items()]
        parts.append(_align([_RATIO_HEAD, *ratios]))
    goals = [line for goal in row.goals if (line := _verdict(goal, ours, measured, results))]
    if goals:
        parts.append(_align([_GOAL_HEAD, *goals]))
    disturbed = _disturbed([*measured.values(), ours], bound)
    return "\n\n".join([*parts, disturbed] if disturbed else parts) + "\n"


def quotients(goal: Goal, ours: list[Round], others: list[Round]) -> list[float]:
    """Give a goal's quantity, round by round; of ours alone, if it is not to be divided."""
    quantity = QUANTITIES[goal.quantity]
    if not goal.peer and not goal.row:
        return [quantity(a) for a in ours]
    return _ratios(goal.quantity, ours, others)


def met(goal: Goal, value: float) -> bool:
    """Tell whether a median is on the right side of a goal's bound."""
    return value >= goal.bound if goal.at_least else value <= goal.bound


def _line(name: str, rounds: Sequence[Round]) -> tuple[str, ...]:
    return (
        name,
        _spread([r.rate for r in rounds], 0),
        _spread([r.cpu_us_sum for r in rounds], 1) + _parts(rounds),
        _spread([r.load.p50_us for r in rounds], 0),
        _spread([r.load.p99_us for r in rounds], 0),
        _spread([r.load.p999_us for r in rounds], 0),
        _spread([sum(r.rss_mib.values()) for r in rounds], 0),
        str(sum(r.load.errors for r in rounds)),
        _spread([100 * r.foreign for r in rounds], 0) + " %",
    )


def _against(ours: Sequence[Round], others: Sequence[Round]) -> tuple[str, ...]:
    digits = {"CPU": 3, "requests/s": 2, "p50": 2}
    return tuple(_spread(_ratios(quantity, ours, others), n) for quantity, n in digits.items())


def _verdict(
    goal: Goal, ours: list[Round], measured: dict[str, list[Round]], results: Results
) -> tuple[str, ...] | None:
    others = results.rounds(goal.row, OURS) if goal.row else measured.get(goal.peer, [])
    values = quotients(goal, ours, others)
    if not values:
        return None
    what = goal.quantity
    if goal.peer or goal.row:
        what += f" / {goal.peer or goal.row}"
    sign = ">=" if goal.at_least else "<="
    return what, f"{sign} {goal.bound}", _spread(values, 3), "met" if met(goal, median(values)) else "MISSED"


def _ratios(quantity: str, ours: Sequence[Round], others: Sequence[Round]) -> list[float]:
    of = QUANTITIES[quantity]
    return [of(a) / of(b) for a, b in zip(ours, others, strict=False) if of(b)]


def _disturbed(measured: Sequence[Sequence[Round]], bound: float) -> str:
    rounds = [r for each in measured for r in each]
    again, kept = sum(r.disturbed for r in rounds), sum(r.foreign > bound for r in rounds)
    if not again:
        return ""
    stolen = sum(r.stolen for r in rounds) / len(rounds)
    return (
        f"Others had more than {100 * bound:.0f} % of a CPU: {again} rounds were measured again, {kept} of the rounds "
        f"kept were disturbed. Stolen by the hypervisor: {100 * stolen:.1f} % of a CPU on average."
    )


def _spread(values: Sequence[float], digits: int) -> str:
    if not values:
        return "-"
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def _parts(rounds: Sequence[Round]) -> str:
    names = list(dict.fromkeys(name for r in rounds for name in r.cpu_us))
    if len(names) < 2:
        return ""
    parts = (f"{name} {median(r.cpu_us.get(name, 0) for r in rounds):.1f}" for name in names)
    return f": {', '.join(parts)}"


def _align(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
