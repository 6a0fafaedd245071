"""A log and its static files: what a stranger can rebuild from them."""

import pytest

from board.keys import log_key, signer
from e2evote.board.bundles import decode_bundle, decode_pack
from e2evote.board.checkpoint import open_checkpoint
from e2evote.board.log import CHECKPOINT, Log
from e2evote.board.merkle import EMPTY_ROOT, leaf_hash, root, verify_consistency
from e2evote.board.tiles import ENTRIES, HINTS, PAYLOAD, bundles, decode_path, decode_tile, tiles


def entry(index: int) -> bytes:
    return f"entry {index}".encode()


def payload(index: int) -> bytes | None:
    return f"payload {index}".encode() if index % 3 else None


def hints(index: int) -> bytes | None:
    return b"hint" if index == 300 else None


def grown(size: int) -> Log:
    log = Log(signer())
    for index in range(size):
        assert log.append(entry(index), payload(index), hints(index)) == index
    return log


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600])
def test_the_files_are_the_log(size: int) -> None:
    files = grown(size).publish(0)
    assert list(files)[-1] == CHECKPOINT
    head = open_checkpoint(files.pop(CHECKPOINT), log_key())
    assert (head.size, head.root) == (size, root(leaf_hash(entry(i)) for i in range(size)))
    entries: list[bytes] = []
    payloads: list[bytes | None] = []
    for path in bundles(ENTRIES, size):
        entries.extend(decode_bundle(files.pop(path.encode()), path.width))
    for path in bundles(PAYLOAD, size):
        payloads.extend(decode_pack(files.pop(path.encode()), path.width))
    assert entries == [entry(i) for i in range(size)]
    assert payloads == [payload(i) for i in range(size)]
    below: list[bytes] = [leaf_hash(item) for item in entries]
    for path in tiles(size):
        hashes = decode_tile(files.pop(path.encode()), path.width)
        if path.series == "tile/0":
            assert list(hashes) == below[path.index * 256 : path.index * 256 + path.width]
        else:
            assert list(hashes) == [root(below[i * 256 : (i + 1) * 256]) for i in range(size // 256)]
    hinted = {path: decode_pack(data, decode_path(path).width) for path, data in files.items()}
    assert set(hinted) == ({f"{HINTS}/001"} if size > 511 else set())
    for pack in hinted.values():
        assert [256 + place for place, item in enumerate(pack) if item] == [300]


def test_publishing_again_and_again_gives_the_same_files_as_once() -> None:
    log, published, previous = Log(signer()), dict[str, bytes](), 0
    for size in (0, 1, 2, 200, 256, 257, 511, 512, 600):
        for index in range(log.size, size):
            log.append(entry(index), payload(index), hints(index))
        files = log.publish(previous)
        for path, data in files.items():
            assert path == CHECKPOINT or published.get(path, data) == data
        published.update(files)
        previous = size
    for path, data in grown(600).publish(0).items():
        assert published[path] == data


def test_only_what_changed_is_published() -> None:
    log = grown(300)
    assert list(log.publish(300)) == [CHECKPOINT]
    log.append(entry(300))
    assert list(log.publish(300)) == ["tile/entries/001.p/45", "payload/001.p/45", "tile/0/001.p/45", CHECKPOINT]


def test_an_empty_log_is_published_too() -> None:
    files = Log(signer()).publish(0)
    assert list(files) == [CHECKPOINT]
    assert open_checkpoint(files[CHECKPOINT], log_key()).root == EMPTY_ROOT


def test_forgetting_keeps_every_proof_and_what_is_still_to_publish() -> None:
    log, whole = grown(600), grown(600)
    log.forget(599)
    log.forget(300)
    assert log.publish(512) == whole.publish(512)
    assert log.publish(600) == whole.publish(600)
    assert log.proof(3, log.signed_checkpoint()) == whole.proof(3, whole.signed_checkpoint())
    with pytest.raises(ValueError, match="entries before 512 are forgotten"):
        log.publish(511)
    assert log.append(entry(600)) == 600
    for size in (-1, 602):
        with pytest.raises(ValueError, match="forget"):
            log.forget(size)
    log.forget(0)
    log.forget(601)
    assert list(log.publish(601)) == [CHECKPOINT]


def test_heads_of_one_log_are_consistent() -> None:
    log = grown(70)
    for old, size in ((1, 70), (33, 64), (64, 64)):
        proof = log.consistency_proof(old, size)
        assert verify_consistency(old, size, proof, log.checkpoint(old).root, log.checkpoint(size).root)


def test_no_proof_under_a_checkpoint_that_never_was() -> None:
    log, other = grown(10), Log(signer())
    other.append(b"another history")
    with pytest.raises(ValueError, match="never was"):
        log.proof(0, other.signed_checkpoint())
    with pytest.raises(ValueError):
        log.proof(0, grown(11).signed_checkpoint())
    with pytest.raises(ValueError, match="no leaf 10"):
        log.proof(10, log.signed_checkpoint())


@pytest.mark.parametrize("previous", [-1, 11])
def test_no_such_previous_size(previous: int) -> None:
    with pytest.raises(ValueError, match=f"from size {previous}"):
        grown(10).publish(previous)


def test_an_entry_that_no_bundle_could_hold_is_not_appended() -> None:
    log = Log(signer())
    log.append(bytes(65535))
    assert decode_bundle(log.publish(0)["tile/entries/000.p/1"], 1) == (bytes(65535),)
    log = grown(1)
    with pytest.raises(ValueError, match="65536 bytes, limit 65535"):
        log.append(bytes(65536))
    for bad in ((b"x", b"", None), (b"x", None, b"")):
        with pytest.raises(ValueError, match="0 bytes beside it"):
            log.append(*bad)
    assert log.size == 1
    assert log.publish(0) == grown(1).publish(0)
