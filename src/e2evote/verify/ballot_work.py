"""The second pass: signatures, ballots and challenges in pieces, for one process or many (docs/verification.md).

Pieces are worked on by any Executor, a few at a time, and added up in index order; so neither who did what nor where an
interrupted run went on can be told from the report.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from io import BytesIO

from e2evote.errors import MalformedInput
from e2evote.record.archive import Archive
from e2evote.record.ledger_runs import SortedLedger
from e2evote.record.runs import Scratch
from e2evote.record.select import Products, products
from e2evote.verify.copies import PAD, Pads, check_uniqueness
from e2evote.verify.findings import Findings
from e2evote.verify.first_pass import Leaves
from e2evote.verify.leaves import Setting
from e2evote.verify.piece_result import PieceResult, decode_result
from e2evote.verify.pieces import Job, Piece, divided, entries_at_once
from e2evote.verify.resume import Resume, key_of
from e2evote.verify.worker import Opener, check_piece, read_payloads

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
    archive: Archive, opener: Opener, job: Job, setting: Setting, leaves: Leaves, ledger: SortedLedger, means: Means
) -> BallotWork:
    """Every signature, ballot and challenge, by the executor's workers or here, added up in index order."""
    manifest, group = setting.manifest, setting.group
    findings, totals, used, done = Findings(), products(manifest, group, ()), 0, 0
    pads, total = Pads(means.scratch), leaves.ballots + leaves.challenges
    most = entries_at_once(archive, manifest, batches=group.has_batches and not job.one_by_one)
    pieces = divided(leaves.bundles, ledger.is_counted, most)
    for piece, result in _Run(archive, opener, job, setting, means).results(pieces):
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


@dataclass(frozen=True, slots=True)
class _Run:
    """What it takes to have pieces worked on."""

    archive: Archive
    opener: Opener
    job: Job
    setting: Setting
    means: Means

    def results(self, pieces: Iterator[Piece]) -> Iterator[tuple[Piece, PieceResult]]:
        """Each piece with its result, in order. Few enough are handed out at a time to be forgotten soon."""
        waiting: deque[tuple[Piece, PieceResult | Future[bytes] | None]] = deque()
        try:
            for piece in pieces:
                waiting.append((piece, self._known(piece) or self._submitted(piece)))
                if len(waiting) > self._most_waiting:
                    yield self._finished(*waiting.popleft())
            while waiting:
                yield self._finished(*waiting.popleft())
        finally:
            for _, begun in waiting:
                if isinstance(begun, Future):
                    begun.cancel()

    @property
    def _most_waiting(self) -> int:
        """Enough that no worker waits."""
        executor = self.means.executor
        if executor is None:
            return 0
        return 2 * (getattr(executor, "workers", 0) or getattr(executor, "_max_workers", 0) or _WORKERS) + 1

    def _submitted(self, piece: Piece) -> "Future[bytes] | None":
        executor = self.means.executor
        return executor.submit(check_piece, self.opener, self.job, piece) if executor else None

    def _finished(self, piece: Piece, begun: "PieceResult | Future[bytes] | None") -> tuple[Piece, PieceResult]:
        if isinstance(begun, PieceResult):
            return piece, begun
        data = begun.result() if begun else check_piece(self.opener, self.job, piece)
        result = self._decoded(piece, data)
        if self.means.resume:
            self.means.resume.save(self._key(piece, result.payloads), data)
        return piece, result

    def _known(self, piece: Piece) -> PieceResult | None:
        """What an earlier run found out about the very same bytes."""
        if self.means.resume is None:
            return None
        payloads = read_payloads(self.archive, self.job, piece)
        data = self.means.resume.load(self._key(piece, payloads))
        try:
            return self._decoded(piece, data) if data is not None else None
        except MalformedInput:
            return None

    def _decoded(self, piece: Piece, data: bytes) -> PieceResult:
        return decode_result(data, piece.start, piece.end, self.setting.manifest, self.setting.group)

    def _key(self, piece: Piece, payloads: bytes) -> bytes:
        return key_of(self.setting.base_hash, *self.job.key_fields(), *piece.key_fields(payloads))
