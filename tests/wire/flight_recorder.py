"""A flight recorder as the specification draws it, read and written by nothing but Python."""

import mmap
import os
import struct
from typing import NamedTuple

HEADER = struct.Struct("<IIIIQQQ")
MAGIC = 0x524B5053  # "SPKR"
VERSION = 2
CELLS_AT = 64
SLOT = 8
MAX_SLOTS = 65536
MAX_CELLS = 4096
FREE, OFFERED, BEGUN, ANSWERED, REVOKED = range(5)


class Header(NamedTuple):
    magic: int
    version: int
    slots: int
    cells: int
    tick: int
    debugging: int
    memory: int


class FlightRecorder:
    """The front end's side; closes the descriptor that it is made of."""

    def __init__(self, descriptor: int) -> None:
        try:
            self._memory = mmap.mmap(descriptor, os.fstat(descriptor).st_size)
        finally:
            os.close(descriptor)

    @property
    def header(self) -> Header:
        return Header(*HEADER.unpack_from(self._memory, 0))

    def __len__(self) -> int:
        return len(self._memory)

    def cell(self, number: int) -> int:
        value: int
        (value,) = struct.unpack_from("<Q", self._memory, CELLS_AT + 8 * number)
        return value

    def cells(self) -> list[int]:
        return [self.cell(number) for number in range(self.header.cells)]

    def slot(self, number: int) -> tuple[int, int]:
        """State and exchange."""
        (word,) = struct.unpack_from("<Q", self._memory, self.slot_at(number))
        return word >> 56, word & ((1 << 56) - 1)

    def put(self, number: int, state: int, exchange: int) -> None:
        struct.pack_into("<Q", self._memory, self.slot_at(number), state << 56 | exchange)

    def slot_at(self, number: int) -> int:
        end = CELLS_AT + 8 * self.header.cells
        return (end + 63) // 64 * 64 + SLOT * number
