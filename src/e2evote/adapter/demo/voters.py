"""The demonstration's voters: each seals a ballot, some challenge it first, and all cast one.

They are one process here, and the box is another: while it verifies a ballot, the next is encrypted. What a voter has
is a line, and a code from each registrar, which nobody else knows and nobody stores.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from e2evote.adapter.booth import Booth, new_session
from e2evote.adapter.codes import CodeReader
from e2evote.adapter.demo.process import Child
from e2evote.adapter.demo.votes import Ward
from e2evote.adapter.inbox import collect, drop
from e2evote.adapter.reply import Acknowledged, is_final, read_reply
from e2evote.adapter.store import Store
from e2evote.ballot.box_envelope import Envelope
from e2evote.board.note import LogKey
from e2evote.board.policy import Policy
from e2evote.errors import CheckFailed, Refused
from e2evote.hashing.digest import sha256

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
class Voter:
    """Somebody who votes online: the number of the line, the codes in the letters, and what is to be voted.

    challenges: whether a ballot is challenged before one is cast.
    """

    line: str
    codes: tuple[str, ...]
    ranking: tuple[int, ...]
    challenges: bool


@dataclass(frozen=True, slots=True)
class Turnout:
    """What the voters did. line and tracker: of the first of them, to be looked up; and one challenged ballot's."""

    cast: int = 0
    challenged: int = 0
    line: str = ""
    tracker: str = ""
    challenged_tracker: str = ""

    def and_then(self, later: "Turnout") -> "Turnout":
        """This and what others did afterwards."""
        return Turnout(
            self.cast + later.cast,
            self.challenged + later.challenged,
            self.line or later.line,
            self.tracker or later.tracker,
            self.challenged_tracker or later.challenged_tracker,
        )


def vote_all(
    booth: Booth,
    post: Callable[[Envelope], Acknowledged],
    ward: Ward,
    voters: Sequence[Voter],
    progress: Callable[[int, int], None],
) -> Turnout:
    """Each of these voters casts a ballot; done when the box has acknowledged all."""
    challenged: list[str] = []
    done, first, tracker = 0, "", ""
    waiting: list[Future[Acknowledged]] = []
    with ThreadPoolExecutor(_AT_ONCE) as posting:
        for voter in voters:
            if voter.challenges:
                challenged.append(challenge_once(booth, post, voter, ward))
            who = booth.voter(voter.line)
            sealing = booth.seal(who, ward.votes(voter.ranking))
            if not first:
                first, tracker = voter.line, sealing.shown
            keys = CodeReader(booth.context.setting, who).keys(voter.codes)
            waiting.append(posting.submit(post, booth.cast(sealing, *keys)))
            if len(waiting) >= 2 * _AT_ONCE:
                waiting.pop(0).result()
                done += 1
            progress(done, len(voters))
        for future in waiting:
            future.result()
            done += 1
            progress(done, len(voters))
    return Turnout(done, len(challenged), first, tracker, challenged[0] if challenged else "")


def is_challenged(seed: str, number: int) -> bool:
    """Whether this voter challenges first: always the first one, from 1, and others as the seed has it."""
    return number == 1 or sha256(f"{seed}\nchallenge\n{number}".encode())[0] < 256 // CHALLENGED_OF


def challenge_once(booth: Booth, post: Callable[[Envelope], Acknowledged], voter: Voter, ward: Ward) -> str:
    """A ballot sealed, its tracker noted, opened instead of cast, checked, and published; its tracker."""
    sealing = booth.seal(booth.voter(voter.line), ward.votes(voter.ranking))
    noted = sealing.shown
    envelope, opened = booth.challenge(sealing, new_session())
    failures: tuple[CheckFailed, ...] = booth.check(noted, envelope.leaf, envelope.payload, voter.line, opened.preimage)
    if failures:
        raise Refused("demo", f"a challenged ballot does not hold: {failures[0]}")
    post(envelope)
    return noted
