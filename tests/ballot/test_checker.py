"""The voter's checker names whatever a cheating device changed, and runs on public code alone."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from e2evote.algebra.elgamal import encrypt
from e2evote.algebra.group import Residue
from e2evote.ballot.checker import Preimage, check_announced, check_challenge, check_preimage, recompute
from e2evote.ballot.choices import choose
from e2evote.ballot.sealing import Challenged, challenge, seal
from e2evote.ballot.voter import owner
from e2evote.errors import CheckFailed, MalformedInput
from e2evote.manifest.base_hash import ballot_base_hash
from e2evote.proofs.opening import nonce
from e2evote.proofs.place import Place
from e2evote.record.bodies import Body, ChallengeBody
from e2evote.record.identifiers import line_of_key, tracker_of
from e2evote.record.leaf import Leaf, PayloadName
from e2evote.record.opened import Choice, OpenedBallot, decode_opened
from e2evote.record.sealed import SealedBallot
from e2evote.verify.anchors import Anchors
from e2evote.verify.ballots import BallotContext
from tests.ballot.election import FIRST, GROUP, VOTE, Election, make_election, make_manifest, signing_key
from tests.randomness import DeterministicRandomness

ELECTION = make_election(make_manifest())
VOTER = signing_key("voter")
LINE = line_of_key(ELECTION.joint.h_e, VOTER.public)


def device(election: Election = ELECTION, vote: dict[str, dict[str, int]] | None = None) -> tuple[bytes, Challenged]:
    """An honest device: the tracker that it shows, and then the opening."""
    choices = choose(election.manifest, "all", VOTE if vote is None else vote)
    sealing = seal(election.context, choices, owner(election.context, VOTER.public), DeterministicRandomness("device"))
    return sealing.tracker, challenge(sealing)


TRACKER, CHALLENGED = device()
OPENED = decode_opened(CHALLENGED.payload, ELECTION.manifest, GROUP)


def checked(context: BallotContext, noted: bytes, leaf: Leaf, payload: bytes) -> list[str]:
    return [failure.check for failure in check_challenge(context, noted, leaf, payload)]


def published(opened: OpenedBallot) -> tuple[Leaf, bytes]:
    """The challenge of a device that makes everything else fit."""
    payload = opened.encode()
    body = ChallengeBody(opened.sealed.id, tracker_of(ELECTION.joint.h_e, opened.sealed.encode()))
    return Leaf("challenge", "log", FIRST, body, PayloadName.of(payload)), payload


def item_changed(sealed: SealedBallot, contest: int, item: int, **fields: object) -> SealedBallot:
    contests = list(sealed.contests)
    items = list(contests[contest].items)
    items[item] = replace(items[item], **fields)  # type: ignore[arg-type]
    contests[contest] = replace(contests[contest], items=tuple(items))
    return replace(sealed, contests=tuple(contests))


def context() -> BallotContext:
    return recompute(ELECTION.manifest.encode(), ELECTION.joint.K, ELECTION.joint.K_hat, FIRST)


def test_an_honest_device() -> None:
    assert context() == ELECTION.context, "every hash was computed again"
    assert checked(context(), TRACKER, CHALLENGED.leaf, CHALLENGED.payload) == []
    assert checked(context(), TRACKER[:20], CHALLENGED.leaf, CHALLENGED.payload) == []
    assert check_preimage(context(), LINE, CHALLENGED.preimage, OPENED.sealed.id) == ()


def _other_values(opened: OpenedBallot) -> OpenedBallot:
    return replace(opened, choices=(Choice("mayor", (1, 0)), opened.choices[1]))


def _over_the_limit(opened: OpenedBallot) -> OpenedBallot:
    return replace(opened, choices=(opened.choices[0], Choice("board", (2, 1, 1, 0))))


def _over_an_option(opened: OpenedBallot) -> OpenedBallot:
    return replace(opened, choices=(opened.choices[0], Choice("board", (3, 0, 0, 0))))


def _other_seed(opened: OpenedBallot) -> OpenedBallot:
    return replace(opened, seed=bytes(32))


def _flipped_vote(opened: OpenedBallot) -> OpenedBallot:
    """The device encrypted ada for bob, with the derived nonce and honest proofs left as they were."""
    h_i = ballot_base_hash(ELECTION.joint.h_e, opened.sealed.id)
    made = encrypt(ELECTION.joint.K, 1, nonce(GROUP, h_i, Place(1, 1), opened.seed))
    beta = Residue(GROUP, made.beta.value)
    return replace(opened, sealed=item_changed(opened.sealed, 0, 0, beta=beta))


def _negated(opened: OpenedBallot) -> OpenedBallot:
    alpha = Residue(GROUP, GROUP.p - opened.sealed.contests[0].items[0].alpha.value)
    return replace(opened, sealed=item_changed(opened.sealed, 0, 0, alpha=alpha))


def _other_proof(opened: OpenedBallot) -> OpenedBallot:
    other = opened.sealed.contests[0].items[1].proof
    return replace(opened, sealed=item_changed(opened.sealed, 0, 0, proof=other))


def _other_limit_proof(opened: OpenedBallot) -> OpenedBallot:
    mayor, board = opened.sealed.contests
    changed = replace(mayor, limit=mayor.items[0].proof)
    return replace(opened, sealed=replace(opened.sealed, contests=(changed, board)))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_other_values, {"challenge.opening"}),
        (_over_the_limit, {"challenge.opening"}),
        (_over_an_option, {"challenge.opening"}),
        (_other_seed, {"challenge.opening"}),
        (_flipped_vote, {"challenge.opening", "challenge.tracker"}),
        (_negated, {"challenge.opening", "challenge.tracker"}),
        (_other_proof, {"challenge.proof", "challenge.tracker"}),
        (_other_limit_proof, {"challenge.proof", "challenge.tracker"}),
    ],
)
def test_a_cheating_device_is_caught(change: Callable[[OpenedBallot], OpenedBallot], expected: set[str]) -> None:
    """The leaf fits the changed ballot; only the tracker that the voter noted is from before."""
    leaf, payload = published(change(OPENED))
    assert set(checked(context(), TRACKER, leaf, payload)) == expected


@pytest.mark.parametrize("change", [_flipped_vote, _negated, _other_proof, _other_limit_proof])
def test_it_is_caught_even_if_it_showed_the_tracker_of_what_it_changed(
    change: Callable[[OpenedBallot], OpenedBallot],
) -> None:
    leaf, payload = published(change(OPENED))
    assert isinstance(leaf.body, ChallengeBody)
    failing = set(checked(context(), leaf.body.tracker, leaf, payload))
    assert failing
    assert failing <= {"challenge.opening", "challenge.proof"}


def test_a_failure_names_contest_and_option() -> None:
    leaf, payload = published(_other_values(OPENED))
    failures = check_challenge(context(), TRACKER, leaf, payload)
    assert [f.subject.split(", ", 1)[1] for f in failures] == ["contest mayor, option ada", "contest mayor, option bob"]


def test_another_ballot_than_the_one_whose_tracker_was_noted() -> None:
    """A device that learns that it is checked opens an honest ballot in place of the one it would cast."""
    other, _ = device(vote={})
    assert checked(context(), other, CHALLENGED.leaf, CHALLENGED.payload) == ["challenge.tracker"]
    with pytest.raises(ValueError, match="tracker: 19 bytes, want at least 20"):
        check_challenge(context(), TRACKER[:19], CHALLENGED.leaf, CHALLENGED.payload)


def test_a_device_with_another_manifest_or_key() -> None:
    for other in (make_election(make_manifest(name="autumn")), make_election(make_manifest(), seed="own keys")):
        tracker, challenged = device(other)
        assert checked(context(), tracker, challenged.leaf, challenged.payload) == ["challenge.form"]


def test_a_leaf_that_does_not_fit_its_payload() -> None:
    body = CHALLENGED.leaf.body
    assert isinstance(body, ChallengeBody)
    for leaf, expected in (
        (replace(CHALLENGED.leaf, election=bytes(32)), ["board.leaf"]),
        (replace(CHALLENGED.leaf, payload=PayloadName.of(b"x")), ["board.payload"]),
        (replace(CHALLENGED.leaf, body=replace(body, tracker=bytes(32))), ["challenge.tracker"]),
        (replace(CHALLENGED.leaf, body=replace(body, id=bytes(32))), ["challenge.form"]),
        (replace(CHALLENGED.leaf, body=Body(), kind="close"), ["challenge.form"]),
    ):
        assert checked(context(), TRACKER, leaf, CHALLENGED.payload) == expected
    assert checked(context(), TRACKER, CHALLENGED.leaf, b"{}") == ["board.payload", "challenge.form"]


def test_a_ballot_sealed_for_another_line() -> None:
    """The device encrypts honestly for somebody else's line, where the ballot can never count for this voter."""
    key = signing_key("accomplice").public
    choices = choose(ELECTION.manifest, "all", VOTE)
    sealing = seal(ELECTION.context, choices, owner(ELECTION.context, key), DeterministicRandomness("other line"))
    tracker, made = sealing.tracker, challenge(sealing)
    assert checked(context(), tracker, made.leaf, made.payload) == []
    ballot_id = decode_opened(made.payload, ELECTION.manifest, GROUP).sealed.id
    assert [f.check for f in check_preimage(context(), LINE, made.preimage, ballot_id)] == ["ballot.line"]
    claimed = replace(made.preimage, line=LINE)
    found = [f.check for f in check_preimage(context(), LINE, claimed, ballot_id)]
    assert found == ["ballot.line", "ballot.identifier"]
    owned = Preimage(LINE, (VOTER.public,), made.preimage.r)
    assert [f.check for f in check_preimage(context(), LINE, owned, ballot_id)] == ["ballot.identifier"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"r": bytes(32)}, ["ballot.identifier"]),
        ({"keys": (VOTER.public, VOTER.public)}, ["ballot.line", "ballot.identifier"]),
        ({"keys": (signing_key("log").public,)}, ["ballot.line", "ballot.identifier"]),
    ],
)
def test_another_preimage(change: dict[str, object], expected: list[str]) -> None:
    preimage = replace(CHALLENGED.preimage, **change)  # type: ignore[arg-type]
    assert [f.check for f in check_preimage(context(), LINE, preimage, OPENED.sealed.id)] == expected


def test_a_preimage_is_carried_to_the_checker() -> None:
    data = CHALLENGED.preimage.encode()
    assert Preimage.decode(data) == CHALLENGED.preimage
    for bad in (data[:-1], data.replace(b'"r"', b'"s"'), b"{}", data.replace(VOTER.public.hex().encode(), b"00")):
        with pytest.raises(MalformedInput):
            Preimage.decode(bad)


def test_the_election_is_recomputed_from_what_it_is_made_of() -> None:
    joint, manifest = ELECTION.joint, ELECTION.manifest.encode()
    anchors = Anchors(ELECTION.setting.base_hash, joint.h_e, "log")
    assert check_announced(context(), anchors) == ()
    swapped = recompute(manifest, joint.K_hat, joint.K, FIRST)
    assert [str(f.check) for f in check_announced(swapped, anchors)] == ["anchor.base-hash"]
    other = recompute(make_manifest(name="autumn").encode(), joint.K, joint.K_hat, FIRST)
    assert len(check_announced(other, anchors)) == 2
    with pytest.raises(MalformedInput):
        recompute(manifest[:-1], joint.K, joint.K_hat, FIRST)
    with pytest.raises(CheckFailed, match=r"ceremony.joint-key: joint keys: K or K̂ is 1"):
        recompute(manifest, GROUP.identity, joint.K_hat, FIRST)
    with pytest.raises(CheckFailed, match=r"manifest.group"):
        recompute(manifest.replace(b'"test-512"', b'"electionguard-2.1-4096"'), joint.K, joint.K_hat, FIRST)


def test_the_checker_loads_nothing_secret() -> None:
    program = "import json, sys, e2evote.ballot.checker\nprint(json.dumps([n for n in sys.modules if 'e2evote' in n]))"
    source = Path(__file__).parents[2] / "src"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(source)},
    )
    loaded = {name.split(".")[1] for name in json.loads(done.stdout) if "." in name}
    assert "verify" in loaded
    assert not loaded & {"secret", "ceremony", "credentials", "mix", "tally", "adapter", "cli"}
