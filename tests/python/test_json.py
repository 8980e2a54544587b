from __future__ import annotations

import pytest

from spikard import MalformedBody, _json


def test_decode_skips_a_byte_order_mark_and_keeps_every_digit() -> None:
    assert _json.decode(b'\xef\xbb\xbf{"n": 123456789012345678901234567890}') == {
        "n": 123456789012345678901234567890
    }


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b"[NaN]",
        b'"\xff"',
        b'"\\ud800"',
        b"[" * 100_000,
        b"1e999",
        b"1 2",
        b"\xff\xfe1\x00",
    ],
)
def test_decode_refuses(text: bytes) -> None:
    with pytest.raises(MalformedBody) as caught:
        _json.decode(text)
    assert str(caught.value) == "Invalid request format"
    assert caught.value.__cause__ is not None
