"""Products read back from a record: those of its ballots, by any executor, and nothing that has changed since."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import pytest

from e2evote.ballot.bulk import Vote, seal_all
from e2evote.board.bundles import encode_bundle, encode_pack
from e2evote.board.merkle import leaf_hash
from e2evote.board.tiles import ENTRIES, PAYLOAD, WIDTH, bundles
from e2evote.errors import MalformedInput
from e2evote.record.archive import Archive, MemoryArchive, OpenArchive
from e2evote.record.products import Products, products, weighted_products
from e2evote.record.sealed import decode_sealed
from e2evote.verify import tally_products
from e2evote.verify.tally_products import PayloadTotals, products_of_record
from tests.ballot.election import GROUP, VOTE, make_election, make_manifest
from tests.randomness import DeterministicRandomness

ELECTION = make_election(make_manifest())
MANIFEST = ELECTION.manifest
SIZE = 2 * WIDTH + 20
"""Three packs, the last one partial."""


def some(position: int) -> DeterministicRandomness:
    return DeterministicRandomness(f"tally {position}")


VOTES = [Vote("half" if i % 3 else "all", VOTE if not i % 3 else {}, (bytes([i + 1]) * 32,)) for i in range(7)]
BALLOTS = [(made.leaf, made.payload) for made in seal_all(ELECTION.context, VOTES, 7, randomness_of=some)]
LOG = [BALLOTS[index % 7] if index % 11 else (b'{"kind":"other"}', b"") for index in range(SIZE)]
"""The same seven ballots over and over: what is multiplied does not care. Every eleventh entry is something else."""
COUNTED = [(index, leaf_hash(leaf)) for index, (leaf, payload) in enumerate(LOG) if payload and index % 5]


def files(log: list[tuple[bytes, bytes]]) -> dict[str, bytes]:
    made = {}
    for path in bundles(ENTRIES, len(log)):
        some = log[path.index * WIDTH :][: path.width]
        made[path.encode()] = encode_bundle([leaf for leaf, _ in some])
    for path in bundles(PAYLOAD, len(log)):
        some = log[path.index * WIDTH :][: path.width]
        made[path.encode()] = encode_pack([payload or None for _, payload in some])
    return made


class Opens:
    """Opens an archive in memory, and counts how often."""

    def __init__(self, log: list[tuple[bytes, bytes]]) -> None:
        self.files, self.opened = files(log), 0

    @contextmanager
    def __call__(self) -> Iterator[Archive]:
        self.opened += 1
        yield MemoryArchive(self.files)


@pytest.fixture(scope="module")
def expected() -> Products:
    return products(MANIFEST, GROUP, [decode_sealed(LOG[index][1], MANIFEST, GROUP) for index, _ in COUNTED])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tally") / "record"
    for name, data in files(LOG).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def test_they_are_the_products_over_the_ballots_that_count(expected: Products) -> None:
    assert products_of_record(Opens(LOG), MANIFEST, SIZE, iter(COUNTED)) == expected


def test_threads_and_spawned_processes_give_them_too(expected: Products, folder: Path) -> None:
    opener = OpenArchive(folder)
    with ThreadPoolExecutor(3) as executor:
        assert products_of_record(opener, MANIFEST, SIZE, COUNTED, executor, 3) == expected
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert products_of_record(opener, MANIFEST, SIZE, COUNTED, executor, 2) == expected


@pytest.mark.parametrize("packs", [1, 2, 9])
def test_pieces_of_any_size_give_them_too(expected: Products, packs: int) -> None:
    opener, totals = Opens(LOG), PayloadTotals(MANIFEST)
    for wanted in tally_products._pieces(iter(COUNTED), SIZE, packs * WIDTH, lambda index: 1):
        totals.add(tally_products._piece(opener, MANIFEST.encode(), SIZE, wanted))
    assert totals.products() == expected
    assert opener.opened == -(-3 // packs)


@pytest.mark.parametrize(("size", "workers", "packs"), [(3, 1, 1), (WIDTH * 16, 2, 2), (100_000, 2, 8)])
def test_pieces_are_small_enough_for_all_workers_and_few_enough_to_open_the_record(
    size: int, workers: int, packs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tally_products, "_pieces", lambda counted, size, entries, _: asked.append(entries) or iter(()))
    products_of_record(Opens(LOG), MANIFEST, size, [], None, workers)
    assert asked == [packs * WIDTH]


def test_each_ballot_counts_its_weight() -> None:
    def weight_of(index: int) -> int:
        return 1 + index % 3

    payloads = ((decode_sealed(LOG[index][1], MANIFEST, GROUP), weight_of(index)) for index, _ in COUNTED)
    expected = weighted_products(MANIFEST, GROUP, payloads)
    assert len({weight for _, weight in expected.classes}) == 3
    assert products_of_record(Opens(LOG), MANIFEST, SIZE, COUNTED, weight_of=weight_of) == expected
    with ThreadPoolExecutor(2) as executor:
        assert products_of_record(Opens(LOG), MANIFEST, SIZE, COUNTED, executor, 2, weight_of) == expected


def test_no_ballots_have_products_of_1() -> None:
    opener = Opens(LOG)
    assert products_of_record(opener, MANIFEST, SIZE, []) == products(MANIFEST, GROUP, [])
    assert opener.opened == 0


def changed(index: int, leaf: bytes | None = None, payload: bytes | None = None) -> list[tuple[bytes, bytes]]:
    log = list(LOG)
    log[index] = (log[index][0] if leaf is None else leaf, log[index][1] if payload is None else payload)
    return log


INDEX = COUNTED[-1][0]
ALL, HALF = LOG[7][1], LOG[1][1]
OTHER = next(index for index, _ in COUNTED if LOG[index] != LOG[INDEX])


@pytest.mark.parametrize(
    ("log", "message"),
    [
        (changed(INDEX, payload=LOG[OTHER][1]), "its payload is not the one that the leaf names"),
        (changed(INDEX, payload=LOG[INDEX][1].replace(b"0", b"1", 1)), "its payload is not the one"),
        (changed(INDEX, payload=LOG[INDEX][1] + b" "), "its payload is not the one"),
        (changed(INDEX, payload=b""), "its payload is not the one"),
        (changed(INDEX, *LOG[OTHER]), "not the leaf that was counted"),
        (changed(INDEX, leaf=LOG[INDEX][0] + b" "), "not the leaf that was counted"),
    ],
    ids=["another ballot's", "one digit", "a byte more", "none", "another ballot", "another spelling of the leaf"],
)
def test_what_has_changed_since_it_was_verified_is_named(log: list[tuple[bytes, bytes]], message: str) -> None:
    with pytest.raises(MalformedInput, match=f"entry {INDEX}: {message}"):
        products_of_record(Opens(log), MANIFEST, SIZE, COUNTED)


@pytest.mark.parametrize("series", [ENTRIES, PAYLOAD])
def test_a_file_that_is_gone_is_named(series: str) -> None:
    opener = Opens(LOG)
    name = next(path.encode() for path in bundles(series, SIZE) if path.index == 1)
    del opener.files[name]
    with pytest.raises(MalformedInput, match=name if series == ENTRIES else "its payload is not the one"):
        products_of_record(opener, MANIFEST, SIZE, COUNTED)


def test_a_failing_piece_gives_up_the_others(folder: Path) -> None:
    wrong = [*COUNTED[:3], (COUNTED[3][0], bytes(32)), *COUNTED[4:]]
    with ThreadPoolExecutor(1) as executor, pytest.raises(MalformedInput, match="not the leaf that was counted"):
        products_of_record(OpenArchive(folder), MANIFEST, SIZE, wrong, executor)


@pytest.mark.parametrize("ballot", [(SIZE, bytes(32)), (-1, bytes(32)), (1, bytes(31))])
def test_a_list_of_something_else_is_refused(ballot: tuple[int, bytes]) -> None:
    with pytest.raises(ValueError, match="counted ballot"):
        products_of_record(Opens(LOG), MANIFEST, SIZE, [ballot])


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"[]", b"{}", b'{"contests":[{}]}', b'{"contests":[{"id":"none","items":[]}]}', b"\xff", b"[" * 100_000,
        HALF.replace(b'"alpha":"', b'"alpha":"g', 1), HALF.replace(b'"alpha":"', b'"alpha":"00', 1),
        HALF.replace(b'"style":"half"', b'"style":"none"', 1), HALF.replace(b'"style":"half"', b'"style":"all"', 1),
        ALL.replace(b'"style":"all"', b'"style":"half"', 1), HALF.replace(b'"beta"', b'"gamma"', 1),
    ],
)  # fmt: skip
def test_what_can_not_have_been_verified_is_malformed(payload: bytes) -> None:
    with pytest.raises(MalformedInput, match="entry 9: no sealed ballot of this selection"):
        PayloadTotals(MANIFEST).take(payload, "entry 9")


def test_bytes_of_other_products_are_malformed() -> None:
    totals = PayloadTotals(MANIFEST)
    totals.take(HALF, "entry 1", 3)
    good = totals.encode()
    for data in (good[:-1], good + b"\x00", good[:11], b"\xff" + good[1:]):
        with pytest.raises(MalformedInput, match="products"):
            PayloadTotals(MANIFEST).add(data)
