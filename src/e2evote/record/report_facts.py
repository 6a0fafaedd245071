"""What a report on a selection says that anybody can work out from its record (docs/spec.md, section 15).

Plain values only: names, numbers, words. A page is made of them, and a program reads them as canonical JSON. What a
scrutineer adds in their own words stands apart.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal, Self

from e2evote.record import plain
from e2evote.record.plain import Bytes, Items, Utf8
from e2evote.record.report_results import ContestFacts, Id, Ids
from e2evote.record.report_voters import Amendments, ChannelFacts, KeyChanges, KeyFacts, LineFacts, RegistrarFacts

LARGEST = 16 * 2**20
"""Bytes of facts, encoded."""

MOST_POINTS = 200
"""Points of the curve of turnout."""

Hash = Annotated[str, Bytes(32)]
Text = Annotated[str, Utf8(0, 10_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFacts:
    """Who holds a key. signed: entries that the party has signed; of a witness, cosignatures on the record's head."""

    party: Id
    role: Id
    organisation: Annotated[str, Utf8(1, 200)]
    signed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnoutPoint:
    """When the log had `index` entries, it had the ballot, or the mark, that counts for so many lines."""

    index: int
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFacts:
    """A statement that somebody has checked, signed by them. size: how far the log went that they verified."""

    index: int
    party: Id
    challenges: int
    receipts: int
    size: int
    verdict: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFacts:
    """Names were opened: of all lines (roll), or of those that voted (register)."""

    index: int
    of: Literal["register", "roll"]
    reader: Id
    holder: Id
    purpose: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFacts:
    """An incident, by whom it was entered, and how many lines it names."""

    index: int
    number: int
    code: Id
    party: Id
    lines: int
    document: Annotated[str, Utf8(0, 64)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseFacts:
    """Voting online was paused at an index and went on at another; 0 and an empty reason if it did not."""

    index: int
    reason: Id
    resumed: int
    resumed_reason: Annotated[str, Utf8(0, 63)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFacts:
    """The turnout audit: `size` of the `voters` lines that voted online.    spec (15.1), (15.2)"""

    index: int
    digits: Annotated[str, Utf8(6, 64)]
    seed: Hash
    size: int
    voters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFacts:
    """One check of the verifier."""

    check: Id
    status: Literal["pass", "fail", "missing", "not run", "not asked"]
    examined: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """Everything that the page shows but the scrutineer's own words.

    test_group: the group is one for tests, which protects nothing. base_hash, root, size: the selection, and the log as
    far as these facts go. opens, closes: the dates in force. opened_at, closed_at: index of these leaves, 0 if there is
    none. as_at: the date of the roll. one_party_suffices: one registrar, or one contact, has all codes of a line. keys,
    lines, amendments: zeros, or nothing, where there is no roll.
    """

    election_id: Id
    election_name: str
    test_group: bool
    base_hash: Hash
    root: Hash
    size: int
    opens: Id
    closes: Id
    extensions: int
    opened_at: int
    closed_at: int
    floor: int
    weights: Annotated[tuple[int, ...], Items(50)]
    trustees_needed: int
    not_claimed: Ids
    has_roll: bool
    as_at: Annotated[str, Utf8(0, 63)]
    one_party_suffices: bool
    paper_prevails: bool
    channels: Annotated[tuple[ChannelFacts, ...], Items(3)]
    contests: Annotated[tuple[ContestFacts, ...], Items(100)]
    lines: LineFacts
    registrars: Annotated[tuple[RegistrarFacts, ...], Items(8)]
    keys: KeyFacts
    key_changes: tuple[KeyChanges, ...]
    amendments: tuple[Amendments, ...]
    parties: Annotated[tuple[PartyFacts, ...], Items(200)]
    turnout: Annotated[tuple[TurnoutPoint, ...], Items(MOST_POINTS)]
    challenges: int
    checked: tuple[CheckedFacts, ...]
    access: tuple[AccessFacts, ...]
    incidents: tuple[IncidentFacts, ...]
    pauses: tuple[PauseFacts, ...]
    samples: Annotated[tuple[SampleFacts, ...], Items(1)]
    verdict: Literal["accepted", "consistent", "incomplete", "malformed", "rejected"]
    checks: Annotated[tuple[CheckFacts, ...], Items(500)]

    def __post_init__(self) -> None:
        if not self.channels or not self.weights:
            raise ValueError("no channel, or no weight")
        if len(self.turnout) > MOST_POINTS:
            raise ValueError(f"{len(self.turnout)} points of turnout, at most {MOST_POINTS}")
        for before, after in pairwise(self.turnout):
            if before.index >= after.index or before.lines > after.lines:
                raise ValueError(f"turnout at index {after.index} does not follow that at {before.index}")
        if self.turnout and self.turnout[-1].index > self.size:
            raise ValueError(f"turnout at index {self.turnout[-1].index} of a log with {self.size} entries")
        channels = [channel.channel for channel in self.channels]
        for contest in self.contests:
            if [channel.channel for channel in contest.channels] != channels:
                raise ValueError(f"contest {contest.contest}: not the channels of the selection")
            contest.check_floor(self.floor)
        for sample in self.samples:
            if not 1 <= sample.size <= max(sample.voters, 1):
                raise ValueError(f"a sample of {sample.size} from {sample.voters} lines")

    def encode(self) -> bytes:
        """The canonical bytes."""
        return plain.encode(self)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Facts from outside bytes, or MalformedInput that names the place."""
        return plain.decode(cls, data, LARGEST)

    def party(self, id: str) -> PartyFacts | None:
        """The party of that id, if there is one."""
        return next((party for party in self.parties if party.party == id), None)

    def parties_of(self, role: str) -> tuple[PartyFacts, ...]:
        """All parties of one role, in order."""
        return tuple(party for party in self.parties if party.role == role)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWords:
    """What the scrutineer says: was the register inspected and why, or why not; opinion; complaints.

    opinion: whether arrangements kept unfairness and malpractice down as far as is practicable.
    """

    complaints: Text
    inspected: bool
    opinion: Text
    why: Text

    def encode(self) -> bytes:
        """The canonical bytes."""
        return plain.encode(self)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Words from outside bytes, or MalformedInput that names the place."""
        return plain.decode(cls, data, LARGEST)
