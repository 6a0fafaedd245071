"""The roll is drawn up: numbers that nobody chose, a salt for every field, amendments (docs/spec.md §13.1, §13.2).

Each step gives the opened roll, which stays secret, and what is posted of it. Whoever has the opened roll can repeat
all of it: that is `credentials.checking`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from e2evote.board.merkle import leaf_hash
from e2evote.board.tree import Tree
from e2evote.credentials.contacts import check_of, objections
from e2evote.credentials.look_alike import forms
from e2evote.credentials.members import Member
from e2evote.credentials.opened_roll import OpenedLine, OpenedRoll
from e2evote.errors import Refused
from e2evote.hashing.labels import Label, OwnHash, framed
from e2evote.manifest.voters import OWN_FIELDS
from e2evote.record.roll import SALT_SIZE, SEED_SIZE, FieldCommitments, encoded_rows, roll_root, seed_commitment
from e2evote.record.roll_opening import Earlier, Opening
from e2evote.record.roll_row import MOST_LINES, RollRow, line_of, row_bytes
from e2evote.record.voter_bodies import REASONS, Contact
from e2evote.secret.randomness import Randomness


def draw_seed(randomness: Randomness) -> bytes:
    """A registrar's part of the order of the lines; its commitment (13.1) is posted before it is told."""
    return randomness.bytes(SEED_SIZE)


def wrong_seeds(base_hash: bytes, seeds: Sequence[bytes], commits: Sequence[bytes]) -> tuple[int, ...]:
    """The registrars, from 1, whose seed is not the one that they committed themselves to.    (13.1)"""
    return tuple(
        i
        for i, (seed, commit) in enumerate(zip(seeds, commits, strict=True), start=1)
        if seed_commitment(base_hash, i, seed) != commit
    )


class Order:
    """Where a reference stands among all: H_own(H_B; roll-order; seed_1 ‖ … ‖ seed_m, reference)    (13.2)"""

    __slots__ = ("_hash",)

    def __init__(self, base_hash: bytes, seeds: Sequence[bytes]) -> None:
        self._hash = OwnHash(base_hash, Label.ROLL_ORDER, b"".join(seeds))

    def of(self, reference: str) -> bytes:
        return self._hash.of(framed(reference.encode()))


@dataclass(frozen=True, slots=True)
class Frozen:
    """A roll as it is frozen: who is behind it, the canonical bytes of its rows, and their root.    (13.4)"""

    opened: OpenedRoll
    rows: tuple[bytes, ...]
    root: bytes

    def payload(self) -> Iterator[bytes]:
        """The payload of the roll.freeze, in pieces."""
        return encoded_rows(self.opened.fields, self.rows)


def freeze(
    members: Sequence[Member],
    contacts: Sequence[str],
    base_hash: bytes,
    seeds: Sequence[bytes],
    commits: Sequence[bytes],
    randomness: Randomness,
) -> Frozen:
    """The roll of these members, or Refused `roll-seed` where a seed is not the committed one.

    contacts: the manifest's. seeds, commits: the registrars', in their order.
    """
    if wrong := wrong_seeds(base_hash, seeds, commits):
        raise Refused("roll-seed", f"not the seed that registrar {wrong[0]} has committed itself to")
    fields = (*OWN_FIELDS, *contacts)
    order, commitments = Order(base_hash, seeds), FieldCommitments(base_hash, fields)
    ordered = sorted(members, key=lambda member: order.of(member.reference))
    if len({member.reference for member in ordered}) < len(ordered):
        raise ValueError("a reference twice: members come from a list that was read")
    size = SALT_SIZE * len(fields)
    salts = randomness.bytes(size * len(ordered)) if ordered else b""
    starts = range(0, size, SALT_SIZE)
    lines, rows = [], []
    for number, member in enumerate(ordered, start=1):
        own = salts[size * (number - 1) : size * number]
        line, values = line_of(number), member.values
        each = tuple([own[start : start + SALT_SIZE] for start in starts])
        lines.append(OpenedLine(line, member.style, member.weight, values, each))
        rows.append(row_bytes(line, commitments.of(line, each, values), member.style, member.weight))
    return Frozen(OpenedRoll(fields, tuple(seeds), len(lines), tuple(lines)), tuple(rows), roll_root(rows))


def add(opened: OpenedRoll, member: Member, base_hash: bytes, randomness: Randomness) -> tuple[OpenedRoll, RollRow]:
    """The roll with one more line, and its row; Refused `roll-reference` for a reference that could be another's."""
    own = forms(member.reference)
    for line in opened.lines:
        if own & forms(line.reference):
            raise Refused("roll-reference", f"the reference is, or may be taken for, that of line {line.line}")
    if len(opened.lines) >= MOST_LINES:
        raise Refused("roll-reference", f"a roll has at most {MOST_LINES} lines")
    salts = tuple(randomness.bytes(SALT_SIZE) for _ in opened.fields)
    line = OpenedLine(line_of(len(opened.lines) + 1), member.style, member.weight, member.values, salts)
    commitments = FieldCommitments(base_hash, opened.fields).of(line.line, salts, line.values)
    row = RollRow(line.line, commitments, line.style, line.weight)
    return OpenedRoll(opened.fields, opened.seeds, opened.frozen, (*opened.lines, line)), row


def change_contact(
    opened: OpenedRoll, line: str, contact: str, value: str, reason: str, base_hash: bytes, randomness: Randomness
) -> tuple[OpenedRoll, Contact]:
    """The roll with another contact for a line, and the body of the leaf that says so without saying what it is.

    Refused `roll-contact` where there is nothing to change, or the value is no such contact.
    """
    before = opened.line(line)
    if before is None or contact not in opened.fields[len(OWN_FIELDS) :]:
        raise Refused("roll-contact", f"line {line} has no contact {contact!r}")
    if reason not in REASONS["roll.contact"]:
        raise ValueError(f"reason {reason!r}, want one of {', '.join(REASONS['roll.contact'])}")
    place = opened.place(contact)
    if before.values[place] == value:
        raise Refused("roll-contact", f"line {line} has this {contact} already")
    for objection in objections(value, check_of(contact)):
        raise Refused("roll-contact", f"line {line}, {contact}: {objection}")
    salt = randomness.bytes(SALT_SIZE)
    after = replace(
        before,
        values=(*before.values[:place], value, *before.values[place + 1 :]),
        salts=(*before.salts[:place], salt, *before.salts[place + 1 :]),
        earlier=(*before.earlier, Earlier(contact, before.values[place], before.salts[place])),
    )
    commitments = FieldCommitments(base_hash, opened.fields)
    old = commitments.one(line, contact, before.salts[place], before.values[place])
    body = Contact(contact, line, commitments.one(line, contact, salt, value), old, reason)
    at = int(line) - 1
    lines = (*opened.lines[:at], after, *opened.lines[at + 1 :])
    return OpenedRoll(opened.fields, opened.seeds, opened.frozen, lines), body


class Openings:
    """What each member is given of the roll. rows: the posted ones, of the freeze and then of the additions."""

    def __init__(self, opened: OpenedRoll, rows: Sequence[RollRow]) -> None:
        if len(rows) != len(opened.lines):
            raise ValueError(f"{len(rows)} rows, {len(opened.lines)} opened lines")
        self._opened, self._rows, self._tree = opened, rows, Tree()
        for row in rows[: opened.frozen]:
            self._tree.append(leaf_hash(row.encode()))

    def of(self, line: str) -> Opening:
        """The opening of one line."""
        place = int(line) - 1
        one = self._opened.lines[place]
        proof = self._tree.inclusion_proof(place, self._opened.frozen) if place < self._opened.frozen else ()
        return Opening(self._rows[place], one.values, one.salts, one.earlier, proof)
