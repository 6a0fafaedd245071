"""Preparing before the choice is known changes when the work is done, and nothing else."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from e2evote.ballot import pool as pool_module
from e2evote.ballot import sealing as sealing_module
from e2evote.ballot.choices import Choices, choose
from e2evote.ballot.pool import Pool
from e2evote.ballot.sealing import Prepared, Sealing, cast, challenge, export, prepare, restore, seal
from e2evote.ballot.voter import owner
from e2evote.errors import MalformedInput
from e2evote.record.opened import Choice, decode_opened
from e2evote.record.select import NO_PREVIOUS
from e2evote.secret.encrypt import ZeroNonce
from e2evote.secret.randomness import SystemRandomness
from e2evote.verify.ballots import check_ballot
from e2evote.verify.challenges import check_challenge
from e2evote.verify.findings import Findings
from tests.ballot.election import GROUP, VOTE, make_election, make_manifest, signing_key
from tests.randomness import DeterministicRandomness

ELECTION = make_election(make_manifest())
CONTEXT = ELECTION.context
VOTER = signing_key("voter")
OWNER = owner(CONTEXT, VOTER.public)
CHOICES = choose(ELECTION.manifest, "all", VOTE)
HALF = choose(ELECTION.manifest, "half", {"mayor": {"ada": 1}})


def prepared(seed: str = "prepared", style: str = "all") -> Prepared:
    return prepare(CONTEXT, style, OWNER, DeterministicRandomness(seed))


@pytest.mark.parametrize("act", ["cast", "challenge", "export"])
def test_the_ballot_is_the_one_that_sealing_gives(act: str) -> None:
    acts = {"cast": lambda s: cast(s, NO_PREVIOUS, VOTER), "challenge": challenge, "export": export}
    direct = seal(CONTEXT, CHOICES, OWNER, DeterministicRandomness("prepared"))
    made = prepared().seal(CHOICES)
    assert made.tracker == direct.tracker
    assert acts[act](made) == acts[act](direct)


def test_a_prepared_ballot_passes_the_verifier_cast_or_challenged() -> None:
    findings = Findings()
    submission = cast(prepare(CONTEXT, "all", OWNER, SystemRandomness()).seal(CHOICES), NO_PREVIOUS, VOTER)
    assert check_ballot(CONTEXT, ELECTION.entry(7, submission.leaf), submission.payload, findings)
    opened = challenge(prepare(CONTEXT, "half", OWNER, SystemRandomness()).seal(HALF))
    assert check_challenge(CONTEXT, ELECTION.entry(8, opened.leaf), opened.payload, findings)
    assert findings.failing() == set()


def test_it_is_restored_from_a_file_like_any_sealing() -> None:
    assert restore(export(prepared().seal(CHOICES)), CONTEXT).tracker == prepared().seal(CHOICES).tracker


def test_choices_of_another_style_are_refused_and_spend_nothing() -> None:
    ballot = prepared()
    with pytest.raises(ValueError, match="of style 'half', this ballot was prepared for 'all'"):
        ballot.seal(HALF)
    with pytest.raises(ValueError, match="not of this manifest's style"):
        ballot.seal(Choices("all", CHOICES.contests[:1]))
    with pytest.raises(ValueError, match="do not keep the limits"):
        ballot.seal(Choices("all", (Choice("mayor", (1, 1)), CHOICES.contests[1])))
    assert (ballot.style, ballot.is_spent) == ("all", False)
    ballot.seal(CHOICES)
    assert ballot.is_spent


def test_after_a_challenge_another_ballot_is_needed() -> None:
    ballot = prepared()
    opened = decode_opened(challenge(ballot.seal(CHOICES)).payload, ELECTION.manifest, GROUP)
    with pytest.raises(RuntimeError, match="used up: prepare another"):
        ballot.seal(CHOICES)
    again = decode_opened(challenge(prepared("another").seal(CHOICES)).payload, ELECTION.manifest, GROUP)
    assert again.seed != opened.seed
    assert again.sealed.id != opened.sealed.id


def test_of_many_threads_one_seals() -> None:
    ballot = prepare(CONTEXT, "half", OWNER, SystemRandomness())

    def attempt(_: int) -> Sealing | None:
        try:
            return ballot.seal(HALF)
        except RuntimeError:
            return None

    with ThreadPoolExecutor(8) as pool:
        assert sum(made is not None for made in pool.map(attempt, range(16))) == 1


def test_of_two_threads_one_casts_or_challenges() -> None:
    """Never both, whoever asks first: the contents leave a sealing once."""

    def attempt(sealing: Sealing, act: int) -> bool:
        try:
            cast(sealing, NO_PREVIOUS, VOTER) if act else challenge(sealing)
        except RuntimeError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            sealing = seal(CONTEXT, HALF, OWNER, DeterministicRandomness(str(number)))
            assert sum(pool.map(attempt, [sealing] * 8, [0, 1] * 4)) == 1


def test_what_can_not_be_sealed_for_is_not_prepared_for() -> None:
    source = DeterministicRandomness("x")
    with pytest.raises(ValueError, match="style 'third': the manifest has 'all', 'half'"):
        prepare(CONTEXT, "third", OWNER, source)
    with pytest.raises(ValueError, match="a party's key can't be a voter's"):
        prepare(CONTEXT, "all", owner(CONTEXT, signing_key("trustee-1").public), source)
    with pytest.raises(MalformedInput):
        prepare(CONTEXT, "all", owner(CONTEXT, bytes(32)), source)
    with pytest.raises(ValueError, match="joint key is 1"):
        prepare(replace(CONTEXT, K=GROUP.identity), "all", OWNER, source)
    assert source.drawn == 0


def test_a_seed_that_gives_a_zero_nonce_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    real, seeds = sealing_module.prepare_ballot, []

    def first_fails(*arguments: object) -> object:
        seeds.append(arguments[5])
        if len(seeds) == 1:
            raise ZeroNonce
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sealing_module, "prepare_ballot", first_fails)
    opened = decode_opened(challenge(prepared().seal(CHOICES)).payload, ELECTION.manifest, GROUP)
    assert len(seeds) == 2
    assert seeds[0] != seeds[1] == opened.seed


@pytest.mark.parametrize("thing", [prepared(), Pool(CONTEXT, "all", OWNER, SystemRandomness())])
def test_it_is_neither_printed_nor_copied_nor_stored(thing: object) -> None:
    assert repr(thing) == f"{thing}" == f"{type(thing).__name__}(<redacted>)"
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps, hash, lambda x: bool(x == x)):
        with pytest.raises(TypeError):
            attempt(thing)


def test_a_pool_seals_with_its_entries_and_then_without(monkeypatch: pytest.MonkeyPatch) -> None:
    direct: list[bytes] = []

    def noted(*arguments: object) -> Sealing:
        made = seal(*arguments)  # type: ignore[arg-type]
        direct.append(made.tracker)
        return made

    monkeypatch.setattr(pool_module, "seal", noted)
    pool = Pool(CONTEXT, "half", OWNER, SystemRandomness(), size=2)
    assert len(pool) == 0
    pool.fill()
    pool.fill()
    assert len(pool) == 2
    with pytest.raises(ValueError, match="of style 'all', the pool is of 'half'"):
        pool.seal(CHOICES)
    trackers = [pool.seal(HALF).tracker for _ in range(3)]
    assert len(set(trackers)) == 3
    assert direct == trackers[2:]
    pool.fill()
    pool.clear()
    assert len(pool) == 0


def test_a_pool_may_be_filled_and_used_at_once() -> None:
    pool = Pool(CONTEXT, "half", OWNER, SystemRandomness(), size=3)

    def work(number: int) -> bytes:
        if number % 2:
            pool.fill()
        return pool.seal(HALF).tracker

    with ThreadPoolExecutor(8) as threads:
        trackers = list(threads.map(work, range(40)))
    assert len(set(trackers)) == 40
    assert len(pool) <= 3


def test_a_pool_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="size 0"):
        Pool(CONTEXT, "half", OWNER, SystemRandomness(), size=0)
