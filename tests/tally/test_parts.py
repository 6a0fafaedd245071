"""A channel of few ballots is decrypted with its neighbour or not at all, whoever asks for what."""

from dataclasses import replace
from functools import cache

import pytest

from e2evote.algebra.group import Residue
from e2evote.ballot.box_envelope import Envelope
from e2evote.errors import MalformedInput, Refused
from e2evote.proofs.equal_logs import EqualLogs
from e2evote.record.bodies import OnStatement
from e2evote.record.floor import Parts
from e2evote.record.paper import PaperTotals, decode_paper
from e2evote.record.shares import DecryptionShare, DecryptionShares, decode_decryption_shares
from e2evote.record.voter_bodies import Paper
from e2evote.secret.prove import prove_equal_logs
from e2evote.secret.scalar import SecretScalar
from e2evote.tally.cells import cells_to_decrypt
from e2evote.tally.facts import facts_of
from e2evote.tally.memory import Accepted
from e2evote.tally.trustee import decrypt as decrypted_by
from tests.ballot.election import GROUP
from tests.ballot.rolled import RolledRig, Terms
from tests.randomness import DeterministicRandomness
from tests.tally.rolls import CHANNELS, again, closed_rig, decrypt, failing, force, papers, publish, state

ONLINE, IN_PERSON, POSTAL = ("online",), ("in_person",), ("postal",)
TINY = Terms(paper=CHANNELS, floor=2, fallback="merge")
MARKS = {3: "in_person", 4: "in_person", 5: "postal"}


def stated_rig(terms: Terms = TINY) -> RolledRig:
    """Three ballots online, two in person, and one by post: the box of one voter. All have the mayor."""
    return again((__name__, terms), lambda: stated(terms))


def stated(terms: Terms) -> RolledRig:
    rig = closed_rig(terms, MARKS)
    rig.post(papers(rig, "in_person", (2, 0, (1, 1)), (2, 0, (0, 0, 0, 0))))
    rig.post(papers(rig, "postal", (1, 0, (1, 0)), (1, 0, (0, 0, 0, 0))))
    rig.post(state(rig))
    return rig


def shares_of(rig: RolledRig, trustee: int, parts: Parts) -> DecryptionShares:
    """Those of a trustee who decrypts what somebody asks for, with good proofs."""
    statement, stated = rig.stated()
    key, joint = rig.key(trustee), rig.finished(1).joint
    rows = []
    for cell in cells_to_decrypt(rig.manifest, GROUP, stated, parts):
        claim = EqualLogs(joint.verification_key(trustee), cell.A, key.z.power_of(cell.A))
        place = cell.place(joint.h_e, trustee, statement)
        proof, _ = prove_equal_logs(claim, key.z, place, DeterministicRandomness(f"{trustee} {cell}"))
        rows.append(DecryptionShare(*cell.cell, Residue(GROUP, claim.M.value), proof))
    return DecryptionShares(tuple(rows))


ASKED: dict[str, Parts] = {
    "the tiny box": {"mayor": (ONLINE, IN_PERSON, POSTAL), "board": (("online", "in_person", "postal"),)},
    "the tiny box alone": {"mayor": (POSTAL,), "board": ()},
    "a total whose difference to the right one is the tiny box": {
        "mayor": (ONLINE, IN_PERSON),
        "board": (("online", "in_person", "postal"),),
    },
    "everything together": {
        "mayor": (("online", "in_person", "postal"),),
        "board": (("online", "in_person", "postal"),),
    },
    "nothing": {"mayor": (), "board": ()},
}


def test_the_tool_decrypts_the_parts_that_it_has_worked_out() -> None:
    rig = stated_rig()
    facts = facts_of(rig.examination())
    assert facts.parts["mayor"] == (ONLINE, ("in_person", "postal"))
    key = rig.key(1)
    facts = replace(facts, state=replace(facts.state, accepts=frozenset({1})))
    shares = decrypted_by(facts, Accepted(facts.statement), key, DeterministicRandomness("parts")).shares
    assert shares.parts() == (
        ("mayor", "online"),
        ("mayor", "in_person+postal"),
        ("board", "online"),
        ("board", "in_person+postal"),
    )
    assert decode_decryption_shares(shares.encode(), rig.manifest, GROUP) == shares


@pytest.mark.parametrize("name", ASKED)
def test_shares_of_other_parts_are_refused_and_fail_a_record(name: str) -> None:
    rig = stated_rig()
    rig.post(rig.acceptance(1))
    made = shares_of(rig, 1, ASKED[name])
    envelope = rig.by_trustee("tally.share", 1, OnStatement(rig.stated()[0]), made.encode())
    assert rig.refusal(envelope).code == "tally.floor"
    force(rig, envelope)
    found = failing(rig)
    assert list(found) == ["tally.floor"]
    assert [subject.split(" ")[-1] for subject in found["tally.floor"]] == ["(tally.share)"]


def test_no_secret_meets_a_box_of_one_ballot(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is raised to the A of the merged channels, and to no A of a channel that is too small."""
    rig = stated_rig()
    rig.post(rig.acceptance(1))
    facts, key = facts_of(rig.examination()), rig.key(1)
    bases = []
    real = SecretScalar.power_of
    monkeypatch.setattr(
        SecretScalar, "power_of", lambda self, base: bases.append((self is key.z, base)) or real(self, base)
    )
    decrypted_by(facts, Accepted(facts.statement), key, DeterministicRandomness("parts"))
    raised = {base.value for own, base in bases if own}
    alone = {p.A.value for p in facts.own.products if p.channel != "online" and not p.A.is_one}
    assert alone
    assert not raised & alone


def test_a_channel_that_the_server_makes_up_is_no_channel() -> None:
    """A136: a target in a box of its own. Channels are those of the manifest, and a statement with more is none."""
    rig = closed_rig(TINY, MARKS)
    rig.post(papers(rig, "in_person", (2, 0, (1, 1)), (2, 0, (0, 0, 0, 0))))
    rig.post(papers(rig, "postal", (1, 0, (1, 0)), (1, 0, (0, 0, 0, 0))))
    own = rig.statement()
    extra = tuple(replace(p, channel="box-17") for p in own.products if p.channel == "postal")
    envelope = state(rig, lambda own: replace(own, products=(*own.products, *extra)))
    assert rig.refusal(envelope).code == "tally.form"


@pytest.mark.parametrize(("fallback", "expected"), [("withhold", []), ("combine", ["online+in_person+postal"] * 2)])
def test_the_manifest_says_what_becomes_of_a_tiny_box(fallback: str, expected: list[str]) -> None:
    rig = stated_rig(replace(TINY, fallback=fallback))  # type: ignore[arg-type]
    outcome = decrypt(rig)
    assert [part for _, part in outcome.parts()] == expected
    assert [contest.status for contest in outcome.contests] == ["decrypted" if expected else "withheld"] * 2
    assert [contest.ballots for contest in outcome.contests] == [6, 5]
    rig.post(publish(rig, outcome))
    assert failing(rig) == {}


def test_an_outcome_has_the_votes_of_all_parts_together() -> None:
    rig = stated_rig()
    good = decrypt(rig)
    assert len(good.cells) == 2 * (2 + 4)
    votes = good.votes()
    assert sum(votes["mayor", option] for option in ("ada", "bob")) + good.contests[0].undervotes == 6
    for changed, code in (
        (replace(good, cells=good.cells[:-4]), "tally.floor"),
        (replace(good, cells=good.cells[2:]), "tally.floor"),
        (replace(good, contests=(replace(good.contests[0], undervotes=5), good.contests[1])), "outcome.counts"),
        (replace(good, contests=(replace(good.contests[0], ballots=3), good.contests[1])), "outcome.counts"),
    ):
        assert rig.refusal(publish(rig, changed)).code == code
    first, second = good.cells[0], good.cells[2]
    moved = (replace(first, votes=first.votes - 1), good.cells[1], replace(second, votes=second.votes + 1))
    shifted = replace(good, cells=(*moved, *good.cells[3:]))
    assert shifted.votes() == good.votes()
    assert rig.refusal(publish(rig, shifted)).code == "tally.decryption", "each part by itself"
    rig.post(publish(rig, good))
    assert failing(rig) == {}


@cache
def one_share() -> DecryptionShare:
    rig = stated_rig()
    return shares_of(rig, 1, {"mayor": (ONLINE,), "board": ()}).shares[0]


def parts_named(*names: str) -> bytes:
    """A share payload with all items of the mayor for each of these parts."""
    row = one_share()
    rows = [replace(row, channel=name, option=option) for name in names for option in ("ada", "bob")]
    return DecryptionShares(tuple(rows)).encode()


@pytest.mark.parametrize(
    "names",
    [
        ("online+postal",),
        ("postal+in_person",),
        ("in_person", "online"),
        ("online", "online+in_person"),
        ("online", "online"),
        ("",),
        ("online+",),
        ("by_phone",),
    ],
)
def test_names_of_no_parts_are_malformed(names: tuple[str, ...]) -> None:
    manifest = TINY.manifest()
    with pytest.raises(MalformedInput):
        decode_decryption_shares(parts_named(*names), manifest, GROUP)
    assert decode_decryption_shares(parts_named("online", "postal"), manifest, GROUP).parts() == (
        ("mayor", "online"),
        ("mayor", "postal"),
    )


def other_proof(rig: RolledRig) -> Envelope:
    """Totals of which one bit has the proof of another."""
    good = decode_paper(papers(rig, "in_person", (2, 0, (1, 1)), (2, 0, (0, 0, 0, 0))).payload, rig.manifest, GROUP)
    mayor, board = good.contests
    ada, bob = mayor.items
    bits = (replace(ada.bits[0], proof=bob.bits[0].proof), *ada.bits[1:])
    spoiled = PaperTotals((replace(mayor, items=(replace(ada, bits=bits), bob)), board))
    return rig.leaf("paper", Paper("in_person"), spoiled.encode())


@pytest.mark.parametrize("check", ["channel.count", "channel.proof"])
def test_nothing_is_decrypted_of_a_record_whose_papers_fail_a_check(check: str) -> None:
    """A paper more than marks, or a bit that is not proved: the trustee's tool gets no facts."""
    rig = closed_rig(TINY, MARKS)
    more = papers(rig, "in_person", (3, 0, (1, 1)), (2, 0, (0, 0, 0, 0)))
    envelope = more if check == "channel.count" else other_proof(rig)
    assert rig.refusal(envelope).code == check
    force(rig, envelope)
    force(rig, papers(rig, "postal", (1, 0, (1, 0)), (1, 0, (0, 0, 0, 0))))
    force(rig, state(rig))
    assert list(failing(rig)) == [check]
    with pytest.raises(Refused, match=rf"checks that fail: {check} \[tally.record-fails\]"):
        facts_of(rig.examination())
