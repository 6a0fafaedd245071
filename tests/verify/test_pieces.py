"""How a record is divided: every entry once, in order, in pieces of equal size that the record alone decides."""

import pytest

from e2evote.board.tiles import WIDTH
from e2evote.record.archive import MemoryArchive
from e2evote.verify.first_pass import BALLOT, CHALLENGE, SIGNED, Marks
from e2evote.verify.pieces import COUNTED, ONE_BY_ONE, divided, entries_at_once
from tests.ballot.election import make_manifest
from tests.verify.synthetic import hashed

KINDS = (SIGNED | BALLOT, SIGNED, SIGNED | CHALLENGE, 0)


def flags_of(index: int) -> int:
    return KINDS[index % len(KINDS)]


def marks(size: int, missing: frozenset[int] = frozenset()) -> dict[int, Marks]:
    numbers = [n for n in range(-(-size // WIDTH)) if n not in missing]
    return {
        n: Marks(hashed(n), bytearray(map(flags_of, range(n * WIDTH, min(size, (n + 1) * WIDTH))))) for n in numbers
    }


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 1000])
@pytest.mark.parametrize("most", [1, 7, 100, 256, 300, 999, 5000])
def test_every_entry_is_in_one_piece(size: int, most: int) -> None:
    pieces = list(divided(marks(size), lambda index: index % 3 == 0, most))
    assert [piece.start for piece in pieces] == [0, *(piece.end for piece in pieces[:-1])]
    assert pieces[-1].end == size
    sizes = {piece.end - piece.start for piece in pieces}
    assert max(sizes) <= most
    assert max(sizes) - min(sizes) <= 1
    if 2 * size > max(most, 2):
        assert len(pieces) % 2 == 0 or max(sizes) == 1
    for piece in pieces:
        assert piece.hashes == tuple(hashed(number) for number in piece.bundles())
        for index, flags in enumerate(piece.flags, piece.start):
            counted = COUNTED if flags_of(index) & BALLOT and index % 3 == 0 else 0
            assert flags == flags_of(index) | counted
        assert piece.cast == sum(bool(flags_of(i) & (BALLOT | CHALLENGE)) for i in range(piece.start, piece.end))


def test_no_piece_reaches_over_missing_entries() -> None:
    pieces = list(divided(marks(1500, frozenset({0, 3})), lambda index: False, 10_000))
    assert [(piece.start, piece.end) for piece in pieces] == [(256, 768), (1024, 1500)]


def test_without_batches_or_hints_pieces_are_smaller() -> None:
    manifest = make_manifest()
    most = max(len(contest.items()) + 1 for contest in manifest.contests)
    with_hints, without = MemoryArchive({"hints/000": b""}), MemoryArchive({"payload/000": b""})
    batched = entries_at_once(with_hints, manifest, batches=True)
    assert batched > 500
    assert entries_at_once(without, manifest, batches=True) < ONE_BY_ONE // most < batched
    assert entries_at_once(with_hints, manifest, batches=False) == entries_at_once(without, manifest, batches=True)
