"""A roll with every secret known: order, commitments, codes and keys (docs/spec.md section 13).

Members are numbered from 1 as they stand in the spec; their lines are numbered by (13.2). All secrets come from the
source, by label, so nothing of them is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from reference.make_group import Source, b4, h_own, sha256
from reference.make_json import Json

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE, CHECK = 22, 3


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may vote. `contacts` has one for each of the roll's."""

    reference: str
    style: str
    contacts: tuple[str, ...] = ("12 High Street", "m@example.org")
    weight: int = 1

    @property
    def name(self) -> str:
        return f"Member {self.reference}"


@dataclass(frozen=True, slots=True)
class RollSpec:
    """The members at the freeze, those added after it, and who issues codes by which contact."""

    members: tuple[Member, ...]
    added: tuple[Member, ...] = ()
    registrars: tuple[tuple[str, str], ...] = (("rita", "post"), ("sid", "mail"))
    contacts: tuple[str, ...] = ("post", "mail")
    holders: tuple[str, ...] = ("chair",)
    readers: tuple[str, ...] = ("scrutineer",)
    annulment: str = "allowed"
    reissue: str = "unvoted"

    @property
    def everybody(self) -> tuple[Member, ...]:
        return self.members + self.added

    @property
    def parties(self) -> tuple[str, ...]:
        """The registrars' ids."""
        return tuple(party for party, _ in self.registrars)

    @property
    def fields(self) -> tuple[str, ...]:
        return ("reference", "name", *self.contacts)

    def json(self) -> Json:
        """`eligibility` of the manifest."""
        return {
            "contacts": list(self.contacts),
            "holders": list(self.holders),
            "kind": "roll",
            "readers": list(self.readers),
            "registrars": [{"contact": contact, "party": party} for party, contact in self.registrars],
            "retention_days": 366,
        }


@lru_cache(maxsize=1000)
def _order(h_b: bytes, seeds: bytes, references: tuple[str, ...]) -> list[int]:
    def place(member: int) -> bytes:
        return h_own(h_b, "roll-order", seeds, references[member - 1].encode())

    return sorted(range(1, len(references) + 1), key=place)


@dataclass(frozen=True, slots=True)
class Lines:
    """The roll of an election: what depends on the members, the secrets and H_B."""

    spec: RollSpec
    h_b: bytes
    source: Source

    def seed(self, registrar: int) -> bytes:
        """seed_i; registrars are numbered from 1."""
        return self.source.bytes32("roll seed", registrar)

    def commit(self, registrar: int) -> bytes:
        """(13.1)"""
        return h_own(self.h_b, "roll-seed", b4(registrar), self.seed(registrar))

    def order(self) -> list[int]:
        """The members' numbers in the order of their lines; those who were added come last. (13.2)"""
        seeds = b"".join(self.seed(i) for i in range(1, len(self.spec.registrars) + 1))
        first = len(self.spec.members)
        by_place = _order(self.h_b, seeds, tuple(member.reference for member in self.spec.members))
        return [*by_place, *range(first + 1, len(self.spec.everybody) + 1)]

    def line_of(self, member: int) -> str:
        return f"{self.order().index(member) + 1:07}"

    def salt(self, member: int, field: str, version: int = 0) -> bytes:
        return self.source.bytes32("salt", member, field, version)

    def commitment(self, member: int, field: str, value: str, version: int = 0) -> str:
        """(13.3)"""
        fields = (self.line_of(member).encode(), field.encode(), self.salt(member, field, version), value.encode())
        return h_own(self.h_b, "roll-field", *fields).hex()

    def row(self, member: int) -> Json:
        its = self.spec.everybody[member - 1]
        values = dict(zip(self.spec.fields, (its.reference, its.name, *its.contacts), strict=True))
        return {
            "commitments": [self.commitment(member, field, value) for field, value in values.items()],
            "line": self.line_of(member),
            "style": its.style,
            "weight": its.weight,
        }

    def payload(self) -> Json:
        """Of the freeze: the rows of all lines that there are then."""
        first = self.order()[: len(self.spec.members)]
        return {"fields": list(self.spec.fields), "rows": [self.row(member) for member in first]}

    def code(self, registrar: str, member: int, version: int) -> str:
        """The 22 characters that decide; a re-issue makes the next version."""
        drawn = self.source.bytes32("code", registrar, member, version)
        return "".join(DIGITS[byte % 32] for byte in drawn[:CODE])

    def secret(self, registrar: str, line: str, code: str) -> bytes:
        """(13.5)"""
        return h_own(self.h_b, "credential", registrar.encode(), line.encode(), code.encode())

    def credential(self, registrar: str, member: int, version: int = 0) -> bytes:
        """The secret of a member's key of one registrar."""
        return self.secret(registrar, self.line_of(member), self.code(registrar, member, version))

    def member_of(self, line: str) -> int:
        return self.order()[int(line) - 1]


def check_characters(code: str) -> str:
    """(13.6)"""
    number = int.from_bytes(sha256(b"e2evote/v1/code\n" + code.encode())[:2], "big") >> 1
    return "".join(DIGITS[number >> shift & 31] for shift in (10, 5, 0))


def written(code: str) -> str:
    """As it is printed: five groups of five."""
    whole = code + check_characters(code)
    return " ".join(whole[i : i + 5] for i in range(0, len(whole), 5))


def text_lines(payload: Json, rows_of_a_line: int) -> list[Json | Sequence[Json]]:
    """A payload with rows as the values of its text lines."""
    rows = payload["rows"]
    first = {name: value for name, value in payload.items() if name != "rows"}
    return [first, *(rows[i : i + rows_of_a_line] for i in range(0, len(rows), rows_of_a_line))]
