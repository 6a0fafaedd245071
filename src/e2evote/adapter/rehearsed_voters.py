"""Voters of a rehearsal, each by a name: their devices and their keys are this machine's too."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from e2evote.adapter.board import BoardReader
from e2evote.adapter.booth import Booth
from e2evote.adapter.codes import CodeReader
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.adapter.rehearsed_roll import Letter, read_letters
from e2evote.adapter.store import Store
from e2evote.adapter.voter_sessions import VoterSessions
from e2evote.ballot.box_envelope import Envelope
from e2evote.ballot.voter import Voter
from e2evote.errors import CheckFailed, Refused
from e2evote.secret.sign import SigningKey

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
    """One booth for all of them; it looks at the board again before every act. For one thread at a time.

    With a roll a voter is called by the number of the line, and signs with the codes in the letter; without one, by
    any name, from which the key follows.
    """

    def __init__(self, store: Store, keys: RehearsalKeys, board: BoardReader) -> None:
        self._store, self._keys, self._board = store, keys, board
        self._sessions = VoterSessions(store.private, board.setting.first)
        self._made: Booth | None = None
        self._letters: dict[str, Letter] = {}

    def cast(self, name: str, votes: Votes, style: str) -> Ready:
        """The votes of the voter called so, sealed and signed."""
        booth = self._booth()
        voter, signing = self._voter(booth, name)
        sealed = booth.seal(voter, votes, style)
        return Ready(booth.cast(sealed, *signing), voter.line, sealed.shown)

    def challenge(self, name: str, votes: Votes, style: str) -> Ready:
        """The same votes sealed, opened and checked."""
        booth = self._booth()
        voter, _ = self._voter(booth, name)
        sealed = booth.seal(voter, votes, style)
        envelope, opened = booth.challenge(sealed, self._sessions.of(name))
        failures = booth.check(sealed.shown, envelope.leaf, envelope.payload, voter.line, opened.preimage)
        return Ready(envelope, voter.line, sealed.shown, failures)

    def _voter(self, booth: Booth, name: str) -> tuple[Voter, tuple[SigningKey, ...]]:
        if booth.manifest.roll is None:
            key = self._keys.voter(name)
            return booth.owner(key.public), (key,)
        voter = booth.voter(name)
        if not self._letters:
            self._letters = {letter.line: letter for letter in read_letters(self._store)}
        letter = self._letters.get(voter.line)
        if letter is None:
            raise Refused("no-letters", f"line {voter.line} was added later: this rehearsal has no letter of it")
        return voter, CodeReader(self._board.setting, voter).keys(letter.codes)

    def _booth(self) -> Booth:
        if self._made is None:
            self._board.refresh()
            self._made = Booth(self._board)
        return self._made
