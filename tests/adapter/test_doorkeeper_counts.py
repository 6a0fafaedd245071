"""What the door counts: what waits, and whose proofs have failed lately, on a clock of its own (attack A123)."""

import pytest

from e2evote.adapter import doorkeeper
from e2evote.adapter.doorkeeper import FAILURES, FORGIVEN_SECONDS, MOST_OF_VOTER, Counts, Owner
from e2evote.board.storage import WAITING, Answer, Status
from tests.adapter.selections import refused


class Told:
    """What a storage would say."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.of: dict[bytes, Status] = {}
        self.counts = Counts(lambda key: self.of.get(key, WAITING), lambda: self.now)

    def judged(self, owner: Owner, answer: Status) -> None:
        key = bytes(f"{len(self.of)}", "ascii")
        self.counts.enter(key, owner)
        self.counts.stored(key)
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


def test_a123_what_is_just_being_stored_waits_too() -> None:
    """Between the door and the storage nobody knows of it, or only what had become of it before."""
    for status in (None, FALSE):
        told = Told()
        for number in range(MOST_OF_VOTER):
            key = bytes([number])
            told.of[key] = status
            told.counts.enter(key, LINE)
        assert len(told.counts.waiting_of(LINE)) == MOST_OF_VOTER
        assert refused(lambda told=told: told.counts.enter(b"next", LINE)).code == "waiting-limit"  # type: ignore[misc]
        for number in range(MOST_OF_VOTER):
            told.of[bytes([number])] = WAITING
            told.counts.stored(bytes([number]))
        assert refused(lambda told=told: told.counts.enter(b"next", LINE)).code == "waiting-limit"  # type: ignore[misc]
        told.of |= dict.fromkeys(told.of, 17)
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
        counts.stored(key)
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
