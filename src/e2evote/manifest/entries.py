"""The kinds of entry a log may hold: one table for the manifest and for everyone who appends (docs/spec.md §5.4).

A manifest repeats the part of the table that says who may write what and when, so that a reader of version 1
and one of a later version know which table was meant. Which leaf may follow which is `record`'s affair.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """The life of a selection, in order. Nothing is appended in the last one."""

    SETUP = "setup"
    OPEN = "open"
    CLOSED = "closed"
    STATED = "stated"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class EntryKind:
    """One row of the table.

    authors: the role of each signer, the leaf's author first; `voter` and `log` are no roles that sign by
        themselves: a voter signs with a line's key, the log with its checkpoint.
    body: the members of the leaf's body.
    payload: whether bytes lie beside the log that the leaf names by hash.
    """

    name: str
    phase: Phase
    authors: tuple[str, ...]
    body: tuple[str, ...]
    payload: bool

    @property
    def signatures(self) -> int:
        """One for each author; none where the log itself is the author."""
        return 0 if self.authors == ("log",) else len(self.authors)


_TRUSTEE = ("trustee",)
_ADMINISTRATOR = ("administrator",)
_WITNESSED = ("administrator", "teller")

_ROWS = (
    EntryKind("manifest", Phase.SETUP, _ADMINISTRATOR, (), True),
    EntryKind("ceremony.commit", Phase.SETUP, _TRUSTEE, ("commit", "session"), False),
    EntryKind("ceremony.reveal", Phase.SETUP, _TRUSTEE, ("session",), True),
    EntryKind("ceremony.shares", Phase.SETUP, _TRUSTEE, ("session",), True),
    EntryKind("ceremony.complaint", Phase.SETUP, _TRUSTEE, ("against", "session"), False),
    EntryKind("ceremony.answer", Phase.SETUP, _TRUSTEE, ("P", "P_hat", "session", "to", "xi"), False),
    EntryKind("ceremony.restart", Phase.SETUP, _ADMINISTRATOR, ("fault", "reason", "session"), False),
    EntryKind("ceremony.confirm", Phase.SETUP, _TRUSTEE, ("h_g", "session"), False),
    EntryKind("open", Phase.SETUP, _WITNESSED, ("h_e", "session"), False),
    EntryKind("ballot", Phase.OPEN, ("voter",), ("id", "line", "prev", "r", "tracker"), True),
    EntryKind("challenge", Phase.OPEN, ("log",), ("id", "tracker"), True),
    EntryKind("extend", Phase.OPEN, _WITNESSED, ("close",), False),
    EntryKind("close", Phase.OPEN, _WITNESSED, (), False),
    EntryKind("lot", Phase.CLOSED, _WITNESSED, ("digits",), False),
    EntryKind("tally.statement", Phase.CLOSED, _ADMINISTRATOR, (), True),
    EntryKind("tally.accept", Phase.STATED, _TRUSTEE, ("statement",), False),
    EntryKind("tally.share", Phase.STATED, _TRUSTEE, ("statement",), True),
    EntryKind("outcome", Phase.STATED, _ADMINISTRATOR, ("head",), True),
)

KINDS: Mapping[str, EntryKind] = {row.name: row for row in _ROWS}
"""Every kind of version 1 by its name, in the order of the specification."""

MOST_EXTENSIONS = 10
"""Leaves of kind extend in one selection, so that a record has a bounded number of files beside its log."""
