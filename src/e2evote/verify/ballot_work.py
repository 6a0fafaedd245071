"""Ballots and challenges in pieces, for one process or many (docs/verification.md, ballot.* and challenge.*).

A piece is some consecutive entries of one pack. A worker opens the archive itself and compares what it reads with
the leaf's hash, so the bytes checked are the bytes used; it sends back findings, hashes and one product.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import groupby

from e2evote.board.tiles import WIDTH
from e2evote.record.archive import Archive
from e2evote.record.bodies import BallotBody
from e2evote.record.leaf import PayloadName
from e2evote.record.sealed import SealedBallot
from e2evote.record.select import Products, products
from e2evote.verify.ballots import OF_PAYLOAD as OF_BALLOT
from e2evote.verify.ballots import BallotContext, check_ballot, check_ballot_leaf
from e2evote.verify.challenges import OF_PAYLOAD as OF_CHALLENGE
from e2evote.verify.challenges import check_challenge
from e2evote.verify.checks import Check
from e2evote.verify.findings import Findings
from e2evote.verify.leaves import Entry
from e2evote.verify.packs import Packs
from e2evote.verify.uniqueness import Uniqueness, appearance, pads_of

PIECE = 32
"""Entries in a piece: a few tenths of a second of work, so that progress is seen."""

Opener = Callable[[], AbstractContextManager[Archive]]
Progress = Callable[[int, int], None]
"""Called with the number of ballots and challenges done and their total."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Entries to check, and which of them are counted ballots. `size` is the log's."""

    entries: tuple[Entry, ...]
    counted: frozenset[int]
    size: int


@dataclass(frozen=True, slots=True)
class PieceResult:
    """What one piece gave. `pads` by entry: hashes of its ciphertexts, None where the payload was left out."""

    findings: Findings
    pads: dict[int, tuple[bytes, ...] | None]
    products: Products
    read: frozenset[int]
    """Counted ballots whose payload could be used."""


@dataclass(frozen=True, slots=True)
class BallotWork:
    """All pieces together. `products` is None where a counted ballot was left out."""

    findings: Findings
    products: Products | None


def check_payload(entry: Entry, payload: bytes | None, findings: Findings) -> bytes | None:
    """record.payloads and board.payload of one leaf; its payload where both hold.

    payload: what the pack holds, empty for nothing; None where the pack is not there, of which record.files tells.
    """
    name = entry.leaf.payload
    if payload is None:
        return None
    if name is None:
        detail = f"{len(payload)} bytes lie beside a leaf that names no payload"
        findings.expect(Check.BOARD_PAYLOAD, entry.subject, not payload, detail)
        return None
    findings.examined(Check.RECORD_PAYLOADS)
    if not payload:
        findings.missing(Check.RECORD_PAYLOADS, f"the payload of {entry.subject} is not there")
        return None
    holds = PayloadName.of(payload) == name
    findings.expect(Check.BOARD_PAYLOAD, entry.subject, holds, "the payload is not the one that the leaf names")
    return payload if holds else None


def check_piece(opener: Opener, context: BallotContext, piece: Piece) -> PieceResult:
    """The work of one worker."""
    context.prepare()
    findings = Findings()
    pads: dict[int, tuple[bytes, ...] | None] = {}
    counted: list[SealedBallot] = []
    read = set()
    with opener() as archive:
        packs = Packs(archive, piece.size)
        for entry in piece.entries:
            pads[entry.index] = None
            payload = check_payload(entry, packs.payload(entry.index), findings)
            is_ballot = isinstance(entry.leaf.body, BallotBody)
            if payload is None:
                if is_ballot:
                    check_ballot_leaf(context, entry, findings)
                findings.not_run("the payload was left out", *(OF_BALLOT if is_ballot else OF_CHALLENGE))
                continue
            if is_ballot:
                sealed = check_ballot(context, entry, payload, findings)
            else:
                sealed = check_challenge(context, entry, payload, findings)
            if sealed is None:
                continue
            pads[entry.index] = pads_of(sealed)
            if entry.index in piece.counted:
                counted.append(sealed)
                read.add(entry.index)
    setting = context.setting
    return PieceResult(findings, pads, products(setting.manifest, setting.group, counted), frozenset(read))


def check_all(
    opener: Opener,
    context: BallotContext,
    entries: Sequence[Entry],
    counted: frozenset[int],
    size: int,
    executor: Executor | None,
    progress: Progress,
) -> BallotWork:
    """Every ballot and challenge, by the executor's workers or here, added up in index order."""
    pieces = tuple(_pieces(entries, counted, size))
    findings, uniqueness, done = Findings(), Uniqueness(), 0
    totals = products(context.setting.manifest, context.setting.group, ())
    read: set[int] = set()
    for piece, result in zip(pieces, _results(opener, context, pieces, executor), strict=True):
        findings.add(result.findings)
        totals = totals.together(result.products)
        read |= result.read
        for entry in piece.entries:
            uniqueness.take(appearance(entry), result.pads[entry.index], findings)
        done += len(piece.entries)
        progress(done, len(entries))
    return BallotWork(findings, totals if read == counted else None)


def _pieces(entries: Sequence[Entry], counted: frozenset[int], size: int) -> Iterator[Piece]:
    for _, group in groupby(entries, key=lambda entry: entry.index // WIDTH):
        pack = tuple(group)
        for start in range(0, len(pack), PIECE):
            some = pack[start : start + PIECE]
            yield Piece(some, counted & {entry.index for entry in some}, size)


def _results(
    opener: Opener, context: BallotContext, pieces: Sequence[Piece], executor: Executor | None
) -> Iterable[PieceResult]:
    if executor is None:
        return (check_piece(opener, context, piece) for piece in pieces)
    futures = [executor.submit(check_piece, opener, context, piece) for piece in pieces]
    return (future.result() for future in futures)
