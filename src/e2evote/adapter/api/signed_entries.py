"""What parties have signed, from a request's body to the box (docs/http-acts.md, Signed entries).

    {"leaf": "<canonical leaf>", "payload": "<text>"}                as the commands make them
    {"draft": "e2evote", "leaf": {…}, "v": 1, "payload": "<text>"}   a completed draft, as `e2evote approve` leaves it

Each address takes its own kinds and no other, so that a token for one thing is none for another. A token only lets the
request in: who may say what is decided by the signatures, by the box.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from e2evote.adapter.api.body import member, members_of
from e2evote.adapter.api.problems import FieldError, Problem
from e2evote.adapter.api.scopes import Scope
from e2evote.adapter.approval import decode_draft
from e2evote.adapter.reply import of_kind
from e2evote.ballot.box_envelope import Envelope
from e2evote.errors import MalformedInput
from e2evote.hashing import canonical
from e2evote.hashing.canonical import JSON
from e2evote.hashing.fields import string
from e2evote.record.leaf import LARGEST_LEAF, kind_of
from e2evote.verify.leaves import Setting

SMALL, MIDDLE, LARGE = 64 * 1024, 32 * 2**20, 256 * 2**20
"""Bytes of a body: of leaves alone; of what anybody may send; of what has a row for every line, and a token."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An address for signed entries: the kinds it takes, the scope it needs, "" for none, and the bytes of a body."""

    path: str
    kinds: tuple[str, ...]
    scope: Scope | None
    limit: int


DESKS = (
    Desk("roll", ("roll.seed", "roll.freeze"), "roll:write", LARGE),
    Desk("roll/amendments", ("roll.add", "roll.remove", "roll.contact"), "roll:write", SMALL),
    Desk(
        "credentials",
        ("credential.issue", "credential.reissue", "credential.revoke", "annul"),
        "credential:issue",
        LARGE,
    ),
    Desk("channel-marks", ("mark", "paper"), None, MIDDLE),
    Desk(
        "transitions",
        ("open", "extend", "pause", "resume", "close", "lot", "tally.statement", "outcome"),
        "election:admin",
        LARGE,
    ),
    Desk(
        "ceremony",
        (
            "ceremony.commit",
            "ceremony.reveal",
            "ceremony.shares",
            "ceremony.complaint",
            "ceremony.answer",
            "ceremony.restart",
            "ceremony.confirm",
        ),
        None,
        MIDDLE,
    ),
    Desk("tally", ("tally.accept", "tally.share"), None, MIDDLE),
    Desk("notices", ("incident", "access", "checked", "sample", "report"), None, MIDDLE),
)
DRAFTED = ("draft", "leaf", "v")
MEMBERS = (*DRAFTED, "payload")


def envelope_of(members: Mapping[str, JSON], setting: Setting, desk: Desk) -> Envelope:
    """The submission that a body is; Problem where its leaf is of a kind that this address does not take."""
    members_of(dict(members), DRAFTED if "draft" in members else ("leaf",), ("payload",))
    payload = member(members, "payload", _text).encode() if "payload" in members else b""
    if "draft" in members:
        given = {name: members[name] for name in DRAFTED}
        envelope = decode_draft(setting, canonical.encode(given), payload).envelope()
    else:
        leaf = member(members, "leaf", lambda value, where: string(value, where, 1, LARGEST_LEAF).encode())
        envelope = enveloped(leaf, payload)
    kind = kind_in(envelope.leaf)
    if kind not in desk.kinds:
        wanted = ", ".join(desk.kinds)
        raise Problem(
            "kind-elsewhere",
            f"a leaf of kind {kind}; this address takes {wanted}",
            errors=[FieldError("/leaf", f"want {wanted}")],
        )
    return of_kind(envelope, kind)


def enveloped(leaf: bytes, payload: bytes, hints: bytes = b"", session: str = "") -> Envelope:
    """The submission with these parts; Problem `request-malformed` where one is longer than any may be."""
    try:
        return Envelope(leaf, payload, hints, session)
    except ValueError as error:
        raise Problem("request-malformed", str(error)) from None


def kind_in(leaf: bytes) -> str:
    """The kind that a leaf says it is of."""
    try:
        return kind_of(canonical.decode(leaf, LARGEST_LEAF))
    except MalformedInput as error:
        raise Problem("request-malformed", f"leaf: {error}", errors=[FieldError("/leaf", str(error))]) from None


def _text(value: JSON, where: str) -> str:
    return string(value, where, 0, LARGE)
