"""The device's states: a sealed ballot is cast or challenged, once, and shows nothing but its tracker before."""

import copy
import pickle
from dataclasses import replace

import pytest

from e2evote.algebra.group import Group, Scalar
from e2evote.ballot import sealing as sealing_module
from e2evote.ballot.choices import choose
from e2evote.ballot.sealing import Challenged, Sealing, cast, challenge, export, restore, seal
from e2evote.ballot.voter import owner
from e2evote.errors import MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.crockford import decode
from e2evote.record.bodies import BallotBody, ChallengeBody
from e2evote.record.leaf import PayloadName, decode_leaf
from e2evote.record.opened import decode_opened
from e2evote.record.select import NO_PREVIOUS
from e2evote.secret.encrypt import ZeroNonce
from e2evote.secret.randomness import SystemRandomness
from e2evote.verify.ballots import check_ballot
from e2evote.verify.challenges import check_challenge
from e2evote.verify.findings import Findings
from tests.ballot.election import FIRST, GROUP, VOTE, make_election, make_manifest, signing_key
from tests.randomness import DeterministicRandomness

ELECTION = make_election(make_manifest())
CONTEXT = ELECTION.context
VOTER = signing_key("voter")


def sealed(seed: str = "sealing", vote: dict[str, dict[str, int]] | None = None) -> Sealing:
    choices = choose(ELECTION.manifest, "all", VOTE if vote is None else vote)
    return seal(CONTEXT, choices, owner(CONTEXT, VOTER.public), DeterministicRandomness(seed))


def take(sealing: Sealing, act: str) -> object:
    acts = {"cast": lambda: cast(sealing, NO_PREVIOUS, VOTER), "challenge": lambda: challenge(sealing)}
    return acts[act]() if act in acts else export(sealing)


@pytest.mark.parametrize("second", ["cast", "challenge", "export"])
@pytest.mark.parametrize("first", ["cast", "challenge", "export"])
def test_a_sealing_is_used_once(first: str, second: str) -> None:
    sealing = sealed()
    assert not sealing.is_spent
    take(sealing, first)
    assert sealing.is_spent
    with pytest.raises(RuntimeError, match="is spent and can't be"):
        take(sealing, second)


def test_a_spent_sealing_has_forgotten_everything_but_its_tracker() -> None:
    sealing = sealed()
    tracker, shown = sealing.tracker, sealing.shown
    challenge(sealing)
    assert (sealing.tracker, sealing.shown) == (tracker, shown)
    assert sealing._contents is None


def test_a_cast_ballot_passes_the_verifier() -> None:
    sealing = sealed()
    submission = cast(sealing, NO_PREVIOUS, VOTER)
    leaf = decode_leaf(submission.leaf.encode(), GROUP, 3, first=False)
    assert leaf == submission.leaf
    assert leaf.payload == PayloadName.of(submission.payload)
    assert isinstance(leaf.body, BallotBody)
    assert leaf.body.tracker == sealing.tracker
    assert sealing.tracker.startswith(decode(sealing.shown))
    findings = Findings()
    assert check_ballot(CONTEXT, ELECTION.entry(7, leaf), submission.payload, findings)
    assert findings.failing() == set()
    assert {check: tally.examined for check, tally in findings.checks.items()}["ballot.selection-proof"] == 6


def test_a_challenge_passes_the_verifier_and_names_nobody() -> None:
    sealing = sealed()
    challenged = challenge(sealing)
    leaf = decode_leaf(challenged.leaf.encode(), GROUP, 3, first=False)
    assert (leaf.kind, leaf.author, leaf.signatures, leaf.election) == ("challenge", "log", (), FIRST)
    assert leaf.body == ChallengeBody(
        decode_opened(challenged.payload, ELECTION.manifest, GROUP).sealed.id, sealing.tracker
    )
    findings = Findings()
    assert check_challenge(CONTEXT, ELECTION.entry(7, leaf), challenged.payload, findings)
    assert findings.failing() == set()
    published = leaf.encode() + challenged.payload + challenged.hints
    own = challenged.preimage
    for secret in (own.r, VOTER.public, *own.keys):
        assert secret not in published
        assert secret.hex().encode() not in published
    assert own.line.encode() not in published


def test_a_cast_ballot_shows_neither_seed_nor_choice() -> None:
    """The same stream seals twice; one is opened to learn the seed that the other never shows."""
    opened = decode_opened(challenge(sealed()).payload, ELECTION.manifest, GROUP)
    submission = cast(sealed(), NO_PREVIOUS, VOTER)
    shown = submission.leaf.encode() + submission.payload + submission.hints
    assert opened.sealed.encode() == submission.payload, "the same ballot"
    assert opened.seed not in shown
    assert opened.seed.hex().encode() not in shown
    assert b"values" not in submission.payload


def test_the_same_choice_sealed_twice_has_nothing_in_common() -> None:
    source = SystemRandomness()
    choices = choose(ELECTION.manifest, "all", VOTE)
    made = [challenge(seal(CONTEXT, choices, owner(CONTEXT, VOTER.public), source)) for _ in range(2)]
    one, two = (decode_opened(m.payload, ELECTION.manifest, GROUP) for m in made)
    assert one.seed != two.seed
    assert one.sealed.id != two.sealed.id
    assert made[0].preimage.r != made[1].preimage.r
    numbers = [
        {x.encode() for contest in o.sealed.contests for item in contest.items for x in (item.alpha, item.beta)}
        for o in (one, two)
    ]
    assert not numbers[0] & numbers[1]


def test_the_tracker_is_known_before_and_independent_of_what_follows() -> None:
    trackers = set()
    for act in ("cast", "challenge"):
        sealing = sealed()
        trackers.add(sealing.tracker)
        take(sealing, act)
    assert len(trackers) == 1


def test_only_the_lines_key_signs_and_a_mistake_spends_nothing() -> None:
    sealing = sealed()
    with pytest.raises(Refused, match="not the one that the ballot of line"):
        cast(sealing, NO_PREVIOUS, signing_key("somebody else"))
    with pytest.raises(ValueError, match="prev: 31 bytes, want 32"):
        cast(sealing, bytes(31), VOTER)
    assert not sealing.is_spent
    cast(sealing, NO_PREVIOUS, VOTER)


def test_a_party_does_not_vote_with_its_key() -> None:
    choices = choose(ELECTION.manifest, "all", VOTE)
    with pytest.raises(ValueError, match="a party's key can't be a voter's"):
        seal(CONTEXT, choices, owner(CONTEXT, signing_key("trustee-1").public), DeterministicRandomness("x"))
    with pytest.raises(MalformedInput):
        seal(CONTEXT, choices, owner(CONTEXT, bytes(32)), DeterministicRandomness("x"))


def test_nothing_is_sealed_under_the_key_1() -> None:
    choices = choose(ELECTION.manifest, "all", VOTE)
    context = replace(CONTEXT, K=GROUP.identity)
    with pytest.raises(ValueError, match="joint key is 1"):
        seal(context, choices, owner(context, VOTER.public), DeterministicRandomness("x"))


def test_a_sealing_is_neither_printed_nor_copied() -> None:
    sealing = sealed()
    assert repr(sealing) == f"Sealing(<redacted>, tracker {sealing.shown})"
    assert "redacted" not in repr(sealing._contents)
    assert "mayor" not in repr(sealing._contents)
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps, hash):
        with pytest.raises(TypeError):
            attempt(sealing)
    with pytest.raises(TypeError, match="not compared"):
        bool(sealing == sealing)
    with pytest.raises(AttributeError):
        sealing.tracker = bytes(32)  # type: ignore[misc]


@pytest.mark.parametrize("act", ["cast", "challenge"])
def test_a_sealing_goes_through_a_file_unchanged(act: str) -> None:
    restored = restore(export(sealed()), CONTEXT)
    assert restored.tracker == sealed().tracker
    assert take(restored, act) == take(sealed(), act)


@pytest.mark.parametrize("member", ["election", "hints", "keys", "line", "opened", "r"])
def test_a_changed_file_is_not_restored(member: str) -> None:
    members = canonical.decode(export(sealed()), limit=1 << 24)
    assert isinstance(members, dict)
    changed = {
        "election": "00" * 32,
        "hints": "zz",
        "keys": [signing_key("other").public.hex()],
        "line": "0" * 64,
        "opened": {},
        "r": "00" * 32,
    }
    with pytest.raises(MalformedInput):
        restore(canonical.encode(members | {member: changed[member]}), CONTEXT)
    with pytest.raises(MalformedInput):
        restore(canonical.encode({name: value for name, value in members.items() if name != member}), CONTEXT)


def test_a_file_of_another_election_is_not_restored() -> None:
    other = make_election(make_manifest(), seed="other keys").context
    with pytest.raises(MalformedInput, match="a sealing of another election"):
        restore(export(sealed()), other)


def test_a_seed_that_gives_a_zero_nonce_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    real, seeds = sealing_module.seal_ballot, []

    def first_fails(*arguments: object) -> object:
        seeds.append(arguments[6])
        if len(seeds) == 1:
            raise ZeroNonce
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sealing_module, "seal_ballot", first_fails)
    opened = decode_opened(challenge(sealed()).payload, ELECTION.manifest, GROUP)
    assert len(seeds) == 2
    assert seeds[0] != seeds[1] == opened.seed


def test_a_source_that_always_gives_zero_nonces_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def zero(group: Group, *arguments: object) -> Scalar:
        return group.scalar(0)

    monkeypatch.setattr("e2evote.secret.encrypt.nonce", zero)
    with pytest.raises(RuntimeError, match="the source of randomness is broken"):
        sealed()


def test_a_ballot_of_another_style_has_its_contests_only() -> None:
    choices = choose(ELECTION.manifest, "half", {"mayor": {"ada": 1}})
    made = seal(CONTEXT, choices, owner(CONTEXT, VOTER.public), DeterministicRandomness("half"))
    challenged: Challenged = challenge(made)
    opened = decode_opened(challenged.payload, ELECTION.manifest, GROUP)
    assert (opened.sealed.style, [contest.id for contest in opened.sealed.contests]) == ("half", ["mayor"])
