"""JSON as the package writes and reads it (RFC 8259), in one place for requests, responses and worker."""

from __future__ import annotations

from typing import Any

import msgspec

from spikard._types import custom
from spikard.exceptions import MalformedBody

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

encode = msgspec.json.Encoder(enc_hook=custom.encode).encode


def decode(text: bytes) -> Any:
    """Read a JSON text; a byte order mark in front of it is skipped (RFC 8259, section 8.1).

    Raises:
        MalformedBody: not JSON, not UTF-8, nested too deep, or a number that Python cannot hold.
    """
    try:
        return msgspec.json.decode(text.removeprefix(_BYTE_ORDER_MARK))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedBody from error
