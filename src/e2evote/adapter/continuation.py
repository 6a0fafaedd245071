"""What a log has had since a backup was made, from whoever kept it: a published copy, or voters (docs/spec.md, 5.9).

Every entry and every payload of a log is public, so an old backup lacks nothing that a copy of the board has. Where
there is no copy, receipts and the signed ballots that voters' tools and browsers keep beside them have the same bytes:
a receipt says at which index its entry is, and under which head. Nothing here is believed: the root of the head that
the log signed decides, and `restore` compares it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from e2evote.adapter.published import PublishedLog
from e2evote.ballot.box_envelope import LARGEST, Envelope, decode_envelope
from e2evote.ballot.signed_file import decode_signed
from e2evote.board.checkpoint import Checkpoint, decode_text
from e2evote.board.merkle import leaf_hash
from e2evote.board.note import LogKey, decode_note
from e2evote.board.proof import HEADER, decode_proof, open_receipt
from e2evote.board.storage import Submission
from e2evote.errors import CheckFailed, MalformedInput, Refused
from e2evote.hashing import canonical
from e2evote.hashing.digest import sha256
from e2evote.record.archive import DATES, LARGEST_FILES
from e2evote.record.leaf import LARGEST_LEAF

_LARGEST_RECEIPT = 300_000
_MOST_KEPT = 1_000_000


@dataclass(frozen=True, slots=True)
class Continuation:
    """The entries from `start` on, and the notes of heads over them that the log signed, the largest last."""

    start: int
    submissions: Sequence[Submission] = field(repr=False)
    notes: tuple[bytes, ...] = field(repr=False)

    @property
    def note(self) -> bytes:
        """The head that covers all of them."""
        return self.notes[-1]


def opened_note(data: bytes, key: LogKey) -> Checkpoint:
    """The checkpoint of a note, or of a receipt's note, which this log signed."""
    note = decode_note(decode_proof(data).checkpoint if data.startswith(HEADER.encode()) else data)
    checkpoint = decode_text(note.text)
    note.verified_by([key])
    if checkpoint.origin != key.name:
        raise CheckFailed("board.checkpoint", f"origin {checkpoint.origin}", f"signed by the key of {key.name}")
    return checkpoint


def from_board(record: Path, start: int) -> Continuation:
    """What the published board in this folder has from entry `start` on."""
    board = PublishedLog(record)
    try:
        note = board.checkpoint()
        size = _size_of(note)
        if size <= start:
            return Continuation(start, (), (note,))
        found = []
        for index, entry in enumerate(board.entries(size, start), start):
            payload = board.payload(index, size) or b""
            if not _belongs(entry, payload):
                raise Refused("record-incomplete", f"{record}: the payload of entry {index} is not there")
            found.append(Submission(leaf_hash(entry), entry, payload))
    except FileNotFoundError as error:
        raise Refused("board-missing", f"{record}: {error.filename} is not there") from None
    dated = [(record / name).read_bytes()[: LARGEST_FILES["dates"]] for name in DATES if (record / name).is_file()]
    notes = sorted((one for one in dated if start < _size_of(one) < size), key=_size_of)
    return Continuation(start, found, (*notes, note))


def from_kept(folder: Path, start: int, key: LogKey) -> Continuation:
    """What the receipts and signed ballots in this folder have from entry `start` on, without a gap.

    Refused `backup-old` where there is a gap before the first receipt's head that reaches beyond `start`.
    """
    receipts, envelopes = _read_kept(folder, key)
    heads = sorted((_size_of(note), note) for note in {note for _, note in receipts.values()})
    if not heads:
        raise Refused("file-missing", f"{folder}: no receipt of this log is here")
    if heads[-1][0] <= start:
        return Continuation(start, (), (heads[-1][1],))
    end, found = start, list[Submission]()
    while end in receipts:
        entry = receipts[end][0]
        kept = envelopes.get(entry, Envelope(entry))
        if not _belongs(entry, kept.payload):
            break
        found.append(Submission(leaf_hash(entry), entry, kept.payload, kept.hints))
        end += 1
    reached = [(size, note) for size, note in heads if start < size <= end]
    if not reached:
        raise Refused(
            "backup-old",
            f"the backup ends before entry {start}, and of what came then {end - start} entries are kept here"
            f"{': none is under a head that they reach' if end > start else ''}; entry {end} is missing",
        )
    return Continuation(start, found[: reached[-1][0] - start], (reached[-1][1],))


def _read_kept(folder: Path, key: LogKey) -> tuple[dict[int, tuple[bytes, bytes]], Mapping[bytes, Envelope]]:
    """Entries with their heads by index, and envelopes by leaf; what is neither is passed over."""
    receipts: dict[int, tuple[bytes, bytes]] = {}
    envelopes: dict[bytes, Envelope] = {}
    if not folder.is_dir():
        raise Refused("file-missing", f"{folder}: no such folder")
    for path in sorted(folder.rglob("*"))[:_MOST_KEPT]:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            continue
        data = path.read_bytes()
        try:
            if data.startswith(HEADER.encode()) and len(data) <= _LARGEST_RECEIPT:
                receipt = open_receipt(data, key, None)
                receipts[receipt.index] = (receipt.entry, decode_proof(data).checkpoint)
            else:
                envelope = decode_signed(data) if data.startswith(b"{") else decode_envelope(data)
                envelopes[envelope.leaf] = envelope
        except (MalformedInput, CheckFailed):
            continue
    return receipts, envelopes


def _belongs(entry: bytes, payload: bytes) -> bool:
    """Whether this is the payload that the leaf names, or there is none and it names none."""
    try:
        members = canonical.decode(entry, limit=LARGEST_LEAF)
    except MalformedInput:
        return False
    named = members.get("payload") if isinstance(members, dict) else None
    if not isinstance(named, dict):
        return not payload
    return named.get("sha256") == sha256(payload).hex()


def _size_of(note: bytes) -> int:
    return decode_text(decode_note(note).text).size
