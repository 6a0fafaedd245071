"""The leaves of some kinds of a record, without ballots and proofs (docs/verification.md, board.*).

For whoever asks one question of a log: what incidents are there, what was opened to whom. The log's signature, its tree
and each leaf by itself are checked; whether the record as a whole is right is `verify_record`'s matter.
"""

from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from e2evote.board.merkle import leaf_hash
from e2evote.errors import MalformedInput
from e2evote.manifest.rules import key_failures, rule_failures
from e2evote.record.archive import open_archive
from e2evote.record.state import State
from e2evote.verify.checks import Check, Status
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry, Setting, judge_leaf, read_manifest, setting_of
from e2evote.verify.log import LogCheck, check_checkpoint, read_entries, read_log
from e2evote.verify.packs import Packs
from e2evote.verify.witnesses import check_witnesses


@dataclass(frozen=True, slots=True)
class Walked:
    """entries: those of the kinds asked for that no check left out. state: after the last leaf.

    failing: checks of the log itself that fail; nothing that it says is then worth anything. uncosigned: no quorum of
    witnesses has cosigned the head.
    """

    setting: Setting
    entries: tuple[Entry, ...]
    state: State
    failing: frozenset[Check]
    uncosigned: bool


def walk(path: Path, kinds: Collection[str]) -> Walked:
    """The leaves of these kinds in the record at `path`, a directory or a zip; MalformedInput where it is none."""
    findings, kept = Findings(), []
    with closing(open_archive(path)) as archive:
        log = read_log(archive, findings)
        first = next((data for _, data in read_entries(archive, log)), None)
        payload = Packs(archive, log.checkpoint.size).payload(0) if first is not None else None
        if first is None or not payload or not log.is_whole:
            raise MalformedInput("entries are missing", str(path))
        setting = setting_of(first, payload, read_manifest(first, payload))
        check_checkpoint(log, setting.manifest, findings)
        check_witnesses(log, setting.manifest, findings)
        tree, state = LogCheck(archive, log), setting.start()
        for index, data in read_entries(archive, log):
            tree.append(leaf_hash(data))
            entry, state = judge_leaf(setting, state, index, data, findings)
            if entry and entry.leaf.kind in kinds:
                kept.append(entry)
        tree.finish(findings)
    for failure in (*key_failures(setting.manifest), *rule_failures(setting.manifest)):
        findings.fail(Check(failure.check), failure.subject, failure.detail)
    uncosigned = findings.status(Check.BOARD_WITNESSES) is Status.MISSING
    return Walked(setting, tuple(kept), state, frozenset(findings.failing()), uncosigned)
