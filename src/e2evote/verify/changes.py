"""What a leaf about voters is judged with and what follows from it (docs/verification.md, How checks fit together)."""

from collections.abc import Callable
from dataclasses import dataclass

from e2evote.manifest.model import Manifest
from e2evote.record.electorate import Electorate, Event
from e2evote.record.text_lines import Pieces
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry

Change = Callable[[], None]
"""Makes the electorate what it is after the leaf. To be called before the next leaf is judged, or never."""


@dataclass(frozen=True, slots=True)
class Judging:
    """A leaf as the next one for this electorate.

    pieces: its payload, None where that was left out. known: the leaf was judged before, and its keys are not tested
    again.
    """

    electorate: Electorate
    entry: Entry
    pieces: Pieces | None
    findings: Findings
    known: bool = False

    @property
    def manifest(self) -> Manifest:
        return self.electorate.manifest

    def holds(self, check: Check, detail: str) -> bool:
        """The leaf examined; a failure unless `detail` is empty."""
        return self.findings.expect(check, self.entry.subject, not detail, detail)

    def event(self, line: str, reason: str, field: str = "") -> Event:
        """What is remembered of a change of one line."""
        leaf = self.entry.leaf
        keys = [signature.key for signature in leaf.signatures[1:2]]
        approver = next((party.id for party in self.manifest.parties if party.key in keys), "")
        voted = self.electorate.has_voted(line)
        return Event(self.entry.index, leaf.kind, leaf.author, approver, line, reason, field, voted)
