"""Voters of a rehearsal, each by a name: their devices and their keys are this machine's too."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from e2evote.adapter.board import BoardReader
from e2evote.adapter.booth import Booth
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.ballot.box_envelope import Envelope
from e2evote.errors import CheckFailed

Votes = Mapping[str, Mapping[str, int]]
"""By contest and option the number of votes; the blank vote is the option ""."""


@dataclass(frozen=True, slots=True)
class CastBallot:
    """A ballot in the log: where to look for it, and the receipt, a `.tlog-proof`, that proves it was taken in."""

    line: str
    tracker: str
    index: int
    receipt: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChallengedBallot:
    """An opened ballot in the log; `failures` is empty if the device had sealed what it was told."""

    tracker: str
    index: int
    failures: tuple[CheckFailed, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """What a voter's device hands in, and what it shows. failures: of a challenge, by the voter's own checker."""

    envelope: Envelope
    line: str
    tracker: str
    failures: tuple[CheckFailed, ...] = ()


class RehearsedVoters:
    """One booth for all of them; it looks at the board again before every act. For one thread at a time."""

    def __init__(self, keys: RehearsalKeys, board: BoardReader) -> None:
        self._keys, self._board = keys, board
        self._made: Booth | None = None

    def cast(self, name: str, votes: Votes, style: str) -> Ready:
        """The votes of the voter called so, sealed and signed."""
        booth, key = self._booth(), self._keys.voter(name)
        sealed = booth.seal(booth.owner(key.public), votes, style)
        return Ready(booth.cast(sealed, key), booth.line(key.public), sealed.shown)

    def challenge(self, name: str, votes: Votes, style: str) -> Ready:
        """The same votes sealed, opened and checked."""
        booth, key = self._booth(), self._keys.voter(name)
        sealed = booth.seal(booth.owner(key.public), votes, style)
        envelope, opened = booth.challenge(sealed, self._keys.session(name))
        line = booth.line(key.public)
        failures = booth.check(sealed.shown, envelope.leaf, envelope.payload, line, opened.preimage)
        return Ready(envelope, line, sealed.shown, failures)

    def _booth(self) -> Booth:
        if self._made is None:
            self._board.refresh()
            self._made = Booth(self._board)
        return self._made
