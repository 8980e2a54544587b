"""Conditions and ranges of a request (RFC 9110, sections 13 and 14)."""

from __future__ import annotations

import time

import pytest

from spikard._conditions import Version, parse_date, part, refusal
from spikard.datastructures import Headers

OWN = Version('"a,b"', 784111777)
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
HUGE = "9" * 5000


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_the_three_forms_of_a_date(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        for date in (DATE, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"):
            assert parse_date(date) == OWN.changed, date
    finally:
        monkeypatch.undo()
        time.tzset()
    assert parse_date("Sat, 31 Dec 2016 23:59:60 GMT") == parse_date("Sun, 01 Jan 2017 00:00:00 GMT")
    assert parse_date("Thu, 01 Jan 1970 00:00:00 GMT") == 0


def test_a_year_of_two_digits_is_at_most_50_years_ahead() -> None:
    this = time.gmtime().tm_year
    for years in (-49, 0, 49):
        year = this + years
        assert parse_date(f"Sunday, 06-Nov-{year % 100:02} 08:49:37 GMT") == parse_date(
            f"Sun, 06 Nov {year} 08:49:37 GMT"
        )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "784111777",
        "06 Nov 1994 08:49:37 GMT",
        DATE.lower(),
        DATE.replace("GMT", "+0000"),
        DATE.replace("GMT", "EST"),
        DATE.replace("GMT", "+0200"),
        DATE[:-4],
        f"{DATE}, {DATE}",
        DATE.replace("06", "6"),
        DATE.replace("06", "32"),
        DATE.replace("Nov", "nov"),
        DATE.replace("08:", "24:"),
        DATE.replace(":37", ":61"),
        DATE.replace("1994", "0000"),
        DATE.replace("1994", "19940"),
        DATE.replace("1994", "١٩٩٤"),
        HUGE,
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ([("if-none-match", OWN.tag)], 304),
        ([("if-none-match", f"W/{OWN.tag}")], 304),
        ([("if-none-match", f' , "x" ,{OWN.tag},')], 304),
        ([("if-none-match", '"x"'), ("if-none-match", OWN.tag)], 304),
        ([("if-none-match", "\t* ")], 304),
        ([("if-none-match", '"*"')], None),
        ([("if-none-match", "*, *")], None),
        ([("if-none-match", OWN.tag.strip('"'))], None),
        ([("if-none-match", f"{OWN.tag}x")], None),
        ([("if-none-match", f'"x" {OWN.tag}')], None),
        ([("if-none-match", f"w/{OWN.tag}")], None),
        ([("if-none-match", f"'{OWN.tag}'")], None),
        ([("if-none-match", "")], None),
        ([("if-none-match", ""), ("if-modified-since", DATE)], None),
        ([("if-match", "*")], None),
        ([("if-match", f'"x", {OWN.tag}')], None),
        ([("if-match", '"x"'), ("if-match", OWN.tag)], None),
        ([("if-match", OWN.tag), ("if-unmodified-since", "Thu, 01 Jan 1970 00:00:00 GMT")], None),
        ([("if-match", OWN.tag), ("if-none-match", OWN.tag)], 304),
        ([("if-match", f"W/{OWN.tag}")], 412),
        ([("if-match", f"{OWN.tag}x")], 412),
        ([("if-match", "")], 412),
        ([("if-modified-since", DATE)], 304),
        ([("if-modified-since", DATE), ("if-modified-since", DATE)], None),
        ([("if-unmodified-since", "Sun, 06 Nov 1994 08:49:36 GMT")], 412),
        ([("if-unmodified-since", "Sun, 06 Nov 1994 08:49:36 +0000")], None),
    ],
)
def test_conditions(fields: list[tuple[str, str]], status: int | None) -> None:
    assert refusal(Headers(fields), OWN) == status


def test_a_weak_tag_is_never_the_same_bytes() -> None:
    own = Version('W/"a"', 0)
    assert refusal(Headers([("if-none-match", '"a"')]), own) == 304
    assert refusal(Headers([("if-match", 'W/"a"')]), own) == 412
    assert part(Headers([("range", "bytes=0-1"), ("if-range", 'W/"a"')]), 10, own) is None


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("bytes=2-4", (2, 4)),
        ("Bytes=2-4", (2, 4)),
        ("bytes= 2-4 , ", (2, 4)),
        ("bytes=002-0004", (2, 4)),
        ("bytes=-3", (7, 9)),
        (f"bytes=-{HUGE}", (0, 9)),
        (f"bytes=2-{HUGE}", (2, 9)),
        (f"bytes={HUGE}-", (1, 0)),
        (f"bytes={HUGE}-{HUGE}", (1, 0)),
        ("bytes=-0", (10, 9)),
        ("bytes=1 0-2 0", None),
        ("bytes=2 - 4", None),
        ("bytes =2-4", None),
        ("bytes=4-2", None),
        ("bytes=0-1,3-4", None),
        ("bytes=-", None),
        ("bytes=", None),
        ("bytes", None),
        ("bytes=+2-4", None),
        ("bytes=2--4", None),
        ("bytes=²-4", None),
        ("items=2-4", None),
    ],
)
def test_ranges(asked: str, wanted: tuple[int, int] | None) -> None:
    assert part(Headers([("range", asked)]), 10, OWN) == wanted


def test_two_fields_are_several_ranges() -> None:
    assert part(Headers([("range", "bytes=0-1"), ("range", "bytes=3-4")]), 10, OWN) is None


def test_ranges_of_an_empty_file() -> None:
    assert part(Headers([("range", "bytes=-5")]), 0, OWN) is None
    for asked in ("bytes=0-", "bytes=-0"):
        first, last = part(Headers([("range", asked)]), 0, OWN) or (0, 0)
        assert last < first


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        ([OWN.tag], True),
        ([f" {OWN.tag} "], True),
        ([DATE], True),
        (["Sun Nov  6 08:49:37 1994"], True),
        ([f"W/{OWN.tag}"], False),
        ([f"{OWN.tag}, {OWN.tag}"], False),
        ([OWN.tag, OWN.tag], False),
        (["Sun, 06 Nov 1994 08:49:38 GMT"], False),
        (["*"], False),
        ([""], False),
    ],
)
def test_a_range_on_condition(conditions: list[str], holds: bool) -> None:
    fields = [("range", "bytes=0-1"), *(("if-range", condition) for condition in conditions)]
    assert (part(Headers(fields), 10, OWN) is not None) == holds
