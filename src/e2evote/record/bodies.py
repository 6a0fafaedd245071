"""What a leaf says itself, besides naming its payload: one type per kind of body (docs/record-format.md, Leaf).

A body is read once from decoded JSON and written by `members`; reading and writing agree because a leaf is
accepted only if writing it again gives the same bytes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from e2evote.algebra.group import Group
from e2evote.errors import MalformedInput
from e2evote.hashing.canonical import JSON
from e2evote.hashing.fields import hex_bytes, integer, object_, one_of
from e2evote.record import voter_bodies
from e2evote.record.body import (
    HASH,
    LARGEST_INDEX,
    Body,
    Members,
    read_date,
    read_digits,
    read_hash,
    read_head,
    read_line,
)

__all__ = ["HASH", "Body", "read_body", "read_line"]

RESTART_REASONS = ("complaint", "missing")


@dataclass(frozen=True, slots=True)
class InSession(Body):
    """A message of one ceremony session: reveal, shares."""

    session: int

    def members(self) -> Members:
        return {"session": self.session}


@dataclass(frozen=True, slots=True)
class Commit(InSession):
    """The hash of keys not yet shown.    spec (6.2)"""

    commit: bytes

    def members(self) -> Members:
        return {"commit": self.commit.hex(), "session": self.session}


@dataclass(frozen=True, slots=True)
class Complaint(InSession):
    """The author's share from trustee `against` does not fit its commitments."""

    against: int

    def members(self) -> Members:
        return {"against": self.against, "session": self.session}


@dataclass(frozen=True, slots=True)
class Answer(InSession):
    """The accused dealer shows both share values for trustee `to`, and the nonce they were sealed with."""

    P: bytes
    P_hat: bytes
    to: int
    xi: bytes

    def members(self) -> Members:
        return {
            "P": self.P.hex(),
            "P_hat": self.P_hat.hex(),
            "session": self.session,
            "to": self.to,
            "xi": self.xi.hex(),
        }


@dataclass(frozen=True, slots=True)
class Restart(InSession):
    """Session `session` begins; `fault` is the trustee to whom the end of the one before is put down, or 0."""

    fault: int
    reason: str

    def members(self) -> Members:
        return {"fault": self.fault, "reason": self.reason, "session": self.session}


@dataclass(frozen=True, slots=True)
class Confirm(InSession):
    """The author has checked its shares and computed this H_G.    spec (4.3)"""

    h_g: bytes

    def members(self) -> Members:
        return {"h_g": self.h_g.hex(), "session": self.session}


@dataclass(frozen=True, slots=True)
class Open(InSession):
    """Voting begins under the key whose extended base hash is H_E.    spec (4.4)"""

    h_e: bytes

    def members(self) -> Members:
        return {"h_e": self.h_e.hex(), "session": self.session}


@dataclass(frozen=True, slots=True)
class BallotBody(Body):
    """What a cast ballot shows outside its sealed part.    spec 7"""

    id: bytes
    line: str
    prev: bytes
    r: bytes
    tracker: bytes

    def members(self) -> Members:
        return {
            "id": self.id.hex(),
            "line": self.line,
            "prev": self.prev.hex(),
            "r": self.r.hex(),
            "tracker": self.tracker.hex(),
        }


@dataclass(frozen=True, slots=True)
class ChallengeBody(Body):
    """What a challenge shows: nothing that ties it to a voter.    spec 8"""

    id: bytes
    tracker: bytes

    def members(self) -> Members:
        return {"id": self.id.hex(), "tracker": self.tracker.hex()}


@dataclass(frozen=True, slots=True)
class Extend(Body):
    """Voting ends at `close`, which is later than was said before. Whether there is such a day is a matter of phase."""

    close: str

    def members(self) -> Members:
        return {"close": self.close}


@dataclass(frozen=True, slots=True)
class Lot(Body):
    """Digits drawn in public, which order tied options if there are any.    spec (10.3)"""

    digits: str

    def members(self) -> Members:
        return {"digits": self.digits}


@dataclass(frozen=True, slots=True)
class Stated(Body):
    """The statement has so many rows, one for each line, and this is the root of their tree.    spec (9.4)"""

    lines: int
    rows: bytes

    def members(self) -> Members:
        return {"lines": self.lines, "rows": self.rows.hex()}


@dataclass(frozen=True, slots=True)
class OnStatement(Body):
    """An acceptance or decryption share: for the statement with this leaf hash."""

    statement: bytes

    def members(self) -> Members:
        return {"statement": self.statement.hex()}


@dataclass(frozen=True, slots=True)
class Head(Body):
    """The outcome's body: root and size of the log before it."""

    root: bytes
    size: int

    def members(self) -> Members:
        return {"head": {"root": self.root.hex(), "size": self.size}}


def _scalar(value: JSON, where: str, group: Group) -> bytes:
    data = hex_bytes(value, where, group.scalar_size)
    try:
        return group.decode_scalar(data).encode()
    except MalformedInput as error:
        raise error.inside(where) from None


def _session(members: Mapping[str, JSON]) -> int:
    return integer(members["session"], "body.session", 1, LARGEST_INDEX)


def _answer(members: Mapping[str, JSON], group: Group, trustees: int) -> Answer:
    P, P_hat, xi = (_scalar(members[name], f"body.{name}", group) for name in ("P", "P_hat", "xi"))
    return Answer(_session(members), P, P_hat, integer(members["to"], "body.to", 1, LARGEST_INDEX), xi)


def _restart(members: Mapping[str, JSON], trustees: int) -> Restart:
    fault = integer(members["fault"], "body.fault", 0, trustees)
    return Restart(_session(members), fault, one_of(members["reason"], "body.reason", RESTART_REASONS))


def _ballot(members: Mapping[str, JSON]) -> BallotBody:
    id, prev, r, tracker = (read_hash(members, name) for name in ("id", "prev", "r", "tracker"))
    return BallotBody(id, read_line(members["line"], "body.line"), prev, r, tracker)


Reader = Callable[[Mapping[str, JSON], Group, int], Body]
_READERS: Mapping[str, tuple[tuple[str, ...], Reader]] = {
    "manifest": ((), lambda m, g, n: Body()),
    "ceremony.commit": (("commit", "session"), lambda m, g, n: Commit(_session(m), read_hash(m, "commit"))),
    "ceremony.reveal": (("session",), lambda m, g, n: InSession(_session(m))),
    "ceremony.shares": (("session",), lambda m, g, n: InSession(_session(m))),
    "ceremony.complaint": (
        ("against", "session"),
        lambda m, g, n: Complaint(_session(m), integer(m["against"], "body.against", 1, LARGEST_INDEX)),
    ),
    "ceremony.answer": (("P", "P_hat", "session", "to", "xi"), _answer),
    "ceremony.restart": (("fault", "reason", "session"), lambda m, g, n: _restart(m, n)),
    "ceremony.confirm": (("h_g", "session"), lambda m, g, n: Confirm(_session(m), read_hash(m, "h_g"))),
    "open": (("h_e", "session"), lambda m, g, n: Open(_session(m), read_hash(m, "h_e"))),
    "ballot": (("id", "line", "prev", "r", "tracker"), lambda m, g, n: _ballot(m)),
    "challenge": (("id", "tracker"), lambda m, g, n: ChallengeBody(read_hash(m, "id"), read_hash(m, "tracker"))),
    "extend": (("close",), lambda m, g, n: Extend(read_date(m["close"], "body.close"))),
    "close": ((), lambda m, g, n: Body()),
    "lot": (("digits",), lambda m, g, n: Lot(read_digits(m["digits"], "body.digits"))),
    "tally.statement": (
        ("lines", "rows"),
        lambda m, g, n: Stated(integer(m["lines"], "body.lines"), read_hash(m, "rows")),
    ),
    "tally.accept": (("statement",), lambda m, g, n: OnStatement(read_hash(m, "statement"))),
    "tally.share": (("statement",), lambda m, g, n: OnStatement(read_hash(m, "statement"))),
    "outcome": (("head",), lambda m, g, n: Head(*read_head(m))),
}


def read_body(kind: str, value: JSON, group: Group, trustees: int) -> Body:
    """The body of a leaf of `kind`, which is one of the kinds of spec 5.4; MalformedInput names the member."""
    if kind in voter_bodies.READERS:
        names, read_plain = voter_bodies.READERS[kind]
        return read_plain(object_(value, "body", names))
    names, read = _READERS[kind]
    return read(object_(value, "body", names), group, trustees)
