"""A whole selection in one go, on the ballots of a real one: what `e2evote demo` runs.

Registrars, tellers, trustees, witnesses, observer, scrutineer and box are processes of their own, started as people
would start them. One witness stops after the opening, and one trustee is missing at the end. The record is then
verified by itself, with anchors that were kept from the opening, and its totals, all channels together, are compared
with a plain count of the same ballots. All keys lie in one folder afterwards, so that tampering can be tried:
`demo_tamper`.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.admin import Administration
from e2evote.adapter.anchors import read_anchors, write_anchors
from e2evote.adapter.board import BoardReader
from e2evote.adapter.channel_results import ContestParts, channel_results
from e2evote.adapter.demo import after as demo_after
from e2evote.adapter.demo import paper as demo_paper
from e2evote.adapter.demo import voting as demo_voting
from e2evote.adapter.demo.members import floor_for, members_of
from e2evote.adapter.demo.process import Children
from e2evote.adapter.demo.setup import TRUSTEES, DemoFolder, set_up
from e2evote.adapter.demo.stage import Stage, Watcher
from e2evote.adapter.demo.voters import PatientPost, Turnout
from e2evote.adapter.demo.votes import Ward, plain_count
from e2evote.adapter.demo.witnesses import DOWN
from e2evote.algebra.parameters import TEST_GROUPS
from e2evote.errors import Refused
from e2evote.record.products import Cell
from e2evote.record.reconciliation import Reconciliation
from e2evote.record.stated import read_statement
from e2evote.record.text_lines import in_one
from e2evote.verify.report import Report
from e2evote.verify.run import verify_record

Executors = Callable[[Path], AbstractContextManager[Executor | None]]
"""Gives the processes, if any, that check the ballots of a record."""

MISSING = "ben"
"""The trustee who is not there when the totals are decrypted."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do. sample: ballots, 0 for all. seed: which ballots, and which voters challenge first.

    storage: where the box stores the log, "" for its own folder.
    """

    ward: Ward
    folder: Path
    group: str
    sample: int
    seed: str
    workers: int
    storage: str = ""

    @property
    def test_group(self) -> bool:
        return self.group in TEST_GROUPS


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What came out. `plain` and `decrypted`: votes by contest and option, of all channels together.

    channels: ballots and decrypted parts of each contest. lines: what became of them. corrected: the line whose address
    was. absent: that of the member who did not vote.
    """

    folder: DemoFolder
    turnout: Turnout
    report: Report
    plain: dict[Cell, int]
    decrypted: dict[Cell, int]
    channels: tuple[ContestParts, ...]
    lines: Reconciliation
    corrected: str
    absent: str

    @property
    def agrees(self) -> bool:
        """Whether the decrypted totals are those of the plain count."""
        return self.plain == self.decrypted

    @property
    def verified(self) -> bool:
        """Whether every check passed with the anchors; a test group is never accepted, but must pass all the same."""
        return self.report.anchored and not self.report.failing and self.report.facts.size > 0

    @property
    def opening(self) -> Path:
        """What the member has whose address was corrected."""
        return self.folder.openings / f"opening-{self.corrected}.json"


def run_demo(plan: Plan, executors: Executors, watch: Watcher) -> Demonstration:
    """Everything from the keys to the comparison, in the new folder that the plan names."""
    try:
        plan.folder.mkdir(mode=0o700)
    except OSError as error:
        raise Refused("file-exists", f"{plan.folder}: {error.strerror}") from None
    folder = DemoFolder(plan.folder)
    watch.step(
        "Keys for everybody, three witnesses; the manifest, with a roll and three channels, is entry 0 of the log"
    )
    rankings = plan.ward.sample(plan.sample, plan.seed)
    members = members_of(rankings)
    with Children(folder.logs) as children:
        floor, test_group = floor_for(len(rankings)), plan.test_group
        store, witnesses = set_up(folder, plan.ward, plan.group, children, plan.storage, floor, test_group=test_group)
        flags = ("--allow-test-group",) if test_group else ()
        box = children.start("box", "box", store.path, *_passphrase(folder, "log"), *flags)
        board = BoardReader(store.record, allow_test_group=test_group)
        post = PatientPost(store, board.log_key, board.manifest.policy, box)
        stage = Stage(folder, children, board, post, plan.workers, test_group)
        chair = Administration(board, post, folder.signing_key("chair"), folder.signing_key("tina"))
        roll, codes = demo_voting.prepare(stage, members, watch)
        write_anchors(folder.anchors, chair.open())
        children.stop(witnesses.children[DOWN])
        turnout = demo_voting.vote(stage, plan.ward, plan.seed, members, roll, codes, watch)
        board.refresh()
        folder.earlier.write_bytes(board.checkpoint)
        watch.step("An observer keeps the checkpoint, and checks a challenged ballot; voting is closed")
        demo_voting.check_challenge(stage, turnout)
        chair.close()
        watch.step("Two tellers count the papers, each alone, and agree on encrypted totals")
        demo_paper.count(stage, plan.ward, members)
        watch.step("Tally: the chair verifies the record and states which ballots count, with one row for each line")
        with executors(store.record) as executor:
            chair.statement(executor, watch.verifying)
        _decrypt(stage, watch)
        chair.outcome()
        watch.step(
            "The observer verifies everything and signs the verdict; lines to be asked whether they voted are drawn"
        )
        observing = stage.start(demo_after.checked(stage, 1 if turnout.challenged else 0))
        stage.run([demo_after.draw_sample(stage)])
        observing.finished()
        watch.step("The register is opened to the scrutineer, who verifies everything and signs a report")
        demo_after.open_register(stage, roll)
        stage.run([demo_after.report(stage)])
        board.refresh()
        channels, lines = channel_results(board), _reconciliation(board)
        children.stop(box)
    absent = demo_after.prove_absence(stage, roll, members)
    watch.step("Verification, from the record alone and with the anchors")
    with executors(store.record) as executor:
        report = verify_record(
            store.record,
            read_anchors(folder.anchors),
            executor,
            watch.verifying,
            since=folder.earlier.read_bytes(),
            allow_test_group=plan.test_group,
        )
    (folder.path / "report.json").write_bytes(report.encode() + b"\n")
    decrypted = {(c.contest, option): votes for c in report.facts.results for option, votes in c.votes.items()}
    plain = plain_count(plan.ward, rankings)
    return Demonstration(
        folder, turnout, report, plain, decrypted, channels, lines, roll.lines[members[0].number], absent
    )


def _decrypt(stage: Stage, watch: Watcher) -> None:
    """Every trustee but one, at the same time."""
    present = [name for name in TRUSTEES if name != MISSING]
    watch.step(f"{' and '.join(present)} verify everything themselves and decrypt the totals; {MISSING} is missing")
    more = ("--accept", "--workers", str(stage.workers))
    stage.run(demo_voting.trustee(stage, name, "decrypt", *more) for name in present)


def _reconciliation(board: BoardReader) -> Reconciliation:
    """What became of each line, by the tally statement."""
    entry = next(entry for entry in board.entries if entry.leaf.kind == "tally.statement")
    return read_statement(in_one(board.payload(entry)), board.manifest, board.setting.group).head.reconciliation


def _passphrase(folder: DemoFolder, party: str) -> tuple[str | Path, ...]:
    return "--passphrase-file", folder.passphrase_file(party)
