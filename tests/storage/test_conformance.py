"""What every storage does: one suite, run against each of them."""

from collections.abc import Callable

import pytest

from e2evote.board.merkle import leaf_hash
from e2evote.board.storage import (
    NO_PAYLOAD,
    NOTE_LIMIT,
    PRIVATE_LIMIT,
    WAITING,
    Answer,
    Appended,
    Batch,
    Storage,
    Stored,
    Submission,
)
from e2evote.board.tiles import TilePath
from e2evote.errors import StorageConflict
from e2evote.hashing.digest import sha256
from storage.houses import House
from storage.sample import batch, closing, fill, submission, tile

ALL = 1_000_000
NO = Answer("stale-prev", "a later ballot")


def test_a_new_storage_is_empty(storage: Storage) -> None:
    assert storage.size() == 0
    assert storage.pending(ALL, ALL) == ()
    assert storage.head() == b""
    assert storage.cosigned(0) == b""
    assert storage.tile(0, 0) == b""
    assert list(storage.entries(0, 0)) == []
    assert storage.status(leaf_hash(b"never seen")) is None


def test_what_is_submitted_is_pending_with_all_its_parts(storage: Storage) -> None:
    one = submission(1, b"p" * 24_000, b"h" * 9_000, b"session")
    storage.submit([one])
    assert storage.status(one.key) == WAITING
    assert storage.pending(ALL, ALL) == (one,)
    assert storage.size() == 0


def test_what_is_sequenced_is_an_entry_with_all_its_parts(storage: Storage) -> None:
    one, two = submission(1, b"p" * 24_000, b"h" * 9_000, b"session"), submission(2, b"")
    storage.submit([one, two])
    storage.sequence(batch(0, [two, one]))
    assert storage.size() == 2
    assert storage.pending(ALL, ALL) == ()
    assert [storage.status(one.key), storage.status(two.key)] == [1, 0]
    assert list(storage.entries(0, 2)) == [
        Stored(two.entry, NO_PAYLOAD),
        Stored(one.entry, sha256(one.payload), b"session"),
    ]
    assert [storage.payload(0), storage.payload(1)] == [b"", one.payload]
    assert [storage.hints(0), storage.hints(1)] == [b"", one.hints]


def test_pending_is_in_the_order_of_arrival_and_within_its_bounds(storage: Storage) -> None:
    made = [submission(number, b"p" * 60, b"h" * 40) for number in range(5)]
    for one in made:
        storage.submit([one])
    assert storage.pending(3, ALL) == tuple(made[:3])
    assert storage.pending(ALL, 100) == tuple(made[:1])
    assert storage.pending(ALL, 101) == tuple(made[:2])
    assert storage.pending(0, ALL) == ()
    assert storage.pending(ALL, 0) == ()
    storage.sequence(batch(0, [made[1]]))
    assert storage.pending(3, ALL) == (made[0], made[2], made[3])


def test_the_same_bytes_are_one_submission(storage: Storage) -> None:
    one = submission(1, b"first")
    storage.submit([one, one])
    storage.submit([submission(1, b"second", b"hints")])
    assert storage.pending(ALL, ALL) == (one,)
    storage.sequence(batch(0, [one]))
    storage.submit([submission(1, b"third")])
    assert storage.pending(ALL, ALL) == ()
    assert storage.status(one.key) == 0
    assert storage.payload(0) == b"first"


def test_who_is_refused_may_hand_in_again(storage: Storage) -> None:
    one = submission(1, b"first", b"hints")
    storage.submit([one])
    storage.sequence(Batch(0, answers={one.key: NO}))
    assert storage.status(one.key) == NO
    assert storage.pending(ALL, ALL) == ()
    assert storage.size() == 0
    again = submission(1, b"second")
    storage.submit([again])
    assert storage.status(one.key) == WAITING
    assert storage.pending(ALL, ALL) == (again,)
    storage.sequence(batch(0, [again]))
    assert (storage.status(one.key), storage.payload(0), storage.hints(0)) == (0, b"second", b"")


def test_an_answer_may_be_the_index_of_the_same_thing(storage: Storage) -> None:
    one, same = submission(1), submission(2)
    storage.submit([one, same])
    storage.sequence(batch(0, [one], answers={same.key: 0}))
    assert storage.status(same.key) == 0
    storage.submit([same])
    assert storage.status(same.key) == 0
    assert storage.pending(ALL, ALL) == ()
    assert storage.size() == 1


def test_only_the_latest_answers_are_kept(storage: Storage) -> None:
    storage.answers_kept = 3  # type: ignore[attr-defined]
    made = [submission(number) for number in range(6)]
    storage.submit(made)
    for one in made:
        storage.sequence(Batch(0, answers={one.key: NO}))
    assert [storage.status(one.key) for one in made] == [None, None, None, NO, NO, NO]
    storage.submit(made)
    assert storage.pending(ALL, ALL) == tuple(made)


def test_hints_and_private_bytes_are_those_of_the_batch(storage: Storage) -> None:
    made = [submission(number, b"p", b"handed in", b"before") for number in range(4)]
    storage.submit(made)
    beside = [(b"handed in", b"before"), (b"regenerated", b"before"), (b"", b""), (b"handed in", b"after")]
    storage.sequence(Batch(0, tuple(Appended(one.key, *pair) for one, pair in zip(made, beside, strict=True))))
    stored = list(storage.entries(0, 4))
    assert [(storage.hints(index), stored[index].private) for index in range(4)] == beside
    assert [storage.payload(index) for index in range(4)] == [b"p"] * 4


@pytest.mark.parametrize("size", [2**20 - 1, 2**20, 2**20 + 1, 3 * 2**20 + 5])
def test_large_payloads_and_hints_come_back(storage: Storage, size: int) -> None:
    payload = bytes(range(251)) * (size // 251 + 1)
    one = submission(1, payload[:size], payload[1 : size + 1])
    storage.submit([one])
    assert storage.pending(1, 1) == (one,)
    storage.sequence(Batch(0, (Appended(one.key, payload[2 : size + 2]),)))
    assert storage.payload(0) == payload[:size]
    assert storage.hints(0) == payload[2 : size + 2]


def test_no_index_twice_and_none_left_out(storage: Storage) -> None:
    fill(storage, 3)
    more = submission(10)
    storage.submit([more])
    for start in (0, 2, 4):
        with pytest.raises(StorageConflict):
            storage.sequence(batch(start, [more]))
    assert storage.size() == 3
    assert storage.status(more.key) == WAITING


@pytest.mark.parametrize("known", ["unknown", "refused", "in the log"])
def test_only_what_is_pending_is_sequenced_or_answered(storage: Storage, known: str) -> None:
    one, other = submission(1), submission(2)
    storage.submit([other] if known == "unknown" else [one, other])
    if known == "refused":
        storage.sequence(Batch(0, answers={one.key: NO}))
    if known == "in the log":
        storage.sequence(batch(0, [one]))
    before = storage.status(one.key)
    for bad in (
        batch(storage.size(), [other, one], tiles=tile(0, 0, 2)),
        batch(storage.size(), [other], answers={one.key: NO}),
    ):
        with pytest.raises(StorageConflict):
            storage.sequence(bad)
    assert storage.status(one.key) == before
    assert storage.status(other.key) == WAITING
    assert storage.tile(0, 0) == b""


def test_tiles_grow(storage: Storage) -> None:
    for width in (1, 2, 2, 255, 256):
        tiles = tile(0, 0, width) | tile(1, 0, min(width, 3))
        storage.sequence(Batch(0, tiles=tiles))
        assert storage.tile(0, 0) == tiles[TilePath("tile/0", 0, width)]
    assert len(storage.tile(1, 0)) == 3 * 32
    assert storage.tile(0, 1) == storage.tile(2, 0) == b""
    storage.sequence(Batch(0, tiles=tile(0, 2**40, 1)))
    assert storage.tile(0, 2**40) == tile(0, 2**40, 1)[TilePath("tile/0", 2**40, 1)]


@pytest.mark.parametrize("other", [tile(0, 0, 2), tile(0, 0, 3, salt=1), tile(0, 0, 4, salt=1)])
def test_a_hash_that_is_stored_stays(storage: Storage, other: dict[TilePath, bytes]) -> None:
    storage.sequence(Batch(0, tiles=tile(0, 0, 3)))
    one = submission(1)
    storage.submit([one])
    with pytest.raises(ValueError):
        storage.sequence(batch(0, [one], tiles=tile(0, 1, 1) | other))
    assert storage.tile(0, 0) == tile(0, 0, 3)[TilePath("tile/0", 0, 3)]
    assert (storage.size(), storage.tile(0, 1), storage.status(one.key)) == (0, b"", WAITING)


def test_the_head_is_swapped_only_by_who_knows_it(storage: Storage) -> None:
    fill(storage, 2)
    storage.swap_head(b"", b"one", 1)
    for old in (b"", b"two", b"one "):
        with pytest.raises(StorageConflict):
            storage.swap_head(old, b"other", 2)
        assert storage.head() == b"one"
    storage.swap_head(b"one", b"two", 2)
    storage.swap_head(b"two", b"two again", 2)
    assert storage.head() == b"two again"


def test_a_head_covers_what_is_there_and_never_less_than_before(storage: Storage) -> None:
    fill(storage, 2)
    storage.swap_head(b"", b"one", 1)
    for size in (0, 3, -1):
        with pytest.raises(ValueError):
            storage.swap_head(b"one", b"other", size)
    assert storage.head() == b"one"


def test_the_first_cosigned_checkpoint_that_covers_an_entry_stays_its_first(storage: Storage) -> None:
    fill(storage, 6)
    storage.add_cosigned(2, b"two")
    assert [storage.cosigned(index) for index in range(3)] == [b"two", b"two", b""]
    storage.add_cosigned(5, b"five")
    storage.add_cosigned(5, b"five again")
    storage.add_cosigned(4, b"too late")
    storage.add_cosigned(2, b"two again")
    assert [storage.cosigned(index) for index in range(6)] == [b"two", b"two", b"five", b"five", b"five", b""]


def test_entries_are_read_in_ranges_and_across_pages(storage: Storage) -> None:
    made = fill(storage, 300)
    assert [stored.entry for stored in storage.entries(0, 300)] == [one.entry for one in made]
    assert [stored.entry for stored in storage.entries(127, 257)] == [one.entry for one in made[127:257]]
    assert list(storage.entries(300, 300)) == []


def test_entries_are_read_with_their_payloads(storage: Storage) -> None:
    sizes = [24_000, 0, 1, 1024 * 1024, 1024 * 1024 + 1, 3 * 1024 * 1024 + 5, 0, *range(40)]
    made = [submission(number, bytes([number]) * size, b"hints") for number, size in enumerate(sizes)]
    storage.submit(made)
    storage.sequence(batch(0, made))
    expected = list(zip(storage.entries(0, len(made)), [one.payload for one in made], strict=True))
    assert list(storage.contents(0, len(made))) == expected
    assert list(storage.contents(3, 21)) == expected[3:21]
    assert list(storage.contents(5, 5)) == []


def test_everything_is_there_after_opening_again(house: House) -> None:
    one, two, three = (submission(number, b"p%d" % number, b"h", b"x") for number in range(3))
    with closing(house.create()) as storage:
        storage.submit([one, two, three])
    with closing(house.open()) as storage:
        storage.sequence(batch(0, [one], tiles=tile(0, 0, 1), answers={two.key: NO}))
    with closing(house.open()) as storage:
        storage.swap_head(b"", b"head", 1)
    with closing(house.open()) as storage:
        storage.add_cosigned(1, b"note")
    with closing(house.open()) as storage:
        assert [storage.status(each.key) for each in (one, two, three)] == [0, NO, WAITING]
        assert list(storage.entries(0, 1)) == [Stored(one.entry, sha256(one.payload), b"x")]
        assert (storage.payload(0), storage.hints(0)) == (b"p0", b"h")
        assert storage.pending(ALL, ALL) == (three,)
        assert storage.tile(0, 0) == tile(0, 0, 1)[TilePath("tile/0", 0, 1)]
        assert (storage.head(), storage.cosigned(0)) == (b"head", b"note")


def test_two_handles_see_one_log(house: House) -> None:
    with closing(house.create()) as first, closing(house.open()) as second:
        one = submission(1)
        first.submit([one])
        assert second.status(one.key) == WAITING
        second.sequence(batch(0, [one]))
        assert first.status(one.key) == 0
        with pytest.raises(StorageConflict):
            first.sequence(batch(0, [one]))
        first.swap_head(b"", b"head", 1)
        with pytest.raises(StorageConflict):
            second.swap_head(b"", b"another", 1)
        assert second.head() == b"head"


def bad_submissions() -> list[Submission]:
    good = submission(1)
    return [
        Submission(leaf_hash(b"another"), good.entry),
        Submission(b"", good.entry),
        Submission(leaf_hash(b"e" * 2**16), b"e" * 2**16),
        Submission(good.key, good.entry, private=b"x" * (PRIVATE_LIMIT + 1)),
    ]


@pytest.mark.parametrize("bad", bad_submissions())
def test_a_submission_that_is_none_is_a_mistake(storage: Storage, bad: Submission) -> None:
    with pytest.raises(ValueError):
        storage.submit([submission(2), bad])
    assert storage.pending(ALL, ALL) == ()


ONE = submission(1)


@pytest.mark.parametrize(
    "bad",
    [
        Batch(-1),
        Batch(0, (Appended(b"short"),)),
        Batch(0, (Appended(ONE.key), Appended(ONE.key))),
        Batch(0, (Appended(ONE.key),), answers={ONE.key: NO}),
        Batch(0, (Appended(ONE.key, private=b"x" * (PRIVATE_LIMIT + 1)),)),
        Batch(0, answers={ONE.key: 0}),
        Batch(0, answers={ONE.key: -1}),
        Batch(0, (Appended(ONE.key),), {TilePath("tile/entries", 0, 1): bytes(32)}),
        Batch(0, (Appended(ONE.key),), {TilePath("tile/0", 0, 2): bytes(32)}),
    ],
)
def test_a_batch_that_is_none_is_a_mistake(storage: Storage, bad: Batch) -> None:
    storage.submit([ONE])
    with pytest.raises(ValueError):
        storage.sequence(bad)
    assert (storage.size(), storage.status(ONE.key)) == (0, WAITING)


@pytest.mark.parametrize(
    "mistake",
    [
        lambda storage: storage.payload(2),
        lambda storage: storage.hints(-1),
        lambda storage: storage.entries(0, 3),
        lambda storage: storage.entries(-1, 1),
        lambda storage: storage.entries(2, 1),
        lambda storage: storage.contents(0, 3),
        lambda storage: storage.contents(-1, 1),
        lambda storage: storage.swap_head(b"", b"", 1),
        lambda storage: storage.swap_head(b"", b"x" * (NOTE_LIMIT + 1), 1),
        lambda storage: storage.add_cosigned(3, b"note"),
        lambda storage: storage.add_cosigned(1, b""),
    ],
)
def test_what_the_log_does_not_have_is_a_mistake(storage: Storage, mistake: Callable[[Storage], object]) -> None:
    fill(storage, 2)
    with pytest.raises(ValueError):
        mistake(storage)
    assert (storage.head(), storage.cosigned(0)) == (b"", b"")


def test_nothing_is_called_after_the_end(house: House) -> None:
    storage = house.create()
    storage.close()
    storage.close()
    for call in (storage.size, storage.head, lambda: storage.submit([ONE])):
        with pytest.raises(RuntimeError):
            call()
