"""From a whole record to a trustee's facts, and with them to the outcome that the reference computes."""

import copy
from contextlib import nullcontext
from dataclasses import replace

import pytest

from e2evote.algebra.parameters import TEST_512
from e2evote.ceremony.key import TrusteeKey
from e2evote.errors import Refused
from e2evote.record.archive import MemoryArchive
from e2evote.record.shares import decode_decryption_shares
from e2evote.secret.scalar import SecretScalar
from e2evote.tally.combine import Tally, combine
from e2evote.tally.facts import facts_of, own_statement
from e2evote.tally.memory import Accepted, Untouched
from e2evote.tally.trustee import accept, decrypt
from e2evote.verify.examine import Examination, Question, examine
from reference.encryptor import ElectionSpec, Made, make_election
from simulate.bases import BOARD as COUNCIL
from simulate.bases import MAYOR, STYLES, VOTES
from simulate.insider import Dossier
from tests.randomness import DeterministicRandomness

MADE = make_election(ElectionSpec((MAYOR, COUNCIL), STYLES, VOTES), b"facts".ljust(32, b"."))


def dossier(last: str, change: Made = MADE) -> Dossier:
    """The record up to its last leaf of this kind."""
    d = Dossier(copy.deepcopy(change))
    position = max(i for i, entry in enumerate(d.entries) if entry.kind == last)
    del d.entries[position + 1 :]
    return d


def examined(d: Dossier) -> Examination:
    archive = MemoryArchive(d.files())
    return examine(archive, lambda: nullcontext(archive), Question(None, None, True))


def key_of(index: int) -> TrusteeKey:
    hats = [t.values_at(index, MADE.group.q)[1] for (s, _), t in MADE.trustees.items() if s == MADE.session]
    z, z_hat = TEST_512.scalar(MADE.key_share(index)), TEST_512.reduce(sum(hats))
    return TrusteeKey(MADE.h_b, MADE.session, index, SecretScalar(z), SecretScalar(z_hat))


@pytest.mark.parametrize(
    ("last", "code"),
    [
        ("manifest", "tally.not-closed"),
        ("ceremony.confirm", "tally.not-closed"),
        ("ballot", "tally.not-closed"),
        ("close", "tally.not-stated"),
        ("lot", "tally.not-stated"),
        ("outcome", "tally.already-published"),
    ],
)
def test_a_record_too_early_or_too_late(last: str, code: str) -> None:
    with pytest.raises(Refused) as error:
        facts_of(examined(dossier(last)))
    assert error.value.code == code


def test_a_record_in_which_a_check_fails() -> None:
    d = dossier("tally.statement")
    d.one("ballot", 1).body["tracker"] = "00" * 32
    d.one("ballot", 1).keep.add("tracker")
    d.settle()
    with pytest.raises(Refused, match=r"checks that fail: ballot.tracker \[tally.record-fails\]"):
        facts_of(examined(d))


def test_a_statement_that_is_not_what_the_ballots_give() -> None:
    """It fails the examination before anything is compared."""
    d = dossier("tally.statement")
    entry = d.one("tally.statement")
    first, second = entry.content["products"][:2]
    first["A"], second["A"] = second["A"], first["A"]
    entry.keep.add("products")
    d.settle()
    with pytest.raises(Refused, match=r"checks that fail: tally.products \[tally.record-fails\]"):
        facts_of(examined(d))


def test_a_second_statement_on_the_board() -> None:
    d = dossier("tally.statement")
    d.entries.append(copy.deepcopy(d.one("tally.statement")))
    d.settle()
    with pytest.raises(Refused, match=r"checks that fail: board.phase \[tally.record-fails\]"):
        facts_of(examined(d))


def test_a_counted_ballot_that_is_not_there() -> None:
    d = dossier("tally.statement")
    d.one("ballot", 1).packed = b""
    with pytest.raises(Refused) as error:
        facts_of(examined(d))
    assert error.value.code == "tally.record-incomplete"


def test_a_closed_record_gives_the_statement_that_the_reference_posts() -> None:
    own = own_statement(examined(dossier("lot")))
    assert own.encode() == Dossier(MADE).one("tally.statement").payload_bytes()
    with pytest.raises(Refused, match="tally.not-closed"):
        own_statement(examined(dossier("ballot")))


def test_from_the_statement_to_the_outcome() -> None:
    stated = facts_of(examined(dossier("tally.statement")))
    assert stated.posted == stated.own
    memories = {i: accept(stated, Untouched(), key_of(i))[0] for i in (1, 2, 3)}
    assert {memory.statement for memory in memories.values()} == {MADE.of_kind("tally.statement")[0].hash()}
    accepted = facts_of(examined(dossier("tally.accept")))
    assert sorted(accepted.state.accepts) == list(MADE.spec.decrypting) == [1, 3]
    ours = {i: decrypt(accepted, memories[i], key_of(i), DeterministicRandomness(str(i))).shares for i in (1, 3)}
    with pytest.raises(Refused, match="tally.not-accepted"):
        decrypt(accepted, memories[2], key_of(2), DeterministicRandomness("2"))
    manifest = stated.setting.manifest
    theirs = {
        i: decode_decryption_shares(entry.payload_bytes(), manifest, TEST_512)
        for i, entry in zip((1, 3), MADE.of_kind("tally.share"), strict=True)
    }
    tally = Tally(stated.setting, stated.joint, stated.statement, stated.posted, stated.parts, MADE.spec.digits)
    expected = MADE.of_kind("outcome")[0].payload_bytes()
    for posted in (ours, theirs, {1: ours[1], 3: theirs[3]}):
        result = combine(tally, posted)
        assert result.faults == ()
        assert result.outcome.encode() == expected
    assert [share.M for share in ours[1].shares] == [share.M for share in theirs[1].shares]


def test_the_key_of_another_session_or_trustee_is_refused() -> None:
    stated = facts_of(examined(dossier("tally.statement")))
    for key in (replace(key_of(1), index=2), replace(key_of(1), base_hash=bytes(32))):
        with pytest.raises(Refused, match="tally.wrong-key"):
            accept(stated, Accepted(stated.statement), key)
