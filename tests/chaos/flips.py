"""Which byte of a batch to change, and how to make it look right again (protocol/README.md, "A batch")."""

from __future__ import annotations

import random
import struct
import threading

import xxhash
from relay import Frames, Lane

_CHECKSUM = slice(24, 32)
# The first batches of a lane: Hello, ManifestOffer if asked for, Ready.
_HANDSHAKE = 2


class Flips:
    """Damages single bytes or bits of batches until enough is damaged."""

    def __init__(self, count: int, seed: int, *, recompute: bool) -> None:
        self.done = 0
        self.count = count
        self._recompute = recompute
        self._chance = random.Random(seed)
        self._due: dict[Lane, int] = {}
        self._lock = threading.Lock()

    def __call__(self, lane: Lane, frames: Frames) -> Frames | None:
        with self._lock:
            due = self._due.setdefault(lane, _HANDSHAKE + self._chance.randint(1, 6))
            if lane.batches < due or self.done >= self.count:
                return None
            # Another one if this one is survived; none, if it must not be.
            self._due[lane] = due + self._chance.randint(1, 30) if self._recompute else 1 << 62
            self.done += 1
            return flip(frames, self._chance, recompute=self._recompute)


def flip(frames: Frames, chance: random.Random, *, recompute: bool) -> Frames:
    """Change one bit or one byte; the checksum itself only if it stays as it is."""
    at = chance.randrange(len(frames)) if chance.random() < 0.3 else 0
    changed = bytearray(frames[at])
    if not changed:
        at, changed = 0, bytearray(frames[0])
    # Rather near the beginning: the bytes of structure are few, those of bodies many.
    position = min(chance.randrange(len(changed)), chance.randrange(len(changed)))
    if recompute and at == 0 and _CHECKSUM.start <= position < _CHECKSUM.stop:
        position -= 8
    changed[position] ^= 1 << chance.randrange(8) if chance.random() < 0.5 else chance.randrange(1, 256)
    result = [*frames[:at], bytes(changed), *frames[at + 1 :]]
    return seal(result) if recompute else result


def seal(frames: Frames) -> Frames:
    """The same frames with the checksum that belongs to them."""
    head = bytearray(frames[0])
    head[_CHECKSUM] = bytes(8)
    checksum = 0
    for frame in [bytes(head), *frames[1:]]:
        checksum = xxhash.xxh64_intdigest(frame, seed=checksum)
    head[_CHECKSUM] = struct.pack("<Q", checksum)
    return [bytes(head), *frames[1:]]
