"""Who cosigned a record, and when (docs/verification.md, board.witnesses and board.dates; docs/spec.md, 5.7 and 5.8).

The policy is the manifest's. Lines by its witnesses must hold; lines by others are passed over, and nobody counts
twice. What is only lacking is missing, since it can still be supplied; what is false fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from e2evote.board.checkpoint import Checkpoint
from e2evote.board.cosignature import CHECK, time_of
from e2evote.board.note import Note
from e2evote.board.policy import Cosigned, Policy
from e2evote.errors import CheckFailed, MalformedInput
from e2evote.manifest.model import Manifest
from e2evote.manifest.sections import moment
from e2evote.record.archive import LARGEST_FILES, Archive
from e2evote.record.bodies import Extend
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.first_pass import Leaves
from e2evote.verify.leaves import Entry
from e2evote.verify.log import CHECKPOINT, PublishedLog, objection_to, read_head
from e2evote.verify.report import CosignedNote


def check_witnesses(log: PublishedLog, manifest: Manifest, findings: Findings) -> tuple[CosignedNote, ...]:
    """board.witnesses; who cosigned the checkpoint."""
    check, policy = Check.BOARD_WITNESSES, manifest.policy
    findings.begin(check)
    if policy is None:
        return ()
    cosigned, objection = cosignatures(policy, log.note)
    if objection or policy.satisfied_by(_names(cosigned)):
        findings.expect(check, CHECKPOINT, not objection, objection)
    else:
        findings.missing(check, _too_few(CHECKPOINT, cosigned))
    return (CosignedNote(CHECKPOINT, log.checkpoint.size, cosigned),)


def check_dates(
    archive: Archive, manifest: Manifest, log: PublishedLog, leaves: Leaves, findings: Findings
) -> tuple[CosignedNote, ...]:
    """board.dates, of a log without gaps; who cosigned the notes that are there."""
    findings.begin(Check.BOARD_DATES)
    if manifest.policy is None:
        return ()
    found = []
    for name, leaf, date in _dated(manifest, leaves):
        if leaf is None:
            findings.not_run(f"there is no {name} leaf", Check.BOARD_DATES)
            continue
        try:
            due = int(moment(date).timestamp())
        except ValueError:
            findings.not_run(f"{date} is not a date of the calendar", Check.BOARD_DATES)
            continue
        found += _Dated(manifest, manifest.policy, log, name, leaf, due).check(archive, findings)
    return tuple(found)


def _dated(manifest: Manifest, leaves: Leaves) -> Iterator[tuple[str, Entry | None, str]]:
    """Subject, leaf and date, in the order of the report. An extension is due by the date that it puts off."""
    closes = manifest.dates.close
    yield "open", leaves.first("open"), manifest.dates.open
    for n, entry in enumerate(leaves.of("extend"), 1):
        yield f"extend-{n}", entry, closes
        if isinstance(entry.leaf.body, Extend):
            closes = entry.leaf.body.close
    yield "close", leaves.first("close"), closes


@dataclass(frozen=True, slots=True)
class _Dated:
    """A leaf that has a note, as what the report names it, and when it was due, in seconds since 1970."""

    manifest: Manifest
    policy: Policy
    log: PublishedLog
    subject: str
    leaf: Entry
    due: int

    def check(self, archive: Archive, findings: Findings) -> list[CosignedNote]:
        """board.dates of this leaf; the note, where it can be read."""
        check, subject = Check.BOARD_DATES, self.subject
        name = f"dates/{subject}"
        size, limit = archive.size_of(name), LARGEST_FILES["dates"]
        if size is None:
            findings.missing(check, f"{name} is not there")
            return []
        if size > limit:
            findings.expect(check, subject, False, f"{name}: {size} bytes, the limit is {limit}")
            return []
        data = archive.read(name)
        try:
            note, checkpoint = read_head(data)
        except MalformedInput as error:
            findings.expect(check, subject, False, str(error.inside(name)))
            return []
        objection = objection_to(note, checkpoint, self.manifest) or self._of_another_place(checkpoint)
        cosigned, false_line = cosignatures(self.policy, note)
        objection = objection or false_line
        if objection or self.policy.satisfied_by(_names(cosigned)):
            objection = objection or self._at_another_time(cosigned)
            findings.expect(check, subject, not objection, objection)
        else:
            findings.missing(check, _too_few(name, cosigned))
        return [CosignedNote(name, checkpoint.size, cosigned)]

    def _of_another_place(self, checkpoint: Checkpoint) -> str:
        """Why it is not the head right after the leaf; empty where it is."""
        wanted = self.leaf.index + 1
        if checkpoint.size != wanted:
            return f"of {checkpoint.size} entries, want {wanted}"
        return "" if checkpoint.root == self.log.root(wanted) else f"not the root of the first {wanted} entries"

    def _at_another_time(self, cosigned: tuple[Cosigned, ...]) -> str:
        """Why the quorum did not see it at the date, or an extension by the date; empty where it did."""
        tolerance, extends = self.manifest.dates.tolerance, self.leaf.leaf.kind == "extend"
        if extends:
            punctual = [one for one in cosigned if one.time <= self.due]
        else:
            punctual = [one for one in cosigned if abs(one.time - self.due) <= tolerance]
        if self.policy.satisfied_by(_names(punctual)):
            return ""
        times = ", ".join(f"{one.name} {one.time - self.due:+d} s" for one in cosigned)
        if extends:
            return f"cosigned after the closing date that it puts off: {times}"
        return f"cosigned at another time than the date, tolerance {tolerance} s: {times}"


def cosignatures(policy: Policy, note: Note) -> tuple[tuple[Cosigned, ...], str]:
    """The witnesses whose one line on the note is valid, in the policy's order, and what is wrong with another's."""
    cosigned: list[Cosigned] = []
    objection = ""
    for witness in policy.witnesses:
        try:
            lines = note.signatures_by([witness.key], CHECK)
        except CheckFailed as error:
            objection = objection or f"{error.subject} {error.detail}"
        else:
            cosigned += [Cosigned(witness.name, time_of(line)) for line in lines]
    return tuple(cosigned), objection


def _names(cosigned: tuple[Cosigned, ...] | list[Cosigned]) -> list[str]:
    return [one.name for one in cosigned]


def _too_few(note: str, cosigned: tuple[Cosigned, ...]) -> str:
    return f"{note} is cosigned by {', '.join(_names(cosigned)) or 'nobody'}: not a quorum"
