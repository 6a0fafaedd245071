"""A selection with a roll, witnesses, votes by post and a signed report, which has come to its end."""

from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.board import BoardReader
from e2evote.adapter.election import CastBallot, Election
from e2evote.adapter.rehearsal import RehearsalKeys
from e2evote.adapter.scrutineer.facts import facts_of
from e2evote.adapter.scrutineer.page import page
from e2evote.adapter.scrutineer.report import sign_report
from e2evote.adapter.store import Store
from e2evote.algebra.parameters import TEST_512
from e2evote.record.report_facts import ReportWords
from e2evote.verify.examine import Question
from e2evote.verify.run import examine_path
from pages.conftest import ADA, BOB, CONTESTS

ID = "rolled"
WORDS = ReportWords(complaints="One, by <nobody>.", inspected=True, opinion="All well.\n\nReally.", why="At a request.")
PAPER = {"chair": {"ada": 1, "bob": 1}, "board": {"cyd": 2, "dee": 1}}


@dataclass(frozen=True, slots=True)
class Rolled:
    """Where it is; the ballots of line 1, one that was replaced and one that counts; the scrutineer's page."""

    path: Path
    first: CastBallot
    last: CastBallot
    page: bytes


def make_rolled(path: Path) -> Rolled:
    """Line 1 has voted twice online, line 2 online and by post, line 3 by post; lines 4 and 5 have not voted."""
    with Election.create(
        path,
        contests=CONTESTS,
        rehearsal=True,
        name={"en": "Election of officers", "cy": "Ethol swyddogion"},
        election=ID,
        group=TEST_512.name,
        members=5,
        channels=("online", "postal"),
        witnesses=3,
    ) as election:
        election.open()
        first, last = election.cast("1", ADA), election.cast("1", BOB)
        election.cast("2", ADA)
        for line in ("2", "3"):
            election.mark(line, "postal")
        election.close()
        election.count("postal", PAPER)
        election.tally()
        return Rolled(path, first, last, sign(election))


def sign(election: Election) -> bytes:
    """The scrutineer's page, whose hash is on the log."""
    keys = RehearsalKeys.read(Store.at(election.path))
    assert keys is not None
    examined = examine_path(election.record_path, Question(None, allow_test_group=True))
    facts = facts_of(examined)
    made = page(facts, WORDS, "scrutineer")
    board = BoardReader(election.record_path, allow_test_group=True)
    sign_report(board, election.post, keys.party("scrutineer"), facts, WORDS, made)
    return made
