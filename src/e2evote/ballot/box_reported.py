"""Statements of checkers and reports at the box: judged by the auditor's own checks (docs/spec.md §15).

It counts every leaf, because a report says how many there are of some kinds.
"""

from collections.abc import Callable

from e2evote.ballot.box_refusal import refuse_failures
from e2evote.record.report_counts import LeafCounts
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting
from e2evote.verify.reported import check_facts, check_form, check_head, voters_on
from e2evote.verify.tally import Board


class ReportDesk:
    """root_of: the log's root at an earlier size."""

    def __init__(self, setting: Setting, root_of: Callable[[int], bytes]) -> None:
        self._setting, self._root_of = setting, root_of
        self._counts = LeafCounts()

    def take(self, entry: Entry) -> None:
        """The next leaf, of any kind, which was checked and is appended."""
        self._counts.take(entry.leaf.kind, entry.leaf.body)

    def check(self, entry: Entry, payload: bytes, board: Board) -> None:
        """Refused, under the name of the check, for a leaf of kind `checked` or `report` that would fail one."""
        findings = Findings()
        if entry.leaf.kind == "checked":
            check_head(entry, self._root_of, findings)
        else:
            report = check_form(self._setting.manifest, entry, payload, findings)
            refuse_failures(findings)
            if report is not None:
                voters = voters_on(self._setting.manifest, board)
                facts = self._counts.facts(voters, self._root_of(entry.index), entry.index)
                check_facts(entry, report, facts, findings)
        refuse_failures(findings)
