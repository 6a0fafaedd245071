"""The kinds of entry a log may hold: one table for the manifest and for everyone who appends (docs/spec.md §5.4).

A manifest repeats the part of the table that says who may write what and when, so that a reader of version 1
and one of a later version know which table was meant. Which leaf may follow which is `record`'s affair.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """The life of a selection, in order. After the last one begins only what is said about it is appended."""

    SETUP = "setup"
    OPEN = "open"
    CLOSED = "closed"
    STATED = "stated"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class EntryKind:
    """One row of the table.

    authors: who each signer is, the leaf's author first: a role, or a name of `CAPACITIES`; or `voter`, who signs with
        all keys of a line, or `log`, which signs with its checkpoint.
    body: the members of the leaf's body.
    payload: whether bytes lie beside the log that the leaf names by hash.
    apart: whether the signers belong to different organisations.
    """

    name: str
    phases: tuple[Phase, ...]
    authors: tuple[str, ...]
    body: tuple[str, ...] = ()
    payload: bool = False
    apart: bool = False

    def signatures(self, registrars: int) -> int:
        """One for each author; of a ballot one for each registrar, if there are any; of what the log says, none."""
        if self.authors == ("log",):
            return 0
        return max(1, registrars) if self.authors == ("voter",) else len(self.authors)


_SETUP, _OPEN, _CLOSED, _STATED = (Phase.SETUP,), (Phase.OPEN,), (Phase.CLOSED,), (Phase.STATED,)
_BEFORE_CLOSE = (Phase.SETUP, Phase.OPEN)
_TRUSTEE = ("trustee",)
_ADMINISTRATOR = ("administrator",)
_REGISTRAR = ("registrar",)
_WITNESSED = ("administrator", "teller")
_APPROVED = ("registrar", "teller")
_TELLERS = ("teller", "teller")

_ROWS = (
    EntryKind("manifest", _SETUP, _ADMINISTRATOR, payload=True),
    EntryKind("ceremony.commit", _SETUP, _TRUSTEE, ("commit", "session")),
    EntryKind("ceremony.reveal", _SETUP, _TRUSTEE, ("session",), payload=True),
    EntryKind("ceremony.shares", _SETUP, _TRUSTEE, ("session",), payload=True),
    EntryKind("ceremony.complaint", _SETUP, _TRUSTEE, ("against", "session")),
    EntryKind("ceremony.answer", _SETUP, _TRUSTEE, ("P", "P_hat", "session", "to", "xi")),
    EntryKind("ceremony.restart", _SETUP, _ADMINISTRATOR, ("fault", "reason", "session")),
    EntryKind("ceremony.confirm", _SETUP, _TRUSTEE, ("h_g", "session")),
    EntryKind("roll.seed", _SETUP, _REGISTRAR, ("commit",)),
    EntryKind("roll.freeze", _SETUP, _WITNESSED, ("as_at", "lines", "root"), payload=True),
    EntryKind("roll.add", _SETUP, _WITNESSED, ("reason", "row")),
    EntryKind("roll.remove", _SETUP, _WITNESSED, ("line", "reason")),
    EntryKind("roll.contact", _BEFORE_CLOSE, _WITNESSED, ("field", "line", "new", "old", "reason")),
    EntryKind("credential.issue", _SETUP, _REGISTRAR, ("count", "first"), payload=True),
    EntryKind("credential.reissue", _BEFORE_CLOSE, _APPROVED, ("key", "line", "number", "old", "reason"), apart=True),
    EntryKind("credential.revoke", _BEFORE_CLOSE, _APPROVED, ("line", "number", "reason"), apart=True),
    EntryKind("open", _SETUP, _WITNESSED, ("h_e", "session")),
    EntryKind("ballot", _OPEN, ("voter",), ("id", "line", "prev", "r", "tracker"), payload=True),
    EntryKind("challenge", _OPEN, ("log",), ("id", "tracker"), payload=True),
    EntryKind("annul", _OPEN, _APPROVED, ("ballot", "line", "reason"), apart=True),
    EntryKind("mark", (Phase.OPEN, Phase.CLOSED), _TELLERS, ("channel", "line"), apart=True),
    EntryKind("pause", _OPEN, _WITNESSED, ("number", "reason")),
    EntryKind("resume", _OPEN, _WITNESSED, ("number", "reason")),
    EntryKind("extend", _OPEN, _WITNESSED, ("close",)),
    EntryKind("close", _OPEN, _WITNESSED),
    EntryKind("paper", _CLOSED, _TELLERS, ("channel",), payload=True, apart=True),
    EntryKind("lot", _CLOSED, _WITNESSED, ("digits",)),
    EntryKind("tally.statement", _CLOSED, _ADMINISTRATOR, ("lines", "rows"), payload=True),
    EntryKind("tally.accept", _STATED, _TRUSTEE, ("statement",)),
    EntryKind("tally.share", _STATED, _TRUSTEE, ("statement",), payload=True),
    EntryKind("outcome", _STATED, _ADMINISTRATOR, ("head",), payload=True),
    EntryKind("incident", tuple(Phase), ("reporter",), ("code", "document", "lines", "number")),
    EntryKind("access", tuple(Phase), ("reader", "holder"), ("document", "number", "of", "purpose")),
    EntryKind("checked", tuple(Phase)[1:], ("checker",), ("challenges", "head", "receipts", "verdict")),
    EntryKind("sample", tuple(Phase)[2:], ("scrutineer", "teller"), ("digits", "lines")),
    EntryKind("report", (Phase.PUBLISHED,), ("scrutineer",), ("page",), payload=True),
)

KINDS: Mapping[str, EntryKind] = {row.name: row for row in _ROWS}
"""Every kind of version 1 by its name, in the order of the specification."""

MOST_EXTENSIONS = 10
"""Leaves of kind extend in one selection, so that a record has a bounded number of files beside its log."""

CAPACITIES: Mapping[str, tuple[str, ...]] = {
    "checker": ("observer", "scrutineer", "teller"),
    "holder": ("administrator", "registrar", "scrutineer"),
    "reader": ("observer", "scrutineer", "teller"),
    "reporter": ("administrator", "observer", "registrar", "scrutineer", "teller", "trustee"),
}
"""Roles that may sign in a capacity. Who is a holder or reader is named in the manifest besides."""
