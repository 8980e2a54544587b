"""What a request says of the version that its client has, and of the part that it wants (RFC 9110, 13 and 14)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from spikard.datastructures import Headers

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY, _MONTH, _TIME = (
    "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)",
    f"({'|'.join(_MONTHS)})",
    "([0-9]{2}:[0-9]{2}:[0-9]{2})",
)
# Section 5.6.7: the one that is sent, and two that are read: what they capture, and in which order.
_DATES = (
    (re.compile(rf"{_DAY}, ([0-9]{{2}}) {_MONTH} ([0-9]{{4}}) {_TIME} GMT"), (0, 1, 2, 3)),
    (re.compile(rf"{_DAY}[a-z]*day, ([0-9]{{2}})-{_MONTH}-([0-9]{{2}}) {_TIME} GMT"), (0, 1, 2, 3)),
    (re.compile(rf"{_DAY} {_MONTH} ([ 0-9][0-9]) {_TIME} ([0-9]{{4}})"), (1, 0, 3, 2)),
)
_TAG = re.compile(r'[ \t,]*((?:W/)?"[^"]*")[ \t]*(?:,|$)')
_ONE_RANGE = re.compile(r"([0-9]*)-([0-9]*)")


class Version(NamedTuple):
    """What tells one version of a file from others."""

    tag: str  # an entity tag, perhaps a weak one
    changed: int  # Unix time


def refusal(request: Headers, own: Version) -> int | None:
    """Give the status by which the conditions of a GET or HEAD end it: 304 or 412. None: it is to be answered."""
    if "if-match" in request:
        tags = _list(request, "if-match")
        if tags != "*" and (own.tag.startswith("W/") or own.tag not in _tags(tags)):
            return 412
    elif (since := _date(request, "if-unmodified-since")) is not None and own.changed > since:
        return 412
    if "if-none-match" in request:
        tags = _list(request, "if-none-match")
        known = (tag.removeprefix("W/") for tag in _tags(tags))
        return 304 if tags == "*" or own.tag.removeprefix("W/") in known else None
    since = _date(request, "if-modified-since")
    return 304 if since is not None and own.changed <= since else None


def part(request: Headers, size: int, own: Version) -> tuple[int, int] | None:
    """Give the first and the last byte that a GET wants; the last before the first: nothing of it is there.

    None: the whole file, as for several ranges and for what is no range.
    """
    condition = request.getlist("if-range")
    if condition and not (len(condition) == 1 and _is_same(condition[0].strip(" \t"), own)):
        return None
    unit, _, ranges = _list(request, "range").partition("=")
    wanted = [text for item in ranges.split(",") if (text := item.strip(" \t"))]
    match = _ONE_RANGE.fullmatch(wanted[0]) if len(wanted) == 1 and unit.lower() == "bytes" else None
    if match is None or match[0] == "-":
        return None
    if not match[1]:
        # An empty file has no part that could be named.
        length = _number(match[2])
        return (size - min(length, size), size - 1) if size > 0 or length == 0 else None
    first, last = _number(match[1]), size - 1
    if match[2]:
        if _number(match[2]) < first:
            return None
        last = min(_number(match[2]), last)
    return (first, last) if first < size else (1, 0)


def parse_date(text: str) -> int | None:
    """Give the Unix time that a date of HTTP (section 5.6.7) means, None if it is none."""
    for form, order in _DATES:
        if match := form.fullmatch(text.strip(" \t")):
            day, month, year, time = (match.groups()[at] for at in order)
            hour, minute, second = (int(part) for part in time.split(":"))
            try:
                moment = datetime(
                    _year(year),
                    _MONTHS.index(month) + 1,
                    int(day),
                    hour,
                    minute,
                    tzinfo=timezone.utc,
                )
            except ValueError:
                return None
            # The last second of a minute may be 60.
            return int(moment.timestamp()) + second if second <= 60 else None
    return None


def _year(text: str) -> int:
    if len(text) == 4:
        return int(text)
    latest = (datetime.now(timezone.utc) + timedelta(days=50 * 365)).year
    year = latest // 100 * 100 + int(text)
    return year if year <= latest else year - 100


def _list(request: Headers, name: str) -> str:
    return ",".join(request.getlist(name)).strip(" \t")


def _tags(text: str) -> list[str]:
    """Give the entity tags of a list; none if it is no such list."""
    found, at = [], 0
    while match := _TAG.match(text, at):
        found.append(match[1])
        at = match.end()
    return [] if text[at:].strip(" \t,") else found


def _date(request: Headers, name: str) -> int | None:
    dates = request.getlist(name)
    return parse_date(dates[0]) if len(dates) == 1 else None


def _is_same(condition: str, own: Version) -> bool:
    if condition.endswith('"'):
        return condition == own.tag and not own.tag.startswith("W/")
    return parse_date(condition) == own.changed


def _number(digits: str) -> int:
    # No file is as large as that; and of thousands of digits Python makes no number.
    digits = digits.lstrip("0")
    return int(digits or "0") if len(digits) < 19 else 10**18
