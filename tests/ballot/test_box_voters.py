"""A selection with a roll at the box: what is taken, what changes by it, and what a record without a payload shows."""

from dataclasses import replace

import pytest

from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.sealing import cast
from e2evote.errors import Refused
from e2evote.record.bodies import BallotBody, Body
from e2evote.record.leaf import decode_leaf
from e2evote.record.roll_row import line_of
from e2evote.record.voter_bodies import Access, Reason
from e2evote.verify.checks import Check, Status
from e2evote.verify.examine import Examination
from tests.ballot.election import GROUP, signing_key
from tests.ballot.envelopes import sign_with
from tests.ballot.rolled import RolledRig, Terms

PAPER = Terms(paper=("in_person", "postal"))
ONE, TWO, THREE = "0000001", "0000002", "0000003"


def passes(rig: RolledRig) -> None:
    assert rig.examination().report.failing == frozenset()


@pytest.mark.parametrize("registrars", [1, 2, 3])
def test_a_line_votes_with_a_key_from_each_registrar(registrars: int) -> None:
    rig = RolledRig.at("cast", Terms(registrars=registrars))
    assert len(rig.electorate.keys_of(ONE)) == registrars
    assert [line for line, counted in rig.box.ledger.lines() if counted] == [ONE, TWO, "0000006"]
    for counts in rig.electorate.registrar_counts():
        assert (counts.issued, counts.used, counts.unused, counts.revoked) == (7, 3, 4, 0)
    report = rig.examination().report
    assert report.failing == frozenset()
    assert (report.facts.counts["ballots"], report.facts.counts["counted"], report.facts.counts["lines"]) == (4, 3, 3)


def test_a_new_code_signs_and_the_old_one_does_not() -> None:
    rig = RolledRig.at("cast")
    old, first = rig.signers(1), rig.electorate.vote_of(ONE)
    rig.post(rig.reissue("reg-2", 1))
    assert rig.refusal(rig.ballot_by(ONE, old)).code == "ballot.line"
    assert rig.refusal(rig.ballot_by(ONE, (rig.signers(1)[0], old[1]))).code == "ballot.line"
    assert rig.electorate.vote_of(ONE) == first  # a ballot stays the line's, whatever becomes of its keys
    rig.post(rig.ballot(1))
    assert rig.electorate.vote_of(ONE) != first
    (event,) = rig.electorate.history
    assert (event.kind, event.author, event.approver) == ("credential.reissue", "reg-2", "tess")
    assert (event.line, event.reason, event.voted) == (ONE, "lost", True)
    assert list(rig.electorate.renewed()) == [ONE]
    second = rig.electorate.registrar_counts()[1]
    assert (second.issued, second.used, second.unused, second.revoked) == (8, 4, 4, 0)
    passes(rig)


def test_a_revoked_code_signs_nothing_until_there_is_another() -> None:
    rig = RolledRig.at("open")
    rig.post(rig.revoke("reg-1", 2))
    assert rig.electorate.keys_of(TWO) == ()
    refusal = rig.refusal(rig.ballot_by(TWO, rig.signers(2)))
    assert (refusal.code, "an active key from every registrar" in refusal.detail) == ("ballot.line", True)
    rig.post(rig.reissue("reg-1", 2))
    rig.post(rig.ballot(2))
    first = rig.electorate.registrar_counts()[0]
    assert (first.issued, first.used, first.unused, first.revoked) == (8, 1, 6, 1)
    passes(rig)


def test_lines_are_added_and_removed_before_voting_opens() -> None:
    rig = RolledRig.at("issued")
    assert rig.post(rig.add())
    assert rig.post(rig.remove(3))
    assert (rig.electorate.lines, rig.electorate.is_removed(THREE), rig.electorate.entitlement(THREE)) == (
        8,
        True,
        None,
    )
    assert rig.refusal(rig.opening()).code == "board.phase"  # the new line has no credentials yet
    for registrar in rig.registrars:
        made = rig.credentials(registrar)
        assert [(one.number, one.line) for one in made] == [(8, "0000008")]
        rig.post(rig.issue(registrar))
    rig.post(rig.opening())
    rig.post(rig.ballot(8))
    assert rig.refusal(rig.ballot_by(THREE, rig.signers(3))).code == "ballot.line"
    first = rig.electorate.registrar_counts()[0]
    assert (first.issued, first.used, first.unused, first.revoked) == (8, 1, 6, 1)
    assert [event.kind for event in rig.electorate.history] == ["roll.add", "roll.remove"]
    passes(rig)


def test_a_contact_is_replaced_and_that_is_remembered() -> None:
    rig = RolledRig.at("open")
    before = rig.electorate.table.commitment(1, "phone")
    rig.post(rig.contact(1, "phone"))
    rig.post(rig.contact(1, "phone", "again"))
    assert rig.electorate.table.commitment(1, "phone") != before
    assert rig.electorate.table.commitment(1, "email") == rig.row(1).commitments[2]
    assert [(event.line, event.field) for event in rig.electorate.history] == [(ONE, "phone")] * 2
    passes(rig)


def test_a_line_that_has_voted_on_paper_is_told_so() -> None:
    rig = RolledRig.at("cast", PAPER)
    rig.post(rig.mark(1, "postal"))
    rig.post(rig.mark(3, "in_person"))
    for line in (1, 3):
        refusal = rig.refusal(rig.ballot(line))
        assert (refusal.code, "voted by" in refusal.detail) == ("already-marked", True)
    vote = rig.electorate.vote_of(ONE)
    assert vote.candidate
    assert vote.counted is None  # paper prevails
    assert [line for line, counted in rig.box.ledger.lines() if counted] == [TWO, "0000006"]
    examination = rig.examination()
    assert examination.report.failing == frozenset()
    assert examination.ledger
    assert list(examination.ledger.lines()) == list(rig.box.ledger.lines())


def test_an_annulled_ballot_does_not_count_and_a_later_one_does() -> None:
    rig = RolledRig.at("cast")
    rig.post(rig.annul(1))
    vote = rig.electorate.vote_of(ONE)
    assert (vote.candidate, vote.annulled) == (None, rig.box.ledger.previous(ONE))
    rig.post(rig.ballot(1))  # its `prev` is the annulled one
    assert rig.electorate.vote_of(ONE).counted
    assert rig.electorate.annulled(ONE) == {vote.annulled}
    passes(rig)


def test_a_stale_ballot_of_a_line_is_a_conflict() -> None:
    rig = RolledRig.at("open")
    early = rig.ballot(1)
    rig.post(rig.ballot(1))
    assert rig.refusal(early).code == "stale-prev"


def test_a_pause_keeps_ballots_out() -> None:
    rig = RolledRig.at("open")
    rig.post(rig.leaf("pause", Reason(1, "outage")))
    assert rig.refusal(rig.ballot(1)).code == "board.phase"
    rig.post(rig.leaf("resume", Reason(1, "resolved")))
    rig.post(rig.ballot(1))
    passes(rig)


def test_a_second_pause_is_another_leaf() -> None:
    """Of the same two with the same reason, and it pauses; so does each further opening of names count."""
    rig = RolledRig.at("open")
    for number in (1, 2, 3):
        assert rig.refusal(rig.leaf("pause", Reason(number + 1, "outage"))).code == "board.phase"
        rig.post(rig.leaf("pause", Reason(number, "outage")))
        assert rig.refusal(rig.ballot(1)).code == "board.phase"
        for other in {max(1, number - 1), number + 1} - {number}:
            assert rig.refusal(rig.leaf("resume", Reason(other, "order"))).code == "board.phase"
        rig.post(rig.leaf("resume", Reason(number, "resolved")))
        for other in (number, number + 2):
            again = rig.leaf("access", Access(b"", other + 1, "roll", "audit"), author="sue")
            assert rig.refusal(again).code == "board.phase"
        rig.post(rig.leaf("access", Access(b"", number, "roll", "audit"), author="sue"))
    assert rig.refusal(rig.leaf("pause", Reason(2, "order"))).code == "board.phase"
    assert rig.refusal(rig.leaf("access", Access(b"", 2, "roll", "inspection"), author="sue")).code == "board.phase"
    passes(rig)


def test_the_number_of_signatures_is_that_of_the_registrars() -> None:
    rig = RolledRig.at("open")
    made = cast(rig.seal_for(rig.voter(1)), bytes(32), *rig.signers(1))
    for keys in (rig.signers(1)[:1], (*rig.signers(1), rig.signers(2)[0]), ()):
        envelope = replace(sign_with(made.leaf, keys, made.payload), hints=made.hints)
        assert rig.refusal(envelope).code == "board.author"


def test_only_the_lines_own_keys_in_their_order_sign_what_was_sealed() -> None:
    rig = RolledRig.at("open")
    sealed, (one, two) = rig.seal_for(rig.voter(1)), rig.signers(1)
    for keys in ((one,), (two, one), (one, two, two), (one, signing_key("somebody")), ()):
        with pytest.raises(Refused) as refused:
            cast(sealed, bytes(32), *keys)
        assert refused.value.code == "wrong-key"
    assert not sealed.is_spent
    cast(sealed, bytes(32), one, two)


def test_a_sealed_ballot_is_of_no_use_to_another_line() -> None:
    """Its identifier binds line and keys: who takes it, or signs it with more codes, has another ballot."""
    rig = RolledRig.at("open")
    made = cast(rig.seal_for(rig.voter(1)), bytes(32), *rig.signers(1))
    assert isinstance(made.leaf.body, BallotBody)
    for line, number in ((TWO, 2), (TWO, 1), (ONE, 2)):
        leaf = replace(made.leaf, body=replace(made.leaf.body, line=line))
        taken = replace(sign_with(leaf, rig.signers(number), made.payload), hints=made.hints)
        own = line == line_of(number)
        assert rig.refusal(taken).code == ("ballot.identifier" if own else "ballot.line")
        fork = RolledRig.at("open")
        fork.entries.append((taken.leaf, taken.payload, taken.hints))
        failing = {check.value for check in fork.examination().report.failing}
        assert failing == ({"ballot.identifier"} if own else {"ballot.line", "ballot.identifier"})
    rig.post(Envelope(made.leaf.encode(), made.payload, made.hints))


def test_a_ballot_that_was_kept_back_is_of_no_use_after_a_new_code() -> None:
    """Whoever had the old code, or its voter's signed ballot, votes with neither once there is another."""
    rig = RolledRig.at("open", Terms(reissue="unvoted"))
    kept = rig.ballot(1)
    rig.post(rig.reissue("reg-1", 1))
    assert rig.refusal(kept).code == "ballot.line"
    rig.post(rig.ballot(1))
    assert rig.refusal(kept).code == "ballot.line"
    assert rig.refusal(rig.reissue("reg-1", 1)).code == "credential.reissue"  # the line has voted
    passes(rig)


def test_a_box_that_goes_on_knows_who_may_vote() -> None:
    rig = RolledRig.at("cast", PAPER)
    for envelope in (rig.reissue("reg-1", 1), rig.revoke("reg-2", 5), rig.mark(4, "postal"), rig.annul(2)):
        rig.post(envelope)
    resumed = RolledRig.resumed(rig.manifest, tuple(rig.entries), {})
    resumed.trustees, resumed.codes, resumed.seeds = rig.trustees, rig.codes, 5000
    assert resumed.electorate.registrar_counts() == rig.electorate.registrar_counts()
    assert resumed.electorate.history == rig.electorate.history
    for number in range(1, 8):
        line = line_of(number)
        assert resumed.electorate.vote_of(line) == rig.electorate.vote_of(line)
        assert resumed.electorate.keys_of(line) == rig.electorate.keys_of(line)
    assert resumed.refusal(resumed.ballot(4)).code == "already-marked"
    resumed.post(resumed.ballot(1))
    passes(resumed)


def index_of(rig: RolledRig, kind: str) -> int:
    kinds = [decode_leaf(leaf, GROUP, 3, first=not i).kind for i, (leaf, _, _) in enumerate(rig.entries)]
    return kinds.index(kind)


def without_payload(rig: RolledRig, kind: str) -> Examination:
    """What there is to say of a record in which the payload of the first such leaf is not there."""
    index = index_of(rig, kind)
    rig.entries[index] = (rig.entries[index][0], None, None)
    return rig.examination()


def statuses(examination: Examination) -> dict[Check, Status]:
    return {result.check: result.status for result in examination.report.results}


def test_a_roll_that_is_not_there_makes_a_record_incomplete_and_not_wrong() -> None:
    rig = RolledRig.at("published")
    status = statuses(without_payload(rig, "roll.freeze"))
    assert Status.FAIL not in status.values()
    assert status[Check.RECORD_PAYLOADS] is Status.MISSING
    not_run = """roll.form roll.root roll.amendment roll.weights credential.form credential.lines credential.keys
        credential.reissue credential.revoke channel.mark ballot.annulled ballot.line ballot.style
        tally.rows tally.reconciliation tally.products tally.floor outcome.counts report.facts"""
    assert {status[Check(name)] for name in not_run.split()} == {Status.NOT_RUN}


def test_credentials_that_are_not_there_make_a_record_incomplete_and_not_wrong() -> None:
    rig = RolledRig.at("cast")
    rig.post(rig.reissue("reg-1", 4))
    rig.post(rig.reissue("reg-2", 4))
    rig.post(rig.leaf("close", Body()))
    statement = rig.statement()
    rig.post(rig.leaf("tally.statement", statement.body(), statement.encode()))
    examination = without_payload(rig, "credential.issue")
    status = statuses(examination)
    assert Status.FAIL not in status.values()
    assert status[Check.RECORD_PAYLOADS] is Status.MISSING
    assert {status[Check.BALLOT_LINE], status[Check.TALLY_RECONCILIATION]} == {Status.NOT_RUN}
    assert status[Check.TALLY_ROWS] is Status.PASS
    for check in (Check.CREDENTIAL_LINES, Check.CREDENTIAL_KEYS, Check.CREDENTIAL_REISSUE):
        assert status[check] is Status.PASS  # of the other registrar
    replaced = [entry.leaf.author for entry in examination.others if entry.leaf.kind == "credential.reissue"]
    assert replaced == ["reg-2"]
