"""Any earlier root of a log is known after its entries were read once, whether or not it was asked for before."""

import pytest

from e2evote.board.log import Log
from e2evote.board.merkle import leaf_hash, root
from e2evote.board.note import Signer
from e2evote.errors import Refused
from e2evote.record.archive import MemoryArchive
from e2evote.verify.earlier_roots import EarlierRoots
from e2evote.verify.findings import Findings
from e2evote.verify.first_pass import Marks
from e2evote.verify.log import LogCheck, log_key, read_bundle, read_log
from tests.ballot.election import make_manifest, signing_key

SIZE = 3 * 256 + 77
ENTRIES = [f"entry {i}".encode() for i in range(SIZE)]
HASHES = [leaf_hash(entry) for entry in ENTRIES]


def read(size: int = SIZE) -> tuple[dict[str, bytes], EarlierRoots]:
    """The files of a log of these entries, and its earlier roots after it was read."""
    log = Log(Signer(log_key(make_manifest()), signing_key("log").sign))
    for entry in ENTRIES[:size]:
        log.append(entry)
    files = dict(log.publish(0))
    archive = MemoryArchive(files)
    published, marks = read_log(archive, Findings()), {}
    check = LogCheck(archive, published)
    for path in published.bundles:
        bundle = read_bundle(archive, path)
        marks[path.index] = Marks(bundle.sha256, bytearray())
        for entry in bundle.entries:
            check.append(leaf_hash(entry))
    check.finish(Findings())
    return files, EarlierRoots(archive, published, marks)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 513, 700, 767, 768, 769, SIZE - 1, SIZE])
def test_the_root_at_any_size_is_that_of_so_many_entries(size: int) -> None:
    _, roots = read()
    assert roots.at(size) == root(HASHES[:size])


@pytest.mark.parametrize("whole", [1, 255, 256, 512, 768])
def test_in_a_log_of_any_size(whole: int) -> None:
    _, roots = read(whole)
    assert [roots.at(size) for size in range(whole + 1)] == [root(HASHES[:size]) for size in range(whole + 1)]


def test_a_log_has_no_root_beyond_its_end() -> None:
    _, roots = read()
    assert roots.at(SIZE + 1) is roots.at(2**53 - 1) is roots.at(-1) is None


def test_nothing_is_known_where_entries_are_missing() -> None:
    files, _ = read()
    del files["tile/entries/001"]
    archive = MemoryArchive(files)
    assert EarlierRoots(archive, read_log(archive, Findings()), {}).at(10) is None


def test_entries_that_changed_meanwhile_are_no_basis() -> None:
    files, roots = read()
    before = files["tile/entries/001"]
    files["tile/entries/001"] = before[:-1] + bytes([before[-1] ^ 1])
    assert roots.at(256) == root(HASHES[:256])
    with pytest.raises(Refused) as refused:
        roots.at(300)
    assert refused.value.code == "record-changed"
