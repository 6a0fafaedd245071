"""Bodies of the leaves about who may vote, by which channel, and about how it went (docs/record-format.md, Leaf).

Nothing here is a person: lines are numbers, reasons are words of a fixed list, papers are named by their hash.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from e2evote.errors import MalformedInput
from e2evote.hashing.canonical import JSON
from e2evote.hashing.fields import array, hex_bytes, integer, one_of
from e2evote.manifest.voters import PAPER
from e2evote.record.body import (
    HASH,
    LARGEST_INDEX,
    Body,
    Members,
    read_date,
    read_digits,
    read_hash,
    read_head,
    read_id,
    read_line,
)
from e2evote.record.roll_row import MOST_LINES, RollRow, read_roll_line, read_row

REASONS: Mapping[str, tuple[str, ...]] = {
    "annul": ("coerced", "device", "not-own"),
    "credential.reissue": ("contact-changed", "damaged", "disclosed", "lost", "not-received"),
    "credential.revoke": ("disclosed", "ineligible", "requested"),
    "pause": ("incident", "order", "outage", "resolved"),
    "resume": ("incident", "order", "outage", "resolved"),
    "roll.add": ("appeal", "error", "omitted"),
    "roll.contact": ("bounced", "corrected", "moved"),
    "roll.remove": ("deceased", "duplicate", "error", "ineligible", "left"),
}
"""Why something was done; the list of each kind is closed."""

PURPOSES = ("audit", "campaign", "complaint", "inspection")
OPENED = ("register", "roll")
INCIDENTS = ("answer", "complaint", "delivery", "other", "outage", "paper", "roll")
VERDICTS = ("accepted", "consistent", "incomplete", "malformed", "rejected")
MOST_NAMED = 40
"""Lines that one incident may name; more are named by further ones."""


@dataclass(frozen=True, slots=True)
class Seed(Body):
    """A registrar's commitment to its part of the order of the lines.    spec (13.1)"""

    commit: bytes

    def members(self) -> Members:
        return {"commit": self.commit.hex()}


@dataclass(frozen=True, slots=True)
class Freeze(Body):
    """The roll as at a date: so many lines, and the root of their rows.    spec (13.4)"""

    as_at: str
    lines: int
    root: bytes

    def members(self) -> Members:
        return {"as_at": self.as_at, "lines": self.lines, "root": self.root.hex()}


@dataclass(frozen=True, slots=True)
class Add(Body):
    """One more line, which has the next number."""

    reason: str
    row: RollRow

    def members(self) -> Members:
        return {"reason": self.reason, "row": self.row.members()}


@dataclass(frozen=True, slots=True)
class Remove(Body):
    """A line that may not vote."""

    line: str
    reason: str

    def members(self) -> Members:
        return {"line": self.line, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Contact(Body):
    """Another contact of a line, in place of the one committed to by `old`."""

    field: str
    line: str
    new: bytes
    old: bytes
    reason: str

    def members(self) -> Members:
        return {
            "field": self.field,
            "line": self.line,
            "new": self.new.hex(),
            "old": self.old.hex(),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Issue(Body):
    """Credentials of one registrar: `count` of them, numbered from `first`; none where no line lacks one."""

    count: int
    first: int

    def members(self) -> Members:
        return {"count": self.count, "first": self.first}


@dataclass(frozen=True, slots=True)
class Reissue(Body):
    """The line's credential from this registrar is now `key`, and not the one of number `old` any more (0: none)."""

    key: bytes
    line: str
    number: int
    old: int
    reason: str

    def members(self) -> Members:
        return {
            "key": self.key.hex(),
            "line": self.line,
            "number": self.number,
            "old": self.old,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Revoke(Body):
    """The line's credential of this number is none any more."""

    line: str
    number: int
    reason: str

    def members(self) -> Members:
        return {"line": self.line, "number": self.number, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Annul(Body):
    """The line's ballot with this leaf hash does not count, at the member's request."""

    ballot: bytes
    line: str
    reason: str

    def members(self) -> Members:
        return {"ballot": self.ballot.hex(), "line": self.line, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Mark(Body):
    """The line has voted on paper."""

    channel: str
    line: str

    def members(self) -> Members:
        return {"channel": self.channel, "line": self.line}


@dataclass(frozen=True, slots=True)
class Paper(Body):
    """The encrypted totals of one channel's ballots on paper."""

    channel: str

    def members(self) -> Members:
        return {"channel": self.channel}


@dataclass(frozen=True, slots=True)
class Reason(Body):
    """Why voting online is paused, or goes on after the pause of this number: no two of a kind are the same leaf."""

    number: int
    reason: str

    def members(self) -> Members:
        return {"number": self.number, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Incident(Body):
    """Something went wrong, or somebody says so. document: SHA-256 of a paper that is not on the board, or empty."""

    code: str
    document: bytes
    lines: tuple[str, ...]
    number: int

    def members(self) -> Members:
        return {
            "code": self.code,
            "document": self.document.hex(),
            "lines": list(self.lines),
            "number": self.number,
        }


@dataclass(frozen=True, slots=True)
class Access(Body):
    """The names behind the lines, or behind those that have voted, were opened to the author."""

    document: bytes
    number: int
    of: str
    purpose: str

    def members(self) -> Members:
        return {
            "document": self.document.hex(),
            "number": self.number,
            "of": self.of,
            "purpose": self.purpose,
        }


@dataclass(frozen=True, slots=True)
class Checked(Body):
    """What somebody has checked by themselves: challenges, receipts, and the record up to a head."""

    challenges: int
    root: bytes
    size: int
    receipts: int
    verdict: str

    def members(self) -> Members:
        return {
            "challenges": self.challenges,
            "head": {"root": self.root.hex(), "size": self.size},
            "receipts": self.receipts,
            "verdict": self.verdict,
        }


@dataclass(frozen=True, slots=True)
class Sample(Body):
    """Digits drawn in public, which choose so many lines to be asked whether they voted.    spec (15.1)"""

    digits: str
    lines: int

    def members(self) -> Members:
        return {"digits": self.digits, "lines": self.lines}


@dataclass(frozen=True, slots=True)
class ReportBody(Body):
    """The scrutineer's report; page: SHA-256 of it as people read it."""

    page: bytes

    def members(self) -> Members:
        return {"page": self.page.hex()}


Given = Mapping[str, JSON]


def _line(m: Given) -> str:
    return read_roll_line(m["line"], "body.line")


def _reason(m: Given, kind: str) -> str:
    return one_of(m["reason"], "body.reason", REASONS[kind])


def _number(m: Given, name: str, least: int = 1, most: int = LARGEST_INDEX) -> int:
    return integer(m[name], f"body.{name}", least, most)


def _channel(m: Given) -> str:
    return one_of(m["channel"], "body.channel", PAPER)


def _document(m: Given) -> bytes:
    return b"" if m["document"] == "" else hex_bytes(m["document"], "body.document", HASH)


def _checked(m: Given) -> Checked:
    root, size = read_head(m)
    challenges, receipts = (_number(m, name, 0, 10**6) for name in ("challenges", "receipts"))
    return Checked(challenges, root, size, receipts, one_of(m["verdict"], "body.verdict", VERDICTS))


def _incident(m: Given) -> Incident:
    given = array(m["lines"], "body.lines", 0, MOST_NAMED)
    lines = tuple(read_line(line, f"body.lines[{i}]") for i, line in enumerate(given))
    for i in range(1, len(lines)):
        if lines[i - 1] >= lines[i]:
            raise MalformedInput("not in ascending order, each once", f"body.lines[{i}]")
    return Incident(one_of(m["code"], "body.code", INCIDENTS), _document(m), lines, _number(m, "number"))


def _access(m: Given) -> Access:
    of, purpose = one_of(m["of"], "body.of", OPENED), one_of(m["purpose"], "body.purpose", PURPOSES)
    return Access(_document(m), _number(m, "number"), of, purpose)


def _contact(m: Given) -> Contact:
    field = read_id(m["field"], "body.field")
    return Contact(field, _line(m), read_hash(m, "new"), read_hash(m, "old"), _reason(m, "roll.contact"))


def _reissue(m: Given) -> Reissue:
    number, old = _number(m, "number"), _number(m, "old", 0)
    return Reissue(read_hash(m, "key"), _line(m), number, old, _reason(m, "credential.reissue"))


READERS: Mapping[str, tuple[tuple[str, ...], Callable[[Given], Body]]] = {
    "roll.seed": (("commit",), lambda m: Seed(read_hash(m, "commit"))),
    "roll.freeze": (
        ("as_at", "lines", "root"),
        lambda m: Freeze(read_date(m["as_at"], "body.as_at"), _number(m, "lines", 1, MOST_LINES), read_hash(m, "root")),
    ),
    "roll.add": (("reason", "row"), lambda m: Add(_reason(m, "roll.add"), read_row(m["row"], "body.row"))),
    "roll.remove": (("line", "reason"), lambda m: Remove(_line(m), _reason(m, "roll.remove"))),
    "roll.contact": (("field", "line", "new", "old", "reason"), _contact),
    "credential.issue": (("count", "first"), lambda m: Issue(_number(m, "count", 0, MOST_LINES), _number(m, "first"))),
    "credential.reissue": (("key", "line", "number", "old", "reason"), _reissue),
    "credential.revoke": (
        ("line", "number", "reason"),
        lambda m: Revoke(_line(m), _number(m, "number"), _reason(m, "credential.revoke")),
    ),
    "annul": (
        ("ballot", "line", "reason"),
        lambda m: Annul(read_hash(m, "ballot"), _line(m), _reason(m, "annul")),
    ),
    "mark": (("channel", "line"), lambda m: Mark(_channel(m), _line(m))),
    "paper": (("channel",), lambda m: Paper(_channel(m))),
    "pause": (("number", "reason"), lambda m: Reason(_number(m, "number"), _reason(m, "pause"))),
    "resume": (("number", "reason"), lambda m: Reason(_number(m, "number"), _reason(m, "resume"))),
    "incident": (("code", "document", "lines", "number"), _incident),
    "access": (("document", "number", "of", "purpose"), _access),
    "checked": (("challenges", "head", "receipts", "verdict"), _checked),
    "sample": (
        ("digits", "lines"),
        lambda m: Sample(read_digits(m["digits"], "body.digits"), _number(m, "lines", 1, 10**5)),
    ),
    "report": (("page",), lambda m: ReportBody(read_hash(m, "page"))),
}
