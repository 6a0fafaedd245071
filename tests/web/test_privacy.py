"""What leaves the browser tells nothing of a vote: no size, no nonce used twice, nothing that opens a cast ballot."""

import json
from base64 import b64decode
from typing import Any

import pytest

from tests.ballot.boxed import SESSION, Rig
from tests.randomness import DeterministicRandomness
from tests.web.client import Client
from tests.web.rigs import Shown

NONE = "0" * 64
CHOICES: list[dict[str, dict[str, int]]] = [
    {},
    {"mayor": {"ada": 1}, "board": {"": 1}},
    {"mayor": {"bob": 1}, "board": {"dan": 2, "fay": 1}},
    {"mayor": {}, "board": {"eve": 1}},
]
VOTE = CHOICES[2]


@pytest.fixture
def open_(client: Client) -> Shown:
    return Shown.of(Rig.at("open"), client)


def scalars(payload: str) -> dict[str, set[str]]:
    """Of a sealed ballot: every alpha and beta, and every number of a proof."""
    found: dict[str, set[str]] = {"ciphertexts": set(), "proofs": set()}
    for contest in json.loads(payload)["contests"]:
        for item in contest["items"]:
            found["ciphertexts"] |= {item["alpha"], item["beta"]}
            found["proofs"] |= {*item["proof"]["c"], *item["proof"]["v"]}
        found["proofs"] |= {*contest["limit"]["c"], *contest["limit"]["v"]}
    return found


def cast(open_: Shown, votes: object, made: dict[str, Any], **source: str) -> dict[str, str]:
    sealed = open_.call("seal", style="all", votes=votes, voter=made["voter"], **source)
    submission: dict[str, str] = open_.client.call("cast", sealed=sealed["handle"], prev=NONE, codes=[made["secret"]])
    return submission


def test_a135_every_choice_has_the_same_size(open_: Shown) -> None:
    made = open_.call("newVoter")
    sizes = {tuple(len(cast(open_, votes, made)[n]) for n in ("leaf", "payload", "hints")) for votes in CHOICES}
    assert len(sizes) == 1


def test_every_choice_takes_the_same_draws(open_: Shown) -> None:
    """The real branch of a proof is drawn like the others: the numbers that are drawn do not depend on the choice.

    The same source gives the same first commitments of a proof, g^u, whatever was chosen.
    """
    made = open_.call("newVoter")
    width = 64
    commitments = set()
    for votes in CHOICES:
        hints = b64decode(cast(open_, votes, made, seed="draws")["hints"])
        commitments.add(tuple(hints[at : at + width] for at in range(0, len(hints), 2 * width)))
    assert len(commitments) == 1
    assert len(set(next(iter(commitments)))) == len(next(iter(commitments)))


def test_proof_nonces_do_not_follow_from_the_ballots_seed(open_: Shown) -> None:
    """Two sealings with one r and one seed have equal ciphertexts, and not one number of their proofs in common."""
    made = open_.call("newVoter")
    one, other = (scalars(cast(open_, VOTE, made, seed="one", then=then)["payload"]) for then in ("this", "that"))
    assert one["ciphertexts"] == other["ciphertexts"]
    assert not one["proofs"] & other["proofs"]


def test_a62_what_a_cast_leaves_does_not_open_it(open_: Shown) -> None:
    """The seed, with which anybody could show the vote, is in no text that the client gives out."""
    made = open_.call("newVoter")
    source = DeterministicRandomness("kept")
    _, seed = source.bytes(32), source.bytes(32)
    cast_ = cast(open_, VOTE, made, seed="kept")
    held = b64decode(cast_["hints"]) + cast_["leaf"].encode() + cast_["payload"].encode()
    assert seed not in held
    assert seed.hex().encode() not in held
    sealed = open_.call("seal", style="all", votes=VOTE, voter=made["voter"], seed="kept")
    opened = open_.client.call("challenge", sealed=sealed["handle"], session=SESSION)
    assert seed.hex() in opened["submission"]["payload"], "a challenge has it: the test would see it"


def test_a_sealed_ballot_shows_its_tracker_and_nothing_else(open_: Shown) -> None:
    """Until the voter has chosen, a program that holds it gets no more than tracker and line."""
    made = open_.call("newVoter")
    sealed = open_.call("seal", style="all", votes=VOTE, voter=made["voter"])
    assert open_.client.call("visible", sealed=sealed["handle"]) == ["line", "tracker"]
