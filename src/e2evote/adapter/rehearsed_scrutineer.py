"""The scrutineer of a rehearsal: verifies the record to its end, and signs a report on it (docs/spec.md §15)."""

from e2evote.adapter.board import BoardReader
from e2evote.adapter.inbox import Post
from e2evote.adapter.rehearsal import SCRUTINEER, RehearsalKeys
from e2evote.adapter.scrutineer.facts import facts_of
from e2evote.adapter.scrutineer.page import page
from e2evote.adapter.scrutineer.report import author_of, sign_report
from e2evote.errors import Refused
from e2evote.record.report_facts import ReportWords
from e2evote.verify.checks import Verdict


def report_on(board: BoardReader, post: Post, keys: RehearsalKeys, words: ReportWords) -> bytes:
    """The page, which the report on the board names; Refused where a check of the record fails."""
    key = keys.party(SCRUTINEER)
    author = author_of(board, key)
    examination = board.examine()
    if examination.report.verdict is Verdict.REJECTED:
        failing = ", ".join(sorted(examination.report.failing))
        raise Refused("record-fails", f"checks that fail: {failing}")
    facts = facts_of(examination)
    made = page(facts, words, author)
    sign_report(board, post, key, facts, words, made)
    return made
