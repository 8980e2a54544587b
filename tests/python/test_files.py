"""Files as responses, without a server."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from fake_exchange import FakeExchange
from spikard import FileResponse, Response, StreamingResponse

TEXT = b"0123456789"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT)
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def _get(
    file: Path, *fields: tuple[str, str], method: str = "GET", own: dict[str, str] | None = None
) -> tuple[int, bytes, Response]:
    response = FileResponse(file, headers=own)._open(FakeExchange(method=method, headers=list(fields)))
    body = b"".join(response.content) if isinstance(response, StreamingResponse) else response.body  # type: ignore[arg-type]
    return response.status_code, body, response


DATE = "Sun, 09 Sep 2001 01:46:40 GMT"
EARLIER, LATER = "Sun, 09 Sep 2001 01:46:39 GMT", "Sun, 09 Sep 2001 01:46:41 GMT"


def test_a_whole_file(file: Path) -> None:
    status, body, response = _get(file)
    assert (status, body) == (200, TEXT)
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["content-length"] == "10"
    assert response.headers["last-modified"] == DATE
    assert response.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "status", "body", "said"),
    [
        ("bytes=0-0", 206, b"0", "bytes 0-0/10"),
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=8-", 206, b"89", "bytes 8-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-99", 206, TEXT, "bytes 0-9/10"),
        ("bytes=4-2", 200, TEXT, None),
        ("bytes=0-1,3-4", 200, TEXT, None),
        ("bytes=-", 200, TEXT, None),
        ("lines=0-1", 200, TEXT, None),
    ],
)
def test_a_range(file: Path, asked: str, status: int, body: bytes, said: str | None) -> None:
    found = _get(file, ("range", asked))
    assert found[:2] == (status, body)
    assert found[2].headers.get("content-range") == said
    assert _get(file, ("range", asked), method="HEAD")[0] == 200


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=-0"])
def test_a_range_that_is_not_there(file: Path, asked: str) -> None:
    status, body, response = _get(file, ("range", asked))
    assert (status, response.headers["content-type"]) == (416, "application/problem+json")
    assert response.headers["content-range"] == "bytes */10"
    problem = json.loads(body)
    assert (problem["type"], problem["instance"]) == (
        "https://spikard.dev/errors/range-not-satisfiable",
        "0195",
    )


def test_a_condition_that_does_not_hold(file: Path) -> None:
    status, body, response = _get(file, ("if-match", '"x"'))
    assert (status, response.headers["content-type"]) == (412, "application/problem+json")
    assert json.loads(body)["type"] == "https://spikard.dev/errors/precondition-failed"
    assert response.headers["last-modified"] == DATE


def test_conditions(file: Path) -> None:
    tag = _get(file)[2].headers["etag"]
    for fields, status in [
        ([("if-none-match", tag)], 304),
        ([("if-none-match", f'"x", W/{tag}')], 304),
        ([("if-none-match", "*")], 304),
        ([("if-none-match", '"x"')], 200),
        ([("if-none-match", '"x"'), ("if-modified-since", DATE)], 200),
        ([("if-modified-since", DATE)], 304),
        ([("if-modified-since", EARLIER)], 200),
        ([("if-modified-since", "yesterday")], 200),
        ([("if-match", '"x"')], 412),
        ([("if-match", f"W/{tag}")], 412),
        ([("if-match", tag)], 200),
        ([("if-unmodified-since", EARLIER)], 412),
        ([("if-unmodified-since", LATER)], 200),
        ([("range", "bytes=0-1"), ("if-range", tag)], 206),
        ([("range", "bytes=0-1"), ("if-range", DATE)], 206),
        ([("range", "bytes=0-1"), ("if-range", '"x"')], 200),
        ([("range", "bytes=0-1"), ("if-none-match", tag)], 304),
    ]:
        assert _get(file, *fields)[0] == status, fields


def test_what_has_not_changed_has_no_content(file: Path) -> None:
    own = {"content-location": "/a", "content-language": "en", "vary": "x"}
    status, _, response = _get(file, ("if-none-match", "*"), own=own)
    assert status == 304
    assert set(response.headers) == {"etag", "last-modified", "accept-ranges", "content-location", "vary"}


def test_conditions_are_about_what_get_gives(file: Path) -> None:
    for fields in ([("if-none-match", "*")], [("if-match", '"x"')], [("if-modified-since", DATE)]):
        assert _get(file, *fields, method="POST")[0] == 200
        assert _get(file, *fields, method="HEAD")[0] != 200


def test_the_date_that_is_sent_counts(file: Path) -> None:
    for since, status in ((LATER, 304), (DATE, 200)):
        assert _get(file, ("if-modified-since", since), own={"last-modified": LATER})[0] == status


def test_a_file_that_is_none(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(OSError, match=r"No such file|directory"):
            FileResponse(path)._open(FakeExchange())


def test_a_name_to_save_under() -> None:
    fields = FileResponse("/x/y", filename='ä"b.pdf').headers
    assert (
        fields["content-disposition"] == "attachment; filename=\"__b.pdf\"; filename*=UTF-8''%C3%A4%22b.pdf"
    )
    assert fields["content-type"] == "application/pdf"
