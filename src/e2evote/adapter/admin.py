"""What the administrator posts, with a teller where two must sign (docs/spec.md §5.4, §6, §9).

Each act is built from the board as it is now and handed in; the box judges it like anybody's. What is on the board
already is answered with its first receipt, so that a command may be repeated after a crash; but for `restart`, which
begins one more session each time.
"""

from concurrent.futures import Executor

from e2evote.adapter.anchors import anchors_of
from e2evote.adapter.board import BoardReader
from e2evote.adapter.ceremony_facts import judged_fault
from e2evote.adapter.inbox import Post
from e2evote.adapter.incidents import pause_number
from e2evote.adapter.reply import Acknowledged
from e2evote.adapter.signing import party_of, signed
from e2evote.errors import Refused, TrusteeFault
from e2evote.manifest.entries import Phase
from e2evote.manifest.sections import is_date
from e2evote.record.bodies import Body, Extend, Head, Lot, Open, Restart
from e2evote.record.floor import classes_of
from e2evote.record.joint import joint_keys
from e2evote.record.outcome import Outcome, decode_outcome
from e2evote.record.shares import decode_decryption_shares
from e2evote.record.stated import read_statement
from e2evote.record.text_lines import in_one
from e2evote.record.voter_bodies import REASONS, Reason
from e2evote.secret.sign import SigningKey
from e2evote.tally.cells import stated_parts
from e2evote.tally.combine import Combination, Tally, combine
from e2evote.tally.facts import own_statement
from e2evote.verify.anchors import Anchors
from e2evote.verify.ballot_work import Progress, silent
from e2evote.verify.leaves import Entry

_MOST_TRIES = 10


class Administration:
    """The administrator's hand; `teller` is needed to open, to extend, to close and for a lot."""

    def __init__(
        self, board: BoardReader, post: Post, administrator: SigningKey, teller: SigningKey | None = None
    ) -> None:
        party_of(board.setting, administrator, "administrator")
        if teller:
            party_of(board.setting, teller, "teller")
        self._board, self._post, self._administrator, self._teller = board, post, administrator, teller

    def open(self) -> Anchors:
        """Voting begins under the key that all trustees confirmed; what to announce outside the record."""
        self._send("open", self.opening(), *self._two("open"))
        self._board.refresh()
        return anchors_of(self._board)

    def opening(self) -> Open:
        """What the leaf that opens the selection says; Refused while a trustee has not confirmed."""
        board = self._board
        board.refresh()
        session, keys = board.state.session, board.ceremony().sessions[-1].keys
        missing = [i for i in range(1, board.manifest.n + 1) if i not in session.confirms]
        if missing:
            raise Refused(
                "ceremony.waiting", f"session {session.number}: trustees {missing} have not confirmed the key"
            )
        joint = joint_keys(board.setting.group, board.setting.base_hash, keys)
        return Open(session.number, joint.h_e)

    def extend(self, close: str) -> Acknowledged:
        """Voting ends at another date, `YYYY-MM-DDThh:mm:ssZ`, later than the closing date in force.    spec 5.4"""
        return self._send("extend", extension(close), *self._two("extend"))

    def pause(self, reason: str) -> Acknowledged:
        """No ballot is taken until voting is resumed."""
        return self._send("pause", self._reason("pause", reason), *self._two("pause"))

    def resume(self, reason: str) -> Acknowledged:
        """Voting goes on."""
        return self._send("resume", self._reason("resume", reason), *self._two("resume"))

    def close(self) -> Acknowledged:
        """Voting ends."""
        return self._send("close", Body(), *self._two("close"))

    def lot(self, digits: str) -> Acknowledged:
        """Digits drawn in public after the close, which order tied options."""
        return self._send("lot", drawn_lot(digits), *self._two("draw a lot"))

    def restart(self, fault: int = 0) -> Restart:
        """The next session of the ceremony. fault: whose message did not come, or 0; a complaint decides by itself."""
        board = self._board
        board.refresh()
        session = board.state.session
        if not 0 <= fault <= board.manifest.n:
            raise ValueError(f"trustee {fault}: want 0 to {board.manifest.n}")
        reason = "complaint" if session.accused else "missing"
        restart = Restart(session.number + 1, judged_fault(board) if session.accused else fault, reason)
        self._send("ceremony.restart", restart)
        return restart

    def statement(self, executor: Executor | None = None, progress: Progress = silent) -> Acknowledged:
        """What is to be decrypted, made from the whole record, which is verified first."""
        self._board.refresh()
        examination = self._board.examine(executor, progress)
        failing = sorted(check.value for check in examination.report.failing)
        if failing:
            raise Refused("record-fails", f"checks that fail: {', '.join(failing)}")
        statement = own_statement(examination)
        return self._send("tally.statement", statement.body(), payload=statement.encode())

    def outcome(self) -> Outcome:
        """The decrypted numbers, from all shares on the board; Refused with `too-few-shares` while those do not do."""
        for _ in range(_MOST_TRIES):
            self._board.refresh()
            if self._board.state.phase is Phase.PUBLISHED:
                payload = self._board.payload(self._only("outcome"))
                return decode_outcome(payload, self._board.manifest)
            outcome = self._combined().outcome
            head = Head(self._board.root(self._board.size), self._board.size)
            try:
                self._send("outcome", head, payload=outcome.encode())
            except Refused as refused:
                # Another share came between the look at the board and the box's; it belongs in the outcome.
                if refused.code not in ("outcome.head", "tally.quorum"):
                    raise
        raise Refused("busy", f"the log grew {_MOST_TRIES} times while the outcome was made")

    def _combined(self) -> Combination:
        board, setting = self._board, self._board.setting
        entries = board.entries
        statements = [entry for entry in entries if entry.leaf.kind == "tally.statement"]
        if not statements:
            raise Refused("not-stated", f"the selection is {board.state.phase}, and the board has no statement")
        stated = read_statement(in_one(board.payload(statements[0])), setting.manifest, setting.group).head
        digits = next((entry.leaf.body.digits for entry in entries if isinstance(entry.leaf.body, Lot)), "")
        posted = {
            entry.trustee: decode_decryption_shares(board.payload(entry), setting.manifest, setting.group)
            for entry in entries
            if entry.leaf.kind == "tally.share"
        }
        parts = stated_parts(setting.manifest, stated.products, classes_of(setting.manifest, board.electorate))
        made = combine(Tally(setting, board.joint(), statements[0].leaf_hash, stated, parts, digits), posted)
        for fault in made.faults:
            raise _on_the_board(fault)
        return made

    def _reason(self, kind: str, reason: str) -> Reason:
        if reason not in REASONS[kind]:
            raise Refused("reason", f"{reason!r}, want one of {', '.join(REASONS[kind])}")
        self._board.refresh()
        return Reason(pause_number(self._board.state, kind), reason)

    def _only(self, kind: str) -> Entry:
        return next(entry for entry in self._board.entries if entry.leaf.kind == kind)

    def _two(self, act: str) -> tuple[SigningKey]:
        if self._teller is None:
            raise Refused("no-key", f"to {act}, a teller signs besides the administrator")
        return (self._teller,)

    def _send(self, kind: str, body: Body, *others: SigningKey, payload: bytes = b"") -> Acknowledged:
        return self._post(signed(self._board.setting, kind, body, (self._administrator, *others), payload))


def extension(close: str) -> Extend:
    """What a leaf says that puts off the closing date; Refused `closing-date` for what is no date."""
    if not is_date(close):
        raise Refused("closing-date", f"{close!r}: want a date of the calendar, YYYY-MM-DDThh:mm:ssZ")
    return Extend(close)


def drawn_lot(digits: str) -> Lot:
    """What the leaf of a lot says; Refused `lot-digits` for other digits."""
    if not (6 <= len(digits) <= 64 and digits.isascii() and digits.isdecimal()):
        raise Refused("lot-digits", f"{digits!r}: want 6 to 64 decimal digits")
    return Lot(digits)


def _on_the_board(fault: TrusteeFault) -> Refused:
    """A bad share is refused by the box, so one on the board means that the record is not sound."""
    return Refused("record-fails", str(fault))
