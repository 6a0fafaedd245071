"""The second pass in pieces: some consecutive entries each, small enough to be sent anywhere (docs/architecture.md).

A piece says which entries it is about and the SHA-256 of the bundles that hold them; whoever works on it reads them
itself. How a record is divided depends on the record alone, so that an interrupted run can go on with other workers.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from e2evote.board.tiles import HINTS, WIDTH
from e2evote.manifest.model import Manifest
from e2evote.record.archive import Archive
from e2evote.verify.chunk import SELECTIONS
from e2evote.verify.first_pass import BALLOT, CHALLENGE, Marks

COUNTED = 8
"""One more bit of an entry, beside those of `first_pass`: it is a ballot that counts."""

ONE_BY_ONE = 1_000
"""Range proofs in a piece where they are not verified in batches: some seconds of work."""

_NUMBER = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Job:
    """What all pieces of one record have in common. `K` and `h_e` are empty where the joint key is not known."""

    first: bytes
    """Entry 0."""
    manifest: bytes
    """Its payload."""
    K: bytes
    h_e: bytes
    size: int
    root: bytes
    one_by_one: bool

    def key_fields(self) -> tuple[bytes, ...]:
        """What every result depends on."""
        numbers = _NUMBER.pack(self.size) + bytes((self.one_by_one,))
        return self.first, self.manifest, self.K, self.h_e, self.root, numbers


@dataclass(frozen=True, slots=True)
class Piece:
    """Entries `start` to `end`, with a byte of bits each, and the SHA-256 of each bundle that has some of them.

    classes: what the line of each ballot is entitled to, as `Classes` writes it; empty where no roll says so.
    """

    start: int
    flags: bytes
    hashes: tuple[bytes, ...]
    classes: bytes = b""

    @property
    def end(self) -> int:
        return self.start + len(self.flags)

    @property
    def cast(self) -> int:
        """How many ballots and challenges it has."""
        return sum(1 for flag in self.flags if flag & (BALLOT | CHALLENGE))

    def bundles(self) -> range:
        """The numbers of these bundles."""
        return range(self.start // WIDTH, (self.end - 1) // WIDTH + 1)

    def key_fields(self, payloads: bytes) -> tuple[bytes, ...]:
        """What the result depends on. payloads: a hash over those of its ballots and challenges."""
        return _NUMBER.pack(self.start), self.flags, b"".join(self.hashes), self.classes, payloads


def entries_at_once(archive: Archive, manifest: Manifest, *, batches: bool) -> int:
    """How many ballots make a piece: as many as a batch should have, or fewer where there are no batches or hints."""
    batches = batches and any(name.startswith(f"{HINTS}/") for name in archive.sizes())
    proofs = max(sum(len(contest.items()) + 1 for contest in manifest.contests_of(style)) for style in manifest.styles)
    return max(1, (SELECTIONS if batches else ONE_BY_ONE) // proofs)


def divided(
    bundles: Mapping[int, Marks],
    is_counted: Callable[[int], bool],
    most: int,
    classes_of: Callable[[range], bytes] | None = None,
) -> Iterator[Piece]:
    """Pieces of about equal size, at most `most` entries each, in index order; none reaches over missing entries.

    Unless there is little to do, their number is even, so that two workers share it. classes_of: the classes of some
    entries, where there is a roll.
    """
    for _, numbers in groupby(enumerate(bundles), key=lambda pair: pair[1] - pair[0]):
        there = [number for _, number in numbers]
        start, end = there[0] * WIDTH, there[-1] * WIDTH + len(bundles[there[-1]].flags)
        number = -(-(end - start) // most)
        if 2 * (end - start) > most:
            number = min(number + number % 2, end - start)
        bounds = [start + (end - start) * i // number for i in range(number + 1)]
        for first, last in pairwise(bounds):
            piece = _piece(bundles, is_counted, first, last)
            yield replace(piece, classes=classes_of(range(first, last))) if classes_of else piece


def _piece(bundles: Mapping[int, Marks], is_counted: Callable[[int], bool], start: int, end: int) -> Piece:
    numbers = range(start // WIDTH, (end - 1) // WIDTH + 1)
    flags = bytearray().join(bundles[number].flags for number in numbers)
    del flags[: start - numbers[0] * WIDTH]
    del flags[end - start :]
    for position, flag in enumerate(flags):
        if flag & BALLOT and is_counted(start + position):
            flags[position] |= COUNTED
    return Piece(start, bytes(flags), tuple(bundles[number].sha256 for number in numbers))
