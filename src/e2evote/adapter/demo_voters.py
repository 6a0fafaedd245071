"""The demonstration's voters: each seals a ballot, some challenge it first, and all cast one.

They are one process here, and the box is another: while it verifies a ballot, the next is encrypted. What a voter has
is a key that nobody else knows and nobody stores.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from e2evote.adapter.booth import Booth, new_session
from e2evote.adapter.demo_process import Child
from e2evote.adapter.demo_votes import Ward
from e2evote.adapter.inbox import collect, drop
from e2evote.adapter.reply import Acknowledged, is_final, read_reply
from e2evote.adapter.store import Store
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.note import LogKey
from e2evote.board.policy import Policy
from e2evote.errors import CheckFailed, Refused
from e2evote.hashing.digest import sha256
from e2evote.secret.randomness import SystemRandomness
from e2evote.secret.sign import SEED_SIZE, SigningKey

CHALLENGED_OF = 8
"""About one ballot of so many is challenged before one is cast."""

_AT_ONCE = 12
_POLL = 0.05


@dataclass(frozen=True, slots=True)
class PatientPost:
    """A `Post` that waits as long as the box's process lives, and reads its keys once."""

    store: Store
    log_key: LogKey
    policy: Policy | None
    box: Child

    def __call__(self, envelope: Envelope) -> Acknowledged:
        name = drop(self.store, envelope)
        while (data := collect(self.store, name)) is None or not is_final(data):
            if not self.box.is_running:
                raise self.box.failure()
            time.sleep(_POLL)
        return read_reply(data, envelope, self.log_key, self.policy)


@dataclass(frozen=True, slots=True)
class Turnout:
    """What the voters did. line and tracker: of the first of them, to be looked up; and one challenged ballot's."""

    cast: int
    challenged: int
    line: str
    tracker: str
    challenged_tracker: str


def vote_all(
    booth: Booth,
    post: Callable[[Envelope], Acknowledged],
    ward: Ward,
    rankings: Sequence[tuple[int, ...]],
    seed: str,
    progress: Callable[[int, int], None],
) -> Turnout:
    """Every ranking as the ballot of a voter of its own; done when the box has acknowledged all."""
    challenged: list[str] = []
    done, line, tracker = 0, "", ""
    waiting: list[Future[Acknowledged]] = []
    with ThreadPoolExecutor(_AT_ONCE) as posting:
        for number, ranking in enumerate(rankings):
            key = SigningKey(SystemRandomness().bytes(SEED_SIZE))
            if is_challenged(seed, number):
                challenged.append(challenge_once(booth, post, key, ward, ranking))
            sealing = booth.seal(booth.owner(key.public), ward.votes(ranking))
            if not number:
                line, tracker = booth.line(key.public), sealing.shown
            waiting.append(posting.submit(post, booth.cast(sealing, key)))
            if len(waiting) >= 2 * _AT_ONCE:
                waiting.pop(0).result()
                done += 1
            progress(done, len(rankings))
        for future in waiting:
            future.result()
            done += 1
            progress(done, len(rankings))
    return Turnout(done, len(challenged), line, tracker, challenged[0] if challenged else "")


def is_challenged(seed: str, number: int) -> bool:
    """Whether this voter challenges first: always the third, and others as the seed has it."""
    return number == 2 or sha256(f"{seed}\nchallenge\n{number}".encode())[0] < 256 // CHALLENGED_OF


def challenge_once(
    booth: Booth,
    post: Callable[[Envelope], Acknowledged],
    key: SigningKey,
    ward: Ward,
    ranking: tuple[int, ...],
) -> str:
    """A ballot sealed, its tracker noted, opened instead of cast, checked, and published; its tracker."""
    sealing = booth.seal(booth.owner(key.public), ward.votes(ranking))
    noted = sealing.shown
    envelope, opened = booth.challenge(sealing, new_session())
    failures: tuple[CheckFailed, ...] = booth.check(
        noted, envelope.leaf, envelope.payload, booth.line(key.public), opened.preimage
    )
    if failures:
        raise Refused("demo", f"a challenged ballot does not hold: {failures[0]}")
    post(envelope)
    return noted
