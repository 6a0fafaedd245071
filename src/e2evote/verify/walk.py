"""A log, leaf by leaf, without ballots and proofs (docs/verification.md, board.*).

For whoever asks one question of a record: what became of a ballot, who may vote, which incidents there are. The log's
signature, its tree and each leaf by itself are checked; whether the record as a whole is right is `verify_record`'s
matter.
"""

from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from e2evote.board.merkle import leaf_hash
from e2evote.errors import MalformedInput
from e2evote.manifest.rules import key_failures, rule_failures
from e2evote.record.archive import Archive, open_archive
from e2evote.record.state import State
from e2evote.verify.checks import Check, Status
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting, judge_leaf, read_setting
from e2evote.verify.log import LogCheck, check_checkpoint, read_entries, read_log
from e2evote.verify.packs import Packs
from e2evote.verify.witnesses import check_witnesses


class Walk:
    """One reading of a log without gaps. `state` and `findings` are those after the leaves so far, and grow."""

    def __init__(self, archive: Archive, path: Path) -> None:
        self.findings = Findings()
        self._archive, self._log = archive, read_log(archive, self.findings)
        self.packs = Packs(archive, self._log.checkpoint.size)
        first = next((data for _, data in read_entries(archive, self._log)), None)
        payload = self.packs.payload(0) if first is not None else None
        if first is None or not payload or not self._log.is_whole:
            raise MalformedInput("entries are missing", str(path))
        self.setting = read_setting(first, payload)
        self.state = self.setting.start()
        check_checkpoint(self._log, self.setting.manifest, self.findings)
        check_witnesses(self._log, self.setting.manifest, self.findings)
        for failure in (*key_failures(self.setting.manifest), *rule_failures(self.setting.manifest)):
            self.findings.fail(Check(failure.check), failure.subject, failure.detail)

    def leaves(self) -> Iterator[Entry]:
        """Those that no check left out, in order. To be taken once, to the end, where the root is compared."""
        tree = LogCheck(self._archive, self._log)
        for index, data in read_entries(self._archive, self._log):
            tree.append(leaf_hash(data))
            entry, self.state = judge_leaf(self.setting, self.state, index, data, self.findings)
            if entry:
                yield entry
        tree.finish(self.findings)

    @property
    def failing(self) -> frozenset[Check]:
        """Checks of the log itself that fail; nothing that it says is then worth anything."""
        return frozenset(self.findings.failing())

    @property
    def uncosigned(self) -> bool:
        """Whether no quorum of witnesses has cosigned the head."""
        return self.findings.status(Check.BOARD_WITNESSES) is Status.MISSING


@contextmanager
def walking(path: Path) -> Iterator[Walk]:
    """The log of the record at `path`, a directory or a zip, as long as the `with` statement lasts.

    MalformedInput where it is none, or entries are missing.
    """
    with closing(open_archive(path)) as archive:
        yield Walk(archive, path)


@dataclass(frozen=True, slots=True)
class Walked:
    """entries: those of the kinds asked for. state: after the last leaf. failing, uncosigned: as of a `Walk`."""

    setting: Setting
    entries: tuple[Entry, ...]
    state: State
    failing: frozenset[Check]
    uncosigned: bool


def walk(path: Path, kinds: Collection[str]) -> Walked:
    """The leaves of these kinds in the record at `path`."""
    with walking(path) as log:
        entries = tuple(entry for entry in log.leaves() if entry.leaf.kind in kinds)
        return Walked(log.setting, entries, log.state, log.failing, log.uncosigned)
