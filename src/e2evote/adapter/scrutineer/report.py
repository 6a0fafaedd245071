"""A scrutineer signs a report onto the board: facts of the log as it stands, words, and the hash of the page.

docs/spec.md §15. The page is one made from the very log that is on the board: where that has grown since, it is refused
and a fresh page is made.
"""

from e2evote.adapter.board import BoardReader
from e2evote.adapter.inbox import Post
from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.signing import party_of, signed
from e2evote.errors import Refused
from e2evote.hashing.digest import sha256
from e2evote.record.report import PostedReport, StatedFacts
from e2evote.record.report_counts import LeafCounts
from e2evote.record.report_facts import ReportFacts, ReportWords
from e2evote.record.voter_bodies import ReportBody
from e2evote.secret.sign import SigningKey
from e2evote.verify.reported import voters_on
from e2evote.verify.tally import Board


def stated_on(board: BoardReader) -> StatedFacts:
    """The facts of a report that is the next entry of this board."""
    counts = LeafCounts()
    for entry in board.entries:
        counts.take(entry.leaf.kind, entry.leaf.body)
    voters = voters_on(board.manifest, Board(board.ledger(), board.electorate))
    return counts.facts(voters, board.root(board.size), board.size)


def author_of(board: BoardReader, key: SigningKey) -> str:
    """The id of the scrutineer who has this key; Refused where the manifest has none."""
    return party_of(board.setting, key, "scrutineer").id


def sign_report(
    board: BoardReader, post: Post, key: SigningKey, facts: ReportFacts, words: ReportWords, page: bytes
) -> Acknowledged:
    """Post the report. facts: those of the page; Refused where they are of another log than is on the board now."""
    author_of(board, key)
    board.refresh()
    if (board.size, board.root(board.size).hex()) != (facts.size, facts.root):
        detail = f"the report is of a log of {facts.size} entries, the board has {board.size}: make it again"
        raise Refused("report-outdated", detail)
    payload = PostedReport(stated_on(board), words).encode()
    return post(signed(board.setting, "report", ReportBody(sha256(page)), (key,), payload))
