"""A ballot has the style of its line on the roll, whoever of the workers looks at it."""

from array import array
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest

from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.choices import choose
from e2evote.ballot.sealing import cast, seal
from e2evote.ballot.voter import Voter
from e2evote.record.archive import MemoryArchive
from e2evote.record.electorate import Entitlement
from e2evote.record.roll_row import line_of
from e2evote.verify import ballot_work
from e2evote.verify.ballot_work import Means
from e2evote.verify.checks import Check
from e2evote.verify.classes import Classes
from e2evote.verify.examine import Question, examine
from e2evote.verify.pieces import divided
from tests.ballot.envelopes import files_of
from tests.ballot.rolled import RolledRig, Terms
from tests.randomness import DeterministicRandomness
from tests.tally.rolls import failing, force
from tests.verify.test_pieces import marks

WEIGHED = Terms(weights=(1, 2, 5), lines=(("all", 1), ("half", 5), ("all", 2), ("half", 1)), floor=1)


def wrong_style(rig: RolledRig) -> Envelope:
    """Line 6 may vote for the mayor alone, and votes for the board too."""
    return rig.ballot(6, {"mayor": {"ada": 1}, "board": {"dan": 1}}, "all")


def test_a_ballot_of_another_style_is_refused_and_fails_a_record() -> None:
    rig = RolledRig.at("cast")
    refusal = rig.refusal(wrong_style(rig))
    assert refusal.code == "ballot.style"
    assert "style all: want half" in refusal.detail
    assert rig.refusal(rig.ballot(1, {"mayor": {"ada": 1}}, "half")).code == "ballot.style"
    rig.post(rig.ballot(6))
    index = len(rig.entries)
    force(rig, wrong_style(rig))
    assert failing(rig) == {"ballot.style": [f"entry {index} (ballot)"]}


def test_a_ballot_of_no_line_has_no_style() -> None:
    rig = RolledRig.at("cast")
    keys = rig.signers(1)
    voter = Voter(line_of(9), tuple(key.public for key in keys))
    choices = choose(rig.manifest, "all", {"mayor": {"ada": 1}})
    made = cast(seal(rig.context, choices, voter, DeterministicRandomness("nobody")), bytes(32), *keys)
    index = len(rig.entries)
    force(rig, Envelope(made.leaf.encode(), made.payload, made.hints))
    report = rig.examination().report
    assert report.failing == {Check.BALLOT_LINE, Check.BALLOT_STYLE}
    (failure,) = report.result(Check.BALLOT_STYLE).failures
    assert (failure.subject, failure.detail) == (f"entry {index} (ballot)", "style all: its line is not on the roll")


def test_every_ballot_is_examined_and_without_a_roll_none() -> None:
    rig = RolledRig.at("cast")
    result = rig.examination().report.result(Check.BALLOT_STYLE)
    assert (result.status, result.examined) == ("pass", 4)
    early = RolledRig.at("issued").examination().report.result(Check.BALLOT_STYLE)
    assert (early.status, early.examined) == ("pass", 0)


def test_classes_go_through_bytes_unchanged() -> None:
    classes = Classes(WEIGHED.manifest())
    known = [Entitlement(style, weight) for style in ("all", "half") for weight in (1, 2, 5)]
    given = [None, *known, None, *reversed(known)]
    data = classes.encode(given)
    assert len(data) == 2 * len(given)
    assert classes.decode(data) == given
    assert list(array("H", data)) == [0, 1, 2, 3, 4, 5, 6, 0, 6, 5, 4, 3, 2, 1]
    assert classes.decode(b"") == []
    with pytest.raises(KeyError):
        classes.encode([Entitlement("all", 3)])


@pytest.mark.parametrize("most", [1, 7, 300, 999])
def test_a_piece_has_the_classes_of_its_entries(most: int) -> None:
    def classes_of(indices: range) -> bytes:
        return array("H", [index % 6 for index in indices]).tobytes()

    plain = list(divided(marks(1000), lambda index: False, most))
    for piece, without in zip(divided(marks(1000), lambda index: False, most, classes_of), plain, strict=True):
        assert list(array("H", piece.classes)) == [index % 6 for index in range(piece.start, piece.end)]
        assert (piece.flags, piece.hashes, without.classes) == (without.flags, without.hashes, b"")
        assert piece.key_fields(b"") != without.key_fields(b""), "a result is of one roll"


def test_a_result_is_used_again_only_under_the_same_roll() -> None:
    """Style and weight of a line decide about its ballot, so what was found out depends on them."""
    first, second = (
        next(divided(marks(300), lambda index: True, 300, lambda indices, c=c: bytes((c,)) * 2 * len(indices)))
        for c in (1, 2)
    )
    assert first.flags == second.flags
    assert first.key_fields(b"payloads") != second.key_fields(b"payloads")


def test_workers_find_the_same_as_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ballot_work, "entries_at_once", lambda *_, **__: 3)
    rig = RolledRig.at("open", WEIGHED)
    for number in (1, 2, 3):
        rig.post(rig.ballot(number))
    force(rig, rig.ballot(4, {"mayor": {"ada": 1}}, "all"))
    archive, question = MemoryArchive(files_of(rig.manifest, tuple(rig.entries))), Question(allow_test_group=True)
    alone = examine(archive, lambda: nullcontext(archive), question)
    with ThreadPoolExecutor(2) as executor:
        shared = examine(archive, lambda: nullcontext(archive), question, Means(executor))
    assert alone.report.failing == {Check.BALLOT_STYLE}
    assert alone.report.encode() == shared.report.encode()
    assert alone.products == shared.products
    assert alone.products is not None
    assert alone.products["online"].classes == {
        ("mayor", 1): 2,
        ("mayor", 5): 1,
        ("mayor", 2): 1,
        ("board", 1): 2,
        ("board", 2): 1,
    }
