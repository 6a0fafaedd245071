"""A board as a participant reads it while it grows (docs/spec.md §5; docs/verification.md, board.*).

Every look checks the log's signature, that the log only grew since the last look, and each new leaf: form, author,
signatures, place. Proofs are for whoever relies on them: `ceremony` and `examine` check those. A board in which
something fails is refused, and nothing is done on its word.

Where the manifest names witnesses, a head counts only when a quorum has cosigned it. Between a head and the answers of
the witnesses a board is one entry batch ahead of them; the reader waits a little, then keeps the head that it had.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TypeVar

from e2evote.adapter.patience import Patience
from e2evote.adapter.published import MOST_TRIES, PublishedLog
from e2evote.adapter.snapshot import snapshot
from e2evote.algebra.parameters import TEST_GROUPS
from e2evote.board.checkpoint import Checkpoint, decode_text, open_checkpoint
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import LogKey, decode_note
from e2evote.board.tree import Tree
from e2evote.errors import CheckFailed, MalformedInput, Refused
from e2evote.manifest.entries import Phase
from e2evote.manifest.model import Manifest
from e2evote.manifest.rules import key_failures, rule_failures
from e2evote.record.electorate import Electorate
from e2evote.record.joint import JointKeys
from e2evote.record.leaf import PayloadName
from e2evote.record.select import Ledger
from e2evote.record.state import State
from e2evote.record.text_lines import in_one
from e2evote.verify.ballot_work import Progress, silent
from e2evote.verify.ceremony import Ceremony, check_ceremony
from e2evote.verify.examine import Examination, Question
from e2evote.verify.findings import Findings
from e2evote.verify.following import Following
from e2evote.verify.leaves import Entry, Setting, judge_leaf
from e2evote.verify.log import log_key
from e2evote.verify.run import examine_path

T = TypeVar("T")

PATIENCE = Patience(seconds=10.0)
"""How long a look waits for the witnesses' answers to the newest head."""


class BoardReader:
    """One board, up to the checkpoint that was read last and that a quorum of the witnesses has cosigned.

    allow_test_group: take a selection in a group for tests. patience: how long a look waits for the witnesses; Refused
    as `not-cosigned` when by then no head at all is cosigned.
    """

    def __init__(self, record: Path, *, allow_test_group: bool = False, patience: Patience = PATIENCE) -> None:
        self._record, self._allow_test_group, self._patience = record, allow_test_group, patience
        self._log = PublishedLog(record)
        self._tree = Tree()
        self._entries: list[Entry] = []
        self._ceremony: tuple[int, Ceremony] | None = None
        self._refused: Refused | None = None
        self.checkpoint = b""
        self.uncosigned = ""
        """That the newest head lacks cosignatures, and whose it has; empty when the newest was read."""
        self.setting: Setting = self._read_setting()
        self.voters = Following(self.setting.manifest)
        """Which ballots count so far, and who may vote; as of the last look."""
        self.log_key: LogKey = log_key(self.setting.manifest)
        self.state: State = self.setting.start()
        self.refresh()
        if self.uncosigned and not self.checkpoint:
            raise Refused("not-cosigned", f"{record}: {self.uncosigned}")

    @property
    def manifest(self) -> Manifest:
        return self.setting.manifest

    @property
    def size(self) -> int:
        """The number of entries."""
        return self._tree.size

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every leaf, by index."""
        return tuple(self._entries)

    def root(self, size: int) -> bytes:
        """The root when the log had `size` entries."""
        return self._tree.root(size)

    def refresh(self) -> bool:
        """Look again; whether the log grew. Refused, from then on, when it is not the same log or a check fails.

        Where the newest head is not cosigned in time, the log has not grown.
        """
        if self._refused:
            raise self._refused
        waiting = self._patience.waiting()
        try:
            grew = self._found(self._look)
            while self.uncosigned and waiting.goes_on(self.uncosigned):
                grew = self._found(self._look)
        except (CheckFailed, MalformedInput) as error:
            raise self._refuse("record-fails", str(error)) from None
        return grew

    def payload(self, entry: Entry) -> bytes:
        """The payload that the leaf names."""
        return self._found(lambda: self._payload(entry, self._size_now()))

    def _payload(self, entry: Entry, size: int) -> bytes:
        """The same, of a log of this size; FileNotFoundError where a file of it was replaced."""
        data = self._log.payload(entry.index, size)
        if data is None:
            raise Refused("record-incomplete", f"the payload of {entry.subject} is not there")
        if entry.leaf.payload != PayloadName.of(data):
            raise Refused("record-fails", f"board.payload: {entry.subject}: not the one that the leaf names")
        return data

    def ceremony(self) -> Ceremony:
        """All sessions of the key ceremony so far, every check of them passed."""
        entries = [e for e in self._entries if e.leaf.kind.startswith("ceremony.") or e.leaf.kind == "open"]
        if self._ceremony is None or self._ceremony[0] != len(entries):
            findings = Findings()
            made = check_ceremony(
                self.setting, entries, lambda e: self.payload(e) if e.leaf.payload else None, findings
            )
            failing = sorted(check.value for check in findings.failing())
            if failing:
                raise Refused("record-fails", f"checks that fail: {', '.join(failing)}")
            self._ceremony = (len(entries), made)
        return self._ceremony[1]

    def joint(self) -> JointKeys:
        """The keys of the selection, which the open leaf has fixed."""
        joint = None if self.state.phase is Phase.SETUP else self.ceremony().joint
        if joint is None:
            raise Refused("not-open", f"the selection is in the phase {self.state.phase}: it has no joint key yet")
        return joint

    def ledger(self) -> Ledger:
        """Which ballots count so far.    spec 7"""
        return self.voters.ledger

    @property
    def electorate(self) -> Electorate | None:
        """Who may vote so far, and with which keys; None where there is no roll.    spec 13"""
        return self.voters.electorate

    def examine(self, executor: Executor | None = None, progress: Progress = silent) -> Examination:
        """Look again, then every check of the record under the newest head that counts."""
        self.refresh()
        with snapshot(self._record, self.checkpoint) as still:
            question = Question(since=self.checkpoint, allow_test_group=self._allow_test_group)
            return examine_path(still, question, executor, progress)

    def _found(self, read: Callable[[], T]) -> T:
        """What `read` gives; again from the checkpoint, when a file was replaced while it read."""
        for _ in range(MOST_TRIES):
            try:
                return read()
            except FileNotFoundError as error:
                missing = error.filename
        raise Refused("board-missing", f"{self._record}: {missing} is not there")

    def _size_now(self) -> int:
        """Of the checkpoint as it stands, which may be ahead of what was read; decides which files there are."""
        return max(self.size, decode_text(decode_note(self._log.checkpoint()).text).size)

    def _read_setting(self) -> Setting:
        setting = self._log.setting()
        failures = (*key_failures(setting.manifest), *rule_failures(setting.manifest))
        if failures:
            raise Refused("record-fails", f"{failures[0].check}: {failures[0].subject}: {failures[0].detail}")
        if setting.manifest.group in TEST_GROUPS and not self._allow_test_group:
            raise Refused("test-group", f"{self._record}: the group {setting.manifest.group} offers no secrecy")
        return setting

    def _look(self) -> bool:
        note = self._log.checkpoint()
        if note == self.checkpoint:
            self.uncosigned = ""
            return False
        checkpoint = open_checkpoint(note, self.log_key)
        before = self.size
        if checkpoint.size < before:
            raise self._refuse("board-rewritten", f"the log has {checkpoint.size} entries, it had {before}")
        self.uncosigned = self._lacking(note, checkpoint)
        if self.uncosigned:
            return False
        new = list(self._log.entries(checkpoint.size, before))
        judged, state, failing = self._judged(new, before)
        payloads = {e.index: self._payload(e, checkpoint.size) for e in judged if self.voters.needs_payload(e)}
        for data in new:  # from here on all that is needed was read
            self._tree.append(leaf_hash(data))
        if self._tree.root(checkpoint.size) != checkpoint.root:
            raise self._refuse("board-rewritten", "the entries are not those that the checkpoint covers")
        if failing:
            raise self._refuse("record-fails", failing)
        for entry in judged:
            self._take(entry, payloads.get(entry.index))
        self.state, self.checkpoint = state, note
        return checkpoint.size > before

    def _judged(self, new: Sequence[bytes], before: int) -> tuple[list[Entry], State, str]:
        """The leaves up to one that fails, the state after them, and what that one fails, empty if there is none."""
        findings, state, judged = Findings(), self.state, list[Entry]()
        for index, data in enumerate(new, before):
            entry, state = judge_leaf(self.setting, state, index, data, findings)
            if entry is None or findings.failing():
                return judged, state, _failing(index, findings)
            judged.append(entry)
        return judged, state, ""

    def _lacking(self, note: bytes, checkpoint: Checkpoint) -> str:
        """Why the head does not count yet; empty where it does. CheckFailed where a line of a witness is false."""
        policy = self.manifest.policy
        if policy is None:
            return ""
        names = [one.name for one in policy.cosigned(decode_note(note))]
        if policy.satisfied_by(names):
            return ""
        return f"the head of {checkpoint.size} entries is cosigned by {', '.join(names) or 'nobody'}: no quorum yet"

    def _take(self, entry: Entry, payload: bytes | None) -> None:
        """The next entry; who may vote, and with which keys, is judged here."""
        findings = Findings()
        self.voters.take(entry, None if payload is None else in_one(payload), findings)
        if findings.failing():
            raise self._refuse("record-fails", _failing(entry.index, findings))
        self._entries.append(entry)

    def _refuse(self, code: str, detail: str) -> Refused:
        self._refused = Refused(code, f"{self._record}: {detail}")
        return self._refused


def _failing(index: int, findings: Findings) -> str:
    return f"entry {index}: checks that fail: {', '.join(sorted(check.value for check in findings.failing()))}"
