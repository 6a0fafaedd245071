"""What has become of each line of a roll so far: its ballots, its mark (docs/spec.md, section 7, Which ballots count).

Arrays by the number of the line, so that a roll of any size takes some tens of bytes for each. What may follow what is
judged by `verify.vote_leaves`; which ballots are valid, by `record.select`.
"""

from array import array
from dataclasses import dataclass

from e2evote.record.select import NO_PREVIOUS, Counted

HASH = 32


@dataclass(frozen=True, slots=True)
class MarkAt:
    """A line has voted on paper: in this channel, by the leaf at this index."""

    index: int
    channel: str


@dataclass(frozen=True, slots=True)
class LineVote:
    """What counts for a line is decided by these.    spec 7

    candidate: its last valid ballot, unless it is annulled; then `annulled` is its leaf hash, otherwise empty.
    """

    removed: bool = False
    mark: MarkAt | None = None
    candidate: Counted | None = None
    annulled: bytes = b""

    @property
    def counted(self) -> Counted | None:
        """The ballot cast online that counts."""
        return None if self.removed or self.mark else self.candidate


class LineVotes:
    """By number of the line, from 1. Mutable."""

    def __init__(self, channels: tuple[str, ...]) -> None:
        self._channels = channels
        self._index = array("Q", (0,))  # of the last valid ballot; no ballot is entry 0
        self._hash = bytearray(HASH)
        self._marked_at = array("Q", (0,))
        self._channel = bytearray(1)
        self._annulled: dict[int, list[bytes]] = {}

    def grow(self, lines: int) -> None:
        """So many lines more."""
        self._index.extend(array("Q", bytes(8 * lines)))
        self._marked_at.extend(array("Q", bytes(8 * lines)))
        self._hash += bytes(HASH * lines)
        self._channel += bytes(lines)

    def has_voted(self, line: int) -> bool:
        """Whether the line has a valid ballot."""
        return self._index[line] > 0

    def previous(self, line: int) -> bytes:
        """The leaf hash of its last valid ballot, annulled or not; 32 zero bytes if it has none."""
        return bytes(self._hash[HASH * line : HASH * (line + 1)]) if self._index[line] else NO_PREVIOUS

    def vote(self, line: int) -> LineVote:
        """How things stand with this line, which is not removed."""
        if not self._index[line]:
            return LineVote(mark=self.mark(line))
        latest = Counted(self._index[line], self.previous(line))
        if latest.leaf_hash in self._annulled.get(line, ()):
            return LineVote(mark=self.mark(line), annulled=latest.leaf_hash)
        return LineVote(mark=self.mark(line), candidate=latest)

    def mark(self, line: int) -> MarkAt | None:
        """Its mark."""
        at = self._marked_at[line]
        return MarkAt(at, self._channels[self._channel[line]]) if at else None

    def annulled(self, line: int) -> frozenset[bytes]:
        """The leaf hashes of its annulled ballots."""
        return frozenset(self._annulled.get(line, ()))

    def take_ballot(self, line: int, ballot: Counted) -> None:
        """A valid ballot."""
        self._index[line] = ballot.index
        self._hash[HASH * line : HASH * (line + 1)] = ballot.leaf_hash

    def take_annulment(self, line: int) -> None:
        """Its last valid ballot is annulled."""
        self._annulled.setdefault(line, []).append(self.previous(line))

    def take_mark(self, line: int, mark: MarkAt) -> None:
        """It has voted on paper."""
        self._marked_at[line], self._channel[line] = mark.index, self._channels.index(mark.channel)
