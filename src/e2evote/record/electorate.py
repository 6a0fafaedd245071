"""Who may vote, with which keys, and what has become of each line so far (docs/spec.md, sections 7 and 13).

The state of a selection with a roll, leaf by leaf in index order. It takes what `verify.voters` has judged to fit, and
valid ballots; it judges nothing itself. Box, verifier and whoever reads a board have one each. Memory grows with the
lines of the roll and their keys, not with ballots.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from e2evote.manifest.model import Manifest
from e2evote.record.credential_book import CredentialBook, RegistrarCounts
from e2evote.record.line_votes import HASH, LineVote, LineVotes, MarkAt
from e2evote.record.roll_row import LINE_DIGITS, RollRow, line_of
from e2evote.record.select import NO_PREVIOUS, Counted

__all__ = ["Electorate", "Entitlement", "Event", "LineVote", "MarkAt", "RegistrarCounts", "RollTable"]

NOT_ON_THE_ROLL = "its line is not on the roll"
HAS_A_MARK = "its line has voted on paper"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The ballot style of a line, by id, and what its ballot counts."""

    style: str
    weight: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was changed about a line after the freeze, and who approved it.

    kind: of its leaf. approver: the party of the second signature, empty where that is nobody's who may. field: the
    contact that was replaced. voted: the line had a valid ballot before.
    """

    index: int
    kind: str
    author: str
    approver: str
    line: str
    reason: str
    field: str = ""
    voted: bool = False


class RollTable:
    """The rows of a roll as far as anybody asks for them again: style, weight, commitments to contacts. Mutable."""

    def __init__(self, manifest: Manifest) -> None:
        contacts = manifest.roll.contacts if manifest.roll else ()
        self._styles = tuple(style.id for style in manifest.styles)
        self._places = {style: place for place, style in enumerate(self._styles)}
        self._contacts = {field: place for place, field in enumerate(contacts)}
        self._skipped = len(manifest.roll.fields) - len(contacts) if manifest.roll else 0
        self._style, self._weight = bytearray(1), array("H", (0,))
        self._commitments = bytearray(HASH * len(contacts))

    def __len__(self) -> int:
        return len(self._style) - 1

    def append(self, row: RollRow) -> None:
        """The row of the next line, which has the form that the manifest asks for."""
        self._style.append(self._places[row.style])
        self._weight.append(row.weight)
        self._commitments += b"".join(row.commitments[self._skipped :])

    def entitlement(self, line: int) -> Entitlement:
        """Style and weight."""
        return Entitlement(self._styles[self._style[line]], self._weight[line])

    def commitment(self, line: int, field: str) -> bytes:
        """That to a contact, as it stands now; empty where the field is no contact."""
        at = self._at(line, field)
        return bytes(self._commitments[at : at + HASH]) if field in self._contacts else b""

    def put_commitment(self, line: int, field: str, commitment: bytes) -> None:
        """Another one to this contact."""
        at = self._at(line, field)
        self._commitments[at : at + HASH] = commitment

    def _at(self, line: int, field: str) -> int:
        return HASH * (line * len(self._contacts) + self._contacts.get(field, 0))


class Electorate:
    """Of a manifest with a roll. Mutable; as long as the roll is not frozen it has no lines."""

    def __init__(self, manifest: Manifest) -> None:
        if manifest.roll is None:
            raise ValueError("the manifest has no roll")
        self.manifest = manifest
        self.table = RollTable(manifest)
        self.is_frozen = False
        self.unknown: set[str] = set()
        """Registrars of whose credentials some were left out, so that nobody can say what keys their lines have."""
        self.history: list[Event] = []
        self.seen: set[bytes] = set()
        """Every key that was ever a credential's."""
        self._books = tuple(CredentialBook(party.id) for party in manifest.registrars)
        self._votes = LineVotes(manifest.channels.list)
        self._removed = bytearray(1)

    # What is known of a line, by its name

    @property
    def lines(self) -> int:
        """How many there are, those removed among them."""
        return len(self.table)

    def number_of(self, line: str) -> int:
        """The number of a line that was ever on the roll, otherwise 0."""
        if len(line) != LINE_DIGITS or not (line.isascii() and line.isdecimal()):
            return 0
        number = int(line)
        return number if number <= self.lines else 0

    def is_removed(self, line: str) -> bool:
        """Whether it was on the roll, and is not any more."""
        return bool(self._removed[self.number_of(line)])

    def voter(self, line: str) -> int:
        """The number of a line that may vote, or could but for its keys; 0 where it is not on the roll, or removed."""
        number = self.number_of(line)
        return 0 if self._removed[number] else number

    def entitlement(self, line: str) -> Entitlement | None:
        """Style and weight; None where the line is not on the roll, or removed."""
        number = self.voter(line)
        return self.table.entitlement(number) if number else None

    def keys_of(self, line: str) -> tuple[bytes, ...]:
        """Its active keys in the order of registrars; () unless there is one from each."""
        number = self.number_of(line)
        active = [book.active(number) for book in self._books]
        return tuple(map(CredentialBook.key, self._books, active)) if all(active) else ()

    def vote_of(self, line: str) -> LineVote:
        """What counts for it."""
        number = self.number_of(line)
        return LineVote(removed=True) if self._removed[number] else self._votes.vote(number)

    def mark_of(self, line: str) -> MarkAt | None:
        """Where it has voted on paper."""
        return self._votes.mark(self.number_of(line))

    def annulled(self, line: str) -> frozenset[bytes]:
        """The leaf hashes of its annulled ballots."""
        return self._votes.annulled(self.number_of(line))

    def has_voted(self, line: str) -> bool:
        """Whether it has a valid ballot, whatever became of that."""
        return self._votes.has_voted(self.number_of(line))

    # What is known of all lines

    @property
    def what_is_unknown(self) -> str:
        """In words."""
        return f"credentials of {', '.join(sorted(self.unknown))}"

    def names(self) -> Iterator[str]:
        """Every line that was ever on the roll, in order."""
        return map(line_of, range(1, self.lines + 1))

    def book(self, registrar: str) -> CredentialBook:
        """The credentials of this registrar."""
        return next(book for book in self._books if book.party == registrar)

    def without_credential(self, registrar: str) -> Iterator[int]:
        """The numbers of the lines, not removed, that never had a credential from this registrar."""
        book = self.book(registrar)
        return (n for n in range(1, self.lines + 1) if not (self._removed[n] or book.times(n)))

    def registrar_counts(self) -> tuple[RegistrarCounts, ...]:
        """What has become of all credentials, by registrar."""
        return tuple(book.counts() for book in self._books)

    def renewed(self) -> Iterator[str]:
        """The lines that ever had more than one key of one registrar."""
        return (line_of(n) for n in range(1, self.lines + 1) if any(book.times(n) > 1 for book in self._books))

    # As the lines of a ledger

    def previous(self, line: str) -> bytes:
        """The leaf hash of its last valid ballot, or 32 zero bytes."""
        number = self.number_of(line)
        return self._votes.previous(number) if number else NO_PREVIOUS

    def barred(self, line: str) -> str:
        """Why no ballot of the line is valid; empty where one may be."""
        if not self.voter(line):
            return NOT_ON_THE_ROLL
        return HAS_A_MARK if self.mark_of(line) else ""

    def counted(self, line: str) -> Counted | None:
        """The ballot cast online that counts for it."""
        return self.vote_of(line).counted

    def take_ballot(self, line: str, ballot: Counted, keys: Sequence[bytes]) -> None:
        """A valid ballot: those of its keys that were ever the line's are used."""
        number = self.voter(line)
        self._votes.take_ballot(number, ballot)
        for book in self._books:
            book.use(number, keys)

    def take_invalid(self, line: str) -> None:
        """A ballot that is not valid changes nothing."""

    def standing(self) -> Iterator[tuple[str, Counted | None]]:
        """Every line with the ballot cast online that counts for it."""
        return ((line, self.vote_of(line).counted) for line in self.names())

    # What was judged to fit

    def freeze(self, table: RollTable) -> None:
        """The roll."""
        self.table, self.is_frozen = table, True
        self._grow(len(table))

    def add(self, row: RollRow, event: Event) -> None:
        """The next line."""
        self.table.append(row)
        self._grow(1)
        self.history.append(event)

    def remove(self, event: Event) -> None:
        """A line that may not vote any more, whose credentials are none any more."""
        number = self.number_of(event.line)
        self._removed[number] = 1
        for book in self._books:
            book.end(number)
        self.history.append(event)

    def contact(self, commitment: bytes, event: Event) -> None:
        """Another commitment to the contact that the event names."""
        self.table.put_commitment(self.number_of(event.line), event.field, commitment)
        self.history.append(event)

    def issue(self, registrar: str, lines: Sequence[int], keys: bytes) -> None:
        """The next credentials of a registrar, one for each of these lines."""
        self.book(registrar).issue(lines, keys)
        self._see(keys[at : at + HASH] for at in range(0, len(keys), HASH))

    def reissue(self, key: bytes, event: Event) -> None:
        """The author's next credential, in place of the one that the line had."""
        self.book(event.author).replace(self.number_of(event.line), key)
        self._see((key,))
        self.history.append(event)

    def revoke(self, event: Event) -> None:
        """The line's credential from the author is none any more."""
        self.book(event.author).end(self.number_of(event.line))
        self.history.append(event)

    def annul(self, event: Event) -> None:
        """The line's candidate does not count."""
        self._votes.take_annulment(self.number_of(event.line))
        self.history.append(event)

    def mark(self, line: str, mark: MarkAt) -> None:
        """The line has voted on paper."""
        self._votes.take_mark(self.number_of(line), mark)

    def _grow(self, lines: int) -> None:
        self._removed += bytes(lines)
        self._votes.grow(lines)
        for book in self._books:
            book.grow(lines)

    def _see(self, keys: Iterable[bytes]) -> None:
        self.seen.update(keys)
