"""What one member is given of the roll: the own line, opened (docs/spec.md §13.2).

    row        as it stood in the freeze, or in its addition
    values     what is held of the member now, each with its salt
    earlier    contacts that were replaced since, oldest first, with theirs
    proof      that the row is in the roll under the frozen root; none for a line that was added later

From these and the board alone a member sees what address is held, and each change of it: `check_opening` compares
every value, past and present, with the commitment that stood for it. It is personal, but no secret of the protocol.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from e2evote.board.merkle import HASH_SIZE, leaf_hash, verify_inclusion
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON
from e2evote.hashing.fields import array, hex_bytes, item, object_, one_of, string
from e2evote.record.body import read_id
from e2evote.record.roll import LARGEST_VALUE, SALT_SIZE, FieldCommitments
from e2evote.record.roll_row import MOST_FIELDS, RollRow, read_row
from e2evote.record.voter_bodies import Contact

KIND = "e2evote-roll-opening"
VERSION = 1
LARGEST_OPENING = 2**20
_MOST_EARLIER = 1000
_LONGEST_PROOF = 64


@dataclass(frozen=True, slots=True)
class Earlier:
    """A value that a field of a line had before, and the salt of its commitment."""

    field: str
    value: str
    salt: bytes


@dataclass(frozen=True, slots=True)
class Opening:
    """One line, opened. `values` and `salts` are those of the fields, in their order."""

    row: RollRow
    values: tuple[str, ...]
    salts: tuple[bytes, ...]
    earlier: tuple[Earlier, ...] = ()
    proof: tuple[bytes, ...] = ()

    def encode(self) -> bytes:
        """The file that a member is given."""
        return canonical.encode(
            {
                "earlier": [earlier_members(one) for one in self.earlier],
                "kind": KIND,
                "proof": [hashed.hex() for hashed in self.proof],
                "row": self.row.members(),
                "salts": [salt.hex() for salt in self.salts],
                "v": VERSION,
                "values": list(self.values),
            }
        )


@dataclass(frozen=True, slots=True)
class PublishedRoll:
    """What the board says about all lines: the frozen roll, rows added to it, and changes of contacts by line."""

    fields: tuple[str, ...]
    lines: int
    root: bytes
    added: Mapping[str, RollRow]
    changes: Mapping[str, Sequence[Contact]]


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that an opened roll says and the board does not; `name` is one word for what kind of thing."""

    name: str
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.detail}"


def check_opening(opening: Opening, published: PublishedRoll, base_hash: bytes) -> tuple[Failure, ...]:
    """Everything in which the opening differs from the board; nothing if it is true.

    `opening.fields`: it has not the roll's fields. `opening.row`: the row is not on the board. `opening.value`: a
    value is not the one that was committed to. `opening.changes`: not as many contacts were replaced.
    """
    row, subject = opening.row, f"line {opening.row.line}"
    sizes = {len(opening.values), len(opening.salts), len(row.commitments), len(published.fields)}
    if len(sizes) > 1:
        return (Failure("opening.fields", subject, f"not the fields {', '.join(published.fields)}"),)
    failures = list(value_failures(opening, published, FieldCommitments(base_hash, published.fields)))
    index = int(row.line) - 1
    if index >= published.lines:
        if published.added.get(row.line) != row or opening.proof:
            failures.insert(0, Failure("opening.row", subject, "not the row that was added to the roll"))
    elif not verify_inclusion(leaf_hash(row.encode()), index, published.lines, opening.proof, published.root):
        failures.insert(0, Failure("opening.row", subject, "the row is not proven to be in the frozen roll"))
    return tuple(failures)


def value_failures(opening: Opening, published: PublishedRoll, commitments: FieldCommitments) -> Sequence[Failure]:
    """Values that were not committed to in the row, or in the change that brought them."""
    row, subject = opening.row, f"line {opening.row.line}"
    changes = published.changes.get(row.line, ())
    if not changes and not opening.earlier:
        found = commitments.of(row.line, opening.salts, opening.values)
        return [
            _not_committed(subject, field)
            for field, own, theirs in zip(published.fields, found, row.commitments, strict=True)
            if own != theirs
        ]
    failures = []
    for i, field in enumerate(published.fields):
        stood = [row.commitments[i], *(change.new for change in changes if change.field == field)]
        held = [(one.salt, one.value) for one in opening.earlier if one.field == field]
        held.append((opening.salts[i], opening.values[i]))
        if len(stood) != len(held):
            failures.append(
                Failure(
                    "opening.changes",
                    f"{subject}, {field}",
                    f"{len(held) - 1} earlier values, but the board has {len(stood) - 1} changes",
                )
            )
        elif any(commitments.one(row.line, field, *one) != there for one, there in zip(held, stood, strict=True)):
            failures.append(_not_committed(subject, field))
    return failures


def _not_committed(subject: str, field: str) -> Failure:
    return Failure("opening.value", f"{subject}, {field}", "not the value that the board has a commitment to")


def decode_opening(data: bytes) -> Opening:
    """An opening from outside bytes, or MalformedInput; nothing of it is checked yet."""
    members = object_(
        canonical.decode(data, LARGEST_OPENING), "", ("earlier", "kind", "proof", "row", "salts", "v", "values")
    )
    one_of(members["kind"], "kind", (KIND,))
    if type(members["v"]) is not int or members["v"] != VERSION:
        raise MalformedInput(f"want {VERSION}", "v")
    return Opening(
        read_row(members["row"], "row"),
        read_field_values(members["values"], "values"),
        read_salts(members["salts"], "salts"),
        read_earlier(members["earlier"], "earlier"),
        _hashes(members["proof"], "proof", 0, _LONGEST_PROOF, HASH_SIZE),
    )


def read_field_values(value: JSON, where: str) -> tuple[str, ...]:
    """Values of the fields of a line."""
    given = array(value, where, 1, MOST_FIELDS)
    return tuple(_value(one, item(where, i)) for i, one in enumerate(given))


def read_salts(value: JSON, where: str) -> tuple[bytes, ...]:
    """Their salts."""
    return _hashes(value, where, 1, MOST_FIELDS, SALT_SIZE)


def read_earlier(value: JSON, where: str) -> tuple[Earlier, ...]:
    """Values that were replaced."""
    found = []
    for i, one in enumerate(array(value, where, 0, _MOST_EARLIER)):
        at = item(where, i)
        fields = object_(one, at, ("field", "salt", "value"))
        salt = hex_bytes(fields["salt"], f"{at}.salt", SALT_SIZE)
        found.append(Earlier(read_id(fields["field"], f"{at}.field"), _value(fields["value"], f"{at}.value"), salt))
    return tuple(found)


def earlier_members(one: Earlier) -> dict[str, canonical.Encodable]:
    """As it stands in a file."""
    return {"field": one.field, "salt": one.salt.hex(), "value": one.value}


def _value(value: JSON, where: str) -> str:
    text = string(value, where, 0, LARGEST_VALUE)
    if len(text.encode()) > LARGEST_VALUE:
        raise MalformedInput(f"more than {LARGEST_VALUE} bytes", where)
    return text


def _hashes(value: JSON, where: str, minimum: int, maximum: int, size: int) -> tuple[bytes, ...]:
    given = array(value, where, minimum, maximum)
    return tuple(hex_bytes(one, item(where, i), size) for i, one in enumerate(given))
