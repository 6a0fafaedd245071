"""Sorting what does not fit into memory: records of one width, in sorted runs on disk, merged when they are read.

A verifier that looks for what occurs twice among all ballots needs an order, not a dictionary: memory stays at one
run, whatever the number of records. Where the runs lie is the caller's choice (`Scratch`).
"""

from collections.abc import Callable, Iterator
from heapq import merge
from itertools import accumulate
from typing import BinaryIO
from weakref import finalize

from e2evote.errors import Refused

Scratch = Callable[[], BinaryIO]
"""Gives an empty file for reading and writing that is gone when it is closed."""

RUN_LIMIT = 1 << 20
"""Bytes of records held in memory before they are sorted and written."""
_BLOCK = 1 << 14


class SortedRuns:
    """Records of `width` bytes. Add all of them, then iterate, as often as needed, in the order of their bytes."""

    def __init__(self, width: int, scratch: Scratch, limit: int | None = None) -> None:
        if width < 1:
            raise ValueError(f"sorted runs: records of {width} bytes")
        self._width, self._scratch = width, scratch
        self._most = max(1, (limit or RUN_LIMIT) // width)
        self._held: list[bytes] = []
        self._runs: list[int] = []  # how many records each run on disk has
        self._file: BinaryIO | None = None
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, record: bytes) -> None:
        """One more record."""
        if len(record) != self._width:
            raise ValueError(f"sorted runs: a record of {len(record)} bytes, want {self._width}")
        self._held.append(record)
        self._size += 1
        if len(self._held) >= self._most:
            self._spill()

    def __iter__(self) -> Iterator[bytes]:
        self._held.sort()
        ends = accumulate(self._runs)
        on_disk = [self._read(end - number, end) for end, number in zip(ends, self._runs, strict=True)]
        return merge(*on_disk, iter(tuple(self._held))) if on_disk else iter(tuple(self._held))

    def _spill(self) -> None:
        self._held.sort()
        try:
            if self._file is None:
                self._file = self._scratch()
                finalize(self, self._file.close)
            self._file.seek(0, 2)
            self._file.write(b"".join(self._held))
        except OSError as error:
            raise scratch_failed(error) from None
        self._runs.append(len(self._held))
        self._held.clear()

    def _read(self, start: int, end: int) -> Iterator[bytes]:
        """Records `start` to `end` of the file, block by block."""
        if self._file is None:
            raise AssertionError("a run without a file")
        at, end = start * self._width, end * self._width
        step = max(1, _BLOCK // self._width) * self._width
        while at < end:
            try:
                self._file.seek(at)
                block = self._file.read(min(step, end - at))
            except OSError as error:
                raise scratch_failed(error) from None
            if len(block) != min(step, end - at):
                raise Refused("scratch", "a temporary file lost what was written to it")
            for i in range(0, len(block), self._width):
                yield block[i : i + self._width]
            at += len(block)


def scratch_failed(error: OSError) -> Refused:
    """What the operating system says of a scratch file, as an error of ours."""
    return Refused("scratch", f"a temporary file can't be written or read: {error.strerror or error}")
