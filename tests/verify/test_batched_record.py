"""Whole records in batches and one by one: the same bytes, whoever made the hints, and the hints are really used."""

import re
from collections.abc import Callable

import pytest

from e2evote.algebra import group
from e2evote.board.bundles import decode_bundle, decode_pack, encode_pack
from e2evote.board.tiles import decode_path
from e2evote.proofs import batch, equal_logs, key_proof, known_log
from e2evote.verify import ballots, ceremony, challenges, decryption, paper
from e2evote.verify.checks import Status
from e2evote.verify.examine import Question
from tests.ballot.boxed import Rig
from tests.ballot.envelopes import files_of
from verify.shown import verify_files

Files = dict[str, bytes]
Edit = Callable[[bytes], bytes]


def published() -> Files:
    """A finished selection as a box publishes it, with hints beside every entry that has proofs."""
    rig = Rig.at("decrypted")
    rig.post(rig.outcome_leaf(rig.outcome((1, 3))))
    return files_of(rig.manifest, tuple(rig.entries))


@pytest.fixture(scope="module")
def files() -> Files:
    return published()


def report_of(files: Files, *, one_by_one: bool = False) -> bytes:
    return verify_files(files, Question(allow_test_group=True, one_by_one=one_by_one)).encode()


def hinted(files: Files) -> dict[int, bytes]:
    """The hints by entry."""
    found = {}
    for name, data in files.items():
        if name.startswith("hints/"):
            path = decode_path(name)
            found |= {path.index * 256 + i: item for i, item in enumerate(decode_pack(data, path.width)) if item}
    return found


def with_hints(files: Files, edit: Callable[[int, bytes], bytes | None]) -> Files:
    changed = dict(files)
    for name, data in files.items():
        if name.startswith("hints/"):
            path = decode_path(name)
            items = decode_pack(data, path.width)
            changed[name] = encode_pack(
                [edit(path.index * 256 + i, item) if item else None for i, item in enumerate(items)]
            )
    return changed


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is verified by itself."""
    seen: list[str] = []

    def watch(module: object, name: str, what: str) -> None:
        original = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, **k: seen.append(what) or original(*a, **k))

    for module in (key_proof, known_log, equal_logs):
        watch(module, "verify", module.__name__.rpartition(".")[2])
    watch(ballots, "check_proofs", "ballot")
    watch(challenges, "check_claims", "challenge")
    return seen


def test_every_entry_with_proofs_has_hints(files: Files) -> None:
    with_proofs = (b"ceremony.reveal", b"ceremony.shares", b"ballot", b"challenge", b"tally.share")
    (bundle,) = [name for name in files if name.startswith("tile/entries/")]
    entries = decode_bundle(files[bundle], decode_path(bundle).width)
    kinds = [re.search(rb'"kind":"([a-z.]+)"', entry) for entry in entries]
    assert {i for i, kind in enumerate(kinds) if kind and kind[1] in with_proofs} == set(hinted(files))


def test_with_right_hints_nothing_is_verified_by_itself(files: Files, alone: list[str]) -> None:
    report = report_of(files)
    assert alone == []
    assert report == report_of(files, one_by_one=True)
    assert {"key_proof", "known_log", "equal_logs", "ballot"} <= set(alone)


def test_one_by_one_leaves_nothing_to_chance(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn, so whoever repeats it does exactly the same."""
    for module in (group, batch):
        for name in ("randbits", "token_bytes"):
            monkeypatch.setattr(module.secrets, name, lambda *size: pytest.fail("a random number"))
    report_of(files, one_by_one=True)
    with pytest.raises(pytest.fail.Exception, match="a random number"):
        report_of(files)


def test_nothing_fails_in_it(files: Files) -> None:
    report = verify_files(files, Question(allow_test_group=True))
    assert report.failing == frozenset()
    assert all(r.status in (Status.PASS, Status.NOT_ASKED) for r in report.results)


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("one bit", lambda data: bytes([data[0], data[1] ^ 1]) + data[2:]),
        ("cut", lambda data: data[:-1]),
        ("zeros", lambda data: bytes(len(data))),
        ("ones", lambda data: b"\xff" * len(data)),
        ("the first two exchanged", lambda data: data[64:128] + data[:64] + data[128:]),
        ("none", lambda data: None),
    ],
)
def test_wrong_hints_cost_time_only(name: str, edit: Edit, files: Files, alone: list[str]) -> None:
    expected = report_of(files, one_by_one=True)
    alone.clear()
    assert report_of(with_hints(files, lambda index, data: edit(data))) == expected
    assert {"key_proof", "known_log", "equal_logs", "ballot"} <= set(alone)


def test_the_hints_of_one_entry_beside_another(files: Files) -> None:
    known = hinted(files)
    moved = {index: known[other] for index, other in zip(known, [*list(known)[1:], next(iter(known))], strict=True)}
    assert report_of(with_hints(files, lambda index, data: moved[index])) == report_of(files, one_by_one=True)


def test_all_modules_ask_the_same_batch() -> None:
    """What a batch says of the proofs of trustees, of ballots and of totals on paper is said by one function."""
    assert ceremony.verdicts is decryption.verdicts is paper.verdicts is batch.verdicts
