"""Ballots that the browser made, with real randomness, before the Python box and both verifiers.

An independent second implementation: it was written from the documents, and shares no code with what judges it here.
"""

from dataclasses import replace
from typing import Any

import pytest

from e2evote.errors import Refused
from e2evote.record.identifiers import shown
from e2evote.record.leaf import decode_leaf
from e2evote.record.opened import decode_opened
from e2evote.record.sealed import decode_sealed
from reference.verifier import verify as reference_verify
from tests.ballot.boxed import SESSION, Rig
from tests.ballot.envelopes import files_of
from tests.web.client import Client
from tests.web.client import Refused as RefusedByClient
from tests.web.rigs import Shown, coded_rig, envelope_of, last_leaf_hash

NONE = "0" * 64
VOTE = {"mayor": {"bob": 1}, "board": {"dan": 2, "fay": 1}}
VOTES = {
    "votes": VOTE,
    "the blank vote": {"mayor": {"ada": 1}, "board": {"": 1}},
    "nothing": {},
    "less than the limit": {"mayor": {}, "board": {"eve": 1}},
}


@pytest.fixture
def open_(client: Client) -> Shown:
    """A selection without a roll."""
    return Shown.of(Rig.at("open"), client)


def sealed_by(shown_: Shown, votes: object = VOTE, style: str = "all") -> tuple[Any, dict[str, Any], str]:
    """A sealed ballot of a new voter, the voter, and the voter's secret."""
    made = shown_.call("newVoter")
    return shown_.call("seal", style=style, votes=votes, voter=made["voter"]), made["voter"], made["secret"]


def assert_consistent(rig: Rig) -> None:
    """Nothing fails: proofs one by one in the library, and again in the reference verifier."""
    report = rig.examination().report
    assert [str(result.check) for result in report.results if result.failures] == []
    again = reference_verify(files_of(rig.manifest, tuple(rig.entries)), allow_test_group=True)
    assert [check["check"] for check in again["checks"] if check["status"] == "fail"] == []


@pytest.mark.parametrize("votes", VOTES.values(), ids=VOTES)
def test_a_ballot_of_the_browser_is_admitted_and_verifies(open_: Shown, votes: object) -> None:
    sealed, voter, secret = sealed_by(open_, votes)
    cast = open_.client.call("cast", sealed=sealed["handle"], prev=NONE, codes=[secret])
    index = open_.rig.post(envelope_of(cast))
    leaf = decode_leaf(open_.rig.entries[index][0], open_.rig.context.setting.group, 3, first=False)
    assert leaf.body.line == voter["line"]  # type: ignore[union-attr]
    assert shown(leaf.body.tracker) == sealed["tracker"]  # type: ignore[union-attr]
    assert_consistent(open_.rig)


def test_the_hints_are_the_commitments(open_: Shown) -> None:
    """The box keeps hints only where they hash to the challenges; none of the browser's is thrown away."""
    sealed, _, secret = sealed_by(open_)
    envelope = envelope_of(open_.client.call("cast", sealed=sealed["handle"], prev=NONE, codes=[secret]))
    index = open_.rig.post(envelope)
    assert envelope.hints
    assert open_.rig.entries[index][2] == envelope.hints


def test_a_style_with_one_contest(open_: Shown) -> None:
    sealed, _, secret = sealed_by(open_, {"mayor": {"ada": 1}}, "half")
    envelope = envelope_of(open_.client.call("cast", sealed=sealed["handle"], prev=NONE, codes=[secret]))
    open_.rig.post(envelope)
    ballot = decode_sealed(envelope.payload, open_.rig.manifest, open_.rig.context.setting.group)
    assert (ballot.style, [contest.id for contest in ballot.contests]) == ("half", ["mayor"])
    assert_consistent(open_.rig)


def test_voting_again_names_the_ballot_before(open_: Shown) -> None:
    made = open_.call("newVoter")
    prev = NONE
    for votes in ({"mayor": {"ada": 1}}, {"mayor": {"bob": 1}}):
        sealed = open_.call("seal", style="half", votes=votes, voter=made["voter"])
        cast = open_.client.call("cast", sealed=sealed["handle"], prev=prev, codes=[made["secret"]])
        open_.rig.post(envelope_of(cast))
        prev = last_leaf_hash(open_.rig)
    stale = open_.call("seal", style="half", votes={}, voter=made["voter"])
    cast = open_.client.call("cast", sealed=stale["handle"], prev=NONE, codes=[made["secret"]])
    assert open_.rig.refusal(envelope_of(cast)).code == "stale-prev"
    assert_consistent(open_.rig)


def test_a_challenge_of_the_browser_is_published_and_verifies(open_: Shown) -> None:
    sealed, voter, _ = sealed_by(open_)
    made = open_.client.call("challenge", sealed=sealed["handle"], session=SESSION)
    envelope = envelope_of(made["submission"])
    open_.rig.post(envelope)
    opened = decode_opened(envelope.payload, open_.rig.manifest, open_.rig.context.setting.group)
    assert [choice.values for choice in opened.choices] == [(0, 1), (2, 0, 1, 0)]
    published = envelope.leaf + envelope.payload
    assert not any(secret.encode() in published for secret in (voter["line"], *voter["keys"]))
    assert_consistent(open_.rig)


def test_the_codes_of_a_member_sign_for_the_line(client: Client) -> None:
    coded = coded_rig()
    shown_ = Shown.of(coded.rig, client)
    sealed = shown_.call("seal", style="all", votes=VOTE, voter=coded.voter(3))
    typed = coded.typed(3)
    kindly = [f" {typed[0].lower().replace('-', ' ')} ", typed[1].replace("0", "o").replace("1", "l")]
    coded.rig.post(envelope_of(client.call("cast", sealed=sealed["handle"], prev=NONE, codes=kindly)))
    sealed = shown_.call("seal", style="half", votes={"mayor": {"ada": 1}}, voter=coded.voter(6))
    coded.rig.post(envelope_of(client.call("cast", sealed=sealed["handle"], prev=NONE, codes=coded.typed(6))))
    assert_consistent(coded.rig)


def test_codes_that_are_not_the_lines_sign_nothing_and_spend_nothing(client: Client) -> None:
    coded = coded_rig()
    sealed = Shown.of(coded.rig, client).call("seal", style="all", votes=VOTE, voter=coded.voter(3))["handle"]
    right, wrong = coded.typed(3), coded.typed(4)

    def refused(codes: list[str]) -> tuple[str, int | None]:
        with pytest.raises(RefusedByClient) as caught:
            client.call("cast", sealed=sealed, prev=NONE, codes=codes)
        assert not any(code in caught.value.detail for code in codes)
        return caught.value.code, caught.value.index

    swapped = right[1][:3] + right[1][4] + right[1][3] + right[1][5:]
    assert refused([right[0], wrong[1]]) == ("wrong-key", 1)
    assert refused([right[1], right[0]]) == ("wrong-key", 0)
    assert refused([right[0], right[1][:-1]]) == ("code-mistyped", 1)
    assert refused([right[0], swapped if swapped != right[1] else "U" * 25])[0] == "code-mistyped"
    assert refused([right[0]])[0] == "codes-missing"
    assert client.refusal("cast", sealed=sealed, prev="00", codes=right) == "prev-malformed"
    coded.rig.post(envelope_of(client.call("cast", sealed=sealed, prev=NONE, codes=right)))


def test_either_choice_uses_the_sealing_up(open_: Shown) -> None:
    """What was opened must not count, and what counts must never be opened."""
    for first in ("cast", "challenge", "erase"):
        sealed, _, secret = sealed_by(open_, {}, "half")
        handle = sealed["handle"]
        arguments = {
            "cast": {"sealed": handle, "prev": NONE, "codes": [secret]},
            "challenge": {"sealed": handle, "session": SESSION},
        }
        open_.client.call(first, **arguments.get(first, {"sealed": handle}))
        for then, given in arguments.items():
            assert open_.client.refusal(then, **given) == "ballot-spent"


def test_two_sealings_of_one_vote_share_nothing(open_: Shown) -> None:
    made = open_.call("newVoter")
    opened = []
    for _ in range(2):
        sealed = open_.call("seal", style="all", votes=VOTE, voter=made["voter"])
        file = open_.client.call("challenge", sealed=sealed["handle"], session=SESSION)["submission"]
        opened.append(decode_opened(file["payload"].encode(), open_.rig.manifest, open_.rig.context.setting.group))
    one, other = opened
    assert one.seed != other.seed
    assert one.sealed.id != other.sealed.id
    numbers = []
    for ballot in opened:
        proofs = [item.proof for contest in ballot.sealed.contests for item in contest.items]
        numbers.append({x.value for proof in proofs for x in (*proof.c, *proof.v)})
    assert not numbers[0] & numbers[1]


@pytest.mark.parametrize(
    ("votes", "style", "code"),
    [
        ({"mayor": {"ada": 1, "bob": 1}}, "all", "choice-limit"),
        ({"mayor": {"ada": 2}}, "all", "choice-limit"),
        ({"mayor": {"ada": -1}}, "all", "choice-limit"),
        ({"mayor": {"ada": 0.5}}, "all", "choice-limit"),
        ({"board": {"": 1, "eve": 1}}, "all", "choice-limit"),
        ({"board": {"": 2}}, "all", "choice-limit"),
        ({"board": {"dan": 2, "eve": 1, "fay": 1}}, "all", "choice-limit"),
        ({"mayor": {"": 1}}, "all", "choice-unknown"),
        ({"mayor": {"zed": 1}}, "all", "choice-unknown"),
        ({"mayor": {"constructor": 1}}, "all", "choice-unknown"),
        ({"board": {}}, "half", "choice-unknown"),
        ({}, "none", "style-unknown"),
    ],
)
def test_votes_that_no_ballot_has_are_not_sealed(open_: Shown, votes: object, style: str, code: str) -> None:
    voter = open_.call("newVoter")["voter"]
    assert open_.refusal("seal", style=style, votes=votes, voter=voter) == code


def test_a_voter_who_can_be_nobody_is_refused(open_: Shown, client: Client) -> None:
    voter = open_.call("newVoter")["voter"]
    party = open_.rig.manifest.parties[0].key.hex()
    for changed in (
        {**voter, "line": "0" * 64},
        {**voter, "keys": voter["keys"] * 2},
        {**voter, "keys": [party]},
        {**voter, "keys": ["00" * 32]},
    ):
        assert open_.refusal("seal", style="half", votes={}, voter=changed) == "voter-keys"
    coded = coded_rig()
    rolled, member = Shown.of(coded.rig, client), coded.voter(3)
    assert rolled.refusal("seal", style="half", votes={}, voter={**member, "line": "3"}) == "voter-keys"
    assert rolled.refusal("seal", style="half", votes={}, voter={**member, "keys": member["keys"][:1]}) == "voter-keys"  # type: ignore[index]
    assert rolled.refusal("newVoter") == "voter-keys"
    assert [rolled.call("typedLine", text=text) for text in ("3", " 0000003 ")] == ["0000003"] * 2
    assert [rolled.refusal("typedLine", text=text) for text in ("0", "12345678", "a", "")] == ["line-malformed"] * 4


def test_progress_is_told_proof_by_proof(open_: Shown) -> None:
    sealed, _, _ = sealed_by(open_)
    assert sealed["steps"] == [[done, 8] for done in range(9)]


def test_a_changed_ballot_of_the_browser_is_refused_by_the_box(open_: Shown) -> None:
    """So that the tests above could fail: one digit of one proof."""
    sealed, _, secret = sealed_by(open_)
    envelope = envelope_of(open_.client.call("cast", sealed=sealed["handle"], prev=NONE, codes=[secret]))
    at = envelope.payload.index(b'"limit":{"c":["') + 20
    digit = b"1" if envelope.payload[at : at + 1] != b"1" else b"2"
    changed = envelope.payload[:at] + digit + envelope.payload[at + 1 :]
    with pytest.raises(Refused):
        open_.rig.post(replace(envelope, payload=changed))
