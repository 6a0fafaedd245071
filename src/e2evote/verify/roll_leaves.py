"""The roll and its amendments (docs/verification.md, roll.*; docs/spec.md, section 13.2)."""

from collections import Counter
from collections.abc import Iterator

from e2evote.errors import MalformedInput
from e2evote.manifest.model import Manifest
from e2evote.record.electorate import Entitlement, RollTable
from e2evote.record.roll import RollForm, read_roll
from e2evote.record.roll_row import MOST_LINES, RollRow, line_of
from e2evote.record.voter_bodies import Add, Contact, Freeze, Remove
from e2evote.verify.changes import Change, Judging
from e2evote.verify.checks import Check


def judge_freeze(judging: Judging, body: Freeze) -> Change | None:
    """roll.form, roll.root, roll.weights. Only a roll that has no form is left out."""
    findings, entry, manifest = judging.findings, judging.entry, judging.manifest
    if judging.pieces is None:
        findings.not_run("the payload was left out", Check.ROLL_FORM)
        return None
    findings.examined(Check.ROLL_FORM)
    has_weights = manifest.weights.values != (1,)
    table, classes = RollTable(manifest), Counter[Entitlement]()

    def take(row: RollRow) -> None:
        table.append(row)
        if has_weights:
            classes[Entitlement(row.style, row.weight)] += 1

    try:
        posted = read_roll(judging.pieces, RollForm.of(manifest), take)
    except MalformedInput as error:
        findings.fail(Check.ROLL_FORM, entry.subject, str(error))
        return None
    detail = f"the payload has {posted.lines} lines and root {posted.root.hex()}"
    findings.expect(Check.ROLL_ROOT, entry.subject, (body.lines, body.root) == (posted.lines, posted.root), detail)
    if has_weights:
        for contest, weight, number in _classes(manifest, classes):
            holds = number == 0 or number >= manifest.floor.minimum
            detail = f"{number} lines, want none or at least {manifest.floor.minimum}"
            findings.expect(Check.ROLL_WEIGHTS, f"contest {contest}, weight {weight}", holds, detail)
    return lambda: judging.electorate.freeze(table)


def judge_add(judging: Judging, body: Add) -> Change | None:
    """roll.amendment: the next line, and a row as the manifest asks for."""
    lines = judging.electorate.lines
    wanted = line_of(lines + 1) if lines < MOST_LINES else "none"
    unfit = [f"{member}: {reason}" for member, reason in RollForm.of(judging.manifest).objections(body.row)]
    if body.row.line != wanted:
        unfit.append(f"line {body.row.line}, the next is {wanted}")
    if not judging.holds(Check.ROLL_AMENDMENT, "; ".join(unfit)):
        return None
    return lambda: judging.electorate.add(body.row, judging.event(body.row.line, body.reason))


def judge_remove(judging: Judging, body: Remove) -> Change | None:
    """roll.amendment: a line that is there."""
    if not judging.holds(Check.ROLL_AMENDMENT, absent(judging, body.line)):
        return None
    return lambda: judging.electorate.remove(judging.event(body.line, body.reason))


def judge_contact(judging: Judging, body: Contact) -> Change | None:
    """roll.amendment: another commitment in the place of the one that stands."""
    if not judging.holds(Check.ROLL_AMENDMENT, absent(judging, body.line) or _not_replaced(judging, body)):
        return None
    return lambda: judging.electorate.contact(body.new, judging.event(body.line, body.reason, body.field))


def absent(judging: Judging, line: str) -> str:
    """That the line is not on the roll, or was removed."""
    if judging.electorate.voter(line):
        return ""
    return f"line {line} {'was removed' if judging.electorate.is_removed(line) else 'is not on the roll'}"


def _not_replaced(judging: Judging, body: Contact) -> str:
    if judging.manifest.roll is None or body.field not in judging.manifest.roll.contacts:
        return f"{body.field} is no contact"
    table, number = judging.electorate.table, judging.electorate.voter(body.line)
    if table.commitment(number, body.field) != body.old:
        return "old is not the commitment that stands"
    return "new is the same commitment" if body.new == body.old else ""


def _classes(manifest: Manifest, lines: Counter[Entitlement]) -> Iterator[tuple[str, int, int]]:
    """How many lines have each contest with each weight."""
    for contest in manifest.contests:
        styles = [style.id for style in manifest.styles if contest.id in style.contests]
        for weight in manifest.weights.values:
            yield contest.id, weight, sum(lines[Entitlement(style, weight)] for style in styles)
