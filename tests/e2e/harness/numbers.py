"""Requests that carry a number, and what the program `counting.py` must answer to each."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

KIB = 1024


@dataclass(frozen=True)
class Question:
    number: str
    method: str
    target: str
    body: bytes | None
    expected: bytes


def ask(chance: random.Random) -> Question:
    """One of each kind: small and large, soon and late, on the loop and in a thread."""
    number = f"{chance.getrandbits(64):016x}"
    late = chance.choice([0, 0, 0, 0, 1, 5, 20])
    size = chance.choice([0, 1, 100, 100, 100, 2 * KIB, 16 * KIB, 16 * KIB + 1, 100 * KIB])
    match chance.randrange(8):
        case 0:
            return Question(number, "GET", f"/threads/{number}?size={size}", None, fill(number, size))
        case 1:
            body = fill(number, size)
            return Question(number, "POST", f"/numbers/{number}?milliseconds={late}", body, body)
        case 2:
            body = chance.randbytes(size)
            expected = hashlib.sha256(body).hexdigest().encode()
            return Question(number, "POST", f"/digest/{number}", body, expected)
        case _:
            target = f"/numbers/{number}?size={size}&milliseconds={late}"
            return Question(number, "GET", target, None, fill(number, size))


def fill(number: str, size: int) -> bytes:
    return (f"<{number}>".encode() * (size // (len(number) + 2) + 1))[:size]
