"""A named person's word that they have checked (docs/spec.md §15; docs/verification.md, checked.head).

The number of challenges on a board is the server's figure. This is another one: somebody with a name, who has verified
the log up to a head on a machine of their own, signs what came of it, and how many challenges and receipts they have
checked themselves.
"""

from concurrent.futures import Executor
from pathlib import Path

from e2evote.adapter.board import BoardReader
from e2evote.adapter.inbox import Post
from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.signing import party_of, signed
from e2evote.adapter.snapshot import snapshot
from e2evote.record.voter_bodies import Checked
from e2evote.secret.sign import SigningKey
from e2evote.verify.anchors import Anchors
from e2evote.verify.ballot_work import Progress, silent
from e2evote.verify.examine import Question
from e2evote.verify.report import Report
from e2evote.verify.run import examine_path

MOST = 10**6


def check_and_say(
    record: Path,
    board: BoardReader,
    post: Post,
    key: SigningKey,
    anchors: Anchors | None,
    *,
    challenges: int = 0,
    receipts: int = 0,
    allow_test_group: bool = False,
    executor: Executor | None = None,
    progress: Progress = silent,
) -> tuple[Report, Checked, Acknowledged]:
    """Verify the record as it is now, and post the verdict, whatever it is.

    record: where `board` was read. challenges, receipts: how many the author has checked by other means. executor,
    progress: as in `verify_record`.
    """
    party_of(board.setting, key, "checker")
    if not (0 <= challenges <= MOST and 0 <= receipts <= MOST):
        raise ValueError(f"checked: {challenges} challenges, {receipts} receipts: want 0 to {MOST} of each")
    board.refresh()
    with snapshot(record, board.checkpoint) as still:
        question = Question(anchors, board.checkpoint, allow_test_group)
        report = examine_path(still, question, executor, progress).report
    body = Checked(challenges, board.root(board.size), board.size, receipts, report.verdict.value)
    return report, body, post(signed(board.setting, "checked", body, (key,)))
