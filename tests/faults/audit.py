"""What a process said, held against what is stored afterwards: the invariants D and F, and one entry of a kind.

D   every entry that was acknowledged is at its index with its bytes, and whatever was durable is still known
F   of each size there is one root, over all signatures that were ever made, and each is a prefix of what is stored
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from e2evote.adapter.storage import open_storage
from e2evote.board.checkpoint import open_checkpoint
from e2evote.board.merkle import leaf_hash
from e2evote.board.self_check import self_check
from e2evote.board.storage import WAITING, Storage
from tests.faults import cargo
from tests.faults.published import Wanted, check_published


@dataclass(slots=True)
class Claims:
    """Everything that processes on one log have said."""

    roots: dict[int, bytes] = field(default_factory=dict)
    receipts: dict[bytes, int] = field(default_factory=dict)
    under: int = 0  # the largest size that a receipt is under
    created: bool = False
    stored: set[bytes] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    closed: int = 0

    def hear(self, lines: Iterable[str]) -> None:
        """AssertionError where two of the claims cannot both be true."""
        for line in lines:
            match line.split():
                case ["created"]:
                    self.created = True
                case ["started"]:
                    self.refusals.clear()  # another process may sign what the one before did not
                case ["stored", key]:
                    self.stored.add(bytes.fromhex(key))
                case ["signed", size, root]:
                    assert not self.refusals, f"signed after {self.refusals}"
                    known = self.roots.setdefault(int(size), bytes.fromhex(root))
                    assert known == bytes.fromhex(root), f"two roots of size {size} were signed"
                case ["receipt", index, size, key]:
                    assert int(size) in self.roots
                    known_index = self.receipts.setdefault(bytes.fromhex(key), int(index))
                    assert known_index == int(index), f"{key} was acknowledged at {known_index} and {index}"
                    self.under = max(self.under, int(size))
                case ["refused", code]:
                    self.refusals.append(code)
                case ["again", code]:
                    self.again.append(code)
                case ["closed"]:
                    self.closed += 1
                case _:
                    raise AssertionError(f"a process said {line!r}")

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Claims":
        claims = cls()
        claims.hear(lines)
        return claims


def audit(place: str, record: Path, claims: Claims) -> int:
    """Holds the claims against the storage and the published files; the size of the log."""
    storage = open_storage(place, cargo.ORIGIN)
    try:
        return _audit(storage, record, claims)
    finally:
        storage.close()


def _audit(storage: Storage, record: Path, claims: Claims) -> int:
    size = storage.size()
    entries = [stored.entry for stored in storage.entries(0, size)]
    assert len(entries) == size
    wanted = Wanted(entries)
    assert self_check(storage).tree.root() == wanted.tree.root(size)
    places = {leaf_hash(entry): index for index, entry in enumerate(entries)}
    assert len(places) == size, "an entry is in the log twice"
    for index, entry in enumerate(entries):
        assert storage.payload(index) == cargo.payload(entry), f"payload {index}"
        assert storage.hints(index) == cargo.hints(entry), f"hints {index}"
    for key, index in claims.receipts.items():
        assert places.get(key) == index, f"acknowledged at {index}, is at {places.get(key)}"
        assert storage.cosigned(index), f"acknowledged at {index}, and there is no checkpoint for its receipt"
    for key in claims.stored - places.keys():
        assert storage.status(key) == WAITING, "a durable submission is forgotten"
    for signed, root in claims.roots.items():
        assert signed <= size, f"size {signed} was signed, and the log has {size}"
        assert wanted.tree.root(signed) == root, f"the head of size {signed} is no prefix of the log"
    _check_heads(storage, wanted, record, claims)
    return size


def _check_heads(storage: Storage, wanted: Wanted, record: Path, claims: Claims) -> None:
    note, head_size = storage.head(), 0
    if note:
        head = open_checkpoint(note, cargo.LOG_KEY)
        head_size = head.size
        assert head.root == wanted.tree.root(head_size), "the head is not that of the entries"
    published = check_published(record, wanted)
    assert claims.under <= published <= head_size, f"receipt {claims.under}, published {published}, head {head_size}"
