from __future__ import annotations

import datetime
import uuid

import msgspec
import pytest

from spikard._scalars import SCALARS, read_boolean, read_datetime, read_time, write


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (str, "0123", "0123"),
        (int, "0123", 123),
        (int, "-7", -7),
        (int, "9" * 40, int("9" * 40)),
        (float, "1", 1.0),
        (float, "-1.5e3", -1500.0),
        (bool, "On", True),
        (
            uuid.UUID,
            "550e8400-e29b-41d4-a716-446655440000",
            uuid.UUID("550e8400-e29b-41d4-a716-446655440000"),
        ),
        (datetime.date, "2024-02-29", datetime.date(2024, 2, 29)),
        (datetime.datetime, "2024-02-29T10:00:00", datetime.datetime(2024, 2, 29, 10)),
        (datetime.datetime, "2024-02-29T10:00", datetime.datetime(2024, 2, 29, 10)),
        (datetime.datetime, "2024-02-29t10:00:01.5", datetime.datetime(2024, 2, 29, 10, 0, 1, 500_000)),
        *(
            (datetime.datetime, f"2024-02-29 10:00{offset}", datetime.datetime(2024, 2, 29, 10, tzinfo=zone))
            for offset, zone in (
                ("z", datetime.timezone.utc),
                ("+0230", datetime.timezone(datetime.timedelta(hours=2, minutes=30))),
                ("-02:00", datetime.timezone(-datetime.timedelta(hours=2))),
            )
        ),
        (
            datetime.datetime,
            "2024-02-29T10:00:00Z",
            datetime.datetime(2024, 2, 29, 10, tzinfo=datetime.timezone.utc),
        ),
    ],
)
def test_read(type_: type, text: str, value: object) -> None:
    read = SCALARS[type_].read(text)
    assert read == value
    assert type(read) is type_


@pytest.mark.parametrize("value", ["x y", 42, -1.5, True, False, uuid.UUID(int=7), datetime.date(2024, 1, 2)])
def test_read_reads_what_write_writes(value: object) -> None:
    assert SCALARS[type(value)].read(write(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, True) for text in ("true", "1", "on", "yes", "TRUE")),
        *((text, False) for text in ("false", "0", "off", "no", "", "False")),
    ],
)
def test_read_boolean(text: str, value: bool) -> None:
    assert read_boolean(text) is value


@pytest.mark.parametrize("text", ["2", "null", "y", " true"])
def test_read_boolean_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="valid boolean"):
        read_boolean(text)


@pytest.mark.parametrize(
    "text",
    ["", "2024-02-29", "2023-02-29T10:00", "2024-02-29T25:00", "2024-02-29T10:00+25:00", "2024-02-29T10"],
)
def test_read_datetime_refuses(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read_datetime(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10:00", datetime.time(10)),
        ("10:00:01.5", datetime.time(10, 0, 1, 500_000)),
        ("10:00Z", datetime.time(10, tzinfo=datetime.timezone.utc)),
        ("10:00+0200", datetime.time(10, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))),
    ],
)
def test_times_as_browsers_send_them(text: str, value: datetime.time) -> None:
    assert read_time(text) == value


@pytest.mark.parametrize("text", ["", "10", "24:00", "10:60", "10:00:00+25:00", "2020-01-01T10:00"])
def test_no_times(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read_time(text)
