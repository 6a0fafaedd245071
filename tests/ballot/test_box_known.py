"""What a box lets in, what it knows again, and that it goes on from its record as if it had never stopped."""

from dataclasses import replace

import pytest

from e2evote.ballot.box import Known
from e2evote.ballot.box_envelope import Envelope
from e2evote.errors import Refused
from e2evote.record.bodies import BallotBody, Body
from e2evote.record.leaf import Leaf, decode_leaf
from e2evote.verify.checks import Verdict
from tests.ballot.boxed import N, Rig, box_of
from tests.ballot.election import GROUP, signing_key
from tests.ballot.envelopes import sign_with

VERA = signing_key("vera")


def leaf_of(envelope: Envelope) -> Leaf:
    return decode_leaf(envelope.leaf, GROUP, N, first=False)


def body_of(envelope: Envelope) -> BallotBody:
    body = leaf_of(envelope).body
    assert isinstance(body, BallotBody)
    return body


def test_a_selection_that_went_through_a_box_is_consistent() -> None:
    rig = Rig.at("decrypted", ties=True)
    rig.post(rig.outcome_leaf(rig.outcome((1, 3))))
    report = rig.examination().report
    assert report.failing == frozenset()
    assert report.verdict is Verdict.CONSISTENT
    assert report.facts.counts == {
        "ballots": 3,
        "challenges": 1,
        "counted": 2,
        "lines": 2,
        "sessions": 1,
        "valid": 3,
    }


@pytest.mark.parametrize(
    "phase", ["setup", "commits", "reveals", "shares", "confirms", "open", "cast", "closed", "stated"]
)
def test_what_is_in_the_log_is_known_by_its_place(phase: str) -> None:
    rig = Rig.at(phase)
    for index, (entry, payload, _) in enumerate(list(rig.entries)):
        assert rig.box.consider(Envelope(entry, payload or b"")) == Known(index)


def test_a_ballot_signed_once_more_is_the_first_one() -> None:
    """The same tracker under another leaf: nothing is appended."""
    rig = Rig.at("open")
    envelope = rig.ballot("vera")
    index = rig.post(envelope)
    leaf = leaf_of(envelope)
    again = replace(leaf, body=replace(body_of(envelope), prev=b"\x01" * 32), signatures=())
    assert rig.box.consider(sign_with(again, [VERA], envelope.payload)) == Known(index)


def test_a_ballot_that_was_acknowledged_is_known_after_the_close() -> None:
    rig = Rig.at("open")
    envelope = rig.ballot("vera")
    index = rig.post(envelope)
    rig.post(rig.leaf("close", Body()))
    assert rig.box.consider(envelope) == Known(index)


def test_a_later_ballot_of_a_line_takes_the_place_of_the_earlier() -> None:
    rig = Rig.at("open")
    for expected in (1, 1, 1):
        rig.post(rig.ballot("vera"))
        assert len(rig.box.ledger.counted()) == expected
    assert rig.box.ledger.invalid == []


def test_a_box_goes_on_from_its_record() -> None:
    """Resumed after every entry, it refuses and knows the same."""
    rig = Rig.at("open")
    first, (opened, _) = rig.ballot("vera"), rig.challenge("otto")
    for envelope in (first, opened):
        rig.post(envelope)
    resumed = Rig.resumed(rig.manifest, tuple(rig.entries), rig.box.sessions)
    assert resumed.box.consider(first) == Known(rig.box.size - 2)
    assert resumed.box.state == rig.box.state
    assert resumed.box.sessions == rig.box.sessions
    assert resumed.box.ledger.counted() == rig.box.ledger.counted()


def test_a_box_does_not_go_on_from_a_record_that_fails() -> None:
    rig = Rig.at("cast")
    entries = list(rig.entries)
    entry, payload, hints = entries[-1]
    assert payload is not None
    entries[-1] = (entry, payload[:-1] + b" ", hints)
    with pytest.raises(Refused) as refused:
        box_of(rig.manifest, entries, {})
    assert refused.value.code == "record-fails"
    assert "board.payload" in refused.value.detail


def test_only_the_next_entry_is_taken() -> None:
    rig = Rig.at("open")
    admitted = rig.admitted(rig.ballot("vera"))
    rig.post(rig.ballot("otto"))
    with pytest.raises(ValueError, match="admitted as entry"):
        rig.box.take(admitted)


# Hints


def hints_of(rig: Rig, envelope: Envelope) -> bytes:
    return rig.admitted(envelope).hints


def test_right_hints_are_kept_and_others_made_anew() -> None:
    rig = Rig.at("open")
    for envelope in (rig.ballot("vera"), rig.challenge("otto")[0]):
        right = envelope.hints
        assert hints_of(rig, envelope) is right
        wrong = bytes([right[0] ^ 1]) + right[1:]
        for hints in (b"", wrong, right[:-1], right + right, right[64:] + right[:64], bytes(len(right))):
            assert hints_of(rig, replace(envelope, hints=hints)) == right
