"""What a ballot on its way, and on the board, says besides its ciphertexts: the same for every choice, and nothing of
when, where and by what it was made (A131, A135)."""

import pytest

from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.choices import choose
from e2evote.ballot.sealing import Submission, cast, seal
from e2evote.ballot.voter import owner
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON
from e2evote.record.select import NO_PREVIOUS
from tests.ballot.election import VOTE, make_election, make_manifest, signing_key
from tests.randomness import DeterministicRandomness

ELECTION = make_election(make_manifest())
VOTER = signing_key("voter")
NOTHING: dict[str, dict[str, int]] = {}
ONE_EACH = [{contest.id: {option.id: 1}} for contest in ELECTION.manifest.contests for option in contest.options]


def submitted(vote: dict[str, dict[str, int]], seed: str) -> Submission:
    choices = choose(ELECTION.manifest, "all", vote)
    sealing = seal(ELECTION.context, choices, owner(ELECTION.context, VOTER.public), DeterministicRandomness(seed))
    return cast(sealing, NO_PREVIOUS, VOTER)


@pytest.mark.parametrize("vote", [NOTHING, VOTE, *ONE_EACH], ids=str)
def test_every_choice_has_the_same_size(vote: dict[str, dict[str, int]]) -> None:
    """The length of an encrypted request told the choice in another system."""
    plain, other = submitted(NOTHING, "one"), submitted(vote, "other")
    for one, two in ((plain.payload, other.payload), (plain.hints, other.hints)):
        assert len(one) == len(two)
    whole = [Envelope(each.leaf.encode(), each.payload, each.hints).encode() for each in (plain, other)]
    assert len(whole[0]) == len(whole[1])


def names(value: JSON) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(names, value.values()))
    return set().union(*map(names, value)) if isinstance(value, list) else set()


def test_a_ballot_says_which_line_it_is_of_and_not_when_or_where_it_was_made() -> None:
    made = submitted(VOTE, "one")
    leaf = names(canonical.decode(made.leaf.encode(), 2**20))
    assert leaf == {
        *("author", "body", "election", "kind", "payload", "signatures", "v"),
        *("id", "line", "prev", "r", "tracker", "len", "sha256", "key", "sig"),
    }
    payload = names(canonical.decode(made.payload, 2**24))
    assert payload == {
        *("contests", "election", "id", "style", "v", "items", "limit"),
        *("alpha", "beta", "option", "proof", "type", "c", "v"),
    }
