"""The private files of a FileStorage, each with a checksum at its end (docs/architecture.md, Storage).

state                   JSON: what there is; everything else is looked up by it
pending/<number>-<key>  a submission: len8‖entry, len8‖payload, len8‖hints, len8‖private
rows/<bundle>.<width>   for each entry of a bundle: key, SHA-256 of payload and of hints, len2‖private
answers/<generation>    JSON: key, index or null, code, detail of each answer, the oldest first
cosigned/<size>         the cosigned size before it (8 bytes, 0 for none) ‖ a checkpoint
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from e2evote.adapter.storage.files_commit import STATE, sealed, unsealed
from e2evote.board.storage import KEY_SIZE, NO_PAYLOAD, Answer, Submission
from e2evote.errors import Refused, StorageDamaged
from e2evote.hashing.digest import sha256

FORMAT = "e2evote log storage"
VERSION = 1


@dataclass(frozen=True, slots=True)
class State:
    """generation: of the last change. next: the number of the next pending file. answers: the generation of the file of
    answers, 0 for none. head: in hexadecimal. cosigned: the largest size that had its quorum."""

    origin: str
    generation: int = 0
    size: int = 0
    waiting: int = 0
    next: int = 0
    answers: int = 0
    head: str = ""
    head_size: int = 0
    cosigned: int = 0

    def encode(self) -> bytes:
        return sealed(STATE, json.dumps({"format": FORMAT, "version": VERSION, **asdict(self)}).encode())


def decode_state(data: bytes, where: str, origin: str) -> State:
    """The state; Refused where it is of another version or another log."""
    fields = json.loads(unsealed(STATE, data))
    if fields.pop("format", None) != FORMAT:
        raise Refused("storage-missing", f"{where}: there is no storage of a log")
    if (version := fields.pop("version", None)) != VERSION:
        raise Refused("storage-version", f"{where}: has version {version}, this is version {VERSION}")
    if fields["origin"] != origin:
        raise Refused("storage-origin", f"{where}: holds the log {fields['origin']!r}, not {origin!r}")
    return State(**fields)


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of an entry beside what is published."""

    key: bytes
    payload_hash: bytes
    hints_hash: bytes
    private: bytes = field(repr=False)

    def hashes(self) -> tuple[bytes, bytes, bytes]:
        return self.key, self.payload_hash, self.hints_hash


def rows_name(bundle: int, width: int) -> str:
    return f"private/rows/{bundle:015}.{width}"


def encode_rows(name: str, rows: Sequence[Row]) -> bytes:
    parts = (
        part
        for row in rows
        for part in (row.key, row.payload_hash, row.hints_hash, len(row.private).to_bytes(2, "big"), row.private)
    )
    return sealed(name, b"".join(parts))


def decode_rows(name: str, data: bytes, width: int) -> list[Row]:
    content = unsealed(name, data)
    rows, at = [], 0
    for _ in range(width):
        private = at + 3 * KEY_SIZE + 2
        end = private + int.from_bytes(content[private - 2 : private], "big")
        key, payload_hash, hints_hash = (content[at + n * KEY_SIZE : at + (n + 1) * KEY_SIZE] for n in range(3))
        rows.append(Row(key, payload_hash, hints_hash, content[private:end]))
        at = end
    if at != len(content):
        raise StorageDamaged(f"{name}: not {width} rows")
    return rows


def pending_name(number: int, key: bytes) -> str:
    return f"private/pending/{number:015}-{key.hex()}"


def encode_pending(name: str, submission: Submission) -> bytes:
    parts = (submission.entry, submission.payload, submission.hints, submission.private)
    return sealed(name, b"".join(part for item in parts for part in (len(item).to_bytes(8, "big"), item)))


def decode_pending(name: str, data: bytes) -> Submission:
    content = unsealed(name, data)
    items, at = [], 0
    for _ in range(4):
        end = at + 8 + int.from_bytes(content[at : at + 8], "big")
        items.append(content[at + 8 : end])
        at = end
    return Submission(bytes.fromhex(name.rpartition("-")[2]), *items)


def answers_name(generation: int) -> str:
    return f"private/answers/{generation}"


def encode_answers(name: str, answers: Mapping[bytes, int | Answer]) -> bytes:
    lines = [
        [key.hex(), None, answer.code, answer.detail] if isinstance(answer, Answer) else [key.hex(), answer, "", ""]
        for key, answer in answers.items()
    ]
    return sealed(name, json.dumps(lines).encode())


def decode_answers(name: str, data: bytes) -> dict[bytes, int | Answer]:
    return {
        bytes.fromhex(key): Answer(code, detail) if index is None else index
        for key, index, code, detail in json.loads(unsealed(name, data))
    }


def cosigned_name(size: int) -> str:
    return f"private/cosigned/{size}"


def encode_cosigned(name: str, before: int, note: bytes) -> bytes:
    return sealed(name, before.to_bytes(8, "big") + note)


def decode_cosigned(name: str, data: bytes) -> tuple[int, bytes]:
    content = unsealed(name, data)
    return int.from_bytes(content[:8], "big"), content[8:]


def hash_of(data: bytes) -> bytes:
    """SHA-256, or zeros for nothing."""
    return sha256(data) if data else NO_PAYLOAD
