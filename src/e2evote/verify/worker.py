"""One worker's part of the second pass: signatures of some entries, their ballots and challenges with their payloads.

A worker opens the archive itself. Entries are compared with the hash of those that the first pass judged, and payloads
with their leaf, so the bytes checked are the bytes used, wherever the worker sits.
"""

import platform
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from hashlib import sha256

from e2evote.board.tiles import ENTRIES, WIDTH, TilePath
from e2evote.errors import MalformedInput, Refused
from e2evote.record.archive import Archive
from e2evote.record.bodies import BallotBody
from e2evote.record.electorate import Entitlement
from e2evote.record.leaf import PayloadName
from e2evote.record.products import RunningProducts
from e2evote.record.sealed import SealedBallot
from e2evote.verify.ballots import OF_PAYLOAD as OF_BALLOT
from e2evote.verify.ballots import BallotContext, check_ballot_leaf, style_of
from e2evote.verify.challenges import OF_PAYLOAD as OF_CHALLENGE
from e2evote.verify.checks import Check
from e2evote.verify.chunk import Item, check_chunk
from e2evote.verify.classes import Classes
from e2evote.verify.findings import Findings
from e2evote.verify.first_pass import BALLOT, CHALLENGE, SIGNED
from e2evote.verify.leaves import Entry, Setting, check_signatures, entry_of, read_manifest, setting_of
from e2evote.verify.log import read_bundle
from e2evote.verify.packs import Hints, Packs
from e2evote.verify.payloads import judge_payload
from e2evote.verify.piece_result import PieceResult, encode_result
from e2evote.verify.pieces import COUNTED, Job, Piece
from e2evote.verify.uniqueness import pads_of

Opener = Callable[[], AbstractContextManager[Archive]]


def check_piece(opener: Opener, job: Job, piece: Piece) -> bytes:
    """The work of one worker; the result as `encode_result` writes it."""
    with _opened(opener) as archive:
        return encode_result(_Work(archive, job, piece).result(), piece.start, piece.end)


def read_payloads(archive: Archive, job: Job, piece: Piece) -> bytes:
    """The hash over the payloads of ballots and challenges that the result of the piece will have."""
    packs, digest = Packs(archive, job.size), sha256()
    for index, flags in enumerate(piece.flags, piece.start):
        if flags & (BALLOT | CHALLENGE):
            digest.update(_hash_field(_name_of(packs.payload(index))))
    return digest.digest()


@contextmanager
def _opened(opener: Opener) -> Iterator[Archive]:
    try:
        context = opener()
        archive = context.__enter__()
    except MalformedInput as error:
        detail = f"on {platform.node()}: {error}; every worker must see the record at the same path"
        raise Refused("worker-record", detail) from None
    try:
        yield archive
    finally:
        context.__exit__(None, None, None)


@lru_cache(maxsize=1)
def _setting(first: bytes, manifest: bytes, one_by_one: bool) -> Setting:
    return setting_of(first, manifest, read_manifest(first, manifest), one_by_one=one_by_one)


@lru_cache(maxsize=1)
def _context(first: bytes, manifest: bytes, one_by_one: bool, K: bytes, h_e: bytes) -> BallotContext:
    """Decoded once for all pieces of a process; the main process has shown that K is an element."""
    setting = _setting(first, manifest, one_by_one)
    (element,) = setting.group.screen([setting.group.decode_residue(K)])
    context = BallotContext(setting, element, h_e)
    context.prepare()
    return context


def _name_of(payload: bytes | None) -> PayloadName | None:
    return None if payload is None else PayloadName.of(payload)


def _hash_field(found: PayloadName | None) -> bytes:
    return b"\x00" if found is None else b"\x01" + found.sha256


class _Work:
    """One piece. Ballots go to `check_chunk` as they are read, up to one whose payload is left out."""

    def __init__(self, archive: Archive, job: Job, piece: Piece) -> None:
        self._archive, self._job, self._piece = archive, job, piece
        self._setting = _setting(job.first, job.manifest, job.one_by_one)
        self._packs, self._hints = Packs(archive, job.size), Hints(archive, job.size)
        self._findings, self._payloads = Findings(), sha256()
        self._pads: dict[int, bytes] = {}
        self._products = RunningProducts(self._setting.manifest, self._setting.group)
        self._entitled = Classes(self._setting.manifest).decode(piece.classes)
        self._read = self._read_cast()

    def result(self) -> PieceResult:
        """Everything about the piece, in index order."""
        if self._job.K:
            job = self._job
            self._check_ballots(_context(job.first, job.manifest, job.one_by_one, job.K, job.h_e))
        for _ in self._read:
            pass  # without a key, signatures and payloads are all that can be checked
        total, used = self._products.total(), self._products.number
        return PieceResult(self._findings, self._payloads.digest(), self._pads, total, used)

    def _check_ballots(self, context: BallotContext) -> None:
        """In chunks that end at an entry to be left out, so that failures stay in index order."""
        while True:
            left_out: list[Entry] = []
            items = self._items(context, left_out)
            check_chunk(context, items, self._findings, self._take)
            if not left_out:
                return
            self._leave_out(context, left_out[0])

    def _items(self, context: BallotContext, left_out: list[Entry]) -> Iterator[Item]:
        """Up to the next entry whose payload is left out, which goes to `left_out`."""
        for entry, payload in self._read:
            if payload is None:
                left_out.append(entry)
                return
            hints = self._hints.of(entry.index) if context.setting.group.has_batches else b""
            entitlement = self._entitlement(entry)
            yield Item(entry, payload, hints, style_of(entitlement) if self._entitled else None)

    def _take(self, entry: Entry, sealed: SealedBallot) -> None:
        self._pads[entry.index] = b"".join(pads_of(sealed))
        if self._piece.flags[entry.index - self._piece.start] & COUNTED:
            entitlement = self._entitlement(entry)
            self._products.add(sealed, entitlement.weight if entitlement else 1)

    def _entitlement(self, entry: Entry) -> Entitlement | None:
        """What the line is entitled to that the ballot names; None where it is not on the roll, or there is no roll."""
        return self._entitled[entry.index - self._piece.start] if self._entitled else None

    def _leave_out(self, context: BallotContext, entry: Entry) -> None:
        is_ballot = isinstance(entry.leaf.body, BallotBody)
        if is_ballot:
            check_ballot_leaf(context, entry, self._findings)
            if self._entitled:
                self._findings.not_run("the payload was left out", Check.BALLOT_STYLE)
        self._findings.not_run("the payload was left out", *(OF_BALLOT if is_ballot else OF_CHALLENGE))

    def _read_cast(self) -> Iterator[tuple[Entry, bytes | None]]:
        """Signatures of all entries; each ballot and challenge with the payload that it names, None where it is not."""
        for entry, flags in self._entries():
            if flags & SIGNED:
                check_signatures(entry, self._findings)
            if flags & (BALLOT | CHALLENGE):
                payload = self._packs.payload(entry.index)
                found = _name_of(payload)
                self._payloads.update(_hash_field(found))
                yield entry, payload if judge_payload(entry, found, self._findings) else None

    def _entries(self) -> Iterator[tuple[Entry, int]]:
        """The leaves of the piece that are to be looked at, with their bits."""
        for number, expected in zip(self._piece.bundles(), self._piece.hashes, strict=True):
            path = TilePath(ENTRIES, number, min(WIDTH, self._job.size - number * WIDTH))
            try:
                bundle = read_bundle(self._archive, path)
                problem = "" if bundle.sha256 == expected else "not those that were read before"
            except (KeyError, MalformedInput) as error:
                problem = "not there" if isinstance(error, KeyError) else str(error)
            if problem:
                detail = f"entries {path.index * WIDTH} to {path.index * WIDTH + path.width - 1}: {problem}"
                detail += f", on {platform.node()}: the record changed, or a worker sees another one at its path"
                raise Refused("record-changed", detail)
            for index in range(max(bundle.start, self._piece.start), min(bundle.start + path.width, self._piece.end)):
                flags = self._piece.flags[index - self._piece.start]
                if flags:
                    yield entry_of(self._setting, index, bundle.entries[index - bundle.start]), flags
