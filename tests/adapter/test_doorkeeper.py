"""The door before the box: the box's codes without the box, and floods that leave valid casts served (attack A123)."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from e2evote.adapter import Election, doorkeeper
from e2evote.adapter.booth import new_session
from e2evote.adapter.codes import CodeReader
from e2evote.adapter.doorkeeper import FAILURES, FORGIVEN_SECONDS, MOST_OF_VOTER, Counts, Owner
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.ballot.box import Box
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.merkle import leaf_hash
from e2evote.board.storage import WAITING, Answer, Status
from e2evote.errors import Refused, StorageFull
from e2evote.hashing import canonical
from e2evote.manifest.draft import StyleFacts
from e2evote.record.bodies import BallotBody
from e2evote.record.identifiers import tracker_of
from e2evote.record.leaf import Leaf, PayloadName, Signature, decode_leaf
from e2evote.secret.sign import SigningKey
from tests.adapter.selections import PHRASE, refused

ADA, BOB = {"chair": {"ada": 1}}, {"chair": {"bob": 1}}


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RehearsalKeys, "passphrase", lambda keys: PHRASE)


class Hall:
    """A rehearsal with a roll of six, whose members' devices are ours; some of them are not what they should be."""

    def __init__(self, election: Election) -> None:
        self.election, self.letters = election, {int(one.line): one for one in election.letters()}
        assert election._voters is not None
        self.booth = election._voters._booth() if election.status().joint else None

    def keys(self, line: int) -> tuple[SigningKey, ...]:
        assert self.booth is not None
        voter = self.booth.voter(str(line))
        return CodeReader(self.election.setting, voter).keys(self.letters[line].codes)

    def ballot(self, line: int, votes: Any = ADA) -> Envelope:
        assert self.booth is not None
        return self.booth.cast(self.booth.seal(self.booth.voter(str(line)), votes), *self.keys(line))

    def challenge(self, session: str, line: int = 1) -> Envelope:
        assert self.booth is not None
        return self.booth.challenge(self.booth.seal(self.booth.voter(str(line)), ADA), session)[0]

    def leaf(self, envelope: Envelope) -> Leaf:
        return decode_leaf(envelope.leaf, self.election.setting.group, self.election.manifest.n, first=False)

    def signed(self, envelope: Envelope, leaf: Leaf, line: int, payload: bytes | None = None) -> Envelope:
        """The leaf with the line's signatures, and perhaps another payload, which it names."""
        if payload is not None:
            leaf = replace(leaf, payload=PayloadName.of(payload))
            envelope = replace(envelope, payload=payload)
        keys = self.keys(line)
        leaf = leaf.signed(*(Signature(key.public, key.sign(leaf.message())) for key in keys))
        return replace(envelope, leaf=leaf.encode(), hints=b"")

    def unproven(self, line: int) -> Envelope:
        """A ballot in which all is right that is seen without proving, and one proof is not."""
        envelope = self.ballot(line)
        payload, leaf = spoiled(envelope.payload), self.leaf(envelope)
        leaf = replace(leaf, body=replace(leaf.body, tracker=self.tracker(payload)))
        return self.signed(envelope, leaf, line, payload)

    def tracker(self, sealed: bytes) -> bytes:
        """Of a ballot with this payload."""
        return tracker_of(self.election.status().h_e, sealed)

    def unproven_challenge(self, session: str) -> Envelope:
        """The same of a challenge, which nobody signs."""
        envelope = self.challenge(session)
        payload, leaf = spoiled(envelope.payload), self.leaf(envelope)
        tracker = self.tracker(canonical.encode(json.loads(payload)["sealed"]))
        leaf = replace(leaf, body=replace(leaf.body, tracker=tracker), payload=PayloadName.of(payload))
        return replace(envelope, leaf=leaf.encode(), payload=payload, hints=b"")

    def pending(self) -> int:
        return len(self.election._service._with.storage.pending(10_000, 2**40))

    def code_of_box(self, envelope: Envelope) -> str:
        """What the box says where nobody stands before it."""
        return refused(lambda: self.election._service.post(envelope)).code


def spoiled(payload: bytes) -> bytes:
    """The first scalar of the first proof is another one."""
    value = json.loads(payload)

    def first_scalar(within: Any) -> bool:
        if isinstance(within, dict) and isinstance(within.get("v"), list):
            within["v"][0] = within["c"][0]
            return True
        parts = within.values() if isinstance(within, dict) else within if isinstance(within, list) else ()
        return any(first_scalar(part) for part in parts)

    assert first_scalar(value.get("sealed", value))
    return canonical.encode(value)


SETUP, OPEN = "setup", "open"


@cache
def _template(phase: str) -> Path:
    path = Path(_keeper().name) / phase
    with Election.create(
        path,
        contests={"chair": ["ada", "bob"]},
        styles=[StyleFacts("all", "All", ("chair",)), StyleFacts("half", "Half", ("chair",))],
        rehearsal=True,
        group="test-512",
        members=6,
        channels=("online", "postal"),
    ) as election:
        if phase == OPEN:
            election.open()
    return path


@cache
def _keeper() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="e2evote-tests-")


@contextmanager
def hall(path: Path, phase: str = OPEN) -> Iterator[Hall]:
    """A copy of a rehearsal, each of which is made once."""
    shutil.copytree(_template(phase), path)
    with Election.open_store(path, allow_test_group=True) as election:
        yield Hall(election)


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


@contextmanager
def stopped(made: Hall) -> Iterator[None]:
    """The box judges nothing meanwhile."""
    with made.election._service._turn:
        yield


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


# Counting, on a clock of its own


class Told:
    """What a storage would say."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.of: dict[bytes, Status] = {}
        self.counts = Counts(lambda key: self.of.get(key, WAITING), lambda: self.now)

    def judged(self, owner: Owner, answer: Status) -> None:
        key = bytes(f"{len(self.of)}", "ascii")
        self.counts.enter(key, owner)
        self.of[key] = answer


LINE = Owner("line", "0000001")
FALSE = Answer("ballot.selection-proof", "")


def test_failures_are_forgiven_one_a_minute() -> None:
    told = Told()
    for _ in range(FAILURES):
        told.judged(LINE, FALSE)
    assert refused(lambda: told.counts.enter(b"next", LINE)).code == "failure-limit"
    told.counts.enter(b"other", Owner("line", "0000002"))
    told.now += FORGIVEN_SECONDS
    told.judged(LINE, FALSE)
    assert refused(lambda: told.counts.enter(b"next", LINE)).code == "failure-limit"
    told.now += FORGIVEN_SECONDS * FAILURES
    for _ in range(FAILURES):
        told.judged(LINE, FALSE)
    assert refused(lambda: told.counts.enter(b"next", LINE)).code == "failure-limit"


@pytest.mark.parametrize("code", ["stale-prev", "already-marked", "board.phase", "ballot.line", "internal"])
def test_what_was_too_late_is_nobody_s_failure(code: str) -> None:
    told = Told()
    for _ in range(3 * FAILURES):
        told.judged(LINE, Answer(code, ""))
    for _ in range(3 * FAILURES):
        told.judged(LINE, 17)
    told.counts.enter(b"next", LINE)


def test_parties_may_send_more_at_a_time_than_voters() -> None:
    told, party = Told(), Owner("party", "trustee-1")
    for number in range(doorkeeper.MOST_OF_PARTY):
        told.counts.enter(bytes([number]), party)
    assert refused(lambda: told.counts.enter(b"next", party)).code == "waiting-limit"
    told.counts.leave(bytes([0]))
    told.counts.leave(bytes([0]))
    told.counts.enter(b"next", party)


def test_a_refusal_does_not_show_whose_session_it_is() -> None:
    told, session = Told(), Owner("session", "5e" * 32)
    for number in range(MOST_OF_VOTER):
        told.counts.enter(bytes([number]), session)
    assert "5e5e" not in str(refused(lambda: told.counts.enter(b"next", session)))


def test_a123_a_full_box_is_not_asked_about_all_that_wait_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorkeeper, "MOST_WAITING", 1000)
    told, asked = Told(), list[bytes]()
    counts = Counts(lambda key: asked.append(key) or told.of.get(key, WAITING), lambda: told.now)  # type: ignore[func-returns-value]
    keys = [f"{number}".encode() for number in range(1000)]
    for key in keys:
        counts.enter(key, Owner("line", key.decode()))
    asked.clear()
    for number in range(10):
        assert refused(lambda number=number: counts.enter(b"late", Owner("line", f"late {number}"))).code == "box-busy"  # type: ignore[misc]
    assert len(asked) < 1000
    told.of |= dict.fromkeys(keys[:5], 17)
    for number in range(5):
        counts.enter(f"late {number}".encode(), Owner("line", f"late {number}"))
    assert refused(lambda: counts.enter(b"late", Owner("line", "late"))).code == "box-busy"


def test_whose_failures_are_forgiven_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where anybody may make lines, somebody may make many."""
    monkeypatch.setattr(doorkeeper, "_DEBTORS", 20)
    told = Told()
    for number in range(200):
        told.judged(Owner("line", f"{number}"), FALSE)
        told.counts.waiting_of(Owner("line", f"{number}"))
        told.now += FORGIVEN_SECONDS / 10
    assert len(told.counts._debt) <= 20
