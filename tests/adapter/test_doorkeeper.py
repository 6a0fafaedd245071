"""The door before the box: the box's codes without the box, and floods that leave valid casts served (attack A123)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.adapter import doorkeeper
from e2evote.adapter.booth import new_session
from e2evote.adapter.doorkeeper import FAILURES, MOST_OF_VOTER
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.adapter.reply import Acknowledged
from e2evote.ballot.box import Box
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.merkle import leaf_hash
from e2evote.errors import Refused, StorageFull
from e2evote.record.bodies import BallotBody
from e2evote.record.leaf import PayloadName, Signature
from tests.adapter.halls import BOB, SETUP, Hall, hall, spoiled, stopped
from tests.adapter.selections import PHRASE, refused


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RehearsalKeys, "passphrase", lambda keys: PHRASE)


# What is refused at the door, and what the box would have said


def malformed(hall: Hall) -> Envelope:
    return replace(hall.ballot(1), leaf=b"{}")


def of_another_election(hall: Hall) -> Envelope:
    envelope = hall.ballot(1)
    return hall.signed(envelope, replace(hall.leaf(envelope), election=bytes(32)), 1)


def by_a_party_as_a_voter(hall: Hall) -> Envelope:
    envelope = hall.ballot(1)
    return replace(envelope, leaf=envelope.leaf.replace(b'"author":"voter"', b'"author":"teller"'))


def with_one_signature(hall: Hall) -> Envelope:
    envelope = hall.ballot(1)
    leaf = hall.leaf(envelope)
    return replace(envelope, leaf=leaf.signed(*leaf.signatures[:1]).encode())


def with_a_false_signature(hall: Hall) -> Envelope:
    envelope = hall.ballot(1)
    leaf = hall.leaf(envelope)
    first, second = leaf.signatures
    return replace(envelope, leaf=leaf.signed(first, replace(second, sig=first.sig)).encode())


def with_another_line_s_keys(hall: Hall) -> Envelope:
    envelope = hall.ballot(1)
    return hall.signed(envelope, hall.leaf(envelope), 2)


def of_no_line(hall: Hall) -> Envelope:
    envelope = hall.ballot(1)
    leaf = hall.leaf(envelope)
    return hall.signed(envelope, replace(leaf, body=replace(leaf.body, line="0000009")), 1)


def after_an_old_ballot(hall: Hall) -> Envelope:
    envelope = hall.ballot(1)
    hall.election.cast("1", BOB)
    return envelope


def after_a_mark(hall: Hall) -> Envelope:
    envelope = hall.ballot(2)
    hall.election.mark("2", "postal")
    return envelope


def after_the_close(hall: Hall) -> Envelope:
    envelope = hall.ballot(1)
    hall.election.close()
    return envelope


def in_a_pause(hall: Hall) -> Envelope:
    envelope = hall.ballot(1)
    hall.election.pause("outage")
    return envelope


def too_large(hall: Hall) -> Envelope:
    envelope = hall.ballot(1)
    return hall.signed(envelope, hall.leaf(envelope), 1, b" " * 100_000)


def of_no_form(hall: Hall) -> Envelope:
    envelope = hall.ballot(1)
    return hall.signed(envelope, hall.leaf(envelope), 1, b"{}")


def of_another_style(hall: Hall) -> Envelope:
    envelope = hall.ballot(1)
    payload = envelope.payload.replace(b'"style":"all"', b'"style":"half"')
    leaf = hall.leaf(envelope)
    leaf = replace(leaf, body=replace(leaf.body, tracker=hall.tracker(payload)))
    return hall.signed(envelope, leaf, 1, payload)


def with_another_tracker(hall: Hall) -> Envelope:
    envelope = hall.ballot(1)
    return hall.signed(envelope, hall.leaf(envelope), 1, spoiled(envelope.payload))


def with_another_identifier(hall: Hall) -> Envelope:
    envelope = hall.ballot(1)
    leaf = hall.leaf(envelope)
    return hall.signed(envelope, replace(leaf, body=replace(leaf.body, r=bytes(32))), 1)


def a_challenge_of_no_form(hall: Hall) -> Envelope:
    envelope = hall.challenge(hall.election.session_for("vera"))
    leaf = replace(hall.leaf(envelope), payload=PayloadName.of(b"{}"))
    return replace(envelope, leaf=leaf.encode(), payload=b"{}")


def without_payload(hall: Hall) -> Envelope:
    return replace(hall.challenge(hall.election.session_for("vera")), payload=b"")


def with_another_payload(hall: Hall) -> Envelope:
    return replace(hall.challenge(hall.election.session_for("vera")), payload=b"{}")


def without_session(hall: Hall) -> Envelope:
    return replace(hall.challenge(hall.election.session_for("vera")), session="")


def with_a_session_that_is_used_up(hall: Hall) -> Envelope:
    session = hall.election.session_for("vera")
    for _ in range(hall.election.manifest.box.challenges):
        hall.election.challenge(hall.challenge(session))
    return hall.challenge(session)


CASES: dict[Callable[[Hall], Envelope], str] = {
    malformed: "board.leaf",
    of_another_election: "board.leaf",
    by_a_party_as_a_voter: "board.author",
    with_one_signature: "board.author",
    with_a_false_signature: "board.signature",
    with_another_line_s_keys: "ballot.line",
    of_no_line: "ballot.line",
    after_an_old_ballot: "stale-prev",
    after_a_mark: "already-marked",
    after_the_close: "board.phase",
    in_a_pause: "board.phase",
    too_large: "too-large",
    of_no_form: "ballot.form",
    of_another_style: "ballot.style",
    with_another_tracker: "ballot.tracker",
    with_another_identifier: "ballot.identifier",
    a_challenge_of_no_form: "challenge.form",
    without_session: "no-session",
    with_a_session_that_is_used_up: "challenge-limit",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a123_what_is_seen_without_a_proof_never_reaches_the_box(
    tmp_path: Path, case: Callable[[Hall], Envelope], monkeypatch: pytest.MonkeyPatch
) -> None:
    with hall(tmp_path / "s") as made:
        envelope = case(made)
        with monkeypatch.context() as patch:
            patch.setattr(Box, "consider", lambda box, envelope: pytest.fail("the box was asked"))
            assert refused(lambda: made.election.submit(envelope)).code == CASES[case]
            assert made.pending() == 0
        assert made.code_of_box(envelope) == CASES[case]


@pytest.mark.parametrize(
    ("case", "code"), [(without_payload, "record.payloads"), (with_another_payload, "board.payload")]
)
def test_a123_the_payload_is_the_one_that_the_leaf_names(
    tmp_path: Path, case: Callable[[Hall], Envelope], code: str
) -> None:
    with hall(tmp_path / "s") as made:
        assert refused(lambda: made.election.submit(case(made))).code == code
        assert made.pending() == 0


def test_a123_nothing_of_a_voter_is_stored_before_voting_begins(tmp_path: Path) -> None:
    with hall(tmp_path / "other") as other:
        envelope, keys = other.ballot(1), other.keys(1)
        leaf = other.leaf(envelope)
    with hall(tmp_path / "s", SETUP) as made:
        leaf = replace(leaf, election=made.election.setting.first)
        leaf = leaf.signed(*(Signature(key.public, key.sign(leaf.message())) for key in keys))
        assert refused(lambda: made.election.submit(replace(envelope, leaf=leaf.encode()))).code == "board.phase"
        assert made.pending() == 0


def test_a123_a_session_that_was_not_given_out_here_buys_no_proofs(tmp_path: Path) -> None:
    with hall(tmp_path / "s") as made:
        mine = made.election.session_for("vera")
        cut = mine[:-1] + ("0" if mine[-1] != "0" else "1")
        for session in (new_session(), "6" * 32, "z" * 64, cut, mine[:32], mine.upper().lower()[::-1]):
            assert refused(lambda session=session: made.election.submit(made.challenge(session))).code == "no-session"  # type: ignore[misc]
        assert made.pending() == 0
        made.election.challenge(made.challenge(made.election.new_session()))
        made.election.challenge(made.challenge(mine))
        assert made.election.new_session() != made.election.new_session()


# What is let through


def test_the_same_ballot_in_another_leaf_gets_its_first_receipt(tmp_path: Path) -> None:
    with hall(tmp_path / "s") as made:
        envelope = made.ballot(1)
        first = made.election.cast(envelope)
        later = made.election.cast(made.ballot(1, BOB))
        leaf = made.leaf(envelope)
        assert isinstance(leaf.body, BallotBody)
        again = made.signed(envelope, replace(leaf, body=replace(leaf.body, prev=leaf_hash(later.entry))), 1)
        answer = made.election.cast(again)
        assert (answer.receipt, answer.again) == (first.receipt, True)


def test_a_ballot_may_follow_one_that_is_still_waiting(tmp_path: Path) -> None:
    """A device that has had no answer yet, and whose voter votes once more: only the box knows which is first."""
    with hall(tmp_path / "s") as made:
        first, second = made.ballot(1), made.ballot(1, BOB)
        leaf = made.leaf(second)
        assert isinstance(leaf.body, BallotBody)
        second = made.signed(second, replace(leaf, body=replace(leaf.body, prev=leaf_hash(first.leaf))), 1)
        assert refused(lambda: made.election.submit(second)).code == "stale-prev"
        with stopped(made):
            tickets = [made.election.submit(envelope) for envelope in (first, second)]
        answers = [made.election.wait(ticket, 60) for ticket in tickets]
        assert not any(isinstance(answer, Refused) for answer in answers)


def test_hints_that_are_none_are_not_kept(tmp_path: Path) -> None:
    with hall(tmp_path / "s") as made:
        envelope = replace(made.ballot(1), hints=b"x" * 2**20)
        with stopped(made):
            made.election.submit(envelope)
            (stored,) = made.election._service._with.storage.pending(9, 2**40)
        assert stored.hints == b""
        assert made.election.cast(envelope).entry == envelope.leaf


# Floods


def test_a123_one_line_can_not_fill_the_box(tmp_path: Path) -> None:
    with hall(tmp_path / "s") as made:
        with stopped(made):
            for _ in range(MOST_OF_VOTER):
                made.election.submit(made.unproven(1))
            for _ in range(5):
                assert refused(lambda: made.election.submit(made.unproven(1))).code == "waiting-limit"
            assert made.pending() == MOST_OF_VOTER
            waiting = made.unproven(2)
            made.election.submit(waiting)
            made.election.submit(waiting)  # the same once more takes no place
            assert made.pending() == MOST_OF_VOTER + 1
        assert made.election.cast(made.ballot(3)).index


def test_a123_a_stranger_s_copies_of_a_ballot_take_no_place_of_its_line(tmp_path: Path) -> None:
    """Whose ballot is in the log may vote again, whoever sends that ballot meanwhile, under keys of his own."""
    with hall(tmp_path / "s") as made:
        of_log = made.ballot(1)
        made.election.cast(of_log)
        following = made.ballot(1, BOB)
        with stopped(made):
            for number in range(doorkeeper.MOST_OF_PARTY):
                made.election.submit(made.copied(of_log, bytes([number]) * 32))
            assert refused(lambda: made.election.submit(made.copied(of_log, b"x" * 32))).code == "waiting-limit"
            ticket = made.election.submit(following)
        assert not isinstance(made.election.wait(ticket, 60), Refused)


def test_a123_a_stranger_s_copies_of_a_ballot_make_its_line_wait_for_no_batch(tmp_path: Path) -> None:
    """Else a close that comes in the same batch would shut the line's next ballot out."""
    with hall(tmp_path / "s") as made:
        of_log = made.ballot(1)
        made.election.cast(of_log)
        following = made.ballot(1, BOB)
        with stopped(made):
            copies = [made.election.submit(made.copied(of_log, bytes([number]) * 32)) for number in range(3)]
            ticket = made.election.submit(following)
            made.election._service.step()
            answer = made.election.result(ticket)
            assert isinstance(answer, Acknowledged)
            assert not answer.again
            assert all(isinstance(made.election.result(copy), Acknowledged) for copy in copies)


def test_a123_a_copy_of_a_ballot_is_no_larger_than_a_ballot(tmp_path: Path) -> None:
    with hall(tmp_path / "s") as made:
        envelope = made.ballot(1)
        made.election.cast(envelope)
        large = made.copied(envelope, bytes(32), b"x" * 2**21)
        assert refused(lambda: made.election.submit(large)).code == "too-large"
        assert made.pending() == 0


def test_a123_a_flood_of_invalid_proofs_leaves_valid_casts_served(tmp_path: Path) -> None:
    """An insider with good codes sends ballots with false proofs as fast as they are refused."""
    with hall(tmp_path / "s") as made:
        *flood, one_more = (made.unproven(1) for _ in range(2 * FAILURES))
        batches, judged, refusals = 0, 0, []

        def count() -> None:
            nonlocal batches
            batches += 1

        made.election.subscribe(count)
        for number, envelope in enumerate(flood):
            try:
                assert isinstance(made.election.wait(made.election.submit(envelope), 60), Refused)
                judged += 1
            except Refused as refusal:
                refusals.append(refusal.code)
            if number == FAILURES // 2:
                before = batches
                made.election.submit(one_more)
                made.election.cast(made.ballot(2))
                assert batches - before <= 3
        assert judged + 1 == FAILURES
        assert set(refusals) == {"failure-limit"}
        assert made.pending() == 0
        assert made.election.cast(made.ballot(3)).index
        assert refused(lambda: made.election.cast(made.ballot(1))).code == "failure-limit"
        assert made.election.status().size == made.election._service.size


def test_a123_a_session_with_failing_challenges_has_to_wait(tmp_path: Path) -> None:
    with hall(tmp_path / "s") as made:
        session, codes = made.election.session_for("mallory"), []
        for _ in range(FAILURES + 2):
            wrong = made.unproven_challenge(session)
            codes.append(refused(lambda wrong=wrong: made.election.challenge(wrong)).code)  # type: ignore[misc]
        assert codes[FAILURES:] == ["failure-limit"] * 2
        assert "failure-limit" not in codes[:FAILURES]
        made.election.challenge(made.challenge(made.election.session_for("vera")))


def test_a123_challenges_that_wait_are_counted_as_made(tmp_path: Path) -> None:
    with hall(tmp_path / "s") as made:
        session = made.election.session_for("vera")
        for _ in range(made.election.manifest.box.challenges - 1):
            made.election.challenge(made.challenge(session))
        with stopped(made):
            made.election.submit(made.challenge(session))
            assert refused(lambda: made.election.submit(made.challenge(session))).code == "challenge-limit"


def test_a123_what_all_together_may_send_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorkeeper, "MOST_WAITING", 3)
    with hall(tmp_path / "s") as made:
        with stopped(made):
            tickets = [made.election.submit(made.ballot(line)) for line in (1, 2, 3)]
            late = made.ballot(4)
            assert refused(lambda: made.election.submit(late)).code == "box-busy"
            assert made.pending() == 3
        assert all(made.election.wait(ticket, 60) for ticket in tickets)
        assert made.election.cast(late).entry == late.leaf


def test_a_submission_that_could_not_be_stored_takes_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StorageFull("no room")

    with hall(tmp_path / "s") as made:
        envelope = made.ballot(1)
        with monkeypatch.context() as patch:
            patch.setattr(type(made.election._service._with.storage), "submit", full)
            for _ in range(MOST_OF_VOTER + 1):
                assert refused(lambda: made.election.submit(envelope)).code == "storage-full"
        assert made.election.cast(envelope).entry == envelope.leaf
