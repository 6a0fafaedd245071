"""What anybody may ask of a selection: its state, a line, a ballot, a row (docs/spec.md §5, §7, §9).

Answered from the published record, by a reader of its own, so that nobody who asks waits for a ballot that is being
judged. A look at the board costs one small file as long as the head is the same; after a new head only what is new is
read. What is asked about one line is found without going through the others.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from e2evote.adapter.board import BoardReader
from e2evote.adapter.stated_answers import StatedAnswers
from e2evote.errors import Refused
from e2evote.hashing.crockford import decode as decode_tracker
from e2evote.manifest.entries import Phase
from e2evote.manifest.model import Manifest
from e2evote.record.bodies import BallotBody, ChallengeBody, read_line
from e2evote.record.electorate import MarkAt
from e2evote.record.identifiers import SHOWN_BYTES
from e2evote.record.joint import JointKeys
from e2evote.record.outcome import Outcome, decode_outcome
from e2evote.record.reconciliation import Reconciliation
from e2evote.record.report import PostedReport, decode_report
from e2evote.record.roll_row import typed_line
from e2evote.record.row_proof import RowProof
from e2evote.record.voter_bodies import Freeze, ReportBody
from e2evote.verify.leaves import Entry
from e2evote.verify.lookup import Found, Listed, find

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Status:
    """Where the selection is. closes: the date in force. h_e, joint: b"" and None before it is open.

    frozen: the date as at which the roll is, "" while there is none, `YYYY-MM-DDThh:mm:ssZ` like the others.
    """

    phase: Phase
    paused: bool
    size: int
    opens: str
    closes: str
    frozen: str
    base_hash: bytes
    h_e: bytes
    log_key: str
    joint: JointKeys | None
    test_group: bool


@dataclass(frozen=True, slots=True)
class LineStatus:
    """A line as a voter's device has to know it. prev: what the next ballot of the line has to name.

    style, weight: as on the roll; "" and 0 for a line that was taken off it. Without a roll a line has weight 1, the
    style is "" where there are several to choose from, and the key is the voter's own, so that there are none here.
    keys: one from every registrar, or none.
    """

    line: str
    style: str
    weight: int
    keys: tuple[bytes, ...]
    mark: MarkAt | None
    prev: bytes
    ballots: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class ReportLeaf:
    """A scrutineer's report by its place in the log. page: SHA-256 of the page for people."""

    index: int
    author: str
    page: bytes
    report: PostedReport


class PublicView:
    """Of one board, for which `make` makes a reader that nobody else uses. Several threads may ask.

    All that is asked is Refused as `not-cosigned` as long as no head at all has its quorum.
    """

    def __init__(self, make: Callable[[], BoardReader], *, test_group: bool) -> None:
        self._make, self._test_group = make, test_group
        self._made: BoardReader | None = None
        self._turn = threading.RLock()
        self._status: tuple[bytes, Status] | None = None
        self._of_line: dict[str, list[Entry]] = {}
        self._of_tracker: dict[bytes, list[Entry]] = {}
        self._taken = 0
        self._last: dict[str, Entry] = {}
        self._stated: StatedAnswers | None = None
        self._outcome: Outcome | None = None
        self._reports: dict[int, ReportLeaf] = {}

    def status(self) -> Status:
        """As of the newest head."""
        with self._looking() as board:
            if self._status is None or self._status[0] != board.checkpoint:
                self._status = (board.checkpoint, self._status_of(board))
            return self._status[1]

    def _status_of(self, board: BoardReader) -> Status:
        manifest, state = board.manifest, board.state
        joint = None if state.phase is Phase.SETUP else board.joint()
        return Status(
            phase=state.phase,
            paused=state.paused,
            size=board.size,
            opens=manifest.dates.open,
            closes=state.closes,
            frozen=_frozen(self._last.get("roll.freeze")),
            base_hash=board.setting.base_hash,
            h_e=joint.h_e if joint else b"",
            log_key=board.log_key.encode(),
            joint=joint,
            test_group=self._test_group,
        )

    def line(self, line: str) -> LineStatus:
        """The line that people write like this; Refused `line-unknown` where it never was on the roll."""
        with self._looking() as board:
            name = _name_of(line, board.manifest)
            electorate, prev = board.electorate, board.ledger().previous(name)
            found = find(board.voters, self._of_line.get(name, ()), board.state, name, _NO_TRACKER)
            if electorate is None:
                styles = board.manifest.styles
                style = styles[0].id if len(styles) == 1 else ""
                return LineStatus(name, style, 1, (), None, prev, found.ballots)
            if not electorate.number_of(name):
                raise Refused("line-unknown", f"line {int(name)} is not on the roll")
            entitled = electorate.entitlement(name)
            style, weight = (entitled.style, entitled.weight) if entitled else ("", 0)
            keys = electorate.keys_of(name) if entitled else ()
            return LineStatus(name, style, weight, keys, found.mark, prev, found.ballots)

    def lookup(self, line: str, tracker: str) -> Found:
        """What became of the ballot with this tracker on this line, and all ballots of the line."""
        with self._looking() as board:
            name = _name_of(line, board.manifest)
            own, alike = self._of_line.get(name, []), self._of_tracker.get(decode_tracker(tracker), [])
            entries = {entry.index: entry for entry in (*own, *alike)}
            return find(board.voters, (entries[index] for index in sorted(entries)), board.state, name, tracker)

    def row(self, line: str) -> tuple[RowProof, int]:
        """The row that the tally statement has of this line, and the index of the statement.

        Refused `not-stated` before there is one, `line-unknown` where it has no such row.
        """
        with self._looking() as board:
            name, stated = _name_of(line, board.manifest), self._statement(board)
            row = stated.row(name)
            if row is None:
                raise Refused("line-unknown", f"the statement has no row of line {line.strip()}")
            return row, stated.index

    def reconciliation(self) -> Reconciliation:
        """Lines by what became of them; Refused `not-stated` before the tally statement."""
        with self._looking() as board:
            return self._statement(board).reconciliation

    def outcome(self) -> Outcome:
        """The decrypted numbers and who is elected; Refused `no-outcome` before they are published."""
        with self._looking() as board:
            entry = self._last.get("outcome")
            if entry is None:
                raise Refused("no-outcome", f"the selection is {board.state.phase}: there is no outcome yet")
            if self._outcome is None:
                self._outcome = decode_outcome(board.payload(entry), board.manifest)
            return self._outcome

    def reports(self) -> tuple[ReportLeaf, ...]:
        """The scrutineers' reports by index; Refused `no-report` where there is none."""
        with self._looking() as board:
            if not self._reports:
                raise Refused("no-report", f"the selection is {board.state.phase}: there is no report yet")
            return tuple(self._reports.values())

    def has_ballot(self, body: BallotBody) -> bool:
        """Whether this ballot is in the log, under whatever leaf."""
        with self._turn:
            alike = self._of_tracker.get(body.tracker[:SHOWN_BYTES], ())
            return any(isinstance(e.leaf.body, BallotBody) and e.leaf.body.id == body.id for e in alike)

    def ask(self, question: Callable[[BoardReader], T]) -> T:
        """What `question` finds on the board as it is now. Others wait meanwhile, so it should take no time."""
        with self._looking() as board:
            return question(board)

    @contextmanager
    def _looking(self) -> Iterator[BoardReader]:
        """The board as it is now, for one who asks."""
        with self._turn:
            board = self._made = self._made or self._make()
            board.refresh()
            if self._taken < board.size:
                for entry in board.entries[self._taken :]:
                    self._note(board, entry)
                    self._taken += 1
            yield board

    def _note(self, board: BoardReader, entry: Entry) -> None:
        """One more leaf, under what it is asked for by."""
        self._last[entry.leaf.kind] = entry
        match entry.leaf.body:
            case BallotBody() as body:
                self._of_line.setdefault(body.line, []).append(entry)
                self._of_tracker.setdefault(body.tracker[:SHOWN_BYTES], []).append(entry)
            case ChallengeBody() as body:
                self._of_tracker.setdefault(body.tracker[:SHOWN_BYTES], []).append(entry)
            case ReportBody() as body:
                report = decode_report(board.payload(entry), board.manifest)
                self._reports[entry.index] = ReportLeaf(entry.index, entry.leaf.author, body.page, report)

    def _statement(self, board: BoardReader) -> StatedAnswers:
        """The statement on the board, read once."""
        entry = self._last.get("tally.statement")
        if entry is None:
            raise Refused("not-stated", f"the selection is {board.state.phase}: there is no tally statement yet")
        if self._stated is None:
            self._stated = StatedAnswers.read(entry.index, board.payload(entry), board.setting)
        return self._stated


_NO_TRACKER = "0" * 32


def _frozen(entry: Entry | None) -> str:
    """The date in the leaf that froze the roll."""
    return entry.leaf.body.as_at if entry and isinstance(entry.leaf.body, Freeze) else ""


def _name_of(line: str, manifest: Manifest) -> str:
    """The line that somebody means; MalformedInput, or with a roll Refused `roll-line`, where it is none."""
    return typed_line(line) if manifest.roll else read_line(line.strip(), "line")
