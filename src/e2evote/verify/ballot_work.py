"""The second pass: signatures, ballots and challenges in pieces, for one process or many (docs/verification.md).

Pieces are worked on by any Executor, a few at a time, and added up in index order; so neither who did what nor where an
interrupted run went on can be told from the report.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from itertools import tee

from e2evote.record.archive import Archive
from e2evote.record.ledger_runs import SortedLedger
from e2evote.record.products import Products, products
from e2evote.record.roll_ledger import RollLedger
from e2evote.record.runs import Scratch
from e2evote.verify.classes import Classes
from e2evote.verify.copies import PAD, Pads, check_uniqueness
from e2evote.verify.findings import Findings
from e2evote.verify.first_pass import Leaves
from e2evote.verify.in_order import in_order
from e2evote.verify.leaves import Setting
from e2evote.verify.pieces import Job, divided, entries_at_once
from e2evote.verify.resume import Resume
from e2evote.verify.stored import Stored
from e2evote.verify.worker import Opener, check_piece

__all__ = ["BallotWork", "Means", "Opener", "Progress", "check_all", "silent"]

Progress = Callable[[int, int], None]
"""Called with the number of ballots and challenges done and their total."""

_WORKERS = 16
"""Assumed of an executor that does not tell how many it has."""


def silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a verification may use: workers, files for what does not fit into memory, results of an earlier run."""

    executor: Executor | None = None
    progress: Progress = silent
    scratch: Scratch = BytesIO
    resume: Resume | None = None


@dataclass(frozen=True, slots=True)
class BallotWork:
    """All pieces together. `products` is None where a counted ballot was left out, or the joint key is not known."""

    findings: Findings
    products: Products | None


def check_all(
    archive: Archive,
    opener: Opener,
    job: Job,
    setting: Setting,
    leaves: Leaves,
    ledger: SortedLedger | RollLedger,
    means: Means,
) -> BallotWork:
    """Every signature, ballot and challenge, by the executor's workers or here, added up in index order."""
    manifest, group = setting.manifest, setting.group
    findings, totals, used, done = Findings(), products(manifest, group, ()), 0, 0
    pads, total = Pads(means.scratch), leaves.ballots + leaves.challenges
    most = entries_at_once(archive, manifest, batches=group.has_batches)
    pieces, ahead = tee(divided(leaves.bundles, ledger.is_counted, most, _classes_of(setting, ledger)))
    stored = Stored(means.resume, archive, setting)
    tasks = ((opener, job, piece) for piece in ahead)
    results = in_order(check_piece, tasks, means.executor, _workers(means.executor), stored.known)
    with closing(results):  # so that what is under way is given up at once, should the caller stop here
        for piece, data in zip(pieces, results, strict=True):
            result = stored.result(job, piece, data)
            findings.add(result.findings)
            totals = totals.together(result.products)
            used += result.used
            for index, own in result.pads.items():
                pads.add(index, (own[at : at + PAD] for at in range(0, len(own), PAD)))
            if piece.cast:
                done += piece.cast
                means.progress(done, total)
    if not job.K:
        return BallotWork(findings, None)
    pads.mark(ledger.repeats)
    check_uniqueness(leaves.cast(), ledger.repeats, findings)
    return BallotWork(findings, totals if used == ledger.ballots_counted else None)


def _classes_of(setting: Setting, ledger: SortedLedger | RollLedger) -> Callable[[range], bytes] | None:
    """What the lines of some entries' ballots are entitled to; None where no roll says so."""
    if isinstance(ledger, SortedLedger) or not ledger.electorate.is_frozen:
        return None
    classes = Classes(setting.manifest)
    return lambda indices: classes.encode(map(ledger.entitlement_at, indices))


def _workers(executor: Executor | None) -> int:
    return getattr(executor, "workers", 0) or getattr(executor, "_max_workers", 0) or _WORKERS
