"""A whole selection in one go, on the ballots of a real one: what `e2evote demo` runs.

Trustees, witnesses and box are processes of their own, started as people would start them. One witness stops after the
opening, and one trustee is missing at the end. The record is then verified by itself, with anchors that were kept from
the opening, and its totals are compared with a plain count of the same ballots. All keys lie in one folder afterwards,
so that tampering can be tried: `demo_tamper`.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from e2evote.adapter.admin import Administration
from e2evote.adapter.anchors import read_anchors, write_anchors
from e2evote.adapter.board import BoardReader
from e2evote.adapter.booth import Booth
from e2evote.adapter.demo_process import Children
from e2evote.adapter.demo_setup import TRUSTEES, DemoFolder, set_up
from e2evote.adapter.demo_voters import PatientPost, Turnout, vote_all
from e2evote.adapter.demo_votes import Ward, plain_count
from e2evote.adapter.demo_witnesses import DOWN
from e2evote.algebra.parameters import TEST_GROUPS
from e2evote.errors import Refused
from e2evote.record.products import Cell
from e2evote.verify.report import Report
from e2evote.verify.run import verify_record

Progress = Callable[[int, int], None]
Executors = Callable[[Path], AbstractContextManager[Executor | None]]
"""Gives the processes, if any, that check the ballots of a record."""

MISSING = "ben"
"""The trustee who is not there when the totals are decrypted."""

_WAIT = "600"


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
class Watcher:
    """Whom the demonstration tells what it does, and how far the voting and the verifying are."""

    step: Callable[[str], None]
    voting: Progress
    verifying: Progress


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What came out. `plain` and `decrypted`: votes by contest and option."""

    folder: DemoFolder
    turnout: Turnout
    report: Report
    plain: dict[Cell, int]
    decrypted: dict[Cell, int]

    @property
    def agrees(self) -> bool:
        """Whether the decrypted totals are those of the plain count."""
        return self.plain == self.decrypted

    @property
    def verified(self) -> bool:
        """Whether every check passed with the anchors; a test group is never accepted, but must pass all the same."""
        return self.report.anchored and not self.report.failing and self.report.facts.size > 0


def run_demo(plan: Plan, executors: Executors, watch: Watcher) -> Demonstration:
    """Everything from the keys to the comparison, in the new folder that the plan names."""
    try:
        plan.folder.mkdir(mode=0o700)
    except OSError as error:
        raise Refused("file-exists", f"{plan.folder}: {error.strerror}") from None
    folder = DemoFolder(plan.folder)
    watch.step("Keys for chair, teller, box, trustees and three witnesses; the manifest is entry 0 of the log")
    rankings = plan.ward.sample(plan.sample, plan.seed)
    with Children(folder.logs) as children:
        store, witnesses = set_up(folder, plan.ward, plan.group, children, plan.storage, test_group=plan.test_group)
        box = children.start("box", "box", store.path, *_passphrase(folder, "log"), *_flags(plan))
        watch.step("Key ceremony: three trustees, each a process of its own, make the joint key; any two decrypt")
        children.together([_trustee(folder, plan, name, "finish") for name in TRUSTEES])
        board = BoardReader(store.record, allow_test_group=plan.test_group)
        post = PatientPost(store, board.log_key, board.manifest.policy, box)
        chair = Administration(board, post, folder.signing_key("chair"), folder.signing_key("tina"))
        write_anchors(folder.anchors, chair.open())
        children.stop(witnesses.children[DOWN])
        watch.step(
            f"Voting is open, and the witness {DOWN} is down from now on: {len(rankings)} voters encrypt, "
            "some challenge first, and cast"
        )
        booth = Booth(BoardReader(store.record, allow_test_group=plan.test_group), read_anchors(folder.anchors))
        turnout = vote_all(booth, post, plan.ward, rankings, plan.seed, watch.voting)
        board.refresh()
        folder.earlier.write_bytes(board.checkpoint)
        watch.step(
            "An observer keeps the checkpoint; a voter's other device checks a challenged ballot; voting is closed"
        )
        _check_challenge(children, folder, plan, turnout)
        chair.close()
        watch.step("Tally: the chair verifies the record and states which ballots count")
        with executors(store.record) as executor:
            chair.statement(executor, watch.verifying)
        _decrypt(children, folder, plan, watch)
        chair.outcome()
        children.stop(box)
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
    return Demonstration(folder, turnout, report, plain_count(plan.ward, rankings), decrypted)


def _decrypt(children: Children, folder: DemoFolder, plan: Plan, watch: Watcher) -> None:
    """Every trustee but one, at the same time."""
    present = [name for name in TRUSTEES if name != MISSING]
    watch.step(f"{' and '.join(present)} verify everything themselves and decrypt the totals; {MISSING} is missing")
    workers = ("--workers", str(plan.workers))
    children.together([_trustee(folder, plan, name, "decrypt", "--accept", *workers) for name in present])


def _trustee(folder: DemoFolder, plan: Plan, name: str, step: str, *more: str) -> tuple[str, tuple[str | Path, ...]]:
    arguments = ("trustee", step, folder.trustee(name), "--store", folder.store, "--key", folder.key(name))
    cheap = ("--scrypt-log2", "15")
    flags = (*_passphrase(folder, name), *cheap, "--wait", _WAIT, *_flags(plan), *more)
    return f"trustee {name} {step}", (*arguments, *flags)


def _check_challenge(children: Children, folder: DemoFolder, plan: Plan, turnout: Turnout) -> None:
    """The published challenge of one voter, checked by a process that has nothing but board, anchors and tracker."""
    if turnout.challenged:
        arguments = ("ballot", "check", folder.record, turnout.challenged_tracker, "--expect", folder.anchors)
        children.together([("checker", (*arguments, *_flags(plan)))])


def _passphrase(folder: DemoFolder, party: str) -> tuple[str | Path, ...]:
    return "--passphrase-file", folder.passphrase_file(party)


def _flags(plan: Plan) -> tuple[str, ...]:
    return ("--allow-test-group",) if plan.test_group else ()
