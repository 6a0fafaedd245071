"""The products over the ballots that count, from a record that was verified before (docs/spec.md §9, (9.1)).

Verifying gives the products on the way. This is for whoever comes back with the list of counted ballots and wants
them alone, at the price of reading: each leaf is compared with the hash in that list and each payload with the hash
in its leaf, so the bytes are those that were verified, and their form and canonicity are not looked at again: in
canonical bytes of this form each number stands behind its name, in the manifest's order. What a stranger says is
counted is nothing to use this on.

Workers open the record themselves, read entries and payloads of some packs, and send back bytes.
"""

import struct
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from functools import lru_cache
from itertools import groupby

from e2evote.algebra.parameters import group_named
from e2evote.board.bundles import decode_bundle
from e2evote.board.merkle import HASH_SIZE, leaf_hash
from e2evote.board.tiles import ENTRIES, WIDTH, TilePath
from e2evote.errors import MalformedInput
from e2evote.hashing.digest import sha256
from e2evote.manifest.model import Manifest
from e2evote.record.archive import Archive
from e2evote.record.products import Lots, Products
from e2evote.verify.in_order import in_order
from e2evote.verify.packs import Packs

MOST_PACKS = 8
"""Packs in a piece: about 2,000 ballots, which take much longer than to open the record."""
_BALLOT = struct.Struct(f">QH{HASH_SIZE}s")
"""Index, weight and leaf hash of a ballot that counts."""
_CLASS = struct.Struct(">HHQ")
"""A contest's place in the manifest, a weight, and the number of ballots that have both."""

_ALPHA, _BETA, _STYLE = '"alpha":"', '","beta":"', '"style":"'

Opener = Callable[[], AbstractContextManager[Archive]]
WeightOf = Callable[[int], int]


def _one(index: int) -> int:
    """The weight of every ballot where the selection has no others."""
    return 1


class PayloadTotals:
    """Π α^w and Π β^w of every cell over payloads of sealed ballots that were verified before."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._group = group_named(manifest.group)
        self._digits = 2 * self._group.element_size
        self._lots = Lots(manifest, self._group)

    def take(self, payload: bytes, where: str, weight: int = 1) -> None:
        """One more ballot, which counts `weight` times; MalformedInput for what can't have been verified."""
        try:
            text = payload.decode("ascii")
            begin = text.rindex(_STYLE) + len(_STYLE)
            style = self._manifest.style(text[begin : text.index('"', begin)])
            at = 0
            for contest in self._manifest.contests_of(style) if style else ():
                row, at = _numbers(text, at, len(contest.items()), self._digits)
                lot = self._lots.of(contest.id, weight)
                lot.totals.take_encoded(row)
                lot.number += 1
            if style is None or _ALPHA in text[at:]:
                raise ValueError("more ciphertexts than the style has")
        except (ValueError, MalformedInput):
            raise MalformedInput("no sealed ballot of this selection: it was not verified", where) from None

    def products(self) -> Products:
        """What `record.products.weighted_products` gives for the same ballots."""
        return self._lots.products()

    def encode(self) -> bytes:
        """Of each class that there is: contest, weight and number of ballots, products."""
        indices = {contest.id: index for index, contest in enumerate(self._manifest.contests)}
        return b"".join(
            _CLASS.pack(indices[contest], weight, lot.number) + lot.totals.encode()
            for (contest, weight), lot in self._lots
        )

    def add(self, data: bytes) -> None:
        """What `encode` gave for other ballots, in another process."""
        at, width = 0, self._group.element_size
        try:
            while at < len(data):
                index, weight, number = _CLASS.unpack_from(data, at)
                contest = self._manifest.contests[index]
                begin = at + _CLASS.size
                at = begin + 2 * len(contest.items()) * width
                lot = self._lots.of(contest.id, weight)
                lot.totals.take_totals(data[begin:at])
                lot.number += number
        except (struct.error, IndexError):
            raise MalformedInput("not what a worker writes", "products") from None


def products_of_record(
    opener: Opener,
    manifest: Manifest,
    size: int,
    counted: Iterable[tuple[int, bytes]],
    executor: Executor | None = None,
    workers: int = 1,
    weight_of: WeightOf = _one,
) -> Products:
    """The products over the counted ballots of a log of `size`.    spec (9.1)

    counted: index and leaf hash of each, by index, as the verification of this record found them. weight_of: what the
    ballot at an index counts. MalformedInput names a leaf or payload that is not there or has changed since.
    """
    encoded, totals = manifest.encode(), PayloadTotals(manifest)
    packs = -(-size // WIDTH)
    step = max(1, min(MOST_PACKS, packs // (4 * workers)))
    tasks = ((opener, encoded, size, wanted) for wanted in _pieces(counted, size, step * WIDTH, weight_of))
    for data in in_order(_piece, tasks, executor, workers):
        totals.add(data)
    return totals.products()


def _pieces(counted: Iterable[tuple[int, bytes]], size: int, entries: int, weight_of: WeightOf) -> Iterator[bytes]:
    """Index, weight and leaf hash of the ballots in some packs."""
    for _, group in groupby(counted, key=lambda ballot: ballot[0] // entries):
        piece = []
        for index, leaf in group:
            if not 0 <= index < size or len(leaf) != HASH_SIZE:
                raise ValueError(f"counted ballot: entry {index} of {size}, a hash of {len(leaf)} bytes")
            piece.append(_BALLOT.pack(index, weight_of(index), leaf))
        yield b"".join(piece)


@lru_cache(maxsize=4)
def _manifest(encoded: bytes) -> Manifest:
    return Manifest.decode(encoded)


def _piece(opener: Opener, manifest: bytes, size: int, wanted: bytes) -> bytes:
    """The work of one worker."""
    totals = PayloadTotals(_manifest(manifest))
    with opener() as archive:
        packs, number = Packs(archive, size), -1
        entries: tuple[bytes, ...] = ()
        for index, weight, leaf in _BALLOT.iter_unpack(wanted):
            if index // WIDTH != number:
                number = index // WIDTH
                entries = _entries(archive, TilePath(ENTRIES, number, min(WIDTH, size - number * WIDTH)))
            where, entry = f"entry {index}", entries[index % WIDTH]
            if leaf_hash(entry) != leaf:
                raise MalformedInput("not the leaf that was counted: the record has changed", where)
            payload = packs.payload(index) or b""
            if _named(payload) not in entry:
                raise MalformedInput("its payload is not the one that the leaf names: the record has changed", where)
            totals.take(payload, where, weight)
    return totals.encode()


def _entries(archive: Archive, path: TilePath) -> tuple[bytes, ...]:
    name = path.encode()
    if archive.size_of(name) is None:
        raise MalformedInput("there is no such file", name)
    try:
        return decode_bundle(archive.read(name), path.width)
    except MalformedInput as error:
        raise error.inside(name) from None


def _named(payload: bytes) -> bytes:
    """How a leaf names it. Quotes in a leaf's strings are escaped, so that this stands nowhere else."""
    return f'"payload":{{"len":{len(payload)},"sha256":"{sha256(payload).hex()}"}}'.encode()


def _numbers(text: str, at: int, items: int, digits: int) -> tuple[list[bytes], int]:
    """α and β of the next items from `at` on, and where they end."""
    row = []
    for _ in range(items):
        alpha = text.index(_ALPHA, at) + len(_ALPHA)
        beta = alpha + digits + len(_BETA)
        if not text.startswith(_BETA, alpha + digits):
            raise ValueError("α is not followed by β")
        row.append(bytes.fromhex(text[alpha : alpha + digits]))
        row.append(bytes.fromhex(text[beta : beta + digits]))
        at = beta + digits
    return row, at
