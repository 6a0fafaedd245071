"""Ballots made by workers are those that one process makes, and nothing else of them depends on the executor."""

from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import nullcontext
from hashlib import sha256
from multiprocessing import get_context

import pytest

from e2evote.ballot import bulk
from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.bulk import PIECE, Vote, seal_all
from e2evote.ballot.choices import choose
from e2evote.ballot.sealing import cast, seal
from e2evote.ballot.voter import owner
from e2evote.record.leaf import decode_leaf
from e2evote.record.select import NO_PREVIOUS
from e2evote.secret.sign import SigningKey
from e2evote.verify.ballots import check_ballot
from e2evote.verify.findings import Findings
from tests.ballot.election import GROUP, VOTE, make_election, make_manifest
from tests.randomness import DeterministicRandomness

ELECTION = make_election(make_manifest())
CONTEXT = ELECTION.context
TWO_PIECES = 2 * PIECE - 3


def seed_of(number: int) -> bytes:
    return sha256(f"voter {number}".encode()).digest()


def votes(number: int) -> list[Vote]:
    return [
        Vote("all", VOTE, (seed_of(i),))
        if i % 3
        else Vote("half", {"mayor": {"ada": i % 2}}, (seed_of(i),), bytes([i]) * 32)
        for i in range(number)
    ]


def fixed(position: int) -> DeterministicRandomness:
    return DeterministicRandomness(f"ballot {position}")


def one_by_one(number: int) -> list[Envelope]:
    made = []
    for i, vote in enumerate(votes(number)):
        key = SigningKey(*vote.keys)
        sealing = seal(CONTEXT, choose(ELECTION.manifest, vote.style, vote.votes), owner(CONTEXT, key.public), fixed(i))
        submission = cast(sealing, vote.prev, key)
        made.append(Envelope(submission.leaf.encode(), submission.payload, submission.hints))
    return made


@pytest.mark.parametrize("kind", ["here", "threads", "spawn"])
def test_every_executor_gives_the_bytes_of_one_process(kind: str) -> None:
    executors = {
        "here": lambda: nullcontext(None),
        "threads": lambda: ThreadPoolExecutor(3),
        "spawn": lambda: ProcessPoolExecutor(2, mp_context=get_context("spawn")),
    }
    with executors[kind]() as executor:
        made = list(seal_all(CONTEXT, votes(TWO_PIECES), TWO_PIECES, executor, workers=2, randomness_of=fixed))
    assert made == one_by_one(TWO_PIECES)


def test_what_comes_out_is_ready_for_the_log() -> None:
    findings = Findings()
    (made,) = seal_all(CONTEXT, [Vote("all", VOTE, (seed_of(1),))], 1)
    leaf = decode_leaf(made.leaf, GROUP, 3, first=False)
    assert leaf.body.prev == NO_PREVIOUS  # type: ignore[union-attr]
    assert check_ballot(CONTEXT, ELECTION.entry(7, leaf), made.payload, findings)
    assert findings.failing() == set()
    assert made.hints


def test_no_two_ballots_share_their_randomness_where_none_is_given() -> None:
    made = list(seal_all(CONTEXT, [Vote("half", {}, (seed_of(1),))] * 3, 3))
    assert len({envelope.payload for envelope in made}) == len({envelope.leaf for envelope in made}) == 3


class Lazy(Executor):
    """An executor that does a task only when its result is asked for, and counts those under way."""

    def __init__(self) -> None:
        self.under_way = self.most = self.cancelled = 0

    def submit(self, task: object, *arguments: object) -> Future[object]:  # type: ignore[override]
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        owner = self

        class Later(Future[object]):
            def result(self, timeout: float | None = None) -> object:
                owner.under_way -= 1
                return task(*arguments)  # type: ignore[operator]

            def cancel(self) -> bool:
                owner.cancelled += 1
                return True

        return Later()


def endless() -> Iterator[Vote]:
    number = 0
    while True:
        yield Vote("half", {}, (seed_of(number),))
        number += 1


def test_few_pieces_are_under_way_and_all_are_given_up_with_the_caller() -> None:
    executor, seen = Lazy(), []
    made = seal_all(CONTEXT, endless(), 10**6, executor, workers=2, progress=lambda done, total: seen.append(done))
    for _ in range(4 * PIECE + 1):
        next(made)
    assert executor.most == 6
    assert seen == [PIECE, 2 * PIECE, 3 * PIECE, 4 * PIECE]
    made.close()  # type: ignore[attr-defined]
    assert executor.cancelled == executor.under_way == 5


def test_progress_is_told_to_the_end() -> None:
    seen: list[tuple[int, int]] = []
    number = PIECE + 1
    list(seal_all(CONTEXT, votes(number), number, progress=lambda *news: seen.append(news)))
    assert seen == [(PIECE, number), (number, number)]


@pytest.mark.parametrize("executor", [None, "threads"])
def test_a_vote_beyond_a_limit_is_named_by_its_position(executor: str | None) -> None:
    wrong = [*votes(PIECE + 1), Vote("all", {"mayor": {"ada": 1, "bob": 1}}, (seed_of(0),))]
    with (
        ThreadPoolExecutor(1) if executor else nullcontext(None) as pool,
        pytest.raises(ValueError, match=f"vote {PIECE + 1}: contest mayor: 2 selections, limit 1"),
    ):
        list(seal_all(CONTEXT, wrong, len(wrong), pool))


def test_tables_are_as_wide_as_a_workers_share_of_the_work_deserves(monkeypatch: pytest.MonkeyPatch) -> None:
    announced: list[int] = []
    monkeypatch.setattr(bulk, "expect_powers", lambda manifest, style, K, ballots: announced.append(ballots))
    bulk._context.cache_clear()
    with ThreadPoolExecutor(1) as executor:
        list(seal_all(CONTEXT, votes(1), 1001, executor, workers=4))
    bulk._context.cache_clear()
    list(seal_all(CONTEXT, votes(1), 1001, workers=4))
    assert announced == [251, 1001], "without an executor one process does it all"
    bulk._context.cache_clear()


@pytest.mark.parametrize(("total", "workers"), [(0, 1), (1, 0)])
def test_nothing_to_do_or_nobody_to_do_it_is_refused(total: int, workers: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        list(seal_all(CONTEXT, [], total, workers=workers))


def test_a_vote_prints_as_redacted() -> None:
    shown = repr(votes(2)[1])
    assert shown == "Vote(style='all', <redacted>)"
